//! Catalogs that still hold.
//!
//! A catalog is a function of the environment's image and of what its compile read ([`ReadSet`]). While neither has changed since a
//! node's last compile its bytes are sent again, with a new `version` and `catalog_uuid`, and what the compile logged is logged again.
//! Whatever depended on time, chance, commands or other nodes is not kept.
//!
//! Correctness rests on the read-set alone, so it can be put to the test: of a share of the catalogs that would have been sent
//! again a fresh compile is made and compared. A difference is logged as an error, and the fresh catalog is sent.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, SystemTime};

use compiler::reads::Stat;
use compiler::reads::{Path, Seen, same_entries};
use compiler::{Compilation, Image, LogEntry, NodeInput, ReadSet};
use pcore::{Hash, Str, Value};
use wire::catalog::{Catalog, Marks};

/// Causes of misses that are told apart; others count as `other`.
const CAUSES_MAX: usize = 200;

/// Catalogs by node, up to a size.
pub struct Memo {
    shelf: Mutex<Shelf>,
    bytes_max: usize,
    /// A file that was changed so recently may change again without a trace.
    settled: Duration,
    /// One of so many hits is verified; 0 is none.
    verify_every: u64,
}

/// What the catalogs on the shelf did for requests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Catalogs kept.
    pub entries: usize,
    /// Bytes that they take, about.
    pub bytes: usize,
    /// Requests answered with a kept catalog.
    pub hits: u64,
    /// Requests that needed a compile.
    pub misses: u64,
    /// Compiles whose catalogs cannot be kept.
    pub unkept: u64,
    /// Hits compiled again to verify them.
    pub verified: u64,
    /// Those that turned out wrong. Anything but 0 is a fault of this program.
    pub wrong: u64,
    /// Why kept catalogs did not hold any more: `code`, `new`, `facts.NAME`, `file PATH` ..., and how often.
    pub causes: BTreeMap<String, u64>,
}

#[derive(Default)]
struct Shelf {
    entries: HashMap<Key, (u64, Arc<Entry>)>,
    /// Keys by their last use.
    used: BTreeMap<u64, Key>,
    clock: u64,
    figures: Figures,
}

/// Whose catalog in which form.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// Certname.
    pub certname: String,
    /// Environment.
    pub environment: String,
    /// With rich data.
    pub rich: bool,
    /// With metadata of files that have this checksum inside.
    pub inlined: Option<&'static str>,
}

/// A kept catalog.
struct Entry {
    /// The image it was compiled from. Weak: an old image must not stay for the sake of a catalog that cannot hold any more.
    image: Weak<Image>,
    facts: Vec<(Path, Seen)>,
    trusted: Vec<(Path, Seen)>,
    reads: ReadSet,
    server_facts: Arc<Hash>,
    classes: Vec<(Str, Option<Hash>)>,
    parameters: Hash,
    /// JSON without the values of `version` and `catalog_uuid`, cut where they stood.
    parts: [Box<[u8]>; 3],
    code_id: Option<Str>,
    content: Str,
    resources: usize,
    has_lookups: bool,
    logs: Arc<[LogEntry]>,
    bytes: usize,
}

/// A catalog sent again.
pub struct Hit {
    /// JSON.
    pub body: Vec<u8>,
    /// The `catalog_uuid` of its compile.
    pub content: String,
    /// The one it has now.
    pub catalog_uuid: String,
    /// The version it has now.
    pub version: Value,
    /// How many resources it has.
    pub resources: usize,
    /// Whether its compile noted keys that it looked up in Hiera.
    pub has_lookups: bool,
    /// What its compile logged.
    pub logs: Arc<[LogEntry]>,
    /// Whether a fresh compile is to be compared with it.
    pub verify: bool,
}

/// A catalog as the node and the store got it.
#[derive(Clone, Copy)]
pub struct Sent<'c> {
    /// Its JSON.
    pub body: &'c [u8],
    /// What differs in there between two compiles with the same result.
    pub marks: &'c Marks,
    /// The `catalog_uuid` with which the store has the content.
    pub content: &'c str,
}

impl Memo {
    /// A shelf for so many bytes; with 0 nothing is kept. One of `verify_every` hits is verified; 0 is none.
    pub fn new(bytes_max: usize, verify_every: u64) -> Memo {
        Memo { shelf: Mutex::default(), bytes_max, settled: Duration::from_secs(2), verify_every }
    }

