//! From the queue into the store.
//!
//! A few workers take commands, decode them and write them. A command whose document is not valid is set aside at once: another try
//! would end the same. One that fails otherwise is tried again, later each time, and then set aside. While the database
//! as such is away, nothing is held against commands: the workers wait.

mod decode;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

use crate::metrics::Metrics;
use crate::payload::{Facts, Invalid, Payload, microseconds};
use crate::queue::{Queue, Queued};
use crate::store::{Outcome, Store};
use decode::Work;

/// Pauses before further tries, as many as there are.
const PAUSES: [Duration; 9] = [
    Duration::from_millis(50),
    Duration::from_millis(200),
    Duration::from_secs(1),
    Duration::from_secs(4),
    Duration::from_secs(30),
    Duration::from_secs(120),
    Duration::from_secs(600),
    Duration::from_secs(1_800),
    Duration::from_secs(3_600),
];
/// Commands are worked on together as long as they have no more MiB than this, as they came: decoded they take many times that.
const TOGETHER_MIB: u32 = 64;
/// Pause while the database is away: this, doubled each time up to the next.
const OUTAGE_PAUSE_MIN: Duration = Duration::from_millis(100);
const OUTAGE_PAUSE_MAX: Duration = Duration::from_secs(5);

/// What is dropped from facts on their way in.
#[derive(Clone, Debug, Default)]
pub struct Blocklist {
    /// Names of facts.
    pub names: Vec<String>,
    /// Patterns that whole names match.
    pub patterns: Vec<regex::Regex>,
}

impl Blocklist {
    /// Adds a pattern that whole names match.
    ///
    /// # Errors
    /// It is no regular expression.
    pub fn add_pattern(&mut self, pattern: &str) -> Result<(), regex::Error> {
        self.patterns.push(regex::Regex::new(&format!("^(?:{pattern})$"))?);
        Ok(())
    }

    /// Drops what is on the list.
    pub(crate) fn apply(&self, facts: &mut Facts) {
        if !self.names.is_empty() || !self.patterns.is_empty() {
            facts.values.retain(|name, _| !self.blocks(name));
        }
    }

    fn blocks(&self, name: &str) -> bool {
        self.names.iter().any(|blocked| blocked == name)
            || self.patterns.iter().any(|pattern| pattern.is_match(name))
    }
}

/// The workers. Dropped, they end with what they are at.
pub struct Processor {
    stop: watch::Sender<bool>,
    workers: Mutex<Vec<JoinHandle<()>>>,
    shared: Arc<Shared>,
}

/// How a write went.
enum Written {
    Done(Outcome),
    /// The stored catalog is another one than was thought; the text of the command.
    Other(Vec<u8>),
}

struct Shared {
    queue: Queue,
    store: Store,
    metrics: Arc<Metrics>,
    blocklist: Blocklist,
    bytes_max: u64,
    is_away: AtomicBool,
    /// MiB of commands that may be begun.
    room: Semaphore,
}

impl Processor {
    /// Starts workers. `bytes_max` bounds an unpacked document.
    pub fn start(
        queue: Queue,
        store: Store,
        metrics: Arc<Metrics>,
        workers: usize,
        blocklist: Blocklist,
        bytes_max: u64,
    ) -> Processor {
        let (stop, stopping) = watch::channel(false);
        let is_away = AtomicBool::new(false);
        let room = Semaphore::new(TOGETHER_MIB as usize);
        let shared = Arc::new(Shared { queue, store, metrics, blocklist, bytes_max, is_away, room });
        let started = (0..workers.max(1)).map(|_| tokio::spawn(shared.clone().work(stopping.clone())));
        let workers = Mutex::new(started.collect());
        Processor { stop, workers, shared }
    }

    /// True if the database did not answer when it was last written to.
    pub fn is_away(&self) -> bool {
        self.shared.is_away.load(Ordering::Relaxed)
    }

    /// Ends the workers when they are done with what they are at.
    pub async fn stop(&self) {
        self.stop.send_replace(true);
        let workers = std::mem::take(&mut *self.workers.lock().unwrap_or_else(PoisonError::into_inner));
        for worker in workers {
            if worker.await.is_err() {
                tracing::error!("a worker for commands had failed");
            }
        }
        if let Err(error) = self.shared.queue.flush().await {
            tracing::warn!(%error, "commands that are done are still in the queue, and will be applied once more");
        }
    }
}

impl Shared {
    async fn work(self: Arc<Self>, mut stopping: watch::Receiver<bool>) {
        let mut pause = OUTAGE_PAUSE_MIN;
        loop {
            let command = tokio::select! {
                biased;
                _ = stopping.wait_for(|stop| *stop) => return,
                command = self.queue.take(|| microseconds(SystemTime::now())) => command,
            };
            match self.process(&command).await {
                Ok(()) => {
                    pause = OUTAGE_PAUSE_MIN;
                    self.is_away.store(false, Ordering::Relaxed);
                }
                Err(error) => {
                    tracing::warn!(%error, "commands wait for the database");
                    self.is_away.store(true, Ordering::Relaxed);
                    self.queue.give_back(&command);
                    tokio::select! {
                        _ = stopping.wait_for(|stop| *stop) => return,
                        () = tokio::time::sleep(pause) => {}
                    }
                    pause = (pause * 2).min(OUTAGE_PAUSE_MAX);
                }
            }
        }
    }

