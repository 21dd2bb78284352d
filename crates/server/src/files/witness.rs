//! What an answer about many files was made from, so that it can be given again while nothing of that has changed.
//!
//! Every path that was looked at is a witness: what it was, or that nothing was there. A directory's times change with the names in it,
//! a file's with its content and its permissions; so an answer is still right if all witnesses are as they were. To look at them again
//! takes one system call each, and neither reading of directories nor checksums nor a document.
//!
//! Time stamps have a resolution. What was changed just before it was looked at may change again without a trace, so an answer with
//! such a witness is not given again.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use wire::metadata::Links;

use super::fileset::stat;

/// A file that was changed so recently may change again within the resolution of its time stamps.
const SETTLED: Duration = Duration::from_secs(2);

/// What tells one state of a file from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct State {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl State {
    pub(super) fn of(meta: &Metadata) -> State {
        State {
            device: meta.dev(),
            inode: meta.ino(),
            size: meta.len(),
            modified: (meta.mtime(), meta.mtime_nsec()),
            changed: (meta.ctime(), meta.ctime_nsec()),
        }
    }

    /// True if another change would show in another time stamp.
    pub(super) fn is_settled(&self, now: SystemTime) -> bool {
        let seconds = u64::try_from(self.changed.0).unwrap_or(u64::MAX >> 1);
        let changed = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds));
        changed.is_some_and(|changed| now.duration_since(changed).is_ok_and(|age| age > SETTLED))
    }
}

/// A path that was looked at.
#[derive(Debug)]
struct Witness {
    path: Box<Path>,
    links: Links,
    /// Nothing if there was nothing.
    state: Option<State>,
}

/// All paths that were looked at for one answer.
#[derive(Debug)]
pub(super) struct Witnesses {
    /// When the looking began.
    now: SystemTime,
    list: Vec<Witness>,
    are_settled: bool,
}

impl Witnesses {
    /// Nothing has been looked at yet.
    pub(super) fn new(now: SystemTime) -> Witnesses {
        Witnesses { now, list: Vec::new(), are_settled: true }
    }

    /// Looks at a path, and remembers what was there.
    pub(super) fn look(&mut self, path: PathBuf, links: Links) -> std::io::Result<Metadata> {
        let found = stat(&path, links);
        self.saw(path, links, found.as_ref().ok());
        found
    }

    /// Remembers what somebody else saw.
    pub(super) fn saw(&mut self, path: PathBuf, links: Links, found: Option<&Metadata>) {
        let state = found.map(State::of);
        self.are_settled &= state.is_none_or(|state| state.is_settled(self.now));
        self.list.push(Witness { path: path.into_boxed_path(), links, state });
    }

    /// True if everything is as it was.
    pub(super) fn hold(&self) -> bool {
        self.are_settled
            && self.list.iter().all(|witness| {
                stat(&witness.path, witness.links).ok().map(|meta| State::of(&meta)) == witness.state
            })
    }

    /// What they need of memory.
    pub(super) fn bytes(&self) -> usize {
        let paths: usize = self.list.iter().map(|witness| witness.path.as_os_str().len()).sum();
        paths + self.list.len() * size_of::<Witness>()
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    /// Witnesses of paths, looked at long after they were made.
    fn witnesses(paths: &[&Path], links: Links) -> Witnesses {
        let mut witnesses = Witnesses::new(SystemTime::now() + Duration::from_secs(60));
        for path in paths {
            let _ = witnesses.look((*path).to_owned(), links);
        }
        witnesses
    }

    #[test]
    fn every_change_shows() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let (file, link, missing) = (path("file"), path("link"), path("missing"));
        let all = [folder.path(), &file, &link, &missing];
        let changes: [&dyn Fn(); 7] = [
            &|| std::fs::write(&file, "abd").unwrap(),
            &|| std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap(),
            &|| std::fs::write(path("more"), "").unwrap(),
            &|| std::fs::write(&missing, "").unwrap(),
            &|| std::fs::remove_file(&file).unwrap(),
            &|| {
                std::fs::write(path("new"), "abc").unwrap();
                std::fs::rename(path("new"), &file).unwrap();
            },
            &|| {
                std::fs::remove_file(&link).unwrap();
                symlink("/", &link).unwrap();
            },
        ];
        for (number, change) in changes.into_iter().enumerate() {
            for name in [&file, &link, &missing, &path("more")] {
                let _ = std::fs::remove_file(name);
            }
            std::fs::write(&file, "abc").unwrap();
            symlink("/tmp", &link).unwrap();
            let (followed, not) = (witnesses(&all, Links::Follow), witnesses(&all, Links::Manage));
            assert!(followed.hold() && not.hold(), "{number}");
            // Time stamps come from the kernel's coarse clock.
            std::thread::sleep(Duration::from_millis(20));
            change();
            assert!(!followed.hold() && !not.hold(), "{number}");
        }
    }

    #[test]
    fn what_has_just_changed_is_no_witness() {
        let folder = tempfile::tempdir().unwrap();
        let mut witnesses = Witnesses::new(SystemTime::now());
        witnesses.look(folder.path().to_owned(), Links::Manage).unwrap();
        assert!(!witnesses.hold());
    }
}
