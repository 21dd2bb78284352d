//! Errors and the other ways in which evaluation leaves an expression.
//!
//! Puppet attaches a place to an error at most once: the innermost expression that sees an error without
//! a place puts it into the frame `Error while evaluating a Function Call, ...` and adds file, line and
//! column. Errors that carry a place pass through unchanged. [`Frame`] says which of the two an error is.

use std::fmt;
use std::sync::Arc;

use pcore::Value;
use syntax::ast::Span;
use syntax::source::SourceFile;

/// A place in the code, resolved to a line only when it is printed.
#[derive(Clone, Debug)]
pub struct Site {
    /// The file.
    pub file: Arc<SourceFile>,
    /// The bytes in it.
    pub span: Span,
    /// Whether a message shows the column as well as the line.
    pub column: bool,
    /// What a message calls code without a file: nothing, or `unknown` where Puppet knows the place from its stack of
    /// calls only.
    pub unnamed: &'static str,
}

impl Site {
    /// A place shown with line and column.
    pub fn new(file: &Arc<SourceFile>, span: Span) -> Site {
        Site { file: file.clone(), span, column: true, unnamed: "" }
    }

    /// The same place, shown without its column.
    pub fn line_only(mut self) -> Site {
        self.column = false;
        self
    }

    /// The place as the stack of calls knows it: no column, and always a file.
    pub(crate) fn of_stack(self) -> Site {
        Site { column: false, unnamed: "unknown", ..self }
    }

    /// The line, from 1.
    pub fn line(&self) -> u32 {
        self.file.line(self.span.start)
    }

    /// The name of the file, if the code has one.
    pub fn path(&self) -> Option<String> {
        self.file.path.as_ref().map(|path| path.to_string_lossy().into_owned())
    }
}

impl fmt::Display for Site {
    /// `(file: F, line: L, column: C)`, without the parts that are not known.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(")?;
        match &self.file.path {
            Some(path) => write!(f, "file: {}, ", path.display())?,
            None if self.unnamed.is_empty() => {}
            None => write!(f, "file: {}, ", self.unnamed)?,
        }
        let position = self.file.position(self.span.start);
        write!(f, "line: {}", position.line)?;
        if self.column {
            write!(f, ", column: {}", position.column)?;
        }
        f.write_str(")")
    }
}

/// How much of its final form an error has.
#[derive(Clone, Debug)]
pub(crate) enum Frame {
    /// Raised by code that knows no place: a function, a conversion, the catalog.
    Bare,
    /// The same of a function in Ruby that has raised one of Puppet's own errors; lookups pass such an error on without a frame.
    OfPuppet,
    /// A finding of the evaluator about the expression at hand (an "issue"); it gets the place, but not the
    /// words `Error while evaluating ...`.
    Issue,
    /// Complete but for the node's name, and for a place that definitions add, not expressions.
    Placeless,
    /// Complete but for the node's name.
    Located,
    /// The same of an exception in Ruby that nothing in Puppet rescues.
    Fatal,
}

/// A failed evaluation.
#[derive(Clone, Debug)]
pub struct Error {
    message: String,
    frame: Frame,
}

impl Error {
    /// An error of code that knows no place, such as a function.
    pub fn new(message: impl Into<String>) -> Error {
        Error { message: message.into(), frame: Frame::Bare }
    }

    /// An error of Puppet's own classes, from code that knows no place.
    pub(crate) fn of_puppet(message: impl Into<String>) -> Error {
        Error { message: message.into(), frame: Frame::OfPuppet }
    }

    /// Whether it is [`Error::of_puppet`].
    pub(crate) fn is_of_puppet(&self) -> bool {
        matches!(self.frame, Frame::OfPuppet)
    }

    /// A finding about the expression at hand.
    pub(crate) fn issue(message: impl Into<String>) -> Error {
        Error { message: message.into(), frame: Frame::Issue }
    }

    /// A finding about the expression at `site`.
    pub(crate) fn issue_at(message: impl fmt::Display, site: &Site) -> Error {
        Error::complete(format!("Evaluation Error: {message} {site}"))
    }

    /// An error of an older layer that names its place but is not framed as an evaluation error.
    pub(crate) fn unframed(message: impl fmt::Display, site: Option<&Site>) -> Error {
        match site {
            Some(site) => Error::complete(format!("{message} {site}")),
            None => Error::complete(message.to_string()),
        }
    }

    /// A text that needs nothing but the node's name.
    pub(crate) fn complete(message: impl Into<String>) -> Error {
        Error { message: message.into(), frame: Frame::Located }
    }

    /// The text of an exception that goes through everything as it is.
    pub(crate) fn fatal(message: impl Into<String>) -> Error {
        Error { message: message.into(), frame: Frame::Fatal }
    }

    /// Whether it is [`Error::fatal`].
    pub(crate) fn is_fatal(&self) -> bool {
        matches!(self.frame, Frame::Fatal)
    }

    /// A text like [`Error::complete`], to which the definition that it comes from adds its place.
    pub(crate) fn placeless(message: impl Into<String>) -> Error {
        Error { message: message.into(), frame: Frame::Placeless }
    }

    /// The error as it leaves the parameters of the definition at `site`.
    #[must_use]
    pub(crate) fn in_definition(self, site: Option<&Site>) -> Error {
        match self.frame {
            Frame::Placeless => Error::unframed(self.message, site),
            Frame::Bare | Frame::OfPuppet | Frame::Issue | Frame::Located | Frame::Fatal => self,
        }
    }

    /// The text as far as it is known.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// True if the error has its final place.
    pub(crate) fn is_complete(&self) -> bool {
        matches!(self.frame, Frame::Located | Frame::Placeless | Frame::Fatal)
    }

    /// The error as it leaves the expression at `site`, of which `label` is the name with its article
    /// (`a Function Call`).
    #[must_use]
    pub(crate) fn at(self, label: &str, site: &Site) -> Error {
        match self.frame {
            Frame::Located | Frame::Placeless | Frame::Fatal => self,
            Frame::Issue => Error::issue_at(self.message, site),
            Frame::Bare | Frame::OfPuppet => {
                Error::issue_at(format_args!("Error while evaluating {label}, {}", self.message), site)
            }
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// A value on its way out of a block, and where it set off.
#[derive(Clone, Debug)]
pub struct Jump {
    /// What `return` or `next` was given.
    pub value: Value,
    /// Where the call stands.
    pub site: Site,
}

/// Why an expression has no value: it failed, or control goes elsewhere.
#[derive(Clone, Debug)]
pub enum Control {
    /// An error.
    Error(Box<Error>),
    /// `return()`: leaves the enclosing function, class or define.
    Return(Box<Jump>),
    /// `next()`: leaves the block with a value.
    Next(Box<Jump>),
    /// `break()`: ends the iteration.
    Break(Box<Site>),
    /// A parameter is read before it has a value; whoever computes the defaults makes the message.
    #[doc(hidden)]
    Pending(stdx::Symbol),
}

impl From<Error> for Control {
    fn from(error: Error) -> Control {
        Control::Error(Box::new(error))
    }
}

impl From<String> for Control {
    fn from(message: String) -> Control {
        Error::new(message).into()
    }
}

impl From<&str> for Control {
    fn from(message: &str) -> Control {
        Error::new(message).into()
    }
}

impl From<pcore::error::ValueError> for Control {
    fn from(error: pcore::error::ValueError) -> Control {
        Error::new(error.message).into()
    }
}

impl From<pcore::parameterize::TypeError> for Control {
    fn from(error: pcore::parameterize::TypeError) -> Control {
        Error::new(error.message).into()
    }
}
