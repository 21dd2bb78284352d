//! `bunraku epp`: templates, checked, shown and rendered.
//!
//! Options, texts and exit codes are those of `puppet epp`. Unlike there, a file that exists is taken before a module's template of the
//! same name, so that checking files needs no environment.

use std::io::{IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use compiler::{Rendering, Template, ValueCode};
use pcore::Hash;
use server::environments::{EnvironmentError, Environments};
use server::local::{self, LocalError};

use super::compile::print_logs;
use super::lookup::{given_facts, stored_facts};
use super::parser::{self, Format, MAX_SHOWN, Source};
use crate::config::Site;
use crate::serve::settings;

/// Templates (EPP): check, show how they are understood, render
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    /// Check templates; exits with 1 if one has errors
    Validate {
        /// Files, or MODULE/TEMPLATE; standard input if none are given
        templates: Vec<String>,
        /// Go on with the next template after errors in one
        #[arg(long, alias = "continue_on_error")]
        continue_on_error: bool,
        #[command(flatten)]
        code: Code,
    },
    /// Print the trees of templates
    Dump {
        /// Files, or MODULE/TEMPLATE; standard input if none are given
        templates: Vec<String>,
        /// Text of a template to parse instead
        #[arg(short, long, value_name = "SOURCE", conflicts_with = "templates")]
        e: Option<String>,
        /// Notation: S-expressions, or the same as JSON
        #[arg(long, value_enum, default_value_t = Format::Pn)]
        format: Format,
        /// With line breaks and indentation
        #[arg(long)]
        pretty: bool,
        #[command(flatten)]
        code: Code,
    },
    Render(RenderArgs),
}

/// Render templates
///
/// A template sees the variables that --values and --values-file set, $facts and $trusted, and what functions of the environment's
/// modules give. Exit code 0: rendered; 1: not.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  bunraku epp render mymodule/vhost.epp --values '{ port => 80 }' --facts facts.json
  bunraku epp render -e 'up since <%= $facts[boot] %>' --node web1.example.com
  bunraku epp render templates/motd.epp --values-file values.pp")]
pub struct RenderArgs {
    /// Files, or MODULE/TEMPLATE; standard input if none are given
    templates: Vec<String>,
    /// Text of a template to render instead
    #[arg(short, long, value_name = "SOURCE", conflicts_with = "templates")]
    e: Option<String>,
    /// Code that gives a hash of parameters, or undef; it may set variables
    #[arg(long, value_name = "CODE")]
    values: Option<String>,
    /// The same in a file (.pp), or a hash in YAML (.yaml); --values is stronger
    #[arg(long, alias = "values_file", value_name = "FILE")]
    values_file: Option<PathBuf>,
    /// Node whose facts are taken from the store [default: this machine's certname]
    #[arg(long, value_name = "NAME")]
    node: Option<String>,
    /// More facts: JSON or YAML
    #[arg(long, value_name = "FILE")]
    facts: Option<PathBuf>,
    /// No lines with the names of the templates
    #[arg(long, alias = "no_header")]
    no_header: bool,
    #[command(flatten)]
    code: Code,
}

/// Where modules are.
#[derive(clap::Args, Debug)]
pub struct Code {
    /// Environment
    #[arg(long, default_value = DEFAULT_ENVIRONMENT)]
    environment: String,
    /// Directory of environments instead of the configured one
    #[arg(long, value_name = "DIR")]
    environmentpath: Option<PathBuf>,
    /// Directories of modules for all environments, separated by `:`, instead of the configured ones
    #[arg(long, value_name = "DIRS")]
    basemodulepath: Option<String>,
}

/// The environment that is there even if its folder is not, as in Puppet.
const DEFAULT_ENVIRONMENT: &str = "production";

/// The environments, and the folder that stands in for an absent one while they are used.
struct Opened {
    settings: Arc<server::Settings>,
    environments: Environments,
    _stand_in: Option<tempfile::TempDir>,
}

impl Code {
    fn open(&self, site: &mut Site) -> anyhow::Result<Opened> {
        if let Some(path) = &self.environmentpath {
            site.puppet.set("environmentpath", std::path::absolute(path)?.to_string_lossy());
        }
        if let Some(paths) = &self.basemodulepath {
            site.puppet.set("basemodulepath", paths.as_str());
        }
        let settings = Arc::new(settings::server(site)?);
        let environments = Environments::new(Arc::clone(&settings));
        let absent = matches!(environments.get(&self.environment), Err(EnvironmentError::NotFound(_)));
        if !absent || self.environment != DEFAULT_ENVIRONMENT || self.environmentpath.is_some() {
            return Ok(Opened { settings, environments, _stand_in: None });
        }
        let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
        std::fs::create_dir(folder.path().join(DEFAULT_ENVIRONMENT))?;
        site.puppet.set("environmentpath", folder.path().to_string_lossy());
        let settings = Arc::new(settings::server(site)?);
        let environments = Environments::new(Arc::clone(&settings));
        Ok(Opened { settings, environments, _stand_in: Some(folder) })
    }
}

