//! `cargo xtask differential`: catalogs of whole collections of modules, compared with those of a real Puppet.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

use crate::peers;

/// Compile every class and defined type of modules with real Puppet and with Bunraku, and compare
///
/// Declares them as the modules' own tests do, with what they demand, and with every parameter. Prints for each module how many
/// catalogs and error texts are identical, which share are catalogs, and the first difference of each case that fails. Needs an
/// installed Puppet; with --install, Debian's, with its modules and recorded facts of many systems.
#[derive(clap::Args)]
pub struct Args {
    /// Directories of modules, separated by `:`
    #[arg(long, default_value = "/usr/share/puppet/modules")]
    modulepath: String,
    /// Only these modules
    #[arg(value_name = "MODULE")]
    modules: Vec<String>,
    /// Only every n-th case
    #[arg(long, default_value_t = 1)]
    every: usize,
    /// Which one of each n: 0 is the n-th, 1 the one before it
    #[arg(long, default_value_t = 0)]
    before: usize,
    /// With how many systems' facts to compile each made-up declaration
    #[arg(long, default_value_t = 1)]
    systems: usize,
    /// How many declarations of each definition's own tests to take
    #[arg(long, default_value_t = 12)]
    specs: usize,
    /// Compare every n-th refusal on the way to a declaration that compiles; 0 is none
    #[arg(long, default_value_t = 20)]
    refusals: usize,
    /// Without strict=error and strict_variables: older modules get further
    #[arg(long)]
    lenient: bool,
    /// The lib folder of another Puppet than the installed one
    #[arg(long, value_name = "DIR")]
    puppet_lib: Option<PathBuf>,
    /// Processes of Puppet at once
    #[arg(long, default_value_t = 2)]
    jobs: usize,
    /// How many differences of each module to show
    #[arg(long, default_value_t = 1)]
    show: usize,
    /// File for a line on every case
    #[arg(long)]
    log: Option<PathBuf>,
    /// First install Puppet, facts of many systems and every module that Debian packages
    #[arg(long)]
    install: bool,
}

/// Builds and runs the comparison.
pub fn run(root: &Path, args: &Args) -> anyhow::Result<()> {
    if args.install {
        if !peers::can_install() {
            bail!("--install needs root and apt-get");
        }
        peers::install_packages(&["puppet-agent", "facterdb", "^puppet-module-.*"])?;
    }
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(root).args([
        "run",
        "--release",
        "--package",
        "acceptance",
        "--bin",
        "differential",
        "--",
    ]);
    command.arg(format!("modulepath={}", args.modulepath));
    if !args.modules.is_empty() {
        command.arg(format!("modules={}", args.modules.join(",")));
    }
    command.args([
        format!("every={}", args.every),
        format!("before={}", args.before),
        format!("systems={}", args.systems),
        format!("specs={}", args.specs),
        format!("refusals={}", args.refusals),
        format!("strict={}", !args.lenient),
        format!("jobs={}", args.jobs),
        format!("show={}", args.show),
    ]);
    if let Some(lib) = &args.puppet_lib {
        command.arg(format!("puppet-lib={}", lib.canonicalize()?.display()));
    }
    if let Some(log) = &args.log {
        command.arg(format!("log={}", std::path::absolute(log)?.display()));
    }
    if !command.status().context("could not run cargo")?.success() {
        bail!("there are differences");
    }
    Ok(())
}
