//! The environment image: all code of an environment, parsed once and shared by every compile.
//!
//! An image never changes. When files change, [`Image::refreshed`] makes a new one that shares what is unchanged, and
//! the caller swaps it in, so that a compile sees one state of the code from its first line to its last. Files are
//! parsed in parallel when the image is made; a file that does not parse fails only the compiles that need it,
//! since its error is kept in place of its tree.

pub mod classes;
mod files;
mod main;
mod module;
mod native;
mod parts;
mod templates;
mod types;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use pcore::Value;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use stdx::Symbol;

pub(crate) use files::{Dialect, Source, SourceError, SourceKind, parse_text};
pub(crate) use main::Main;
pub(crate) use module::{Module, RubyFunction};
pub use native::{Knowledge, KnownType};
pub use parts::{RubyFunctionPart, Runs, TemplateCheck, TemplatePart};
pub(crate) use templates::Templates;
pub(crate) use types::{origin, origin_at, parse_own_type};

use crate::code::{Definition, Function};
use crate::lookup;
use files::Files;

/// What to do about a doubtful construct (the setting `strict`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strict {
    /// Nothing.
    Off,
    /// Warn.
    Warning,
    /// Fail.
    #[default]
    Error,
}

/// Where an environment lies and how it is compiled.
#[derive(Clone, Debug)]
pub struct ImageOptions {
    /// Name of the environment.
    pub environment: String,
    /// Folder of the environment, if it has one.
    pub directory: Option<PathBuf>,
    /// The path that stands for `directory` in catalogs and messages, if that is one version of an environment among others. No file
    /// in the directory of a version ever changes, and versions share files by links.
    pub shown_as: Option<PathBuf>,
    /// Other paths, and what they stand for: where data that is named from the root on is found.
    pub known_as: Vec<(PathBuf, PathBuf)>,
    /// Folders of modules; the first that has a module of a name wins.
    pub modulepath: Vec<PathBuf>,
    /// Site manifest: a file, or a folder of which all `*.pp` are read.
    pub manifest: Option<PathBuf>,
    /// Code that stands in for the site manifest (the setting `code`).
    pub code: Option<String>,
    /// Command whose output is the catalog's version.
    pub config_version: Option<String>,
    /// Hiera configuration of the global layer.
    pub hiera_config: Option<PathBuf>,
    /// The setting `strict`.
    pub strict: Strict,
    /// Whether reading an unknown variable is an error (the setting `strict_variables`).
    pub strict_variables: bool,
    /// Variables of the class `settings`.
    pub settings: Vec<(String, Value)>,
    /// Whether compiles note the keys that they look up in Hiera.
    pub track_lookups: bool,
    /// Whether the words of plans are keywords.
    pub tasks: bool,
    /// How much a compile may use up.
    pub bounds: crate::Bounds,
    /// How Ruby code of modules is run that is not native; `None`: it is not. The load paths are the image's matter.
    pub ruby: Option<foreign::Settings>,
}

impl Default for ImageOptions {
    fn default() -> ImageOptions {
        ImageOptions {
            environment: "production".into(),
            directory: None,
            shown_as: None,
            known_as: Vec::new(),
            modulepath: Vec::new(),
            manifest: None,
            code: None,
            config_version: None,
            hiera_config: None,
            strict: Strict::Error,
            strict_variables: true,
            settings: Vec::new(),
            track_lookups: false,
            tasks: false,
            bounds: crate::Bounds::default(),
            ruby: None,
        }
    }
}

impl ImageOptions {
    /// A path of a file as catalogs and messages have it.
    fn shown(&self, path: &Path) -> PathBuf {
        match (&self.directory, &self.shown_as) {
            (Some(directory), Some(shown_as)) => {
                path.strip_prefix(directory).map_or_else(|_| path.to_owned(), |inside| shown_as.join(inside))
            }
            _ => path.to_owned(),
        }
    }

    /// Where a file of this version is in another one.
    fn in_version(&self, other: &ImageOptions, path: &Path) -> Option<PathBuf> {
        let same_place = self.shown_as.is_some() && self.shown_as == other.shown_as;
        let inside = path.strip_prefix(self.directory.as_ref().filter(|_| same_place)?).ok()?;
        Some(other.directory.as_ref()?.join(inside))
    }
}

/// What stands before the names of an environment's own functions.
const ENVIRONMENT: &str = "environment";

