//! Options of `bunraku lint`, from the command line and from puppet-lint's configuration files.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use anyhow::{Context as _, bail};
use clap::{Arg, ArgAction, ArgMatches, FromArgMatches};

/// Files with options, each one read if it is there; one option a line.
const FILES: [&str; 2] = ["/etc/puppet-lint.rc", ".puppet-lint.rc"];

/// Options on the command line.
#[derive(clap::Args, Debug)]
pub struct Flags {
    /// Put right what can be, in the files themselves
    #[arg(short, long)]
    fix: bool,
    /// Exit with 1 if there are warnings
    #[arg(long)]
    fail_on_warnings: bool,
    /// Only errors, only warnings, or all
    #[arg(long, value_name = "LEVEL", value_parser = ["all", "warning", "error"])]
    error_level: Option<String>,
    /// Only these checks
    #[arg(long, value_name = "CHECKS", value_delimiter = ',')]
    only_checks: Option<Vec<String>>,
    /// Compare the layout of a module to its own folder, whatever that is called
    #[arg(long)]
    relative: bool,
    /// Patterns of paths to leave out
    #[arg(long, value_name = "PATTERNS", value_delimiter = ',')]
    ignore_paths: Option<Vec<String>>,
    /// Variables of the top scope that are no facts
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    top_scope_variables: Option<Vec<String>>,
    /// Show problems that control comments allow
    #[arg(long)]
    show_ignored: bool,
    /// Show the line of each problem
    #[arg(long)]
    with_context: bool,
    /// Show the name of the file, even if there is only one
    #[arg(long)]
    with_filename: bool,
    /// A line for each problem, with %{filename}, %{path}, %{fullpath}, %{line}, %{column}, %{kind}, %{KIND}, %{check} and %{message}
    #[arg(long, value_name = "FORMAT")]
    log_format: Option<String>,
    /// Problems as JSON: a list for each file
    #[arg(long)]
    json: bool,
    /// Problems as SARIF
    #[arg(long, conflicts_with = "json")]
    sarif: bool,
    /// Write a report in Code Climate's format
    #[arg(long, value_name = "FILE")]
    codeclimate_report_file: Option<PathBuf>,
    /// List the names of all checks
    #[arg(long)]
    list_checks: bool,
    /// More options, one a line
    #[arg(short = 'c', long = "options", alias = "lint-config", value_name = "FILE")]
    options: Option<PathBuf>,
    /// Read no configuration files (/etc/puppet-lint.rc, ~/.puppet-lint.rc, .puppet-lint.rc)
    #[arg(long)]
    no_config: bool,
    #[command(flatten)]
    switches: Switches,
}

/// `--no-CHECK-check` and `--CHECK-check` for every check.
#[derive(Clone, Debug, Default)]
struct Switches {
    /// Names and whether they are to run.
    list: Vec<(&'static str, bool)>,
}

/// Each check with the options that turn it on and off.
static SWITCHES: LazyLock<Vec<(&'static str, String, String)>> = LazyLock::new(|| {
    let names = lint::CHECKS.iter().map(|check| check.name);
    names.map(|name| (name, format!("{name}-check"), format!("no-{name}-check"))).collect()
});

impl clap::Args for Switches {
    fn augment_args(command: clap::Command) -> clap::Command {
        SWITCHES.iter().flat_map(|(_, on, off)| [on, off]).fold(command, |command, name| {
            command.arg(Arg::new(name.as_str()).long(name.as_str()).action(ArgAction::SetTrue).hide(true))
        })
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Switches::augment_args(command)
    }
}

impl FromArgMatches for Switches {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Switches, clap::Error> {
        let mut switches = Switches::default();
        switches.update_from_arg_matches(matches)?;
        Ok(switches)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        for (check, on, off) in SWITCHES.iter() {
            if matches.get_flag(on) {
                self.list.push((check, true));
            }
            if matches.get_flag(off) {
                self.list.push((check, false));
            }
        }
        Ok(())
    }
}

