//! What every server has towards agents: the listener, its rules and its status, and what compiles. Roles differ in what stands behind
//! it: who signs, and who stores.

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use anyhow::{Context as _, bail};
use rest::metrics::{Exposition, Source};
use rest::{Front, Listening, Revocation, Router, ServerTls, Service, TlsMaterial};
use server::environments::Environments;
use server::versions::Versions;
use server::{PUPPET_VERSION, Part, Server, Settings, State, Status};
use tokio::task::JoinHandle;

use super::code::CodeSync;
use super::observe::Observe;
use super::settings;
use super::swap::Swap;
use crate::config::Site;

/// How long a stop waits for the end of an answer to Prometheus.
const METRICS_PATIENCE: Duration = Duration::from_secs(2);

/// What a role puts behind the listener.
pub(super) struct Behind {
    /// What agents report goes there.
    pub(super) store: Arc<dyn api::Pdb>,
    /// Services of the role, by prefix.
    pub(super) services: Vec<(&'static str, Arc<dyn Service>)>,
    /// Whether the certificate authority is here.
    pub(super) has_authority: bool,
    /// What is compiled from, if code comes in versions.
    pub(super) versions: Option<Arc<dyn Versions>>,
    /// What the server's state depends on beside itself.
    pub(super) parts: Vec<Arc<dyn Part>>,
    /// Previews of code, where they are made.
    pub(super) previews: Option<Arc<server::preview::handlers::Jobs>>,
    /// What operators see.
    pub(super) observe: Arc<Observe>,
}

impl Behind {
    /// Adds file sync.
    pub(super) fn add_code(&mut self, code: &CodeSync) {
        self.services.push((::code::protocol::PREFIX, code.handlers.clone()));
        self.versions = Some(code.versions.clone());
        self.parts.extend(code.parts.iter().cloned());
        self.observe.add(code.handlers.clone());
    }
}

/// A listener for agents at work. Dropped without [`Agents::stop`] it ends at once.
pub(super) struct Agents {
    listening: Listening,
    front: Arc<Front>,
    mounts: Arc<Swap>,
    behind: Behind,
    current: Arc<Mutex<Current>>,
    warming: JoinHandle<()>,
    /// For Prometheus.
    metrics: Option<Listening>,
    shutdown_timeout: Duration,
}

/// What a reload replaces.
struct Current {
    server: Arc<Server>,
    status: Arc<Status>,
}

impl Agents {
    /// Listens; the status is that of a server that starts until [`Agents::ready`].
    pub(super) async fn start(site: &Site, tls: Arc<ServerTls>, behind: Behind) -> anyhow::Result<Agents> {
        let current = current(site, &behind)?;
        let mounts = Arc::new(Swap::new(mounts(site, &current, &behind)));
        let rules = settings::rules(site)?;
        let front = Front::new(mounts.clone(), rules).with_puppet_version(PUPPET_VERSION);
        let (front, metrics) = behind.observe.front("agents", front);
        preview(site, &current, &behind)?;
        let listening =
            rest::listen(address(site)?, tls, front.clone(), settings::limits(site), metrics).await;
        let listening =
            listening.with_context(|| format!("could not listen on {}", site.config.listen.address))?;
        let environment = site.puppet.get("environment").unwrap_or_default();
        let warming = tokio::spawn(warm(current.server.clone(), environment));
        let metrics = behind.observe.listen(site).await?;
        let current = Arc::new(Mutex::new(current));
        behind.observe.add(Arc::new(Present(Arc::downgrade(&current))));
        Ok(Agents {
            listening,
            front,
            mounts,
            behind,
            current,
            warming,
            metrics,
            shutdown_timeout: site.config.listen.shutdown_timeout.0,
        })
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.listening.address()
    }

    /// Where Prometheus is answered without TLS.
    pub(super) fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics.as_ref().map(Listening::address)
    }

    /// Everything is there.
    pub(super) fn ready(&self, certname: &str) {
        self.lock().status.set(State::Running);
        tracing::info!(address = %self.address(), certname, "listening");
    }

