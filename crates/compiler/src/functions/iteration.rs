//! What the iterating functions share: the arguments that each turn gives to the block.
//!
//! A block with one parameter gets the item (of a hash, a pair of key and value); a block with two gets key and
//! value of a hash, and index and item of everything else. Which of them applies is a matter of the overload.

use pcore::Value;
use pcore::iter::{Items, items};

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
pub(super) struct Turns {
    items: Items,
    /// Position of the next item, when the block wants it.
    index: Option<i64>,
    is_hash: bool,
    two: bool,
}

/// One turn.
pub(super) struct Turn {
    values: [Value; 2],
    two: bool,
}

impl Turns {
    /// Turns over the first argument, for a block with two parameters or one.
    pub(super) fn new(arguments: &[Value], two: bool) -> Result<Turns, Control> {
        let source = arguments.first().unwrap_or(&Value::Undef);
        let is_hash = matches!(source, Value::Hash(_));
        let items = items(source).ok_or("the value is not iterable")?;
        Ok(Turns { items, index: (two && !is_hash).then_some(0), is_hash, two })
    }
}

impl Iterator for Turns {
    type Item = Turn;

    fn next(&mut self) -> Option<Turn> {
        let item = self.items.next()?;
        let values = match &mut self.index {
            Some(index) => {
                *index += 1;
                [Value::Int(*index - 1), item]
            }
            None if self.two && self.is_hash => match item.as_array() {
                Some([key, value]) => [key.clone(), value.clone()],
                _ => [item, Value::Undef],
            },
            None => [item, Value::Undef],
        };
        Some(Turn { values, two: self.two })
    }
}

impl Turn {
    /// What the block gets.
    pub(super) fn arguments(&self) -> &[Value] {
        let count = if self.two { 2 } else { 1 };
        self.values.get(..count).unwrap_or_default()
    }

    /// The item: of a hash walked with two parameters its value.
    pub(super) fn into_item(self) -> Value {
        let [first, second] = self.values;
        if self.two { second } else { first }
    }

    /// Key and value of a hash.
    pub(super) fn into_entry(self) -> (Value, Value) {
        let [first, second] = self.values;
        match (self.two, first.as_array()) {
            (false, Some([key, value])) => (key.clone(), value.clone()),
            _ => (first, second),
        }
    }
}
