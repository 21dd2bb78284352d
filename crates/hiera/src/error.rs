//! What can go wrong in a lookup, and how the evaluator has to present it.

use std::fmt::Write as _;

/// A failed lookup. The text is Puppet's; the kind says whether a caller still adds the location of its call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct LookupError {
    /// The message, with the location in hiera.yaml where there is one.
    pub message: String,
    /// How it travels.
    pub kind: ErrorKind,
    /// Puppet's issue code, for the errors that have one.
    pub issue: Option<&'static str>,
    /// The version of the hiera.yaml that cannot be used because of it.
    pub(crate) version: Option<i64>,
}

/// How an error travels through calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Complete as it is: the evaluator passes it on without `Evaluation Error: ...` and without a location.
    Located,
    /// A mismatch of types and the like: the evaluator wraps it in the frame of the call, unless an enclosing
    /// lookup has made it [`ErrorKind::Located`] before.
    Plain,
    /// A wrong argument (an undefined variable, an unknown merge strategy): always wrapped in the frame of the
    /// call.
    Argument,
}

impl LookupError {
    /// An error that is shown as it is.
    pub fn located(message: impl Into<String>) -> LookupError {
        LookupError { message: message.into(), kind: ErrorKind::Located, issue: None, version: None }
    }

    /// An error that gets the frame of the call, unless an enclosing lookup takes it over.
    pub fn plain(message: impl Into<String>) -> LookupError {
        LookupError { message: message.into(), kind: ErrorKind::Plain, issue: None, version: None }
    }

    /// An error that always gets the frame of the call.
    pub fn argument(message: impl Into<String>) -> LookupError {
        LookupError { message: message.into(), kind: ErrorKind::Argument, issue: None, version: None }
    }

    /// An issue of Puppet's, with the place in a configuration file.
    pub(crate) fn issue(
        code: &'static str,
        mut message: String,
        file: Option<&str>,
        line: Option<usize>,
    ) -> LookupError {
        // Writing to a String cannot fail.
        let _ = match (file, line) {
            (Some(file), Some(line)) => write!(message, " (file: {file}, line: {line})"),
            (Some(file), None) => write!(message, " (file: {file})"),
            (None, Some(line)) => write!(message, " (line: {line})"),
            (None, None) => Ok(()),
        };
        LookupError { message, kind: ErrorKind::Located, issue: Some(code), version: None }
    }
}

/// Why a search did not yield a value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Failure {
    /// There is none; the search goes on in the next place.
    NotFound,
    /// The search ends.
    Error(LookupError),
}

impl From<LookupError> for Failure {
    fn from(error: LookupError) -> Failure {
        Failure::Error(error)
    }
}

/// A value, or why there is none.
pub(crate) type Found = Result<pcore::Value, Failure>;
