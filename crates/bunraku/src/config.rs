//! The configuration: one file, one typed tree, read once and passed down.
//!
//! `bunraku.toml` holds what is ours. Where Puppet has a file for something (`puppet.conf`, `hiera.yaml`, `environment.conf`,
//! `autosign.conf`, `auth.conf`, `fileserver.conf`, `csr_attributes.yaml`), that file is read, so that a tree that served a Puppet
//! server can be served as it is. A key that is set here wins over `puppet.conf`, which wins over the default.
//!
//! Every key stands in [`keys::KEYS`] with its default and its meaning; the commented example file (`bunraku config example`)
//! and the check for unknown keys come from that table, and a test holds it against the types below.

mod code_manager;
pub mod keys;
pub mod puppet_conf;
mod site;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};

pub use code_manager::{
    CodeManager, CodeSource, ForgeSettings, GitRepository, GitSettings, PostEnvironmentHook, Prefix,
};
pub use puppet_conf::PuppetConf;
pub use site::Site;
pub(crate) use site::link;

/// Where the configuration is looked for when no path is given.
pub const DEFAULT_PATH: &str = "/etc/bunraku/bunraku.toml";

/// Contents of `bunraku.toml`. Absent optional keys are taken from `puppet.conf`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[allow(missing_docs, reason = "documented key by key in `keys::KEYS`, which users read")]
pub struct Config {
    pub certname: Option<String>,
    pub confdir: Option<PathBuf>,
    pub data_dir: Option<PathBuf>,
    pub listen: Listen,
    pub code: Code,
    pub compile: Compile,
    pub ruby: Ruby,
    pub ca: Ca,
    pub puppetdb: Puppetdb,
    pub compiler: Compiler,
    pub file_sync: FileSync,
    pub code_manager: CodeManager,
    pub gate: Gate,
    pub auth: Auth,
    pub metrics: Metrics,
    pub log: Log,
}

/// `[listen]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[allow(missing_docs, reason = "documented in `keys::KEYS`")]
pub struct Listen {
    pub address: String,
    pub max_connections: usize,
    pub max_header_bytes: usize,
    pub max_body_bytes: usize,
    pub handshake_timeout: Duration,
    pub header_timeout: Duration,
    pub write_timeout: Duration,
    pub shutdown_timeout: Duration,
    pub drain_time: Option<Duration>,
}

/// `[code]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[allow(missing_docs, reason = "documented in `keys::KEYS`")]
pub struct Code {
    pub environmentpath: Option<Vec<PathBuf>>,
    pub basemodulepath: Option<Vec<PathBuf>>,
    pub hiera_config: Option<PathBuf>,
    pub check_interval: Duration,
    pub code_id_command: Option<PathBuf>,
    pub code_content_command: Option<PathBuf>,
}

/// `[compile]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[allow(missing_docs, reason = "documented in `keys::KEYS`")]
pub struct Compile {
    pub workers: usize,
    pub max_queued_requests: usize,
    pub max_retry_delay: Duration,
    pub timeout: Duration,
    pub max_steps: u64,
    pub max_memory: u64,
    pub max_resources: usize,
    pub memo_bytes: u64,
    pub memo_verify_every: u64,
    pub strict: Option<String>,
    pub strict_variables: Option<bool>,
    pub track_lookups: Option<bool>,
}

/// `[ruby]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[allow(missing_docs, reason = "documented in `keys::KEYS`")]
pub struct Ruby {
    pub interpreter: Option<PathBuf>,
    pub workers: usize,
    pub memory_bytes: u64,
    pub timeout: Duration,
    pub network: bool,
    pub files_bytes: u64,
}

/// `[ca]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[allow(missing_docs, reason = "documented in `keys::KEYS`")]
pub struct Ca {
    pub dir: Option<PathBuf>,
    pub key_type: Option<String>,
    pub key_length: Option<u32>,
    pub ttl: Option<Duration>,
    pub autosign: Option<String>,
    pub allow_duplicate_certs: Option<bool>,
    pub allow_subject_alt_names: bool,
    pub allow_authorization_extensions: bool,
    pub allow_auto_renewal: bool,
    pub auto_renewal_cert_ttl: Duration,
    pub enable_infra_crl: bool,
}

