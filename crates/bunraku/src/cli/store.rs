//! The store of facts, catalogs and reports over HTTP: PuppetDB's interface, ours or a real one.

use anyhow::{Context as _, anyhow, bail};
use api::Pdb as _;
use rest::{Bytes, Client, ClientTls, Method, Revocation, TlsMaterial};
use serde_json::Value;

use crate::config::Site;
use crate::serve::store;

/// Where the store listens.
#[derive(clap::Args, Clone, Debug)]
pub(super) struct Target {
    /// Address of the store: https with this machine's certificate, or http
    #[arg(long, value_name = "URL", env = "BUNRAKU_PDB_URL", hide_env = true)]
    url: Option<String>,
}

/// The endpoints of a store.
pub(super) struct Api {
    client: Client,
    base: String,
}

impl Target {
    /// The rows of a query that names its entity, from the store at the address given; without one from this machine's, which needs
    /// no server that runs.
    pub(super) async fn query(&self, site: &Site, query: &Value) -> anyhow::Result<Value> {
        if self.url.is_some() {
            let document = serde_json::json!({ "query": query });
            return self.open(site)?.post("/pdb/query/v4", &document).await;
        }
        let text = store::required(site)
            .await
            .context("could not ask the store of this machine (--url names another)")?
            .query(query)
            .await?;
        Ok(serde_json::from_slice(&text)?)
    }

    /// The store at the address given; else at the first of `server_urls` in puppetdb.conf; else this machine's.
    pub(super) fn open(&self, site: &Site) -> anyhow::Result<Api> {
        let url = self.url.clone().or_else(|| configured(site)).unwrap_or_else(|| own(site));
        let base = url.trim_end_matches('/').to_owned();
        let client = if base.starts_with("http://") {
            Client::without_tls()
        } else if base.starts_with("https://") {
            Client::new(&tls(site)?)
        } else {
            bail!("'{base}' is not the address of a store, such as https://puppetdb.example.com:8081");
        };
        Ok(Api { client, base })
    }
}

/// The first of `server_urls` in the section `main` of puppetdb.conf.
fn configured(site: &Site) -> Option<String> {
    let file = std::fs::read_to_string(site.path("confdir").join("puppetdb.conf")).ok()?;
    let mut section = String::new();
    for line in file.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = name.trim().to_owned();
        } else if section == "main"
            && let Some((key, value)) = line.split_once('=')
            && key.trim() == "server_urls"
        {
            return value.split(',').next().map(|url| url.trim().to_owned()).filter(|url| !url.is_empty());
        }
    }
    None
}

/// The store that a server with this configuration has.
fn own(site: &Site) -> String {
    let config = &site.config.puppetdb;
    if !config.http_listen.is_empty() {
        return format!("http://{}", config.http_listen);
    }
    let port = config.listen.rsplit_once(':').map_or("8081", |(_, port)| port);
    format!("https://{}:{port}", site.certname)
}

fn tls(site: &Site) -> anyhow::Result<ClientTls> {
    let read = |name: &'static str| -> anyhow::Result<Vec<u8>> {
        let path = site.path(name);
        std::fs::read(&path).with_context(|| format!("could not read {name} at {}", path.display()))
    };
    let revocation = match site.puppet.get("certificate_revocation").as_deref() {
        Some("false") => Revocation::Off,
        Some("leaf") => Revocation::Leaf,
        _ => Revocation::Chain,
    };
    let lists = match revocation {
        Revocation::Off => Vec::new(),
        _ => read("hostcrl")?,
    };
    Ok(ClientTls::new(&TlsMaterial {
        chain: &read("hostcert")?,
        key: &read("hostprivkey")?,
        authorities: &read("localcacert")?,
        revocation_lists: &lists,
        revocation,
    })?)
}

impl Api {
    /// Sends a document and gives the one that comes back.
    pub(super) async fn post(&self, path: &str, document: &Value) -> anyhow::Result<Value> {
        self.send(Method::POST, path, Some(document)).await
    }

    async fn send(&self, method: Method, path: &str, document: Option<&Value>) -> anyhow::Result<Value> {
        let url = format!("{}{path}", self.base);
        let json = rest::HeaderValue::from_static("application/json");
        let mut headers = vec![(rest::header::ACCEPT, json.clone())];
        if document.is_some() {
            headers.push((rest::header::CONTENT_TYPE, json));
        }
        let body = document.map(|document| Bytes::from(document.to_string())).unwrap_or_default();
        let answer = self.client.send(method, &url, headers, body).await.context(
            "the store does not answer; its server must run and listen for clients (puppetdb.listen or puppetdb.http-listen), or --url names another",
        )?;
        if answer.status.as_u16() >= 400 {
            let text = answer.text();
            let document: Option<Value> = serde_json::from_str(&text).ok();
            let said = document.as_ref().and_then(|document| {
                ["error", "msg", "message"].iter().find_map(|key| document.get(key)?.as_str())
            });
            // What is wrong with a query is a text of several lines, with an arrow at the place.
            return Err(anyhow!("{}", said.unwrap_or(&text)));
        }
        serde_json::from_slice(&answer.body).with_context(|| format!("the answer of {url} is not JSON"))
    }
}
