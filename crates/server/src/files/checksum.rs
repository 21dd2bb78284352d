//! Checksums of files, each computed once for a state of the file.

use std::collections::HashMap;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use sha2::Digest;
use stdx::Clock;

/// Ways to tell whether content has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the wire names")]
pub enum Algorithm {
    Sha256,
    Sha256Lite,
    Md5,
    Md5Lite,
    Sha1,
    Sha1Lite,
    Sha512,
    Sha384,
    Sha224,
    Mtime,
    Ctime,
    None,
}

impl Algorithm {
    /// The algorithm of a wire name.
    pub fn named(name: &str) -> Option<Algorithm> {
        Algorithm::ALL.into_iter().find(|algorithm| algorithm.as_str() == name)
    }

    const ALL: [Algorithm; 12] = [
        Algorithm::Sha256,
        Algorithm::Sha256Lite,
        Algorithm::Md5,
        Algorithm::Md5Lite,
        Algorithm::Sha1,
        Algorithm::Sha1Lite,
        Algorithm::Sha512,
        Algorithm::Sha384,
        Algorithm::Sha224,
        Algorithm::Mtime,
        Algorithm::Ctime,
        Algorithm::None,
    ];

    /// The wire name.
    pub fn as_str(self) -> &'static str {
        match self {
            Algorithm::Sha256 => "sha256",
            Algorithm::Sha256Lite => "sha256lite",
            Algorithm::Md5 => "md5",
            Algorithm::Md5Lite => "md5lite",
            Algorithm::Sha1 => "sha1",
            Algorithm::Sha1Lite => "sha1lite",
            Algorithm::Sha512 => "sha512",
            Algorithm::Sha384 => "sha384",
            Algorithm::Sha224 => "sha224",
            Algorithm::Mtime => "mtime",
            Algorithm::Ctime => "ctime",
            Algorithm::None => "none",
        }
    }

    /// Length of a digest in hexadecimal digits; `None` for what is no digest.
    pub(super) fn hex_len(self) -> Option<usize> {
        Some(match self {
            Algorithm::Sha256 | Algorithm::Sha256Lite => 64,
            Algorithm::Md5 | Algorithm::Md5Lite => 32,
            Algorithm::Sha1 | Algorithm::Sha1Lite => 40,
            Algorithm::Sha512 => 128,
            Algorithm::Sha384 => 96,
            Algorithm::Sha224 => 56,
            Algorithm::Mtime | Algorithm::Ctime | Algorithm::None => return None,
        })
    }

    /// How much of a file counts.
    fn bytes_max(self) -> u64 {
        match self {
            Algorithm::Sha256Lite | Algorithm::Md5Lite | Algorithm::Sha1Lite => 512,
            _ => u64::MAX,
        }
    }
}

/// A digest under way.
pub(super) enum Hasher {
    Sha256(sha2::Sha256),
    Md5(md5::Md5),
    Sha1(sha1::Sha1),
    Sha512(sha2::Sha512),
    Sha384(sha2::Sha384),
    Sha224(sha2::Sha224),
}

impl Hasher {
    /// The hasher of a digest; `None` for what is no digest.
    pub(super) fn new(algorithm: Algorithm) -> Option<Hasher> {
        Some(match algorithm {
            Algorithm::Sha256 | Algorithm::Sha256Lite => Hasher::Sha256(Digest::new()),
            Algorithm::Md5 | Algorithm::Md5Lite => Hasher::Md5(Digest::new()),
            Algorithm::Sha1 | Algorithm::Sha1Lite => Hasher::Sha1(Digest::new()),
            Algorithm::Sha512 => Hasher::Sha512(Digest::new()),
            Algorithm::Sha384 => Hasher::Sha384(Digest::new()),
            Algorithm::Sha224 => Hasher::Sha224(Digest::new()),
            Algorithm::Mtime | Algorithm::Ctime | Algorithm::None => return None,
        })
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        match self {
            Hasher::Sha256(hasher) => hasher.update(bytes),
            Hasher::Md5(hasher) => hasher.update(bytes),
            Hasher::Sha1(hasher) => hasher.update(bytes),
            Hasher::Sha512(hasher) => hasher.update(bytes),
            Hasher::Sha384(hasher) => hasher.update(bytes),
            Hasher::Sha224(hasher) => hasher.update(bytes),
        }
    }

    pub(super) fn finish(self) -> String {
        match self {
            Hasher::Sha256(hasher) => hex::encode(hasher.finalize()),
            Hasher::Md5(hasher) => hex::encode(hasher.finalize()),
            Hasher::Sha1(hasher) => hex::encode(hasher.finalize()),
            Hasher::Sha512(hasher) => hex::encode(hasher.finalize()),
            Hasher::Sha384(hasher) => hex::encode(hasher.finalize()),
            Hasher::Sha224(hasher) => hex::encode(hasher.finalize()),
        }
    }
}

/// The state of a file whose checksum is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Identity {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
    algorithm: Algorithm,
}

