//! What a client of file sync does next.
//!
//! A machine without input and output: it is told what happened and says what is to be done. Time is an argument, in milliseconds from
//! any beginning. Its rules:
//!
//! - One question for the newest versions is under way at any time, or the next one has its time. A primary that answers questions late
//!   (see [`crate::protocol`]) is asked again at once, any other one after the poll interval. After a failure the pause doubles.
//! - Each environment goes its way alone: fetch until nothing is missing, lay out and switch. One that fails is tried again, with
//!   doubling pauses, and the version it has goes on serving. A version that is overtaken by a newer one before it serves is given up.
//! - Environments that the primary's answer no longer names are dropped. No answer is no reason to drop anything, and neither is one in
//!   which the whole repository is unknown: that is a primary that was restored without its versions, and whoever took that for
//!   news would empty every compiler. What is there serves on, and the status says so until the repository has a version again.

use std::collections::BTreeMap;
use std::ops::Bound;

use crate::git::Id;
use crate::live::TOP;
use crate::protocol::SyncStatus;
use crate::versions::Latest;

/// Said of the repository while the primary does not know it and something serves.
const UNKNOWN: &str = "the primary has no version of this repository; the versions that are here serve on, but nothing new arrives. \
                       Commit code on the primary (bunraku code commit), or restore its data-dir of file sync";

/// Times and limits.
#[derive(Clone, Debug)]
pub struct Pace {
    /// Between questions to a primary that answers at once.
    pub poll_interval: u64,
    /// The first pause after a failure.
    pub retry_min: u64,
    /// The longest pause.
    pub retry_max: u64,
    /// Environments that are worked on at once.
    pub at_once_max: usize,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace { poll_interval: 5_000, retry_min: 500, retry_max: 30_000, at_once_max: 2 }
    }
}

/// Something to be done. Each has one answer: a call of [`Machine::polled`], [`Machine::fetched`] or [`Machine::laid_out`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// Ask for the newest versions; if `seen` is known, wait until there are others than those it names.
    Poll {
        /// The tag of the last answer.
        seen: Option<String>,
    },
    /// Get what is missing of a version: some objects, or with no ids whatever it has that `have` has not.
    Fetch {
        /// The environment.
        name: String,
        /// The version.
        want: Id,
        /// The version that is there.
        have: Option<Id>,
        /// What the last round did not bring.
        ids: Vec<Id>,
    },
    /// Lay a version out and let it serve.
    LayOut {
        /// The environment.
        name: String,
        /// The version.
        commit: Id,
    },
    /// Let an environment serve no more.
    Drop {
        /// The environment.
        name: String,
    },
}

/// What a round of fetching brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Objects that were new.
    pub gained: usize,
    /// Objects that are still missing, or some of them.
    pub missing: Vec<Id>,
}

/// What the primary said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Polled {
    /// It is all as it was.
    Unchanged,
    /// These are the newest versions.
    Latest {
        /// Nothing if the repository is not known, or has no version.
        latest: Option<Latest>,
        /// The tag, if the primary can wait with an answer.
        tag: Option<String>,
    },
}

/// The state of a client.
#[derive(Debug)]
pub struct Machine {
    pace: Pace,
    submodules_dir: String,
    polling: bool,
    /// A question was asked for while another one is under way.
    poll_again: bool,
    next_poll: u64,
    poll_failures: u32,
    poll_error: Option<String>,
    seen: Option<String>,
    /// False until the primary has answered once.
    informed: bool,
    /// The primary's last answer had nothing about the repository.
    unknown: bool,
    parts: BTreeMap<String, Part>,
    last_begun: String,
}

#[derive(Debug)]
struct Part {
    live: Option<Id>,
    target: Option<Id>,
    phase: Phase,
    failures: u32,
    error: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing is under way.
    Idle,
    /// Nothing is under way before this time.
    Pausing {
        until: u64,
    },
    /// To fetch, perhaps what is still missing.
    Wanting {
        want: Id,
        ids: Vec<Id>,
    },
    Fetching {
        want: Id,
    },
    /// All is there.
    Ready {
        commit: Id,
    },
    LayingOut {
        commit: Id,
    },
    Dropping,
}

impl Phase {
    fn is_under_way(&self) -> bool {
        matches!(self, Phase::Fetching { .. } | Phase::LayingOut { .. } | Phase::Dropping)
    }
}

/// How one environment fares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartStatus {
    /// In a word.
    pub status: SyncStatus,
    /// The version that serves.
    pub live: Option<Id>,
    /// The version that should.
    pub target: Option<Id>,
    /// Why it does not.
    pub error: Option<String>,
}

impl Machine {
    /// A client with these versions in service.
    pub fn new(pace: Pace, submodules_dir: &str, live: impl IntoIterator<Item = (String, Id)>) -> Machine {
        let part =
            |id| Part { live: Some(id), target: Some(id), phase: Phase::Idle, failures: 0, error: None };
        Machine {
            pace,
            submodules_dir: submodules_dir.to_owned(),
            polling: false,
            poll_again: false,
            next_poll: 0,
            poll_failures: 0,
            poll_error: None,
            seen: None,
            informed: false,
            unknown: false,
            parts: live.into_iter().map(|(name, id)| (name, part(id))).collect(),
            last_begun: String::new(),
        }
    }

