//! Code Manager: `/code-manager/v1` on its own port and on that of agents, over the engine of deploys and file sync.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ::code::client::Client as SyncClient;
use ::code::guard::Guard;
use ::code::handlers::Handlers as FileSync;
use ::code::versions::Storage;
use ::deploy::manager::queue::State;
use ::deploy::manager::tokens::Tokens;
use ::deploy::manager::{Client, Fleet, Handlers, HandlersSettings, Hooks, Manager, ManagerSettings, Served};
use ::deploy::{DeployError, Deployer, Kind, Published};
use anyhow::Context as _;
use rest::client::ClientLimits;
use rest::{
    BoxFuture, ClientTls, Front, Listening, Method, Revocation, Router, Rules, ServerTls, TlsMaterial,
};
use serde_json::{Map, Value as Json, json};
use server::{Alert, Part};

use super::code::{REPO, SUBMODULES_DIR};
use super::observe::Observe;
use super::{agents, deploy, puppetdb, settings};
use crate::config::{PostEnvironmentHook, Site};

/// Where systems have the certificates of public authorities; hooks may be anywhere.
const AUTHORITIES: &[&str] = &[
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// What serves the interface.
pub(super) struct CodeManager {
    manager: Manager,
    handlers: Arc<Handlers>,
    sync: Option<Versions>,
    /// Where environments are built for file sync, which is not asked again for that.
    staged: Option<PathBuf>,
    listen: String,
    listening: Option<Listening>,
    shutdown: Mutex<Duration>,
}

/// What a configuration makes of it.
struct Setup {
    deployer: Arc<Deployer>,
    settings: ManagerSettings,
    hooks: Arc<Posts>,
    handlers: HandlersSettings,
    shutdown: Duration,
}

/// A changed configuration that is valid, and not in force yet.
pub(super) struct Prepared(Option<Setup>);

/// File sync of this process.
#[derive(Clone)]
pub(super) struct Versions {
    /// The store of versions.
    pub(super) storage: Arc<Storage>,
    /// What knows the clients.
    pub(super) handlers: Arc<FileSync>,
    /// This server's own client.
    pub(super) client: Arc<SyncClient>,
    /// Says whether what was built may become a version.
    pub(super) guard: Arc<Guard>,
}

/// Commits what was built, if the gate lets it pass. A branch that is gone ends its environment, which is judged like any change.
struct Judged {
    guard: Arc<Guard>,
    runtime: tokio::runtime::Handle,
}

impl deploy::Commit for Judged {
    fn commit(&self, submodule: &str, message: Option<&str>) -> Result<Published, DeployError> {
        // Deploys have threads of their own, which may wait.
        let outcome = self.runtime.block_on(self.guard.commit(&deploy::request(submodule, message)));
        let outcome = outcome.map_err(|error| DeployError::new(Kind::NotPublished, error.to_string()))?;
        deploy::published(outcome, submodule)
    }
}

/// The file of tokens.
pub fn tokens_file(site: &Site) -> PathBuf {
    site.data_dir.join("code-manager/tokens.json")
}

/// Whether control repositories are named in the configuration.
fn is_wanted(site: &Site) -> bool {
    let config = &site.config.code_manager;
    config.remote.is_some() || !config.sources.is_empty() || config.r10k_config.is_some()
}

/// At a reload of a server that has no interface.
pub(super) fn warn_if_wanted(site: &Site) {
    if is_wanted(site) {
        tracing::warn!(
            "[code-manager] names repositories now; there is an interface for deploys from the next start on"
        );
    }
}

/// Where environments are built for file sync, if that is in use.
fn staged(site: &Site) -> anyhow::Result<Option<PathBuf>> {
    Ok(super::code::places(site)?.map(|places| places.staging_dir.join(SUBMODULES_DIR)))
}

impl Setup {
    fn new(site: &Site, host: &ca::Host, sync: Option<&Versions>) -> anyhow::Result<Setup> {
        let config = &site.config.code_manager;
        let commit = sync.map(|sync| -> Arc<dyn deploy::Commit> {
            Arc::new(Judged { guard: sync.guard.clone(), runtime: tokio::runtime::Handle::current() })
        });
        let publisher = Arc::new(deploy::Publisher::new(site, commit)?);
        let deployer =
            Deployer::new(deploy::settings(site)?, publisher).context("[code-manager] cannot be used")?;
        let hooks = Arc::new(Posts::new(host, &config.post_environment_hooks, config.timeouts_hook.0)?);
        let settings = ManagerSettings {
            deploy_pool_size: config.deploy_pool_size,
            deploy_ttl: config.deploy_ttl.0,
            timeouts_sync: config.timeouts_sync.0,
            timeouts_wait: config.timeouts_wait.0,
        };
        let handlers = HandlersSettings {
            primaries: vec![site.certname.clone()],
            authenticate_webhook: config.authenticate_webhook,
            webhook_secret_file: config.webhook_secret_file.clone(),
        };
        let shutdown = config.timeouts_shutdown.0;
        Ok(Setup { deployer: Arc::new(deployer), settings, hooks, handlers, shutdown })
    }
}

impl CodeManager {
    /// Makes it, if control repositories are named in the configuration. It listens after [`CodeManager::listen`].
    pub(super) fn new(
        site: &Site,
        host: &ca::Host,
        sync: Option<Versions>,
        observe: &Observe,
    ) -> anyhow::Result<Option<CodeManager>> {
        if !is_wanted(site) {
            return Ok(None);
        }
        let Setup { deployer, settings, hooks, handlers, shutdown } = Setup::new(site, host, sync.as_ref())?;
        let fleet = sync
            .clone()
            .map(|sync| -> Arc<dyn Fleet> { Arc::new(Servers { certname: site.certname.clone(), sync }) });
        let manager = Manager::new(deployer, settings, fleet, hooks);
        observe.add(Arc::new(manager.clone()));
        let handlers = Handlers::new(manager.clone(), Tokens::at(tokens_file(site)), handlers);
        Ok(Some(CodeManager {
            manager,
            handlers: Arc::new(handlers),
            sync,
            staged: staged(site)?,
            listen: site.config.code_manager.listen.clone(),
            listening: None,
            shutdown: Mutex::new(shutdown),
        }))
    }

    /// Looks whether a changed configuration can be taken over. Whether there is an interface, where it listens, and where environments are
    /// staged is decided at a start.
    pub(super) fn prepare(&self, site: &Site, host: &ca::Host) -> anyhow::Result<Prepared> {
        let reason = if !is_wanted(site) {
            "[code-manager] names no repository any more"
        } else if staged(site)? != self.staged {
            "file sync stages code elsewhere"
        } else {
            if site.config.code_manager.listen != self.listen {
                tracing::warn!("code-manager.listen has changed, and counts from the next start on");
            }
            return Ok(Prepared(Some(Setup::new(site, host, self.sync.as_ref())?)));
        };
        tracing::warn!(reason, "deploys go on with the configuration that they had, until the next start");
        Ok(Prepared(None))
    }

    /// Takes it over. Deploys under way end as they began.
    pub(super) fn take(&self, prepared: Prepared) {
        let Some(Setup { deployer, settings, hooks, handlers, shutdown }) = prepared.0 else { return };
        self.handlers.replace(handlers);
        self.manager.replace(deployer, settings, hooks);
        *self.shutdown.lock().unwrap_or_else(PoisonError::into_inner) = shutdown;
    }

    /// What the status says of it.
    pub(super) fn part(&self) -> Arc<dyn Part> {
        Arc::new(Deploys(self.manager.clone()))
    }

    /// What answers, for the listener of agents.
    pub(super) fn handlers(&self) -> Arc<Handlers> {
        self.handlers.clone()
    }

    /// Answers on its own port, if it is to have one.
    pub(super) async fn listen(
        &mut self,
        site: &Site,
        tls: Arc<ServerTls>,
        observe: &Observe,
    ) -> anyhow::Result<()> {
        let text = &site.config.code_manager.listen;
        if text.is_empty() {
            return Ok(());
        }
        let address = puppetdb::address("code-manager.listen", text)?;
        let router = Router::new().mount(::deploy::manager::PREFIX, self.handlers.clone());
        // Tokens decide, not the rules for agents.
        let front = Front::new(Arc::new(router), Rules::allow_all());
        let (front, metrics) = observe.front("code-manager", front);
        let listening = rest::listen(address, tls, front, settings::limits(site), metrics).await;
        let listening =
            listening.with_context(|| format!("could not listen on {text} (code-manager.listen)"))?;
        tracing::info!(address = %listening.address(), "listening for deploys");
        self.listening = Some(listening);
        Ok(())
    }

    /// Where it listens.
    pub(super) fn address(&self) -> Option<SocketAddr> {
        self.listening.as_ref().map(Listening::address)
    }

    /// Takes no more requests, and waits for the deploys that are under way.
    pub(super) async fn stop(self) {
        let patience = *self.shutdown.lock().unwrap_or_else(PoisonError::into_inner);
        self.manager.stop(patience).await;
        if let Some(listening) = self.listening {
            listening.stop(Duration::from_secs(5)).await;
        }
    }
}

/// `code-manager-service` of the status. A deploy that failed is no reason to send agents elsewhere: what served before serves.
struct Deploys(Manager);

impl Part for Deploys {
    fn name(&self) -> &'static str {
        "code-manager-service"
    }

    fn alerts(&self) -> Vec<Alert> {
        Vec::new()
    }

    fn details(&self, level: &str) -> Json {
        if level != "debug" {
            return json!({});
        }
        let all = self.0.all();
        let count = |states: &[State]| all.iter().filter(|deploy| states.contains(&deploy.state)).count();
        json!({"deploys": {
            "queued": count(&[State::Queued]),
            "deploying": count(&[State::Deploying, State::Syncing]),
            "failed": count(&[State::Failed]),
            "synced": count(&[State::Synced]),
        }})
    }
}

