//! The Puppet language as text: lexer, parser, validation, templates (EPP), diagnostics.
//!
//! Text goes in, an [`ast::Ast`] and a list of problems come out. This crate knows nothing of values, types,
//! catalogs or files on disk; whoever has a text can use it: the compiler, the command line, a formatter.

pub mod ast;
mod chars;
mod diagnostic;
mod lexer;
pub mod location;
mod parser;
pub mod pn;
mod render;
pub mod source;
mod token;
pub mod tokens;
mod validate;

use std::sync::Arc;

pub use diagnostic::{Diagnostic, Severity};
pub use parser::MAX_HEIGHT;
pub use render::{render, render_colored, snippet};
pub use validate::check_text;

use ast::Ast;
use location::Namespace;
use source::SourceFile;

/// Which dialect a text is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The text is a template with `<% %>` tags.
    pub epp: bool,
    /// `plan` and `apply` are keywords.
    pub tasks: bool,
    /// What to make of a literal key that a hash has twice.
    pub strict: Strictness,
}

/// The setting `strict`, as far as it concerns texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strictness {
    /// Doubtful things pass.
    Off,
    /// They are warnings.
    Warning,
    /// They are errors.
    #[default]
    Error,
}

/// What parsing gives.
#[derive(Debug)]
pub struct Parse {
    /// The tree; empty after a syntax error.
    pub ast: Ast,
    /// Errors in the order in which Puppet reports them. The text can be used only when there are none.
    pub errors: Vec<Diagnostic>,
    /// Warnings and deprecations.
    pub warnings: Vec<Diagnostic>,
    /// The first error is one of syntax, so that there is no tree.
    pub broken: bool,
}

impl Parse {
    /// The one message with which Puppet fails, with its location: the error, or how many there were.
    pub fn failure_message(&self) -> Option<String> {
        match &*self.errors {
            [] => None,
            [only] => Some(only.puppet_message()),
            [first, ..] => {
                let errors = self.errors.len();
                // The lexer's warnings are logged on the way and not counted.
                let warnings = self.warnings.iter().filter(|warning| !warning.is_lexical()).count();
                let mut message = if warnings > 0 {
                    format!("Language validation logged {errors} errors, and {warnings} warnings. Giving up")
                } else {
                    format!("Language validation logged {errors} errors. Giving up")
                };
                if let Some(path) = &first.file.path {
                    message.push_str(&format!(" (file: {})", path.display()));
                }
                Some(message)
            }
        }
    }

    /// The errors that Puppet logs before it fails: none if there is only one, which it fails
    /// with, and no more than `limit` (`max_errors`).
    pub fn logged_errors(&self, limit: usize) -> &[Diagnostic] {
        match self.errors.len() {
            0 | 1 => &[],
            count => &self.errors[..count.min(limit)],
        }
    }
}

/// Parses and validates a text. Like Puppet, it stops at the first syntax error and reports all that
/// validation finds.
pub fn parse(file: Arc<SourceFile>, options: Options) -> Parse {
    parse_in(file, options, &Namespace::Any)
}

/// As [`parse`], for a file whose place restricts what it may define.
pub fn parse_in(file: Arc<SourceFile>, options: Options, namespace: &Namespace) -> Parse {
    parse_whole(file, options, namespace, 0)
}

/// As [`parse`], for code in a heredoc of other code.
fn parse_nested(file: Arc<SourceFile>, options: Options, level: u32) -> Parse {
    parse_whole(file, options, &Namespace::Any, level)
}

fn parse_whole(file: Arc<SourceFile>, options: Options, namespace: &Namespace, level: u32) -> Parse {
    let parser::Output {
        exprs,
        spans,
        root,
        definitions,
        failure,
        warnings,
        arrows,
        overflows,
        odd_variables,
    } = parser::parse(&file, options);
    let mut warnings: Vec<Diagnostic> = warnings
        .into_iter()
        .map(|trouble| Diagnostic::from_trouble(trouble, Severity::Warning, &file))
        .collect();
    let ast = Ast { file: Arc::clone(&file), exprs, spans, root, definitions };
    let mut errors = Vec::new();
    let broken = failure.is_some();
    match failure {
        Some(failure) => errors.push(Diagnostic::from_trouble(*failure, Severity::Error, &file)),
        None => {
            let problems = validate::validate(&validate::Input {
                ast: &ast,
                arrows: &arrows,
                overflows: &overflows,
                odd_variables,
                options,
                namespace: (*namespace != Namespace::Any).then_some(namespace),
                level,
            });
            for (severity, trouble) in problems {
                let list = if severity == Severity::Error { &mut errors } else { &mut warnings };
                list.push(Diagnostic::from_trouble(trouble, severity, &file));
            }
        }
    }
    Parse { ast, errors, warnings, broken }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_a_class_and_stops_at_a_syntax_error() {
        let parsed =
            parse(SourceFile::new(None, "class a { file { '/x': ensure => file } }"), Options::default());
        assert!(parsed.errors.is_empty());
        assert_eq!(parsed.ast.definitions.len(), 1);
        let parsed = parse(SourceFile::new(None, "class a {\n ) }"), Options::default());
        assert_eq!(parsed.errors[0].puppet_message(), "Syntax error at ')' (line: 2, column: 2)");
    }
}
