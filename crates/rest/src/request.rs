//! Requests as values.

use std::fmt;
use std::net::SocketAddr;

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use uuid::Uuid;

use crate::body::RequestBody;
use crate::path::canonical;
use crate::{Params, Peer, PeerCertificate, Problem};

/// Names one request in the response header `X-Request-Id` and in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestId(Uuid);

impl RequestId {
    /// A fresh id.
    pub fn fresh() -> RequestId {
        RequestId(Uuid::new_v4())
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0.simple(), f)
    }
}

/// What a service is asked.
#[derive(Debug)]
pub struct Request {
    /// Id, for logs.
    pub id: RequestId,
    /// Method.
    pub method: Method,
    /// Path as it came; see [`Request::canonical_path`] for the one to judge by.
    pub path: String,
    /// Query as it came, without the question mark.
    pub query: String,
    /// Headers.
    pub headers: HeaderMap,
    /// The caller.
    pub peer: Peer,
    /// Address the connection comes from, where there is a connection.
    pub remote: Option<SocketAddr>,
    /// Body.
    pub body: RequestBody,
    canonical_path: String,
    claimed_certificate: Option<HeaderValue>,
    origin: Origin,
}

/// Whose request it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// The peer's.
    #[default]
    Peer,
    /// That of the peer, which is a compiler.
    Compiler,
    /// That of a client of the peer, which is a compiler.
    ThroughCompiler,
}

impl Request {
    /// A request for a path with an optional query. Fails on a path that cannot be made canonical.
    pub fn new(method: Method, target: &str) -> Result<Request, Problem> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let canonical_path = canonical(path)
            .map_err(|error| Problem::bad_request(format!("Invalid request path: {error}")))?;
        Ok(Request {
            id: RequestId::fresh(),
            method,
            path: path.to_owned(),
            query: query.to_owned(),
            headers: HeaderMap::new(),
            peer: Peer::anonymous(),
            remote: None,
            body: RequestBody::empty(),
            canonical_path,
            claimed_certificate: None,
            origin: Origin::Peer,
        })
    }

    /// The same with a caller.
    pub fn with_peer(mut self, peer: Peer) -> Request {
        self.peer = peer;
        self
    }

    /// The same with a header.
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Request {
        self.headers.insert(name, value);
        self
    }

    /// The same with a body.
    pub fn with_body(mut self, body: impl Into<bytes::Bytes>) -> Request {
        self.body = RequestBody::full(body.into());
        self
    }

    /// The same with an `X-Client-Cert` that nobody has verified.
    pub fn with_claimed_certificate(mut self, value: HeaderValue) -> Request {
        self.claimed_certificate = Some(value);
        self
    }

    /// The same from a compiler or one of its clients.
    pub fn with_origin(mut self, origin: Origin) -> Request {
        self.origin = origin;
        self
    }

    pub(crate) fn set_origin(&mut self, origin: Origin) {
        self.origin = origin;
    }

    /// Whose request it is, as far as the peer may say.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    pub(crate) fn set_claimed_certificate(&mut self, value: Option<HeaderValue>) {
        self.claimed_certificate = value;
    }

    /// The certificate that the caller sent as `X-Client-Cert` without being trusted to (`allow-header-cert-info` is
    /// off). It says nothing about the caller: only the renewal of certificates looks at it, for compile servers that
    /// pass on the requests of agents.
    pub fn claimed_certificate(&self) -> Option<Result<PeerCertificate, Problem>> {
        Some(crate::identity::read_certificate(self.claimed_certificate.as_ref()?.as_bytes()))
    }

    /// The decoded path without relative segments and double slashes: what rules, router and handlers judge by.
    pub fn canonical_path(&self) -> &str {
        &self.canonical_path
    }

    /// The rest of the canonical path behind a prefix.
    pub fn tail(&self, prefix: &str) -> Option<&str> {
        self.canonical_path.strip_prefix(prefix)
    }

    /// The text of a header; nothing if it is absent or no text.
    pub fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The parameters of the query.
    pub fn query_params(&self) -> Result<Params, Problem> {
        Params::parse(&self.query)
    }

    /// The parameters of the query and, if the body is a form, of the body too, which then is used up.
    pub async fn params(&mut self) -> Result<Params, Problem> {
        let mut params = self.query_params()?;
        if self
            .media_type()
            .is_some_and(|name| name.eq_ignore_ascii_case("application/x-www-form-urlencoded"))
        {
            let form = self.body.bytes().await?;
            let form = std::str::from_utf8(&form)
                .map_err(|_| Problem::bad_request("Invalid parameter: the form is not valid UTF-8"))?;
            params.merge(Params::parse(form)?);
        }
        Ok(params)
    }

    /// `Content-Type` without its parameters.
    pub fn media_type(&self) -> Option<&str> {
        let text = self.header(http::header::CONTENT_TYPE)?;
        Some(text.split(';').next().unwrap_or(text).trim())
    }
}
