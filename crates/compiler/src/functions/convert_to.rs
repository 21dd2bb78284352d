//! `convert_to`

use pcore::Value;

use super::{Native, Overload};

/// The value converted to a type, as `new` does. A block gets it, and its result is the result.
///
/// ```puppet
/// '12'.convert_to(Integer)                   # 12
/// '12'.convert_to(Integer) |$x| { $x + 1 }   # 13
/// ```
pub(super) const FUNCTION: Native = Native {
    name: "convert_to",
    local_types: &[],
    overloads: &[Overload::new(
        "(Any $value, Type $type, Any *$args, [&Callable[1,1]])",
        |context, arguments| match arguments {
            [value, ty, arguments @ ..] => {
                let call = [ty, value].into_iter().chain(arguments).cloned().collect();
                let made = context.call_function("new", call, false)?;
                if context.has_block() { context.call_block(&[made]) } else { Ok(made) }
            }
            _ => Ok(Value::Undef),
        },
    )],
};
