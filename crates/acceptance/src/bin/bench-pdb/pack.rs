//! Gzip of documents. Most of a catalog's text is that of all nodes of its role and site: it is compressed once, and laid as it is
//! between what is the node's own, so that making documents takes little of the machine that is measured.

use flate2::{Compress, Compression, Crc, FlushCompress};
use rest::Bytes;

/// `gzip`'s header without name and time, and the empty block that ends the data.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
const END: [u8; 2] = [3, 0];

/// A compressed piece of text that ends on a byte and refers to nothing outside.
#[derive(Default)]
pub struct Piece {
    deflated: Vec<u8>,
    crc: Crc,
}

impl Piece {
    /// Compresses a text.
    pub fn new(text: &str) -> std::io::Result<Piece> {
        let (mut encoder, input) = (Compress::new(Compression::fast(), false), text.as_bytes());
        let mut deflated = Vec::with_capacity(input.len() / 8);
        loop {
            deflated.reserve(input.len() / 8 + 64);
            let rest = input.get(encoder.total_in() as usize..).unwrap_or_default();
            encoder.compress_vec(rest, &mut deflated, FlushCompress::Sync)?;
            // While there is no room left, there may be more to come.
            if encoder.total_in() as usize == input.len() && deflated.len() < deflated.capacity() {
                break;
            }
        }
        let mut crc = Crc::new();
        crc.update(text.as_bytes());
        Ok(Piece { deflated, crc })
    }
}

/// The gzip of pieces, and how long their text is.
pub fn gzip(pieces: &[&Piece]) -> (Bytes, usize) {
    let mut out = Vec::with_capacity(pieces.iter().map(|piece| piece.deflated.len()).sum::<usize>() + 20);
    out.extend_from_slice(&HEADER);
    let (mut crc, mut bytes) = (Crc::new(), 0);
    for piece in pieces {
        out.extend_from_slice(&piece.deflated);
        crc.combine(&piece.crc);
        bytes += piece.crc.amount() as usize;
    }
    out.extend_from_slice(&END);
    out.extend_from_slice(&crc.sum().to_le_bytes());
    out.extend_from_slice(&crc.amount().to_le_bytes());
    (out.into(), bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn pieces_are_one_gzip() {
        let long: String = (0..60_000u64).map(|n| (n * n * 31 % 977).to_string()).collect();
        let texts = ["head ", &"shared ".repeat(1_000), &long, "", "tail"];
        let pieces = texts.map(|text| Piece::new(text).unwrap());
        let (packed, bytes) = gzip(&pieces.each_ref());
        let mut text = String::new();
        flate2::read::GzDecoder::new(&packed[..]).read_to_string(&mut text).unwrap();
        assert_eq!((text.as_str(), bytes), (texts.concat().as_str(), text.len()));
    }
}
