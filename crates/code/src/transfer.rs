//! Objects on their way: what a compiler lacks of a version, as packs.
//!
//! A compiler says which version it wants and which it has, and is sent what the one has and the other has not: for a usual deploy that is
//! one answer. An answer has a limit, and nothing is assumed about what arrived: the compiler walks the version in its own
//! store, and asks by id for what it does not find there, until nothing is missing. So it does not matter where an answer was cut, which one
//! was lost, or what of it came from another environment long ago, and a transfer goes on where it stopped.
//!
//! Git's own protocol negotiates by histories; compilers keep none. It would have to send whole versions to a compiler whose last version is
//! not an ancestor of the new one, could not go on after a lost connection, and knows nothing of environments that share modules.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::error::{Error, Result};
use crate::git::pack::PackWriter;
use crate::git::{Id, Kind, Mode, Reader, Repository, TreeEntry};

/// Bytes of an answer, about; the object that passes it is still sent.
pub const ANSWER_BYTES: u64 = 8 * 1024 * 1024;
/// Objects that are asked for at once, at most.
pub const IDS_MAX: usize = 4096;

/// What `want` has and `have` has not, directories first, as far as it goes into an answer.
///
/// # Errors
/// `want` is not there, or something of it is damaged. That `have` is not there is no error.
pub fn difference(repository: &Repository, want: Id, have: Option<Id>) -> Result<Vec<u8>> {
    let mut reader = repository.reader()?;
    let mut answer = Answer::new(repository)?;
    let commit = reader.commit(want)?;
    answer.add(&mut reader, want)?;
    let old = match have.filter(|id| reader.contains(*id)) {
        Some(have) => Some(reader.commit(have)?.tree),
        None => None,
    };
    let mut directories = VecDeque::from([(commit.tree, old)]);
    let mut blobs = Vec::new();
    let mut seen = HashSet::new();
    while let Some((new, old)) = directories.pop_front() {
        if Some(new) == old || !seen.insert(new) {
            continue;
        }
        answer.add(&mut reader, new)?;
        for (entry, before) in changed(&mut reader, new, old)? {
            match entry.mode {
                Mode::Directory => directories.push_back((entry.id, before)),
                Mode::Submodule => {}
                _ if seen.insert(entry.id) => blobs.push(entry.id),
                _ => {}
            }
        }
        if answer.is_full() {
            return answer.finish();
        }
    }
    for id in blobs {
        if answer.is_full() {
            break;
        }
        answer.add(&mut reader, id)?;
    }
    answer.finish()
}

/// Objects by their ids, as far as they go into an answer; the first one is always sent.
///
/// # Errors
/// One is not there, or damaged.
pub fn objects(repository: &Repository, ids: &[Id]) -> Result<Vec<u8>> {
    let mut reader = repository.reader()?;
    let mut answer = Answer::new(repository)?;
    let mut seen = HashSet::new();
    for id in ids.iter().filter(|id| seen.insert(**id)) {
        if answer.is_full() {
            break;
        }
        answer.add(&mut reader, *id)?;
    }
    answer.finish()
}

/// What is missing of a version in a store, up to some number of objects; directories are looked into as far as they are there.
/// `complete` is a version of which nothing is missing.
///
/// # Errors
/// The store cannot be read, or something of the version is damaged or cannot be part of one.
pub fn missing(
    repository: &Repository,
    want: Id,
    complete: Option<Id>,
    objects_max: usize,
) -> Result<Vec<Id>> {
    let mut reader = repository.reader()?;
    if !reader.contains(want) {
        return Ok(vec![want]);
    }
    let new = reader.commit(want)?.tree;
    let old = match complete.filter(|id| reader.contains(*id)) {
        Some(complete) => Some(reader.commit(complete)?.tree),
        None => None,
    };
    let mut directories = VecDeque::from([(new, old)]);
    let mut missing = Vec::new();
    let mut seen = HashSet::new();
    while let Some((new, old)) = directories.pop_front() {
        if missing.len() >= objects_max {
            break;
        }
        if Some(new) == old || !seen.insert(new) {
            continue;
        }
        if !reader.contains(new) {
            missing.push(new);
            continue;
        }
        for (entry, before) in changed(&mut reader, new, old)? {
            match entry.mode {
                Mode::Directory => directories.push_back((entry.id, before)),
                Mode::Submodule => {}
                _ if missing.len() < objects_max && seen.insert(entry.id) && !reader.contains(entry.id) => {
                    missing.push(entry.id);
                }
                _ => {}
            }
        }
    }
    Ok(missing)
}

/// The entries of a directory that are not the same in the one before, with the directory that was there under the name.
fn changed(reader: &mut Reader, new: Id, old: Option<Id>) -> Result<Vec<(TreeEntry, Option<Id>)>> {
    let old = match old.map(|old| reader.tree(old)) {
        // Of a version that was removed a part may be left.
        Some(Err(Error::Missing { .. })) | None => Vec::new(),
        Some(old) => old?,
    };
    let old: HashMap<&[u8], &TreeEntry> = old.iter().map(|entry| (entry.name.as_slice(), entry)).collect();
    let entries = reader.tree(new)?.into_iter().filter_map(|entry| {
        let before = old.get(entry.name.as_slice());
        if before.is_some_and(|before| before.id == entry.id) {
            return None;
        }
        let before = before.filter(|before| before.mode == Mode::Directory).map(|before| before.id);
        Some((entry, before))
    });
    Ok(entries.collect())
}

