//! Comments that begin with `//`. Puppet had them long ago; now they are syntax errors that say nothing of comments.

use syntax::ast::Span;
use syntax::source::SourceFile;
use syntax::tokens::{PieceKind, pieces};

use crate::Options;
use crate::problem::{Edit, Level, Problem, State};

/// The check that finds them.
const CHECK: &str = "slash_comments";

/// The text with `# ` for each such comment's `//`, if it parses then, and the comments as problems.
pub(crate) fn without(text: &str, options: &Options) -> Option<(String, Vec<Problem>)> {
    if !options.enabled.contains(CHECK) || !text.contains("//") {
        return None;
    }
    // Where every `//` is a comment, strings are still strings, so that it shows which of them are not.
    let masked = text.replace("//", "# ");
    let comments: Vec<Span> = pieces(&masked, options.tasks)?
        .list
        .iter()
        .filter(|piece| piece.kind == PieceKind::Comment)
        .filter(|piece| text.get(piece.start as usize..).is_some_and(|rest| rest.starts_with("//")))
        .map(|piece| Span { start: piece.start, end: piece.end })
        .collect();
    let mut fixed = String::with_capacity(text.len());
    let mut at = 0;
    for comment in &comments {
        fixed.push_str(text.get(at..comment.start as usize)?);
        fixed.push_str("# ");
        at = comment.start as usize + 2;
    }
    fixed.push_str(text.get(at..)?);
    let file = SourceFile::new(None, fixed.as_str());
    let parsed = syntax::parse(
        std::sync::Arc::clone(&file),
        syntax::Options { tasks: options.tasks, strict: syntax::Strictness::Off, epp: false },
    );
    if parsed.broken {
        return None;
    }
    let problems = comments.into_iter().map(|span| {
        let position = file.position(span.start);
        Problem {
            check: CHECK,
            level: Level::Warning,
            state: State::Open,
            message: "// comment found".into(),
            line: position.line,
            column: position.column,
            span,
            fix: vec![Edit::replace(Span { start: span.start, end: span.start + 2 }, "#")],
        }
    });
    Some((fixed, problems.collect()))
}
