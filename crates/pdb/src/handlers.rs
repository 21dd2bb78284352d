//! HTTP: commands, administration, status, metrics. Queries have their own.
//!
//! Handlers decode, call, encode. Who may come here is decided before.

mod admin;
mod command;
mod metrics;
mod status;

use std::sync::Arc;
use std::time::Duration;

use rest::{BoxFuture, Method, Problem, Request, Response, Service, StatusCode, header};
use tokio::sync::Semaphore;

use crate::expiry::Expiry;
use crate::metrics::Metrics;
use crate::processor::Processor;
use crate::queue::Queue;
use crate::store::Store;

/// The version of PuppetDB whose behaviour clients may expect.
const PUPPETDB_VERSION: &str = "8.8.1";

/// Bytes of command bodies that are held in memory at once; further senders wait.
const BODIES_BYTES_MAX: u64 = 256 << 20;

/// The page with live counters; it needs nothing but the metrics and the status beside it.
const DASHBOARD: &str = include_str!("handlers/dashboard.html");

/// What handlers are told.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Largest document of a command, as it comes and unpacked.
    pub command_bytes_max: u64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { command_bytes_max: 128 << 20 }
    }
}

/// Everything under `/pdb` but queries, `/status/v1`, `/metrics`, and what leads from `/` to the dashboard.
pub struct Handlers {
    pub(crate) store: Store,
    pub(crate) queue: Queue,
    pub(crate) processor: Arc<Processor>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) expiry: Arc<Expiry>,
    settings: Settings,
    /// What bodies may take at once, in units of [`command::UNIT_BYTES`]; and how much of it is free.
    memory_units: u32,
    memory: Semaphore,
}

impl Handlers {
    /// Handlers over the parts of a store.
    pub fn new(
        store: Store,
        queue: Queue,
        processor: Arc<Processor>,
        metrics: Arc<Metrics>,
        expiry: Arc<Expiry>,
        settings: Settings,
    ) -> Handlers {
        // The setting may be as good as none.
        let bytes = BODIES_BYTES_MAX.max(settings.command_bytes_max.saturating_mul(2));
        let memory_units = u32::try_from(bytes / command::UNIT_BYTES + 1).unwrap_or(u32::MAX);
        let memory = Semaphore::new(usize::try_from(memory_units).unwrap_or(Semaphore::MAX_PERMITS));
        Handlers { store, queue, processor, metrics, expiry, settings, memory_units, memory }
    }

    async fn answer(&self, mut request: Request) -> Result<Response, Problem> {
        let path = request.canonical_path().trim_end_matches('/').to_owned();
        match (path.as_str(), &request.method) {
            ("/pdb/cmd/v1", &Method::POST) => self.command(&mut request).await,
            ("/pdb/cmd/v1", _) => Err(Problem::method_not_allowed("POST")),
            ("/pdb/admin/v1/cmd", &Method::POST) => self.admin_command(&mut request).await,
            ("/pdb/admin/v1/archive", &Method::GET) => self.export(&request).await,
            ("/pdb/admin/v1/archive", &Method::POST) => self.import(&mut request).await,
            ("/pdb/admin/v1/summary-stats", &Method::GET) => self.summary_stats().await,
            (
                "/status/v1/services" | "/status/v1/services/puppetdb-status" | "/status/v1/simple",
                &Method::GET,
            ) => self.status(&path).await,
            ("/pdb/dashboard" | "/pdb/dashboard/index.html", &Method::GET) => {
                Ok(Response::bytes(StatusCode::OK, "text/html; charset=utf-8", DASHBOARD))
            }
            // Where PuppetDB sends people who typed only the server's name.
            ("" | "/pdb", &Method::GET) => Ok(Response::text(StatusCode::FOUND, "")
                .with_text_header(header::LOCATION, "/pdb/dashboard/index.html")),
            (path, _) if path == "/metrics" || path.starts_with("/metrics/") => {
                self.beans(&mut request).await
            }
            _ => Err(Problem::not_found("Not Found")),
        }
    }
}

impl Service for Handlers {
    fn call(&self, request: Request) -> BoxFuture<'_, Response> {
        Box::pin(async move {
            let started = std::time::Instant::now();
            let is_command = request.canonical_path().starts_with("/pdb/cmd/v1");
            let response = Response::from(self.answer(request).await);
            if is_command {
                self.metrics.request("/pdb/cmd/v1", started.elapsed());
            }
            response
        })
    }
}

/// How long a sender is asked to stay away when there is no room.
const RETRY_AFTER: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests;
