//! Ranges.

use std::rc::Rc;

use super::float::float_steps;
use super::{enumerable, enumerator, string};
use crate::class::Class;
use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::{Eval, unsupported};
use crate::name::M;
use crate::value::{Range, Value, int};

pub(crate) fn call(it: &mut Interp<'_>, me: &Rc<Range>, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    let value = || Value::Range(me.clone());
    Ok(Some(match id {
        M::Begin => me.start.clone(),
        M::End => me.end.clone(),
        M::First if args.len() == 0 => {
            if me.start.is_nil() {
                return Err(it.raise(Class::RangeError, "cannot get the first element of beginless range"));
            }
            me.start.clone()
        }
        M::Last if args.len() == 0 => {
            if me.end.is_nil() {
                return Err(it.raise(Class::RangeError, "cannot get the last element of endless range"));
            }
            me.end.clone()
        }
        M::Last => {
            let items = Value::array(items(it, me)?);
            it.dispatch_id(&items, M::Last, args)?
        }
        M::Min | M::Max if args.block.is_none() && args.len() == 0 => {
            let is_empty = match it.compare(&me.start, &me.end)? {
                Some(ordering) => ordering.is_gt() || (me.exclusive && ordering.is_eq()),
                None => true,
            };
            match (is_empty, id, &me.end) {
                (true, ..) => Value::Nil,
                (false, M::Min, _) => me.start.clone(),
                (false, _, Value::Int(end)) if me.exclusive => Value::Int(end.saturating_sub(1)),
                (false, ..) if me.exclusive => {
                    return Err(it.raise(Class::TypeError, "cannot exclude non Integer end value"));
                }
                (false, ..) => me.end.clone(),
            }
        }
        M::Size | M::Count if args.len() == 0 && args.block.is_none() => match (&me.start, &me.end) {
            (Value::Int(start), Value::Int(end)) => {
                let end = if me.exclusive { end.saturating_sub(1) } else { *end };
                Value::Int(end.saturating_sub(*start).saturating_add(1).max(0))
            }
            (Value::Int(_), Value::Nil) => Value::Float(f64::INFINITY),
            _ if id == M::Size => Value::Nil,
            _ => int(items(it, me)?.len()),
        },
        M::IncludeIs | M::MemberIs | M::CaseEqual | M::CoverIs => Value::Bool(covers(it, me, args.one(it)?)?),
        M::ToS => {
            args.none(it)?;
            Value::string(it.text_of(&value())?)
        }
        M::Each => {
            let Some(block) = args.block else { return enumerator::of(&value(), id, args) };
            match (&me.start, &me.end) {
                (Value::Int(start), Value::Int(_) | Value::Nil) => {
                    let mut at = *start;
                    while is_inside(at, me) {
                        it.call_block(block, &[Value::Int(at)])?;
                        let Some(next) = at.checked_add(1) else { break };
                        at = next;
                    }
                }
                _ => {
                    for item in items(it, me)? {
                        it.call_block(block, &[item])?;
                    }
                }
            }
            value()
        }
        M::ReverseEach => {
            let Some(block) = args.block else { return enumerator::of(&value(), id, args) };
            for item in items(it, me)?.into_iter().rev() {
                it.call_block(block, &[item])?;
            }
            value()
        }
        M::Step | M::Percent => {
            let step = args.one(it)?;
            let list = match (&me.start, &me.end, step) {
                (Value::Int(_), Value::Int(_) | Value::Nil, Value::Int(step)) => {
                    if *step <= 0 {
                        let text = if *step == 0 { "step can't be 0" } else { "step can't be negative" };
                        return Err(it.raise(Class::ArgumentError, text));
                    }
                    let Some(block) = args.block else { return enumerator::of(&value(), id, args) };
                    let Value::Int(mut at) = me.start else { return Ok(None) };
                    while is_inside(at, me) {
                        it.call_block(block, &[Value::Int(at)])?;
                        let Some(next) = at.checked_add(*step) else { break };
                        at = next;
                    }
                    return Ok(Some(value()));
                }
                (start, end, step) => match (as_float(start), as_float(end), as_float(step)) {
                    (Some(start), Some(end), Some(step)) => {
                        float_steps(start, end, step, me.exclusive).map(Value::Float)
                    }
                    _ => return Err(unsupported("Range#step over these values")),
                },
            };
            let Some(block) = args.block else { return enumerator::of(&value(), id, args) };
            for item in list {
                it.call_block(block, &[item])?;
            }
            value()
        }
        M::Sum if args.block.is_none() && args.len() == 0 => match (&me.start, &me.end) {
            (Value::Int(start), Value::Int(end)) => {
                let end = if me.exclusive { end.saturating_sub(1) } else { *end };
                let count = i128::from(end) - i128::from(*start) + 1;
                let sum = if count <= 0 { 0 } else { (i128::from(*start) + i128::from(end)) * count / 2 };
                i64::try_from(sum).map(Value::Int).map_err(|_| super::number::too_large())?
            }
            _ => return enumerable::call(it, &value(), id, args),
        },
        M::EqlIs => Value::Bool(crate::compare::is_eql(&value(), args.one(it)?, 0)),
        _ => return enumerable::call(it, &value(), id, args),
    }))
}

