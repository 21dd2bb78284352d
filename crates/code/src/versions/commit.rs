//! A commit: each environment of its own, then what names them all.
//!
//! See [`super`] for what counts when.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::{Instant, UNIX_EPOCH};

use stdx::fs::FileLock;

use super::parent::{Parent, read_parent};
use super::staged::{UNFINISHED, mark};
use super::{AUTHOR, CommitRequest, Committed, MESSAGE, RepoSettings, Storage, Target, environment_of};
use crate::error::{Error, Result};
use crate::git::{self, BRANCH, Commit, Id, Kind, Mode, Repository, Signature, TreeEntry};
use crate::staging::Scan;
use crate::stat_index::StatIndex;

/// What changes of a repository tell, at most this much of a message.
const MESSAGE_BYTES_MAX: usize = 64 * 1024;
const STAT_CACHE: &str = "staging-cache";

impl Storage {
    pub(super) fn commit_repo(
        &self,
        id: &str,
        request: &CommitRequest,
        refused: &BTreeMap<String, String>,
    ) -> Result<Committed> {
        let started = Instant::now();
        let settings = self.settings.repos.get(id);
        let settings = settings.ok_or_else(|| Error::NotFound(format!("there is no repository {id}")))?;
        let only = match &request.target {
            Target::Submodule { submodule, .. } => {
                Some(environment_of(settings, submodule).ok_or_else(|| {
                    Error::NotFound(format!("there is no submodule {submodule} in the repository {id}"))
                })?)
            }
            _ => None,
        };
        let directory = self.settings.data_dir.join("storage");
        stdx::fs::create_directory(&directory, 0o750).map_err(Error::io("create", directory.as_path()))?;
        let lock = self.lock_path(id);
        let _lock = FileLock::acquire(&lock, 0o640).map_err(Error::io("lock", lock.as_path()))?;

        let parent = Repository::open_or_create(self.repo_path(id))?;
        let head = parent.resolve(BRANCH)?;
        let before = head.map(|head| read_parent(&parent, head, settings)).transpose()?;
        let staged =
            self.staged(settings, before.as_ref().is_some_and(|before| !before.pointers.is_empty()))?;

        let mut pointers = before.as_ref().map(|before| before.pointers.clone()).unwrap_or_default();
        let mut submodules = BTreeMap::new();
        let wanted: Vec<&String> =
            staged.iter().filter(|name| only.is_none_or(|only| only == name.as_str())).collect();
        for environment in wanted {
            let submodule = format!("{}/{environment}", settings.submodules_dir);
            let outcome = match refused.get(&submodule) {
                Some(reason) => Err(Error::Judged(reason.clone())),
                None => self.commit_environment(id, settings, environment, request),
            };
            match &outcome {
                Ok(commit) => {
                    pointers.insert(environment.clone(), *commit);
                }
                Err(error) => {
                    tracing::error!(repo = id, environment, %error, "the environment was not committed")
                }
            }
            submodules.insert(submodule, outcome);
        }
        let is_kept = |name: &String| refused.contains_key(&format!("{}/{name}", settings.submodules_dir));
        let kept: BTreeSet<String> = pointers
            .keys()
            .filter(|name| only.is_none_or(|only| only == name.as_str()) && !staged.contains(*name))
            .filter(|name| is_kept(name))
            .cloned()
            .collect();
        for name in &kept {
            let submodule = format!("{}/{name}", settings.submodules_dir);
            let reason = refused.get(&submodule).cloned().unwrap_or_default();
            submodules.insert(submodule, Err(Error::Judged(reason)));
        }
        let staged: BTreeSet<String> = staged.union(&kept).cloned().collect();
        let gone: BTreeSet<String> = match only {
            Some(only) => {
                pointers.keys().filter(|name| *name == only && !staged.contains(*name)).cloned().collect()
            }
            None => pointers.keys().filter(|name| !staged.contains(*name)).cloned().collect(),
        };
        if let Some(only) = only.filter(|only| !staged.contains(*only) && !gone.contains(*only)) {
            let staging = settings.staging_dir.join(&settings.submodules_dir).join(only);
            return Err(Error::NotFound(format!("there is no directory {}", staging.display())));
        }
        let commit = self.commit_parent(
            id,
            settings,
            &parent,
            head,
            before,
            pointers,
            &gone,
            only.is_some(),
            request,
        )?;
        if !self.settings.preserve_deleted_submodules {
            self.sweep(id, commit, settings, &staged);
        }
        let milliseconds = started.elapsed().as_millis() as u64;
        tracing::info!(repo = id, %commit, milliseconds, "code was committed");
        Ok(Committed { commit, submodules })
    }

