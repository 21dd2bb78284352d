//! Why a template cannot be read or rendered.

use std::any::Any;

/// Why a template cannot be used at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CompileError {
    /// It is not Ruby.
    #[error("syntax error, {message}")]
    Syntax {
        /// What is wrong.
        message: String,
        /// Line of the template, from 1.
        line: u32,
    },
    /// It is Ruby that the interpreter does not know.
    #[error("{construct} is not supported by the native interpreter")]
    Unsupported {
        /// What it is, by its name in Ruby.
        construct: String,
        /// Line of the template, from 1.
        line: u32,
    },
    /// It is larger or deeper than any template should be.
    #[error("{0}")]
    Limit(String),
}

impl CompileError {
    /// Line of the template, from 1; 0 if the whole template is meant.
    pub fn line(&self) -> u32 {
        match self {
            CompileError::Syntax { line, .. } | CompileError::Unsupported { line, .. } => *line,
            CompileError::Limit(_) => 0,
        }
    }
}

/// Why a template gives no text.
#[derive(Debug)]
pub enum RenderError {
    /// An exception that the template did not rescue.
    Raised {
        /// The class of the exception.
        class: &'static str,
        /// Its message.
        message: String,
        /// Whether it is a `StandardError`, which a `rescue` without a class catches.
        is_standard: bool,
        /// Line of the template, from 1.
        line: u32,
    },
    /// Something that the interpreter does not know or do.
    Unsupported {
        /// What it is, by its name in Ruby.
        construct: String,
        /// Line of the template, from 1.
        line: u32,
    },
    /// It takes too long or gets too large.
    Limit {
        /// Which limit, and its value.
        message: String,
        /// Line of the template, from 1.
        line: u32,
    },
    /// What [`ScopeError::Stop`](crate::ScopeError::Stop) carried.
    Stopped(Box<dyn Any>),
}
