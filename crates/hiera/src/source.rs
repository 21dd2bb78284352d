//! Where files come from. The engine itself opens nothing.

use std::fmt::Debug;
use std::io;
use std::sync::{Mutex, PoisonError};

use rustc_hash::FxHashMap;

/// A tree of files. Paths are absolute, with `/`.
pub trait Source: Debug + Send + Sync {
    /// What tells one state of a file from another; `None` if nothing is there. Links are followed.
    fn stat(&self, path: &str) -> Option<Stat>;

    /// The content of a file.
    ///
    /// # Errors
    /// The file cannot be read.
    fn read(&self, path: &str) -> io::Result<Vec<u8>>;

    /// The names in a folder, in any order, without `.` and `..`; empty if it is no folder.
    fn list(&self, folder: &str) -> Vec<DirEntry>;
}

/// The identity of a file's state: equal means that the content was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// Whether it is a folder.
    pub is_dir: bool,
    /// Device and inode, or 0 where there are none.
    pub inode: (u64, u64),
    /// Length in bytes.
    pub size: u64,
    /// Time of the last change of content, in nanoseconds since 1970.
    pub modified_ns: i128,
    /// Time of the last change of the inode, in nanoseconds since 1970: it also moves when a tool sets back the
    /// time of the content. 0 where files are never changed ([`stdx::frozen`]).
    pub changed_ns: i128,
}

/// An entry of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirEntry {
    /// File name.
    pub name: String,
    /// Whether it is a real folder (not a link to one).
    pub is_real_dir: bool,
}

/// The states in which files and folders were found.
#[derive(Debug, Default)]
pub(crate) struct Consulted(Mutex<FxHashMap<String, Option<Stat>>>);

impl Consulted {
    pub(crate) fn states(&self) -> Vec<(String, Option<Stat>)> {
        let states = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        states.iter().map(|(path, stat)| (path.clone(), *stat)).collect()
    }
}

/// A source that notes what it is asked about. The first state counts: what was made from it is no younger.
#[derive(Debug)]
pub(crate) struct Watching<'a> {
    source: &'a dyn Source,
    consulted: &'a Consulted,
}

impl<'a> Watching<'a> {
    pub(crate) fn new(source: &'a dyn Source, consulted: &'a Consulted) -> Watching<'a> {
        Watching { source, consulted }
    }
}

impl Source for Watching<'_> {
    fn stat(&self, path: &str) -> Option<Stat> {
        let stat = self.source.stat(path);
        let mut states = self.consulted.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !states.contains_key(path) {
            states.insert(path.to_owned(), stat);
        }
        stat
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        self.stat(path);
        self.source.read(path)
    }

    fn list(&self, folder: &str) -> Vec<DirEntry> {
        self.stat(folder);
        self.source.list(folder)
    }
}

/// The file system of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Source for Disk {
    fn stat(&self, path: &str) -> Option<Stat> {
        use std::os::unix::fs::MetadataExt as _;
        const NANOS: i128 = 1_000_000_000;
        let meta = std::fs::metadata(path).ok()?;
        Some(Stat {
            is_dir: meta.is_dir(),
            inode: (meta.dev(), meta.ino()),
            size: meta.size(),
            modified_ns: i128::from(meta.mtime()) * NANOS + i128::from(meta.mtime_nsec()),
            changed_ns: match stdx::frozen::holds(std::path::Path::new(path)) {
                true => 0,
                false => i128::from(meta.ctime()) * NANOS + i128::from(meta.ctime_nsec()),
            },
        })
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn list(&self, folder: &str) -> Vec<DirEntry> {
        let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
        entries
            .flatten()
            .filter_map(|entry| {
                let is_real_dir = entry.file_type().is_ok_and(|kind| kind.is_dir());
                // A name that is not UTF-8 cannot be written in hiera.yaml either.
                Some(DirEntry { name: entry.file_name().into_string().ok()?, is_real_dir })
            })
            .collect()
    }
}

/// Joins a path to a folder as Ruby's `Pathname#+` does: an absolute path replaces the folder, `.` and `..` at
/// the beginning of the path are resolved.
pub(crate) fn join(folder: &str, path: &str) -> String {
    if path.starts_with('/') {
        return path.to_owned();
    }
    let mut base = folder.trim_end_matches('/');
    if base.is_empty() {
        base = if folder.starts_with('/') { "/" } else { "" };
    }
    let mut rest = path;
    loop {
        let (first, after) = rest.split_once('/').map_or((rest, ""), |(first, after)| (first, after));
        match first {
            "." => {}
            // `..` cannot be resolved against another one.
            ".." if base.ends_with("/..") => break,
            ".." if base != "/" => {
                base = match base.rsplit_once('/') {
                    Some(("", _)) => "/",
                    Some((parent, _)) => parent,
                    None => break,
                };
            }
            ".." => {}
            "" if !rest.is_empty() => {}
            _ => break,
        }
        rest = after;
    }
    match (base, rest) {
        (base, "") => base.to_owned(),
        ("", rest) => rest.to_owned(),
        ("/", rest) => format!("/{rest}"),
        (base, rest) => format!("{base}/{rest}"),
    }
}

/// The folder of a file.
pub(crate) fn parent(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) => "/",
        Some((parent, _)) => parent,
        None => ".",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_like_pathname() {
        let cases = [
            ("/etc/puppet", "data", "/etc/puppet/data"),
            ("/etc/puppet/", "data", "/etc/puppet/data"),
            ("/etc/puppet", "/data", "/data"),
            ("/etc/puppet", "../data/x", "/etc/data/x"),
            ("/etc/puppet", "./data", "/etc/puppet/data"),
            ("/etc/puppet", "a/../b", "/etc/puppet/a/../b"),
            ("/", "a", "/a"),
            ("/etc", "../../a", "/a"),
            ("/etc", "", "/etc"),
            ("/etc", ".", "/etc"),
            ("/etc", "a//b.yaml", "/etc/a//b.yaml"),
            ("/etc/x/..", "../a", "/etc/x/../../a"),
        ];
        for (folder, path, expected) in cases {
            assert_eq!(join(folder, path), expected, "{folder} + {path}");
        }
    }

    #[test]
    fn a_link_more_is_a_change_only_where_files_may_change() {
        let folder = tempfile::tempdir().unwrap();
        let stats_differ = |name: &str, frozen: bool| {
            let below = folder.path().join(name);
            std::fs::create_dir(&below).unwrap();
            if frozen {
                stdx::frozen::declare(&below);
            }
            let (file, link) = (below.join("a"), folder.path().join(format!("{name}-link")));
            std::fs::write(&file, "x").unwrap();
            let before = Disk.stat(file.to_str().unwrap()).unwrap();
            // Time stamps come from the kernel's coarse clock.
            std::thread::sleep(std::time::Duration::from_millis(20));
            std::fs::hard_link(&file, link).unwrap();
            let after = Disk.stat(file.to_str().unwrap()).unwrap();
            std::fs::write(&file, "xy").unwrap();
            assert_ne!(Disk.stat(file.to_str().unwrap()).unwrap(), after);
            before != after
        };
        assert!(stats_differ("usual", false));
        assert!(!stats_differ("versions", true));
    }
}
