//! Facts, catalogs and reports of all nodes: commands in, documents out.
//!
//! A command is durable when its future is ready: whoever answers an agent after that can say "stored". There is no
//! queue in between that a crash could lose. Commands of one node are applied in the order of their
//! `producer_timestamp`; an older document never replaces a newer one.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use pcore::{Hash, Str, Value};
use rest::{BoxFuture, Bytes};
use wire::catalog::{Catalog, Exports, Resource};

/// Identifies the content of a document within this process. It is made of values that may be secret and low in variety, so it must
/// not be stored or shown.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// BLAKE3 over the parts and where each ends.
    pub fn of(parts: &[&[u8]]) -> Fingerprint {
        let mut digest = blake3::Hasher::new();
        for part in parts {
            digest.update(&(part.len() as u64).to_le_bytes());
            digest.update(part);
        }
        Fingerprint(digest.finalize().into())
    }

    /// Half of it, for tables with many of them: still beyond chance.
    pub fn short(&self) -> [u8; 16] {
        std::array::from_fn(|index| self.0.get(index).copied().unwrap_or_default())
    }
}

impl std::fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fingerprint")
    }
}

/// The facts of a node, as of an agent's run. Replaces what was there.
#[derive(Clone, Debug)]
pub struct ReplaceFacts {
    /// The node.
    pub certname: String,
    /// Environment the agent asked for.
    pub environment: String,
    /// Fact values.
    pub facts: Arc<Hash>,
    /// What the server knows of the node for certain (`$trusted`); kept as the fact `trusted`.
    pub trusted: Option<Value>,
    /// What [`Pdb::known_facts`] said of them; `None` if it was not asked.
    pub known: Option<KnownFacts>,
    /// When the agent or, if it did not say, the server had them.
    pub producer_timestamp: SystemTime,
}

/// Facts that are those which were stored last, in terms of the store that said so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownFacts(pub Vec<u8>);

/// The catalog a node was sent. Replaces what was there.
#[derive(Clone, Debug)]
pub struct ReplaceCatalog {
    /// The node.
    pub certname: String,
    /// Environment it was compiled in.
    pub environment: String,
    /// The run it was made for.
    pub transaction_uuid: Option<String>,
    /// The job of the orchestrator that the run belongs to.
    pub job_id: Option<String>,
    /// The catalog.
    pub catalog: Arc<Catalog>,
    /// Resources that the node exports and does not apply itself.
    pub exported: Arc<Exports>,
    /// Keys that were looked up in Hiera for it; `None` if that is not known.
    pub lookups: Option<Arc<Vec<Str>>>,
    /// Of everything in `catalog` and `exported` but version and `catalog_uuid`, if it was made: two catalogs of a node with the same
    /// one are the same.
    pub fingerprint: Option<Fingerprint>,
    /// When it was compiled.
    pub producer_timestamp: SystemTime,
}

/// The catalog that a node was sent is the one that it was sent before, but for what identifies it.
#[derive(Clone, Debug)]
pub struct KeepCatalog {
    /// The node.
    pub certname: String,
    /// Environment it was compiled in.
    pub environment: String,
    /// The run it was sent for.
    pub transaction_uuid: Option<String>,
    /// The job of the orchestrator that the run belongs to.
    pub job_id: Option<String>,
    /// `catalog_uuid` with which the content was first stored.
    pub content: String,
    /// `catalog_uuid` now.
    pub catalog_uuid: String,
    /// `version` now.
    pub version: String,
    /// Whether keys were looked up in Hiera for it: what is stored of them belongs to the new identity then.
    pub has_lookups: bool,
    /// When it was sent.
    pub producer_timestamp: SystemTime,
}

/// The report of a run. All are kept until they expire.
#[derive(Clone, Debug)]
pub struct StoreReport {
    /// The node.
    pub certname: String,
    /// Environment of the run.
    pub environment: String,
    /// The document as the agent sent it: a JSON object of `report_format` 4 or later whose `host` is `certname`.
    pub report: Bytes,
    /// When the server received it.
    pub producer_timestamp: SystemTime,
}

/// What can be stored.
#[derive(Clone, Debug)]
pub enum Command {
    /// See [`ReplaceFacts`].
    ReplaceFacts(ReplaceFacts),
    /// See [`ReplaceCatalog`].
    ReplaceCatalog(ReplaceCatalog),
    /// See [`KeepCatalog`]. Refused with [`PdbError::Gone`] if another catalog is stored.
    KeepCatalog(KeepCatalog),
    /// See [`StoreReport`].
    StoreReport(StoreReport),
}

/// Stored facts of a node.
#[derive(Clone, Debug)]
pub struct StoredFacts {
    /// Environment they came with.
    pub environment: String,
    /// Fact values.
    pub facts: Arc<Hash>,
    /// Age.
    pub producer_timestamp: SystemTime,
}

