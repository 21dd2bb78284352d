//! Checksums of files, each computed once for a state of the file.

use std::collections::HashMap;
use std::fs::{File, Metadata};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::Digest;
use stdx::Clock;

use super::witness::State;

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

    /// All, in Puppet's order.
    pub const ALL: [Algorithm; 12] = [
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

/// The state of a file whose checksum is known, and which checksum.
type Identity = (State, Algorithm);

/// How many checksums are kept; some 30 MB.
const KEPT_MAX: usize = 120_000;
/// Parts that are locked each by itself.
const SHARDS: usize = 16;
const CHUNK_BYTES: usize = 64 * 1024;

/// The checksums that are known. Those that nobody asked for while half of the capacity was filled anew are forgotten, so that files
/// that are gone do not stay.
pub(super) struct Checksums {
    clock: Arc<dyn Clock>,
    shards: [Mutex<Known>; SHARDS],
    shard_entries_max: usize,
    hasher: RandomState,
}

#[derive(Default)]
struct Known {
    young: HashMap<Identity, Box<str>>,
    old: HashMap<Identity, Box<str>>,
}

impl Checksums {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Checksums {
        Checksums::with_capacity(clock, KEPT_MAX)
    }

    fn with_capacity(clock: Arc<dyn Clock>, entries_max: usize) -> Checksums {
        let shard_entries_max = entries_max.div_ceil(2 * SHARDS);
        Checksums { clock, shards: Default::default(), shard_entries_max, hasher: RandomState::new() }
    }

    /// The digest of a regular file's content; `meta` is what was last seen of the file (of a link's target).
    pub(super) fn of_file(&self, path: &Path, meta: &Metadata, algorithm: Algorithm) -> io::Result<String> {
        let identity = (State::of(meta), algorithm);
        if let Some(known) = self.recall(&identity) {
            return Ok(known);
        }
        let mut file = open(path)?;
        let before = State::of(&file.metadata()?);
        let digest = digest(&mut file, algorithm)?;
        if before == State::of(&file.metadata()?) && before.is_settled(self.clock.now()) {
            self.remember((before, algorithm), digest.as_str().into());
        }
        Ok(digest)
    }

    fn shard(&self, identity: &Identity) -> Option<MutexGuard<'_, Known>> {
        let index = self.hasher.hash_one(identity) as usize % SHARDS;
        // Maps are changed by one call each, so a panic elsewhere leaves them valid.
        self.shards.get(index).map(|shard| shard.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn recall(&self, identity: &Identity) -> Option<String> {
        let mut shard = self.shard(identity)?;
        if let Some(known) = shard.young.get(identity) {
            return Some(known.to_string());
        }
        let known = shard.old.remove(identity)?;
        let text = known.to_string();
        self.insert(&mut shard, *identity, known);
        Some(text)
    }

    fn remember(&self, identity: Identity, digest: Box<str>) {
        if let Some(mut shard) = self.shard(&identity) {
            self.insert(&mut shard, identity, digest);
        }
    }

    fn insert(&self, shard: &mut Known, identity: Identity, digest: Box<str>) {
        if shard.young.len() >= self.shard_entries_max {
            shard.old = std::mem::take(&mut shard.young);
        }
        shard.young.insert(identity, digest);
    }

    #[cfg(test)]
    fn count(&self) -> usize {
        let counts =
            self.shards.iter().map(|shard| shard.lock().unwrap()).map(|s| s.young.len() + s.old.len());
        counts.sum()
    }
}

/// Opens a file to read without ever waiting: a pipe among the files must not hold a thread.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let nonblocking = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
    File::options().read(true).custom_flags(nonblocking).open(path)
}

/// The digest of what is left to read.
pub(super) fn digest(file: &mut impl Read, algorithm: Algorithm) -> io::Result<String> {
    let Some(mut hasher) = Hasher::new(algorithm) else { return Ok(String::new()) };
    let mut file = file.take(algorithm.bytes_max());
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        match file.read(&mut chunk) {
            Ok(0) => return Ok(hasher.finish()),
            Ok(read) => hasher.update(chunk.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

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
        let now = || checksums.of_file(&path, &std::fs::metadata(&path).unwrap(), Algorithm::Md5).unwrap();
        let first = now();
        assert_eq!(checksums.count(), 0, "just written");
        clock.advance(Duration::from_secs(60));
        assert_eq!((now(), now()), (first.clone(), first.clone()));
        assert_eq!(checksums.count(), 1);
        std::fs::write(&path, "abd").unwrap();
        assert_ne!(now(), first);
    }

    #[test]
    fn the_number_of_those_kept_is_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let identity = |number: usize| {
            let path = folder.path().join(number.to_string());
            std::fs::write(&path, "").unwrap();
            (State::of(&std::fs::metadata(&path).unwrap()), Algorithm::Sha256)
        };
        let identities: Vec<_> = (0..1_000).map(identity).collect();
        let identity = |number: usize| identities[number];
        let checksums = Checksums::with_capacity(Arc::new(TestClock::at(SystemTime::now())), 320);
        checksums.remember(identity(0), "0".into());
        for number in 1..1_000 {
            checksums.remember(identity(number), "1".into());
            assert_eq!(checksums.recall(&identity(0)).as_deref(), Some("0"), "asked for all the time");
        }
        assert!(checksums.count() <= 320, "{}", checksums.count());
        assert_eq!(checksums.recall(&identity(1)), None);
    }

    #[test]
    fn opening_a_pipe_does_not_wait() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        let status = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
        assert!(status.success());
        assert!(!open(&path).unwrap().metadata().unwrap().is_file());
    }
}
