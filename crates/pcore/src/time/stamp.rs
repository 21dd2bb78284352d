//! Points in time from text.

use super::{Timestamp, days_from_civil, strptime, zones};
use crate::error::{Result, ValueError};
use crate::{Hash, Value};

/// Formats that text is read with when none is given; those with a zone only if none is given either.
const DEFAULTS: [&str; 10] = [
    "%FT%T.%N %Z",
    "%FT%T %Z",
    "%F %T.%N %Z",
    "%F %T %Z",
    "%F %Z",
    "%FT%T.%N",
    "%FT%T",
    "%F %T.%N",
    "%F %T",
    "%F",
];

/// How many of the defaults have a zone.
const ZONED: usize = 5;

/// Asks for the seconds east of UTC that `current` means, where it is needed.
pub type Local<'a> = &'a mut dyn FnMut() -> i32;

impl Timestamp {
    /// Reads text with a format, with the first of several that fits, or with the default ones. The zone is that of the
    /// text or the one given.
    ///
    /// # Errors
    /// Text that no format fits, unknown zones, and dates that do not exist.
    pub fn parse(
        text: &str,
        formats: Option<&Value>,
        zone: Option<&str>,
        local: Local<'_>,
    ) -> Result<Timestamp> {
        let zone = zone.filter(|zone| !zone.is_empty());
        let any_of = |formats: &[&str]| {
            let fits = |format: &&str| {
                strptime::parse(text, format).filter(|fields| zone.is_none() || fields.zone.is_none())
            };
            formats.iter().find_map(fits).ok_or_else(|| {
                let formats = formats.join(", ");
                ValueError::new(format!("Unable to parse '{text}' using any of the formats {formats}"))
            })
        };
        let fields = match formats {
            Some(Value::Str(format)) => {
                let fields = strptime::parse(text, format).ok_or_else(|| {
                    ValueError::new(format!("Unable to parse '{text}' using format '{format}'"))
                })?;
                if zone.is_some() && fields.zone.is_some() {
                    return Err(ValueError::new(
                        "Using a Timezone designator in format specification is mutually exclusive to providing an explicit timezone argument",
                    ));
                }
                fields
            }
            Some(Value::Array(formats)) => {
                any_of(&formats.iter().filter_map(Value::as_str).collect::<Vec<_>>())?
            }
            _ => any_of(DEFAULTS.get(if zone.is_some() { ZONED } else { 0 }..).unwrap_or_default())?,
        };
        let nanoseconds = utc(&fields)?;
        let offset = match zone.or(fields.zone.as_deref()) {
            Some(zone) => zone_offset(zone, local)?,
            None => 0,
        };
        Timestamp::from_nanoseconds(nanoseconds - i128::from(offset)).ok_or_else(super::moment_out_of_range)
    }

    /// [`Timestamp::parse`] of `{string => ..., format => ..., timezone => ...}`.
    ///
    /// # Errors
    /// As there.
    pub fn from_hash(hash: &Hash, local: Local<'_>) -> Result<Timestamp> {
        let zone = hash.get_str("timezone").and_then(Value::as_str);
        match hash.get_str("string") {
            Some(Value::Str(text)) => Timestamp::parse(text, hash.get_str("format"), zone, local),
            _ => Err(ValueError::new("no implicit conversion of nil into String")),
        }
    }
}

/// Seconds east of UTC as a format shows them, for a zone: whole minutes.
///
/// # Errors
/// Zones that nobody knows, and a day or more.
pub fn display_offset(zone: &str, local: Local<'_>) -> Result<i32> {
    let minutes = zone_offset(zone, local)?.div_euclid(60_000_000_000);
    i32::try_from(minutes * 60)
        .ok()
        .filter(|seconds| seconds.abs() < 86_400)
        .ok_or_else(|| ValueError::new("utc_offset out of range"))
}

/// Nanoseconds east of UTC.
fn zone_offset(zone: &str, local: Local<'_>) -> Result<i64> {
    if zone.eq_ignore_ascii_case("current") {
        return Ok(i64::from(local()) * super::NANOSECONDS_PER_SECOND);
    }
    zones::leading_zone(zone)
        .and_then(zones::offset)
        .ok_or_else(|| ValueError::new(format!("Illegal timezone '{zone}'")))
}

/// Nanoseconds since 1970 of fields as if they were UTC. Days and seconds that are one too many carry over.
fn utc(fields: &strptime::Fields) -> Result<i128> {
    let year = fields.year.ok_or_else(|| ValueError::new("no implicit conversion of nil into Integer"))?;
    let fraction = fields.fraction.unwrap_or(0);
    let part = |part: Option<i64>| i128::from(part.unwrap_or(0));
    let (hour, minute, second) = (part(fields.hour), part(fields.minute), part(fields.second));
    let out_of_range = match () {
        () if hour == 24 && minute > 0 => Some("min out of range"),
        () if hour == 24 && second > 0 => Some("sec out of range"),
        () if fraction < 0 || hour == 24 && fraction > 0 => Some("subsecx out of range"),
        () => None,
    };
    if let Some(text) = out_of_range {
        return Err(ValueError::new(text));
    }
    // Beyond what the calendar can count.
    if year.abs() > 1 << 40 {
        return Err(super::moment_out_of_range());
    }
    let first = days_from_civil(year, u32::try_from(fields.month.unwrap_or(1)).unwrap_or(1), 1);
    let days = i128::from(first) + i128::from(fields.day.unwrap_or(1)) - 1;
    let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
    Ok(seconds * i128::from(super::NANOSECONDS_PER_SECOND) + i128::from(fraction))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str, format: &str) -> Result<Timestamp> {
        Timestamp::parse(text, Some(&format.into()), None, &mut || 3600)
    }

    #[test]
    fn the_current_zone_is_that_of_the_place() {
        let local = read("1970-01-01 01:00 current", "%F %R %Z").unwrap();
        assert_eq!(local, Timestamp { seconds: 0, nanoseconds: 0 });
        assert_eq!(display_offset("current", &mut || -5400), Ok(-5400));
    }

    #[test]
    fn widths_have_a_limit() {
        let wide = Timestamp { seconds: 0, nanoseconds: 0 }.strftime("%99999d%99999z%99999N%_99999z", None);
        assert_eq!(wide.map(|text| text.len()), Ok(4 << 15));
    }

    proptest! {
        #[test]
        fn reading_and_writing_never_panic(text in "\\PC{0,12}|[-+:0-9 TZpm.]{0,24}", format in "(%[-_0^#:]{0,2}[0-9]{0,3}[A-Za-z%+]|\\PC){0,6}") {
            if let Ok(at) = read(&text, &format) {
                let _ = at.strftime(&format, Some(3600));
            }
            let _ = Timestamp { seconds: -1, nanoseconds: 5 }.strftime(&format, None);
        }

        #[test]
        fn what_is_written_is_read_back(seconds in -62_135_596_800_i64..253_402_300_800, nanoseconds in 0_u32..1_000_000_000) {
            let at = Timestamp { seconds, nanoseconds };
            for format in ["%FT%T.%N %Z", "%d %b %Y %I:%M:%S.%N %p %z"] {
                let text = at.strftime(format, None).unwrap();
                prop_assert_eq!(read(&text, format), Ok(at), "{}", text);
            }
            prop_assert_eq!(at.strftime("%FT%T.%N %Z", None).unwrap(), at.to_string());
        }
    }
}
