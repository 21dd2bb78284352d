//! Types and documentation of parameters.

use syntax::ast::Span;
use syntax::tokens::{Kind, PieceKind};

use super::Found;
use crate::Options;
use crate::manifest::Manifest;
use crate::structure::{Definition, find};

/// The names of a definition's parameters, and whether each has a type.
fn parameters(manifest: &Manifest, definition: &Definition) -> Vec<(usize, bool)> {
    let Some((open, close)) = definition.parameters else { return Vec::new() };
    let mut parameters = Vec::new();
    let mut from = open + 1;
    while from < close {
        let end = find(manifest, from, close, &[Kind::Comma]).unwrap_or(close);
        if let Some(name) = find(manifest, from, end, &[Kind::Variable]) {
            let typed = manifest.previous(name).is_some_and(|before| before >= from);
            parameters.push((name, typed));
        }
        from = end + 1;
    }
    parameters
}

pub(super) fn parameter_types(manifest: &Manifest, _: &Options, found: &mut Found) {
    for definition in &manifest.definitions {
        for (name, typed) in parameters(manifest, definition) {
            if !typed {
                let of = manifest.value(definition.name);
                let message = format!("missing datatype for parameter {of}::{}", manifest.value(name));
                found.warning(name, message);
            }
        }
    }
}

/// What a comment says of a parameter: the piece, where in it the name is said, and the name.
struct Said<'m> {
    piece: usize,
    at: u32,
    name: &'m str,
}

pub(super) fn parameter_documentation(manifest: &Manifest, _: &Options, found: &mut Found) {
    for definition in &manifest.definitions {
        let (label, class) = (definition.label(), manifest.value(definition.name));
        let (said, private) = said(manifest, definition);
        let names: Vec<usize> = parameters(manifest, definition).into_iter().map(|(name, _)| name).collect();
        let is_title = |name: &str| !definition.is_class && matches!(name, "name" | "title");
        for (index, one) in said.iter().enumerate() {
            let twice = said.iter().enumerate().any(|(other, said)| other != index && said.name == one.name);
            let known = names.iter().any(|&name| manifest.value(name) == one.name) || is_title(one.name);
            let name = one.name;
            let first = !said[..index].iter().any(|said| said.name == name);
            let span = Span { start: one.at, end: manifest.span(one.piece).end };
            if twice {
                let message = format!("Duplicate {label} parameter documentation for {class}::{name}");
                found.place(span, message);
            }
            if !known && first {
                let message = format!("No matching {label} parameter for documentation of {class}::{name}");
                found.place(span, message);
            }
        }
        if private {
            continue;
        }
        for name in names {
            let parameter = manifest.value(name);
            if !said.iter().any(|said| said.name == parameter) {
                found.warning(
                    name,
                    format!("missing documentation for {label} parameter {class}::{parameter}"),
                );
            }
        }
    }
}

/// What the comments above a definition say of parameters, and whether they call it private.
fn said<'m>(manifest: &'m Manifest, definition: &Definition) -> (Vec<Said<'m>>, bool) {
    let mut said = Vec::new();
    let mut private = false;
    for piece in (0..definition.keyword).rev() {
        match manifest.kind(piece) {
            PieceKind::Comment => {}
            PieceKind::Blank | PieceKind::LineEnd => continue,
            _ => break,
        }
        let text = manifest.text(piece).trim_start_matches('#');
        let words = text.trim();
        private |= words.split_whitespace().eq(["@api", "private"]);
        if let Some((name, offset)) = documented(words) {
            let lead = manifest.text(piece).len() - text.trim_start().len() + offset;
            said.push(Said { piece, at: manifest.span(piece).start + lead as u32, name });
        }
    }
    said.reverse();
    (said, private)
}

/// The parameter that a line documents, and where the line begins to say so: `@param [Type] name`, `$name::` or `[*name*]`.
fn documented(line: &str) -> Option<(&str, usize)> {
    let word =
        |text: &str| text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len());
    if let Some(rest) = line.strip_prefix("@param") {
        let mut name = rest.trim_start();
        let offset = line.len() - name.len();
        if name.starts_with('[') {
            name = name.split_once("] ")?.1.trim_start();
        }
        let length = word(name);
        let ends = name[length..].is_empty() || name[length..].starts_with(' ');
        return (length > 0 && ends && offset > "@param".len()).then(|| (&name[..length], offset));
    }
    if let Some(rest) = line.strip_prefix("[*") {
        let length = word(rest);
        return (length > 0 && rest[length..].starts_with("*]")).then(|| (&rest[..length], 0));
    }
    let rest = line.strip_prefix('$')?;
    let length = word(rest);
    (length > 0 && rest[length..].starts_with(":: ")).then(|| (&rest[..length], 0))
}
