//! `bunraku code deploy`: environments from their control repositories, with their modules; and the configuration of that.

mod server;

use std::collections::HashMap;
use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ::deploy::{
    Cancel, DeployError, Deployed, Deployer, Environment, Event, Kind, Progress, Published, Request, Session,
};
use anyhow::bail;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use rest::Method;
use serde_json::{Value as Json, json};

use super::versions::{self, Primary};
use crate::config::Site;
use crate::serve::code::REPO;
use crate::serve::deploy::{self, Commit, Publisher};

/// Make environments of the branches of control repositories
///
/// Brings each environment to what its branch and its Puppetfile say, looks whether it parses, and makes a version of it, which
/// primary and compilers then serve. Environments whose branch is gone are removed. Where a server with Code Manager runs for this
/// configuration, it does that, and is waited for; else this process does. Exit code 1: an environment was not deployed, and serves as
/// it was.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  bunraku code deploy production
  bunraku code deploy --all --dry-run          which environments there are
  bunraku code deploy qa --no-wait             the server goes on by itself; bunraku code status says how it fares
  bunraku code deploy production --modules ntp,apache")]
pub struct DeployArgs {
    /// Environments
    #[arg(required_unless_present = "all")]
    environment: Vec<String>,
    /// All environments
    #[arg(short, long, conflicts_with = "environment")]
    all: bool,
    /// Look whether the control repositories can be reached and what environments they have; deploy nothing
    #[arg(long)]
    dry_run: bool,
    /// Only these modules
    #[arg(short, long, value_name = "MODULES", value_delimiter = ',')]
    modules: Option<Vec<String>>,
    /// Leave modules as they are; a new environment gets them in any case
    #[arg(long, conflicts_with = "modules")]
    no_modules: bool,
    /// Branch that modules follow which have none of the wanted name
    #[arg(long, value_name = "BRANCH")]
    default_branch_override: Option<String>,
    /// Wait until all servers have what was deployed, which the command does unless told otherwise
    #[arg(short, long)]
    wait: bool,
    /// Leave the deploys to the server, and print their numbers
    #[arg(long, conflicts_with_all = ["wait", "local"])]
    no_wait: bool,
    /// Build in this process, also if a server runs
    #[arg(long)]
    local: bool,
    /// File with a token (bunraku code token create), which Code Manager's port is shown; else this machine's certificate counts
    #[arg(long, value_name = "FILE", conflicts_with_all = ["local", "default_branch_override"])]
    token_file: Option<PathBuf>,
    #[command(flatten)]
    primary: Primary,
}

/// Print the configuration of deploys
///
/// What bunraku.toml, r10k.yaml and defaults come to, as JSON. Passwords and tokens are left out.
#[derive(clap::Args, Debug)]
pub struct PrintConfigArgs {}

/// What became of an environment.
struct Outcome {
    environment: String,
    result: Result<Option<Deployed>, DeployError>,
}

/// Runs `bunraku code deploy`.
pub fn run(args: &DeployArgs, site: &Site) -> anyhow::Result<ExitCode> {
    let reason = match reason_to_build_here(args, site) {
        Some(reason) => reason,
        None => match super::wait(server::deploy(args, site))? {
            server::Asked::Done(code) => return Ok(code),
            server::Asked::Nobody(reason) => reason,
        },
    };
    if args.no_wait || args.token_file.is_some() {
        bail!("nobody deploys: {reason}");
    }
    eprintln!("This process deploys: {reason}.");
    here(args, site)
}

/// Why no server is asked, if none is.
fn reason_to_build_here(args: &DeployArgs, site: &Site) -> Option<String> {
    let config = &site.config.code_manager;
    let has_manager = config.remote.is_some() || !config.sources.is_empty() || config.r10k_config.is_some();
    if args.local {
        Some("--local says so".to_owned())
    } else if args.default_branch_override.is_some() {
        Some("no server takes --default-branch-override".to_owned())
    } else if !has_manager && args.token_file.is_none() && args.primary.url().is_none() {
        Some("no repository is named in [code-manager], so no server has Code Manager".to_owned())
    } else {
        None
    }
}

