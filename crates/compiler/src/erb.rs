//! ERB templates: where they are kept, and what they see of a compile.
//!
//! Templates are read once for a text and shared by the images that follow each other. A template's variables are those
//! of the scope that calls the function, as Puppet's wrapper of templates makes them: undefined ones are not there,
//! those of an inherited class come before those of the node.

use std::any::Any;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use pcore::{Hash, Str, Value};
use ruby::{CompileError, RenderError, Scope, ScopeError, ScopeException, Template};
use rustc_hash::FxHashMap;
use stdx::Symbol;

use crate::context::Context;
use crate::error::{Control, Error};
use crate::eval::call::Callee;
use crate::eval::variable::is_number;
use crate::image::Strict;
use crate::log::Level;
use crate::scope::{ScopeId, TOP};
use crate::session::Session;

/// Templates that are kept, and bytes of their text; when there are more, all are read anew.
const TEMPLATES_MAX: usize = 4096;
const BYTES_MAX: usize = 16 << 20;

#[derive(Debug, Default)]
struct Kept {
    templates: FxHashMap<Arc<str>, Read>,
    bytes: usize,
}

/// A template that has been read.
#[derive(Clone, Debug)]
pub(crate) enum Read {
    /// The native interpreter knows it.
    Native(Arc<Template>),
    /// A worker must render it.
    Foreign(CompileError),
    /// It cannot be rendered.
    Wrong(CompileError),
}

/// Templates by their text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Templates(Arc<Mutex<Kept>>);

impl Templates {
    /// The template of this text, read now if it was not before.
    pub(crate) fn read(&self, text: &str) -> Read {
        // The table holds whole entries only, so a panic elsewhere cannot have left it half changed.
        if let Some(known) = self.0.lock().unwrap_or_else(PoisonError::into_inner).templates.get(text) {
            return known.clone();
        }
        let read = match Template::new(text) {
            Ok(template) => Read::Native(Arc::new(template)),
            Err(error @ CompileError::Unsupported { .. }) => Read::Foreign(error),
            Err(error) => Read::Wrong(error),
        };
        self.keep(text, read.clone());
        read
    }

    fn keep(&self, text: &str, read: Read) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.templates.len() >= TEMPLATES_MAX || kept.bytes > BYTES_MAX {
            *kept = Kept::default();
        }
        kept.bytes += text.len();
        kept.templates.insert(text.into(), read);
    }
}

/// Why a template gives no text, before it is put into words.
pub(crate) enum Failure {
    /// What is wrong, and in which line.
    Raised(String, u32),
    /// An error that Puppet does not put into the frame of templates.
    Fatal(String),
    /// What a function has said that no template may rescue.
    Control(Control),
}

/// Renders text as an ERB template in the scope of the call. `file` is where it comes from.
///
/// What the native interpreter does not know a worker renders, if there is one: from the start, hence only as long as the template
/// has not changed anything outside of it.
pub(crate) fn render(
    context: &mut Context<'_, '_>,
    text: &str,
    file: Option<&str>,
) -> Result<String, Failure> {
    let read = context.session.image.templates.read(text);
    render_read(context, read, text, file)
}

/// A template's file, as a compile has found it.
pub(crate) struct TemplateFile {
    /// Where it lies.
    pub(crate) path: String,
    text: String,
    read: Read,
}

impl TemplateFile {
    /// Reads the text of a file.
    pub(crate) fn new(context: &Context<'_, '_>, text: &str, path: &str) -> Rc<TemplateFile> {
        let read = context.session.image.templates.read(text);
        Rc::new(TemplateFile { path: path.to_owned(), text: text.to_owned(), read })
    }
}

/// Renders a template's file in the scope of the call, as [`render`] does.
pub(crate) fn render_file(context: &mut Context<'_, '_>, file: &TemplateFile) -> Result<String, Failure> {
    render_read(context, file.read.clone(), &file.text, Some(&file.path))
}

