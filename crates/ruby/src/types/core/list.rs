//! Methods of arrays and ranges.

use std::rc::Rc;

use lib_ruby_parser::Node;

use super::super::value::{Arguments, Flow, Frame, Proc, Value};
use super::super::world::World;
use super::{TEXT_BYTES_MAX, insert, list, one};

/// Items that an array may have when others are added; beyond, it is not known any more.
const ITEMS_MAX: usize = 10_000;

impl<'a> World<'a> {
    pub(super) fn call_list(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        target: &Value<'a>,
        name: &str,
        arguments: &Arguments<'a>,
    ) -> Result<Option<Value<'a>>, Flow<'a>> {
        let values = &arguments.values[..];
        // Changes in place.
        if let Value::Array(shared) = target {
            let changes = matches!(
                name,
                "<<" | "push"
                    | "append"
                    | "concat"
                    | "unshift"
                    | "prepend"
                    | "delete"
                    | "[]="
                    | "pop"
                    | "shift"
                    | "clear"
            ) || name.ends_with('!');
            if changes && self.doubts > 0 {
                target.forget();
                return Ok(Some(Value::Unknown));
            }
            match (name, values) {
                ("<<" | "push" | "append", items) => {
                    let mut held = shared.borrow_mut();
                    match held.as_mut() {
                        Some(list) if list.len() + items.len() <= ITEMS_MAX => {
                            list.extend(items.iter().cloned());
                        }
                        _ => *held = None,
                    }
                    return Ok(Some(target.clone()));
                }
                ("concat", lists) => {
                    for other in lists {
                        let more = list(other);
                        let mut held = shared.borrow_mut();
                        match (held.as_mut(), more) {
                            (Some(list), Some(more)) if list.len() + more.len() <= ITEMS_MAX => {
                                list.extend(more);
                            }
                            _ => *held = None,
                        }
                    }
                    return Ok(Some(target.clone()));
                }
                _ => {}
            }
        }
        let Some(items) = list(target) else { return Ok(None) };
        let block = arguments.block.as_ref();
        if let Some(block) = block {
            return match (name, values) {
                ("each" | "each_entry" | "reverse_each", []) => {
                    let order: Vec<Value<'a>> = match name {
                        "reverse_each" => items.into_iter().rev().collect(),
                        _ => items,
                    };
                    for item in order {
                        if let Some(value) = self.round_of(block, vec![item])? {
                            return Ok(Some(value));
                        }
                    }
                    Ok(Some(target.clone()))
                }
                ("each_with_index", []) => {
                    for (at, item) in items.into_iter().enumerate() {
                        let at = Value::Int(i64::try_from(at).unwrap_or_default());
                        if let Some(value) = self.round_of(block, vec![item, at])? {
                            return Ok(Some(value));
                        }
                    }
                    Ok(Some(target.clone()))
                }
                ("each_with_object", [memo]) => {
                    for item in items {
                        if let Some(value) = self.round_of(block, vec![item, memo.clone()])? {
                            return Ok(Some(value));
                        }
                    }
                    Ok(Some(memo.clone()))
                }
                ("inject" | "reduce", []) | ("inject" | "reduce", [_]) => {
                    let mut items = items.into_iter();
                    let Some(mut memo) = values.first().cloned().or_else(|| items.next()) else {
                        return Ok(Some(Value::Nil));
                    };
                    for item in items {
                        let pair = Arguments { values: vec![memo, item], ..Arguments::default() };
                        memo = self.run_block(block, pair)?;
                    }
                    Ok(Some(memo))
                }
                ("map" | "collect" | "flat_map" | "collect_concat" | "to_h" | "filter_map", []) => {
                    let mut mapped = Vec::with_capacity(items.len());
                    for item in items {
                        mapped.push(self.run_block(block, one(item))?);
                    }
                    Ok(Some(match name {
                        "flat_map" | "collect_concat" => {
                            flatten(&mapped, 1).map_or(Value::Unknown, Value::array)
                        }
                        "to_h" => pairs(&mapped).map_or(Value::Unknown, Value::hash),
                        "filter_map" if mapped.iter().any(|value| value.truth().is_none()) => Value::Unknown,
                        "filter_map" => Value::array(
                            mapped.into_iter().filter(|value| value.truth() == Some(true)).collect(),
                        ),
                        _ => Value::array(mapped),
                    }))
                }
                (
                    "select" | "filter" | "reject" | "find" | "detect" | "any?" | "all?" | "none?"
                    | "partition",
                    [],
                ) => self.choose(block, name, items).map(Some),
                ("each_slice", [Value::Int(size @ 1..)]) => {
                    for part in items.chunks(usize::try_from(*size).unwrap_or(1)) {
                        if let Some(value) = self.round_of(block, vec![Value::array(part.to_vec())])? {
                            return Ok(Some(value));
                        }
                    }
                    Ok(Some(Value::Nil))
                }
                _ => {
                    // Whatever it does with the block, it sees these items.
                    self.hand_over(frame, node, arguments)?;
                    Ok(Some(Value::Unknown))
                }
            };
        }
        Ok(list_without_block(&items, name, values))
    }

    /// Runs a block for one item; the value with which the iteration has ended, if it has.
    pub(super) fn round_of(
        &mut self,
        block: &Proc<'a>,
        values: Vec<Value<'a>>,
    ) -> Result<Option<Value<'a>>, Flow<'a>> {
        match self.run_block(block, Arguments { values, ..Arguments::default() }) {
            Ok(_) => Ok(None),
            Err(Flow::Break(value)) => Ok(Some(value)),
            Err(flow) => Err(flow),
        }
    }

    /// Methods that keep or find items for which a block is true.
    pub(super) fn choose(
        &mut self,
        block: &Proc<'a>,
        name: &str,
        items: Vec<Value<'a>>,
    ) -> Result<Value<'a>, Flow<'a>> {
        let mut kept = Vec::new();
        let mut others = Vec::new();
        for item in items {
            match self.run_block(block, one(item.clone()))?.truth() {
                Some(true) => kept.push(item),
                Some(false) => others.push(item),
                None => return Ok(Value::Unknown),
            }
        }
        Ok(match name {
            "select" | "filter" => Value::array(kept),
            "reject" => Value::array(others),
            "find" | "detect" => kept.into_iter().next().unwrap_or(Value::Nil),
            "any?" => Value::Bool(!kept.is_empty()),
            "all?" => Value::Bool(others.is_empty()),
            "none?" => Value::Bool(kept.is_empty()),
            _ => Value::array(vec![Value::array(kept), Value::array(others)]),
        })
    }
}

