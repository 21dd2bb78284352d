//! The store of another server, as a compiler uses it: commands and queries over HTTP, in PuppetDB's own forms.
//!
//! A document goes to the store at once, and is on the store's disk when this server hears that it is accepted. While the store is
//! away it goes to a [queue](crate::queue) on this server's disk, in the form in which it will be sent, and [senders](Senders) bring
//! it there when the store is back: in order for each node, each until it is accepted. Whoever answers an agent after
//! [`api::Pdb::submit`] can say "stored" in both cases. A command whose answer got lost is sent again; the store tells a report that
//! comes twice by what is in it, and facts and catalogs by their time, so nothing is there twice.
//!
//! Questions are not answered from memory while the store is away: a compile that collects exported resources fails then, as with
//! Puppet's own terminus, and the agent goes on with the catalog it has.

mod kept;
mod read;
mod send;
mod wire;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use api::pdb::{
    Command, ExportedQuery, ExportedResource, Fingerprint, KeepCatalog, PdbError, ReplaceCatalog, StoredFacts,
};
use rest::{BoxFuture, Bytes, Upstream};

use crate::figures::{self, Documents};
use crate::payload::{Invalid, microseconds};
use crate::queue::{Queue, QueueError};
use kept::Kept;
pub use send::Senders;
use send::Sending;
use wire::Outgoing;

/// Catalogs that are remembered, packed, so that a node's next one which is the same need not be made again.
const KEPT_BYTES_MAX: usize = 256 << 20;

/// A store elsewhere. Clones share it.
#[derive(Clone)]
pub struct Remote {
    inner: Arc<Inner>,
}

struct Inner {
    store: Arc<Upstream>,
    queue: Queue,
    producer: String,
    kept: Kept,
    documents: Documents,
    /// The last try did not get through: what comes meanwhile is queued without another one.
    is_away: AtomicBool,
}

impl rest::metrics::Source for Remote {
    fn write(&self, page: &mut rest::metrics::Exposition) {
        self.inner.documents.write(page);
    }
}

impl Remote {
    /// The store at `store`; what it does not take now waits in `queue`, on which [`Remote::start`] works. `producer` is this server.
    pub fn new(store: Arc<Upstream>, queue: Queue, producer: &str) -> Remote {
        let kept = Kept::new(KEPT_BYTES_MAX);
        let producer = producer.to_owned();
        let (documents, is_away) = (Documents::default(), AtomicBool::new(false));
        Remote { inner: Arc::new(Inner { store, queue, producer, kept, documents, is_away }) }
    }

    /// Starts to send what waits.
    pub fn start(&self) -> Senders {
        Senders::start(self.clone())
    }

    /// What waits.
    pub fn queue(&self) -> &Queue {
        &self.inner.queue
    }

    /// True if the store did not take the last document.
    pub fn is_away(&self) -> bool {
        self.inner.is_away.load(Ordering::Relaxed)
    }

    /// The store's server.
    pub fn store(&self) -> &Upstream {
        &self.inner.store
    }

    /// Its figures, for Prometheus.
    pub fn figures(&self) -> Arc<dyn rest::metrics::Source> {
        let remote = self.clone();
        Arc::new(figures::Figures::new(
            self.queue().clone(),
            None,
            move || remote.is_away(),
            Arc::new(self.clone()),
        ))
    }

    async fn take(&self, command: Command) -> Result<(), PdbError> {
        let received = microseconds(SystemTime::now());
        let outgoing = match command {
            Command::KeepCatalog(keep) => self.again(&keep, received)?,
            Command::ReplaceCatalog(catalog) => match self.same(&catalog) {
                Some(keep) => {
                    let mut outgoing = self.again(&keep, received)?;
                    outgoing.extend(wire::inputs(&catalog, received)?);
                    outgoing
                }
                None => {
                    let keeping = catalog.fingerprint.map(|fingerprint| (catalog.clone(), fingerprint));
                    self.pack(Command::ReplaceCatalog(catalog), keeping, received).await?
                }
            },
            command => self.pack(command, None, received).await?,
        };
        self.send_or_queue(outgoing).await
    }

    /// The catalog as one that was sent before, if it is.
    fn same(&self, catalog: &ReplaceCatalog) -> Option<KeepCatalog> {
        let content = self.inner.kept.content(&catalog.certname, catalog.fingerprint.as_ref()?)?;
        Some(crate::terminus::kept(catalog, content))
    }

