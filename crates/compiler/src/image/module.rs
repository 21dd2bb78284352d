//! A module on the disk.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use rustc_hash::FxHashMap;
use stdx::Symbol;

use super::files::{Files, SourceKind};
use crate::ruby::Described;
use crate::signature::{self, Builtin};

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
    /// Functions that Ruby code defines, those of the newer interface first.
    pub(crate) ruby_functions: Vec<RubyFunction>,
    /// Resource types for which the module has a folder of providers.
    pub(crate) providers: Vec<String>,
}

/// A file of a module that defines a function in Ruby.
#[derive(Debug)]
pub(crate) struct RubyFunction {
    pub(crate) name: Symbol,
    pub(crate) path: PathBuf,
    /// True for the older interface (`lib/puppet/parser/functions`).
    pub(crate) is_legacy: bool,
    /// The same function here, if there is one.
    pub(crate) native: Option<Builtin>,
    /// What the file declares, once a worker was asked.
    pub(crate) described: OnceLock<Result<Described, String>>,
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
        let resource_types = files
            .list(&path.join("lib/puppet/type"))?
            .into_iter()
            .filter(|(_, is_folder)| !is_folder)
            .filter_map(|(file, _)| file.strip_suffix(".rb").map(Symbol::new))
            .collect();
        let ruby_functions = scan_ruby(name, &path, files)?;
        let providers = files.list(&path.join("lib/puppet/provider"))?;
        let providers =
            providers.into_iter().filter_map(|(name, is_folder)| is_folder.then_some(name)).collect();
        Ok(Module { name, path, manifests, functions, types, resource_types, ruby_functions, providers })
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

/// Functions of a module that are written in Ruby.
pub(super) fn scan_ruby(
    module: Symbol,
    path: &Path,
    files: &mut Files,
) -> std::io::Result<Vec<RubyFunction>> {
    let mut found = Vec::new();
    let folders = [("lib/puppet/functions", false), ("lib/puppet/parser/functions", true)];
    for (folder, is_legacy) in folders {
        for (file, path) in walk(&path.join(folder), ".rb", files)? {
            // A module can define plain names, and names that begin with its own.
            let is_own = file.split_once('/').is_none_or(|(space, _)| space == module.as_str());
            if is_own {
                let name = Symbol::new(&file.replace('/', "::"));
                let described = OnceLock::new();
                found.push(RubyFunction { name, path, is_legacy, native: None, described });
            }
        }
    }
    if !found.is_empty() && signature::has_module(module) {
        let version = version_of(path, files);
        for function in &mut found {
            function.native = signature::of_module(module, function.name, function.is_legacy, version);
        }
    }
    if found.iter().any(|function| function.native.is_none()) {
        // Functions that run as Ruby may load anything that the module brings.
        for (_, file) in walk(&path.join("lib"), ".rb", files)? {
            files.watch(&file);
        }
    }
    Ok(found)
}

/// The first number of a module's version; of one that does not say, a number above all others.
fn version_of(module: &Path, files: &mut Files) -> u64 {
    let path = module.join("metadata.json");
    files.watch(&path);
    let metadata = std::fs::read(&path).ok().and_then(|bytes| pcore::json::parse_lossy(&bytes).ok());
    let major = metadata.as_ref().and_then(|metadata| metadata.as_hash()?.get_str("version")?.as_str());
    let number = major.and_then(|version| version.split('.').next()?.parse().ok());
    number.unwrap_or(u64::MAX)
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
