//! The primary: certificate authority, catalogs, files, reports, in one process.

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, bail};
use ca::Authority;
use pdb::Store;
use rest::{Front, Listening, Metrics, Revocation, Router, ServerTls, TlsMaterial};
use server::{PUPPET_VERSION, Server, State, Status};
use stdx::clock::SystemClock;
use tokio::task::JoinHandle;

use super::puppetdb::{self, Puppetdb};
use super::swap::Swap;
use super::{settings, store};
use crate::config::Site;

/// A running primary. Dropped without [`Primary::stop`] it ends at once.
pub struct Primary {
    listening: Listening,
    front: Arc<Front>,
    mounts: Arc<Swap>,
    tls: Arc<ServerTls>,
    authority: Arc<Authority>,
    store: Store,
    puppetdb: Puppetdb,
    current: Mutex<Current>,
    tasks: Vec<JoinHandle<()>>,
    shutdown_timeout: Duration,
}

/// What a reload replaces.
struct Current {
    server: Arc<Server>,
    status: Arc<Status>,
}

/// Starts a primary. It listens when this returns.
pub async fn start(site: &Site) -> anyhow::Result<Primary> {
    let (authority, host) = tokio::task::spawn_blocking({
        let (authority, host) = settings::authority(site)?;
        move || -> anyhow::Result<_> {
            let authority = Authority::open(authority, Arc::new(SystemClock))?;
            authority.ensure_host(&host)?;
            Ok((Arc::new(authority), host))
        }
    })
    .await
    .context("the certificate authority could not be opened")??;
    if let Err(error) = site.link_old_cadir() {
        tracing::warn!(%error, "could not leave a link to the authority in its old place");
    }
    let store = store::open(site).await?;
    let queue = puppetdb::queue(site).await?;
    let store = store.with_spool(queue.clone()).with_blocklist(puppetdb::blocklist(site)?);

    let current = current(site, &store)?;
    let mounts = Arc::new(Swap::new(mounts(site, &current, &authority)));
    let rules = settings::rules(site)?;
    let metrics = Arc::new(Metrics::default());
    let front =
        Front::new(mounts.clone(), rules).with_puppet_version(PUPPET_VERSION).with_metrics(metrics.clone());
    let front = Arc::new(front);
    let tls = with_material(&host, &authority, ServerTls::new)?;
    let listening =
        rest::listen(address(site)?, tls.clone(), front.clone(), settings::limits(site), metrics).await;
    let listening =
        listening.with_context(|| format!("could not listen on {}", site.config.listen.address))?;
    let puppetdb = Puppetdb::start(site, &store, queue, tls.clone()).await?;
    current.status.set(State::Running);

    let tasks = vec![
        tokio::spawn(authority.clone().maintain(host.clone())),
        tokio::spawn(follow_lists(authority.clone(), host, tls.clone())),
        tokio::spawn(warm(current.server.clone(), site.puppet.get("environment").unwrap_or_default())),
    ];
    tracing::info!(address = %listening.address(), certname = site.certname, "listening");
    Ok(Primary {
        listening,
        front,
        mounts,
        tls,
        authority,
        store,
        puppetdb,
        current: Mutex::new(current),
        tasks,
        shutdown_timeout: site.config.listen.shutdown_timeout.0,
    })
}

impl Primary {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.listening.address()
    }

    /// The certificate authority.
    pub fn authority(&self) -> &Authority {
        &self.authority
    }

    /// The store of facts, catalogs and reports.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Where clients of PuppetDB are answered, with TLS and without.
    pub fn puppetdb_addresses(&self) -> (Option<SocketAddr>, Option<SocketAddr>) {
        self.puppetdb.addresses()
    }

    /// Looks for changed code at the next request, however short ago it was looked for.
    pub fn flush(&self) {
        self.lock().server.environments().flush(None);
    }

    /// Takes a changed configuration over: environments, Hiera, compiling, authorization rules, and the server's certificate.
    /// Address, authority and store stay as they were at the start. Nothing changes when anything of it is not valid.
    pub fn reload(&self, site: &Site) -> anyhow::Result<()> {
        let rules = settings::rules(site)?;
        let (_, host) = settings::authority(site)?;
        let fresh = current(site, &self.store)?;
        with_material(&host, &self.authority, |material| self.tls.replace(material))?;
        fresh.status.set(State::Running);
        self.mounts.replace(mounts(site, &fresh, &self.authority));
        self.front.replace_rules(rules);
        let old = std::mem::replace(&mut *self.lock(), fresh);
        // Its threads end when the compiles that run on them have.
        tokio::task::spawn_blocking(move || drop(old));
        tracing::info!("the configuration was read again");
        Ok(())
    }

    /// Takes no more requests, lets those under way end, and stops.
    pub async fn stop(self) {
        self.lock().status.set(State::Stopping);
        let in_time = self.listening.stop(self.shutdown_timeout).await;
        self.puppetdb.stop(self.shutdown_timeout).await;
        for task in &self.tasks {
            task.abort();
        }
        let current = self.current.into_inner().unwrap_or_else(PoisonError::into_inner);
        drop(self.mounts);
        drop(self.front);
        if tokio::task::spawn_blocking(move || drop(current)).await.is_err() {
            tracing::error!("a part of the server failed while it was stopped");
        }
        tracing::info!(in_time, "stopped");
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Current> {
        // What is inside is replaced as a whole.
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn current(site: &Site, store: &Store) -> anyhow::Result<Current> {
    let server = Server::new(settings::server(site)?, Arc::new(store.clone()));
    let server = Arc::new(server.context("could not start the threads that compile")?);
    let status = Arc::new(Status::new(server.clone(), true));
    Ok(Current { server, status })
}

/// What answers which path.
fn mounts(site: &Site, current: &Current, authority: &Arc<Authority>) -> Router {
    let body_bytes_max = site.config.listen.max_body_bytes as u64;
    let admin = server::Admin::new(current.server.environments().clone());
    Router::new()
        .mount("/puppet-ca/v1", Arc::new(ca::Handlers::new(authority.clone())))
        .mount_with_limit("/puppet/v3", body_bytes_max, current.server.clone())
        .mount_with_limit("/puppet/v4", body_bytes_max, current.server.clone())
        .mount("/puppet-admin-api/v1", Arc::new(admin))
        .mount("/status/v1", current.status.clone())
}

/// Hands the server's certificate, its key, the authority's bundle and the current revocation lists to TLS.
fn with_material<T>(
    host: &ca::Host,
    authority: &Authority,
    take: impl FnOnce(&TlsMaterial<'_>) -> Result<T, rest::TlsError>,
) -> anyhow::Result<T> {
    let read = |path: &std::path::Path| {
        std::fs::read(path).with_context(|| format!("could not read {}", path.display()))
    };
    let lists = authority.lists();
    let bundle: String = authority.bundle().iter().map(pki::Certificate::to_pem).collect();
    let material = TlsMaterial {
        chain: &read(&host.hostcert)?,
        key: &read(&host.hostprivkey)?,
        authorities: bundle.as_bytes(),
        revocation_lists: lists.pem(),
        revocation: Revocation::Chain,
    };
    Ok(take(&material)?)
}

/// Each new list of revocations holds from the next request on.
async fn follow_lists(authority: Arc<Authority>, host: ca::Host, tls: Arc<ServerTls>) {
    let mut lists = authority.watch_lists();
    while lists.changed().await.is_ok() {
        lists.mark_unchanged();
        if let Err(error) = with_material(&host, &authority, |material| tls.replace(material)) {
            tracing::error!(error = format!("{error:#}"), "revocations could not be put into force");
        }
    }
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
