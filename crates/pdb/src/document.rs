//! Documents as they lie in the database: compressed JSON and its digest.

use std::io::{Read as _, Write as _};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use sha2::{Digest as _, Sha256};

/// Compresses a document. Level 3: half the time of the default for a few percent of size.
pub(crate) fn pack(document: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::with_capacity(document.len() / 4), Compression::new(3));
    // Writing to memory does not fail; should it ever, the document is kept as it is and `unpack` sees that.
    match encoder.write_all(document).and_then(|()| encoder.finish()) {
        Ok(packed) => packed,
        Err(_) => document.to_vec(),
    }
}

/// The document again.
pub(crate) fn unpack(packed: &[u8]) -> Vec<u8> {
    let mut document = Vec::new();
    match ZlibDecoder::new(packed).read_to_end(&mut document) {
        Ok(_) => document,
        Err(_) => packed.to_vec(),
    }
}

/// SHA-256 of a document.
pub(crate) fn digest(document: &[u8]) -> Vec<u8> {
    Sha256::digest(document).to_vec()
}

/// Nanoseconds since 1970; times outside 1970 to 2262 are clamped.
pub(crate) fn nanoseconds(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
}

/// The time again.
pub(crate) fn time(nanoseconds: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_nanos(nanoseconds.max(0) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_and_times_come_back() {
        let document = br#"{"a":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}"#;
        let packed = pack(document);
        assert!(packed.len() < document.len());
        assert_eq!(unpack(&packed), document);
        let now = SystemTime::now();
        assert_eq!(nanoseconds(time(nanoseconds(now))), nanoseconds(now));
    }
}
