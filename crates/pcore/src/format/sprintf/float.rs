//! `%f`, `%e`, `%g`, `%a`.

use super::{Spec, digits, pad, ruby_class};
use crate::Value;
use crate::error::{Result, ValueError};
use crate::format::ruby_quote;

pub(super) fn write(out: &mut String, spec: &Spec, conversion: char, value: &Value) -> Result<()> {
    if let (Value::Int(number), 'f') = (value, conversion) {
        // Integers keep all their digits.
        let mut digits = number.unsigned_abs().to_string();
        let precision = spec.precision.unwrap_or(6);
        if precision > 0 || spec.alternate {
            digits.push('.');
            digits.extend(std::iter::repeat_n('0', precision));
        }
        number_with_sign(out, spec, *number < 0, "", &digits);
        return Ok(());
    }
    let number = float(value)?;
    if !number.is_finite() {
        let mut spec = spec.clone();
        spec.precision = None;
        let text = if number.is_nan() { "NaN" } else { "Inf" };
        let sign = sign(&spec, number < 0.0);
        pad(out, &spec, &format!("{sign}{text}"));
        return Ok(());
    }
    let magnitude = number.abs();
    let is_negative = number.is_sign_negative();
    let upper = conversion.is_ascii_uppercase();
    let (prefix, mut digits) = match conversion {
        'f' => ("", fixed(magnitude, spec.precision.unwrap_or(6), spec.alternate)),
        'e' | 'E' => ("", exponential(magnitude, spec.precision.unwrap_or(6), spec.alternate)),
        'g' | 'G' => ("", general(magnitude, spec.precision.unwrap_or(6), spec.alternate)),
        _ => (if upper { "0X" } else { "0x" }, hexadecimal(magnitude, spec.precision, spec.alternate)),
    };
    if upper {
        digits.make_ascii_uppercase();
    }
    number_with_sign(out, spec, is_negative, prefix, &digits);
    Ok(())
}

fn sign(spec: &Spec, is_negative: bool) -> &'static str {
    match is_negative {
        true => "-",
        false if spec.plus => "+",
        false if spec.space => " ",
        false => "",
    }
}

/// Appends a number; zeros for the width go between sign and digits.
fn number_with_sign(out: &mut String, spec: &Spec, is_negative: bool, prefix: &str, digits: &str) {
    let sign = sign(spec, is_negative);
    let missing = spec.width.unwrap_or(0).saturating_sub(sign.len() + prefix.len() + digits.len());
    let zeros = if spec.zero && !spec.minus { missing } else { 0 };
    let text = format!("{sign}{prefix}{}{digits}", "0".repeat(zeros));
    pad(out, spec, &text);
}

fn fixed(number: f64, precision: usize, alternate: bool) -> String {
    let mut text = digits::fixed(number, precision);
    if alternate && precision == 0 {
        text.push('.');
    }
    text
}

fn exponential(number: f64, precision: usize, alternate: bool) -> String {
    let (mantissa, exponent) = digits::exponential(number, precision);
    let point = if alternate && precision == 0 { "." } else { "" };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}{point}e{sign}{:02}", exponent.unsigned_abs())
}

/// The shorter of the two, with as many significant digits as the precision says.
fn general(number: f64, precision: usize, alternate: bool) -> String {
    let precision = precision.max(1);
    let scientific = format!("{number:.*e}", precision - 1);
    let exponent: i64 =
        scientific.split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).unwrap_or(0);
    let trim = |text: String| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    };
    if exponent < -4 || exponent >= precision as i64 {
        let text = exponential(number, precision - 1, alternate);
        if alternate {
            return text;
        }
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, ""));
        return format!("{}e{exponent}", trim(mantissa.to_owned()));
    }
    let decimals = (precision as i64 - 1 - exponent).max(0) as usize;
    let text = fixed(number, decimals, alternate);
    if alternate { text } else { trim(text) }
}

/// `1.8p+1`: the mantissa in hexadecimal digits, the exponent a power of two.
fn hexadecimal(number: f64, precision: Option<usize>, alternate: bool) -> String {
    let bits = number.to_bits();
    let mut fraction = bits & ((1 << 52) - 1);
    let mut exponent = ((bits >> 52) & 0x7ff) as i64 - 1023;
    let mut whole: u64 = 1;
    if number == 0.0 {
        (whole, exponent) = (0, 0);
    } else if exponent == -1023 {
        // Subnormal numbers are shown in normal form.
        let shift = i64::from(fraction.leading_zeros()) - 11;
        fraction = (fraction << shift) & ((1 << 52) - 1);
        exponent = -1022 - shift;
    }
    let mut digits = format!("{fraction:013x}");
    match precision {
        None => digits.truncate(digits.trim_end_matches('0').len()),
        Some(precision) if precision < 13 => {
            let dropped = (13 - precision) * 4;
            let combined = (u128::from(whole) << 52) | u128::from(fraction);
            let (kept, rest) = (combined >> dropped, combined & ((1 << dropped) - 1));
            let half = 1_u128 << (dropped - 1);
            let rounded = kept + u128::from(rest > half || rest == half && kept & 1 == 1);
            whole = (rounded >> (precision * 4)) as u64;
            let rest = rounded & ((1_u128 << (precision * 4)) - 1);
            digits = if precision == 0 { String::new() } else { format!("{rest:0precision$x}") };
            if whole == 2 {
                (whole, exponent) = (1, exponent + 1);
            }
        }
        Some(precision) => digits.extend(std::iter::repeat_n('0', precision - 13)),
    }
    let point = if digits.is_empty() && !alternate { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{whole}{point}{digits}p{sign}{}", exponent.unsigned_abs())
}

/// The float a value is or stands for.
fn float(value: &Value) -> Result<f64> {
    match value {
        Value::Float(number) => Ok(*number),
        Value::Int(number) => Ok(*number as f64),
        Value::Str(text) => parse(text)
            .ok_or_else(|| ValueError::new(format!("invalid value for Float(): {}", ruby_quote(text)))),
        Value::Timespan(span) => Ok(span.as_seconds_f64()),
        Value::Timestamp(stamp) => Ok(stamp.as_seconds_f64()),
        other => Err(ValueError::new(format!("can't convert {} into Float", ruby_class(other)))),
    }
}

/// Ruby's `Float()`: digits on both sides of a point (before it they may be missing), single underscores between
/// digits, blanks around, hexadecimal with `0x`.
pub(super) fn parse(text: &str) -> Option<f64> {
    let text = text.trim_matches(|c: char| matches!(c, ' ' | '\t'..='\r'));
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
    if let Some(digits) = unsigned.strip_prefix("0x").or_else(|| unsigned.strip_prefix("0X")) {
        let whole =
            digits.split('_').all(|group| !group.is_empty() && group.bytes().all(|b| b.is_ascii_hexdigit()));
        let digits: String = digits.chars().filter(|c| *c != '_').collect();
        return u64::from_str_radix(&digits, 16).ok().filter(|_| whole).map(|number| sign * number as f64);
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['-', '+']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let is_digits = |text: &str| {
        text.split('_').all(|group| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let is_whole = is_digits(whole) || whole.is_empty() && fraction.is_some();
    if !is_whole || !fraction.is_none_or(is_digits) || !exponent.is_none_or(is_digits) {
        return None;
    }
    text.replace('_', "").parse().ok()
}
