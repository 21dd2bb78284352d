//! `slice`

use pcore::Value;
use pcore::iter::items;

use super::{Native, Overload};
use crate::context::Context;
use crate::error::Control;

/// Cuts an iterable into pieces of a size: an array of arrays, or calls of a block.
///
/// ```puppet
/// slice([1, 2, 3], 2)                                      # [[1, 2], [3]]
/// slice([1, 2, 3], 2) |$pair| { notice($pair) }
/// slice([1, 2, 3], 2) |$a, $b| { notice("${a} ${b}") }     # undef where the last piece is short
/// ```
///
/// With a block the result is the iterable.
pub(super) const FUNCTION: Native = Native {
    name: "slice",
    local_types: &[],
    overloads: &[
        Overload::new(
            "(Hash[Any, Any] $hash, Integer[1, default] $slice_size, [&Callable])",
            |context, arguments| slice(context, arguments, Value::array(Vec::new())),
        ),
        Overload::new(
            "(Iterable $enumerable, Integer[1, default] $slice_size, [&Callable])",
            |context, arguments| slice(context, arguments, Value::Undef),
        ),
    ],
};

/// Longest piece that is filled up.
const PIECE_MAX: usize = 1 << 20;

fn slice(context: &mut Context<'_, '_>, arguments: &[Value], filler: Value) -> Result<Value, Control> {
    let [source, Value::Int(size)] = arguments else { return Ok(Value::Undef) };
    let size = usize::try_from(*size).unwrap_or(usize::MAX);
    let Some(block) = context.block_type()? else {
        let mut items = items(source).into_iter().flatten();
        let mut all = Vec::new();
        while let Some(piece) = next_piece(context, &mut items, size)? {
            all.push(Value::from(piece));
        }
        return Ok(all.into());
    };
    let arity = block.parameters.range();
    let serving = if arity.min == arity.max { arity.max as usize } else { size };
    if serving == 0 {
        return Err("slice(): block must define at least one parameter. Block has 0.".into());
    }
    if serving != 1 && serving != size {
        return Err(format!(
            "slice(): block must define one parameter, or the same number of parameters as the given size of the slice \
             ({size}). Block has {serving}"
        )
        .into());
    }
    if serving > PIECE_MAX {
        return Err("argument too big".into());
    }
    let mut items = items(source).into_iter().flatten();
    while let Some(mut piece) = next_piece(context, &mut items, size)? {
        let result = if serving == 1 {
            context.iterate(&[piece.into()])
        } else {
            piece.resize(piece.len().max(serving), filler.clone());
            context.iterate(&piece)
        };
        if result?.is_none() {
            break;
        }
    }
    Ok(source.clone())
}

fn next_piece(
    context: &mut Context<'_, '_>,
    items: &mut impl Iterator<Item = Value>,
    size: usize,
) -> Result<Option<Vec<Value>>, Control> {
    let mut piece = Vec::new();
    for item in items.take(size) {
        context.step()?;
        piece.push(item);
    }
    Ok((!piece.is_empty()).then_some(piece))
}
