//! Which catalogs a change of files can touch.
//!
//! A compile with the new code goes the same way as one with the old code for as long as it comes by nothing that differs: no manifest
//! that it loads, no name for which there is a file now that was not there when it looked, no function, template, data. So a node
//! whose compile with the old code used nothing of all that needs no other one. What cannot be told exactly counts as used: a miss
//! would be a fault, a compile too many is none.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use compiler::Used;

use super::places::Places;
use super::trees::{Difference, Kind};
use crate::environments::Environment;

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
    /// Files and folders that have come, are gone, or are others, where they would lie now.
    paths: HashSet<PathBuf>,
    places: Places,
}

/// A directory of code in both versions.
pub(super) struct Root<'a> {
    /// Where the code that serves is.
    pub(super) live: &'a Path,
    /// Where the new code is.
    pub(super) staged: &'a Path,
    /// What differs.
    pub(super) differences: &'a [Difference],
    /// It is not the environment's own.
    pub(super) is_beside: bool,
}

impl Touch {
    /// What the differences of two versions come to; `sides` are where both find code.
    pub(super) fn of(
        live: &Environment,
        staged: &Environment,
        roots: &[Root<'_>],
        sides: &[Places; 2],
    ) -> Touch {
        let anything = roots.iter().any(|root| !root.differences.is_empty());
        let [live_places, staged_places] = sides;
        let mut touch = Touch { anything, places: live_places.clone(), ..Touch::default() };
        // In which directory a path of a configuration leads where.
        let inside = |path: &Path, is_live: bool| -> Result<(usize, String), PathBuf> {
            let path = if is_live { live_places.real(path) } else { staged_places.real(path) };
            let within = |(place, root): (usize, &Root<'_>)| {
                let directory = if is_live { root.live } else { root.staged };
                Some((place, path.strip_prefix(directory).ok()?.to_string_lossy().into_owned()))
            };
            roots.iter().enumerate().find_map(within).ok_or_else(|| path.clone())
        };
        let manifests = [inside(&live.conf.manifest, true), inside(&staged.conf.manifest, false)];
        let folders_of = |one: &Environment, is_live: bool| -> Vec<_> {
            one.conf.modulepath.iter().map(|path| inside(path, is_live)).collect()
        };
        let (folders, new_folders) = (folders_of(live, true), folders_of(staged, false));
        if folders != new_folders {
            touch.all("environment.conf");
        }
        let folders: Vec<(usize, String)> =
            folders.into_iter().chain(new_folders).filter_map(Result::ok).collect();
        for (place, root) in roots.iter().enumerate() {
            let of_root = |(other, path): &(usize, String)| (*other == place).then(|| path.clone());
            let folders: Vec<String> = folders.iter().filter_map(of_root).collect();
            let manifests: Vec<String> = manifests.iter().flatten().filter_map(of_root).collect();
            for difference in root.differences {
                touch.difference(live, staged, root, &folders, &manifests, difference);
            }
        }
        touch
    }

    /// `folders` are of modules, and `manifests` those of the site.
    fn difference(
        &mut self,
        live: &Environment,
        staged: &Environment,
        root: &Root<'_>,
        folders: &[String],
        manifests: &[String],
        difference: &Difference,
    ) {
        let path = difference.path.as_str();
        self.path(root.live, difference);
        let is_of_site =
            |manifest: &String| path == manifest || path.ends_with(".pp") && below(path, manifest).is_some();
        let is_of_all = match root.is_beside {
            true => path == "hiera.yaml",
            false => path == "environment.conf" || path.starts_with(".resource_types"),
        };
        if is_of_all || manifests.iter().any(is_of_site) {
            self.all(path);
            return;
        }
        let mut is_in_module = false;
        for within in folders.iter().filter_map(|folder| below(path, folder)) {
            let (module, rest) = within.split_once('/').unwrap_or((within, ""));
            if module.is_empty() {
                continue;
            }
            is_in_module = true;
            if !rest.is_empty() {
                self.in_module(root, Some(module), rest, difference);
            } else if difference.is_folder {
                let is_elsewhere = |environment: &Environment, directory: &Path| {
                    let places = environment.conf.modulepath.iter().map(|folder| folder.join(module));
                    places.filter(|place| place.is_dir()).count() > usize::from(directory.join(path).is_dir())
                };
                // Another module of the name comes to light, or is hidden.
                if is_elsewhere(live, root.live) || is_elsewhere(staged, root.staged) {
                    self.all(path);
                }
            }
        }
        if !is_in_module && !root.is_beside {
            self.in_module(root, None, path, difference);
        }
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
            self.paths.insert(folder.to_owned());
        }
        self.paths.insert(path);
    }