/// The stored catalog of a node.
#[derive(Clone, Debug)]
pub struct StoredCatalog {
    /// Environment it was compiled in.
    pub environment: String,
    /// The catalog, without the parameters that were sensitive and with values in their plain encoding.
    pub catalog: Catalog,
    /// When it was compiled.
    pub producer_timestamp: SystemTime,
}

/// A stored report.
#[derive(Clone, Debug)]
pub struct StoredReport {
    /// Environment of the run.
    pub environment: String,
    /// The document, JSON.
    pub report: Bytes,
    /// Age.
    pub producer_timestamp: SystemTime,
}

/// A search for resources that nodes export.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportedQuery {
    /// Resource type, capitalised by segment.
    pub type_name: String,
    /// The node that asks; its own resources are not wanted.
    pub certname: String,
    /// Condition, if there is one.
    pub filter: Option<ExportedFilter>,
}

/// A condition on exported resources.
#[derive(Clone, Debug, PartialEq)]
pub enum ExportedFilter {
    /// Both hold.
    And(Box<ExportedFilter>, Box<ExportedFilter>),
    /// One of them holds.
    Or(Box<ExportedFilter>, Box<ExportedFilter>),
    /// It does not hold.
    Not(Box<ExportedFilter>),
    /// The title is this.
    Title(String),
    /// One of the tags is this.
    Tag(String),
    /// A parameter equals a value, as plain data.
    Parameter(String, Value),
}

/// A resource that a node exports.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportedResource {
    /// The node that exports it.
    pub certname: String,
    /// Title.
    pub title: String,
    /// Tags.
    pub tags: Vec<String>,
    /// Parameters, as plain data.
    pub parameters: Hash,
}

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum PdbError {
    /// The document is not one that can be stored; asking again is no use.
    #[error("{0}")]
    Invalid(String),
    /// What the command refers to is not stored (any more).
    #[error("the store has not what the command refers to")]
    Gone,
    /// There is no room for what has to wait; it may be brought again later.
    #[error("{0}")]
    Full(String),
    /// The store cannot be reached or cannot write now.
    #[error("could not {doing}: {reason}")]
    Unavailable {
        /// What was being done.
        doing: &'static str,
        /// Why it failed.
        reason: String,
    },
}

/// The store of what nodes report.
pub trait Pdb: Send + Sync {
    /// Where the store is, for messages.
    fn place(&self) -> &str {
        "this server"
    }

    /// Stores a document. Ready when it is on disk.
    fn submit(&self, command: Command) -> BoxFuture<'_, Result<(), PdbError>>;

    /// Whether these facts are the ones that are stored, but for when the node had them, if that is known without a look at the database.
    /// To submit them then changes nothing that anyone computes from.
    fn known_facts(&self, _facts: &ReplaceFacts) -> Option<KnownFacts> {
        None
    }

    /// With which `catalog_uuid` the content was first stored that is a node's catalog now, if it has this fingerprint and that is known
    /// without a look at the database. A [`KeepCatalog`] with it then stands for the catalog.
    fn stored_content(&self, _certname: &str, _fingerprint: &Fingerprint) -> Option<String> {
        None
    }

    /// The latest facts of a node.
    fn facts<'a>(&'a self, certname: &'a str) -> BoxFuture<'a, Result<Option<StoredFacts>, PdbError>>;

    /// The catalog that a node was last sent.
    fn catalog<'a>(&'a self, _certname: &'a str) -> BoxFuture<'a, Result<Option<StoredCatalog>, PdbError>> {
        let reason = "this store does not give catalogs back".to_owned();
        Box::pin(std::future::ready(Err(PdbError::Unavailable { doing: "read a catalog", reason })))
    }

    /// The rows that a query gives, as the text of a JSON list. The query is text of PQL, or AST; rows of nodes that are not active
    /// are left out unless it speaks of them.
    fn query<'a>(&'a self, _query: &'a serde_json::Value) -> BoxFuture<'a, Result<Bytes, PdbError>> {
        let reason = "this store answers no queries".to_owned();
        Box::pin(std::future::ready(Err(PdbError::Unavailable { doing: "query the store", reason })))
    }

    /// The latest report of a node.
    fn latest_report<'a>(
        &'a self,
        _certname: &'a str,
    ) -> BoxFuture<'a, Result<Option<StoredReport>, PdbError>> {
        let reason = "this store does not give reports back".to_owned();
        Box::pin(std::future::ready(Err(PdbError::Unavailable { doing: "read a report", reason })))
    }

    /// Resources that other nodes export, of nodes that are active; sorted by title and node.
    fn exported(&self, query: ExportedQuery) -> BoxFuture<'_, Result<Vec<ExportedResource>, PdbError>>;
}

/// A store in memory that remembers every command. For tests.
#[derive(Debug, Default)]
pub struct FakePdb {
    commands: Mutex<Vec<Command>>,
    /// When set, every call fails with this reason.
    pub failure: Mutex<Option<String>>,
    /// What it says to [`Pdb::stored_content`], whatever the catalog.
    pub content: Mutex<Option<String>>,
    /// What it says to [`Pdb::known_facts`], whatever the facts.
    pub known: Mutex<Option<KnownFacts>>,
}

