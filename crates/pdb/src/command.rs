//! Commands as they are sent and queued: a name, a version, a node, and a document that is not looked at before its turn.

use std::fmt;
use std::io::Read as _;

use flate2::read::MultiGzDecoder;
use serde_json::Value as Json;

use crate::payload::{
    self, Catalog, CatalogInputs, ConfigureExpiration, Deactivate, Facts, Invalid, Payload, Report,
};

/// What a command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names of the commands")]
pub enum Name {
    ReplaceCatalog,
    ReplaceCatalogInputs,
    ReplaceFacts,
    StoreReport,
    DeactivateNode,
    ConfigureExpiration,
}

impl Name {
    /// All, in the order of their names.
    pub const ALL: [Name; 6] = [
        Name::ConfigureExpiration,
        Name::DeactivateNode,
        Name::ReplaceCatalog,
        Name::ReplaceCatalogInputs,
        Name::ReplaceFacts,
        Name::StoreReport,
    ];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Name::ReplaceCatalog => "replace catalog",
            Name::ReplaceCatalogInputs => "replace catalog inputs",
            Name::ReplaceFacts => "replace facts",
            Name::StoreReport => "store report",
            Name::DeactivateNode => "deactivate node",
            Name::ConfigureExpiration => "configure expiration",
        }
    }

    /// The name with blanks, or with underscores as in a query string.
    pub fn parse(text: &str) -> Option<Name> {
        let text = text.replace('_', " ");
        Name::ALL.into_iter().find(|name| name.as_str() == text)
    }

    /// The oldest and the newest version that is understood.
    pub fn versions(self) -> (u32, u32) {
        match self {
            Name::ReplaceCatalog => (6, 9),
            Name::ReplaceCatalogInputs | Name::ConfigureExpiration => (1, 1),
            Name::ReplaceFacts => (4, 5),
            Name::StoreReport => (5, 8),
            Name::DeactivateNode => (3, 3),
        }
    }

    /// Whether a version is understood.
    pub(crate) fn is_known(self, version: u32) -> bool {
        let (oldest, newest) = self.versions();
        (oldest..=newest).contains(&version)
    }

    /// True if a newer command of this name makes an older one of the same node void.
    pub fn replaces(self) -> bool {
        matches!(self, Name::ReplaceCatalog | Name::ReplaceCatalogInputs | Name::ReplaceFacts)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How the bytes of a document are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Encoding {
    Plain,
    Gzip,
    /// The form of [`crate::spool`], which only this program writes.
    Own,
}

/// A document as it came.
#[derive(Clone, Debug)]
pub struct Body {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// How to read them.
    pub encoding: Encoding,
}

/// How much larger than its gzip a text can be at most.
const EXPANSION_MAX: u64 = 1_032;
/// How much larger it is at most with what is sent.
const LIKELY_EXPANSION_MAX: usize = 32;

impl Body {
    /// Whether the document is within a limit however well it was compressed, so that it need not be unpacked to know that.
    pub(crate) fn cannot_exceed(&self, max: u64) -> bool {
        let len = self.bytes.len() as u64;
        match self.encoding {
            Encoding::Gzip => len.saturating_mul(EXPANSION_MAX) <= max,
            Encoding::Plain | Encoding::Own => len <= max,
        }
    }

    /// The size of the document when it is unpacked; `None` if it is larger than a limit.
    ///
    /// # Errors
    /// It is not what its encoding says.
    pub fn unpacked_len(&self, max: u64) -> std::io::Result<Option<u64>> {
        if self.encoding != Encoding::Gzip {
            let len = self.bytes.len() as u64;
            return Ok((len <= max).then_some(len));
        }
        let mut decoder = MultiGzDecoder::new(self.bytes.as_slice());
        let mut buffer = [0; 64 * 1024];
        let mut len = 0;
        loop {
            match decoder.read(&mut buffer)? {
                0 => return Ok(Some(len)),
                read => len += read as u64,
            }
            if len > max {
                return Ok(None);
            }
        }
    }

    /// What gzip says of the length of its text, within reason: anybody can say anything.
    fn likely_len(&self, max: u64) -> usize {
        let said = self.bytes.last_chunk().map_or(0, |end| u32::from_le_bytes(*end));
        let said = usize::try_from(u64::from(said).min(max)).unwrap_or_default();
        said.min(self.bytes.len().saturating_mul(LIKELY_EXPANSION_MAX))
    }

    /// The document's text.
    pub(crate) fn text(self, max: u64) -> Result<Vec<u8>, Invalid> {
        if self.encoding != Encoding::Gzip {
            return Ok(self.bytes);
        }
        let mut text = Vec::new();
        // Without room for it the text is unpacked in more steps.
        let _ = text.try_reserve_exact(self.likely_len(max));
        let decoder = MultiGzDecoder::new(self.bytes.as_slice());
        decoder
            .take(max.saturating_add(1))
            .read_to_end(&mut text)
            .map_err(|error| Invalid(format!("no gzip: {error}")))?;
        if text.len() as u64 > max {
            return Err(Invalid(format!("the unpacked document is larger than {max} bytes")));
        }
        Ok(text)
    }

    /// The document, read as what the command takes. `received` is microseconds since 1970.
    ///
    /// # Errors
    /// It is not valid; the text says what is wrong.
    pub fn decode(self, name: Name, version: u32, received: i64, max: u64) -> Result<Payload, Invalid> {
        let value = payload::decode(&self.text(max)?)?;
        read(name, version, value, received)
    }
}

/// Reads a command's document.
///
/// # Errors
/// It is not valid; the text says what is wrong.
pub fn read(name: Name, version: u32, value: Json, received: i64) -> Result<Payload, Invalid> {
    let (oldest, newest) = name.versions();
    if !name.is_known(version) {
        return Err(Invalid(format!("{name}: version {version} is not supported; {oldest} to {newest} are")));
    }
    Ok(match name {
        Name::ReplaceCatalog => Payload::ReplaceCatalog(Catalog::read(value, version)?),
        Name::ReplaceCatalogInputs => Payload::ReplaceCatalogInputs(CatalogInputs::read(value, received)?),
        Name::ReplaceFacts => Payload::ReplaceFacts(Facts::read(value)?),
        Name::StoreReport => Payload::StoreReport(Report::read(value, version)?),
        Name::DeactivateNode => Payload::DeactivateNode(Deactivate::read(value, received)?),
        Name::ConfigureExpiration => {
            Payload::ConfigureExpiration(ConfigureExpiration::read(value, received)?)
        }
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    #[test]
    fn a_bomb_is_seen_without_unpacking_it() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        let zeros = [b' '; 65_536];
        for _ in 0..256 {
            encoder.write_all(&zeros).unwrap();
        }
        let body = Body { bytes: encoder.finish().unwrap(), encoding: Encoding::Gzip };
        assert!(body.bytes.len() < 100_000);
        assert_eq!(body.unpacked_len(1_000_000).unwrap(), None);
        assert_eq!(body.unpacked_len(1 << 24).unwrap(), Some(1 << 24));
        let error = body.decode(Name::ReplaceFacts, 5, 0, 1_000_000).unwrap_err();
        assert_eq!(error.to_string(), "the unpacked document is larger than 1000000 bytes");
    }

    #[test]
    fn names_have_blanks_or_underscores() {
        assert_eq!(Name::parse("replace_catalog_inputs"), Some(Name::ReplaceCatalogInputs));
        assert_eq!(Name::parse("store report"), Some(Name::StoreReport));
        assert_eq!(Name::parse("drop tables"), None);
    }
}
