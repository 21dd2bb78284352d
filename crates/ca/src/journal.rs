//! The first files of an authority appear all or not at all.
//!
//! Key, certificate, lists, serial and inventory are separate files, and a directory that has only some of
//! them is refused at start, because nobody can tell what was lost. A crash while they are *first*
//! written must not leave such a directory. So their names are noted in a journal before, and the journal is
//! removed after; whoever finds a journal removes the files it names: no certificate was ever issued
//! from them, since the journal was still there.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::files::{self, PRIVATE};
use crate::settings::Paths;

/// A file to be written, with its mode.
pub(crate) struct NewFile {
    pub(crate) path: PathBuf,
    pub(crate) bytes: Vec<u8>,
    pub(crate) mode: u32,
}

impl NewFile {
    pub(crate) fn new(path: &Path, bytes: impl Into<Vec<u8>>, mode: u32) -> NewFile {
        NewFile { path: path.to_owned(), bytes: bytes.into(), mode }
    }
}

/// Writes all files, so that after a crash [`undo`] can take them back.
pub(crate) fn write_all(paths: &Paths, new: &[NewFile]) -> Result<()> {
    files::create_directory(&paths.cadir)?;
    let mut names = String::new();
    // A file that was there before (a host key to be kept) must survive the undoing.
    for file in new.iter().filter(|file| !file.path.exists()) {
        let name = file.path.to_str().filter(|name| !name.contains('\n'));
        let name =
            name.ok_or_else(|| Error::damaged(&file.path, "this path cannot be noted in a journal"))?;
        names.push_str(name);
        names.push('\n');
    }
    let journal = paths.journal();
    files::write(&journal, names.as_bytes(), PRIVATE)?;
    for file in new {
        files::create_parent(&file.path)?;
        files::write(&file.path, &file.bytes, file.mode)?;
    }
    files::remove(&journal)?;
    Ok(())
}

/// Removes what an interrupted [`write_all`] left; `true` if there was something.
pub(crate) fn undo(paths: &Paths) -> Result<bool> {
    let journal = paths.journal();
    let Some(names) = files::read(&journal)? else { return Ok(false) };
    let names = String::from_utf8(names).map_err(|_| Error::damaged(&journal, "it is no text"))?;
    for name in names.lines() {
        files::remove(Path::new(name))?;
    }
    files::remove(&journal)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interrupted_start_is_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths::in_directory(folder.path().join("ca"));
        let new = [NewFile::new(&paths.cakey, "key", PRIVATE), NewFile::new(&paths.serial, "0001", 0o644)];
        write_all(&paths, &new).unwrap();
        assert!(!undo(&paths).unwrap());
        assert!(paths.cakey.exists());

        let names = format!("{}\n{}\n", paths.cakey.display(), paths.cacert.display());
        std::fs::write(paths.journal(), names).unwrap();
        assert!(undo(&paths).unwrap());
        assert!(!paths.cakey.exists() && paths.serial.exists() && !paths.journal().exists());
    }
}
