//! `[code-manager]`: where environments come from.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Duration;

/// `[code-manager]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[allow(missing_docs, reason = "documented in `keys::KEYS`")]
pub struct CodeManager {
    pub listen: String,
    pub authenticate_webhook: bool,
    pub webhook_secret_file: Option<PathBuf>,
    pub post_environment_hooks: Vec<PostEnvironmentHook>,
    pub deploy_ttl: Duration,
    pub timeouts_sync: Duration,
    pub timeouts_wait: Duration,
    pub timeouts_hook: Duration,
    pub timeouts_shutdown: Duration,
    pub r10k_config: Option<PathBuf>,
    pub remote: Option<String>,
    pub sources: BTreeMap<String, CodeSource>,
    pub cachedir: Option<PathBuf>,
    pub environmentdir: Option<PathBuf>,
    pub deploy_pool_size: usize,
    pub download_pool_size: usize,
    pub full_deploy: bool,
    pub check: bool,
    pub invalid_branches: String,
    pub purge_levels: Vec<String>,
    pub purge_allowlist: Vec<String>,
    pub exclude_spec: bool,
    pub timeouts_deploy: Duration,
    pub timeouts_fetch: Duration,
    pub proxy: Option<String>,
    pub forge_settings: ForgeSettings,
    pub git_settings: GitSettings,
}

/// `[code-manager.sources.NAME]`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[allow(missing_docs, reason = "r10k's documentation has them")]
pub struct CodeSource {
    pub remote: String,
    pub prefix: Option<Prefix>,
    pub strip_component: Option<String>,
    pub ignore_branch_prefixes: Vec<String>,
    pub filter_command: Option<String>,
    pub puppetfile_name: Option<String>,
}

/// What the names of a source's environments begin with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Prefix {
    /// The name of the source, or nothing.
    Flag(bool),
    /// This.
    Text(String),
}

/// `[code-manager.forge-settings]`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[allow(missing_docs, reason = "documented in `keys::KEYS`")]
pub struct ForgeSettings {
    pub baseurl: Option<String>,
    pub authorization_token_file: Option<PathBuf>,
    pub ca_file: Option<PathBuf>,
}

/// `[code-manager.git-settings]`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[allow(missing_docs, reason = "documented in `keys::KEYS`")]
pub struct GitSettings {
    pub private_key: Option<PathBuf>,
    pub oauth_token: Option<PathBuf>,
    pub username: Option<String>,
    pub github_app_id: Option<String>,
    pub github_app_key: Option<PathBuf>,
    pub github_app_ttl: Option<Duration>,
    pub proxy: Option<String>,
    pub default_ref: Option<String>,
    pub repositories: Vec<GitRepository>,
}

/// `[[code-manager.git-settings.repositories]]`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[allow(missing_docs, reason = "documented in `keys::KEYS`")]
pub struct GitRepository {
    pub remote: String,
    pub private_key: Option<PathBuf>,
    pub oauth_token: Option<PathBuf>,
    pub username: Option<String>,
    pub github_app_id: Option<String>,
    pub github_app_key: Option<PathBuf>,
    pub github_app_ttl: Option<Duration>,
    pub proxy: Option<String>,
}

/// `[[code-manager.post-environment-hooks]]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[allow(missing_docs, reason = "documented in `keys::KEYS`")]
pub struct PostEnvironmentHook {
    pub url: String,
    #[serde(default)]
    pub use_client_ssl: bool,
}

impl Default for CodeManager {
    fn default() -> CodeManager {
        CodeManager {
            listen: "[::]:8170".into(),
            authenticate_webhook: true,
            webhook_secret_file: None,
            post_environment_hooks: Vec::new(),
            deploy_ttl: Duration::seconds(3_600),
            timeouts_sync: Duration::seconds(300),
            timeouts_wait: Duration::seconds(700),
            timeouts_hook: Duration::seconds(30),
            timeouts_shutdown: Duration::seconds(30),
            r10k_config: None,
            remote: None,
            sources: BTreeMap::new(),
            cachedir: None,
            environmentdir: None,
            deploy_pool_size: 2,
            download_pool_size: 4,
            full_deploy: false,
            check: true,
            invalid_branches: "error".into(),
            purge_levels: vec!["deployment".into(), "environment".into(), "puppetfile".into()],
            purge_allowlist: Vec::new(),
            exclude_spec: true,
            timeouts_deploy: Duration::seconds(600),
            timeouts_fetch: Duration::seconds(300),
            proxy: None,
            forge_settings: ForgeSettings::default(),
            git_settings: GitSettings::default(),
        }
    }
}
