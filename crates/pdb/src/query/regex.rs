//! Regular expressions of PostgreSQL ("advanced", ARE) on the engines of Rust.
//!
//! What differs is translated: in PostgreSQL a dot matches a line break, `\y \Y \m \M` are the edges of words, `\b` is a backspace and
//! `\B` a backslash, a brace without a digit is a brace, brackets inside of brackets are characters, and `(?…)` at the start holds
//! options. Look-around and back-references take the slower engine, with a limit on its steps.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::error::{QueryError, Result};

/// Patterns kept compiled in a thread.
const KEPT_MAX: usize = 64;
/// Longest pattern in bytes.
const PATTERN_BYTES_MAX: usize = 64 * 1024;
/// Memory of a compiled pattern.
const COMPILED_BYTES_MAX: usize = 16 * 1024 * 1024;

enum Engine {
    Linear(regex::Regex),
    Backtracking(Box<fancy_regex::Regex>),
}

thread_local! {
    static KEPT: RefCell<HashMap<String, Rc<Engine>>> = RefCell::default();
}

/// Refuses a pattern that is not valid, in PostgreSQL's words.
pub(crate) fn check(pattern: &str) -> Result<()> {
    match compiled(pattern) {
        Ok(_) => Ok(()),
        Err(reason) => Err(QueryError::Invalid(format!("ERROR: invalid regular expression: {reason}"))),
    }
}

/// Whether a pattern matches somewhere in a text.
pub(crate) fn is_match(pattern: &str, text: &str) -> std::result::Result<bool, String> {
    match &*compiled(pattern)? {
        Engine::Linear(regex) => Ok(regex.is_match(text)),
        Engine::Backtracking(regex) => regex.is_match(text).map_err(|error| error.to_string()),
    }
}

fn compiled(pattern: &str) -> std::result::Result<Rc<Engine>, String> {
    KEPT.with_borrow_mut(|kept| {
        if let Some(engine) = kept.get(pattern) {
            return Ok(engine.clone());
        }
        let engine = Rc::new(compile(pattern)?);
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        kept.insert(pattern.to_owned(), engine.clone());
        Ok(engine)
    })
}

fn compile(pattern: &str) -> std::result::Result<Engine, String> {
    if pattern.len() > PATTERN_BYTES_MAX {
        return Err("regular expression is too complex".into());
    }
    let translated = translate(pattern)?;
    let linear = regex::RegexBuilder::new(&translated).size_limit(COMPILED_BYTES_MAX).build();
    let error = match linear {
        Ok(regex) => return Ok(Engine::Linear(regex)),
        Err(error) => error,
    };
    if let regex::Error::CompiledTooBig(_) = error {
        return Err("regular expression is too complex".into());
    }
    // The other engine is for what this one cannot do, not for patterns that are wrong.
    if !needs_backtracking(&translated) {
        return Err(reason(&error.to_string()));
    }
    match fancy_regex::RegexBuilder::new(&translated).backtrack_limit(1_000_000).build() {
        Ok(regex) => Ok(Engine::Backtracking(Box::new(regex))),
        Err(_) => Err(reason(&error.to_string())),
    }
}

/// Whether a pattern looks around or refers back.
fn needs_backtracking(pattern: &str) -> bool {
    let refers = pattern.as_bytes().windows(2).any(|pair| matches!(pair, [b'\\', b'1'..=b'9']));
    refers || ["(?=", "(?!", "(?<=", "(?<!"].iter().any(|part| pattern.contains(part))
}

/// The wording of PostgreSQL for what is wrong.
fn reason(text: &str) -> String {
    let known = [
        ("unclosed group", "parentheses () not balanced"),
        ("unopened group", "parentheses () not balanced"),
        ("unclosed character class", "brackets [] not balanced"),
        ("repetition operator missing expression", "quantifier operand invalid"),
        ("repetition quantifier", "invalid repetition count(s)"),
        ("invalid repetition count range", "invalid repetition count(s)"),
        ("unclosed counted repetition", "braces {} not balanced"),
        ("invalid character class range", "invalid character range"),
        ("unrecognized escape sequence", "invalid escape \\ sequence"),
        ("incomplete escape sequence", "invalid escape \\ sequence"),
        ("look-around", "quantifier operand invalid"),
    ];
    let found = known.iter().find(|(theirs, _)| text.contains(theirs));
    found
        .map_or_else(|| text.lines().last().unwrap_or(text).trim().to_owned(), |(_, ours)| (*ours).to_owned())
}

