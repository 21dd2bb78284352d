//! Strings: what asks and converts. What changes is in `edit`, what searches in `pattern`.
//!
//! Positions count characters, as in Ruby; text is always valid UTF-8.

mod charset;
mod edit;
mod format;
mod pattern;
mod succ;

use std::rc::Rc;

use super::number::{Parsed, lenient_float, parse_integer, too_large};
use super::{enumerator, float, integer};
use crate::class::Class;
use crate::compare::is_equal;
use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::{Eval, unsupported};
use crate::name::M;
use crate::value::{Text, Value, int};

pub(crate) use succ::{successor, upto};

pub(crate) fn call(it: &mut Interp<'_>, me: &Rc<Text>, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    Ok(Some(match id {
        M::ToS | M::ToStr => {
            args.none(it)?;
            Value::Text(me.clone())
        }
        M::EmptyIs => {
            args.none(it)?;
            Value::Bool(me.borrow().is_empty())
        }
        M::Length | M::Size => {
            args.none(it)?;
            int(me.borrow().chars().count())
        }
        M::Bytesize => int(me.len()),
        M::Equal | M::CaseEqual => Value::Bool(is_equal(&Value::Text(me.clone()), args.one(it)?)),
        M::Plus => {
            let other = it.string_argument(args.one(it)?)?;
            it.charge(me.len() + other.len())?;
            Value::string(format!("{}{other}", &*me.borrow()))
        }
        M::Star => {
            let count = it.int_argument(args.one(it)?)?;
            let Ok(count) = usize::try_from(count) else {
                return Err(it.raise(Class::ArgumentError, "negative argument"));
            };
            it.charge(me.len().saturating_mul(count))?;
            Value::string(me.borrow().repeat(count))
        }
        M::Percent => {
            let values = match args.one(it)? {
                Value::Array(array) => array.to_vec(),
                other => vec![other.clone()],
            };
            it.format(&me.share(), &values)?
        }
        M::UnaryPlus => {
            if me.flags.is_frozen() {
                Value::text(me.share())
            } else {
                Value::Text(me.clone())
            }
        }
        M::UnaryMinus => {
            me.flags.freeze();
            Value::Text(me.clone())
        }
        M::ToI => {
            args.count(it, 0, 1)?;
            let base = match args.get(0) {
                None => 10,
                Some(base) => it.int_argument(base)?,
            };
            let radix = u32::try_from(base).ok().filter(|radix| (2..=36).contains(radix));
            if radix.is_none() && base != 0 {
                return Err(it.raise(Class::ArgumentError, format!("invalid radix {base}")));
            }
            integer_of(parse_integer(&me.borrow(), radix, false))?
        }
        M::ToF => {
            args.none(it)?;
            Value::Float(lenient_float(&me.borrow()))
        }
        M::Hex => integer_of(parse_integer(&me.borrow(), Some(16), false))?,
        M::Oct => {
            let text = me.borrow();
            let digits = text.trim_start().trim_start_matches(['-', '+']);
            let has_prefix = digits.len() > 1
                && digits.starts_with('0')
                && digits[1..].starts_with(['x', 'X', 'b', 'B', 'o', 'O', 'd', 'D']);
            integer_of(parse_integer(&text, if has_prefix { None } else { Some(8) }, false))?
        }
        M::ToSym => {
            args.none(it)?;
            Value::Symbol(me.share())
        }
        M::Ord => match integer::ord(me) {
            Some(number) => Value::Int(number),
            None => return Err(it.raise(Class::ArgumentError, "empty string")),
        },
        M::Chr => me.borrow().chars().next().map(|c| c.to_string()).unwrap_or_default().into(),
        M::Chars => {
            let list = me.borrow().chars().map(|c| Value::text(c.to_string())).collect::<Vec<_>>();
            it.charge(list.len() * 48)?;
            return each_or_list(it, me, list, args);
        }
        M::Bytes => {
            let list = me.borrow().bytes().map(|byte| Value::Int(i64::from(byte))).collect::<Vec<_>>();
            it.charge(list.len() * 24)?;
            return each_or_list(it, me, list, args);
        }
        M::EachChar => {
            if args.block.is_none() {
                return enumerator::of(&Value::Text(me.clone()), id, args);
            }
            let list = me.borrow().chars().map(|c| Value::text(c.to_string())).collect();
            return each_or_list(it, me, list, args);
        }
        M::EachByte => {
            if args.block.is_none() {
                return enumerator::of(&Value::Text(me.clone()), id, args);
            }
            let list = me.borrow().bytes().map(|byte| Value::Int(i64::from(byte))).collect();
            return each_or_list(it, me, list, args);
        }
        M::Lines | M::EachLine => {
            if args.block.is_none() && id == M::EachLine {
                return enumerator::of(&Value::Text(me.clone()), id, args);
            }
            let list = lines(it, me, args)?;
            return each_or_list(it, me, list, args);
        }
        M::IncludeIs => {
            let other = it.string_argument(args.one(it)?)?;
            Value::Bool(me.borrow().contains(other.as_str()))
        }
        M::StartWithIs => {
            for prefix in args.values {
                let found = match prefix {
                    Value::Regexp(regex) => {
                        let text = me.share();
                        let found = it.find_at(regex, &text, 0)?.filter(|found| found.range().0 == 0);
                        let is_found = found.is_some();
                        it.set_match(found);
                        is_found
                    }
                    other => me.borrow().starts_with(it.string_argument(other)?.as_str()),
                };
                if found {
                    return Ok(Some(Value::Bool(true)));
                }
            }
            Value::Bool(false)
        }
        M::EndWithIs => {
            for suffix in args.values {
                if me.borrow().ends_with(it.string_argument(suffix)?.as_str()) {
                    return Ok(Some(Value::Bool(true)));
                }
            }
            Value::Bool(false)
        }
        M::Less | M::LessEqual | M::Greater | M::GreaterEqual | M::BetweenIs | M::Clamp => {
            return comparable(it, &Value::Text(me.clone()), id, args);
        }
        M::Casecmp | M::CasecmpIs => {
            let Some(Value::Text(other)) = args.get(0) else {
                args.one(it)?;
                return Ok(Some(Value::Nil));
            };
            if id == M::CasecmpIs {
                // Folding takes `ß` for `ss`, which upper case has.
                let fold = |text: &str| edit::downcase(&text.to_uppercase());
                Value::Bool(fold(&me.borrow()) == fold(&other.borrow()))
            } else {
                let (a, b) = (me.borrow().to_ascii_lowercase(), other.borrow().to_ascii_lowercase());
                Value::Int(a.cmp(&b) as i64)
            }
        }
        M::Succ | M::Next => {
            args.none(it)?;
            Value::string(successor(&me.borrow()))
        }
        M::Upto => {
            args.count(it, 1, 2)?;
            let Some(block) = args.block else { return enumerator::of(&Value::Text(me.clone()), id, args) };
            let last = it.string_argument(&args.at(0))?;
            for text in succ::upto(it, &me.share(), &last, args.at(1).is_true())? {
                it.call_block(block, &[text])?;
            }
            Value::Text(me.clone())
        }
        M::Encode | M::ForceEncoding | M::UnicodeNormalize => {
            for argument in args.values {
                let is_utf8 = match argument {
                    Value::Text(name) => name.borrow().eq_ignore_ascii_case("utf-8"),
                    Value::Hash(_) => true,
                    _ => false,
                };
                if !is_utf8 || id == M::UnicodeNormalize {
                    return Err(unsupported(format!("String#{} to this encoding", id.text())));
                }
            }
            if id == M::Encode { Value::text(me.share()) } else { Value::Text(me.clone()) }
        }
        M::ValidEncodingIs => Value::Bool(true),
        M::AsciiOnlyIs => Value::Bool(me.borrow().is_ascii()),
        M::Scrub => Value::text(me.share()),
        M::Ljust | M::Rjust | M::Center => justify(it, me, id, args)?,
        M::Shellescape => Value::string(crate::library::shellwords::escape(&me.borrow())),
        M::Shellsplit => crate::library::shellwords::split(it, &me.borrow())?,
        M::Sum => {
            let bits = match args.get(0) {
                Some(bits) => it.int_argument(bits)?,
                None => 16,
            };
            let sum: i64 = me.borrow().bytes().map(i64::from).sum();
            Value::Int(if (1..63).contains(&bits) { sum & ((1 << bits) - 1) } else { sum })
        }
        _ => match edit::call(it, me, id, args)? {
            Some(value) => value,
            None => return pattern::call(it, me, id, args),
        },
    }))
}

