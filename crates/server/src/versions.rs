//! Code that comes in versions: each is a directory that nobody changes any more, and which one serves is told and not looked for.
//!
//! Who compiles holds the version it began with, and the directory stays as long as that.

use std::any::Any;
use std::fmt::Debug;
use std::path::PathBuf;
use std::sync::Arc;

/// A version of an environment's code.
#[derive(Clone, Debug)]
pub struct Version {
    /// Where its files are.
    pub directory: PathBuf,
    /// The path that the environment is known by, in catalogs and messages; it is the same for all versions.
    pub shown_as: PathBuf,
    /// Its name, such as `urn:puppet:code-id:1:<commit>;<environment>`.
    pub code_id: String,
    /// Names the version of the code beside the environments, which they share: with another one the environment is looked over.
    pub shared: Option<String>,
    /// Keeps the directory.
    pub held: Arc<dyn Any + Send + Sync>,
}

/// Who knows the versions.
pub trait Versions: Debug + Send + Sync {
    /// The version of an environment that serves; nothing for one whose code does not come in versions. Asked with each request.
    fn current(&self, environment: &str) -> Option<Arc<Version>>;

    /// The environments that come in versions.
    fn names(&self) -> Vec<String>;

    /// A file of any version that is still known; nothing if there is none. May block.
    ///
    /// # Errors
    /// It cannot be read.
    fn content(&self, environment: &str, code_id: &str, path: &str) -> Result<Option<Vec<u8>>, String>;
}
