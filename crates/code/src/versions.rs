//! The primary's end: staged code becomes versions.
//!
//! Each environment is a bare repository of its own, `<data>/storage/<repo>/<environment>.git`; `<data>/storage/<repo>.git` holds what
//! lies beside the environments and names the version of each as a submodule. The commit there is the moment at which new versions
//! count, all of one request at once. Until then everybody is told of the old ones, also after a crash in between; the next request
//! finds the finished commits of environments and uses them.
//!
//! One request at a time works on a repository, of all processes of the machine; others wait in line.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Instant, UNIX_EPOCH};

use serde_json::{Value as Json, json};
use stdx::clock::Clock;
use stdx::fs::FileLock;
use tokio::sync::watch;

use crate::error::{Error, Result};
use crate::git::{self, BRANCH, Commit, Id, Kind, Mode, Repository, Signature, TreeEntry};
use crate::limits::Limits;
use crate::protocol;
use crate::staging::Scan;
use crate::stat_index::StatIndex;

/// Author of versions that nobody signed.
pub const AUTHOR: &str = "PE File Sync Service";
/// Message of versions that came without one.
pub const MESSAGE: &str = "Publish content to file sync storage service";
/// What changes of a repository tell, at most this much of a message.
const MESSAGE_BYTES_MAX: usize = 64 * 1024;
const STAT_CACHE: &str = "staging-cache";
/// Why what a deploy has not ended becomes no version.
const UNFINISHED: &str = "a deploy of it is under way, or has failed; deploy it again (if it is whole, remove the file \
                          `.NAME.unfinished` beside it)";

/// What is versioned, and where.
#[derive(Clone, Debug)]
pub struct StorageSettings {
    /// `file-sync.data-dir`
    pub data_dir: PathBuf,
    /// Where compilers find the repositories; stands in `.gitmodules`.
    pub server_repo_url: String,
    /// The repositories by id, such as `puppet-code`.
    pub repos: BTreeMap<String, RepoSettings>,
    /// Keep the repositories of environments that are gone.
    pub preserve_deleted_submodules: bool,
    /// Limits.
    pub limits: Limits,
}

/// One repository.
#[derive(Clone, Debug)]
pub struct RepoSettings {
    /// Where code is made ready.
    pub staging_dir: PathBuf,
    /// The directory in it that holds environments.
    pub submodules_dir: String,
}

/// What is to be committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// All repositories.
    All,
    /// One repository, with all its environments.
    Repo(String),
    /// One environment, such as `environments/production`.
    Submodule {
        /// The repository.
        repo: String,
        /// The environment with the directory it is in.
        submodule: String,
    },
}

/// A request for a commit.
#[derive(Clone, Debug)]
pub struct CommitRequest {
    /// Of what.
    pub target: Target,
    /// Why; [`MESSAGE`] without one.
    pub message: Option<String>,
    /// Who, as name and mail address; [`AUTHOR`] without one.
    pub author: Option<(String, String)>,
}

/// The newest version of a repository.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Latest {
    /// Of what lies beside the environments, and of the list of these.
    pub commit: Id,
    /// Of each environment, such as `environments/production`.
    #[serde(default)]
    pub submodules: BTreeMap<String, Id>,
}

/// The newest versions of all repositories; nothing for one that has none.
pub type LatestCommits = BTreeMap<String, Option<Latest>>;

/// What became of the commit of a repository.
#[derive(Debug)]
pub struct Committed {
    /// The commit that names the versions of all environments.
    pub commit: Id,
    /// The versions of the environments that were asked for, or why there is none.
    pub submodules: BTreeMap<String, Result<Id>>,
}

/// The store of versions.
pub struct Storage {
    settings: StorageSettings,
    clock: Arc<dyn Clock>,
    /// Held while a commit is made.
    committing: Mutex<()>,
    latest: watch::Sender<Arc<LatestCommits>>,
    /// What the newest versions are about, as status documents have it: anybody may ask for these, so nothing is read for them.
    about: Mutex<HashMap<Id, Json>>,
}

