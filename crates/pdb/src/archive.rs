//! Archives: everything of a store in a compressed tar file, as `puppetdb export` writes it and `puppetdb import` reads it.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use serde_json::{Map, Value as Json, json};
use tar::{Archive, Builder, EntryType, Header};

use crate::command::Name;
use crate::hash;
use crate::payload::time_text;
use crate::store::export::Exported;

const ROOT: &str = "puppetdb-bak";
const METADATA: &str = "export-metadata.json";

/// Folder, command, and the key of its version in the metadata.
const FOLDERS: &[(&str, Name, &str)] = &[
    ("configure_expiration", Name::ConfigureExpiration, "configure_expiration"),
    ("facts", Name::ReplaceFacts, "replace_facts"),
    ("catalogs", Name::ReplaceCatalog, "replace_catalog"),
    ("catalog_inputs", Name::ReplaceCatalogInputs, "replace_catalog_inputs"),
    ("reports", Name::StoreReport, "store_report"),
];

/// Why an archive cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It is no compressed tar file, or it is cut off.
    #[error("the archive cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// Without the versions nothing else can be understood.
    #[error("Unable to find export metadata file '{ROOT}/{METADATA}' in archive")]
    NoMetadata,
    /// A document in it is too large.
    #[error("the archive's entry {path} has {bytes} bytes; {max} are allowed")]
    TooLarge {
        /// The entry.
        path: String,
        /// Its size.
        bytes: u64,
        /// The limit.
        max: u64,
    },
}

/// Writes an archive.
pub(crate) struct Writer<W: Write> {
    tar: Builder<GzEncoder<W>>,
}

impl<W: Write> Writer<W> {
    /// Begins an archive made at a time, microseconds since 1970.
    pub(crate) fn new(out: W, now: i64) -> std::io::Result<Writer<W>> {
        let mut writer = Writer { tar: Builder::new(GzEncoder::new(out, Compression::default())) };
        let mut versions = Map::new();
        for (_, name, key) in FOLDERS {
            versions.insert((*key).into(), name.versions().1.into());
        }
        versions.insert("deactivate_node".into(), Name::DeactivateNode.versions().1.into());
        writer.put(METADATA, &json!({"timestamp": time_text(now), "command_versions": versions}))?;
        Ok(writer)
    }

    pub(crate) fn add(&mut self, exported: &Exported) -> std::io::Result<()> {
        let suffix = exported.producer_timestamp.map_or_else(String::new, |time| {
            // Anything that tells them apart, in the form that readers expect.
            format!("-{}", hex(&hash::json(&time_text(time).into())))
        });
        self.put(&format!("{}/{}{suffix}.json", exported.folder, exported.certname), &exported.document)
    }

    fn put(&mut self, path: &str, document: &Json) -> std::io::Result<()> {
        let text = serde_json::to_vec_pretty(document)?;
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::Regular);
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        self.tar.append_data(&mut header, format!("{ROOT}/{path}"), text.as_slice())
    }

    pub(crate) fn finish(self) -> std::io::Result<W> {
        self.tar.into_inner()?.finish()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A command of an archive.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Command {
    pub(crate) name: Name,
    pub(crate) version: u32,
    pub(crate) certname: String,
    pub(crate) document: Vec<u8>,
}

/// Reads an archive and hands its commands over one by one, until `take` says that it wants no more.
pub(crate) fn read(
    archive: impl Read,
    document_bytes_max: u64,
    mut take: impl FnMut(Command) -> bool,
) -> Result<(), ArchiveError> {
    let mut archive = Archive::new(MultiGzDecoder::new(archive));
    let mut versions: Option<Json> = None;
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path = entry.path()?.to_string_lossy().into_owned();
        let bytes = entry.size();
        if bytes > document_bytes_max {
            return Err(ArchiveError::TooLarge { path, bytes, max: document_bytes_max });
        }
        if entry.header().entry_type() != EntryType::Regular {
            continue;
        }
        let Some(inner) = path.strip_prefix(ROOT).and_then(|rest| rest.strip_prefix('/')) else { continue };
        if inner == METADATA {
            let metadata: Json = serde_json::from_reader(&mut entry).map_err(std::io::Error::from)?;
            versions = metadata.get("command_versions").cloned();
            continue;
        }
        // The metadata comes first.
        let Some(versions) = &versions else { return Err(ArchiveError::NoMetadata) };
        let Some((folder, file)) = inner.split_once('/') else { continue };
        let Some((_, name, key)) = FOLDERS.iter().find(|(known, _, _)| *known == folder) else { continue };
        let mut document = Vec::new();
        entry.read_to_end(&mut document)?;
        let named = serde_json::from_slice::<Json>(&document).ok();
        let certname = named.as_ref().and_then(|document| document.get("certname")).and_then(Json::as_str);
        let Some(certname) = certname.map(str::to_owned) else {
            tracing::warn!(file, "a document of the archive names no node and is left out");
            continue;
        };
        let version =
            versions.get(*key).and_then(Json::as_u64).and_then(|version| u32::try_from(version).ok());
        let version = version.unwrap_or(name.versions().1);
        if !take(Command { name: *name, version, certname, document }) {
            return Ok(());
        }
    }
    versions.map(drop).ok_or(ArchiveError::NoMetadata)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_is_read_as_it_was_written() {
        let mut writer = Writer::new(Vec::new(), 0).unwrap();
        let long = format!("{}.example.com", "n".repeat(200));
        let documents =
            [("facts", "a", None), ("catalogs", "a", Some(5)), ("reports", long.as_str(), Some(1))];
        for (folder, certname, producer_timestamp) in documents {
            let document = json!({"certname": certname, "x": [folder]});
            writer
                .add(&Exported { folder, certname: certname.into(), producer_timestamp, document })
                .unwrap();
        }
        let bytes = writer.finish().unwrap();
        let mut found = Vec::new();
        let take = |command: Command| {
            found.push((command.name, command.version, command.certname));
            true
        };
        read(bytes.as_slice(), 1 << 20, take).unwrap();
        assert_eq!(
            found,
            [
                (Name::ReplaceFacts, 5, "a".to_owned()),
                (Name::ReplaceCatalog, 9, "a".to_owned()),
                (Name::StoreReport, 8, long),
            ]
        );
        let cut = bytes.get(..bytes.len() / 2).unwrap();
        assert!(matches!(read(cut, 1 << 20, |_| true), Err(ArchiveError::Io(_))));
        assert!(matches!(read(bytes.as_slice(), 10, |_| true), Err(ArchiveError::TooLarge { .. })));
    }
}