fn integer_of(parsed: Parsed) -> Eval {
    match parsed {
        Parsed::Number(number) => Ok(Value::Int(number)),
        Parsed::TooLarge => Err(too_large()),
        Parsed::Nothing => Ok(Value::Int(0)),
    }
}

/// A list of parts: given to the block one by one if there is one.
fn each_or_list(
    it: &mut Interp<'_>,
    me: &Rc<Text>,
    list: Vec<Value>,
    args: &Args<'_>,
) -> Eval<Option<Value>> {
    let Some(block) = args.block else { return Ok(Some(Value::array(list))) };
    for item in list {
        it.call_block(block, &[item])?;
    }
    Ok(Some(Value::Text(me.clone())))
}

fn lines(it: &mut Interp<'_>, me: &Rc<Text>, args: &Args<'_>) -> Eval<Vec<Value>> {
    let mut values = args.values;
    let mut chomp = false;
    if let Some((Value::Hash(options), rest)) = values.split_last()
        && args.has_keywords
    {
        values = rest;
        let key = it.probe(&Value::symbol("chomp"))?;
        chomp = options.map.borrow().get(&key).is_some_and(Value::is_true);
    }
    Args { values, ..*args }.count(it, 0, 1)?;
    let separator = match values.first() {
        None => "\n".into(),
        Some(Value::Nil) => return Ok(vec![Value::text(me.share())]),
        Some(separator) => it.string_argument(separator)?,
    };
    if separator.is_empty() {
        return Err(unsupported("String#lines by paragraphs"));
    }
    let text = me.borrow();
    it.charge(text.len())?;
    let mut lines = Vec::new();
    for line in text.split_inclusive(separator.as_str()) {
        let line = if chomp {
            let line = line.strip_suffix(separator.as_str()).unwrap_or(line);
            if separator.as_str() == "\n" { line.strip_suffix('\r').unwrap_or(line) } else { line }
        } else {
            line
        };
        lines.push(Value::text(line));
    }
    Ok(lines)
}

