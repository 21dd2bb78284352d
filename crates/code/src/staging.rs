//! A directory of code becomes a tree of git objects.
//!
//! Whoever may write into the staging directory decides what is in it, but not what of this machine gets into a version: directories
//! are entered one by one and links are never followed, so nothing outside is read, even while somebody exchanges a directory
//! for a link. A file that changes while it is read is read again. What a version cannot hold (sockets, devices, names and links that
//! would not come out the same elsewhere) is refused and named, and not left out. Empty directories are left out: git has none.

use std::collections::HashSet;
use std::ffi::CStr;
use std::fs::File;
use std::io::{self, Read as _};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustix::fs::{AtFlags, Dir, FileType, Mode as Permissions, OFlags, fstat, openat, readlinkat, statat};

use crate::error::{Error, Result};
use crate::git::{self, Addition, Id, Kind, Mode, Reader, TreeEntry};
use crate::limits::Limits;
use crate::link;
use crate::stat_index::{Known, Stat, StatIndex};

/// How often a file that changes under our hands is read.
const READS_MAX: usize = 3;

/// Reads a directory into objects.
pub struct Scan<'a> {
    reader: &'a Reader,
    addition: &'a mut Addition,
    known: &'a StatIndex,
    limits: &'a Limits,
    except: Option<&'a Path>,
    root: PathBuf,
    fresh: StatIndex,
    added: HashSet<Id>,
    path: Vec<u8>,
    total_bytes: u64,
    files: usize,
    read: usize,
}

