//! `Integer(from, radix, abs)`

use std::sync::LazyLock;

use super::Outside;
use super::creator::{Creator, cannot_convert};
use super::types::{alias, exactly, pattern, structure};
use crate::error::{Result, ValueError};
use crate::format::ruby_quote;
use crate::time::NANOSECONDS_PER_SECOND;
use crate::{Type, Value, matches, mismatch};

static RADIX: LazyLock<Type> = LazyLock::new(|| {
    let radixes = [Type::Default, exactly(2), exactly(8), exactly(10), exactly(16)];
    alias("Radix", Type::variant(radixes))
});

static CONVERTIBLE: LazyLock<Type> = LazyLock::new(|| {
    let text = pattern(r"\A[+-]?\s*(?:(?:\d+)|(?:0[xX][0-9A-Fa-f]+)|(?:0[bB][01]+))\z");
    let types = [Type::Numeric, Type::BOOLEAN, text, Type::Timespan(None), Type::Timestamp(None)];
    alias("Convertible", Type::variant(types))
});

static NAMED: LazyLock<Type> = LazyLock::new(|| {
    let entries =
        [("from", false, CONVERTIBLE.clone()), ("radix", true, RADIX.clone()), ("abs", true, Type::BOOLEAN)];
    alias("NamedArgs", structure(&entries))
});

pub(super) fn creator() -> Creator {
    let arguments = [("from", CONVERTIBLE.clone()), ("radix", RADIX.clone()), ("abs", Type::BOOLEAN)];
    Creator::new("new")
        .takes(1, &arguments, |arguments, _| from_arguments(arguments))
        .takes(1, &[("hash_args", NAMED.clone())], |arguments, _| {
            let given = |name: &str| arguments.first()?.as_hash()?.get_str(name).cloned();
            let radix = given("radix").unwrap_or(Value::Default);
            let abs = given("abs").unwrap_or(Value::Bool(false));
            from_arguments(&[given("from").unwrap_or_default(), radix, abs])
        })
        .refuses(1, &[("hash_args", Type::hash_of(Type::Any, Type::Any))], refuse_hash)
        .refuses(
            1,
            &[("from", Type::Any), ("radix", Type::INTEGER), ("abs", Type::BOOLEAN)],
            |arguments, _| match arguments {
                [from, radix @ Value::Int(_), ..] => refuse(from, Some(radix)),
                [from, ..] => refuse(from, None),
                [] => Ok(Value::Undef),
            },
        )
}

fn from_arguments(arguments: &[Value]) -> Result<Value> {
    let number = match (arguments.first(), arguments.get(1)) {
        (Some(from), Some(Value::Int(radix))) => convert(from, u32::try_from(*radix).ok())?,
        (Some(from), _) => convert(from, None)?,
        _ => return Ok(Value::Undef),
    };
    match arguments.get(2) {
        Some(Value::Bool(true)) => absolute(number),
        _ => Ok(Value::Int(number)),
    }
}

pub(super) fn absolute(number: i64) -> Result<Value> {
    number.checked_abs().map(Value::Int).ok_or_else(|| out_of_range(number.unsigned_abs()))
}

fn convert(from: &Value, radix: Option<u32>) -> Result<i64> {
    Ok(match from {
        Value::Int(number) => *number,
        Value::Float(number) => truncate(*number)?,
        Value::Bool(flag) => i64::from(*flag),
        Value::Timespan(span) => span.nanoseconds.div_euclid(NANOSECONDS_PER_SECOND),
        Value::Timestamp(at) => at.seconds,
        Value::Str(text) => parse(text, radix)?,
        _ => 0,
    })
}

/// The integer part of a float.
fn truncate(number: f64) -> Result<i64> {
    if !number.is_finite() {
        return Err(ValueError::new(crate::number::float_text(number)));
    }
    // Both ends are exact as floats; the upper one is the first that does not fit.
    if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&number) {
        Ok(number as i64)
    } else {
        Err(out_of_range(format!("{:.0}", number.trunc())))
    }
}

/// Ruby's `Integer(text, radix)`, and blanks between sign and digits.
pub(super) fn parse(text: &str, radix: Option<u32>) -> Result<i64> {
    if let Some(number) = parse_strict(text, radix) {
        return number;
    }
    if let Some(text) = without_blanks_after_sign(text)
        && let Some(number) = parse_strict(&text, radix)
    {
        return number;
    }
    Err(ValueError::new(format!("invalid value for Integer(): {}", ruby_quote(text))))
}

/// `- 1` as `-1`; `None` if there is nothing between sign and number.
pub(super) fn without_blanks_after_sign(text: &str) -> Option<String> {
    let rest = text.strip_prefix(['+', '-'])?;
    let number = rest.trim_start_matches([' ', '\t']);
    // What follows must not go over a line.
    (number.len() < rest.len() && !number.contains('\n')).then(|| format!("{}{number}", &text[..1]))
}

/// `None` for text that is no number in this radix; the radix is told by the prefix if none is given.
fn parse_strict(text: &str, radix: Option<u32>) -> Option<Result<i64>> {
    let text = text.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '\x0b');
    let (negative, digits) = match text.strip_prefix(['+', '-']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    let prefixed = |prefixes: [&str; 2]| prefixes.iter().find_map(|prefix| digits.strip_prefix(prefix));
    let (radix, digits) = match radix {
        Some(16) => (16, prefixed(["0x", "0X"]).unwrap_or(digits)),
        Some(2) => (2, prefixed(["0b", "0B"]).unwrap_or(digits)),
        Some(radix) => (radix, digits),
        None => match (prefixed(["0x", "0X"]), prefixed(["0b", "0B"])) {
            (Some(digits), _) => (16, digits),
            (_, Some(digits)) => (2, digits),
            _ if digits.len() > 1 && digits.starts_with('0') => (8, digits),
            _ => (10, digits),
        },
    };
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    let number = i128::from_str_radix(digits, radix).map(|number| if negative { -number } else { number });
    Some(match number.map(i64::try_from) {
        Ok(Ok(number)) => Ok(number),
        _ => Err(out_of_range(text)),
    })
}

/// Puppet goes on with integers of any size here, which nothing after it can take.
fn out_of_range(shown: impl std::fmt::Display) -> ValueError {
    ValueError::new(format!(
        "The conversion to Integer resulted in a value outside of Puppet Integer max range, got '{shown}'"
    ))
}

/// What is wrong with a hash of arguments.
fn refuse_hash(arguments: &[Value], _: &mut dyn Outside) -> Result<Value> {
    let [given @ Value::Hash(hash)] = arguments else { return Ok(Value::Undef) };
    if let Some(from) = hash.get_str("from")
        && !matches::is_instance(&CONVERTIBLE, from)
    {
        return refuse(from, None);
    }
    if let Some(radix) = hash.get_str("radix").filter(|radix| !radix.is_undef()) {
        check_radix(radix)?;
    }
    Err(ValueError::new(mismatch::assertion("Integer.new", &NAMED, given)))
}

/// What is wrong with arguments by position.
fn refuse(from: &Value, radix: Option<&Value>) -> Result<Value> {
    if let Some(radix) = radix {
        check_radix(radix)?;
    }
    Ok(cannot_convert(from, "Integer").into())
}

fn check_radix(radix: &Value) -> Result<()> {
    match radix {
        Value::Default | Value::Int(2 | 8 | 10 | 16) => Ok(()),
        other => Err(ValueError::new(format!(
            "Illegal radix: {}, expected 2, 8, 10, 16, or default",
            crate::format::to_s(other)
        ))),
    }
}
