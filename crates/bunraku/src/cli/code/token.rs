//! `bunraku code token`: tokens for those who may deploy code without a certificate of the primary.

use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::bail;
use deploy::manager::tokens::{Token, Tokens};
use serde_json::{Value as Json, json};

use super::versions;
use crate::config::Site;
use crate::serve::code_manager;

/// Tokens for Code Manager's interface
///
/// Whoever has a token may deploy the environments it is for: webhooks of git hosts, pipelines. To be run on the primary. The server sees
/// changes at once.
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    /// Make a token. It is shown once
    Create(CreateArgs),
    /// List tokens
    List(ListArgs),
    /// Take a token out of force
    Revoke(RevokeArgs),
}

/// Make a token. It is shown once
#[derive(clap::Args, Debug)]
pub struct CreateArgs {
    /// What it is for
    name: String,
    /// An environment that may be deployed with it; may be repeated. Without any: all
    #[arg(long = "environment", short, value_name = "ENVIRONMENT")]
    environments: Vec<String>,
    /// For how long, such as 90d; without it until it is revoked
    #[arg(long, value_name = "DURATION")]
    lifetime: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// List tokens
#[derive(clap::Args, Debug)]
pub struct ListArgs {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Take a token out of force
#[derive(clap::Args, Debug)]
pub struct RevokeArgs {
    /// Its number
    id: u64,
}

/// Runs the command.
pub fn run(command: &Command, site: &Site) -> anyhow::Result<ExitCode> {
    let tokens = Tokens::at(code_manager::tokens_file(site));
    match command {
        Command::Create(args) => create(args, &tokens),
        Command::List(args) => list(args, &tokens),
        Command::Revoke(args) => {
            if !tokens.revoke(args.id)? {
                bail!("there is no token {}; `bunraku code token list` shows them", args.id);
            }
            println!("Token {} is out of force.", args.id);
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn create(args: &CreateArgs, tokens: &Tokens) -> anyhow::Result<ExitCode> {
    let environments = match args.environments.is_empty() {
        true => vec!["*".to_owned()],
        false => args.environments.clone(),
    };
    let expires = match &args.lifetime {
        Some(text) => {
            let lifetime = crate::config::Duration::try_from(text.clone()).map_err(anyhow::Error::msg)?;
            Some(SystemTime::now() + lifetime.0)
        }
        None => None,
    };
    let (token, text) = tokens.create(&args.name, environments, expires)?;
    if args.json {
        let mut document = as_json(&token);
        document["token"] = text.into();
        println!("{}", serde_json::to_string_pretty(&document)?);
    } else {
        eprintln!("Token {} for {}; it is not shown again:", token.id, token.environments.join(", "));
        println!("{text}");
    }
    Ok(ExitCode::SUCCESS)
}

fn list(args: &ListArgs, tokens: &Tokens) -> anyhow::Result<ExitCode> {
    let all = tokens.all()?;
    if args.json {
        let documents: Vec<Json> = all.iter().map(as_json).collect();
        println!("{}", serde_json::to_string_pretty(&documents)?);
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = versions::plain(["Token", "Name", "Environments", "Made", "Ends"]);
    for token in all.iter() {
        let ends = token.expires.map_or_else(|| "never".to_owned(), date);
        let ends = if token.is_in_force(SystemTime::now()) { ends } else { format!("{ends} (over)") };
        let environments = token.environments.join(", ");
        table.add_row([&token.id.to_string(), &token.name, &environments, &date(token.created), &ends]);
    }
    println!("{table}");
    Ok(ExitCode::SUCCESS)
}

fn as_json(token: &Token) -> Json {
    json!({
        "id": token.id,
        "name": token.name,
        "environments": token.environments,
        "created": date(token.created),
        "expires": token.expires.map(date),
        "in-force": token.is_in_force(SystemTime::now()),
    })
}

fn date(seconds: u64) -> String {
    rest::date::rfc3339(UNIX_EPOCH + Duration::from_secs(seconds))
}
