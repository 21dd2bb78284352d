//! Items by position.

use std::rc::Rc;

use crate::class::Class;
use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::Eval;
use crate::methods::range;
use crate::name::M;
use crate::value::{Array, Value};

pub(super) fn call(it: &mut Interp<'_>, me: &Rc<Array>, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    Ok(Some(match id {
        M::Element | M::Slice => element(it, me, args)?,
        M::At => {
            let position = it.int_argument(args.one(it)?)?;
            position_of(me, position).and_then(|position| me.get(position)).unwrap_or_default()
        }
        M::Fetch => {
            args.count(it, 1, 2)?;
            let position = it.int_argument(&args.at(0))?;
            if let Some(item) = position_of(me, position).and_then(|position| me.get(position)) {
                return Ok(Some(item));
            }
            match (args.block, args.get(1)) {
                (Some(block), _) => it.call_block(block, &[args.at(0)])?,
                (None, Some(default)) => default.clone(),
                (None, None) => {
                    let length = me.len();
                    let text =
                        format!("index {position} outside of array bounds: {}...{length}", -(length as i64));
                    return Err(it.raise(Class::IndexError, text));
                }
            }
        }
        M::Dig => {
            args.count(it, 1, usize::MAX)?;
            let Some((first, rest)) = args.values.split_first() else { return Ok(None) };
            let position = it.int_argument(first)?;
            let found = position_of(me, position).and_then(|position| me.get(position)).unwrap_or_default();
            dig(it, found, rest)?
        }
        M::ValuesAt => {
            let mut values = Vec::new();
            for position in args.values {
                match position {
                    Value::Range(bounds) => {
                        if let Some((start, _)) = range::bounds(it, bounds, me.len())? {
                            let end = if bounds.end.is_nil() { -1 } else { it.int_argument(&bounds.end)? };
                            let end = if end < 0 { end + me.len() as i64 } else { end };
                            let end = if bounds.exclusive { end } else { end + 1 };
                            for index in start as i64..end {
                                it.tick()?;
                                values.push(
                                    position_of(me, index).and_then(|at| me.get(at)).unwrap_or_default(),
                                );
                            }
                        }
                    }
                    other => {
                        let position = it.int_argument(other)?;
                        values.push(position_of(me, position).and_then(|at| me.get(at)).unwrap_or_default());
                    }
                }
            }
            Value::array(values)
        }
        _ => return Ok(None),
    }))
}

/// A position that may count from the end.
pub(super) fn position_of(me: &Array, position: i64) -> Option<usize> {
    let position = if position < 0 { position + me.len() as i64 } else { position };
    usize::try_from(position).ok()
}

fn element(it: &mut Interp<'_>, me: &Rc<Array>, args: &Args<'_>) -> Eval {
    args.count(it, 1, 2)?;
    Ok(match args.values {
        [Value::Int(position)] => {
            position_of(me, *position).and_then(|position| me.get(position)).unwrap_or_default()
        }
        [Value::Range(bounds)] => match range::bounds(it, bounds, me.len())? {
            Some((start, count)) => Value::array(me.items.borrow()[start..start + count].to_vec()),
            None => Value::Nil,
        },
        [start, count] => {
            let (start, count) = (it.int_argument(start)?, it.int_argument(count)?);
            let length = me.len();
            match (position_of(me, start), usize::try_from(count)) {
                (Some(start), Ok(count)) if start <= length => {
                    let end = start.saturating_add(count).min(length);
                    Value::array(me.items.borrow()[start..end].to_vec())
                }
                _ => Value::Nil,
            }
        }
        [position] => {
            let position = it.int_argument(position)?;
            position_of(me, position).and_then(|position| me.get(position)).unwrap_or_default()
        }
        _ => Value::Nil,
    })
}

/// `dig` with the keys that are left.
pub(crate) fn dig(it: &mut Interp<'_>, found: Value, rest: &[Value]) -> Eval {
    if rest.is_empty() || found.is_nil() {
        return Ok(found);
    }
    match &found {
        Value::Array(_) | Value::Hash(_) => it.send(&found, M::Dig, rest),
        other => {
            let text = format!("{} does not have #dig method", other.class().name());
            Err(it.raise(Class::TypeError, text))
        }
    }
}