    /// A file of a module or, without one, of the environment itself.
    fn in_module(&mut self, root: &Root<'_>, module: Option<&str>, rest: &str, difference: &Difference) {
        if difference.is_folder {
            return;
        }
        let space = module.unwrap_or("environment");
        let named = |file: &str| match file {
            "init" => space.to_lowercase(),
            file => format!("{space}::{}", file.replace('/', "::")).to_lowercase(),
        };
        let code = |folder: &str, ending: &str| below(rest, folder)?.strip_suffix(ending);
        if let (Some(file), Some(_)) = (code("manifests", ".pp"), module) {
            let has_types = |directory: &Path| {
                std::fs::read(directory.join(&difference.path)).is_ok_and(|text| defines_types(&text))
            };
            if has_types(root.live) || has_types(root.staged) {
                self.all(&difference.path);
            }
            match difference.kind {
                Kind::Added => _ = self.names.insert(named(file)),
                _ => _ = self.manifests.insert(root.live.join(&difference.path)),
            }
        } else if let Some(file) = code("functions", ".pp") {
            self.functions.insert(format!("{space}::{}", file.replace('/', "::")).to_lowercase());
        } else if code("types", ".pp").is_some() {
            // The image knows what parameters are made of; compiles do not note it.
            self.all(&difference.path);
        } else if let Some(file) = code("lib/puppet/functions", ".rb") {
            self.functions.insert(file.replace('/', "::").to_lowercase());
        } else if let Some(file) = code("lib/puppet/parser/functions", ".rb") {
            // Code can ask whether there is a function of this kind.
            if difference.kind != Kind::Modified {
                self.all(&difference.path);
            }
            self.functions.insert(file.replace('/', "::").to_lowercase());
        } else if rest.starts_with("lib/") && rest.ends_with(".rb") {
            // Functions and resource types may load it, and which do is not noted.
            self.all(&difference.path);
        } else if rest == "metadata.json" {
            let read = |directory: &Path| metadata(&directory.join(&difference.path));
            if read(root.live) != read(root.staged) {
                self.all(&difference.path);
            }
        } else if rest == "hiera.yaml" && module.is_some() && difference.kind != Kind::Modified {
            self.all(&difference.path);
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
        // A path that cannot be told could be any.
        let is_changed = |path: &Path| {
            self.places
                .normal(path)
                .is_none_or(|path| self.paths.contains(&path) || self.manifests.contains(&path))
        };
        if used.files.iter().any(|path| is_changed(Path::new(path)))
            || used.manifests.iter().any(|path| is_changed(path))
            || !self.functions.is_empty()
                && used.functions.iter().any(|name| self.functions.contains(name.as_str()))
        {
            return true;
        }
        let mut names =
            used.names.iter().map(|name| name.as_str()).chain(used.missing.iter().map(String::as_str));
        names.any(|name| self.is_below_new(name))
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
}

/// Whether a manifest may define types of the language.
fn defines_types(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text);
    let mut words = text.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let next = words.peek().and_then(|next| next.chars().next());
        if word.ends_with("type") && next.is_some_and(|c| c.is_ascii_uppercase() || c == ':' || c == '#') {
            return true;
        }
    }
    false
}

/// What of a module's metadata compiles depend on: the first number of the version, and the name of a data provider.
fn metadata(path: &Path) -> Option<(String, Option<String>)> {
    let document: serde_json::Value = serde_json::from_slice(&std::fs::read(path).ok()?).ok()?;
    let text = |key: &str| document.get(key).and_then(|value| value.as_str()).map(str::to_owned);
    let version = text("version").unwrap_or_default();
    Some((version.split('.').next().unwrap_or_default().to_owned(), text("data_provider")))
}

/// What of a path is below a folder.
fn below<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    if folder.is_empty() {
        return Some(path);
    }
    path.strip_prefix(folder)?.strip_prefix('/')
}
