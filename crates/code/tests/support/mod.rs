//! A staging directory, a store of versions, and plain git to look at it.

#![allow(dead_code, clippy::unwrap_used, reason = "not every test uses all of it; tests may panic")]

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use code::Limits;
use code::client::ClientSettings;
use code::git::Id;
use code::live::LiveSettings;
use code::sync_machine::Pace;
use code::versions::{CommitRequest, RepoSettings, Storage, StorageSettings, Target};
use stdx::clock::{Clock, SystemClock};

pub const REPO: &str = "puppet-code";

pub struct Site {
    root: PathBuf,
    _folder: Option<tempfile::TempDir>,
    pub settings: StorageSettings,
}

impl Site {
    pub fn new() -> Site {
        let folder = tempfile::tempdir().unwrap();
        Site::at(folder.path().to_owned()).keeping(folder)
    }

    /// A site that is there already.
    pub fn at(root: PathBuf) -> Site {
        let staging_dir = root.join("staging");
        std::fs::create_dir_all(staging_dir.join("environments")).unwrap();
        let repo = RepoSettings { staging_dir, submodules_dir: "environments".into() };
        let settings = StorageSettings {
            data_dir: root.join("data"),
            server_repo_url: "https://primary.example.net:8140/file-sync-git".into(),
            repos: BTreeMap::from([(REPO.to_owned(), repo)]),
            preserve_deleted_submodules: false,
            retention: None,
            limits: Limits::default(),
        };
        Site { root, _folder: None, settings }
    }

    fn keeping(self, folder: tempfile::TempDir) -> Site {
        Site { _folder: Some(folder), ..self }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn open(&self) -> Storage {
        Storage::open(self.settings.clone(), Arc::new(SystemClock)).unwrap()
    }

    pub fn open_at(&self, clock: Arc<dyn Clock>) -> Storage {
        Storage::open(self.settings.clone(), clock).unwrap()
    }

    pub fn staged(&self, path: &str) -> PathBuf {
        self.root.join("staging").join(path)
    }

    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.staged(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub fn executable(&self, path: &str) {
        std::fs::set_permissions(self.staged(path), std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub fn link(&self, path: &str, target: &str) {
        let path = self.staged(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(target, path).unwrap();
    }

    pub fn storage(&self, path: &str) -> PathBuf {
        self.settings.data_dir.join("storage").join(path)
    }
}

pub fn all() -> CommitRequest {
    CommitRequest { target: Target::All, message: None, author: None }
}

pub fn environment(name: &str, message: Option<&str>) -> CommitRequest {
    let submodule = format!("environments/{name}");
    CommitRequest {
        target: Target::Submodule { repo: REPO.into(), submodule },
        message: message.map(str::to_owned),
        author: None,
    }
}

/// Commits everything and returns the version of one environment.
pub fn commit(storage: &Storage, name: &str) -> Id {
    let outcome = storage.commit(&all()).remove(REPO).unwrap().unwrap();
    *outcome.submodules[&format!("environments/{name}")].as_ref().unwrap()
}

/// The size of all files below a directory.
pub fn disk(directory: &Path) -> u64 {
    let items = std::fs::read_dir(directory).unwrap().map(|item| item.unwrap());
    items
        .map(|item| match item.file_type().unwrap().is_dir() {
            true => disk(&item.path()),
            false => item.metadata().unwrap().len(),
        })
        .sum()
}

/// Bytes that do not compress, different for each seed.
pub fn noise(seed: u32, bytes: usize) -> Vec<u8> {
    let step = |state: &mut u32| {
        *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Some((*state >> 24) as u8)
    };
    std::iter::repeat_n((), bytes).scan(seed.wrapping_mul(2_654_435_761), |state, ()| step(state)).collect()
}

pub fn git(repository: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "safe.directory=*", "-c", "core.quotepath=false"])
        .arg(format!("--git-dir={}", repository.display()))
        .args(arguments)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {arguments:?}: {errors}");
    let errors: Vec<&str> = errors.lines().filter(|line| !line.starts_with("notice: ")).collect();
    assert!(errors.is_empty(), "git {arguments:?}: {errors:?}");
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

/// Settings of a client with all its files below a directory. It links what serves nowhere.
pub fn client_settings(data: &Path) -> (LiveSettings, ClientSettings) {
    let live = LiveSettings {
        versions_dir: data.join("versioned-dirs/puppet-code"),
        live_dir: None,
        submodules_dir: "environments".into(),
        versioned_dirs_ttl: Duration::ZERO,
        enable_forceful_sync: true,
        limits: Limits::default(),
    };
    let settings = ClientSettings {
        repo: REPO.into(),
        submodules_dir: "environments".into(),
        store: data.join("puppet-code.git"),
        pace: Pace::default(),
        wait_seconds: 30,
        retention: None,
        limits: Limits::default(),
    };
    (live, settings)
}
