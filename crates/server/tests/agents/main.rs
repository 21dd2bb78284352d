//! What agents and tools send, without sockets and, once, with everything. Malformed requests at every door: each has its text,
//! and nothing is written.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod admin;
mod catalog;
mod classifier;
mod commands;
mod documents;
mod exported;
mod files;
mod hostile;
mod info;
mod observed;
mod tls;
mod versions;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use api::pdb::{Command, FakePdb};
use rest::{HeaderName, HeaderValue, Method, Peer, PeerCertificate, Request, Service, header};
use server::{Server, Settings};
use stdx::{Clock, SystemClock};

/// The node that asks, if nothing else is said.
const NODE: &str = "web.example.com";

/// A server over a scratch folder and a store in memory.
struct Site {
    folder: tempfile::TempDir,
    pdb: Arc<FakePdb>,
    server: Arc<Server>,
}

/// Status, content type, body.
#[derive(Debug, PartialEq)]
struct Answer {
    status: u16,
    content_type: String,
    body: String,
    headers: rest::HeaderMap,
}

impl Answer {
    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// Status and text of an error in the indirector's shape.
    fn error(&self) -> (u16, String, String) {
        let json = self.json();
        let text = |key: &str| json[key].as_str().unwrap_or_default().to_owned();
        (self.status, text("message"), text("issue_kind"))
    }
}

impl Site {
    fn new() -> Site {
        Site::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut Settings)) -> Site {
        Site::with_clock(change, Arc::new(SystemClock))
    }

    fn with_clock(change: impl FnOnce(&mut Settings), clock: Arc<dyn Clock>) -> Site {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings {
            certname: "puppet.example.com".into(),
            ip: Some("192.0.2.1".into()),
            ip6: None,
            default_environment: "production".into(),
            environmentpath: vec![folder.path().join("environments")],
            basemodulepath: vec![folder.path().join("modules")],
            default_manifest: PathBuf::from("manifests"),
            disable_per_environment_manifest: false,
            hiera_config: None,
            strict: compiler::image::Strict::Error,
            strict_variables: true,
            track_lookups: false,
            files: server::files::FileSettings {
                fileserver_conf: folder.path().join("fileserver.conf"),
                codedir: folder.path().to_owned(),
                bucketdir: folder.path().join("bucket"),
                digest_algorithm: server::files::Algorithm::Sha256,
                host: "puppet.example.com".into(),
                code_content_command: None,
            },
            node_terminus: server::classifier::NodeTerminus::Plain,
            trusted_external_command: None,
            variables: Vec::new(),
            oid_names: pki::OidNames::default(),
            check_interval: Duration::ZERO,
            workers: 1,
            max_queued_requests: 0,
            max_retry_delay: Duration::from_secs(1800),
            compile_timeout: Duration::from_secs(60),
            ruby: None,
            code_id_command: None,
            bounds: compiler::Bounds::default(),
            memo_bytes: 16 * 1024 * 1024,
            versions: None,
            memo_verify_every: 0,
            body_bytes_max: 32 * 1024 * 1024,
        };
        change(&mut settings);
        let pdb = Arc::new(FakePdb::default());
        let server = Arc::new(Server::with_clock(settings, pdb.clone(), clock).unwrap());
        let site = Site { folder, pdb, server };
        site.manifest("production", "notify { 'hello': }\n");
        site
    }

    /// Writes the site manifest of an environment.
    fn manifest(&self, environment: &str, text: &str) {
        let folder = self.folder.path().join("environments").join(environment).join("manifests");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::create_dir_all(folder.parent().unwrap().join("modules")).unwrap();
        std::fs::write(folder.join("site.pp"), text).unwrap();
    }

    async fn send(&self, request: Request) -> Answer {
        answer(&*self.server, request).await
    }

    fn nothing_is_written(&self) {
        assert_eq!(self.pdb.commands().len(), 0, "{:?}", self.pdb.commands());
    }
}

async fn answer(service: &dyn Service, request: Request) -> Answer {
    let response = service.call(request).await;
    let text = |name| response.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    Answer {
        status: response.status.as_u16(),
        content_type: text(header::CONTENT_TYPE).unwrap_or_default().to_owned(),
        headers: response.headers.clone(),
        body: String::from_utf8(response.body.collect().await.unwrap().to_vec()).unwrap(),
    }
}

fn request(method: Method, target: &str) -> Request {
    Request::new(method, target).unwrap().with_peer(Peer::verified(NODE, PeerCertificate::default()))
}

fn get(target: &str) -> Request {
    request(Method::GET, target).accepting("application/json, text/pson")
}

fn put(target: &str, content_type: &str, body: impl Into<rest::Bytes>) -> Request {
    let request = request(Method::PUT, target).accepting("application/json, text/pson");
    request.having(header::CONTENT_TYPE, content_type).with_body(body)
}

trait Having {
    fn having(self, name: HeaderName, value: &str) -> Self;
    fn accepting(self, value: &str) -> Self;
}

impl Having for Request {
    fn having(self, name: HeaderName, value: &str) -> Request {
        self.with_header(name, HeaderValue::from_str(value).unwrap())
    }

    fn accepting(self, value: &str) -> Request {
        self.having(header::ACCEPT, value)
    }
}

fn facts_of(commands: &[Command]) -> Vec<(String, String)> {
    let facts = commands.iter().filter_map(|command| match command {
        Command::ReplaceFacts(facts) => Some((facts.certname.clone(), facts.environment.clone())),
        _ => None,
    });
    facts.collect()
}

/// Writes a program. Another process does, since what other threads start meanwhile would hold the file open, and what is open for
/// writing is not executed.
fn executable(path: &Path, text: &str) {
    let mut cat = std::process::Command::new("/bin/sh")
        .args(["-c", "cat > \"$0\" && chmod 755 \"$0\""])
        .arg(path)
        .stdin(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut cat.stdin.take().unwrap(), text.as_bytes()).unwrap();
    assert!(cat.wait().unwrap().success());
}
