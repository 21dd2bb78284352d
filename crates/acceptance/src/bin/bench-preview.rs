//! Previews of changes to the code of fleets: how long they take, the processor time, the memory, and how many catalogs were compiled.
//!
//! `cargo xtask bench preview` builds and runs it. The primary runs in this process, over SQLite in a scratch folder, and is asked over HTTPS as
//! `bunraku code preview` asks. Half of the nodes have some 100 resources, the others 500. While a preview runs, this process does
//! nothing else.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr, reason = "a benchmark program")]

#[path = "bench-compile/workload.rs"]
#[allow(dead_code, reason = "the other benchmark uses all of it")]
mod workload;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use acceptance::examples;
use anyhow::{Context as _, bail};
use api::Pdb as _;
use api::pdb::{Command, ReplaceFacts};
use bunraku::config::{Config, Site};
use bunraku::serve::primary::{self, Primary};
use pcore::{Hash, Value};
use rest::{Client, ClientTls, Method, Revocation, TlsMaterial};
use serde_json::{Value as Json, json};
use server::preview::handlers::{PREFIX, Wanted};
use server::preview::report::Report;

/// Facts that are stored at once.
const AT_ONCE: usize = 64;

/// A change of the code.
struct Case {
    name: &'static str,
    /// The file, and what it is then; made of what it was.
    path: &'static str,
    change: fn(&str) -> String,
    full: bool,
}

const CASES: [Case; 8] = [
    Case { name: "nothing", path: "README.md", change: |_| String::new(), full: false },
    Case {
        name: "a file that no catalog uses",
        path: "modules/profile/README.md",
        change: |_| "new\n".into(),
        full: false,
    },
    Case {
        name: "data of one node",
        path: "data/nodes/n00007.example.com.yaml",
        change: |_| "---\nprofile::base::sysctl:\n  vm.swappiness: 7\n".into(),
        full: false,
    },
    Case {
        name: "data of half of the nodes",
        path: "data/roles/hundred.yaml",
        change: |text| text.replace("uid: 2001", "uid: 3001"),
        full: false,
    },
    Case {
        name: "a template of all nodes",
        path: "modules/profile/templates/motd.epp",
        change: |text| format!("{text}changed\n"),
        full: false,
    },
    Case {
        name: "a comment in a class of all nodes",
        path: "modules/profile/manifests/base.pp",
        change: |text| format!("{text}# changed\n"),
        full: false,
    },
    Case {
        name: "a comment in the site manifest",
        path: "manifests/site.pp",
        change: |text| format!("{text}# changed\n"),
        full: false,
    },
    Case {
        name: "a default in the site manifest",
        path: "manifests/site.pp",
        change: |text| text.replace("group => 'root'", "group => 'wheel'"),
        full: false,
    },
];

