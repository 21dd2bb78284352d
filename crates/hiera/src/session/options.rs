//! `lookup_options` of a session: found once for each module, with the data of the layers above.

use std::rc::Rc;
use std::sync::Arc;

use pcore::{Str, Value};

use super::{Inner, Invocation, Session};
use crate::error::{Failure, LookupError};
use crate::explain::Kind;
use crate::host::Host;
use crate::key::Key;
use crate::lookup_options::{CompiledOptions, KeyOptions, LOOKUP_OPTIONS, LayeredOptions};
use crate::merge::Strategy;

/// Something that is found once.
pub(super) type Cached<T> = Option<T>;

const UPPER: &str = "Global and Environment";

impl Session {
    /// The options that hold for a key.
    pub(super) fn options_for(
        &self,
        host: &mut dyn Host,
        invocation: &Invocation,
        key: &Key,
    ) -> Result<Option<Arc<KeyOptions>>, Failure> {
        let inner = &*self.0;
        let module = invocation.module.clone();
        let known = inner.options.borrow().get(&module).cloned();
        let options = match known {
            Some(options) => options,
            None => {
                let options = Rc::new(self.find_options(host, invocation)?);
                inner.options.borrow_mut().insert(module, options.clone());
                options
            }
        };
        Ok(options.find(&key.root).cloned())
    }

    fn find_options(&self, host: &mut dyn Host, invocation: &Invocation) -> Result<LayeredOptions, Failure> {
        let inner = &*self.0;
        let module = invocation.module.clone();
        let invocation = invocation.for_options(inner, LOOKUP_OPTIONS.into(), module);
        inner.with_key(Kind::Top { meta: true }, LOOKUP_OPTIONS, || {
            if invocation.global_only {
                let global = self.global_options(host, &invocation)?;
                return Ok(LayeredOptions { upper: inner.compile(global.as_ref(), None)?, module: None });
            }
            let upper = self.upper_options(host, &invocation)?;
            let mut layered = LayeredOptions { upper: inner.compile(upper.as_ref(), None)?, module: None };
            let Some(module) = &invocation.module else { return Ok(layered) };
            // Keys without module have what the layers above have; no need to look that up again.
            inner.options.borrow_mut().entry(None).or_insert_with(|| Rc::new(layered.clone()));
            let key = Key::plain(LOOKUP_OPTIONS.into());
            let found = match self.in_module(host, &invocation, &key, &Strategy::Hash) {
                // `lookup_options:` without content takes those of the layers above away, too.
                Ok(Value::Undef) => return Ok(LayeredOptions::default()),
                Ok(found) => checked(found)?,
                Err(Failure::NotFound) => None,
                Err(error) => return Err(error),
            };
            layered.module = inner.compile(found.as_ref(), Some(module))?;
            if let (Some(upper), Some(found)) = (&upper, &found) {
                inner.note_merge(module, upper, found)?;
            }
            Ok(layered)
        })
    }

    fn global_options(&self, host: &mut dyn Host, invocation: &Invocation) -> Result<Option<Value>, Failure> {
        let inner = &*self.0;
        if let Some(found) = inner.global_options.borrow().as_ref() {
            return Ok(found.clone());
        }
        // Should this fail, it is not tried again.
        *inner.global_options.borrow_mut() = Some(None);
        let key = Key::plain(LOOKUP_OPTIONS.into());
        let found = match self.in_global(host, invocation, &key, &Strategy::Hash) {
            Ok(found) => checked(found)?,
            Err(Failure::NotFound) => None,
            Err(error) => return Err(error),
        };
        *inner.global_options.borrow_mut() = Some(found.clone());
        Ok(found)
    }

    /// Of global and environment data, merged.
    fn upper_options(&self, host: &mut dyn Host, invocation: &Invocation) -> Result<Option<Value>, Failure> {
        let inner = &*self.0;
        if let Some(found) = inner.upper_options.borrow().as_ref() {
            return Ok(found.clone());
        }
        let global = self.global_options(host, invocation)?;
        let key = Key::plain(LOOKUP_OPTIONS.into());
        let environment = match self.in_environment(host, invocation, &key, &Strategy::Hash) {
            Ok(found) => checked(found)?,
            Err(Failure::NotFound) => None,
            Err(error) => return Err(error),
        };
        let merged = match (global, environment) {
            (Some(global), Some(environment)) => Some(Strategy::Hash.merge(&global, &environment)?),
            (global, environment) => global.or(environment),
        };
        *inner.upper_options.borrow_mut() = Some(merged.clone());
        Ok(merged)
    }

    /// The options that hold in a module's `default_hierarchy`.
    pub(super) fn default_options(
        &self,
        host: &mut dyn Host,
        invocation: &Invocation,
        module: &Str,
    ) -> Result<Rc<LayeredOptions>, Failure> {
        let inner = &*self.0;
        if let Some(known) = inner.default_options.borrow().get(module) {
            return Ok(known.clone());
        }
        let invocation = invocation.for_options(inner, LOOKUP_OPTIONS.into(), Some(module.clone()));
        let section = || Kind::Scope(format!("Searching for \"{LOOKUP_OPTIONS}\""));
        let options = inner.with(section, || {
            let key = Key::plain(LOOKUP_OPTIONS.into());
            let found = match self.in_default_hierarchy(host, &invocation, &key, &Strategy::Hash) {
                Ok(found) => checked(found)?,
                Err(Failure::NotFound) => None,
                Err(error) => return Err(error),
            };
            Ok::<_, Failure>(LayeredOptions {
                upper: None,
                module: inner.compile(found.as_ref(), Some(module))?,
            })
        })?;
        let options = Rc::new(options);
        inner.default_options.borrow_mut().insert(module.clone(), options.clone());
        Ok(options)
    }
}

impl Inner {
    fn compile(
        &self,
        options: Option<&Value>,
        module: Option<&Str>,
    ) -> Result<Option<Arc<CompiledOptions>>, LookupError> {
        let Some(Value::Hash(hash)) = options else { return Ok(None) };
        let compile = || CompiledOptions::compile(hash, module.map(Str::as_str));
        self.store.options(hash, module, compile).map(Some)
    }

    /// Shows the merge of a module's options with those above. Only a record needs the merged hash.
    fn note_merge(&self, module: &str, upper: &Value, found: &Value) -> Result<(), Failure> {
        if !self.explaining.get() {
            return Ok(());
        }
        let sources = [(UPPER.to_owned(), upper), (format!("Module {module}"), found)];
        self.merge_over(&Strategy::Hash, sources.into_iter(), |(name, value)| {
            self.with(|| Kind::Scope(name), || Ok(self.found(LOOKUP_OPTIONS, value.clone())))
        })
        .map(|_| ())
    }
}

/// `lookup_options` must be a hash; null is none.
fn checked(found: Value) -> Result<Option<Value>, LookupError> {
    match found {
        Value::Undef => Ok(None),
        Value::Hash(hash) => Ok(Some(Value::Hash(hash))),
        _ => Err(LookupError::located(format!("value of {LOOKUP_OPTIONS} must be a hash"))),
    }
}
