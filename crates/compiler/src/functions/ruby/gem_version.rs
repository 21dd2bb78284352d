//! Versions as RubyGems compares them.

use std::cmp::Ordering;

/// A part of a version. A word makes a version come before the one without it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::functions) enum Part {
    Word(String),
    Number(u128),
}

/// The parts of a version; `None` if the text is none.
pub(in crate::functions) fn parts(text: &str) -> Option<Vec<Part>> {
    let text = text.trim_matches(|c: char| c.is_ascii_whitespace());
    let text = if text.is_empty() { "0" } else { text };
    let is_right = |version: &str| {
        let mut segments = version.split('.');
        let first = segments.next().unwrap_or_default();
        !first.is_empty()
            && first.bytes().all(|byte| byte.is_ascii_digit())
            && segments.all(|segment| {
                !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_alphanumeric())
            })
    };
    let (release, pre) = match text.split_once('-') {
        Some((release, pre)) => (release, Some(pre)),
        None => (text, None),
    };
    let pre_is_right = |pre: &str| {
        pre.split('.').all(|segment| {
            !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
    };
    if !is_right(release) || !pre.is_none_or(pre_is_right) {
        return None;
    }
    let mut parts = Vec::new();
    let text = text.replace('-', ".pre.");
    let mut rest = text.as_str();
    while let Some(first) = rest.chars().next() {
        let length = if first.is_ascii_digit() {
            rest.bytes().take_while(u8::is_ascii_digit).count()
        } else if first.is_ascii_alphabetic() {
            rest.bytes().take_while(u8::is_ascii_alphabetic).count()
        } else {
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            continue;
        };
        let (part, after) = rest.split_at(length);
        rest = after;
        parts.push(match part.parse() {
            Ok(number) => Part::Number(number),
            Err(_) => Part::Word(part.to_owned()),
        });
    }
    Some(without_zeroes(&parts))
}

/// Zeroes at the end of the numbers, and at the end of what follows the first word, do not count.
fn without_zeroes(parts: &[Part]) -> Vec<Part> {
    let word = parts.iter().position(|part| matches!(part, Part::Word(_))).unwrap_or(parts.len());
    let trimmed = |parts: &[Part]| {
        let length = parts.iter().rposition(|part| *part != Part::Number(0)).map_or(0, |last| last + 1);
        parts.get(..length).unwrap_or_default().to_vec()
    };
    let (numbers, others) = parts.split_at(word);
    [trimmed(numbers), trimmed(others)].concat()
}

/// The order of two versions.
pub(in crate::functions) fn compare(a: &[Part], b: &[Part]) -> Ordering {
    let zero = Part::Number(0);
    for at in 0..a.len().max(b.len()) {
        let (left, right) = (a.get(at).unwrap_or(&zero), b.get(at).unwrap_or(&zero));
        let order = match (left, right) {
            (Part::Number(left), Part::Number(right)) => left.cmp(right),
            (Part::Word(left), Part::Word(right)) => left.cmp(right),
            (Part::Word(_), Part::Number(_)) => Ordering::Less,
            (Part::Number(_), Part::Word(_)) => Ordering::Greater,
        };
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_as_by_rubygems() {
        let ordered = ["0.9", "1.0.a", "1.0-1", "1", "1.0.1", "1.2.b1", "1.2", "1.10"];
        for pair in ordered.windows(2) {
            let [a, b] = pair else { continue };
            assert_eq!(compare(&parts(a).unwrap(), &parts(b).unwrap()), Ordering::Less, "{a} {b}");
        }
        assert_eq!(parts("1.0.0"), parts("1"));
        assert_eq!(parts(""), parts("0"));
        for text in ["x", "1..2", "1-", "a.1", "1 2"] {
            assert_eq!(parts(text), None, "{text}");
        }
    }
}
