//! Attributes of resources.

use std::collections::HashSet;

use syntax::ast::Span;
use syntax::tokens::{Kind, PieceKind};

use super::Found;
use crate::Options;
use crate::manifest::Manifest;
use crate::problem::Edit;
use crate::structure::{Attribute, Body};

pub(super) fn duplicate_params(manifest: &Manifest, _: &Options, found: &mut Found) {
    for body in &manifest.bodies {
        // One set for each brace around the current place.
        let mut seen: Vec<HashSet<&str>> = vec![HashSet::new()];
        for at in body.colon..=body.end {
            match manifest.token(at) {
                Some(Kind::LeftBrace | Kind::SelectorBrace) => seen.push(HashSet::new()),
                Some(Kind::RightBrace) if seen.len() > 1 => {
                    seen.pop();
                }
                Some(Kind::FatArrow) => {
                    let Some(name) = manifest.previous(at).filter(|&name| manifest.is(name, Kind::Name))
                    else {
                        continue;
                    };
                    if let Some(level) = seen.last_mut()
                        && !level.insert(manifest.text(name))
                    {
                        found.error(name, "duplicate parameter found in resource");
                    }
                }
                _ => {}
            }
        }
    }
}

pub(super) fn ensure_first_param(manifest: &Manifest, _: &Options, found: &mut Found) {
    for body in &manifest.bodies {
        if manifest.is(body.type_name, Kind::Class) {
            continue;
        }
        let mut named = body.attributes.iter().filter(|attribute| manifest.is(attribute.name, Kind::Name));
        let Some(first) = named.next() else { continue };
        if manifest.text(first.name) == "ensure" {
            continue;
        }
        if let Some(ensure) = named.find(|attribute| manifest.text(attribute.name) == "ensure") {
            let fix = swapped(manifest, first, ensure);
            found.warning_fixed(ensure.name, "ensure found on line but it's not the first attribute", fix);
        }
    }
}

/// Lets two attributes change places. What stands between an attribute and its comma stays where it is.
fn swapped(manifest: &Manifest, one: &Attribute, other: &Attribute) -> Vec<Edit> {
    let span = |attribute: &Attribute| {
        let last = manifest.previous(attribute.end).unwrap_or(attribute.value);
        Span { start: manifest.span(attribute.name).start, end: manifest.span(last).end }
    };
    let (one, other) = (span(one), span(other));
    let text = |span: Span| manifest.source().get(span.start as usize..span.end as usize).unwrap_or("");
    // A heredoc's lines would have to move along.
    if [one, other].iter().any(|&span| text(span).contains("@(")) {
        return Vec::new();
    }
    vec![Edit::replace(one, text(other)), Edit::replace(other, text(one))]
}

/// The attributes of a name of resources of some types.
fn attributes<'m>(
    manifest: &'m Manifest,
    types: &'static [&'static str],
    name: &'static str,
) -> impl Iterator<Item = (&'m Body, Attribute)> {
    manifest
        .bodies
        .iter()
        .filter(move |body| types.contains(&manifest.text(body.type_name)))
        .flat_map(|body| body.attributes.iter().map(move |attribute| (body, *attribute)))
        .filter(move |(_, attribute)| manifest.text(attribute.name) == name)
}

pub(super) fn ensure_not_symlink_target(manifest: &Manifest, _: &Options, found: &mut Found) {
    for (_, attribute) in attributes(manifest, &["file"], "ensure") {
        let value = attribute.value;
        if !manifest.value(value).starts_with('/') || manifest.quote(value).is_none() {
            continue;
        }
        let indent = manifest.indent_of_line(attribute.name);
        let fix = vec![Edit::insert(manifest.span(value).start, format!("link,\n{indent}target => "))];
        found.warning_fixed(value, "symlink target specified in ensure attr", fix);
    }
}

const MODE: &str = "mode should be represented as a 4 digit octal value or symbolic mode";

pub(super) fn file_mode(manifest: &Manifest, _: &Options, found: &mut Found) {
    for (_, attribute) in attributes(manifest, &["file", "concat"], "mode") {
        let value = attribute.value;
        let ignored = match manifest.token(value) {
            Some(Kind::Variable | Kind::Undef) => true,
            Some(Kind::Name) => manifest.is(value + 1, Kind::LeftParen),
            _ => false,
        };
        let mode = manifest.value(value);
        if ignored || is_octal(mode, 4) || is_symbolic(mode) {
            continue;
        }
        let plain = matches!(manifest.kind(value), PieceKind::Token(Kind::String | Kind::Number));
        let fix = if plain && is_octal(mode, 3) {
            vec![Edit::replace(manifest.span(value), format!("'0{mode}'"))]
        } else {
            Vec::new()
        };
        found.warning_fixed(value, MODE, fix);
    }
}

fn is_octal(mode: &str, digits: usize) -> bool {
    mode.len() == digits && mode.bytes().all(|byte| (b'0'..=b'7').contains(&byte))
}

/// `u=rw,go+r` and the like.
fn is_symbolic(mode: &str) -> bool {
    mode.split(',').all(|part| {
        let operations = part.trim_start_matches(['u', 'g', 'o', 'a']);
        operations.starts_with(['-', '=', '+'])
            && operations
                .chars()
                .all(|c| matches!(c, '-' | '=' | '+' | 'r' | 's' | 't' | 'w' | 'x' | 'X' | 'u' | 'g' | 'o'))
    })
}

pub(super) fn unquoted_file_mode(manifest: &Manifest, _: &Options, found: &mut Found) {
    for (_, attribute) in attributes(manifest, &["file", "concat"], "mode") {
        let value = attribute.value;
        let unquoted = match manifest.token(value) {
            Some(Kind::Name | Kind::Word) => !manifest.is(value + 1, Kind::LeftParen),
            Some(Kind::Number) => true,
            _ => false,
        };
        if unquoted {
            let fix = vec![Edit::replace(manifest.span(value), format!("'{}'", manifest.text(value)))];
            found.warning_fixed(value, "unquoted file mode", fix);
        }
    }
}

pub(super) fn anchor_resource(manifest: &Manifest, _: &Options, found: &mut Found) {
    for body in manifest.bodies.iter().filter(|body| manifest.text(body.type_name) == "anchor") {
        found.warning(body.type_name, "manifest includes anchor resource");
    }
}

pub(super) fn file_ensure(manifest: &Manifest, _: &Options, found: &mut Found) {
    for (body, attribute) in attributes(manifest, &["file"], "ensure") {
        let value = attribute.value;
        let plain = matches!(manifest.token(value), Some(Kind::Name | Kind::String));
        if !plain || manifest.value(value) != "present" {
            continue;
        }
        let has_target = body.attributes.iter().any(|other| manifest.text(other.name) == "target");
        let ensure = if has_target { "link" } else { "file" };
        let text = manifest.text(value).replace("present", ensure);
        let fix = vec![Edit::replace(manifest.span(value), text)];
        found.warning_fixed(value, "ensure set to present on file resource", fix);
    }
}