impl FakePdb {
    /// All commands so far.
    pub fn commands(&self) -> Vec<Command> {
        self.commands.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn check(&self, doing: &'static str) -> Result<(), PdbError> {
        match &*self.failure.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(reason) => Err(PdbError::Unavailable { doing, reason: reason.clone() }),
            None => Ok(()),
        }
    }
}

impl ExportedFilter {
    /// Whether a resource fits.
    fn fits(&self, resource: &Resource) -> bool {
        match self {
            ExportedFilter::And(left, right) => left.fits(resource) && right.fits(resource),
            ExportedFilter::Or(left, right) => left.fits(resource) || right.fits(resource),
            ExportedFilter::Not(filter) => !filter.fits(resource),
            ExportedFilter::Title(title) => resource.title.as_str() == title,
            ExportedFilter::Tag(tag) => resource.tags.iter().any(|other| other.as_str() == tag),
            ExportedFilter::Parameter(name, value) => resource.parameter(name) == Some(value),
        }
    }
}

impl Pdb for FakePdb {
    fn submit(&self, command: Command) -> BoxFuture<'_, Result<(), PdbError>> {
        Box::pin(async move {
            self.check("store a document")?;
            let mut commands = self.commands.lock().unwrap_or_else(PoisonError::into_inner);
            if let Command::KeepCatalog(keep) = &command {
                let latest = commands.iter().rev().find_map(|command| match command {
                    Command::ReplaceCatalog(stored) if stored.certname == keep.certname => {
                        Some(stored.catalog.catalog_uuid.as_str() == keep.content)
                    }
                    _ => None,
                });
                if latest != Some(true) {
                    return Err(PdbError::Gone);
                }
            }
            commands.push(command);
            Ok(())
        })
    }

    fn known_facts(&self, _facts: &ReplaceFacts) -> Option<KnownFacts> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn stored_content(&self, _certname: &str, _fingerprint: &Fingerprint) -> Option<String> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn facts<'a>(&'a self, certname: &'a str) -> BoxFuture<'a, Result<Option<StoredFacts>, PdbError>> {
        Box::pin(async move {
            self.check("read facts")?;
            Ok(self.commands().into_iter().rev().find_map(|command| match command {
                Command::ReplaceFacts(facts) if facts.certname == certname => Some(StoredFacts {
                    environment: facts.environment,
                    facts: facts.facts,
                    producer_timestamp: facts.producer_timestamp,
                }),
                _ => None,
            }))
        })
    }

    fn catalog<'a>(&'a self, certname: &'a str) -> BoxFuture<'a, Result<Option<StoredCatalog>, PdbError>> {
        Box::pin(async move {
            self.check("read a catalog")?;
            Ok(self.commands().into_iter().rev().find_map(|command| match command {
                Command::ReplaceCatalog(stored) if stored.certname == certname => Some(StoredCatalog {
                    environment: stored.environment,
                    catalog: Arc::unwrap_or_clone(stored.catalog),
                    producer_timestamp: stored.producer_timestamp,
                }),
                _ => None,
            }))
        })
    }

    fn latest_report<'a>(
        &'a self,
        certname: &'a str,
    ) -> BoxFuture<'a, Result<Option<StoredReport>, PdbError>> {
        Box::pin(async move {
            self.check("read a report")?;
            Ok(self.commands().into_iter().rev().find_map(|command| match command {
                Command::StoreReport(report) if report.certname == certname => Some(StoredReport {
                    environment: report.environment,
                    report: report.report,
                    producer_timestamp: report.producer_timestamp,
                }),
                _ => None,
            }))
        })
    }

    fn exported(&self, query: ExportedQuery) -> BoxFuture<'_, Result<Vec<ExportedResource>, PdbError>> {
        Box::pin(async move {
            self.check("look for exported resources")?;
            let mut latest = std::collections::BTreeMap::new();
            for command in self.commands() {
                if let Command::ReplaceCatalog(stored) = command {
                    latest.insert(stored.certname.clone(), stored);
                }
            }
            latest.remove(&query.certname);
            let mut found = Vec::new();
            for (certname, stored) in latest {
                let all = stored.exported.resources.iter().chain(&stored.catalog.resources);
                let wanted = all
                    .filter(|resource| resource.exported && resource.type_name.as_str() == query.type_name);
                for resource in
                    wanted.filter(|resource| query.filter.as_ref().is_none_or(|filter| filter.fits(resource)))
                {
                    found.push(ExportedResource {
                        certname: certname.clone(),
                        title: resource.title.to_string(),
                        tags: resource.tags.iter().map(ToString::to_string).collect(),
                        parameters: resource
                            .parameters
                            .iter()
                            .map(|(name, value)| (name.as_str(), value.clone()))
                            .collect(),
                    });
                }
            }
            found.sort_by(|left, right| (&left.title, &left.certname).cmp(&(&right.title, &right.certname)));
            Ok(found)
        })
    }
}