impl<'a> Scan<'a> {
    /// `reader` knows what is in the repository already; what is not goes to `addition`. `known` is what the last scan left, and
    /// `except` a directory that does not belong to the tree.
    pub fn new(
        reader: &'a Reader,
        addition: &'a mut Addition,
        known: &'a StatIndex,
        limits: &'a Limits,
        except: Option<&'a Path>,
    ) -> Scan<'a> {
        Scan {
            reader,
            addition,
            known,
            limits,
            except,
            root: PathBuf::new(),
            fresh: StatIndex::default(),
            added: HashSet::new(),
            path: Vec::new(),
            total_bytes: 0,
            files: 0,
            read: 0,
        }
    }

    /// The entries of the top directory; everything below is in the objects.
    ///
    /// # Errors
    /// Something in it cannot be read, or cannot be in a version.
    pub fn top(&mut self, root: &Path) -> Result<Vec<TreeEntry>> {
        self.root = root.to_owned();
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let directory = rustix::fs::open(root, flags, Permissions::empty());
        let directory = directory.map_err(|error| Error::io("read", root)(error.into()))?;
        self.directory(directory, 0)
    }

    /// What is known of the files now, and how many of them had to be read.
    pub fn finish(self) -> (StatIndex, usize) {
        (self.fresh, self.read)
    }

    /// The entries of one directory.
    fn directory(&mut self, directory: OwnedFd, depth: usize) -> Result<Vec<TreeEntry>> {
        if depth > self.limits.depth_max {
            return Err(
                self.refused(format!("more than {} directories inside of each other", self.limits.depth_max))
            );
        }
        let mut entries = Vec::new();
        let listing = Dir::read_from(&directory).map_err(|error| self.failed(error.into()))?;
        for item in listing {
            let item = item.map_err(|error| self.failed(error.into()))?;
            let name = item.file_name();
            if matches!(name.to_bytes(), b"." | b"..") {
                continue;
            }
            let length = self.path.len();
            if length > 0 {
                self.path.push(b'/');
            }
            self.path.extend_from_slice(name.to_bytes());
            if let Some((mode, id)) = self.entry(directory.as_fd(), name, depth)? {
                entries.push(TreeEntry { name: name.to_bytes().to_vec(), mode, id });
            }
            self.path.truncate(length);
        }
        Ok(entries)
    }

    fn entry(&mut self, parent: BorrowedFd<'_>, name: &CStr, depth: usize) -> Result<Option<(Mode, Id)>> {
        if self.path.len() > self.limits.path_bytes_max {
            return Err(self.refused(format!("a path longer than {} bytes", self.limits.path_bytes_max)));
        }
        if self.except.is_some_and(|except| except.as_os_str().as_bytes() == self.path) {
            return Ok(None);
        }
        let stat =
            statat(parent, name, AtFlags::SYMLINK_NOFOLLOW).map_err(|error| self.failed(error.into()))?;
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::Directory => {
                let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
                let inner = openat(parent, name, flags, Permissions::empty());
                let inner = inner.map_err(|error| self.failed(error.into()))?;
                let mut entries = self.directory(inner, depth + 1)?;
                if entries.is_empty() {
                    return Ok(None);
                }
                Ok(Some((Mode::Directory, self.tree(&mut entries)?)))
            }
            FileType::RegularFile => self.file(parent, name, Stat::of(&stat), stat.st_mode).map(Some),
            FileType::Symlink => {
                self.count(0)?;
                let target =
                    readlinkat(parent, name, Vec::new()).map_err(|error| self.failed(error.into()))?;
                if let Some(objection) = link::objection(target.to_bytes(), depth) {
                    return Err(self.refused(format!("{objection} (it leads to {target:?})")));
                }
                Ok(Some((Mode::Link, self.object(Kind::Blob, target.to_bytes())?)))
            }
            other => Err(self.refused(format!("a {other:?} cannot be part of code; remove it"))),
        }
    }

    fn file(&mut self, parent: BorrowedFd<'_>, name: &CStr, stat: Stat, mode: u32) -> Result<(Mode, Id)> {
        let mode = if mode & 0o100 != 0 { Mode::Executable } else { Mode::File };
        if let Some(known) = self.known.file(&self.path)
            && !known.racy
            && known.stat == stat
            && known.mode == mode
        {
            self.count(stat.size)?;
            self.fresh.insert(&self.path, *known);
            return Ok((mode, known.id));
        }
        for _ in 0..READS_MAX {
            let read_at = SystemTime::now();
            // Not blocking: it may have become a pipe since.
            let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
            let file = openat(parent, name, flags, Permissions::empty());
            let mut file = File::from(file.map_err(|error| self.failed(error.into()))?);
            let before = fstat(&file).map_err(|error| self.failed(error.into()))?;
            if FileType::from_raw_mode(before.st_mode) != FileType::RegularFile {
                continue;
            }
            let mode = if before.st_mode & 0o100 != 0 { Mode::Executable } else { Mode::File };
            let before = Stat::of(&before);
            if before.size > self.limits.file_bytes_max {
                let (size, limit) = (before.size, self.limits.file_bytes_max);
                return Err(
                    self.refused(format!("its {size} bytes are more than a file of code may have ({limit})"))
                );
            }
            let mut bytes = Vec::with_capacity(before.size as usize);
            let limit = self.limits.file_bytes_max.saturating_add(1);
            (&mut file).take(limit).read_to_end(&mut bytes).map_err(|error| self.failed(error))?;
            let after = Stat::of(&fstat(&file).map_err(|error| self.failed(error.into()))?);
            if before != after || bytes.len() as u64 != before.size {
                continue;
            }
            self.count(before.size)?;
            self.read += 1;
            let id = self.object(Kind::Blob, &bytes)?;
            self.fresh.insert(&self.path, Known { stat: after, id, mode, racy: after.is_racy(read_at) });
            return Ok((mode, id));
        }
        Err(self.refused("it changes while it is read; commit again when nothing writes to it"))
    }

    fn count(&mut self, bytes: u64) -> Result<()> {
        self.total_bytes = self.total_bytes.saturating_add(bytes);
        self.files += 1;
        if self.files > self.limits.files_max {
            return Err(self.refused(format!("more than {} files", self.limits.files_max)));
        }
        if self.total_bytes > self.limits.total_bytes_max {
            return Err(self.refused(format!("more than {} bytes in all files", self.limits.total_bytes_max)));
        }
        Ok(())
    }

    /// Makes a tree of entries.
    pub fn tree(&mut self, entries: &mut [TreeEntry]) -> Result<Id> {
        let bytes = git::encode_tree(entries);
        self.object(Kind::Tree, &bytes)
    }

    /// Makes a file's content of bytes.
    pub fn blob(&mut self, bytes: &[u8]) -> Result<Id> {
        self.object(Kind::Blob, bytes)
    }

    fn object(&mut self, kind: Kind, bytes: &[u8]) -> Result<Id> {
        let id = git::id_of(kind, bytes).map_err(|error| self.failed(error))?;
        if !self.reader.contains(id) && self.added.insert(id) {
            self.addition.put(id, kind, bytes)?;
        }
        Ok(id)
    }

    fn here(&self) -> PathBuf {
        self.root.join(std::ffi::OsStr::from_bytes(&self.path))
    }

    fn failed(&self, error: io::Error) -> Error {
        Error::io("read", self.here().as_path())(error)
    }

    fn refused(&self, reason: impl Into<String>) -> Error {
        Error::refused(self.here(), reason)
    }
}
