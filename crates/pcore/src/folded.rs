//! Where a text is among many, whatever the case of its letters.
//!
//! `in` compares without regard to case, hence a look at each item or key. Who asks the same large collection again and again gets an
//! index instead, which grows with the collection.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, OnceLock};

use crate::Value;

/// Up to this number of items a look at each is fast enough.
const SCANNED_MAX: usize = 64;
/// So often each item is looked at before there is an index: making one costs as much.
const SCANS: u32 = 16;

/// The index of a collection, if there is one.
#[derive(Default)]
pub(crate) struct Folded(OnceLock<Box<Asked>>);

#[derive(Default)]
struct Asked {
    times: AtomicU32,
    index: OnceLock<Index>,
}

/// The first position of each text by its hash in small letters.
#[derive(Default)]
struct Index {
    positions: HashMap<u64, u32, BuildHasherDefault<Same>>,
    /// There are items that a text may equal without being the same.
    is_partial: bool,
}

impl Index {
    fn add(&mut self, at: usize, value: &Value) {
        match value {
            Value::Str(text) => {
                self.positions.entry(hash(text)).or_insert(at as u32);
            }
            Value::Undef
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Array(_)
            | Value::Hash(_) => {}
            _ => self.is_partial = true,
        }
    }
}

impl Folded {
    /// The only position where a text can be (`Some(None)`: nowhere), if that is known.
    pub(crate) fn position<'v>(
        &self,
        text: &str,
        items: impl ExactSizeIterator<Item = &'v Value>,
    ) -> Option<Option<usize>> {
        if items.len() <= SCANNED_MAX {
            return None;
        }
        let asked = self.0.get_or_init(Box::default);
        if asked.index.get().is_none() && asked.times.fetch_add(1, Ordering::Relaxed) < SCANS {
            return None;
        }
        let index = asked.index.get_or_init(|| {
            let mut index = Index::default();
            items.enumerate().for_each(|(at, item)| index.add(at, item));
            index
        });
        let found = index.positions.get(&hash(text));
        (!index.is_partial).then(|| found.map(|&at| at as usize))
    }

    /// The collection gets an item more, at its end.
    pub(crate) fn add(&mut self, at: usize, value: &Value) {
        if let Some(index) = self.0.get_mut().and_then(|asked| asked.index.get_mut()) {
            index.add(at, value);
        }
    }

    /// Forgets all: the collection changes otherwise.
    pub(crate) fn reset(&mut self) {
        self.0.take();
    }
}

/// A copy is another collection, which may never be asked.
impl Clone for Folded {
    fn clone(&self) -> Folded {
        Folded::default()
    }
}

impl fmt::Debug for Folded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Folded")
    }
}

/// The hash of a text in small letters, as `==` compares.
fn hash(text: &str) -> u64 {
    static SEEDED: LazyLock<foldhash::fast::RandomState> = LazyLock::new(Default::default);
    let mut state = SEEDED.build_hasher();
    let mut chunk = [0; 64];
    for bytes in text.as_bytes().chunks(chunk.len()) {
        let lower = &mut chunk[..bytes.len()];
        lower.copy_from_slice(bytes);
        lower.make_ascii_lowercase();
        state.write(lower);
    }
    state.finish()
}

/// A hasher for what is a hash already.
#[derive(Default)]
struct Same(u64);

impl Hasher for Same {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.0 = self.0.rotate_left(8) ^ u64::from(byte));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::compare::includes;
    use crate::{Array, Hash, Value};

    /// Whether a text is in both collections, asked so often that they have an index.
    fn is_in(array: &Value, hash: &Value, text: &str) -> [bool; 2] {
        let text = Value::from(text);
        (0..40).for_each(|_| {
            includes(array, &text);
            includes(hash, &text);
        });
        [includes(array, &text), includes(hash, &text)]
    }

    fn change(value: &mut Value, array: impl FnOnce(&mut Array), hash: impl FnOnce(&mut Hash)) {
        match value {
            Value::Array(items) => array(Arc::get_mut(items).unwrap()),
            Value::Hash(entries) => hash(Arc::get_mut(entries).unwrap()),
            _ => {}
        }
    }

    #[test]
    fn what_is_asked_often_is_still_right() {
        let names = || (0..100).map(|n| format!("Item {n}"));
        let mut array = Value::array(names().map(Value::from).collect::<Vec<_>>());
        let mut hash = Value::hash(names().map(|name| (name, 1)).collect());
        assert_eq!(is_in(&array, &hash, "iTEM 7"), [true; 2]);
        assert_eq!(is_in(&array, &hash, "item 100"), [false; 2]);
        for value in [&mut array, &mut hash] {
            change(
                value,
                |array| {
                    array.push("ITEM 100".into());
                    array.add(&["other".into(), 5.into()]);
                },
                |hash| {
                    hash.insert("ITEM 100", 1);
                    hash.extend([("other", 1), ("Item 0", 2)]);
                },
            );
        }
        for text in ["item 100", "Other", "item 0"] {
            assert_eq!(is_in(&array, &hash, text), [true; 2], "{text}");
        }
        for value in [&mut array, &mut hash] {
            change(value, |array| drop(array.remove(0)), |hash| drop(hash.remove_str("Item 0")));
        }
        assert_eq!(is_in(&array, &hash, "item 0"), [false; 2]);
        assert_eq!(is_in(&array, &hash, "item 1"), [true; 2]);
        // A type among the items fits texts.
        let ty = Value::Type(crate::Type::STRING);
        for value in [&mut array, &mut hash] {
            change(value, |array| array.push(ty.clone()), |hash| drop(hash.insert(ty.clone(), 1)));
        }
        assert_eq!(is_in(&array, &hash, "anything"), [true; 2]);
    }
}
