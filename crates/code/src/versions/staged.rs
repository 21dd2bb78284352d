//! What a commit would take, and what it would end.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{RepoSettings, Storage, Target, is_environment_name};
use crate::error::{Error, Result};

/// Why what a deploy has not ended becomes no version.
pub(super) const UNFINISHED: &str = "a deploy of it is under way, or has failed; deploy it again (if it is whole, remove the file \
                          `.NAME.unfinished` beside it)";

impl Storage {
    /// What a commit would take: environments such as `environments/production`, their names, and where they are staged.
    pub fn staged_environments(&self, target: &Target) -> Vec<(String, String, PathBuf)> {
        let mut found = Vec::new();
        for (id, settings) in &self.settings.repos {
            let (repo, only) = match target {
                Target::All => (id, None),
                Target::Repo(repo) => (repo, None),
                Target::Submodule { repo, submodule } => (repo, Some(submodule)),
            };
            if repo != id {
                continue;
            }
            // What cannot be listed cannot be committed either, which says why.
            for name in self.staged(settings, false).unwrap_or_default() {
                let submodule = format!("{}/{name}", settings.submodules_dir);
                if only.is_none_or(|only| *only == submodule) {
                    let directory = settings.staging_dir.join(&submodule);
                    found.push((submodule, name, directory));
                }
            }
        }
        found
    }

    /// Environments such as `environments/production` that a commit would end, with their names: they have versions and are not staged.
    pub fn ending_environments(&self, target: &Target) -> Vec<(String, String)> {
        let staged: BTreeSet<String> =
            self.staged_environments(target).into_iter().map(|(submodule, ..)| submodule).collect();
        let is_meant = |repo: &str, submodule: &str| match target {
            Target::All => true,
            Target::Repo(only) => only == repo,
            Target::Submodule { repo: only, submodule: one } => only == repo && one == submodule,
        };
        let latest = self.latest();
        let versions = latest.iter().filter_map(|(repo, latest)| Some((repo, latest.as_ref()?)));
        let all = versions.flat_map(|(repo, latest)| latest.submodules.keys().map(move |name| (repo, name)));
        all.filter(|(repo, submodule)| is_meant(repo, submodule) && !staged.contains(*submodule))
            .map(|(_, submodule)| {
                let name = submodule.rsplit('/').next().unwrap_or(submodule);
                (submodule.clone(), name.to_owned())
            })
            .collect()
    }

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

/// Why an environment cannot be committed whatever its code is, so that nobody has to look at that.
pub(crate) fn unfinished(directory: &Path) -> Option<String> {
    mark(directory).exists().then(|| Error::refused(directory, UNFINISHED).to_string())
}
