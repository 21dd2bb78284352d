//! The store's listeners for PuppetDB's clients, and what works behind them.

use std::collections::HashSet;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use pdb::expiry::{self, Expiry};
use pdb::figures::Figures;
use pdb::metrics::Metrics;
use pdb::processor::{Blocklist, Processor};
use pdb::query::{QueryService, QuerySettings};
use pdb::queue::{Limits, Queue};
use pdb::{Handlers, Store};
use rest::{
    BoxFuture, Front, Listening, Method, Origin, Problem, Request, Response, Router, Rules, ServerTls,
    Service, StatusCode,
};
use tokio::task::JoinHandle;

use super::observe::Observe;
use super::settings;
use crate::config::Site;

/// A task that ends with the value.
struct Background(JoinHandle<()>);

impl Drop for Background {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What runs beside the listener of agents.
pub(super) struct Puppetdb {
    listeners: Vec<Listening>,
    processor: Arc<Processor>,
    _expiry: Background,
    _marks: Background,
    tls_address: Option<SocketAddr>,
    plain_address: Option<SocketAddr>,
}

impl Puppetdb {
    /// Starts workers, expiry and listeners.
    pub(super) async fn start(
        site: &Site,
        store: &Store,
        queue: Queue,
        tls: Arc<ServerTls>,
        observe: &Observe,
    ) -> anyhow::Result<Puppetdb> {
        let config = &site.config.puppetdb;
        let marks = Background(tokio::spawn(queue.clone().follow_marks()));
        let metrics = Arc::new(Metrics::default());
        let workers = match config.command_threads {
            0 => std::thread::available_parallelism().map_or(2, usize::from),
            workers => workers,
        };
        let processor = Processor::start(
            queue.clone(),
            store.clone(),
            metrics.clone(),
            workers,
            blocklist(site)?,
            config.max_command_size,
        );
        let processor = Arc::new(processor);
        let working = processor.clone();
        let is_away = move || working.is_away();
        let figures = Figures::new(queue.clone(), Some(metrics.clone()), is_away, Arc::new(store.clone()));
        observe.add(Arc::new(figures));
        let expiry = Arc::new(Expiry::new(store.clone(), expiry_settings(site)));
        let forgetting = Background(tokio::spawn(expiry.clone().run()));
        let own = pdb::Settings { command_bytes_max: config.max_command_size };
        let handlers = Handlers::new(store.clone(), queue, processor.clone(), metrics, expiry, own);
        let queries = QuerySettings {
            timeout_default: config.query_timeout_default.0,
            timeout_max: config.query_timeout_max.0,
            pretty: false,
            log_queries: config.log_queries,
            report_part: pdb::document::report_part,
        };
        let queries = QueryService::new(store.db().clone(), queries);
        let router = Arc::new(router(handlers, queries));

        let mut puppetdb = Puppetdb {
            listeners: Vec::new(),
            processor,
            _expiry: forgetting,
            _marks: marks,
            tls_address: None,
            plain_address: None,
        };
        // Who may come is decided by the list, not by the rules for agents.
        let readers = match &config.certificate_allowlist_read_only {
            Some(path) => names(path)?,
            None => HashSet::new(),
        };
        let guarded = Allowlist { names: allowlist(site)?, readers, inner: router.clone() };
        if !config.listen.is_empty() {
            let address = address("puppetdb.listen", &config.listen)?;
            let mut rules = Rules::allow_all();
            rules.compilers = settings::compilers(site);
            let (front, metrics) = observe.front("store", Front::new(Arc::new(guarded), rules));
            let listening = rest::listen(address, tls, front, settings::limits(site), metrics).await;
            let listening = listening
                .with_context(|| format!("could not listen on {} (puppetdb.listen)", config.listen))?;
            puppetdb.tls_address = Some(listening.address());
            tracing::info!(address = %listening.address(), "listening for clients of PuppetDB");
            puppetdb.listeners.push(listening);
        }
        if !config.http_listen.is_empty() {
            let address = address("puppetdb.http-listen", &config.http_listen)?;
            if !address.ip().is_loopback() {
                bail!(
                    "puppetdb.http-listen: {address} can be reached from other machines, and nobody would be asked who they are; use 127.0.0.1 or [::1]"
                );
            }
            let (front, metrics) = observe.front("store-plain", Front::new(router, Rules::allow_all()));
            let listening = rest::listen_plain(address, front, settings::limits(site), metrics).await;
            let listening = listening.with_context(|| {
                format!("could not listen on {} (puppetdb.http-listen)", config.http_listen)
            })?;
            puppetdb.plain_address = Some(listening.address());
            puppetdb.listeners.push(listening);
        }
        Ok(puppetdb)
    }

    /// Where it listens, with TLS and without.
    pub(super) fn addresses(&self) -> (Option<SocketAddr>, Option<SocketAddr>) {
        (self.tls_address, self.plain_address)
    }

