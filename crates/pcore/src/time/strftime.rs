//! Writing points in time, with the directives of Ruby's `Time#strftime`.
//!
//! A directive is `%`, flags (`-` no padding, `_` blanks, `0` zeros, `^` capitals, `#` other case, colons before `z`), a
//! width and a letter. What is no directive stays as it is.

use std::fmt::Write as _;

use super::{Timestamp, civil_from_days};
use crate::error::{Result, ValueError};

/// Nobody needs wider fields, they would cost memory, and numbers are not written wider than 65,535.
const WIDTH_MAX: usize = 1 << 15;

impl Timestamp {
    /// The time under a format, in UTC or so many seconds east of it.
    ///
    /// # Errors
    /// A format that ends within a directive.
    pub fn strftime(self, format: &str, offset: Option<i32>) -> Result<String> {
        let invalid = || ValueError::new(format!("invalid format: {format}"));
        let mut out = String::with_capacity(format.len() * 2);
        Civil::new(self, offset).write(&mut out, format).ok_or_else(invalid)?;
        Ok(out)
    }
}

/// A point in time in its parts.
struct Civil {
    year: i64,
    month: u32,
    day: u32,
    /// From 0.
    day_of_year: i64,
    /// Sunday is 0.
    weekday: i64,
    hour: i64,
    minute: i64,
    second: i64,
    nanosecond: u32,
    /// Seconds since 1970.
    epoch: i64,
    offset: Option<i32>,
}

#[derive(Clone, Copy, Default)]
struct Flags {
    left: bool,
    upper: bool,
    change: bool,
    lower: bool,
    padding: Option<char>,
    /// `None` is not given; 0 was given as such or by `-`.
    width: Option<usize>,
    colons: usize,
}

impl Flags {
    fn is_wide(self) -> bool {
        self.width.is_some_and(|width| width > 0)
    }
}

