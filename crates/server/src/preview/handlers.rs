//! `/preview/v1`: previews are begun, watched and ended.
//!
//! `POST /preview/v1/previews` begins one and answers `{"id": ...}`; `GET /preview/v1/previews/ID?wait=SECONDS` says how far it is, or what it
//! found; `DELETE` ends it. One runs at a time, the others wait for it. One that nobody asks for ends by itself. Only the hosts that
//! may commit code may ask.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use rest::{BoxFuture, Method, Problem, Request, Response, Service, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use tokio::sync::{Semaphore, watch};

use super::gate::Gate;
use super::report::Report;
use super::{Beside, Order, Progress, Selection, Tree, run};
use crate::Server;
use crate::environments::is_name;

/// Where it is mounted.
pub const PREFIX: &str = "/preview/v1";

const BODY_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Previews that are kept, with what they found.
const JOBS_MAX: usize = 8;
/// Certnames of a group that are told at most.
const NAMES_MAX: usize = 10_000;
/// A preview ends when nobody has asked for it for so long.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long a question waits at most.
const WAIT_SECONDS_MAX: u64 = 30;
/// How long what was found is kept.
const KEPT: Duration = Duration::from_secs(600);

const STOPPING: &str = "the server is stopping";

/// Where code that may come is.
pub trait Trees: Send + Sync {
    /// A tree of an environment: what is staged, or a version by its name. May block.
    ///
    /// # Errors
    /// There is none; the text is for the user.
    fn tree(&self, environment: &str, version: Option<&str>) -> Result<Tree, String>;

    /// What is staged beside the environments, and what serves there. May block.
    ///
    /// # Errors
    /// It cannot be previewed; the text is for the user.
    fn beside(&self) -> Result<Beside, String>;
}

/// What a preview is asked for with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wanted {
    /// The environment.
    pub environment: String,
    /// A directory on this machine instead of what is staged.
    pub directory: Option<String>,
    /// A version instead of what is staged.
    pub version: Option<String>,
    /// With what is staged beside the environments.
    pub beside: bool,
    /// Which nodes.
    pub selection: Selection,
    /// What to judge it by, instead of what the configuration says.
    pub gate: Option<Gate>,
    /// Compile all.
    pub full: bool,
    /// How many certnames of each group are told.
    pub names: Option<usize>,
}

type Found = Option<Result<Arc<Report>, String>>;

struct Job {
    progress: Arc<Progress>,
    found: watch::Receiver<Found>,
    asked: Mutex<Instant>,
}

/// Previews under way and those that are done. They outlive a new configuration.
pub struct Jobs {
    jobs: Mutex<BTreeMap<u64, Arc<Job>>>,
    last: AtomicU64,
    turns: Arc<Semaphore>,
    server: Arc<RwLock<Option<Arc<Server>>>>,
    trees: Option<Arc<dyn Trees>>,
    allowed: String,
    gate: Arc<RwLock<Option<Gate>>>,
    /// The one that judges now.
    judging: Mutex<Arc<Progress>>,
}

impl Jobs {
    /// For callers with this certname; `trees` are the versions and what is staged, if there are any.
    pub fn new(allowed: String, trees: Option<Arc<dyn Trees>>) -> Jobs {
        Jobs {
            jobs: Mutex::default(),
            last: AtomicU64::new(0),
            turns: Arc::new(Semaphore::new(1)),
            server: Arc::default(),
            trees,
            allowed,
            gate: Arc::default(),
            judging: Mutex::default(),
        }
    }

    /// The server that compiles from now on, and what code is judged by.
    pub fn replace(&self, server: Arc<Server>, gate: Option<Gate>) {
        *self.server.write().unwrap_or_else(PoisonError::into_inner) = Some(server);
        *self.gate.write().unwrap_or_else(PoisonError::into_inner) = gate;
    }

    /// Lets go of the server, and ends what runs.
    pub fn close(&self) {
        *self.server.write().unwrap_or_else(PoisonError::into_inner) = None;
        self.lock().values().for_each(|job| job.progress.cancel());
        self.judging.lock().unwrap_or_else(PoisonError::into_inner).cancel();
    }

    /// Whether the configuration has a gate that could refuse anything.
    pub fn is_strict(&self) -> bool {
        self.strict_gate().is_some()
    }

    fn strict_gate(&self) -> Option<Gate> {
        let gate = self.gate.read().unwrap_or_else(PoisonError::into_inner).clone();
        gate.filter(|gate| !gate.is_open())
    }

