//! `bunraku report`: what agents reported.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use api::Pdb as _;
use comfy_table::{Table, presets};
use pdb::ReportSummary;

use crate::config::Site;
use crate::serve::store;

/// Reports of agents, from the store on this machine
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    /// List the latest reports
    List {
        /// Only this node's
        #[arg(long, value_name = "NODE")]
        certname: Option<String>,
        /// How many at most
        #[arg(long, value_name = "NUMBER", default_value_t = 20)]
        limit: usize,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print a node's latest report, whole, as JSON
    Show {
        /// Name of the node
        certname: String,
    },
}

/// Runs the command.
pub fn run(command: Command, config: Option<&Path>) -> anyhow::Result<ExitCode> {
    let site = Site::load(config)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(async {
        let store = store::required(&site).await?;
        match command {
            Command::List { certname, limit, json } => {
                let reports = store.reports(certname.as_deref(), limit).await?;
                match json {
                    true => println!("{}", serde_json::to_string_pretty(&reports)?),
                    false => println!("{}", table(&reports)),
                }
            }
            Command::Show { certname } => {
                let report = store.latest_report(&certname).await?;
                let report = report.with_context(|| format!("no report of {certname} is stored"))?;
                let json: serde_json::Value = serde_json::from_slice(&report.report)?;
                println!("{}", serde_json::to_string_pretty(&json)?);
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}

fn table(reports: &[ReportSummary]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["Node", "Status", "Environment", "Time", "Resources", "Changed", "Failed", "Seconds"]);
    for report in reports {
        let count = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
        let status = report.status.clone().unwrap_or_default() + if report.noop { " (noop)" } else { "" };
        table.add_row([
            report.certname.clone(),
            status,
            report.environment.clone(),
            report
                .start_time
                .as_deref()
                .map(|time| time.get(..19).unwrap_or(time).to_owned())
                .unwrap_or_default(),
            count(report.resources_total),
            count(report.resources_changed),
            count(report.resources_failed),
            report.duration.map(|seconds| format!("{seconds:.1}")).unwrap_or_default(),
        ]);
    }
    table
}
