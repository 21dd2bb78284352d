//! What can go wrong with versions of code.

use std::io;
use std::path::{Path, PathBuf};

use crate::git::{Id, ObjectError, PackError};

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a version could not be made, sent or laid out. Whatever it is, the version before it stays.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or directory.
    #[error("could not {action} {path}: {source}")]
    Io {
        /// What was tried: `read`, `write`, …
        action: &'static str,
        /// With what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// git's own store of objects cannot be read.
    #[error("the repository {repository} cannot be read: {reason}")]
    Repository {
        /// Its directory.
        repository: PathBuf,
        /// What gix says.
        reason: String,
    },
    /// An object is not there.
    #[error("the repository {repository} has no object {id}")]
    Missing {
        /// Its directory.
        repository: PathBuf,
        /// Which.
        id: Id,
    },
    /// The bytes under an id are not those that have this id.
    #[error("object {id} in {repository} is damaged: {reason}")]
    Damaged {
        /// The repository's directory.
        repository: PathBuf,
        /// Which.
        id: Id,
        /// How it shows.
        reason: String,
    },
    /// Bytes that are no object.
    #[error(transparent)]
    Object(#[from] ObjectError),
    /// Bytes that are no pack.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// Something in the code cannot become part of a version.
    #[error("{path}: {reason}")]
    Refused {
        /// The file or directory.
        path: PathBuf,
        /// Why, and what to do.
        reason: String,
    },
    /// What was asked for does not exist.
    #[error("{0}")]
    NotFound(String),
    /// Another version is being made, or another process has the repository.
    #[error("{0}")]
    Busy(String),
    /// It was judged, and must not be committed.
    #[error("{0}")]
    Judged(String),
    /// It was made in the place of a version that is no longer the newest.
    #[error("{0}")]
    Overtaken(String),
    /// The other side cannot be reached or said no.
    #[error("{0}")]
    Remote(String),
}

impl Error {
    /// Adds to an input or output error what was tried with which path.
    pub(crate) fn io(action: &'static str, path: impl AsRef<Path>) -> impl FnOnce(io::Error) -> Error {
        // Not copied before there is an error.
        move |source| Error::Io { action, path: path.as_ref().to_owned(), source }
    }

    /// A reason to leave something out of a version.
    pub(crate) fn refused(path: impl Into<PathBuf>, reason: impl Into<String>) -> Error {
        Error::Refused { path: path.into(), reason: reason.into() }
    }
}
