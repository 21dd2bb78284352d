//! What the code of a built-in function sees of the compile that calls it.

mod annotations;
mod catalog;

pub(crate) use annotations::Annotation;
pub(crate) use catalog::Declared;

use std::sync::Arc;

use pcore::ty::Callable;
use pcore::{Hash, Type, Value};
use stdx::Symbol;

use crate::error::{Control, Error, Jump, Site};
use crate::eval::call::CallSite;
use crate::eval::lambda::LambdaRef;
use crate::log::Level;
use crate::session::Session;
use crate::world::World;

/// The code of a [`Block::Native`].
pub type NativeBlock<'a> = &'a dyn Fn(&[Value]) -> Result<Value, Control>;

/// A block given to a call.
#[derive(Clone)]
pub enum Block<'a, 'i> {
    /// A block of the language.
    #[doc(hidden)]
    #[allow(private_interfaces, reason = "only this crate makes one")]
    Lambda(LambdaRef<'i>),
    /// Code of this crate, for functions that call functions, and for tests: parameter count and body.
    Native(usize, NativeBlock<'a>),
}

/// The calling side of one call of a built-in function.
pub struct Context<'a, 'i> {
    pub(crate) session: &'a mut Session<'i>,
    name: &'static str,
    block: Option<&'a Block<'a, 'i>>,
    pub(crate) at: CallSite<'i>,
}

impl<'a, 'i> Context<'a, 'i> {
    pub(crate) fn new(
        session: &'a mut Session<'i>,
        name: &'static str,
        block: Option<&'a Block<'a, 'i>>,
        at: CallSite<'i>,
    ) -> Context<'a, 'i> {
        Context { session, name, block, at }
    }

    /// The name of the function that runs.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Where the call stands.
    pub fn site(&self) -> Site {
        self.at.code.site(self.at.id)
    }

    /// The two innermost calls in code that are being made, as `["file", line]`; empty text if there is none.
    pub fn call_places(&self) -> [String; 2] {
        let place = |at: usize| {
            let frame = self.session.call_stack.iter().rev().nth(at);
            let text = frame.map(|(code, id)| {
                let file = code.file.path.as_ref().map(|path| path.to_string_lossy());
                let line = id.map_or(0, |id| code.site(id).line());
                format!("[{}, {line}]", pcore::format::ruby_quote(file.as_deref().unwrap_or("unknown")))
            });
            text.unwrap_or_default()
        };
        [place(0), place(1)]
    }

    /// What to do about doubtful constructs.
    pub fn strict(&self) -> crate::Strict {
        self.session.image.options.strict
    }

    /// True if the call has a block.
    pub fn has_block(&self) -> bool {
        self.block.is_some()
    }

    /// The type of the block.
    ///
    /// # Errors
    /// When a type of its parameters is wrong.
    pub fn block_type(&mut self) -> Result<Option<Arc<Callable>>, Control> {
        self.block.map(|block| self.session.block_callable(block)).transpose()
    }

    /// Calls the block. `next` in it gives its value here; `break` and `return` travel on as [`Control`].
    ///
    /// # Errors
    /// What the block raises, and a call without a block.
    pub fn call_block(&mut self, arguments: &[Value]) -> Result<Value, Control> {
        match self.block {
            Some(Block::Lambda(lambda)) => self.session.call_lambda(*lambda, arguments),
            Some(Block::Native(_, body)) => body(arguments),
            None => Err(Error::new(format!("{}(): no block given", self.name)).into()),
        }
    }

    /// [`Context::call_block`] with arguments that nobody else keeps, so that the block may change them in place.
    ///
    /// # Errors
    /// As [`Context::call_block`].
    pub fn call_block_with(&mut self, arguments: Vec<Value>) -> Result<Value, Control> {
        match self.block {
            Some(Block::Lambda(lambda)) => self.session.call_lambda_with(*lambda, arguments),
            _ => self.call_block(&arguments),
        }
    }

    /// True if the block gives its first argument up with its last read of it, and cannot end with `break`.
    pub fn block_gives_up_first(&self) -> bool {
        matches!(self.block, Some(Block::Lambda(lambda)) if lambda.code.gives_up_first(lambda.lambda))
    }

    /// Calls the block as one turn of an iteration: `None` when the block says `break`.
    ///
    /// ```text
    /// let Some(result) = context.iterate(&[item])? else { break };
    /// ```
    ///
    /// # Errors
    /// As [`Context::call_block`].
    pub fn iterate(&mut self, arguments: &[Value]) -> Result<Option<Value>, Control> {
        match self.call_block(arguments) {
            Ok(value) => Ok(Some(value)),
            Err(Control::Break(_)) => Ok(None),
            Err(control) => Err(control),
        }
    }

    /// Checks that a value is within the bounds of a compile, where a function hands it from turn to turn; results are checked anyway.
    ///
    /// # Errors
    /// It is too large.
    pub fn check_value(&mut self, value: &Value) -> Result<(), Control> {
        self.session.limits.value(value)
    }

    /// Checks the size of a text that has the delimiter between, or around, all parts of a value.
    ///
    /// # Errors
    /// It would be too large.
    pub fn check_joined(&mut self, value: Option<&Value>, delimiter: &str) -> Result<(), Control> {
        // A part takes a slot at least.
        let bytes = value.map_or(0, |value| pcore::Extent::of(value).bytes);
        let parts = bytes / size_of::<Value>() as u64;
        self.check_length(bytes.saturating_add(parts.saturating_mul(delimiter.len() as u64)))
    }

    /// Counts a step of a loop that runs no code of the language.
    ///
    /// # Errors
    /// The compile has used up what it may.
    pub fn step(&mut self) -> Result<(), Control> {
        self.session.limits.step()
    }

    /// Checks the size of a value that is going to be made.
    ///
    /// # Errors
    /// It would be too large.
    pub fn check_length(&mut self, bytes: u64) -> Result<(), Control> {
        self.session.limits.length(bytes)
    }

    /// Calls another function; with `pass_block` it gets the block of this call.
    ///
    /// # Errors
    /// An unknown function, and what it raises.
    pub fn call_function(
        &mut self,
        name: &str,
        arguments: Vec<Value>,
        pass_block: bool,
    ) -> Result<Value, Control> {
        let callee = match Symbol::existing(name) {
            Some(name) => self.session.callee_from(name, self.at.code.module)?,
            None => None,
        };
        let Some(callee) = callee else {
            return Err(Error::new(format!("Unknown function: '{name}'.")).into());
        };
        let block = self.block.filter(|_| pass_block);
        self.session.call(callee, arguments, block, self.at)
    }

    /// True if there is a function of this name.
    ///
    /// # Errors
    /// When the file that should define it is wrong.
    pub fn has_function(&mut self, name: &str) -> Result<bool, Control> {
        match Symbol::existing(name) {
            Some(name) => Ok(self.session.callee_from(name, self.at.code.module)?.is_some()),
            None => Ok(false),
        }
    }

    /// True if there is a function of the older interface with this name.
    pub fn has_legacy_function(&self, name: &str) -> bool {
        let Some(symbol) = Symbol::existing(name) else { return false };
        let is_builtin =
            matches!(crate::signature::builtin(symbol), Some(crate::signature::Builtin::Legacy(_)));
        is_builtin
            || crate::functions::STUBS.contains(&name)
            || self.session.image.modules().any(|module| {
                module.ruby_functions.iter().any(|function| function.is_legacy && function.name == symbol)
            })
    }

    /// Checks arguments against signatures as a call does.
    ///
    /// # Errors
    /// The text of a call whose arguments fit none.
    pub(crate) fn check_arguments(
        &self,
        signatures: &crate::signature::Typed,
        arguments: &[Value],
    ) -> Result<(), Control> {
        match signatures.select(arguments, None) {
            Some(_) => Ok(()),
            None => Err(signatures.describe_mismatch(arguments, None).into()),
        }
    }

    /// Checks arguments against signatures that name types of the environment, and says which of them fits.
    ///
    /// # Errors
    /// The text of a call whose arguments fit none, and of types that are wrong.
    pub(crate) fn check_signatures(
        &self,
        signatures: &[&str],
        arguments: &[Value],
    ) -> Result<usize, Control> {
        let image = self.session.image;
        let named = |name| image.named_type(name);
        Ok(crate::signature::check_in_environment(self.name, signatures, arguments, &named)?)
    }

    /// `Scope(Class[main])`: the calling scope as messages show it.
    pub fn scope_text(&self) -> String {
        self.session.log_source(self.at.scope)
    }

    /// `return(value)`
    pub fn jump_return(&self, value: Value) -> Control {
        Control::Return(Box::new(Jump { value, site: self.site() }))
    }

    /// `next(value)`
    pub fn jump_next(&self, value: Value) -> Control {
        Control::Next(Box::new(Jump { value, site: self.site() }))
    }

    /// `break()`
    pub fn jump_break(&self) -> Control {
        Control::Break(Box::new(self.site()))
    }

    /// Leaves a message in the compile's log, with the calling scope as its source.
    pub fn log(&mut self, level: Level, message: impl Into<String>) {
        if level == Level::Debug && !self.session.logs_debug {
            return;
        }
        let site = self.site();
        let source = self.session.log_source(self.at.scope);
        self.session.log(level, message.into(), source, Some(site));
    }

    /// Leaves a message for finding faults, which costs nothing when nobody reads such.
    pub fn debug(&mut self, message: impl FnOnce() -> String) {
        if self.session.logs_debug {
            self.log(Level::Debug, message());
        }
    }

    /// A warning of the compiler itself, given once in a compile.
    pub fn warn_once(&mut self, message: &str) {
        self.session.warn_unplaced_once(message, message);
    }

    /// A warning given once in a compile, with the place of the call that was first.
    pub fn warn_once_here(&mut self, message: &str) {
        let site = self.site().of_stack();
        self.session.warn_once(message, &format!("{message}\n   {site}"));
    }

    /// A warning of the compiler itself.
    pub fn warn(&mut self, message: &str) {
        self.session.warn(message.to_owned());
    }

    /// A notice of the compiler itself.
    pub fn notice(&mut self, message: &str) {
        self.session.log(Level::Notice, message.to_owned(), "Puppet".into(), None);
    }

    /// A warning of the compiler itself, given once in a compile for a key.
    pub fn warn_once_for(&mut self, key: &str, message: &str) {
        self.session.warn_once(key, message);
    }

    /// A warning given once for each line with such a call.
    pub fn warn_once_a_line(&mut self, message: &str) {
        let message = format!("{message}\n   {}", self.site().of_stack());
        self.session.warn_once(&message, &message);
    }

    /// The type that text stands for.
    ///
    /// # Errors
    /// When the text is no type.
    pub fn parse_type(&mut self, text: &str) -> Result<Type, Control> {
        self.session.parse_type(text)
    }

    /// True if a value fits a pattern as in a `case`; a regular expression sets match variables of the caller.
    ///
    /// # Errors
    /// When a pattern cannot be matched.
    pub fn matches(&mut self, pattern: &Value, value: &Value) -> Result<bool, Control> {
        self.session.option_fits(pattern, value, self.at.scope)
    }

    /// A variable as the caller sees it; qualified names are found too. `None` if there is none.
    ///
    /// # Errors
    /// When a file of the class in a qualified name is wrong.
    pub fn variable(&mut self, name: &str) -> Result<Option<Value>, Control> {
        if name.contains("::") {
            return self.session.lookup_qualified(name);
        }
        match Symbol::existing(name) {
            Some(symbol) => self.session.lookup_variable(self.at.scope, symbol),
            None => Ok(self.session.node_variable(name)),
        }
    }

    /// A variable as functions of the older interface look it up: one that is unknown is an error, a warning or undef,
    /// as the setting `strict` says.
    ///
    /// # Errors
    /// An unknown variable, and what [`Context::variable`] raises.
    pub fn lookupvar(&mut self, name: &str) -> Result<Value, Control> {
        let bare = name.strip_prefix("::").filter(|rest| !rest.contains("::")).unwrap_or(name);
        if let Some(value) = self.variable(bare)? {
            return Ok(value);
        }
        match bare {
            "module_name" => return Ok("".into()),
            "caller_module_name" => return Ok(Value::Undef),
            _ => {}
        }
        let plain = bare.strip_prefix("::").unwrap_or(bare);
        let reason = match plain.rsplit_once("::") {
            Some((class, _)) => match self.session.find_class(class)? {
                None => format!("class {class} could not be found"),
                Some(found) if self.session.class_scope(found.name).is_none() => {
                    format!("class {class} has not been evaluated")
                }
                Some(_) => String::new(),
            },
            None => String::new(),
        };
        let text = format!("Undefined variable '{name}'; {reason}");
        match self.strict() {
            crate::Strict::Error => return Err(text.into()),
            crate::Strict::Warning => self.session.warn_once(&format!("Variable: {name}"), &text),
            crate::Strict::Off => {}
        }
        Ok(Value::Undef)
    }

    /// The outside. What is read there must be noted in the read-set, hence use the methods here where they exist.
    pub fn world(&self) -> &'i dyn World {
        self.session.world
    }

    /// The time now; the result of the compile depends on it.
    pub fn now(&mut self) -> pcore::time::Timestamp {
        self.session.reads.impure = true;
        self.session.world.now()
    }

    /// Seconds east of UTC at this place; it changes with the seasons.
    pub fn utc_offset(&mut self) -> i32 {
        self.session.reads.impure = true;
        self.session.world.utc_offset()
    }

    /// Marks the result as one that will not be the same the next time.
    pub fn mark_impure(&mut self) {
        self.session.reads.impure = true;
    }

    /// The content of a file.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read_file(&mut self, path: &std::path::Path) -> std::io::Result<Vec<u8>> {
        self.session.reads.file(&path.to_string_lossy());
        self.session.world.read_file(path)
    }

