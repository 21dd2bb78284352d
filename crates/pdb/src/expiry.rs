//! The reconciler that forgets: nodes that are silent, reports that are old, rows that nobody has any more.
//!
//! It runs beside everything else, in small transactions. One cleaning at a time; whoever asks for another one meanwhile is told so.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use serde_json::{Value as Json, json};

use crate::document::moment;
use crate::payload::{microseconds, time_text};
use crate::store::report::day;
use crate::store::{Recounted, Store, expire};

/// How often counts are compared with what they count.
const RECOUNT_INTERVAL: Duration = Duration::from_secs(86_400);
/// How often paths of facts are looked through, which reads all values.
const PATHS_INTERVAL: Duration = Duration::from_secs(86_400);

/// How long things are kept; zero is for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Silence after which a node is expired.
    pub node_ttl: Duration,
    /// Time after which a node that is deactivated or expired is removed.
    pub node_purge_ttl: Duration,
    /// Nodes removed at a time.
    pub node_purge_gc_batch_limit: usize,
    /// Age at which reports are removed.
    pub report_ttl: Duration,
    /// Age at which events are removed; as reports if nothing is given.
    pub resource_events_ttl: Option<Duration>,
    /// Pause between two cleanings; zero is never.
    pub gc_interval: Duration,
}

impl Default for Settings {
    fn default() -> Settings {
        const DAY: Duration = Duration::from_secs(86_400);
        Settings {
            node_ttl: 7 * DAY,
            node_purge_ttl: 14 * DAY,
            node_purge_gc_batch_limit: 25,
            report_ttl: 14 * DAY,
            resource_events_ttl: None,
            gc_interval: Duration::from_secs(3_600),
        }
    }
}

/// A part of a cleaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// Marks nodes that are silent.
    ExpireNodes,
    /// Removes nodes; at most so many, if a number is given.
    PurgeNodes(Option<usize>),
    /// Removes reports and events.
    PurgeReports,
    /// Removes packages that nobody has.
    GcPackages,
    /// Removes everything else that nobody has.
    Other,
}

impl Task {
    /// All, in order.
    pub const ALL: [Task; 5] =
        [Task::ExpireNodes, Task::PurgeNodes(None), Task::PurgeReports, Task::GcPackages, Task::Other];
}

/// Another cleaning is at work.
#[derive(Debug, thiserror::Error)]
#[error("Another cleanup is already in progress")]
pub struct InProgress;

/// The reconciler.
pub struct Expiry {
    store: Store,
    settings: Settings,
    at_work: tokio::sync::Mutex<Option<SystemTime>>,
    status: Mutex<Json>,
}

impl Expiry {
    /// Over a store.
    pub fn new(store: Store, settings: Settings) -> Expiry {
        Expiry { store, settings, at_work: tokio::sync::Mutex::new(None), status: Mutex::new(Json::Null) }
    }

    /// What the last cleaning did.
    pub fn status(&self) -> Json {
        self.status.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Cleans again and again, for ever.
    pub async fn run(self: Arc<Self>) {
        if self.settings.gc_interval.is_zero() {
            return;
        }
        loop {
            tokio::time::sleep(self.settings.gc_interval).await;
            if let Ok(Err(error)) = self.clean(&Task::ALL).await {
                tracing::error!(%error, "forgetting what is old failed; it is tried again later");
            }
        }
    }

    /// Does some tasks, now.
    ///
    /// # Errors
    /// Another cleaning is at work; inside, the database's errors.
    pub async fn clean(&self, tasks: &[Task]) -> Result<Result<(), db::Error>, InProgress> {
        let Ok(mut paths_swept) = self.at_work.try_lock() else { return Err(InProgress) };
        let now = SystemTime::now();
        let mut done = Done::default();
        let mut result = Ok(());
        for task in tasks {
            let is_paths_time = paths_swept
                .is_none_or(|swept| now.duration_since(swept).is_ok_and(|age| age >= PATHS_INTERVAL));
            result = self.task(*task, now, is_paths_time, &mut done).await;
            if result.is_err() {
                break;
            }
            if *task == Task::Other && is_paths_time {
                *paths_swept = Some(now);
            }
        }
        tracing::info!(?done, "forgot what is old");
        let status = json!({
            "last": time_text(microseconds(now)),
            "error": result.as_ref().err().map(ToString::to_string),
            "nodes_expired": done.expired,
            "nodes_purged": done.purged,
            "reports_purged": done.reports,
            "rows_swept": done.swept,
            "counts_mended": done.mended,
        });
        *self.status.lock().unwrap_or_else(PoisonError::into_inner) = status;
        Ok(result)
    }

    async fn task(
        &self,
        task: Task,
        now: SystemTime,
        is_paths_time: bool,
        done: &mut Done,
    ) -> Result<(), db::Error> {
        let settings = &self.settings;
        // Nothing is older than time zero.
        let before = |ttl: Duration| {
            let at = now.checked_sub(ttl).unwrap_or(SystemTime::UNIX_EPOCH);
            (!ttl.is_zero()).then(|| microseconds(at))
        };
        match task {
            Task::ExpireNodes => {
                if let Some(before) = before(settings.node_ttl) {
                    done.expired += self.store.expire_nodes(before, microseconds(now)).await?;
                }
            }
            Task::PurgeNodes(limit) => {
                let Some(before) = before(settings.node_purge_ttl) else { return Ok(()) };
                let batch = limit.unwrap_or(settings.node_purge_gc_batch_limit).max(1);
                loop {
                    let purged = self.store.purge_nodes(before, batch).await?;
                    done.purged += purged;
                    if purged < batch || limit.is_some() {
                        break;
                    }
                }
            }
            Task::PurgeReports => {
                if let Some(before) = before(settings.report_ttl) {
                    done.reports += self.store.purge_reports(day(before)).await?;
                }
                if let Some(before) = settings.resource_events_ttl.and_then(before) {
                    self.store.purge_events(day(before)).await?;
                }
            }
            Task::GcPackages => done.swept += self.store.sweep(expire::PACKAGES).await?,
            Task::Other => {
                done.swept += self.store.sweep(expire::OTHERS).await?;
                done.swept += self.store.forget_counts().await?;
                let recounted = moment(self.store.recounted_at().await?);
                // One that lies ahead is of a clock that was wrong.
                if now.duration_since(recounted).map_or(true, |age| age >= RECOUNT_INTERVAL) {
                    let Recounted { nodes, events, values } = self.store.recount().await?;
                    done.mended += nodes + events + values;
                    if nodes + events + values > 0 {
                        tracing::warn!(
                            nodes,
                            events,
                            values,
                            "counts were wrong and were mended; does an older version write to the same database?"
                        );
                    }
                }
                if is_paths_time {
                    done.swept += self.store.sweep_paths().await?;
                }
            }
        }
        Ok(())
    }
}

#[derive(Debug, Default)]
struct Done {
    expired: usize,
    purged: usize,
    reports: usize,
    swept: usize,
    mended: usize,
}
