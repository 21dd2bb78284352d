//! Deploys: an environment is brought to what its sources say, checked, and published.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Zoned;
use serde_json::{Value as Json, json};

use crate::build::Build;
use crate::cancel::Cancel;
use crate::environments::{self, Environment};
use crate::error::{DeployError, Kind, Result};
use crate::forge::Forge;
use crate::git::{Git, Mirror};
use crate::settings::{PurgeLevel, Settings, SourceKind};
use crate::state::{Store, own_directory};
use crate::{lock, process, tree};

/// Size of the list of environments that are gone.
const PENDING_BYTES_MAX: u64 = 1 << 20;

/// What becomes of an environment that was built.
pub trait Publish: Send + Sync {
    /// Looks whether it can serve.
    ///
    /// # Errors
    /// It cannot; [`Kind::DoesNotParse`].
    fn check(&self, built: &Built<'_>) -> Result<()>;

    /// Makes a version of it.
    ///
    /// # Errors
    /// It could not be made; [`Kind::NotPublished`].
    fn publish(&self, built: &Built<'_>) -> Result<Published>;

    /// These environments are gone from their directory.
    ///
    /// # Errors
    /// Their versions could not be ended; [`Kind::NotPublished`].
    fn remove(&self, environments: &[String]) -> Result<()>;
}

/// An environment that was built.
#[derive(Debug)]
pub struct Built<'a> {
    /// Its name.
    pub environment: &'a str,
    /// Its directory.
    pub path: &'a Path,
    /// The commit of the control repository.
    pub signature: &'a str,
}

/// The version that an environment became.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Published {
    /// Of the environment; nothing without file sync.
    pub environment_commit: Option<String>,
    /// Of the list of environments.
    pub code_commit: Option<String>,
}

/// What to deploy.
#[derive(Clone, Debug)]
pub struct Request {
    /// The environment.
    pub environment: String,
    /// Only these modules, and nothing else of the environment.
    pub modules: Option<Vec<String>>,
    /// Whether modules are looked at, too; an environment that is new gets its modules in any case.
    pub deploy_modules: bool,
    /// What modules follow that have no branch of the wanted name.
    pub default_branch_override: Option<String>,
    /// Calls it off.
    pub cancel: Cancel,
}

impl Request {
    /// All of an environment.
    pub fn new(environment: impl Into<String>) -> Request {
        Request {
            environment: environment.into(),
            modules: None,
            deploy_modules: true,
            default_branch_override: None,
            cancel: Cancel::never(),
        }
    }
}

/// What was deployed.
#[derive(Clone, Debug)]
pub struct Deployed {
    /// The environment.
    pub environment: String,
    /// The commit of the control repository, or `plain-default`.
    pub signature: String,
    /// Its modules, in the order of their declarations.
    pub modules: Vec<ModuleDeploy>,
    /// What was removed, relative to the environment.
    pub removed: Vec<String>,
    /// Whether anything is other than before, as far as the deploy changed it.
    pub changed: bool,
    /// The version that it became.
    pub published: Published,
    /// When it began.
    pub started_at: Zoned,
    /// How long it took.
    pub took: Duration,
}

impl Deployed {
    /// The document of `POST /code-manager/v1/deploys` for it, without an id; `modules` and `removed` are more than others have.
    pub fn as_json(&self) -> Json {
        let mut document = json!({
            "environment": self.environment,
            "status": "complete",
            "deploy-signature": self.signature,
            "changed": self.changed,
            "milliseconds": self.took.as_millis() as u64,
            "modules": self.modules.iter().map(ModuleDeploy::as_json).collect::<Vec<_>>(),
            "removed": self.removed,
        });
        let Published { environment_commit, code_commit } = &self.published;
        if environment_commit.is_some() || code_commit.is_some() {
            document["file-sync"] =
                json!({"environment-commit": environment_commit, "code-commit": code_commit});
        }
        document
    }
}

