//! A compiler: catalogs and files for agents, in front of a primary that signs and stores.
//!
//! It has nothing of its own that is worth keeping but its key, and what it could not deliver yet. Requests to the certificate
//! authority go on to the primary, facts, catalogs and reports go into the primary's store, revocation lists come from the primary.
//! While the primary is away it goes on compiling and keeps on disk what the store must get.

mod health;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, bail};
use ca::follow::Lists;
use ca::{Follower, Relay};
use pdb::Remote;
use pdb::remote::Senders;
use rest::client::ClientLimits;
use rest::{ClientTls, Revocation, ServerTls, TlsMaterial, Upstream};
use tokio::task::JoinHandle;

use super::agents::{self, Agents, Behind};
use super::code::{self, CodeSync};
use super::observe::Observe;
use super::{packages, puppetdb, settings};
use crate::config::Site;

/// How long the start waits for a primary without which it can do.
const FIRST_LOOK: Duration = Duration::from_secs(5);
/// How often the files of certificates are looked at for changes by other tools.
const FILES_PAUSE: Duration = Duration::from_secs(30);
/// For a connection to the primary.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// For its answer: `server_url_timeout` of Puppet's terminus.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// A running compiler. Dropped without [`Compiler::stop`] it ends at once.
pub struct Compiler {
    agents: Agents,
    identity: Arc<Identity>,
    remote: Remote,
    senders: Senders,
    code: Option<CodeSync>,
    tasks: Vec<JoinHandle<()>>,
}

/// Who this server is, to agents and to the primary; both sides change with files and lists.
struct Identity {
    host: ca::Host,
    tls: Arc<ServerTls>,
    authority: Arc<Upstream>,
    store: Arc<Upstream>,
    /// The way to versions of code, if this server gets them.
    code: Option<Arc<Upstream>>,
    follower: Arc<Follower>,
}

/// Starts a compiler. It listens when this returns.
pub async fn start(site: &Site) -> anyhow::Result<Compiler> {
    let host = settings::host(site)?;
    let primary = settings::primary(site)?;
    must_be_enrolled(&host)?;
    let directory = &site.data_dir;
    std::fs::create_dir_all(directory).with_context(|| format!("could not make {}", directory.display()))?;
    let limits = ClientLimits {
        connect_timeout: CONNECT_TIMEOUT,
        answer_timeout: ANSWER_TIMEOUT,
        ..ClientLimits::default()
    };
    // For the first lists, as agents do it: they are believed for their signature.
    let authority = Upstream::new(&primary.authority, &client(&host, None)?, limits.clone());
    let authority = Arc::new(authority);
    let follower = Follower::open(
        authority.clone(),
        host.localcacert.clone(),
        site.data_dir.join("revocation-lists.pem"),
        host.hostcrl.clone(),
        site.config.compiler.crl_interval.0,
    )?;
    let follower = Arc::new(follower);
    if let Some(lists) = follower.lists() {
        authority.replace(&client(&host, Some(&lists))?);
    }
    let looked = tokio::time::timeout(FIRST_LOOK, follower.look()).await;
    let looked = looked.unwrap_or(Ok(false));
    let lists = match (follower.lists(), looked) {
        (Some(lists), looked) => {
            if let Err(error) = looked {
                tracing::warn!(%error, "the revocation lists are those of the last time");
            }
            lists
        }
        (None, looked) => {
            let place = format!(
                "there are no revocation lists at {}, and none could be fetched from {}; without them it is not known whom to refuse",
                host.hostcrl.display(),
                primary.authority
            );
            return Err(match looked {
                Ok(_) => anyhow::anyhow!("{place}"),
                Err(error) => anyhow::Error::new(error).context(place),
            });
        }
    };
    let tls_client = client(&host, Some(&lists))?;
    authority.replace(&tls_client);
    let store = Arc::new(Upstream::new(&primary.store, &tls_client, limits));
    let places = code::places(site)?;
    let code_upstream = places.as_ref().map(|places| {
        let limits = code::client_settings(site, places).client_limits();
        Arc::new(Upstream::new(&primary.authority, &tls_client, limits))
    });
    let code = match (&places, &code_upstream) {
        (Some(places), Some(upstream)) => Some(code::on_compiler(site, places, upstream.clone())?),
        _ => None,
    };
    let bundle = agents::read(&host.localcacert)?;
    let tls = agents::with_material(&host, &bundle, lists.pem(), ServerTls::new)?;
    let identity = Arc::new(Identity {
        host,
        tls: tls.clone(),
        authority: authority.clone(),
        store: store.clone(),
        code: code_upstream,
        follower: follower.clone(),
    });

    let remote = Remote::new(store.clone(), puppetdb::queue(site).await?, &site.certname);
    let observe = Arc::new(Observe::new(site)?);
    observe.add(follower.clone());
    observe.add(remote.figures());
    let copies = ca::relay::Copies { bundle: identity.host.localcacert.clone(), follower: follower.clone() };
    let mut behind = Behind {
        store: Arc::new(remote.clone()),
        services: vec![
            (ca::handlers::PREFIX, Arc::new(Relay::new(authority.clone(), copies))),
            packages::mounted(site, primary.authority.strip_prefix("https://").map(str::to_owned)),
        ],
        has_authority: false,
        versions: None,
        previews: None,
        parts: health::parts(&site.config.compiler, authority.clone(), follower.clone(), remote.clone()),
        observe,
    };
    if let Some(code) = &code {
        behind.add_code(code);
    }
    let agents = Agents::start(site, tls, behind).await?;
    let senders = remote.start();
    agents.ready(&site.certname);
    tracing::info!(authority = authority.base(), store = store.base(), "a compiler of this primary");

    let mut tasks = vec![tokio::spawn(follower.run()), tokio::spawn(follow(identity.clone()))];
    tasks.extend(code.iter().flat_map(|code| code.start(agents.environments(), Arc::new(remote.clone()))));
    Ok(Compiler { agents, identity, remote, senders, code, tasks })
}