/// Servers of code, as file sync knows them.
struct Servers {
    certname: String,
    sync: Versions,
}

/// The versions that a document of a repository tells of.
fn served(repos: &Map<String, Json>) -> Vec<Served> {
    let submodules = repos.get(REPO).and_then(|repo| repo.get("submodules")).and_then(Json::as_object);
    let entry = |(name, part): (&String, &Json)| {
        let environment = name.strip_prefix(SUBMODULES_DIR)?.strip_prefix('/')?;
        of(environment, part.get("latest_commit")?)
    };
    submodules.into_iter().flatten().filter_map(entry).collect()
}

fn of(environment: &str, about: &Json) -> Option<Served> {
    let text = |key: &str| about.get(key).and_then(Json::as_str);
    let signature = text("message").and_then(|message| {
        message.trim().strip_prefix("code-manager deploy signature: '")?.strip_suffix('\'')
    });
    Some(Served {
        environment: environment.to_owned(),
        commit: text("commit")?.to_owned(),
        date: text("date").map(str::to_owned),
        signature: signature.map(str::to_owned),
    })
}

impl Fleet for Servers {
    fn newest(&self) -> Vec<Served> {
        let latest = self.sync.storage.latest();
        let Some(Some(latest)) = latest.get(REPO) else { return Vec::new() };
        let entry = |(name, commit): (&String, &::code::git::Id)| {
            let environment = name.strip_prefix(SUBMODULES_DIR)?.strip_prefix('/')?;
            of(environment, &self.sync.storage.about(*commit))
        };
        latest.submodules.iter().filter_map(entry).collect()
    }

