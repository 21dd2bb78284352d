//! Functions of the module stdlib that are native here. They exist where the module does, as they do in Puppet.

use pcore::Value;

use super::Legacy;
use crate::context::Context;
use crate::error::Control;

/// The first argument that is neither undef nor an empty string.
///
/// ```puppet
/// pick(undef, '', 'c') # c
/// ```
pub(super) const PICK: Legacy = Legacy { name: "pick", arity: -1, statement: false, body: pick };

fn pick(_: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    let is_given = |value: &&Value| !value.is_undef() && value.as_str() != Some("");
    match arguments.iter().find(is_given) {
        Some(value) => Ok(value.clone()),
        None => Err("pick(): must receive at least one non empty value".into()),
    }
}

/// Whether an array has an item, or all items of another array.
///
/// ```puppet
/// member(['a', 'b'], 'b') # true
/// member(['a', 'b'], ['a', 'c']) # false
/// ```
pub(super) const MEMBER: Legacy = Legacy { name: "member", arity: -1, statement: false, body: member };

fn member(_: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    let [array, item, ..] = arguments else {
        let count = arguments.len();
        return Err(format!("member(): Wrong number of arguments given ({count} for 2)").into());
    };
    let Value::Array(array) = array else {
        return Err("member(): Requires array to work with".into());
    };
    let items = match item {
        Value::Array(items) => items.as_slice(),
        Value::Str(_) | Value::Int(_) => std::slice::from_ref(item),
        _ => return Err("member(): Item to search for must be a string, fixnum, or array".into()),
    };
    if items.is_empty() {
        return Err("member(): You must provide item to search for within array given".into());
    }
    Ok(items.iter().all(|item| array.contains(item)).into())
}