    /// What is to be begun now.
    pub fn start(&mut self, now: u64) -> Vec<Task> {
        let mut tasks = Vec::new();
        if !self.polling && now >= self.next_poll {
            self.polling = true;
            tasks.push(Task::Poll { seen: self.seen.clone() });
        }
        for part in self.parts.values_mut() {
            part.reconsider(now);
        }
        let mut under_way = self.parts.values().filter(|part| part.phase.is_under_way()).count();
        // In turn, so that one that changes all the time does not keep the others waiting.
        let after = (Bound::Excluded(self.last_begun.clone()), Bound::Unbounded);
        let mut in_turn: Vec<String> = self.parts.range(after).map(|(name, _)| name.clone()).collect();
        in_turn.extend(self.parts.range(..=self.last_begun.clone()).map(|(name, _)| name.clone()));
        for name in in_turn {
            if under_way >= self.pace.at_once_max {
                break;
            }
            let Some(task) = self.parts.get_mut(&name).and_then(|part| part.begin(&name)) else { continue };
            tasks.push(task);
            under_way += 1;
            self.last_begun = name;
        }
        self.parts
            .retain(|_, part| part.live.is_some() || part.target.is_some() || part.phase != Phase::Idle);
        tasks
    }

    /// When [`Machine::start`] should be called next, if nothing happens before.
    pub fn wake(&self) -> Option<u64> {
        let poll = (!self.polling).then_some(self.next_poll);
        let pauses = self.parts.values().filter_map(|part| match part.phase {
            Phase::Pausing { until } => Some(until),
            _ => None,
        });
        poll.into_iter().chain(pauses).min()
    }

    /// Asks at once, and tries what has failed again.
    pub fn force(&mut self, now: u64) {
        self.next_poll = now;
        self.seen = None;
        self.poll_again = self.polling;
        for part in self.parts.values_mut() {
            if let Phase::Pausing { .. } = part.phase {
                part.phase = Phase::Idle;
            }
        }
    }

    /// A question was given up before it was answered. That says nothing about the primary.
    pub fn poll_given_up(&mut self, now: u64) {
        self.polling = false;
        self.poll_again = false;
        self.next_poll = now;
        self.seen = None;
    }

    /// A question was ended before it was answered, to be asked again at once as it was.
    pub fn poll_put_off(&mut self, now: u64) {
        self.polling = false;
        self.poll_again = false;
        self.next_poll = now;
    }

    /// A question was answered, or not.
    pub fn polled(&mut self, now: u64, outcome: Result<Polled, String>) {
        self.polling = false;
        let again = std::mem::take(&mut self.poll_again);
        match outcome {
            Ok(polled) => {
                self.poll_failures = 0;
                self.poll_error = None;
                if let Polled::Latest { latest, tag } = polled {
                    self.seen = tag;
                    self.informed = true;
                    self.unknown = latest.is_none();
                    match latest {
                        Some(latest) => self.aim(latest),
                        None => self.parts.values_mut().for_each(Part::stay),
                    }
                }
                // Who answers late has done the waiting.
                self.next_poll = if self.seen.is_some() { now } else { now + self.pace.poll_interval };
            }
            Err(error) => {
                // Perhaps it is another primary, or one that began anew.
                self.seen = None;
                self.next_poll = now + self.pause(self.poll_failures);
                self.poll_failures = self.poll_failures.saturating_add(1);
                self.poll_error = Some(error);
            }
        }
        if again {
            self.next_poll = now;
            self.seen = None;
        }
    }

    fn aim(&mut self, latest: Latest) {
        let mut targets = BTreeMap::from([(TOP.to_owned(), latest.commit)]);
        for (submodule, id) in latest.submodules {
            let name =
                submodule.strip_prefix(self.submodules_dir.as_str()).and_then(|rest| rest.strip_prefix('/'));
            if let Some(name) = name.filter(|name| crate::versions::is_environment_name(name)) {
                targets.insert(name.to_owned(), id);
            }
        }
        for (name, part) in &mut self.parts {
            part.aim(targets.remove(name));
        }
        for (name, id) in targets {
            let part = Part { live: None, target: Some(id), phase: Phase::Idle, failures: 0, error: None };
            self.parts.insert(name, part);
        }
    }

    /// A round of fetching is over.
    pub fn fetched(&mut self, now: u64, name: &str, outcome: Result<Fetched, String>) {
        let Some(Part { phase: Phase::Fetching { want }, failures, .. }) = self.parts.get(name) else {
            return;
        };
        let (want, pause) = (*want, self.pause(*failures));
        let Some(part) = self.parts.get_mut(name) else { return };
        match outcome {
            Ok(fetched) if fetched.missing.is_empty() => part.phase = Phase::Ready { commit: want },
            Ok(fetched) if fetched.gained > 0 => part.phase = Phase::Wanting { want, ids: fetched.missing },
            Ok(fetched) => {
                let some = fetched.missing.first().map(ToString::to_string).unwrap_or_default();
                part.fail(
                    now + pause,
                    format!("the primary does not send object {some}, which version {want} needs"),
                );
            }
            Err(error) => part.fail(now + pause, error),
        }
    }

