//! `/puppet-ca/v1`: decode, call, encode. Statuses and texts are those of Puppet Server, which agents and
//! `puppetserver ca` act on; the reference is `certificate_authority_core.clj` of Puppet Server 8.
//!
//! Everything that touches the directory runs on threads that may block, and goes on to its end even if the
//! client goes away meanwhile.

mod renewal;
mod status;

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use rest::{BoxFuture, Method, Origin, Problem, Request, Response, Service, StatusCode};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::authority::Authority;
use crate::error::{Error, Result};
use crate::files::{self, pem_file};

/// Where the service is mounted.
pub const PREFIX: &str = "/puppet-ca/v1";

/// Requests whose autosign decision is under way; more wait. Anybody may submit requests, and each may start
/// a policy program.
const SUBMISSIONS_MAX: usize = 32;
/// Lists of certnames may name a large estate.
const NAMES_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Revocation lists of upstream authorities.
const LISTS_BYTES_MAX: u64 = 64 * 1024 * 1024;

const TEXT: &str = "text/plain; charset=utf-8";

/// The service.
pub struct Handlers {
    authority: Arc<Authority>,
    submissions: Arc<Semaphore>,
}

impl Handlers {
    /// Serves an authority.
    pub fn new(authority: Arc<Authority>) -> Handlers {
        Handlers { authority, submissions: Arc::new(Semaphore::new(SUBMISSIONS_MAX)) }
    }

    async fn route(&self, mut request: Request) -> Result<Response, Problem> {
        let path = request.tail(PREFIX).unwrap_or_default().to_owned();
        let segments: Vec<&str> = path.strip_prefix('/').unwrap_or_default().split('/').collect();
        let get = request.method == Method::GET;
        let put = request.method == Method::PUT;
        let post = request.method == Method::POST;
        match segments.as_slice() {
            ["certificate", subject] if get => self.certificate(&request, subject).await,
            ["certificate_request", subject] if get => self.certificate_request(subject).await,
            ["certificate_request", subject] if put => self.submit(&mut request, subject).await,
            ["certificate_request", subject] if request.method == Method::DELETE => {
                self.delete_request(subject).await
            }
            // The name is of no importance; agents send `ca`.
            ["certificate_revocation_list", _] if get => Ok(self.lists(&request)),
            ["certificate_revocation_list"] if put => self.update_lists(&mut request).await,
            ["certificate_status", subject] => self.certificate_status(&mut request, subject).await,
            ["certificate_statuses", ""] => Err(Problem::bad_request("Missing URL Segment")),
            ["certificate_statuses", _] => self.certificate_statuses(&request).await,
            ["certificate_renewal"] if post => self.renew(&request).await,
            ["clean"] if put => self.clean(&mut request).await,
            ["sign"] if post => self.sign(&mut request).await,
            ["sign", "all"] if post => self.sign_all(&request).await,
            ["expirations"] if get => Ok(Response::json(StatusCode::OK, &self.authority.expirations())),
            _ => Err(Problem::not_found("Not Found")),
        }
    }

