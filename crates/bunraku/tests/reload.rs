//! `bunraku server` at SIGHUP: what changed in the configuration counts from then on, and one with a mistake changes nothing.

#![allow(clippy::unwrap_used, reason = "a failed test is told by its panic")]

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rest::{Bytes, Client, ClientTls, Method, Revocation, TlsMaterial};

struct Server {
    child: Child,
    folder: tempfile::TempDir,
    ports: [u16; 2],
}

impl Server {
    fn start() -> Server {
        let folder = tempfile::tempdir().unwrap();
        // Both at once, so that they differ.
        let free = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let ports = free.each_ref().map(|listener| listener.local_addr().unwrap().port());
        drop(free);
        for environment in ["one/production", "two/production", "two/other"] {
            std::fs::create_dir_all(folder.path().join(environment)).unwrap();
        }
        std::fs::create_dir_all(folder.path().join("conf")).unwrap();
        configure(folder.path(), ports, "info", "one");
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_bunraku"))
            .arg("--config")
            .arg(folder.path().join("bunraku.toml"))
            .arg("server")
            .env_remove("BUNRAKU_CONFIG")
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        Server { child, folder, ports }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    fn hang_up(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-HUP", &pid]).status().unwrap().success());
    }

    /// Answers of the listener for agents, as the server itself asks.
    async fn environments(&self) -> Option<String> {
        let ssl = self.folder.path().join("conf/ssl");
        let read = |path: PathBuf| std::fs::read(path).ok();
        let material = TlsMaterial {
            chain: &read(ssl.join("certs/localhost.pem"))?,
            key: &read(ssl.join("private_keys/localhost.pem"))?,
            authorities: &read(ssl.join("certs/ca.pem"))?,
            revocation_lists: b"",
            revocation: Revocation::Off,
        };
        let client = Client::new(&ClientTls::new(&material).ok()?);
        let url = format!("https://localhost:{}/puppet/v3/environments", self.ports[0]);
        let answer = client.send(Method::GET, &url, [], Bytes::new()).await.ok()?.ok().ok()?;
        Some(answer.text())
    }

    /// A query, which the store tells of at the level debug.
    async fn query(&self) {
        let url = format!("http://127.0.0.1:{}/pdb/query/v4/nodes", self.ports[1]);
        Client::without_tls().send(Method::GET, &url, [], Bytes::new()).await.unwrap().ok().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn configure(folder: &Path, [agents, store]: [u16; 2], level: &str, environments: &str) {
    let here = folder.display();
    let text = format!(
        "certname = 'localhost'\nconfdir = '{here}/conf'\ndata-dir = '{here}/data'\n\
         [listen]\naddress = '127.0.0.1:{agents}'\n[code]\nenvironmentpath = ['{here}/{environments}']\n\
         [puppetdb]\nlisten = ''\nhttp-listen = '127.0.0.1:{store}'\n[ca]\nkey-type = 'ec'\n[log]\nlevel = '{level}'\n"
    );
    std::fs::write(folder.join("bunraku.toml"), text).unwrap();
}

async fn until<T>(server: &Server, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < end, "{}", server.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_changed_log_level_counts_and_a_mistake_changes_nothing() {
    let server = Server::start();
    let (folder, ports) = (server.folder.path(), server.ports);
    let queries = |log: &str| log.matches("query answered").count();
    let first = until(&server, async || server.environments().await).await;
    assert!(first.contains("production") && !first.contains("other"), "{first}");
    server.query().await;
    assert_eq!(queries(&server.log()), 0, "{}", server.log());

    configure(folder, ports, "debug", "one");
    server.hang_up();
    until(&server, async || {
        server.query().await;
        (queries(&server.log()) > 0).then_some(())
    })
    .await;

    // A word that is no level would be taken for the name of a part, and all others would be silent.
    for (wrong, times) in [("loud", 1), ("info,=", 2)] {
        configure(folder, ports, wrong, "two");
        server.hang_up();
        until(&server, async || {
            (server.log().matches("the configuration was not read again").count() == times).then_some(())
        })
        .await;
        assert!(server.log().contains("neither a level nor a filter"), "{}", server.log());
        assert_eq!(server.environments().await.unwrap(), first, "{wrong}");
    }
    let before = queries(&server.log());
    until(&server, async || {
        server.query().await;
        (queries(&server.log()) > before).then_some(())
    })
    .await;

    configure(folder, ports, "warn", "two");
    server.hang_up();
    let last = until(&server, async || {
        server.environments().await.filter(|environments| environments.contains("other"))
    })
    .await;
    assert!(last.contains("production"));
    // The level is exchanged after the rest.
    until(&server, async || {
        let before = queries(&server.log());
        server.query().await;
        (queries(&server.log()) == before).then_some(())
    })
    .await;
}

#[test]
fn a_server_does_not_start_with_a_level_that_is_none() {
    let folder = tempfile::tempdir().unwrap();
    configure(folder.path(), [1, 2], "loud", "one");
    let output = Command::new(env!("CARGO_BIN_EXE_bunraku"))
        .arg("--config")
        .arg(folder.path().join("bunraku.toml"))
        .arg("server")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("log.level: `loud`"), "{said}");
}
