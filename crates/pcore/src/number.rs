//! Numbers as text: what counts as a number in a string, and how Ruby prints a float.

use std::cmp::Ordering;
use std::fmt::Write as _;

use crate::Value;

/// A number in a string, by the rule of the language: decimal, `0x` hexadecimal, leading-zero octal or a float;
/// sign and blanks around it are allowed, and so is a leading `::`. `None` when it is no number or does not fit
/// (`08`, `1e400`, integers beyond 64 bits).
pub fn parse_numeric(text: &str) -> Option<Value> {
    let text = text.strip_prefix("::").unwrap_or(text);
    let text = trim_start(text);
    let (negative, text) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.starts_with('-'), trim_start(rest)),
        None => (false, text),
    };
    let text = text.trim_end_matches(is_blank);
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return integer(digits, 16, negative);
    }
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    let (whole, rest) = text.split_at_checked(length)?;
    if rest.is_empty() {
        return match whole.strip_prefix('0') {
            Some("") => Some(Value::Int(0)),
            Some(octal) => integer(octal, 8, negative),
            None => integer(whole, 10, negative),
        };
    }
    float(text, whole, rest, negative)
}

fn integer(digits: &str, radix: u32, negative: bool) -> Option<Value> {
    // `from_str_radix` would accept a second sign.
    if digits.is_empty() || !digits.bytes().all(|byte| char::from(byte).is_digit(radix)) {
        return None;
    }
    let magnitude = i128::from_str_radix(digits, radix).ok()?;
    i64::try_from(if negative { -magnitude } else { magnitude }).ok().map(Value::Int)
}

/// `whole` is the part before `.` or `e`, `rest` what follows.
fn float(text: &str, whole: &str, rest: &str, negative: bool) -> Option<Value> {
    let (fraction, exponent) = match rest.find(['e', 'E']) {
        Some(at) => (rest.get(..at)?, Some(rest.get(at + 1..)?)),
        None => (rest, None),
    };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !(fraction.is_empty() || fraction.strip_prefix('.').is_some_and(is_digits)) {
        return None;
    }
    if let Some(exponent) = exponent
        && !is_digits(exponent.strip_prefix('-').unwrap_or(exponent))
    {
        return None;
    }
    // The whole part is read as an integer first, octal if it starts with 0, so that `08.5` is no number.
    if whole.len() > 1 && whole.starts_with('0') && !whole.bytes().all(|byte| matches!(byte, b'0'..=b'7')) {
        return None;
    }
    // Zero with an exponent is not taken for a float: such strings are more often digests or versions.
    if exponent.is_some()
        && whole.bytes().all(|byte| byte == b'0')
        && fraction.bytes().all(|byte| matches!(byte, b'.' | b'0'))
    {
        return None;
    }
    let number: f64 = text.parse().ok()?;
    number.is_finite().then_some(Value::Float(if negative { -number } else { number }))
}

fn trim_start(text: &str) -> &str {
    text.trim_start_matches(is_blank)
}

