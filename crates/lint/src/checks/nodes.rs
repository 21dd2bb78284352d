//! Node definitions.

use syntax::ast::{Expr, Span};
use syntax::tokens::{Kind, PieceKind};

use super::Found;
use crate::Options;
use crate::manifest::Manifest;
use crate::problem::Edit;

pub(super) fn unquoted_node_name(manifest: &Manifest, _: &Options, found: &mut Found) {
    let mut nodes: Vec<Span> =
        manifest.nodes().filter(|(expr, _)| matches!(expr, Expr::Node(_))).map(|(_, span)| span).collect();
    nodes.sort_unstable_by_key(|span| span.start);
    for span in nodes {
        let Some(keyword) = manifest.at_offset(span.start) else { continue };
        let mut at = keyword + 1;
        while at < manifest.pieces.len() && !manifest.is(at, Kind::LeftBrace) {
            if matches!(manifest.token(at), Some(Kind::Name | Kind::Word)) {
                found.warning_fixed(at, "unquoted node name found", quoted(manifest, at));
            }
            at += 1;
        }
    }
}

/// Quotes the whole name, of which this may be a part between dots.
fn quoted(manifest: &Manifest, at: usize) -> Vec<Edit> {
    let belongs = |at: usize| {
        matches!(manifest.kind(at), PieceKind::Token(Kind::Name | Kind::Word | Kind::Number | Kind::Dot))
    };
    let mut first = at;
    while first > 0 && belongs(first - 1) {
        first -= 1;
    }
    let mut last = at;
    while last + 1 < manifest.pieces.len() && belongs(last + 1) {
        last += 1;
    }
    let span = Span { start: manifest.span(first).start, end: manifest.span(last).end };
    let name = &manifest.source()[span.start as usize..span.end as usize];
    vec![Edit::replace(span, format!("'{name}'"))]
}
