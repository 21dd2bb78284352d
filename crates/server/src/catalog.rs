//! `POST|GET catalog/:certname`: facts in, catalog out.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use api::pdb::{Command, KeepCatalog, PdbError, ReplaceCatalog, ReplaceFacts};
use compiler::{Compilation, Level, LogEntry, NodeInput};
use rest::{HeaderName, HeaderValue, IssueKind, Params, Problem, Request, Response, StatusCode, header};
use wire::catalog::Catalog;
use wire::facts::{Facts, FactsFormat};
use wire::json::Limits;

use crate::classifier::Definition;
use crate::environments::{Environment, EnvironmentError, Environments};
use crate::execution::Execution;
use crate::files::{self, Algorithm, Code, FileServer};
use crate::indirection::{environment, failed, key};
use crate::inline::inline;
use crate::memo::{self, Hit, Key, Memo};
use crate::negotiate::{CATALOG, Format, accepted};
use crate::pool::{Patience, PoolError};
use crate::report::refused;
use crate::world::{Connected, Machine};
use crate::{Server, VERSION_HEADER, trusted};

/// The agent logs "Catalog compiled by" with this name.
const COMPILER_HEADER: HeaderName = HeaderName::from_static("x-puppet-compiler-name");

/// How long the command that says the version of the code may take.
const CODE_ID_TIME_MAX: Duration = Duration::from_secs(60);

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
    classes: Vec<(pcore::Str, Option<pcore::Hash>)>,
    parameters: pcore::Hash,
    format: Format,
    /// Whether the agent takes metadata of files in its catalog, and with which checksums.
    wants_static: bool,
    checksum_types: Option<String>,
    code_id_command: Option<PathBuf>,
    files: Arc<FileServer>,
    world: Connected,
}

/// What comes back from it.
struct Compiled {
    body: Vec<u8>,
    content: Content,
}

/// What an agent calls its run.
struct Run {
    transaction_uuid: Option<String>,
    job_id: Option<String>,
}

/// What the store has to be told.
enum Content {
    /// The catalog, and what the node only exports.
    Fresh(Arc<Catalog>, Arc<Vec<wire::catalog::Resource>>),
    Kept {
        environment: String,
        content: String,
        catalog_uuid: String,
        version: String,
    },
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
    let known = server.classify.ask(&certname, request.peer.certname()).await;
    let oid_names = &server.settings.oid_names;
    if let Some(facts) = &facts {
        let external = known.as_ref().ok().and_then(|known| known.external.clone().ok());
        let external = external.unwrap_or_else(|| pcore::Value::hash(pcore::Hash::new()));
        let command = ReplaceFacts {
            certname: certname.clone(),
            environment: environment.clone(),
            facts: facts.clone(),
            trusted: Some(trusted::trusted(&request.peer, oid_names, external)),
            producer_timestamp: SystemTime::now(),
        };
        server.pdb.submit(Command::ReplaceFacts(command)).await.map_err(refused)?;
    }
    let facts = match facts {
        Some(facts) => facts,
        None => stored_facts(server, &certname).await?,
    };
    let mut known = known?;
    let external = std::mem::replace(&mut known.external, Ok(pcore::Value::Undef));
    let Definition { classes, parameters, environment: own } = known.definition(&certname).map_err(failed)?;
    if let Some(own) = own.as_deref().filter(|own| **own != environment)
        && params.is_true("check_environment")
    {
        tracing::warn!(
            certname,
            "Requested environment '{environment}' did not match server specified environment '{own}'"
        );
        return Ok(empty(server, &certname, own, format));
    }
    let order = Order {
        trusted: trusted::trusted(&request.peer, oid_names, external.map_err(failed)?),
        certname: certname.clone(),
        environment: own.unwrap_or(environment),
        classes,
        parameters,
        default_environment: server.settings.default_environment.clone(),
        environments: server.environments.clone(),
        memo: server.memo.clone(),
        facts,
        server_facts: server.server_facts.clone(),
        format,
        wants_static: params.text("static_catalog") == Some("true"),
        checksum_types: params.text("checksum_type").map(str::to_owned),
        code_id_command: server.settings.code_id_command.clone(),
        files: server.files.clone(),
        world: Connected::new(server.pdb.clone()),
    };
    let patience = if understands_delays(request) { Patience::Refusable } else { Patience::Waits };
    let text = |name: &str| params.text(name).filter(|text| !text.is_empty()).map(str::to_owned);
    let run = Run { transaction_uuid: text("transaction_uuid"), job_id: text("job_id") };
    let again = order.clone();
    let mut compiled = in_pool(server, patience, &certname, move || compile(&order)).await?;
    match store(server, &certname, &run, &compiled.content).await {
        // The store has lost or replaced what the kept catalog is based on.
        Err(PdbError::Gone) => {
            compiled = in_pool(server, patience, &certname, move || compile_fresh(&again)).await?;
            store(server, &certname, &run, &compiled.content).await
        }
        result => result,
    }
    .map_err(refused)?;
    let response = Response::bytes(StatusCode::OK, format.content_type(), compiled.body);
    Ok(response.with_text_header(COMPILER_HEADER, &server.settings.certname))
}

