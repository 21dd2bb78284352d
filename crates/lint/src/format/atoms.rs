//! What the formatter moves: tokens, whole strings, comments.

use std::borrow::Cow;

use syntax::tokens::{Kind, PieceKind};

use crate::checks::needs_double_quotes;
use crate::manifest::{Manifest, Quote};

/// What an atom is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A token; `String` stands for whole strings with interpolation, too.
    Token(Kind),
    /// `#` up to the end of the line.
    Comment,
    /// `/* */`
    BlockComment,
}

/// A part of the text that is kept together.
#[derive(Debug)]
pub(super) struct Atom<'m> {
    pub what: What,
    /// The text, as it is to be written.
    pub text: Cow<'m, str>,
    /// The first piece.
    pub piece: usize,
    /// Line ends before it.
    pub newlines: u32,
    /// Characters of white space before it on its line.
    pub gap: usize,
    /// Column in the source.
    pub column: usize,
    /// The lines of the heredoc that it begins.
    pub heredoc: Option<&'m str>,
}

impl Atom<'_> {
    pub fn kind(&self) -> Option<Kind> {
        match self.what {
            What::Token(kind) => Some(kind),
            _ => None,
        }
    }

    pub fn is(&self, kind: Kind) -> bool {
        self.what == What::Token(kind)
    }

    pub fn is_comment(&self) -> bool {
        matches!(self.what, What::Comment | What::BlockComment)
    }
}

/// The atoms of a manifest; nothing if a heredoc begins within a string.
pub(super) fn atoms(manifest: &Manifest) -> Option<Vec<Atom<'_>>> {
    let source = manifest.source();
    let mut heredocs = manifest.heredocs.iter().peekable();
    let mut atoms: Vec<Atom> = Vec::with_capacity(manifest.pieces.len() / 2);
    let mut bodies = manifest.heredocs.iter();
    let (mut newlines, mut gap) = (0, 0);
    let mut at = 0;
    while at < manifest.pieces.len() {
        let span = manifest.span(at);
        while heredocs.next_if(|&&(_, end)| end <= span.start).is_some() {}
        if heredocs.peek().is_some_and(|&&(begin, _)| begin <= span.start) {
            at += 1;
            continue;
        }
        let piece = at;
        let text = manifest.text(at);
        let (what, text) = match manifest.kind(at) {
            PieceKind::Blank => {
                gap = text.chars().count();
                at += 1;
                continue;
            }
            PieceKind::LineEnd => {
                newlines += 1;
                gap = 0;
                at += 1;
                continue;
            }
            PieceKind::Comment => (What::Comment, Cow::Borrowed(text.trim_end())),
            PieceKind::BlockComment => (What::BlockComment, Cow::Borrowed(text)),
            PieceKind::Token(Kind::StringStart) => {
                let end = manifest.partner(at)?;
                if (at..end).any(|part| manifest.is(part, Kind::Heredoc)) {
                    return None;
                }
                at = end;
                (What::Token(Kind::String), interpolated(manifest, piece, end))
            }
            PieceKind::Token(Kind::String) => (What::Token(Kind::String), plain(manifest, at)),
            PieceKind::Token(kind) => (What::Token(kind), Cow::Borrowed(text)),
            PieceKind::InterpolationEnd | PieceKind::HeredocFrame => return None,
        };
        let heredoc = match what {
            What::Token(Kind::Heredoc) => {
                let &(begin, end) = bodies.next()?;
                Some(source.get(begin as usize..end as usize)?)
            }
            _ => None,
        };
        let column = manifest.column(piece);
        atoms.push(Atom { what, text, piece, newlines, gap, column, heredoc });
        (newlines, gap) = (0, 0);
        at += 1;
    }
    // Each heredoc has found its beginning.
    bodies.next().is_none().then_some(atoms)
}

/// A string without interpolation, in single quotes if they mean the same.
fn plain(manifest: &Manifest, at: usize) -> Cow<'_, str> {
    let value = manifest.value(at);
    if manifest.quote(at) == Some(Quote::Double) && !needs_double_quotes(value) {
        Cow::Owned(format!("'{value}'"))
    } else {
        Cow::Borrowed(manifest.text(at))
    }
}

/// A string with interpolation, its variables in braces.
fn interpolated(manifest: &Manifest, start: usize, end: usize) -> Cow<'_, str> {
    let (from, to) = (manifest.span(start).start as usize, manifest.span(end).end as usize);
    if !(start..end).any(|at| manifest.is_bare_variable(at)) {
        return Cow::Borrowed(manifest.source().get(from..to).unwrap_or(""));
    }
    let mut text = String::with_capacity(to - from + 8);
    for at in start..=end {
        if manifest.is_bare_variable(at) && manifest.can_be_enclosed(at) {
            text.push_str("${");
            text.push_str(manifest.value(at));
            text.push('}');
        } else {
            text.push_str(manifest.text(at));
        }
    }
    Cow::Owned(text)
}
