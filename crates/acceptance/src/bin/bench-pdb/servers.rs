//! The servers under measurement: ours on SQLite and on PostgreSQL, and the real PuppetDB with what Debian packages.
//!
//! Each has a scratch folder, free ports on the loopback interface, and, where it needs one, a PostgreSQL server of its own with the
//! same settings.

use std::io::Write as _;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use acceptance::process::{Process, free_port};
use anyhow::{Context as _, bail};
use rest::{Bytes, Client, Method};

/// Where Debian's package has PuppetDB.
const PUPPETDB: &str = "/usr/share/puppetdb/puppetdb.jar";
/// Memory of its virtual machine: five times what the package gives it.
const HEAP: &str = "-Xmx1g";
/// Settings of PostgreSQL that an administrator would choose for a machine with some memory.
const SETTINGS: &[&str] = &[
    "shared_buffers=1GB",
    "effective_cache_size=4GB",
    "maintenance_work_mem=256MB",
    "work_mem=16MB",
    "max_wal_size=8GB",
    "checkpoint_timeout=15min",
    "wal_compression=lz4",
    "random_page_cost=1.1",
    "listen_addresses=127.0.0.1",
    "jit=off",
];

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Ours on SQLite.
    Sqlite,
    /// Ours on PostgreSQL.
    Postgres,
    /// The real PuppetDB on PostgreSQL.
    Puppetdb,
}

impl Kind {
    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Sqlite => "Bunraku, SQLite",
            Kind::Postgres => "Bunraku, PostgreSQL",
            Kind::Puppetdb => "PuppetDB",
        }
    }
}

/// A server that runs. It ends before its database does.
pub struct Server {
    kind: Kind,
    /// Ours, if it is not the one that this is.
    program: Option<PathBuf>,
    /// None while it is stopped.
    process: Option<Process>,
    database: Option<Database>,
    /// `http://127.0.0.1:PORT`
    pub url: String,
    folder: PathBuf,
}

struct Database {
    process: Process,
    port: u16,
    folder: PathBuf,
}

/// True if the real one is on this machine.
pub fn has_puppetdb() -> bool {
    Path::new(PUPPETDB).exists()
}

/// Version of the real one.
pub fn puppetdb_version() -> String {
    let output = Command::new("dpkg-query").args(["-W", "-f", "${Version}", "puppetdb"]).output();
    output.map_or_else(|_| "?".into(), |output| String::from_utf8_lossy(&output.stdout).into_owned())
}

impl Server {
    /// Starts a server in a new folder, or in one where such a server was, and waits until it answers.
    pub async fn start(kind: Kind, program: Option<&Path>, folder: &Path) -> anyhow::Result<Server> {
        std::fs::create_dir_all(folder)?;
        let database = match kind {
            Kind::Sqlite => None,
            Kind::Postgres | Kind::Puppetdb => Some(Database::start(&folder.join("postgresql")).await?),
        };
        let (program, folder) = (program.map(Path::to_owned), folder.to_owned());
        let mut server = Server { kind, program, process: None, database, url: String::new(), folder };
        server.run().await?;
        Ok(server)
    }

