//! Values as Ruby's `inspect` and `to_s` show them.

use std::fmt::Write as _;
use std::sync::OnceLock;

use super::{REDACTED, to_s};
use crate::Value;

/// The value as Ruby's `inspect` shows it: `{"a"=>[nil, :default, 1]}`.
pub fn ruby_inspect(value: &Value) -> String {
    let mut out = String::new();
    inspect(&mut out, value);
    out
}

/// The value as Ruby's `to_s` shows it: like [`to_s`], but collections are inspected and regular expressions show
/// their options.
pub fn ruby_to_s(value: &Value) -> String {
    match value {
        Value::Array(_) | Value::Hash(_) => ruby_inspect(value),
        Value::Regexp(regexp) => {
            let slashed = crate::regexp::slashed(regexp.source());
            format!("(?-mix:{})", slashed.get(1..slashed.len() - 1).unwrap_or_default())
        }
        other => to_s(other),
    }
}

/// The text as Ruby's `inspect` shows a string: in double quotes, with control characters and interpolation escaped.
pub fn ruby_quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    quote(&mut out, text);
    out
}

fn inspect(out: &mut String, value: &Value) {
    match value {
        Value::Undef => out.push_str("nil"),
        Value::Default => out.push_str(":default"),
        Value::Str(text) => quote(out, text),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                inspect(out, item);
            }
            out.push(']');
        }
        Value::Hash(hash) => {
            out.push('{');
            for (index, (key, item)) in hash.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                inspect(out, key);
                out.push_str("=>");
                inspect(out, item);
            }
            out.push('}');
        }
        Value::Sensitive(_) => {
            let _ = write!(out, "#<{REDACTED}>");
        }
        Value::Regexp(regexp) => out.push_str(&crate::regexp::slashed(regexp.source())),
        Value::SemVerRange(range) => out.push_str(&range.canonical()),
        other => super::write(out, other),
    }
}

fn quote(out: &mut String, text: &str) {
    out.push('"');
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '#' if matches!(chars.peek(), Some('{' | '$' | '@')) => out.push_str("\\#"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '\u{1b}' => out.push_str("\\e"),
            c if is_printable(c) => out.push(c),
            c if u32::from(c) > 0xffff => {
                let _ = write!(out, "\\u{{{:X}}}", u32::from(c));
            }
            c => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
        }
    }
    out.push('"');
}

/// What Ruby shows as it is: everything but control characters, unassigned ones and line separators.
fn is_printable(c: char) -> bool {
    if c.is_ascii() {
        return !c.is_ascii_control();
    }
    static UNPRINTABLE: OnceLock<Option<regex::Regex>> = OnceLock::new();
    let unprintable = UNPRINTABLE.get_or_init(|| regex::Regex::new(r"[\p{Cc}\p{Cn}\p{Zl}\p{Zp}]").ok());
    unprintable.as_ref().is_none_or(|unprintable| !unprintable.is_match(c.encode_utf8(&mut [0; 4])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Hash;

    #[test]
    fn strings_are_escaped_as_in_ruby() {
        assert_eq!(ruby_quote("a\"\\\u{1}\u{7f}\u{85}\n\u{1b}"), r#""a\"\\\u0001\u007F\u0085\n\e""#);
        assert_eq!(ruby_quote("#{a} #$a #@a #a #"), r##""\#{a} \#$a \#@a #a #""##);
        assert_eq!(ruby_quote("é\u{2028}\u{378}😀\u{200b}"), "\"é\\u2028\\u0378😀\u{200b}\"");
    }

    #[test]
    fn collections_are_inspected() {
        let hash = Hash::from_iter([(
            "a",
            Value::array(vec![Value::Undef, Value::Default, Value::sensitive("x".into())]),
        )]);
        assert_eq!(ruby_to_s(&hash.into()), r#"{"a"=>[nil, :default, #<Sensitive [value redacted]>]}"#);
        let regexp = crate::regexp::Regexp::new("a/b").unwrap();
        assert_eq!(ruby_to_s(&Value::Regexp(regexp.clone())), r"(?-mix:a\/b)");
        assert_eq!(ruby_inspect(&Value::Regexp(regexp)), r"/a\/b/");
    }
}
