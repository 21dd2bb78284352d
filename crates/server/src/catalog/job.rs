//! A compile on a thread of the pool: from the order to the bytes that the agent gets and what the store is told.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use api::pdb::Fingerprint;
use compiler::{Compilation, Level, LogEntry, NodeInput};
use rest::Problem;
use wire::catalog::{Catalog, Exports, Marks};

use crate::environments::{Environment, EnvironmentError, Environments};
use crate::execution::Execution;
use crate::files::{self, Algorithm, Code, FileServer};
use crate::indirection::failed;
use crate::inline::inline;
use crate::memo::{self, Hit, Key, Memo};
use crate::metrics::Timed;
use crate::negotiate::Format;
use crate::world::{Connected, Machine};

/// Bytes of a resource in a catalog's JSON, with its edges, at a guess that is seldom too small.
const BODY_BYTES: usize = 768;

/// How long the command that says the version of the code may take.
const CODE_ID_TIME_MAX: Duration = Duration::from_secs(60);

/// What one compile needs, moved to the thread that does it.
#[derive(Clone)]
pub(super) struct Order {
    pub(super) certname: String,
    pub(super) environment: String,
    pub(super) default_environment: String,
    pub(super) environments: Arc<Environments>,
    pub(super) memo: Arc<Memo>,
    pub(super) compiles: Arc<Timed>,
    pub(super) facts: Arc<pcore::Hash>,
    pub(super) trusted: pcore::Value,
    pub(super) server_facts: Arc<pcore::Hash>,
    pub(super) classes: Vec<(pcore::Str, Option<pcore::Hash>)>,
    pub(super) parameters: pcore::Hash,
    pub(super) format: Format,
    /// Whether the agent takes metadata of files in its catalog, and with which checksums.
    pub(super) wants_static: bool,
    pub(super) checksum_types: Option<String>,
    pub(super) code_id_command: Option<PathBuf>,
    pub(super) files: Arc<FileServer>,
    pub(super) world: Connected,
}

/// What comes back from it.
pub(super) struct Compiled {
    pub(super) body: Vec<u8>,
    pub(super) content: Content,
}

/// What the store has to be told.
pub(super) enum Content {
    /// The catalog, what the node only exports, and what tells whether both are as before; keys that were looked up.
    Fresh {
        catalog: Arc<Catalog>,
        exported: Arc<Exports>,
        lookups: Option<Arc<Vec<pcore::Str>>>,
        fingerprint: Fingerprint,
    },
    Kept {
        environment: String,
        content: String,
        catalog_uuid: String,
        version: String,
        has_lookups: bool,
    },
}

/// What is kept of a node.
pub(super) enum Found {
    /// A catalog that still holds.
    Kept(Compiled),
    /// Nothing, so that it has to be compiled; or what a fresh compile is to be compared with.
    Nothing(Box<Job>, Option<Hit>),
}

/// Looks for the node's kept catalog. Runs on a thread of the pool.
pub(super) fn find(order: Order) -> Result<Found, Problem> {
    let job = Job::new(order)?;
    let version = || compiler::version(&job.environment.image, &Machine).ok();
    let uuid = uuid::Uuid::new_v4().to_string();
    let code_id = job.code_id.as_deref();
    let memo = &job.order.memo;
    match memo.find(&job.key(), &job.environment.image, &job.node, code_id, version, &uuid) {
        Some(hit) if !hit.verify => Ok(Found::Kept(job.again(hit))),
        found => Ok(Found::Nothing(Box::new(job), found)),
    }
}

/// The node's kept catalog if it still holds, else a fresh one. Runs on a thread of the pool.
pub(super) fn compile(order: Order) -> Result<Compiled, Problem> {
    match find(order)? {
        Found::Kept(kept) => Ok(kept),
        Found::Nothing(job, doubted) => job.finish(doubted),
    }
}

/// A fresh catalog, whatever is kept.
pub(super) fn compile_fresh(order: Order) -> Result<Compiled, Problem> {
    let job = Job::new(order)?;
    job.order.memo.forget(&job.key());
    job.compile(Wanted::Whole)
}

/// What the store is to get of a catalog.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// All of it.
    Whole,
    /// Only what is new: of a catalog that is stored already its identity.
    News,
}

/// An order with what it means at the moment.
pub(super) struct Job {
    order: Order,
    environment: Arc<Environment>,
    node: NodeInput,
    code_id: Option<String>,
    /// The checksum of inlined metadata, for a static catalog.
    inlined: Option<Algorithm>,
}

