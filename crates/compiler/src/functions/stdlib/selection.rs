//! `delete`, `delete_at`, `delete_regex`, `delete_undef_values`, `delete_values`, `grep`, `reject`, `values_at`: some of
//! the items, and not others.

use pcore::regexp::Regexp;
use pcore::{Hash, Value};

use super::arguments::{as_list, fits, matches, regexp, wrong_count, wrong_count_bare};
use crate::error::Control;
use crate::functions::{Legacy, collections, ruby};

/// Leaves out all items that equal a value (or one of several), the entries of a hash with such keys, or the parts of
/// a string.
///
/// ```puppet
/// delete(['a', 'b', 'b'], 'b')            # ['a']
/// delete({ 'a' => 1, 'b' => 2 }, ['a'])   # { 'b' => 2 }
/// delete('abracadabra', 'bra')            # 'acada'
/// ```
pub(super) const DELETE: Legacy = Legacy::value("delete", -1, |_, arguments| {
    let [collection, wanted] = arguments else { return Err(wrong_count_bare("delete", arguments, "2")) };
    let wanted = as_list(wanted);
    match collection {
        Value::Array(items) => {
            let is_kept = |item: &&Value| !wanted.iter().any(|wanted| ruby::equals(item, wanted));
            Ok(items.iter().filter(is_kept).cloned().collect::<Vec<_>>().into())
        }
        Value::Hash(hash) => {
            let mut rest = (**hash).clone();
            for key in &wanted {
                rest.remove(key);
            }
            Ok(rest.into())
        }
        Value::Str(text) => {
            let mut text = text.to_string();
            for part in &wanted {
                let Value::Str(part) = part else {
                    let class = ruby::legacy_class_name(part);
                    return Err(format!("wrong argument type {class} (expected Regexp)").into());
                };
                text = text.replace(part.as_str(), "");
            }
            Ok(text.into())
        }
        // Nothing to delete means nothing to complain of.
        other if wanted.is_empty() => Ok(other.clone()),
        other => Err(format!(
            "delete(): First argument must be an Array, String, or Hash. Given an argument of class {}.",
            ruby::legacy_class_name(other)
        )
        .into()),
    }
});

/// Leaves out the item at a position.
///
/// ```puppet
/// delete_at(['a', 'b', 'c'], 1) # ['a', 'c']
/// ```
pub(super) const DELETE_AT: Legacy = Legacy::value("delete_at", -1, |_, arguments| {
    let [array, index, ..] = arguments else { return Err(wrong_count("delete_at", arguments, "2")) };
    let Value::Array(array) = array else { return Err("delete_at(): Requires array to work with".into()) };
    if index.as_str().is_some_and(|text| !fits(r"^\d+$", text)) {
        return Err("delete_at(): You must provide non-negative numeric index".into());
    }
    let index = ruby::value_to_i(index)?;
    if index >= array.len() as i64 {
        return Err("delete_at(): Given index exceeds size of array given".into());
    }
    let mut rest = array.to_vec();
    let from_end = if index < 0 { array.len() as i64 + index } else { index };
    if let Ok(at) = usize::try_from(from_end) {
        rest.remove(at);
    }
    Ok(rest.into())
});

/// Leaves out all items of an array, or entries of a hash by key, that one of the expressions matches as a whole word.
///
/// ```puppet
/// delete_regex(['abf', 'ab', 'ac'], '^ab.*') # ['ac']
/// ```
pub(super) const DELETE_REGEX: Legacy = Legacy::value("delete_regex", -1, |_, arguments| {
    let [collection, patterns] = arguments else {
        return Err(wrong_count_bare("delete_regex", arguments, "2"));
    };
    let mut rest = collection.clone();
    for pattern in as_list(patterns) {
        rest = without_words(&rest, &pattern)?;
    }
    Ok(rest)
});

fn without_words(collection: &Value, pattern: &Value) -> Result<Value, Control> {
    let regexp = || Regexp::cached(&format!(r"\b{}\b", ruby::legacy_to_s(pattern)));
    match collection {
        Value::Array(items) if items.is_empty() => Ok(collection.clone()),
        Value::Array(items) => {
            let regexp = regexp()?;
            let mut rest = Vec::with_capacity(items.len());
            for item in items.iter() {
                if !matches(&regexp, item)? {
                    rest.push(item.clone());
                }
            }
            Ok(rest.into())
        }
        Value::Hash(hash) => {
            let regexp = regexp()?;
            let mut rest = Hash::new();
            for (key, value) in hash.iter() {
                if !matches(&regexp, key)? {
                    rest.insert(key.clone(), value.clone());
                }
            }
            Ok(rest.into())
        }
        Value::Str(_) => Err(ruby::no_method("reject!", collection).into()),
        other => Err(format!(
            "delete_regex(): First argument must be an Array, Hash, or String. Given an argument of class {}.",
            ruby::legacy_class_name(other)
        )
        .into()),
    }
}