    /// The content of a file that functions keep from one compile to another, below Puppet's `vardir`; it is made with the given
    /// content if there is none.
    ///
    /// # Errors
    /// When the path leads out of that folder, and when the file cannot be read or made.
    pub fn kept_file(&mut self, path: &str, initial: &[u8]) -> Result<Vec<u8>, String> {
        let folder = self.setting("vardir").and_then(|folder| Some(folder.as_str()?.to_owned()));
        let folder = folder.ok_or("there is no folder for files that are kept (vardir)")?;
        if path.contains('\0') || path.split('/').any(|part| part == "..") {
            return Err(format!("{path} leads out of {folder}"));
        }
        let path = std::path::PathBuf::from(format!("{folder}/{path}"));
        // Another compile may be faster, at each step.
        match self.read_file(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            read => return read.map_err(|error| format!("could not read {}: {error}", path.display())),
        }
        match self.session.world.keep_file(&path, initial) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                let read = self.read_file(&path);
                read.map_err(|error| format!("could not read {}: {error}", path.display()))
            }
            Err(error) => Err(format!("could not write {}: {error}", path.display())),
            Ok(()) => Ok(initial.to_vec()),
        }
    }

    /// The existing paths that fit a pattern of Ruby's `Dir.glob`.
    pub fn glob(&mut self, pattern: &str) -> Vec<String> {
        // Which names there are cannot be noted.
        self.session.reads.impure = true;
        self.session.reads.opaque = true;
        hiera::glob(&hiera::source::Disk, pattern)
    }

    /// A file by absolute path, or as `module/file` in a folder of a module (`files`, `templates`).
    pub fn find_file(&mut self, folder: &str, name: &str) -> Option<std::path::PathBuf> {
        if name.starts_with('/') {
            let path = std::path::Path::new(name);
            self.session.reads.file(name);
            return self.session.world.exists(path).then(|| path.to_owned());
        }
        self.session.module_file(folder, name)
    }

    /// The folder of a module; also that there is none counts as read.
    pub fn module_directory(&mut self, name: &str) -> Option<&'i std::path::Path> {
        let image = self.session.image;
        let module = Symbol::existing(name).and_then(|name| image.module(name));
        match module {
            Some(module) => _ = self.session.reads.file(&module.path.to_string_lossy()),
            None => self.session.reads.no_module(image, name),
        }
        module.map(|module| module.path.as_path())
    }

    /// The node's facts. The whole hash counts as read.
    pub fn facts(&mut self) -> Arc<Hash> {
        self.session.all_facts()
    }

    /// The node's facts, for code that has noted by itself what it reads.
    pub(crate) fn facts_unread(&self) -> Arc<Hash> {
        self.session.node.facts.clone()
    }

    /// A fact by the names on the way to it; only that path counts as read.
    pub fn fact(&mut self, path: &[&str]) -> Value {
        self.session.reads.fact(path.iter().copied());
        let mut value: Option<&Value> = None;
        for name in path {
            let hash = match value {
                None => Some(&*self.session.node.facts),
                Some(Value::Hash(hash)) => Some(&**hash),
                Some(_) => None,
            };
            value = hash.and_then(|hash| hash.get_str(name));
            if value.is_none() {
                return Value::Undef;
            }
        }
        value.cloned().unwrap_or_default()
    }

    /// The node's certname.
    pub fn certname(&self) -> &'i str {
        let node = self.session.node;
        &node.certname
    }

    /// The name of the environment.
    pub fn environment(&self) -> &'i str {
        let image = self.session.image;
        image.environment()
    }

    /// A variable of the class `settings`.
    pub fn setting(&self, name: &str) -> Option<Value> {
        self.session.setting(name)
    }
}
