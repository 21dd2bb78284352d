//! Deploys of code: from the configuration to the engine, and from what it builds to a version that serves.

mod check;

use std::path::PathBuf;
use std::sync::Arc;

use ::code::versions::{CommitRequest, Outcome, Storage, Target};
use ::deploy::settings::{GithubApp, InvalidBranches, PurgeLevel, RepositorySettings, Secret, Source};
use ::deploy::{Built, DeployError, Kind, Publish, Published, Settings, r10k_yaml};
use anyhow::{Context as _, bail};

use super::code::{REPO, SUBMODULES_DIR};
use super::settings;
use crate::config::{CodeManager, CodeSource, GitRepository, Prefix, Site};
use check::Checker;

/// Name of the only source, if there is just one.
const ONLY_SOURCE: &str = "puppet";

/// What the engine is told. `bunraku.toml` names the sources, else r10k's configuration does; where environments are built is file
/// sync's staging directory, if that is in use.
pub fn settings(site: &Site) -> anyhow::Result<Settings> {
    let config = &site.config.code_manager;
    let cachedir = config.cachedir.clone();
    let own_cachedir = site.data_dir.join("code-manager/cache");
    let mut settings = match (sources(config)?, r10k_config(config)) {
        (sources, _) if !sources.is_empty() => own(config, sources, own_cachedir)?,
        (_, Some(file)) => {
            let (settings, warnings) = r10k_yaml::load(&file, own_cachedir)?;
            warnings.iter().for_each(|warning| tracing::warn!("{warning}"));
            settings
        }
        (sources, None) => own(config, sources, own_cachedir)?,
    };
    if let Some(cachedir) = cachedir {
        settings.cachedir = cachedir;
    }
    settings.full_deploy = config.full_deploy;
    settings.deploy_timeout = config.timeouts_deploy.0;
    settings.fetch_timeout = config.timeouts_fetch.0;
    settings.environments_dir = match (&config.environmentdir, super::code::places(site)?) {
        (Some(directory), Some(places)) if *directory != places.staging_dir.join(SUBMODULES_DIR) => bail!(
            "code-manager.environmentdir: file sync is in use, which takes environments from {}; remove the key",
            places.staging_dir.join(SUBMODULES_DIR).display()
        ),
        (Some(directory), _) => Some(directory.clone()),
        (None, Some(places)) => Some(places.staging_dir.join(SUBMODULES_DIR)),
        (None, None) if settings.sources.iter().all(|source| !source.basedir.as_os_str().is_empty()) => None,
        (None, None) => Some(
            site.puppet
                .paths_of("environmentpath")
                .into_iter()
                .next()
                .context("environmentpath of puppet.conf is empty; set code-manager.environmentdir")?,
        ),
    };
    Ok(settings)
}

fn r10k_config(config: &CodeManager) -> Option<PathBuf> {
    let found = || r10k_yaml::PLACES.iter().map(PathBuf::from).find(|path| path.exists());
    config.r10k_config.clone().or_else(found)
}

fn sources(config: &CodeManager) -> anyhow::Result<Vec<Source>> {
    let only = config.remote.clone().map(|remote| CodeSource { remote, ..CodeSource::default() });
    if only.is_some() && !config.sources.is_empty() {
        bail!(
            "code-manager: `remote` and `sources` are both set; name one repository, or several as sources"
        );
    }
    let invalid = match config.invalid_branches.as_str() {
        "error" => InvalidBranches::Error,
        "correct" => InvalidBranches::Correct,
        other => bail!("code-manager.invalid-branches: `{other}` is not one of error, correct"),
    };
    let only = only.as_ref().map(|source| (ONLY_SOURCE, source));
    let all = only.into_iter().chain(config.sources.iter().map(|(name, source)| (name.as_str(), source)));
    all.map(|(name, given)| {
        if given.remote.is_empty() {
            bail!("code-manager.sources.{name}: `remote` is missing");
        }
        let mut source = Source::git(name, given.remote.clone(), "");
        source.prefix = match &given.prefix {
            None | Some(Prefix::Flag(false)) => None,
            Some(Prefix::Flag(true)) => Some(name.to_owned()),
            Some(Prefix::Text(text)) => Some(text.clone()),
        };
        let strip = given.strip_component.as_deref().map(r10k_yaml::strip).transpose();
        source.strip_component = strip
            .map_err(|reason| anyhow::anyhow!("code-manager.sources.{name}: strip-component: {reason}"))?;
        source.ignore_branch_prefixes = given.ignore_branch_prefixes.clone();
        source.filter_command = given.filter_command.clone();
        source.invalid_branches = invalid;
        if let Some(name) = &given.puppetfile_name {
            source.puppetfile_name = name.clone();
        }
        Ok(source)
    })
    .collect()
}

