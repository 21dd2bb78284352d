//! Files of any version that the repository still has, by the name that catalogs have for versions.

use crate::error::{Error, Result};
use crate::git::{Id, Mode, Repository};

const PREFIX: &str = "urn:puppet:code-id:1:";

/// The name of a version of an environment in catalogs (`code_id`).
pub fn code_id(commit: Id, environment: &str) -> String {
    format!("{PREFIX}{commit};{environment}")
}

/// A file of a version of an environment; nothing if the name is not of such a version, or the version or file is not there (any more).
/// Links are not followed.
///
/// # Errors
/// The repository is damaged.
pub fn content(
    repository: &Repository,
    environment: &str,
    code_id: &str,
    path: &str,
) -> Result<Option<Vec<u8>>> {
    let Some((commit, named)) = parse(code_id) else { return Ok(None) };
    if named != environment {
        return Ok(None);
    }
    let mut reader = repository.reader()?;
    let mut find = || {
        let tree = reader.commit(commit)?.tree;
        match reader.entry(tree, path)? {
            Some(entry) if matches!(entry.mode, Mode::File | Mode::Executable) => {
                Ok(Some(reader.blob(entry.id)?.to_vec()))
            }
            _ => Ok(None),
        }
    };
    match find() {
        // Of a version that was removed a part may be left.
        Err(Error::Missing { .. }) => Ok(None),
        outcome => outcome,
    }
}

/// The version that a `code_id` names.
pub fn commit_of(code_id: &str) -> Option<Id> {
    parse(code_id).map(|(commit, _)| commit)
}

fn parse(code_id: &str) -> Option<(Id, &str)> {
    let (commit, environment) = code_id.strip_prefix(PREFIX)?.split_once(';')?;
    Some((commit.parse().ok()?, environment))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_versions() {
        let id = Id::new([0x1f; 20]);
        let name = code_id(id, "production");
        assert_eq!(name, format!("urn:puppet:code-id:1:{};production", "1f".repeat(20)));
        assert_eq!(parse(&name), Some((id, "production")));
        assert_eq!(commit_of(&name), Some(id));
        assert_eq!(commit_of("urn:puppet:code-id:1:x;production"), None);
    }
}
