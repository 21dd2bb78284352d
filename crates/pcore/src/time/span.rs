//! The format language of timespans: `%D-%H:%M:%S.%N`.
//!
//! A directive is `%`, perhaps `-` (no padding), `_` (blanks) or `0`, perhaps a width, and one of `D`, `H`, `M`, `S`, `L`
//! (milliseconds), `N` (fraction of a second). The directive of the greatest unit in a format takes in everything above
//! it: `%H:%M` shows 26 hours where `%D %H:%M` shows a day and 2 hours.

use std::fmt::Write as _;
use std::sync::LazyLock;

use super::{NANOSECONDS_PER_SECOND, Timespan};
use crate::Value;
use crate::error::{Result, ValueError};

/// The formats that text is read with when none is given.
const DEFAULTS: [&str; 8] =
    ["%D-%H:%M:%S.%-N", "%H:%M:%S.%-N", "%M:%S.%-N", "%S.%-N", "%D-%H:%M:%S", "%H:%M:%S", "%D-%H:%M", "%S"];

static PARSED_DEFAULTS: LazyLock<Vec<SpanFormat>> =
    LazyLock::new(|| DEFAULTS.iter().filter_map(|text| SpanFormat::parse(text).ok()).collect());

/// Widths beyond this would only cost memory.
const WIDTH_MAX: usize = 1000;

impl Timespan {
    /// Reads text with a format, with the first of several that fits, or with the default ones.
    ///
    /// # Errors
    /// Text that no format fits, and formats that are none.
    pub fn parse(text: &str, formats: Option<&Value>) -> Result<Timespan> {
        let all = |formats: &mut dyn Iterator<Item = Result<SpanFormat>>, shown: &[&str]| {
            for format in formats {
                if let Ok(span) = format?.read(text) {
                    return Ok(span);
                }
            }
            Err(ValueError::new(format!(
                "Unable to parse '{text}' using any of the formats {}",
                shown.join(", ")
            )))
        };
        match formats {
            Some(Value::Str(format)) => SpanFormat::parse(format)?.read(text),
            Some(Value::Array(formats)) => {
                let shown: Vec<&str> = formats.iter().filter_map(Value::as_str).collect();
                all(&mut shown.iter().map(|format| SpanFormat::parse(format)), &shown)
            }
            _ => all(&mut PARSED_DEFAULTS.iter().cloned().map(Ok), &DEFAULTS),
        }
    }

    /// The timespan under a format.
    ///
    /// # Errors
    /// A format that is none.
    pub fn format(self, format: &str) -> Result<String> {
        Ok(SpanFormat::parse(format)?.write(self))
    }
}

/// A format, read once.
#[derive(Clone, Debug)]
struct SpanFormat {
    text: String,
    segments: Vec<Segment>,
}

#[derive(Clone, Debug)]
enum Segment {
    Literal(String),
    Value { unit: Unit, padding: Padding, width: Option<usize>, total: bool },
}

/// Units from small to great.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Unit {
    Nanosecond,
    Millisecond,
    Second,
    Minute,
    Hour,
    Day,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Padding {
    None,
    Blank,
    Zero,
}

impl Unit {
    fn nanoseconds(self) -> i128 {
        let second = i128::from(NANOSECONDS_PER_SECOND);
        match self {
            Unit::Nanosecond => 1,
            Unit::Millisecond => 1_000_000,
            Unit::Second => second,
            Unit::Minute => 60 * second,
            Unit::Hour => 3600 * second,
            Unit::Day => 86_400 * second,
        }
    }

    /// How many of the unit make one of the next.
    fn limit(self) -> i128 {
        match self {
            Unit::Nanosecond => i128::from(NANOSECONDS_PER_SECOND),
            Unit::Millisecond => 1000,
            Unit::Second | Unit::Minute => 60,
            Unit::Hour => 24,
            Unit::Day => i128::MAX,
        }
    }

    fn default_width(self) -> usize {
        match self {
            Unit::Nanosecond => 9,
            Unit::Millisecond => 3,
            Unit::Second | Unit::Minute | Unit::Hour => 2,
            Unit::Day => 1,
        }
    }

