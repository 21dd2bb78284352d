//! `cargo xtask bench`: benchmarks are programs, built with optimisation, that print figures beside those of the real peer.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};

/// Measure
#[derive(clap::Args)]
pub struct Args {
    /// What to measure
    #[arg(value_enum, default_value = "catalogs")]
    what: What,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum What {
    /// Catalogs of the example nodes, and parsing
    Catalogs,
    /// Cost and memory of generated catalogs of up to 50,000 resources
    Scaling,
    /// 500 simulated agents for a minute
    Fleet,
}

/// Builds and runs a benchmark.
pub fn run(root: &Path, args: &Args) -> anyhow::Result<()> {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(root);
    match args.what {
        What::Catalogs => {
            command.args(["run", "--release", "--package", "acceptance", "--bin", "bench-catalogs"])
        }
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
