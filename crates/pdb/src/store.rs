//! The store: documents to rows, rows to documents.
//!
//! A document is *prepared* (hashed, sorted, compressed) on the caller's side and then written by one transaction that compares it with
//! what is there. On PostgreSQL a transaction can lose against another one; it is then run again.

mod catalog;
mod convert;
mod counts;
pub(crate) mod expire;
pub(crate) mod export;
mod exported;
mod facts;
mod group;
mod known;
mod node;
pub(crate) mod partition;
mod parts;
mod read;
mod recount;
pub(crate) mod report;
mod shared;
mod statistics;
mod submit;

use std::cell::RefCell;
use std::collections::HashSet;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use api::pdb::{
    Command, ExportedQuery, ExportedResource, Fingerprint, KeepCatalog, KnownFacts, PdbError, ReplaceFacts,
    StoredCatalog, StoredFacts, StoredReport,
};
use db::{Db, Dialect, PostgresSettings, SqliteSettings, Tx};
use rest::{BoxFuture, Bytes};

use crate::command::Name;
use crate::figures::{self, Documents};
use crate::hash::Hash;
use crate::payload::sketch::Sketch;
use crate::payload::{Catalog, Payload, microseconds, plain};
use crate::processor::Blocklist;
use crate::query::{QueryService, QuerySettings};
use crate::queue::{Queue, Queued};
use crate::schema;

pub(crate) use convert::convert;
use known::Known;
pub use read::ReportSummary;
pub use recount::Recounted;

/// Times that a write which lost against another one is run.
pub(crate) const ATTEMPTS_MAX: u32 = 20;
/// Paths of facts that are remembered as known, so that they need not be written again. Some 40 MB.
const KNOWN_PATHS_MAX: usize = 500_000;

/// Pages of a SQLite file that the writer keeps in memory: those that a group of documents changes, some 300 for each node.
const CACHE_KIB: u32 = 16_000;

/// So many documents have a transaction of their own.
const ALONE_MIN: usize = 16;

/// How long a query of this process may take.
const QUERY_TIMEOUT: Duration = Duration::from_secs(60);

/// Facts, catalogs and reports in a database. Clones share it.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
    /// The name of this server, which stands as the producer of what it stores itself.
    producer: Option<Arc<str>>,
    /// Where that goes while the database is away.
    spool: Option<Queue>,
    /// What is dropped from facts.
    blocklist: Arc<Blocklist>,
    documents: Arc<Documents>,
}

struct Inner {
    db: Db,
    paths: Mutex<HashSet<Hash>>,
    known: Known,
    days: partition::Days,
    /// How many distinct resources there are, and since when that is known.
    distinct: Mutex<Option<(Instant, i64)>>,
}

/// What became of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is in the store.
    Stored,
    /// What is in the store is newer.
    Stale,
    /// It had been stored before.
    Duplicate,
}

/// A document ready to be written.
#[derive(Clone, Debug)]
pub(crate) enum Prepared {
    Facts(facts::Prepared),
    SameFacts(facts::Same),
    Catalog(catalog::Prepared),
    SameCatalog(catalog::Same),
    Kept(catalog::Kept),
    Inputs(catalog::PreparedInputs),
    Report(report::Prepared),
    Deactivate(crate::payload::Deactivate),
    Expiration(crate::payload::ConfigureExpiration),
}

/// What a write needs beside the transaction.
pub(crate) struct Context {
    paths: Paths,
    now: i64,
}

struct Paths {
    store: Option<Arc<Inner>>,
    fresh: RefCell<HashSet<Hash>>,
}

impl Context {
    fn new(store: Option<Arc<Inner>>) -> Context {
        Context { paths: Paths { store, fresh: RefCell::default() }, now: microseconds(SystemTime::now()) }
    }

    fn now(&self) -> i64 {
        self.now
    }
}

