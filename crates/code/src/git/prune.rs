//! What no version needs any more is removed.
//!
//! A version that goes takes with it what no other version has. Those that stay need not hang together: where the one before is gone,
//! git is told that history begins there (`shallow`), and what no name leads to any more is given one below [`KEPT`]. So the
//! repository is whole for git at every moment, and a `git gc` finds the same objects needed that are needed here.
//!
//! The order makes a crash harmless: first names and `shallow`, after which nobody who follows names sees what is to go; then new packs
//! with what stays of old ones; then the old ones go. What a crash leaves over goes the next time.
//!
//! A pack with differences between objects, as `git gc` makes them, is not taken apart; it goes when all of it may go. Whoever runs
//! `git gc` has git write a better one.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::{BRANCH, Id, Mode, Reader, Repository};
use crate::error::{Error, Result};

/// Begins the names of versions that stay and that no other name leads to.
pub const KEPT: &str = "refs/kept/";
/// Begins the names of the versions that a compiler serves.
pub const SYNCED: &str = "refs/synced-commits/";
/// What is no part of the repository is of a crash if it is older; what is younger may be somebody's who is at work.
const SETTLED: Duration = Duration::from_secs(86_400);
/// A pack is written anew if so much of it may go, of a hundred: all of what stays is copied for it.
const WORTH_PERCENT: u64 = 20;

/// What stays.
#[derive(Clone, Debug, Default)]
pub struct Keep {
    /// Versions, each as a whole; that one is not is an error.
    pub versions: BTreeSet<Id>,
    /// Versions that somebody may ask for: those of them that are here as a whole. What is none, or only partly here, is passed over.
    pub wanted: BTreeSet<Id>,
    /// Versions that are on their way: what there is of them.
    pub arriving: BTreeSet<Id>,
}

/// What went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Objects.
    pub objects: usize,
    /// Bytes on the disk.
    pub bytes: u64,
}

impl std::ops::AddAssign for Pruned {
    fn add_assign(&mut self, other: Pruned) {
        self.objects += other.objects;
        self.bytes += other.bytes;
    }
}

impl Repository {
    /// Removes what none of these versions needs. Those that somebody gave a name stay, too. Nobody else may add objects meanwhile.
    ///
    /// # Errors
    /// One of the versions is not whole, or a name stands for something that is no version; then nothing was removed. Or files cannot be
    /// written or removed; then less was removed than could be.
    pub fn prune(&self, keep: &Keep) -> Result<Pruned> {
        if self.path.join("objects/info/alternates").exists() {
            let reason = "it borrows objects from another repository (objects/info/alternates); nothing is removed there";
            return Err(Error::refused(&self.path, reason));
        }
        // Listed first: what comes later is not touched. What is here is known from this list alone, which has every pack or is an
        // error: gix passes over an index that cannot be opened, and what it has would be taken for gone.
        let packs = self.packs()?;
        let mut present: HashSet<Id> =
            packs.iter().flat_map(|pack| &pack.entries).map(|(id, _)| *id).collect();
        present.extend(self.loose()?.into_iter().map(|(id, _)| id));
        let mut reader = self.reader()?;
        let names = self.names()?;
        let is_ours = |name: &str| name.starts_with(KEPT) || name.starts_with(SYNCED);

        let mut marking =
            Marking { reader: &mut reader, present: &present, live: HashSet::new(), parents: HashMap::new() };
        for id in &keep.versions {
            marking.whole(*id)?;
        }
        for (name, id) in names.iter().filter(|(name, _)| !is_ours(name)) {
            let outcome = marking.peeled(*id).and_then(|id| marking.whole(id));
            if let Err(error) = passed_over(outcome)? {
                tracing::warn!(%error, name, repository = %self.path.display(), "the name leads to no whole version");
            }
        }
        for id in &keep.wanted {
            // Most of them are versions of other environments.
            if present.contains(id)
                && let Err(error) = passed_over(marking.whole(*id))?
            {
                tracing::warn!(%error, version = %id, repository = %self.path.display(), "what is named is no whole version");
            }
        }
        for id in &keep.arriving {
            marking.part(*id)?;
        }
        let Marking { live, parents: versions, .. } = marking;
        let is_cut = |(_, parents): &(&Id, &Vec<Id>)| parents.iter().any(|id| !versions.contains_key(id));
        let cut: BTreeSet<Id> = versions.iter().filter(is_cut).map(|(id, _)| *id).collect();

        // All that the branch does not lead to has a name of its own: no other name has to stay for it.
        let mut led_to: HashSet<Id> = names.get(BRANCH).copied().into_iter().collect();
        let mut follow: Vec<Id> = led_to.iter().copied().collect();
        while let Some(id) = follow.pop() {
            let before = versions.get(&id).into_iter().flatten().filter(|id| versions.contains_key(*id));
            follow.extend(before.filter(|id| led_to.insert(**id)));
        }
        let mut kept = BTreeSet::new();
        for id in versions.keys().filter(|id| !led_to.contains(*id)) {
            let name = format!("{KEPT}{id}");
            if !names.contains_key(&name) {
                self.set(&name, *id)?;
            }
            kept.insert(name);
        }
        let mut shallow = self.shallow()?;
        shallow.extend(&cut);
        self.set_shallow(&shallow)?;
        let stays = |name: &str, id: &Id| match name.starts_with(KEPT) {
            true => kept.contains(name),
            false => !name.starts_with(SYNCED) || live.contains(id),
        };
        let gone = names.iter().filter(|(name, id)| !stays(name, id));
        self.remove_names(&gone.map(|(name, _)| name.clone()).collect())?;

        let pruned = self.remove_objects(packs, &live)?;
        self.set_shallow(&cut)?;
        Ok(pruned)
    }

