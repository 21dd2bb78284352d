//! Arrays changed in place.

use std::rc::Rc;

use super::array_argument;
use super::combine::{flatten, rotate};
use super::index::position_of;
use crate::class::Class;
use crate::compare::is_equal;
use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::Eval;
use crate::methods::enumerable::{holds, reduce, select};
use crate::methods::object::{modify_array, need_block};
use crate::methods::{enumerator, range};
use crate::name::M;
use crate::value::{Array, Value};

pub(super) fn call(it: &mut Interp<'_>, me: &Rc<Array>, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    let value = || Value::Array(me.clone());
    Ok(Some(match id {
        M::ShiftLeft => {
            let item = args.one(it)?.clone();
            it.charge(size_of::<Value>())?;
            modify_array(it, me)?;
            me.items.borrow_mut().push(item);
            value()
        }
        M::Push | M::Append => {
            it.charge(size_of_val(args.values))?;
            modify_array(it, me)?;
            me.items.borrow_mut().extend(args.values.iter().cloned());
            value()
        }
        M::Unshift | M::Prepend => {
            it.charge(size_of_val(args.values))?;
            modify_array(it, me)?;
            me.items.borrow_mut().splice(0..0, args.values.iter().cloned());
            value()
        }
        M::Pop | M::Shift => {
            args.count(it, 0, 1)?;
            modify_array(it, me)?;
            match args.get(0) {
                None => {
                    let mut items = me.items.borrow_mut();
                    let taken = match id {
                        M::Pop => items.pop(),
                        _ if items.is_empty() => None,
                        _ => Some(items.remove(0)),
                    };
                    taken.unwrap_or_default()
                }
                Some(count) => {
                    let count = it.int_argument(count)?;
                    let Ok(count) = usize::try_from(count) else {
                        return Err(it.raise(Class::ArgumentError, "negative array size"));
                    };
                    let mut items = me.items.borrow_mut();
                    let count = count.min(items.len());
                    let taken: Vec<Value> = if id == M::Pop {
                        let from = items.len() - count;
                        items.drain(from..).collect()
                    } else {
                        items.drain(..count).collect()
                    };
                    drop(items);
                    Value::array(taken)
                }
            }
        }
        M::Concat => {
            let mut added = Vec::new();
            for other in args.values {
                added.extend(array_argument(it, other)?.to_vec());
            }
            it.charge(added.len() * size_of::<Value>())?;
            modify_array(it, me)?;
            me.items.borrow_mut().extend(added);
            value()
        }
        M::Insert => {
            args.count(it, 1, usize::MAX)?;
            let Some((position, added)) = args.values.split_first() else { return Ok(None) };
            let position = it.int_argument(position)?;
            if added.is_empty() {
                return Ok(Some(value()));
            }
            modify_array(it, me)?;
            let length = me.len() as i64;
            let at = if position < 0 { position + length + 1 } else { position };
            let Ok(at) = usize::try_from(at) else {
                let text = format!("index {} too small for array; minimum: -{}", position, length + 1);
                return Err(it.raise(Class::IndexError, text));
            };
            it.charge(at.saturating_mul(size_of::<Value>()))?;
            let mut items = me.items.borrow_mut();
            if at > items.len() {
                items.resize(at, Value::Nil);
            }
            items.splice(at..at, added.iter().cloned());
            drop(items);
            value()
        }
        M::Put => put(it, me, args)?,
        M::Delete => {
            let wanted = args.one(it)?;
            let (kept, removed): (Vec<Value>, Vec<Value>) =
                me.to_vec().into_iter().partition(|item| !is_equal(item, wanted));
            match removed.into_iter().next_back() {
                Some(last) => {
                    modify_array(it, me)?;
                    *me.items.borrow_mut() = kept;
                    last
                }
                None => match args.block {
                    Some(block) => it.call_block(block, std::slice::from_ref(wanted))?,
                    None => Value::Nil,
                },
            }
        }
        M::DeleteAt => {
            let position = it.int_argument(args.one(it)?)?;
            modify_array(it, me)?;
            match position_of(me, position).filter(|&at| at < me.len()) {
                Some(at) => me.items.borrow_mut().remove(at),
                None => Value::Nil,
            }
        }
        M::DeleteIf | M::RejectNow | M::SelectNow | M::FilterNow | M::KeepIf => {
            if args.block.is_none() {
                return enumerator::of(&value(), id, args);
            }
            let wanted = matches!(id, M::SelectNow | M::FilterNow | M::KeepIf);
            modify_array(it, me)?;
            let items = me.to_vec();
            let before = items.len();
            let mut kept = Vec::with_capacity(before);
            for item in items {
                if holds(it, args.block, &item)? == wanted {
                    kept.push(item);
                }
            }
            let changed = kept.len() != before;
            *me.items.borrow_mut() = kept;
            if !changed && !matches!(id, M::DeleteIf | M::KeepIf) { Value::Nil } else { value() }
        }
        M::MapNow | M::CollectNow => {
            if args.block.is_none() {
                return enumerator::of(&value(), id, args);
            }
            let block = need_block(it, args)?;
            modify_array(it, me)?;
            let mut index = 0;
            while let Some(item) = me.get(index) {
                let mapped = it.call_block(block, &[item])?;
                if let Some(slot) = me.items.borrow_mut().get_mut(index) {
                    *slot = mapped;
                }
                index += 1;
            }
            value()
        }
        M::SortNow | M::SortByNow | M::ReverseNow | M::RotateNow => {
            modify_array(it, me)?;
            let mut items = me.to_vec();
            match id {
                M::SortNow => items = reduce::sort(it, items, args)?,
                M::SortByNow => {
                    let keyed = reduce::keys_of(it, items, args)?;
                    items = reduce::sort_keyed(it, keyed)?;
                }
                M::ReverseNow => items.reverse(),
                _ => {
                    let by = match args.get(0) {
                        None => 1,
                        Some(by) => it.int_argument(by)?,
                    };
                    rotate(&mut items, by);
                }
            }
            *me.items.borrow_mut() = items;
            value()
        }
        M::CompactNow | M::UniqNow | M::FlattenNow => {
            modify_array(it, me)?;
            let before = me.len();
            let (items, changed) = match id {
                M::CompactNow => {
                    let items: Vec<Value> = me.to_vec().into_iter().filter(|item| !item.is_nil()).collect();
                    let changed = items.len() != before;
                    (items, changed)
                }
                M::UniqNow => {
                    let items = me.to_vec();
                    let items = select::unique(it, items, args)?;
                    let changed = items.len() != before;
                    (items, changed)
                }
                _ => {
                    let depth = match args.get(0) {
                        None | Some(Value::Nil) => -1,
                        Some(depth) => it.int_argument(depth)?,
                    };
                    flatten(it, me, depth)?
                }
            };
            *me.items.borrow_mut() = items;
            if changed { value() } else { Value::Nil }
        }
        M::Clear => {
            args.none(it)?;
            modify_array(it, me)?;
            me.items.borrow_mut().clear();
            value()
        }
        M::Replace => {
            let other = array_argument(it, args.one(it)?)?.to_vec();
            modify_array(it, me)?;
            *me.items.borrow_mut() = other;
            value()
        }
        M::SliceNow => {
            let taken = it.dispatch_id(&value(), M::Slice, args)?;
            modify_array(it, me)?;
            let removed = match args.values {
                [Value::Range(bounds)] => range::bounds(it, bounds, me.len())?,
                [start, count] => {
                    let (start, count) = (it.int_argument(start)?, it.int_argument(count)?);
                    match (position_of(me, start), usize::try_from(count)) {
                        (Some(start), Ok(count)) => Some((start, count)),
                        _ => None,
                    }
                }
                [position] => {
                    let position = it.int_argument(position)?;
                    position_of(me, position).map(|at| (at, 1))
                }
                _ => None,
            };
            if let Some((start, count)) = removed {
                let mut items = me.items.borrow_mut();
                let start = start.min(items.len());
                let end = start.saturating_add(count).min(items.len());
                items.drain(start..end);
            }
            taken
        }
        M::Fill => {
            let items = match (args.values, args.block) {
                ([item], None) => vec![item.clone(); me.len()],
                ([], Some(block)) => {
                    let mut items = Vec::new();
                    for index in 0..me.len() {
                        items.push(it.call_block(block, &[crate::value::int(index)])?);
                    }
                    items
                }
                _ => return Err(crate::flow::unsupported("Array#fill of a part")),
            };
            modify_array(it, me)?;
            *me.items.borrow_mut() = items;
            value()
        }
        _ => return Ok(None),
    }))
}

