//! `POST /puppet/v4/catalog`: a catalog for somebody else than the node, with facts, trusted data and environment as the caller says;
//! what is not said is what is stored. By default nobody may ask.
//!
//! Different from an agent's request nothing is stored unless the caller wants it, no metadata of files is inlined, and the logs of the
//! compile can come along. Errors are plain text, as of all that Puppet Server answers outside of the indirector.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use api::pdb::{Command, PdbError, ReplaceCatalog, ReplaceFacts};
use compiler::{Compilation, Level, LogEntry, NodeInput};
use jiff::tz::TimeZone;
use pcore::{Hash, Value};
use rest::{Problem, Request, Response, StatusCode};
use wire::json::{Limits, write_str};

use crate::Server;
use crate::catalog::{code_id, in_pool, stored_facts, understands_delays};
use crate::classifier::Definition;
use crate::classify::no_environment;
use crate::environments::{Environment, EnvironmentError, is_name};
use crate::pool::Patience;
use crate::world::Connected;

/// How often a node is looked for until it has one environment.
const TRIES_MAX: usize = 3;

/// What is asked for.
#[derive(Debug, Default, PartialEq)]
struct Order {
    certname: String,
    environment: String,
    persist_facts: bool,
    persist_catalog: bool,
    facts: Option<Arc<Hash>>,
    trusted: Option<Value>,
    transaction_uuid: Option<String>,
    /// The environment asked for is used, whatever the classifier says.
    prefers_environment: bool,
    captures_logs: bool,
    log_level: Option<Level>,
}

/// A body with the shape of a request; the error is the text for the caller.
fn read(body: &[u8]) -> Result<Order, String> {
    let document = wire::json::parse(body, &Limits::default())
        .map_err(|error| format!("Error parsing JSON: {error}"))?;
    let Value::Hash(document) = document else { return Err(invalid("the request is not a hash")) };
    let mut order = Order::default();
    let mut has = (false, false, false);
    for (key, value) in document.iter() {
        match (key.as_str().unwrap_or_default(), value) {
            ("certname", Value::Str(name)) => (order.certname, has.0) = (name.to_string(), true),
            ("environment", Value::Str(name)) if is_name(name) => {
                (order.environment, has.1) = (name.to_string(), true);
            }
            ("persistence", Value::Hash(hash)) => {
                let flag = |key: &str| match hash.get_str(key) {
                    Some(Value::Bool(flag)) => Ok(*flag),
                    _ => Err(invalid(&format!("persistence.{key} must be true or false"))),
                };
                known(hash, "persistence", &["facts", "catalog"])?;
                (order.persist_facts, order.persist_catalog) = (flag("facts")?, flag("catalog")?);
                has.2 = true;
            }
            ("facts", value) => order.facts = Some(Arc::new(Hash::clone(values(value, "facts")?))),
            ("trusted_facts", value) => {
                order.trusted = Some(Value::hash(Hash::clone(values(value, "trusted_facts")?)));
            }
            ("transaction_uuid", Value::Str(uuid)) => order.transaction_uuid = Some(uuid.to_string()),
            ("job_id", Value::Str(_)) => {}
            ("options", Value::Hash(options)) => read_options(options, &mut order)?,
            (
                key
                @ ("certname" | "environment" | "persistence" | "transaction_uuid" | "job_id" | "options"),
                _,
            ) => return Err(invalid(&format!("{key} has not the right type"))),
            (other, _) => return Err(invalid(&format!("{} is not a known key", short(other)))),
        }
    }
    for (is_there, key) in [(has.0, "certname"), (has.1, "environment"), (has.2, "persistence")] {
        if !is_there {
            return Err(invalid(&format!("the key {key} is missing")));
        }
    }
    Ok(order)
}

fn read_options(options: &Hash, order: &mut Order) -> Result<(), String> {
    for (key, value) in options.iter() {
        match (key.as_str().unwrap_or_default(), value) {
            ("prefer_requested_environment", Value::Bool(flag)) => order.prefers_environment = *flag,
            ("capture_logs", Value::Bool(flag)) => order.captures_logs = *flag,
            ("log_level", Value::Str(level)) => {
                order.log_level = Some(match &**level {
                    "debug" => Level::Debug,
                    "info" => Level::Info,
                    "warning" => Level::Warning,
                    "err" => Level::Err,
                    _ => return Err(invalid("options.log_level must be debug, info, warning or err")),
                });
            }
            (key, _) => {
                return Err(invalid(&format!(
                    "options.{} is not known or has not the right type",
                    short(key)
                )));
            }
        }
    }
    Ok(())
}

/// `{"values": {...}}`
fn values<'v>(value: &'v Value, name: &str) -> Result<&'v Hash, String> {
    let wrong = || invalid(&format!("{name}.values must be a hash"));
    let Value::Hash(hash) = value else { return Err(wrong()) };
    known(hash, name, &["values"])?;
    hash.get_str("values").and_then(Value::as_hash).ok_or_else(wrong)
}

