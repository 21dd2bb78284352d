//! What a hiera.yaml may contain, and its entries.

use std::sync::LazyLock;

use pcore::ty::{Size, StructElement};
use pcore::{Hash, Str, Type, Value};

use super::{Config, Entry, Locations, Place};
use crate::LookupError;
use crate::assert::{assert_instance, pattern};
use crate::host::FunctionKind;
use crate::source::join;

/// The keys that name a function, in the order in which messages list them.
const FUNCTION_KEYS: [&str; 4] = ["data_hash", "lookup_key", "data_dig", "hiera3_backend"];
const LOCATION_KEYS: [&str; 7] = ["path", "paths", "glob", "globs", "uri", "uris", "mapped_paths"];
const RESERVED_OPTIONS: [&str; 2] = ["path", "uri"];
const DEFAULT_DATADIR: &str = "data";

impl Config {
    pub(super) fn read_v5(&mut self, place: &Place, config: &Hash) -> Result<(), LookupError> {
        // These two may be there without a value.
        let mut config = config.clone();
        for name in ["defaults", "hierarchy"] {
            if !config[name].is_true() {
                config.remove_str(name);
            }
        }
        self.check_type(&V5, &Value::hash(config.clone()))?;
        let fallback = Hash::from_iter([("datadir", DEFAULT_DATADIR), ("data_hash", "yaml_data")]);
        let defaults = config.get_str("defaults").and_then(Value::as_hash).unwrap_or(&fallback);
        self.check_defaults(defaults)?;
        let entries = |name: &str| config.get_str(name).and_then(Value::as_array);
        for name in ["hierarchy", "plan_hierarchy"] {
            for entry in entries(name).unwrap_or_default() {
                self.check_entry(entry, defaults, place)?;
            }
        }
        if let Some(list) = entries("default_hierarchy") {
            if !matches!(place, Place::Module(_)) {
                let line = self.line(1, |line| {
                    line.split_whitespace().any(|word| word.starts_with("default_hierarchy:"))
                });
                let text = "'default_hierarchy' is only allowed in the module layer";
                return Err(self.fail("HIERA_DEFAULT_HIERARCHY_NOT_IN_MODULE", text, line));
            }
            for entry in list {
                self.check_entry(entry, defaults, place)?;
            }
        }
        (self.hierarchy, self.broken[0]) = match entries("hierarchy") {
            Some(list) => self.entries(list, defaults),
            None => {
                let common = Hash::from_iter([("name", "Common"), ("path", "common.yaml")]);
                self.entries(&[Value::hash(common)], defaults)
            }
        };
        if let Some(list) = entries("default_hierarchy") {
            let (entries, broken) = self.entries(list, defaults);
            self.default_hierarchy = Some(entries);
            self.broken[1] = broken;
        }
        Ok(())
    }

    fn check_type(&self, ty: &Type, value: &Value) -> Result<(), LookupError> {
        let path = self.path.as_deref().unwrap_or_default();
        assert_instance(&format!("The Lookup Configuration at '{path}'"), ty, value)
    }

    fn check_defaults(&self, defaults: &Hash) -> Result<(), LookupError> {
        if count(defaults, &FUNCTION_KEYS) > 1 {
            let message = format!("Only one of {} can be defined in defaults", or(&FUNCTION_KEYS));
            return Err(self.fail("HIERA_MULTIPLE_DATA_PROVIDER_FUNCTIONS_IN_DEFAULT", message, None));
        }
        if let Some(key) = reserved_option(defaults) {
            let message = format!("Option key '{key}' used in defaults is reserved by Puppet");
            return Err(self.fail("HIERA_DEFAULT_OPTION_RESERVED_BY_PUPPET", message, None));
        }
        Ok(())
    }

    fn check_entry(&self, entry: &Value, defaults: &Hash, place: &Place) -> Result<(), LookupError> {
        let Value::Hash(entry) = entry else { return Ok(()) };
        let name = text(entry, "name").unwrap_or_default();
        match count(entry, &FUNCTION_KEYS) + count(entry, &["v4_data_hash"]) {
            0 if count(defaults, &FUNCTION_KEYS) == 0 => {
                let message = format!("One of {} must be defined in hierarchy '{name}'", or(&FUNCTION_KEYS));
                return Err(self.fail("HIERA_MISSING_DATA_PROVIDER_FUNCTION", message, None));
            }
            0 | 1 => {}
            _ => {
                let message =
                    format!("Only one of {} can be defined in hierarchy '{name}'", or(&FUNCTION_KEYS));
                return Err(self.fail("HIERA_MULTIPLE_DATA_PROVIDER_FUNCTIONS", message, None));
            }
        }
        if let Some(backend) = text(entry, "hiera3_backend") {
            self.check_v3_backend(&backend, place)?;
        }
        if count(entry, &LOCATION_KEYS) > 1 {
            let message = format!("Only one of {} can be defined in hierarchy '{name}'", or(&LOCATION_KEYS));
            return Err(self.fail("HIERA_MULTIPLE_LOCATION_SPECS", message, None));
        }
        if let Some(key) = reserved_option(entry) {
            let message = format!("Option key '{key}' used in hierarchy '{name}' is reserved by Puppet");
            return Err(self.fail("HIERA_OPTION_RESERVED_BY_PUPPET", message, None));
        }
        Ok(())
    }

