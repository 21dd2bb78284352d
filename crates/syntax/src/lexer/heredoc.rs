//! Heredocs: `@(TAG)`, their text on the following lines, margins and escapes.

use std::borrow::Cow;

use super::strings::{Escapes, Flavour};
use super::{Lexed, Lexer, MAX_NESTING, Margins, Matched, Step, Trouble};
use crate::chars::{is_blank, is_lower, is_word};
use crate::token::Kind;

/// What stands between the parentheses.
struct Header<'a> {
    tag: &'a str,
    syntax: &'a str,
    escapes: Option<&'a str>,
}

/// The line that ends the text.
struct EndLine {
    /// Range of the white space before the `|`.
    leading: (usize, usize),
    has_margin: bool,
    remove_break: bool,
}

impl<'a> Lexer<'a> {
    /// A heredoc: its tokens are added, and scanning goes on behind the parenthesis.
    pub(super) fn heredoc(&mut self) -> Step {
        let from = self.pos;
        let Some(length) = memchr::memchr(b')', &self.bytes[from..]) else {
            return self.fail(
                "HEREDOC_UNCLOSED_PARENTHESIS",
                format!("Unclosed parenthesis after '@(' followed by '{}'", self.followed_by()),
            );
        };
        let resume = from + length + 1;
        self.pos = resume;
        self.matched = Matched::Range(resume - 1, resume);
        let text = self.text;
        let Some(header) = header(&text[from..resume]) else {
            return self.fail(
                "HEREDOC_INVALID_SYNTAX",
                "Invalid syntax in heredoc expected @(endtag[:syntax][/escapes])",
            );
        };
        let mut tag = strip(header.tag);
        let mut interpolates = false;
        if tag.len() >= 2 && tag.starts_with('"') && tag.ends_with('"') {
            interpolates = true;
            tag = strip(&tag[1..tag.len() - 1]);
        }
        if tag.is_empty() {
            return self.fail("HEREDOC_EMPTY_ENDTAG", "Heredoc with an empty endtag");
        }
        let escapes = self.escapes(header.escapes)?;
        let token = self.text_token(Kind::Heredoc, from, resume, header.syntax);
        self.out.tokens.push(token);

        self.pos = match self.newline_jump {
            Some(at) => at,
            None => match memchr::memchr(b'\n', &self.bytes[resume..]) {
                Some(length) => resume + length + 1,
                None => {
                    return self.fail("HEREDOC_WITHOUT_TEXT", "Heredoc without any following lines of text");
                }
            },
        };
        let begin = self.pos;
        let mut line = begin;
        loop {
            if line >= text.len() {
                return self.fail_at(
                    begin,
                    "HEREDOC_WITHOUT_END_TAGGED_LINE",
                    "Heredoc without end-tagged line",
                );
            }
            let next = memchr::memchr(b'\n', &self.bytes[line..]).map_or(text.len(), |at| line + at + 1);
            if let Some(end) = end_line(&text[line..next], tag) {
                self.newline_jump = Some(next);
                if self.margins.is_none() {
                    self.out.heredocs.push((begin as u32, next as u32));
                }
                let leading = &text[line + end.leading.0..line + end.leading.1];
                self.heredoc_text(begin, line, leading, &end, interpolates, escapes)?;
                self.pos = resume;
                let tail = text[line..next].strip_suffix('\n').map_or(next, |_| next - 1);
                self.matched = Matched::Range(tail, next);
                return Ok(Lexed::Added);
            }
            line = next;
        }
    }

    fn escapes(&self, given: Option<&str>) -> Result<Escapes, Box<Trouble>> {
        let Some(given) = given else { return Ok(Escapes::NONE) };
        let given = if given.is_empty() { "trnsuL$" } else { given };
        for (at, c) in given.char_indices() {
            if given[..at].contains(c) {
                let all: Vec<String> = given.chars().map(String::from).collect();
                return self.fail(
                    "HEREDOC_MULTIPLE_AT_ESCAPES",
                    format!("An escape char for @() may only appear once. Got '{}'", all.join(", ")),
                );
            }
        }
        let mut bits = Escapes::bit('\\');
        for c in given.chars() {
            bits |= match c {
                't' | 'r' | 'n' | 's' | 'u' | '$' => Escapes::bit(c),
                'L' => Escapes::bit('\n'),
                c => {
                    return self.fail(
                        "HEREDOC_INVALID_ESCAPE",
                        format!("Invalid heredoc escape char. Only t, r, n, s,  u, L, $ allowed. Got '{c}'"),
                    );
                }
            };
        }
        Ok(Escapes(bits))
    }

