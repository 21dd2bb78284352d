//! Integers.

use super::number::{Half, rounding, too_large};
use super::{enumerator, float};
use crate::class::Class;
use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::Eval;
use crate::name::M;
use crate::value::{Text, Value};

pub(crate) fn call(it: &mut Interp<'_>, me: i64, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    Ok(Some(match id {
        M::Plus
        | M::Minus
        | M::Star
        | M::Slash
        | M::Percent
        | M::Modulo
        | M::Power
        | M::Pow
        | M::Div
        | M::Divmod
        | M::Fdiv
        | M::Remainder => return arithmetic(it, me, id, args).map(Some),
        M::Less | M::LessEqual | M::Greater | M::GreaterEqual => {
            return float::relation(it, &Value::Int(me), id, args).map(Some);
        }
        M::UnaryMinus => me.checked_neg().map(Value::Int).ok_or_else(too_large)?,
        M::UnaryPlus | M::ToI | M::ToInt | M::Ord => {
            args.none(it)?;
            Value::Int(me)
        }
        M::BitNot => Value::Int(!me),
        M::BitAnd | M::BitOr | M::BitXor => match args.one(it)? {
            Value::Int(other) => Value::Int(match id {
                M::BitAnd => me & other,
                M::BitOr => me | other,
                _ => me ^ other,
            }),
            Value::Float(other) => {
                let text = format!(
                    "undefined method `{}' for {}:Float",
                    id.text(),
                    it.inspect(&Value::Float(*other))?
                );
                return Err(it.raise(Class::NoMethodError, text));
            }
            other => {
                let text = format!("{} can't be coerced into Integer", it.name_in_error(other)?);
                return Err(it.raise(Class::TypeError, text));
            }
        },
        M::ShiftLeft | M::ShiftRight => {
            let by = it.int_argument(args.one(it)?)?;
            shift(me, if id == M::ShiftLeft { by } else { -by })?
        }
        M::Element => {
            let bit = it.int_argument(args.one(it)?)?;
            Value::Int(match bit {
                ..0 => 0,
                0..64 => (me >> bit) & 1,
                _ => i64::from(me < 0),
            })
        }
        M::ToS | M::Inspect => {
            args.count(it, 0, 1)?;
            match args.get(0) {
                None => Value::string(me.to_string()),
                Some(base) => {
                    let base = it.int_argument(base)?;
                    let Some(radix) = u32::try_from(base).ok().filter(|radix| (2..=36).contains(radix))
                    else {
                        return Err(it.raise(Class::ArgumentError, format!("invalid radix {base}")));
                    };
                    Value::string(in_radix(me, radix))
                }
            }
        }
        M::ToF => {
            args.none(it)?;
            Value::Float(me as f64)
        }
        M::Chr => {
            args.count(it, 0, 1)?;
            match u8::try_from(me) {
                Ok(byte) if byte.is_ascii() => Value::text(char::from(byte).to_string()),
                Ok(_) => return Err(crate::flow::unsupported("a string that is not UTF-8")),
                Err(_) if args.len() == 1 => match u32::try_from(me).ok().and_then(char::from_u32) {
                    Some(c) => Value::text(c.to_string()),
                    None => return Err(it.raise(Class::RangeError, format!("{me} out of char range"))),
                },
                Err(_) => return Err(it.raise(Class::RangeError, format!("{me} out of char range"))),
            }
        }
        M::Times => {
            args.none(it)?;
            let Some(block) = args.block else { return enumerator::of(&Value::Int(me), id, args) };
            let mut number = 0;
            while number < me {
                it.call_block(block, &[Value::Int(number)])?;
                number += 1;
            }
            Value::Int(me)
        }
        M::Upto | M::Downto => {
            let Value::Int(last) = *args.one(it)? else {
                let text = it.comparison_failed(&Value::Int(me), &args.at(0))?;
                return Err(it.raise(Class::ArgumentError, text));
            };
            let Some(block) = args.block else { return enumerator::of(&Value::Int(me), id, args) };
            let mut number = me;
            while if id == M::Upto { number <= last } else { number >= last } {
                it.call_block(block, &[Value::Int(number)])?;
                let next = if id == M::Upto { number.checked_add(1) } else { number.checked_sub(1) };
                let Some(next) = next else { break };
                number = next;
            }
            Value::Int(me)
        }
        M::Step => return float::step(it, &Value::Int(me), args).map(Some),
        M::Succ | M::Next => me.checked_add(1).map(Value::Int).ok_or_else(too_large)?,
        M::Pred => me.checked_sub(1).map(Value::Int).ok_or_else(too_large)?,
        M::Abs | M::Magnitude => me.checked_abs().map(Value::Int).ok_or_else(too_large)?,
        M::ZeroIs => Value::Bool(me == 0),
        M::NonzeroIs => {
            if me == 0 {
                Value::Nil
            } else {
                Value::Int(me)
            }
        }
        M::PositiveIs => Value::Bool(me > 0),
        M::NegativeIs => Value::Bool(me < 0),
        M::EvenIs => Value::Bool(me % 2 == 0),
        M::OddIs => Value::Bool(me % 2 != 0),
        M::IntegerIs | M::FiniteIs => Value::Bool(true),
        M::InfiniteIs => Value::Nil,
        M::Gcd | M::Lcm => {
            let Value::Int(other) = *args.one(it)? else {
                return Err(it.raise(Class::TypeError, "not an integer"));
            };
            let divisor = gcd(me.unsigned_abs(), other.unsigned_abs());
            let result = match id {
                M::Gcd => Some(divisor),
                _ => me.unsigned_abs().checked_div(divisor).unwrap_or(0).checked_mul(other.unsigned_abs()),
            };
            result.and_then(|result| i64::try_from(result).ok()).map(Value::Int).ok_or_else(too_large)?
        }
        M::Digits => {
            args.count(it, 0, 1)?;
            let base = match args.get(0) {
                None => 10,
                Some(base) => it.int_argument(base)?,
            };
            if base < 2 {
                return Err(it.raise(Class::ArgumentError, format!("invalid radix {base}")));
            }
            if me < 0 {
                return Err(it.raise(Class::DomainError, "out of domain"));
            }
            let mut digits = Vec::new();
            let mut rest = me;
            loop {
                digits.push(Value::Int(rest % base));
                rest /= base;
                if rest == 0 {
                    break;
                }
            }
            Value::array(digits)
        }
        M::BitLength => {
            let value = if me < 0 { !me } else { me };
            Value::Int(64 - i64::from(value.leading_zeros()))
        }
        M::Size => Value::Int(8),
        M::Round => {
            let (digits, half) = rounding(it, args)?;
            round(me, digits, half)?
        }
        M::Floor | M::Ceil | M::Truncate => {
            args.count(it, 0, 1)?;
            let digits = match args.get(0) {
                None => 0,
                Some(digits) => it.int_argument(digits)?,
            };
            cut(me, digits, id)?
        }
        M::BetweenIs | M::Clamp => return super::string::comparable(it, &Value::Int(me), id, args),
        M::Coerce => match args.one(it)? {
            Value::Int(other) => Value::array(vec![Value::Int(*other), Value::Int(me)]),
            other => {
                let other = super::number::float(it, &Args::of(std::slice::from_ref(other)))?;
                Value::array(vec![other, Value::Float(me as f64)])
            }
        },
        M::Equal | M::CaseEqual => Value::Bool(crate::compare::is_equal(&Value::Int(me), args.one(it)?)),
        M::AllbitsIs | M::AnybitsIs | M::NobitsIs => {
            let mask = it.int_argument(args.one(it)?)?;
            Value::Bool(match id {
                M::AllbitsIs => me & mask == mask,
                M::AnybitsIs => me & mask != 0,
                _ => me & mask == 0,
            })
        }
        _ => return Ok(None),
    }))
}

