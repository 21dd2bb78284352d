//! How comments are written.

use syntax::tokens::PieceKind;

use super::Found;
use crate::Options;
use crate::manifest::Manifest;
use crate::problem::Edit;

/// `//` begins no comment in Puppet, so that a file which has one does not parse; see [`crate::slashes`], which finds them.
pub(super) fn slash_comments(_: &Manifest, _: &Options, _: &mut Found) {}

pub(super) fn star_comments(manifest: &Manifest, _: &Options, found: &mut Found) {
    for at in 0..manifest.pieces.len() {
        if manifest.kind(at) == PieceKind::BlockComment {
            found.warning_fixed(at, "/* */ comment found", to_lines(manifest, at));
        }
    }
}

/// The comment as lines that begin with `#`; nothing if code follows on its last line.
fn to_lines(manifest: &Manifest, at: usize) -> Vec<Edit> {
    let after = manifest.pieces[at + 1..].iter().find(|piece| piece.kind != PieceKind::Blank);
    if after.is_some_and(|piece| piece.kind != PieceKind::LineEnd) {
        return Vec::new();
    }
    let text = manifest.text(at);
    let text = text.strip_prefix("/*").and_then(|text| text.strip_suffix("*/")).unwrap_or(text);
    let indent = manifest.indent_of_line(at);
    let mut out = String::new();
    for line in text.trim().lines() {
        let line = line.trim_start();
        let line = line.strip_prefix('*').unwrap_or(line).trim();
        if !out.is_empty() {
            out.push('\n');
            out.push_str(indent);
        }
        out.push('#');
        if !line.is_empty() {
            out.push(' ');
            out.push_str(line);
        }
    }
    if out.is_empty() {
        out.push('#');
    }
    vec![Edit::replace(manifest.span(at), out)]
}