    /// What it did so far.
    pub fn figures(&self) -> Figures {
        let shelf = self.lock();
        Figures { entries: shelf.entries.len(), ..shelf.figures.clone() }
    }

    /// Whether a catalog is kept under this key; it need not hold any more.
    pub fn has(&self, key: &Key) -> bool {
        self.bytes_max > 0 && self.lock().entries.contains_key(key)
    }

    /// The node's catalog if it still holds; `version` and `uuid` are those it gets. Without a version there is no hit: the
    /// compile will say why.
    pub fn find(
        &self,
        key: &Key,
        image: &Arc<Image>,
        node: &NodeInput,
        code_id: Option<&str>,
        version: impl FnOnce() -> Option<Value>,
        uuid: &str,
    ) -> Option<Hit> {
        if self.bytes_max == 0 {
            return None;
        }
        let entry = {
            let shelf = self.lock();
            shelf.entries.get(key).map(|(_, entry)| entry.clone())
        };
        let broken = match &entry {
            None => Some("new".to_owned()),
            Some(entry) => entry.broken(image, node, code_id),
        };
        let mut shelf = self.lock();
        if let Some(cause) = broken {
            shelf.figures.misses += 1;
            let known = shelf.figures.causes.len() < CAUSES_MAX || shelf.figures.causes.contains_key(&cause);
            let cause = if known { cause } else { "other".to_owned() };
            *shelf.figures.causes.entry(cause).or_default() += 1;
            return None;
        }
        drop(shelf);
        let (entry, version) = (entry?, version()?);
        let mut shelf = self.lock();
        shelf.figures.hits += 1;
        let verify = self.verify_every > 0 && shelf.figures.hits.is_multiple_of(self.verify_every);
        shelf.touch(key);
        drop(shelf);
        Some(Hit {
            body: entry.body(&version, uuid),
            content: entry.content.to_string(),
            catalog_uuid: uuid.to_owned(),
            version,
            resources: entry.resources,
            has_lookups: entry.has_lookups,
            logs: entry.logs.clone(),
            verify,
        })
    }

    /// Keeps a catalog if that is possible; `body` is its JSON and `marks` what [`Catalog::write_json_marked`] said of it.
    pub fn keep(
        &self,
        key: Key,
        image: &Arc<Image>,
        node: &NodeInput,
        compiled: &Compilation,
        sent: Sent<'_>,
    ) {
        if self.bytes_max == 0 {
            return;
        }
        let settled = |stat: &Stat| {
            let changed = Duration::from_nanos(stat.changed_ns.max(0) as u64);
            let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH + changed);
            self.settled.is_zero() || since.is_ok_and(|since| since >= self.settled)
        };
        let holds_still = compiled.reads.files.values().flatten().all(settled);
        let entry = if holds_still && compiled.reads.is_pure() {
            Entry::new(image, node, compiled, sent)
        } else {
            None
        };
        let mut shelf = self.lock();
        shelf.remove(&key);
        match entry {
            Some(entry) if entry.bytes <= self.bytes_max => {
                shelf.figures.bytes += entry.bytes;
                shelf.clock += 1;
                let now = shelf.clock;
                shelf.used.insert(now, key.clone());
                shelf.entries.insert(key, (now, Arc::new(entry)));
                while shelf.figures.bytes > self.bytes_max {
                    let Some((_, oldest)) = shelf.used.pop_first() else { break };
                    shelf.remove(&oldest);
                }
            }
            _ => shelf.figures.unkept += 1,
        }
    }

    /// Takes a catalog off the shelf.
    pub fn forget(&self, key: &Key) {
        self.lock().remove(key);
    }

    /// Notes the result of a verification.
    pub fn verified(&self, is_right: bool) {
        let figures = &mut self.lock().figures;
        figures.verified += 1;
        figures.wrong += u64::from(!is_right);
    }

    fn lock(&self) -> MutexGuard<'_, Shelf> {
        // Entries are whole before they are put there; the rest are counters.
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelf {
    fn touch(&mut self, key: &Key) {
        self.clock += 1;
        let now = self.clock;
        if let Some((used, _)) = self.entries.get_mut(key) {
            self.used.remove(used);
            self.used.insert(now, key.clone());
            *used = now;
        }
    }

    fn remove(&mut self, key: &Key) {
        if let Some((used, entry)) = self.entries.remove(key) {
            self.used.remove(&used);
            self.figures.bytes = self.figures.bytes.saturating_sub(entry.bytes);
        }
    }
}