fn arithmetic(it: &mut Interp<'_>, me: i64, id: M, args: &Args<'_>) -> Eval {
    if id == M::Pow && args.len() == 2 {
        return Err(crate::flow::unsupported("Integer#pow with a modulus"));
    }
    let other = match args.one(it)? {
        Value::Int(other) => *other,
        Value::Float(other) => return float::compute(it, me as f64, id, *other),
        other => {
            let text = format!("{} can't be coerced into Integer", it.name_in_error(other)?);
            return Err(it.raise(Class::TypeError, text));
        }
    };
    let divides = matches!(id, M::Slash | M::Div | M::Percent | M::Modulo | M::Divmod | M::Remainder);
    if divides && other == 0 {
        return Err(it.raise(Class::ZeroDivisionError, "divided by 0"));
    }
    let number = match id {
        M::Plus => me.checked_add(other),
        M::Minus => me.checked_sub(other),
        M::Star => me.checked_mul(other),
        M::Slash | M::Div => floor_div(me, other),
        M::Percent | M::Modulo => Some(floor_mod(me, other)),
        M::Remainder => Some(me.checked_rem(other).unwrap_or(0)),
        M::Divmod => {
            let quotient = floor_div(me, other).ok_or_else(too_large)?;
            return Ok(Value::array(vec![Value::Int(quotient), Value::Int(floor_mod(me, other))]));
        }
        M::Fdiv => return Ok(Value::Float(me as f64 / other as f64)),
        _ if other < 0 => return Err(crate::flow::unsupported("a rational number")),
        _ => match u32::try_from(other) {
            Ok(power) => me.checked_pow(power),
            Err(_) => match me {
                0 | 1 => Some(me),
                -1 => Some(if other % 2 == 0 { 1 } else { -1 }),
                _ => None,
            },
        },
    };
    number.map(Value::Int).ok_or_else(too_large)
}

