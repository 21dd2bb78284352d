//! Folders below which no file is ever changed where it stands.
//!
//! Versions of code share files by links, and a link more or less moves the time of a file's last change of status (`ctime`), though
//! nothing about its content has changed. Who compares states of files leaves that time out below such folders, and only there:
//! elsewhere it shows what a tool has changed that sets times back.

use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

static FOLDERS: RwLock<Vec<PathBuf>> = RwLock::new(Vec::new());

/// Declares a folder that is such a one for the rest of the process.
pub fn declare(folder: &Path) {
    let mut folders = FOLDERS.write().unwrap_or_else(PoisonError::into_inner);
    let resolved = folder.canonicalize().ok();
    for folder in [Some(folder.to_owned()), resolved].into_iter().flatten() {
        // The root of everything would make every change invisible.
        if folder.is_absolute() && folder.parent().is_some() && !folders.contains(&folder) {
            folders.push(folder);
        }
    }
}

/// Whether a path is below such a folder.
pub fn holds(path: &Path) -> bool {
    FOLDERS.read().unwrap_or_else(PoisonError::into_inner).iter().any(|folder| path.starts_with(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_declared_is_frozen() {
        let folder = tempfile::tempdir().unwrap();
        let frozen = folder.path().join("versions");
        std::fs::create_dir(&frozen).unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&frozen, &link).unwrap();
        declare(&link);
        declare(Path::new("/"));
        declare(Path::new("relative"));
        assert!(holds(&frozen.join("a/b")) && holds(&link.join("a")));
        assert!(!holds(folder.path()) && !holds(&folder.path().join("versions-of-others/a")));
        assert!(!holds(Path::new("relative/a")));
    }
}
