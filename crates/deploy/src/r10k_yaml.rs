//! r10k's configuration file, as it is.
//!
//! Keys may be symbols, as old files have them. What is not known is passed over with a warning, as r10k does; what has a wrong type
//! stops the deploy.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Map, Value as Json};

use crate::document;
use crate::error::{DeployError, Kind, Result};
use crate::settings::{
    GithubApp, InvalidBranches, PUPPETFILE, PurgeLevel, RepositorySettings, Secret, Settings, Source,
    SourceKind, Strip,
};

/// Where r10k looks for its configuration.
pub const PLACES: &[&str] = &["/etc/puppetlabs/r10k/r10k.yaml", "/etc/r10k.yaml", "/etc/puppet/r10k.yaml"];

/// Reads a configuration, and what in it has no effect. `cachedir` is where caches lie if it does not say.
///
/// # Errors
/// It cannot be read.
pub fn load(path: &Path, cachedir: impl Into<PathBuf>) -> Result<(Settings, Vec<String>)> {
    read(document::yaml_file(path)?, &path.display().to_string(), cachedir.into())
}

/// Reads the text of a configuration; `name` is how errors call it.
///
/// # Errors
/// It cannot be read.
pub fn parse(text: &str, name: &str, cachedir: impl Into<PathBuf>) -> Result<(Settings, Vec<String>)> {
    read(document::yaml(text, name)?, name, cachedir.into())
}

fn read(document: Json, name: &str, cachedir: PathBuf) -> Result<(Settings, Vec<String>)> {
    let mut warnings = Vec::new();
    let mut top = Section::new(document, name.to_owned())?;
    let mut settings = Settings::new(top.path("cachedir")?.unwrap_or(cachedir));
    settings.proxy = top.text("proxy")?.or_else(proxy_of_environment).map(Secret::new);
    if let Some(size) = top.number("pool_size")? {
        settings.pool_size = size;
    }
    settings.postrun = top.texts("postrun")?;
    for known in ["purgedirs", "logging", "tarball"] {
        top.take(known);
    }
    if let Some(mut git) = top.section("git")? {
        read_git(&mut git, &mut settings)?;
        warnings.extend(git.unknown());
    }
    if let Some(mut forge) = top.section("forge")? {
        if let Some(url) = forge.text("baseurl")? {
            settings.forge.baseurl = url;
        }
        settings.forge.authorization_token = forge.text("authorization_token")?.map(Secret::new);
        settings.forge.proxy = forge.text("proxy")?.map(Secret::new);
        settings.forge.allow_puppetfile_override = forge.flag("allow_puppetfile_override")?.unwrap_or(false);
        warnings.extend(forge.unknown());
    }
    if let Some(mut deploy) = top.section("deploy")? {
        read_deploy(&mut deploy, &mut settings, &mut warnings)?;
        warnings.extend(deploy.unknown());
    }
    if let Some(sources) = top.section("sources")? {
        let place = sources.place.clone();
        for (name, source) in sources.entries {
            let mut section = Section::new(source, format!("{place}.{name}"))?;
            settings.sources.push(read_source(&name, &mut section)?);
            warnings.extend(section.unknown());
        }
    }
    warnings.extend(top.unknown());
    Ok((settings, warnings))
}

fn read_git(git: &mut Section, settings: &mut Settings) -> Result<()> {
    git.take("provider");
    settings.git.github_app = github_app(git, None)?;
    settings.git.private_key = git.path("private_key")?;
    settings.git.oauth_token = git.path("oauth_token")?;
    settings.git.username = git.text("username")?;
    settings.git.proxy = git.text("proxy")?.map(Secret::new);
    settings.git.default_ref = git.text("default_ref")?;
    for (at, repository) in git.list("repositories")?.into_iter().enumerate() {
        let mut own = Section::new(repository, format!("{}.repositories[{at}]", git.place))?;
        let github_app = github_app(&mut own, settings.git.github_app.as_ref())?;
        settings.git.repositories.push(RepositorySettings {
            remote: own.text("remote")?.ok_or_else(|| own.wrong("remote", "must be there"))?,
            private_key: own.path("private_key")?,
            oauth_token: own.path("oauth_token")?,
            username: own.text("username")?,
            github_app,
            proxy: own.text("proxy")?.map(Secret::new),
        });
    }
    Ok(())
}

