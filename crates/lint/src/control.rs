//! Control comments: `# lint:ignore:check reason` up to `# lint:endignore`, or for one line when it stands behind code.

use std::collections::HashMap;

use syntax::tokens::PieceKind;

use crate::manifest::Manifest;
use crate::problem::{Problem, State};

/// What the control comments of a file allow.
#[derive(Default)]
pub(crate) struct Allowed<'m> {
    /// First and last line and the reason, by check. Later entries win.
    by_check: HashMap<&'m str, Vec<(u32, u32, String)>>,
    /// Comments without a counterpart, as sentences.
    pub(crate) warnings: Vec<String>,
}

/// A block that is open: what its comment allows, from where, and why.
struct Open<'m> {
    checks: Vec<&'m str>,
    line: u32,
    reason: String,
}

impl<'m> Allowed<'m> {
    /// Reads the control comments of a file.
    pub(crate) fn new(manifest: &'m Manifest) -> Allowed<'m> {
        let mut allowed = Allowed::default();
        let mut open: Vec<Open> = Vec::new();
        for at in 0..manifest.pieces.len() {
            let Some(text) = comment(manifest, at).filter(|text| is_control(text)) else { continue };
            let line = manifest.line(at);
            let mut words = text.split_whitespace().peekable();
            let mut controls = Vec::new();
            while let Some(word) = words.next_if(|word| begins_control(word)) {
                controls.push(word);
            }
            let reason = words.collect::<Vec<_>>().join(" ");
            let behind_code = at > 0 && !begins_line(manifest, at);
            let mut block = Vec::new();
            for control in controls {
                if let Some(check) = control.strip_prefix("lint:ignore:") {
                    let check = check.split(':').next().unwrap_or("");
                    if behind_code {
                        allowed.by_check.entry(check).or_default().push((line, line, reason.clone()));
                    } else {
                        block.push(check);
                    }
                    continue;
                }
                match open.pop() {
                    Some(Open { checks, line: first, reason }) => {
                        for check in checks {
                            allowed.by_check.entry(check).or_default().push((first, line, reason.clone()));
                        }
                    }
                    None => allowed.warnings.push(format!(
                        "lint:endignore comment with no opening lint:ignore:<check> comment found on line {line}"
                    )),
                }
            }
            if !block.is_empty() {
                open.push(Open { checks: block, line, reason });
            }
        }
        for Open { checks, line, .. } in open {
            let check = checks.first().copied().unwrap_or("");
            allowed.warnings.push(format!(
                "lint:ignore:{check} comment on line {line} with no closing lint:endignore comment"
            ));
        }
        allowed
    }

    /// Marks a problem that is allowed.
    pub(crate) fn apply(&self, problem: &mut Problem) {
        let Some(ranges) = self.by_check.get(problem.check) else { return };
        let range = ranges.iter().rev().find(|(first, last, _)| (*first..=*last).contains(&problem.line));
        if let Some((_, _, reason)) = range {
            problem.state = State::Ignored(reason.clone());
        }
    }
}

/// What a comment says, without its marks.
fn comment(manifest: &Manifest, at: usize) -> Option<&str> {
    let text = manifest.text(at);
    match manifest.kind(at) {
        PieceKind::Comment => Some(text.strip_prefix('#').unwrap_or(text).trim()),
        PieceKind::BlockComment => {
            let text = text.strip_prefix("/*").and_then(|text| text.strip_suffix("*/")).unwrap_or(text);
            Some(text.trim())
        }
        _ => None,
    }
}

fn is_control(text: &str) -> bool {
    text.starts_with("lint:endignore")
        || text
            .strip_prefix("lint:ignore:")
            .is_some_and(|check| check.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_'))
}

fn begins_control(word: &str) -> bool {
    word.starts_with("lint:ignore:") || word.starts_with("lint:endignore")
}

/// Whether a piece is the first on its line, white space aside.
fn begins_line(manifest: &Manifest, at: usize) -> bool {
    match manifest.kind(at - 1) {
        PieceKind::LineEnd => true,
        PieceKind::Blank => at < 2 || manifest.kind(at - 2) == PieceKind::LineEnd,
        _ => false,
    }
}
