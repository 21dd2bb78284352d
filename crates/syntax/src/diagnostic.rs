//! Problems in a text, in Puppet's words.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::ast::Span;
use crate::lexer::{Place, Trouble};
use crate::source::{Position, SourceFile};

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Severity {
    /// The text cannot be used.
    Error,
    /// The text can be used, and does what its author may not expect.
    Warning,
    /// As a warning; Puppet counts and mutes these apart.
    Deprecation,
}

/// One problem.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Puppet's issue code, such as `SYNTAX_ERROR`.
    pub code: &'static str,
    /// Puppet's text, without the location.
    pub message: String,
    /// What the problem is about, for showing source. Empty at the end of the text.
    pub span: Span,
    /// The text.
    pub file: Arc<SourceFile>,
    /// What a message says of the location, where that is not the span's line and column.
    pub(crate) place: Place,
}

impl Diagnostic {
    /// A problem that someone else found in a text, to be shown like the parser's.
    pub fn new(
        severity: Severity,
        code: &'static str,
        message: String,
        span: Span,
        file: Arc<SourceFile>,
    ) -> Diagnostic {
        let place = Place::Range(span.start, span.end);
        Diagnostic { severity, code, message, span, file, place }
    }

    pub(crate) fn from_trouble(trouble: Trouble, severity: Severity, file: &Arc<SourceFile>) -> Diagnostic {
        let span = match trouble.place {
            Place::Range(start, end) => Span { start, end },
            Place::File => {
                let end = file.text.len() as u32;
                Span { start: end, end }
            }
            Place::Position(_) | Place::Nowhere => Span::default(),
        };
        let Trouble { code, message, place } = trouble;
        Diagnostic { severity, code, message, span, file: Arc::clone(file), place }
    }

    /// A warning of the lexer, which Puppet logs at once.
    pub(crate) fn is_lexical(&self) -> bool {
        matches!(self.code, "UNRECOGNIZED_ESCAPE" | "ILLEGAL_UNICODE_ESCAPE")
    }

    /// Whether the span says where in the text the problem is.
    pub(crate) fn has_span(&self) -> bool {
        matches!(self.place, Place::Range(..))
    }

    /// Line and column that the message names.
    pub fn position(&self) -> Option<Position> {
        match self.place {
            Place::Range(start, _) => Some(self.file.position(start)),
            Place::Position(position) => Some(position),
            Place::File | Place::Nowhere => None,
        }
    }

    /// The text with its location, as Puppet logs it: `Syntax error at '}' (file: /a.pp, line: 1, column: 3)`.
    pub fn puppet_message(&self) -> String {
        let mut out = self.message.clone();
        let file = match self.place {
            Place::Nowhere => None,
            _ => self.file.path.as_ref().map(|path| path.display().to_string()),
        };
        // Writing to a string does not fail.
        let _ = match (file, self.position()) {
            (Some(file), Some(at)) => {
                write!(out, " (file: {file}, line: {}, column: {})", at.line, at.column)
            }
            (Some(file), None) => write!(out, " (file: {file})"),
            (None, Some(at)) => write!(out, " (line: {}, column: {})", at.line, at.column),
            (None, None) => Ok(()),
        };
        out
    }
}
