//! A tree of git objects becomes a directory.
//!
//! The directory is built under another name and gets its own when all of it is on disk, so one of that name is whole. Files that the
//! version before (or a version of another environment) has already are linked and not written again: a small change of a large
//! environment costs its links, and all versions together cost the disk what their differences need. Therefore no file in such a directory
//! may ever be changed in place. Should somebody do it all the same, its times give it away, and it is written anew.
//!
//! Objects come from other machines. Names were checked when trees were read, so nothing leads out of the directory; links are
//! made as they are, after a look at where they lead, and never followed.

use std::fs::File;
use std::io::Write as _;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Mode as Permissions, OFlags, fstat, linkat, mkdirat, openat, statat, symlinkat};
use rustix::io::Errno;

use crate::error::{Error, Result};
use crate::git::{Id, Mode, Reader, TreeEntry};
use crate::limits::Limits;
use crate::link;
use crate::stat_index::{Known, Stat, StatIndex};

/// A directory of which files may be linked.
pub struct Base {
    /// Where it is.
    pub directory: PathBuf,
    /// Its files.
    pub files: StatIndex,
}

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Files that were linked.
    pub linked: usize,
    /// Files that were written.
    pub written: usize,
    /// Bytes that were written.
    pub bytes: u64,
}

/// Makes a directory that does not exist yet of a tree, but for some of its top entries. It is on disk when this returns. Files that
/// one of the bases has under the same path are linked from there.
///
/// # Errors
/// An object is missing or damaged, something in the tree cannot be a file, a limit is passed, or the disk is full. What was made until then
/// is removed.
pub fn lay_out(
    reader: &mut Reader,
    tree: Id,
    leave_out: &[&str],
    target: &Path,
    bases: &[Base],
    limits: &Limits,
) -> Result<(StatIndex, Cost)> {
    let parent = target.parent().unwrap_or(Path::new("."));
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    // One at a time lays a version out, so the name is free or left by a crash.
    let temporary = parent.join(format!("{TEMPORARY_PREFIX}{name}"));
    let result = (|| {
        remove_tree(&temporary).map_err(Error::io("remove", &temporary))?;
        std::fs::create_dir(&temporary).map_err(Error::io("create", &temporary))?;
        let open = |path: &Path| {
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            rustix::fs::open(path, flags, Permissions::empty())
                .map_err(|error| Error::io("read", path)(error.into()))
        };
        let top = open(&temporary)?;
        // What of a base cannot be opened is written.
        let bases =
            bases.iter().filter_map(|base| Some((open(&base.directory).ok()?, &base.files))).collect();
        let mut layout = Layout {
            reader,
            limits,
            bases,
            leave_out,
            root: temporary.clone(),
            path: Vec::new(),
            files: StatIndex::default(),
            count: 0,
            total_bytes: 0,
            cost: Cost::default(),
        };
        layout.directory(tree, &top, 0)?;
        let done = (layout.files, layout.cost);
        // Once for all files.
        rustix::fs::syncfs(&top).map_err(|error| Error::io("write", &temporary)(error.into()))?;
        std::fs::rename(&temporary, target).map_err(Error::io("rename", &temporary))?;
        stdx::fs::sync_directory(parent).map_err(Error::io("write", parent))?;
        Ok(done)
    })();
    if result.is_err() {
        // The first error is the one worth telling.
        let _ = remove_tree(&temporary);
    }
    result
}

/// Begins the names of directories that are not finished.
pub const TEMPORARY_PREFIX: &str = ".unfinished-";

/// Removes a directory, if there is one.
pub fn remove_tree(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

struct Layout<'a> {
    reader: &'a mut Reader,
    limits: &'a Limits,
    bases: Vec<(OwnedFd, &'a StatIndex)>,
    leave_out: &'a [&'a str],
    root: PathBuf,
    path: Vec<u8>,
    files: StatIndex,
    count: usize,
    total_bytes: u64,
    cost: Cost,
}

