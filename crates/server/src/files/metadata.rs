//! The description of one file.

use std::fs::{FileType, Metadata};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

use jiff::tz::TimeZone;
use wire::metadata::{Checksum, FileKind, FileMetadata, Links};

use super::checksum::{Algorithm, Checksums};
use super::{FileError, not_utf8, text};

/// Permission bits that agents get unless they ask for the file's own.
const DEFAULT_MODE: u32 = 0o644;
const MODE_MASK: u32 = 0o7777;

/// What is wanted of files.
#[derive(Clone, Copy, Debug)]
pub struct Query {
    /// Whether links are described or followed.
    pub links: Links,
    /// Checksum of their content.
    pub algorithm: Algorithm,
    /// Whether owner, group and mode are the file's own, or the server's defaults.
    pub own_permissions: bool,
}

/// Describes the files of one answer.
pub(super) struct Describer<'a> {
    checksums: &'a Checksums,
    query: Query,
    zone: TimeZone,
    /// User and group of this process.
    process: (u32, u32),
}

impl<'a> Describer<'a> {
    pub(super) fn new(checksums: &'a Checksums, query: Query) -> Describer<'a> {
        let process = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
        Describer { checksums, query, zone: TimeZone::system(), process }
    }

    /// Describes a file, or what is at a relative path below a directory; `meta` is what [`stat`](super::fileset::stat) shows.
    pub(super) fn describe(
        &self,
        base: &Path,
        relative: Option<&Path>,
        meta: &Metadata,
    ) -> Result<FileMetadata, FileError> {
        let full = match relative {
            Some(relative) if relative != Path::new(".") => &base.join(relative),
            _ => base,
        };
        let failed = |error| FileError::io(&error, full);
        if full.to_str().is_none() {
            return Err(not_utf8(full));
        }
        let kind = kind(meta.file_type())?;
        let name = self.query.algorithm.as_str();
        let mut destination = None;
        let checksum = match kind {
            FileKind::File => Checksum::new(name, &self.value(full, meta).map_err(failed)?),
            FileKind::Directory => {
                // Always the time of the directory that the search began with.
                let base = std::fs::metadata(base).map_err(|error| FileError::io(&error, base))?;
                Checksum::new("ctime", &self.time(base.ctime(), base.ctime_nsec()))
            }
            FileKind::Link => {
                destination = Some(text(&std::fs::read_link(full).map_err(failed)?)?);
                // A link may lead nowhere, or to a directory.
                let target = std::fs::metadata(full).ok();
                match target.and_then(|target| self.value(full, &target).ok()) {
                    Some(value) => Checksum::new(name, &value),
                    None => Checksum { algorithm: name.to_owned(), value: None },
                }
            }
            FileKind::Fifo | FileKind::Socket => Checksum::new("none", ""),
        };
        let (owner, group, mode) = if self.query.own_permissions {
            (meta.uid(), meta.gid(), meta.mode() & MODE_MASK)
        } else {
            (self.process.0, self.process.1, DEFAULT_MODE)
        };
        Ok(FileMetadata {
            path: text(base)?,
            relative_path: relative.map(text).transpose()?,
            links: self.query.links,
            owner,
            group,
            mode,
            checksum,
            kind,
            destination,
            content_uri: None,
            source: None,
        })
    }

    /// The checksum of what is at a path, which is no link.
    fn value(&self, path: &Path, meta: &Metadata) -> std::io::Result<String> {
        match self.query.algorithm {
            Algorithm::None => Ok(String::new()),
            Algorithm::Mtime => Ok(self.time(meta.mtime(), meta.mtime_nsec())),
            Algorithm::Ctime => Ok(self.time(meta.ctime(), meta.ctime_nsec())),
            algorithm if meta.is_file() => self.checksums.of_file(path, meta, algorithm),
            _ => Err(std::io::ErrorKind::IsADirectory.into()),
        }
    }

    /// A time as Ruby prints it: `2026-11-21 08:06:38 +0000`, in the server's zone.
    fn time(&self, seconds: i64, nanoseconds: i64) -> String {
        let nanoseconds = i32::try_from(nanoseconds).unwrap_or(0);
        let stamp = jiff::Timestamp::new(seconds, nanoseconds).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        stamp.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M:%S %z").to_string()
    }
}

fn kind(kind: FileType) -> Result<FileKind, FileError> {
    let refuse = |name: &str| Err(FileError::Invalid(format!("Cannot manage files of type {name}")));
    if kind.is_file() {
        Ok(FileKind::File)
    } else if kind.is_dir() {
        Ok(FileKind::Directory)
    } else if kind.is_symlink() {
        Ok(FileKind::Link)
    } else if kind.is_fifo() {
        Ok(FileKind::Fifo)
    } else if kind.is_socket() {
        Ok(FileKind::Socket)
    } else if kind.is_char_device() {
        refuse("characterSpecial")
    } else if kind.is_block_device() {
        refuse("blockSpecial")
    } else {
        refuse("unknown")
    }
}
