//! Numbers.

use syntax::tokens::Kind;

use super::Found;
use crate::Options;
use crate::manifest::Manifest;
use crate::problem::Edit;

pub(super) fn leading_zero(manifest: &Manifest, _: &Options, found: &mut Found) {
    for at in 0..manifest.pieces.len() {
        let text = manifest.text(at);
        let octal = matches!(text.as_bytes(), [b'0', digit, ..] if digit.is_ascii_digit());
        if manifest.is(at, Kind::Number) && octal {
            let fix = vec![Edit::replace(manifest.span(at), format!("'{text}'"))];
            found.warning_fixed(at, "unquoted number with leading zero", fix);
        }
    }
}