impl Order {
    /// Whether a catalog may be kept for this order. A false no costs nothing but time.
    pub(super) fn is_known(&self) -> bool {
        let has_versions = self.code_id_command.is_some() || self.environments.are_versioned();
        let is_static = self.wants_static && has_versions;
        let inlined = is_static.then(|| common_checksum(self.checksum_types.as_deref()).ok()).flatten();
        self.memo.has(&Key {
            certname: self.certname.clone(),
            environment: self.environment.clone(),
            rich: self.format == Format::RichJson,
            inlined: inlined.map(Algorithm::as_str),
        })
    }
}

impl Job {
    fn new(order: Order) -> Result<Job, Problem> {
        let environment = resolve(&order)?;
        let code_id = match (&environment.version, &order.code_id_command) {
            (Some(version), _) => Some(version.code_id.clone()),
            (None, Some(command)) => code_id(command, &order.environment).map_err(failed)?,
            (None, None) => None,
        };
        let is_static = environment.conf.static_catalogs && order.wants_static && code_id.is_some();
        let inlined = is_static.then(|| common_checksum(order.checksum_types.as_deref())).transpose()?;
        Ok(Job { node: node(&order, &environment), order, environment, code_id, inlined })
    }

    /// Compiles; `doubted` is a kept catalog to compare with.
    pub(super) fn finish(&self, doubted: Option<Hit>) -> Result<Compiled, Problem> {
        match doubted {
            Some(hit) => self.verify(hit),
            None => self.compile(Wanted::News),
        }
    }

    fn key(&self) -> Key {
        Key {
            certname: self.order.certname.clone(),
            environment: self.environment.name.clone(),
            rich: self.is_rich(),
            inlined: self.inlined.map(Algorithm::as_str),
        }
    }

    fn is_rich(&self) -> bool {
        self.order.format == Format::RichJson && self.environment.conf.rich_data
    }

    /// A kept catalog as an answer.
    fn again(&self, hit: Hit) -> Compiled {
        log(&self.order, &hit.logs);
        tracing::info!(
            certname = self.order.certname,
            environment = self.environment.name,
            resources = hit.resources,
            "the last catalog still holds"
        );
        let version = pcore::format::to_s(&hit.version);
        let Hit { body, content, catalog_uuid, has_lookups, .. } = hit;
        let environment = self.environment.name.clone();
        Compiled { body, content: Content::Kept { environment, content, catalog_uuid, version, has_lookups } }
    }

    /// Compiles in spite of a kept catalog, and compares.
    fn verify(&self, hit: Hit) -> Result<Compiled, Problem> {
        let fresh = self.compile(Wanted::Whole);
        let is_right = match &fresh {
            Ok(Compiled { content: Content::Fresh { catalog, .. }, .. }) => {
                memo::is_same_catalog(&hit, catalog, self.is_rich())
            }
            _ => false,
        };
        self.order.memo.verified(is_right);
        if !is_right {
            tracing::error!(
                certname = self.order.certname,
                environment = self.environment.name,
                "a kept catalog does not hold, though nothing that its compile read has changed; the fresh one is sent"
            );
        }
        fresh
    }

    fn compile(&self, wanted: Wanted) -> Result<Compiled, Problem> {
        let Job { order, environment, node, .. } = self;
        let started = Instant::now();
        let compiling = order.compiles.timed(|| compiler::compile(&environment.image, &order.world, node));
        let mut compilation = compiling.map_err(|error| {
            log(order, &error.logs);
            failed(error.message)
        })?;
        compilation.catalog.code_id = self.code_id.as_deref().map(Into::into);
        if let Some(algorithm) = self.inlined {
            self.inline(&mut compilation, algorithm).map_err(failed)?;
        }
        let elapsed = started.elapsed();
        log(order, &compilation.logs);
        let mut body = Vec::with_capacity(compilation.catalog.resources.len() * BODY_BYTES);
        let marks = compilation.catalog.write_json_marked(&mut body, self.is_rich());
        let fingerprint = fingerprint(&body, &marks, &compilation.exported);
        let stored = match wanted {
            Wanted::News => order.world.stored_content(&order.certname, &fingerprint),
            Wanted::Whole => None,
        };
        let content = stored.as_deref().unwrap_or(&compilation.catalog.catalog_uuid);
        let sent = memo::Sent { body: &body, marks: &marks, content };
        order.memo.keep(self.key(), &environment.image, node, &compilation, sent);
        let Compilation { catalog, exported, lookups, .. } = compilation;
        tracing::info!(
            certname = order.certname,
            environment = environment.name,
            resources = catalog.resources.len(),
            milliseconds = elapsed.as_secs_f64() * 1000.0,
            "compiled catalog"
        );
        // The catalog ends on the thread that made it, which is the only one that gives memory back without ado.
        if let (Some(content), None) = (stored, &lookups) {
            let content = Content::Kept {
                environment: environment.name.clone(),
                content,
                catalog_uuid: catalog.catalog_uuid.to_string(),
                version: pcore::format::to_s(&catalog.version),
                has_lookups: false,
            };
            return Ok(Compiled { body, content });
        }
        let (catalog, exported, lookups) = (Arc::new(catalog), Arc::new(exported), lookups.map(Arc::new));
        Ok(Compiled { body, content: Content::Fresh { catalog, exported, lookups, fingerprint } })
    }

