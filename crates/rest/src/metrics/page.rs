//! `/metrics`: the page that Prometheus reads, put together from those who have figures.

use std::sync::{Arc, PoisonError, RwLock};

use http::{Method, StatusCode};

use super::text::{Exposition, Kind};
use super::{Counter, Metrics};
use crate::service::{BoxFuture, Service};
use crate::{Problem, Request, Response};

/// Somebody who has figures. Asked on a thread that may block.
pub trait Source: Send + Sync {
    /// Writes its families.
    fn write(&self, page: &mut Exposition);
}

/// What listeners count, by the name of the listener.
#[derive(Debug, Default)]
pub struct Listeners(RwLock<Vec<(&'static str, Arc<Metrics>)>>);

impl Listeners {
    /// Adds one. Its counters are those to listen with.
    pub fn add(&self, name: &'static str) -> Arc<Metrics> {
        let metrics = Arc::new(Metrics::default());
        let mut listeners = self.0.write().unwrap_or_else(PoisonError::into_inner);
        listeners.push((name, metrics.clone()));
        metrics
    }
}

impl Source for Listeners {
    fn write(&self, page: &mut Exposition) {
        let listeners = self.0.read().unwrap_or_else(PoisonError::into_inner);
        type Of = fn(&Metrics) -> &Counter;
        let counters: [(&str, Kind, &str, Of); 8] = [
            ("bunraku_connections_total", Kind::Counter, "Connections accepted.", |m| &m.connections),
            ("bunraku_connections_open", Kind::Gauge, "Connections that are open.", |m| &m.connections_open),
            (
                "bunraku_tls_handshakes_failed_total",
                Kind::Counter,
                "TLS handshakes that failed or took too long.",
                |m| &m.handshakes_failed,
            ),
            (
                "bunraku_peers_refused_total",
                Kind::Counter,
                "Times that a peer was refused whose certificate is not good any more.",
                |m| &m.peers_refused,
            ),
            ("bunraku_http_requests_open", Kind::Gauge, "Requests that are worked on.", |m| &m.requests_open),
            (
                "bunraku_http_requests_forbidden_total",
                Kind::Counter,
                "Requests that the authorization rules refused.",
                |m| &m.forbidden,
            ),
            ("bunraku_http_panics_total", Kind::Counter, "Requests on which the server failed.", |m| {
                &m.panics
            }),
            (
                "bunraku_http_response_bytes_total",
                Kind::Counter,
                "Bytes of the bodies of answers, but of those that are made while they are sent.",
                |m| &m.response_bytes,
            ),
        ];
        for (name, kind, help, counter) in counters {
            let mut family = page.family(name, kind, help);
            for (listener, metrics) in listeners.iter() {
                family.sample(&[("listener", listener)], counter(metrics).value());
            }
        }
        let mut family = page.family(
            "bunraku_http_requests_total",
            Kind::Counter,
            "Requests answered, by kind and status.",
        );
        for (listener, metrics) in listeners.iter() {
            for (route, answers) in metrics.routes() {
                for (code, count) in answers.codes().filter(|(_, count)| *count > 0) {
                    let code = if code == 0 { "other".to_owned() } else { code.to_string() };
                    let labels = [("listener", *listener), ("route", route.label()), ("code", &code)];
                    family.sample(&labels, count);
                }
            }
        }
        let help = "Time from a request's head to its answer's.";
        let mut family = page.family("bunraku_http_request_duration_seconds", Kind::Histogram, help);
        for (listener, metrics) in listeners.iter() {
            for (route, answers) in metrics.routes() {
                let labels = [("listener", *listener), ("route", route.label())];
                family.histogram(&labels, &answers.durations);
            }
        }
    }
}

/// Those who have figures.
#[derive(Default)]
pub struct Sources(RwLock<Vec<Arc<dyn Source>>>);

impl Sources {
    /// Adds one, behind those that are there.
    pub fn add(&self, source: Arc<dyn Source>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).push(source);
    }

    /// The whole page.
    pub fn text(&self) -> String {
        let sources = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        let mut page = Exposition::default();
        sources.iter().for_each(|source| source.write(&mut page));
        page.into_text()
    }
}

/// The service. Whoever mounts it decides who may ask.
pub struct Page {
    sources: Arc<Sources>,
}

impl Page {
    /// A page of these sources, also of those that come later.
    pub fn new(sources: Arc<Sources>) -> Page {
        Page { sources }
    }

    async fn answer(&self, request: &Request) -> Result<Response, Problem> {
        if request.canonical_path().trim_end_matches('/') != "/metrics" {
            return Err(Problem::not_found(format!("Not Found: {}", request.canonical_path())));
        }
        if request.method != Method::GET {
            return Err(Problem::method_not_allowed("GET"));
        }
        let sources = self.sources.clone();
        let text = tokio::task::spawn_blocking(move || sources.text());
        let text = text.await.map_err(Problem::internal)?;
        Ok(Response::bytes(StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8", text))
    }
}

impl Service for Page {
    fn call(&self, request: Request) -> BoxFuture<'_, Response> {
        Box::pin(async move { self.answer(&request).await.into() })
    }
}
