//! The names of a repository beside the branch: all of them, and how some go.
//!
//! A name is a small file, or a line in `packed-refs`, where `git gc` gathers names; the file counts.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::{FILE_MODE, Id, Repository};
use crate::error::{Error, Result};

const PACKED: &str = "packed-refs";
/// Git holds its lock for the time of a write. One that is older is of a process that was killed.
const LOCK_AGE_MAX: Duration = Duration::from_secs(3600);

impl Repository {
    /// All names below `refs` and what they stand for, but for those that stand for another name.
    ///
    /// # Errors
    /// One cannot be read, or stands for nothing that is an id.
    pub fn names(&self) -> Result<BTreeMap<String, Id>> {
        let mut names = BTreeMap::new();
        // In this order: git takes a file away after it has written the line.
        self.loose_names(&self.path.join("refs"), "refs", &mut names)?;
        for line in self.packed()?.lines() {
            if let Some((id, name)) = line.split_once(' ').filter(|(id, _)| !id.starts_with(['#', '^']))
                && !names.contains_key(name)
            {
                names.insert(name.to_owned(), id.parse()?);
            }
        }
        Ok(names)
    }

    fn loose_names(&self, directory: &Path, prefix: &str, names: &mut BTreeMap<String, Id>) -> Result<()> {
        for item in fs::read_dir(directory).map_err(Error::io("read", directory))? {
            let item = item.map_err(Error::io("read", directory))?;
            let path = item.path();
            let Ok(name) = item.file_name().into_string() else { continue };
            let name = format!("{prefix}/{name}");
            if item.file_type().map_err(Error::io("read", &path))?.is_dir() {
                self.loose_names(&path, &name, names)?;
                continue;
            }
            // Git's locks, and what a crash leaves of a write.
            if name.ends_with(".lock") || name.rsplit('/').next().is_some_and(|last| last.starts_with('.')) {
                continue;
            }
            let text = match fs::read_to_string(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                outcome => outcome.map_err(Error::io("read", &path))?,
            };
            if !text.starts_with("ref: ") {
                names.insert(name, text.trim_end().parse()?);
            }
        }
        Ok(())
    }

    /// Removes names, durably.
    ///
    /// # Errors
    /// They cannot be removed, or git is writing names; then none or some of them are gone.
    pub fn remove_names(&self, gone: &BTreeSet<String>) -> Result<()> {
        if gone.is_empty() {
            return Ok(());
        }
        // Git's own lock, until the files are gone, too: it would gather them meanwhile.
        let _lock = PackedLock::take(&self.path)?;
        self.remove_packed(gone)?;
        let mut directories = BTreeSet::new();
        for name in gone {
            let path = self.path.join(name);
            match fs::remove_file(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                outcome => outcome.map_err(Error::io("remove", &path))?,
            }
            directories.extend(path.parent().map(Path::to_owned));
        }
        for directory in directories {
            match stdx::fs::sync_directory(&directory) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                outcome => outcome.map_err(Error::io("write", &directory))?,
            }
        }
        Ok(())
    }

    fn remove_packed(&self, gone: &BTreeSet<String>) -> Result<()> {
        let text = self.packed()?;
        let mut kept = String::new();
        let mut is_gone = false;
        for line in text.lines() {
            // What a tag leads to stands in the line after it.
            is_gone = if line.starts_with('^') { is_gone } else { names_one(line, gone) };
            if !is_gone {
                kept.push_str(line);
                kept.push('\n');
            }
        }
        if kept == text {
            return Ok(());
        }
        let path = self.path.join(PACKED);
        stdx::fs::write_atomic(&path, kept.as_bytes(), FILE_MODE).map_err(Error::io("write", &path))
    }

    /// Says of a commit that those before it are not here, so that git does not miss them.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn mark_shallow(&self, commit: Id) -> Result<()> {
        let mut commits = self.shallow()?;
        commits.insert(commit);
        self.set_shallow(&commits)
    }

    /// Commits before which git misses nothing.
    pub(super) fn shallow(&self) -> Result<BTreeSet<Id>> {
        let path = self.path.join("shallow");
        match fs::read_to_string(&path) {
            Ok(text) => text.lines().map(|line| Ok(line.trim_end().parse()?)).collect(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeSet::new()),
            Err(error) => Err(Error::io("read", &path)(error)),
        }
    }

    pub(super) fn set_shallow(&self, commits: &BTreeSet<Id>) -> Result<()> {
        if *commits == self.shallow()? {
            return Ok(());
        }
        let path = self.path.join("shallow");
        let text: String = commits.iter().map(|id| format!("{id}\n")).collect();
        if text.is_empty() {
            return stdx::fs::remove_durable(&path).map(|_| ()).map_err(Error::io("remove", &path));
        }
        stdx::fs::write_atomic(&path, text.as_bytes(), FILE_MODE).map_err(Error::io("write", &path))
    }

    fn packed(&self) -> Result<String> {
        let path = self.path.join(PACKED);
        match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
            outcome => outcome.map_err(Error::io("read", &path)),
        }
    }
}

fn names_one(line: &str, names: &BTreeSet<String>) -> bool {
    line.split_once(' ').is_some_and(|(_, name)| names.contains(name))
}

/// `packed-refs.lock`, as git has it: what `git gc` writes at the same moment must not get lost.
struct PackedLock(PathBuf);

impl PackedLock {
    fn take(repository: &Path) -> Result<PackedLock> {
        let lock = repository.join("packed-refs.lock");
        let is_old = |metadata: fs::Metadata| {
            let modified = metadata.modified().ok()?;
            Some(SystemTime::now().duration_since(modified).ok()? > LOCK_AGE_MAX)
        };
        if fs::metadata(&lock).ok().and_then(is_old) == Some(true) {
            tracing::warn!(path = %lock.display(), "a lock that a killed process left is removed");
            let _ = fs::remove_file(&lock);
        }
        stdx::fs::create_atomic(&lock, b"", FILE_MODE).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Error::Busy(format!(
                "{} exists: git is writing names of the repository, or was killed while it did; then remove the file",
                lock.display()
            )),
            _ => Error::io("create", &lock)(error),
        })?;
        Ok(PackedLock(lock))
    }
}

impl Drop for PackedLock {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}
