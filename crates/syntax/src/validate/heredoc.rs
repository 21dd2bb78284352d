//! Heredocs that name a syntax: their text must have it.

use std::fmt::Write as _;

use super::Validator;
use crate::ast::ExprId;
use crate::lexer::{Place, Trouble};
use crate::source::SourceFile;
use crate::{Options, Severity, parse_nested};

/// How deeply heredocs with Puppet code may nest in each other.
const MAX_LEVEL: u32 = 8;

/// What is wrong with a text.
struct Fault {
    code: &'static str,
    message: String,
    /// Puppet stops here without naming the place.
    nowhere: bool,
}

/// Checks that a text has the syntax its heredoc names. `None` means it has, or nobody can tell.
///
/// The message is Puppet's, without a location: `Invalid produced text having syntax: 'json'. ...`. The
/// compiler calls this for texts that are known only after interpolation.
pub fn check_text(syntax: &str, text: &str) -> Option<(&'static str, String)> {
    fault(syntax, text, 0).map(|fault| (fault.code, prefixed(syntax, &fault)))
}

fn prefixed(syntax: &str, fault: &Fault) -> String {
    if fault.nowhere {
        return fault.message.clone();
    }
    format!("Invalid produced text having syntax: '{syntax}'. {}", fault.message)
}

impl Validator<'_> {
    pub(super) fn check_external_syntax(&mut self, syntax: &str, text: &str, id: ExprId) {
        let Some(fault) = fault(syntax, text, self.input.level) else { return };
        let span = self.ast.span(id);
        let place = if fault.nowhere { Place::Nowhere } else { Place::Range(span.start, span.end) };
        // Puppet raises here, so that this is the only problem it reports.
        self.problems.retain(|(severity, _)| *severity != Severity::Error);
        let message = prefixed(syntax, &fault);
        self.problems.push((Severity::Error, Trouble { code: fault.code, message, place }));
        self.stop = true;
    }
}

fn fault(syntax: &str, text: &str, level: u32) -> Option<Fault> {
    if syntax.is_empty() {
        return None;
    }
    // `a+b+json`: the longest tail that somebody can check.
    let mut tail = syntax;
    let checker = loop {
        if matches!(tail, "json" | "base64" | "pp" | "epp") {
            break tail;
        }
        tail = tail.split_once('+')?.1;
    };
    match checker {
        "json" => super::json::check(text).map(|problem| {
            let shown: String = problem.chars().take(100).collect();
            Fault {
                code: "ILLEGAL_JSON",
                message: format!(
                    "JSON syntax checker: Cannot parse invalid JSON string. \"{}\"",
                    one_line(&shown)
                ),
                nowhere: false,
            }
        }),
        "base64" => check_base64(text),
        _ => check_code(syntax, checker == "epp", text, level),
    }
}

fn one_line(text: &str) -> String {
    text.replace("\r\n", "\\n").replace('\n', "\\n")
}

fn check_base64(text: &str) -> Option<Fault> {
    let clean: Vec<u8> = text
        .chars()
        .filter(|&c| !matches!(c, '\r' | '\n' | '?') && !crate::chars::is_blank(c))
        .collect::<String>()
        .into_bytes();
    if is_base64(&clean) {
        return None;
    }
    let message = if !(clean.len() * 8).is_multiple_of(6) {
        "Base64 syntax checker: Cannot parse invalid Base64 string - padding is not correct"
    } else {
        "Base64 syntax checker: Cannot parse invalid Base64 string - contains letters outside strict base 64 \
         range (or whitespace)"
    };
    Some(Fault { code: "ILLEGAL_BASE64", message: message.into(), nowhere: false })
}

/// RFC 4648, with padding and without unused bits.
fn is_base64(text: &[u8]) -> bool {
    let padding = text.iter().rev().take_while(|&&b| b == b'=').count();
    if !text.len().is_multiple_of(4) || padding > 2 {
        return false;
    }
    let value = |b: u8| match b {
        b'A'..=b'Z' => Some(b - b'A'),
        b'a'..=b'z' => Some(b - b'a' + 26),
        b'0'..=b'9' => Some(b - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let digits = &text[..text.len() - padding];
    let unused = match padding {
        0 => 0,
        1 => 0b11,
        _ => 0b1111,
    };
    digits.iter().all(|&b| value(b).is_some())
        && digits.last().and_then(|&b| value(b)).is_none_or(|last| last & unused == 0)
}

fn check_code(syntax: &str, epp: bool, text: &str, level: u32) -> Option<Fault> {
    let (code, name) = if epp { ("ILLEGAL_EPP", "EPP") } else { ("ILLEGAL_PP", "PP") };
    if syntax.contains('+') {
        let message = format!("{name} syntax checker: the syntax identifier must be a String, e.g. pp");
        return Some(Fault { code, message, nowhere: true });
    }
    let problem = if level >= MAX_LEVEL {
        format!("Heredocs with code are nested more than {MAX_LEVEL} levels deep")
    } else {
        let options = Options { epp, ..Options::default() };
        parse_nested(SourceFile::new(None, text), options, level + 1).failure_message()?
    };
    let shown: String = problem.chars().take(500).collect();
    let mut message = String::new();
    let _ = write!(message, "{name} syntax checker: \"{}\"", one_line(&shown));
    Some(Fault { code, message, nowhere: false })
}
