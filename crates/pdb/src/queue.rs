//! The durable queue: what was answered with "accepted" is here until it is in the store or among the dead letters.
//!
//! Bodies lie in a SQLite file of their own, whatever the store behind, so that commands are taken while a PostgreSQL server is away.
//! Only what schedules them is in memory: commands of one node form a lane, of which one command at a time is worked on. A command
//! leaves the queue after its effect is in the store; a crash in between makes it be applied once more, which changes nothing. So its row
//! need not go at once: rows of commands that are done go with the next commit that there is, in the order in which they were done.
//! A few bodies stay in memory, since most are worked on a moment after they came.
//!
//! The queue has limits in number and bytes. Beyond them a command is refused, and its sender comes again later. Rows of commands that
//! are done count until they are gone: what is limited is the file.

mod lanes;
mod letters;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use db::{Db, Migration, Row, Tx};
use tokio::sync::{Notify, oneshot};

use crate::command::{Body, Encoding, Name};
use lanes::Lanes;
pub(crate) use lanes::Most;
pub use letters::{DeadLetter, DeadLetters, Which};

const SCHEMA: &[Migration] = &[
    Migration { name: "queue", sql: include_str!("../migrations/queue.sql"), then: None },
    Migration { name: "queue-retry", sql: include_str!("../migrations/queue-retry.sql"), then: None },
];

/// Rows of commands that are done, beyond which a commit of their own removes them.
const DONE_MAX: usize = 1_000;
/// Bytes of bodies that stay in memory.
const BODIES_BYTES_MAX: usize = 2 << 20;

/// The largest body that the queue keeps: SQLite has no row beyond 1,000,000,000 bytes.
pub const BODY_BYTES_MAX: u64 = 999_000_000;

/// How long a mark waits at most to be seen.
const MARKS_PAUSE: Duration = Duration::from_secs(2);

/// How much may wait.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Commands.
    pub commands_max: usize,
    /// Bytes of their bodies, as they came.
    pub bytes_max: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { commands_max: 100_000, bytes_max: 8 << 30 }
    }
}

/// A command on its way in.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// Its name.
    pub name: Name,
    /// Its version.
    pub version: u32,
    /// Its node.
    pub certname: String,
    /// When it was made, if the sender said so beside the document; microseconds since 1970.
    pub producer_timestamp: Option<i64>,
    /// When it arrived.
    pub received: i64,
    /// Its document.
    pub body: Body,
}

/// A command that waits.
#[derive(Clone, Debug)]
pub struct Queued {
    /// Its place.
    pub id: i64,
    /// What its sender was told.
    pub uuid: String,
    /// Its name.
    pub name: Name,
    /// Its version.
    pub version: u32,
    /// Its node.
    pub certname: String,
    /// When it was made.
    pub producer_timestamp: Option<i64>,
    /// When it arrived.
    pub received: i64,
    /// How often it failed.
    pub attempts: u32,
    /// Size of its body.
    pub bytes: u64,
}

/// Why a command was not taken.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// There is no room.
    #[error("The command queue is full")]
    Full,
    /// The disk does not take it.
    #[error("the command could not be written to the queue: {0}")]
    Disk(#[from] db::Error),
}

/// What happened to a command in the end; the error is a text.
pub type Completion = std::result::Result<(), String>;

/// The queue. Clones share it.
#[derive(Clone)]
pub struct Queue {
    inner: Arc<Inner>,
}

struct Inner {
    db: Db,
    limits: Limits,
    state: Mutex<State>,
    wake: Notify,
}

#[derive(Default)]
struct State {
    lanes: Lanes,
    waiters: HashMap<i64, oneshot::Sender<Completion>>,
    /// Accepted and on their way to the disk.
    arriving: usize,
    arriving_bytes: u64,
    /// Rows to remove, with the bytes of their bodies.
    done: BTreeMap<i64, u64>,
    /// What rows that are being removed, or are to be, have together.
    done_count: usize,
    done_bytes: u64,
    bodies: HashMap<i64, Body>,
    bodies_bytes: usize,
}

