//! The hash of the Puppet language: ordered by insertion, keyed by any value.

use foldhash::fast::RandomState;
use indexmap::{Equivalent, IndexMap};

use crate::extent::Known;
use crate::folded::Folded;
use crate::{Str, Value};

/// Agents choose the keys of facts, so that the hasher has a seed that they do not know.
type Map = IndexMap<Value, Value, RandomState>;

/// Insertion-ordered hash. Keys are compared strictly (`1` and `1.0` are two keys, case matters), unlike `==` of
/// the language.
#[derive(Clone, Debug, Default)]
pub struct Hash {
    entries: Map,
    known: Known,
    /// Where keys are that are texts.
    folded: Folded,
    /// There is, or has been, a key that is no text.
    has_other_keys: bool,
}

impl PartialEq for Hash {
    fn eq(&self, other: &Hash) -> bool {
        self.entries == other.entries
    }
}

/// Looks a string key up without making a [`Value`] of it.
#[derive(Hash, PartialEq, Eq)]
struct StrKey<'a>(&'a str);

impl Equivalent<Value> for StrKey<'_> {
    fn equivalent(&self, key: &Value) -> bool {
        matches!(key, Value::Str(text) if text.as_str() == self.0)
    }
}

impl Hash {
    /// An empty hash.
    pub fn new() -> Hash {
        Hash::default()
    }

    /// An empty hash with room for `n` entries.
    pub fn with_capacity(n: usize) -> Hash {
        Hash { entries: Map::with_capacity_and_hasher(n, Default::default()), ..Hash::default() }
    }

    pub(crate) fn known(&self) -> &Known {
        &self.known
    }

    /// True if all keys are texts for certain.
    pub(crate) fn has_text_keys(&self) -> bool {
        !self.has_other_keys
    }

    pub(crate) fn folded(&self) -> &Folded {
        &self.folded
    }

    fn put(&mut self, key: Value, value: Value) -> Option<Value> {
        self.known.add([&key, &value]);
        self.has_other_keys |= !matches!(key, Value::Str(_));
        match self.entries.entry(key) {
            indexmap::map::Entry::Occupied(mut entry) => {
                let before = entry.insert(value);
                self.known.remove([entry.key(), &before]);
                Some(before)
            }
            indexmap::map::Entry::Vacant(entry) => {
                self.folded.add(entry.index(), entry.key());
                entry.insert(value);
                None
            }
        }
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// True if there is no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The value of a key.
    pub fn get(&self, key: &Value) -> Option<&Value> {
        self.entries.get(key)
    }

    /// The value of a string key.
    pub fn get_str(&self, key: &str) -> Option<&Value> {
        self.entries.get(&StrKey(key))
    }

    /// The value of a key, to change in place.
    pub fn get_mut(&mut self, key: &Value) -> Option<&mut Value> {
        self.known.reset();
        self.entries.get_mut(key)
    }

    /// True if the key is there.
    pub fn contains_key(&self, key: &Value) -> bool {
        self.entries.contains_key(key)
    }

    /// True if the string key is there.
    pub fn contains_str(&self, key: &str) -> bool {
        self.entries.contains_key(&StrKey(key))
    }

    /// Sets a key; a key that was there keeps its place.
    pub fn insert(&mut self, key: impl Into<Value>, value: impl Into<Value>) -> Option<Value> {
        self.put(key.into(), value.into())
    }

    /// Removes a key, keeping the order of the others.
    pub fn remove(&mut self, key: &Value) -> Option<Value> {
        self.known.reset();
        self.folded.reset();
        self.entries.shift_remove(key)
    }

    /// Removes a string key, keeping the order of the others.
    pub fn remove_str(&mut self, key: &str) -> Option<Value> {
        self.known.reset();
        self.folded.reset();
        self.entries.shift_remove(&StrKey(key))
    }

    /// Keeps the entries for which `keep` is true.
    pub fn retain(&mut self, mut keep: impl FnMut(&Value, &Value) -> bool) {
        self.known.reset();
        self.folded.reset();
        self.entries.retain(|key, value| keep(key, value));
    }

    /// Entry by position.
    pub fn get_index(&self, index: usize) -> Option<(&Value, &Value)> {
        self.entries.get_index(index)
    }

    /// Entries in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Value, &Value)> + ExactSizeIterator {
        self.entries.iter()
    }

    /// Keys in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &Value> + ExactSizeIterator {
        self.entries.keys()
    }

    /// Values in order.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &Value> + ExactSizeIterator {
        self.entries.values()
    }

    /// Values in order, to change in place.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Value> {
        self.known.reset();
        self.entries.values_mut()
    }
}

impl<K: Into<Value>, V: Into<Value>> FromIterator<(K, V)> for Hash {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Hash {
        let mut has_other_keys = false;
        let entries = entries.into_iter().map(|(key, value)| {
            let key = key.into();
            has_other_keys |= !matches!(key, Value::Str(_));
            (key, value.into())
        });
        let entries = entries.collect();
        Hash { entries, has_other_keys, ..Hash::default() }
    }
}

impl<K: Into<Value>, V: Into<Value>> Extend<(K, V)> for Hash {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        let entries = entries.into_iter();
        self.entries.reserve(entries.size_hint().0);
        for (key, value) in entries {
            self.put(key.into(), value.into());
        }
    }
}

impl IntoIterator for Hash {
    type Item = (Value, Value);
    type IntoIter = indexmap::map::IntoIter<Value, Value>;
    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl std::ops::Index<&str> for Hash {
    type Output = Value;
    fn index(&self, key: &str) -> &Value {
        self.get_str(key).unwrap_or(&Value::Undef)
    }
}

impl From<&Hash> for Vec<(Str, Value)> {
    /// The entries whose keys are strings.
    fn from(hash: &Hash) -> Vec<(Str, Value)> {
        hash.iter()
            .filter_map(|(key, value)| match key {
                Value::Str(key) => Some((key.clone(), value.clone())),
                _ => None,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Type;
    use crate::matches::is_instance;

    #[test]
    fn keys_that_are_no_texts_are_not_overlooked() {
        let texts = Type::hash_of(Type::STRING, Type::Any);
        let fits = |hash: &Hash| is_instance(&texts, &Value::hash(hash.clone()));
        let mut hash = Hash::from_iter([("a", 1)]);
        assert!(fits(&hash));
        hash.insert(1, 1);
        assert!(!fits(&hash) && !fits(&hash.iter().map(|(k, v)| (k.clone(), v.clone())).collect()));
        hash.remove(&1.into());
        assert!(fits(&hash));
        hash.extend([(2, 2)]);
        assert!(!fits(&hash) && fits(&Hash::new()));
    }
}
