//! Arguments of the older interface, and the errors about them.

use pcore::Value;
use pcore::regexp::Regexp;

use crate::context::Context;
use crate::error::Control;
use crate::functions::{Legacy, ruby};

/// `name(): Wrong number of arguments given (0 for 1)`, the usual text.
pub(super) fn wrong_count(name: &str, given: &[Value], wanted: &str) -> Control {
    format!("{name}(): Wrong number of arguments given ({} for {wanted})", given.len()).into()
}

/// `name(): Wrong number of arguments given 0 for 1`, as some functions have it.
pub(super) fn wrong_count_bare(name: &str, given: &[Value], wanted: &str) -> Control {
    format!("{name}(): Wrong number of arguments given {} for {wanted}", given.len()).into()
}

/// True if an argument counts as given where Ruby asks for truth.
pub(super) fn given(arguments: &[Value], at: usize) -> Option<&Value> {
    arguments.get(at).filter(|value| value.is_true())
}

/// The items that `Array(value)` has: those of an array, the pairs of a hash, else the value itself.
pub(super) fn as_list(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items.to_vec(),
        Value::Hash(hash) => hash.iter().map(|(key, item)| vec![key.clone(), item.clone()].into()).collect(),
        Value::Undef => Vec::new(),
        other => vec![other.clone()],
    }
}

/// `Regexp.new(value)`
pub(super) fn regexp(value: &Value) -> Result<std::sync::Arc<Regexp>, Control> {
    match value {
        Value::Str(source) => Ok(Regexp::cached(source)?),
        other => Err(ruby::no_conversion(other, "String").into()),
    }
}

/// `value =~ regexp`: only strings match.
pub(super) fn matches(regexp: &Regexp, value: &Value) -> Result<bool, Control> {
    match value {
        Value::Str(text) => Ok(regexp.try_is_match(text)?),
        _ => Ok(false),
    }
}

/// True if the text fits a pattern in Ruby's notation.
pub(in crate::functions) fn fits(pattern: &str, text: &str) -> bool {
    Regexp::cached(pattern).is_ok_and(|regexp| regexp.is_match(text))
}

/// Calls a function of the older interface as another function does: arguments as they are, and only their number is
/// checked.
pub(super) fn send(
    context: &mut Context<'_, '_>,
    legacy: &Legacy,
    arguments: &[Value],
) -> Result<Value, Control> {
    let count = arguments.len();
    let arity = legacy.arity;
    let least = if arity < 0 { (-arity - 1) as usize } else { arity as usize };
    if (arity >= 0 && count != least) || count < least {
        let minimum = if arity < 0 { "minimum " } else { "" };
        return Err(wrong_count(legacy.name, arguments, &format!("{minimum}{least}")));
    }
    (legacy.body)(context, arguments)
}
