//! `bunraku compiler list`: each compiler asked for its state, beside what the primary knows of the code that it has.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::bail;
use comfy_table::{Table, presets};
use rest::client::ClientLimits;
use rest::{Bytes, Client, Method};
use serde_json::{Value as Json, json};
use tokio::task::JoinSet;

use crate::cli::haproxy::{self, Server};
use crate::cli::identity;
use crate::config::Site;
use crate::serve::code::REPO;

/// One that does not answer holds up the list for so long.
const PATIENCE: Duration = Duration::from_secs(5);

/// List the compilers of this primary, with their health, load and code
///
/// Compilers are those that `auth.compilers` lists, and those whose certificate says so. Exit code 1: one of them is not well, or has
/// old code.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A compiler, as its certname or CERTNAME=ADDRESS:PORT; instead of those that the authority and `auth.compilers` know
    #[arg(long, value_name = "CERTNAME")]
    compiler: Vec<String>,
    /// Address of the primary. Default: this machine's certname and port
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What is known of one compiler.
#[derive(Clone, Debug, Default, PartialEq)]
struct Row {
    certname: String,
    /// The word of its status; nothing if it did not answer.
    state: Option<String>,
    /// What its status says is wrong, or why there is no answer.
    alerts: Vec<String>,
    version: Option<String>,
    load: Option<Load>,
    /// Commands that wait for the store.
    waiting: Option<u64>,
    code: Option<Code>,
}

/// Compiles of a compiler.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Load {
    workers: u64,
    busy: u64,
    queued: u64,
}

/// The code of a compiler, as it said at its last check-in with the primary.
#[derive(Clone, Debug, Default, PartialEq)]
struct Code {
    /// Version by environment.
    environments: BTreeMap<String, String>,
    /// Those that are not at the primary's version.
    behind: Vec<String>,
    last_contact: String,
}