/// An environment, ready to compile from.
#[derive(Debug)]
pub struct Image {
    pub(crate) options: ImageOptions,
    files: Files,
    modules: FxHashMap<Symbol, Module>,
    /// Names of the modules, in order of the module path and then by name.
    module_names: Vec<Symbol>,
    pub(crate) main: Main,
    /// Functions that a file of its own defines, in the environment or in a module.
    functions: FxHashMap<Symbol, PathBuf>,
    /// Functions in Ruby by name: who has one (none is the environment itself, then modules in order of the module path),
    /// and where among the functions of that owner.
    ruby_functions: FxHashMap<Symbol, Vec<(Option<Symbol>, usize)>>,
    /// The environment's own functions in Ruby.
    own_ruby_functions: Vec<RubyFunction>,
    aliases: types::Aliases,
    native: native::NativeTypes,
    pub(crate) settings_class: Definition,
    pub(crate) hiera: lookup::Engine,
    /// ERB templates that have been read.
    pub(crate) templates: crate::erb::Templates,
    /// Parsed EPP templates.
    pub(crate) epp: Templates,
    pub(crate) main_class: Definition,
    /// Runs Ruby code of this version of the modules.
    pub(crate) ruby: Option<foreign::Pool>,
    /// How many resources the catalog had that was compiled last: the next one gets room for as many.
    resources: AtomicUsize,
    /// And how many scopes.
    scopes: AtomicUsize,
}

impl Image {
    /// Reads an environment. Files that do not parse do not fail the image.
    ///
    /// # Errors
    /// When a folder cannot be listed.
    pub fn load(options: &ImageOptions) -> std::io::Result<Image> {
        Image::build(options, None)
    }

    /// A new image if any file has changed since this one was made, sharing the files that have not.
    ///
    /// # Errors
    /// When a folder cannot be listed.
    pub fn refreshed(&self) -> std::io::Result<Option<Image>> {
        if !self.files.is_stale() && !self.native.is_stale() {
            return Ok(None);
        }
        Image::build(&self.options, Some(self)).map(Some)
    }

    /// An image with other options, sharing the files that both have and that have not changed.
    ///
    /// # Errors
    /// When a folder cannot be listed.
    pub fn with_options(&self, options: &ImageOptions) -> std::io::Result<Image> {
        Image::build(options, Some(self))
    }

    fn build(options: &ImageOptions, old: Option<&Image>) -> std::io::Result<Image> {
        let mut files = Files::default();
        let mut modules = FxHashMap::default();
        let mut module_names = Vec::new();
        for folder in &options.modulepath {
            for (name, path) in module::names_in(folder, &mut files)? {
                let symbol = Symbol::new(&name);
                if let std::collections::hash_map::Entry::Vacant(slot) = modules.entry(symbol) {
                    slot.insert(Module::scan(symbol, path, &mut files)?);
                    module_names.push(symbol);
                }
            }
        }
        let manifests = main::manifests(options, &mut files)?;
        let mut functions = FxHashMap::default();
        let mut own_ruby_functions = Vec::new();
        if let Some(directory) = &options.directory {
            let names = module::scan_functions(ENVIRONMENT, &directory.join("functions"), &mut files)?;
            functions.extend(names);
            own_ruby_functions = module::scan_ruby(Symbol::new(ENVIRONMENT), directory, &mut files)?;
        }
        for name in &module_names {
            functions.extend(modules[name].functions.iter().map(|(name, path)| (*name, path.clone())));
        }
        let generated = native::request_generated(options, &mut files)?;
        let mut ruby_functions: FxHashMap<Symbol, Vec<(Option<Symbol>, usize)>> = FxHashMap::default();
        for (at, function) in own_ruby_functions.iter().enumerate() {
            ruby_functions.entry(function.name).or_default().push((None, at));
        }
        for module in &module_names {
            for (at, function) in modules[module].ruby_functions.iter().enumerate() {
                ruby_functions.entry(function.name).or_default().push((Some(*module), at));
            }
        }
        files.parse(old, options);
        let main = Main::gather(options, &manifests, &files);
        let main_class = main.class();
        let aliases = types::Aliases::new(&modules, &main, options, &mut files)?;
        let native = native::NativeTypes::gather(
            generated,
            module_names.iter().filter_map(|name| modules.get(name)),
            &files,
            old.map(|old| &old.native),
        );
        let hiera = lookup::Engine::new(options, modules.values(), old.map(|old| &old.hiera));
        let ruby = options.ruby.clone().map(|settings| {
            let folders = options.directory.iter().chain(module_names.iter().map(|name| &modules[name].path));
            let load_paths = folders.map(|folder| folder.join("lib"));
            let load_paths = load_paths.filter(|path| path.is_dir()).collect();
            let folder = |files: foreign::Files| foreign::Files {
                folder: files.folder.join(&options.environment),
                ..files
            };
            let files = settings.files.map(folder);
            foreign::Pool::new(foreign::Settings { load_paths, files, ..settings })
        });
        let templates = old.map(|old| old.templates.clone()).unwrap_or_default();
        let image = Image {
            ruby,
            options: options.clone(),
            files,
            modules,
            module_names,
            main,
            functions,
            ruby_functions,
            own_ruby_functions,
            aliases,
            native,
            hiera,
            templates,
            epp: Templates::default(),
            settings_class: Definition::empty_class("settings"),
            main_class,
            resources: AtomicUsize::new(0),
            scopes: AtomicUsize::new(0),
        };
        image.make_types();
        Ok(image)
    }

