//! A list in order of addition that holds each item once.
//!
//! Nearly all such lists are short, and a scan is then the fastest index; the few that grow long get a real one, so
//! that their cost stays in proportion to their length.

use std::borrow::Borrow;
use std::hash::Hash;

use rustc_hash::FxHashSet;
use smallvec::SmallVec;

/// Up to this length a scan is fast enough.
const SCANNED_MAX: usize = 24;

/// Items in order of addition, each once.
#[derive(Clone, Debug)]
pub(crate) struct Unique<T> {
    /// One is as many as most have.
    items: SmallVec<[T; 1]>,
    /// All items, once there are more than [`SCANNED_MAX`].
    index: Option<Box<FxHashSet<T>>>,
}

impl<T> Default for Unique<T> {
    fn default() -> Unique<T> {
        Unique { items: SmallVec::new(), index: None }
    }
}

impl<T: Clone + Eq + Hash> Unique<T> {
    pub(crate) fn contains<Q: Eq + Hash + ?Sized>(&self, item: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        match &self.index {
            Some(index) => index.contains(item),
            None => self.items.iter().any(|other| other.borrow() == item),
        }
    }

    /// Adds an item; false if it was there.
    pub(crate) fn insert(&mut self, item: T) -> bool {
        if self.contains(&item) {
            return false;
        }
        self.push_new(item);
        true
    }

    /// Adds an item that is not in the list.
    fn push_new(&mut self, item: T) {
        match &mut self.index {
            Some(index) => {
                index.insert(item.clone());
            }
            None if self.items.len() == SCANNED_MAX => {
                let all = self.items.iter().chain([&item]).cloned();
                self.index = Some(Box::new(all.collect()));
            }
            None => {}
        }
        self.items.push(item);
    }

    pub(crate) fn as_slice(&self) -> &[T] {
        &self.items
    }

    pub(crate) fn into_vec(self) -> Vec<T> {
        self.items.into_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::Unique;

    #[test]
    fn order_is_kept_and_items_are_unique_at_any_length() {
        let mut list: Unique<usize> = Unique::default();
        assert!((0..100).all(|item| list.insert(item)));
        assert!(!(0..100).any(|item| list.insert(item)));
        assert!(list.index.is_some() && list.contains(&99) && !list.contains(&100));
        assert_eq!(list.into_vec(), (0..100).collect::<Vec<_>>());
    }
}
