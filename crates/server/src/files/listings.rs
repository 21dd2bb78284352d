//! Answers of `file_metadatas` that are kept, for all agents ask for the same plugins at every run.
//!
//! An answer is never older than its request: everything that it was made from is looked at again ([`Witnesses`]) after the request has
//! arrived. Requests for the same that arrive while somebody looks wait for the next look and share it, so that the work does not grow
//! with the number of agents.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rest::{KeptBody, Params};

use super::mounts::Mount;
use super::witness::Witnesses;

/// Memory for answers; those that nobody asked for while half of it was filled anew are forgotten.
const BYTES_MAX: usize = 128 * 1024 * 1024;
/// Largest answer that is kept.
const LISTING_BYTES_MAX: usize = BYTES_MAX / 4;
/// Number of different questions that are remembered.
const QUESTIONS_MAX: usize = 2_000;

/// Parameters that an answer depends on.
const PARAMETERS: [&str; 7] =
    ["links", "checksum_type", "source_permissions", "recurse", "recurselimit", "max_files", "ignore"];

/// What was asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Question {
    environment: String,
    mount: Mount,
    path: Option<String>,
    /// The client, where its name may make a difference.
    node: Option<String>,
    parameters: Vec<(usize, String)>,
}

impl Question {
    pub(super) fn new(
        environment: &str,
        (mount, path): (&Mount, Option<&str>),
        node: Option<&str>,
        params: &Params,
    ) -> Question {
        let parameters = PARAMETERS.iter().enumerate();
        let parameters = parameters
            .flat_map(|(number, name)| params.all(name).map(move |value| (number, value.to_owned())));
        Question {
            environment: environment.to_owned(),
            mount: mount.clone(),
            path: path.map(str::to_owned),
            node: node.filter(|_| matches!(mount, Mount::Directory { .. })).map(str::to_owned),
            parameters: parameters.collect(),
        }
    }
}

/// An answer.
#[derive(Debug)]
pub(super) struct Listing {
    /// The document.
    pub(super) body: Arc<KeptBody>,
    /// The directories of modules it was made from.
    pub(super) modulepath: Vec<PathBuf>,
    /// The files it was made from.
    pub(super) witnesses: Witnesses,
}

impl Listing {
    /// True if it would be made the same again.
    pub(super) fn holds(&self, modulepath: &[PathBuf]) -> bool {
        self.modulepath == modulepath && self.witnesses.hold()
    }

    /// With a body that compresses to a tenth.
    fn bytes(&self) -> usize {
        self.body.plain().len() * 11 / 10 + self.witnesses.bytes()
    }
}

/// The answers that are kept.
#[derive(Default)]
pub(super) struct Listings {
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    young: HashMap<Question, Arc<Slot>>,
    old: HashMap<Question, Arc<Slot>>,
    young_bytes: usize,
}

#[derive(Default)]
struct Slot {
    /// Number of looks that were begun.
    begun: AtomicU64,
    bytes: AtomicUsize,
    last: tokio::sync::Mutex<Last>,
}

/// What the last look that succeeded gave, and its number.
#[derive(Default)]
struct Last {
    number: u64,
    listing: Option<Arc<Listing>>,
}

impl Listings {
    /// Answers a question. `look` gets the answer that was given last; it gives that one if it still holds, or a new one.
    pub(super) async fn answer<E, F: Future<Output = Result<Arc<Listing>, E>>>(
        &self,
        question: Question,
        look: impl FnOnce(Option<Arc<Listing>>) -> F,
    ) -> Result<Arc<Listing>, E> {
        let slot = self.slot(&question);
        let arrived = slot.begun.load(Ordering::SeqCst);
        let mut last = slot.last.lock().await;
        if let Some(listing) = &last.listing
            && last.number > arrived
        {
            return Ok(listing.clone());
        }
        let number = slot.begun.fetch_add(1, Ordering::SeqCst) + 1;
        let listing = look(last.listing.clone()).await?;
        let bytes = listing.bytes();
        let is_new = last.listing.as_ref().is_none_or(|old| !Arc::ptr_eq(old, &listing));
        *last = Last { number, listing: (bytes <= LISTING_BYTES_MAX).then(|| listing.clone()) };
        if is_new {
            self.keep(&question, &slot, bytes);
        }
        Ok(listing)
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        // Maps are changed by one call each, so a panic elsewhere leaves them valid.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn slot(&self, question: &Question) -> Arc<Slot> {
        let mut known = self.lock();
        if let Some(slot) = known.young.get(question) {
            return slot.clone();
        }
        let slot = known.old.remove(question).unwrap_or_default();
        known.insert(question.clone(), slot.clone(), slot.bytes.load(Ordering::Relaxed));
        slot
    }

    /// Counts an answer that has become known.
    fn keep(&self, question: &Question, slot: &Arc<Slot>, bytes: usize) {
        slot.bytes.store(bytes, Ordering::Relaxed);
        let mut known = self.lock();
        if known.young.get(question).is_some_and(|known| Arc::ptr_eq(known, slot)) {
            known.insert(question.clone(), slot.clone(), bytes);
        }
    }
}

