//! The listener: connections in, requests to a [`Service`], responses out.
//!
//! Nothing a peer does may hold resources without bound: connections are counted, the handshake, the head of a
//! request, pauses in its body and a client that does not read its answer each have a time limit, and heads and bodies
//! a size limit. The time limit of a request's head is also the one of an idle connection, since both wait for the same
//! bytes.
//!
//! Stopping is graceful: no new connections, no new requests on the old ones, and a deadline for what is under way.

use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use http::{HeaderValue, StatusCode, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::pki_types::CertificateDer;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{Sleep, sleep, timeout};
use tokio_rustls::TlsAcceptor;

use crate::body::RequestBody;
use crate::front::peer_refused;
use crate::metrics::Metrics;
use crate::tls::{Generation, ServerTls};
use crate::{Peer, PeerCertificate, Problem, Request, RequestId, Response, ResponseBody, Service};

/// What a peer may use up.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Open connections; further ones wait in the backlog of the system.
    pub connections_max: usize,
    /// Time for the TLS handshake.
    pub handshake_timeout: Duration,
    /// Time for the head of a request, and for a connection without a request.
    pub head_timeout: Duration,
    /// Time in which a client that is sent something must take some of it.
    pub write_timeout: Duration,
    /// Size of the head of a request.
    pub head_bytes_max: usize,
    /// Number of header fields.
    pub headers_max: usize,
    /// A body that no handler read is received up to this size, so that the client can read the answer.
    pub drain_bytes_max: u64,
    /// Time for that.
    pub drain_timeout: Duration,
    /// A connection's certificate is verified again after this time, for its expiry.
    pub verify_again_after: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections_max: 8192,
            handshake_timeout: Duration::from_secs(10),
            head_timeout: Duration::from_secs(30),
            write_timeout: Duration::from_secs(60),
            head_bytes_max: 64 * 1024,
            headers_max: 100,
            drain_bytes_max: 64 * 1024 * 1024,
            drain_timeout: Duration::from_secs(10),
            verify_again_after: Duration::from_secs(300),
        }
    }
}

/// How far a listener is on its way to the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Running,
    /// Finish requests, take no more.
    Stopping,
    /// Drop everything.
    Stopped,
}

/// A listener at work. Dropping it without [`Listening::stop`] ends it at once.
#[derive(Debug)]
pub struct Listening {
    address: SocketAddr,
    phase: watch::Sender<Phase>,
    accepting: JoinHandle<()>,
    permits: Arc<Semaphore>,
    connections_max: u32,
    draining: Arc<AtomicBool>,
}

/// Binds the address and serves connections until it is stopped.
pub async fn listen(
    address: SocketAddr,
    tls: Arc<ServerTls>,
    service: Arc<dyn Service>,
    limits: Limits,
    metrics: Arc<Metrics>,
) -> io::Result<Listening> {
    bind(address, Some(tls), service, limits, metrics).await
}

/// The same without TLS: every caller is anonymous. For programs on the same machine.
pub async fn listen_plain(
    address: SocketAddr,
    service: Arc<dyn Service>,
    limits: Limits,
    metrics: Arc<Metrics>,
) -> io::Result<Listening> {
    bind(address, None, service, limits, metrics).await
}

async fn bind(
    address: SocketAddr,
    tls: Option<Arc<ServerTls>>,
    service: Arc<dyn Service>,
    limits: Limits,
    metrics: Arc<Metrics>,
) -> io::Result<Listening> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    let (phase, phases) = watch::channel(Phase::Running);
    let connections_max = limits.connections_max.clamp(1, Semaphore::MAX_PERMITS.min(u32::MAX as usize));
    let permits = Arc::new(Semaphore::new(connections_max));
    let draining = Arc::new(AtomicBool::new(false));
    let shared = Arc::new(Shared { tls, service, limits, metrics, draining: draining.clone() });
    let accepting = tokio::spawn(accept(listener, shared, permits.clone(), phases));
    Ok(Listening { address, phase, accepting, permits, connections_max: connections_max as u32, draining })
}

impl Listening {
    /// The address it listens on, with the port the system chose.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Goes on as before, but lets no client keep its connection beyond its next answer: a client that sends a request over a
    /// connection which ends at that moment cannot tell whether it was heard.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Stops accepting, waits for the requests under way, and after the deadline drops what is left. True if nothing
    /// had to be dropped.
    pub async fn stop(mut self, deadline: Duration) -> bool {
        self.phase.send_replace(Phase::Stopping);
        let _ = (&mut self.accepting).await;
        // Each connection holds one permit.
        let all_done = timeout(deadline, self.permits.acquire_many(self.connections_max)).await.is_ok();
        if !all_done {
            tracing::warn!(
                connections = self.connections_max as usize - self.permits.available_permits(),
                "dropping connections that did not finish in time"
            );
            self.phase.send_replace(Phase::Stopped);
            let _ = timeout(Duration::from_secs(1), self.permits.acquire_many(self.connections_max)).await;
        }
        all_done
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.phase.send_replace(Phase::Stopped);
    }
}

