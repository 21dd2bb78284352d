//! Locks between deploys, of this process and of others.

use std::path::Path;
use std::time::Duration;

use stdx::fs::FileLock;

use crate::cancel::Cancel;
use crate::error::{DeployError, Kind, Result};

/// Between two tries.
const PAUSE: Duration = Duration::from_millis(50);

/// Waits for the lock of this name in the cache.
pub(crate) fn take(cachedir: &Path, name: &str, cancel: &Cancel) -> Result<FileLock> {
    let directory = crate::state::own_directory(cachedir).join("locks");
    std::fs::create_dir_all(&directory).map_err(DeployError::io("create", &directory))?;
    // Names of caches can be as long as addresses.
    let name = match name.len() {
        0..=200 => name.to_owned(),
        _ => crate::state::short_name(name.as_bytes()),
    };
    let path = directory.join(format!("{name}.lock"));
    loop {
        if let Some(lock) = FileLock::try_acquire(&path, 0o640).map_err(DeployError::io("lock", &path))? {
            return Ok(lock);
        }
        if let Err(error) = cancel.check() {
            let msg = format!("{}; another deploy holds {}", error.msg, path.display());
            return Err(DeployError { kind: Kind::Locked, msg, ..error });
        }
        std::thread::sleep(PAUSE);
    }
}
