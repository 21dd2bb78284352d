//! What stands around every catalog, alone: TLS, HTTP, the form and the facts in it, and an answer of a catalog's size.
//!
//! A process of its own, so that its processor time can be set beside that of answers with kept catalogs.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use anyhow::Context as _;
use rest::service::BoxFuture;
use rest::{
    Bytes, Metrics, Problem, Request, Response, Revocation, ServerTls, Service, StatusCode, TlsMaterial,
};
use wire::facts::{Facts, FactsFormat};

use crate::site::Site;
use acceptance::process::{Process, free_port};

/// The argument that makes this program the decoder: port, certificate, key, authority, lists, file with the answer.
pub const ARGUMENT: &str = "--decoder";

/// Starts it; every answer is `answer`.
pub fn start(root: &Path, site: &Site, answer: &[u8]) -> anyhow::Result<(Process, String)> {
    let (port, file) = (free_port(), root.join("answer"));
    std::fs::write(&file, answer)?;
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(ARGUMENT).arg(port.to_string());
    let identity = &site.identity;
    command.args([&identity.certificate, &identity.key, &identity.authority, &identity.lists, &file]);
    let process = Process::start("the decoder", &mut command, &root.join("decoder.out"))?;
    Ok((process, format!("https://localhost:{port}")))
}

/// Serves until it is killed.
pub fn serve(arguments: &[String]) -> anyhow::Result<()> {
    let [port, certificate, key, authority, lists, answer] = arguments else {
        anyhow::bail!("{ARGUMENT} is for this program itself");
    };
    let read = |path: &String| std::fs::read(path).with_context(|| path.clone());
    let (chain, key, authorities, revocation_lists) =
        (read(certificate)?, read(key)?, read(authority)?, read(lists)?);
    let tls = ServerTls::new(&TlsMaterial {
        chain: &chain,
        key: &key,
        authorities: &authorities,
        revocation_lists: &revocation_lists,
        revocation: Revocation::Chain,
    })?;
    let service = Arc::new(Decoder { answer: read(answer)?.into() });
    let address = format!("127.0.0.1:{port}").parse()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let limits = rest::Limits::default();
        let _listening = rest::listen(address, tls, service, limits, Arc::new(Metrics::default())).await?;
        std::future::pending::<anyhow::Result<()>>().await
    })
}

struct Decoder {
    answer: Bytes,
}

impl Decoder {
    async fn answer(&self, mut request: Request) -> Result<Response, Problem> {
        request.body.set_limit(64 * 1024 * 1024);
        let mut params = request.params().await?;
        let facts = params.take("facts").unwrap_or_default();
        let limits = wire::json::Limits::default();
        let facts = Facts::from_form_field(facts.as_bytes(), FactsFormat::Json, &limits)
            .map_err(|error| Problem::bad_request(error.to_string()))?;
        std::hint::black_box(&facts);
        Ok(Response::bytes(StatusCode::OK, "application/vnd.puppet.rich+json", self.answer.clone()))
    }
}

impl Service for Decoder {
    fn call(&self, request: Request) -> BoxFuture<'_, Response> {
        Box::pin(async move { self.answer(request).await.unwrap_or_else(Response::from) })
    }
}
