//! One entry of a hierarchy: asks its files or its function for a key.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use pcore::{Hash, Str, Type, Value};
use rustc_hash::FxHashMap;

use super::layers::Layer;
use super::resolve::{Location, ResolvedEntry};
use super::{Context, Invocation, Session};
use crate::assert::{assert_assignable, assert_instance};
use crate::data::is_data;
use crate::error::{Failure, Found, LookupError};
use crate::explain::Kind;
use crate::eyaml::Eyaml;
use crate::host::{BackendCall, FunctionKind, Host};
use crate::key::Key;
use crate::lookup_options::LOOKUP_OPTIONS;
use crate::merge::Strategy;
use crate::store::{DataFile, Format};

/// What an entry remembers for one location.
#[derive(Debug, Default)]
pub(super) struct FunctionState {
    /// The result of a `data_hash` function.
    data: RefCell<Option<Arc<DataFile>>>,
    /// The results of `lookup_key` and `data_dig` functions.
    values: RefCell<FxHashMap<Str, Value>>,
    /// What the function itself caches through its context.
    pub(super) cache: RefCell<Hash>,
    /// For what is cached as an object of another process: `[name, whether the cache has it, too]`.
    pub(super) elsewhere: RefCell<Hash>,
}

/// The function that decrypts values of YAML files; it is native here.
const EYAML: &str = "eyaml_lookup_key";

impl Session {
    pub(super) fn in_entry(
        &self,
        host: &mut dyn Host,
        invocation: &Invocation,
        layer: &Rc<Layer>,
        entry: &ResolvedEntry,
        key: &Key,
        strategy: &Strategy,
    ) -> Found {
        let inner = &*self.0;
        let name = || match entry.kind {
            FunctionKind::LegacyDataHash => format!("Deprecated API function \"{}\"", entry.function),
            _ => format!("Hierarchy entry \"{}\"", entry.name),
        };
        let kind = || Kind::Provider { name: name(), configuration: None, module: None };
        let is_hiera3 = entry.kind == FunctionKind::Hiera3;
        inner.with(kind, || match &entry.locations {
            // An entry without locations counts as one place.
            None => {
                let ask = |()| self.ask(host, invocation, layer, entry, None, key, strategy);
                inner.merge_over(strategy, std::iter::once(()), ask)
            }
            Some(locations) => {
                let named = match layer.config.version {
                    3 if !is_hiera3 => self.named_locations(host, invocation, entry)?,
                    _ => Vec::new(),
                };
                let places: Vec<&Location> = named.iter().chain(locations).collect();
                inner.merge_over(strategy, places.into_iter(), |location| {
                    let kind = || Kind::Location {
                        uri: location.is_uri,
                        original: location.original.clone(),
                        resolved: location.resolved.clone(),
                    };
                    inner.with(kind, || {
                        if !is_hiera3 && !location.exists() {
                            inner.note(|explainer| explainer.location_not_found());
                            return Err(Failure::NotFound);
                        }
                        self.ask(host, invocation, layer, entry, Some(location), key, strategy)
                    })
                })
            }
        })
    }

    #[allow(clippy::too_many_arguments, reason = "a question is made of these")]
    fn ask(
        &self,
        host: &mut dyn Host,
        invocation: &Invocation,
        layer: &Rc<Layer>,
        entry: &ResolvedEntry,
        location: Option<&Location>,
        key: &Key,
        strategy: &Strategy,
    ) -> Found {
        let asked = Asked { session: self, invocation, layer, entry, location };
        match entry.kind {
            FunctionKind::DataHash | FunctionKind::LegacyDataHash => asked.data_hash(host, &key.root),
            FunctionKind::LookupKey => asked.lookup_key(host, &key.root),
            FunctionKind::DataDig => asked.data_dig(host, key),
            FunctionKind::Hiera3 => asked.hiera3(host, key, strategy),
        }
    }
}

/// One question to one place.
struct Asked<'a> {
    session: &'a Session,
    invocation: &'a Invocation,
    layer: &'a Rc<Layer>,
    entry: &'a ResolvedEntry,
    location: Option<&'a Location>,
}

