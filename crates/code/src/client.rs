//! The client of file sync: asks, fetches, lays out, switches. It does what [`crate::sync_machine`] decides.
//!
//! It runs on every compiler and on the primary, where it takes versions from the store of versions itself and nothing travels. A compiler
//! keeps objects in a repository of its own, `<data>/client/<repo>.git`, one for all environments, so what they share
//! travels once and is kept once; `refs/synced-commits/<environment>` names what serves.

mod served;
mod tidy;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

use rest::client::{Answer, ClientLimits};
use rest::metrics::Counter;
use rest::{BoxFuture, Bytes, ClientError, HeaderName, HeaderValue, Method, StatusCode, Upstream, header};
use serde_json::{Map, Value as Json, json};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use crate::error::{Error, Result};
use crate::git::{Id, OBJECT_BYTES_MAX, Repository, SYNCED};
use crate::limits::Limits;
use crate::live::{Current, Live, TOP};
use crate::protocol::{self, ObjectsRequest, PREFIX, SyncStatus};
use crate::retention::Retention;
use crate::sync_machine::{Fetched, Machine, Pace, PartStatus, Polled, Task};
use crate::transfer::{self, IDS_MAX};
use crate::versions::Storage;
use served::Served;

/// How often old versions are looked for.
const EXPIRE_INTERVAL: Duration = Duration::from_secs(60);
/// What an answer may have beyond the largest file, for its other objects and for what does not compress.
const ANSWER_SLACK_BYTES: u64 = 64 * 1024 * 1024;

/// What is synchronised.
#[derive(Clone, Debug)]
pub struct ClientSettings {
    /// The repository, such as `puppet-code`.
    pub repo: String,
    /// The directory of environments in it.
    pub submodules_dir: String,
    /// `<data-dir>/client/<repo>.git`; not used on the primary.
    pub store: PathBuf,
    /// Times.
    pub pace: Pace,
    /// Seconds that the primary may wait with an answer.
    pub wait_seconds: u64,
    /// How long old versions stay in the store; for ever without it. On the primary that is a matter of the store of versions.
    pub retention: Option<Retention>,
    /// Limits.
    pub limits: Limits,
}

/// Where versions come from.
pub enum Source {
    /// From the store of versions of this process.
    Here(Arc<Storage>),
    /// From a primary.
    There(Arc<dyn Primary>),
}

/// The way to a primary.
pub trait Primary: Send + Sync {
    /// Sends a POST to a path and query below the address of the primary; the answer may have any status.
    fn post(
        &self,
        target: String,
        headers: Vec<(HeaderName, HeaderValue)>,
        body: Bytes,
    ) -> BoxFuture<'_, Result<Answer, ClientError>>;
}

impl Primary for Upstream {
    fn post(
        &self,
        target: String,
        headers: Vec<(HeaderName, HeaderValue)>,
        body: Bytes,
    ) -> BoxFuture<'_, Result<Answer, ClientError>> {
        Box::pin(async move { self.send(Method::POST, &target, headers, body).await })
    }
}

impl ClientSettings {
    /// What a connection to the primary has to bear: questions that wait for their answers, and answers as large as files.
    pub fn client_limits(&self) -> ClientLimits {
        ClientLimits {
            answer_timeout: Duration::from_secs(self.wait_seconds + 60),
            answer_bytes_max: (self.limits.file_bytes_max + ANSWER_SLACK_BYTES) as usize,
            ..ClientLimits::default()
        }
    }
}

/// How a client fares.
#[derive(Clone, Debug, Default)]
pub struct ClientStatus {
    /// By environment, and [`TOP`].
    pub parts: BTreeMap<String, PartStatus>,
    /// When the primary was asked last.
    pub last_check_in: Option<SystemTime>,
    /// When everything was as on the primary last.
    pub last_successful_sync: Option<SystemTime>,
    /// Why the primary could not be asked, if the last question failed.
    pub poll_error: Option<String>,
    /// Everything is as the primary said when it was asked last, and it did answer.
    pub is_synced: bool,
    /// Environments whose version was overtaken by one of the primary's that does not serve here yet.
    pub behind: BTreeMap<String, Behind>,
    /// How often the primary has answered, or could not be asked.
    pub answers: u64,
}

/// An environment that is not as on the primary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behind {
    /// The version that serves nevertheless; nothing for an environment that is new.
    pub serves: Option<Id>,
    /// Since when a newer one is known.
    pub since: Instant,
}

