//! A PostgreSQL server of its own for a test: in a temporary directory, on a unix socket, as an unprivileged user.

use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::PostgresSettings;

/// A server that ends with the value.
pub struct Server {
    dir: tempfile::TempDir,
    programs: PathBuf,
    owner: Option<(u32, u32)>,
    port: Option<u16>,
}

impl Server {
    /// Starts a server; nothing if PostgreSQL is not on this machine and need not be.
    ///
    /// # Panics
    /// If it cannot be started, or is missing and `BUNRAKU_TEST_PEERS=all` asks for every peer.
    pub fn start() -> Option<Server> {
        Server::start_with(None)
    }

    /// The same that listens on a port of this machine, too, for clients that know no unix sockets.
    ///
    /// # Panics
    /// As [`Server::start`].
    pub fn start_listening(port: u16) -> Option<Server> {
        Server::start_with(Some(port))
    }

    #[allow(clippy::expect_used, clippy::print_stderr, reason = "a test ends where it has no server")]
    fn start_with(port: Option<u16>) -> Option<Server> {
        let mode = std::env::var("BUNRAKU_TEST_PEERS").unwrap_or_default();
        let programs = newest().filter(|_| mode != "none");
        let Some(programs) = programs else {
            assert_ne!(mode, "all", "PostgreSQL is missing");
            eprintln!("left out, since PostgreSQL is not there");
            return None;
        };
        let dir = tempfile::tempdir().expect("a temporary directory");
        let owner = is_root().then(|| account("postgres").expect("an account named postgres"));
        if let Some((user, group)) = owner {
            chown(dir.path(), Some(user), Some(group)).expect("to give the directory away");
        }
        let server = Server { dir, programs, owner, port };
        let data = server.data();
        server.run(
            "initdb",
            &["-D", &data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-N"],
        );
        server.up();
        Some(server)
    }

    /// Lets a server that listens take only connections with TLS on its port; its name there is `localhost`. Needs `openssl`.
    ///
    /// # Panics
    /// If that does not work.
    #[allow(clippy::expect_used, reason = "a test ends where it has no server")]
    pub fn insist_on_tls(&self) {
        self.down();
        let data = PathBuf::from(self.data());
        for name in ["server", "other"] {
            let (key, certificate) = (data.join(format!("{name}.key")), self.certificate(name));
            let mut request = Command::new("openssl");
            request.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]);
            request.args(["-nodes", "-days", "2", "-subj", "/CN=localhost"]);
            request.args(["-addext", "subjectAltName=DNS:localhost"]);
            request.args(["-addext", "basicConstraints=critical,CA:FALSE"]);
            request.arg("-keyout").arg(&key).arg("-out").arg(&certificate);
            request.stdout(Stdio::null()).stderr(Stdio::null());
            assert!(request.status().expect("openssl to run").success(), "openssl");
            if let Some((user, group)) = self.owner {
                for file in [key, certificate] {
                    chown(file, Some(user), Some(group)).expect("to give the key away");
                }
            }
        }
        let rules = "hostssl all all 127.0.0.1/32 trust\nlocal all all trust\n";
        std::fs::write(data.join("pg_hba.conf"), rules).expect("to write the rules");
        let ssl = "ssl = on\nssl_cert_file = 'server.crt'\nssl_key_file = 'server.key'\n";
        std::fs::write(data.join("postgresql.auto.conf"), ssl).expect("to write the settings");
        self.up();
    }

    /// The certificate `server`, which a server with TLS has, or `other`, which it has not.
    pub fn certificate(&self, name: &str) -> PathBuf {
        PathBuf::from(self.data()).join(format!("{name}.crt"))
    }

    /// How to reach it.
    pub fn settings(&self) -> PostgresSettings {
        PostgresSettings {
            url: format!(
                "host={} port={} user=postgres dbname=postgres sslmode=disable",
                self.dir.path().display(),
                self.port.unwrap_or(5432)
            ),
            user: None,
            password: None,
            authorities: None,
            connections_max: 8,
        }
    }

    /// Stops it at once, as a crash would.
    pub fn down(&self) {
        self.run("pg_ctl", &["-D", &self.data(), "-m", "immediate", "-w", "stop"]);
    }

    /// Starts it again.
    pub fn up(&self) {
        let listen = match self.port {
            Some(port) => format!("-c listen_addresses=127.0.0.1 -p {port}"),
            None => "-c listen_addresses=''".to_owned(),
        };
        let options = format!("{listen} -k {} -c fsync=off", self.dir.path().display());
        let log = self.dir.path().join("log");
        self.run(
            "pg_ctl",
            &["-D", &self.data(), "-o", &options, "-l", &log.to_string_lossy(), "-w", "start"],
        );
    }

    fn data(&self) -> String {
        self.dir.path().join("data").to_string_lossy().into_owned()
    }

    #[allow(clippy::expect_used, reason = "a test ends where it has no server")]
    fn run(&self, program: &str, arguments: &[&str]) {
        let mut command = Command::new(self.programs.join(program));
        command.args(arguments).current_dir(self.dir.path());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if let Some((user, group)) = self.owner {
            command.uid(user).gid(group);
        }
        let status = command.status().expect("the programs of PostgreSQL to run");
        assert!(status.success(), "{program}: {status}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let mut command = Command::new(self.programs.join("pg_ctl"));
        command.args(["-D", &self.data(), "-m", "immediate", "stop"]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if let Some((user, group)) = self.owner {
            command.uid(user).gid(group);
        }
        // Nothing is left to tell if it had ended already.
        let _ = command.status();
    }
}

/// The programs of the newest version on this machine, or those in the directory that `BUNRAKU_TEST_POSTGRESQL` names: another version,
/// wherever it was unpacked.
fn newest() -> Option<PathBuf> {
    if let Some(programs) = std::env::var_os("BUNRAKU_TEST_POSTGRESQL") {
        return Some(programs.into());
    }
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut found: Vec<(u32, PathBuf)> = versions
        .filter_map(Result::ok)
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, programs)| programs.join("initdb").exists())
        .collect();
    found.sort();
    found.pop().map(|(_, programs)| programs)
}

fn is_root() -> bool {
    // The owner of our own process's entry.
    std::fs::metadata("/proc/self").is_ok_and(|entry| std::os::unix::fs::MetadataExt::uid(&entry) == 0)
}

fn account(name: &str) -> Option<(u32, u32)> {
    let accounts = std::fs::read_to_string(Path::new("/etc/passwd")).ok()?;
    let line = accounts.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}
