//! `bunraku server`: serve agents until told to stop.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use tokio::signal::unix::{SignalKind, signal};

use crate::config::Site;
use crate::serve::compiler::{self, Compiler};
use crate::serve::primary::{self, Primary};

/// How long a compiler goes on answering when it is told to stop, unless the configuration says otherwise: longer than a stock agent
/// keeps a connection (4 s), and than a balancer needs to see three times that a server stops.
const COMPILER_DRAIN_TIME: Duration = Duration::from_secs(15);

/// Serve agents: certificate authority, catalogs, files, reports
///
/// Reads bunraku.toml and the puppet.conf, hiera.yaml, auth.conf and so on that Puppet has. A certificate authority is made at the
/// first start if there is none. `bunraku config check` shows what would be read, and from where.
///
/// A compiler has neither certificate authority nor store: it passes requests on to its primary (`compiler.primary`, else `ca_server`
/// or `server` of puppet.conf), with this machine's certificate.
///
/// SIGTERM and SIGINT stop in order: requests under way end first. A second one ends the time for which a server that stops still
/// answers (`listen.drain-time`). SIGHUP reads the configuration again.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// What this server is
    #[arg(long, value_enum, default_value_t = Role::Primary)]
    role: Role,
    /// Address and port to listen on, instead of the configured ones
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
}

/// What a server is.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// Everything in one process
    Primary,
    /// Catalogs and files in front of a primary
    Compiler,
}

enum Running {
    Primary(Box<Primary>),
    Compiler(Box<Compiler>),
}

impl Running {
    async fn start(role: Role, site: &Site) -> anyhow::Result<Running> {
        Ok(match role {
            Role::Primary => Running::Primary(Box::new(primary::start(site).await?)),
            Role::Compiler => Running::Compiler(Box::new(compiler::start(site).await?)),
        })
    }

    fn reload(&self, site: &Site) -> anyhow::Result<()> {
        match self {
            Running::Primary(primary) => primary.reload(site),
            Running::Compiler(compiler) => compiler.reload(site),
        }
    }

    fn drain(&self) {
        match self {
            Running::Primary(primary) => primary.drain(),
            Running::Compiler(compiler) => compiler.drain(),
        }
    }

    async fn stop(self) {
        match self {
            Running::Primary(primary) => primary.stop().await,
            Running::Compiler(compiler) => compiler.stop().await,
        }
    }
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
        let running = Running::start(args.role, &site).await?;
        let mut drain_time = drain_time(args.role, &site);
        loop {
            tokio::select! {
                _ = terminate.recv() => break,
                _ = interrupt.recv() => break,
                _ = hang_up.recv() => {
                    // A configuration with a mistake changes nothing.
                    let reload = |site: Site| {
                        crate::telemetry::check(&site.config.log)?;
                        running.reload(&site)?;
                        crate::telemetry::reload(&site.config.log)?;
                        Ok(site)
                    };
                    match load().and_then(reload) {
                        Ok(site) => drain_time = self::drain_time(args.role, &site),
                        Err(error) => {
                            tracing::error!(error = format!("{error:#}"), "the configuration was not read again");
                        }
                    }
                }
            }
        }
        running.drain();
        if !drain_time.is_zero() {
            tracing::info!(seconds = drain_time.as_secs(), "stopping; requests are answered meanwhile");
            tokio::select! {
                () = tokio::time::sleep(drain_time) => {}
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        }
        tracing::info!("stopping");
        running.stop().await;
        Ok(ExitCode::SUCCESS)
    })
}

fn drain_time(role: Role, site: &Site) -> Duration {
    match (site.config.listen.drain_time, role) {
        (Some(time), _) => time.0,
        (None, Role::Compiler) => COMPILER_DRAIN_TIME,
        (None, Role::Primary) => Duration::ZERO,
    }
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
