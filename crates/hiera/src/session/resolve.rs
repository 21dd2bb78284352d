//! A hierarchy with its paths filled in for one node.
//!
//! That is done once for a compile. Manifests may set variables later, so what the paths depend on is compared at
//! each lookup, except for variables that cannot change.

use std::cell::Cell;
use std::rc::Rc;

use pcore::{Hash, Str, Value};

use super::invocation::{Resolving, Watched};
use super::layers::Layer;
use super::provider::FunctionState;
use super::{Invocation, Session};
use crate::config::{Config, DEFAULT_DATADIR_3, Entry, Locations};
use crate::error::{Failure, LookupError};
use crate::glob::glob;
use crate::host::{FunctionKind, Host, Variable};
use crate::source::Source as _;
use crate::source::{Stat, join};
use crate::store::Format;

/// The entries of a layer, ready to be asked.
pub(super) struct Resolved {
    pub(super) entries: Vec<ResolvedEntry>,
    /// Those of `default_hierarchy`.
    pub(super) defaults: Vec<ResolvedEntry>,
    /// What this depends on.
    watched: Vec<Watched>,
}

/// An entry with its files.
pub(super) struct ResolvedEntry {
    pub(super) name: Str,
    pub(super) kind: FunctionKind,
    pub(super) function: Str,
    /// Folder of the data.
    pub(super) datadir: Str,
    /// Set if the engine reads the files itself.
    pub(super) format: Option<Format>,
    pub(super) options: Rc<Hash>,
    /// `None` for an entry that has no locations, an empty list if there happen to be none.
    pub(super) locations: Option<Vec<Location>>,
    /// State of the function for an entry without locations.
    pub(super) state: Rc<FunctionState>,
    /// Whether the function is known to exist and to be fit.
    pub(super) is_checked: Cell<bool>,
}

/// A file or URI.
pub(super) struct Location {
    /// As it stands in hiera.yaml.
    pub(super) original: Str,
    pub(super) resolved: Str,
    pub(super) is_uri: bool,
    /// The file's identity; `None` if it does not exist.
    pub(super) stat: Option<Stat>,
    pub(super) state: Rc<FunctionState>,
}

impl Location {
    pub(super) fn exists(&self) -> bool {
        self.is_uri || self.stat.is_some()
    }
}

/// Variables that no manifest can set.
const CONSTANT: [&str; 3] = ["facts", "trusted", "server_facts"];

impl Session {
    /// The entries of a layer, for the variables as they are now.
    pub(super) fn resolved(&self, host: &mut dyn Host, layer: &Rc<Layer>) -> Result<Rc<Resolved>, Failure> {
        let known = layer.resolved.borrow().clone();
        if let Some(known) = known {
            if known.watched.iter().all(|watched| self.is_stable(host, watched, layer.config.version == 3)) {
                return Ok(known);
            }
            self.0.note(|explainer| {
                explainer.text(
                    "Hiera configuration recreated due to change of scope variables used in interpolation \
                     expressions"
                        .to_owned(),
                );
            });
        }
        let resolved = Rc::new(self.resolve(host, &layer.config)?);
        *layer.resolved.borrow_mut() = Some(resolved.clone());
        Ok(resolved)
    }

    fn is_stable(&self, host: &mut dyn Host, watched: &Watched, version_3: bool) -> bool {
        let value = match self.variable(host, &watched.root, &watched.segments, version_3) {
            Variable::Value(value) => step_into(value, &watched.segments),
            Variable::Unset | Variable::Undefined { .. } => None,
        };
        value == watched.value
    }

    /// Resolves a hierarchy. That is no part of the lookup that caused it: it is neither recorded nor counted as a
    /// recursion.
    fn resolve(&self, host: &mut dyn Host, config: &Config) -> Result<Resolved, Failure> {
        let was_explaining = self.0.explaining.replace(false);
        let stack = self.0.stack.take();
        let resolved = self.resolve_all(host, config);
        self.0.stack.replace(stack);
        self.0.explaining.set(was_explaining);
        resolved
    }

