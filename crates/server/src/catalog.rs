//! `POST|GET catalog/:certname`: facts in, catalog out.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use api::pdb::{Command, ReplaceCatalog, ReplaceFacts};
use compiler::{Compilation, Level, LogEntry, NodeInput};
use rest::{HeaderName, HeaderValue, IssueKind, Params, Problem, Request, Response, StatusCode, header};
use wire::catalog::Catalog;
use wire::facts::{Facts, FactsFormat};
use wire::json::Limits;

use crate::environments::{Environment, EnvironmentError, Environments};
use crate::indirection::{environment, failed, key};
use crate::negotiate::{CATALOG, Format, accepted};
use crate::pool::{Patience, PoolError};
use crate::report::refused;
use crate::world::Machine;
use crate::{Server, VERSION_HEADER, trusted};

/// The agent logs "Catalog compiled by" with this name.
const COMPILER_HEADER: HeaderName = HeaderName::from_static("x-puppet-compiler-name");

/// What one compile needs, moved to the thread that does it.
struct Order {
    certname: String,
    environment: String,
    default_environment: String,
    environments: Arc<Environments>,
    facts: Arc<pcore::Hash>,
    trusted: pcore::Value,
    server_facts: Arc<pcore::Hash>,
    format: Format,
}

/// What comes back from it.
struct Compiled {
    body: Vec<u8>,
    catalog: Arc<Catalog>,
}

/// Answers a catalog request.
pub(crate) async fn find(
    server: &Server,
    request: &mut Request,
    certname: &str,
) -> Result<Response, Problem> {
    let mut params = request.params().await?;
    let environment = environment(&params)?;
    let certname = key(request, certname)?.to_owned();
    let format = accepted(request, CATALOG)?;
    let facts = facts(&mut params, &certname)?;
    if let Some(facts) = &facts {
        let command = ReplaceFacts {
            certname: certname.clone(),
            environment: environment.clone(),
            facts: facts.clone(),
            producer_timestamp: SystemTime::now(),
        };
        server.pdb.submit(Command::ReplaceFacts(command)).await.map_err(refused)?;
    }
    let facts = match facts {
        Some(facts) => facts,
        None => stored_facts(server, &certname).await?,
    };
    let order = Order {
        trusted: trusted::trusted(&request.peer, &server.settings.oid_names),
        certname: certname.clone(),
        environment: environment.clone(),
        default_environment: server.settings.default_environment.clone(),
        environments: server.environments.clone(),
        facts,
        server_facts: server.server_facts.clone(),
        format,
    };
    let patience = if understands_delays(request) { Patience::Refusable } else { Patience::Waits };
    let compiling = server.pool.run(patience, move || compile(&order));
    let compiled = tokio::time::timeout(server.settings.compile_timeout, compiling);
    let compiled = match compiled.await {
        Ok(Ok(compiled)) => compiled?,
        Ok(Err(error)) => return Err(not_compiled(server, error)),
        Err(_) => {
            let seconds = server.settings.compile_timeout.as_secs();
            return Err(failed(format!(
                "Compiling the catalog of {certname} took longer than {seconds} seconds"
            )));
        }
    };
    let command = ReplaceCatalog {
        certname,
        environment: compiled.catalog.environment.to_string(),
        transaction_uuid: params.text("transaction_uuid").map(str::to_owned),
        catalog: compiled.catalog,
        producer_timestamp: SystemTime::now(),
    };
    server.pdb.submit(Command::ReplaceCatalog(command)).await.map_err(refused)?;
    let response = Response::bytes(StatusCode::OK, format.content_type(), compiled.body);
    Ok(response.with_text_header(COMPILER_HEADER, &server.settings.certname))
}

/// The facts of the form: JSON that is percent-encoded once more inside it.
fn facts(params: &mut Params, certname: &str) -> Result<Option<Arc<pcore::Hash>>, Problem> {
    let Some(text) = params.take("facts") else {
        return Ok(None);
    };
    let Some(format) = params.text("facts_format") else {
        return Err(failed(format!("Facts but no fact format provided for {certname}")));
    };
    let format = match format {
        "application/json" => FactsFormat::Json,
        "pson" => FactsFormat::Pson,
        _ => return Err(failed("Unsupported facts format")),
    };
    let facts = Facts::from_form_field(text.as_bytes(), format, &Limits::default()).map_err(failed)?;
    if *facts.name != *certname {
        let text = format!(
            "Catalog for {certname:?} was requested with fact definition for the wrong node ({:?}).",
            &*facts.name
        );
        return Err(failed(text));
    }
    Ok(Some(Arc::new(facts.values)))
}

/// Without facts in the request the latest stored ones are taken.
async fn stored_facts(server: &Server, certname: &str) -> Result<Arc<pcore::Hash>, Problem> {
    let stored = server.pdb.facts(certname).await.map_err(refused)?;
    Ok(stored.map(|stored| stored.facts).unwrap_or_default())
}