/// A client.
pub struct Client {
    settings: ClientSettings,
    source: Source,
    live: Arc<Live>,
    status: watch::Sender<Arc<ClientStatus>>,
    /// What commits are about, of those that serve.
    commits: Mutex<BTreeMap<Id, Json>>,
    /// Held while the store is tidied.
    tidying: Mutex<()>,
    /// What has served, on a compiler.
    served: Mutex<Option<Served>>,
    /// Held while objects are removed from the store, and shared while they are added or counted on.
    adding: RwLock<()>,
    /// Versions that are fetched or laid out.
    arriving: Mutex<BTreeMap<String, Id>>,
    nudge: Notify,
    /// Ends a question that waits for its answer, so that another one can be asked.
    interrupt: watch::Sender<()>,
    received_bytes: Counter,
    switches: Counter,
}

enum Outcome {
    /// Nothing if the question was given up for another one.
    Polled(Option<Result<Polled, String>>),
    Fetched(String, Result<Fetched, String>),
    LaidOut(String, Result<(), String>),
    Tidied,
}

impl Client {
    /// A client that does nothing before [`Client::run`].
    ///
    /// # Errors
    /// Its store cannot be made.
    pub fn new(settings: ClientSettings, source: Source, live: Arc<Live>) -> Result<Client> {
        let served = match &source {
            Source::There(_) => {
                let store = Repository::open_or_create(&settings.store)?;
                Some(Served::load(&store, &live.current(), SystemTime::now()))
            }
            Source::Here(storage) => {
                storage.set_serving(&settings.repo, live.clone());
                None
            }
        };
        let status = watch::Sender::new(Arc::default());
        Ok(Client {
            settings,
            source,
            live,
            status,
            commits: Mutex::default(),
            tidying: Mutex::default(),
            served: Mutex::new(served),
            adding: RwLock::default(),
            arriving: Mutex::default(),
            nudge: Notify::new(),
            interrupt: watch::Sender::new(()),
            received_bytes: Counter::default(),
            switches: Counter::default(),
        })
    }

    /// The versions that serve.
    pub fn live(&self) -> &Arc<Live> {
        &self.live
    }

    /// The repository, such as `puppet-code`.
    pub fn repo(&self) -> &str {
        &self.settings.repo
    }

    /// How it fares.
    pub fn status(&self) -> Arc<ClientStatus> {
        self.status.borrow().clone()
    }

    /// Bytes of objects that were fetched.
    pub(crate) fn received_bytes(&self) -> u64 {
        self.received_bytes.value()
    }

    /// Versions that came to serve.
    pub(crate) fn switches(&self) -> u64 {
        self.switches.value()
    }

    /// Tells when something of its state has changed.
    pub fn watch(&self) -> watch::Receiver<Arc<ClientStatus>> {
        self.status.subscribe()
    }

    /// Synchronises at once. Returns when everything is as on the primary, when something failed, or when the time is over.
    pub async fn force(&self, patience: Duration) -> Arc<ClientStatus> {
        let mut watch = self.watch();
        let asked = watch.borrow_and_update().answers;
        self.nudge.notify_one();
        let settled = watch.wait_for(|status| {
            let failed = status.poll_error.is_some()
                || status.parts.values().any(|part| part.status == SyncStatus::Error);
            status.answers > asked && (status.is_synced || failed)
        });
        // In time or not, the state is the answer.
        let _ = tokio::time::timeout(patience, settled).await;
        self.status()
    }

