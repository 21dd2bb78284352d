//! Hashes changed in place.

use std::rc::Rc;

use super::{call_pair, entries, hash_argument};
use crate::class::Class;
use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::Eval;
use crate::methods::enumerator;
use crate::methods::object::{modify_hash, need_block};
use crate::name::M;
use crate::proc::Proc;
use crate::value::{Hash, Map, Value};

pub(super) fn call(it: &mut Interp<'_>, me: &Rc<Hash>, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    let value = || Value::Hash(me.clone());
    Ok(Some(match id {
        M::Put | M::Store => {
            args.count(it, 2, 2)?;
            put(it, me, args.at(0), args.at(1))?;
            args.at(1)
        }
        M::Delete => {
            let key = args.one(it)?;
            modify_hash(it, me)?;
            let probe = it.probe(key)?;
            let removed = me.map.borrow_mut().shift_remove(&probe);
            match (removed, args.block) {
                (Some(value), _) => value,
                (None, Some(block)) => it.call_block(block, std::slice::from_ref(key))?,
                (None, None) => Value::Nil,
            }
        }
        M::DeleteIf | M::RejectNow | M::SelectNow | M::FilterNow | M::KeepIf => {
            let Some(block) = args.block else { return enumerator::of(&value(), id, args) };
            let wanted = matches!(id, M::SelectNow | M::FilterNow | M::KeepIf);
            modify_hash(it, me)?;
            let mut changed = false;
            for (key, item) in entries(me) {
                if it.call_block(block, &[key.value.clone(), item])?.is_true() != wanted {
                    me.map.borrow_mut().shift_remove(&key);
                    changed = true;
                }
            }
            if !changed && !matches!(id, M::DeleteIf | M::KeepIf) { Value::Nil } else { value() }
        }
        M::MergeNow | M::Update => {
            modify_hash(it, me)?;
            for other in args.values {
                merge_into(it, me, other, args.block)?;
            }
            value()
        }
        M::Replace => {
            let other = hash_argument(it, args.one(it)?)?;
            modify_hash(it, me)?;
            let map = other.map.borrow().clone();
            *me.map.borrow_mut() = map;
            value()
        }
        M::Clear => {
            args.none(it)?;
            modify_hash(it, me)?;
            me.map.borrow_mut().clear();
            value()
        }
        M::Shift => {
            args.none(it)?;
            modify_hash(it, me)?;
            match me.map.borrow_mut().shift_remove_index(0) {
                Some((key, item)) => Value::array(vec![key.value, item]),
                None => Value::Nil,
            }
        }
        M::CompactNow => {
            args.none(it)?;
            modify_hash(it, me)?;
            let before = me.len();
            me.map.borrow_mut().retain(|_, item| !item.is_nil());
            if me.len() == before { Value::Nil } else { value() }
        }
        M::TransformValuesNow => {
            let block = need_block(it, args)?;
            modify_hash(it, me)?;
            for (key, item) in entries(me) {
                let changed = it.call_block(block, &[item])?;
                me.map.borrow_mut().insert(key, changed);
            }
            value()
        }
        M::TransformKeysNow => {
            let map = transformed_keys(it, me, args)?;
            modify_hash(it, me)?;
            *me.map.borrow_mut() = map;
            value()
        }
        M::SetDefault => {
            let default = args.one(it)?.clone();
            modify_hash(it, me)?;
            *me.default.borrow_mut() = default.clone();
            *me.default_proc.borrow_mut() = None;
            default
        }
        M::EachWithIndex | M::FilterMap => return Ok(None),
        M::ReverseEach if args.block.is_some() => {
            let block = need_block(it, args)?;
            for (key, item) in me.pairs().into_iter().rev() {
                call_pair(it, block, key, item)?;
            }
            value()
        }
        _ => return Ok(None),
    }))
}

/// `hash[key] = value`
pub(crate) fn put(it: &mut Interp<'_>, me: &Rc<Hash>, key: Value, item: Value) -> Eval<()> {
    modify_hash(it, me)?;
    let key = it.key(key)?;
    if me.iterating.get() > 0 && !me.map.borrow().contains_key(&key) {
        return Err(it.raise(Class::RuntimeError, "can't add a new key into hash during iteration"));
    }
    it.charge(64)?;
    me.map.borrow_mut().insert(key, item);
    Ok(())
}

/// Adds the entries of another hash; the block, if there is one, decides about keys that both have.
pub(super) fn merge_into(
    it: &mut Interp<'_>,
    target: &Rc<Hash>,
    other: &Value,
    block: Option<&Rc<Proc>>,
) -> Eval<()> {
    let other = hash_argument(it, other)?;
    for (key, item) in entries(&other) {
        it.charge(64)?;
        let old = target.map.borrow().get(&key).cloned();
        let item = match (old, block) {
            (Some(old), Some(block)) => it.call_block(block, &[key.value.clone(), old, item])?,
            _ => item,
        };
        target.map.borrow_mut().insert(key, item);
    }
    Ok(())
}

/// The entries under new keys, by a hash of names or a block.
pub(super) fn transformed_keys(it: &mut Interp<'_>, me: &Rc<Hash>, args: &Args<'_>) -> Eval<Map> {
    let names = match args.get(0) {
        Some(Value::Hash(names)) => Some(names.clone()),
        _ => None,
    };
    let mut map = Map::default();
    for (key, item) in entries(me) {
        let renamed = names.as_ref().and_then(|names| names.map.borrow().get(&key).cloned());
        let new = match (renamed, args.block) {
            (Some(new), _) => new,
            (None, Some(block)) => it.call_block(block, std::slice::from_ref(&key.value))?,
            (None, None) if names.is_some() => key.value.clone(),
            (None, None) => return Err(crate::flow::unsupported("Hash#transform_keys without a block")),
        };
        map.insert(it.key(new)?, item);
    }
    it.charge(map.len() * 64)?;
    Ok(map)
}
