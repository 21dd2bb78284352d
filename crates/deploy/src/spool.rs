//! A file on its way into the cache: it comes in pieces, is counted, and has its checksums when it is there.
//!
//! Nobody sees it before it is whole and was verified. One that a killed deploy left is removed when it is older than any download.

use std::fs::{self, File, Permissions};
use std::io::{self, Read, Seek as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use md5::Md5;
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

use crate::cancel::Cancel;
use crate::error::{DeployError, Result};

const PREFIX: &str = ".download-";
/// Nothing takes that long; `fetch_timeout` is minutes.
const STALE: Duration = Duration::from_secs(24 * 3600);
const PIECE_BYTES: usize = 64 << 10;

/// A file that comes.
pub(crate) struct Spool {
    file: NamedTempFile,
    sha256: Sha256,
    md5: Md5,
    bytes: u64,
    bytes_max: u64,
}

impl Spool {
    /// An empty one in a directory, which is made.
    pub(crate) fn new(directory: &Path, bytes_max: u64) -> Result<Spool> {
        stdx::fs::create_directory(directory, 0o750).map_err(DeployError::io("create", directory))?;
        remove_stale(directory);
        let file = tempfile::Builder::new().prefix(PREFIX).tempfile_in(directory);
        let file = file.map_err(DeployError::io("create a file in", directory))?;
        Ok(Spool { file, sha256: Sha256::new(), md5: Md5::new(), bytes: 0, bytes_max })
    }

    /// Begins anew, after a try that failed.
    pub(crate) fn reset(&mut self) -> Result<()> {
        let file = self.file.as_file_mut();
        let emptied = file.set_len(0).and_then(|()| file.rewind());
        emptied.map_err(DeployError::io("write", self.file.path()))?;
        (self.sha256, self.md5, self.bytes) = (Sha256::new(), Md5::new(), 0);
        Ok(())
    }

    /// Takes a piece.
    pub(crate) fn take(&mut self, piece: &[u8]) -> io::Result<()> {
        self.bytes += piece.len() as u64;
        if self.bytes > self.bytes_max {
            let text = format!("it has more than {} bytes, which no archive of a module has", self.bytes_max);
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, text));
        }
        self.sha256.update(piece);
        self.md5.update(piece);
        self.file.write_all(piece)
    }

    /// Takes all of a file.
    pub(crate) fn copy(&mut self, path: &Path, mut from: File, cancel: &Cancel) -> Result<()> {
        let mut piece = vec![0; PIECE_BYTES];
        loop {
            cancel.check()?;
            let count = from.read(&mut piece).map_err(DeployError::io("read", path))?;
            match piece.get(..count) {
                Some([]) | None => return Ok(()),
                Some(piece) => self.take(piece).map_err(DeployError::io("copy", path))?,
            }
        }
    }

    /// Where it is until it is kept.
    pub(crate) fn path(&self) -> &Path {
        self.file.path()
    }

    /// SHA-256 of what came, in hexadecimal.
    pub(crate) fn sha256(&self) -> String {
        hex::encode(self.sha256.clone().finalize())
    }

    /// MD5 of what came, in hexadecimal.
    pub(crate) fn md5(&self) -> String {
        hex::encode(self.md5.clone().finalize())
    }

    /// Puts it in its place, durably.
    pub(crate) fn keep(self, place: &Path) -> Result<PathBuf> {
        let written = DeployError::io("write", place);
        let kept = || -> io::Result<()> {
            let file = self.file.as_file();
            file.set_permissions(Permissions::from_mode(0o640))?;
            // An administrator's deploy must not lock the service out of its cache.
            stdx::fs::keep_owner_of(file, place.parent().unwrap_or(Path::new("/")));
            file.sync_all()?;
            self.file.persist(place).map_err(|error| error.error)?;
            stdx::fs::sync_directory(place.parent().unwrap_or(Path::new("/")))
        };
        kept().map_err(written)?;
        Ok(place.to_owned())
    }
}

fn remove_stale(directory: &Path) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        if !entry.file_name().to_string_lossy().starts_with(PREFIX) {
            continue;
        }
        let age =
            entry.metadata().and_then(|found| found.modified()).map(|at| at.elapsed().unwrap_or_default());
        if age.is_ok_and(|age| age > STALE) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_is_counted_and_summed_and_left_overs_go() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (folder.path().join(".download-old"), folder.path().join(".download-new"));
        for path in [&old, &new] {
            fs::write(path, "x").unwrap();
        }
        let past = std::time::SystemTime::now() - 2 * STALE;
        File::options().write(true).open(&old).unwrap().set_modified(past).unwrap();
        let mut spool = Spool::new(folder.path(), 5).unwrap();
        assert!(!old.exists() && new.exists());
        spool.take(b"nothing of").unwrap_err();
        spool.reset().unwrap();
        spool.take(b"ab").unwrap();
        spool.take(b"c").unwrap();
        assert_eq!(spool.md5(), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(spool.sha256(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert!(spool.take(b"def").unwrap_err().to_string().contains("more than 5 bytes"));
        spool.reset().unwrap();
        spool.take(b"abc").unwrap();
        let place = spool.keep(&folder.path().join("there")).unwrap();
        assert_eq!(fs::read(&place).unwrap(), b"abc");
        assert_eq!(fs::metadata(&place).unwrap().permissions().mode() & 0o777, 0o640);
    }
}
