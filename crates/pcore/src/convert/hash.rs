//! `Hash(from, option)`, for structs as well.

use std::sync::Arc;

use super::array::items;
use super::creator::{Creator, not_convertible};
use super::types::alias;
use crate::error::{Result, ValueError};
use crate::format::ruby_inspect;
use crate::ty::Size;
use crate::{Hash, Type, Value};

/// An array of a tree does not grow beyond this by setting an item far behind its end.
const GAP_MAX: usize = 1_000_000;

pub(super) fn creator() -> Creator {
    let entries = |key: Type| Type::array_sized(Type::tuple(vec![key, Type::Any]), Size::at_least(1));
    let tree = alias("TreeArray", entries(Type::array_of(Type::Any)));
    let pairs = alias("KeyValueArray", entries(Type::Any));
    let option = alias("NewHashOption", Type::enumeration(["tree", "hash_tree"], false));
    Creator::new("new_hash")
        .takes(1, &[("from", tree), ("build_option", option)], |arguments, _| match arguments {
            [Value::Array(entries)] => from_pairs(entries),
            [Value::Array(entries), option] => from_tree(entries, option.as_str() == Some("hash_tree")),
            _ => Ok(Value::Undef),
        })
        .takes(1, &[("from", pairs)], |arguments, _| match arguments {
            [Value::Array(entries)] => from_pairs(entries),
            _ => Ok(Value::Undef),
        })
        .takes(1, &[("from", Type::Any)], |arguments, _| match arguments {
            [from] => from_any(from),
            _ => Ok(Value::Undef),
        })
}

fn from_pairs(entries: &[Value]) -> Result<Value> {
    let mut hash = Hash::with_capacity(entries.len());
    for entry in entries {
        if let Some([key, value]) = entry.as_array() {
            hash.insert(key.clone(), value.clone());
        }
    }
    Ok(hash.into())
}

fn from_any(from: &Value) -> Result<Value> {
    match from {
        Value::Array(items) if items.is_empty() => Ok(Hash::new().into()),
        Value::Array(items) if items.len() % 2 == 0 => alternating(items),
        Value::Array(_) => Err(odd()),
        Value::Hash(_) => Ok(from.clone()),
        other => match items(other)? {
            Some(items) => splat(&items),
            None => Err(ValueError::new(not_convertible(other, "Hash"))),
        },
    }
}

fn odd() -> ValueError {
    ValueError::new("odd number of arguments for Hash")
}

/// Keys and values in turn.
fn alternating(items: &[Value]) -> Result<Value> {
    let mut hash = Hash::with_capacity(items.len() / 2);
    for pair in items.chunks_exact(2) {
        if let [key, value] = pair {
            hash.insert(key.clone(), value.clone());
        }
    }
    Ok(hash.into())
}

/// Ruby's `Hash[*items]`: a single item may be a hash or an array of pairs.
fn splat(items: &[Value]) -> Result<Value> {
    match items {
        [hash @ Value::Hash(_)] => Ok(hash.clone()),
        [Value::Array(pairs)] => {
            let mut hash = Hash::with_capacity(pairs.len());
            for (index, pair) in pairs.iter().enumerate() {
                match pair.as_array() {
                    Some([key, value]) => hash.insert(key.clone(), value.clone()),
                    Some([key]) => hash.insert(key.clone(), Value::Undef),
                    Some(other) => {
                        return Err(ValueError::new(format!(
                            "invalid number of elements ({} for 1..2)",
                            other.len()
                        )));
                    }
                    None => {
                        let class = crate::parameterize::class_name(pair);
                        return Err(ValueError::new(format!(
                            "wrong element type {class} at {index} (expected array)"
                        )));
                    }
                };
            }
            Ok(hash.into())
        }
        items if items.len() % 2 == 0 => alternating(items),
        _ => Err(odd()),
    }
}

