//! The text in pieces: every byte of it, white space and comments too.
//!
//! The parser needs no white space; whoever checks layout or rewrites a file needs nothing but the whole text. The pieces come from
//! the parser's own lexer, so that no one has a second opinion on where a string ends: its tokens are put in the order of the file
//! (the lexer reads a heredoc's lines before the rest of the line that begins it) and what lies between them is named.

use crate::chars::is_blank;
use crate::lexer;
use crate::token::Token;

pub use crate::token::Kind;

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PieceKind {
    /// A token of the parser. Strings without interpolation are one token; others run from `StringStart`, which takes in the `${`, to
    /// `StringEnd`, with the tokens of their expressions between.
    Token(Kind),
    /// White space within a line.
    Blank,
    /// `\n` or `\r\n`.
    LineEnd,
    /// `#` up to the end of the line, which is not part of it.
    Comment,
    /// `/* */`
    BlockComment,
    /// The `}` behind an expression in a string.
    InterpolationEnd,
    /// What a heredoc's lines have besides its text: margins and the line of the end tag.
    HeredocFrame,
}

/// A part of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// What it is.
    pub kind: PieceKind,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte; pieces may be empty (the marker of a heredoc's text, parts of strings).
    pub end: u32,
}

impl Piece {
    /// The text of the piece.
    pub fn text(self, source: &str) -> &str {
        source.get(self.start as usize..self.end as usize).unwrap_or("")
    }
}

/// A text in pieces.
#[derive(Clone, Debug, Default)]
pub struct Pieces {
    /// All pieces in the order of the text, without gaps or overlaps.
    pub list: Vec<Piece>,
    /// Byte ranges of the lines that heredocs take, their end lines included, in order.
    pub heredocs: Vec<(u32, u32)>,
}

/// Cuts a manifest into pieces. `None` if the lexer cannot read it, or if strings and heredocs are entangled (a heredoc that begins
/// within a string which ends on a later line).
pub fn pieces(text: &str, tasks: bool) -> Option<Pieces> {
    // Offsets have 32 bits.
    if u32::try_from(text.len()).is_err() {
        return None;
    }
    let lexed = lexer::lex(text, false, tasks);
    if lexed.failure.is_some() {
        return None;
    }
    let mut tokens = lexed.tokens;
    tokens.retain(|token| token.kind != Kind::End);
    let mut heredocs = lexed.heredocs;
    if !heredocs.is_empty() {
        // Stable, so that empty tokens stay before what they introduce.
        tokens.sort_by_key(|token| token.start);
        heredocs.sort_unstable();
    }
    let mut splitter =
        Splitter { text, heredocs: &heredocs, next: 0, open: 0, list: Vec::with_capacity(tokens.len() * 2) };
    let mut at = 0;
    for (index, &Token { kind, start, end, .. }) in tokens.iter().enumerate() {
        if start < at || end < start || !splitter.gap(at, start) {
            return None;
        }
        splitter.list.push(Piece { kind: PieceKind::Token(kind), start, end });
        if matches!(kind, Kind::StringStart | Kind::StringMiddle) && !before_bare_variable(&tokens[index..]) {
            splitter.open += 1;
        }
        at = end;
    }
    if !splitter.gap(at, text.len() as u32) {
        return None;
    }
    let list = splitter.list;
    Some(Pieces { list, heredocs })
}

/// Whether the first of some tokens is text before a `$name` without braces.
fn before_bare_variable(tokens: &[Token]) -> bool {
    match tokens {
        [text, variable, rest, ..] => {
            variable.kind == Kind::Variable
                && variable.start == text.end
                && matches!(rest.kind, Kind::StringMiddle | Kind::StringEnd)
                && rest.start == variable.end
        }
        _ => false,
    }
}

struct Splitter<'a> {
    text: &'a str,
    heredocs: &'a [(u32, u32)],
    /// The first heredoc that does not end before the current place.
    next: usize,
    /// How many expressions in strings are open.
    open: usize,
    list: Vec<Piece>,
}

