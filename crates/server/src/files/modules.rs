//! The modules of an environment, as file serving sees them.

use std::collections::HashSet;
use std::fs::DirEntry;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::FileError;

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
    let mut modules: Vec<Module> = Vec::new();
    let mut seen = HashSet::new();
    for directory in modulepath {
        let entries = match std::fs::read_dir(directory) {
            Ok(entries) => entries,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => continue,
            Err(error) => return Err(FileError::io(&error, directory)),
        };
        let mut names: Vec<String> = entries
            .filter_map(Result::ok)
            .filter(is_directory)
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|name| is_module_name(name))
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
fn is_directory(entry: &DirEntry) -> bool {
    entry.file_type().is_ok_and(|kind| kind.is_dir() || (kind.is_symlink() && entry.path().is_dir()))
}

/// The directory of one module.
pub(super) fn find_module(modulepath: &[PathBuf], name: &str) -> Option<PathBuf> {
    if !is_module_name(name) {
        return None;
    }
    modulepath.iter().map(|directory| directory.join(name)).find(|path| path.is_dir())
}

fn is_module_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// A path below a module's directory, if something is there.
pub(super) fn below(directory: &Path, path: Option<&str>) -> Option<PathBuf> {
    let full = path.map_or_else(|| directory.to_owned(), |path| directory.join(path));
    full.exists().then_some(full)
}
