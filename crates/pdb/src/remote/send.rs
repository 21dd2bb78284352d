//! How a command gets to the store, and what becomes of those that have to wait.

use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use rest::{Bytes, HeaderName, HeaderValue, Method, header};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::wire::Outgoing;
use super::{Inner, Remote};
use crate::payload::{microseconds, time_text};
use crate::queue::{Most, Queued};

/// Commands on their way at once while the store is there.
const SENDERS: usize = 4;
/// How long a sender waits for the store to accept a command; agents wait with it.
const PATIENCE: Duration = Duration::from_secs(15);
const ONE: Most = Most { commands: 1, bytes: 0 };
/// Pause while the store is away: this, doubled each time up to the next.
const PAUSE_MIN: Duration = Duration::from_millis(250);
const PAUSE_MAX: Duration = Duration::from_secs(5);
/// Pauses of a command that the store fails on while it takes others; the last one stays.
const RETRIES: [Duration; 4] =
    [Duration::from_secs(1), Duration::from_secs(10), Duration::from_secs(60), Duration::from_secs(600)];

/// What became of a command.
pub(super) enum Sending {
    /// It is on the store's disk.
    Accepted,
    /// It is not one that can be stored.
    Refused(String),
    /// The store takes nothing now, or nothing from us.
    Away(String),
}

struct Head<'a> {
    command: &'a str,
    version: u32,
    certname: &'a str,
    time: Option<i64>,
    unpacked: Option<u64>,
}

impl Inner {
    pub(super) async fn deliver(&self, command: &Outgoing) -> Sending {
        let head = Head {
            command: command.name.as_str(),
            version: command.version,
            certname: &command.certname,
            time: Some(command.producer_timestamp),
            unpacked: command.unpacked,
        };
        match self.post(&head, command.body.clone()).await {
            Ok(sending) => sending,
            Err((_, reason)) => Sending::Away(reason),
        }
    }

    /// Sends a command. The error is of one on which the store fails, with its status.
    async fn post(&self, head: &Head<'_>, body: Bytes) -> Result<Sending, (u16, String)> {
        let mut target = format!(
            "/pdb/cmd/v1?command={}&version={}&certname={}",
            head.command.replace(' ', "_"),
            head.version,
            rest::path::percent_encode(head.certname)
        );
        if let Some(time) = head.time {
            target.push_str("&producer-timestamp=");
            target.push_str(&rest::path::percent_encode(&time_text(time)));
        }
        let json = HeaderValue::from_static("application/json");
        let mut headers = vec![
            (header::CONTENT_TYPE, json.clone()),
            (header::ACCEPT, json),
            (header::CONTENT_ENCODING, HeaderValue::from_static("gzip")),
        ];
        if let Some(len) = head.unpacked {
            headers.push((HeaderName::from_static("x-uncompressed-length"), HeaderValue::from(len)));
        }
        let sending = self.store.send(Method::POST, &target, headers, body);
        let answer = match tokio::time::timeout(PATIENCE, sending).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => return Ok(Sending::Away(error.to_string())),
            Err(_) => return Ok(Sending::Away(format!("no answer within {} s", PATIENCE.as_secs()))),
        };
        let status = answer.status.as_u16();
        let reason = || match answer.clone().ok() {
            Ok(_) => String::new(),
            Err(error) => error.to_string(),
        };
        match status {
            200..300 => Ok(Sending::Accepted),
            400 | 413 | 415 => Ok(Sending::Refused(reason())),
            500 => Err((status, reason())),
            _ => Ok(Sending::Away(reason())),
        }
    }

    /// Sends a command of the queue, and ends it, or gives it back. False if the store is away.
    async fn work_on(&self, command: &Queued) -> Result<bool, db::Error> {
        if self.queue.is_obsolete(command) {
            tracing::debug!(name = %command.name, certname = command.certname, "a newer command waits; this one is dropped");
            self.queue.done(&[command]).await;
            return Ok(true);
        }
        let Some(body) = self.queue.bodies(&[command]).await?.pop().flatten() else {
            // Dropped by hand.
            self.queue.done(&[command]).await;
            return Ok(true);
        };
        let head = Head {
            command: command.name.as_str(),
            version: command.version,
            certname: &command.certname,
            time: command.producer_timestamp,
            unpacked: None,
        };
        let now = || microseconds(SystemTime::now());
        match self.post(&head, body.bytes.into()).await {
            Ok(Sending::Accepted) => self.queue.done(&[command]).await,
            Ok(Sending::Refused(reason)) => {
                tracing::error!(
                    name = %command.name, certname = command.certname, reason,
                    "the store refuses a command; it is set aside"
                );
                self.queue.discard(command, reason, now()).await?;
            }
            Ok(Sending::Away(reason)) => {
                tracing::debug!(reason, "commands wait for the store");
                return Ok(false);
            }
            Err((status, reason)) => {
                let attempt = usize::try_from(command.attempts).unwrap_or(usize::MAX).min(RETRIES.len() - 1);
                let pause = RETRIES.get(attempt).copied().unwrap_or(PAUSE_MAX);
                tracing::warn!(
                    name = %command.name, certname = command.certname, status, reason,
                    "the store fails on a command; it is sent again"
                );
                let at = now().saturating_add(i64::try_from(pause.as_micros()).unwrap_or(i64::MAX));
                self.queue.retry(command, at).await?;
            }
        }
        Ok(true)
    }
}

/// Those who send what waits. Dropped without [`Senders::stop`] they end at once, and what they were at waits.
pub struct Senders {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    marks: JoinHandle<()>,
    remote: Remote,
}

impl Senders {
    pub(super) fn start(remote: Remote) -> Senders {
        let (stop, stopping) = watch::channel(false);
        let tasks = (0..SENDERS).map(|_| tokio::spawn(work(remote.clone(), stopping.clone())));
        let marks = tokio::spawn(remote.inner.queue.clone().follow_marks());
        Senders { stop, tasks: tasks.collect(), marks, remote }
    }

    /// Lets each end what it is at. What waits in the queue waits for the next start.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        for task in std::mem::take(&mut self.tasks) {
            if task.await.is_err() {
                tracing::error!("a sender of commands had failed");
            }
        }
        if let Err(error) = self.remote.inner.queue.flush().await {
            tracing::warn!(%error, "commands that were sent are still in the queue, and will be sent once more");
        }
    }
}

impl Drop for Senders {
    fn drop(&mut self) {
        self.marks.abort();
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

async fn work(remote: Remote, mut stopping: watch::Receiver<bool>) {
    let inner = &remote.inner;
    let mut pause = PAUSE_MIN;
    loop {
        let commands = tokio::select! {
            biased;
            _ = stopping.wait_for(|stop| *stop) => return,
            commands = inner.queue.take(|| microseconds(SystemTime::now()), ONE) => commands,
        };
        for command in commands {
            match inner.work_on(&command).await {
                Ok(true) => {
                    pause = PAUSE_MIN;
                    if inner.is_away.swap(false, Ordering::Relaxed) {
                        tracing::info!(store = inner.store.base(), "the store takes documents again");
                    }
                    continue;
                }
                Ok(false) => inner.is_away.store(true, Ordering::Relaxed),
                Err(error) => tracing::error!(%error, "the queue of commands cannot be read or written"),
            }
            inner.queue.give_back(&command);
            tokio::select! {
                _ = stopping.wait_for(|stop| *stop) => return,
                () = tokio::time::sleep(pause) => {}
            }
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }
}
