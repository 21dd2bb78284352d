//! A compiler in front of a [`Cluster`], with the same code: in this process, or as the program.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bunraku::config::{Config, Site};
use bunraku::serve::compiler::{self, Compiler};
use pki::{AltName, CsrBuilder, Extension, KeyKind, KeyPair};
use rest::{Bytes, Client, ClientTls, Method};

use crate::agent::facts_of;
use crate::cluster::{Cluster, Options};
use crate::process::free_port;

/// What a cluster needs in its section `[ca]` to sign certificates of compilers.
pub const TOML: &str = "allow-subject-alt-names = true\nallow-authorization-extensions = true\n";

/// A machine that is enrolled as a compiler.
pub struct Machine {
    certname: String,
    config: PathBuf,
    address: String,
    folder: tempfile::TempDir,
}

impl Machine {
    /// Enrols a machine at a cluster that has [`TOML`]. `toml` are more lines of its configuration, which go on in `[compiler]`.
    pub fn enrolled(cluster: &Cluster, certname: &str, toml: &str) -> Machine {
        let folder = tempfile::Builder::new().prefix("bunraku-compiler-").tempdir().unwrap();
        let ssl = folder.path().join("conf/ssl");
        let key = KeyPair::generate(KeyKind::EcP256).unwrap();
        let names = [certname, "localhost"].map(|name| AltName::Dns(name.into()));
        let request = CsrBuilder::new(certname)
            .unwrap()
            .extension(Extension::subject_alt_name(&names).unwrap())
            .extension(Extension::text(pki::oid::PP_AUTH_ROLE, "pe_compiler").unwrap())
            .sign(&key)
            .unwrap();
        let authority = cluster.primary().authority();
        authority.submit(certname, request.to_pem().as_bytes(), "a test").unwrap();
        let certificate = authority.issued(certname).unwrap().expect("every request is signed");
        for (directory, name, text) in [
            ("certs", format!("{certname}.pem"), certificate.to_pem()),
            ("certs", "ca.pem".to_owned(), String::from_utf8(cluster.authority()).unwrap()),
            ("private_keys", format!("{certname}.pem"), key.to_pem().unwrap().to_string()),
        ] {
            std::fs::create_dir_all(ssl.join(directory)).unwrap();
            std::fs::write(ssl.join(directory).join(name), text).unwrap();
        }
        let (store, _) = cluster.primary().puppetdb_addresses();
        let address = format!("127.0.0.1:{}", free_port());
        let text = format!(
            "certname = '{certname}'\nconfdir = '{here}/conf'\ndata-dir = '{here}/data'\n\
             [listen]\naddress = '{address}'\n\
             [code]\nenvironmentpath = ['{environments}']\nbasemodulepath = ['{modules}']\n\
             [compiler]\nprimary = 'localhost:{port}'\nstore-url = 'https://localhost:{store}'\n\
             crl-interval = '1s'\n{toml}\n",
            here = folder.path().display(),
            environments = cluster.root().join("environments").display(),
            modules = cluster.root().join("modules").display(),
            port = cluster.port(),
            store = store.expect("every cluster has one").port(),
        );
        let config = folder.path().join("conf/bunraku.toml");
        std::fs::write(&config, text).unwrap();
        Machine { certname: certname.to_owned(), config, address, folder }
    }

    /// Its certname.
    pub fn certname(&self) -> &str {
        &self.certname
    }

    /// Its folder; `conf` and `data` are inside.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// `https://localhost:PORT`
    pub fn url(&self) -> String {
        format!("https://localhost:{}", self.port())
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.address.rsplit(':').next().and_then(|port| port.parse().ok()).expect("it was chosen above")
    }

    /// The configuration file, for the program `bunraku`.
    pub fn config(&self) -> &Path {
        &self.config
    }

    /// The configuration.
    pub fn site(&self) -> Site {
        Site::from_config(Config::parse(&std::fs::read_to_string(&self.config).unwrap()).unwrap()).unwrap()
    }

    /// Starts the compiler in this process.
    pub async fn start(&self) -> Compiler {
        compiler::start(&self.site()).await.unwrap()
    }

    /// Starts the compiler as a program; its log is the file `log` in the folder. It ends with the child.
    pub fn spawn(&self, program: &Path) -> Server {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.folder.path().join("log"));
        let child = Command::new(program)
            .args(["server", "--role", "compiler", "--config"])
            .arg(&self.config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log.unwrap())
            .spawn()
            .unwrap();
        Server(child)
    }

    /// What programs logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

/// A program that is killed when this is dropped.
pub struct Server(Child);

impl Server {
    /// Sends a signal, such as `TERM`.
    pub fn signal(&self, name: &str) {
        let sent =
            Command::new("kill").arg(format!("-{name}")).arg(self.0.id().to_string()).status().unwrap();
        assert!(sent.success());
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// Waits until it has ended by itself; true if all went well.
    pub fn wait(mut self) -> bool {
        self.0.wait().unwrap().success()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A cluster that signs certificates of compilers, and renews those of agents. `more` are lines that go on in `[ca]`.
pub async fn cluster(more: &str) -> Cluster {
    let toml = format!("{TOML}allow-auto-renewal = true\n{more}");
    Cluster::start_with(Options { toml, ..Options::default() }).await
}

/// Replaces the code of both.
pub fn code(cluster: &Cluster, compiler: &Compiler, text: &str) {
    std::fs::write(cluster.environment("production").join("manifests/site.pp"), text).unwrap();
    cluster.primary().flush();
    compiler.flush();
}

/// Facts of an example node under another name.
pub fn facts(certname: &str) -> Vec<u8> {
    facts_of(&crate::examples::nodes()[0], certname)
}

/// Waits until something is so.
pub async fn until(what: &str, mut done: impl AsyncFnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(120);
    while !done().await {
        assert!(Instant::now() < end, "{what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Status and text of a path below `/status/v1/`.
pub async fn status(cluster: &Cluster, machine: &Machine, path: &str) -> (u16, String) {
    let client = Client::new(&ClientTls::anonymous(&cluster.authority(), b"").unwrap());
    let url = format!("{}/status/v1/{path}", machine.url());
    let answer = client.send(Method::GET, &url, [], Bytes::new()).await.unwrap();
    (answer.status.as_u16(), answer.text())
}

/// Waits for a compiler that was started as a program.
pub async fn until_it_answers(cluster: &Cluster, machine: &Machine) {
    let client = Client::new(&ClientTls::anonymous(&cluster.authority(), b"").unwrap());
    let url = format!("{}/status/v1/simple", machine.url());
    until("the compiler does not answer", async || {
        client.send(Method::GET, &url, [], Bytes::new()).await.is_ok_and(|answer| answer.status == 200)
    })
    .await;
}
