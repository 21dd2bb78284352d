//! Which catalogs a change of files can touch.
//!
//! A compile with the new code goes the same way as one with the old code for as long as it comes by nothing that differs: no manifest
//! that it loads, no name for which there is a file now that was not there when it looked, no function, template, data. So a node
//! whose compile with the old code used nothing of all that needs no other one. What cannot be told exactly counts as used: a miss
//! would be a fault, a compile too many is none.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use compiler::Used;

use super::trees::{Difference, Kind};
use crate::environments::Environment;

/// A file in which a name is looked for.
const TEXT_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// What of the code differs, in terms of what compiles note.
#[derive(Debug, Default)]
pub(super) struct Touch {
    /// The path that all catalogs depend on, if one has changed.
    everything: Option<String>,
    /// Whether anything has changed.
    anything: bool,
    /// Manifests of modules that are gone or others, where they lie now.
    manifests: HashSet<PathBuf>,
    /// Names that files have come for; they may define what is below these names, too.
    names: HashSet<String>,
    functions: HashSet<String>,
    resource_types: HashSet<String>,
    /// Types of the language.
    types: HashSet<String>,
    /// Files and folders that have come, are gone, or are others, where they would lie now.
    paths: HashSet<String>,
    mentions: RwLock<HashMap<PathBuf, bool>>,
}

impl Touch {
    /// What the differences of two versions come to.
    ///
    /// # Errors
    /// A file cannot be read.
    pub(super) fn of(
        live: &Environment,
        staged: &Environment,
        differences: &[Difference],
    ) -> io::Result<Touch> {
        let mut touch = Touch { anything: !differences.is_empty(), ..Touch::default() };
        let mut are_types_changed = false;
        let manifest = inside(&live.conf.manifest, &live.directory);
        let new_manifest = inside(&staged.conf.manifest, &staged.directory);
        let folders: Vec<String> = [live, staged]
            .into_iter()
            .flat_map(|one| one.conf.modulepath.iter().filter_map(|path| inside(path, &one.directory)))
            .collect();
        for difference in differences {
            let path = difference.path.as_str();
            touch.path(&live.directory, difference);
            let is_of_site = |manifest: &Option<String>| {
                let Some(manifest) = manifest else { return false };
                path == manifest || path.ends_with(".pp") && below(path, manifest).is_some()
            };
            let reaches_all = path == "environment.conf"
                || path.starts_with(".resource_types")
                || is_of_site(&manifest)
                || is_of_site(&new_manifest);
            if reaches_all {
                touch.all(path);
                continue;
            }
            let within = folders.iter().filter_map(|folder| below(path, folder)).find_map(|within| {
                let (module, rest) = within.split_once('/').unwrap_or((within, ""));
                (!module.is_empty()).then_some((module, rest))
            });
            match within {
                Some((module, "")) if difference.is_folder => {
                    let is_elsewhere = |environment: &Environment| {
                        let places = environment.conf.modulepath.iter().map(|folder| folder.join(module));
                        places.filter(|place| place.is_dir()).count()
                            > usize::from(environment.directory.join(path).is_dir())
                    };
                    // Another module of the name comes to light, or is hidden.
                    if is_elsewhere(live) || is_elsewhere(staged) {
                        touch.all(path);
                    }
                }
                Some((module, rest)) => {
                    are_types_changed |= touch.in_module(live, staged, Some(module), rest, difference)?;
                }
                None => {
                    are_types_changed |= touch.in_module(live, staged, None, path, difference)?;
                }
            }
        }
        if are_types_changed && touch.everything.is_none() {
            touch.close_over_types(&[live, staged])?;
        }
        Ok(touch)
    }

    /// Whether anything has changed.
    pub(super) fn is_anything(&self) -> bool {
        self.anything
    }

    /// The path that all catalogs depend on, if one has changed.
    pub(super) fn everything(&self) -> Option<&str> {
        self.everything.as_deref()
    }

    fn all(&mut self, path: &str) {
        self.everything.get_or_insert_with(|| path.to_owned());
    }

    fn path(&mut self, live: &Path, difference: &Difference) {
        let path = live.join(&difference.path);
        if difference.kind != Kind::Modified
            && let Some(folder) = path.parent()
        {
            self.paths.insert(folder.to_string_lossy().into_owned());
        }
        self.paths.insert(path.to_string_lossy().into_owned());
    }

