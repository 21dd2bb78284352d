//! `ceiling`, `floor`, `round`

use pcore::Value;

use super::{Native, Overload, ruby};
use crate::context::Context;
use crate::error::Control;

/// The least integer that is not below a number.
///
/// ```puppet
/// ceiling(3.1)  # 4
/// ceiling(-3.9) # -3
/// ```
///
/// Strings are still converted, with a deprecation warning.
pub(super) const CEILING: Native = Native {
    name: "ceiling",
    local_types: &[],
    overloads: &[
        Overload::new("(Numeric $val)", |_, arguments| number(arguments, "ceiling", f64::ceil)),
        Overload::new("(String $val)", |context, arguments| {
            context.warn_once(
"The ceiling() function's auto conversion of String to Float is deprecated - change to convert input before calling",
            );
            string(arguments, "ceiling", f64::ceil)
        }),
    ],
};

/// The greatest integer that is not above a number.
///
/// ```puppet
/// floor(3.9)  # 3
/// floor(-3.1) # -4
/// ```
///
/// Strings are still converted, with a deprecation warning.
pub(super) const FLOOR: Native = Native {
    name: "floor",
    local_types: &[],
    overloads: &[
        Overload::new("(Numeric $val)", |_, arguments| number(arguments, "floor", f64::floor)),
        Overload::new("(String $val)", |context, arguments| {
            context.warn_once(
"The floor() function's auto conversion of String to Float is deprecated - change to convert input before calling",
            );
            string(arguments, "floor", f64::floor)
        }),
    ],
};

/// The nearest integer; halves are rounded away from zero.
///
/// ```puppet
/// round(2.5)  # 3
/// round(-2.5) # -3
/// ```
pub(super) const ROUND: Native =
    Native { name: "round", local_types: &[], overloads: &[Overload::new("(Numeric $val)", round)] };

fn round(_: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    // Half is added and the fraction cut off, so that 0.49999999999999994 becomes 1 as it does in Puppet.
    number(arguments, "round", |number| (if number > 0.0 { number + 0.5 } else { number - 0.5 }).trunc())
}

fn number(arguments: &[Value], name: &str, round: fn(f64) -> f64) -> Result<Value, Control> {
    match arguments {
        [Value::Float(number)] => integer(round(*number), name),
        [number] => Ok(number.clone()),
        _ => Ok(Value::Undef),
    }
}

fn string(arguments: &[Value], name: &str, round: fn(f64) -> f64) -> Result<Value, Control> {
    match arguments.first().and_then(Value::as_str).and_then(ruby::float) {
        Some(number) => integer(round(number), name),
        None => Err(format!("{name}(): cannot convert given value to a floating point value.").into()),
    }
}

fn integer(number: f64, name: &str) -> Result<Value, Control> {
    // 2^63 is exact as a float; the bounds cannot be off by a rounding.
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&number) {
        Ok(Value::Int(number as i64))
    } else {
        Err(format!("{name}(): the result is outside of Puppet Integer range").into())
    }
}