/// Runs the command.
pub(super) async fn run(args: Args, site: &Site) -> anyhow::Result<ExitCode> {
    let named = match args.compiler.is_empty() {
        true => haproxy::known(site)?,
        false => args.compiler.clone(),
    };
    let servers = named.iter().map(|text| haproxy::server(text)).collect::<anyhow::Result<Vec<_>>>()?;
    let limits =
        ClientLimits { connect_timeout: PATIENCE, answer_timeout: PATIENCE, ..ClientLimits::default() };
    let tls = identity::tls(site, |name, path| format!("could not read {name} at {}", path.display()))?;
    let client = Client::new(&tls).with_limits(limits);
    let port = site.config.listen.address.rsplit(':').next().unwrap_or("8140");
    let primary = args.url.clone().unwrap_or_else(|| format!("https://{}:{port}", site.certname));
    let storage = storage(&client, primary.trim_end_matches('/')).await?;

    let mut asking = JoinSet::new();
    for (at, server) in servers.into_iter().enumerate() {
        let client = client.clone();
        asking.spawn(async move { (at, ask(&client, &server).await) });
    }
    let mut rows = Vec::new();
    while let Some(asked) = asking.join_next().await {
        rows.push(asked?);
    }
    rows.sort_by_key(|(at, _)| *at);
    let mut rows: Vec<Row> = rows.into_iter().map(|(_, row)| row).collect();
    for row in &mut rows {
        row.code = storage.as_ref().and_then(|storage| code(storage, &row.certname));
    }
    if args.json {
        let rows: Vec<Json> = rows.iter().map(as_json).collect();
        println!("{}", serde_json::to_string_pretty(&rows)?);
    } else {
        print(&rows);
    }
    Ok(if rows.iter().all(is_well) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What the primary knows of its clients of code; nothing if it has no versions.
async fn storage(client: &Client, primary: &str) -> anyhow::Result<Option<Json>> {
    let url = format!("{primary}/status/v1/services/file-sync-storage-service?level=debug");
    let answer = client.send(Method::GET, &url, [], Bytes::new()).await?;
    match answer.status.as_u16() {
        404 => Ok(None),
        // A server that is not well has a status, too.
        200 | 503 => Ok(answer.json::<Json>()?.get("status").cloned()),
        status => bail!("{status} from {primary}: {}", answer.text()),
    }
}

async fn ask(client: &Client, server: &Server) -> Row {
    // Its certificate must be good for the name or address that is asked.
    let url = format!("https://{}:{}/status/v1/services?level=debug", server.host, server.port);
    let row = Row { certname: server.certname.clone(), ..Row::default() };
    match client.send(Method::GET, &url, [], Bytes::new()).await {
        Ok(answer) => match answer.json::<Json>() {
            Ok(services) => read(row, &services),
            Err(error) => Row { alerts: vec![error.to_string()], ..row },
        },
        Err(error) => Row { alerts: vec![error.to_string()], ..row },
    }
}

/// Reads the status of all services of a compiler.
fn read(row: Row, services: &Json) -> Row {
    let number = |value: &Json| value.as_u64();
    let pool = &services["jruby-metrics"]["status"]["experimental"]["metrics"];
    let load = || {
        let workers = number(&pool["num-jrubies"])?;
        let busy = workers.saturating_sub(number(&pool["num-free-jrubies"])?);
        let open = number(&pool["requested-count"])?.saturating_sub(number(&pool["return-count"])?);
        Some(Load { workers, busy, queued: open.saturating_sub(busy) })
    };
    let states: Vec<&str> = services
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(_, service)| service["state"].as_str())
        .collect();
    let worst = ["error", "stopping", "starting", "running"].into_iter().find(|state| states.contains(state));
    let alerts = services.as_object().into_iter().flatten().flat_map(|(_, service)| {
        let alerts = service["active_alerts"].as_array().into_iter().flatten();
        alerts.filter_map(|alert| alert["message"].as_str().map(|text| text.replace(char::is_control, " ")))
    });
    let mut alerts: Vec<String> = alerts.collect();
    alerts.dedup();
    Row {
        state: worst.map(str::to_owned),
        alerts,
        version: services["status-service"]["status"]["bunraku_version"].as_str().map(str::to_owned),
        load: load(),
        waiting: number(&services["puppetdb-proxy"]["status"]["queue_depth"]),
        ..row
    }
}

/// What a compiler said of its code, beside the newest versions.
fn code(storage: &Json, certname: &str) -> Option<Code> {
    let client = storage["clients"].get(certname)?;
    let commit = |part: &Json| part["latest_commit"]["commit"].as_str().map(str::to_owned);
    let parts = |value: &Json| -> BTreeMap<String, Option<String>> {
        let parts = value["repos"][REPO]["submodules"].as_object();
        parts.into_iter().flatten().map(|(name, part)| (name.clone(), commit(part))).collect()
    };
    let short = |name: &str| name.strip_prefix("environments/").unwrap_or(name).to_owned();
    let (newest, own) = (parts(storage), parts(client));
    let names = newest.keys().chain(own.keys().filter(|name| !newest.contains_key(*name)));
    let behind = names.filter(|name| newest.get(*name) != own.get(*name)).map(|name| short(name)).collect();
    Some(Code {
        environments: own.into_iter().filter_map(|(name, commit)| Some((short(&name), commit?))).collect(),
        behind,
        last_contact: client["last_check_in_time"].as_str().unwrap_or_default().to_owned(),
    })
}

fn is_well(row: &Row) -> bool {
    row.state.as_deref() == Some("running") && row.code.as_ref().is_none_or(|code| code.behind.is_empty())
}

fn as_json(row: &Row) -> Json {
    json!({
        "certname": row.certname,
        "state": row.state.as_deref().unwrap_or("unreachable"),
        "alerts": row.alerts,
        "version": row.version,
        "compiles": row.load.map(|load| json!({"workers": load.workers, "busy": load.busy, "queued": load.queued})),
        "waiting_for_store": row.waiting,
        "code": row.code.as_ref().map(|code| json!({"environments": code.environments, "behind": code.behind})),
        "last_contact": row.code.as_ref().map(|code| code.last_contact.as_str()),
    })
}

fn print(rows: &[Row]) {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header([
        "Compiler",
        "State",
        "Version",
        "Compiles",
        "Queued",
        "For store",
        "Code",
        "Last contact",
    ]);
    let text = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    for row in rows {
        table.add_row([
            row.certname.clone(),
            row.state.clone().unwrap_or_else(|| "unreachable".to_owned()),
            text(row.version.clone()),
            text(row.load.map(|load| format!("{} of {}", load.busy, load.workers))),
            text(row.load.map(|load| load.queued.to_string())),
            text(row.waiting.map(|waiting| waiting.to_string())),
            text(row.code.as_ref().map(code_text)),
            text(row.code.as_ref().map(|code| code.last_contact.clone())),
        ]);
    }
    println!("{table}");
    for row in rows {
        for alert in &row.alerts {
            println!("{}: {alert}", row.certname);
        }
    }
}

fn code_text(code: &Code) -> String {
    match code.behind.as_slice() {
        [] => {
            let commit = code.environments.get("production").or_else(|| code.environments.values().next());
            let commit = commit.map(|commit| commit.get(..8).unwrap_or(commit)).unwrap_or("none");
            format!("current ({commit})")
        }
        [one] => format!("{one} is behind"),
        more => format!("{} environments are behind", more.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read() {
        let services = json!({
            "server": {"state": "error", "active_alerts": [], "status": {}},
            "clock": {"state": "error", "active_alerts": [{"severity": "error", "message": "off\nby 90 s"}]},
            "ca-proxy": {"state": "running", "active_alerts": []},
            "status-service": {"state": "error", "status": {"bunraku_version": "0.1.0"}},
            "puppetdb-proxy": {"state": "running", "status": {"queue_depth": 7}},
            "jruby-metrics": {"state": "error", "status": {"experimental": {"metrics": {
                "num-jrubies": 4, "num-free-jrubies": 1, "requested-count": 110, "return-count": 100,
            }}}},
        });
        let row = read(Row { certname: "c1".into(), ..Row::default() }, &services);
        assert_eq!(row.state.as_deref(), Some("error"));
        assert_eq!(row.alerts, ["off by 90 s"]);
        assert_eq!((row.version.as_deref(), row.waiting), (Some("0.1.0"), Some(7)));
        assert_eq!(row.load, Some(Load { workers: 4, busy: 3, queued: 7 }));
        assert!(!is_well(&row));
        // Another program's status, or none.
        assert_eq!(read(Row::default(), &json!([])), Row::default());
    }

    #[test]
    fn who_has_old_code() {
        let part = |commit: &str| json!({"latest_commit": {"commit": commit}});
        let client = |parts: Json| json!({"last_check_in_time": "t", "repos": {REPO: {"submodules": parts}}});
        let storage = json!({
            "repos": {REPO: {"submodules": {"environments/production": part("b"), "environments/qa": part("q")}}},
            "clients": {
                "current": client(json!({"environments/production": part("b"), "environments/qa": part("q")})),
                "old": client(json!({"environments/production": part("a"), "environments/gone": part("x")})),
            },
        });
        let of = |name: &str| code(&storage, name);
        let current = of("current").unwrap();
        assert!(current.behind.is_empty() && code_text(&current) == "current (b)");
        assert_eq!(of("old").unwrap().behind, ["production", "qa", "gone"]);
        assert_eq!(code_text(&of("old").unwrap()), "3 environments are behind");
        assert_eq!(of("unknown"), None);
    }
}