const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl Civil {
    fn new(at: Timestamp, offset: Option<i32>) -> Civil {
        let local = i128::from(at.seconds) + i128::from(offset.unwrap_or(0));
        let days = i64::try_from(local.div_euclid(86_400)).unwrap_or_default();
        let of_day = i64::try_from(local.rem_euclid(86_400)).unwrap_or_default();
        let (year, month, day) = civil_from_days(days);
        Civil {
            year,
            month,
            day,
            day_of_year: days - super::days_from_civil(year, 1, 1),
            weekday: (days + 4).rem_euclid(7),
            hour: of_day / 3600,
            minute: of_day / 60 % 60,
            second: of_day % 60,
            nanosecond: at.nanoseconds,
            epoch: at.seconds,
            offset,
        }
    }

    /// Appends what a format makes; `None` if the format ends within a directive.
    fn write(&self, out: &mut String, format: &str) -> Option<()> {
        let mut rest = format;
        while let Some((before, directive)) = rest.split_once('%') {
            out.push_str(before);
            rest = self.directive(out, directive)?;
        }
        out.push_str(rest);
        Some(())
    }

    /// Appends one directive, given from behind `%`; gives the rest of the format.
    fn directive<'f>(&self, out: &mut String, directive: &'f str) -> Option<&'f str> {
        let mut flags = Flags::default();
        let mut rest = directive;
        loop {
            let letter = rest.chars().next()?;
            let after = rest.get(letter.len_utf8()..).unwrap_or_default();
            let mut next = rest;
            match letter {
                '-' | '^' | '#' | '_' if flags.is_wide() => return Some(verbatim(out, directive, after)),
                '-' => {
                    flags.left = true;
                    (flags.padding, flags.width) = (None, Some(0));
                }
                '^' => flags.upper = true,
                '#' => flags.change = true,
                '_' => flags.padding = Some(' '),
                ':' => {
                    let colons = rest.bytes().take(4).take_while(|byte| *byte == b':').count();
                    if colons < 4 && rest.as_bytes().get(colons) != Some(&b'z') {
                        return Some(verbatim(out, directive, after));
                    }
                    flags.colons = colons;
                    next = rest.get(colons - 1..).unwrap_or(rest);
                }
                '0'..='9' => {
                    if letter == '0' {
                        flags.padding = Some('0');
                    }
                    let length = rest.bytes().take_while(u8::is_ascii_digit).count();
                    let width = rest.get(..length).and_then(|digits| digits.parse::<u32>().ok());
                    let Some(width) = width.filter(|width| *width <= i32::MAX as u32) else {
                        let after = rest.get(1..).unwrap_or_default();
                        return Some(verbatim(out, directive, after));
                    };
                    flags.width = Some((width as usize).min(WIDTH_MAX));
                    next = rest.get(length - 1..).unwrap_or(rest);
                }
                'E' | 'O' => {
                    let modified = if letter == 'E' { "cCxXyY" } else { "deHkIlmMSuUVwWy" };
                    if !after.chars().next().is_some_and(|letter| modified.contains(letter)) {
                        return Some(verbatim(out, directive, after));
                    }
                }
                letter => {
                    if self.field(out, letter, flags).is_none() {
                        return Some(verbatim(out, directive, after));
                    }
                    return Some(after);
                }
            }
            rest = next.get(1..).unwrap_or_default();
        }
    }

    /// Appends a field; `None` for a letter that is none.
    fn field(&self, out: &mut String, letter: char, flags: Flags) -> Option<()> {
        let hour_of_12 = match self.hour % 12 {
            0 => 12,
            hour => hour,
        };
        let year = |out: &mut String, year: i64| number(out, year, '0', if year < 0 { 5 } else { 4 }, flags);
        match letter {
            'a' => self.name(out, DAYS.get(self.weekday as usize)?.get(..3)?, flags),
            'A' => self.name(out, DAYS.get(self.weekday as usize)?, flags),
            'b' | 'h' => self.name(out, MONTHS.get(self.month as usize - 1)?.get(..3)?, flags),
            'B' => self.name(out, MONTHS.get(self.month as usize - 1)?, flags),
            'c' => self.nested(out, "%a %b %e %H:%M:%S %Y", flags),
            'C' => number(out, self.year.div_euclid(100), '0', 2, flags),
            'd' => number(out, self.day.into(), '0', 2, flags),
            'D' | 'x' => self.nested(out, "%m/%d/%y", flags),
            'e' => number(out, self.day.into(), ' ', 2, flags),
            'F' => self.nested(out, "%Y-%m-%d", flags),
            'G' => year(out, self.week().0),
            'g' => number(out, self.week().0.rem_euclid(100), '0', 2, flags),
            'H' => number(out, self.hour, '0', 2, flags),
            'I' => number(out, hour_of_12, '0', 2, flags),
            'j' => number(out, self.day_of_year + 1, '0', 3, flags),
            'k' => number(out, self.hour, ' ', 2, flags),
            'l' => number(out, hour_of_12, ' ', 2, flags),
            'L' => self.fraction(out, 3, flags),
            'm' => number(out, self.month.into(), '0', 2, flags),
            'M' => number(out, self.minute, '0', 2, flags),
            'n' => padded(out, "\n", flags),
            'N' => self.fraction(out, 9, flags),
            'p' | 'P' => {
                let small = if letter == 'p' { flags.change } else { !(flags.change || flags.upper) };
                let case =
                    if small { Flags { upper: false, change: false, lower: true, ..flags } } else { flags };
                padded(out, if self.hour < 12 { "AM" } else { "PM" }, case);
            }
            'r' => self.nested(out, "%I:%M:%S %p", flags),
            'R' => self.nested(out, "%H:%M", flags),
            's' => number(out, self.epoch, '0', 1, flags),
            'S' => number(out, self.second, '0', 2, flags),
            't' => padded(out, "\t", flags),
            'T' | 'X' => self.nested(out, "%H:%M:%S", flags),
            'u' => number(out, if self.weekday == 0 { 7 } else { self.weekday }, '0', 1, flags),
            'U' => number(out, (self.day_of_year + 7 - self.weekday) / 7, '0', 2, flags),
            'v' => self.nested(out, "%e-%^b-%4Y", flags),
            'V' => number(out, self.week().1, '0', 2, flags),
            'w' => number(out, self.weekday, '0', 1, flags),
            'W' => number(out, (self.day_of_year + 7 - self.monday_based()) / 7, '0', 2, flags),
            'y' => number(out, self.year.rem_euclid(100), '0', 2, flags),
            'Y' => year(out, self.year),
            'z' => self.zone_offset(out, flags)?,
            // A zone that was given by its offset has no name.
            'Z' if self.offset.is_some() => {}
            'Z' => {
                let case = if flags.change {
                    Flags { upper: false, change: false, lower: true, ..flags }
                } else {
                    flags
                };
                padded(out, "UTC", case);
            }
            '%' => padded(out, "%", flags),
            _ => return None,
        }
        Some(())
    }

    fn monday_based(&self) -> i64 {
        (self.weekday + 6) % 7
    }

    /// Year and number of the week by ISO 8601: a week belongs to the year of its Thursday.
    fn week(&self) -> (i64, i64) {
        let thursday = self.day_of_year - self.monday_based() + 3;
        let length = |year| super::days_from_civil(year + 1, 1, 1) - super::days_from_civil(year, 1, 1);
        if thursday < 0 {
            let year = self.year - 1;
            return (year, (thursday + length(year)) / 7 + 1);
        }
        match thursday - length(self.year) {
            beyond if beyond >= 0 => (self.year + 1, beyond / 7 + 1),
            _ => (self.year, thursday / 7 + 1),
        }
    }

    fn name(&self, out: &mut String, name: &str, flags: Flags) {
        let upper = flags.upper || flags.change;
        padded(out, name, Flags { upper, change: false, ..flags });
    }

    fn nested(&self, out: &mut String, format: &str, flags: Flags) {
        let mut inner = String::new();
        // The formats are ours and complete.
        let _ = self.write(&mut inner, format);
        let flags = Flags { padding: flags.padding.or(Some(' ')), left: false, ..flags };
        padded(out, &inner, flags);
    }

    fn fraction(&self, out: &mut String, digits: usize, flags: Flags) {
        let width = flags.width.filter(|width| *width > 0).unwrap_or(digits);
        let text = format!("{:09}", self.nanosecond);
        match text.get(..width) {
            Some(text) => out.push_str(text),
            None => {
                out.push_str(&text);
                out.extend(std::iter::repeat_n('0', width - text.len()));
            }
        }
    }

    /// `None` for too many colons.
    fn zone_offset(&self, out: &mut String, flags: Flags) -> Option<()> {
        let offset = i64::from(self.offset.unwrap_or(0));
        // Minus zero is an unknown place in RFC 3339, which `-` asks for.
        let negative = offset < 0 || self.offset.is_none() && flags.left;
        let offset = offset.abs();
        let (hours, minutes, seconds) = (offset / 3600, offset / 60 % 60, offset % 60);
        let behind = match flags.colons {
            0 => format!("{minutes:02}"),
            1 => format!(":{minutes:02}"),
            2 => format!(":{minutes:02}:{seconds:02}"),
            3 if minutes == 0 && seconds == 0 => String::new(),
            3 if seconds == 0 => format!(":{minutes:02}"),
            3 => format!(":{minutes:02}:{seconds:02}"),
            _ => return None,
        };
        let width = flags.width.unwrap_or(0).saturating_sub(behind.len() + 1).max(2);
        let sign = if negative { '-' } else { '+' };
        if flags.padding == Some(' ') {
            let signed = format!("{sign}{hours}");
            let _ = write!(out, "{signed:>width$}", width = width + 1);
        } else {
            let _ = write!(out, "{sign}{hours:0width$}");
        }
        out.push_str(&behind);
        Some(())
    }
}

