//! Fingerprints as `puppet` and `openssl` print them.

use aws_lc_rs::digest;

/// Digests that fingerprints are made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digest {
    /// SHA-1. For display only: old tools print it.
    Sha1,
    /// SHA-256, the one that is meant when none is named.
    Sha256,
    /// SHA-512.
    Sha512,
}

/// The digest of some DER as upper-case pairs with colons: `AB:CD:…`.
pub fn fingerprint(der: &[u8], digest: Digest) -> String {
    let algorithm = match digest {
        Digest::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        Digest::Sha256 => &digest::SHA256,
        Digest::Sha512 => &digest::SHA512,
    };
    let digest = digest::digest(algorithm, der);
    let mut text = String::with_capacity(digest.as_ref().len() * 3);
    for (at, byte) in digest.as_ref().iter().enumerate() {
        if at > 0 {
            text.push(':');
        }
        for nibble in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(nibble.into(), 16).map(|digit| digit.to_ascii_uppercase()));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_digests() {
        assert_eq!(
            fingerprint(b"abc", Digest::Sha1),
            "A9:99:3E:36:47:06:81:6A:BA:3E:25:71:78:50:C2:6C:9C:D0:D8:9D"
        );
        assert!(fingerprint(b"abc", Digest::Sha256).starts_with("BA:78:16:BF:8F:01:CF:EA"));
        assert!(fingerprint(b"abc", Digest::Sha512).starts_with("DD:AF:35:A1:93:61:7A:BA"));
    }
}
