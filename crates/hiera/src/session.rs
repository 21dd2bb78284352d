//! One compile's view of the data: what a lookup starts from and what lookups of one compile share.

mod backend3;
mod context;
mod interpolate;
mod invocation;
mod layers;
mod options;
mod provider;
mod resolve;
mod version3;

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use pcore::{Hash, Str, Type, Value};
use rustc_hash::{FxHashMap, FxHashSet};

pub use backend3::merge;
pub use context::Context;
pub(crate) use invocation::Invocation;

use crate::assert::assert_instance;
use crate::environment::Environment;
use crate::error::{ErrorKind, Failure, Found, LookupError};
use crate::explain::{Explainer, Explanation};
use crate::host::Host;
use crate::key::Key;
use crate::lookup_options::{LOOKUP_OPTIONS, LayeredOptions};
use crate::merge::Strategy;
use crate::source::{Consulted, Stat, Watching};
use crate::store::Store;
use layers::Layer;
use options::Cached;

/// The lookups of one compile. A handle: clones share; one thread only.
#[derive(Clone)]
pub struct Session(Rc<Inner>);

pub(crate) struct Inner {
    environment: Arc<Environment>,
    store: Arc<Store>,
    global: RefCell<Option<Rc<Layer>>>,
    environment_layer: RefCell<Option<Option<Rc<Layer>>>>,
    modules: RefCell<FxHashMap<Str, Option<Rc<Layer>>>>,
    /// `lookup_options` of global data alone, of global and environment data, and by module.
    global_options: RefCell<Cached<Option<Value>>>,
    upper_options: RefCell<Cached<Option<Value>>>,
    options: RefCell<FxHashMap<Option<Str>, Rc<LayeredOptions>>>,
    default_options: RefCell<FxHashMap<Str, Rc<LayeredOptions>>>,
    /// The keys and variables being resolved, outermost first.
    stack: RefCell<Vec<Str>>,
    /// What lookups started by backend functions take over from the lookup that called them.
    inherited: RefCell<Inherited>,
    explaining: Cell<bool>,
    explainer: RefCell<Explainer>,
    consulted: Consulted,
    /// The keys that were asked for, if they are wanted.
    keys: Option<RefCell<FxHashSet<Str>>>,
}

#[derive(Clone, Default)]
struct Inherited {
    /// The global layer only.
    global_only: bool,
    /// The call was one of a `hiera*` function, with the places that it named.
    legacy: Option<Rc<[Str]>>,
    /// How deep lookups are nested.
    depth: usize,
}

/// How deep lookups may nest through interpolation and backends before that counts as endless.
const DEPTH_MAX: usize = 200;

/// What a lookup is asked for.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The names; the first that is found counts.
    pub names: Vec<Str>,
    /// The name was given as a list, even if of one.
    pub merge: Option<Value>,
    /// The type that the value must have.
    pub value_type: Option<Type>,
    /// What counts as found when nothing is.
    pub default: Option<Value>,
    /// Values that win over everything, by name.
    pub overrides: Option<Arc<Hash>>,
    /// Values for names that are not found, by name.
    pub default_values: Option<Arc<Hash>>,
    /// The call is one of the `hiera*` functions of old, which without a hiera.yaml in the environment see the
    /// global layer only.
    pub legacy: bool,
    /// What such a call names as first places of the hierarchy; only hiera.yaml of version 3 minds it.
    pub places: Vec<Str>,
}

impl Request {
    /// A search for one name.
    pub fn name(name: impl Into<Str>) -> Request {
        Request { names: vec![name.into()], ..Request::default() }
    }
}

/// What a recorded lookup gave.
#[derive(Clone, Debug)]
pub struct Explained {
    /// The outcome.
    pub result: Result<Option<Value>, LookupError>,
    /// The record.
    pub explanation: Explanation,
}

impl Inner {
    /// The files, as this compile sees them: what it looks at is noted.
    pub(crate) fn watching(&self) -> Watching<'_> {
        Watching::new(self.store.source(), &self.consulted)
    }
}

impl Session {
    /// The lookups of a new compile.
    pub fn new(environment: Arc<Environment>, store: Arc<Store>) -> Session {
        Session::with_keys(environment, store, None)
    }

    /// The same, and the keys that are asked for are noted.
    pub fn recording(environment: Arc<Environment>, store: Arc<Store>) -> Session {
        Session::with_keys(environment, store, Some(RefCell::default()))
    }

