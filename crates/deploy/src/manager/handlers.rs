//! `/code-manager/v1`: decode, call, encode.
//!
//! Who may: this machine's certificate everything; a token what it was made for; a webhook also whoever knows the secret that the git host
//! signs with. Another certificate is refused with 403, nobody at all with 401. Refusals are logged, and never what was shown.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use rest::{BoxFuture, HeaderName, Method, Params, Problem, Request, Response, Service, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::queue::{Deploy, State, Wanted};
use super::tokens::{Token, Tokens};
use super::webhook::{self, Host};
use super::{Manager, Refusal, Served};
use crate::DeployError;

/// Where the service is mounted.
pub const PREFIX: &str = "/code-manager/v1";
/// Names of environments, and of modules.
const BODY_BYTES_MAX: u64 = 4 << 20;
/// GitHub sends up to 25 MB.
const WEBHOOK_BYTES_MAX: u64 = 26 << 20;
const NAMES_MAX: usize = 10_000;
const SECRET_BYTES_MAX: u64 = 64 << 10;

/// Who may what.
#[derive(Clone, Debug)]
pub struct HandlersSettings {
    /// Certnames that may everything.
    pub primaries: Vec<String>,
    /// Whether a webhook needs a token or a signature.
    pub authenticate_webhook: bool,
    /// The file with the secret of the git host, on its first line.
    pub webhook_secret_file: Option<PathBuf>,
}

/// The service.
pub struct Handlers {
    manager: Manager,
    tokens: Tokens,
    settings: Mutex<Arc<HandlersSettings>>,
}

/// Somebody who may something.
enum Caller {
    Primary(String),
    Token(Token),
    /// A git host that knows the secret, or need not.
    Host,
}

impl Caller {
    fn name(&self) -> String {
        match self {
            Caller::Primary(name) => name.clone(),
            Caller::Token(token) => format!("token {} ({})", token.id, token.name),
            Caller::Host => "a webhook".to_owned(),
        }
    }

    /// A branch may be named, too; then it is that of the environment with the corrected name, which the deploy looks at again.
    fn allows(&self, environment: &str) -> bool {
        match self {
            Caller::Token(token) => token.allows(environment) || token.allows(&corrected(environment)),
            _ => true,
        }
    }

    /// The environments that it is held to.
    fn only(&self) -> Option<Vec<String>> {
        match self {
            Caller::Token(token) if !token.allows_all() => Some(token.environments.clone()),
            _ => None,
        }
    }

    fn allows_all(&self) -> bool {
        match self {
            Caller::Token(token) => token.allows_all(),
            _ => true,
        }
    }
}

/// The body of a request for deploys.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct Asked {
    environments: Vec<String>,
    deploy_all: bool,
    deploy_modules: Option<bool>,
    modules: Option<Vec<String>>,
    wait: bool,
    dry_run: bool,
}

impl Handlers {
    /// A service over a manager.
    pub fn new(manager: Manager, tokens: Tokens, settings: HandlersSettings) -> Handlers {
        Handlers { manager, tokens, settings: Mutex::new(Arc::new(settings)) }
    }

    /// Takes a changed configuration over; requests under way may see either.
    pub fn replace(&self, settings: HandlersSettings) {
        *self.settings.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(settings);
    }

    fn settings(&self) -> Arc<HandlersSettings> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn route(&self, mut request: Request) -> Result<Response, Problem> {
        let path = request.tail(PREFIX).unwrap_or_default().trim_end_matches('/').to_owned();
        match (path.as_str(), &request.method) {
            ("/deploys", &Method::POST) => {
                let caller = self.authenticate(&request, None)?;
                self.deploy(&mut request, &caller).await
            }
            ("/deploys/status", &Method::GET) => {
                self.authenticate(&request, None)?;
                self.status(&request)
            }
            ("/webhook", &Method::POST) => self.webhook(&mut request).await,
            ("/deploys" | "/webhook", _) => Err(Problem::method_not_allowed("POST")),
            ("/deploys/status", _) => Err(Problem::method_not_allowed("GET")),
            _ => Err(Problem::not_found("Not Found")),
        }
    }