impl Layout<'_> {
    fn directory(&mut self, tree: Id, into: &OwnedFd, depth: usize) -> Result<()> {
        if depth > self.limits.depth_max {
            return Err(
                self.refused(format!("more than {} directories inside of each other", self.limits.depth_max))
            );
        }
        for entry in self.reader.tree(tree)? {
            if depth == 0 && self.leave_out.iter().any(|name| name.as_bytes() == entry.name) {
                continue;
            }
            let length = self.path.len();
            if length > 0 {
                self.path.push(b'/');
            }
            self.path.extend_from_slice(&entry.name);
            self.count += 1;
            if self.path.len() > self.limits.path_bytes_max {
                return Err(self.refused(format!("a path longer than {} bytes", self.limits.path_bytes_max)));
            }
            if self.count > self.limits.files_max.saturating_mul(2) {
                return Err(self.refused(format!("more than {} files", self.limits.files_max)));
            }
            match entry.mode {
                Mode::Directory => {
                    let name = entry.name.as_slice();
                    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
                    mkdirat(into, name, Permissions::from_raw_mode(0o755))
                        .map_err(|error| self.failed(error))?;
                    let inner = openat(into, name, flags, Permissions::empty())
                        .map_err(|error| self.failed(error))?;
                    self.directory(entry.id, &inner, depth + 1)?;
                }
                Mode::File | Mode::Executable => self.file(&entry, into)?,
                Mode::Link => {
                    let target = self.reader.blob(entry.id)?.to_vec();
                    if let Some(objection) = link::objection(&target, depth) {
                        return Err(self.refused(objection));
                    }
                    symlinkat(target.as_slice(), into, entry.name.as_slice())
                        .map_err(|error| self.failed(error))?;
                }
                Mode::Submodule => return Err(self.refused("a submodule cannot be part of an environment")),
            }
            self.path.truncate(length);
        }
        Ok(())
    }

    fn file(&mut self, entry: &TreeEntry, into: &OwnedFd) -> Result<()> {
        if self.link(entry, into)? {
            return Ok(());
        }
        let name = entry.name.as_slice();
        if let Some((_, size)) = self.reader.header(entry.id)? {
            if size > self.limits.file_bytes_max {
                let limit = self.limits.file_bytes_max;
                return Err(
                    self.refused(format!("its {size} bytes are more than a file of code may have ({limit})"))
                );
            }
            self.count_bytes(size)?;
        }
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mode = if entry.mode == Mode::Executable { 0o755 } else { 0o644 };
        let file = openat(into, name, flags, Permissions::from_raw_mode(mode))
            .map_err(|error| self.failed(error))?;
        let mut file = File::from(file);
        let bytes = self.reader.blob(entry.id)?;
        let size = bytes.len() as u64;
        let written = file.write_all(bytes);
        written.map_err(|error| Error::io("write", self.here())(error))?;
        let stat = fstat(file.as_fd()).map_err(|error| self.failed(error))?;
        self.cost.written += 1;
        self.cost.bytes += size;
        let known = Known { stat: Stat::of(&stat), id: entry.id, mode: entry.mode, racy: false };
        self.files.insert(&self.path, known);
        Ok(())
    }

    /// Links a file that a base has; false if none has it.
    fn link(&mut self, entry: &TreeEntry, into: &OwnedFd) -> Result<bool> {
        let path = self.path.as_slice();
        for (base, files) in &self.bases {
            let Some(known) =
                files.file(path).filter(|known| known.id == entry.id && known.mode == entry.mode)
            else {
                continue;
            };
            let Ok(stat) = statat(base, path, AtFlags::SYMLINK_NOFOLLOW) else { continue };
            if !is_untouched(&known.stat, &Stat::of(&stat)) {
                continue;
            }
            // A file can have only so many names; then it is written again.
            match linkat(base, path, into, entry.name.as_slice(), AtFlags::empty()) {
                Ok(()) => {
                    let known = *known;
                    self.cost.linked += 1;
                    self.files.insert(&self.path, known);
                    self.count_bytes(known.stat.size)?;
                    return Ok(true);
                }
                Err(Errno::MLINK | Errno::XDEV | Errno::PERM | Errno::NOENT) => {}
                Err(error) => return Err(self.failed(error)),
            }
        }
        Ok(false)
    }

    fn count_bytes(&mut self, bytes: u64) -> Result<()> {
        self.total_bytes = self.total_bytes.saturating_add(bytes);
        if self.total_bytes > self.limits.total_bytes_max {
            return Err(self.refused(format!("more than {} bytes in all files", self.limits.total_bytes_max)));
        }
        Ok(())
    }

    fn here(&self) -> PathBuf {
        self.root.join(std::ffi::OsStr::from_bytes(&self.path))
    }

    fn failed(&self, error: Errno) -> Error {
        Error::io("write", self.here())(error.into())
    }

    fn refused(&self, reason: impl Into<String>) -> Error {
        Error::refused(self.here(), reason)
    }
}

/// Links change the inode's time, so that is not compared.
fn is_untouched(then: &Stat, now: &Stat) -> bool {
    then.size == now.size && then.mtime == now.mtime && then.inode == now.inode
}
