//! Regular expressions with the semantics of Ruby's engine.

use std::sync::OnceLock;

/// A regular expression: the source as written, compiled when first used.
#[derive(Debug)]
pub struct Regexp {
    source: String,
    compiled: OnceLock<Result<Engine, String>>,
}

#[derive(Debug)]
enum Engine {
    Linear(regex::Regex),
    Backtracking(fancy_regex::Regex),
}

impl Regexp {
    /// The source between the slashes.
    pub fn source(&self) -> &str {
        &self.source
    }
}

impl PartialEq for Regexp {
    fn eq(&self, other: &Regexp) -> bool {
        self.source == other.source
    }
}

impl Eq for Regexp {}
