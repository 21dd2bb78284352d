//! Repositories: a bare copy of each in the cache, and trees checked out of it.
//!
//! Everything is done by the program `git`, as r10k does it by default: people's keys, proxies, credential helpers and filters go
//! on working, and what git knows about hostile trees (`.git` and `..` in paths, links in the way of files, names that file systems
//! take for others) protects us, too. A checkout is `read-tree --reset -u` with an index of its own beside the cache: git
//! then writes the files that changed and no others, repairs those that somebody edited, and no `.git` lies in the environment.
//!
//! The program is never asked for what it could take for an option, never waits for an answer of somebody, and runs no hooks.

mod address;
mod auth;
mod github;

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use stdx::fs::FileLock;

use crate::cancel::Cancel;
use crate::error::{DeployError, Result};
use crate::http::Http;
use crate::process::{self, Output, without_passwords};
use crate::settings::{GitSettings, Secret};
use crate::state::shut_out_others;
use crate::{lock, tree};
use address::Address;
pub(crate) use address::clean;

/// Environment variables that would lead git elsewhere.
const FOREIGN_VARIABLES: &[&str] = &[
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_CONFIG",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_COUNT",
    "GIT_EXTERNAL_DIFF",
];
/// Configuration of every command.
const CONFIGURATION: &[(&str, &str)] = &[
    ("core.hooksPath", "/dev/null"),
    ("core.fsmonitor", "false"),
    ("core.protectHFS", "true"),
    ("core.protectNTFS", "true"),
    // In the background it would go on after the deploy has ended.
    ("gc.autoDetach", "false"),
    ("maintenance.autoDetach", "false"),
    ("advice.detachedHead", "false"),
];

/// What directories in the cache begin with in which a copy is made.
const SCRATCH: &str = ".clone-";

/// All repositories that deploys use.
pub(crate) struct Git {
    settings: GitSettings,
    proxy: Option<Secret>,
    github: github::Github,
    /// `https://host` of the configured repositories, which may see the token that is for all.
    trusted: HashSet<String>,
    cachedir: PathBuf,
    /// For one command that goes over the network.
    fetch_timeout: Duration,
    repositories: Mutex<HashMap<String, Arc<Mutex<()>>>>,
    /// Who has a directory that is not there yet.
    owners: Mutex<HashMap<PathBuf, String>>,
}

/// The bare copy of a repository.
pub(crate) struct Mirror {
    /// Its address, without what is secret in it.
    pub(crate) remote: String,
    /// The address as it was written.
    given: Secret,
    user: Option<Secret>,
    password: Option<Secret>,
    directory: PathBuf,
}

/// Where a commit is checked out.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) directory: &'a Path,
    /// Where git remembers what it wrote; it belongs to the directory.
    pub(crate) index: &'a Path,
    /// Of the environment.
    pub(crate) lock: &'a FileLock,
}

/// What a reference is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RefKind {
    /// It never means another commit.
    Commit,
    /// It should not.
    Tag,
    /// It moves.
    Branch,
}

impl Git {
    pub(crate) fn new(
        settings: GitSettings,
        proxy: Option<Secret>,
        configured: &[&str],
        cachedir: PathBuf,
        fetch_timeout: Duration,
    ) -> Git {
        let own = settings.repositories.iter().map(|repository| repository.remote.as_str());
        let trusted = configured.iter().copied().chain(own).map(auth::host_of).collect();
        let proxy_of_all = settings.proxy.clone().or_else(|| proxy.clone());
        let github = github::Github::new(Http::new(fetch_timeout, None, proxy_of_all));
        Git {
            settings,
            proxy,
            github,
            trusted,
            cachedir,
            fetch_timeout,
            repositories: Mutex::default(),
            owners: Mutex::default(),
        }
    }

    pub(crate) fn settings(&self) -> &GitSettings {
        &self.settings
    }

    /// The copy of a repository, whether it is there yet or not.
    ///
    /// # Errors
    /// The address is none.
    pub(crate) fn mirror(&self, remote: &str) -> Result<Mirror> {
        let shown = without_passwords(remote);
        if remote.is_empty() || remote.starts_with('-') || remote.chars().any(char::is_control) {
            return Err(DeployError::failed(format!("'{shown}' is no address of a repository")));
        }
        // git would run a program of that name.
        if remote.split_once("::").is_some_and(|(helper, _)| is_helper(helper)) {
            return Err(DeployError::failed(format!(
                "'{shown}' asks for a remote helper; use ssh://, https:// or a path"
            )));
        }
        let Address { clean, user, password } = Address::of(remote)?;
        let mut directory = self.cachedir.join(directory_name(&clean));
        // Two addresses may come out as one name.
        let mut owners = self.owners.lock().unwrap_or_else(PoisonError::into_inner);
        let owner = owners.entry(directory.clone()).or_insert_with(|| {
            let present = directory.exists().then(|| self.origin(&directory)).flatten();
            present.map_or_else(|| clean.clone(), |origin| address::clean(&origin))
        });
        if *owner != clean {
            let digest = hex::encode(Sha256::digest(clean.as_bytes()));
            let digest = digest.get(..12).unwrap_or_default();
            directory = self.cachedir.join(format!("{}-{digest}", directory_name(&clean)));
        }
        Ok(Mirror { remote: clean, given: Secret::new(remote), user, password, directory })
    }