    fn commit_environment(
        &self,
        repo: &str,
        settings: &RepoSettings,
        environment: &str,
        request: &CommitRequest,
    ) -> Result<Id> {
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
        let commit = match (head, before) {
            (Some(head), Some(before)) if before.tree == tree && same_message(&before, request) => head,
            (head, _) => {
                let commit = self.commit_object(tree, head, request);
                let id = put_commit(&mut addition, &commit)?;
                let (objects, bytes) = addition.size();
                addition.store()?;
                repository.set(BRANCH, id)?;
                tracing::info!(repo, environment, commit = %id, read, objects, bytes, "a new version");
                id
            }
        };
        if (head != Some(commit) || fresh != known)
            && let Err(error) = fresh.save(&cache, commit)
        {
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
        keep_rest: bool,
        request: &CommitRequest,
    ) -> Result<Id> {
        let reader = parent.reader()?;
        let mut addition = parent.add()?;
        let cache = parent.path().join(STAT_CACHE);
        let known = head.map(|head| StatIndex::load(&cache, head)).unwrap_or_default();
        let except = Path::new(&settings.submodules_dir);
        let mut scan = Scan::new(&reader, &mut addition, &known, &self.settings.limits, Some(except));
        let rest = match &before {
            Some(before) if keep_rest => before.rest.clone(),
            _ => {
                let mut rest = scan.top(&settings.staging_dir)?;
                rest.retain(|entry| entry.name != b".gitmodules");
                rest
            }
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
        let (stats, _) = scan.finish();
        for commit in &commits {
            put_commit(&mut addition, commit)?;
        }
        let newest = newest.ok_or_else(|| Error::NotFound(format!("there is nothing to commit in {id}")))?;
        if head != Some(newest) {
            addition.store()?;
            parent.set(BRANCH, newest)?;
        }
        if !keep_rest && let Err(error) = stats.save(&cache, newest) {
            tracing::warn!(%error, path = %cache.display(), "all files will be read again next time");
        }
        gather(parent);
        Ok(newest)
    }

    fn commit_object(&self, tree: Id, parent: Option<Id>, request: &CommitRequest) -> Commit {
        let seconds = self.clock.now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let (name, email) = request.author.clone().unwrap_or_else(|| (AUTHOR.to_owned(), String::new()));
        Commit {
            tree,
            parents: parent.into_iter().collect(),
            author: Signature { name, email, seconds: i64::try_from(seconds).unwrap_or(i64::MAX) },
            message: message_of(request),
        }
    }

    /// Removes the repositories of environments that are in no version any more and not staged either.
    fn sweep(&self, id: &str, commit: Id, settings: &RepoSettings, staged: &BTreeSet<String>) {
        let Ok(Some(parent)) = Repository::open(self.repo_path(id))
            .map(|parent| read_parent(&parent, commit, settings))
            .transpose()
        else {
            return;
        };
        let directory = self.settings.data_dir.join("storage").join(id);
        for item in fs::read_dir(&directory).into_iter().flatten().flatten() {
            let name = item.file_name();
            let Some(name) = name.to_str().and_then(|name| name.strip_suffix(".git")) else { continue };
            if parent.pointers.contains_key(name) || staged.contains(name) {
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

fn put_commit(addition: &mut git::Addition, commit: &Commit) -> Result<Id> {
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
fn same_message(before: &Commit, request: &CommitRequest) -> bool {
    request.message.is_none() || before.message == message_of(request)
}
