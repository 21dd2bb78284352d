//! What differs between two directories of code.

use std::fs::Metadata;
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// Folders are followed this deep and no deeper, which also ends loops of links.
const DEPTH_MAX: usize = 64;
/// More files than this are no environment.
const FILES_MAX: usize = 1_000_000;
const CHUNK_BYTES: usize = 64 * 1024;

/// How a path differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Added,
    Removed,
    Modified,
}

/// A file or folder that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    /// From the directory on, with `/` between the names.
    pub(super) path: String,
    pub(super) kind: Kind,
    pub(super) is_folder: bool,
}

/// The differences, in the order of the paths; what is below a folder that only one side has is listed, too. Content counts, and nothing
/// else. Links count as what they lead to; version control's own folders are left out.
///
/// # Errors
/// Something cannot be read, or there is too much.
pub(super) fn differences(old: &Path, new: &Path) -> io::Result<Vec<Difference>> {
    differences_but(Some(old), new, &[])
}

/// The same without these entries of the directories, and if there was nothing before.
pub(super) fn differences_but(old: Option<&Path>, new: &Path, but: &[&str]) -> io::Result<Vec<Difference>> {
    let mut walk = Walk { found: Vec::new(), files: 0, above: Vec::new() };
    let top = |directory: Option<&Path>| -> io::Result<Vec<Entry>> {
        let mut entries = entries(directory)?;
        entries.retain(|entry| !but.contains(&entry.name.as_str()));
        Ok(entries)
    };
    walk.inside(top(old)?, top(Some(new))?, "", 0)?;
    Ok(walk.found)
}

struct Walk {
    found: Vec<Difference>,
    files: usize,
    /// The folders on the way, of both sides: a link to one of them is not followed.
    above: Vec<[Option<(u64, u64)>; 2]>,
}

struct Entry {
    name: String,
    path: PathBuf,
    data: Metadata,
}

impl Walk {
    fn folders(&mut self, old: Option<&Path>, new: Option<&Path>, at: &str, depth: usize) -> io::Result<()> {
        if depth > DEPTH_MAX {
            return Ok(());
        }
        let place =
            |folder: Option<&Path>| std::fs::metadata(folder?).ok().map(|data| (data.dev(), data.ino()));
        let here = [place(old), place(new)];
        let is_loop = |above: &[Option<(u64, u64)>; 2]| {
            above.iter().zip(&here).any(|(above, here)| here.is_some() && above == here)
        };
        if self.above.iter().any(is_loop) {
            return Ok(());
        }
        self.above.push(here);
        let result = self.inside(entries(old)?, entries(new)?, at, depth);
        self.above.pop();
        result
    }

    fn inside(&mut self, old: Vec<Entry>, new: Vec<Entry>, at: &str, depth: usize) -> io::Result<()> {
        self.files += old.len() + new.len();
        if self.files > 2 * FILES_MAX {
            return Err(io::Error::other(format!("more than {FILES_MAX} files")));
        }
        let (mut old, mut new) = (old.into_iter().peekable(), new.into_iter().peekable());
        loop {
            let (before, after) = match (old.peek(), new.peek()) {
                (Some(before), Some(after)) => match before.name.cmp(&after.name) {
                    std::cmp::Ordering::Less => (old.next(), None),
                    std::cmp::Ordering::Equal => (old.next(), new.next()),
                    std::cmp::Ordering::Greater => (None, new.next()),
                },
                (Some(_), None) => (old.next(), None),
                (None, Some(_)) => (None, new.next()),
                (None, None) => return Ok(()),
            };
            match (before, after) {
                (Some(before), Some(after)) if before.data.is_dir() == after.data.is_dir() => {
                    let path = join(at, &before.name);
                    if before.data.is_dir() {
                        self.folders(Some(&before.path), Some(&after.path), &path, depth + 1)?;
                    } else if !is_same(&before, &after)? {
                        self.found.push(Difference { path, kind: Kind::Modified, is_folder: false });
                    }
                }
                (before, after) => {
                    if let Some(entry) = before {
                        self.one_side(&entry, Kind::Removed, at, depth)?;
                    }
                    if let Some(entry) = after {
                        self.one_side(&entry, Kind::Added, at, depth)?;
                    }
                }
            }
        }
    }