    fn check_v3_backend(&self, backend: &str, place: &Place) -> Result<(), LookupError> {
        let line = self.line(1, |line| line.contains(" hiera3_backend:"));
        if *place != Place::Global {
            let message = "'hiera3_backend' is only allowed in the global layer";
            return Err(self.fail("HIERA_V3_BACKEND_NOT_GLOBAL", message, line));
        }
        if matches!(backend, "json" | "yaml" | "hocon") {
            let message =
                format!("Use \"data_hash: {backend}_data\" instead of \"hiera3_backend: {backend}\"");
            return Err(self.fail("HIERA_V3_BACKEND_REPLACED_BY_DATA_HASH", message, line));
        }
        Ok(())
    }

    /// The entries of a hierarchy, up to one that cannot be used, and what is wrong with that.
    fn entries(&self, list: &[Value], defaults: &Hash) -> (Vec<Entry>, Option<LookupError>) {
        let default_datadir = text(defaults, "datadir").unwrap_or_else(|| DEFAULT_DATADIR.into());
        let mut entries: Vec<Entry> = Vec::with_capacity(list.len());
        for entry in list {
            let Value::Hash(entry) = entry else { continue };
            let name = text(entry, "name").unwrap_or_default();
            if let Err(error) = self.check_unique(&entries, &name) {
                return (entries, Some(error));
            }
            let kind = |holder: &Hash| {
                let kinds = [
                    FunctionKind::DataHash,
                    FunctionKind::LookupKey,
                    FunctionKind::DataDig,
                    FunctionKind::LegacyDataHash,
                    FunctionKind::Hiera3,
                ];
                kinds.into_iter().find_map(|kind| Some((kind, text(holder, kind.as_str())?)))
            };
            let Some((kind, function)) = kind(entry).or_else(|| kind(defaults)) else {
                let message = format!("Unable to find a data provider function for hierarchy '{name}'");
                return (entries, Some(self.fail("HIERA_DATA_PROVIDER_FUNCTION_NOT_FOUND", message, None)));
            };
            let datadir = text(entry, "datadir").unwrap_or_else(|| default_datadir.clone());
            entries.push(Entry {
                name,
                kind,
                function,
                datadir: join(&self.root, &datadir).into(),
                locations: locations(entry),
                options: entry.get_str("options").or_else(|| defaults.get_str("options")).cloned(),
            });
        }
        (entries, None)
    }

    fn check_unique(&self, entries: &[Entry], name: &str) -> Result<(), LookupError> {
        if !entries.iter().any(|entry| *entry.name == *name) {
            return Ok(());
        }
        let is_definition = |line: &str| {
            let Some((before, after)) = line.split_once("name:") else { return false };
            let value = after.trim_start_matches([' ', '\t']);
            let value = value.strip_prefix(['\'', '"']).unwrap_or(value);
            let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
            before.ends_with([' ', '\t']) && value.strip_prefix(name).is_some_and(ends)
        };
        let first = self.line(1, is_definition);
        let second = first.and_then(|first| self.line(first + 1, is_definition));
        let mut message = format!("Hierarchy name '{name}' defined more than once.");
        if let (Some(first), Some(_)) = (first, second) {
            message.push_str(&format!(" First defined at (line: {first})"));
        }
        Err(self.fail("HIERA_HIERARCHY_NAME_MULTIPLY_DEFINED", message, second.or(first)))
    }