/// `[puppetdb]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[allow(missing_docs, reason = "documented in `keys::KEYS`")]
pub struct Puppetdb {
    pub listen: String,
    pub http_listen: String,
    pub certificate_allowlist: Option<PathBuf>,
    pub certificate_allowlist_read_only: Option<PathBuf>,
    pub database_url: Option<String>,
    pub database_username: Option<String>,
    pub database_password_file: Option<PathBuf>,
    pub database_ca: Option<PathBuf>,
    pub database_connections: usize,
    pub command_threads: usize,
    pub max_command_size: u64,
    pub max_queued_commands: usize,
    pub max_queued_bytes: u64,
    pub facts_blocklist: Vec<String>,
    pub facts_blocklist_type: String,
    pub node_ttl: Duration,
    pub node_purge_ttl: Duration,
    pub node_purge_gc_batch_limit: usize,
    pub report_ttl: Duration,
    pub resource_events_ttl: Option<Duration>,
    pub gc_interval: Duration,
    pub query_timeout_default: Duration,
    pub query_timeout_max: Duration,
    pub log_queries: bool,
}

/// `[compiler]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[allow(missing_docs, reason = "documented in `keys::KEYS`")]
pub struct Compiler {
    pub primary: Option<String>,
    pub store_url: Option<String>,
    pub crl_interval: Duration,
    pub crl_max_age: Duration,
    pub clock_tolerance: Duration,
}

/// `[file-sync]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[allow(missing_docs, reason = "documented in `keys::KEYS`")]
pub struct FileSync {
    pub enabled: Option<bool>,
    pub data_dir: Option<PathBuf>,
    pub staging_dir: Option<PathBuf>,
    pub live_dir: Option<PathBuf>,
    pub poll_interval: Duration,
    pub versioned_dirs_ttl: Duration,
    pub enable_forceful_sync: bool,
    pub max_code_age: Duration,
    pub preserve_deleted_submodules: bool,
    pub prune: bool,
    pub keep_versions: usize,
    pub keep_versions_for: Duration,
}

/// `[gate]`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[allow(missing_docs, reason = "documented in `keys::KEYS`")]
pub struct Gate {
    pub max_changed: Option<Changed>,
    pub protected: Vec<String>,
    pub fail_on_error: bool,
}

/// A number of nodes, or a share of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[allow(missing_docs, reason = "two forms of one value")]
pub enum Changed {
    Nodes(u64),
    Text(String),
}

/// `[auth]`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[allow(missing_docs, reason = "documented in `keys::KEYS`")]
pub struct Auth {
    pub file: Option<PathBuf>,
    pub allow_header_cert_info: bool,
    pub compilers: Vec<String>,
}

/// `[metrics]`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[allow(missing_docs, reason = "documented in `keys::KEYS`")]
pub struct Metrics {
    pub listen: String,
    pub allow: Vec<String>,
}

/// `[log]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[allow(missing_docs, reason = "documented in `keys::KEYS`")]
pub struct Log {
    pub level: String,
    pub format: LogFormat,
    pub access: Option<PathBuf>,
    pub access_format: AccessFormat,
}