    /// Runs until it is dropped.
    pub async fn run(self: Arc<Client>) {
        let began = Instant::now();
        let now = || began.elapsed().as_millis() as u64;
        let serving = self.live.current();
        let serving = serving.iter().map(|(name, version)| (name.clone(), version.commit));
        let mut machine = Machine::new(self.settings.pace.clone(), &self.settings.submodules_dir, serving);
        let mut running: JoinSet<Outcome> = JoinSet::new();
        let mut expire = tokio::time::interval(EXPIRE_INTERVAL);
        let mut answers = 0;
        let mut checked_in = None;
        // A question was ended to tell what serves now, and not to hear what is new.
        let mut is_telling = false;
        let client = self.clone();
        if let Err(error) = blocking(move || client.read_about()).await {
            tracing::warn!(%error, "what the versions that serve are about is not known");
        }
        self.tell(&machine, answers, checked_in, false);
        loop {
            for task in machine.start(now()) {
                if matches!(task, Task::Poll { .. }) {
                    checked_in = Some(SystemTime::now());
                }
                let client = self.clone();
                // From now on, and not from when the task begins.
                let interrupt = self.interrupt.subscribe();
                running.spawn(async move { client.perform(task, interrupt).await });
            }
            let wake = machine.wake().map(|at| began + Duration::from_millis(at));
            let wake = async {
                match wake {
                    Some(at) => tokio::time::sleep_until(at.into()).await,
                    None => std::future::pending().await,
                }
            };
            // Whether something was heard just now that makes the state known anew; that time has passed does not.
            let mut is_answered = false;
            tokio::select! {
                Some(outcome) = running.join_next() => match outcome {
                    Ok(Outcome::Polled(Some(outcome))) => {
                        answers += 1;
                        if let Err(error) = &outcome {
                            tracing::warn!(error, "the primary cannot be asked for new code; what is there serves on");
                        }
                        is_answered = outcome.is_ok();
                        let was_forgotten = machine.is_forgotten();
                        machine.polled(now(), outcome);
                        if machine.is_forgotten() && !was_forgotten {
                            tracing::error!("the primary has no version of the repository; what is here serves on, until code is committed there");
                        }
                    }
                    Ok(Outcome::Polled(None)) if std::mem::take(&mut is_telling) => machine.poll_put_off(now()),
                    Ok(Outcome::Polled(None)) => machine.poll_given_up(now()),
                    Ok(Outcome::Fetched(name, outcome)) => {
                        if let Err(error) = &outcome {
                            tracing::error!(environment = name, error, "the code could not be fetched; the version before serves on");
                        }
                        machine.fetched(now(), &name, outcome);
                    }
                    Ok(Outcome::LaidOut(name, outcome)) => {
                        if let Err(error) = &outcome {
                            tracing::error!(environment = name, error, "the code could not be laid out; the version before serves on");
                        }
                        is_answered = outcome.is_ok();
                        machine.laid_out(now(), &name, outcome);
                        // The primary hears of it at once: somebody may wait until all servers have the version.
                        if is_answered && machine.is_synced() && matches!(self.source, Source::There(_)) {
                            is_telling = true;
                            self.interrupt.send_replace(());
                        }
                    }
                    Ok(Outcome::Tidied) => {}
                    Err(error) => {
                        tracing::error!(%error, "a part of file sync failed; it begins anew");
                        // What was under way is not known any more. All of it ends here: what of it ended later would be
                        // taken for a part of what begins now.
                        running.shutdown().await;
                        let serving = self.live.current();
                        let serving = serving.iter().map(|(name, version)| (name.clone(), version.commit));
                        machine = Machine::new(self.settings.pace.clone(), &self.settings.submodules_dir, serving);
                        tokio::time::sleep(Duration::from_secs(1)).await;
                    }
                },
                () = wake => {}
                () = self.nudge.notified() => {
                    is_telling = false;
                    machine.force(now());
                    self.interrupt.send_replace(());
                }
                _ = expire.tick() => {
                    let client = self.clone();
                    running.spawn(async move {
                        client.tidy().await;
                        Outcome::Tidied
                    });
                }
            }
            self.tell(&machine, answers, checked_in, is_answered);
        }
    }

    fn tell(&self, machine: &Machine, answers: u64, last_check_in: Option<SystemTime>, is_answered: bool) {
        let is_synced = machine.is_synced();
        let before = self.status();
        let parts = machine.status();
        let status = ClientStatus {
            behind: behind(&parts, &self.live.current(), &before.behind),
            parts,
            last_check_in,
            last_successful_sync: if is_synced && is_answered {
                Some(SystemTime::now())
            } else {
                before.last_successful_sync
            },
            poll_error: machine.poll_error().map(str::to_owned),
            is_synced,
            answers,
        };
        self.status.send_replace(Arc::new(status));
    }

