//! Versions of code: on the primary the store of them, everywhere the client and what serves.

mod prune;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ::code::client::{Client, ClientSettings, ClientStatus, Primary, Source};
use ::code::handlers::{Allowed, Handlers};
use ::code::live::{Current, Live, LiveSettings};
use ::code::protocol::SyncStatus;
use ::code::sync_machine::Pace;
use ::code::versions::{RepoSettings, Storage, StorageSettings};
use ::code::{Limits, Retention};
use anyhow::Context as _;
use api::Pdb;
use arc_swap::ArcSwap;
use serde_json::{Value as Json, json};
use server::environments::Environments;
use server::versions::{Version, Versions};
use server::{Alert, Part, Severity};
use stdx::clock::SystemClock;
use stdx::hocon;
use tokio::task::JoinHandle;

use super::settings;
use crate::config::Site;

/// The repository of code, by the name that tools know.
pub const REPO: &str = "puppet-code";
/// The directory that holds environments.
pub const SUBMODULES_DIR: &str = "environments";
/// Seconds that a primary may wait with its answer to a question for new versions.
const WAIT_SECONDS: u64 = 55;
/// A version that was overtaken so short ago may still be on its way to somebody.
const OVERTAKEN_MIN: Duration = Duration::from_secs(3600);

/// Where everything of file sync is.
pub struct Places {
    /// Where versions are kept.
    pub data_dir: PathBuf,
    /// Where code is made ready.
    pub staging_dir: PathBuf,
    /// Where links lead to what serves.
    pub live_dir: PathBuf,
    server_repo_url: String,
    preserve_deleted_submodules: bool,
    retention: Option<Retention>,
}

/// File sync at work.
pub(super) struct CodeSync {
    /// Answers `/file-sync/v1`.
    pub(super) handlers: Arc<Handlers>,
    /// What the server compiles from.
    pub(super) versions: Arc<dyn Versions>,
    /// Its state.
    pub(super) parts: Vec<Arc<dyn Part>>,
    /// The store of versions, on a primary.
    pub(super) storage: Option<Arc<Storage>>,
    allowed: Arc<Allowed>,
    pub(super) client: Arc<Client>,
}

/// Where file sync has its files; nothing if it is not in use. `file-sync.conf` of a Puppet server is read where there is one.
pub fn places(site: &Site) -> anyhow::Result<Option<Places>> {
    let conf = match site.puppetserver_conf("file-sync.conf") {
        Some(file) => Some(hocon::load(&file)?),
        None => None,
    };
    let conf = |path: &[&str]| conf.as_ref()?.get(path).cloned();
    let config = &site.config.file_sync;
    if !config.enabled.unwrap_or_else(|| conf(&["file-sync", "repos", REPO]).is_some()) {
        return Ok(None);
    }
    let path = |own: &Option<PathBuf>, keys: &[&str]| {
        own.clone().or_else(|| conf(keys)?.as_str().map(PathBuf::from))
    };
    let codedir = site.path("codedir");
    let data_dir = path(&config.data_dir, &["file-sync", "data-dir"]);
    let staging_dir = path(&config.staging_dir, &["file-sync", "repos", REPO, "staging-dir"]);
    let live_dir = path(&config.live_dir, &["file-sync", "repos", REPO, "live-dir"]);
    let url =
        conf(&["file-sync", "client", "server-repo-url"]).and_then(|url| url.as_str().map(str::to_owned));
    let preserve =
        matches!(conf(&["file-sync", "preserve-deleted-submodules"]), Some(hocon::Value::Bool(true)));
    Ok(Some(Places {
        data_dir: data_dir.unwrap_or_else(|| site.data_dir.join("filesync")),
        staging_dir: staging_dir.unwrap_or_else(|| with_suffix(&codedir, "-staging")),
        live_dir: live_dir.unwrap_or(codedir),
        server_repo_url: url.unwrap_or_else(|| format!("https://{}:8140/file-sync-git", site.certname)),
        preserve_deleted_submodules: config.preserve_deleted_submodules || preserve,
        retention: config.prune.then(|| Retention {
            versions: config.keep_versions,
            age: config.keep_versions_for.0.max(OVERTAKEN_MIN),
        }),
    }))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{name}{suffix}"))
}

/// The store of versions.
pub fn storage(places: &Places) -> ::code::Result<Storage> {
    let repo =
        RepoSettings { staging_dir: places.staging_dir.clone(), submodules_dir: SUBMODULES_DIR.to_owned() };
    let settings = StorageSettings {
        data_dir: places.data_dir.clone(),
        server_repo_url: places.server_repo_url.clone(),
        repos: BTreeMap::from([(REPO.to_owned(), repo)]),
        preserve_deleted_submodules: places.preserve_deleted_submodules,
        retention: places.retention,
        limits: Limits::default(),
    };
    Storage::open(settings, Arc::new(SystemClock))
}

