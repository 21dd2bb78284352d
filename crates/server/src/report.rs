//! `PUT report/:certname` and `PUT facts/:certname`: what agents leave with us. Answered when it is on disk.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use api::pdb::{Command, PdbError, ReplaceFacts, StoreReport};
use rest::{Bytes, HeaderValue, IssueKind, Problem, Request, Response, StatusCode, header};
use wire::facts::{Facts, FactsFormat};
use wire::json::Limits;

use crate::indirection::{environment, failed, key, no_environment};
use crate::negotiate::{Format, accepted_or_json, body_format};
use crate::{Server, done};

/// When an agent comes again whose documents found no room.
const FULL_RETRY_AFTER: Duration = Duration::from_secs(60);

/// Stores a report and answers with the names of the processors that took it.
pub(crate) async fn save(
    server: &Server,
    request: &mut Request,
    certname: &str,
) -> Result<Response, Problem> {
    let (environment, certname) = (known_environment(server, request)?, key(request, certname)?.to_owned());
    let (answer, format) = (accepted_or_json(request)?, body_format(request)?);
    let body = request.body.bytes().await?;
    let report = StoreReport {
        certname,
        environment,
        report: json_text(body, format),
        producer_timestamp: SystemTime::now(),
    };
    server.pdb.submit(Command::StoreReport(report)).await.map_err(refused)?;
    Ok(Response::bytes(StatusCode::OK, answer.content_type(), &br#"["store"]"#[..]))
}

/// Stores facts that come without a catalog request.
pub(crate) async fn save_facts(
    server: &Server,
    request: &mut Request,
    certname: &str,
) -> Result<Response, Problem> {
    let (environment, certname) = (known_environment(server, request)?, key(request, certname)?.to_owned());
    let format = match body_format(request)? {
        Format::Pson => FactsFormat::Pson,
        Format::Json | Format::RichJson | Format::Binary => FactsFormat::Json,
    };
    let body = request.body.bytes().await?;
    let facts = Facts::from_json(&body, format, &Limits::default()).map_err(invalid)?;
    if *facts.name != *certname {
        return Err(invalid(format!("the facts are those of {}, not of {certname}", &*facts.name)));
    }
    let command = ReplaceFacts {
        certname,
        environment,
        facts: Arc::new(facts.values),
        trusted: None,
        known: None,
        producer_timestamp: SystemTime::now(),
    };
    server.pdb.submit(Command::ReplaceFacts(command)).await.map_err(refused)?;
    Ok(done())
}

fn known_environment(server: &Server, request: &Request) -> Result<String, Problem> {
    let name = environment(&request.query_params()?)?;
    match server.environments.conf(&name) {
        Ok(_) => Ok(name),
        Err(crate::environments::EnvironmentError::NotFound(_)) => Err(no_environment(&name)),
        Err(error) => Err(failed(error)),
    }
}

/// PSON may hold bytes that are no UTF-8; in what we keep they become the replacement character.
fn json_text(body: Bytes, format: Format) -> Bytes {
    match format {
        Format::Pson => match String::from_utf8_lossy(&body) {
            std::borrow::Cow::Borrowed(_) => body,
            std::borrow::Cow::Owned(text) => Bytes::from(text),
        },
        Format::Json | Format::RichJson | Format::Binary => body,
    }
}

fn invalid(reason: impl std::fmt::Display) -> Problem {
    let text = format!("The request body is invalid: {reason}");
    Problem::ruby(StatusCode::BAD_REQUEST, text, IssueKind::RuntimeError)
}

/// A store's failure as the agent sees it.
pub(crate) fn refused(error: PdbError) -> Problem {
    match error {
        PdbError::Invalid(reason) => invalid(reason),
        PdbError::Full(reason) => {
            let seconds = HeaderValue::from(FULL_RETRY_AFTER.as_secs());
            Problem::ruby(StatusCode::SERVICE_UNAVAILABLE, reason, IssueKind::RuntimeError)
                .with_header(header::RETRY_AFTER, seconds)
        }
        PdbError::Gone | PdbError::Unavailable { .. } => failed(error),
    }
}