/// A tree from `[path, value]` entries, as `tree_each` yields them. With `all_hashes` arrays become hashes by index.
fn from_tree(entries: &[Value], all_hashes: bool) -> Result<Value> {
    let mut root = Hash::new();
    for entry in entries {
        let Some([Value::Array(path), value]) = entry.as_array() else { continue };
        let Some((last, way)) = path.split_last() else {
            merge_root(&mut root, value)?;
            continue;
        };
        let value = if all_hashes { array_as_hash(value) } else { value.clone() };
        let Some((first, way)) = way.split_first() else {
            root.insert(last.clone(), value);
            continue;
        };
        if !root.contains_key(first) {
            root.insert(first.clone(), Hash::new());
        }
        let Some(mut node) = root.get_mut(first) else { continue };
        for step in way {
            node = child(node, step)?;
        }
        set(node, last, value)?;
    }
    Ok(root.into())
}

/// The entry with an empty path: its content is that of the root.
fn merge_root(root: &mut Hash, value: &Value) -> Result<()> {
    match value {
        Value::Array(items) => {
            for (index, item) in (0_i64..).zip(items.iter()) {
                root.insert(index, item.clone());
            }
        }
        Value::Hash(hash) => {
            for (key, item) in hash.iter() {
                root.insert(key.clone(), item.clone());
            }
        }
        other => {
            let class = crate::format::conversion_name(other);
            return Err(ValueError::new(format!("no implicit conversion of {class} into Hash")));
        }
    }
    Ok(())
}

/// The node under a step; hashes get an empty one where there is none.
fn child<'a>(node: &'a mut Value, step: &Value) -> Result<&'a mut Value> {
    match node {
        Value::Hash(hash) => {
            let hash = Arc::make_mut(hash);
            if !hash.contains_key(step) {
                hash.insert(step.clone(), Hash::new());
            }
            hash.get_mut(step).ok_or_else(|| undefined("[]=", &Value::Undef))
        }
        Value::Array(items) => {
            let items = Arc::make_mut(items);
            let index = index_of(step)?;
            let place = place(items.len(), index);
            place.and_then(|place| items.get_mut(place)).ok_or_else(|| undefined("[]=", &Value::Undef))
        }
        other => Err(undefined("has_key?", other)),
    }
}

fn set(node: &mut Value, key: &Value, value: Value) -> Result<()> {
    match node {
        Value::Hash(hash) => {
            Arc::make_mut(hash).insert(key.clone(), value);
            Ok(())
        }
        Value::Array(items) => {
            let index = index_of(key)?;
            let items = Arc::make_mut(items);
            let length = items.len();
            let Some(place) = place(length, index) else {
                return Err(ValueError::new(format!(
                    "index {index} too small for array; minimum: -{length}"
                )));
            };
            if place >= length {
                if place - length > GAP_MAX {
                    return Err(ValueError::new(format!("index {index} too big")));
                }
                items.resize(place + 1, Value::Undef);
            }
            if let Some(slot) = items.get_mut(place) {
                *slot = value;
            }
            Ok(())
        }
        Value::Str(_) => Err(ValueError::new("string not matched")),
        other => Err(undefined("[]=", other)),
    }
}

fn index_of(key: &Value) -> Result<i64> {
    match key {
        Value::Int(index) => Ok(*index),
        Value::Float(index) => Ok(*index as i64),
        other => Err(ValueError::new(format!(
            "no implicit conversion of {} into Integer",
            crate::format::conversion_name(other)
        ))),
    }
}

/// A position counted from the start, or from the end if it is negative.
fn place(length: usize, index: i64) -> Option<usize> {
    match usize::try_from(index) {
        Ok(index) => Some(index),
        Err(_) => length.checked_sub(usize::try_from(index.unsigned_abs()).ok()?),
    }
}

fn undefined(method: &str, receiver: &Value) -> ValueError {
    let of = match receiver {
        Value::Undef => "nil:NilClass".to_owned(),
        other => format!("{}:{}", ruby_inspect(other), crate::parameterize::class_name(other)),
    };
    ValueError::new(format!("undefined method `{method}' for {of}"))
}

/// Arrays as hashes by index, all the way down through arrays.
fn array_as_hash(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut hash = Hash::with_capacity(items.len());
            for (index, item) in (0_i64..).zip(items.iter()) {
                hash.insert(index, array_as_hash(item));
            }
            hash.into()
        }
        other => other.clone(),
    }
}
