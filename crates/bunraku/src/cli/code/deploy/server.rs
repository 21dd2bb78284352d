//! Deploys that a running server carries out: `bunraku code deploy` over Code Manager's interface, as `puppet code deploy` does it.
//!
//! The server has the queue, the gate's nodes and the hooks, and knows when all servers have a version; so whoever has one running is
//! served by it, and the command says so.

use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use indicatif::ProgressBar;
use rest::client::{Answer, ClientError, ClientLimits};
use rest::{Bytes, Client, ClientTls, HeaderName, HeaderValue, Method, header};
use serde_json::{Map, Value as Json, json};

use super::DeployArgs;
use crate::cli::code::versions::{self, Primary};
use crate::cli::identity;
use crate::config::Site;

const PREFIX: &str = "/code-manager/v1";
/// Between two looks at deploys, at first and at most.
const PAUSE: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(1));

/// What became of the wish to have it done by a server.
pub(super) enum Asked {
    /// It was done, well or not.
    Done(ExitCode),
    /// There is no server that does it, and why.
    Nobody(String),
}

/// A server that has Code Manager's interface.
pub(in crate::cli::code) struct Server {
    client: Client,
    base: String,
}

impl Server {
    /// With a token it is asked on Code Manager's own port, where no certificate is needed, else as this machine on that of agents.
    pub(in crate::cli::code) fn of(
        primary: &Primary,
        site: &Site,
        token: Option<&str>,
    ) -> anyhow::Result<Server> {
        let missing =
            |name: &str, path: &std::path::Path| format!("could not read {name} at {}", path.display());
        let tls = match token {
            None => identity::tls(site, missing)?,
            Some(_) => {
                let path = site.path("localcacert");
                let authorities = std::fs::read(&path).with_context(|| missing("localcacert", &path))?;
                ClientTls::anonymous(&authorities, b"")?
            }
        };
        let limits = ClientLimits {
            connect_timeout: Duration::from_secs(10),
            // All sources may be looked at before there is an answer.
            answer_timeout: site.config.code_manager.timeouts_wait.0,
            ..ClientLimits::default()
        };
        let mut client = Client::new(&tls).with_limits(limits);
        let mut base = primary.base(site);
        if let Some(token) = token {
            let mut value = HeaderValue::from_str(token).context("the token is none")?;
            value.set_sensitive(true);
            client = client.with_header(HeaderName::from_static("x-authentication"), value);
            if primary.url().is_none() {
                let port = site.config.code_manager.listen.rsplit(':').next().unwrap_or_default();
                let port = if port.is_empty() { "8170" } else { port };
                base = format!("https://{}:{port}", site.certname);
            }
        }
        Ok(Server { client, base })
    }

    async fn ask(&self, method: Method, path: &str, body: Option<&Json>) -> Result<Answer, ClientError> {
        let json = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        let body = body.map(|body| Bytes::from(body.to_string())).unwrap_or_default();
        self.client.send(method, &format!("{}{PREFIX}{path}", self.base), json, body).await
    }

    /// How deploys fare; nothing if there is no Code Manager.
    pub(in crate::cli::code) async fn status(&self, id: Option<u64>) -> anyhow::Result<Option<Json>> {
        let query = id.map(|id| format!("?id={id}")).unwrap_or_default();
        let answer = self.ask(Method::GET, &format!("/deploys/status{query}"), None).await?;
        match (answer.status.as_u16(), id) {
            (200, _) => Ok(Some(answer.json()?)),
            (404, Some(_)) => bail!("{}: {}", self.base, problem(&answer)),
            (404, None) => Ok(None),
            (status, _) => bail!("{status} from {}: {}", self.base, problem(&answer)),
        }
    }
}

/// The token in a file, on its first line.
pub(super) fn token(path: &std::path::Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("could not read the token in {}", path.display()))?;
    match text.lines().next().map(str::trim) {
        Some(token) if !token.is_empty() => Ok(token.to_owned()),
        _ => bail!("there is no token in {}", path.display()),
    }
}

/// What an answer that is no success says.
fn problem(answer: &Answer) -> String {
    let document: Option<Json> = answer.json().ok();
    let text = document
        .as_ref()
        .and_then(|document| document.get("msg").or_else(|| document.get("message")).and_then(Json::as_str));
    text.map_or_else(|| answer.text(), str::to_owned)
}

