//! What code would do before it serves: the catalogs of an environment's nodes, compiled from the code that serves and from code that may
//! come, and compared.
//!
//! It runs where the images, the store and the classification are, on threads of its own that leave the processors to agents. Nothing of it
//! is stored, and no node hears of it. Each node is compiled from the code that serves first, which tells what of the code its catalog is
//! made of; where nothing of that differs, the other compile is spared ([`touch`]). Both compiles get the same answers from
//! outside ([`world`]).

pub mod gate;
pub mod handlers;
mod nodes;
pub(crate) mod places;
pub mod report;
mod served;
mod touch;
mod trees;
mod world;

use std::any::Any;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use compiler::{Compilation, NodeInput, ReadSet, Used};
use pcore::{Hash, Value};
use rest::{Peer, PeerCertificate};
use serde::{Deserialize, Serialize};
use wire::catalog::diff::{Change, Scope, diff};
use wire::catalog::{Catalog, Exports};

use crate::Server;
use crate::environments::{Environment, EnvironmentError};
use crate::files::{Algorithm, Code};
use crate::inline::inline;
use crate::trusted;
use gate::Gate;
use places::Places;
use report::{Collected, Files, Outcome, Report, Shown};
use touch::{Root, Touch};
use trees::Kind;
use world::Standstill;

/// What is compared: resources, their parameters, their order, and what contains them.
const SCOPE: Scope = Scope {
    tags: false,
    edges: true,
    places: false,
    parameter_order: false,
    head: false,
    without_sensitive: false,
};

/// How much later than others the processors are for a preview.
const NICENESS: i32 = 5;
/// How long a compile waits for agents' compiles at most; then it is one of them.
const COURTESY_MAX: Duration = Duration::from_millis(100);

/// Code that may come.
#[derive(Clone)]
pub struct Tree {
    /// Where it is.
    pub directory: PathBuf,
    /// What to call it.
    pub name: String,
    /// Keeps the directory, in which nothing changes then.
    pub held: Option<Arc<dyn Any + Send + Sync>>,
    /// What may come beside the environments with it; as it is without.
    pub beside: Option<Beside>,
}

/// Code that all environments have in common.
#[derive(Clone)]
pub struct Beside {
    /// The directory by which it is known, such as `/etc/puppetlabs/code`.
    pub known_as: PathBuf,
    /// Where the version is that serves, if there is one.
    pub old: Option<PathBuf>,
    /// Where the new code is.
    pub new: PathBuf,
    /// Entries of these directories that do not belong to it.
    pub but: &'static [&'static str],
    /// Keeps both directories.
    pub held: Vec<Arc<dyn Any + Send + Sync>>,
}

/// Which nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Selection {
    /// These, whatever their environment; without any, those of the environment.
    pub nodes: Vec<String>,
    /// Only those in the answer of a query, PQL with `certname` in its rows.
    pub query: Option<String>,
    /// Only so many, evenly from all.
    pub limit: Option<usize>,
}

/// What to preview.
pub struct Order {
    /// The environment.
    pub environment: String,
    /// Its code that may come.
    pub tree: Tree,
    /// Which nodes.
    pub selection: Selection,
    /// What to judge it by.
    pub gate: Option<Gate>,
    /// Compile all, also what cannot have changed.
    pub full: bool,
    /// How many certnames of each group are told.
    pub names_max: usize,
}

/// How far a preview is, for who watches it.
#[derive(Debug, Default)]
pub struct Progress {
    total: AtomicUsize,
    done: AtomicUsize,
    canceled: AtomicBool,
}

impl Progress {
    /// Nodes that are done, and all nodes; no nodes while it is not known which there are.
    pub fn figures(&self) -> (usize, usize) {
        (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }

    /// Ends it soon.
    pub fn cancel(&self) {
        self.canceled.store(true, Ordering::Relaxed);
    }
}

/// Why there is no preview.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    /// The environment does not serve, or the new code cannot be loaded.
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    /// Files cannot be compared.
    #[error("the code of {old} and {new} cannot be compared: {source}")]
    Trees {
        /// What serves.
        old: PathBuf,
        /// What may come.
        new: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// There is no code to compare with, and nodes are concerned.
    #[error(
        "{nodes} nodes are in {environment}, which does not serve on this server: there is nothing to compare with"
    )]
    NothingServes {
        /// The environment.
        environment: String,
        /// How many nodes it has.
        nodes: usize,
    },
    /// The nodes are not known.
    #[error("the store cannot say which nodes there are: {0}")]
    Store(String),
    /// The query is none.
    #[error("the query has no certnames in its answer: {0}")]
    Query(String),
    /// A thread could not be started, or has failed.
    #[error("the preview failed: {0}")]
    Failed(String),
    /// The code was changed while it was compiled.
    #[error("{0} was changed while it was previewed: preview it again when nothing writes there")]
    Changed(PathBuf),
    /// Somebody wanted it to end.
    #[error("the preview was ended before it was done")]
    Canceled,
}

