//! hiera.yaml, version 5 (and 4, as modules of old have it, and 3, as the global layer of old).
//!
//! Parsing yields a [`Config`] that is checked but not yet resolved: paths still contain `%{...}`.

mod validate;
mod version3;

use std::sync::Arc;

use pcore::{Hash, Str, Value};

use crate::LookupError;
use crate::host::FunctionKind;
use crate::merge::Strategy;
use crate::source::parent;
pub(crate) use version3::DEFAULT_DATADIR as DEFAULT_DATADIR_3;

/// The name of the file.
pub(crate) const FILE_NAME: &str = "hiera.yaml";

/// The issue of a version 3 file below the global layer; unless strict, it is only ignored.
pub(crate) const VERSION_3_NOT_GLOBAL: &str = "HIERA_VERSION_3_NOT_GLOBAL";

/// The layer a configuration belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    Global,
    Environment,
    Module(Str),
}

impl Place {
    /// As explanations name it.
    pub(crate) fn label(&self) -> String {
        match self {
            Place::Global => "Global Data Provider".to_owned(),
            Place::Environment => "Environment Data Provider".to_owned(),
            Place::Module(name) => format!("Module \"{name}\" Data Provider"),
        }
    }

    pub(crate) fn module(&self) -> Option<&Str> {
        match self {
            Place::Module(name) => Some(name),
            _ => None,
        }
    }
}

/// A parsed hiera.yaml.
#[derive(Debug)]
pub(crate) struct Config {
    /// The file; `None` for the default that holds without one.
    pub(crate) path: Option<Str>,
    /// The folder that relative paths start from.
    pub(crate) root: Str,
    /// The version.
    pub(crate) version: i64,
    /// Entries in order of priority.
    pub(crate) hierarchy: Vec<Entry>,
    /// The hierarchy asked last; modules only.
    pub(crate) default_hierarchy: Option<Vec<Entry>>,
    /// What is wrong after the last entry of the one and the other hierarchy. It comes up where they are used, after
    /// what the entries before it give rise to.
    pub(crate) broken: [Option<LookupError>; 2],
    /// How `hiera_hash` merges (version 3).
    pub(crate) merge: Strategy,
    /// What is to be logged when the file is used.
    pub(crate) warning: Option<String>,
    /// The text, to find lines for messages, and for backends of version 3.
    pub(crate) text: Arc<str>,
}

/// An entry of a hierarchy.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) name: Str,
    pub(crate) kind: FunctionKind,
    pub(crate) function: Str,
    /// Absolute, perhaps with `%{...}`; empty for the default of version 3.
    pub(crate) datadir: Str,
    pub(crate) locations: Locations,
    /// A hash, perhaps with `%{...}`; `None` if there are none.
    pub(crate) options: Option<Value>,
}

/// Where an entry has its data.
#[derive(Debug)]
pub(crate) enum Locations {
    /// Nowhere in particular.
    None,
    Paths(Vec<Str>),
    /// Paths that get an extension where they lack it (versions 3 and 4).
    Extended(Vec<Str>, Str),
    Globs(Vec<Str>),
    Uris(Vec<Str>),
    /// A variable, the name that each of its elements gets, and a path with that name in it.
    Mapped {
        variable: Str,
        name: Str,
        template: Str,
    },
}

/// Whether the text of the hiera.yaml at a path, of an environment or of the module of this name, can be used.
///
/// # Errors
/// It cannot, with Puppet's message.
pub fn check(path: &str, text: &str, module: Option<&str>) -> Result<(), LookupError> {
    let place = module.map_or(Place::Environment, |module| Place::Module(module.into()));
    parse(&place, path, text.to_owned()).map(|_| ())
}

/// Parses and checks a configuration.
pub(crate) fn parse(place: &Place, path: &str, text: String) -> Result<Config, LookupError> {
    let value = pcore::yaml::load(&text, path).map_err(|error| LookupError::plain(error.to_string()))?;
    let mut config = Config {
        path: Some(path.into()),
        root: parent(path).into(),
        version: 0,
        hierarchy: Vec::new(),
        default_hierarchy: None,
        broken: [None, None],
        merge: Strategy::Default,
        warning: None,
        text: text.into(),
    };
    // No hash (an empty file, say) counts as version 3 without settings.
    if !matches!(value, Value::Hash(_)) {
        config.warning = Some(format!(
            "{path}: File exists but does not contain a valid YAML hash. Falling back to Hiera version 3 default config"
        ));
    }
    let settings = value.as_hash().cloned().unwrap_or_default();
    config.version = version(&settings);
    let version = config.version;
    config.read(place, &settings).map_err(|error| LookupError { version: Some(version), ..error })?;
    Ok(config)
}

