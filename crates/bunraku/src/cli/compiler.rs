//! `bunraku compiler`: servers before a primary, from their first contact with it on.

mod contact;
mod join;
mod written;

use std::path::Path;
use std::process::ExitCode;

/// Compilers: servers that share a primary's work
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    Join(join::Args),
}

/// Runs the command.
pub fn run(command: Command, config: Option<&Path>) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match command {
        Command::Join(args) => runtime.block_on(join::run(args, config)),
    }
}
