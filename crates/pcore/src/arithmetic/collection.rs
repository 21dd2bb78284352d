//! `+`, `-` and `<<` on arrays, hashes, binaries and URIs.

use std::sync::Arc;

use crate::error::{Result, ValueError};
use crate::number::compare_int_float;
use crate::{Hash, Value};

/// Comparisons of items that cannot be looked up in one subtraction: some seconds.
const COMPARISONS_MAX: usize = 100_000_000;

/// `[1] << x`: one item more, whatever it is.
pub(super) fn append(items: &[Value], item: &Value) -> Value {
    let mut result = Vec::with_capacity(items.len() + 1);
    result.extend_from_slice(items);
    result.push(item.clone());
    Value::array(result)
}

/// Adds to an array or hash that nobody else holds; false if it is something else.
pub(super) fn extend(left: &mut Value, right: &Value, append: bool) -> Result<bool> {
    match (left, right) {
        (Value::Array(items), _) => {
            let Some(items) = Arc::get_mut(items) else { return Ok(false) };
            match right {
                right if append => items.push(right.clone()),
                Value::Array(others) => items.add(others),
                right => items.add(&as_items(right)),
            }
        }
        (Value::Hash(hash), Value::Hash(other)) if !append => {
            let Some(hash) = Arc::get_mut(hash) else { return Ok(false) };
            hash.extend(other.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        (Value::Hash(hash), Value::Array(items)) if !append => {
            let Some(hash) = Arc::get_mut(hash) else { return Ok(false) };
            merge_list(hash, items)?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

pub(super) fn concatenate(left: &Value, right: &Value) -> Result<Value> {
    match left {
        Value::Array(items) => {
            let others = as_items(right);
            let mut result = Vec::with_capacity(items.len() + others.len());
            result.extend_from_slice(items);
            result.extend(others);
            Ok(Value::array(result))
        }
        Value::Hash(hash) => {
            let mut result = Hash::clone(hash);
            match right {
                Value::Hash(other) => {
                    result.extend(other.iter().map(|(key, value)| (key.clone(), value.clone())));
                }
                Value::Array(items) => merge_list(&mut result, items)?,
                _ => return Err(ValueError::new("Can only append Array or Hash to a Hash")),
            }
            Ok(Value::hash(result))
        }
        Value::Uri(uri) => {
            let reference = match right {
                Value::Uri(other) => other.text.as_str(),
                Value::Str(text) => text.as_str(),
                _ => return Err(ValueError::new("An URI can only be merged with an URI or String")),
            };
            Ok(Value::Uri(Arc::new(uri.join(reference)?)))
        }
        Value::Binary(bytes) => match right {
            Value::Binary(other) => Ok(Value::Binary([&**bytes, &**other].concat().into())),
            _ => Err(ValueError::new("Can only append Binary to a Binary")),
        },
        _ => Err(ValueError::new("Can only append to an Array, Hash, Binary or URI")),
    }
}

/// An array into a hash: pairs if all its items are arrays, otherwise keys and values in turn.
fn merge_list(hash: &mut Hash, items: &[Value]) -> Result<()> {
    if let [Value::Hash(only)] = items {
        hash.extend(only.iter().map(|(key, value)| (key.clone(), value.clone())));
        return Ok(());
    }
    if !items.is_empty() && items.iter().all(|item| matches!(item, Value::Array(_))) {
        for (index, item) in items.iter().enumerate() {
            match item.as_array() {
                Some([key, value]) => {
                    hash.insert(key.clone(), value.clone());
                }
                other => {
                    let length = other.map_or(0, <[Value]>::len);
                    return Err(ValueError::new(format!(
                        "wrong array length at {index} (expected 2, was {length})"
                    )));
                }
            }
        }
        return Ok(());
    }
    let (pairs, rest) = items.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(ValueError::new("odd number of arguments for Hash"));
    }
    hash.extend(pairs.iter().map(|[key, value]| (key.clone(), value.clone())));
    Ok(())
}

/// `left - right`; what is not there is not missed.
///
/// # Errors
/// So many items of kinds that cannot be looked up that it would take for ever.
pub(super) fn delete(left: &Value, right: &Value) -> Result<Value> {
    Ok(match left {
        Value::Array(items) => {
            // Text equals the same text only, so most items are found in a set.
            let mut known = Hash::new();
            let (mut others, mut has_numbers_like) = (Vec::new(), false);
            for other in as_items(right) {
                match other {
                    Value::Str(_) | Value::Int(_) => {
                        known.insert(other, Value::Undef);
                    }
                    other => {
                        has_numbers_like |=
                            matches!(other, Value::Float(_) | Value::Timespan(_) | Value::Timestamp(_));
                        others.push(other);
                    }
                }
            }
            // A number of another kind may equal an integer.
            let numbers: Vec<Value> = known.keys().filter(|key| key.as_int().is_some()).cloned().collect();
            let scans = |item: &&Value| match item {
                Value::Str(_) => 0,
                Value::Int(_) if !has_numbers_like => 0,
                Value::Float(_) | Value::Timespan(_) | Value::Timestamp(_) => numbers.len() + others.len(),
                _ => others.len(),
            };
            let scanned = items.iter().map(|item| scans(&item)).fold(0, usize::saturating_add);
            if scanned > COMPARISONS_MAX {
                let text = format!("subtracting takes more than {COMPARISONS_MAX} comparisons");
                return Err(ValueError::new(text));
            }
            let kept = |item: &&Value| match item {
                Value::Str(_) => !known.contains_key(item),
                Value::Int(_) if known.contains_key(item) => false,
                Value::Int(_) if !has_numbers_like => true,
                Value::Float(_) | Value::Timespan(_) | Value::Timestamp(_) => {
                    !numbers.iter().chain(&others).any(|other| ruby_equals(item, other))
                }
                item => !others.iter().any(|other| ruby_equals(item, other)),
            };
            Value::array(items.iter().filter(kept).cloned().collect::<Vec<_>>())
        }
        Value::Hash(hash) => {
            let mut result = Hash::clone(hash);
            match right {
                Value::Array(keys) => {
                    let keys: Hash = keys.iter().map(|key| (key.clone(), Value::Undef)).collect();
                    result.retain(|key, _| !keys.contains_key(key));
                }
                Value::Hash(other) => result.retain(|key, _| !other.contains_key(key)),
                key => {
                    result.remove(key);
                }
            }
            Value::hash(result)
        }
        _ => left.clone(),
    })
}

/// The items of an array, the pairs of a hash, anything else as a single item.
fn as_items(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items.to_vec(),
        Value::Hash(hash) => {
            hash.iter().map(|(key, value)| Value::array(vec![key.clone(), value.clone()])).collect()
        }
        other => vec![other.clone()],
    }
}

/// Ruby's `==`: like the language's own, but strings are compared with their case.
pub fn ruby_equals(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Int(int), Value::Float(float)) | (Value::Float(float), Value::Int(int)) => {
            compare_int_float(*int, *float).is_some_and(std::cmp::Ordering::is_eq)
        }
        (Value::Float(a), Value::Float(b)) => a == b,
        (Value::Timespan(_) | Value::Timestamp(_), Value::Int(_) | Value::Float(_))
        | (Value::Int(_) | Value::Float(_), Value::Timespan(_) | Value::Timestamp(_)) => {
            crate::time::compare(a, b).is_some_and(std::cmp::Ordering::is_eq)
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| ruby_equals(a, b))
        }
        (Value::Hash(a), Value::Hash(b)) => {
            a.len() == b.len()
                && a.iter().all(|(key, value)| b.get(key).is_some_and(|other| ruby_equals(value, other)))
        }
        _ => a == b,
    }
}
