//! Commands from several clients at once, until the server has processed all.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::bail;
use rest::{Client, HeaderName, HeaderValue, Method, header};
use serde_json::Value;

use crate::fleet::{Document, Fleet};
use crate::servers::Server;

/// Clients that send at once.
const CLIENTS: usize = 4;
/// Commands that may wait at the server; then clients hold on.
const WAITING_MAX: usize = 2_000;
/// How often the queue is looked at.
const LOOK: Duration = Duration::from_millis(200);

/// What a round of commands cost.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    /// Commands.
    pub commands: usize,
    /// Processor seconds of the server and its database.
    pub cpu: f64,
    /// The database's part of these.
    pub database: f64,
    /// Seconds until all were processed.
    pub seconds: f64,
}

impl Cost {
    /// Commands for a second of a processor.
    pub fn per_cpu(&self) -> f64 {
        self.commands as f64 / self.cpu.max(0.01)
    }

    /// Commands for a second.
    pub fn per_second(&self) -> f64 {
        self.commands as f64 / self.seconds.max(0.001)
    }
}

/// Every node runs once.
pub async fn round(server: &mut Server, fleet: &Arc<Fleet>, run: usize) -> anyhow::Result<Cost> {
    let (cpu, database, started) = (server.cpu(), server.database_cpu(), Instant::now());
    let next = Arc::new(AtomicUsize::new(0));
    let hold = Arc::new(AtomicBool::new(false));
    let mut clients = tokio::task::JoinSet::new();
    for _ in 0..CLIENTS {
        let (fleet, next, hold, url) = (fleet.clone(), next.clone(), hold.clone(), server.url.clone());
        clients.spawn(async move {
            let client = Client::without_tls();
            loop {
                let node = next.fetch_add(1, Ordering::Relaxed);
                if node >= fleet.nodes {
                    return anyhow::Ok(());
                }
                while hold.load(Ordering::Relaxed) {
                    tokio::time::sleep(LOOK / 4).await;
                }
                for document in fleet.documents(node, run)? {
                    send(&client, &url, document).await?;
                }
            }
        });
    }
    let client = Client::without_tls();
    let mut said = Instant::now();
    let mut empty = 0;
    while empty < 2 {
        tokio::time::sleep(LOOK).await;
        server.must_run()?;
        let waiting = depth(&client, &server.url).await?;
        hold.store(waiting > WAITING_MAX, Ordering::Relaxed);
        while let Some(ended) = clients.try_join_next() {
            ended??;
        }
        let is_done = clients.is_empty() && waiting == 0;
        empty = if is_done { empty + 1 } else { 0 };
        if said.elapsed() > Duration::from_secs(30) {
            said = Instant::now();
            let sent = next.load(Ordering::Relaxed).min(fleet.nodes);
            let done = (sent * 3).saturating_sub(waiting) as f64;
            eprintln!(
                "  {sent} of {} nodes, {waiting} commands wait, {:.0} a CPU second, {:.0} MiB",
                fleet.nodes,
                done / (server.cpu() - cpu).max(0.01),
                server.memory_peak()
            );
        }
    }
    Ok(Cost {
        commands: fleet.nodes * 3,
        cpu: server.cpu() - cpu,
        database: server.database_cpu() - database,
        seconds: started.elapsed().as_secs_f64(),
    })
}

async fn send(client: &Client, url: &str, document: Document) -> anyhow::Result<()> {
    let url = format!(
        "{url}/pdb/cmd/v1?command={}&version={}&certname={}&producer-timestamp={}",
        document.command, document.version, document.certname, document.time
    );
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::ACCEPT, HeaderValue::from_static("application/json")),
        (header::CONTENT_ENCODING, HeaderValue::from_static("gzip")),
        (HeaderName::from_static("x-uncompressed-length"), HeaderValue::from(document.bytes)),
    ];
    let answer = client.send(Method::POST, &url, headers, document.body).await?;
    if answer.status != 200 {
        bail!("{} for {}: {:.500}", answer.status, document.command, answer.text());
    }
    Ok(())
}

async fn depth(client: &Client, url: &str) -> anyhow::Result<usize> {
    let status: Value = client.get_json(&format!("{url}/status/v1/services/puppetdb-status")).await?;
    let letters = status["status"]["dead_letters"]["count"].as_u64().unwrap_or_default();
    if letters > 0 {
        bail!("the server set commands aside: {}", status["status"]["dead_letters"]);
    }
    match status["status"]["queue_depth"].as_u64() {
        Some(depth) => Ok(depth as usize),
        None => bail!("the status has no queue_depth: {status}"),
    }
}