    /// A catalog that was sent before, under its new identity.
    fn again(&self, keep: &KeepCatalog, received: i64) -> Result<Vec<Outgoing>, PdbError> {
        let kept = self.inner.kept.get(&keep.certname, &keep.content).ok_or(PdbError::Gone)?;
        Ok(wire::again(keep, &kept, &self.inner.producer, received)?)
    }

    /// The documents of a command, on a thread that may take its time.
    async fn pack(
        &self,
        command: Command,
        keeping: Option<(ReplaceCatalog, Fingerprint)>,
        received: i64,
    ) -> Result<Vec<Outgoing>, PdbError> {
        let producer = self.inner.producer.clone();
        let packing = tokio::task::spawn_blocking(move || wire::pack(&command, &producer, received));
        let failed = |error: tokio::task::JoinError| PdbError::Unavailable {
            doing: "write a document for the store",
            reason: error.to_string(),
        };
        let packed = packing.await.map_err(failed)??;
        if let (Some((catalog, fingerprint)), Some(tail)) = (keeping, packed.tail) {
            self.inner.kept.put(&catalog, &fingerprint, tail);
        }
        Ok(packed.outgoing)
    }

    async fn send_or_queue(&self, outgoing: Vec<Outgoing>) -> Result<(), PdbError> {
        for command in outgoing {
            // What came first goes first. While nothing waits, nobody else finds out that the store is back.
            let queue = &self.inner.queue;
            let may_be_there = !self.inner.is_away.load(Ordering::Relaxed) || queue.depth() == 0;
            if may_be_there && !queue.has(&command.certname) {
                match self.inner.deliver(&command).await {
                    Sending::Accepted => {
                        self.inner.is_away.store(false, Ordering::Relaxed);
                        continue;
                    }
                    Sending::Refused(reason) => return Err(PdbError::Invalid(reason)),
                    Sending::Away(reason) => {
                        if !self.inner.is_away.swap(true, Ordering::Relaxed) {
                            tracing::warn!(
                                store = self.inner.store.base(),
                                reason,
                                "the store does not take documents; they are kept on disk until it does"
                            );
                        }
                    }
                }
            }
            let uuid = uuid::Uuid::new_v4().to_string();
            match self.inner.queue.push(command.into(), &uuid, false).await {
                Ok(_) => {}
                Err(error @ QueueError::Full) => {
                    return Err(PdbError::Full(format!(
                        "The store at {} is away, and no more can be kept for it: {error}",
                        self.inner.store.base()
                    )));
                }
                Err(QueueError::Disk(error)) => {
                    let doing = "keep a document until the store is there again";
                    return Err(PdbError::Unavailable { doing, reason: error.to_string() });
                }
            }
        }
        Ok(())
    }
}

impl From<Invalid> for PdbError {
    fn from(Invalid(reason): Invalid) -> PdbError {
        PdbError::Invalid(reason)
    }
}

impl api::Pdb for Remote {
    fn place(&self) -> &str {
        self.inner.store.base()
    }

    fn submit(&self, command: Command) -> BoxFuture<'_, Result<(), PdbError>> {
        Box::pin(async move {
            let kind = figures::Kind::of(&command);
            self.inner.documents.counted(kind, self.take(command)).await
        })
    }

    // `known_facts` stays without an answer: another compiler may have brought other facts of the node since, and only the store
    // could say. A compile that asks for them must not go before them. Nor could they stay away: their time counts.

    fn stored_content(&self, certname: &str, fingerprint: &Fingerprint) -> Option<String> {
        self.inner.kept.content(certname, fingerprint)
    }

    fn facts<'a>(&'a self, certname: &'a str) -> BoxFuture<'a, Result<Option<StoredFacts>, PdbError>> {
        Box::pin(self.inner.read_facts(certname))
    }

    fn query<'a>(&'a self, query: &'a serde_json::Value) -> BoxFuture<'a, Result<Bytes, PdbError>> {
        Box::pin(self.inner.ask(query))
    }

    fn exported(&self, query: ExportedQuery) -> BoxFuture<'_, Result<Vec<ExportedResource>, PdbError>> {
        Box::pin(self.inner.read_exported(query))
    }
}
