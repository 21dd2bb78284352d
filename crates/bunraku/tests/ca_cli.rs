//! `bunraku ca` as a program, against an authority that listens, and with none: outputs and exit codes are those of
//! `puppetserver ca`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed test is told by its panic")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use ca::{Authority, Handlers, Host, Settings};
use pki::{CsrBuilder, KeyKind, KeyPair};
use rest::{
    BoxFuture, Front, Limits, Listening, Metrics, Request, Response, Revocation, Router, Rules, ServerTls,
    Service, StatusCode, TlsMaterial,
};
use stdx::SystemClock;

/// What `/status/v1/services` says of the authority.
struct Status;

impl Service for Status {
    fn call(&self, _: Request) -> BoxFuture<'_, Response> {
        let body = r#"{"ca":{"service_version":"8.11.0","state":"running"}}"#;
        Box::pin(std::future::ready(Response::json_bytes(StatusCode::OK, body)))
    }
}

struct Machine {
    folder: tempfile::TempDir,
    transcript: String,
}

impl Machine {
    fn new() -> Machine {
        let machine = Machine { folder: tempfile::tempdir().unwrap(), transcript: String::new() };
        machine.configure(1);
        machine
    }

    fn conf(&self) -> PathBuf {
        self.folder.path().join("conf")
    }

    fn configure(&self, port: u16) {
        let root = self.folder.path().display();
        let text = format!(
            "certname = 'localhost'\nconfdir = '{root}/conf'\ndata-dir = '{root}/data'\n\
             [listen]\naddress = '127.0.0.1:{port}'\n[ca]\nkey-type = 'ec'\n"
        );
        std::fs::write(self.folder.path().join("bunraku.toml"), text).unwrap();
    }

    fn settings(&self) -> (Settings, Host) {
        let mut settings = Settings::new(self.conf().join("ca"), "localhost");
        settings.key_kind = KeyKind::EcP256;
        (settings, Host::in_directory(&self.conf().join("ssl"), "localhost"))
    }

    /// Runs a command and notes what it said.
    fn run(&mut self, arguments: &str) -> i32 {
        let output = Command::new(env!("CARGO_BIN_EXE_bunraku"))
            .arg("--config")
            .arg(self.folder.path().join("bunraku.toml"))
            .arg("ca")
            .args(arguments.split(' '))
            .env("HOME", self.folder.path())
            .env_remove("BUNRAKU_CONFIG")
            .output()
            .unwrap();
        let code = output.status.code().unwrap();
        writeln!(self.transcript, "$ bunraku ca {arguments}").unwrap();
        for (mark, text) in [("", output.stdout), ("! ", output.stderr)] {
            for line in String::from_utf8(text).unwrap().lines() {
                writeln!(self.transcript, "{mark}{line}").unwrap();
            }
        }
        writeln!(self.transcript, "=> {code}\n").unwrap();
        code
    }

    fn transcript(&self) -> String {
        let root = self.folder.path().display().to_string();
        let text = self.transcript.replace(&root, "[ROOT]");
        let mask = |line: &str| -> String {
            line.split(' ')
                .map(|word| {
                    let (print, rest) = word.split_at(word.len().min(95));
                    let is_print =
                        print.len() == 95 && print.bytes().all(|b| b == b':' || b.is_ascii_hexdigit());
                    if is_print { format!("[PRINT]{rest}") } else { word.to_owned() }
                })
                .collect::<Vec<_>>()
                .join(" ")
        };
        text.lines().map(|line| mask(line) + "\n").collect()
    }
}

/// An authority that listens, on threads of its own.
struct Server {
    runtime: tokio::runtime::Runtime,
    authority: Arc<Authority>,
    listening: Option<Listening>,
}

