//! Semantic versions and ranges of them.
//!
//! Ranges follow the grammar of npm, as the `semantic_puppet` library reads it: comparators, `~`, `^`, `x` places,
//! `a - b`, blanks for "and", `||` for "or". A range keeps the text it was made from, which is how it prints.

mod range;

use std::cmp::Ordering;
use std::fmt;

use crate::error::{Result, ValueError};

pub use range::SemVerRange;

/// A semantic version. `==` compares everything; the order leaves the build out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SemVer {
    /// Major, minor and patch.
    pub numbers: [u64; 3],
    /// Dot-separated identifiers after `-`.
    pub prerelease: Option<String>,
    /// What follows `+`.
    pub build: Option<String>,
}

impl SemVer {
    /// A release without build.
    pub const fn new(major: u64, minor: u64, patch: u64) -> SemVer {
        SemVer { numbers: [major, minor, patch], prerelease: None, build: None }
    }

    /// Below every version: what `default` means as the lower end of a range.
    pub fn min() -> SemVer {
        SemVer { numbers: [0; 3], prerelease: Some(String::new()), build: None }
    }

    /// Above every version: what `default` means as the upper end of a range.
    pub fn max() -> SemVer {
        SemVer::new(u64::MAX, 0, 0)
    }

    /// `1.2.3-rc.1+build`; a line break may follow.
    pub fn parse(text: &str) -> Result<SemVer> {
        let refuse = || ValueError::new(format!("Unable to parse '{text}' as a semantic version identifier"));
        let version = text.strip_suffix('\n').unwrap_or(text);
        let (version, build) = split_qualifier(version, '+').ok_or_else(refuse)?;
        let (version, prerelease) = split_qualifier(version, '-').ok_or_else(refuse)?;
        let mut parts = version.split('.').map(number);
        let mut next = || parts.next().flatten().ok_or_else(refuse);
        let numbers = [next()?, next()?, next()?];
        if parts.next().is_some() {
            return Err(refuse());
        }
        SemVer { numbers, prerelease: None, build: None }.qualified(prerelease, build)
    }

    /// True if the text is that of a version.
    pub fn is_valid(text: &str) -> bool {
        SemVer::parse(text).is_ok()
    }

    /// With prerelease and build.
    fn qualified(self, prerelease: Option<&str>, build: Option<&str>) -> Result<SemVer> {
        let has_leading_zero = |part: &str| {
            part.len() > 1 && part.starts_with('0') && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        if prerelease.is_some_and(|text| text.split('.').any(has_leading_zero)) {
            return Err(ValueError::new("Numeric pre-release identifiers MUST NOT contain leading zeroes"));
        }
        Ok(SemVer { prerelease: prerelease.map(Into::into), build: build.map(Into::into), ..self })
    }

    /// True for a release: no prerelease.
    pub fn is_stable(&self) -> bool {
        self.prerelease.as_deref().is_none_or(str::is_empty)
    }
}

impl PartialOrd for SemVer {
    fn partial_cmp(&self, other: &SemVer) -> Option<Ordering> {
        Some(self.precedence(other))
    }
}

impl SemVer {
    /// Order of precedence; versions that differ in their build only are equal here.
    pub fn precedence(&self, other: &SemVer) -> Ordering {
        self.numbers.cmp(&other.numbers).then_with(|| match (&self.prerelease, &other.prerelease) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(a), Some(b)) => identifiers(a).cmp(identifiers(b)),
        })
    }
}

impl fmt::Display for SemVer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.numbers;
        if major == u64::MAX {
            f.write_str("Infinity")?
        } else {
            write!(f, "{major}")?
        }
        write!(f, ".{minor}.{patch}")?;
        if let Some(prerelease) = &self.prerelease {
            write!(f, "-{prerelease}")?;
        }
        self.build.iter().try_for_each(|build| write!(f, "+{build}"))
    }
}

/// An identifier of a prerelease: numbers come before words.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Identifier<'a> {
    Number(u64),
    Word(&'a str),
}

fn identifiers(prerelease: &str) -> impl Iterator<Item = Identifier<'_>> {
    prerelease.split('.').filter(|part| !part.is_empty()).map(|part| match part.parse() {
        Ok(number) if part.bytes().all(|byte| byte.is_ascii_digit()) => Identifier::Number(number),
        _ => Identifier::Word(part),
    })
}

/// Splits `a-b` into `a` and `b`; `None` if what follows the separator is not made of identifiers.
fn split_qualifier(text: &str, separator: char) -> Option<(&str, Option<&str>)> {
    let Some((before, qualifier)) = text.split_once(separator) else { return Some((text, None)) };
    is_qualifier(qualifier).then_some((before, Some(qualifier)))
}

/// True for dot-separated identifiers of letters, digits and hyphens.
pub fn is_qualifier(text: &str) -> bool {
    text.split('.')
        .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
}

/// A number without leading zeros.
fn number(text: &str) -> Option<u64> {
    if text.len() > 1 && text.starts_with('0') || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|number| *number < u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> SemVer {
        SemVer::parse(text).unwrap()
    }

    #[test]
    fn versions_read_and_print() {
        for text in ["0.0.0", "1.2.3", "1.0.0-rc.1", "1.0.0+b.7", "1.0.0-a-b.0+x-y"] {
            assert_eq!(version(text).to_string(), text);
        }
        assert_eq!(version("1.2.3\n").to_string(), "1.2.3");
        for text in [
            "",
            "1",
            "1.2",
            "1.2.3.4",
            "01.2.3",
            "1.2.x",
            "1.2.3-",
            "1.2.3+",
            "1.2.3-a..b",
            " 1.2.3",
            "v1.2.3",
        ] {
            let message = SemVer::parse(text).unwrap_err().message;
            assert_eq!(message, format!("Unable to parse '{text}' as a semantic version identifier"));
        }
        assert_eq!(
            SemVer::parse("1.0.0-01").unwrap_err().message,
            "Numeric pre-release identifiers MUST NOT contain leading zeroes"
        );
    }

    #[test]
    fn order_of_precedence() {
        let ascending = [
            "0.0.0-0",
            "0.0.0",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.0.1",
            "1.10.0",
            "2.0.0",
        ];
        for pair in ascending.windows(2) {
            assert!(version(pair[0]) < version(pair[1]), "{pair:?}");
        }
        assert!(SemVer::min() < version("0.0.0-0") && version("999.0.0") < SemVer::max());
        assert_eq!(version("1.0.0+a").precedence(&version("1.0.0+b")), Ordering::Equal);
        assert_ne!(version("1.0.0+a"), version("1.0.0+b"));
    }
}
