//! Versions that were made and do not count yet.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::commit::{STAT_CACHE, put_commit, same_message};
use super::parent::read_parent;
use super::staged::{UNFINISHED, mark};
use super::{CommitRequest, RepoSettings, Storage, Target, environment_of};
use crate::error::{Error, Result};
use crate::git::{BRANCH, Id, Repository, TreeEntry};
use crate::staging::Scan;
use crate::stat_index::StatIndex;

/// What nothing names and what must stay for somebody's sake, with how many need it.
pub(super) type Pending = Arc<Mutex<HashMap<Needed, usize>>>;

#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum Needed {
    Commit(Id),
    /// The repository of an environment, also one that is in no version yet.
    Environment {
        repo: String,
        name: String,
    },
}

/// What a commit of a repository would make.
pub struct Proposed {
    /// By name of the environment.
    pub(crate) environments: BTreeMap<String, Result<Proposal>>,
    /// Environments that would end, with the versions that they have.
    pub(crate) ending: BTreeMap<String, Ending>,
    /// Nothing if what lies beside the environments stays as it is.
    pub(crate) beside: Option<Beside>,
    /// Why that stays as it is although it is asked for.
    pub(super) beside_left: Option<Error>,
    /// The version of the repository when this was made,
    pub(crate) head: Option<Id>,
    /// the versions of all environments in it,
    pub(crate) bases: BTreeMap<String, Id>,
    /// and what lay beside them: with this the environments were judged.
    pub(crate) rest: Vec<TreeEntry>,
    /// The versions with which what comes beside the environments was judged, if it was.
    pub(super) together: Option<BTreeMap<String, Id>>,
    _held: Held,
}

/// A version of an environment that nobody is told of.
pub(crate) struct Proposal {
    /// The version.
    pub(crate) commit: Id,
    /// The version in the place of which it may count.
    pub(crate) base: Option<Id>,
    /// It is the same code.
    pub(crate) is_same: bool,
    pub(super) head: Option<Id>,
    /// Files that were read, objects and bytes.
    pub(super) cost: (usize, usize, u64),
    /// What is known of the files, if that is new.
    pub(super) stats: Option<StatIndex>,
}

/// An environment that is not staged.
pub(crate) struct Ending {
    /// The version it has.
    pub(crate) base: Id,
    /// Why it must not end.
    pub(crate) refused: Option<String>,
}

/// What lies beside the environments.
pub(crate) struct Beside {
    pub(super) entries: Vec<TreeEntry>,
    /// What it was.
    pub(super) base: Vec<TreeEntry>,
    pub(super) stats: StatIndex,
    /// A commit of it alone, if it has changed.
    pub(crate) candidate: Option<Id>,
}

impl Proposed {
    /// Lets what lies beside the environments be as it is.
    pub(crate) fn leave_beside(&mut self, reason: Error) {
        self.beside = None;
        self.beside_left = Some(reason);
    }

    /// What comes beside the environments was judged with the versions that they would have now, and counts only with these.
    pub(crate) fn judged_together(&mut self) {
        let mut together = self.bases.clone();
        let coming = self.environments.iter().filter_map(|(name, proposal)| {
            let proposal = proposal.as_ref().ok()?;
            Some((name.clone(), proposal.commit))
        });
        together.extend(coming);
        let ends = |name: &String| self.ending.get(name).is_some_and(|ending| ending.refused.is_none());
        together.retain(|name, _| !ends(name));
        self.together = Some(together);
    }

    /// Lets what somebody else has taken away be made anew.
    pub(crate) fn overtaken(&mut self, environment: &str, reason: String) {
        self.environments.insert(environment.to_owned(), Err(Error::Overtaken(reason)));
    }

    /// Lets an environment keep its version.
    pub(crate) fn refuse(&mut self, environment: &str, reason: String) {
        if let Some(ending) = self.ending.get_mut(environment) {
            ending.refused = Some(reason);
        } else {
            self.environments.insert(environment.to_owned(), Err(Error::Judged(reason)));
        }
    }
}

/// What stays until this is dropped.
#[derive(Default)]
struct Held {
    pending: Pending,
    needed: Vec<Needed>,
}

impl Held {
    fn new(pending: &Pending, needed: Vec<Needed>) -> Held {
        let mut all = pending.lock().unwrap_or_else(PoisonError::into_inner);
        needed.iter().for_each(|needed| *all.entry(needed.clone()).or_default() += 1);
        drop(all);
        Held { pending: pending.clone(), needed }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut all = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        for needed in &self.needed {
            if let Some(count) = all.get_mut(needed) {
                *count -= 1;
            }
        }
        all.retain(|_, count| *count > 0);
    }
}

impl Storage {
    /// Commits that were proposed and may come to count.
    pub(super) fn pending(&self) -> Vec<Id> {
        let all = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let commit = |needed: &Needed| match needed {
            Needed::Commit(id) => Some(*id),
            Needed::Environment { .. } => None,
        };
        all.keys().filter_map(commit).collect()
    }

