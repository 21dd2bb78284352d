//! A primary, compilers and HAProxy on this machine, as programs: catalogs a second through the balancer for one, two and three
//! compilers, the time from a commit of code until all compilers serve it, and what a node's runs cost each server.
//!
//! `cargo xtask bench tier` builds and runs it. All servers and the load share this machine's processors, so more compilers give more
//! catalogs only as far as there are processors for them; processor time of each server is read from `/proc`, and says what it would
//! carry on a machine of its own.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr, reason = "a benchmark program")]

mod tier;
#[allow(dead_code, reason = "another benchmark uses more of it")]
#[path = "../bench-compile/workload.rs"]
mod workload;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use acceptance::agent::Agent;
use anyhow::{Context as _, bail};
use serde_json::{Value, json};

use tier::Tier;
use workload::{ROLES, nodes};

/// A stock agent's pause between two runs, in seconds.
const INTERVAL: f64 = 1_800.0;
/// Processors of the compiler that is spoken of.
const PROCESSORS: f64 = 2.0;
/// How long a version may take to be served.
const PATIENCE: Duration = Duration::from_secs(300);

/// How the run is.
struct Plan {
    /// Seconds of each measurement.
    seconds: u64,
    /// Nodes that run.
    nodes: usize,
    /// Compilers of each measurement of catalogs.
    compilers: Vec<usize>,
    /// Changed files of each deploy.
    files: Vec<usize>,
    /// Deploys of each number of files.
    deploys: u32,
    /// Print JSON.
    json: bool,
}

fn main() -> ExitCode {
    acceptance::bench::main(measure)
}

fn plan(arguments: &[String]) -> anyhow::Result<Plan> {
    let mut plan = Plan {
        seconds: 20,
        nodes: 60,
        compilers: vec![1, 2, 3],
        files: vec![100, 1_000, 10_000],
        deploys: 20,
        json: false,
    };
    let list = |text: &str| -> anyhow::Result<Vec<usize>> {
        text.split(',')
            .map(|number| number.parse().with_context(|| format!("`{number}` is no number")))
            .collect()
    };
    for argument in arguments {
        let Some((name, value)) = argument.split_once('=') else { bail!("{argument}: expected name=value") };
        match name {
            "seconds" => plan.seconds = value.parse()?,
            "nodes" => plan.nodes = value.parse()?,
            "compilers" => plan.compilers = list(value)?,
            "files" => plan.files = list(value)?,
            "deploys" => plan.deploys = value.parse()?,
            "json" => plan.json = value == "true",
            other => bail!("{other} is no option"),
        }
    }
    if plan.nodes == 0 || plan.compilers.contains(&0) {
        bail!("there must be nodes and compilers");
    }
    Ok(plan)
}

fn measure(arguments: &[String]) -> anyhow::Result<()> {
    let plan = plan(arguments)?;
    let scratch = tempfile::Builder::new().prefix("bunraku-bench-").tempdir()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let report = runtime.block_on(all(&plan, scratch.path()))?;
    match plan.json {
        true => println!("{}", serde_json::to_string_pretty(&report)?),
        false => print(&report),
    }
    Ok(())
}

/// An agent with the facts of its node.
struct Node {
    agent: Agent,
    facts: Vec<u8>,
}

impl Node {
    /// Asks once; the number makes facts that change from run to run.
    async fn ask(&self, kind: Kind, number: usize) -> anyhow::Result<()> {
        match kind {
            Kind::Catalog => {
                self.agent.catalog(&self.facts, "production").await?.ok()?;
            }
            Kind::Run => {
                let mut facts: Value = serde_json::from_slice(&self.facts)?;
                facts["values"]["system_uptime"] = json!({"seconds": number});
                facts["values"]["memory"]["system"]["available_bytes"] = json!(1_000_000 + number);
                self.agent.run_anew(facts.to_string().as_bytes()).await?;
            }
        }
        Ok(())
    }
}

