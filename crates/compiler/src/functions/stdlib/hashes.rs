//! `deep_merge`, `dig44`, `hash`, `has_key`, `join_keys_to_values`, `try_get_value`

use std::sync::Arc;

use pcore::format::ruby_inspect;
use pcore::{Hash, Value};

use super::arguments::wrong_count;
use crate::context::Context;
use crate::error::Control;
use crate::functions::{Legacy, collections, ruby};
use crate::log::Level;

/// Merges hashes, and hashes within them that have the same key. Of other values the last one counts.
///
/// ```puppet
/// deep_merge({ 'a' => { 'b' => 1 } }, { 'a' => { 'c' => 2 } }) # { 'a' => { 'b' => 1, 'c' => 2 } }
/// ```
pub(super) const DEEP_MERGE: Legacy = Legacy::value("deep_merge", -1, |_, arguments| {
    if arguments.len() < 2 {
        let count = arguments.len();
        return Err(format!("deep_merge(): wrong number of arguments ({count}; must be at least 2)").into());
    }
    let mut merged = Hash::new();
    for argument in arguments {
        match argument {
            Value::Str(text) if text.is_empty() => {}
            Value::Hash(hash) => merge_into(&mut merged, hash),
            other => {
                let class = ruby::legacy_class_name(other);
                let text =
                    format!("deep_merge: unexpected argument type {class}, only expects hash arguments");
                return Err(text.into());
            }
        }
    }
    Ok(merged.into())
});

fn merge_into(target: &mut Hash, source: &Hash) {
    for (key, value) in source.iter() {
        let merged = match (target.get(key), value) {
            (Some(Value::Hash(old)), Value::Hash(new)) => {
                let mut both = (**old).clone();
                merge_into(&mut both, new);
                Value::Hash(Arc::new(both))
            }
            _ => value.clone(),
        };
        target.insert(key.clone(), merged);
    }
}

/// The value at a path of keys within nested hashes and arrays, or a default.
///
/// ```puppet
/// dig44({ 'a' => { 'b' => [1, 2] } }, ['a', 'b', 1], 'none') # 2
/// ```
pub(super) const DIG44: Legacy = Legacy::value("dig44", -2, |_, arguments| dig44(arguments));

fn dig44(arguments: &[Value]) -> Result<Value, Control> {
    let [data, path, ..] = arguments else { return Err(wrong_count("dig44", arguments, "at least 2")) };
    if !matches!(data, Value::Array(_) | Value::Hash(_)) {
        let class = ruby::legacy_class_name(data);
        return Err(format!("dig44(): first argument must be a hash or an array, given {class}").into());
    }
    let Value::Array(path) = path else {
        let class = ruby::legacy_class_name(path);
        return Err(format!("dig44(): second argument must be an array, given {class}").into());
    };
    let found = path.iter().try_fold(data, |data, key| match data {
        Value::Hash(hash) => hash.get(key).filter(|value| !value.is_undef()),
        Value::Array(items) => {
            let index = match key {
                Value::Int(index) => *index,
                Value::Float(index) => *index as i64,
                Value::Str(text) => ruby::integer(text)?,
                _ => return None,
            };
            let index = if index < 0 { index + items.len() as i64 } else { index };
            items.get(usize::try_from(index).ok()?).filter(|value| !value.is_undef())
        }
        _ => None,
    });
    Ok(found.or(arguments.get(2)).cloned().unwrap_or_default())
}

/// The value at a path of keys within nested hashes and arrays, or a default; the path is a text with `/` (or another
/// separator) between the keys. Use `dig` instead.
pub(super) const TRY_GET_VALUE: Legacy = Legacy::value("try_get_value", -2, try_get_value);

