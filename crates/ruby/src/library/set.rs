//! The class `Set`.

use std::cell::RefCell;
use std::rc::Rc;

use super::Object;
use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::Eval;
use crate::methods::enumerable;
use crate::name::M;
use crate::value::{Flags, Map, Value, int};

/// Items in order, each once.
#[derive(Default)]
pub(crate) struct Set {
    items: RefCell<Map>,
    pub(crate) flags: Flags,
}

impl Drop for Set {
    fn drop(&mut self) {
        let items = std::mem::take(self.items.get_mut());
        crate::teardown::values(items.into_iter().map(|(key, _)| key.value));
    }
}

impl Set {
    pub(crate) fn items(&self) -> Vec<Value> {
        self.items.borrow().keys().map(|key| key.value.clone()).collect()
    }

    pub(super) fn duplicate(&self) -> Value {
        of_map(self.items.borrow().clone())
    }

    pub(super) fn is_equal(&self, other: &Set) -> bool {
        let (a, b) = (self.items.borrow(), other.items.borrow());
        a.len() == b.len() && a.keys().all(|key| b.contains_key(key))
    }

    pub(super) fn contains(&self, it: &mut Interp<'_>, value: &Value) -> Eval<bool> {
        Ok(self.items.borrow().contains_key(&it.probe(value)?))
    }
}

fn of_map(items: Map) -> Value {
    Value::Object(Rc::new(Object::Set(Set { items: RefCell::new(items), flags: Flags::default() })))
}

/// A set of the items of anything that can be iterated over.
pub(crate) fn from_items(it: &mut Interp<'_>, value: &Value) -> Eval {
    let mut map = Map::default();
    for item in it.items_of(value)? {
        map.insert(it.probe(&item)?, Value::Bool(true));
    }
    it.charge(map.len() * 64)?;
    Ok(of_map(map))
}

pub(crate) fn class_method(it: &mut Interp<'_>, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    Ok(Some(match id {
        M::New => {
            args.count(it, 0, 1)?;
            match (args.get(0), args.block) {
                (None | Some(Value::Nil), _) => of_map(Map::default()),
                (Some(items), None) => from_items(it, items)?,
                (Some(_), Some(_)) => return Err(crate::flow::unsupported("Set.new with a block")),
            }
        }
        M::Element => {
            let items = Value::array(args.values.to_vec());
            from_items(it, &items)?
        }
        _ => return Ok(None),
    }))
}

pub(crate) fn call(
    it: &mut Interp<'_>,
    object: &Rc<Object>,
    me: &Set,
    id: M,
    args: &Args<'_>,
) -> Eval<Option<Value>> {
    let value = || Value::Object(object.clone());
    Ok(Some(match id {
        M::Each => {
            let Some(block) = args.block else { return crate::methods::enumerator::of(&value(), id, args) };
            for item in me.items() {
                it.call_block(block, &[item])?;
            }
            value()
        }
        M::Size | M::Length => int(me.items.borrow().len()),
        M::Count if args.len() == 0 && args.block.is_none() => int(me.items.borrow().len()),
        M::EmptyIs => Value::Bool(me.items.borrow().is_empty()),
        M::IncludeIs | M::MemberIs | M::CaseEqual => Value::Bool(me.contains(it, args.one(it)?)?),
        M::Add | M::ShiftLeft | M::AddIs => {
            let key = it.key(args.one(it)?.clone())?;
            it.check_frozen(&me.flags, &value())?;
            it.charge(64)?;
            let is_new = me.items.borrow_mut().insert(key, Value::Bool(true)).is_none();
            if id == M::AddIs && !is_new { Value::Nil } else { value() }
        }
        M::Delete => {
            let key = it.probe(args.one(it)?)?;
            it.check_frozen(&me.flags, &value())?;
            me.items.borrow_mut().shift_remove(&key);
            value()
        }
        M::Merge => {
            it.check_frozen(&me.flags, &value())?;
            for other in args.values {
                for item in it.items_of(other)? {
                    let key = it.key(item)?;
                    it.charge(64)?;
                    me.items.borrow_mut().insert(key, Value::Bool(true));
                }
            }
            value()
        }
        M::BitOr | M::Plus | M::Union => {
            let mut map = me.items.borrow().clone();
            for item in it.items_of(args.one(it)?)? {
                map.insert(it.key(item)?, Value::Bool(true));
            }
            it.charge(map.len() * 64)?;
            of_map(map)
        }
        M::Minus | M::Difference => {
            let mut map = me.items.borrow().clone();
            for item in it.items_of(args.one(it)?)? {
                map.shift_remove(&it.probe(&item)?);
            }
            it.charge(map.len() * 64)?;
            of_map(map)
        }
        M::BitAnd | M::Intersection => {
            let mut map = Map::default();
            for item in it.items_of(args.one(it)?)? {
                if me.contains(it, &item)? {
                    map.insert(it.probe(&item)?, Value::Bool(true));
                }
            }
            of_map(map)
        }
        M::SubsetIs | M::LessEqual | M::SupersetIs | M::GreaterEqual => {
            let other = it.items_of(args.one(it)?)?;
            if matches!(id, M::SupersetIs | M::GreaterEqual) {
                let mut all = true;
                for item in &other {
                    all = all && me.contains(it, item)?;
                }
                Value::Bool(all)
            } else {
                let mut map = Map::default();
                for item in other {
                    map.insert(it.probe(&item)?, Value::Nil);
                }
                Value::Bool(me.items.borrow().keys().all(|key| map.contains_key(key)))
            }
        }
        M::ToSet => value(),
        M::Join => {
            let items = Value::array(me.items());
            it.dispatch_id(&items, M::Join, args)?
        }
        M::Select | M::Filter | M::Reject if args.block.is_some() => {
            let Some(Value::Array(items)) = enumerable::call(it, &value(), id, args)? else {
                return Ok(None);
            };
            from_items(it, &Value::Array(items))?
        }
        M::Equal => match args.one(it)? {
            Value::Object(other) => Value::Bool(object.is_equal(other)),
            _ => Value::Bool(false),
        },
        _ => return enumerable::call(it, &value(), id, args),
    }))
}