impl Splitter<'_> {
    /// Names what lies between two tokens; false if it is nothing that may.
    fn gap(&mut self, from: u32, to: u32) -> bool {
        let mut at = from;
        while at < to {
            while self.heredocs.get(self.next).is_some_and(|&(_, end)| end <= at) {
                self.next += 1;
            }
            match self.heredocs.get(self.next) {
                Some(&(begin, end)) if begin <= at && self.open == 0 => {
                    // The end of the last line ends the line that began the heredoc.
                    let frame = self.text.get(begin as usize..end as usize).unwrap_or("");
                    let bare = frame
                        .strip_suffix('\n')
                        .map_or(frame, |line| line.strip_suffix('\r').unwrap_or(line));
                    let frame_end = to.min(begin + bare.len() as u32);
                    if at < frame_end {
                        self.push(PieceKind::HeredocFrame, at, frame_end);
                        at = frame_end;
                    } else if !self.code(at, to.min(end)) {
                        return false;
                    } else {
                        at = to.min(end);
                    }
                }
                heredoc => {
                    let end = heredoc.map_or(to, |&(begin, _)| if begin > at { begin.min(to) } else { to });
                    if !self.code(at, end) {
                        return false;
                    }
                    at = end;
                }
            }
        }
        true
    }

    /// White space, comments and closing braces of interpolations.
    fn code(&mut self, from: u32, to: u32) -> bool {
        let Some(mut rest) = self.text.get(from as usize..to as usize) else { return false };
        let mut at = from;
        while let Some(first) = rest.chars().next() {
            let (kind, length) = match first {
                '\n' => (PieceKind::LineEnd, 1),
                '\r' if rest.starts_with("\r\n") => (PieceKind::LineEnd, 2),
                '#' => {
                    let line = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
                    (PieceKind::Comment, rest[..line].strip_suffix('\r').map_or(line, str::len))
                }
                '/' => match memchr::memmem::find(rest.as_bytes(), b"*/") {
                    Some(length) => (PieceKind::BlockComment, length + 2),
                    None => return false,
                },
                '}' => {
                    self.open = self.open.saturating_sub(1);
                    (PieceKind::InterpolationEnd, 1)
                }
                _ => {
                    let mut length = rest.len() - rest.trim_start_matches(|c| is_blank(c) || c == '\r').len();
                    // The carriage return of a line end is not the blank's.
                    if rest[..length].ends_with('\r') && rest[length..].starts_with('\n') {
                        length -= 1;
                    }
                    if length == 0 {
                        return false;
                    }
                    (PieceKind::Blank, length)
                }
            };
            self.push(kind, at, at + length as u32);
            at += length as u32;
            rest = &rest[length..];
        }
        true
    }

    fn push(&mut self, kind: PieceKind, start: u32, end: u32) {
        self.list.push(Piece { kind, start, end });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let pieces = pieces(text, false).unwrap();
        let mut out = String::new();
        for piece in pieces.list {
            let kind = match piece.kind {
                PieceKind::Token(kind) => format!("{kind:?}"),
                kind => format!("{kind:?}"),
            };
            out.push_str(&format!("{kind} {:?}\n", piece.text(text)));
        }
        out
    }

    #[test]
    fn names_every_byte() {
        insta::assert_snapshot!(shown("# a\r\n$x = \"b${c['d'] }e$f\" /* g\n*/\n"), @r##"
Comment "# a"
LineEnd "\r\n"
Variable "$x"
Blank " "
Assign "="
Blank " "
StringStart "\"b${"
Variable "c"
LeftBracket "["
String "'d'"
RightBracket "]"
Blank " "
InterpolationEnd "}"
StringMiddle "e"
Variable "$f"
StringEnd "\""
Blank " "
BlockComment "/* g\n*/"
LineEnd "\n"
"##);
    }

    #[test]
    fn puts_heredocs_where_they_stand() {
        insta::assert_snapshot!(shown("f(@(\"A\"), @(B)) # c\n  x${y}\n  | A\nz\n  B\n$q"), @r##"
        Name "f"
        LeftParen "("
        Heredoc "@(\"A\")"
        Comma ","
        Blank " "
        Heredoc "@(B)"
        RightParen ")"
        Blank " "
        Comment "# c"
        LineEnd "\n"
        HeredocText ""
        StringStart "  x${"
        Variable "y"
        InterpolationEnd "}"
        StringEnd "\n"
        HeredocFrame "  | A"
        LineEnd "\n"
        HeredocText ""
        String "z\n"
        HeredocFrame "  B"
        LineEnd "\n"
        Variable "$q"
        "##);
    }

    #[test]
    fn gives_nothing_where_the_lexer_fails() {
        assert!(pieces("$x = 'a", false).is_none());
        assert!(pieces("\u{feff}$x", false).is_none());
    }
}