    /// A file of a module or, without one, of the environment itself. True if it is one of the types of the language.
    fn in_module(
        &mut self,
        live: &Environment,
        staged: &Environment,
        module: Option<&str>,
        rest: &str,
        difference: &Difference,
    ) -> io::Result<bool> {
        if difference.is_folder {
            // The name of a folder tells for which type there are providers.
            if let Some(name) = below(rest, "lib/puppet/provider").filter(|name| !name.contains('/')) {
                self.resource_type(name);
            }
            return Ok(false);
        }
        let space = module.unwrap_or("environment");
        let named = |file: &str| match file {
            "init" => space.to_lowercase(),
            file => format!("{space}::{}", file.replace('/', "::")).to_lowercase(),
        };
        let code = |folder: &str, ending: &str| below(rest, folder)?.strip_suffix(ending);
        if let (Some(file), Some(_)) = (code("manifests", ".pp"), module) {
            match difference.kind {
                Kind::Added => _ = self.names.insert(named(file)),
                _ => _ = self.manifests.insert(live.directory.join(&difference.path)),
            }
        } else if let Some(file) = code("functions", ".pp") {
            self.functions.insert(format!("{space}::{}", file.replace('/', "::")).to_lowercase());
        } else if let Some(file) = code("types", ".pp") {
            self.types.insert(named(file));
            return Ok(true);
        } else if let Some(file) = code("lib/puppet/functions", ".rb") {
            self.functions.insert(file.replace('/', "::").to_lowercase());
        } else if let Some(file) = code("lib/puppet/parser/functions", ".rb") {
            // Code can ask whether there is a function of this kind.
            if difference.kind != Kind::Modified {
                self.all(&difference.path);
            }
            self.functions.insert(file.replace('/', "::").to_lowercase());
        } else if let Some(file) = code("lib/puppet/type", ".rb").filter(|file| !file.contains('/')) {
            self.resource_type(file);
        } else if rest.starts_with("lib/puppet/provider/") || rest.starts_with("lib/facter/") {
            // These run on nodes.
        } else if rest.starts_with("lib/") && rest.ends_with(".rb") {
            // Functions and types may load it.
            self.all(&difference.path);
        } else if rest == "metadata.json" {
            let read = |environment: &Environment| metadata(&environment.directory.join(&difference.path));
            if read(live) != read(staged) {
                self.all(&difference.path);
            }
        } else if rest == "hiera.yaml" && module.is_some() && difference.kind != Kind::Modified {
            self.all(&difference.path);
        }
        Ok(false)
    }

    fn resource_type(&mut self, name: &str) {
        self.resource_types.insert(name.to_lowercase());
    }

    /// A type that is made of a changed type has changed.
    fn close_over_types(&mut self, environments: &[&Environment]) -> io::Result<()> {
        let mut types: Vec<(String, String)> = Vec::new();
        for environment in environments {
            for folder in &environment.conf.modulepath {
                for module in names_in(folder)? {
                    let root = folder.join(&module).join("types");
                    gather_types(&root, &module, 0, &mut types)?;
                }
            }
        }
        loop {
            let known = self.types.len();
            for (name, text) in &types {
                if !self.types.contains(name) && self.is_mentioned(text) {
                    self.types.insert(name.clone());
                }
            }
            if self.types.len() == known {
                return Ok(());
            }
        }
    }

    /// Whether a compile with the new code may come to something else than this one did.
    pub(super) fn reaches(&self, used: &Used) -> bool {
        if !self.anything {
            return false;
        }
        if self.everything.is_some() || used.is_opaque {
            return true;
        }
        let is_one_of = |set: &HashSet<String>, name: &str| !set.is_empty() && set.contains(name);
        if used.files.iter().any(|path| self.paths.contains(path))
            || !self.manifests.is_empty() && used.manifests.iter().any(|path| self.manifests.contains(path))
            || used.functions.iter().any(|name| is_one_of(&self.functions, name.as_str()))
            || used.resource_types.iter().any(|name| {
                !self.resource_types.is_empty() && self.resource_types.contains(&name.as_str().to_lowercase())
            })
        {
            return true;
        }
        let mut names =
            used.names.iter().map(|name| name.as_str()).chain(used.missing.iter().map(String::as_str));
        let has_types = !(self.types.is_empty() && self.resource_types.is_empty());
        let is_type = |name: &str| self.types.contains(name) || self.resource_types.contains(name);
        if (has_types || !self.names.is_empty()) && names.any(|name| is_type(name) || self.is_below_new(name))
        {
            return true;
        }
        has_types
            && (used.manifests.iter().chain(&used.function_files).any(|path| self.is_mentioned_in(path))
                || used.files.iter().any(|path| self.is_mentioned_in(Path::new(path))))
    }

