//! The same fleet's facts, catalogs and reports stored by Bunraku on SQLite, by Bunraku on PostgreSQL and by the real PuppetDB on the
//! same PostgreSQL, over HTTP, and the same questions asked: processor seconds for a command, percentiles of answers, memory, disk.
//!
//! `cargo xtask bench pdb` builds and runs it. Servers run one after another, in a scratch folder, on free ports. Processor time of the
//! server and of its database is read from `/proc`, so neither the making of documents nor other work on the machine counts. Answers
//! are compared: figures of different answers would say nothing.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark program")]

mod fleet;
mod grow;
mod load;
mod pack;
mod queries;
mod report;
mod servers;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::bail;

use fleet::Fleet;
use load::Cost;
use report::{Row, Size};
use servers::{Kind, Server};

/// How the run is.
struct Plan {
    /// Nodes of each fleet.
    sizes: Vec<usize>,
    /// Runs of each node: the first and later ones.
    runs: usize,
    /// Whether the real server takes part.
    peer: bool,
    /// The largest fleet that it gets.
    peer_max: usize,
    /// Ours, on these.
    stores: Vec<Kind>,
    /// Whether questions are asked, too.
    queries: bool,
    /// Nodes that each store gets beyond those of the fleet before questions are asked.
    grow: Option<usize>,
    /// Where stores are kept, and taken from if they are there, instead of a scratch folder.
    keep: Option<PathBuf>,
    /// Another build of this program, which is measured instead.
    program: Option<PathBuf>,
    /// Print JSON.
    json: bool,
}

fn main() -> ExitCode {
    acceptance::bench::main(|arguments| measure(&plan(arguments)?))
}

fn plan(arguments: &[String]) -> anyhow::Result<Plan> {
    let mut plan = Plan {
        sizes: vec![1_000, 10_000, 100_000],
        runs: 3,
        peer: true,
        peer_max: 1_000,
        stores: vec![Kind::Sqlite, Kind::Postgres],
        queries: true,
        grow: None,
        keep: None,
        program: None,
        json: false,
    };
    for argument in arguments {
        let Some((name, value)) = argument.split_once('=') else {
            bail!("{argument}: expected name=value");
        };
        match name {
            "sizes" => plan.sizes = value.split(',').map(str::parse).collect::<Result<_, _>>()?,
            "runs" => plan.runs = value.parse()?,
            "peer" => plan.peer = value == "true",
            "peer-max" => plan.peer_max = value.parse()?,
            "queries" => plan.queries = value == "true",
            "grow" => plan.grow = Some(value.parse()?),
            "keep" => plan.keep = Some(PathBuf::from(value)),
            "program" => plan.program = Some(PathBuf::from(value)),
            "json" => plan.json = value == "true",
            "stores" => {
                plan.stores = value
                    .split(',')
                    .map(|store| match store {
                        "sqlite" => Ok(Kind::Sqlite),
                        "postgresql" => Ok(Kind::Postgres),
                        "" => bail!("stores= needs sqlite, postgresql or both"),
                        other => bail!("{other} is no store; sqlite and postgresql are"),
                    })
                    .collect::<anyhow::Result<_>>()?;
            }
            other => bail!("{other} is no option"),
        }
    }
    if plan.runs < 2 {
        bail!("runs= must be 2 at least: the first run, and those that are measured");
    }
    if plan.peer && plan.grow.is_some() {
        bail!("grow= knows our tables only; peer=false leaves PuppetDB out");
    }
    Ok(plan)
}

