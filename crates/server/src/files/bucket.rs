//! The file bucket: what agents send before they overwrite it, by digest.
//!
//! A file lies at `<bucketdir>/<c1>/<c2>/…/<c8>/<digest>/contents`, where the `c`s are the first eight digits, and
//! beside it in `paths` the places it was sent from, one a line. Contents are on disk for good before an agent
//! hears that they are; a file that is there already is compared, not replaced.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use stdx::fs::{FileLock, append_line_durable, create_directory, remove_leftovers, sync_directory};

use super::checksum::{Algorithm, Hasher, digest};
use super::options::short;

const FOLDER_MODE: u32 = 0o770;
const PATHS_MODE: u32 = 0o640;
const CONTENTS_MODE: u32 = 0o440;
/// Longest `paths` file that is read.
const PATHS_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// A bucket.
#[derive(Debug)]
pub struct Bucket {
    directory: PathBuf,
    algorithm: Algorithm,
}

/// What a request names: `sha256/<digest>[/<original path>]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketKey {
    /// The digest.
    pub digest: String,
    /// Where the file was.
    pub original_path: Option<String>,
}

/// Why the bucket does not do something.
#[derive(Debug, thiserror::Error)]
pub enum BucketError {
    /// The request makes no sense; Puppet's text.
    #[error("{0}")]
    Invalid(String),
    /// Two files have one digest.
    #[error(
        "Existing backup and new file have different content but same checksum, {{{algorithm}}}{digest}. Verify existing \
         backup and remove if incorrect."
    )]
    Collision {
        /// Name of the algorithm.
        algorithm: &'static str,
        /// The digest.
        digest: String,
    },
    /// The disk failed.
    #[error("file bucket: {0}")]
    Io(#[from] io::Error),
}

impl Bucket {
    pub(super) fn new(directory: PathBuf, algorithm: Algorithm) -> Bucket {
        // What a crash left half received; without a bucket yet there is nothing.
        let _ = remove_leftovers(&directory);
        Bucket { directory, algorithm }
    }

    /// Parses a key.
    ///
    /// # Errors
    /// Another algorithm than the bucket's, or no digest of it.
    pub fn key(&self, key: &str) -> Result<BucketKey, BucketError> {
        let mut parts = key.splitn(3, '/');
        let (kind, digest, path) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
        if kind != self.algorithm.as_str() {
            return Err(BucketError::Invalid(format!("Unsupported checksum type {:?}", short(kind))));
        }
        let Some(digest) = digest.filter(|digest| self.is_digest(digest)) else {
            let shown = digest.map_or_else(|| "nil".to_owned(), |digest| format!("{:?}", short(digest)));
            return Err(BucketError::Invalid(format!("Invalid checksum {shown}")));
        };
        let path = path.filter(|path| !path.is_empty());
        if path.is_some_and(|path| path.contains(['\n', '\r'])) {
            return Err(BucketError::Invalid("Invalid path: it contains a line break".to_owned()));
        }
        Ok(BucketKey { digest: digest.to_owned(), original_path: path.map(str::to_owned) })
    }

    fn is_digest(&self, text: &str) -> bool {
        Some(text.len()) == self.algorithm.hex_len()
            && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    }

    /// The file with a digest, if it is there and was sent from the key's path.
    ///
    /// # Errors
    /// The disk fails.
    pub fn find(&self, key: &BucketKey) -> Result<Option<PathBuf>, BucketError> {
        let folder = self.folder(&key.digest);
        let contents = folder.join("contents");
        let is_there = contents.is_file()
            && match &key.original_path {
                None => true,
                Some(path) => is_listed(&folder.join("paths"), path)?,
            };
        Ok(is_there.then_some(contents))
    }

    /// The file to compare another with.
    ///
    /// # Errors
    /// No digest, or no such file.
    pub fn other(&self, digest: &str) -> Result<PathBuf, BucketError> {
        let missing = || BucketError::Invalid(format!("could not find diff_with {}", short(digest)));
        if !self.is_digest(digest) {
            return Err(missing());
        }
        Some(self.folder(digest).join("contents")).filter(|path| path.is_file()).ok_or_else(missing)
    }

    /// Begins to receive a file.
    ///
    /// # Errors
    /// The disk fails.
    pub fn receive(&self) -> Result<Incoming, BucketError> {
        create_directory(&self.directory, FOLDER_MODE)?;
        let path = self.directory.join(format!(".incoming.{}.tmp", uuid::Uuid::new_v4().simple()));
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        let hasher = Hasher::new(self.algorithm)
            .ok_or_else(|| BucketError::Invalid("the file bucket needs a digest algorithm".to_owned()))?;
        Ok(Incoming { path, file, hasher: Some(hasher), bytes: 0 })
    }

