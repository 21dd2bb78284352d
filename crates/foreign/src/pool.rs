//! The worker processes of one environment in one version.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use pcore::{Hash, Value};

use crate::worker::{Silent, Worker};
use crate::{ForeignError, Host, Settings};

/// Worker processes, started when they are needed. A process knows the functions that it has run; another loads them again.
///
/// A process has the niceness of the thread that started it, and may not get rid of it. So threads share processes and places with those
/// of their own niceness only: who is in a hurry neither gets a patient process nor waits for one.
pub struct Pool {
    settings: Settings,
    /// By niceness.
    state: Mutex<BTreeMap<i32, State>>,
    returned: Condvar,
}

#[derive(Default)]
struct State {
    idle: Vec<Member>,
    running: usize,
}

/// A worker and what is loaded in it.
struct Member {
    worker: Worker,
    loaded: Vec<(Api, PathBuf)>,
    /// When it was used last.
    used: Instant,
}

/// After this long the processes of threads with another niceness end: they may have no more work.
const OTHERS_MAX: Duration = Duration::from_secs(60);

/// Calls of Ruby code from Ruby code, through the compiler, within each other. Each takes a process.
const DEPTH_MAX: usize = 8;

thread_local! {
    /// How many calls this thread is in.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// The two interfaces that functions in Ruby are written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Api {
    /// `Puppet::Parser::Functions.newfunction`
    Legacy,
    /// `Puppet::Functions.create_function`
    Typed,
}

impl Api {
    fn load(self) -> &'static str {
        match self {
            Api::Legacy => "load3",
            Api::Typed => "load4",
        }
    }

    fn call(self) -> &'static str {
        match self {
            Api::Legacy => "call3",
            Api::Typed => "call4",
        }
    }
}

/// A call of a function.
#[derive(Debug)]
pub struct Call<'a> {
    /// Its interface.
    pub api: Api,
    /// The file that defines it.
    pub file: &'a Path,
    /// Its name.
    pub name: &'a str,
    /// Which of its dispatches; typed functions only.
    pub index: usize,
    /// Arguments, encoded.
    pub arguments: Vec<Value>,
    /// How many parameters a given block has.
    pub block: Option<usize>,
    /// Which compile calls: what a function caches through the context of a lookup lasts as long.
    pub compile: u64,
}

