//! `Timespan(...)` and `Timestamp(...)`

use super::creator::Creator;
use super::types::{alias, structure};
use crate::error::{Result, ValueError};
use crate::number::float_text;
use crate::time::{self, NANOSECONDS_PER_SECOND, Timespan, Timestamp};
use crate::ty::Size;
use crate::{Hash, Type, Value};

pub(super) fn timespan() -> Creator {
    let fields = ["days", "hours", "minutes", "seconds", "milliseconds", "microseconds", "nanoseconds"];
    let by_position = fields.map(|name| (name, Type::INTEGER));
    let mut named = vec![("negative", true, Type::BOOLEAN)];
    named.extend(fields.map(|name| (name, true, Type::INTEGER)));
    let formats = formats();
    let text = structure(&[("string", false, Type::non_empty_string()), ("format", true, formats.clone())]);
    Creator::new("new_timespan")
        .takes(1, &[("seconds", seconds_type())], |arguments, _| {
            Timespan::from_nanoseconds(nanoseconds(arguments)?).map(Value::Timespan)
        })
        .takes(1, &[("string", Type::non_empty_string()), ("format", formats)], |arguments, _| {
            let text = arguments.first().and_then(Value::as_str).unwrap_or_default();
            Timespan::parse(text, arguments.get(1)).map(Value::Timespan)
        })
        .takes(4, &by_position, |arguments, _| {
            Timespan::from_fields(false, |index, _| arguments.get(index)).map(Value::Timespan)
        })
        .takes(1, &[("hash_arg", text)], |arguments, _| from_hash(arguments))
        .takes(1, &[("hash_arg", structure(&named))], |arguments, _| from_hash(arguments))
}

fn from_hash(arguments: &[Value]) -> Result<Value> {
    match arguments.first().and_then(Value::as_hash) {
        Some(hash) => Timespan::from_hash(hash).map(Value::Timespan),
        None => Ok(Value::Undef),
    }
}

pub(super) fn timestamp() -> Creator {
    let formats = formats();
    let text = [
        ("string", Type::non_empty_string()),
        ("format", formats.clone()),
        ("timezone", Type::non_empty_string()),
    ];
    let named = structure(&[
        ("string", false, Type::non_empty_string()),
        ("format", true, formats),
        ("timezone", true, Type::non_empty_string()),
    ]);
    Creator::new("new_timestamp")
        .takes(0, &[], |_, outside| Ok(Value::Timestamp(outside.now())))
        .takes(1, &[("seconds", seconds_type())], |arguments, _| {
            let moment = Timestamp::from_nanoseconds(nanoseconds(arguments)?);
            moment.map(Value::Timestamp).ok_or_else(time::moment_out_of_range)
        })
        .takes(1, &text, |arguments, outside| {
            let text = arguments.first().and_then(Value::as_str).unwrap_or_default();
            let zone = arguments.get(2).and_then(Value::as_str);
            let mut local = || outside.utc_offset();
            Timestamp::parse(text, arguments.get(1), zone, &mut local).map(Value::Timestamp)
        })
        .takes(1, &[("hash_arg", named)], |arguments, outside| {
            let hash: Option<&Hash> = arguments.first().and_then(Value::as_hash);
            match hash {
                Some(hash) => Timestamp::from_hash(hash, &mut || outside.utc_offset()).map(Value::Timestamp),
                None => Ok(Value::Undef),
            }
        })
}

fn formats() -> Type {
    let format = Type::String(Size::at_least(2));
    alias("Formats", Type::variant([format.clone(), Type::array_sized(format, Size::at_least(1))]))
}

fn seconds_type() -> Type {
    Type::variant([Type::INTEGER, Type::FLOAT])
}

/// Seconds in nanoseconds, what is less dropped.
fn nanoseconds(arguments: &[Value]) -> Result<i128> {
    match arguments.first() {
        Some(Value::Int(seconds)) => Ok(i128::from(*seconds) * i128::from(NANOSECONDS_PER_SECOND)),
        Some(Value::Float(seconds)) => {
            let nanoseconds = seconds * NANOSECONDS_PER_SECOND as f64;
            if nanoseconds.is_finite() {
                Ok(nanoseconds as i128)
            } else {
                Err(ValueError::new(float_text(nanoseconds)))
            }
        }
        _ => Ok(0),
    }
}
