//! Points in time: as queries write them, as answers show them, and as `to_string` formats them.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

/// Reads a time of a query: ISO 8601 in its usual shapes, with or without a zone (then UTC), a date alone, `yyyyMMdd`, RFC 822, a
/// year. Microseconds since 1970.
pub(crate) fn parse(text: &str) -> Option<i64> {
    if text.len() > 64 {
        return None;
    }
    let (instant, zone) = split_zone(text);
    let civil = civil(instant)?;
    let zoned = civil.to_zoned(TimeZone::fixed(zone?)).ok()?;
    Some(zoned.timestamp().as_microsecond())
}

/// The zone at the end; UTC if there is none, nothing if it is not valid.
fn split_zone(text: &str) -> (&str, Option<Offset>) {
    if let Some(rest) = text.strip_suffix('Z') {
        return (rest, Some(Offset::UTC));
    }
    let Some(at) =
        text.rfind(['+', '-']).filter(|at| text.get(..*at).is_some_and(|before| before.contains('T')))
    else {
        return (text, Some(Offset::UTC));
    };
    let digits: String = text.get(at + 1..).unwrap_or_default().chars().filter(|c| *c != ':').collect();
    let minutes = match digits.len() {
        4 => digits
            .get(..2)
            .zip(digits.get(2..))
            .and_then(|(h, m)| Some(h.parse::<i32>().ok()? * 60 + m.parse::<i32>().ok()?)),
        _ => None,
    };
    let sign = if text.as_bytes().get(at) == Some(&b'-') { -1 } else { 1 };
    (
        text.get(..at).unwrap_or_default(),
        minutes.and_then(|minutes| Offset::from_seconds(sign * minutes * 60).ok()),
    )
}

fn civil(text: &str) -> Option<DateTime> {
    if let Some((date, time)) = text.split_once('T').or_else(|| text.split_once(' ')) {
        return Some(date_of(date)?.to_datetime(time_of(time)?));
    }
    Some(date_of(text)?.to_datetime(Time::midnight()))
}