impl Storage {
    /// Opens the store; nothing is made before the first commit.
    ///
    /// # Errors
    /// What is there cannot be read.
    pub fn open(settings: StorageSettings, clock: Arc<dyn Clock>) -> Result<Storage> {
        for (id, repo) in &settings.repos {
            if !is_repo_id(id) {
                return Err(Error::refused(id, "not an id of a repository: letters, digits, `-` and `_`"));
            }
            if !git::is_entry_name(repo.submodules_dir.as_bytes()) || repo.submodules_dir.starts_with('.') {
                return Err(Error::refused(
                    &repo.submodules_dir,
                    "submodules-dir must be the name of a directory",
                ));
            }
        }
        let storage = Storage {
            settings,
            clock,
            committing: Mutex::default(),
            latest: watch::Sender::new(Arc::default()),
            about: Mutex::default(),
        };
        storage.refresh()?;
        Ok(storage)
    }

    /// What is versioned.
    pub fn settings(&self) -> &StorageSettings {
        &self.settings
    }

    /// The newest versions.
    pub fn latest(&self) -> Arc<LatestCommits> {
        self.latest.borrow().clone()
    }

    /// What one of the newest versions is about: commit, date, message, author. Reads nothing.
    pub fn about(&self, commit: Id) -> Json {
        let about = self.about.lock().unwrap_or_else(PoisonError::into_inner);
        about.get(&commit).cloned().unwrap_or_else(|| json!({"commit": commit}))
    }

    /// Tells of each new version.
    pub fn watch(&self) -> watch::Receiver<Arc<LatestCommits>> {
        self.latest.subscribe()
    }

    /// The repository that holds an environment (`puppet-code`, `environments/production`), or with none what lies beside them.
    ///
    /// # Errors
    /// There is no such repository.
    pub fn repository(&self, repo: &str, submodule: Option<&str>) -> Result<Repository> {
        let missing = || match submodule {
            Some(submodule) => {
                Error::NotFound(format!("there is no submodule {submodule} in the repository {repo}"))
            }
            None => Error::NotFound(format!("there is no repository {repo}")),
        };
        let settings = self.settings.repos.get(repo).ok_or_else(missing)?;
        let path = match submodule {
            None => self.repo_path(repo),
            Some(submodule) => {
                let environment = environment_of(settings, submodule).ok_or_else(missing)?;
                self.environment_path(repo, environment)
            }
        };
        Repository::open(path).ok_or_else(missing)
    }

    /// Makes versions of what is staged. Blocks while it reads and writes files. An environment that cannot be committed keeps its
    /// version and does not hold up the others; a repository that cannot is an error of its own.
    pub fn commit(&self, request: &CommitRequest) -> BTreeMap<String, Result<Committed>> {
        self.commit_but(request, &BTreeMap::new())
    }

    /// The same, but for environments, such as `environments/production`, that must keep their versions, and why.
    pub fn commit_but(
        &self,
        request: &CommitRequest,
        refused: &BTreeMap<String, String>,
    ) -> BTreeMap<String, Result<Committed>> {
        let _one_at_a_time = self.committing.lock().unwrap_or_else(PoisonError::into_inner);
        let repos: Vec<&str> = match &request.target {
            Target::All => self.settings.repos.keys().map(String::as_str).collect(),
            Target::Repo(repo) | Target::Submodule { repo, .. } => vec![repo],
        };
        let mut outcome = BTreeMap::new();
        for repo in repos {
            outcome.insert(repo.to_owned(), self.commit_repo(repo, request, refused));
        }
        if let Err(error) = self.refresh() {
            tracing::error!(%error, "the newest versions could not be read");
        }
        outcome
    }