    /// Fractions are read and written from the left.
    fn is_fraction(self) -> bool {
        self <= Unit::Millisecond
    }
}

impl SpanFormat {
    fn parse(text: &str) -> Result<SpanFormat> {
        let mut segments: Vec<Segment> = Vec::new();
        let push_literal = |segments: &mut Vec<Segment>, c: char| match segments.last_mut() {
            Some(Segment::Literal(literal)) => literal.push(c),
            _ => segments.push(Segment::Literal(c.into())),
        };
        let chars: Vec<char> = text.chars().collect();
        let bad = |start: usize, position: usize| {
            let expression: String = chars.get(start..position).unwrap_or_default().iter().collect();
            ValueError::new(format!(
                "Bad format specifier '{expression}' in '{text}', at position {position}"
            ))
        };
        // Where the directive that is being read starts, and whether it may still have padding.
        let mut open: Option<(usize, bool)> = None;
        let (mut padding, mut width) = (Padding::Zero, None);
        for (position, &c) in chars.iter().enumerate() {
            let Some((start, may_pad)) = open else {
                if c == '%' {
                    open = Some((position, true));
                    (padding, width) = (Padding::Zero, None);
                } else {
                    push_literal(&mut segments, c);
                }
                continue;
            };
            let unit = match c {
                '%' => {
                    push_literal(&mut segments, c);
                    open = None;
                    continue;
                }
                '-' | '_' if may_pad => {
                    padding = if c == '-' { Padding::None } else { Padding::Blank };
                    open = Some((start, false));
                    continue;
                }
                '0'..='9' => {
                    let digit = c.to_digit(10).unwrap_or_default() as usize;
                    if !(may_pad && digit == 0) {
                        width = Some((width.unwrap_or(0) * 10 + digit).min(WIDTH_MAX));
                    }
                    open = Some((start, false));
                    continue;
                }
                'D' => Unit::Day,
                'H' => Unit::Hour,
                'M' => Unit::Minute,
                'S' => Unit::Second,
                'L' => Unit::Millisecond,
                'N' => Unit::Nanosecond,
                _ => return Err(bad(start, position)),
            };
            segments.push(Segment::Value { unit, padding, width, total: false });
            open = None;
        }
        if let Some((start, _)) = open {
            return Err(bad(start, chars.len().saturating_sub(1)));
        }
        let unit_of = |segment: &Segment| match segment {
            Segment::Value { unit, .. } => Some(*unit),
            Segment::Literal(_) => None,
        };
        let greatest = segments.iter().filter_map(unit_of).max();
        for segment in &mut segments {
            if let Segment::Value { unit, total, .. } = segment
                && Some(*unit) == greatest
            {
                *total = true;
                break;
            }
        }
        Ok(SpanFormat { text: text.to_owned(), segments })
    }

    fn write(&self, span: Timespan) -> String {
        let mut out = String::new();
        if span.nanoseconds < 0 {
            out.push('-');
        }
        let all = i128::from(span.nanoseconds.unsigned_abs());
        for segment in &self.segments {
            match segment {
                Segment::Literal(literal) => out.push_str(literal),
                Segment::Value { unit, padding, width, total } => {
                    let shown = width.unwrap_or(unit.default_width());
                    let mut number = all / unit.nanoseconds();
                    if *unit == Unit::Nanosecond && shown < 9 {
                        let dropped = power_of_ten(9 - shown);
                        number /= dropped;
                        if !total {
                            number %= power_of_ten(shown);
                        }
                    } else if !total {
                        number %= unit.limit();
                    }
                    write_number(&mut out, number, *unit, *padding, shown, *total);
                }
            }
        }
        out
    }

