//! The repository of what lies beside the environments, which names the version of each.

use std::collections::BTreeMap;

use super::{RepoSettings, Storage, is_environment_name};
use crate::error::Result;
use crate::git::{Commit, Id, Mode, Repository, TreeEntry};

/// What a commit of the repository beside the environments says.
pub(super) struct Parent {
    pub(super) commit: Commit,
    /// Versions of the environments.
    pub(super) pointers: BTreeMap<String, Id>,
    /// All top entries but the environments and `.gitmodules`.
    pub(super) rest: Vec<TreeEntry>,
}

pub(super) fn read_parent(repository: &Repository, head: Id, settings: &RepoSettings) -> Result<Parent> {
    let mut reader = repository.reader()?;
    let commit = reader.commit(head)?;
    let mut pointers = BTreeMap::new();
    let mut rest = Vec::new();
    for entry in reader.tree(commit.tree)? {
        if entry.name == settings.submodules_dir.as_bytes() && entry.mode == Mode::Directory {
            for link in reader.tree(entry.id)? {
                if let Ok(name) = String::from_utf8(link.name)
                    && link.mode == Mode::Submodule
                    && is_environment_name(&name)
                {
                    pointers.insert(name, link.id);
                }
            }
        } else if entry.name != b".gitmodules" {
            rest.push(entry);
        }
    }
    Ok(Parent { commit, pointers, rest })
}

impl Storage {
    /// What lies beside the environments in a version of a repository.
    pub(crate) fn beside_of(&self, id: &str, commit: Id) -> Result<Vec<TreeEntry>> {
        Ok(read_parent(&self.repository(id, None)?, commit, self.repo(id)?)?.rest)
    }

    /// The file in which git looks for submodules.
    pub(super) fn gitmodules(
        &self,
        id: &str,
        settings: &RepoSettings,
        pointers: &BTreeMap<String, Id>,
    ) -> String {
        let directory = &settings.submodules_dir;
        let url = self.settings.server_repo_url.trim_end_matches('/');
        let section = |name: &String| {
            let path = format!("{directory}/{name}");
            format!("[submodule \"{path}\"]\n\tpath = {path}\n\turl = {url}/{id}/{name}.git\n")
        };
        pointers.keys().map(section).collect()
    }
}