/// File sync on the primary.
pub(super) fn on_primary(site: &Site) -> anyhow::Result<Option<CodeSync>> {
    let Some(places) = places(site)? else { return Ok(None) };
    let storage = Arc::new(storage(&places).context("the versions of code cannot be read")?);
    CodeSync::new(site, &places, Some(storage.clone()), Source::Here(storage)).map(Some)
}

/// File sync on a compiler.
pub(super) fn on_compiler(
    site: &Site,
    places: &Places,
    primary: Arc<dyn Primary>,
) -> anyhow::Result<CodeSync> {
    CodeSync::new(site, places, None, Source::There(primary))
}

/// How a client of this site works.
pub(super) fn client_settings(site: &Site, places: &Places) -> ClientSettings {
    ClientSettings {
        repo: REPO.to_owned(),
        submodules_dir: SUBMODULES_DIR.to_owned(),
        store: places.data_dir.join("client").join(format!("{REPO}.git")),
        pace: Pace {
            poll_interval: site.config.file_sync.poll_interval.0.as_millis() as u64,
            ..Pace::default()
        },
        wait_seconds: WAIT_SECONDS,
        retention: places.retention,
        limits: Limits::default(),
    }
}

impl CodeSync {
    fn new(
        site: &Site,
        places: &Places,
        storage: Option<Arc<Storage>>,
        source: Source,
    ) -> anyhow::Result<CodeSync> {
        let settings = client_settings(site, places);
        let config = &site.config.file_sync;
        let live = LiveSettings {
            versions_dir: places.data_dir.join("client/versioned-dirs").join(REPO),
            live_dir: Some(places.live_dir.clone()),
            submodules_dir: SUBMODULES_DIR.to_owned(),
            versioned_dirs_ttl: config.versioned_dirs_ttl.0,
            enable_forceful_sync: config.enable_forceful_sync,
            limits: settings.limits.clone(),
        };
        let live = Arc::new(Live::open(live).context("the versions that serve cannot be read")?);
        let client = Arc::new(Client::new(settings, source, live.clone()).context("file sync cannot begin")?);
        let allowed = Arc::new(Allowed::new([site.certname.clone()], settings::compilers(site)));
        let handlers = Arc::new(Handlers::new(storage.clone(), Some(client.clone()), allowed.clone()));
        let shown = places.live_dir.join(SUBMODULES_DIR);
        let versions = Served { live, client: client.clone(), shown, known: ArcSwap::default() };
        let mut parts: Vec<Arc<dyn Part>> = vec![Arc::new(ClientPart {
            handlers: handlers.clone(),
            client: client.clone(),
            max_age: config.max_code_age.0,
        })];
        if storage.is_some() {
            parts.push(Arc::new(StoragePart(handlers.clone())));
        }
        Ok(CodeSync { handlers, versions: Arc::new(versions), parts, storage, allowed, client })
    }

    /// What has the versions.
    pub(super) fn client(&self) -> &Arc<Client> {
        &self.client
    }

    /// Takes a changed list of compilers over.
    pub(super) fn reload(&self, site: &Site) {
        self.allowed.replace_compilers(settings::compilers(site));
    }

    /// Answers those who wait for news, so that nobody has to wait for them.
    pub(super) fn close(&self) {
        self.handlers.close();
    }

    /// Goes to work. `environments` tells the present environments; a new version is loaded before an agent asks for it. `store` knows
    /// which versions catalogs name.
    pub(super) fn start(
        &self,
        environments: impl Fn() -> Arc<Environments> + Send + Sync + 'static,
        store: Arc<dyn Pdb>,
    ) -> Vec<JoinHandle<()>> {
        let environments = Arc::new(environments);
        let mut watch = self.client.live().watch();
        let loading = tokio::spawn(async move {
            let mut loaded = Arc::new(Current::new());
            while watch.changed().await.is_ok() {
                let current = watch.borrow_and_update().clone();
                for (name, version) in
                    current.iter().filter(|(name, version)| loaded.get(*name) != Some(*version))
                {
                    let (environments, name) = (environments(), name.clone());
                    let commit = version.commit;
                    let outcome = tokio::task::spawn_blocking(move || {
                        // Only what agents ask for is kept in memory.
                        if environments.is_loaded(&name)
                            && let Err(error) = environments.get(&name)
                        {
                            tracing::error!(environment = name, %commit, %error, "the new version cannot be loaded");
                        }
                    });
                    if outcome.await.is_err() {
                        tracing::error!("loading a new version failed");
                    }
                }
                loaded = current;
            }
        });
        let pruning = prune::Pruning { client: self.client.clone(), handlers: self.handlers.clone(), store };
        vec![tokio::spawn(self.client.clone().run()), loading, tokio::spawn(pruning.run())]
    }
}

/// The versions as the server sees them.
struct Served {
    live: Arc<Live>,
    client: Arc<Client>,
    shown: PathBuf,
    known: ArcSwap<Known>,
}

/// What was made of the versions that serve.
#[derive(Default)]
struct Known {
    of: Option<Arc<Current>>,
    versions: HashMap<String, Arc<Version>>,
}