/// How lines of the access log look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the names say it")]
pub enum AccessFormat {
    Combined,
    Json,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the names say it")]
pub enum LogFormat {
    Text,
    Json,
}

/// A duration written as Puppet writes them: a number with `s`, `m`, `h`, `d` or `y`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Duration(pub std::time::Duration);

impl Duration {
    const fn seconds(seconds: u64) -> Duration {
        Duration(std::time::Duration::from_secs(seconds))
    }
}

impl TryFrom<String> for Duration {
    type Error = String;
    fn try_from(text: String) -> Result<Duration, String> {
        puppet_conf::parse_duration(&text).map(Duration::seconds).ok_or_else(|| {
            format!("`{text}` is not a duration; write a number and one of s, m, h, d, y, such as \"90s\"")
        })
    }
}

impl From<Duration> for String {
    fn from(duration: Duration) -> String {
        let seconds = duration.0.as_secs();
        for (unit, factor) in [("d", 86_400), ("h", 3_600), ("m", 60)] {
            if seconds > 0 && seconds.is_multiple_of(factor) {
                return format!("{}{unit}", seconds / factor);
            }
        }
        format!("{seconds}s")
    }
}

impl Default for Listen {
    fn default() -> Listen {
        Listen {
            address: "[::]:8140".into(),
            max_connections: 20_000,
            max_header_bytes: 32 * 1024,
            max_body_bytes: 32 * 1024 * 1024,
            handshake_timeout: Duration::seconds(10),
            header_timeout: Duration::seconds(30),
            write_timeout: Duration::seconds(60),
            shutdown_timeout: Duration::seconds(60),
            drain_time: None,
        }
    }
}

impl Default for Code {
    fn default() -> Code {
        Code {
            environmentpath: None,
            basemodulepath: None,
            hiera_config: None,
            check_interval: Duration::seconds(1),
            code_id_command: None,
            code_content_command: None,
        }
    }
}

impl Default for Ruby {
    fn default() -> Ruby {
        Ruby {
            interpreter: None,
            workers: 0,
            memory_bytes: 1 << 30,
            timeout: Duration::seconds(30),
            network: false,
            files_bytes: 64 << 20,
        }
    }
}

impl Default for Compile {
    fn default() -> Compile {
        Compile {
            workers: 0,
            max_queued_requests: 1_000,
            max_retry_delay: Duration::seconds(1_800),
            timeout: Duration::seconds(300),
            max_steps: 2_000_000_000,
            max_memory: 2 * 1024 * 1024 * 1024,
            max_resources: 1_000_000,
            memo_bytes: 256 * 1024 * 1024,
            memo_verify_every: 1_000,
            strict: None,
            strict_variables: None,
            track_lookups: None,
        }
    }
}

impl Default for Ca {
    fn default() -> Ca {
        Ca {
            dir: None,
            key_type: None,
            key_length: None,
            ttl: None,
            autosign: None,
            allow_duplicate_certs: None,
            allow_subject_alt_names: false,
            allow_authorization_extensions: false,
            allow_auto_renewal: false,
            auto_renewal_cert_ttl: Duration::seconds(90 * 86_400),
            enable_infra_crl: false,
        }
    }
}

impl Default for Puppetdb {
    fn default() -> Puppetdb {
        Puppetdb {
            listen: "[::]:8081".into(),
            http_listen: String::new(),
            certificate_allowlist: None,
            certificate_allowlist_read_only: None,
            database_url: None,
            database_username: None,
            database_password_file: None,
            database_ca: None,
            database_connections: 25,
            command_threads: 0,
            max_command_size: 128 * 1024 * 1024,
            max_queued_commands: 100_000,
            max_queued_bytes: 8 * 1024 * 1024 * 1024,
            facts_blocklist: Vec::new(),
            facts_blocklist_type: "literal".into(),
            node_ttl: Duration::seconds(7 * 86_400),
            node_purge_ttl: Duration::seconds(14 * 86_400),
            node_purge_gc_batch_limit: 25,
            report_ttl: Duration::seconds(14 * 86_400),
            resource_events_ttl: None,
            gc_interval: Duration::seconds(3_600),
            query_timeout_default: Duration::seconds(600),
            query_timeout_max: Duration::seconds(600),
            log_queries: false,
        }
    }
}

impl Default for FileSync {
    fn default() -> FileSync {
        FileSync {
            enabled: None,
            data_dir: None,
            staging_dir: None,
            live_dir: None,
            poll_interval: Duration::seconds(5),
            versioned_dirs_ttl: Duration::seconds(30 * 60),
            enable_forceful_sync: true,
            max_code_age: Duration::seconds(10 * 60),
            preserve_deleted_submodules: false,
            prune: false,
            keep_versions: 50,
            keep_versions_for: Duration::seconds(30 * 86_400),
        }
    }
}

impl Default for Compiler {
    fn default() -> Compiler {
        Compiler {
            primary: None,
            store_url: None,
            crl_interval: Duration::seconds(60),
            crl_max_age: Duration::seconds(86_400),
            clock_tolerance: Duration::seconds(60),
        }
    }
}

impl Default for Log {
    fn default() -> Log {
        Log {
            level: "info".into(),
            format: LogFormat::Text,
            access: None,
            access_format: AccessFormat::Combined,
        }
    }
}

impl Config {
    /// Reads a configuration file. Without a path, [`DEFAULT_PATH`] is read if it exists.
    pub fn load(path: Option<&Path>) -> anyhow::Result<Config> {
        let path = match path {
            Some(path) => path,
            None if Path::new(DEFAULT_PATH).exists() => Path::new(DEFAULT_PATH),
            None => return Ok(Config::default()),
        };
        let text =
            std::fs::read_to_string(path).with_context(|| format!("could not read {}", path.display()))?;
        Config::parse(&text).with_context(|| format!("{} is not valid", path.display()))
    }

