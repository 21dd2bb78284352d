//! What is removed from environments because nothing brings it any more, by r10k's rules.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::Path;

use stdx::fnmatch::fnmatch;

use crate::error::{DeployError, Result};
use crate::module::Module;
use crate::{record, tree};

/// What belongs to an environment: relative paths of its branch, directories included, and of its modules.
pub(crate) struct Managed<'a> {
    /// Paths of the branch.
    pub(crate) branch: HashSet<&'a [u8]>,
    /// Modules of Puppetfile and map.
    pub(crate) modules: &'a [Module],
}

impl Managed<'_> {
    /// The directories that hold modules, with the names of these. What lies beside modules in the environment itself is not theirs.
    fn directories(&self) -> BTreeMap<&str, HashSet<&str>> {
        let mut directories: BTreeMap<&str, HashSet<&str>> = BTreeMap::new();
        for module in self.modules.iter().filter(|module| !module.directory.is_empty()) {
            directories.entry(&module.directory).or_default().insert(&module.name);
        }
        directories
    }

    /// Removes from the directories of modules what is neither a module nor of the branch; the paths that were removed.
    pub(crate) fn purge_modules(&self, environment: &Path) -> Result<Vec<String>> {
        let directories = self.directories();
        let mut removed = Vec::new();
        for (directory, names) in &directories {
            for name in names_in(environment, directory)? {
                let path = format!("{directory}/{name}");
                let holds_another = directories.keys().any(|other| is_at_or_in(other, &path));
                if !names.contains(name.as_str()) && !holds_another && !self.branch.contains(path.as_bytes())
                {
                    tree::remove(&environment.join(&path))?;
                    removed.push(path);
                }
            }
        }
        Ok(removed)
    }

    /// Removes from the environment what is neither of the branch nor of a module nor allowed; the paths that were removed.
    pub(crate) fn purge_environment(&self, environment: &Path, allowlist: &[String]) -> Result<Vec<String>> {
        let mut kept: HashSet<&str> = HashSet::from([record::NAME]);
        kept.extend(self.directories().keys().copied());
        let modules: Vec<String> = self.modules.iter().map(Module::path).collect();
        let mut removed = Vec::new();
        let mut directories = vec![String::new()];
        while let Some(directory) = directories.pop() {
            for name in names_in(environment, &directory)? {
                let path = if directory.is_empty() { name } else { format!("{directory}/{name}") };
                let is_kept = kept.contains(path.as_str())
                    || allowlist.iter().any(|pattern| allows(pattern, &path))
                    // A module, or what leads to one.
                    || modules.iter().any(|module| is_at_or_in(&path, module) || is_at_or_in(module, &path));
                let place = environment.join(&path);
                if is_kept {
                    continue;
                }
                match self.branch.contains(path.as_bytes()) {
                    true if tree::is_directory(&place) => directories.push(path),
                    true => {}
                    false => {
                        tree::remove(&place)?;
                        removed.push(path);
                    }
                }
            }
        }
        Ok(removed)
    }
}

/// Whether a path is another one, or lies in it.
fn is_at_or_in(path: &str, directory: &str) -> bool {
    path.strip_prefix(directory).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a pattern of the allowlist means a path: name by name, `**` for any directories.
fn allows(pattern: &str, path: &str) -> bool {
    let pattern: Vec<&str> = pattern.split('/').filter(|part| !part.is_empty()).collect();
    let path: Vec<&str> = path.split('/').collect();
    names_match(&pattern, &path)
}

fn names_match(pattern: &[&str], path: &[&str]) -> bool {
    match (pattern.split_first(), path.split_first()) {
        (None, None) => true,
        (Some((&"**", rest)), _) if !rest.is_empty() => {
            names_match(rest, path) || path.split_first().is_some_and(|(_, path)| names_match(pattern, path))
        }
        (Some((first, rest)), Some((name, path))) => {
            // A leading dot is nothing special here.
            let name = name.strip_prefix('.').filter(|_| first.starts_with(['*', '?'])).unwrap_or(name);
            fnmatch(first, name) && names_match(rest, path)
        }
        _ => false,
    }
}

/// What is in the directory at a path of the environment. Nothing is in one that a link leads to: what lies there belongs to others.
fn names_in(environment: &Path, path: &str) -> Result<Vec<String>> {
    let Some(directory) = tree::inner_directory(environment, path) else { return Ok(Vec::new()) };
    let mut names = Vec::new();
    for entry in fs::read_dir(&directory).map_err(DeployError::io("read", &directory))? {
        let entry = entry.map_err(DeployError::io("read", &directory))?;
        match entry.file_name().into_string() {
            Ok(name) => names.push(name),
            // It cannot be asked for by a name of ours.
            Err(name) => {
                tracing::warn!(path = %directory.join(name).display(), "left alone: its name is not UTF-8");
            }
        }
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_the_allowlist() {
        for (pattern, path, is_allowed) in [
            ("custom.json", "custom.json", true),
            ("*.json", "a/custom.json", false),
            ("**/*.json", "a/b/custom.json", true),
            ("**/*.json", "custom.json", true),
            ("*", ".hidden", true),
            ("data/*", "data/x", true),
            ("data/*", "data/x/y", false),
            ("data/**/*", "data/x/y", true),
        ] {
            assert_eq!(allows(pattern, path), is_allowed, "{pattern} {path}");
        }
    }
}
