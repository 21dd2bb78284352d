//! Numbers in text as Ruby reads them. A few functions inherit their idea of a number from it.

use pcore::Value;

use super::no_method;
use crate::error::Control;

/// `Float(text)`: the whole text must be a number; blanks around it, single underscores between digits and
/// hexadecimal are fine.
pub(in crate::functions) fn float(text: &str) -> Option<f64> {
    let text = text.trim_matches(|c: char| c.is_ascii_whitespace() || c == '\u{b}');
    let (negative, magnitude) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    let number = match magnitude.strip_prefix("0x").or_else(|| magnitude.strip_prefix("0X")) {
        Some(digits) => hexadecimal(digits)?,
        None => {
            let (length, plain) = decimal(magnitude.as_bytes());
            if length != magnitude.len() || magnitude.is_empty() {
                return None;
            }
            plain.parse().ok()?
        }
    };
    Some(if negative { -number } else { number })
}

/// `text.to_f`: the number at the start of the text, or 0.
pub(in crate::functions) fn to_f(text: &str) -> f64 {
    let text = text.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '\u{b}');
    let (negative, magnitude) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    let number = decimal(magnitude.as_bytes()).1.parse().unwrap_or(0.0);
    if negative { -number } else { number }
}

/// `Integer(text)`: the whole text must be an integer; blanks around it, single underscores between digits and the
/// prefixes `0x`, `0b`, `0o`, `0d` and `0` (octal) are fine. `None`, too, beyond 64 bits.
pub(in crate::functions) fn integer(text: &str) -> Option<i64> {
    let text = text.trim_matches(|c: char| c.is_ascii_whitespace() || c == '\u{b}');
    let (negative, magnitude) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    let lower = magnitude.to_ascii_lowercase();
    let (radix, digits) = match lower.strip_prefix('0') {
        None => (10, lower.as_str()),
        Some("") => (10, "0"),
        Some(rest) => match rest.as_bytes().first() {
            Some(b'x') => (16, rest.get(1..)?),
            Some(b'b') => (2, rest.get(1..)?),
            Some(b'o') => (8, rest.get(1..)?),
            Some(b'd') => (10, rest.get(1..)?),
            _ => (8, rest.strip_prefix('_').unwrap_or(rest)),
        },
    };
    if !digits.starts_with(|c: char| c.is_digit(radix)) || digits.ends_with('_') || digits.contains("__") {
        return None;
    }
    let number = i128::from_str_radix(&digits.replace('_', ""), radix).ok()?;
    i64::try_from(if negative { -number } else { number }).ok()
}

/// `value.to_i`; the largest integer if there is more.
///
/// # Errors
/// A value that has no such method.
pub(in crate::functions) fn value_to_i(value: &Value) -> Result<i64, Control> {
    match value {
        Value::Undef => Ok(0),
        Value::Int(number) => Ok(*number),
        Value::Float(number) => Ok(*number as i64),
        Value::Str(text) => Ok(to_i(text).unwrap_or(i64::MAX)),
        other => Err(no_method("to_i", other).into()),
    }
}

/// `text.to_i`: the decimal integer at the start of the text, or 0. `None` beyond 64 bits.
pub(in crate::functions) fn to_i(text: &str) -> Option<i64> {
    let text = text.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '\u{b}');
    let (negative, magnitude) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    let mut plain = String::new();
    let length = digits(magnitude.as_bytes(), &mut plain);
    if length == 0 {
        return Some(0);
    }
    let number: i128 = plain.parse().ok()?;
    i64::try_from(if negative { -number } else { number }).ok()
}

/// The decimal number at the start: how many bytes it takes, and the number without underscores.
fn decimal(text: &[u8]) -> (usize, String) {
    let mut plain = String::new();
    let mut length = digits(text, &mut plain);
    if let Some(b'.') = text.get(length) {
        let mut fraction = String::new();
        let taken = digits(text.get(length + 1..).unwrap_or_default(), &mut fraction);
        if taken > 0 {
            plain = format!("{plain}.{fraction}");
            length += 1 + taken;
        }
    }
    if let Some(b'e' | b'E') = text.get(length)
        && !plain.is_empty()
    {
        let sign = match text.get(length + 1) {
            Some(b'-') => "-",
            Some(b'+') => "+",
            _ => "",
        };
        let mut exponent = String::new();
        let from = length + 1 + sign.len();
        let taken = digits(text.get(from..).unwrap_or_default(), &mut exponent);
        if taken > 0 {
            plain = format!("{plain}e{sign}{exponent}");
            length = from + taken;
        }
    }
    (length, plain)
}

/// Digits with single underscores between them: how many bytes they take.
fn digits(text: &[u8], plain: &mut String) -> usize {
    let mut length = 0;
    while let Some(&byte) = text.get(length) {
        let next = text.get(length + 1).is_some_and(u8::is_ascii_digit);
        match byte {
            b'0'..=b'9' => plain.push(byte.into()),
            b'_' if length > 0 && next => {}
            _ => break,
        }
        length += 1;
    }
    length
}

/// Hexadecimal digits, with a fraction and a binary exponent if they are there (`1f`, `1.8p3`).
fn hexadecimal(text: &str) -> Option<f64> {
    let (mantissa, exponent) = match text.split_once(['p', 'P']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() || mantissa.ends_with(['.', '_']) || mantissa.contains("__") || whole.starts_with('_')
    {
        return None;
    }
    let mut number = 0.0;
    for c in whole.chars().filter(|&c| c != '_') {
        number = number * 16.0 + f64::from(c.to_digit(16)?);
    }
    let mut scale = 1.0 / 16.0;
    for c in fraction.chars().filter(|&c| c != '_') {
        number += f64::from(c.to_digit(16)?) * scale;
        scale /= 16.0;
    }
    Some(number * 2f64.powi(exponent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_texts() {
        for (text, number) in [
            ("3.2", 3.2),
            (" -3.2\n", -3.2),
            ("0x1f", 31.0),
            ("-0x1.8p1", -3.0),
            ("1_000.5", 1000.5),
            ("1e3", 1000.0),
            ("+1.5E-3", 0.0015),
            (".5", 0.5),
            ("010", 10.0),
        ] {
            assert_eq!(float(text), Some(number), "{text}");
        }
        for text in ["", "x", "1_", "_1", "1__0", "1.", "1e", "1x", "0x", "0xg", "1 2", "--1"] {
            assert_eq!(float(text), None, "{text}");
        }
    }

    #[test]
    fn whole_integers() {
        for (text, number) in [
            ("3", 3),
            (" -3\n", -3),
            ("0x1F", 31),
            ("-0b11", -3),
            ("0o17", 15),
            ("017", 15),
            ("0_7", 7),
            ("0d9", 9),
            ("1_000", 1000),
            ("0", 0),
        ] {
            assert_eq!(integer(text), Some(number), "{text}");
        }
        for text in ["", "x", "1.0", "08", "1_", "_1", "1__0", "0x", "0x_1", "- 1", "99999999999999999999"] {
            assert_eq!(integer(text), None, "{text}");
        }
    }

    #[test]
    fn beginnings_of_texts() {
        assert_eq!(to_f("1_5"), 15.0);
        assert_eq!(to_f(" -2.5x"), -2.5);
        assert_eq!(to_f("1.x"), 1.0);
        assert_eq!(to_f("x"), 0.0);
        assert_eq!(to_i("-3\nx"), Some(-3));
        assert_eq!(to_i("1_000"), Some(1000));
        assert_eq!(to_i("x"), Some(0));
        assert_eq!(to_i("99999999999999999999"), None);
    }
}