    /// Reads the text of a configuration file; unknown keys are refused with the nearest known one.
    pub fn parse(text: &str) -> anyhow::Result<Config> {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| anyhow::anyhow!("{error}"))?;
        keys::refuse_unknown(&table)?;
        let config: Config = toml::from_str(text).map_err(|error| anyhow::anyhow!("{error}"))?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> anyhow::Result<()> {
        if let Some(strict) = &self.compile.strict
            && !["off", "warning", "error"].contains(&strict.as_str())
        {
            bail!("compile.strict: `{strict}` is not one of off, warning, error");
        }
        let blocklist = self.puppetdb.facts_blocklist_type.as_str();
        if !["literal", "regex"].contains(&blocklist) {
            bail!("puppetdb.facts-blocklist-type: `{blocklist}` is not one of literal, regex");
        }
        if let Some(key_type) = &self.ca.key_type
            && !["rsa", "ec"].contains(&key_type.as_str())
        {
            bail!("ca.key-type: `{key_type}` is not one of rsa, ec");
        }
        if let Some(length) = self.ca.key_length
            && ![2048, 3072, 4096, 8192].contains(&length)
        {
            bail!("ca.key-length: {length} is not one of 2048, 3072, 4096, 8192");
        }
        if let Some(name) = &self.certname
            && name.to_lowercase() != *name
        {
            bail!("certname: `{name}` must be lower case, as certificate names are");
        }
        Ok(())
    }
}

/// Names of the environments in a directory of the environment path, sorted. Other names are not environments.
pub fn environments(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(dir)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .filter(|entry| entry.path().is_dir())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
        .collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_uncommented_is_the_default() {
        let text: String = keys::example()
            .lines()
            .filter_map(|line| match line.strip_prefix("#: ") {
                Some(setting) if !setting.ends_with("= \"\"") && !setting.ends_with("= []") => {
                    Some(format!("{setting}\n"))
                }
                _ if line.starts_with('[') => Some(format!("{line}\n")),
                _ => None,
            })
            .collect();
        assert_eq!(Config::parse(&text).unwrap(), Config::default());
    }

    #[test]
    fn every_documented_key_is_accepted_and_every_accepted_key_documented() {
        let fields = toml::Value::try_from(Config::default()).unwrap();
        let mut present = Vec::new();
        for (name, value) in fields.as_table().unwrap() {
            match value {
                toml::Value::Table(section) => {
                    present.extend(section.keys().map(|key| format!("{name}.{key}")))
                }
                _ => present.push(name.clone()),
            }
        }
        for key in present {
            assert!(keys::KEYS.iter().any(|known| known.path == key), "{key} is not documented");
        }
        for key in keys::KEYS {
            // An integer fits no key that wants text and the reverse; "unknown field" is the one error that must not come.
            let text = match key.path.split_once('.') {
                Some((section, name)) => format!("[{section}]\n{name} = -1\n"),
                None => format!("{} = -1\n", key.path),
            };
            if let Err(error) = toml::from_str::<Config>(&text) {
                assert!(!error.to_string().contains("unknown field"), "{}: {error}", key.path);
            }
        }
    }

    #[test]
    fn an_unknown_key_names_the_nearest() {
        let error = Config::parse("[listen]\nadress = 'x'\n").unwrap_err().to_string();
        assert_eq!(error, "unknown key `listen.adress`; did you mean `listen.address`?");
        let error = Config::parse("[lissten]\naddress = 'x'\n").unwrap_err().to_string();
        assert_eq!(error, "unknown section `[lissten]`; did you mean `[listen]`?");
    }

    #[test]
    fn a_bad_duration_says_how_to_write_one() {
        let error = Config::parse("[listen]\nwrite-timeout = 'soon'\n").unwrap_err().to_string();
        assert!(error.contains("`soon` is not a duration"), "{error}");
    }
}