impl Entry {
    fn new(image: &Arc<Image>, node: &NodeInput, compiled: &Compilation, sent: Sent<'_>) -> Option<Entry> {
        let Sent { body, marks, content } = sent;
        let parts = [
            body.get(..marks.version.start)?.into(),
            body.get(marks.version.end..marks.uuid.start)?.into(),
            body.get(marks.uuid.end..)?.into(),
        ];
        let trusted = trusted(node);
        let see = |paths: &std::collections::BTreeSet<Path>, root: &Arc<Hash>| {
            paths.iter().map(|path| (path.clone(), path.seen(root))).collect::<Vec<_>>()
        };
        let mut reads = compiled.reads.clone();
        let facts = see(&std::mem::take(&mut reads.facts), &node.facts);
        let trusted = see(&std::mem::take(&mut reads.trusted), &trusted);
        let logs: Arc<[LogEntry]> = compiled.logs.clone().into();
        let files: usize = reads.files.keys().map(|path| path.len() + 120).sum();
        let logged: usize = logs.iter().map(|entry| entry.message.len() + 120).sum();
        let bytes = body.len() + files + logged + 200 * (facts.len() + trusted.len()) + 512;
        Some(Entry {
            image: Arc::downgrade(image),
            facts,
            trusted,
            reads,
            server_facts: node.server_facts.clone(),
            classes: node.classes.clone(),
            parameters: node.parameters.clone(),
            parts,
            code_id: compiled.catalog.code_id.clone(),
            content: content.into(),
            resources: compiled.catalog.resources.len(),
            has_lookups: compiled.lookups.as_ref().is_some_and(|keys| !keys.is_empty()),
            logs,
            bytes,
        })
    }

    /// Why the catalog does not hold any more.
    fn broken(&self, image: &Arc<Image>, node: &NodeInput, code_id: Option<&str>) -> Option<String> {
        if !std::ptr::eq(self.image.as_ptr(), Arc::as_ptr(image)) || self.code_id.as_deref() != code_id {
            return Some("code".to_owned());
        }
        let same_classes = self.classes.len() == node.classes.len()
            && self.classes.iter().zip(&node.classes).all(|(old, new)| {
                old.0 == new.0
                    && match (&old.1, &new.1) {
                        (Some(old), Some(new)) => same_entries(old, new),
                        (None, None) => true,
                        _ => false,
                    }
            });
        if !same_classes || !same_entries(&self.parameters, &node.parameters) {
            return Some("classification".to_owned());
        }
        if !same_entries(&self.server_facts, &node.server_facts) {
            return Some("server facts".to_owned());
        }
        let changed = |seen: &[(Path, Seen)], root: &Arc<Hash>| {
            seen.iter().find(|(path, seen)| !seen.is_same(&path.seen(root))).map(|(path, _)| path.to_string())
        };
        if let Some(path) = changed(&self.facts, &node.facts) {
            return Some(format!("facts.{path}"));
        }
        if !self.trusted.is_empty()
            && let Some(path) = changed(&self.trusted, &trusted(node))
        {
            return Some(format!("trusted.{path}"));
        }
        self.reads.changed_file().map(|path| format!("file {path}"))
    }

    fn body(&self, version: &Value, uuid: &str) -> Vec<u8> {
        let [head, middle, tail] = &self.parts;
        let version = pcore::json::to_string(version);
        let mut body =
            Vec::with_capacity(head.len() + middle.len() + tail.len() + version.len() + uuid.len() + 2);
        body.extend_from_slice(head);
        body.extend_from_slice(version.as_bytes());
        body.extend_from_slice(middle);
        body.push(b'"');
        body.extend_from_slice(uuid.as_bytes());
        body.push(b'"');
        body.extend_from_slice(tail);
        body
    }
}

fn trusted(node: &NodeInput) -> Arc<Hash> {
    match &node.trusted {
        Value::Hash(hash) => hash.clone(),
        _ => Arc::default(),
    }
}

/// Whether a fresh catalog is the one that was kept, but for what identifies it.
pub fn is_same_catalog(kept: &Hit, fresh: &Catalog, rich: bool) -> bool {
    let mut fresh = fresh.clone();
    fresh.version = kept.version.clone();
    fresh.catalog_uuid = kept.catalog_uuid.as_str().into();
    let mut body = Vec::with_capacity(kept.body.len());
    fresh.write_json(&mut body, rich);
    body == kept.body
}

#[cfg(test)]
mod tests;