    async fn perform(self: Arc<Client>, task: Task, mut interrupt: watch::Receiver<()>) -> Outcome {
        match task {
            Task::Poll { seen } => tokio::select! {
                outcome = self.poll(seen) => Outcome::Polled(Some(outcome)),
                _ = interrupt.changed() => Outcome::Polled(None),
            },
            Task::Fetch { name, want, have, ids } => {
                let outcome = self.fetch(&name, want, have, ids).await;
                Outcome::Fetched(name, outcome.map_err(|error| error.to_string()))
            }
            Task::LayOut { name, commit } => {
                let client = self.clone();
                let part = name.clone();
                let outcome = blocking(move || client.lay_out(&part, commit)).await;
                Outcome::LaidOut(name, outcome.map_err(|error| error.to_string()))
            }
            Task::Drop { name } => {
                let client = self.clone();
                let gone = name.clone();
                let outcome = blocking(move || client.drop_environment(&gone)).await;
                tracing::info!(environment = name, "the environment is gone");
                Outcome::LaidOut(name, outcome.map_err(|error| error.to_string()))
            }
        }
    }

    async fn poll(&self, seen: Option<String>) -> Result<Polled, String> {
        let primary = match &self.source {
            Source::Here(storage) => {
                let mut watch = storage.watch();
                loop {
                    let latest = watch.borrow_and_update().clone();
                    let tag = protocol::tag(&latest);
                    if seen.as_ref() != Some(&tag) {
                        let latest = latest.get(&self.settings.repo).cloned().flatten();
                        return Ok(Polled::Latest { latest, tag: Some(tag) });
                    }
                    watch.changed().await.map_err(|error| error.to_string())?;
                }
            }
            Source::There(primary) => primary,
        };
        let mut headers = vec![(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        let mut wait = String::new();
        if let Some(seen) = seen.and_then(|seen| HeaderValue::from_str(&seen).ok()) {
            headers.push((header::IF_NONE_MATCH, seen));
            wait = format!("?wait={}", self.settings.wait_seconds);
        }
        let body = json!({"repos": self.repos_json()}).to_string();
        let target = format!("{PREFIX}/latest-commits{wait}");
        let answer = primary.post(target, headers, body.into()).await;
        let answer = answer.map_err(|error| error.to_string())?;
        if answer.status == StatusCode::NOT_MODIFIED {
            return Ok(Polled::Unchanged);
        }
        let answer = answer.ok().map_err(|error| error.to_string())?;
        let latest = protocol::read_latest_commits(&answer.body)
            .map_err(|error| format!("the answer of {} is not understood: {error}", answer.server))?;
        let tag = answer.headers.get(header::ETAG).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
        Ok(Polled::Latest { latest: latest.get(&self.settings.repo).cloned().flatten(), tag })
    }

    async fn fetch(
        self: &Arc<Client>,
        name: &str,
        want: Id,
        have: Option<Id>,
        ids: Vec<Id>,
    ) -> Result<Fetched> {
        let Source::There(primary) = &self.source else {
            return Ok(Fetched { gained: 0, missing: Vec::new() });
        };
        self.arriving.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), want);
        let missing = {
            let this = self.clone();
            move || {
                let _stays = this.adding.read().unwrap_or_else(PoisonError::into_inner);
                transfer::missing(&this.store()?, want, have, IDS_MAX)
            }
        };
        // Nothing, if all of it came with another environment.
        if ids.is_empty() && blocking(missing.clone()).await?.is_empty() {
            return Ok(Fetched { gained: 0, missing: Vec::new() });
        }
        let whole = ids.is_empty();
        let request = ObjectsRequest {
            repo_id: self.settings.repo.clone(),
            submodule_id: self.submodule(name),
            want: whole.then_some(want),
            have: have.filter(|_| whole),
            ids,
        };
        let body = serde_json::to_vec(&request).map_err(|error| Error::Remote(error.to_string()))?;
        let headers = vec![(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        let answer = primary.post(format!("{PREFIX}/objects"), headers, body.into()).await;
        let answer = answer.and_then(Answer::ok).map_err(|error| Error::Remote(error.to_string()))?;
        let this = self.clone();
        let body: Bytes = answer.body;
        self.received_bytes.add(body.len() as u64);
        let fetched = blocking(move || {
            let object_max = usize::try_from(this.settings.limits.file_bytes_max).unwrap_or(OBJECT_BYTES_MAX);
            let total_max = this.settings.limits.total_bytes_max;
            let ids = {
                let _stays = this.adding.read().unwrap_or_else(PoisonError::into_inner);
                this.store()?.take_in(&body, object_max.min(OBJECT_BYTES_MAX), total_max)?
            };
            Ok(Fetched { gained: ids.len(), missing: missing()? })
        });
        fetched.await
    }

    /// Lays a version out and lets it serve.
    fn lay_out(&self, name: &str, commit: Id) -> Result<()> {
        let started = Instant::now();
        let (about, cost) = {
            // Nothing of the version is removed before it serves.
            let _stays = self.adding.read().unwrap_or_else(PoisonError::into_inner);
            let repository = self.repository(name)?;
            let mut reader = repository.reader()?;
            let (version, cost) = self.live.lay_out(&mut reader, name, commit)?;
            let about = reader.commit(commit)?;
            if let Source::There(_) = self.source {
                // Of its history only the version itself was fetched.
                if about.parents.iter().any(|parent| !reader.contains(*parent)) {
                    repository.mark_shallow(commit)?;
                }
                repository.set(&synced_ref(name), commit)?;
            }
            self.live.switch(std::slice::from_ref(&version), &[])?;
            (about, cost)
        };
        self.now_serves(name, Some(commit));
        self.switches.increment();
        let mut commits = self.commits.lock().unwrap_or_else(PoisonError::into_inner);
        let serving = self.live.current();
        commits.retain(|id, _| serving.values().any(|version| version.commit == *id));
        commits.insert(commit, protocol::commit_info(commit, &about));
        tracing::info!(
            environment = name,
            %commit,
            linked = cost.linked,
            written = cost.written,
            milliseconds = started.elapsed().as_millis() as u64,
            "a new version serves"
        );
        Ok(())
    }

    /// Reads what the versions are about that serve since before this process began.
    fn read_about(&self) -> Result<()> {
        let mut about = BTreeMap::new();
        for (name, version) in self.live.current().iter() {
            let commit = self.repository(name)?.reader()?.commit(version.commit)?;
            about.insert(version.commit, protocol::commit_info(version.commit, &commit));
        }
        self.commits.lock().unwrap_or_else(PoisonError::into_inner).extend(about);
        Ok(())
    }

    /// The repository that has the objects of an environment.
    ///
    /// # Errors
    /// There is none.
    pub fn repository(&self, name: &str) -> Result<Repository> {
        match &self.source {
            Source::Here(storage) => storage.repository(&self.settings.repo, self.submodule(name).as_deref()),
            Source::There(_) => self.store(),
        }
    }

    fn store(&self) -> Result<Repository> {
        Repository::open_or_create(&self.settings.store)
    }

    fn submodule(&self, name: &str) -> Option<String> {
        (name != TOP).then(|| format!("{}/{name}", self.settings.submodules_dir))
    }

    /// The state of the repository as check-ins and status documents have it.
    pub fn repos_json(&self) -> Json {
        let status = self.status();
        let commits = self.commits.lock().unwrap_or_else(PoisonError::into_inner);
        let part = |part: &PartStatus| {
            let mut document = json!({"status": part.status.as_str()});
            if let Some(live) = part.live {
                document["latest_commit"] =
                    commits.get(&live).cloned().unwrap_or_else(|| json!({"commit": live}));
            }
            if let Some(error) = &part.error {
                document["error"] = error.as_str().into();
            }
            document
        };
        let mut repo = match status.parts.get(TOP) {
            Some(top) => part(top),
            None => json!({"status": if status.is_synced { "ok" } else { "new-commits" }}),
        };
        let submodules: Map<String, Json> = status
            .parts
            .iter()
            .filter_map(|(name, status)| Some((self.submodule(name)?, part(status))))
            .collect();
        if !submodules.is_empty() {
            repo["submodules"] = Json::Object(submodules);
        }
        json!({ &self.settings.repo: repo })
    }
}

/// What is behind, since when. A version that could not be shown in the live directory does serve, so what counts is what serves.
fn behind(
    parts: &BTreeMap<String, PartStatus>,
    current: &Current,
    before: &BTreeMap<String, Behind>,
) -> BTreeMap<String, Behind> {
    let now = Instant::now();
    let overtaken = parts.iter().filter_map(|(name, part)| {
        let serves = current.get(name).map(|version| version.commit);
        part.target.filter(|target| serves != Some(*target))?;
        let known = before.get(name).filter(|known| known.serves == serves);
        Some((name.clone(), known.copied().unwrap_or(Behind { serves, since: now })))
    });
    overtaken.collect()
}

fn synced_ref(name: &str) -> String {
    format!("{SYNCED}{}", if name == TOP { "top-level" } else { name })
}

pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(error) => Err(Error::Remote(format!("it could not be carried out: {error}"))),
    }
}
