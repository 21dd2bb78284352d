//! `bunraku server`: serve agents until told to stop.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use tokio::signal::unix::{SignalKind, signal};

use crate::config::Site;
use crate::serve::primary;

/// Serve agents: certificate authority, catalogs, files, reports
///
/// Reads bunraku.toml and the puppet.conf, hiera.yaml, auth.conf and so on that Puppet has. A certificate authority is made at the
/// first start if there is none. `bunraku config check` shows what would be read, and from where.
///
/// SIGTERM and SIGINT stop in order: requests under way end first. SIGHUP reads the configuration again.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Address and port to listen on, instead of the configured ones
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
}

/// Runs the command.
pub fn run(args: Args, config: Option<&Path>) -> anyhow::Result<ExitCode> {
    let load = || -> anyhow::Result<Site> {
        let mut site = Site::load(config)?;
        if let Some(address) = &args.listen {
            site.config.listen.address.clone_from(address);
        }
        Ok(site)
    };
    let site = load()?;
    crate::telemetry::init(&site.config.log)?;
    raise_descriptor_limit();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate()).context("could not listen for SIGTERM")?;
        let mut interrupt = signal(SignalKind::interrupt()).context("could not listen for SIGINT")?;
        let mut hang_up = signal(SignalKind::hangup()).context("could not listen for SIGHUP")?;
        let primary = primary::start(&site).await?;
        loop {
            tokio::select! {
                _ = terminate.recv() => break,
                _ = interrupt.recv() => break,
                _ = hang_up.recv() => {
                    // A configuration with a mistake changes nothing.
                    if let Err(error) = load().and_then(|site| primary.reload(&site)) {
                        tracing::error!(error = format!("{error:#}"), "the configuration was not read again");
                    }
                }
            }
        }
        tracing::info!("stopping");
        primary.stop().await;
        Ok(ExitCode::SUCCESS)
    })
}

/// Every connection is a descriptor, and the usual soft limit of 1,024 is below what a fleet opens; the hard limit is the system's
/// word on what this process may have.
fn raise_descriptor_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, "could not raise the limit of open files");
    }
}
