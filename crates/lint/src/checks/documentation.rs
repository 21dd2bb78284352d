//! Comments above definitions.

use syntax::tokens::PieceKind;

use super::Found;
use crate::Options;
use crate::manifest::Manifest;

pub(super) fn documentation(manifest: &Manifest, _: &Options, found: &mut Found) {
    for definition in &manifest.definitions {
        if !has_comment_above(manifest, definition.keyword) {
            found.warning(definition.keyword, format!("{} not documented", definition.label()));
        }
    }
}

/// A comment before the piece with at most one line end between.
fn has_comment_above(manifest: &Manifest, at: usize) -> bool {
    let mut line_ends = 0;
    for piece in manifest.pieces[..at].iter().rev() {
        match piece.kind {
            PieceKind::Blank => {}
            PieceKind::LineEnd => {
                line_ends += 1;
                if line_ends > 1 {
                    return false;
                }
            }
            kind => return matches!(kind, PieceKind::Comment | PieceKind::BlockComment),
        }
    }
    false
}