impl std::fmt::Debug for Served {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Served").field("shown", &self.shown).finish_non_exhaustive()
    }
}

impl Versions for Served {
    fn current(&self, environment: &str) -> Option<Arc<Version>> {
        let current = self.live.current();
        let known = self.known.load();
        if known.of.as_ref().is_some_and(|of| Arc::ptr_eq(of, &current)) {
            return known.versions.get(environment).cloned();
        }
        let shared = current.get(::code::live::TOP).map(|top| top.commit.to_string());
        let version = |(name, version): (&String, &Arc<::code::live::Version>)| {
            let made = Version {
                directory: version.directory.clone(),
                shown_as: self.shown.join(name),
                code_id: ::code::code_id(version.commit, name),
                shared: shared.clone(),
                held: version.clone(),
            };
            (name.clone(), Arc::new(made))
        };
        let fresh = Known { versions: current.iter().map(version).collect(), of: Some(current) };
        let found = fresh.versions.get(environment).cloned();
        self.known.store(Arc::new(fresh));
        found
    }

    fn names(&self) -> Vec<String> {
        self.live.current().keys().filter(|name| *name != ::code::live::TOP).cloned().collect()
    }

    fn content(&self, environment: &str, code_id: &str, path: &str) -> Result<Option<Vec<u8>>, String> {
        match self.client.repository(environment) {
            Ok(repository) => {
                ::code::content(&repository, environment, code_id, path).map_err(|error| error.to_string())
            }
            Err(::code::Error::NotFound(_)) => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }
}

fn warning(message: String) -> Alert {
    Alert { severity: Severity::Warning, message }
}

struct StoragePart(Arc<Handlers>);

impl Part for StoragePart {
    fn name(&self) -> &'static str {
        "file-sync-storage-service"
    }

    fn alerts(&self) -> Vec<Alert> {
        Vec::new()
    }

    fn details(&self, level: &str) -> Json {
        self.0.storage_status(level).unwrap_or_else(|| json!({}))
    }
}

/// That the primary is away, or that it has no code, is no reason to send agents elsewhere: the other compilers have the same primary.
/// A reason is code that the primary has replaced long ago and that this server cannot replace.
struct ClientPart {
    handlers: Arc<Handlers>,
    client: Arc<Client>,
    /// Not limited if it is zero.
    max_age: Duration,
}

/// What is wrong with code that is this old. While the primary cannot be asked, nobody has the newer version from it.
fn age_alerts(status: &ClientStatus, max_age: Duration) -> Vec<Alert> {
    if max_age.is_zero() {
        return Vec::new();
    }
    let old = status.behind.iter().filter_map(|(name, behind)| {
        let age = behind.since.elapsed();
        let severity = if status.poll_error.is_none() { Severity::Error } else { Severity::Warning };
        let message = format!(
            "the primary has had a newer version of {name} for {} s; {} s are allowed",
            age.as_secs(),
            max_age.as_secs()
        );
        (age > max_age).then_some(Alert { severity, message })
    });
    old.collect()
}

impl Part for ClientPart {
    fn name(&self) -> &'static str {
        "file-sync-client-service"
    }

    fn alerts(&self) -> Vec<Alert> {
        let status = self.client.status();
        let failed =
            status.parts.iter().filter(|(_, part)| part.status == SyncStatus::Error).map(|(name, part)| {
                warning(format!(
                    "{name} is not as on the primary: {}",
                    part.error.as_deref().unwrap_or_default()
                ))
            });
        let away = status
            .poll_error
            .iter()
            .map(|error| warning(format!("the primary cannot be asked for code: {error}")));
        age_alerts(&status, self.max_age).into_iter().chain(failed).chain(away).collect()
    }

    fn details(&self, level: &str) -> Json {
        self.handlers.client_status(level).unwrap_or_else(|| json!({}))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use ::code::client::Behind;

    use super::*;

    fn told(age: u64, poll_error: Option<&str>, max_age: u64) -> Vec<(Severity, String)> {
        let Some(since) = Instant::now().checked_sub(Duration::from_secs(age)) else { return Vec::new() };
        let status = ClientStatus {
            behind: BTreeMap::from([("production".to_owned(), Behind { serves: None, since })]),
            poll_error: poll_error.map(str::to_owned),
            ..ClientStatus::default()
        };
        let alerts = age_alerts(&status, Duration::from_secs(max_age));
        alerts.into_iter().map(|alert| (alert.severity, alert.message)).collect()
    }

    #[test]
    fn code_may_be_old_for_a_while_and_as_long_as_the_primary_is_away() {
        assert_eq!(told(5, None, 10), []);
        assert_eq!(told(50, None, 0), []);
        let text = "the primary has had a newer version of production for 50 s; 10 s are allowed".to_owned();
        assert_eq!(told(50, None, 10), [(Severity::Error, text.clone())]);
        assert_eq!(told(50, Some("it does not answer"), 10), [(Severity::Warning, text)]);
        assert!(age_alerts(&ClientStatus::default(), Duration::from_secs(10)).is_empty());
    }
}
