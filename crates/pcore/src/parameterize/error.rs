//! What is wrong with the arguments of a type, in Puppet's words.

use std::fmt::Display;

use crate::{Type, Value, infer, label};

/// Arguments that a type does not take, or a definition that makes no type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TypeError {
    /// Puppet's issue code. `RUNTIME_ERROR` is an error from inside the type, which Puppet shows inside the frame
    /// `Error while evaluating a '[]' expression, ...`; all others stand alone.
    pub code: &'static str,
    /// Puppet's text, without location.
    pub message: String,
    /// The argument that is to blame, from 0; `None` blames the whole expression.
    pub argument: Option<usize>,
}

/// Result of making a type.
pub(crate) type Result<T> = std::result::Result<T, TypeError>;

impl TypeError {
    /// An error of a definition.
    pub fn new(message: impl Into<String>) -> TypeError {
        TypeError { code: "RUNTIME_ERROR", message: message.into(), argument: None }
    }

    pub(crate) fn issue(code: &'static str, argument: Option<usize>, message: String) -> TypeError {
        TypeError { code, message, argument }
    }

    pub(super) fn framed(message: String) -> TypeError {
        TypeError::new(message)
    }
}

/// A number of arguments that the type does not take; no `max` is any number.
pub(super) fn arity(base: &Type, min: usize, max: Option<usize>, actual: usize) -> TypeError {
    let name = label::with_article_capitalized(&label::type_label(base));
    arity_named(&name, min, max, actual)
}

pub(super) fn arity_named(name: &str, min: usize, max: Option<usize>, actual: usize) -> TypeError {
    let message = match max {
        None => format!("{name}[] accepts {min} or more arguments. Got {actual}"),
        Some(max) if max != min => format!("{name}[] accepts {min} to {max} arguments. Got {actual}"),
        Some(_) => {
            format!("{name}[] accepts {min} argument{}. Got {actual}", if min == 1 { "" } else { "s" })
        }
    };
    TypeError::issue("BAD_TYPE_SLICE_ARITY", None, message)
}

/// An argument that should have been a type.
pub(super) fn not_type(name: &str, index: usize, actual: &Value) -> TypeError {
    let message = format!("{name}[] arguments must be types. Got {}", class_name(actual));
    TypeError::issue("BAD_TYPE_SLICE_TYPE", Some(index), message)
}

/// An argument of the wrong kind.
pub(super) fn wrong_key(base: &Type, index: usize, actual: &Value, expected: &str) -> TypeError {
    let message = format!("Cannot use {} where {expected} is expected", infer::general_name(actual));
    specialization(base, index, &message)
}

/// Arguments that do not go together with the type.
pub(super) fn specialization(base: &Type, index: usize, message: &str) -> TypeError {
    let name = label::with_article(&label::type_label(base));
    TypeError::issue(
        "BAD_TYPE_SPECIALIZATION",
        Some(index),
        format!("Error creating type specialization of {name}, {message}"),
    )
}

pub(super) fn not_applicable(base: &Type) -> TypeError {
    let name = label::with_article(&label::type_label(base));
    TypeError::issue("OPERATOR_NOT_APPLICABLE", None, format!("Operator '[]' is not applicable to {name}."))
}

/// A range whose ends are swapped. The missing parenthesis is Puppet's.
pub(super) fn inverted(from: impl Display, to: impl Display) -> TypeError {
    TypeError::framed(format!("'from' must be less or equal to 'to'. Got ({from}, {to}"))
}

/// What messages about arguments call a value: the name of its class in the reference implementation.
pub fn class_name(value: &Value) -> &'static str {
    match value {
        Value::Undef => "NilClass",
        Value::Default => "Symbol",
        Value::Bool(true) => "TrueClass",
        Value::Bool(false) => "FalseClass",
        Value::Int(_) => "Integer",
        Value::Float(_) => "Float",
        Value::Str(_) => "String",
        Value::Array(_) => "Array",
        Value::Hash(_) => "Hash",
        Value::Regexp(_) => "Regexp",
        Value::Sensitive(_) => "Puppet::Pops::Types::PSensitiveType::Sensitive",
        Value::Timestamp(_) => "Puppet::Pops::Time::Timestamp",
        Value::Timespan(_) => "Puppet::Pops::Time::Timespan",
        Value::SemVer(_) => "SemanticPuppet::Version",
        Value::SemVerRange(_) => "SemanticPuppet::VersionRange",
        Value::Binary(_) => "Puppet::Pops::Types::PBinaryType::Binary",
        Value::Uri(_) => "URI::Generic",
        Value::Deferred(_) => "Puppet::Pops::Evaluator::DeferredValue",
        Value::Object(_) => "Object",
        Value::Iterator(_) => "Puppet::Pops::Types::Iterator",
        Value::Type(ty) => type_class(ty),
    }
}

fn type_class(ty: &Type) -> &'static str {
    macro_rules! class {
        ($($pattern:pat => $name:literal,)*) => {
            match ty { $($pattern => concat!("Puppet::Pops::Types::P", $name, "Type"),)* }
        };
    }
    class! {
        Type::Any => "Any",
        Type::Undef => "Undef",
        Type::Default => "Default",
        Type::Scalar => "Scalar",
        Type::ScalarData => "ScalarData",
        Type::Data | Type::RichData | Type::RichDataKey | Type::Alias(_) => "TypeAlias",
        Type::Numeric => "Numeric",
        Type::CatalogEntry => "CatalogEntry",
        Type::Binary => "Binary",
        Type::SemVerRange => "SemVerRange",
        Type::Deferred | Type::AnyObject | Type::Object(_) => "Object",
        Type::Unit => "Unit",
        Type::Integer(..) => "Integer",
        Type::Float(..) => "Float",
        Type::String(_) | Type::StringValue(_) => "String",
        Type::Enum { .. } => "Enum",
        Type::Pattern(_) => "Pattern",
        Type::Boolean(_) => "Boolean",
        Type::Regexp(_) => "Regexp",
        Type::Collection(_) => "Collection",
        Type::Array(..) => "Array",
        Type::Hash(..) => "Hash",
        Type::Tuple(_) => "Tuple",
        Type::Struct(_) => "Struct",
        Type::Variant(_) => "Variant",
        Type::Optional(_) => "Optional",
        Type::NotUndef(_) => "NotUndef",
        Type::Type(_) => "Type",
        Type::Sensitive(_) => "Sensitive",
        Type::Iterable(_) => "Iterable",
        Type::Iterator(_) => "Iterator",
        Type::Init(_) => "Init",
        Type::Callable(_) => "Callable",
        Type::SemVer(_) => "SemVer",
        Type::Timestamp(_) => "Timestamp",
        Type::Timespan(_) => "Timespan",
        Type::Uri(_) => "URI",
        Type::Runtime(_) => "Runtime",
        Type::Resource(_) => "Resource",
        Type::Class(_) => "Class",
        Type::ParameterizedObject(_) => "ObjectTypeExtension",
        Type::AnyTypeSet | Type::TypeSet(_) => "TypeSet",
        Type::Reference(_) => "TypeReference",
    }
}
