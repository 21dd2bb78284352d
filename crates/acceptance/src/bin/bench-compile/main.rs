//! The same environment and the same facts compiled by Bunraku and by the real Puppet Server, in one run, over HTTPS with client
//! certificates: processor seconds for a catalog, percentiles of its latency, catalogs a second, memory, and the time from start to
//! the first catalog.
//!
//! `cargo xtask bench compile` builds and runs it. Both servers stand in a scratch folder, on free ports, with the same certificate.
//! Processor time is read from `/proc`, so that other work on the machine hardly matters. Catalogs of both are compared first: figures
//! of different catalogs would say nothing. Kept catalogs are off, but for the figures about them.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr, reason = "a benchmark program")]

mod compare;
mod decoder;
mod inside;
mod load;
mod report;
mod site;
mod workload;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use acceptance::process::Process;
use acceptance::puppetserver;
use anyhow::bail;

use compare::Canonical;
use load::{Sender, Until, run};
use report::{Kept, Report, Row, Server};
use site::Site;
use workload::{ROLES, nodes};

/// How the run is.
struct Plan {
    /// Compiles of each role, by each interpreter of the real server, before it is measured.
    warm: usize,
    /// Seconds of each measurement.
    seconds: u64,
    /// Whether the real server takes part.
    peer: bool,
    /// Whether it tells a store of facts and catalogs, too. Ours always does.
    peer_tells: bool,
    /// Print JSON.
    json: bool,
    /// Without servers: seconds for each role.
    inside: Option<f64>,
    /// Roles, or all.
    roles: Vec<String>,
}

fn main() -> ExitCode {
    acceptance::bench::main(|arguments| match arguments.split_first() {
        Some((first, rest)) if first == decoder::ARGUMENT => decoder::serve(rest),
        _ => measure(arguments),
    })
}

fn plan(arguments: &[String]) -> anyhow::Result<Plan> {
    let mut plan = Plan {
        warm: 60,
        seconds: 20,
        peer: true,
        peer_tells: true,
        json: false,
        inside: None,
        roles: Vec::new(),
    };
    for argument in arguments {
        let Some((name, value)) = argument.split_once('=') else {
            bail!("{argument}: expected name=value");
        };
        match name {
            "warm" => plan.warm = value.parse()?,
            "seconds" => plan.seconds = value.parse()?,
            "peer" => plan.peer = value == "true",
            "peer-tells" => plan.peer_tells = value == "true",
            "json" => plan.json = value == "true",
            "inside" => plan.inside = Some(value.parse()?),
            "roles" => plan.roles = value.split(',').map(str::to_owned).collect(),
            other => bail!("{other} is no option"),
        }
    }
    Ok(plan)
}

fn measure(arguments: &[String]) -> anyhow::Result<()> {
    let plan = plan(arguments)?;
    if let Some(seconds) = plan.inside {
        let thread = compiler::stack::spawn("compile".into(), move || {
            let scratch = tempfile::tempdir()?;
            inside::run(scratch.path(), &plan.roles, seconds)
        })?;
        return thread.join().unwrap_or_else(|_| bail!("the compile failed"));
    }
    if plan.peer && !puppetserver::is_installed() {
        bail!("puppetserver is not installed; run as root, `cargo xtask bench compile` installs Debian's");
    }
    if plan.peer && plan.peer_tells && !Path::new(puppetserver::TERMINUS).exists() {
        bail!(
            "puppet-terminus-puppetdb is not installed; run as root, `cargo xtask bench compile` installs Debian's"
        );
    }
    let scratch = tempfile::Builder::new().prefix("bunraku-bench-").tempdir()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let report = runtime.block_on(both(&plan, scratch.path()))?;
    report.print(plan.json)?;
    match report.is_same_everywhere() {
        true => Ok(()),
        false => bail!("the servers' catalogs differ"),
    }
}