/// A question to a backend of the library Hiera 3.
#[derive(Debug)]
pub struct Backend<'a> {
    /// Its name: `x` for the class `Hiera::Backend::X_backend` in `hiera/backend/x_backend.rb`.
    pub name: &'a str,
    /// The key.
    pub key: &'a str,
    /// What else the backend is told, encoded: `entry`, `resolution`, `places`, and `text` or `entries`.
    pub options: Hash,
    /// Which compile asks: an instance of the backend lasts as long.
    pub compile: u64,
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pool").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Pool {
    /// A pool without any process yet.
    pub fn new(settings: Settings) -> Pool {
        Pool { settings, state: Mutex::default(), returned: Condvar::new() }
    }

    /// What a function declares: of typed ones `{local_types, dispatches}`, of others `{type, arity}`.
    ///
    /// # Errors
    /// The file cannot be loaded.
    pub fn describe(&self, api: Api, file: &Path, name: &str) -> Result<Value, ForeignError> {
        self.with(|member, deadline| {
            let described = member.worker.run(&load(api, file, name), &mut Silent, deadline)?;
            member.loaded.push((api, file.to_owned()));
            Ok(described)
        })
    }

    /// Calls a function.
    ///
    /// # Errors
    /// What it raises, and everything that can go wrong on the way.
    pub fn call(&self, call: &Call<'_>, host: &mut dyn Host) -> Result<Value, ForeignError> {
        self.with(|member, deadline| {
            if !member.loaded.iter().any(|(api, file)| *api == call.api && file == call.file) {
                member.worker.run(&load(call.api, call.file, call.name), &mut Silent, deadline)?;
                member.loaded.push((call.api, call.file.to_owned()));
            }
            let mut request = Hash::new();
            request.insert("op", call.api.call());
            request.insert("file", text(call.file));
            request.insert("name", call.name);
            request.insert("index", i64::try_from(call.index).unwrap_or_default());
            request.insert("args", Value::array(call.arguments.clone()));
            request.insert("compile", i64::try_from(call.compile).unwrap_or_default());
            if let Some(arity) = call.block {
                request.insert("block", i64::try_from(arity).unwrap_or_default());
            }
            member.worker.run(&Value::hash(request), host, deadline)
        })
    }

    /// Asks a backend of Hiera 3: `{found, value, note}`, where the note says why it cannot be asked.
    ///
    /// # Errors
    /// What it raises, and everything that can go wrong on the way.
    pub fn backend(&self, backend: Backend<'_>, host: &mut dyn Host) -> Result<Value, ForeignError> {
        let mut request = backend.options;
        request.insert("op", "hiera3");
        request.insert("backend", backend.name);
        request.insert("key", backend.key);
        request.insert("compile", i64::try_from(backend.compile).unwrap_or_default());
        self.with(|member, deadline| member.worker.run(&Value::hash(request), host, deadline))
    }

    /// Renders a template; `file` is its path, if it is a file, and `variables` are those that it sees as `@name`, encoded.
    ///
    /// # Errors
    /// What it raises, and everything that can go wrong on the way.
    pub fn render(
        &self,
        file: Option<&str>,
        template: &str,
        variables: Hash,
        host: &mut dyn Host,
    ) -> Result<Value, ForeignError> {
        let mut request = Hash::new();
        request.insert("op", "render");
        if let Some(file) = file {
            request.insert("file", file);
        }
        request.insert("text", template);
        request.insert("variables", Value::hash(variables));
        self.with(|member, deadline| member.worker.run(&Value::hash(request), host, deadline))
    }

    /// Runs something in a worker that nobody else uses meanwhile. A call from within a call takes another worker, so the limit
    /// counts only those that start anew: nested ones must not wait for each other.
    fn with<T>(
        &self,
        run: impl FnOnce(&mut Member, Instant) -> Result<T, ForeignError>,
    ) -> Result<T, ForeignError> {
        let depth = DEPTH.get();
        if depth >= DEPTH_MAX {
            return Err(ForeignError::Broken(format!(
                "pool refuses more than {DEPTH_MAX} calls within each other"
            )));
        }
        let niceness = niceness();
        let mut member = self.take(niceness, depth > 0)?;
        DEPTH.set(depth + 1);
        // What a host does may panic; the place must be free again all the same.
        let turn = Turn { pool: self, depth, niceness };
        let result = run(&mut member, Instant::now() + self.settings.time_max);
        if !matches!(result, Err(ForeignError::Broken(_))) && member.worker.is_fresh() {
            member.used = Instant::now();
            self.lock().entry(niceness).or_default().idle.push(member);
        }
        drop(turn);
        result
    }

    fn take(&self, niceness: i32, is_nested: bool) -> Result<Member, ForeignError> {
        let deadline = Instant::now() + self.settings.time_max;
        let mut all = self.lock();
        let is_over =
            |others: &i32, member: &Member| *others != niceness && member.used.elapsed() >= OTHERS_MAX;
        let over: Vec<Member> = all
            .iter_mut()
            .flat_map(|(others, state)| state.idle.extract_if(.., |one| is_over(others, one)))
            .collect();
        if !over.is_empty() {
            // Their ends take a moment, which nobody has to wait for.
            drop(all);
            drop(over);
            all = self.lock();
        }
        loop {
            let state = all.entry(niceness).or_default();
            if let Some(member) = state.idle.pop() {
                state.running += 1;
                return Ok(member);
            }
            if is_nested || state.running < self.settings.workers_max.max(1) {
                break;
            }
            let Some(left) = deadline.checked_duration_since(Instant::now()) else {
                return Err(ForeignError::Broken("pool is busy: no process became free in time".to_owned()));
            };
            all = self.returned.wait_timeout(all, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        all.entry(niceness).or_default().running += 1;
        drop(all);
        let member = |worker| Member { worker, loaded: Vec::new(), used: Instant::now() };
        Worker::start(&self.settings).map(member).inspect_err(|_| self.leave(niceness))
    }

    fn leave(&self, niceness: i32) {
        if let Some(state) = self.lock().get_mut(&niceness) {
            state.running = state.running.saturating_sub(1);
        }
        // All, since some of them may wait for another place.
        self.returned.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<i32, State>> {
        // Counters and whole workers: nothing is left half done by a panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place among the running workers, until it is dropped.
struct Turn<'a> {
    pool: &'a Pool,
    depth: usize,
    niceness: i32,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        DEPTH.set(self.depth);
        self.pool.leave(self.niceness);
    }
}

/// Of this thread, and of the processes that it starts.
fn niceness() -> i32 {
    rustix::process::getpriority_process(None).unwrap_or_default()
}

fn load(api: Api, file: &Path, name: &str) -> Value {
    let mut request = Hash::new();
    request.insert("op", api.load());
    request.insert("file", text(file));
    request.insert("name", name);
    if let Some(code) = crate::code::read(file) {
        request.insert("text", code);
    }
    Value::hash(request)
}

fn text(path: &Path) -> Value {
    Value::str(path.to_string_lossy().as_ref())
}
