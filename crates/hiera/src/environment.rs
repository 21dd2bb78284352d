//! Where the layers of an environment are.

use pcore::Str;
use rustc_hash::FxHashMap;

use crate::config::FILE_NAME;
use crate::source::{Source, join};

/// The places of an environment that may hold data. Built once with the environment, shared by its compiles.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// Name.
    pub name: Str,
    /// Absolute path of the hiera.yaml of the global layer (setting `hiera_config`). It need not exist: then
    /// `data/common.yaml` beside it counts. Empty for no global layer at all.
    pub global: Str,
    /// Folder of the environment, which may contain a hiera.yaml.
    pub root: Option<Str>,
    /// Modules by name.
    pub modules: FxHashMap<Str, Module>,
}

/// A module.
#[derive(Clone, Debug)]
pub struct Module {
    /// Folder of the module.
    pub root: Str,
    /// Whether it contains a hiera.yaml.
    pub has_config: bool,
}

impl Module {
    /// Looks whether the module has data.
    pub fn new(root: impl Into<Str>, source: &dyn Source) -> Module {
        let root = root.into();
        let has_config = source.stat(&join(&root, FILE_NAME)).is_some();
        Module { root, has_config }
    }
}
