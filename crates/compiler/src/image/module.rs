//! A module on the disk.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;
use stdx::Symbol;

use super::files::{Files, SourceKind};

/// Folders are followed this deep and no deeper, which also ends loops of links.
const DEPTH_MAX: usize = 32;

/// A module: where its files lie and under which names they are found.
#[derive(Debug)]
pub(crate) struct Module {
    pub(crate) name: Symbol,
    pub(crate) path: PathBuf,
    /// Manifests by name without `.pp`: `init`, `server/config`.
    manifests: FxHashMap<String, PathBuf>,
    /// Functions of the Puppet language by full name.
    pub(crate) functions: FxHashMap<Symbol, PathBuf>,
    /// Types by lower-case full name.
    pub(crate) types: FxHashMap<String, PathBuf>,
    /// Resource types that Ruby code defines.
    pub(crate) resource_types: Vec<Symbol>,
}

/// Names and folders of the modules in a folder.
pub(super) fn names_in(folder: &Path, files: &mut Files) -> std::io::Result<Vec<(String, PathBuf)>> {
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    let entries = files.list(folder)?;
    Ok(entries
        .into_iter()
        .filter(|(name, is_folder)| *is_folder && is_name(name))
        .map(|(name, _)| (name.clone(), folder.join(name)))
        .collect())
}

impl Module {
    /// Finds the files of a module and asks for them to be read.
    pub(super) fn scan(name: Symbol, path: PathBuf, files: &mut Files) -> std::io::Result<Module> {
        let mut manifests = FxHashMap::default();
        for (file, full) in walk(&path.join("manifests"), ".pp", files)? {
            let space = if file == "init" { name.to_string() } else { qualified(name.as_str(), &file) };
            files.request(full.clone(), SourceKind::Manifest, Some(name), Some(space));
            manifests.insert(file, full);
        }
        let functions = scan_functions(name.as_str(), &path.join("functions"), files)?;
        let mut types = FxHashMap::default();
        for (file, full) in walk(&path.join("types"), ".pp", files)? {
            let full_name = if file == "init" { name.to_string() } else { qualified(name.as_str(), &file) };
            files.request(full.clone(), SourceKind::Type, Some(name), Some(full_name.clone()));
            types.insert(full_name, full);
        }
        let resource_types = walk(&path.join("lib/puppet/type"), ".rb", files)?
            .into_iter()
            .filter(|(file, _)| !file.contains('/'))
            .map(|(file, _)| Symbol::new(&file))
            .collect();
        Ok(Module { name, path, manifests, functions, types, resource_types })
    }

    /// All manifests.
    pub(super) fn manifests(&self) -> impl Iterator<Item = &Path> {
        self.manifests.values().map(PathBuf::as_path)
    }

    /// The manifest of this name (`init`, `server/config`).
    pub(crate) fn manifest(&self, name: &str) -> Option<&Path> {
        self.manifests.get(name).map(PathBuf::as_path)
    }
}

/// Functions in a folder, by full name.
pub(super) fn scan_functions(
    space: &str,
    folder: &Path,
    files: &mut Files,
) -> std::io::Result<FxHashMap<Symbol, PathBuf>> {
    let module = (space != "environment").then(|| Symbol::new(space));
    let mut functions = FxHashMap::default();
    for (file, path) in walk(folder, ".pp", files)? {
        let name = qualified(space, &file);
        files.request(path.clone(), SourceKind::Function, module, Some(name.clone()));
        functions.insert(Symbol::new(&name), path);
    }
    Ok(functions)
}

fn qualified(space: &str, file: &str) -> String {
    format!("{space}::{}", file.replace('/', "::"))
}

/// Files with an ending under a folder: path without folder and ending, full path; sorted.
pub(super) fn walk(
    folder: &Path,
    ending: &str,
    files: &mut Files,
) -> std::io::Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    let mut folders = vec![(String::new(), folder.to_owned(), 0)];
    while let Some((prefix, folder, depth)) = folders.pop() {
        for (name, is_folder) in files.list(&folder)? {
            let path = folder.join(&name);
            if is_folder {
                if depth < DEPTH_MAX {
                    folders.push((format!("{prefix}{name}/"), path, depth + 1));
                }
            } else if let Some(stem) = name.strip_suffix(ending) {
                found.push((format!("{prefix}{stem}"), path));
            }
        }
    }
    found.sort();
    Ok(found)
}
