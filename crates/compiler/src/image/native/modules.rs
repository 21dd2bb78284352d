//! Types that modules define in Ruby.
//!
//! A file is read when the type is first needed, and kept for the image and those that follow it, as long as nothing of
//! what the reading has seen changes. Reading is left to the crate `ruby`; here is where its files come from, and what must
//! be watched for it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use ruby::types::{Library, Reading, Unsure};
use rustc_hash::FxHashMap;
use stdx::Symbol;
use wire::types::ResourceType;

use super::super::Module;
use super::super::files::Stamp;

/// The types of the modules, by name; of several modules with the same type the first on the module path has it.
#[derive(Debug, Default)]
pub(super) struct RubyTypes {
    types: FxHashMap<Symbol, Arc<RubyType>>,
    folders: Arc<Folders>,
}

/// What the modules have, in order of the module path.
#[derive(Debug, Default, PartialEq, Eq)]
struct Folders {
    modules: Vec<PathBuf>,
    /// Folders of providers by the type they are for.
    providers: FxHashMap<String, Vec<PathBuf>>,
}

/// A type, read when it is needed.
#[derive(Debug)]
struct RubyType {
    name: Symbol,
    path: PathBuf,
    reading: OnceLock<(Reading, Vec<Watched>)>,
    told: AtomicBool,
}

/// A file or folder, and what it was when it was looked at.
type Watched = (PathBuf, Option<Stamp>);

/// What has become of a type.
#[derive(Debug)]
pub(super) enum Found<'i> {
    Known(&'i ResourceType),
    Open(&'i Unsure),
    Absent,
}

impl RubyTypes {
    /// The types of these modules. Nothing is read yet; readings of an older image are taken over where they still hold.
    pub(super) fn new<'m>(modules: impl Iterator<Item = &'m Module>, old: Option<&RubyTypes>) -> RubyTypes {
        let mut folders = Folders::default();
        let mut files: Vec<(Symbol, PathBuf)> = Vec::new();
        for module in modules {
            folders.modules.push(module.path.clone());
            for name in &module.providers {
                let folder = module.path.join("lib/puppet/provider").join(name);
                folders.providers.entry(name.clone()).or_default().push(folder);
            }
            for &name in &module.resource_types {
                let file = format!("lib/puppet/type/{name}.rb");
                files.push((name, module.path.join(file)));
            }
        }
        let old = old.filter(|old| *old.folders == folders);
        let mut types: FxHashMap<Symbol, Arc<RubyType>> = FxHashMap::default();
        for (name, path) in files {
            types.entry(name).or_insert_with(|| {
                let kept = old.and_then(|old| old.types.get(&name)).filter(|old| old.path == path);
                match kept.filter(|old| !old.is_stale()) {
                    Some(kept) => kept.clone(),
                    None => Arc::new(RubyType {
                        name,
                        path,
                        reading: OnceLock::new(),
                        told: AtomicBool::new(false),
                    }),
                }
            });
        }
        RubyTypes { types, folders: Arc::new(folders) }
    }

    /// The type of this name, if a module has a file for it.
    pub(super) fn get(&self, name: Symbol) -> Option<Found<'_>> {
        Some(self.types.get(&name)?.found(&self.folders))
    }

    /// All types with the files that should define them.
    pub(super) fn all(&self) -> impl Iterator<Item = (Symbol, &Path, Found<'_>)> {
        self.types.iter().map(|(&name, ty)| (name, &*ty.path, ty.found(&self.folders)))
    }

    /// What must be said about a type, the first time that it is asked for.
    pub(super) fn warning(&self, name: Symbol) -> Option<String> {
        let ty = self.types.get(&name)?;
        let text = match ty.found(&self.folders) {
            Found::Known(_) => return None,
            Found::Absent => format!("Loaded puppet/type/{name} but no class was created"),
            Found::Open(unsure) => format!(
                "The attributes of resource type '{name}' are not checked, since its Ruby code cannot be followed ({unsure}); `puppet generate types` writes down what they are"
            ),
        };
        (!ty.told.swap(true, Ordering::Relaxed)).then_some(text)
    }

    /// True if anything that a reading has seen is not what it was.
    pub(super) fn is_stale(&self) -> bool {
        self.types.values().any(|ty| ty.is_stale())
    }
}