    /// Keeps a file that was received whole. When this returns it is on disk.
    ///
    /// # Errors
    /// The disk fails; another file has the same digest.
    pub fn keep(&self, mut incoming: Incoming, original_path: Option<&str>) -> Result<String, BucketError> {
        let digest = incoming.hasher.take().map(Hasher::finish).unwrap_or_default();
        let folder = self.folder(&digest);
        create_directory(&folder, FOLDER_MODE)?;
        let paths = folder.join("paths");
        let contents = folder.join("contents");
        // Held while contents and paths change; others of this digest wait.
        let _lock = FileLock::acquire(&paths, PATHS_MODE)?;
        if !contents.exists() {
            incoming.place(&contents)?;
        } else if incoming.is_same_as(&contents)? {
            File::options().read(true).open(&contents)?.set_modified(std::time::SystemTime::now())?;
        } else if digest_of(&contents, self.algorithm)? == digest {
            tracing::error!(path = %contents.display(), "unable to verify an existing backup of the file bucket");
            return Err(BucketError::Collision { algorithm: self.algorithm.as_str(), digest });
        } else {
            tracing::warn!(
                "Existing backup does not match its expected sum, {{{}}}{digest}. Overwriting corrupted backup.",
                self.algorithm.as_str()
            );
            incoming.place(&contents)?;
        }
        if let Some(path) = original_path
            && !is_listed(&paths, path)?
        {
            append_line_durable(&paths, path, PATHS_MODE)?;
        }
        Ok(digest)
    }

    fn folder(&self, digest: &str) -> PathBuf {
        let mut folder = self.directory.clone();
        folder.extend(digest.chars().take(8).map(String::from));
        folder.push(digest);
        folder
    }
}

/// A file that is being received. Dropped, it is gone.
pub struct Incoming {
    path: PathBuf,
    file: File,
    hasher: Option<Hasher>,
    bytes: u64,
}

impl Incoming {
    /// Adds a piece.
    ///
    /// # Errors
    /// The disk fails.
    pub fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        self.file.write_all(piece)?;
        self.bytes += piece.len() as u64;
        if let Some(hasher) = &mut self.hasher {
            hasher.update(piece);
        }
        Ok(())
    }

    fn place(&self, target: &Path) -> io::Result<()> {
        self.file.set_permissions(PermissionsExt::from_mode(CONTENTS_MODE))?;
        self.file.sync_all()?;
        std::fs::rename(&self.path, target)?;
        target.parent().map_or(Ok(()), sync_directory)
    }

    fn is_same_as(&self, other: &Path) -> io::Result<bool> {
        let mut other = File::open(other)?;
        if other.metadata()?.len() != self.bytes {
            return Ok(false);
        }
        let mut own = io::BufReader::new(File::open(&self.path)?);
        let mut other = io::BufReader::new(&mut other);
        let (mut a, mut b) = ([0; 8192], [0; 8192]);
        loop {
            let read = own.read(&mut a)?;
            if read == 0 {
                return Ok(true);
            }
            let (Some(a), Some(b)) = (a.get(..read), b.get_mut(..read)) else { return Ok(false) };
            other.read_exact(b)?;
            if a != b {
                return Ok(false);
            }
        }
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        // After `place` there is nothing left to remove.
        let _ = std::fs::remove_file(&self.path);
    }
}

fn digest_of(path: &Path, algorithm: Algorithm) -> io::Result<String> {
    digest(&mut File::open(path)?, algorithm)
}

