//! Points in time and durations.
//!
//! Both are whole numbers of nanoseconds. Text is read and written with two different format languages, as in Puppet:
//! timestamps with that of Ruby's `strftime` and `strptime`, timespans with Puppet's own.

mod span;
mod stamp;
mod strftime;
mod strptime;
mod zones;

pub use stamp::{Local, display_offset};

use std::cmp::Ordering;
use std::fmt;

use crate::error::ValueError;
use crate::number::compare_int_float;
use crate::{Hash, Value};

/// Nanoseconds in a second.
pub const NANOSECONDS_PER_SECOND: i64 = 1_000_000_000;

/// A point in time, UTC, to the nanosecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// Seconds since 1970-01-01T00:00:00Z.
    pub seconds: i64,
    /// Nanoseconds of the second, below 1,000,000,000.
    pub nanoseconds: u32,
}

impl Timestamp {
    /// A point this many nanoseconds after 1970-01-01T00:00:00Z; `None` beyond the range of 64-bit seconds.
    pub fn from_nanoseconds(nanoseconds: i128) -> Option<Timestamp> {
        let per_second = i128::from(NANOSECONDS_PER_SECOND);
        Some(Timestamp {
            seconds: i64::try_from(nanoseconds.div_euclid(per_second)).ok()?,
            nanoseconds: u32::try_from(nanoseconds.rem_euclid(per_second)).ok()?,
        })
    }

    /// Nanoseconds since 1970-01-01T00:00:00Z.
    pub fn nanoseconds(self) -> i128 {
        i128::from(self.seconds) * i128::from(NANOSECONDS_PER_SECOND) + i128::from(self.nanoseconds)
    }

    /// Seconds since 1970-01-01T00:00:00Z as a float.
    pub fn as_seconds_f64(self) -> f64 {
        self.nanoseconds() as f64 / NANOSECONDS_PER_SECOND as f64
    }
}

/// A duration in nanoseconds; about ±292 years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timespan {
    /// Nanoseconds.
    pub nanoseconds: i64,
}

impl Timespan {
    /// A duration of so many nanoseconds.
    ///
    /// # Errors
    /// More than can be represented.
    pub fn from_nanoseconds(nanoseconds: i128) -> Result<Timespan, ValueError> {
        i64::try_from(nanoseconds).map(|nanoseconds| Timespan { nanoseconds }).map_err(|_| out_of_range())
    }

    /// A duration from its fields, given by position (`days`, `hours`, `minutes`, `seconds`, `milliseconds`,
    /// `microseconds`, `nanoseconds`) or name. Those that are missing are 0.
    ///
    /// # Errors
    /// More than can be represented.
    pub fn from_fields<'a>(
        negative: bool,
        field: impl Fn(usize, &str) -> Option<&'a Value>,
    ) -> Result<Timespan, ValueError> {
        let units = [
            ("days", 24),
            ("hours", 60),
            ("minutes", 60),
            ("seconds", 1000),
            ("milliseconds", 1000),
            ("microseconds", 1000),
            ("nanoseconds", 1),
        ];
        let mut total: i128 = 0;
        for (index, (name, factor)) in units.into_iter().enumerate() {
            total += i128::from(field(index, name).and_then(Value::as_int).unwrap_or_default());
            total *= factor;
        }
        Timespan::from_nanoseconds(if negative { -total } else { total })
    }

    /// A duration from `{string => ..., format => ...}` or `{days => ..., negative => ...}`.
    ///
    /// # Errors
    /// Text that no format fits, and more than can be represented.
    pub fn from_hash(hash: &Hash) -> Result<Timespan, ValueError> {
        if let Some(Value::Str(text)) = hash.get_str("string") {
            return Timespan::parse(text, hash.get_str("format"));
        }
        let negative = hash.get_str("negative").is_some_and(Value::is_true);
        Timespan::from_fields(negative, |_, name| hash.get_str(name))
    }

    /// Seconds as a float.
    pub fn as_seconds_f64(self) -> f64 {
        self.nanoseconds as f64 / NANOSECONDS_PER_SECOND as f64
    }
}

/// `2020-01-01T00:00:00.000000000 UTC`
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = self.seconds.div_euclid(86_400);
        let second_of_day = self.seconds.rem_euclid(86_400);
        let (year, month, day) = civil_from_days(days);
        // Ruby pads a negative year to four digits behind its sign.
        if year < 0 {
            write!(f, "-{:04}", year.unsigned_abs())?;
        } else {
            write!(f, "{year:04}")?;
        }
        write!(
            f,
            "-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:09} UTC",
            second_of_day / 3600,
            second_of_day / 60 % 60,
            second_of_day % 60,
            self.nanoseconds
        )
    }
}

