//! Deploys that others ask for, as Code Manager has them: they wait in a queue, have ids, and end when all servers have the new version.
//!
//! A deploy that this process does not end, because it stops or is killed, leaves the version serving that served before; it is
//! asked for again, or the next push brings what it would have brought. So the queue is in memory.

mod carry;
mod fleet;
mod handlers;
pub mod queue;
pub mod tokens;
pub mod webhook;

use std::collections::HashMap;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use rest::BoxFuture;
use rest::metrics::{Counter, Exposition, Histogram, Kind as Type, Source};
use serde_json::Value as Json;
use tokio::sync::{oneshot, watch};

use crate::{Cancel, DeployError, Deployer, Kind, Session, Silent};
use carry::stopped;
pub use fleet::{Client, Fleet, Served};
pub use handlers::{Handlers, HandlersSettings, PREFIX};
use queue::{Deploy, Queue, State, Wanted};

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

/// What a configuration makes.
struct Setup {
    /// There until the end.
    deployer: Option<Arc<Deployer>>,
    settings: ManagerSettings,
    hooks: Arc<dyn Hooks>,
}

struct Inner {
    setup: Mutex<Arc<Setup>>,
    fleet: Option<Arc<dyn Fleet>>,
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
                setup: Mutex::new(Arc::new(Setup { deployer: Some(deployer), settings, hooks })),
                fleet,
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

    /// Takes a changed configuration over. What is under way ends as it began.
    pub fn replace(&self, deployer: Arc<Deployer>, settings: ManagerSettings, hooks: Arc<dyn Hooks>) {
        let setup = Arc::new(Setup { deployer: Some(deployer), settings, hooks });
        let before = {
            let mut current = self.inner.setup.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *current, setup)
        };
        drop(before);
        // More may be allowed at a time now.
        self.inner.schedule(&mut self.inner.work());
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
        work.queue.expire(self.inner.setup().settings.deploy_ttl);
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
            work.queue.expire(self.inner.setup().settings.deploy_ttl);
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
        let setup = self.inner.setup();
        let found = tokio::task::spawn_blocking(move || {
            let found = setup.deployer.as_ref().ok_or_else(stopped)?.environments(&Silent)?;
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
        let _ = tokio::time::timeout(self.inner.setup().settings.timeouts_wait, ended).await;
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
        work.queue.expire(self.inner.setup().settings.deploy_ttl);
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

impl Drop for Setup {
    /// The engine waits for what it has begun, which a thread of the runtime must not.
    fn drop(&mut self) {
        let deployer = self.deployer.take();
        let thread = std::thread::Builder::new().name("deploys-end".to_owned());
        if thread.spawn(move || drop(deployer)).is_err() {
            tracing::error!("a thread could not be started");
        }
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