fn measure(plan: &Plan) -> anyhow::Result<()> {
    if plan.peer && !servers::has_puppetdb() {
        bail!(
            "puppetdb is not installed; run as root, `cargo xtask bench pdb` installs Debian's; peer=false leaves it out"
        );
    }
    let scratch = tempfile::Builder::new().prefix("bunraku-bench-").tempdir()?;
    let folder = plan.keep.as_deref().unwrap_or(scratch.path());
    std::fs::create_dir_all(folder)?;
    // PostgreSQL's account has to get through.
    std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut sizes = Vec::new();
    for &nodes in &plan.sizes {
        let size = runtime.block_on(with_fleet(plan, nodes, folder))?;
        if !plan.json {
            size.table();
        }
        sizes.push(size);
    }
    if plan.json {
        let all: Vec<_> = sizes.iter().map(Size::json).collect();
        let version = plan.peer.then(servers::puppetdb_version);
        println!(
            "{}",
            serde_json::to_string_pretty(&serde_json::json!({"puppetdb": version, "sizes": all}))?
        );
    }
    match sizes.iter().all(|size| size.differences().is_empty()) {
        true => Ok(()),
        false => bail!("the servers' answers differ"),
    }
}

async fn with_fleet(plan: &Plan, nodes: usize, scratch: &Path) -> anyhow::Result<Size> {
    let fleet = Arc::new(Fleet::new(nodes, plan.runs)?);
    let questions = if plan.queries { queries::all(&fleet) } else { Vec::new() };
    let grown = plan.grow.filter(|grown| *grown > nodes);
    let mut size = Size { nodes, grown, runs: plan.runs, questions, rows: Vec::new(), left_out: Vec::new() };
    let mut kinds = plan.stores.clone();
    match (plan.peer, nodes <= plan.peer_max) {
        (true, true) => kinds.push(Kind::Puppetdb),
        (true, false) => {
            size.left_out.push(format!(
                "PuppetDB with {nodes} nodes, which takes too long (peer-max={})",
                plan.peer_max
            ));
        }
        (false, _) => size.left_out.push("PuppetDB (peer=false)".into()),
    }
    for kind in kinds {
        let folder = scratch.join(format!("{kind:?}-{nodes}"));
        size.rows.push(one(kind, &folder, &fleet, plan, &size).await?);
        if plan.keep.is_none() {
            std::fs::remove_dir_all(&folder)?;
        }
    }
    Ok(size)
}

async fn one(kind: Kind, folder: &Path, fleet: &Arc<Fleet>, plan: &Plan, size: &Size) -> anyhow::Result<Row> {
    eprintln!("{} with {} nodes ...", kind.name(), fleet.nodes);
    // What was done with a store that is kept.
    let (loaded, grown) = (folder.join("loaded"), folder.join("grown"));
    let mut server = Server::start(kind, plan.program.as_deref(), folder).await?;
    let (mut first, mut later) = Default::default();
    if !loaded.exists() {
        (first, later) = load(&mut server, fleet, plan).await?;
        std::fs::write(&loaded, "")?;
    }
    let memory = server.memory_peak();
    if let Some(nodes) = size.grown.filter(|_| !grown.exists()) {
        eprintln!("  growing to {nodes} nodes");
        server.stop();
        grow::grow(&server, fleet.nodes, nodes).await?;
        server.analyze()?;
        std::fs::write(&grown, "")?;
        server.run().await?;
    } else if !size.questions.is_empty() {
        server.analyze()?;
    }
    let disk = server.disk()?;
    let mut answers = Vec::new();
    for question in &size.questions {
        eprintln!("  {}", question.name);
        answers.push(queries::measure(&mut server, question).await?);
    }
    Ok(Row { kind, first, later, memory, memory_with_queries: server.memory_peak(), disk, answers })
}

/// All runs of all nodes: what the first one cost, and the later ones together.
async fn load(server: &mut Server, fleet: &Arc<Fleet>, plan: &Plan) -> anyhow::Result<(Cost, Cost)> {
    eprintln!("  first runs");
    let first = load::round(server, fleet, 0).await?;
    let mut later = Cost::default();
    for run in 1..plan.runs {
        eprintln!(
            "  {:.0} commands for a CPU second; run {} of {}",
            if run == 1 { first } else { later }.per_cpu(),
            run + 1,
            plan.runs
        );
        let cost = load::round(server, fleet, run).await?;
        later.commands += cost.commands;
        later.cpu += cost.cpu;
        later.database += cost.database;
        later.seconds += cost.seconds;
    }
    eprintln!("  {:.0} and {:.0} commands for a CPU second", first.per_cpu(), later.per_cpu());
    Ok((first, later))
}
