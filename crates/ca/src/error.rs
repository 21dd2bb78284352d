//! What can go wrong, with Puppet's words where agents and tools read them.

use std::io;
use std::path::{Path, PathBuf};

use pki::chain::ChainError;

/// Why a request is not signed, or not even kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The certname has a request or a certificate already.
    Duplicate,
    /// The name in the request is not the name in the URL.
    NameMismatch,
    /// The name is no certname.
    InvalidName,
    /// It asks for what this authority does not give.
    DisallowedExtension,
    /// Whoever sent it does not have the private key.
    InvalidSignature,
    /// It is no certificate request.
    Malformed,
}

/// A failure of the authority.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The request is against the rules; the message is Puppet's.
    #[error("{message}")]
    Refused {
        /// Which rule.
        reason: Reason,
        /// What the agent is told.
        message: String,
    },
    /// There is no request of this name to sign.
    #[error("Cannot sign certificate for host {0} without a certificate request")]
    NoRequest(String),
    /// There is no certificate of this name to revoke.
    #[error("Cannot revoke certificate for host {0} without a signed certificate")]
    NoCertificate(String),
    /// Submitted revocation lists that cannot be taken.
    #[error("{0}")]
    InvalidCrls(String),
    /// Only some of the authority's files exist.
    #[error(
        "Cannot initialize {what} with partial state; need all files or none.\nFound:\n{}\nMissing:\n{}\n",
        lines(.found),
        lines(.missing)
    )]
    PartialState {
        /// Whose files: `CA`.
        what: &'static str,
        /// The ones that exist.
        found: Vec<PathBuf>,
        /// The ones that do not.
        missing: Vec<PathBuf>,
    },
    /// Settings or files that contradict each other.
    #[error("{0}")]
    Setup(String),
    /// Another process works with the directory.
    #[error(
        "the certificate authority in {0} is in use by another process (a running server?); stop it and try again"
    )]
    InUse(PathBuf),
    /// Another operation of this process took too long.
    #[error("Failed to acquire write lock \"{what}\" within {seconds} seconds")]
    LockTimeout {
        /// What was waited for.
        what: &'static str,
        /// How long.
        seconds: u64,
    },
    /// A file cannot be read or written.
    #[error("could not {doing} {path}")]
    File {
        /// `read`, `write`, `remove`, …
        doing: &'static str,
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file does not hold what it should.
    #[error("{path}: {source}")]
    Content {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        source: pki::Error,
    },
    /// A file of our own does not hold what it should.
    #[error("{path}: {why}")]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A key or certificate could not be made.
    #[error("could not {doing}")]
    Crypto {
        /// What was being done.
        doing: &'static str,
        /// Why not.
        source: pki::Error,
    },
    /// The bundle does not lead from the signing certificate to a root.
    #[error("the chain of {path} is not valid: {source}")]
    Chain {
        /// Which file.
        path: PathBuf,
        /// OpenSSL's word for it.
        source: ChainError,
    },
}

/// What most functions here return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub(crate) fn refused(reason: Reason, message: impl Into<String>) -> Error {
        Error::Refused { reason, message: message.into() }
    }

    pub(crate) fn file(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
        move |source| Error::File { doing, path: path.to_owned(), source }
    }

    pub(crate) fn content(path: &Path) -> impl FnOnce(pki::Error) -> Error {
        move |source| Error::Content { path: path.to_owned(), source }
    }

    pub(crate) fn damaged(path: &Path, why: impl Into<String>) -> Error {
        Error::Damaged { path: path.to_owned(), why: why.into() }
    }

    pub(crate) fn crypto(doing: &'static str) -> impl Fn(pki::Error) -> Error {
        move |source| Error::Crypto { doing, source }
    }
}

fn lines(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join("\n")
}
