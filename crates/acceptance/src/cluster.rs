//! A primary server in a scratch folder, on a free port, in this process.

use std::path::{Path, PathBuf};

use bunraku::config::{Config, Site};
use bunraku::serve::primary::{self, Primary};

use pki::{AltName, CsrBuilder, Extension, KeyKind, KeyPair};
use rest::{Client, ClientTls, HeaderValue, Method, Revocation, TlsMaterial, header};

use crate::examples;
use crate::process::free_port;
use crate::puppetserver::Identity;

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
             [listen]\naddress = '127.0.0.1:{port}'\n\
             [puppetdb]\nlisten = '127.0.0.1:{tls}'\nhttp-listen = '127.0.0.1:{plain}'\n{puppetdb}\n\
             [code]\nenvironmentpath = ['{environments}']\nbasemodulepath = {modules:?}\n\
             [ca]\ndir = '{cadir}'\nautosign = '{autosign}'\nkey-type = 'ec'\n{more}\n",
            root = root.display(),
            // One that is away for a while must find its ports again.
            port = free_port(),
            tls = free_port(),
            plain = free_port(),
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

    /// A client with this machine's certificate, which may do what only the primary itself may.
    pub fn own_client(&self) -> Client {
        let material = TlsMaterial {
            chain: &std::fs::read(self.site.path("hostcert")).unwrap(),
            key: &std::fs::read(self.site.path("hostprivkey")).unwrap(),
            authorities: &self.authority(),
            revocation_lists: b"",
            revocation: Revocation::Off,
        };
        Client::new(&ClientTls::new(&material).unwrap())
    }

    /// The configuration file, for the program `bunraku`.
    pub fn config(&self) -> PathBuf {
        self.root().join("server/bunraku.toml")
    }

    /// `http://127.0.0.1:PORT` of the store's listener for this machine.
    pub fn store_url(&self) -> String {
        let (_, plain) = self.primary().puppetdb_addresses();
        format!("http://{}", plain.expect("every cluster has one"))
    }

    /// The rows of a query, PQL or AST, asked as any client asks.
    pub async fn rows(&self, query: impl Into<serde_json::Value>) -> Vec<serde_json::Value> {
        let document = serde_json::json!({ "query": query.into() }).to_string();
        let json = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        let url = format!("{}/pdb/query/v4", self.store_url());
        let answer = Client::without_tls().send(Method::POST, &url, json, document.into()).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json().unwrap()
    }

    /// A certificate of this authority that is good for `localhost`, too, with its key, in a folder. Needs
    /// `allow-subject-alt-names = true` and a cluster that signs every request.
    pub fn issue(&self, certname: &str, folder: &Path) -> Identity {
        let names = [AltName::Dns(certname.into()), AltName::Dns("localhost".into())];
        // Some programs know no other keys.
        let key = KeyPair::generate(KeyKind::Rsa2048).unwrap();
        let names = Extension::subject_alt_name(&names).unwrap();
        let request = CsrBuilder::new(certname).unwrap().extension(names).sign(&key).unwrap();
        let authority = self.primary().authority();
        authority.submit(certname, request.to_pem().as_bytes(), "a test").unwrap();
        let certificate = authority.issued(certname).unwrap().expect("every request is signed");
        let identity = Identity {
            certname: certname.into(),
            certificate: folder.join(format!("{certname}.pem")),
            key: folder.join(format!("{certname}.key")),
            authority: self.site.path("cacert"),
            lists: self.site.path("cacrl"),
        };
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(&identity.certificate, certificate.to_pem()).unwrap();
        std::fs::write(&identity.key, key.to_pem().unwrap().as_bytes()).unwrap();
        identity
    }

    /// Stops the primary and starts it again with the same state.
    pub async fn restart(&mut self) {
        if let Some(primary) = self.primary.take() {
            primary.stop().await;
        }
        self.primary = Some(primary::start(&self.site).await.unwrap());
    }

    /// Stops the primary, which comes back at the same addresses with [`Cluster::up`].
    pub async fn down(&mut self) {
        let Some(primary) = self.primary.take() else { return };
        self.site.config.listen.address = primary.address().to_string();
        let (tls, plain) = primary.puppetdb_addresses();
        self.site.config.puppetdb.listen = tls.map(|at| at.to_string()).unwrap_or_default();
        self.site.config.puppetdb.http_listen = plain.map(|at| at.to_string()).unwrap_or_default();
        primary.stop().await;
    }

    /// Starts the primary again.
    pub async fn up(&mut self) {
        self.primary = Some(primary::start(&self.site).await.unwrap());
    }

    /// Stops the primary in order.
    pub async fn stop(mut self) {
        if let Some(primary) = self.primary.take() {
            primary.stop().await;
        }
    }
}
