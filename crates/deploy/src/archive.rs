//! Archives of modules, unpacked with suspicion: what is in them was made by others.
//!
//! An archive is unpacked beside the environment, into a directory that is new and ours, and then put into its place as a whole. Paths
//! that lead out, devices, and more than modules ever have are refused; links are left out with a warning, as on the Forge
//! itself.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Component, Path, PathBuf};

use flate2::read::MultiGzDecoder;
use sha2::{Digest as _, Sha256};
use tar::EntryType;

use crate::cancel::Cancel;
use crate::error::{DeployError, Result};
use crate::spool::Spool;
use crate::tree;

/// Limits of what is unpacked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    entries: usize,
    bytes: u64,
    /// Bytes unpacked for each byte of the archive, once there are more than `small`.
    ratio: u64,
    small: u64,
    depth: usize,
    path_bytes: usize,
}

const LIMITS: Limits =
    Limits { entries: 100_000, bytes: 1 << 30, ratio: 100, small: 64 << 20, depth: 64, path_bytes: 1024 };

/// An archive that is here.
pub(crate) struct Archive {
    /// Where it is kept, or will be.
    file: PathBuf,
    sha256: String,
    /// One that came just now, and is not kept before it was read to its end: what is no archive may be anything, a key for one.
    new: Option<Spool>,
}

/// What of the modes of an archive counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Modes {
    /// As r10k has it for releases: readable by owner and group at least.
    Release,
    /// As they are.
    AsTheyAre,
}

/// Of any mode no more counts: what is writable for group or others would be code that they write, and nothing special is wanted.
const MODE_MAX: u32 = 0o755;

impl Archive {
    /// The archive of this checksum, if it is here and whole.
    pub(crate) fn open(directory: &Path, sha256: &str) -> Option<Archive> {
        if sha256.len() != 64 || !sha256.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let sha256 = sha256.to_ascii_lowercase();
        let file = directory.join(format!("{sha256}.tar.gz"));
        let mut hasher = Sha256::new();
        let mut reader = File::open(&file).ok()?;
        let mut buffer = vec![0; 64 << 10];
        loop {
            let count = reader.read(&mut buffer).ok()?;
            if count == 0 {
                break;
            }
            hasher.update(buffer.get(..count)?);
        }
        (hex::encode(hasher.finalize()) == sha256).then_some(Archive { file, sha256, new: None })
    }

    /// One that came, to be kept in this directory.
    pub(crate) fn of(directory: &Path, spool: Spool) -> Archive {
        let sha256 = spool.sha256();
        Archive { file: directory.join(format!("{sha256}.tar.gz")), sha256, new: Some(spool) }
    }

    pub(crate) fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Puts a release of a Forge at a path of an environment: the directory of the archive that has the `metadata.json`.
    pub(crate) fn install_release(
        &mut self,
        environment: &Path,
        path: &str,
        without_spec: bool,
        cancel: &Cancel,
        warn: &dyn Fn(&str),
    ) -> Result<()> {
        let scratch = scratch(environment)?;
        self.unpack(scratch.path(), Modes::Release, cancel, warn)?;
        let root =
            shallowest(scratch.path(), "metadata.json").map_err(DeployError::io("read", scratch.path()))?;
        let root = root.ok_or_else(|| DeployError::failed("No valid metadata.json found!"))?;
        put(&root, environment, path, without_spec)
    }

    /// Puts all of an archive at a path of an environment.
    pub(crate) fn install(
        &mut self,
        environment: &Path,
        path: &str,
        without_spec: bool,
        cancel: &Cancel,
        warn: &dyn Fn(&str),
    ) -> Result<()> {
        let scratch = scratch(environment)?;
        let root = scratch.path().join("module");
        fs::create_dir(&root).map_err(DeployError::io("create", &root))?;
        self.unpack(&root, Modes::AsTheyAre, cancel, warn)?;
        put(&root, environment, path, without_spec)
    }

    /// Makes the files of an environment those of the archive, which repairs what somebody edited. Others stay: modules, and what is purged.
    pub(crate) fn install_environment(
        &mut self,
        environment: &Path,
        cancel: &Cancel,
        warn: &dyn Fn(&str),
    ) -> Result<()> {
        let scratch = scratch(environment)?;
        let root = scratch.path().join("environment");
        fs::create_dir(&root).map_err(DeployError::io("create", &root))?;
        self.unpack(&root, Modes::AsTheyAre, cancel, warn)?;
        merge(&root, environment)
    }

