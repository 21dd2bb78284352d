//! `pick`, `pick_default`

use pcore::Value;

use crate::context::Context;
use crate::error::Control;
use crate::functions::Legacy;

/// The first argument that is neither undef nor an empty string.
///
/// ```puppet
/// pick(undef, '', 'c') # 'c'
/// ```
pub(super) const PICK: Legacy = Legacy::value("pick", -1, pick);

/// The first argument that is neither undef nor an empty string, or the last one whatever it is.
///
/// ```puppet
/// pick_default($value, '')
/// ```
pub(super) const PICK_DEFAULT: Legacy = Legacy::value("pick_default", -1, pick_default);

fn is_given(value: &&Value) -> bool {
    !value.is_undef() && value.as_str() != Some("")
}

fn pick(_: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    match arguments.iter().find(is_given) {
        Some(value) => Ok(value.clone()),
        None => Err("pick(): must receive at least one non empty value".into()),
    }
}

fn pick_default(_: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    let Some((default, candidates)) = arguments.split_last() else {
        return Err("Must receive at least one argument.".into());
    };
    Ok(candidates.iter().find(is_given).unwrap_or(default).clone())
}
