//! `sprintf`

use pcore::Value;

use super::{Legacy, ruby};

/// Formats values by a format string, as Ruby's `sprintf` does.
///
/// ```puppet
/// sprintf('%s has %05.1f%%', 'disk', 12.345)                 # 'disk has 012.3%'
/// sprintf('%<name>s: %<count>d', { 'name' => 'a', 'count' => 3 }) # 'a: 3'
/// ```
///
/// Conversions: `%s` text, `%p` text in Ruby's notation, `%c` a character, `%d` (also `%i`, `%u`) decimal, `%x`, `%X`,
/// `%o`, `%b`, `%B` in other bases, `%f`, `%e`, `%g`, `%a` floats, `%%` a percent sign. Between them flags (`-` left, `0`
/// zeroes, `+` and blank signs, `#` prefixes), a width, and a precision after a dot; `*` takes one from the arguments.
/// `%1$s` names an argument by position, `%<name>s` and `%{name}` one in a hash.
pub(super) const FUNCTION: Legacy = Legacy {
    name: "sprintf",
    arity: -2,
    statement: false,
    body: |_, arguments| match arguments {
        [Value::Str(format), arguments @ ..] => Ok(pcore::format::sprintf(format, arguments)?.into()),
        [other, ..] => Err(ruby::no_conversion(other, "String").into()),
        [] => Ok(Value::Undef),
    },
};
