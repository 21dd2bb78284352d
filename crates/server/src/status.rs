//! `/status/v1`: whether this server can be used (trapperkeeper-status, as tools and load balancers read it).

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use rest::{BoxFuture, Method, Problem, Request, Response, Service, StatusCode};
use serde_json::{Map, Value as Json, json};

use crate::{PUPPET_VERSION, Server};

/// State of the server and of each of its services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the wire names")]
pub enum State {
    Starting,
    Running,
    Stopping,
    Error,
}

impl State {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Starting => "starting",
            State::Running => "running",
            State::Stopping => "stopping",
            State::Error => "error",
        }
    }

    fn of(number: u8) -> State {
        match number {
            0 => State::Starting,
            1 => State::Running,
            2 => State::Stopping,
            _ => State::Error,
        }
    }

    fn status(self) -> StatusCode {
        if self == State::Running { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
    }
}

/// How much is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Somebody should look; requests are answered.
    Warning,
    /// Agents had better go elsewhere.
    Error,
}

/// What is wrong with a part of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// How much.
    pub severity: Severity,
    /// For people.
    pub message: String,
}

/// Something that the server needs and whose state is therefore its own too.
pub trait Part: Send + Sync {
    /// Its name among the services.
    fn name(&self) -> &'static str;
    /// What is wrong with it now.
    fn alerts(&self) -> Vec<Alert>;
    /// Figures, as many as the level (`critical`, `info` or `debug`) asks for. Anybody may ask, so only `debug` may cost something.
    fn details(&self, level: &str) -> Json;
}

/// Answers `/status/v1`.
pub struct Status {
    server: Arc<Server>,
    with_ca: bool,
    parts: Vec<Arc<dyn Part>>,
    state: AtomicU8,
}

/// Older tools ask for `master`, newer ones for `server`.
const SERVICES: &[&str] = &["ca", "jruby-metrics", "master", "puppet-profiler", "server", "status-service"];

impl Status {
    /// The status of a server; `with_ca` if the certificate authority runs here too.
    pub fn new(server: Arc<Server>, with_ca: bool) -> Status {
        Status { server, with_ca, parts: Vec::new(), state: AtomicU8::new(State::Starting as u8) }
    }

    /// The same with further parts.
    pub fn with_parts(mut self, parts: Vec<Arc<dyn Part>>) -> Status {
        self.parts = parts;
        self
    }

    /// Says what the server is doing.
    pub fn set(&self, state: State) {
        self.state.store(state as u8, Ordering::Release);
    }

    /// What the server is doing, and whether it can do it.
    pub fn state(&self) -> State {
        match State::of(self.state.load(Ordering::Acquire)) {
            State::Running if self.parts.iter().any(|part| !is_well(&part.alerts())) => State::Error,
            state => state,
        }
    }

    fn answer(&self, request: &Request) -> Result<Response, Problem> {
        if request.method != Method::GET {
            return Err(Problem::method_not_allowed("GET"));
        }
        let path = request.tail("/status/v1/").unwrap_or_default();
        let (what, name) = path.split_once('/').unwrap_or((path, ""));
        match (what, name) {
            ("simple", "") => Ok(Response::text(self.state().status(), self.state().as_str())),
            ("simple", name) if self.knows(name) => {
                Ok(Response::text(self.state().status(), self.state().as_str()))
            }
            ("simple", name) => Err(Problem::not_found(format!("not found: {name}"))),
            ("services", "") => {
                let level = level(request)?;
                let names = SERVICES.iter().copied().chain(self.parts.iter().map(|part| part.name()));
                let all: Map<String, Json> = names
                    .filter(|name| self.knows(name))
                    .map(|name| (name.to_owned(), self.service(name, level)))
                    .collect();
                Ok(Response::json(self.state().status(), &Json::Object(all)))
            }
            ("services", name) if self.knows(name) => {
                let mut service = self.service(name, level(request)?);
                service["service_name"] = name.into();
                Ok(Response::json(self.state().status(), &service))
            }
            ("services", name) => {
                let text = format!("No status function registered for service {name}");
                Err(Problem::kind(StatusCode::NOT_FOUND, "service-not-found", text))
            }
            _ => Err(Problem::not_found(format!("Not Found: {}", request.canonical_path()))),
        }
    }