    fn clients(&self) -> Vec<Client> {
        let now = std::time::SystemTime::now();
        let others = self.sync.handlers.clients().into_iter().map(|client| Client {
            serves: served(&client.repos),
            last_check_in: ::code::handlers::time(client.checked_in),
            // Who waits for news is there, however long ago it asked.
            checked_in: if client.is_waiting { now } else { client.checked_in },
            certname: client.certname,
        });
        let own = self.sync.client.repos_json();
        let own = Client {
            certname: self.certname.clone(),
            checked_in: now,
            last_check_in: ::code::handlers::time(now),
            serves: own.as_object().map(served).unwrap_or_default(),
        };
        others.chain([own]).collect()
    }
}

/// Posts what became of deploys to others.
struct Posts {
    hooks: Vec<(String, rest::Client)>,
    timeout: Duration,
}

impl Posts {
    fn new(host: &ca::Host, hooks: &[PostEnvironmentHook], timeout: Duration) -> anyhow::Result<Posts> {
        let limits =
            ClientLimits { connect_timeout: timeout, answer_timeout: timeout, answer_bytes_max: 1 << 20 };
        let client = |hook: &PostEnvironmentHook| -> anyhow::Result<rest::Client> {
            if !hook.url.starts_with("https://") {
                return Ok(rest::Client::without_tls());
            }
            let mut authorities = agents::read(&host.localcacert)?;
            if let Some(public) = AUTHORITIES.iter().find_map(|path| std::fs::read(path).ok()) {
                authorities.push(b'\n');
                authorities.extend(public);
            }
            let tls = match hook.use_client_ssl {
                false => ClientTls::anonymous(&authorities, b"")?,
                true => ClientTls::new(&TlsMaterial {
                    chain: &agents::read(&host.hostcert)?,
                    key: &agents::read(&host.hostprivkey)?,
                    authorities: &authorities,
                    revocation_lists: b"",
                    revocation: Revocation::Off,
                })?,
            };
            Ok(rest::Client::new(&tls))
        };
        let hooks = hooks.iter().map(|hook| {
            let client = client(hook)
                .with_context(|| format!("code-manager.post-environment-hooks: {}", shown(&hook.url)))?;
            Ok((hook.url.clone(), client.with_limits(limits.clone())))
        });
        Ok(Posts { hooks: hooks.collect::<anyhow::Result<_>>()?, timeout })
    }
}

/// The address of a hook, for people: without passwords, and without the query, where tokens may stand.
fn shown(url: &str) -> String {
    ::deploy::without_passwords(url.split('?').next().unwrap_or_default())
}

impl Hooks for Posts {
    fn ended(&self, document: Json) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            for (url, client) in &self.hooks {
                let shown = shown(url);
                let sent = client.send_json(Method::POST, url, &document);
                match tokio::time::timeout(self.timeout, sent).await {
                    Ok(Ok(answer)) if answer.status.is_success() => {}
                    Ok(Ok(answer)) => {
                        tracing::error!(
                            url = shown,
                            status = answer.status.as_u16(),
                            "a hook after a deploy failed"
                        );
                    }
                    Ok(Err(error)) => {
                        // It may have the address in it, and its server tells nothing new.
                        let error =
                            ::deploy::without_passwords(&error.to_string().replace(url.as_str(), &shown));
                        tracing::error!(url = shown, error, "a hook after a deploy failed");
                    }
                    Err(_) => tracing::error!(url = shown, "a hook after a deploy took too long"),
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_hooks_are_shown_without_what_is_secret() {
        assert_eq!(shown("https://me:s3cret@h:1/hook?token=s3cret"), "https://***@h:1/hook");
        assert_eq!(shown("http://h/hook"), "http://h/hook");
    }
}