/// Has a server deploy, if there is one.
pub(super) async fn deploy(args: &DeployArgs, site: &Site) -> anyhow::Result<Asked> {
    let token = args.token_file.as_deref().map(token).transpose()?;
    // Whoever names a server wants that one, and no other way.
    let is_named = token.is_some() || args.primary.url().is_some();
    let server = match Server::of(&args.primary, site, token.as_deref()) {
        Ok(server) => server,
        Err(error) if is_named => return Err(error),
        Err(error) => return Ok(Asked::Nobody(format!("no server can be asked: {error:#}"))),
    };
    let mut wanted = Map::new();
    match args.all {
        true => wanted.insert("deploy-all".to_owned(), true.into()),
        false => wanted.insert("environments".to_owned(), args.environment.clone().into()),
    };
    if let Some(modules) = &args.modules {
        wanted.insert("modules".to_owned(), modules.clone().into());
    }
    wanted.insert("deploy-modules".to_owned(), (!args.no_modules).into());
    wanted.insert("dry-run".to_owned(), args.dry_run.into());
    let base = &server.base;
    let answer = match server.ask(Method::POST, "/deploys", Some(&Json::Object(wanted))).await {
        Ok(answer) => answer,
        Err(ClientError::Connect { reason, .. }) if !is_named => {
            return Ok(Asked::Nobody(format!("no server answers at {base} ({reason})")));
        }
        Err(error) => bail!("{error}; --local builds in this process, without a server"),
    };
    match answer.status.as_u16() {
        200 => {}
        404 if is_named => bail!("the server at {base} has no Code Manager"),
        404 => return Ok(Asked::Nobody(format!("the server at {base} has no Code Manager"))),
        401 | 403 => bail!(
            "{base} refuses: {}; show a token with --token-file, or build in this process with --local",
            problem(&answer)
        ),
        status => bail!("{status} from {base}: {}", problem(&answer)),
    }
    eprintln!("The server at {base} deploys.");
    let mut entries: Vec<Json> = answer.json()?;
    if !args.dry_run && !args.no_wait {
        follow(&server, &mut entries, !args.primary.json).await?;
    }
    match args.primary.json {
        true => println!("{}", serde_json::to_string_pretty(&entries)?),
        false => show(&entries, args.dry_run),
    }
    let is_failed = entries.iter().any(|entry| entry.get("error").is_some());
    Ok(Asked::Done(if is_failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }))
}

/// Waits until deploys have ended; what became of each takes the place of its entry.
async fn follow(server: &Server, entries: &mut [Json], is_shown: bool) -> anyhow::Result<()> {
    let line = match is_shown && std::io::stderr().is_terminal() {
        true => ProgressBar::new_spinner(),
        false => ProgressBar::hidden(),
    };
    line.enable_steady_tick(Duration::from_millis(200));
    let started = Instant::now();
    let mut pause = PAUSE.0;
    loop {
        let mut waits = Vec::new();
        for entry in entries.iter_mut().filter(|entry| !is_ended(entry)) {
            let Some(id) = entry.get("id").and_then(Json::as_u64) else { continue };
            let path = format!("/deploys/status?id={id}");
            let answer = server.ask(Method::GET, &path, None).await.with_context(|| {
                format!("the server was lost while deploy {id} was under way; it may go on: see bunraku code status")
            })?;
            let now: Json = match answer.status.as_u16() {
                200 => answer.json()?,
                404 => json!({"status": "failed", "error": {
                    "kind": "puppetlabs.code-manager/deploy-not-found",
                    "msg": "the server knows nothing of it any more, as after a restart; ask for it again",
                    "details": {},
                }}),
                status => bail!("{status} from {}: {}", server.base, problem(&answer)),
            };
            let Some(entry) = entry.as_object_mut() else { continue };
            entry.extend(now.as_object().cloned().unwrap_or_default());
            if entry.get("status").and_then(Json::as_str) == Some("synced") {
                entry.insert("status".to_owned(), "complete".into());
            }
            if !is_ended(&Json::Object(entry.clone())) {
                waits.push(format!("{} {}", text(entry, "environment"), text(entry, "status")));
            }
        }
        if waits.is_empty() {
            line.finish_and_clear();
            return Ok(());
        }
        line.set_message(format!("{} ({} s)", waits.join(", "), started.elapsed().as_secs()));
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(PAUSE.1);
    }
}

fn is_ended(entry: &Json) -> bool {
    matches!(entry.get("status").and_then(Json::as_str), Some("complete" | "failed"))
}

fn text<'a>(entry: &'a Map<String, Json>, key: &str) -> &'a str {
    entry.get(key).and_then(Json::as_str).unwrap_or_default()
}

fn show(entries: &[Json], is_dry: bool) {
    let mut table = versions::plain(["Deploy", "Environment", "State", "Commit", "Version"]);
    let none = Map::new();
    for entry in entries {
        let entry = entry.as_object().unwrap_or(&none);
        let id = entry.get("id").and_then(Json::as_u64).map(|id| id.to_string()).unwrap_or_default();
        let state = match (is_dry, entry.get("error")) {
            (_, Some(_)) => "failed",
            (true, None) => "found",
            (false, None) => text(entry, "status"),
        };
        let sync = entry.get("file-sync").and_then(Json::as_object).unwrap_or(&none);
        table.add_row([
            &id,
            text(entry, "environment"),
            state,
            super::short(text(entry, "deploy-signature")),
            super::short(text(sync, "environment-commit")),
        ]);
    }
    println!("{table}");
    for entry in entries {
        if let Some(message) = entry.pointer("/error/msg").and_then(Json::as_str) {
            let name = entry.get("environment").and_then(Json::as_str).unwrap_or_default();
            eprintln!("Error: {name}: {message}");
        }
    }
}
