//! Integers: division and modulo floor, results outside 64 bits are errors that show the exact result.

use super::{Operator, division_by_zero};
use crate::Value;
use crate::error::{Operand, Result, ValueError};
use crate::label::with_article_capitalized;

/// The digits of a result beyond this many bits are not worth a message.
const SHIFT_SHOWN_MAX: u64 = 4096;

pub(super) fn apply(operator: Operator, left: i64, right: i64) -> Result<Value> {
    let (a, b) = (i128::from(left), i128::from(right));
    let result = match operator {
        Operator::Add => a + b,
        Operator::Subtract => a - b,
        Operator::Multiply => a * b,
        Operator::Divide | Operator::Modulo if b == 0 => return Err(division_by_zero()),
        Operator::Divide => floor_divide(a, b),
        Operator::Modulo => a - floor_divide(a, b) * b,
        Operator::ShiftLeft => return shift(operator, left, b),
        Operator::ShiftRight => return shift(operator, left, -b),
    };
    match i64::try_from(result) {
        Ok(result) => Ok(Value::Int(result)),
        Err(_) => Err(overflow(operator, result < 0, &format!("{:x}", result.unsigned_abs()))),
    }
}

/// The quotient rounded towards negative infinity; the divisor is not 0.
pub(super) fn floor_divide(a: i128, b: i128) -> i128 {
    let quotient = a / b;
    if a % b != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient }
}

/// Shifts left by `distance`, right if it is negative.
fn shift(operator: Operator, number: i64, distance: i128) -> Result<Value> {
    if number == 0 {
        return Ok(Value::Int(0));
    }
    if distance <= 0 {
        // Everything is shifted out after 63 places; the sign stays.
        let places = u32::try_from(-distance).unwrap_or(63).min(63);
        return Ok(Value::Int(number >> places));
    }
    let distance = u64::try_from(distance).unwrap_or(u64::MAX);
    if distance < 64
        && let Ok(result) = i64::try_from(i128::from(number) << distance)
    {
        return Ok(Value::Int(result));
    }
    let digits = if distance <= SHIFT_SHOWN_MAX {
        let head = u128::from(number.unsigned_abs()) << (distance % 4);
        format!("{head:x}{}", "0".repeat((distance / 4) as usize))
    } else {
        format!("{:x}... ({distance} bits and more)", number.unsigned_abs())
    };
    Err(overflow(operator, number < 0, &digits))
}

fn overflow(operator: Operator, is_negative: bool, digits: &str) -> ValueError {
    let expression = with_article_capitalized(&format!("'{}' expression", operator.symbol()));
    let (bound, sign) = if is_negative { ("min", '-') } else { ("max", '+') };
    ValueError::issue(
        "NUMERIC_OVERFLOW",
        Operand::Whole,
        format!(
            "{expression} resulted in a value outside of Puppet Integer {bound} range, got '{sign}0x{digits}'"
        ),
    )
}
