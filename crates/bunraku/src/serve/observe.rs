//! What operators see of a server beside its status: `/metrics` and the access log.
//!
//! Figures are those of this process. They go out on the listener of agents, to this machine, to tools with `pp_cli_auth` and to those
//! who are listed: the names of routes and compilers are nobody else's business. Where the network is trusted, or Prometheus runs on
//! the same machine, a listener without TLS has them too.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use rest::access::{AccessLog, Format, Target};
use rest::metrics::page::{Listeners, Sources};
use rest::metrics::{Exposition, Kind, Page, Source};
use rest::{
    BoxFuture, Front, Listening, Metrics, Problem, Request, Response, Router, Rules, Service, StatusCode,
};

use super::{puppetdb, settings};
use crate::config::{AccessFormat, Site};

/// What all listeners of a server have in common.
pub(super) struct Observe {
    listeners: Arc<Listeners>,
    access: Option<Arc<AccessLog>>,
    sources: Arc<Sources>,
}

impl Observe {
    /// Opens the access log, if there is to be one.
    pub(super) fn new(site: &Site) -> anyhow::Result<Observe> {
        let log = &site.config.log;
        let format = match log.access_format {
            AccessFormat::Combined => Format::Combined,
            AccessFormat::Json => Format::Json,
        };
        let access = log.access.as_ref().map(|path| {
            let target = match path.as_os_str() == "-" {
                true => Target::Stdout,
                false => Target::File(path.clone()),
            };
            let opened = AccessLog::open(target, format);
            opened.map(Arc::new).with_context(|| format!("log.access: could not open {}", path.display()))
        });
        let access = access.transpose()?;
        let listeners = Arc::new(Listeners::default());
        let sources = Arc::new(Sources::default());
        sources.add(Arc::new(Process::default()));
        sources.add(listeners.clone());
        if let Some(access) = &access {
            sources.add(access.clone());
        }
        Ok(Observe { listeners, access, sources })
    }

    /// Puts counters and access log before the services of a listener. The counters are to listen with, too.
    pub(super) fn front(&self, name: &'static str, front: Front) -> (Arc<Front>, Arc<Metrics>) {
        let metrics = self.listeners.add(name);
        let front = front.with_metrics(metrics.clone()).with_access_log(self.access.clone(), name);
        (Arc::new(front), metrics)
    }

    /// Adds figures to the page.
    pub(super) fn add(&self, source: Arc<dyn Source>) {
        self.sources.add(source);
    }

    /// Opens the access log anew.
    pub(super) fn reopen(&self) {
        if let Some(access) = &self.access {
            access.reopen();
        }
    }

    fn page(&self) -> Page {
        Page::new(self.sources.clone())
    }

    /// The page for those who may see it.
    pub(super) fn guarded(&self, site: &Site) -> Arc<dyn Service> {
        let mut allowed = site.config.metrics.allow.clone();
        allowed.push(site.certname.clone());
        Arc::new(Guarded { allowed, page: self.page() })
    }

    /// Answers on the listener without TLS, if there is to be one.
    pub(super) async fn listen(&self, site: &Site) -> anyhow::Result<Option<Listening>> {
        let text = &site.config.metrics.listen;
        if text.is_empty() {
            return Ok(None);
        }
        let address = puppetdb::address("metrics.listen", text)?;
        let router = Router::new().mount("/metrics", Arc::new(self.page()));
        let (front, metrics) = self.front("metrics", Front::new(Arc::new(router), Rules::allow_all()));
        let listening = rest::listen_plain(address, front, settings::limits(site), metrics).await;
        let listening = listening.with_context(|| format!("could not listen on {text} (metrics.listen)"))?;
        tracing::info!(address = %listening.address(), "listening for Prometheus");
        Ok(Some(listening))
    }
}

/// The page on the listener of agents.
struct Guarded {
    allowed: Vec<String>,
    page: Page,
}

impl Service for Guarded {
    fn call(&self, request: Request) -> BoxFuture<'_, Response> {
        let peer = &request.peer;
        let is_tool = peer.extension(&pki::oid::PP_CLI_AUTH.to_string()) == Some("true");
        if is_tool || peer.certname().is_some_and(|name| self.allowed.iter().any(|allowed| allowed == name)) {
            return self.page.call(request);
        }
        let caller = peer.claimed_name().unwrap_or("a caller without a certificate");
        tracing::warn!(request = %request.id, caller, "refused: may not read the metrics (metrics.allow)");
        let text = "Forbidden request: /metrics (method :get). Please see the server logs for details.";
        Box::pin(std::future::ready(Problem::plain(StatusCode::FORBIDDEN, text).respond()))
    }
}

/// The process itself, under the names that all clients of Prometheus use.
struct Process {
    began: SystemTime,
    started: Instant,
}

impl Default for Process {
    fn default() -> Process {
        Process { began: SystemTime::now(), started: Instant::now() }
    }
}

impl Source for Process {
    fn write(&self, page: &mut Exposition) {
        page.family("bunraku_build_info", Kind::Gauge, "1, with what runs.")
            .sample(&[("version", env!("CARGO_PKG_VERSION")), ("puppet_version", server::PUPPET_VERSION)], 1);
        let help = "Time since the server started.";
        page.gauge("bunraku_uptime_seconds", help, self.started.elapsed().as_secs_f64());
        let began = self.began.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        page.gauge("process_start_time_seconds", "When the process started.", began);
        let used = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
        let used = Duration::new(used.tv_sec.unsigned_abs(), used.tv_nsec.unsigned_abs() as u32);
        let help = "Time of processors that the process used.";
        page.counter("process_cpu_seconds_total", help, used.as_secs_f64());
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
            line.split_whitespace().next()?.parse::<u64>().ok()
        };
        if let Some(kib) = field("VmRSS") {
            page.gauge("process_resident_memory_bytes", "Memory in use.", kib * 1024);
        }
        if let Some(kib) = field("VmSize") {
            page.gauge("process_virtual_memory_bytes", "Address space in use.", kib * 1024);
        }
        if let Some(threads) = field("Threads") {
            page.gauge("process_threads", "Threads.", threads);
        }
        if let Ok(descriptors) = std::fs::read_dir("/proc/self/fd") {
            page.gauge("process_open_fds", "Open files and connections.", descriptors.count());
        }
        let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
        if let Some(limit) = limit {
            page.gauge("process_max_fds", "How many there may be.", limit);
        }
    }
}
