//! Backends of version 3: classes in Ruby that search a hierarchy of their own accord. What they are told is made here.

use std::rc::Rc;

use pcore::{Hash, Str, Value};

use super::resolve::ResolvedEntry;
use super::{Invocation, Session};
use crate::config::Config;
use crate::error::{Failure, LookupError};
use crate::host::{FunctionKind, Host};
use crate::merge::Strategy;

/// Gives the entries with such backends their configuration: all see all of it.
pub(super) fn configure(config: &Config, entries: &mut [ResolvedEntry]) {
    if !entries.iter().any(|entry| entry.kind == FunctionKind::Hiera3) {
        return;
    }
    let mut options = Hash::new();
    if config.version == 3 {
        options.insert("text", &*config.text);
    } else {
        let backends = entries.iter().filter(|entry| entry.kind == FunctionKind::Hiera3);
        options.insert("entries", Value::array(backends.map(description).collect::<Vec<_>>()));
    }
    let options = Rc::new(options);
    for entry in entries.iter_mut().filter(|entry| entry.kind == FunctionKind::Hiera3) {
        entry.options = options.clone();
        // Without a file to name there is one place all the same.
        if entry.locations.as_ref().is_some_and(Vec::is_empty) {
            entry.locations = None;
        }
    }
}

fn description(entry: &ResolvedEntry) -> Value {
    let extension = format!(".{}", entry.function);
    let mut described = Hash::new();
    described.insert("name", entry.function.clone());
    described.insert("datadir", entry.datadir.clone());
    described.insert("options", Value::hash(Hash::clone(&entry.options)));
    let places = entry.locations.iter().flatten().map(|location| {
        let original = location.original.as_str();
        Value::str(original.strip_suffix(extension.as_str()).unwrap_or(original))
    });
    described.insert("hierarchy", Value::array(places.collect::<Vec<_>>()));
    Value::hash(described)
}

/// A merge strategy as Hiera 3 calls it.
pub(super) fn resolution(strategy: &Strategy, invocation: &Invocation) -> Value {
    if invocation.merge_of_file {
        return Value::str("hash");
    }
    let behavior = match strategy {
        Strategy::Default | Strategy::First => return Value::Undef,
        Strategy::Unique => return Value::str("array"),
        Strategy::Hash => "native",
        Strategy::Deep(_) if strategy.name() == "reverse_deep" => "deep",
        Strategy::Deep(_) => "deeper",
    };
    let mut resolution = Hash::from_iter([("behavior", behavior)]);
    if let Some(Value::Hash(options)) = strategy.options() {
        resolution.extend(options.iter().map(|(key, value)| (key.clone(), value.clone())));
    }
    Value::hash(resolution)
}

/// A lookup that data of such a backend refer to.
pub(super) struct Global<'a> {
    pub(super) session: &'a Session,
    pub(super) from: &'a Invocation,
}

impl Global<'_> {
    pub(super) fn lookup(
        &self,
        host: &mut dyn Host,
        key: &Str,
        places: Option<&[Str]>,
    ) -> Result<Option<Value>, LookupError> {
        let mut invocation = match places {
            None if self.from.global_only => self.from.clone(),
            _ => Invocation { global_only: true, ..Invocation::plain(&self.session.0) },
        };
        if let Some(places) = places {
            invocation.legacy = Some(Rc::from(places));
        }
        match self.session.search(host, &invocation, key, None) {
            Ok(value) => Ok(Some(value)),
            Err(Failure::NotFound) => Ok(None),
            Err(Failure::Error(error)) => Err(error),
        }
    }
}

/// Merges two values as `merge` says, in the form that the function `lookup` takes; `high` comes from the higher priority.
///
/// # Errors
/// There is no such way, or the values cannot be merged.
pub fn merge(merge: &Value, high: &Value, low: &Value) -> Result<Value, LookupError> {
    Strategy::from_value(merge)?.merge(high, low)
}