async fn all(plan: &Plan, root: &Path) -> anyhow::Result<Value> {
    let most = plan.compilers.iter().copied().max().unwrap_or(1);
    let mut tier = Tier::new(root, most).await?;
    say("enrolling nodes");
    let nodes = Arc::new(enrolled(&tier, plan.nodes).await?);

    // Every catalog is compiled: kept ones are sent again only while nothing of the code has changed.
    let mut catalogs = Vec::new();
    for &count in &plan.compilers {
        say(&format!("catalogs, {count} compilers"));
        tier.serve(count, 0).await?;
        catalogs.push(load(&tier, &nodes, count, Duration::from_secs(plan.seconds), Kind::Catalog).await?);
    }
    say("runs");
    tier.serve(most, 256 << 20).await?;
    let warm = Duration::from_secs(plan.seconds.min(10));
    load(&tier, &nodes, most, warm, Kind::Run).await?;
    let runs = load(&tier, &nodes, most, Duration::from_secs(plan.seconds), Kind::Run).await?;
    let mut deploys = Vec::new();
    for &files in &plan.files {
        say(&format!("{} deploys of {files} files", plan.deploys));
        deploys.push(deploys_under_load(&tier, &nodes, files, plan.deploys).await?);
    }
    Ok(json!({
        "processors": std::thread::available_parallelism().map_or(1, usize::from),
        "resources": ROLES[1].name,
        "nodes": plan.nodes,
        "catalogs": catalogs,
        "runs": runs,
        "deploys": deploys,
    }))
}

async fn enrolled(tier: &Tier, count: usize) -> anyhow::Result<Vec<Node>> {
    let like = nodes(&ROLES[1]);
    let mut all = Vec::with_capacity(count);
    for number in 0..count {
        let certname = format!("n{number}.example.com");
        let facts = &like[number % like.len()].facts;
        let mut facts: Value = serde_json::from_slice(facts)?;
        facts["name"] = json!(certname);
        facts["values"]["clientcert"] = json!(certname);
        let agent = Agent::enrolled(&tier.balanced, &tier.authority()?, &certname).await;
        all.push(Node { agent, facts: facts.to_string().into_bytes() });
    }
    Ok(all)
}

/// What agents ask for.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// The catalog only.
    Catalog,
    /// All that belongs to a run: node, metadata of plugins, catalog with facts that have changed, report.
    Run,
}

/// Puts load on the balancer and says what it got and what it cost.
async fn load(
    tier: &Tier,
    nodes: &Arc<Vec<Node>>,
    compilers: usize,
    time: Duration,
    kind: Kind,
) -> anyhow::Result<Value> {
    let clients = (4 * compilers).max(8);
    let before = tier.cpu();
    let (started, next) = (Instant::now(), Arc::new(AtomicUsize::new(0)));
    let mut tasks = Vec::new();
    for _ in 0..clients {
        let (nodes, next) = (nodes.clone(), next.clone());
        tasks.push(tokio::spawn(async move {
            let mut seconds = Vec::new();
            while started.elapsed() < time {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let node = &nodes[number % nodes.len()];
                let begin = Instant::now();
                node.ask(kind, number).await?;
                seconds.push(begin.elapsed().as_secs_f64());
            }
            anyhow::Ok(seconds)
        }));
    }
    let mut seconds = Vec::new();
    for task in tasks {
        seconds.extend(task.await??);
    }
    let elapsed = started.elapsed().as_secs_f64();
    tier.settled().await?;
    let after = tier.cpu();
    seconds.sort_by(f64::total_cmp);
    let count = seconds.len().max(1) as f64;
    let cost = |at: usize| (after[at] - before[at]) / count * 1e3;
    Ok(json!({
        "compilers": compilers,
        "count": seconds.len(),
        "per_second": count / elapsed,
        "median_ms": percentile(&seconds, 0.5) * 1e3,
        "p99_ms": percentile(&seconds, 0.99) * 1e3,
        "cpu_ms_compilers": cost(1),
        "cpu_ms_primary": cost(0),
        "cpu_ms_balancer": cost(2),
        // Processor seconds that a compiler has in an interval, by those that a run takes of it.
        "nodes_of_a_compiler": (PROCESSORS * INTERVAL / (cost(1) / 1e3)) as u64,
        "nodes_of_a_primary": (PROCESSORS * INTERVAL / (cost(0) / 1e3)) as u64,
    }))
}

/// Agents that run one after the other while code is deployed.
const RUNNING: usize = 2;

