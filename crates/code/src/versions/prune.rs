//! Versions that nobody needs any more go.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::sync::PoisonError;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use stdx::fs::FileLock;

use super::Storage;
use crate::error::{Error, Result};
use crate::git::{BRANCH, Id, Keep, Pruned, Repository};
use crate::retention::{Past, Retention};

/// Between repositories.
const PAUSE: Duration = Duration::from_millis(10);

impl Storage {
    /// Removes versions that are too many and too old, but for those that are `used`. Blocks while it reads and writes files; a commit
    /// waits for one repository at most. A repository that fails is logged, and does not hold up the others.
    pub fn prune(&self, used: &HashSet<Id>) -> Pruned {
        let mut pruned = Pruned::default();
        let Some(retention) = self.settings.retention else { return pruned };
        let mut used = used.clone();
        for latest in self.latest().values().flatten() {
            used.insert(latest.commit);
            used.extend(latest.submodules.values());
        }
        for id in self.settings.repos.keys() {
            let directory = self.settings.data_dir.join("storage").join(id);
            let environments = fs::read_dir(directory).into_iter().flatten().flatten();
            let paths = environments.map(|item| item.path());
            let paths = paths.filter(|path| path.extension().is_some_and(|extension| extension == "git"));
            for path in paths.chain([self.repo_path(id)]) {
                // The lock is not handed out in turns: who waits for a commit shall get it.
                std::thread::sleep(PAUSE);
                match self.prune_one(id, &path, retention, &used) {
                    Ok(gone) => pruned += gone,
                    Err(error) => {
                        tracing::error!(%error, repository = %path.display(), "old versions could not be removed");
                    }
                }
            }
        }
        pruned
    }

    fn prune_one(&self, id: &str, path: &Path, retention: Retention, used: &HashSet<Id>) -> Result<Pruned> {
        if Repository::open(path).is_none() {
            return Ok(Pruned::default());
        }
        let _one_at_a_time = self.committing.lock().unwrap_or_else(PoisonError::into_inner);
        let lock = self.lock_path(id);
        let _lock = FileLock::acquire(&lock, 0o640).map_err(Error::io("lock", lock.as_path()))?;
        let Some(repository) = Repository::open(path) else { return Ok(Pruned::default()) };
        let started = Instant::now();
        let history = past(&repository.history(BRANCH)?);
        let apart = repository.kept_apart()?;
        let mut keep = Keep { arriving: self.pending().into_iter().collect(), ..Keep::default() };
        keep.versions.extend(retention.staying(&history, used, self.clock.now()));
        // Whatever way it stands in the repository.
        keep.wanted.extend(used);
        let stays = |id: &Id| keep.versions.contains(id) || used.contains(id);
        let gone = history.iter().map(|past| &past.commit).chain(&apart).filter(|id| !stays(id)).count();
        let done = || self.pruned.lock().unwrap_or_else(PoisonError::into_inner);
        // Once at least, for what a crash left over.
        if gone == 0 && done().contains(path) {
            return Ok(Pruned::default());
        }
        // What fails is tried again.
        done().remove(path);
        let pruned = repository.prune(&keep)?;
        done().insert(path.to_owned());
        if pruned.objects > 0 {
            tracing::info!(
                repository = %path.display(),
                versions = gone,
                objects = pruned.objects,
                bytes = pruned.bytes,
                milliseconds = started.elapsed().as_millis() as u64,
                "old versions were removed"
            );
        }
        Ok(pruned)
    }
}

/// A history with when each version was overtaken: that is when the next one was made.
pub(crate) fn past(history: &[(Id, i64)]) -> Vec<Past> {
    let made = |seconds: i64| -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(u64::try_from(seconds).unwrap_or_default())
    };
    let mut until = None;
    let mut all = Vec::with_capacity(history.len());
    for (commit, seconds) in history {
        all.push(Past { commit: *commit, until });
        until = Some(made(*seconds));
    }
    all
}
