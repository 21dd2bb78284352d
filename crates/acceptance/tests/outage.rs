//! Runs of agents go on while PostgreSQL is away, and all they brought is in the store once when it is back.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use acceptance::agent::{Agent, facts_of};
use acceptance::cluster::{Cluster, Options};
use acceptance::stock_agent::StockAgent;
use db::scratch::Server;
use rest::{Bytes, Client, Method};
use serde_json::{Value, json};

async fn start(database: &Server) -> Cluster {
    let puppetdb = format!("database-url = '{}'", database.settings().url);
    let toml = "[compile]\ntrack-lookups = true\n".to_owned();
    Cluster::start_with(Options { puppetdb, toml, ..Options::default() }).await
}

fn code(cluster: &Cluster, text: &str) {
    std::fs::write(cluster.environment("production").join("manifests/site.pp"), text).unwrap();
    cluster.primary().flush();
}

async fn status(cluster: &Cluster) -> (u16, Value) {
    let url = format!("{}/status/v1/services/puppetdb-status", cluster.store_url());
    let answer = Client::without_tls().send(Method::GET, &url, [], Bytes::new()).await.unwrap();
    (answer.status.as_u16(), answer.json().unwrap())
}

/// Waits until nothing waits for the database any more; nothing may be set aside.
async fn until_all_is_stored(cluster: &Cluster) {
    let end = Instant::now() + Duration::from_secs(120);
    loop {
        let (code, status) = status(cluster).await;
        assert_eq!(status["status"]["dead_letters"]["count"], 0, "{status}");
        if code == 200 && status["status"]["queue_depth"] == 0 {
            return;
        }
        assert!(Instant::now() < end, "{status}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stock_agent_notices_nothing() {
    let Some(database) = Server::start() else { return };
    let mut cluster = start(&database).await;
    let Some(agent) = StockAgent::find("guest.example.com", cluster.port()) else { return };
    let files = cluster.root().join("managed");
    let manifest = |content: &str| {
        format!(
            "class c($p = 1) {{ }}\ninclude c\nfile {{ '{folder}': ensure => directory }}\n\
             file {{ '{folder}/f': content => '{content}' }}\n@@notify {{ 'for others': }}\n",
            folder = files.display()
        )
    };
    let content = || std::fs::read_to_string(files.join("f")).unwrap();
    code(&cluster, &manifest("one"));
    let (agent, first) = agent.run_apart(&[]).await;
    assert_eq!((first.code, content()), (2, "one".into()), "{}", first.output);

    database.down();
    // What is stored already, and what is not.
    let (agent, second) = agent.run_apart(&[]).await;
    assert_eq!(second.code, 0, "{}", second.output);
    code(&cluster, &manifest("two"));
    let (mut agent, third) = agent.run_apart(&[]).await;
    assert_eq!((third.code, content()), (2, "two".into()), "{}", third.output);
    let (status_code, away) = status(&cluster).await;
    assert_eq!((status_code, &away["state"]), (503, &json!("error")), "{away}");
    // Facts, catalog and report of each run.
    assert_eq!(away["status"]["queue_depth"], 6, "{away}");

    // Neither the server's end nor its start minds, and a node that nobody has heard of is served.
    cluster.restart().await;
    agent.set_port(cluster.port());
    let (agent, fourth) = agent.run_apart(&[]).await;
    assert_eq!(fourth.code, 0, "{}", fourth.output);
    let Some(new) = StockAgent::find("new.example.com", cluster.port()) else { return };
    let (new, fifth) = new.run_apart(&[]).await;
    assert!(fifth.code == 0 && fifth.says("Applied catalog"), "{}", fifth.output);

    database.up();
    until_all_is_stored(&cluster).await;
    let reports = "reports[certname, status, catalog_uuid, transaction_uuid] { order by end_time }";
    let reports = cluster.rows(reports).await;
    let runs: Vec<(&str, &str)> = reports
        .iter()
        .map(|row| (row["certname"].as_str().unwrap(), row["status"].as_str().unwrap()))
        .collect();
    let guest = "guest.example.com";
    let expected = [
        (guest, "changed"),
        (guest, "unchanged"),
        (guest, "changed"),
        (guest, "unchanged"),
        ("new.example.com", "unchanged"),
    ];
    assert_eq!(runs, expected);
    // What is stored of a node is that of its last run.
    for (certname, report) in [(guest, &reports[3]), ("new.example.com", &reports[4])] {
        let of = |entity: &str, columns: &[&str]| {
            json!(["from", entity, ["extract", columns, ["=", "certname", certname]]])
        };
        let catalogs = cluster.rows(of("catalogs", &["catalog_uuid", "transaction_uuid"])).await;
        let (catalog, transaction) = (&report["catalog_uuid"], &report["transaction_uuid"]);
        assert_eq!(catalogs, [json!({"catalog_uuid": catalog, "transaction_uuid": transaction})]);
        let inputs = cluster.rows(of("catalog_inputs", &["catalog_uuid", "inputs"])).await;
        assert_eq!(inputs, [json!({"catalog_uuid": catalog, "inputs": [["hiera", "c::p"]]})]);
        let facts = cluster.rows(of("facts", &["value", "name"])).await;
        assert!(facts.contains(&json!({"name": "clientcert", "value": certname})), "{facts:?}");
        let exported = "resources[title] { certname = 'NODE' and exported = true }".replace("NODE", certname);
        assert_eq!(cluster.rows(exported).await, [json!({"title": "for others"})]);
    }
    let changed = "resources[parameters.content] { certname = 'guest.example.com' and title ~ '/f$' }";
    assert_eq!(cluster.rows(changed).await, [json!({"parameters.content": "two"})]);
    // Two files when it was new, one when it changed.
    let events = cluster.rows("events[count()] { status = 'success' }").await;
    assert_eq!(events, [json!({"count": 3})]);

    // And on it goes.
    let (agent, sixth) = agent.run_apart(&[]).await;
    assert_eq!(sixth.code, 0, "{}", sixth.output);
    assert_eq!(cluster.rows("reports[count()] {}").await, [json!({"count": 6})]);
    assert_eq!(status(&cluster).await.1["status"]["queue_depth"], 0);
    drop((agent, new));
    cluster.stop().await;
}

/// Agents that run all the time, while the database comes and goes.
const FLEET: usize = 8;
const OUTAGES: usize = 3;

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_comes_and_goes_loses_and_doubles_nothing() {
    let Some(database) = Server::start() else { return };
    let cluster = start(&database).await;
    code(&cluster, "notify { \"at ${facts['clientcert']}\": }\n");
    let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let mut running = Vec::new();
    for number in 0..FLEET {
        let name = format!("n{number}.example.com");
        let agent = Agent::enrolled(&cluster.url(), &cluster.authority(), &name).await;
        let (stop, done) = (stop.clone(), done.clone());
        let facts = facts_of(&acceptance::examples::nodes()[0], &name);
        running.push(tokio::spawn(async move {
            let mut runs = 0;
            while !stop.load(Ordering::Relaxed) {
                agent.run(&facts).await.unwrap();
                runs += 1;
                done.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            (name, runs)
        }));
    }
    let some_runs = async || {
        let goal = done.load(Ordering::Relaxed) + 3 * FLEET;
        while done.load(Ordering::Relaxed) < goal {
            assert!(running.iter().all(|agent| !agent.is_finished()), "a run has failed");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let database = Arc::new(database);
    for _ in 0..OUTAGES {
        for up in [false, true] {
            some_runs().await;
            let database = database.clone();
            let switching = move || if up { database.up() } else { database.down() };
            tokio::task::spawn_blocking(switching).await.unwrap();
        }
    }
    some_runs().await;
    stop.store(true, Ordering::Relaxed);
    let mut expected = Vec::new();
    for agent in running {
        let (certname, count): (String, usize) = agent.await.unwrap();
        expected.push(json!({"certname": certname, "count": count}));
    }
    until_all_is_stored(&cluster).await;
    let mut counts = cluster.rows("reports[certname, count()] { group by certname }").await;
    counts.sort_by_key(|row| row["certname"].to_string());
    assert_eq!(counts, expected);
    // The catalog of a node is that of its newest report.
    let catalogs = cluster.rows("catalogs[certname, catalog_uuid] { order by certname }").await;
    let newest = "reports[certname, catalog_uuid] { latest_report? = true order by certname }";
    assert_eq!(cluster.rows(newest).await, catalogs);
    cluster.stop().await;
}
