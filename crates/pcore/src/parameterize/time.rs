//! `Timestamp[from, to]` and `Timespan[from, to]`.

use std::sync::Arc;

use super::error::{Result, TypeError, arity, class_name, inverted};
use crate::Value;
use crate::time::{Timespan, Timestamp};
use crate::ty::{Range, Type};

pub(super) fn timestamp(base: &Type, keys: &[&Value]) -> Result<Type> {
    range(base, keys, |key| match key {
        Value::Timestamp(at) => Some(*at),
        key => nanoseconds(key).and_then(Timestamp::from_nanoseconds),
    })
    .map(Type::Timestamp)
}

pub(super) fn timespan(base: &Type, keys: &[&Value]) -> Result<Type> {
    range(base, keys, |key| match key {
        Value::Timespan(span) => Some(*span),
        key => nanoseconds(key)
            .and_then(|nanoseconds| i64::try_from(nanoseconds).ok())
            .map(|nanoseconds| Timespan { nanoseconds }),
    })
    .map(Type::Timespan)
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
    convert: impl Fn(&Value) -> Option<T>,
) -> Result<Option<Arc<Range<T>>>> {
    if keys.len() > 2 {
        return Err(arity(base, 0, Some(2), keys.len()));
    }
    let bound = |index: usize| match keys.get(index) {
        None | Some(Value::Undef | Value::Default) => Ok(None),
        Some(key) => convert(key).map(Some).ok_or_else(|| {
            TypeError::framed(format!("Unable to create a {} from a {}", time_class(base), class_name(key)))
        }),
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
