//! `clamp`, `convert_base`, `to_bytes`

use pcore::Value;
use pcore::format::ruby_to_s;
use pcore::regexp::Regexp;

use super::arguments::fits;
use crate::error::Control;
use crate::functions::{Legacy, collections, ruby};

/// The middle one of three numbers: a value held between two others.
///
/// ```puppet
/// clamp('24', [575, 187])  # 187
/// clamp(16, 88, 661)       # 88
/// ```
pub(super) const CLAMP: Legacy = Legacy::value("clamp", -2, |_, arguments| {
    let mut flat = Vec::new();
    collections::push_flat(arguments, &mut flat);
    if flat.len() != 3 {
        return Err("clamp(): Wrong number of arguments, need three to clamp".into());
    }
    let mut numbers = Vec::with_capacity(3);
    for value in &flat {
        match value {
            Value::Str(text) if !fits(r"^\d+$", text) => {
                return Err(format!("clamp(): Required explicit numeric ({text}:String)").into());
            }
            Value::Hash(_) => {
                return Err(format!("clamp(): The Hash type is not allowed ({})", ruby_to_s(value)).into());
            }
            _ => {}
        }
    }
    for value in &flat {
        numbers.push(ruby::value_to_i(value)?);
    }
    numbers.sort_unstable();
    Ok(numbers.get(1).copied().into())
});

/// A number, or a text of one, in another base.
///
/// ```puppet
/// convert_base(5, 2)       # '101'
/// convert_base('254', 16)  # 'fe'
/// ```
pub(super) const CONVERT_BASE: Legacy = Legacy::value("convert_base", 2, |_, arguments| {
    let [number, base] = arguments else { return Ok(Value::Undef) };
    for (argument, place) in [(number, "First"), (base, "Second")] {
        if !matches!(argument, Value::Int(_) | Value::Str(_)) {
            return Err(
                format!("convert_base(): {place} argument must be either a string or an integer").into()
            );
        }
    }
    if [number, base].iter().any(|value| value.as_str().is_some_and(|text| !fits("^[0-9]+$", text))) {
        let text = "convert_base(): First argument must be an integer or a string corresponding to an integer in base 10";
        return Err(text.into());
    }
    let base = match ruby::value_to_i(base)? {
        base @ 2..=36 => base as u32,
        _ => return Err("convert_base(): base must be at least 2 and must not be greater than 36".into()),
    };
    let text = ruby_to_s(number);
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.as_str()),
    };
    let digits: Vec<u32> = digits.chars().map_while(|c| c.to_digit(10)).collect();
    if digits.len() > DIGITS_MAX {
        return Err(format!("convert_base(): the number has more than {DIGITS_MAX} digits").into());
    }
    Ok(format!("{sign}{}", in_base(digits, base)).into())
});

/// Longest number that is converted.
const DIGITS_MAX: usize = 10_000;

/// Decimal digits as a number in a base, by repeated division.
fn in_base(mut digits: Vec<u32>, base: u32) -> String {
    let mut out: Vec<char> = Vec::new();
    loop {
        let mut rest = 0;
        for digit in &mut digits {
            let value = rest * 10 + *digit;
            *digit = value / base;
            rest = value % base;
        }
        out.extend(char::from_digit(rest, base));
        let zeroes = digits.iter().take_while(|&&digit| digit == 0).count();
        digits.drain(..zeroes);
        if digits.is_empty() {
            break;
        }
    }
    out.into_iter().rev().collect()
}

/// A size with a unit as a number of bytes; each unit is 1024 times the one before.
///
/// ```puppet
/// to_bytes('4 kB') # 4096
/// ```
pub(super) const TO_BYTES: Legacy = Legacy::value("to_bytes", -1, |_, arguments| match arguments {
    [number @ (Value::Int(_) | Value::Float(_))] => Ok(number.clone()),
    [Value::Str(text)] => to_bytes(text),
    [other] => Err(ruby::no_conversion(other, "String").into()),
    _ => Err(super::arguments::wrong_count("to_bytes", arguments, "1")),
});

fn to_bytes(text: &str) -> Result<Value, Control> {
    let (number, unit) = size_parts(text)?;
    let power = match unit.as_str() {
        "" => 0,
        "k" => 10,
        "M" => 20,
        "G" => 30,
        "T" => 40,
        "P" => 50,
        "E" => 60,
        other => return Err(format!("to_bytes(): Unknown prefix {other}").into()),
    };
    // More than fits is no integer of the language.
    let bytes = number * (1u64 << power) as f64;
    if bytes >= 9_223_372_036_854_775_808.0 {
        return Err(format!("to_bytes(): {text} is more than {} bytes", i64::MAX).into());
    }
    Ok(Value::Int(bytes as i64))
}

/// The number at the start of a size, and the letter of its unit.
pub(in crate::functions) fn size_parts(text: &str) -> Result<(f64, String), Control> {
    let found = Regexp::cached(r"([0-9.e+-]*)\s*([^bB]?)")?.try_captures(text)?;
    let part = |at: usize| found.as_ref().and_then(|found| found.get(at)).unwrap_or_default().to_owned();
    Ok((ruby::to_f(&part(1)), part(2)))
}
