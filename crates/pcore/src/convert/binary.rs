//! `Binary(from, format)`

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::creator::Creator;
use super::types::{alias, structure};
use crate::error::{Result, ValueError};
use crate::{Type, Value};

pub(super) fn creator() -> Creator {
    let format = alias("Base64Format", Type::enumeration(["%b", "%u", "%B", "%s", "%r"], false));
    let byte = alias("ByteInteger", Type::Integer(0, 255));
    let bytes = Type::array_of(byte);
    let text_hash =
        structure(&[("value", false, Type::STRING), ("format", true, Type::optional(format.clone()))]);
    let array_hash = structure(&[("value", false, bytes.clone())]);
    let hashes = Type::variant([alias("StringHash", text_hash), alias("ArrayHash", array_hash)]);
    Creator::new("new_Binary")
        .takes(1, &[("str", Type::STRING), ("format", format)], |arguments, _| made(arguments))
        .takes(1, &[("byte_array", bytes)], |arguments, _| made(arguments))
        .takes(1, &[("hash_args", alias("BinaryArgsHash", hashes))], |arguments, _| match arguments {
            [Value::Hash(hash)] => {
                let value = hash.get_str("value").cloned().unwrap_or_default();
                made(&[value, hash.get_str("format").cloned().unwrap_or_default()])
            }
            _ => Ok(Value::Undef),
        })
}

fn made(arguments: &[Value]) -> Result<Value> {
    let bytes = match arguments {
        [Value::Array(items), ..] => {
            items.iter().filter_map(|item| u8::try_from(item.as_int()?).ok()).collect()
        }
        [Value::Str(text), format @ ..] => match format.first().and_then(Value::as_str) {
            Some("%b") => decode_leniently(text),
            Some("%u") => decode_url_safe(text)?,
            Some("%s" | "%r") => text.as_bytes().to_vec(),
            _ => STANDARD.decode(text.as_bytes()).map_err(|_| invalid())?,
        },
        _ => return Ok(Value::Undef),
    };
    Ok(Value::Binary(bytes.into()))
}

fn invalid() -> ValueError {
    ValueError::new("invalid base64")
}

/// The alphabet for URLs; padding may be left out, but if there is some it must be right.
fn decode_url_safe(text: &str) -> Result<Vec<u8>> {
    let mut text: String = text
        .chars()
        .map(|c| {
            if c == '-' {
                '+'
            } else if c == '_' {
                '/'
            } else {
                c
            }
        })
        .collect();
    if !text.ends_with('=') && !text.len().is_multiple_of(4) {
        text.extend(std::iter::repeat_n('=', 4 - text.len() % 4));
    }
    STANDARD.decode(text.as_bytes()).map_err(|_| invalid())
}

/// Whatever can be read, as C reads it: other characters are skipped, padding ends the text where it may stand, and
/// what is left over at the end is dropped.
fn decode_leniently(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let mut group = [0_u32; 4];
    let mut filled = 0;
    for byte in text.bytes() {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' if filled >= 2 => break,
            _ => continue,
        };
        if let Some(slot) = group.get_mut(filled) {
            *slot = u32::from(digit);
        }
        filled += 1;
        if filled == 4 {
            push_group(&mut out, group, 3);
            filled = 0;
        }
    }
    if filled >= 2 {
        let [a, b, c, _] = group;
        push_group(&mut out, [a, b, if filled == 3 { c } else { 0 }, 0], filled - 1);
    }
    out
}

/// The first bytes of a group of four digits.
fn push_group(out: &mut Vec<u8>, [a, b, c, d]: [u32; 4], count: usize) {
    let bits = a << 18 | b << 12 | c << 6 | d;
    out.extend(bits.to_be_bytes().iter().skip(1).take(count));
}
