//! `any`, `all`

use pcore::Value;

use super::iteration::{Turns, overloads};
use super::{Native, Overload};
use crate::context::Context;
use crate::error::Control;

/// True if a block gives a true value for one of the items at least.
///
/// ```puppet
/// [1, 2].any |$x| { $x > 1 }                   # true
/// { 'a' => 1 }.any |$key, $value| { $value > 1 } # false
/// ```
pub(super) const ANY: Native = Native { name: "any", local_types: &[], overloads: overloads!(any) };

/// True if a block gives a true value for each of the items.
///
/// ```puppet
/// [1, 2].all |$x| { $x > 1 }                   # false
/// { 'a' => 1 }.all |$key, $value| { $value > 0 } # true
/// ```
pub(super) const ALL: Native = Native { name: "all", local_types: &[], overloads: overloads!(all) };

fn any(context: &mut Context<'_, '_>, arguments: &[Value], two: bool) -> Result<Value, Control> {
    for turn in Turns::new(arguments, two)? {
        if context.call_block(turn.arguments())?.is_true() {
            return Ok(true.into());
        }
    }
    Ok(false.into())
}

fn all(context: &mut Context<'_, '_>, arguments: &[Value], two: bool) -> Result<Value, Control> {
    for turn in Turns::new(arguments, two)? {
        if !context.call_block(turn.arguments())?.is_true() {
            return Ok(false.into());
        }
    }
    Ok(true.into())
}
