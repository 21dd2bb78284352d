//! What a plain scalar means: the rules of Psych's scalar scanner, in its order.

use super::YamlErrorKind;
use crate::Value;

/// Why a scalar cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) kind: YamlErrorKind,
    pub(super) message: String,
}

impl Failure {
    /// An object of a class that is not permitted.
    pub(super) fn class(name: &str) -> Failure {
        let message = format!("Tried to load unspecified class: {name}");
        Failure { kind: YamlErrorKind::Class, message }
    }

    /// An alias within the node it stands for: values cannot contain themselves.
    pub(super) fn inside_itself() -> Failure {
        let message = "an alias inside of what it stands for is not supported".to_owned();
        Failure { kind: YamlErrorKind::Class, message }
    }

    pub(super) fn value(message: String) -> Failure {
        Failure { kind: YamlErrorKind::Value, message }
    }
}

/// The value of a scalar without quotes.
pub(super) fn resolve(text: &str) -> Result<Value, Failure> {
    if text.is_empty() {
        return Ok(Value::Undef);
    }
    if looks_like_a_word(text) {
        return Ok(word(text));
    }
    if is_time(text) {
        return Err(Failure::class("Time"));
    }
    if is_date(text) {
        return Err(Failure::class("Date"));
    }
    if let Some(special) = special_float(text) {
        return Ok(Value::Float(special));
    }
    if let Some(name) = text.strip_prefix(':').filter(|name| !name.is_empty()) {
        return Ok(symbol(name).into());
    }
    if let Some(number) = sexagesimal(text) {
        return Ok(number);
    }
    if is_float(text) {
        return float(text);
    }
    if is_integer(text) {
        return integer(text);
    }
    Ok(text.into())
}

/// The text of a symbol, its colon read: quotes around it do not belong to it.
pub(super) fn symbol(name: &str) -> &str {
    let quote = name.chars().next().filter(|c| matches!(c, '"' | '\''));
    let quoted = quote.and_then(|quote| {
        let inner = name.get(1..)?;
        inner.rfind(quote).and_then(|end| inner.get(..end))
    });
    match quoted {
        Some(inner) => inner.strip_prefix(':').unwrap_or(inner),
        None => name,
    }
}

/// True for text that can be no number, date or symbol: it starts with a letter or one of certain signs, perhaps
/// behind one other character.
fn looks_like_a_word(text: &str) -> bool {
    if text.contains('\n') {
        return true;
    }
    let is_word_start = |c: char| {
        c.is_alphabetic()
            || matches!(
                c,
                '_' | ' '
                    | '\t'
                    | '\r'
                    | '\u{b}'
                    | '\u{c}'
                    | '!'
                    | '@'
                    | '#'
                    | '$'
                    | '%'
                    | '^'
                    | '&'
                    | '*'
                    | '('
                    | ')'
                    | '{'
                    | '}'
                    | '<'
                    | '>'
                    | '|'
                    | '/'
                    | '\\'
                    | '~'
                    | ';'
                    | '='
            )
    };
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return false };
    is_word_start(first)
        || !(first.is_ascii_digit() || matches!(first, '.' | ':' | '-'))
            && chars.next().is_some_and(is_word_start)
}

/// Null, a boolean, or the text itself.
fn word(text: &str) -> Value {
    // Lengths count characters, and the patterns match any line of several.
    if text.chars().nth(5).is_some() {
        return text.into();
    }
    let starts_special = |line: &str| {
        line.starts_with(|c: char| matches!(c.to_ascii_lowercase(), 'y' | 't' | 'o' | 'n' | 'f' | '~'))
    };
    let lines = text.split('\n');
    if lines.clone().any(|line| !line.is_empty() && !starts_special(line)) {
        return text.into();
    }
    let any_line =
        |words: &[&str]| lines.clone().any(|line| words.iter().any(|word| line.eq_ignore_ascii_case(word)));
    if text == "~" || any_line(&["null"]) {
        Value::Undef
    } else if any_line(&["yes", "true", "on"]) {
        Value::Bool(true)
    } else if any_line(&["no", "false", "off"]) {
        Value::Bool(false)
    } else {
        text.into()
    }
}

