//! Values as JSON text: plain data as it is, everything else in the `__ptype` encoding ("rich data") or, for
//! readers that do not know it, as strings.

use pcore::{Hash, Type, Value};

use crate::json;

/// The key that marks an encoded value; hashes that have it themselves are wrapped.
const TYPE_KEY: &str = "__ptype";

/// Appends a value.
pub fn write_value(value: &Value, rich: bool, out: &mut Vec<u8>) {
    match value {
        Value::Undef | Value::Bool(_) | Value::Int(_) | Value::Float(_) => pcore::json::write(value, out),
        Value::Str(text) => json::write_str(text, out),
        Value::Array(items) => json::write_list(items.iter(), out, |item, out| write_value(item, rich, out)),
        Value::Hash(hash) => write_hash(hash, rich, out),
        Value::Default if rich => out.extend_from_slice(b"{\"__ptype\":\"Default\"}"),
        Value::Default => out.extend_from_slice(b"\"default\""),
        // Written so for plain readers too, as Puppet does.
        Value::Sensitive(inner) => {
            out.extend_from_slice(b"{\"__ptype\":\"Sensitive\",\"__pvalue\":");
            write_value(inner, rich, out);
            out.push(b'}');
        }
        Value::Type(ty) if is_reference(ty) => {
            out.push(b'"');
            write_reference(ty, out);
            out.push(b'"');
        }
        Value::Deferred(call) if rich => {
            out.extend_from_slice(b"{\"__ptype\":\"Deferred\",\"name\":");
            json::write_str(&call.name, out);
            if !call.arguments.is_empty() {
                out.extend_from_slice(b",\"arguments\":");
                json::write_list(&call.arguments, out, |item, out| write_value(item, rich, out));
            }
            out.push(b'}');
        }
        other => json::write_str(&pcore::format::to_s(other), out),
    }
}

/// Appends a hash.
pub fn write_hash(hash: &Hash, rich: bool, out: &mut Vec<u8>) {
    let plain = |key: &Value| match key {
        Value::Str(text) => text.as_str() != TYPE_KEY,
        Value::Type(ty) => is_reference(ty),
        _ => false,
    };
    if rich && !hash.keys().all(plain) {
        out.extend_from_slice(b"{\"__ptype\":\"Hash\",\"__pvalue\":");
        let parts = hash.iter().flat_map(|(key, value)| [key, value]);
        json::write_list(parts, out, |part, out| write_value(part, rich, out));
        out.push(b'}');
        return;
    }
    out.push(b'{');
    for (index, (key, value)) in hash.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        match key {
            Value::Str(text) => json::write_str(text, out),
            Value::Type(ty) if is_reference(ty) => write_value(key, rich, out),
            key => json::write_str(&pcore::format::to_s(key), out),
        }
        out.push(b':');
        write_value(value, rich, out);
    }
    out.push(b'}');
}

/// References to resources and classes are strings in a catalog, not encoded types.
fn is_reference(ty: &Type) -> bool {
    match ty {
        Type::Resource(reference) => reference.type_name.is_some(),
        Type::Class(name) => name.is_some(),
        _ => false,
    }
}

/// `Apache::Vhost[title]`, without quotes.
fn write_reference(ty: &Type, out: &mut Vec<u8>) {
    match ty {
        Type::Resource(reference) => {
            write_capitalized(reference.type_name.as_deref().unwrap_or_default(), out);
            out.push(b'[');
            json::write_str_inside(reference.title.as_deref().unwrap_or_default(), out);
        }
        Type::Class(name) => {
            out.extend_from_slice(b"Class[");
            write_capitalized(name.as_deref().unwrap_or_default(), out);
        }
        _ => {}
    }
    out.push(b']');
}

/// Appends a name with the first letter of each segment capital and the others small.
fn write_capitalized(name: &str, out: &mut Vec<u8>) {
    for (index, segment) in name.split("::").enumerate() {
        if index > 0 {
            out.extend_from_slice(b"::");
        }
        let mut letters = segment.chars();
        if let Some(first) = letters.next() {
            let mut text: String = first.to_uppercase().collect();
            text.extend(letters.flat_map(char::to_lowercase));
            json::write_str_inside(&text, out);
        }
    }
}
