//! Our server in a scratch folder, as a process of its own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use acceptance::agent::Agent;
use anyhow::{Context as _, bail};
use rest::{Bytes, Client, ClientTls, Method};

use acceptance::process::{Process, free_port};
use acceptance::puppetserver::Identity;

/// The site both servers share: code, and an authority with a certificate for `localhost`.
pub struct Site {
    root: PathBuf,
    /// Where the environments are.
    pub environmentpath: PathBuf,
    /// Who both servers are.
    pub identity: Identity,
}

impl Site {
    /// Lays a site out.
    pub fn new(root: &Path, environmentpath: PathBuf) -> anyhow::Result<Site> {
        let ssl = root.join("bunraku/ssl");
        std::fs::create_dir_all(&ssl)?;
        let certname = "primary.example.com".to_owned();
        let puppet_conf =
            "[main]\ndns_alt_names = localhost, primary.example.com, IP:127.0.0.1\nstrict_variables = true\n";
        std::fs::write(root.join("bunraku/puppet.conf"), puppet_conf)?;
        Ok(Site { root: root.to_owned(), environmentpath, identity: Identity::in_ssldir(&ssl, &certname) })
    }

    /// Starts our server; catalogs are kept in so many bytes. It may not listen yet.
    pub fn start(&self, memo_bytes: u64) -> anyhow::Result<(Process, String)> {
        let (process, url, _) = self.start_with_store(memo_bytes)?;
        Ok((process, url))
    }

    /// The same with the address of its store, where Puppet Server's terminus finds PuppetDB's commands.
    pub fn start_with_store(&self, memo_bytes: u64) -> anyhow::Result<(Process, String, String)> {
        let (root, port, store) = (self.root.display(), free_port(), free_port());
        let toml = format!(
            "certname = '{}'\nconfdir = '{root}/bunraku'\ndata-dir = '{root}/data'\n\
             [listen]\naddress = '127.0.0.1:{port}'\n\
             [code]\nenvironmentpath = ['{}']\nbasemodulepath = ['{root}/modules']\n\
             [compile]\nmemo-bytes = {memo_bytes}\nmemo-verify-every = 0\n\
             [puppetdb]\nlisten = '127.0.0.1:{store}'\n\
             [ca]\ndir = '{root}/ca'\nautosign = 'true'\nkey-type = 'ec'\n",
            self.identity.certname,
            self.environmentpath.display(),
        );
        let config = self.root.join("bunraku/bunraku.toml");
        std::fs::write(&config, toml)?;
        let mut command = Command::new(std::env::current_exe()?);
        std::os::unix::process::CommandExt::arg0(&mut command, "bunraku");
        command.arg("server").arg("--config").arg(config);
        let process = Process::start("bunraku", &mut command, &self.root.join("bunraku/out"))?;
        Ok((process, format!("https://localhost:{port}"), format!("https://localhost:{store}")))
    }

    /// Waits until a server answers.
    pub async fn wait(&self, process: &mut Process, url: &str) -> anyhow::Result<()> {
        let end = Instant::now() + Duration::from_secs(300);
        while Instant::now() < end {
            process.must_run()?;
            if let Ok(authority) = std::fs::read(&self.identity.authority)
                && let Ok(tls) = ClientTls::anonymous(&authority, b"")
            {
                let answer = Client::new(&tls)
                    .send(Method::GET, &format!("{url}/status/v1/simple"), [], Bytes::new())
                    .await;
                if answer.is_ok_and(|answer| answer.status == 200) {
                    return Ok(());
                }
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        bail!("{url} does not answer");
    }

    /// An agent with a certificate of the authority.
    pub async fn enrol(&self, url: &str, certname: &str) -> anyhow::Result<Agent> {
        let authority = std::fs::read(&self.identity.authority).context("the authority's certificate")?;
        Ok(Agent::enrolled(url, &authority, certname).await)
    }
}
