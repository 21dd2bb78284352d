//! Parameters that are patterns themselves: those of `URI[...]` and of parameterised `Object` types.

use super::is_assignable;
use crate::uri::Uri;
use crate::{Value, compare};

/// Whether a value fits what a `case` option would have to be for it.
pub(super) fn option_matches(value: &Value, option: &Value) -> bool {
    compare::matches_option(value, option, &mut None)
}

/// Whether all that fits one parameter fits the other.
pub(super) fn covers(wanted: &Value, given: &Value) -> bool {
    option_matches(given, wanted)
        || matches!((wanted, given), (Value::Type(wanted), Value::Type(given)) if is_assignable(wanted, given))
}

pub(super) fn uri_matches(uri: &Uri, parts: &Value) -> bool {
    parts.as_hash().is_some_and(|parts| {
        parts.iter().all(|(name, option)| {
            let part = name.as_str().and_then(|name| uri.part(name)).unwrap_or_default();
            match (&part, option) {
                // A type that was inferred from a URI has its port as text.
                (Value::Int(port), Value::Str(text)) => port.to_string() == text.as_str(),
                (part, option) => option_matches(part, option),
            }
        })
    })
}

pub(super) fn uri_covers(wanted: &Value, given: &Value) -> bool {
    let (Some(wanted), Some(given)) = (wanted.as_hash(), given.as_hash()) else {
        return false;
    };
    wanted.iter().all(|(name, option)| given.get(name).is_some_and(|value| covers(option, value)))
}