fn render_read(
    context: &mut Context<'_, '_>,
    read: Read,
    text: &str,
    file: Option<&str>,
) -> Result<String, Failure> {
    let place = file.unwrap_or("(erb)");
    let template = match read {
        Read::Native(template) => template,
        Read::Foreign(error) => {
            let rendered = context.session.render_in_worker(text, file, context.at);
            return rendered.unwrap_or_else(|| Err(Failure::Raised(without_worker(&error), error.line())));
        }
        Read::Wrong(error @ CompileError::Limit(_)) => return Err(Failure::Raised(error.to_string(), 1)),
        Read::Wrong(error) => return Err(Failure::Fatal(format!("{place}:{}: {error}", error.line()))),
    };
    let heap = context.session.ruby.clone();
    let mut scope = TemplateScope::new(context);
    let rendered = template.render(&mut scope, &heap, file);
    let has_acted = scope.has_acted;
    rendered.or_else(|error| match error {
        RenderError::Raised { message, line, is_standard: true, .. } => Err(Failure::Raised(message, line)),
        RenderError::Raised { message, .. } => Err(Failure::Fatal(message)),
        RenderError::Unsupported { construct, line } => {
            let error = CompileError::Unsupported { construct, line };
            if has_acted || heap.is_changed() {
                return Err(Failure::Raised(error.to_string(), line));
            }
            let Some(rendered) = context.session.render_in_worker(text, file, context.at) else {
                return Err(Failure::Raised(without_worker(&error), line));
            };
            rendered
        }
        RenderError::Limit { message, line } => Err(Failure::Raised(message, line)),
        RenderError::Stopped(reason) => Err(match reason.downcast::<Control>() {
            Ok(control) => Failure::Control(*control),
            Err(_) => Failure::Fatal("the template was stopped".into()),
        }),
    })
}

fn without_worker(error: &CompileError) -> String {
    format!(
        "{error}, and there is no Ruby here to run it; install one, or name one as interpreter under [ruby] in bunraku.toml"
    )
}

/// Functions that a template may have called and still be rendered once more from its start: built-in ones but those that
/// declare something or leave a trace.
fn leaves_nothing(callee: Option<Callee<'_>>, name: &str) -> bool {
    const DOERS: &[&str] = &[
        "alert",
        "contain",
        "create_resources",
        "crit",
        "debug",
        "emerg",
        "ensure_packages",
        "ensure_resource",
        "ensure_resources",
        "err",
        "fail",
        "include",
        "info",
        "notice",
        "realize",
        "require",
        "tag",
        "warning",
    ];
    matches!(callee, Some(Callee::Typed(_) | Callee::Legacy(_))) && !DOERS.contains(&name)
}

/// The scope of a call as a template sees it.
pub(crate) struct TemplateScope<'t, 'a, 'i> {
    context: &'t mut Context<'a, 'i>,
    /// Whether something outside is no longer as it was before the template.
    has_acted: bool,
}

impl<'t, 'a, 'i> TemplateScope<'t, 'a, 'i> {
    /// The scope from which a function was called.
    pub(crate) fn new(context: &'t mut Context<'a, 'i>) -> TemplateScope<'t, 'a, 'i> {
        TemplateScope { context, has_acted: false }
    }
}

/// What the compile answers in place of a value.
fn stopped(control: Control) -> ScopeError {
    match control {
        Control::Error(error) => ScopeError::Raise(ScopeException::Parse, error.message().to_owned()),
        other => {
            let reason: Box<dyn Any> = Box::new(other);
            ScopeError::Stop(reason)
        }
    }
}

impl Scope for TemplateScope<'_, '_, '_> {
    fn instance_variable(&mut self, name: &str) -> Result<Option<Value>, ScopeError> {
        let scope = self.context.at.scope;
        self.context.session.template_variable(scope, name).map_err(stopped)
    }

    fn below(&mut self, variable: &str, keys: &[Str], is_dig: bool) -> Result<Option<Value>, ScopeError> {
        let Some(name) = Symbol::existing(variable) else { return Ok(None) };
        let keys: Vec<&str> = keys.iter().map(|key| &**key).collect();
        Ok(self.context.session.fact_at(self.context.at.scope, name, &keys, is_dig))
    }

