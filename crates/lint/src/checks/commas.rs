//! Commas behind the last of several elements.

use syntax::tokens::{Kind, PieceKind};

use super::Found;
use crate::Options;
use crate::manifest::{Manifest, Quote};
use crate::problem::Edit;
use crate::structure::Brace;

pub(super) fn trailing_comma(manifest: &Manifest, _: &Options, found: &mut Found) {
    for close in 0..manifest.pieces.len() {
        let Some(open) = manifest.partner(close).filter(|&open| open < close) else { continue };
        let is_list = match manifest.token(close) {
            Some(Kind::RightBrace) => {
                matches!(manifest.brace(open), Brace::Hash | Brace::Attributes | Brace::Resource)
            }
            Some(Kind::RightBracket) => !manifest.is_access(open),
            _ => false,
        };
        let Some(last) = manifest.previous(close).filter(|_| is_list) else { continue };
        let last = opening_of_heredoc(manifest, last);
        let ends = matches!(manifest.token(last), Some(Kind::Comma | Kind::Semicolon | Kind::Colon));
        if last <= open || ends {
            continue;
        }
        if manifest.kind(last + 1) == PieceKind::LineEnd {
            let fix = vec![Edit::insert(manifest.span(last).end, ",")];
            found.warning_fixed(last + 1, "missing trailing comma after last element", fix);
        }
    }
}

/// Where a heredoc begins, if a piece ends one.
fn opening_of_heredoc(manifest: &Manifest, at: usize) -> usize {
    let start = if manifest.is(at, Kind::StringEnd) { manifest.partner(at).unwrap_or(at) } else { at };
    if manifest.quote(start) != Some(Quote::Heredoc) {
        return at;
    }
    (0..start).rev().find(|&opening| manifest.is(opening, Kind::Heredoc)).unwrap_or(at)
}