    /// Whether somebody has proposed a version of an environment that may come to count.
    pub(super) fn is_pending(&self, repo: &str, name: &str) -> bool {
        let needed = Needed::Environment { repo: repo.to_owned(), name: name.to_owned() };
        self.pending.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&needed)
    }

    /// To be called while nobody else works on the repository.
    pub(super) fn propose_repo(&self, id: &str, request: &CommitRequest) -> Result<Proposed> {
        let settings = self.repo(id)?;
        let only = match &request.target {
            Target::Submodule { submodule, .. } => {
                Some(environment_of(settings, submodule).ok_or_else(|| {
                    Error::NotFound(format!("there is no submodule {submodule} in the repository {id}"))
                })?)
            }
            _ => None,
        };
        let parent = Repository::open_or_create(self.repo_path(id))?;
        let head = parent.resolve(BRANCH)?;
        let before = head.map(|head| read_parent(&parent, head, settings)).transpose()?;
        let (bases, rest) = before.map(|before| (before.pointers, before.rest)).unwrap_or_default();
        let pointers = &bases;
        let staged = self.staged(settings, !pointers.is_empty())?;
        let is_meant = |name: &String| only.is_none_or(|only| only == name.as_str());

        let mut environments = BTreeMap::new();
        for name in staged.iter().filter(|name| is_meant(name)) {
            let base = pointers.get(name).copied();
            environments.insert(name.clone(), self.propose_environment(id, settings, name, base, request));
        }
        let gone = pointers.iter().filter(|(name, _)| is_meant(name) && !staged.contains(*name));
        let ending: BTreeMap<String, Ending> =
            gone.map(|(name, base)| (name.clone(), Ending { base: *base, refused: None })).collect();
        if let Some(only) = only.filter(|_| environments.is_empty() && ending.is_empty()) {
            let staging = settings.staging_dir.join(&settings.submodules_dir).join(only);
            return Err(Error::NotFound(format!("there is no directory {}", staging.display())));
        }
        let beside = match only {
            Some(_) => None,
            None => Some(self.propose_beside(settings, &parent, head, rest.clone(), request)?),
        };
        let made = environments.values().flatten().map(|proposal| proposal.commit);
        let made = made.chain(beside.as_ref().and_then(|beside| beside.candidate)).map(Needed::Commit);
        let named =
            environments.keys().map(|name| Needed::Environment { repo: id.to_owned(), name: name.clone() });
        let held = Held::new(&self.pending, made.chain(named).collect());
        Ok(Proposed {
            environments,
            ending,
            beside,
            beside_left: None,
            head,
            bases,
            rest,
            together: None,
            _held: held,
        })
    }

    fn propose_beside(
        &self,
        settings: &RepoSettings,
        parent: &Repository,
        head: Option<Id>,
        base: Vec<TreeEntry>,
        request: &CommitRequest,
    ) -> Result<Beside> {
        let reader = parent.reader()?;
        let mut addition = parent.add()?;
        let cache = parent.path().join(STAT_CACHE);
        let known = head.map(|head| StatIndex::load(&cache, head)).unwrap_or_default();
        let except = Path::new(&settings.submodules_dir);
        let mut scan = Scan::new(&reader, &mut addition, &known, &self.settings.limits, Some(except));
        let mut entries = scan.top(&settings.staging_dir)?;
        entries.retain(|entry| entry.name != b".gitmodules");
        let tree = if entries == base { None } else { Some(scan.tree(&mut entries.clone())?) };
        let (stats, _) = scan.finish();
        let candidate = tree.map(|tree| put_commit(&mut addition, &self.commit_object(tree, None, request)));
        let candidate = candidate.transpose()?;
        addition.store()?;
        Ok(Beside { entries, base, stats, candidate })
    }

    fn propose_environment(
        &self,
        repo: &str,
        settings: &RepoSettings,
        environment: &str,
        base: Option<Id>,
        request: &CommitRequest,
    ) -> Result<Proposal> {
        let repository = Repository::open_or_create(self.environment_path(repo, environment))?;
        let head = repository.resolve(BRANCH)?;
        let mut reader = repository.reader()?;
        let before = head.map(|head| reader.commit(head)).transpose()?;
        let cache = repository.path().join(STAT_CACHE);
        let known = head.map(|head| StatIndex::load(&cache, head)).unwrap_or_default();
        let mut addition = repository.add()?;
        let staging = settings.staging_dir.join(&settings.submodules_dir).join(environment);
        let mark = mark(&staging);
        // A deploy writes this anew when it begins.
        let generation = staging.with_file_name(format!(".{environment}.generation"));
        let generation = || stdx::fs::read_limited(&generation, 4096).ok().flatten();
        let generation_before = generation();
        if mark.exists() {
            return Err(Error::refused(&staging, UNFINISHED));
        }
        let mut scan = Scan::new(&reader, &mut addition, &known, &self.settings.limits, None);
        let mut entries = scan.top(&staging)?;
        let tree = scan.tree(&mut entries)?;
        let (fresh, read) = scan.finish();
        if mark.exists() || generation() != generation_before {
            return Err(Error::Busy(format!(
                "{} was deployed while it was read; commit again",
                staging.display()
            )));
        }
        let is_same = match base {
            Some(base) if Some(base) == head => before.as_ref().is_some_and(|before| before.tree == tree),
            // The repository may have been deleted.
            Some(base) => reader.commit(base).is_ok_and(|base| base.tree == tree),
            None => false,
        };
        let (commit, objects, bytes) = match (head, before) {
            (Some(head), Some(before)) if before.tree == tree && same_message(&before, request) => {
                (head, 0, 0)
            }
            (head, _) => {
                let id = put_commit(&mut addition, &self.commit_object(tree, head, request))?;
                let (objects, bytes) = addition.size();
                addition.store()?;
                (id, objects, bytes)
            }
        };
        let stats = (head != Some(commit) || fresh != known).then_some(fresh);
        Ok(Proposal { commit, base, is_same, head, cost: (read, objects, bytes), stats })
    }
}
