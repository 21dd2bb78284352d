//! What files looked like when their content was last known, so that files that look the same are not read again.
//!
//! A file is the same if size, times and inode are. That alone would overlook a change in the very moment in which the file was
//! read, because times are coarse: such an entry is marked, and the file is read again next time (git calls it racy). The time of the
//! last change of the inode is compared too, so a tool that sets modification times back is no problem.
//!
//! On disk it is a cache: damaged, torn or of another version, it is as if there were none.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::fs::Stat as SystemStat;

use crate::git::{Id, Mode};

const MAGIC: &[u8; 8] = b"BNRKSTA1";
const CACHE_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// Kernels stamp files with a clock that moves a hundred times a second or more.
const CLOCK_STEP: Duration = Duration::from_millis(25);
/// And some file systems keep seconds only, or every other one.
const COARSE_CLOCK_STEP: Duration = Duration::from_millis(2100);

/// What tells one content of a file from another without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// Bytes.
    pub size: u64,
    /// Modification, nanoseconds since 1970.
    pub mtime: i64,
    /// Change of the inode, nanoseconds since 1970.
    pub ctime: i64,
    /// Inode.
    pub inode: u64,
}

impl Stat {
    /// Of what the system says.
    pub fn of(stat: &SystemStat) -> Stat {
        let time = |seconds: i64, nanoseconds: i64| {
            seconds.saturating_mul(1_000_000_000).saturating_add(nanoseconds)
        };
        Stat {
            size: stat.st_size as u64,
            mtime: time(stat.st_mtime, stat.st_mtime_nsec as i64),
            ctime: time(stat.st_ctime, stat.st_ctime_nsec as i64),
            inode: stat.st_ino,
        }
    }

    /// True if the file may change after `read_at` and look the same.
    pub fn is_racy(&self, read_at: SystemTime) -> bool {
        let coarse = self.mtime % 1_000_000_000 == 0 && self.ctime % 1_000_000_000 == 0;
        let step = if coarse { COARSE_CLOCK_STEP } else { CLOCK_STEP };
        let safe = read_at.duration_since(UNIX_EPOCH).unwrap_or_default().saturating_sub(step);
        let safe = i64::try_from(safe.as_nanos()).unwrap_or(i64::MAX);
        self.mtime >= safe || self.ctime >= safe
    }
}

/// What is known of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// What it looked like.
    pub stat: Stat,
    /// Its content.
    pub id: Id,
    /// File, executable or link.
    pub mode: Mode,
    /// It may have changed since without looking different.
    pub racy: bool,
}

/// Files by their path inside of the tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatIndex {
    files: HashMap<Box<[u8]>, Known>,
}

impl StatIndex {
    /// Reads the cache that belongs to a version; empty if there is none.
    pub fn load(path: &Path, version: Id) -> StatIndex {
        let bytes = stdx::fs::read_limited(path, CACHE_BYTES_MAX).ok().flatten();
        bytes.and_then(|bytes| StatIndex::decode(&bytes, version)).unwrap_or_default()
    }

