//! The operators `+ - * / % << >>` and unary minus, with Puppet's rules and texts.
//!
//! Operands that are strings are never computed with: Puppet converts numeric ones and, in strict mode, fails after
//! doing so. Where strictness is relaxed, the caller converts with [`coerce`] first.

mod collection;
mod integer;
mod time;

use crate::error::{Operand, Result, ValueError};
use crate::format::{ruby_to_s, to_s};
use crate::label::a_an;
use crate::{Value, number};

pub use collection::ruby_equals;

/// A binary arithmetic operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    ShiftLeft,
    ShiftRight,
}

impl Operator {
    /// The operator as it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Operator::Add => "+",
            Operator::Subtract => "-",
            Operator::Multiply => "*",
            Operator::Divide => "/",
            Operator::Modulo => "%",
            Operator::ShiftLeft => "<<",
            Operator::ShiftRight => ">>",
        }
    }
}

/// `left + right`
pub fn add(left: &Value, right: &Value) -> Result<Value> {
    apply(Operator::Add, left, right)
}

/// `left - right`
pub fn subtract(left: &Value, right: &Value) -> Result<Value> {
    apply(Operator::Subtract, left, right)
}

/// `left * right`
pub fn multiply(left: &Value, right: &Value) -> Result<Value> {
    apply(Operator::Multiply, left, right)
}

/// `left / right`
pub fn divide(left: &Value, right: &Value) -> Result<Value> {
    apply(Operator::Divide, left, right)
}

/// `left % right`
pub fn modulo(left: &Value, right: &Value) -> Result<Value> {
    apply(Operator::Modulo, left, right)
}

/// `left << right`
pub fn shift_left(left: &Value, right: &Value) -> Result<Value> {
    apply(Operator::ShiftLeft, left, right)
}

/// `left >> right`
pub fn shift_right(left: &Value, right: &Value) -> Result<Value> {
    apply(Operator::ShiftRight, left, right)
}

/// `left + right`, or `left << right` with `append`. An array or hash that nobody else holds is changed in place.
pub fn extend(mut left: Value, right: &Value, append: bool) -> Result<Value> {
    if collection::extend(&mut left, right, append)? {
        return Ok(left);
    }
    if append { shift_left(&left, right) } else { add(&left, right) }
}

/// `left OPERATOR right`
pub fn apply(operator: Operator, left: &Value, right: &Value) -> Result<Value> {
    use Operator::{Add, ShiftLeft, Subtract};
    match (operator, left, right) {
        (_, Value::Int(left), Value::Int(right)) => integer::apply(operator, *left, *right),
        (Add, Value::Array(_) | Value::Hash(_) | Value::Binary(_) | Value::Uri(_), _) => {
            collection::concatenate(left, right)
        }
        (Subtract, Value::Array(_) | Value::Hash(_), _) => collection::delete(left, right),
        (ShiftLeft, Value::Array(items), _) => Ok(collection::append(items, right)),
        (ShiftLeft, Value::Hash(_), _) => Err(not_applicable(operator, left)),
        _ => numeric(operator, left, right),
    }
}

/// `-value`
pub fn negate(value: &Value) -> Result<Value> {
    match value {
        Value::Int(number) => match number.checked_neg() {
            Some(negated) => Ok(Value::Int(negated)),
            None => Err(ValueError::issue(
                "NUMERIC_OVERFLOW",
                Operand::Whole,
                "An Unary Minus resulted in a value outside of Puppet Integer max range, got '+0x8000000000000000'",
            )),
        },
        Value::Float(number) => Ok(Value::Float(-number)),
        Value::Timespan(span) => match span.nanoseconds.checked_neg() {
            Some(nanoseconds) => Ok(Value::Timespan(crate::time::Timespan { nanoseconds })),
            None => Err(crate::time::out_of_range()),
        },
        Value::SemVer(_) => Err(ValueError::new("can't convert SemanticPuppet::Version into Float")),
        Value::Timestamp(_) => {
            Err(ValueError::issue("OPERATOR_NOT_APPLICABLE", Operand::Whole, not_applicable_text("-", value)))
        }
        _ => Err(refuse(value, Operand::Whole)),
    }
}

