//! `bunraku compiler`: servers before a primary, from their first contact with it on.

mod contact;
mod join;
mod list;
mod written;

use std::path::Path;
use std::process::ExitCode;

use crate::config::Site;

/// Compilers: servers that share a primary's work
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    Join(join::Args),
    List(list::Args),
}

/// Runs the command.
pub fn run(command: Command, config: Option<&Path>) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match command {
        Command::Join(args) => runtime.block_on(join::run(args, config)),
        Command::List(args) => runtime.block_on(list::run(args, &Site::load(config)?)),
    }
}
