//! Rich data: values that JSON does not know, as plain data and back.
//!
//! With rich data, such a value becomes a hash whose `__ptype` names its type: `{"__ptype": "Timestamp", "__pvalue":
//! "2020-01-01T00:00:00.000000000 UTC"}`. Agents since Puppet 6 read this inside the parameters of a catalog. Without
//! rich data it becomes a string, and the one who asked for it is told.

mod plain;
mod types;

pub use plain::to_plain;

use crate::format::{to_s, write as write_text};
use crate::value::{Deferred, Object};
use crate::{Hash, Value, json, object};

/// The key that names the type.
pub const TYPE_KEY: &str = "__ptype";
/// The key of the value.
pub const VALUE_KEY: &str = "__pvalue";

/// True if the value is plain data already, so that [`to_data`] would give the same value.
pub fn is_data(value: &Value) -> bool {
    match value {
        Value::Undef | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) => true,
        Value::Array(items) => items.iter().all(is_data),
        Value::Hash(hash) => has_plain_keys(hash) && hash.values().all(is_data),
        _ => false,
    }
}

/// The value as data: `undef`, booleans, numbers, strings, arrays, and hashes with strings as keys. Sensitive values
/// are in it in the clear, so that it must not be shown.
pub fn to_data(value: &Value) -> Value {
    if is_data(value) {
        return value.clone();
    }
    match value {
        Value::Array(items) => Value::array(items.iter().map(to_data).collect::<Vec<_>>()),
        Value::Hash(hash) if has_plain_keys(hash) => {
            Value::hash(hash.iter().map(|(key, item)| (key.clone(), to_data(item))).collect())
        }
        // Keys that are no strings cannot stand in JSON; and a hash with the marker as key would be mistaken.
        Value::Hash(hash) => {
            let flat: Vec<Value> =
                hash.iter().flat_map(|(key, item)| [to_data(key), to_data(item)]).collect();
            tagged("Hash", Value::array(flat))
        }
        Value::Default => Value::hash(typed("Default")),
        Value::Sensitive(inner) => tagged("Sensitive", to_data(inner)),
        Value::Regexp(regexp) => tagged("Regexp", regexp.source().into()),
        Value::Timestamp(_) => text("Timestamp", value),
        Value::Timespan(_) => text("Timespan", value),
        Value::SemVer(_) => text("SemVer", value),
        Value::SemVerRange(_) => text("SemVerRange", value),
        Value::Binary(_) => text("Binary", value),
        Value::Uri(_) => text("URI", value),
        Value::Type(ty) => types::to_data(ty),
        Value::Deferred(deferred) => deferred_data(deferred),
        Value::Object(object) => object_data(object),
        // A lazy sequence is what it yields.
        Value::Iterator(_) => Value::array(
            crate::iter::items(value).into_iter().flatten().map(|item| to_data(&item)).collect::<Vec<_>>(),
        ),
        Value::Undef | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) => value.clone(),
    }
}

/// Appends the JSON of [`to_data`]; plain data is written without being copied first.
pub fn write_json(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_json(item, out);
            }
            out.push(b']');
        }
        Value::Hash(hash) if has_plain_keys(hash) => {
            out.push(b'{');
            for (index, (key, item)) in hash.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                json::write_string(key.as_str().unwrap_or_default(), out);
                out.push(b':');
                write_json(item, out);
            }
            out.push(b'}');
        }
        Value::Undef | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) => {
            json::write(value, out)
        }
        rich => json::write(&to_data(rich), out),
    }
}

/// True if all keys are strings and none is the marker.
fn has_plain_keys(hash: &Hash) -> bool {
    hash.keys().all(|key| key.as_str().is_some_and(|key| key != TYPE_KEY))
}

/// `{"__ptype": name}`
fn typed(name: &str) -> Hash {
    Hash::from_iter([(TYPE_KEY, name)])
}

/// `{"__ptype": name, "__pvalue": value}`
fn tagged(name: &str, value: Value) -> Value {
    let mut hash = typed(name);
    hash.insert(VALUE_KEY, value);
    Value::hash(hash)
}

fn text(name: &str, value: &Value) -> Value {
    tagged(name, to_s(value).into())
}

fn deferred_data(deferred: &Deferred) -> Value {
    let mut hash = typed("Deferred");
    hash.insert("name", deferred.name.clone());
    if let Some(arguments) = &deferred.arguments {
        hash.insert("arguments", arguments.iter().map(to_data).collect::<Vec<_>>());
    }
    Value::hash(hash)
}

fn object_data(object: &Object) -> Value {
    let mut hash = typed(&object.ty.name);
    for (name, value) in object::instance_init_hash(object) {
        hash.insert(name, to_data(&value));
    }
    Value::hash(hash)
}

/// The text that stands for a value where rich data is not possible.
fn string_form(value: &Value) -> String {
    let mut out = String::new();
    write_text(&mut out, value);
    out
}

#[cfg(test)]
mod tests;
