//! `unique`

use pcore::iter::items;
use pcore::{Hash, Value};

use super::{Native, Overload};
use crate::context::Context;
use crate::error::Control;
use crate::unique::Unique;

/// The items without repetitions; a block may give what is compared.
///
/// ```puppet
/// unique([1, 2, 1])                            # [1, 2]
/// unique('mississippi')                        # 'misp'
/// unique(['a', 'A']) |$x| { $x.downcase }      # ['a']
/// unique({ 'a' => 1, 'b' => 2, 'c' => 1 })     # { ['a', 'c'] => [1], ['b'] => [2] }
/// ```
///
/// A hash gives a hash: the keys that have the same value, and the values they have.
pub(super) const FUNCTION: Native = Native {
    name: "unique",
    local_types: &[],
    overloads: &[
        Overload::new("(String $string, [&Callable[String]])", |context, arguments| {
            let letters = unique(context, arguments)?;
            Ok(letters.iter().filter_map(Value::as_str).collect::<String>().into())
        }),
        Overload::new("(Hash $hash, [&Callable[Any]])", unique_hash),
        Overload::new("(Array $array, [&Callable[Any]])", |context, arguments| {
            Ok(unique(context, arguments)?.into())
        }),
        Overload::new("(Iterable $iterable, [&Callable[Any]])", |context, arguments| {
            Ok(unique(context, arguments)?.into())
        }),
    ],
};

fn key_of(context: &mut Context<'_, '_>, item: &Value) -> Result<Value, Control> {
    if context.has_block() { context.call_block(std::slice::from_ref(item)) } else { Ok(item.clone()) }
}

fn unique(context: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Vec<Value>, Control> {
    let source = arguments.first().unwrap_or(&Value::Undef);
    let mut seen = Hash::new();
    let mut kept = Vec::new();
    for item in items(source).into_iter().flatten() {
        context.step()?;
        if seen.insert(key_of(context, &item)?, true).is_none() {
            kept.push(item);
        }
    }
    Ok(kept)
}

fn unique_hash(context: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    let mut positions = Hash::new();
    let mut groups: Vec<(Vec<Value>, Unique<Value>)> = Vec::new();
    let hash = arguments.first().and_then(Value::as_hash);
    for (key, value) in hash.into_iter().flat_map(Hash::iter) {
        let group = key_of(context, value)?;
        let at = match positions.get(&group).and_then(Value::as_int) {
            Some(at) => at as usize,
            None => {
                positions.insert(group, groups.len() as i64);
                groups.push((Vec::new(), Unique::default()));
                groups.len() - 1
            }
        };
        if let Some((keys, values)) = groups.get_mut(at) {
            keys.push(key.clone());
            values.insert(value.clone());
        }
    }
    let groups = groups.into_iter().map(|(keys, values)| (keys, values.into_vec()));
    Ok(groups.collect::<Hash>().into())
}
