//! Names of variables.

use syntax::tokens::Kind;

use super::Found;
use crate::Options;
use crate::manifest::Manifest;

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
