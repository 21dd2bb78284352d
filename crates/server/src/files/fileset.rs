//! What is below a directory, level by level.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use stdx::fnmatch::fnmatch;
use wire::metadata::Links;

use super::{FileError, text};

/// What of a directory is wanted.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Whether anything below the directory itself is.
    pub recurse: bool,
    /// How many levels; `None` is all.
    pub levels_max: Option<u64>,
    /// Patterns of names that are not.
    pub ignore: Vec<String>,
    /// Greatest number of entries; 0 warns of more than a thousand, less than 0 does not care.
    pub files_max: i64,
}

/// A file below one of several directories.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    /// The directory.
    pub(super) base: &'a Path,
    /// The path below it; `.` is the directory itself.
    pub(super) relative: String,
}

const SOFT_FILES_MAX: usize = 1_000;
/// More than this is an endless tree, made by a link to a directory above it.
const LEVELS_MAX: usize = 128;
const FILES_MAX: usize = 500_000;

/// The union of what is below several directories: of files of the same name the first.
pub(super) fn union<'a>(
    directories: &'a [PathBuf],
    links: Links,
    selection: &Selection,
) -> Result<Vec<Entry<'a>>, FileError> {
    let mut seen = HashSet::new();
    let mut entries = Vec::new();
    for base in directories {
        for relative in files(base, links, selection)? {
            if seen.insert(relative.clone()) {
                entries.push(Entry { base, relative });
            }
        }
    }
    Ok(entries)
}

/// The paths below a directory, the directory itself first.
fn files(base: &Path, links: Links, selection: &Selection) -> Result<Vec<String>, FileError> {
    if stat(base, links).is_err() {
        return Err(FileError::Invalid("Fileset paths must exist".to_owned()));
    }
    let mut found = vec![".".to_owned()];
    let mut level = vec![String::new()];
    let mut depth = 0_u64;
    while !level.is_empty() && selection.recurse && selection.levels_max.is_none_or(|max| depth < max) {
        depth += 1;
        let mut next = Vec::new();
        for folder in &level {
            for name in names(&base.join(folder), links, selection) {
                next.push(if folder.is_empty() { name } else { format!("{folder}/{name}") });
            }
        }
        found.extend(next.iter().cloned());
        if found.len() > FILES_MAX || depth as usize > LEVELS_MAX {
            return Err(FileError::Invalid(format!(
                "The directory '{}' is nested too deeply or has too many entries to be served",
                text(base)
            )));
        }
        level = next;
    }
    check_count(base, found.len() - 1, selection.files_max)?;
    Ok(found)
}

/// The names in a directory, sorted; none if it is something else.
fn names(path: &Path, links: Links, selection: &Selection) -> Vec<String> {
    if !stat(path, links).is_ok_and(|meta| meta.is_dir()) {
        return Vec::new();
    }
    let Ok(entries) = std::fs::read_dir(path) else { return Vec::new() };
    let mut names: Vec<String> = entries
        .filter_map(|entry| match entry.ok()?.file_name().into_string() {
            Ok(name) => Some(name),
            Err(name) => {
                tracing::warn!(directory = %path.display(), ?name, "a file whose name is not UTF-8 is not served");
                None
            }
        })
        .filter(|name| !selection.ignore.iter().any(|pattern| fnmatch(pattern, name)))
        .collect();
    names.sort_unstable();
    names
}

pub(super) fn stat(path: &Path, links: Links) -> std::io::Result<std::fs::Metadata> {
    match links {
        Links::Manage => std::fs::symlink_metadata(path),
        Links::Follow => std::fs::metadata(path),
    }
}

fn check_count(base: &Path, count: usize, files_max: i64) -> Result<(), FileError> {
    let path = text(base);
    if files_max > 0 && usize::try_from(files_max).is_ok_and(|max| count > max) {
        return Err(FileError::Invalid(format!(
            "The directory '{path}' contains {count} entries, which exceeds the limit of {files_max} specified by the \
             max_files parameter for this resource. The limit may be increased, but be aware that large number of file \
             resources can result in excessive resource consumption and degraded performance. Consider using an \
             alternate method to manage large directory trees"
        )));
    }
    if files_max == 0 && count > SOFT_FILES_MAX {
        tracing::warn!(
            "The directory '{path}' contains {count} entries, which exceeds the default soft limit {SOFT_FILES_MAX} and \
             may cause excessive resource consumption and degraded performance. To remove this warning set a value for \
             `max_files` parameter or consider using an alternate method to manage large directory trees"
        );
    }
    Ok(())
}