    pub(super) fn read_v4(&mut self, config: &Hash) -> Result<(), LookupError> {
        self.check_type(&V4, &Value::hash(config.clone()))?;
        let default_datadir = text(config, "datadir").unwrap_or_else(|| DEFAULT_DATADIR.into());
        let fallback = [Value::hash(Hash::from_iter([("name", "common"), ("backend", "yaml")]))];
        let list = config.get_str("hierarchy").and_then(Value::as_array).unwrap_or(&fallback);
        let mut entries: Vec<Entry> = Vec::with_capacity(list.len());
        for entry in list {
            let Value::Hash(entry) = entry else { continue };
            let name = text(entry, "name").unwrap_or_default();
            if let Err(error) = self.check_unique(&entries, &name) {
                self.broken[0] = Some(error);
                break;
            }
            let backend = text(entry, "backend").unwrap_or_default();
            let (function, extension) = match &*backend {
                "yaml" => ("yaml_data", ".yaml"),
                "json" => ("json_data", ".json"),
                "hocon" => ("hocon_data", ".conf"),
                other => {
                    let line = self.line(1, |line| line.contains(other));
                    let message = format!("No data provider is registered for backend '{other}'");
                    self.broken[0] = Some(self.fail("HIERA_NO_PROVIDER_FOR_BACKEND", message, line));
                    break;
                }
            };
            let paths = list_of(entry, "paths")
                .or_else(|| Some(vec![text(entry, "path")?]))
                .unwrap_or_else(|| vec![name.clone()]);
            let datadir = text(entry, "datadir").unwrap_or_else(|| default_datadir.clone());
            entries.push(Entry {
                name,
                kind: FunctionKind::DataHash,
                function: function.into(),
                datadir: join(&self.root, &datadir).into(),
                locations: Locations::Extended(paths, extension.into()),
                options: None,
            });
        }
        self.hierarchy = entries;
        Ok(())
    }
}

fn text(hash: &Hash, key: &str) -> Option<Str> {
    match hash.get_str(key) {
        Some(Value::Str(text)) => Some(text.clone()),
        _ => None,
    }
}

fn list_of(hash: &Hash, key: &str) -> Option<Vec<Str>> {
    let items = hash.get_str(key)?.as_array()?;
    Some(items.iter().filter_map(Value::as_str).map(Str::from).collect())
}

fn locations(entry: &Hash) -> Locations {
    let one = |key: &str| Some(vec![text(entry, key)?]);
    if let Some(paths) = one("path").or_else(|| list_of(entry, "paths")) {
        return Locations::Paths(paths);
    }
    if let Some(globs) = one("glob").or_else(|| list_of(entry, "globs")) {
        return Locations::Globs(globs);
    }
    if let Some(uris) = one("uri").or_else(|| list_of(entry, "uris")) {
        return Locations::Uris(uris);
    }
    match list_of(entry, "mapped_paths").as_deref() {
        Some([variable, name, template]) => {
            Locations::Mapped { variable: variable.clone(), name: name.clone(), template: template.clone() }
        }
        _ => Locations::None,
    }
}

fn count(hash: &Hash, keys: &[&str]) -> usize {
    keys.iter().filter(|key| hash.contains_str(key)).count()
}

fn reserved_option(holder: &Hash) -> Option<&'static str> {
    let options = holder.get_str("options")?.as_hash()?;
    RESERVED_OPTIONS.into_iter().find(|key| options.contains_str(key))
}

/// `a, b, or c`
fn or(words: &[&str]) -> String {
    match words {
        [rest @ .., last] if rest.len() > 1 => format!("{}, or {last}", rest.join(", ")),
        _ => words.join(" or "),
    }
}

fn optional(name: &str, value: Type) -> StructElement {
    StructElement { name: name.into(), optional: true, value }
}

fn required(name: &str, value: Type) -> StructElement {
    StructElement { name: name.into(), optional: false, value }
}

static V5: LazyLock<Type> = LazyLock::new(|| {
    let text = Type::non_empty_string;
    let some = || Type::array_sized(text(), Size::at_least(1));
    let options = || Type::hash_of(pattern("\\A[A-Za-z](:?[0-9A-Za-z_-]*[0-9A-Za-z])?\\z"), Type::Data);
    let hierarchy = || {
        Type::array_of(Type::structure(vec![
            required("name", text()),
            optional("options", options()),
            optional("data_hash", text()),
            optional("lookup_key", text()),
            optional("hiera3_backend", text()),
            optional("v4_data_hash", text()),
            optional("data_dig", text()),
            optional("path", text()),
            optional("paths", some()),
            optional("glob", text()),
            optional("globs", some()),
            optional("uri", text()),
            optional("uris", some()),
            optional("mapped_paths", Type::array_sized(text(), Size::new(3, 3))),
            optional("datadir", text()),
        ]))
    };
    Type::structure(vec![
        required("version", Type::Integer(5, 5)),
        optional(
            "defaults",
            Type::structure(vec![
                optional("data_hash", text()),
                optional("lookup_key", text()),
                optional("data_dig", text()),
                optional("datadir", text()),
                optional("options", options()),
            ]),
        ),
        optional("hierarchy", hierarchy()),
        optional("plan_hierarchy", hierarchy()),
        optional("default_hierarchy", hierarchy()),
    ])
});

static V4: LazyLock<Type> = LazyLock::new(|| {
    let text = Type::non_empty_string;
    let entry = Type::structure(vec![
        required("backend", text()),
        required("name", text()),
        optional("datadir", text()),
        optional("path", text()),
        optional("paths", Type::array_of(text())),
    ]);
    Type::structure(vec![
        required("version", Type::Integer(4, 4)),
        optional("datadir", text()),
        optional("hierarchy", Type::array_of(entry)),
    ])
});
