//! The client: HTTPS with our certificate, revocation checked, connections kept. For services that listen without TLS on this machine
//! there is one of plain HTTP, which speaks nothing else.
//!
//! A proxy is asked for a tunnel (TLS) or for the request itself (plain HTTP).
//!
//! Small on purpose: one request at a time on a connection, idle connections kept per server, a time limit for each
//! step and a size limit for the answer. It follows no redirects and retries only a request that a kept connection
//! never delivered.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::tls::ClientTls;

/// Idle connections kept for one server.
const IDLE_MAX: usize = 8;

/// Why a request has no good answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The address is no `https://host[:port]/path`, or `http://…` for a client without TLS.
    #[error("'{0}' is no https address")]
    Address(String),
    /// A client without TLS was given an address that is not `http://host[:port]/path`.
    #[error("'{0}' is no http address")]
    PlainAddress(String),
    /// No connection.
    #[error("could not connect to {server}: {reason}")]
    Connect {
        /// `host:port`
        server: String,
        /// Why.
        reason: String,
    },
    /// The server could not be verified, or refused our certificate.
    #[error("TLS with {server} failed: {reason}")]
    Tls {
        /// `host:port`
        server: String,
        /// Why.
        reason: String,
    },
    /// The connection broke.
    #[error("the connection to {server} broke: {reason}")]
    Broken {
        /// `host:port`
        server: String,
        /// How.
        reason: String,
    },
    /// No answer in time.
    #[error("{server} did not answer within {seconds} s")]
    Timeout {
        /// `host:port`
        server: String,
        /// The limit.
        seconds: u64,
    },
    /// The answer is larger than the limit.
    #[error("the answer of {server} is larger than {limit} bytes")]
    TooLarge {
        /// `host:port`
        server: String,
        /// The limit.
        limit: usize,
    },
    /// The answer came, and could not be kept.
    #[error("could not keep the answer of {server}: {reason}")]
    Kept {
        /// `host:port`
        server: String,
        /// Why.
        reason: String,
    },
    /// The server said no.
    #[error("{status} from {server}: {message}")]
    Status {
        /// `host:port`
        server: String,
        /// The status.
        status: StatusCode,
        /// The `message` or `msg` of a JSON answer, or the text.
        message: String,
    },
    /// The answer is not the document expected.
    #[error("could not read the answer of {server}: {reason}")]
    Document {
        /// `host:port`
        server: String,
        /// Why.
        reason: String,
    },
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
    /// `host:port` that answered.
    pub server: String,
}

impl Answer {
    /// The answer if its status is below 400; otherwise the error it tells of.
    pub fn ok(self) -> Result<Answer, ClientError> {
        if self.status.as_u16() < 400 {
            return Ok(self);
        }
        let message = serde_json::from_slice::<serde_json::Value>(&self.body).ok().and_then(|document| {
            ["message", "msg", "error"].iter().find_map(|key| document.get(key)?.as_str().map(str::to_owned))
        });
        let message = message.unwrap_or_else(|| self.text());
        Err(ClientError::Status { server: self.server, status: self.status, message })
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).trim_end().to_owned()
    }

    /// The body as a document.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, ClientError> {
        serde_json::from_slice(&self.body)
            .map_err(|error| ClientError::Document { server: self.server.clone(), reason: error.to_string() })
    }
}

/// Time and size limits.
#[derive(Clone, Debug)]
pub struct ClientLimits {
    /// For the connection with its handshake.
    pub connect_timeout: Duration,
    /// From the request to the end of the answer. A compile may take minutes.
    pub answer_timeout: Duration,
    /// Size of an answer.
    pub answer_bytes_max: usize,
}

impl Default for ClientLimits {
    fn default() -> ClientLimits {
        ClientLimits {
            connect_timeout: Duration::from_secs(30),
            answer_timeout: Duration::from_secs(300),
            answer_bytes_max: 256 * 1024 * 1024,
        }
    }
}

type Sender = SendRequest<Full<Bytes>>;

/// Takes a body in pieces.
type Take<'a> = &'a mut (dyn FnMut(&[u8]) -> std::io::Result<()> + Send);

