//! `bunraku config`: look at the configuration before a server does.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::config::{Config, Site, keys};
use crate::serve::code::places;

/// Look at the configuration
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    /// Read all configuration files, say what is wrong, and show where everything is
    Check,
    /// Print an example bunraku.toml with every key, its meaning and its default
    Example,
    /// Print a configuration of HAProxy for the compilers
    Haproxy(super::haproxy::Args),
    /// Print the configuration in force; users and passwords in addresses are left out
    Show {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Runs the command.
pub fn run(command: Command, path: Option<&Path>) -> anyhow::Result<ExitCode> {
    match command {
        Command::Check => check(path),
        Command::Haproxy(args) => super::haproxy::run(&args, path),
        Command::Example => {
            print!("{}", keys::example());
            Ok(ExitCode::SUCCESS)
        }
        Command::Show { json } => {
            let config = Config::load(path)?;
            let text = match json {
                true => format!("{}\n", serde_json::to_string_pretty(&config)?),
                false => toml::to_string(&config)?,
            };
            print!("{}", ::deploy::without_passwords(&text));
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// One line a file or directory: where it is, and whether it is there.
fn check(path: Option<&Path>) -> anyhow::Result<ExitCode> {
    let site = Site::load(path)?;
    println!("certname          {}", site.certname);
    println!("listens on        {}", site.config.listen.address);
    let row = |name: &str, path: PathBuf, absent: &str| {
        let note = if path.exists() { "" } else { absent };
        println!("{name:<17} {}{note}", path.display());
    };
    row("puppet.conf", site.confdir.join("puppet.conf"), "  (absent: defaults)");
    row("data", site.data_dir.clone(), "  (absent: will be made)");
    row("ssl", site.path("ssldir"), "  (absent: will be made)");
    row("authority", site.path("cadir"), "  (absent: will be made)");
    row("autosign", site.path("autosign"), "  (absent: every request waits to be signed)");
    row("hiera", site.path("hiera_config"), "  (absent: no global layer)");
    row("fileserver.conf", site.path("fileserverconfig"), "  (absent: no custom mounts)");
    match site.auth_conf() {
        Some(file) => row("auth.conf", file, "  (absent)"),
        None => println!("{:<17} built-in rules", "auth.conf"),
    }
    let environments = |dir: &Path| {
        for name in crate::config::environments(dir) {
            println!("{:<17}   {name}", "");
        }
    };
    match places(&site)? {
        // What lies on the environment path is not read then.
        Some(code) => {
            row("staging", code.staging_dir, "  (absent: will be made)");
            row("versions", code.data_dir, "  (absent: will be made)");
            let serving = code.live_dir.join("environments");
            row("environments", serving.clone(), "  (absent: nothing is committed yet)");
            environments(&serving);
        }
        None => {
            for dir in site.puppet.paths_of("environmentpath") {
                row("environments", dir.clone(), "  (absent)");
                environments(&dir);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
