//! The one window to everything outside a compile.

mod quiet;

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use pcore::time::Timestamp;
use pcore::{Hash, Str, Value};

pub use quiet::Quiet;

use crate::log::Level;

/// Names that are tried for a scratch file.
const SCRATCH_ATTEMPTS_MAX: u128 = 100;

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

    /// Whether anybody will see messages of a level: those for finding faults are not made otherwise.
    fn wants(&self, _level: Level) -> bool {
        true
    }

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

    /// Makes a file for a command to read, with a content that only the owner of this process may see; it goes with the
    /// [`ScratchFile`]. The error is a text for the user.
    fn scratch_file(&self, name: &str, content: &[u8]) -> Result<ScratchFile, String> {
        ScratchFile::create(name, self.random(), content)
            .map_err(|error| format!("no temporary file could be made: {error}"))
    }

    /// Makes a file that functions keep from one compile to another, with the folders above it; only the owner of those that are
    /// there may read it. Where there is one already nothing happens, and the error is [`io::ErrorKind::AlreadyExists`].
    fn keep_file(&self, _path: &Path, _content: &[u8]) -> io::Result<()> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "no files are kept here"))
    }

    /// True if exported resources are kept somewhere.
    fn stores_exports(&self) -> bool;

    /// The resources of a type which other nodes export and the query selects. The error is a text for the user.
    fn exported_resources(&self, query: &ExportQuery<'_>) -> Result<Vec<ExportedResource>, String>;
}

/// A file that is there as long as this is.
#[derive(Debug)]
pub struct ScratchFile(PathBuf);

impl ScratchFile {
    fn create(name: &str, random: u128, content: &[u8]) -> io::Result<ScratchFile> {
        let folder = std::env::temp_dir();
        // Never a file that somebody else has put there.
        for attempt in 0..SCRATCH_ATTEMPTS_MAX {
            let path = folder.join(format!("{name}.{:032x}", random.wrapping_add(attempt)));
            match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
                Ok(mut file) => {
                    let scratch = ScratchFile(path);
                    file.write_all(content)?;
                    return Ok(scratch);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for ScratchFile {
    fn drop(&mut self) {
        // A file that stays is no reason for a compile to fail.
        let _ = std::fs::remove_file(&self.0);
    }
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
