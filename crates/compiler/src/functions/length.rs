//! `empty`, `length`, `size`

use pcore::Value;

use super::{Native, Overload};
use crate::context::Context;
use crate::error::Control;

/// The number of items of a collection, characters of a string, or bytes of a Binary.
pub(super) const LENGTH: Native = Native {
    name: "length",
    local_types: &[],
    overloads: &[
        Overload::new("(Collection $arg)", length),
        Overload::new("(String $arg)", length),
        Overload::new("(Binary $arg)", length),
    ],
};

/// The same as `length`.
pub(super) const SIZE: Native = Native {
    name: "size",
    local_types: &[],
    overloads: &[Overload::new("(Variant[Collection, String, Binary] $arg)", length)],
};

/// True for a string, collection or Binary of length 0, and for `undef`. Numbers are never empty (and asking is
/// deprecated).
pub(super) const EMPTY: Native = Native {
    name: "empty",
    local_types: &[],
    overloads: &[
        Overload::new("(Collection $coll)", empty),
        Overload::new("(Sensitive[String] $str)", |context, arguments| match arguments {
            [Value::Sensitive(inner)] => empty(context, std::slice::from_ref(&**inner)),
            _ => Ok(Value::Undef),
        }),
        Overload::new("(String $str)", empty),
        Overload::new("(Numeric $num)", |context, _| {
            context.warn_once_a_line("Calling function empty() with Numeric value is deprecated.");
            Ok(false.into())
        }),
        Overload::new("(Binary $bin)", empty),
        Overload::new("(Undef $x)", |_, _| Ok(true.into())),
    ],
};

fn length_of(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.len(),
        Value::Hash(hash) => hash.len(),
        Value::Str(text) => text.chars().count(),
        Value::Binary(bytes) => bytes.len(),
        _ => 0,
    }
}

fn length(_: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    Ok(arguments.first().map(|value| length_of(value) as i64).into())
}

fn empty(_: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    Ok(match arguments {
        [Value::Str(text)] => text.is_empty().into(),
        [value] => (length_of(value) == 0).into(),
        _ => Value::Undef,
    })
}
