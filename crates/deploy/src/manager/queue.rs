//! Which deploy is next, what was merged, and what became of each. No input, output or time of its own.
//!
//! Deploys that are asked for together share a session, which sees each repository once: a batch. Until a batch has begun, a request for
//! one of its environments is served by the deploy that waits already, since it will see everything that was pushed before it
//! begins. After that a request is a deploy of its own. An environment is deployed once at a time.

use std::collections::{BTreeMap, HashSet};
use std::time::{Duration, Instant, SystemTime};

use serde_json::{Value as Json, json};

use crate::{DeployError, Published};

/// Deploys that may wait.
const QUEUED_MAX: usize = 20_000;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The environment, or its branch.
    pub environment: String,
    /// Only these modules.
    pub modules: Option<Vec<String>>,
    /// Whether modules are looked at.
    pub deploy_modules: bool,
    /// The environments that may be meant, if not all may: the name of a branch may be that of another environment's branch.
    pub only: Option<Vec<String>>,
    /// Its branch is gone: environments without a branch are to be removed.
    pub is_gone: bool,
}

impl Wanted {
    /// All of an environment.
    pub fn new(environment: impl Into<String>) -> Wanted {
        Wanted {
            environment: environment.into(),
            modules: None,
            deploy_modules: true,
            only: None,
            is_gone: false,
        }
    }

    /// Serves another request, too.
    fn merge(&mut self, other: Wanted) {
        self.modules = match (self.modules.take(), other.modules) {
            (Some(mut own), Some(more)) if !self.is_gone && !other.is_gone => {
                own.extend(more.into_iter().filter(|name| !own.contains(name)).collect::<Vec<_>>());
                Some(own)
            }
            _ => None,
        };
        self.deploy_modules |= other.deploy_modules;
        self.only = match (self.only.take(), other.only) {
            (Some(own), Some(more)) => Some([own, more].concat()),
            _ => None,
        };
        // What was said last about the branch.
        self.is_gone = other.is_gone;
    }
}

/// How far a deploy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the words of the interface")]
pub enum State {
    Queued,
    Deploying,
    /// It is a version; servers take it over.
    Syncing,
    Synced,
    Failed,
}

impl State {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Queued => "queued",
            State::Deploying => "deploying",
            State::Syncing => "syncing",
            State::Synced => "synced",
            State::Failed => "failed",
        }
    }

    /// Whether nothing more will become of it.
    pub fn is_end(self) -> bool {
        matches!(self, State::Synced | State::Failed)
    }
}

/// What came of a deploy that went well.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// The commit of the control repository; nothing for an environment that was removed.
    pub signature: Option<String>,
    /// The version that it became.
    pub published: Published,
}

/// A deploy.
#[derive(Clone, Debug)]
pub struct Deploy {
    /// Its id.
    pub id: u64,
    /// What is asked for.
    pub wanted: Wanted,
    /// How far it is.
    pub state: State,
    /// Since when it waits.
    pub queued_at: SystemTime,
    /// What came of it.
    pub done: Option<Done>,
    /// Why nothing came of it.
    pub error: Option<DeployError>,
    batch: u64,
    ended: Option<Instant>,
}

impl Deploy {
    /// The document of a deploy; `end` is the word for one that went well.
    pub fn as_json(&self, end: &str) -> Json {
        let state = if self.state == State::Synced { end } else { self.state.as_str() };
        let mut document = json!({"environment": self.wanted.environment, "id": self.id, "status": state});
        if let Some(done) = &self.done {
            if let Some(signature) = &done.signature {
                document["deploy-signature"] = signature.as_str().into();
            }
            if let Some(commit) = &done.published.environment_commit {
                document["file-sync"] =
                    json!({"environment-commit": commit, "code-commit": done.published.code_commit});
            }
        }
        if let Some(error) = &self.error {
            document["error"] = error.as_json();
        }
        document
    }
}

/// There is no more room.
#[derive(Debug, PartialEq, Eq)]
pub struct Full;

/// All deploys that are known.
#[derive(Debug, Default)]
pub struct Queue {
    deploys: BTreeMap<u64, Deploy>,
    last_id: u64,
    last_batch: u64,
    /// Batches that have looked at repositories.
    begun: HashSet<u64>,
}

impl Queue {
    /// Begins a batch; `has_looked` if it has seen repositories before its deploys are added.
    pub fn batch(&mut self, has_looked: bool) -> u64 {
        self.last_batch += 1;
        if has_looked {
            self.begun.insert(self.last_batch);
        }
        self.last_batch
    }

    /// Adds a deploy to a batch, or finds one that waits and serves as well.
    ///
    /// # Errors
    /// Too many wait.
    pub fn add(&mut self, batch: u64, wanted: Wanted, now: SystemTime) -> Result<u64, Full> {
        let waiting = self.deploys.values_mut().filter(|deploy| deploy.state == State::Queued);
        let mut count = 0;
        for deploy in waiting {
            count += 1;
            if deploy.wanted.environment == wanted.environment && !self.begun.contains(&deploy.batch) {
                deploy.wanted.merge(wanted);
                return Ok(deploy.id);
            }
        }
        if count >= QUEUED_MAX {
            return Err(Full);
        }
        self.last_id += 1;
        let deploy = Deploy {
            id: self.last_id,
            wanted,
            state: State::Queued,
            queued_at: now,
            done: None,
            error: None,
            batch,
            ended: None,
        };
        self.deploys.insert(self.last_id, deploy);
        Ok(self.last_id)
    }

