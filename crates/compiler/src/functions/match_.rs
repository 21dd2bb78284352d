//! `match`

use pcore::{Type, Value};

use super::{Native, Overload, pattern, ruby};
use crate::context::Context;
use crate::error::Control;

/// Matches a string, or each of an array of strings, with a pattern: the whole match and its groups, or `undef`.
///
/// ```puppet
/// match('abc123', /([a-z]+)(\d+)/)  # ['abc123', 'abc', '123']
/// match('abc', ['x', /b/])          # ['b']: the first pattern that matches
/// ```
///
/// A pattern is a string, a regular expression, a type `Regexp[...]` or `Pattern[...]`, or an array of such.
pub(super) const FUNCTION: Native = Native {
    name: "match",
    local_types: &[],
    overloads: &[
        Overload::new("(String $string, Variant[Any, Type] $pattern)", match_one),
        Overload::new(
            "(Array[String] $string, Variant[Any, Type] $pattern)",
            |_, arguments| match arguments {
                [Value::Array(texts), pattern] => {
                    let found = texts.iter().map(|text| find(text.as_str().unwrap_or_default(), pattern));
                    Ok(found.collect::<Result<Vec<_>, _>>()?.into())
                }
                _ => Ok(Value::Undef),
            },
        ),
    ],
};

fn match_one(_: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    match arguments {
        [Value::Str(text), pattern] => find(text, pattern),
        _ => Ok(Value::Undef),
    }
}

fn find(text: &str, pattern: &Value) -> Result<Value, Control> {
    match pattern {
        Value::Str(_) | Value::Regexp(_) | Value::Type(Type::Regexp(Some(_))) => {
            let found = pattern::of(pattern)?.try_captures(text)?;
            Ok(found.map(|found| found.values()).into())
        }
        Value::Type(Type::Regexp(None)) => Err("Given Regexp Type has no regular expression".into()),
        Value::Type(Type::Pattern(regexps)) => first(regexps.iter().map(|regexp| Value::Regexp(regexp.clone())), text),
        Value::Type(Type::Variant(types)) => first(types.iter().cloned().map(Value::Type), text),
        Value::Type(Type::Alias(alias)) => match alias.target.get() {
            Some(target) => find(text, &Value::Type(target.clone())),
            None => Ok(Value::Undef),
        },
        Value::Array(patterns) => first(patterns.iter().cloned(), text),
        other => Err(format!(
            "match() expects pattern of T, where T is String, Regexp, Regexp[r], Pattern[p], or Array[T]. Got {}",
            ruby::class_name(other)
        )
        .into()),
    }
}

fn first(patterns: impl Iterator<Item = Value>, text: &str) -> Result<Value, Control> {
    for pattern in patterns {
        let found = find(text, &pattern)?;
        if !found.is_undef() {
            return Ok(found);
        }
    }
    Ok(Value::Undef)
}
