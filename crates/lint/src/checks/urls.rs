//! URLs of files.

use syntax::tokens::Kind;

use super::Found;
use crate::Options;
use crate::manifest::{Manifest, Quote};
use crate::problem::Edit;

pub(super) fn puppet_url_without_modules(manifest: &Manifest, _: &Options, found: &mut Found) {
    for at in 0..manifest.pieces.len() {
        if !matches!(manifest.token(at), Some(Kind::String | Kind::StringStart))
            || !matches!(manifest.quote(at), Some(Quote::Single | Quote::Double))
        {
            continue;
        }
        let Some(rest) = manifest.value(at).strip_prefix("puppet://") else { continue };
        let host = rest.find('/');
        if host.is_some_and(|slash| rest[slash + 1..].starts_with("modules/")) {
            continue;
        }
        let fix = host.map_or_else(Vec::new, |slash| {
            let path = manifest.span(at).start as usize + 1 + "puppet://".len() + slash + 1;
            vec![Edit::insert(path as u32, "modules/")]
        });
        found.warning_fixed(at, "puppet:// URL without modules/ found", fix);
    }
}
