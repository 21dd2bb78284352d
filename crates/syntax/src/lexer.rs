//! The lexer: text in, a vector of tokens out.
//!
//! What a character means depends on what stands before it (`/`, `[`, `(`, `{`), and strings, heredocs and
//! templates switch to text and back, so this is a hand-written scanner over bytes. It follows the
//! order in which Puppet's lexer looks at things, down to what its scanner matched last, since messages
//! about unclosed quotes show that.

mod epp;
mod heredoc;
mod number;
mod strings;

use std::sync::Arc;

use crate::chars::{is_ascii_blank, is_blank, is_lower, is_upper, is_word, variable_end, word_end};
use crate::source::Position;
use crate::token::{Kind, SLICE, Token};

/// How deeply strings and heredocs may nest through interpolation.
const MAX_NESTING: u32 = 64;

/// Where a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Byte range in the file.
    Range(u32, u32),
    /// Line and column that are not those of the file: within a heredoc's text.
    Position(Position),
    /// Only the file is known.
    File,
    /// Not even the file is named.
    Nowhere,
}

/// A problem that the lexer or parser met.
#[derive(Debug)]
pub(crate) struct Trouble {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) place: Place,
}

/// What lexing gives.
#[derive(Default)]
pub(crate) struct Output {
    pub(crate) tokens: Vec<Token>,
    /// Texts of tokens that are not slices of the source.
    pub(crate) texts: Vec<Arc<str>>,
    pub(crate) warnings: Vec<Trouble>,
    /// Byte ranges of the lines that the file's heredocs take, their end lines included.
    pub(crate) heredocs: Vec<(u32, u32)>,
    /// Why the last token is [`Kind::Broken`].
    pub(crate) failure: Option<Box<Trouble>>,
}

/// Result of one step.
enum Lexed {
    /// One token, which the caller places.
    One(Token),
    /// Tokens were added to the output.
    Added,
    /// White space, a comment, or a template tag.
    Nothing,
}

type Step = Result<Lexed, Box<Trouble>>;

/// What the scanner matched last, for messages about unclosed quotes.
#[derive(Clone, Copy)]
enum Matched {
    Nothing,
    Range(usize, usize),
    /// The end of a quoted segment: its last character, backslashes and the quote.
    Quote(usize, usize),
}

/// State of a template.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Epp {
    Off,
    Text,
    Code,
    Expression,
}

/// Way from offsets in a heredoc's text to offsets in the file.
pub(super) struct Margins<'p> {
    parent: Option<&'p Margins<'p>>,
    /// Offset of the heredoc's first line in the parent.
    offset: usize,
    /// Starts of lines in the text without margins; empty when there are none.
    lines: Vec<usize>,
    /// Removed bytes up to and including each line.
    removed: Vec<usize>,
}

impl Margins<'_> {
    fn to_file(&self, at: usize) -> usize {
        let outer = if self.lines.is_empty() || at == 0 {
            at + self.offset
        } else {
            let line = self.lines.partition_point(|&start| start <= at).max(1) - 1;
            at + self.offset + self.removed[line.min(self.removed.len() - 1)]
        };
        self.parent.map_or(outer, |parent| parent.to_file(outer))
    }

    fn moves_text(&self) -> bool {
        !self.lines.is_empty() || self.parent.is_some_and(Margins::moves_text)
    }
}

/// Cuts a whole text into tokens.
pub(crate) fn lex(text: &str, epp: bool, tasks: bool) -> Output {
    let mut out = Output::default();
    out.tokens.reserve(text.len() / 6 + 8);
    if text.starts_with('\u{feff}') {
        out.failure = Some(Box::new(Trouble {
            code: "ILLEGAL_BOM",
            message: "Illegal UTF-8 Byte Order mark at beginning of input: [EF BB BF] - remove these from \
                      the puppet source"
                .into(),
            place: Place::Nowhere,
        }));
        out.tokens.push(Token { kind: Kind::Broken, start: 0, end: 0, text: SLICE });
        return out;
    }
    let mut lexer = Lexer::new(text, None, 0, tasks, &mut out);
    let result = if epp { lexer.template() } else { lexer.program() };
    let end = text.len() as u32;
    match result {
        Ok(()) => out.tokens.push(Token { kind: Kind::End, start: end, end, text: SLICE }),
        Err((keep, failure)) => {
            out.tokens.truncate(keep);
            out.failure = Some(failure);
            out.tokens.push(Token { kind: Kind::Broken, start: end, end, text: SLICE });
        }
    }
    out
}

struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    pos: usize,
    matched: Matched,
    braces: i32,
    after: Kind,
    /// Where the current line begins, as far as white space and line ends tell.
    line_start: usize,
    /// Where to go on at the end of the line, when heredocs began on it.
    newline_jump: Option<usize>,
    epp: Epp,
    epp_open: bool,
    tasks: bool,
    depth: u32,
    margins: Option<&'a Margins<'a>>,
    /// Token texts must be copied since they are not slices of the file.
    copy: bool,
    out: &'a mut Output,
}

impl<'a> Lexer<'a> {
    fn new(
        text: &'a str,
        margins: Option<&'a Margins<'a>>,
        depth: u32,
        tasks: bool,
        out: &'a mut Output,
    ) -> Lexer<'a> {
        Lexer {
            text,
            bytes: text.as_bytes(),
            pos: 0,
            matched: Matched::Nothing,
            braces: 0,
            after: Kind::End,
            line_start: 0,
            newline_jump: None,
            epp: Epp::Off,
            epp_open: false,
            tasks,
            depth,
            margins,
            copy: margins.is_some_and(Margins::moves_text),
            out,
        }
    }

    /// The main loop. An error says how many tokens came before the step that failed.
    fn program(&mut self) -> Result<(), (usize, Box<Trouble>)> {
        self.skip_blanks();
        while self.pos < self.bytes.len() {
            let before = self.out.tokens.len();
            match self.step() {
                Ok(Lexed::One(token)) => {
                    self.after = token.kind;
                    self.out.tokens.push(token);
                }
                Ok(Lexed::Added) => self.note_last(before),
                Ok(Lexed::Nothing) => {}
                Err(failure) => return Err((before, failure)),
            }
        }
        Ok(())
    }

    fn note_last(&mut self, before: usize) {
        if let Some(last) = self.out.tokens.get(before..).and_then(<[Token]>::last) {
            self.after = last.kind;
        }
    }

    fn byte(&self, ahead: usize) -> u8 {
        self.bytes.get(self.pos + ahead).copied().unwrap_or(0)
    }

    fn place(&self, from: usize, to: usize) -> (u32, u32) {
        match self.margins {
            None => (from as u32, to as u32),
            Some(margins) => {
                let start = margins.to_file(from);
                (start as u32, margins.to_file(to).max(start) as u32)
            }
        }
    }

    /// A token over a range of this text.
    fn token(&mut self, kind: Kind, from: usize, to: usize) -> Token {
        let (start, end) = self.place(from, to);
        let text = if self.copy { self.keep(&self.text[from..to]) } else { SLICE };
        Token { kind, start, end, text }
    }

    /// A token whose text differs from its source.
    fn text_token(&mut self, kind: Kind, from: usize, to: usize, text: &str) -> Token {
        let (start, end) = self.place(from, to);
        let text = self.keep(text);
        Token { kind, start, end, text }
    }

    fn keep(&mut self, text: &str) -> u32 {
        let index = self.out.texts.len() as u32;
        self.out.texts.push(Arc::from(text));
        index
    }

    /// Takes `length` bytes as a token.
    fn take(&mut self, kind: Kind, length: usize) -> Step {
        let from = self.pos;
        self.pos += length;
        Ok(Lexed::One(self.token(kind, from, from + length)))
    }

    fn fail<T>(&self, code: &'static str, message: impl Into<String>) -> Result<T, Box<Trouble>> {
        self.fail_at(self.pos, code, message)
    }

    fn fail_at<T>(
        &self,
        at: usize,
        code: &'static str,
        message: impl Into<String>,
    ) -> Result<T, Box<Trouble>> {
        Err(Box::new(Trouble { code, message: message.into(), place: self.locate(at) }))
    }

    /// The place of a problem. Puppet gives line and column within the text of a heredoc here.
    fn locate(&self, at: usize) -> Place {
        let mut at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        if self.margins.is_none() {
            return Place::Range(at as u32, at as u32);
        }
        let before = &self.text[..at];
        let line = memchr::memchr_iter(b'\n', before.as_bytes()).count() as u32 + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() as u32 + 1;
        Place::Position(Position { line, column })
    }

    fn warn(&mut self, code: &'static str, message: String) {
        let place = self.locate(self.pos);
        self.out.warnings.push(Trouble { code, message, place });
    }

    /// Skips white space within the line; notes a failed match when there is none.
    fn skip_blanks(&mut self) {
        let from = self.pos;
        loop {
            while self.pos < self.bytes.len() && is_ascii_blank(self.bytes[self.pos]) {
                self.pos += 1;
            }
            match self.bytes.get(self.pos) {
                Some(byte) if *byte >= 0x80 => match self.text[self.pos..].chars().next() {
                    Some(c) if is_blank(c) => self.pos += c.len_utf8(),
                    _ => break,
                },
                _ => break,
            }
        }
        self.matched = if self.pos > from { Matched::Range(from, self.pos) } else { Matched::Nothing };
    }

    /// One token, run of white space, comment, string or heredoc.
    #[inline]
    fn step(&mut self) -> Step {
        let Some(&first) = self.bytes.get(self.pos) else { return Ok(Lexed::Nothing) };
        match first {
            b' ' | b'\t' | b'\r' => {
                self.skip_blanks();
                Ok(Lexed::Nothing)
            }
            b'\n' => {
                self.pos = self.newline_jump.take().unwrap_or(self.pos + 1);
                self.line_start = self.pos;
                Ok(Lexed::Nothing)
            }
            b'#' => {
                let from = self.pos;
                self.pos =
                    memchr::memchr(b'\n', &self.bytes[from..]).map_or(self.bytes.len(), |at| from + at);
                self.matched = Matched::Range(from, self.pos);
                Ok(Lexed::Nothing)
            }
            b'a'..=b'z' | b'_' => self.word(),
            b'A'..=b'Z' => self.class_ref(1, "ILLEGAL_CLASS_REFERENCE", "Illegal class reference"),
            b'$' => self.variable(),
            b'\'' => self.single_quoted(),
            b'"' => self.double_quoted(),
            b'0'..=b'9' => self.number(),
            _ => self.punctuation(first),
        }
    }

    fn punctuation(&mut self, first: u8) -> Step {
        let second = self.byte(1);
        let (kind, length) = match (first, second) {
            (b'.', _) => (Kind::Dot, 1),
            (b',', _) => (Kind::Comma, 1),
            (b'=', b'>') => (Kind::FatArrow, 2),
            (b'=', b'=') => (Kind::Equal, 2),
            (b'=', b'~') => (Kind::Match, 2),
            (b'=', _) => (Kind::Assign, 1),
            (b'{', _) => {
                self.braces += 1;
                (if self.after == Kind::Question { Kind::SelectorBrace } else { Kind::LeftBrace }, 1)
            }
            (b'}', _) => {
                self.braces -= 1;
                (Kind::RightBrace, 1)
            }
            (b'(', _) => (if self.at_line_start() { Kind::LineParen } else { Kind::LeftParen }, 1),
            (b')', _) => (Kind::RightParen, 1),
            (b'[', _) => (if self.after_space() { Kind::ListStart } else { Kind::LeftBracket }, 1),
            (b']', _) => (Kind::RightBracket, 1),
            (b':', b':') => return self.qualified(),
            (b':', _) => (Kind::Colon, 1),
            (b';', _) => (Kind::Semicolon, 1),
            (b'?', _) => (Kind::Question, 1),
            (b'|', b'>') if self.byte(2) == b'>' => (Kind::RightExportCollect, 3),
            (b'|', b'>') => (Kind::RightCollect, 2),
            (b'|', _) => (Kind::Pipe, 1),
            (b'-', b'%') if self.epp != Epp::Off && self.byte(2) == b'>' => return self.epp_close(true),
            (b'-', b'>') => (Kind::Before, 2),
            (b'-', b'=') => (Kind::DeleteAssign, 2),
            (b'-', _) => (Kind::Minus, 1),
            (b'~', b'>') => (Kind::Notify, 2),
            (b'~', _) => (Kind::Tilde, 1),
            (b'!', b'=') => (Kind::NotEqual, 2),
            (b'!', b'~') => (Kind::NotMatch, 2),
            (b'!', _) => (Kind::Not, 1),
            (b'+', b'=') => (Kind::AppendAssign, 2),
            (b'+', b'>') => (Kind::PlusArrow, 2),
            (b'+', _) => (Kind::Plus, 1),
            (b'*', _) => (Kind::Times, 1),
            (b'%', b'>') if self.epp != Epp::Off => return self.epp_close(false),
            (b'%', _) => (Kind::Modulo, 1),
            (b'/', _) => return self.slash(),
            (b'<', b'<') if self.byte(2) == b'|' => (Kind::LeftExportCollect, 3),
            (b'<', b'<') => (Kind::ShiftLeft, 2),
            (b'<', b'=') => (Kind::LessEqual, 2),
            (b'<', b'|') => (Kind::LeftCollect, 2),
            (b'<', b'-') => (Kind::After, 2),
            (b'<', b'~') => (Kind::Subscribe, 2),
            (b'<', _) => (Kind::Less, 1),
            (b'>', b'>') => (Kind::ShiftRight, 2),
            (b'>', b'=') => (Kind::GreaterEqual, 2),
            (b'>', _) => (Kind::Greater, 1),
            (b'@', b'@') => (Kind::AtAt, 2),
            (b'@', b'(') => return self.heredoc(),
            (b'@', _) => (Kind::At, 1),
            _ => return self.other(),
        };
        self.take(kind, length)
    }

    /// Only white space stands between the start of the line and here.
    fn at_line_start(&self) -> bool {
        let mut at = self.pos;
        while at > self.line_start {
            let Some(c) = self.text[..at].chars().next_back() else { break };
            if c != '\r' && !is_blank(c) {
                return false;
            }
            at -= c.len_utf8();
        }
        true
    }

    fn after_space(&self) -> bool {
        match self.text[..self.pos].chars().next_back() {
            None => true,
            Some(c) => c == '\n' || c == '\r' || is_blank(c),
        }
    }

    /// A name, keyword or bare word.
    fn word(&mut self) -> Step {
        let from = self.pos;
        let (end, is_name) = self.bare_word(from);
        self.pos = end;
        self.matched = Matched::Range(from, end);
        let kind = if is_name {
            Kind::keyword(&self.bytes[from..end], self.tasks).unwrap_or(Kind::Name)
        } else {
            Kind::Word
        };
        Ok(Lexed::One(self.token(kind, from, end)))
    }

    /// End of `((::)?[a-z_]([\w-]*\w)?)+` at `from` and whether it is a name:
    /// no hyphens, and no part that begins with an underscore.
    fn bare_word(&self, from: usize) -> (usize, bool) {
        let bytes = self.bytes;
        let mut is_name = true;
        let mut at = from;
        loop {
            let start = if bytes[at..].starts_with(b"::") { at + 2 } else { at };
            match bytes.get(start) {
                Some(&byte) if is_lower(byte) => {}
                Some(b'_') => is_name = false,
                _ => return (at, is_name),
            }
            at = word_end(bytes, start);
            if bytes.get(at) == Some(&b'-') {
                let mut end = at;
                while end < bytes.len() && (is_word(bytes[end]) || bytes[end] == b'-') {
                    end += 1;
                }
                while end > at && bytes[end - 1] == b'-' {
                    end -= 1;
                }
                if end > at {
                    is_name = false;
                    at = end;
                }
            }
            if bytes.get(at) != Some(&b':') {
                return (at, is_name);
            }
        }
    }

    /// `((::)?[A-Z]\w*)+`; `skip` is how far behind the end an error is shown.
    fn class_ref(&mut self, skip: usize, code: &'static str, message: &str) -> Step {
        let from = self.pos;
        let mut end = from;
        loop {
            let start = if self.bytes[end..].starts_with(b"::") { end + 2 } else { end };
            if !self.bytes.get(start).is_some_and(|&byte| is_upper(byte)) {
                break;
            }
            end = word_end(self.bytes, start);
        }
        self.matched = Matched::Range(from, end);
        self.pos = end;
        if self.bytes[end..].starts_with(b"::") {
            return self.fail_at(end + skip, code, message);
        }
        Ok(Lexed::One(self.token(Kind::ClassRef, from, end)))
    }

    /// A name that begins with `::`.
    fn qualified(&mut self) -> Step {
        if is_upper(self.byte(2)) {
            return self.class_ref(
                3,
                "ILLEGAL_FULLY_QUALIFIED_CLASS_REFERENCE",
                "Illegal fully qualified class reference",
            );
        }
        let from = self.pos;
        let (end, is_name) = self.bare_word(from);
        if end == from {
            return self.fail_at(from + 2, "ILLEGAL_FULLY_QUALIFIED_NAME", "Illegal fully qualified name");
        }
        self.pos = end;
        self.matched = Matched::Range(from, end);
        Ok(Lexed::One(self.token(if is_name { Kind::Name } else { Kind::Word }, from, end)))
    }

    fn variable(&mut self) -> Step {
        let from = self.pos;
        match variable_end(self.bytes, from + 1) {
            Some(end) => {
                self.pos = end;
                self.matched = Matched::Range(from, end);
                Ok(Lexed::One(self.token(Kind::Variable, from, end)))
            }
            None => {
                self.matched = Matched::Nothing;
                self.take(Kind::Variable, 1)
            }
        }
    }

    /// A comment, a regular expression or a division.
    fn slash(&mut self) -> Step {
        let from = self.pos;
        if self.byte(1) == b'*' {
            let Some(length) = memchr::memmem::find(&self.bytes[from + 2..], b"*/") else {
                return self.fail("UNCLOSED_MLCOMMENT", "Unclosed multiline comment");
            };
            self.pos = from + 2 + length + 2;
            self.matched = Matched::Range(from, self.pos);
            return Ok(Lexed::Nothing);
        }
        if self.after.is_operand() {
            return self.take(Kind::Divide, 1);
        }
        let mut search = from + 1;
        let end = loop {
            let Some(length) = memchr::memchr(b'/', &self.bytes[search..]) else {
                self.matched = Matched::Nothing;
                return self.take(Kind::Divide, 1);
            };
            let slash = search + length;
            let backslashes = self.bytes[from + 1..slash].iter().rev().take_while(|&&b| b == b'\\').count();
            if backslashes % 2 == 0 {
                break slash;
            }
            search = slash + 1;
        };
        self.pos = end + 1;
        self.matched = Matched::Range(from, self.pos);
        let source = &self.text[from + 1..end];
        let token = if source.contains("\\/") {
            let source = source.replace("\\/", "/");
            self.text_token(Kind::Regex, from, end + 1, &source)
        } else {
            self.text_token(Kind::Regex, from, end + 1, source)
        };
        Ok(Lexed::One(token))
    }

    /// A character that means nothing, unless it is one of Unicode's spaces.
    fn other(&mut self) -> Step {
        let from = self.pos;
        self.skip_blanks();
        if self.pos > from {
            return Ok(Lexed::Nothing);
        }
        let length = self.text[from..].chars().next().map_or(1, char::len_utf8);
        self.pos = from + length;
        Ok(Lexed::One(self.text_token(Kind::Other, from, from + length, "")))
    }

    /// The next characters, as messages about unclosed things show them.
    fn followed_by(&self) -> String {
        let rest = &self.text[self.pos.min(self.text.len())..];
        if rest.is_empty() {
            return "<eof>".into();
        }
        let mut shown: String = rest.chars().take(5).collect();
        shown.push_str("...");
        shown.replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r")
    }
}