/// Ruby's `[[:blank:]]`: the tab and every space separator.
fn is_blank(c: char) -> bool {
    matches!(
        c,
        '\t' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

/// Appends a float as Ruby's `to_s` shows it: the shortest digits that read back the same, at least one digit after
/// the point, with an exponent from 1e15 up and below 1e-4.
pub fn write_float(out: &mut String, number: f64) {
    if !number.is_finite() {
        out.push_str(match (number.is_nan(), number > 0.0) {
            (true, _) => "NaN",
            (false, true) => "Infinity",
            (false, false) => "-Infinity",
        });
        return;
    }
    if number.is_sign_negative() {
        out.push('-');
    }
    let mut buffer = ryu::Buffer::new();
    let (digits, point) = decimal(buffer.format_finite(number.abs()));
    let digits = digits.as_str();
    if digits == "0" {
        out.push_str("0.0");
    } else if (-3..=15).contains(&point) {
        write_plain(out, digits, point);
    } else {
        let (first, rest) = digits.split_at_checked(1).unwrap_or((digits, ""));
        let exponent = point - 1;
        let sign = if exponent < 0 { '-' } else { '+' };
        let rest = if rest.is_empty() { "0" } else { rest };
        let _ = write!(out, "{first}.{rest}e{sign}{:02}", exponent.unsigned_abs());
    }
}

fn write_plain(out: &mut String, digits: &str, point: i32) {
    let length = digits.len() as i32;
    if point <= 0 {
        out.push_str("0.");
        (point..0).for_each(|_| out.push('0'));
        out.push_str(digits);
    } else if point >= length {
        out.push_str(digits);
        (length..point).for_each(|_| out.push('0'));
        out.push_str(".0");
    } else {
        let (whole, fraction) = digits.split_at_checked(point as usize).unwrap_or((digits, "0"));
        out.push_str(whole);
        out.push('.');
        out.push_str(fraction);
    }
}

/// Significant digits of a shortest float text and the place of the decimal point relative to their start:
/// `0.00123` is (`123`, -2).
fn decimal(text: &str) -> (String, i32) {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut digits = String::with_capacity(whole.len() + fraction.len());
    digits.push_str(whole);
    digits.push_str(fraction);
    let mut point = whole.len() as i32 + exponent.parse::<i32>().unwrap_or(0);
    let zeros = digits.bytes().take_while(|byte| *byte == b'0').count();
    digits.drain(..zeros);
    point -= zeros as i32;
    digits.truncate(digits.trim_end_matches('0').len());
    if digits.is_empty() {
        return ("0".to_owned(), 1);
    }
    (digits, point)
}

/// A float as Ruby's `to_s` shows it.
pub fn float_text(number: f64) -> String {
    let mut out = String::new();
    write_float(&mut out, number);
    out
}

/// Compares an integer with a float without rounding either; `None` for NaN.
pub fn compare_int_float(int: i64, float: f64) -> Option<Ordering> {
    if float.is_nan() {
        return None;
    }
    // 2^63 is exact as a float; every integer is below it.
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if float >= LIMIT {
        return Some(Ordering::Less);
    }
    if float < -LIMIT {
        return Some(Ordering::Greater);
    }
    let whole = float.trunc();
    Some(
        int.cmp(&(whole as i64))
            .then_with(|| 0.0_f64.partial_cmp(&(float - whole)).unwrap_or(Ordering::Equal)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn strings_that_are_numbers() {
        for (text, number) in [
            ("1", Value::Int(1)),
            (" \t- 0x1F ", Value::Int(-31)),
            ("::7", Value::Int(7)),
            ("010", Value::Int(8)),
            ("0", Value::Int(0)),
            ("00", Value::Int(0)),
            ("1.5", Value::Float(1.5)),
            ("1e3", Value::Float(1000.0)),
            ("+1.5E-3", Value::Float(0.0015)),
            ("010.5", Value::Float(10.5)),
            ("0.0", Value::Float(0.0)),
            ("-9223372036854775808", Value::Int(i64::MIN)),
        ] {
            assert_eq!(parse_numeric(text), Some(number), "{text:?}");
        }
    }

    #[test]
    fn strings_that_are_not() {
        for text in [
            "",
            " ",
            "-",
            "x",
            "1x",
            "08",
            "08.5",
            "1.",
            ".5",
            "1e",
            "1e+5",
            "0e1",
            "0.00e12",
            "1e400",
            "0x",
            "0xg",
            "--1",
            "1_000",
            "9223372036854775808",
            "1\n",
            "0x-1",
            "1.5.2",
        ] {
            assert_eq!(parse_numeric(text), None, "{text:?}");
        }
    }

    #[test]
    fn floats_print_as_ruby_does() {
        for (number, text) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (100_000_000_000_000.0, "100000000000000.0"),
            (1e15, "1.0e+15"),
            (123_456_789_012_345.6, "123456789012345.6"),
            (1e16, "1.0e+16"),
            (1.234_567_890_123_456_8e17, "1.2345678901234568e+17"),
            (0.0001, "0.0001"),
            (1.5e-5, "1.5e-05"),
            (5e-324, "5.0e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
            (-12.375, "-12.375"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            assert_eq!(float_text(number), text);
        }
    }

    #[test]
    fn integers_and_floats_compare_exactly() {
        assert_eq!(
            compare_int_float(9_007_199_254_740_993, 9_007_199_254_740_992.0),
            Some(Ordering::Greater)
        );
        assert_eq!(compare_int_float(i64::MAX, 9_223_372_036_854_775_808.0), Some(Ordering::Less));
        assert_eq!(compare_int_float(i64::MIN, -9_223_372_036_854_775_808.0), Some(Ordering::Equal));
        assert_eq!(compare_int_float(1, 1.5), Some(Ordering::Less));
        assert_eq!(compare_int_float(-1, -1.5), Some(Ordering::Greater));
        assert_eq!(compare_int_float(0, f64::NAN), None);
    }

    proptest! {
        #[test]
        fn float_text_reads_back(number in proptest::num::f64::NORMAL | proptest::num::f64::SUBNORMAL) {
            prop_assert_eq!(float_text(number).parse::<f64>().unwrap(), number);
        }

        #[test]
        fn parsing_never_panics(text in "[ ]?[-+:0-9xXa-f.eE ]{0,12}|\\PC{0,12}") {
            let _ = parse_numeric(&text);
        }
    }
}
