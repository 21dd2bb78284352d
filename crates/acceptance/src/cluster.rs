//! A primary server in a scratch folder, on a free port, in this process.

use std::path::{Path, PathBuf};

use bunraku::config::{Config, Site};
use bunraku::serve::primary::{self, Primary};

use crate::examples;

/// A running primary with its folder. Stopped and removed when dropped.
pub struct Cluster {
    primary: Option<Primary>,
    site: Site,
    scratch: tempfile::TempDir,
}

/// How a cluster differs from the usual one.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The setting `autosign`; every request is signed without it.
    pub autosign: Option<String>,
    /// More lines of `bunraku.toml`, which go on in the section `[ca]`.
    pub toml: String,
    /// More lines of `bunraku.toml` in the section `[puppetdb]`.
    pub puppetdb: String,
    /// More lines of `puppet.conf`, in the section `[main]`.
    pub puppet_conf: String,
    /// Directories of modules for all environments.
    pub basemodulepath: Vec<PathBuf>,
    /// A directory that becomes the authority instead of a new one.
    pub cadir: Option<PathBuf>,
}

impl Cluster {
    /// Starts a primary with the example control repository.
    pub async fn start() -> Cluster {
        Cluster::start_with(Options::default()).await
    }

    /// Starts a primary with the example control repository and some differences.
    pub async fn start_with(options: Options) -> Cluster {
        let scratch = tempfile::Builder::new().prefix("bunraku-test-").tempdir().unwrap();
        let root = scratch.path();
        std::fs::create_dir(root.join("server")).unwrap();
        let names = "dns_alt_names = localhost, primary.example.com, IP:127.0.0.1";
        let puppet_conf = format!("[main]\n{names}\n{}\n", options.puppet_conf);
        std::fs::write(root.join("server/puppet.conf"), puppet_conf).unwrap();
        let mut modules = vec![root.join("modules")];
        modules.extend(options.basemodulepath.iter().cloned());
        let toml = format!(
            "certname = 'primary.example.com'\nconfdir = '{root}/server'\ndata-dir = '{root}/data'\n\
             [listen]\naddress = '127.0.0.1:0'\n\
             [puppetdb]\nlisten = '127.0.0.1:0'\nhttp-listen = '127.0.0.1:0'\n{puppetdb}\n\
             [code]\nenvironmentpath = ['{environments}']\nbasemodulepath = {modules:?}\n\
             [ca]\ndir = '{cadir}'\nautosign = '{autosign}'\nkey-type = 'ec'\n{more}\n",
            root = root.display(),
            environments = examples::environmentpath(root).display(),
            cadir = options.cadir.clone().unwrap_or_else(|| root.join("ca")).display(),
            autosign = options.autosign.as_deref().unwrap_or("true"),
            puppetdb = options.puppetdb,
            more = options.toml,
        );
        std::fs::write(root.join("server/bunraku.toml"), &toml).unwrap();
        let site = Site::from_config(Config::parse(&toml).unwrap()).unwrap();
        let primary = primary::start(&site).await.unwrap();
        Cluster { primary: Some(primary), site, scratch }
    }

    /// The scratch folder.
    pub fn root(&self) -> &Path {
        self.scratch.path()
    }

    /// The configuration in force.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// Folder of an environment.
    pub fn environment(&self, name: &str) -> PathBuf {
        self.root().join("environments").join(name)
    }

    /// The running primary.
    pub fn primary(&self) -> &Primary {
        self.primary.as_ref().expect("the primary runs until the cluster is stopped")
    }

    /// Port of the listener.
    pub fn port(&self) -> u16 {
        self.primary().address().port()
    }

    /// `https://localhost:PORT`
    pub fn url(&self) -> String {
        format!("https://localhost:{}", self.port())
    }

    /// PEM of the authority's certificates.
    pub fn authority(&self) -> Vec<u8> {
        std::fs::read(self.site.path("cacert")).unwrap()
    }

    /// Stops the primary and starts it again on another port, with the same state.
    pub async fn restart(&mut self) {
        if let Some(primary) = self.primary.take() {
            primary.stop().await;
        }
        self.primary = Some(primary::start(&self.site).await.unwrap());
    }

    /// Stops the primary in order.
    pub async fn stop(mut self) {
        if let Some(primary) = self.primary.take() {
            primary.stop().await;
        }
    }
}
