//! Deploys that others ask for, as Code Manager has them: they wait in a queue, have ids, and end when all servers have the new version.
//!
//! A deploy that this process does not end, because it stops or is killed, leaves the version serving that served before; it is
//! asked for again, or the next push brings what it would have brought. So the queue is in memory.

mod handlers;
pub mod queue;
pub mod tokens;
pub mod webhook;

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use rest::BoxFuture;
use rest::metrics::{Counter, Exposition, Histogram, Kind as Type, Source};
use serde_json::{Value as Json, json};
use tokio::sync::{oneshot, watch};

use crate::{Cancel, DeployError, Deployed, Deployer, Kind, Request, Session, Silent};
pub use handlers::{Handlers, HandlersSettings, PREFIX};
use queue::{Deploy, Done, Queue, State, Wanted};

/// How often it is looked whether all servers have a version.
const SYNC_LOOK: Duration = Duration::from_millis(100);

/// A version that somebody serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Served {
    /// The environment.
    pub environment: String,
    /// The commit of its version.
    pub commit: String,
    /// When it was made, as these documents write times.
    pub date: Option<String>,
    /// The commit of the control repository that it was made from, if it was made by a deploy.
    pub signature: Option<String>,
}

/// A server that takes versions over.
#[derive(Clone, Debug)]
pub struct Client {
    /// Its certname.
    pub certname: String,
    /// When it was heard of last.
    pub checked_in: SystemTime,
    /// The same, as these documents write times.
    pub last_check_in: String,
    /// What it serves.
    pub serves: Vec<Served>,
}

/// All servers of code.
pub trait Fleet: Send + Sync {
    /// The newest versions.
    fn newest(&self) -> Vec<Served>;
    /// Who should serve them.
    fn clients(&self) -> Vec<Client>;
}

/// Is told of each deploy that has ended, with the document of the deploy.
pub trait Hooks: Send + Sync {
    /// Tells. Ends by itself in bounded time, and complains to the log only.
    fn ended(&self, document: Json) -> BoxFuture<'_, ()>;
}

/// How deploys are carried out.
#[derive(Clone, Debug)]
pub struct ManagerSettings {
    /// Environments that are deployed at a time.
    pub deploy_pool_size: usize,
    /// How long deploys are remembered.
    pub deploy_ttl: Duration,
    /// How long servers are waited for; one that was not heard of for so long is not waited for.
    pub timeouts_sync: Duration,
    /// How long a request waits for its deploys.
    pub timeouts_wait: Duration,
}

impl Default for ManagerSettings {
    fn default() -> ManagerSettings {
        ManagerSettings {
            deploy_pool_size: 2,
            deploy_ttl: Duration::from_secs(3600),
            timeouts_sync: Duration::from_secs(300),
            timeouts_wait: Duration::from_secs(700),
        }
    }
}

/// Why a request was not taken.
#[derive(Debug)]
pub enum Refusal {
    /// Too many wait.
    Full,
    /// The server stops.
    Stopping,
    /// The environments are not known.
    Unknown(DeployError),
}

/// Carries deploys out. Clones share it.
#[derive(Clone)]
pub struct Manager {
    inner: Arc<Inner>,
}

struct Inner {
    /// There until the end.
    deployer: Option<Arc<Deployer>>,
    settings: ManagerSettings,
    fleet: Option<Arc<dyn Fleet>>,
    hooks: Arc<dyn Hooks>,
    work: Mutex<Work>,
    changed: watch::Sender<()>,
    cancel: Cancel,
    durations: Histogram,
    succeeded: Counter,
    failed: Counter,
    runtime: tokio::runtime::Handle,
}

#[derive(Default)]
struct Work {
    queue: Queue,
    /// Those who carry out batches that have begun.
    batches: HashMap<u64, Sender<u64>>,
    /// Batches whose threads are at work.
    threads: usize,
    is_stopping: bool,
}