    fn inline(&self, compilation: &mut Compilation, algorithm: Algorithm) -> Result<(), String> {
        let environment = &self.environment;
        let code =
            Code { environment: environment.name.clone(), modulepath: environment.conf.modulepath.clone() };
        let files = &self.order.files;
        let Compilation { catalog, reads, .. } = compilation;
        inline(files, &code, &environment.directory, catalog, algorithm, reads)
    }
}

/// Of a catalog's JSON without what differs between two compiles with the same result, and of what is only exported.
fn fingerprint(body: &[u8], marks: &Marks, exported: &Exports) -> Fingerprint {
    let part = |range: std::ops::Range<usize>| body.get(range).unwrap_or_default();
    let mut others = Vec::new();
    exported.resources.iter().for_each(|resource| resource.write_json(&mut others, true));
    let containers = exported.containers.iter().map(|container| container.map_or(u32::MAX, |id| id.0));
    containers.for_each(|container| others.extend_from_slice(&container.to_le_bytes()));
    Fingerprint::of(&[
        part(0..marks.version.start),
        part(marks.version.end..marks.uuid.start),
        part(marks.uuid.end..body.len()),
        &others,
    ])
}

/// The version of an environment's code, as the configured command says; `None` if it says nothing.
pub(crate) fn code_id(command: &Path, environment: &str) -> Result<Option<String>, String> {
    let words = [command.to_string_lossy().into_owned(), environment.to_owned()];
    let execution = Execution { command: &words, folder: None, combine: false, time_max: CODE_ID_TIME_MAX };
    let output = execution.run().map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output);
    let id = text.trim_end_matches(['\n', '\r']);
    if !files::versions::is_code_id(id) {
        return Err(format!(
            "Invalid code-id '{id}'. Must contain only alpha-numerics and '-', '_', ';', or ':'"
        ));
    }
    Ok((!id.is_empty()).then(|| id.to_owned()))
}

/// The first checksum of the agent's list that is known here.
fn common_checksum(types: Option<&str>) -> Result<Algorithm, Problem> {
    let types = types.unwrap_or_default();
    types.split('.').find_map(Algorithm::named).ok_or_else(|| {
        let known: Vec<String> = Algorithm::ALL.iter().map(|known| format!(":{}", known.as_str())).collect();
        failed(format!(
            "Unable to find a common checksum type between agent '{types}' and master '[{}]'.",
            known.join(", ")
        ))
    })
}

fn node(order: &Order, environment: &Environment) -> NodeInput {
    let mut server_facts = pcore::Hash::clone(&order.server_facts);
    server_facts.insert("environment", environment.name.as_str());
    NodeInput {
        certname: order.certname.as_str().into(),
        facts: order.facts.clone(),
        trusted: order.trusted.clone(),
        server_facts: Arc::new(server_facts),
        classes: order.classes.clone(),
        parameters: order.parameters.clone(),
    }
}

/// The environment asked for; the default one if there is none of that name. The agent sees in the catalog which it was and starts
/// again in it.
fn resolve(order: &Order) -> Result<Arc<Environment>, Problem> {
    match order.environments.get(&order.environment) {
        Err(EnvironmentError::NotFound(_)) => order.environments.get(&order.default_environment),
        found => found,
    }
    .map_err(failed)
}

/// The least level of messages of manifests that the server's log takes.
pub(super) fn least_logged() -> Level {
    if tracing::enabled!(tracing::Level::DEBUG) { Level::Debug } else { Level::Info }
}

/// What manifests and compiler said goes to the server's log.
fn log(order: &Order, logs: &[LogEntry]) {
    let certname = order.certname.as_str();
    for entry in logs {
        let place = entry.site.as_ref().map(|site| site.to_string()).unwrap_or_default();
        let (source, message) = (&entry.source, &entry.message);
        match entry.level {
            Level::Debug => tracing::debug!(certname, source, "{message} {place}"),
            Level::Info | Level::Notice => tracing::info!(certname, source, "{message} {place}"),
            Level::Warning => tracing::warn!(certname, source, "{message} {place}"),
            _ => tracing::error!(certname, source, "{message} {place}"),
        }
    }
}
