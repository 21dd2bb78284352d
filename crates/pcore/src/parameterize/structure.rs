//! `Struct[{...}]`

use super::error::{Result, TypeError, arity, class_name, wrong_key};
use crate::matches::accepts_undef;
use crate::ty::{StructElement, Type};
use crate::{Str, Value, infer};

pub(super) fn structure(base: &Type, arguments: &[Value]) -> Result<Type> {
    let entries = match arguments {
        [Value::Hash(entries)] => entries,
        [other] => return Err(wrong_key(base, 0, other, "Hash")),
        _ => return Err(arity(base, 1, Some(1), arguments.len())),
    };
    entries.iter().map(|(key, value)| element(key, value)).collect::<Result<Vec<_>>>().map(Type::structure)
}

/// An entry of a `Struct`: the key is a string, `Optional['key']`, `NotUndef['key']` or an `Enum` of one string.
pub(crate) fn element(key: &Value, value: &Value) -> Result<StructElement> {
    let value = match value {
        Value::Type(ty) => ty.clone(),
        // A name of a class of the runtime underneath, in Puppet.
        Value::Str(name) => Type::Runtime(Some(std::sync::Arc::new(("ruby".into(), Some(name.clone()))))),
        other => infer::generalize(&infer::infer_reduced(other)),
    };
    let (name, optional) = match key {
        Value::Str(name) if name.is_empty() => {
            return Err(TypeError::new("Struct element key cannot be an empty String"));
        }
        // An entry that may be undef may as well be missing.
        Value::Str(name) => (name.clone(), accepts_undef(&value)),
        Value::Type(Type::Optional(inner)) => (exact(key, inner)?, true),
        Value::Type(Type::NotUndef(inner)) => (exact(key, inner)?, false),
        Value::Type(ty @ (Type::StringValue(_) | Type::String(_) | Type::Enum { .. })) => {
            (exact(key, ty)?, false)
        }
        other => {
            return Err(TypeError::new(format!(
                "Illegal Struct member key type. Expected NotUndef, Optional, String, or Enum. Got: {}",
                class_name(other)
            )));
        }
    };
    Ok(StructElement { name, optional, value })
}

/// The one string that a key type stands for.
fn exact(key: &Value, ty: &Type) -> Result<Str> {
    match ty {
        Type::StringValue(name) => Ok(name.clone()),
        Type::Enum { values, ignore_case: false } => match &values[..] {
            [only] => Ok(only.clone()),
            _ => Err(no_literal(key)),
        },
        _ => Err(no_literal(key)),
    }
}

fn no_literal(key: &Value) -> TypeError {
    let text = match key {
        Value::Type(ty) => ty.to_string(),
        other => infer::general_name(other).to_string(),
    };
    TypeError::new(format!("Unable to extract a non-empty literal string from Struct member key type {text}"))
}
