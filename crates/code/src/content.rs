//! Files of any version that the repository still has, by the name that catalogs have for versions.

use crate::error::Result;
use crate::git::{Id, Mode, Repository};

const PREFIX: &str = "urn:puppet:code-id:1:";

/// The name of a version of an environment in catalogs (`code_id`).
pub fn code_id(commit: Id, environment: &str) -> String {
    format!("{PREFIX}{commit};{environment}")
}

/// A file of a version of an environment; nothing if the name is not of such a version, or the version or file is not there. Links are
/// not followed.
///
/// # Errors
/// The repository is damaged.
pub fn content(
    repository: &Repository,
    environment: &str,
    code_id: &str,
    path: &str,
) -> Result<Option<Vec<u8>>> {
    let Some(commit) = commit_of(code_id, environment) else { return Ok(None) };
    let mut reader = repository.reader()?;
    if !reader.contains(commit) {
        return Ok(None);
    }
    let tree = reader.commit(commit)?.tree;
    match reader.entry(tree, path)? {
        Some(entry) if matches!(entry.mode, Mode::File | Mode::Executable) && reader.contains(entry.id) => {
            Ok(Some(reader.blob(entry.id)?.to_vec()))
        }
        _ => Ok(None),
    }
}

fn commit_of(code_id: &str, environment: &str) -> Option<Id> {
    let (commit, named) = code_id.strip_prefix(PREFIX)?.split_once(';')?;
    commit.parse().ok().filter(|_| named == environment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_versions() {
        let id = Id::new([0x1f; 20]);
        let name = code_id(id, "production");
        assert_eq!(name, format!("urn:puppet:code-id:1:{};production", "1f".repeat(20)));
        assert_eq!(commit_of(&name, "production"), Some(id));
        assert_eq!(commit_of(&name, "qa"), None);
        assert_eq!(commit_of("urn:puppet:code-id:1:x;production", "production"), None);
    }
}
