//! `group_by`, `partition`

use pcore::{Hash, Value};

use super::iteration::Turns;
use super::{Native, Overload};
use crate::context::Context;
use crate::error::Control;

/// Groups items by what a block gives for them: a hash of arrays.
///
/// ```puppet
/// ['a', 'b', 'ab'].group_by |$s| { $s.length } # { 1 => ['a', 'b'], 2 => ['ab'] }
/// ```
///
/// A block with two parameters gets index and item of an array, key and value of a hash. The items of a hash are pairs.
pub(super) const GROUP_BY: Native = Native {
    name: "group_by",
    local_types: &[],
    overloads: &[
        Overload::new("(Collection $collection, &Callable[1,1]) >> Hash", |context, arguments| {
            group_by(context, arguments, false)
        }),
        Overload::new("(Array $array, &Callable[2,2]) >> Hash", |context, arguments| {
            group_by(context, arguments, true)
        }),
        Overload::new("(Collection $collection, &Callable[2,2]) >> Hash", |context, arguments| {
            group_by(context, arguments, true)
        }),
    ],
};

/// Divides items into those for which a block gives a true value, and the others: an array of two arrays.
///
/// ```puppet
/// [1, 2, 3].partition |$x| { $x > 1 } # [[2, 3], [1]]
/// ```
///
/// Blocks and items are as with `group_by`.
pub(super) const PARTITION: Native = Native {
    name: "partition",
    local_types: &[],
    overloads: &[
        Overload::new(
            "(Collection $collection, &Callable[1,1]) >> Tuple[Array, Array]",
            |context, arguments| partition(context, arguments, false),
        ),
        Overload::new("(Array $array, &Callable[2,2]) >> Tuple[Array, Array]", |context, arguments| {
            partition(context, arguments, true)
        }),
        Overload::new(
            "(Collection $collection, &Callable[2,2]) >> Tuple[Array, Array]",
            |context, arguments| partition(context, arguments, true),
        ),
    ],
};

/// Calls the block for each item, and `sort` with the item and the result.
fn judge(
    context: &mut Context<'_, '_>,
    arguments: &[Value],
    two: bool,
    mut sort: impl FnMut(Value, Value),
) -> Result<(), Control> {
    let is_hash = matches!(arguments.first(), Some(Value::Hash(_)));
    for turn in Turns::new(arguments, two)? {
        let result = context.call_block(turn.arguments())?;
        let item = if is_hash {
            let (key, value) = turn.into_entry();
            Value::array(vec![key, value])
        } else {
            turn.into_item()
        };
        sort(item, result);
    }
    Ok(())
}

fn group_by(context: &mut Context<'_, '_>, arguments: &[Value], two: bool) -> Result<Value, Control> {
    let mut positions = Hash::new();
    let mut groups: Vec<(Value, Vec<Value>)> = Vec::new();
    judge(context, arguments, two, |item, group| match positions.get(&group).and_then(Value::as_int) {
        Some(at) => {
            groups.iter_mut().skip(at as usize).take(1).for_each(|(_, items)| items.push(item.clone()))
        }
        None => {
            positions.insert(group.clone(), Value::Int(groups.len() as i64));
            groups.push((group, vec![item]));
        }
    })?;
    Ok(groups.into_iter().collect::<Hash>().into())
}

fn partition(context: &mut Context<'_, '_>, arguments: &[Value], two: bool) -> Result<Value, Control> {
    let (mut chosen, mut others) = (Vec::new(), Vec::new());
    judge(
        context,
        arguments,
        two,
        |item, result| {
            if result.is_true() { chosen.push(item) } else { others.push(item) }
        },
    )?;
    Ok(Value::array(vec![chosen.into(), others.into()]))
}
