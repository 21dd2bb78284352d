//! `count`, `difference`, `intersection`, `member`, `union`: arrays as sets.

use pcore::{Hash, Value};

use super::arguments::wrong_count;
use crate::functions::ruby::string::CharSet;
use crate::functions::{Legacy, ruby};

/// How many items equal a value; without one how many are neither undef nor an empty string.
///
/// ```puppet
/// count(['a', 'b', 'a'], 'a')  # 2
/// count(['a', '', undef])      # 1
/// ```
pub(super) const COUNT: Legacy = Legacy::value("count", -2, |_, arguments| {
    let (collection, item) = match arguments {
        [collection] => (collection, &Value::Undef),
        [collection, item] => (collection, item),
        more => {
            return Err(format!("count(): Wrong number of arguments given {} for 1 or 2.", more.len()).into());
        }
    };
    let counts = |value: &Value| {
        if item.is_true() {
            ruby::equals(value, item)
        } else {
            !value.is_undef() && value.as_str() != Some("")
        }
    };
    let number = match (collection, item) {
        (Value::Array(items), _) => items.iter().filter(|value| counts(value)).count(),
        (Value::Hash(hash), _) => {
            hash.iter().filter(|(key, value)| counts(&vec![(*key).clone(), (*value).clone()].into())).count()
        }
        // A string counts the characters of a set.
        (Value::Str(text), Value::Str(spec)) => {
            let set = CharSet::new(spec)?;
            text.chars().filter(|&c| set.contains(c)).count()
        }
        (Value::Str(_), item) if item.is_true() => return Err(ruby::no_conversion(item, "String").into()),
        (Value::Str(_), _) => return Err("wrong number of arguments (given 0, expected 1+)".into()),
        (other, _) => return Err(ruby::no_method("count", other).into()),
    };
    Ok(Value::Int(number as i64))
});

/// The items of the first array that the second has not.
///
/// ```puppet
/// difference(['a', 'b', 'c'], ['b']) # ['a', 'c']
/// ```
pub(super) const DIFFERENCE: Legacy = Legacy::value("difference", -1, |_, arguments| {
    let [first, second] = arguments else { return Err(wrong_count("difference", arguments, "2")) };
    let (Value::Array(first), Value::Array(second)) = (first, second) else {
        return Err("difference(): Requires 2 arrays".into());
    };
    let taken = set(second.iter());
    Ok(first.iter().filter(|item| !taken.contains_key(item)).cloned().collect::<Vec<_>>().into())
});

/// The items that both arrays have, once.
///
/// ```puppet
/// intersection(['a', 'b'], ['b', 'c']) # ['b']
/// ```
pub(super) const INTERSECTION: Legacy = Legacy::value("intersection", -1, |_, arguments| {
    let [first, second] = arguments else { return Err(wrong_count("intersection", arguments, "2")) };
    let (Value::Array(first), Value::Array(second)) = (first, second) else {
        let (a, b) = (ruby::legacy_class_name(first), ruby::legacy_class_name(second));
        return Err(format!("intersection(): Requires 2 arrays, got {a} and {b}").into());
    };
    let wanted = set(second.iter());
    let common = set(first.iter().filter(|item| wanted.contains_key(item)));
    Ok(common.keys().cloned().collect::<Vec<_>>().into())
});

/// Whether an array has an item, or all items of another array.
///
/// ```puppet
/// member(['a', 'b'], 'b')        # true
/// member(['a', 'b'], ['a', 'c']) # false
/// ```
pub(super) const MEMBER: Legacy = Legacy::value("member", -1, |_, arguments| {
    let [array, item, ..] = arguments else { return Err(wrong_count("member", arguments, "2")) };
    let Value::Array(array) = array else { return Err("member(): Requires array to work with".into()) };
    let items = match item {
        Value::Array(items) => items.as_slice(),
        Value::Str(_) | Value::Int(_) => std::slice::from_ref(item),
        _ => return Err("member(): Item to search for must be a string, fixnum, or array".into()),
    };
    if items.is_empty() {
        return Err("member(): You must provide item to search for within array given".into());
    }
    Ok(items.iter().all(|item| array.contains(item)).into())
});

/// The items of all arrays, once each.
///
/// ```puppet
/// union(['a', 'b'], ['b', 'c']) # ['a', 'b', 'c']
/// ```
pub(super) const UNION: Legacy = Legacy::value("union", -1, |_, arguments| {
    if arguments.len() < 2 {
        return Err(wrong_count("union", arguments, "< 2"));
    }
    let mut all = Hash::new();
    for argument in arguments {
        let Value::Array(items) = argument else {
            return Err("union(): Every parameter must be an array".into());
        };
        for item in items.iter() {
            all.insert(item.clone(), true);
        }
    }
    Ok(all.keys().cloned().collect::<Vec<_>>().into())
});

/// The items as keys, in order of their first appearance.
fn set<'v>(items: impl IntoIterator<Item = &'v Value>) -> Hash {
    items.into_iter().map(|item| (item.clone(), Value::Bool(true))).collect()
}