/// Builds in this process.
fn here(args: &DeployArgs, site: &Site) -> anyhow::Result<ExitCode> {
    let commit: Option<Arc<dyn Commit>> = match crate::serve::code::places(site)? {
        Some(_) => Some(Arc::new(AtPrimary { site: site.clone(), primary: args.primary.clone() })),
        None => None,
    };
    let publisher = Arc::new(Publisher::new(site, commit)?);
    let deployer = Deployer::new(deploy::settings(site)?, publisher)?;
    let bars = Bars::new(!args.primary.json && std::io::stderr().is_terminal());
    let session = deployer.session(&bars);
    let cancel = Cancel::never();
    let names: Vec<String> = match args.all {
        true => session.environments(&cancel)?.iter().map(|environment| environment.name.clone()).collect(),
        false => args.environment.clone(),
    };
    let outcomes = match args.dry_run {
        true => names.into_iter().map(|name| dry_run(&session, name, &cancel)).collect(),
        false => deploy_all(args, &session, &names, site.config.code_manager.deploy_pool_size),
    };
    let mut failed = outcomes.iter().any(|outcome| outcome.result.is_err());
    let mut gone = Vec::new();
    if !args.dry_run {
        if args.modules.is_none() {
            match session.purge(&cancel) {
                Ok(names) => gone = names,
                Err(error) => {
                    eprintln!("Error: environments without a branch were not removed: {error}");
                    failed = true;
                }
            }
        }
        let deployed = outcomes.iter().filter(|outcome| outcome.result.is_ok());
        let deployed: Vec<String> = deployed.map(|outcome| outcome.environment.clone()).collect();
        if !deployed.is_empty()
            && let Err(error) = session.postrun(&deployed, &cancel)
        {
            eprintln!("Error: {error}");
            failed = true;
        }
    }
    bars.clear();
    match args.primary.json {
        true => println!("{}", serde_json::to_string_pretty(&as_json(&outcomes, &gone, args.dry_run))?),
        false => show(&outcomes, &gone, args.dry_run),
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn dry_run(session: &Session<'_>, name: String, cancel: &Cancel) -> Outcome {
    let found = session.find(&name, cancel);
    let result = match found {
        Ok(Environment { problem: Some(problem), .. }) => Err(problem),
        Ok(_) => Ok(None),
        Err(error) => Err(error),
    };
    Outcome { environment: name, result }
}

fn deploy_all(args: &DeployArgs, session: &Session<'_>, names: &[String], threads: usize) -> Vec<Outcome> {
    let next = AtomicUsize::new(0);
    let outcomes: Mutex<Vec<(usize, Outcome)>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..threads.clamp(1, names.len().max(1)) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(name) = names.get(at) else { break };
                    let request = Request {
                        modules: args.modules.clone(),
                        deploy_modules: !args.no_modules,
                        default_branch_override: args.default_branch_override.clone(),
                        ..Request::new(name)
                    };
                    let result = session.deploy(&request).map(Some);
                    let outcome = Outcome { environment: name.clone(), result };
                    outcomes.lock().unwrap_or_else(PoisonError::into_inner).push((at, outcome));
                }
            });
        }
    });
    let mut outcomes = outcomes.into_inner().unwrap_or_else(PoisonError::into_inner);
    outcomes.sort_by_key(|(at, _)| *at);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

fn as_json(outcomes: &[Outcome], gone: &[String], is_dry: bool) -> Json {
    let all = outcomes.iter().map(|outcome| {
        let mut document = match &outcome.result {
            Ok(Some(deployed)) => deployed.as_json(),
            Ok(None) => json!({"environment": outcome.environment}),
            Err(error) => json!({
                "environment": outcome.environment,
                "status": "failed",
                "error": error.as_json(),
            }),
        };
        if is_dry {
            document["dry-run"] = true.into();
        }
        document
    });
    let removed = gone.iter().map(|name| json!({"environment": name, "status": "removed"}));
    all.chain(removed).collect()
}

fn show(outcomes: &[Outcome], gone: &[String], is_dry: bool) {
    let mut table = versions::plain(["Environment", "State", "Commit", "Modules", "Version", "Time"]);
    for outcome in outcomes {
        let name = outcome.environment.as_str();
        match &outcome.result {
            Ok(Some(deployed)) => {
                let state = if deployed.changed { "deployed" } else { "unchanged" };
                let changed = deployed.modules.iter().filter(|module| module.changed).count();
                let modules = match changed {
                    0 => deployed.modules.len().to_string(),
                    changed => format!("{} ({changed} changed)", deployed.modules.len()),
                };
                let version = deployed.published.environment_commit.as_deref().unwrap_or_default();
                let time = format!("{:.1} s", deployed.took.as_secs_f64());
                table.add_row([name, state, short(&deployed.signature), &modules, short(version), &time]);
            }
            Ok(None) => {
                table.add_row([name, if is_dry { "found" } else { "" }, "", "", "", ""]);
            }
            Err(_) => {
                table.add_row([name, "failed", "", "", "", ""]);
            }
        }
    }
    for name in gone {
        table.add_row([name, "removed", "", "", "", ""]);
    }
    println!("{table}");
    for outcome in outcomes {
        if let Err(error) = &outcome.result {
            eprintln!("Error: {}: {error}", outcome.environment);
        }
    }
}

