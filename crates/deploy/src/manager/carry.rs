//! How deploys are carried out: a thread for each batch, whose session sees each repository once, and one for each environment in it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use super::fleet::behind;
use super::queue::{Done, State, Wanted};
use super::{Inner, Refusal, Setup, Work};
use crate::{DeployError, Deployed, Kind, Request, Session, Silent};

/// How often it is looked whether all servers have a version.
const SYNC_LOOK: Duration = Duration::from_millis(100);

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

pub(super) fn stopped() -> DeployError {
    DeployError::new(Kind::TimedOut, "the server stopped before the deploy began; ask for it again")
}

/// What a batch does before its deploys.
pub(super) type First = Box<dyn FnOnce(&Session<'_>, Sender<u64>) + Send>;

impl Inner {
    pub(super) fn work(&self) -> MutexGuard<'_, Work> {
        // Nothing that fails is done while it is held.
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The present one; what has begun keeps that which it began with.
    pub(super) fn setup(&self) -> Arc<Setup> {
        self.setup.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Begins what may begin.
    pub(super) fn schedule(self: &Arc<Self>, work: &mut Work) {
        if work.is_stopping {
            return;
        }
        while let Some((id, batch)) = work.queue.next(self.setup().settings.deploy_pool_size.max(1)) {
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
    pub(super) fn begin(
        self: &Arc<Self>,
        work: &mut Work,
        batch: u64,
        first: Option<First>,
    ) -> Result<(), DeployError> {
        let (sender, receiver) = channel::<u64>();
        let inner = self.clone();
        let own = sender.clone();
        let is_listed = first.is_none();
        let carry_out = move || {
            let _ended = Ended { inner: &inner, batch };
            // A configuration that is read meanwhile is for the next batch.
            let setup = inner.setup();
            let Some(deployer) = &setup.deployer else { return };
            let session = deployer.session(&Silent);
            let mut deployed: Mutex<Vec<String>> = Mutex::default();
            match first {
                Some(first) => first(&session, own),
                None => drop(own),
            }
            std::thread::scope(|scope| {
                while let Ok(id) = receiver.recv() {
                    let (inner, setup, session, deployed) = (&inner, &setup, &session, &deployed);
                    scope.spawn(move || {
                        let name = inner.deploy(setup, session, id);
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
    pub(super) fn add_all(
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
    fn deploy(self: &Arc<Self>, setup: &Arc<Setup>, session: &Session<'_>, id: u64) -> Option<String> {
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
                self.runtime.spawn(self.clone().follow(setup.clone(), id, name.clone(), commit));
                Some(name)
            }
            Err(error) => {
                tracing::error!(id, environment = wanted.environment, kind = error.kind.name(), %error, "not deployed");
                self.failed.increment();
                work.queue.set(id, State::Failed, Err(error));
                self.runtime.spawn(self.clone().tell(setup.clone(), id));
                None
            }
        };
        self.schedule(&mut work);
        name
    }

    fn carry_out(&self, session: &Session<'_>, wanted: &Wanted) -> Result<(String, Done), DeployError> {
        if wanted.is_gone {
            self.purge()?;
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

    /// Removes what no source has now: a batch that began with other sources knows nothing of what came with the new ones.
    fn purge(&self) -> Result<(), DeployError> {
        loop {
            let setup = self.setup();
            let Some(deployer) = &setup.deployer else { return Ok(()) };
            let is_current = || Arc::ptr_eq(&setup, &self.setup());
            let purged = deployer.session(&Silent).purge_while(&self.cancel, &is_current);
            if is_current() {
                return purged.map(drop);
            }
            self.cancel.check()?;
        }
    }

    /// What comes after the deploys of a batch.
    fn end(&self, session: &Session<'_>, mut deployed: Vec<String>) {
        if deployed.is_empty() {
            return;
        }
        if let Err(error) = self.purge() {
            tracing::error!(%error, "environments without a branch were not removed");
        }
        deployed.sort();
        if let Err(error) = session.postrun(&deployed, &self.cancel) {
            tracing::error!(%error, "the command after deploys failed");
        }
    }

    /// Waits until the servers have a version.
    async fn follow(
        self: Arc<Self>,
        setup: Arc<Setup>,
        id: u64,
        environment: String,
        commit: Option<String>,
    ) {
        if let (Some(fleet), Some(commit)) = (self.fleet.clone(), commit) {
            let patience = setup.settings.timeouts_sync;
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
        self.tell(setup, id).await;
    }

    async fn tell(self: Arc<Self>, setup: Arc<Setup>, id: u64) {
        let document = self.work().queue.get(id).map(|deploy| deploy.as_json("complete"));
        if let Some(document) = document {
            setup.hooks.ended(document).await;
        }
    }
}
