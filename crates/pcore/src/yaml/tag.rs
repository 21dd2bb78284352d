//! What tags mean, and which are refused.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::scalar::{Failure, resolve, symbol};
use crate::Value;

/// A scalar with a tag.
pub(super) fn scalar(tag: &str, text: &str) -> Result<Value, Failure> {
    match tag {
        "!binary" | "tag:yaml.org,2002:binary" => return Ok(binary(text)),
        "tag:yaml.org,2002:str" => return Ok(text.into()),
        "tag:yaml.org,2002:float" | "!float" => return float(text),
        "!ruby/object:BigDecimal" => return Err(Failure::class("BigDecimal")),
        "!ruby/object:DateTime" => return Err(Failure::class("DateTime")),
        "!ruby/object:Complex" => return Err(Failure::class("Complex")),
        "!ruby/object:Rational" => return Err(Failure::class("Rational")),
        "!ruby/encoding" => return Err(Failure::class("Encoding")),
        "!ruby/class" | "!ruby/module" => return Err(Failure::class(text)),
        "!ruby/regexp" => return Err(Failure::class("Regexp")),
        "!ruby/range" => return Err(Failure::class("Range")),
        _ => {}
    }
    if let Some(class) = string_class(tag) {
        return if class.is_empty() { Ok(text.into()) } else { Err(Failure::class(class)) };
    }
    if tag.starts_with("!ruby/sym") {
        return Ok(symbol(text).into());
    }
    resolve(text)
}

/// A sequence with a tag; true if it is an ordered map.
pub(super) fn sequence(tag: &str) -> Result<bool, Failure> {
    if matches!(tag, "!omap" | "tag:yaml.org,2002:omap") {
        return Ok(true);
    }
    match tag.strip_prefix("!seq:").or_else(|| tag.strip_prefix("!ruby/array:")) {
        Some(class) if !class.is_empty() => Err(Failure::class(class)),
        _ => Ok(false),
    }
}

/// A mapping with a tag.
pub(super) fn mapping(tag: &str) -> Result<(), Failure> {
    let refuse = |class: &str| Err(Failure::class(class));
    match tag {
        "!ruby/object:Hash" => return Ok(()),
        "!ruby/range" => return refuse("Range"),
        "!set" | "tag:yaml.org,2002:set" => return refuse("Psych::Set"),
        "!omap" | "tag:yaml.org,2002:omap" => return refuse("Psych::Omap"),
        _ => {}
    }
    // Each with the class it asks for when it names none.
    for (prefix, unnamed) in [
        ("!ruby/struct", "Struct"),
        ("!ruby/object", "Object"),
        ("!ruby/exception", "Exception"),
        ("!ruby/array", ""),
        ("!ruby/hash-with-ivars", ""),
        ("!ruby/hash", ""),
        ("!ruby/marshalable", ""),
        ("!map", ""),
    ] {
        let Some(rest) = tag.strip_prefix(prefix) else { continue };
        match rest.strip_prefix(':').unwrap_or(rest) {
            "" if unnamed.is_empty() => return Ok(()),
            "" => return refuse(unnamed),
            class => return refuse(class),
        }
    }
    match string_class(tag) {
        Some(class) if !class.is_empty() => refuse(class),
        _ => Ok(()),
    }
}

/// The class of `!str:Class` and `!ruby/string:Class`, empty if there is none.
fn string_class(tag: &str) -> Option<&str> {
    let rest = tag.strip_prefix("!str").or_else(|| tag.strip_prefix("!ruby/string"))?;
    if rest.is_empty() { Some("") } else { rest.strip_prefix(':') }
}

/// Bytes that are text become a string. What is not base64 is skipped.
fn binary(text: &str) -> Value {
    let engine = GeneralPurpose::new(
        &STANDARD,
        GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::Indifferent)
            .with_decode_allow_trailing_bits(true),
    );
    let digits: String =
        text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/')).collect();
    let bytes = engine.decode(&digits).unwrap_or_default();
    match String::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(error) => Value::Binary(error.into_bytes().into()),
    }
}

fn float(text: &str) -> Result<Value, Failure> {
    let refuse = |shown: String| Err(Failure::value(format!("invalid value for Float(): {shown}")));
    match resolve(text)? {
        Value::Int(number) => Ok(Value::Float(number as f64)),
        Value::Float(number) => Ok(Value::Float(number)),
        Value::Str(text) => match text.trim().parse::<f64>() {
            Ok(number) if text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) => {
                Ok(Value::Float(number))
            }
            _ => refuse(crate::format::ruby_quote(&text)),
        },
        Value::Undef => Err(Failure::value("can't convert nil into Float".to_owned())),
        other => Err(Failure::value(format!("can't convert {} into Float", crate::format::to_s(&other)))),
    }
}