    /// The paths of the archive, directories included, as bytes between NULs. Of one that can be unpacked.
    pub(crate) fn paths(&self, cancel: &Cancel) -> Result<Vec<u8>> {
        let place = self.place();
        let broken = |error: io::Error| DeployError::failed(format!("{}: {error}", place.display()));
        let file = File::open(place).map_err(DeployError::io("read", place))?;
        let reader = Counted { inner: MultiGzDecoder::new(file), read: 0, limit: LIMITS.bytes };
        let mut archive = tar::Archive::new(reader);
        let mut found = BTreeSet::new();
        for entry in archive.entries().map_err(broken)? {
            cancel.check()?;
            let entry = entry.map_err(broken)?;
            let name = entry.path().map_err(broken)?;
            let Ok(path) = relative(&name, &LIMITS) else { continue };
            found.extend(path.ancestors().map(|path| path.as_os_str().as_bytes().to_vec()));
        }
        found.remove(&Vec::new());
        Ok(found.into_iter().flat_map(|path| path.into_iter().chain([0])).collect())
    }

    fn place(&self) -> &Path {
        self.new.as_ref().map_or(&self.file, Spool::path)
    }

    fn unpack(&mut self, root: &Path, modes: Modes, cancel: &Cancel, warn: &dyn Fn(&str)) -> Result<()> {
        let place = self.place();
        let file = File::open(place).map_err(DeployError::io("read", place))?;
        let packed = file.metadata().map_err(DeployError::io("read", place))?.len();
        unpack(file, packed, root, modes, &LIMITS, cancel, warn)?;
        match self.new.take() {
            Some(spool) => spool.keep(&self.file).map(drop),
            None => Ok(()),
        }
    }
}

/// A directory beside an environment; on the same disk, and no environment.
fn scratch(environment: &Path) -> Result<tempfile::TempDir> {
    let parent = environment.parent().unwrap_or(environment);
    let name = environment.file_name().unwrap_or_default().to_string_lossy();
    let made = tempfile::Builder::new().prefix(&format!(".{name}.unpack-")).tempdir_in(parent);
    made.map_err(DeployError::io("create a directory in", parent))
}

/// Puts a directory in the place of what is there.
fn put(from: &Path, environment: &Path, path: &str, without_spec: bool) -> Result<()> {
    if without_spec && tree::is_directory(&from.join("spec")) {
        tree::remove(&from.join("spec"))?;
    }
    // A directory of its own mode, not that of scratch ones.
    fs::set_permissions(from, fs::Permissions::from_mode(0o755)).map_err(DeployError::io("write", from))?;
    if let Some((parent, _)) = path.rsplit_once('/') {
        tree::make_directory(environment, parent)?;
    }
    let place = environment.join(path);
    tree::remove(&place)?;
    fs::rename(from, &place).map_err(DeployError::io("write", &place))
}

/// Moves what is in a directory into another one, where it replaces what has its names; what is the same there stays as it is.
fn merge(from: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(from).map_err(DeployError::io("read", from))? {
        let entry = entry.map_err(DeployError::io("read", from))?;
        let (source, place) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().map_err(DeployError::io("read", &source))?;
        if kind.is_dir() && tree::is_directory(&place) {
            merge(&source, &place)?;
            let mode = entry.metadata().map_err(DeployError::io("read", &source))?.permissions();
            fs::set_permissions(&place, mode).map_err(DeployError::io("write", &place))?;
            continue;
        }
        if kind.is_file() && is_same(&source, &place).map_err(DeployError::io("read", &place))? {
            continue;
        }
        if kind.is_dir() || tree::is_directory(&place) {
            tree::remove(&place)?;
        }
        fs::rename(&source, &place).map_err(DeployError::io("write", &place))?;
    }
    Ok(())
}

/// Whether two files have the same content and mode; links are none.
fn is_same(one: &Path, other: &Path) -> io::Result<bool> {
    let (Ok(of_one), Ok(of_other)) = (fs::symlink_metadata(one), fs::symlink_metadata(other)) else {
        return Ok(false);
    };
    if !of_other.is_file()
        || of_one.len() != of_other.len()
        || of_one.permissions().mode() & 0o7777 != of_other.permissions().mode() & 0o7777
    {
        return Ok(false);
    }
    let (mut one, mut other) = (BufReader::new(File::open(one)?), BufReader::new(File::open(other)?));
    loop {
        let (here, there) = (one.fill_buf()?, other.fill_buf()?);
        let count = here.len().min(there.len());
        if count == 0 {
            return Ok(here.len() == there.len());
        }
        if here.get(..count) != there.get(..count) {
            return Ok(false);
        }
        one.consume(count);
        other.consume(count);
    }
}

