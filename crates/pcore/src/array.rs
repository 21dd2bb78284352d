//! The array of the Puppet language.

use std::ops::{Deref, DerefMut};

use crate::Value;
use crate::extent::Known;
use crate::folded::Folded;

/// Items in order. It is used as the [`Vec`] that it holds, and keeps beside it how large it is (see [`crate::extent`]).
#[derive(Clone, Debug, Default)]
pub struct Array {
    items: Vec<Value>,
    known: Known,
    folded: Folded,
}

impl Array {
    /// Appends items; unlike a change through [`DerefMut`] it leaves what is known of the others.
    pub fn add(&mut self, items: &[Value]) {
        self.known.add(items);
        let length = self.items.len();
        items.iter().enumerate().for_each(|(at, item)| self.folded.add(length + at, item));
        self.items.extend_from_slice(items);
    }

    /// [`Array::add`] of one item.
    pub fn push(&mut self, item: Value) {
        self.known.add([&item]);
        self.folded.add(self.items.len(), &item);
        self.items.push(item);
    }

    /// The items.
    pub fn into_vec(self) -> Vec<Value> {
        self.items
    }

    pub(crate) fn known(&self) -> &Known {
        &self.known
    }

    pub(crate) fn folded(&self) -> &Folded {
        &self.folded
    }
}

impl PartialEq for Array {
    fn eq(&self, other: &Array) -> bool {
        self.items == other.items
    }
}

impl Deref for Array {
    type Target = Vec<Value>;
    fn deref(&self) -> &Vec<Value> {
        &self.items
    }
}

impl DerefMut for Array {
    fn deref_mut(&mut self) -> &mut Vec<Value> {
        self.known.reset();
        self.folded.reset();
        &mut self.items
    }
}

impl From<Vec<Value>> for Array {
    fn from(items: Vec<Value>) -> Array {
        Array { items, known: Known::default(), folded: Folded::default() }
    }
}

impl FromIterator<Value> for Array {
    fn from_iter<I: IntoIterator<Item = Value>>(items: I) -> Array {
        Array::from(Vec::from_iter(items))
    }
}

impl IntoIterator for Array {
    type Item = Value;
    type IntoIter = std::vec::IntoIter<Value>;
    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<'a> IntoIterator for &'a Array {
    type Item = &'a Value;
    type IntoIter = std::slice::Iter<'a, Value>;
    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}
