//! What is below a directory (Puppet's `Fileset`): level by level, without what is ignored, as deep as asked for.
//!
//! Each file is looked at once; what the look showed stays with the entry, for its metadata. Names are sorted, so that the same files
//! give the same answer.
//!
//! A directory that cannot be read is an error and never an empty one: agents remove plugins that are not listed. Puppet follows a
//! loop of links until the system refuses; here a loop is seen at its first turn and refused with the same text, and the number of
//! entries has a limit.

use std::collections::{HashSet, VecDeque};
use std::ffi::OsString;
use std::fs::Metadata;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use stdx::fnmatch::Pattern;
use wire::metadata::Links;

use super::FileError;

/// What of a directory is wanted.
#[derive(Clone, Debug)]
pub struct Selection {
    /// Whether links are followed on the way.
    pub links: Links,
    /// Whether anything below the directory itself is.
    pub recurse: bool,
    /// How many levels; `None` is all. Puppet takes fractions, too.
    pub levels_max: Option<f64>,
    /// Patterns of names that are not.
    pub ignore: Vec<Pattern>,
    /// How many entries there may be.
    pub files_max: FilesMax,
}

/// How many entries there may be below one directory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FilesMax {
    /// Any number, but more than a thousand are warned of.
    Warned,
    /// Any number.
    Unlimited,
    /// So many, or nothing is served.
    Limited(f64),
}

/// A file below one of several directories.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    /// The directory.
    pub(super) base: &'a Path,
    /// The path below it; `.` is the directory itself.
    pub(super) relative: PathBuf,
    /// What it is, or why that cannot be told; only a failure if it is to be described.
    pub(super) metadata: std::io::Result<Metadata>,
}

const SOFT_FILES_MAX: usize = 1_000;
/// Most entries below one directory; their description has some 80 MB.
const ENTRIES_MAX: usize = 250_000;

/// The union of what is below several directories: of files of the same name the first.
pub(super) fn union<'a>(
    directories: &'a [PathBuf],
    selection: &Selection,
) -> Result<Vec<Entry<'a>>, FileError> {
    let mut union = Vec::new();
    let mut seen = HashSet::new();
    for base in directories {
        let entries = walk(base, selection)?;
        if directories.len() == 1 {
            return Ok(entries);
        }
        union.extend(entries.into_iter().filter(|entry| seen.insert(entry.relative.clone())));
    }
    Ok(union)
}

/// Looks at a path, following links or not.
pub(super) fn stat(path: &Path, links: Links) -> std::io::Result<Metadata> {
    match links {
        Links::Manage => std::fs::symlink_metadata(path),
        Links::Follow => std::fs::metadata(path),
    }
}

/// A directory on the way down, for telling loops.
struct Directory {
    device: u64,
    inode: u64,
    above: Option<Rc<Directory>>,
}

impl Directory {
    fn of(metadata: &Metadata, above: Option<Rc<Directory>>) -> Rc<Directory> {
        Rc::new(Directory { device: metadata.dev(), inode: metadata.ino(), above })
    }

    fn is_its_own_ancestor(&self) -> bool {
        let mut next = self.above.as_deref();
        while let Some(directory) = next {
            if (directory.device, directory.inode) == (self.device, self.inode) {
                return true;
            }
            next = directory.above.as_deref();
        }
        false
    }
}

/// The directory itself and what is below it.
fn walk<'a>(base: &'a Path, selection: &Selection) -> Result<Vec<Entry<'a>>, FileError> {
    let links = selection.links;
    let metadata = match stat(base, links) {
        Ok(metadata) => metadata,
        Err(error) if is_missing(&error) => {
            return Err(FileError::Invalid("Fileset paths must exist".to_owned()));
        }
        Err(error) => return Err(FileError::io(&error, base)),
    };
    let mut waiting = VecDeque::new();
    if metadata.is_dir() {
        waiting.push_back((1, PathBuf::new(), Directory::of(&metadata, None)));
    }
    let mut entries = vec![Entry { base, relative: PathBuf::from("."), metadata: Ok(metadata) }];
    while let Some((level, relative, directory)) = waiting.pop_front() {
        if !selection.recurse || selection.levels_max.is_some_and(|max| f64::from(level) > max) {
            break;
        }
        let full = base.join(&relative);
        if selection.levels_max.is_none() && directory.is_its_own_ancestor() {
            return Err(FileError::Io(format!("Too many levels of symbolic links - {}", full.display())));
        }
        for name in names(&full, &selection.ignore)? {
            let relative = relative.join(&name);
            let path = full.join(&name);
            let metadata = stat(&path, links);
            match &metadata {
                Ok(found) if found.is_dir() => {
                    let child = Directory::of(found, Some(directory.clone()));
                    waiting.push_back((level + 1, relative.clone(), child));
                }
                Ok(_) => {}
                Err(error) if is_missing(error) => {}
                Err(error) => return Err(FileError::io(error, &path)),
            }
            entries.push(Entry { base, relative, metadata });
        }
        if entries.len() > ENTRIES_MAX {
            return Err(FileError::Invalid(format!(
                "The directory '{}' contains more than {ENTRIES_MAX} entries, which is more than is served at once. Set \
                 recurselimit or ignore, or use an alternate method to manage large directory trees",
                base.display()
            )));
        }
    }
    check_count(base, entries.len() - 1, selection.files_max)?;
    Ok(entries)
}

/// A dangling link, or one that is gone since its directory was read.
fn is_missing(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::PermissionDenied)
}

/// The names in a directory, sorted.
fn names(directory: &Path, ignore: &[Pattern]) -> Result<Vec<OsString>, FileError> {
    let failed = |error| FileError::io(&error, directory);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        let text = name.to_string_lossy();
        if !ignore.iter().any(|pattern| pattern.matches(&text)) {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

fn check_count(base: &Path, count: usize, files_max: FilesMax) -> Result<(), FileError> {
    let path = base.display();
    match files_max {
        FilesMax::Limited(max) if count as f64 > max => Err(FileError::Invalid(format!(
            "The directory '{path}' contains {count} entries, which exceeds the limit of {max} specified by the \
             max_files parameter for this resource. The limit may be increased, but be aware that large number of file \
             resources can result in excessive resource consumption and degraded performance. Consider using an \
             alternate method to manage large directory trees"
        ))),
        FilesMax::Warned if count > SOFT_FILES_MAX => {
            tracing::warn!(
                "The directory '{path}' contains {count} entries, which exceeds the default soft limit {SOFT_FILES_MAX} and \
                 may cause excessive resource consumption and degraded performance. To remove this warning set a value for \
                 `max_files` parameter or consider using an alternate method to manage large directory trees"
            );
            Ok(())
        }
        _ => Ok(()),
    }
}