/// Everything that was asked for.
#[derive(Debug)]
pub struct Settings {
    pub enabled: HashSet<&'static str>,
    pub fix: bool,
    pub fail_on_warnings: bool,
    /// `all`, `warning` or `error`.
    pub error_level: String,
    pub relative: bool,
    pub ignore_paths: Vec<String>,
    pub top_scope_variables: Vec<String>,
    pub show_ignored: bool,
    pub with_context: bool,
    pub with_filename: bool,
    pub log_format: Option<String>,
    pub json: bool,
    pub sarif: bool,
    pub code_climate: Option<PathBuf>,
    pub list_checks: bool,
    pub github: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            enabled: lint::Options::default().enabled,
            fix: false,
            fail_on_warnings: false,
            error_level: "all".into(),
            relative: false,
            ignore_paths: vec!["vendor/**/*.pp".into()],
            top_scope_variables: Vec::new(),
            show_ignored: false,
            with_context: false,
            with_filename: false,
            log_format: None,
            json: false,
            sarif: false,
            code_climate: std::env::var_os("CODECLIMATE_REPORT_FILE").map(PathBuf::from),
            list_checks: false,
            github: std::env::var_os("GITHUB_ACTION").is_some(),
        }
    }
}

impl Settings {
    /// The configuration files, and over them the command line.
    pub fn load(flags: &Flags) -> anyhow::Result<Settings> {
        let mut settings = Settings::default();
        if !flags.no_config {
            let home = std::env::var_os("HOME").map(|home| Path::new(&home).join(".puppet-lint.rc"));
            for file in
                [Some(PathBuf::from(FILES[0])), home, Some(PathBuf::from(FILES[1]))].into_iter().flatten()
            {
                if file.is_file() {
                    settings.read(&file)?;
                }
            }
        }
        if let Some(file) = &flags.options {
            settings.read(file)?;
        }
        settings.apply(flags)?;
        Ok(settings)
    }

    /// What the checks of one file are told.
    pub fn checks(&self, full_path: String) -> lint::Options {
        lint::Options {
            enabled: self.enabled.clone(),
            relative: self.relative,
            top_scope_variables: self.top_scope_variables.clone(),
            tasks: full_path.contains("/plans/"),
            full_path: Some(full_path),
        }
    }

    fn apply(&mut self, flags: &Flags) -> anyhow::Result<()> {
        if let Some(only) = &flags.only_checks {
            self.only(only)?;
        }
        for &(name, on) in &flags.switches.list {
            self.switch(name, on);
        }
        self.fix |= flags.fix;
        self.fail_on_warnings |= flags.fail_on_warnings;
        self.relative |= flags.relative;
        self.show_ignored |= flags.show_ignored;
        self.with_context |= flags.with_context;
        self.with_filename |= flags.with_filename;
        self.json |= flags.json;
        self.sarif |= flags.sarif;
        self.list_checks |= flags.list_checks;
        if let Some(level) = &flags.error_level {
            self.error_level.clone_from(level);
        }
        if let Some(paths) = &flags.ignore_paths {
            self.ignore_paths.clone_from(paths);
        }
        if let Some(names) = &flags.top_scope_variables {
            self.top_scope_variables.clone_from(names);
        }
        if flags.log_format.is_some() {
            self.log_format.clone_from(&flags.log_format);
        }
        if flags.codeclimate_report_file.is_some() {
            self.code_climate.clone_from(&flags.codeclimate_report_file);
        }
        Ok(())
    }

    fn only(&mut self, names: &[String]) -> anyhow::Result<()> {
        self.enabled.clear();
        for name in names {
            match lint::check(name.trim()) {
                Some(check) => {
                    self.enabled.insert(check.name);
                }
                None => bail!("there is no check {name}; `bunraku lint --list-checks` lists all"),
            }
        }
        Ok(())
    }

    fn switch(&mut self, name: &'static str, on: bool) {
        if on {
            self.enabled.insert(name);
        } else {
            self.enabled.remove(name);
        }
    }

