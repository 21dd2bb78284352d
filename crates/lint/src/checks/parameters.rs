//! Parameters of classes and defined types.

use syntax::tokens::Kind;

use super::Found;
use crate::Options;
use crate::manifest::Manifest;
use crate::structure::find;

pub(super) fn parameter_order(manifest: &Manifest, _: &Options, found: &mut Found) {
    for definition in &manifest.definitions {
        let Some((open, close)) = definition.parameters else { continue };
        let mut optional_seen = false;
        let mut from = open + 1;
        while from < close {
            let end = find(manifest, from, close, &[Kind::Comma]).unwrap_or(close);
            if let Some(name) = find(manifest, from, end, &[Kind::Variable]) {
                if manifest.next_token(name) == Some(Kind::Assign) {
                    optional_seen = true;
                } else if optional_seen {
                    found.warning(name, "optional parameter listed before required parameter");
                }
            }
            from = end + 1;
        }
    }
}

pub(super) fn lookup_in_parameter(manifest: &Manifest, _: &Options, found: &mut Found) {
    for definition in &manifest.definitions {
        let Some((open, close)) = definition.parameters else { continue };
        for at in open..close {
            let is_call = manifest.is(at, Kind::Name) && manifest.is(at + 1, Kind::LeftParen);
            if is_call && manifest.text(at) == "lookup" {
                found.warning(at, "lookup used to set the default value of a parameter");
            }
        }
    }
}