    /// Whether code may become an environment's, by the gate of the configuration. Nothing without a gate, and for
    /// an environment that does not serve yet and has no nodes.
    ///
    /// # Errors
    /// There was no answer; the text is for the user.
    pub async fn judge(&self, environment: &str, tree: Tree) -> Result<Option<Report>, String> {
        if !self.is_strict() {
            return Ok(None);
        }
        let _turn = self.turns.acquire().await.map_err(|error| error.to_string())?;
        // What is in force now: the turn may have taken minutes.
        let Some(gate) = self.strict_gate() else { return Ok(None) };
        let progress = Arc::<Progress>::default();
        *self.judging.lock().unwrap_or_else(PoisonError::into_inner) = progress.clone();
        // After that: whoever closes this takes the server away first.
        let server = self.server().ok_or(STOPPING)?;
        let report = super::gate(&server, environment, tree, &gate, progress).await;
        let_go(server).await;
        report.map_err(|error| error.to_string())
    }

    /// Whether an environment may end: with a gate only one that has no nodes.
    ///
    /// # Errors
    /// It may not, or there was no answer; the text is for the user.
    pub async fn judge_end(&self, environment: &str) -> Result<(), String> {
        if !self.is_strict() {
            return Ok(());
        }
        let server = self.server().ok_or(STOPPING)?;
        match super::nodes::of(&server, environment).await.map_err(|error| error.to_string())?.len() {
            0 => Ok(()),
            nodes => Err(format!("{nodes} nodes are in it")),
        }
    }

    fn server(&self) -> Option<Arc<Server>> {
        self.server.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<u64, Arc<Job>>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn route(&self, mut request: Request) -> Result<Response, Problem> {
        self.permitted(&request)?;
        let path = request.tail(PREFIX).unwrap_or_default().trim_end_matches('/').to_owned();
        if path == "/previews" {
            if request.method != Method::POST {
                return Err(Problem::method_not_allowed("POST"));
            }
            request.body.set_limit(BODY_BYTES_MAX);
            let body = request.body.bytes().await?;
            let wanted: Wanted = serde_json::from_slice(&body)
                .map_err(|error| Problem::bad_request(format!("the request is not understood: {error}")))?;
            let id = self.begin(wanted).await?;
            return Ok(Response::json(StatusCode::ACCEPTED, &json!({ "id": id.to_string() })));
        }
        let id = path.strip_prefix("/previews/").and_then(|id| id.parse::<u64>().ok());
        let job = id.and_then(|id| self.lock().get(&id).cloned());
        let Some(job) = job else { return Err(Problem::not_found("there is no such preview (any more)")) };
        match request.method {
            Method::GET => {
                let wait = request.query_params()?.text("wait").and_then(|text| text.parse::<u64>().ok());
                Ok(Response::json(StatusCode::OK, &job.state(wait.unwrap_or(0)).await))
            }
            Method::DELETE => {
                job.progress.cancel();
                Ok(Response::json(StatusCode::OK, &json!({})))
            }
            _ => Err(Problem::method_not_allowed("GET, DELETE")),
        }
    }

    /// Previews show facts' and manifests' content, so who may not commit may not see them.
    fn permitted(&self, request: &Request) -> Result<(), Problem> {
        if request.peer.certname().is_some_and(|name| name == self.allowed) {
            return Ok(());
        }
        let caller = request.peer.claimed_name().unwrap_or("a caller without a certificate");
        let path = request.canonical_path();
        tracing::error!(request = %request.id, caller, path, "refused: only the primary's certificate may preview");
        let method = request.method.as_str().to_lowercase();
        let text =
            format!("Forbidden request: {path} (method :{method}). Please see the server logs for details.");
        Err(Problem::plain(StatusCode::FORBIDDEN, text))
    }

    async fn begin(&self, wanted: Wanted) -> Result<u64, Problem> {
        if !is_name(&wanted.environment) {
            return Err(Problem::bad_request(format!(
                "`{}` is no name of an environment",
                wanted.environment
            )));
        }
        let mut tree = match (&wanted.directory, &self.trees) {
            (Some(directory), _) => {
                let path = Path::new(directory);
                if !path.is_absolute() || !path.is_dir() {
                    let text =
                        format!("{directory} is not a directory on this server, named from the root on");
                    return Err(Problem::bad_request(text));
                }
                Tree { directory: path.to_owned(), name: directory.clone(), held: None, beside: None }
            }
            (None, Some(trees)) => {
                let (trees, wanted) = (trees.clone(), wanted.clone());
                let found = tokio::task::spawn_blocking(move || {
                    trees.tree(&wanted.environment, wanted.version.as_deref())
                });
                found.await.map_err(Problem::internal)?.map_err(Problem::bad_request)?
            }
            (None, None) => {
                let text = "nothing is staged here, since file sync is off (file-sync.enabled): say with a directory which code is meant";
                return Err(Problem::bad_request(text));
            }
        };
        if wanted.beside {
            let trees = self.trees.clone().ok_or_else(|| {
                Problem::bad_request("nothing is staged here, since file sync is off (file-sync.enabled)")
            })?;
            let found = tokio::task::spawn_blocking(move || trees.beside());
            let found = found.await.map_err(Problem::internal)?.map_err(Problem::bad_request)?;
            tree.name = format!("{} with what is staged beside the environments", tree.name);
            tree.beside = Some(found);
        }
        if self.server().is_none() {
            return Err(Problem::internal(STOPPING));
        }
        let gate = wanted.gate;
        let mut order = Order {
            environment: wanted.environment,
            tree,
            selection: wanted.selection,
            gate: None,
            full: wanted.full,
            names_max: wanted.names.unwrap_or(100).min(NAMES_MAX),
        };
        let (servers, gates) = (self.server.clone(), self.gate.clone());
        let (told, found) = watch::channel(None);
        let progress = Arc::<Progress>::default();
        let job = Arc::new(Job { progress: progress.clone(), found, asked: Mutex::new(Instant::now()) });
        let id = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        self.keep(id, job.clone());
        let turns = self.turns.clone();
        tokio::spawn(async move {
            let running = async {
                let _turn = turns.acquire().await.map_err(|error| error.to_string())?;
                // What is in force now: the turn may have taken minutes.
                let configured = gates.read().unwrap_or_else(PoisonError::into_inner).clone();
                order.gate = gate.or(configured).filter(|gate| !gate.is_open());
                let server =
                    servers.read().unwrap_or_else(PoisonError::into_inner).clone().ok_or(STOPPING)?;
                let found = run(&server, order, progress).await.map_err(|error| error.to_string());
                let_go(server).await;
                found
            };
            tokio::pin!(running);
            let found = loop {
                tokio::select! {
                    found = &mut running => break found,
                    () = tokio::time::sleep(Duration::from_secs(5)) => {
                        if job.is_forgotten() {
                            job.progress.cancel();
                        }
                    }
                }
            };
            told.send_replace(Some(found.map(Arc::new)));
        });
        Ok(id)
    }

    fn keep(&self, id: u64, job: Arc<Job>) {
        let mut jobs = self.lock();
        let is_old = |job: &Job| {
            job.found.borrow().is_some()
                && job.asked.lock().unwrap_or_else(PoisonError::into_inner).elapsed() > KEPT
        };
        jobs.retain(|_, job| !is_old(job));
        while jobs.len() >= JOBS_MAX {
            let done = jobs.iter().find(|(_, job)| job.found.borrow().is_some()).map(|(id, _)| *id);
            let Some(oldest) = done.or_else(|| jobs.keys().next().copied()) else { break };
            if let Some(job) = jobs.remove(&oldest) {
                job.progress.cancel();
            }
        }
        jobs.insert(id, job);
    }
}

impl Job {
    fn is_forgotten(&self) -> bool {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).elapsed() > PATIENCE
    }

