//! Timespans and timestamps in arithmetic: both count in seconds when they meet plain numbers.

use super::{Operator, division_by_zero, finite, not_applicable, not_applicable_when};
use crate::Value;
use crate::error::{Result, ValueError};
use crate::label::with_article;
use crate::time::{NANOSECONDS_PER_SECOND, Timespan, Timestamp, moment_out_of_range};

/// Computes where at least one side is a time; both sides are numeric.
pub(super) fn apply(operator: Operator, left: &Value, right: &Value) -> Result<Value> {
    match (left, right) {
        (Value::Timespan(span), _) => timespan(operator, *span, left, right),
        (Value::Timestamp(stamp), _) => timestamp(operator, *stamp, left, right),
        // A number on the left: addition and scaling are the time's own, and a timespan can be taken away from
        // a number of seconds.
        (_, Value::Timestamp(_)) if operator == Operator::Add => apply(operator, right, left),
        (_, Value::Timespan(_)) if matches!(operator, Operator::Add | Operator::Multiply) => {
            apply(operator, right, left)
        }
        (_, Value::Timespan(_)) if operator == Operator::Subtract => {
            let left = Value::Timespan(in_range(nanoseconds(left).unwrap_or_default())?);
            apply(operator, &left, right)
        }
        (_, Value::Timespan(_) | Value::Timestamp(_)) => Err(not_applicable_when(operator, left, right)),
        // What remains is a version on the right of a number.
        _ if matches!(operator, Operator::ShiftLeft | Operator::ShiftRight) => {
            Err(not_applicable(operator, left))
        }
        _ => Err(ValueError::new("can't convert SemanticPuppet::Version into Float")),
    }
}

fn timespan(operator: Operator, span: Timespan, left: &Value, right: &Value) -> Result<Value> {
    let own = i128::from(span.nanoseconds);
    match (operator, right) {
        (Operator::Add, Value::Timestamp(stamp)) => Ok(Value::Timestamp(moment(stamp.nanoseconds() + own)?)),
        (Operator::Add | Operator::Subtract, _) => match nanoseconds(right) {
            Some(other) if operator == Operator::Add => Ok(Value::Timespan(in_range(own + other)?)),
            Some(other) => Ok(Value::Timespan(in_range(own - other)?)),
            None => Err(refused(operator, "Timespan", right)),
        },
        (Operator::Multiply, Value::Int(factor)) => {
            Ok(Value::Timespan(in_range(own.saturating_mul(i128::from(*factor)))?))
        }
        (Operator::Multiply, Value::Float(factor)) => Ok(Value::Timespan(truncated(own as f64 * factor)?)),
        // The text says Timestamp, in Puppet too.
        (Operator::Multiply, _) => {
            Err(ValueError::new(format!("A Timestamp cannot be multiplied by {}", with_article(kind(right)))))
        }
        (Operator::Divide, Value::Timespan(other)) => {
            finite(operator, span.nanoseconds as f64 / other.nanoseconds as f64)
        }
        (Operator::Divide, Value::Int(0)) => Err(division_by_zero()),
        (Operator::Divide, Value::Int(divisor)) => {
            let quotient = super::integer::floor_divide(own, i128::from(*divisor));
            Ok(Value::Timespan(in_range(quotient)?))
        }
        (Operator::Divide, Value::Float(divisor)) if *divisor == 0.0 => Err(division_by_zero()),
        (Operator::Divide, Value::Float(divisor)) => {
            Ok(Value::Timespan(truncated((own as f64 / divisor).floor())?))
        }
        (Operator::Divide, _) => {
            Err(ValueError::new(format!("A Timespan cannot be divided by {}", with_article(kind(right)))))
        }
        (Operator::Modulo, Value::Int(divisor)) => {
            let seconds = span.nanoseconds.div_euclid(NANOSECONDS_PER_SECOND);
            super::integer::apply(operator, seconds, *divisor)
        }
        (Operator::Modulo, _) => Err(ValueError::new(format!(
            "Can not do modulus on a Timespan using a {}",
            with_article(kind(right))
        ))),
        (Operator::ShiftLeft | Operator::ShiftRight, _) => Err(not_applicable(operator, left)),
    }
}

fn timestamp(operator: Operator, stamp: Timestamp, left: &Value, right: &Value) -> Result<Value> {
    let own = stamp.nanoseconds();
    match (operator, right) {
        (Operator::Subtract, Value::Timestamp(other)) => {
            Ok(Value::Timespan(in_range(own - other.nanoseconds())?))
        }
        (Operator::Add | Operator::Subtract, _) => match nanoseconds(right) {
            Some(other) if operator == Operator::Add => Ok(Value::Timestamp(moment(own + other)?)),
            Some(other) => Ok(Value::Timestamp(moment(own - other)?)),
            None => Err(refused(operator, "Timestamp", right)),
        },
        _ => Err(not_applicable(operator, left)),
    }
}

/// A number of seconds or a timespan in nanoseconds, fractions of them dropped.
fn nanoseconds(value: &Value) -> Option<i128> {
    match value {
        Value::Int(seconds) => Some(i128::from(*seconds) * i128::from(NANOSECONDS_PER_SECOND)),
        Value::Float(seconds) => Some((seconds * NANOSECONDS_PER_SECOND as f64) as i128),
        Value::Timespan(span) => Some(i128::from(span.nanoseconds)),
        _ => None,
    }
}

fn refused(operator: Operator, what: &str, right: &Value) -> ValueError {
    let done = if operator == Operator::Add { "added to" } else { "subtracted from" };
    let kind = kind(right);
    let article = crate::label::with_article_capitalized(kind);
    ValueError::new(format!("{article} cannot be {done} a {what}"))
}

/// The last segment of the Ruby class name.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Int(_) => "Integer",
        Value::Float(_) => "Float",
        Value::Timespan(_) => "Timespan",
        Value::Timestamp(_) => "Timestamp",
        _ => "Version",
    }
}

fn in_range(nanoseconds: i128) -> Result<Timespan> {
    Timespan::from_nanoseconds(nanoseconds)
}

fn truncated(nanoseconds: f64) -> Result<Timespan> {
    in_range(if nanoseconds.is_finite() { nanoseconds as i128 } else { i128::MAX })
}

fn moment(nanoseconds: i128) -> Result<Timestamp> {
    Timestamp::from_nanoseconds(nanoseconds).ok_or_else(moment_out_of_range)
}
