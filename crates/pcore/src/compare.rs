//! Equality, order, membership and option matching of the language.
//!
//! `==` of the language is [`equals`]: strings without case (ASCII only), numbers by value. `==` of Rust on values is
//! strict, as the keys of hashes are.

use std::cmp::Ordering;

use crate::error::{Operand, Result, ValueError};
use crate::label::label;
use crate::number::compare_int_float;
use crate::regexp::{Captures, Regexp};
use crate::semver::{SemVer, SemVerRange};
use crate::{Hash, Type, Value, matches, time};

/// `<`, `<=`, `>` or `>=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Relation {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Relation {
    /// The operator as it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Relation::Less => "<",
            Relation::LessOrEqual => "<=",
            Relation::Greater => ">",
            Relation::GreaterOrEqual => ">=",
        }
    }
}

/// `a == b` of the language, types on the left included: those are equal, too, when each accepts the other.
pub fn equals(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Type(a), Value::Type(b)) => types_equal(a, b),
        _ => equals_within(a, b),
    }
}

/// `left < right` and so on. Types are compared by assignability: `Integer < Numeric`.
pub fn relate(relation: Relation, left: &Value, right: &Value) -> Result<bool> {
    if let Value::Type(left) = left {
        let Value::Type(right) = right else { return Ok(false) };
        return Ok(match relation {
            Relation::Less => matches::is_assignable(right, left) && !types_equal(left, right),
            Relation::LessOrEqual => matches::is_assignable(right, left),
            Relation::Greater => matches::is_assignable(left, right) && !types_equal(left, right),
            Relation::GreaterOrEqual => matches::is_assignable(left, right),
        });
    }
    let order = compare(left, right).map_err(|error| {
        let message = format!(
            "Comparison of: {} {} {}, is not possible. Caused by '{}'.",
            label(left),
            relation.symbol(),
            label(right),
            error.message
        );
        ValueError::issue("COMPARISON_NOT_POSSIBLE", Operand::Whole, message)
    })?;
    Ok(match relation {
        Relation::Less => order.is_lt(),
        Relation::LessOrEqual => order.is_le(),
        Relation::Greater => order.is_gt(),
        Relation::GreaterOrEqual => order.is_ge(),
    })
}

/// The order of two values that have one: strings without case, numbers, times, versions.
pub fn compare(a: &Value, b: &Value) -> Result<Ordering> {
    let refuse = |message: &str| Err(ValueError::new(message));
    match (a, b) {
        (Value::Str(a), Value::Str(b)) => Ok(compare_ignoring_case(a, b)),
        (Value::Str(_), _) => refuse("A String is not comparable to a non String"),
        (
            Value::Int(_) | Value::Float(_),
            Value::Int(_) | Value::Float(_) | Value::Timespan(_) | Value::Timestamp(_),
        ) => numeric_order(a, b).ok_or_else(|| ValueError::new("NaN is not comparable")),
        (Value::Int(_) | Value::Float(_), _) => refuse("A Numeric is not comparable to non Numeric"),
        (Value::Timespan(_), Value::Timespan(_) | Value::Int(_) | Value::Float(_))
        | (Value::Timestamp(_), Value::Timestamp(_) | Value::Int(_) | Value::Float(_)) => {
            time::compare(a, b).ok_or_else(|| ValueError::new("NaN is not comparable"))
        }
        (Value::Timespan(_), _) => refuse("Timespans are only comparable to Timespans, Integers, and Floats"),
        (Value::Timestamp(_), _) => {
            refuse("Timestamps are only comparable to Timestamps, Integers, and Floats")
        }
        (Value::SemVer(a), Value::SemVer(b)) => Ok(a.precedence(b)),
        (Value::SemVer(_), _) => refuse("Versions not comparable to non Versions"),
        (Value::Default, Value::Default) => Ok(Ordering::Equal),
        (Value::Default, _) => refuse("Symbol not comparable to non Symbol"),
        _ => refuse("Only Strings, Numbers, Timespans, Timestamps, and Versions are comparable"),
    }
}

/// `item in container`. With a regular expression as item, [`find_match`] also tells what was captured.
pub fn includes(container: &Value, item: &Value) -> bool {
    match (container, item) {
        (_, Value::Regexp(regexp)) => find_match(container, regexp).is_some(),
        (Value::Str(text), Value::Str(part)) => text.to_lowercase().contains(&part.to_lowercase()),
        (Value::Binary(bytes), Value::Binary(part)) => contains_bytes(bytes, part),
        (Value::Binary(bytes), Value::Str(part)) => contains_bytes(bytes, part.as_bytes()),
        (Value::Binary(bytes), Value::Int(byte)) => {
            u8::try_from(*byte).is_ok_and(|byte| bytes.contains(&byte))
        }
        (Value::Binary(bytes), Value::Float(byte)) => bytes.iter().any(|&other| f64::from(other) == *byte),
        (Value::Array(items), Value::Str(text)) => match items.folded().position(text, items.iter()) {
            Some(None) => false,
            Some(Some(at)) if items.get(at).is_some_and(|found| equals_within(found, item)) => true,
            _ => any_includes(items.iter(), item),
        },
        (Value::Array(items), _) => any_includes(items.iter(), item),
        // Most keys that are there are there as written.
        (Value::Hash(hash), _) if hash.contains_key(item) => true,
        (Value::Hash(hash), Value::Str(text)) => match hash.folded().position(text, hash.keys()) {
            Some(None) => false,
            Some(Some(at)) if hash.get_index(at).is_some_and(|(key, _)| equals_within(key, item)) => true,
            _ => any_includes(hash.keys(), item),
        },
        (Value::Hash(hash), _) => any_includes(hash.keys(), item),
        (Value::SemVerRange(range), _) => is_in_range(range, item),
        _ => false,
    }
}