impl State {
    fn keep_body(&mut self, id: i64, body: Body) {
        if self.bodies_bytes + body.bytes.len() <= BODIES_BYTES_MAX {
            self.bodies_bytes += body.bytes.len();
            self.bodies.insert(id, body);
        }
    }

    fn is_done(&mut self, command: &Queued) {
        self.take_body(command.id);
        if self.done.insert(command.id, command.bytes).is_none() {
            self.done_count += 1;
            self.done_bytes += command.bytes;
        }
    }

    /// Whether the file has room for one command more.
    fn has_room(&self, bytes: u64, limits: &Limits) -> bool {
        let count = self.lanes.len() + self.arriving + self.done_count;
        let used = self.lanes.bytes() + self.arriving_bytes + self.done_bytes;
        count < limits.commands_max && used.saturating_add(bytes) <= limits.bytes_max
    }

    fn take_body(&mut self, id: i64) -> Option<Body> {
        let body = self.bodies.remove(&id)?;
        self.bodies_bytes -= body.bytes.len();
        Some(body)
    }
}

fn remove(tx: &Tx<'_>, done: &BTreeMap<i64, u64>) -> Result<(), db::Error> {
    let ids: Vec<Vec<db::Value>> = done.keys().map(|&id| vec![id.into()]).collect();
    tx.execute_each("DELETE FROM commands WHERE id = $1", &ids).map(drop)
}

impl Queue {
    /// Opens or makes the file, and takes up what is in it.
    ///
    /// # Errors
    /// The file cannot be opened or read.
    pub async fn open(path: &Path, limits: Limits) -> Result<Queue, db::Error> {
        let db = Db::open(path, "queue", SCHEMA)?;
        let waiting = db
            .read(|tx| {
                let sql = "SELECT id, uuid, command, version, certname, producer_timestamp, received, attempts, bytes, retry_at
                           FROM commands ORDER BY id";
                let mut waiting = Vec::new();
                tx.each(sql, &[], |row| {
                    waiting.push((queued(&row)?, row.get::<i64>(9)?));
                    Ok(())
                })?;
                Ok(waiting)
            })
            .await?;
        let mut state = State::default();
        for (command, retry_at) in waiting {
            match retry_at {
                0 => state.lanes.push(command),
                _ => state.lanes.delay(command, retry_at),
            }
        }
        Ok(Queue { inner: Arc::new(Inner { db, limits, state: Mutex::new(state), wake: Notify::new() }) })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is held.
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a command. When this returns, it is on disk; `uuid` is for its sender. The receiver, if one is wanted, hears of
    /// its end.
    ///
    /// # Errors
    /// There is no room, in the queue or on the disk.
    pub async fn push(
        &self,
        command: Incoming,
        uuid: &str,
        follow: bool,
    ) -> Result<Option<oneshot::Receiver<Completion>>, QueueError> {
        let bytes = command.body.bytes.len() as u64;
        let _room = self.reserve(bytes).await?;
        let mut queued = Queued {
            id: 0,
            uuid: uuid.to_owned(),
            name: command.name,
            version: command.version,
            certname: command.certname,
            producer_timestamp: command.producer_timestamp,
            received: command.received,
            attempts: 0,
            bytes,
        };
        let row = [
            uuid.into(),
            queued.name.as_str().into(),
            i64::from(queued.version).into(),
            queued.certname.as_str().into(),
            queued.producer_timestamp.into(),
            queued.received.into(),
            match command.body.encoding {
                Encoding::Plain => 0.into(),
                Encoding::Gzip => 1.into(),
                Encoding::Own => 2.into(),
            },
            (bytes as i64).into(),
            command.body.bytes.as_slice().into(),
        ];
        let body = command.body;
        let done = std::mem::take(&mut self.state().done);
        let gone = done.clone();
        let write = move |tx: &Tx<'_>| {
            remove(tx, &gone)?;
            let sql = "INSERT INTO commands (uuid, command, version, certname, producer_timestamp, received, encoding, bytes, body)
                       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id";
            tx.first(sql, &row)?.ok_or(db::Error::Conflict)?.get::<i64>(0)
        };
        // In a task of its own: what is on disk must be scheduled even if nobody waits for the answer any more.
        let queue = self.clone();
        let pushing = tokio::spawn(async move {
            let id = match queue.inner.db.write(write).await {
                Ok(id) => {
                    queue.removed(&done);
                    id
                }
                Err(error) => {
                    queue.not_removed(done);
                    return Err(QueueError::Disk(error));
                }
            };
            queued.id = id;
            let (tell, told) = oneshot::channel();
            {
                let mut state = queue.state();
                if follow {
                    state.waiters.insert(id, tell);
                }
                state.keep_body(id, body);
                state.lanes.push(queued);
            }
            queue.inner.wake.notify_one();
            Ok(follow.then_some(told))
        });
        pushing.await.map_err(|_| QueueError::Disk(db::Error::Closed))?
    }

