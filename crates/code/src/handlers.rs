//! `/file-sync/v1`: decode, call, encode.
//!
//! Only the hosts on the list of clients are answered: the primary and its compilers; an agent's certificate is refused with 403. Commits
//! are made for the primary alone.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rest::metrics::Counter;
use rest::{
    BoxFuture, Bytes, Compilers, Method, Peer, Problem, Request, Response, Service, StatusCode, header,
};
use serde_json::{Map, Value as Json, json};
use tokio::sync::{OnceCell, Semaphore, watch};

use crate::client::{Client, blocking};
use crate::error::Error;
use crate::git::Id;
use crate::guard::Guard;
use crate::protocol::{self, Invalid, ObjectsRequest, PREFIX, WAIT_SECONDS_MAX};
use crate::transfer;
use crate::versions::{LatestCommits, MESSAGE, Storage};

/// Check-ins and commits name environments, of which there may be many.
const BODY_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Answers with objects that are kept for the next compiler that asks the same.
const ANSWERS_KEPT_MAX: usize = 16;
/// Answers that are made at once.
const ANSWERS_AT_ONCE: usize = 2;
/// How long `force-sync` waits.
const FORCE_PATIENCE: Duration = Duration::from_secs(120);

/// Who may ask.
#[derive(Debug, Default)]
pub struct Allowed {
    primaries: BTreeSet<String>,
    compilers: RwLock<Compilers>,
}

impl Allowed {
    /// Certnames that may commit, and servers that may sync, as the former may too.
    pub fn new(primaries: impl IntoIterator<Item = String>, compilers: Compilers) -> Allowed {
        Allowed { primaries: primaries.into_iter().collect(), compilers: RwLock::new(compilers) }
    }

    /// Exchanges the list of those that may sync.
    pub fn replace_compilers(&self, compilers: Compilers) {
        *self.compilers.write().unwrap_or_else(PoisonError::into_inner) = compilers;
    }

    fn is_primary(&self, peer: &Peer) -> bool {
        peer.certname().is_some_and(|name| self.primaries.contains(name))
    }

    fn is_client(&self, peer: &Peer) -> bool {
        self.is_primary(peer) || self.compilers.read().unwrap_or_else(PoisonError::into_inner).includes(peer)
    }
}

/// What a client said when it checked in.
#[derive(Clone, Debug)]
struct CheckIn {
    at: SystemTime,
    repos: Map<String, Json>,
    /// Its question is still waiting for an answer.
    waiting: usize,
}

/// A client as it said itself when it was heard of last.
#[derive(Clone, Debug)]
pub struct Synced {
    /// Its certname.
    pub certname: String,
    /// When it was heard of.
    pub checked_in: SystemTime,
    /// Its question for news is waiting for an answer now.
    pub is_waiting: bool,
    /// What it serves: by repository, its commit and those of its submodules, such as `environments/production`.
    pub serves: BTreeMap<String, BTreeMap<String, Id>>,
    /// Its own words.
    pub repos: Map<String, Json>,
}

impl Synced {
    /// Submodules, and `""` for what lies beside them, of which it does not serve what is the newest.
    pub fn behind<'l>(&self, latest: &'l LatestCommits) -> Vec<(&'l str, &'l str)> {
        let mut behind = Vec::new();
        for (repo, latest) in latest {
            let Some(latest) = latest else { continue };
            let serves = self.serves.get(repo);
            let wanted =
                latest.submodules.iter().map(|(name, id)| (name.as_str(), id)).chain([("", &latest.commit)]);
            for (name, id) in wanted {
                if serves.and_then(|serves| serves.get(name)) != Some(id) {
                    behind.push((repo.as_str(), name));
                }
            }
        }
        behind
    }
}

type Answer = Arc<OnceCell<Bytes>>;

/// The service.
pub struct Handlers {
    storage: Option<Arc<Storage>>,
    client: Option<Arc<Client>>,
    allowed: Arc<Allowed>,
    check_ins: Mutex<BTreeMap<String, CheckIn>>,
    answers: Mutex<VecDeque<(ObjectsRequest, Answer)>>,
    answering: Semaphore,
    closing: watch::Sender<bool>,
    guard: OnceLock<Arc<Guard>>,
    pub(crate) sent_bytes: Counter,
}

