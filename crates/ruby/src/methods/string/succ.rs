//! `succ`: the next string, as `"az"` is followed by `"ba"`.

use pcore::Str;

use crate::eval::Interp;
use crate::flow::Eval;
use crate::value::Value;

/// The string that follows.
pub(crate) fn successor(text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    let Some(mut at) = chars.iter().rposition(char::is_ascii_alphanumeric) else {
        return plain_successor(chars);
    };
    loop {
        let (next, carries) = match chars[at] {
            'z' => ('a', true),
            'Z' => ('A', true),
            '9' => ('0', true),
            c => (char::from_u32(u32::from(c) + 1).unwrap_or(c), false),
        };
        let old = chars[at];
        chars[at] = next;
        if !carries {
            return chars.into_iter().collect();
        }
        // The carry goes to the next alphanumeric on the left; others may stand between only if one follows.
        let left = chars[..at].iter().rposition(char::is_ascii_alphanumeric);
        match left {
            Some(left) if left + 1 == at || !between_stops(&chars[left + 1..at], old, chars[left]) => {
                at = left
            }
            _ => {
                chars.insert(at, if old == '9' { '1' } else { next });
                return chars.into_iter().collect();
            }
        }
    }
}

/// A carry from a letter does not leap over other characters to a digit, nor from a digit to a letter.
fn between_stops(between: &[char], from: char, to: char) -> bool {
    !between.is_empty() && from.is_ascii_digit() != to.is_ascii_digit()
}

/// The successor of text without letters and digits: the last character counts up.
fn plain_successor(mut chars: Vec<char>) -> String {
    if let Some(last) = chars.last_mut() {
        *last = char::from_u32(u32::from(*last) + 1).unwrap_or(*last);
    }
    chars.into_iter().collect()
}

/// The strings from one to another.
pub(crate) fn upto(it: &mut Interp<'_>, first: &Str, last: &Str, exclusive: bool) -> Eval<Vec<Value>> {
    let mut list = Vec::new();
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_digits(first)
        && is_digits(last)
        && let (Ok(from), Ok(to)) = (first.parse::<i64>(), last.parse::<i64>())
    {
        let width = if first.starts_with('0') || first.len() == last.len() { first.len() } else { 0 };
        let mut number = from;
        while number < to || (number == to && !exclusive) {
            it.tick()?;
            it.charge(48)?;
            list.push(Value::string(format!("{number:0width$}")));
            number += 1;
        }
        return Ok(list);
    }
    if first.len() > last.len() || (first.len() == last.len() && first.as_str() > last.as_str()) {
        return Ok(list);
    }
    let mut text = first.to_string();
    loop {
        it.tick()?;
        it.charge(48)?;
        let is_last = text == last.as_str();
        if is_last && exclusive {
            break;
        }
        list.push(Value::text(text.as_str()));
        if is_last {
            break;
        }
        text = successor(&text);
        if text.chars().count() > last.chars().count() || text.is_empty() {
            break;
        }
    }
    Ok(list)
}
