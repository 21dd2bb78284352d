//! Chaining arrows.

use syntax::tokens::{Kind, PieceKind};

use super::Found;
use crate::Options;
use crate::manifest::Manifest;
use crate::problem::Edit;

pub(super) fn arrow_on_right_operand_line(manifest: &Manifest, _: &Options, found: &mut Found) {
    for at in 0..manifest.pieces.len() {
        if !matches!(manifest.token(at), Some(Kind::Before | Kind::Notify)) {
            continue;
        }
        let Some(right) = manifest.next(at) else { continue };
        if manifest.line(right) != manifest.line(at) {
            let fix = move_arrow(manifest, at, right);
            found.warning_fixed(at, "arrow should be on the right operand's line", fix);
        }
    }
}

/// Takes the arrow, and the white space that is then at the end of its line, to the right operand.
fn move_arrow(manifest: &Manifest, arrow: usize, right: usize) -> Vec<Edit> {
    let mut span = manifest.span(arrow);
    let is_blank = |at: usize| manifest.kind(at) == PieceKind::Blank;
    let blank_before = arrow > 0 && is_blank(arrow - 1);
    let blank_after = is_blank(arrow + 1);
    let ends_line = |at: usize| manifest.kind(at) == PieceKind::LineEnd;
    if ends_line(arrow + 1 + usize::from(blank_after)) {
        if blank_after {
            span.end = manifest.span(arrow + 1).end;
        }
        // White space that indents the line stays, for there is a line without anything on it otherwise anyhow.
        if blank_before {
            span.start = manifest.span(arrow - 1).start;
        }
    } else if blank_before && blank_after {
        span.end = manifest.span(arrow + 1).end;
    }
    let text = format!("{} ", manifest.text(arrow));
    vec![Edit::delete(span), Edit::insert(manifest.span(right).start, text)]
}

pub(super) fn right_to_left_relationship(manifest: &Manifest, _: &Options, found: &mut Found) {
    for at in 0..manifest.pieces.len() {
        if manifest.is(at, Kind::After) {
            found.warning(at, "right-to-left (<-) relationship");
        }
    }
}
