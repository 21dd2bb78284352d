//! What a deploy is told: sources of environments, where things lie, and how far it may go.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Map, Value as Json, json};

use crate::process::without_passwords;

/// Name of the file that lists modules.
pub const PUPPETFILE: &str = "Puppetfile";
/// The public Forge.
pub const FORGE: &str = "https://forgeapi.puppet.com";

/// A text that never shows in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides a text.
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }

    /// The text.
    pub(crate) fn show(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

/// All settings.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where environments come from, by name; earlier ones first.
    pub sources: Vec<Source>,
    /// Where all environments are built, whatever the `basedir` of a source says.
    pub environments_dir: Option<PathBuf>,
    /// Copies of repositories, archives, and what is known of what was deployed.
    pub cachedir: PathBuf,
    /// The proxy for whatever has none of its own.
    pub proxy: Option<Secret>,
    /// Modules at a time.
    pub pool_size: usize,
    /// Look at every module, also those whose version is fixed and there.
    pub full_deploy: bool,
    /// Repositories.
    pub git: GitSettings,
    /// Where modules without a repository come from.
    pub forge: ForgeSettings,
    /// What is removed, among other things.
    pub deploy: DeploySettings,
    /// A command after each deploy; `$modifiedenvs` becomes the names of the environments.
    pub postrun: Vec<String>,
    /// How long an environment may take.
    pub deploy_timeout: Duration,
    /// How long one command of git, or one download, may take.
    pub fetch_timeout: Duration,
}

impl Settings {
    /// r10k's defaults with this directory for caches, and no sources.
    pub fn new(cachedir: impl Into<PathBuf>) -> Settings {
        Settings {
            sources: Vec::new(),
            environments_dir: None,
            cachedir: cachedir.into(),
            proxy: None,
            pool_size: 4,
            full_deploy: true,
            git: GitSettings::default(),
            forge: ForgeSettings::default(),
            deploy: DeploySettings::default(),
            postrun: Vec::new(),
            deploy_timeout: Duration::from_secs(600),
            fetch_timeout: Duration::from_secs(300),
        }
    }
}

impl Settings {
    /// What is set, for people. Without passwords and tokens.
    pub fn as_json(&self) -> Json {
        let text = |secret: &Option<Secret>| secret.as_ref().map(|secret| without_passwords(secret.show()));
        json!({
            "sources": self.sources.iter().map(|source| (source.name.clone(), source.as_json())).collect::<Map<_, _>>(),
            "environmentdir": self.environments_dir,
            "cachedir": self.cachedir,
            "proxy": text(&self.proxy),
            "pool_size": self.pool_size,
            "full_deploy": self.full_deploy,
            "deploy_timeout": self.deploy_timeout.as_secs(),
            "fetch_timeout": self.fetch_timeout.as_secs(),
            "postrun": self.postrun.iter().map(|word| without_passwords(word)).collect::<Vec<_>>(),
            "git": {
                "private_key": self.git.private_key,
                "oauth_token": self.git.oauth_token,
                "username": self.git.username,
                "github_app": self.git.github_app.as_ref().map(GithubApp::as_json),
                "proxy": text(&self.git.proxy),
                "default_ref": self.git.default_ref,
                "repositories": self.git.repositories.iter().map(|repository| json!({
                    "remote": without_passwords(&repository.remote),
                    "private_key": repository.private_key,
                    "oauth_token": repository.oauth_token,
                    "username": repository.username,
                    "github_app": repository.github_app.as_ref().map(GithubApp::as_json),
                    "proxy": text(&repository.proxy),
                })).collect::<Vec<_>>(),
            },
            "forge": {
                "baseurl": without_passwords(&self.forge.baseurl),
                "authorization_token": self.forge.authorization_token.as_ref().map(|_| "(hidden)"),
                "proxy": text(&self.forge.proxy),
                "allow_puppetfile_override": self.forge.allow_puppetfile_override,
            },
            "deploy": {
                "purge_levels": self.deploy.purge_levels.iter().map(|level| match level {
                    PurgeLevel::Deployment => "deployment",
                    PurgeLevel::Environment => "environment",
                    PurgeLevel::Puppetfile => "puppetfile",
                }).collect::<Vec<_>>(),
                "purge_allowlist": self.deploy.purge_allowlist,
                "write_lock": self.deploy.write_lock,
                "exclude_spec": self.deploy.exclude_spec,
            },
        })
    }
}

