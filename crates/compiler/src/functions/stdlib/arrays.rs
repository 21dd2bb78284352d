//! `any2array`, `concat`, `prefix`, `suffix`, `reverse`, `shuffle`, `zip`: arrays made from arrays.

use pcore::format::ruby_inspect;
use pcore::{Hash, Value};

use super::arguments::{given, wrong_count};
use super::booleans::str2bool_of;
use crate::context::Context;
use crate::error::Control;
use crate::functions::fqdn_rand::mersenne::Mersenne;
use crate::functions::{Legacy, collections, ruby};

/// Any value as an array: keys and values of a hash in turn, a single value in an array, nothing for undef.
///
/// ```puppet
/// any2array('a')          # ['a']
/// any2array({ 'a' => 1 }) # ['a', 1]
/// any2array(undef)        # []
/// ```
pub(super) const ANY2ARRAY: Legacy = Legacy::value("any2array", -1, |_, arguments| match arguments {
    [array @ Value::Array(_)] => Ok(array.clone()),
    [Value::Str(text)] if text.is_empty() => Ok(Vec::new().into()),
    [Value::Hash(hash)] => {
        Ok(hash.iter().flat_map(|(key, value)| [key.clone(), value.clone()]).collect::<Vec<_>>().into())
    }
    several => Ok(several.to_vec().into()),
});

/// The items of the first array, and behind them the other arguments, or their items if they are arrays.
///
/// ```puppet
/// concat(['1', '2'], ['4'], '5') # ['1', '2', '4', '5']
/// ```
pub(super) const CONCAT: Legacy = Legacy::value("concat", -1, |_, arguments| {
    let [first, rest @ ..] = arguments else { return Err(wrong_count("concat", arguments, "< 2")) };
    if rest.is_empty() {
        return Err(wrong_count("concat", arguments, "< 2"));
    }
    let Value::Array(first) = first else { return Err("concat(): Requires array to work with".into()) };
    let mut all = first.to_vec();
    for argument in rest {
        match argument {
            Value::Array(items) => all.extend(items.iter().cloned()),
            other => all.push(other.clone()),
        }
    }
    Ok(all.into())
});

/// Puts a text in front of each item of an array, or of each key of a hash.
///
/// ```puppet
/// prefix(['a', 'b'], 'p') # ['pa', 'pb']
/// ```
pub(super) const PREFIX: Legacy = Legacy::value("prefix", -1, |context, arguments| {
    affixed(context, arguments, |affix, text| format!("{affix}{text}"))
});

/// Puts a text behind each item of an array, or behind each key of a hash.
///
/// ```puppet
/// suffix(['a', 'b'], 'p') # ['ap', 'bp']
/// ```
pub(super) const SUFFIX: Legacy = Legacy::value("suffix", -1, |context, arguments| {
    affixed(context, arguments, |affix, text| format!("{text}{affix}"))
});

fn affixed(
    context: &mut Context<'_, '_>,
    arguments: &[Value],
    join: fn(&str, &str) -> String,
) -> Result<Value, Control> {
    let name = context.name();
    let Some(collection) = arguments.first() else { return Err(wrong_count(name, arguments, "1")) };
    if !matches!(collection, Value::Array(_) | Value::Hash(_)) {
        let shown = ruby_inspect(collection);
        return Err(format!("{name}(): expected first argument to be an Array or a Hash, got {shown}").into());
    }
    let affix = match given(arguments, 1) {
        None => "",
        Some(Value::Str(text)) => text.as_str(),
        Some(other) => {
            let shown = ruby_inspect(other);
            return Err(format!("{name}(): expected second argument to be a String, got {shown}").into());
        }
    };
    context.check_joined(Some(collection), affix)?;
    let with = |value: &Value| Value::from(join(affix, &ruby::legacy_to_s(value)));
    Ok(match collection {
        Value::Hash(hash) => {
            hash.iter().map(|(key, value)| (with(key), value.clone())).collect::<Hash>().into()
        }
        other => other.as_array().unwrap_or_default().iter().map(with).collect::<Vec<_>>().into(),
    })
}

/// The items or letters in reverse order.
pub(super) const REVERSE: Legacy = Legacy::value("reverse", -1, |_, arguments| match arguments.first() {
    None => Err(wrong_count("reverse", arguments, "1")),
    Some(Value::Array(items)) => Ok(items.iter().rev().cloned().collect::<Vec<_>>().into()),
    Some(Value::Str(text)) => Ok(text.chars().rev().collect::<String>().into()),
    Some(_) => Err("reverse(): Requires either array or string to work with".into()),
});

/// The items or letters in an order that is another one with each compile.
pub(super) const SHUFFLE: Legacy =
    Legacy::value("shuffle", -1, |context, arguments| match arguments.first() {
        None => Err(wrong_count("shuffle", arguments, "1")),
        Some(Value::Array(items)) => Ok(shuffled(context, items.to_vec()).into()),
        Some(Value::Str(text)) => {
            Ok(shuffled(context, text.chars().collect()).into_iter().collect::<String>().into())
        }
        Some(_) => Err("shuffle(): Requires either array or string to work with".into()),
    });

fn shuffled<T>(context: &mut Context<'_, '_>, mut items: Vec<T>) -> Vec<T> {
    if items.len() < 2 {
        return items;
    }
    context.mark_impure();
    let seed = context.world().random();
    let words: Vec<u32> = (0..4).map(|at| (seed >> (32 * at)) as u32).collect();
    let mut random = Mersenne::new(&words);
    for at in (1..items.len()).rev() {
        items.swap(at, random.below_or_equal(at as u64) as usize);
    }
    items
}

/// Pairs of the items of two arrays; with a true third argument all in one flat array.
///
/// ```puppet
/// zip(['1', '2'], ['4', '5']) # [['1', '4'], ['2', '5']]
/// ```
pub(super) const ZIP: Legacy = Legacy::value("zip", -1, |_, arguments| {
    let [first, second, ..] = arguments else { return Err(wrong_count("zip", arguments, "2")) };
    let (Value::Array(first), Value::Array(second)) = (first, second) else {
        return Err("zip(): Requires array to work with".into());
    };
    let is_flat = match given(arguments, 2) {
        Some(flag) => str2bool_of(flag)?,
        None => false,
    };
    let pair = |(at, item): (usize, &Value)| {
        let other = second.get(at).cloned().unwrap_or_default();
        Value::from(vec![item.clone(), other])
    };
    let pairs: Vec<Value> = first.iter().enumerate().map(pair).collect();
    if !is_flat {
        return Ok(pairs.into());
    }
    let mut flat = Vec::with_capacity(pairs.len() * 2);
    collections::push_flat(&pairs, &mut flat);
    Ok(flat.into())
});