/// The directory nearest to the top that has a file of this name; of several the first.
fn shallowest(root: &Path, name: &str) -> io::Result<Option<PathBuf>> {
    let mut level = vec![root.to_owned()];
    while !level.is_empty() {
        level.sort();
        if let Some(found) = level.iter().find(|directory| directory.join(name).is_file()) {
            return Ok(Some(found.clone()));
        }
        let mut next = Vec::new();
        for directory in level {
            for entry in fs::read_dir(directory)? {
                let entry = entry?;
                if entry.file_type()?.is_dir() {
                    next.push(entry.path());
                }
            }
        }
        level = next;
    }
    Ok(None)
}

/// Counts what comes out of the decompressor, and stops a bomb.
struct Counted<R> {
    inner: R,
    read: u64,
    limit: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.read += count as u64;
        if self.read > self.limit {
            let limit = self.limit;
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                format!("it unpacks to more than {limit} bytes, which no module has"),
            ));
        }
        Ok(count)
    }
}

fn unpack(
    packed: impl Read,
    packed_bytes: u64,
    root: &Path,
    modes: Modes,
    limits: &Limits,
    cancel: &Cancel,
    warn: &dyn Fn(&str),
) -> Result<()> {
    let refused = |reason: String| DeployError::failed(format!("the archive is refused: {reason}"));
    let broken = |error: io::Error| refused(error.to_string());
    let limit = limits.bytes.min(limits.small.max(packed_bytes.saturating_mul(limits.ratio)));
    let reader = Counted { inner: MultiGzDecoder::new(packed), read: 0, limit };
    let mut archive = tar::Archive::new(reader);
    let mut directories = Vec::new();
    let (mut count, mut left_out) = (0_usize, 0_usize);
    for entry in archive.entries().map_err(broken)? {
        let mut entry = entry.map_err(broken)?;
        cancel.check()?;
        count += 1;
        if count > limits.entries {
            return Err(refused(format!("it has more than {} entries", limits.entries)));
        }
        let name = entry.path().map_err(broken)?.into_owned();
        let shown = name.display().to_string();
        let path = relative(&name, limits).map_err(|reason| refused(format!("{shown:?} {reason}")))?;
        let mode = entry.header().mode().map_err(broken)? & MODE_MAX;
        if path.components().any(|name| name.as_os_str().eq_ignore_ascii_case(".git")) {
            left_out += 1;
            continue;
        }
        match entry.header().entry_type() {
            EntryType::Directory => {
                make_directories(root, &path)?;
                if modes == Modes::AsTheyAre && path != Path::new("") {
                    directories.push((root.join(&path), mode | 0o700));
                }
            }
            EntryType::Regular | EntryType::Continuous => {
                let Some(parent) = path.parent().filter(|_| path.file_name().is_some()) else {
                    return Err(refused(format!("{shown:?} is no name of a file")));
                };
                make_directories(root, parent)?;
                let mode = match modes {
                    Modes::Release => mode | 0o640,
                    Modes::AsTheyAre => mode | 0o400,
                };
                write_file(&mut entry, &root.join(&path), mode)
                    .map_err(|error| refused(format!("{shown:?}: {error}")))?;
            }
            // They would lead to what is not in the archive, or to what is written later.
            EntryType::Symlink | EntryType::Link => left_out += 1,
            EntryType::XGlobalHeader
            | EntryType::XHeader
            | EntryType::GNULongName
            | EntryType::GNULongLink => {}
            other => return Err(refused(format!("{shown:?} is neither a file nor a directory ({other:?})"))),
        }
    }
    if count == 0 {
        return Err(refused("it is empty".to_owned()));
    }
    for (directory, mode) in directories {
        fs::set_permissions(&directory, fs::Permissions::from_mode(mode))
            .map_err(DeployError::io("write", &directory))?;
    }
    if left_out > 0 {
        warn(&format!("{left_out} links and files of git in an archive were left out"));
    }
    Ok(())
}