/// The keys of an application; what is not here is as it is for all repositories.
fn github_app(section: &mut Section, all: Option<&GithubApp>) -> Result<Option<GithubApp>> {
    // Numbers are no texts in YAML, and r10k wants texts.
    let digits = |section: &mut Section, key: &str| match section.take(key) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::String(text)) if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            Ok(Some(text))
        }
        Some(Json::Number(number)) if number.is_u64() => Ok(Some(number.to_string())),
        Some(_) => Err(section.wrong(key, "must be digits")),
    };
    let id = digits(section, "github_app_id")?;
    let ttl = digits(section, "github_app_ttl")?;
    let ttl = ttl.map(|text| text.parse().map_err(|_| section.wrong("github_app_ttl", "is too large")));
    let ttl = ttl.transpose()?.map(Duration::from_secs);
    if ttl.is_some_and(|ttl| ttl > GithubApp::TTL_MAX) {
        return Err(section.wrong("github_app_ttl", "is too large: GitHub takes 600 seconds at most"));
    }
    let key = section.path("github_app_key")?;
    if id.is_none() && key.is_none() && (ttl.is_none() || all.is_none()) {
        return Ok(None);
    }
    let id = id.or_else(|| all.map(|all| all.id.clone()));
    let key = key.or_else(|| all.map(|all| all.key.clone()));
    let ttl = ttl.or_else(|| all.map(|all| all.ttl)).unwrap_or(GithubApp::TTL);
    match (id, key) {
        (Some(id), Some(key)) => Ok(Some(GithubApp { id, key, ttl, api: None })),
        (None, _) => Err(section.wrong("github_app_id", "must be there, since github_app_key is")),
        (_, None) => Err(section.wrong("github_app_key", "must be there, since github_app_id is")),
    }
}

fn read_deploy(deploy: &mut Section, settings: &mut Settings, warnings: &mut Vec<String>) -> Result<()> {
    let levels = match deploy.entries.get("purge_levels") {
        Some(Json::String(level)) => Some(vec![level.clone()]),
        Some(_) => Some(deploy.texts("purge_levels")?),
        None => None,
    };
    deploy.take("purge_levels");
    if let Some(levels) = levels {
        settings.deploy.purge_levels = Vec::new();
        for level in levels {
            settings.deploy.purge_levels.push(match level.as_str() {
                "deployment" => PurgeLevel::Deployment,
                "environment" => PurgeLevel::Environment,
                "puppetfile" => PurgeLevel::Puppetfile,
                _ => return Err(deploy.wrong("purge_levels", "has deployment, environment and puppetfile")),
            });
        }
    }
    let (old, new) = (deploy.texts("purge_whitelist")?, deploy.texts("purge_allowlist")?);
    if !old.is_empty() && !new.is_empty() {
        return Err(deploy.wrong("purge_whitelist", "and purge_allowlist are both there; keep the second"));
    }
    settings.deploy.purge_allowlist = if new.is_empty() { old } else { new };
    settings.deploy.write_lock = deploy.text("write_lock")?;
    if let Some(flag) = deploy.flag("exclude_spec")? {
        settings.deploy.exclude_spec = flag;
    }
    let generate = deploy.take("generate_types");
    if matches!(generate, Some(Json::Bool(true))) || generate.as_ref().and_then(Json::as_str) == Some("true")
    {
        warnings.push(format!(
            "{}.generate_types has no effect: types are read from modules, for each environment its own",
            deploy.place
        ));
    }
    deploy.take("puppet_path");
    deploy.take("puppet_conf");
    Ok(())
}