    /// The environments, also after the configuration was read again.
    pub(super) fn environments(&self) -> impl Fn() -> Arc<Environments> + Send + Sync + 'static {
        let current = self.current.clone();
        move || current.lock().unwrap_or_else(PoisonError::into_inner).server.environments().clone()
    }

    /// Looks for changed code at the next request, however short ago it was looked for.
    pub(super) fn flush(&self) {
        self.lock().server.environments().flush(None);
    }

    /// Takes a changed configuration over: environments, Hiera, compiling, authorization rules, and what `renew` does. Nothing changes
    /// when anything of it is not valid.
    pub(super) fn reload(
        &self,
        site: &Site,
        renew: impl FnOnce() -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        self.behind.observe.reopen();
        let rules = settings::rules(site)?;
        let fresh = current(site, &self.behind)?;
        super::preview::gate(site)?;
        renew()?;
        preview(site, &fresh, &self.behind)?;
        fresh.status.set(State::Running);
        self.mounts.replace(mounts(site, &fresh, &self.behind));
        self.front.replace_rules(rules);
        let old = std::mem::replace(&mut *self.lock(), fresh);
        // Its threads end when the compiles that run on them have.
        tokio::task::spawn_blocking(move || drop(old));
        tracing::info!("the configuration was read again");
        Ok(())
    }

    /// Says that this server stops and goes on answering, so that whoever chooses among servers has time to choose another one.
    pub(super) fn drain(&self) {
        self.lock().status.set(State::Stopping);
        self.listening.drain();
    }

    /// Takes no more requests, lets those under way end, and stops. True if all ended in time.
    pub(super) async fn stop(self) -> bool {
        self.lock().status.set(State::Stopping);
        let in_time = self.listening.stop(self.shutdown_timeout).await;
        self.warming.abort();
        if let Some(previews) = &self.behind.previews {
            previews.close();
        }
        if let Some(metrics) = self.metrics {
            metrics.stop(METRICS_PATIENCE).await;
        }
        let current = self.current;
        drop((self.mounts, self.front));
        if tokio::task::spawn_blocking(move || drop(current)).await.is_err() {
            tracing::error!("a part of the server failed while it was stopped");
        }
        in_time
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Current> {
        // What is inside is replaced as a whole.
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The figures of the server that answers now.
struct Present(Weak<Mutex<Current>>);

impl Source for Present {
    fn write(&self, page: &mut Exposition) {
        let Some(current) = self.0.upgrade() else { return };
        let server = current.lock().unwrap_or_else(PoisonError::into_inner).server.clone();
        server.write(page);
    }
}

fn current(site: &Site, behind: &Behind) -> anyhow::Result<Current> {
    let settings = Settings { versions: behind.versions.clone(), ..settings::server(site)? };
    let server = Server::new(settings, behind.store.clone());
    let server = Arc::new(server.context("could not start the threads that compile")?);
    let status = Status::new(server.clone(), behind.has_authority).with_parts(behind.parts.clone());
    Ok(Current { server, status: Arc::new(status) })
}

/// Lets previews be made by this server from now on.
fn preview(site: &Site, current: &Current, behind: &Behind) -> anyhow::Result<()> {
    if let Some(previews) = &behind.previews {
        previews.replace(current.server.clone(), super::preview::gate(site)?);
    }
    Ok(())
}

/// What answers which path.
fn mounts(site: &Site, current: &Current, behind: &Behind) -> Router {
    let body_bytes_max = site.config.listen.max_body_bytes as u64;
    let admin = server::Admin::new(current.server.environments().clone());
    let router = Router::new()
        .mount_with_limit("/puppet/v3", body_bytes_max, current.server.clone())
        .mount_with_limit("/puppet/v4", body_bytes_max, current.server.clone())
        .mount("/puppet-admin-api/v1", Arc::new(admin))
        .mount("/metrics", behind.observe.guarded(site))
        .mount("/status/v1", current.status.clone());
    let router = match &behind.previews {
        Some(previews) => router.mount(server::preview::handlers::PREFIX, previews.clone()),
        None => router,
    };
    behind.services.iter().fold(router, |router, (prefix, service)| router.mount(prefix, service.clone()))
}

/// Hands the server's certificate, its key, the authority's bundle and revocation lists to TLS.
pub(super) fn with_material<T>(
    host: &ca::Host,
    bundle: &[u8],
    lists: &[u8],
    take: impl FnOnce(&TlsMaterial<'_>) -> Result<T, rest::TlsError>,
) -> anyhow::Result<T> {
    let material = TlsMaterial {
        chain: &read(&host.hostcert)?,
        key: &read(&host.hostprivkey)?,
        authorities: bundle,
        revocation_lists: lists,
        revocation: Revocation::Chain,
    };
    Ok(take(&material)?)
}

pub(super) fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("could not read {}", path.display()))
}

/// Loads the usual environment before the first agent asks for it.
async fn warm(server: Arc<Server>, environment: String) {
    let loaded = tokio::task::spawn_blocking(move || {
        if let Err(error) = server.environments().get(&environment) {
            tracing::warn!(%error, "the default environment cannot be loaded");
        }
    });
    if loaded.await.is_err() {
        tracing::error!("loading the default environment failed");
    }
}

fn address(site: &Site) -> anyhow::Result<SocketAddr> {
    let text = &site.config.listen.address;
    let mut addresses = text.to_socket_addrs().with_context(|| {
        format!("listen.address: `{text}` is not an address and a port, such as \"[::]:8140\"")
    })?;
    match addresses.next() {
        Some(address) => Ok(address),
        None => bail!("listen.address: `{text}` has no address"),
    }
}
