//! `bunraku catalog diff`: compile the catalogs of nodes twice, and show what differs.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, bail};
use indicatif::{ProgressBar, ProgressStyle};
use wire::catalog::Catalog;
use wire::catalog::diff::{Scope, diff};

use super::report::{Node, Outcome};
use super::side::{Facts, Side};
use super::{report, text};
use crate::config::Site;

/// Show what differs between two catalogs of the same node
///
/// A side is the name of an environment, a directory that holds an environment (for example a checkout of another version),
/// a catalog in a .json file, or the word `stored` for the catalog that the node was last sent.
///
/// Resources, their parameters and the order in which they are applied are compared. Values that are sensitive on either side
/// are never shown.
///
/// Exit code 0: no difference; 1: something could not be compared; 2: there are differences.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  bunraku catalog diff --to staging web01.example.com     one node, production against staging
  bunraku catalog diff --to /tmp/checkout                 all nodes that ever sent facts, against a checkout
  bunraku catalog diff --from stored web01.example.com    what the next run will bring that the last one did not
  bunraku catalog diff --from old.json --to new.json      two catalogs in files")]
pub struct Args {
    /// Nodes; all whose facts are known if none is named
    #[arg(value_name = "NODE")]
    nodes: Vec<String>,
    /// The old side: ENVIRONMENT, DIRECTORY, FILE.json or `stored`
    #[arg(long, short, value_name = "SIDE", default_value = "production")]
    from: String,
    /// The new side: ENVIRONMENT, DIRECTORY, FILE.json or `stored`
    #[arg(long, short, value_name = "SIDE", default_value = "production")]
    to: String,
    /// Facts: a file for one node, or a directory with NODE.json or NODE.yaml files, instead of the store's
    #[arg(long, value_name = "PATH")]
    facts: Option<PathBuf>,
    /// Compare tags too
    #[arg(long)]
    tags: bool,
    /// Compare containment too
    #[arg(long)]
    edges: bool,
    /// Compare files and lines too (of environments, relative to their directory)
    #[arg(long)]
    places: bool,
    /// Compare everything: tags, containment, places, order of parameters, classes
    #[arg(long)]
    all: bool,
    /// Leave out resources or parameters: `Type`, `Type[title]` or `Type[title].parameter`, with `*` for any text
    #[arg(long, value_name = "PATTERN")]
    ignore: Vec<String>,
    /// Node by node, instead of the same change of several nodes once
    #[arg(long)]
    by_node: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
    /// Colours: when the output is a terminal, always or never
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    color: clap::ColorChoice,
    /// How many catalogs to compile at once [default: one per processor]
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
}

/// Runs the command.
pub fn run(args: &Args, config: Option<&Path>) -> anyhow::Result<ExitCode> {
    if args.from == args.to {
        bail!("both sides are `{}`: say with --from and --to what to compare", args.from);
    }
    let site = Site::load(config)?;
    let facts = Facts::open(&site, args.facts.as_deref())?;
    let old = Side::open(&site, &args.from, &args.to)?;
    let new = Side::open(&site, &args.to, &args.from)?;
    let nodes = names(args, &facts, &old, &new)?;
    let ignore = report::Ignore::parse(&args.ignore)?;
    let scope = Scope {
        tags: args.tags || args.all,
        edges: args.edges || args.all,
        places: args.places || args.all,
        parameter_order: args.all,
        head: args.all,
        without_sensitive: old.is_stored() || new.is_stored(),
    };
    let compare = |certname: &str| -> Outcome {
        let catalog = |side: &Side| -> Result<Catalog, String> {
            let facts = match side.compiles() {
                true => Some(facts.of(certname).map_err(|error| format!("{error:#}"))?),
                false => None,
            };
            side.catalog(certname, facts, scope.without_sensitive).map_err(|error| format!("{error:#}"))
        };
        match (catalog(&old), catalog(&new)) {
            (Ok(old), Ok(new)) => Outcome::Compared(ignore.apply(diff(&old, &new, scope))),
            // What never compiled is no news, unless it says something else now.
            (old, new) => Outcome::Failed { old: old.err(), new: new.err() },
        }
    };
    let results = each(&nodes, args.jobs, compare);
    let report = report::Report { from: &args.from, to: &args.to, nodes: results };
    let mut out = std::io::stdout().lock();
    match args.json {
        true => report.write_json(&mut out)?,
        false => {
            let colors = match args.color {
                clap::ColorChoice::Always => true,
                clap::ColorChoice::Never => false,
                clap::ColorChoice::Auto => {
                    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()
                }
            };
            text::write(&mut out, &report, args.by_node, colors)?;
        }
    }
    Ok(match (report.failed(), report.differing()) {
        (0, 0) => ExitCode::SUCCESS,
        (0, _) => ExitCode::from(2),
        _ => ExitCode::FAILURE,
    })
}

fn names(args: &Args, facts: &Facts, old: &Side, new: &Side) -> anyhow::Result<Vec<String>> {
    if !args.nodes.is_empty() {
        return Ok(args.nodes.clone());
    }
    if let Some(name) = old.certname().or(new.certname()) {
        return Ok(vec![name.to_owned()]);
    }
    let names = facts.names()?;
    if names.is_empty() {
        bail!("no node's facts are known: name a node and give its facts with --facts");
    }
    Ok(names)
}

/// Calls for every node, on several threads; results in the order of the nodes.
fn each(nodes: &[String], jobs: Option<usize>, compare: impl Fn(&str) -> Outcome + Sync) -> Vec<Node> {
    let jobs = jobs.or_else(|| std::thread::available_parallelism().map(usize::from).ok()).unwrap_or(1);
    let bar = match nodes.len() > 20 && std::io::stderr().is_terminal() {
        true => ProgressBar::new(nodes.len() as u64),
        false => ProgressBar::hidden(),
    };
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} nodes, {eta} to go") {
        bar.set_style(style);
    }
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::with_capacity(nodes.len()));
    std::thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, nodes.len().max(1)) {
            scope.spawn(|| {
                while let Some((place, certname)) = {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    nodes.get(place).map(|certname| (place, certname))
                } {
                    let node = Node { certname: certname.clone(), outcome: compare(certname) };
                    results.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((place, node));
                    bar.inc(1);
                }
            });
        }
    });
    bar.finish_and_clear();
    let mut results = results.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    results.sort_by_key(|(place, _)| *place);
    results.into_iter().map(|(_, node)| node).collect()
}

/// The catalog of a file.
pub(super) fn read(file: &Path) -> anyhow::Result<Catalog> {
    let text = std::fs::read(file).with_context(|| format!("could not read {}", file.display()))?;
    let limits = wire::json::Limits::default();
    // Stores and older tools wrap the document.
    let document =
        wire::json::parse(&text, &limits).with_context(|| format!("could not parse {}", file.display()))?;
    let inner = document
        .as_hash()
        .and_then(|document| document.get_str("data"))
        .filter(|data| data.as_hash().is_some());
    let text = match inner {
        Some(data) => pcore::json::to_string(data).into_bytes(),
        None => text,
    };
    Catalog::from_json(&text, &limits).with_context(|| format!("{} holds no catalog", file.display()))
}