async fn both(plan: &Plan, root: &Path) -> anyhow::Result<Report> {
    let site = Site::new(root, workload::write(root))?;
    let clients = std::thread::available_parallelism().map_or(1, usize::from);
    let mut report = Report::new(clients, plan.warm);

    // Started once to make the authority and to sign; measured from the second start on.
    let mut senders = Vec::new();
    {
        let (mut process, url) = site.start(0)?;
        site.wait(&mut process, &url).await?;
        for role in
            ROLES.iter().filter(|role| plan.roles.is_empty() || plan.roles.contains(&role.name.to_owned()))
        {
            let mut of_role = Vec::new();
            for node in nodes(role) {
                of_role.push(Sender::new(site.enrol(&url, &node.certname).await?, &node));
            }
            senders.push((role, of_role));
        }
    }
    let Some((_, first)) = senders.first() else { bail!("no such role") };

    say("Bunraku");
    let (mut ours, url) = site.start(0)?;
    let (start, memory_at_first, cpu_to_first) = started(&first[0].at(&url), &mut ours, 2).await?;
    let mut catalogs = Vec::new();
    for (role, senders) in &senders {
        say(role.name);
        let here = Arc::new(senders.iter().map(|sender| sender.at(&url)).collect::<Vec<_>>());
        for sender in here.iter() {
            catalogs.push(sender.send().await?);
        }
        warm(&ours, &here, clients, plan.warm, Duration::from_secs(plan.seconds)).await?;
        let mut row = Row::new(role, &catalogs[catalogs.len() - here.len()])?;
        row.ours = measured(&ours, &here, clients, plan, 300).await?;
        report.rows.push(row);
    }
    let (_, memory_peak) = ours.memory();
    report.ours = Some(Server { start, cpu_to_first, memory_at_first, memory_peak });
    drop(ours);

    say("kept catalogs");
    for (role, senders) in &senders {
        report.kept.push(kept(&site, root, role.name, senders, plan).await?);
    }

    if plan.peer {
        say("puppetserver");
        report.version = puppetserver::version();
        report.peer_tells = plan.peer_tells;
        // A store of its own, in another process: what it costs to store is not counted for Puppet Server, only what it costs to tell.
        let told = plan.peer_tells.then(|| site.start_with_store(0)).transpose()?;
        let stores: Vec<&str> = told.iter().map(|(_, _, store)| store.as_str()).collect();
        let settings = puppetserver::Settings {
            identity: &site.identity,
            environmentpath: &site.environmentpath,
            interpreters: clients,
            heap: "2g",
            puppetdb: &stores,
        };
        let (mut theirs, url) = puppetserver::start(&root.join("puppetserver"), &settings)?;
        let outcome = started(&first[0].at(&url), &mut theirs, 50).await;
        if outcome.is_err() {
            let out = std::fs::read_to_string(root.join("puppetserver/out")).unwrap_or_default();
            let log =
                std::fs::read_to_string(root.join("puppetserver/log/puppetserver.log")).unwrap_or_default();
            eprintln!("{out}\n{log}");
        }
        let (start, memory_at_first, cpu_to_first) = outcome?;
        let mut catalogs = catalogs.iter();
        for ((role, senders), row) in senders.iter().zip(&mut report.rows) {
            say(role.name);
            let here = Arc::new(senders.iter().map(|sender| sender.at(&url)).collect::<Vec<_>>());
            for (sender, ours) in here.iter().zip(catalogs.by_ref()) {
                let theirs = Canonical::new(&sender.send().await?)?;
                let differences = theirs.differences(&Canonical::new(ours)?, 5);
                differences.iter().for_each(|difference| eprintln!("different: {difference}"));
                row.differences += differences.len();
            }
            warm(&theirs, &here, clients, plan.warm, Duration::ZERO).await?;
            row.theirs = Some(measured(&theirs, &here, clients, plan, 10).await?);
        }
        let (_, memory_peak) = theirs.memory();
        report.theirs = Some(Server { start, cpu_to_first, memory_at_first, memory_peak });
    }
    Ok(report)
}

/// Seconds from the start to the first catalog, with memory and processor time then.
async fn started(sender: &Sender, process: &mut Process, pause: u64) -> anyhow::Result<(f64, f64, f64)> {
    let start = sender.first(process, Duration::from_millis(pause)).await?;
    Ok((start.as_secs_f64(), process.memory().0, process.cpu()))
}

/// So many compiles for each interpreter, and so much time.
async fn warm(
    process: &Process,
    senders: &Arc<Vec<Sender>>,
    clients: usize,
    times: usize,
    at_most: Duration,
) -> anyhow::Result<()> {
    let at_most = if at_most.is_zero() { Duration::from_secs(3_600) } else { at_most };
    run(process, senders, clients, Until { requests: times * clients, at_least: Duration::ZERO, at_most })
        .await?;
    Ok(())
}

/// One client alone, then as many as there are processors.
async fn measured(
    process: &Process,
    senders: &Arc<Vec<Sender>>,
    clients: usize,
    plan: &Plan,
    requests: usize,
) -> anyhow::Result<[load::Cost; 2]> {
    let seconds = Duration::from_secs(plan.seconds);
    let until = Until { requests, at_least: seconds, at_most: seconds * 6 };
    Ok([run(process, senders, 1, until).await?, run(process, senders, clients, until).await?])
}

/// What an answer with a kept catalog costs, and what the transport around it costs alone.
async fn kept(
    site: &Site,
    root: &Path,
    role: &'static str,
    senders: &[Sender],
    plan: &Plan,
) -> anyhow::Result<Kept> {
    let seconds = Duration::from_secs(plan.seconds / 2 + 1);
    let until = Until { requests: 300, at_least: seconds, at_most: seconds * 4 };
    let few = Until { requests: 20, at_least: Duration::ZERO, at_most: seconds };
    let (mut process, url) = site.start(1 << 30)?;
    site.wait(&mut process, &url).await?;
    let here = Arc::new(senders.iter().map(|sender| sender.at(&url)).collect::<Vec<_>>());
    // Files that were just written are not trusted to stay.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let answer = here[0].send().await?;
    run(&process, &here, 1, few).await?;
    let whole = run(&process, &here, 1, until).await?;
    drop(process);
    let (mut process, url) = decoder::start(root, site, &answer)?;
    let there = Arc::new(senders.iter().map(|sender| sender.at(&url)).collect::<Vec<_>>());
    there[0].first(&mut process, Duration::from_millis(10)).await?;
    run(&process, &there, 1, few).await?;
    let around = run(&process, &there, 1, until).await?;
    Ok(Kept { role, whole, around })
}

fn say(what: &str) {
    eprintln!("measuring {what} ...");
}