fn main() -> anyhow::Result<()> {
    let mut sizes = vec![1_000, 10_000];
    let mut as_json = false;
    for argument in std::env::args().skip(1) {
        match argument.split_once('=') {
            Some(("sizes", value)) => sizes = value.split(',').map(str::parse).collect::<Result<_, _>>()?,
            Some(("json", value)) => as_json = value == "true",
            _ => bail!("{argument}: expected sizes=N,N or json=true"),
        }
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut all = Vec::new();
    for nodes in sizes {
        all.extend(runtime.block_on(measure(nodes, as_json))?);
    }
    if as_json {
        println!("{}", serde_json::to_string_pretty(&all)?);
    }
    Ok(())
}

async fn measure(nodes: usize, as_json: bool) -> anyhow::Result<Vec<Json>> {
    let scratch = tempfile::Builder::new().prefix("bunraku-bench-").tempdir()?;
    let root = scratch.path();
    let live = workload::write(root).join("production");
    let staged = root.join("staged");
    let (site, primary) = start(root).await?;
    eprintln!("storing the facts of {nodes} nodes ...");
    store(&primary, nodes).await?;
    let client = client(&site)?;
    let url = format!("https://localhost:{}{PREFIX}/previews", primary.address().port());
    // What is loaded once is not measured.
    examples::copy(&live, &staged);
    preview(&client, &url, &staged, Some(10), true).await?;
    if !as_json {
        println!(
            "{nodes} nodes\n{:<36} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}",
            "change", "seconds", "CPU s", "peak MiB", "live", "staged", "changed"
        );
    }
    let mut rows = Vec::new();
    for case in &CASES {
        std::fs::remove_dir_all(&staged)?;
        examples::copy(&live, &staged);
        let before = std::fs::read_to_string(live.join(case.path)).unwrap_or_default();
        let after = (case.change)(&before);
        if case.name != "nothing" {
            if after == before {
                bail!("{} does not change {}", case.name, case.path);
            }
            std::fs::write(staged.join(case.path), after)?;
        }
        // The kernel's mark of the most memory begins anew.
        let _ = std::fs::write("/proc/self/clear_refs", "5");
        let (cpu, started) = (processor_seconds(), Instant::now());
        let report = preview(&client, &url, &staged, None, case.full).await?;
        let (seconds, cpu) = (started.elapsed().as_secs_f64(), processor_seconds() - cpu);
        let (peak, counts, cost) = (peak_mib(), &report.nodes, &report.cost);
        if counts.total != nodes || counts.newly_failing + counts.failing > 0 {
            bail!("{}: {counts:?} {:?}", case.name, report.failures.first());
        }
        if !as_json {
            println!(
                "{:<36} {seconds:>9.2} {cpu:>9.2} {peak:>9.0} {:>9} {:>9} {:>9}",
                case.name, cost.compiled_live, cost.compiled_staged, counts.changed
            );
        }
        rows.push(json!({
            "nodes": nodes, "change": case.name, "seconds": seconds, "cpu_seconds": cpu, "peak_mib": peak,
            "compiled_live": cost.compiled_live, "compiled_staged": cost.compiled_staged, "changed": counts.changed,
            "untouched": counts.untouched,
        }));
    }
    primary.stop().await;
    Ok(rows)
}

async fn start(root: &Path) -> anyhow::Result<(Site, Primary)> {
    let here = root.display();
    std::fs::create_dir_all(root.join("server"))?;
    std::fs::write(
        root.join("server/puppet.conf"),
        "[main]\ndns_alt_names = localhost, primary.example.com, IP:127.0.0.1\n",
    )?;
    let toml = format!(
        "certname = 'primary.example.com'\nconfdir = '{here}/server'\ndata-dir = '{here}/data'\n\
         [listen]\naddress = '127.0.0.1:0'\n[puppetdb]\nlisten = ''\nhttp-listen = ''\n\
         [code]\nenvironmentpath = ['{here}/environments']\nbasemodulepath = ['{here}/modules']\n\
         [ca]\ndir = '{here}/ca'\nkey-type = 'ec'\n"
    );
    let site = Site::from_config(Config::parse(&toml)?)?;
    let primary = primary::start(&site).await?;
    Ok((site, primary))
}

/// The facts of the nodes, by turns of each role and system.
async fn store(primary: &Primary, nodes: usize) -> anyhow::Result<()> {
    let roles = [&workload::ROLES[0], &workload::ROLES[1]];
    let mut kinds: Vec<Hash> = Vec::new();
    for at in 0..workload::NODES {
        for role in roles {
            let node = workload::nodes(role).swap_remove(at);
            let limits = wire::json::Limits::default();
            let facts = wire::facts::Facts::from_json(&node.facts, wire::facts::FactsFormat::Json, &limits)?;
            kinds.push(facts.values);
        }
    }
    let store = primary.store();
    for first in (0..nodes).step_by(AT_ONCE) {
        let mut storing = Vec::new();
        for number in first..(first + AT_ONCE).min(nodes) {
            let certname = format!("n{number:05}.example.com");
            let mut facts = kinds.get(number % kinds.len()).cloned().context("there are facts")?;
            facts.insert("clientcert", certname.as_str());
            facts.insert("fqdn", certname.as_str());
            let trusted: Hash =
                [("certname", Value::from(certname.as_str())), ("extensions", Value::hash(Hash::new()))]
                    .into_iter()
                    .map(|(name, value)| (Value::from(name), value))
                    .collect();
            let facts = ReplaceFacts {
                certname,
                environment: "production".to_owned(),
                facts: Arc::new(facts),
                trusted: Some(Value::hash(trusted)),
                known: None,
                producer_timestamp: SystemTime::now(),
            };
            let store = store.clone();
            storing.push(tokio::spawn(async move { store.submit(Command::ReplaceFacts(facts)).await }));
        }
        for stored in storing {
            stored.await??;
        }
    }
    Ok(())
}

fn client(site: &Site) -> anyhow::Result<Client> {
    let material = TlsMaterial {
        chain: &std::fs::read(site.path("hostcert"))?,
        key: &std::fs::read(site.path("hostprivkey"))?,
        authorities: &std::fs::read(site.path("cacert"))?,
        revocation_lists: b"",
        revocation: Revocation::Off,
    };
    Ok(Client::new(&ClientTls::new(&material)?))
}

async fn preview(
    client: &Client,
    url: &str,
    staged: &Path,
    limit: Option<usize>,
    full: bool,
) -> anyhow::Result<Report> {
    let mut wanted = Wanted {
        environment: "production".to_owned(),
        directory: Some(staged.display().to_string()),
        full,
        ..Wanted::default()
    };
    wanted.selection.limit = limit;
    let begun: Json = client.send_json(Method::POST, url, &wanted).await?.json()?;
    let id = begun["id"].as_str().context("no id")?.to_owned();
    loop {
        let state: Json = client.get_json(&format!("{url}/{id}?wait=30")).await?;
        match state["state"].as_str() {
            Some("done") => return Ok(serde_json::from_value(state["report"].clone())?),
            Some("running") => tokio::time::sleep(Duration::from_millis(1)).await,
            _ => bail!("{state}"),
        }
    }
}

/// Of this process.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let (_, fields) = stat.rsplit_once(") ").unwrap_or_default();
    let field = |at: usize| fields.split(' ').nth(at).and_then(|text| text.parse::<f64>().ok());
    // utime and stime, in ticks of a hundredth.
    (field(11).unwrap_or_default() + field(12).unwrap_or_default()) / 100.0
}

fn peak_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or_default() / 1024.0
}