fn justify(it: &mut Interp<'_>, me: &Rc<Text>, id: M, args: &Args<'_>) -> Eval {
    args.count(it, 1, 2)?;
    let width = usize::try_from(it.int_argument(&args.at(0))?).unwrap_or(0);
    let pad = match args.get(1) {
        None => " ".into(),
        Some(pad) => it.string_argument(pad)?,
    };
    if pad.is_empty() {
        return Err(it.raise(Class::ArgumentError, "zero width padding"));
    }
    let text = me.borrow();
    let missing = width.saturating_sub(text.chars().count());
    it.charge(missing.saturating_mul(4))?;
    let fill = |count: usize| pad.chars().cycle().take(count).collect::<String>();
    let (left, right) = match id {
        M::Ljust => (0, missing),
        M::Rjust => (missing, 0),
        _ => (missing / 2, missing - missing / 2),
    };
    Ok(Value::string(format!("{}{}{}", fill(left), &*text, fill(right))))
}

/// What the module `Comparable` gives.
/// What errors about a wrong type call a value.
pub(super) fn wrong_type(value: &Value) -> &'static str {
    match value {
        Value::Nil => "nil",
        Value::Bool(true) => "true",
        Value::Bool(false) => "false",
        other => other.class().name(),
    }
}

pub(crate) fn comparable(it: &mut Interp<'_>, me: &Value, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    Ok(Some(match id {
        M::Less | M::LessEqual | M::Greater | M::GreaterEqual => {
            let other = args.one(it)?;
            let ordering = it.order(me, other)?;
            Value::Bool(float::holds(id, Some(ordering)))
        }
        M::BetweenIs => {
            args.count(it, 2, 2)?;
            let (low, high) = (args.at(0), args.at(1));
            Value::Bool(it.order(me, &low)?.is_ge() && it.order(me, &high)?.is_le())
        }
        M::Clamp => {
            let (low, high) = match args.values {
                [Value::Range(range)] if !range.exclusive => (range.start.clone(), range.end.clone()),
                [low, high] => (low.clone(), high.clone()),
                [Value::Range(_)] => return Ok(None),
                [other] => {
                    let text = format!("wrong argument type {} (expected Range)", wrong_type(other));
                    return Err(it.raise(Class::TypeError, text));
                }
                _ => {
                    args.count(it, 1, 2)?;
                    return Ok(None);
                }
            };
            if !low.is_nil() && !high.is_nil() && it.order(&low, &high)?.is_gt() {
                return Err(it.raise(Class::ArgumentError, "min argument must be smaller than max argument"));
            }
            if !low.is_nil() && it.order(me, &low)?.is_lt() {
                low
            } else if !high.is_nil() && it.order(me, &high)?.is_gt() {
                high
            } else {
                me.clone()
            }
        }
        _ => return Ok(None),
    }))
}

/// How many characters stand before a byte.
pub(crate) fn character_index(text: &str, byte: usize) -> usize {
    text.get(..byte).map_or(0, |before| before.chars().count())
}

/// Where a character begins; negative positions count from the end. `None` if it is outside.
pub(crate) fn byte_index(text: &str, position: i64) -> Option<usize> {
    if text.is_ascii() {
        let position = if position < 0 { position + text.len() as i64 } else { position };
        return usize::try_from(position).ok().filter(|&position| position <= text.len());
    }
    let count = text.chars().count();
    let position = if position < 0 { position + count as i64 } else { position };
    let position = usize::try_from(position).ok()?;
    if position == count {
        return Some(text.len());
    }
    text.char_indices().nth(position).map(|(at, _)| at)
}

/// The bytes of a number of characters from a position on, as `[]` counts them. `None` if the position is outside.
pub(crate) fn byte_range(text: &str, start: i64, length: i64) -> Option<(usize, usize)> {
    if length < 0 {
        return None;
    }
    let from = byte_index(text, start)?;
    let rest = &text[from..];
    let length = usize::try_from(length).ok()?;
    let to = if text.is_ascii() {
        from + length.min(rest.len())
    } else {
        rest.char_indices().nth(length).map_or(text.len(), |(at, _)| from + at)
    };
    Some((from, to))
}