    fn resolve_all(&self, host: &mut dyn Host, config: &Config) -> Result<Resolved, Failure> {
        let mut watched = Vec::new();
        let [broken, broken_defaults] = &config.broken;
        let mut entries = self.resolve_entries(host, config, &config.hierarchy, &mut watched)?;
        super::backend3::configure(config, &mut entries);
        if let Some(error) = broken {
            return Err(error.clone().into());
        }
        let defaults = match &config.default_hierarchy {
            Some(list) => self.resolve_entries(host, config, list, &mut watched)?,
            None => Vec::new(),
        };
        if let Some(error) = broken_defaults {
            return Err(error.clone().into());
        }
        Ok(Resolved { entries, defaults, watched })
    }

    fn resolve_entries(
        &self,
        host: &mut dyn Host,
        config: &Config,
        entries: &[Entry],
        watched: &mut Vec<Watched>,
    ) -> Result<Vec<ResolvedEntry>, Failure> {
        let mut resolved = Vec::with_capacity(entries.len());
        for entry in entries {
            let mut strict = self.resolving(config, false, None);
            let declared = if entry.datadir.is_empty() {
                join(&self.0.environment.codedir, DEFAULT_DATADIR_3).into()
            } else {
                entry.datadir.clone()
            };
            let datadir = self.fill(host, &strict, &declared).map_err(|error| blame(config, error))?;
            let locations = self.resolve_locations(host, config, &entry.locations, &datadir, watched);
            let locations = locations.map_err(|error| blame(config, error))?;
            // Without a hiera.yaml, the default counts only as far as its files exist.
            if config.path.is_none() && locations.as_ref().is_some_and(Vec::is_empty) {
                continue;
            }
            let options = match &entry.options {
                None => Hash::new(),
                Some(options) => {
                    let filled = self.interpolate(host, &strict, options, false);
                    let filled = filled.map_err(|error| blame(config, error))?;
                    filled.as_hash().cloned().unwrap_or_default()
                }
            };
            keep(watched, &mut strict, None);
            if entry.kind == FunctionKind::Hiera3 && !host.has_hiera3() {
                return Err(LookupError::located("Hiera 3 is not installed").into());
            }
            resolved.push(ResolvedEntry {
                name: entry.name.clone(),
                kind: entry.kind,
                function: entry.function.clone(),
                datadir: datadir.into(),
                format: match entry.kind {
                    FunctionKind::DataHash => Format::of_function(&entry.function),
                    _ => None,
                },
                options: Rc::new(options),
                locations,
                state: Rc::default(),
                is_checked: Cell::new(false),
            });
        }
        Ok(resolved)
    }

    fn resolve_locations(
        &self,
        host: &mut dyn Host,
        config: &Config,
        locations: &Locations,
        datadir: &str,
        watched: &mut Vec<Watched>,
    ) -> Result<Option<Vec<Location>>, Failure> {
        let source = &self.0.watching();
        // Version 3 has always refused undefined variables here.
        let mut lenient = self.resolving(config, config.version != 3, None);
        let mut found = Vec::new();
        let path = |original: &Str, resolved: String| Location {
            original: original.clone(),
            stat: source.stat(&resolved),
            resolved: resolved.into(),
            is_uri: false,
            state: Rc::default(),
        };
        match locations {
            Locations::None => return Ok(None),
            Locations::Paths(paths) => {
                for original in paths {
                    let filled = self.fill(host, &lenient, original)?;
                    found.push(path(original, join(datadir, &filled)));
                }
            }
            Locations::Extended(paths, extension) => {
                for original in paths {
                    let mut filled = self.fill(host, &lenient, original)?;
                    if !filled.ends_with(extension.as_str()) {
                        filled.push_str(extension);
                    }
                    found.push(path(original, join(datadir, &filled)));
                }
            }
            Locations::Globs(globs) => {
                for original in globs {
                    let pattern = join(datadir, &self.fill(host, &lenient, original)?);
                    let original: Str = pattern.as_str().into();
                    let files = glob(source, &pattern).into_iter().map(|file| path(&original, file));
                    found.extend(files.filter(|file| file.stat.is_some_and(|stat| !stat.is_dir)));
                }
            }
            Locations::Uris(uris) => {
                for original in uris {
                    let filled = self.fill(host, &lenient, original)?;
                    if let Err(error) = pcore::uri::Uri::parse(&filled) {
                        return Err(LookupError::argument(error.message).into());
                    }
                    found.push(Location {
                        original: original.clone(),
                        resolved: filled.into(),
                        is_uri: true,
                        stat: None,
                        state: Rc::default(),
                    });
                }
            }
            Locations::Mapped { variable, name, template } => {
                let value = self.scope_value(host, &lenient, variable, "mapped_path[0]")?;
                for item in mapped_items(value) {
                    let mut inner = self.resolving(config, true, Some((name.clone(), item)));
                    let filled = self.fill(host, &inner, template)?;
                    found.push(path(template, join(datadir, &filled)));
                    keep(watched, &mut inner, Some(name));
                }
            }
        }
        keep(watched, &mut lenient, None);
        if config.path.is_none() {
            found.retain(Location::exists);
        }
        Ok(Some(found))
    }

