//! Quoted strings, escapes and interpolation.

use std::borrow::Cow;

use super::{Lexed, Lexer, MAX_NESTING, Matched, Step, Trouble};
use crate::chars::variable_end;
use crate::token::{Kind, SLICE, Token};

/// How a run of text is read.
#[derive(Clone, Copy)]
pub(super) struct Flavour {
    /// Double quoted: ends at `"`, warns of unknown escapes. Otherwise the text of a heredoc.
    pub(super) quoted: bool,
    /// `$` and `${` interpolate.
    pub(super) interpolates: bool,
    /// Characters that may be escaped.
    pub(super) escapes: Escapes,
}

/// Characters that may stand after a backslash, as bits of [`Escapes::bit`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Escapes(pub(super) u16);

impl Escapes {
    pub(super) const NONE: Escapes = Escapes(0);
    const DOUBLE_QUOTED: Escapes = Escapes(0x3FF);

    pub(super) fn bit(c: char) -> u16 {
        match c {
            '\\' => 1,
            '$' => 2,
            '\'' => 4,
            '"' => 8,
            'r' => 16,
            'n' => 32,
            't' => 64,
            's' => 128,
            'u' => 256,
            '\n' => 512,
            _ => 0,
        }
    }

    pub(super) fn allows(self, c: char) -> bool {
        self.0 & Escapes::bit(c) != 0
    }
}

const DOUBLE_QUOTED: Flavour = Flavour { quoted: true, interpolates: true, escapes: Escapes::DOUBLE_QUOTED };

/// What ended a run of text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Terminator {
    /// The quote, or the end of a heredoc's text.
    End,
    /// `$`
    Dollar,
    /// `${`
    Brace,
}

impl<'a> Lexer<'a> {
    pub(super) fn single_quoted(&mut self) -> Step {
        let from = self.pos;
        let bytes = self.bytes;
        let mut at = from + 1;
        if self.starts_with_text(at, b"'") {
            at += 1;
        }
        let mut escaped = false;
        let end = loop {
            match memchr::memchr2(b'\'', b'\\', &bytes[at.min(bytes.len())..]) {
                Some(length) if bytes[at + length] == b'\'' => break at + length,
                Some(length) => {
                    escaped = true;
                    at += length + 2;
                }
                None => {
                    self.pos = from + 1;
                    return self.fail(
                        "UNCLOSED_QUOTE",
                        format!("Unclosed quote after \"'\" followed by '{}'", self.followed_by()),
                    );
                }
            }
        };
        self.pos = end + 1;
        self.matched = Matched::Quote(from + 1, end + 1);
        let text = &self.text[from + 1..end];
        let token = if escaped {
            let text = unescape_single(text);
            self.text_token(Kind::String, from, end + 1, &text)
        } else {
            self.text_token(Kind::String, from, end + 1, text)
        };
        Ok(Lexed::One(token))
    }

    /// Whether a terminator at the very start of a run of text is part of it. Puppet looks for a character
    /// and then a terminator, so a terminator directly before another one counts as that character.
    fn starts_with_text(&self, at: usize, terminators: &[u8]) -> bool {
        if !self.bytes.get(at).is_some_and(|b| terminators.contains(b)) {
            return false;
        }
        let rest = &self.bytes[at + 1..];
        let backslashes = rest.iter().take_while(|&&b| b == b'\\').count();
        backslashes % 2 == 0 && rest.get(backslashes).is_some_and(|b| terminators.contains(b))
    }

    pub(super) fn double_quoted(&mut self) -> Step {
        let from = self.pos;
        self.matched = Matched::Range(from, from + 1);
        self.pos = from + 1;
        // Most strings have neither escapes nor interpolation.
        if let Some(length) = memchr::memchr3(b'"', b'$', b'\\', &self.bytes[from + 1..])
            && self.bytes[from + 1 + length] == b'"'
            && !(length == 0 && self.starts_with_text(from + 1, b"\"$"))
        {
            let end = from + 1 + length;
            self.pos = end + 1;
            self.matched = Matched::Quote(from + 1, end + 1);
            return Ok(Lexed::One(self.text_token(Kind::String, from, end + 1, &self.text[from + 1..end])));
        }
        self.interpolated(from, DOUBLE_QUOTED)
    }