    /// Writes the cache. That it may be lost in a crash does no harm, so nobody waits for the disk.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn save(&self, path: &Path, version: Id) -> std::io::Result<()> {
        let temporary = path.with_extension("new");
        fs::write(&temporary, self.encode(version))?;
        fs::rename(temporary, path)
    }

    /// What is known of a file.
    pub fn file(&self, path: &[u8]) -> Option<&Known> {
        self.files.get(path)
    }

    /// Adds a file.
    pub fn insert(&mut self, path: &[u8], known: Known) {
        self.files.insert(path.into(), known);
    }

    fn encode(&self, version: Id) -> Vec<u8> {
        let mut out = Vec::with_capacity(64 + self.files.len() * 120);
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(version.as_bytes());
        for (path, known) in &self.files {
            let mode = match known.mode {
                Mode::Executable => 1,
                Mode::Link => 2,
                _ => 0u8,
            };
            // What does not fit is looked at anew each time.
            let Ok(length) = u16::try_from(path.len()) else { continue };
            out.extend_from_slice(&length.to_le_bytes());
            out.extend_from_slice(path);
            out.push(mode | u8::from(known.racy) << 4);
            for number in
                [known.stat.size, known.stat.mtime as u64, known.stat.ctime as u64, known.stat.inode]
            {
                out.extend_from_slice(&number.to_le_bytes());
            }
            out.extend_from_slice(known.id.as_bytes());
        }
        out.extend_from_slice(&crc32fast::hash(&out).to_le_bytes());
        out
    }

    fn decode(bytes: &[u8], version: Id) -> Option<StatIndex> {
        let (body, sum) = bytes.split_at_checked(bytes.len().checked_sub(4)?)?;
        if crc32fast::hash(body).to_le_bytes() != sum {
            return None;
        }
        let mut rest = body.strip_prefix(MAGIC)?.strip_prefix(version.as_bytes())?;
        let mut files = HashMap::new();
        while !rest.is_empty() {
            let (length, after) = rest.split_first_chunk::<2>()?;
            let (path, after) = after.split_at_checked(u16::from_le_bytes(*length).into())?;
            let (flags, after) = after.split_first()?;
            let (size, after) = after.split_first_chunk::<8>()?;
            let (mtime, after) = after.split_first_chunk::<8>()?;
            let (ctime, after) = after.split_first_chunk::<8>()?;
            let (inode, after) = after.split_first_chunk::<8>()?;
            let (id, after) = after.split_first_chunk::<20>()?;
            let mode = match flags & 0xf {
                1 => Mode::Executable,
                2 => Mode::Link,
                _ => Mode::File,
            };
            let stat = Stat {
                size: u64::from_le_bytes(*size),
                mtime: i64::from_le_bytes(*mtime),
                ctime: i64::from_le_bytes(*ctime),
                inode: u64::from_le_bytes(*inode),
            };
            files.insert(path.into(), Known { stat, id: Id::new(*id), mode, racy: flags >> 4 != 0 });
            rest = after;
        }
        Some(StatIndex { files })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index() -> StatIndex {
        let stat = Stat { size: 3, mtime: 1_700_000_000_123_456_789, ctime: -1, inode: u64::MAX };
        let mut index = StatIndex::default();
        index.insert(b"a/b\xff", Known { stat, id: Id::new([9; 20]), mode: Mode::Executable, racy: true });
        index.insert(b"c", Known { stat, id: Id::new([8; 20]), mode: Mode::Link, racy: false });
        index
    }

    #[test]
    fn what_was_saved_is_loaded_and_only_for_its_version() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cache");
        index().save(&path, Id::new([1; 20])).unwrap();
        assert_eq!(StatIndex::load(&path, Id::new([1; 20])), index());
        assert_eq!(StatIndex::load(&path, Id::new([2; 20])), StatIndex::default());
    }

    #[test]
    fn a_damaged_cache_is_none() {
        let good = index().encode(Id::new([1; 20]));
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            assert!(StatIndex::decode(&bad, Id::new([1; 20])).is_none(), "byte {at}");
            assert!(StatIndex::decode(&good[..at], Id::new([1; 20])).is_none(), "cut at {at}");
        }
    }

    #[test]
    fn a_file_that_was_written_a_moment_before_is_racy() {
        let at = |mtime| Stat { size: 0, mtime, ctime: mtime, inode: 1 };
        let now = UNIX_EPOCH + Duration::from_nanos(1_700_000_000_500_000_000);
        assert!(at(1_700_000_000_490_000_000).is_racy(now));
        assert!(!at(1_700_000_000_400_000_001).is_racy(now));
        assert!(at(1_699_999_999_000_000_000).is_racy(now), "a file system that keeps seconds");
        assert!(!at(1_699_999_990_000_000_000).is_racy(now));
    }
}