fn read_source(name: &str, section: &mut Section) -> Result<Source> {
    let kind = section.text("type")?.unwrap_or_else(|| "git".to_owned());
    let config = section.path("config")?;
    let kind = match kind.as_str() {
        "git" => SourceKind::Git {
            remote: section.text("remote")?.ok_or_else(|| section.wrong("remote", "must be there"))?,
        },
        "yaml" => SourceKind::Yaml {
            config: config.unwrap_or_else(|| "/etc/puppetlabs/r10k/environments.yaml".into()),
        },
        "yamldir" => SourceKind::YamlDir {
            config: config.unwrap_or_else(|| "/etc/puppetlabs/r10k/environments.d".into()),
        },
        "exec" => SourceKind::Exec {
            command: section.path("command")?.ok_or_else(|| section.wrong("command", "must be there"))?,
        },
        "svn" => return Err(section.wrong("type", "svn is not supported; use git")),
        _ => return Err(section.wrong("type", "must be git, yaml, yamldir or exec")),
    };
    let mut source = Source::git(name, "", section.path("basedir")?.unwrap_or_default());
    source.kind = kind;
    source.prefix = match section.take("prefix") {
        None | Some(Json::Null | Json::Bool(false)) => None,
        Some(Json::Bool(true)) => Some(name.to_owned()),
        Some(Json::String(prefix)) => Some(prefix),
        Some(_) => return Err(section.wrong("prefix", "must be true, false or a string")),
    };
    source.strip_component = match section.take("strip_component") {
        None | Some(Json::Null | Json::Bool(false)) => None,
        Some(Json::String(text)) => {
            Some(strip(&text).map_err(|reason| section.wrong("strip_component", &reason))?)
        }
        Some(_) => {
            return Err(section.wrong("strip_component", "must be a string, a /regex/, false, or omitted"));
        }
    };
    source.ignore_branch_prefixes = section.texts("ignore_branch_prefixes")?;
    source.filter_command = section.text("filter_command")?.filter(|command| !command.is_empty());
    source.invalid_branches = match section.text("invalid_branches")?.as_deref() {
        None | Some("correct_and_warn") => InvalidBranches::CorrectAndWarn,
        Some("correct") => InvalidBranches::Correct,
        Some("error") => InvalidBranches::Error,
        Some(_) => {
            return Err(section.wrong("invalid_branches", "must be error, correct or correct_and_warn"));
        }
    };
    source.puppetfile_name = section.text("puppetfile_name")?.unwrap_or_else(|| PUPPETFILE.to_owned());
    Ok(source)
}

/// A beginning, or a pattern between slashes.
///
/// # Errors
/// The pattern is none.
pub fn strip(text: &str) -> Result<Strip, String> {
    match text.strip_prefix('/').and_then(|text| text.strip_suffix('/')) {
        Some(pattern) => regex::Regex::new(pattern).map(Strip::Pattern).map_err(|error| error.to_string()),
        None => Ok(Strip::Prefix(text.to_owned())),
    }
}

/// The proxy that the environment names, in r10k's order.
pub fn proxy_of_environment() -> Option<String> {
    let named = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"];
    named.iter().find_map(|name| std::env::var(name).ok()).filter(|proxy| !proxy.is_empty())
}

/// A map of the file, from which keys are taken one by one.
struct Section {
    entries: Map<String, Json>,
    place: String,
}

impl Section {
    fn new(document: Json, place: String) -> Result<Section> {
        match document {
            Json::Object(entries) => Ok(Section { entries, place }),
            Json::Null => Ok(Section { entries: Map::new(), place }),
            _ => Err(DeployError::new(Kind::Configuration, format!("{place}: not a map of keys"))),
        }
    }

    fn wrong(&self, key: &str, reason: &str) -> DeployError {
        DeployError::new(Kind::Configuration, format!("{}: {key} {reason}", self.place))
    }

    fn take(&mut self, key: &str) -> Option<Json> {
        self.entries.shift_remove(key)
    }

    fn text(&mut self, key: &str) -> Result<Option<String>> {
        match self.take(key) {
            None | Some(Json::Null) => Ok(None),
            Some(Json::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.wrong(key, "must be a string")),
        }
    }

    fn path(&mut self, key: &str) -> Result<Option<PathBuf>> {
        Ok(self.text(key)?.map(PathBuf::from))
    }

    fn flag(&mut self, key: &str) -> Result<Option<bool>> {
        match self.take(key) {
            None | Some(Json::Null) => Ok(None),
            Some(Json::Bool(flag)) => Ok(Some(flag)),
            Some(_) => Err(self.wrong(key, "must be true or false")),
        }
    }

    fn number(&mut self, key: &str) -> Result<Option<usize>> {
        match self.take(key) {
            None | Some(Json::Null) => Ok(None),
            Some(value) => match value.as_u64().and_then(|number| usize::try_from(number).ok()) {
                Some(number) if number > 0 => Ok(Some(number)),
                _ => Err(self.wrong(key, "must be a number above 0")),
            },
        }
    }

