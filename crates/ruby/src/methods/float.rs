//! Floats, and what both kinds of numbers share.

use std::cmp::Ordering;

use super::enumerator;
use super::number::{Half, float_to_int, rounding};
use crate::class::Class;
use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::Eval;
use crate::name::M;
use crate::value::Value;

/// Digits that are enough to tell any float from its neighbours.
const DIGITS: i64 = 17;

pub(crate) fn call(it: &mut Interp<'_>, me: f64, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    Ok(Some(match id {
        M::Plus
        | M::Minus
        | M::Star
        | M::Slash
        | M::Percent
        | M::Modulo
        | M::Power
        | M::Div
        | M::Divmod
        | M::Fdiv
        | M::Quo => {
            let other = match args.one(it)? {
                Value::Int(other) => *other as f64,
                Value::Float(other) => *other,
                other => {
                    let shown = it.name_in_error(other)?;
                    let text = format!("{shown} can't be coerced into Float");
                    return Err(it.raise(Class::TypeError, text));
                }
            };
            compute(it, me, id, other)?
        }
        M::Less | M::LessEqual | M::Greater | M::GreaterEqual => relation(it, &Value::Float(me), id, args)?,
        M::UnaryMinus => Value::Float(-me),
        M::UnaryPlus | M::ToF => {
            args.none(it)?;
            Value::Float(me)
        }
        M::ToI | M::ToInt => {
            args.none(it)?;
            float_to_int(it, me)?
        }
        M::Truncate if args.len() == 0 => float_to_int(it, me)?,
        M::Truncate => cut(it, me, args, if me < 0.0 { M::Ceil } else { M::Floor })?,
        M::Floor | M::Ceil => cut(it, me, args, id)?,
        M::Round => round(it, me, args)?,
        M::Abs | M::Magnitude => Value::Float(me.abs()),
        M::NanIs => Value::Bool(me.is_nan()),
        M::FiniteIs => Value::Bool(me.is_finite()),
        M::InfiniteIs => match me {
            f64::INFINITY => Value::Int(1),
            f64::NEG_INFINITY => Value::Int(-1),
            _ => Value::Nil,
        },
        M::ZeroIs => Value::Bool(me == 0.0),
        M::NonzeroIs => {
            if me == 0.0 {
                Value::Nil
            } else {
                Value::Float(me)
            }
        }
        M::PositiveIs => Value::Bool(me > 0.0),
        M::NegativeIs => Value::Bool(me < 0.0),
        M::IntegerIs => Value::Bool(false),
        M::Step => step(it, &Value::Float(me), args)?,
        M::BetweenIs | M::Clamp => return super::string::comparable(it, &Value::Float(me), id, args),
        M::Equal | M::CaseEqual => Value::Bool(crate::compare::is_equal(&Value::Float(me), args.one(it)?)),
        _ => return Ok(None),
    }))
}

/// Arithmetic with a float.
pub(super) fn compute(it: &Interp<'_>, me: f64, id: M, other: f64) -> Eval {
    Ok(Value::Float(match id {
        M::Plus => me + other,
        M::Minus => me - other,
        M::Star => me * other,
        M::Slash | M::Fdiv | M::Quo => me / other,
        M::Percent | M::Modulo => modulo(me, other),
        M::Remainder => me % other,
        M::Div | M::Divmod => {
            if other == 0.0 {
                return Err(it.raise(Class::ZeroDivisionError, "divided by 0"));
            }
            let quotient = float_to_int(it, (me / other).floor())?;
            if id == M::Div {
                return Ok(quotient);
            }
            let rest = modulo(me, other);
            let quotient = float_to_int(it, ((me - rest) / other).round())?;
            return Ok(Value::array(vec![quotient, Value::Float(rest)]));
        }
        _ => {
            if me < 0.0 && other != other.round() {
                return Err(crate::flow::unsupported("a complex number"));
            }
            me.powf(other)
        }
    }))
}

/// The remainder that has the sign of the divisor.
fn modulo(a: f64, b: f64) -> f64 {
    let rest = if b.is_infinite() && a.is_finite() { a } else { a % b };
    if b * rest < 0.0 { rest + b } else { rest }
}

