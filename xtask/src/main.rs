//! Work on the project: the rules of the repository as tests, and the test run with its real peers.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is a command line")]

mod bench;
mod differential;
mod dist;
mod peers;
mod test;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Work on the project.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check the rules of the repository: floors, owners of dependencies, module prose, stray files
    Tidy,
    /// Run all tests; as root on Debian this first installs the real peers that some of them need
    Test(test::Args),
    /// Measure, beside the real peer where it is installed
    Bench(bench::Args),
    Differential(differential::Args),
    Dist(dist::Args),
}

fn main() -> ExitCode {
    let root = root();
    let result = match Cli::parse().command {
        Command::Tidy => tidy::run(&root),
        Command::Test(args) => test::run(&root, args),
        Command::Bench(args) => bench::run(&root, &args),
        Command::Differential(args) => differential::run(&root, &args),
        Command::Dist(args) => dist::run(&root, &args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}