    /// Starts the server itself, whose database runs.
    pub async fn run(&mut self) -> anyhow::Result<()> {
        let port = free_port();
        self.url = format!("http://127.0.0.1:{port}");
        self.process = Some(match self.kind {
            Kind::Puppetdb => puppetdb(&self.folder, port, &self.database)?,
            Kind::Sqlite | Kind::Postgres => {
                bunraku(self.program.as_deref(), &self.folder, port, &self.database)?
            }
        });
        let end = Instant::now() + Duration::from_secs(600);
        let client = Client::without_tls();
        loop {
            if self.must_run().is_err() || Instant::now() > end {
                let out = std::fs::read_to_string(self.folder.join("out")).unwrap_or_default();
                bail!("{} does not answer\n{out}", self.kind.name());
            }
            let simple = format!("{}/status/v1/simple", self.url);
            let answer = client.send(Method::GET, &simple, [], Bytes::new()).await;
            if answer.is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Stops the server, not its database.
    pub fn stop(&mut self) {
        self.process = None;
    }

    /// Fails once it has ended by itself.
    pub fn must_run(&mut self) -> anyhow::Result<()> {
        match &mut self.process {
            Some(process) => process.must_run(),
            None => bail!("{} does not run", self.kind.name()),
        }
    }

    /// Processor seconds of the server and its database.
    pub fn cpu(&self) -> f64 {
        self.process.as_ref().map_or(0.0, Process::cpu) + self.database_cpu()
    }

    /// Processor seconds of the database's own processes.
    pub fn database_cpu(&self) -> f64 {
        self.database.as_ref().map_or(0.0, |database| database.process.cpu())
    }

    /// The most resident memory of the server's process there was, in MiB.
    pub fn memory_peak(&self) -> f64 {
        self.process.as_ref().map_or(0.0, |process| process.memory().1)
    }

    /// The file that it stores in, if it is one.
    pub fn file(&self) -> Option<PathBuf> {
        (self.kind == Kind::Sqlite).then(|| self.folder.join("data/pdb.sqlite"))
    }

    /// Runs statements in its database.
    pub fn ask_database(&self, sql: &str) -> anyhow::Result<String> {
        match &self.database {
            Some(database) => database.ask("store", sql),
            None => bail!("{} has no server for its database", self.kind.name()),
        }
    }

    /// MiB on disk: what is stored, and the queue.
    pub fn disk(&self) -> anyhow::Result<(f64, f64)> {
        let mib = |bytes: u64| bytes as f64 / 1_048_576.0;
        let data = self.folder.join("data");
        let stored = match &self.database {
            Some(database) => {
                database.ask("store", "SELECT pg_database_size('store')")?.trim().parse::<u64>()?
            }
            None => size(&data.join("pdb.sqlite")) + size(&data.join("pdb.sqlite-wal")),
        };
        let queue = size(&data.join("queue.sqlite"))
            + size(&data.join("queue.sqlite-wal"))
            + size(&self.folder.join("var"));
        Ok((mib(stored), mib(queue)))
    }

    /// Lets the database learn what is in its tables, as it does by itself after some time.
    pub fn analyze(&self) -> anyhow::Result<()> {
        if let Some(database) = &self.database {
            database.ask("store", "VACUUM ANALYZE")?;
        }
        Ok(())
    }
}

fn size(path: &Path) -> u64 {
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => {
            let entries = std::fs::read_dir(path).into_iter().flatten().filter_map(Result::ok);
            entries.map(|entry| size(&entry.path())).sum()
        }
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    }
}

fn bunraku(
    program: Option<&Path>,
    folder: &Path,
    port: u16,
    database: &Option<Database>,
) -> anyhow::Result<Process> {
    std::fs::create_dir_all(folder.join("conf"))?;
    std::fs::create_dir_all(folder.join("environments/production"))?;
    std::fs::write(folder.join("conf/puppet.conf"), "[main]\ndns_alt_names = localhost\n")?;
    let here = folder.display();
    let url = match database {
        Some(database) => format!(
            "database-url = 'host=127.0.0.1 port={} user=postgres dbname=store sslmode=disable'",
            database.port
        ),
        None => String::new(),
    };
    let toml = format!(
        "certname = 'store.example.com'\nconfdir = '{here}/conf'\ndata-dir = '{here}/data'\n\
         [listen]\naddress = '127.0.0.1:0'\n[code]\nenvironmentpath = ['{here}/environments']\n\
         [puppetdb]\nlisten = ''\nhttp-listen = '127.0.0.1:{port}'\n{url}\n\
         [ca]\ndir = '{here}/ca'\nkey-type = 'ec'\n[log]\nlevel = 'warn'\n"
    );
    let config = folder.join("conf/bunraku.toml");
    std::fs::write(&config, toml)?;
    let program = program.map_or_else(std::env::current_exe, |program| Ok(program.to_owned()))?;
    let mut command = Command::new(program);
    command.arg0("bunraku").arg("server").arg("--config").arg(config);
    Process::start("bunraku", &mut command, &folder.join("out"))
}

fn puppetdb(folder: &Path, port: u16, database: &Option<Database>) -> anyhow::Result<Process> {
    let conf = folder.join("conf.d");
    std::fs::create_dir_all(&conf)?;
    std::fs::create_dir_all(folder.join("var"))?;
    let here = folder.display();
    let database = database.as_ref().map_or(0, |database| database.port);
    let packaged =
        std::fs::read_to_string("/etc/puppetdb/conf.d/auth.conf").context("PuppetDB's auth.conf")?;
    // Everybody on this machine may read the metrics.
    std::fs::write(conf.join("auth.conf"), packaged.replace("allow: \"*\"", "allow-unauthenticated: true"))?;
    std::fs::write(
        folder.join("logback.xml"),
        "<configuration><appender name=\"F\" class=\"ch.qos.logback.core.ConsoleAppender\"><encoder><pattern>%d %-5p [%c{2}] %m%n</pattern>\
         </encoder></appender><root level=\"warn\"><appender-ref ref=\"F\"/></root></configuration>",
    )?;
    std::fs::write(
        conf.join("config.ini"),
        format!(
            "[global]\nvardir = {here}/var\nlogging-config = {here}/logback.xml\n[puppetdb]\ndisable-update-checking = true\n"
        ),
    )?;
    std::fs::write(conf.join("jetty.ini"), format!("[jetty]\nhost = 127.0.0.1\nport = {port}\n"))?;
    std::fs::write(
        conf.join("database.ini"),
        format!("[database]\nsubname = //127.0.0.1:{database}/store\nusername = postgres\npassword = none\n"),
    )?;
    let mut java = Command::new("/usr/bin/java");
    java.current_dir(folder).args([HEAP, "-cp", PUPPETDB, "clojure.main", "-m", "puppetlabs.puppetdb.core"]);
    java.args(["services", "--config"])
        .arg(&conf)
        .args(["--bootstrap-config", "/etc/puppetdb/bootstrap.cfg"]);
    Process::start("puppetdb", &mut java, &folder.join("out"))
}

impl Database {
    async fn start(folder: &Path) -> anyhow::Result<Database> {
        std::fs::create_dir_all(folder)?;
        let owner = owner()?;
        if let Some((user, group)) = owner {
            chown(folder, Some(user), Some(group))?;
        }
        let data = folder.join("data");
        let is_new = !data.join("PG_VERSION").exists();
        if is_new {
            let mut init = Command::new(program("initdb")?);
            init.arg("-D").arg(&data);
            init.args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8"]);
            let output = become_owner(&mut init, owner, folder).output().context("could not run initdb")?;
            if !output.status.success() {
                bail!("initdb: {}", String::from_utf8_lossy(&output.stderr));
            }
        }
        let port = free_port();
        let mut postgres = Command::new(program("postgres")?);
        postgres.arg("-D").arg(&data).arg("-k").arg(folder).arg("-p").arg(port.to_string());
        for setting in SETTINGS {
            postgres.args(["-c", setting]);
        }
        let process =
            Process::start("postgres", become_owner(&mut postgres, owner, folder), &folder.join("out"))?;
        let database = Database { process, port, folder: folder.to_owned() };
        let end = Instant::now() + Duration::from_secs(60);
        while let Err(error) = database.ask("postgres", "SELECT 1") {
            if Instant::now() > end {
                let out = std::fs::read_to_string(folder.join("out")).unwrap_or_default();
                return Err(error).context(out);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        if is_new {
            database.ask("postgres", "CREATE DATABASE store")?;
            database.ask("store", "CREATE EXTENSION pg_trgm")?;
        }
        Ok(database)
    }

    fn ask(&self, name: &str, sql: &str) -> anyhow::Result<String> {
        let mut psql = Command::new(program("psql")?);
        psql.args(["-X", "-q", "-t", "-A", "-U", "postgres", "-h"]).arg(&self.folder);
        psql.args(["-p", &self.port.to_string(), "-d", name, "-v", "ON_ERROR_STOP=1", "-f", "-"]);
        psql.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = psql.spawn().context("could not run psql")?;
        // By its input, where each statement is by itself. What it has to say before the end is short.
        child.stdin.take().context("psql has no input")?.write_all(sql.as_bytes())?;
        let output = child.wait_with_output().context("could not run psql")?;
        if !output.status.success() {
            bail!("{sql:.2000}: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

fn become_owner<'c>(command: &'c mut Command, owner: Option<(u32, u32)>, folder: &Path) -> &'c mut Command {
    if let Some((user, group)) = owner {
        command.uid(user).gid(group);
    }
    command.current_dir(folder)
}

/// The newest installed PostgreSQL's program.
fn program(name: &str) -> anyhow::Result<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").context("PostgreSQL is not installed")?;
    let mut found: Vec<(u32, PathBuf)> = versions
        .filter_map(Result::ok)
        .filter_map(|entry| {
            Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin").join(name)))
        })
        .filter(|(_, program)| program.exists())
        .collect();
    found.sort();
    found.pop().map(|(_, program)| program).with_context(|| format!("{name} is not installed"))
}

/// PostgreSQL does not run as root; then the account `postgres` owns it.
fn owner() -> anyhow::Result<Option<(u32, u32)>> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let accounts = std::fs::read_to_string("/etc/passwd")?;
    let line = accounts
        .lines()
        .find(|line| line.starts_with("postgres:"))
        .context("there is no account postgres")?;
    let mut fields = line.split(':').skip(2).map(str::parse::<u32>);
    match (fields.next(), fields.next()) {
        (Some(Ok(user)), Some(Ok(group))) => Ok(Some((user, group))),
        _ => bail!("the account postgres is not valid"),
    }
}
