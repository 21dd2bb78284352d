//! `POST|GET catalog/:certname`: facts in, catalog out.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use api::pdb::{Command, KeepCatalog, PdbError, ReplaceCatalog, ReplaceFacts};
use compiler::{Compilation, Level, LogEntry, NodeInput};
use rest::{HeaderName, HeaderValue, IssueKind, Params, Problem, Request, Response, StatusCode, header};
use wire::catalog::Catalog;
use wire::facts::{Facts, FactsFormat};
use wire::json::Limits;

use crate::environments::{Environment, EnvironmentError, Environments};
use crate::indirection::{environment, failed, key};
use crate::memo::{self, Hit, Key, Memo};
use crate::negotiate::{CATALOG, Format, accepted};
use crate::pool::{Patience, PoolError};
use crate::report::refused;
use crate::world::Machine;
use crate::{Server, VERSION_HEADER, trusted};

/// The agent logs "Catalog compiled by" with this name.
const COMPILER_HEADER: HeaderName = HeaderName::from_static("x-puppet-compiler-name");

/// What one compile needs, moved to the thread that does it.
#[derive(Clone)]
struct Order {
    certname: String,
    environment: String,
    default_environment: String,
    environments: Arc<Environments>,
    memo: Arc<Memo>,
    facts: Arc<pcore::Hash>,
    trusted: pcore::Value,
    server_facts: Arc<pcore::Hash>,
    format: Format,
}

/// What comes back from it.
struct Compiled {
    body: Vec<u8>,
    content: Content,
}

/// What the store has to be told.
enum Content {
    Fresh(Arc<Catalog>),
    Kept { environment: String, content: String, catalog_uuid: String, version: String },
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
        memo: server.memo.clone(),
        facts,
        server_facts: server.server_facts.clone(),
        format,
    };
    let patience = if understands_delays(request) { Patience::Refusable } else { Patience::Waits };
    let transaction_uuid = params.text("transaction_uuid").map(str::to_owned);
    let mut compiled = in_pool(server, patience, order.clone(), compile).await?;
    match store(server, &certname, &transaction_uuid, &compiled.content).await {
        // The store has lost or replaced what the kept catalog is based on.
        Err(PdbError::Gone) => {
            compiled = in_pool(server, patience, order, compile_fresh).await?;
            store(server, &certname, &transaction_uuid, &compiled.content).await
        }
        result => result,
    }
    .map_err(refused)?;
    let response = Response::bytes(StatusCode::OK, format.content_type(), compiled.body);
    Ok(response.with_text_header(COMPILER_HEADER, &server.settings.certname))
}

/// Runs a compile on a thread of the pool, for as long as a compile may take.
async fn in_pool(
    server: &Server,
    patience: Patience,
    order: Order,
    compile: fn(&Order) -> Result<Compiled, Problem>,
) -> Result<Compiled, Problem> {
    let certname = order.certname.clone();
    let compiling = server.pool.run(patience, move || compile(&order));
    match tokio::time::timeout(server.settings.compile_timeout, compiling).await {
        Ok(Ok(compiled)) => compiled,
        Ok(Err(error)) => Err(not_compiled(server, error)),
        Err(_) => {
            let seconds = server.settings.compile_timeout.as_secs();
            Err(failed(format!("Compiling the catalog of {certname} took longer than {seconds} seconds")))
        }
    }
}

