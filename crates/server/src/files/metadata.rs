//! The description of one file.

use std::fs::Metadata;
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

use wire::metadata::{Checksum, FileKind, FileMetadata, Links};

use super::checksum::{Algorithm, Checksums};
use super::fileset::stat;
use super::{FileError, Query, text};

/// Permission bits that agents get unless they ask for the file's own.
const DEFAULT_MODE: u32 = 0o644;
const MODE_MASK: u32 = 0o7777;

/// Describes a file, or what is at a relative path below a directory.
pub(super) fn collect(
    checksums: &Checksums,
    base: &Path,
    relative: Option<&str>,
    query: &Query,
) -> Result<FileMetadata, FileError> {
    let full = match relative {
        None | Some("" | ".") => base.to_owned(),
        Some(relative) => base.join(relative),
    };
    let operation = if query.links == Links::Manage { "rb_file_lstat" } else { "rb_file_s_stat" };
    let meta = stat(&full, query.links).map_err(|error| failure(&error, operation, &full))?;
    let (owner, group, mode) = if query.own_permissions {
        (meta.uid(), meta.gid(), meta.mode() & MODE_MASK)
    } else {
        (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw(), DEFAULT_MODE)
    };
    let kind = kind(&meta)?;
    let name = query.algorithm.as_str();
    let content = || checksums.of_file(&full, query.algorithm);
    let (checksum, destination) = match kind {
        FileKind::File => {
            let value = content().map_err(|error| failure(&error, "rb_sysopen", &full))?;
            (Checksum::new(name, &value), None)
        }
        FileKind::Directory => {
            // Always the time of the directory that the search began with.
            let value = checksums
                .of_file(base, Algorithm::Ctime)
                .map_err(|error| failure(&error, "rb_file_s_stat", base))?;
            (Checksum::new("ctime", &value), None)
        }
        FileKind::Link => {
            let target = std::fs::read_link(&full).map_err(|error| failure(&error, "rb_readlink", &full))?;
            // A link may lead nowhere.
            let checksum = match content() {
                Ok(value) => Checksum::new(name, &value),
                Err(_) => Checksum { algorithm: name.to_owned(), value: None },
            };
            (checksum, Some(text(&target)))
        }
        FileKind::Fifo | FileKind::Socket => (Checksum::new("none", ""), None),
    };
    Ok(FileMetadata {
        path: text(base),
        relative_path: relative.map(str::to_owned),
        links: query.links,
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

fn kind(meta: &Metadata) -> Result<FileKind, FileError> {
    let kind = meta.file_type();
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

/// A failure of the disk in Ruby's words, which agents print.
pub(super) fn failure(error: &io::Error, operation: &str, path: &Path) -> FileError {
    let reason = match error.kind() {
        io::ErrorKind::NotFound => "No such file or directory".to_owned(),
        io::ErrorKind::PermissionDenied => "Permission denied".to_owned(),
        io::ErrorKind::IsADirectory => "Is a directory".to_owned(),
        _ => error.to_string(),
    };
    FileError::Io(format!("{reason} @ {operation} - {}", text(path)))
}