impl ModuleDeploy {
    fn as_json(&self) -> Json {
        json!({
            "name": self.name,
            "path": self.path,
            "version": self.version,
            "sha": self.sha,
            "changed": self.changed,
            "milliseconds": self.took.as_millis() as u64,
        })
    }
}

/// A module of an environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleDeploy {
    /// The name of its directory.
    pub name: String,
    /// Its directory, relative to the environment.
    pub path: String,
    /// What was wanted: the reference, the version, the checksum.
    pub version: String,
    /// The commit, if it is from a repository.
    pub sha: Option<String>,
    /// Whether it is other than before.
    pub changed: bool,
    /// How long it took.
    pub took: Duration,
}

/// Something that happened on the way.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A repository is fetched.
    Fetching {
        /// Its address, without a password.
        remote: &'a str,
    },
    /// The files of the branch are there.
    Environment {
        /// The environment.
        environment: &'a str,
        /// The commit.
        signature: &'a str,
        /// How many modules follow.
        modules: usize,
    },
    /// A module is there.
    Module {
        /// The environment.
        environment: &'a str,
        /// The module.
        module: &'a ModuleDeploy,
    },
    /// It is looked whether everything parses.
    Checking {
        /// The environment.
        environment: &'a str,
    },
    /// It is made a version.
    Publishing {
        /// The environment.
        environment: &'a str,
    },
    /// Something to know that stops nobody.
    Warning {
        /// What.
        message: &'a str,
    },
}

/// Is told what happens. Called from several threads.
pub trait Progress: Sync {
    /// Something happened.
    fn event(&self, event: Event<'_>);
}

/// Nobody is interested; warnings go to the log.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn event(&self, event: Event<'_>) {
        if let Event::Warning { message } = event {
            tracing::warn!("{message}");
        }
    }
}

/// Deploys environments. Every call blocks.
pub struct Deployer {
    pub(crate) settings: Settings,
    pub(crate) git: Git,
    pub(crate) forge: Forge,
    publish: Arc<dyn Publish>,
}

impl Deployer {
    /// Nothing is looked at or written before something is asked for.
    ///
    /// # Errors
    /// The settings cannot be used.
    pub fn new(settings: Settings, publish: Arc<dyn Publish>) -> Result<Deployer> {
        let configured: Vec<&str> = settings
            .sources
            .iter()
            .filter_map(|source| match &source.kind {
                SourceKind::Git { remote } => Some(remote.as_str()),
                _ => None,
            })
            .collect();
        let git = Git::new(
            settings.git.clone(),
            settings.proxy.clone(),
            &configured,
            settings.cachedir.clone(),
            settings.fetch_timeout,
        );
        let forge = Forge::new(&settings)?;
        Ok(Deployer { settings, git, forge, publish })
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Begins a series of deploys that sees each repository as it is at its first use.
    pub fn session<'a>(&'a self, progress: &'a dyn Progress) -> Session<'a> {
        Session { deployer: self, progress, fetched: Mutex::default(), environments: Mutex::default() }
    }

    /// The environments that all sources have now.
    ///
    /// # Errors
    /// A source cannot be asked.
    pub fn environments(&self, progress: &dyn Progress) -> Result<Vec<Environment>> {
        self.session(progress).environments(&Cancel::never()).map(|environments| environments.to_vec())
    }

    /// Deploys one environment.
    ///
    /// # Errors
    /// It was not published; what served before goes on serving.
    pub fn deploy(&self, request: &Request, progress: &dyn Progress) -> Result<Deployed> {
        self.session(progress).deploy(request)
    }
}

/// A series of deploys in which no repository is fetched twice. Environments of one session may be deployed by several threads.
pub struct Session<'a> {
    pub(crate) deployer: &'a Deployer,
    pub(crate) progress: &'a dyn Progress,
    /// By their addresses as they were written.
    fetched: Mutex<HashSet<String>>,
    environments: Mutex<Option<Arc<[Environment]>>>,
}

