//! Ranges of semantic versions.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use super::{SemVer, is_qualifier, number};
use crate::error::{Result, ValueError};

/// A range of semantic versions, with the text it was made from. Equal when the same versions were meant, however
/// they were written.
#[derive(Clone, Debug)]
pub struct SemVerRange {
    /// The text as given.
    pub text: String,
    /// Any of these; none matches nothing.
    intervals: Vec<Interval>,
}

/// Versions between two bounds; without a bound every version on that side.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Interval {
    lower: Option<Bound>,
    upper: Option<Bound>,
    /// Whether prereleases are in although no bound names them: `*`, but not what two halves make together.
    any_prerelease: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Bound {
    version: SemVer,
    inclusive: bool,
}

impl PartialEq for SemVerRange {
    fn eq(&self, other: &SemVerRange) -> bool {
        self.intervals == other.intervals
    }
}

impl Eq for SemVerRange {}

impl fmt::Display for SemVerRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl SemVerRange {
    /// Reads a range: `>=1.0.0 <2.0.0`, `^1.2`, `1.x || 2.0.0 - 2.1.3`.
    pub fn parse(text: &str) -> Result<SemVerRange> {
        let set = tighten(text);
        let alternatives = alternatives(&set);
        if alternatives.is_empty() {
            return Ok(SemVerRange { text: "*".to_owned(), intervals: vec![Interval::ALL] });
        }
        let mut intervals = Vec::new();
        for alternative in alternatives {
            if let Some(interval) = conjunction(alternative, text)?
                && !intervals.contains(&interval)
            {
                intervals.push(interval);
            }
        }
        Ok(SemVerRange { text: text.to_owned(), intervals: merge_all(intervals) })
    }

    /// The versions from `min` to `max`. Prints as `semantic_puppet` does: with the ends exchanged.
    pub fn between(min: SemVer, max: SemVer, exclude_max: bool) -> SemVerRange {
        let text = if exclude_max { format!(">={max} <{min}") } else { format!("{max} - {min}") };
        let lower = Interval::from(min, true);
        let upper = Interval::to(max, !exclude_max);
        SemVerRange { text, intervals: lower.intersection(&upper).into_iter().collect() }
    }

    /// The range as it is understood, however it was written: `>=1.0.0 <2.0.0`.
    pub fn canonical(&self) -> String {
        match &*self.intervals {
            [] => "<0.0.0".to_owned(),
            intervals => intervals.iter().map(Interval::canonical).collect::<Vec<_>>().join(" || "),
        }
    }

    /// True if the version is in the range. Prereleases only are where a bound is a prerelease of the same release.
    pub fn includes(&self, version: &SemVer) -> bool {
        self.intervals.iter().any(|interval| {
            interval.includes(version) && (version.is_stable() || interval.names_prerelease_of(version))
        })
    }

    /// True if every version of this range is within `other`, judged by the ends of the two.
    pub fn is_covered_by(&self, other: &SemVerRange) -> bool {
        let ([a], [b]) = (&*self.intervals, &*other.intervals) else { return self == other };
        if b.begin() > a.begin() {
            return false;
        }
        match a.end().precedence(&b.end()) {
            Ordering::Less => true,
            Ordering::Equal => b.includes_end() || !a.includes_end(),
            Ordering::Greater => false,
        }
    }

    /// One range for two that overlap or touch.
    pub fn merge(&self, other: &SemVerRange) -> Option<SemVerRange> {
        let ([a], [b]) = (&*self.intervals, &*other.intervals) else { return None };
        let merged = a.merge(b)?;
        Some(SemVerRange { text: merged.to_string(), intervals: vec![merged] })
    }

    /// Ranges with those that overlap or touch made one, as `SemVer[...]` holds them.
    pub fn merge_ranges(mut ranges: Vec<Arc<SemVerRange>>) -> Vec<Arc<SemVerRange>> {
        if ranges.len() < 2 {
            return ranges;
        }
        let mut result = Vec::new();
        while let Some(mut last) = ranges.pop() {
            ranges.retain(|range| match last.merge(range) {
                Some(merged) => {
                    last = Arc::new(merged);
                    false
                }
                None => true,
            });
            result.push(last);
        }
        result.reverse();
        result
    }
}

impl Interval {
    const ALL: Interval = Interval { lower: None, upper: None, any_prerelease: true };

    fn from(version: SemVer, inclusive: bool) -> Interval {
        Interval { lower: Some(Bound { version, inclusive }), upper: None, any_prerelease: false }
    }

