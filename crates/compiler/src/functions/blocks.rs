//! `with`, `then`, `lest`

use pcore::Value;

use super::{Native, Overload};

/// Calls a block with the arguments, for the sake of its scope.
///
/// ```puppet
/// with(1, 2) |$a, $b| { $a + $b } # 3
/// ```
pub(super) const WITH: Native = Native {
    name: "with",
    local_types: &[],
    overloads: &[Overload::new("(Any *$arg, &Callable)", |context, arguments| context.call_block(arguments))],
};

/// What a block gives for a value, or `undef` if the value is `undef`.
///
/// ```puppet
/// $data.then |$x| { $x['key'] }
/// ```
pub(super) const THEN: Native = Native {
    name: "then",
    local_types: &[],
    overloads: &[Overload::new("(Any $arg, &Callable[1,1])", |context, arguments| match arguments {
        [Value::Undef] => Ok(Value::Undef),
        _ => context.call_block(arguments),
    })],
};

/// The value, or what a block gives if the value is `undef`.
///
/// ```puppet
/// $data.dig('key').lest || { 'default' }
/// ```
pub(super) const LEST: Native = Native {
    name: "lest",
    local_types: &[],
    overloads: &[Overload::new("(Any $arg, &Callable[0,0])", |context, arguments| match arguments {
        [Value::Undef] => context.call_block(&[]),
        [value] => Ok(value.clone()),
        _ => Ok(Value::Undef),
    })],
};