fn translate(pattern: &str) -> std::result::Result<String, String> {
    if let Some(literal) = pattern.strip_prefix("***=") {
        return Ok(regex::escape(literal));
    }
    let pattern = pattern.strip_prefix("***:").unwrap_or(pattern);
    // A dot is any character; `^` and `$` are the ends of the text.
    let mut flags = String::from("s");
    let mut rest = pattern;
    if let Some((options, behind)) = pattern.strip_prefix("(?").and_then(|inner| inner.split_once(')'))
        && !options.is_empty()
        && options.bytes().all(|byte| byte.is_ascii_lowercase())
    {
        rest = behind;
        for option in options.chars() {
            match option {
                'i' => flags.push('i'),
                'x' => flags.push('x'),
                'n' | 'm' => flags = format!("{}m", flags.replace('s', "")),
                'p' => flags = flags.replace('s', ""),
                'w' => flags.push('m'),
                'q' => return Ok(regex::escape(rest)),
                'b' | 'c' | 'e' | 's' | 't' => {}
                _ => return Err("invalid embedded option".into()),
            }
        }
    }
    let mut out = if flags.is_empty() { String::new() } else { format!("(?{flags})") };
    let mut characters = rest.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\\' => match characters.next() {
                Some('y') => out.push_str("\\b"),
                Some('Y') => out.push_str("\\B"),
                Some('m') => out.push_str("\\b(?=\\w)"),
                Some('M') => out.push_str("\\b(?<=\\w)"),
                Some('b') => out.push_str("\\x08"),
                Some('B') => out.push_str("\\\\"),
                Some('Z') => out.push_str("\\z"),
                Some('e') => out.push_str("\\x1b"),
                Some(c) if c.is_ascii_alphanumeric() || c == '_' => {
                    if !"AdDsSwWtnrfvaxuU0123456789".contains(c) {
                        return Err("invalid escape \\ sequence".into());
                    }
                    out.push('\\');
                    out.push(c);
                }
                Some(c) => out.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
                None => return Err("invalid escape \\ sequence".into()),
            },
            '{' if !characters.peek().is_some_and(char::is_ascii_digit) => out.push_str("\\{"),
            '[' => bracket(&mut characters, &mut out)?,
            c => out.push(c),
        }
    }
    Ok(out)
}

/// A bracket expression, behind its bracket.
fn bracket(
    characters: &mut std::iter::Peekable<std::str::Chars<'_>>,
    out: &mut String,
) -> std::result::Result<(), String> {
    let mut inner = String::new();
    let mut first = true;
    let mut negated = false;
    while let Some(c) = characters.next() {
        match c {
            '^' if first && !negated => {
                negated = true;
                continue;
            }
            ']' if !first => {
                match (inner.as_str(), negated) {
                    ("[:<:]", false) => out.push_str("\\b(?=\\w)"),
                    ("[:>:]", false) => out.push_str("\\b(?<=\\w)"),
                    (inner, true) => out.push_str(&format!("[^{inner}]")),
                    (inner, false) => out.push_str(&format!("[{inner}]")),
                }
                return Ok(());
            }
            '[' if characters.peek() == Some(&':') => {
                let mut class = String::from("[");
                for c in characters.by_ref() {
                    class.push(c);
                    if class.ends_with(":]") && class.len() > 3 {
                        break;
                    }
                }
                inner.push_str(&class);
            }
            '\\' => match characters.next() {
                Some(c) if "dswDSWtnrfva".contains(c) => {
                    inner.push('\\');
                    inner.push(c);
                }
                Some('b') => inner.push_str("\\x08"),
                Some('B') => inner.push_str("\\\\"),
                Some(c) => escape_in_class(c, &mut inner),
                None => return Err("invalid escape \\ sequence".into()),
            },
            // A range keeps its dash; one at an end, or behind another, is a dash.
            '-' => {
                let ends = first || characters.peek() == Some(&']') || inner.ends_with('-') && inner != "\\-";
                inner.push_str(if ends { "\\-" } else { "-" });
            }
            c => escape_in_class(c, &mut inner),
        }
        first = false;
    }
    Err("brackets [] not balanced".into())
}

fn escape_in_class(c: char, inner: &mut String) {
    if "[]^&~\\-".contains(c) {
        inner.push('\\');
    }
    inner.push(c);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn patterns_mean_what_they_mean_in_postgresql() {
        let cases = [
            ("a.c", "a\nc", true),
            ("^b", "a\nb", false),
            ("(?n)^b", "a\nb", true),
            ("(?i)ABC", "xabcx", true),
            ("\\yword\\y", "a word here", true),
            ("\\mwor", "sword", false),
            ("ord\\M", "words", false),
            ("[[:<:]]word[[:>:]]", "a word", true),
            ("a{,2}", "a{,2}", true),
            ("x{2,3}", "xx", true),
            ("[]a]", "]", true),
            ("[^]a]", "]", false),
            ("[a[b]", "[", true),
            ("[a&&b]", "&", true),
            ("[--z]", "m", true),
            ("[[:digit:]]+", "42", true),
            ("***=a.c", "a.c", true),
            ("***=a.c", "abc", false),
            ("(a)\\1", "aa", true),
            ("foo(?!bar)", "foobar", false),
            ("\\.example\\.com$", "web.example.com", true),
            ("", "anything", true),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(is_match(pattern, text), Ok(expected), "{pattern} {text}");
        }
    }

    #[test]
    fn wrong_patterns_are_refused_in_postgresqls_words() {
        let error = |pattern: &str| check(pattern).unwrap_err().to_string();
        assert_eq!(error("*a"), "ERROR: invalid regular expression: quantifier operand invalid");
        assert_eq!(error("(a"), "ERROR: invalid regular expression: parentheses () not balanced");
        assert_eq!(error("a{2"), "ERROR: invalid regular expression: braces {} not balanced");
        assert_eq!(error("[a"), "ERROR: invalid regular expression: brackets [] not balanced");
        assert_eq!(error("\\"), "ERROR: invalid regular expression: invalid escape \\ sequence");
    }

    proptest! {
        #[test]
        fn any_pattern_is_taken_or_refused(pattern in "[\\[\\](){}*+?^$.|\\\\a-z0-9:=<>!,&~-]{0,24}", text in "[a-z0-9\\n]{0,10}") {
            let _ = is_match(&pattern, &text);
        }
    }
}