fn try_get_value(context: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    let text = "try_get_value() DEPRECATED: this function is deprecated, please use dig() instead.";
    context.log(Level::Warning, text);
    let nothing = Value::from("");
    let argument = |at: usize| arguments.get(at).filter(|value| value.is_true());
    let (data, path) = (argument(0).unwrap_or(&Value::Undef), argument(1).unwrap_or(&nothing));
    let default = arguments.get(2);
    if !matches!(data, Value::Array(_) | Value::Hash(_)) || *path == nothing {
        return Ok(default.filter(|value| value.is_true()).unwrap_or(data).clone());
    }
    let Value::Str(path) = path else { return Err(ruby::no_method("split", path).into()) };
    let separator = argument(3).map_or("/", |separator| separator.as_str().unwrap_or("/"));
    let key = |key: &str| match key.parse::<i64>() {
        Ok(number) if key.bytes().all(|byte| byte.is_ascii_digit()) => Value::Int(number),
        _ => key.into(),
    };
    let keys: Vec<Value> = path.trim_end_matches(separator).split(separator).map(key).collect();
    let text = "dig() DEPRECATED: This function has been replaced in Puppet 4.5.0, please use dig44() for backwards \
                compatibility or use the new version.";
    context.log(Level::Warning, text);
    dig44(&[data.clone(), keys.into(), default.cloned().unwrap_or_default()])
}

/// A hash of an array's items, keys and values in turn.
///
/// ```puppet
/// hash(['a', 1, 'b', 2]) # { 'a' => 1, 'b' => 2 }
/// ```
pub(super) const HASH: Legacy = Legacy::value("hash", -1, |_, arguments| {
    let Some(array) = arguments.first() else { return Err(wrong_count("hash", arguments, "1")) };
    let Value::Array(array) = array else { return Err("hash(): Requires array to work with".into()) };
    let mut flat = Vec::new();
    collections::push_flat(array, &mut flat);
    if flat.len() % 2 == 1 {
        return Err("hash(): Unable to compute hash from array given".into());
    }
    let mut items = flat.into_iter();
    let mut hash = Hash::new();
    while let (Some(key), Some(value)) = (items.next(), items.next()) {
        hash.insert(key, value);
    }
    Ok(hash.into())
});

/// Whether a hash has a key. `'key' in $hash` says the same.
pub(super) const HAS_KEY: Legacy = Legacy::value("has_key", -1, |_, arguments| {
    let [hash, key] = arguments else {
        let count = arguments.len();
        return Err(format!("has_key(): wrong number of arguments ({count}; must be 2)").into());
    };
    let Value::Hash(hash) = hash else {
        return Err(format!(
            "has_key(): expects the first argument to be a hash, got {} which is of type {}",
            ruby_inspect(hash),
            ruby::legacy_class_name(hash)
        )
        .into());
    };
    Ok(hash.contains_key(key).into())
});

/// Keys and values of a hash as texts with a separator between them; a key with an array gives one for each item.
///
/// ```puppet
/// join_keys_to_values({ 'a' => 1, 'b' => [2, 3] }, ' is ') # ['a is 1', 'b is 2', 'b is 3']
/// ```
pub(super) const JOIN_KEYS_TO_VALUES: Legacy =
    Legacy::value("join_keys_to_values", -1, |context, arguments| {
        let [hash, separator] = arguments else {
            let count = arguments.len();
            return Err(
                format!("join_keys_to_values(): Takes exactly two arguments, but {count} given.").into()
            );
        };
        let Value::Hash(hash) = hash else {
            let class = ruby::legacy_class_name(hash);
            let text =
                format!("join_keys_to_values(): The first argument must be a hash, but a {class} was given.");
            return Err(text.into());
        };
        let Value::Str(separator) = separator else {
            let class = ruby::legacy_class_name(separator);
            let text = format!(
                "join_keys_to_values(): The second argument must be a string, but a {class} was given."
            );
            return Err(text.into());
        };
        context.check_joined(arguments.first(), separator)?;
        for (key, value) in hash.iter() {
            // The key stands before each of its values.
            context.check_joined(Some(value), key.as_str().unwrap_or_default())?;
        }
        let mut texts: Vec<Value> = Vec::with_capacity(hash.len());
        for (key, value) in hash.iter() {
            let key = ruby::legacy_to_s(key);
            let mut push = |value: &Value| {
                texts.push(format!("{key}{separator}{}", ruby::legacy_to_s(value)).into());
            };
            match value {
                Value::Array(items) => items.iter().for_each(push),
                Value::Str(text) if text.as_str() == "undef" => texts.push(key.into()),
                other => push(other),
            }
        }
        Ok(texts.into())
    });