impl Source {
    fn as_json(&self) -> Json {
        let mut document = match &self.kind {
            SourceKind::Git { remote } => json!({"type": "git", "remote": without_passwords(remote)}),
            SourceKind::Yaml { config } => json!({"type": "yaml", "config": config}),
            SourceKind::YamlDir { config } => json!({"type": "yamldir", "config": config}),
            SourceKind::Exec { command } => json!({"type": "exec", "command": command}),
        };
        document["basedir"] = json!(self.basedir);
        document["prefix"] = json!(self.prefix);
        document["strip_component"] = match &self.strip_component {
            None => Json::Null,
            Some(Strip::Prefix(prefix)) => json!(prefix),
            Some(Strip::Pattern(pattern)) => json!(format!("/{}/", pattern.as_str())),
        };
        document["ignore_branch_prefixes"] = json!(self.ignore_branch_prefixes);
        document["filter_command"] = json!(self.filter_command.as_deref().map(without_passwords));
        document["invalid_branches"] = json!(match self.invalid_branches {
            InvalidBranches::Error => "error",
            InvalidBranches::Correct => "correct",
            InvalidBranches::CorrectAndWarn => "correct_and_warn",
        });
        document["puppetfile_name"] = json!(self.puppetfile_name);
        document
    }
}

/// A source of environments.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: SourceKind,
    /// Where its environments go.
    pub basedir: PathBuf,
    /// What the names of its environments begin with, `_` not included.
    pub prefix: Option<String>,
    /// What is taken away from the names of branches.
    pub strip_component: Option<Strip>,
    /// Branches that begin so are none.
    pub ignore_branch_prefixes: Vec<String>,
    /// A shell command that says by its exit code whether a branch is an environment.
    pub filter_command: Option<String>,
    /// What happens to names that are none of environments.
    pub invalid_branches: InvalidBranches,
    /// Name of the file that lists modules.
    pub puppetfile_name: String,
}

impl Source {
    /// A repository whose branches are environments, with r10k's defaults.
    pub fn git(name: impl Into<String>, remote: impl Into<String>, basedir: impl Into<PathBuf>) -> Source {
        Source {
            name: name.into(),
            kind: SourceKind::Git { remote: remote.into() },
            basedir: basedir.into(),
            prefix: None,
            strip_component: None,
            ignore_branch_prefixes: Vec::new(),
            filter_command: None,
            invalid_branches: InvalidBranches::CorrectAndWarn,
            puppetfile_name: PUPPETFILE.to_owned(),
        }
    }
}

/// Kinds of sources.
#[derive(Clone, PartialEq, Eq)]
pub enum SourceKind {
    /// Branches of a repository.
    Git {
        /// Its address.
        remote: String,
    },
    /// A file with a map of environments.
    Yaml {
        /// The file.
        config: PathBuf,
    },
    /// A directory with a file for each environment.
    YamlDir {
        /// The directory.
        config: PathBuf,
    },
    /// A command that prints a map of environments.
    Exec {
        /// The command.
        command: PathBuf,
    },
}

impl fmt::Debug for SourceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SourceKind::Git { remote } => write!(f, "Git({})", without_passwords(remote)),
            SourceKind::Yaml { config } => write!(f, "Yaml({})", config.display()),
            SourceKind::YamlDir { config } => write!(f, "YamlDir({})", config.display()),
            SourceKind::Exec { command } => write!(f, "Exec({})", command.display()),
        }
    }
}

/// What is taken away from names of branches.
#[derive(Clone, Debug)]
pub enum Strip {
    /// A beginning.
    Prefix(String),
    /// All matches.
    Pattern(regex::Regex),
}

/// What happens to branches whose name has characters that a name of an environment may not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InvalidBranches {
    /// They are refused.
    Error,
    /// The characters become `_`.
    Correct,
    /// The same, with a warning.
    #[default]
    CorrectAndWarn,
}

