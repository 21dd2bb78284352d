//! `puppet.conf`: the settings people already have, read where Puppet reads them.
//!
//! Format (Puppet's `settings/config_file.rb`): sections in brackets, `name = value`, comments from `#` at the start of a
//! line, values with `$name` and `${name}` references to other settings, an optional `{owner = .., mode = ..}` suffix that
//! concerns only Puppet's own file management. Sections `[main]`, `[server]` (once `[master]`) apply to a server, the
//! latter first.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

const DEFAULTS: &str = include_str!("puppet_settings.tsv");

/// References may nest; a cycle ends here.
const EXPANSIONS_MAX: usize = 20;

/// Values of all settings for a server: the file's, else Puppet's defaults.
#[derive(Clone, Debug)]
pub struct PuppetConf {
    /// The file that was read, if there was one.
    pub path: Option<PathBuf>,
    values: BTreeMap<String, Setting>,
}

#[derive(Clone, Debug)]
struct Setting {
    kind: Kind,
    default: Option<String>,
    configured: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Text,
    Bool,
    Int,
    Duration,
    List,
}

/// A setting as the language sees it (`$settings::name`).
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "named after the value")]
pub enum SettingValue {
    Undef,
    Bool(bool),
    Int(i64),
    Text(String),
    List(Vec<String>),
}

impl PuppetConf {
    /// All defaults.
    pub fn defaults() -> PuppetConf {
        let values = DEFAULTS
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| {
                let mut fields = line.splitn(3, '\t');
                let (name, kind, default) = (fields.next()?, fields.next()?, fields.next()?);
                let kind = match kind {
                    "bool" => Kind::Bool,
                    "int" => Kind::Int,
                    "duration" => Kind::Duration,
                    "list" => Kind::List,
                    _ => Kind::Text,
                };
                let default = (default != "-").then(|| default.to_owned());
                Some((name.to_owned(), Setting { kind, default, configured: None }))
            })
            .collect();
        PuppetConf { path: None, values }
    }

    /// The settings of a file over the defaults. Unknown names are kept, as Puppet does, since modules define their own.
    pub fn load(path: &Path) -> anyhow::Result<PuppetConf> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("could not read {}", path.display()))?;
        let mut conf = PuppetConf::defaults();
        conf.path = Some(path.to_owned());
        conf.apply(&text).with_context(|| format!("could not parse {}", path.display()))?;
        Ok(conf)
    }

    /// Sets a value that wins over file and default.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        let value = Some(value.into());
        match self.values.get_mut(name) {
            Some(setting) => setting.configured = value,
            None => {
                let setting = Setting { kind: Kind::Text, default: None, configured: value };
                self.values.insert(name.to_owned(), setting);
            }
        }
    }

    /// The value of a setting with references resolved; `None` when it has none.
    pub fn get(&self, name: &str) -> Option<String> {
        self.expanded(name, 0)
    }

    /// The value if the file sets it, with references resolved.
    pub fn configured(&self, name: &str) -> Option<String> {
        self.values.get(name)?.configured.as_ref().map(|raw| self.expand(raw, 0))
    }

    /// A setting that is a path.
    pub fn path_of(&self, name: &str) -> Option<PathBuf> {
        self.get(name).filter(|text| !text.is_empty()).map(PathBuf::from)
    }

    /// A setting that is a list of paths separated by `:`.
    pub fn paths_of(&self, name: &str) -> Vec<PathBuf> {
        let text = self.get(name).unwrap_or_default();
        text.split(':').filter(|part| !part.is_empty()).map(PathBuf::from).collect()
    }

    /// A setting that is true or false.
    pub fn flag(&self, name: &str) -> bool {
        self.get(name).is_some_and(|text| text.trim().eq_ignore_ascii_case("true"))
    }

    /// A duration in seconds; `None` when unset or `unlimited`.
    pub fn seconds(&self, name: &str) -> Option<u64> {
        parse_duration(&self.get(name)?)
    }

    /// Every setting with its value, by name.
    pub fn all(&self) -> impl Iterator<Item = (&str, SettingValue)> {
        self.values.iter().map(|(name, setting)| {
            let value = match (self.get(name), setting.kind) {
                (None, _) => SettingValue::Undef,
                (Some(text), Kind::Bool) => SettingValue::Bool(text.trim().eq_ignore_ascii_case("true")),
                (Some(text), Kind::Int) => match text.trim().parse() {
                    Ok(number) => SettingValue::Int(number),
                    Err(_) => SettingValue::Text(text),
                },
                (Some(text), Kind::Duration) => match parse_duration(&text) {
                    Some(seconds) => SettingValue::Int(seconds as i64),
                    None => SettingValue::Text(text),
                },
                (Some(text), Kind::List) => SettingValue::List(
                    text.split(',')
                        .map(|item| item.trim().to_owned())
                        .filter(|item| !item.is_empty())
                        .collect(),
                ),
                (Some(text), Kind::Text) => SettingValue::Text(text),
            };
            (name.as_str(), value)
        })
    }

    fn apply(&mut self, text: &str) -> anyhow::Result<()> {
        let mut section = "main".to_owned();
        let mut entries: Vec<(String, String, String)> = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                section = name.trim().to_owned();
                continue;
            }
            let Some((name, value)) = line.split_once('=') else {
                bail!(
                    "line {}: expected a [section], a comment or `name = value`, found `{line}`",
                    index + 1
                );
            };
            let value = value.trim();
            let value = match value.find('{') {
                Some(at) if value.ends_with('}') && !value[..at].ends_with('$') => value[..at].trim_end(),
                _ => value,
            };
            entries.push((section.clone(), name.trim().to_owned(), value.to_owned()));
        }
        for wanted in ["main", "master", "server"] {
            for (_, name, value) in entries.iter().filter(|(section, ..)| section == wanted) {
                self.set(name, value);
            }
        }
        Ok(())
    }

    fn expanded(&self, name: &str, depth: usize) -> Option<String> {
        let setting = self.values.get(name)?;
        let raw = setting.configured.as_ref().or(setting.default.as_ref())?;
        Some(self.expand(raw, depth))
    }

    fn expand(&self, raw: &str, depth: usize) -> String {
        if depth >= EXPANSIONS_MAX || !raw.contains('$') {
            return raw.to_owned();
        }
        let mut out = String::with_capacity(raw.len());
        let mut rest = raw;
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            let after = &rest[at + 1..];
            let (name, tail) = match after.strip_prefix('{') {
                Some(braced) => match braced.split_once('}') {
                    Some((name, tail)) => (name, tail),
                    None => ("", after),
                },
                None => {
                    let end =
                        after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(after.len());
                    after.split_at(end)
                }
            };
            match self.expanded(name, depth + 1) {
                Some(value) if !name.is_empty() => out.push_str(&value),
                // `$environment` in a path is filled in for each environment; leave what is not a setting.
                _ => {
                    out.push('$');
                    out.push_str(&after[..after.len() - tail.len()]);
                }
            }
            rest = tail;
        }
        out.push_str(rest);
        out
    }
}

