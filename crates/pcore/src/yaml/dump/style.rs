//! The style Psych proposes for a text.

use crate::Value;
use crate::yaml::scalar;

/// Ways to write a scalar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
    Folded,
}

impl Style {
    /// The proposal for a string; those longer than `folded` characters are folded.
    pub(super) fn of(text: &str, folded: Option<usize>) -> Style {
        if has_inner_break(text) {
            Style::Literal
        } else if text == "<<" {
            Style::SingleQuoted
        } else if matches!(text, "y" | "n") {
            Style::DoubleQuoted
        } else if folded.is_some_and(|width| text.chars().count() > width) {
            Style::Folded
        } else if has_odd_line(text) {
            Style::DoubleQuoted
        } else if reads_as_other(text) {
            Style::SingleQuoted
        } else {
            Style::Plain
        }
    }
}

/// A line break that is not the last character.
fn has_inner_break(text: &str) -> bool {
    let bytes = text.as_bytes();
    let at_end = |after: &[u8]| after.is_empty() || after == b"\n";
    bytes
        .iter()
        .enumerate()
        .any(|(at, byte)| *byte == b'\n' && !at_end(bytes.get(at + 1..).unwrap_or_default()))
}

/// A line that begins with something else than a letter, digit or underscore, with no double quote up to a line's end.
fn has_odd_line(text: &str) -> bool {
    let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
    starts.filter_map(|at| text.get(at..)).any(|line| {
        let mut chars = line.chars();
        let Some(first) = chars.next() else { return false };
        let rest = chars.as_str();
        let end = rest.find('\n').unwrap_or(rest.len());
        !is_word(first) && !rest.get(..end).unwrap_or_default().contains('"')
    })
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether a text without quotes would be something else than this text, to Psych or to other readers (`08`).
fn reads_as_other(text: &str) -> bool {
    let is_bad_octal = || {
        let digits = text.trim_start_matches(|c: char| ('0'..='7').contains(&c));
        text.starts_with('0') && digits.starts_with(['8', '9'])
    };
    !matches!(scalar::resolve(text), Ok(Value::Str(_)))
        || text.starts_with(':')
        || scalar::is_integer(text)
        || is_bad_octal()
}

/// What libyaml takes for a line break.
pub(super) fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}