impl Compiler {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.agents.address()
    }

    /// Where Prometheus is answered without TLS.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.agents.metrics_address()
    }

    /// What waits for the store.
    pub fn queued(&self) -> usize {
        self.remote.queue().depth()
    }

    /// Looks for changed code at the next request, however short ago it was looked for.
    pub fn flush(&self) {
        self.agents.flush();
    }

    /// Asks the authority for its revocation lists now instead of a moment later.
    pub fn look_for_lists(&self) {
        self.identity.follower.nudge();
    }

    /// Takes a changed configuration over, as [`super::primary::Primary::reload`] does. Where the primary is stays as it was at the start.
    pub fn reload(&self, site: &Site) -> anyhow::Result<()> {
        self.agents.reload(site, || self.identity.renew())?;
        if let Some(code) = &self.code {
            code.reload(site);
        }
        self.identity.follower.nudge();
        Ok(())
    }

    /// Says that it stops, and goes on answering.
    pub fn drain(&self) {
        self.agents.drain();
    }

    /// Takes no more requests, lets those under way end, and stops. What waits for the store waits for the next start.
    pub async fn stop(self) {
        if let Some(code) = &self.code {
            code.close();
        }
        let in_time = self.agents.stop().await;
        self.senders.stop().await;
        for task in &self.tasks {
            task.abort();
        }
        tracing::info!(in_time, waiting = self.remote.queue().depth(), "stopped");
    }
}

impl Identity {
    /// Goes on with the files and lists as they are now.
    fn renew(&self) -> anyhow::Result<()> {
        let lists = self.follower.lists().context("there are no revocation lists")?;
        let tls_client = client(&self.host, Some(&lists))?;
        let bundle = agents::read(&self.host.localcacert)?;
        agents::with_material(&self.host, &bundle, lists.pem(), |material| self.tls.replace(material))?;
        self.authority.replace(&tls_client);
        self.store.replace(&tls_client);
        if let Some(code) = &self.code {
            code.replace(&tls_client);
        }
        Ok(())
    }

    /// Tells one state of the files from another.
    fn stamps(&self) -> Vec<Option<(SystemTime, u64)>> {
        let files = [&self.host.hostcert, &self.host.hostprivkey, &self.host.localcacert];
        let stamp = |path: &std::path::PathBuf| {
            let metadata = std::fs::metadata(path).ok()?;
            Some((metadata.modified().ok()?, metadata.len()))
        };
        files.into_iter().map(stamp).collect()
    }
}

/// Puts each new list into force, and certificates that the agent on this machine has renewed.
async fn follow(identity: Arc<Identity>) {
    let mut lists = identity.follower.watch();
    let mut stamps = identity.stamps();
    loop {
        tokio::select! {
            changed = lists.changed() => {
                if changed.is_err() {
                    return;
                }
                lists.mark_unchanged();
            }
            () = tokio::time::sleep(FILES_PAUSE) => {
                let now = identity.stamps();
                if now == stamps {
                    continue;
                }
                stamps = now;
                tracing::info!("the files of this server's certificate have changed");
            }
        }
        if let Err(error) = identity.renew() {
            tracing::error!(
                error = format!("{error:#}"),
                "new revocation lists or certificates could not be put into force"
            );
        }
    }
}

/// A compiler is enrolled by Puppet's agent, or `bunraku`, before it serves.
fn must_be_enrolled(host: &ca::Host) -> anyhow::Result<()> {
    for (file, what) in [
        (&host.localcacert, "the authority's certificate"),
        (&host.hostprivkey, "this machine's key"),
        (&host.hostcert, "this machine's certificate"),
    ] {
        if !file.exists() {
            bail!(
                "{what} is not at {}: a compiler needs a certificate of its primary (`bunraku compiler join PRIMARY`)",
                file.display()
            );
        }
    }
    Ok(())
}

fn client(host: &ca::Host, lists: Option<&Lists>) -> anyhow::Result<ClientTls> {
    let material = TlsMaterial {
        chain: &agents::read(&host.hostcert)?,
        key: &agents::read(&host.hostprivkey)?,
        authorities: &agents::read(&host.localcacert)?,
        revocation_lists: lists.map_or(&[], |lists| lists.pem()),
        revocation: if lists.is_some() { Revocation::Chain } else { Revocation::Off },
    };
    Ok(ClientTls::new(&material)?)
}
