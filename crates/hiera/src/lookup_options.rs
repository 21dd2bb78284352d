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
    patterns: Vec<KeyPattern>,
}

/// A pattern of keys, `^apache::.*_list$`.
#[derive(Debug)]
struct KeyPattern {
    regexp: Arc<Regexp>,
    /// What every key that matches begins with. Most keys fail here, without the expression.
    prefix: Box<str>,
    options: Arc<KeyOptions>,
}

impl KeyPattern {
    fn new(source: &str, options: Arc<KeyOptions>) -> Result<KeyPattern, LookupError> {
        let regexp = Regexp::new(source).map_err(|error| LookupError::argument(error.to_string()))?;
        Ok(KeyPattern { regexp, prefix: literal_prefix(source).into(), options })
    }

    fn matches(&self, key: &str) -> bool {
        // `^` also holds behind a line break.
        (key.starts_with(&*self.prefix) || key.contains('\n')) && self.regexp.is_match(key)
    }
}

/// The plain text behind the `^` of an expression. Empty where an alternative could begin with something else.
fn literal_prefix(source: &str) -> &str {
    let Some(rest) = source.strip_prefix('^').filter(|rest| !rest.contains('|')) else { return "" };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '-');
    let end = rest.find(|c| !is_plain(c)).unwrap_or(rest.len());
    let (plain, after) = rest.split_at(end);
    match after.chars().next() {
        // The last character is what the quantifier repeats.
        Some('*' | '?' | '{' | '+') => plain.get(..plain.len().saturating_sub(1)).unwrap_or_default(),
        _ => plain,
    }
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
                compiled.patterns.push(KeyPattern::new(key, options)?);
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
        let found = self.module.iter().chain(&self.upper).flat_map(|options| &options.patterns);
        let found = found.into_iter().find(|pattern| pattern.matches(key))?;
        let upper = self.upper.iter().flat_map(|options| &options.patterns);
        let same = upper.into_iter().find(|other| other.regexp.source() == found.regexp.source());
        Some(same.map_or(&found.options, |same| &same.options))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_of_patterns() {
        let cases = [
            ("^apache::", "apache::"),
            ("^apache::.*_list$", "apache::"),
            ("^apache::vhosts?", "apache::vhost"),
            ("^ab*", "a"),
            ("^a|^b", ""),
            ("^(a|b)c", ""),
            ("^", ""),
            ("^a\\.b", "a"),
        ];
        for (source, expected) in cases {
            assert_eq!(literal_prefix(source), expected, "{source}");
        }
    }

    #[test]
    fn the_prefix_changes_no_outcome() {
        let options = || Arc::new(KeyOptions::new(&Value::Undef));
        for source in ["^m::a+$", "^m::.*_list$", "^m::a|^n::", "^m::[ab]{2}", "^m::ab?$", "^x\\Sy"] {
            let pattern = KeyPattern::new(source, options()).unwrap();
            for key in ["m::a", "m::aa", "m::b", "m::my_list", "n::x", "m::ab", "m::", "xzy", "q\nm::a"] {
                assert_eq!(pattern.matches(key), pattern.regexp.is_match(key), "{source} {key}");
            }
        }
    }
}
