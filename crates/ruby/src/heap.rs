//! Values of the manifests that templates have changed.
//!
//! In Ruby a template gets the very strings, arrays and hashes that the manifest computed, and what it changes in them
//! is seen by every template after it: modules pass data from one template to the next that way. Our values of the
//! language are immutable, so the heap remembers, by the identity of the value, what a template made of it. Templates see
//! that, and so does the catalog at its end ([`Heap::current`]); code of the manifest in between keeps its value.
//!
//! Methods that a template defines are there for every template after it, too.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::ir::Body;
use crate::limits::NESTING_MAX;
use crate::value::{Text, Value};

/// The objects that stand for values of the manifests, and the methods of templates, for the time of a compile.
#[derive(Default)]
pub struct Heap {
    objects: RefCell<FxHashMap<usize, Entry>>,
    methods: RefCell<FxHashMap<Box<str>, Arc<Body>>>,
    /// Templates that are being rendered, one inside the other.
    renders: Cell<u32>,
}

struct Entry {
    /// Keeps the identity from being used again.
    _origin: pcore::Value,
    object: Value,
}

impl Entry {
    fn is_changed(&self) -> bool {
        match &self.object {
            Value::Array(array) => array.flags.is_dirty(),
            Value::Hash(hash) => hash.flags.is_dirty(),
            Value::Text(text) => text.flags.is_dirty(),
            _ => false,
        }
    }
}

impl Heap {
    /// An empty heap.
    pub fn new() -> Heap {
        Heap::default()
    }

    /// What templates have made of a value or of something in it; `None` if it is as it was, or has become something that the Puppet
    /// language has no value for.
    pub fn current(&self, value: &pcore::Value) -> Option<pcore::Value> {
        if self.objects.borrow().is_empty() {
            return None;
        }
        self.current_at(value, 0)
    }

    fn current_at(&self, value: &pcore::Value, depth: u32) -> Option<pcore::Value> {
        if depth > NESTING_MAX {
            return None;
        }
        if let Some(object) = self.find(value) {
            return plain(&object, depth);
        }
        match value {
            pcore::Value::Array(items) => {
                let changed: Vec<_> = items.iter().map(|item| self.current_at(item, depth + 1)).collect();
                changed.iter().any(Option::is_some).then(|| {
                    let items = changed.into_iter().zip(items.iter());
                    pcore::Value::array(
                        items.map(|(new, old)| new.unwrap_or_else(|| old.clone())).collect::<Vec<_>>(),
                    )
                })
            }
            pcore::Value::Hash(hash) => {
                let changed: Vec<_> = hash.iter().map(|(_, item)| self.current_at(item, depth + 1)).collect();
                changed.iter().any(Option::is_some).then(|| {
                    let mut current = pcore::Hash::with_capacity(hash.len());
                    for (new, (key, old)) in changed.into_iter().zip(hash.iter()) {
                        current.insert(key.clone(), new.unwrap_or_else(|| old.clone()));
                    }
                    pcore::Value::hash(current)
                })
            }
            pcore::Value::Sensitive(inner) => self.current_at(inner, depth + 1).map(pcore::Value::sensitive),
            _ => None,
        }
    }

    /// Whether a template has changed a value of the manifests.
    pub fn is_changed(&self) -> bool {
        self.objects.borrow().values().any(Entry::is_changed)
    }

    /// A method that a template has defined.
    pub(crate) fn method(&self, name: &str) -> Option<Arc<Body>> {
        self.methods.borrow().get(name).cloned()
    }

    pub(crate) fn define(&self, name: &str, body: &Arc<Body>) {
        self.methods.borrow_mut().insert(name.into(), body.clone());
    }

    pub(crate) fn enter(&self) {
        self.renders.set(self.renders.get() + 1);
    }

    /// The end of a render. After the outermost one, only what was changed is kept.
    pub(crate) fn leave(&self) {
        self.renders.set(self.renders.get().saturating_sub(1));
        if self.renders.get() == 0 {
            self.objects.borrow_mut().retain(|_, entry| entry.is_changed());
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

/// An object as a value of the Puppet language.
fn plain(object: &Value, depth: u32) -> Option<pcore::Value> {
    if depth > NESTING_MAX {
        return None;
    }
    Some(match object {
        Value::Nil => pcore::Value::Undef,
        Value::Bool(flag) => pcore::Value::Bool(*flag),
        Value::Int(number) => pcore::Value::Int(*number),
        Value::Float(number) => pcore::Value::Float(*number),
        Value::Text(text) => pcore::Value::Str(text.share()),
        Value::Symbol(name) => match name.as_str() {
            "undef" => pcore::Value::Undef,
            "default" => pcore::Value::Default,
            other => pcore::Value::str(other),
        },
        Value::Array(array) => {
            let items = array.to_vec();
            let items = items.iter().map(|item| plain(item, depth + 1)).collect::<Option<Vec<_>>>()?;
            pcore::Value::array(items)
        }
        Value::Hash(hash) => {
            let mut entries = pcore::Hash::with_capacity(hash.len());
            for (key, item) in hash.pairs() {
                entries.insert(plain(&key, depth + 1)?, plain(&item, depth + 1)?);
            }
            pcore::Value::hash(entries)
        }
        Value::Regexp(regex) => pcore::Value::Regexp(regex.program.clone()),
        Value::Puppet(value) => (**value).clone(),
        _ => return None,
    })
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
