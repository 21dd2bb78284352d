//! Order and equality as Ruby's `<=>` and `==` have them, and a sort that takes any comparison.

use std::cmp::Ordering;

use pcore::Value;
use pcore::number::compare_int_float;

use pcore::format::ruby_inspect;

use super::text::class_name;
use crate::error::Control;

/// `a == b`: strict about kinds and case, except that integers equal floats.
pub(in crate::functions) fn equals(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Int(int), Value::Float(float)) | (Value::Float(float), Value::Int(int)) => {
            compare_int_float(*int, *float) == Some(Ordering::Equal)
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| equals(a, b))
        }
        (Value::Hash(a), Value::Hash(b)) => {
            let has = |(key, a): (&Value, &Value)| b.get(key).is_some_and(|b| equals(a, b));
            a.len() == b.len() && a.iter().all(has)
        }
        (a, b) => a == b,
    }
}

/// `a <=> b`; `None` if the values cannot be compared.
pub(in crate::functions) fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
        (Value::Int(a), Value::Float(b)) => compare_int_float(*a, *b),
        (Value::Float(a), Value::Int(b)) => compare_int_float(*b, *a).map(Ordering::reverse),
        (Value::Str(a), Value::Str(b)) => Some(a.as_str().cmp(b)),
        (Value::Array(a), Value::Array(b)) => {
            for (a, b) in a.iter().zip(b.iter()) {
                match compare(a, b)? {
                    Ordering::Equal => {}
                    order => return Some(order),
                }
            }
            Some(a.len().cmp(&b.len()))
        }
        (Value::SemVer(a), Value::SemVer(b)) => Some(a.precedence(b)),
        (Value::Timespan(_) | Value::Timestamp(_), _) | (_, Value::Timespan(_) | Value::Timestamp(_)) => {
            pcore::time::compare(a, b)
        }
        (a, b) => equals(a, b).then_some(Ordering::Equal),
    }
}

/// [`compare`], with Ruby's error for values that cannot be compared.
pub(in crate::functions) fn try_compare(a: &Value, b: &Value) -> Result<Ordering, Control> {
    compare(a, b).ok_or_else(|| incomparable(a, b))
}

/// What a block's result says of the order of two values: its sign.
///
/// # Errors
/// A result that is no number.
pub(in crate::functions) fn sign(result: &Value, a: &Value, b: &Value) -> Result<Ordering, Control> {
    match result {
        Value::Undef => Err(incomparable(a, b)),
        Value::Int(number) => Ok(number.cmp(&0)),
        Value::Float(number) => Ok(number.partial_cmp(&0.0).unwrap_or(Ordering::Equal)),
        Value::Str(_) => Err(incomparable(result, &Value::Int(0))),
        other => Err(super::no_method(">", other).into()),
    }
}

fn incomparable(a: &Value, b: &Value) -> Control {
    let other = match b {
        Value::Undef | Value::Default | Value::Bool(_) | Value::Int(_) | Value::Float(_) => ruby_inspect(b),
        b => class_name(b).into_owned(),
    };
    format!("comparison of {} with {other} failed", class_name(a)).into()
}

/// Sorts by merging, as the C library under Ruby does: stable, and with the same pairs compared in the same order,
/// which shows in errors and in what a block does. The comparison may fail, and need not be consistent.
pub(in crate::functions) fn sort(
    items: Vec<Value>,
    compare: &mut impl FnMut(&Value, &Value) -> Result<Ordering, Control>,
) -> Result<Vec<Value>, Control> {
    let mut left = items;
    if left.len() < 2 {
        return Ok(left);
    }
    let right = left.split_off(left.len() / 2);
    let left = sort(left, compare)?;
    let right = sort(right, compare)?;
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let next = if compare(a, b)?.is_gt() { right.next() } else { left.next() };
        merged.extend(next);
    }
    merged.extend(left);
    merged.extend(right);
    Ok(merged)
}

/// [`sort`] by [`compare`].
pub(in crate::functions) fn sort_naturally(items: &[Value]) -> Result<Vec<Value>, Control> {
    // Numbers and strings alone cannot fail, and need no merging by hand.
    let mut sorted = items.to_vec();
    if items.iter().all(|item| matches!(item, Value::Str(_))) {
        sorted.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
        Ok(sorted)
    } else if items.iter().all(|item| matches!(item, Value::Int(_))) {
        sorted.sort_by_key(Value::as_int);
        Ok(sorted)
    } else {
        sort(sorted, &mut try_compare)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn sorting_is_stable_and_complete(numbers in proptest::collection::vec(0i64..9, 0..40)) {
            let pairs: Vec<Value> = numbers
                .iter()
                .enumerate()
                .map(|(at, &number)| vec![Value::Int(number), Value::Int(at as i64)].into())
                .collect();
            let by_first = |value: &Value| value.as_array().and_then(|pair| pair.first()?.as_int());
            let sorted = sort(pairs, &mut |a, b| Ok(by_first(a).cmp(&by_first(b)))).unwrap();
            prop_assert_eq!(sort_naturally(&sorted).unwrap(), sorted.clone());
            prop_assert_eq!(sorted.len(), numbers.len());
        }

        #[test]
        fn nonsense_comparisons_do_no_harm(numbers in proptest::collection::vec(0i64..9, 0..40)) {
            let items: Vec<Value> = numbers.iter().map(|&number| Value::Int(number)).collect();
            prop_assert_eq!(sort(items, &mut |_, _| Ok(Ordering::Greater)).unwrap().len(), numbers.len());
        }
    }
}
