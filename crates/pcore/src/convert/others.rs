//! `Regexp(...)`, `Sensitive(...)`, `Type(...)`, `Deferred(...)`, and what only hands its argument on.

use std::sync::Arc;

use super::creator::Creator;
use super::types::{pattern, structure};
use crate::regexp::{self, Regexp};
use crate::value::Deferred;
use crate::{Type, Value};

pub(super) fn regexp() -> Creator {
    // The name is Puppet's.
    let parameters = [("pattern", Type::STRING), ("escape", Type::BOOLEAN)];
    Creator::new("new_float").takes(1, &parameters, |arguments, _| {
        Ok(Value::Regexp(match arguments {
            [Value::Str(text), Value::Bool(true)] => Regexp::new(&regexp::escape(text))?,
            [Value::Str(text), ..] => Regexp::new(text)?,
            _ => return Ok(Value::Undef),
        }))
    })
}

pub(super) fn sensitive() -> Creator {
    Creator::new("new_Sensitive")
        .takes(1, &[("value", Type::sensitive(Type::Any))], |arguments, _| {
            Ok(arguments.first().cloned().into())
        })
        .takes(1, &[("value", Type::Any)], |arguments, _| {
            Ok(arguments.first().cloned().map(Value::sensitive).into())
        })
}

pub(super) fn type_() -> Creator {
    let text = [("type_string", Type::non_empty_string())];
    Creator::new("new_type").takes(1, &text, |arguments, outside| match arguments {
        [Value::Str(text)] => Ok(Value::Type(outside.parse_type(text)?)),
        _ => Ok(Value::Undef),
    })
}

pub(super) fn unit() -> Creator {
    Creator::new("new_unit")
        .takes(1, &[("from", Type::Any)], |arguments, _| Ok(arguments.first().cloned().into()))
}

pub(super) fn deferred() -> Creator {
    let name = pattern(r"\A[$]?[a-z][a-z0-9_]*(?:::[a-z][a-z0-9_]*)*\z");
    let arguments = Type::optional(Type::array_of(Type::Any));
    let named = structure(&[("name", false, name.clone()), ("arguments", true, arguments.clone())]);
    Creator::new("new_Deferred")
        .takes(1, &[("hash", named)], |arguments, _| {
            let hash = arguments.first().and_then(Value::as_hash);
            let part = |name| hash.and_then(|hash| hash.get_str(name));
            Ok(call(part("name"), part("arguments")))
        })
        .takes(1, &[("name", name), ("arguments", arguments)], |arguments, _| {
            Ok(call(arguments.first(), arguments.get(1)))
        })
}

fn call(name: Option<&Value>, arguments: Option<&Value>) -> Value {
    let Some(Value::Str(name)) = name else { return Value::Undef };
    let arguments = arguments.and_then(Value::as_array).map(<[Value]>::to_vec);
    Value::Deferred(Arc::new(Deferred { name: name.clone(), arguments: arguments.map(Into::into) }))
}