/// Changes so many files and commits them, again and again while agents run; how long until a commit has answered, and until each compiler
/// serves it.
async fn deploys_under_load(
    tier: &Tier,
    nodes: &Arc<Vec<Node>>,
    files: usize,
    rounds: u32,
) -> anyhow::Result<Value> {
    let stop = Arc::new(AtomicBool::new(false));
    let running: Vec<_> = (0..RUNNING)
        .map(|first| {
            let (nodes, stop) = (nodes.clone(), stop.clone());
            tokio::spawn(async move {
                let mut number = first;
                while !stop.load(Ordering::Relaxed) {
                    nodes[number % nodes.len()].ask(Kind::Run, number).await?;
                    number += RUNNING;
                }
                anyhow::Ok(number / RUNNING)
            })
        })
        .collect();
    let environment = format!("deploy{files}");
    let (mut committed, mut served) = (Vec::new(), Vec::new());
    let began = Instant::now();
    // The first one makes the environment, the others change every file of it.
    for version in 0..=rounds {
        let (commit, all) = deploy(tier, &nodes[0], &environment, files, version).await?;
        if version > 0 {
            committed.push(commit);
            served.extend(all);
        }
    }
    let took = began.elapsed().as_secs_f64();
    stop.store(true, Ordering::Relaxed);
    let mut runs = 0;
    for agent in running {
        runs += agent.await??;
    }
    committed.sort_by(f64::total_cmp);
    served.sort_by(f64::total_cmp);
    Ok(json!({
        "files": files,
        "deploys": rounds,
        "runs_per_second_meanwhile": runs as f64 / took,
        "commit_median_s": percentile(&committed, 0.5),
        "served_median_s": percentile(&served, 0.5),
        "served_p99_s": percentile(&served, 0.99),
    }))
}

/// One deploy: seconds from before the commit until it has answered, and until each compiler serves it.
async fn deploy(
    tier: &Tier,
    node: &Node,
    environment: &str,
    files: usize,
    version: u32,
) -> anyhow::Result<(f64, Vec<f64>)> {
    tier.stage(environment, files, version)?;
    let started = Instant::now();
    let waiting = tier.urls().into_iter().map(|url| {
        let (agent, facts, environment) = (node.agent.at(&url), node.facts.clone(), environment.to_owned());
        tokio::spawn(async move {
            let wanted = format!("version {version}.");
            while started.elapsed() < PATIENCE {
                let answer = agent.catalog(&facts, &environment).await?;
                if answer.status == 200 && answer.text().contains(&wanted) {
                    return anyhow::Ok(started.elapsed().as_secs_f64());
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            bail!("{environment} is not served")
        })
    });
    let waiting: Vec<_> = waiting.collect();
    tier.commit(environment).await?;
    let committed = started.elapsed().as_secs_f64();
    let mut served = Vec::new();
    for task in waiting {
        served.push(task.await??);
    }
    Ok((committed, served))
}

/// Of values in order; NaN of none.
fn percentile(values: &[f64], share: f64) -> f64 {
    let at = (values.len() as f64 * share).ceil() as usize;
    values.get(at.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}

fn print(report: &Value) {
    let number = |value: &Value, key: &str| value[key].as_f64().unwrap_or(f64::NAN);
    println!(
        "{} processors for everything; catalogs of the role {}",
        report["processors"], report["resources"]
    );
    println!("\ncompilers  catalogs/s  median ms  p99 ms  CPU ms: compilers  primary  balancer");
    for row in report["catalogs"].as_array().into_iter().flatten() {
        println!(
            "{:>9}  {:>10.1}  {:>9.1}  {:>6.0}  {:>17.1}  {:>7.1}  {:>8.2}",
            row["compilers"].as_u64().unwrap_or(0),
            number(row, "per_second"),
            number(row, "median_ms"),
            number(row, "p99_ms"),
            number(row, "cpu_ms_compilers"),
            number(row, "cpu_ms_primary"),
            number(row, "cpu_ms_balancer")
        );
    }
    let runs = &report["runs"];
    println!(
        "\na run with changed facts, metadata, catalog and report: CPU ms {:.1} on compilers, {:.1} on the primary, {:.2} on the balancer; \
         {:.1} runs/s\nnodes that a machine of {PROCESSORS} processors carries at a run in {} min: compiler {}, primary {}",
        number(runs, "cpu_ms_compilers"),
        number(runs, "cpu_ms_primary"),
        number(runs, "cpu_ms_balancer"),
        number(runs, "per_second"),
        INTERVAL / 60.0,
        runs["nodes_of_a_compiler"],
        runs["nodes_of_a_primary"]
    );
    println!("\nchanged files  deploys  runs/s meanwhile  commit s  served s: median  p99");
    for row in report["deploys"].as_array().into_iter().flatten() {
        println!(
            "{:>13}  {:>7}  {:>16.1}  {:>8.2}  {:>16.2}  {:>3.2}",
            row["files"].as_u64().unwrap_or(0),
            row["deploys"].as_u64().unwrap_or(0),
            number(row, "runs_per_second_meanwhile"),
            number(row, "commit_median_s"),
            number(row, "served_median_s"),
            number(row, "served_p99_s")
        );
    }
}

fn say(what: &str) {
    eprintln!("{what}");
}
