//! Writing.

use crate::format;
use crate::number::write_float;
use crate::{Hash, Value};

/// Appends a value without blanks.
pub fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write(item, out);
            }
            out.push(b']');
        }
        Value::Hash(hash) => {
            out.push(b'{');
            for (index, (key, item)) in hash.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_key(key, out);
                out.push(b':');
                write(item, out);
            }
            out.push(b'}');
        }
        scalar => write_scalar(scalar, out),
    }
}

/// Appends a value with each entry on its own line, indented by two blanks, as Ruby's `JSON.pretty_generate` does.
pub fn write_pretty(value: &Value, out: &mut Vec<u8>) {
    pretty(value, 0, out);
}

/// The value as JSON text.
pub fn to_string(value: &Value) -> String {
    let mut out = Vec::new();
    write(value, &mut out);
    // Only whole strings are copied, so this cannot fail.
    String::from_utf8(out).unwrap_or_default()
}

/// Appends a string in quotes. Only quotes, backslashes and control characters are escaped.
pub fn write_string(text: &str, out: &mut Vec<u8>) {
    out.reserve(text.len() + 2);
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut copied = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if !matches!(byte, b'"' | b'\\' | 0..0x20) {
            continue;
        }
        out.extend_from_slice(bytes.get(copied..at).unwrap_or_default());
        copied = at + 1;
        let short = match byte {
            b'"' => b'"',
            b'\\' => b'\\',
            0x08 => b'b',
            b'\t' => b't',
            b'\n' => b'n',
            0x0c => b'f',
            b'\r' => b'r',
            _ => {
                let digit = |nibble: u8| if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 };
                out.extend_from_slice(&[b'\\', b'u', b'0', b'0', digit(byte >> 4), digit(byte & 0xf)]);
                continue;
            }
        };
        out.extend_from_slice(&[b'\\', short]);
    }
    out.extend_from_slice(bytes.get(copied..).unwrap_or_default());
    out.push(b'"');
}

fn write_key(key: &Value, out: &mut Vec<u8>) {
    match key {
        Value::Str(text) => write_string(text, out),
        other => write_string(&format::ruby_to_s(other), out),
    }
}

fn write_scalar(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Undef => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Int(number) => out.extend_from_slice(itoa::Buffer::new().format(*number).as_bytes()),
        // JSON has no other floats.
        Value::Float(number) if number.is_finite() => {
            let mut text = String::new();
            write_float(&mut text, *number);
            out.extend_from_slice(text.as_bytes());
        }
        Value::Float(_) => out.extend_from_slice(b"null"),
        Value::Str(text) => write_string(text, out),
        other => write_string(&format::to_s(other), out),
    }
}

fn pretty(value: &Value, depth: usize, out: &mut Vec<u8>) {
    match value {
        Value::Array(items) if items.is_empty() => out.extend_from_slice(b"[]"),
        Value::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                new_line(index > 0, depth + 1, out);
                pretty(item, depth + 1, out);
            }
            new_line(false, depth, out);
            out.push(b']');
        }
        Value::Hash(hash) => pretty_hash(hash, depth, out),
        scalar => write_scalar(scalar, out),
    }
}

fn pretty_hash(hash: &Hash, depth: usize, out: &mut Vec<u8>) {
    if hash.is_empty() {
        out.extend_from_slice(b"{}");
        return;
    }
    out.push(b'{');
    for (index, (key, item)) in hash.iter().enumerate() {
        new_line(index > 0, depth + 1, out);
        write_key(key, out);
        out.extend_from_slice(b": ");
        pretty(item, depth + 1, out);
    }
    new_line(false, depth, out);
    out.push(b'}');
}

fn new_line(comma: bool, depth: usize, out: &mut Vec<u8>) {
    if comma {
        out.push(b',');
    }
    out.push(b'\n');
    out.resize(out.len() + depth * 2, b' ');
}