/// How repositories are reached.
#[derive(Clone, Debug, Default)]
pub struct GitSettings {
    /// Key for SSH.
    pub private_key: Option<PathBuf>,
    /// A file with a token for HTTPS.
    pub oauth_token: Option<PathBuf>,
    /// User for the token.
    pub username: Option<String>,
    /// The GitHub application that gets tokens, where none is in a file.
    pub github_app: Option<GithubApp>,
    /// Proxy for HTTP and HTTPS.
    pub proxy: Option<Secret>,
    /// What a module without a reference follows; else the remote's own default branch.
    pub default_ref: Option<String>,
    /// What is different for single repositories.
    pub repositories: Vec<RepositorySettings>,
}

/// A GitHub application.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GithubApp {
    /// Its number.
    pub id: String,
    /// File with its private key.
    pub key: PathBuf,
    /// How long what it signs holds.
    pub ttl: Duration,
    /// Where GitHub's interface is. Default: that of the repository's host.
    pub api: Option<String>,
}

impl GithubApp {
    /// How long r10k lets what it signs hold.
    pub const TTL: Duration = Duration::from_secs(120);
    /// How long GitHub accepts what is signed.
    pub const TTL_MAX: Duration = Duration::from_secs(600);

    fn as_json(&self) -> Json {
        json!({"id": self.id, "key": self.key, "ttl": self.ttl.as_secs(), "api": self.api})
    }
}

/// How one repository is reached; what is not said here is as for all.
#[derive(Clone, Default)]
pub struct RepositorySettings {
    /// The address as it stands in Puppetfiles and sources.
    pub remote: String,
    /// Key for SSH.
    pub private_key: Option<PathBuf>,
    /// A file with a token for HTTPS.
    pub oauth_token: Option<PathBuf>,
    /// User for the token.
    pub username: Option<String>,
    /// The GitHub application that gets tokens, where none is in a file.
    pub github_app: Option<GithubApp>,
    /// Proxy; an empty text is none.
    pub proxy: Option<Secret>,
}

impl fmt::Debug for RepositorySettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RepositorySettings({}, ..)", without_passwords(&self.remote))
    }
}

/// Where modules without a repository come from.
#[derive(Clone, Debug)]
pub struct ForgeSettings {
    /// `http(s)://` of a Forge or a mirror, or a directory (a path, or `file://`) with `owner-name-version.tar.gz`.
    pub baseurl: String,
    /// Sent as `Authorization`.
    pub authorization_token: Option<Secret>,
    /// Proxy.
    pub proxy: Option<Secret>,
    /// Whether `forge` in a Puppetfile counts.
    pub allow_puppetfile_override: bool,
    /// Certificates of the authorities that are trusted (PEM). Default: those of the system.
    pub ca_file: Option<PathBuf>,
}

impl Default for ForgeSettings {
    fn default() -> ForgeSettings {
        ForgeSettings {
            baseurl: FORGE.to_owned(),
            authorization_token: None,
            proxy: None,
            allow_puppetfile_override: false,
            ca_file: None,
        }
    }
}

/// What may be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PurgeLevel {
    /// Environments without a branch.
    Deployment,
    /// What is in an environment and neither in its branch nor of a module.
    Environment,
    /// Modules that the Puppetfile no longer has.
    Puppetfile,
}

/// The section `deploy`.
#[derive(Clone, Debug)]
pub struct DeploySettings {
    /// What is removed.
    pub purge_levels: Vec<PurgeLevel>,
    /// Patterns of paths in an environment that stay.
    pub purge_allowlist: Vec<String>,
    /// Why nothing may be deployed now.
    pub write_lock: Option<String>,
    /// Leave out the directory `spec` of modules.
    pub exclude_spec: bool,
}

impl Default for DeploySettings {
    fn default() -> DeploySettings {
        DeploySettings {
            purge_levels: vec![PurgeLevel::Deployment, PurgeLevel::Puppetfile],
            purge_allowlist: Vec::new(),
            write_lock: None,
            exclude_spec: true,
        }
    }
}
