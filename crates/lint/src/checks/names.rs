//! What names of classes and defined types consist of.

use super::Found;
use crate::Options;
use crate::manifest::Manifest;
use crate::problem::Edit;

pub(super) fn names_containing_dash(manifest: &Manifest, _: &Options, found: &mut Found) {
    for definition in &manifest.definitions {
        if manifest.value(definition.name).contains('-') {
            found.error(definition.name, format!("{} name containing a dash", definition.label()));
        }
    }
}

pub(super) fn names_containing_uppercase(manifest: &Manifest, _: &Options, found: &mut Found) {
    for definition in &manifest.definitions {
        let name = manifest.value(definition.name);
        if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            let fix = vec![Edit::replace(manifest.span(definition.name), name.to_lowercase())];
            let message = format!("{} '{name}' contains illegal uppercase", definition.label());
            found.error_fixed(definition.name, message, fix);
        }
    }
}