/// The match of a regular expression in a string, in the strings of an array, or in the keys of a hash.
pub fn find_match<'v>(container: &'v Value, regexp: &Regexp) -> Option<Captures<'v>> {
    let in_string = |value: &'v Value| value.as_str().and_then(|text| regexp.captures(text));
    match container {
        Value::Array(items) => items.iter().find_map(in_string),
        Value::Hash(hash) => hash.keys().find_map(in_string),
        other => in_string(other),
    }
}

/// True if a value fits the option of a `case` or selector: equal, matched by a regular expression, an instance of a
/// type, a version in a range, element by element in arrays, key by key in hashes; `default` fits everything.
/// A regular expression that was tried on a string leaves its captures, or `None` when it did not match.
pub fn matches_option<'v>(
    value: &'v Value,
    option: &Value,
    captured: &mut Option<Option<Captures<'v>>>,
) -> bool {
    match option {
        Value::Regexp(regexp) => match value {
            Value::Str(text) => captured.insert(regexp.captures(text)).is_some(),
            _ => false,
        },
        Value::Type(ty) => matches::is_instance(ty, value),
        Value::Default => true,
        Value::Array(options) => match value {
            Value::Array(items) if items.len() == options.len() => {
                items.iter().zip(options.iter()).all(|(item, option)| matches_option(item, option, captured))
            }
            _ => false,
        },
        Value::Hash(options) => match value {
            Value::Hash(hash) => options.iter().all(|(key, option)| {
                matches_option(hash.get(key).unwrap_or(&Value::Undef), option, captured)
            }),
            _ => false,
        },
        Value::SemVer(version) => match value {
            Value::SemVer(other) => other == version,
            Value::Str(text) => SemVer::parse(text).is_ok_and(|other| other == **version),
            _ => false,
        },
        Value::SemVerRange(range) => is_in_range(range, value),
        option => equals_within(value, option),
    }
}

/// True if the value is a version, or the text of one, in the range.
pub fn is_in_range(range: &SemVerRange, value: &Value) -> bool {
    match value {
        Value::SemVer(version) => range.includes(version),
        Value::Str(text) => SemVer::parse(text).is_ok_and(|version| range.includes(&version)),
        _ => false,
    }
}

fn any_includes<'v>(mut items: impl std::iter::Iterator<Item = &'v Value>, item: &Value) -> bool {
    match item {
        // Each element is an option here, so that a regular expression in an array finds a string.
        Value::Str(_) | Value::SemVer(_) => items.any(|option| matches_option(item, option, &mut None)),
        Value::Type(ty) => items.any(|value| matches::is_instance(ty, value)),
        _ => items.any(|value| equals_within(value, item)),
    }
}

/// Equality inside collections, where types are compared by structure.
fn equals_within(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Str(a), Value::Str(b)) => a.eq_ignore_ascii_case(b),
        (Value::Int(a), Value::Int(b)) => a == b,
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| equals_within(a, b))
        }
        (Value::Hash(a), Value::Hash(b)) => hashes_equal(a, b),
        (
            Value::Int(_) | Value::Float(_) | Value::Timespan(_) | Value::Timestamp(_),
            Value::Int(_) | Value::Float(_) | Value::Timespan(_) | Value::Timestamp(_),
        ) => numeric_order(a, b).is_some_and(Ordering::is_eq),
        _ => a == b,
    }
}

/// A key that is missing on the right counts as undef.
fn hashes_equal(a: &Hash, b: &Hash) -> bool {
    a.len() == b.len()
        && a.iter().all(|(key, value)| equals_within(b.get(key).unwrap_or(&Value::Undef), value))
}

fn types_equal(a: &Type, b: &Type) -> bool {
    if let (Type::Resource(_), Type::Resource(_)) | (Type::Class(_), Type::Class(_)) = (a, b) {
        // What has been an attribute's value equals nothing that code makes.
        return a == b;
    }
    a == b || matches::is_assignable(a, b) && matches::is_assignable(b, a)
}

fn numeric_order(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
        (Value::Int(a), Value::Float(b)) => compare_int_float(*a, *b),
        (Value::Float(a), Value::Int(b)) => compare_int_float(*b, *a).map(Ordering::reverse),
        _ => time::compare(a, b),
    }
}

/// Ruby's `casecmp`: byte by byte, ASCII letters in lower case.
pub fn compare_ignoring_case(a: &str, b: &str) -> Ordering {
    let lower = |byte: u8| byte.to_ascii_lowercase();
    a.bytes().map(lower).cmp(b.bytes().map(lower))
}

fn contains_bytes(bytes: &[u8], part: &[u8]) -> bool {
    part.is_empty() || bytes.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests;
