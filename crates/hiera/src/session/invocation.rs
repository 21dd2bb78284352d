//! One lookup: what it brings along, and the helpers that record its steps.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use pcore::{Hash, Str, Value};

use super::{Inner, Request};
use crate::error::{ErrorKind, Failure, Found, LookupError};
use crate::explain::{Explainer, Kind};
use crate::key::{Key, Segment};
use crate::merge::Strategy;

/// The state that travels with one lookup.
#[derive(Clone)]
pub(crate) struct Invocation {
    pub(super) overrides: Option<Arc<Hash>>,
    pub(super) default_values: Option<Arc<Hash>>,
    pub(super) global_only: bool,
    /// The call is one of a `hiera*` function; the places that it names before those of the hierarchy.
    pub(super) legacy: Option<Rc<[Str]>>,
    /// Hashes are merged as hiera.yaml of version 3 says.
    pub(super) merge_of_file: bool,
    /// Variables are those that hiera.yaml of version 3 sees.
    pub(super) version_3: bool,
    /// The key that is looked up, for messages.
    pub(super) top_key: Str,
    /// The module whose data may be asked.
    pub(super) module: Option<Str>,
    /// While hiera.yaml is resolved: which variables it depends on, and how undefined ones are treated.
    pub(super) resolving: Option<Rc<Resolving>>,
}

/// The resolution of a hiera.yaml.
#[derive(Default)]
pub(super) struct Resolving {
    /// The variables that were read.
    pub(super) watched: RefCell<Vec<Watched>>,
    /// Undefined variables are logged, not refused (paths).
    pub(super) lenient: bool,
    /// A variable of `mapped_paths`, on top of the scope.
    pub(super) local: Option<(Str, Value)>,
}

/// A variable that hiera.yaml depends on, with what was found there.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Watched {
    pub(super) root: Str,
    pub(super) segments: Vec<Segment>,
    pub(super) value: Option<Value>,
}

impl Invocation {
    pub(super) fn plain(inner: &Inner) -> Invocation {
        let inherited = inner.inherited.borrow();
        Invocation {
            overrides: None,
            default_values: None,
            global_only: inherited.global_only,
            legacy: inherited.legacy.clone(),
            merge_of_file: false,
            version_3: false,
            top_key: Str::default(),
            module: None,
            resolving: None,
        }
    }

    pub(super) fn new(inner: &Inner, request: &Request) -> Invocation {
        Invocation {
            overrides: request.overrides.clone(),
            default_values: request.default_values.clone(),
            ..Invocation::plain(inner)
        }
    }

    /// The invocation while it looks for a key.
    pub(super) fn for_key(&self, key: &Key) -> Invocation {
        Invocation { top_key: key.text.clone(), module: key.module().map(Str::from), ..self.clone() }
    }

    /// The invocation for a lookup that is not affected by overrides and defaults: that of `lookup_options`.
    pub(super) fn for_options(&self, inner: &Inner, top_key: Str, module: Option<Str>) -> Invocation {
        Invocation { top_key, module, ..Invocation::plain(inner) }
    }
}

impl Inner {
    /// Records something, if this lookup is recorded.
    pub(crate) fn note(&self, what: impl FnOnce(&mut Explainer)) {
        if self.explaining.get() {
            what(&mut self.explainer.borrow_mut());
        }
    }

    /// Runs a step that is a node of the record.
    pub(super) fn with<R>(&self, kind: impl FnOnce() -> Kind, body: impl FnOnce() -> R) -> R {
        if !self.explaining.get() {
            return body();
        }
        self.explainer.borrow_mut().push(kind());
        let result = body();
        self.explainer.borrow_mut().pop();
        result
    }

    /// The same for a node about a key.
    pub(super) fn with_key<R>(&self, kind: Kind, key: &str, body: impl FnOnce() -> R) -> R {
        if !self.explaining.get() {
            return body();
        }
        self.explainer.borrow_mut().push_key(kind, key);
        let result = body();
        self.explainer.borrow_mut().pop();
        result
    }

    /// Notes a value that was found.
    pub(super) fn found(&self, key: &str, value: Value) -> Value {
        self.note(|explainer| explainer.found(key, &value));
        value
    }

    /// Notes that there is none.
    pub(super) fn missing(&self, key: &str) -> Failure {
        self.note(|explainer| explainer.not_found(key));
        Failure::NotFound
    }

    /// Runs a step under a name; the name coming up again inside of it is an endless recursion.
    pub(super) fn check<R>(
        &self,
        name: Str,
        body: impl FnOnce() -> Result<R, Failure>,
    ) -> Result<R, Failure> {
        {
            let mut stack = self.stack.borrow_mut();
            if stack.contains(&name) {
                let names: Vec<&str> = stack.iter().map(Str::as_str).collect();
                let message = format!("Recursive lookup detected in [{}]", names.join(", "));
                return Err(LookupError::located(message).into());
            }
            stack.push(name);
        }
        let result = body();
        self.stack.borrow_mut().pop();
        // An error with a place of its own would not be given the place of the call any more; Puppet settles
        // that here.
        result.map_err(|failure| match failure {
            Failure::Error(error) if error.kind == ErrorKind::Plain => {
                Failure::Error(LookupError { kind: ErrorKind::Located, ..error })
            }
            other => other,
        })
    }

    /// Asks several places and merges what they have.
    pub(super) fn merge_over<T>(
        &self,
        strategy: &Strategy,
        places: impl ExactSizeIterator<Item = T>,
        mut ask: impl FnMut(T) -> Found,
    ) -> Found {
        let mut places = places;
        if strategy.is_first() {
            for place in places {
                match ask(place) {
                    Err(Failure::NotFound) => {}
                    found => return found,
                }
            }
            return Err(Failure::NotFound);
        }
        match places.len() {
            0 => Err(Failure::NotFound),
            1 => {
                let only = places.next().ok_or(Failure::NotFound)?;
                ask(only).map(|value| strategy.single(value))
            }
            _ => {
                let kind = || Kind::Merge { strategy: strategy.name(), options: strategy.options() };
                self.with(kind, || {
                    let mut merged: Option<Value> = None;
                    for place in places {
                        let value = match ask(place) {
                            Ok(value) => value,
                            Err(Failure::NotFound) => continue,
                            Err(error) => return Err(error),
                        };
                        merged = Some(match merged {
                            None => strategy.begin(value),
                            Some(high) => strategy.merge(&high, &value)?,
                        });
                    }
                    let merged = merged.ok_or(Failure::NotFound)?;
                    self.note(|explainer| explainer.result(&merged));
                    Ok(merged)
                })
            }
        }
    }
}
