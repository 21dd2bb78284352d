//! What a compile has read.
//!
//! A catalog is a function of the environment image and of these reads; comparing them with new facts tells
//! whether an old catalog still holds, and which nodes a change can touch.

use std::collections::BTreeSet;

/// The reads of one compile.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadSet {
    /// Paths into the facts (`os.family`); the empty path stands for all of them.
    pub facts: BTreeSet<String>,
    /// Paths into `$trusted`.
    pub trusted: BTreeSet<String>,
    /// Files outside of the image.
    pub files: BTreeSet<String>,
    /// Searches for exported resources, as text.
    pub queries: Vec<String>,
    /// True if the result depends on the time, on chance, or on a command's output.
    pub impure: bool,
}

impl ReadSet {
    pub(crate) fn fact(&mut self, path: &str) {
        if !self.facts.contains(path) {
            self.facts.insert(path.to_owned());
        }
    }

    pub(crate) fn trusted(&mut self, path: &str) {
        if !self.trusted.contains(path) {
            self.trusted.insert(path.to_owned());
        }
    }

    pub(crate) fn file(&mut self, path: &str) {
        if !self.files.contains(path) {
            self.files.insert(path.to_owned());
        }
    }

    pub(crate) fn query(&mut self, text: String) {
        self.queries.push(text);
    }
}