    fn origin(&self, directory: &Path) -> Option<String> {
        let mut command = self.command(Some(directory));
        command.args(["config", "--get", "remote.origin.url"]);
        let output = process::run(command, None, self.fetch_timeout, &Cancel::never()).ok()?;
        output.status.success().then(|| output.text().trim_end_matches('\n').to_owned())
    }

    /// Brings the copy up to date.
    pub(crate) fn fetch(&self, mirror: &Mirror, cancel: &Cancel) -> Result<()> {
        let here = self.lock(mirror);
        let _here = here.lock().unwrap_or_else(PoisonError::into_inner);
        let elsewhere = self.lock_file(mirror, cancel)?;
        if mirror.exists() {
            remove_locks(&mirror.directory);
            shut_out_others(&mirror.directory);
            self.look_at_origin(mirror, cancel)?;
            let mut command = self.network_command(Some(&mirror.directory), mirror, cancel)?;
            command.args(["fetch", "--quiet", "--prune", "--no-recurse-submodules", "--", "origin"]);
            let output = process::run_locked(command, &elsewhere, self.fetch_timeout, cancel)?;
            if output.status.success() {
                return Ok(());
            }
            if !is_damaged(&output.complaint()) {
                return Err(fetch_failed(mirror, &output));
            }
            tracing::warn!(
                path = %mirror.directory.display(),
                reason = output.complaint(),
                "a copy of a repository is damaged, and made anew"
            );
        }
        self.clone_anew(mirror, &elsewhere, cancel)
    }

    /// Whether the copy is of this repository. An address with a password, as r10k writes it, is written anew without: git would read
    /// it there, and show it in the arguments of what it runs.
    fn look_at_origin(&self, mirror: &Mirror, cancel: &Cancel) -> Result<()> {
        let Some(origin) = self.origin(&mirror.directory).filter(|origin| *origin != mirror.remote) else {
            return Ok(());
        };
        if address::clean(&origin) != mirror.remote {
            return Err(DeployError::failed(format!(
                "{} was taken for another repository a moment ago; deploy again",
                mirror.directory.display()
            )));
        }
        let mut command = self.command(Some(&mirror.directory));
        command.args(["config", "--replace-all", "remote.origin.url", &mirror.remote]);
        let output = process::run(command, None, self.fetch_timeout, cancel)?;
        match output.status.success() {
            true => Ok(()),
            false => Err(DeployError::failed(format!(
                "the password in the configuration of {} could not be removed: {}",
                mirror.directory.display(),
                output.complaint()
            ))),
        }
    }

    /// Makes the copy of a repository. Called with its lock held.
    fn clone_anew(&self, mirror: &Mirror, lock: &FileLock, cancel: &Cancel) -> Result<()> {
        stdx::fs::create_directory(&self.cachedir, 0o750)
            .map_err(DeployError::io("create", &self.cachedir))?;
        self.remove_stale();
        // Whoever holds the lock that its name tells of owns it.
        let scratch = self.cachedir.join(format!("{SCRATCH}{}", lock::file_name(&lock_name(mirror))));
        tree::remove(&scratch)?;
        stdx::fs::create_directory(&scratch, 0o750).map_err(DeployError::io("create", &scratch))?;
        let made = self.clone_into(mirror, &scratch.join("repository.git"), lock, cancel);
        tree::remove(&scratch)?;
        made
    }

    fn clone_into(&self, mirror: &Mirror, place: &Path, lock: &FileLock, cancel: &Cancel) -> Result<()> {
        let mut command = self.network_command(None, mirror, cancel)?;
        command.args(["clone", "--quiet", "--mirror", "--template=", "--"]).arg(&mirror.remote).arg(place);
        let output = process::run_locked(command, lock, self.fetch_timeout, cancel)?;
        if !output.status.success() {
            return Err(fetch_failed(mirror, &output));
        }
        shut_out_others(place);
        // A damaged one, or the remains of one that was not finished.
        if mirror.directory.exists() {
            fs::remove_dir_all(&mirror.directory).map_err(DeployError::io("remove", &mirror.directory))?;
        }
        fs::rename(place, &mirror.directory).map_err(DeployError::io("write", &mirror.directory))
    }

