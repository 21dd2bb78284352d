//! `reduce`

use pcore::Value;
use pcore::iter::items;

use super::{Native, Overload};
use crate::context::Context;
use crate::error::Control;

/// Folds an iterable into one value: the block gets what it gave before and the next item.
///
/// ```puppet
/// [1, 2, 3].reduce |$sum, $x| { $sum + $x }      # 6: starts with the first item
/// [1, 2, 3].reduce(10) |$sum, $x| { $sum + $x }  # 16
/// ```
///
/// A hash gives pairs of key and value. `break()` ends with the value so far.
pub(super) const FUNCTION: Native = Native {
    name: "reduce",
    local_types: &[],
    overloads: &[
        Overload::new("(Iterable $enumerable, &Callable[2,2])", reduce),
        Overload::new("(Iterable $enumerable, Any $memo, &Callable[2,2])", reduce),
    ],
};

fn reduce(context: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    let source = arguments.first().unwrap_or(&Value::Undef);
    let mut items = items(source).ok_or("the value is not iterable")?;
    let mut memo = match arguments.get(1) {
        Some(memo) => memo.clone(),
        None => match items.next() {
            Some(first) => first,
            None => return Ok(Value::Undef),
        },
    };
    if context.block_gives_up_first() {
        for item in items {
            memo = context.call_block_with(vec![memo, item])?;
            context.check_value(&memo)?;
        }
        return Ok(memo);
    }
    for item in items {
        let turn = [memo, item];
        let result = context.iterate(&turn)?;
        memo = match result {
            Some(result) => result,
            None => {
                let [memo, _] = turn;
                return Ok(memo);
            }
        };
        context.check_value(&memo)?;
    }
    Ok(memo)
}
