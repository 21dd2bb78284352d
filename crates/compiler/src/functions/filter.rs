//! `filter`

use pcore::{Hash, Value};

use super::iteration::{Turns, overloads};
use super::{Native, Overload};
use crate::context::Context;
use crate::error::Control;

/// The items of an iterable for which a block gives a true value: of a hash a hash, of everything else an array.
///
/// ```puppet
/// [1, 2, 3].filter |$x| { $x > 1 }                        # [2, 3]
/// ['a', 'b'].filter |$index, $item| { $index == 1 }       # ['b']
/// { 'a' => 1, 'b' => 2 }.filter |$key, $value| { $value > 1 } # { 'b' => 2 }
/// ```
pub(super) const FUNCTION: Native =
    Native { name: "filter", local_types: &[], overloads: overloads!(filter) };

fn filter(context: &mut Context<'_, '_>, arguments: &[Value], two: bool) -> Result<Value, Control> {
    if let Some(Value::Hash(_)) = arguments.first() {
        let mut kept = Hash::new();
        for turn in Turns::new(arguments, two)? {
            // Leaving a hash early is not possible here, as in Puppet.
            if context.call_block(turn.arguments())?.is_true() {
                let (key, value) = turn.into_entry();
                kept.insert(key, value);
            }
        }
        return Ok(kept.into());
    }
    let mut kept = Vec::new();
    for turn in Turns::new(arguments, two)? {
        match context.iterate(turn.arguments())? {
            Some(result) if result.is_true() => kept.push(turn.into_item()),
            Some(_) => {}
            None => break,
        }
    }
    Ok(kept.into())
}
