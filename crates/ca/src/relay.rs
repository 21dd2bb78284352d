//! `/puppet-ca/v1` of a server that has no authority: requests go on to the one that has.
//!
//! The way of Puppet Enterprise's compilers: method, path, query and body as they came, over this server's own certificate, with the
//! client's verified identity in the headers that [`rest::identity::relayed`] makes. What a client sent of that kind has been removed
//! before. The rules of this server have judged the client; those of the authority judge this server, so that administration does not
//! work through a compiler unless its certificate may administer.
//!
//! Anybody may send a request for a certificate, so what is on its way at once is limited, and the rest is told to come again. A
//! request is sent once; only one that asks for something and changes nothing is sent a second time when a connection broke, since a
//! request that was perhaps handled already would be refused the second time.
//!
//! While the authority does not answer, its certificate and the revocation lists come from what this server holds of them.

use std::path::PathBuf;
use std::sync::Arc;

use rest::client::{Answer, ClientError};
use rest::{
    BoxFuture, HeaderName, HeaderValue, Method, Origin, Problem, Request, Response, Service, StatusCode,
    Upstream, header,
};
use tokio::sync::Semaphore;

use crate::follow::Follower;

/// Requests on their way at once.
const REQUESTS_MAX: usize = 64;
/// What may wait beside them.
const WAITING_MAX: usize = 192;
/// Lists of certnames of a large estate, as the authority takes them.
const NAMES_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Headers of a request that mean something to the authority.
static REQUEST_HEADERS: [HeaderName; 5] = [
    header::ACCEPT,
    header::CONTENT_TYPE,
    header::IF_MODIFIED_SINCE,
    header::USER_AGENT,
    HeaderName::from_static("x-puppet-version"),
];
/// Headers of an answer that mean something to its client.
static ANSWER_HEADERS: [HeaderName; 5] = [
    header::CONTENT_TYPE,
    header::LAST_MODIFIED,
    header::RETRY_AFTER,
    header::ALLOW,
    HeaderName::from_static("x-puppet-version"),
];

/// What a server holds itself of what everybody may have, for the time while the authority is away.
pub struct Copies {
    /// The bundle of authorities.
    pub bundle: PathBuf,
    /// The lists of revocations.
    pub follower: Arc<Follower>,
}

/// Passes requests on to the authority.
pub struct Relay {
    authority: Arc<Upstream>,
    copies: Copies,
    running: Semaphore,
    admitted: Semaphore,
}

impl Relay {
    /// A relay to the server that has the authority.
    pub fn new(authority: Arc<Upstream>, copies: Copies) -> Relay {
        Relay {
            authority,
            copies,
            running: Semaphore::new(REQUESTS_MAX),
            admitted: Semaphore::new(REQUESTS_MAX + WAITING_MAX),
        }
    }

    async fn answer(&self, mut request: Request) -> Result<Response, Problem> {
        // One who is known by the name of the primary, but is a compiler, too, or a balancer of compilers, would send it on for ever.
        if request.origin() == Origin::ThroughCompiler {
            let text = format!(
                "The compiler {} takes this server for its primary; this server is a compiler itself. Its setting compiler.primary must name \
                 the server that has the certificate authority",
                request.peer.certname().unwrap_or_default()
            );
            return Err(Problem::plain(StatusCode::LOOP_DETECTED, text));
        }
        let path = request.canonical_path();
        if path == "/puppet-ca/v1/clean" || path == "/puppet-ca/v1/sign" {
            request.body.set_limit(NAMES_BYTES_MAX);
        }
        // Before a place is taken: a slow sender holds up nobody.
        let body = request.body.bytes().await?;
        let Ok(_admitted) = self.admitted.try_acquire() else {
            let text = "Too many requests to the certificate authority are on their way; come again later";
            return Err(Problem::plain(StatusCode::SERVICE_UNAVAILABLE, text)
                .with_header(header::RETRY_AFTER, HeaderValue::from_static("5")));
        };
        let _running = self.running.acquire().await.map_err(Problem::internal)?;
        let mut headers: Vec<_> = REQUEST_HEADERS
            .iter()
            .filter_map(|name| Some((name.clone(), request.headers.get(name)?.clone())))
            .collect();
        headers.extend(rest::identity::relayed(&request.peer));
        // What was judged here, not what came: a path is text of the client's until it is understood.
        let mut target = String::new();
        for segment in request.canonical_path().trim_start_matches('/').split('/') {
            target.push('/');
            target.push_str(&rest::path::percent_encode(segment));
        }
        if !request.query.is_empty() {
            target.push('?');
            target.push_str(&request.query);
        }
        let send = || self.authority.send(request.method.clone(), &target, headers.clone(), body.clone());
        let answer = match send().await {
            Err(ClientError::Broken { .. }) if request.method == Method::GET => send().await,
            other => other,
        };
        match answer {
            // It is there, and cannot say: it starts, or something between it and this server speaks for it.
            Ok(answer) if matches!(answer.status.as_u16(), 502..=504) => match self.copy(&request).await {
                Some(response) => Ok(response),
                None => Ok(passed_back(answer)),
            },
            Ok(answer) => Ok(passed_back(answer)),
            Err(error) => match self.copy(&request).await {
                Some(response) => Ok(response),
                None => Err(self.problem(error)),
            },
        }
    }

    /// What this server can say itself, so that agents go on while the authority is away. The lists are those that this server goes by,
    /// which has all revocations where agents else get the short list: none is missed.
    async fn copy(&self, request: &Request) -> Option<Response> {
        if request.method != Method::GET {
            return None;
        }
        let pem = match request.canonical_path() {
            "/puppet-ca/v1/certificate/ca" => {
                let bundle = self.copies.bundle.clone();
                tokio::task::spawn_blocking(move || std::fs::read(bundle)).await.ok()?.ok()?.into()
            }
            "/puppet-ca/v1/certificate_revocation_list/ca" => self.copies.follower.lists()?.pem().clone(),
            _ => return None,
        };
        Some(Response::bytes(StatusCode::OK, "text/plain", pem))
    }

    fn problem(&self, error: ClientError) -> Problem {
        let status = match error {
            ClientError::Timeout { .. } => StatusCode::GATEWAY_TIMEOUT,
            _ => StatusCode::BAD_GATEWAY,
        };
        let text = format!(
            "The certificate authority at {} did not answer; this server only passes requests on to it",
            self.authority.base()
        );
        Problem::plain(status, text).with_cause(error)
    }
}

fn passed_back(answer: Answer) -> Response {
    let content_type = answer.headers.get(header::CONTENT_TYPE).cloned();
    let mut response = match answer.body.is_empty() {
        true => Response::empty(answer.status),
        false => Response::bytes(answer.status, "text/plain", answer.body),
    };
    if content_type.is_none() {
        response.headers.remove(header::CONTENT_TYPE);
    }
    for name in &ANSWER_HEADERS {
        if let Some(value) = answer.headers.get(name) {
            response.headers.insert(name.clone(), value.clone());
        }
    }
    response
}

impl Service for Relay {
    fn call(&self, request: Request) -> BoxFuture<'_, Response> {
        Box::pin(async move { self.answer(request).await.into() })
    }
}
