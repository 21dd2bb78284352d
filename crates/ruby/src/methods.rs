//! The methods of each class, one file a class.
//!
//! A file's `call` answers `None` for a method that the class does not have there; [`object`] has what every object has,
//! [`enumerable`] what everything with an `each` has.

mod arity;
pub(crate) mod array;
pub(crate) mod class;
pub(crate) mod enumerable;
pub(crate) mod enumerator;
pub(crate) mod exception;
pub(crate) mod float;
pub(crate) mod hash;
pub(crate) mod integer;
pub(crate) mod kernel;
pub(crate) mod matchdata;
pub(crate) mod number;
pub(crate) mod object;
pub(crate) mod proc;
pub(crate) mod puppet;
pub(crate) mod range;
pub(crate) mod regexp;
pub(crate) mod scope;
pub(crate) mod simple;
pub(crate) mod string;
pub(crate) mod symbol;
pub(crate) mod wrapper;

use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::Eval;
use crate::known;
use crate::library;
use crate::name::M;
use crate::value::Value;

/// Calls a method that the class of the receiver defines.
pub(crate) fn call(it: &mut Interp<'_>, receiver: &Value, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    arity::check(it, receiver, id, args)?;
    match receiver {
        Value::Text(text) => string::call(it, text, id, args),
        Value::Array(list) => array::call(it, list, id, args),
        Value::Hash(hash) => hash::call(it, hash, id, args),
        Value::Int(number) => integer::call(it, *number, id, args),
        Value::Float(number) => float::call(it, *number, id, args),
        Value::Nil => simple::nil(it, id, args),
        Value::Bool(flag) => simple::boolean(it, *flag, id, args),
        Value::Symbol(name) => symbol::call(it, name, id, args),
        Value::Range(range) => range::call(it, range, id, args),
        Value::Regexp(regex) => regexp::call(it, regex, id, args),
        Value::Match(found) => matchdata::call(it, found, id, args),
        Value::Proc(proc) => proc::call(it, proc, id, args),
        Value::Class(class) => class::call(it, *class, id, args),
        Value::Exception(exception) => exception::call(it, exception, id, args),
        Value::Enumerator(enumerator) => enumerator::call(it, enumerator, id, args),
        Value::Puppet(value) => puppet::call(it, value, id, args),
        Value::Object(object) => library::call(it, object, id, args),
        Value::Scope => scope::call(it, id, args),
        Value::Wrapper => wrapper::call(it, id, args),
    }
}

/// What `respond_to?` says.
pub(crate) fn responds(receiver: &Value, method: &str) -> bool {
    match receiver {
        Value::Class(class) => known::class_has(*class, method),
        other => known::has(other.class(), method),
    }
}
