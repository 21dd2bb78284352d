//! Numbers: conversions from text, and what integers and floats share.

use crate::class::Class;
use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::{Eval, unsupported};
use crate::value::Value;

/// `Integer(value, base, exception: true)`
pub(super) fn integer(it: &mut Interp<'_>, args: &Args<'_>) -> Eval {
    let (values, is_strict) = options(it, args)?;
    let base = match values.get(1) {
        None | Some(Value::Nil) => None,
        Some(Value::Int(base @ 2..=36)) => u32::try_from(*base).ok(),
        Some(_) => return Err(unsupported("Integer() with this base")),
    };
    let value = values.first().cloned().unwrap_or_default();
    let error = match &value {
        Value::Int(_) => return Ok(value),
        Value::Float(number) if number.is_finite() => match float_to_int(it, *number) {
            Ok(value) => return Ok(value),
            Err(flow) => flow,
        },
        Value::Float(number) => {
            let shown = pcore::number::float_text(*number);
            it.raise(Class::FloatDomainError, shown)
        }
        Value::Text(text) => match parse_integer(&text.borrow(), base, true) {
            Parsed::Number(number) => return Ok(Value::Int(number)),
            Parsed::TooLarge => return Err(too_large()),
            Parsed::Nothing => {
                let shown = pcore::format::ruby_quote(&text.borrow());
                it.raise(Class::ArgumentError, format!("invalid value for Integer(): {shown}"))
            }
        },
        Value::Nil => it.raise(Class::TypeError, "can't convert nil into Integer"),
        other => {
            let shown = class_or_constant(other);
            it.raise(Class::TypeError, format!("can't convert {shown} into Integer"))
        }
    };
    if is_strict { Err(error) } else { Ok(Value::Nil) }
}

/// `Float(value, exception: true)`
pub(super) fn float(it: &mut Interp<'_>, args: &Args<'_>) -> Eval {
    let (values, is_strict) = options(it, args)?;
    let value = values.first().cloned().unwrap_or_default();
    let error = match &value {
        Value::Float(_) => return Ok(value),
        Value::Int(number) => return Ok(Value::Float(*number as f64)),
        Value::Text(text) => match strict_float(&text.borrow()) {
            Some(number) => return Ok(Value::Float(number)),
            None => {
                let shown = pcore::format::ruby_quote(&text.borrow());
                it.raise(Class::ArgumentError, format!("invalid value for Float(): {shown}"))
            }
        },
        Value::Nil => it.raise(Class::TypeError, "can't convert nil into Float"),
        other => {
            let shown = class_or_constant(other);
            it.raise(Class::TypeError, format!("can't convert {shown} into Float"))
        }
    };
    if is_strict { Err(error) } else { Ok(Value::Nil) }
}

/// Arguments without the keyword `exception`, and whether errors are raised.
fn options<'a>(it: &mut Interp<'_>, args: &Args<'a>) -> Eval<(&'a [Value], bool)> {
    if let Some((Value::Hash(options), rest)) = args.values.split_last()
        && args.has_keywords
    {
        let key = it.probe(&Value::symbol("exception"))?;
        let is_strict = options.map.borrow().get(&key).is_none_or(Value::is_true);
        return Ok((rest, is_strict));
    }
    args.count(it, 1, 2)?;
    Ok((args.values, true))
}

fn class_or_constant(value: &Value) -> String {
    match value {
        Value::Bool(flag) => flag.to_string(),
        other => other.class().name().to_owned(),
    }
}

/// The error for integers that do not fit.
pub(crate) fn too_large() -> Box<crate::flow::Flow> {
    unsupported("an integer beyond 64 bits")
}

/// A float without its fraction.
pub(crate) fn float_to_int(it: &Interp<'_>, number: f64) -> Eval {
    if !number.is_finite() {
        return Err(it.raise(Class::FloatDomainError, pcore::number::float_text(number)));
    }
    let whole = number.trunc();
    // 2^63 is the first float that does not fit.
    let limit = 2_f64.powi(63);
    if (-limit..limit).contains(&whole) { Ok(Value::Int(whole as i64)) } else { Err(too_large()) }
}

/// What text stands for as an integer.
pub(crate) enum Parsed {
    Number(i64),
    TooLarge,
    Nothing,
}