/// Leaves out the items of an array, or entries of a hash, that are undef.
pub(super) const DELETE_UNDEF_VALUES: Legacy =
    Legacy::value("delete_undef_values", -1, |_, arguments| match arguments.first() {
        None => Err("delete_undef_values(): Wrong number of arguments given (0)".into()),
        Some(Value::Array(items)) => {
            Ok(items.iter().filter(|item| !item.is_undef()).cloned().collect::<Vec<_>>().into())
        }
        Some(Value::Hash(hash)) => {
            let mut rest = (**hash).clone();
            rest.retain(|_, value| !value.is_undef());
            Ok(rest.into())
        }
        Some(other) => Err(format!(
            "delete_undef_values(): expected an array or hash, got {} type  {} ",
            ruby::legacy_to_s(other),
            ruby::legacy_class_name(other)
        )
        .into()),
    });

/// Leaves out the entries of a hash that have a value.
///
/// ```puppet
/// delete_values({ 'a' => 'A', 'b' => 'B' }, 'B') # { 'a' => 'A' }
/// ```
pub(super) const DELETE_VALUES: Legacy = Legacy::value("delete_values", -1, |_, arguments| {
    let [hash, item] = arguments else {
        let count = arguments.len();
        return Err(format!("delete_values(): Wrong number of arguments given ({count} of 2)").into());
    };
    let Value::Hash(hash) = hash else {
        let class = ruby::legacy_class_name(hash);
        let text =
            format!("delete_values(): First argument must be a Hash. Given an argument of class {class}.");
        return Err(text.into());
    };
    let mut rest = (**hash).clone();
    rest.retain(|_, value| !ruby::equals(item, value));
    Ok(rest.into())
});

/// The strings of an array that an expression matches.
///
/// ```puppet
/// grep(['aaa', 'bbb', 'aaaddd'], 'aaa') # ['aaa', 'aaaddd']
/// ```
pub(super) const GREP: Legacy = Legacy::value("grep", -1, |_, arguments| {
    let [array, pattern] = arguments else { return Err(wrong_count_bare("grep", arguments, "2")) };
    let regexp = regexp(pattern)?;
    match array {
        Value::Array(items) => Ok(select(items, &regexp, true)?.into()),
        // The pairs of a hash are no strings.
        Value::Hash(_) => Ok(Vec::new().into()),
        other => Err(ruby::no_method("grep", other).into()),
    }
});

/// The items of an array that an expression does not match.
///
/// ```puppet
/// reject(['aaa', 'bbb', 'aaaddd'], 'aaa') # ['bbb']
/// ```
pub(super) const REJECT: Legacy = Legacy::value("reject", -1, |_, arguments| {
    let [array, pattern] = arguments else { return Err(wrong_count_bare("reject", arguments, "2")) };
    let regexp = regexp(pattern)?;
    match array {
        Value::Array(items) => Ok(select(items, &regexp, false)?.into()),
        Value::Hash(hash) => {
            let mut rest = Hash::new();
            for (key, value) in hash.iter() {
                if !matches(&regexp, key)? {
                    rest.insert(key.clone(), value.clone());
                }
            }
            Ok(rest.into())
        }
        other => Err(ruby::no_method("reject", other).into()),
    }
});

fn select(items: &[Value], regexp: &Regexp, wanted: bool) -> Result<Vec<Value>, Control> {
    let mut kept = Vec::new();
    for item in items {
        if matches(regexp, item)? == wanted {
            kept.push(item.clone());
        }
    }
    Ok(kept)
}

/// The items at positions, given as numbers or as ranges (`'2-4'`, `'0...2'`).
///
/// ```puppet
/// values_at(['a', 'b', 'c', 'd'], [0, '2-3']) # ['a', 'c', 'd']
/// ```
pub(super) const VALUES_AT: Legacy = Legacy::value("values_at", -1, |_, arguments| {
    let [array, indices, ..] = arguments else { return Err(wrong_count("values_at", arguments, "2")) };
    let Value::Array(array) = array else { return Err("values_at(): Requires array to work with".into()) };
    let mut flat = Vec::new();
    collections::push_flat(std::slice::from_ref(indices), &mut flat);
    if flat.is_empty() {
        return Err("values_at(): You must provide at least one positive index to collect".into());
    }
    let span = Regexp::cached(r"^(\d+)(\.\.\.?|-)(\d+)$")?;
    let last = array.len() as i64 - 1;
    let mut values = Vec::new();
    for index in &flat {
        let text = ruby::legacy_to_s(index);
        let range = if let Some(found) = span.try_captures(&text)? {
            let number = |at| ruby::to_i(found.get(at).unwrap_or_default()).unwrap_or(i64::MAX);
            let (start, stop) = (number(1), number(3));
            if start > stop {
                let text = "values_at(): Stop index in given indices range is smaller than the start index";
                return Err(text.into());
            }
            if stop > last {
                return Err("values_at(): Stop index in given indices range exceeds array size".into());
            }
            if found.get(2) == Some("...") { start..stop } else { start..stop + 1 }
        } else {
            if !fits(r"^\d+$", &text) {
                return Err("values_at(): Unknown format of given index".into());
            }
            let index = ruby::to_i(&text).unwrap_or(i64::MAX);
            if index > last {
                return Err("values_at(): Given index exceeds array size".into());
            }
            index..index + 1
        };
        values.extend(range.filter_map(|at| array.get(at as usize)).filter(|item| !item.is_undef()).cloned());
    }
    Ok(values.into())
});
