//! What is known of what was deployed, beside the caches: so that the next deploy touches what changed and nothing else.
//!
//! All of it can be thrown away. A tree of which nothing is known is written anew.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::error::{DeployError, Result};
use crate::{git, process};

const FILE: &str = "state.json";
const FILE_BYTES_MAX: u64 = 64 << 20;

/// The part of a cache that r10k does not know.
pub(crate) fn own_directory(cachedir: &Path) -> PathBuf {
    cachedir.join(".bunraku")
}

/// The modes of what is in caches: private repositories, and archives of them.
const OTHERS: u32 = 0o007;

/// Makes a directory of the cache, which is not for everybody. Every deploy takes a lock in one first.
pub(crate) fn make_own_directory(cachedir: &Path, name: &str) -> Result<PathBuf> {
    let own = own_directory(cachedir);
    let directory = own.join(name);
    stdx::fs::create_directory(&directory, 0o750).map_err(DeployError::io("create", &directory))?;
    shut_out_others(&own);
    Ok(directory)
}

/// Takes a directory that earlier versions, or git, made for everybody to look into from those who neither own it nor are of its group.
pub(crate) fn shut_out_others(directory: &Path) {
    let Ok(mode) = fs::metadata(directory).map(|found| found.permissions().mode()) else { return };
    if mode & OTHERS == 0 {
        return;
    }
    if let Err(error) = fs::set_permissions(directory, fs::Permissions::from_mode(mode & 0o7777 & !OTHERS)) {
        tracing::warn!(path = %directory.display(), %error, "everybody may look into a directory of the cache");
    }
}

/// A short name for something with a long one.
pub(crate) fn short_name(bytes: &[u8]) -> String {
    let mut text = hex::encode(Sha256::digest(bytes));
    text.truncate(32);
    text
}

/// What was deployed into a directory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct State {
    /// The directory that it is about.
    pub(crate) path: PathBuf,
    /// A deploy is under way, or was when the machine stopped: nothing is certain.
    pub(crate) is_changing: bool,
    /// Of the branch itself.
    pub(crate) root: Option<Content>,
    /// Of modules, by their paths in the environment.
    pub(crate) modules: BTreeMap<String, Content>,
}

/// What is in a directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum Content {
    /// A commit.
    Git { remote: String, commit: String, version: String, without_spec: bool },
    /// A release.
    Forge { title: String, version: String, without_spec: bool },
    /// An archive.
    Tarball { source: String, sha256: String, without_spec: bool },
    /// Nothing of its own: an environment of modules only.
    Plain,
}

impl State {
    /// What earlier versions wrote with the passwords of addresses; the next deploy writes it down without.
    fn without_passwords(mut self) -> State {
        for content in self.root.iter_mut().chain(self.modules.values_mut()) {
            match content {
                Content::Git { remote, .. } => *remote = git::clean(remote),
                Content::Tarball { source, .. } => *source = process::without_passwords(source),
                Content::Forge { .. } | Content::Plain => {}
            }
        }
        self
    }
}

/// Where the state of an environment lies.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    directory: PathBuf,
    environment: PathBuf,
}

impl Store {
    /// The state of what is deployed into this directory.
    pub(crate) fn new(cachedir: &Path, environment: &Path) -> Store {
        use std::os::unix::ffi::OsStrExt as _;
        let name = environment.file_name().unwrap_or_default().to_string_lossy();
        let name = format!("{name}-{}", short_name(environment.as_os_str().as_bytes()));
        Store {
            directory: own_directory(cachedir).join("environments").join(name),
            environment: environment.to_owned(),
        }
    }

    /// What is known; nothing if there is no such directory any more.
    pub(crate) fn load(&self) -> State {
        let unknown = State { path: self.environment.clone(), ..State::default() };
        if !self.environment.is_dir() {
            return unknown;
        }
        let bytes = stdx::fs::read_limited(self.directory.join(FILE), FILE_BYTES_MAX);
        let Ok(Some(bytes)) = bytes else { return unknown };
        match serde_json::from_slice::<State>(&bytes) {
            Ok(state) if state.path == self.environment => state.without_passwords(),
            _ => unknown,
        }
    }

    /// Writes it down.
    pub(crate) fn save(&self, state: &State) -> Result<()> {
        stdx::fs::create_directory(&self.directory, 0o750)
            .map_err(DeployError::io("create", &self.directory))?;
        let file = self.directory.join(FILE);
        let bytes = serde_json::to_vec(state)
            .map_err(|error| DeployError::failed(format!("could not write {}: {error}", file.display())))?;
        stdx::fs::write_atomic(&file, &bytes, 0o640).map_err(DeployError::io("write", &file))
    }

    /// Forgets it.
    pub(crate) fn remove(&self) {
        if let Err(error) = fs::remove_dir_all(&self.directory)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(path = %self.directory.display(), %error, "what was deployed could not be forgotten");
        }
    }

    /// git's index of the directory at this path of the environment.
    pub(crate) fn index(&self, path: &str) -> Result<PathBuf> {
        stdx::fs::create_directory(&self.directory, 0o750)
            .map_err(DeployError::io("create", &self.directory))?;
        Ok(self.directory.join(format!("{}.index", short_name(path.as_bytes()))))
    }

    /// Forgets git's index.
    pub(crate) fn remove_index(&self, path: &str) -> Result<()> {
        let index = self.index(path)?;
        match fs::remove_file(&index) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(DeployError::io("remove", &index)(error))
            }
            _ => Ok(()),
        }
    }
}