/// `<`, `<=`, `>` and `>=` of numbers.
pub(super) fn relation(it: &mut Interp<'_>, me: &Value, id: M, args: &Args<'_>) -> Eval {
    let other = args.one(it)?;
    if !matches!(other, Value::Int(_) | Value::Float(_)) {
        let text = it.comparison_failed(me, other)?;
        return Err(it.raise(Class::ArgumentError, text));
    }
    let ordering = it.compare(me, other)?;
    Ok(Value::Bool(holds(id, ordering)))
}

/// Whether an order is what an operator asks for.
pub(super) fn holds(id: M, ordering: Option<Ordering>) -> bool {
    match id {
        M::Less => ordering == Some(Ordering::Less),
        M::LessEqual => matches!(ordering, Some(Ordering::Less | Ordering::Equal)),
        M::Greater => ordering == Some(Ordering::Greater),
        _ => matches!(ordering, Some(Ordering::Greater | Ordering::Equal)),
    }
}

/// The exponent of two such that the number is at least a half of it.
fn binary_exponent(number: f64) -> i64 {
    if number == 0.0 || !number.is_finite() {
        return 0;
    }
    let bits = number.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i64;
    if exponent == 0 {
        // A denormal number.
        return -1021 - i64::from((bits & ((1 << 52) - 1)).leading_zeros()) + 11;
    }
    exponent - 1022
}

/// True if rounding to this many digits changes nothing.
fn is_exact(digits: i64, exponent: i64) -> bool {
    digits >= DIGITS - if exponent > 0 { exponent / 4 } else { exponent / 3 - 1 }
}

/// True if rounding to this many digits leaves nothing.
fn is_nothing(digits: i64, exponent: i64) -> bool {
    digits < -(if exponent > 0 { exponent / 3 + 1 } else { exponent / 4 })
}

fn round(it: &mut Interp<'_>, me: f64, args: &Args<'_>) -> Eval {
    let (digits, half) = rounding(it, args)?;
    if digits <= 0 {
        if digits < 0 {
            let whole = float_to_int(it, me)?;
            return it.dispatch_id(&whole, M::Round, args);
        }
        return float_to_int(it, round_half(me, 1.0, half));
    }
    let exponent = binary_exponent(me);
    if me == 0.0 || !me.is_finite() || is_exact(digits, exponent) {
        return Ok(Value::Float(me));
    }
    if is_nothing(digits, exponent) {
        return Ok(Value::Float(0.0));
    }
    if digits > 14 {
        // Powers of ten are not exact there; the decimal text is.
        let power = usize::try_from(digits).unwrap_or_default();
        return Ok(Value::Float(format!("{me:.power$}").parse().unwrap_or(me)));
    }
    let scale = 10_f64.powi(digits as i32);
    Ok(Value::Float(round_half(me, scale, half) / scale))
}

/// A number times a scale, rounded to an integer.
fn round_half(number: f64, scale: f64, half: Half) -> f64 {
    let scaled = number * scale;
    let mut rounded = scaled.round();
    match half {
        Half::Up => {
            if scale != 1.0 {
                if number > 0.0 {
                    if (rounded + 0.5) / scale <= number {
                        rounded += 1.0;
                    }
                } else if (rounded - 0.5) / scale >= number {
                    rounded -= 1.0;
                }
            }
            rounded
        }
        Half::Down => {
            if number > 0.0 {
                if (rounded - 0.5) / scale >= number {
                    rounded -= 1.0;
                }
            } else if (rounded + 0.5) / scale <= number {
                rounded += 1.0;
            }
            rounded
        }
        Half::Even => {
            if (scaled - scaled.trunc()).abs() == 0.5 {
                2.0 * (scaled / 2.0).round()
            } else {
                rounded
            }
        }
    }
}

