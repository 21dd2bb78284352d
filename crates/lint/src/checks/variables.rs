//! Names of variables.

use syntax::ast::Span;
use syntax::tokens::Kind;

use super::Found;
use crate::Options;
use crate::manifest::Manifest;
use crate::problem::Edit;

fn variables(manifest: &Manifest) -> impl Iterator<Item = usize> {
    (0..manifest.pieces.len()).filter(|&at| manifest.is(at, Kind::Variable))
}

pub(super) fn variable_contains_dash(manifest: &Manifest, _: &Options, found: &mut Found) {
    for at in variables(manifest) {
        let behind = &manifest.source().as_bytes()[manifest.span(at).end as usize..];
        // Puppet reads `$a-b` as a subtraction, which nobody writes without spaces and means.
        let subtracts = matches!(behind, [b'-', next, ..] if next.is_ascii_alphanumeric() || *next == b'_');
        if subtracts || manifest.text(at).contains('-') {
            found.warning(at, "variable contains a dash");
        }
    }
}

pub(super) fn variable_is_lowercase(manifest: &Manifest, _: &Options, found: &mut Found) {
    for at in variables(manifest) {
        if manifest.text(at).bytes().any(|byte| byte.is_ascii_uppercase()) {
            found.warning(at, "variable contains an uppercase letter");
        }
    }
}

pub(super) fn topscope_variable(manifest: &Manifest, _: &Options, found: &mut Found) {
    if manifest.definitions.is_empty() {
        return;
    }
    for at in variables(manifest).filter(|&at| !manifest.is_bare_variable(at)) {
        let name = manifest.value(at);
        let Some(plain) = name.strip_prefix("::").filter(|plain| plain.contains("::")) else { continue };
        if plain.starts_with(|c: char| c.is_ascii_uppercase()) {
            continue;
        }
        let start = manifest.span(at).start + u32::from(manifest.text(at).starts_with('$'));
        let fix = vec![Edit::delete(Span { start, end: start + 2 })];
        found.warning_fixed(at, format!("use ${plain} instead of ${name}"), fix);
    }
}
