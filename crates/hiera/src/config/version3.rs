//! hiera.yaml of version 3: the global layer of old. Backends instead of functions, one hierarchy for all of them.
//!
//! Puppet 8 still reads it, with a warning. The backends `yaml`, `json`, `hocon` and `eyaml` are functions of today; others are
//! classes in Ruby for the library Hiera 3, which whoever starts the lookup runs.

use pcore::ty::StructElement;
use pcore::{Hash, Str, Type, Value};

use super::{Config, Entry, Locations};
use crate::LookupError;
use crate::assert::assert_instance;
use crate::host::FunctionKind;
use crate::merge::Strategy;

/// The folder of the data where none is named, below the folder of the code.
pub(crate) const DEFAULT_DATADIR: &str = "environments/%{::environment}/hieradata";

impl Config {
    pub(super) fn read_v3(&mut self, config: &Hash) -> Result<(), LookupError> {
        let mut config = config.clone();
        let defaults = [
            ("version", Value::Int(3)),
            ("backends", Value::array([Value::str("yaml")])),
            ("hierarchy", Value::array([Value::str("nodes/%{::trusted.certname}"), Value::str("common")])),
            ("merge_behavior", Value::str("native")),
            ("deep_merge_options", Value::hash(Hash::new())),
        ];
        for (name, value) in defaults {
            if !config[name].is_true() {
                config.insert(name, value);
            }
        }
        let backends = names(&config["backends"]);
        let path = self.path.as_deref().unwrap_or_default();
        let subject = format!("The Lookup Configuration at '{path}'");
        assert_instance(&subject, &shape(&backends), &Value::hash(config.clone()))?;
        self.merge = merge_behavior(&config)?;
        let paths = names(&config["hierarchy"]);
        for backend in backends {
            match self.backend(&config, backend, &paths) {
                Ok(entry) => self.hierarchy.push(entry),
                Err(error) => {
                    self.broken[0] = Some(error);
                    break;
                }
            }
        }
        Ok(())
    }

    fn backend(&self, config: &Hash, name: Str, paths: &[Str]) -> Result<Entry, LookupError> {
        if self.hierarchy.iter().any(|entry| entry.name == name) {
            return Err(self.defined_twice(&name));
        }
        let settings = config.get_str(&name).and_then(Value::as_hash);
        let setting = |key: &str| settings.and_then(|all| all.get_str(key)).and_then(Value::as_str);
        let (kind, function) = match &*name {
            "yaml" | "json" | "hocon" => (FunctionKind::DataHash, format!("{name}_data")),
            "eyaml" => (FunctionKind::LookupKey, "eyaml_lookup_key".to_owned()),
            _ => (FunctionKind::Hiera3, name.to_string()),
        };
        let extension = match (setting("extension"), &*name) {
            (Some(extension), _) => format!(".{extension}"),
            (None, "hocon") => ".conf".to_owned(),
            (None, name) => format!(".{name}"),
        };
        Ok(Entry {
            kind,
            function: function.into(),
            datadir: setting("datadir").map_or_else(Str::default, Str::from),
            locations: Locations::Extended(paths.to_vec(), extension.into()),
            options: settings.filter(|_| kind == FunctionKind::LookupKey).cloned().map(Value::hash),
            name,
        })
    }

    fn defined_twice(&self, name: &str) -> LookupError {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let names_it = |line: &str| {
            line.match_indices(name).any(|(at, _)| {
                let (before, after) = (&line[..at], &line[at + name.len()..]);
                before.chars().next_back().is_some_and(|c| !is_word(c))
                    && !after.chars().next().is_some_and(is_word)
            })
        };
        let first = self.line(1, names_it);
        let second = first.and_then(|first| self.line(first + 1, names_it));
        let mut message = format!("Backend '{name}' is defined more than once.");
        if let (Some(first), Some(_)) = (first, second) {
            message.push_str(&format!(" First defined at (line: {first})"));
        }
        self.fail("HIERA_BACKEND_MULTIPLY_DEFINED", message, second.or(first))
    }
}

/// One name or a list of them.
fn names(value: &Value) -> Vec<Str> {
    match value {
        Value::Str(name) => vec![name.clone()],
        Value::Array(items) => items.iter().flat_map(names).collect(),
        _ => Vec::new(),
    }
}

/// How `hiera_hash` merges.
fn merge_behavior(config: &Hash) -> Result<Strategy, LookupError> {
    let name = match config["merge_behavior"].as_str() {
        Some("deep") => "reverse_deep",
        Some("deeper") => "unconstrained_deep",
        _ => return Ok(Strategy::Default),
    };
    let mut merge = Hash::from_iter([("strategy", name)]);
    if let Some(options) = config["deep_merge_options"].as_hash() {
        merge.extend(options.iter().map(|(key, value)| (key.clone(), value.clone())));
    }
    Strategy::from_value(&Value::hash(merge))
}

fn shape(backends: &[Str]) -> Type {
    let optional = |name: &str, value: Type| StructElement { name: name.into(), optional: true, value };
    let text = Type::non_empty_string;
    let one_or_more = || Type::variant([text(), Type::array_of(text())]);
    let fixed = [
        optional("version", Type::Integer(3, 3)),
        optional("backends", one_or_more()),
        optional("logger", text()),
        optional("merge_behavior", Type::enumeration(["deep", "deeper", "native"], false)),
        optional("deep_merge_options", Type::hash_of(text(), Type::variant([Type::STRING, Type::BOOLEAN]))),
        optional("hierarchy", one_or_more()),
    ];
    let settings = backends.iter().map(|name| optional(name, Type::hash_of(text(), Type::Any)));
    let own = settings.filter(|own| !fixed.iter().any(|other| other.name == own.name)).collect::<Vec<_>>();
    Type::structure(fixed.iter().cloned().chain(own).collect())
}