    /// A version serves, or could not be laid out; or an environment was dropped, or could not be.
    pub fn laid_out(&mut self, now: u64, name: &str, outcome: Result<(), String>) {
        let Some(part) = self.parts.get(name) else { return };
        let pause = self.pause(part.failures);
        let Some(part) = self.parts.get_mut(name) else { return };
        let serves = match part.phase {
            Phase::LayingOut { commit } => Some(commit),
            Phase::Dropping => None,
            _ => return,
        };
        match outcome {
            Ok(()) => {
                part.live = serves;
                part.phase = Phase::Idle;
                part.failures = 0;
                part.error = None;
            }
            Err(error) => part.fail(now + pause, error),
        }
    }

    /// How each environment fares. What concerns the repository as a whole is said of [`TOP`].
    pub fn status(&self) -> BTreeMap<String, PartStatus> {
        let status = |part: &Part| PartStatus {
            status: match (&part.error, part.live == part.target) {
                (Some(_), _) => SyncStatus::Error,
                (None, true) => SyncStatus::Ok,
                (None, false) => SyncStatus::NewCommits,
            },
            live: part.live,
            target: part.target,
            error: part.error.clone(),
        };
        let mut parts: BTreeMap<String, PartStatus> =
            self.parts.iter().map(|(name, part)| (name.clone(), status(part))).collect();
        if self.is_forgotten() {
            let nothing = PartStatus { status: SyncStatus::Error, live: None, target: None, error: None };
            let top = parts.entry(TOP.to_owned()).or_insert(nothing);
            top.status = SyncStatus::Error;
            top.error = Some(UNKNOWN.to_owned());
        }
        parts
    }

    /// True if something serves of which the primary, as it said last, knows nothing.
    pub fn is_forgotten(&self) -> bool {
        self.unknown && self.parts.values().any(|part| part.live.is_some())
    }

    /// Why the primary could not be asked, if the last question failed.
    pub fn poll_error(&self) -> Option<&str> {
        self.poll_error.as_deref()
    }

    /// True if everything is as the primary said when it was asked last, and it did answer.
    pub fn is_synced(&self) -> bool {
        let is_told = self.informed && self.poll_error.is_none() && !self.is_forgotten();
        is_told && self.parts.values().all(|part| part.live == part.target)
    }

    fn pause(&self, failures: u32) -> u64 {
        self.pace.retry_min.saturating_mul(1 << failures.min(20)).min(self.pace.retry_max)
    }
}

impl Part {
    fn aim(&mut self, target: Option<Id>) {
        if self.target != target {
            self.target = target;
            // What is under way is let go on; its end is looked at by `reconsider`.
            self.failures = 0;
            if let Phase::Pausing { .. } = self.phase {
                self.phase = Phase::Idle;
            }
        }
    }

    /// Aims at nothing further than what is there, for nobody has more any longer. What was to go before goes.
    fn stay(&mut self) {
        let nearest = match self.phase {
            Phase::Ready { commit } | Phase::LayingOut { commit } => Some(commit),
            _ => self.live,
        };
        if self.target.is_some() {
            self.aim(nearest);
        }
    }

    /// What is to be done next, if anything is and nothing is under way.
    fn begin(&mut self, name: &str) -> Option<Task> {
        let name = name.to_owned();
        let (phase, task) = match &mut self.phase {
            Phase::Wanting { want, ids } => {
                let (want, ids) = (*want, std::mem::take(ids));
                (Phase::Fetching { want }, Task::Fetch { name, want, have: self.live, ids })
            }
            Phase::Ready { commit } => {
                let commit = *commit;
                (Phase::LayingOut { commit }, Task::LayOut { name, commit })
            }
            Phase::Idle if self.target.is_none() && self.live.is_some() => {
                (Phase::Dropping, Task::Drop { name })
            }
            _ => return None,
        };
        self.phase = phase;
        Some(task)
    }

    /// Turns to the newest version where nothing is under way.
    fn reconsider(&mut self, now: u64) {
        match self.phase {
            Phase::Wanting { want: commit, .. } | Phase::Ready { commit } if self.target != Some(commit) => {
                self.phase = Phase::Idle;
            }
            Phase::Pausing { until } if now >= until => self.phase = Phase::Idle,
            _ => {}
        }
        if self.phase == Phase::Idle
            && let Some(want) = self.target
            && self.live != Some(want)
        {
            self.phase = Phase::Wanting { want, ids: Vec::new() };
        }
        if self.phase == Phase::Idle && self.live == self.target {
            self.error = None;
        }
    }

    fn fail(&mut self, until: u64, error: String) {
        self.failures = self.failures.saturating_add(1);
        self.error = Some(error);
        self.phase = Phase::Pausing { until };
    }
}

#[cfg(test)]
mod tests;
