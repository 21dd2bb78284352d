//! `break`, `next`, `return`: leaving a block, a function or a body early.

use pcore::Value;

use super::{Native, Overload};

/// Ends the innermost iteration (of `each`, `map` and the like) that runs the block.
pub(super) const BREAK: Native = Native {
    name: "break",
    local_types: &[],
    overloads: &[Overload::new("()", |context, _| Err(context.jump_break()))],
};

/// Ends the block; its value, or `undef`, is that of the block. In the body of a class or define, ends that.
pub(super) const NEXT: Native = Native {
    name: "next",
    local_types: &[],
    overloads: &[Overload::new("([Any $value])", |context, arguments| {
        Err(context.jump_next(value(arguments)))
    })],
};

/// Ends the function, class or define; its value, or `undef`, is that of the function.
pub(super) const RETURN: Native = Native {
    name: "return",
    local_types: &[],
    overloads: &[Overload::new("([Any $value])", |context, arguments| {
        Err(context.jump_return(value(arguments)))
    })],
};

fn value(arguments: &[Value]) -> Value {
    arguments.first().cloned().unwrap_or_default()
}
