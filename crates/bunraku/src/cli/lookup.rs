//! `bunraku lookup`: what data says, and why.
//!
//! The options, texts and exit codes are those of `puppet lookup`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use api::Pdb as _;
use compiler::{Answer, Explain, Question};
use hiera::{ErrorKind, Request};
use pcore::{Hash, Str, Value, format};
use server::environments::Environments;
use server::local::{self, LocalError};

use super::compile::{classified, print_logs};
use crate::config::Site;
use crate::serve::{settings, store};

/// Look keys up in Hiera as the code of a node's catalog would
///
/// Prints the value of the first key that is found. Facts are those the node last sent, with those of --facts over them.
/// Exit code 0: found; 1: not found, or an error. With --explain: 0 unless there is an error.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Keys; dots lead into hashes and arrays
    keys: Vec<String>,
    /// Name of the node [default: this machine's certname]
    #[arg(long, value_name = "NODE-NAME")]
    node: Option<String>,
    /// Facts of the node: JSON or YAML
    #[arg(long, value_name = "FILE")]
    facts: Option<PathBuf>,
    /// Environment whose data is looked at [default: production; with --compile the one that the classifier gives the node]
    #[arg(long, short)]
    environment: Option<String>,
    /// What becomes of the values of several places: first, unique, hash or deep
    #[arg(long, value_name = "STRATEGY")]
    merge: Option<String>,
    /// With --merge deep: prefix of values that remove others
    #[arg(long, value_name = "PREFIX", allow_hyphen_values = true)]
    knock_out_prefix: Option<String>,
    /// With --merge deep: sort merged arrays
    #[arg(long)]
    sort_merged_arrays: bool,
    /// With --merge deep: merge hashes within arrays
    #[arg(long)]
    merge_hash_arrays: bool,
    /// The type that the value must have
    #[arg(long, value_name = "TYPE")]
    r#type: Option<String>,
    /// What counts as found if nothing is
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    default: Option<String>,
    /// Show how the value is found
    #[arg(long)]
    explain: bool,
    /// Show how the lookup_options that affect the lookup are found
    #[arg(long)]
    explain_options: bool,
    /// Compile the node's catalog before, for data that uses variables of the code
    #[arg(long, short)]
    compile: bool,
    /// How to print: s (text), json or yaml [default: yaml; s for explanations]
    #[arg(long, value_name = "FORMAT")]
    render_as: Option<String>,
}

/// What is printed.
#[derive(Clone, Copy, PartialEq)]
enum Format {
    Text,
    Json,
    Yaml,
}

/// Facts that identify a node: whoever overrides one of them must override all.
const IDENTITY_FACTS: [&str; 4] = ["hostname", "domain", "fqdn", "clientcert"];
const HELP: &str = "Run 'bunraku lookup --help' for more details";

/// Runs the command.
pub fn run(args: Args, config: Option<&Path>) -> anyhow::Result<ExitCode> {
    let question = question(&args)?;
    let format = format(args.render_as.as_deref(), question.explain.is_some())?;
    let site = Site::load(config)?;
    let certname = args.node.clone().unwrap_or_else(|| site.certname.clone());
    let facts = facts(&site, &certname, args.facts.as_deref())?;
    let settings = Arc::new(settings::server(&site)?);
    let (node, environment) = match args.compile {
        true => classified(&settings, &certname, args.environment.as_deref(), facts)?,
        // The original asks no classifier then.
        false => {
            let environment = args.environment.clone().unwrap_or_else(|| "production".to_owned());
            (local::node(&settings, &certname, &environment, facts), environment)
        }
    };
    let answer = match local::look_up(&Environments::new(settings), &environment, &node, &question) {
        Ok(answer) => answer,
        Err(LocalError::Compile(error)) => {
            print_logs(&error.logs);
            bail!("{}", error.message)
        }
        Err(error) => return Err(error.into()),
    };
    print_logs(&answer.logs);
    print(answer, format)
}

