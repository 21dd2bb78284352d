//! Hashes of documents: SHA-1 over JSON whose keys are sorted, as PuppetDB makes them.

use serde_json::{Map, Value as Json};
use sha1::{Digest as _, Sha1};

/// SHA-1, 20 bytes.
pub type Hash = Vec<u8>;

/// The canonical text of a value: no blanks, keys sorted at every level.
pub fn canonical(value: &Json) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

/// The canonical text of an object.
pub fn canonical_map(map: &Map<String, Json>) -> String {
    let mut out = String::new();
    write_map(map, &mut out);
    out
}

/// The text of a list of texts.
pub fn texts(texts: &[String]) -> String {
    let mut out = String::from("[");
    for (index, text) in texts.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        scalar(text, &mut out);
    }
    out.push(']');
    out
}

/// SHA-1 of a value's canonical text.
pub fn json(value: &Json) -> Hash {
    bytes(canonical(value).as_bytes())
}

/// SHA-1 of bytes.
pub fn bytes(bytes: &[u8]) -> Hash {
    Sha1::digest(bytes).to_vec()
}

/// Documents come here through decoders that limit how deep they nest, so this may call itself.
fn write(value: &Json, out: &mut String) {
    match value {
        Json::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Json::Object(map) => write_map(map, out),
        Json::String(text) => scalar(text, out),
        other => out.push_str(&other.to_string()),
    }
}

fn write_map(map: &Map<String, Json>, out: &mut String) {
    let mut entries: Vec<_> = map.iter().collect();
    entries.sort_by(|left, right| left.0.cmp(right.0));
    out.push('{');
    for (index, (key, item)) in entries.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        scalar(key, out);
        out.push(':');
        write(item, out);
    }
    out.push('}');
}

fn scalar(text: &str, out: &mut String) {
    match serde_json::to_string(text) {
        Ok(quoted) => out.push_str(&quoted),
        // Text always has a JSON form.
        Err(_) => out.push_str("null"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_sorted_at_every_level() {
        let value = serde_json::json!({"b": [1, {"d": null, "c": 1.5}], "a": "ü\"\n"});
        assert_eq!(canonical(&value), "{\"a\":\"ü\\\"\\n\",\"b\":[1,{\"c\":1.5,\"d\":null}]}");
        assert_eq!(hex::encode(bytes(b"")), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    }
}
