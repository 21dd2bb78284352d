//! `%d`, `%x`, `%o`, `%b`.

use super::{Spec, ruby_class};
use crate::Value;
use crate::error::{Result, ValueError};
use crate::format::ruby_quote;

/// A whole number: within 128 bits, or as decimal digits.
enum Integer {
    Small(i128),
    Big { is_negative: bool, digits: String },
}

pub(super) fn write(out: &mut String, spec: &Spec, conversion: char, value: &Value) -> Result<()> {
    let number = integer(value)?;
    let radix: u32 = match conversion {
        'o' => 8,
        'x' | 'X' => 16,
        'b' | 'B' => 2,
        _ => 10,
    };
    // Without a sign, negative numbers are shown as complements; with base 10 there always is one.
    let is_signed = radix == 10 || spec.plus || spec.space;
    let (is_negative, mut digits) = match &number {
        Integer::Small(number) if is_signed || *number >= 0 => {
            (*number < 0, to_radix(number.unsigned_abs(), radix))
        }
        Integer::Small(number) => (true, complement(*number, radix)),
        Integer::Big { is_negative, digits } if radix == 10 => (*is_negative, digits.clone()),
        Integer::Big { .. } => return Err(ValueError::new("the number is too big for this format")),
    };
    let dots = is_negative && !is_signed;
    if conversion == 'X' {
        digits.make_ascii_uppercase();
    }
    let sign = match (is_signed, is_negative) {
        (true, true) => "-",
        (true, false) if spec.plus => "+",
        (true, false) if spec.space => " ",
        _ => "",
    };
    let mut precision = spec.precision;
    let prefix = match conversion {
        _ if !spec.alternate => "",
        'o' if dots => "",
        'o' if digits == "0" => {
            digits.clear();
            precision = precision.map(|precision| precision.saturating_sub(1));
            "0"
        }
        'o' if precision.is_some_and(|precision| precision > digits.len()) => "",
        'o' => "0",
        _ if digits == "0" => "",
        'x' => "0x",
        'X' => "0X",
        'b' => "0b",
        'B' => "0B",
        _ => "",
    };
    let dots_length = if dots { 2 } else { 0 };
    let mut width = spec.width.unwrap_or(0).saturating_sub(sign.len() + dots_length + prefix.len());
    let mut least = precision.map_or(0, |precision| precision.saturating_sub(dots_length));
    if spec.zero && !spec.minus && spec.precision.is_none() {
        least = width;
        width = 0;
    } else {
        if least < digits.len() {
            // A precision of 0 shows nothing of a zero.
            if prefix.is_empty() && spec.precision == Some(0) && digits == "0" {
                digits.clear();
            }
            least = digits.len();
        }
        width = width.saturating_sub(least);
    }
    let blanks = || std::iter::repeat_n(' ', width);
    if !spec.minus {
        out.extend(blanks());
    }
    out.push_str(sign);
    out.push_str(prefix);
    if dots {
        out.push_str("..");
    }
    let fill = match (dots, conversion) {
        (false, _) => '0',
        (true, 'X') => 'F',
        (true, 'x') => 'f',
        (true, 'o') => '7',
        (true, _) => '1',
    };
    if dots || !spec.minus || spec.precision.is_some() {
        out.extend(std::iter::repeat_n(fill, least.saturating_sub(digits.len())));
    }
    out.push_str(&digits);
    if spec.minus {
        out.extend(blanks());
    }
    Ok(())
}

fn to_radix(mut number: u128, radix: u32) -> String {
    if radix == 10 {
        return number.to_string();
    }
    let mut digits = Vec::new();
    loop {
        let digit = (number % u128::from(radix)) as u32;
        digits.push(char::from_digit(digit, radix).unwrap_or('0'));
        number /= u128::from(radix);
        if number == 0 {
            return digits.iter().rev().collect();
        }
    }
}

/// A negative number in two's complement with one leading digit of the sign: -1 is `f`, -16 is `f0`.
fn complement(number: i128, radix: u32) -> String {
    let bits = radix.trailing_zeros();
    let last = char::from_digit(radix - 1, radix).unwrap_or('1');
    let mut digits = Vec::new();
    let mut rest = number;
    while rest != -1 {
        let digit = (rest & i128::from(radix - 1)) as u32;
        digits.push(char::from_digit(digit, radix).unwrap_or('0'));
        rest >>= bits;
    }
    let mut text: String = digits.iter().rev().collect();
    if !text.starts_with(last) {
        text.insert(0, last);
    }
    text
}

/// The whole number a value is or stands for.
fn integer(value: &Value) -> Result<Integer> {
    match value {
        Value::Int(number) => Ok(Integer::Small((*number).into())),
        Value::Float(number) if !number.is_finite() => {
            Err(ValueError::new(crate::number::float_text(*number)))
        }
        Value::Float(number) => {
            let whole = number.trunc();
            if whole.abs() < 1e38 {
                return Ok(Integer::Small(whole as i128));
            }
            Ok(Integer::Big { is_negative: whole < 0.0, digits: format!("{:.0}", whole.abs()) })
        }
        Value::Str(text) => parse(text)
            .ok_or_else(|| ValueError::new(format!("invalid value for Integer(): {}", ruby_quote(text)))),
        Value::Timespan(span) => Ok(Integer::Small(span.nanoseconds.div_euclid(1_000_000_000).into())),
        Value::Timestamp(stamp) => Ok(Integer::Small(stamp.seconds.into())),
        other => Err(ValueError::new(format!("can't convert {} into Integer", ruby_class(other)))),
    }
}

/// Ruby's `Integer()`: prefixes `0x`, `0b`, `0o`, `0`, single underscores between digits, blanks around.
fn parse(text: &str) -> Option<Integer> {
    let text = text.trim_matches(|c: char| matches!(c, ' ' | '\t'..='\r'));
    let (is_negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = text.to_ascii_lowercase();
    let (radix, digits) = if let Some(digits) = lower.strip_prefix("0x") {
        (16, digits)
    } else if let Some(digits) = lower.strip_prefix("0b") {
        (2, digits)
    } else if let Some(digits) = lower.strip_prefix("0o") {
        (8, digits)
    } else if let Some(digits) = lower.strip_prefix("0d") {
        (10, digits)
    } else if lower.len() > 1 && lower.starts_with('0') {
        (8, lower.get(1..).map(|digits| digits.strip_prefix('_').unwrap_or(digits))?)
    } else {
        (10, lower.as_str())
    };
    if digits.split('_').any(|group| group.is_empty() || !group.chars().all(|c| c.is_digit(radix))) {
        return None;
    }
    let digits: String = digits.chars().filter(|c| *c != '_').collect();
    match i128::from_str_radix(&digits, radix) {
        Ok(number) => Some(Integer::Small(if is_negative { -number } else { number })),
        Err(_) if radix == 10 => {
            Some(Integer::Big { is_negative, digits: digits.trim_start_matches('0').to_owned() })
        }
        Err(_) => None,
    }
}