    /// Brings one command to its end, or to another time. Fails only if the database as such is away.
    async fn process(&self, command: &Queued) -> Result<(), db::Error> {
        let started = Instant::now();
        let (metrics, name) = (&self.metrics, command.name);
        if self.queue.is_obsolete(command) {
            tracing::debug!(%name, certname = command.certname, "a newer command waits; this one is dropped");
            self.queue.done(command).await?;
            metrics.obsolete(name);
            return Ok(());
        }
        let mib = u32::try_from(command.bytes >> 20).unwrap_or(u32::MAX).clamp(1, TOGETHER_MIB);
        // Never closed.
        let _room = self.room.acquire_many(mib).await.ok();
        let Some(body) = self.queue.body(command.id).await? else {
            // Dropped by hand.
            return self.queue.done(command).await;
        };
        let decoding = {
            let (store, blocklist) = (self.store.clone(), self.blocklist.clone());
            let (bytes_max, command) = (self.bytes_max, command.clone());
            tokio::task::spawn_blocking(move || decode::work(&store, &command, body, &blocklist, bytes_max))
        };
        let work = match decoding.await {
            Ok(Ok(work)) => work,
            Ok(Err(Invalid(reason))) => return self.discard(command, reason).await,
            Err(_) => return self.discard(command, "decoding the command failed".into()).await,
        };
        let mut written = self.write(command, work).await;
        if let Ok(Written::Other(text)) = written {
            let (blocklist, owned) = (self.blocklist.clone(), command.clone());
            let decoding = tokio::task::spawn_blocking(move || decode::whole(&owned, text, &blocklist, None));
            written = match decoding.await {
                Ok(Ok(work)) => self.write(command, work).await,
                Ok(Err(Invalid(reason))) => return self.discard(command, reason).await,
                Err(_) => return self.discard(command, "decoding the command failed".into()).await,
            };
        }
        let written = written.map(|written| match written {
            Written::Done(outcome) => outcome,
            Written::Other(_) => Outcome::Stale,
        });
        match written {
            Ok(outcome) => {
                self.queue.done(command).await?;
                metrics.processed(name, started.elapsed(), command.received);
                if outcome != Outcome::Stored {
                    tracing::debug!(%name, certname = command.certname, ?outcome, "a command changed nothing");
                    metrics.ignored(name);
                }
                Ok(())
            }
            Err(error) if error.is_outage() => Err(error),
            Err(error) => {
                tracing::warn!(%name, certname = command.certname, attempts = command.attempts + 1, %error, "a command failed");
                match PAUSES.get(command.attempts as usize) {
                    Some(pause) => {
                        metrics.retried(name);
                        self.queue.retry(command, microseconds(SystemTime::now() + *pause)).await
                    }
                    None => self.discard(command, error.to_string()).await,
                }
            }
        }
    }

    /// Writes the documents of a command; tells what became of the first, which the command is named for.
    async fn write(&self, command: &Queued, work: Work) -> Result<Written, db::Error> {
        let mut first = None;
        let (documents, note) = match work {
            Work::Same { document, text } => {
                return Ok(match self.store.write(*document).await? {
                    Outcome::Stale => Written::Other(text),
                    outcome => Written::Done(outcome),
                });
            }
            Work::Write { documents, note } => (documents, note),
        };
        for document in documents {
            let outcome = self.store.write(document).await?;
            first.get_or_insert(outcome);
        }
        if let Some((fingerprint, hash)) = note
            && first == Some(Outcome::Stored)
        {
            self.store.note_sent_catalog(&command.certname, &fingerprint, &hash);
        }
        Ok(Written::Done(first.unwrap_or(Outcome::Stale)))
    }

    async fn discard(&self, command: &Queued, reason: String) -> Result<(), db::Error> {
        tracing::error!(name = %command.name, certname = command.certname, uuid = command.uuid, reason, "a command is set aside");
        self.queue.discard(command, reason, microseconds(SystemTime::now())).await?;
        self.metrics.discarded(command.name);
        Ok(())
    }
}

/// The node that a document names must be the one it was sent for, which decided on its order.
fn same_node(payload: Payload, certname: &str) -> Result<Payload, Invalid> {
    let named = match &payload {
        Payload::ReplaceFacts(facts) => &facts.certname,
        Payload::ReplaceCatalog(catalog) => &catalog.certname,
        Payload::ReplaceCatalogInputs(inputs) => &inputs.certname,
        Payload::StoreReport(report) => &report.certname,
        Payload::DeactivateNode(command) => &command.certname,
        Payload::ConfigureExpiration(command) => &command.certname,
    };
    if named != certname {
        return Err(Invalid(format!("the document is that of {named}, not of {certname}")));
    }
    Ok(payload)
}
