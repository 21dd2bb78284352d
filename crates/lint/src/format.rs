//! The formatter: the layout of the Puppet style guide.
//!
//! It keeps the author's choice of where lines break, and makes the rest follow: indentation, spaces, arrows below each other, quotes,
//! blank lines, commas at the ends of lists. Where a list is broken at all, it is broken throughout. Four steps, a file each: the
//! pieces become atoms (`atoms`), brackets and the breaks they call for are found (`brackets`), lines are put together (`lines`,
//! `spacing`), and columns are aligned (`align`).
//!
//! A text is formatted until nothing changes, so that formatting twice is formatting once; and the result must have the same tree and
//! the same comments, or the text is left alone.

mod align;
mod atoms;
mod brackets;
mod lines;
mod spacing;

use syntax::source::SourceFile;
use syntax::tokens::{PieceKind, Pieces, pieces};
use syntax::{Diagnostic, Parse};

use crate::manifest::Manifest;

/// Passes at most until a text stays as it is.
const PASSES_MAX: usize = 8;

/// Why a text was left alone.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// It cannot be parsed.
    #[error("{}", .0.puppet_message())]
    Syntax(Box<Diagnostic>),
    /// A heredoc begins within a string; lines of both would have to be told apart.
    #[error("a heredoc begins within a string, which cannot be formatted")]
    Entangled,
    /// The formatter would have changed what the text means.
    #[error(
        "the formatter would change the meaning of this text, which is a fault in it; the text is left alone"
    )]
    Meaning,
}

/// Formats a manifest. `tasks` allows the language of plans.
pub fn format(text: &str, tasks: bool) -> Result<String, FormatError> {
    let (parsed, first) = read(text, tasks)?;
    let tree = syntax::pn::dump(&parsed.ast);
    let comments = comments(text, &first);
    let mut current = pass(parsed, first)?;
    for _ in 1..PASSES_MAX {
        if current == text {
            return Ok(current);
        }
        let (parsed, now) = read(&current, tasks).map_err(|_| FormatError::Meaning)?;
        if syntax::pn::dump(&parsed.ast) != tree || self::comments(&current, &now) != comments {
            return Err(FormatError::Meaning);
        }
        let next = pass(parsed, now)?;
        if next == current {
            return Ok(current);
        }
        current = next;
    }
    Err(FormatError::Meaning)
}

fn read(text: &str, tasks: bool) -> Result<(Parse, Pieces), FormatError> {
    let file = SourceFile::new(None, text);
    let mut parsed =
        syntax::parse(file, syntax::Options { tasks, strict: syntax::Strictness::Off, epp: false });
    if parsed.broken && !parsed.errors.is_empty() {
        return Err(FormatError::Syntax(Box::new(parsed.errors.swap_remove(0))));
    }
    let pieces = pieces(text, tasks).ok_or(FormatError::Entangled)?;
    Ok((parsed, pieces))
}

fn pass(parsed: Parse, pieces: Pieces) -> Result<String, FormatError> {
    let manifest = Manifest::new(parsed, pieces);
    let atoms = atoms::atoms(&manifest).ok_or(FormatError::Entangled)?;
    let plan = brackets::plan(&manifest, atoms);
    let mut lines = lines::lines(&plan);
    align::align(&plan, &mut lines);
    Ok(lines::text(&manifest, &plan, &lines))
}

/// The comments of a text, without white space at the ends of their lines.
fn comments<'t>(text: &'t str, pieces: &Pieces) -> Vec<&'t str> {
    let comments =
        pieces.list.iter().filter(|piece| matches!(piece.kind, PieceKind::Comment | PieceKind::BlockComment));
    comments
        .filter_map(|piece| text.get(piece.start as usize..piece.end as usize))
        .map(str::trim_end)
        .collect()
}
