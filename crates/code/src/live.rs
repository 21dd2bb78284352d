//! The versions that serve: on the primary and on every compiler.
//!
//! Each version has a directory of its own, `<data>/client/versioned-dirs/<repo>/<environment>_<commit>`. Which one serves is a
//! pointer in memory, exchanged as a whole: who begins a compile takes an [`Arc`] of the version and keeps its directory until it is done.
//! Beside it there are the same pointers for other programs and for the next start: the file `current.json`, and, where a live
//! directory is configured, a symbolic link for each environment, replaced in one step.
//!
//! A version goes when it is no longer the newest or the one before, nobody holds it, and some time has passed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::error::{Error, Result};
use crate::git::{Id, Reader};
use crate::layout::{self, Base, TEMPORARY_PREFIX};

pub use crate::layout::Cost;
use crate::limits::Limits;
use crate::stat_index::StatIndex;
use crate::versions::is_environment_name;

/// What lies beside the environments is a version, too. No environment can have this name.
pub const TOP: &str = "@top";
const CURRENT: &str = "current.json";
const CURRENT_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Where versions are laid out.
#[derive(Clone, Debug)]
pub struct LiveSettings {
    /// `<data-dir>/client/versioned-dirs/<repo>`
    pub versions_dir: PathBuf,
    /// Where links to the versions are kept, such as `/etc/puppetlabs/code`; nowhere without one.
    pub live_dir: Option<PathBuf>,
    /// The directory of environments in it.
    pub submodules_dir: String,
    /// How long a version stays that is no longer needed.
    pub versioned_dirs_ttl: Duration,
    /// Move away what somebody put where a link belongs; otherwise that is an error.
    pub enable_forceful_sync: bool,
    /// Limits.
    pub limits: Limits,
}

/// A version with its directory, which stays as long as somebody holds this.
#[derive(Debug, PartialEq, Eq)]
pub struct Version {
    /// The environment, or [`TOP`].
    pub name: String,
    /// The commit.
    pub commit: Id,
    /// Where its files are.
    pub directory: PathBuf,
}

/// The versions that serve, by environment.
pub type Current = BTreeMap<String, Arc<Version>>;

/// All versions that are laid out.
pub struct Live {
    settings: LiveSettings,
    current: watch::Sender<Arc<Current>>,
    /// Held while something changes.
    retired: Mutex<Vec<Retired>>,
}

struct Retired {
    version: Arc<Version>,
    since: Instant,
    /// It was only looked at so far.
    is_candidate: bool,
}

/// Something the live directory does not show.
struct Unlinked {
    /// The environment, or [`TOP`]; nothing if it is all of them.
    name: Option<String>,
    error: Error,
}

impl Live {
    /// Goes on with the versions that served last.
    ///
    /// # Errors
    /// The directory cannot be made or read.
    pub fn open(settings: LiveSettings) -> Result<Live> {
        let directory = &settings.versions_dir;
        stdx::fs::create_directory(directory, 0o755).map_err(Error::io("create", directory))?;
        stdx::frozen::declare(directory);
        let file = directory.join(CURRENT);
        let text = stdx::fs::read_limited(&file, CURRENT_BYTES_MAX).map_err(Error::io("read", &file))?;
        let recorded: BTreeMap<String, Id> = match text {
            Some(text) => serde_json::from_slice(&text).unwrap_or_else(|error| {
                tracing::error!(%error, path = %file.display(), "the versions that served last are not known");
                BTreeMap::new()
            }),
            None => BTreeMap::new(),
        };
        let mut current = Current::new();
        for (name, commit) in recorded {
            let directory = directory.join(format!("{name}_{commit}"));
            if is_name(&name) && directory.is_dir() {
                current.insert(name.clone(), Arc::new(Version { name, commit, directory }));
            }
        }
        let live =
            Live { settings, current: watch::Sender::new(Arc::new(current)), retired: Mutex::default() };
        live.find_others()?;
        live.link(&live.current());
        Ok(live)
    }