    async fn reserve(&self, bytes: u64) -> Result<Room<'_>, QueueError> {
        loop {
            {
                let mut state = self.state();
                if state.has_room(bytes, &self.inner.limits) {
                    state.arriving += 1;
                    state.arriving_bytes += bytes;
                    return Ok(Room { queue: self, bytes });
                }
                if state.done.is_empty() {
                    return Err(QueueError::Full);
                }
            }
            self.flush().await?;
        }
    }

    /// Commands that wait or are worked on.
    pub fn depth(&self) -> usize {
        self.state().lanes.len()
    }

    /// True if commands of a node wait or are worked on.
    pub(crate) fn has(&self, certname: &str) -> bool {
        self.state().lanes.has(certname)
    }

    /// How much of the room is taken, of 100: commands or bytes, whichever is more.
    pub fn percent_full(&self) -> u8 {
        let state = self.state();
        let limits = &self.inner.limits;
        let count = state.lanes.len() + state.arriving + state.done_count;
        let used = state.lanes.bytes() + state.arriving_bytes + state.done_bytes;
        let commands = count as f64 / limits.commands_max.max(1) as f64;
        let bytes = used as f64 / limits.bytes_max.max(1) as f64;
        (commands.max(bytes) * 100.0).clamp(0.0, 100.0) as u8
    }

    /// Commands that wait for another try.
    pub fn delayed(&self) -> usize {
        self.state().lanes.delayed()
    }

    /// Bytes that wait, as they came.
    pub fn bytes(&self) -> u64 {
        self.state().lanes.bytes()
    }

    /// When the oldest command arrived that waits; microseconds since 1970. Looks at all nodes for which something waits.
    pub fn oldest(&self) -> Option<i64> {
        self.state().lanes.oldest()
    }

    /// The next commands to work on, one of a node; waits for some. `now` tells the time.
    pub(crate) async fn take(&self, now: impl Fn() -> i64, most: Most) -> Vec<Queued> {
        loop {
            let woken = self.inner.wake.notified();
            let due = {
                let mut state = self.state();
                match state.lanes.take(now(), most) {
                    Ok(commands) => {
                        // There may be more for others.
                        self.inner.wake.notify_one();
                        return commands;
                    }
                    Err(due) => due,
                }
            };
            match due {
                Some(due) => {
                    let micros = u64::try_from(due.saturating_sub(now())).unwrap_or_default();
                    let pause = tokio::time::sleep(std::time::Duration::from_micros(micros.max(1_000)));
                    tokio::select! {
                        () = woken => {}
                        () = pause => {}
                    }
                }
                None => woken.await,
            }
        }
    }

    /// True if a newer command of the node makes this one void.
    pub(crate) fn is_obsolete(&self, command: &Queued) -> bool {
        command.name.replaces() && self.state().lanes.has_newer(command)
    }

    /// The documents of commands; none for those that were dropped by hand.
    pub(crate) async fn bodies(&self, commands: &[&Queued]) -> Result<Vec<Option<Body>>, db::Error> {
        let mut bodies: Vec<Option<Body>> = {
            let mut state = self.state();
            commands.iter().map(|command| state.take_body(command.id)).collect()
        };
        let missing: Vec<usize> =
            (0..).zip(&bodies).filter(|(_, body)| body.is_none()).map(|(place, _)| place).collect();
        if missing.is_empty() {
            return Ok(bodies);
        }
        let ids: Vec<(usize, i64)> =
            missing.into_iter().filter_map(|place| Some((place, commands.get(place)?.id))).collect();
        let read = move |tx: &Tx<'_>| {
            let one = |&(place, id): &(usize, i64)| Ok((place, stored_body(tx, id)?));
            ids.iter().map(one).collect::<Result<Vec<_>, db::Error>>()
        };
        for (place, body) in self.inner.db.read(read).await? {
            if let Some(there) = bodies.get_mut(place) {
                *there = body;
            }
        }
        Ok(bodies)
    }

    /// Ends commands that are in the store. Their rows go later; that this may fail is no reason to do their work again.
    pub(crate) async fn done(&self, commands: &[&Queued]) {
        if commands.is_empty() {
            return;
        }
        let is_pressing = {
            let mut state = self.state();
            commands.iter().for_each(|command| state.is_done(command));
            state.done.len() >= DONE_MAX || state.lanes.len() + state.arriving <= commands.len()
        };
        if is_pressing && let Err(error) = self.flush().await {
            tracing::warn!(%error, "commands that are done could not be removed from the queue");
        }
        commands.iter().for_each(|command| self.leave(command, Ok(())));
    }

    /// Removes the rows of commands that are done.
    pub(crate) async fn flush(&self) -> Result<(), db::Error> {
        let done = std::mem::take(&mut self.state().done);
        if done.is_empty() {
            return Ok(());
        }
        // In a task of its own: what is taken from the list must be gone, or come back, even if nobody waits any more.
        let queue = self.clone();
        let removing = tokio::spawn(async move {
            let gone = done.clone();
            match queue.inner.db.write(move |tx| remove(tx, &gone)).await {
                Ok(()) => {
                    queue.removed(&done);
                    Ok(())
                }
                Err(error) => {
                    queue.not_removed(done);
                    Err(error)
                }
            }
        });
        removing.await.map_err(|_| db::Error::Closed)?
    }

    fn removed(&self, done: &BTreeMap<i64, u64>) {
        let mut state = self.state();
        state.done_count = state.done_count.saturating_sub(done.len());
        state.done_bytes = state.done_bytes.saturating_sub(done.values().sum());
    }

    fn not_removed(&self, mut done: BTreeMap<i64, u64>) {
        self.state().done.append(&mut done);
    }

    /// Puts a command that failed aside until a time.
    pub(crate) async fn retry(&self, command: &Queued, at: i64) -> Result<(), db::Error> {
        let (id, attempts) = (command.id, i64::from(command.attempts) + 1);
        let sql = "UPDATE commands SET attempts = $2, retry_at = $3 WHERE id = $1";
        self.inner.db.write(move |tx| tx.execute(sql, &[id.into(), attempts.into(), at.into()])).await?;
        let mut state = self.state();
        state.lanes.free(command);
        state.lanes.delay(Queued { attempts: command.attempts + 1, ..command.clone() }, at);
        drop(state);
        self.inner.wake.notify_one();
        Ok(())
    }

    /// Gives a command back that could not be worked on for a reason that is not its own.
    pub(crate) fn give_back(&self, command: &Queued) {
        let mut state = self.state();
        state.lanes.free(command);
        state.lanes.push(command.clone());
        drop(state);
        self.inner.wake.notify_one();
    }

    /// Moves a command to the dead letters.
    pub(crate) async fn discard(&self, command: &Queued, error: String, now: i64) -> Result<(), db::Error> {
        let (id, text, attempts) = (command.id, error.clone(), i64::from(command.attempts) + 1);
        let write = move |tx: &Tx<'_>| {
            tx.execute(
                "INSERT OR REPLACE INTO dead_letters (id, uuid, command, version, certname, producer_timestamp, received,
                     discarded, attempts, error, encoding, bytes, body)
                 SELECT id, uuid, command, version, certname, producer_timestamp, received, $2, $3, $4, encoding, bytes, body
                 FROM commands WHERE id = $1",
                &[id.into(), now.into(), attempts.into(), text.into()],
            )?;
            tx.execute("DELETE FROM commands WHERE id = $1", &[id.into()])
        };
        self.inner.db.write(write).await?;
        self.state().take_body(command.id);
        self.leave(command, Err(error));
        Ok(())
    }

    fn leave(&self, command: &Queued, completion: Completion) {
        let mut state = self.state();
        state.lanes.free(command);
        let waiter = state.waiters.remove(&command.id);
        drop(state);
        if let Some(waiter) = waiter {
            // A sender that went away does not want to know.
            let _ = waiter.send(completion);
        }
        self.inner.wake.notify_one();
    }

    /// The newest dead letters, and how many there are.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn dead_letters(&self, limit: usize) -> Result<(i64, Vec<DeadLetter>), db::Error> {
        DeadLetters::of(self.inner.db.clone()).newest(limit).await
    }

    /// Queues the dead letters again that somebody has marked; says how many.
    ///
    /// # Errors
    /// The file cannot be written.
    pub async fn revive(&self) -> Result<usize, db::Error> {
        // Looked for without a lock on the file, since there are none nearly always.
        let any = |tx: &Tx<'_>| tx.first("SELECT 1 FROM dead_letters WHERE retry = 1 LIMIT 1", &[]);
        if self.inner.db.read(any).await?.is_none() {
            return Ok(0);
        }
        let write = |tx: &Tx<'_>| {
            let sql = "SELECT id, uuid, command, version, certname, producer_timestamp, received, 0, bytes
                       FROM dead_letters WHERE retry = 1 ORDER BY id";
            let letters: Vec<Queued> = tx.query(sql, &[])?.iter().map(queued).collect::<Result<_, _>>()?;
            tx.batch(
                "INSERT INTO commands (id, uuid, command, version, certname, producer_timestamp, received, encoding, bytes, body)
                 SELECT id, uuid, command, version, certname, producer_timestamp, received, encoding, bytes, body
                 FROM dead_letters WHERE retry = 1;
                 DELETE FROM dead_letters WHERE retry = 1;",
            )?;
            Ok(letters)
        };
        let letters = self.inner.db.write(write).await?;
        let count = letters.len();
        let mut state = self.state();
        letters.into_iter().for_each(|letter| state.lanes.push(letter));
        drop(state);
        self.inner.wake.notify_one();
        Ok(count)
    }

    /// Goes on looking for marks that a command line has made.
    pub async fn follow_marks(self) {
        loop {
            if let Err(error) = self.flush().await {
                tracing::warn!(%error, "commands that are done could not be removed from the queue");
            }
            match self.revive().await {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "commands that were set aside are tried again"),
                Err(error) => tracing::warn!(%error, "could not look for commands to try again"),
            }
            tokio::time::sleep(MARKS_PAUSE).await;
        }
    }
}