struct Shared {
    /// Without it connections are in the clear.
    tls: Option<Arc<ServerTls>>,
    service: Arc<dyn Service>,
    limits: Limits,
    metrics: Arc<Metrics>,
    draining: Arc<AtomicBool>,
}

/// Ready when the listener is past the phase.
async fn past(phases: &mut watch::Receiver<Phase>, phase: Phase) {
    // An error means that the listener is gone.
    let _ = phases.wait_for(|now| *now != phase && (phase == Phase::Running || *now == Phase::Stopped)).await;
}

async fn accept(
    listener: TcpListener,
    shared: Arc<Shared>,
    permits: Arc<Semaphore>,
    mut phases: watch::Receiver<Phase>,
) {
    loop {
        let next = async {
            let Ok(permit) = permits.clone().acquire_owned().await else {
                return Err(io::Error::other("the listener is closed"));
            };
            let (stream, remote) = listener.accept().await?;
            Ok((stream, remote, permit))
        };
        let accepted = tokio::select! {
            accepted = next => accepted,
            () = past(&mut phases, Phase::Running) => return,
        };
        match accepted {
            Ok((stream, remote, permit)) => {
                let mut phases = phases.clone();
                let shared = shared.clone();
                tokio::spawn(async move {
                    let connection = Connection::serve(&shared, stream, remote, permit, phases.clone());
                    tokio::select! {
                        () = connection => {}
                        () = past(&mut phases, Phase::Stopping) => {}
                    }
                });
            }
            Err(error) => {
                // Out of descriptors, or the peer was gone already. Neither ends the listener.
                tracing::warn!(%error, "could not accept a connection");
                sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

/// What is known of a connection for all its requests.
struct Connection<'a> {
    shared: &'a Shared,
    remote: SocketAddr,
    peer: Peer,
    chain: Vec<CertificateDer<'static>>,
    /// By which generation, and when, the chain was verified last. One request at a time looks at it.
    verified: std::sync::Mutex<(u64, Instant)>,
}

/// Counts a connection as open while it lives.
struct OpenConnection<'a>(&'a Metrics);

impl Drop for OpenConnection<'_> {
    fn drop(&mut self) {
        self.0.connections_open.decrement();
    }
}

impl Connection<'_> {
    async fn serve(
        shared: &Shared,
        stream: TcpStream,
        remote: SocketAddr,
        permit: OwnedSemaphorePermit,
        mut phases: watch::Receiver<Phase>,
    ) {
        let _permit = permit;
        shared.metrics.connections.increment();
        shared.metrics.connections_open.increment();
        let _open = OpenConnection(&shared.metrics);
        let _ = stream.set_nodelay(true);
        let Some(tls) = &shared.tls else {
            let verified = std::sync::Mutex::new((0, Instant::now()));
            let connection =
                Connection { shared, remote, peer: Peer::anonymous(), chain: Vec::new(), verified };
            return connection.requests(stream, phases).await;
        };
        let generation = tls.current();
        let handshake = TlsAcceptor::from(generation.config.clone()).accept(stream);
        let stream = tokio::select! {
            result = timeout(shared.limits.handshake_timeout, handshake) => match result {
                Ok(Ok(stream)) => stream,
                Ok(Err(error)) => {
                    shared.metrics.handshakes_failed.increment();
                    tracing::info!(%remote, %error, "TLS handshake failed");
                    return;
                }
                Err(_) => {
                    shared.metrics.handshakes_failed.increment();
                    tracing::info!(%remote, "TLS handshake took too long");
                    return;
                }
            },
            () = past(&mut phases, Phase::Running) => return,
        };
        let state = stream.get_ref().1;
        let chain: Vec<_> = state
            .peer_certificates()
            .unwrap_or_default()
            .iter()
            .map(|der| der.clone().into_owned())
            .collect();
        // A resumed session was verified in its first handshake, perhaps long ago.
        let resumed = state.handshake_kind() == Some(rustls::HandshakeKind::Resumed);
        if resumed && let Err(error) = generation.verify_again(&chain) {
            shared.metrics.peers_refused.increment();
            tracing::info!(%remote, %error, "refused a resumed session");
            return;
        }
        let peer = match peer_of(&chain) {
            Ok(peer) => peer,
            Err(error) => {
                shared.metrics.peers_refused.increment();
                tracing::warn!(%remote, %error, "could not read the certificate of a peer");
                return;
            }
        };
        let connection = Connection {
            shared,
            remote,
            peer,
            chain,
            verified: std::sync::Mutex::new((generation.number, Instant::now())),
        };
        drop(generation);
        connection.requests(stream, phases).await;
    }

    async fn requests(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        mut phases: watch::Receiver<Phase>,
    ) {
        let limits = &self.shared.limits;
        let stream = StallGuard { stream, timeout: limits.write_timeout, stalled: None };
        let service = service_fn(|request| self.request(request));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.head_timeout)
            .max_header_size(limits.head_bytes_max)
            .max_buf_size(limits.head_bytes_max.max(8192) + 64 * 1024)
            .max_headers(limits.headers_max)
            .serve_connection(TokioIo::new(stream), service);
        let mut connection = pin!(connection);
        let result = tokio::select! {
            result = connection.as_mut() => result,
            () = past(&mut phases, Phase::Running) => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = result {
            let error = crate::problem::cause_chain(&error);
            tracing::debug!(remote = %self.remote, error, "connection ended");
        }
    }

    async fn request(
        &self,
        request: http::Request<Incoming>,
    ) -> Result<http::Response<ResponseBody>, std::convert::Infallible> {
        let (head, incoming) = request.into_parts();
        let waits_for_continue = head.headers.contains_key(header::EXPECT);
        let (rest, mut unread) = oneshot::channel();
        let body = RequestBody::wire(incoming, rest);
        let response = match Request::from_wire(head, self.peer.clone(), self.remote) {
            Ok(mut request) if self.peer_is_still_good() => {
                request.body = body;
                self.shared.service.call(request).await
            }
            Ok(request) => {
                drop(body);
                peer_refused(&request)
            }
            Err(problem) => {
                drop(body);
                let id = RequestId::fresh();
                let span = tracing::info_span!("request", %id);
                let mut response = span.in_scope(|| problem.respond());
                if let Ok(value) = HeaderValue::try_from(id.to_string()) {
                    response.headers.insert("x-request-id", value);
                }
                response
            }
        };
        let mut response = into_http(response);
        if self.shared.draining.load(Ordering::Relaxed) {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        if let Ok(incoming) = unread.try_recv() {
            let drained = !waits_for_continue && self.drain(incoming).await;
            if !drained {
                response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
        }
        Ok(response)
    }

    /// Receives the rest of a body that nobody read; false if it was too much.
    async fn drain(&self, mut incoming: Incoming) -> bool {
        use http_body_util::BodyExt;
        let limits = &self.shared.limits;
        let all = async {
            let mut bytes = 0;
            while let Some(frame) = incoming.frame().await {
                bytes += match frame {
                    Ok(frame) => frame.data_ref().map_or(0, |data| data.len() as u64),
                    Err(_) => return false,
                };
                if bytes > limits.drain_bytes_max {
                    return false;
                }
            }
            true
        };
        timeout(limits.drain_timeout, all).await.unwrap_or(false)
    }

    /// Whether the certificate still stands. Costs a comparison unless the TLS material changed or time has passed.
    fn peer_is_still_good(&self) -> bool {
        // Without a certificate there is nothing that could have ended.
        let Some(tls) = self.shared.tls.as_ref().filter(|_| !self.chain.is_empty()) else { return true };
        let mut verified = self.verified.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let current = tls.number();
        if verified.0 == current && verified.1.elapsed() < self.shared.limits.verify_again_after {
            return true;
        }
        let generation: Arc<Generation> = tls.current();
        match generation.verify_again(&self.chain) {
            Ok(()) => {
                *verified = (generation.number, Instant::now());
                true
            }
            Err(error) => {
                self.shared.metrics.peers_refused.increment();
                let certname = self.peer.claimed_name().unwrap_or("-");
                tracing::info!(remote = %self.remote, certname, %error, "refused a live connection");
                false
            }
        }
    }
}

fn peer_of(chain: &[CertificateDer<'_>]) -> Result<Peer, pki::Error> {
    let Some(own) = chain.first() else { return Ok(Peer::anonymous()) };
    let certificate = pki::Certificate::from_der(own)?;
    Ok(match certificate.certname() {
        Some(certname) if !certname.is_empty() => {
            Peer::verified(&certname, PeerCertificate::of(&certificate))
        }
        _ => Peer::anonymous(),
    })
}

impl Request {
    fn from_wire(head: http::request::Parts, peer: Peer, remote: SocketAddr) -> Result<Request, Problem> {
        let target = head.uri.path_and_query().map_or("", |target| target.as_str());
        let mut request = Request::new(head.method, target)?;
        request.headers = head.headers;
        request.peer = peer;
        request.remote = Some(remote);
        Ok(request)
    }
}

fn into_http(response: Response) -> http::Response<ResponseBody> {
    let mut wire = http::Response::new(response.body);
    *wire.status_mut() = response.status;
    *wire.headers_mut() = response.headers;
    if wire.status() == StatusCode::SWITCHING_PROTOCOLS {
        // Nothing here upgrades; an answer that says so would leave the connection in limbo.
        *wire.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    }
    wire
}

/// Ends a connection whose client takes nothing of what it is sent for too long.
struct StallGuard<S> {
    stream: S,
    timeout: Duration,
    stalled: Option<Pin<Box<Sleep>>>,
}

impl<S> StallGuard<S> {
    fn watch<T>(&mut self, context: &mut Context<'_>, poll: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if poll.is_ready() {
            self.stalled = None;
            return poll;
        }
        let timeout = self.timeout;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(timeout)));
        ready!(stalled.as_mut().poll(context));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the client does not read")))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for StallGuard<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for StallGuard<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.watch(context, poll)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.watch(context, poll)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.stream).poll_flush(context);
        self.watch(context, poll)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.stream).poll_shutdown(context);
        self.watch(context, poll)
    }
}