/// Reads digits: at least `min`, at most `max`.
fn digits(text: &str, min: usize, max: usize) -> Option<(&str, &str)> {
    let count = text.bytes().take(max).take_while(u8::is_ascii_digit).count();
    (count >= min).then(|| text.split_at_checked(count)).flatten()
}

/// `2001-12-14t21:59:43.10-05:00`, with blanks instead of `t` and without zone too.
fn is_time(text: &str) -> bool {
    let read = || {
        let rest = text.strip_prefix('-').unwrap_or(text);
        let rest = digits(rest, 4, 4)?.1.strip_prefix('-')?;
        let rest = digits(rest, 1, 2)?.1.strip_prefix('-')?;
        let rest = digits(rest, 1, 2)?.1;
        let rest = match rest.strip_prefix(['T', 't']) {
            Some(rest) => rest,
            None => Some(rest.trim_start_matches(is_space)).filter(|trimmed| trimmed.len() < rest.len())?,
        };
        let rest = digits(rest, 1, 2)?.1.strip_prefix(':')?;
        let rest = digits(rest, 2, 2)?.1.strip_prefix(':')?;
        let rest = digits(rest, 2, 2)?.1;
        let rest = match rest.strip_prefix('.') {
            Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
            None => rest,
        };
        let zone = rest.trim_start_matches(is_space);
        let rest = if zone == "Z" {
            ""
        } else if let Some(offset) = zone.strip_prefix(['-', '+']) {
            // `+1`, `+01`, `+01:`, `+0130`, `+01:30`: the minutes are two digits or missing.
            let with_hours = |count| {
                let (_, rest) = digits(offset, count, count)?;
                let rest = rest.strip_prefix(':').unwrap_or(rest);
                (rest.is_empty() || digits(rest, 2, 2).is_some_and(|(_, rest)| rest.is_empty())).then_some("")
            };
            with_hours(2).or_else(|| with_hours(1))?
        } else {
            rest
        };
        rest.is_empty().then_some(())
    };
    read().is_some()
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n' | '\u{b}' | '\u{c}')
}

/// `2001-12-14`, with months up to 12 and days up to 31.
fn is_date(text: &str) -> bool {
    let read = || {
        let rest = digits(text, 4, 4)?.1.strip_prefix('-')?;
        let (month, rest) = digits(rest, 1, 2)?;
        let (day, rest) = digits(rest.strip_prefix('-')?, 1, 2)?;
        let (month, day): (u8, u8) = (month.parse().ok()?, day.parse().ok()?);
        (rest.is_empty() && month <= 12 && day <= 31).then_some(())
    };
    read().is_some()
}

fn special_float(text: &str) -> Option<f64> {
    match text.to_ascii_lowercase().as_str() {
        ".inf" | "+.inf" => Some(f64::INFINITY),
        "-.inf" => Some(f64::NEG_INFINITY),
        ".nan" => Some(f64::NAN),
        _ => None,
    }
}

/// `1:30` and `1:30:00.5`. The first of two places counts as hours, as in Psych, not as minutes.
fn sexagesimal(text: &str) -> Option<Value> {
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    if !fraction.is_none_or(|fraction| fraction.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_')) {
        return None;
    }
    let mut places = whole.split(':');
    let first = places.next()?;
    let unsigned = first.strip_prefix(['-', '+']).unwrap_or(first);
    let starts_well = unsigned.starts_with(|c: char| c.is_ascii_digit());
    if !starts_well || !unsigned.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_') {
        return None;
    }
    let rest: Vec<&str> = places.collect();
    let is_place = |place: &&str| match place.as_bytes() {
        [digit] => digit.is_ascii_digit(),
        [tens, ones] => matches!(tens, b'0'..=b'5') && ones.is_ascii_digit(),
        _ => false,
    };
    if rest.is_empty() || rest.len() > 2 || !rest.iter().all(is_place) {
        return None;
    }
    let first = ruby_integer_prefix(first)?;
    if fraction.is_none() {
        let mut sum = first.checked_mul(3600)?;
        for (place, weight) in rest.iter().zip([60, 1]) {
            sum = sum.checked_add(place.parse::<i64>().ok()? * weight)?;
        }
        return Some(Value::Int(sum));
    }
    let mut sum = first as f64 * 3600.0;
    let last = rest.len() - 1;
    for (index, (place, weight)) in rest.iter().zip([60.0, 1.0]).enumerate() {
        let number: f64 = if index == last {
            let fraction: String = fraction.unwrap_or_default().chars().take_while(|c| *c != '_').collect();
            format!("{place}.{fraction}0").parse().ok()?
        } else {
            place.parse().ok()?
        };
        sum += number * weight;
    }
    Some(Value::Float(sum))
}

