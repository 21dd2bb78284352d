//! `abs`

use pcore::Value;

use super::{Native, Overload, ruby};
use crate::context::Context;
use crate::error::Control;

/// The absolute value of a number.
///
/// ```puppet
/// abs(-3)   # 3
/// abs(-2.5) # 2.5
/// ```
///
/// Strings such as `'-3'` are still converted, with a deprecation warning.
pub(super) const FUNCTION: Native = Native {
    name: "abs",
    local_types: &[],
    overloads: &[
        Overload::new("(Numeric $val)", |_, arguments| match arguments {
            [Value::Int(number)] => integer(number.checked_abs()),
            [Value::Float(number)] => Ok(number.abs().into()),
            _ => Ok(Value::Undef),
        }),
        Overload::new("(String $val)", string),
    ],
};

fn integer(number: Option<i64>) -> Result<Value, Control> {
    number.map(Value::Int).ok_or_else(|| "abs(): the result is outside of Puppet Integer max range".into())
}

fn string(context: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    context.warn_once(
"The abs() function's auto conversion of String to Numeric is deprecated - change to convert input before calling",
    );
    let text = arguments.first().and_then(Value::as_str).unwrap_or_default();
    // As in a pattern, each line counts; the number is that at the very start.
    if text.lines().any(is_fraction) {
        Ok(ruby::to_f(text).abs().into())
    } else if text.lines().any(is_integer) {
        integer(ruby::to_i(text).and_then(i64::checked_abs))
    } else {
        Err("abs(): Requires float or integer to work with - was given non decimal string".into())
    }
}

fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_fraction(text: &str) -> bool {
    text.split_once('.').is_some_and(|(whole, fraction)| {
        is_integer(whole) && is_integer(fraction) && !fraction.starts_with('-')
    })
}
