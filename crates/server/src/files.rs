//! Files for agents: plugins, files of modules, custom mounts; and the bucket that keeps what agents overwrite.
//!
//! A request names a mount and a path below it. [`Mount`](mounts::Mount) turns the two into a place on disk,
//! [`fileset`] walks it, [`metadata`] describes what is there. Checksums are computed once for each state of a
//! file ([`checksum::Checksums`]): an agent's plugin sync asks for those of every plugin, and all agents ask for the
//! same. What is served is what the environment's folders hold at the time; nothing else is remembered.
//!
//! Nothing here knows who may ask; that is decided before.

mod bucket;
mod checksum;
mod fileset;
mod handlers;
mod metadata;
mod modules;
mod mounts;
mod static_content;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use stdx::{Clock, SystemClock};
use wire::metadata::{FileMetadata, Links};

pub use bucket::{Bucket, BucketError, BucketKey};
pub use checksum::Algorithm;
pub(crate) use handlers::{bucket_file, content, metadata, metadatas};
pub use modules::{Module, module_list};
pub(crate) use static_content::find as static_content;

use checksum::Checksums;
use fileset::Selection;
use mounts::Mounts;

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
}

/// Why a file is not served.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// There is no such mount, module or file.
    #[error("not found")]
    NotFound,
    /// The request cannot be fulfilled; Puppet's text.
    #[error("{0}")]
    Invalid(String),
    /// The disk failed; Puppet's text.
    #[error("{0}")]
    Io(String),
}

/// What is wanted of a file.
#[derive(Clone, Copy, Debug)]
pub struct Query {
    /// Whether links are described or followed.
    pub links: Links,
    /// Checksum of its content.
    pub algorithm: Algorithm,
    /// Whether owner, group and mode are the file's own, or the server's defaults.
    pub own_permissions: bool,
}

impl FileServer {
    /// A file server. Reads nothing yet.
    pub fn new(settings: FileSettings) -> FileServer {
        FileServer::with_clock(settings, Arc::new(SystemClock))
    }

    /// The same with a clock.
    pub fn with_clock(settings: FileSettings, clock: Arc<dyn Clock>) -> FileServer {
        FileServer {
            mounts: Mounts::new(settings.fileserver_conf.clone()),
            checksums: Checksums::new(clock),
            bucket: Arc::new(Bucket::new(settings.bucketdir.clone(), settings.digest_algorithm)),
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
        mount.find(code, node.unwrap_or(&self.settings.host), path.as_deref())
    }

    /// Metadata of one file or directory.
    ///
    /// # Errors
    /// As [`FileServer::find`]; the file cannot be read.
    pub fn metadata(
        &self,
        code: &Code,
        node: Option<&str>,
        key: &str,
        query: &Query,
    ) -> Result<FileMetadata, FileError> {
        let path = self.find(code, node, key)?;
        metadata::collect(&self.checksums, &path, None, query)
    }

    /// Metadata of a directory and what is below it; of the union of directories, for mounts that are one.
    ///
    /// # Errors
    /// As [`FileServer::metadata`]; more files than wanted.
    pub fn metadatas(
        &self,
        code: &Code,
        node: Option<&str>,
        key: &str,
        query: &Query,
        selection: &Selection,
    ) -> Result<Vec<FileMetadata>, FileError> {
        let (mount, path) = self.mounts.split(key)?;
        let places = mount.search(
            code,
            node.unwrap_or(&self.settings.host),
            path.as_deref(),
            &self.settings.codedir,
        )?;
        let recurse = selection.recurse && !places.is_placeholder;
        let selection = Selection { recurse, ..selection.clone() };
        let files = fileset::union(&places.paths, query.links, &selection)?;
        files
            .iter()
            .map(|file| metadata::collect(&self.checksums, file.base, Some(&file.relative), query))
            .collect()
    }
}

/// The text of a path for messages and documents. Names that are no UTF-8 are never listed, so nothing is lost.
fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
