//! What a template may ask of the compile around it.

use std::any::Any;

use pcore::{Hash, Str, Value};

/// The one window of a template to everything outside: variables and functions of the scope it is rendered in.
pub trait Scope {
    /// The variable that a template sees as `@name`; `None` if it is not set or undef.
    ///
    /// # Errors
    /// As [`ScopeError`] says.
    fn instance_variable(&mut self, name: &str) -> Result<Option<Value>, ScopeError>;

    /// What `facts` or `trusted` has at a path of keys, undef if the last one is not there; of `dig` any of them may be missing.
    /// `None` if the variable has to be asked for as a whole.
    ///
    /// # Errors
    /// As [`ScopeError`] says.
    fn below(&mut self, _variable: &str, _keys: &[Str], _is_dig: bool) -> Result<Option<Value>, ScopeError> {
        Ok(None)
    }

    /// All variables that a template sees, as `scope.to_hash` gives them.
    ///
    /// # Errors
    /// As [`ScopeError`] says.
    fn variables(&mut self) -> Result<Hash, ScopeError>;

    /// `scope.lookupvar(name)`, `scope[name]`: any variable, also with a qualified name.
    ///
    /// # Errors
    /// A variable that does not exist, if such are errors.
    fn lookup(&mut self, name: &str) -> Result<Value, ScopeError>;

    /// `scope.include?(name)`, `has_variable?(name)`: whether a variable has a value that is not undef.
    ///
    /// # Errors
    /// As [`ScopeError`] says.
    fn has_variable(&mut self, name: &str) -> Result<bool, ScopeError>;

    /// `scope.exist?(name)`: whether there is such a variable.
    ///
    /// # Errors
    /// As [`ScopeError`] says.
    fn exists(&mut self, name: &str) -> Result<bool, ScopeError>;

    /// `scope.setvar(name, value)`
    ///
    /// # Errors
    /// A variable that is set already, or may not be set.
    fn set_variable(&mut self, name: &str, value: Value) -> Result<(), ScopeError>;

    /// Calls a function of the Puppet language. `None` if there is no such function.
    ///
    /// # Errors
    /// Whatever the function raises.
    fn call_function(&mut self, name: &str, arguments: Vec<Value>) -> Result<Option<Value>, ScopeError>;

    /// The classes that have been declared, in order.
    fn classes(&mut self) -> Vec<String>;

    /// The tags of the catalog.
    fn all_tags(&mut self) -> Vec<String>;

    /// Says that the template has done so many steps more, and made so many bytes, so that the compile may end it. Called now and then.
    ///
    /// # Errors
    /// [`ScopeError::Stop`]: the compile has used up what it may.
    fn spend(&mut self, steps: u64, bytes: u64) -> Result<(), ScopeError>;

    /// Leaves a message in the log, with a level of Puppet (`debug`, `info`, `notice`, `warning`, `err`, `alert`, `emerg`,
    /// `crit`).
    fn log(&mut self, level: &str, message: &str);
}

/// Why the outside has no answer.
#[derive(Debug)]
pub enum ScopeError {
    /// An exception that the template may rescue.
    Raise(ScopeException, String),
    /// Nothing that a template may rescue: the compile itself must end.
    Stop(Box<dyn Any>),
}

/// The classes of exceptions that come from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeException {
    /// `ArgumentError`
    Argument,
    /// `Puppet::ParseError`
    Parse,
    /// `Puppet::Error`
    Puppet,
}
