//! `map`

use pcore::Value;

use super::iteration::{Turns, overloads};
use super::{Native, Overload};
use crate::context::Context;
use crate::error::Control;

/// An array of what a block gives for each item of an iterable.
///
/// ```puppet
/// [1, 2].map |$x| { $x * 10 }                          # [10, 20]
/// ['a', 'b'].map |$index, $item| { "${index}${item}" } # ['0a', '1b']
/// { 'a' => 1 }.map |$key, $value| { "${key}=${value}" } # ['a=1']
/// ```
///
/// `next(x)` in the block gives `x` for the item; `break()` ends the iteration with what there is.
pub(super) const FUNCTION: Native = Native { name: "map", local_types: &[], overloads: overloads!(map) };

fn map(context: &mut Context<'_, '_>, arguments: &[Value], two: bool) -> Result<Value, Control> {
    let turns = Turns::new(arguments, two)?;
    let mut results = Vec::with_capacity(turns.size_hint().0);
    for turn in turns {
        match context.iterate(turn.arguments())? {
            Some(result) => results.push(result),
            None => break,
        }
    }
    Ok(results.into())
}
