//! A parsed file as the checks see it: its pieces with the ways between them, and what the tree says of them.
//!
//! Checks speak of both layout and meaning. Layout is in the pieces, meaning in the tree; here they are brought together once, so
//! that a check can go from a resource to its commas and from a brace to what it belongs to.

use std::sync::Arc;

use syntax::Parse;
use syntax::ast::{Ast, Expr, Span};
use syntax::source::SourceFile;
use syntax::tokens::{Kind, Piece, PieceKind, Pieces};

use crate::structure::{self, Body, Brace, Definition};

/// No piece.
const NONE: u32 = u32::MAX;

/// How a string is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quote {
    /// `'a'`
    Single,
    /// `"a"`
    Double,
    /// The text of a heredoc.
    Heredoc,
}

/// A file ready to be checked. Pieces are referred to by their index in [`Manifest::pieces`].
pub struct Manifest {
    /// The text and its name.
    pub file: Arc<SourceFile>,
    /// The tree.
    pub ast: Ast,
    /// All pieces of the text.
    pub pieces: Vec<Piece>,
    /// Byte ranges of heredocs' lines.
    pub heredocs: Vec<(u32, u32)>,
    /// Every resource body, in the order of the text.
    pub bodies: Vec<Body>,
    /// Classes, then defined types, each in the order of the text.
    pub definitions: Vec<Definition>,
    /// Line of each piece.
    lines: Vec<u32>,
    next: Vec<u32>,
    previous: Vec<u32>,
    partner: Vec<u32>,
    braces: Vec<(u32, Brace)>,
}

impl Manifest {
    /// Brings tree and pieces together. The text must have parsed.
    pub fn new(parsed: Parse, pieces: Pieces) -> Manifest {
        let Parse { ast, .. } = parsed;
        let Pieces { list, heredocs } = pieces;
        let file = Arc::clone(&ast.file);
        let mut lines = Vec::with_capacity(list.len());
        let mut line = 1;
        for piece in &list {
            lines.push(line);
            let text = &file.text.as_bytes()[piece.start as usize..piece.end as usize];
            line += text.iter().filter(|&&byte| byte == b'\n').count() as u32;
        }
        let (next, previous) = neighbours(&list);
        let partner = partners(&list);
        let mut manifest = Manifest {
            file,
            ast,
            pieces: list,
            heredocs,
            bodies: Vec::new(),
            definitions: Vec::new(),
            lines,
            next,
            previous,
            partner,
            braces: Vec::new(),
        };
        manifest.braces = structure::braces(&manifest);
        manifest.bodies = structure::bodies(&manifest);
        manifest.definitions = structure::definitions(&manifest);
        manifest
    }

    /// The whole text.
    pub fn source(&self) -> &str {
        &self.file.text
    }

    /// What a piece is.
    pub fn kind(&self, at: usize) -> PieceKind {
        self.pieces[at].kind
    }

    /// The parser's kind of a piece.
    pub fn token(&self, at: usize) -> Option<Kind> {
        match self.pieces[at].kind {
            PieceKind::Token(kind) => Some(kind),
            _ => None,
        }
    }

    /// Whether a piece is a token of a kind.
    pub fn is(&self, at: usize, kind: Kind) -> bool {
        self.pieces[at].kind == PieceKind::Token(kind)
    }

    /// The text of a piece.
    pub fn text(&self, at: usize) -> &str {
        self.pieces[at].text(&self.file.text)
    }

    /// The byte range of a piece.
    pub fn span(&self, at: usize) -> Span {
        let Piece { start, end, .. } = self.pieces[at];
        Span { start, end }
    }

    /// The line of a piece's first byte, from 1.
    pub fn line(&self, at: usize) -> u32 {
        self.lines[at]
    }

    /// The column of a piece's first byte, in characters from 1.
    pub fn column(&self, at: usize) -> usize {
        self.column_of(self.pieces[at].start)
    }