impl Handlers {
    /// A service over a store of versions, a client, or both.
    pub fn new(
        storage: Option<Arc<Storage>>,
        client: Option<Arc<Client>>,
        allowed: Arc<Allowed>,
    ) -> Handlers {
        Handlers {
            storage,
            client,
            allowed,
            check_ins: Mutex::default(),
            answers: Mutex::default(),
            answering: Semaphore::new(ANSWERS_AT_ONCE),
            closing: watch::Sender::new(false),
            guard: OnceLock::new(),
            sent_bytes: Counter::default(),
        }
    }

    /// From now on commits are judged first. The first guard stays.
    pub fn set_guard(&self, guard: Arc<Guard>) {
        let _ = self.guard.set(guard);
    }

    /// Answers all that wait for new versions, now and from now on, so that a stop need not wait for them.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }

    async fn route(&self, mut request: Request) -> Result<Response, Problem> {
        let certname = self.permitted(&request)?;
        let path = request.tail(PREFIX).unwrap_or_default().to_owned();
        let known =
            matches!(path.as_str(), "/commit" | "/publish" | "/latest-commits" | "/objects" | "/force-sync");
        if !known {
            return Err(Problem::not_found("Not Found"));
        }
        if request.method != Method::POST {
            return Err(Problem::method_not_allowed("POST"));
        }
        request.body.set_limit(BODY_BYTES_MAX);
        match (path.as_str(), &self.storage, &self.client) {
            ("/commit" | "/publish", Some(storage), _) => {
                self.commit(storage.clone(), &mut request, &certname).await
            }
            ("/latest-commits", Some(storage), _) => {
                self.latest_commits(storage, &mut request, certname).await
            }
            ("/objects", Some(storage), _) => self.objects(storage.clone(), &mut request).await,
            ("/force-sync", _, Some(client)) => {
                let status = client.force(FORCE_PATIENCE).await;
                let mut repos = client.repos_json();
                if let Some(error) = &status.poll_error {
                    repos["error"] = protocol::error("poll-error", error)["error"].clone();
                }
                Ok(Response::json(StatusCode::OK, &repos))
            }
            _ => Err(Problem::not_found("Not Found")),
        }
    }

    /// The caller's certname, if it may ask at all.
    fn permitted(&self, request: &Request) -> Result<String, Problem> {
        let certname = request.peer.certname();
        let path = request.canonical_path();
        let commits = matches!(request.tail(PREFIX), Some("/commit" | "/publish"));
        let is_permitted = match commits {
            true => self.allowed.is_primary(&request.peer),
            false => self.allowed.is_client(&request.peer),
        };
        let permitted = certname.filter(|_| is_permitted);
        permitted.map(str::to_owned).ok_or_else(|| {
            let caller = request.peer.claimed_name().unwrap_or("a caller without a certificate");
            tracing::error!(request = %request.id, caller, path, "refused: not on the list of clients of file sync");
            let text = format!("Forbidden request: {path} (method :post). Please see the server logs for details.");
            Problem::plain(StatusCode::FORBIDDEN, text)
        })
    }

    async fn commit(
        &self,
        storage: Arc<Storage>,
        request: &mut Request,
        certname: &str,
    ) -> Result<Response, Problem> {
        if !request.media_type().is_some_and(|name| name.eq_ignore_ascii_case("application/json")) {
            let text = "the body must be of the type application/json";
            return Ok(refused(&Invalid::new("content-type-error", text)));
        }
        let body = request.body.bytes().await?;
        let mut wanted = match protocol::read_commit_request(&body) {
            Ok(wanted) => wanted,
            Err(invalid) => return Ok(refused(&invalid)),
        };
        let skips_gate = protocol::skips_gate(&body);
        tracing::info!(certname, target = ?wanted.target, skips_gate, "a commit of code is asked for");
        let mut guard = self.guard.get().filter(|guard| guard.is_strict()).cloned();
        if guard.is_some() && skips_gate {
            let message = wanted.message.as_deref().unwrap_or(MESSAGE);
            wanted.message = Some(format!("{message}\n\nThe gate was not asked."));
            guard = None;
        }
        // Goes on to its end even if the caller goes away.
        let working = tokio::spawn(async move {
            let outcome = match &guard {
                Some(guard) => guard.commit(&wanted).await,
                None => blocking(move || Ok(storage.commit(&wanted))).await,
            };
            outcome.map(|outcome| protocol::commit_answer(&outcome))
        });
        let answer = working.await.map_err(Problem::internal)?.map_err(Problem::internal)?;
        Ok(Response::json(StatusCode::OK, &answer))
    }