/// The settings that `[code-manager]` makes.
fn own(config: &CodeManager, sources: Vec<Source>, cachedir: PathBuf) -> anyhow::Result<Settings> {
    let mut settings = Settings::new(cachedir);
    settings.sources = sources;
    settings.pool_size = config.download_pool_size.max(1);
    settings.proxy = config.proxy.clone().or_else(r10k_yaml::proxy_of_environment).map(Secret::new);
    settings.deploy.purge_levels = config
        .purge_levels
        .iter()
        .map(|level| match level.as_str() {
            "deployment" => Ok(PurgeLevel::Deployment),
            "environment" => Ok(PurgeLevel::Environment),
            "puppetfile" => Ok(PurgeLevel::Puppetfile),
            other => bail!(
                "code-manager.purge-levels: `{other}` is not one of deployment, environment, puppetfile"
            ),
        })
        .collect::<anyhow::Result<_>>()?;
    settings.deploy.purge_allowlist = config.purge_allowlist.clone();
    settings.deploy.exclude_spec = config.exclude_spec;
    let (forge, git) = (&config.forge_settings, &config.git_settings);
    if let Some(url) = &forge.baseurl {
        settings.forge.baseurl = url.clone();
    }
    if let Some(file) = &forge.authorization_token_file {
        let token = std::fs::read_to_string(file)
            .with_context(|| format!("could not read authorization-token-file {}", file.display()))?;
        settings.forge.authorization_token = Some(Secret::new(token.trim()));
    }
    settings.forge.ca_file = forge.ca_file.clone();
    settings.git.private_key = git.private_key.clone();
    settings.git.oauth_token = git.oauth_token.clone();
    settings.git.username = git.username.clone();
    settings.git.github_app =
        github_app(git.github_app_id.clone(), git.github_app_key.clone(), git.github_app_ttl)
            .context("code-manager.git-settings")?;
    settings.git.proxy = git.proxy.clone().map(Secret::new);
    settings.git.default_ref = git.default_ref.clone();
    let repository = |given: &GitRepository| -> anyhow::Result<RepositorySettings> {
        let has_own = given.github_app_id.is_some() || given.github_app_key.is_some();
        let app = match has_own {
            false => Ok(None),
            true => github_app(
                given.github_app_id.clone().or_else(|| git.github_app_id.clone()),
                given.github_app_key.clone().or_else(|| git.github_app_key.clone()),
                given.github_app_ttl.or(git.github_app_ttl),
            ),
        };
        Ok(RepositorySettings {
            remote: given.remote.clone(),
            private_key: given.private_key.clone(),
            oauth_token: given.oauth_token.clone(),
            username: given.username.clone(),
            github_app: app.context("code-manager.git-settings.repositories")?,
            proxy: given.proxy.clone().map(Secret::new),
        })
    };
    settings.git.repositories = git.repositories.iter().map(repository).collect::<anyhow::Result<_>>()?;
    Ok(settings)
}

