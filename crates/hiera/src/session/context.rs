//! What a backend function sees of the lookup that called it: `Puppet::LookupContext` in the language.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use pcore::{Hash, Str, Value};

use super::backend3::Global;
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

    /// `%{hiera('key')}` in the data of a backend of version 3: a lookup in the global layer, perhaps with places that come before
    /// those of its hierarchy. `None` is "not found".
    ///
    /// # Errors
    /// As for a lookup.
    pub fn lookup_global(
        &self,
        host: &mut dyn Host,
        key: &Str,
        places: Option<&[Str]>,
    ) -> Result<Option<Value>, LookupError> {
        Global { session: &self.0.session, from: &self.0.invocation }.lookup(host, key, places)
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
        self.0.state.elsewhere.borrow_mut().remove(&key);
        self.0.state.cache.borrow_mut().insert(key, value.clone());
        value
    }

    /// `cache_all(hash)`
    pub fn cache_all(&self, hash: &Hash) {
        for (key, value) in hash.iter() {
            self.cache(key.clone(), value.clone());
        }
    }

    /// Keeps what a function in another process has cached: an object there, under a name of its own, and its value as far as it has
    /// one here.
    pub fn keep(&self, key: Value, name: Str, value: Option<Value>) {
        let place = [Value::Str(name), Value::Bool(value.is_some())];
        self.cache(key.clone(), value.unwrap_or_default());
        self.0.state.elsewhere.borrow_mut().insert(key, Value::array(place));
    }

    /// The object of another process that is cached under a key: its name, and whether there is a value here.
    pub fn kept(&self, key: &Value) -> Option<(Str, bool)> {
        let elsewhere = self.0.state.elsewhere.borrow();
        match elsewhere.get(key)?.as_array()? {
            [Value::Str(name), Value::Bool(has_value)] => Some((name.clone(), *has_value)),
            _ => None,
        }
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
        if inner.watching().stat(path).is_none() {
            let text = format!("No such file or directory @ rb_file_s_stat - {path}");
            return Err(LookupError::argument(text));
        }
        inner.store.read(path)
    }

    /// What tells one state of a file from another.
    pub fn stamp(&self, path: &str) -> String {
        format!("{:?}", self.0.session.0.watching().stat(path))
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
