//! `File['/a']`, `Resource['file', '/a']`, `Class['a']`: references to resources and classes.

use std::sync::Arc;

use super::error::{Result, TypeError, arity_named, specialization};
use super::keys::flatten;
use crate::render::capitalize_segments;
use crate::ty::ResourceRef;
use crate::{Str, Type, Value, infer, label};

/// References to resources. One title gives a reference, several (or an array) an array of references.
pub(super) fn resources(base: &Type, reference: &ResourceRef, arguments: &[Value]) -> Result<Value> {
    if arguments.is_empty() {
        return Err(arity_named(&base.to_string(), 1, None, 0));
    }
    if reference.title.is_some() {
        return Err(TypeError::issue("UNKNOWN_RESOURCE", None, format!("Resource not found: {base}")));
    }
    if let (Some(name), [Value::Str(title)]) = (&reference.type_name, arguments) {
        return Ok(resource(name, Some(title)));
    }
    // A plain `Resource` has the type as its first argument.
    let (type_name, titles) = match (&reference.type_name, arguments) {
        (Some(name), titles) => (name.clone(), titles),
        (None, [first, titles @ ..]) => (type_name(first)?, titles),
        (None, []) => return Err(arity_named(&base.to_string(), 1, None, 0)),
    };
    let several = titles.len() > 1 || matches!(titles.first(), Some(Value::Array(_)));
    let given = titles.len();
    let titles: Vec<&Value> = flatten(titles).into_iter().filter(|title| !title.is_undef()).collect();
    if titles.is_empty() {
        return Ok(match (given, arguments.first()) {
            // `Resource[File['/a']]` is the reference it was given.
            (0, Some(Value::Type(ty @ Type::Resource(_)))) => Value::Type(ty.clone()),
            (0, _) => resource(&type_name, None),
            _ if several => Value::array([]),
            _ => Value::Undef,
        });
    }
    let shift = arguments.len() - given;
    let mut references = titles.iter().enumerate().map(|(index, title)| match title {
        Value::Str(title) => Ok(resource(&type_name, Some(title))),
        other => Err(specialization(
            base,
            index + shift,
            &format!("Cannot use {} where a resource title String is expected", infer::general_name(other)),
        )),
    });
    match references.next() {
        Some(first) if !several => first,
        first => Ok(Value::array(first.into_iter().chain(references).collect::<Result<Vec<_>>>()?)),
    }
}

/// The name is lower case already.
fn resource(type_name: &Str, title: Option<&Str>) -> Value {
    let reference =
        ResourceRef { type_name: Some(type_name.clone()), title: title.cloned(), of_attribute: false };
    Value::Type(Type::Resource(Arc::new(reference)))
}

fn type_name(value: &Value) -> Result<Str> {
    match value {
        Value::Type(Type::Resource(reference)) => {
            reference.type_name.clone().ok_or_else(|| illegal_specialization(value))
        }
        Value::Str(name) => {
            let name = capitalize_segments(name);
            if is_reference_name(&name) {
                Ok(name.to_ascii_lowercase().into())
            } else {
                let message = format!(
                    "Illegal type reference. The given name '{name}' does not conform to the naming rule"
                );
                Err(TypeError::issue("ILLEGAL_CLASSREF", Some(0), message))
            }
        }
        other => Err(illegal_specialization(other)),
    }
}

fn illegal_specialization(actual: &Value) -> TypeError {
    TypeError::issue(
        "ILLEGAL_RESOURCE_SPECIALIZATION",
        Some(0),
        format!(
            "First argument to Resource[] must be a resource type or a String. Got {}.",
            infer::general_name(actual)
        ),
    )
}

/// References to classes: one name gives a reference, several (or an array) an array of references.
pub(super) fn classes(base: &Type, name: Option<&Str>, arguments: &[Value]) -> Result<Value> {
    if arguments.is_empty() {
        return Err(arity_named(&base.to_string(), 1, None, 0));
    }
    if let Some(name) = name {
        return Err(TypeError::issue(
            "UNKNOWN_RESOURCE",
            None,
            format!("Resource not found: Class['{name}']"),
        ));
    }
    let several = arguments.len() > 1 || matches!(arguments.first(), Some(Value::Array(_)));
    let names: Vec<&Value> = flatten(arguments).into_iter().filter(|name| !name.is_undef()).collect();
    if names.is_empty() {
        return Ok(if several { Value::array([]) } else { Value::Undef });
    }
    let mut references = names.iter().enumerate().map(|(index, name)| class(index, name));
    match references.next() {
        Some(first) if !several => first,
        first => Ok(Value::array(first.into_iter().chain(references).collect::<Result<Vec<_>>>()?)),
    }
}

fn class(index: usize, value: &Value) -> Result<Value> {
    let Value::Str(given) = value else {
        let name = label::with_article_capitalized(&label::label(value));
        let message = format!(
            "Illegal Class name in class reference. {name} cannot be used where a String is expected"
        );
        return Err(TypeError::issue("ILLEGAL_HOSTCLASS_NAME", Some(index), message));
    };
    // Most names are as they should be.
    if is_class_name(given) && !given.starts_with("::") {
        return Ok(Value::Type(Type::Class(Some(given.clone()))));
    }
    let lower = given.to_lowercase();
    let name = lower.strip_prefix("::").unwrap_or(&lower);
    if !is_class_name(name) {
        let message = format!(
            "Illegal name. The given name '{given}' does not conform to the naming rule \
             /^((::)?[a-z_]\\w*)(::[a-z]\\w*)*$/"
        );
        return Err(TypeError::issue("ILLEGAL_NAME", Some(index), message));
    }
    Ok(Value::Type(Type::class(name)))
}

fn is_segment(segment: &str, first: fn(&u8) -> bool) -> bool {
    segment.as_bytes().first().is_some_and(first)
        && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn is_class_name(name: &str) -> bool {
    name.strip_prefix("::")
        .unwrap_or(name)
        .split("::")
        .all(|segment| is_segment(segment, u8::is_ascii_lowercase))
}

fn is_reference_name(name: &str) -> bool {
    name.strip_prefix("::")
        .unwrap_or(name)
        .split("::")
        .all(|segment| is_segment(segment, u8::is_ascii_uppercase))
}
