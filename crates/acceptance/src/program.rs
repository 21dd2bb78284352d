//! Ours as a program with a store in a folder: what it logs and what memory it takes is its own, and nothing else's.

use std::path::Path;
use std::process::Command;

use anyhow::bail;
use rest::{Bytes, Client, Method};

use crate::process::{Process, free_port};

/// A server that runs as a program. It ends with the value.
pub struct Program {
    /// The process.
    pub process: Process,
    /// `http://127.0.0.1:PORT` of the store's listener for this machine.
    pub url: String,
}

impl Program {
    /// Starts it over a folder, new or left behind by another one, and waits until it answers. `puppetdb` are lines of that section
    /// of `bunraku.toml`.
    ///
    /// # Errors
    /// It does not start; the error has what it printed.
    pub async fn start(program: &Path, folder: &Path, puppetdb: &str) -> anyhow::Result<Program> {
        let port = free_port();
        let here = folder.display();
        std::fs::create_dir_all(folder.join("conf"))?;
        std::fs::create_dir_all(folder.join("environments/production"))?;
        std::fs::write(folder.join("conf/puppet.conf"), "[main]\ndns_alt_names = localhost\n")?;
        let toml = format!(
            "certname = 'store.example.com'\nconfdir = '{here}/conf'\ndata-dir = '{here}/data'\n\
             [listen]\naddress = '127.0.0.1:0'\n[code]\nenvironmentpath = ['{here}/environments']\n\
             [puppetdb]\nlisten = ''\nhttp-listen = '127.0.0.1:{port}'\n{puppetdb}\n\
             [ca]\ndir = '{here}/ca'\nkey-type = 'ec'\n"
        );
        let config = folder.join("conf/bunraku.toml");
        std::fs::write(&config, toml)?;
        let mut command = Command::new(program);
        command.arg("server").arg("--config").arg(config);
        let mut process = Process::start("bunraku", &mut command, &folder.join("out"))?;
        let url = format!("http://127.0.0.1:{port}");
        let simple = format!("{url}/status/v1/simple");
        let client = Client::without_tls();
        let answers = async || {
            let answer = client.send(Method::GET, &simple, [], Bytes::new()).await;
            answer.is_ok_and(|answer| answer.status == 200)
        };
        process.until("answer", answers).await?;
        Ok(Program { process, url })
    }

    /// A query's answer as it comes.
    ///
    /// # Errors
    /// There is none, or it is not 200.
    pub async fn get(&self, path: &str) -> anyhow::Result<String> {
        let url = format!("{}{path}", self.url);
        let answer = Client::without_tls().send(Method::GET, &url, [], Bytes::new()).await?;
        if answer.status != 200 {
            bail!("{path}: {} {}", answer.status, answer.text());
        }
        Ok(answer.text())
    }
}