    /// An invocation that notes which variables it reads.
    fn resolving(&self, config: &Config, lenient: bool, local: Option<(Str, Value)>) -> Invocation {
        let resolving = Resolving { lenient, local, ..Resolving::default() };
        Invocation {
            resolving: Some(Rc::new(resolving)),
            version_3: config.version == 3,
            ..Invocation::plain(&self.0)
        }
    }

    /// Text of hiera.yaml with its variables filled in.
    fn fill(&self, host: &mut dyn Host, invocation: &Invocation, text: &Str) -> Result<String, Failure> {
        let filled = self.interpolate(host, invocation, &Value::Str(text.clone()), false)?;
        let mut out = String::new();
        crate::ruby::to_s(&mut out, &filled);
        Ok(out)
    }
}

/// Takes over what an invocation has read, without the variable that only exists there.
fn keep(watched: &mut Vec<Watched>, invocation: &mut Invocation, except: Option<&Str>) {
    let Some(resolving) = &invocation.resolving else { return };
    for new in resolving.watched.take() {
        let is_constant = CONSTANT.contains(&new.root.as_str()) && new.value.is_some();
        if !is_constant && Some(&new.root) != except && !watched.contains(&new) {
            watched.push(new);
        }
    }
}

/// Each element of the variable of `mapped_paths`; text counts as one.
fn mapped_items(value: Option<Value>) -> Vec<Value> {
    match value {
        Some(Value::Str(text)) if !text.is_empty() => vec![Value::Str(text)],
        Some(Value::Array(items)) => items.to_vec(),
        Some(Value::Hash(hash)) => {
            hash.iter().map(|(key, value)| Value::array([key.clone(), value.clone()])).collect()
        }
        _ => Vec::new(),
    }
}

/// Digs without a word; `None` if there is nothing.
pub(super) fn step_into(value: Value, segments: &[crate::Segment]) -> Option<Value> {
    let mut value = value;
    for segment in segments {
        let next = match (&value, segment) {
            (Value::Array(items), crate::Segment::Index(index)) => {
                usize::try_from(*index).ok().and_then(|index| items.get(index)).cloned()
            }
            (Value::Hash(hash), crate::Segment::Name(name)) => hash.get_str(name).cloned(),
            (Value::Hash(hash), crate::Segment::Index(index)) => hash.get(&Value::Int(*index)).cloned(),
            _ => None,
        };
        value = next?;
    }
    (!value.is_undef()).then_some(value)
}

/// An undefined variable in a datadir or in options is an error of hiera.yaml, not of the code that looks up; so is
/// an expression that is not allowed there.
fn blame(config: &Config, failure: Failure) -> Failure {
    match failure {
        Failure::Error(error) => Failure::Error(blame_error(config, error)),
        other => other,
    }
}

fn blame_error(config: &Config, error: LookupError) -> LookupError {
    let name = error.message.strip_prefix("Undefined variable '").and_then(|rest| rest.split_once('\''));
    match (name, error.issue, &config.path) {
        (Some((name, _)), ..) => config.undefined_variable(name),
        (None, Some(code), Some(_)) => config.fail(code, error.message, None),
        _ => error,
    }
}
