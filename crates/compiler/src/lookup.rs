//! Hiera: automatic lookup of class parameters and the functions that look keys up.
//!
//! The engine is the crate `hiera`. Here is what it sees of a compile, and the type of the object that backend
//! functions of the Puppet language get as their context.

mod context;
mod question;
mod view;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hiera::{
    BackendCall, BackendFunction, ErrorKind, FunctionKind, Host, LookupError, Request, Segment, Store,
    Variable, source::Disk,
};
use pcore::{Type, Value};
use rustc_hash::FxHashMap;
use stdx::Symbol;

use crate::code::{Definition, DefinitionKind};
use crate::error::{Control, Error};
use crate::eval::call::{CallSite, Callee};
use crate::image::{ImageOptions, Module, Strict};
use crate::reads::ReadSet;
use crate::resource::ResourceId;
use crate::scope::ScopeId;
use crate::session::Session;

pub(crate) use context::builtin_type;
pub use question::{Answer, Explain, Question, look_up};

/// What all compiles of an image share: where data lies, and the parsed files.
#[derive(Debug)]
pub(crate) struct Engine {
    environment: Arc<hiera::Environment>,
    store: Arc<Store>,
}

impl Engine {
    /// The engine of an image; parsed files of an older image are kept.
    pub(crate) fn new<'a>(
        options: &ImageOptions,
        modules: impl Iterator<Item = &'a Module>,
        old: Option<&Engine>,
    ) -> Engine {
        let text = |path: &std::path::Path| pcore::Str::from(path.to_string_lossy().into_owned());
        let setting = |name: &str| {
            let (_, value) = options.settings.iter().find(|(known, _)| known == name)?;
            value.as_str().map(pcore::Str::from)
        };
        let environment = hiera::Environment {
            name: options.environment.as_str().into(),
            global: options.hiera_config.as_deref().map_or_else(pcore::Str::default, text),
            root: options.directory.as_deref().map(text),
            data_provider: options
                .directory
                .as_deref()
                .and_then(|root| hiera::provider_of_environment(&text(root), &Disk)),
            codedir: setting("codedir").unwrap_or_else(|| "/etc/puppetlabs/code".into()),
            modules: modules
                .map(|module| (module.name.into(), hiera::Module::new(text(&module.path), &Disk)))
                .collect(),
        };
        let strict = match options.strict {
            Strict::Off => hiera::Strict::Off,
            Strict::Warning => hiera::Strict::Warning,
            Strict::Error => hiera::Strict::Error,
        };
        // In another directory, which is another version of the code, no file is one of those that are known.
        let store = match old.filter(|old| old.environment.root == environment.root) {
            Some(old) => old.store.clone(),
            None => Arc::new(Store::new(view::source(options), strict)),
        };
        Engine { environment: Arc::new(environment), store }
    }
}

/// The lookups of one compile.
#[derive(Default)]
pub(crate) struct Lookups {
    session: Option<hiera::Session>,
    /// Contexts of the backend functions that run, and those that code has made.
    contexts: FxHashMap<i64, hiera::Context>,
    contexts_made: i64,
    /// Tells this compile from others in this process.
    number: Option<u64>,
}

