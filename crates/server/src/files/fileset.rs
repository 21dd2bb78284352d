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
use super::witness::Witnesses;

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
    witnesses: &mut Witnesses,
) -> Result<Vec<Entry<'a>>, FileError> {
    let mut union = Vec::new();
    let mut seen = HashSet::new();
    for base in directories {
        let entries = walk(base, selection, ENTRIES_MAX, witnesses)?;
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
fn walk<'a>(
    base: &'a Path,
    selection: &Selection,
    entries_max: usize,
    witnesses: &mut Witnesses,
) -> Result<Vec<Entry<'a>>, FileError> {
    let links = selection.links;
    let metadata = match look(base.to_owned(), links, witnesses) {
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
            let metadata = look(path, links, witnesses);
            match &metadata {
                Ok(found) if found.is_dir() => {
                    let child = Directory::of(found, Some(directory.clone()));
                    waiting.push_back((level + 1, relative.clone(), child));
                }
                Ok(_) => {}
                Err(error) if is_missing(error) => {}
                Err(error) => return Err(FileError::io(error, &full.join(&name))),
            }
            entries.push(Entry { base, relative, metadata });
        }
        if entries.len() > entries_max {
            return Err(FileError::Invalid(format!(
                "The directory '{}' contains more than {entries_max} entries, which is more than is served at once. Set \
                 recurselimit or ignore, or use an alternate method to manage large directory trees",
                base.display()
            )));
        }
    }
    check_count(base, entries.len() - 1, selection.files_max)?;
    Ok(entries)
}

/// Looks at what is to be described; of a link that is not followed the target is looked at, too, for its checksum.
fn look(path: PathBuf, links: Links, witnesses: &mut Witnesses) -> std::io::Result<Metadata> {
    let found = witnesses.look(path.clone(), links)?;
    if found.is_symlink() {
        // It may lead nowhere.
        let _ = witnesses.look(path, Links::Follow);
    }
    Ok(found)
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::os::unix::fs::symlink;

    use super::*;

    fn walk<'a>(
        base: &'a Path,
        selection: &Selection,
        entries_max: usize,
    ) -> Result<Vec<Entry<'a>>, FileError> {
        super::walk(base, selection, entries_max, &mut Witnesses::new(std::time::SystemTime::now()))
    }

    fn everything(links: Links) -> Selection {
        Selection {
            links,
            recurse: true,
            levels_max: None,
            ignore: Vec::new(),
            files_max: FilesMax::Unlimited,
        }
    }

    fn names(entries: &[Entry<'_>]) -> Vec<String> {
        entries.iter().map(|entry| entry.relative.to_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn loops_end() {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path();
        std::fs::create_dir(base.join("sub")).unwrap();
        for link in ["sub/one", "sub/two", "sub/three"] {
            symlink("..", base.join(link)).unwrap();
        }
        let refused = walk(base, &everything(Links::Follow), 1000).unwrap_err().to_string();
        assert_eq!(refused, format!("Too many levels of symbolic links - {}/sub/one", base.display()));
        // With a limit of levels a loop is taken as often as asked for, but the number of entries is bounded.
        let levels = |max| Selection { levels_max: Some(max), ..everything(Links::Follow) };
        assert_eq!(walk(base, &levels(3.0), 1000).unwrap().len(), 1 + 1 + 3 + 3);
        let refused = walk(base, &levels(1e300), 1000).unwrap_err().to_string();
        assert!(refused.contains("more than 1000 entries"), "{refused}");
        // Links that are not followed are no loops.
        assert_eq!(walk(base, &everything(Links::Manage), 1000).unwrap().len(), 1 + 1 + 3);
    }

    #[test]
    fn a_directory_that_is_linked_twice_is_no_loop() {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path();
        std::fs::create_dir(base.join("real")).unwrap();
        std::fs::write(base.join("real/f"), "").unwrap();
        symlink("real", base.join("a")).unwrap();
        symlink("real", base.join("b")).unwrap();
        let found = walk(base, &everything(Links::Follow), 1000).unwrap();
        assert_eq!(names(&found), [".", "a", "b", "real", "a/f", "b/f", "real/f"]);
    }

    #[test]
    fn a_directory_that_cannot_be_read_is_not_empty() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let closed = folder.path().join("closed");
        std::fs::create_dir(&closed).unwrap();
        let set = |mode| std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(mode)).unwrap();
        set(0o000);
        let walked = walk(folder.path(), &everything(Links::Follow), 1000).map(|entries| names(&entries));
        let is_superuser = rustix::process::geteuid().is_root();
        set(0o700);
        match walked {
            // Nothing is closed to the superuser.
            Ok(found) => assert!(is_superuser && found == [".", "closed"], "{found:?}"),
            Err(error) => {
                assert_eq!(error.to_string(), format!("Permission denied - {}", closed.display()));
            }
        }
        assert!(names_of(&folder.path().join("gone")).is_err());
    }

    fn names_of(path: &Path) -> Result<Vec<OsString>, FileError> {
        super::names(path, &[])
    }

    /// What a walk must find, worked out from the list of paths alone.
    fn expected(paths: &BTreeSet<String>, ignore: &[Pattern], levels_max: Option<f64>) -> BTreeSet<String> {
        let wanted = paths.iter().filter(|path| {
            let levels = path.split('/').count();
            let ignored = path.split('/').any(|name| ignore.iter().any(|pattern| pattern.matches(name)));
            !ignored && levels_max.is_none_or(|max| levels as f64 <= max)
        });
        wanted.cloned().chain([".".to_owned()]).collect()
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
        #[test]
        fn what_is_asked_for_is_found(
            files in proptest::collection::btree_set("[a-c.]?[a-c]{1,2}(/[a-c]{1,2}){0,3}", 0..12),
            ignore in proptest::collection::vec("[a-c*?.]{1,3}|\\[[a-c]\\]\\*", 0..3),
            levels_max in proptest::option::of(0..4_u8),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let mut paths = BTreeSet::new();
            for file in &files {
                let path = folder.path().join(file);
                // A name may be a directory of another one; the first stays.
                if std::fs::create_dir_all(path.parent().unwrap()).is_ok() && !path.exists() {
                    std::fs::write(&path, file).unwrap();
                }
                for (end, _) in file.match_indices('/').chain([(file.len(), "")]) {
                    if folder.path().join(&file[..end]).exists() {
                        paths.insert(file[..end].to_owned());
                    }
                }
            }
            let ignore: Vec<Pattern> = ignore.iter().map(|text| Pattern::new(text)).collect();
            let levels_max = levels_max.map(f64::from);
            let selection = Selection { ignore: ignore.clone(), levels_max, ..everything(Links::Manage) };
            let found = walk(folder.path(), &selection, 1000).unwrap();
            let names = names(&found);
            proptest::prop_assert_eq!(names.len(), names.iter().collect::<BTreeSet<_>>().len());
            let found: BTreeSet<String> = names.into_iter().collect();
            proptest::prop_assert_eq!(found, expected(&paths, &ignore, levels_max));
        }
    }
}