    fn with_keys(
        environment: Arc<Environment>,
        store: Arc<Store>,
        keys: Option<RefCell<FxHashSet<Str>>>,
    ) -> Session {
        Session(Rc::new(Inner {
            environment,
            store,
            global: RefCell::default(),
            environment_layer: RefCell::default(),
            modules: RefCell::default(),
            global_options: RefCell::default(),
            upper_options: RefCell::default(),
            options: RefCell::default(),
            default_options: RefCell::default(),
            stack: RefCell::default(),
            inherited: RefCell::default(),
            explaining: Cell::new(false),
            explainer: RefCell::default(),
            consulted: Consulted::default(),
            keys,
        }))
    }

    /// Every key that was asked for so far, found or not, as it was written; sorted. Empty if they are not noted.
    pub fn keys(&self) -> Vec<Str> {
        let mut keys: Vec<Str> =
            self.0.keys.iter().flat_map(|keys| keys.borrow().iter().cloned().collect::<Vec<_>>()).collect();
        keys.sort();
        keys
    }

    /// Every file and folder whose state has decided something so far, with that state; `None` where there was nothing.
    pub fn consulted(&self) -> Vec<(String, Option<Stat>)> {
        self.0.consulted.states()
    }

    /// The function `lookup`. `None` is "not found": the caller's block decides, and after that
    /// [`not_found_message`] is the error.
    ///
    /// # Errors
    /// Bad data, bad configuration, a value of the wrong type, what a backend function raises.
    pub fn lookup(&self, host: &mut dyn Host, request: &Request) -> Result<Option<Value>, LookupError> {
        let inner = &*self.0;
        let mut invocation = Invocation::new(inner, request);
        if !request.legacy {
            return self.lookup_names(host, &invocation, request);
        }
        invocation.global_only |= !inner.has_environment_data(self, host)?;
        let places = Rc::from(request.places.as_slice());
        invocation.legacy = Some(places);
        let outer = inner.inherited.borrow().legacy.clone();
        inner.inherited.borrow_mut().legacy.clone_from(&invocation.legacy);
        let result = self.lookup_names(host, &invocation, request);
        inner.inherited.borrow_mut().legacy = outer;
        result
    }

    /// Automatic lookup of a class parameter, `class::parameter`. `None` is "not found"; a value that was found
    /// may be undef.
    ///
    /// # Errors
    /// As [`Session::lookup`].
    pub fn parameter(&self, host: &mut dyn Host, key: &str) -> Result<Option<Value>, LookupError> {
        let invocation = Invocation::plain(&self.0);
        match self.search(host, &invocation, &key.into(), None) {
            Ok(value) => Ok(Some(value)),
            Err(Failure::NotFound) => Ok(None),
            Err(Failure::Error(error)) => Err(error),
        }
    }

    /// A lookup with a record of its steps. With `only_options` it stops at `lookup_options`.
    pub fn explain(&self, host: &mut dyn Host, request: &Request, only_options: bool) -> Explained {
        let inner = &*self.0;
        let before = inner.explainer.replace(Explainer::new(only_options));
        let was_explaining = inner.explaining.replace(true);
        let mut result = self.lookup(host, request);
        if let Ok(None) = result {
            result = Err(LookupError::located(not_found_message(&request.names)));
        }
        // Other errors end more than the lookup; whoever started it shows them.
        if let Err(error) = &result
            && error.kind == ErrorKind::Located
        {
            inner.explainer.borrow_mut().text(error.message.clone());
        }
        inner.explaining.set(was_explaining);
        let explanation = inner.explainer.replace(before).finish();
        Explained { result, explanation }
    }

    fn lookup_names(
        &self,
        host: &mut dyn Host,
        invocation: &Invocation,
        request: &Request,
    ) -> Result<Option<Value>, LookupError> {
        let strategy = request.merge.as_ref().filter(|merge| merge.is_true());
        let check = |subject: &dyn fmt::Display, value: &Value| match &request.value_type {
            Some(ty) => assert_instance(&subject.to_string(), ty, value),
            None => Ok(()),
        };
        for name in &request.names {
            let value = match invocation.overrides.as_ref().and_then(|all| all.get_str(name)) {
                Some(value) => {
                    check(&format_args!("Value found for key '{name}' in override hash"), value)?;
                    value.clone()
                }
                None => match self.search(host, invocation, name, strategy) {
                    Ok(value) => value,
                    Err(Failure::NotFound) => continue,
                    Err(Failure::Error(error)) => return Err(error),
                },
            };
            check(&"Found value", &value)?;
            return Ok(Some(value));
        }
        let defaults = invocation.default_values.as_ref();
        for name in &request.names {
            if let Some(value) = defaults.and_then(|all| all.get_str(name)) {
                check(&format_args!("Value found for key '{name}' in default values hash"), value)?;
                return Ok(Some(value.clone()));
            }
        }
        if let Some(value) = &request.default {
            check(&"Default value", value)?;
        }
        Ok(request.default.clone())
    }