    /// Whether a file has come that may define this name.
    fn is_below_new(&self, name: &str) -> bool {
        if self.names.is_empty() {
            return false;
        }
        let mut rest = name;
        loop {
            if self.names.contains(rest) {
                return true;
            }
            match rest.rsplit_once("::") {
                Some((above, _)) => rest = above,
                None => return false,
            }
        }
    }

    /// Whether a text has one of the types. Those of the language have capitals, which tells them from classes and their parameters.
    fn is_mentioned(&self, text: &str) -> bool {
        let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
        text.split(|c| !is_word(c)).map(|word| word.trim_matches(':')).filter(|word| !word.is_empty()).any(
            |word| {
                let is_capitalised =
                    word.split("::").all(|part| part.starts_with(|c: char| c.is_ascii_uppercase()));
                let word = word.to_lowercase();
                is_capitalised && self.types.contains(&word) || self.resource_types.contains(&word)
            },
        )
    }

    fn is_mentioned_in(&self, path: &Path) -> bool {
        let known = self.mentions.read().unwrap_or_else(PoisonError::into_inner).get(path).copied();
        if let Some(known) = known {
            return known;
        }
        let found = match std::fs::metadata(path) {
            Ok(data) if data.is_dir() => false,
            Ok(data) if data.len() > TEXT_BYTES_MAX => true,
            Ok(_) => {
                std::fs::read(path).is_ok_and(|bytes| self.is_mentioned(&String::from_utf8_lossy(&bytes)))
            }
            Err(_) => false,
        };
        self.mentions.write().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), found);
        found
    }
}

/// What of a module's metadata compiles depend on: the first number of the version, and the name of a data provider.
fn metadata(path: &Path) -> Option<(String, Option<String>)> {
    let document: serde_json::Value = serde_json::from_slice(&std::fs::read(path).ok()?).ok()?;
    let text = |key: &str| document.get(key).and_then(|value| value.as_str()).map(str::to_owned);
    let version = text("version").unwrap_or_default();
    Some((version.split('.').next().unwrap_or_default().to_owned(), text("data_provider")))
}

/// A path within a directory, with `/` between the names.
fn inside(path: &Path, directory: &Path) -> Option<String> {
    let within = path.strip_prefix(directory).ok()?;
    Some(within.to_string_lossy().into_owned())
}

/// What of a path is below a folder.
fn below<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    if folder.is_empty() {
        return Some(path);
    }
    path.strip_prefix(folder)?.strip_prefix('/')
}

fn names_in(folder: &Path) -> io::Result<Vec<String>> {
    match std::fs::read_dir(folder) {
        Ok(entries) => {
            Ok(entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect())
        }
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(Vec::new())
        }
        Err(error) => Err(error),
    }
}

/// Names, in lower case, and texts of types in a folder.
fn gather_types(
    folder: &Path,
    space: &str,
    depth: usize,
    into: &mut Vec<(String, String)>,
) -> io::Result<()> {
    const DEPTH_MAX: usize = 32;
    if depth > DEPTH_MAX {
        return Ok(());
    }
    for name in names_in(folder)? {
        let path = folder.join(&name);
        if path.is_dir() {
            gather_types(&path, &format!("{space}::{name}"), depth + 1, into)?;
        } else if let Some(stem) = name.strip_suffix(".pp") {
            let name = if stem == "init" { space.to_owned() } else { format!("{space}::{stem}") };
            let text = String::from_utf8_lossy(&std::fs::read(&path)?).into_owned();
            into.push((name.to_lowercase(), text));
        }
    }
    Ok(())
}