impl Asked<'_> {
    fn data_hash(&self, host: &mut dyn Host, root: &Str) -> Found {
        let inner = &*self.session.0;
        let data = self.data(host)?;
        // A module's file is asked for the module's keys only.
        let datum = data.entries.get(root).filter(|_| self.owns(root)).ok_or_else(|| inner.missing(root))?;
        if !datum.is_valid {
            let subject = self.subject(&format!("Value for key '{root}', in hash returned from"));
            return Err(wrong_data(&subject, &datum.value).into());
        }
        let value = match datum.is_plain {
            true => datum.value.clone(),
            false => self.session.interpolate(host, self.invocation, &datum.value, true)?,
        };
        Ok(inner.found(root, value))
    }

    /// The hash, read or computed once.
    fn data(&self, host: &mut dyn Host) -> Result<Arc<DataFile>, Failure> {
        let state = self.state();
        if let Some(data) = state.data.borrow().as_ref() {
            return Ok(data.clone());
        }
        let data = match self.entry.format {
            Some(format) => {
                self.check_native_options()?;
                let Some((path, stat)) = self.location.and_then(|place| Some((&place.resolved, place.stat?)))
                else {
                    return Err(self.no_path().into());
                };
                self.session.0.store.data(format, path, stat)?
            }
            None => Arc::new(DataFile::new(self.call(host, None)?, None)),
        };
        if let Some(warning) = &data.warning {
            host.warn(warning);
        }
        let subject = self.subject("Value returned from");
        let any_hash = Type::hash_of(Type::Any, Type::Any);
        assert_instance(&subject, &any_hash, &data.value)?;
        self.warn_foreign_keys(host, &data, &subject);
        *state.data.borrow_mut() = Some(data.clone());
        Ok(data)
    }

    /// Whether a key may come from this layer.
    fn owns(&self, key: &str) -> bool {
        match self.layer.place.module() {
            None => true,
            Some(module) => {
                key == LOOKUP_OPTIONS
                    || key.strip_prefix(module.as_str()).is_some_and(|rest| rest.starts_with("::"))
            }
        }
    }

    fn warn_foreign_keys(&self, host: &mut dyn Host, data: &DataFile, subject: &str) {
        let (Some(module), Value::Hash(hash)) = (self.layer.place.module(), &data.value) else { return };
        for key in hash.keys() {
            if !key.as_str().is_some_and(|key| self.owns(key)) {
                let mut shown = String::new();
                crate::ruby::to_s(&mut shown, key);
                host.warn(&format!(
                    "Module '{module}': {subject} must use keys qualified with the name of the module; got {shown}"
                ));
            }
        }
    }

    fn lookup_key(&self, host: &mut dyn Host, root: &Str) -> Found {
        let known = self.state().values.borrow().get(root).cloned();
        let value = match known {
            Some(value) => value,
            None => {
                let found = match &*self.entry.function == EYAML {
                    true => self.eyaml(host, root),
                    false => self.call(host, Some(Value::Str(root.clone()))),
                };
                let value = found.map_err(|failure| match failure {
                    Failure::NotFound => self.session.0.missing(root),
                    other => other,
                })?;
                self.check_value(root, &value)?;
                self.state().values.borrow_mut().insert(root.clone(), value.clone());
                value
            }
        };
        Ok(self.session.0.found(root, value))
    }

    /// A value of a YAML file with what is encrypted in it in the clear.
    fn eyaml(&self, host: &mut dyn Host, root: &Str) -> Found {
        let Some((path, stat)) = self.location.and_then(|place| Some((&place.resolved, place.stat?))) else {
            let text = "'eyaml_lookup_key': one of 'path', 'paths' 'glob', 'globs' or 'mapped_paths' must be declared in \
                        hiera.yaml when using this lookup_key function";
            return Err(LookupError::argument(text).into());
        };
        let inner = &*self.session.0;
        let data = inner.store.data(Format::Yaml, path, stat)?;
        if let Some(warning) = &data.warning {
            host.warn(warning);
        }
        let datum = data.entries.get(root).ok_or(Failure::NotFound)?;
        let value = match data.decrypted.find(root, &inner.watching()) {
            Some(value) => value,
            None => {
                let eyaml = Eyaml::new(&self.entry.options, inner.watching());
                let value = eyaml.decrypt(&datum.value, root, path)?;
                // What no key file was needed for has no second copy.
                if let Some(key_file) = eyaml.into_key_file() {
                    data.decrypted.keep(root, &value, key_file);
                }
                value
            }
        };
        self.session.interpolate(host, self.invocation, &value, true)
    }

    fn data_dig(&self, host: &mut dyn Host, key: &Key) -> Found {
        let known = self.state().values.borrow().get(&key.text).cloned();
        let value = match known {
            Some(value) => value,
            None => {
                let value = self.call(host, Some(key.to_array())).map_err(|failure| match failure {
                    Failure::NotFound => self.session.0.missing(&key.text),
                    other => other,
                })?;
                self.check_value(&key.text, &value)?;
                self.state().values.borrow_mut().insert(key.text.clone(), value.clone());
                value
            }
        };
        Ok(key.undig(self.session.0.found(&key.text, value)))
    }

    /// What a backend of version 3 has. It searches the whole hierarchy itself, whatever the place.
    fn hiera3(&self, host: &mut dyn Host, key: &Key, strategy: &Strategy) -> Found {
        let mut options = Hash::clone(&self.entry.options);
        options.insert("entry", self.entry.name.clone());
        options.insert("resolution", super::backend3::resolution(strategy, self.invocation));
        let places = self.invocation.legacy.iter().flat_map(|places| places.iter().cloned());
        options.insert("places", Value::array(places.map(Value::Str).collect::<Vec<_>>()));
        let value = self.call_with(host, Some(Value::Str(key.text.clone())), options)?;
        self.check_value(&key.text, &value)?;
        Ok(key.undig(self.session.0.found(&key.text, value)))
    }

    fn check_value(&self, key: &str, value: &Value) -> Result<(), LookupError> {
        if is_data(value) {
            return Ok(());
        }
        Err(wrong_data(&self.subject(&format!("Value for key '{key}', returned from")), value))
    }

    /// Calls the entry's function.
    fn call(&self, host: &mut dyn Host, key: Option<Value>) -> Found {
        self.check_function(host)?;
        let mut options = Hash::clone(&self.entry.options);
        if let Some(location) = self.location {
            options.insert(if location.is_uri { "uri" } else { "path" }, location.resolved.clone());
        }
        self.call_with(host, key, options)
    }

    fn call_with(&self, host: &mut dyn Host, key: Option<Value>, options: Hash) -> Found {
        let ResolvedEntry { function, kind, .. } = self.entry;
        let context = Context::new(self.session, self.invocation, self.layer, self.state());
        let call = BackendCall {
            function,
            kind: *kind,
            key,
            options: Value::hash(options),
            context: context.clone(),
        };
        match host.call(call) {
            _ if context.was_not_found() => Err(Failure::NotFound),
            result => Ok(result?),
        }
    }

    /// The function must exist, and a type that it declares for its results must be fit for data.
    fn check_function(&self, host: &mut dyn Host) -> Result<(), LookupError> {
        if self.entry.is_checked.get() {
            return Ok(());
        }
        let ResolvedEntry { function, kind, .. } = self.entry;
        let Some(found) = host.function(function) else {
            let message = format!("Unable to find '{}' function named '{function}'", kind.as_str());
            return Err(self.layer.config.fail("HIERA_DATA_PROVIDER_FUNCTION_NOT_FOUND", message, None));
        };
        let trusted = match kind {
            FunctionKind::DataHash | FunctionKind::LegacyDataHash => {
                Type::hash_of(Type::RichDataKey, Type::RichData)
            }
            FunctionKind::LookupKey | FunctionKind::DataDig | FunctionKind::Hiera3 => Type::RichData,
        };
        let subject = format!("Return type of '{}' function named '{function}'", kind.as_str());
        for result in &found.results {
            assert_assignable(&subject, &trusted, result)?;
        }
        self.entry.is_checked.set(true);
        Ok(())
    }

    fn state(&self) -> &Rc<FunctionState> {
        self.location.map_or(&self.entry.state, |location| &location.state)
    }

    /// `<what> data_hash function 'yaml_data', when using location '...',`
    fn subject(&self, what: &str) -> String {
        let kind = match (self.entry.kind, self.layer.config.version) {
            (FunctionKind::Hiera3, _) => "hiera version 3 backend",
            (FunctionKind::LegacyDataHash, _) => "deprecated API",
            (FunctionKind::DataHash, 3) => "v3_data_hash",
            (FunctionKind::LookupKey, 3) => "v3_lookup_key",
            (kind, _) => kind.as_str(),
        };
        let function = &self.entry.function;
        let noun = if self.entry.kind == FunctionKind::Hiera3 { "" } else { " function" };
        match self.location {
            Some(location) => {
                format!("{what} {kind}{noun} '{function}', when using location '{}',", location.resolved)
            }
            None => format!("{what} {kind}{noun} '{function}'"),
        }
    }

    fn no_path(&self) -> LookupError {
        LookupError::argument(format!(
            "'{}' one of 'path', 'paths' 'glob', 'globs' or 'mapped_paths' must be declared in hiera.yaml when \
             using this data_hash function",
            self.entry.function
        ))
    }

    /// The functions for files take no options but the path.
    fn check_native_options(&self) -> Result<(), LookupError> {
        if self.entry.options.is_empty() { Ok(()) } else { Err(self.no_path()) }
    }
}

fn wrong_data(subject: &str, value: &Value) -> LookupError {
    let ty = pcore::infer::infer_reduced(value);
    LookupError::plain(format!("{subject} has wrong type, expects Puppet::LookupValue, got {ty}"))
}