impl Manager {
    /// A manager. Nothing is begun before somebody asks. Without a `fleet` environments serve where they are built.
    ///
    /// # Panics
    /// Outside of a runtime.
    pub fn new(
        deployer: Arc<Deployer>,
        settings: ManagerSettings,
        fleet: Option<Arc<dyn Fleet>>,
        hooks: Arc<dyn Hooks>,
    ) -> Manager {
        Manager {
            inner: Arc::new(Inner {
                deployer: Some(deployer),
                settings,
                fleet,
                hooks,
                work: Mutex::default(),
                changed: watch::Sender::new(()),
                cancel: Cancel::never(),
                durations: Histogram::default(),
                succeeded: Counter::default(),
                failed: Counter::default(),
                runtime: tokio::runtime::Handle::current(),
            }),
        }
    }

    /// Asks for deploys; their ids, in the same order. What waits already may serve.
    ///
    /// # Errors
    /// Too many wait, or the server stops.
    pub fn submit(&self, wanted: Vec<Wanted>) -> Result<Vec<u64>, Refusal> {
        let mut work = self.inner.work();
        if work.is_stopping {
            return Err(Refusal::Stopping);
        }
        work.queue.expire(self.inner.settings.deploy_ttl);
        let batch = work.queue.batch(false);
        let now = SystemTime::now();
        let ids = wanted.into_iter().map(|wanted| work.queue.add(batch, wanted, now));
        let ids = ids.collect::<Result<Vec<_>, _>>().map_err(|_| Refusal::Full);
        // What found room is carried out.
        self.inner.schedule(&mut work);
        ids
    }

    /// Asks for deploys of all environments that the sources have.
    ///
    /// # Errors
    /// Too many wait, the server stops, or a source cannot be asked.
    pub async fn submit_all(&self, like: Wanted) -> Result<Vec<u64>, Refusal> {
        let (answer, answered) = oneshot::channel();
        {
            let mut work = self.inner.work();
            if work.is_stopping {
                return Err(Refusal::Stopping);
            }
            work.queue.expire(self.inner.settings.deploy_ttl);
            let batch = work.queue.batch(true);
            let inner = self.inner.clone();
            let all = move |session: &Session<'_>, sender: Sender<u64>| {
                // Nobody listens any more if the client has gone; its deploys go on.
                let _ = answer.send(inner.add_all(session, sender, batch, &like));
            };
            self.inner.begin(&mut work, batch, Some(Box::new(all))).map_err(Refusal::Unknown)?;
        }
        match answered.await {
            Ok(outcome) => outcome,
            Err(_) => Err(Refusal::Stopping),
        }
    }

    /// The environments that the sources have, each with what is wrong with it. Deploys nothing.
    ///
    /// # Errors
    /// A source cannot be asked.
    pub async fn find_all(&self) -> Result<Vec<(String, Option<DeployError>)>, DeployError> {
        let deployer = self.inner.deployer.clone();
        let found = tokio::task::spawn_blocking(move || {
            let found = deployer.as_ref().ok_or_else(stopped)?.environments(&Silent)?;
            Ok(found.into_iter().map(|environment| (environment.name, environment.problem)).collect())
        });
        found.await.map_err(|error| DeployError::new(Kind::Failed, error.to_string()))?
    }

    /// Waits until deploys have ended, or their time is over; how they are then.
    pub async fn settled(&self, ids: &[u64]) -> Vec<Deploy> {
        let mut changed = self.inner.changed.subscribe();
        let ended = async {
            loop {
                let is_ended =
                    |id: &u64| self.inner.work().queue.get(*id).is_none_or(|deploy| deploy.state.is_end());
                if ids.iter().all(is_ended) || changed.changed().await.is_err() {
                    return;
                }
            }
        };
        // In time or not, the state is the answer.
        let _ = tokio::time::timeout(self.inner.settings.timeouts_wait, ended).await;
        self.deploys(ids)
    }

    /// Deploys by their ids; those that are forgotten are left out.
    pub fn deploys(&self, ids: &[u64]) -> Vec<Deploy> {
        let work = self.inner.work();
        ids.iter().filter_map(|id| work.queue.get(*id)).cloned().collect()
    }

    /// All that are remembered.
    pub fn all(&self) -> Vec<Deploy> {
        let mut work = self.inner.work();
        work.queue.expire(self.inner.settings.deploy_ttl);
        work.queue.all().cloned().collect()
    }

    /// Who serves what.
    pub fn fleet(&self) -> Option<&Arc<dyn Fleet>> {
        self.inner.fleet.as_ref()
    }

    /// Begins nothing more, and waits for what is under way. What does not end in time is called off; what served before serves on.
    pub async fn stop(&self, patience: Duration) {
        {
            let mut work = self.inner.work();
            work.is_stopping = true;
            let waiting: Vec<u64> = work
                .queue
                .all()
                .filter(|deploy| deploy.state == State::Queued)
                .map(|deploy| deploy.id)
                .collect();
            for id in waiting {
                work.queue.set(id, State::Failed, Err(stopped()));
            }
        }
        self.inner.changed.send_replace(());
        let idle = async {
            while self.inner.work().threads > 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::pin!(idle);
        // Batches whose deploys all wait end now.
        self.inner.work().batches.clear();
        if tokio::time::timeout(patience, &mut idle).await.is_err() {
            tracing::warn!("deploys are called off, since the server stops");
            self.inner.cancel.cancel();
            let _ = tokio::time::timeout(Duration::from_secs(10), idle).await;
        }
    }
}