/// `floor` and `ceil`, with digits.
fn cut(it: &mut Interp<'_>, me: f64, args: &Args<'_>, id: M) -> Eval {
    args.count(it, 0, 1)?;
    let digits = match args.get(0) {
        None => 0,
        Some(digits) => it.int_argument(digits)?,
    };
    let down = id == M::Floor;
    if digits <= 0 {
        let whole = float_to_int(it, if down { me.floor() } else { me.ceil() })?;
        return if digits == 0 { Ok(whole) } else { it.send(&whole, id, &[Value::Int(digits)]) };
    }
    let exponent = binary_exponent(me);
    if me == 0.0 || is_exact(digits, exponent) {
        return Ok(Value::Float(me));
    }
    if is_nothing(digits, exponent) && ((down && me > 0.0) || (!down && me < 0.0)) {
        return Ok(Value::Float(0.0));
    }
    let scale = 10_f64.powi(i32::try_from(digits).unwrap_or(i32::MAX));
    let result = if down {
        let whole = (me * scale).floor();
        let next = (whole + 1.0) / scale;
        if next > me { whole / scale } else { next }
    } else {
        let whole = (me * scale).ceil();
        let next = (whole - 1.0) / scale;
        if next < me { whole / scale } else { next }
    };
    Ok(Value::Float(result))
}

/// `number.step(limit, step)`, `number.step(by: step, to: limit)`
pub(super) fn step(it: &mut Interp<'_>, me: &Value, args: &Args<'_>) -> Eval {
    let (mut to, mut by) = (Value::Nil, Value::Int(1));
    let mut values = args.values;
    if let Some((Value::Hash(options), rest)) = values.split_last()
        && args.has_keywords
    {
        values = rest;
        for (name, place) in [("to", &mut to), ("by", &mut by)] {
            let key = it.probe(&Value::symbol(name))?;
            if let Some(given) = options.map.borrow().get(&key) {
                *place = given.clone();
            }
        }
    }
    Args { values, ..*args }.count(it, 0, 2)?;
    if let Some(limit) = values.first() {
        to = limit.clone();
    }
    if let Some(step) = values.get(1) {
        by = step.clone();
    }
    let Some(block) = args.block else {
        return enumerator::of(me, M::Step, args).map(Option::unwrap_or_default);
    };
    if matches!(by, Value::Int(0)) {
        return Err(it.raise(Class::ArgumentError, "step can't be 0"));
    }
    match (me, &to, &by) {
        (Value::Int(start), Value::Int(_) | Value::Nil, Value::Int(step)) => {
            let mut at = *start;
            loop {
                let is_over = match &to {
                    Value::Int(end) if *step > 0 => at > *end,
                    Value::Int(end) => at < *end,
                    _ => false,
                };
                if is_over {
                    break;
                }
                it.call_block(block, &[Value::Int(at)])?;
                let Some(next) = at.checked_add(*step) else { break };
                at = next;
            }
        }
        _ => {
            let as_float = |value: &Value| match value {
                Value::Int(number) => Some(*number as f64),
                Value::Float(number) => Some(*number),
                _ => None,
            };
            let (Some(start), Some(end), Some(step)) = (as_float(me), as_float(&to), as_float(&by)) else {
                return Err(crate::flow::unsupported("Numeric#step with these arguments"));
            };
            for value in float_steps(start, end, step, false) {
                it.call_block(block, &[Value::Float(value)])?;
            }
        }
    }
    Ok(me.clone())
}

/// The floats from one to another, as Ruby counts them.
pub(super) fn float_steps(start: f64, end: f64, step: f64, exclusive: bool) -> impl Iterator<Item = f64> {
    let count = (end - start) / step;
    let error = (start.abs() + end.abs() + (end - start).abs()) / step.abs() * f64::EPSILON;
    let error = error.min(0.5);
    let last = if exclusive && count > 0.0 {
        let floor = (count - error).floor();
        if floor * step + start < end { floor } else { floor - 1.0 }
    } else {
        (count + error).floor()
    };
    // Longer runs than this end at the limit of steps anyway.
    let last = if last.is_finite() { last.clamp(-1.0, 1e15) as i64 } else { -1 };
    (0..=last).map(move |index| {
        let value = index as f64 * step + start;
        if (step >= 0.0 && end < value) || (step < 0.0 && value < end) { end } else { value }
    })
}
