//! From what is staged to versions that count, in two steps.
//!
//! First all of it is read and made ([`Storage::propose`]): the commits are in the repositories, and nothing names them. Then they count
//! ([`Storage::publish`]): each environment of its own, then what names them all. Whoever has something to say about a change says it
//! in between, about the commits; what becomes of the staging directory meanwhile does not matter any more. A proposal counts only in
//! the place of the version it was made for. See [`super`] for what counts when.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::PoisonError;
use std::time::{Instant, UNIX_EPOCH};

use stdx::fs::FileLock;

use super::parent::{Parent, read_parent};
use super::proposal::{Beside, Proposal, Proposed};
use super::{AUTHOR, CommitRequest, Committed, MESSAGE, Outcome, RepoSettings, Storage, Target};
use crate::error::{Error, Result};
use crate::git::{self, BRANCH, Commit, Id, Kind, Mode, Repository, Signature, TreeEntry};
use crate::live::TOP;
use crate::staging::Scan;
use crate::stat_index::StatIndex;

/// What changes of a repository tell, at most this much of a message.
const MESSAGE_BYTES_MAX: usize = 64 * 1024;
pub(super) const STAT_CACHE: &str = "staging-cache";
/// Why a proposal does not count.
const OVERTAKEN: &str = "another version was committed meanwhile; commit again";

impl Storage {
    /// Makes versions of what is staged. Blocks while it reads and writes files. An environment that cannot be committed keeps its
    /// version and does not hold up the others; a repository that cannot is an error of its own.
    pub fn commit(&self, request: &CommitRequest) -> Outcome {
        let _one_at_a_time = self.committing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut outcome = BTreeMap::new();
        for repo in self.repos_of(request) {
            let committed = self.locked(&repo, || {
                let proposed = self.propose_repo(&repo, request)?;
                self.publish_repo(&repo, request, proposed)
            });
            outcome.insert(repo, committed);
        }
        self.tell();
        outcome
    }

    /// The first half of it, by repository: nothing counts yet.
    pub fn propose(&self, request: &CommitRequest) -> BTreeMap<String, Result<Proposed>> {
        let _one_at_a_time = self.committing.lock().unwrap_or_else(PoisonError::into_inner);
        let repos = self.repos_of(request).into_iter();
        let proposed = repos.map(|repo| {
            let proposed = self.locked(&repo, || self.propose_repo(&repo, request));
            (repo, proposed)
        });
        proposed.collect()
    }

    /// The second half: what was proposed counts, and nothing else. What has another version than when it was proposed is left as it is,
    /// with [`Error::Overtaken`].
    pub fn publish(&self, request: &CommitRequest, proposed: BTreeMap<String, Result<Proposed>>) -> Outcome {
        let _one_at_a_time = self.committing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut outcome = BTreeMap::new();
        for (repo, proposed) in proposed {
            let committed = proposed
                .and_then(|proposed| self.locked(&repo, || self.publish_repo(&repo, request, proposed)));
            outcome.insert(repo, committed);
        }
        self.tell();
        outcome
    }

    fn repos_of(&self, request: &CommitRequest) -> Vec<String> {
        match &request.target {
            Target::All => self.settings.repos.keys().cloned().collect(),
            Target::Repo(repo) | Target::Submodule { repo, .. } => vec![repo.clone()],
        }
    }

    fn tell(&self) {
        if let Err(error) = self.refresh() {
            tracing::error!(%error, "the newest versions could not be read");
        }
    }

    /// Works on a repository while no other process does.
    fn locked<T>(&self, id: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.repo(id)?;
        let directory = self.settings.data_dir.join("storage");
        stdx::fs::create_directory(&directory, 0o750).map_err(Error::io("create", directory.as_path()))?;
        let lock = self.lock_path(id);
        let _lock = FileLock::acquire(&lock, 0o640).map_err(Error::io("lock", lock.as_path()))?;
        work()
    }

    pub(super) fn repo(&self, id: &str) -> Result<&RepoSettings> {
        let settings = self.settings.repos.get(id);
        settings.ok_or_else(|| Error::NotFound(format!("there is no repository {id}")))
    }

