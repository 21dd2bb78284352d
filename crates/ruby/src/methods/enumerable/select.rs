//! Finding and choosing items.

use std::cell::Cell;
use std::rc::Rc;

use super::super::object::need_block;
use super::{holds, items_until};
use crate::class::Class;
use crate::compare::is_equal;
use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::Eval;
use crate::name::M;
use crate::value::{Value, int};

pub(super) fn call(it: &mut Interp<'_>, me: &Value, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    Ok(Some(match id {
        M::Select | M::Filter | M::FindAll | M::Reject => {
            let wanted = id != M::Reject;
            let mut chosen = Vec::new();
            for item in it.items_of(me)? {
                if holds(it, args.block, &item)? == wanted {
                    chosen.push(item);
                }
            }
            Value::array(chosen)
        }
        M::FilterMap => {
            let block = need_block(it, args)?;
            let mut chosen = Vec::new();
            for item in it.items_of(me)? {
                let value = it.call_block(block, &[item])?;
                if value.is_true() {
                    chosen.push(value);
                }
            }
            Value::array(chosen)
        }
        M::Partition => {
            let (mut yes, mut no) = (Vec::new(), Vec::new());
            for item in it.items_of(me)? {
                if holds(it, args.block, &item)? { yes.push(item) } else { no.push(item) }
            }
            Value::array(vec![Value::array(yes), Value::array(no)])
        }
        M::Find | M::Detect => {
            if is_open(me) {
                let block = need_block(it, args)?.clone();
                let found = Rc::new(Cell::new(false));
                let is_found = found.clone();
                let items = items_until(it, me, move |it, item| {
                    is_found.set(holds(it, Some(&block), item)?);
                    Ok(is_found.get())
                })?;
                let last = items.into_iter().next_back().filter(|_| found.get());
                return Ok(Some(last.unwrap_or_default()));
            }
            for item in it.items_of(me)? {
                if holds(it, args.block, &item)? {
                    return Ok(Some(item));
                }
            }
            Value::Nil
        }
        M::FindIndex => {
            for (index, item) in it.items_of(me)?.iter().enumerate() {
                let found = match args.get(0) {
                    Some(wanted) => is_equal(item, wanted),
                    None => holds(it, args.block, item)?,
                };
                if found {
                    return Ok(Some(int(index)));
                }
            }
            Value::Nil
        }
        M::AnyIs | M::AllIs | M::NoneIs | M::OneIs => {
            args.count(it, 0, 1)?;
            let mut count = 0;
            for item in it.items_of(me)? {
                let matched = match args.get(0) {
                    Some(pattern) => it.case_equals(pattern, &item)?,
                    None => holds(it, args.block, &item)?,
                };
                match (id, matched) {
                    (M::AnyIs, true) => return Ok(Some(Value::Bool(true))),
                    (M::AllIs, false) | (M::NoneIs, true) => return Ok(Some(Value::Bool(false))),
                    _ => count += usize::from(matched),
                }
            }
            Value::Bool(match id {
                M::AnyIs => false,
                M::OneIs => count == 1,
                _ => true,
            })
        }
        M::IncludeIs | M::MemberIs => {
            let wanted = args.one(it)?;
            Value::Bool(it.items_of(me)?.iter().any(|item| is_equal(item, wanted)))
        }
        M::Grep | M::GrepV => {
            let pattern = args.one(it)?;
            let mut chosen = Vec::new();
            for item in it.items_of(me)? {
                if it.case_equals(pattern, &item)? == (id == M::Grep) {
                    chosen.push(match args.block {
                        Some(block) => it.call_block(block, &[item])?,
                        None => item,
                    });
                }
            }
            Value::array(chosen)
        }
        M::First | M::Take => {
            args.count(it, usize::from(id == M::Take), 1)?;
            let Some(count) = args.get(0) else {
                let items = items_until(it, me, |_, _| Ok(true))?;
                return Ok(Some(items.into_iter().next().unwrap_or_default()));
            };
            let count = it.int_argument(count)?;
            let Ok(count) = usize::try_from(count) else {
                return Err(it.raise(Class::ArgumentError, "attempt to take negative size"));
            };
            if count == 0 {
                return Ok(Some(Value::array(Vec::new())));
            }
            let left = Cell::new(count);
            let items = items_until(it, me, move |_, _| {
                left.set(left.get() - 1);
                Ok(left.get() == 0)
            })?;
            Value::array(items.into_iter().take(count).collect())
        }
        M::Drop => {
            let count = it.int_argument(args.one(it)?)?;
            let Ok(count) = usize::try_from(count) else {
                return Err(it.raise(Class::ArgumentError, "attempt to drop negative size"));
            };
            Value::array(it.items_of(me)?.into_iter().skip(count).collect())
        }
        M::TakeWhile => {
            let mut taken = Vec::new();
            for item in it.items_of(me)? {
                if !holds(it, args.block, &item)? {
                    break;
                }
                taken.push(item);
            }
            Value::array(taken)
        }
        M::DropWhile => {
            let mut kept = Vec::new();
            let mut dropping = true;
            for item in it.items_of(me)? {
                dropping = dropping && holds(it, args.block, &item)?;
                if !dropping {
                    kept.push(item);
                }
            }
            Value::array(kept)
        }
        M::Compact => {
            args.none(it)?;
            Value::array(it.items_of(me)?.into_iter().filter(|item| !item.is_nil()).collect())
        }
        M::Uniq => {
            args.none(it)?;
            let items = it.items_of(me)?;
            Value::array(unique(it, items, args)?)
        }
        _ => return Ok(None),
    }))
}

/// True for what may have no end.
fn is_open(value: &Value) -> bool {
    match value {
        Value::Enumerator(_) => true,
        Value::Range(range) => range.end.is_nil(),
        _ => false,
    }
}

/// Items without those that are `eql?` to an earlier one, or whose block's values are.
pub(crate) fn unique(it: &mut Interp<'_>, items: Vec<Value>, args: &Args<'_>) -> Eval<Vec<Value>> {
    let mut seen = crate::value::Map::default();
    let mut kept = Vec::new();
    for item in items {
        let key = match args.block {
            Some(block) => it.call_block(block, std::slice::from_ref(&item))?,
            None => item.clone(),
        };
        if seen.insert(it.probe(&key)?, Value::Nil).is_none() {
            kept.push(item);
        }
    }
    it.charge(kept.len() * 64)?;
    Ok(kept)
}