    /// The column of an offset, in characters from 1.
    pub fn column_of(&self, offset: u32) -> usize {
        let before = &self.source().as_bytes()[..offset as usize];
        let line = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        before[line..].iter().filter(|&&byte| byte & 0xC0 != 0x80).count() + 1
    }

    /// The next piece that is code: neither white space nor comment.
    pub fn next(&self, at: usize) -> Option<usize> {
        some(self.next[at])
    }

    /// The piece of code before.
    pub fn previous(&self, at: usize) -> Option<usize> {
        some(self.previous[at])
    }

    /// What closes a bracket or a string, or opens it.
    pub fn partner(&self, at: usize) -> Option<usize> {
        some(self.partner[at])
    }

    /// The kind of the next piece of code.
    pub fn next_token(&self, at: usize) -> Option<Kind> {
        self.next(at).and_then(|at| self.token(at))
    }

    /// The first piece that begins at an offset or behind it and is not empty.
    pub fn at_offset(&self, offset: u32) -> Option<usize> {
        let mut at = self.pieces.partition_point(|piece| piece.start < offset);
        while self.pieces.get(at).is_some_and(|piece| piece.start == piece.end) {
            at += 1;
        }
        (at < self.pieces.len()).then_some(at)
    }

    /// The piece that ends at an offset.
    pub fn ending_at(&self, offset: u32) -> Option<usize> {
        let after = self.pieces.partition_point(|piece| piece.start < offset);
        after.checked_sub(1).filter(|&at| self.pieces[at].end == offset)
    }

    /// What a `{` opens; a block of statements if nothing else is known.
    pub fn brace(&self, at: usize) -> Brace {
        match self.braces.binary_search_by_key(&(at as u32), |&(brace, _)| brace) {
            Ok(found) => self.braces[found].1,
            Err(_) => Brace::Block,
        }
    }

    /// How the string that this piece begins (or is) is written. `None` if it is none, or a bare word.
    pub fn quote(&self, at: usize) -> Option<Quote> {
        if !matches!(self.token(at), Some(Kind::String | Kind::StringStart)) {
            return None;
        }
        if at > 0 && self.is(at - 1, Kind::HeredocText) {
            return Some(Quote::Heredoc);
        }
        match self.text(at).as_bytes().first() {
            Some(b'\'') => Some(Quote::Single),
            Some(b'"') => Some(Quote::Double),
            _ => None,
        }
    }

    /// Whether a piece is a `$name` in a string without braces around it.
    pub fn is_bare_variable(&self, at: usize) -> bool {
        self.is(at, Kind::Variable)
            && at > 0
            && matches!(self.token(at - 1), Some(Kind::StringStart | Kind::StringMiddle))
            && self.pieces.get(at + 1).is_some_and(|next| {
                matches!(next.kind, PieceKind::Token(Kind::StringMiddle | Kind::StringEnd))
            })
    }

    /// Whether a variable means the same in braces; there a name with a capital is one of a type, and one with a digit a number.
    pub fn can_be_enclosed(&self, at: usize) -> bool {
        self.value(at).split("::").all(|part| {
            let is_number = part.bytes().all(|byte| byte.is_ascii_digit());
            is_number || !part.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
        })
    }

    /// Whether a `[` takes something from what stands before it, rather than beginning an array.
    pub fn is_access(&self, at: usize) -> bool {
        self.is(at, Kind::LeftBracket)
            && at > 0
            && matches!(
                self.token(at - 1),
                Some(
                    Kind::Variable
                        | Kind::ClassRef
                        | Kind::Name
                        | Kind::RightBracket
                        | Kind::RightParen
                        | Kind::RightBrace
                        | Kind::String
                        | Kind::StringEnd
                )
            )
    }

    /// Whether a piece is white space or a comment.
    pub fn is_trivia(&self, at: usize) -> bool {
        is_trivia(self.pieces[at].kind)
    }

