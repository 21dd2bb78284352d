//! JSON text, in the form Ruby's generator gives it, and bounded reading of it into values.
//!
//! Writing goes straight into a buffer: a catalog is written thousands of times a minute. Reading is for what
//! peers send, so size, depth and number of values are limited before anything is built.

use std::cell::Cell;
use std::fmt;

use pcore::{Hash, Value};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use thiserror::Error;

/// Limits on a document that a peer sends.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Length of the text.
    pub bytes_max: usize,
    /// Arrays and hashes within each other; at most 120.
    pub depth_max: usize,
    /// Values of all kinds, keys not counted.
    pub values_max: usize,
}

impl Default for Limits {
    /// 64 MiB, 100 levels (as Ruby's parser has it), two million values.
    fn default() -> Limits {
        Limits { bytes_max: 64 << 20, depth_max: 100, values_max: 2_000_000 }
    }
}

/// A document that cannot be read.
#[derive(Debug, Error)]
pub enum JsonError {
    /// More bytes than allowed.
    #[error("the document has {length} bytes, and {max} are allowed")]
    TooLong {
        /// Bytes it has.
        length: usize,
        /// Bytes it may have.
        max: usize,
    },
    /// Not JSON, or beyond a limit.
    #[error("{0}")]
    Syntax(#[from] serde_json::Error),
}

/// Reads one document.
///
/// Integers beyond 64 bits become floats, and of equal keys the last one wins.
///
/// # Errors
/// Text that is not JSON, or is beyond a limit.
pub fn parse(text: &[u8], limits: &Limits) -> Result<Value, JsonError> {
    if text.len() > limits.bytes_max {
        return Err(JsonError::TooLong { length: text.len(), max: limits.bytes_max });
    }
    let left = Cell::new(limits.values_max);
    let mut reader = serde_json::Deserializer::from_slice(text);
    let value = Seed { depth_left: limits.depth_max, values_left: &left }.deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

#[derive(Clone, Copy)]
struct Seed<'a> {
    depth_left: usize,
    values_left: &'a Cell<usize>,
}

impl Seed<'_> {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        match self.depth_left.checked_sub(1) {
            Some(depth_left) => Ok(Seed { depth_left, ..self }),
            None => Err(E::custom("the document is nested too deeply")),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        match self.values_left.get().checked_sub(1) {
            Some(left) => self.values_left.set(left),
            None => return Err(serde::de::Error::custom("the document has too many values")),
        }
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Undef)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Int(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(i64::try_from(number).map_or(Value::Float(number as f64), Value::Int))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Float(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::str(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let seed = self.deeper()?;
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(seed)? {
            array.push(item);
        }
        Ok(Value::array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let seed = self.deeper()?;
        let mut hash = Hash::new();
        while let Some(key) = entries.next_key::<std::borrow::Cow<'de, str>>()? {
            let value = entries.next_value_seed(seed)?;
            hash.insert(&*key, value);
        }
        Ok(Value::hash(hash))
    }
}

const PLAIN: u8 = 0;
const UNICODE: u8 = 1;

/// For each byte: as it is, `\u00XX`, or the letter after the backslash.
const ESCAPES: [u8; 256] = {
    let mut table = [PLAIN; 256];
    let mut control = 0;
    while control < 0x20 {
        table[control] = UNICODE;
        control += 1;
    }
    table[0x08] = b'b';
    table[0x09] = b't';
    table[0x0a] = b'n';
    table[0x0c] = b'f';
    table[0x0d] = b'r';
    table[b'"' as usize] = b'"';
    table[b'\\' as usize] = b'\\';
    table
};

/// Appends a string with its quotes.
pub fn write_str(text: &str, out: &mut Vec<u8>) {
    out.reserve(text.len() + 2);
    out.push(b'"');
    write_str_inside(text, out);
    out.push(b'"');
}

/// Appends a string without quotes, for strings made of parts.
pub fn write_str_inside(text: &str, out: &mut Vec<u8>) {
    let mut rest = text.as_bytes();
    while let Some(at) = first_escaped(rest) {
        let (plain, from) = rest.split_at(at);
        out.extend_from_slice(plain);
        let Some((&byte, after)) = from.split_first() else { break };
        match ESCAPES[byte as usize] {
            UNICODE => {
                const HEX: [u8; 16] = *b"0123456789abcdef";
                out.extend_from_slice(b"\\u00");
                out.push(HEX[(byte >> 4) as usize]);
                out.push(HEX[(byte & 15) as usize]);
            }
            letter => out.extend_from_slice(&[b'\\', letter]),
        }
        rest = after;
    }
    out.extend_from_slice(rest);
}

/// Where the first byte stands that is not written as it is. Nearly all text has none, so that whole steps are looked at without a
/// branch for each byte; the last step of a text may overlap the one before it.
fn first_escaped(bytes: &[u8]) -> Option<usize> {
    const STEP: usize = 16;
    const HALF: usize = STEP / 2;
    let mut at = 0;
    if let Some(last) = bytes.last_chunk::<STEP>() {
        let (steps, _) = bytes.as_chunks::<STEP>();
        let plain = steps.iter().take_while(|step| is_plain(step)).count();
        if plain == steps.len() && is_plain(last) {
            return None;
        }
        at = plain * STEP;
    } else if let (Some(first), Some(last)) = (bytes.first_chunk::<HALF>(), bytes.last_chunk::<HALF>())
        && is_plain(first)
        && is_plain(last)
    {
        return None;
    }
    let rest = bytes.get(at..)?;
    rest.iter().position(|&byte| ESCAPES[byte as usize] != PLAIN).map(|found| at + found)
}

/// True if all of the bytes are written as they are.
fn is_plain<const N: usize>(bytes: &[u8; N]) -> bool {
    !bytes.iter().fold(false, |found, &byte| found | (byte < b' ') | (byte == b'"') | (byte == b'\\'))
}

/// Appends the items between brackets.
pub fn write_list<T>(
    items: impl IntoIterator<Item = T>,
    out: &mut Vec<u8>,
    mut write: impl FnMut(T, &mut Vec<u8>),
) {
    out.push(b'[');
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write(item, out);
    }
    out.push(b']');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn strings_are_escaped_as_ruby_does() {
        let mut out = Vec::new();
        write_str("\x7f/\u{2028}\x08\x0c\n\r\t\x01é\u{1f600}\"\\", &mut out);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "\"\x7f/\u{2028}\\b\\f\\n\\r\\t\\u0001é\u{1f600}\\\"\\\\\""
        );
    }

    #[test]
    fn limits_hold() {
        let limits = Limits { bytes_max: 40, depth_max: 2, values_max: 5 };
        let read = |text: &str| parse(text.as_bytes(), &limits).map_err(|error| error.to_string());
        assert!(read("[[1,2]]").is_ok());
        insta::assert_snapshot!(read("[[[1]]]").unwrap_err(), @"the document is nested too deeply at line 1 column 3");
        insta::assert_snapshot!(read("[1,2,3,4,5]").unwrap_err(), @"the document has too many values at line 1 column 9");
        insta::assert_snapshot!(read(&" ".repeat(41)).unwrap_err(), @"the document has 41 bytes, and 40 are allowed");
        insta::assert_snapshot!(read("[1] 2").unwrap_err(), @"trailing characters at line 1 column 5");
        insta::assert_snapshot!(read("\"\u{0}\"").unwrap_err(), @"control character (\\u0000-\\u001F) found while parsing a string at line 1 column 2");
        let bomb = "[".repeat(100_000);
        assert!(parse(bomb.as_bytes(), &Limits::default()).is_err());
    }

    #[test]
    fn numbers_keep_their_kind() {
        let value =
            parse(b"[1, 1.0, -9223372036854775808, 18446744073709551615]", &Limits::default()).unwrap();
        assert_eq!(
            value,
            vec![
                Value::Int(1),
                Value::Float(1.0),
                Value::Int(i64::MIN),
                Value::Float(18446744073709551615.0)
            ]
            .into()
        );
    }

    #[test]
    fn every_place_is_looked_at() {
        for length in 0..50 {
            for at in 0..length {
                let text = |byte: char| -> String {
                    (0..length).map(|other| if other == at { byte } else { 'a' }).collect()
                };
                for (byte, written) in [
                    ('"', "\\\""),
                    ('\\', "\\\\"),
                    ('\n', "\\n"),
                    ('\u{1f}', "\\u001f"),
                    ('\u{7f}', "\u{7f}"),
                ] {
                    let mut out = Vec::new();
                    write_str(&text(byte), &mut out);
                    let (before, after) = ("a".repeat(at), "a".repeat(length - at - 1));
                    assert_eq!(String::from_utf8(out).unwrap(), format!("\"{before}{written}{after}\""));
                }
            }
        }
    }

    proptest! {
        #[test]
        fn every_string_survives(text in ".*") {
            let mut out = Vec::new();
            write_str(&text, &mut out);
            prop_assert_eq!(parse(&out, &Limits::default()).unwrap(), Value::str(text));
        }

        #[test]
        fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = parse(&bytes, &Limits::default());
        }
    }
}