fn as_float(value: &Value) -> Option<f64> {
    match value {
        Value::Int(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        _ => None,
    }
}

fn is_inside(at: i64, range: &Range) -> bool {
    match range.end {
        Value::Int(end) if range.exclusive => at < end,
        Value::Int(end) => at <= end,
        _ => true,
    }
}

/// Refuses ends that cannot be compared.
pub(crate) fn check(it: &mut Interp<'_>, start: &Value, end: &Value) -> Eval<()> {
    if start.is_nil() || end.is_nil() || it.compare(start, end)?.is_some() {
        return Ok(());
    }
    Err(it.raise(Class::ArgumentError, "bad value for range"))
}

/// Whether a value lies between the ends.
pub(crate) fn covers(it: &mut Interp<'_>, range: &Range, value: &Value) -> Eval<bool> {
    if !range.start.is_nil() {
        match it.compare(&range.start, value)? {
            Some(ordering) if ordering.is_le() => {}
            _ => return Ok(false),
        }
    }
    if range.end.is_nil() {
        return Ok(true);
    }
    Ok(match it.compare(value, &range.end)? {
        Some(ordering) if range.exclusive => ordering.is_lt(),
        Some(ordering) => ordering.is_le(),
        None => false,
    })
}

/// All values of a range.
pub(crate) fn items(it: &mut Interp<'_>, range: &Range) -> Eval<Vec<Value>> {
    match (&range.start, &range.end) {
        (Value::Int(start), Value::Int(_)) => {
            let mut list = Vec::new();
            let mut at = *start;
            while is_inside(at, range) {
                it.tick()?;
                it.charge(size_of::<Value>())?;
                list.push(Value::Int(at));
                let Some(next) = at.checked_add(1) else { break };
                at = next;
            }
            Ok(list)
        }
        (Value::Text(start), Value::Text(end)) => {
            string::upto(it, &start.share(), &end.share(), range.exclusive)
        }
        (Value::Int(start), Value::Float(end)) => {
            let whole = super::number::float_to_int(it, end.floor())?;
            let exclusive = range.exclusive && end.fract() == 0.0;
            let range = Range { start: Value::Int(*start), end: whole, exclusive };
            items(it, &range)
        }
        (_, Value::Nil) => Err(it.raise(Class::RangeError, "cannot convert endless range to an array")),
        (start, _) => {
            let class = start.class().name();
            Err(it.raise(Class::TypeError, format!("can't iterate from {class}")))
        }
    }
}

/// The first position and the number of items that a range means in a list; `None` if it begins outside.
pub(crate) fn bounds(it: &mut Interp<'_>, range: &Range, length: usize) -> Eval<Option<(usize, usize)>> {
    let length = length as i64;
    let start = if range.start.is_nil() { 0 } else { it.int_argument(&range.start)? };
    let end = if range.end.is_nil() { -1 } else { it.int_argument(&range.end)? };
    let exclusive = range.exclusive && !range.end.is_nil();
    let start = if start < 0 { start + length } else { start };
    if start < 0 || start > length {
        return Ok(None);
    }
    let end = if end < 0 { end + length } else { end };
    let end = if exclusive { end } else { end.saturating_add(1) };
    let count = end.min(length).saturating_sub(start).max(0);
    Ok(Some((start as usize, count as usize)))
}