    /// What reports call the value of a piece: strings without quotes, variables without `$`.
    pub fn value(&self, at: usize) -> &str {
        let text = self.text(at);
        match self.token(at) {
            Some(Kind::Variable) => text.strip_prefix('$').unwrap_or(text),
            Some(Kind::String) if matches!(self.quote(at), Some(Quote::Single | Quote::Double)) => {
                text.get(1..text.len() - 1).unwrap_or("")
            }
            Some(Kind::StringStart) => {
                let text = if self.quote(at) == Some(Quote::Double) { &text[1..] } else { text };
                if self.pieces.get(at + 1).is_some() && self.is_bare_variable(at + 1) {
                    text
                } else {
                    text.strip_suffix("${").unwrap_or(text)
                }
            }
            Some(Kind::Regex) => text.get(1..text.len() - 1).unwrap_or(""),
            Some(Kind::StringEnd) => text.strip_suffix('"').unwrap_or(text),
            _ => text,
        }
    }

    /// The last piece of `$name['a']['b']`: the closing bracket of the last access that stands directly behind the variable and on its
    /// line, or the variable itself.
    pub fn last_of_access(&self, at: usize) -> usize {
        let mut last = at;
        while last + 1 < self.pieces.len() && self.is(last + 1, Kind::LeftBracket) {
            match self.partner(last + 1) {
                Some(close) if self.line(close) == self.line(at) => last = close,
                _ => break,
            }
        }
        last
    }

    /// The white space before the first piece of a line, as text.
    pub fn indent_of_line(&self, at: usize) -> &str {
        let start = self.pieces[at].start as usize;
        let line = self.source()[..start].rfind('\n').map_or(0, |end| end + 1);
        let rest = &self.source()[line..start];
        &rest[..rest.len() - rest.trim_start_matches([' ', '\t']).len()]
    }

    /// All nodes with their spans.
    pub fn nodes(&self) -> impl Iterator<Item = (&Expr, Span)> {
        self.ast.exprs.iter().zip(self.ast.spans.iter().copied())
    }
}

fn some(at: u32) -> Option<usize> {
    (at != NONE).then_some(at as usize)
}

fn is_trivia(kind: PieceKind) -> bool {
    matches!(kind, PieceKind::Blank | PieceKind::LineEnd | PieceKind::Comment | PieceKind::BlockComment)
}

/// The next and the previous piece of code of each piece.
fn neighbours(list: &[Piece]) -> (Vec<u32>, Vec<u32>) {
    let counts = |piece: &Piece| {
        !is_trivia(piece.kind)
            && !matches!(piece.kind, PieceKind::HeredocFrame | PieceKind::Token(Kind::HeredocText))
    };
    let mut previous = Vec::with_capacity(list.len());
    let mut last = NONE;
    for (at, piece) in list.iter().enumerate() {
        previous.push(last);
        if counts(piece) {
            last = at as u32;
        }
    }
    let mut next = vec![NONE; list.len()];
    let mut following = NONE;
    for (at, piece) in list.iter().enumerate().rev() {
        next[at] = following;
        if counts(piece) {
            following = at as u32;
        }
    }
    (next, previous)
}

/// The other end of each bracket and string.
fn partners(list: &[Piece]) -> Vec<u32> {
    let mut partner = vec![NONE; list.len()];
    let mut open: Vec<(usize, Kind)> = Vec::new();
    for (at, piece) in list.iter().enumerate() {
        let PieceKind::Token(kind) = piece.kind else { continue };
        let closing = match kind {
            Kind::LeftBrace | Kind::SelectorBrace => Kind::RightBrace,
            Kind::LeftParen | Kind::LineParen => Kind::RightParen,
            Kind::LeftBracket | Kind::ListStart => Kind::RightBracket,
            Kind::StringStart => Kind::StringEnd,
            Kind::RightBrace | Kind::RightParen | Kind::RightBracket | Kind::StringEnd => {
                if open.last().is_some_and(|&(_, closing)| closing == kind)
                    && let Some((opening, _)) = open.pop()
                {
                    partner[at] = opening as u32;
                    partner[opening] = at as u32;
                }
                continue;
            }
            _ => continue,
        };
        open.push((at, closing));
    }
    partner
}
