//! One format: `%<flags><width>.<precision><letter>`.

use std::sync::Arc;

use super::map::FormatMap;
use crate::error::{Result, ValueError};
use crate::format::sprintf;
use crate::{Str, Value};

/// A format, read once.
#[derive(Clone, Debug)]
pub(super) struct Format {
    /// As it was written.
    pub(super) text: Str,
    /// What to write: `d`, `s`, ...
    pub(super) letter: char,
    /// `#`
    pub(super) alternate: bool,
    /// `-`
    pub(super) left: bool,
    /// A blank: collections have no delimiters.
    pub(super) space: bool,
    /// The first of the delimiters of a collection.
    pub(super) delimiter: Option<char>,
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
    /// Between the items of a collection.
    pub(super) separator: Option<Str>,
    /// Between the key and the value of an entry.
    pub(super) separator2: Option<Str>,
    /// Formats of what a collection holds.
    pub(super) inner: Option<Arc<FormatMap>>,
}

impl Format {
    /// A format without flags and sizes.
    pub(super) fn of_letter(text: &str, letter: char) -> Format {
        Format {
            text: text.into(),
            letter,
            alternate: false,
            left: false,
            space: false,
            delimiter: None,
            width: None,
            precision: None,
            separator: None,
            separator2: None,
            inner: None,
        }
    }

    /// Reads a format.
    pub(super) fn parse(text: &Str) -> Result<Format> {
        // Puppet's pattern is one of lines.
        text.split('\n').find_map(|line| read(text, line)).unwrap_or_else(|| {
            Err(ValueError::new(format!(
                "The format '{text}' is not a valid format on the form '%<flags><width>.<prec><format>'"
            )))
        })
    }

    /// This format where `higher` says nothing.
    pub(super) fn merged(&self, higher: &Format) -> Result<Format> {
        let inner = match (&self.inner, &higher.inner) {
            (Some(lower), Some(higher)) => Some(Arc::new(lower.merged(higher)?)),
            (lower, higher) => higher.clone().or_else(|| lower.clone()),
        };
        Ok(Format {
            separator: higher.separator.clone().or_else(|| self.separator.clone()),
            separator2: higher.separator2.clone().or_else(|| self.separator2.clone()),
            inner,
            ..higher.clone()
        })
    }

    /// The delimiters of a collection.
    pub(super) fn delimiters(&self, default: (&'static str, &'static str)) -> (&'static str, &'static str) {
        match self.delimiter {
            Some('[') => ("[", "]"),
            Some('{') => ("{", "}"),
            Some('(') => ("(", ")"),
            Some('<') => ("<", ">"),
            Some('|') => ("|", "|"),
            _ if self.space => ("", ""),
            _ => default,
        }
    }

    /// Text under width, precision and `-`.
    pub(super) fn pad(&self, text: &str) -> Result<String> {
        if !self.left && self.width.is_none() && self.precision.is_none() {
            return Ok(text.to_owned());
        }
        let mut directive = String::from(if self.left { "%-" } else { "%" });
        if let Some(width) = self.width {
            directive.push_str(&width.to_string());
        }
        if let Some(precision) = self.precision {
            directive.push_str(&format!(".{precision}"));
        }
        directive.push('s');
        sprintf(&directive, &[text.into()])
    }

    /// The value under this format as Ruby knows it, with another letter.
    pub(super) fn ruby(&self, letter: char, value: Value) -> Result<String> {
        if letter == self.letter {
            return sprintf(&self.text, &[value]);
        }
        sprintf(&self.text.replace(self.letter, letter.encode_utf8(&mut [0; 4])), &[value])
    }
}

/// Reads one line of a format; `None` if it is none.
fn read(text: &Str, line: &str) -> Option<Result<Format>> {
    let rest = line.strip_prefix('%')?;
    let is_flag = |c: char| matches!(c, '[' | '+' | '#' | '0' | '{' | '<' | '(' | '|' | '-') || is_space(c);
    let (flags, rest) = rest.split_at(rest.find(|c| !is_flag(c))?);
    let (width, rest) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit())?);
    let (precision, rest) = match rest.strip_prefix('.') {
        Some(rest) => {
            let (digits, rest) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit())?);
            if digits.is_empty() {
                return None;
            }
            (Some(digits), rest)
        }
        None => (None, rest),
    };
    let mut letters = rest.chars();
    let letter = letters.next().filter(char::is_ascii_alphabetic)?;
    if letters.next().is_some() {
        return None;
    }
    let is_repeated = |(at, flag): (usize, char)| flags.get(..at).is_some_and(|before| before.contains(flag));
    if flags.char_indices().any(is_repeated) {
        return Some(Err(ValueError::new(format!("The same flag can only be used once, got '{text}'"))));
    }
    let mut delimiters = flags.chars().filter(|flag| matches!(flag, '[' | '{' | '(' | '<' | '|'));
    let delimiter = delimiters.next();
    if delimiters.next().is_some() {
        return Some(Err(ValueError::new(format!(
            "Only one of the delimiters [ {{ ( < | can be given in the format flags, got '{text}'"
        ))));
    }
    // More than any width or precision may be.
    let number = |digits: &str| digits.parse().unwrap_or(usize::MAX);
    Some(Ok(Format {
        text: text.clone(),
        alternate: flags.contains('#'),
        left: flags.contains('-'),
        space: flags.contains(' '),
        delimiter,
        width: (!width.is_empty()).then(|| number(width)),
        precision: precision.map(number),
        ..Format::of_letter("", letter)
    }))
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t'..='\r')
}

/// A letter that the value does not take.
pub(super) fn illegal(kind: &str, letter: char, expected: &str) -> ValueError {
    ValueError::new(format!(
        "Illegal format '{letter}' specified for value of {kind} type - expected one of the characters '{expected}'"
    ))
}
