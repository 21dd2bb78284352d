//! Where classes and defined types are defined, and what they inherit.

use syntax::tokens::{Kind, PieceKind};

use super::Found;
use crate::Options;
use crate::manifest::Manifest;

pub(super) fn autoloader_layout(manifest: &Manifest, options: &Options, found: &mut Found) {
    let Some(path) = options.full_path.as_deref().filter(|path| !path.is_empty()) else { return };
    for definition in &manifest.definitions {
        let name = manifest.value(definition.name);
        let mut parts: Vec<&str> = name.split("::").collect();
        let module = if parts.is_empty() { "" } else { parts.remove(0) };
        let file = if parts.is_empty() { "init".to_owned() } else { parts.join("/") };
        let expected = if options.relative {
            format!("manifests/{file}.pp")
        } else {
            format!("/{module}/manifests/{file}.pp")
        };
        if !path.ends_with(&expected) {
            found.error(definition.name, format!("{name} not in autoload module layout"));
        }
    }
}

pub(super) fn class_inherits_from_params_class(manifest: &Manifest, _: &Options, found: &mut Found) {
    for definition in manifest.definitions.iter().filter(|definition| definition.is_class) {
        if let Some(inherited) = definition.inherited
            && manifest.value(inherited).ends_with("::params")
        {
            found.warning(inherited, "class inheriting from params class");
        }
    }
}

pub(super) fn inherits_across_namespaces(manifest: &Manifest, _: &Options, found: &mut Found) {
    fn module(name: &str) -> Option<&str> {
        name.split("::").find(|part| !part.is_empty())
    }
    for definition in manifest.definitions.iter().filter(|definition| definition.is_class) {
        if let Some(inherited) = definition.inherited
            && module(manifest.value(inherited)) != module(manifest.value(definition.name))
        {
            found.warning(inherited, "class inherits across module namespaces");
        }
    }
}

pub(super) fn nested_classes_or_defines(manifest: &Manifest, _: &Options, found: &mut Found) {
    for outer in manifest.definitions.iter().filter(|definition| definition.is_class) {
        let mut inner: Vec<_> = manifest
            .definitions
            .iter()
            .filter(|inner| inner.keyword > outer.keyword && inner.keyword < outer.end)
            .collect();
        inner.sort_by_key(|inner| inner.keyword);
        for inner in inner {
            found.warning(inner.keyword, format!("{} defined inside a class", inner.label()));
        }
    }
}

pub(super) fn code_on_top_scope(manifest: &Manifest, _: &Options, found: &mut Found) {
    let mut inside = vec![false; manifest.pieces.len()];
    for definition in &manifest.definitions {
        inside[definition.keyword..=definition.end].fill(true);
    }
    let mut at = 0;
    while at < manifest.pieces.len() {
        let skipped = inside[at]
            || manifest.is_trivia(at)
            || matches!(
                manifest.kind(at),
                PieceKind::HeredocFrame | PieceKind::InterpolationEnd | PieceKind::Token(Kind::HeredocText)
            );
        let mut last = at;
        if !skipped {
            let mut value = manifest.value(at);
            if manifest.is(at, Kind::Variable) {
                // A variable and what is taken from it are one thing here.
                last = manifest.last_of_access(at);
                let (start, end) = (manifest.span(at).start as usize, manifest.span(last).end as usize);
                value = manifest.source().get(start..end).map_or(value, |text| text.trim_start_matches('$'));
            }
            found.warning(at, format!("code outside of class or define block - {value}"));
        }
        at = last + 1;
    }
}
