//! Items in groups.

use super::super::object::need_block;
use crate::class::Class;
use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::{Eval, unsupported};
use crate::methods::string;
use crate::name::M;
use crate::value::{Map, Value};

pub(super) fn call(it: &mut Interp<'_>, me: &Value, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    Ok(Some(match id {
        M::GroupBy => {
            let block = need_block(it, args)?;
            let mut groups: indexmap::IndexMap<crate::value::Key, Vec<Value>, rustc_hash::FxBuildHasher> =
                indexmap::IndexMap::default();
            for item in it.items_of(me)? {
                let key = it.call_block(block, std::slice::from_ref(&item))?;
                groups.entry(it.key(key)?).or_default().push(item);
            }
            it.charge(groups.len() * 96)?;
            Value::hash(groups.into_iter().map(|(key, items)| (key, Value::array(items))).collect())
        }
        M::Tally => {
            let mut counts = match args.get(0) {
                None => Map::default(),
                Some(Value::Hash(known)) if known.pairs().is_empty() => Map::default(),
                Some(Value::Hash(_)) => return Err(unsupported("tally with a hash")),
                Some(other) => {
                    let shown = string::wrong_type(other);
                    let text = format!("no implicit conversion of {shown} into Hash");
                    return Err(it.raise(Class::TypeError, text));
                }
            };
            for item in it.items_of(me)? {
                let key = it.key(item)?;
                let count = counts.entry(key).or_insert(Value::Int(0));
                if let Value::Int(number) = count {
                    *number += 1;
                }
            }
            it.charge(counts.len() * 64)?;
            Value::hash(counts)
        }
        M::EachSlice | M::EachCons => {
            let size = it.int_argument(args.one(it)?)?;
            let Some(size) = usize::try_from(size).ok().filter(|&size| size > 0) else {
                let what = if id == M::EachSlice { "invalid slice size" } else { "invalid size" };
                return Err(it.raise(Class::ArgumentError, what));
            };
            let block = need_block(it, args)?;
            let items = it.items_of(me)?;
            if id == M::EachSlice {
                for slice in items.chunks(size) {
                    it.call_block(block, &[Value::array(slice.to_vec())])?;
                }
            } else {
                for window in items.windows(size) {
                    it.charge(size * size_of::<Value>())?;
                    it.call_block(block, &[Value::array(window.to_vec())])?;
                }
            }
            // Up to Ruby 3.0 this was nil.
            me.clone()
        }
        M::SliceWhen | M::ChunkWhile => {
            let block = need_block(it, args)?;
            let mut groups: Vec<Vec<Value>> = Vec::new();
            for item in it.items_of(me)? {
                let last = groups.last().and_then(|group| group.last()).cloned();
                let splits = match last {
                    None => true,
                    Some(last) => {
                        it.call_block(block, &[last, item.clone()])?.is_true() == (id == M::SliceWhen)
                    }
                };
                if splits {
                    groups.push(vec![item]);
                } else if let Some(group) = groups.last_mut() {
                    group.push(item);
                }
            }
            Value::array(groups.into_iter().map(Value::array).collect())
        }
        _ => return Ok(None),
    }))
}
