//! `bunraku code preview`: what staged code would change on which nodes, asked of the primary.

use std::io::{IsTerminal as _, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail};
use indicatif::{ProgressBar, ProgressStyle};
use rest::{Client, Method};
use serde_json::Value as Json;
use server::preview::Selection;
use server::preview::gate::{Gate, Limit, Pattern};
use server::preview::handlers::{PREFIX, Wanted};
use server::preview::report::{Failure, Group, Report, What};
use wire::catalog::diff::Change;

use super::versions::Primary;
use crate::cli::catalog::text::{Page, Tone, write_change};
use crate::cli::identity;
use crate::config::Site;

/// How long one question waits for the end.
const WAIT_SECONDS: u64 = 2;
/// Names shown of the nodes that share a change.
const NAMES: usize = 4;
/// Changes shown without --all.
const GROUPS: usize = 100;

/// Show what staged code would change on which nodes
///
/// The primary compiles the catalogs of all nodes of the environment, with the facts of their last runs, from the code that serves and from
/// the code that is staged, and compares them. Equal changes are shown once, with the nodes they happen to. A node whose catalog is
/// made of nothing that has changed is not compiled again. Nothing is stored, and agents' compiles come first.
///
/// A gate refuses code that changes too much: that of the configuration (section [gate]), or what the options say.
/// `bunraku code commit` asks the same gate.
///
/// Exit code 0: previewed, and nothing to refuse; 1: an error; 2: the gate refuses.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  bunraku code preview production                              what is staged, against what serves
  bunraku code preview production --code ~/src/control         a directory, with or without file sync
  bunraku code preview production --version 3f2a91c            a version of bunraku code status, as before a step back
  bunraku code preview production --limit 200                  a sample of the nodes
  bunraku code preview production --query 'inventory[certname] { facts.os.family = \"Debian\" }'
  bunraku code preview production --max-changed 5% --protect 'Service[sshd]' --protect Package --fail-on-error")]
pub struct Args {
    /// Environment
    environment: String,
    /// A directory on the primary instead of what is staged
    #[arg(long, value_name = "DIRECTORY", conflicts_with = "version")]
    code: Option<PathBuf>,
    /// A version that file sync has, by its commit or the beginning of it, instead of what is staged
    #[arg(long, value_name = "COMMIT")]
    version: Option<String>,
    /// With what is staged beside the environments, which a commit of everything takes along
    #[arg(long)]
    beside: bool,
    /// Only these nodes, whatever their environment; separated by commas
    #[arg(long, value_name = "NODES", value_delimiter = ',')]
    nodes: Vec<String>,
    /// Only nodes in the answer of this PQL query
    #[arg(long, value_name = "PQL")]
    query: Option<String>,
    /// Only so many nodes, evenly from all
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Refuse if more nodes than this change: a number, or a share such as 10%
    #[arg(long, value_name = "N|P%")]
    max_changed: Option<Limit>,
    /// Refuse if such a resource is added, removed or changed: `Type` or `Type[title]`, with `*` for any text
    #[arg(long, value_name = "PATTERN")]
    protect: Vec<Pattern>,
    /// Refuse if a node that compiles now would not
    #[arg(long)]
    fail_on_error: bool,
    /// Compile every catalog twice, also those that cannot have changed
    #[arg(long)]
    full: bool,
    /// Show all changes, all names, containment and every value
    #[arg(long)]
    all: bool,
    /// Colours: when the output is a terminal, always or never
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    color: clap::ColorChoice,
    #[command(flatten)]
    primary: Primary,
}

/// Runs the command.
pub async fn run(args: Args, site: &Site) -> anyhow::Result<ExitCode> {
    let gate = Gate {
        max_changed: args.max_changed,
        protected: args.protect.clone(),
        fail_on_error: args.fail_on_error,
    };
    let directory = match &args.code {
        Some(path) => {
            let path = path.canonicalize().with_context(|| format!("could not find {}", path.display()))?;
            Some(path.to_str().context("the directory's name is not UTF-8")?.to_owned())
        }
        None => None,
    };
    let wanted = Wanted {
        environment: args.environment.clone(),
        directory,
        version: args.version.clone(),
        beside: args.beside,
        selection: Selection { nodes: args.nodes.clone(), query: args.query.clone(), limit: args.limit },
        gate: (!gate.is_open()).then_some(gate),
        full: args.full,
        names: args.all.then_some(usize::MAX),
    };
    let report = ask(&args.primary, site, &wanted).await?;
    let mut out = std::io::stdout().lock();
    if args.primary.json {
        serde_json::to_writer_pretty(&mut out, &report)?;
        writeln!(out)?;
    } else {
        let colors = match args.color {
            clap::ColorChoice::Always => true,
            clap::ColorChoice::Never => false,
            clap::ColorChoice::Auto => {
                std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()
            }
        };
        write(&mut Page::new(&mut out, colors), &report, args.all)?;
    }
    Ok(match &report.gate {
        Some(verdict) if !verdict.passed => ExitCode::from(2),
        _ => ExitCode::SUCCESS,
    })
}

