//! Parsed files, shared by all compiles.
//!
//! A file is parsed once for each state of it on disk; the values are immutable and handed out as they are. Every
//! value is marked when it is parsed: most contain no `%{`, and need no second look on any lookup.

use std::sync::{Arc, PoisonError, RwLock};

use pcore::{Hash, Str, Value};
use rustc_hash::FxHashMap;

use crate::config::{self, Config, Place};
use crate::eyaml::Decrypted;
use crate::host::Strict;
use crate::lookup_options::CompiledOptions;
use crate::source::{Source, Stat};
use crate::{LookupError, data};

/// A cache of data files and configurations over a [`Source`].
#[derive(Debug)]
pub struct Store {
    source: Box<dyn Source>,
    strict: Strict,
    files: RwLock<FxHashMap<(Format, Str), Cached<DataFile>>>,
    configs: RwLock<FxHashMap<(Place, Str), Cached<Config>>>,
    options: RwLock<FxHashMap<(usize, Option<Str>), CachedOptions>>,
}

#[derive(Debug)]
struct Cached<T> {
    stat: Stat,
    parsed: Result<Arc<T>, LookupError>,
}

/// The compiled form of a `lookup_options` hash, found by the address of the hash, which it keeps alive.
#[derive(Debug)]
struct CachedOptions {
    hash: Arc<Hash>,
    compiled: Arc<CompiledOptions>,
}

/// How many compiled `lookup_options` are kept before those of files that are gone are dropped.
const OPTIONS_KEPT: usize = 4_096;

/// Formats of data files that the engine reads itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Format {
    Yaml,
    Json,
    Hocon,
}

impl Format {
    /// The format that a `data_hash` function reads.
    pub(crate) fn of_function(name: &str) -> Option<Format> {
        match name {
            "yaml_data" => Some(Format::Yaml),
            "json_data" => Some(Format::Json),
            "hocon_data" => Some(Format::Hocon),
            _ => None,
        }
    }
}

/// Longest file that is read: parsed data takes about ten times the memory of its text, and stays.
const DATA_BYTES_MAX: usize = 64 << 20;

/// A parsed data file.
#[derive(Debug)]
pub(crate) struct DataFile {
    /// What the file holds: a hash, or what makes the lookup fail.
    pub(crate) value: Value,
    /// The entries with text keys.
    pub(crate) entries: FxHashMap<Str, Datum>,
    /// What is to be logged when the file is first used in a compile.
    pub(crate) warning: Option<String>,
    /// Its encrypted values, where they were asked for.
    pub(crate) decrypted: Decrypted,
}

/// A value in a data file.
#[derive(Debug)]
pub(crate) struct Datum {
    pub(crate) value: Value,
    /// It contains no `%{`.
    pub(crate) is_plain: bool,
    /// It consists of what data may consist of.
    pub(crate) is_valid: bool,
}

impl Store {
    /// An empty cache.
    pub fn new(source: Box<dyn Source>, strict: Strict) -> Store {
        Store {
            source,
            strict,
            files: RwLock::default(),
            configs: RwLock::default(),
            options: RwLock::default(),
        }
    }

    /// The setting that decides between a warning and an error.
    pub(crate) fn strict(&self) -> Strict {
        self.strict
    }

    pub(crate) fn source(&self) -> &dyn Source {
        &*self.source
    }

    /// The content of a data file, of which `stat` was just taken.
    pub(crate) fn data(&self, format: Format, path: &Str, stat: Stat) -> Result<Arc<DataFile>, LookupError> {
        let key = (format, path.clone());
        cached(&self.files, key, stat, || {
            let text = self.read(path)?;
            data::parse(format, path, &text, self.strict).map(Arc::new)
        })
    }

    /// The configuration of a layer, of whose file `stat` was just taken; `None` if there is no such file.
    pub(crate) fn config(
        &self,
        place: &Place,
        path: &Str,
        stat: Option<Stat>,
    ) -> Result<Option<Arc<Config>>, LookupError> {
        let Some(stat) = stat else { return Ok(None) };
        let key = (place.clone(), path.clone());
        cached(&self.configs, key, stat, || {
            let text = self.read(path)?;
            config::parse(place, path, text).map(Arc::new)
        })
        .map(Some)
    }

    /// The text of a file. It must be UTF-8; a mark of the byte order is dropped.
    pub(crate) fn read(&self, path: &str) -> Result<String, LookupError> {
        let bytes = self
            .source
            .read(path)
            .map_err(|error| LookupError::argument(format!("could not read {path}: {error}")))?;
        if bytes.len() > DATA_BYTES_MAX {
            return Err(LookupError::argument(format!(
                "{path}: the file has {} bytes, and {DATA_BYTES_MAX} are allowed",
                bytes.len()
            )));
        }
        let text = String::from_utf8(bytes)
            .map_err(|_| LookupError::argument(format!("{path}: invalid byte sequence in UTF-8")))?;
        Ok(match text.strip_prefix('\u{feff}') {
            Some(rest) => rest.to_owned(),
            None => text,
        })
    }

    /// The compiled form of `lookup_options` from a data file. `compile` makes it.
    pub(crate) fn options(
        &self,
        hash: &Arc<Hash>,
        module: Option<&Str>,
        compile: impl FnOnce() -> Result<CompiledOptions, LookupError>,
    ) -> Result<Arc<CompiledOptions>, LookupError> {
        // A hash that nobody else holds was merged for this compile only.
        if Arc::strong_count(hash) == 1 {
            return compile().map(Arc::new);
        }
        let key = (Arc::as_ptr(hash).addr(), module.cloned());
        if let Some(cached) = self.options.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(cached.compiled.clone());
        }
        let compiled = Arc::new(compile()?);
        let mut all = self.options.write().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= OPTIONS_KEPT {
            all.retain(|_, cached| Arc::strong_count(&cached.hash) > 1);
        }
        all.insert(key, CachedOptions { hash: hash.clone(), compiled: compiled.clone() });
        Ok(compiled)
    }
}

fn cached<K: std::hash::Hash + Eq, T>(
    all: &RwLock<FxHashMap<K, Cached<T>>>,
    key: K,
    stat: Stat,
    parse: impl FnOnce() -> Result<Arc<T>, LookupError>,
) -> Result<Arc<T>, LookupError> {
    if let Some(cached) = all.read().unwrap_or_else(PoisonError::into_inner).get(&key)
        && cached.stat == stat
    {
        return cached.parsed.clone();
    }
    // Two threads may parse the same file at the same time; either result is right.
    let parsed = parse();
    let entry = Cached { stat, parsed: parsed.clone() };
    all.write().unwrap_or_else(PoisonError::into_inner).insert(key, entry);
    parsed
}
