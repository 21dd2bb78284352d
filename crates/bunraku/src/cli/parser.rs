//! `bunraku parser`: look at code without compiling it.
//!
//! Messages and exit codes are those of `puppet parser validate`, since editors and pipelines read them; a terminal gets the source
//! line as well.

use std::io::{IsTerminal as _, Read as _, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use syntax::source::SourceFile;
use syntax::{Diagnostic, Options, Parse, Severity, pn};

/// Errors of one file that are shown (`max_errors`, `max_warnings`).
pub(super) const MAX_SHOWN: usize = 10;

/// Check code, or show how it is understood
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    /// Check manifests (.pp) and templates (.epp); exits with 1 if one has errors
    Validate {
        /// Files, or directories to search; standard input if none are given
        files: Vec<PathBuf>,
        /// Allow the language of plans
        #[arg(long)]
        tasks: bool,
        /// Print one JSON object with the problems of every file
        #[arg(long)]
        json: bool,
        /// With `json`: print what each file fails with, as `puppet parser validate` renders it
        #[arg(long, value_name = "FORMAT", value_parser = ["json", "s"], conflicts_with = "json")]
        render_as: Option<String>,
    },
    /// Print the tree of manifests and templates
    Dump {
        /// Files; standard input if none are given
        files: Vec<PathBuf>,
        /// Code to parse instead
        #[arg(short, value_name = "CODE", conflicts_with = "files")]
        e: Option<String>,
        /// Notation: S-expressions, or the same as JSON
        #[arg(long, value_enum, default_value_t = Format::Pn)]
        format: Format,
        /// Break lines and indent
        #[arg(long)]
        pretty: bool,
        /// Allow the language of plans
        #[arg(long)]
        tasks: bool,
    },
}

/// How a tree is printed.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Puppet Extended S-Expression Notation
    Pn,
    /// The same as JSON
    Json,
}

/// Runs the command.
pub fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Validate { files, tasks, json, render_as } => {
            let sources = sources(&files)?;
            let terminal = std::io::stderr().is_terminal();
            if json {
                let (report, good) = report(&sources, tasks);
                println!("{}", serde_json::to_string_pretty(&report)?);
                return Ok(exit(good));
            }
            if render_as.as_deref() == Some("json") {
                let failures = failures(&sources, tasks);
                // Puppet prints nothing when nothing failed.
                let good = failures.as_object().is_some_and(serde_json::Map::is_empty);
                if !good {
                    println!("{}", serde_json::to_string_pretty(&failures)?);
                }
                return Ok(exit(good));
            }
            Ok(exit(validate(&sources, tasks, terminal, &mut std::io::stderr().lock())?))
        }
        Command::Dump { files, e, format, pretty, tasks } => {
            let sources = match e {
                Some(code) => vec![Source { path: None, text: Ok(code.into()), epp: false }],
                None => sources(&files)?,
            };
            let (mut out, mut err) = (std::io::stdout().lock(), std::io::stderr().lock());
            Ok(exit(dump(&sources, format, pretty, tasks, &mut out, &mut err)?))
        }
    }
}

/// The exit code.
pub(super) fn exit(good: bool) -> ExitCode {
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A text and where it came from.
pub(super) struct Source {
    /// `None` for standard input and the command line.
    pub path: Option<PathBuf>,
    /// The text, or why it cannot be used.
    pub text: Result<Arc<str>, String>,
    /// The text is a template.
    pub epp: bool,
}

impl Source {
    /// A file, which is a template if its name ends so.
    pub fn read(path: PathBuf) -> anyhow::Result<Source> {
        let bytes = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let epp = path.extension().is_some_and(|extension| extension == "epp");
        Ok(Source { path: Some(path), text: decode(bytes), epp })
    }

    /// Standard input.
    pub fn standard_input(epp: bool) -> anyhow::Result<Source> {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).context("cannot read standard input")?;
        Ok(Source { path: None, text: decode(bytes), epp })
    }

    /// The name that messages show.
    pub fn name(&self) -> String {
        self.path.as_ref().map_or_else(|| "STDIN".into(), |path| path.display().to_string())
    }

    /// The tree and what is wrong, or why there is no text.
    pub fn parse(&self, tasks: bool) -> Result<Parse, &str> {
        self.parse_as(self.path.clone(), tasks)
    }

    /// As [`Source::parse`], with the path from the root in messages, as `puppet parser validate` has them.
    fn parse_absolute(&self, tasks: bool) -> Result<Parse, &str> {
        let path = self.path.as_ref().map(|path| std::path::absolute(path).unwrap_or_else(|_| path.clone()));
        self.parse_as(path, tasks)
    }

    fn parse_as(&self, path: Option<PathBuf>, tasks: bool) -> Result<Parse, &str> {
        let text = self.text.as_ref().map_err(String::as_str)?;
        Ok(syntax::parse(
            SourceFile::new(path, Arc::clone(text)),
            Options { epp: self.epp, tasks, ..Options::default() },
        ))
    }
}