    fn read(&self, text: &str) -> Result<Timespan> {
        let refuse = || ValueError::new(format!("Unable to parse '{text}' using format '{}'", self.text));
        let pattern =
            regex::RegexBuilder::new(&self.pattern()).size_limit(1 << 22).build().map_err(|_| refuse())?;
        let groups = pattern.captures(text).ok_or_else(refuse)?;
        let mut nanoseconds: i128 = 0;
        let groups = self.segments.iter().zip(groups.iter().skip(1));
        for (segment, group) in groups {
            let Segment::Value { unit, total, .. } = segment else { continue };
            let digits = group.map_or("", |group| group.as_str()).trim_start();
            if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(refuse());
            }
            let number: i128 = digits.parse().map_err(|_| super::out_of_range())?;
            let factor = match unit {
                _ if unit.is_fraction() && *total => {
                    return Err(ValueError::new(
                        "Format specifiers %L and %N denotes fractions and must be used together with a specifier of higher magnitude",
                    ));
                }
                _ if unit.is_fraction() => power_of_ten(9_usize.saturating_sub(digits.len())),
                unit => unit.nanoseconds(),
            };
            nanoseconds = number
                .checked_mul(factor)
                .and_then(|number| nanoseconds.checked_add(number))
                .ok_or_else(super::out_of_range)?;
        }
        let signed = if text.starts_with('-') { -nanoseconds } else { nanoseconds };
        Timespan::from_nanoseconds(signed)
    }

    /// The regular expression of texts in this format: one group for each segment.
    fn pattern(&self) -> String {
        const BLANK: &str = r" \t\r\n\x0b\x0c";
        let mut pattern = String::from(r"\A-?");
        for segment in &self.segments {
            // Writing to a String cannot fail.
            let _ = match segment {
                Segment::Literal(literal) => write!(pattern, "({})", regex::escape(literal)),
                Segment::Value { unit, padding, width, total } => match (padding, width, total) {
                    (Padding::None, Some(width), _) => write!(pattern, "([0-9]{{1,{width}}})"),
                    (Padding::Zero, Some(width), _) => write!(pattern, "([0-9]{{{width}}})"),
                    (Padding::Blank, Some(width), _) => write!(pattern, "([0-9{BLANK}]{{{width}}})"),
                    (Padding::Blank, None, true) => write!(pattern, "[{BLANK}]*([0-9]+)"),
                    (Padding::Blank, None, false) => {
                        write!(pattern, "([0-9{BLANK}]{{1,{}}})", unit.default_width())
                    }
                    (_, None, true) => write!(pattern, "([0-9]+)"),
                    (_, None, false) => write!(pattern, "([0-9]{{1,{}}})", unit.default_width()),
                },
            };
        }
        pattern.push_str(r"\z");
        pattern
    }
}

fn write_number(out: &mut String, number: i128, unit: Unit, padding: Padding, width: usize, total: bool) {
    let mut digits = number.to_string();
    let fraction = unit.is_fraction();
    if fraction && !total && padding != Padding::Zero {
        // Zeros at the end of a fraction say nothing.
        while digits.len() > 1 && digits.ends_with('0') {
            digits.pop();
        }
    }
    let missing = width.saturating_sub(digits.len());
    let fill = |out: &mut String, c: char| out.extend(std::iter::repeat_n(c, missing));
    match padding {
        Padding::None => out.push_str(&digits),
        _ if fraction => {
            out.push_str(&digits);
            fill(out, ' ');
        }
        Padding::Blank => {
            fill(out, ' ');
            out.push_str(&digits);
        }
        Padding::Zero => {
            fill(out, '0');
            out.push_str(&digits);
        }
    }
}

fn power_of_ten(exponent: usize) -> i128 {
    10_i128.pow(u32::try_from(exponent).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn reading_and_writing_never_panic(text in "\\PC{0,8}|-?[0-9: .-]{0,20}", format in "(%[-_0]?[0-9]{0,4}[DHMSLN%]|\\PC){0,6}") {
            let _ = Timespan::parse(&text, Some(&format.as_str().into()));
            let _ = Timespan { nanoseconds: i64::MIN }.format(&format);
        }

        #[test]
        fn what_is_written_is_read_back(nanoseconds in any::<i64>()) {
            let span = Timespan { nanoseconds };
            let format = "%D-%H:%M:%S.%9N";
            // A fraction is written from the left, so that only one of nine digits is the same.
            let text = span.format(format).unwrap();
            if nanoseconds.unsigned_abs() % 1_000_000_000 >= 100_000_000 {
                prop_assert_eq!(Timespan::parse(&text, Some(&format.into())), Ok(span), "{}", text);
            }
            prop_assert_eq!(span.format("%D-%H:%M:%S.%-N").unwrap(), span.to_string());
        }
    }
}