    /// Reads a configuration file. Checks of plugins that do not exist here are named once and otherwise no trouble.
    fn read(&mut self, file: &Path) -> anyhow::Result<()> {
        let text =
            std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let line = line.trim_end();
            if !line.starts_with('-') {
                continue;
            }
            let (name, value) = match line.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (line, None),
            };
            let mut value = || match value.or_else(|| lines.next().map(str::trim_end)) {
                Some(value) => Ok(value.to_owned()),
                None => bail!("{}: {name} needs a value", file.display()),
            };
            let list = |text: String| text.split(',').map(String::from).collect::<Vec<_>>();
            match name {
                "--fix" | "-f" => self.fix = true,
                "--fail-on-warnings" => self.fail_on_warnings = true,
                "--error-level" => self.error_level = value()?,
                "--only-checks" => {
                    let names = list(value()?);
                    self.only(&names).with_context(|| file.display().to_string())?;
                }
                "--relative" => self.relative = true,
                "--ignore-paths" => self.ignore_paths = list(value()?),
                "--top-scope-variables" => self.top_scope_variables = list(value()?),
                "--show-ignored" => self.show_ignored = true,
                "--with-context" => self.with_context = true,
                "--with-filename" => self.with_filename = true,
                "--log-format" => self.log_format = Some(value()?),
                "--json" => self.json = true,
                "--sarif" => self.sarif = true,
                "--codeclimate-report-file" => self.code_climate = Some(value()?.into()),
                "--list-checks" => self.list_checks = true,
                "--no-config" => {}
                "--config" | "-c" => {
                    let more = value()?;
                    eprintln!("WARNING: {}: {more} is not read; name it on the command line", file.display());
                }
                "--load" | "-l" | "--load-from-puppet" => {
                    let plugins = value()?;
                    eprintln!("WARNING: {}: {plugins}: checks in Ruby are not loaded", file.display());
                }
                _ => match switch(name) {
                    Some((check, on)) => match lint::check(check) {
                        Some(check) => self.switch(check.name, on),
                        None => eprintln!("WARNING: {}: there is no check {check}", file.display()),
                    },
                    None => bail!("{}: unknown option {name}", file.display()),
                },
            }
        }
        Ok(())
    }
}

/// The check that an option turns on or off.
fn switch(name: &str) -> Option<(&str, bool)> {
    let check = name.strip_prefix("--")?.strip_suffix("-check")?;
    Some(match check.strip_prefix("no-") {
        Some(check) => (check, false),
        None => (check, true),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_file_is_read_as_puppet_lint_reads_it() {
        let mut settings = Settings::default();
        let mut file = tempfile::NamedTempFile::new().unwrap();
        std::io::Write::write_all(
            &mut file,
            b"# comment\n--relative\n--no-140chars-check\n--80chars-check\n--no-plugin_x-check\n\
              --log-format=%{path}:%{line}\n--ignore-paths\na/**,b\n",
        )
        .unwrap();
        settings.read(file.path()).unwrap();
        assert!(settings.relative);
        assert!(!settings.enabled.contains("140chars") && settings.enabled.contains("80chars"));
        assert_eq!(settings.log_format.as_deref(), Some("%{path}:%{line}"));
        assert_eq!(settings.ignore_paths, ["a/**", "b"]);
        std::fs::write(file.path(), "--frobnicate\n").unwrap();
        let error = settings.read(file.path()).unwrap_err().to_string();
        assert!(error.ends_with("unknown option --frobnicate"), "{error}");
    }

    #[test]
    fn the_command_line_has_the_last_word() {
        use clap::{Args as _, FromArgMatches as _};
        let command = Flags::augment_args(clap::Command::new("lint"));
        let matches = command
            .try_get_matches_from([
                "lint",
                "--only-checks",
                "hard_tabs,140chars",
                "--no-140chars-check",
                "--80chars-check",
            ])
            .unwrap();
        let mut settings = Settings::default();
        settings.apply(&Flags::from_arg_matches(&matches).unwrap()).unwrap();
        assert_eq!(settings.enabled, HashSet::from(["hard_tabs", "80chars"]));
        assert!(settings.only(&["nonsense".into()]).is_err());
    }
}
