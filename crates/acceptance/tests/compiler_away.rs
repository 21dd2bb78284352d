//! A compiler whose primary is away: runs go on, and what agents were told is stored is there once when it is back.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use acceptance::agent::Agent;
use acceptance::cluster::{Cluster, Options};
use acceptance::compiler::{self, Machine, cluster, code, facts, status, until, until_it_answers};
use rest::{Bytes, Client, ClientTls, Method};
use serde_json::{Value, json};

/// The program, as users start it.
fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_bunraku-under-test"))
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_go_on_while_the_primary_is_away() {
    let mut cluster = cluster("").await;
    let machine = Machine::enrolled(&cluster, "compiler.example.com", "");
    let compiler = machine.start().await;
    code(
        &cluster,
        &compiler,
        "notify { \"at ${facts['clientcert']}\": }\n@@notify { \"x ${trusted['certname']}\": }\n",
    );
    let mut agents = Vec::new();
    for number in 0..3 {
        let name = format!("n{number}.example.com");
        agents.push(Agent::enrolled(&machine.url(), &cluster.authority(), &name).await);
    }
    let run_all = async |agents: &[Agent]| {
        for agent in agents {
            agent.run_anew(&facts(&agent.certname)).await.unwrap();
        }
    };
    run_all(&agents).await;
    // On a busy machine the store may have been too slow for one of them, which then waited.
    until("not all is sent", async || compiler.queued() == 0).await;
    cluster.down().await;
    run_all(&agents).await;
    run_all(&agents).await;
    // Reports of all runs, and facts and catalogs at least of the last one of each node.
    let waiting = 12..=18;
    assert!(waiting.contains(&compiler.queued()), "{}", compiler.queued());
    let (code_of, text) = status(&cluster, &machine, "simple").await;
    assert_eq!((code_of, text.as_str()), (200, "running"));
    let (_, text) = status(&cluster, &machine, "services/puppetdb-proxy").await;
    let told: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(told["active_alerts"][0]["severity"], "warning", "{told}");
    assert!(waiting.contains(&(told["status"]["queue_depth"].as_u64().unwrap() as usize)), "{told}");
    // What needs the primary says so.
    let new = Client::new(&ClientTls::anonymous(&cluster.authority(), b"").unwrap());
    let get = async |path: &str| {
        let url = format!("{}/puppet-ca/v1/{path}", machine.url());
        new.send(Method::GET, &url, [], Bytes::new()).await.unwrap()
    };
    let answer = get("certificate/somebody.example.com").await;
    assert!(answer.status == 502 && answer.text().contains("did not answer"), "{}", answer.text());
    // What everybody may have is here, too.
    let bundle = get("certificate/ca").await;
    assert_eq!((bundle.status.as_u16(), bundle.body.to_vec()), (200, cluster.authority()));
    let lists = get("certificate_revocation_list/ca").await;
    assert!(lists.status == 200 && pki::Crl::chain_from_pem(&lists.body).is_ok(), "{}", lists.text());
    std::fs::write(cluster.environment("production").join("manifests/site.pp"), "Notify <<| |>>\n").unwrap();
    compiler.flush();
    let answer = agents[0].catalog(&facts(&agents[0].certname), "production").await.unwrap();
    let reason = "Could not retrieve resources from the PuppetDB at https://localhost:";
    assert!(answer.status == 500 && answer.text().contains(reason), "{}", answer.text());

    // Nor does its own end lose anything.
    compiler.stop().await;
    let compiler = machine.start().await;
    assert!(compiler.queued() >= 12, "{}", compiler.queued());
    cluster.up().await;
    until("not all is sent", async || compiler.queued() == 0).await;
    until("not all is stored", async || {
        let rows = cluster.rows("reports[count()] {}").await;
        rows == [json!({"count": 9})]
    })
    .await;
    let exported = cluster.rows("resources[certname] { exported = true order by certname }").await;
    assert_eq!(exported.len(), 3, "{exported:?}");
    // The catalog of a node is that of its newest report.
    let catalogs = cluster.rows("catalogs[certname, catalog_uuid] { order by certname }").await;
    let newest = "reports[certname, catalog_uuid] { latest_report? = true order by certname }";
    assert_eq!(cluster.rows(newest).await, catalogs);
    compiler.stop().await;
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_outlives_a_kill() {
    let mut cluster = cluster("").await;
    let machine = Machine::enrolled(&cluster, "compiler.example.com", "");
    let killed = machine.spawn(program());
    until_it_answers(&cluster, &machine).await;
    let mut agents = Vec::new();
    for number in 0..4 {
        let name = format!("n{number}.example.com");
        agents.push(Agent::enrolled(&machine.url(), &cluster.authority(), &name).await);
    }
    cluster.down().await;
    // Agents run until the kill hits one of them; each counts what it was told is stored.
    let stored = Arc::new(AtomicUsize::new(0));
    let mut running = Vec::new();
    for agent in agents {
        let stored = stored.clone();
        running.push(tokio::spawn(async move {
            let mut runs = 0;
            while agent.run_anew(&facts(&agent.certname)).await.is_ok() {
                stored.fetch_add(1, Ordering::Relaxed);
                runs += 1;
            }
            (agent.certname, runs)
        }));
    }
    until("the runs do not go on", async || stored.load(Ordering::Relaxed) >= 12).await;
    killed.kill();
    let mut told = Vec::new();
    for agent in running {
        told.push(agent.await.unwrap());
    }
    let again = machine.spawn(program());
    until_it_answers(&cluster, &machine).await;
    cluster.up().await;
    until("not all is sent", async || {
        let (_, text) = status(&cluster, &machine, "services/puppetdb-proxy").await;
        let told: Value = serde_json::from_str(&text).unwrap();
        told["status"]["queue_depth"] == 0
    })
    .await;
    // Accepted is not stored yet.
    let count = async |certname: &str| {
        let query = format!("reports[count()] {{ certname = '{certname}' }}");
        cluster.rows(query).await[0]["count"].as_u64().unwrap()
    };
    for (certname, runs) in &told {
        until("a report is lost", async || count(certname).await >= *runs).await;
        // The one on its way when the kill came may be on disk without its agent knowing.
        assert!(count(certname).await <= runs + 1, "{certname}: {} of {runs}", count(certname).await);
    }
    again.kill();
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_twice_is_there_once_and_what_has_no_room_is_refused() {
    let mut cluster = cluster("").await;
    let machines = ["a.example.com", "b.example.com"]
        .map(|name| Machine::enrolled(&cluster, name, "[puppetdb]\nmax-queued-commands = 2\n"));
    let compilers = [machines[0].start().await, machines[1].start().await];
    let agent = Agent::enrolled(&machines[0].url(), &cluster.authority(), "web.example.com").await;
    let report = |number: u32| {
        let time = jiff::Timestamp::now().to_string();
        json!({
            "host": "web.example.com", "time": time, "configuration_version": number, "transaction_uuid": number.to_string(),
            "report_format": 12, "puppet_version": "8.10.0", "status": "unchanged", "transaction_completed": true, "noop": false,
            "environment": "production", "logs": [], "resource_statuses": {}, "metrics": {},
        })
        .to_string()
        .into_bytes()
    };
    let path = "/puppet/v3/report/web.example.com?environment=production";
    let put = async |machine: &Machine, report: &[u8]| {
        let content = Some(("application/json", report.to_vec()));
        agent.at(&machine.url()).send(Method::PUT, path, "application/json", content).await.unwrap()
    };
    let first = report(1);
    // The agent heard nothing, and tries the next server.
    for machine in machines.iter().chain(&machines) {
        put(machine, &first).await.ok().unwrap();
    }
    cluster.down().await;
    let second = report(2);
    for machine in machines.iter().chain(&machines) {
        put(machine, &second).await.ok().unwrap();
    }
    let full = put(&machines[0], &report(3)).await;
    assert_eq!(full.status, 503, "{}", full.text());
    assert!(
        full.headers.contains_key("retry-after") && full.text().contains("The command queue is full"),
        "{}",
        full.text()
    );
    let (code, text) = status(&cluster, &machines[0], "simple").await;
    assert_eq!((code, text.as_str()), (503, "error"));
    cluster.up().await;
    until("not all is sent", async || compilers.iter().all(|compiler| compiler.queued() == 0)).await;
    until("not all is stored", async || cluster.rows("reports[count()] {}").await == [json!({"count": 2})])
        .await;
    put(&machines[0], &report(3)).await.ok().unwrap();
    until("it is not well again", async || status(&cluster, &machines[0], "simple").await.0 == 200).await;
    until("not all is stored", async || cluster.rows("reports[count()] {}").await == [json!({"count": 3})])
        .await;
    for compiler in compilers {
        compiler.stop().await;
    }
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_store_refuses_is_set_aside() {
    let toml = format!("{}allow-auto-renewal = true\n", compiler::TOML);
    let puppetdb = "max-command-size = 20000".to_owned();
    let mut cluster = Cluster::start_with(Options { toml, puppetdb, ..Options::default() }).await;
    let machine = Machine::enrolled(&cluster, "compiler.example.com", "");
    let compiler = machine.start().await;
    let agent = Agent::enrolled(&machine.url(), &cluster.authority(), "web.example.com").await;
    let new = Agent::enrolled(&cluster.url(), &cluster.authority(), "new.example.com").await;
    let put = async |number: usize, text: &str| {
        let report = json!({
            "host": "web.example.com", "time": jiff::Timestamp::now().to_string(), "configuration_version": number,
            "report_format": 12, "puppet_version": "8.10.0", "status": "unchanged", "transaction_completed": true, "noop": false,
            "environment": "production", "logs": [{"level": "notice", "message": text, "source": "x", "tags": [],
                "time": "2026-01-01T00:00:00Z"}], "resource_statuses": {}, "metrics": {},
        });
        let content = Some(("application/json", report.to_string().into_bytes()));
        let path = "/puppet/v3/report/web.example.com?environment=production";
        agent.send(Method::PUT, path, "application/json", content).await.unwrap()
    };
    let long = "x".repeat(30_000);
    // One that keeps nothing refuses while the store is away, and goes on when it is back.
    let other = Machine::enrolled(&cluster, "other.example.com", "[puppetdb]\nmax-queued-commands = 0\n");
    let keeping_nothing = other.start().await;
    let to_other = async |version: &str| {
        let report = json!({
            "host": "new.example.com", "time": jiff::Timestamp::now().to_string(), "configuration_version": version,
            "report_format": 12, "puppet_version": "8.10.0", "status": "unchanged", "environment": "production", "logs": [],
            "resource_statuses": {}, "metrics": {},
        });
        let content = Some(("application/json", report.to_string().into_bytes()));
        let path = "/puppet/v3/report/new.example.com?environment=production";
        new.at(&other.url())
            .send(Method::PUT, path, "application/json", content)
            .await
            .unwrap()
            .status
            .as_u16()
    };
    // Somebody hears it.
    let refused = put(1, &long).await;
    assert!(refused.status == 400 && refused.text().contains("Command size exceeds"), "{}", refused.text());
    // Nobody does, so it is kept, and what follows is not held up.
    cluster.down().await;
    put(2, &long).await.ok().unwrap();
    put(3, "short").await.ok().unwrap();
    assert_eq!(to_other("1").await, 503);
    cluster.up().await;
    assert_eq!(to_other("2").await, 200);
    keeping_nothing.stop().await;
    until("not all is sent", async || compiler.queued() == 0).await;
    until("not all is stored", async || {
        let rows = cluster.rows("reports[configuration_version] { certname = 'web.example.com' }").await;
        rows == [json!({"configuration_version": "3"})]
    })
    .await;
    let mut command = std::process::Command::new(program());
    let output = command.args(["store", "failed", "--config"]).arg(machine.config()).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(told.contains("web.example.com") && told.contains("Command size exceeds"), "{told}");
    compiler.stop().await;
    cluster.stop().await;
}
