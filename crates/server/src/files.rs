//! Files for agents: plugins, files of modules, custom mounts; and the bucket that keeps what agents overwrite.
//!
//! A request names a mount and a path below it. [`Mount`](mounts::Mount) turns the two into a place on disk,
//! [`fileset`] walks it, [`metadata`] describes what is there. Checksums are computed once for each state of a
//! file ([`checksum::Checksums`]): an agent's plugin sync asks for those of every plugin, and all agents ask for the
//! same. The list of the plugins is kept, too ([`listings`]), and given again while none of its files has changed. What is served
//! is what the environment's folders hold at the time of the request.
//!
//! Nothing here knows who may ask; that is decided before.

mod bucket;
mod bucket_handler;
mod checksum;
mod command;
mod fileset;
mod handlers;
mod listings;
mod metadata;
mod modules;
mod mounts;
mod options;
mod static_content;
mod task_file;
pub(crate) mod versions;
mod witness;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use stdx::Clock;
use tokio::sync::Semaphore;
use wire::metadata::FileMetadata;

pub use bucket::{Bucket, BucketError, BucketKey};
pub(crate) use bucket_handler::bucket_file;
pub use checksum::Algorithm;
pub(crate) use handlers::{content, metadata, metadatas};
pub use modules::{Module, module_list};
pub(crate) use static_content::find as static_content;
pub(crate) use task_file::TaskFile;

pub use fileset::{FilesMax, Selection};
pub use metadata::Query;

use checksum::Checksums;
use listings::Listings;
use metadata::Describer;
use mounts::{Mounts, Places};
use witness::Witnesses;

/// Where the server has its files.
#[derive(Clone, Debug)]
pub struct FileSettings {
    /// `fileserver.conf`; it need not exist.
    pub fileserver_conf: PathBuf,
    /// Code directory: what an environment without module path serves as its plugins.
    pub codedir: PathBuf,
    /// Directory of the file bucket.
    pub bucketdir: PathBuf,
    /// Digest of metadata and bucket (`digest_algorithm`).
    pub digest_algorithm: Algorithm,
    /// The server's name, for `%h` in custom mounts when a client has none.
    pub host: String,
    /// Command that prints a file of a code version (`code-content-command`): its arguments are environment,
    /// code id and path.
    pub code_content_command: Option<PathBuf>,
}

/// The code of an environment as far as file serving needs it.
#[derive(Clone, Debug)]
pub struct Code {
    /// Name of the environment.
    pub environment: String,
    /// Directories of modules.
    pub modulepath: Vec<PathBuf>,
}

/// The file server.
pub struct FileServer {
    settings: FileSettings,
    mounts: Mounts,
    checksums: Checksums,
    bucket: Arc<Bucket>,
    listings: Listings,
    /// Each walk may hold a large answer.
    walks: Semaphore,
    clock: Arc<dyn Clock>,
}

/// Why a file is not served.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// There is no such module or file.
    #[error("not found")]
    NotFound,
    /// There is no such mount.
    #[error("not mounted")]
    NotMounted,
    /// The request cannot be fulfilled; Puppet's text.
    #[error("{0}")]
    Invalid(String),
    /// The disk failed; Puppet's text.
    #[error("{0}")]
    Io(String),
}

impl FileError {
    /// A failed system call as agents of a Puppet Server see it: the reason and the path.
    fn io(error: &std::io::Error, path: &Path) -> FileError {
        let text = error.to_string();
        let reason = text.split(" (os error ").next().unwrap_or(&text);
        FileError::Io(format!("{reason} - {}", path.display()))
    }
}

/// The content of a file.
#[derive(Debug)]
pub enum Content {
    /// All of a small file.
    Whole(Vec<u8>),
    /// A larger file, open, and its length in bytes.
    Open(std::fs::File, u64),
}

/// Files up to this size are read at once.
const WHOLE_BYTES_MAX: u64 = 64 * 1024;
/// Walks of directories at a time; others wait.
const WALKS_MAX: usize = 16;

