//! What everything has that has an `each`.
//!
//! The items are taken together first, and then given to the block one by one: templates do not iterate over anything
//! that changes under their hands but arrays and hashes, which have methods of their own for that.

pub(crate) mod group;
pub(crate) mod reduce;
pub(crate) mod select;

use std::rc::Rc;

use super::object::need_block;
use super::{enumerator, range};
use crate::class::Class;
use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::Eval;
use crate::library;
use crate::name::M;
use crate::proc::Proc;
use crate::value::{Map, Value, int};

impl Interp<'_> {
    /// The items of anything that can be iterated over.
    pub(crate) fn items_of(&mut self, value: &Value) -> Eval<Vec<Value>> {
        match value {
            Value::Array(array) => {
                self.charge(array.len() * size_of::<Value>())?;
                Ok(array.to_vec())
            }
            Value::Hash(hash) => {
                self.charge(hash.len() * 96)?;
                Ok(hash.pairs().into_iter().map(|(key, value)| Value::array(vec![key, value])).collect())
            }
            Value::Range(range) => range::items(self, range),
            Value::Enumerator(enumerator) => enumerator::items(self, enumerator),
            Value::Object(object) => match library::items(object) {
                Some(items) => Ok(items),
                None => Ok(vec![value.clone()]),
            },
            other => enumerator::not_iterable(self, other),
        }
    }
}

/// The items up to the first one, included, of which `is_last` says so; they need not have an end.
pub(crate) fn items_until(
    it: &mut Interp<'_>,
    me: &Value,
    is_last: impl Fn(&mut Interp<'_>, &Value) -> Eval<bool> + 'static,
) -> Eval<Vec<Value>> {
    match me {
        Value::Enumerator(enumerator) => enumerator::items_until(it, enumerator, is_last),
        Value::Range(range) if range.end.is_nil() => {
            let Value::Int(mut at) = range.start else { return it.items_of(me) };
            let mut items = Vec::new();
            loop {
                it.tick()?;
                it.charge(size_of::<Value>())?;
                let item = Value::Int(at);
                items.push(item.clone());
                if is_last(it, &item)? {
                    return Ok(items);
                }
                at = at.checked_add(1).ok_or_else(super::number::too_large)?;
            }
        }
        other => it.items_of(other),
    }
}

pub(crate) fn call(it: &mut Interp<'_>, me: &Value, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    if args.block.is_none() && needs_block(id, args) {
        return enumerator::of(me, id, args);
    }
    Ok(Some(match id {
        M::ToA | M::Entries => {
            args.none(it)?;
            Value::array(it.items_of(me)?)
        }
        M::ToSet => library::set::from_items(it, me)?,
        M::ToH => {
            let items = it.items_of(me)?;
            to_hash(it, &items, args)?
        }
        M::Map | M::Collect => {
            let block = need_block(it, args)?;
            let items = it.items_of(me)?;
            let mut mapped = Vec::with_capacity(items.len());
            for item in &items {
                mapped.push(it.call_block(block, std::slice::from_ref(item))?);
            }
            Value::array(mapped)
        }
        M::FlatMap | M::CollectConcat => {
            let block = need_block(it, args)?;
            let mut mapped = Vec::new();
            for item in it.items_of(me)? {
                match it.call_block(block, &[item])? {
                    Value::Array(array) => mapped.extend(array.to_vec()),
                    other => mapped.push(other),
                }
                it.charge(size_of::<Value>())?;
            }
            Value::array(mapped)
        }
        M::EachEntry => {
            let block = need_block(it, args)?;
            for item in it.items_of(me)? {
                it.call_block(block, &[item])?;
            }
            me.clone()
        }
        M::EachWithIndex => {
            let block = need_block(it, args)?;
            for (index, item) in it.items_of(me)?.into_iter().enumerate() {
                it.call_block(block, &[item, int(index)])?;
            }
            me.clone()
        }
        M::EachWithObject => {
            let memo = args.one(it)?.clone();
            let block = need_block(it, args)?;
            for item in it.items_of(me)? {
                it.call_block(block, &[item, memo.clone()])?;
            }
            memo
        }
        M::ReverseEach => {
            let block = need_block(it, args)?;
            for item in it.items_of(me)?.into_iter().rev() {
                it.call_block(block, &[item])?;
            }
            me.clone()
        }
        M::Zip => {
            let items = it.items_of(me)?;
            let mut others = Vec::with_capacity(args.len());
            for other in args.values {
                if !matches!(other, Value::Array(_)) && !super::responds(other, "each") {
                    let class = other.class().name();
                    let text = format!("wrong argument type {class} (must respond to :each)");
                    return Err(it.raise(Class::TypeError, text));
                }
                others.push(it.items_of(other)?);
            }
            let mut rows = Vec::with_capacity(items.len());
            for (index, item) in items.into_iter().enumerate() {
                let mut row = vec![item];
                row.extend(others.iter().map(|other| other.get(index).cloned().unwrap_or_default()));
                it.charge(row.len() * size_of::<Value>())?;
                rows.push(Value::array(row));
            }
            match args.block {
                None => Value::array(rows),
                Some(block) => {
                    for row in rows {
                        it.call_block(block, &[row])?;
                    }
                    Value::Nil
                }
            }
        }
        M::Lazy => return Err(crate::flow::unsupported("Enumerable#lazy")),
        _ => {
            if let Some(value) = select::call(it, me, id, args)? {
                return Ok(Some(value));
            }
            if let Some(value) = reduce::call(it, me, id, args)? {
                return Ok(Some(value));
            }
            return group::call(it, me, id, args);
        }
    }))
}

