//! Strings searched and taken apart.

use std::rc::Rc;

use pcore::Str;

use super::{byte_index, byte_range, character_index, wrong_type};
use crate::class::Class;
use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::{Eval, unsupported};
use crate::methods::enumerator;
use crate::methods::object::modify_text;
use crate::methods::range;
use crate::name::M;
use crate::value::{Match, Regex, Text, Value, int};

pub(super) fn call(it: &mut Interp<'_>, me: &Rc<Text>, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    Ok(Some(match id {
        M::Matches => match args.one(it)? {
            Value::Regexp(regex) => {
                let text = me.share();
                match it.match_at(regex, &text, 0)? {
                    Some(found) => int(character_index(&text, found.range().0)),
                    None => Value::Nil,
                }
            }
            Value::Text(_) => {
                return Err(it.raise(Class::TypeError, "type mismatch: String given"));
            }
            Value::Nil => Value::Nil,
            other => {
                let other = other.clone();
                it.send(&other, M::Matches, &[Value::Text(me.clone())])?
            }
        },
        M::Match | M::MatchIs => {
            args.count(it, 1, 2)?;
            let regex = pattern(it, &args.at(0))?;
            let mut values = vec![Value::Text(me.clone())];
            values.extend(args.get(1).cloned());
            let args = Args { values: &values, ..*args };
            it.dispatch_id(&Value::Regexp(regex), id, &args)?
        }
        M::Sub | M::Gsub | M::SubNow | M::GsubNow => substitute(it, me, id, args)?,
        M::Scan => scan(it, me, args)?,
        M::Split => split(it, me, args)?,
        M::Element | M::Slice => element(it, me, args)?,
        M::SliceNow => {
            let value = element(it, me, args)?;
            if !value.is_nil() {
                modify_text(it, me)?;
                let (from, to) = removed(it, me, args)?;
                me.change(|content| content.replace_range(from..to, ""));
            }
            value
        }
        M::Index | M::Rindex => index(it, me, id, args)?,
        M::Partition | M::Rpartition => partition(it, me, id, args)?,
        M::EachWithIndex => return Ok(None),
        _ => return Ok(None),
    }))
}

/// A pattern given as a regular expression or as its source.
fn pattern(it: &mut Interp<'_>, value: &Value) -> Eval<Rc<Regex>> {
    match value {
        Value::Regexp(regex) => Ok(regex.clone()),
        Value::Text(text) => match it.regexp(&text.share(), 0)? {
            Value::Regexp(regex) => Ok(regex),
            _ => Err(unsupported("this pattern")),
        },
        other => {
            let shown = wrong_type(other);
            Err(it.raise(Class::TypeError, format!("wrong argument type {shown} (expected Regexp)")))
        }
    }
}

/// A pattern where a string means itself.
fn literal_pattern(it: &mut Interp<'_>, value: &Value) -> Eval<Rc<Regex>> {
    match value {
        Value::Text(text) => {
            let text = text.share();
            match pcore::regexp::Regexp::literal(&text) {
                Ok(program) => Ok(Rc::new(Regex { source: text, options: 0, program })),
                Err(error) => Err(it.raise(Class::RegexpError, error.message)),
            }
        }
        other => pattern(it, other),
    }
}

