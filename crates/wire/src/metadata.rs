//! Metadata of served files: what an agent compares before it asks for content.

use serde::{Deserialize, Serialize};

/// Metadata of one file, in Puppet's order of keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileMetadata {
    /// Absolute path on the server.
    pub path: String,
    /// Path below what was asked for: `.` for the folder itself; null for a single file.
    pub relative_path: Option<String>,
    /// Whether links are described themselves or followed.
    pub links: Links,
    /// User id.
    pub owner: u32,
    /// Group id.
    pub group: u32,
    /// Permission bits, a plain integer (420 is 0644).
    pub mode: u32,
    /// Checksum of the content.
    pub checksum: Checksum,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: FileKind,
    /// Target of a link.
    pub destination: Option<String>,
    /// Where the content of this version can be had (`puppet:///modules/m/files/f` of static catalogs).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub content_uri: Option<String>,
    /// The source it was asked by, when there were several.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub source: Option<String>,
}

/// How links are treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Links {
    /// Links are described themselves.
    Manage,
    /// Links are described as what they point to.
    Follow,
}

/// Kinds of files that can be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the wire names")]
pub enum FileKind {
    File,
    Directory,
    Link,
    Fifo,
    Socket,
}

/// A checksum; the value repeats the type in braces (`{sha256}4ebc…`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checksum {
    /// `sha256`, `md5`, …; `ctime` for folders, `none` for pipes and sockets.
    #[serde(rename = "type")]
    pub algorithm: String,
    /// `{type}value`; null for a dangling link.
    pub value: Option<String>,
}

impl Checksum {
    /// The checksum of an algorithm's result, a hexadecimal digest or a time.
    pub fn new(algorithm: &str, result: &str) -> Checksum {
        Checksum { algorithm: algorithm.to_owned(), value: Some(format!("{{{algorithm}}}{result}")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORDED: &str = r#"{"path":"/etc/puppet/code/environments/production/modules/profile/files/static.txt","relative_path":null,"links":"manage","owner":109,"group":110,"mode":420,"checksum":{"type":"sha256","value":"{sha256}4ebca1d68bd884546b7ab98075a6c5eb0189b1aaa7eb74fb71fcb80f6e1b7fc7"},"type":"file","destination":null}"#;

    #[test]
    fn the_answer_of_a_puppet_server_is_reproduced() {
        let metadata: FileMetadata = serde_json::from_str(RECORDED).unwrap();
        assert_eq!(serde_json::to_string(&metadata).unwrap(), RECORDED);
        assert_eq!(
            metadata.checksum,
            Checksum::new("sha256", "4ebca1d68bd884546b7ab98075a6c5eb0189b1aaa7eb74fb71fcb80f6e1b7fc7")
        );
    }

    #[test]
    fn optional_keys_come_last() {
        let mut metadata: FileMetadata = serde_json::from_str(RECORDED).unwrap();
        metadata.kind = FileKind::Link;
        metadata.destination = Some("motd".into());
        metadata.content_uri = Some("puppet:///modules/profile/files/static.txt".into());
        metadata.source = Some("puppet:///modules/profile/static.txt".into());
        let text = serde_json::to_string(&metadata).unwrap();
        assert!(text.ends_with(r#""type":"link","destination":"motd","content_uri":"puppet:///modules/profile/files/static.txt","source":"puppet:///modules/profile/static.txt"}"#), "{text}");
    }
}
