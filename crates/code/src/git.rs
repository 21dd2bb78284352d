//! A bare git repository as the store of versions: objects by id, and names for commits.
//!
//! What is here is all that versions need: find an object, add many at once, move a name. gix finds objects, loose ones and those in
//! packs of any origin, so an administrator may run `git gc`; its interfaces change often, and only this file and [`pack`] know
//! them. Every object that is read is checked against its id.
//!
//! Objects are added as one pack, which is on disk before its name is. A name moves by the replacement of a small file: the only
//! moment at which a new version comes into being. What a crash leaves behind before it are objects that nothing names; they
//! are found again when the same content is committed next time.

mod gather;
mod names;
mod object;
pub(crate) mod pack;
mod prune;

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read as _, Seek as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use gix_object::Find as _;
use gix_odb::Header as _;

pub use object::{
    Commit, Id, Kind, Mode, NAME_BYTES_MAX, ObjectError, Signature, TreeEntry, decode_commit, decode_tree,
    encode_commit, encode_tree, is_entry_name,
};
use pack::Location;
pub use pack::{OBJECT_BYTES_MAX, PackError, PackReader, PackWriter, checksum, id_of};
pub use prune::{KEPT, Keep, Pruned, SYNCED};

use crate::error::{Error, Result};

/// The branch that versions stand on.
pub const BRANCH: &str = "refs/heads/master";

const DIRECTORY_MODE: u32 = 0o750;
const FILE_MODE: u32 = 0o640;
const CONFIG: &str = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n";

/// A bare repository.
#[derive(Clone, Debug)]
pub struct Repository {
    path: PathBuf,
}

impl Repository {
    /// The repository in a directory; nothing if there is none.
    pub fn open(path: impl Into<PathBuf>) -> Option<Repository> {
        let path = path.into();
        // Written last when one is made.
        path.join("HEAD").is_file().then_some(Repository { path })
    }

    /// The repository in a directory, made if there is none.
    ///
    /// # Errors
    /// The directory cannot be written to.
    pub fn open_or_create(path: impl Into<PathBuf>) -> Result<Repository> {
        let path = path.into();
        if let Some(repository) = Repository::open(&path) {
            return Ok(repository);
        }
        let fail = || Error::io("create", path.as_path());
        for directory in ["objects/pack", "objects/info", "refs/heads", "refs/tags"] {
            stdx::fs::create_directory(path.join(directory), DIRECTORY_MODE).map_err(fail())?;
        }
        stdx::fs::write_atomic(path.join("config"), CONFIG.as_bytes(), FILE_MODE).map_err(fail())?;
        let head = format!("ref: {BRANCH}\n");
        stdx::fs::write_atomic(path.join("HEAD"), head.as_bytes(), FILE_MODE).map_err(fail())?;
        Ok(Repository { path })
    }

    /// Its directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What a name such as [`BRANCH`] stands for.
    ///
    /// # Errors
    /// It cannot be read, or is no id.
    pub fn resolve(&self, name: &str) -> Result<Option<Id>> {
        let path = self.path.join(name);
        match fs::read_to_string(&path) {
            Ok(text) => return Ok(Some(text.trim_end().parse()?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(Error::io("read", path.as_path())(error)),
        }
        // `git gc` gathers names in one file.
        let path = self.path.join("packed-refs");
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::io("read", path.as_path())(error)),
        };
        let line = text.lines().filter_map(|line| line.split_once(' ')).find(|(_, found)| *found == name);
        line.map(|(id, _)| Ok(id.parse()?)).transpose()
    }

