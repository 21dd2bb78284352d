//! Strings made from strings, and strings changed in place.

use std::rc::Rc;

use super::charset::{CharSet, translate};
use super::{byte_index, byte_range};
use crate::class::Class;
use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::Eval;
use crate::methods::object::modify_text;
use crate::name::M;
use crate::value::{Text, Value, int};

pub(super) fn call(it: &mut Interp<'_>, me: &Rc<Text>, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    if let Some((plain, in_place)) = plain(id) {
        let text = me.share();
        let Some(changed) = transform(it, &text, plain, args)? else { return Ok(None) };
        it.charge(changed.len())?;
        if !in_place {
            return Ok(Some(Value::string(changed)));
        }
        modify_text(it, me)?;
        if changed == text.as_str() {
            return Ok(Some(Value::Nil));
        }
        me.change(|content| *content = changed);
        return Ok(Some(Value::Text(me.clone())));
    }
    Ok(Some(match id {
        M::ShiftLeft => {
            let added = match args.one(it)? {
                Value::Int(code) => code_point(it, *code)?.to_string().into(),
                other => it.string_argument(other)?,
            };
            it.charge(added.len())?;
            modify_text(it, me)?;
            me.change(|content| content.push_str(&added));
            Value::Text(me.clone())
        }
        M::Concat => {
            let mut added = String::new();
            for value in args.values {
                match value {
                    Value::Int(number) => added.push(code_point(it, *number)?),
                    value => added.push_str(&it.string_argument(value)?),
                }
            }
            it.charge(added.len())?;
            modify_text(it, me)?;
            me.change(|content| content.push_str(&added));
            Value::Text(me.clone())
        }
        M::Prepend => {
            let mut added = String::new();
            for value in args.values {
                added.push_str(&it.string_argument(value)?);
            }
            it.charge(added.len())?;
            modify_text(it, me)?;
            me.change(|content| content.insert_str(0, &added));
            Value::Text(me.clone())
        }
        M::Replace => {
            let other = it.string_argument(args.one(it)?)?;
            modify_text(it, me)?;
            me.change(|content| *content = other.to_string());
            Value::Text(me.clone())
        }
        M::Clear => {
            args.none(it)?;
            modify_text(it, me)?;
            me.change(String::clear);
            Value::Text(me.clone())
        }
        M::Insert => {
            args.count(it, 2, 2)?;
            let position = it.int_argument(&args.at(0))?;
            let added = it.string_argument(&args.at(1))?;
            // Negative positions insert behind the character they name.
            let length = me.borrow().chars().count() as i64;
            let shifted = if position < 0 { position + length + 1 } else { position };
            let at = byte_index(&me.borrow(), shifted).filter(|_| shifted >= 0);
            let Some(at) = at else {
                return Err(it.raise(Class::IndexError, format!("index {position} out of string")));
            };
            it.charge(added.len())?;
            modify_text(it, me)?;
            me.change(|content| content.insert_str(at, &added));
            Value::Text(me.clone())
        }
        M::Count => {
            let sets = sets(it, args)?;
            int(me.borrow().chars().filter(|&c| sets.iter().all(|set| set.contains(c))).count())
        }
        M::Put => {
            let value = args.values.last().cloned().unwrap_or_default();
            let added = it.string_argument(&value)?;
            let (from, to) = match args.values {
                [Value::Int(position), _] => match byte_range(&me.borrow(), *position, 1) {
                    Some(range) => range,
                    None => {
                        return Err(it.raise(Class::IndexError, format!("index {position} out of string")));
                    }
                },
                [Value::Int(start), Value::Int(length), _] => match byte_range(&me.borrow(), *start, *length)
                {
                    Some(range) => range,
                    None if *length < 0 => {
                        return Err(it.raise(Class::IndexError, format!("negative length {length}")));
                    }
                    None => return Err(it.raise(Class::IndexError, format!("index {start} out of string"))),
                },
                [Value::Text(part), _] => match me.borrow().find(&*part.borrow()) {
                    Some(at) => (at, at + part.len()),
                    None => return Err(it.raise(Class::IndexError, "string not matched")),
                },
                [Value::Regexp(regex), _] => match it.match_at(regex, &me.share(), 0)? {
                    Some(found) => found.range(),
                    None => return Err(it.raise(Class::IndexError, "regexp not matched")),
                },
                _ => return Err(crate::flow::unsupported("String#[]= with these arguments")),
            };
            modify_text(it, me)?;
            me.change(|content| content.replace_range(from..to, &added));
            value
        }
        _ => return Ok(None),
    }))
}

/// The method that makes a new string, and whether the one asked for works in place.
fn plain(id: M) -> Option<(M, bool)> {
    Some(match id {
        M::Upcase
        | M::Downcase
        | M::Capitalize
        | M::Swapcase
        | M::Strip
        | M::Lstrip
        | M::Rstrip
        | M::Chomp
        | M::Chop
        | M::Squeeze
        | M::Tr
        | M::TrS
        | M::Delete
        | M::DeletePrefix
        | M::DeleteSuffix
        | M::Reverse => (id, false),
        M::UpcaseNow => (M::Upcase, true),
        M::DowncaseNow => (M::Downcase, true),
        M::CapitalizeNow => (M::Capitalize, true),
        M::SwapcaseNow => (M::Swapcase, true),
        M::StripNow => (M::Strip, true),
        M::LstripNow => (M::Lstrip, true),
        M::RstripNow => (M::Rstrip, true),
        M::ChompNow => (M::Chomp, true),
        M::ChopNow => (M::Chop, true),
        M::SqueezeNow => (M::Squeeze, true),
        M::TrNow => (M::Tr, true),
        M::DeleteNow => (M::Delete, true),
        M::DeletePrefixNow => (M::DeletePrefix, true),
        M::DeleteSuffixNow => (M::DeleteSuffix, true),
        _ => return None,
    })
}

