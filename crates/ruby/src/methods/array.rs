//! Arrays: what asks and makes new arrays. What changes in place is in `change`.

mod change;
mod combine;
pub(crate) mod index;

use std::rc::Rc;

use super::{enumerable, enumerator};
use crate::class::Class;
use crate::compare::{is_eql, is_equal};
use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::Eval;
use crate::name::M;
use crate::value::{Array, Map, Value, int};

pub(crate) use index::dig;

pub(crate) fn call(it: &mut Interp<'_>, me: &Rc<Array>, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    let value = || Value::Array(me.clone());
    Ok(Some(match id {
        M::Each | M::EachIndex => {
            let Some(block) = args.block else { return enumerator::of(&value(), id, args) };
            let mut index = 0;
            // The block may make the array longer or shorter.
            while let Some(item) = me.get(index) {
                let item = if id == M::Each { item } else { int(index) };
                it.call_block(block, &[item])?;
                index += 1;
            }
            value()
        }
        M::EachWithIndex if args.block.is_some() => {
            let Some(block) = args.block else { return Ok(None) };
            let mut index = 0;
            while let Some(item) = me.get(index) {
                it.call_block(block, &[item, int(index)])?;
                index += 1;
            }
            value()
        }
        M::Map | M::Collect if args.block.is_some() => {
            let Some(block) = args.block else { return Ok(None) };
            let mut mapped = Vec::with_capacity(me.len());
            let mut index = 0;
            while let Some(item) = me.get(index) {
                mapped.push(it.call_block(block, &[item])?);
                index += 1;
            }
            it.charge(mapped.len() * size_of::<Value>())?;
            Value::array(mapped)
        }
        M::Length | M::Size => {
            args.none(it)?;
            int(me.len())
        }
        M::EmptyIs => {
            args.none(it)?;
            Value::Bool(me.len() == 0)
        }
        M::Equal => Value::Bool(is_equal(&value(), args.one(it)?)),
        M::EqlIs => Value::Bool(is_eql(&value(), args.one(it)?, 0)),
        M::Join => {
            args.count(it, 0, 1)?;
            let separator = match args.get(0) {
                None | Some(Value::Nil) => "".into(),
                Some(separator) => it.string_argument(separator)?,
            };
            let mut out = String::new();
            combine::join(it, me, &separator, &mut out, &mut Vec::new())?;
            it.charge(out.len())?;
            Value::string(out)
        }
        M::ToA | M::Entries | M::ToAry => {
            args.none(it)?;
            value()
        }
        M::ToS | M::Inspect => {
            args.none(it)?;
            Value::string(it.inspect(&value())?)
        }
        M::First | M::Last => {
            args.count(it, 0, 1)?;
            let items = me.items.borrow();
            match args.get(0) {
                None => {
                    if id == M::First { items.first() } else { items.last() }.cloned().unwrap_or_default()
                }
                Some(count) => {
                    drop(items);
                    let count = it.int_argument(count)?;
                    let Ok(count) = usize::try_from(count) else {
                        return Err(it.raise(Class::ArgumentError, "negative array size"));
                    };
                    let items = me.items.borrow();
                    let count = count.min(items.len());
                    let part = if id == M::First { &items[..count] } else { &items[items.len() - count..] };
                    Value::array(part.to_vec())
                }
            }
        }
        M::Reverse => {
            args.none(it)?;
            Value::array(me.items.borrow().iter().rev().cloned().collect())
        }
        M::Compact => {
            args.none(it)?;
            Value::array(me.items.borrow().iter().filter(|item| !item.is_nil()).cloned().collect())
        }
        M::Rotate => {
            args.count(it, 0, 1)?;
            let by = match args.get(0) {
                None => 1,
                Some(by) => it.int_argument(by)?,
            };
            let mut items = me.to_vec();
            combine::rotate(&mut items, by);
            Value::array(items)
        }
        M::Index | M::FindIndex | M::Rindex => {
            let items = me.to_vec();
            if args.len() == 0 && args.block.is_none() {
                return enumerator::of(&value(), id, args);
            }
            let positions: Box<dyn Iterator<Item = usize>> =
                if id == M::Rindex { Box::new((0..items.len()).rev()) } else { Box::new(0..items.len()) };
            for position in positions {
                let Some(item) = items.get(position) else { continue };
                let found = match args.get(0) {
                    Some(wanted) => is_equal(item, wanted),
                    None => enumerable::holds(it, args.block, item)?,
                };
                if found {
                    return Ok(Some(int(position)));
                }
            }
            Value::Nil
        }
        M::Assoc | M::Rassoc => {
            let wanted = args.one(it)?;
            let position = usize::from(id == M::Rassoc);
            for item in me.to_vec() {
                if let Value::Array(pair) = &item
                    && pair.get(position).is_some_and(|key| is_equal(&key, wanted))
                {
                    return Ok(Some(item));
                }
            }
            Value::Nil
        }
        M::ToH => {
            let items = me.to_vec();
            enumerable::to_hash(it, &items, args)?
        }
        M::Plus
        | M::Minus
        | M::Difference
        | M::Star
        | M::BitAnd
        | M::Intersection
        | M::BitOr
        | M::Union
        | M::Product
        | M::Combination
        | M::Permutation
        | M::Transpose
        | M::Flatten
        | M::IntersectIs => return combine::call(it, me, id, args),
        M::Element | M::Slice | M::At | M::Dig | M::Fetch | M::ValuesAt => {
            return index::call(it, me, id, args);
        }
        M::Cycle => {
            args.count(it, 0, 1)?;
            let Some(block) = args.block else { return enumerator::of(&value(), id, args) };
            let turns = match args.get(0) {
                None | Some(Value::Nil) => i64::MAX,
                Some(turns) => it.int_argument(turns)?,
            };
            let mut turn = 0;
            while turn < turns && me.len() > 0 {
                for item in me.to_vec() {
                    it.call_block(block, &[item])?;
                }
                turn += 1;
            }
            Value::Nil
        }
        M::Shelljoin => {
            let mut words = Vec::new();
            for item in me.to_vec() {
                words.push(crate::library::shellwords::escape(&it.text_of(&item)?));
            }
            Value::string(words.join(" "))
        }
        M::Shuffle | M::Sample | M::ShuffleNow => {
            return Err(crate::flow::unsupported(format!("Array#{}, whose result is random", id.text())));
        }
        M::Tally => return enumerable::call(it, &value(), id, args),
        _ => match change::call(it, me, id, args)? {
            Some(value) => value,
            None => return enumerable::call(it, &value(), id, args),
        },
    }))
}

/// A set of items to look things up in.
pub(super) fn lookup(it: &mut Interp<'_>, items: &[Value]) -> Eval<Map> {
    let mut map = Map::default();
    for item in items {
        map.insert(it.probe(item)?, Value::Nil);
    }
    it.charge(map.len() * 64)?;
    Ok(map)
}

/// An argument that must be an array.
pub(super) fn array_argument(it: &mut Interp<'_>, value: &Value) -> Eval<Rc<Array>> {
    match value {
        Value::Array(array) => Ok(array.clone()),
        other => {
            let shown = match other {
                Value::Nil => "nil".to_owned(),
                Value::Bool(flag) => flag.to_string(),
                other => other.class().name().to_owned(),
            };
            Err(it.raise(Class::TypeError, format!("no implicit conversion of {shown} into Array")))
        }
    }
}
