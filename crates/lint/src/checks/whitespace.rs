//! White space between tokens.

use syntax::tokens::PieceKind;

use super::Found;
use crate::Options;
use crate::manifest::Manifest;
use crate::problem::Edit;

fn blanks(manifest: &Manifest) -> impl Iterator<Item = usize> {
    (0..manifest.pieces.len()).filter(|&at| manifest.kind(at) == PieceKind::Blank)
}

pub(super) fn two_space_soft_tabs(manifest: &Manifest, _: &Options, found: &mut Found) {
    for at in blanks(manifest) {
        let indents = at > 0 && manifest.kind(at - 1) == PieceKind::LineEnd;
        if indents && manifest.text(at).chars().count() % 2 == 1 {
            found.error(at, "two-space soft tabs not used");
        }
    }
}

pub(super) fn hard_tabs(manifest: &Manifest, _: &Options, found: &mut Found) {
    for at in blanks(manifest) {
        let text = manifest.text(at);
        if text.contains('\t') {
            let fix = vec![Edit::replace(manifest.span(at), text.replace('\t', "  "))];
            found.error_fixed(at, "tab character found", fix);
        }
    }
}

pub(super) fn trailing_whitespace(manifest: &Manifest, _: &Options, found: &mut Found) {
    for at in blanks(manifest) {
        if manifest.pieces.get(at + 1).is_none_or(|next| next.kind == PieceKind::LineEnd) {
            found.error_fixed(at, "trailing whitespace found", vec![Edit::delete(manifest.span(at))]);
        }
    }
}