/// Room for a command that is on its way to the disk.
struct Room<'a> {
    queue: &'a Queue,
    bytes: u64,
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        let mut state = self.queue.state();
        state.arriving -= 1;
        state.arriving_bytes -= self.bytes;
    }
}

fn stored_body(tx: &Tx<'_>, id: i64) -> Result<Option<Body>, db::Error> {
    let Some(row) = tx.first("SELECT encoding, body FROM commands WHERE id = $1", &[id.into()])? else {
        return Ok(None);
    };
    let encoding = match row.get::<i64>(0)? {
        1 => Encoding::Gzip,
        2 => Encoding::Own,
        _ => Encoding::Plain,
    };
    // Taken, not copied: it may be large.
    let bytes = match row.into_values().pop() {
        Some(db::Value::Blob(bytes)) => bytes,
        _ => Vec::new(),
    };
    Ok(Some(Body { encoding, bytes }))
}

fn queued(row: &Row) -> Result<Queued, db::Error> {
    let name: String = row.get(2)?;
    Ok(Queued {
        id: row.get(0)?,
        uuid: row.get(1)?,
        name: Name::parse(&name)
            .ok_or_else(|| db::Error::Refused(format!("unknown command {name:?} in the queue")))?,
        version: u32::try_from(row.get::<i64>(3)?).unwrap_or_default(),
        certname: row.get(4)?,
        producer_timestamp: row.get(5)?,
        received: row.get(6)?,
        attempts: u32::try_from(row.get::<i64>(7)?).unwrap_or_default(),
        bytes: row.get::<i64>(8)? as u64,
    })
}

#[cfg(test)]
mod tests;
