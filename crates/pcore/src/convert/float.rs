//! `Float(from, abs)` and `Numeric(from, abs)`

use super::creator::{Body, Creator, cannot_convert};
use super::integer;
use super::types::{alias, pattern, structure};
use crate::error::{Result, ValueError};
use crate::format::ruby_quote;
use crate::number::parse_numeric;
use crate::{Type, Value};

pub(super) fn float() -> Creator {
    let kinds = [Type::Numeric, Type::BOOLEAN, text(), Type::Timespan(None), Type::Timestamp(None)];
    creator("new_float", Type::variant(kinds), |arguments, _| made(arguments, to_float), "Float")
}

pub(super) fn numeric() -> Creator {
    let kinds =
        [Type::INTEGER, Type::FLOAT, Type::BOOLEAN, text(), Type::Timespan(None), Type::Timestamp(None)];
    creator("new_numeric", Type::variant(kinds), |arguments, _| made(arguments, to_numeric), "Numeric")
}

fn text() -> Type {
    let decimal = r"(?:(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE]-?\d+)?)";
    pattern(&format!(r"\A[+-]?\s*(?:{decimal}|(?:0[xX][0-9A-Fa-f]+)|(?:0[0-7]+)|(?:0[bB][01]+))\z"))
}

fn creator(name: &'static str, convertible: Type, body: Body, what: &'static str) -> Creator {
    let convertible = alias("Convertible", convertible);
    let named =
        alias("NamedArgs", structure(&[("from", false, convertible.clone()), ("abs", true, Type::BOOLEAN)]));
    let refuse: Body = match what {
        "Float" => |arguments, _| Ok(arguments.first().map(|from| cannot_convert(from, "Float")).into()),
        _ => |arguments, _| Ok(arguments.first().map(|from| cannot_convert(from, "Numeric")).into()),
    };
    Creator::new(name)
        .takes(1, &[("from", convertible), ("abs", Type::BOOLEAN)], body)
        .takes(1, &[("hash_args", named)], body)
        .refuses(1, &[("from", Type::Any), ("abs", Type::BOOLEAN)], refuse)
}

/// The number of the arguments, given by position or in a hash.
fn made(arguments: &[Value], convert: fn(&Value) -> Result<Value>) -> Result<Value> {
    let (from, abs) = match arguments {
        [Value::Hash(hash), ..] => (hash.get_str("from"), hash.get_str("abs")),
        arguments => (arguments.first(), arguments.get(1)),
    };
    let number = convert(from.unwrap_or(&Value::Undef))?;
    if abs != Some(&Value::Bool(true)) {
        return Ok(number);
    }
    match number {
        Value::Int(number) => integer::absolute(number),
        Value::Float(number) => Ok(Value::Float(number.abs())),
        _ => Err(ValueError::new("undefined method `abs' for nil:NilClass")),
    }
}

fn to_float(from: &Value) -> Result<Value> {
    Ok(Value::Float(match from {
        Value::Float(number) => *number,
        Value::Int(number) => *number as f64,
        Value::Bool(flag) => f64::from(u8::from(*flag)),
        Value::Timespan(span) => span.as_seconds_f64(),
        Value::Timestamp(at) => at.as_seconds_f64(),
        Value::Str(text) => parse_float(text)?,
        _ => return Ok(Value::Undef),
    }))
}

/// Ruby's `Float(text)`, binary numbers, and blanks between sign and digits.
fn parse_float(text: &str) -> Result<f64> {
    if text.starts_with("0b") || text.starts_with("0B") {
        return Ok(integer::parse(text, None)? as f64);
    }
    let parsed = parse_strict(text)
        .or_else(|| integer::without_blanks_after_sign(text).and_then(|text| parse_strict(&text)));
    parsed.ok_or_else(|| ValueError::new(format!("invalid value for Float(): {}", ruby_quote(text))))
}

fn parse_strict(text: &str) -> Option<f64> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix(['+', '-']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    let number = match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        Some(hex) => hex_to_float(hex)?,
        None if digits.starts_with(|c: char| c.is_ascii_digit()) => digits.parse().ok()?,
        None => return None,
    };
    Some(if negative { -number } else { number })
}

fn hex_to_float(digits: &str) -> Option<f64> {
    digits.chars().try_fold(0.0, |number: f64, digit| Some(number * 16.0 + f64::from(digit.to_digit(16)?)))
}

fn to_numeric(from: &Value) -> Result<Value> {
    match from {
        Value::Int(_) | Value::Float(_) => Ok(from.clone()),
        Value::Bool(flag) => Ok(Value::Int(i64::from(*flag))),
        Value::Timespan(_) | Value::Timestamp(_) => to_float(from),
        Value::Str(text) => match text.as_bytes() {
            [b'0', b'x' | b'X' | b'b' | b'B', ..] => integer::parse(text, None).map(Value::Int),
            // What is no number to the language becomes undef, which the type then refuses.
            _ => Ok(parse_numeric(text).unwrap_or_default()),
        },
        _ => Ok(Value::Undef),
    }
}
