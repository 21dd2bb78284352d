//! `merge`, `stdlib::merge`, `stdlib::nested_values`, `stdlib::sort_by`

use std::sync::Arc;

use pcore::{Hash, Value};

use crate::context::Context;
use crate::error::Control;
use crate::functions::iteration::Turns;
use crate::functions::ruby;
use crate::functions::{Native, Overload};

/// `merge` as stdlib 8 has it.
pub(super) const MERGE_8: Native = Native { name: "merge", local_types: &[], overloads: OVERLOADS };

/// Merges hashes; of values with the same key the last one counts. With a block, it merges the hashes that the block
/// gives for each item, which is called with the result so far and the item (and, with three parameters, the key or
/// the index before it).
///
/// ```puppet
/// stdlib::merge({ 'a' => 1 }, { 'b' => 2 })                   # { 'a' => 1, 'b' => 2 }
/// stdlib::merge(['a', 'b']) |$hash, $item| { { $item => 1 } } # { 'a' => 1, 'b' => 1 }
/// ```
pub(super) const MERGE: Native = Native { name: "stdlib::merge", local_types: &[], overloads: OVERLOADS };

const OVERLOADS: &[Overload] = &[
    Overload::owning(
        "(Variant[Hash[Scalar,Any], Undef, String[0,0]] *$args) >> Hash[Scalar,Any]",
        |_, arguments| {
            let mut hashes = arguments.into_iter().filter_map(|argument| match argument {
                Value::Hash(hash) => Some(hash),
                _ => None,
            });
            // A fold that merges into its memo does so in place.
            let mut merged = hashes.next().map_or_else(Hash::new, Arc::unwrap_or_clone);
            for hash in hashes {
                merged.extend(hash.iter().map(|(key, value)| (key.clone(), value.clone())));
            }
            Ok(merged.into())
        },
    ),
    Overload::new("(Iterable *$args, &Callable[3,3]) >> Hash", |context, arguments| {
        merge_items(context, arguments, true)
    }),
    Overload::new("(Iterable *$args, &Callable[2,2]) >> Hash", |context, arguments| {
        merge_items(context, arguments, false)
    }),
];

fn merge_items(context: &mut Context<'_, '_>, arguments: &[Value], three: bool) -> Result<Value, Control> {
    // Puppet's signature allows several, and its code then fails.
    if arguments.len() != 1 {
        return Err(format!("wrong number of arguments (given {}, expected 1)", arguments.len()).into());
    }
    let mut merged = Arc::new(Hash::new());
    for turn in Turns::new(arguments, three)? {
        let mut call = vec![Value::Hash(merged.clone())];
        call.extend_from_slice(turn.arguments());
        let more = context.iterate(&call)?;
        drop(call);
        match more {
            Some(Value::Hash(more)) => {
                let more = more.iter().map(|(key, value)| (key.clone(), value.clone()));
                Arc::make_mut(&mut merged).extend(more);
            }
            Some(_) => {}
            None => break,
        }
    }
    Ok(Value::Hash(merged))
}

/// The values of a hash and of hashes within it.
///
/// ```puppet
/// stdlib::nested_values({ 'a' => { 'b' => 1 }, 'c' => [2] }) # [1, [2]]
/// ```
pub(super) const NESTED_VALUES: Native = Native {
    name: "stdlib::nested_values",
    local_types: &[],
    overloads: &[Overload::new("(Hash $hash) >> Array", |_, arguments| {
        let mut values = Vec::new();
        if let Some(Value::Hash(hash)) = arguments.first() {
            push_nested(hash, &mut values);
        }
        Ok(values.into())
    })],
};

fn push_nested(hash: &Hash, values: &mut Vec<Value>) {
    for value in hash.values() {
        match value {
            Value::Hash(inner) => push_nested(inner, values),
            other => values.push(other.clone()),
        }
    }
}

/// Sorts items, letters, or the entries of a hash by what a block gives for each.
///
/// ```puppet
/// stdlib::sort_by(['aaa', 'b', 'cc']) |$x| { size($x) }           # ['b', 'cc', 'aaa']
/// stdlib::sort_by({ 'a' => 2, 'b' => 1 }) |$pair| { $pair[1] }    # { 'b' => 1, 'a' => 2 }
/// ```
pub(super) const SORT_BY: Native = Native {
    name: "stdlib::sort_by",
    local_types: &[],
    overloads: &[
        Overload::new("(Array $ary, &Callable[1,1])", |context, arguments| {
            let items = arguments.first().and_then(Value::as_array).unwrap_or_default().to_vec();
            Ok(sorted(context, items)?.into())
        }),
        Overload::new("(String $str, &Callable[1,1])", |context, arguments| {
            let text = arguments.first().and_then(Value::as_str).unwrap_or_default();
            let letters = text.chars().map(|c| c.to_string().into()).collect();
            let sorted = sorted(context, letters)?;
            Ok(sorted.iter().filter_map(Value::as_str).collect::<String>().into())
        }),
        Overload::new("(Hash $hsh, &Variant[Callable[1,1], Callable[2,2]])", |context, arguments| {
            let hash = arguments.first().and_then(Value::as_hash);
            let pairs = hash.into_iter().flat_map(Hash::iter);
            let pairs = pairs.map(|(key, value)| vec![key.clone(), value.clone()].into()).collect();
            let mut ordered = Hash::new();
            for pair in sorted(context, pairs)? {
                if let Some([key, value]) = pair.as_array() {
                    ordered.insert(key.clone(), value.clone());
                }
            }
            Ok(ordered.into())
        }),
    ],
};

fn sorted(context: &mut Context<'_, '_>, items: Vec<Value>) -> Result<Vec<Value>, Control> {
    let mut keyed = Vec::with_capacity(items.len());
    for item in items {
        // A block with two parameters for key and value is accepted, but gets the pair as one, and fails.
        let key = context.call_block(std::slice::from_ref(&item))?;
        keyed.push(vec![key, item].into());
    }
    let key = |value: &Value| value.as_array().and_then(<[Value]>::first).cloned().unwrap_or_default();
    let sorted = ruby::sort(keyed, &mut |a, b| ruby::try_compare(&key(a), &key(b)))?;
    Ok(sorted.into_iter().filter_map(|pair| pair.as_array()?.get(1).cloned()).collect())
}
