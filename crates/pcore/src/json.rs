//! JSON to and from values.
//!
//! Reading keeps the order of keys (of duplicates the last value counts, at the first place), refuses nesting beyond
//! [`DEPTH_MAX`] and, like Ruby's parser, takes comments. Integers beyond 64 bits become floats. Text must be UTF-8;
//! for bodies of old agents (`text/pson`), which may carry any bytes, [`parse_lossy`] puts U+FFFD in the place of what
//! is not: a value is text everywhere else in the system, and PuppetDB stores the same replacement.
//!
//! Writing puts no blanks between tokens and shows floats as Ruby does (`1.0e+20`), so that catalogs equal those of
//! the reference byte for byte. Values that JSON does not know are written as the strings interpolation gives; rich
//! data goes through [`crate::rich`] first.

mod parse;
mod write;

pub use parse::{parse, parse_lossy};
pub use write::{to_string, write, write_pretty, write_string};

/// Deepest nesting that is read.
pub const DEPTH_MAX: usize = 100;

/// JSON that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} at line {line} column {column}")]
pub struct JsonError {
    /// What is wrong, without the place.
    pub message: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

#[cfg(test)]
mod tests;
