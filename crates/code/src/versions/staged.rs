//! What a commit would take.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{RepoSettings, Storage, is_environment_name};
use crate::error::{Error, Result};

/// Why what a deploy has not ended becomes no version.
pub(super) const UNFINISHED: &str = "a deploy of it is under way, or has failed; deploy it again (if it is whole, remove the file \
                          `.NAME.unfinished` beside it)";

impl Storage {
    /// Environments in the staging directory.
    pub(super) fn staged(&self, settings: &RepoSettings, expected: bool) -> Result<BTreeSet<String>> {
        let directory = settings.staging_dir.join(&settings.submodules_dir);
        let listing = match fs::read_dir(&directory) {
            Ok(listing) => listing,
            // Not the deletion of all environments: more likely a disk that is not there.
            Err(error) if error.kind() == io::ErrorKind::NotFound && !expected => return Ok(BTreeSet::new()),
            Err(error) => return Err(Error::io("read", directory.as_path())(error)),
        };
        let mut names = BTreeSet::new();
        for item in listing {
            let item = item.map_err(Error::io("read", directory.as_path()))?;
            let is_directory = item.file_type().map_err(Error::io("read", item.path().as_path()))?.is_dir();
            match item.file_name().into_string() {
                Ok(name) if is_directory && is_environment_name(&name) => names.insert(name),
                Ok(name) if name.starts_with('.') => false,
                _ => {
                    let path = item.path().display().to_string();
                    tracing::warn!(
                        path,
                        "no environment: not a directory with a name of letters, digits and `_`"
                    );
                    false
                }
            };
        }
        if names.len() > self.settings.limits.environments_max {
            let limit = self.settings.limits.environments_max;
            return Err(Error::refused(directory, format!("more than {limit} environments")));
        }
        Ok(names)
    }
}

/// The file that stands beside an environment's directory while a deploy of it has not ended.
pub(super) fn mark(directory: &Path) -> PathBuf {
    let name = directory.file_name().unwrap_or_default().to_string_lossy();
    directory.with_file_name(format!(".{name}.unfinished"))
}