fn number(text: &str) -> Option<i32> {
    if text.is_empty() || text.len() > 9 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

fn date_of(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text.split('-').collect();
    let (year, month, day) = match parts.as_slice() {
        [packed] if packed.len() == 8 => (packed.get(..4)?, packed.get(4..6)?, packed.get(6..)?),
        [year] if year.len() == 4 => (*year, "1", "1"),
        [year, month] if year.len() == 4 => (*year, *month, "1"),
        [year, month, day] if year.len() == 4 => (*year, *month, *day),
        _ => return None,
    };
    let small = |text| number(text).and_then(|n| i8::try_from(n).ok());
    Date::new(i16::try_from(number(year)?).ok()?, small(month)?, small(day)?).ok()
}

fn time_of(text: &str) -> Option<Time> {
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let parts: Vec<&str> = whole.split(':').collect();
    let (hour, minute, second) = match parts.as_slice() {
        [packed] if packed.len() == 6 => (packed.get(..2)?, packed.get(2..4)?, packed.get(4..)?),
        [hour] if hour.len() <= 2 => (*hour, "0", "0"),
        [hour, minute] => (*hour, *minute, "0"),
        [hour, minute, second] => (*hour, *minute, *second),
        _ => return None,
    };
    let nanoseconds = if fraction.is_empty() {
        0
    } else {
        let digits = fraction.get(..fraction.len().min(9))?;
        number(digits)? * 10i32.pow(9 - digits.len() as u32)
    };
    let small = |text| number(text).and_then(|n| i8::try_from(n).ok());
    Time::new(small(hour)?, small(minute)?, small(second)?, nanoseconds).ok()
}

/// `2024-01-31T12:00:00.000Z`
pub(crate) fn iso(microseconds: i64) -> String {
    let mut out = Vec::with_capacity(24);
    write_iso(microseconds, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

/// The same behind other text, digit by digit: an answer can have hundreds of thousands of these.
pub(crate) fn write_iso(microseconds: i64, out: &mut Vec<u8>) {
    let Ok(time) = Timestamp::from_microsecond(microseconds) else { return };
    let at = Offset::UTC.to_datetime(time);
    let (year, milliseconds) = (at.year(), at.subsec_nanosecond() / 1_000_000);
    let mut digits = |number: i32, places: u32, behind: u8| {
        for place in (0..places).rev() {
            out.push(b'0' + (number.unsigned_abs() / 10u32.pow(place) % 10) as u8);
        }
        out.push(behind);
    };
    digits(year.into(), 4, b'-');
    digits(at.month().into(), 2, b'-');
    digits(at.day().into(), 2, b'T');
    digits(at.hour().into(), 2, b':');
    digits(at.minute().into(), 2, b':');
    digits(at.second().into(), 2, b'.');
    digits(milliseconds, 3, b'Z');
}

/// `2024-01-31T12:00:00.5+00:00`: PostgreSQL's JSON of a time, with no more digits than there are.
pub(crate) fn with_offset(microseconds: i64) -> String {
    let Ok(time) = Timestamp::from_microsecond(microseconds) else { return String::new() };
    let at = Offset::UTC.to_datetime(time);
    let fraction = format!(".{:06}", at.subsec_nanosecond() / 1_000);
    let fraction = fraction.trim_end_matches('0').trim_end_matches('.');
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{fraction}+00:00",
        at.year(),
        at.month(),
        at.day(),
        at.hour(),
        at.minute(),
        at.second()
    )
}

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
const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// Formats a time in UTC with a mask of PostgreSQL's `to_char`. Longest templates stand before those that they begin with.
pub(crate) fn to_char(microseconds: i64, mask: &str) -> Option<String> {
    const TEMPLATES: &[&str] = &[
        "HH24", "HH12", "HH", "SSSSS", "SSSS", "MI", "MONTH", "Month", "month", "MON", "Mon", "mon", "MM",
        "MS", "US", "SS", "YYYY", "YYY", "Y,YYY", "YY", "Y", "IYYY", "IYY", "IY", "IW", "IDDD", "ID", "I",
        "DDD", "DD", "DAY", "Day", "day", "DY", "Dy", "dy", "D", "WW", "W", "CC", "J", "Q", "A.M.", "P.M.",
        "a.m.", "p.m.", "AM", "PM", "am", "pm", "B.C.", "A.D.", "BC", "AD", "b.c.", "a.d.", "bc", "ad",
        "TZH", "TZM", "TZ", "tz", "OF", "RM", "rm",
    ];
    let at = Timestamp::from_microsecond(microseconds).ok()?.to_zoned(TimeZone::UTC);
    let mut out = String::new();
    let mut rest = mask;
    let mut fill = true;
    while let Some(first) = rest.chars().next() {
        if let Some(inner) = rest.strip_prefix('"') {
            let end = inner.find('"').unwrap_or(inner.len());
            out.push_str(inner.get(..end).unwrap_or_default());
            rest = inner.get(end + 1..).unwrap_or_default();
            continue;
        }
        if rest.starts_with("FM") || rest.starts_with("fm") {
            fill = false;
            rest = rest.get(2..).unwrap_or_default();
            continue;
        }
        // Numbers are taken in lower case, too; names say by their case how they are written.
        let upper = rest.get(..rest.len().min(8)).map(str::to_ascii_uppercase).unwrap_or_default();
        let template = TEMPLATES.iter().find(|name| rest.starts_with(**name)).or_else(|| {
            TEMPLATES
                .iter()
                .find(|name| upper.starts_with(**name) && name.bytes().all(|byte| !byte.is_ascii_lowercase()))
        });
        let Some(template) = template else {
            out.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            continue;
        };
        rest = rest.get(template.len()..).unwrap_or_default();
        let (piece, numeric) = expand(&at, template, fill);
        out.push_str(&piece);
        if numeric && (rest.starts_with("TH") || rest.starts_with("th")) {
            let suffix = ordinal(&piece);
            out.push_str(&if rest.starts_with("TH") { suffix.to_uppercase() } else { suffix.to_owned() });
            rest = rest.get(2..).unwrap_or_default();
        }
        fill = true;
    }
    Some(out)
}

fn ordinal(number: &str) -> &'static str {
    let teen = number.len() > 1 && number.as_bytes().get(number.len() - 2) == Some(&b'1');
    match number.as_bytes().last() {
        Some(b'1') if !teen => "st",
        Some(b'2') if !teen => "nd",
        Some(b'3') if !teen => "rd",
        _ => "th",
    }
}

fn expand(at: &Zoned, template: &str, fill: bool) -> (String, bool) {
    let number =
        |value: i64, width: usize| (if fill { format!("{value:0width$}") } else { value.to_string() }, true);
    let name = |name: &str, width: usize, template: &str| {
        let cased = if template.chars().all(|c| c.is_ascii_uppercase()) {
            name.to_uppercase()
        } else if template.chars().all(|c| c.is_ascii_lowercase()) {
            name.to_lowercase()
        } else {
            name.to_owned()
        };
        (if fill { format!("{cased:<width$}") } else { cased }, false)
    };
    let year = i64::from(at.year());
    let week = at.date().iso_week_date();
    let iso_year = i64::from(week.year());
    let hour = i64::from(at.hour());
    let half = if (hour + 11) % 12 + 1 == 0 { 12 } else { (hour + 11) % 12 + 1 };
    let month = usize::from(at.month().unsigned_abs()).saturating_sub(1);
    let day = usize::from(at.weekday().to_sunday_zero_offset().unsigned_abs());
    let (month_name, day_name) =
        (MONTHS.get(month).copied().unwrap_or(""), DAYS.get(day).copied().unwrap_or(""));
    let short = |name: &'static str| name.get(..3).unwrap_or(name);
    let seconds = hour * 3600 + i64::from(at.minute()) * 60 + i64::from(at.second());
    let text = |text: &str| (text.to_owned(), false);
    match template {
        "HH24" => number(hour, 2),
        "HH12" | "HH" => number(half, 2),
        "MI" => number(at.minute().into(), 2),
        "SS" => number(at.second().into(), 2),
        "MS" => number(i64::from(at.subsec_nanosecond()) / 1_000_000, 3),
        "US" => number(i64::from(at.subsec_nanosecond()) / 1_000, 6),
        "SSSS" | "SSSSS" => (seconds.to_string(), true),
        "YYYY" => number(year, 4),
        "YYY" => number(year % 1000, 3),
        "YY" => number(year % 100, 2),
        "Y" => number(year % 10, 1),
        "Y,YYY" => (format!("{},{:03}", year / 1000, year % 1000), true),
        "IYYY" => number(iso_year, 4),
        "IYY" => number(iso_year % 1000, 3),
        "IY" => number(iso_year % 100, 2),
        "I" => number(iso_year % 10, 1),
        "IW" => number(week.week().into(), 2),
        "ID" => number(week.weekday().to_monday_one_offset().into(), 1),
        "IDDD" => {
            number((i64::from(week.week()) - 1) * 7 + i64::from(week.weekday().to_monday_one_offset()), 3)
        }
        "MONTH" | "Month" | "month" => name(month_name, 9, template),
        "MON" | "Mon" | "mon" => name(short(month_name), 3, template),
        "MM" => number(at.month().into(), 2),
        "DDD" => number(at.day_of_year().into(), 3),
        "DD" => number(at.day().into(), 2),
        "DAY" | "Day" | "day" => name(day_name, 9, template),
        "DY" | "Dy" | "dy" => name(short(day_name), 3, template),
        "D" => number(day as i64 + 1, 1),
        "WW" => number((i64::from(at.day_of_year()) - 1) / 7 + 1, 2),
        "W" => number((i64::from(at.day()) - 1) / 7 + 1, 1),
        "CC" => number((year + 99) / 100, 2),
        "J" => {
            let since = at
                .date()
                .since(jiff::civil::date(1970, 1, 1))
                .map(|span| i64::from(span.get_days()))
                .unwrap_or(0);
            ((2_440_588 + since).to_string(), true)
        }
        "Q" => (((month / 3) + 1).to_string(), true),
        "AM" | "PM" => text(if hour < 12 { "AM" } else { "PM" }),
        "am" | "pm" => text(if hour < 12 { "am" } else { "pm" }),
        "A.M." | "P.M." => text(if hour < 12 { "A.M." } else { "P.M." }),
        "a.m." | "p.m." => text(if hour < 12 { "a.m." } else { "p.m." }),
        "BC" | "AD" => text("AD"),
        "bc" | "ad" => text("ad"),
        "B.C." | "A.D." => text("A.D."),
        "b.c." | "a.d." => text("a.d."),
        "TZ" => text("UTC"),
        "tz" => text("utc"),
        "TZH" => text("+00"),
        "TZM" => text("00"),
        "OF" => text("+00"),
        "RM" | "rm" => {
            let roman = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"];
            name(roman.get(month).copied().unwrap_or(""), 4, template)
        }
        other => text(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_shown() {
        let shown = |text: &str| parse(text).map(iso);
        assert_eq!(shown("2024-02-29T12:30:45.123Z").as_deref(), Some("2024-02-29T12:30:45.123Z"));
        assert_eq!(shown("2024-02-29T12:30:45+02:00").as_deref(), Some("2024-02-29T10:30:45.000Z"));
        assert_eq!(shown("2024-02-29T12:30:45.5-0130").as_deref(), Some("2024-02-29T14:00:45.500Z"));
        assert_eq!(shown("2024-02-29").as_deref(), Some("2024-02-29T00:00:00.000Z"));
        assert_eq!(shown("20240229").as_deref(), Some("2024-02-29T00:00:00.000Z"));
        assert_eq!(shown("2024-02-29 01:02:03").as_deref(), Some("2024-02-29T01:02:03.000Z"));
        assert_eq!(shown("2024").as_deref(), Some("2024-01-01T00:00:00.000Z"));
        for milliseconds in
            [0, 1, 999, 951_782_399_999, 1_714_953_600_123, 253_402_207_199_999, -1, -62_135_596_800_000]
        {
            let text = iso(milliseconds * 1_000);
            assert_eq!((parse(&text), text.len()), (Some(milliseconds * 1_000), 24), "{text}");
        }
        for wrong in
            ["", "yesterday", "2024-13-01", "2024-02-30", "2024-02-29T25:00:00Z", "2024-02-29T12:00:00+xx"]
        {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn times_in_json_are_postgresqls() {
        assert_eq!(with_offset(parse("2024-02-09T15:04:05.600Z").unwrap()), "2024-02-09T15:04:05.6+00:00");
        assert_eq!(with_offset(parse("2024-02-09T15:04:00Z").unwrap()), "2024-02-09T15:04:00+00:00");
    }

    #[test]
    fn masks_are_postgresqls() {
        let at = parse("2024-02-09T15:04:05.678Z").unwrap();
        let shown = |mask: &str| to_char(at, mask).unwrap();
        assert_eq!(shown("YYYY-MM-DD\"T\"HH24:MI:SS.MS"), "2024-02-09T15:04:05.678");
        assert_eq!(shown("MON Mon mon"), "FEB Feb feb");
        assert_eq!(shown("Month|FMMonth|DAY|"), "February |February|FRIDAY   |");
        assert_eq!(shown("FMDDth HH12 am Q WW D J"), "9th 03 pm 1 06 6 2460350");
    }
}