    fn list(&mut self, key: &str) -> Result<Vec<Json>> {
        match self.take(key) {
            None | Some(Json::Null) => Ok(Vec::new()),
            Some(Json::Array(elements)) => Ok(elements),
            Some(_) => Err(self.wrong(key, "must be a list")),
        }
    }

    fn texts(&mut self, key: &str) -> Result<Vec<String>> {
        let texts = self.list(key)?.into_iter().map(|element| match element {
            Json::String(text) => Ok(text),
            _ => Err(self.wrong(key, "must be a list of strings")),
        });
        texts.collect()
    }

    fn section(&mut self, key: &str) -> Result<Option<Section>> {
        let place = format!("{}: {key}", self.place);
        self.take(key).map(|document| Section::new(document, place)).transpose()
    }

    /// What nobody took.
    fn unknown(&self) -> Vec<String> {
        self.entries.keys().map(|key| format!("{}: {key} has no effect", self.place)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_keys() {
        let text = "\
:cachedir: /var/cache/r10k
proxy: http://proxy:3128
pool_size: 8
postrun: ['/usr/bin/curl', '$modifiedenvs']
git:
  provider: shellgit
  private_key: /k
  default_ref: main
  repositories:
    - remote: https://h/r
      oauth_token: /t
      proxy: ''
forge:
  baseurl: http://forge.example.com
  authorization_token: Bearer x
  allow_puppetfile_override: true
deploy:
  purge_levels: [environment]
  purge_allowlist: ['*.json']
  write_lock: frozen
  exclude_spec: false
sources:
  main:
    remote: git@h:control
    basedir: /e
    prefix: true
    strip_component: /^x+/
    ignore_branch_prefixes: [wip]
    filter_command: 'true'
    invalid_branches: error
    puppetfile_name: Modules
  other: {type: yaml, config: /c, basedir: /e}
unheard_of: 1
";
        let (settings, warnings) = parse(text, "r10k.yaml", "/c").unwrap();
        assert_eq!(warnings, ["r10k.yaml: unheard_of has no effect"]);
        assert_eq!(settings.cachedir, Path::new("/var/cache/r10k"));
        assert_eq!((settings.pool_size, settings.postrun.len()), (8, 2));
        assert_eq!(settings.git.default_ref.as_deref(), Some("main"));
        assert_eq!(settings.git.repositories[0].oauth_token.as_deref(), Some(Path::new("/t")));
        assert!(settings.forge.allow_puppetfile_override);
        assert_eq!(settings.deploy.purge_levels, [PurgeLevel::Environment]);
        assert_eq!(settings.deploy.write_lock.as_deref(), Some("frozen"));
        assert!(!settings.deploy.exclude_spec);
        let [main, other] = &settings.sources[..] else { panic!("{:?}", settings.sources) };
        assert_eq!(main.kind, SourceKind::Git { remote: "git@h:control".into() });
        assert_eq!(main.prefix.as_deref(), Some("main"));
        assert!(matches!(&main.strip_component, Some(Strip::Pattern(pattern)) if pattern.as_str() == "^x+"));
        assert_eq!(
            (main.invalid_branches, main.puppetfile_name.as_str()),
            (InvalidBranches::Error, "Modules")
        );
        assert_eq!(other.kind, SourceKind::Yaml { config: "/c".into() });
        assert!(!format!("{settings:?}").contains("Bearer"));
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        for (text, message) in [
            ("sources: [a]", "r10k.yaml: sources: not a map of keys"),
            ("sources: {a: {type: svn}}", "r10k.yaml: sources.a: type svn is not supported; use git"),
            ("sources: {a: {basedir: /e}}", "r10k.yaml: sources.a: remote must be there"),
            ("pool_size: 0", "r10k.yaml: pool_size must be a number above 0"),
            (
                "deploy: {purge_levels: [all]}",
                "r10k.yaml: deploy: purge_levels has deployment, environment and puppetfile",
            ),
        ] {
            assert_eq!(parse(text, "r10k.yaml", "/c").unwrap_err().msg, message);
        }
    }
}
