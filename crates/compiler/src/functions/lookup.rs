//! `lookup`

use std::sync::Arc;

use hiera::{Request, not_found_message};
use pcore::{Hash, Str, Type, Value};

use super::{Native, Overload};
use crate::context::Context;
use crate::error::{Control, Error};

/// Looks keys up in Hiera's data: the first of the names that is found. If none is, a default value, or what a block
/// gives for the names, or an error.
///
/// ```puppet
/// lookup('ntp::servers')
/// lookup('ntp::servers', Array[String], 'unique', [])
/// lookup('ntp::servers', { 'merge' => 'deep', 'default_value' => [] })
/// lookup('ntp::servers') |$key| { fail("no ${key}") }
/// ```
///
/// Arguments after the name: the type that the value must have, the merge strategy (`first`, `unique`, `hash`, `deep` or
/// a hash with options), a default. Options: `name`, `value_type`, `merge`, `default_value`, `default_values_hash`
/// (consulted when nothing is found) and `override` (consulted first).
pub(super) const FUNCTION: Native = Native {
    name: "lookup",
    local_types: &[
        ("NameType", "Variant[String, Array[String]]"),
        ("ValueType", "Type"),
        ("DefaultValueType", "Any"),
        ("MergeType", "Variant[String[1], Hash[String, Scalar]]"),
        ("BlockType", "Callable[NameType]"),
        (
            "OptionsWithName",
            "Struct[{ name => NameType, value_type => Optional[ValueType], default_value => \
             DefaultValueType, override => Optional[Hash[String,Any]], default_values_hash => \
             Optional[Hash[String,Any]], merge => Optional[MergeType] }]",
        ),
        (
            "OptionsWithoutName",
            "Struct[{ value_type => Optional[ValueType], default_value => DefaultValueType, override => \
             Optional[Hash[String,Any]], default_values_hash => Optional[Hash[String,Any]], merge => \
             Optional[MergeType] }]",
        ),
    ],
    overloads: &[
        Overload::new("(NameType $name, [ValueType $value_type], [MergeType $merge])", by_position),
        Overload::new(
            "(NameType $name, Optional[ValueType] $value_type, Optional[MergeType] $merge, DefaultValueType \
             $default_value)",
            by_position,
        ),
        Overload::new(
            "(NameType $name, [ValueType $value_type], [MergeType $merge], &BlockType)",
            by_position,
        ),
        Overload::new(
            "(OptionsWithName $options_hash, [&BlockType])",
            |context, arguments| match arguments {
                [Value::Hash(options)] => by_options(context, &options["name"], options),
                _ => Ok(Value::Undef),
            },
        ),
        Overload::new(
            "(Variant[String,Array[String]] $name, OptionsWithoutName $options_hash, [&BlockType])",
            |context, arguments| match arguments {
                [name, Value::Hash(options)] => by_options(context, name, options),
                _ => Ok(Value::Undef),
            },
        ),
    ],
};

fn by_position(context: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    let argument = |index: usize| arguments.get(index).unwrap_or(&Value::Undef);
    let request = Request {
        names: names_of(argument(0)),
        value_type: type_of(argument(1)),
        merge: given(argument(2)),
        default: arguments.get(3).cloned(),
        ..Request::default()
    };
    lookup(context, &request, argument(0))
}

fn by_options(context: &mut Context<'_, '_>, name: &Value, options: &Hash) -> Result<Value, Control> {
    let table = |key: &str| match &options[key] {
        Value::Hash(table) => Some(Arc::clone(table)),
        _ => None,
    };
    let request = Request {
        names: names_of(name),
        value_type: type_of(&options["value_type"]),
        merge: given(&options["merge"]),
        default: options.get_str("default_value").cloned(),
        overrides: table("override"),
        default_values: table("default_values_hash"),
        ..Request::default()
    };
    lookup(context, &request, name)
}

/// Makes a lookup; the block gets the name or names as they were given.
pub(super) fn lookup(
    context: &mut Context<'_, '_>,
    request: &Request,
    name: &Value,
) -> Result<Value, Control> {
    if let Some(found) = context.lookup(request)? {
        return Ok(found);
    }
    if !context.has_block() {
        return Err(Error::placeless(not_found_message(&request.names)).into());
    }
    let value = context.call_block(std::slice::from_ref(name))?;
    match &request.value_type {
        Some(ty) if !pcore::matches::is_instance(ty, &value) => {
            Err(pcore::mismatch::assertion("Value returned from default block", ty, &value).into())
        }
        _ => Ok(value),
    }
}

fn names_of(name: &Value) -> Vec<Str> {
    let names = name.as_array().unwrap_or(std::slice::from_ref(name));
    names.iter().filter_map(|name| name.as_str().map(Str::from)).collect()
}

fn type_of(value: &Value) -> Option<Type> {
    match value {
        Value::Type(ty) => Some(ty.clone()),
        _ => None,
    }
}

fn given(value: &Value) -> Option<Value> {
    (!value.is_undef()).then(|| value.clone())
}
