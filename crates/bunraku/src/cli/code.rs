//! `bunraku code`: what an environment's code needs, told before a compile needs it; and the versions of code that servers have.

mod deploy;
mod preview;
mod token;
mod versions;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use comfy_table::{Table, presets};
use compiler::image::{Knowledge, Runs, TemplateCheck};
use serde_json::{Value as Json, json};
use server::environments::Environments;

use crate::config::Site;
use crate::serve::settings;

/// The code of environments
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    Check(CheckArgs),
    Deploy(deploy::DeployArgs),
    PrintConfig(deploy::PrintConfigArgs),
    Preview(preview::Args),
    #[command(subcommand)]
    Token(token::Command),
    Commit(versions::CommitArgs),
    Status(versions::StatusArgs),
}

/// Check what of an environment's modules can run here
///
/// Looks at the functions and resource types that modules define in Ruby and at their templates. Shown is what cannot run and what is not
/// checked; --all shows the rest, too. Exit code 0: everything that was looked at can run; 1: something cannot, or an error.
#[derive(clap::Args, Debug)]
pub struct CheckArgs {
    /// Environment
    #[arg(default_value = "production")]
    environment: String,
    /// Show what is in order, too
    #[arg(long)]
    all: bool,
    /// Print JSON: everything, and the numbers
    #[arg(long)]
    json: bool,
}

/// How a part fares. The order is that of the summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Good,
    Worker,
    Unchecked,
    Fails,
}

/// A line of the answer.
struct Part {
    kind: &'static str,
    name: String,
    verdict: Verdict,
    text: String,
    path: PathBuf,
}

impl Verdict {
    fn name(self) -> &'static str {
        match self {
            Verdict::Good => "ok",
            Verdict::Worker => "worker",
            Verdict::Unchecked => "unchecked",
            Verdict::Fails => "fails",
        }
    }
}

/// Runs the command.
pub fn run(command: Command, config: Option<&Path>) -> anyhow::Result<ExitCode> {
    let site = Site::load(config)?;
    let args = match command {
        Command::Check(args) => args,
        Command::Deploy(args) => return deploy::run(&args, &site),
        Command::PrintConfig(args) => return deploy::print_config(&args, &site),
        Command::Preview(args) => return wait(preview::run(args, &site)),
        Command::Token(command) => return token::run(&command, &site),
        Command::Commit(args) => return wait(versions::commit(args, &site)),
        Command::Status(args) => return wait(versions::status(args, &site)),
    };
    let environments = Environments::new(Arc::new(settings::server(&site)?));
    let environment = environments.get(&args.environment)?;
    let parts = parts(&environment.image)?;
    let fails = parts.iter().any(|part| part.verdict == Verdict::Fails);
    if args.json {
        println!("{}", serde_json::to_string_pretty(&as_json(&args.environment, &parts))?);
    } else {
        let shown: Vec<&Part> = parts
            .iter()
            .filter(|part| args.all || !matches!(part.verdict, Verdict::Good | Verdict::Worker))
            .collect();
        if !shown.is_empty() {
            println!("{}\n", table(&shown));
        }
        println!("{}", summary(&parts));
    }
    Ok(if fails { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn wait<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}

fn parts(image: &compiler::Image) -> anyhow::Result<Vec<Part>> {
    let mut parts = Vec::new();
    for function in image.ruby_function_parts() {
        let (verdict, text) = match function.runs {
            Runs::Natively => (Verdict::Good, "native".to_owned()),
            Runs::InWorker => (Verdict::Worker, "run by a Ruby process".to_owned()),
            Runs::Nowhere => {
                (Verdict::Fails, "needs a Ruby, and none is set up ([ruby] in bunraku.toml)".to_owned())
            }
        };
        let (name, path) = (function.name.to_string(), function.path.to_owned());
        parts.push(Part { kind: "function", name, verdict, text, path });
    }
    for ty in image.resource_types() {
        let (verdict, text) = match ty.knowledge {
            Knowledge::Generated(_) => (Verdict::Good, "from generated metadata".to_owned()),
            Knowledge::Ruby(_) => (Verdict::Good, "read".to_owned()),
            Knowledge::Open(reason) => (Verdict::Unchecked, format!("takes any attribute ({reason})")),
            Knowledge::Absent => (Verdict::Unchecked, "the file does not define the type".to_owned()),
            Knowledge::Wrong(error) => (Verdict::Fails, error),
        };
        let (name, path) = (ty.name.to_string(), ty.path.to_owned());
        parts.push(Part { kind: "type", name, verdict, text, path });
    }
    for template in image.template_parts()? {
        let (verdict, text) = match template.check {
            TemplateCheck::Valid => (Verdict::Good, "native".to_owned()),
            TemplateCheck::InWorker(reason) => (Verdict::Worker, format!("run by a Ruby process ({reason})")),
            TemplateCheck::Nowhere(reason) => (
                Verdict::Fails,
                format!("needs a Ruby, and none is set up ([ruby] in bunraku.toml): {reason}"),
            ),
            TemplateCheck::Wrong(error) => (Verdict::Fails, error),
        };
        parts.push(Part { kind: "template", name: template.name, verdict, text, path: template.path });
    }
    Ok(parts)
}

fn table(parts: &[&Part]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["What", "Name", "State", "Why"]);
    for part in parts {
        table.add_row([part.kind, &part.name, part.verdict.name(), &part.text]);
    }
    table
}

fn count(parts: &[Part], kind: &str, verdict: Verdict) -> usize {
    parts.iter().filter(|part| part.kind == kind && part.verdict == verdict).count()
}

fn summary(parts: &[Part]) -> String {
    let line = |kind: &str, words: [&str; 4]| {
        let verdicts = [Verdict::Good, Verdict::Worker, Verdict::Unchecked, Verdict::Fails];
        let counts: Vec<String> = verdicts
            .into_iter()
            .zip(words)
            .map(|(verdict, word)| (count(parts, kind, verdict), word))
            .filter(|(number, _)| *number > 0)
            .map(|(number, word)| format!("{number} {word}"))
            .collect();
        let counts = if counts.is_empty() { "none".to_owned() } else { counts.join(", ") };
        format!("{kind}s: {counts}")
    };
    [
        line("function", ["native", "run by a Ruby process", "unchecked", "cannot run"]),
        line("type", ["known", "run by a Ruby process", "take any attribute", "cannot be used"]),
        line("template", ["native", "run by a Ruby process", "unchecked", "cannot be rendered"]),
    ]
    .join("\n")
}

fn as_json(environment: &str, parts: &[Part]) -> Json {
    let all: Vec<Json> = parts
        .iter()
        .map(|part| {
            json!({
                "kind": part.kind,
                "name": part.name,
                "state": part.verdict.name(),
                "reason": part.text,
                "path": part.path.display().to_string(),
            })
        })
        .collect();
    json!({
        "environment": environment,
        "fails": parts.iter().filter(|part| part.verdict == Verdict::Fails).count(),
        "parts": all,
    })
}
