//! `POST|GET catalog/:certname`: facts in, catalog out.

mod job;

use std::sync::Arc;
use std::time::SystemTime;

use api::pdb::{Command, KeepCatalog, PdbError, ReplaceCatalog, ReplaceFacts};
use rest::{HeaderName, HeaderValue, IssueKind, Params, Problem, Request, Response, StatusCode, header};
use wire::catalog::Catalog;
use wire::facts::{Facts, FactsFormat};
use wire::json::Limits;

use crate::classifier::Definition;
use crate::classify::Known;
use crate::indirection::{environment, failed, key};
use crate::negotiate::{CATALOG, Format, accepted};
use crate::pool::{Patience, PoolError};
use crate::report::refused;
use crate::world::Connected;
use crate::{Server, VERSION_HEADER, trusted};
pub(crate) use job::code_id;
use job::{Content, Found, Order};

/// The agent logs "Catalog compiled by" with this name.
const COMPILER_HEADER: HeaderName = HeaderName::from_static("x-puppet-compiler-name");

/// What an agent calls its run.
struct Run {
    transaction_uuid: Option<String>,
    job_id: Option<String>,
}

/// What a request comes to.
enum Plan {
    Compile(Order),
    /// The agent has to ask for another environment.
    Elsewhere(Response),
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
    let mut command = None;
    if let Some(facts) = &facts {
        let external = known.as_ref().ok().and_then(|known| known.external.clone().ok());
        let external = external.unwrap_or_else(|| pcore::Value::hash(pcore::Hash::new()));
        let mut replace = ReplaceFacts {
            certname: certname.clone(),
            environment: environment.clone(),
            facts: facts.clone(),
            trusted: Some(trusted::trusted(&request.peer, oid_names, external)),
            known: None,
            producer_timestamp: SystemTime::now(),
        };
        replace.known = server.pdb.known_facts(&replace);
        command = Some(replace);
    }
    let asked = Asked { certname: certname.clone(), environment, format, facts };
    let order = match plan(server, request, &params, asked, known).await {
        Ok(Plan::Compile(order)) => order,
        // Facts are kept whatever becomes of the catalog.
        Ok(Plan::Elsewhere(answer)) => return submit(server, command).await.map(|()| answer),
        Err(problem) => return submit(server, command).await.and(Err(problem)),
    };
    let patience = if understands_delays(request) { Patience::Refusable } else { Patience::Waits };
    let text = |name: &str| params.text(name).filter(|text| !text.is_empty()).map(str::to_owned);
    let run = Run { transaction_uuid: text("transaction_uuid"), job_id: text("job_id") };
    let again = order.clone();
    // The order itself while nobody has looked.
    let found = match order.is_known() {
        true => in_pool(server, patience, &certname, move || job::find(order).map(Ok)).await,
        false => Ok(Err(order)),
    };
    // A compile may read what is stored, so that facts which are new come first.
    let is_kept = matches!(found, Ok(Ok(Found::Kept(_))));
    if !is_kept && command.as_ref().is_some_and(|facts| facts.known.is_none()) {
        submit(server, command.take()).await?;
    }
    let compiling = match found {
        Ok(Ok(Found::Kept(kept))) => Ok(kept),
        Ok(Ok(Found::Nothing(job, doubted))) => {
            in_pool(server, patience, &certname, move || job.finish(doubted)).await
        }
        Ok(Err(order)) => in_pool(server, patience, &certname, move || job::compile(order)).await,
        Err(problem) => Err(problem),
    };
    let mut compiled = match compiling {
        Ok(compiled) => compiled,
        Err(problem) => return submit(server, command).await.and(Err(problem)),
    };
    // One write takes both.
    let telling = store(server, &certname, &run, &compiled.content);
    let (facts_stored, mut stored) = tokio::join!(submit(server, command), telling);
    facts_stored?;
    // The store has lost or replaced what the kept catalog is based on.
    if let Err(PdbError::Gone) = stored {
        compiled = in_pool(server, patience, &certname, move || job::compile_fresh(again)).await?;
        stored = store(server, &certname, &run, &compiled.content).await;
    }
    stored.map_err(refused)?;
    let response = Response::bytes(StatusCode::OK, format.content_type(), compiled.body);
    Ok(response.with_text_header(COMPILER_HEADER, &server.settings.certname))
}

/// What an agent asks for.
struct Asked {
    certname: String,
    environment: String,
    format: Format,
    facts: Option<Arc<pcore::Hash>>,
}

/// Facts and classification of the node as an order.
async fn plan(
    server: &Server,
    request: &Request,
    params: &Params,
    asked: Asked,
    known: Result<Known, Problem>,
) -> Result<Plan, Problem> {
    let Asked { certname, environment, format, facts } = asked;
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
        return Ok(Plan::Elsewhere(empty(server, &certname, own, format)));
    }
    Ok(Plan::Compile(Order {
        trusted: trusted::trusted(&request.peer, &server.settings.oid_names, external.map_err(failed)?),
        certname,
        environment: own.unwrap_or(environment),
        classes,
        parameters,
        default_environment: server.settings.default_environment.clone(),
        environments: server.environments.clone(),
        memo: server.memo.clone(),
        compiles: server.compiles.clone(),
        facts,
        server_facts: server.server_facts.clone(),
        format,
        wants_static: params.text("static_catalog") == Some("true"),
        checksum_types: params.text("checksum_type").map(str::to_owned),
        code_id_command: server.settings.code_id_command.clone(),
        files: server.files.clone(),
        world: Connected::new(server.pdb.clone(), job::least_logged()),
    }))
}

/// Stores the facts of a request, if it brought any.
async fn submit(server: &Server, facts: Option<ReplaceFacts>) -> Result<(), Problem> {
    match facts {
        Some(facts) => server.pdb.submit(Command::ReplaceFacts(facts)).await.map_err(refused),
        None => Ok(()),
    }
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
        Content::Fresh { catalog, exported, lookups, fingerprint } => {
            Command::ReplaceCatalog(ReplaceCatalog {
                certname,
                environment: catalog.environment.to_string(),
                transaction_uuid,
                catalog: catalog.clone(),
                job_id: run.job_id.clone(),
                exported: exported.clone(),
                lookups: lookups.clone(),
                fingerprint: Some(*fingerprint),
                producer_timestamp,
            })
        }
        Content::Kept { environment, content, catalog_uuid, version, has_lookups } => {
            Command::KeepCatalog(KeepCatalog {
                certname,
                environment: environment.clone(),
                transaction_uuid,
                job_id: run.job_id.clone(),
                content: content.clone(),
                catalog_uuid: catalog_uuid.clone(),
                version: version.clone(),
                has_lookups: *has_lookups,
                producer_timestamp,
            })
        }
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
