//! Facts by their old names or from the top scope.

use syntax::ast::Span;
use syntax::tokens::Kind;

use super::Found;
use crate::Options;
use crate::facts::{Legacy, legacy, renamed};
use crate::manifest::{Manifest, Quote};
use crate::problem::Edit;

pub(super) fn legacy_facts(manifest: &Manifest, _: &Options, found: &mut Found) {
    for at in 0..manifest.pieces.len() {
        if !manifest.is(at, Kind::Variable) {
            continue;
        }
        let (name, end) = match manifest.value(at) {
            "facts" | "::facts" => match key_of_facts(manifest, at) {
                Some(found) => found,
                None => continue,
            },
            name => match name.strip_prefix("::") {
                Some(name) => (name, at),
                None => continue,
            },
        };
        let fix = match legacy(name) {
            None => continue,
            Some(Legacy::Gone) => Vec::new(),
            Some(Legacy::Renamed(keys)) => {
                let mut text = String::from("facts");
                for key in keys {
                    text.push_str(&format!("[{key}]"));
                }
                replaced(manifest, at, end, text)
            }
        };
        found.warning_fixed(at, format!("legacy fact '{name}'"), fix);
    }
}

/// The key in `$facts['key']` and the closing bracket. Outside of strings a longer access does not name an old fact.
fn key_of_facts(manifest: &Manifest, at: usize) -> Option<(&str, usize)> {
    let open = manifest
        .next(at)
        .filter(|&open| matches!(manifest.token(open), Some(Kind::LeftBracket | Kind::ListStart)))?;
    let close = manifest.partner(open)?;
    let key = manifest.next(open).filter(|&key| manifest.next(key) == Some(close))?;
    let in_code = manifest.text(at).starts_with('$');
    let name = match manifest.token(key)? {
        Kind::String => match manifest.quote(key) {
            Some(Quote::Double) if in_code => return None,
            _ => manifest.value(key),
        },
        Kind::Name => manifest.text(key),
        _ => return None,
    };
    if in_code && (manifest.last_of_access(at) != close || manifest.is_bare_variable(at)) {
        return None;
    }
    Some((name, close))
}

/// The variable up to `end` replaced by another, as it has to be written at its place.
fn replaced(manifest: &Manifest, at: usize, end: usize, text: String) -> Vec<Edit> {
    let span = Span { start: manifest.span(at).start, end: manifest.span(end).end };
    let text = if manifest.is_bare_variable(at) {
        format!("${{{text}}}")
    } else if manifest.text(at).starts_with('$') {
        format!("${text}")
    } else {
        text
    };
    vec![Edit::replace(span, text)]
}

pub(super) fn top_scope_facts(manifest: &Manifest, options: &Options, found: &mut Found) {
    for at in 0..manifest.pieces.len() {
        if !manifest.is(at, Kind::Variable) {
            continue;
        }
        let Some(name) = manifest.value(at).strip_prefix("::") else { continue };
        // A name that begins like one of these is taken for one, too.
        let allowed = ["trusted", "facts"].into_iter().chain(renamed()).any(|known| name.starts_with(known))
            || options.top_scope_variables.iter().any(|known| name.starts_with(known.as_str()));
        let in_namespace = name
            .find("::")
            .is_some_and(|end| end >= 2 && !name.starts_with(|c: char| c.is_ascii_uppercase()));
        if !allowed && !in_namespace {
            let fix = replaced(manifest, at, at, format!("facts['{name}']"));
            found.warning_fixed(at, "top scope fact instead of facts hash", fix);
        }
    }
}