fn substitute(it: &mut Interp<'_>, me: &Rc<Text>, id: M, args: &Args<'_>) -> Eval {
    let in_place = matches!(id, M::SubNow | M::GsubNow);
    let all = matches!(id, M::Gsub | M::GsubNow);
    if args.block.is_none() && args.len() == 1 {
        if all && !in_place {
            return enumerator::of(&Value::Text(me.clone()), id, args).map(Option::unwrap_or_default);
        }
        args.count(it, 2, 2)?;
    }
    args.count(it, 1, 2)?;
    let text = me.share();
    let replacement = match args.get(1) {
        None => None,
        Some(hash @ Value::Hash(_)) => Some(hash.clone()),
        Some(other) => Some(Value::text(it.string_argument(other)?)),
    };
    let mut out = String::new();
    let mut rest = 0;
    let mut changed = false;
    // A plain string is looked for without the detour over a regular expression.
    if let (Some(Value::Text(needle)), Some(Value::Text(template))) = (args.get(0), &replacement)
        && !template.borrow().contains('\\')
        && !needle.borrow().is_empty()
    {
        let (needle, template) = (needle.share(), template.share());
        for (at, _) in text.match_indices(needle.as_str()) {
            out.push_str(&text[rest..at]);
            out.push_str(&template);
            rest = at + needle.len();
            changed = true;
            if !all {
                break;
            }
            it.charge(template.len())?;
        }
    } else {
        let regex = literal_pattern(it, &args.at(0))?;
        let mut at = 0;
        let mut last = None;
        while let Some(found) = it.find_at(&regex, &text, at)? {
            let (start, end) = found.range();
            out.push_str(&text[rest..start]);
            rest = end;
            changed = true;
            last = Some(found.clone());
            let before = out.len();
            match (&replacement, args.block) {
                (Some(Value::Text(template)), _) => expand(&mut out, &template.borrow(), &found),
                (Some(hash), _) => {
                    let key = Value::text(found.group(0).unwrap_or_default());
                    let value = it.send(hash, M::Element, &[key])?;
                    it.write_to_s(&mut out, &value)?;
                }
                (None, Some(block)) => {
                    it.set_match(Some(found.clone()));
                    let value = it.call_block(block, &[found.group(0).into()])?;
                    it.write_to_s(&mut out, &value)?;
                }
                (None, None) => {}
            }
            it.charge(out.len() - before)?;
            if !all {
                break;
            }
            if end > start {
                at = end;
            } else {
                let Some(next) = text[end..].chars().next() else { break };
                at = end + next.len_utf8();
            }
        }
        it.set_match(last);
    }
    if in_place {
        if !changed {
            if me.flags.is_frozen() {
                modify_text(it, me)?;
            }
            return Ok(Value::Nil);
        }
        out.push_str(&text[rest..]);
        modify_text(it, me)?;
        me.change(|content| *content = out);
        return Ok(Value::Text(me.clone()));
    }
    if !changed {
        return Ok(Value::text(text));
    }
    out.push_str(&text[rest..]);
    it.charge(out.len())?;
    Ok(Value::string(out))
}

/// A replacement with its back-references filled in.
fn expand(out: &mut String, template: &str, found: &Match) {
    let mut chars = template.char_indices();
    while let Some((_, c)) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let (start, end) = found.range();
        match chars.next() {
            None => out.push('\\'),
            Some((_, digit @ '0'..='9')) => {
                out.push_str(found.group(digit as usize - '0' as usize).unwrap_or_default());
            }
            Some((_, '&')) => out.push_str(found.group(0).unwrap_or_default()),
            Some((_, '`')) => out.push_str(found.text.get(..start).unwrap_or_default()),
            Some((_, '\'')) => out.push_str(found.text.get(end..).unwrap_or_default()),
            Some((_, '\\')) => out.push('\\'),
            Some((at, 'k')) => {
                let name = template[at + 1..].strip_prefix('<').and_then(|rest| rest.split_once('>'));
                match name {
                    Some((name, _)) => {
                        let number = found.regex.program.group_number(name).unwrap_or(usize::MAX);
                        out.push_str(found.group(number).unwrap_or_default());
                        for _ in 0..name.chars().count() + 2 {
                            chars.next();
                        }
                    }
                    None => out.push_str("\\k"),
                }
            }
            Some((_, other)) => {
                out.push('\\');
                out.push(other);
            }
        }
    }
}

/// All matches, as places.
fn all_matches(it: &mut Interp<'_>, regex: &Rc<Regex>, text: &Str) -> Eval<Vec<Rc<Match>>> {
    let mut list = Vec::new();
    let mut at = 0;
    while let Some(found) = it.find_at(regex, text, at)? {
        it.charge(128)?;
        let (start, end) = found.range();
        list.push(found);
        if end > start {
            at = end;
        } else {
            let Some(next) = text[end..].chars().next() else { break };
            at = end + next.len_utf8();
        }
    }
    Ok(list)
}

fn scan(it: &mut Interp<'_>, me: &Rc<Text>, args: &Args<'_>) -> Eval {
    let regex = literal_pattern(it, args.one(it)?)?;
    let text = me.share();
    let matches = all_matches(it, &regex, &text)?;
    let item = |found: &Match| {
        if found.groups.len() == 1 {
            found.group(0).into()
        } else {
            Value::array((1..found.groups.len()).map(|number| found.group(number).into()).collect())
        }
    };
    let last = matches.last().cloned();
    if let Some(block) = args.block {
        for found in matches {
            it.set_match(Some(found.clone()));
            it.call_block(block, &[item(&found)])?;
        }
        it.set_match(last);
        return Ok(Value::Text(me.clone()));
    }
    it.set_match(last);
    Ok(Value::array(matches.iter().map(|found| item(found)).collect()))
}