/// Previews. Call it on the runtime.
///
/// # Errors
/// There is nothing to compare, or no answer of the store.
pub async fn run(
    server: &Arc<Server>,
    order: Order,
    progress: Arc<Progress>,
) -> Result<Report, PreviewError> {
    let started = Instant::now();
    let prepared = {
        let (server, environment, tree) = (server.clone(), order.environment.clone(), order.tree.clone());
        tokio::task::spawn_blocking(move || prepare(&server, &environment, &tree))
            .await
            .map_err(|error| PreviewError::Failed(error.to_string()))?
    };
    let Prepared { live, staged, touch, files, places, state } = prepared?;
    let names = nodes::select(server, &order).await?;
    progress.total.store(names.len(), Ordering::Relaxed);
    let known_as = live.version.as_ref().map_or(&live.directory, |version| &version.shown_as).clone();
    let mut directories =
        vec![(live.directory.as_path(), known_as.as_path()), (&order.tree.directory, &known_as)];
    if let Some(beside) = &order.tree.beside {
        let both = beside.old.iter().chain([&beside.new]);
        directories.extend(both.map(|directory| (directory.as_path(), beside.known_as.as_path())));
    }
    let collected = Collected::new(names.clone(), order.names_max, &directories);
    let shown = collected.shown();
    let shared = Arc::new(Shared {
        shown,
        places,
        standstill: Standstill::new(server.pdb.clone()),
        nowhere: Places::default(),
        runtime: tokio::runtime::Handle::current(),
        server: server.clone(),
        is_any_environment: !order.selection.nodes.is_empty(),
        full: order.full,
        names,
        next: AtomicUsize::new(0),
        collected: Mutex::new(collected),
        compiled: [AtomicUsize::new(0), AtomicUsize::new(0)],
        from: live
            .version
            .as_ref()
            .map_or_else(|| live.directory.display().to_string(), |v| v.code_id.clone()),
        live,
        staged,
        touch,
        progress,
    });
    if shared.is_all_same() {
        shared.lock().all_untouched();
        shared.progress.done.store(shared.names.len(), Ordering::Relaxed);
    } else {
        let working = shared.clone();
        tokio::task::spawn_blocking(move || work(&working))
            .await
            .map_err(|error| PreviewError::Failed(error.to_string()))??;
    }
    let shared =
        Arc::into_inner(shared).ok_or_else(|| PreviewError::Failed("a thread goes on".to_owned()))?;
    if shared.progress.canceled.load(Ordering::Relaxed) {
        return Err(PreviewError::Canceled);
    }
    let now = {
        let tree = order.tree.clone();
        let look = tokio::task::spawn_blocking(move || self::state(&tree));
        look.await.map_err(|error| PreviewError::Failed(error.to_string()))??
    };
    if now != state {
        return Err(PreviewError::Changed(order.tree.directory));
    }
    let [compiled_live, compiled_staged] = shared.compiled.map(AtomicUsize::into_inner);
    let collected = shared.collected.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut report = Report {
        environment: order.environment,
        from: shared.from,
        to: order.tree.name,
        files: Files { reaches_all: shared.touch.everything().map(str::to_owned), ..files },
        ..collected.finish()
    };
    report.gate = order.gate.map(|gate| gate.judge(&report));
    report.cost.compiled_live = compiled_live;
    report.cost.compiled_staged = compiled_staged;
    report.cost.seconds = started.elapsed().as_secs_f64();
    tracing::info!(
        environment = report.environment,
        nodes = report.nodes.total,
        changed = report.nodes.changed,
        compiled_live,
        compiled_staged,
        seconds = report.cost.seconds,
        "previewed {}",
        report.to
    );
    Ok(report)
}