impl Session<'_> {
    /// The environments that all sources have.
    ///
    /// # Errors
    /// A source cannot be asked.
    pub fn environments(&self, cancel: &Cancel) -> Result<Arc<[Environment]>> {
        let mut known = self.environments.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = &*known {
            return Ok(known.clone());
        }
        let fetch = |mirror: &Mirror| self.fetch(mirror, cancel);
        let found: Arc<[Environment]> =
            environments::list(&self.deployer.settings, &self.deployer.git, &fetch, cancel)?.into();
        *known = Some(found.clone());
        Ok(found)
    }

    /// The environment of this name, whether it can be deployed or not. A name may also be that of the branch.
    ///
    /// # Errors
    /// A source cannot be asked, or none has it.
    pub fn find(&self, name: &str, cancel: &Cancel) -> Result<Environment> {
        let environments = self.environments(cancel)?;
        let found = environments.iter().find(|environment| environment.name == name);
        let found = found.or_else(|| environments.iter().find(|environment| environment.branch == name));
        found.cloned().ok_or_else(|| {
            DeployError::new(
                Kind::NotFound,
                format!("Environment(s) '{name}' cannot be found in any source and will not be deployed."),
            )
        })
    }

    /// Deploys one environment.
    ///
    /// # Errors
    /// It was not published; what served before goes on serving.
    pub fn deploy(&self, request: &Request) -> Result<Deployed> {
        let settings = &self.deployer.settings;
        self.refuse_if_locked()?;
        let cancel = request.cancel.within(settings.deploy_timeout);
        let (started, started_at) = (Instant::now(), Zoned::now());
        let environment = self.find(&request.environment, &cancel)?;
        if let Some(problem) = environment.problem {
            return Err(problem);
        }
        let name = environment.name.clone();
        let lock = lock::take(&settings.cachedir, &format!("environment-{name}"), &cancel)?;
        let unfinished = unfinished(&environment.path);
        let was_unfinished = unfinished.exists();
        if let Some(parent) = environment.path.parent() {
            std::fs::create_dir_all(parent).map_err(DeployError::io("create", parent))?;
        }
        remove_scratch(&environment.path)?;
        // Both are on the disk before anything changes: whoever makes a version meanwhile sees one of them.
        let generation = generation(&environment.path);
        let sign = format!("{} {}\n", std::process::id(), started_at.timestamp().as_nanosecond());
        stdx::fs::write_atomic(&generation, sign.as_bytes(), 0o644)
            .map_err(DeployError::io("write", &generation))?;
        stdx::fs::write_atomic(&unfinished, b"", 0o644).map_err(DeployError::io("write", &unfinished))?;
        let mut build = Build::begin(self, &environment, request, &cancel, &lock, was_unfinished)?;
        let result = build.run(&started_at);
        if result.as_ref().is_ok_and(|made| made.changed) {
            // Files have to be on the disk before anything says that they are there.
            sync(&environment.path)?;
        }
        build.save(result.is_ok())?;
        let made = result?;
        let built = Built { environment: &name, path: &environment.path, signature: &made.signature };
        cancel.check()?;
        self.progress.event(Event::Checking { environment: &name });
        self.deployer.publish.check(&built)?;
        // Whole from here on: anybody may make a version of it.
        tree::remove(&unfinished)?;
        self.progress.event(Event::Publishing { environment: &name });
        let published = self.deployer.publish.publish(&built)?;
        let took = started.elapsed();
        tracing::info!(
            environment = name,
            signature = made.signature,
            changed = made.changed,
            milliseconds = took.as_millis() as u64,
            "the environment was deployed"
        );
        Ok(Deployed {
            environment: name,
            signature: made.signature,
            modules: made.modules,
            removed: made.removed,
            changed: made.changed,
            published,
            started_at,
            took,
        })
    }

    /// Removes environments that no source has any more, where `purge_levels` says so; their names.
    ///
    /// # Errors
    /// A source cannot be asked (then nothing is removed), or something could not be removed.
    pub fn purge(&self, cancel: &Cancel) -> Result<Vec<String>> {
        self.purge_while(cancel, &|| true)
    }

    /// The same as long as these sources are the ones that count; asked with the lock of each environment held.
    pub(crate) fn purge_while(&self, cancel: &Cancel, counts: &dyn Fn() -> bool) -> Result<Vec<String>> {
        let settings = &self.deployer.settings;
        if !settings.deploy.purge_levels.contains(&PurgeLevel::Deployment) {
            return Ok(Vec::new());
        }
        self.refuse_if_locked()?;
        let pending = own_directory(&settings.cachedir).join("gone.json");
        // Branches may have come since the session began.
        let environments = self.deployer.session(self.progress).environments(cancel)?;
        if environments.is_empty() {
            // A repository that was made anew is more likely than the wish to have none.
            tracing::warn!("no source has an environment; those that are deployed are left alone");
            return Ok(Vec::new());
        }
        let is_wanted = |environments: &[Environment], path: &Path| {
            environments.iter().any(|environment| real(&environment.path) == real(path))
        };
        let basedirs: HashSet<&Path> = match &settings.environments_dir {
            Some(directory) => HashSet::from([directory.as_path()]),
            None => settings.sources.iter().map(|source| source.basedir.as_path()).collect(),
        };
        // Those whose end was not heard of the last time come first.
        let mut gone: BTreeSet<String> = match stdx::fs::read_limited(&pending, PENDING_BYTES_MAX) {
            Ok(Some(bytes)) => serde_json::from_slice(&bytes).unwrap_or_default(),
            _ => BTreeSet::new(),
        };
        gone.retain(|name| !environments.iter().any(|environment| environment.name == *name));
        let mut removed = Vec::new();
        'all: for basedir in basedirs {
            let Ok(listing) = std::fs::read_dir(basedir) else { continue };
            for entry in listing {
                let entry = entry.map_err(DeployError::io("read", basedir))?;
                let path = entry.path();
                let Ok(name) = entry.file_name().into_string() else { continue };
                // Marks and scratch directories belong to deploys.
                if name.starts_with('.') || is_wanted(&environments, &path) {
                    continue;
                }
                if !tree::is_directory(&path) {
                    if !counts() {
                        break 'all;
                    }
                    tree::remove(&path)?;
                    continue;
                }
                let _lock = lock::take(&settings.cachedir, &format!("environment-{name}"), cancel)?;
                // Its branch may have come while the lock was waited for.
                let now = self.deployer.session(self.progress).environments(cancel)?;
                // Last: whoever has other sources deploys this environment only with the lock.
                if !counts() {
                    break 'all;
                }
                if now.is_empty() || is_wanted(&now, &path) {
                    continue;
                }
                gone.insert(name.clone());
                note(&pending, &gone)?;
                // Half of it is nothing that anybody could make a version of.
                let aside = path.with_file_name(format!(".{name}.gone"));
                tree::remove(&aside)?;
                std::fs::rename(&path, &aside).map_err(DeployError::io("remove", &path))?;
                Store::new(&settings.cachedir, &path).remove();
                remove_scratch(&path)?;
                tree::remove(&unfinished(&path))?;
                tree::remove(&generation(&path))?;
                tracing::info!(path = %path.display(), "removed, since no source has it");
                removed.push(name);
            }
        }
        removed.sort();
        if !gone.is_empty() {
            let names: Vec<String> = gone.into_iter().collect();
            self.deployer.publish.remove(&names)?;
            tree::remove(&pending)?;
        }
        Ok(removed)
    }

    /// Runs the command that is to follow a series of deploys.
    ///
    /// # Errors
    /// It failed, or takes too long.
    pub fn postrun(&self, deployed: &[String], cancel: &Cancel) -> Result<()> {
        let Some((program, arguments)) = self.deployer.settings.postrun.split_first() else { return Ok(()) };
        let names = deployed.join(" ");
        let mut command = std::process::Command::new(program);
        command.args(arguments.iter().map(|argument| argument.replace("$modifiedenvs", &names)));
        let output = process::run(command, None, self.deployer.settings.deploy_timeout, cancel)?;
        match output.status.success() {
            true => Ok(()),
            false => Err(DeployError::failed(format!(
                "the command after the deploy ({program}) failed: {}",
                output.complaint()
            ))),
        }
    }

    fn refuse_if_locked(&self) -> Result<()> {
        match &self.deployer.settings.deploy.write_lock {
            Some(reason) => Err(DeployError::new(
                Kind::Locked,
                format!(
                    "Making changes to deployed environments has been administratively disabled. Reason: {reason}"
                ),
            )),
            None => Ok(()),
        }
    }

    /// Brings the copy of a repository up to date, once.
    pub(crate) fn fetch(&self, mirror: &Mirror, cancel: &Cancel) -> Result<()> {
        if self.is_fetched(mirror) {
            return Ok(());
        }
        self.progress.event(Event::Fetching { remote: &mirror.remote });
        self.deployer.git.fetch(mirror, cancel)?;
        self.fetched.lock().unwrap_or_else(PoisonError::into_inner).insert(mirror.given().show().to_owned());
        Ok(())
    }

    pub(crate) fn is_fetched(&self, mirror: &Mirror) -> bool {
        self.fetched.lock().unwrap_or_else(PoisonError::into_inner).contains(mirror.given().show())
    }
}

