//! The primary: certificate authority, catalogs, files, reports, in one process.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use ca::Authority;
use pdb::Store;
use rest::ServerTls;
use stdx::clock::SystemClock;
use tokio::task::JoinHandle;

use super::agents::{self, Agents, Behind};
use super::code::{self, CodeSync};
use super::code_manager::{self, CodeManager};
use super::observe::Observe;
use super::puppetdb::{self, Puppetdb};
use super::{packages, settings, store};
use crate::config::Site;

/// A running primary. Dropped without [`Primary::stop`] it ends at once.
pub struct Primary {
    agents: Agents,
    tls: Arc<ServerTls>,
    authority: Arc<Authority>,
    store: Store,
    puppetdb: Puppetdb,
    code: Option<CodeSync>,
    code_manager: Option<CodeManager>,
    tasks: Vec<JoinHandle<()>>,
    shutdown_timeout: Duration,
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

    let tls = with_material(&host, &authority, ServerTls::new)?;
    let observe = Arc::new(Observe::new(site)?);
    observe.add(authority.clone());
    let code = code::on_primary(site)?;
    let previews = super::preview::jobs(site, code.as_ref())?;
    let mut behind = Behind {
        store: Arc::new(store.clone()),
        services: vec![
            (ca::handlers::PREFIX, Arc::new(ca::Handlers::new(authority.clone()))),
            packages::mounted(site, None),
        ],
        has_authority: true,
        versions: None,
        parts: Vec::new(),
        previews: Some(previews.clone()),
        observe: observe.clone(),
    };
    if let Some(code) = &code {
        behind.add_code(code);
    }
    let guard = code.as_ref().and_then(|code| super::preview::guard(&previews, code));
    let sync = code.as_ref().and_then(|code| {
        let (handlers, client) = (code.handlers.clone(), code.client.clone());
        Some(code_manager::Versions {
            storage: code.storage.clone()?,
            handlers,
            client,
            guard: guard.clone()?,
        })
    });
    let mut code_manager = CodeManager::new(site, &host, sync, &observe)?;
    if let Some(code_manager) = &code_manager {
        behind.services.push((::deploy::manager::PREFIX, code_manager.handlers()));
        behind.parts.push(code_manager.part());
    }
    let agents = Agents::start(site, tls.clone(), behind).await?;
    let puppetdb = Puppetdb::start(site, &store, queue, tls.clone(), &observe).await?;
    if let Some(code_manager) = &mut code_manager {
        code_manager.listen(site, tls.clone(), &observe).await?;
    }
    agents.ready(&site.certname);

    let mut tasks = vec![
        tokio::spawn(authority.clone().maintain(host.clone())),
        tokio::spawn(follow_lists(authority.clone(), host, tls.clone())),
    ];
    tasks.extend(code.iter().flat_map(|code| code.start(agents.environments(), Arc::new(store.clone()))));
    let shutdown_timeout = site.config.listen.shutdown_timeout.0;
    Ok(Primary { agents, tls, authority, store, puppetdb, code, code_manager, tasks, shutdown_timeout })
}

impl Primary {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.agents.address()
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

    /// Where Code Manager's interface is.
    pub fn code_manager_address(&self) -> Option<SocketAddr> {
        self.code_manager.as_ref().and_then(CodeManager::address)
    }

    /// Where Prometheus is answered without TLS.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.agents.metrics_address()
    }

    /// Looks for changed code at the next request, however short ago it was looked for.
    pub fn flush(&self) {
        self.agents.flush();
    }

    /// Takes a changed configuration over: environments, Hiera, compiling, authorization rules, deploys, and the server's certificate.
    /// Address, authority and store stay as they were at the start. Nothing changes when anything of it is not valid.
    pub fn reload(&self, site: &Site) -> anyhow::Result<()> {
        let (_, host) = settings::authority(site)?;
        let deploys =
            self.code_manager.as_ref().map(|manager| anyhow::Ok((manager, manager.prepare(site, &host)?)));
        let deploys = deploys.transpose()?;
        self.agents
            .reload(site, || with_material(&host, &self.authority, |material| self.tls.replace(material)))?;
        match deploys {
            Some((manager, prepared)) => manager.take(prepared),
            None => code_manager::warn_if_wanted(site),
        }
        if let Some(code) = &self.code {
            code.reload(site);
        }
        Ok(())
    }

    /// Says that it stops, and goes on answering.
    pub fn drain(&self) {
        self.agents.drain();
    }

    /// Takes no more requests, lets those under way end, and stops.
    pub async fn stop(self) {
        if let Some(code) = &self.code {
            code.close();
        }
        // Deploys end while everything they need is there.
        if let Some(code_manager) = self.code_manager {
            code_manager.stop().await;
        }
        let in_time = self.agents.stop().await;
        self.puppetdb.stop(self.shutdown_timeout).await;
        for task in &self.tasks {
            task.abort();
        }
        tracing::info!(in_time, "stopped");
    }
}

/// Hands the server's certificate, its key, the authority's bundle and the current revocation lists to TLS.
fn with_material<T>(
    host: &ca::Host,
    authority: &Authority,
    take: impl FnOnce(&rest::TlsMaterial<'_>) -> Result<T, rest::TlsError>,
) -> anyhow::Result<T> {
    let bundle: String = authority.bundle().iter().map(pki::Certificate::to_pem).collect();
    agents::with_material(host, bundle.as_bytes(), authority.lists().pem(), take)
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