    fn knows(&self, name: &str) -> bool {
        (SERVICES.contains(&name) && (self.with_ca || name != "ca")) || self.part(name).is_some()
    }

    fn part(&self, name: &str) -> Option<&Arc<dyn Part>> {
        self.parts.iter().find(|part| part.name() == name)
    }

    fn service(&self, name: &str, level: &str) -> Json {
        if let Some(part) = self.part(name) {
            return self.part_of(part.as_ref(), level);
        }
        let details = if level == "debug" { self.details(name) } else { json!({}) };
        json!({
            // Tools read the version of `ca` to know whether requests can be signed in bulk.
            "service_version": PUPPET_VERSION,
            "service_status_version": 1,
            "detail_level": level,
            "state": self.state().as_str(),
            "status": details,
            "active_alerts": [],
        })
    }

    fn part_of(&self, part: &dyn Part, level: &str) -> Json {
        let alerts = part.alerts();
        let own = State::of(self.state.load(Ordering::Acquire));
        let state = if own == State::Running && !is_well(&alerts) { State::Error } else { own };
        let alert = |alert: &Alert| {
            let severity = match alert.severity {
                Severity::Warning => "warning",
                Severity::Error => "error",
            };
            json!({"severity": severity, "message": alert.message})
        };
        json!({
            "service_version": PUPPET_VERSION,
            "service_status_version": 1,
            "detail_level": level,
            "state": state.as_str(),
            "status": if level == "critical" { json!({}) } else { part.details(level) },
            "active_alerts": alerts.iter().map(alert).collect::<Vec<_>>(),
        })
    }

    fn details(&self, name: &str) -> Json {
        let figures = self.server.pool().figures();
        match name {
            "jruby-metrics" => json!({ "experimental": { "metrics": {
                "num-jrubies": figures.workers,
                "num-free-jrubies": figures.workers - figures.running.min(figures.workers),
                "requested-count": figures.done + (figures.running + figures.queued) as u64,
                "return-count": figures.done,
                "queue-limit-hit-count": figures.refused,
            }}}),
            "server" | "master" => {
                let memo = self.server.memo().figures();
                json!({ "experimental": { "kept-catalogs": {
                    "entries": memo.entries,
                    "bytes": memo.bytes,
                    "hits": memo.hits,
                    "misses": memo.misses,
                    "not-kept": memo.unkept,
                    "verified": memo.verified,
                    "wrong": memo.wrong,
                    "misses-by-cause": memo.causes,
                }}})
            }
            "status-service" => {
                json!({ "bunraku_version": env!("CARGO_PKG_VERSION"), "experimental": { "jvm-metrics": {
                    "up-time-ms": self.server.started().elapsed().as_millis() as u64,
                }}})
            }
            _ => json!({}),
        }
    }
}

fn is_well(alerts: &[Alert]) -> bool {
    alerts.iter().all(|alert| alert.severity < Severity::Error)
}

fn level(request: &Request) -> Result<&'static str, Problem> {
    let params = request.query_params()?;
    match params.text("level") {
        None | Some("info") => Ok("info"),
        Some("critical") => Ok("critical"),
        Some("debug") => Ok("debug"),
        Some(other) => {
            let other: String = other.chars().take(100).collect();
            let text = format!("Invalid level: :{other}");
            Err(Problem::kind(StatusCode::BAD_REQUEST, "data-invalid", text))
        }
    }
}

impl Service for Status {
    fn call(&self, request: Request) -> BoxFuture<'_, Response> {
        Box::pin(std::future::ready(Response::from(self.answer(&request))))
    }
}