    /// What is laid out but does not serve goes after its time.
    fn find_others(&self) -> Result<()> {
        let directory = &self.settings.versions_dir;
        let current = self.current();
        let mut retired = self.lock();
        // Left by a crash.
        self.remove_unfinished();
        for item in std::fs::read_dir(directory).map_err(Error::io("read", directory))? {
            let item = item.map_err(Error::io("read", directory))?;
            let Ok(file_name) = item.file_name().into_string() else { continue };
            let Some((name, Ok(commit))) = file_name.rsplit_once('_').map(|(name, id)| (name, id.parse()))
            else {
                continue;
            };
            if is_name(name) && current.get(name).is_none_or(|version| version.commit != commit) {
                let version = Version { name: name.to_owned(), commit, directory: item.path() };
                let version = Arc::new(version);
                retired.push(Retired { version, since: Instant::now(), is_candidate: false });
            }
        }
        Ok(())
    }

    /// Where versions are laid out.
    pub fn settings(&self) -> &LiveSettings {
        &self.settings
    }

    /// The versions that serve now.
    pub fn current(&self) -> Arc<Current> {
        self.current.borrow().clone()
    }

    /// All versions that have a directory: those that serve, and those that somebody may still use.
    pub fn laid_out(&self) -> Vec<Id> {
        let retired = self.lock();
        let current = self.current();
        retired.iter().map(|retired| &retired.version).chain(current.values()).map(|v| v.commit).collect()
    }

    /// Tells of each switch.
    pub fn watch(&self) -> watch::Receiver<Arc<Current>> {
        self.current.subscribe()
    }

    /// Lays a version out beside the one that serves. Blocks while it writes.
    ///
    /// # Errors
    /// As [`layout::lay_out`]; the version that serves is not touched.
    pub fn lay_out(&self, reader: &mut Reader, name: &str, commit: Id) -> Result<(Arc<Version>, Cost)> {
        if !is_name(name) {
            return Err(Error::refused(name, "not the name of an environment"));
        }
        let mut retired = self.lock();
        let current = self.current();
        if let Some(version) = current.get(name).filter(|version| version.commit == commit) {
            return Ok((version.clone(), Cost::default()));
        }
        if let Some(known) =
            retired.iter().find(|known| known.version.name == name && known.version.commit == commit)
        {
            return Ok((known.version.clone(), Cost::default()));
        }
        let tree = reader.commit(commit)?.tree;
        let directory = self.settings.versions_dir.join(format!("{name}_{commit}"));
        let leave_out: &[&str] =
            if name == TOP { &[&self.settings.submodules_dir, ".gitmodules"] } else { &[] };
        let bases = bases(&current, name);
        let limits = &self.settings.limits;
        let (files, cost) = layout::lay_out(reader, tree, leave_out, &directory, &bases, limits)?;
        let index = index_path(&directory);
        if let Err(error) = files.save(&index, commit) {
            tracing::warn!(%error, path = %index.display(), "the next version cannot share files with this one");
        }
        let version = Arc::new(Version { name: name.to_owned(), commit, directory });
        retired.push(Retired { version: version.clone(), since: Instant::now(), is_candidate: true });
        Ok((version, cost))
    }

    /// Lets versions serve, all at once, and others no more.
    ///
    /// # Errors
    /// The record of it cannot be written; then nothing has changed. Or what is switched does serve, and the live directory does not
    /// show it; then the same call tries that again.
    pub fn switch(&self, versions: &[Arc<Version>], gone: &[String]) -> Result<()> {
        let mut retired = self.lock();
        let before = self.current();
        let mut after = (*before).clone();
        for version in versions {
            after.insert(version.name.clone(), version.clone());
        }
        for name in gone {
            after.remove(name);
        }
        let is_concerned = |name: &str| {
            versions.iter().any(|version| version.name == name) || gone.iter().any(|gone| gone == name)
        };
        let outcome = |failures: Vec<Unlinked>| {
            let failure =
                failures.into_iter().find(|failure| failure.name.as_deref().is_none_or(is_concerned));
            failure.map_or(Ok(()), |failure| Err(failure.error))
        };
        if after == *before {
            // The switch may have been made by a call that then failed to show it.
            return outcome(self.link(&after));
        }
        self.record(&after)?;
        retired.retain(|known| !versions.contains(&known.version));
        let was_replaced = |(name, version): &(&String, &Arc<Version>)| after.get(*name) != Some(*version);
        let since = Instant::now();
        retired.extend(before.iter().filter(was_replaced).map(|(_, version)| Retired {
            version: version.clone(),
            since,
            is_candidate: false,
        }));
        drop(before);
        // Whoever hears of the switch finds the links in place. That one could not be placed is no reason to serve old code.
        let failures = self.link(&after);
        self.current.send_replace(Arc::new(after));
        outcome(failures)
    }

