//! What every request passes before and after its service: an id, the caller's identity, the authorization rules, and
//! then compression, the headers that agents expect, the access log and the counters. A panic of a handler becomes a
//! response with status 500 here.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use arc_swap::ArcSwap;
use http::{HeaderName, HeaderValue, StatusCode};
use tracing::Instrument;

use crate::access::{AccessLog, Caller, Entry};
use crate::auth::{Printable, Rules};
use crate::metrics::{Metrics, Route};
use crate::service::{BoxFuture, Service};
use crate::{Problem, Request, Response, compress, identity};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const PUPPET_VERSION: HeaderName = HeaderName::from_static("x-puppet-version");

/// A service with everything before it that a listener needs.
pub struct Front {
    service: Arc<dyn Service>,
    rules: ArcSwap<Rules>,
    puppet_version: Option<HeaderValue>,
    metrics: Arc<Metrics>,
    access: Option<Arc<AccessLog>>,
    listener: &'static str,
}

impl Front {
    /// Puts the rules before a service, usually a [`crate::Router`].
    pub fn new(service: Arc<dyn Service>, rules: Rules) -> Front {
        Front {
            service,
            rules: ArcSwap::from_pointee(rules),
            puppet_version: None,
            metrics: Arc::default(),
            access: None,
            listener: "",
        }
    }

    /// The version that every response carries as `X-Puppet-Version`. Agents judge the server's abilities by it and
    /// take plain versions only (`8.10.0`); anything else is left out.
    pub fn with_puppet_version(mut self, version: &str) -> Front {
        self.puppet_version = HeaderValue::from_str(version).ok();
        self
    }

    /// Counts into metrics that others see too.
    pub fn with_metrics(mut self, metrics: Arc<Metrics>) -> Front {
        self.metrics = metrics;
        self
    }

    /// Notes every request in the access log, under the name of the listener.
    pub fn with_access_log(mut self, access: Option<Arc<AccessLog>>, listener: &'static str) -> Front {
        self.access = access;
        self.listener = listener;
        self
    }

    /// Replaces the rules; requests that are under way keep the verdict they have.
    pub fn replace_rules(&self, rules: Rules) {
        self.rules.store(Arc::new(rules));
    }

    async fn answer(&self, mut request: Request) -> Response {
        {
            let rules = self.rules.load();
            let checked = identity::apply(&mut request, &rules)
                .and_then(|()| rules.check(&request).inspect_err(|_| self.metrics.forbidden.increment()));
            if let Err(problem) = checked {
                return problem.respond();
            }
        }
        let gzip = compress::accepts_gzip(&request.headers);
        let response = match CatchPanic(self.service.call(request)).await {
            Ok(response) => response,
            Err(panic) => {
                self.metrics.panics.increment();
                Problem::internal(format!("a handler panicked: {}", panic_text(panic.as_ref()))).respond()
            }
        };
        if gzip { compress::gzip(response).await } else { response }
    }

    async fn serve(&self, request: Request) -> Response {
        let started = Instant::now();
        let id = request.id;
        let method = request.method.clone();
        let path = Printable(request.canonical_path()).to_string();
        let peer = request.peer.clone();
        let route = Route::of(request.canonical_path());
        let caller = self.access.as_ref().map(|_| Caller::of(&request));
        self.metrics.requests.increment();
        self.metrics.requests_open.increment();
        let open = OpenRequest(&self.metrics);
        let mut response = self.answer(request).await;
        drop(open);

        let elapsed = started.elapsed();
        let (status, bytes) = (response.status.as_u16(), response.body.len());
        self.metrics.answer(route, status, elapsed);
        self.metrics.response_bytes.add(bytes);
        if let Ok(value) = HeaderValue::try_from(id.to_string()) {
            response.headers.insert(REQUEST_ID, value);
        }
        if let Some(version) = &self.puppet_version {
            response.headers.entry(PUPPET_VERSION).or_insert_with(|| version.clone());
        }
        tracing::info!(
            target: "access",
            certname = peer.certname().unwrap_or("-"),
            %method,
            path,
            status,
            bytes,
            duration_ms = elapsed.as_millis() as u64,
            "request"
        );
        if let (Some(access), Some(caller)) = (&self.access, caller) {
            access.write(Entry {
                id,
                peer,
                method,
                path,
                status,
                bytes,
                elapsed,
                caller,
                listener: self.listener,
            });
        }
        response
    }
}

impl Service for Front {
    fn call(&self, request: Request) -> BoxFuture<'_, Response> {
        let span = tracing::info_span!("request", id = %request.id);
        Box::pin(self.serve(request).instrument(span))
    }
}