/// The path of an entry below the directory that it goes to.
fn relative(name: &Path, limits: &Limits) -> Result<PathBuf, String> {
    let mut path = PathBuf::new();
    let mut depth = 0;
    for component in name.components() {
        match component {
            Component::Normal(name) => {
                path.push(name);
                depth += 1;
            }
            Component::CurDir => {}
            Component::ParentDir => return Err("leads out of it".to_owned()),
            Component::RootDir | Component::Prefix(_) => return Err("is an absolute path".to_owned()),
        }
    }
    if depth > limits.depth {
        return Err(format!("lies in more than {} directories", limits.depth));
    }
    if path.as_os_str().as_bytes().len() > limits.path_bytes {
        return Err(format!("is longer than {} bytes", limits.path_bytes));
    }
    Ok(path)
}

/// Makes the directories of a path; everything below `root` was made here, and nothing of it is a link.
fn make_directories(root: &Path, path: &Path) -> Result<()> {
    let mut place = root.to_owned();
    for name in path.components() {
        place.push(name);
        match fs::create_dir(&place) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && tree::is_directory(&place) => {}
            Err(error) => return Err(DeployError::io("create", &place)(error)),
            Ok(()) => {
                let mode = fs::Permissions::from_mode(0o755);
                fs::set_permissions(&place, mode).map_err(DeployError::io("write", &place))?;
            }
        }
    }
    Ok(())
}

fn write_file(content: &mut impl Read, place: &Path, mode: u32) -> io::Result<()> {
    // The last entry of a name counts.
    match fs::remove_file(place) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(place)?;
    io::copy(content, &mut file)?;
    file.flush()?;
    file.set_permissions(fs::Permissions::from_mode(mode))
}

/// Unpacks any bytes into a directory, as a release or as they are; for fuzzing.
#[doc(hidden)]
pub fn unpack_any(bytes: &[u8], root: &Path, is_release: bool) -> bool {
    let modes = if is_release { Modes::Release } else { Modes::AsTheyAre };
    let limits =
        Limits { entries: 100, bytes: 1 << 20, ratio: 100, small: 1 << 18, depth: 8, path_bytes: 200 };
    unpack(bytes, bytes.len() as u64, root, modes, &limits, &Cancel::never(), &|_| {}).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An archive whose names, modes and kinds of entries are as given, well-formed or not.
    fn packed(entries: &[(String, u8, u32, Vec<u8>)]) -> Vec<u8> {
        let encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let mut builder = tar::Builder::new(encoder);
        for (name, kind, mode, data) in entries {
            let mut header = tar::Header::new_gnu();
            header.set_entry_type(EntryType::new(*kind));
            header.set_mode(*mode);
            header.set_size(data.len() as u64);
            let length = name.len().min(100);
            header.as_old_mut().name[..length].copy_from_slice(&name.as_bytes()[..length]);
            header.as_old_mut().linkname[..2].copy_from_slice(b"..");
            header.set_cksum();
            builder.append(&header, &data[..]).unwrap();
        }
        builder.into_inner().unwrap().finish().unwrap()
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(200))]
        #[test]
        fn nothing_is_written_beside_the_directory(
            entries in proptest::collection::vec(
                ("(\\.\\.|\\.|/|a|b|c|\\.git|metadata.json){1,8}", "[0-7LKgxSD\0]", 0_u32..0o10000, proptest::collection::vec(0_u8..3, 0..40)),
                0..12,
            ),
            cut in 0_usize..64,
            is_release: bool,
        ) {
            let entries: Vec<_> =
                entries.into_iter().map(|(name, kind, mode, data)| (name, kind.as_bytes()[0], mode, data)).collect();
            let mut bytes = packed(&entries);
            bytes.truncate(bytes.len().saturating_sub(cut / 8));
            let folder = tempfile::tempdir().unwrap();
            let root = folder.path().join("a/b");
            fs::create_dir_all(&root).unwrap();
            unpack_any(&bytes, &root, is_release);
            for (directory, only) in [(folder.path().to_owned(), "a"), (folder.path().join("a"), "b")] {
                let names: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name()).collect();
                proptest::prop_assert_eq!(names, [only]);
            }
            let mut directories = vec![root];
            while let Some(directory) = directories.pop() {
                for entry in fs::read_dir(directory).unwrap() {
                    let entry = entry.unwrap();
                    let kind = entry.file_type().unwrap();
                    proptest::prop_assert!(kind.is_dir() || kind.is_file());
                    proptest::prop_assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o7022, 0);
                    if kind.is_dir() {
                        directories.push(entry.path());
                    }
                }
            }
        }
    }
}