/// `array[...] = value`
fn put(it: &mut Interp<'_>, me: &Rc<Array>, args: &Args<'_>) -> Eval {
    modify_array(it, me)?;
    let (start, count, value) = match args.values {
        [Value::Range(bounds), value] => {
            let length = me.len();
            let start = if bounds.start.is_nil() { 0 } else { it.int_argument(&bounds.start)? };
            if start > length as i64 {
                (start, 0, value)
            } else {
                match range::bounds(it, bounds, length)? {
                    Some((start, count)) => (start as i64, count as i64, value),
                    None => {
                        let shown = it.inspect(&Value::Range(bounds.clone()))?;
                        return Err(it.raise(Class::RangeError, format!("{shown} out of range")));
                    }
                }
            }
        }
        [position, value] => {
            let position = it.int_argument(position)?;
            let length = me.len() as i64;
            let at = if position < 0 { position + length } else { position };
            let Ok(at) = usize::try_from(at) else {
                let text = format!("index {position} too small for array; minimum: -{length}");
                return Err(it.raise(Class::IndexError, text));
            };
            if at >= me.len() {
                it.charge(at.saturating_mul(size_of::<Value>()))?;
                me.items.borrow_mut().resize(at + 1, Value::Nil);
            }
            if let Some(slot) = me.items.borrow_mut().get_mut(at) {
                *slot = value.clone();
            }
            return Ok(value.clone());
        }
        [start, count, value] => (it.int_argument(start)?, it.int_argument(count)?, value),
        _ => {
            args.count(it, 2, 3)?;
            return Ok(Value::Nil);
        }
    };
    let length = me.len() as i64;
    let at = if start < 0 { start + length } else { start };
    let (Ok(at), Ok(count)) = (usize::try_from(at), usize::try_from(count)) else {
        let text = if count < 0 {
            format!("negative length ({count})")
        } else {
            format!("index {start} too small for array; minimum: -{length}")
        };
        return Err(it.raise(Class::IndexError, text));
    };
    let added = match value {
        Value::Array(array) => array.to_vec(),
        other => vec![other.clone()],
    };
    it.charge(at.saturating_add(added.len()).saturating_mul(size_of::<Value>()))?;
    let mut items = me.items.borrow_mut();
    if at > items.len() {
        items.resize(at, Value::Nil);
    }
    let end = at.saturating_add(count).min(items.len());
    items.splice(at..end, added);
    Ok(value.clone())
}