    /// Removes what deploys that were killed had not cloned to the end, of whichever repository; those at work hold its lock, and so does
    /// a git that outlived its deploy.
    fn remove_stale(&self) {
        for entry in fs::read_dir(&self.cachedir).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let Some(lock) = name.to_str().and_then(|name| name.strip_prefix(SCRATCH)) else { continue };
            let Ok(Some(_held)) = lock::try_take(&self.cachedir, lock) else { continue };
            match tree::remove(&entry.path()) {
                Ok(()) => {
                    tracing::info!(path = %entry.path().display(), "removed: a deploy that was killed left it")
                }
                Err(error) => {
                    tracing::warn!(%error, "what a deploy that was killed left could not be removed")
                }
            }
        }
    }

    /// The commit of a reference, if it is in the copy.
    pub(crate) fn resolve(&self, mirror: &Mirror, reference: &str) -> Result<Option<String>> {
        if !mirror.exists() || !is_reference(reference) {
            return Ok(None);
        }
        let mut command = self.command(Some(&mirror.directory));
        command.args(["rev-parse", "--quiet", "--verify", "--end-of-options"]);
        command.arg(format!("{reference}^{{commit}}"));
        let output = process::run(command, None, self.fetch_timeout, &Cancel::never())?;
        let text = output.text();
        let id = text.trim();
        Ok((output.status.success() && is_id(id)).then(|| id.to_owned()))
    }

    /// What a reference is, if it is in the copy: r10k's order, by which an abbreviated commit comes before a tag of that name.
    pub(crate) fn kind(&self, mirror: &Mirror, reference: &str) -> Result<Option<RefKind>> {
        let is_hex =
            (5..=40).contains(&reference.len()) && reference.bytes().all(|byte| byte.is_ascii_hexdigit());
        let known = |reference: &str| Ok(self.resolve(mirror, reference)?.is_some());
        if is_hex && known(reference)? {
            return Ok(Some(RefKind::Commit));
        }
        if known(&format!("refs/tags/{reference}"))? {
            return Ok(Some(RefKind::Tag));
        }
        if known(&format!("refs/heads/{reference}"))? {
            return Ok(Some(RefKind::Branch));
        }
        Ok(known(reference)?.then_some(RefKind::Commit))
    }

    /// The branches, with their commits.
    pub(crate) fn branches(&self, mirror: &Mirror) -> Result<Vec<String>> {
        let mut command = self.command(Some(&mirror.directory));
        command.args(["for-each-ref", "--format=%(refname)", "refs/heads/"]);
        let output = process::run(command, None, self.fetch_timeout, &Cancel::never())?;
        if !output.status.success() {
            return Err(DeployError::failed(format!(
                "could not list the branches of {}: {}",
                mirror.remote,
                output.complaint()
            )));
        }
        let text = output.text();
        Ok(text.lines().filter_map(|line| line.strip_prefix("refs/heads/")).map(str::to_owned).collect())
    }

    /// The branch that the remote itself calls its default one.
    pub(crate) fn default_branch(&self, mirror: &Mirror, cancel: &Cancel) -> Result<Option<String>> {
        let mut command = self.network_command(None, mirror, cancel)?;
        command.args(["ls-remote", "--symref", "--", &mirror.remote, "HEAD"]);
        let output = process::run(command, None, self.fetch_timeout, cancel)?;
        if !output.status.success() {
            return Err(DeployError::failed(format!(
                "could not ask {} for its default branch: {}",
                mirror.remote,
                output.complaint()
            )));
        }
        let text = output.text();
        let branch =
            text.lines().find_map(|line| line.strip_prefix("ref: refs/heads/")?.strip_suffix("\tHEAD"));
        Ok(branch.map(str::to_owned))
    }

    /// The tree of a commit, without the directory `spec` at its top if that is to be left out.
    fn tree(&self, mirror: &Mirror, commit: &str, without_spec: bool, cancel: &Cancel) -> Result<String> {
        let failed = |output: &Output| {
            DeployError::failed(format!(
                "could not read commit {commit} of {}: {}",
                mirror.remote,
                output.complaint()
            ))
        };
        let tree = format!("{commit}^{{tree}}");
        if !without_spec {
            return Ok(tree);
        }
        let mut command = self.command(Some(&mirror.directory));
        command.args(["ls-tree", "-z", "--end-of-options", &tree]);
        let listing = process::run(command, None, self.fetch_timeout, cancel)?;
        if !listing.status.success() {
            return Err(failed(&listing));
        }
        let is_spec = |entry: &[u8]| entry.starts_with(b"040000 tree ") && entry.ends_with(b"\tspec\0");
        let entries: Vec<&[u8]> = listing.stdout.split_inclusive(|byte| *byte == 0).collect();
        if !entries.iter().any(|entry| is_spec(entry)) {
            return Ok(tree);
        }
        let kept: Vec<u8> = entries.into_iter().filter(|entry| !is_spec(entry)).flatten().copied().collect();
        let mut command = self.command(Some(&mirror.directory));
        // A submodule's commit is not in this repository.
        command.args(["mktree", "-z", "--missing"]);
        let made = process::run(command, Some(&kept), self.fetch_timeout, cancel)?;
        let text = made.text();
        match made.status.success() && is_id(text.trim()) {
            true => Ok(text.trim().to_owned()),
            false => Err(failed(&made)),
        }
    }

    /// Makes a directory equal to a commit, as far as files of this one and of the commit that was checked out before are concerned.
    pub(crate) fn check_out(
        &self,
        mirror: &Mirror,
        commit: &str,
        place: &Place<'_>,
        without_spec: bool,
        cancel: &Cancel,
    ) -> Result<()> {
        let Place { directory, index, lock: environment } = *place;
        let tree = self.tree(mirror, commit, without_spec, cancel)?;
        // Of a git that was killed; nobody else uses this index.
        let lock = index.with_extension("index.lock");
        if lock.exists() {
            fs::remove_file(&lock).map_err(DeployError::io("remove", &lock))?;
        }
        let mut command = self.command(Some(&mirror.directory));
        command.current_dir(directory).env("GIT_WORK_TREE", directory).env("GIT_INDEX_FILE", index);
        command.args(["read-tree", "--reset", "-u", "--no-recurse-submodules", &tree]);
        let output = process::run_locked(command, environment, self.fetch_timeout, cancel)?;
        match output.status.success() {
            true => Ok(()),
            false => Err(DeployError::failed(format!(
                "could not check out commit {commit} of {}: {}",
                mirror.remote,
                output.complaint()
            ))),
        }
    }

    /// The paths of a commit, directories included, as bytes between NULs.
    pub(crate) fn paths(&self, mirror: &Mirror, commit: &str, cancel: &Cancel) -> Result<Vec<u8>> {
        let mut command = self.command(Some(&mirror.directory));
        command.args(["ls-tree", "-r", "-t", "-z", "--name-only", "--end-of-options", commit]);
        let output = process::run(command, None, self.fetch_timeout, cancel)?;
        match output.status.success() {
            true => Ok(output.stdout),
            false => {
                Err(DeployError::failed(format!("could not list commit {commit}: {}", output.complaint())))
            }
        }
    }

    /// git, with nothing of what is set around us but what people mean for it.
    fn command(&self, directory: Option<&Path>) -> Command {
        let mut command = Command::new("git");
        for variable in FOREIGN_VARIABLES {
            command.env_remove(variable);
        }
        // An address of another kind would run a program of its name.
        command.env("GIT_ALLOW_PROTOCOL", "file:git:http:https:ssh");
        command.env("GIT_TERMINAL_PROMPT", "0").env("SSH_ASKPASS_REQUIRE", "never").env("LC_ALL", "C");
        command.env_remove("GIT_ASKPASS").env_remove("SSH_ASKPASS");
        if let Some(directory) = directory {
            command.env("GIT_DIR", directory);
        }
        configure(
            &mut command,
            CONFIGURATION.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())),
        );
        command
    }

    /// The same for a command that talks to a remote.
    fn network_command(&self, directory: Option<&Path>, mirror: &Mirror, cancel: &Cancel) -> Result<Command> {
        let mut command = self.command(directory);
        let access =
            auth::access(&self.settings, self.proxy.as_ref(), &self.trusted, &self.github, mirror, cancel)?;
        for (variable, value) in access.variables {
            command.env(variable, value);
        }
        let base = CONFIGURATION.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        configure(&mut command, base.chain(access.configuration));
        Ok(command)
    }

    fn lock(&self, mirror: &Mirror) -> Arc<Mutex<()>> {
        let mut repositories = self.repositories.lock().unwrap_or_else(PoisonError::into_inner);
        repositories.entry(mirror.remote.clone()).or_default().clone()
    }

    fn lock_file(&self, mirror: &Mirror, cancel: &Cancel) -> Result<FileLock> {
        lock::take(&self.cachedir, &lock_name(mirror), cancel)
    }
}