fn number(out: &mut String, number: i64, padding: char, width: usize, flags: Flags) {
    let width = match flags.width {
        _ if flags.left => 1,
        Some(width) if width > 0 => width,
        _ => width,
    };
    // Writing to a String cannot fail.
    let _ = if flags.padding.unwrap_or(padding) == '0' {
        write!(out, "{number:0width$}")
    } else {
        write!(out, "{number:width$}")
    };
}

/// Text in the case that is wanted, with padding in front.
fn padded(out: &mut String, text: &str, flags: Flags) {
    if let Some(width) = flags.width.filter(|_| !flags.left) {
        let missing = width.saturating_sub(text.len());
        out.extend(std::iter::repeat_n(flags.padding.unwrap_or(' '), missing));
    }
    match (flags.upper, flags.lower) {
        (true, false) => out.push_str(&text.to_ascii_uppercase()),
        (false, true) => out.push_str(&text.to_ascii_lowercase()),
        _ => out.push_str(text),
    }
}

/// Appends what turned out to be no directive, up to what comes `after`, which is the result.
fn verbatim<'f>(out: &mut String, directive: &str, after: &'f str) -> &'f str {
    out.push('%');
    out.push_str(directive.get(..directive.len() - after.len()).unwrap_or(directive));
    after
}