    async fn latest_commits(
        &self,
        storage: &Storage,
        request: &mut Request,
        certname: String,
    ) -> Result<Response, Problem> {
        let body = request.body.bytes().await?;
        let repos = match protocol::read_check_in(&body) {
            Ok(repos) => repos,
            Err(invalid) => return Ok(refused(&invalid)),
        };
        let seen = request.header(header::IF_NONE_MATCH).map(str::to_owned);
        let wait = match request.query_params()?.text("wait") {
            Some(text) => {
                text.parse::<u64>().map_err(|_| Problem::bad_request("wait must be a number of seconds"))?
            }
            None => 0,
        };
        let _waiting = self.check_in(certname, repos);
        let mut watch = storage.watch();
        let mut closing = self.closing.subscribe();
        let ends = tokio::time::sleep(Duration::from_secs(wait.min(WAIT_SECONDS_MAX)));
        tokio::pin!(ends);
        loop {
            let latest: Arc<LatestCommits> = watch.borrow_and_update().clone();
            let tag = protocol::tag(&latest);
            if seen.as_ref() != Some(&tag) {
                let response = Response::json(StatusCode::OK, &*latest);
                return Ok(response.with_text_header(header::ETAG, &tag));
            }
            if wait == 0 || *closing.borrow() {
                return Ok(Response::not_modified());
            }
            tokio::select! {
                changed = watch.changed() => changed.map_err(Problem::internal)?,
                _ = closing.wait_for(|closing| *closing) => return Ok(Response::not_modified()),
                () = &mut ends => return Ok(Response::not_modified()),
            }
        }
    }

