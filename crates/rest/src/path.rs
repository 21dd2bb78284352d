//! Percent-decoding and the canonical form of a request path.
//!
//! Authorization rules, the router and the handlers must all judge the same text, or a path that is spelled
//! differently could pass a rule meant for another one. So a path is made canonical once, on arrival: decoded as
//! UTF-8, refused if a segment is `.` or `..`, repeated slashes folded. Puppet Server does the same
//! (`normalize-request-uri`).

/// Why a path or a query cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// A `%` without two hexadecimal digits behind it.
    #[error("malformed percent-encoding at byte {0}")]
    Encoding(usize),
    /// The decoded bytes are no UTF-8.
    #[error("percent-encoded bytes are not valid UTF-8")]
    Utf8,
    /// A `.` or `..` segment.
    #[error("relative path segment '{0}'")]
    Relative(String),
    /// A NUL byte, which no file name or key can hold.
    #[error("NUL byte")]
    Nul,
    /// The path does not start with a slash.
    #[error("the path must start with '/'")]
    NotAbsolute,
}

fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// Decodes `%XX`, and `+` as a space when `plus_is_space` (forms and queries). The result may be any bytes.
pub fn percent_decode(text: &[u8], plus_is_space: bool) -> Result<Vec<u8>, PathError> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        match byte {
            b'%' => {
                let position = text.len() - tail.len() - 1;
                let (Some(high), Some(low)) =
                    (tail.first().and_then(|b| hex_digit(*b)), tail.get(1).and_then(|b| hex_digit(*b)))
                else {
                    return Err(PathError::Encoding(position));
                };
                decoded.push(high << 4 | low);
                rest = tail.get(2..).unwrap_or_default();
            }
            b'+' if plus_is_space => decoded.push(b' '),
            _ => decoded.push(byte),
        }
    }
    Ok(decoded)
}

/// Decodes to text. See [`percent_decode`].
pub fn percent_decode_text(text: &str, plus_is_space: bool) -> Result<String, PathError> {
    let bytes = text.as_bytes();
    if !bytes.iter().any(|b| *b == b'%' || (plus_is_space && *b == b'+')) {
        return Ok(text.to_owned());
    }
    String::from_utf8(percent_decode(bytes, plus_is_space)?).map_err(|_| PathError::Utf8)
}

/// The canonical form of a raw request path: decoded, without relative segments, slashes folded.
pub fn canonical(raw: &str) -> Result<String, PathError> {
    if !raw.starts_with('/') {
        return Err(PathError::NotAbsolute);
    }
    let decoded = percent_decode_text(raw, false)?;
    if decoded.contains('\0') {
        return Err(PathError::Nul);
    }
    if let Some(segment) = decoded.split('/').find(|segment| matches!(*segment, "." | "..")) {
        return Err(PathError::Relative(segment.to_owned()));
    }
    if !decoded.contains("//") {
        return Ok(decoded);
    }
    let mut folded = String::with_capacity(decoded.len());
    for character in decoded.chars() {
        if character != '/' || !folded.ends_with('/') {
            folded.push(character);
        }
    }
    Ok(folded)
}

/// Encodes a text for use as one path segment or query value: everything but unreserved characters.
pub fn percent_encode(text: &str) -> String {
    const UNRESERVED: &percent_encoding::AsciiSet =
        &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    percent_encoding::utf8_percent_encode(text, UNRESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_paths() {
        assert_eq!(canonical("/puppet/v3/node/a.example.com").unwrap(), "/puppet/v3/node/a.example.com");
        assert_eq!(canonical("//puppet///v3/x%20y").unwrap(), "/puppet/v3/x y");
        assert_eq!(canonical("/a%2Fb").unwrap(), "/a/b");
        assert_eq!(canonical("/a+b").unwrap(), "/a+b");
        assert_eq!(canonical("/caf%C3%A9").unwrap(), "/café");
    }

    #[test]
    fn refused_paths() {
        assert_eq!(canonical("/a/%2e%2e/b"), Err(PathError::Relative("..".into())));
        assert_eq!(canonical("/a/./b"), Err(PathError::Relative(".".into())));
        assert_eq!(canonical("/a%2F..%2Fb"), Err(PathError::Relative("..".into())));
        assert_eq!(canonical("/a%"), Err(PathError::Encoding(2)));
        assert_eq!(canonical("/a%4"), Err(PathError::Encoding(2)));
        assert_eq!(canonical("/a%zz"), Err(PathError::Encoding(2)));
        assert_eq!(canonical("/%ff"), Err(PathError::Utf8));
        assert_eq!(canonical("/a%00b"), Err(PathError::Nul));
        assert_eq!(canonical("*"), Err(PathError::NotAbsolute));
    }

    proptest::proptest! {
        #[test]
        fn encoding_round_trips(text in ".*") {
            proptest::prop_assert_eq!(percent_decode_text(&percent_encode(&text), true).unwrap(), text);
        }

        #[test]
        fn canonical_never_panics_and_is_stable(raw in "/.{0,40}") {
            if let Ok(path) = canonical(&raw) {
                proptest::prop_assert!(path.starts_with('/') && !path.contains("//"));
                proptest::prop_assert!(path.split('/').all(|segment| segment != ".." && segment != "."));
            }
        }
    }
}
