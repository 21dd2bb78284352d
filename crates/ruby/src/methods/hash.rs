//! Hashes: what asks and makes new hashes. What changes in place is in `change`.

mod change;

use std::rc::Rc;

use super::{enumerable, enumerator};
use crate::class::Class;
use crate::compare::{is_eql, is_equal};
use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::Eval;
use crate::name::M;
use crate::proc::{Proc, ProcCode};
use crate::value::{Hash, Key, Map, Value, int};

pub(crate) fn call(it: &mut Interp<'_>, me: &Rc<Hash>, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    let value = || Value::Hash(me.clone());
    Ok(Some(match id {
        M::Element => get(it, me, args.one(it)?)?,
        M::Each | M::EachPair => {
            let Some(block) = args.block else { return enumerator::of(&value(), id, args) };
            each(it, me, |it, key, item| call_pair(it, block, key, item).map(drop))?;
            value()
        }
        M::EachKey | M::EachValue => {
            let Some(block) = args.block else { return enumerator::of(&value(), id, args) };
            each(it, me, |it, key, item| {
                it.call_block(block, &[if id == M::EachKey { key } else { item }]).map(drop)
            })?;
            value()
        }
        M::Length | M::Size => {
            args.none(it)?;
            int(me.len())
        }
        M::EmptyIs => {
            args.none(it)?;
            Value::Bool(me.len() == 0)
        }
        M::HasKeyIs | M::KeyIs | M::IncludeIs | M::MemberIs => {
            let key = it.probe(args.one(it)?)?;
            Value::Bool(me.map.borrow().contains_key(&key))
        }
        M::HasValueIs | M::ValueIs => {
            let wanted = args.one(it)?;
            Value::Bool(me.map.borrow().values().any(|item| is_equal(item, wanted)))
        }
        M::Keys => {
            args.none(it)?;
            it.charge(me.len() * size_of::<Value>())?;
            Value::array(me.map.borrow().keys().map(|key| key.value.clone()).collect())
        }
        M::Values => {
            args.none(it)?;
            it.charge(me.len() * size_of::<Value>())?;
            Value::array(me.map.borrow().values().cloned().collect())
        }
        M::ValuesAt => {
            let mut values = Vec::with_capacity(args.len());
            for key in args.values {
                values.push(get(it, me, key)?);
            }
            Value::array(values)
        }
        M::Fetch => {
            args.count(it, 1, 2)?;
            fetch(it, me, &args.at(0), args)?
        }
        M::FetchValues => {
            let mut values = Vec::with_capacity(args.len());
            for key in args.values {
                values.push(fetch(it, me, key, &Args { values: std::slice::from_ref(key), ..*args })?);
            }
            Value::array(values)
        }
        M::Dig => {
            args.count(it, 1, usize::MAX)?;
            let Some((first, rest)) = args.values.split_first() else { return Ok(None) };
            let found = get(it, me, first)?;
            super::array::dig(it, found, rest)?
        }
        M::Key => {
            let wanted = args.one(it)?;
            let map = me.map.borrow();
            map.iter()
                .find(|(_, item)| is_equal(item, wanted))
                .map(|(key, _)| key.value.clone())
                .unwrap_or_default()
        }
        M::ToA | M::Entries => {
            args.none(it)?;
            Value::array(it.items_of(&value())?)
        }
        M::ToH if args.block.is_none() => {
            args.none(it)?;
            value()
        }
        M::ToHash => {
            args.none(it)?;
            value()
        }
        M::ToH => {
            let mut pairs = Vec::new();
            if let Some(block) = args.block {
                for (key, item) in me.pairs() {
                    pairs.push(it.call_block(block, &[key, item])?);
                }
            }
            // The block has had its turn.
            enumerable::to_hash(it, &pairs, &Args::default())?
        }
        M::ToS | M::Inspect => {
            args.none(it)?;
            Value::string(it.inspect(&value())?)
        }
        M::Equal => Value::Bool(is_equal(&value(), args.one(it)?)),
        M::EqlIs => Value::Bool(is_eql(&value(), args.one(it)?, 0)),
        M::Select | M::Filter | M::Reject => {
            let Some(block) = args.block else { return enumerator::of(&value(), id, args) };
            let wanted = id != M::Reject;
            let mut map = Map::default();
            for (key, item) in entries(me) {
                let values = [key.value.clone(), item];
                if it.call_block(block, &values)?.is_true() == wanted {
                    let [_, item] = values;
                    map.insert(key, item);
                }
            }
            it.charge(map.len() * 64)?;
            Value::hash(map)
        }
        M::Compact => {
            args.none(it)?;
            Value::hash(entries(me).into_iter().filter(|(_, item)| !item.is_nil()).collect())
        }
        M::Slice => {
            let mut map = Map::default();
            for key in args.values {
                let key = it.probe(key)?;
                if let Some((key, item)) = me.map.borrow().get_key_value(&key) {
                    map.insert(key.clone(), item.clone());
                }
            }
            Value::hash(map)
        }
        M::Except => {
            let mut map = me.map.borrow().clone();
            for key in args.values {
                map.shift_remove(&it.probe(key)?);
            }
            it.charge(map.len() * 64)?;
            Value::hash(map)
        }
        M::Invert => {
            let mut map = Map::default();
            for (key, item) in me.pairs() {
                map.insert(it.key(item)?, key);
            }
            it.charge(map.len() * 64)?;
            Value::hash(map)
        }
        M::TransformValues => {
            let Some(block) = args.block else { return enumerator::of(&value(), id, args) };
            let mut map = Map::default();
            for (key, item) in entries(me) {
                map.insert(key, it.call_block(block, &[item])?);
            }
            it.charge(map.len() * 64)?;
            Value::hash(map)
        }
        M::TransformKeys => Value::hash(change::transformed_keys(it, me, args)?),
        M::Merge => {
            let merged = Rc::new(copy(me));
            it.charge(me.len() * 64)?;
            for other in args.values {
                change::merge_into(it, &merged, other, args.block)?;
            }
            Value::Hash(merged)
        }
        M::Assoc => {
            let key = it.probe(args.one(it)?)?;
            match me.map.borrow().get_key_value(&key) {
                Some((key, item)) => Value::array(vec![key.value.clone(), item.clone()]),
                None => Value::Nil,
            }
        }
        M::Default => me.default.borrow().clone(),
        M::AnyIs if args.len() == 0 => {
            let Some(block) = args.block else { return Ok(Some(Value::Bool(me.len() > 0))) };
            for (key, item) in me.pairs() {
                if call_pair(it, block, key, item)?.is_true() {
                    return Ok(Some(Value::Bool(true)));
                }
            }
            Value::Bool(false)
        }
        M::LessEqual | M::GreaterEqual | M::Less | M::Greater => {
            let other = hash_argument(it, args.one(it)?)?;
            let (small, large) =
                if matches!(id, M::LessEqual | M::Less) { (me, &other) } else { (&other, me) };
            let is_part = {
                let large = large.map.borrow();
                small
                    .map
                    .borrow()
                    .iter()
                    .all(|(key, item)| large.get(key).is_some_and(|found| is_equal(item, found)))
            };
            let is_strict = matches!(id, M::Less | M::Greater);
            Value::Bool(is_part && !(is_strict && small.len() == large.len()))
        }
        M::CompareByIdentity => return Err(crate::flow::unsupported("Hash#compare_by_identity")),
        M::Count if args.len() == 0 && args.block.is_none() => int(me.len()),
        _ => match change::call(it, me, id, args)? {
            Some(value) => value,
            None => return enumerable::call(it, &value(), id, args),
        },
    }))
}