    /// A string or heredoc text from its first character on; `from` is where its first token begins.
    pub(super) fn interpolated(&mut self, from: usize, flavour: Flavour) -> Step {
        if self.depth >= MAX_NESTING {
            return self
                .fail("NESTING_TOO_DEEP", format!("Strings are nested more than {MAX_NESTING} levels deep"));
        }
        self.depth += 1;
        let mut from = from;
        let mut first = true;
        loop {
            let (mut text, mut terminator) = self.slurp(flavour)?;
            let mut after = self.pos;
            let (kind_more, kind_last) =
                if first { (Kind::StringStart, Kind::String) } else { (Kind::StringMiddle, Kind::StringEnd) };
            loop {
                match terminator {
                    Terminator::End => {
                        let token = self.text_token(kind_last, from, self.pos, &text);
                        self.depth -= 1;
                        if first {
                            return Ok(Lexed::One(token));
                        }
                        self.out.tokens.push(token);
                        return Ok(Lexed::Added);
                    }
                    Terminator::Brace => {
                        let braces = self.braces;
                        self.braces += 1;
                        let token = self.text_token(kind_more, from, self.pos, &text);
                        self.out.tokens.push(token);
                        self.until_brace(braces)?;
                        break;
                    }
                    Terminator::Dollar => {
                        if let Some(end) = variable_end(self.bytes, self.pos) {
                            self.matched = Matched::Range(self.pos, end);
                            self.pos = end;
                            let token = self.text_token(kind_more, from, after - 1, &text);
                            self.out.tokens.push(token);
                            let token = self.token(Kind::Variable, after - 1, end);
                            self.out.tokens.push(token);
                            break;
                        }
                        self.matched = Matched::Nothing;
                        let (more, next) = self.slurp(flavour)?;
                        let joined = text.to_mut();
                        joined.push('$');
                        joined.push_str(&more);
                        terminator = next;
                        after = self.pos;
                    }
                }
            }
            first = false;
            from = self.pos;
        }
    }

    /// Text up to a terminator, escapes resolved. The terminator is consumed.
    fn slurp(&mut self, flavour: Flavour) -> Result<(Cow<'a, str>, Terminator), Box<Trouble>> {
        let from = self.pos;
        let (bytes, text) = (self.bytes, self.text);
        let honours_backslash = flavour.quoted || flavour.escapes.allows('$');
        let mut at = from;
        if flavour.quoted && self.starts_with_text(at, b"\"$") {
            at += 1;
        }
        let mut escaped = false;
        let (end, terminator) = loop {
            let rest = &bytes[at.min(bytes.len())..];
            let found = if flavour.quoted {
                memchr::memchr3(b'"', b'$', b'\\', rest)
            } else if flavour.interpolates {
                memchr::memchr2(b'$', b'\\', rest)
            } else {
                memchr::memchr(b'\\', rest)
            };
            let Some(length) = found else {
                if flavour.quoted {
                    self.pos = from;
                    return self.unclosed_string();
                }
                break (bytes.len(), Terminator::End);
            };
            at += length;
            match bytes[at] {
                b'"' => break (at, Terminator::End),
                b'$' if bytes.get(at + 1) == Some(&b'{') => break (at, Terminator::Brace),
                b'$' => break (at, Terminator::Dollar),
                _ => {
                    escaped = true;
                    at += if honours_backslash { 2 } else { 1 };
                }
            }
        };
        self.pos = end
            + match terminator {
                Terminator::End if !flavour.quoted => 0,
                Terminator::End | Terminator::Dollar => 1,
                Terminator::Brace => 2,
            };
        self.matched = Matched::Quote(from, self.pos);
        let slice = &text[from..end];
        if !escaped || flavour.escapes == Escapes::NONE {
            return Ok((Cow::Borrowed(slice), terminator));
        }
        Ok((Cow::Owned(self.unescape(slice, flavour, terminator)?), terminator))
    }

    fn unclosed_string<T>(&self) -> Result<T, Box<Trouble>> {
        let last = match self.matched {
            Matched::Nothing => "",
            Matched::Range(from, to) => self.text.get(from..to).unwrap_or(""),
            Matched::Quote(from, to) => {
                let body = &self.text[from..to - 1];
                let plain = body.trim_end_matches('\\');
                let pairs = (body.len() - plain.len()) / 2 * 2;
                let before = body[..body.len() - pairs].chars().next_back().map_or(0, char::len_utf8);
                &self.text[to - 1 - pairs - before..to]
            }
        };
        let quoted = if last == "'" { "\"'\"".into() } else { format!("'{last}'") };
        self.fail(
            "UNCLOSED_QUOTE",
            format!("Unclosed quote after {quoted} followed by '{}'", self.followed_by()),
        )
    }

    /// Tokens up to the brace that closes a `${`, which is consumed; or up to the end of the text.
    fn until_brace(&mut self, braces: i32) -> Result<(), Box<Trouble>> {
        self.skip_blanks();
        let begin = self.out.tokens.len();
        while self.pos < self.bytes.len() {
            match self.step()? {
                Lexed::One(token) => {
                    self.after = token.kind;
                    if token.kind == Kind::RightBrace && self.braces == braces {
                        self.name_to_variable(begin);
                        return Ok(());
                    }
                    self.out.tokens.push(token);
                }
                Lexed::Added => {}
                Lexed::Nothing => self.skip_blanks(),
            }
        }
        Ok(())
    }

    /// In `${name}`, `${name[..]}` and `${name.f}` the name is a variable, whatever word it is.
    fn name_to_variable(&mut self, begin: usize) {
        let tokens = &mut self.out.tokens[begin..];
        let applies = match tokens {
            [_] => true,
            [_, second, ..] => matches!(second.kind, Kind::Dot | Kind::LeftBracket),
            [] => false,
        };
        if applies
            && let Some(first) = tokens.first_mut()
            && (matches!(first.kind, Kind::Name | Kind::Word | Kind::Number | Kind::True | Kind::False)
                || first.kind.is_keyword() && !matches!(first.kind, Kind::Plan | Kind::Apply))
        {
            *first = Token { kind: Kind::Variable, ..*first };
        }
    }