/// An integer in text. Strict text must be one from end to end; otherwise the digits at the start count, and none are 0.
pub(crate) fn parse_integer(text: &str, base: Option<u32>, is_strict: bool) -> Parsed {
    let text = text.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '\u{b}');
    let text = if is_strict {
        text.trim_end_matches(|c: char| c.is_ascii_whitespace() || c == '\u{b}')
    } else {
        text
    };
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let prefix = rest.get(..2).map(str::to_ascii_lowercase);
    let (radix, mut digits, had_prefix) = match (prefix.as_deref(), base) {
        (Some("0x"), None | Some(16)) => (16, &rest[2..], true),
        (Some("0b"), None | Some(2)) => (2, &rest[2..], true),
        (Some("0o"), None | Some(8)) => (8, &rest[2..], true),
        (Some("0d"), None | Some(10)) => (10, &rest[2..], true),
        (_, Some(base)) => (base, rest, false),
        (_, None) if rest.len() > 1 && rest.starts_with('0') => (8, rest, false),
        (_, None) => (10, rest, false),
    };
    if !is_strict && had_prefix && !digits.starts_with(|c: char| c.is_digit(radix)) {
        digits = "0";
    }
    let mut number: Option<i64> = Some(0);
    let mut count = 0;
    let mut last_underscore = false;
    for c in digits.chars() {
        if c == '_' && count > 0 && !last_underscore {
            last_underscore = true;
            continue;
        }
        let Some(digit) = c.to_digit(radix) else {
            if is_strict {
                return Parsed::Nothing;
            }
            break;
        };
        last_underscore = false;
        count += 1;
        number = number.and_then(|number| {
            let digit = i64::from(digit);
            let number = number.checked_mul(i64::from(radix))?;
            if negative { number.checked_sub(digit) } else { number.checked_add(digit) }
        });
    }
    if is_strict && (count == 0 || last_underscore) {
        return Parsed::Nothing;
    }
    number.map_or(Parsed::TooLarge, Parsed::Number)
}

/// A float that text is from end to end.
fn strict_float(text: &str) -> Option<f64> {
    let text = text.trim_matches(|c: char| c.is_ascii_whitespace() || c == '\u{b}');
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.to_ascii_lowercase().starts_with("0x") {
        return match parse_integer(digits, None, true) {
            Parsed::Number(number) => Some(sign * number as f64),
            _ => None,
        };
    }
    let length = float_length(digits, true)?;
    if length != digits.len() {
        return None;
    }
    digits.replace('_', "").parse::<f64>().ok().map(|number| sign * number)
}

/// The number of bytes at the start of text that are a float without sign.
fn float_length(text: &str, is_strict: bool) -> Option<usize> {
    let bytes = text.as_bytes();
    let digits = |from: usize| {
        let mut at = from;
        while at < bytes.len() {
            let next_is_digit = bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
            match bytes[at] {
                b'0'..=b'9' => at += 1,
                b'_' if at > from && next_is_digit && bytes[at - 1] != b'_' => at += 1,
                _ => break,
            }
        }
        at
    };
    let mut end = digits(0);
    if end == 0 && !(bytes.first() == Some(&b'.') && bytes.get(1).is_some_and(u8::is_ascii_digit)) {
        return None;
    }
    if bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
        end = digits(end + 1);
    } else if is_strict && bytes.get(end) == Some(&b'.') {
        return None;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        if bytes.get(end + 1 + sign).is_some_and(u8::is_ascii_digit) {
            end = digits(end + 1 + sign);
        }
    }
    Some(end)
}

/// `String#to_f`: the float at the start of text, or 0.
pub(crate) fn lenient_float(text: &str) -> f64 {
    let text = text.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '\u{b}');
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    let Some(length) = float_length(digits, false) else { return 0.0 * sign };
    sign * digits[..length].replace('_', "").parse::<f64>().unwrap_or_default()
}

/// Ways to round half of the last digit.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Half {
    Up,
    Even,
    Down,
}

/// Arguments of `round`: the number of digits, and what to do with a half.
pub(crate) fn rounding(it: &mut Interp<'_>, args: &Args<'_>) -> Eval<(i64, Half)> {
    let mut values = args.values;
    let mut half = Half::Up;
    if let Some((Value::Hash(options), rest)) = values.split_last()
        && args.has_keywords
    {
        values = rest;
        let key = it.probe(&Value::symbol("half"))?;
        let given = options.map.borrow().get(&key).cloned().unwrap_or_default();
        half = match it.text_of(&given)?.as_str() {
            "" | "up" => Half::Up,
            "even" => Half::Even,
            "down" => Half::Down,
            other => {
                return Err(it.raise(Class::ArgumentError, format!("invalid rounding mode: {other}")));
            }
        };
    }
    Args { values, ..*args }.count(it, 0, 1)?;
    let digits = match values.first() {
        None => 0,
        Some(value) => it.int_argument(value)?,
    };
    Ok((digits, half))
}

impl Interp<'_> {
    /// An argument that must be an integer.
    pub(crate) fn int_argument(&mut self, value: &Value) -> Eval<i64> {
        match value {
            Value::Int(number) => Ok(*number),
            Value::Float(number) => match float_to_int(self, *number)? {
                Value::Int(number) => Ok(number),
                _ => Ok(0),
            },
            Value::Nil => Err(self.raise(Class::TypeError, "no implicit conversion from nil to integer")),
            other => {
                let shown = class_or_constant(other);
                Err(self.raise(Class::TypeError, format!("no implicit conversion of {shown} into Integer")))
            }
        }
    }

    /// An argument that must be a string.
    pub(crate) fn string_argument(&mut self, value: &Value) -> Eval<pcore::Str> {
        match value {
            Value::Text(text) => Ok(text.share()),
            other => {
                let shown = match other {
                    Value::Nil => "nil".to_owned(),
                    other => class_or_constant(other),
                };
                Err(self.raise(Class::TypeError, format!("no implicit conversion of {shown} into String")))
            }
        }
    }
}