    fn publish_repo(&self, id: &str, request: &CommitRequest, proposed: Proposed) -> Result<Committed> {
        let started = Instant::now();
        let settings = self.repo(id)?;
        let parent = Repository::open_or_create(self.repo_path(id))?;
        let head = parent.resolve(BRANCH)?;
        let before = head.map(|head| read_parent(&parent, head, settings)).transpose()?;
        let mut pointers = before.as_ref().map(|before| before.pointers.clone()).unwrap_or_default();
        let is_beside_as_it_was = before.as_ref().map_or(&[][..], |before| &before.rest) == proposed.rest;
        let mut submodules = BTreeMap::new();
        let mut staged = BTreeSet::new();
        for (environment, proposal) in proposed.environments {
            let base = pointers.get(&environment).copied();
            let outcome = proposal.and_then(|proposal| {
                // It was judged with other code beside it.
                if !proposal.is_same && !is_beside_as_it_was {
                    return Err(Error::Overtaken(OVERTAKEN.to_owned()));
                }
                self.publish_environment(id, &environment, base, proposal)
            });
            match &outcome {
                Ok(commit) => _ = pointers.insert(environment.clone(), *commit),
                Err(error) => {
                    tracing::error!(repo = id, environment, %error, "the environment was not committed")
                }
            }
            submodules.insert(format!("{}/{environment}", settings.submodules_dir), outcome);
            staged.insert(environment);
        }
        let mut gone = BTreeSet::new();
        for (environment, ending) in proposed.ending {
            let refused = match (ending.refused, pointers.get(&environment)) {
                // Somebody else has ended it.
                (_, None) => continue,
                (Some(reason), _) => Error::Judged(reason),
                (None, Some(base)) if *base == ending.base => {
                    gone.insert(environment);
                    continue;
                }
                (None, Some(_)) => Error::Overtaken(OVERTAKEN.to_owned()),
            };
            submodules.insert(format!("{}/{environment}", settings.submodules_dir), Err(refused));
            staged.insert(environment);
        }
        if before.is_none() {
            self.check_first(id, request, &pointers, &submodules)?;
        }
        let mut beside = proposed.beside_left;
        let is_together = proposed.together.is_none_or(|together| {
            pointers.iter().filter(|(name, _)| !gone.contains(*name)).eq(together.iter())
        });
        let rest = proposed.beside.filter(|proposed| {
            let is_base = before.as_ref().map_or(&[][..], |before| &before.rest) == proposed.base;
            if !is_base || !is_together {
                beside = Some(Error::Overtaken(OVERTAKEN.to_owned()));
            }
            is_base && is_together
        });
        let commit =
            self.commit_parent(id, settings, &parent, head, before, pointers, &gone, rest, request)?;
        if !self.settings.preserve_deleted_submodules {
            self.sweep(id, commit, settings, &staged);
        }
        let milliseconds = started.elapsed().as_millis() as u64;
        tracing::info!(repo = id, %commit, milliseconds, "code was committed");
        Ok(Committed { commit, submodules, beside })
    }

    /// The first version of a repository ends everywhere what it does not name. Where environments serve already the versions before were
    /// lost, and what fails, or was not asked for, is not meant to end.
    fn check_first(
        &self,
        id: &str,
        request: &CommitRequest,
        pointers: &BTreeMap<String, Id>,
        asked: &BTreeMap<String, Result<Id>>,
    ) -> Result<()> {
        let Some((_, live)) = self.serving.get().filter(|(repo, _)| repo == id) else { return Ok(()) };
        let dir = &self.repo(id)?.submodules_dir;
        let is_one = matches!(request.target, Target::Submodule { .. });
        let mut lost = Vec::new();
        for name in live.current().keys().filter(|name| *name != TOP && !pointers.contains_key(*name)) {
            match asked.get(&format!("{dir}/{name}")) {
                Some(Err(error)) => lost.push(format!("{name} ({error})")),
                None if is_one => lost.push(name.clone()),
                _ => {}
            }
        }
        if lost.is_empty() {
            return Ok(());
        }
        Err(Error::Busy(format!(
            "there is no version of {id} yet, and the first one would end environments that serve: {}; \
             mend what is wrong with them, and commit everything (`bunraku code commit`)",
            lost.join(", ")
        )))
    }

