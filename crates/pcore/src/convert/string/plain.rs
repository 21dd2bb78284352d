//! Values as text without formats: strings as they are, and collections as the language writes them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::error::TEXT_BYTES_MAX;
use crate::format::{ruby_inspect, write as write_text};
use crate::number::write_float;
use crate::{Value, iter, render};

/// `String(value)`
pub fn plain(value: &Value) -> String {
    match value {
        Value::Str(text) => text.to_string(),
        value => {
            let mut out = String::new();
            write(&mut out, value);
            out
        }
    }
}

/// Appends `String(value)`.
pub fn write(out: &mut String, value: &Value) {
    match value {
        // Six digits, unlike anywhere else.
        Value::Float(number) if number.is_finite() => out.push_str(&format!("{number:.6}")),
        Value::Float(number) => out.push_str(match (number.is_nan(), *number > 0.0) {
            (true, _) => "NaN",
            (false, true) => "Inf",
            (false, false) => "-Inf",
        }),
        Value::Array(_) | Value::Hash(_) | Value::Iterator(_) => write_item(out, value),
        Value::Regexp(pattern) => out.push_str(&crate::regexp::plain(pattern.source())),
        value => write_text(out, value),
    }
}

/// Appends a value as it stands in a collection.
fn write_item(out: &mut String, value: &Value) {
    match value {
        Value::Undef => out.push_str("undef"),
        Value::Default => out.push_str("default"),
        Value::Bool(_) | Value::Int(_) => write_text(out, value),
        Value::Float(number) => write_float(out, *number),
        Value::Str(text) => out.push_str(&render::quote(text)),
        Value::Array(items) => write_items(out, items.iter()),
        Value::Iterator(_) => match iter::items(value) {
            Some(items) => write_items(out, items),
            None => write_items(out, std::iter::empty::<&Value>()),
        },
        Value::Hash(hash) => {
            out.push('{');
            for (index, (key, value)) in hash.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write_item(out, key);
                out.push_str(" => ");
                write_item(out, value);
            }
            out.push('}');
        }
        Value::Regexp(pattern) => out.push_str(&render::regexp(pattern.source())),
        Value::Binary(bytes) => {
            out.push_str("Binary(\"");
            STANDARD.encode_string(bytes, out);
            out.push_str("\")");
        }
        Value::Type(_) => write_text(out, value),
        Value::Uri(_) | Value::Deferred(_) | Value::Object(_) => {
            out.push_str(&render::value(value).to_string())
        }
        Value::Sensitive(_)
        | Value::Timestamp(_)
        | Value::Timespan(_)
        | Value::SemVer(_)
        | Value::SemVerRange(_) => out.push_str(&ruby_inspect(value)),
    }
}

fn write_items<V: std::borrow::Borrow<Value>>(out: &mut String, items: impl Iterator<Item = V>) {
    out.push('[');
    for (index, item) in items.enumerate() {
        // An iterator may be endless; whoever has asked for the text refuses one that long.
        if out.len() > TEXT_BYTES_MAX {
            return;
        }
        if index > 0 {
            out.push_str(", ");
        }
        write_item(out, item.borrow());
    }
    out.push(']');
}
