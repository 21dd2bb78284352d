//! File writes that survive a power cut, and a lock between processes.
//!
//! A reader of a file written by [`write_atomic`] sees the old bytes or the new ones, never a mixture, and
//! once the call has returned the new bytes stand after any crash: the data is on disk before the name
//! points to it, and the directory is synchronised after the rename. What these functions cannot promise
//! is order *between* files; callers get that by the order of their calls, since each is durable on return.
//!
//! A crash can leave a temporary file behind. Their names start with a dot and end in `.tmp`, so listings
//! by suffix never see them; [`remove_leftovers`] sweeps them away.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

const TEMPORARY_SUFFIX: &str = ".tmp";

/// Replaces or creates a file as a whole, durably, with exactly this mode (the umask does not apply).
///
/// The file keeps the owner of the one it replaces, or takes that of its directory, as far as the process
/// may do that: an administrator's command must not lock the service out of its own files.
pub fn write_atomic(path: impl AsRef<Path>, bytes: &[u8], mode: u32) -> io::Result<()> {
    let path = path.as_ref();
    let (temporary, mut file) = create_temporary(path, mode)?;
    let result = (|| {
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&temporary, path)
    })();
    if let Err(error) = result {
        // The first error is the one worth telling.
        let _ = fs::remove_file(&temporary);
        return Err(error);
    }
    sync_directory(parent(path))
}

/// Creates a file as a whole, durably; fails with `AlreadyExists` if the name is taken, also when two
/// processes try at once.
pub fn create_atomic(path: impl AsRef<Path>, bytes: &[u8], mode: u32) -> io::Result<()> {
    let path = path.as_ref();
    let (temporary, mut file) = create_temporary(path, mode)?;
    let result = (|| {
        file.write_all(bytes)?;
        file.sync_all()?;
        // Unlike a rename, a hard link never replaces what is there.
        fs::hard_link(&temporary, path)
    })();
    let _ = fs::remove_file(&temporary);
    result?;
    sync_directory(parent(path))
}

/// Appends one line (its newline is added here) and returns when it is on disk. Creates the file with
/// this mode if it is missing.
///
/// If a crash during an earlier append left a line without its end, that line is ended first, so that
/// a torn line never swallows a whole one.
pub fn append_line_durable(path: impl AsRef<Path>, line: &str, mode: u32) -> io::Result<()> {
    let path = path.as_ref();
    let (mut file, created) = match OpenOptions::new().read(true).append(true).open(path) {
        Ok(file) => (file, false),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let file = OpenOptions::new().read(true).append(true).create_new(true).mode(mode).open(path)?;
            file.set_permissions(fs::Permissions::from_mode(mode))?;
            adopt_owner(&file, path);
            (file, true)
        }
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::with_capacity(line.len() + 2);
    if file.metadata()?.len() > 0 {
        let mut last = [0];
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
        if last != *b"\n" {
            bytes.push(b'\n');
        }
    }
    bytes.extend_from_slice(line.as_bytes());
    bytes.push(b'\n');
    file.write_all(&bytes)?;
    file.sync_data()?;
    if created {
        sync_directory(parent(path))?;
    }
    Ok(())
}

/// Removes a file durably; `false` if there was none.
pub fn remove_durable(path: impl AsRef<Path>) -> io::Result<bool> {
    let path = path.as_ref();
    match fs::remove_file(path) {
        Ok(()) => sync_directory(parent(path)).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Creates a directory with its missing parents, each with this mode; one that is there stays as it is.
pub fn create_directory(path: impl AsRef<Path>, mode: u32) -> io::Result<()> {
    let path = path.as_ref();
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        create_directory(parent, mode)?;
    }
    match fs::create_dir(path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => return Ok(()),
        Err(error) => return Err(error),
    }
    let directory = File::open(path)?;
    directory.set_permissions(fs::Permissions::from_mode(mode))?;
    adopt_owner(&directory, path);
    sync_directory(parent(path))
}

/// Makes creations, renames and removals inside a directory durable.
pub fn sync_directory(path: impl AsRef<Path>) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Sweeps away the temporary files that a crash during [`write_atomic`] left in a directory. To be called
/// only while nobody else writes there.
pub fn remove_leftovers(directory: impl AsRef<Path>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') && name.ends_with(TEMPORARY_SUFFIX) && entry.file_type()?.is_file() {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// A file's bytes, or `None` if it does not exist. Files larger than the limit are an error: nothing that
/// is read whole should be able to fill the memory.
pub fn read_limited(path: impl AsRef<Path>, bytes_max: u64) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(path.as_ref()) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    file.take(bytes_max.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > bytes_max {
        let path = path.as_ref().display();
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("{path} is larger than {bytes_max} bytes"),
        ));
    }
    Ok(Some(bytes))
}

/// An exclusive lock between processes, held until dropped (or until the process ends, however it ends).
///
/// The lock file itself stays: removing it would let two processes hold locks on two files of one name.
#[derive(Debug)]
pub struct FileLock {
    _file: File,
}

/// How often, and after what time, a lock is tried before it counts as taken.
const TRIES: u32 = 20;
const TRY_AGAIN: std::time::Duration = std::time::Duration::from_millis(10);

impl FileLock {
    /// Takes the lock if it is free; `None` if another process (or another `FileLock` of this one) has it.
    pub fn try_acquire(path: impl AsRef<Path>, mode: u32) -> io::Result<Option<FileLock>> {
        let file = Self::open(path.as_ref(), mode)?;
        // A child of this process that has not become another program yet holds a copy of every open file, and with it a lock
        // that was given up a moment ago.
        for _ in 0..TRIES {
            match file.try_lock() {
                Ok(()) => return Ok(Some(FileLock { _file: file })),
                Err(fs::TryLockError::WouldBlock) => std::thread::sleep(TRY_AGAIN),
                Err(fs::TryLockError::Error(error)) => return Err(error),
            }
        }
        Ok(None)
    }

