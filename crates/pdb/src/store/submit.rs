//! The documents of this process on their way into the store.
//!
//! What is stored already only moves its times ([`super::known`]). While the database is away, what cannot be written is spooled.

use std::sync::Arc;
use std::time::SystemTime;

use api::pdb::{
    Command, Fingerprint, KeepCatalog, KnownFacts, PdbError, ReplaceCatalog, ReplaceFacts, StoreReport,
};
use pcore::Extent;

use super::{Outcome, Prepared, Store, catalog, facts, known, prepare_kept, report, unavailable};
use crate::hash::Hash;
use crate::payload::{Invalid, microseconds};
use crate::terminus::FactTexts;
use crate::{spool, terminus};

/// Facts of up to so many bytes are encoded where they arrive.
const SMALL_BYTES_MAX: u64 = 512 * 1024;

/// Why a document was not stored.
enum Failure {
    /// The database is away; the document may be spooled.
    Away(db::Error),
    Told(PdbError),
}

impl From<PdbError> for Failure {
    fn from(error: PdbError) -> Failure {
        Failure::Told(error)
    }
}

impl From<Invalid> for Failure {
    fn from(Invalid(reason): Invalid) -> Failure {
        Failure::Told(PdbError::Invalid(reason))
    }
}

impl Store {
    /// Stores a document; durable when this returns.
    pub(super) async fn store(&self, command: Command) -> Result<(), PdbError> {
        let received = microseconds(SystemTime::now());
        let doing = match &command {
            Command::ReplaceFacts(_) => "store facts",
            Command::ReplaceCatalog(_) | Command::KeepCatalog(_) => "store a catalog",
            Command::StoreReport(_) => "store a report",
        };
        let is_identity = matches!(&command, Command::KeepCatalog(_));
        let again = (self.spool.is_some() && !is_identity).then(|| command.clone());
        let stored = match command {
            Command::ReplaceFacts(facts) => self.store_facts(facts, received, doing).await,
            Command::ReplaceCatalog(catalog) => self.store_catalog(catalog, received, doing).await,
            Command::KeepCatalog(keep) => self.store_kept(&keep, received, doing).await,
            Command::StoreReport(report) => self.store_report(report, received, doing).await,
        };
        match (stored, again) {
            (Ok(()), _) => Ok(()),
            (Err(Failure::Away(error)), Some(command)) => self.put_aside(command, received, &error).await,
            // The database may come back without the content that the identity is of. So the catalog is made again, and waits whole.
            (Err(Failure::Away(_)), None) if is_identity && self.spool.is_some() => Err(PdbError::Gone),
            (Err(Failure::Away(error)), None) => Err(unavailable(doing)(error)),
            (Err(Failure::Told(error)), _) => Err(error),
        }
    }

    async fn put(&self, document: Prepared, doing: &'static str) -> Result<Outcome, Failure> {
        self.write(document).await.map_err(|error| match error.is_outage() {
            true => Failure::Away(error),
            false => Failure::Told(unavailable(doing)(error)),
        })
    }

    async fn store_facts(
        &self,
        facts: ReplaceFacts,
        received: i64,
        doing: &'static str,
    ) -> Result<(), Failure> {
        if let Some(KnownFacts(hash)) = &facts.known
            && self.are_kept(&facts, hash.clone(), received, doing).await?
        {
            return Ok(());
        }
        let (facts, producer) = (Arc::new(facts), self.producer.clone());
        let is_large = is_large(&facts);
        let of = facts.clone();
        let encode = move || {
            let texts = FactTexts::new(&of);
            (known::fingerprint(&of.environment, &texts), texts)
        };
        let (fingerprint, texts) = if is_large { apart(doing, encode).await? } else { encode() };
        if facts.known.is_none()
            && let Some(hash) = self.inner.known.facts(&facts.certname, &fingerprint)
            && self.are_kept(&facts, hash, received, doing).await?
        {
            return Ok(());
        }
        let (of, blocklist) = (facts.clone(), self.blocklist.clone());
        let prepare = move || {
            let mut payload = terminus::facts_of(&of, &texts, producer.as_deref())?;
            blocklist.apply(&mut payload);
            Ok::<_, Invalid>(facts::prepare(&payload, received))
        };
        let prepared = apart(doing, prepare).await??;
        let hash = prepared.hash().clone();
        if self.put(Prepared::Facts(prepared), doing).await? == Outcome::Stored {
            self.inner.known.note_facts(&facts.certname, &fingerprint, &hash);
        }
        Ok(())
    }

    /// Facts that are those of the row with the given hash, as far as this process knows.
    pub(super) fn facts_as_stored(&self, facts: &ReplaceFacts) -> Option<KnownFacts> {
        if is_large(facts) {
            return None;
        }
        let fingerprint = known::fingerprint(&facts.environment, &FactTexts::new(facts));
        self.inner.known.facts(&facts.certname, &fingerprint).map(KnownFacts)
    }