fn split(it: &mut Interp<'_>, me: &Rc<Text>, args: &Args<'_>) -> Eval {
    args.count(it, 0, 2)?;
    let text = me.share();
    let limit = match args.get(1) {
        None => 0,
        Some(limit) => it.int_argument(limit)?,
    };
    it.charge(text.len() * 2)?;
    let most = usize::try_from(limit).ok().filter(|&limit| limit > 0);
    let mut parts: Vec<Str> = Vec::new();
    let behind = match args.get(0) {
        _ if most == Some(1) => 0,
        None | Some(Value::Nil) => split_words(&text, &mut parts, most),
        Some(Value::Text(separator)) if &*separator.borrow() == " " => split_words(&text, &mut parts, most),
        Some(Value::Text(separator)) => split_text(&text, &separator.borrow(), &mut parts, most),
        Some(Value::Regexp(regex)) => split_regexp(it, &text, regex, &mut parts, most)?,
        Some(other) => {
            pattern(it, other)?;
            0
        }
    };
    if !text.is_empty() && (most.is_some() || text.len() > behind || limit < 0) {
        parts.push(text[behind..].into());
    }
    if limit == 0 {
        while parts.last().is_some_and(|part| part.is_empty()) {
            parts.pop();
        }
    }
    let parts = parts.into_iter().map(Value::text).collect::<Vec<_>>();
    if let Some(block) = args.block {
        for part in parts {
            it.call_block(block, &[part])?;
        }
        return Ok(Value::Text(me.clone()));
    }
    Ok(Value::array(parts))
}

fn is_space(c: char) -> bool {
    matches!(c, '\t'..='\r' | ' ')
}

/// Splits at blanks; gives the place where the last part begins.
fn split_words(text: &str, parts: &mut Vec<Str>, most: Option<usize>) -> usize {
    let mut begin = 0;
    let mut in_word = false;
    for (at, c) in text.char_indices() {
        match (in_word, is_space(c)) {
            (false, true) => begin = at + c.len_utf8(),
            (false, false) => {
                in_word = true;
                if most.is_some_and(|most| parts.len() + 1 >= most) {
                    break;
                }
            }
            (true, true) => {
                parts.push(text[begin..at].into());
                in_word = false;
                begin = at + c.len_utf8();
            }
            (true, false) => {}
        }
    }
    begin
}

/// Splits at a string, or between all characters; gives the place where the last part begins.
fn split_text(text: &str, separator: &str, parts: &mut Vec<Str>, most: Option<usize>) -> usize {
    let mut begin = 0;
    while begin < text.len() && most.is_none_or(|most| parts.len() + 1 < most) {
        let rest = &text[begin..];
        if separator.is_empty() {
            let length = rest.chars().next().map_or(1, char::len_utf8);
            parts.push(rest[..length].into());
            begin += length;
        } else {
            let Some(found) = rest.find(separator) else { break };
            parts.push(rest[..found].into());
            begin += found + separator.len();
        }
    }
    begin
}

/// Splits at matches; gives the place where the last part begins.
fn split_regexp(
    it: &mut Interp<'_>,
    text: &Str,
    regex: &Rc<Regex>,
    parts: &mut Vec<Str>,
    most: Option<usize>,
) -> Eval<usize> {
    let length_at = |at: usize| text[at..].chars().next().map_or(1, char::len_utf8);
    let (mut begin, mut start) = (0, 0);
    let mut after_empty = false;
    let mut fields = 1;
    while start <= text.len() {
        let Some(found) = it.find_at(regex, text, start)? else { break };
        let (from, to) = found.range();
        if start == from && from == to {
            if !after_empty {
                start += length_at(start);
                after_empty = true;
                continue;
            }
            let end = (begin + length_at(begin)).min(text.len());
            parts.push(text[begin..end].into());
            begin = start;
        } else {
            parts.push(text[begin..from].into());
            begin = to;
            start = to;
        }
        after_empty = false;
        push_groups(parts, &found);
        fields += 1;
        if most.is_some_and(|most| most <= fields) {
            break;
        }
    }
    Ok(begin)
}

fn push_groups(parts: &mut Vec<Str>, found: &Match) {
    parts.extend((1..found.groups.len()).filter_map(|number| found.group(number).map(Str::from)));
}

/// `text[...]`
fn element(it: &mut Interp<'_>, me: &Rc<Text>, args: &Args<'_>) -> Eval {
    args.count(it, 1, 2)?;
    if let [Value::Regexp(regex), group] = args.values {
        let found = it.match_at(regex, &me.share(), 0)?;
        let Some(found) = found else { return Ok(Value::Nil) };
        return it.send(&Value::Match(found), M::Element, std::slice::from_ref(group));
    }
    let place = place(it, me, args)?;
    Ok(place.map(|(from, to)| Value::text(&me.borrow()[from..to])).unwrap_or_default())
}

