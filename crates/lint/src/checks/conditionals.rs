//! Case statements and selectors.

use syntax::ast::Expr;
use syntax::tokens::Kind;

use super::Found;
use crate::Options;
use crate::manifest::Manifest;

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
