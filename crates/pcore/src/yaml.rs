//! YAML as Ruby's Psych reads it, with the classes Puppet permits.
//!
//! Documents are YAML 1.1: `yes`, `no`, `on` and `off` are booleans, `010` is 8, `1_000` is 1000, `1:30` counts in
//! base 60 (5400, as Psych has it), `1e3` is a string because a float needs a point. `<<` merges. Of duplicate keys
//! the last value counts. Symbols (`:name`) become strings. What would make other Ruby objects is refused: dates
//! and times without quotes, and most `!ruby/...` tags. Only the first document of a stream is read; an empty one is
//! undef. Integers beyond 64 bits stay strings, so that no digit is lost.
//!
//! Nesting is bounded, and so is what aliases may stand for in all, since a few lines can name billions of nodes.

mod build;
mod scalar;
mod tag;

use std::fmt;

use libyaml_safer::{Encoding, Error, Mark, Parser};

use crate::Value;
use build::{Builder, Step};

/// Deepest nesting that is read.
pub const DEPTH_MAX: usize = 256;
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
    /// It asks for an object that is not permitted: a date, a Ruby class.
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
    let mut text = text.strip_prefix('\u{feff}').unwrap_or(text).as_bytes();
    let source = if source.is_empty() { "<unknown>" } else { source };
    let mut parser = Parser::new();
    parser.set_encoding(Encoding::Utf8);
    parser.set_input_string(&mut text);
    let mut builder = Builder::new(source);
    loop {
        let event = parser.parse().map_err(|error| syntax_error(&error, source))?;
        match builder.event(event)? {
            Step::More => {}
            Step::Done(value) => return Ok(value),
        }
    }
}

fn syntax_error(error: &Error, source: &str) -> YamlError {
    let message = match error.context() {
        Some(context) => format!("{} {context}", error.problem()),
        None => error.problem().to_owned(),
    };
    // Psych shows where the context began. Where there is none, the place of the problem says more than its 0 does.
    let mark = error.context_mark().or_else(|| error.problem_mark()).unwrap_or_default();
    let (line, column) = place(mark);
    YamlError { source: source.to_owned(), message, line, column, kind: YamlErrorKind::Syntax }
}

/// Line and column of a mark, from 1.
fn place(mark: Mark) -> (usize, usize) {
    (mark.line as usize + 1, mark.column as usize + 1)
}

#[cfg(test)]
mod tests;
