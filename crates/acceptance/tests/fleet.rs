//! Many agents at once, each with its own key and certificate. `BUNRAKU_FLEET=500 BUNRAKU_FLEET_SECONDS=60` makes a long run of it;
//! `BUNRAKU_FLEET_MODULES=/usr/share/puppet/modules` adds modules, whose plugins every agent asks for.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use acceptance::agent::{Agent, facts_of};
use acceptance::cluster::{Cluster, Options};
use acceptance::examples;

fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Peak resident memory of this process, agents included, in MiB.
fn peak_mebibytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap_or_default() / 1024
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fleet_runs_without_an_error() {
    let (agents, seconds) = (setting("BUNRAKU_FLEET", 24), setting("BUNRAKU_FLEET_SECONDS", 2));
    let modules =
        std::env::var_os("BUNRAKU_FLEET_MODULES").filter(|path| !path.is_empty()).map(PathBuf::from);
    let options = Options { basemodulepath: modules.into_iter().collect(), ..Options::default() };
    let cluster = Cluster::start_with(options).await;
    let (url, authority) = (cluster.url(), Arc::new(cluster.authority()));
    let examples: Arc<Vec<String>> = Arc::new(examples::nodes());
    let runs = Arc::new(AtomicUsize::new(0));
    let enrolled = Instant::now();
    let mut fleet = Vec::new();
    for number in 0..agents {
        let example = examples[number % examples.len()].clone();
        let kind: String = example.chars().take_while(char::is_ascii_alphabetic).collect();
        let certname = format!("{kind}{number}.example.com");
        let (url, authority) = (url.clone(), authority.clone());
        fleet.push(tokio::spawn(async move {
            let agent = Agent::enrolled(&url, &authority, &certname).await;
            let facts = facts_of(&example, &certname);
            (agent, facts)
        }));
    }
    let mut ready = Vec::new();
    for agent in fleet {
        ready.push(agent.await.unwrap());
    }
    println!("{agents} agents enrolled in {:.1} s", enrolled.elapsed().as_secs_f64());

    let end = Instant::now() + Duration::from_secs(seconds as u64);
    let started = Instant::now();
    let mut tasks = Vec::new();
    for (agent, facts) in ready {
        let runs = runs.clone();
        tasks.push(tokio::spawn(async move {
            let mut own = 0;
            while Instant::now() < end || own == 0 {
                agent.run(&facts).await.unwrap_or_else(|error| panic!("{}: {error}", agent.certname));
                own += 1;
                runs.fetch_add(1, Ordering::Relaxed);
            }
            own
        }));
    }
    let mut total = 0;
    for task in tasks {
        total += task.await.unwrap();
    }
    let elapsed = started.elapsed().as_secs_f64();
    println!(
        "{total} runs in {elapsed:.1} s ({:.0} a second), no error; peak memory {} MiB, agents included",
        total as f64 / elapsed,
        peak_mebibytes()
    );
    let stored = cluster.primary().store().reports(None, total + 1).await.unwrap().len();
    // Reports of one agent may be equal to the last byte only if their catalogs' ids are; they are not.
    assert_eq!(stored, total);
    cluster.stop().await;
}
