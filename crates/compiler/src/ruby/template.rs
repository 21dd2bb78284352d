//! Templates that the native interpreter does not know, rendered by a worker process.
//!
//! A worker sees copies of the variables. Puppet's templates see the very values of the manifest and may change them in place; a
//! template that does so in a worker is refused, since nobody else would see the change.

use foreign::{ForeignError, Kind};
use pcore::{Hash, Value};

use super::value::Carried;
use super::window::Window;
use crate::erb::Failure;
use crate::error::Control;
use crate::eval::call::CallSite;
use crate::session::Session;

/// Exceptions of Ruby that a `rescue` without a class does not catch, and that Puppet's frame of templates lets pass. That a process has
/// no memory or no stack left (`NoMemoryError`, `SystemStackError`) is not among them: such an error is to name the template.
pub(super) const NOT_STANDARD: &[&str] = &[
    "ScriptError",
    "LoadError",
    "NotImplementedError",
    "SyntaxError",
    "SecurityError",
    "SignalException",
    "Interrupt",
    "SystemExit",
    "Exception",
];

/// Code that may see variables without having their names in its text.
const REFLECTION: &[&str] = &["instance_variable", "binding", "eval"];

impl<'i> Session<'i> {
    /// Renders text as an ERB template in a worker; nothing if this image has none. `file` is where the text comes from.
    ///
    /// # Errors
    /// What the template raises, and everything that can go wrong with the process.
    pub(crate) fn render_in_worker(
        &mut self,
        text: &str,
        file: Option<&str>,
        at: CallSite<'i>,
    ) -> Option<Result<String, Failure>> {
        let pool = self.image.ruby.as_ref()?;
        self.reads.impure = true;
        self.reads.opaque = true;
        let variables = match self.mentioned_variables(text, at) {
            Ok(variables) => variables,
            Err(control) => return Some(Err(Failure::Control(control))),
        };
        let mut window = Window { session: self, at, block: None, carried: Carried::default(), raised: None };
        let variables = window.encode_all(&variables);
        let result = pool.render(file, text, variables, &mut window);
        Some(match result {
            Ok(Value::Str(rendered)) => Ok(rendered.to_string()),
            Ok(_) => Err(Failure::Raised("the text of the template is not UTF-8".to_owned(), 1)),
            Err(error) => Err(failure(error, window.raised)),
        })
    }

    /// The variables that a template can see: those that its text has as `@name`, or all.
    fn mentioned_variables(&mut self, text: &str, at: CallSite<'i>) -> Result<Hash, Control> {
        let mut variables = Hash::new();
        if REFLECTION.iter().any(|word| text.contains(word)) {
            self.template_variables(at.scope, &mut variables);
            return Ok(variables);
        }
        for after in text.split('@').skip(1) {
            let end = after.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(after.len());
            let Some(name) = after.get(..end).filter(|name| !name.is_empty()) else { continue };
            if !variables.contains_key(&Value::from(name))
                && let Some(value) = self.template_variable(at.scope, name)?
            {
                variables.insert(name, value);
            }
        }
        Ok(variables)
    }
}

fn failure(error: ForeignError, raised: Option<Control>) -> Failure {
    match (error, raised) {
        // What no template may rescue goes on as it was.
        (ForeignError::Raised { kind: Kind::Compiler, .. }, Some(control))
            if !matches!(control, Control::Error(_)) =>
        {
            Failure::Control(control)
        }
        (ForeignError::Raised { message, class, .. }, _) if NOT_STANDARD.contains(&class.as_str()) => {
            Failure::Fatal(message)
        }
        (ForeignError::Raised { message, line, .. }, _) => Failure::Raised(message, line.unwrap_or(1)),
        (error, _) => {
            Failure::Raised(format!("the native interpreter does not know this template, and {error}"), 1)
        }
    }
}
