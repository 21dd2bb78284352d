//! What the iterating functions share: the arguments that each turn gives to the block.
//!
//! A block with one parameter gets the item (of a hash, a pair of key and value); a block with two gets key and
//! value of a hash, and index and item of everything else. Which of them applies is a matter of the overload.

use std::sync::Arc;

use pcore::iter::{Items, items};
use pcore::{Hash, Value};

use crate::error::Control;

/// The signatures of a function that iterates, and the body they share.
macro_rules! overloads {
    ($body:expr) => {
        &[
            Overload::new("(Hash[Any, Any] $hash, &Callable[2,2])", |context, arguments| {
                $body(context, arguments, true)
            }),
            Overload::new("(Hash[Any, Any] $hash, &Callable[1,1])", |context, arguments| {
                $body(context, arguments, false)
            }),
            Overload::new("(Iterable $enumerable, &Callable[2,2])", |context, arguments| {
                $body(context, arguments, true)
            }),
            Overload::new("(Iterable $enumerable, &Callable[1,1])", |context, arguments| {
                $body(context, arguments, false)
            }),
        ]
    };
}
pub(super) use overloads;

/// The turns of an iteration.
pub(super) enum Turns {
    /// A block with one parameter gets each item.
    Items(Items),
    /// A block with two gets index and item,
    Indexed(std::iter::Enumerate<Items>),
    /// or key and value of a hash: by position, so that no pairs are made.
    Entries(Arc<Hash>, usize),
}

/// One turn.
pub(super) enum Turn {
    One(Value),
    Two([Value; 2]),
}

impl Turns {
    /// Turns over the first argument, for a block with two parameters or one.
    pub(super) fn new(arguments: &[Value], two: bool) -> Result<Turns, Control> {
        let source = arguments.first().unwrap_or(&Value::Undef);
        match source {
            Value::Hash(hash) if two => Ok(Turns::Entries(hash.clone(), 0)),
            source => {
                let items = items(source).ok_or("the value is not iterable")?;
                Ok(if two { Turns::Indexed(items.enumerate()) } else { Turns::Items(items) })
            }
        }
    }
}

impl Iterator for Turns {
    type Item = Turn;

    fn next(&mut self) -> Option<Turn> {
        match self {
            Turns::Items(items) => items.next().map(Turn::One),
            Turns::Indexed(items) => {
                let (index, item) = items.next()?;
                Some(Turn::Two([Value::Int(index as i64), item]))
            }
            Turns::Entries(hash, next) => {
                let (key, value) = hash.get_index(*next)?;
                *next += 1;
                Some(Turn::Two([key.clone(), value.clone()]))
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Turns::Items(items) => items.size_hint(),
            Turns::Indexed(items) => items.size_hint(),
            Turns::Entries(hash, next) => (hash.len() - next, Some(hash.len() - next)),
        }
    }
}

impl Turn {
    /// What the block gets.
    pub(super) fn arguments(&self) -> &[Value] {
        match self {
            Turn::One(item) => std::slice::from_ref(item),
            Turn::Two(values) => values,
        }
    }

    /// The item: of a hash walked with two parameters its value.
    pub(super) fn into_item(self) -> Value {
        match self {
            Turn::One(item) | Turn::Two([_, item]) => item,
        }
    }

    /// Key and value of a hash.
    pub(super) fn into_entry(self) -> (Value, Value) {
        match self {
            Turn::Two([key, value]) => (key, value),
            Turn::One(pair) => match pair.as_array() {
                Some([key, value]) => (key.clone(), value.clone()),
                _ => (pair, Value::Undef),
            },
        }
    }
}