    fn commit_repo(
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
        let lock = directory.join(format!("{id}.lock"));
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

    /// What a commit would take: environments such as `environments/production`, their names, and where they are staged.
    pub fn staged_environments(&self, target: &Target) -> Vec<(String, String, PathBuf)> {
        let mut found = Vec::new();
        for (id, settings) in &self.settings.repos {
            let (repo, only) = match target {
                Target::All => (id, None),
                Target::Repo(repo) => (repo, None),
                Target::Submodule { repo, submodule } => (repo, Some(submodule)),
            };
            if repo != id {
                continue;
            }
            // What cannot be listed cannot be committed either, which says why.
            for name in self.staged(settings, false).unwrap_or_default() {
                let submodule = format!("{}/{name}", settings.submodules_dir);
                if only.is_none_or(|only| *only == submodule) {
                    let directory = settings.staging_dir.join(&submodule);
                    found.push((submodule, name, directory));
                }
            }
        }
        found
    }

    /// Environments such as `environments/production` that a commit would end, with their names: they have versions and are not staged.
    pub fn ending_environments(&self, target: &Target) -> Vec<(String, String)> {
        let staged: BTreeSet<String> =
            self.staged_environments(target).into_iter().map(|(submodule, ..)| submodule).collect();
        let is_meant = |repo: &str, submodule: &str| match target {
            Target::All => true,
            Target::Repo(only) => only == repo,
            Target::Submodule { repo: only, submodule: one } => only == repo && one == submodule,
        };
        let latest = self.latest();
        let versions = latest.iter().filter_map(|(repo, latest)| Some((repo, latest.as_ref()?)));
        let all = versions.flat_map(|(repo, latest)| latest.submodules.keys().map(move |name| (repo, name)));
        all.filter(|(repo, submodule)| is_meant(repo, submodule) && !staged.contains(*submodule))
            .map(|(_, submodule)| {
                let name = submodule.rsplit('/').next().unwrap_or(submodule);
                (submodule.clone(), name.to_owned())
            })
            .collect()
    }

    /// Environments in the staging directory.
    fn staged(&self, settings: &RepoSettings, expected: bool) -> Result<BTreeSet<String>> {
        let directory = settings.staging_dir.join(&settings.submodules_dir);
        let listing = match fs::read_dir(&directory) {
            Ok(listing) => listing,
            // Not the deletion of all environments: more likely a disk that is not there.
            Err(error) if error.kind() == io::ErrorKind::NotFound && !expected => return Ok(BTreeSet::new()),
            Err(error) => return Err(Error::io("read", directory.as_path())(error)),
        };
        let mut names = BTreeSet::new();
        for item in listing {
            let item = item.map_err(Error::io("read", directory.as_path()))?;
            let is_directory = item.file_type().map_err(Error::io("read", item.path().as_path()))?.is_dir();
            match item.file_name().into_string() {
                Ok(name) if is_directory && is_environment_name(&name) => names.insert(name),
                Ok(name) if name.starts_with('.') => false,
                _ => {
                    let path = item.path().display().to_string();
                    tracing::warn!(
                        path,
                        "no environment: not a directory with a name of letters, digits and `_`"
                    );
                    false
                }
            };
        }
        if names.len() > self.settings.limits.environments_max {
            let limit = self.settings.limits.environments_max;
            return Err(Error::refused(directory, format!("more than {limit} environments")));
        }
        Ok(names)
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

    fn gitmodules(&self, id: &str, settings: &RepoSettings, pointers: &BTreeMap<String, Id>) -> String {
        let directory = &settings.submodules_dir;
        let url = self.settings.server_repo_url.trim_end_matches('/');
        let section = |name: &String| {
            let path = format!("{directory}/{name}");
            format!("[submodule \"{path}\"]\n\tpath = {path}\n\turl = {url}/{id}/{name}.git\n")
        };
        pointers.keys().map(section).collect()
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

    fn refresh(&self) -> Result<()> {
        let mut latest = LatestCommits::new();
        for (id, settings) in &self.settings.repos {
            let repository = Repository::open(self.repo_path(id));
            let newest = match &repository {
                Some(repository) => match repository.resolve(BRANCH)? {
                    Some(commit) => {
                        let parent = read_parent(repository, commit, settings)?;
                        let name = |name: String| format!("{}/{name}", settings.submodules_dir);
                        let submodules = parent.pointers.into_iter().map(|(n, id)| (name(n), id)).collect();
                        Some(Latest { commit, submodules })
                    }
                    None => None,
                },
                None => None,
            };
            latest.insert(id.clone(), newest);
        }
        self.read_about(&latest);
        self.latest.send_if_modified(|current| {
            let changed = **current != latest;
            if changed {
                *current = Arc::new(latest);
            }
            changed
        });
        Ok(())
    }

    /// Reads what versions are about that are new, and forgets those that are not the newest any more.
    fn read_about(&self, latest: &LatestCommits) {
        let known = self.about.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut fresh = HashMap::new();
        let mut add = |repo: &str, submodule: Option<&str>, commit: Id| {
            let read = || {
                let about = self.repository(repo, submodule).ok()?.reader().ok()?.commit(commit).ok()?;
                Some(protocol::commit_info(commit, &about))
            };
            if let Some(about) = known.get(&commit).cloned().or_else(read) {
                fresh.insert(commit, about);
            }
        };
        for (id, latest) in latest {
            let Some(latest) = latest else { continue };
            add(id, None, latest.commit);
            for (submodule, commit) in &latest.submodules {
                add(id, Some(submodule), *commit);
            }
        }
        *self.about.lock().unwrap_or_else(PoisonError::into_inner) = fresh;
    }

    fn repo_path(&self, id: &str) -> PathBuf {
        self.settings.data_dir.join("storage").join(format!("{id}.git"))
    }

    fn environment_path(&self, repo: &str, environment: &str) -> PathBuf {
        self.settings.data_dir.join("storage").join(repo).join(format!("{environment}.git"))
    }
}

/// What a commit of the repository beside the environments says.
struct Parent {
    commit: Commit,
    /// Versions of the environments.
    pointers: BTreeMap<String, Id>,
    /// All top entries but the environments and `.gitmodules`.
    rest: Vec<TreeEntry>,
}

fn read_parent(repository: &Repository, head: Id, settings: &RepoSettings) -> Result<Parent> {
    let mut reader = repository.reader()?;
    let commit = reader.commit(head)?;
    let mut pointers = BTreeMap::new();
    let mut rest = Vec::new();
    for entry in reader.tree(commit.tree)? {
        if entry.name == settings.submodules_dir.as_bytes() && entry.mode == Mode::Directory {
            for link in reader.tree(entry.id)? {
                if let Ok(name) = String::from_utf8(link.name)
                    && link.mode == Mode::Submodule
                    && is_environment_name(&name)
                {
                    pointers.insert(name, link.id);
                }
            }
        } else if entry.name != b".gitmodules" {
            rest.push(entry);
        }
    }
    Ok(Parent { commit, pointers, rest })
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

fn environment_of<'a>(settings: &RepoSettings, submodule: &'a str) -> Option<&'a str> {
    let name = submodule.strip_prefix(settings.submodules_dir.as_str())?.strip_prefix('/')?;
    is_environment_name(name).then_some(name)
}

/// The file that stands beside an environment's directory while a deploy of it has not ended.
fn mark(directory: &Path) -> PathBuf {
    let name = directory.file_name().unwrap_or_default().to_string_lossy();
    directory.with_file_name(format!(".{name}.unfinished"))
}

/// Why an environment cannot be committed whatever its code is, so that nobody has to look at that.
pub(crate) fn unfinished(directory: &Path) -> Option<String> {
    mark(directory).exists().then(|| Error::refused(directory, UNFINISHED).to_string())
}

/// What Puppet accepts as the name of an environment (`\A[[:alnum:]_]+\Z`).
pub fn is_environment_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 200 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Ids of repositories become names of files.
pub fn is_repo_id(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= 100
        && id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}
