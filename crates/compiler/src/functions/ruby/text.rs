//! Values in Ruby's error messages: the names of their classes, and the few errors that functions let through.

use std::borrow::Cow;

use pcore::format::{ruby_inspect, ruby_to_s};
use pcore::{Type, Value};

/// The Ruby class of a value.
pub(in crate::functions) fn class_name(value: &Value) -> Cow<'static, str> {
    match value {
        Value::Undef => "NilClass".into(),
        Value::Default => "Symbol".into(),
        Value::Bool(true) => "TrueClass".into(),
        Value::Bool(false) => "FalseClass".into(),
        Value::Int(_) => "Integer".into(),
        Value::Float(_) => "Float".into(),
        Value::Str(_) => "String".into(),
        Value::Array(_) => "Array".into(),
        Value::Hash(_) => "Hash".into(),
        Value::Regexp(_) => "Regexp".into(),
        Value::Type(ty) => {
            let text = ty.to_string();
            let name = match ty {
                Type::Resource(_) => "Resource",
                _ => text.split('[').next().unwrap_or_default(),
            };
            format!("Puppet::Pops::Types::P{name}Type").into()
        }
        Value::Sensitive(_) => "Puppet::Pops::Types::PSensitiveType::Sensitive".into(),
        Value::Timestamp(_) => "Puppet::Pops::Time::Timestamp".into(),
        Value::Timespan(_) => "Puppet::Pops::Time::Timespan".into(),
        Value::SemVer(_) => "SemanticPuppet::Version".into(),
        Value::SemVerRange(_) => "SemanticPuppet::VersionRange".into(),
        Value::Binary(_) => "Puppet::Pops::Types::PBinaryType::Binary".into(),
        Value::Uri(_) => "URI::Generic".into(),
        Value::Deferred(_) => "Deferred".into(),
        Value::Object(object) => object.ty.name.to_string().into(),
        Value::Iterator(_) => "Puppet::Pops::Types::Iterator".into(),
    }
}

/// The Ruby class of an argument of the older interface, where references are resources.
pub(in crate::functions) fn legacy_class_name(value: &Value) -> Cow<'static, str> {
    match value {
        Value::Type(Type::Resource(_) | Type::Class(_)) => "Puppet::Resource".into(),
        other => class_name(other),
    }
}

/// The text of an argument of the older interface: [`ruby_to_s`], except that references are shown without quotes.
pub(in crate::functions) fn legacy_to_s(value: &Value) -> String {
    match value {
        Value::Type(Type::Resource(_) | Type::Class(_)) => match split_reference(value) {
            Some((name, title)) => format!("{}[{title}]", pcore::render::capitalize_segments(&name)),
            None => ruby_to_s(value),
        },
        other => ruby_to_s(other),
    }
}

/// Type and title of a reference; the title is empty if it has none.
fn split_reference(value: &Value) -> Option<(String, String)> {
    match value {
        Value::Type(Type::Class(name)) => {
            let title = name.as_deref().map(pcore::render::capitalize_segments);
            Some(("class".to_owned(), title.unwrap_or_default()))
        }
        Value::Type(Type::Resource(reference)) => {
            let name = reference.type_name.as_ref()?;
            Some((name.to_string(), reference.title.as_ref().map(ToString::to_string).unwrap_or_default()))
        }
        _ => None,
    }
}

/// The text of the error for a method that a value does not have.
pub(in crate::functions) fn no_method(method: &str, value: &Value) -> String {
    let receiver = match value {
        Value::Sensitive(_) => ruby_inspect(value),
        value => format!("{}:{}", ruby_inspect(value), legacy_class_name(value)),
    };
    format!("undefined method `{method}' for {receiver}")
}

/// The text of the error for a value that should be of another class.
pub(in crate::functions) fn no_conversion(value: &Value, class: &str) -> String {
    let from = match value {
        Value::Undef => "nil".into(),
        Value::Bool(flag) => flag.to_string().into(),
        value => legacy_class_name(value),
    };
    format!("no implicit conversion of {from} into {class}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_classes() {
        assert_eq!(no_method("length", &1.into()), "undefined method `length' for 1:Integer");
        let secret = Value::sensitive("x".into());
        assert_eq!(
            no_method("length", &secret),
            "undefined method `length' for #<Sensitive [value redacted]>"
        );
        assert_eq!(no_conversion(&true.into(), "String"), "no implicit conversion of true into String");
        assert_eq!(no_conversion(&Value::Default, "String"), "no implicit conversion of Symbol into String");
    }
}
