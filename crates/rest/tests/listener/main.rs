//! The listener over real sockets: identity, revocation, limits, hostile clients, stopping.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod authority;
mod http;
mod identity;
mod limits;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use authority::{Authority, Node};
use rest::listen::Limits;
use rest::{
    BoxFuture, Client, ClientTls, FileBody, Listening, Metrics, Problem, Request, Response, Revocation,
    ServerTls, Service, StatusCode, TlsMaterial,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Length of the file that `/file` sends, whatever length it is said to have.
const FILE_BYTES: u64 = 1_000_000;

/// Answers by path.
struct Echo {
    /// Lets `/wait` go on.
    gate: tokio::sync::Semaphore,
    /// Says that a request reached `/wait`.
    waiting: tokio::sync::Semaphore,
}

impl Echo {
    async fn answer(&self, mut request: Request) -> Result<Response, Problem> {
        let text = |text: String| Ok(Response::text(StatusCode::OK, text));
        match request.canonical_path() {
            "/whoami" => {
                let peer = &request.peer;
                let certificate = peer.certificate();
                text(format!(
                    "{} {} {:?} {:?}",
                    peer.certname().unwrap_or("nobody"),
                    certificate.map_or("-", |certificate| &certificate.serial),
                    certificate.map(|certificate| certificate.dns_names.join(",")).unwrap_or_default(),
                    certificate.map(|certificate| certificate.extensions.clone()).unwrap_or_default(),
                ))
            }
            "/body" => {
                request.body.set_limit(1000);
                let body = request.body.bytes().await?;
                text(format!("{} bytes", body.len()))
            }
            "/refuse" => Err(Problem::plain(StatusCode::FORBIDDEN, "no")),
            "/big" => text("x".repeat(32 * 1024 * 1024)),
            "/file" => {
                let file = tempfile::tempfile().map_err(Problem::internal)?;
                let length: u64 = request.query.parse().map_err(Problem::internal)?;
                file.set_len(length.min(FILE_BYTES)).map_err(Problem::internal)?;
                Ok(Response::file("application/octet-stream", FileBody::of(file, length)))
            }
            "/wait" => {
                self.waiting.add_permits(1);
                let _ = self.gate.acquire().await;
                text("done".to_owned())
            }
            path => text(format!("{} {path} {}", request.method, request.query)),
        }
    }
}

impl Service for Echo {
    fn call(&self, request: Request) -> BoxFuture<'_, Response> {
        Box::pin(async move { self.answer(request).await.into() })
    }
}

/// A listener with its authority.
struct Server {
    authority: Authority,
    identity: Node,
    tls: Arc<ServerTls>,
    echo: Arc<Echo>,
    metrics: Arc<Metrics>,
    listening: Option<Listening>,
    address: SocketAddr,
}

fn material<'a>(node: &'a Node, authorities: &'a str, lists: &'a str) -> TlsMaterial<'a> {
    TlsMaterial {
        chain: node.certificate.as_bytes(),
        key: node.key.as_bytes(),
        authorities: authorities.as_bytes(),
        revocation_lists: lists.as_bytes(),
        revocation: Revocation::Chain,
    }
}

impl Server {
    async fn start() -> Server {
        Server::start_with(Limits::default()).await
    }

    async fn start_with(limits: Limits) -> Server {
        let authority = Authority::new();
        let identity = authority.node("puppet.example.com", 3);
        let (bundle, lists) = (authority.bundle(), authority.lists(&[]));
        let tls = ServerTls::new(&material(&identity, &bundle, &lists)).unwrap();
        let echo =
            Arc::new(Echo { gate: tokio::sync::Semaphore::new(0), waiting: tokio::sync::Semaphore::new(0) });
        let metrics = Arc::new(Metrics::default());
        let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
        let listening =
            rest::listen(any_port, tls.clone(), echo.clone(), limits, metrics.clone()).await.unwrap();
        let address = listening.address();
        Server { authority, identity, tls, echo, metrics, listening: Some(listening), address }
    }

    fn replace_lists(&self, lists: &str) {
        self.tls.replace(&material(&self.identity, &self.authority.bundle(), lists)).unwrap();
    }

    fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.address.port())
    }

    fn client(&self, node: &Node) -> Client {
        let lists = self.authority.lists(&[]);
        Client::new(&ClientTls::new(&material(node, &self.authority.bundle(), &lists)).unwrap())
    }

    fn anonymous(&self) -> Client {
        let (bundle, lists) = (self.authority.bundle(), self.authority.lists(&[]));
        Client::new(&ClientTls::anonymous(bundle.as_bytes(), lists.as_bytes()).unwrap())
    }

    /// A TLS connection to write bytes to.
    async fn raw(&self) -> Raw {
        Raw::connect(self.address, client_config(&self.authority, None)).await.unwrap()
    }
}

/// What a plain rustls client needs, with resumption on.
fn client_config(authority: &Authority, node: Option<&Node>) -> Arc<rustls::ClientConfig> {
    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(authority.bundle().as_bytes()) {
        roots.add(certificate.unwrap()).unwrap();
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    Arc::new(match node {
        None => config.with_no_client_auth(),
        Some(node) => {
            let chain = vec![CertificateDer::from_pem_slice(node.certificate.as_bytes()).unwrap()];
            let key = PrivateKeyDer::from_pem_slice(node.key.as_bytes()).unwrap();
            config.with_client_auth_cert(chain, key).unwrap()
        }
    })
}

struct Raw(tokio_rustls::client::TlsStream<TcpStream>);

impl Raw {
    async fn connect(address: SocketAddr, config: Arc<rustls::ClientConfig>) -> std::io::Result<Raw> {
        let stream = TcpStream::connect(address).await?;
        let name = rustls::pki_types::ServerName::try_from("localhost").unwrap();
        Ok(Raw(tokio_rustls::TlsConnector::from(config).connect(name, stream).await?))
    }

    async fn write(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).await.unwrap();
        self.0.flush().await.unwrap();
    }

    /// All that comes until the server closes.
    async fn read_to_end(&mut self) -> String {
        let mut bytes = Vec::new();
        // A close without TLS's own notice is still the end.
        let _ = self.0.read_to_end(&mut bytes).await;
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Reads until the text has come.
    async fn read_until(&mut self, text: &str) -> String {
        let mut bytes = Vec::new();
        while !String::from_utf8_lossy(&bytes).contains(text) {
            let mut buffer = [0; 4096];
            match self.0.read(&mut buffer).await {
                Ok(0) | Err(_) => break,
                Ok(read) => bytes.extend_from_slice(&buffer[..read]),
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// Waits for something that happens soon.
async fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..2000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("waited in vain until {what}");
}
