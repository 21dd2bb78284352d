//! Case statements and selectors.

use syntax::ast::{Expr, ExprId, Span};
use syntax::tokens::Kind;

use super::Found;
use crate::Options;
use crate::manifest::Manifest;
use crate::problem::Edit;

pub(super) fn case_without_default(manifest: &Manifest, _: &Options, found: &mut Found) {
    let mut cases: Vec<u32> = manifest
        .nodes()
        .filter(|(expr, _)| match expr {
            Expr::Case { options, .. } => !options
                .iter()
                .any(|option| option.values.iter().any(|&value| manifest.ast[value] == Expr::Default)),
            _ => false,
        })
        .map(|(_, span)| span.start)
        .collect();
    cases.sort_unstable();
    for start in cases {
        if let Some(at) = manifest.at_offset(start) {
            found.warning(at, "case statement without a default case");
        }
    }
}

pub(super) fn selector_inside_resource(manifest: &Manifest, _: &Options, found: &mut Found) {
    for body in &manifest.bodies {
        for at in body.colon..body.end {
            if !manifest.is(at, Kind::FatArrow) {
                continue;
            }
            let Some(value) = manifest.next(at).filter(|&value| manifest.is(value, Kind::Variable)) else {
                continue;
            };
            if manifest.next_token(manifest.last_of_access(value)) == Some(Kind::Question) {
                found.warning(at, "selector inside resource block");
            }
        }
    }
}

pub(super) fn unquoted_string_in_case(manifest: &Manifest, _: &Options, found: &mut Found) {
    let cases = manifest.nodes().filter_map(|(expr, _)| match expr {
        Expr::Case { options, .. } => Some(options),
        _ => None,
    });
    let values = cases.flatten().flat_map(|option| option.values.iter().copied());
    report_unquoted(manifest, values.collect(), "unquoted string in case", found);
}

pub(super) fn unquoted_string_in_selector(manifest: &Manifest, _: &Options, found: &mut Found) {
    let selectors = manifest.nodes().filter_map(|(expr, _)| match expr {
        Expr::Selector { entries, .. } => Some(entries),
        _ => None,
    });
    let keys = selectors.flatten().map(|&(key, _)| key);
    report_unquoted(manifest, keys.collect(), "unquoted string in selector", found);
}

/// Types of the language, which a value may be compared with.
const TYPES: [&str; 36] = [
    "Any",
    "Array",
    "Binary",
    "Boolean",
    "Callable",
    "CatalogEntry",
    "Class",
    "Collection",
    "Data",
    "Default",
    "Deferred",
    "Enum",
    "Error",
    "Float",
    "Hash",
    "Integer",
    "Iterable",
    "Iterator",
    "NotUndef",
    "Numeric",
    "Optional",
    "Pattern",
    "Regexp",
    "Resource",
    "RichData",
    "Runtime",
    "Scalar",
    "ScalarData",
    "SemVer",
    "Sensitive",
    "String",
    "Struct",
    "Tuple",
    "Type",
    "Undef",
    "Variant",
];

fn report_unquoted(manifest: &Manifest, values: Vec<ExprId>, message: &'static str, found: &mut Found) {
    let mut spans: Vec<Span> = values
        .into_iter()
        .filter(|&value| match &manifest.ast[value] {
            Expr::Name(_) | Expr::Str(_) => true,
            Expr::TypeName(name) => !name.as_str().contains("::") && !TYPES.contains(&name.as_str()),
            _ => false,
        })
        .map(|value| manifest.ast.span(value))
        .collect();
    spans.sort_unstable_by_key(|span| span.start);
    for span in spans {
        let Some(at) = manifest.at_offset(span.start) else { continue };
        if manifest.quote(at).is_none() && !manifest.is(at, Kind::Heredoc) {
            let fix = vec![Edit::replace(manifest.span(at), format!("'{}'", manifest.text(at)))];
            found.warning_fixed(at, message, fix);
        }
    }
}
