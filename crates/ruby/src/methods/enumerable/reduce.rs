//! One value made of all items: sums, extremes, folding, order.

use std::cmp::Ordering;

use super::super::object::{method_name, need_block};
use super::holds;
use crate::class::Class;
use crate::compare::is_equal;
use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::{Eval, Flow};
use crate::name::{M, Name};
use crate::value::{Value, int};

pub(super) fn call(it: &mut Interp<'_>, me: &Value, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    Ok(Some(match id {
        M::Inject | M::Reduce => inject(it, me, args)?,
        M::Sum => {
            args.count(it, 0, 1)?;
            let start = args.get(0).cloned().unwrap_or(Value::Int(0));
            let mut values = Vec::new();
            for item in it.items_of(me)? {
                values.push(match args.block {
                    Some(block) => it.call_block(block, &[item])?,
                    None => item,
                });
            }
            sum(it, start, &values)?
        }
        M::Count => {
            args.count(it, 0, 1)?;
            let items = it.items_of(me)?;
            match (args.get(0), args.block) {
                (Some(wanted), _) => int(items.iter().filter(|item| is_equal(item, wanted)).count()),
                (None, None) => int(items.len()),
                (None, block) => {
                    let mut count = 0;
                    for item in &items {
                        count += usize::from(holds(it, block, item)?);
                    }
                    int(count)
                }
            }
        }
        M::Min | M::Max => extreme(it, me, id, args)?,
        M::Minmax => {
            let items = it.items_of(me)?;
            let sorted = sort(it, items, args)?;
            Value::array(vec![
                sorted.first().cloned().unwrap_or_default(),
                sorted.last().cloned().unwrap_or_default(),
            ])
        }
        M::MinBy | M::MaxBy => {
            args.count(it, 0, 1)?;
            let items = it.items_of(me)?;
            let keyed = keys_of(it, items, args)?;
            if let Some(count) = args.get(0) {
                let count = usize::try_from(it.int_argument(count)?).unwrap_or_default();
                let mut sorted = sort_keyed(it, keyed)?;
                if id == M::MaxBy {
                    sorted.reverse();
                }
                sorted.truncate(count);
                return Ok(Some(Value::array(sorted)));
            }
            let mut best: Option<(Value, Value)> = None;
            for (key, item) in keyed {
                let better = match &best {
                    None => true,
                    Some((found, _)) => {
                        let ordering = it.order(&key, found)?;
                        if id == M::MinBy { ordering.is_lt() } else { ordering.is_gt() }
                    }
                };
                if better {
                    best = Some((key, item));
                }
            }
            best.map(|(_, item)| item).unwrap_or_default()
        }
        M::MinmaxBy => {
            let items = it.items_of(me)?;
            let mut ends: Option<[(Value, Value); 2]> = None;
            for (key, item) in keys_of(it, items, args)? {
                let [least, most] = ends.get_or_insert_with(|| {
                    let first = (key.clone(), item.clone());
                    [first.clone(), first]
                });
                // Of equal ones the first counts, at both ends.
                if it.order(&key, &least.0)?.is_lt() {
                    *least = (key, item);
                } else if it.order(&key, &most.0)?.is_gt() {
                    *most = (key, item);
                }
            }
            match ends {
                Some([least, most]) => Value::array(vec![least.1, most.1]),
                None => Value::array(vec![Value::Nil, Value::Nil]),
            }
        }
        M::Sort => {
            args.none(it)?;
            let items = it.items_of(me)?;
            Value::array(sort(it, items, args)?)
        }
        M::SortBy => {
            let items = it.items_of(me)?;
            let keyed = keys_of(it, items, args)?;
            Value::array(sort_keyed(it, keyed)?)
        }
        _ => return Ok(None),
    }))
}

fn inject(it: &mut Interp<'_>, me: &Value, args: &Args<'_>) -> Eval {
    args.count(it, 0, 2)?;
    let (start, operator) = match (args.values, args.block) {
        ([operator], None) => (None, Some(operator)),
        ([start, operator], _) => (Some(start.clone()), Some(operator)),
        ([start], Some(_)) => (Some(start.clone()), None),
        _ => (None, None),
    };
    let operator = match operator {
        Some(name) => Some(Name::new(&method_name(it, name)?)),
        None => None,
    };
    let mut items = it.items_of(me)?.into_iter();
    let mut memo = match start {
        Some(start) => start,
        None => match items.next() {
            Some(first) => first,
            None => return Ok(Value::Nil),
        },
    };
    for item in items {
        memo = match &operator {
            Some(name) => it.dispatch(&memo, name, &Args::of(&[item]))?,
            None => {
                let block = need_block(it, args)?;
                it.call_block(block, &[memo, item])?
            }
        };
    }
    Ok(memo)
}

