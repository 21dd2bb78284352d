//! Ruby code of modules that is not native: functions, templates and backends of Hiera 3, run by CRuby in processes of their own.
//!
//! This is the last resort behind the native functions and the native interpreter of templates, and there only where a `ruby` is
//! installed. A worker process has the few parts of Puppet's API that such code uses (`worker/*.rb`), and no network, no rights and
//! no more memory or time than it is given, and writes at most in one folder, as far as the kernel can confine it (Landlock);
//! everything that concerns the compile it asks the compiler for, over a pipe. A worker that dies or does not answer fails the call
//! that it runs, and nothing else.
//!
//! What a worker has loaded stays in it. So each environment and version of its code has a [`Pool`] of its own.

mod code;
mod pipe;
mod pool;
mod sandbox;
mod temporary;
mod worker;

use std::path::PathBuf;
use std::time::Duration;

use pcore::{Hash, Value};

pub use pool::{Api, Backend, Call, Pool};

/// How Ruby code is run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The interpreter.
    pub ruby: PathBuf,
    /// Folders from which `require` loads: the `lib` folders of the modules.
    pub load_paths: Vec<PathBuf>,
    /// Processes at once.
    pub workers_max: usize,
    /// Address space of a process in bytes.
    pub memory_max: u64,
    /// How long one call may take.
    pub time_max: Duration,
    /// Whether code may use the network.
    pub network: bool,
    /// A folder in which code may keep files; nowhere else can it write. Only where the kernel can confine it (Landlock).
    pub files: Option<Files>,
}

/// A folder for code, and what it may hold.
#[derive(Clone, Debug)]
pub struct Files {
    /// The folder; made where it is missing.
    pub folder: PathBuf,
    /// Bytes of all files in it.
    pub bytes_max: u64,
}

/// Why Ruby code gave no result.
#[derive(Debug, thiserror::Error)]
pub enum ForeignError {
    /// The code raised an error.
    #[error("{message}")]
    Raised {
        /// What it says.
        message: String,
        /// What kind of error it was.
        kind: Kind,
        /// Name of the Ruby class.
        class: String,
        /// Line in the file of the function or template, where that is known.
        line: Option<u32>,
    },
    /// The process died, did not answer in time, or said what makes no sense.
    #[error("the Ruby process {0}")]
    Broken(String),
    /// No process can be started.
    #[error("Ruby cannot be started: {0}")]
    NoRuby(String),
}

/// Kinds of errors that Ruby code raises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The compiler had refused a question with this text.
    Compiler,
    /// An error of Puppet's own classes.
    Puppet,
    /// `ArgumentError`.
    Argument,
    /// Anything else.
    Other,
}

/// Blocks in Ruby that a question brought along, for the time of its answer.
pub trait Blocks {
    /// Calls the block with encoded values. It cannot ask anything itself.
    ///
    /// # Errors
    /// It has raised something, which the code that asked is going to see again, or its process is of no use any more.
    fn call(&mut self, arguments: Vec<Value>) -> Result<Value, String>;
}

/// The compiler's side of a conversation: answers what running code asks.
pub trait Host {
    /// Answers a question (`variable`, `function`, ...; see `worker/`) with values in the encoding of rich data. The error is a text
    /// that is raised in the Ruby code.
    ///
    /// # Errors
    /// What the code is to be told.
    fn answer(&mut self, question: &str, details: &Hash, blocks: &mut dyn Blocks) -> Result<Value, String>;
}

/// Whether workers are cut off from the network here; otherwise only from files and other users' processes.
pub fn is_isolated() -> bool {
    sandbox::isolation().is_some()
}

/// The first `ruby` on this machine: the one that comes with the agent, or the distribution's.
pub fn find_ruby() -> Option<PathBuf> {
    let agents = PathBuf::from("/opt/puppetlabs/puppet/bin/ruby");
    let search = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&search).map(|folder| folder.join("ruby"));
    std::iter::once(agents).chain(found).find(|path| path.is_file())
}
