//! Values as text.
//!
//! [`to_s`] is what interpolation writes. [`ruby_to_s`] and [`ruby_inspect`] are what leaks into some of Puppet's
//! messages and into Hiera's interpolation of collections.

mod inspect;
mod sprintf;

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::number::write_float;
use crate::{Type, Value, infer, regexp, render};

pub use inspect::{ruby_inspect, ruby_quote, ruby_to_s};
pub(crate) use sprintf::ruby_class as conversion_name;
pub use sprintf::sprintf;

/// What stands for a sensitive value in every text.
pub const REDACTED: &str = "Sensitive [value redacted]";

/// The text of a value in an interpolated string.
pub fn to_s(value: &Value) -> String {
    match value {
        Value::Str(text) => text.to_string(),
        _ => {
            let mut out = String::new();
            write(&mut out, value);
            out
        }
    }
}

/// Appends what [`to_s`] gives.
pub fn write(out: &mut String, value: &Value) {
    match value {
        Value::Undef => {}
        Value::Default => out.push_str("default"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Int(number) => out.push_str(itoa::Buffer::new().format(*number)),
        Value::Float(number) => write_float(out, *number),
        Value::Str(text) => out.push_str(text),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write(out, item);
            }
            out.push(']');
        }
        Value::Hash(hash) => {
            out.push('{');
            for (index, (key, item)) in hash.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write(out, key);
                out.push_str(" => ");
                write(out, item);
            }
            out.push('}');
        }
        Value::Regexp(pattern) => out.push_str(&regexp::to_s(pattern.source())),
        Value::Type(ty) => {
            let _ = write!(out, "{ty}");
        }
        Value::Sensitive(_) => out.push_str(REDACTED),
        Value::Timestamp(stamp) => {
            let _ = write!(out, "{stamp}");
        }
        Value::Timespan(span) => {
            let _ = write!(out, "{span}");
        }
        Value::SemVer(version) => {
            let _ = write!(out, "{version}");
        }
        Value::SemVerRange(range) => out.push_str(&range.text),
        Value::Binary(bytes) => STANDARD.encode_string(bytes, out),
        Value::Uri(uri) => out.push_str(&uri.text),
        Value::Deferred(_) | Value::Object(_) => {
            let _ = write!(out, "{}", render::value(value));
        }
        Value::Iterator(iterator) => out.push_str(&iterator_to_s(iterator)),
    }
}

/// `Iterator[Integer]-Value`: an iterator has no text of its own but the type of what it yields.
fn iterator_to_s(iterator: &crate::iter::Iterator) -> String {
    match infer::iterator_element(iterator) {
        Type::Any => "Iterator-Value".to_owned(),
        element => format!("Iterator[{}]-Value", infer::generalize(&element)),
    }
}

#[cfg(test)]
mod tests;