/// `1-02:03:04.5`. Puppet drops the zeros at the end of the fraction and does not pad its start, so that five
/// milliseconds read `0-00:00:00.5` as well.
impl fmt::Display for Timespan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.nanoseconds.unsigned_abs();
        let seconds = total / NANOSECONDS_PER_SECOND as u64;
        let mut fraction = total % NANOSECONDS_PER_SECOND as u64;
        while fraction != 0 && fraction.is_multiple_of(10) {
            fraction /= 10;
        }
        write!(
            f,
            "{}{}-{:02}:{:02}:{:02}.{fraction}",
            if self.nanoseconds < 0 { "-" } else { "" },
            seconds / 86_400,
            seconds / 3600 % 24,
            seconds / 60 % 60,
            seconds % 60
        )
    }
}

/// Compares two timespans, two timestamps, or one of them with a number of seconds; integers are compared with whole
/// seconds, rounded down. `None` for everything else.
pub fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Timespan(a), Value::Timespan(b)) => Some(a.cmp(b)),
        (Value::Timestamp(a), Value::Timestamp(b)) => Some(a.cmp(b)),
        (Value::Timespan(a), Value::Int(b)) => Some(a.nanoseconds.div_euclid(NANOSECONDS_PER_SECOND).cmp(b)),
        (Value::Timespan(a), Value::Float(b)) => a.as_seconds_f64().partial_cmp(b),
        (Value::Timestamp(a), Value::Int(b)) => Some(a.seconds.cmp(b)),
        (Value::Timestamp(a), Value::Float(b)) => a.as_seconds_f64().partial_cmp(b),
        (Value::Int(_) | Value::Float(_), Value::Timespan(_) | Value::Timestamp(_)) => {
            compare(b, a).map(Ordering::reverse)
        }
        (Value::Int(a), Value::Float(b)) => compare_int_float(*a, *b),
        _ => None,
    }
}

pub(crate) fn out_of_range() -> ValueError {
    ValueError::new("the timespan is out of range: at most 292 years can be represented")
}

pub(crate) fn moment_out_of_range() -> ValueError {
    ValueError::new("the timestamp is out of range")
}

/// The number of days since 1970-01-01 of a day of the proleptic Gregorian calendar.
pub(crate) fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let shifted_year = if month <= 2 { year - 1 } else { year };
    let era = shifted_year.div_euclid(400);
    let year_of_era = shifted_year.rem_euclid(400);
    let shifted_month = (i64::from(month) + 9) % 12;
    let day_of_year = (153 * shifted_month + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Year, month and day of the proleptic Gregorian calendar for a number of days since 1970-01-01.
pub(crate) fn civil_from_days(days: i64) -> (i64, u32, u32) {
    // Counted from 0000-03-01 in eras of 400 years, so that the leap day is the last of its year.
    let shifted = i128::from(days) + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i128::from(month <= 2);
    (year as i64, month as u32, day as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_print_in_utc() {
        let at = |seconds, nanoseconds| Timestamp { seconds, nanoseconds }.to_string();
        assert_eq!(at(0, 0), "1970-01-01T00:00:00.000000000 UTC");
        assert_eq!(at(1_582_934_400, 1), "2020-02-29T00:00:00.000000001 UTC");
        assert_eq!(at(-1, 999_999_999), "1969-12-31T23:59:59.999999999 UTC");
        assert_eq!(at(-62_167_219_201, 0), "-0001-12-31T23:59:59.000000000 UTC");
        assert_eq!(at(253_402_300_800, 0), "10000-01-01T00:00:00.000000000 UTC");
    }

    #[test]
    fn timespans_print_their_fraction_without_zeros() {
        let span = |nanoseconds| Timespan { nanoseconds }.to_string();
        assert_eq!(span(1_500_000_000), "0-00:00:01.5");
        assert_eq!(span(93_784_000_000_000), "1-02:03:04.0");
        assert_eq!(span(5_000_000), "0-00:00:00.5");
        assert_eq!(span(-1_000_000_001), "-0-00:00:01.1");
        assert_eq!(span(i64::MIN), "-106751-23:47:16.854775808");
    }

    #[test]
    fn nanoseconds_round_trip() {
        for nanoseconds in [0, -1, 1, 999_999_999, -1_000_000_000, 1 << 70] {
            assert_eq!(
                Timestamp::from_nanoseconds(nanoseconds).map(Timestamp::nanoseconds),
                Some(nanoseconds)
            );
        }
        assert_eq!(Timestamp::from_nanoseconds(i128::MAX), None);
    }
}
