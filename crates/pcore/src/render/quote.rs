//! Strings and regular expressions as the language writes them.

use std::fmt::Write;

/// The text in quotes: single ones, or double ones when there are control characters to escape.
pub fn quote(text: &str) -> String {
    if text.chars().any(|char| char < ' ') {
        return double_quote(text);
    }
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('\'');
    let mut escaped = false;
    for char in text.chars() {
        match char {
            _ if escaped => {
                quoted.push('\\');
                quoted.push(char);
                escaped = false;
            }
            '\'' => quoted.push_str("\\'"),
            '\\' => escaped = true,
            char => quoted.push(char),
        }
    }
    // A backslash at the end stands alone.
    if escaped {
        quoted.push('\\');
    }
    quoted.push('\'');
    quoted
}

/// The text in double quotes, with escapes.
pub fn double_quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 8);
    quoted.push('"');
    for char in text.chars() {
        match char {
            '\t' => quoted.push_str("\\t"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '"' => quoted.push_str("\\\""),
            '$' => quoted.push_str("\\$"),
            '\\' => quoted.push_str("\\\\"),
            char if char < ' ' => {
                // Writing to a String cannot fail.
                let _ = write!(quoted, "\\u{{{:X}}}", u32::from(char));
            }
            char => quoted.push(char),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings() {
        assert_eq!(quote("a"), "'a'");
        assert_eq!(quote("a'b"), r"'a\'b'");
        assert_eq!(quote(r"a\b"), r"'a\b'");
        // Not what would read back as the same string; it is what Puppet prints.
        assert_eq!(quote(r"a\"), r"'a\'");
        assert_eq!(quote("a\nb"), r#""a\nb""#);
        assert_eq!(quote("a\u{1}$"), r#""a\u{1}\$""#);
        assert_eq!(quote("a$é"), "'a$é'");
    }
}
