//! URIs.

/// A URI in its parts (RFC 3986).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Uri {
    /// The whole text.
    pub text: String,
}