/// Seconds of a Puppet duration: a number with an optional unit `s m h d y`; `None` for anything else.
pub fn parse_duration(text: &str) -> Option<u64> {
    let text = text.trim();
    let (number, unit) = match text.char_indices().last() {
        Some((at, unit)) if unit.is_ascii_alphabetic() => (&text[..at], unit),
        _ => (text, 's'),
    };
    let factor = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'y' => 365 * 86_400,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conf(text: &str) -> PuppetConf {
        let mut conf = PuppetConf::defaults();
        conf.apply(text).unwrap();
        conf
    }

    #[test]
    fn server_section_wins_over_main_and_references_resolve() {
        let conf = conf(
            "[server]\nssldir = /srv/$certname/ssl {owner = service}\n[main]\n# no\ncertname = a.example\nssldir = /x\n",
        );
        assert_eq!(conf.get("ssldir").unwrap(), "/srv/a.example/ssl");
        assert_eq!(conf.get("hostcert").unwrap(), "/srv/a.example/ssl/certs/a.example.pem");
        assert_eq!(conf.get("ca_name").unwrap(), "Puppet CA: a.example");
    }

    #[test]
    fn a_cycle_of_references_ends() {
        let conf = conf("[main]\nvardir = $confdir/x\nconfdir = $vardir/y\n");
        assert!(conf.get("vardir").unwrap().len() < 1000);
    }

    #[test]
    fn a_line_that_is_no_setting_is_refused_with_its_number() {
        let error = PuppetConf::defaults().apply("[main]\nnonsense\n").unwrap_err();
        assert!(error.to_string().contains("line 2"), "{error}");
    }

    #[test]
    fn values_have_the_kind_the_language_sees() {
        let conf = conf("[main]\nca_ttl = 2d\nnoop = true\nserverport = 9140\n");
        let all: BTreeMap<_, _> = conf.all().collect();
        assert_eq!(all["ca_ttl"], SettingValue::Int(172_800));
        assert_eq!(all["noop"], SettingValue::Bool(true));
        assert_eq!(all["maxwaitforcert"], SettingValue::Text("unlimited".into()));
        assert_eq!(all["modulepath"], SettingValue::Text(String::new()));
        assert_eq!(all["priority"], SettingValue::Undef);
        assert_eq!(
            all["supported_checksum_types"],
            SettingValue::List(["sha256", "sha384", "sha512", "sha224", "md5"].map(String::from).to_vec())
        );
    }
}
