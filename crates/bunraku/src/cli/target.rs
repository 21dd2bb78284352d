//! The store that a command is about: this machine's, opened beside a server that may run, or one that listens, ours or PuppetDB's.

use anyhow::{Context as _, anyhow, bail};
use api::Pdb as _;
use pdb::Store;
use rest::{Bytes, Client, Method};
use serde_json::Value;

use super::identity;
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
        if let Some(api) = self.api(site)? {
            return api.post("/pdb/query/v4", &serde_json::json!({ "query": query })).await;
        }
        let text = Target::own(site).await?.query(query).await?;
        Ok(serde_json::from_slice(&text)?)
    }

    /// The store at the address given, if one is.
    pub(super) fn api(&self, site: &Site) -> anyhow::Result<Option<Api>> {
        self.url.as_deref().map(|url| Api::at(url, site)).transpose()
    }

    /// This machine's store, as [`Target::query`] has it.
    pub(super) async fn own(site: &Site) -> anyhow::Result<Store> {
        store::required(site).await.context("could not open the store of this machine (--url names another)")
    }
}

impl Api {
    fn at(url: &str, site: &Site) -> anyhow::Result<Api> {
        let base = url.trim_end_matches('/').to_owned();
        let client = if base.starts_with("http://") {
            Client::without_tls()
        } else if base.starts_with("https://") {
            Client::new(&identity::tls(site, |name, path| {
                format!("could not read {name} at {}", path.display())
            })?)
        } else {
            bail!("'{base}' is not the address of a store, such as https://puppetdb.example.com:8081");
        };
        Ok(Api { client, base })
    }

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
        let answer =
            self.client.send(method, &url, headers, body).await.context("the store does not answer")?;
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