fn decode(bytes: Vec<u8>) -> Result<Arc<str>, String> {
    String::from_utf8(bytes).map(Arc::from).map_err(|_| "invalid byte sequence in UTF-8".into())
}

/// The files, those below directories, or standard input.
fn sources(files: &[PathBuf]) -> anyhow::Result<Vec<Source>> {
    if files.is_empty() {
        return Ok(vec![Source::standard_input(false)?]);
    }
    let missing: Vec<String> =
        files.iter().filter(|path| !path.exists()).map(|path| format!("   {}", path.display())).collect();
    if !missing.is_empty() {
        anyhow::bail!("One or more file(s) specified did not exist:\n{}", missing.join("\n"));
    }
    let mut found = Vec::new();
    for path in files {
        if path.is_dir() {
            search(path, &mut found)?;
        } else {
            found.push(path.clone());
        }
    }
    found.into_iter().map(Source::read).collect()
}

/// Code below a directory, in the order of names. Links to directories are not followed.
fn search(directory: &Path, found: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let entries =
        std::fs::read_dir(directory).with_context(|| format!("cannot read {}", directory.display()))?;
    let mut entries = entries.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            search(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "pp" || extension == "epp") {
            found.push(path);
        }
    }
    Ok(())
}

/// Writes the problems of all texts; false if one has errors.
fn validate(sources: &[Source], tasks: bool, terminal: bool, err: &mut impl Write) -> anyhow::Result<bool> {
    let mut good = true;
    for source in sources {
        let parsed = match source.parse_absolute(tasks) {
            Ok(parsed) => parsed,
            Err(problem) => {
                good = false;
                let name = source.name();
                writeln!(err, "Error: Could not parse for environment production: {problem} (file: {name})")?;
                continue;
            }
        };
        for warning in parsed.warnings.iter().take(MAX_SHOWN) {
            problem(err, "Warning", &warning.puppet_message(), Some(warning), terminal)?;
        }
        for error in parsed.logged_errors(MAX_SHOWN) {
            problem(err, "Error", &error.puppet_message(), Some(error), terminal)?;
        }
        let Some(message) = parsed.failure_message() else { continue };
        good = false;
        match &*parsed.errors {
            [only] => {
                let message = format!("Could not parse for environment production: {message}");
                problem(err, "Error", &message, Some(only), terminal)?;
            }
            // The errors above have named the file.
            _ => {
                let count = message.split(" (file: ").next().unwrap_or_default();
                problem(err, "Error", count, None, terminal)?;
            }
        }
    }
    Ok(good)
}

/// Writes one problem, on a terminal with its source.
pub(super) fn problem(
    err: &mut impl Write,
    level: &str,
    message: &str,
    diagnostic: Option<&Diagnostic>,
    terminal: bool,
) -> std::io::Result<()> {
    if !terminal {
        return writeln!(err, "{level}: {message}");
    }
    let color = if level == "Error" { "1;31" } else { "1;33" };
    let message: String =
        message.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect();
    writeln!(err, "\u{1b}[{color}m{level}: {message}\u{1b}[0m")?;
    match diagnostic {
        Some(diagnostic) => write!(err, "{}", syntax::snippet(diagnostic, true)),
        None => Ok(()),
    }
}

/// The problems of all texts by file, and whether there were no errors.
fn report(sources: &[Source], tasks: bool) -> (serde_json::Value, bool) {
    let mut files = serde_json::Map::new();
    let mut good = true;
    for source in sources {
        let problems: Vec<serde_json::Value> = match source.parse_absolute(tasks) {
            Err(problem) => {
                good = false;
                vec![serde_json::json!({ "severity": "error", "message": problem })]
            }
            Ok(parsed) => {
                good &= parsed.errors.is_empty();
                parsed.errors.iter().chain(&parsed.warnings).map(entry).collect()
            }
        };
        if !problems.is_empty() {
            files.insert(source.name(), problems.into());
        }
    }
    (files.into(), good)
}