    /// Resolves the escapes of a double-quoted string or a heredoc.
    fn unescape(
        &mut self,
        text: &str,
        flavour: Flavour,
        terminator: Terminator,
    ) -> Result<String, Box<Trouble>> {
        let mut text = Cow::Borrowed(text);
        if flavour.escapes.allows('u') && memchr::memmem::find(text.as_bytes(), b"\\u").is_some() {
            // A code point may be a backslash that begins another escape, hence the repetition.
            while let Some(next) = self.unescape_code_points(&text)? {
                text = Cow::Owned(next);
            }
        }
        let mut out = String::with_capacity(text.len());
        let mut rest: &str = &text;
        while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
            out.push_str(&rest[..at]);
            let tail = &rest[at + 1..];
            let Some(c) = tail.chars().next() else {
                // The backslash stands before the terminator. Where that can be escaped, only a code point
                // puts one here; Puppet lets it escape the terminator and then cuts that off, so that
                // nothing remains of either.
                let escapes_terminator = match terminator {
                    Terminator::End => flavour.quoted,
                    Terminator::Dollar | Terminator::Brace => flavour.escapes.allows('$'),
                };
                if !escapes_terminator {
                    out.push('\\');
                }
                rest = "";
                break;
            };
            let (c, length) = match c {
                '\r' if tail.starts_with("\r\n") => ('\n', 2),
                '\r' => {
                    out.push('\\');
                    rest = tail;
                    continue;
                }
                c => (c, c.len_utf8()),
            };
            if flavour.escapes.allows(c) {
                match c {
                    'r' => out.push('\r'),
                    'n' => out.push('\n'),
                    't' => out.push('\t'),
                    's' => out.push(' '),
                    'u' => {
                        self.warn("ILLEGAL_UNICODE_ESCAPE", BAD_UNICODE_ESCAPE.into());
                        out.push_str("\\u");
                    }
                    '\n' => {}
                    c => out.push(c),
                }
            } else {
                if flavour.quoted {
                    let shown = &tail[..length];
                    self.warn("UNRECOGNIZED_ESCAPE", format!("Unrecognized escape sequence '\\{shown}'"));
                }
                out.push('\\');
                out.push_str(&tail[..length]);
            }
            rest = &tail[length..];
        }
        out.push_str(rest);
        Ok(out)
    }

    /// One pass over `\uXXXX` and `\u{X}`; `None` when there are none.
    fn unescape_code_points(&self, text: &str) -> Result<Option<String>, Box<Trouble>> {
        let mut out = String::new();
        let mut rest = text;
        let mut done = 0;
        let mut at = 0;
        let bytes = text.as_bytes();
        while let Some(next) = memchr::memchr(b'\\', &bytes[at..]) {
            let backslash = at + next;
            match code_point(&text[backslash + 1..]) {
                Some((value, length)) => {
                    let Some(c) = char::from_u32(value) else {
                        return self.fail("ILLEGAL_UNICODE_ESCAPE", BAD_UNICODE_ESCAPE);
                    };
                    out.push_str(&text[done..backslash]);
                    out.push(c);
                    done = backslash + 1 + length;
                    rest = &text[done..];
                    at = done;
                }
                // The character after the backslash is escaped, whatever it is.
                None => at = (backslash + 2).min(bytes.len()),
            }
        }
        if done == 0 {
            return Ok(None);
        }
        out.push_str(rest);
        Ok(Some(out))
    }

    /// An empty token, for parts that have no text.
    pub(super) fn empty_token(&mut self, kind: Kind, at: usize) -> Token {
        let (start, _) = self.place(at, at);
        Token { kind, start, end: start, text: SLICE }
    }
}

const BAD_UNICODE_ESCAPE: &str =
    "Unicode escape '\\u' was not followed by 4 hex digits or 1-6 hex digits in {} or was > 10ffff";

/// `uXXXX` or `u{X}` to `u{XXXXXX}`: the value and the length.
fn code_point(text: &str) -> Option<(u32, usize)> {
    let digits = text.strip_prefix('u')?;
    if let Some(braced) = digits.strip_prefix('{') {
        let length = braced.bytes().take_while(u8::is_ascii_hexdigit).count();
        if !(1..=6).contains(&length) || braced.as_bytes().get(length) != Some(&b'}') {
            return None;
        }
        return u32::from_str_radix(&braced[..length], 16).ok().map(|value| (value, length + 3));
    }
    let digits = digits.as_bytes().get(..4).filter(|d| d.iter().all(u8::is_ascii_hexdigit))?;
    let value = digits.iter().fold(0, |value, &d| value * 16 + (d as char).to_digit(16).unwrap_or(0));
    Some((value, 5))
}

fn unescape_single(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\\'
            && let Some(&next @ ('\\' | '\'')) = chars.peek()
        {
            out.push(next);
            chars.next();
        } else {
            out.push(c);
        }
    }
    out
}
