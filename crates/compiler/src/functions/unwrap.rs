//! `unwrap`

use pcore::Value;

use super::{Native, Overload};
use crate::context::Context;
use crate::error::Control;

/// The value within a Sensitive; any other value is given back as it is. With a block, what the block gives for it.
///
/// ```puppet
/// $password.unwrap |$text| { sha256($text) }
/// ```
pub(super) const FUNCTION: Native = Native {
    name: "unwrap",
    local_types: &[],
    overloads: &[
        Overload::new("(Sensitive $arg, [&Callable])", |context, arguments| match arguments {
            [Value::Sensitive(inner)] => result(context, (**inner).clone()),
            _ => Ok(Value::Undef),
        }),
        Overload::new("(Any $arg, [&Callable])", |context, arguments| {
            result(context, arguments.first().cloned().unwrap_or_default())
        }),
    ],
};

fn result(context: &mut Context<'_, '_>, value: Value) -> Result<Value, Control> {
    if context.has_block() { context.call_block(&[value]) } else { Ok(value) }
}
