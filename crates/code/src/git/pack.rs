//! Packs: many objects in one file, or in one answer.
//!
//! A commit of thousands of files becomes one pack: two files to synchronise instead of thousands. The same form carries objects to
//! compilers, which keep what they are sent as it is. Packs written here hold whole objects and no differences between
//! objects: code is small and read often. Packs that `git gc` made are read too, but by gix (see [`super`]); what comes over the
//! network is read here, and differences are refused there, so that the size of what a pack unpacks to is known entry by entry.
//!
//! Form: gitformat-pack(5), pack version 2 and index version 2.

use std::io::{self, Write};

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

use super::object::{Id, Kind};

/// Bytes of one object, at most. Larger files have no place in code.
pub const OBJECT_BYTES_MAX: usize = 512 * 1024 * 1024;
const HEADER_BYTES: usize = 12;
const TRAILER_BYTES: usize = 20;
/// Offsets of 32 bits suffice below this.
const PACK_BYTES_MAX: u64 = 0x7fff_ffff;

/// Why bytes are no pack.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// It is cut off, or not in form.
    #[error("not a valid pack: {0}")]
    Malformed(String),
    /// An object is larger than allowed.
    #[error("the pack holds an object of {bytes} bytes, and {limit} is the limit")]
    ObjectSize {
        /// What it says.
        bytes: u64,
        /// What is allowed.
        limit: usize,
    },
    /// All of it is larger than allowed.
    #[error("the pack unpacks to more than {0} bytes")]
    TotalSize(u64),
    /// It was changed on its way.
    #[error("the pack's checksum is wrong: it was damaged on its way")]
    Checksum,
}

/// The id that an object of this kind and these bytes has.
///
/// # Errors
/// The bytes were made to collide with others.
pub fn id_of(kind: Kind, bytes: &[u8]) -> io::Result<Id> {
    let mut hasher = gix_hash::hasher(gix_hash::Kind::Sha1);
    hasher.update(format!("{} {}\0", kind.as_str(), bytes.len()).as_bytes());
    hasher.update(bytes);
    finish(hasher)
}

fn finish(hasher: gix_hash::Hasher) -> io::Result<Id> {
    let id = hasher.try_finalize().map_err(|error| io::Error::other(error.to_string()))?;
    Id::from_slice(id.as_slice()).ok_or_else(|| io::Error::other("an id has not 20 bytes"))
}

/// Where an entry of a pack is.
#[derive(Clone, Copy, Debug)]
pub struct Location {
    /// Of which object.
    pub id: Id,
    /// Bytes from the beginning of the pack.
    pub offset: u64,
    /// Of the entry's bytes in the pack.
    pub crc32: u32,
}

/// Writes a pack to memory or into a file. The number of objects stands at its beginning and is known only at the end, so whoever
/// keeps the bytes puts [`Written::header`] over the first twelve.
pub struct PackWriter<W> {
    out: W,
    offset: u64,
    compress: Compress,
    buffer: Vec<u8>,
    locations: Vec<Location>,
}

/// What was written.
pub struct Written<W> {
    /// Where to; the trailer is missing.
    pub out: W,
    /// The first twelve bytes.
    pub header: [u8; HEADER_BYTES],
    /// All objects.
    pub locations: Vec<Location>,
}

impl<W: Write> PackWriter<W> {
    /// Begins a pack.
    ///
    /// # Errors
    /// `out` cannot be written to.
    pub fn new(mut out: W) -> io::Result<PackWriter<W>> {
        out.write_all(&[0; HEADER_BYTES])?;
        let compress = Compress::new(Compression::fast(), true);
        Ok(PackWriter {
            out,
            offset: HEADER_BYTES as u64,
            compress,
            buffer: Vec::new(),
            locations: Vec::new(),
        })
    }