    fn touch(&self) {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    async fn state(&self, wait: u64) -> Json {
        self.touch();
        let mut found = self.found.clone();
        let waiting = found.wait_for(Option::is_some);
        // What matters is what is there afterwards.
        let _ = tokio::time::timeout(Duration::from_secs(wait.min(WAIT_SECONDS_MAX)), waiting).await.is_ok();
        self.touch();
        let found = self.found.borrow().clone();
        match found {
            None => {
                let (done, total) = self.progress.figures();
                json!({ "state": "running", "done": done, "total": total })
            }
            Some(Ok(report)) => json!({ "state": "done", "report": *report }),
            Some(Err(error)) => json!({ "state": "failed", "error": error }),
        }
    }
}

impl Service for Jobs {
    fn call(&self, request: Request) -> BoxFuture<'_, Response> {
        Box::pin(async move { self.route(request).await.into() })
    }
}

/// The last one to let go of a server waits for its threads, which is nothing for a thread of the runtime.
async fn let_go(server: Arc<Server>) {
    let _ = tokio::task::spawn_blocking(move || drop(server)).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_in_force_when_its_turn_comes_judges() {
        let jobs = Arc::new(Jobs::new("primary".to_owned(), None));
        let strict = Gate { fail_on_error: true, ..Gate::default() };
        let begin = async || {
            *jobs.gate.write().unwrap() = Some(strict.clone());
            let turn = jobs.turns.clone().acquire_owned().await.unwrap();
            let judging = tokio::spawn({
                let jobs = jobs.clone();
                let tree = Tree { directory: "/".into(), name: "new".to_owned(), held: None, beside: None };
                async move { jobs.judge("production", tree).await }
            });
            tokio::task::yield_now().await;
            assert!(!judging.is_finished());
            (turn, judging)
        };
        // The configuration has no gate any more.
        let (turn, judging) = begin().await;
        *jobs.gate.write().unwrap() = None;
        drop(turn);
        assert!(judging.await.unwrap().unwrap().is_none());
        // The server stops.
        let (turn, judging) = begin().await;
        jobs.close();
        drop(turn);
        assert_eq!(judging.await.unwrap().unwrap_err(), STOPPING);
    }
}