/// Counts a request as open until it is done or its client has gone.
struct OpenRequest<'a>(&'a Metrics);

impl Drop for OpenRequest<'_> {
    fn drop(&mut self) {
        self.0.requests_open.decrement();
    }
}

/// Turns a panic of the inner future into a value. The future is dropped after that, so nothing can see what the panic
/// left half done inside of it; state it shares is behind locks that notice.
struct CatchPanic<F>(F);

impl<F: Future + Unpin> Future for CatchPanic<F> {
    type Output = Result<F::Output, Box<dyn Any + Send>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match catch_unwind(AssertUnwindSafe(|| Pin::new(&mut self.0).poll(context))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
            Err(panic) => Poll::Ready(Err(panic)),
        }
    }
}

/// The text a panic was raised with.
pub fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no text")
}

/// What the listener answers when the peer's certificate is no longer good.
pub(crate) fn peer_refused(request: &Request) -> Response {
    Problem::plain(
        StatusCode::FORBIDDEN,
        format!(
            "Forbidden request: the certificate of {} is no longer valid",
            Printable(request.peer.claimed_name().unwrap_or("this connection"))
        ),
    )
    .with_header(http::header::CONNECTION, HeaderValue::from_static("close"))
    .respond()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Method, Peer, PeerCertificate, header};

    struct Handler;

    impl Service for Handler {
        fn call(&self, request: Request) -> BoxFuture<'_, Response> {
            Box::pin(async move {
                match request.tail("/puppet/v3/environments/") {
                    Some("panic") => panic!("the handler has a bug"),
                    Some("big") => Response::text(StatusCode::OK, "x".repeat(10_000)),
                    _ => Response::text(StatusCode::OK, request.peer.certname().unwrap_or("nobody")),
                }
            })
        }
    }

    fn front() -> Front {
        Front::new(Arc::new(Handler), Rules::default()).with_puppet_version("8.10.0")
    }

    fn request(target: &str) -> Request {
        let peer = Peer::verified("web.example.com", PeerCertificate::default());
        Request::new(Method::GET, target).unwrap().with_peer(peer)
    }

    #[tokio::test]
    async fn every_response_has_its_headers() {
        let front = front();
        let asked = request("/puppet/v3/environments");
        let id = asked.id.to_string();
        let response = front.call(asked).await;
        assert_eq!(response.status, 200);
        assert_eq!(response.headers["x-puppet-version"], "8.10.0");
        assert_eq!(response.headers["x-request-id"], id.as_str());
        let refused = front.call(request("/puppet-admin-api/v1/jruby-pool")).await;
        assert_eq!(refused.status, 403);
        assert!(
            refused.headers.contains_key("x-request-id") && refused.headers.contains_key("x-puppet-version")
        );
        assert_eq!(front.metrics.forbidden.value(), 1);
        assert_eq!(front.metrics.requests.value(), 2);
        assert_eq!(front.metrics.requests_open.value(), 0);
    }

    #[tokio::test]
    async fn a_panic_is_a_response() {
        let front = front();
        let response = front.call(request("/puppet/v3/environments/panic")).await;
        assert_eq!(response.status, 500);
        assert!(response.headers.contains_key("x-request-id"));
        assert_eq!(response.body.in_memory().unwrap(), "Internal Server Error");
        assert_eq!(front.metrics.panics.value(), 1);
    }

    #[tokio::test]
    async fn responses_are_compressed_on_request() {
        let front = front();
        let plain = front.call(request("/puppet/v3/environments/big")).await;
        assert!(!plain.headers.contains_key(header::CONTENT_ENCODING));
        let gzip = HeaderValue::from_static("gzip;q=1.0,deflate;q=0.6,identity;q=0.3");
        let asked = request("/puppet/v3/environments/big").with_header(header::ACCEPT_ENCODING, gzip);
        assert_eq!(front.call(asked).await.headers[header::CONTENT_ENCODING], "gzip");
    }

    #[tokio::test]
    async fn identity_headers_are_ignored_unless_allowed() {
        let claim = |request: Request| {
            request
                .with_header(HeaderName::from_static("x-client-verify"), HeaderValue::from_static("SUCCESS"))
                .with_header(HeaderName::from_static("x-client-dn"), HeaderValue::from_static("CN=victim"))
        };
        let front = front();
        let body = front.call(claim(request("/puppet/v3/environments"))).await.body.in_memory().unwrap();
        assert_eq!(body, "web.example.com");
        let mut rules = Rules::default();
        rules.allow_header_cert_info = true;
        front.replace_rules(rules);
        let body = front.call(claim(request("/puppet/v3/environments"))).await.body.in_memory().unwrap();
        assert_eq!(body, "victim");
    }
}