fn version(hash: &Hash) -> i64 {
    match hash.get_str("version").or_else(|| hash.get_str(":version")) {
        None | Some(Value::Undef) => 3,
        Some(Value::Int(number)) => *number,
        #[expect(clippy::cast_possible_truncation, reason = "Ruby's to_i cuts off too")]
        Some(Value::Float(number)) => *number as i64,
        Some(other) => {
            let text = other.as_str().unwrap_or_default().trim_start();
            let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
            text.get(..digits).and_then(|digits| digits.parse().ok()).unwrap_or(0)
        }
    }
}

impl Config {
    fn read(&mut self, place: &Place, settings: &Hash) -> Result<(), LookupError> {
        match self.version {
            5 => self.read_v5(place, settings),
            4 if *place == Place::Global => {
                self.read_v4(settings)?;
                let message = "hiera.yaml version 4 cannot be used in the global layer";
                Err(self.fail("HIERA_UNSUPPORTED_VERSION_IN_GLOBAL", message, None))
            }
            4 => self.read_v4(settings),
            3 if *place == Place::Global => self.read_v3(settings),
            3 => {
                self.read_v3(settings)?;
                let place = if *place == Place::Environment { "an environment" } else { "a module" };
                let message = format!("hiera.yaml version 3 cannot be used in {place}");
                Err(self.fail(VERSION_3_NOT_GLOBAL, message, None))
            }
            other => {
                let message = format!("This runtime does not support hiera.yaml version {other}");
                Err(self.fail("HIERA_UNSUPPORTED_VERSION", message, None))
            }
        }
    }

    /// What holds for the global layer when it has no hiera.yaml; nothing if there is not even a place for one.
    pub(crate) fn without_file(path: &str) -> Config {
        let root = parent(path);
        let common = Entry {
            name: "Common".into(),
            kind: FunctionKind::DataHash,
            function: "yaml_data".into(),
            datadir: crate::source::join(root, "data").into(),
            locations: Locations::Paths(vec!["common.yaml".into()]),
            options: None,
        };
        Config {
            path: None,
            root: root.into(),
            version: 5,
            hierarchy: if path.is_empty() { Vec::new() } else { vec![common] },
            default_hierarchy: None,
            broken: [None, None],
            merge: Strategy::Default,
            warning: None,
            text: "".into(),
        }
    }

    /// What `data_provider: function` of old stands for.
    pub(crate) fn of_function(root: &str, function: &str) -> Config {
        let entry = Entry {
            name: format!("Legacy function '{function}'").into(),
            kind: FunctionKind::LegacyDataHash,
            function: function.into(),
            datadir: crate::source::join(root, "data").into(),
            locations: Locations::None,
            options: None,
        };
        Config { root: root.into(), hierarchy: vec![entry], ..Config::without_file("") }
    }

    /// The name, as explanations show it.
    pub(crate) fn label(&self) -> String {
        format!("hiera configuration version {}", self.version)
    }

    /// An issue of this file.
    pub(crate) fn fail(
        &self,
        code: &'static str,
        message: impl Into<String>,
        line: Option<usize>,
    ) -> LookupError {
        LookupError::issue(code, message.into(), self.path.as_deref(), line)
    }

    /// The first line from `start` on whose text before a `#` satisfies the test.
    pub(crate) fn line(&self, start: usize, test: impl Fn(&str) -> bool) -> Option<usize> {
        let uncommented = |line: &str| test(line.split('#').next().unwrap_or_default());
        self.text
            .lines()
            .zip(1..)
            .find(|(line, number)| *number >= start && uncommented(line))
            .map(|(_, n)| n)
    }

    /// The error for a variable in this file that does not exist.
    pub(crate) fn undefined_variable(&self, name: &str) -> LookupError {
        let quotes = ["", "'", "\""];
        let line = self.line(1, |line| {
            quotes
                .iter()
                .any(|open| quotes.iter().any(|close| line.contains(&format!("%{{{open}{name}{close}}}"))))
        });
        self.fail("HIERA_UNDEFINED_VARIABLE", format!("Undefined variable '{name}'"), line)
    }
}
