//! What agents see: `/puppet/v3` (node, catalog, facts, report, environments, files) and `/status/v1`; and what tools ask of the code
//! ([`info`], `/puppet/v4/catalog`).
//!
//! A handler decodes, calls, encodes; decisions live behind it: [`environments`] knows the code of each environment and swaps its
//! image when files change, [`pool`] bounds how many catalogs are compiled and how many wait, the `compiler` crate compiles, and
//! [`api::Pdb`] keeps what agents report. Who may ask for what is decided before a request arrives here, by the rules in `rest`.

pub mod environments;
pub mod files;
pub mod local;
pub mod pool;
pub mod preview;
pub mod settings;
pub mod versions;

mod admin;
mod catalog;

mod catalog_v4;
pub mod classifier;
mod classify;
mod execution;
mod indirection;
pub mod info;
mod inline;
pub mod memo;
mod metrics;
mod negotiate;
mod node;
mod report;
mod status;
mod trusted;
mod world;

use std::sync::Arc;
use std::time::Instant;

use rest::{BoxFuture, HeaderName, HeaderValue, Method, Problem, Request, Response, Service, StatusCode};

pub use admin::Admin;
use classify::Classify;
use environments::Environments;
use files::FileServer;
use memo::Memo;
use pool::Pool;
pub use settings::Settings;
pub use status::{Alert, Part, Severity, State, Status};
use stdx::{Clock, SystemClock};

/// The Puppet version whose behaviour agents may expect; they read it from `X-Puppet-Version` and switch features by it.
pub const PUPPET_VERSION: &str = "8.11.0";

const VERSION_HEADER: HeaderName = HeaderName::from_static("x-puppet-version");

/// Largest form of a catalog request: facts are percent-encoded twice, so this is some 30 MiB of JSON.
const CATALOG_FORM_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Largest body of facts. Agents warn their users from 16 MiB on.
const FACTS_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Largest report; those of nodes with 10,000 resources that list all of them have some 20 MiB.
const REPORT_BYTES_MAX: u64 = 128 * 1024 * 1024;

/// The server behind `/puppet/v3` and `/puppet/v4`.
pub struct Server {
    settings: Arc<Settings>,
    environments: Arc<Environments>,
    pool: Pool,
    pdb: Arc<dyn api::Pdb>,
    files: Arc<FileServer>,
    memo: Arc<Memo>,
    compiles: Arc<metrics::Timed>,
    classify: Arc<Classify>,
    server_facts: Arc<pcore::Hash>,
    started: Instant,
}

impl Server {
    /// A server over a store. Starts the threads that compile.
    pub fn new(settings: Settings, pdb: Arc<dyn api::Pdb>) -> std::io::Result<Server> {
        Server::with_clock(settings, pdb, Arc::new(SystemClock))
    }

    /// The same with a clock.
    pub fn with_clock(
        settings: Settings,
        pdb: Arc<dyn api::Pdb>,
        clock: Arc<dyn Clock>,
    ) -> std::io::Result<Server> {
        let settings = Arc::new(settings);
        let pool = Pool::start(settings.workers, settings.max_queued_requests)?;
        let memo = Arc::new(Memo::new(settings.memo_bytes, settings.memo_verify_every));
        let server_facts = Arc::new(trusted::server_facts(&settings));
        let environments = Arc::new(Environments::new(settings.clone()));
        let classify = Classify::new(&settings, environments.clone(), pool.figures().workers);
        Ok(Server {
            environments,
            classify: Arc::new(classify),
            pool,
            memo,
            compiles: Arc::default(),
            pdb,
            files: Arc::new(FileServer::with_clock(settings.files.clone(), clock)),
            server_facts,
            settings,
            started: Instant::now(),
        })
    }

    /// The environments, for those who load or look at them outside a request.
    pub fn environments(&self) -> &Arc<Environments> {
        &self.environments
    }

    /// The pool that compiles, for its figures.
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// The catalogs that still hold, for their figures.
    pub fn memo(&self) -> &Memo {
        &self.memo
    }

    /// The files it serves, and its file bucket.
    pub fn files(&self) -> &Arc<FileServer> {
        &self.files
    }

    /// When the server was made.
    pub fn started(&self) -> Instant {
        self.started
    }

    async fn answer(&self, mut request: Request) -> Result<Response, Problem> {
        if matches!(request.tail("/puppet/v4/"), Some("catalog" | "catalog/")) {
            if request.method != Method::POST {
                return Err(Problem::method_not_allowed("POST"));
            }
            request.body.set_limit(self.settings.body_bytes_max.min(FACTS_BYTES_MAX));
            return catalog_v4::find(self, &mut request).await;
        }
        let Some(path) = request.tail("/puppet/v3/").map(str::to_owned) else {
            return Err(Problem::not_found(format!("Not Found: {}", request.canonical_path())));
        };
        let (indirection, key) = path.split_once('/').unwrap_or((&path, ""));
        match indirection {
            "catalog" => request.body.set_limit(self.settings.body_bytes_max.min(CATALOG_FORM_BYTES_MAX)),
            "facts" => request.body.set_limit(self.settings.body_bytes_max.min(FACTS_BYTES_MAX)),
            "report" => request.body.set_limit(self.settings.body_bytes_max.min(REPORT_BYTES_MAX)),
            "file_bucket_file" => request.body.set_limit(self.settings.body_bytes_max),
            _ => {}
        }
        match (indirection, &request.method) {
            ("catalog", &Method::GET | &Method::POST) => catalog::find(self, &mut request, key).await,
            ("node", &Method::GET) => node::find(self, &request, key).await,
            ("facts", &Method::PUT) => report::save_facts(self, &mut request, key).await,
            ("report", &Method::PUT) => report::save(self, &mut request, key).await,
            ("environments", &Method::GET) => node::environments(self),
            ("file_metadata", &Method::GET) => files::metadata(self, &request, key).await,
            ("file_metadatas", &Method::GET) => files::metadatas(self, &request, key).await,
            ("file_content", &Method::GET) => files::content(self, &request, key).await,
            ("static_file_content", &Method::GET) => files::static_content(self, &request, key).await,
            ("file_bucket_file", _) => files::bucket_file(self, &mut request, key).await,
            ("catalog", _) => Err(Problem::method_not_allowed("GET, POST")),
            (
                "node"
                | "environments"
                | "file_metadata"
                | "file_metadatas"
                | "file_content"
                | "static_file_content",
                _,
            ) => Err(Problem::method_not_allowed("GET")),
            ("facts" | "report", _) => Err(Problem::method_not_allowed("PUT")),
            _ => match info::find(self, &request, &path).await {
                Some(answer) => answer,
                None => Err(Problem::not_found(format!("Not Found: {}", request.canonical_path()))),
            },
        }
    }
}

impl Service for Server {
    fn call(&self, request: Request) -> BoxFuture<'_, Response> {
        Box::pin(async move {
            let response = Response::from(self.answer(request).await);
            response.with_header(VERSION_HEADER, HeaderValue::from_static(PUPPET_VERSION))
        })
    }
}

/// Nothing to say, successfully.
fn done() -> Response {
    Response::json_bytes(StatusCode::OK, &b"null"[..])
}