    /// Lexes the text between `begin` and `end` with a lexer of its own.
    fn heredoc_text(
        &mut self,
        begin: usize,
        end: usize,
        leading: &str,
        line: &EndLine,
        interpolates: bool,
        escapes: Escapes,
    ) -> Result<(), Box<Trouble>> {
        let raw = &self.text[begin..end];
        let mut margins =
            Margins { parent: self.margins, offset: begin, lines: Vec::new(), removed: Vec::new() };
        let mut text = Cow::Borrowed(raw);
        if line.has_margin && !leading.is_empty() {
            let mut stripped = String::with_capacity(raw.len());
            let mut removed = 0;
            for one in raw.split_inclusive('\n') {
                margins.lines.push(stripped.len());
                let kept = one.strip_prefix(leading).unwrap_or(one);
                removed += one.len() - kept.len();
                margins.removed.push(removed);
                stripped.push_str(kept);
            }
            if removed == 0 {
                margins.lines.clear();
                margins.removed.clear();
            }
            text = Cow::Owned(stripped);
        }
        if line.remove_break && text.ends_with('\n') {
            let length = text.strip_suffix("\r\n").or_else(|| text.strip_suffix('\n')).map_or(0, str::len);
            text = match text {
                Cow::Borrowed(text) => Cow::Borrowed(&text[..length]),
                Cow::Owned(mut text) => {
                    text.truncate(length);
                    Cow::Owned(text)
                }
            };
        }
        let marker = self.empty_token(Kind::HeredocText, begin);
        self.out.tokens.push(marker);
        if self.depth >= MAX_NESTING {
            return self.fail(
                "NESTING_TOO_DEEP",
                format!("Heredocs are nested more than {MAX_NESTING} levels deep"),
            );
        }
        let mut inner = Lexer::new(&text, Some(&margins), self.depth + 1, self.tasks, self.out);
        if let Lexed::One(token) = inner.interpolated(0, Flavour { quoted: false, interpolates, escapes })? {
            self.out.tokens.push(token);
        }
        Ok(())
    }
}

/// Reads `@(tag:syntax/escapes)`. The pattern may begin at a later `@(`, as in Puppet.
fn header(text: &str) -> Option<Header<'_>> {
    memchr::memmem::find_iter(text.as_bytes(), b"@(").find_map(|at| header_at(&text[at + 2..]))
}

fn header_at(text: &str) -> Option<Header<'_>> {
    let end = text.find([':', '/', '\r', '\n', ')']).filter(|&end| end > 0)?;
    let tag = &text[..end];
    let mut rest = &text[end..];
    let mut syntax = "";
    if let Some(after) = rest.strip_prefix(':') {
        let after = after.trim_start_matches(is_blank);
        let length =
            after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '+')).unwrap_or(after.len());
        if length < 2 || !is_lower(after.as_bytes()[0]) {
            return None;
        }
        syntax = &after[..length];
        rest = after[length..].trim_start_matches(is_blank);
    }
    let mut escapes = None;
    if let Some(after) = rest.strip_prefix('/') {
        let length =
            after.find(|c: char| c != '$' && !(c.is_ascii() && is_word(c as u8))).unwrap_or(after.len());
        escapes = Some(&after[..length]);
        rest = after[length..].trim_start_matches(is_blank);
    }
    rest.starts_with(')').then_some(Header { tag, syntax, escapes })
}

/// Ruby's `String#strip`.
fn strip(text: &str) -> &str {
    text.trim_matches(|c: char| matches!(c, '\0' | '\t'..='\r' | ' '))
}

/// Whether a line ends the heredoc: blanks, `|`, `-`, the tag. What stands before the blanks does not
/// matter, as in Puppet.
fn end_line(line: &str, tag: &str) -> Option<EndLine> {
    let trimmed = line.strip_suffix('\n').unwrap_or(line);
    let trimmed = trimmed.strip_suffix('\r').unwrap_or(trimmed).trim_end_matches(is_blank);
    if !trimmed.ends_with(tag) {
        return None;
    }
    // The leftmost match wins: the one that takes in most of what stands before the tag.
    let blanks_before = |end: usize| trimmed[..end].trim_end_matches(is_blank).len();
    let mut end = trimmed.len() - tag.len();
    let before_tag = &trimmed[..blanks_before(end)];
    let remove_break = before_tag.ends_with('-');
    if remove_break {
        end = before_tag.len() - 1;
    }
    let before_dash = &trimmed[..blanks_before(end)];
    let has_margin = before_dash.ends_with('|');
    if has_margin {
        end = before_dash.len() - 1;
    }
    Some(EndLine { leading: (blanks_before(end), end), has_margin, remove_break })
}