/// The number a string stands for in arithmetic: what Puppet computes with when `strict` is not `error`, together
/// with the text to warn with. Fails for values that are no numbers.
pub fn coerce(value: &Value, at: Operand) -> Result<(Value, Option<String>)> {
    if is_numeric(value) {
        return Ok((value.clone(), None));
    }
    match value.as_str().and_then(number::parse_numeric) {
        Some(number) => {
            let warning = coerced(value, &number);
            Ok((number, Some(warning)))
        }
        None => Err(not_numeric(value, at)),
    }
}

fn numeric(operator: Operator, left: &Value, right: &Value) -> Result<Value> {
    if !is_numeric(left) {
        return Err(refuse(left, Operand::Left));
    }
    if !is_numeric(right) {
        return Err(refuse(right, Operand::Right));
    }
    if operator == Operator::Modulo {
        // Rounding would make the result of a float modulo a riddle, so there is none.
        if matches!(left, Value::Float(_)) {
            return Err(not_applicable(operator, left));
        }
        if matches!(right, Value::Float(_)) {
            return Err(not_applicable_when(operator, left, right));
        }
    }
    match (left, right) {
        (Value::Int(a), Value::Float(b)) => mixed(operator, *a, *b),
        (Value::Float(a), Value::Int(b)) => float(operator, *a, *b as f64, left),
        (Value::Float(a), Value::Float(b)) => float(operator, *a, *b, left),
        (Value::SemVer(_), _) if !matches!(right, Value::Timespan(_) | Value::Timestamp(_)) => {
            Err(not_applicable(operator, left))
        }
        _ => time::apply(operator, left, right),
    }
}

/// An integer and a float: shifts drop the fraction of the distance, everything else computes with floats.
fn mixed(operator: Operator, left: i64, right: f64) -> Result<Value> {
    match operator {
        Operator::ShiftLeft | Operator::ShiftRight => integer::apply(operator, left, right as i64),
        _ => float(operator, left as f64, right, &Value::Int(left)),
    }
}

fn float(operator: Operator, left: f64, right: f64, left_value: &Value) -> Result<Value> {
    let result = match operator {
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply => left * right,
        Operator::Divide => left / right,
        _ => return Err(not_applicable(operator, left_value)),
    };
    finite(operator, result)
}

fn finite(operator: Operator, result: f64) -> Result<Value> {
    if result.is_infinite() {
        let message = format!("The result of the {} expression is Infinity", operator.symbol());
        return Err(ValueError::issue("RESULT_IS_INFINITY", Operand::Left, message));
    }
    Ok(Value::Float(result))
}

/// What Ruby derives from its `Numeric`: numbers, but also times and versions.
fn is_numeric(value: &Value) -> bool {
    matches!(
        value,
        Value::Int(_) | Value::Float(_) | Value::Timespan(_) | Value::Timestamp(_) | Value::SemVer(_)
    )
}

/// Why a value that is not numeric cannot be an operand.
fn refuse(value: &Value, at: Operand) -> ValueError {
    match value.as_str().and_then(number::parse_numeric) {
        Some(number) => ValueError::issue("NUMERIC_COERCION", at, coerced(value, &number)),
        None => not_numeric(value, at),
    }
}

fn coerced(text: &Value, number: &Value) -> String {
    format!("The string '{}' was automatically coerced to the numerical value {}", to_s(text), to_s(number))
}

fn not_numeric(value: &Value, at: Operand) -> ValueError {
    let text = ruby_to_s(value);
    ValueError::issue("NOT_NUMERIC", at, format!("The value '{text}' cannot be converted to Numeric."))
}

fn not_applicable(operator: Operator, left: &Value) -> ValueError {
    let message = not_applicable_text(operator.symbol(), left);
    ValueError::issue("OPERATOR_NOT_APPLICABLE", Operand::Left, message)
}

fn not_applicable_text(operator: &str, left: &Value) -> String {
    format!("Operator '{operator}' is not applicable to {}.", a_an(left))
}

fn not_applicable_when(operator: Operator, left: &Value, right: &Value) -> ValueError {
    let message = format!(
        "Operator '{}' is not applicable to {} when right side is {}.",
        operator.symbol(),
        a_an(left),
        a_an(right)
    );
    ValueError::issue("OPERATOR_NOT_APPLICABLE_WHEN", Operand::Left, message)
}

fn division_by_zero() -> ValueError {
    ValueError::issue("DIV_BY_ZERO", Operand::Right, "Division by 0")
}

#[cfg(test)]
mod tests;
