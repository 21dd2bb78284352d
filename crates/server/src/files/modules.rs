//! The modules of an environment, as file serving sees them.

use std::path::{Path, PathBuf};

/// A module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// Name.
    pub name: String,
    /// Directory.
    pub path: PathBuf,
}

/// All modules of a module path: directory by directory, by name; of modules of the same name the first.
pub fn module_list(modulepath: &[PathBuf]) -> Vec<Module> {
    let mut modules: Vec<Module> = Vec::new();
    for directory in modulepath {
        let Ok(entries) = std::fs::read_dir(directory) else { continue };
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| is_module_name(name) && directory.join(name).is_dir())
            .collect();
        names.sort_unstable();
        for name in names {
            if !modules.iter().any(|module| module.name == name) {
                let path = directory.join(&name);
                modules.push(Module { name, path });
            }
        }
    }
    modules
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