    fn to(version: SemVer, inclusive: bool) -> Interval {
        Interval { lower: None, upper: Some(Bound { version, inclusive }), any_prerelease: false }
    }

    fn exactly(version: SemVer) -> Interval {
        let bound = Bound { version, inclusive: true };
        Interval { lower: Some(bound.clone()), upper: Some(bound), any_prerelease: false }
    }

    /// From `from` up to, but without, `below`.
    fn up_to(from: SemVer, below: SemVer) -> Interval {
        Interval {
            lower: Some(Bound { version: from, inclusive: true }),
            upper: Some(Bound { version: below, inclusive: false }),
            any_prerelease: false,
        }
    }

    fn begin(&self) -> SemVer {
        self.lower.as_ref().map_or_else(SemVer::min, |bound| bound.version.clone())
    }

    fn end(&self) -> SemVer {
        self.upper.as_ref().map_or_else(SemVer::max, |bound| bound.version.clone())
    }

    fn includes_begin(&self) -> bool {
        self.lower.as_ref().is_none_or(|bound| bound.inclusive)
    }

    fn includes_end(&self) -> bool {
        self.upper.as_ref().is_none_or(|bound| bound.inclusive)
    }

    fn includes(&self, version: &SemVer) -> bool {
        if let (Some(lower), Some(upper)) = (&self.lower, &self.upper)
            && lower == upper
        {
            // A single version is compared whole, with its build.
            return lower.inclusive && *version == lower.version;
        }
        let above = self.lower.as_ref().is_none_or(|bound| match version.precedence(&bound.version) {
            Ordering::Greater => true,
            Ordering::Equal => bound.inclusive,
            Ordering::Less => false,
        });
        above
            && self.upper.as_ref().is_none_or(|bound| match version.precedence(&bound.version) {
                Ordering::Less => true,
                Ordering::Equal => bound.inclusive,
                Ordering::Greater => false,
            })
    }

    fn names_prerelease_of(&self, version: &SemVer) -> bool {
        let same_release = |bound: &Option<Bound>| {
            bound
                .as_ref()
                .is_some_and(|bound| !bound.version.is_stable() && bound.version.numbers == version.numbers)
        };
        self.any_prerelease || same_release(&self.lower) || same_release(&self.upper)
    }

    fn intersection(&self, other: &Interval) -> Option<Interval> {
        let lower = tighter(&self.lower, &other.lower, Ordering::Greater);
        let upper = tighter(&self.upper, &other.upper, Ordering::Less);
        if let (Some(lower), Some(upper)) = (&lower, &upper) {
            match lower.version.precedence(&upper.version) {
                Ordering::Greater => return None,
                Ordering::Equal if !(lower.inclusive && upper.inclusive) => return None,
                _ => {}
            }
        }
        Some(Interval { lower, upper, any_prerelease: self.any_prerelease && other.any_prerelease })
    }

    fn merge(&self, other: &Interval) -> Option<Interval> {
        let touches = |first: &Interval, second: &Interval| {
            let end = first.end();
            let [major, minor, patch] = end.numbers;
            match (first.includes_end(), second.includes_begin()) {
                (false, true) => end == second.begin(),
                (true, true) => SemVer::new(major, minor, patch.saturating_add(1)) == second.begin(),
                _ => false,
            }
        };
        let overlap = self.includes(&other.begin()) || other.includes(&self.begin());
        if !overlap && !touches(self, other) && !touches(other, self) {
            return None;
        }
        Some(Interval {
            lower: wider(&self.lower, &other.lower, Ordering::Less),
            upper: wider(&self.upper, &other.upper, Ordering::Greater),
            any_prerelease: self.any_prerelease || other.any_prerelease,
        })
    }
}

impl Interval {
    /// Bounds that every version keeps are not worth writing.
    fn canonical(&self) -> String {
        let least = |bound: &&Bound| bound.version == SemVer::min();
        let greatest = |bound: &&Bound| bound.version == SemVer::max() && bound.inclusive;
        if self.upper.as_ref().filter(greatest).is_some() {
            if self.lower.as_ref().filter(least).is_some() {
                return Interval { lower: None, ..self.clone() }.to_string();
            }
            return Interval { upper: None, ..self.clone() }.to_string();
        }
        if self.lower.as_ref().filter(least).is_some() {
            return Interval { lower: None, ..self.clone() }.to_string();
        }
        self.to_string()
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.lower, &self.upper) {
            (None, None) => f.write_str("*"),
            (Some(lower), Some(upper)) if lower == upper => write!(f, "{}", lower.version),
            (lower, upper) => {
                if let Some(bound) = lower {
                    write!(f, "{}{}", if bound.inclusive { ">=" } else { ">" }, bound.version)?;
                }
                if let Some(bound) = upper {
                    let space = if lower.is_some() { " " } else { "" };
                    write!(f, "{space}{}{}", if bound.inclusive { "<=" } else { "<" }, bound.version)?;
                }
                Ok(())
            }
        }
    }
}

