//! `cargo xtask bench`: benchmarks are programs, built with optimisation, that print figures beside those of the real peer.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

use crate::{dist, peers};

/// Measure
#[derive(clap::Args)]
pub struct Args {
    /// What to measure
    #[arg(value_enum, default_value = "catalogs")]
    what: What,
    /// compile, pdb, preview, tier: figures as JSON
    #[arg(long)]
    json: bool,
    /// compile: compiles of each role by each interpreter of the real server before it is measured
    #[arg(long, default_value_t = 60)]
    warm: usize,
    /// compile, tier: seconds of each measurement
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// compile: only these roles (hundred, fivehundred, fivethousand), separated by commas
    #[arg(long, default_value = "")]
    roles: String,
    /// compile: measure the program as `cargo xtask dist` builds it
    #[arg(long)]
    dist: bool,
    /// compile: let the real server tell no store of facts and catalogs, which ours always has
    #[arg(long)]
    peer_without_store: bool,
    /// compile, pdb: leave the real server out
    #[arg(long)]
    alone: bool,
    /// pdb, preview: nodes of each fleet, separated by commas [default: 1000,10000 and for pdb 100000]
    #[arg(long)]
    sizes: Option<String>,
    /// pdb: runs of each node, the first one among them
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// pdb: ask no questions
    #[arg(long)]
    no_queries: bool,
    /// pdb: the largest fleet that the real server gets
    #[arg(long, default_value_t = 1_000)]
    peer_max: usize,
    /// pdb: nodes that each store is made to have, by copies of its rows, before questions are asked; with --alone
    #[arg(long)]
    grow: Option<usize>,
    /// pdb: a folder where stores are kept, and taken from if they are there
    #[arg(long)]
    keep: Option<PathBuf>,
    /// pdb: what this stores in (sqlite, postgresql), separated by commas
    #[arg(long, default_value = "sqlite,postgresql")]
    stores: String,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum What {
    /// The same catalogs by this and by the real Puppet Server (installed if missing, as root), over HTTPS: time, memory, ratios
    Compile,
    /// A fleet's facts, catalogs and reports stored by this and by the real PuppetDB (installed if missing, as root): commands a
    /// processor second, queries, memory, disk
    Pdb,
    /// A primary, compilers and HAProxy (installed if missing, as root): catalogs a second, a run's cost, time from commit to served
    Tier,
    /// Catalogs of the example nodes, and parsing
    Catalogs,
    /// Cost and memory of generated catalogs of up to 50,000 resources
    Scaling,
    /// 500 simulated agents for a minute
    Fleet,
    /// Previews of changes to the code of fleets: time, memory, and how many catalogs had to be compiled
    Preview,
}

/// Builds and runs a benchmark.
pub fn run(root: &Path, args: &Args) -> anyhow::Result<()> {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(root);
    match args.what {
        What::Compile => compile(root, args, &mut command)?,
        What::Pdb => pdb(root, args, &mut command)?,
        What::Tier => tier(args, &mut command)?,
        What::Catalogs => {
            command.args(["run", "--release", "--package", "acceptance", "--bin", "bench-catalogs"])
        }
        What::Preview => command
            .args(["run", "--release", "--package", "acceptance", "--bin", "bench-preview", "--"])
            .args([
                format!("sizes={}", args.sizes.as_deref().unwrap_or("1000,10000")),
                format!("json={}", args.json),
            ]),
        What::Scaling => command.args(["run", "--release", "--package", "compiler", "--example", "scaling"]),
        What::Fleet => command
            .args(["test", "--release", "--package", "acceptance", "--test", "fleet", "--", "--nocapture"])
            .env("BUNRAKU_FLEET", "500")
            .env("BUNRAKU_FLEET_SECONDS", "60"),
    };
    if !command.status().context("could not run cargo")?.success() {
        bail!("the benchmark failed");
    }
    Ok(())
}

/// Sees to the balancer.
fn tier<'c>(args: &Args, command: &'c mut Command) -> anyhow::Result<&'c mut Command> {
    if !Path::new("/usr/sbin/haproxy").exists() {
        if !peers::can_install() {
            bail!("haproxy is not installed, and installing it needs root and apt-get");
        }
        peers::install_packages(&["haproxy"])?;
    }
    command.args(["run", "--release", "--package", "acceptance", "--bin", "bench-tier", "--"]);
    command.args([format!("seconds={}", args.seconds), format!("json={}", args.json)]);
    Ok(command)
}

/// Sees to the programs that ours is measured beside.
fn pdb<'c>(root: &Path, args: &Args, command: &'c mut Command) -> anyhow::Result<&'c mut Command> {
    let mut missing = Vec::new();
    if !Path::new("/usr/lib/postgresql").exists() && (!args.alone || args.stores.contains("postgresql")) {
        missing.push("postgresql");
    }
    if !Path::new("/usr/share/puppetdb/puppetdb.jar").exists() && !args.alone {
        missing.push("puppetdb");
    }
    if !missing.is_empty() {
        if !peers::can_install() {
            bail!(
                "{} not installed, and installing needs root and apt-get; --alone --stores sqlite goes without",
                missing.join(" and ")
            );
        }
        peers::install_packages(&missing)?;
    }
    command.args(["run", "--release", "--package", "acceptance", "--bin", "bench-pdb", "--"]);
    command.args([
        format!("sizes={}", args.sizes.as_deref().unwrap_or("1000,10000,100000")),
        format!("stores={}", args.stores),
    ]);
    command.args([format!("runs={}", args.runs), format!("queries={}", !args.no_queries)]);
    command.args([format!("json={}", args.json), format!("peer={}", !args.alone)]);
    command.arg(format!("peer-max={}", args.peer_max));
    if let Some(nodes) = args.grow {
        command.arg(format!("grow={nodes}"));
    }
    if let Some(folder) = &args.keep {
        command.arg(format!("keep={}", root.join(folder).display()));
    }
    Ok(command)
}

/// Sees to the server that ours is measured beside.
fn compile<'c>(root: &Path, args: &Args, command: &'c mut Command) -> anyhow::Result<&'c mut Command> {
    const SERVER: (&str, &str) = ("/usr/share/puppetserver/puppetserver.jar", "puppetserver");
    const TERMINUS: (&str, &str) =
        ("/usr/lib/ruby/vendor_ruby/puppet/indirector/facts/puppetdb.rb", "puppet-terminus-puppetdb");
    let wanted = if args.peer_without_store { &[SERVER][..] } else { &[SERVER, TERMINUS][..] };
    let missing: Vec<&str> =
        wanted.iter().filter(|(file, _)| !Path::new(file).exists()).map(|(_, package)| *package).collect();
    if !missing.is_empty() && !args.alone {
        if !peers::can_install() {
            bail!(
                "{} not installed, and installing needs root and apt-get; --alone leaves the real server out",
                missing.join(" and ")
            );
        }
        peers::install_packages(&missing)?;
    }
    if args.dist {
        *command = Command::new(dist::build(root, "acceptance", "bench-compile", true)?);
    } else {
        command.args(["run", "--release", "--package", "acceptance", "--bin", "bench-compile", "--"]);
    }
    let (warm, seconds) = (args.warm, args.seconds);
    command.args([format!("warm={warm}"), format!("seconds={seconds}")]);
    command.args([format!("json={}", args.json), format!("peer={}", !args.alone)]);
    command.arg(format!("peer-tells={}", !args.peer_without_store));
    if !args.roles.is_empty() {
        command.arg(format!("roles={}", args.roles));
    }
    Ok(command)
}
