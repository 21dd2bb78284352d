//! Resource types that modules define in Ruby, read without running Ruby.
//!
//! A compile needs of a type the names of its attributes, which of them name a resource, and how titles are taken
//! apart. Nearly all type files say so in declarations (`newparam(:path, namevar: true)`), some through loops over
//! literal lists, helper methods or shared modules. [`read`] therefore evaluates the file: an interpreter of the part
//! of Ruby that runs while a type is loaded, over values that may be unknown. Blocks that run later (`validate`,
//! `munge`, methods of resources) are never looked into.
//!
//! The rule is that a reading is right or says that it is unsure. Whatever cannot be evaluated is an unknown value; as
//! soon as one decides about an attribute, or code that is not known gets hold of the type, the reading stops with the
//! place and the reason, and the compiler accepts any attribute of such a type.
//!
//! Files are read through [`Library`] only, the tree of each lives as long as one reading, and everything has a limit.

mod call;
mod core;
mod define;
mod dsl;
mod eval;
mod finish;
mod kernel;
mod providers;
mod resource_api;
mod source;
#[cfg(test)]
mod tests;
mod value;
mod world;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use wire::types::ResourceType;

use source::Files;
use world::World;

/// Stack of the thread that reads: trees may be as deep as a file is long.
const STACK_BYTES: usize = 512 << 20;

/// Where the Ruby files of modules come from.
pub trait Library: Sync {
    /// The first file of this name (`puppet_x/web/options.rb`) in the `lib` folders of the modules, and its path.
    fn find(&self, name: &str) -> Option<(PathBuf, Arc<str>)>;

    /// The content of the file at a path, if it belongs to a module.
    fn read(&self, path: &Path) -> Option<Arc<str>>;

    /// The files of all modules in `lib/puppet/provider/TYPE`, with their contents.
    fn providers(&self, type_name: &str) -> Vec<(PathBuf, Arc<str>)>;
}

/// What a file says about a type.
#[derive(Clone, Debug)]
pub enum Reading {
    /// Everything that a compile needs to know.
    Known(Box<ResourceType>),
    /// The file does not define the type.
    Absent,
    /// The type is defined, and this keeps us from knowing its attributes.
    Unsure(Unsure),
}

/// Why a type could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsure {
    /// The file with the code that could not be evaluated.
    pub path: PathBuf,
    /// Its line, from 1; 0 if no line is to blame.
    pub line: u32,
    /// What it does.
    pub reason: String,
}

impl std::fmt::Display for Unsure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path.display(), self.reason),
            line => write!(f, "{}:{line}: {}", self.path.display(), self.reason),
        }
    }
}

/// Reads the type of this (lower-case) name from its file, `lib/puppet/type/NAME.rb` of a module.
pub fn read(name: &str, path: &Path, text: &Arc<str>, library: &dyn Library) -> Reading {
    let failed =
        |reason: &str| Reading::Unsure(Unsure { path: path.to_owned(), line: 0, reason: reason.to_owned() });
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("ruby-types".into()).stack_size(STACK_BYTES);
        match thread.spawn_scoped(scope, || run(name, path, text, library)) {
            // The parser is not ours; if it panics, it is this file that is not read.
            Ok(handle) => handle.join().unwrap_or_else(|_| failed("the Ruby parser failed on the file")),
            Err(_) => failed("no thread could be started to read the file"),
        }
    })
}

fn run(name: &str, path: &Path, text: &Arc<str>, library: &dyn Library) -> Reading {
    let files = Files::default();
    let mut world = World::new(library, &files);
    let outcome = world.load(path.to_owned(), text).and_then(|()| world.finish(name));
    match outcome {
        Ok(Some(ty)) => Reading::Known(Box::new(ty)),
        Ok(None) => Reading::Absent,
        Err(flow) => Reading::Unsure(world.blame(flow, path)),
    }
}