pub(super) fn pairs<'a>(items: &[Value<'a>]) -> Option<Vec<(Value<'a>, Value<'a>)>> {
    let mut entries = Vec::with_capacity(items.len());
    for item in items {
        match &item.items()?[..] {
            [key, value] => insert(&mut entries, key.clone(), value.clone()),
            _ => return None,
        }
    }
    Some(entries)
}

fn flatten<'a>(items: &[Value<'a>], depth: u32) -> Option<Vec<Value<'a>>> {
    let mut flat = Vec::new();
    for item in items {
        match item {
            Value::Array(_) if depth > 0 => flat.extend(flatten(&item.items()?, depth - 1)?),
            Value::Unknown => return None,
            other => flat.push(other.clone()),
        }
    }
    Some(flat)
}

/// True or false if every comparison is known.
fn contains<'a>(items: &[Value<'a>], value: &Value<'a>) -> Option<bool> {
    for item in items {
        if item.equals(value)? {
            return Some(true);
        }
    }
    Some(false)
}

fn list_without_block<'a>(items: &[Value<'a>], name: &str, values: &[Value<'a>]) -> Option<Value<'a>> {
    let at = |index: i64| {
        let index = if index < 0 { index + i64::try_from(items.len()).ok()? } else { index };
        Some(usize::try_from(index).ok().and_then(|at| items.get(at)).cloned().unwrap_or(Value::Nil))
    };
    Some(match (name, values) {
        ("to_a" | "entries" | "dup" | "clone", []) => Value::array(items.to_vec()),
        ("first", []) => items.first().cloned().unwrap_or(Value::Nil),
        ("last", []) => items.last().cloned().unwrap_or(Value::Nil),
        ("first" | "take", [Value::Int(count @ 0..)]) => {
            Value::array(items.iter().take(usize::try_from(*count).ok()?).cloned().collect())
        }
        ("drop", [Value::Int(count @ 0..)]) => {
            Value::array(items.iter().skip(usize::try_from(*count).ok()?).cloned().collect())
        }
        ("[]" | "at" | "slice", [Value::Int(index)]) => at(*index)?,
        ("[]", [Value::Range(first, last)]) => {
            let count = i64::try_from(items.len()).ok()?;
            let last = if *last < 0 { last + count } else { (*last).min(count - 1) };
            if *first < 0 || *first > count {
                return None;
            }
            let (first, end) = (usize::try_from(*first).ok()?, usize::try_from(last + 1).ok()?);
            Value::array(items.get(first..end.max(first)).unwrap_or_default().to_vec())
        }
        ("+", [other @ Value::Array(_)]) => {
            let other = other.items()?;
            if items.len() + other.len() > ITEMS_MAX {
                return None;
            }
            Value::array(items.iter().cloned().chain(other).collect())
        }
        ("|" | "union", [other @ Value::Array(_)]) => {
            let mut sum: Vec<Value<'a>> = Vec::new();
            for item in items.iter().chain(&other.items()?) {
                if !contains(&sum, item)? {
                    sum.push(item.clone());
                }
            }
            Value::array(sum)
        }
        ("-" | "difference", [other @ Value::Array(_)]) => {
            let without = other.items()?;
            let mut kept = Vec::new();
            for item in items {
                if !contains(&without, item)? {
                    kept.push(item.clone());
                }
            }
            Value::array(kept)
        }
        ("uniq", []) => {
            let mut unique: Vec<Value<'a>> = Vec::new();
            for item in items {
                if !contains(&unique, item)? {
                    unique.push(item.clone());
                }
            }
            Value::array(unique)
        }
        ("reverse", []) => Value::array(items.iter().rev().cloned().collect()),
        ("compact", []) => {
            if items.iter().any(|item| matches!(item, Value::Unknown)) {
                return None;
            }
            Value::array(items.iter().filter(|item| !matches!(item, Value::Nil)).cloned().collect())
        }
        ("flatten", []) => Value::array(flatten(items, 32)?),
        ("join", rest) => {
            let by = match rest {
                [] => Rc::from(""),
                [Value::Str(by)] => by.clone(),
                _ => return None,
            };
            let mut out = String::new();
            for (at, item) in flatten(items, 32)?.iter().enumerate() {
                if at > 0 {
                    out.push_str(&by);
                }
                out.push_str(&item.to_s()?);
                if out.len() > TEXT_BYTES_MAX {
                    return None;
                }
            }
            Value::str(out)
        }
        ("include?" | "member?", [value]) => Value::Bool(contains(items, value)?),
        ("empty?", []) => Value::Bool(items.is_empty()),
        ("any?", []) => {
            let truths: Option<Vec<bool>> = items.iter().map(Value::truth).collect();
            Value::Bool(truths?.contains(&true))
        }
        ("size" | "length" | "count", []) => Value::Int(i64::try_from(items.len()).ok()?),
        ("sort", []) => {
            let mut texts: Vec<(Rc<str>, Value<'a>)> =
                items.iter().map(|item| Some((item.text()?.clone(), item.clone()))).collect::<Option<_>>()?;
            texts.sort_by(|a, b| a.0.cmp(&b.0));
            Value::array(texts.into_iter().map(|(_, item)| item).collect())
        }
        ("to_h", []) => Value::hash(pairs(items)?),
        ("zip", [other @ Value::Array(_)]) => {
            let others = other.items()?;
            let zipped = items.iter().enumerate().map(|(at, item)| {
                Value::array(vec![item.clone(), others.get(at).cloned().unwrap_or(Value::Nil)])
            });
            Value::array(zipped.collect())
        }
        _ => return None,
    })
}
