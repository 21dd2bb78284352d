//! From the queue into the store.
//!
//! A few workers take groups of commands, one of a node, decode them and write them in one transaction: most of what a small write
//! costs is its commit and the ways to the database. If it fails, each command of the group is written alone, so that one which
//! cannot be stored takes no other along. A command whose document is not valid is set aside at once: another try would end
//! the same. One that fails otherwise is tried again, later each time, and then set aside. While the database as such is away,
//! nothing is held against commands: the workers wait, and then try with one.

mod decode;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use api::pdb::Fingerprint;
use db::Dialect;
use tokio::sync::{Mutex as Turns, Semaphore, watch};
use tokio::task::JoinHandle;

use crate::hash::Hash;
use crate::metrics::Metrics;
use crate::payload::{Facts, Invalid, Payload, microseconds};
use crate::queue::{Most, Queue, Queued};
use crate::store::{self, Outcome, Prepared, Store};
use decode::{Decoder, Waiting, Work};

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
/// A group of commands. One that is larger is a group of its own.
const GROUP: Most = Most { commands: 64, bytes: 1 << 20 };
/// While it is not known whether the database is there.
const ONE: Most = Most { commands: 1, bytes: 0 };
/// Bytes of documents that all workers together decode at once, if there are several documents; rows take a few times that.
const DECODED_BYTES_MAX: usize = 8 << 20;
/// Times that a group which lost against another transaction is written as such.
const GROUP_ATTEMPTS_MAX: u32 = 3;
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

    pub(crate) fn blocks(&self, name: &str) -> bool {
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

struct Shared {
    queue: Queue,
    store: Store,
    metrics: Arc<Metrics>,
    decoder: Arc<Decoder>,
    is_away: AtomicBool,
    /// MiB of commands that may be begun.
    room: Semaphore,
    /// On PostgreSQL, groups are written one after another: two would wait for each other's rows.
    turn: Turns<()>,
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
        let workers = workers.max(1);
        let some_bytes_max = DECODED_BYTES_MAX / workers;
        let decoder = Arc::new(Decoder { store: store.clone(), blocklist, bytes_max, some_bytes_max });
        let turn = Turns::default();
        let shared = Arc::new(Shared { queue, store, metrics, decoder, is_away, room, turn });
        let started = (0..workers).map(|_| tokio::spawn(shared.clone().work(stopping.clone())));
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
            let most = if self.is_away.load(Ordering::Relaxed) { ONE } else { GROUP };
            let commands = tokio::select! {
                biased;
                _ = stopping.wait_for(|stop| *stop) => return,
                commands = self.queue.take(|| microseconds(SystemTime::now()), most) => commands,
            };
            match self.process(commands).await {
                Ok(()) => {
                    pause = OUTAGE_PAUSE_MIN;
                    self.is_away.store(false, Ordering::Relaxed);
                }
                Err(error) => {
                    tracing::warn!(%error, "commands wait for the database");
                    self.is_away.store(true, Ordering::Relaxed);
                    tokio::select! {
                        _ = stopping.wait_for(|stop| *stop) => return,
                        () = tokio::time::sleep(pause) => {}
                    }
                    pause = (pause * 2).min(OUTAGE_PAUSE_MAX);
                }
            }
        }
    }

    /// Brings commands of different nodes to their end, or to another time. Fails only if the database as such is away; then those that
    /// are left are in the queue again.
    async fn process(&self, commands: Vec<Queued>) -> Result<(), db::Error> {
        let mut group = Group { open: (0..commands.len()).collect(), commands: commands.into() };
        let mib = group.commands.iter().map(|command| command.bytes).sum::<u64>() >> 20;
        let mib = u32::try_from(mib).unwrap_or(u32::MAX).clamp(1, TOGETHER_MIB);
        // Never closed.
        let _room = self.room.acquire_many(mib).await.ok();
        let result = self.process_open(&mut group).await;
        group.still_open().for_each(|command| self.queue.give_back(command));
        result
    }

    async fn process_open(&self, group: &mut Group) -> Result<(), db::Error> {
        let obsolete: Vec<usize> = group.places(|command| self.queue.is_obsolete(command)).collect();
        for command in group.end(&obsolete, &self.queue).await {
            tracing::debug!(name = %command.name, certname = command.certname, "a newer command waits; this one is dropped");
            self.metrics.obsolete(command.name);
        }
        let places: Vec<usize> = group.open.iter().copied().collect();
        let bodies = self.queue.bodies(&group.still_open().collect::<Vec<_>>()).await?;
        let (there, dropped): (Vec<_>, Vec<_>) =
            places.into_iter().zip(bodies).partition(|(_, body)| body.is_some());
        // By hand.
        group.end(&dropped.into_iter().map(|(place, _)| place).collect::<Vec<_>>(), &self.queue).await;
        let mut waiting: Waiting =
            there.into_iter().filter_map(|(place, body)| Some((place, body?))).collect();
        while !waiting.is_empty() {
            let started = Instant::now();
            let (decoder, commands) = (self.decoder.clone(), group.commands.clone());
            let decoding = tokio::task::spawn_blocking(move || {
                let decoded = decoder.some(&commands, &mut waiting);
                (decoded, waiting)
            });
            let (decoded, rest) = decoding.await.map_err(|_| db::Error::Closed)?;
            waiting = rest;
            let mut works = Vec::with_capacity(decoded.len());
            for (place, work) in decoded {
                match work {
                    Ok(work) => works.push((place, work)),
                    Err(Invalid(reason)) => self.discard(group, place, reason).await?,
                }
            }
            self.write(group, works, started).await?;
        }
        Ok(())
    }

    /// Writes what some commands of a group bring, together if that is possible.
    async fn write(
        &self,
        group: &mut Group,
        works: Vec<(usize, Work)>,
        started: Instant,
    ) -> Result<(), db::Error> {
        let count = works.len();
        let mut documents = Vec::with_capacity(count);
        let mut parts = Vec::with_capacity(count);
        for (place, work) in works {
            let first = documents.len();
            documents.extend(work.documents);
            parts.push(Part { place, first, end: documents.len(), note: work.note, is_same: work.is_same });
        }
        let documents: Arc<[Prepared]> = documents.into();
        let together = if count > 1 {
            match self.write_documents(documents.clone(), GROUP_ATTEMPTS_MAX).await {
                Err(error) if !error.is_outage() => {
                    tracing::debug!(%error, count, "commands are written one by one, since they cannot be together");
                    None
                }
                outcomes => Some(outcomes?),
            }
        } else {
            None
        };
        let (mut ended, mut others) = (Vec::with_capacity(count), Vec::new());
        for part in parts {
            let outcome = match &together {
                Some(outcomes) => outcomes.get(part.first).copied(),
                None => {
                    let own = match count {
                        1 => documents.clone(),
                        _ => documents.get(part.first..part.end).unwrap_or_default().into(),
                    };
                    match self.write_documents(own, store::ATTEMPTS_MAX).await {
                        Ok(outcomes) => outcomes.first().copied(),
                        Err(error) if error.is_outage() => return Err(error),
                        Err(error) => {
                            self.failed(group, part.place, &error).await?;
                            continue;
                        }
                    }
                }
            };
            let outcome = outcome.unwrap_or(Outcome::Stale);
            let Some(command) = group.commands.get(part.place) else { continue };
            if part.is_same && outcome == Outcome::Stale {
                others.push(part.place);
                continue;
            }
            if let Some((fingerprint, hash)) = part.note
                && outcome == Outcome::Stored
            {
                self.store.note_sent_catalog(&command.certname, &fingerprint, &hash);
            }
            if outcome != Outcome::Stored {
                tracing::debug!(name = %command.name, certname = command.certname, ?outcome, "a command changed nothing");
                self.metrics.ignored(command.name);
            }
            ended.push(part.place);
        }
        let share = started.elapsed() / u32::try_from(count.max(1)).unwrap_or(u32::MAX);
        for command in group.end(&ended, &self.queue).await {
            self.metrics.processed(command.name, share, command.received);
        }
        for place in others {
            self.write_all_of(group, place).await?;
        }
        Ok(())
    }

    /// Writes a catalog that was thought to be stored already, and is another one.
    async fn write_all_of(&self, group: &mut Group, place: usize) -> Result<(), db::Error> {
        let Some(command) = group.commands.get(place) else { return Ok(()) };
        let started = Instant::now();
        let Some(body) = self.queue.bodies(&[command]).await?.pop().flatten() else {
            group.end(&[place], &self.queue).await;
            return Ok(());
        };
        let (decoder, commands) = (self.decoder.clone(), group.commands.clone());
        let decoding = tokio::task::spawn_blocking(move || match commands.get(place) {
            Some(command) => decoder.all(command, body),
            None => Err(Invalid("there is no such command".into())),
        });
        let work = decoding.await.unwrap_or_else(|_| Err(Invalid("decoding the command failed".into())));
        match work {
            Ok(work) => Box::pin(self.write(group, vec![(place, work)], started)).await,
            Err(Invalid(reason)) => self.discard(group, place, reason).await,
        }
    }

    async fn write_documents(
        &self,
        documents: Arc<[Prepared]>,
        attempts_max: u32,
    ) -> Result<Vec<Outcome>, db::Error> {
        let _turn = match self.store.db().dialect() {
            Dialect::Sqlite => None,
            Dialect::Postgres => Some(self.turn.lock().await),
        };
        self.store.write_all(documents, attempts_max).await
    }

    /// Has a command tried again later, or sets it aside.
    async fn failed(&self, group: &mut Group, place: usize, error: &db::Error) -> Result<(), db::Error> {
        let Some(command) = group.commands.get(place) else { return Ok(()) };
        let (name, certname) = (command.name, &command.certname);
        tracing::warn!(%name, certname, attempts = command.attempts + 1, %error, "a command failed");
        match PAUSES.get(command.attempts as usize) {
            Some(pause) => {
                self.metrics.retried(name);
                self.queue.retry(command, microseconds(SystemTime::now() + *pause)).await?;
                group.open.remove(&place);
                Ok(())
            }
            None => self.discard(group, place, error.to_string()).await,
        }
    }

    async fn discard(&self, group: &mut Group, place: usize, reason: String) -> Result<(), db::Error> {
        let Some(command) = group.commands.get(place) else { return Ok(()) };
        tracing::error!(name = %command.name, certname = command.certname, uuid = command.uuid, reason, "a command is set aside");
        self.queue.discard(command, reason, microseconds(SystemTime::now())).await?;
        self.metrics.discarded(command.name);
        group.open.remove(&place);
        Ok(())
    }
}

/// Commands that are worked on together, each of another node.
struct Group {
    commands: Arc<[Queued]>,
    /// Places of those that are not at their end.
    open: BTreeSet<usize>,
}

impl Group {
    fn still_open(&self) -> impl Iterator<Item = &Queued> {
        self.open.iter().filter_map(|place| self.commands.get(*place))
    }

    fn places(&self, is_wanted: impl Fn(&Queued) -> bool) -> impl Iterator<Item = usize> {
        self.open.iter().copied().filter(move |place| self.commands.get(*place).is_some_and(&is_wanted))
    }

    /// Ends commands that are in the store, or need not be.
    async fn end(&mut self, places: &[usize], queue: &Queue) -> Vec<&Queued> {
        self.open.retain(|place| !places.contains(place));
        let ended: Vec<&Queued> = places.iter().filter_map(|place| self.commands.get(*place)).collect();
        queue.done(&ended).await;
        ended
    }
}

/// The documents of one command among those of all.
struct Part {
    place: usize,
    first: usize,
    end: usize,
    note: Option<(Fingerprint, Hash)>,
    is_same: bool,
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