    /// Runs something that blocks, to its end.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Authority) -> Result<T> + Send + 'static,
    ) -> Result<Result<T>, Problem> {
        let authority = self.authority.clone();
        tokio::task::spawn_blocking(move || work(&authority)).await.map_err(Problem::internal)
    }

    async fn certificate(&self, request: &Request, subject: &str) -> Result<Response, Problem> {
        let paths = &self.authority.settings().paths;
        let file = match subject {
            "ca" => Some(paths.cacert.clone()),
            subject => pem_file(&paths.signeddir, subject),
        };
        let read = move |_: &Authority| {
            let Some(file) = file else { return Ok(None) };
            let modified = files::Stamp::of(&file)?.modified();
            Ok(files::read(&file)?.map(|pem| (pem, modified)))
        };
        match self.blocking(read).await?? {
            Some((pem, modified)) => {
                Ok(Response::bytes(StatusCode::OK, TEXT, pem)
                    .if_modified_since(request, unix_seconds(modified)))
            }
            None => Err(Problem::not_found(format!("Could not find certificate {subject}"))),
        }
    }

    async fn certificate_request(&self, subject: &str) -> Result<Response, Problem> {
        let file = pem_file(&self.authority.settings().paths.csrdir, subject);
        let read = move |_: &Authority| file.map_or(Ok(None), |file| files::read(&file));
        match self.blocking(read).await?? {
            Some(pem) => Ok(Response::bytes(StatusCode::OK, TEXT, pem)),
            None => Err(Problem::not_found(format!("Could not find certificate_request {subject}"))),
        }
    }

    async fn submit(&self, request: &mut Request, subject: &str) -> Result<Response, Problem> {
        let body = request.body.bytes().await?;
        let permit = self.submissions.clone().acquire_owned().await.map_err(Problem::internal)?;
        let (subject, actor) = (subject.to_owned(), actor(request));
        self.blocking(move |authority| {
            let _permit = permit;
            authority.submit(&subject, &body, &actor)
        })
        .await??;
        // Signed or pending, the agent finds out by asking for the certificate.
        Ok(Response::bytes(StatusCode::OK, TEXT, Vec::new()))
    }

    async fn delete_request(&self, subject: &str) -> Result<Response, Problem> {
        let certname = subject.to_owned();
        if self.blocking(move |authority| authority.delete_request(&certname)).await?? {
            return Ok(Response::empty(StatusCode::NO_CONTENT));
        }
        let csrdir = &self.authority.settings().paths.csrdir;
        Err(Problem::not_found(format!(
            "No certificate request for {subject} at expected path {}/{subject}.pem",
            csrdir.display()
        )))
    }

    fn lists(&self, request: &Request) -> Response {
        let lists = self.authority.lists();
        // A compiler checks all clients with them, not only its servers as agents do.
        let (pem, modified) =
            if request.origin() == Origin::Compiler { lists.for_servers() } else { lists.for_agents() };
        Response::bytes(StatusCode::OK, TEXT, pem.clone()).if_modified_since(request, unix_seconds(modified))
    }

    async fn update_lists(&self, request: &mut Request) -> Result<Response, Problem> {
        request.body.set_limit(LISTS_BYTES_MAX);
        let body = request.body.bytes().await?;
        self.blocking(move |authority| authority.update_lists(&body)).await??;
        Ok(Response::text(StatusCode::OK, "Successfully updated CRLs."))
    }

    async fn clean(&self, request: &mut Request) -> Result<Response, Problem> {
        let Some(body) = json_body(request).await? else {
            return Err(Problem::bad_request("Request body is not JSON."));
        };
        if body.get("async") == Some(&Value::Bool(true)) {
            return Err(Problem::bad_request("Async mode is not currently supported."));
        }
        let Some(names) = body.get("certnames").filter(|names| !names.is_null()) else {
            return Err(Problem::bad_request(
                "Missing required key: 'certnames'. Please supply the list of certs you want to clean.",
            ));
        };
        let mut names = certnames(names).map_err(Problem::bad_request)?;
        let mut seen = std::collections::HashSet::new();
        names.retain(|name| seen.insert(name.clone()));
        let actor = actor(request);
        let outcome = self
            .blocking(move |authority| {
                let mut missing = Vec::new();
                let mut present = Vec::new();
                for name in names {
                    if authority.was_issued(&name)? { present.push(name) } else { missing.push(name) }
                }
                authority.clean(&present, &actor)?;
                Ok(missing)
            })
            .await?;
        match outcome {
            Ok(missing) if missing.is_empty() => {
                Ok(Response::text(StatusCode::OK, "Successfully cleaned all certs."))
            }
            // Names are shown as Clojure prints a vector of strings.
            Ok(missing) => {
                let shown: Vec<String> = missing.iter().map(|name| format!("{name:?}")).collect();
                let text =
                    format!("The following certs do not exist and cannot be revoked: [{}]", shown.join(" "));
                Ok(Response::text(StatusCode::OK, text))
            }
            Err(error) => Err(Problem::plain(
                StatusCode::INTERNAL_SERVER_ERROR,
                format!("Error while cleaning certs: {error}"),
            )
            .with_cause(error)),
        }
    }

    async fn sign(&self, request: &mut Request) -> Result<Response, Problem> {
        let body = json_body(request).await?.unwrap_or_default();
        let submitted = body.get("certnames").cloned().unwrap_or_default();
        let names = match certnames(&submitted) {
            Ok(names) => names,
            Err(error) => {
                let document = json!({"kind": "schema-violation", "submitted": submitted, "error": error});
                return Ok(Response::json(StatusCode::UNPROCESSABLE_ENTITY, &document));
            }
        };
        let actor = actor(request);
        let outcome = self.blocking(move |authority| authority.sign_many(&names, &actor)).await??;
        Ok(Response::json(StatusCode::OK, &outcome))
    }

    async fn sign_all(&self, request: &Request) -> Result<Response, Problem> {
        let actor = actor(request);
        let outcome = self.blocking(move |authority| authority.sign_all(&actor)).await??;
        Ok(Response::json(StatusCode::OK, &outcome))
    }
}

impl Service for Handlers {
    fn call(&self, request: Request) -> BoxFuture<'_, Response> {
        Box::pin(async move { self.route(request).await.into() })
    }
}

/// Who did it, for the log: a caller without a certificate acts through the authority's own rules.
fn actor(request: &Request) -> String {
    request.peer.certname().unwrap_or("CA").to_owned()
}

/// A body as JSON; nothing if it is none.
async fn json_body(request: &mut Request) -> Result<Option<Value>, Problem> {
    request.body.set_limit(NAMES_BYTES_MAX);
    let body = request.body.bytes().await?;
    Ok(serde_json::from_slice(&body).ok().filter(|value| !matches!(value, Value::Null | Value::Bool(false))))
}

/// A list of strings; otherwise what is wrong, as Puppet Server's schema library prints it.
fn certnames(value: &Value) -> Result<Vec<String>, String> {
    let shown = |value: &Value| match value {
        Value::Null => "nil".to_owned(),
        other => other.to_string(),
    };
    let Value::Array(items) = value else { return Err(format!("(not (sequential? {}))", shown(value))) };
    if items.iter().all(Value::is_string) {
        return Ok(items.iter().filter_map(Value::as_str).map(str::to_owned).collect());
    }
    let faults: Vec<String> = items
        .iter()
        .map(|item| match item {
            Value::String(_) => "nil".to_owned(),
            other => format!("(not (instance? java.lang.String {}))", shown(other)),
        })
        .collect();
    Err(format!("[{}]", faults.join(" ")))
}

fn unix_seconds(time: SystemTime) -> i64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        match &error {
            Error::Refused { message, .. } | Error::InvalidCrls(message) => {
                Problem::bad_request(message.clone())
            }
            Error::NoRequest(_) | Error::NoCertificate(_) => {
                Problem::plain(StatusCode::CONFLICT, error.to_string())
            }
            Error::LockTimeout { .. } => {
                Problem::plain(StatusCode::INTERNAL_SERVER_ERROR, format!("Internal Server Error: {error}"))
            }
            _ => Problem::internal(error),
        }
    }
}
