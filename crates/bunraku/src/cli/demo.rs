//! `bunraku demo`: a primary server in a scratch folder, with example nodes.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use comfy_table::{CellAlignment, Table, presets};
use server::environments::Environments;
use server::local;

use crate::config::{Config, Site};
use crate::examples;
use crate::serve::{primary, settings};

/// Start a primary server with example nodes in a scratch folder
///
/// Needs no root and no fixed port. Compiles the catalogs of six nodes from recorded facts, shows what it did, and serves until
/// Ctrl-C; then the scratch folder is removed.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Folder to use and keep, instead of a scratch folder
    #[arg(long, value_name = "DIR")]
    directory: Option<PathBuf>,
    /// Port to listen on, instead of a free one
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    port: u16,
    /// Show the catalogs and stop, without serving
    #[arg(long)]
    once: bool,
}

/// Runs the command.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let scratch;
    let directory = match &args.directory {
        Some(directory) => {
            std::fs::create_dir_all(directory)?;
            directory.canonicalize()?
        }
        None => {
            scratch = tempfile::Builder::new().prefix("bunraku-demo-").tempdir()?;
            scratch.path().to_owned()
        }
    };
    let site = prepare(&directory, args.port)?;
    println!("Bunraku's demo lives in {}\n", directory.display());
    show_catalogs(&site)?;
    if args.once {
        return Ok(ExitCode::SUCCESS);
    }
    crate::telemetry::init(&site.config.log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        println!("\nMaking the certificate authority and the server's certificate ...");
        let primary = primary::start(&site).await?;
        show_how_to_connect(&directory, primary.address().port());
        tokio::signal::ctrl_c().await.context("could not wait for Ctrl-C")?;
        println!("\nStopping.");
        primary.stop().await;
        Ok(ExitCode::SUCCESS)
    })
}

/// Lays the folder out and makes its configuration.
fn prepare(directory: &Path, port: u16) -> anyhow::Result<Site> {
    let environment = directory.join("code/environments/production");
    examples::write_control_repo(&environment)
        .with_context(|| format!("could not write the example to {}", environment.display()))?;
    let confdir = directory.join("server");
    std::fs::create_dir_all(&confdir)?;
    let puppet_conf = "[main]\ndns_alt_names = localhost, primary.demo, IP:127.0.0.1\n";
    std::fs::write(confdir.join("puppet.conf"), puppet_conf)?;
    let toml = format!(
        "certname = \"primary.demo\"\nconfdir = {confdir:?}\ndata-dir = {data:?}\n\n[listen]\naddress = \"127.0.0.1:{port}\"\n\n[puppetdb]\nlisten = \"\"\n\n\
         [code]\nenvironmentpath = [{environments:?}]\nbasemodulepath = [{modules:?}]\n\n\
         [ca]\ndir = {ca:?}\nautosign = \"true\"\nkey-type = \"ec\"\n\n[log]\nlevel = \"warn\"\n",
        data = directory.join("data"),
        environments = directory.join("code/environments"),
        modules = directory.join("code/modules"),
        ca = directory.join("ca"),
    );
    std::fs::write(confdir.join("bunraku.toml"), &toml)?;
    let config = Config::parse(&toml)?;
    Site::from_config(config)
}

/// Compiles every example node and prints a line for each.
fn show_catalogs(site: &Site) -> anyhow::Result<()> {
    let settings = Arc::new(settings::server(site)?);
    let environments = Environments::new(settings.clone());
    let loaded = std::time::Instant::now();
    let environment = environments.get("production")?;
    println!("Loaded the environment `production` in {:.1} ms.\n", loaded.elapsed().as_secs_f64() * 1e3);
    super::compile::print_warnings(&environment.image.warnings());
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["Node", "System", "Classes", "Resources", "Edges", "Bytes", "Milliseconds"]);
    for column in 2..7 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for (certname, facts) in examples::nodes() {
        let limits = wire::json::Limits::default();
        let facts = wire::facts::Facts::from_json(facts, wire::facts::FactsFormat::Json, &limits)?.values;
        let system = system(&facts);
        let node = local::node(&settings, certname, "production", facts);
        let (compilation, elapsed) = local::compile(&environments, "production", &node)?;
        super::compile::print_logs(&compilation.logs);
        let catalog = compilation.catalog;
        let mut text = Vec::new();
        catalog.write_json(&mut text, true);
        table.add_row([
            certname.to_owned(),
            system,
            catalog.classes.len().to_string(),
            catalog.resources.len().to_string(),
            catalog.edges.len().to_string(),
            text.len().to_string(),
            format!("{:.2}", elapsed.as_secs_f64() * 1e3),
        ]);
    }
    println!("{table}");
    Ok(())
}

/// `Debian 12.11`
fn system(facts: &pcore::Hash) -> String {
    let text = |value: &pcore::Value, key: &str| {
        value.as_hash().and_then(|hash| hash.get_str(key)).cloned().unwrap_or_default()
    };
    let os = &facts["os"];
    let (name, release) = (text(os, "name"), text(&text(os, "release"), "full"));
    format!("{} {}", name.as_str().unwrap_or_default(), release.as_str().unwrap_or_default())
}

fn show_how_to_connect(directory: &Path, port: u16) {
    let agent = directory.join("agent");
    println!(
        "\nServing on https://localhost:{port} until Ctrl-C. Every certificate request is signed.\n\n\
         A real agent, as any user (it writes to its own folder and to /tmp/bunraku-guest only):\n\n\
         \u{20}   puppet agent --test --server localhost --serverport {port} --certname guest.example.com \\\n\
         \u{20}       --confdir {agent} --vardir {agent}/var --rundir {agent}/run --logdir {agent}/log \\\n\
         \u{20}       --publicdir {agent}/public --ssldir {agent}/ssl\n\n\
         What it reported:\n\n\
         \u{20}   bunraku --config {config} report list\n\
         \u{20}   bunraku --config {config} query 'resources[title] {{ type = \"Notify\" }}'\n",
        agent = agent.display(),
        config = directory.join("server/bunraku.toml").display(),
    );
}
