//! Names of classes where they are used.

use syntax::ast::Span;
use syntax::tokens::{Kind, PieceKind};

use super::Found;
use crate::Options;
use crate::manifest::Manifest;
use crate::problem::Edit;

pub(super) fn relative_classname_inclusion(manifest: &Manifest, _: &Options, found: &mut Found) {
    for at in 0..manifest.pieces.len() {
        match manifest.token(at) {
            Some(Kind::Name)
                if matches!(manifest.text(at), "include" | "contain" | "require")
                    && manifest.next_token(at) != Some(Kind::FatArrow) =>
            {
                included(manifest, at, found);
            }
            Some(Kind::Inherits) => {
                if let Some(name) = manifest.next(at) {
                    report(manifest, name, "class included by absolute name (::$class)", found);
                }
            }
            _ => {}
        }
    }
    for body in manifest.bodies.iter().filter(|body| manifest.is(body.type_name, Kind::Class)) {
        for at in body.title..body.colon {
            report(manifest, at, "class included by absolute name (::$class)", found);
        }
    }
}

/// The names behind a function on its line, but for those within other calls.
fn included(manifest: &Manifest, function: usize, found: &mut Found) {
    let mut at = function + 1;
    while at < manifest.pieces.len() && manifest.kind(at) != PieceKind::LineEnd {
        let is_call = manifest.is(at, Kind::Name) && manifest.next_token(at) == Some(Kind::LeftParen);
        if is_call
            && let Some(open) = manifest.next(at)
            && let Some(close) = manifest.partner(open)
        {
            at = close;
        } else {
            report(manifest, at, "class included by absolute name (::$class)", found);
        }
        at += 1;
    }
}

pub(super) fn relative_classname_reference(manifest: &Manifest, _: &Options, found: &mut Found) {
    for at in 0..manifest.pieces.len() {
        if !manifest.is(at, Kind::ClassRef) || manifest.text(at) != "Class" {
            continue;
        }
        let open = manifest.next(at).filter(|&open| manifest.is(open, Kind::LeftBracket));
        if let Some(open) = open
            && let Some(close) = manifest.partner(open)
        {
            for name in open..close {
                report(manifest, name, "absolute class name reference", found);
            }
        }
    }
}

fn report(manifest: &Manifest, at: usize, message: &'static str, found: &mut Found) {
    let quoted = match manifest.token(at) {
        Some(Kind::Name | Kind::Word) => false,
        Some(Kind::String) => manifest.text(at).starts_with('\''),
        _ => return,
    };
    if manifest.value(at).starts_with("::") {
        let start = manifest.span(at).start + u32::from(quoted);
        let fix = vec![Edit::delete(Span { start, end: start + 2 })];
        found.warning_fixed(at, message, fix);
    }
}
