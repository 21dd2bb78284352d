//! `Timestamp[from, to]` and `Timespan[from, to]`.

use std::sync::Arc;

use super::error::{Result, TypeError, arity, class_name, inverted};
use crate::Value;
use crate::error::ValueError;
use crate::time::{Timespan, Timestamp};
use crate::ty::{Range, Type};

pub(super) fn timestamp(base: &Type, keys: &[&Value]) -> Result<Type> {
    let out_of_range = || framed(crate::time::moment_out_of_range());
    range(base, keys, |key| match key {
        Value::Timestamp(at) => Ok(Some(*at)),
        Value::Str(text) => Timestamp::parse(text, None, None, &mut utc).map(Some).map_err(framed),
        Value::Hash(hash) => Timestamp::from_hash(hash, &mut utc).map(Some).map_err(framed),
        key => match nanoseconds(key) {
            Some(at) => Timestamp::from_nanoseconds(at).map(Some).ok_or_else(out_of_range),
            None => Ok(None),
        },
    })
    .map(Type::Timestamp)
}

pub(super) fn timespan(base: &Type, keys: &[&Value]) -> Result<Type> {
    range(base, keys, |key| match key {
        Value::Timespan(span) => Ok(Some(*span)),
        Value::Str(text) => Timespan::parse(text, None).map(Some).map_err(framed),
        Value::Hash(hash) => Timespan::from_hash(hash).map(Some).map_err(framed),
        key => nanoseconds(key).map(Timespan::from_nanoseconds).transpose().map_err(framed),
    })
    .map(Type::Timespan)
}

/// A type does not depend on where it is read.
fn utc() -> i32 {
    0
}

fn framed(error: ValueError) -> TypeError {
    TypeError::framed(error.message)
}

/// Numbers are seconds.
fn nanoseconds(key: &Value) -> Option<i128> {
    match key {
        Value::Int(seconds) => Some(i128::from(*seconds) * 1_000_000_000),
        Value::Float(seconds) => Some((seconds * 1e9) as i128),
        _ => None,
    }
}

fn range<T: PartialOrd + ToString>(
    base: &Type,
    keys: &[&Value],
    convert: impl Fn(&Value) -> Result<Option<T>>,
) -> Result<Option<Arc<Range<T>>>> {
    if keys.len() > 2 {
        return Err(arity(base, 0, Some(2), keys.len()));
    }
    let bound = |index: usize| match keys.get(index) {
        None | Some(Value::Undef | Value::Default) => Ok(None),
        Some(key) => match convert(key)? {
            Some(bound) => Ok(Some(bound)),
            None => {
                let class = class_name(key);
                Err(TypeError::framed(format!("Unable to create a {} from a {class}", time_class(base))))
            }
        },
    };
    let (from, to) = (bound(0)?, bound(1)?);
    match (&from, &to) {
        (None, None) => Ok(None),
        (Some(least), Some(greatest)) if least > greatest => {
            Err(inverted(least.to_string(), greatest.to_string()))
        }
        _ => Ok(Some(Arc::new(Range { from, to }))),
    }
}

fn time_class(base: &Type) -> &'static str {
    match base {
        Type::Timespan(_) => "Puppet::Pops::Time::Timespan",
        _ => "Puppet::Pops::Time::Timestamp",
    }
}
