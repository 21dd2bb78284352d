//! What a backend function sees of the lookup that called it: `Puppet::LookupContext` in the language.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use pcore::{Hash, Str, Value};

use super::layers::Layer;
use super::provider::FunctionState;
use super::{Invocation, Session};
use crate::error::{Failure, LookupError};
use crate::host::Host;
use crate::source::Source as _;

/// A handle to one call of a backend function. Its cache belongs to the entry and file, and lasts for the compile.
#[derive(Clone)]
pub struct Context(Rc<Inner>);

struct Inner {
    session: Session,
    invocation: Invocation,
    module: Option<Str>,
    state: Rc<FunctionState>,
    not_found: Cell<bool>,
}

impl Context {
    pub(super) fn new(
        session: &Session,
        invocation: &Invocation,
        layer: &Rc<Layer>,
        state: &Rc<FunctionState>,
    ) -> Context {
        Context(Rc::new(Inner {
            session: session.clone(),
            invocation: invocation.clone(),
            module: layer.place.module().cloned(),
            state: state.clone(),
            not_found: Cell::new(false),
        }))
    }

    /// A context that belongs to no lookup, with a cache of its own.
    #[must_use]
    pub fn detached(session: &Session, module: Option<Str>) -> Context {
        Context(Rc::new(Inner {
            invocation: Invocation::plain(&session.0),
            session: session.clone(),
            module,
            state: Rc::default(),
            not_found: Cell::new(false),
        }))
    }

    /// `not_found()`: says that there is no such key. The function must then be left, with any error.
    pub fn not_found(&self) {
        self.0.not_found.set(true);
    }

    /// Whether the function said that there is no such key.
    pub(super) fn was_not_found(&self) -> bool {
        self.0.not_found.get()
    }

    /// `interpolate(value)`: resolves the `%{...}` in a value.
    ///
    /// # Errors
    /// As for a lookup.
    pub fn interpolate(&self, host: &mut dyn Host, value: &Value) -> Result<Value, LookupError> {
        match self.0.session.interpolate(host, &self.0.invocation, value, true) {
            Ok(value) => Ok(value),
            Err(Failure::NotFound) => Ok(Value::Undef),
            Err(Failure::Error(error)) => Err(error),
        }
    }

    /// `environment_name`
    pub fn environment_name(&self) -> Str {
        self.0.session.0.environment.name.clone()
    }

    /// `module_name`: that of a module's layer.
    pub fn module_name(&self) -> Option<Str> {
        self.0.module.clone()
    }

    /// `cache(key, value)`: keeps a value, and gives it back.
    pub fn cache(&self, key: Value, value: Value) -> Value {
        self.0.state.cache.borrow_mut().insert(key, value.clone());
        value
    }

    /// `cache_all(hash)`
    pub fn cache_all(&self, hash: &Hash) {
        let entries = hash.iter().map(|(key, value)| (key.clone(), value.clone()));
        self.0.state.cache.borrow_mut().extend(entries);
    }

    /// `cache_has_key(key)`
    pub fn cache_has_key(&self, key: &Value) -> bool {
        self.0.state.cache.borrow().contains_key(key)
    }

    /// `cached_value(key)`
    pub fn cached_value(&self, key: &Value) -> Option<Value> {
        self.0.state.cache.borrow().get(key).cloned()
    }

    /// `cached_entries()`: what is cached now.
    pub fn cached_entries(&self) -> Hash {
        self.0.state.cache.borrow().clone()
    }

    /// `cached_file_data(path)` without block: the text of a file.
    ///
    /// # Errors
    /// The file cannot be read, or is not UTF-8.
    pub fn file(&self, path: &str) -> Result<String, LookupError> {
        let inner = &self.0.session.0;
        inner.watching().stat(path);
        inner.store.read(path)
    }

    /// `explain() || { ... }`: adds a line to the record; the text is only made if there is one.
    pub fn explain(&self, text: impl FnOnce() -> String) {
        if self.is_explaining() {
            let text = text();
            self.0.session.0.note(|explainer| explainer.text(text));
        }
    }

    /// Whether the lookup is recorded.
    pub fn is_explaining(&self) -> bool {
        self.0.session.0.explaining.get()
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("session", &self.0.session).finish_non_exhaustive()
    }
}
