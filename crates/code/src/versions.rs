//! The primary's end: staged code becomes versions.
//!
//! Each environment is a bare repository of its own, `<data>/storage/<repo>/<environment>.git`; `<data>/storage/<repo>.git` holds what
//! lies beside the environments and names the version of each as a submodule. The commit there is the moment at which new versions
//! count, all of one request at once. Until then everybody is told of the old ones, also after a crash in between; the next request
//! finds the finished commits of environments and uses them.
//!
//! One request at a time works on a repository, of all processes of the machine; others wait in line.

mod commit;
mod parent;
mod proposal;
pub(crate) mod prune;
mod staged;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde_json::{Value as Json, json};
use stdx::clock::Clock;
use tokio::sync::watch;

use crate::error::{Error, Result};
use crate::git::{self, BRANCH, Id, Repository};
use crate::limits::Limits;
use crate::live::Live;
use crate::protocol;
use crate::retention::Retention;
use parent::read_parent;
use proposal::Pending;
pub use proposal::Proposed;

/// Author of versions that nobody signed.
pub const AUTHOR: &str = "PE File Sync Service";
/// Message of versions that came without one.
pub const MESSAGE: &str = "Publish content to file sync storage service";

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
    /// How long old versions stay; for ever without it.
    pub retention: Option<Retention>,
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
    /// Why what lies beside the environments stays as it was, although it was asked for.
    pub beside: Option<Error>,
}

/// What became of a request, by repository.
pub type Outcome = BTreeMap<String, Result<Committed>>;

/// The store of versions.
pub struct Storage {
    settings: StorageSettings,
    clock: Arc<dyn Clock>,
    /// Held while a commit is made.
    committing: Mutex<()>,
    pending: Pending,
    /// Repositories that were pruned since the start.
    pruned: Mutex<HashSet<PathBuf>>,
    latest: watch::Sender<Arc<LatestCommits>>,
    /// What serves in this process, and of which repository.
    serving: OnceLock<(String, Arc<Live>)>,
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
            pending: Pending::default(),
            pruned: Mutex::default(),
            latest: watch::Sender::new(Arc::default()),
            serving: OnceLock::new(),
            about: Mutex::default(),
        };
        storage.refresh()?;
        Ok(storage)
    }

    /// Tells what serves in this process: with no version of the repository left, that is all that is known of its environments.
    pub(crate) fn set_serving(&self, repo: &str, live: Arc<Live>) {
        // The first one stays; there is one client in a process.
        let _ = self.serving.set((repo.to_owned(), live));
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

    fn lock_path(&self, id: &str) -> PathBuf {
        self.settings.data_dir.join("storage").join(format!("{id}.lock"))
    }

    fn repo_path(&self, id: &str) -> PathBuf {
        self.settings.data_dir.join("storage").join(format!("{id}.git"))
    }

    fn environment_path(&self, repo: &str, environment: &str) -> PathBuf {
        self.settings.data_dir.join("storage").join(repo).join(format!("{environment}.git"))
    }
}

fn environment_of<'a>(settings: &RepoSettings, submodule: &'a str) -> Option<&'a str> {
    let name = submodule.strip_prefix(settings.submodules_dir.as_str())?.strip_prefix('/')?;
    is_environment_name(name).then_some(name)
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
