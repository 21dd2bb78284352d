//! Names of fields: `certname`, `facts.os.family`, `facts."a.b"[3]`, `trusted.match("pp_.*")`.
//!
//! The syntax is not regular in the quoted parts: a quoted part ends at the first quote that is not behind a backslash and that a dot
//! or the end follows. A part that contains a dot and ends in a backslash cannot be written.

use super::error::{Result, invalid};

/// A part of a dotted field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// A key.
    Name(String),
    /// A key and a position in the array below it.
    Indexed(String, u32),
    /// `match("regex")`: all keys that match.
    Match(String),
}

/// A field taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    /// The column: `facts`.
    pub top: String,
    /// The way into it.
    pub path: Vec<Part>,
}

/// Takes a field apart. `plain` reads `name[3]` and `match(…)` as ordinary keys, as the operators that never knew them do.
pub(crate) fn parse(text: &str, plain: bool) -> Result<Field> {
    if text.is_empty() {
        return invalid("Empty AST field");
    }
    let end = top_end(text);
    let (Some(end), Some(top)) = (end, end.and_then(|end| text.get(..end))) else {
        return invalid(format!("First component of AST field is invalid: {}", quoted(text)));
    };
    let mut field = Field { top: top.to_owned(), path: Vec::new() };
    let mut rest = text.get(end..).unwrap_or_default();
    while let Some(part) = rest.strip_prefix('.') {
        let at = text.len() - part.len();
        if part.starts_with("\"\"") {
            return invalid(format!("Empty AST field component at character {at}: {}", quoted(text)));
        }
        let (found, length) = match (matching(part).filter(|_| !plain), in_quotes(part), unquoted(part)) {
            (Some((pattern, length)), ..) => (Part::Match(pattern.to_owned()), length),
            (None, Some((name, length)), _) => (indexed(name, plain), length),
            (None, None, Some(length)) => (indexed(part.get(..length).unwrap_or_default(), plain), length),
            _ => {
                return invalid(format!(
                    "Don't recognize AST field component at character {at}: {}",
                    quoted(text)
                ));
            }
        };
        field.path.push(found);
        rest = part.get(length..).unwrap_or_default();
    }
    Ok(field)
}

/// Whether this is a dotted field.
pub(crate) fn is_dotted(text: &str) -> bool {
    top_end(text).is_some_and(|end| end < text.len())
}

fn top_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    if !bytes.first()?.is_ascii_alphabetic() {
        return None;
    }
    let mut end = bytes.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    if bytes.get(end) == Some(&b'?') {
        end += 1;
    }
    (bytes.get(end).is_none_or(|byte| *byte == b'.')).then_some(end)
}

/// `match("…")`: the pattern and the length of the whole. The shortest one, so that there can be several.
fn matching(part: &str) -> Option<(&str, usize)> {
    let inner = part.strip_prefix("match(\"")?;
    let closing = inner.match_indices("\")").map(|(at, _)| at).find(|at| {
        let (before, after) = (inner.get(..*at).unwrap_or_default(), inner.get(at + 2..).unwrap_or_default());
        !before.is_empty() && !before.ends_with('\\') && (after.is_empty() || after.starts_with('.'))
    })?;
    Some((inner.get(..closing)?, closing + "match(\"".len() + 2))
}

/// `"…"`: the name and the length of the whole. The shortest one.
fn in_quotes(part: &str) -> Option<(&str, usize)> {
    let inner = part.strip_prefix('"')?;
    let closing = inner.match_indices('"').map(|(at, _)| at).find(|at| {
        let (before, after) = (inner.get(..*at).unwrap_or_default(), inner.get(at + 1..).unwrap_or_default());
        !before.is_empty() && !before.ends_with('\\') && (after.is_empty() || after.starts_with('.'))
    })?;
    Some((inner.get(..closing)?, closing + 2))
}

fn unquoted(part: &str) -> Option<usize> {
    let length = part.find('.').unwrap_or(part.len());
    (length > 0).then_some(length)
}

fn indexed(name: &str, plain: bool) -> Part {
    let index = name.strip_suffix(']').and_then(|inner| inner.rsplit_once('[')).filter(|(name, index)| {
        !plain && !name.is_empty() && !index.is_empty() && index.bytes().all(|byte| byte.is_ascii_digit())
    });
    match index.and_then(|(name, index)| Some((name, index.parse::<u32>().ok().filter(|n| *n < 1 << 31)?))) {
        Some((name, index)) => Part::Indexed(name.to_owned(), index),
        None => Part::Name(name.to_owned()),
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Vec<Part> {
        parse(text, false).unwrap().path
    }

    #[test]
    fn fields_are_taken_apart() {
        let name = |text: &str| Part::Name(text.into());
        assert_eq!(parse("certname", false).unwrap(), Field { top: "certname".into(), path: vec![] });
        assert_eq!(parse("latest_report?", false).unwrap().top, "latest_report?");
        assert_eq!(path("facts.os.family"), [name("os"), name("family")]);
        assert_eq!(path("facts.\"a.b\".c"), [name("a.b"), name("c")]);
        assert_eq!(path("facts.\"a\\\"b\""), [name("a\\\"b")]);
        assert_eq!(path("facts.disks[3].size"), [Part::Indexed("disks".into(), 3), name("size")]);
        assert_eq!(path("facts.match(\"a.*\").b"), [Part::Match("a.*".into()), name("b")]);
        assert_eq!(parse("facts.disks[3]", true).unwrap().path, [name("disks[3]")]);
        assert_eq!(path("facts.\"open"), [name("\"open")]);
    }

    #[test]
    fn what_is_no_field_is_refused() {
        let error = |text: &str| parse(text, false).unwrap_err().to_string();
        assert_eq!(error(""), "Empty AST field");
        assert_eq!(error("a b"), "First component of AST field is invalid: \"a b\"");
        assert_eq!(error("facts.\"\""), "Empty AST field component at character 6: \"facts.\\\"\\\"\"");
        assert_eq!(error("facts..a"), "Don't recognize AST field component at character 6: \"facts..a\"");
        assert_eq!(error("facts."), "Don't recognize AST field component at character 6: \"facts.\"");
        assert!(parse("1; DROP TABLE x", false).is_err());
    }
}