    /// The next deploy and its batch, if fewer than `at_once` are under way. It is under way then, and its batch has begun.
    pub fn next(&mut self, at_once: usize) -> Option<(u64, u64)> {
        let mut busy = HashSet::new();
        let mut count = 0;
        for deploy in self.deploys.values().filter(|deploy| deploy.state == State::Deploying) {
            busy.insert(deploy.wanted.environment.as_str());
            count += 1;
        }
        if count >= at_once {
            return None;
        }
        let next = self.deploys.values().find(|deploy| {
            deploy.state == State::Queued && !busy.contains(deploy.wanted.environment.as_str())
        });
        let (id, batch) = next.map(|deploy| (deploy.id, deploy.batch))?;
        self.begun.insert(batch);
        if let Some(deploy) = self.deploys.get_mut(&id) {
            deploy.state = State::Deploying;
        }
        Some((id, batch))
    }

    /// Whether deploys of a batch wait.
    pub fn has_waiting(&self, batch: u64) -> bool {
        self.deploys.values().any(|deploy| deploy.batch == batch && deploy.state == State::Queued)
    }

    /// A batch is over.
    pub fn end_batch(&mut self, batch: u64) {
        self.begun.remove(&batch);
    }

    /// A deploy is further than before.
    pub fn set(&mut self, id: u64, state: State, outcome: Result<Option<Done>, DeployError>) {
        let Some(deploy) = self.deploys.get_mut(&id) else { return };
        deploy.state = state;
        match outcome {
            Ok(Some(done)) => deploy.done = Some(done),
            Ok(None) => {}
            Err(error) => deploy.error = Some(error),
        }
        if state.is_end() {
            deploy.ended = Some(Instant::now());
        }
    }

    /// A deploy.
    pub fn get(&self, id: u64) -> Option<&Deploy> {
        self.deploys.get(&id)
    }

    /// All, in the order of their ids.
    pub fn all(&self) -> impl Iterator<Item = &Deploy> {
        self.deploys.values()
    }

    /// Forgets what ended long ago.
    pub fn expire(&mut self, ttl: Duration) {
        self.deploys.retain(|_, deploy| deploy.ended.is_none_or(|ended| ended.elapsed() < ttl));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(queue: &mut Queue, batch: u64, environment: &str) -> u64 {
        queue.add(batch, Wanted::new(environment), SystemTime::now()).unwrap()
    }

    #[test]
    fn a_push_while_one_waits_is_served_by_that() {
        let mut queue = Queue::default();
        let batch = queue.batch(false);
        let first = add(&mut queue, batch, "production");
        assert_eq!(queue.next(2), Some((first, batch)));
        // It may have fetched already, so the second waits, and serves the third.
        let batch = queue.batch(false);
        let second = add(&mut queue, batch, "production");
        let batch_of_third = queue.batch(false);
        let third = add(&mut queue, batch_of_third, "production");
        assert!(first != second && second == third);
        // One environment at a time.
        assert_eq!(queue.next(2), None);
        queue.set(first, State::Synced, Ok(None));
        assert_eq!(queue.next(2), Some((second, batch)));
        assert!(!queue.has_waiting(batch_of_third));
    }

    #[test]
    fn what_waits_in_a_batch_that_has_begun_does_not_see_later_pushes() {
        let mut queue = Queue::default();
        let all = queue.batch(true);
        let early = add(&mut queue, all, "production");
        let batch = queue.batch(false);
        let late = add(&mut queue, batch, "production");
        assert_ne!(early, late);
        assert_eq!(queue.next(1), Some((early, all)));
        assert_eq!(queue.next(1), None);
    }

    #[test]
    fn merged_requests_ask_for_what_each_asks_for() {
        let mut queue = Queue::default();
        let batch = queue.batch(false);
        let modules = |names: &[&str]| Wanted {
            modules: Some(names.iter().map(|name| (*name).to_owned()).collect()),
            ..Wanted::new("production")
        };
        let id = queue.add(batch, modules(&["a"]), SystemTime::now()).unwrap();
        queue.add(batch, modules(&["b", "a"]), SystemTime::now()).unwrap();
        assert_eq!(queue.get(id).unwrap().wanted, modules(&["a", "b"]));
        let shallow = Wanted { deploy_modules: false, ..Wanted::new("production") };
        queue.add(batch, shallow, SystemTime::now()).unwrap();
        assert_eq!(queue.get(id).unwrap().wanted, Wanted::new("production"));
        let gone = Wanted { is_gone: true, ..Wanted::new("production") };
        queue.add(batch, gone, SystemTime::now()).unwrap();
        assert!(queue.get(id).unwrap().wanted.is_gone);
        queue.add(batch, Wanted::new("production"), SystemTime::now()).unwrap();
        assert!(!queue.get(id).unwrap().wanted.is_gone);
    }

    #[test]
    fn what_has_ended_is_forgotten_after_its_time() {
        let mut queue = Queue::default();
        let batch = queue.batch(false);
        let (one, two) = (add(&mut queue, batch, "one"), add(&mut queue, batch, "two"));
        queue.next(1);
        queue.set(one, State::Failed, Err(DeployError::new(crate::Kind::Failed, "no")));
        queue.expire(Duration::from_secs(60));
        assert!(queue.get(one).is_some());
        queue.expire(Duration::ZERO);
        assert!(queue.get(one).is_none() && queue.get(two).is_some());
    }
}
