//! The modules of an environment, as file serving sees them.

use std::collections::HashSet;
use std::fs::DirEntry;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use std::time::SystemTime;

use wire::metadata::Links;

use super::FileError;
use super::witness::Witnesses;

/// A module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// Name.
    pub name: String,
    /// Directory.
    pub path: PathBuf,
}

/// All modules of a module path: directory by directory, by name; of modules of the same name the first.
///
/// # Errors
/// A directory that is there cannot be read. Its modules must not look as if they were gone: agents would remove their plugins.
pub fn module_list(modulepath: &[PathBuf]) -> Result<Vec<Module>, FileError> {
    witnessed_module_list(modulepath, &mut Witnesses::new(SystemTime::UNIX_EPOCH))
}

/// The same, with what was looked at.
pub(super) fn witnessed_module_list(
    modulepath: &[PathBuf],
    witnesses: &mut Witnesses,
) -> Result<Vec<Module>, FileError> {
    let mut modules: Vec<Module> = Vec::new();
    let mut seen = HashSet::new();
    for directory in modulepath {
        // Before it is read, so that a change meanwhile shows.
        let _ = witnesses.look(directory.clone(), Links::Follow);
        let entries = match std::fs::read_dir(directory) {
            Ok(entries) => entries,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => continue,
            Err(error) => return Err(FileError::io(&error, directory)),
        };
        let mut names: Vec<String> = entries
            .filter_map(Result::ok)
            .filter_map(|entry| Some((entry.file_name().into_string().ok()?, entry)))
            .filter(|(name, entry)| is_module_name(name) && is_directory(entry, witnesses))
            .map(|(name, _)| name)
            .collect();
        names.sort_unstable();
        for name in names {
            if seen.insert(name.clone()) {
                let path = directory.join(&name);
                modules.push(Module { name, path });
            }
        }
    }
    Ok(modules)
}

/// Most entries tell what they are without another look.
fn is_directory(entry: &DirEntry, witnesses: &mut Witnesses) -> bool {
    entry.file_type().is_ok_and(|kind| {
        kind.is_dir()
            || (kind.is_symlink()
                && witnesses.look(entry.path(), Links::Follow).is_ok_and(|target| target.is_dir()))
    })
}

/// The directory of one module.
pub(super) fn find_module(modulepath: &[PathBuf], name: &str, witnesses: &mut Witnesses) -> Option<PathBuf> {
    if !is_module_name(name) {
        return None;
    }
    modulepath
        .iter()
        .map(|directory| directory.join(name))
        .find(|path| witnesses.look(path.clone(), Links::Follow).is_ok_and(|found| found.is_dir()))
}

fn is_module_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// A path below a module's directory, if something is there.
pub(super) fn below(directory: &Path, path: Option<&str>, witnesses: &mut Witnesses) -> Option<PathBuf> {
    let full = path.map_or_else(|| directory.to_owned(), |path| directory.join(path));
    witnesses.look(full.clone(), Links::Follow).is_ok().then_some(full)
}
