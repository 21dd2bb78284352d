//! Arguments between the brackets.

use super::error::{Result, TypeError, class_name, inverted};
use super::size_of_integer;
use crate::ty::Size;
use crate::{Type, Value, label};

/// Arrays among the arguments count as their items, however deep.
pub(super) fn flatten(arguments: &[Value]) -> Vec<&Value> {
    fn add<'a>(arguments: &'a [Value], flat: &mut Vec<&'a Value>) {
        for argument in arguments {
            match argument {
                Value::Array(items) => add(items, flat),
                other => flat.push(other),
            }
        }
    }
    let mut flat = Vec::with_capacity(arguments.len());
    add(arguments, &mut flat);
    flat
}

/// An integer or `default`: a bound rather than a type.
pub(super) fn is_range_key(key: &Value) -> bool {
    matches!(key, Value::Int(_) | Value::Default) || key.as_str() == Some("default")
}

/// A size from one argument (an `Integer` type or the least length) or two (least and greatest length).
/// `start` is the position of the first among all arguments.
pub(super) fn collection_size(start: usize, keys: &[&Value]) -> Result<Size> {
    if let [Value::Type(Type::Integer(from, to))] = keys {
        return Ok(size_of_integer(*from, *to));
    }
    if let Some(index) = keys.iter().position(|key| !matches!(key, Value::Int(_) | Value::Default)) {
        let actual = keys.get(index).copied().unwrap_or(&Value::Undef);
        let name = match actual {
            Value::Type(ty) => kind(ty),
            other => class_name(other).to_owned(),
        };
        return Err(TypeError::issue(
            "BAD_COLLECTION_SLICE_TYPE",
            Some(start + index),
            format!(
                "A Type's size constraint arguments must be a single Integer type, or 1-2 integers (or default). \
                 Got {}",
                label::with_article(&name)
            ),
        ));
    }
    match keys {
        [min] => range_size(min, &Value::Default),
        [min, max] => range_size(min, max),
        _ => Ok(Size::ANY),
    }
}

/// `Integer-Type` for any integer type.
fn kind(ty: &Type) -> String {
    let class = class_name(&Value::Type(ty.clone()));
    let simple = class.rsplit("::").next().unwrap_or(class);
    format!("{}-Type", simple.trim_start_matches('P').trim_end_matches("Type"))
}

/// A size from two bounds.
pub(super) fn range_size(min: &Value, max: &Value) -> Result<Size> {
    let (from, to) = (min.as_int().unwrap_or(i64::MIN), max.as_int().unwrap_or(i64::MAX));
    if from > to {
        return Err(inverted(from, to));
    }
    // `default, default` is no size at all, yet it is one when printed: `[0]`.
    Ok(size_of_integer(from, to))
}