/// Division that rounds down.
fn floor_div(a: i64, b: i64) -> Option<i64> {
    let quotient = a.checked_div(b)?;
    if a % b != 0 && ((a < 0) != (b < 0)) { quotient.checked_sub(1) } else { Some(quotient) }
}

/// The remainder that has the sign of the divisor.
pub(super) fn floor_mod(a: i64, b: i64) -> i64 {
    let remainder = a.checked_rem(b).unwrap_or(0);
    if remainder != 0 && ((remainder < 0) != (b < 0)) { remainder + b } else { remainder }
}

fn gcd(a: u64, b: u64) -> u64 {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

fn shift(me: i64, left: i64) -> Eval {
    if left >= 0 {
        if me == 0 {
            return Ok(Value::Int(0));
        }
        let shifted = u32::try_from(left).ok().filter(|&by| by < 63).map(|by| (i128::from(me)) << by);
        return shifted.and_then(|number| i64::try_from(number).ok()).map(Value::Int).ok_or_else(too_large);
    }
    let by = left.unsigned_abs().min(63);
    Ok(Value::Int(me >> by))
}

fn in_radix(number: i64, radix: u32) -> String {
    let mut digits = Vec::new();
    let mut rest = number.unsigned_abs();
    loop {
        digits.push(char::from_digit((rest % u64::from(radix)) as u32, radix).unwrap_or('0'));
        rest /= u64::from(radix);
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        digits.push('-');
    }
    digits.iter().rev().collect()
}

/// 10 to the number of digits left of the point, if that is at most 10^18.
fn unit(digits: i64) -> Option<i64> {
    u32::try_from(-digits).ok().and_then(|power| 10_i64.checked_pow(power))
}

fn round(me: i64, digits: i64, half: Half) -> Eval {
    if digits >= 0 {
        return Ok(Value::Int(me));
    }
    let Some(unit) = unit(digits) else { return Ok(Value::Int(0)) };
    let (number, unit) = (i128::from(me), i128::from(unit));
    let magnitude = number.abs();
    let (whole, rest) = (magnitude / unit, magnitude % unit);
    let up = match (rest * 2).cmp(&unit) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => match half {
            Half::Up => true,
            Half::Down => false,
            Half::Even => whole % 2 == 1,
        },
    };
    let rounded = (whole + i128::from(up)) * unit * number.signum();
    i64::try_from(rounded).map(Value::Int).map_err(|_| too_large())
}

fn cut(me: i64, digits: i64, id: M) -> Eval {
    if digits >= 0 {
        return Ok(Value::Int(me));
    }
    let Some(unit) = unit(digits) else {
        return if (id == M::Floor && me < 0) || (id == M::Ceil && me > 0) {
            Err(too_large())
        } else {
            Ok(Value::Int(0))
        };
    };
    let down = floor_mod(me, unit);
    let result = match id {
        M::Floor => me.checked_sub(down),
        M::Ceil if down == 0 => Some(me),
        M::Ceil => me.checked_sub(down).and_then(|floor| floor.checked_add(unit)),
        _ => Some(me - me % unit),
    };
    result.map(Value::Int).ok_or_else(too_large)
}

/// A character's number.
pub(super) fn ord(text: &Text) -> Option<i64> {
    text.borrow().chars().next().map(|c| i64::from(u32::from(c)))
}