    /// Adds an object. That its id is right is the caller's matter.
    ///
    /// # Errors
    /// `out` cannot be written to, or the pack becomes larger than 2 GB.
    pub fn add(&mut self, id: Id, kind: Kind, bytes: &[u8]) -> io::Result<()> {
        self.buffer.clear();
        let number: u8 = match kind {
            Kind::Commit => 1,
            Kind::Tree => 2,
            Kind::Blob => 3,
        };
        let mut size = bytes.len() as u64;
        let mut byte = number << 4 | (size & 15) as u8;
        size >>= 4;
        while size > 0 {
            self.buffer.push(byte | 0x80);
            byte = (size & 0x7f) as u8;
            size >>= 7;
        }
        self.buffer.push(byte);
        self.compress.reset();
        let mut rest = bytes;
        loop {
            self.buffer.reserve((rest.len() / 2).clamp(256, 1 << 20));
            let before = self.compress.total_in();
            let status = self.compress.compress_vec(rest, &mut self.buffer, FlushCompress::Finish);
            let status = status.map_err(io::Error::other)?;
            let taken = (self.compress.total_in() - before) as usize;
            rest = rest.get(taken..).unwrap_or_default();
            if status == Status::StreamEnd {
                break;
            }
        }
        self.locations.push(Location { id, offset: self.offset, crc32: crc32fast::hash(&self.buffer) });
        self.offset += self.buffer.len() as u64;
        if self.offset > PACK_BYTES_MAX {
            return Err(io::Error::other("more than 2 GB of changed code in one version"));
        }
        self.out.write_all(&self.buffer)
    }

    /// Bytes so far.
    pub fn bytes(&self) -> u64 {
        self.offset
    }

    /// Objects so far.
    pub fn objects(&self) -> usize {
        self.locations.len()
    }

    /// Ends the pack, but for its checksum.
    pub fn finish(self) -> Written<W> {
        let mut header = [0; HEADER_BYTES];
        header[..4].copy_from_slice(b"PACK");
        header[4..8].copy_from_slice(&2u32.to_be_bytes());
        header[8..].copy_from_slice(&(self.locations.len() as u32).to_be_bytes());
        Written { out: self.out, header, locations: self.locations }
    }
}

impl Written<Vec<u8>> {
    /// The pack as bytes.
    ///
    /// # Errors
    /// The bytes were made to collide with others.
    pub fn into_bytes(mut self) -> io::Result<Vec<u8>> {
        if let Some(first) = self.out.get_mut(..HEADER_BYTES) {
            first.copy_from_slice(&self.header);
        }
        let checksum = checksum(&self.out)?;
        self.out.extend_from_slice(checksum.as_bytes());
        Ok(self.out)
    }
}

/// The checksum at the end of a pack or an index.
///
/// # Errors
/// The bytes were made to collide with others.
pub fn checksum(bytes: &[u8]) -> io::Result<Id> {
    let mut hasher = gix_hash::hasher(gix_hash::Kind::Sha1);
    hasher.update(bytes);
    finish(hasher)
}

/// The index of a pack with this checksum.
///
/// # Errors
/// As [`checksum`].
pub fn index(locations: &mut [Location], pack_checksum: &Id) -> io::Result<Vec<u8>> {
    locations.sort_by_key(|location| location.id);
    let mut out = Vec::with_capacity(8 + 1024 + locations.len() * 28 + 40);
    out.extend_from_slice(b"\xfftOc\0\0\0\x02");
    let mut counted = 0u32;
    let mut rest = locations.iter().peekable();
    for first in 0..=255u8 {
        while rest.next_if(|location| location.id.as_bytes()[0] == first).is_some() {
            counted += 1;
        }
        out.extend_from_slice(&counted.to_be_bytes());
    }
    for location in locations.iter() {
        out.extend_from_slice(location.id.as_bytes());
    }
    for location in locations.iter() {
        out.extend_from_slice(&location.crc32.to_be_bytes());
    }
    for location in locations.iter() {
        let offset = u32::try_from(location.offset).map_err(io::Error::other)?;
        out.extend_from_slice(&offset.to_be_bytes());
    }
    out.extend_from_slice(pack_checksum.as_bytes());
    let own = checksum(&out)?;
    out.extend_from_slice(own.as_bytes());
    Ok(out)
}

