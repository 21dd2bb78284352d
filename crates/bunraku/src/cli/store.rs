//! `bunraku store`: commands of others that the store could not take, and whether what it counts is right.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use pdb::Recounted;
use pdb::queue::{DeadLetters, Which};
use serde_json::{Value, json};

use super::query::{Format, print};
use crate::config::Site;
use crate::serve::store;

/// What the store on this machine could not take, and its counts
///
/// Facts, catalogs and reports that another server sends are accepted first and stored then. One that cannot be stored, because it is
/// not valid or the database refuses it time and again, is set aside with the reason. Nothing is lost: mend what is wrong and retry.
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    /// List commands that were set aside, with the reason
    Failed {
        /// How many at most, the latest first
        #[arg(long, value_name = "NUMBER", default_value_t = 100)]
        limit: usize,
        /// How to print
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Print the document of a command that was set aside
    Show {
        /// UUID, as `bunraku store failed` shows it
        uuid: String,
    },
    /// Store commands that were set aside after all; a server that runs begins within seconds
    Retry {
        #[command(flatten)]
        which: Selection,
    },
    /// Delete commands that were set aside
    Discard {
        #[command(flatten)]
        which: Selection,
    },
    /// Compare what the store counts with the rows, and mend it; a server does so once a day
    ///
    /// Dashboards' figures are counted when something is stored. A server of an older version that shares the database does not count.
    Recount,
}

/// Which commands are meant.
#[derive(clap::Args, Debug)]
#[group(required = true, multiple = false)]
pub struct Selection {
    /// UUIDs, as `bunraku store failed` shows them
    #[arg(value_name = "UUID")]
    uuids: Vec<String>,
    /// All that were set aside
    #[arg(long)]
    all: bool,
}

impl Selection {
    fn which(self) -> Which {
        if self.all { Which::All } else { Which::Uuids(self.uuids) }
    }
}

/// Runs the command.
pub fn run(command: Command, config: Option<&Path>) -> anyhow::Result<ExitCode> {
    let site = Site::load(config)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(async {
        match command {
            Command::Failed { limit, format } => list(&letters(&site)?, limit, format).await,
            Command::Show { uuid } => {
                let document = letters(&site)?.document(&uuid, site.config.puppetdb.max_command_size).await?;
                let document = document.with_context(|| format!("no command {uuid} is set aside"))?;
                match serde_json::from_slice::<Value>(&document) {
                    Ok(json) => println!("{}", serde_json::to_string_pretty(&json)?),
                    // That may be why it is here.
                    Err(_) => println!("{}", String::from_utf8_lossy(&document)),
                }
                Ok(ExitCode::SUCCESS)
            }
            Command::Retry { which } => {
                let which = which.which();
                said(letters(&site)?.mark(which.clone()).await?, &which, "will be tried again")
            }
            Command::Discard { which } => {
                let which = which.which();
                said(letters(&site)?.delete(which.clone()).await?, &which, "deleted")
            }
            Command::Recount => Ok(recounted(store::required(&site).await?.recount().await?)),
        }
    })
}

fn letters(site: &Site) -> anyhow::Result<DeadLetters> {
    let file = store::queue_file(site);
    if !file.exists() {
        bail!("there is no queue of commands at {}; has a server run here?", file.display());
    }
    DeadLetters::open(&file).with_context(|| format!("could not open {}", file.display()))
}

async fn list(letters: &DeadLetters, limit: usize, format: Format) -> anyhow::Result<ExitCode> {
    let (count, newest) = letters.newest(limit).await?;
    if newest.is_empty() && format == Format::Table {
        eprintln!("No command is set aside.");
        return Ok(ExitCode::SUCCESS);
    }
    let rows: Vec<Value> = newest
        .iter()
        .map(|letter| {
            let (received, discarded) = letter.times();
            json!({
                "uuid": letter.uuid, "command": format!("{} {}", letter.command, letter.version),
                "certname": letter.certname, "received": received, "discarded": discarded,
                "attempts": letter.attempts, "error": letter.error,
            })
        })
        .collect();
    let code = print(&Value::Array(rows), format)?;
    if count > newest.len() as i64 {
        eprintln!("{count} commands are set aside; --limit shows more of them.");
    }
    Ok(code)
}

fn recounted(mended: Recounted) -> ExitCode {
    match mended {
        Recounted { nodes: 0, events: 0, values: 0 } => println!("All counts are right."),
        Recounted { nodes, events, values } => println!(
            "Mended: counts of {nodes} nodes, {events} counts of events, {values} counts of nodes with a value of a fact."
        ),
    }
    ExitCode::SUCCESS
}

/// Says how many there were; fewer than were named is an error.
fn said(count: usize, which: &Which, done: &str) -> anyhow::Result<ExitCode> {
    let noun = if count == 1 { "command" } else { "commands" };
    println!("{count} {noun} {done}");
    match which {
        Which::Uuids(uuids) if count < uuids.len() => {
            bail!("{} of the UUIDs are not those of commands that were set aside", uuids.len() - count)
        }
        _ => Ok(ExitCode::SUCCESS),
    }
}
