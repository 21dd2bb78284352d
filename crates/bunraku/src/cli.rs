//! The command line: one file a command, dispatched here.

// A command line prints; the ban holds for the libraries.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is the command line")]

mod ca;
mod catalog;
mod compile;
mod completion;
mod config;
mod demo;
mod lookup;
mod parser;
mod report;
mod server;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

/// Runs fleets of machines: certificate authority, catalog compiler, file server and report store in one program.
///
/// Stock Puppet and OpenVox agents work with it unchanged.
#[derive(Parser, Debug)]
#[command(name = "bunraku", version, arg_required_else_help = true, max_term_width = 100)]
pub struct Cli {
    /// Configuration file [default: /etc/bunraku/bunraku.toml if it exists]
    #[arg(long, global = true, value_name = "FILE", env = "BUNRAKU_CONFIG")]
    config: Option<PathBuf>,

    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Serve agents: certificate authority, catalogs, files, reports
    Server(server::Args),
    /// Start a primary server with example nodes in a scratch folder
    Demo(demo::Args),
    /// Manage the certificate authority
    #[command(subcommand)]
    Ca(ca::Command),
    /// Compile a node's catalog and print it as JSON
    Compile(compile::Args),
    /// Catalogs: what a change of code or data does to them
    #[command(subcommand)]
    Catalog(catalog::Command),
    /// Look keys up in Hiera as the code of a node's catalog would
    Lookup(lookup::Args),
    /// Reports of agents, from the store on this machine
    #[command(subcommand)]
    Report(report::Command),
    /// Look at the configuration
    #[command(subcommand)]
    Config(config::Command),
    /// Check code, or show how it is understood
    #[command(subcommand)]
    Parser(parser::Command),
    /// Print a completion script for a shell
    Completion(completion::Args),
}

/// Parses the arguments, runs the command and maps its result to an exit code: 0 done, 1 failed, 2 wrong usage, others as the
/// command documents.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = match cli.command {
        Command::Server(args) => server::run(args, cli.config.as_deref()),
        Command::Demo(args) => demo::run(args),
        Command::Ca(command) => ca::run(command, cli.config.as_deref()),
        Command::Compile(args) => compile::run(args, cli.config.as_deref()),
        Command::Catalog(command) => catalog::run(command, cli.config.as_deref()),
        Command::Lookup(args) => lookup::run(args, cli.config.as_deref()),
        Command::Report(command) => report::run(command, cli.config.as_deref()),
        Command::Config(command) => config::run(command, cli.config.as_deref()),
        Command::Parser(command) => parser::run(command),
        Command::Completion(args) => completion::run(args, Cli::command()),
    };
    result.unwrap_or_else(|error| {
        if broken_pipe(&error) {
            return ExitCode::SUCCESS;
        }
        eprintln!("Error: {error:#}");
        ExitCode::FAILURE
    })
}

/// A reader that went away (`bunraku ... | head`) is no error.
fn broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