/// What each file fails with, as Puppet renders it.
fn failures(sources: &[Source], tasks: bool) -> serde_json::Value {
    let mut files = serde_json::Map::new();
    for source in sources {
        let absolute = source.path.as_ref().and_then(|path| std::path::absolute(path).ok());
        let file = absolute.map(|path| path.display().to_string());
        let failure = match source.parse_absolute(tasks) {
            Err(problem) => serde_json::json!({
                "issue_code": null,
                "message": problem,
                "full_message": format!("Could not parse for environment production: {problem}"),
                "file": file,
                "line": null,
                "pos": null,
            }),
            Ok(parsed) => {
                let Some(message) = parsed.failure_message() else { continue };
                let only = parsed.errors.first().filter(|_| parsed.errors.len() == 1);
                let position = only.and_then(Diagnostic::position);
                let short = match only {
                    Some(error) => error.message.clone(),
                    None => message.split(" (file: ").next().unwrap_or_default().to_owned(),
                };
                serde_json::json!({
                    "issue_code": only.map(|error| error.code),
                    "message": short,
                    "full_message": format!("Could not parse for environment production: {message}"),
                    "file": file,
                    "line": position.map(|at| at.line),
                    "pos": position.map(|at| at.column),
                })
            }
        };
        files.insert(source.name(), failure);
    }
    files.into()
}

fn entry(diagnostic: &Diagnostic) -> serde_json::Value {
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Deprecation => "deprecation",
    };
    let position = diagnostic.position();
    serde_json::json!({
        "severity": severity,
        "issue_code": diagnostic.code,
        "message": diagnostic.message,
        "full_message": diagnostic.puppet_message(),
        "line": position.map(|at| at.line),
        "pos": position.map(|at| at.column),
    })
}

/// Writes the trees of all texts; false if one has errors, which are written instead.
pub(super) fn dump(
    sources: &[Source],
    format: Format,
    pretty: bool,
    tasks: bool,
    out: &mut impl Write,
    err: &mut impl Write,
) -> anyhow::Result<bool> {
    let mut good = true;
    for source in sources {
        let failure = match source.parse(tasks) {
            Ok(parsed) => match parsed.failure_message() {
                None => {
                    if sources.len() > 1 {
                        writeln!(out, "--- {}", source.name())?;
                    }
                    writeln!(out, "{}", tree(&parsed, format, pretty)?)?;
                    continue;
                }
                Some(message) => message,
            },
            Err(problem) => problem.to_owned(),
        };
        good = false;
        if sources.len() > 1 {
            writeln!(err, "Error: --- {}", source.name())?;
        }
        writeln!(err, "Error: {failure}")?;
    }
    Ok(good)
}