    /// Waits for the lock.
    pub fn acquire(path: impl AsRef<Path>, mode: u32) -> io::Result<FileLock> {
        let file = Self::open(path.as_ref(), mode)?;
        file.lock()?;
        Ok(FileLock { _file: file })
    }

    /// The lock for a child process to hold as well, as one of its open files: it then lasts until both have ended, so that nobody
    /// takes the lock of a process that was killed while its child goes on.
    pub fn shared(&self) -> io::Result<File> {
        self._file.try_clone()
    }

    fn open(path: &Path, mode: u32) -> io::Result<File> {
        match OpenOptions::new().write(true).create_new(true).mode(mode).open(path) {
            Ok(file) => {
                file.set_permissions(fs::Permissions::from_mode(mode))?;
                adopt_owner(&file, path);
                Ok(file)
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                OpenOptions::new().write(true).open(path)
            }
            Err(error) => Err(error),
        }
    }
}

fn create_temporary(path: &Path, mode: u32) -> io::Result<(PathBuf, File)> {
    static SERIAL: AtomicU64 = AtomicU64::new(0);
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the path names no file"))?
        .to_string_lossy();
    loop {
        let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
        let temporary =
            parent(path).join(format!(".{name}.{}.{serial}{TEMPORARY_SUFFIX}", std::process::id()));
        match OpenOptions::new().write(true).create_new(true).mode(mode).open(&temporary) {
            Ok(file) => {
                // Explicitly, since the umask may have taken bits away.
                file.set_permissions(fs::Permissions::from_mode(mode))?;
                adopt_owner(&file, path);
                return Ok((temporary, file));
            }
            // Left by a dead process that had our number.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            Err(error) => return Err(error),
        }
    }
}

/// Gives a new file the owner that its name had before, or that of its directory.
fn adopt_owner(file: &File, path: &Path) {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_file() => keep_owner_of(file, path),
        _ => keep_owner_of(file, parent(path)),
    }
}

/// Gives an open file the owner and group of another one, as far as the process may do that.
pub fn keep_owner_of(file: &File, other: impl AsRef<Path>) {
    let (Ok(wanted), Ok(present)) = (fs::metadata(other), file.metadata()) else { return };
    if present.uid() != wanted.uid() || present.gid() != wanted.gid() {
        // Only the super-user may; for anybody else the file is simply their own.
        let _ = std::os::unix::fs::fchown(file, Some(wanted.uid()), Some(wanted.gid()));
    }
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode_of(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o7777
    }

    #[test]
    fn writing_replaces_bytes_and_mode_and_leaves_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("serial");
        write_atomic(&path, b"0001", 0o644).unwrap();
        write_atomic(&path, b"0002", 0o640).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"0002");
        assert_eq!(mode_of(&path), 0o640);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn readers_see_one_version_or_the_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("crl");
        let versions = [vec![b'a'; 100_000], vec![b'b'; 50_000]];
        write_atomic(&path, &versions[0], 0o644).unwrap();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for round in 0..40 {
                    write_atomic(&path, &versions[round % 2], 0o644).unwrap();
                }
            });
            for _ in 0..200 {
                let seen = fs::read(&path).unwrap();
                assert!(versions.contains(&seen), "a mixture of {} bytes", seen.len());
            }
        });
    }

    #[test]
    fn creating_does_not_replace() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        create_atomic(&path, b"first", 0o600).unwrap();
        assert_eq!(create_atomic(&path, b"second", 0o600).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"first");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn appending_ends_a_torn_line_first() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("inventory.txt");
        append_line_durable(&path, "one", 0o644).unwrap();
        append_line_durable(&path, "two", 0o644).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\ntwo\n");
        fs::write(&path, "one\ntw").unwrap();
        append_line_durable(&path, "three", 0o644).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\ntw\nthree\n");
        assert_eq!(mode_of(&path), 0o644);
    }

    #[test]
    fn removing_what_is_not_there_is_no_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        assert!(!remove_durable(&path).unwrap());
        write_atomic(&path, b"", 0o644).unwrap();
        assert!(remove_durable(&path).unwrap());
        assert!(!path.exists());
    }

    #[test]
    fn leftovers_are_swept_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        for name in [".serial.1.0.tmp", "kept.tmp", ".kept"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        remove_leftovers(folder.path()).unwrap();
        assert!(!folder.path().join(".serial.1.0.tmp").exists());
        assert!(folder.path().join("kept.tmp").exists() && folder.path().join(".kept").exists());
    }

    #[test]
    fn directories_get_their_mode_at_each_level() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("ca/requests");
        create_directory(&deep, 0o750).unwrap();
        create_directory(&deep, 0o700).unwrap();
        assert_eq!((mode_of(&deep), mode_of(deep.parent().unwrap())), (0o750, 0o750));
    }

    #[test]
    fn reading_stops_at_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        assert_eq!(read_limited(&path, 3).unwrap(), None);
        fs::write(&path, "abc").unwrap();
        assert_eq!(read_limited(&path, 3).unwrap().unwrap(), b"abc");
        fs::write(&path, "abcd").unwrap();
        assert_eq!(read_limited(&path, 3).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    }

    #[test]
    fn a_lock_is_held_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let held = FileLock::try_acquire(&path, 0o644).unwrap();
        assert!(held.is_some());
        assert!(FileLock::try_acquire(&path, 0o644).unwrap().is_none());
        drop(held);
        FileLock::acquire(&path, 0o644).unwrap();
    }
}
