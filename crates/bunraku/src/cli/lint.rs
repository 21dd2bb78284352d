//! `bunraku lint`: the style of manifests.
//!
//! Options, configuration files, output and exit codes are puppet-lint's, since pipelines and editors are made for them; a terminal
//! gets each problem with its source instead.

mod output;
mod settings;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::bail;
use lint::{Level, Problem, Report, State};
use rayon::prelude::*;

use super::files;
use settings::Settings;

/// Check the style of manifests, and put it right
///
/// Checks, messages, control comments (`# lint:ignore:CHECK reason` … `# lint:endignore`) and configuration files (.puppet-lint.rc) are
/// those of puppet-lint. Each check is turned off with --no-CHECK-check and on with --CHECK-check. Exit code 0: no errors; 1: errors,
/// or warnings with --fail-on-warnings.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Manifests, or directories to search for manifests and Hiera data
    paths: Vec<PathBuf>,
    #[command(flatten)]
    options: settings::Flags,
}

/// A file and what was found in it.
struct Checked {
    /// As given, or found below a given directory.
    path: PathBuf,
    /// From the root.
    full_path: String,
    /// The text that the problems are placed in.
    text: String,
    report: Report,
}

/// Runs the command.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let mut settings = Settings::load(&args.options)?;
    if settings.list_checks {
        for check in lint::CHECKS {
            println!("{}", check.name);
        }
        return Ok(ExitCode::SUCCESS);
    }
    if args.paths.is_empty() {
        bail!("no file specified; `bunraku lint .` checks what is below this directory");
    }
    let yaml = args.paths.iter().any(|path| path.is_dir()) && settings.enabled.contains("legacy_facts");
    let extensions: &[&str] = if yaml { &["pp", "yaml", "yml"] } else { &["pp"] };
    let ignored: Vec<stdx::fnmatch::Pattern> =
        settings.ignore_paths.iter().map(|pattern| stdx::fnmatch::Pattern::new(pattern)).collect();
    let mut paths = files::find(&args.paths, extensions)?;
    settings.with_filename |= paths.len() > 1;
    paths.retain(|path| !ignored.iter().any(|pattern| pattern.matches(&path.to_string_lossy())));
    let checked: Vec<anyhow::Result<Checked>> =
        paths.into_par_iter().map(|path| check(path, &settings)).collect();
    let checked: Vec<Checked> = checked.into_iter().collect::<anyhow::Result<_>>()?;
    output::write(&checked, &settings)?;
    let failed = |problem: &Problem| {
        problem.state == State::Open && (problem.level == Level::Error || settings.fail_on_warnings)
    };
    let good = !checked.iter().any(|file| file.report.problems.iter().any(failed));
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn check(path: PathBuf, settings: &Settings) -> anyhow::Result<Checked> {
    let full_path = std::path::absolute(&path)?.to_string_lossy().into_owned();
    if is_selinux_policy(&path) {
        return Ok(Checked { path, full_path, text: String::new(), report: Report::default() });
    }
    let mut text = files::read(&path)?;
    let options = settings.checks(full_path.clone());
    let report = if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
        lint::lint_yaml(&text, &options)
    } else if settings.fix {
        let mut report = lint::fix(&text, &options);
        if let Some(fixed) = report.fixed.take() {
            files::replace(&path, &fixed)?;
            text = fixed;
        }
        report
    } else {
        lint::lint(&text, &options)
    };
    for warning in &report.warnings {
        eprintln!("WARNING: {warning}");
    }
    Ok(Checked { path, full_path, text, report })
}

/// Compiled policies of SELinux have the same extension.
fn is_selinux_policy(path: &Path) -> bool {
    use std::io::Read as _;
    let mut magic = [0; 4];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut magic));
    read.is_ok() && magic == [0x8f, 0xff, 0x7c, 0xf9]
}