    /// Who asks. `token` is one that came in another way than by the header.
    fn authenticate(&self, request: &Request, token: Option<&str>) -> Result<Caller, Problem> {
        let certname = request.peer.certname();
        let settings = self.settings();
        if let Some(name) = certname.filter(|name| settings.primaries.iter().any(|known| known == name)) {
            return Ok(Caller::Primary(name.to_owned()));
        }
        let shown = request.header(HeaderName::from_static("x-authentication")).or(token);
        if let Some(shown) = shown {
            match self.tokens.find(shown) {
                Ok(Some(token)) => return Ok(Caller::Token(token)),
                Ok(None) => {}
                Err(error) => return Err(Problem::internal(error)),
            }
        }
        let what = if shown.is_some() { "an unknown or ended token" } else { "no token" };
        let caller = request.peer.claimed_name().unwrap_or("a caller without a certificate");
        let path = request.canonical_path();
        tracing::warn!(request = %request.id, remote = ?request.remote, caller, path, "refused: {what}");
        Err(match certname {
            Some(_) if shown.is_none() => Problem::kind(
                StatusCode::FORBIDDEN,
                "puppetlabs.rbac/permission-denied",
                "This certificate may not deploy code; show a token in the header X-Authentication",
            ),
            _ => Problem::kind(
                StatusCode::UNAUTHORIZED,
                "puppetlabs.rbac/user-unauthenticated",
                "Route requires authentication: a token in the header X-Authentication (bunraku code token create)",
            ),
        })
    }

    fn permit(&self, request: &Request, caller: &Caller, environments: &[&str]) -> Result<(), Problem> {
        let refused: Vec<&str> =
            environments.iter().filter(|environment| !caller.allows(environment)).copied().collect();
        if refused.is_empty() {
            return Ok(());
        }
        Err(forbidden(request, caller, &format!("environment {}", refused.join(", "))))
    }

    async fn deploy(&self, request: &mut Request, caller: &Caller) -> Result<Response, Problem> {
        request.body.set_limit(BODY_BYTES_MAX);
        let body = request.body.bytes().await?;
        let malformed = |text: String| {
            Problem::kind(StatusCode::BAD_REQUEST, "puppetlabs.code-manager/malformed-request", text)
        };
        let asked: Asked = serde_json::from_slice(&body)
            .map_err(|error| malformed(format!("the body is not a request for deploys: {error}")))?;
        if asked.environments.is_empty() && !asked.deploy_all {
            return Err(malformed("`environments` must name some, or `deploy-all` be true".to_owned()));
        }
        let modules = asked.modules.as_deref().unwrap_or_default();
        if asked.environments.len() > NAMES_MAX || modules.len() > NAMES_MAX {
            return Err(malformed(format!("more than {NAMES_MAX} names")));
        }
        let unique: BTreeSet<&str> = asked.environments.iter().map(String::as_str).collect();
        let names: Vec<&str> = unique.into_iter().collect();
        match asked.deploy_all {
            true if !caller.allows_all() => return Err(forbidden(request, caller, "all environments")),
            true => {}
            false => self.permit(request, caller, &names)?,
        }
        tracing::info!(
            request = %request.id,
            caller = caller.name(),
            environments = if asked.deploy_all { "all".to_owned() } else { names.join(", ") },
            dry_run = asked.dry_run,
            "a deploy is asked for"
        );
        if asked.dry_run {
            return self.dry_run(&asked, &names).await;
        }
        let like = Wanted {
            environment: String::new(),
            modules: asked.modules.clone(),
            deploy_modules: asked.deploy_modules.unwrap_or(true),
            only: caller.only(),
            is_gone: false,
        };
        let ids = match asked.deploy_all {
            true => self.manager.submit_all(like).await,
            false => {
                let wanted =
                    names.iter().map(|name| Wanted { environment: (*name).to_owned(), ..like.clone() });
                self.manager.submit(wanted.collect())
            }
        };
        let ids = ids.map_err(refusal)?;
        let deploys = match asked.wait {
            true => self.manager.settled(&ids).await,
            false => self.manager.deploys(&ids),
        };
        let shown = |deploy: &Deploy| match asked.wait {
            true => deploy.as_json("complete"),
            // Whether it has begun by now is not the answer.
            false => json!({"environment": deploy.wanted.environment, "id": deploy.id, "status": "queued"}),
        };
        Ok(Response::json(StatusCode::OK, &deploys.iter().map(shown).collect::<Vec<_>>()))
    }

