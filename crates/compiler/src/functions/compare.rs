//! `compare`

use std::cmp::Ordering;

use pcore::Value;
use pcore::label::label;

use super::{Native, Overload, ruby};
use crate::context::Context;
use crate::error::Control;

/// Compares two values: -1, 0 or 1.
///
/// ```puppet
/// compare(1, 2.5)            # -1
/// compare('a', 'B')          # -1: case is ignored
/// compare('a', 'B', false)   # 1
/// ```
///
/// Numbers compare with numbers, strings with strings, versions with versions, and times with times of their kind or
/// with numbers of seconds.
pub(super) const FUNCTION: Native = Native {
    name: "compare",
    local_types: &[
        ("TimeComparable", "Variant[Numeric, Timespan, Timestamp]"),
        ("Comparable", "Variant[String, Semver, TimeComparable]"),
    ],
    overloads: &[
        Overload::new("(Numeric $a, Numeric $b)", compare),
        Overload::new("(String $a, String $b, [Boolean $ignore_case])", |_, arguments| match arguments {
            [Value::Str(a), Value::Str(b), Value::Bool(false)] => Ok(number(a.as_str().cmp(b))),
            [Value::Str(a), Value::Str(b), ..] => Ok(number(compare_ignoring_case(a, b))),
            _ => Ok(Value::Undef),
        }),
        Overload::new("(Semver $a, Semver $b)", compare),
        Overload::new("(Numeric $a, Variant[Timespan, Timestamp] $b)", compare),
        Overload::new("(Timestamp $a, Variant[Timestamp, Numeric] $b)", compare),
        Overload::new("(Timespan $a, Variant[Timespan, Numeric] $b)", compare),
        Overload::mismatch(
            "(Comparable $a, Comparable $b, Any *$ignore_case)",
            |_, arguments| match arguments {
                [a, b, options @ ..] => Ok(mismatch(a, b, options).into()),
                _ => Ok(Value::Undef),
            },
        ),
        Overload::mismatch("(Any $a, Any $b, Any *$ignore_case)", |_, arguments| {
            match arguments {
            [a, b, ..] => Ok(format!(
                "compare(): Non comparable type. Only values of the types Numeric, String, Semver, Timestamp and \
                 Timestamp can be compared. Got {} and {}",
                label(a),
                label(b)
            )
            .into()),
            _ => Ok(Value::Undef),
        }
        }),
    ],
};

fn compare(_: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    match arguments {
        [a, b] => Ok(ruby::compare(a, b).map(number).into()),
        _ => Ok(Value::Undef),
    }
}

fn number(order: Ordering) -> Value {
    Value::Int(order as i64)
}

/// Only the letters of ASCII have no case here, as in Ruby's `casecmp`.
fn compare_ignoring_case(a: &str, b: &str) -> Ordering {
    let lower = |byte: u8| byte.to_ascii_lowercase();
    a.bytes().map(lower).cmp(b.bytes().map(lower))
}

/// Why values that could be compared with others cannot be compared with each other.
fn mismatch(a: &Value, b: &Value, options: &[Value]) -> Option<String> {
    let strings = matches!((a, b), (Value::Str(_), Value::Str(_)));
    match options {
        [] => {}
        _ if !strings => {
            return Some(
                "compare(): The third argument (ignore case) can only be used when comparing strings".into(),
            );
        }
        [option] => {
            return Some(format!(
                "compare(): The third argument (ignore case) must be a Boolean. Got {}",
                label(option)
            ));
        }
        options => {
            return Some(format!("compare(): Accepts at most 3 arguments, got {}", 2 + options.len()));
        }
    }
    Some(format!(
        "compare(): Can only compare values of the same type (or for Timestamp/Timespan also against Numeric). Got \
         {} and {}",
        label(a),
        label(b)
    ))
}