fn transform(it: &mut Interp<'_>, text: &str, id: M, args: &Args<'_>) -> Eval<Option<String>> {
    let is_case = matches!(id, M::Upcase | M::Downcase | M::Capitalize | M::Swapcase);
    if is_case && args.len() > 0 {
        return Err(crate::flow::unsupported(format!("String#{} with options", id.text())));
    }
    if matches!(id, M::Strip | M::Lstrip | M::Rstrip | M::Chop | M::Reverse) {
        args.none(it)?;
    }
    Ok(Some(match id {
        M::Upcase => text.to_uppercase(),
        M::Downcase => downcase(text),
        M::Capitalize => {
            let mut chars = text.chars();
            match chars.next() {
                None => String::new(),
                Some(first) => titlecase(first) + &downcase(chars.as_str()),
            }
        }
        M::Swapcase => text
            .chars()
            .flat_map(|c| {
                if c.is_uppercase() {
                    c.to_lowercase().collect::<Vec<_>>()
                } else {
                    c.to_uppercase().collect()
                }
            })
            .collect(),
        M::Strip => lstrip(rstrip(text)).to_owned(),
        M::Lstrip => lstrip(text).to_owned(),
        M::Rstrip => rstrip(text).to_owned(),
        M::Chomp => {
            args.count(it, 0, 1)?;
            match args.get(0) {
                None => chomp(text).to_owned(),
                Some(Value::Nil) => text.to_owned(),
                Some(suffix) => {
                    let suffix = it.string_argument(suffix)?;
                    match suffix.as_str() {
                        "" => {
                            let mut rest = text;
                            while let Some(shorter) = rest.strip_suffix('\n') {
                                rest = shorter.strip_suffix('\r').unwrap_or(shorter);
                            }
                            rest.to_owned()
                        }
                        "\n" => chomp(text).to_owned(),
                        suffix => text.strip_suffix(suffix).unwrap_or(text).to_owned(),
                    }
                }
            }
        }
        M::Chop => match text.strip_suffix("\r\n") {
            Some(rest) => rest.to_owned(),
            None => {
                let mut chars = text.chars();
                chars.next_back();
                chars.as_str().to_owned()
            }
        },
        M::Reverse => text.chars().rev().collect(),
        M::Squeeze => {
            let sets = if args.len() == 0 { Vec::new() } else { sets(it, args)? };
            let mut out = String::with_capacity(text.len());
            let mut last = None;
            for c in text.chars() {
                if last != Some(c) || !sets.iter().all(|set| set.contains(c)) {
                    out.push(c);
                }
                last = Some(c);
            }
            out
        }
        M::Delete => {
            let sets = sets(it, args)?;
            text.chars().filter(|&c| !sets.iter().all(|set| set.contains(c))).collect()
        }
        M::Tr | M::TrS => {
            args.count(it, 2, 2)?;
            let (from, to) = (it.string_argument(&args.at(0))?, it.string_argument(&args.at(1))?);
            match translate(text, &from, &to, id == M::TrS) {
                Ok(translated) => translated,
                Err(message) => return Err(it.raise(Class::ArgumentError, message)),
            }
        }
        M::DeletePrefix => {
            let prefix = it.string_argument(args.one(it)?)?;
            text.strip_prefix(prefix.as_str()).unwrap_or(text).to_owned()
        }
        M::DeleteSuffix => {
            let suffix = it.string_argument(args.one(it)?)?;
            text.strip_suffix(suffix.as_str()).unwrap_or(text).to_owned()
        }
        _ => return Ok(None),
    }))
}

/// The sets that a character must be in, all of them.
fn sets(it: &mut Interp<'_>, args: &Args<'_>) -> Eval<Vec<CharSet>> {
    args.count(it, 1, usize::MAX)?;
    let mut sets = Vec::with_capacity(args.len());
    for value in args.values {
        let source = it.string_argument(value)?;
        match CharSet::new(&source) {
            Ok(set) => sets.push(set),
            Err(message) => return Err(it.raise(Class::ArgumentError, message)),
        }
    }
    Ok(sets)
}

/// Each character on its own: Ruby knows no other form of sigma at the end of a word.
pub(super) fn downcase(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// A character as the first of a capitalized word.
fn titlecase(c: char) -> String {
    let upper: String = c.to_uppercase().collect();
    let mut chars = upper.chars();
    match chars.next() {
        Some(first) => std::iter::once(first).chain(chars.flat_map(char::to_lowercase)).collect(),
        None => String::new(),
    }
}

fn is_blank(c: char) -> bool {
    matches!(c, '\0' | '\t'..='\r' | ' ')
}

fn lstrip(text: &str) -> &str {
    text.trim_start_matches(is_blank)
}

fn rstrip(text: &str) -> &str {
    text.trim_end_matches(is_blank)
}

fn chomp(text: &str) -> &str {
    match text.strip_suffix('\n') {
        Some(rest) => rest.strip_suffix('\r').unwrap_or(rest),
        None => text.strip_suffix('\r').unwrap_or(text),
    }
}

/// The character of a number that is appended to a string.
fn code_point(it: &Interp<'_>, code: i64) -> Eval<char> {
    let found = u32::try_from(code).ok().and_then(char::from_u32);
    found.ok_or_else(|| it.raise(Class::RangeError, format!("{code} out of char range")))
}