struct Prepared {
    live: Arc<Environment>,
    /// Nothing if it is the same.
    staged: Option<Environment>,
    touch: Touch,
    files: Files,
    /// Where each side finds the environment's files.
    places: [Places; 2],
    /// Of the tree, before it was read.
    state: Vec<[u8; 16]>,
}

/// The state of a tree, as far as somebody may change it.
fn state(tree: &Tree) -> Result<Vec<[u8; 16]>, PreviewError> {
    let mut open: Vec<(&Path, &[&str])> = Vec::new();
    if tree.held.is_none() {
        open.push((&tree.directory, &[]));
    }
    if let Some(beside) = tree.beside.as_ref().filter(|beside| beside.held.is_empty()) {
        open.push((&beside.new, beside.but));
    }
    let state = |(directory, but): (&Path, &[&str])| {
        trees::state(directory, but).map_err(|source| PreviewError::Trees {
            old: directory.to_owned(),
            new: directory.to_owned(),
            source,
        })
    };
    open.into_iter().map(state).collect()
}

/// The names of what lies beside the environments in either version.
fn names_beside(beside: &Beside) -> std::io::Result<BTreeSet<OsString>> {
    let mut names = BTreeSet::new();
    for directory in beside.old.iter().chain([&beside.new]) {
        for entry in std::fs::read_dir(directory)? {
            let name = entry?.file_name();
            if !beside.but.iter().any(|but| name == *but) {
                names.insert(name);
            }
        }
    }
    Ok(names)
}

fn prepare(server: &Server, name: &str, tree: &Tree) -> Result<Prepared, PreviewError> {
    let environments = &server.environments;
    let mut live = environments.get(name)?;
    if live.version.is_none() {
        // Files are compared as they are, so the image must be of these.
        environments.flush(Some(name));
        live = environments.get(name)?;
    }
    let unlike =
        |source| PreviewError::Trees { old: live.directory.clone(), new: tree.directory.clone(), source };
    let state = state(tree)?;
    let differences = trees::differences(&live.directory, &tree.directory).map_err(unlike)?;
    let mut sides = {
        let places = environments.places(&live);
        [places.clone(), places.at(tree.directory.clone())]
    };
    let mut beside_differences = Vec::new();
    if let Some(beside) = &tree.beside {
        let old = beside.old.as_deref();
        beside_differences = trees::differences_but(old, &beside.new, beside.but).map_err(unlike)?;
        let names = names_beside(beside).map_err(unlike)?;
        let [live, staged] = sides;
        let known_as: Vec<&Path> = [beside.known_as.as_path()].into_iter().chain(old).collect();
        let own = old.unwrap_or(&beside.known_as);
        sides = [live.beside(&names, &known_as, own), staged.beside(&names, &known_as, &beside.new)];
    }
    let mut files = Files::default();
    let all = differences.iter().chain(&beside_differences);
    for difference in all.filter(|difference| !difference.is_folder) {
        match difference.kind {
            Kind::Added => files.added += 1,
            Kind::Removed => files.removed += 1,
            Kind::Modified => files.modified += 1,
        }
    }
    let (mut staged, mut touch) = (None, Touch::default());
    // Nothing is loaded for what is the same.
    if !(differences.is_empty() && beside_differences.is_empty()) {
        let new = environments.staged(&live, &tree.directory, &sides[1])?;
        let mut roots = vec![Root {
            live: &live.directory,
            staged: &tree.directory,
            differences: &differences,
            is_beside: false,
        }];
        if let Some(beside) = &tree.beside {
            roots.push(Root {
                live: beside.old.as_ref().unwrap_or(&beside.known_as),
                staged: &beside.new,
                differences: &beside_differences,
                is_beside: true,
            });
        }
        touch = Touch::of(&live, &new, &roots, &sides);
        staged = Some(new);
    }
    Ok(Prepared { live, staged, touch, files, places: sides, state })
}

/// What the threads of a preview share.
struct Shared {
    server: Arc<Server>,
    live: Arc<Environment>,
    staged: Option<Environment>,
    places: [Places; 2],
    shown: Shown,
    touch: Touch,
    from: String,
    is_any_environment: bool,
    full: bool,
    names: Vec<String>,
    next: AtomicUsize,
    collected: Mutex<Collected>,
    /// Catalogs, of the code that serves and of that which may come.
    compiled: [AtomicUsize; 2],
    standstill: Standstill,
    nowhere: Places,
    runtime: tokio::runtime::Handle,
    progress: Arc<Progress>,
}

