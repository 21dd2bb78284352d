//! The style of Puppet code: checks, fixes and the formatter.
//!
//! Text goes in, problems or a better text come out; this crate reads and writes no files. What a file means is the business of
//! `syntax`: a text that does not parse has one problem, its syntax error. Checks, messages, levels and control comments are those of
//! puppet-lint 4 and 5, and where the two read code differently, this is the parser's reading.
//!
//! ```
//! let found = lint::lint("class a {}\n", &lint::Options::default());
//! assert_eq!(found.problems[0].message, "class not documented");
//! ```

mod checks;
mod control;
mod facts;
mod fix;
mod format;
mod manifest;
mod problem;
mod slashes;
mod structure;
mod yaml;

use std::collections::HashSet;

use syntax::source::SourceFile;
use syntax::tokens::pieces;

pub use checks::{CHECKS, Check, check};
pub use format::{FormatError, format};
pub use problem::{Edit, Level, Problem, State};
pub use yaml::lint_yaml;

use checks::Found;
use control::Allowed;
use manifest::Manifest;

/// Rounds of fixing at most; each settles what got in the way of another fix.
const ROUNDS_MAX: usize = 10;

/// What to check and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// Names of the checks that run.
    pub enabled: HashSet<&'static str>,
    /// The file's path from the root; without one its place is not checked.
    pub full_path: Option<String>,
    /// The module's own folder may have any name.
    pub relative: bool,
    /// Beginnings of names that may be used as `$::name`.
    pub top_scope_variables: Vec<String>,
    /// Plans are allowed.
    pub tasks: bool,
}

impl Default for Options {
    /// The checks that run unless told otherwise, for a text without a file.
    fn default() -> Options {
        Options {
            enabled: CHECKS.iter().filter(|check| check.default).map(|check| check.name).collect(),
            full_path: None,
            relative: false,
            top_scope_variables: Vec::new(),
            tasks: false,
        }
    }
}

/// What checking a text gives.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Problems, by check in the order of [`CHECKS`] and within a check in the order of the text.
    pub problems: Vec<Problem>,
    /// Control comments that end nothing or are not ended.
    pub warnings: Vec<String>,
    /// The text after fixing, if it is another.
    pub fixed: Option<String>,
}

/// Checks a text.
pub fn lint(text: &str, options: &Options) -> Report {
    let file = SourceFile::new(None, text);
    let parsed = syntax::parse(
        file,
        syntax::Options { tasks: options.tasks, strict: syntax::Strictness::Off, epp: false },
    );
    if parsed.broken {
        return match slashes::without(text, options) {
            Some((text, comments)) => {
                let mut report = lint(&text, options);
                report.problems.extend(comments);
                report
            }
            None => Report { problems: vec![syntax_error(&parsed)], ..Report::default() },
        };
    }
    let Some(pieces) = pieces(text, options.tasks) else { return Report::default() };
    let manifest = Manifest::new(parsed, pieces);
    let mut found = Found::new(&manifest);
    for check in CHECKS.iter().filter(|check| options.enabled.contains(check.name)) {
        found.run(check, options);
    }
    let mut problems = found.problems;
    let allowed = Allowed::new(&manifest);
    problems.iter_mut().for_each(|problem| allowed.apply(problem));
    Report { problems, warnings: allowed.warnings, fixed: None }
}

/// Checks a text and puts right what can be. Problems that remain are placed in the new text.
pub fn fix(text: &str, options: &Options) -> Report {
    let mut report = lint(text, options);
    let mut settled = Vec::new();
    let mut current: Option<String> = None;
    for _ in 0..ROUNDS_MAX {
        let before = current.as_deref().unwrap_or(text);
        let mut problems = report.problems.clone();
        let Some(after) = fix::apply(before, &mut problems) else { break };
        let next = lint(&after, options);
        // A fix must never cost anyone a file that works.
        if next.problems.iter().any(|problem| problem.check == SYNTAX) {
            break;
        }
        settled.extend(problems.into_iter().filter(|problem| problem.state == State::Fixed));
        report = next;
        current = Some(after);
    }
    settled.append(&mut report.problems);
    Report { problems: settled, warnings: report.warnings, fixed: current }
}

/// The name under which syntax errors are reported.
const SYNTAX: &str = "syntax";

fn syntax_error(parsed: &syntax::Parse) -> Problem {
    let error = parsed.errors.first();
    let position = error.and_then(syntax::Diagnostic::position);
    Problem {
        check: SYNTAX,
        level: Level::Error,
        state: State::Open,
        message: error.map_or_else(|| "Syntax error".into(), |error| error.message.clone().into()),
        line: position.map_or(1, |at| at.line),
        column: position.map_or(1, |at| at.column),
        span: error.map(|error| error.span).unwrap_or_default(),
        fix: Vec::new(),
    }
}