fn print(answer: Answer, format: Format) -> anyhow::Result<ExitCode> {
    let value = match answer.result {
        Ok(value) => value,
        // Where only the keys were not found, or data is wrong, the original is silent unless it explains.
        Err(error) if error.kind == ErrorKind::Located => {
            if answer.explanation.is_none() && !error.message.starts_with("Function lookup() did not find") {
                eprintln!("Error: {}", error.message);
            }
            None
        }
        Err(error) => bail!("{}", error.message),
    };
    let text = match (answer.explanation, value) {
        (Some(explanation), _) => match format {
            Format::Text => explanation.text(),
            other => rendered(&explanation.to_value(), other),
        },
        (None, Some(value)) => rendered(&value, format),
        (None, None) => return Ok(ExitCode::FAILURE),
    };
    print!("{text}");
    if !text.ends_with('\n') {
        println!();
    }
    Ok(ExitCode::SUCCESS)
}

fn rendered(value: &Value, format: Format) -> String {
    match format {
        Format::Text => format::ruby_to_s(value),
        Format::Yaml => pcore::yaml::dump(value),
        Format::Json => {
            let mut text = Vec::new();
            pcore::json::write(&plain(value), &mut text);
            String::from_utf8_lossy(&text).into_owned()
        }
    }
}

/// A value as JSON has them: what is no data becomes its text.
fn plain(value: &Value) -> Value {
    match value {
        Value::Undef | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) => value.clone(),
        Value::Array(items) => Value::array(items.iter().map(plain).collect::<Vec<_>>()),
        Value::Hash(hash) => {
            let key = |key: &Value| Value::from(format::ruby_to_s(key));
            Value::hash(hash.iter().map(|(name, value)| (key(name), plain(value))).collect())
        }
        other => format::ruby_to_s(other).into(),
    }
}

