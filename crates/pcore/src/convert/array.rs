//! `Array(from, wrap)`, for tuples as well.

use super::creator::{Creator, not_convertible};
use crate::error::{Result, ValueError};
use crate::{Type, Value, iter};

/// Arrays of more items are not made from numbers and ranges.
const ITEMS_MAX: usize = 10_000_000;

pub(super) fn creator() -> Creator {
    let from = Type::variant([
        Type::array_of(Type::Any),
        Type::hash_of(Type::Any, Type::Any),
        Type::Binary,
        Type::iterable(Type::Unit),
    ]);
    Creator::new("new_array")
        .takes(1, &[("from", from), ("wrap", Type::Boolean(Some(false)))], |arguments, _| {
            match arguments.first() {
                Some(from) => to_array(from),
                None => Ok(Value::Undef),
            }
        })
        .takes(2, &[("from", Type::Any), ("wrap", Type::Boolean(Some(true)))], |arguments, _| {
            Ok(match arguments.first() {
                Some(array @ Value::Array(_)) => array.clone(),
                Some(other) => Value::array([other.clone()]),
                None => Value::Undef,
            })
        })
        .refuses(1, &[("from", Type::Any), ("wrap", Type::BOOLEAN)], |arguments, _| {
            Ok(arguments.first().map(|from| not_convertible(from, "Array")).into())
        })
}

fn to_array(from: &Value) -> Result<Value> {
    Ok(match from {
        Value::Array(_) => from.clone(),
        Value::Hash(hash) => {
            let pair = |(key, value): (&Value, &Value)| Value::array([key.clone(), value.clone()]);
            Value::array(hash.iter().map(pair).collect::<Vec<_>>())
        }
        Value::Binary(bytes) => {
            Value::array(bytes.iter().map(|byte| Value::Int(i64::from(*byte))).collect::<Vec<_>>())
        }
        other => Value::array(items(other)?.unwrap_or_default()),
    })
}

/// The items of an iterable; `None` if the value is none.
pub(super) fn items(from: &Value) -> Result<Option<Vec<Value>>> {
    let Some(items) = iter::items(from) else { return Ok(None) };
    let mut list = Vec::new();
    for item in items {
        if list.len() == ITEMS_MAX {
            return Err(ValueError::new(format!(
                "An Array made from another value may have at most {ITEMS_MAX} elements"
            )));
        }
        list.push(item);
    }
    Ok(Some(list))
}