/// Runs on a thread of the pool.
fn compile(order: &Order) -> Result<Compiled, Problem> {
    let environment = resolve(order)?;
    let mut server_facts = pcore::Hash::clone(&order.server_facts);
    server_facts.insert("environment", environment.name.as_str());
    let node = NodeInput {
        certname: order.certname.as_str().into(),
        facts: order.facts.clone(),
        trusted: order.trusted.clone(),
        server_facts: Arc::new(server_facts),
        ..NodeInput::default()
    };
    let started = Instant::now();
    let compiled = compiler::compile(&environment.image, &Machine, &node);
    let elapsed = started.elapsed();
    match compiled {
        Ok(compilation) => Ok(encode(order, &environment, compilation, elapsed)),
        Err(error) => {
            log(order, &error.logs);
            Err(failed(error.message))
        }
    }
}

/// The environment asked for; the default one if there is none of that name. The agent sees in the catalog which it was and starts
/// again in it.
fn resolve(order: &Order) -> Result<Arc<Environment>, Problem> {
    match order.environments.get(&order.environment) {
        Err(EnvironmentError::NotFound(_)) => order.environments.get(&order.default_environment),
        found => found,
    }
    .map_err(failed)
}

fn encode(order: &Order, environment: &Environment, compilation: Compilation, elapsed: Duration) -> Compiled {
    log(order, &compilation.logs);
    let catalog = compilation.catalog;
    let rich = order.format == Format::RichJson && environment.conf.rich_data;
    let mut body = Vec::with_capacity(catalog.resources.len() * 512);
    catalog.write_json(&mut body, rich);
    tracing::info!(
        certname = order.certname,
        environment = environment.name,
        resources = catalog.resources.len(),
        milliseconds = elapsed.as_secs_f64() * 1000.0,
        "compiled catalog"
    );
    Compiled { body, catalog: Arc::new(catalog) }
}

/// What manifests and compiler said goes to the server's log.
fn log(order: &Order, logs: &[LogEntry]) {
    let certname = order.certname.as_str();
    for entry in logs {
        let place = entry.site.as_ref().map(|site| site.to_string()).unwrap_or_default();
        let (source, message) = (&entry.source, &entry.message);
        match entry.level {
            Level::Debug => tracing::debug!(certname, source, "{message} {place}"),
            Level::Info | Level::Notice => tracing::info!(certname, source, "{message} {place}"),
            Level::Warning => tracing::warn!(certname, source, "{message} {place}"),
            _ => tracing::error!(certname, source, "{message} {place}"),
        }
    }
}

/// Agents since 5.3.1 come back after a 503; others would take it for a failure, so they wait in the queue whatever its length.
fn understands_delays(request: &Request) -> bool {
    let Some(version) = request.header(VERSION_HEADER) else { return false };
    let mut numbers = version.split(['.', '-', '+']).map(|part| part.parse::<u32>().ok());
    let [Some(Some(major)), Some(Some(minor)), Some(Some(patch))] =
        [numbers.next(), numbers.next(), numbers.next()]
    else {
        return false;
    };
    (major, minor, patch) >= (5, 3, 1)
}

fn not_compiled(server: &Server, error: PoolError) -> Problem {
    match error {
        PoolError::Full => {
            let text = "The number of requests waiting for a JRuby instance has exceeded the limit allowed by the \
                        max-queued-requests setting.";
            let problem = Problem::plain(StatusCode::SERVICE_UNAVAILABLE, text);
            match retry_after(server) {
                Some(seconds) => problem
                    .with_header(header::RETRY_AFTER, HeaderValue::from(seconds))
                    .with_header(header::CONNECTION, HeaderValue::from_static("close")),
                None => problem,
            }
        }
        PoolError::Panicked(text) => {
            let told = "The compiler failed on this catalog; the server's log has the details under this request's id";
            failed(told).with_cause(text)
        }
        PoolError::Closed => {
            Problem::ruby(StatusCode::SERVICE_UNAVAILABLE, "The server is stopping", IssueKind::RuntimeError)
        }
    }
}

/// A random part of the longest delay, so that those who were refused together do not come back together.
fn retry_after(server: &Server) -> Option<u64> {
    let longest = server.settings.max_retry_delay.as_secs();
    let chance = u128::from_be_bytes(*uuid::Uuid::new_v4().as_bytes());
    (longest > 0).then(|| (chance % (u128::from(longest) + 1)) as u64)
}

#[cfg(test)]
mod tests {
    use rest::Method;

    use super::*;

    #[test]
    fn who_understands_a_delay() {
        let asks = |version: &'static str| {
            let request = Request::new(Method::POST, "/").unwrap();
            understands_delays(&request.with_header(VERSION_HEADER, HeaderValue::from_static(version)))
        };
        assert!(asks("5.3.1") && asks("7.23.0") && asks("8.10.0-rc1") && asks("10.0.0"));
        assert!(!asks("5.3.0") && !asks("4.10.12") && !asks("8") && !asks("seven") && !asks(""));
        assert!(!understands_delays(&Request::new(Method::POST, "/").unwrap()));
    }
}