    fn remove_objects(&self, packs: Vec<Pack>, live: &HashSet<Id>) -> Result<Pruned> {
        let mut pruned = Pruned::default();
        let mut going = Vec::new();
        let mut reader = self.reader()?;
        // Objects that are in a pack that stays: they need not be copied.
        let mut there: HashSet<Id> = HashSet::new();
        let mut mixed = Vec::new();
        for pack in packs {
            let dead = pack.entries.iter().filter(|(id, _)| !live.contains(id)).count();
            if dead == 0 || pack.is_protected {
                there.extend(pack.entries.iter().map(|(id, _)| *id));
            } else if dead == pack.entries.len() {
                going.push(pack);
            } else if pack.dead_bytes(live) * 100 < pack.bytes * WORTH_PERCENT || pack.has_differences()? {
                there.extend(pack.entries.iter().map(|(id, _)| *id));
            } else {
                mixed.push(pack);
            }
        }
        // What git remembers of packs and of history would lead it to what is gone. It makes both again.
        if !going.is_empty() || !mixed.is_empty() {
            self.forget()?;
        }
        let dead = |pack: &Pack| pack.entries.iter().filter(|(id, _)| !live.contains(id)).count();
        // First what makes room.
        for pack in going {
            remove_pack(&pack.path)?;
            pruned.objects += dead(&pack);
            pruned.bytes += pack.bytes;
        }
        for mut pack in mixed {
            let mut addition = self.add()?;
            // As they lie on the disk.
            pack.entries.sort_unstable_by_key(|(_, offset)| *offset);
            for (id, _) in pack.entries.iter().filter(|(id, _)| live.contains(id)) {
                if there.insert(*id) {
                    let (kind, bytes) = reader.find(*id)?;
                    addition.put(*id, kind, bytes)?;
                }
            }
            let (objects, bytes) = addition.size();
            if let Some(name) = addition.store()?
                && pack.path.file_stem().is_some_and(|stem| *stem == *name)
            {
                continue;
            }
            remove_pack(&pack.path)?;
            pruned.objects += dead(&pack);
            pruned.bytes += pack.bytes.saturating_sub(if objects == 0 { 0 } else { bytes });
        }
        self.remove_loose(live, &mut pruned)?;
        self.remove_litter()?;
        Ok(pruned)
    }

    fn forget(&self) -> Result<()> {
        for name in ["objects/pack/multi-pack-index", "objects/info/commit-graph"] {
            remove_file(&self.path.join(name))?;
        }
        for name in ["objects/info/commit-graphs", "objects/pack/multi-pack-index.d"] {
            let path = self.path.join(name);
            match fs::remove_dir_all(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                outcome => outcome.map_err(Error::io("remove", &path))?,
            }
        }
        Ok(())
    }

    /// Objects that are files of their own: git takes packs apart, too.
    fn loose(&self) -> Result<Vec<(Id, PathBuf)>> {
        let mut found = Vec::new();
        for (path, name) in list(&self.path.join("objects"))? {
            if name.len() != 2 {
                continue;
            }
            for (path, rest) in list(&path)? {
                if let Ok(id) = format!("{name}{rest}").parse::<Id>() {
                    found.push((id, path));
                }
            }
        }
        Ok(found)
    }