    /// How many resources to make room for.
    pub(crate) fn expected_resources(&self) -> usize {
        /// More than this is made room for as it comes.
        const MOST: usize = 8192;
        self.resources.load(Ordering::Relaxed).min(MOST)
    }

    /// How many scopes to make room for.
    pub(crate) fn expected_scopes(&self) -> usize {
        const MOST: usize = 4096;
        self.scopes.load(Ordering::Relaxed).min(MOST)
    }

    /// Notes how many resources a catalog has, and how many scopes there were in its compile.
    pub(crate) fn had(&self, resources: usize, scopes: usize) {
        self.resources.store(resources, Ordering::Relaxed);
        self.scopes.store(scopes, Ordering::Relaxed);
    }

    /// What the parser warned of in all files, complete with places, in the order of paths. Puppet logs such
    /// warnings where it reads a file.
    pub fn warnings(&self) -> Vec<String> {
        let mut sources: Vec<&Source> = self.files.sources().collect();
        sources.sort_by_key(|source| source.path());
        let files = sources.into_iter().filter_map(|source| source.code().ok());
        let given = self.main.codes.iter().filter(|code| code.file.path.is_none());
        files.chain(given).flat_map(|code| code.warnings.iter().cloned()).collect()
    }

    /// The name of the environment.
    pub fn environment(&self) -> &str {
        &self.options.environment
    }

    /// The module of that name.
    pub(crate) fn module(&self, name: Symbol) -> Option<&Module> {
        self.modules.get(&name)
    }

    /// All modules, in order of the module path.
    pub(crate) fn modules(&self) -> impl Iterator<Item = &Module> {
        self.module_names.iter().filter_map(|name| self.modules.get(name))
    }

    /// A parsed file.
    pub(crate) fn source(&self, path: &Path) -> Option<&Source> {
        self.files.source(path)
    }

    /// The files that may define a class or a define of this (lower-case) name, in the order in which they are
    /// read.
    pub(crate) fn files_of_name(&self, name: &str) -> Vec<&Path> {
        let mut found = Vec::new();
        let mut segments = name.split("::");
        let Some(module) = segments.next().and_then(Symbol::existing).and_then(|name| self.module(name))
        else {
            return found;
        };
        let mut rest: Vec<&str> = segments.collect();
        if let Some(init) = module.manifest("init") {
            found.push(init);
        }
        while !rest.is_empty() {
            found.extend(module.manifest(&rest.join("/")));
            rest.pop();
        }
        found
    }

    /// The function of the Puppet language that has a file of its own.
    pub(crate) fn function(&self, name: Symbol) -> Option<Result<&Function, &SourceError>> {
        let path = self.functions.get(&name)?;
        Some(self.source(path)?.function())
    }

    /// The function in Ruby with this name, as code of a module (`None` for the environment's own) finds it: a
    /// module's own function comes before those of others. True if it is the same for all modules.
    pub(crate) fn ruby_function(
        &self,
        name: Symbol,
        module: Option<Symbol>,
    ) -> Option<(&RubyFunction, bool)> {
        let places = self.ruby_functions.get(&name)?;
        let own = places.iter().find(|(of, _)| *of == module);
        let (of, at) = own.or(places.first())?;
        let function = match of {
            Some(module) => self.modules.get(module)?.ruby_functions.get(*at)?,
            None => self.own_ruby_functions.get(*at)?,
        };
        Some((function, places.iter().all(|(other, _)| other == of)))
    }

    /// The files of all functions with this name: of one in the language, and of those in Ruby.
    pub(crate) fn function_files(&self, name: Symbol) -> impl Iterator<Item = PathBuf> {
        let places = self.ruby_functions.get(&name).into_iter().flatten();
        let in_ruby = places.filter_map(|(of, at)| {
            let function = match of {
                Some(module) => self.modules.get(module)?.ruby_functions.get(*at),
                None => self.own_ruby_functions.get(*at),
            };
            function.map(|function| function.path.clone())
        });
        self.functions.get(&name).cloned().into_iter().chain(in_ruby)
    }

    /// A path as Puppet's `module/file` notation names it, in one of a module's folders.
    pub fn module_file(&self, folder: &str, name: &str) -> Option<PathBuf> {
        let (module, file) = name.split_once('/')?;
        let module = self.module(Symbol::existing(module)?)?;
        Some(module.path.join(folder).join(file))
    }
}

impl Files {
    fn parse(&mut self, old: Option<&Image>, options: &ImageOptions) {
        let pending = self.take_pending();
        let parsed: Vec<_> = pending
            .into_par_iter()
            .map(|request| {
                let kept = old.and_then(|old| {
                    let elsewhere = options.in_version(&old.options, &request.path);
                    old.files.unchanged(&request, elsewhere.as_deref())
                });
                let entry = kept.unwrap_or_else(|| files::read(&request, options));
                (request.path, Arc::new(entry))
            })
            .collect();
        self.insert_all(parsed);
    }
}