pub(super) use server::Server;

fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}

/// Runs `bunraku code print-config`.
pub fn print_config(_: &PrintConfigArgs, site: &Site) -> anyhow::Result<ExitCode> {
    println!("{}", serde_json::to_string_pretty(&deploy::settings(site)?.as_json())?);
    Ok(ExitCode::SUCCESS)
}

/// The primary that runs, which is asked to commit what this process built: it must hear of the version.
struct AtPrimary {
    site: Site,
    primary: Primary,
}

impl AtPrimary {
    fn ask(&self, submodule: &str, message: Option<&str>) -> anyhow::Result<Published> {
        let mut request = json!({"repo-id": REPO, "submodule-id": submodule});
        if let Some(message) = message {
            request["message"] = message.into();
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let path = "/file-sync/v1/commit";
        let answer =
            runtime.block_on(versions::ask(&self.primary, &self.site, Method::POST, path, Some(&request)))?;
        let repo = answer.get(REPO).cloned().unwrap_or_default();
        if let Some(message) = versions::failure(&repo) {
            bail!("{message}");
        }
        let environment = repo.get("submodules").and_then(|submodules| submodules.get(submodule));
        if let Some(message) = environment.and_then(versions::failure) {
            bail!("{message}");
        }
        let text = |value: Option<&Json>| value.and_then(Json::as_str).map(str::to_owned);
        Ok(Published { environment_commit: text(environment), code_commit: text(repo.get("commit")) })
    }
}

impl Commit for AtPrimary {
    fn commit(&self, submodule: &str, message: Option<&str>) -> Result<Published, DeployError> {
        self.ask(submodule, message)
            .map_err(|error| DeployError::new(Kind::NotPublished, format!("{error:#}")))
    }
}

/// A line for each environment that is at work; where nobody looks, warnings only.
struct Bars {
    all: Option<MultiProgress>,
    bars: Mutex<HashMap<String, ProgressBar>>,
}

impl Bars {
    fn new(is_shown: bool) -> Bars {
        Bars { all: is_shown.then(MultiProgress::new), bars: Mutex::default() }
    }

    fn clear(&self) {
        for (_, bar) in self.bars.lock().unwrap_or_else(PoisonError::into_inner).drain() {
            bar.finish_and_clear();
        }
    }

    /// Changes the line of an environment.
    fn on(&self, name: &str, change: impl FnOnce(&ProgressBar)) {
        let Some(all) = &self.all else { return };
        let mut bars = self.bars.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = bars.entry(name.to_owned()).or_insert_with(|| {
            let bar = all.add(ProgressBar::new(0));
            let style = ProgressStyle::with_template("{prefix:24} {bar:24} {pos}/{len} {msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.set_prefix(name.to_owned());
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        change(bar);
    }
}

impl Progress for Bars {
    fn event(&self, event: Event<'_>) {
        match event {
            Event::Fetching { remote } => {
                if let Some(all) = &self.all {
                    let _ = all.println(format!("fetching {remote}"));
                }
            }
            Event::Environment { environment, modules, .. } => self.on(environment, |bar| {
                bar.set_length(modules as u64);
                bar.set_message("modules");
            }),
            Event::Module { environment, module } => self.on(environment, |bar| {
                bar.inc(1);
                bar.set_message(module.name.clone());
            }),
            Event::Checking { environment } => self.on(environment, |bar| bar.set_message("checking")),
            Event::Publishing { environment } => {
                self.on(environment, |bar| bar.set_message("making a version"))
            }
            Event::Warning { message } => match &self.all {
                Some(all) => {
                    let _ = all.println(format!("Warning: {message}"));
                }
                None => eprintln!("Warning: {message}"),
            },
            _ => {}
        }
    }
}
