//! Repositories, caches and environments in a scratch directory.

#![allow(dead_code, reason = "each test file uses its part")]

pub mod forge;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

use deploy::settings::Source;
use deploy::{Built, DeployError, Deployer, Kind, Publish, Published, Request, Settings, Silent};

/// Repositories, caches and environments of one test.
pub struct Site {
    pub folder: tempfile::TempDir,
}

impl Site {
    pub fn new() -> Site {
        Site { folder: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn url(&self, name: &str) -> String {
        format!("file://{}", self.path(name).display())
    }

    pub fn git(&self, repository: &str, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .args([
                "-c",
                "user.name=t",
                "-c",
                "user.email=t@example.com",
                "-c",
                "init.defaultBranch=production",
            ])
            .args(arguments)
            .current_dir(self.path(repository))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Writes files of a repository and commits them on a branch; the commit. A content of nothing removes the file.
    pub fn commit(&self, repository: &str, branch: &str, files: &[(&str, Option<&str>)]) -> String {
        let root = self.path(repository);
        if !root.exists() {
            fs::create_dir_all(&root).unwrap();
            self.git(repository, &["init", "-q"]);
            self.git(repository, &["symbolic-ref", "HEAD", &format!("refs/heads/{branch}")]);
        } else if self.git(repository, &["branch", "--show-current"]) != branch {
            let known = self.git(repository, &["branch", "--list", branch]);
            let arguments: &[&str] = if known.is_empty() {
                &["checkout", "-q", "-b", branch]
            } else {
                &["checkout", "-q", branch]
            };
            self.git(repository, arguments);
        }
        for (name, content) in files {
            let path = root.join(name);
            match content {
                Some(content) => {
                    fs::create_dir_all(path.parent().unwrap()).unwrap();
                    fs::write(path, content).unwrap();
                }
                None if path.is_dir() => fs::remove_dir_all(path).unwrap(),
                None => fs::remove_file(path).unwrap(),
            }
        }
        self.git(repository, &["add", "-A"]);
        self.git(repository, &["commit", "-q", "--allow-empty", "-m", "x"]);
        self.git(repository, &["rev-parse", "HEAD"])
    }

    pub fn settings(&self) -> Settings {
        let mut settings = Settings::new(self.path("cache"));
        settings.sources = vec![Source::git("main", self.url("control"), self.path("environments"))];
        settings
    }

    pub fn deployer(&self, settings: Settings) -> Deployer {
        Deployer::new(settings, Arc::new(Quiet::default())).unwrap()
    }

    pub fn deploy(&self, environment: &str) -> Result<deploy::Deployed, DeployError> {
        self.deployer(self.settings()).deploy(&Request::new(environment), &Silent)
    }

    /// Path, kind and content of everything in an environment, but the record of the deploy.
    pub fn tree(&self, environment: &str) -> Vec<String> {
        let root = self.path("environments").join(environment);
        let mut found = Vec::new();
        walk(&root, &root, &mut found);
        found.sort();
        found
    }
}

pub fn walk(root: &Path, directory: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(root).unwrap().display().to_string();
        let metadata = path.symlink_metadata().unwrap();
        if metadata.is_dir() {
            found.push(format!("{name}/"));
            walk(root, &path, found);
        } else if metadata.is_symlink() {
            found.push(format!("{name} -> {}", fs::read_link(&path).unwrap().display()));
        } else if name != ".r10k-deploy.json" {
            let executable = if metadata.permissions().mode() & 0o100 != 0 { "*" } else { "" };
            found.push(format!("{name}{executable}: {}", fs::read_to_string(&path).unwrap()));
        }
    }
}

/// Remembers what it was told, and refuses what has a file `refuse`.
#[derive(Default)]
pub struct Quiet {
    pub told: Mutex<Vec<String>>,
    /// Does not hear of environments that are gone.
    pub is_deaf: std::sync::atomic::AtomicBool,
}

impl Publish for Quiet {
    fn check(&self, built: &Built<'_>) -> Result<(), DeployError> {
        match built.path.join("refuse").exists() {
            true => Err(DeployError::new(Kind::DoesNotParse, "refused")),
            false => Ok(()),
        }
    }

    fn publish(&self, built: &Built<'_>) -> Result<Published, DeployError> {
        self.told.lock().unwrap().push(format!("{} {}", built.environment, built.signature));
        Ok(Published::default())
    }

    fn remove(&self, environments: &[String]) -> Result<(), DeployError> {
        if self.is_deaf.load(std::sync::atomic::Ordering::Relaxed) {
            return Err(DeployError::new(Kind::NotPublished, "not now"));
        }
        self.told.lock().unwrap().push(format!("removed {}", environments.join(" ")));
        Ok(())
    }
}
