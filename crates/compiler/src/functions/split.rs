//! `split`

use pcore::Value;

use super::{Native, Overload, pattern};
use crate::context::Context;
use crate::error::Control;

/// Splits a string where a regular expression matches. Empty strings at the end are dropped, and groups of the
/// expression are part of the result.
///
/// ```puppet
/// split('a,b,c', ',')       # ['a', 'b', 'c']
/// split('a.b.c', '[.]')     # ['a', 'b', 'c']
/// split('a1b22c', /\d+/)    # ['a', 'b', 'c']
/// ```
///
/// A string is taken for the source of a regular expression too. What is split from a Sensitive string is Sensitive.
pub(super) const FUNCTION: Native = Native {
    name: "split",
    local_types: &[],
    overloads: &[
        Overload::new("(String $str, String $pattern)", split),
        Overload::new("(String $str, Regexp $pattern)", split),
        Overload::new("(String $str, Type[Regexp] $pattern)", split),
        Overload::new("(Sensitive[String] $sensitive, String $pattern)", split_sensitive),
        Overload::new("(Sensitive[String] $sensitive, Regexp $pattern)", split_sensitive),
        Overload::new("(Sensitive[String] $sensitive, Type[Regexp] $pattern)", split_sensitive),
    ],
};

fn split(_: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    let [Value::Str(text), separator] = arguments else { return Ok(Value::Undef) };
    let parts = pattern::of(separator)?.split(text)?;
    Ok(parts.into_iter().map(Value::from).collect::<Vec<_>>().into())
}

fn split_sensitive(context: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    let [Value::Sensitive(text), separator] = arguments else { return Ok(Value::Undef) };
    Ok(Value::sensitive(split(context, &[(**text).clone(), separator.clone()])?))
}
