//! What a check finds, and how it can be put right.

use std::borrow::Cow;

use syntax::ast::Span;

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Code that works and should be written otherwise.
    Warning,
    /// Code that does not what it looks like, or breaks a firm rule.
    Error,
}

/// What became of a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It is there.
    Open,
    /// It was there, and has been put right.
    Fixed,
    /// A control comment allows it, with this reason.
    Ignored(String),
}

/// One problem in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Name of the check, or `syntax`.
    pub check: &'static str,
    /// How bad it is.
    pub level: Level,
    /// What became of it.
    pub state: State,
    /// What is wrong.
    pub message: Cow<'static, str>,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// What the problem is about.
    pub span: Span,
    /// What would put it right; empty if nothing is known to.
    pub fix: Vec<Edit>,
}

impl Problem {
    /// `error`, `warning`, `fixed` or `ignored`, as reports name it.
    pub fn kind(&self) -> &'static str {
        match (&self.state, self.level) {
            (State::Fixed, _) => "fixed",
            (State::Ignored(_), _) => "ignored",
            (State::Open, Level::Warning) => "warning",
            (State::Open, Level::Error) => "error",
        }
    }
}

/// Replaces a part of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The part.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

impl Edit {
    /// Replaces a part.
    pub fn replace(span: Span, text: impl Into<String>) -> Edit {
        Edit { span, text: text.into() }
    }

    /// Puts text before a place.
    pub fn insert(at: u32, text: impl Into<String>) -> Edit {
        Edit { span: Span { start: at, end: at }, text: text.into() }
    }

    /// Takes a part away.
    pub fn delete(span: Span) -> Edit {
        Edit { span, text: String::new() }
    }
}