/// A sum as Ruby makes it: floats with Kahan-Babuska compensation.
pub(crate) fn sum(it: &mut Interp<'_>, start: Value, values: &[Value]) -> Eval {
    let mut total = start;
    let mut rest = values.iter();
    let mut next = rest.next();
    while let (Value::Int(sum), Some(Value::Int(number))) = (&total, next) {
        total = Value::Int(sum.checked_add(*number).ok_or_else(crate::methods::number::too_large)?);
        next = rest.next();
    }
    let is_number = |value: &Value| matches!(value, Value::Int(_) | Value::Float(_));
    if is_number(&total) && matches!(next, Some(Value::Float(_)))
        || (matches!(total, Value::Float(_)) && next.is_some_and(is_number))
    {
        let as_float = |value: &Value| match value {
            Value::Int(number) => Some(*number as f64),
            Value::Float(number) => Some(*number),
            _ => None,
        };
        let mut sum = as_float(&total).unwrap_or_default();
        let mut compensation = 0.0;
        while let Some(number) = next.and_then(as_float) {
            if !number.is_finite() {
                sum += number;
            } else if sum.is_finite() {
                let raised = sum + number;
                if sum.abs() >= number.abs() {
                    compensation += (sum - raised) + number;
                } else {
                    compensation += (number - raised) + sum;
                }
                sum = raised;
            }
            next = rest.next();
        }
        total = Value::Float(sum + compensation);
    }
    while let Some(value) = next {
        total = it.send(&total, M::Plus, std::slice::from_ref(value))?;
        next = rest.next();
    }
    Ok(total)
}

fn extreme(it: &mut Interp<'_>, me: &Value, id: M, args: &Args<'_>) -> Eval {
    args.count(it, 0, 1)?;
    let items = it.items_of(me)?;
    if let Some(count) = args.get(0) {
        let count = it.int_argument(count)?;
        let Ok(count) = usize::try_from(count) else {
            return Err(it.raise(Class::ArgumentError, format!("negative size ({count})")));
        };
        let mut sorted = sort(it, items, args)?;
        if id == M::Max {
            sorted.reverse();
        }
        sorted.truncate(count);
        return Ok(Value::array(sorted));
    }
    let mut best: Option<Value> = None;
    for item in items {
        let better = match &best {
            None => true,
            Some(found) => {
                let ordering = match args.block {
                    Some(block) => {
                        let result = it.call_block(block, &[item.clone(), found.clone()])?;
                        it.sign(&result, &item, found)?
                    }
                    None => it.order(&item, found)?,
                };
                if id == M::Min { ordering.is_lt() } else { ordering.is_gt() }
            }
        };
        if better {
            best = Some(item);
        }
    }
    Ok(best.unwrap_or_default())
}

/// Items with what the block makes of them.
pub(crate) fn keys_of(it: &mut Interp<'_>, items: Vec<Value>, args: &Args<'_>) -> Eval<Vec<(Value, Value)>> {
    let block = need_block(it, args)?;
    let mut keyed = Vec::with_capacity(items.len());
    for item in items {
        keyed.push((it.call_block(block, std::slice::from_ref(&item))?, item));
    }
    Ok(keyed)
}

/// Items in order, by the block if there is one.
pub(crate) fn sort(it: &mut Interp<'_>, items: Vec<Value>, args: &Args<'_>) -> Eval<Vec<Value>> {
    let block = args.block.cloned();
    quick_sort(it, items, &mut |it, a, b| match &block {
        Some(block) => {
            let result = it.call_block(block, &[a.clone(), b.clone()])?;
            it.sign(&result, a, b)
        }
        None => it.order(a, b),
    })
}

/// Items in the order of their keys.
pub(crate) fn sort_keyed(it: &mut Interp<'_>, keyed: Vec<(Value, Value)>) -> Eval<Vec<Value>> {
    let sorted = quick_sort(it, keyed, &mut |it, a, b| it.order(&a.0, &b.0))?;
    Ok(sorted.into_iter().map(|(_, item)| item).collect())
}

/// Sorts, and stops at the first comparison that fails.
fn quick_sort<T>(
    it: &mut Interp<'_>,
    mut items: Vec<T>,
    compare: &mut dyn FnMut(&mut Interp<'_>, &T, &T) -> Eval<Ordering>,
) -> Eval<Vec<T>> {
    let mut failed: Option<Box<Flow>> = None;
    crate::sort::sort(&mut items, &mut |a, b| {
        if failed.is_some() {
            return Ordering::Equal;
        }
        match it.tick().and_then(|()| compare(it, a, b)) {
            Ok(ordering) => ordering,
            Err(flow) => {
                failed = Some(flow);
                Ordering::Equal
            }
        }
    });
    match failed {
        Some(flow) => Err(flow),
        None => Ok(items),
    }
}