/// Tells the store what the node is sent.
async fn store(
    server: &Server,
    certname: &str,
    transaction_uuid: &Option<String>,
    content: &Content,
) -> Result<(), PdbError> {
    let (certname, transaction_uuid) = (certname.to_owned(), transaction_uuid.clone());
    let producer_timestamp = SystemTime::now();
    let command = match content {
        Content::Fresh(catalog) => Command::ReplaceCatalog(ReplaceCatalog {
            certname,
            environment: catalog.environment.to_string(),
            transaction_uuid,
            catalog: catalog.clone(),
            producer_timestamp,
        }),
        Content::Kept { environment, content, catalog_uuid, version } => Command::KeepCatalog(KeepCatalog {
            certname,
            environment: environment.clone(),
            transaction_uuid,
            content: content.clone(),
            catalog_uuid: catalog_uuid.clone(),
            version: version.clone(),
            producer_timestamp,
        }),
    };
    server.pdb.submit(command).await
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

/// The node's kept catalog if it still holds, else a fresh one. Runs on a thread of the pool.
fn compile(order: &Order) -> Result<Compiled, Problem> {
    let environment = resolve(order)?;
    let node = node(order, &environment);
    let key = memo_key(order, &environment);
    let version = || compiler::version(&environment.image, &Machine).ok();
    let uuid = uuid::Uuid::new_v4().to_string();
    match order.memo.find(&key, &environment.image, &node, version, &uuid) {
        Some(hit) if !hit.verify => Ok(again(order, &environment, hit)),
        Some(hit) => verify(order, &environment, &node, hit),
        None => compile_node(order, &environment, &node),
    }
}

/// A fresh catalog, whatever is kept.
fn compile_fresh(order: &Order) -> Result<Compiled, Problem> {
    let environment = resolve(order)?;
    order.memo.forget(&memo_key(order, &environment));
    compile_node(order, &environment, &node(order, &environment))
}

fn node(order: &Order, environment: &Environment) -> NodeInput {
    let mut server_facts = pcore::Hash::clone(&order.server_facts);
    server_facts.insert("environment", environment.name.as_str());
    NodeInput {
        certname: order.certname.as_str().into(),
        facts: order.facts.clone(),
        trusted: order.trusted.clone(),
        server_facts: Arc::new(server_facts),
        ..NodeInput::default()
    }
}

fn memo_key(order: &Order, environment: &Environment) -> Key {
    Key {
        certname: order.certname.clone(),
        environment: environment.name.clone(),
        rich: is_rich(order, environment),
    }
}

fn is_rich(order: &Order, environment: &Environment) -> bool {
    order.format == Format::RichJson && environment.conf.rich_data
}

/// A kept catalog as an answer.
fn again(order: &Order, environment: &Environment, hit: Hit) -> Compiled {
    log(order, &hit.logs);
    tracing::info!(
        certname = order.certname,
        environment = environment.name,
        resources = hit.resources,
        "the last catalog still holds"
    );
    let version = pcore::format::to_s(&hit.version);
    let Hit { body, content, catalog_uuid, .. } = hit;
    let content = Content::Kept { environment: environment.name.clone(), content, catalog_uuid, version };
    Compiled { body, content }
}

/// Compiles in spite of a kept catalog, and compares.
fn verify(
    order: &Order,
    environment: &Arc<Environment>,
    node: &NodeInput,
    hit: Hit,
) -> Result<Compiled, Problem> {
    let fresh = compile_node(order, environment, node);
    let is_right = match &fresh {
        Ok(Compiled { content: Content::Fresh(catalog), .. }) => {
            memo::is_same_catalog(&hit, catalog, is_rich(order, environment))
        }
        _ => false,
    };
    order.memo.verified(is_right);
    if !is_right {
        tracing::error!(
            certname = order.certname,
            environment = environment.name,
            "a kept catalog does not hold, though nothing that its compile read has changed; the fresh one is sent"
        );
    }
    fresh
}

fn compile_node(order: &Order, environment: &Environment, node: &NodeInput) -> Result<Compiled, Problem> {
    let started = Instant::now();
    let compiled = compiler::compile(&environment.image, &Machine, node);
    let elapsed = started.elapsed();
    match compiled {
        Ok(compilation) => Ok(encode(order, environment, node, compilation, elapsed)),
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

fn encode(
    order: &Order,
    environment: &Environment,
    node: &NodeInput,
    compilation: Compilation,
    elapsed: Duration,
) -> Compiled {
    log(order, &compilation.logs);
    let rich = is_rich(order, environment);
    let mut body = Vec::with_capacity(compilation.catalog.resources.len() * 512);
    let marks = compilation.catalog.write_json_marked(&mut body, rich);
    order.memo.keep(memo_key(order, environment), &environment.image, node, &compilation, &body, &marks);
    let catalog = compilation.catalog;
    tracing::info!(
        certname = order.certname,
        environment = environment.name,
        resources = catalog.resources.len(),
        milliseconds = elapsed.as_secs_f64() * 1000.0,
        "compiled catalog"
    );
    Compiled { body, content: Content::Fresh(Arc::new(catalog)) }
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
