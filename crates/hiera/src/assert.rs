//! Type assertions with Puppet's texts.

use pcore::regexp::Regexp;
use pcore::{Type, Value, matches, mismatch};

use crate::LookupError;

/// Fails unless the value is of the type: `<subject> has wrong type, expects ... value, got ...`.
pub(crate) fn assert_instance(subject: &str, ty: &Type, value: &Value) -> Result<(), LookupError> {
    if matches::is_instance(ty, value) {
        return Ok(());
    }
    Err(LookupError::plain(mismatch::assertion(subject, ty, value)))
}

/// Fails unless everything of one type is also of another.
pub(crate) fn assert_assignable(subject: &str, expected: &Type, actual: &Type) -> Result<(), LookupError> {
    if matches::is_assignable(expected, actual) {
        return Ok(());
    }
    Err(LookupError::plain(mismatch::describe_type(&format!("{subject} is incorrect,"), expected, actual)))
}

/// `Pattern[/source/]`; of a source that is no expression, a type that nothing fits.
pub(crate) fn pattern(source: &str) -> Type {
    Regexp::new(source).map_or(Type::variant([]), |regexp| Type::Pattern([regexp].into()))
}