/// How much is read of an answer that is no success where somebody takes successes in pieces.
const COMPLAINT_BYTES_MAX: usize = 64 << 10;

/// Longest head of a proxy's answer.
const PROXY_HEAD_BYTES_MAX: usize = 8 << 10;

/// A proxy.
#[derive(Clone)]
struct Proxy {
    host: String,
    port: u16,
    /// `Proxy-Authorization`
    authorization: Option<HeaderValue>,
}

/// A client. Clones share connections.
#[derive(Clone)]
pub struct Client {
    tls: Option<TlsConnector>,
    limits: ClientLimits,
    headers: HeaderMap,
    proxy: Option<Proxy>,
    idle: Arc<Mutex<HashMap<String, Vec<Sender>>>>,
}

impl Client {
    /// A client with this TLS side.
    pub fn new(tls: &ClientTls) -> Client {
        Client { tls: Some(TlsConnector::from(tls.0.clone())), ..Client::without_tls() }
    }

    /// A client of plain HTTP, which takes `http://` addresses and no others.
    pub fn without_tls() -> Client {
        Client {
            tls: None,
            limits: ClientLimits::default(),
            headers: HeaderMap::new(),
            proxy: None,
            idle: Arc::default(),
        }
    }

    /// The same through a proxy, `http://[user:password@]host[:port]`.
    ///
    /// # Errors
    /// The address is none.
    pub fn with_proxy(mut self, proxy: &str) -> Result<Client, ClientError> {
        // The password stays out of the message.
        let wrong = || ClientError::PlainAddress("(the proxy's address)".to_owned());
        let rest = proxy.strip_prefix("http://").unwrap_or(proxy).trim_end_matches('/');
        let (user, place) = match rest.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, rest),
        };
        let authority: http::uri::Authority = place.parse().map_err(|_| wrong())?;
        let authorization = user.map(|user| {
            let user = percent_encoding::percent_decode_str(user).collect::<Vec<u8>>();
            let mut value =
                HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(&user))).map_err(|_| wrong())?;
            value.set_sensitive(true);
            Ok(value)
        });
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        if host.is_empty() {
            return Err(wrong());
        }
        let port = authority.port_u16().unwrap_or(3128);
        self.proxy = Some(Proxy { host, port, authorization: authorization.transpose()? });
        Ok(self)
    }

    /// The same with other limits.
    pub fn with_limits(mut self, limits: ClientLimits) -> Client {
        self.limits = limits;
        self
    }

    /// The same with a header on every request.
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Client {
        self.headers.insert(name, value);
        self
    }

    /// Gets a document.
    pub async fn get_json<T: DeserializeOwned>(&self, url: &str) -> Result<T, ClientError> {
        let accept = [(header::ACCEPT, HeaderValue::from_static("application/json"))];
        self.send(Method::GET, url, accept, Bytes::new()).await?.ok()?.json()
    }

    /// Sends a document; the answer may be anything that is no error.
    pub async fn send_json<T: Serialize + ?Sized>(
        &self,
        method: Method,
        url: &str,
        document: &T,
    ) -> Result<Answer, ClientError> {
        let body = serde_json::to_vec(document)
            .map_err(|error| ClientError::Document { server: url.to_owned(), reason: error.to_string() })?;
        let json = HeaderValue::from_static("application/json");
        let headers = [(header::ACCEPT, json.clone()), (header::CONTENT_TYPE, json)];
        self.send(method, url, headers, body.into()).await?.ok()
    }

    /// Sends any request; the answer may have any status.
    pub async fn send(
        &self,
        method: Method,
        url: &str,
        headers: impl IntoIterator<Item = (HeaderName, HeaderValue)>,
        body: Bytes,
    ) -> Result<Answer, ClientError> {
        self.send_to(method, url, headers, body, None).await
    }

    /// Gets something large: the body of an answer 200 goes to `take` in pieces, and is empty in the answer. Other answers have
    /// the beginning of their body.
    pub async fn download(
        &self,
        url: &str,
        headers: impl IntoIterator<Item = (HeaderName, HeaderValue)>,
        mut take: impl FnMut(&[u8]) -> std::io::Result<()> + Send,
    ) -> Result<Answer, ClientError> {
        self.send_to(Method::GET, url, headers, Bytes::new(), Some(&mut take)).await
    }

    async fn send_to(
        &self,
        method: Method,
        url: &str,
        headers: impl IntoIterator<Item = (HeaderName, HeaderValue)>,
        body: Bytes,
        take: Option<Take<'_>>,
    ) -> Result<Answer, ClientError> {
        let (scheme, usual_port) = if self.tls.is_some() { ("https", 443) } else { ("http", 80) };
        let address = || match self.tls {
            Some(_) => ClientError::Address(url.to_owned()),
            None => ClientError::PlainAddress(url.to_owned()),
        };
        let uri: Uri = url.parse().map_err(|_| address())?;
        let host = uri.host().filter(|_| uri.scheme_str() == Some(scheme)).ok_or_else(address)?;
        let bare_host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let port = uri.port_u16().unwrap_or(usual_port);
        let server = format!("{host}:{port}");

        let mut request = http::Request::new(Full::new(body));
        *request.method_mut() = method;
        let target = uri.path_and_query().map_or("/", |target| target.as_str());
        // A proxy without a tunnel must know where the request goes.
        let is_forwarded = self.proxy.is_some() && self.tls.is_none();
        *request.uri_mut() =
            if is_forwarded { uri.clone() } else { target.parse().map_err(|_| address())? };
        *request.headers_mut() = self.headers.clone();
        request.headers_mut().extend(headers);
        if let Some(Proxy { authorization: Some(authorization), .. }) =
            self.proxy.as_ref().filter(|_| is_forwarded)
        {
            request.headers_mut().insert(header::PROXY_AUTHORIZATION, authorization.clone());
        }
        request.headers_mut().insert(header::HOST, HeaderValue::from_str(&server).map_err(|_| address())?);

        let seconds = self.limits.answer_timeout.as_secs();
        timeout(self.limits.answer_timeout, self.exchange(&server, &bare_host, port, request, take))
            .await
            .unwrap_or_else(|_| Err(ClientError::Timeout { server: server.clone(), seconds }))
    }

    async fn exchange(
        &self,
        server: &str,
        host: &str,
        port: u16,
        request: http::Request<Full<Bytes>>,
        take: Option<Take<'_>>,
    ) -> Result<Answer, ClientError> {
        let broken =
            |error: hyper::Error| ClientError::Broken { server: server.to_owned(), reason: chain(&error) };
        let mut request = request;
        while let Some(mut sender) = self.take_idle(server) {
            // The server may have closed it meanwhile; then the request comes back and goes over another one.
            if sender.ready().await.is_err() {
                continue;
            }
            match sender.try_send_request(request).await {
                Ok(response) => return self.receive(server, sender, response, take).await,
                Err(mut error) => match error.take_message() {
                    Some(unsent) => request = unsent,
                    None => return Err(broken(error.into_error())),
                },
            }
        }
        let mut sender = self.connect(server, host, port).await?;
        let response = sender.send_request(request).await.map_err(broken)?;
        self.receive(server, sender, response, take).await
    }

    async fn receive(
        &self,
        server: &str,
        sender: Sender,
        response: http::Response<Incoming>,
        take: Option<Take<'_>>,
    ) -> Result<Answer, ClientError> {
        let limit = self.limits.answer_bytes_max;
        let (head, mut incoming) = response.into_parts();
        let mut body = BytesMut::new();
        let answer = |body: BytesMut| Answer {
            status: head.status,
            headers: head.headers,
            body: body.freeze(),
            server: server.to_owned(),
        };
        let is_success = head.status == StatusCode::OK;
        let (mut take, complaint_max) = match take {
            Some(take) if is_success => (Some(take), limit),
            Some(_) => (None, COMPLAINT_BYTES_MAX),
            None => (None, usize::MAX),
        };
        let mut taken = 0;
        while let Some(frame) = incoming.frame().await {
            let frame = frame
                .map_err(|error| ClientError::Broken { server: server.to_owned(), reason: chain(&error) })?;
            let Some(data) = frame.data_ref() else { continue };
            // The connection is not used again: the rest of it is of no use to anybody.
            if body.len() + data.len() > complaint_max {
                return Ok(answer(body));
            }
            taken += data.len();
            if taken > limit {
                return Err(ClientError::TooLarge { server: server.to_owned(), limit });
            }
            match &mut take {
                None => body.extend_from_slice(data),
                Some(take) => take(data).map_err(|error| ClientError::Kept {
                    server: server.to_owned(),
                    reason: error.to_string(),
                })?,
            }
        }
        self.keep(server, sender);
        Ok(answer(body))
    }

    async fn connect(&self, server: &str, host: &str, port: u16) -> Result<Sender, ClientError> {
        let failed = |reason: String| ClientError::Connect { server: server.to_owned(), reason };
        let name = ServerName::try_from(host.to_owned()).map_err(|error| failed(error.to_string()))?;
        let connecting = async {
            let (to, at) = match &self.proxy {
                Some(proxy) => (proxy.host.as_str(), proxy.port),
                None => (host, port),
            };
            let mut stream = TcpStream::connect((to, at)).await.map_err(|error| failed(error.to_string()))?;
            let _ = stream.set_nodelay(true);
            if let Some(proxy) = self.proxy.as_ref().filter(|_| self.tls.is_some()) {
                tunnel(&mut stream, proxy, server)
                    .await
                    .map_err(|reason| failed(format!("the proxy {to}:{at} {reason}")))?;
            }
            let Some(tls) = &self.tls else {
                let (sender, connection) =
                    handshake(TokioIo::new(stream)).await.map_err(|error| failed(chain(&error)))?;
                tokio::spawn(connection);
                return Ok(sender);
            };
            let stream = tls
                .connect(name, stream)
                .await
                .map_err(|error| ClientError::Tls { server: server.to_owned(), reason: error.to_string() })?;
            let (sender, connection) =
                handshake(TokioIo::new(stream)).await.map_err(|error| failed(chain(&error)))?;
            // Ends when the sender is dropped or the server closes.
            tokio::spawn(connection);
            Ok(sender)
        };
        timeout(self.limits.connect_timeout, connecting).await.unwrap_or_else(|_| {
            Err(failed(format!("no connection within {} s", self.limits.connect_timeout.as_secs())))
        })
    }

    fn take_idle(&self, server: &str) -> Option<Sender> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let senders = idle.get_mut(server)?;
        while let Some(sender) = senders.pop() {
            if !sender.is_closed() {
                return Some(sender);
            }
        }
        None
    }

    fn keep(&self, server: &str, sender: Sender) {
        if sender.is_closed() {
            return;
        }
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let senders = idle.entry(server.to_owned()).or_default();
        senders.retain(|sender| !sender.is_closed());
        if senders.len() < IDLE_MAX {
            senders.push(sender);
        }
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("limits", &self.limits).finish_non_exhaustive()
    }
}

