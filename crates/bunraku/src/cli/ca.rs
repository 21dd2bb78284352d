//! `bunraku ca`: the certificate authority from the command line, in the ways of `puppetserver ca`: the same actions,
//! options, texts and exit codes, so that scripts written for it go on working.
//!
//! Requests and certificates are managed over HTTPS with the server's own certificate, which is what authorises: the
//! actions work the same on another machine that holds one. What changes the authority itself works on its directory
//! and needs the server stopped; the directory's lock makes sure of that.

mod generate;
mod list;
mod online;
mod setup;
mod sign;
mod upkeep;

use std::path::Path;
use std::process::ExitCode;

use crate::config::Site;

/// Not everything could be done, or there was nothing to do (`puppetserver ca`).
const PARTIAL: u8 = 24;

/// Manage the certificate authority
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    /// List certificates and requests
    List(list::Args),
    /// Sign certificate requests
    Sign(sign::SignArgs),
    /// Revoke certificates
    Revoke(sign::Names),
    /// Revoke certificates and remove their files
    Clean(sign::Names),
    /// Make keys and certificates for other machines or tools
    Generate(generate::Args),
    /// Make a root and an authority below it, and the server's certificate (server stopped)
    Setup(setup::SetupArgs),
    /// Take over an external authority, or a Puppet server's whole directory (server stopped)
    Import(setup::ImportArgs),
    /// Make the files of the revocation list for infrastructure nodes (server stopped)
    Enable(setup::EnableArgs),
    /// Move a directory inside of Puppet's ssl directory to its place outside (server stopped)
    Migrate,
    /// Take entries off the authority's revocation list (server stopped)
    Prune(upkeep::PruneArgs),
    /// Remove files of issued certificates (server stopped)
    Delete(upkeep::DeleteArgs),
}

/// Runs the command. Exit codes: 0 done, 1 failed, 24 partly done or nothing to do.
pub fn run(command: Command, config: Option<&Path>) -> anyhow::Result<ExitCode> {
    let site = Site::load(config)?;
    match command {
        Command::List(args) => online::block_on(list::run(args, &site)),
        Command::Sign(args) => online::block_on(sign::sign(args, &site)),
        Command::Revoke(names) => online::block_on(sign::revoke(names, &site)),
        Command::Clean(names) => online::block_on(sign::clean(names, &site)),
        Command::Generate(args) => generate::run(args, &site),
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