/// Methods that give an enumerator when they have no block.
fn needs_block(id: M, args: &Args<'_>) -> bool {
    match id {
        M::Map
        | M::Collect
        | M::FlatMap
        | M::CollectConcat
        | M::EachEntry
        | M::EachWithIndex
        | M::EachWithObject
        | M::ReverseEach
        | M::Select
        | M::Filter
        | M::FindAll
        | M::FilterMap
        | M::Reject
        | M::Partition
        | M::GroupBy
        | M::SortBy
        | M::MinBy
        | M::MaxBy
        | M::MinmaxBy
        | M::EachSlice
        | M::EachCons
        | M::Find
        | M::Detect
        | M::TakeWhile
        | M::DropWhile => true,
        M::FindIndex => args.len() == 0,
        _ => false,
    }
}

/// `to_h` of pairs.
pub(crate) fn to_hash(it: &mut Interp<'_>, items: &[Value], args: &Args<'_>) -> Eval {
    let mut map = Map::default();
    for (index, item) in items.iter().enumerate() {
        let pair = match args.block {
            Some(block) => it.call_block(block, std::slice::from_ref(item))?,
            None => item.clone(),
        };
        let Value::Array(pair) = &pair else {
            let class = pair.class().name();
            let place = if args.block.is_some() { String::new() } else { format!(" at {index}") };
            let text = if args.block.is_some() {
                format!("wrong element type {class} (expected array)")
            } else {
                format!("wrong element type {class}{place} (expected array)")
            };
            return Err(it.raise(crate::class::Class::TypeError, text));
        };
        if pair.len() != 2 {
            let place = if args.block.is_some() { String::new() } else { format!(" at {index}") };
            let what =
                if args.block.is_some() { "element has wrong array length" } else { "wrong array length" };
            let text = format!("{what}{place} (expected 2, was {})", pair.len());
            return Err(it.raise(crate::class::Class::ArgumentError, text));
        }
        let key = it.key(pair.get(0).unwrap_or_default())?;
        map.insert(key, pair.get(1).unwrap_or_default());
    }
    it.charge(map.len() * 64)?;
    Ok(Value::hash(map))
}

/// True if the block says so, or if there is none, if the item is true.
pub(crate) fn holds(it: &mut Interp<'_>, block: Option<&Rc<Proc>>, item: &Value) -> Eval<bool> {
    match block {
        Some(block) => Ok(it.call_block(block, std::slice::from_ref(item))?.is_true()),
        None => Ok(item.is_true()),
    }
}
