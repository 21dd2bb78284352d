//! `lookup_options`: how keys are merged and converted, said in the data itself.

use std::sync::{Arc, OnceLock};

use pcore::regexp::Regexp;
use pcore::{Hash, Str, Value};
use rustc_hash::FxHashMap;

use crate::LookupError;
use crate::merge::Strategy;

/// The reserved key.
pub(crate) const LOOKUP_OPTIONS: &str = "lookup_options";

/// The options of one key or pattern.
#[derive(Debug)]
pub(crate) struct KeyOptions {
    merge: Option<Value>,
    strategy: OnceLock<Result<Strategy, LookupError>>,
    pub(crate) convert_to: Option<Value>,
}

/// One `lookup_options` hash, ready to be asked.
#[derive(Debug, Default)]
pub(crate) struct CompiledOptions {
    exact: FxHashMap<Str, Arc<KeyOptions>>,
    /// In the order of the hash.
    patterns: Vec<(Arc<Regexp>, Arc<KeyOptions>)>,
}

/// What holds for keys of a module, or for keys without module: the options of global and environment data, and
/// those of the module below them.
#[derive(Clone, Debug, Default)]
pub(crate) struct LayeredOptions {
    /// Global and environment, merged.
    pub(crate) upper: Option<Arc<CompiledOptions>>,
    /// The module's.
    pub(crate) module: Option<Arc<CompiledOptions>>,
}

impl KeyOptions {
    fn new(options: &Value) -> KeyOptions {
        let get = |name: &str| {
            options.as_hash().and_then(|hash| hash.get_str(name)).filter(|value| !value.is_undef()).cloned()
        };
        KeyOptions { merge: get("merge"), strategy: OnceLock::new(), convert_to: get("convert_to") }
    }

    /// The merge strategy, if one is given.
    pub(crate) fn strategy(&self) -> Option<Result<Strategy, LookupError>> {
        let merge = self.merge.as_ref()?;
        Some(self.strategy.get_or_init(|| Strategy::from_value(merge)).clone())
    }
}

impl CompiledOptions {
    /// Validates and compiles. A module may only speak of its own keys.
    pub(crate) fn compile(options: &Hash, module: Option<&str>) -> Result<CompiledOptions, LookupError> {
        if let Some(module) = module {
            validate(options, module)?;
        }
        let mut compiled = CompiledOptions::default();
        for (key, value) in options.iter() {
            let Value::Str(key) = key else { continue };
            let options = Arc::new(KeyOptions::new(value));
            if key.starts_with('^') {
                let pattern = Regexp::new(key).map_err(|error| LookupError::argument(error.to_string()))?;
                compiled.patterns.push((pattern, options));
            } else if !value.is_undef() {
                compiled.exact.insert(key.clone(), options);
            }
        }
        Ok(compiled)
    }
}

fn validate(options: &Hash, module: &str) -> Result<(), LookupError> {
    let own = |key: &str| key.strip_prefix(module).is_some_and(|rest| rest.starts_with("::"));
    for key in options.keys() {
        let Value::Str(key) = key else { continue };
        match key.strip_prefix('^') {
            Some(pattern) if !own(pattern) => {
                return Err(LookupError::located(format!(
                    "all {LOOKUP_OPTIONS} patterns must match a key starting with module name '{module}'"
                )));
            }
            None if !own(key) => {
                return Err(LookupError::located(format!(
                    "all {LOOKUP_OPTIONS} keys must start with module name '{module}'"
                )));
            }
            _ => {}
        }
    }
    Ok(())
}

impl LayeredOptions {
    /// The options of a key: an exact entry wins over patterns, a higher layer over the module.
    pub(crate) fn find(&self, key: &Str) -> Option<&Arc<KeyOptions>> {
        let layers = || self.upper.iter().chain(&self.module);
        if let Some(found) = layers().find_map(|options| options.exact.get(key)) {
            return Some(found);
        }
        // The hash that the layers merge into has the module's patterns first.
        let (pattern, options) = layers()
            .rev()
            .flat_map(|options| &options.patterns)
            .find(|(pattern, _)| pattern.is_match(key))?;
        let upper = self.upper.iter().flat_map(|options| &options.patterns);
        let same = upper.into_iter().find(|(other, _)| other.source() == pattern.source());
        Some(same.map_or(options, |(_, options)| options))
    }
}
