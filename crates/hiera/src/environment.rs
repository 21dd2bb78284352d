//! Where the layers of an environment are.
//!
//! Before hiera.yaml, `environment_data_provider` in environment.conf and `data_provider` in metadata.json said where data comes
//! from. Puppet 8 still follows them, with a warning.

use pcore::Str;
use rustc_hash::FxHashMap;

use crate::config::FILE_NAME;
use crate::source::{Source, join};

pub(crate) const METADATA: &str = "metadata.json";
pub(crate) const ENVIRONMENT_CONF: &str = "environment.conf";

/// The places of an environment that may hold data. Built once with the environment, shared by its compiles.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// Name.
    pub name: Str,
    /// Absolute path of the hiera.yaml of the global layer (setting `hiera_config`). It need not exist: then
    /// `data/common.yaml` beside it counts. Empty for no global layer at all.
    pub global: Str,
    /// Folder of the environment, which may contain a hiera.yaml.
    pub root: Option<Str>,
    /// `environment_data_provider` of its environment.conf.
    pub data_provider: Option<Str>,
    /// The folder of all code (setting `codedir`); hiera.yaml of version 3 has its data there unless it says otherwise.
    pub codedir: Str,
    /// Modules by name.
    pub modules: FxHashMap<Str, Module>,
}

/// A module.
#[derive(Clone, Debug)]
pub struct Module {
    /// Folder of the module.
    pub root: Str,
    /// Whether it contains a hiera.yaml.
    pub has_config: bool,
    /// `data_provider` of its metadata.json.
    pub data_provider: Option<Str>,
}

impl Module {
    /// Looks whether the module has data.
    pub fn new(root: impl Into<Str>, source: &dyn Source) -> Module {
        let root = root.into();
        let has_config = source.stat(&join(&root, FILE_NAME)).is_some();
        let data_provider = provider_of_module(&root, source);
        Module { root, has_config, data_provider }
    }
}

fn provider_of_module(root: &str, source: &dyn Source) -> Option<Str> {
    let text = source.read(&join(root, METADATA)).ok()?;
    // Hardly any module has it.
    let key = b"\"data_provider\"";
    if !text.windows(key.len()).any(|window| window == key) {
        return None;
    }
    let metadata = pcore::json::parse(&text).ok()?;
    metadata.as_hash()?.get_str("data_provider")?.as_str().map(Str::from)
}

/// The setting `environment_data_provider` of an environment's environment.conf.
pub fn provider_of_environment(root: &str, source: &dyn Source) -> Option<Str> {
    let text = source.read(&join(root, ENVIRONMENT_CONF)).ok()?;
    let text = String::from_utf8_lossy(&text);
    let setting = |line: &str| {
        let (name, value) = line.split_once('=')?;
        let value = value.split('#').next().unwrap_or_default().trim();
        let unquoted = |quote| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
        let value = unquoted('\'').or_else(|| unquoted('"')).unwrap_or(value);
        (name.trim() == "environment_data_provider" && !value.is_empty()).then(|| Str::from(value))
    };
    text.lines().filter_map(setting).next_back()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Disk;

    #[test]
    fn old_settings_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_str().unwrap();
        assert_eq!(provider_of_environment(root, &Disk), None);
        let conf = "modulepath = modules\nenvironment_data_provider = 'function' # old\n";
        std::fs::write(folder.path().join("environment.conf"), conf).unwrap();
        assert_eq!(provider_of_environment(root, &Disk), Some("function".into()));
        std::fs::write(folder.path().join("metadata.json"), r#"{"data_provider": "hiera"}"#).unwrap();
        assert_eq!(Module::new(root, &Disk).data_provider, Some("hiera".into()));
        std::fs::write(folder.path().join("metadata.json"), r#"{"data_provider": null}"#).unwrap();
        assert_eq!(Module::new(root, &Disk).data_provider, None);
    }
}
