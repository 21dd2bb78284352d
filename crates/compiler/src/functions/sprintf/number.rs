//! Numbers in directives.

use pcore::Value;

use super::directive::Directive;
use crate::error::Control;
use crate::functions::ruby;

/// The integer a value stands for: `Integer(value)` of Ruby.
pub(super) fn integer_of(value: &Value) -> Result<i128, Control> {
    match value {
        Value::Int(number) => Ok((*number).into()),
        Value::Float(number) if number.abs() < 1e38 => Ok(*number as i128),
        Value::Float(number) if number.is_finite() => {
            Err(format!("{number:e} is too large for an integer").into())
        }
        Value::Float(number) => Err(not_finite(*number).into()),
        Value::Str(text) => parse_integer(text).ok_or_else(|| {
            format!("invalid value for Integer(): {}", pcore::format::ruby_quote(text)).into()
        }),
        other => Err(unconvertible(other, "Integer").into()),
    }
}

/// The float a value stands for: `Float(value)` of Ruby.
pub(super) fn float_of(value: &Value) -> Result<f64, Control> {
    match value {
        Value::Int(number) => Ok(*number as f64),
        Value::Float(number) => Ok(*number),
        Value::Str(text) => ruby::float(text).ok_or_else(|| {
            // This message, unlike that of integers, shows letters beyond ASCII by their bytes.
            let shown = pcore::format::ruby_quote(text);
            let bytes = shown.bytes().map(|byte| match byte {
                0..0x80 => char::from(byte).to_string(),
                byte => format!("\\x{byte:02X}"),
            });
            format!("invalid value for Float(): {}", bytes.collect::<String>()).into()
        }),
        other => Err(unconvertible(other, "Float").into()),
    }
}

fn unconvertible(value: &Value, class: &str) -> String {
    ruby::no_conversion(value, class).replacen("no implicit conversion of", "can't convert", 1)
}

fn not_finite(number: f64) -> &'static str {
    match (number.is_nan(), number > 0.0) {
        (true, _) => "NaN",
        (false, true) => "Infinity",
        (false, false) => "-Infinity",
    }
}

/// An integer with an optional prefix for its base, and single underscores between digits.
fn parse_integer(text: &str) -> Option<i128> {
    let text = text.trim_matches(|c: char| c.is_ascii_whitespace() || c == '\u{b}');
    let (negative, text) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    let lower = text.to_ascii_lowercase();
    let (radix, digits) = match lower.get(..2) {
        Some("0x") => (16, lower.get(2..)?),
        Some("0b") => (2, lower.get(2..)?),
        Some("0o") => (8, lower.get(2..)?),
        Some("0d") => (10, lower.get(2..)?),
        Some(_) if lower.starts_with('0') => (8, lower.get(1..)?.trim_start_matches('_')),
        _ => (10, lower.as_str()),
    };
    let is_number = !digits.is_empty()
        && !digits.starts_with('_')
        && !digits.ends_with('_')
        && !digits.contains("__")
        && digits.chars().all(|c| c == '_' || c.is_digit(radix));
    if !is_number {
        return None;
    }
    let number = i128::from_str_radix(&digits.replace('_', ""), radix).ok()?;
    Some(if negative { -number } else { number })
}