/// Ruby's `to_i`: digits with single underscores between them, up to what is no digit.
fn ruby_integer_prefix(text: &str) -> Option<i64> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let text = text.split("__").next().unwrap_or_default();
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    digits.parse::<i64>().ok().map(|number| sign * number)
}

/// A decimal number with a point: `1.5`, `.5`, `5.`, `1_000.5`, `1.0e+3` (the exponent needs its sign).
fn is_float(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let Some((whole, rest)) = text.split_once('.') else { return false };
    let is_whole = whole.is_empty()
        || whole.starts_with(|c: char| c.is_ascii_digit())
            && whole.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'_' | b','));
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let exponent = rest.strip_prefix(['e', 'E']).map(|exponent| exponent.strip_prefix(['-', '+']));
    let is_exponent = match exponent {
        None => rest.is_empty(),
        Some(None) => false,
        Some(Some(digits)) => !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()),
    };
    is_whole && is_exponent
}

fn float(text: &str) -> Result<Value, Failure> {
    let number = text.strip_prefix(['-', '+']).unwrap_or(text);
    if number == "." {
        return Ok(text.into());
    }
    let plain: String = text.chars().filter(|c| !matches!(c, '_' | ',')).collect();
    // Ruby reads no point without a digit behind it.
    let plain = plain.replace(".e", "e").replace(".E", "E");
    let plain = plain.strip_suffix('.').unwrap_or(&plain);
    let starts_with_exponent = plain.trim_start_matches(['-', '+']).starts_with(['e', 'E']);
    match plain.parse::<f64>() {
        Ok(number) if !starts_with_exponent => Ok(Value::Float(number)),
        _ => Err(Failure::value(format!("invalid value for Float(): {}", crate::format::ruby_quote(plain)))),
    }
}

/// The radix of an integer and its digits, without sign and prefix.
fn integer_parts(text: &str) -> Option<(u32, &str)> {
    let is_made_of = |digits: &str, radix: u32| {
        !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix) || matches!(c, '_' | ','))
    };
    if let Some(digits) = text.strip_prefix("0b") {
        return is_made_of(digits, 2).then_some((2, digits));
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return is_made_of(digits, 16).then_some((16, digits));
    }
    if text == "0" {
        return Some((10, text));
    }
    if let Some(digits) = text.strip_prefix('0') {
        return is_made_of(digits, 8).then_some((8, digits));
    }
    // Separators stand between digits only.
    let is_decimal = is_made_of(text, 10)
        && text.starts_with(|c: char| c.is_ascii_digit())
        && text.split(['_', ',']).all(|group| !group.is_empty());
    is_decimal.then_some((10, text))
}

pub(super) fn is_integer(text: &str) -> bool {
    integer_parts(text.strip_prefix(['-', '+']).unwrap_or(text)).is_some()
}

fn integer(text: &str) -> Result<Value, Failure> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let Some((radix, digits)) = integer_parts(unsigned) else { return Ok(text.into()) };
    let mut digits: String = digits.chars().filter(|c| c.is_digit(radix)).collect();
    if digits.is_empty() {
        if radix != 8 {
            let plain: String = text.chars().filter(|c| !matches!(c, '_' | ',')).collect();
            return Err(Failure::value(format!("invalid value for Integer(): \"{plain}\"")));
        }
        digits.push('0');
    }
    let number =
        i128::from_str_radix(&digits, radix).ok().map(|number| if negative { -number } else { number });
    // Beyond 64 bits the text is kept, and with it every digit.
    Ok(number.and_then(|number| i64::try_from(number).ok()).map_or_else(|| text.into(), Value::Int))
}