fn known(hash: &Hash, name: &str, keys: &[&str]) -> Result<(), String> {
    match hash.iter().find(|(key, _)| !key.as_str().is_some_and(|key| keys.contains(&key))) {
        Some((key, _)) => {
            let key = short(key.as_str().unwrap_or_default());
            Err(invalid(&format!("{name}.{key} is not a known key")))
        }
        None => Ok(()),
    }
}

fn invalid(reason: &str) -> String {
    format!("Invalid input: {reason}")
}

fn short(text: &str) -> String {
    text.chars().take(100).collect()
}

/// Answers `POST /puppet/v4/catalog`.
pub(crate) async fn find(server: &Server, request: &mut Request) -> Result<Response, Problem> {
    let body = request.body.bytes().await?;
    let order = read(&body).map_err(Problem::bad_request)?;
    let facts = match &order.facts {
        Some(facts) => facts.clone(),
        None => stored_facts(server, &order.certname).await?,
    };
    let trusted = order.trusted.clone().or_else(|| facts.get_str("trusted").cloned());
    let trusted =
        trusted.filter(|trusted| trusted.as_hash().is_some()).unwrap_or_else(|| Value::hash(Hash::new()));
    let (definition, environment) = classified(server, &order).await?;
    if order.persist_facts {
        let command = ReplaceFacts {
            certname: order.certname.clone(),
            environment: order.environment.clone(),
            facts: facts.clone(),
            trusted: None,
            known: None,
            producer_timestamp: SystemTime::now(),
        };
        server.pdb.submit(Command::ReplaceFacts(command)).await.map_err(unstored)?;
    }
    let mut server_facts = Hash::clone(&server.server_facts);
    server_facts.insert("environment", environment.as_str());
    let node = NodeInput {
        certname: order.certname.as_str().into(),
        facts,
        trusted,
        server_facts: Arc::new(server_facts),
        classes: definition.classes,
        parameters: definition.parameters,
    };
    let patience = if understands_delays(request) { Patience::Refusable } else { Patience::Waits };
    let (environments, environmentpath) =
        (server.environments.clone(), server.classify.environmentpath().to_owned());
    let (program, requested) = (server.settings.code_id_command.clone(), order.environment.clone());
    let least = order.log_level.filter(|_| order.captures_logs).unwrap_or(Level::Notice);
    let world = Connected::new(server.pdb.clone(), least);
    let compiling = move || {
        let environment = environments.get(&environment).map_err(|error| match error {
            EnvironmentError::NotFound(name) => failed(no_environment(&name, &environmentpath)),
            error => failed(error),
        })?;
        let code_id = match (&environment.version, &program) {
            (Some(version), _) => Some(version.code_id.clone()),
            (None, Some(program)) => code_id(program, &requested).map_err(failed)?,
            (None, None) => None,
        };
        compile(&environment, &node, code_id, &world)
    };
    let compilation = in_pool(server, patience, &order.certname, compiling).await?;
    let text = document(&compilation, &order);
    if order.persist_catalog {
        let command = ReplaceCatalog {
            certname: order.certname,
            environment: order.environment,
            transaction_uuid: order.transaction_uuid,
            catalog: Arc::new(compilation.catalog),
            job_id: None,
            exported: Arc::new(compilation.exported),
            lookups: compilation.lookups.map(Arc::new),
            fingerprint: None,
            producer_timestamp: SystemTime::now(),
        };
        server.pdb.submit(Command::ReplaceCatalog(command)).await.map_err(unstored)?;
    }
    Ok(Response::bytes(StatusCode::OK, "application/json", text))
}

/// The node's definition, and the environment to compile in.
async fn classified(server: &Server, order: &Order) -> Result<(Definition, String), Problem> {
    let ask = async || {
        let known = server.classify.ask(&order.certname, None).await?;
        known.definition(&order.certname).map_err(failed)
    };
    let mut definition = ask().await?;
    if order.prefers_environment {
        return Ok((definition, order.environment.clone()));
    }
    let mut environment = order.environment.clone();
    let mut tries = 0;
    // Facts that are given belong to one request; for stored ones the node is looked for until it stays where it is.
    while let Some(own) = definition.environment.clone().filter(|own| *own != environment) {
        if tries > TRIES_MAX {
            return Err(failed(format!(
                "Node environment didn't stabilize after {tries} fetches, aborting run"
            )));
        }
        environment = own;
        if order.facts.is_some() {
            break;
        }
        definition = ask().await?;
        tries += 1;
    }
    Ok((definition, environment))
}

fn compile(
    environment: &Environment,
    node: &NodeInput,
    code_id: Option<String>,
    world: &Connected,
) -> Result<Compilation, Problem> {
    let started = Instant::now();
    let mut compilation =
        compiler::compile(&environment.image, world, node).map_err(|error| failed(error.message))?;
    compilation.catalog.code_id = code_id.map(Into::into);
    let message = format!(
        "Compiled catalog for {} in environment {} using the v4 catalog endpoint",
        node.certname, environment.name
    );
    tracing::info!(
        certname = &*node.certname,
        environment = environment.name,
        milliseconds = started.elapsed().as_secs_f64() * 1000.0,
        "compiled catalog for a service"
    );
    compilation.logs.push(LogEntry { level: Level::Info, message, source: "Puppet".to_owned(), site: None });
    Ok(compilation)
}

