//! What can be wrong with keys and certificates.

use crate::Oid;

/// Why something could not be read, made or trusted. No variant carries key material.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no PEM block of the wanted kind.
    #[error("no PEM block of type {wanted} found")]
    NoPem {
        /// The label that was looked for.
        wanted: &'static str,
    },
    /// A PEM block that should stand alone does not.
    #[error("expected exactly one PEM block of type {wanted}, found {found}")]
    NotOnePem {
        /// The label that was looked for.
        wanted: &'static str,
        /// How many there were.
        found: usize,
    },
    /// A PEM block without end, or with something other than base64 in it.
    #[error("damaged PEM block at line {line}: {why}")]
    DamagedPem {
        /// Line of the `BEGIN`, from 1.
        line: usize,
        /// What is wrong.
        why: &'static str,
    },
    /// More bytes or parts than anybody needs.
    #[error("{what} is larger than the limit of {limit}")]
    TooLarge {
        /// What was counted.
        what: &'static str,
        /// The limit, in bytes or pieces.
        limit: usize,
    },
    /// The DER of a structure does not decode.
    #[error("malformed {what}: {why}")]
    Malformed {
        /// The structure.
        what: &'static str,
        /// The decoder's reason.
        why: String,
    },
    /// The private key cannot be used.
    #[error("cannot use the private key: {0}")]
    Key(&'static str),
    /// An encrypted content stays closed.
    #[error("the envelope cannot be opened: {0}")]
    Envelope(&'static str),
    /// A signature or key algorithm outside RSA (PKCS#1 v1.5), ECDSA and Ed25519.
    #[error("unsupported algorithm {0}")]
    Algorithm(Oid),
    /// A signature that the key did not make.
    #[error("the signature of the {0} does not verify")]
    Signature(&'static str),
    /// Two parts that belong together do not.
    #[error("{0}")]
    Mismatch(String),
    /// A value that cannot be encoded.
    #[error("cannot encode {what}: {why}")]
    Encode {
        /// The value.
        what: &'static str,
        /// Why not.
        why: String,
    },
}

impl Error {
    pub(crate) fn malformed(what: &'static str) -> impl Fn(der::Error) -> Error {
        move |error| Error::Malformed { what, why: error.to_string() }
    }

    pub(crate) fn bad(what: &'static str, why: &str) -> Error {
        Error::Malformed { what, why: why.to_owned() }
    }

    pub(crate) fn encode(what: &'static str) -> impl Fn(der::Error) -> Error {
        move |error| Error::Encode { what, why: error.to_string() }
    }
}
