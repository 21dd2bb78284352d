//! Commands.

use syntax::tokens::Kind;

use super::Found;
use crate::Options;
use crate::manifest::{Manifest, Quote};

/// Attributes of `exec` that a shell may read.
const COMMANDS: [&str; 3] = ["command", "onlyif", "unless"];

pub(super) fn check_unsafe_interpolations(manifest: &Manifest, _: &Options, found: &mut Found) {
    for body in manifest.bodies.iter().filter(|body| manifest.text(body.type_name) == "exec") {
        let names = || body.attributes.iter().map(|attribute| manifest.text(attribute.name));
        // A title is a command if there is no other.
        if !names().any(|name| name == "command") {
            variables(manifest, body.title, body.colon, found);
        }
        for attribute in &body.attributes {
            let is_list =
                matches!(manifest.token(attribute.value), Some(Kind::LeftBracket | Kind::ListStart));
            // No shell reads a command that is given in parts.
            if COMMANDS.contains(&manifest.text(attribute.name)) && !is_list {
                variables(manifest, attribute.value, attribute.end, found);
            }
        }
    }
}

/// Warns of what strings between two pieces interpolate.
fn variables(manifest: &Manifest, from: usize, to: usize, found: &mut Found) {
    for at in from..to {
        let interpolates = match manifest.token(at) {
            Some(Kind::StringStart) => manifest.quote(at) == Some(Quote::Double),
            Some(Kind::StringMiddle) => true,
            _ => false,
        };
        if interpolates && let Some(value) = manifest.next(at) {
            let name = manifest.value(value);
            found.warning(value, format!("unsafe interpolation of variable '{name}' in exec command"));
        }
    }
}