impl Mirror {
    pub(crate) fn exists(&self) -> bool {
        self.directory.join("HEAD").is_file()
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// The address as it was written: whoever has another password has to show it.
    pub(crate) fn given(&self) -> &Secret {
        &self.given
    }
}

/// Name of the lock of a repository.
fn lock_name(mirror: &Mirror) -> String {
    format!("git-{}", mirror.directory.file_name().unwrap_or_default().to_string_lossy())
}

fn fetch_failed(mirror: &Mirror, output: &Output) -> DeployError {
    let remote = &mirror.remote;
    DeployError::failed(format!("could not fetch {remote}: {}", output.complaint()))
        .with("remote", remote.as_str())
}

/// Whether git complains of its own files.
fn is_damaged(complaint: &str) -> bool {
    const WORDS: &[&str] =
        &["corrupt", "bad object", "is empty", "unable to read", "not a git repository", "bad signature"];
    WORDS.iter().any(|word| complaint.contains(word))
}

/// Configuration in the environment, where no list of processes shows it.
fn configure(command: &mut Command, pairs: impl Iterator<Item = (String, String)>) {
    let mut count = 0;
    for (key, value) in pairs {
        command.env(format!("GIT_CONFIG_KEY_{count}"), key).env(format!("GIT_CONFIG_VALUE_{count}"), value);
        count += 1;
    }
    command.env("GIT_CONFIG_COUNT", count.to_string());
}

/// The name that r10k gives the copy of a repository, so that both can use one cache.
fn directory_name(remote: &str) -> String {
    let mut text = remote.to_owned();
    if let Some(scheme) = remote.find("://")
        && let Some(at) = remote.rfind('@')
        && at > scheme
        && remote
            .get(..scheme)
            .is_some_and(|scheme| scheme.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_'))
    {
        text.replace_range(scheme + 3..=at, "");
    }
    text.chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '@' | '_' | '.' | '-') { c } else { '-' })
        .collect()
}