/// Runs the command.
pub fn run(command: Command, config: Option<&Path>) -> anyhow::Result<ExitCode> {
    match command {
        Command::Validate { templates, continue_on_error, code } => {
            let (sources, missing) = sources(&templates, config, &code)?;
            let mut err = std::io::stderr().lock();
            let terminal = err.is_terminal();
            let mut good = true;
            for source in &sources {
                good &= validate(source, terminal, &mut err)?;
                if !good && !continue_on_error {
                    break;
                }
            }
            not_there(&missing)?;
            if !good {
                bail!("Errors while validating epp");
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Dump { templates, e, format, pretty, code } => {
            let (sources, missing) = match e {
                Some(text) => (vec![Source { path: None, text: Ok(text.into()), epp: true }], Vec::new()),
                None => sources(&templates, config, &code)?,
            };
            let (mut out, mut err) = (std::io::stdout().lock(), std::io::stderr().lock());
            let good = parser::dump(&sources, format, pretty, false, &mut out, &mut err)?;
            not_there(&missing)?;
            Ok(parser::exit(good))
        }
        Command::Render(args) => render(&args, config),
    }
}

/// The templates, and the names of which there are none.
fn sources(
    names: &[String],
    config: Option<&Path>,
    code: &Code,
) -> anyhow::Result<(Vec<Source>, Vec<String>)> {
    if names.is_empty() {
        return Ok((vec![Source::standard_input(true)?], Vec::new()));
    }
    let (mut sources, mut missing) = (Vec::new(), Vec::new());
    // Loaded only if a name is not that of a file.
    let mut opened = None;
    for name in names {
        let mut path = Some(PathBuf::from(name)).filter(|path| path.is_file());
        if path.is_none() && !name.starts_with(['/', '.']) && name.contains('/') {
            if opened.is_none() {
                opened = Some(code.open(&mut Site::load(config)?)?);
            }
            if let Some(opened) = &opened {
                let image = &opened.environments.get(&code.environment)?.image;
                let names = [name.clone(), format!("{name}.epp")];
                let files = names.iter().filter_map(|name| image.module_file("templates", name));
                path = files.into_iter().find(|path| path.is_file());
            }
        }
        match path {
            Some(path) => sources.push(Source { epp: true, ..Source::read(path)? }),
            None => missing.push(name.clone()),
        }
    }
    Ok((sources, missing))
}

fn not_there(missing: &[String]) -> anyhow::Result<()> {
    if !missing.is_empty() {
        let list: Vec<String> = missing.iter().map(|name| format!("   {name}")).collect();
        bail!("One or more file(s) specified did not exist:\n{}", list.join("\n"));
    }
    Ok(())
}

/// Writes the problems of a template; false if it has errors.
fn validate(source: &Source, terminal: bool, err: &mut impl Write) -> anyhow::Result<bool> {
    let parsed = match source.parse(false) {
        Ok(parsed) => parsed,
        Err(problem) => {
            writeln!(err, "Error: {problem} (file: {})", source.name())?;
            return Ok(false);
        }
    };
    for warning in parsed.warnings.iter().take(MAX_SHOWN) {
        parser::problem(err, "Warning", &warning.puppet_message(), Some(warning), terminal)?;
    }
    for error in parsed.logged_errors(MAX_SHOWN) {
        parser::problem(err, "Error", &error.puppet_message(), Some(error), terminal)?;
    }
    if let Some(message) = parsed.failure_message() {
        let only = if parsed.errors.len() == 1 { parsed.errors.first() } else { None };
        parser::problem(err, "Error", &message, only, terminal)?;
        return Ok(false);
    }
    Ok(true)
}

fn render(args: &RenderArgs, config: Option<&Path>) -> anyhow::Result<ExitCode> {
    let mut site = Site::load(config)?;
    let certname = args.node.clone().unwrap_or_else(|| site.certname.clone());
    let mut facts = stored_facts(&site, &certname)?;
    if args.node.is_some() && facts.is_empty() && args.facts.is_none() {
        bail!("No facts available for target node: {certname}");
    }
    if let Some(file) = &args.facts {
        facts.extend(given_facts(file)?);
    }
    let opened = args.code.open(&mut site)?;
    let node = local::node(&opened.settings, &certname, &args.code.environment, facts);
    let (values, code) = values(args)?;
    let templates = match (&args.e, &*args.templates) {
        (Some(text), _) => vec![Template::Text(text.clone())],
        (None, []) => match Source::standard_input(true)?.text {
            Ok(text) => vec![Template::Text(text.to_string())],
            Err(problem) => bail!("{problem}"),
        },
        (None, names) => names.iter().map(|name| file(name)).collect::<anyhow::Result<_>>()?,
    };
    let header = templates.len() > 1 && !args.no_header;
    let mut out = String::new();
    let mut good = true;
    for (index, template) in templates.into_iter().enumerate() {
        if header && let Template::File(name, _) = &template {
            out.push_str(if index > 0 { "\n--- " } else { "--- " });
            out.push_str(name);
            out.push('\n');
        }
        let rendering = Rendering { template, values: values.clone(), code: code.clone() };
        match local::render(&opened.environments, &args.code.environment, &node, &rendering) {
            Ok(rendered) => {
                print_logs(&rendered.logs);
                out.push_str(&rendered.text);
            }
            Err(LocalError::Compile(error)) => {
                print_logs(&error.logs);
                eprintln!("Error: {}", error.message);
                good = false;
            }
            Err(error) => return Err(error.into()),
        }
    }
    if !good {
        bail!("error while rendering epp");
    }
    if !out.ends_with('\n') {
        out.push('\n');
    }
    std::io::stdout().lock().write_all(out.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// A template by name, and the file of that name if there is one.
fn file(name: &str) -> anyhow::Result<Template> {
    let path = Path::new(name);
    let path = if path.is_file() { Some(std::path::absolute(path)?) } else { None };
    Ok(Template::File(name.to_owned(), path))
}

/// Values of parameters, and code that gives more.
fn values(args: &RenderArgs) -> anyhow::Result<(Option<Hash>, Vec<ValueCode>)> {
    let (mut values, mut code) = (None, Vec::new());
    if let Some(file) = &args.values_file {
        let text = super::files::read(file)
            .map_err(|error| anyhow::anyhow!("Could not load --values_file {error:#}"))?;
        match file.extension().and_then(|extension| extension.to_str()) {
            Some("yaml") => {
                let value = pcore::yaml::load(&text, &file.to_string_lossy())
                    .map_err(|error| anyhow::anyhow!("Could not load --values_file {error}"))?;
                match value.as_hash() {
                    Some(hash) => values = Some(hash.clone()),
                    None if matches!(value, pcore::Value::Undef) => {}
                    None => bail!(
                        "--values_file option must evaluate to a Hash or undef/nil, got: '{}'",
                        pcore::infer::general_name(&value)
                    ),
                }
            }
            Some("pp") => code.push(ValueCode { path: file.clone(), text, label: "--values_file" }),
            _ => bail!("Only .yaml or .pp can be used as a --values_file"),
        }
    }
    if let Some(text) = &args.values {
        code.push(ValueCode { path: "values-hash".into(), text: text.clone(), label: "--values" });
    }
    Ok((values, code))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(text: &str) -> (bool, String) {
        let source = Source { path: Some("/t.epp".into()), text: Ok(text.into()), epp: true };
        let mut err = Vec::new();
        let good = validate(&source, false, &mut err).unwrap();
        (good, String::from_utf8(err).unwrap())
    }

    #[test]
    fn validate_says_what_puppet_says() {
        assert_eq!(checked("a <%= $x %>"), (true, String::new()));
        assert_eq!(
            checked("a <%= $x ) %>"),
            (false, "Error: Syntax error at ')' (file: /t.epp, line: 1, column: 10)\n".into())
        );
        let (good, text) = checked("<% $A = 1 %>\n<% $B = 2 %>");
        assert!(!good);
        assert!(
            text.ends_with("Error: Language validation logged 2 errors. Giving up (file: /t.epp)\n"),
            "{text}"
        );
    }

    #[test]
    fn names_without_files_are_told() {
        let error = not_there(&["a.epp".into(), "b/c.epp".into()]).unwrap_err().to_string();
        assert_eq!(error, "One or more file(s) specified did not exist:\n   a.epp\n   b/c.epp");
    }
}
