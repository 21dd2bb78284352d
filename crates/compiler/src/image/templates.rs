//! Templates, parsed when a compile first needs them and kept for all others of the image while the file is as it was.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use hiera::source::Stat;
use rustc_hash::FxHashMap;

use crate::code::Code;

/// Parsed templates by path, with the state of the file.
#[derive(Debug, Default)]
pub(crate) struct Templates(RwLock<FxHashMap<PathBuf, (Stat, Arc<Code>)>>);

impl Templates {
    /// The template, if the file has not changed.
    pub(crate) fn get(&self, path: &Path, stat: Stat) -> Option<Arc<Code>> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        all.get(path).filter(|(kept, _)| *kept == stat).map(|(_, code)| code.clone())
    }

    /// Keeps a template of which `stat` was taken before it was read.
    pub(crate) fn insert(&self, path: PathBuf, stat: Stat, code: Arc<Code>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(path, (stat, code));
    }
}
