//! `each`

use pcore::Value;

use super::iteration::{Turns, overloads};
use super::{Native, Overload};
use crate::context::Context;
use crate::error::Control;

/// Calls a block for each item of an array, hash or other iterable, and gives the iterable back.
///
/// ```puppet
/// ['a', 'b'].each |$item| { notice($item) }
/// ['a', 'b'].each |$index, $item| { notice("${index} ${item}") }
/// { 'a' => 1 }.each |$key, $value| { notice("${key} ${value}") }
/// ```
///
/// With one parameter, a hash gives pairs of key and value. `break()` ends the iteration.
pub(super) const FUNCTION: Native = Native { name: "each", local_types: &[], overloads: overloads!(each) };

fn each(context: &mut Context<'_, '_>, arguments: &[Value], two: bool) -> Result<Value, Control> {
    for turn in Turns::new(arguments, two)? {
        if context.iterate(turn.arguments())?.is_none() {
            break;
        }
    }
    Ok(arguments.first().cloned().unwrap_or_default())
}
