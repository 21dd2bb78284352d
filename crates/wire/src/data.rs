//! Values as JSON text: plain data as it is, everything else in the `__ptype` encoding ("rich data") or, for
//! readers that do not know it, as strings.

use pcore::{Hash, Type, Value};

use crate::json;

/// Appends a value.
pub fn write_value(value: &Value, rich: bool, out: &mut Vec<u8>) {
    match value {
        Value::Str(text) => json::write_str(text, out),
        Value::Array(items) => json::write_list(items.iter(), out, |item, out| write_value(item, rich, out)),
        Value::Hash(hash) => write_hash(hash, rich, out),
        Value::Type(ty) if is_reference(ty) => {
            out.push(b'"');
            write_reference(ty, out);
            out.push(b'"');
        }
        other if rich => pcore::rich::write_json(other, out),
        other => pcore::json::write(&pcore::rich::to_plain(other, "", &mut |_| {}), out),
    }
}

/// Appends a hash.
pub fn write_hash(hash: &Hash, rich: bool, out: &mut Vec<u8>) {
    let plain = |key: &Value| match key {
        Value::Str(text) => text.as_str() != pcore::rich::TYPE_KEY,
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

/// What a reader of plain data loses in a value, in Puppet's words: `Notify[a]['message'] contains a Regexp value. It
/// will be converted to the String '/x/'`. `prefix` names the whole.
pub fn losses(value: &Value, prefix: &str, report: &mut dyn FnMut(String)) {
    if !pcore::rich::is_data(value) {
        pcore::rich::to_plain(&with_plain_references(value), prefix, report);
    }
}

fn with_plain_references(value: &Value) -> Value {
    match value {
        Value::Type(ty) if is_reference(ty) => {
            let mut text = Vec::new();
            write_reference(ty, &mut text);
            String::from_utf8(text).unwrap_or_default().into()
        }
        Value::Array(items) => items.iter().map(with_plain_references).collect::<Vec<_>>().into(),
        Value::Hash(hash) => {
            let entries =
                hash.iter().map(|(key, value)| (with_plain_references(key), with_plain_references(value)));
            entries.collect::<Hash>().into()
        }
        other => other.clone(),
    }
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