fn work(shared: &Arc<Shared>) -> Result<(), PreviewError> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(shared.names.len().max(1));
    let mut running = Vec::with_capacity(threads);
    for number in 0..threads {
        let working = shared.clone();
        let thread = compiler::stack::spawn(format!("preview-{number}"), move || {
            // Without the right to it a preview is as quick as anybody.
            let _ = rustix::process::nice(NICENESS);
            working.work();
        });
        running.push(thread.map_err(|error| PreviewError::Failed(error.to_string()))?);
    }
    let ends: Vec<_> = running.into_iter().map(std::thread::JoinHandle::join).collect();
    match ends.iter().any(Result::is_err) {
        true => Err(PreviewError::Failed("a thread has failed".to_owned())),
        false => Ok(()),
    }
}

impl Shared {
    fn is_all_same(&self) -> bool {
        !self.touch.is_anything()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Collected> {
        self.collected.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        loop {
            let place = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(name) = self.names.get(place) else { return };
            if self.progress.canceled.load(Ordering::Relaxed) {
                return;
            }
            self.let_agents_pass();
            let outcome = catch_unwind(AssertUnwindSafe(|| self.node(name))).unwrap_or_else(|_| {
                let message =
                    "the compiler failed on this catalog; the server's log has the details".to_owned();
                Outcome::Failed { old: None, new: Some(message) }
            });
            let outcome = match outcome {
                Outcome::Compared(changes) => Outcome::Compared(self.shown.plain(changes)),
                other => other,
            };
            self.lock().add(place as u32, outcome);
            self.progress.done.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Waits while compiles of agents are waiting.
    fn let_agents_pass(&self) {
        let began = Instant::now();
        while self.server.pool.figures().queued > 0 && began.elapsed() < COURTESY_MAX {
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn node(&self, certname: &str) -> Outcome {
        let Some(staged) = &self.staged else { return Outcome::Untouched };
        let facts = match self.facts(certname) {
            Ok(Some(facts)) => facts,
            Ok(None) => return Outcome::WithoutFacts,
            Err(error) => return Outcome::Unknown(format!("the facts cannot be read: {error}")),
        };
        let definition = match self.server.classify.definition(certname) {
            Ok(Some(definition)) => definition,
            Ok(None) => return Outcome::Unknown("the classifier does not know the node".to_owned()),
            Err(reason) => return Outcome::Unknown(format!("the classifier has no answer: {reason}")),
        };
        let is_elsewhere = |name: &str| name != self.live.name && !self.is_any_environment;
        if definition.environment.as_deref().is_some_and(is_elsewhere) {
            return Outcome::Elsewhere;
        }
        let mut node = self.input(certname, facts);
        (node.classes, node.parameters) = (definition.classes, definition.parameters);
        let (old, used) = self.compile(&self.live, &node, 0);
        if !self.full && !self.touch.reaches(&used) {
            return match old {
                Ok(_) => Outcome::Untouched,
                Err(error) => Outcome::Failed { old: Some(error.clone()), new: Some(error) },
            };
        }
        let (new, _) = self.compile(staged, &node, 1);
        match (old, new) {
            (Ok(old), Ok(new)) => match (old.served, new.served) {
                // Agents that get files with their catalogs get no catalog then.
                (Ok(()), Err(error)) => Outcome::Failed { old: None, new: Some(error) },
                _ => Outcome::Compared(compare(&old.compilation, &new.compilation)),
            },
            (old, new) => Outcome::Failed { old: old.err(), new: new.err() },
        }
    }

    /// The facts of a node. They are read by the runtime: threads that it starts for that must not be as patient as this one.
    fn facts(&self, certname: &str) -> Result<Option<Arc<Hash>>, String> {
        let (told, answer) = std::sync::mpsc::sync_channel(1);
        let (server, name) = (self.server.clone(), certname.to_owned());
        self.runtime.spawn(async move {
            // Nobody is there to hear it if the preview has ended.
            let _ = told.send(server.pdb.facts(&name).await);
        });
        let stored = answer.recv().map_err(|error| error.to_string())?.map_err(|error| error.to_string())?;
        Ok(stored.map(|stored| stored.facts))
    }

    /// A catalog as an agent gets it, with what describes its files; and what it is made of.
    fn compile(
        &self,
        environment: &Environment,
        node: &NodeInput,
        side: usize,
    ) -> (Result<Made, String>, Used) {
        let version = environment.conf.config_version.as_deref().unwrap_or_default();
        let places = self.places.get(side).unwrap_or(&self.nowhere);
        let world = self.standstill.of(&node.certname, places, version);
        let (result, mut used) = compiler::compile_noting(&environment.image, &world, node);
        used.is_opaque |= world.has_run_commands();
        if let Some(compiled) = self.compiled.get(side) {
            compiled.fetch_add(1, Ordering::Relaxed);
        }
        let made = result.map_err(|error| error.message).map(|mut compilation| {
            let code = Code {
                environment: environment.name.clone(),
                modulepath: environment.conf.modulepath.clone(),
            };
            let mut reads = ReadSet::default();
            let (files, catalog) = (&self.server.files, &mut compilation.catalog);
            let served = inline(files, &code, &environment.directory, catalog, Algorithm::Sha256, &mut reads);
            used.is_opaque |= reads.impure || reads.opaque;
            used.files.extend(reads.files.into_keys());
            Made { compilation, served }
        });
        (made, used)
    }

    /// The node as its last run had it: trusted data is what the store has of it.
    fn input(&self, certname: &str, facts: Arc<Hash>) -> NodeInput {
        let mut facts = Arc::unwrap_or_clone(facts);
        let stored = facts.remove_str("trusted").filter(|trusted| matches!(trusted, Value::Hash(_)));
        let trusted = stored.unwrap_or_else(|| {
            let peer = Peer::verified(certname, PeerCertificate::default());
            trusted::trusted(&peer, &self.server.settings.oid_names, Value::hash(Hash::new()))
        });
        let mut server_facts = Hash::clone(&self.server.server_facts);
        server_facts.insert("environment", self.live.name.as_str());
        NodeInput {
            certname: certname.into(),
            facts: Arc::new(facts),
            trusted,
            server_facts: Arc::new(server_facts),
            ..NodeInput::default()
        }
    }
}

/// A catalog, and whether its files are there.
struct Made {
    compilation: Compilation,
    served: Result<(), String>,
}

/// The differences of two catalogs, and of what they only export, which has `@@` before its names.
fn compare(old: &Compilation, new: &Compilation) -> Vec<Change> {
    let mut changes = diff(&old.catalog, &new.catalog, SCOPE);
    changes.extend(served::differences(&old.catalog, &new.catalog));
    if !(old.exported.resources.is_empty() && new.exported.resources.is_empty()) {
        let catalog =
            |exports: &Exports| Catalog { resources: exports.resources.clone(), ..Catalog::default() };
        let exported = diff(&catalog(&old.exported), &catalog(&new.exported), SCOPE);
        changes.extend(exported.into_iter().filter_map(|change| {
            let named = |resource: String| format!("@@{resource}");
            Some(match change {
                Change::Added { resource, parameters } => {
                    Change::Added { resource: named(resource), parameters }
                }
                Change::Removed { resource } => Change::Removed { resource: named(resource) },
                Change::Altered { resource, alterations } => {
                    Change::Altered { resource: named(resource), alterations }
                }
                _ => return None,
            })
        }));
    }
    changes
}

/// The gate as a step of a deploy: whether code may serve. Nothing for an environment that does not serve here and has no nodes.
///
/// # Errors
/// See [`run`]; or the environment does not serve here and has nodes, as one that comes back, or is served by others.
pub async fn gate(
    server: &Arc<Server>,
    environment: &str,
    tree: Tree,
    gate: &Gate,
    progress: Arc<Progress>,
) -> Result<Option<Report>, PreviewError> {
    let order = Order {
        environment: environment.to_owned(),
        tree,
        selection: Selection::default(),
        gate: Some(gate.clone()),
        full: false,
        names_max: 10,
    };
    match run(server, order, progress).await {
        Err(PreviewError::Environment(EnvironmentError::NotFound(_))) => {
            match nodes::of(server, environment).await?.len() {
                0 => Ok(None),
                nodes => Err(PreviewError::NothingServes { environment: environment.to_owned(), nodes }),
            }
        }
        report => report.map(Some),
    }
}