    fn variables(&mut self) -> Result<Hash, ScopeError> {
        let mut variables = Hash::new();
        let scope = self.context.at.scope;
        self.context.session.template_variables(scope, &mut variables);
        Ok(variables)
    }

    fn lookup(&mut self, name: &str) -> Result<Value, ScopeError> {
        if let Some(value) = self.context.variable(name).map_err(stopped)? {
            return Ok(value);
        }
        if is_number(name) || matches!(name, "module_name" | "caller_module_name") {
            return Ok(Value::Undef);
        }
        let (name, reason) = match name.strip_prefix("::").unwrap_or(name).rsplit_once("::") {
            None => (name.to_owned(), String::new()),
            Some((class, leaf)) => {
                let known = self.context.session.find_class(class).map_err(stopped)?;
                match known.map(|definition| self.context.session.class_scope(definition.name)) {
                    None => (format!("{class}::{leaf}"), format!("class {class} could not be found")),
                    Some(None) => {
                        (format!("{class}::{leaf}"), format!("class {class} has not been evaluated"))
                    }
                    Some(Some(_)) => (format!("::{class}::{leaf}"), String::new()),
                }
            }
        };
        let message = format!("Undefined variable '{name}'; {reason}");
        match self.context.session.image.options.strict {
            Strict::Error => Err(ScopeError::Raise(ScopeException::Argument, message)),
            Strict::Warning => {
                self.context.session.warn_unplaced_once(&format!("Variable: {name}"), &message);
                Ok(Value::Undef)
            }
            Strict::Off => Ok(Value::Undef),
        }
    }

    fn has_variable(&mut self, name: &str) -> Result<bool, ScopeError> {
        Ok(self.context.variable(name).map_err(stopped)?.is_some_and(|value| !value.is_undef()))
    }

    fn exists(&mut self, name: &str) -> Result<bool, ScopeError> {
        Ok(self.context.variable(name).map_err(stopped)?.is_some())
    }

    fn set_variable(&mut self, name: &str, value: Value) -> Result<(), ScopeError> {
        let failed = |text: String| ScopeError::Raise(ScopeException::Parse, text);
        if is_number(name) {
            return Err(failed(format!("Cannot assign to a numeric match result variable '${name}'")));
        }
        if name.contains("::") {
            return Err(failed(format!("Cannot assign to variables in other namespaces: '${name}'")));
        }
        let (scope, name) = (self.context.at.scope, Symbol::new(name));
        if self.context.session.is_bound(scope, name) {
            return Err(failed(format!("Cannot reassign variable '${name}'")));
        }
        self.has_acted = true;
        self.context.session.set_variable(scope, name, value).map_err(stopped)
    }

    fn call_function(&mut self, name: &str, arguments: Vec<Value>) -> Result<Option<Value>, ScopeError> {
        if !self.context.has_function(name).map_err(stopped)? {
            return Ok(None);
        }
        let callee = Symbol::existing(name).map(|name| self.context.session.callee(name)).transpose();
        self.has_acted |= !leaves_nothing(callee.map_err(stopped)?.flatten(), name);
        self.context.call_function(name, arguments, false).map(Some).map_err(stopped)
    }

    fn classes(&mut self) -> Vec<String> {
        self.context.session.classes.iter().map(ToString::to_string).collect()
    }

    fn all_tags(&mut self) -> Vec<String> {
        let session = &self.context.session;
        session.tags.texts(&session.tag_names).map(ToString::to_string).collect()
    }

    fn spend(&mut self, steps: u64, bytes: u64) -> Result<(), ScopeError> {
        self.context.session.limits.spend(steps, bytes).map_err(|control| ScopeError::Stop(Box::new(control)))
    }

    fn log(&mut self, level: &str, message: &str) {
        self.has_acted = true;
        let level = match level {
            "debug" => Level::Debug,
            "info" => Level::Info,
            "notice" => Level::Notice,
            "warning" => Level::Warning,
            "err" => Level::Err,
            "alert" => Level::Alert,
            "emerg" => Level::Emerg,
            _ => Level::Crit,
        };
        self.context.log(level, message);
    }
}