    fn one_side(&mut self, entry: &Entry, kind: Kind, at: &str, depth: usize) -> io::Result<()> {
        let path = join(at, &entry.name);
        let is_folder = entry.data.is_dir();
        self.found.push(Difference { path: path.clone(), kind, is_folder });
        match (is_folder, kind) {
            (false, _) => Ok(()),
            (true, Kind::Added) => self.folders(None, Some(&entry.path), &path, depth + 1),
            (true, _) => self.folders(Some(&entry.path), None, &path, depth + 1),
        }
    }
}

fn join(at: &str, name: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{at}/{name}") }
}

/// The entries of a folder, sorted by name. Links that lead nowhere are no entries.
fn entries(folder: Option<&Path>) -> io::Result<Vec<Entry>> {
    let Some(folder) = folder else { return Ok(Vec::new()) };
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name == ".git" {
            continue;
        }
        match std::fs::metadata(&path) {
            Ok(data) => entries.push(Entry { name, path, data }),
            Err(error) if is_nowhere(&error) => {}
            Err(error) => return Err(error),
        }
    }
    entries.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(entries)
}

/// Whether a link leads nowhere, or in a circle.
fn is_nowhere(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound
        || error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error())
}

/// Tells one state of a directory without some of its entries from another: the files, and when each was changed.
pub(super) fn state(directory: &Path, but: &[&str]) -> io::Result<[u8; 16]> {
    let mut text = Vec::new();
    let mut folders = vec![(directory.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if depth == 0 && path.file_name().is_some_and(|name| but.iter().any(|but| name == *but)) {
                continue;
            }
            let data = match std::fs::symlink_metadata(&path) {
                Err(error) if is_nowhere(&error) => continue,
                data => data?,
            };
            text.extend_from_slice(path.as_os_str().as_encoded_bytes());
            for number in [data.dev(), data.ino(), data.len(), data.ctime() as u64, data.ctime_nsec() as u64]
            {
                text.extend_from_slice(&number.to_le_bytes());
            }
            if data.is_dir() && depth < DEPTH_MAX {
                folders.push((path, depth + 1));
            }
        }
    }
    // Entries come in the same order for as long as nothing is changed.
    Ok(api::pdb::Fingerprint::of(&[&text]).short())
}

fn is_same(one: &Entry, other: &Entry) -> io::Result<bool> {
    if (one.data.dev(), one.data.ino()) == (other.data.dev(), other.data.ino()) {
        return Ok(true);
    }
    if one.data.len() != other.data.len() || !one.data.is_file() || !other.data.is_file() {
        return Ok(false);
    }
    let (mut one, mut other) = (std::fs::File::open(&one.path)?, std::fs::File::open(&other.path)?);
    let (mut left, mut right) = (Vec::new(), Vec::new());
    loop {
        left.clear();
        right.clear();
        (&mut one).take(CHUNK_BYTES as u64).read_to_end(&mut left)?;
        (&mut other).take(CHUNK_BYTES as u64).read_to_end(&mut right)?;
        if left != right {
            return Ok(false);
        }
        if left.is_empty() {
            return Ok(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_counts_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (folder.path().join("old"), folder.path().join("new"));
        let write = |root: &Path, path: &str, text: &str| {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        for (path, before, after) in [
            ("same", "1", "1"),
            ("other", "1", "2"),
            ("longer", "1", "11"),
            ("a/b/deep", "x", "y"),
            (".git/HEAD", "1", "2"),
        ] {
            write(&old, path, before);
            write(&new, path, after);
        }
        write(&old, "gone/away", "");
        write(&old, "turned", "");
        write(&new, "turned/into", "");
        std::os::unix::fs::symlink("same", new.join("link")).unwrap();
        std::os::unix::fs::symlink(".", new.join("a/self")).unwrap();
        std::os::unix::fs::symlink("nowhere", new.join("dangling")).unwrap();
        let found = differences(&old, &new).unwrap();
        let shown: Vec<String> = found
            .iter()
            .map(|one| {
                let sign = match one.kind {
                    Kind::Added => '+',
                    Kind::Removed => '-',
                    Kind::Modified => '~',
                };
                format!("{sign}{}{}", one.path, if one.is_folder { "/" } else { "" })
            })
            .collect();
        let expected =
            "~a/b/deep +a/self/ -gone/ -gone/away +link ~longer ~other -turned +turned/ +turned/into";
        assert_eq!(shown.join(" "), expected);
        assert_eq!(differences(&old, &old).unwrap(), []);
    }
}
