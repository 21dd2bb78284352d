//! Where the catalogs of one side of a comparison come from, and the facts they are compiled from.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use api::Pdb as _;
use pcore::{Hash, Value};
use pdb::Store;
use server::environments::Environments;
use server::local;
use wire::catalog::Catalog;

use crate::cli::compile::{classified, read_facts};
use crate::config::Site;
use crate::serve::{settings, store};

/// One side of a comparison.
pub(super) enum Side {
    /// Compiled in an environment.
    Environment { name: String, settings: Arc<server::Settings>, environments: Environments },
    /// Read from a file.
    File(Box<Catalog>),
    /// What nodes were last sent.
    Stored(Blocking),
}

/// The store, for callers that block.
pub(super) struct Blocking {
    store: Store,
    runtime: tokio::runtime::Runtime,
}

impl Blocking {
    fn open(site: &Site) -> anyhow::Result<Blocking> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let store = runtime.block_on(store::required(site))?;
        Ok(Blocking { store, runtime })
    }
}

impl Side {
    /// Opens what the word means. The other side's word tells which environment a directory stands for.
    pub(super) fn open(site: &Site, word: &str, other: &str) -> anyhow::Result<Side> {
        if word == "stored" {
            return Ok(Side::Stored(Blocking::open(site)?));
        }
        let path = Path::new(word);
        if path.extension().is_some_and(|extension| extension == "json") {
            return Ok(Side::File(Box::new(super::diff::read(path)?)));
        }
        let settings = Arc::new(settings::server(site)?);
        let (name, environments) = if word.contains('/') {
            let directory =
                path.canonicalize().with_context(|| format!("could not find the directory {word}"))?;
            if !directory.is_dir() {
                bail!("{word} is neither a directory nor a file that ends in .json");
            }
            let is_name = server::environments::is_name(other) && other != "stored";
            let name = if is_name { other } else { "production" };
            (name, Environments::at(settings.clone(), name, directory))
        } else {
            (word, Environments::new(settings.clone()))
        };
        environments.get(name)?;
        Ok(Side::Environment { name: name.to_owned(), settings, environments })
    }

    /// Whether facts are needed.
    pub(super) fn compiles(&self) -> bool {
        matches!(self, Side::Environment { .. })
    }

    /// Whether it is the store, which does not keep sensitive values.
    pub(super) fn is_stored(&self) -> bool {
        matches!(self, Side::Stored(_))
    }

    /// The one node it has a catalog of.
    pub(super) fn certname(&self) -> Option<&str> {
        match self {
            Side::File(catalog) => Some(&catalog.name),
            _ => None,
        }
    }

    /// A node's catalog, with its values as they are on the wire; `plain`: without rich data, as the store has it.
    pub(super) fn catalog(
        &self,
        certname: &str,
        facts: Option<Hash>,
        plain: bool,
    ) -> anyhow::Result<Catalog> {
        match self {
            Side::File(catalog) => Ok((**catalog).clone()),
            Side::Stored(Blocking { store, runtime }) => {
                let stored = runtime.block_on(store.catalog(certname))?;
                Ok(stored.with_context(|| format!("no catalog of {certname} is stored"))?.catalog)
            }
            Side::Environment { name, settings, environments } => {
                let mut facts = facts.unwrap_or_default();
                let trusted = facts.remove_str("trusted");
                let (mut node, _) = classified(settings, certname, Some(name), facts)?;
                if let Some(trusted @ Value::Hash(_)) = trusted {
                    node.trusted = trusted;
                }
                let (compilation, _) = local::compile(environments, name, &node)?;
                let mut text = Vec::new();
                compilation.catalog.write_json(&mut text, !plain);
                let limits = wire::json::Limits {
                    bytes_max: usize::MAX,
                    values_max: usize::MAX,
                    ..wire::json::Limits::default()
                };
                let mut catalog = Catalog::from_json(&text, &limits)?;
                let directory = &environments.get(name)?.directory;
                for file in catalog.resources.iter_mut().filter_map(|resource| resource.file.as_mut()) {
                    if let Ok(relative) = Path::new(file.as_str()).strip_prefix(directory) {
                        *file = relative.to_string_lossy().as_ref().into();
                    }
                }
                Ok(catalog)
            }
        }
    }
}

/// Where facts come from.
pub(super) enum Facts {
    File(Hash),
    Directory(PathBuf),
    Store(Blocking),
    /// No store on this machine: a node without facts cannot be compiled.
    Nowhere(anyhow::Error),
}

impl Facts {
    /// The facts of a file or directory, else of the store.
    pub(super) fn open(site: &Site, path: Option<&Path>) -> anyhow::Result<Facts> {
        match path {
            Some(path) if path.is_dir() => Ok(Facts::Directory(path.to_owned())),
            Some(path) => Ok(Facts::File(read_facts(path)?)),
            None => Ok(Blocking::open(site).map_or_else(Facts::Nowhere, Facts::Store)),
        }
    }

    /// A node's.
    pub(super) fn of(&self, certname: &str) -> anyhow::Result<Hash> {
        match self {
            Facts::File(facts) => Ok(facts.clone()),
            Facts::Directory(directory) => {
                let files =
                    ["json", "yaml"].map(|extension| directory.join(format!("{certname}.{extension}")));
                let file = files.iter().find(|file| file.exists());
                read_facts(
                    file.with_context(|| format!("{} has no facts of {certname}", directory.display()))?,
                )
            }
            Facts::Store(Blocking { store, runtime }) => {
                let stored = runtime.block_on(store.facts(certname))?;
                let stored = stored
                    .with_context(|| format!("no facts of {certname} are stored; give them with --facts"))?;
                Ok(Arc::unwrap_or_clone(stored.facts))
            }
            Facts::Nowhere(error) => bail!("no facts of {certname}: {error}; give them with --facts"),
        }
    }

    /// All nodes whose facts are known, sorted.
    pub(super) fn names(&self) -> anyhow::Result<Vec<String>> {
        match self {
            Facts::File(_) => bail!("the facts are of one node: name it"),
            Facts::Nowhere(error) => bail!("no node's facts are known: {error}; give them with --facts"),
            Facts::Store(Blocking { store, runtime }) => Ok(runtime.block_on(store.certnames())?),
            Facts::Directory(directory) => {
                let unreadable = || format!("could not read the directory {}", directory.display());
                let mut names = Vec::new();
                for entry in std::fs::read_dir(directory).with_context(unreadable)? {
                    let path = entry.with_context(unreadable)?.path();
                    let is_facts =
                        path.extension().is_some_and(|extension| extension == "json" || extension == "yaml");
                    if let Some(name) = path.file_stem().and_then(|name| name.to_str()).filter(|_| is_facts) {
                        names.push(name.to_owned());
                    }
                }
                names.sort();
                names.dedup();
                Ok(names)
            }
        }
    }
}
