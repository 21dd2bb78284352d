//! Values of the manifests that templates have changed.
//!
//! In Ruby a template gets the very strings, arrays and hashes that the manifest computed, and what it changes in them
//! is seen by every template after it: modules pass data from one template to the next that way. Our values of the
//! language are immutable, so the heap remembers, by the identity of the value, what a template made of it. Only
//! templates see that; the manifest keeps its value.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::value::{Text, Value};

/// The objects that stand for values of the manifests, for the time of a compile.
#[derive(Default)]
pub struct Heap {
    objects: RefCell<FxHashMap<usize, Entry>>,
    /// Templates that are being rendered, one inside the other.
    renders: Cell<u32>,
}

struct Entry {
    /// Keeps the identity from being used again.
    _origin: pcore::Value,
    object: Value,
}

impl Heap {
    /// An empty heap.
    pub fn new() -> Heap {
        Heap::default()
    }

    pub(crate) fn enter(&self) {
        self.renders.set(self.renders.get() + 1);
    }

    /// The end of a render. After the outermost one, only what was changed is kept.
    pub(crate) fn leave(&self) {
        self.renders.set(self.renders.get().saturating_sub(1));
        if self.renders.get() == 0 {
            self.objects.borrow_mut().retain(|_, entry| match &entry.object {
                Value::Array(array) => array.flags.is_dirty(),
                Value::Hash(hash) => hash.flags.is_dirty(),
                Value::Text(text) => text.flags.is_dirty(),
                _ => false,
            });
        }
    }

    pub(crate) fn find(&self, origin: &pcore::Value) -> Option<Value> {
        let identity = identity(origin)?;
        self.objects.borrow().get(&identity).map(|entry| entry.object.clone())
    }

    pub(crate) fn keep(&self, origin: &pcore::Value, object: &Value) {
        if let Some(identity) = identity(origin) {
            let entry = Entry { _origin: origin.clone(), object: object.clone() };
            self.objects.borrow_mut().insert(identity, entry);
        }
    }

    /// A string of the manifests is about to be changed.
    pub(crate) fn keep_text(&self, text: &Rc<Text>) {
        if text.flags.is_imported() && !text.flags.is_dirty() {
            self.keep(&pcore::Value::Str(text.share()), &Value::Text(text.clone()));
        }
    }
}

impl std::fmt::Debug for Heap {
    // Values may be secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Heap").field("objects", &self.objects.borrow().len()).finish()
    }
}

/// What tells one value of the manifests from another that is equal.
fn identity(value: &pcore::Value) -> Option<usize> {
    match value {
        pcore::Value::Str(text) => Some(text.as_str().as_ptr().addr()),
        pcore::Value::Array(items) => Some(Arc::as_ptr(items).addr()),
        pcore::Value::Hash(hash) => Some(Arc::as_ptr(hash).addr()),
        _ => None,
    }
}