    fn remove_loose(&self, live: &HashSet<Id>, pruned: &mut Pruned) -> Result<()> {
        for (id, path) in self.loose()? {
            if !live.contains(&id) && is_settled(&path) {
                pruned.bytes += fs::metadata(&path).map_or(0, |metadata| metadata.len());
                pruned.objects += 1;
                remove_file(&path)?;
            }
        }
        Ok(())
    }

    /// What a crash left of a pack that came to be, or went.
    fn remove_litter(&self) -> Result<()> {
        for (path, name) in list(&self.path.join("objects/pack"))? {
            let is_litter = match path.extension().and_then(|extension| extension.to_str()) {
                Some("pack" | "rev" | "bitmap" | "mtimes") => !path.with_extension("idx").exists(),
                _ => name.starts_with("tmp_") || (name.starts_with('.') && name.ends_with(".tmp")),
            };
            if is_litter && is_settled(&path) {
                remove_file(&path)?;
            }
        }
        Ok(())
    }

    fn packs(&self) -> Result<Vec<Pack>> {
        let mut packs = Vec::new();
        for (path, _) in list(&self.path.join("objects/pack"))? {
            let is_index = path.extension().is_some_and(|extension| extension == "idx");
            let path = path.with_extension("pack");
            if !is_index || !path.exists() {
                continue;
            }
            let bytes = fs::metadata(&path).map_err(Error::io("read", &path))?.len();
            let index = path.with_extension("idx");
            let text = fs::read(&index).map_err(Error::io("read", &index))?;
            let entries = read_index(&text).ok_or_else(|| Error::Repository {
                repository: self.path.clone(),
                reason: format!("{} is no index of a pack, of version 2", index.display()),
            })?;
            let is_protected = ["keep", "promisor"].iter().any(|end| path.with_extension(end).exists());
            packs.push(Pack { path, entries, bytes, is_protected });
        }
        packs.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(packs)
    }

    /// The versions that a name leads to and that stayed, the newest first, and when each was made, in seconds since 1970.
    ///
    /// # Errors
    /// The repository is damaged: one is not here, and nothing says that it may be missing.
    pub fn history(&self, name: &str) -> Result<Vec<(Id, i64)>> {
        let mut reader = self.reader()?;
        let mut history = Vec::new();
        let mut at = self.resolve(name)?;
        // Of those before, objects may be left in a pack that was not worth to be written anew.
        let cut = self.shallow()?;
        while let Some(id) = at {
            let commit = reader.commit(id)?;
            history.push((id, commit.author.seconds));
            at = commit.parents.first().copied().filter(|_| !cut.contains(&id));
        }
        Ok(history)
    }

    /// Versions that stayed although they are not on the branch any more.
    ///
    /// # Errors
    /// The names cannot be read.
    pub fn kept_apart(&self) -> Result<BTreeSet<Id>> {
        Ok(self.names()?.into_iter().filter(|(name, _)| name.starts_with(KEPT)).map(|(_, id)| id).collect())
    }
}

/// Finds out what versions need.
struct Marking<'a> {
    reader: &'a mut Reader,
    present: &'a HashSet<Id>,
    live: HashSet<Id>,
    /// Of the versions that are whole.
    parents: HashMap<Id, Vec<Id>>,
}

impl Marking<'_> {
    fn must_be_here(&self, id: Id) -> Result<()> {
        match self.present.contains(&id) {
            true => Ok(()),
            false => Err(Error::Missing { repository: self.reader.path.clone(), id }),
        }
    }

    /// Adds all of a version, or, if it is not whole, nothing.
    fn whole(&mut self, id: Id) -> Result<()> {
        if self.parents.contains_key(&id) {
            return Ok(());
        }
        self.must_be_here(id)?;
        let commit = self.reader.commit(id)?;
        let mut new = HashSet::from([id]);
        let mut trees = vec![commit.tree];
        while let Some(tree) = trees.pop() {
            // What is live already may be so in part only, if it is of a version that arrives; those come last.
            if self.live.contains(&tree) || !new.insert(tree) {
                continue;
            }
            self.must_be_here(tree)?;
            for entry in self.reader.tree(tree)? {
                match entry.mode {
                    Mode::Directory => trees.push(entry.id),
                    Mode::Submodule => {}
                    _ => {
                        self.must_be_here(entry.id)?;
                        new.insert(entry.id);
                    }
                }
            }
        }
        self.live.extend(new);
        self.parents.insert(id, commit.parents);
        Ok(())
    }

    /// Adds what is here of a version.
    fn part(&mut self, id: Id) -> Result<()> {
        if !self.present.contains(&id) {
            return Ok(());
        }
        self.live.insert(id);
        let mut trees = vec![self.reader.commit(id)?.tree];
        while let Some(tree) = trees.pop() {
            if !self.present.contains(&tree) || !self.live.insert(tree) {
                continue;
            }
            for entry in self.reader.tree(tree)? {
                match entry.mode {
                    Mode::Directory => trees.push(entry.id),
                    Mode::Submodule => {}
                    _ => {
                        self.live.insert(entry.id);
                    }
                }
            }
        }
        Ok(())
    }

    /// The version that a tag of git's leads to; the tag itself stays.
    fn peeled(&mut self, mut id: Id) -> Result<Id> {
        while let Some(target) = self.reader.tag(id)? {
            self.live.insert(id);
            id = target;
        }
        Ok(id)
    }
}

