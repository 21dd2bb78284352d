//! `bunraku catalog`: what is in catalogs, and what a change of code does to them.

mod diff;
mod report;
mod side;
pub(super) mod text;

use std::path::Path;
use std::process::ExitCode;

/// Catalogs: what a change of code or data does to them
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    Diff(diff::Args),
}

/// Runs the command.
pub fn run(command: Command, config: Option<&Path>) -> anyhow::Result<ExitCode> {
    match command {
        Command::Diff(args) => diff::run(&args, config),
    }
}
