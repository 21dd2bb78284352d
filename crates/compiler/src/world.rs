//! The one window to everything outside a compile.

mod quiet;

use std::io;
use std::path::Path;
use std::time::Duration;

use pcore::time::Timestamp;
use pcore::{Hash, Str, Value};

pub use quiet::Quiet;

/// What a compile may ask of the outside. The server implements it over its file system, its clock and its
/// database; tests in a few lines. Calls may block; a compile runs on a thread of its own.
pub trait World: Sync {
    /// The time now.
    fn now(&self) -> Timestamp;

    /// Seconds east of UTC at this place, now: what the timezone `current` means.
    fn utc_offset(&self) -> i32 {
        0
    }

    /// A fresh random number (for `catalog_uuid`, never for anything secret).
    fn random(&self) -> u128;

    /// The content of a file outside of the environment image.
    fn read_file(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// True if there is a file or folder of that name.
    fn exists(&self, path: &Path) -> bool;

    /// Runs a command (`generate`, `config_version`) in a folder and gives all that it writes, to its standard error, too;
    /// the error is the text for the user. A command of one word is a line of words, or one for the shell.
    fn run(&self, command: &[String], folder: Option<&Path>, time_max: Duration) -> Result<Vec<u8>, String>;

    /// The rows that a query of the store of facts, catalogs and reports gives, PQL as text or AST as an array. The error is a text
    /// for the user.
    fn query_store(&self, _query: &Value) -> Result<Value, String> {
        Err("there is no store of facts, catalogs and reports here that could be asked".into())
    }

    /// True if exported resources are kept somewhere.
    fn stores_exports(&self) -> bool;

    /// The resources of a type which other nodes export and the query selects. The error is a text for the user.
    fn exported_resources(&self, query: &ExportQuery<'_>) -> Result<Vec<ExportedResource>, String>;
}

/// A search for exported resources.
#[derive(Debug)]
pub struct ExportQuery<'a> {
    /// Resource type, capitalised by segment.
    pub type_name: &'a str,
    /// The node that asks; its own resources are not wanted.
    pub certname: &'a str,
    /// Condition, if there is one.
    pub filter: Option<ExportFilter>,
}

/// A condition on exported resources.
#[derive(Clone, Debug, PartialEq)]
pub enum ExportFilter {
    /// Both hold.
    And(Box<ExportFilter>, Box<ExportFilter>),
    /// One of them holds.
    Or(Box<ExportFilter>, Box<ExportFilter>),
    /// A parameter, `title` or `tag` equals a value (one of its items, if it is an array).
    Equal(Str, Value),
    /// It does not.
    NotEqual(Str, Value),
}

/// A resource that another node exports.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportedResource {
    /// The node that exports it.
    pub certname: Str,
    /// Title.
    pub title: Str,
    /// Tags.
    pub tags: Vec<Str>,
    /// Parameters.
    pub parameters: Hash,
}