impl Server {
    fn start(machine: &Machine) -> Server {
        let (settings, host) = machine.settings();
        let authority = Arc::new(Authority::open(settings, Arc::new(SystemClock)).unwrap());
        authority.ensure_host(&host).unwrap();
        let read = |path: &Path| std::fs::read(path).unwrap();
        let tls = ServerTls::new(&TlsMaterial {
            chain: &read(&host.hostcert),
            key: &read(&host.hostprivkey),
            authorities: &read(&host.localcacert),
            revocation_lists: authority.lists().pem(),
            revocation: Revocation::Chain,
        })
        .unwrap();
        let router = Router::new()
            .mount("/puppet-ca/v1", Arc::new(Handlers::new(authority.clone())))
            .mount("/status/v1", Arc::new(Status));
        let front = Arc::new(Front::new(Arc::new(router), Rules::default()));
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let address = "127.0.0.1:0".parse().unwrap();
        let listening = runtime
            .block_on(rest::listen(address, tls, front, Limits::default(), Arc::new(Metrics::default())))
            .unwrap();
        machine.configure(listening.address().port());
        Server { runtime, authority, listening: Some(listening) }
    }

    fn request(&self, certname: &str) {
        let key = KeyPair::generate(KeyKind::EcP256).unwrap();
        let csr = CsrBuilder::new(certname).unwrap().sign(&key).unwrap();
        self.authority.submit(certname, csr.to_pem().as_bytes(), "test").unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(listening) = self.listening.take() {
            self.runtime.block_on(listening.stop(Duration::from_secs(5)));
        }
    }
}

#[test]
fn requests_and_certificates_over_https() {
    let mut machine = Machine::new();
    let server = Server::start(&machine);
    machine.run("list");
    machine.run("sign --all");
    for name in ["web01.example.com", "db", "old", "extra"] {
        server.request(name);
    }
    machine.run("list");
    machine.run("sign --certname db,nobody");
    machine.run("sign --certname old --ttl 1h");
    machine.run("sign --certname nobody --ttl 1h");
    machine.run("sign --all");
    machine.run("revoke --certname old");
    machine.run("revoke --certname nobody,db");
    server.request("pending");
    machine.run("clean --certname pending,db,nobody");
    machine.run("clean --certname web01.example.com");
    machine.run("list --all");
    machine.run("list --certname old,nobody");
    machine.run("list --certname nobody --format json");
    let code = machine.run("generate --certname tool,other --subject-alt-names www,IP:10.0.0.1");
    assert_ne!(code, 0, "alternative names are not allowed");
    machine.run("generate --certname plain --ttl 2d");
    machine.run("generate --certname plain");
    for wrong in [
        "sign",
        "sign --all --certname x",
        "sign --certname x --ttl soon",
        "list --format xml",
        "list --all --certname x",
        "revoke",
        "clean",
        "generate",
        "generate --certname Web",
        "delete",
        "delete --all --expired",
        "prune --remove-entries",
        "import --private-key x",
    ] {
        machine.run(wrong);
    }
    for offline in
        ["prune", "delete --all", "generate --certname admin --ca-client", "setup", "import --from /nowhere"]
    {
        assert_eq!(machine.run(offline), 1, "{offline}");
    }
    insta::assert_snapshot!(machine.transcript());
    let ssl = machine.conf().join("ssl");
    let certificate =
        pki::Certificate::from_pem(&std::fs::read(ssl.join("certs/plain.pem")).unwrap()).unwrap();
    let key = KeyPair::from_pem(&std::fs::read(ssl.join("private_keys/plain.pem")).unwrap()).unwrap();
    assert_eq!(certificate.public_key(), key.public_key());
    let life = certificate.not_after().duration_since(certificate.not_before()).unwrap();
    assert_eq!(life, Duration::from_secs(3 * 86_400), "two days and the one of slack");
}

