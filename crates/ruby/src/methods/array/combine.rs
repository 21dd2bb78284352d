//! Arrays made of several arrays, or taken apart.

use std::rc::Rc;

use super::{array_argument, lookup};
use crate::class::Class;
use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::{Eval, limit};
use crate::limits::NESTING_MAX;
use crate::methods::enumerator;
use crate::name::M;
use crate::value::{Array, Map, Value};

pub(super) fn call(it: &mut Interp<'_>, me: &Rc<Array>, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    Ok(Some(match id {
        M::Plus => {
            let other = array_argument(it, args.one(it)?)?;
            let mut items = me.to_vec();
            items.extend(other.to_vec());
            it.charge(items.len() * size_of::<Value>())?;
            Value::array(items)
        }
        M::Minus | M::Difference => {
            if id == M::Minus {
                args.one(it)?;
            }
            let mut items = me.to_vec();
            for other in args.values {
                let other = array_argument(it, other)?.to_vec();
                let removed = lookup(it, &other)?;
                let mut kept = Vec::new();
                for item in items {
                    if !removed.contains_key(&it.probe(&item)?) {
                        kept.push(item);
                    }
                }
                items = kept;
            }
            Value::array(items)
        }
        M::BitAnd | M::Intersection => {
            if id == M::BitAnd {
                args.one(it)?;
            }
            let mut items = unique(it, me.to_vec())?;
            for other in args.values {
                let other = array_argument(it, other)?.to_vec();
                let known = lookup(it, &other)?;
                let mut kept = Vec::new();
                for item in items {
                    if known.contains_key(&it.probe(&item)?) {
                        kept.push(item);
                    }
                }
                items = kept;
            }
            Value::array(items)
        }
        M::BitOr | M::Union => {
            if id == M::BitOr {
                args.one(it)?;
            }
            let mut items = me.to_vec();
            for other in args.values {
                items.extend(array_argument(it, other)?.to_vec());
            }
            Value::array(unique(it, items)?)
        }
        M::IntersectIs => {
            let other = array_argument(it, args.one(it)?)?.to_vec();
            let known = lookup(it, &other)?;
            for item in me.to_vec() {
                if known.contains_key(&it.probe(&item)?) {
                    return Ok(Some(Value::Bool(true)));
                }
            }
            Value::Bool(false)
        }
        M::Star => match args.one(it)? {
            Value::Text(_) => return it.dispatch_id(&Value::Array(me.clone()), M::Join, args).map(Some),
            other => {
                let count = it.int_argument(other)?;
                let Ok(count) = usize::try_from(count) else {
                    return Err(it.raise(Class::ArgumentError, "argument must be non-negative"));
                };
                it.charge(me.len().saturating_mul(count).saturating_mul(size_of::<Value>()))?;
                let items = me.to_vec();
                Value::array(items.iter().cycle().take(items.len() * count).cloned().collect())
            }
        },
        M::Product => {
            let mut rows: Vec<Vec<Value>> = me.to_vec().into_iter().map(|item| vec![item]).collect();
            for other in args.values {
                let other = array_argument(it, other)?.to_vec();
                it.charge(rows.len().saturating_mul(other.len()).saturating_mul(64))?;
                rows = rows
                    .iter()
                    .flat_map(|row| {
                        other.iter().map(move |item| {
                            let mut row = row.clone();
                            row.push(item.clone());
                            row
                        })
                    })
                    .collect();
            }
            Value::array(rows.into_iter().map(Value::array).collect())
        }
        M::Combination | M::Permutation => {
            let Some(block) = args.block else {
                return enumerator::of(&Value::Array(me.clone()), id, args);
            };
            let items = me.to_vec();
            let count = match args.get(0) {
                None => items.len() as i64,
                Some(count) => it.int_argument(count)?,
            };
            if let Ok(count) = usize::try_from(count)
                && count <= items.len()
            {
                let mut chosen = Vec::new();
                choose(it, &items, count, id == M::Permutation, &mut chosen, &mut |it, chosen| {
                    let row = chosen.iter().filter_map(|&index| items.get(index).cloned()).collect();
                    it.call_block(block, &[Value::array(row)]).map(drop)
                })?;
            }
            Value::Array(me.clone())
        }
        M::Transpose => {
            let mut rows = Vec::new();
            for row in me.to_vec() {
                rows.push(array_argument(it, &row)?.to_vec());
            }
            let width = rows.first().map_or(0, Vec::len);
            if let Some(other) = rows.iter().find(|row| row.len() != width) {
                let text = format!("element size differs ({} should be {width})", other.len());
                return Err(it.raise(Class::IndexError, text));
            }
            it.charge(width * rows.len() * size_of::<Value>())?;
            let column = |index: usize| rows.iter().filter_map(|row| row.get(index).cloned()).collect();
            Value::array((0..width).map(|index| Value::array(column(index))).collect())
        }
        M::Flatten => {
            args.count(it, 0, 1)?;
            let depth = match args.get(0) {
                None | Some(Value::Nil) => -1,
                Some(depth) => it.int_argument(depth)?,
            };
            Value::array(flatten(it, me, depth)?.0)
        }
        _ => return Ok(None),
    }))
}