/// Reads a pack from the network, object by object, with a limit for each object and for all.
pub struct PackReader<'a> {
    bytes: &'a [u8],
    offset: usize,
    objects_left: u32,
    decompress: Decompress,
    object_bytes_max: usize,
    total_left: u64,
}

impl<'a> PackReader<'a> {
    /// Looks at header and checksum.
    ///
    /// # Errors
    /// It is no pack, or damaged.
    pub fn new(
        bytes: &'a [u8],
        object_bytes_max: usize,
        total_bytes_max: u64,
    ) -> Result<PackReader<'a>, PackError> {
        let malformed = |reason: &str| PackError::Malformed(reason.to_owned());
        let body = bytes.len().checked_sub(TRAILER_BYTES).filter(|body| *body >= HEADER_BYTES);
        let (body, trailer) = bytes.split_at(body.ok_or_else(|| malformed("it is too short"))?);
        if !body.starts_with(b"PACK\0\0\0\x02") {
            return Err(malformed("it does not begin as a pack of version 2"));
        }
        let sum = checksum(body).map_err(|error| PackError::Malformed(error.to_string()))?;
        if sum.as_bytes() != trailer {
            return Err(PackError::Checksum);
        }
        let objects =
            body.get(8..12).and_then(<[u8]>::first_chunk::<4>).map_or(0, |n| u32::from_be_bytes(*n));
        Ok(PackReader {
            bytes: body,
            offset: HEADER_BYTES,
            objects_left: objects,
            decompress: Decompress::new(true),
            object_bytes_max,
            total_left: total_bytes_max,
        })
    }

    /// The next object, unpacked into `out`; nothing at the end.
    ///
    /// # Errors
    /// It is not in form, or larger than allowed.
    pub fn next(&mut self, out: &mut Vec<u8>) -> Result<Option<(Kind, Location)>, PackError> {
        let malformed = |reason: &str| PackError::Malformed(reason.to_owned());
        if self.objects_left == 0 {
            return match self.offset == self.bytes.len() {
                true => Ok(None),
                false => Err(malformed("bytes follow after the last object")),
            };
        }
        self.objects_left -= 1;
        let start = self.offset;
        let (kind, size) = self.entry_header()?;
        if size > self.object_bytes_max as u64 {
            return Err(PackError::ObjectSize { bytes: size, limit: self.object_bytes_max });
        }
        self.total_left = self.total_left.checked_sub(size).ok_or(PackError::TotalSize(size))?;
        let size = size as usize;
        out.clear();
        self.decompress.reset(true);
        loop {
            // Memory follows what arrives and not what the header says; one byte more would be too many.
            let room = (size - out.len()).min(out.len().max(64 * 1024)) + 1;
            out.reserve_exact(room);
            let input = self.bytes.get(self.offset..).unwrap_or_default();
            let (taken, given) = (self.decompress.total_in(), self.decompress.total_out());
            let status = self.decompress.decompress_vec(input, out, FlushDecompress::None);
            let status = status.map_err(|_| malformed("an object is not compressed as it should be"))?;
            let taken = (self.decompress.total_in() - taken) as usize;
            self.offset += taken;
            if out.len() > size {
                return Err(malformed("an object is larger than it says"));
            }
            match status {
                Status::StreamEnd => break,
                _ if taken == 0 && self.decompress.total_out() == given => {
                    return Err(malformed("it ends inside of an object"));
                }
                _ => {}
            }
        }
        if out.len() != size {
            return Err(malformed("an object is smaller than it says"));
        }
        let id = id_of(kind, out).map_err(|error| PackError::Malformed(error.to_string()))?;
        let crc32 = crc32fast::hash(self.bytes.get(start..self.offset).unwrap_or_default());
        Ok(Some((kind, Location { id, offset: start as u64, crc32 })))
    }

    fn entry_header(&mut self) -> Result<(Kind, u64), PackError> {
        let mut byte = self.byte()?;
        let kind = match byte >> 4 & 7 {
            1 => Kind::Commit,
            2 => Kind::Tree,
            3 => Kind::Blob,
            other => {
                return Err(PackError::Malformed(format!(
                    "an object is of the kind {other}, which is not sent"
                )));
            }
        };
        let mut size = u64::from(byte & 15);
        let mut shift = 4;
        while byte & 0x80 != 0 {
            byte = self.byte()?;
            if shift > 53 {
                return Err(PackError::Malformed("the size of an object cannot be".to_owned()));
            }
            size |= u64::from(byte & 0x7f) << shift;
            shift += 7;
        }
        Ok((kind, size))
    }

    fn byte(&mut self) -> Result<u8, PackError> {
        let byte = self.bytes.get(self.offset).copied();
        self.offset += 1;
        byte.ok_or_else(|| PackError::Malformed("it ends inside of an object".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(blobs: &[&[u8]]) -> Vec<u8> {
        let mut writer = PackWriter::new(Vec::new()).unwrap();
        for blob in blobs {
            writer.add(id_of(Kind::Blob, blob).unwrap(), Kind::Blob, blob).unwrap();
        }
        writer.finish().into_bytes().unwrap()
    }

    fn read(bytes: &[u8], object_max: usize, total_max: u64) -> Result<Vec<Vec<u8>>, PackError> {
        let mut reader = PackReader::new(bytes, object_max, total_max)?;
        let (mut all, mut out) = (Vec::new(), Vec::new());
        while reader.next(&mut out)?.is_some() {
            all.push(out.clone());
        }
        Ok(all)
    }

    fn resealed(mut bytes: Vec<u8>) -> Vec<u8> {
        bytes.truncate(bytes.len() - TRAILER_BYTES);
        let sum = checksum(&bytes).unwrap();
        bytes.extend_from_slice(sum.as_bytes());
        bytes
    }

    #[test]
    fn what_was_written_is_read() {
        let large: Vec<u8> =
            (0..3_000_000u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        let blobs: [&[u8]; 4] = [b"", b"x", &[7; 100_000], &large];
        assert_eq!(read(&pack(&blobs), OBJECT_BYTES_MAX, u64::MAX).unwrap(), blobs);
    }

    #[test]
    fn bombs_are_stopped_by_their_size() {
        let bomb = pack(&[&vec![0; 4_000_000]]);
        assert!(bomb.len() < 100_000);
        assert!(matches!(read(&bomb, 1_000_000, u64::MAX), Err(PackError::ObjectSize { .. })));
        assert!(matches!(read(&pack(&[&[0; 600], &[0; 600]]), 1000, 1000), Err(PackError::TotalSize(_))));
        // One that says less than it unpacks to.
        let mut liar = pack(&[&vec![0; 4_000_000]]);
        liar[HEADER_BYTES] = 3 << 4 | 5;
        liar.drain(HEADER_BYTES + 1..HEADER_BYTES + 4);
        let error = read(&resealed(liar), 1_000_000, u64::MAX).unwrap_err();
        assert_eq!(error.to_string(), "not a valid pack: an object is larger than it says");
    }

    #[test]
    fn damage_is_noticed() {
        let good = pack(&[b"hello", b"world"]);
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0x10;
            assert!(read(&bad, 1000, 1000).is_err(), "byte {at}");
            assert!(read(&good[..at], 1000, 1000).is_err(), "cut at {at}");
        }
        let mut deltas = good.clone();
        deltas[HEADER_BYTES] = 6 << 4 | 5;
        let error = read(&resealed(deltas), 1000, 1000).unwrap_err().to_string();
        assert_eq!(error, "not a valid pack: an object is of the kind 6, which is not sent");
    }
}
