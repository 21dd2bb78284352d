//! The authority's directory: reading and writing its files, each whole and durably.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use pki::{CSR_BYTES_MAX, Certificate, Csr, KeyPair, Serial};

use crate::error::{Error, Result};
use crate::settings::Paths;

/// Mode of what everybody may read.
pub(crate) const PUBLIC: u32 = 0o644;
/// Mode of private keys.
pub(crate) const PRIVATE: u32 = 0o640;
/// Mode of directories.
pub(crate) const DIRECTORY: u32 = 0o750;

/// A file name may have 255 bytes; ".pem" and the temporary file's additions have to fit.
const CERTNAME_BYTES_MAX: usize = 200;
const CERTIFICATE_FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;
const LIST_FILE_BYTES_MAX: u64 = 512 * 1024 * 1024;

/// Whether a certname can be a file name here at all. The rules for names of new certificates are
/// stricter; this one only keeps everybody inside the directory.
pub(crate) fn is_file_name(certname: &str) -> bool {
    !certname.is_empty()
        && certname.len() <= CERTNAME_BYTES_MAX
        && !certname.starts_with('.')
        && !certname.contains(['/', '\0'])
}

/// The file of a certname in `requests/` or `signed/`.
pub(crate) fn pem_file(directory: &Path, certname: &str) -> Option<PathBuf> {
    is_file_name(certname).then(|| directory.join(format!("{certname}.pem")))
}

/// A small text file; `None` if it is not there.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    stdx::fs::read_limited(path, CERTIFICATE_FILE_BYTES_MAX).map_err(Error::file("read", path))
}

/// A file that grows with the estate: inventory, revocation lists.
pub(crate) fn read_list(path: &Path) -> Result<Option<Vec<u8>>> {
    stdx::fs::read_limited(path, LIST_FILE_BYTES_MAX).map_err(Error::file("read", path))
}

/// A file that has to be there.
pub(crate) fn read_present(path: &Path) -> Result<Vec<u8>> {
    read_list(path)?.ok_or_else(|| Error::File {
        doing: "read",
        path: path.to_owned(),
        source: std::io::ErrorKind::NotFound.into(),
    })
}

pub(crate) fn write(path: &Path, bytes: &[u8], mode: u32) -> Result<()> {
    stdx::fs::write_atomic(path, bytes, mode).map_err(Error::file("write", path))
}

pub(crate) fn remove(path: &Path) -> Result<bool> {
    stdx::fs::remove_durable(path).map_err(Error::file("remove", path))
}

pub(crate) fn create_directory(path: &Path) -> Result<()> {
    stdx::fs::create_directory(path, DIRECTORY).map_err(Error::file("create the directory", path))
}

/// The directory that a file is to lie in.
pub(crate) fn create_parent(path: &Path) -> Result<()> {
    path.parent().map_or(Ok(()), create_directory)
}

/// The certificate in a file; `None` if there is no file.
pub(crate) fn certificate(path: &Path) -> Result<Option<Certificate>> {
    let Some(pem) = read(path)? else { return Ok(None) };
    Certificate::from_pem(&pem).map(Some).map_err(Error::content(path))
}

/// The request in a file; `None` if there is no file.
pub(crate) fn csr(path: &Path) -> Result<Option<Csr>> {
    let pem = stdx::fs::read_limited(path, CSR_BYTES_MAX as u64).map_err(Error::file("read", path))?;
    pem.map(|pem| Csr::from_pem(&pem).map_err(Error::content(path))).transpose()
}

/// A private key.
pub(crate) fn key(path: &Path) -> Result<KeyPair> {
    KeyPair::from_pem(&read_present(path)?).map_err(Error::content(path))
}

/// The certnames with a file in a directory, sorted.
pub(crate) fn certnames(directory: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(directory).map_err(Error::file("list", directory))? {
        let name = entry.map_err(Error::file("list", directory))?.file_name();
        if let Some(certname) = name.to_str().and_then(|name| name.strip_suffix(".pem"))
            && is_file_name(certname)
        {
            names.push(certname.to_owned());
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// The next serial number, as the `serial` file has it. Several tools wrote this file, so any case,
/// a leading `0x` and blanks around it are fine.
pub(crate) fn next_serial(paths: &Paths) -> Result<Serial> {
    let bytes = read_present(&paths.serial)?;
    let text = String::from_utf8_lossy(&bytes);
    Serial::from_hex(text.trim())
        .ok_or_else(|| Error::damaged(&paths.serial, "it should hold one hexadecimal number"))
}

/// What shows that a file was written by somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Stamp {
    bytes: u64,
    modified: Option<SystemTime>,
    inode: u64,
}

impl Stamp {
    /// The stamp of a file as it is now; the default one if there is no file.
    pub(crate) fn of(path: &Path) -> Result<Stamp> {
        use std::os::unix::fs::MetadataExt;
        match fs::metadata(path) {
            Ok(metadata) => {
                Ok(Stamp { bytes: metadata.len(), modified: metadata.modified().ok(), inode: metadata.ino() })
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Stamp::default()),
            Err(error) => Err(Error::file("look at", path)(error)),
        }
    }

    pub(crate) fn modified(&self) -> SystemTime {
        self.modified.unwrap_or(SystemTime::UNIX_EPOCH)
    }
}