impl Drop for Inner {
    /// The engine waits for what it has begun, which a thread of the runtime must not.
    fn drop(&mut self) {
        let deployer = self.deployer.take();
        let thread = std::thread::Builder::new().name("deploys-end".to_owned());
        if thread.spawn(move || drop(deployer)).is_err() {
            tracing::error!("a thread could not be started");
        }
    }
}

/// Counts a batch off, however it ends.
struct Ended<'a> {
    inner: &'a Inner,
    batch: u64,
}

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        let mut work = self.inner.work();
        work.queue.end_batch(self.batch);
        work.batches.remove(&self.batch);
        work.threads -= 1;
    }
}

fn stopped() -> DeployError {
    DeployError::new(Kind::TimedOut, "the server stopped before the deploy began; ask for it again")
}

/// What a batch does before its deploys.
type First = Box<dyn FnOnce(&Session<'_>, Sender<u64>) + Send>;

impl Inner {
    fn work(&self) -> MutexGuard<'_, Work> {
        // Nothing that fails is done while it is held.
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins what may begin.
    fn schedule(self: &Arc<Self>, work: &mut Work) {
        if work.is_stopping {
            return;
        }
        while let Some((id, batch)) = work.queue.next(self.settings.deploy_pool_size.max(1)) {
            if !work.batches.contains_key(&batch)
                && let Err(error) = self.begin(work, batch, None)
            {
                work.queue.set(id, State::Failed, Err(error));
                continue;
            }
            let is_sent = work.batches.get(&batch).is_some_and(|sender| sender.send(id).is_ok());
            if !is_sent {
                let error = DeployError::new(Kind::Failed, "the deploy could not be begun");
                work.queue.set(id, State::Failed, Err(error));
            }
            if !work.queue.has_waiting(batch) {
                work.batches.remove(&batch);
            }
        }
        self.changed.send_replace(());
    }

    /// Starts the thread of a batch, which ends when the batch has no more deploys.
    fn begin(self: &Arc<Self>, work: &mut Work, batch: u64, first: Option<First>) -> Result<(), DeployError> {
        let (sender, receiver) = channel::<u64>();
        let inner = self.clone();
        let own = sender.clone();
        let is_listed = first.is_none();
        let carry_out = move || {
            let _ended = Ended { inner: &inner, batch };
            let Some(deployer) = &inner.deployer else { return };
            let session = deployer.session(&Silent);
            let mut deployed: Mutex<Vec<String>> = Mutex::default();
            match first {
                Some(first) => first(&session, own),
                None => drop(own),
            }
            std::thread::scope(|scope| {
                while let Ok(id) = receiver.recv() {
                    let (inner, session, deployed) = (&inner, &session, &deployed);
                    scope.spawn(move || {
                        let name = inner.deploy(session, id);
                        deployed.lock().unwrap_or_else(PoisonError::into_inner).extend(name);
                    });
                }
            });
            inner.end(&session, std::mem::take(deployed.get_mut().unwrap_or_else(PoisonError::into_inner)));
        };
        let thread = std::thread::Builder::new().name("deploys".to_owned());
        let started = thread.spawn(carry_out).map_err(DeployError::io("start", "a thread"));
        started.map(|_| {
            work.threads += 1;
            if is_listed {
                work.batches.insert(batch, sender);
            }
        })
    }

    /// Adds deploys of all environments to a batch whose session has just looked.
    fn add_all(
        self: &Arc<Self>,
        session: &Session<'_>,
        sender: Sender<u64>,
        batch: u64,
        like: &Wanted,
    ) -> Result<Vec<u64>, Refusal> {
        let found = session.environments(&self.cancel).map_err(Refusal::Unknown)?;
        let mut work = self.work();
        if work.is_stopping {
            return Err(Refusal::Stopping);
        }
        let now = SystemTime::now();
        let wanted = found.iter().map(|found| Wanted { environment: found.name.clone(), ..like.clone() });
        let ids = wanted.map(|wanted| work.queue.add(batch, wanted, now)).collect::<Result<Vec<_>, _>>();
        if work.queue.has_waiting(batch) {
            work.batches.insert(batch, sender);
        }
        self.schedule(&mut work);
        ids.map_err(|_| Refusal::Full)
    }

    /// Carries a deploy out; the name of the environment if all went well.
    fn deploy(self: &Arc<Self>, session: &Session<'_>, id: u64) -> Option<String> {
        let wanted = self.work().queue.get(id).map(|deploy| deploy.wanted.clone())?;
        let started = Instant::now();
        let made = catch_unwind(AssertUnwindSafe(|| self.carry_out(session, &wanted)));
        let made = made.unwrap_or_else(|panic| {
            Err(DeployError::new(
                Kind::Failed,
                format!("the deploy failed inside: {}", rest::front::panic_text(panic.as_ref())),
            ))
        });
        self.durations.observe(started.elapsed());
        let mut work = self.work();
        let name = match made {
            Ok((name, done)) => {
                tracing::info!(id, environment = name, signature = done.signature, "deployed");
                let commit = done.published.environment_commit.clone();
                work.queue.set(id, State::Syncing, Ok(Some(done)));
                self.runtime.spawn(self.clone().follow(id, name.clone(), commit));
                Some(name)
            }
            Err(error) => {
                tracing::error!(id, environment = wanted.environment, kind = error.kind.name(), %error, "not deployed");
                self.failed.increment();
                work.queue.set(id, State::Failed, Err(error));
                self.runtime.spawn(self.clone().tell(id));
                None
            }
        };
        self.schedule(&mut work);
        name
    }

    fn carry_out(&self, session: &Session<'_>, wanted: &Wanted) -> Result<(String, Done), DeployError> {
        if wanted.is_gone {
            session.purge(&self.cancel)?;
            return Ok((wanted.environment.clone(), Done::default()));
        }
        if let Some(only) = &wanted.only {
            let found = session.find(&wanted.environment, &self.cancel)?;
            if !only.contains(&found.name) {
                let text = format!(
                    "'{}' is the branch of the environment {}, which this token may not deploy",
                    wanted.environment, found.name
                );
                return Err(DeployError::new(Kind::NotFound, text));
            }
        }
        let request = Request {
            modules: wanted.modules.clone(),
            deploy_modules: wanted.deploy_modules,
            cancel: self.cancel.clone(),
            ..Request::new(&wanted.environment)
        };
        let Deployed { environment, signature, published, .. } = session.deploy(&request)?;
        Ok((environment, Done { signature: Some(signature), published }))
    }

    /// What comes after the deploys of a batch.
    fn end(&self, session: &Session<'_>, mut deployed: Vec<String>) {
        if deployed.is_empty() {
            return;
        }
        if let Err(error) = session.purge(&self.cancel) {
            tracing::error!(%error, "environments without a branch were not removed");
        }
        deployed.sort();
        if let Err(error) = session.postrun(&deployed, &self.cancel) {
            tracing::error!(%error, "the command after deploys failed");
        }
    }

    /// Waits until the servers have a version.
    async fn follow(self: Arc<Self>, id: u64, environment: String, commit: Option<String>) {
        if let (Some(fleet), Some(commit)) = (self.fleet.clone(), commit) {
            let patience = self.settings.timeouts_sync;
            let synced = async {
                while !behind(fleet.as_ref(), &environment, &commit, patience).is_empty() {
                    tokio::time::sleep(SYNC_LOOK).await;
                }
            };
            if tokio::time::timeout(patience, synced).await.is_err() {
                let behind = behind(fleet.as_ref(), &environment, &commit, patience).join(", ");
                tracing::warn!(id, environment, behind, "not all servers have the new version in time");
            }
        }
        self.succeeded.increment();
        self.work().queue.set(id, State::Synced, Ok(None));
        self.changed.send_replace(());
        self.tell(id).await;
    }

    async fn tell(self: Arc<Self>, id: u64) {
        let document = self.work().queue.get(id).map(|deploy| deploy.as_json("complete"));
        if let Some(document) = document {
            self.hooks.ended(document).await;
        }
    }
}

/// Servers that are heard of and serve neither this version nor a newer one.
fn behind(fleet: &dyn Fleet, environment: &str, commit: &str, silence_max: Duration) -> Vec<String> {
    let newest = fleet.newest();
    let newest = newest.iter().find(|served| served.environment == environment).map(|served| &served.commit);
    let Some(newest) = newest else { return Vec::new() };
    let has = |client: &Client| {
        let mut serves = client.serves.iter().filter(|served| served.environment == environment);
        serves.any(|served| served.commit == commit || served.commit == *newest)
    };
    let is_heard = |client: &Client| client.checked_in.elapsed().unwrap_or_default() < silence_max;
    fleet
        .clients()
        .into_iter()
        .filter(|client| is_heard(client) && !has(client))
        .map(|client| client.certname)
        .collect()
}

impl Deploy {
    /// The document of a deploy; `end` is the word for one that went well.
    pub fn as_json(&self, end: &str) -> Json {
        let state = if self.state == State::Synced { end } else { self.state.as_str() };
        let mut document = json!({"environment": self.wanted.environment, "id": self.id, "status": state});
        if let Some(done) = &self.done {
            if let Some(signature) = &done.signature {
                document["deploy-signature"] = signature.as_str().into();
            }
            if let Some(commit) = &done.published.environment_commit {
                document["file-sync"] =
                    json!({"environment-commit": commit, "code-commit": done.published.code_commit});
            }
        }
        if let Some(error) = &self.error {
            document["error"] = error.as_json();
        }
        document
    }
}

impl Source for Manager {
    fn write(&self, page: &mut Exposition) {
        let inner = &self.inner;
        let count = |state: State| self.all().iter().filter(|deploy| deploy.state == state).count();
        let help = "Deploys of environments, by how they ended.";
        page.family("bunraku_deploys_total", Type::Counter, help)
            .sample(&[("outcome", "succeeded")], inner.succeeded.value())
            .sample(&[("outcome", "failed")], inner.failed.value());
        let help =
            "Time from the beginning of a deploy to its version, without the servers that take it over.";
        page.family("bunraku_deploy_duration_seconds", Type::Histogram, help)
            .histogram(&[], &inner.durations);
        page.gauge("bunraku_deploys_queued", "Deploys that wait.", count(State::Queued));
        page.gauge("bunraku_deploys_running", "Deploys that are under way.", count(State::Deploying));
        let help = "Deploys whose versions servers are taking over.";
        page.gauge("bunraku_deploys_syncing", help, count(State::Syncing));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Servers(Vec<Client>);

    impl Fleet for Servers {
        fn newest(&self) -> Vec<Served> {
            vec![served("c2")]
        }

        fn clients(&self) -> Vec<Client> {
            self.0.clone()
        }
    }

    fn served(commit: &str) -> Served {
        Served { environment: "production".into(), commit: commit.into(), date: None, signature: None }
    }

    #[test]
    fn silent_servers_are_not_waited_for() {
        let client = |certname: &str, age: u64, serves: &[&str]| Client {
            certname: certname.into(),
            checked_in: SystemTime::now() - Duration::from_secs(age),
            last_check_in: String::new(),
            serves: serves.iter().map(|commit| served(commit)).collect(),
        };
        let servers = Servers(vec![
            client("has", 1, &["c1"]),
            client("newer", 1, &["c2"]),
            client("old", 1, &["c0"]),
            client("empty", 1, &[]),
            client("silent", 1000, &["c0"]),
        ]);
        let limit = Duration::from_secs(300);
        assert_eq!(behind(&servers, "production", "c1", limit), ["old", "empty"]);
        // Gone meanwhile: there is nothing to wait for.
        assert!(behind(&servers, "other", "c1", limit).is_empty());
    }
}
