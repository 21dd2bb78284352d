//! White space before the arrows of resources.

use syntax::ast::Span;
use syntax::tokens::{Kind, PieceKind};

use super::Found;
use crate::Options;
use crate::manifest::Manifest;
use crate::problem::Edit;
use crate::structure::Body;

/// An arrow and what stands before it.
struct Arrow {
    at: usize,
    line: u32,
    column: usize,
    /// First piece of the key.
    key: usize,
    /// Length of the key in characters.
    key_length: usize,
}

/// The arrows directly within one pair of braces.
#[derive(Default)]
struct Group {
    arrows: Vec<Arrow>,
    /// The column in which arrows belong.
    expected: usize,
    /// The column of the first key.
    key_column: usize,
}

pub(super) fn arrow_alignment(manifest: &Manifest, _: &Options, found: &mut Found) {
    for body in &manifest.bodies {
        let arrows = || (body.colon..=body.end).filter(|&at| manifest.is(at, Kind::FatArrow));
        match (arrows().next(), arrows().next_back()) {
            (Some(first), Some(last)) if manifest.line(first) != manifest.line(last) => {}
            _ => continue,
        }
        let mut groups = vec![Group::default()];
        for at in body.colon..=body.end {
            match manifest.token(at) {
                Some(Kind::FatArrow) => {
                    if let (Some(group), Some(arrow)) = (groups.last_mut(), arrow(manifest, at)) {
                        group.add(manifest, arrow);
                    }
                }
                Some(Kind::LeftBrace | Kind::SelectorBrace) => groups.push(Group::default()),
                Some(Kind::RightBrace | Kind::Semicolon) => {
                    if let Some(group) = groups.pop() {
                        group.report(manifest, found);
                    }
                    if groups.is_empty() || manifest.is(at, Kind::Semicolon) {
                        groups.push(Group::default());
                    }
                }
                _ => {}
            }
        }
    }
}

fn arrow(manifest: &Manifest, at: usize) -> Option<Arrow> {
    let last = manifest.previous(at)?;
    let mut key = last;
    if manifest.is(last, Kind::StringEnd) {
        key = manifest.partner(last)?;
    }
    while manifest.is(key, Kind::RightBracket)
        && let Some(open) = manifest.partner(key)
        && manifest.is(open, Kind::LeftBracket)
        && open > 0
        && matches!(manifest.token(open - 1), Some(Kind::Variable | Kind::RightBracket))
    {
        key = open - 1;
    }
    let (start, end) = (manifest.span(key).start, manifest.span(last).end);
    Some(Arrow {
        at,
        line: manifest.line(at),
        column: manifest.column(at),
        key,
        key_length: manifest.source().get(start as usize..end as usize)?.chars().count(),
    })
}

impl Group {
    fn add(&mut self, manifest: &Manifest, arrow: Arrow) {
        let column = manifest.column(arrow.key);
        if self.arrows.is_empty() {
            self.key_column = column;
        }
        // Another arrow on the line: this one will get a line of its own, with the key below the first.
        let shares_line = self.arrows.iter().any(|other| other.line == arrow.line);
        let key_column = if shares_line { self.key_column } else { column };
        self.expected = self.expected.max(key_column + arrow.key_length + 1);
        self.arrows.push(arrow);
    }

    fn report(&self, manifest: &Manifest, found: &mut Found) {
        let one_line = self.arrows.windows(2).all(|pair| pair[0].line == pair[1].line);
        if one_line {
            return;
        }
        let mut line = 0;
        for arrow in &self.arrows {
            let follows = arrow.line == line;
            line = arrow.line;
            if arrow.column == self.expected {
                continue;
            }
            let (expected, column) = (self.expected, arrow.column);
            let message = format!(
                "indentation of => is not properly aligned (expected in column {expected}, but found it in column {column})"
            );
            let fix = if follows { self.on_own_line(manifest, arrow) } else { self.moved(manifest, arrow) };
            found.warning_fixed(arrow.at, message, fix.unwrap_or_default());
        }
    }

    /// The arrow moved within its line.
    fn moved(&self, manifest: &Manifest, arrow: &Arrow) -> Option<Vec<Edit>> {
        let blank = blank_before(manifest, arrow.at)?;
        let width = manifest.source().get(blank.start as usize..blank.end as usize)?.chars().count();
        let width = (width + self.expected).checked_sub(arrow.column)?;
        Some(vec![Edit::replace(blank, " ".repeat(width))])
    }

    /// The key moved to a line of its own, and the arrow where it belongs there.
    fn on_own_line(&self, manifest: &Manifest, arrow: &Arrow) -> Option<Vec<Edit>> {
        // A heredoc's text begins on the next line.
        let on_line = |at: &usize| manifest.line(*at) == arrow.line;
        if (0..arrow.at).rev().take_while(on_line).any(|at| manifest.is(at, Kind::Heredoc)) {
            return None;
        }
        let indent = self.key_column - 1;
        let width = self.expected.checked_sub(1 + indent + arrow.key_length)?;
        Some(vec![
            Edit::replace(blank_before(manifest, arrow.key)?, format!("\n{}", " ".repeat(indent))),
            Edit::replace(blank_before(manifest, arrow.at)?, " ".repeat(width)),
        ])
    }
}

/// The white space directly before a piece, which may be none; nothing if it begins the line.
fn blank_before(manifest: &Manifest, at: usize) -> Option<Span> {
    let start = manifest.span(at).start;
    let before = at.checked_sub(1)?;
    match manifest.kind(before) {
        PieceKind::Blank if before > 0 && manifest.kind(before - 1) != PieceKind::LineEnd => {
            Some(manifest.span(before))
        }
        PieceKind::Blank | PieceKind::LineEnd => None,
        _ => Some(Span { start, end: start }),
    }
}

pub(super) fn space_before_arrow(manifest: &Manifest, _: &Options, found: &mut Found) {
    for body in &manifest.bodies {
        let arrows = arrows(manifest, body);
        let (Some(&first), Some(&last)) = (arrows.first(), arrows.last()) else { continue };
        if manifest.line(first) != manifest.line(last) {
            continue;
        }
        for at in arrows {
            let before = at - 1;
            if manifest.text(before) == " " {
                continue;
            }
            let (line, column) = (manifest.line(before), manifest.column(before));
            let message =
                format!("there should be a single space before '=>' on line {line}, column {column}");
            let fix = blank_before(manifest, at).map(|blank| vec![Edit::replace(blank, " ")]);
            found.warning_fixed(before, message, fix.unwrap_or_default());
        }
    }
}

fn arrows(manifest: &Manifest, body: &Body) -> Vec<usize> {
    (body.colon..=body.end).filter(|&at| manifest.is(at, Kind::FatArrow)).collect()
}
