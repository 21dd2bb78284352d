//! Reading points in time, with the directives of Ruby's `DateTime.strptime`.
//!
//! What is read of a text are fields; those that say the time of day and the date are put together afterwards. Week
//! numbers, days of the year and seconds since 1970 are read and not used, as in Puppet.

use super::zones;

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub(super) year: Option<i64>,
    pub(super) month: Option<i64>,
    pub(super) day: Option<i64>,
    pub(super) hour: Option<i64>,
    pub(super) minute: Option<i64>,
    pub(super) second: Option<i64>,
    /// Nanoseconds.
    pub(super) fraction: Option<i64>,
    /// The zone as it was written.
    pub(super) zone: Option<String>,
    century: Option<i64>,
    afternoon: Option<bool>,
}

/// Reads the whole text.
pub(super) fn parse(text: &str, format: &str) -> Option<Fields> {
    let mut reader = Reader { text, at: 0, fields: Fields::default() };
    reader.run(format)?;
    // A lone `%` at the end stands for whatever is there, be it nothing.
    if reader.at < text.len() {
        return None;
    }
    let mut fields = reader.fields;
    if let (Some(year), Some(century)) = (fields.year, fields.century) {
        fields.year = Some(year.checked_add(century.checked_mul(100)?)?);
    }
    if let (Some(hour), Some(afternoon)) = (fields.hour, fields.afternoon) {
        fields.hour = Some(hour % 12 + if afternoon { 12 } else { 0 });
    }
    Some(fields)
}

struct Reader<'t> {
    text: &'t str,
    /// Byte offset.
    at: usize,
    fields: Fields,
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

