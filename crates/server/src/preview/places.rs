//! The names by which an environment's code is found.
//!
//! Code may name its own files from the root on: by the environment path, by a link that leads to the version that serves, or by
//! where they really are. A compile of code that may come must find its own files by these names, and not those that serve.

use std::path::{Component, Path, PathBuf};

/// Directories that stand for one environment.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    /// The longest first.
    prefixes: Vec<PathBuf>,
    /// Where the files of this version are.
    directory: PathBuf,
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
        Places { prefixes, directory }
    }

    /// The same names for files that are elsewhere.
    pub(crate) fn at(&self, directory: PathBuf) -> Places {
        Places { directory, ..self.clone() }
    }

    /// All of them.
    pub(crate) fn names(&self) -> &[PathBuf] {
        &self.prefixes
    }

    /// What of a path is inside the environment.
    pub(crate) fn within<'p>(&self, path: &'p Path) -> Option<&'p Path> {
        self.prefixes.iter().find_map(|prefix| path.strip_prefix(prefix).ok())
    }

    /// Where a file is in this version.
    pub(crate) fn real(&self, path: &Path) -> PathBuf {
        match path.starts_with(&self.directory) {
            true => path.to_owned(),
            false => self.within(path).map_or_else(|| path.to_owned(), |within| self.directory.join(within)),
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
        let staged = places.at("/staged".into());
        assert_eq!(staged.real(Path::new("/versions/1/x")), PathBuf::from("/staged/x"));
        assert_eq!(staged.real(Path::new("/staged/x")), PathBuf::from("/staged/x"));
    }
}