fn github_app(
    id: Option<String>,
    key: Option<PathBuf>,
    ttl: Option<crate::config::Duration>,
) -> anyhow::Result<Option<GithubApp>> {
    match (id, key) {
        (None, None) => Ok(None),
        _ if ttl.is_some_and(|ttl| ttl.0 > GithubApp::TTL_MAX) => {
            bail!("`github-app-ttl` is too long: GitHub takes 10 minutes at most")
        }
        (Some(id), Some(key)) if !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()) => {
            Ok(Some(GithubApp { id, key, ttl: ttl.map_or(GithubApp::TTL, |ttl| ttl.0), api: None }))
        }
        (Some(_), Some(_)) => bail!("`github-app-id` has digits only"),
        _ => bail!("`github-app-id` and `github-app-key` go together"),
    }
}

/// Makes versions of environments.
pub trait Commit: Send + Sync {
    /// Commits one environment, `environments/NAME`, or ends it if its directory is gone.
    ///
    /// # Errors
    /// There is no new version; the one before serves on.
    fn commit(&self, submodule: &str, message: Option<&str>) -> Result<Published, DeployError>;
}

/// File sync in this process. No gate is asked: whoever uses it has to.
pub struct Here(pub Arc<Storage>);

impl Commit for Here {
    fn commit(&self, submodule: &str, message: Option<&str>) -> Result<Published, DeployError> {
        published(self.0.commit(&request(submodule, message)), submodule)
    }
}

/// The request for a commit of one environment.
pub(super) fn request(submodule: &str, message: Option<&str>) -> CommitRequest {
    let target = Target::Submodule { repo: REPO.to_owned(), submodule: submodule.to_owned() };
    CommitRequest { target, message: message.map(str::to_owned), author: None }
}

/// What became of such a request.
pub(super) fn published(mut outcome: Outcome, submodule: &str) -> Result<Published, DeployError> {
    let failed = |error: &dyn std::fmt::Display| DeployError::new(Kind::NotPublished, error.to_string());
    let outcome = outcome.remove(REPO).transpose().map_err(|error| failed(&error))?;
    let mut outcome = outcome.ok_or_else(|| failed(&"file sync has no repository of code"))?;
    let environment = outcome.submodules.remove(submodule).transpose().map_err(|error| failed(&error))?;
    Ok(Published {
        environment_commit: environment.map(|id| id.to_string()),
        code_commit: Some(outcome.commit.to_string()),
    })
}

/// Checks what was built, and commits it if file sync is in use.
pub struct Publisher {
    checker: Option<Checker>,
    commit: Option<Arc<dyn Commit>>,
}

impl Publisher {
    /// Without `commit` an environment serves where it was built.
    pub fn new(site: &Site, commit: Option<Arc<dyn Commit>>) -> anyhow::Result<Publisher> {
        let checker = match site.config.code_manager.check {
            true => Some(Checker::new(Arc::new(settings::server(site)?))),
            false => None,
        };
        Ok(Publisher { checker, commit })
    }
}

impl Publish for Publisher {
    fn check(&self, built: &Built<'_>) -> Result<(), DeployError> {
        let checked = self.checker.as_ref().map(|checker| checker.check(built.environment, built.path));
        checked.unwrap_or(Ok(())).map_err(|error| match self.commit {
            Some(_) => error,
            None => DeployError {
                msg: format!("{}\nWithout file sync it serves all the same: mend it soon", error.msg),
                ..error
            },
        })
    }

    fn publish(&self, built: &Built<'_>) -> Result<Published, DeployError> {
        let Some(commit) = &self.commit else { return Ok(Published::default()) };
        // Tools look for the signature in this form.
        let message = format!("code-manager deploy signature: '{}'", built.signature);
        commit.commit(&format!("{SUBMODULES_DIR}/{}", built.environment), Some(&message))
    }

    fn remove(&self, environments: &[String]) -> Result<(), DeployError> {
        let Some(commit) = &self.commit else { return Ok(()) };
        let mut failure = None;
        for environment in environments {
            match commit.commit(&format!("{SUBMODULES_DIR}/{environment}"), None) {
                Ok(_) => tracing::info!(environment, "serves no longer"),
                // One that never was a version.
                Err(error) if error.msg.starts_with("there is no ") => {}
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        failure.map_or(Ok(()), Err)
    }
}
