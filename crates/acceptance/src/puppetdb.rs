//! The real PuppetDB of Debian over a PostgreSQL of its own, both in scratch folders.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};
use db::scratch;
use rest::{Bytes, Client, Method};

use crate::peers;
use crate::process::{Process, free_port};
use crate::puppetserver::Identity;

/// Where Debian's package has it.
const PACKAGED: &str = "/usr/share/puppetdb/puppetdb.jar";
/// Its configuration as packaged.
const CONFIGURATION: &str = "/etc/puppetdb";

/// A PuppetDB that ends with the value. Nothing in it expires.
pub struct PuppetDb {
    /// `http://127.0.0.1:PORT`
    pub url: String,
    /// `https://localhost:PORT`, where it has an identity.
    pub tls_url: Option<String>,
    process: Process,
    database: scratch::Server,
    _folder: tempfile::TempDir,
}

impl PuppetDb {
    /// Starts one; nothing if it is not on this machine and need not be. It answers when this returns.
    ///
    /// # Errors
    /// It does not start.
    pub async fn start() -> anyhow::Result<Option<PuppetDb>> {
        PuppetDb::start_with(None).await
    }

    /// The same that listens with TLS, too, for whoever has a certificate of the authority.
    ///
    /// # Errors
    /// It does not start.
    pub async fn start_with(identity: Option<&Identity>) -> anyhow::Result<Option<PuppetDb>> {
        if peers::find(PACKAGED, "the real PuppetDB beside our store").is_none() {
            return Ok(None);
        }
        let port = free_port();
        let Some(database) = scratch::Server::start_listening(port) else { return Ok(None) };
        let folder = tempfile::Builder::new().prefix("bunraku-puppetdb-").tempdir()?;
        let (listen, tls) = (free_port(), free_port());
        let secured = identity.map(|identity| (identity, tls));
        configure(folder.path(), port, listen, secured).context("could not set up puppetdb")?;
        let mut java = Command::new("/usr/bin/java");
        java.current_dir(folder.path()).args([
            "-Xmx512m",
            "-Djava.security.egd=/dev/urandom",
            "-cp",
            PACKAGED,
        ]);
        java.args(["clojure.main", "-m", "puppetlabs.puppetdb.core", "services", "--config"]);
        java.arg(folder.path().join("conf.d"));
        java.arg("--bootstrap-config").arg(Path::new(CONFIGURATION).join("bootstrap.cfg"));
        java.arg("--restart-file").arg(folder.path().join("restart"));
        let process = Process::start("puppetdb", &mut java, &folder.path().join("out"))?;
        let url = format!("http://127.0.0.1:{listen}");
        let tls_url = identity.map(|_| format!("https://localhost:{tls}"));
        let mut puppetdb = PuppetDb { url, tls_url, process, database, _folder: folder };
        let status = format!("{}/status/v1/services/puppetdb-status", puppetdb.url);
        let running = async || {
            let answer = Client::without_tls().send(Method::GET, &status, [], Bytes::new()).await;
            answer.is_ok_and(|answer| answer.status == 200 && answer.text().contains("\"running\""))
        };
        puppetdb.process.until("answer", running).await?;
        Ok(Some(puppetdb))
    }

    /// Waits until it has done what is asked for.
    ///
    /// # Errors
    /// It ends, or does not do it.
    pub async fn until(&mut self, what: &str, done: impl AsyncFnMut() -> bool) -> anyhow::Result<()> {
        self.process.until(what, done).await
    }

    /// Empties every table but those that its migrations fill.
    ///
    /// # Errors
    /// The database refuses.
    pub fn clear(&self) -> anyhow::Result<()> {
        let sql = "DO $$ DECLARE name text; BEGIN
            FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('schema_migrations', 'value_types')
            LOOP EXECUTE format('TRUNCATE %I CASCADE', name); END LOOP; END $$";
        let output = Command::new("/usr/bin/psql")
            .args(["-X", "-v", "ON_ERROR_STOP=1", "-c", sql, &self.database.settings().url])
            .output()
            .context("could not run psql")?;
        if !output.status.success() {
            bail!("psql: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(())
    }
}

fn configure(folder: &Path, database: u16, listen: u16, tls: Option<(&Identity, u16)>) -> anyhow::Result<()> {
    for name in ["conf.d", "var"] {
        std::fs::create_dir_all(folder.join(name))?;
    }
    let here = folder.display();
    let write = |path: &str, text: String| std::fs::write(folder.join(path), text);
    write("restart", "0".into())?;
    let rules = Path::new(CONFIGURATION).join("conf.d/auth.conf");
    std::fs::copy(&rules, folder.join("conf.d/auth.conf"))
        .with_context(|| format!("could not copy {}", rules.display()))?;
    write(
        "logback.xml",
        "<configuration>\n  <appender name=\"OUT\" class=\"ch.qos.logback.core.ConsoleAppender\">\n\
         \x20   <encoder><pattern>%d %-5p [%c{2}] %m%n</pattern></encoder>\n  </appender>\n\
         \x20 <root level=\"info\"><appender-ref ref=\"OUT\"/></root>\n</configuration>\n"
            .into(),
    )?;
    let tls = tls.map_or_else(String::new, |(identity, port)| {
        format!(
            "ssl-host = 127.0.0.1\nssl-port = {port}\nssl-cert = {}\nssl-key = {}\nssl-ca-cert = {}\n",
            identity.certificate.display(),
            identity.key.display(),
            identity.authority.display()
        )
    });
    write(
        "conf.d/config.ini",
        format!(
            "[global]\nvardir = {here}/var\nlogging-config = {here}/logback.xml\n\
             [database]\nsubname = //127.0.0.1:{database}/postgres\nusername = postgres\npassword = unused\n\
             node-ttl = 0s\nnode-purge-ttl = 20000d\nreport-ttl = 20000d\n\
             [puppetdb]\ndisable-update-checking = true\n\
             [jetty]\nhost = 127.0.0.1\nport = {listen}\n{tls}[nrepl]\nenabled = false\n"
        ),
    )?;
    Ok(())
}
