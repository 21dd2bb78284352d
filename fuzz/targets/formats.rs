//! Any text may be a time, a duration or a format: it is read or refused, and what was written under a format is text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pcore::time::{Timespan, Timestamp};
use pcore::{Value, convert};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (format, text) = text.split_once('\n').unwrap_or((text, ""));
    let formats = Value::from(format);
    if let Ok(at) = Timestamp::parse(text, Some(&formats), None, &mut || 3600) {
        let _ = at.strftime(format, Some(-1800));
    }
    if let Ok(span) = Timespan::parse(text, Some(&formats)) {
        let _ = span.format(format);
    }
    for value in [Value::from(text), Value::Int(text.len() as i64), Value::Undef, Value::array([text.into()])] {
        let _ = convert::string::convert(&value, &formats);
    }
});
