//! `bunraku code commit` and `bunraku code status`: versions of code and deploys, asked for at the primary.

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use comfy_table::{Table, presets};
use rest::{Client, Method};
use serde_json::{Map, Value as Json, json};

use crate::cli::identity;
use crate::config::Site;
use crate::serve::code::REPO;

/// What stands for code that is in no environment.
const BESIDE: &str = "beside the environments";

/// Where the primary listens.
#[derive(clap::Args, Clone, Debug)]
pub struct Primary {
    /// Address of the primary. Default: this machine's certname and port
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
}

impl Primary {
    /// The address that was named.
    pub(super) fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// `https://HOST:PORT`
    pub(super) fn base(&self, site: &Site) -> String {
        let port = site.config.listen.address.rsplit(':').next().unwrap_or("8140");
        let base = self.url.clone().unwrap_or_else(|| format!("https://{}:{port}", site.certname));
        base.trim_end_matches('/').to_owned()
    }
}

/// Make versions of the code that is staged
///
/// Primary and compilers serve a version as soon as it is made. Without an environment all are committed, and those that are no longer
/// staged are removed. With a gate (section [gate] of the configuration) what would change too much is refused. Exit code 1: an environment could not be committed, and keeps the version it has.
#[derive(clap::Args, Debug)]
pub struct CommitArgs {
    /// Environments
    environment: Vec<String>,
    /// What the version is about, for its history
    #[arg(short, long)]
    message: Option<String>,
    /// Commit even what the gate refuses; the version's message says so
    #[arg(long)]
    no_gate: bool,
    #[command(flatten)]
    primary: Primary,
}

/// Show which version each server has, and how deploys fare
///
/// Shown are deploys that wait, are under way or failed (see code-manager.deploy-ttl); --id shows any one. Exit code 1: a server is not
/// at the newest version, or the deploy with that number failed.
#[derive(clap::Args, Debug)]
pub struct StatusArgs {
    /// Only the deploy of this number
    #[arg(long)]
    id: Option<u64>,
    #[command(flatten)]
    primary: Primary,
}