impl FileServer {
    /// A file server. Reads nothing yet.
    pub fn with_clock(settings: FileSettings, clock: Arc<dyn Clock>) -> FileServer {
        FileServer {
            mounts: Mounts::new(settings.fileserver_conf.clone()),
            checksums: Checksums::new(clock.clone()),
            listings: Listings::default(),
            clock,
            bucket: Arc::new(Bucket::new(settings.bucketdir.clone(), settings.digest_algorithm)),
            walks: Semaphore::new(WALKS_MAX),
            settings,
        }
    }

    /// The settings.
    pub fn settings(&self) -> &FileSettings {
        &self.settings
    }

    /// The bucket.
    pub fn bucket(&self) -> &Arc<Bucket> {
        &self.bucket
    }

    /// The file or directory that a key (`modules/apache/x.conf`) stands for.
    ///
    /// # Errors
    /// No such file, or a key that is none.
    pub fn find(&self, code: &Code, node: Option<&str>, key: &str) -> Result<PathBuf, FileError> {
        let (mount, path) = self.mounts.split(key)?;
        let mut witnesses = Witnesses::new(SystemTime::UNIX_EPOCH);
        mount.find(code, node.unwrap_or(&self.settings.host), path.as_deref(), &mut witnesses)
    }

    /// Metadata of the file or directory at a path.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn metadata(&self, path: &Path, query: Query) -> Result<FileMetadata, FileError> {
        let meta = fileset::stat(path, query.links).map_err(|error| FileError::io(&error, path))?;
        Describer::new(&self.checksums, query).describe(path, None, &meta)
    }

    /// Metadata of what is found below a key, as one tree.
    fn metadatas(
        &self,
        places: &Places,
        selection: &Selection,
        query: Query,
        witnesses: &mut Witnesses,
    ) -> Result<Vec<FileMetadata>, FileError> {
        let describer = Describer::new(&self.checksums, query);
        let entries = fileset::union(&places.paths, selection, witnesses)?;
        let described = entries.iter().map(|entry| match &entry.metadata {
            Ok(meta) => describer.describe(entry.base, Some(&entry.relative), meta),
            Err(error) => Err(FileError::io(error, &entry.base.join(&entry.relative))),
        });
        described.collect()
    }

    /// Metadata of everything below a directory, and of itself as `.`.
    ///
    /// # Errors
    /// Something of it cannot be read, or there is more than the selection allows.
    pub fn tree(
        &self,
        root: &Path,
        selection: &Selection,
        query: Query,
    ) -> Result<Vec<FileMetadata>, FileError> {
        let places = Places { paths: vec![root.to_owned()], is_placeholder: false };
        let mut witnesses = Witnesses::new(SystemTime::UNIX_EPOCH);
        self.metadatas(&places, selection, query, &mut witnesses)
    }

    /// The content of the file at a path.
    ///
    /// # Errors
    /// It cannot be read, or is no regular file.
    pub fn content(&self, path: &Path) -> Result<Content, FileError> {
        let failed = |error| FileError::io(&error, path);
        let mut file = checksum::open(path).map_err(failed)?;
        let meta = file.metadata().map_err(failed)?;
        if meta.is_dir() {
            return Err(FileError::Io(format!("Is a directory - {}", path.display())));
        }
        if !meta.is_file() {
            return Err(FileError::Io(format!("Not a regular file - {}", path.display())));
        }
        if meta.len() > WHOLE_BYTES_MAX {
            return Ok(Content::Open(file, meta.len()));
        }
        let mut bytes = Vec::with_capacity(meta.len() as usize + 1);
        file.by_ref().take(WHOLE_BYTES_MAX).read_to_end(&mut bytes).map_err(failed)?;
        Ok(Content::Whole(bytes))
    }
}

/// The text of a path; documents have no other names.
fn text(path: &Path) -> Result<String, FileError> {
    path.to_str().map(str::to_owned).ok_or_else(|| not_utf8(path))
}

/// Such a file is not just left out: nobody would know why agents do not get it.
fn not_utf8(path: &Path) -> FileError {
    let path = path.display();
    FileError::Invalid(format!(
        "The name of '{path}' is not valid UTF-8. Rename the file, or leave it out by ignore"
    ))
}
