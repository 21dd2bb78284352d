//! `hiera`, `hiera_array`, `hiera_hash`, `hiera_include`: what `lookup` replaced.

use hiera::Request;
use pcore::Value;

use super::{Native, Overload, lookup};
use crate::context::Context;
use crate::error::Control;

/// The signatures that these functions share.
macro_rules! overloads {
    ($function:expr) => {
        &[
            Overload::new("(Tuple[String, Any, Any, 1, 3] $args)", |context, arguments| {
                let arguments = arguments.first().and_then(Value::as_array).unwrap_or_default();
                $function(context, arguments, true)
            }),
            Overload::new("(String $key)", |context, arguments| $function(context, arguments, true)),
            Overload::new("(String $key, Any $default, [Any $override])", |context, arguments| {
                $function(context, arguments, true)
            }),
            Overload::new("(String $key, &Callable[1,1] $default_block)", |context, arguments| {
                $function(context, arguments, false)
            }),
            Overload::new(
                "(String $key, Any $override, &Callable[1,1] $default_block)",
                |context, arguments| $function(context, arguments, false),
            ),
        ]
    };
}

/// The value of a key in Hiera's data, of the highest priority. Deprecated: use `lookup`.
///
/// ```puppet
/// hiera('ntp::servers', ['pool.ntp.org'])
/// ```
pub(super) const HIERA: Native = Native {
    name: "hiera",
    local_types: &[],
    overloads: overloads!(|context: &mut Context<'_, '_>, arguments: &[Value], has_default: bool| {
        find(context, arguments, has_default, "first")
    }),
};

/// The values of a key in all of Hiera's data as one array. Deprecated: use `lookup` with merge `unique`.
pub(super) const HIERA_ARRAY: Native = Native {
    name: "hiera_array",
    local_types: &[],
    overloads: overloads!(|context: &mut Context<'_, '_>, arguments: &[Value], has_default: bool| {
        find(context, arguments, has_default, "unique")
    }),
};

/// The hashes of a key in all of Hiera's data as one hash. Deprecated: use `lookup` with merge `hash`.
pub(super) const HIERA_HASH: Native = Native {
    name: "hiera_hash",
    local_types: &[],
    overloads: overloads!(|context: &mut Context<'_, '_>, arguments: &[Value], has_default: bool| {
        find(context, arguments, has_default, "hash")
    }),
};

/// Includes the classes that a key lists in all of Hiera's data. Deprecated: use `lookup` with merge `unique`, and
/// `include`.
pub(super) const HIERA_INCLUDE: Native = Native {
    name: "hiera_include",
    local_types: &[],
    overloads: overloads!(|context: &mut Context<'_, '_>, arguments: &[Value], has_default: bool| {
        match find(context, arguments, has_default, "unique")? {
            Value::Undef => {
                let key = arguments.first().and_then(Value::as_str).unwrap_or_default();
                Err(format!("Could not find data item {key}").into())
            }
            Value::Array(classes) if classes.is_empty() => Ok(Value::Undef),
            classes => Ok(context.include(&[classes])?.into()),
        }
    }),
};

/// With a block, what follows the key names first places of the hierarchy (of version 3); without, it is a default, and these
/// come after it.
fn find(
    context: &mut Context<'_, '_>,
    arguments: &[Value],
    has_default: bool,
    merge: &str,
) -> Result<Value, Control> {
    let message = format!(
        "The function '{}' is deprecated in favor of using 'lookup'. See \
         https://puppet.com/docs/puppet/8.11/deprecated_language.html",
        context.name()
    );
    context.warn_once(&message);
    let key = arguments.first().unwrap_or(&Value::Undef);
    let request = Request {
        names: key.as_str().map(Into::into).into_iter().collect(),
        merge: Some(merge.into()),
        default: arguments.get(1).filter(|_| has_default).cloned(),
        legacy: true,
        places: places(arguments.get(if has_default { 2 } else { 1 }).unwrap_or(&Value::Undef)),
        ..Request::default()
    };
    lookup::lookup(context, &request, key)
}

/// One name or a list of them.
fn places(value: &Value) -> Vec<pcore::Str> {
    match value {
        Value::Str(name) => vec![name.clone()],
        Value::Array(items) => items.iter().flat_map(places).collect(),
        _ => Vec::new(),
    }
}
