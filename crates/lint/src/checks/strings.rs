//! Quotes and what stands between them.

use syntax::ast::Span;
use syntax::tokens::{Kind, PieceKind};

use super::Found;
use crate::Options;
use crate::manifest::{Manifest, Quote};
use crate::problem::Edit;

pub(super) fn double_quoted_strings(manifest: &Manifest, _: &Options, found: &mut Found) {
    for at in 0..manifest.pieces.len() {
        if !manifest.is(at, Kind::String) || manifest.quote(at) != Some(Quote::Double) {
            continue;
        }
        let value = manifest.value(at);
        if !needs_double_quotes(value) && !value.contains(&" ".repeat(manifest.column(at))) {
            let fix = vec![Edit::replace(manifest.span(at), format!("'{value}'"))];
            found.warning_fixed(at, "double quoted string containing no variables", fix);
        }
    }
}

/// Whether what stands between double quotes means something else, or looks worse, between single ones.
pub(crate) fn needs_double_quotes(value: &str) -> bool {
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\'' | '\r' | '\t' | '\n' => return true,
            '\\' => match chars.next() {
                Some('$' | '"' | '\'' | 't' | 's' | 'n' | '\\' | 'r' | 'u' | '\n' | '\r') | None => {
                    return true;
                }
                Some(_) => {}
            },
            _ => {}
        }
    }
    false
}

pub(super) fn only_variable_string(manifest: &Manifest, _: &Options, found: &mut Found) {
    for at in 0..manifest.pieces.len() {
        if !manifest.is(at, Kind::StringStart) || manifest.quote(at) != Some(Quote::Double) {
            continue;
        }
        if let Some((variable, end)) = only_variable(manifest, at) {
            // A key of a hash has to be a string.
            if manifest.next_token(end) == Some(Kind::FatArrow) {
                continue;
            }
            let start = manifest.span(variable);
            let last =
                manifest.previous(end).filter(|&last| manifest.kind(last) == PieceKind::InterpolationEnd);
            let close = last.map_or(start.end, |last| manifest.span(last).start);
            let inner = manifest.source().get(start.start as usize..close as usize).unwrap_or("");
            let text = format!("${}", inner.trim_start_matches('$'));
            let whole = Span { start: manifest.span(at).start, end: manifest.span(end).end };
            let fix = vec![Edit::replace(whole, text)];
            found.warning_fixed(variable, "string containing only a variable", fix);
        }
    }
}

/// The variable and the end of a string that has nothing else but plain accesses.
fn only_variable(manifest: &Manifest, start: usize) -> Option<(usize, usize)> {
    if !manifest.value(start).is_empty() {
        return None;
    }
    let variable = start + 1;
    if !manifest.is(variable, Kind::Variable) {
        return None;
    }
    let mut at = variable + 1;
    while manifest.is(at, Kind::LeftBracket) {
        let close = manifest.partner(at)?;
        // One key of one token.
        if close != at + 2 {
            return None;
        }
        at = close + 1;
    }
    if manifest.kind(at) == PieceKind::InterpolationEnd {
        at += 1;
    }
    (manifest.is(at, Kind::StringEnd) && manifest.text(at) == "\"").then_some((variable, at))
}

pub(super) fn quoted_booleans(manifest: &Manifest, _: &Options, found: &mut Found) {
    for at in 0..manifest.pieces.len() {
        if manifest.is(at, Kind::String)
            && matches!(manifest.quote(at), Some(Quote::Single | Quote::Double))
            && matches!(manifest.value(at), "true" | "false")
        {
            let fix = vec![Edit::replace(manifest.span(at), manifest.value(at))];
            found.warning_fixed(at, "quoted boolean value found", fix);
        }
    }
}

pub(super) fn single_quote_string_with_variables(manifest: &Manifest, _: &Options, found: &mut Found) {
    for at in 0..manifest.pieces.len() {
        if !manifest.is(at, Kind::String)
            || manifest.quote(at) != Some(Quote::Single)
            || !manifest.value(at).contains("${")
        {
            continue;
        }
        let function = at.checked_sub(2).map_or("", |before| manifest.text(before));
        if !function.contains("inline_epp") && !function.contains("inline_template") {
            found.error(at, "single quoted string containing a variable found");
        }
    }
}

pub(super) fn variables_not_enclosed(manifest: &Manifest, _: &Options, found: &mut Found) {
    for at in 0..manifest.pieces.len() {
        if manifest.is_bare_variable(at) {
            let fix = Edit::replace(manifest.span(at), format!("${{{}}}", manifest.value(at)));
            let fix = if manifest.can_be_enclosed(at) { vec![fix] } else { Vec::new() };
            found.warning_fixed(at, "variable not enclosed in {}", fix);
        }
    }
}
