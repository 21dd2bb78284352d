//! Figures of the store for Prometheus: what this server stores, and the queue of commands.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use api::pdb::{Command, PdbError};
use rest::metrics::{Counter, Exposition, Histogram, Kind as Type, Source};

use crate::metrics::Metrics;
use crate::payload::microseconds;
use crate::queue::Queue;

/// Kinds of documents.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Facts,
    Catalog,
    /// A catalog that is stored already, under a new identity.
    KeptCatalog,
    Report,
}

impl Kind {
    const LABELS: [&str; 4] = ["facts", "catalog", "kept_catalog", "report"];

    pub(crate) fn of(command: &Command) -> Kind {
        match command {
            Command::ReplaceFacts(_) => Kind::Facts,
            Command::ReplaceCatalog(_) => Kind::Catalog,
            Command::KeepCatalog(_) => Kind::KeptCatalog,
            Command::StoreReport(_) => Kind::Report,
        }
    }
}

/// Documents of this server's agents.
#[derive(Debug, Default)]
pub(crate) struct Documents {
    by_kind: [Histogram; 4],
    failed: Counter,
}

impl Documents {
    /// Counts a document that is stored.
    pub(crate) async fn counted(
        &self,
        kind: Kind,
        storing: impl Future<Output = Result<(), PdbError>>,
    ) -> Result<(), PdbError> {
        let started = Instant::now();
        let stored = storing.await;
        if let Some(durations) = self.by_kind.get(kind as usize) {
            durations.observe(started.elapsed());
        }
        // What is gone is sent again as a whole.
        if !matches!(stored, Ok(()) | Err(PdbError::Gone)) {
            self.failed.increment();
        }
        stored
    }

    pub(crate) fn write(&self, page: &mut Exposition) {
        let help = "Documents of agents stored, or queued while the store is away, and how long that took.";
        let mut family = page.family("bunraku_store_document_duration_seconds", Type::Histogram, help);
        for (label, durations) in Kind::LABELS.iter().zip(&self.by_kind) {
            family.histogram(&[("kind", label)], durations);
        }
        let help = "Documents of agents that could not be stored; the agent was told.";
        page.counter("bunraku_store_document_errors_total", help, self.failed.value());
    }
}

/// A queue of commands and what works on it.
pub struct Figures {
    queue: Queue,
    metrics: Option<Arc<Metrics>>,
    is_away: Box<dyn Fn() -> bool + Send + Sync>,
    documents: Arc<dyn Source>,
}

impl Figures {
    /// Of a queue; `metrics` counts what is done with its commands, `is_away` tells whether the store takes nothing, `documents`
    /// is a [`crate::Store`] or [`crate::Remote`].
    pub fn new(
        queue: Queue,
        metrics: Option<Arc<Metrics>>,
        is_away: impl Fn() -> bool + Send + Sync + 'static,
        documents: Arc<dyn Source>,
    ) -> Figures {
        Figures { queue, metrics, is_away: Box::new(is_away), documents }
    }
}

impl Source for Figures {
    fn write(&self, page: &mut Exposition) {
        self.documents.write(page);
        let queue = &self.queue;
        page.gauge("bunraku_store_queue_length", "Commands that wait or are worked on.", queue.depth());
        page.gauge("bunraku_store_queue_bytes", "Bytes of these commands.", queue.bytes());
        page.gauge(
            "bunraku_store_queue_full_ratio",
            "How much of the room for commands is taken, of 1.",
            f64::from(queue.percent_full()) / 100.0,
        );
        let help = "Commands that wait for another try.";
        page.gauge("bunraku_store_queue_delayed", help, queue.delayed());
        let now = microseconds(SystemTime::now());
        let age = queue.oldest().map_or(0, |oldest| now.saturating_sub(oldest).max(0)) as f64 / 1e6;
        page.gauge("bunraku_store_queue_oldest_seconds", "How long the oldest command has waited.", age);
        let help = "1 while the store or its database takes nothing.";
        page.gauge("bunraku_store_away", help, u8::from((self.is_away)()));
        // Asked on a thread that may block, of a runtime.
        if let Ok(runtime) = tokio::runtime::Handle::try_current()
            && let Ok((count, _)) = runtime.block_on(queue.dead_letters(0))
        {
            let help = "Commands that could not be stored and are kept aside (bunraku store failed).";
            page.gauge("bunraku_store_failed_commands", help, count);
        }
        let Some(metrics) = &self.metrics else { return };
        let help = "Commands that came over HTTP or waited in the queue, by what became of them.";
        let mut family = page.family("bunraku_store_commands_total", Type::Counter, help);
        for (name, outcome, count) in metrics.outcomes() {
            family.sample(&[("command", name.as_str()), ("outcome", outcome)], count);
        }
    }
}
