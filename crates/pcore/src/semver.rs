//! Semantic versions and ranges of them.

/// A semantic version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SemVer {
    /// Major, minor and patch.
    pub numbers: [u64; 3],
    /// Dot-separated identifiers after `-`.
    pub prerelease: Option<String>,
    /// What follows `+`.
    pub build: Option<String>,
}

/// A range of semantic versions, with the text it was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SemVerRange {
    /// The text as given.
    pub text: String,
}