    fn check_in(&self, certname: String, repos: Map<String, Json>) -> Waiting<'_> {
        let mut check_ins = self.check_ins();
        let known = check_ins.entry(certname.clone());
        let known = known.or_insert_with(|| CheckIn { at: UNIX_EPOCH, repos: Map::new(), waiting: 0 });
        known.at = SystemTime::now();
        known.repos = repos;
        known.waiting += 1;
        Waiting { handlers: self, certname }
    }

    fn check_ins(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, CheckIn>> {
        self.check_ins.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn objects(&self, storage: Arc<Storage>, request: &mut Request) -> Result<Response, Problem> {
        let body = request.body.bytes().await?;
        let wanted = match protocol::read_objects_request(&body) {
            Ok(wanted) => wanted,
            Err(invalid) => return Ok(refused(&invalid)),
        };
        // All compilers go from one version to the next, so what one asks the others ask too.
        let answer = match wanted.want {
            Some(_) => self.kept_answer(&wanted),
            None => Answer::default(),
        };
        let made = answer.get_or_try_init(|| async {
            let _permit = self.answering.acquire().await.map_err(|error| Error::Busy(error.to_string()))?;
            let work = move || {
                let repository = storage.repository(&wanted.repo_id, wanted.submodule_id.as_deref())?;
                match wanted.want {
                    Some(want) => transfer::difference(&repository, want, wanted.have),
                    None => transfer::objects(&repository, &wanted.ids),
                }
            };
            let pack = tokio::task::spawn_blocking(work).await;
            pack.unwrap_or_else(|error| Err(Error::Remote(error.to_string()))).map(Bytes::from)
        });
        match made.await {
            Ok(bytes) => {
                self.sent_bytes.add(bytes.len() as u64);
                Ok(Response::bytes(StatusCode::OK, "application/octet-stream", bytes.clone()))
            }
            Err(error @ (Error::NotFound(_) | Error::Missing { .. })) => {
                let answer = protocol::error("not-found", &error.to_string());
                Ok(Response::json(StatusCode::NOT_FOUND, &answer))
            }
            Err(error) => Err(Problem::internal(error)),
        }
    }

    fn kept_answer(&self, wanted: &ObjectsRequest) -> Answer {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, answer)) = answers.iter().find(|(request, _)| request == wanted) {
            return answer.clone();
        }
        let answer = Answer::default();
        answers.push_back((wanted.clone(), answer.clone()));
        if answers.len() > ANSWERS_KEPT_MAX {
            answers.pop_front();
        }
        answer
    }

    fn clients_json(&self) -> Map<String, Json> {
        let check_ins = self.check_ins().clone();
        let documents = check_ins.into_iter().map(|(certname, check_in)| {
            let document = json!({
                "last_check_in_time": time(check_in.at),
                "waiting": check_in.waiting > 0,
                "repos": check_in.repos,
            });
            (certname, document)
        });
        documents.collect()
    }

    /// What the newest versions are; nothing if there is no store of versions here.
    pub fn latest(&self) -> Option<Arc<LatestCommits>> {
        Some(self.storage.as_ref()?.latest())
    }

    /// How each client fares, by certname.
    pub fn clients(&self) -> Vec<Synced> {
        let check_ins = self.check_ins();
        let synced = check_ins.iter().map(|(certname, check_in)| Synced {
            certname: certname.clone(),
            checked_in: check_in.at,
            is_waiting: check_in.waiting > 0,
            serves: protocol::serves(&check_in.repos),
            repos: check_in.repos.clone(),
        });
        synced.collect()
    }

    pub(crate) fn client(&self) -> Option<&Arc<Client>> {
        self.client.as_ref()
    }

    /// The `status` of `file-sync-storage-service`; nothing if there is no store of versions here.
    pub fn storage_status(&self, level: &str) -> Option<Json> {
        let storage = self.storage.as_ref()?;
        if level != "debug" {
            return Some(json!({}));
        }
        let latest = storage.latest();
        let tag = protocol::tag(&latest);
        let clients = self.clients_json();
        let repos = latest.iter().map(|(id, latest)| {
            let Some(latest) = latest else { return (id.clone(), Json::Null) };
            let submodules = latest.submodules.iter();
            let submodules = submodules
                .map(|(name, commit)| (name.clone(), json!({"latest_commit": storage.about(*commit)})));
            let submodules: Map<String, Json> = submodules.collect();
            (id.clone(), json!({"latest_commit": storage.about(latest.commit), "submodules": submodules}))
        });
        let repos: Map<String, Json> = repos.collect();
        Some(
            json!({"timestamp": time(SystemTime::now()), "version": tag.trim_matches('"'), "clients": clients, "repos": repos}),
        )
    }

    /// The `status` of `file-sync-client-service`; nothing if there is no client here.
    pub fn client_status(&self, level: &str) -> Option<Json> {
        let client = self.client.as_ref()?;
        if level != "debug" {
            return Some(json!({}));
        }
        let status = client.status();
        Some(json!({
            "timestamp": time(SystemTime::now()),
            "last_check_in_time": status.last_check_in.map(time),
            "last_successful_sync_time": status.last_successful_sync.map(time),
            "error": status.poll_error,
            "repos": client.repos_json(),
        }))
    }
}

/// Counts a waiting client off, however its question ends.
struct Waiting<'a> {
    handlers: &'a Handlers,
    certname: String,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(check_in) = self.handlers.check_ins().get_mut(&self.certname) {
            check_in.waiting = check_in.waiting.saturating_sub(1);
        }
    }
}

/// A time as these documents write it.
pub fn time(at: SystemTime) -> String {
    let seconds = at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    protocol::date(i64::try_from(seconds).unwrap_or_default())
}

fn refused(invalid: &Invalid) -> Response {
    Response::json(StatusCode::BAD_REQUEST, &protocol::error(invalid.kind, &invalid.message))
}

impl Service for Handlers {
    fn call(&self, request: Request) -> BoxFuture<'_, Response> {
        Box::pin(async move { self.route(request).await.into() })
    }
}