impl Session<'_> {
    /// The variable that a template in a scope sees as `@name`.
    ///
    /// # Errors
    /// When it is a parameter without a value yet.
    pub(crate) fn template_variable(&mut self, scope: ScopeId, name: &str) -> Result<Option<Value>, Control> {
        let Some(symbol) = Symbol::existing(name) else { return Ok(self.node_variable(name)) };
        self.instance_variable(scope, symbol).map(|value| value.filter(|value| !value.is_undef()))
    }

    fn instance_variable(&mut self, scope: ScopeId, name: Symbol) -> Result<Option<Value>, Control> {
        let this = self.scope(scope);
        match this.own(name) {
            Some(Some(value)) => return Ok(Some(value.clone())),
            Some(None) => return Err(Control::Pending(name)),
            None => {}
        }
        if scope == TOP {
            // The main class has no module, which Puppet says with an empty name.
            if name == self.well_known.module_name {
                return Ok(Some(Value::from("")));
            }
            return Ok(self.lookup_global(name));
        }
        if let Some(inherited) = this.source.parent.and_then(|parent| self.class_scope(parent)) {
            let found = self.instance_variable(inherited, name)?;
            if found.as_ref().is_some_and(|value| !value.is_undef()) {
                return Ok(found);
            }
        }
        match self.surrounding(scope) {
            Some(outer) => self.instance_variable(outer, name),
            None => Ok(None),
        }
    }

    /// All variables that a template in a scope sees, in Puppet's order.
    pub(crate) fn template_variables(&mut self, scope: ScopeId, into: &mut Hash) {
        if scope == TOP {
            let node = self.node;
            let facts = self.all_facts();
            for (name, value) in node.parameters.iter().chain(facts.iter()).chain(node.server_facts.iter()) {
                if !into.contains_key(name) && !value.is_undef() {
                    into.insert(name.clone(), value.clone());
                }
            }
            into.insert("environment", self.image.environment());
            for name in ["trusted", "server_facts", "facts"] {
                if let Some(value) = self.lookup_global(Symbol::new(name)) {
                    into.insert(name, value);
                }
            }
            into.insert("module_name", "");
        } else {
            if let Some(outer) = self.surrounding(scope) {
                self.template_variables(outer, into);
            }
            let parent = self.scope(scope).source.parent;
            if let Some(inherited) = parent.and_then(|parent| self.class_scope(parent)) {
                let mut variables = Hash::new();
                self.template_variables(inherited, &mut variables);
                for (name, value) in variables.iter() {
                    into.insert(name.clone(), value.clone());
                }
            }
        }
        let this = self.scope(scope);
        for (name, value) in this.vars.iter().chain(this.frames.iter()) {
            match value {
                Some(value) if !value.is_undef() => {
                    into.insert(name.as_str(), value.clone());
                }
                _ => {
                    into.remove_str(name.as_str());
                }
            }
        }
    }

    /// The node's scope or the top scope around a scope; none around the top.
    fn surrounding(&self, scope: ScopeId) -> Option<ScopeId> {
        let this = self.scope(scope);
        let parent = this.parent?;
        Some(if parent == TOP || self.scope(parent).is_node { parent } else { self.enclosing(parent) })
    }
}

/// The error of the function `template`.
pub(crate) fn template_error(failure: Failure, name: &str, path: &str) -> Control {
    match failure {
        Failure::Raised(detail, line) => Error::new(format!(
            "Failed to parse template {name}:\n  Filepath: {path}\n  Line: {line}\n  Detail: {detail}\n"
        ))
        .into(),
        Failure::Fatal(message) => Error::complete(message).into(),
        Failure::Control(control) => control,
    }
}

/// The error of the function `inline_template`.
pub(crate) fn inline_error(failure: Failure) -> Control {
    match failure {
        Failure::Raised(detail, _) => Error::new(format!("Failed to parse inline template: {detail}")).into(),
        Failure::Fatal(message) => Error::complete(message).into(),
        Failure::Control(control) => control,
    }
}