/// The entries with their keys as they are kept.
pub(super) fn entries(me: &Hash) -> Vec<(Key, Value)> {
    me.map.borrow().iter().map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// A copy that can be changed.
fn copy(me: &Hash) -> Hash {
    me.duplicate()
}

/// Calls a block with a key and its value, which most blocks take as two parameters.
pub(super) fn call_pair(it: &mut Interp<'_>, block: &Rc<Proc>, key: Value, item: Value) -> Eval {
    let takes_two = match &block.code {
        ProcCode::Body { body, .. } => !block.is_lambda && body.parameters.required.len() >= 2,
        _ => false,
    };
    if takes_two {
        return it.call_block(block, &[key, item]);
    }
    it.charge(96)?;
    it.call_block(block, &[Value::array(vec![key, item])])
}

/// Goes through the entries one by one; the block may change values and remove entries meanwhile, but not add any.
pub(super) fn each(
    it: &mut Interp<'_>,
    me: &Rc<Hash>,
    mut turn: impl FnMut(&mut Interp<'_>, Value, Value) -> Eval<()>,
) -> Eval<()> {
    me.iterating.set(me.iterating.get() + 1);
    let result = each_entry(it, me, &mut turn);
    me.iterating.set(me.iterating.get().saturating_sub(1));
    result
}

fn each_entry(
    it: &mut Interp<'_>,
    me: &Rc<Hash>,
    turn: &mut dyn FnMut(&mut Interp<'_>, Value, Value) -> Eval<()>,
) -> Eval<()> {
    let mut index = 0;
    loop {
        let entry = me.map.borrow().get_index(index).map(|(key, item)| (key.clone(), item.clone()));
        let Some((key, item)) = entry else { return Ok(()) };
        let before = me.len();
        turn(it, key.value.clone(), item)?;
        // If the entry or one before it was removed, the next one has moved up.
        if me.len() < before {
            index = me.map.borrow().get_index_of(&key).map_or(index, |at| at + 1);
            continue;
        }
        index += 1;
    }
}

/// `hash[key]`
pub(crate) fn get(it: &mut Interp<'_>, me: &Rc<Hash>, key: &Value) -> Eval {
    let probe = it.probe(key)?;
    if let Some(found) = me.map.borrow().get(&probe) {
        return Ok(found.clone());
    }
    let block = me.default_proc.borrow().clone();
    match block {
        Some(block) => it.call_block(&block, &[Value::Hash(me.clone()), key.clone()]),
        None => Ok(me.default.borrow().clone()),
    }
}

fn fetch(it: &mut Interp<'_>, me: &Rc<Hash>, key: &Value, args: &Args<'_>) -> Eval {
    let probe = it.probe(key)?;
    if let Some(found) = me.map.borrow().get(&probe) {
        return Ok(found.clone());
    }
    match (args.block, args.get(1)) {
        (Some(block), _) => it.call_block(block, std::slice::from_ref(key)),
        (None, Some(default)) => Ok(default.clone()),
        (None, None) => {
            let shown = it.inspect(key)?;
            Err(it.raise(Class::KeyError, format!("key not found: {shown}")))
        }
    }
}

/// An argument that must be a hash.
pub(super) fn hash_argument(it: &mut Interp<'_>, value: &Value) -> Eval<Rc<Hash>> {
    match value {
        Value::Hash(hash) => Ok(hash.clone()),
        other => {
            let shown = match other {
                Value::Nil => "nil".to_owned(),
                Value::Bool(flag) => flag.to_string(),
                other => other.class().name().to_owned(),
            };
            Err(it.raise(Class::TypeError, format!("no implicit conversion of {shown} into Hash")))
        }
    }
}