/// Runs `bunraku code commit`.
pub async fn commit(args: CommitArgs, site: &Site) -> anyhow::Result<ExitCode> {
    let requests: Vec<Json> = match args.environment.as_slice() {
        [] => vec![json!({"commit-all": true})],
        names => names
            .iter()
            .map(|name| json!({"repo-id": REPO, "submodule-id": format!("environments/{name}")}))
            .collect(),
    };
    let mut all = Map::new();
    let mut failed = false;
    for mut request in requests {
        if let Some(message) = &args.message {
            request["message"] = message.as_str().into();
        }
        if args.no_gate {
            request["skip-gate"] = true.into();
        }
        let answer = ask(&args.primary, site, Method::POST, "/file-sync/v1/commit", Some(&request)).await?;
        let repo = answer.get(REPO).cloned().unwrap_or_default();
        match (failure(&repo), repo.get("commit")) {
            (Some(message), None) => bail!("{message}"),
            (Some(_), Some(_)) => {
                failed = true;
                all.insert(BESIDE.to_owned(), json!({ "error": repo.get("error") }));
            }
            (None, _) => {}
        }
        if let Some(Json::Object(submodules)) = repo.get("submodules") {
            failed |= submodules.values().any(|outcome| failure(outcome).is_some());
            all.extend(submodules.clone());
        }
    }
    if args.primary.json {
        println!("{}", serde_json::to_string_pretty(&all)?);
    } else {
        let mut table = plain(["Environment", "Version", "Error"]);
        for (name, outcome) in &all {
            table.add_row([
                short(name),
                outcome.as_str().unwrap_or_default(),
                failure(outcome).unwrap_or_default(),
            ]);
        }
        println!("{table}");
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Runs `bunraku code status`.
pub async fn status(args: StatusArgs, site: &Site) -> anyhow::Result<ExitCode> {
    let server = super::deploy::Server::of(&args.primary, site, None)?;
    let deploys = server.status(args.id).await?;
    if args.id.is_some() {
        let deploy = deploys.with_context(|| format!("{} has no Code Manager", args.primary.base(site)))?;
        match args.primary.json {
            true => println!("{}", serde_json::to_string_pretty(&deploy)?),
            false => println!("{}", deploys_table(&[("", std::slice::from_ref(&deploy))])),
        }
        let is_failed = deploy.get("error").is_some();
        return Ok(if is_failed { ExitCode::FAILURE } else { ExitCode::SUCCESS });
    }
    let path = "/status/v1/services/file-sync-storage-service?level=debug";
    let storage = match (ask_if_there(&args.primary, site, Method::GET, path, None).await?, &deploys) {
        (Some(answer), _) => Some(answer),
        (None, Some(_)) => None,
        (None, None) => bail!("{}", no_versions(&args.primary.base(site))),
    };
    let rows = match storage {
        None => Vec::new(),
        Some(storage) => {
            let path = "/status/v1/services/file-sync-client-service?level=debug";
            let own = ask(&args.primary, site, Method::GET, path, None).await?;
            let status = storage.get("status").cloned().unwrap_or_default();
            rows(&status, own.get("status").unwrap_or(&Json::Null))
        }
    };
    let behind = rows.iter().any(|row| row.state != "ok");
    if args.primary.json {
        let rows: Vec<Json> = rows.iter().map(Row::as_json).collect();
        let deploys = deploys.as_ref().and_then(|deploys| deploys.get("deploys-status"));
        println!("{}", serde_json::to_string_pretty(&json!({"versions": rows, "deploys": deploys}))?);
    } else {
        if !rows.is_empty() {
            println!("{}", table(&rows));
        }
        let status = deploys.as_ref().and_then(|deploys| deploys.get("deploys-status"));
        let of = |state: &'static str| {
            let found = status.and_then(|status| status.get(state)).and_then(Json::as_array);
            (state, found.map(Vec::as_slice).unwrap_or_default())
        };
        let groups = ["new", "queued", "deploying", "failed"].map(of);
        if groups.iter().any(|(_, deploys)| !deploys.is_empty()) {
            println!("\n{}", deploys_table(&groups));
        }
    }
    Ok(if behind { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn table(rows: &[Row]) -> Table {
    let mut table = plain(["Server", "Environment", "Version", "State", "Made", "About", "Last seen"]);
    for row in rows {
        let commit = row.commit.get(..12).unwrap_or(&row.commit);
        let about = row.about.lines().next().unwrap_or_default();
        table.add_row([
            &row.server,
            short(&row.environment),
            commit,
            &row.state,
            &row.date,
            about,
            &row.seen,
        ]);
    }
    table
}

/// Deploys by their states; a state of nothing is that which the deploy itself says.
fn deploys_table(groups: &[(&str, &[Json])]) -> Table {
    let mut table = plain(["Deploy", "Environment", "State", "Since", "Error"]);
    for (state, deploy) in groups.iter().flat_map(|(state, all)| all.iter().map(move |one| (*state, one))) {
        let text = |pointer: &str| deploy.pointer(pointer).and_then(Json::as_str).unwrap_or_default();
        let id = deploy.get("id").and_then(Json::as_u64).map(|id| id.to_string()).unwrap_or_default();
        let state = if state.is_empty() { text("/status") } else { state };
        table.add_row([&id, text("/environment"), state, text("/queued-at"), text("/error/msg")]);
    }
    table
}

/// What one server says of one environment.
#[derive(Debug, PartialEq)]
struct Row {
    server: String,
    environment: String,
    commit: String,
    state: String,
    date: String,
    about: String,
    seen: String,
}

impl Row {
    fn as_json(&self) -> Json {
        json!({
            "server": self.server,
            "environment": short(&self.environment),
            "commit": self.commit,
            "state": self.state,
            "date": self.date,
            "message": self.about,
            "last_check_in_time": self.seen,
        })
    }
}

/// The versions of the primary itself, and of each client; a client whose version is not the newest is behind, whatever it says.
fn rows(storage: &Json, own: &Json) -> Vec<Row> {
    let none = Map::new();
    let object = |value: &'_ Json, keys: &[&str]| -> Map<String, Json> {
        let found = keys.iter().try_fold(value, |value, key| value.get(key));
        found.and_then(Json::as_object).unwrap_or(&none).clone()
    };
    let text = |value: &Json, keys: &[&str]| -> String {
        let found = keys.iter().try_fold(value, |value, key| value.get(key));
        found.and_then(Json::as_str).unwrap_or_default().to_owned()
    };
    let newest = object(storage, &["repos", REPO, "submodules"]);
    let mut servers = vec![("(primary)".to_owned(), own.clone())];
    servers.extend(object(storage, &["clients"]));
    let mut rows = Vec::new();
    for (server, client) in servers {
        let submodules = object(&client, &["repos", REPO, "submodules"]);
        let gone = submodules.keys().filter(|name| !newest.contains_key(*name));
        for name in newest.keys().chain(gone) {
            let part = submodules.get(name).cloned().unwrap_or_default();
            let commit = text(&part, &["latest_commit", "commit"]);
            let wanted = newest.get(name).map(|newest| text(newest, &["latest_commit", "commit"]));
            let said = text(&part, &["status"]);
            let state = match wanted {
                Some(wanted) if wanted == commit => "ok",
                _ if said == "error" => "error",
                Some(_) if commit.is_empty() => "missing",
                _ => "behind",
            };
            rows.push(Row {
                server: server.clone(),
                environment: name.clone(),
                state: state.to_owned(),
                date: text(&part, &["latest_commit", "date"]),
                about: text(&part, &["latest_commit", "message"]),
                seen: text(&client, &["last_check_in_time"]),
                commit,
            });
        }
    }
    rows
}

pub(super) async fn ask(
    primary: &Primary,
    site: &Site,
    method: Method,
    path: &str,
    document: Option<&Json>,
) -> anyhow::Result<Json> {
    let answer = ask_if_there(primary, site, method, path, document).await?;
    answer.with_context(|| no_versions(&primary.base(site)))
}

fn no_versions(base: &str) -> String {
    format!("{base} has no versions of code: file sync is off there (file-sync.enabled), or it is no primary")
}

/// The same; nothing if nobody answers at that path.
async fn ask_if_there(
    primary: &Primary,
    site: &Site,
    method: Method,
    path: &str,
    document: Option<&Json>,
) -> anyhow::Result<Option<Json>> {
    let base = primary.base(site);
    let url = format!("{base}{path}");
    let tls = identity::tls(site, |name, path| format!("could not read {name} at {}", path.display()))?;
    let client = Client::new(&tls).with_limits(rest::client::ClientLimits {
        // A commit waits for the gate, which compiles catalogs.
        answer_timeout: std::time::Duration::from_secs(3600),
        ..Default::default()
    });
    let answer = match document {
        Some(document) => client.send_json(method, &url, document).await?,
        None => client.send(method, &url, [], rest::Bytes::new()).await?,
    };
    match answer.status.as_u16() {
        404 => Ok(None),
        // A status of 503 has a document, too.
        status if status >= 400 && status != 503 => bail!("{status} from {base}: {}", answer.text()),
        _ => answer.json().map(Some).with_context(|| format!("the answer of {url} is not understood")),
    }
}

pub(super) fn failure(outcome: &Json) -> Option<&str> {
    outcome.get("error")?.get("message")?.as_str()
}

fn short(submodule: &str) -> &str {
    submodule.strip_prefix("environments/").unwrap_or(submodule)
}

pub(super) fn plain<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(header);
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_behind() {
        let part = |commit: &str, status: &str| json!({"status": status, "latest_commit": {"commit": commit, "message": "m"}});
        let client = |parts: Json| json!({"last_check_in_time": "t", "repos": {REPO: {"submodules": parts}}});
        let storage = json!({
            "repos": {REPO: {"submodules": {"environments/production": part("b", "ok")}}},
            "clients": {
                "c1": client(json!({"environments/production": part("b", "ok")})),
                "c2": client(json!({"environments/production": part("a", "ok")})),
                "c3": client(json!({"environments/production": part("a", "error")})),
                "c4": client(json!({})),
                "c5": client(json!({"environments/production": part("b", "ok"), "environments/old": part("x", "ok")})),
            },
        });
        let rows = rows(&storage, &client(json!({"environments/production": part("b", "ok")})));
        let states: Vec<(&str, &str, &str)> = rows
            .iter()
            .map(|row| (row.server.as_str(), short(&row.environment), row.state.as_str()))
            .collect();
        assert_eq!(
            states,
            [
                ("(primary)", "production", "ok"),
                ("c1", "production", "ok"),
                ("c2", "production", "behind"),
                ("c3", "production", "error"),
                ("c4", "production", "missing"),
                ("c5", "production", "ok"),
                ("c5", "old", "behind"),
            ]
        );
        assert_eq!(rows[0].about, "m");
    }
}
