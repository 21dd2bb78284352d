//! Base64 as Ruby reads and writes it.

use ::base64::Engine as _;
use ::base64::alphabet::{STANDARD, URL_SAFE};
use ::base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, PAD};

const PLAIN: GeneralPurpose = GeneralPurpose::new(&STANDARD, PAD);
const URL: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, PAD);
/// Text without padding is fine, and bits that are left over do not matter.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(::base64::engine::DecodePaddingMode::Indifferent),
);
/// Bytes on a line of [`encode`].
const LINE_BYTES: usize = 45;

/// `Base64.encode64`: in lines of 60 characters, each with a line break behind it.
pub(in crate::functions) fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 4 / 3 + 8);
    for line in bytes.chunks(LINE_BYTES) {
        PLAIN.encode_string(line, &mut out);
        out.push('\n');
    }
    out
}

/// `Base64.strict_encode64`
pub(in crate::functions) fn encode_strict(bytes: &[u8]) -> String {
    PLAIN.encode(bytes)
}

/// `Base64.urlsafe_encode64`
pub(in crate::functions) fn encode_url(bytes: &[u8]) -> String {
    URL.encode(bytes)
}

/// `Base64.decode64`: skips what does not belong there, and ends at padding.
pub(in crate::functions) fn decode(text: &str) -> Vec<u8> {
    let mut kept: Vec<u8> = Vec::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => kept.push(byte),
            // Padding counts from the third character of a group on.
            b'=' if kept.len() % 4 >= 2 => break,
            _ => {}
        }
    }
    // A single character at the end carries no whole byte.
    if kept.len() % 4 == 1 {
        kept.pop();
    }
    LENIENT.decode(&kept).unwrap_or_default()
}

/// `Base64.strict_decode64`: `None` if the text is not exactly what the encoder writes.
pub(in crate::functions) fn decode_strict(text: &str) -> Option<Vec<u8>> {
    PLAIN.decode(text).ok()
}

/// `Base64.urlsafe_decode64`: like [`decode_strict`] with `-` and `_`; padding may be left out.
pub(in crate::functions) fn decode_url(text: &str) -> Option<Vec<u8>> {
    let mut plain = text.replace('-', "+").replace('_', "/");
    if !plain.ends_with('=') {
        while !plain.len().is_multiple_of(4) {
            plain.push('=');
        }
    }
    decode_strict(&plain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_encoded_can_be_decoded(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(decode(&encode(&bytes)), bytes.clone());
            prop_assert_eq!(decode_strict(&encode_strict(&bytes)).unwrap(), bytes.clone());
            prop_assert_eq!(decode_url(&encode_url(&bytes)).unwrap(), bytes);
        }
    }

    #[test]
    fn foreign_characters_are_skipped() {
        assert_eq!(decode("YQ==YQ=="), b"a");
        assert_eq!(decode("aG V\ns!bG8"), b"hello");
        assert_eq!(decode("Y"), b"");
        assert_eq!(decode("YR=="), b"a");
        assert_eq!(decode_strict("YR=="), None);
        assert_eq!(decode_strict("YQ"), None);
        assert_eq!(decode_url("YQ").unwrap(), b"a");
    }
}