    /// Moves a name, durably.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn set(&self, name: &str, id: Id) -> Result<()> {
        let path = self.path.join(name);
        if let Some(parent) = path.parent() {
            stdx::fs::create_directory(parent, DIRECTORY_MODE).map_err(Error::io("create", parent))?;
        }
        let text = format!("{id}\n");
        stdx::fs::write_atomic(&path, text.as_bytes(), FILE_MODE).map_err(Error::io("write", path.as_path()))
    }

    /// Finds objects as of now.
    ///
    /// # Errors
    /// The repository cannot be read.
    pub fn reader(&self) -> Result<Reader> {
        let objects = gix_odb::at(self.path.join("objects"), gix_hash::Kind::Sha1);
        let objects = objects.map_err(Error::io("read", self.path.as_path()))?;
        Ok(Reader { path: self.path.clone(), objects, buffer: Vec::new() })
    }

    /// Begins to add objects.
    ///
    /// # Errors
    /// The repository cannot be written to.
    pub fn add(&self) -> Result<Addition> {
        static SERIAL: AtomicU64 = AtomicU64::new(0);
        let directory = self.path.join("objects/pack");
        // Git sweeps files of this name away when they are old.
        let name = format!("tmp_pack_{}_{}", std::process::id(), SERIAL.fetch_add(1, Ordering::Relaxed));
        let temporary = directory.join(name);
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&temporary);
        let file = file.map_err(Error::io("write", temporary.as_path()))?;
        let fail = Error::io("write", temporary.as_path());
        let writer = PackWriter::new(BufWriter::with_capacity(1 << 16, file)).map_err(fail)?;
        Ok(Addition { directory, temporary: Temporary(temporary), writer })
    }

    /// Keeps a pack that came over the network as it came, after every object of it was unpacked within the limits. Returns the ids of
    /// its objects.
    ///
    /// # Errors
    /// It is no valid pack, too large, or cannot be written.
    pub fn take_in(&self, bytes: &[u8], object_bytes_max: usize, total_bytes_max: u64) -> Result<Vec<Id>> {
        let mut reader = PackReader::new(bytes, object_bytes_max, total_bytes_max)?;
        let mut locations = Vec::new();
        let mut buffer = Vec::new();
        let mut seen = std::collections::HashSet::new();
        while let Some((_, location)) = reader.next(&mut buffer)? {
            if !seen.insert(location.id) {
                return Err(PackError::Malformed(format!("it holds {} twice", location.id)).into());
            }
            locations.push(location);
        }
        let ids = locations.iter().map(|location| location.id).collect();
        if !locations.is_empty() {
            let addition = self.add()?;
            let mut file = addition.writer.finish().out.into_inner().map_err(io::IntoInnerError::into_error);
            let fail = || Error::io("write", addition.temporary.0.as_path());
            let file =
                file.as_mut().map_err(|error| fail()(io::Error::new(error.kind(), error.to_string())))?;
            file.rewind().and_then(|()| file.write_all(bytes)).map_err(fail())?;
            let checksum =
                bytes.len().checked_sub(20).and_then(|at| bytes.get(at..)).and_then(Id::from_slice);
            let checksum = checksum.ok_or(PackError::Checksum)?;
            publish(file, &addition.directory, &addition.temporary, &mut locations, checksum)?;
        }
        Ok(ids)
    }
}

/// A file that goes away unless it got its name.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        // Gone already if all went well.
        let _ = fs::remove_file(&self.0);
    }
}

/// Objects on their way into a repository. Nobody sees them before [`Addition::store`].
pub struct Addition {
    directory: PathBuf,
    temporary: Temporary,
    writer: PackWriter<BufWriter<File>>,
}

impl Addition {
    /// Adds an object that is not there yet, with its right id.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn put(&mut self, id: Id, kind: Kind, bytes: &[u8]) -> Result<()> {
        self.writer.add(id, kind, bytes).map_err(Error::io("write", self.temporary.0.as_path()))
    }

    /// Objects and bytes so far.
    pub fn size(&self) -> (usize, u64) {
        (self.writer.objects(), self.writer.bytes())
    }

    /// Makes all of it part of the repository, durably. Returns the name of the pack, if there is anything.
    ///
    /// # Errors
    /// It cannot be written; then nothing was added.
    pub fn store(self) -> Result<Option<String>> {
        if self.writer.objects() == 0 {
            return Ok(None);
        }
        let fail = || Error::io("write", self.temporary.0.as_path());
        let mut written = self.writer.finish();
        let file = written.out.into_inner().map_err(|error| fail()(error.into_error()))?;
        let mut file = file;
        let mut hasher = gix_hash::hasher(gix_hash::Kind::Sha1);
        let sum = (|| {
            file.rewind()?;
            file.write_all(&written.header)?;
            file.rewind()?;
            let mut buffer = vec![0; 1 << 16];
            loop {
                match file.read(&mut buffer)? {
                    0 => break,
                    read => hasher.update(buffer.get(..read).unwrap_or_default()),
                }
            }
            let sum = hasher.try_finalize().map_err(|error| io::Error::other(error.to_string()))?;
            file.write_all(sum.as_slice())?;
            Ok(sum)
        })();
        let sum = sum.map_err(fail())?;
        let checksum = Id::from_slice(sum.as_slice()).ok_or(PackError::Checksum)?;
        publish(&file, &self.directory, &self.temporary, &mut written.locations, checksum)?;
        Ok(Some(format!("pack-{checksum}")))
    }
}

/// Gives a pack that is written its index and its name.
fn publish(
    file: &File,
    directory: &Path,
    temporary: &Temporary,
    locations: &mut [Location],
    checksum: Id,
) -> Result<()> {
    let name = directory.join(format!("pack-{checksum}"));
    let (pack, index) = (name.with_extension("pack"), name.with_extension("idx"));
    (|| {
        use std::os::unix::fs::PermissionsExt as _;
        file.set_permissions(fs::Permissions::from_mode(0o440))?;
        stdx::fs::keep_owner_of(file, directory);
        file.sync_all()?;
        let bytes = pack::index(locations, &checksum)?;
        fs::rename(&temporary.0, &pack)?;
        // A pack counts from the moment that its index has its name; this synchronises the directory, too.
        stdx::fs::write_atomic(&index, &bytes, 0o440)
    })()
    .map_err(Error::io("write", pack.as_path()))
}

/// Finds objects. One for each thread.
pub struct Reader {
    path: PathBuf,
    objects: gix_odb::Handle,
    buffer: Vec<u8>,
}

impl Reader {
    /// True if the object is there. One that came after this reader was made may be overlooked.
    pub fn contains(&self, id: Id) -> bool {
        self.objects.exists_without_refresh(&gix_id(id))
    }

