//! `bunraku query`: questions to the store, in PQL or AST.

use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use comfy_table::{Table, presets};
use serde_json::{Map, Value};

use super::target::Target;
use crate::config::Site;

/// Ask the store of facts, catalogs and reports
///
/// Queries are PQL or AST, as PuppetDB has them. Without --url the store on this machine is asked.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  bunraku query 'nodes[certname, report_timestamp] { latest_report_status = \"failed\" }'
  bunraku query 'inventory[certname, facts.os.name] { facts.os.family = \"Debian\" }'
  bunraku query 'resources[certname] { type = \"Class\" and title = \"Apache\" }' --format csv
  bunraku query '[\"from\", \"nodes\", [\"extract\", \"certname\"]]' --format json
  bunraku query - < query.pql")]
pub struct Args {
    /// The query; `-` reads it from standard input
    query: String,
    /// How to print the rows
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    #[command(flatten)]
    target: Target,
}

/// How rows are printed.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// A table for people
    Table,
    /// JSON
    Json,
    /// Comma-separated values with a line of names
    Csv,
}

/// Runs the command.
pub fn run(args: Args, config: Option<&Path>) -> anyhow::Result<ExitCode> {
    let site = Site::load(config)?;
    let mut text = args.query;
    if text == "-" {
        text.clear();
        std::io::stdin().read_to_string(&mut text).context("could not read the query from standard input")?;
    }
    let query = Value::String(text);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let rows = runtime.block_on(args.target.query(&site, &query))?;
    print(&rows, args.format)
}

/// Prints rows.
pub(super) fn print(rows: &Value, format: Format) -> anyhow::Result<ExitCode> {
    match format {
        Format::Json => println!("{}", serde_json::to_string_pretty(rows)?),
        Format::Table if rows.as_array().is_some_and(Vec::is_empty) => eprintln!("Nothing is found."),
        Format::Table => println!("{}", table(rows)),
        Format::Csv => print!("{}", csv(rows)),
    }
    Ok(ExitCode::SUCCESS)
}

/// Rows as lists of texts, the names of the columns first.
fn cells(rows: &Value) -> Vec<Vec<String>> {
    let rows = rows.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut names: Vec<&str> = Vec::new();
    for name in rows.iter().filter_map(Value::as_object).flat_map(Map::keys) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let mut cells = vec![names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()];
    if names.is_empty() {
        // Names of facts come without columns.
        cells.clear();
    }
    for row in rows {
        cells.push(match row {
            Value::Object(members) => {
                names.iter().map(|name| members.get(*name).map(text).unwrap_or_default()).collect()
            }
            other => vec![text(other)],
        });
    }
    cells
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn table(rows: &Value) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let mut cells = cells(rows).into_iter();
    if rows.as_array().and_then(|rows| rows.first()).is_some_and(Value::is_object)
        && let Some(names) = cells.next()
    {
        table.set_header(names);
    }
    for row in cells {
        table.add_row(row);
    }
    table
}

fn csv(rows: &Value) -> String {
    let field = |text: &String| {
        if text.contains(['"', ',', '\n', '\r']) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text.clone()
        }
    };
    let mut out = String::new();
    for row in cells(rows) {
        out.push_str(&row.iter().map(field).collect::<Vec<_>>().join(","));
        out.push_str("\r\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rows_become_lines() {
        let rows = json!([{"certname": "a", "value": {"x": [1]}}, {"certname": "b,c", "value": null, "extra": "say \"no\""}]);
        assert_eq!(
            csv(&rows),
            "certname,value,extra\r\na,\"{\"\"x\"\":[1]}\",\r\n\"b,c\",,\"say \"\"no\"\"\"\r\n"
        );
        assert_eq!(csv(&json!(["os", "kernel"])), "os\r\nkernel\r\n");
        assert_eq!(csv(&json!([])), "");
        let shown = table(&rows).to_string();
        assert!(shown.contains("certname") && shown.contains(r#"{"x":[1]}"#), "{shown}");
    }
}
