//! The real `puppet agent`, with folders of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A stock agent on this machine.
pub struct StockAgent {
    program: PathBuf,
    folder: tempfile::TempDir,
    certname: String,
    port: u16,
}

/// What a run printed and how it ended.
#[derive(Clone, Debug)]
pub struct Run {
    /// Exit code: with `--test`, 0 no change, 2 changes, 4 failures, 6 both, 1 no run.
    pub code: i32,
    /// Standard output and error, without colours.
    pub output: String,
}

impl Run {
    /// True if the output holds the text.
    pub fn says(&self, text: &str) -> bool {
        self.output.contains(text)
    }
}

impl StockAgent {
    /// The agent, if Debian's `puppet-agent` is installed (see [`crate::peers`]).
    pub fn find(certname: &str, port: u16) -> Option<StockAgent> {
        let program = crate::peers::find("/usr/bin/puppet", "the life of a stock agent")?;
        let folder = tempfile::Builder::new().prefix("bunraku-agent-").tempdir().unwrap();
        Some(StockAgent { program, folder, certname: certname.into(), port })
    }

    /// Port of the server.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The server listens on another port now.
    pub fn set_port(&mut self, port: u16) {
        self.port = port;
    }

    /// A file under its `ssldir`, such as `certs` and `private_keys`.
    pub fn ssl_file(&self, folder: &str) -> PathBuf {
        self.folder.path().join("conf/ssl").join(folder).join(format!("{}.pem", self.certname))
    }

    /// Its folder; `conf/ssl` and `var` are inside.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// [`StockAgent::run`] where it holds up nobody.
    pub async fn run_apart(self, arguments: &'static [&'static str]) -> (StockAgent, Run) {
        let running = tokio::task::spawn_blocking(move || {
            let run = self.run(arguments);
            (self, run)
        });
        running.await.unwrap()
    }

    /// One run of `puppet agent --test`. Blocks: call it outside async code.
    pub fn run(&self, arguments: &[&str]) -> Run {
        let folder = self.folder.path();
        let under = |name: &str| folder.join(name).display().to_string();
        let output = Command::new(&self.program)
            .args(["agent", "--test", "--color", "false", "--server", "localhost"])
            .args(["--serverport", &self.port.to_string(), "--certname", &self.certname])
            .args(["--confdir", &under("conf"), "--vardir", &under("var"), "--rundir", &under("run")])
            .args([
                "--logdir",
                &under("log"),
                "--ssldir",
                &under("conf/ssl"),
                "--publicdir",
                &under("public"),
            ])
            .args(arguments)
            .env("LC_ALL", "C.UTF-8")
            .env_remove("http_proxy")
            .env_remove("https_proxy")
            .output()
            .unwrap();
        let text = [output.stdout, output.stderr].concat();
        Run { code: output.status.code().unwrap_or(-1), output: String::from_utf8_lossy(&text).into_owned() }
    }
}
