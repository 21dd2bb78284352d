//! Titles of resources.

use syntax::tokens::Kind;

use super::Found;
use crate::Options;
use crate::manifest::Manifest;
use crate::problem::Edit;
use crate::structure::find;

pub(super) fn unquoted_resource_title(manifest: &Manifest, _: &Options, found: &mut Found) {
    for body in &manifest.bodies {
        let title = body.title;
        if manifest.next(title) == Some(body.colon) {
            report(manifest, title, found);
        } else if matches!(manifest.token(title), Some(Kind::LeftBracket | Kind::ListStart))
            && let Some(close) = manifest.partner(title)
            && manifest.next(close) == Some(body.colon)
        {
            let mut at = title + 1;
            while at < close {
                let end = find(manifest, at, close, &[Kind::Comma]).unwrap_or(close);
                if let Some(name) = manifest.next(at - 1).filter(|&name| manifest.next(name) == Some(end)) {
                    report(manifest, name, found);
                }
                at = end + 1;
            }
        }
    }
}

fn report(manifest: &Manifest, at: usize, found: &mut Found) {
    let unquoted = match manifest.token(at) {
        Some(Kind::Name | Kind::Word) => true,
        // A bare word of the lexer is a string without quotes.
        Some(Kind::String) => manifest.quote(at).is_none(),
        _ => false,
    };
    if unquoted {
        let fix = vec![Edit::replace(manifest.span(at), format!("'{}'", manifest.text(at)))];
        found.warning_fixed(at, "unquoted resource title", fix);
    }
}
