//! `/metrics`, as Prometheus reads it, and the access log.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

use std::collections::{BTreeMap, HashSet};
use std::io::Write as _;
use std::process::{Command, Stdio};

use acceptance::agent::Agent;
use acceptance::cluster::{Cluster, Options};
use acceptance::compiler::{self, Machine, facts, until};
use rest::{Bytes, Client, ClientTls, Method};

async fn page(address: std::net::SocketAddr) -> String {
    let url = format!("http://{address}/metrics");
    let answer = Client::without_tls().send(Method::GET, &url, [], Bytes::new()).await.unwrap().ok().unwrap();
    assert_eq!(answer.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    String::from_utf8(answer.body.to_vec()).unwrap()
}

/// Samples by name with labels. Panics on what Prometheus would not read.
fn samples(page: &str) -> BTreeMap<String, f64> {
    let mut families = HashSet::new();
    let mut family = String::new();
    let mut samples = BTreeMap::new();
    for line in page.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert!(families.insert(name.to_owned()), "{name} comes twice");
            assert!(kind != "counter" || name.ends_with("_total"), "{line}");
            family = name.to_owned();
        } else if !line.starts_with('#') {
            let (name, value) = line.rsplit_once(' ').unwrap();
            assert!(name.starts_with(&family), "{line} in the family {family}");
            assert!(samples.insert(name.to_owned(), value.parse().unwrap()).is_none(), "{line} comes twice");
        }
    }
    samples
}

/// What Prometheus' own tool has to say, where it is installed.
fn promtool(page: &str) {
    let tool = std::env::var_os("PROMTOOL").unwrap_or_else(|| "promtool".into());
    let tool =
        Command::new(tool).args(["check", "metrics"]).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let Ok(mut tool) = tool else { return };
    tool.stdin.take().unwrap().write_all(page.as_bytes()).unwrap();
    let output = tool.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_and_lines_of_a_run() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("access.log");
    let toml = format!(
        "{}[metrics]\nlisten = '127.0.0.1:0'\nallow = ['prometheus.example.com']\n\
         [log]\naccess = '{}'\naccess-format = 'json'\n",
        compiler::TOML,
        log.display()
    );
    let cluster = Cluster::start_with(Options { toml, ..Options::default() }).await;
    let address = cluster.primary().metrics_address().unwrap();
    let before = page(address).await;
    promtool(&before);
    assert_eq!(samples(&before)["bunraku_compile_duration_seconds_count"], 0.0);

    let machine = Machine::enrolled(&cluster, "compiler.example.com", "[metrics]\nlisten = '127.0.0.1:0'\n");
    let compiler = machine.start().await;
    let agent = Agent::enrolled(&cluster.url(), &cluster.authority(), "web.example.com").await;
    let there = agent.at(&machine.url());
    for agent in [&agent, &agent, &there] {
        agent.run_anew(&facts("web.example.com")).await.unwrap();
    }
    let text = page(address).await;
    promtool(&text);
    let after = samples(&text);
    let catalogs = "bunraku_http_requests_total{listener=\"agents\",route=\"catalog\",code=\"200\"}";
    assert_eq!(after[catalogs], 2.0);
    let compiled = after["bunraku_compile_duration_seconds_count"];
    assert!((1.0..=2.0).contains(&compiled), "{compiled}");
    assert_eq!(after["bunraku_compile_errors_total"], 0.0);
    assert_eq!(after["bunraku_store_document_duration_seconds_count{kind=\"report\"}"], 2.0);
    assert!(after["bunraku_ca_signed_total"] >= 2.0 && after["bunraku_environments_loaded"] >= 1.0);
    assert!(after["process_resident_memory_bytes"] > 1e6 && after["process_open_fds"] > 5.0);
    let stored = "bunraku_store_commands_total{command=\"store report\",outcome=\"processed\"}";
    until("the report is not counted", async || samples(&page(address).await)[stored] == 1.0).await;

    // On the listener of agents, only for those who may.
    let answer = agent.get("/metrics").await.unwrap();
    assert_eq!(answer.status, 403, "{}", answer.text());
    let anonymous = Client::new(&ClientTls::anonymous(&cluster.authority(), b"").unwrap());
    let url = format!("{}/metrics", cluster.url());
    assert_eq!(anonymous.send(Method::GET, &url, [], Bytes::new()).await.unwrap().status, 403);
    let prometheus = Agent::enrolled(&cluster.url(), &cluster.authority(), "prometheus.example.com").await;
    let answer = prometheus.get("/metrics").await.unwrap().ok().unwrap();
    samples(&answer.text());
    let primary = cluster.own_client();
    assert_eq!(primary.send(Method::GET, &url, [], Bytes::new()).await.unwrap().status, 200);
    assert_eq!(primary.send(Method::POST, &url, [], Bytes::new()).await.unwrap().status, 403);

    // A line for each request, without queries.
    let lines = || -> Vec<serde_json::Value> {
        let text = std::fs::read_to_string(&log).unwrap();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    };
    until("the refusal is not in the log", async || {
        lines().iter().any(|line| {
            line["path"] == "/metrics" && line["status"] == 403 && line["certname"] == "web.example.com"
        })
    })
    .await;
    let run = lines();
    let catalog = run.iter().find(|line| line["path"] == "/puppet/v3/catalog/web.example.com").unwrap();
    assert_eq!((&catalog["status"], &catalog["certname"]), (&200.into(), &"web.example.com".into()));
    assert!(catalog["bytes"].as_u64() > Some(100) && catalog["remote"] == "127.0.0.1", "{catalog}");
    assert!(run.iter().all(|line| !line["path"].as_str().unwrap().contains('?')));
    // The file is opened anew after it was moved away.
    let moved = folder.path().join("access.log.1");
    std::fs::rename(&log, &moved).unwrap();
    cluster.primary().reload(cluster.site()).unwrap();
    agent.get("/puppet/v3/environments").await.unwrap().ok().unwrap();
    until("nothing is in the new file", async || log.exists() && !lines().is_empty()).await;

    let text = page(compiler.metrics_address().unwrap()).await;
    promtool(&text);
    let there = samples(&text);
    assert_eq!(there["bunraku_store_document_duration_seconds_count{kind=\"report\"}"], 1.0);
    assert!(there.contains_key("bunraku_crl_confirmed_age_seconds") && there["bunraku_store_away"] == 0.0);
    compiler.stop().await;
    cluster.stop().await;
}
