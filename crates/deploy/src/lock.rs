//! Locks between deploys, of this process and of others.

use std::path::{Path, PathBuf};
use std::time::Duration;

use stdx::fs::FileLock;

use crate::cancel::Cancel;
use crate::error::{DeployError, Kind, Result};

/// Between two tries.
const PAUSE: Duration = Duration::from_millis(50);

/// The lock of this name in the cache, if nobody holds it.
pub(crate) fn try_take(cachedir: &Path, name: &str) -> Result<Option<FileLock>> {
    try_lock(&place(cachedir, name)?)
}

fn try_lock(path: &Path) -> Result<Option<FileLock>> {
    FileLock::try_acquire(path, 0o640).map_err(DeployError::io("lock", path))
}

/// Names of caches can be as long as addresses; those of files cannot.
pub(crate) fn file_name(name: &str) -> String {
    match name.len() {
        0..=200 => name.to_owned(),
        _ => crate::state::short_name(name.as_bytes()),
    }
}

fn place(cachedir: &Path, name: &str) -> Result<PathBuf> {
    let directory = crate::state::make_own_directory(cachedir, "locks")?;
    Ok(directory.join(format!("{}.lock", file_name(name))))
}

/// Waits for the lock of this name in the cache.
pub(crate) fn take(cachedir: &Path, name: &str, cancel: &Cancel) -> Result<FileLock> {
    let path = place(cachedir, name)?;
    loop {
        if let Some(lock) = try_lock(&path)? {
            return Ok(lock);
        }
        if let Err(error) = cancel.check() {
            let msg = format!("{}; another deploy holds {}", error.msg, path.display());
            return Err(DeployError { kind: Kind::Locked, msg, ..error });
        }
        std::thread::sleep(PAUSE);
    }
}
