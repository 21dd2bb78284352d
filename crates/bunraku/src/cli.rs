//! The command line: one file a command, dispatched here.

// A command line prints; the ban holds for the libraries.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is the command line")]

mod ca;
mod catalog;
mod code;
mod compile;
mod compiler;
mod completion;
mod config;
mod demo;
mod epp;
mod files;
mod fmt;
mod haproxy;
mod identity;
mod lint;
mod lookup;
mod node;
mod parser;
mod query;
mod report;
mod server;
mod store;
mod target;
mod usage;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

/// Runs fleets of machines: certificate authority, catalog compiler, file server and report store in one program.
///
/// Stock Puppet and OpenVox agents work with it unchanged.
#[derive(Parser, Debug)]
#[command(
    name = "bunraku",
    version,
    arg_required_else_help = true,
    max_term_width = 100,
    after_help = "Start here:
  bunraku demo              try it: no root, no configuration, no fixed port
  bunraku config example    a configuration with every key explained
  bunraku COMMAND --help    more about a command"
)]
pub struct Cli {
    /// Configuration (bunraku.toml) [default: /etc/bunraku/bunraku.toml if it exists]
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "BUNRAKU_CONFIG",
        hide_env = true,
        display_order = 1000
    )]
    config: Option<PathBuf>,

    #[command(subcommand)]
    command: Command,
}

/// The commands; what each says of itself stands with its arguments.
#[derive(Subcommand, Debug)]
enum Command {
    Server(server::Args),
    Demo(demo::Args),
    Ca(ca::Args),
    #[command(subcommand)]
    Compiler(compiler::Command),
    Compile(compile::Args),
    #[command(subcommand)]
    Catalog(catalog::Command),
    Lookup(lookup::Args),
    Query(query::Args),
    #[command(subcommand)]
    Node(node::Command),
    #[command(subcommand)]
    Report(report::Command),
    #[command(subcommand)]
    Store(store::Command),
    #[command(subcommand)]
    Config(config::Command),
    #[command(subcommand)]
    Parser(parser::Command),
    #[command(subcommand)]
    Epp(epp::Command),
    #[command(subcommand)]
    Code(code::Command),
    Lint(lint::Args),
    Fmt(fmt::Args),
    Completion(completion::Args),
}

/// Parses the arguments, runs the command and maps its result to an exit code: 0 done, 1 failed or wrongly used, others as the
/// command documents.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let arguments: Vec<String> =
                std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned()).collect();
            return usage::answer(&error, &arguments);
        }
    };
    let result = match cli.command {
        Command::Server(args) => server::run(args, cli.config.as_deref()),
        Command::Demo(args) => demo::run(args),
        Command::Ca(args) => ca::run(args, cli.config.as_deref()),
        Command::Compiler(command) => compiler::run(command, cli.config.as_deref()),
        Command::Compile(args) => compile::run(args, cli.config.as_deref()),
        Command::Catalog(command) => catalog::run(command, cli.config.as_deref()),
        Command::Lookup(args) => lookup::run(args, cli.config.as_deref()),
        Command::Query(args) => query::run(args, cli.config.as_deref()),
        Command::Node(command) => node::run(command, cli.config.as_deref()),
        Command::Report(command) => report::run(command, cli.config.as_deref()),
        Command::Store(command) => store::run(command, cli.config.as_deref()),
        Command::Config(command) => config::run(command, cli.config.as_deref()),
        Command::Parser(command) => parser::run(command),
        Command::Epp(command) => epp::run(command, cli.config.as_deref()),
        Command::Code(command) => code::run(command, cli.config.as_deref()),
        Command::Lint(args) => lint::run(args),
        Command::Fmt(args) => fmt::run(args),
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
