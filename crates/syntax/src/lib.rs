//! The Puppet language as text: lexer, parser, validation, templates (EPP), diagnostics.
//!
//! Text goes in, an [`ast::Ast`] and a list of problems come out. This crate knows nothing of values, types,
//! catalogs or files on disk; whoever has a text can use it: the compiler, the command line, a formatter.

pub mod ast;
mod chars;
mod diagnostic;
mod lexer;
mod parser;
pub mod pn;
pub mod source;
mod token;

use std::sync::Arc;

pub use diagnostic::{Diagnostic, Severity};

use ast::Ast;
use source::SourceFile;

/// Which dialect a text is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The text is a template with `<% %>` tags.
    pub epp: bool,
    /// `plan` and `apply` are keywords.
    pub tasks: bool,
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
}

/// Parses a text. Like Puppet, it stops at the first syntax error.
pub fn parse(file: Arc<SourceFile>, options: Options) -> Parse {
    let mut parsed = parser::parse(&file, options);
    let warnings = std::mem::take(&mut parsed.warnings);
    let warnings = warnings
        .into_iter()
        .map(|trouble| Diagnostic::from_trouble(trouble, Severity::Warning, &file))
        .collect();
    let errors = parsed
        .failure
        .take()
        .map(|trouble| Diagnostic::from_trouble(*trouble, Severity::Error, &file))
        .into_iter()
        .collect();
    Parse { ast: parsed.into_ast(file), errors, warnings }
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
