//! Compilers that stop while agents run, and a balancer in front of them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use acceptance::agent::Agent;
use acceptance::compiler::{Machine, cluster, facts, status, until, until_it_answers};
use acceptance::stock_agent::StockAgent;
use rest::{Bytes, Client, ClientTls, Method};
use serde_json::json;

/// The program, as users start it.
fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_bunraku-under-test"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compiler_that_stops_fails_no_run() {
    let cluster = cluster("").await;
    let machines = ["a.example.com", "b.example.com"]
        .map(|name| Machine::enrolled(&cluster, name, "[log]\nlevel = 'warn'\n"));
    let [going, staying] = &machines;
    let servers = [going.spawn(program()), staying.spawn(program())];
    for machine in &machines {
        until_it_answers(&cluster, machine).await;
    }
    // As a balancer does: each run goes to a server whose status was good a moment ago.
    let is_good = Arc::new(AtomicBool::new(true));
    let (stop, runs) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let mut running = Vec::new();
    for number in 0..4 {
        let name = format!("n{number}.example.com");
        let agent = Agent::enrolled(&going.url(), &cluster.authority(), &name).await;
        let other = agent.at(&staying.url());
        let (is_good, stop, runs) = (is_good.clone(), stop.clone(), runs.clone());
        running.push(tokio::spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                let to = if is_good.load(Ordering::Relaxed) { &agent } else { &other };
                to.run_anew(&facts(&agent.certname)).await.unwrap();
                runs.fetch_add(1, Ordering::Relaxed);
            }
        }));
    }
    let some_runs = async || {
        let goal = runs.load(Ordering::Relaxed) + 8;
        until("the runs do not go on", async || {
            assert!(running.iter().all(|agent| !agent.is_finished()), "a run has failed");
            runs.load(Ordering::Relaxed) >= goal
        })
        .await;
    };
    some_runs().await;
    let [stopping, other] = servers;
    stopping.signal("TERM");
    until("the status does not change", async || {
        status(&cluster, going, "simple").await == (503, "stopping".to_owned())
    })
    .await;
    // Requests are answered still.
    some_runs().await;
    is_good.store(false, Ordering::Relaxed);
    some_runs().await;
    // The rest of the time is for balancers that are slower.
    stopping.signal("TERM");
    let ended = tokio::task::spawn_blocking(move || stopping.wait()).await.unwrap();
    assert!(ended, "{}", going.log());
    some_runs().await;
    stop.store(true, Ordering::Relaxed);
    for agent in running {
        agent.await.unwrap();
    }
    let expected = runs.load(Ordering::Relaxed);
    until("a report is missing", async || {
        let rows = cluster.rows("reports[count()] {}").await;
        rows[0]["count"].as_u64().unwrap() as usize == expected
    })
    .await;
    drop(other);
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stock_agent_goes_on_with_the_next_server_of_its_list() {
    let cluster = cluster("").await;
    let machines = ["a.example.com", "b.example.com"].map(|name| Machine::enrolled(&cluster, name, ""));
    let [first, next] = &machines;
    let Some(agent) = StockAgent::find("listed.example.com", first.port()).map(Arc::new) else { return };
    let list = format!("localhost:{},localhost:{}", first.port(), next.port());
    let servers = [first.spawn(program()), next.spawn(program())];
    for machine in &machines {
        until_it_answers(&cluster, machine).await;
    }
    let run = async || {
        let (agent, list) = (agent.clone(), list.clone());
        let running = tokio::task::spawn_blocking(move || agent.run(&["--server_list", &list, "--debug"]));
        let run = running.await.unwrap();
        assert!(matches!(run.code, 0 | 2), "{}", run.output);
        run
    };
    let selected = |machine: &Machine| {
        format!("Selected puppet server from the `server_list` setting: localhost:{}", machine.port())
    };
    let all_good = run().await;
    assert!(all_good.says(&selected(first)), "{}", all_good.output);

    // One that drains answers everything, and is passed over by its status alone.
    let [going, staying] = servers;
    going.signal("TERM");
    until("the status does not change", async || {
        status(&cluster, first, "simple").await == (503, "stopping".to_owned())
    })
    .await;
    let draining = run().await;
    assert!(draining.says(&selected(next)), "{}", draining.output);

    going.kill();
    let gone = run().await;
    assert!(gone.says(&selected(next)), "{}", gone.output);
    let stored = cluster.rows("reports[count()] { certname = \"listed.example.com\" }").await;
    assert_eq!(stored[0]["count"], 3);
    drop(staying);
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn haproxy_balances_with_the_configuration_that_is_written() {
    let Some(haproxy) = acceptance::peers::find("/usr/sbin/haproxy", "the configuration of HAProxy") else {
        return;
    };
    let cluster = cluster("").await;
    let machines = ["a.example.com", "b.example.com"].map(|name| Machine::enrolled(&cluster, name, ""));
    let [going, staying] = [machines[0].start().await, machines[1].start().await];
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    std::fs::write(&ca_file, cluster.authority()).unwrap();
    let port = acceptance::process::free_port();
    let write = |more: &[String]| {
        let mut command = std::process::Command::new(program());
        command.args(["config", "haproxy", "--config"]).arg(cluster.config());
        command
            .args(["--agents-only", "--listen", &format!("127.0.0.1:{port}"), "--ca-file"])
            .arg(&ca_file)
            .args(more);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    // It knows them by their certificates.
    let known = write(&[]);
    assert!(
        known.contains("server a.example.com a.example.com:8140") && known.contains("server b.example.com "),
        "{known}"
    );
    let named: Vec<String> = machines
        .iter()
        .flat_map(|machine| {
            ["--compiler".to_owned(), format!("{}=127.0.0.1:{}", machine.certname(), machine.port())]
        })
        .collect();
    let config = folder.path().join("haproxy.cfg");
    std::fs::write(&config, write(&named)).unwrap();
    let checked = std::process::Command::new(&haproxy).arg("-c").arg("-f").arg(&config).output().unwrap();
    let said = String::from_utf8_lossy(&checked.stderr).into_owned();
    assert!(checked.status.success() && !said.contains("WARNING"), "{said}");

    let mut command = std::process::Command::new(&haproxy);
    command.arg("-db").arg("-f").arg(&config);
    let _balancer =
        acceptance::process::Process::start("haproxy", &mut command, &folder.path().join("log")).unwrap();
    let balanced = format!("https://localhost:{port}");
    let anonymous = || Client::new(&ClientTls::anonymous(&cluster.authority(), b"").unwrap());
    let log = || std::fs::read_to_string(folder.path().join("log")).unwrap();
    until("nobody answers behind the balancer", async || {
        let url = format!("{balanced}/status/v1/simple");
        anonymous().send(Method::GET, &url, [], Bytes::new()).await.is_ok_and(|answer| answer.status == 200)
    })
    .await;
    let mut agents = Vec::new();
    for number in 0..4 {
        let name = format!("n{number}.example.com");
        agents.push(Agent::enrolled(&balanced, &cluster.authority(), &name).await);
    }
    let mut runs = 0;
    for agent in &agents {
        agent.run_anew(&facts(&agent.certname)).await.unwrap();
        runs += 1;
    }
    // One says that it stops: the balancer sees it, and runs go on meanwhile and afterwards.
    going.drain();
    let end = Instant::now() + Duration::from_secs(8);
    while Instant::now() < end {
        for agent in &agents {
            agent.run_anew(&facts(&agent.certname)).await.unwrap();
            runs += 1;
        }
    }
    assert!(log().contains("Server agents/a.example.com is DOWN"), "{}", log());
    going.stop().await;
    for agent in &agents {
        agent.run_anew(&facts(&agent.certname)).await.unwrap();
        runs += 1;
    }
    until("a report is missing", async || {
        cluster.rows("reports[count()] {}").await == [json!({"count": runs})]
    })
    .await;
    staying.stop().await;
    cluster.stop().await;
}