#[test]
fn without_a_server() {
    let mut machine = Machine::new();
    machine.run("list");
    machine.run("prune");
    machine.run("setup --ca-name Signer --root-ca-name Root --subject-alt-names DNS:alias");
    machine.run("setup");
    machine.run("generate --certname admin --ca-client");
    machine.run("generate --certname admin --ca-client --force");
    machine.run("prune");
    machine.run("delete --certname admin,nobody");
    machine.run("delete --expired --revoked");
    machine.run("enable --infracrl");
    insta::assert_snapshot!(machine.transcript());
    let paths = machine.settings().0.paths;
    let bundle = pki::Certificate::bundle_from_pem(&std::fs::read(&paths.cacert).unwrap()).unwrap();
    let names: Vec<String> = bundle.iter().filter_map(pki::Certificate::certname).collect();
    assert_eq!(names, ["Signer", "Root"]);
    let admin = std::fs::read(machine.conf().join("ssl/certs/admin.pem")).unwrap();
    let admin = pki::Certificate::from_pem(&admin).unwrap();
    assert!(admin.extensions().iter().any(|extension| extension.oid == pki::oid::PP_CLI_AUTH));
}

#[test]
fn moving_in() {
    let mut old = Machine::new();
    old.run("setup");
    let directory = old.folder.path().join("conf/ca");
    let mut new = Machine::new();
    new.run(&format!("import --from {}", directory.display()));
    new.run(&format!("import --from {}", directory.display()));
    new.transcript = new.transcript.replace(&old.folder.path().display().to_string(), "[OLD]");
    // The random part of the root's name is not told, so nothing else has to be masked.
    insta::assert_snapshot!(new.transcript());
    let bundle = |machine: &Machine| std::fs::read(machine.settings().0.paths.cacert).unwrap();
    assert_eq!(bundle(&old), bundle(&new));

    // The same authority as key, bundle and lists.
    let mut third = Machine::new();
    let file = |name: &str| directory.join(name).display().to_string();
    let (key, certificates, lists) = (file("ca_key.pem"), file("ca_crt.pem"), file("ca_crl.pem"));
    third.run(&format!("import --private-key {key} --cert-bundle {certificates} --crl-chain {lists}"));
    third.run(&format!("import --private-key {key} --cert-bundle {certificates} --crl-chain {certificates}"));
    third.run(&format!("import --private-key {lists} --cert-bundle {certificates} --crl-chain /nowhere"));
    third.transcript = third.transcript.replace(&old.folder.path().display().to_string(), "[OLD]");
    insta::assert_snapshot!(third.transcript());
}

#[test]
fn moving_out_of_the_ssl_directory() {
    let mut machine = Machine::new();
    let conf = machine.conf();
    std::fs::create_dir_all(&conf).unwrap();
    let (old, new) = (conf.join("ssl/ca"), machine.folder.path().join("puppetserver/ca"));
    machine.run("migrate");
    std::fs::write(conf.join("puppet.conf"), "[main]\ncadir = $ssldir/ca\n").unwrap();
    machine.run("setup");
    let before = std::fs::read(old.join("ca_crt.pem")).unwrap();
    machine.run("migrate");
    assert_eq!(std::fs::read_link(&old).unwrap(), new);
    assert_eq!(std::fs::read(new.join("ca_crt.pem")).unwrap(), before);
    machine.run("migrate");
    machine.run("prune");
    // Without the setting the link shows where it is.
    std::fs::remove_file(conf.join("puppet.conf")).unwrap();
    machine.run("prune");
    insta::assert_snapshot!(machine.transcript());
}

#[test]
fn the_list_of_infrastructure_nodes() {
    let mut machine = Machine::new();
    machine.run("setup");
    let cadir = machine.conf().join("ca");
    std::fs::remove_file(cadir.join("infra_crl.pem")).unwrap();
    std::fs::remove_file(cadir.join("infra_inventory.txt")).unwrap();
    machine.run("enable");
    machine.run("enable --infracrl");
    std::fs::write(cadir.join("infra_inventory.txt"), "localhost\n").unwrap();
    machine.run("enable --infracrl");
    machine.run("enable --infracrl");
    insta::assert_snapshot!(machine.transcript());
    let read = |name: &str| pki::Crl::chain_from_pem(&std::fs::read(cadir.join(name)).unwrap()).unwrap();
    let (full, infra) = (read("ca_crl.pem"), read("infra_crl.pem"));
    assert_eq!(full.len(), infra.len());
    assert_eq!(full[1..], infra[1..], "the root's list is the same");
    assert_eq!(full[0].issuer(), infra[0].issuer());
}