    async fn dry_run(&self, asked: &Asked, names: &[&str]) -> Result<Response, Problem> {
        let found = self.manager.find_all().await.map_err(|error| refusal(Refusal::Unknown(error)))?;
        let entry = |name: &str, error: Option<Json>| {
            let mut entry = json!({"environment": name, "dry-run": true});
            if let Some(error) = error {
                entry["error"] = error;
            }
            entry
        };
        let all =
            found.iter().map(|(name, problem)| (name.as_str(), problem.as_ref().map(DeployError::as_json)));
        let entries: Vec<Json> = match asked.deploy_all {
            true => all.map(|(name, error)| entry(name, error)).collect(),
            false => {
                let known: std::collections::BTreeMap<&str, Option<Json>> = all.collect();
                let missing = |name: &str| {
                    let text = format!(
                        "Environment(s) '{name}' cannot be found in any source and will not be deployed."
                    );
                    DeployError::new(crate::Kind::NotFound, text).as_json()
                };
                let one = |name: &&str| {
                    entry(name, known.get(name).cloned().unwrap_or_else(|| Some(missing(name))))
                };
                names.iter().map(one).collect()
            }
        };
        Ok(Response::json(StatusCode::OK, &entries))
    }

    async fn webhook(&self, request: &mut Request) -> Result<Response, Problem> {
        let params = request.query_params()?;
        let token = params.text("token").filter(|token| !token.is_empty());
        let secret = self.secret().await?;
        let by_signature = secret.is_some() && webhook::claims_signature(request);
        // Before a body is read from anybody.
        let mut caller = match self.settings().authenticate_webhook {
            false => Some(Caller::Host),
            true if by_signature => None,
            true => Some(self.authenticate(request, token)?),
        };
        let host = params.text("type").unwrap_or_default().to_owned();
        let host = Host::parse(&host).ok_or_else(|| {
            let host: String = host.chars().take(100).collect();
            let text = format!(
                "The webhook type '{host}' is not known; the known ones are github, gitlab, bitbucket, bitbucket-server, tfs-git, gitea, \
                 forgejo"
            );
            Problem::kind(StatusCode::BAD_REQUEST, "puppetlabs.code-manager/unrecognized-webhook-type", text)
        })?;
        request.body.set_limit(WEBHOOK_BYTES_MAX);
        let body = request.body.bytes().await?;
        if caller.is_none()
            && let Some(secret) = secret
        {
            caller = match webhook::is_signed(request, &body, &secret) {
                true => Some(Caller::Host),
                false => Some(self.authenticate(request, token)?),
            };
        }
        let Some(caller) = caller else { return Err(Problem::internal("a webhook without a caller")) };
        let changes = webhook::changes(host, &body).map_err(|reason| {
            Problem::kind(StatusCode::BAD_REQUEST, "puppetlabs.code-manager/malformed-webhook", reason)
        })?;
        let prefix = prefix(&params);
        let wanted = changes.into_iter().map(|change| Wanted {
            is_gone: change.is_gone,
            only: caller.only(),
            ..Wanted::new(environment_of(prefix.as_deref(), &change.branch))
        });
        let wanted: Vec<Wanted> = wanted.collect();
        let names: Vec<&str> = wanted.iter().map(|wanted| wanted.environment.as_str()).collect();
        self.permit(request, &caller, &names)?;
        let gone = wanted.iter().filter(|wanted| wanted.is_gone).count();
        let environments = names.join(", ");
        tracing::info!(request = %request.id, caller = caller.name(), environments, gone, "a webhook asks for deploys");
        if !wanted.is_empty() {
            self.manager.submit(wanted).map_err(refusal)?;
        }
        Ok(Response::text(StatusCode::OK, "OK"))
    }

    async fn secret(&self) -> Result<Option<Vec<u8>>, Problem> {
        let Some(path) = self.settings().webhook_secret_file.clone() else { return Ok(None) };
        let read = tokio::task::spawn_blocking(move || stdx::fs::read_limited(&path, SECRET_BYTES_MAX));
        let bytes = read.await.map_err(Problem::internal)?.map_err(Problem::internal)?;
        let bytes =
            bytes.ok_or_else(|| Problem::internal("the file code-manager.webhook-secret-file is gone"))?;
        let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii().to_vec();
        match line.is_empty() {
            true => Err(Problem::internal("the file code-manager.webhook-secret-file is empty")),
            false => Ok(Some(line)),
        }
    }