impl Known {
    fn insert(&mut self, question: Question, slot: Arc<Slot>, bytes: usize) {
        if self.young_bytes + bytes > BYTES_MAX / 2 || self.young.len() >= QUESTIONS_MAX / 2 {
            self.old = std::mem::take(&mut self.young);
            self.old.remove(&question);
            self.young_bytes = 0;
        }
        self.young_bytes += bytes;
        self.young.insert(question, slot);
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;

    fn question(number: usize) -> Question {
        let params = Params::parse("environment=production&recurse=true&ignore=.svn&ignore=CVS&x=1").unwrap();
        let mount = Mount::Union { folder: "lib" };
        Question::new(&format!("e{number}"), (&mount, None), Some("web.example.com"), &params)
    }

    fn listing(bytes: usize) -> Arc<Listing> {
        let witnesses = Witnesses::new(SystemTime::now());
        Arc::new(Listing { body: Arc::new(KeptBody::new(vec![0; bytes])), modulepath: Vec::new(), witnesses })
    }

    #[test]
    fn questions_are_what_matters_for_the_answer() {
        let ask = |environment: &str, mount: Mount, node: &str, query: &str| {
            let params = Params::parse(query).unwrap();
            Question::new(environment, (&mount, Some("a")), Some(node), &params)
        };
        let union = || Mount::Union { folder: "lib" };
        let directory = || Mount::Directory { path: "/srv/%h".into() };
        let query = "recurse=true&ignore=a&environment=x";
        assert_eq!(ask("x", union(), "n", query), ask("x", union(), "m", "ignore=a&recurse=true&node=9"));
        assert_ne!(ask("x", directory(), "n", query), ask("x", directory(), "m", query));
        assert_ne!(ask("x", union(), "n", query), ask("y", union(), "n", query));
        assert_ne!(ask("x", union(), "n", query), ask("x", Mount::Union { folder: "locales" }, "n", query));
        assert_ne!(ask("x", union(), "n", query), ask("x", union(), "n", "recurse=true&ignore=b"));
        assert_ne!(ask("x", union(), "n", "links=manage"), ask("x", union(), "n", "recurse=manage"));
    }

    #[tokio::test]
    async fn those_who_wait_share_the_next_look() {
        let listings = Arc::new(Listings::default());
        let looks = Arc::new(AtomicUsize::new(0));
        let gate = Arc::new(tokio::sync::Semaphore::new(0));
        let ask = || {
            let (listings, looks, gate) = (listings.clone(), looks.clone(), gate.clone());
            tokio::spawn(async move {
                let look = async |_| {
                    looks.fetch_add(1, Ordering::SeqCst);
                    gate.acquire().await.unwrap().forget();
                    Ok::<_, ()>(listing(10))
                };
                listings.answer(question(0), look).await.unwrap()
            })
        };
        let first = ask();
        while looks.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        // They arrive while the first looks: its answer may be older than they are.
        let others: Vec<_> = (0..5).map(|_| ask()).collect();
        while Arc::strong_count(&looks) < 7 {
            tokio::task::yield_now().await;
        }
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        gate.add_permits(10);
        let first = first.await.unwrap();
        let mut shared = Vec::new();
        for other in others {
            shared.push(other.await.unwrap());
        }
        assert_eq!(looks.load(Ordering::SeqCst), 2);
        assert!(shared.iter().all(|listing| Arc::ptr_eq(listing, &shared[0])));
        assert!(!Arc::ptr_eq(&first, &shared[0]));
    }

    #[tokio::test]
    async fn a_look_that_fails_or_is_given_up_leaves_the_answer_there_was() {
        let listings = Listings::default();
        let known = listing(10);
        let given = listings.answer(question(0), async |_| Ok::<_, ()>(known.clone())).await.unwrap();
        assert!(Arc::ptr_eq(&given, &known));
        assert_eq!(listings.answer(question(0), async |_| Err(7)).await.unwrap_err(), 7);
        let endless = listings.answer(question(0), async |_| std::future::pending::<Result<_, ()>>().await);
        assert!(tokio::time::timeout(Duration::from_millis(1), endless).await.is_err());
        let look = async |old: Option<Arc<Listing>>| Ok::<_, ()>(old.unwrap());
        assert!(Arc::ptr_eq(&listings.answer(question(0), look).await.unwrap(), &known));
    }

    #[tokio::test]
    async fn memory_is_bounded_and_what_is_asked_for_stays() {
        let listings = Listings::default();
        let bytes = BYTES_MAX / 16;
        for number in 0..40 {
            listings.answer(question(number), async |_| Ok::<_, ()>(listing(bytes))).await.unwrap();
            let look = async |old: Option<Arc<Listing>>| Ok::<_, ()>(old.unwrap());
            listings.answer(question(0), look).await.unwrap();
            let known = listings.lock();
            assert!(known.young.len() + known.old.len() <= 16, "{number}");
        }
        let huge = async |_| Ok::<_, ()>(listing(LISTING_BYTES_MAX + 1));
        listings.answer(question(99), huge).await.unwrap();
        let look = async |old: Option<Arc<Listing>>| {
            assert!(old.is_none());
            Ok::<_, ()>(listing(1))
        };
        listings.answer(question(99), look).await.unwrap();
        for number in 100..100 + 2 * QUESTIONS_MAX {
            listings.answer(question(number), async |_| Err::<Arc<Listing>, _>(())).await.unwrap_err();
        }
        let known = listings.lock();
        assert!(known.young.len() + known.old.len() <= QUESTIONS_MAX);
    }
}