    /// Whether the facts that are stored are those with this hash; their times then are the new ones.
    async fn are_kept(
        &self,
        facts: &ReplaceFacts,
        hash: Hash,
        received: i64,
        doing: &'static str,
    ) -> Result<bool, Failure> {
        let same = facts::Same {
            certname: facts.certname.clone(),
            producer: self.producer.as_deref().map(str::to_owned),
            producer_timestamp: microseconds(facts.producer_timestamp),
            received,
            hash,
        };
        Ok(self.put(Prepared::SameFacts(same), doing).await? != Outcome::Stale)
    }

    async fn store_catalog(
        &self,
        catalog: ReplaceCatalog,
        received: i64,
        doing: &'static str,
    ) -> Result<(), Failure> {
        let inputs = match terminus::inputs(&catalog) {
            Some(inputs) => Some(apart(doing, move || catalog::prepare_inputs(&inputs)).await?),
            None => None,
        };
        if !self.is_kept(&catalog, received, doing).await? {
            let (certname, fingerprint) = (catalog.certname.clone(), catalog.fingerprint);
            let (content, producer) = (catalog.catalog.catalog_uuid.clone(), self.producer.clone());
            let prepare = move || {
                let (payload, document) = terminus::catalog(&catalog, producer.as_deref())?;
                Ok::<_, Invalid>(catalog::prepare(&payload, Some(&document), received))
            };
            let prepared = apart(doing, prepare).await??;
            let outcome = self.put(Prepared::Catalog(prepared), doing).await?;
            if let Some(fingerprint) = fingerprint
                && outcome == Outcome::Stored
            {
                self.inner.known.note_catalog(&certname, &fingerprint, &content);
            }
        }
        if let Some(inputs) = inputs {
            self.put(Prepared::Inputs(inputs), doing).await?;
        }
        Ok(())
    }

    /// Whether this catalog is the one that is stored; its identity then is the new one.
    async fn is_kept(
        &self,
        catalog: &ReplaceCatalog,
        received: i64,
        doing: &'static str,
    ) -> Result<bool, Failure> {
        let same = |fingerprint: &Fingerprint| self.inner.known.catalog(&catalog.certname, fingerprint);
        let Some(content) = catalog.fingerprint.as_ref().and_then(same) else { return Ok(false) };
        let keep = terminus::kept(catalog, content);
        let kept = prepare_kept(&keep, self.producer.as_deref(), received);
        Ok(self.put(kept, doing).await? != Outcome::Stale)
    }

    async fn store_kept(
        &self,
        keep: &KeepCatalog,
        received: i64,
        doing: &'static str,
    ) -> Result<(), Failure> {
        let kept = prepare_kept(keep, self.producer.as_deref(), received);
        match self.put(kept, doing).await? {
            Outcome::Stale => Err(PdbError::Gone.into()),
            Outcome::Stored | Outcome::Duplicate => Ok(()),
        }
    }

    async fn store_report(
        &self,
        report: StoreReport,
        received: i64,
        doing: &'static str,
    ) -> Result<(), Failure> {
        let producer = self.producer.clone();
        let prepare = move || {
            let report = terminus::report(&report, producer.as_deref())?;
            Ok::<_, Invalid>(report::prepare(&report, received))
        };
        let prepared = apart(doing, prepare).await??;
        self.put(Prepared::Report(prepared), doing).await?;
        Ok(())
    }

    /// Spools a command; durable when this returns.
    async fn put_aside(&self, command: Command, received: i64, reason: &db::Error) -> Result<(), PdbError> {
        const DOING: &str = "put a document aside until the database is there again";
        let failed = |reason: String| PdbError::Unavailable { doing: DOING, reason };
        let Some(queue) = &self.spool else { return Err(failed(reason.to_string())) };
        let producer = self.producer.clone();
        let packing =
            tokio::task::spawn_blocking(move || spool::incoming(&command, producer.as_deref(), received));
        let incoming = packing.await.map_err(|error| failed(error.to_string()))?;
        let incoming = incoming.map_err(|Invalid(reason)| PdbError::Invalid(reason))?;
        tracing::debug!(certname = incoming.certname, name = %incoming.name, %reason, "spooled");
        let pushed = queue.push(incoming, &uuid::Uuid::new_v4().to_string(), false).await;
        pushed.map(drop).map_err(|error| failed(format!("{error} (the database: {reason})")))
    }
}

/// Whether it takes a while to encode facts.
fn is_large(facts: &ReplaceFacts) -> bool {
    Extent::of(&pcore::Value::Hash(facts.facts.clone())).bytes > SMALL_BYTES_MAX
}

/// Does work that may take a while where it holds up nobody.
async fn apart<T: Send + 'static>(
    doing: &'static str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, PdbError> {
    let failed = |error: tokio::task::JoinError| PdbError::Unavailable { doing, reason: error.to_string() };
    tokio::task::spawn_blocking(work).await.map_err(failed)
}