/// Asks a proxy for a connection to a server.
async fn tunnel(stream: &mut TcpStream, proxy: &Proxy, server: &str) -> Result<(), String> {
    let mut request = format!("CONNECT {server} HTTP/1.1\r\nHost: {server}\r\n").into_bytes();
    if let Some(authorization) = &proxy.authorization {
        request.extend(b"Proxy-Authorization: ");
        request.extend(authorization.as_bytes());
        request.extend(b"\r\n");
    }
    request.extend(b"\r\n");
    stream.write_all(&request).await.map_err(|error| error.to_string())?;
    let mut head = Vec::new();
    // Byte by byte, so that nothing of what follows is taken.
    while !head.ends_with(b"\r\n\r\n") {
        let byte = stream.read_u8().await.map_err(|_| "closed the connection".to_owned())?;
        head.push(byte);
        if head.len() > PROXY_HEAD_BYTES_MAX {
            return Err("does not speak HTTP".to_owned());
        }
    }
    let head = String::from_utf8_lossy(&head);
    let line = head.lines().next().unwrap_or_default();
    match line.split(' ').nth(1) {
        Some(status) if status.len() == 3 && status.starts_with('2') => Ok(()),
        _ => Err(format!("answered `{line}`")),
    }
}

fn chain(error: &hyper::Error) -> String {
    crate::problem::cause_chain(error)
}