    /// Takes nothing more and lets the workers end what they are at. What waits in the queue waits for the next start.
    pub(super) async fn stop(self, timeout: Duration) {
        for listener in self.listeners {
            listener.stop(timeout).await;
        }
        self.processor.stop().await;
    }
}

/// Opens the queue of commands.
pub(super) async fn queue(site: &Site) -> anyhow::Result<Queue> {
    let config = &site.config.puppetdb;
    let limits = Limits { commands_max: config.max_queued_commands, bytes_max: config.max_queued_bytes };
    Ok(Queue::open(&super::store::queue_file(site), limits).await?)
}

fn router(handlers: Handlers, queries: QueryService) -> Router {
    let queries: Arc<dyn Service> = Arc::new(queries);
    let handlers: Arc<dyn Service> = Arc::new(handlers);
    Router::new()
        .mount("/", handlers)
        .mount_with_limit(pdb::query::QUERY_PREFIX, pdb::query::QUERY_BYTES_MAX as u64, queries.clone())
        .mount(pdb::query::META_PREFIX, queries)
}

/// Lets only clients in whose certificate is on a list.
struct Allowlist {
    names: HashSet<String>,
    /// Those who may ask, and change nothing.
    readers: HashSet<String>,
    inner: Arc<Router>,
}

impl Service for Allowlist {
    fn call(&self, request: Request) -> BoxFuture<'_, Response> {
        let refusal = match request.peer.certname() {
            None => Some("A client certificate of this server's authority is needed".to_owned()),
            Some(name) if self.names.contains(name) => None,
            Some(name) if request.origin() != Origin::Peer => (!only_reads(&request) && !is_command(&request))
                .then(|| format!("The compiler {name} may store and query and do nothing else.")),
            Some(name) if self.readers.contains(name) => (!only_reads(&request)).then(|| {
                format!("The client certificate name {name} is on the list of those who may query and do nothing else.")
            }),
            Some(name) => Some(format!(
                "The client certificate name {name} doesn't appear in the certificate allowlist. \
                 Is your master's (or other PuppetDB client's) certname listed in PuppetDB's certificate-allowlist file?"
            )),
        };
        match refusal {
            Some(text) => Box::pin(std::future::ready(Problem::plain(StatusCode::FORBIDDEN, text).respond())),
            None => self.inner.call(request),
        }
    }
}

/// This machine, and the names in the file if there is one: whoever gets in reads everything that is known of all nodes, and may
/// delete it, which no agent should.
fn allowlist(site: &Site) -> anyhow::Result<HashSet<String>> {
    let mut names = HashSet::from([site.certname.clone()]);
    if let Some(path) = &site.config.puppetdb.certificate_allowlist {
        names.extend(self::names(path)?);
    }
    Ok(names)
}

/// The lines of a file.
fn names(path: &Path) -> anyhow::Result<HashSet<String>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("could not read {}", path.display()))?;
    Ok(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

/// Whether a request stores what an agent brings. What a command does must stand beside its document, where it can be seen.
fn is_command(request: &Request) -> bool {
    const OF_AGENTS: [&str; 4] =
        ["replace facts", "replace catalog", "replace catalog inputs", "store report"];
    let Ok(params) = request.query_params() else { return false };
    let command = params.text("command").unwrap_or_default().replace('_', " ");
    request.method == Method::POST
        && request.canonical_path().trim_end_matches('/') == "/pdb/cmd/v1"
        && OF_AGENTS.contains(&command.as_str())
}

/// Whether a request can change nothing: queries come as POST, too.
fn only_reads(request: &Request) -> bool {
    let path = request.canonical_path();
    let begins =
        |prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    match request.method {
        Method::GET => !begins("/pdb/admin"),
        Method::POST => begins(pdb::query::QUERY_PREFIX) || begins("/metrics"),
        _ => false,
    }
}

pub(super) fn blocklist(site: &Site) -> anyhow::Result<Blocklist> {
    let config = &site.config.puppetdb;
    if config.facts_blocklist_type == "literal" {
        return Ok(Blocklist { names: config.facts_blocklist.clone(), patterns: Vec::new() });
    }
    let mut blocklist = Blocklist::default();
    for pattern in &config.facts_blocklist {
        blocklist.add_pattern(pattern).with_context(|| format!("puppetdb.facts-blocklist: `{pattern}`"))?;
    }
    Ok(blocklist)
}

fn expiry_settings(site: &Site) -> expiry::Settings {
    let config = &site.config.puppetdb;
    expiry::Settings {
        node_ttl: config.node_ttl.0,
        node_purge_ttl: config.node_purge_ttl.0,
        node_purge_gc_batch_limit: config.node_purge_gc_batch_limit,
        report_ttl: config.report_ttl.0,
        resource_events_ttl: config.resource_events_ttl.map(|ttl| ttl.0),
        gc_interval: config.gc_interval.0,
    }
}

pub(super) fn address(key: &str, text: &str) -> anyhow::Result<SocketAddr> {
    let mut addresses = text
        .to_socket_addrs()
        .with_context(|| format!("{key}: `{text}` is not an address and a port, such as \"[::]:8081\""))?;
    addresses.next().with_context(|| format!("{key}: `{text}` has no address"))
}