    /// Finds and converts the value of one name.
    fn search(
        &self,
        host: &mut dyn Host,
        invocation: &Invocation,
        name: &Str,
        merge: Option<&Value>,
    ) -> Found {
        let inner = &*self.0;
        // The reserved key is no data.
        if name.strip_prefix(LOOKUP_OPTIONS).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')) {
            inner.note(|explainer| {
                explainer.push_key(crate::explain::Kind::InvalidKey, LOOKUP_OPTIONS);
                explainer.pop();
            });
            return Err(Failure::NotFound);
        }
        if let Some(keys) = &inner.keys {
            keys.borrow_mut().insert(name.clone());
        }
        let key = Key::parse(name)?;
        let invocation = invocation.for_key(&key);
        self.nested(invocation.global_only, || self.search_key(host, &invocation, &key, merge))
    }

    fn nested(&self, global_only: bool, body: impl FnOnce() -> Found) -> Found {
        let inner = &*self.0;
        let outer = {
            let mut inherited = inner.inherited.borrow_mut();
            if inherited.depth >= DEPTH_MAX {
                return Err(LookupError::located("lookups are nested too deeply").into());
            }
            inherited.depth += 1;
            std::mem::replace(&mut inherited.global_only, global_only)
        };
        let result = body();
        let mut inherited = inner.inherited.borrow_mut();
        inherited.depth -= 1;
        inherited.global_only = outer;
        drop(inherited);
        result
    }

    fn search_key(
        &self,
        host: &mut dyn Host,
        invocation: &Invocation,
        key: &Key,
        merge: Option<&Value>,
    ) -> Found {
        let inner = &*self.0;
        if inner.explaining.get() && inner.explainer.borrow().only_options {
            let options_key = Key::plain(LOOKUP_OPTIONS.into());
            match self.in_layers(host, invocation, &options_key, &Strategy::Hash) {
                Ok(_) | Err(Failure::NotFound) => return Ok(Value::Undef),
                Err(error) => return Err(error),
            }
        }
        let options = self.options_for(host, invocation, key)?;
        let strategy = match (merge, options.as_ref().and_then(|options| options.strategy())) {
            (Some(merge), _) => Strategy::from_value(merge),
            (None, Some(strategy)) => {
                inner.note(|explainer| explainer.merge_source(LOOKUP_OPTIONS));
                strategy
            }
            (None, None) => Ok(Strategy::Default),
        };
        let top = crate::explain::Kind::Top { meta: false };
        let value = inner.with_key(top, &key.text, || {
            match strategy.map_err(Failure::from).and_then(|s| self.in_layers(host, invocation, key, &s)) {
                Err(Failure::NotFound) if !invocation.global_only => {
                    let value = self.in_module_defaults(host, invocation, key)?;
                    self.dig(invocation, key, value)
                }
                found => found,
            }
        })?;
        match options.as_ref().and_then(|options| options.convert_to.as_ref()) {
            Some(conversion) => self.converted(host, key, value, conversion),
            None => Ok(value),
        }
    }

    /// `convert_to`: the value as `new` makes it.
    fn converted(&self, host: &mut dyn Host, key: &Key, value: Value, conversion: &Value) -> Found {
        let mut arguments = match conversion {
            Value::Array(items) => items.to_vec(),
            single => vec![single.clone()],
        };
        if let Some(Value::Str(text)) = arguments.first().cloned() {
            let ty = host.parse_type(&text).map_err(|message| {
                // The quote that is missing at the end is missing in the original too.
                LookupError::located(format!(
                    "Invalid data type in lookup_options for key '{}' could not parse '{text}', error: '{message}",
                    key.text
                ))
            })?;
            if let Some(first) = arguments.first_mut() {
                *first = Value::Type(ty);
            }
        }
        let (ty, rest) =
            arguments.split_first().map_or((Value::Undef, &[][..]), |(ty, rest)| (ty.clone(), rest));
        let mut given = vec![value];
        given.extend(rest.iter().cloned());
        let converted = host.new_value(&ty, &given).map_err(|message| {
            LookupError::located(format!(
                "The convert_to lookup_option for key '{}' raised error: {message}",
                key.text
            ))
        })?;
        self.0.note(|explainer| {
            let shown = pcore::convert::string::plain(&Value::array(arguments.clone()));
            explainer.text(format!("Applying convert_to lookup_option with arguments {shown}"));
        });
        Ok(converted)
    }
}

/// The error for names that were not found, when the caller has no default either.
pub fn not_found_message(names: &[Str]) -> String {
    match names {
        [name] => format!("Function lookup() did not find a value for the name '{name}'"),
        names => {
            let quoted: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
            format!("Function lookup() did not find a value for any of the names [{}]", quoted.join(", "))
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Data may be secret.
        f.debug_struct("Session").field("environment", &self.0.environment.name).finish_non_exhaustive()
    }
}
