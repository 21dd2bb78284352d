//! Character strings of ASN.1 in all the types that certificates use.

use der::asn1::AnyRef;
use der::{Decode, Tag, Tagged};

/// The text of a string value; `None` if the value is of another type or not in its type's encoding.
pub(crate) fn of(value: AnyRef<'_>) -> Option<String> {
    let bytes = value.value();
    match value.tag() {
        Tag::Utf8String
        | Tag::PrintableString
        | Tag::Ia5String
        | Tag::VisibleString
        | Tag::NumericString
        | Tag::GeneralString => std::str::from_utf8(bytes).ok().map(str::to_owned),
        // Declared as T.61 and in practice Latin-1.
        Tag::TeletexString => Some(bytes.iter().map(|&byte| char::from(byte)).collect()),
        Tag::BmpString => {
            let (units, rest) = bytes.as_chunks::<2>();
            let units = units.iter().map(|pair| u16::from_be_bytes(*pair));
            let text: Result<String, _> = char::decode_utf16(units).collect();
            text.ok().filter(|_| rest.is_empty())
        }
        _ => None,
    }
}

/// The text of an extension's or attribute's value. Agents before 3.7 wrote the bare text without its DER
/// header, so what is no DER string is taken as it stands (PUP-3560).
pub(crate) fn lenient(der: &[u8]) -> String {
    AnyRef::from_der(der).ok().and_then(of).unwrap_or_else(|| String::from_utf8_lossy(der).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn string_types() {
        assert_eq!(lenient(b"\x0c\x02\xc3\xa9"), "é");
        assert_eq!(lenient(b"\x13\x01x"), "x");
        assert_eq!(lenient(b"\x14\x01\xe9"), "é");
        assert_eq!(lenient(b"\x1e\x04\x00a\x00b"), "ab");
        assert_eq!(lenient(b"bare"), "bare");
        assert_eq!(of(AnyRef::from_der(b"\x0c\x01\xff").unwrap()), None);
        assert_eq!(of(AnyRef::from_der(b"\x1e\x03\x00a\x00").unwrap()), None);
    }
}