impl Paths {
    /// True if the path is not known to be stored, nor noted before by this write; it counts as known once this is committed.
    fn is_new(&self, path: &Hash) -> bool {
        if self.store.as_ref().is_some_and(|store| lock(&store.paths).contains(path)) {
            return false;
        }
        self.fresh.borrow_mut().insert(path.clone())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is inside is a set, whole after any panic.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Gets a command's document ready.
pub(crate) fn prepare(payload: &Payload, received: i64) -> Prepared {
    match payload {
        Payload::ReplaceFacts(facts) => Prepared::Facts(facts::prepare(facts, received)),
        Payload::ReplaceCatalog(catalog) => Prepared::Catalog(catalog::prepare(catalog, None, received)),
        Payload::ReplaceCatalogInputs(inputs) => Prepared::Inputs(catalog::prepare_inputs(inputs)),
        Payload::StoreReport(report) => Prepared::Report(report::prepare(report, received)),
        Payload::DeactivateNode(command) => Prepared::Deactivate(command.clone()),
        Payload::ConfigureExpiration(command) => Prepared::Expiration(command.clone()),
    }
}

/// Gets a command's document ready without decoding it into a tree, if it is as plain as usual. Of facts, those are wanted of whose name
/// it is said so.
pub(crate) fn prepare_plain(text: &[u8], of: &Queued, is_wanted: impl Fn(&str) -> bool) -> Option<Prepared> {
    match of.name {
        Name::ReplaceFacts if Name::ReplaceFacts.is_known(of.version) => {
            let facts = plain::Facts::of(text, &of.certname)?;
            Some(Prepared::Facts(facts::prepare_plain(facts, is_wanted, of.received)))
        }
        Name::ReplaceCatalog if Name::ReplaceCatalog.is_known(of.version) => {
            let catalog = plain::Catalog::of(text, of.version, &of.certname)?;
            Some(Prepared::Catalog(catalog::prepare_plain(&catalog, of.received)))
        }
        Name::StoreReport if Name::StoreReport.is_known(of.version) => {
            let report = plain::Report::of(text, of.version, &of.certname)?;
            Some(Prepared::Report(report::prepare_plain(&report, of.received)))
        }
        _ => None,
    }
}

/// Gets a catalog ready that was compiled here; `document` is what agents get.
pub(crate) fn prepare_compiled(catalog: &Catalog, document: &[u8], received: i64) -> Prepared {
    Prepared::Catalog(catalog::prepare(catalog, Some(document), received))
}

/// Gets the head of a catalog ready whose content is stored under a hash.
pub(crate) fn prepare_same(certname: &str, head: Sketch, hash: Hash, received: i64) -> Prepared {
    Prepared::SameCatalog(catalog::Same { certname: certname.to_owned(), head, hash, received })
}

impl Prepared {
    /// The hash of its content, if it is a whole catalog.
    pub(crate) fn catalog_hash(&self) -> Option<Hash> {
        match self {
            Prepared::Catalog(catalog) => Some(catalog.hash().clone()),
            _ => None,
        }
    }
}

/// Gets the new identity of a stored catalog ready.
pub(crate) fn prepare_kept(keep: &KeepCatalog, producer: Option<&str>, received: i64) -> Prepared {
    Prepared::Kept(catalog::Kept {
        certname: keep.certname.clone(),
        environment: keep.environment.clone(),
        producer: producer.map(str::to_owned),
        transaction_uuid: keep.transaction_uuid.clone(),
        job_id: keep.job_id.clone(),
        content: keep.content.clone(),
        catalog_uuid: keep.catalog_uuid.clone(),
        version: keep.version.clone(),
        has_lookups: keep.has_lookups,
        producer_timestamp: microseconds(keep.producer_timestamp),
        received,
    })
}

pub(crate) fn write(tx: &Tx<'_>, context: &Context, prepared: &Prepared) -> Result<Outcome, db::Error> {
    Ok(match prepared {
        Prepared::SameFacts(same) => facts::touch(tx, same)?,
        Prepared::Kept(kept) => catalog::keep(tx, kept)?,
        Prepared::Inputs(inputs) => only(catalog::replace_inputs(tx, &[inputs])?),
        Prepared::Deactivate(command) => node::deactivate(tx, command)?,
        Prepared::Expiration(command) => node::configure_expiration(tx, command)?,
        together => only(group::write(tx, context, &[together])?),
    })
}

/// What became of the only document.
fn only(outcomes: Vec<Outcome>) -> Outcome {
    outcomes.first().copied().unwrap_or(Outcome::Stale)
}

impl rest::metrics::Source for Store {
    fn write(&self, page: &mut rest::metrics::Exposition) {
        self.documents.write(page);
    }
}

impl Store {
    /// Opens or makes a SQLite file.
    pub fn open(path: &Path) -> Result<Store, db::Error> {
        let settings = SqliteSettings { functions: crate::query::FUNCTIONS, cache_kib: CACHE_KIB };
        let db = Db::open_with(path, "pdb", schema::migrations(Dialect::Sqlite), settings)?;
        Ok(Store::over(db))
    }

    /// Connects to a PostgreSQL server.
    pub async fn connect(settings: PostgresSettings) -> Result<Store, db::Error> {
        let db = Db::connect(settings, "pdb", schema::migrations(Dialect::Postgres)).await?;
        Ok(Store::over(db))
    }

    /// Connects to a PostgreSQL server that may be away at the moment.
    pub async fn connect_or_wait(settings: PostgresSettings) -> Result<Store, db::Error> {
        let db = Db::connect_or_wait(settings, "pdb", schema::migrations(Dialect::Postgres)).await?;
        Ok(Store::over(db))
    }

    fn over(db: Db) -> Store {
        let inner = Inner {
            db,
            paths: Mutex::default(),
            known: Known::default(),
            days: partition::Days::default(),
            distinct: Mutex::default(),
        };
        let store = Store {
            inner: Arc::new(inner),
            producer: None,
            spool: None,
            blocklist: Arc::default(),
            documents: Arc::default(),
        };
        store.keep_counts();
        store
    }

    /// The same store, for what the server of this name stores itself.
    pub fn with_producer(&self, producer: &str) -> Store {
        Store { producer: Some(producer.into()), ..self.clone() }
    }

    /// The same store; what this process stores goes to a queue while the database is away. Somebody has to
    /// [work](crate::processor) on that.
    pub fn with_spool(&self, queue: Queue) -> Store {
        Store { spool: Some(queue), ..self.clone() }
    }

    /// The same store; some of the facts that this process stores are dropped.
    pub fn with_blocklist(&self, blocklist: Blocklist) -> Store {
        Store { blocklist: Arc::new(blocklist), ..self.clone() }
    }

    /// The database, for queries.
    pub fn db(&self) -> &Db {
        &self.inner.db
    }

    /// Gives a node up, as the command `deactivate node` does now; [`Outcome::Stale`] if something newer is known of it.
    pub async fn deactivate_node(&self, certname: &str) -> Result<Outcome, db::Error> {
        let producer_timestamp = microseconds(SystemTime::now());
        let command = crate::payload::Deactivate { certname: certname.into(), producer_timestamp };
        self.write(Prepared::Deactivate(command)).await
    }

    /// The hash under which the content of a catalog is stored, if this process stored it from a command of this fingerprint.
    pub(crate) fn sent_catalog(&self, certname: &str, fingerprint: &Fingerprint) -> Option<Hash> {
        self.inner.known.sent(certname, fingerprint)
    }

    /// Notes that for later.
    pub(crate) fn note_sent_catalog(&self, certname: &str, fingerprint: &Fingerprint, hash: &Hash) {
        self.inner.known.note_sent(certname, fingerprint, hash);
    }

    pub(crate) fn forget_paths(&self) {
        lock(&self.inner.paths).clear();
    }

    /// Writes a document; durable when this returns.
    pub(crate) async fn write(&self, prepared: Prepared) -> Result<Outcome, db::Error> {
        let outcomes = self.write_all([prepared].into(), ATTEMPTS_MAX).await?;
        outcomes.first().copied().ok_or(db::Error::Closed)
    }

    /// Writes documents in their order, all or none of them; durable when this returns. What loses against another transaction is run
    /// again, so many times at most.
    pub(crate) async fn write_all(
        &self,
        prepared: Arc<[Prepared]>,
        attempts_max: u32,
    ) -> Result<Vec<Outcome>, db::Error> {
        for document in prepared.iter() {
            if let Prepared::Report(report) = document {
                self.inner.days.ensure(&self.inner.db, report.day()).await?;
            }
        }
        let mut attempt = 1;
        loop {
            let (documents, inner) = (prepared.clone(), self.inner.clone());
            let work = move |tx: &Tx<'_>| {
                let context = Context::new(Some(inner));
                let outcomes = group::write_all(tx, &context, &documents)?;
                Ok((outcomes, context.paths.fresh.into_inner()))
            };
            let written = match prepared.len() {
                ..ALONE_MIN => self.inner.db.write(work).await,
                _ => self.inner.db.write_alone(work).await,
            };
            match written {
                Ok((outcomes, fresh)) => {
                    let mut known = lock(&self.inner.paths);
                    if known.len() + fresh.len() > KNOWN_PATHS_MAX {
                        known.clear();
                    }
                    known.extend(fresh);
                    return Ok(outcomes);
                }
                Err(error) if error.is_conflict() && attempt < attempts_max => {
                    tracing::debug!(%error, attempt, "a write is run again");
                    tokio::time::sleep(Duration::from_millis(u64::from(attempt * attempt).min(100))).await;
                    attempt += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

fn unavailable(doing: &'static str) -> impl Fn(db::Error) -> PdbError {
    move |error| PdbError::Unavailable { doing, reason: error.to_string() }
}

impl api::Pdb for Store {
    fn submit(&self, command: Command) -> BoxFuture<'_, Result<(), PdbError>> {
        Box::pin(async move {
            let kind = figures::Kind::of(&command);
            self.documents.counted(kind, self.store(command)).await
        })
    }

    fn known_facts(&self, facts: &ReplaceFacts) -> Option<KnownFacts> {
        self.facts_as_stored(facts)
    }

    fn stored_content(&self, certname: &str, fingerprint: &api::pdb::Fingerprint) -> Option<String> {
        self.inner.known.catalog(certname, fingerprint)
    }

    fn facts<'a>(&'a self, certname: &'a str) -> BoxFuture<'a, Result<Option<StoredFacts>, PdbError>> {
        Box::pin(self.read_facts(certname))
    }

    fn catalog<'a>(&'a self, certname: &'a str) -> BoxFuture<'a, Result<Option<StoredCatalog>, PdbError>> {
        Box::pin(self.read_catalog(certname))
    }

    fn latest_report<'a>(
        &'a self,
        certname: &'a str,
    ) -> BoxFuture<'a, Result<Option<StoredReport>, PdbError>> {
        Box::pin(self.read_latest_report(certname))
    }

    fn query<'a>(&'a self, query: &'a serde_json::Value) -> BoxFuture<'a, Result<Bytes, PdbError>> {
        Box::pin(async move {
            let settings = QuerySettings {
                timeout_default: QUERY_TIMEOUT,
                timeout_max: QUERY_TIMEOUT,
                pretty: false,
                log_queries: false,
                report_part: crate::document::report_part,
            };
            let rows = QueryService::new(self.db().clone(), settings).ask(query).await?;
            Ok(Bytes::from(rows))
        })
    }

    fn exported(&self, query: ExportedQuery) -> BoxFuture<'_, Result<Vec<ExportedResource>, PdbError>> {
        Box::pin(self.read_exported(query))
    }
}

#[cfg(test)]
mod tests;