/// Begins a preview and watches it to its end.
async fn ask(primary: &Primary, site: &Site, wanted: &Wanted) -> anyhow::Result<Report> {
    let base = primary.base(site);
    let tls = identity::tls(site, |name, path| format!("could not read {name} at {}", path.display()))?;
    let client = Client::new(&tls);
    let previews = format!("{base}{PREFIX}/previews");
    let begun: Json = client.send_json(Method::POST, &previews, wanted).await?.json()?;
    let id = begun.get("id").and_then(Json::as_str).context("the primary has not understood")?;
    let bar = match std::io::stderr().is_terminal() {
        true => ProgressBar::new(0),
        false => ProgressBar::hidden(),
    };
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} nodes, {eta} to go") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    let one = format!("{previews}/{id}");
    let watching = async {
        loop {
            let state: Json = client.get_json(&format!("{one}?wait={WAIT_SECONDS}")).await?;
            let number = |key: &str| state.get(key).and_then(Json::as_u64).unwrap_or_default();
            match state.get("state").and_then(Json::as_str) {
                Some("done") => {
                    let report = state.get("report").cloned().unwrap_or_default();
                    return Ok(serde_json::from_value(report)?);
                }
                Some("failed") => {
                    bail!("{}", state.get("error").and_then(Json::as_str).unwrap_or("the preview failed"))
                }
                _ => {
                    bar.set_length(number("total"));
                    bar.set_position(number("done"));
                }
            }
        }
    };
    let report = tokio::select! {
        report = watching => report,
        interrupted = tokio::signal::ctrl_c() => {
            interrupted?;
            // Nobody waits for it any more, whether it is heard or not.
            let _ = client.send(Method::DELETE, &one, [], rest::Bytes::new()).await;
            Err(anyhow::anyhow!("interrupted"))
        }
    };
    bar.finish_and_clear();
    report
}

fn write<W: Write>(page: &mut Page<'_, W>, report: &Report, all: bool) -> std::io::Result<()> {
    let is_edge = |group: &&Group| matches!(group.what, What::EdgeAdded | What::EdgeRemoved);
    let (edges, groups): (Vec<&Group>, Vec<&Group>) = report.changes.iter().partition(is_edge);
    let shown = if all { groups.len() } else { groups.len().min(GROUPS) };
    for group in groups.iter().take(shown) {
        write_group(page, group, all)?;
    }
    if groups.len() > shown {
        page.line(Tone::Plain, &format!("... and {} more changes (--all)", groups.len() - shown))?;
    }
    if report.changes_left_out > 0 {
        let text = format!("... and {} more that the primary did not keep", report.changes_left_out);
        page.line(Tone::Plain, &text)?;
    }
    if all {
        for group in &edges {
            write_group(page, group, all)?;
        }
    } else if let Some(most) = edges.iter().map(|group| group.nodes).max() {
        let text =
            format!("{} resources are contained differently, on up to {} (--all)", edges.len(), nodes(most));
        page.line(Tone::Plain, &text)?;
    }
    if report.moved.nodes > 0 {
        let text = format!("{} apply resources in another order", nodes(report.moved.nodes));
        page.line(Tone::Plain, &text)?;
    }
    for failure in &report.failures {
        write_failure(page, failure)?;
    }
    if report.failures_left_out > 0 {
        page.line(Tone::Plain, &format!("... and {} more errors", report.failures_left_out))?;
    }
    if !report.compiling_again.is_empty() {
        let list = names(report.nodes.compiling_again, &report.compiling_again, all);
        page.line(Tone::Added, &format!("{list}: compile again"))?;
    }
    if !report.without_facts.is_empty() {
        let list = names(report.nodes.without_facts, &report.without_facts, all);
        page.line(Tone::Plain, &format!("{list}: no facts are stored, so not previewed"))?;
    }
    write_summary(page, report)
}