/// The place that the arguments of `[]` stand for.
fn place(it: &mut Interp<'_>, me: &Rc<Text>, args: &Args<'_>) -> Eval<Option<(usize, usize)>> {
    Ok(match args.values {
        [Value::Text(part)] => me.borrow().find(&*part.borrow()).map(|at| (at, at + part.len())),
        [Value::Regexp(regex)] => it.match_at(regex, &me.share(), 0)?.map(|found| found.range()),
        [Value::Range(bounds)] => {
            let length = me.borrow().chars().count();
            match range::bounds(it, bounds, length)? {
                Some((start, count)) => byte_range(&me.borrow(), start as i64, count as i64),
                None => None,
            }
        }
        [start, length] => {
            let (start, length) = (it.int_argument(start)?, it.int_argument(length)?);
            byte_range(&me.borrow(), start, length)
        }
        [position] => {
            let position = it.int_argument(position)?;
            let found = byte_range(&me.borrow(), position, 1);
            found.filter(|(from, to)| from < to)
        }
        _ => None,
    })
}

fn removed(it: &mut Interp<'_>, me: &Rc<Text>, args: &Args<'_>) -> Eval<(usize, usize)> {
    if let [Value::Regexp(regex), group] = args.values {
        let found = it.match_at(regex, &me.share(), 0)?;
        let number = it.int_argument(group)?;
        let range =
            found.and_then(|found| found.groups.get(usize::try_from(number).ok()?).copied().flatten());
        return Ok(range.unwrap_or_default());
    }
    Ok(place(it, me, args)?.unwrap_or_default())
}

fn index(it: &mut Interp<'_>, me: &Rc<Text>, id: M, args: &Args<'_>) -> Eval {
    args.count(it, 1, 2)?;
    let text = me.share();
    let start = match args.get(1) {
        None => Some(if id == M::Index { 0 } else { text.len() }),
        Some(position) => {
            let position = it.int_argument(position)?;
            match byte_index(&text, position) {
                None if id == M::Rindex && position > 0 => Some(text.len()),
                other => other,
            }
        }
    };
    let Some(start) = start else { return Ok(Value::Nil) };
    let found = match (&args.at(0), id) {
        (Value::Regexp(regex), M::Index) => it.match_at(regex, &text, start)?.map(|found| found.range().0),
        (Value::Regexp(regex), _) => {
            let last = last_match(it, regex, &text, start)?;
            it.set_match(last.clone());
            last.map(|found| found.range().0)
        }
        (needle, M::Index) => {
            let needle = it.string_argument(needle)?;
            text[start..].find(needle.as_str()).map(|at| start + at)
        }
        (needle, _) => {
            let needle = it.string_argument(needle)?;
            let end = (start + needle.len()).min(text.len());
            let end = (end..=text.len()).find(|&end| text.is_char_boundary(end)).unwrap_or(text.len());
            text[..end].rfind(needle.as_str())
        }
    };
    Ok(found.map(|at| int(character_index(&text, at))).unwrap_or_default())
}

/// The match that begins last, at or before a byte.
fn last_match(it: &mut Interp<'_>, regex: &Rc<Regex>, text: &Str, start: usize) -> Eval<Option<Rc<Match>>> {
    let mut at = start;
    loop {
        if text.is_char_boundary(at)
            && let Some(found) = it.find_at(regex, text, at)?
            && found.range().0 == at
        {
            return Ok(Some(found));
        }
        if at == 0 {
            return Ok(None);
        }
        at -= 1;
    }
}

fn partition(it: &mut Interp<'_>, me: &Rc<Text>, id: M, args: &Args<'_>) -> Eval {
    let pattern = args.one(it)?;
    let text = me.share();
    let found = match (pattern, id) {
        (Value::Regexp(regex), M::Partition) => it.match_at(regex, &text, 0)?.map(|found| found.range()),
        (Value::Regexp(regex), _) => {
            let last = last_match(it, regex, &text, text.len())?;
            it.set_match(last.clone());
            last.map(|found| found.range())
        }
        (needle, _) => {
            let Value::Text(needle) = needle else {
                let text = format!("wrong argument type {} (expected Regexp)", wrong_type(needle));
                return Err(it.raise(Class::TypeError, text));
            };
            let needle = needle.share();
            let at =
                if id == M::Partition { text.find(needle.as_str()) } else { text.rfind(needle.as_str()) };
            at.map(|at| (at, at + needle.len()))
        }
    };
    let parts = match (found, id) {
        (Some((start, end)), _) => [&text[..start], &text[start..end], &text[end..]],
        (None, M::Partition) => [text.as_str(), "", ""],
        (None, _) => ["", "", text.as_str()],
    };
    Ok(Value::array(parts.into_iter().map(Value::text).collect()))
}