/// The answer: the catalog, and its logs if they are wanted.
fn document(compilation: &Compilation, order: &Order) -> Vec<u8> {
    let mut text = Vec::with_capacity(compilation.catalog.resources.len() * 512);
    text.extend_from_slice(b"{\"catalog\":");
    compilation.catalog.write_json(&mut text, true);
    if order.captures_logs {
        text.extend_from_slice(b",\"logs\":[");
        let least = order.log_level.unwrap_or(Level::Notice);
        let mut is_first = true;
        for entry in compilation.logs.iter().filter(|entry| entry.level >= least) {
            if !std::mem::replace(&mut is_first, false) {
                text.push(b',');
            }
            write_entry(entry, &mut text);
        }
        text.push(b']');
    }
    text.push(b'}');
    text
}

fn write_entry(entry: &LogEntry, text: &mut Vec<u8>) {
    let place = entry.site.as_ref().filter(|_| entry.source == "Puppet");
    let message = match place {
        Some(site) => format!("{} {site}", entry.message),
        None => entry.message.clone(),
    };
    let time =
        jiff::Timestamp::now().to_zoned(TimeZone::system()).strftime("%Y-%m-%dT%H:%M:%S.%9f%:z").to_string();
    let level = entry.level.as_str();
    for (key, value) in [("{\"level\":", level), (",\"message\":", &message), (",\"source\":", &entry.source)]
    {
        text.extend_from_slice(key.as_bytes());
        write_str(value, text);
    }
    text.extend_from_slice(b",\"tags\":[");
    write_str(level, text);
    text.extend_from_slice(b"],\"time\":");
    write_str(&time, text);
    text.extend_from_slice(b",\"file\":");
    match entry.site.as_ref().and_then(|site| site.path()) {
        Some(path) => write_str(&path, text),
        None => text.extend_from_slice(b"null"),
    }
    let line = entry.site.as_ref().map_or_else(|| "null".to_owned(), |site| site.line().to_string());
    text.extend_from_slice(format!(",\"line\":{line}}}").as_bytes());
}

fn failed(reason: impl std::fmt::Display) -> Problem {
    Problem::plain(StatusCode::INTERNAL_SERVER_ERROR, format!("Internal Server Error: {reason}"))
}

fn unstored(error: PdbError) -> Problem {
    match error {
        PdbError::Full(_) => crate::report::refused(error),
        error => failed(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests() {
        let full = r#"{"certname": "a", "environment": "test", "persistence": {"facts": true, "catalog": false},
            "facts": {"values": {"x": 1}}, "trusted_facts": {"values": {"certname": "a"}}, "job_id": "1",
            "transaction_uuid": "u", "options": {"prefer_requested_environment": true, "capture_logs": true,
            "log_level": "debug"}}"#;
        let order = read(full.as_bytes()).unwrap();
        assert_eq!((&*order.certname, &*order.environment), ("a", "test"));
        assert!(
            order.persist_facts && !order.persist_catalog && order.prefers_environment && order.captures_logs
        );
        assert_eq!(order.facts.unwrap()["x"], 1.into());
        assert_eq!(order.log_level, Some(Level::Debug));
        let least =
            r#"{"certname": "a", "environment": "b", "persistence": {"facts": false, "catalog": false}}"#;
        assert!(read(least.as_bytes()).is_ok());
        for (from, to, reason) in [
            ("\"certname\": \"a\", ", "", "the key certname is missing"),
            ("\"b\"", "\"b-c\"", "environment has not the right type"),
            ("\"b\"", "1", "environment has not the right type"),
            ("\"facts\": false, ", "", "persistence.facts must be true or false"),
            ("\"facts\": false", "\"facts\": 1", "persistence.facts must be true or false"),
            ("{\"facts\"", "{\"x\": 1, \"facts\"", "persistence.x is not a known key"),
            ("{\"certname\"", "{\"y\": 1, \"certname\"", "y is not a known key"),
            ("{\"certname\"", "{\"facts\": {}, \"certname\"", "facts.values must be a hash"),
            (
                "{\"certname\"",
                "{\"options\": {\"log_level\": \"x\"}, \"certname\"",
                "options.log_level must be debug, info, warning or err",
            ),
            (
                "{\"certname\"",
                "{\"options\": {\"z\": true}, \"certname\"",
                "options.z is not known or has not the right type",
            ),
        ] {
            let text = least.replacen(from, to, 1);
            assert_eq!(read(text.as_bytes()).unwrap_err(), format!("Invalid input: {reason}"), "{text}");
        }
        assert!(read(b"{").unwrap_err().starts_with("Error parsing JSON: "));
        assert_eq!(read(b"[]").unwrap_err(), "Invalid input: the request is not a hash");
    }
}
