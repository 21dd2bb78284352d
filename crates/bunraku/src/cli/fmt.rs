//! `bunraku fmt`: manifests in the layout of the style guide.

use std::io::{IsTerminal as _, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use rayon::prelude::*;

use super::files;

/// Put manifests into the layout of the style guide
///
/// Indentation, spaces, arrows below each other, quotes, blank lines and commas at the ends of lists follow the style guide; lines break
/// where the author breaks them. What the code means never changes: a file whose tree would be another is left alone.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Exit code 0: done; 1: a file could not be formatted, or with --check or --diff would change."
)]
pub struct Args {
    /// Manifests, or directories to search; `-` formats standard input
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Change nothing; list the files that are not formatted
    #[arg(long)]
    check: bool,
    /// Change nothing; show what would
    #[arg(long)]
    diff: bool,
}

/// What became of a file.
enum Outcome {
    /// It is formatted already.
    Good,
    /// It was not: the old text and the new one.
    Changed(String, String),
    /// It cannot be formatted, for this reason.
    Left(String),
}

/// Runs the command.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    if args.paths == [Path::new("-")] {
        return standard_input(&args);
    }
    let missing: Vec<String> = args
        .paths
        .iter()
        .filter(|path| !path.exists())
        .map(|path| format!("   {}", path.display()))
        .collect();
    if !missing.is_empty() {
        bail!("One or more file(s) specified did not exist:\n{}", missing.join("\n"));
    }
    let paths = files::find(&args.paths, &["pp"])?;
    let keep = args.check || args.diff;
    let outcomes: Vec<anyhow::Result<(PathBuf, Outcome)>> =
        paths.into_par_iter().map(|path| format(&path, keep).map(|outcome| (path, outcome))).collect();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let (mut changed, mut left, mut good) = (0, 0, 0);
    for outcome in outcomes {
        let (path, outcome) = outcome?;
        match outcome {
            Outcome::Good => good += 1,
            Outcome::Changed(before, after) => {
                changed += 1;
                if args.diff {
                    write_diff(&mut out, &path.display().to_string(), &before, &after)?;
                } else {
                    writeln!(out, "{}", path.display())?;
                }
            }
            Outcome::Left(reason) => {
                left += 1;
                out.flush()?;
                eprintln!("Error: {}: {reason}", path.display());
            }
        }
    }
    out.flush()?;
    eprintln!("{}", summary(changed, good, left, keep));
    Ok(if left > 0 || (keep && changed > 0) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn summary(changed: usize, good: usize, left: usize, keep: bool) -> String {
    let files = |count: usize| format!("{count} file{}", if count == 1 { "" } else { "s" });
    let done = if keep { "would change" } else { "changed" };
    let mut text = format!("{} {done}, {} formatted already", files(changed), files(good));
    if left > 0 {
        text.push_str(&format!(", {} left alone", files(left)));
    }
    text
}

fn format(path: &Path, keep: bool) -> anyhow::Result<Outcome> {
    let before = match files::read(path) {
        Ok(text) => text,
        Err(error) if path.exists() => return Ok(Outcome::Left(format!("{error:#}"))),
        Err(error) => return Err(error),
    };
    let tasks = path.components().any(|part| part.as_os_str() == "plans");
    match lint::format(&before, tasks) {
        Ok(after) if after == before => Ok(Outcome::Good),
        Ok(after) => {
            if !keep {
                files::replace(path, &after)?;
            }
            Ok(Outcome::Changed(before, after))
        }
        Err(error) => Ok(Outcome::Left(error.to_string())),
    }
}

fn standard_input(args: &Args) -> anyhow::Result<ExitCode> {
    let mut before = String::new();
    std::io::stdin().lock().read_to_string(&mut before).context("cannot read standard input")?;
    let after = lint::format(&before, false)?;
    let mut out = std::io::stdout().lock();
    if args.diff {
        write_diff(&mut out, "STDIN", &before, &after)?;
    } else if !args.check {
        out.write_all(after.as_bytes())?;
    }
    let keep = args.check || args.diff;
    Ok(if keep && before != after { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The difference in the form that `patch` reads, coloured for a terminal.
fn write_diff(out: &mut impl std::io::Write, name: &str, before: &str, after: &str) -> std::io::Result<()> {
    let diff = similar::TextDiff::from_lines(before, after);
    let text = diff.unified_diff().context_radius(3).header(name, name).to_string();
    if !std::io::stdout().is_terminal() {
        return out.write_all(text.as_bytes());
    }
    for line in text.split_inclusive('\n') {
        let color = match line.as_bytes().first() {
            Some(b'+') => "32",
            Some(b'-') => "31",
            Some(b'@') => "36",
            _ => "0",
        };
        writeln!(out, "\u{1b}[{color}m{}\u{1b}[0m", line.trim_end_matches('\n'))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_formatted_or_left_alone() {
        let root = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = root.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let (good, bad, broken) =
            (file("good.pp", "$a = 1\n"), file("bad.pp", "$a=\"1\""), file("broken.pp", "$a = (\n"));
        assert!(matches!(format(&good, false).unwrap(), Outcome::Good));
        assert!(matches!(format(&bad, true).unwrap(), Outcome::Changed(..)));
        assert_eq!(std::fs::read_to_string(&bad).unwrap(), "$a=\"1\"");
        assert!(matches!(format(&bad, false).unwrap(), Outcome::Changed(..)));
        assert_eq!(std::fs::read_to_string(&bad).unwrap(), "$a = '1'\n");
        let Outcome::Left(reason) = format(&broken, false).unwrap() else { panic!("formatted") };
        assert_eq!(reason, "Syntax error at end of input");
        assert_eq!(std::fs::read_to_string(&broken).unwrap(), "$a = (\n");
    }

    #[test]
    fn the_sum_is_told() {
        assert_eq!(summary(1, 2, 0, false), "1 file changed, 2 files formatted already");
        assert_eq!(
            summary(2, 1, 1, true),
            "2 files would change, 1 file formatted already, 1 file left alone"
        );
    }
}
