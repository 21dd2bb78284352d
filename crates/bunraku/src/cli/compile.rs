//! `bunraku compile`: one node's catalog on standard output.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use compiler::{Level, LogEntry, NodeInput};
use server::environments::Environments;
use server::local::{self, LocalError};

use crate::config::Site;
use crate::serve::settings;

/// Compile a node's catalog and print it as JSON
///
/// The catalog is what the node's agent would get: the same environments, data and rules are read. Messages go to standard error.
/// Exit code 0: compiled; 1: not.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Name of the node
    certname: String,
    /// Facts of the node: JSON or YAML, as `facter --json` or `puppet facts` print them [default: none]
    #[arg(long, value_name = "FILE")]
    facts: Option<PathBuf>,
    /// Environment whose code is compiled [default: the one that the classifier gives the node, else production]
    #[arg(long, short)]
    environment: Option<String>,
    /// Directory of environments instead of the configured one
    #[arg(long, value_name = "DIR")]
    environmentpath: Option<PathBuf>,
    /// Directories of modules for all environments, separated by `:`, instead of the configured ones
    #[arg(long, value_name = "DIRS")]
    basemodulepath: Option<String>,
    /// Print on one line instead of indented
    #[arg(long)]
    compact: bool,
}

/// Runs the command.
pub fn run(args: Args, config: Option<&Path>) -> anyhow::Result<ExitCode> {
    let mut site = Site::load(config)?;
    if let Some(path) = &args.environmentpath {
        site.puppet.set("environmentpath", std::path::absolute(path)?.to_string_lossy());
    }
    if let Some(paths) = &args.basemodulepath {
        site.puppet.set("basemodulepath", paths.as_str());
    }
    let settings = Arc::new(settings::server(&site)?);
    let facts = match &args.facts {
        Some(file) => read_facts(file)?,
        None => pcore::Hash::new(),
    };
    let (node, environment) = classified(&settings, &args.certname, args.environment.as_deref(), facts)?;
    let environments = Environments::new(settings);
    print_warnings(&environments.get(&environment)?.image.warnings());
    match local::compile(&environments, &environment, &node) {
        Ok((compilation, elapsed)) => {
            print_logs(&compilation.logs);
            eprintln!(
                "Notice: Compiled catalog for {} in environment {} in {:.4} seconds",
                args.certname,
                environment,
                elapsed.as_secs_f64()
            );
            let mut text = Vec::new();
            compilation.catalog.write_json(&mut text, true);
            if !args.compact {
                let json: serde_json::Value = serde_json::from_slice(&text)?;
                text = serde_json::to_vec_pretty(&json)?;
            }
            text.push(b'\n');
            std::io::Write::write_all(&mut std::io::stdout(), &text)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(LocalError::Compile(error)) => {
            print_logs(&error.logs);
            bail!("{}", error.message)
        }
        Err(error) => Err(error.into()),
    }
}

/// A node with what the classifier and the commands for trusted data know of it, and the environment to compile in: the one that is
/// wanted, else the node's own.
pub fn classified(
    settings: &server::Settings,
    certname: &str,
    wanted: Option<&str>,
    facts: pcore::Hash,
) -> anyhow::Result<(NodeInput, String)> {
    let mut node = local::node(settings, certname, "production", facts);
    let own = local::classify(settings, &mut node).map_err(anyhow::Error::msg)?;
    let environment = wanted.map(str::to_owned).or(own).unwrap_or_else(|| "production".to_owned());
    Arc::make_mut(&mut node.server_facts).insert("environment", environment.as_str());
    Ok((node, environment))
}

/// Facts from a file: `{name, values}` or the values themselves.
pub fn read_facts(file: &Path) -> anyhow::Result<pcore::Hash> {
    let text = std::fs::read_to_string(file).with_context(|| format!("could not read {}", file.display()))?;
    // JSON is YAML to Psych too, but its own reader says better what is wrong.
    let value = if file.extension().is_some_and(|extension| extension == "json")
        || text.trim_start().starts_with('{')
    {
        wire::json::parse(text.as_bytes(), &wire::json::Limits::default())
            .with_context(|| format!("could not parse {}", file.display()))?
    } else {
        pcore::yaml::load(&text, &file.to_string_lossy()).map_err(|error| anyhow::anyhow!("{error}"))?
    };
    let Some(facts) = value.as_hash() else {
        bail!("{}: facts must be a hash", file.display());
    };
    match facts.get_str("values").and_then(pcore::Value::as_hash) {
        Some(values) => Ok(values.clone()),
        None => Ok(facts.clone()),
    }
}

/// What the parser warned of when it read an environment.
pub fn print_warnings(warnings: &[String]) {
    for warning in warnings {
        eprintln!("Warning: {warning}");
    }
}

/// Log lines as Puppet's command line prints them, from `notice` up.
pub fn print_logs(logs: &[LogEntry]) {
    for entry in logs.iter().filter(|entry| !matches!(entry.level, Level::Debug | Level::Info)) {
        let level = match entry.level.as_str() {
            "err" => "Error".to_owned(),
            name => name[..1].to_uppercase() + &name[1..],
        };
        // What the code itself says stands with its scope, what the compiler says with its place.
        let (source, place) = match (&*entry.source, &entry.site) {
            ("Puppet", Some(site)) => (String::new(), format!(" {site}")),
            ("Puppet", None) => (String::new(), String::new()),
            (source, _) => (format!("{source}: "), String::new()),
        };
        eprintln!("{level}: {source}{}{place}", entry.message);
    }
}