impl RubyType {
    fn found(&self, folders: &Arc<Folders>) -> Found<'_> {
        let (reading, _) = self.reading.get_or_init(|| {
            let library = Lib { folders: folders.clone(), watched: Mutex::default() };
            let reading = match library.text(&self.path) {
                Ok(text) => ruby::types::read(self.name.as_str(), &self.path, &text, &library),
                Err(reason) => Reading::Unsure(Unsure { path: self.path.clone(), line: 0, reason }),
            };
            let watched = library.watched.into_inner().unwrap_or_else(PoisonError::into_inner);
            (reading, watched.into_iter().collect())
        });
        match reading {
            Reading::Known(ty) => Found::Known(ty),
            Reading::Absent => Found::Absent,
            Reading::Unsure(unsure) => Found::Open(unsure),
        }
    }

    fn is_stale(&self) -> bool {
        let watched = self.reading.get().map(|(_, watched)| &watched[..]).unwrap_or_default();
        watched.iter().any(|(path, stamp)| !stdx::frozen::holds(path) && Stamp::of(path) != *stamp)
    }
}

/// The `lib` folders of the modules, as one reading sees them.
struct Lib {
    folders: Arc<Folders>,
    watched: Mutex<FxHashMap<PathBuf, Option<Stamp>>>,
}

impl Lib {
    fn watch(&self, path: &Path) {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        watched.entry(path.to_owned()).or_insert_with(|| Stamp::of(path));
    }

    /// The content of a file; the error is a text for people.
    fn text(&self, path: &Path) -> Result<Arc<str>, String> {
        self.watch(path);
        let bytes = fs::read(path).map_err(|error| format!("the file cannot be read: {error}"))?;
        let text = String::from_utf8(bytes).map_err(|_| "the file is not UTF-8".to_owned())?;
        Ok(text.into())
    }

    /// Watches the folder in which a file that is not there would appear.
    fn watch_for(&self, path: &Path) {
        let folder = path.ancestors().skip(1).find(|folder| folder.is_dir());
        if let Some(folder) = folder {
            self.watch(folder);
        }
    }
}

impl Library for Lib {
    fn find(&self, name: &str) -> Option<(PathBuf, Arc<str>)> {
        self.folders.modules.iter().find_map(|module| {
            let path = module.join("lib").join(name);
            if !path.is_file() {
                self.watch_for(&path);
                return None;
            }
            let text = self.text(&path).ok()?;
            Some((path, text))
        })
    }

    fn read(&self, path: &Path) -> Option<Arc<str>> {
        // Code of modules says where it loads from; nothing outside of them is looked at.
        let is_inside = self.folders.modules.iter().any(|module| path.starts_with(module))
            || fs::canonicalize(path).is_ok_and(|path| {
                let real =
                    |module: &PathBuf| fs::canonicalize(module).is_ok_and(|real| path.starts_with(real));
                self.folders.modules.iter().any(real)
            });
        if !is_inside {
            return None;
        }
        self.text(path).ok()
    }

    fn providers(&self, type_name: &str) -> Vec<(PathBuf, Arc<str>)> {
        let mut found = Vec::new();
        for folder in self.folders.providers.get(type_name).into_iter().flatten() {
            self.watch(folder);
            let entries = fs::read_dir(folder).into_iter().flatten().flatten();
            let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
            files.sort();
            for path in files.into_iter().filter(|path| path.extension().is_some_and(|it| it == "rb")) {
                if let Ok(text) = self.text(&path) {
                    found.push((path, text));
                }
            }
        }
        found
    }
}
