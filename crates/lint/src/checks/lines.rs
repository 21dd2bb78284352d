//! Length of lines.

use syntax::ast::Span;

use super::Found;
use crate::Options;
use crate::manifest::Manifest;

pub(super) fn line_of_140(manifest: &Manifest, _: &Options, found: &mut Found) {
    longer_than(manifest, 140, found);
}

pub(super) fn line_of_80(manifest: &Manifest, _: &Options, found: &mut Found) {
    longer_than(manifest, 80, found);
}

fn longer_than(manifest: &Manifest, max: usize, found: &mut Found) {
    let mut start = 0;
    for (index, line) in manifest.source().split('\n').enumerate() {
        // URLs and calls of templates would be harder to read in parts.
        let long = line.len() > max
            && line.chars().count() > max
            && !line.contains("://")
            && !line.contains("template(");
        if long {
            let behind = line.char_indices().nth(max).map_or(line.len(), |(at, _)| at);
            let span = Span { start: (start + behind) as u32, end: (start + line.len()) as u32 };
            let message = format!("line has more than {max} characters");
            found.line(index as u32 + 1, max as u32, span, message);
        }
        start += line.len() + 1;
    }
}