    /// What an object is and its size in bytes.
    ///
    /// # Errors
    /// The repository is damaged.
    pub fn header(&self, id: Id) -> Result<Option<(Option<Kind>, u64)>> {
        let found =
            self.objects.try_header(&gix_id(id)).map_err(|error| self.unreadable(error.to_string()))?;
        Ok(found.map(|header| (own_kind(header.kind()), header.size())))
    }

    /// An object, checked against its id.
    ///
    /// # Errors
    /// It is missing, damaged or too large.
    pub fn find(&mut self, id: Id) -> Result<(Kind, &[u8])> {
        let damaged = |reason: String| Error::Damaged { repository: self.path.clone(), id, reason };
        match self.header(id)? {
            None => return Err(Error::Missing { repository: self.path.clone(), id }),
            Some((_, size)) if size > OBJECT_BYTES_MAX as u64 => {
                return Err(damaged(format!("its {size} bytes are more than an object may have")));
            }
            Some(_) => {}
        }
        let data = self.objects.try_find(&gix_id(id), &mut self.buffer);
        let data = data.map_err(|error| damaged(error.to_string()))?;
        let data = data.ok_or_else(|| Error::Missing { repository: self.path.clone(), id })?;
        let kind = own_kind(data.kind).ok_or_else(|| damaged("it is a tag".to_owned()))?;
        let found = id_of(kind, data.data).map_err(|error| damaged(error.to_string()))?;
        if found != id {
            return Err(damaged(format!("its bytes are those of {found}")));
        }
        Ok((kind, data.data))
    }

    /// What a tag of git's own kind leads to; nothing if it is another object.
    ///
    /// # Errors
    /// It is missing or damaged.
    pub fn tag(&mut self, id: Id) -> Result<Option<Id>> {
        let damaged = |reason: String| Error::Damaged { repository: self.path.clone(), id, reason };
        let data = self.objects.try_find(&gix_id(id), &mut self.buffer);
        let data = data.map_err(|error| damaged(error.to_string()))?;
        let data = data.ok_or_else(|| Error::Missing { repository: self.path.clone(), id })?;
        if data.kind != gix_object::Kind::Tag {
            return Ok(None);
        }
        let target = data.data.strip_prefix(b"object ").and_then(|rest| rest.get(..40));
        let target = target.and_then(|target| std::str::from_utf8(target).ok()?.parse().ok());
        target.map(Some).ok_or_else(|| damaged("it is a tag that leads to nothing".to_owned()))
    }

    /// A directory.
    ///
    /// # Errors
    /// As [`Reader::find`], or it is none.
    pub fn tree(&mut self, id: Id) -> Result<Vec<TreeEntry>> {
        let bytes = self.expect(id, Kind::Tree)?;
        Ok(decode_tree(bytes)?)
    }

    /// A version.
    ///
    /// # Errors
    /// As [`Reader::find`], or it is none.
    pub fn commit(&mut self, id: Id) -> Result<Commit> {
        let bytes = self.expect(id, Kind::Commit)?;
        Ok(decode_commit(bytes)?)
    }

    /// The bytes of a file or the target of a link.
    ///
    /// # Errors
    /// As [`Reader::find`], or it is none.
    pub fn blob(&mut self, id: Id) -> Result<&[u8]> {
        self.expect(id, Kind::Blob)
    }

    /// The entry under a path such as `modules/ntp/files/ntp.conf`; nothing if there is none. Links are not followed.
    ///
    /// # Errors
    /// As [`Reader::find`].
    pub fn entry(&mut self, tree: Id, path: &str) -> Result<Option<TreeEntry>> {
        let mut directory = tree;
        let mut segments = path.split('/').filter(|segment| !segment.is_empty()).peekable();
        while let Some(segment) = segments.next() {
            let entries = self.tree(directory)?;
            let Some(entry) = entries.into_iter().find(|entry| entry.name == segment.as_bytes()) else {
                return Ok(None);
            };
            if segments.peek().is_none() {
                return Ok(Some(entry));
            }
            if entry.mode != Mode::Directory {
                return Ok(None);
            }
            directory = entry.id;
        }
        Ok(None)
    }

    fn expect(&mut self, id: Id, expected: Kind) -> Result<&[u8]> {
        let repository = self.path.clone();
        let (kind, bytes) = self.find(id)?;
        if kind != expected {
            let reason = format!("it is a {}, and a {} is expected", kind.as_str(), expected.as_str());
            return Err(Error::Damaged { repository, id, reason });
        }
        Ok(bytes)
    }

    fn unreadable(&self, reason: String) -> Error {
        Error::Repository { repository: self.path.clone(), reason }
    }
}

fn gix_id(id: Id) -> gix_hash::ObjectId {
    gix_hash::ObjectId::Sha1(*id.as_bytes())
}

fn own_kind(kind: gix_object::Kind) -> Option<Kind> {
    match kind {
        gix_object::Kind::Commit => Some(Kind::Commit),
        gix_object::Kind::Tree => Some(Kind::Tree),
        gix_object::Kind::Blob => Some(Kind::Blob),
        gix_object::Kind::Tag => None,
    }
}