impl Reader<'_> {
    fn run(&mut self, format: &str) -> Option<()> {
        let format = format.as_bytes();
        let mut place = 0;
        while let Some(&byte) = format.get(place) {
            place += 1;
            match byte {
                b'%' => place = self.directive(format, place)?,
                b' ' | b'\t'..=b'\r' => {
                    while matches!(self.peek(), Some(b' ' | b'\t'..=b'\r')) {
                        self.at += 1;
                    }
                }
                byte => self.literal(byte)?,
            }
        }
        Some(())
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn literal(&mut self, byte: u8) -> Option<()> {
        (self.peek() == Some(byte)).then(|| self.at += 1)
    }

    /// One directive, of which `%` was read; gives the place behind it.
    fn directive(&mut self, format: &[u8], mut place: usize) -> Option<usize> {
        let next = |place: usize| format.get(place).copied();
        match next(place) {
            Some(b'E') if next(place + 1).is_some_and(|letter| b"cCxXyY".contains(&letter)) => place += 1,
            Some(b'O') if next(place + 1).is_some_and(|letter| b"deHImMSuUVwWy".contains(&letter)) => {
                place += 1;
            }
            // Not a modifier: the percent sign stands for itself, and the letter is read next.
            Some(b'E' | b'O') => {
                self.literal(b'%')?;
                return Some(place);
            }
            Some(b':') => {
                let colons = format.get(place..)?.iter().take_while(|byte| **byte == b':').count();
                if colons > 3 || next(place + colons) != Some(b'z') {
                    return None;
                }
                place += colons;
            }
            _ => {}
        }
        let Some(letter) = next(place) else {
            self.literal(b'%')?;
            return Some(place);
        };
        place += 1;
        let followed = is_number(format.get(place..).unwrap_or_default());
        match letter {
            b'A' | b'a' => {
                self.name(&DAYS)?;
            }
            b'B' | b'b' | b'h' => self.fields.month = Some(self.name(&MONTHS)? + 1),
            b'C' => self.fields.century = Some(self.number(if followed { 2 } else { usize::MAX })?),
            b'c' => self.run("%a %b %e %H:%M:%S %Y")?,
            b'D' | b'x' => self.run("%m/%d/%y")?,
            b'd' | b'e' => self.fields.day = Some(self.padded(1, 31)?),
            b'F' => self.run("%Y-%m-%d")?,
            b'G' => {
                self.number(if followed { 4 } else { usize::MAX })?;
            }
            b'g' => {
                self.number(2)?;
            }
            b'H' | b'k' => self.fields.hour = Some(self.padded(0, 24)?),
            b'I' | b'l' => self.fields.hour = Some(self.padded(1, 12)?),
            b'j' => {
                self.within(3, 1, 366)?;
            }
            b'L' | b'N' => self.fraction(match (followed, letter) {
                (true, b'L') => 3,
                (true, _) => 9,
                _ => usize::MAX,
            })?,
            b'M' => self.fields.minute = Some(self.within(2, 0, 59)?),
            b'm' => self.fields.month = Some(self.within(2, 1, 12)?),
            b'n' | b't' => self.run(" ")?,
            b'P' | b'p' => self.meridian()?,
            b'Q' | b's' => {
                if self.peek() == Some(b'-') {
                    self.at += 1;
                }
                self.digits(usize::MAX)?;
            }
            b'R' => self.run("%H:%M")?,
            b'r' => self.run("%I:%M:%S %p")?,
            b'S' => self.fields.second = Some(self.within(2, 0, 60)?),
            b'T' | b'X' => self.run("%H:%M:%S")?,
            b'U' | b'W' => {
                self.within(2, 0, 53)?;
            }
            b'u' => {
                self.within(1, 1, 7)?;
            }
            b'V' => {
                self.within(2, 1, 53)?;
            }
            b'v' => self.run("%e-%b-%Y")?,
            b'w' => {
                self.within(1, 0, 6)?;
            }
            b'Y' => {
                let negative = self.sign();
                let year = self.number(if followed { 4 } else { usize::MAX })?;
                self.fields.year = Some(if negative { -year } else { year });
            }
            b'y' => {
                let year = self.within(2, 0, 99)?;
                self.fields.year = Some(year);
                self.fields.century.get_or_insert(if year >= 69 { 19 } else { 20 });
            }
            b'Z' | b'z' => {
                let zone = zones::leading_zone(self.text.get(self.at..)?)?.to_owned();
                self.at += zone.len();
                self.fields.zone = Some(zone);
            }
            b'%' => self.literal(b'%')?,
            b'+' => self.run("%a %b %e %H:%M:%S %Z %Y")?,
            letter => {
                self.literal(b'%')?;
                self.literal(letter)?;
            }
        }
        Some(place)
    }

    /// A name in full or its first three letters, in any case; gives its place in the list.
    fn name(&mut self, names: &[&str]) -> Option<i64> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let starts = |name: &str| {
            rest.get(..name.len()).is_some_and(|text| text.eq_ignore_ascii_case(name.as_bytes()))
        };
        let full = names.iter().position(|name| starts(name));
        let short = || names.iter().position(|name| starts(name.get(..3).unwrap_or(name)));
        let (index, length) = match full {
            Some(index) => (index, names.get(index)?.len()),
            None => (short()?, 3),
        };
        self.at += length;
        i64::try_from(index).ok()
    }

    fn digits(&mut self, width_max: usize) -> Option<&str> {
        let rest = self.text.get(self.at..)?;
        let length = rest.bytes().take(width_max).take_while(u8::is_ascii_digit).count();
        self.at += length;
        rest.get(..length).filter(|digits| !digits.is_empty())
    }

    fn number(&mut self, width_max: usize) -> Option<i64> {
        self.digits(width_max)?.parse().ok()
    }

    fn within(&mut self, width_max: usize, least: i64, greatest: i64) -> Option<i64> {
        self.number(width_max).filter(|number| (least..=greatest).contains(number))
    }

    /// Two digits, or a blank and one.
    fn padded(&mut self, least: i64, greatest: i64) -> Option<i64> {
        let width = if self.literal(b' ').is_some() { 1 } else { 2 };
        self.within(width, least, greatest)
    }

    /// Reads a sign; true for minus.
    fn sign(&mut self) -> bool {
        let sign = self.peek();
        if matches!(sign, Some(b'-' | b'+')) {
            self.at += 1;
        }
        sign == Some(b'-')
    }

    fn fraction(&mut self, width_max: usize) -> Option<()> {
        let negative = self.sign();
        let digits = self.digits(width_max)?;
        // More than nine digits are finer than what is kept.
        let kept = digits.get(..9).unwrap_or(digits);
        let number: i64 = kept.parse().ok()?;
        let nanoseconds = number * 10_i64.pow(9 - u32::try_from(kept.len()).ok()?);
        let negative = negative && digits.bytes().any(|digit| digit != b'0');
        self.fields.fraction = Some(if negative { -nanoseconds.max(1) } else { nanoseconds });
        Some(())
    }

    fn meridian(&mut self) -> Option<()> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let (name, afternoon) = [("am", false), ("pm", true), ("a.m.", false), ("p.m.", true)]
            .into_iter()
            .find(|(name, _)| {
                rest.get(..name.len()).is_some_and(|text| text.eq_ignore_ascii_case(name.as_bytes()))
            })?;
        self.at += name.len();
        self.fields.afternoon = Some(afternoon);
        Some(())
    }
}

/// True if what follows in a format is read as digits, so that a number in front of it must end somewhere.
fn is_number(format: &[u8]) -> bool {
    match format {
        [digit, ..] if digit.is_ascii_digit() => true,
        [b'%', b'E' | b'O', letter, ..] | [b'%', letter, ..] => {
            letter.is_ascii_digit() || b"CDdeFGgHIjkLlMmNQRrSsTUuVvWwXxYy".contains(letter)
        }
        _ => false,
    }
}
