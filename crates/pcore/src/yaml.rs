//! YAML as Ruby's Psych reads it, with the classes Puppet permits.
//!
//! Documents are YAML 1.1: `yes`, `no`, `on` and `off` are booleans, `010` is 8, `1_000` is 1000, `1:30` counts in
//! base 60 (5400, as Psych has it), `1e3` is a string because a float needs a point. `<<` merges. Of duplicate keys
//! the last value counts. Symbols (`:name`) become strings. What would make other Ruby objects is refused: dates
//! and times without quotes, and most `!ruby/...` tags. Only the first document of a stream is read; an empty one is
//! undef. Integers beyond 64 bits stay strings, so that no digit is lost.
//!
//! The grammar is that of libyaml, which Psych reads with, down to its messages; parsers of YAML 1.2 refuse or misread
//! files that are in use (a `]` at the start of a line, a key behind a text of several lines).
//!
//! Nesting is bounded, and so is what aliases may stand for in all, since a few lines can name billions of nodes.

mod build;
mod cursor;
mod dump;
mod parser;
mod scalar;
mod scanner;
mod tag;
mod token;

use std::fmt;

use crate::Value;
use build::Builder;
use cursor::{Mark, Problem};
pub use dump::{DumpOptions, dump, dump_with};
use parser::{Failure, Parser};
use scanner::Scanner;

/// Deepest nesting that is read.
pub const DEPTH_MAX: usize = 100;
/// Nodes a document may have once its aliases are written out.
pub const NODES_MAX: usize = 10_000_000;

/// YAML that cannot be read. Displays as Puppet's message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YamlError {
    /// Name of the source: a path, or `<unknown>`.
    pub source: String,
    /// What is wrong, without source and place.
    pub message: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What kind of error it is, which decides how it is shown.
    pub kind: YamlErrorKind,
}

/// Kinds of errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum YamlErrorKind {
    /// The text is not YAML, or beyond a limit.
    Syntax,
    /// It asks for an object that is not permitted: a date, a Ruby class, a collection inside of itself.
    Class,
    /// It names an anchor that is not there, or is no number where a tag says so.
    Value,
}

impl fmt::Display for YamlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let YamlError { source, message, line, column, kind } = self;
        match kind {
            YamlErrorKind::Syntax => write!(f, "({source}): {message} at line {line} column {column}"),
            YamlErrorKind::Class => write!(f, "({source}): {message}"),
            YamlErrorKind::Value => f.write_str(message),
        }
    }
}

impl std::error::Error for YamlError {}

/// Reads the first document of a text. `source` is named in errors; a byte-order mark is skipped.
pub fn load(text: &str, source: &str) -> Result<Value, YamlError> {
    read(text, source, true)
}

/// [`load`], as Psych reads where nobody said that aliases are fine: they are unknown.
pub fn load_without_aliases(text: &str, source: &str) -> Result<Value, YamlError> {
    read(text, source, false)
}

fn read(text: &str, source: &str, allows_aliases: bool) -> Result<Value, YamlError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let source = if source.is_empty() { "<unknown>" } else { source };
    if let Some(mark) = cursor::find_control(text) {
        return Err(syntax_error(Problem::new("control characters are not allowed", mark), source));
    }
    let parser = Parser::new(Scanner::new(text), Builder::new(source, allows_aliases));
    parser.document().map_err(|failure| match failure {
        Failure::Syntax(problem) => syntax_error(*problem, source),
        Failure::Built(error) => *error,
    })
}

fn syntax_error(problem: Problem, source: &str) -> YamlError {
    let message = match problem.context {
        Some(context) => format!("{} {context}", problem.problem),
        None => problem.problem.to_owned(),
    };
    let (line, column) = place(problem.mark);
    YamlError { source: source.to_owned(), message, line, column, kind: YamlErrorKind::Syntax }
}

/// Line and column of a mark, from 1.
fn place(mark: Mark) -> (usize, usize) {
    (mark.line + 1, mark.column + 1)
}

#[cfg(test)]
mod tests;
