//! Parameters that are patterns themselves: those of `URI[...]` and of parameterised `Object` types.

use super::{is_assignable, is_instance};
use crate::Value;
use crate::uri::Uri;

/// Whether a value fits what a `case` option would have to be for it: an instance of a type, a match of a regular
/// expression, an equal value.
pub(super) fn option_matches(value: &Value, option: &Value) -> bool {
    match (option, value) {
        (Value::Type(ty), value) => is_instance(ty, value),
        (Value::Regexp(pattern), Value::Str(text)) => pattern.is_match(text),
        (Value::Regexp(_), _) => false,
        (Value::Array(options), Value::Array(items)) => {
            options.len() == items.len()
                && items.iter().zip(options.iter()).all(|(item, option)| option_matches(item, option))
        }
        (Value::Hash(options), Value::Hash(hash)) => {
            options.iter().all(|(key, option)| option_matches(hash.get(key).unwrap_or(&Value::Undef), option))
        }
        (Value::Str(option), Value::Str(text)) => option.eq_ignore_ascii_case(text),
        (option, value) => option == value,
    }
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
            option_matches(&part, option)
        })
    })
}

pub(super) fn uri_covers(wanted: &Value, given: &Value) -> bool {
    let (Some(wanted), Some(given)) = (wanted.as_hash(), given.as_hash()) else {
        return false;
    };
    wanted.iter().all(|(name, option)| given.get(name).is_some_and(|value| covers(option, value)))
}
