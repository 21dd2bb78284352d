//! Regular expressions from the arguments of functions.

use std::sync::Arc;

use pcore::regexp::Regexp;
use pcore::{Type, Value};

use crate::error::Control;

/// The expression that a string, a regular expression or a type `Regexp[...]` stands for; an unparameterised `Regexp`
/// is the empty expression.
///
/// # Errors
/// Ruby's message if the source is malformed.
pub(super) fn of(pattern: &Value) -> Result<Arc<Regexp>, Control> {
    match pattern {
        Value::Regexp(regexp) | Value::Type(Type::Regexp(Some(regexp))) => Ok(regexp.clone()),
        Value::Str(source) => Ok(Regexp::cached(source)?),
        _ => Ok(Regexp::cached("")?),
    }
}