struct Answer<'a> {
    repository: &'a Repository,
    pack: PackWriter<Vec<u8>>,
}

impl<'a> Answer<'a> {
    fn new(repository: &'a Repository) -> Result<Answer<'a>> {
        let pack = PackWriter::new(Vec::new()).map_err(Error::io("read", repository.path()))?;
        Ok(Answer { repository, pack })
    }

    fn add(&mut self, reader: &mut Reader, id: Id) -> Result<()> {
        let (kind, bytes): (Kind, &[u8]) = reader.find(id)?;
        self.pack.add(id, kind, bytes).map_err(Error::io("read", self.repository.path()))
    }

    fn is_full(&self) -> bool {
        self.pack.bytes() >= ANSWER_BYTES
    }

    fn finish(self) -> Result<Vec<u8>> {
        self.pack.finish().into_bytes().map_err(Error::io("read", self.repository.path()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::{Commit, Signature, encode_commit, encode_tree, id_of};
    use crate::{Limits, git};

    /// A repository, and the folder that goes with it.
    struct Store(#[expect(dead_code, reason = "held until the test is over")] tempfile::TempDir, Repository);

    impl Store {
        fn new() -> Store {
            let folder = tempfile::tempdir().unwrap();
            let repository = Repository::open_or_create(folder.path().join("store.git")).unwrap();
            Store(folder, repository)
        }

        fn put(&self, kind: Kind, bytes: &[u8]) -> Id {
            let id = id_of(kind, bytes).unwrap();
            let mut addition = self.1.add().unwrap();
            addition.put(id, kind, bytes).unwrap();
            addition.store().unwrap();
            id
        }

        /// A version with files `a/<n>` and `b`.
        fn version(&self, files: impl Iterator<Item = (String, Vec<u8>)>) -> Id {
            let entry = |name: &str, mode, id| TreeEntry { name: name.into(), mode, id };
            let mut inner: Vec<TreeEntry> =
                files.map(|(name, bytes)| entry(&name, Mode::File, self.put(Kind::Blob, &bytes))).collect();
            let inner = self.put(Kind::Tree, &encode_tree(&mut inner));
            let b = self.put(Kind::Blob, b"always the same");
            let mut top = [entry("a", Mode::Directory, inner), entry("b", Mode::File, b)];
            let tree = self.put(Kind::Tree, &encode_tree(&mut top));
            let author = Signature { name: "x".into(), email: String::new(), seconds: 0 };
            let commit = Commit { tree, parents: vec![], author, message: "x\n".into() };
            self.put(Kind::Commit, &encode_commit(&commit))
        }

        fn take_in(&self, pack: &[u8]) -> usize {
            let limits = Limits::default();
            self.1.take_in(pack, git::OBJECT_BYTES_MAX, limits.total_bytes_max).unwrap().len()
        }
    }

    #[test]
    fn only_what_changed_travels() {
        let (here, there) = (Store::new(), Store::new());
        let files =
            |changed: usize| (0..20).map(move |n| (n.to_string(), vec![u8::from(n == changed); 10 + n]));
        let first = here.version(files(99));
        assert_eq!(missing(&there.1, first, None, 9).unwrap(), [first]);
        assert_eq!(there.take_in(&difference(&here.1, first, None).unwrap()), 3 + 21);
        assert_eq!(missing(&there.1, first, None, 9).unwrap(), []);
        let second = here.version(files(7));
        let pack = difference(&here.1, second, Some(first)).unwrap();
        assert_eq!(there.take_in(&pack), 4, "commit, two directories, one file");
        assert_eq!(missing(&there.1, second, Some(first), 9).unwrap(), []);
        // A version that the other side does not have any more is none.
        assert_eq!(there.take_in(&difference(&here.1, second, Some(Id::new([3; 20]))).unwrap()), 24);
        assert!(matches!(difference(&here.1, Id::new([3; 20]), None), Err(Error::Missing { .. })));
    }

    #[test]
    fn a_large_version_comes_in_parts() {
        let (here, there) = (Store::new(), Store::new());
        let noise = |seed: u32| -> Vec<u8> {
            let step = |state: &mut u32| {
                *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                Some((*state >> 24) as u8)
            };
            std::iter::repeat_n((), 1 << 20).scan(seed, |state, ()| step(state)).collect()
        };
        let version = here.version((0..20).map(|n| (n.to_string(), noise(n))));
        there.take_in(&difference(&here.1, version, None).unwrap());
        let mut rounds = 0;
        loop {
            let ids = missing(&there.1, version, None, IDS_MAX).unwrap();
            if ids.is_empty() {
                break;
            }
            assert!(there.take_in(&objects(&here.1, &ids).unwrap()) > 0);
            rounds += 1;
        }
        assert!((1..5).contains(&rounds), "{rounds}");
    }

    #[test]
    fn unknown_objects_are_an_error() {
        let store = Store::new();
        assert!(matches!(objects(&store.1, &[Id::new([9; 20])]), Err(Error::Missing { .. })));
    }
}