impl Lookups {
    /// Tells this compile from others in this process, to code in other processes.
    pub(crate) fn number(&mut self) -> u64 {
        static LAST: AtomicU64 = AtomicU64::new(0);
        *self.number.get_or_insert_with(|| LAST.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

impl<'i> Session<'i> {
    fn lookups(&mut self) -> hiera::Session {
        let engine = &self.image.hiera;
        let begin = || {
            let (environment, store) = (engine.environment.clone(), engine.store.clone());
            match self.image.options.track_lookups {
                true => hiera::Session::recording(environment, store),
                false => hiera::Session::new(environment, store),
            }
        };
        self.lookups.session.get_or_insert_with(begin).clone()
    }

    /// The keys that were looked up, if they are noted.
    pub(crate) fn looked_up(&self) -> Option<Vec<pcore::Str>> {
        let keys = || self.lookups.session.as_ref().map(hiera::Session::keys).unwrap_or_default();
        self.image.options.track_lookups.then(keys)
    }

    /// What the compile has read, files of Hiera included.
    pub(crate) fn into_reads(self) -> ReadSet {
        let mut reads = self.reads;
        if let Some(lookups) = &self.lookups.session {
            for (path, state) in lookups.consulted() {
                reads.files.entry(path).or_insert(state);
            }
        }
        reads
    }

    /// The files of Hiera that were looked for so far.
    pub(crate) fn consulted(&self) -> impl Iterator<Item = String> {
        let states = self.lookups.session.as_ref().map(hiera::Session::consulted).unwrap_or_default();
        states.into_iter().map(|(path, _)| path)
    }

    /// The function `lookup`; `None` if nothing was found.
    ///
    /// # Errors
    /// Wrong data or configuration, and what backend functions raise.
    pub(crate) fn lookup(&mut self, request: &Request, at: CallSite<'i>) -> Result<Option<Value>, Control> {
        let session = self.lookups();
        let mut host = Window { session: self, scope: at.scope, at: Some(at), raised: None };
        let result = session.lookup(&mut host, request);
        let raised = host.raised.take();
        result.map_err(|error| control(error, raised))
    }

    /// Runs something of the engine that asks this compile.
    pub(crate) fn with_lookup<T>(
        &mut self,
        at: CallSite<'i>,
        run: impl FnOnce(&mut dyn Host) -> Result<T, LookupError>,
    ) -> Result<T, Control> {
        let mut host = Window { session: self, scope: at.scope, at: Some(at), raised: None };
        let result = run(&mut host);
        let raised = host.raised.take();
        result.map_err(|error| control(error, raised))
    }

    /// Gives the parameters of a class that were not given the values that data has for them.
    pub(crate) fn look_parameters_up(
        &mut self,
        id: ResourceId,
        definition: &'i Definition,
        scope: ScopeId,
    ) -> Result<(), Control> {
        for parameter in &definition.parameters.list {
            if self.resource(id).value(parameter.name).is_some() {
                continue;
            }
            let key = format!("{}::{}", definition.name, parameter.name);
            let session = self.lookups();
            let mut host = Window { session: self, scope, at: None, raised: None };
            let result = session.parameter(&mut host, &key);
            let raised = host.raised.take();
            match result.map_err(|error| control(error, raised))? {
                // A found undef leaves the default alone.
                Some(Value::Undef) if parameter.value.is_some() => {}
                Some(value) => self.set_value(id, parameter.name, value)?,
                None => {}
            }
        }
        Ok(())
    }
}

/// What the engine sees of the compile that asks.
struct Window<'a, 'i> {
    session: &'a mut Session<'i>,
    scope: ScopeId,
    at: Option<CallSite<'i>>,
    /// What a backend function raised, while the engine carries only its text.
    raised: Option<Control>,
}

impl<'i> Session<'i> {
    /// Why a variable is not defined, as lookups tell it; nothing if it may be unset.
    pub(crate) fn why_undefined(&mut self, name: &str) -> Result<Option<String>, Control> {
        let known = matches!(name, "module_name" | "caller_module_name");
        if known || crate::eval::variable::is_number(name) {
            return Ok(None);
        }
        let plain = name.strip_prefix("::").unwrap_or(name);
        Ok(Some(match plain.rsplit_once("::") {
            None => String::new(),
            Some((class, _)) => match self.find_class(class)? {
                None => format!("class {class} could not be found"),
                Some(definition) if self.class_scope(definition.name).is_none() => {
                    format!("class {class} has not been evaluated")
                }
                Some(_) => String::new(),
            },
        }))
    }

    /// The class whose code asks, or in which it was written.
    pub(crate) fn calling_class(&self, scope: ScopeId) -> Option<pcore::Str> {
        let mut at = Some(scope);
        while let Some(id) = at {
            let scope = self.scope(id);
            if scope.source.kind == DefinitionKind::Class {
                return Some(scope.source.name.into());
            }
            at = scope.parent;
        }
        None
    }
}

impl<'i> Window<'_, 'i> {
    fn place(&self) -> Option<CallSite<'i>> {
        // Automatic lookups have no call; the class's own code stands in for it.
        self.at.or_else(|| {
            let source = self.session.scope(self.scope).source;
            let (code, id) = source.bodies.first()?;
            Some(CallSite { code, id: *id, scope: self.scope })
        })
    }

    fn callee(&mut self, name: &str) -> Result<Option<Callee<'i>>, Control> {
        match Symbol::existing(name) {
            Some(name) => self.session.callee(name),
            None => Ok(None),
        }
    }
}

impl Host for Window<'_, '_> {
    fn variable(&mut self, name: &str, below: &[Segment]) -> Variable {
        let session = &mut *self.session;
        let plain = name.strip_prefix("::").unwrap_or(name);
        let undefined = |reason: &str| {
            let name = if name.starts_with("::") && !plain.contains("::") {
                format!("::{plain}")
            } else {
                plain.to_owned()
            };
            Variable::Undefined { name, reason: reason.to_owned() }
        };
        // Names come from data; a name that no code has can only be one that the node brings.
        let symbol = Symbol::existing(name);
        if let Some(value) = symbol.and_then(|symbol| session.narrow_fact(self.scope, symbol, below)) {
            return Variable::Value(value);
        }
        let found = match symbol {
            _ if name.contains("::") => session.lookup_qualified(name),
            Some(symbol) => session.lookup_variable(self.scope, symbol),
            None => Ok(session.node_variable(name)),
        };
        match found {
            Ok(Some(value)) => return Variable::Value(value),
            Ok(None) => {}
            Err(control) => {
                self.raised = Some(control);
                return undefined("");
            }
        }
        match session.why_undefined(name) {
            Ok(None) => Variable::Unset,
            Ok(Some(reason)) => undefined(&reason),
            Err(control) => {
                self.raised = Some(control);
                undefined("")
            }
        }
    }