/// The bound that leaves less; `wins` is how its version compares with the other's.
fn tighter(a: &Option<Bound>, b: &Option<Bound>, wins: Ordering) -> Option<Bound> {
    match (a, b) {
        (None, other) | (other, None) => other.clone(),
        (Some(a), Some(b)) => Some(match a.version.precedence(&b.version) {
            Ordering::Equal => Bound { version: a.version.clone(), inclusive: a.inclusive && b.inclusive },
            order if order == wins => a.clone(),
            _ => b.clone(),
        }),
    }
}

/// The bound that leaves more; `wins` is how its version compares with the other's.
fn wider(a: &Option<Bound>, b: &Option<Bound>, wins: Ordering) -> Option<Bound> {
    let (Some(a), Some(b)) = (a, b) else { return None };
    Some(match a.version.precedence(&b.version) {
        Ordering::Equal => Bound { version: a.version.clone(), inclusive: a.inclusive || b.inclusive },
        order if order == wins => a.clone(),
        _ => b.clone(),
    })
}

fn merge_all(mut intervals: Vec<Interval>) -> Vec<Interval> {
    loop {
        let before = intervals.len();
        let mut result = Vec::new();
        while let Some(mut last) = intervals.pop() {
            intervals.retain(|interval| match last.merge(interval) {
                Some(merged) => {
                    last = merged;
                    false
                }
                None => true,
            });
            result.push(last);
        }
        result.reverse();
        intervals = result;
        if intervals.len() == before {
            return intervals;
        }
    }
}

/// Drops blanks and a `v` behind operators.
fn tighten(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        out.push(c);
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        if matches!(c, '<' | '>' | '=' | '~' | '^') {
            let trimmed = rest.trim_start_matches(is_space);
            rest = trimmed.strip_prefix('v').filter(|_| trimmed.len() == rest.len()).unwrap_or(trimmed);
        }
    }
    out
}

/// The parts between `||`, without blanks around it; empty parts at the end do not count.
fn alternatives(set: &str) -> Vec<&str> {
    let count = set.split("||").count();
    let mut parts: Vec<&str> = set
        .split("||")
        .enumerate()
        .map(|(index, part)| {
            let part = if index == 0 { part } else { part.trim_start_matches(is_space) };
            if index + 1 == count { part } else { part.trim_end_matches(is_space) }
        })
        .collect();
    while parts.last().is_some_and(|part| part.is_empty()) {
        parts.pop();
    }
    parts
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n' | '\u{c}' | '\u{b}')
}

/// Comparators that all must hold, or a hyphen range. `None` if nothing is left of them.
fn conjunction(text: &str, whole: &str) -> Result<Option<Interval>> {
    if let Some((from, to)) = hyphen(text) {
        let from = Partial::parse(from)?.lowest()?;
        let to = Partial::parse(to)?.lowest()?;
        return Ok(Interval::from(from, true).intersection(&Interval::to(to, true)));
    }
    let mut result: Option<Interval> = None;
    let mut words: Vec<&str> = text.split(is_space).collect();
    // Runs of blanks separate once; blanks at the start leave an empty word, which is an error.
    let mut index = 0;
    words.retain(|word| {
        index += 1;
        !word.is_empty() || index == 1
    });
    if text.is_empty() {
        return Ok(None);
    }
    for word in words {
        let refuse = || ValueError::new(format!("Unparsable version range: \"{whole}\""));
        let Some(interval) = comparator(word).ok_or_else(refuse)?? else { return Ok(None) };
        result = match result {
            None => Some(interval),
            Some(left) => match left.intersection(&interval) {
                Some(both) => Some(both),
                None => return Ok(None),
            },
        };
    }
    Ok(result)
}

/// The two sides of `1.0.0 - 2.0.0`.
fn hyphen(text: &str) -> Option<(&str, &str)> {
    let (from, rest) = text.split_at_checked(text.find(is_space)?)?;
    let rest = rest.trim_start_matches(is_space).strip_prefix('-')?;
    let to = rest.trim_start_matches(is_space);
    (to.len() < rest.len() && Partial::is_partial(from) && Partial::is_partial(to)).then_some((from, to))
}