fn write_group<W: Write>(page: &mut Page<'_, W>, group: &Group, all: bool) -> std::io::Result<()> {
    let parameter = group.parameter.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
    let what = match group.what {
        What::Added => " added",
        What::Removed => " removed",
        What::Altered => "",
        What::EdgeAdded | What::EdgeRemoved => " contained differently",
    };
    let variants = match (group.variants, group.variants_not_told_apart) {
        (0 | 1, 0) => String::new(),
        (many, 0) => format!(", {many} different values"),
        (many, _) => format!(", more than {many} different values"),
    };
    let (count, resource) = (nodes(group.nodes), &group.resource);
    page.line(Tone::Heading, &format!("{count}: {resource}{parameter}{what}{variants}"))?;
    let list = list(group.nodes, &group.certnames, all);
    page.line(Tone::Plain, &format!("    {list}"))?;
    let examples = if all || group.variants == 1 { group.examples.len() } else { 1 };
    for example in group.examples.iter().take(examples) {
        if group.variants > 1 {
            let of = names(example.nodes, &example.certnames, false);
            page.line(Tone::Plain, &format!("  such as {of}:"))?;
        }
        if let Some(change) = Change::from_json(&example.change) {
            write_change(page, &change)?;
        }
    }
    let hidden = group.examples.len().saturating_sub(examples);
    match (group.variants.saturating_sub(examples), group.variants_not_told_apart) {
        _ if group.examples.is_empty() => page.line(Tone::Plain, "    the values are too large to be shown"),
        (0, 0) => Ok(()),
        (more, 0) => {
            let hint = if hidden > 0 { format!(" (--all shows {hidden} of them)") } else { String::new() };
            page.line(Tone::Plain, &format!("    ... and {more} more values{hint}"))
        }
        (more, nodes) => {
            let text = format!(
                "    ... and {more} more values, and those of {nodes} more nodes, which were not told apart"
            );
            page.line(Tone::Plain, &text)
        }
    }
}

fn write_failure<W: Write>(page: &mut Page<'_, W>, failure: &Failure) -> std::io::Result<()> {
    let count = nodes(failure.nodes);
    let (tone, when) =
        if failure.is_new { (Tone::Removed, "now fail") } else { (Tone::Plain, "fail as before") };
    page.line(tone, &format!("{count} {when}: {}", failure.message))?;
    page.line(Tone::Plain, &format!("    {}", list(failure.nodes, &failure.certnames, false)))
}

fn write_summary<W: Write>(page: &mut Page<'_, W>, report: &Report) -> std::io::Result<()> {
    let (files, counts, cost) = (&report.files, &report.nodes, &report.cost);
    let text = format!(
        "{}: {} against {}, which serves: {} files added, {} removed, {} changed",
        report.environment, report.to, report.from, files.added, files.removed, files.modified
    );
    page.line(Tone::Heading, &text)?;
    let parts = [
        (counts.changed, "change"),
        (counts.newly_failing, "newly fail"),
        (counts.compiling_again, "compile again"),
        (counts.order_only, "differ in order only"),
        (counts.unchanged, "stay the same"),
        (counts.untouched, "untouched (not compiled again)"),
        (counts.failing, "fail as before"),
        (counts.without_facts, "without facts"),
        (counts.elsewhere, "in another environment"),
        (counts.unknown, "of which nothing can be said"),
    ];
    let parts: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    let none = "none that were chosen have facts or catalogs of this environment in the store; a node has after its first run";
    let parts = if parts.is_empty() { none.to_owned() } else { parts.join(", ") };
    page.line(Tone::Heading, &format!("{}: {parts}", nodes(counts.total)))?;
    if let Some(path) = &files.reaches_all {
        page.line(Tone::Plain, &format!("all were compiled, since {path} can concern all"))?;
    }
    let text = format!(
        "{} catalogs compiled from the code that serves, {} from the new code, in {:.1} s",
        cost.compiled_live, cost.compiled_staged, cost.seconds
    );
    page.line(Tone::Plain, &text)?;
    match &report.gate {
        None => Ok(()),
        Some(verdict) if verdict.passed => page.line(Tone::Added, "the gate lets it through"),
        Some(verdict) => {
            page.line(Tone::Removed, "the gate refuses:")?;
            verdict.reasons.iter().try_for_each(|reason| page.line(Tone::Removed, &format!("  {reason}")))
        }
    }
}

fn nodes(count: usize) -> String {
    if count == 1 { "1 node".to_owned() } else { format!("{count} nodes") }
}

fn names(count: usize, names: &[String], all: bool) -> String {
    match count {
        1 => list(count, names, all),
        many => format!("{many} nodes ({})", list(many, names, all)),
    }
}

fn list(count: usize, names: &[String], all: bool) -> String {
    let shown: Vec<&str> =
        names.iter().take(if all { usize::MAX } else { NAMES }).map(String::as_str).collect();
    match count - shown.len().min(count) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
