//! The authority over HTTPS, with the server's own certificate.

use std::future::Future;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};
use rest::{Bytes, Client, HeaderValue, Method, StatusCode, header};
use serde_json::Value;

use crate::cli::identity;
use crate::config::Site;

/// Runs an action that talks to the server; failures have the words of `puppetserver ca`.
pub(super) fn block_on(action: impl Future<Output = anyhow::Result<ExitCode>>) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(action)
}

/// The authority's endpoints.
pub(super) struct Api {
    client: Client,
    base: String,
}

/// An answer, whatever its status.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: String,
}

impl Api {
    /// The authority that this machine's configuration names.
    pub(super) fn new(site: &Site) -> anyhow::Result<Api> {
        let tls =
            identity::tls(site, |name, path| format!("Could not find '{name}' at '{}'", path.display()))?;
        let json = HeaderValue::from_static("application/json");
        let mut client = Client::new(&tls)
            .with_header(header::USER_AGENT, HeaderValue::from_static("PuppetserverCaCli"))
            .with_header(header::CONTENT_TYPE, json.clone())
            .with_header(header::ACCEPT, json);
        if let Some(token) = token() {
            client = client.with_header(header::HeaderName::from_static("x-authentication"), token);
        }
        Ok(Api { client, base: base(site) })
    }

    /// Asks; every answer is one, only a missing one is an error.
    pub(super) async fn ask(
        &self,
        method: Method,
        path: &str,
        body: impl Into<Bytes>,
    ) -> anyhow::Result<Answer> {
        self.send(method, path, body, None).await
    }

    /// The same with a body that is no JSON.
    pub(super) async fn send(
        &self,
        method: Method,
        path: &str,
        body: impl Into<Bytes>,
        content_type: Option<&'static str>,
    ) -> anyhow::Result<Answer> {
        let url = format!("{}{path}", self.base);
        let headers = content_type.map(|name| (header::CONTENT_TYPE, HeaderValue::from_static(name)));
        let answer = self.client.send(method, &url, headers, body.into()).await;
        let answer = answer.map_err(|error| anyhow!("Failed connecting to {url}\n  Root cause: {error}"))?;
        Ok(Answer { status: answer.status, body: answer.text() })
    }

    /// Statuses of all certificates and requests, or of the pending ones only.
    pub(super) async fn statuses(&self, pending_only: bool) -> anyhow::Result<Result<Vec<Value>, Answer>> {
        let query = if pending_only { "?state=requested" } else { "" };
        let path = format!("/puppet-ca/v1/certificate_statuses/any_key{query}");
        let answer = self.ask(Method::GET, &path, Bytes::new()).await?;
        if answer.status != StatusCode::OK {
            return Ok(Err(answer));
        }
        Ok(Ok(serde_json::from_str(&answer.body).context("the server's answer is not the list expected")?))
    }

    /// Whether the server signs many requests at once (Puppet Server 8.4).
    pub(super) async fn signs_in_bulk(&self) -> anyhow::Result<bool> {
        let answer = self.ask(Method::GET, "/status/v1/services", Bytes::new()).await?;
        let services: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        let version = services["ca"]["service_version"].as_str().unwrap_or_default();
        let mut numbers = version.split('.').map(|number| number.parse::<u32>().unwrap_or(0));
        let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
        Ok(answer.status == StatusCode::OK && version >= (8, 4))
    }
}

/// The path of a certname's document.
pub(super) fn path(resource: &str, certname: &str) -> String {
    format!("/puppet-ca/v1/{resource}/{}", rest::path::percent_encode(certname))
}

/// Where the authority listens: as Puppet's settings say, or else this machine's own server.
fn base(site: &Site) -> String {
    let named = |names: &[&str]| names.iter().find_map(|name| site.puppet.configured(name));
    let host = named(&["ca_server", "server"]).unwrap_or_else(|| site.certname.clone());
    let own_port = || site.config.listen.address.rsplit(':').next().unwrap_or("8140").to_owned();
    let port = named(&["ca_port", "serverport", "masterport"]).unwrap_or_else(own_port);
    format!("https://{host}:{port}")
}

fn token() -> Option<HeaderValue> {
    let home = std::env::var_os("HOME")?;
    let token = std::fs::read_to_string(Path::new(&home).join(".puppetlabs/token")).ok()?;
    let mut value = HeaderValue::from_str(token.trim()).ok()?;
    value.set_sensitive(true);
    Some(value)
}