/// Appends an integer in the base of the directive.
pub(super) fn write_integer(directive: &Directive<'_>, number: i128, out: &mut String) {
    let (bits, mut prefix) = match directive.conversion {
        'x' => (4, "0x"),
        'X' => (4, "0X"),
        'o' => (3, "0"),
        'b' => (1, "0b"),
        'B' => (1, "0B"),
        _ => (0, ""),
    };
    if !directive.alternate {
        prefix = "";
    }
    // Without a sign flag, a negative number in another base is shown as an endless complement of two.
    let is_complement = bits > 0 && number < 0 && !directive.plus && !directive.space;
    let mut digits = match bits {
        0 => number.unsigned_abs().to_string(),
        bits if is_complement => complement(number, bits),
        4 => format!("{:x}", number.unsigned_abs()),
        3 => format!("{:o}", number.unsigned_abs()),
        _ => format!("{:b}", number.unsigned_abs()),
    };
    if directive.conversion == 'X' {
        digits.make_ascii_uppercase();
    }
    let sign = match (number < 0 && !is_complement, directive.plus, directive.space) {
        (true, _, _) => "-",
        (false, true, _) => "+",
        (false, false, true) => " ",
        (false, false, false) => "",
    };
    let dots = if is_complement { ".." } else { "" };
    let mut width = directive.width.unwrap_or(0) as i64 - sign.len() as i64 - dots.len() as i64;
    let mut precision = directive.precision.map_or(-1, |precision| precision as i64 - dots.len() as i64);
    if prefix == "0" {
        if is_complement {
            prefix = "";
        } else if digits == "0" {
            digits.clear();
            precision -= i64::from(directive.precision.is_some());
        } else if precision > digits.len() as i64 {
            prefix = "";
        }
    } else if digits == "0" {
        prefix = "";
    }
    width -= prefix.len() as i64;
    if directive.zero && !directive.left && directive.precision.is_none() {
        precision = width;
        width = 0;
    } else {
        if precision < digits.len() as i64 {
            if prefix.is_empty() && precision == 0 && digits == "0" {
                digits.clear();
            }
            precision = digits.len() as i64;
        }
        width -= precision;
    }
    let fill = usize::try_from(width).unwrap_or(0);
    if !directive.left {
        out.extend(std::iter::repeat_n(' ', fill));
    }
    out.push_str(sign);
    out.push_str(prefix);
    out.push_str(dots);
    let lead = match (is_complement, directive.conversion) {
        (false, _) => '0',
        (true, 'x') => 'f',
        (true, 'X') => 'F',
        (true, 'o') => '7',
        (true, _) => '1',
    };
    let zeroes = usize::try_from(precision - digits.len() as i64).unwrap_or(0);
    out.extend(std::iter::repeat_n(lead, zeroes));
    out.push_str(&digits);
    if directive.left {
        out.extend(std::iter::repeat_n(' ', fill));
    }
}

/// The digits of a negative number's complement of two, with one digit of the endless sign.
fn complement(number: i128, bits: u32) -> String {
    let radix = 1i128 << bits;
    let mut digits = Vec::new();
    let mut rest = number;
    // Shifting keeps the sign, so that the rest ends at -1.
    while rest != -1 || digits.is_empty() {
        digits.push((rest & (radix - 1)) as u32);
        rest >>= bits;
    }
    let sign = (radix - 1) as u32;
    while digits.last() == Some(&sign) {
        digits.pop();
    }
    digits.push(sign);
    digits.iter().rev().filter_map(|&digit| char::from_digit(digit, 16)).collect()
}

/// Appends an integer for `%f`: exact, whatever its size.
pub(super) fn write_whole(directive: &Directive<'_>, number: i64, out: &mut String) {
    let mut text = number.unsigned_abs().to_string();
    let precision = directive.precision.unwrap_or(6);
    if precision > 0 || directive.alternate {
        text.push('.');
        text.extend(std::iter::repeat_n('0', precision));
    }
    write_signed(directive, number < 0, "", &text, directive.zero, out);
}

/// Appends a float.
pub(super) fn write_float(directive: &Directive<'_>, number: f64, out: &mut String) {
    if !number.is_finite() {
        let text = if number.is_nan() { "NaN" } else { "Inf" };
        return write_signed(directive, number < 0.0, "", text, false, out);
    }
    let magnitude = number.abs();
    let precision = directive.precision.unwrap_or(6);
    let is_capital = directive.conversion.is_ascii_uppercase();
    let (prefix, mut text) = match directive.conversion.to_ascii_lowercase() {
        'e' => ("", exponential(magnitude, precision, directive.alternate)),
        'g' => ("", general(magnitude, precision.max(1), directive.alternate)),
        'a' => ("0x", hexadecimal(magnitude, directive.precision, directive.alternate)),
        _ => ("", fixed(magnitude, precision, directive.alternate)),
    };
    if is_capital {
        text.make_ascii_uppercase();
    }
    let prefix = if is_capital && !prefix.is_empty() { "0X" } else { prefix };
    write_signed(directive, number.is_sign_negative(), prefix, &text, directive.zero, out);
}

