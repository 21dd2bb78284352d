//! The names by which an environment's code, and what lies beside it, is found.
//!
//! Code may name its own files from the root on: by the environment path, by a link that leads to the version that serves, or by
//! where they really are. A compile of code that may come must find its own files by these names, and not those that serve.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

/// Directories that stand for one environment.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    /// The longest first.
    prefixes: Vec<PathBuf>,
    /// Where the files of this version are.
    directory: PathBuf,
    /// What lies beside the environments, by its names, and where it is in this version.
    beside: Vec<(PathBuf, PathBuf)>,
}

impl Places {
    /// What stands for the environment whose files are in a directory.
    pub(crate) fn new(prefixes: impl IntoIterator<Item = PathBuf>, directory: PathBuf) -> Places {
        let mut prefixes: Vec<PathBuf> = prefixes
            .into_iter()
            .flat_map(|path| {
                let real = path.canonicalize().ok();
                [Some(path), real]
            })
            .flatten()
            .collect();
        prefixes.push(directory.clone());
        prefixes.sort_by_key(|path| std::cmp::Reverse(path.as_os_str().len()));
        prefixes.dedup();
        Places { prefixes, directory, beside: Vec::new() }
    }

    /// The same names for files that are elsewhere.
    pub(crate) fn at(&self, directory: PathBuf) -> Places {
        Places { directory, ..self.clone() }
    }

    /// The same with what lies beside the environments: these names in one of `known_as` are found in `directory`.
    pub(crate) fn beside(
        mut self,
        names: &BTreeSet<OsString>,
        known_as: &[&Path],
        directory: &Path,
    ) -> Places {
        let each = |name| known_as.iter().map(move |place| (place.join(name), directory.join(name)));
        self.beside = names.iter().flat_map(each).collect();
        self
    }

    /// All of them, and what they stand for.
    pub(crate) fn names(&self) -> Vec<(PathBuf, PathBuf)> {
        let own = self.prefixes.iter().map(|prefix| (prefix.clone(), self.directory.clone()));
        own.chain(self.beside.iter().cloned()).collect()
    }

    /// What of a path is inside the environment.
    fn within<'p>(&self, path: &'p Path) -> Option<&'p Path> {
        self.prefixes.iter().find_map(|prefix| path.strip_prefix(prefix).ok())
    }

    /// Where a path leads that is known by other names.
    fn found(&self, path: &Path) -> Option<PathBuf> {
        if let Some(within) = self.within(path) {
            return Some(self.directory.join(within));
        }
        self.beside.iter().find_map(|(name, real)| match path.strip_prefix(name) {
            Ok(within) if within.as_os_str().is_empty() => Some(real.clone()),
            Ok(within) => Some(real.join(within)),
            Err(_) => None,
        })
    }

    /// Whether a path leads to code that may have versions.
    pub(crate) fn has(&self, path: &Path) -> bool {
        self.found(path).is_some()
    }

    /// Where a file is in this version.
    pub(crate) fn real(&self, path: &Path) -> PathBuf {
        match path.starts_with(&self.directory) {
            true => path.to_owned(),
            false => self.found(path).unwrap_or_else(|| path.to_owned()),
        }
    }

    /// The same without `.` and empty names; nothing if the path goes up, which links can make lead anywhere.
    pub(crate) fn normal(&self, path: &Path) -> Option<PathBuf> {
        let path = self.real(path);
        match path.components().any(|part| part == Component::ParentDir) {
            true => None,
            // The parts are without what does not count.
            false => Some(path.components().collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_names_lead_to_one_version() {
        let places = Places::new(["/code/production".into(), "/link".into()], "/versions/1".into());
        let normal = |path: &str| places.normal(Path::new(path));
        let expected = Some(PathBuf::from("/versions/1/data/nodes/a.yaml"));
        for path in [
            "/code/production/data/nodes//a.yaml",
            "/link/data/./nodes/a.yaml",
            "/versions/1/data/nodes/a.yaml",
        ] {
            assert_eq!(normal(path), expected, "{path}");
        }
        assert_eq!(normal("/code/production/data/../x"), None);
        assert_eq!(normal("/code/production2/x"), Some("/code/production2/x".into()));
        let names = BTreeSet::from(["modules".into()]);
        let beside = places.clone().beside(&names, &["/code".as_ref(), "/top/1".as_ref()], "/top/2".as_ref());
        for path in ["/code/modules/a/b", "/top/1/modules/a/b", "/top/2/modules/a/b"] {
            assert_eq!(beside.normal(Path::new(path)), Some("/top/2/modules/a/b".into()), "{path}");
        }
        assert_eq!(beside.real(Path::new("/code/modules")).as_os_str(), "/top/2/modules");
        assert_eq!(beside.real(Path::new("/code/other/a")), PathBuf::from("/code/other/a"));
        assert_eq!(beside.normal(Path::new("/code/production/data/nodes/a.yaml")), expected);
        let staged = places.at("/staged".into());
        assert_eq!(staged.real(Path::new("/versions/1/x")), PathBuf::from("/staged/x"));
        assert_eq!(staged.real(Path::new("/staged/x")), PathBuf::from("/staged/x"));
    }
}