impl Identity {
    fn of(meta: &Metadata, algorithm: Algorithm) -> Identity {
        Identity {
            device: meta.dev(),
            inode: meta.ino(),
            size: meta.len(),
            modified: (meta.mtime(), meta.mtime_nsec()),
            changed: (meta.ctime(), meta.ctime_nsec()),
            algorithm,
        }
    }
}

/// How many checksums are kept before all are forgotten, so that files that are gone do not stay for ever.
const KEPT_MAX: usize = 1_000_000;
/// A file that was changed so recently may change again within the resolution of its time stamps; its checksum is
/// not kept.
const SETTLED: Duration = Duration::from_secs(2);
const CHUNK_BYTES: usize = 64 * 1024;

/// The checksums that are known.
pub(super) struct Checksums {
    clock: Arc<dyn Clock>,
    known: Mutex<HashMap<Identity, Arc<str>>>,
}

impl Checksums {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Checksums {
        Checksums { clock, known: Mutex::default() }
    }

    /// The digest of a file's content, or its time. Links are followed.
    pub(super) fn of_file(&self, path: &Path, algorithm: Algorithm) -> io::Result<Arc<str>> {
        let before = std::fs::metadata(path)?;
        match algorithm {
            Algorithm::Mtime => return Ok(time(before.mtime(), before.mtime_nsec()).into()),
            Algorithm::Ctime => return Ok(time(before.ctime(), before.ctime_nsec()).into()),
            Algorithm::None => return Ok("".into()),
            _ => {}
        }
        let identity = Identity::of(&before, algorithm);
        if let Some(known) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&identity) {
            return Ok(known.clone());
        }
        let mut file = File::open(path)?;
        let digest: Arc<str> = digest(&mut file, algorithm)?.into();
        if Identity::of(&file.metadata()?, algorithm) == identity && self.is_settled(&before) {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            if known.len() >= KEPT_MAX {
                known.clear();
            }
            known.insert(identity, digest.clone());
        }
        Ok(digest)
    }

    fn is_settled(&self, meta: &Metadata) -> bool {
        let seconds = u64::try_from(meta.ctime()).unwrap_or(0);
        let changed = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        self.clock.now().duration_since(changed).is_ok_and(|age| age > SETTLED)
    }

    #[cfg(test)]
    fn count(&self) -> usize {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// The digest of what is left to read.
pub(super) fn digest(file: &mut impl Read, algorithm: Algorithm) -> io::Result<String> {
    let Some(mut hasher) = Hasher::new(algorithm) else { return Ok(String::new()) };
    let mut file = file.take(algorithm.bytes_max());
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        match file.read(&mut chunk)? {
            0 => return Ok(hasher.finish()),
            read => hasher.update(chunk.get(..read).unwrap_or_default()),
        }
    }
}

/// A time as Ruby prints it: `2026-11-21 08:06:38 +0000`, in the server's zone.
pub(super) fn time(seconds: i64, nanoseconds: i64) -> String {
    let nanoseconds = i32::try_from(nanoseconds).unwrap_or(0);
    let stamp = jiff::Timestamp::new(seconds, nanoseconds).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    stamp.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S %z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use stdx::TestClock;

    #[test]
    fn digests() {
        let cases = [
            (Algorithm::Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (Algorithm::Md5, "900150983cd24fb0d6963f7d28e17f72"),
            (Algorithm::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (Algorithm::Sha224, "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"),
        ];
        for (algorithm, expected) in cases {
            assert_eq!(digest(&mut &b"abc"[..], algorithm).unwrap(), expected);
            assert_eq!(algorithm.hex_len(), Some(expected.len()));
        }
        let long = vec![b'x'; 1000];
        for (lite, whole) in [
            (Algorithm::Sha256Lite, Algorithm::Sha256),
            (Algorithm::Md5Lite, Algorithm::Md5),
            (Algorithm::Sha1Lite, Algorithm::Sha1),
        ] {
            assert_eq!(digest(&mut &long[..], lite).unwrap(), digest(&mut &long[..512], whole).unwrap());
        }
    }

    #[test]
    fn names() {
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::named(algorithm.as_str()), Some(algorithm));
        }
        assert_eq!(Algorithm::named("sha3"), None);
    }

    #[test]
    fn only_settled_files_are_remembered_and_changes_are_seen() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        std::fs::write(&path, "abc").unwrap();
        let clock = Arc::new(TestClock::at(SystemTime::now()));
        let checksums = Checksums::new(clock.clone());
        let first = checksums.of_file(&path, Algorithm::Md5).unwrap();
        assert_eq!(checksums.count(), 0, "just written");
        clock.advance(Duration::from_secs(60));
        assert_eq!(checksums.of_file(&path, Algorithm::Md5).unwrap(), first);
        assert_eq!(checksums.of_file(&path, Algorithm::Md5).unwrap(), first);
        assert_eq!(checksums.count(), 1);
        std::fs::write(&path, "abd").unwrap();
        assert_ne!(checksums.of_file(&path, Algorithm::Md5).unwrap(), first);
        assert_eq!(&*checksums.of_file(&path, Algorithm::None).unwrap(), "");
    }
}