fn is_listed(paths: &Path, original: &str) -> Result<bool, BucketError> {
    let text = stdx::fs::read_limited(paths, PATHS_BYTES_MAX)?.unwrap_or_default();
    Ok(text.split(|byte| *byte == b'\n').any(|line| line == original.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    fn bucket(folder: &tempfile::TempDir) -> Bucket {
        Bucket::new(folder.path().join("bucket"), Algorithm::Sha256)
    }

    fn keep(bucket: &Bucket, content: &[u8], path: Option<&str>) -> Result<String, BucketError> {
        let mut incoming = bucket.receive().unwrap();
        content.chunks(2).for_each(|piece| incoming.write(piece).unwrap());
        bucket.keep(incoming, path)
    }

    #[test]
    fn keys() {
        let folder = tempfile::tempdir().unwrap();
        let bucket = bucket(&folder);
        let key = |text: String| bucket.key(&text).map_err(|error| error.to_string());
        let parsed =
            |path: Option<&str>| BucketKey { digest: ABC.into(), original_path: path.map(str::to_owned) };
        assert_eq!(key(format!("sha256/{ABC}")), Ok(parsed(None)));
        assert_eq!(key(format!("sha256/{ABC}/")), Ok(parsed(None)));
        assert_eq!(key(format!("sha256/{ABC}//etc/motd")), Ok(parsed(Some("/etc/motd"))));
        assert_eq!(key(format!("md5/{ABC}")), Err("Unsupported checksum type \"md5\"".into()));
        assert_eq!(key("sha256/abc".into()), Err("Invalid checksum \"abc\"".into()));
        assert!(key(format!("sha256/{}", ABC.to_uppercase())).is_err());
        assert_eq!(key("sha256".into()), Err("Invalid checksum nil".into()));
        assert!(key("sha256/../../x".into()).is_err());
    }

    #[test]
    fn files_are_kept_once_with_all_their_paths() {
        let folder = tempfile::tempdir().unwrap();
        let bucket = bucket(&folder);
        let find = |path: Option<&str>| {
            bucket.find(&BucketKey { digest: ABC.into(), original_path: path.map(str::to_owned) }).unwrap()
        };
        assert_eq!(find(None), None);
        assert_eq!(keep(&bucket, b"abc", Some("/a")).unwrap(), ABC);
        assert_eq!(keep(&bucket, b"abc", Some("/b")).unwrap(), ABC);
        assert_eq!(keep(&bucket, b"abc", Some("/b")).unwrap(), ABC);
        assert_eq!(keep(&bucket, b"abc", None).unwrap(), ABC);
        let contents = find(Some("/b")).unwrap();
        assert_eq!(contents, folder.path().join(format!("bucket/b/a/7/8/1/6/b/f/{ABC}/contents")));
        assert_eq!(std::fs::read(&contents).unwrap(), b"abc");
        assert_eq!(std::fs::metadata(&contents).unwrap().permissions().mode() & 0o777, 0o440);
        assert_eq!(std::fs::read_to_string(contents.with_file_name("paths")).unwrap(), "/a\n/b\n");
        assert_eq!(find(Some("/c")), None);
        let left = std::fs::read_dir(folder.path().join("bucket")).unwrap().count();
        assert_eq!(left, 1, "nothing half received is left");
    }

    #[test]
    fn a_damaged_backup_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let bucket = bucket(&folder);
        keep(&bucket, b"abc", None).unwrap();
        let key = BucketKey { digest: ABC.into(), original_path: None };
        let contents = bucket.find(&key).unwrap().unwrap();
        std::fs::remove_file(&contents).unwrap();
        std::fs::write(&contents, "xyz").unwrap();
        keep(&bucket, b"abc", None).unwrap();
        assert_eq!(std::fs::read(&contents).unwrap(), b"abc");
    }

    #[test]
    fn what_is_not_received_whole_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let bucket = bucket(&folder);
        let mut incoming = bucket.receive().unwrap();
        incoming.write(b"ab").unwrap();
        drop(incoming);
        assert_eq!(std::fs::read_dir(folder.path().join("bucket")).unwrap().count(), 0);
    }

    #[test]
    fn the_other_side_of_a_comparison() {
        let folder = tempfile::tempdir().unwrap();
        let bucket = bucket(&folder);
        keep(&bucket, b"abc", None).unwrap();
        assert!(bucket.other(ABC).is_ok());
        for digest in ["../../etc/passwd", &"0".repeat(64)] {
            let message = bucket.other(digest).unwrap_err().to_string();
            assert_eq!(message, format!("could not find diff_with {}", short(digest)));
        }
    }

    #[test]
    fn many_may_send_the_same_file_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let bucket = bucket(&folder);
        std::thread::scope(|scope| {
            for sender in 0..8 {
                let bucket = &bucket;
                scope.spawn(move || {
                    for round in 0..5 {
                        keep(bucket, b"abc", Some(&format!("host{}/f{round}", sender % 4))).unwrap();
                    }
                });
            }
        });
        let contents = bucket.find(&BucketKey { digest: ABC.into(), original_path: None }).unwrap().unwrap();
        assert_eq!(std::fs::read(&contents).unwrap(), b"abc");
        let paths = std::fs::read_to_string(contents.with_file_name("paths")).unwrap();
        let mut lines: Vec<&str> = paths.lines().collect();
        lines.sort_unstable();
        lines.dedup();
        assert_eq!((lines.len(), paths.lines().count()), (20, 20), "each path once: {paths}");
        assert_eq!(std::fs::read_dir(folder.path().join("bucket")).unwrap().count(), 1);
    }
}
