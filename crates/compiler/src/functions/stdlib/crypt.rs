//! Password hashes in the notation of `crypt(3)`: MD5, SHA-256, SHA-512 and bcrypt.
//!
//! Written after the public descriptions: "Unix crypt using SHA-256 and SHA-512" (Drepper), the MD5 scheme of FreeBSD,
//! and "A Future-Adaptable Password Scheme" (Provos and Mazières) for bcrypt.

mod bcrypt;
mod md5;
mod sha;

pub(super) use bcrypt::bcrypt;
pub(super) use md5::md5;
pub(super) use sha::{sha256, sha512};

const ALPHABET: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Appends `count` characters for up to three bytes, the lowest six bits first.
fn push_group(out: &mut String, bytes: [u8; 3], count: usize) {
    let mut bits = bytes.iter().fold(0u32, |bits, &byte| bits << 8 | u32::from(byte));
    for _ in 0..count {
        out.push(ALPHABET.get((bits & 0x3f) as usize).copied().unwrap_or_default().into());
        bits >>= 6;
    }
}

/// The first `length` bytes of a digest that is repeated.
fn repeated(digest: &[u8], length: usize) -> impl Iterator<Item = u8> {
    digest.iter().copied().cycle().take(length)
}