/// Runs a compile on a thread of the pool, for as long as a compile may take.
pub(crate) async fn in_pool<T: Send + 'static>(
    server: &Server,
    patience: Patience,
    certname: &str,
    compile: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let compiling = server.pool.run(patience, compile);
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
async fn store(server: &Server, certname: &str, run: &Run, content: &Content) -> Result<(), PdbError> {
    let (certname, transaction_uuid) = (certname.to_owned(), run.transaction_uuid.clone());
    let producer_timestamp = SystemTime::now();
    let command = match content {
        Content::Fresh(catalog, exported) => Command::ReplaceCatalog(ReplaceCatalog {
            certname,
            environment: catalog.environment.to_string(),
            transaction_uuid,
            catalog: catalog.clone(),
            job_id: run.job_id.clone(),
            exported: exported.clone(),
            lookups: None,
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
pub(crate) async fn stored_facts(server: &Server, certname: &str) -> Result<Arc<pcore::Hash>, Problem> {
    let stored = server.pdb.facts(certname).await.map_err(refused)?;
    Ok(stored.map(|stored| stored.facts).unwrap_or_default())
}

/// The node's kept catalog if it still holds, else a fresh one. Runs on a thread of the pool.
fn compile(order: &Order) -> Result<Compiled, Problem> {
    let job = Job::new(order)?;
    let version = || compiler::version(&job.environment.image, &Machine).ok();
    let uuid = uuid::Uuid::new_v4().to_string();
    let code_id = job.code_id.as_deref();
    match order.memo.find(&job.key(), &job.environment.image, &job.node, code_id, version, &uuid) {
        Some(hit) if !hit.verify => Ok(job.again(hit)),
        Some(hit) => job.verify(hit),
        None => job.compile(),
    }
}

/// A fresh catalog, whatever is kept.
fn compile_fresh(order: &Order) -> Result<Compiled, Problem> {
    let job = Job::new(order)?;
    order.memo.forget(&job.key());
    job.compile()
}

/// An order with what it means at the moment.
struct Job<'o> {
    order: &'o Order,
    environment: Arc<Environment>,
    node: NodeInput,
    code_id: Option<String>,
    /// The checksum of inlined metadata, for a static catalog.
    inlined: Option<Algorithm>,
}

impl<'o> Job<'o> {
    fn new(order: &'o Order) -> Result<Job<'o>, Problem> {
        let environment = resolve(order)?;
        let code_id = match &order.code_id_command {
            Some(command) => code_id(command, &order.environment).map_err(failed)?,
            None => None,
        };
        let is_static = environment.conf.static_catalogs && order.wants_static && code_id.is_some();
        let inlined = is_static.then(|| common_checksum(order.checksum_types.as_deref())).transpose()?;
        Ok(Job { node: node(order, &environment), order, environment, code_id, inlined })
    }

    fn key(&self) -> Key {
        Key {
            certname: self.order.certname.clone(),
            environment: self.environment.name.clone(),
            rich: self.is_rich(),
            inlined: self.inlined.map(Algorithm::as_str),
        }
    }

    fn is_rich(&self) -> bool {
        self.order.format == Format::RichJson && self.environment.conf.rich_data
    }

    /// A kept catalog as an answer.
    fn again(&self, hit: Hit) -> Compiled {
        log(self.order, &hit.logs);
        tracing::info!(
            certname = self.order.certname,
            environment = self.environment.name,
            resources = hit.resources,
            "the last catalog still holds"
        );
        let version = pcore::format::to_s(&hit.version);
        let Hit { body, content, catalog_uuid, .. } = hit;
        let environment = self.environment.name.clone();
        Compiled { body, content: Content::Kept { environment, content, catalog_uuid, version } }
    }

    /// Compiles in spite of a kept catalog, and compares.
    fn verify(&self, hit: Hit) -> Result<Compiled, Problem> {
        let fresh = self.compile();
        let is_right = match &fresh {
            Ok(Compiled { content: Content::Fresh(catalog, _), .. }) => {
                memo::is_same_catalog(&hit, catalog, self.is_rich())
            }
            _ => false,
        };
        self.order.memo.verified(is_right);
        if !is_right {
            tracing::error!(
                certname = self.order.certname,
                environment = self.environment.name,
                "a kept catalog does not hold, though nothing that its compile read has changed; the fresh one is sent"
            );
        }
        fresh
    }

    fn compile(&self) -> Result<Compiled, Problem> {
        let Job { order, environment, node, .. } = self;
        let started = Instant::now();
        let mut compilation = compiler::compile(&environment.image, &order.world, node).map_err(|error| {
            log(order, &error.logs);
            failed(error.message)
        })?;
        compilation.catalog.code_id = self.code_id.as_deref().map(Into::into);
        if let Some(algorithm) = self.inlined {
            self.inline(&mut compilation, algorithm).map_err(failed)?;
        }
        let elapsed = started.elapsed();
        log(order, &compilation.logs);
        let mut body = Vec::with_capacity(compilation.catalog.resources.len() * 512);
        let marks = compilation.catalog.write_json_marked(&mut body, self.is_rich());
        order.memo.keep(self.key(), &environment.image, node, &compilation, &body, &marks);
        let Compilation { catalog, exported, .. } = compilation;
        tracing::info!(
            certname = order.certname,
            environment = environment.name,
            resources = catalog.resources.len(),
            milliseconds = elapsed.as_secs_f64() * 1000.0,
            "compiled catalog"
        );
        Ok(Compiled { body, content: Content::Fresh(Arc::new(catalog), Arc::new(exported)) })
    }

    fn inline(&self, compilation: &mut Compilation, algorithm: Algorithm) -> Result<(), String> {
        let environment = &self.environment;
        let code =
            Code { environment: environment.name.clone(), modulepath: environment.conf.modulepath.clone() };
        let files = &self.order.files;
        let Compilation { catalog, reads, .. } = compilation;
        inline(files, &code, &environment.directory, catalog, algorithm, reads)
    }
}

/// The version of an environment's code, as the configured command says; `None` if it says nothing.
pub(crate) fn code_id(command: &Path, environment: &str) -> Result<Option<String>, String> {
    let words = [command.to_string_lossy().into_owned(), environment.to_owned()];
    let execution = Execution { command: &words, folder: None, combine: false, time_max: CODE_ID_TIME_MAX };
    let output = execution.run().map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output);
    let id = text.trim_end_matches(['\n', '\r']);
    if !files::versions::is_code_id(id) {
        return Err(format!(
            "Invalid code-id '{id}'. Must contain only alpha-numerics and '-', '_', ';', or ':'"
        ));
    }
    Ok((!id.is_empty()).then(|| id.to_owned()))
}

/// The first checksum of the agent's list that is known here.
fn common_checksum(types: Option<&str>) -> Result<Algorithm, Problem> {
    let types = types.unwrap_or_default();
    types.split('.').find_map(Algorithm::named).ok_or_else(|| {
        let known: Vec<String> = Algorithm::ALL.iter().map(|known| format!(":{}", known.as_str())).collect();
        failed(format!(
            "Unable to find a common checksum type between agent '{types}' and master '[{}]'.",
            known.join(", ")
        ))
    })
}

fn node(order: &Order, environment: &Environment) -> NodeInput {
    let mut server_facts = pcore::Hash::clone(&order.server_facts);
    server_facts.insert("environment", environment.name.as_str());
    NodeInput {
        certname: order.certname.as_str().into(),
        facts: order.facts.clone(),
        trusted: order.trusted.clone(),
        server_facts: Arc::new(server_facts),
        classes: order.classes.clone(),
        parameters: order.parameters.clone(),
    }
}

/// A catalog without anything, by which an agent is told its environment: it starts again in that.
fn empty(server: &Server, certname: &str, environment: &str, format: Format) -> Response {
    let catalog = Catalog {
        name: certname.into(),
        environment: environment.into(),
        catalog_uuid: uuid::Uuid::new_v4().to_string().into(),
        ..Catalog::default()
    };
    let mut body = Vec::new();
    catalog.write_json(&mut body, format == Format::RichJson);
    let response = Response::bytes(StatusCode::OK, format.content_type(), body);
    response.with_text_header(COMPILER_HEADER, &server.settings.certname)
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
pub(crate) fn understands_delays(request: &Request) -> bool {
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