    /// `base` is the version that counts now.
    fn publish_environment(
        &self,
        repo: &str,
        environment: &str,
        base: Option<Id>,
        proposal: Proposal,
    ) -> Result<Id> {
        let Proposal { commit, head, cost: (read, objects, bytes), .. } = proposal;
        let overtaken = || Error::Overtaken(OVERTAKEN.to_owned());
        if base != proposal.base {
            return Err(overtaken());
        }
        // It may be gone: the environment was in no version yet, and another process did not find it staged.
        let repository = Repository::open(self.environment_path(repo, environment)).ok_or_else(overtaken)?;
        if repository.resolve(BRANCH)? != head || !repository.reader()?.contains(commit) {
            return Err(overtaken());
        }
        if head != Some(commit) {
            repository.set(BRANCH, commit)?;
            tracing::info!(repo, environment, %commit, read, objects, bytes, "a new version");
        }
        let cache = repository.path().join(STAT_CACHE);
        if let Some(Err(error)) = proposal.stats.map(|stats| stats.save(&cache, commit)) {
            tracing::warn!(%error, path = %cache.display(), "all files will be read again next time");
        }
        gather(&repository);
        Ok(commit)
    }

    #[expect(clippy::too_many_arguments, reason = "one step of one caller")]
    fn commit_parent(
        &self,
        id: &str,
        settings: &RepoSettings,
        parent: &Repository,
        head: Option<Id>,
        before: Option<Parent>,
        mut pointers: BTreeMap<String, Id>,
        gone: &BTreeSet<String>,
        beside: Option<Beside>,
        request: &CommitRequest,
    ) -> Result<Id> {
        let reader = parent.reader()?;
        let mut addition = parent.add()?;
        let known = StatIndex::default();
        let mut scan = Scan::new(&reader, &mut addition, &known, &self.settings.limits, None);
        let rest = match (&beside, &before) {
            (Some(beside), _) => beside.entries.clone(),
            (None, Some(before)) => before.rest.clone(),
            (None, None) => Vec::new(),
        };
        let mut newest = head;
        let mut commits = Vec::new();
        let top = |scan: &mut Scan<'_>, rest: &[TreeEntry], pointers: &BTreeMap<String, Id>| {
            let mut entries = rest.to_vec();
            if !pointers.is_empty() {
                let mut links: Vec<TreeEntry> = pointers
                    .iter()
                    .map(|(name, id)| TreeEntry {
                        name: name.clone().into_bytes(),
                        mode: Mode::Submodule,
                        id: *id,
                    })
                    .collect();
                let tree = scan.tree(&mut links)?;
                let name = settings.submodules_dir.clone().into_bytes();
                entries.push(TreeEntry { name, mode: Mode::Directory, id: tree });
                let blob = scan.blob(self.gitmodules(id, settings, pointers).as_bytes())?;
                entries.push(TreeEntry { name: b".gitmodules".to_vec(), mode: Mode::File, id: blob });
            }
            scan.tree(&mut entries)
        };
        let mut tree = before.as_ref().map(|before| before.commit.tree);
        if let Some(before) = before.as_ref().filter(|_| !gone.is_empty()) {
            let kept = before.pointers.iter().filter(|(name, _)| !gone.contains(*name));
            let kept: BTreeMap<String, Id> = kept.map(|(name, id)| (name.clone(), *id)).collect();
            let deleted: Vec<String> =
                gone.iter().map(|name| format!("{}/{name}", settings.submodules_dir)).collect();
            let fresh = top(&mut scan, &before.rest, &kept)?;
            let message = Some(format!("Delete submodules: {}", deleted.join(", ")));
            let commit = self.commit_object(fresh, newest, &CommitRequest { message, ..request.clone() });
            newest = Some(commit_id(&commit)?);
            tree = Some(fresh);
            commits.push(commit);
        }
        pointers.retain(|name, _| !gone.contains(name));
        let fresh = top(&mut scan, &rest, &pointers)?;
        if tree != Some(fresh) {
            let commit = self.commit_object(fresh, newest, request);
            newest = Some(commit_id(&commit)?);
            commits.push(commit);
        }
        for commit in &commits {
            put_commit(&mut addition, commit)?;
        }
        let newest = newest.ok_or_else(|| Error::NotFound(format!("there is nothing to commit in {id}")))?;
        if head != Some(newest) {
            addition.store()?;
            parent.set(BRANCH, newest)?;
        }
        let cache = parent.path().join(STAT_CACHE);
        if let Some(Err(error)) = beside.map(|beside| beside.stats.save(&cache, newest)) {
            tracing::warn!(%error, path = %cache.display(), "all files will be read again next time");
        }
        gather(parent);
        Ok(newest)
    }

    pub(super) fn commit_object(&self, tree: Id, parent: Option<Id>, request: &CommitRequest) -> Commit {
        let seconds = self.clock.now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let (name, email) = request.author.clone().unwrap_or_else(|| (AUTHOR.to_owned(), String::new()));
        Commit {
            tree,
            parents: parent.into_iter().collect(),
            author: Signature { name, email, seconds: i64::try_from(seconds).unwrap_or(i64::MAX) },
            message: message_of(request),
        }
    }

    /// Removes the repositories of environments that are in no version any more and not staged either, and of which nobody has
    /// proposed a version. `asked` are those of the request.
    fn sweep(&self, id: &str, commit: Id, settings: &RepoSettings, asked: &BTreeSet<String>) {
        let Ok(Some(parent)) = Repository::open(self.repo_path(id))
            .map(|parent| read_parent(&parent, commit, settings))
            .transpose()
        else {
            return;
        };
        let staged = match self.staged(settings, !parent.pointers.is_empty()) {
            Ok(staged) => staged,
            Err(error) => {
                tracing::warn!(%error, repo = id, "repositories of deleted environments stay: what is staged is not known");
                return;
            }
        };
        let directory = self.settings.data_dir.join("storage").join(id);
        for item in fs::read_dir(&directory).into_iter().flatten().flatten() {
            let name = item.file_name();
            let Some(name) = name.to_str().and_then(|name| name.strip_suffix(".git")) else { continue };
            let is_wanted =
                parent.pointers.contains_key(name) || asked.contains(name) || staged.contains(name);
            if is_wanted || self.is_pending(id, name) {
                continue;
            }
            match fs::remove_dir_all(item.path()) {
                Ok(()) => tracing::info!(
                    repo = id,
                    environment = name,
                    "the repository of a deleted environment is gone"
                ),
                Err(error) => tracing::warn!(%error, path = %item.path().display(), "could not be removed"),
            }
        }
    }
}

/// Keeps the number of packs small; that it fails is no reason to refuse a version.
fn gather(repository: &Repository) {
    if let Err(error) = repository.gather_packs() {
        tracing::warn!(%error, repository = %repository.path().display(), "packs could not be gathered");
    }
}

pub(super) fn put_commit(addition: &mut git::Addition, commit: &Commit) -> Result<Id> {
    let id = commit_id(commit)?;
    addition.put(id, Kind::Commit, &git::encode_commit(commit))?;
    Ok(id)
}

fn commit_id(commit: &Commit) -> Result<Id> {
    let bytes = git::encode_commit(commit);
    git::id_of(Kind::Commit, &bytes).map_err(|error| Error::Remote(error.to_string()))
}

fn message_of(request: &CommitRequest) -> String {
    let message = request.message.as_deref().filter(|message| !message.trim().is_empty()).unwrap_or(MESSAGE);
    let end = message.floor_char_boundary(MESSAGE_BYTES_MAX);
    format!("{}\n", message.get(..end).unwrap_or_default().trim_end())
}

/// The same code under a new message is a new version: deploys are told from each other by their messages.
pub(super) fn same_message(before: &Commit, request: &CommitRequest) -> bool {
    request.message.is_none() || before.message == message_of(request)
}
