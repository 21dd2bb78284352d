//! A worker's folder for temporary files, within the one that code may write to. Code that is killed removes nothing itself, and what
//! it leaves would count against the folder's limit for ever; so the folder goes with the worker, however that ends.
//!
//! The worker makes it, as the user that it has become. This side removes it, and until then holds a lock on it: what nobody holds
//! is left from a server that was killed, and goes when the next worker starts. While a worker starts its folder is not locked
//! yet, which is why starts share a lock of the folder above and the cleaning waits for none of them.
//!
//! Code may have put anything in the place of what it owns, so nothing here follows links below the folder.

use std::fs::File;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

const PREFIX: &str = "tmp.";

/// The folder of one worker. Removed when dropped.
pub(crate) struct Temporary {
    path: PathBuf,
    name: String,
    /// Of the folder above, while the worker starts.
    starts: Option<File>,
    /// Of the folder itself, from then on.
    held: Option<File>,
}

impl Temporary {
    /// A name within `folder` that nothing has, after what others have left is gone.
    pub(crate) fn within(folder: &Path) -> Temporary {
        clean(folder);
        let name = format!("{PREFIX}{:016x}", RandomState::new().build_hasher().finish());
        // Without the lock (code can hold it for ever) there is no more than a moment in which the folder may vanish.
        let starts = open(folder).filter(|folder| folder.try_lock_shared().is_ok());
        Temporary { path: folder.join(&name), name, starts, held: None }
    }

    /// What the worker has to call it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// To be called when the worker has made it.
    pub(crate) fn hold(&mut self) {
        self.held = open(&self.path).filter(|folder| folder.try_lock().is_ok());
        // As long as this one is not held (there may be no descriptor left for it), nothing may be cleaned away.
        if self.held.is_some() {
            self.starts = None;
        }
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

/// Removes what nobody holds any more.
fn clean(folder: &Path) {
    let Some(starts) = open(folder).filter(|folder| folder.try_lock().is_ok()) else { return };
    for entry in std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
        if entry.file_name().to_string_lossy().starts_with(PREFIX)
            && open(&entry.path()).is_some_and(|folder| folder.try_lock().is_ok())
        {
            remove(&entry.path());
        }
    }
    drop(starts);
}

/// A folder, and not what a link leads to.
fn open(path: &Path) -> Option<File> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    rustix::fs::open(path, flags, Mode::empty()).ok().map(File::from)
}

fn remove(path: &Path) {
    // It removes a link and not what that leads to, at every level.
    if let Err(error) = std::fs::remove_dir_all(path)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::debug!("temporary files of Ruby code stay: {}: {error}", path.display());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nobody_holds_is_removed() {
        let scratch = tempfile::tempdir().unwrap();
        let (folder, outside) = (scratch.path().join("folder"), scratch.path().join("outside"));
        std::fs::create_dir_all(outside.join("deep")).unwrap();
        std::fs::create_dir_all(folder.join("tmp.left/deep")).unwrap();
        std::fs::write(folder.join("tmp.left/deep/file"), "x").unwrap();
        std::fs::create_dir(folder.join("kept")).unwrap();
        std::os::unix::fs::symlink(&outside, folder.join("tmp.link")).unwrap();
        std::os::unix::fs::symlink(&outside, folder.join("tmp.left/link")).unwrap();
        let mut held = Temporary::within(&folder);
        std::fs::create_dir(folder.join(held.name())).unwrap();
        assert!(!folder.join("tmp.left").exists());
        // One that starts is safe from others that do.
        std::fs::create_dir(folder.join("tmp.late")).unwrap();
        let other = Temporary::within(&folder);
        assert!(folder.join(held.name()).exists() && folder.join("tmp.late").exists());
        drop(other);
        held.hold();
        drop(Temporary::within(&folder));
        assert!(folder.join(held.name()).exists() && !folder.join("tmp.late").exists());
        drop(held);
        let mut left: Vec<_> =
            std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["kept", "tmp.link"]);
        assert!(outside.join("deep").exists());
    }
}