fn write_signed(
    directive: &Directive<'_>,
    negative: bool,
    prefix: &str,
    text: &str,
    zero: bool,
    out: &mut String,
) {
    let sign = match (negative, directive.plus, directive.space) {
        (true, _, _) => "-",
        (false, true, _) => "+",
        (false, false, true) => " ",
        (false, false, false) => "",
    };
    let length = sign.len() + prefix.len() + text.len();
    let fill = directive.width.unwrap_or(0).saturating_sub(length);
    let zero = zero && !directive.left;
    if !zero && !directive.left {
        out.extend(std::iter::repeat_n(' ', fill));
    }
    out.push_str(sign);
    out.push_str(prefix);
    if zero {
        out.extend(std::iter::repeat_n('0', fill));
    }
    out.push_str(text);
    if directive.left {
        out.extend(std::iter::repeat_n(' ', fill));
    }
}

fn fixed(number: f64, precision: usize, alternate: bool) -> String {
    let mut text = format!("{number:.precision$}");
    if alternate && precision == 0 {
        text.push('.');
    }
    text
}

/// `1.5e+02`
fn exponential(number: f64, precision: usize, alternate: bool) -> String {
    let text = format!("{number:.precision$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let point = if alternate && precision == 0 { "." } else { "" };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}{point}e{sign}{:02}", exponent.unsigned_abs())
}

/// The shorter of the two above, without zeroes at the end.
fn general(number: f64, precision: usize, alternate: bool) -> String {
    let text = format!("{number:.*e}", precision - 1);
    let exponent: i32 = text.split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).unwrap_or(0);
    let trimmed = |text: String| {
        if alternate || !text.contains('.') {
            return text;
        }
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    if exponent < -4 || exponent >= precision as i32 {
        let text = exponential(number, precision - 1, alternate);
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "+00"));
        return format!("{}e{exponent}", trimmed(mantissa.to_owned()));
    }
    let decimals = usize::try_from(precision as i32 - 1 - exponent).unwrap_or(0);
    trimmed(fixed(number, decimals, alternate))
}

/// `1.8p+3`, without `0x`.
fn hexadecimal(number: f64, precision: Option<usize>, alternate: bool) -> String {
    const FRACTION_BITS: u32 = 52;
    if number == 0.0 {
        let zeroes = "0".repeat(precision.unwrap_or(0));
        let point = if alternate || !zeroes.is_empty() { "." } else { "" };
        return format!("0{point}{zeroes}p+0");
    }
    let bits = number.to_bits();
    let mut exponent = (bits >> FRACTION_BITS) as i32 - 1023;
    let mut fraction = bits & ((1 << FRACTION_BITS) - 1);
    let mut whole = 1u64;
    if exponent == -1023 {
        // Subnormal numbers are shown with a leading 1 all the same.
        let shift = fraction.leading_zeros() - (63 - FRACTION_BITS);
        fraction = (fraction << shift) & ((1 << FRACTION_BITS) - 1);
        exponent = -1022 - shift as i32;
    }
    let mut digits = format!("{fraction:013x}");
    match precision {
        Some(precision) if precision < digits.len() => {
            let cut = 4 * (13 - precision as u32);
            let full = whole << FRACTION_BITS | fraction;
            let (kept, rest, half) = (full >> cut, full & ((1 << cut) - 1), 1u64 << (cut - 1));
            let kept = if rest > half || (rest == half && kept & 1 == 1) { kept + 1 } else { kept };
            whole = kept >> (4 * precision);
            // Rounding up may carry into the whole digit.
            if whole == 2 {
                whole = 1;
                exponent += 1;
            }
            digits = if precision == 0 {
                String::new()
            } else {
                format!("{:0precision$x}", kept & ((1 << (4 * precision)) - 1))
            };
        }
        Some(precision) => digits.extend(std::iter::repeat_n('0', precision - digits.len())),
        None => digits.truncate(digits.trim_end_matches('0').len()),
    }
    let point = if alternate || !digits.is_empty() { "." } else { "" };
    format!("{whole}{point}{digits}p{exponent:+}")
}