    /// Removes versions that nobody needs any more. Returns how many.
    pub fn expire(&self) -> usize {
        let mut retired = self.lock();
        let current = self.current();
        let ttl = self.settings.versioned_dirs_ttl;
        let mut kept: Vec<Retired> = Vec::new();
        let mut removed = 0;
        // From the newest, so that the first one of a name is the one before that which serves.
        for known in retired.drain(..).rev() {
            let name = &known.version.name;
            let is_previous = current.contains_key(name)
                && !known.is_candidate
                && !kept.iter().any(|kept| kept.version.name == *name && !kept.is_candidate);
            if is_previous || known.since.elapsed() < ttl || Arc::strong_count(&known.version) > 1 {
                kept.push(known);
                continue;
            }
            let directory = &known.version.directory;
            let _ = std::fs::remove_file(index_path(directory));
            match self.put_away(directory) {
                Ok(()) => removed += 1,
                Err(error) => {
                    tracing::warn!(%error, "an old version could not be removed");
                    kept.push(known);
                }
            }
        }
        kept.reverse();
        *retired = kept;
        self.remove_unfinished();
        removed
    }

    /// Takes its name from a version, so that what a crash or an error leaves of it is never taken for the version.
    fn put_away(&self, directory: &Path) -> Result<()> {
        let name = directory.file_name().unwrap_or_default().to_string_lossy();
        let unfinished = directory.with_file_name(format!("{TEMPORARY_PREFIX}{name}"));
        layout::remove_tree(&unfinished).map_err(Error::io("remove", &unfinished))?;
        match std::fs::rename(directory, &unfinished) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            outcome => outcome.map_err(Error::io("rename", directory)),
        }
    }

    /// Removes what is not a version any more, or never became one. To be called with the lock, under which versions are laid out.
    fn remove_unfinished(&self) {
        let directory = &self.settings.versions_dir;
        let outcome = (|| {
            let is_unfinished = |path: &PathBuf| {
                let name = path.file_name().unwrap_or_default();
                name.as_encoded_bytes().starts_with(TEMPORARY_PREFIX.as_bytes())
            };
            let mut unfinished = list(directory)?;
            unfinished.retain(is_unfinished);
            if unfinished.is_empty() {
                return Ok(());
            }
            // The names have to be on the disk before anything below them goes.
            stdx::fs::sync_directory(directory).map_err(Error::io("write", directory))?;
            // All are tried, and the first error is told.
            let mut outcome = Ok(());
            for path in &unfinished {
                outcome = outcome.and(layout::remove_tree(path).map_err(Error::io("remove", path)));
            }
            outcome
        })();
        if let Err(error) = outcome {
            tracing::warn!(%error, "what is left of old versions stays until the next attempt");
        }
    }

    fn record(&self, current: &Current) -> Result<()> {
        let recorded: BTreeMap<&String, Id> =
            current.iter().map(|(name, version)| (name, version.commit)).collect();
        let file = self.settings.versions_dir.join(CURRENT);
        let fail = Error::io("write", &file);
        let text = serde_json::to_vec_pretty(&recorded)
            .map_err(std::io::Error::from)
            .map_err(Error::io("write", &file))?;
        stdx::fs::write_atomic(&file, &text, 0o644).map_err(fail)
    }

    /// Makes the live directory show what serves. What is right already is not touched, so it may be called at any time. What cannot be
    /// shown, because a link cannot be made or something that nobody made here is in its place and may not be moved, does not
    /// hold up the rest.
    fn link(&self, current: &Current) -> Vec<Unlinked> {
        let mut failures = Vec::new();
        let Some(live_dir) = &self.settings.live_dir else { return failures };
        let environments = live_dir.join(&self.settings.submodules_dir);
        let mut fail = |name: Option<&str>, error: Error| {
            tracing::error!(%error, "the live directory does not show the versions that serve");
            failures.push(Unlinked { name: name.map(str::to_owned), error });
        };
        if let Err(error) = stdx::fs::create_directory(&environments, 0o755) {
            fail(None, Error::io("create", &environments)(error));
            return failures;
        }
        // The links, their targets, and whose they are.
        let mut wanted: BTreeMap<PathBuf, (PathBuf, &str)> = BTreeMap::new();
        let mut is_top_known = true;
        for (name, version) in current {
            if name != TOP {
                wanted.insert(environments.join(name), (version.directory.clone(), name));
                continue;
            }
            match list(&version.directory) {
                Ok(paths) => wanted.extend(paths.into_iter().map(|path| {
                    let link = live_dir.join(path.file_name().unwrap_or_default());
                    (link, (path, TOP))
                })),
                Err(error) => {
                    is_top_known = false;
                    fail(Some(TOP), error);
                }
            }
        }
        for (link, (target, name)) in &wanted {
            if let Err(error) = self.place(link, target) {
                fail(Some(name), error);
            }
        }
        for directory in [&environments, live_dir] {
            if directory == live_dir && !is_top_known {
                continue;
            }
            let paths = match list(directory) {
                Ok(paths) => paths,
                Err(error) => {
                    fail(None, error);
                    continue;
                }
            };
            for path in paths {
                let ours =
                    std::fs::read_link(&path).is_ok_and(|to| to.starts_with(&self.settings.versions_dir));
                if ours
                    && !wanted.contains_key(&path)
                    && let Err(error) = std::fs::remove_file(&path)
                {
                    let name = path.file_name().unwrap_or_default().to_string_lossy();
                    let name = if directory == live_dir { TOP } else { &name };
                    fail(Some(name), Error::io("remove", &path)(error));
                }
            }
        }
        failures
    }

    fn place(&self, link: &Path, target: &Path) -> Result<()> {
        if std::fs::read_link(link).is_ok_and(|present| present == target) {
            return Ok(());
        }
        let name = link.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if let Ok(present) = std::fs::symlink_metadata(link)
            && !present.is_symlink()
        {
            if !self.settings.enable_forceful_sync {
                let reason = "file sync did not put this here and may not move it away \
                              (file-sync.client.enable-forceful-sync is false); move it away, and sync again";
                return Err(Error::refused(link, reason));
            }
            let aside = (0..1000).map(|n| link.with_file_name(format!(".{name}.before-file-sync-{n}")));
            let aside = aside.into_iter().find(|path| std::fs::symlink_metadata(path).is_err());
            let aside = aside
                .ok_or_else(|| Error::refused(link, "too many directories were moved away from here"))?;
            std::fs::rename(link, &aside).map_err(Error::io("move", link))?;
            tracing::warn!(from = %link.display(), to = %aside.display(), "what was here before file sync is moved");
        }
        let temporary = link.with_file_name(format!(".{name}.new-link"));
        let _ = std::fs::remove_file(&temporary);
        std::os::unix::fs::symlink(target, &temporary).map_err(Error::io("create", &temporary))?;
        std::fs::rename(&temporary, link).map_err(Error::io("create", link))
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Retired>> {
        // A panic in between leaves at most a directory that goes at the next start.
        self.retired.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many other environments are looked at for files that a new one shares with them.
const BASES_MAX: usize = 3;

/// From where files may be linked: the version before, or, for a new environment, others; it often is a branch of one.
fn bases(current: &Current, name: &str) -> Vec<Base> {
    let base = |version: &Arc<Version>| Base {
        directory: version.directory.clone(),
        files: StatIndex::load(&index_path(&version.directory), version.commit),
    };
    if let Some(version) = current.get(name) {
        return vec![base(version)];
    }
    let usual = current.get("production");
    let others =
        current.values().filter(|version| name != TOP && version.name != TOP && version.name != "production");
    usual.filter(|_| name != TOP).into_iter().chain(others).take(BASES_MAX).map(base).collect()
}

fn list(directory: &Path) -> Result<Vec<PathBuf>> {
    let items = std::fs::read_dir(directory).map_err(Error::io("read", directory))?;
    items.map(|item| Ok(item.map_err(Error::io("read", directory))?.path())).collect()
}

fn index_path(directory: &Path) -> PathBuf {
    let name = directory.file_name().unwrap_or_default().to_string_lossy();
    directory.with_file_name(format!("{name}.files"))
}

fn is_name(name: &str) -> bool {
    name == TOP || is_environment_name(name)
}