fn is_helper(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '+' | '.'))
}

/// Whether a text can be given to git as a reference; what it makes of it is git's matter.
fn is_reference(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 1024
        && !text.starts_with('-')
        && !text
            .chars()
            .any(|c| c.is_control() || matches!(c, ' ' | '~' | '^' | ':' | '?' | '*' | '[' | '\\'))
        && !text.contains("..")
        && !text.contains("@{")
}

/// Whether a text is the full id of a commit.
pub(crate) fn is_id(text: &str) -> bool {
    matches!(text.len(), 40 | 64)
        && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// Removes what a git that was killed has left. Called with the lock of the repository held.
fn remove_locks(directory: &Path) {
    const LEFT: &[&str] = &["packed-refs.lock", "HEAD.lock", "config.lock", "shallow.lock", "gc.pid"];
    for name in LEFT {
        let _ = fs::remove_file(directory.join(name));
    }
    let mut directories = vec![directory.join("refs")];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(&directory).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => directories.push(entry.path()),
                Ok(kind) if kind.is_file() && entry.path().extension().is_some_and(|end| end == "lock") => {
                    let _ = fs::remove_file(entry.path());
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_copies_are_those_of_r10k() {
        for (remote, name) in [
            ("https://github.com/o/r.git", "https---github.com-o-r.git"),
            ("git@github.com:o/r.git", "git@github.com-o-r.git"),
            ("https://me:pass@h/o/r", "https---h-o-r"),
            ("file:///srv/a b", "file----srv-a-b"),
        ] {
            assert_eq!(directory_name(remote), name);
        }
    }

    #[test]
    fn what_git_could_take_for_something_else_is_refused() {
        for text in ["--upload-pack=x", "a b", "a..b", "a^b", "a\nb", "", "@{-1}", ":/x", "a:b"] {
            assert!(!is_reference(text), "{text:?}");
        }
        for text in ["main", "v1.0", "feature/x", "refs/pull/1/head", "HEAD"] {
            assert!(is_reference(text), "{text:?}");
        }
        let git = Git::new(GitSettings::default(), None, &[], "/nonexistent".into(), Duration::from_secs(1));
        for remote in ["--upload-pack=touch /tmp/x", "ext::sh -c x", "", "a\nb", "fd::3"] {
            assert!(git.mirror(remote).is_err(), "{remote:?}");
        }
        for remote in ["git@h:r", "ssh://h/r", "https://[::1]/r", "/srv/r", "../r", "h:r"] {
            assert!(git.mirror(remote).is_ok(), "{remote:?}");
        }
    }
}