    fn calling_class(&mut self) -> Option<pcore::Str> {
        self.session.calling_class(self.scope)
    }

    fn has_hiera3(&mut self) -> bool {
        self.session.image.ruby.is_some()
    }

    fn warn(&mut self, message: &str) {
        self.session.warn(message.to_owned());
    }

    fn warn_once(&mut self, key: &str, message: &str) {
        self.session.warn_unplaced_once(key, message);
    }

    fn warn_once_of(&mut self, key: &str, message: &str, file: &str) {
        self.session.warn_once(key, &format!("{message}\n   (file: {file})"));
    }

    fn function(&mut self, name: &str) -> Option<BackendFunction> {
        let results = match self.callee(name) {
            Ok(Some(Callee::Puppet(function))) => self.session.result_of(function),
            Ok(Some(_)) => Ok(None),
            Ok(None) => return None,
            Err(control) => Err(control),
        };
        match results {
            Ok(result) => Some(BackendFunction { results: result.into_iter().collect() }),
            Err(control) => {
                self.raised = Some(control);
                None
            }
        }
    }

    fn call(&mut self, call: BackendCall<'_>) -> Result<Value, LookupError> {
        let unknown = || LookupError::argument(format!("Unknown function: '{}'.", call.function));
        if call.kind == FunctionKind::Hiera3 {
            let Some(at) = self.place() else { return Err(unknown()) };
            return self.session.ask_hiera3(call, at).map_err(|control| self.raise_of_ruby(control));
        }
        let callee = match self.callee(call.function) {
            Ok(Some(callee)) => callee,
            Ok(None) => return Err(unknown()),
            Err(control) => return Err(self.raise(control)),
        };
        let Some(at) = self.place() else { return Err(unknown()) };
        let is_ruby = matches!(callee, Callee::Ruby(_));
        let (number, context) = self.session.add_context(call.context);
        let args = match call.kind {
            FunctionKind::LegacyDataHash => Vec::new(),
            _ => call.key.into_iter().chain([call.options, context]).collect(),
        };
        let result = self.session.call(callee, args, None, at);
        self.session.remove_context(number);
        result.map_err(|control| match is_ruby {
            true => self.raise_of_ruby(control),
            false => self.raise(control),
        })
    }

    fn parse_type(&mut self, text: &str) -> Result<Type, String> {
        self.session.image.parse_type(text).map_err(|error| error.message().to_owned())
    }

    fn new_value(&mut self, ty: &Value, arguments: &[Value]) -> Result<Value, String> {
        let arguments = std::iter::once(ty).chain(arguments).cloned().collect();
        let failed = |control: Control| match control {
            Control::Error(error) => error.message().to_owned(),
            _ => "illegal jump out of a conversion".to_owned(),
        };
        match (self.callee("new"), self.place()) {
            (Ok(Some(callee)), Some(at)) => self.session.call(callee, arguments, None, at).map_err(failed),
            (Err(control), _) => Err(failed(control)),
            _ => Err("Unknown function: 'new'.".into()),
        }
    }
}

impl Window<'_, '_> {
    /// The same for code in Ruby, of which Puppet passes its own errors on as they are, and others with the frame of the call.
    fn raise_of_ruby(&mut self, control: Control) -> LookupError {
        match &control {
            Control::Error(error) if error.is_of_puppet() => LookupError::plain(error.message()),
            Control::Error(error) if error.is_fatal() => {
                let error = LookupError::argument(error.message());
                self.raised = Some(control);
                error
            }
            Control::Error(error) if !error.is_complete() => LookupError::argument(error.message()),
            _ => self.raise(control),
        }
    }

    /// Keeps what a function raised and gives the engine its text.
    fn raise(&mut self, control: Control) -> LookupError {
        let error = match &control {
            Control::Error(error) if error.is_complete() => LookupError::located(error.message()),
            Control::Error(error) => LookupError::plain(error.message()),
            _ => LookupError::plain("illegal jump out of a lookup"),
        };
        self.raised = Some(control);
        error
    }
}

/// The outcome of a failed lookup as the evaluator carries it on.
fn control(error: LookupError, raised: Option<Control>) -> Control {
    if let Some(jump @ (Control::Return(_) | Control::Next(_) | Control::Break(_) | Control::Pending(_))) =
        raised
    {
        return jump;
    }
    match (error.kind, raised) {
        // What code of a backend has raised goes on as it was.
        (ErrorKind::Located, Some(Control::Error(raised))) if raised.message() == error.message => {
            Control::Error(raised)
        }
        (_, Some(Control::Error(raised))) if raised.is_fatal() && raised.message() == error.message => {
            Control::Error(raised)
        }
        (ErrorKind::Located, _) if error.issue.is_some() => Error::complete(error.message).into(),
        (ErrorKind::Located, _) => Error::placeless(error.message).into(),
        (ErrorKind::Plain, _) => Error::of_puppet(error.message).into(),
        (ErrorKind::Argument, _) => Error::new(error.message).into(),
    }
}