fn question(args: &Args) -> anyhow::Result<Question> {
    let deep_only = args.sort_merged_arrays || args.merge_hash_arrays || args.knock_out_prefix.is_some();
    if deep_only && args.merge.as_deref() != Some("deep") {
        bail!(
            "The options --knock-out-prefix, --sort-merged-arrays, and --merge-hash-arrays are only available with \
             '--merge deep'\n{HELP}"
        );
    }
    let explain = match (args.explain, args.explain_options) {
        (true, _) => Some(Explain::Everything),
        (false, true) => Some(Explain::Options),
        (false, false) => None,
    };
    let mut names: Vec<Str> = args.keys.iter().map(|key| key.as_str().into()).collect();
    if names.is_empty() {
        if explain != Some(Explain::Options) {
            bail!("No keys were given to lookup.");
        }
        // Any key without module: the options that hold for those are explained.
        names.push("__global__".into());
    }
    let request = Request {
        names,
        merge: merge(args)?,
        default: args.default.as_deref().map(Value::from),
        ..Request::default()
    };
    Ok(Question { request, value_type: args.r#type.clone(), explain, compile: args.compile })
}

fn merge(args: &Args) -> anyhow::Result<Option<Value>> {
    let Some(strategy) = &args.merge else { return Ok(None) };
    if !matches!(strategy.as_str(), "first" | "hash" | "unique" | "deep") {
        bail!("The --merge option only accepts 'first', 'hash', 'unique', or 'deep'\n{HELP}");
    }
    let mut merge = Hash::from_iter([("strategy", strategy.as_str())]);
    if strategy == "deep" {
        merge.insert("sort_merged_arrays", args.sort_merged_arrays);
        merge.insert("merge_hash_arrays", args.merge_hash_arrays);
        if let Some(prefix) = &args.knock_out_prefix {
            merge.insert("knockout_prefix", prefix.as_str());
        }
    }
    Ok(Some(Value::hash(merge)))
}

fn format(name: Option<&str>, explains: bool) -> anyhow::Result<Format> {
    match name.map(str::to_lowercase).as_deref() {
        None => Ok(if explains { Format::Text } else { Format::Yaml }),
        Some("s") => Ok(Format::Text),
        Some("json") => Ok(Format::Json),
        Some("yaml") => Ok(Format::Yaml),
        Some(other) => bail!("Unknown rendering format '{other}'"),
    }
}

/// The facts of a node: those that are stored, and over them those of a file.
fn facts(site: &Site, certname: &str, file: Option<&Path>) -> anyhow::Result<Hash> {
    let mut facts = stored_facts(site, certname)?;
    if let Some(file) = file {
        let given = given_facts(file)?;
        let overridden = IDENTITY_FACTS.iter().filter(|name| given.contains_str(name)).count();
        if overridden > 0 && overridden < IDENTITY_FACTS.len() {
            bail!(
                "When overriding any of the {} facts with {} given via the --facts flag, they must all be overridden.",
                IDENTITY_FACTS.join(","),
                file.display()
            );
        }
        facts.extend(given);
    }
    if facts.is_empty() {
        bail!("No facts available for target node: {certname}");
    }
    Ok(facts)
}

/// Facts from a file.
pub(super) fn given_facts(file: &Path) -> anyhow::Result<Hash> {
    let text = std::fs::read_to_string(file).with_context(|| format!("could not read {}", file.display()))?;
    let name = file.to_string_lossy();
    let json = || {
        let parsed = pcore::json::parse(text.as_bytes());
        parsed.map_err(|error| anyhow::anyhow!("could not parse {name}: {error}"))
    };
    let yaml = || pcore::yaml::load(&text, &name).map_err(|error| anyhow::anyhow!("{error}"));
    let value = match file.extension().and_then(|extension| extension.to_str()) {
        Some("json") => json()?,
        Some("yaml" | "yml") => yaml()?,
        _ => json().or_else(|_| yaml()).unwrap_or_default(),
    };
    match value.as_hash() {
        Some(facts) => Ok(facts.clone()),
        None => bail!(
            "Incorrectly formatted data in {name} given via the --facts flag (only accepts yaml and json files)"
        ),
    }
}

/// The facts that a node last sent; none if it is not known.
pub(super) fn stored_facts(site: &Site, certname: &str) -> anyhow::Result<Hash> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(async {
        let Some(store) = store::existing(site).await? else { return Ok(Hash::new()) };
        let stored = store.facts(certname).await?;
        Ok(stored.map(|stored| Hash::clone(&stored.facts)).unwrap_or_default())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    #[derive(clap::Parser)]
    struct Command {
        #[command(flatten)]
        args: Args,
    }

    fn asked(words: &[&str]) -> Result<Question, String> {
        let words = std::iter::once("lookup").chain(words.iter().copied());
        let command = Command::try_parse_from(words).map_err(|error| error.to_string())?;
        question(&command.args).map_err(|error| error.to_string())
    }

    #[test]
    fn options_of_a_deep_merge() {
        let question =
            asked(&["a", "--merge", "deep", "--knock-out-prefix", "--", "--sort-merged-arrays"]).unwrap();
        let expected = Hash::from_iter([
            ("strategy", Value::from("deep")),
            ("sort_merged_arrays", true.into()),
            ("merge_hash_arrays", false.into()),
            ("knockout_prefix", "--".into()),
        ]);
        assert_eq!(question.request.merge, Some(Value::hash(expected)));
    }

    #[test]
    fn what_is_refused() {
        let cases: [(&[&str], &str); 3] = [
            (&[], "No keys were given to lookup."),
            (
                &["a", "--merge", "x"],
                "The --merge option only accepts 'first', 'hash', 'unique', or 'deep'\nRun 'bunraku lookup --help' for more \
                 details",
            ),
            (
                &["a", "--merge-hash-arrays"],
                "The options --knock-out-prefix, --sort-merged-arrays, and --merge-hash-arrays are only available with \
                 '--merge deep'\nRun 'bunraku lookup --help' for more details",
            ),
        ];
        for (words, expected) in cases {
            assert_eq!(asked(words).unwrap_err(), expected);
        }
    }

    #[test]
    fn explanations() {
        assert_eq!(asked(&["--explain-options"]).unwrap().request.names, ["__global__".into()]);
        assert_eq!(
            asked(&["a", "--explain", "--explain-options"]).unwrap().explain,
            Some(Explain::Everything)
        );
    }

    #[test]
    fn facts_from_files() {
        let folder = tempfile::tempdir().unwrap();
        let read = |name: &str, text: &str| {
            let file = folder.path().join(name);
            std::fs::write(&file, text).unwrap();
            given_facts(&file).map(|facts| facts.len()).map_err(|error| error.to_string())
        };
        assert_eq!(read("a.json", "{\"a\": 1}"), Ok(1));
        assert_eq!(read("a.yaml", "a: 1\nb: 2\n"), Ok(2));
        assert_eq!(read("a", "a: 1\n"), Ok(1));
        assert!(read("b.json", "a: 1").is_err());
        assert!(read("c.yaml", "text").unwrap_err().starts_with("Incorrectly formatted data in "));
    }
}