/// Combinations or permutations of positions, in Ruby's order.
fn choose(
    it: &mut Interp<'_>,
    items: &[Value],
    count: usize,
    any_order: bool,
    chosen: &mut Vec<usize>,
    found: &mut dyn FnMut(&mut Interp<'_>, &[usize]) -> Eval<()>,
) -> Eval<()> {
    it.tick()?;
    if chosen.len() == count {
        return found(it, chosen);
    }
    let first = if any_order { 0 } else { chosen.last().map_or(0, |last| last + 1) };
    for index in first..items.len() {
        if any_order && chosen.contains(&index) {
            continue;
        }
        chosen.push(index);
        choose(it, items, count, any_order, chosen, found)?;
        chosen.pop();
    }
    Ok(())
}

/// Items without repetition.
fn unique(it: &mut Interp<'_>, items: Vec<Value>) -> Eval<Vec<Value>> {
    let mut seen = Map::default();
    let mut kept = Vec::new();
    for item in items {
        if seen.insert(it.probe(&item)?, Value::Nil).is_none() {
            kept.push(item);
        }
    }
    it.charge(kept.len() * 64)?;
    Ok(kept)
}

/// Items of arrays in arrays, and whether there were any; a negative depth has no end.
pub(super) fn flatten(it: &mut Interp<'_>, me: &Rc<Array>, depth: i64) -> Eval<(Vec<Value>, bool)> {
    let mut flat = Vec::new();
    let mut changed = false;
    spread(it, me, depth, 0, &mut flat, &mut changed)?;
    it.charge(flat.len() * size_of::<Value>())?;
    Ok((flat, changed))
}

fn spread(
    it: &mut Interp<'_>,
    me: &Rc<Array>,
    depth: i64,
    level: u32,
    flat: &mut Vec<Value>,
    changed: &mut bool,
) -> Eval<()> {
    if level > NESTING_MAX {
        return Err(limit(format!("a value is nested deeper than {NESTING_MAX} levels")));
    }
    for item in me.to_vec() {
        it.tick()?;
        match item {
            Value::Array(inner) if depth != 0 => {
                *changed = true;
                spread(it, &inner, depth - 1, level + 1, flat, changed)?;
            }
            other => flat.push(other),
        }
    }
    Ok(())
}

/// Moves items from the front to the back.
pub(super) fn rotate(items: &mut [Value], by: i64) {
    if !items.is_empty() {
        let by = by.rem_euclid(items.len() as i64);
        items.rotate_left(by as usize);
    }
}

/// Appends the text of all items, those of inner arrays too.
pub(super) fn join(
    it: &mut Interp<'_>,
    me: &Rc<Array>,
    separator: &str,
    out: &mut String,
    outer: &mut Vec<*const Array>,
) -> Eval<()> {
    let identity = Rc::as_ptr(me);
    if outer.contains(&identity) {
        return Err(it.raise(Class::ArgumentError, "recursive array join"));
    }
    if outer.len() > NESTING_MAX as usize {
        return Err(limit(format!("a value is nested deeper than {NESTING_MAX} levels")));
    }
    outer.push(identity);
    for (index, item) in me.to_vec().iter().enumerate() {
        if index > 0 {
            out.push_str(separator);
        }
        it.tick()?;
        match item {
            Value::Array(inner) => join(it, inner, separator, out, outer)?,
            other => it.write_to_s(out, other)?,
        }
        if out.len() > crate::limits::OUTPUT_BYTES_MAX {
            return Err(limit("a string gets too long"));
        }
    }
    outer.pop();
    Ok(())
}
