//! `bunraku node`: nodes in the store.

use std::path::Path;
use std::process::ExitCode;
use std::time::SystemTime;

use anyhow::{Context as _, bail};
use pdb::Outcome;
use serde_json::{Value, json};

use super::query::{Format, print};
use super::target::{Api, Target};
use crate::config::Site;

/// Nodes in the store of facts, catalogs and reports, ours or PuppetDB's
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    /// List nodes with their latest report
    List {
        /// Those that are deactivated or expired, too
        #[arg(long)]
        all: bool,
        /// How to print
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
        #[command(flatten)]
        target: Target,
    },
    /// Show what is known of nodes
    Show {
        /// Names of nodes
        #[arg(required = true)]
        certname: Vec<String>,
        #[command(flatten)]
        target: Target,
    },
    /// Leave nodes out of queries until they report again; exported resources of theirs are no longer collected
    Deactivate {
        /// Names of nodes
        #[arg(required = true)]
        certname: Vec<String>,
        #[command(flatten)]
        target: Target,
    },
    /// Delete nodes and all that they reported, at once
    Purge {
        /// Names of nodes
        #[arg(required = true)]
        certname: Vec<String>,
        #[command(flatten)]
        target: Target,
    },
}

/// Runs the command.
pub fn run(command: Command, config: Option<&Path>) -> anyhow::Result<ExitCode> {
    let site = Site::load(config)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        match command {
            Command::List { all, format, target } => {
                let state = if all { "any" } else { "active" };
                let columns = json!([
                    "certname",
                    "latest_report_status",
                    "report_timestamp",
                    "facts_environment",
                    "deactivated",
                    "expired"
                ]);
                let query = json!([
                    "from",
                    "nodes",
                    ["extract", columns, ["=", "node_state", state]],
                    ["order_by", ["certname"]]
                ]);
                print(&target.query(&site, &query).await?, format)
            }
            Command::Show { certname, target } => {
                for name in certname {
                    let query = json!([
                        "from",
                        "nodes",
                        ["and", ["=", "certname", name], ["=", "node_state", "any"]]
                    ]);
                    let rows = target.query(&site, &query).await?;
                    let node =
                        rows.get(0).with_context(|| format!("No information is known about node {name}"))?;
                    println!("{}", serde_json::to_string_pretty(node)?);
                }
                Ok(ExitCode::SUCCESS)
            }
            Command::Deactivate { certname, target } => {
                for name in certname {
                    let done = deactivate(&target, &site, &name).await;
                    println!("{}", done.with_context(|| format!("could not deactivate {name}"))?);
                }
                Ok(ExitCode::SUCCESS)
            }
            Command::Purge { certname, target } => {
                for name in certname {
                    purge(&target, &site, &name).await.with_context(|| format!("could not delete {name}"))?;
                    println!("Deleted {name}");
                }
                Ok(ExitCode::SUCCESS)
            }
        }
    })
}

async fn deactivate(target: &Target, site: &Site, certname: &str) -> anyhow::Result<String> {
    if let Some(api) = target.api(site)? {
        let answer = submit_deactivate(&api, certname).await?;
        let uuid = answer["uuid"].as_str().unwrap_or_default();
        return Ok(format!("Submitted 'deactivate node' for {certname} with UUID {uuid}"));
    }
    let store = Target::own(site).await?;
    // The command as such takes any name, since it may come before the node's first document.
    if !store.all_certnames().await?.iter().any(|known| known == certname) {
        bail!("No information is known about node {certname}");
    }
    Ok(match store.deactivate_node(certname).await? {
        Outcome::Stored => format!("Deactivated {certname}"),
        _ => format!(
            "{certname} is deactivated already, or a clock was set back: something newer is known of it"
        ),
    })
}

async fn purge(target: &Target, site: &Site, certname: &str) -> anyhow::Result<()> {
    if let Some(api) = target.api(site)? {
        let document = json!({"command": "delete", "version": 1, "payload": {"certname": certname}});
        api.post("/pdb/admin/v1/cmd", &document).await?;
    } else if !Target::own(site).await?.delete_node(certname).await? {
        bail!("No information is known about node {certname}");
    }
    Ok(())
}

async fn submit_deactivate(api: &Api, certname: &str) -> anyhow::Result<Value> {
    let now = jiff::Timestamp::try_from(SystemTime::now())?;
    let now = format!("{now:.3}");
    let path = format!(
        "/pdb/cmd/v1?command=deactivate_node&version=3&certname={}&producer-timestamp={}",
        rest::path::percent_encode(certname),
        rest::path::percent_encode(&now)
    );
    api.post(&path, &json!({"certname": certname, "producer_timestamp": now})).await
}