/// What is no version or only partly here is an error of its own; any other ends the pass.
fn passed_over(outcome: Result<()>) -> Result<Result<()>> {
    match outcome {
        Err(error @ (Error::Missing { .. } | Error::Damaged { .. } | Error::Object(_))) => Ok(Err(error)),
        Err(error) => Err(error),
        Ok(()) => Ok(Ok(())),
    }
}

/// A pack with its objects and where they begin.
struct Pack {
    path: PathBuf,
    entries: Vec<(Id, u64)>,
    bytes: u64,
    /// Somebody said that it stays.
    is_protected: bool,
}

impl Pack {
    fn dead_bytes(&self, live: &HashSet<Id>) -> u64 {
        let mut entries = self.entries.clone();
        entries.sort_unstable_by_key(|(_, offset)| *offset);
        let ends = entries.iter().skip(1).map(|(_, offset)| *offset).chain([self.bytes]);
        let sized = entries.iter().zip(ends).filter(|((id, _), _)| !live.contains(id));
        sized.map(|((_, offset), end)| end.saturating_sub(*offset)).sum()
    }

    fn has_differences(&self) -> Result<bool> {
        let file = File::open(&self.path).map_err(Error::io("read", &self.path))?;
        for (_, offset) in &self.entries {
            let mut byte = [0];
            file.read_exact_at(&mut byte, *offset).map_err(Error::io("read", &self.path))?;
            // Tags are not made here, and could not be copied.
            if matches!(byte[0] >> 4 & 7, 4 | 6 | 7) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The objects of a pack by its index (gitformat-pack(5), version 2), and where they begin.
fn read_index(bytes: &[u8]) -> Option<Vec<(Id, u64)>> {
    let number = |at: usize| Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk::<4>()?));
    let rest = bytes.strip_prefix(b"\xfftOc\0\0\0\x02")?;
    let objects = number(8 + 255 * 4)? as usize;
    let ids = rest.get(1024..)?.get(..objects.checked_mul(20)?)?;
    let offsets = 8 + 1024 + objects.checked_mul(24)?;
    let large = offsets.checked_add(objects.checked_mul(4)?)?;
    let mut entries = Vec::with_capacity(objects);
    for (place, id) in ids.chunks_exact(20).enumerate() {
        let offset = number(offsets + place * 4)?;
        let offset = match offset & 0x8000_0000 {
            0 => u64::from(offset),
            _ => {
                let at = large.checked_add((offset & 0x7fff_ffff) as usize * 8)?;
                u64::from_be_bytes(*bytes.get(at..)?.first_chunk::<8>()?)
            }
        };
        entries.push((Id::from_slice(id)?, offset));
    }
    Some(entries)
}

/// Removes a pack; without its index it is no part of the repository.
pub(super) fn remove_pack(path: &Path) -> Result<()> {
    for extension in ["idx", "pack", "rev", "bitmap", "mtimes"] {
        remove_file(&path.with_extension(extension))?;
    }
    Ok(())
}

fn remove_file(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        outcome => outcome.map_err(Error::io("remove", path)),
    }
}

fn list(directory: &Path) -> Result<Vec<(PathBuf, String)>> {
    let mut found = Vec::new();
    for item in fs::read_dir(directory).map_err(Error::io("read", directory))? {
        let item = item.map_err(Error::io("read", directory))?;
        if let Ok(name) = item.file_name().into_string() {
            found.push((item.path(), name));
        }
    }
    Ok(found)
}

fn is_settled(path: &Path) -> bool {
    let modified = fs::metadata(path).and_then(|metadata| metadata.modified());
    let age = modified.ok().and_then(|modified| SystemTime::now().duration_since(modified).ok());
    age.is_some_and(|age| age > SETTLED)
}
