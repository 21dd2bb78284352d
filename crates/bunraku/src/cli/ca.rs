//! `bunraku ca`: the certificate authority from the command line, in the ways of `puppetserver ca`: the same actions,
//! options, texts and exit codes, so that scripts written for it go on working.
//!
//! Requests and certificates are managed over HTTPS with the server's own certificate, which is what authorises: the
//! actions work the same on another machine that holds one. What changes the authority itself works on its directory
//! and needs the server stopped; the directory's lock makes sure of that.

mod fingerprint;
mod generate;
mod list;
mod online;
mod setup;
mod sign;
mod upkeep;

use std::path::Path;
use std::process::ExitCode;

use anyhow::bail;

use crate::config::{Log, Site};

/// Not everything could be done, or there was nothing to do (`puppetserver ca`).
const PARTIAL: u8 = 24;

/// Manage the certificate authority
///
/// list, sign, revoke, clean and generate ask the running server over HTTPS. They show it this machine's own certificate, which must
/// allow that (the server's does), so they work on the server and on machines with a certificate of `generate --ca-client`.
/// All others work on the authority's files and need the server stopped.
///
/// The actions, their options, texts and exit codes are those of `puppetserver ca`.
/// Exit code 0: done; 1: failed; 24: partly done, or nothing to do.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  bunraku ca list                                    requests that wait
  bunraku ca sign --certname web01.example.com       after comparing the fingerprint
  bunraku ca clean --certname web01.example.com      when a machine is gone or set up anew
  bunraku ca import --from /etc/puppetlabs/puppetserver/ca")]
pub struct Args {
    /// Say what is done in detail
    #[arg(long, global = true, display_order = 999)]
    verbose: bool,
    #[command(subcommand)]
    command: Command,
}

/// The actions; what each says of itself stands with its arguments.
#[derive(clap::Subcommand, Debug)]
enum Command {
    List(list::Args),
    Sign(sign::SignArgs),
    /// Revoke certificates
    ///
    /// Their machines are refused from now on. The files stay; `clean` removes them, too.
    Revoke(sign::Names),
    /// Revoke certificates and remove their files
    ///
    /// The machine may then ask for a new certificate under its name. Requests that are not signed yet are removed, too.
    Clean(sign::Names),
    Generate(generate::Args),
    Fingerprint(fingerprint::Args),
    Setup(setup::SetupArgs),
    Import(setup::ImportArgs),
    Enable(setup::EnableArgs),
    /// Move the authority out of Puppet's ssl directory (server stopped)
    ///
    /// For installations that began with Puppet 6 or earlier. A link is left in the old place.
    Migrate,
    Prune(upkeep::PruneArgs),
    Delete(upkeep::DeleteArgs),
}

/// Runs the command. Exit codes: 0 done, 1 failed, 24 partly done or nothing to do.
pub fn run(args: Args, config: Option<&Path>) -> anyhow::Result<ExitCode> {
    if args.verbose {
        crate::telemetry::init(&Log { level: "debug".to_owned(), ..Log::default() })?;
    }
    if let Some(path) = config.filter(|path| path.extension().is_some_and(|extension| extension == "conf")) {
        bail!(
            "{}: --config takes a bunraku.toml; its key `confdir` says where puppet.conf is",
            path.display()
        );
    }
    let site = Site::load(config)?;
    match args.command {
        Command::List(args) => online::block_on(list::run(args, &site)),
        Command::Sign(args) => online::block_on(sign::sign(args, &site)),
        Command::Revoke(names) => online::block_on(sign::revoke(names, &site)),
        Command::Clean(names) => online::block_on(sign::clean(names, &site)),
        Command::Generate(args) => generate::run(args, &site),
        Command::Fingerprint(_) => fingerprint::run(&site),
        Command::Setup(args) => setup::setup(args, site),
        Command::Import(args) => setup::import(args, site),
        Command::Enable(args) => setup::enable(&args, &site),
        Command::Migrate => setup::migrate(&site),
        Command::Prune(args) => upkeep::prune(args, &site),
        Command::Delete(args) => upkeep::delete(args, &site),
    }
}

/// Prints what is wrong, as `puppetserver ca` does, and gives exit code 1.
fn fail<T: AsRef<str>>(errors: impl IntoIterator<Item = T>) -> anyhow::Result<ExitCode> {
    eprintln!("Error:");
    for error in errors {
        eprintln!("{}", error.as_ref());
    }
    Ok(ExitCode::FAILURE)
}

/// Opens the authority of this machine, which a running server must not be using.
fn offline(settings: ca::Settings) -> anyhow::Result<Result<ca::Authority, ExitCode>> {
    let clock = std::sync::Arc::new(stdx::SystemClock);
    stopped(ca::Authority::open_existing(settings, clock))
}

/// Tells a running server apart from other failures.
fn stopped<T>(outcome: ca::Result<T>) -> anyhow::Result<Result<T, ExitCode>> {
    match outcome {
        Ok(value) => Ok(Ok(value)),
        Err(ca::Error::InUse(_)) => {
            eprintln!(
                "Puppetserver service is running. Please stop it before attempting to run this command."
            );
            Ok(Err(ExitCode::FAILURE))
        }
        Err(error) => Err(error.into()),
    }
}