fn tree(parsed: &Parse, format: Format, pretty: bool) -> anyhow::Result<String> {
    Ok(match (format, pretty) {
        (Format::Pn, false) => pn::dump(&parsed.ast),
        (Format::Pn, true) => pn::dump_pretty(&parsed.ast),
        (Format::Json, false) => pn::dump_json(&parsed.ast),
        (Format::Json, true) => {
            let value: serde_json::Value = serde_json::from_str(&pn::dump_json(&parsed.ast))?;
            serde_json::to_string_pretty(&value)?
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source { path: Some(path.into()), text: Ok(text.into()), epp: path.ends_with(".epp") }
    }

    #[test]
    fn failures_are_rendered_as_puppet_renders_them() {
        let sources = [
            source("/v1.pp", "class a {\n ) }"),
            source("/v2.pp", "$A = 1\n$B = 2"),
            source("/v3.pp", "notice(1)"),
        ];
        let text = serde_json::to_string_pretty(&failures(&sources, false)).unwrap();
        insta::assert_snapshot!(text, @r#"
        {
          "/v1.pp": {
            "issue_code": "SYNTAX_ERROR",
            "message": "Syntax error at ')'",
            "full_message": "Could not parse for environment production: Syntax error at ')' (file: /v1.pp, line: 2, column: 2)",
            "file": "/v1.pp",
            "line": 2,
            "pos": 2
          },
          "/v2.pp": {
            "issue_code": null,
            "message": "Language validation logged 2 errors. Giving up",
            "full_message": "Could not parse for environment production: Language validation logged 2 errors. Giving up (file: /v2.pp)",
            "file": "/v2.pp",
            "line": null,
            "pos": null
          }
        }
        "#);
    }

    fn validated(sources: &[Source]) -> (bool, String) {
        let mut err = Vec::new();
        let good = validate(sources, false, false, &mut err).unwrap();
        (good, String::from_utf8(err).unwrap())
    }

    #[test]
    fn validate_says_what_puppet_says() {
        let (good, text) = validated(&[source("/good.pp", "class a { notice(\"\\q\") }")]);
        assert!(good);
        assert_eq!(
            text,
            "Warning: Unrecognized escape sequence '\\q' (file: /good.pp, line: 1, column: 22)\n"
        );
        let (good, text) = validated(&[
            source("/bad.pp", "class a { ) }"),
            source("/two.pp", "$A = 1\n$B = 2"),
            source("/good.epp", "a <%= $x %>"),
        ]);
        assert!(!good);
        insta::assert_snapshot!(text, @r"
        Error: Could not parse for environment production: Syntax error at ')' (file: /bad.pp, line: 1, column: 11)
        Error: Illegal variable name, The given name 'A' does not conform to the naming rule /^((::)?[a-z]\w*)*((::)?[a-z_]\w*)$/ (file: /two.pp, line: 1, column: 1)
        Error: Illegal variable name, The given name 'B' does not conform to the naming rule /^((::)?[a-z]\w*)*((::)?[a-z_]\w*)$/ (file: /two.pp, line: 2, column: 1)
        Error: Language validation logged 2 errors. Giving up
        ");
    }

    #[test]
    fn a_terminal_sees_the_line() {
        let mut err = Vec::new();
        validate(&[source("/bad.pp", "class a { ) }")], false, true, &mut err).unwrap();
        let text = String::from_utf8(err).unwrap();
        assert!(text.contains("class a { ) }"), "{text}");
        assert!(text.contains('^'), "{text}");
    }

    #[test]
    fn broken_encoding_is_an_error() {
        let broken = Source { path: Some("/x.pp".into()), text: decode(vec![b'$', 0xff]), epp: false };
        let (good, text) = validated(&[broken]);
        assert!(!good);
        assert_eq!(
            text,
            "Error: Could not parse for environment production: invalid byte sequence in UTF-8 (file: /x.pp)\n"
        );
    }

    #[test]
    fn dump_prints_trees_and_errors() {
        let sources = [source("/a.pp", "$x = 1"), source("/b.pp", "$x = )"), source("/c.epp", "<%= $x %>")];
        let (mut out, mut err) = (Vec::new(), Vec::new());
        assert!(!dump(&sources, Format::Pn, false, false, &mut out, &mut err).unwrap());
        insta::assert_snapshot!(String::from_utf8(out).unwrap(), @r#"
        --- /a.pp
        (= (var "x") 1)
        --- /c.epp
        (lambda {:body [(epp (render (var "x")))]})
        "#);
        insta::assert_snapshot!(String::from_utf8(err).unwrap(), @r"
        Error: --- /b.pp
        Error: Syntax error at ')' (file: /b.pp, line: 1, column: 6)
        ");
        let (mut out, mut err) = (Vec::new(), Vec::new());
        dump(&sources[..1], Format::Json, false, false, &mut out, &mut err).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "{\"^\":[\"=\",{\"^\":[\"var\",\"x\"]},1]}\n");
    }

    #[test]
    fn directories_are_searched() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("m/manifests")).unwrap();
        for name in ["m/manifests/init.pp", "m/a.epp", "m/readme.md"] {
            std::fs::write(folder.path().join(name), "x").unwrap();
        }
        let found = sources(&[folder.path().to_owned()]).unwrap();
        let names: Vec<_> = found
            .iter()
            .map(|s| s.path.as_ref().unwrap().strip_prefix(folder.path()).unwrap().to_owned())
            .collect();
        assert_eq!(names, [PathBuf::from("m/a.epp"), PathBuf::from("m/manifests/init.pp")]);
        let missing = sources(&["/nope/x.pp".into()]).err().unwrap();
        assert_eq!(missing.to_string(), "One or more file(s) specified did not exist:\n   /nope/x.pp");
    }
}
