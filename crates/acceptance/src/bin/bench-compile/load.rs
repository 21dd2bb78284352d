//! Requests for catalogs, one after another or from several clients at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use acceptance::agent::{Agent, catalog_form};
use anyhow::{Context as _, bail};
use rest::Method;

use crate::workload::Node;
use acceptance::process::Process;

/// A node's agent, with the request it sends.
pub struct Sender {
    agent: Agent,
    path: String,
    form: Vec<u8>,
}

/// What requests cost.
#[derive(Clone, Debug, Default)]
pub struct Cost {
    /// Processor seconds of the server for a request.
    pub cpu: f64,
    /// Seconds of each answer, sorted.
    pub seconds: Vec<f64>,
    /// Answers a second.
    pub rate: f64,
}

impl Cost {
    /// The time that this share of answers took at most, in seconds.
    pub fn percentile(&self, share: f64) -> f64 {
        let index = (self.seconds.len() as f64 * share).ceil() as usize;
        self.seconds.get(index.saturating_sub(1)).or(self.seconds.last()).copied().unwrap_or(f64::NAN)
    }
}

impl Sender {
    /// The requests of a node.
    pub fn new(agent: Agent, node: &Node) -> Sender {
        Sender {
            path: format!("/puppet/v3/catalog/{}?environment=production", node.certname),
            form: catalog_form(&node.facts, "production"),
            agent,
        }
    }

    /// The same node at another server.
    pub fn at(&self, url: &str) -> Sender {
        Sender { agent: self.agent.at(url), path: self.path.clone(), form: self.form.clone() }
    }

    /// Asks for the catalog.
    pub async fn send(&self) -> anyhow::Result<rest::Bytes> {
        let accept = "application/vnd.puppet.rich+json, application/json, text/pson";
        let content = ("application/x-www-form-urlencoded", self.form.clone());
        let answer = self.agent.send(Method::POST, &self.path, accept, Some(content)).await?;
        if answer.status != 200 {
            bail!("{} for {}: {:.500}", answer.status, self.path, answer.text());
        }
        Ok(answer.body)
    }

    /// Asks until there is a catalog, and says how long after its start that is.
    pub async fn first(&self, process: &mut Process, pause: Duration) -> anyhow::Result<Duration> {
        loop {
            process.must_run()?;
            let answer = self.send().await;
            let elapsed = process.started.elapsed();
            match answer {
                Ok(_) => return Ok(elapsed),
                Err(error) if elapsed > Duration::from_secs(600) => {
                    return Err(error).context("no catalog in ten minutes");
                }
                Err(_) => tokio::time::sleep(pause).await,
            }
        }
    }
}

/// How long to go on: until so many requests and so much time, but never longer than so much.
#[derive(Clone, Copy)]
pub struct Until {
    /// Requests.
    pub requests: usize,
    /// Time.
    pub at_least: Duration,
    /// The end in any case.
    pub at_most: Duration,
}

/// Sends requests from so many clients at once, in turn for each node.
pub async fn run(
    process: &Process,
    senders: &Arc<Vec<Sender>>,
    clients: usize,
    until: Until,
) -> anyhow::Result<Cost> {
    let sent = Arc::new(AtomicUsize::new(0));
    let (before, started) = (process.cpu(), Instant::now());
    let mut tasks = Vec::new();
    for _ in 0..clients {
        let (senders, sent) = (senders.clone(), sent.clone());
        tasks.push(tokio::spawn(async move {
            let mut seconds = Vec::new();
            loop {
                let number = sent.fetch_add(1, Ordering::Relaxed);
                let elapsed = started.elapsed();
                if number >= until.requests && elapsed >= until.at_least || elapsed >= until.at_most {
                    return anyhow::Ok(seconds);
                }
                let begin = Instant::now();
                senders[number % senders.len()].send().await?;
                seconds.push(begin.elapsed().as_secs_f64());
            }
        }));
    }
    let mut seconds = Vec::new();
    for task in tasks {
        seconds.extend(task.await??);
    }
    let (used, elapsed) = (process.cpu() - before, started.elapsed().as_secs_f64());
    seconds.sort_by(f64::total_cmp);
    let requests = seconds.len().max(1) as f64;
    Ok(Cost { cpu: used / requests, rate: requests / elapsed, seconds })
}