    fn status(&self, request: &Request) -> Result<Response, Problem> {
        let params = request.query_params()?;
        if let Some(text) = params.text("id") {
            let unknown = || {
                let text: String = text.chars().take(100).collect();
                let text = format!(
                    "There is no deploy with the id '{text}', or it ended longer ago than deploy_ttl"
                );
                Problem::kind(StatusCode::NOT_FOUND, "puppetlabs.code-manager/deploy-not-found", text)
            };
            let id: u64 = text.parse().map_err(|_| unknown())?;
            let deploys = self.manager.deploys(&[id]);
            let deploy = deploys.first().ok_or_else(unknown)?;
            return Ok(Response::json(StatusCode::OK, &deploy.as_json(State::Synced.as_str())));
        }
        let all = self.manager.all();
        let list = |wanted: &[State]| -> Vec<Json> {
            let those = all.iter().filter(|deploy| wanted.contains(&deploy.state));
            let entry = |deploy: &Deploy| {
                let mut entry = json!({
                    "environment": deploy.wanted.environment,
                    "id": deploy.id,
                    "queued-at": time(deploy.queued_at),
                });
                if let Some(error) = &deploy.error {
                    entry["error"] = error.as_json();
                }
                entry
            };
            those.map(entry).collect()
        };
        let mut document = json!({"deploys-status": {
            "new": [],
            "queued": list(&[State::Queued]),
            "deploying": list(&[State::Deploying, State::Syncing]),
            "failed": list(&[State::Failed]),
        }});
        if let Some(fleet) = self.manager.fleet() {
            let newest = fleet.newest();
            document["file-sync-storage-status"] = json!({"deployed": deployed(&newest)});
            let mut all_synced = true;
            let mut clients = Map::new();
            for client in fleet.clients() {
                let has = |wanted: &Served| {
                    client
                        .serves
                        .iter()
                        .any(|s| s.environment == wanted.environment && s.commit == wanted.commit)
                };
                let is_synced = newest.iter().all(has);
                all_synced &= is_synced;
                let entry = json!({
                    "last_check_in_time": client.last_check_in,
                    "synced-with-file-sync-storage": is_synced,
                    "deployed": deployed(&client.serves),
                });
                clients.insert(client.certname, entry);
            }
            document["file-sync-client-status"] =
                json!({"all-synced": all_synced, "file-sync-clients": clients});
        }
        Ok(Response::json(StatusCode::OK, &document))
    }
}

fn deployed(served: &[Served]) -> Vec<Json> {
    let entry = |served: &Served| {
        json!({
            "environment": served.environment,
            "date": served.date,
            "deploy-signature": served.signature,
            "environment-commit": served.commit,
        })
    };
    served.iter().map(entry).collect()
}

fn time(at: SystemTime) -> String {
    let time = jiff::Timestamp::try_from(at).unwrap_or_default();
    time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

fn prefix(params: &Params) -> Option<String> {
    params.text("prefix").filter(|prefix| !prefix.is_empty()).map(str::to_owned)
}

/// The environment of a branch. Without a prefix the branch is looked for, so that its name is corrected as in every deploy.
fn environment_of(prefix: Option<&str>, branch: &str) -> String {
    match prefix {
        None => branch.to_owned(),
        Some(prefix) => corrected(&format!("{prefix}_{branch}")),
    }
}

/// The name of an environment that a branch becomes where names are corrected.
fn corrected(branch: &str) -> String {
    branch.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect()
}

fn forbidden(request: &Request, caller: &Caller, what: &str) -> Problem {
    let (path, caller) = (request.canonical_path(), caller.name());
    tracing::warn!(request = %request.id, remote = ?request.remote, caller, path, "refused: {what}");
    let text = format!("This token may not deploy {what}");
    Problem::kind(StatusCode::FORBIDDEN, "puppetlabs.rbac/permission-denied", text)
}

fn refusal(refusal: Refusal) -> Problem {
    let busy = |text: &str| {
        Problem::kind(StatusCode::SERVICE_UNAVAILABLE, "puppetlabs.code-manager/unavailable", text.to_owned())
    };
    match refusal {
        Refusal::Full => busy("Too many deploys wait; come again later"),
        Refusal::Stopping => busy("The server is stopping"),
        Refusal::Unknown(error) => {
            Problem::kind(StatusCode::INTERNAL_SERVER_ERROR, error.kind.name(), error.msg.clone())
        }
    }
}

impl Service for Handlers {
    fn call(&self, request: Request) -> BoxFuture<'_, Response> {
        Box::pin(async move { self.route(request).await.into() })
    }
}