/// `>=1.2`: an operator and a partial version. The outer `None` is a syntax error, the inner an empty range.
fn comparator(word: &str) -> Option<Result<Option<Interval>>> {
    let operator = ["<=", ">=", "~>", "~=", "<", ">", "=", "~", "^"]
        .into_iter()
        .find(|operator| word.strip_prefix(operator).is_some_and(Partial::is_partial));
    let operand = word.strip_prefix(operator.unwrap_or_default())?;
    if !Partial::is_partial(operand) {
        return None;
    }
    Some(Partial::parse(operand).and_then(|partial| partial.interval(operator.unwrap_or("="))))
}

/// A version of which the end may be missing or be `x`.
struct Partial<'a> {
    numbers: [Option<u64>; 3],
    prerelease: Option<&'a str>,
    build: Option<&'a str>,
}

impl<'a> Partial<'a> {
    fn is_partial(text: &str) -> bool {
        Partial::split(text).is_some()
    }

    fn parse(text: &'a str) -> Result<Partial<'a>> {
        Partial::split(text).ok_or_else(|| ValueError::new(format!("Unparsable version range: \"{text}\"")))
    }

    fn split(text: &'a str) -> Option<Partial<'a>> {
        let place = |text: &str| match text {
            "x" | "X" | "*" => Some(None),
            digits => number(digits).map(Some).filter(|_| !digits.is_empty()),
        };
        let mut parts = text.splitn(3, '.');
        let major = place(parts.next()?)?;
        let Some(minor) = parts.next() else { return Some(Partial::of([major, None, None])) };
        let minor = place(minor)?;
        let Some(rest) = parts.next() else { return Some(Partial::of([major, minor, None])) };
        let (rest, build) = match rest.split_once('+') {
            Some((rest, build)) => (rest, Some(build).filter(|text| is_qualifier(text))?.into()),
            None => (rest, None),
        };
        let (patch, prerelease) = match rest.split_once('-') {
            Some((patch, prerelease)) => (patch, Some(prerelease).filter(|text| is_qualifier(text))?.into()),
            None => (rest, None),
        };
        Some(Partial { numbers: [major, minor, place(patch)?], prerelease, build })
    }

    fn of(numbers: [Option<u64>; 3]) -> Partial<'a> {
        Partial { numbers, prerelease: None, build: None }
    }

    /// With what is missing taken as 0.
    fn lowest(&self) -> Result<SemVer> {
        let [major, minor, patch] = self.numbers.map(|number| number.unwrap_or(0));
        SemVer::new(major, minor, patch).qualified(self.prerelease, self.build)
    }

    fn interval(&self, operator: &str) -> Result<Option<Interval>> {
        let [major, minor, patch] = self.numbers;
        let version = self.lowest()?;
        let next_major = SemVer::new(major.unwrap_or(0).saturating_add(1), 0, 0);
        let next_minor = SemVer::new(major.unwrap_or(0), minor.unwrap_or(0).saturating_add(1), 0);
        let interval = match operator {
            ">=" => Interval::from(version, true),
            "<" => Interval::to(version, false),
            // Nothing is greater than every version.
            ">" if major.is_none() => return Ok(None),
            ">" if minor.is_none() => Interval::from(next_major, true),
            ">" if patch.is_none() => Interval::from(next_minor, true),
            ">" => Interval::from(version, false),
            _ if major.is_none() => Interval::ALL,
            "<=" if minor.is_none() => Interval::to(next_major, false),
            "<=" if patch.is_none() => Interval::to(next_minor, false),
            "<=" => Interval::to(version, true),
            _ if minor.is_none() => Interval::up_to(SemVer::new(version.numbers[0], 0, 0), next_major),
            "^" if major != Some(0) && patch.is_none() => {
                Interval::up_to(SemVer::new(version.numbers[0], version.numbers[1], 0), next_major)
            }
            "^" if major != Some(0) => Interval::up_to(
                // A build without a prerelease is dropped.
                if self.prerelease.is_some() { version } else { SemVer { build: None, ..version } },
                next_major,
            ),
            _ if patch.is_none() => {
                Interval::up_to(SemVer::new(version.numbers[0], version.numbers[1], 0), next_minor)
            }
            "=" => Interval::exactly(version),
            _ => Interval::up_to(version, next_minor),
        };
        Ok(Some(interval))
    }
}

#[cfg(test)]
mod tests;