/// A path whose directory is named without links: sources may name one by several paths.
fn real(path: &Path) -> PathBuf {
    match (path.parent().map(Path::canonicalize), path.file_name()) {
        (Some(Ok(parent)), Some(name)) => parent.join(name),
        _ => path.to_owned(),
    }
}

/// Writes down which environments' end is to be told.
fn note(file: &Path, names: &BTreeSet<String>) -> Result<()> {
    if let Some(directory) = file.parent() {
        stdx::fs::create_directory(directory, 0o750).map_err(DeployError::io("create", directory))?;
    }
    let bytes = serde_json::to_vec(names)
        .map_err(|error| DeployError::failed(format!("could not write {}: {error}", file.display())))?;
    stdx::fs::write_atomic(file, &bytes, 0o640).map_err(DeployError::io("write", file))
}

/// Brings what was written to the disk.
fn sync(directory: &Path) -> Result<()> {
    let opened = std::fs::File::open(directory).map_err(DeployError::io("read", directory))?;
    rustix::fs::syncfs(&opened).map_err(|error| DeployError::io("write", directory)(error.into()))
}

/// Removes what deploys that were killed left beside an environment. Called with its lock held.
fn remove_scratch(environment: &Path) -> Result<()> {
    let (Some(parent), Some(name)) = (environment.parent(), environment.file_name()) else { return Ok(()) };
    let name = name.to_string_lossy();
    let (unpacked, gone) = (format!(".{name}.unpack-"), format!(".{name}.gone"));
    for entry in std::fs::read_dir(parent).into_iter().flatten().flatten() {
        let found = entry.file_name();
        let found = found.to_string_lossy();
        if found.starts_with(&unpacked) || found == gone {
            tree::remove(&entry.path())?;
        }
    }
    Ok(())
}

/// The file beside an environment's directory that each deploy writes anew when it begins.
fn generation(environment: &Path) -> PathBuf {
    let name = environment.file_name().unwrap_or_default().to_string_lossy();
    environment.with_file_name(format!(".{name}.generation"))
}

/// The mark beside an environment's directory that says that what is in there is not whole. Nothing makes a version of it then.
pub fn unfinished(environment: &Path) -> PathBuf {
    let name = environment.file_name().unwrap_or_default().to_string_lossy();
    environment.with_file_name(format!(".{name}.unfinished"))
}
