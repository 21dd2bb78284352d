//! Values that hold no others, each under one format.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use super::format::{Format, illegal};
use crate::error::{Result, ValueError};
use crate::number::float_text;
use crate::{Type, Value, render};

/// The text of a value under a format.
pub(super) fn convert(value: &Value, format: &Format) -> Result<String> {
    match value {
        Value::Str(text) => string(text, format),
        Value::Int(number) => integer(*number, format),
        Value::Float(number) => float(*number, format),
        Value::Bool(flag) => boolean(*flag, format),
        Value::Undef => undef(format),
        Value::Default => default(format),
        Value::Regexp(pattern) => regexp(pattern.source(), format),
        Value::Type(ty) => type_(ty, format),
        Value::Binary(bytes) => binary(bytes, format),
        Value::Uri(uri) => match (format.letter, format.alternate) {
            ('p', _) => Ok(render::value(value).to_string()),
            ('s', true) => format.ruby('s', render::quote(&uri.text).into()),
            ('s', false) => format.ruby('s', uri.text.as_str().into()),
            (letter, _) => Err(illegal("URI", letter, "sp")),
        },
        other => format.ruby(format.letter, other.clone()),
    }
}

fn string(text: &str, format: &Format) -> Result<String> {
    let changed = match format.letter {
        's' => return format.ruby('s', text.into()),
        'p' if format.alternate => return format.pad(&render::double_quote(text)),
        'p' => return format.pad(&render::quote(text)),
        'c' => capitalize(text),
        'C' => capitalize_segments(text),
        'u' => text.to_uppercase(),
        'd' => text.to_lowercase(),
        't' => trim(text).to_owned(),
        letter => return Err(illegal("String", letter, "cCudspt")),
    };
    if format.alternate { format.pad(&render::quote(&changed)) } else { format.ruby('s', changed.into()) }
}

fn capitalize(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(chars.as_str().to_lowercase().chars()).collect()
}

/// Ruby's `split('::')` drops empty segments at the end.
fn capitalize_segments(text: &str) -> String {
    let mut segments: Vec<String> = text.split("::").map(capitalize).collect();
    while segments.last().is_some_and(String::is_empty) {
        segments.pop();
    }
    segments.join("::")
}

/// Ruby's `strip`: blanks at both ends, and zero bytes too.
fn trim(text: &str) -> &str {
    text.trim_matches(|c| matches!(c, '\0' | '\t'..='\r' | ' '))
}

fn integer(number: i64, format: &Format) -> Result<String> {
    match format.letter {
        letter @ ('d' | 'x' | 'X' | 'o' | 'b' | 'B' | 'p') => format.ruby(letter, Value::Int(number)),
        letter @ ('e' | 'E' | 'f' | 'g' | 'G' | 'a' | 'A') => {
            format.ruby(letter, Value::Float(number as f64))
        }
        'c' => {
            let character = u32::try_from(number)
                .ok()
                .and_then(char::from_u32)
                .ok_or_else(|| ValueError::new("pack(U): value out of range"))?;
            let quote = if format.alternate { "\"" } else { "" };
            format.ruby('s', format!("{quote}{character}{quote}").into())
        }
        's' => format.ruby(if format.alternate { 'p' } else { 's' }, number.to_string().into()),
        letter => Err(illegal("Integer", letter, "dxXobBeEfgGaAspc")),
    }
}

fn float(number: f64, format: &Format) -> Result<String> {
    match format.letter {
        letter @ ('d' | 'x' | 'X' | 'o' | 'b' | 'B') => format.ruby(letter, whole(number)?),
        letter @ ('e' | 'E' | 'f' | 'g' | 'G' | 'a' | 'A' | 'p') => format.ruby(letter, Value::Float(number)),
        's' => {
            let quote = if format.alternate { "\"" } else { "" };
            format.ruby('s', format!("{quote}{}{quote}", float_text(number)).into())
        }
        letter => Err(illegal("Float", letter, "dxXobBeEfgGaAsp")),
    }
}

/// The integer part; large ones stay floats, which are whole then.
fn whole(number: f64) -> Result<Value> {
    if !number.is_finite() {
        return Err(ValueError::new(float_text(number)));
    }
    let whole = number.trunc();
    Ok(if whole.abs() < 9.2e18 { Value::Int(whole as i64) } else { Value::Float(whole) })
}

fn boolean(flag: bool, format: &Format) -> Result<String> {
    let word = |yes: &str, no: &str| {
        let word = if flag { yes } else { no };
        format.pad(if format.alternate { word.get(..1).unwrap_or(word) } else { word })
    };
    match format.letter {
        't' => word("true", "false"),
        'T' => word("True", "False"),
        'y' => word("yes", "no"),
        'Y' => word("Yes", "No"),
        'd' | 'x' | 'X' | 'o' | 'b' | 'B' => integer(i64::from(flag), format),
        'e' | 'E' | 'f' | 'g' | 'G' | 'a' | 'A' => float(f64::from(u8::from(flag)), format),
        's' | 'p' => format.pad(if flag { "true" } else { "false" }),
        letter => Err(illegal("Boolean", letter, "tTyYdxXobBeEfgGaAsp")),
    }
}

fn undef(format: &Format) -> Result<String> {
    format.pad(match (format.letter, format.alternate) {
        ('n', false) => "nil",
        ('n', true) => "null",
        ('u', false) => "undef",
        ('u', true) => "undefined",
        ('d' | 'x' | 'X' | 'o' | 'b' | 'B' | 'e' | 'E' | 'f' | 'g' | 'G' | 'a' | 'A', _) => "NaN",
        ('v', _) => "n/a",
        ('V', _) => "N/A",
        ('s', false) => "",
        ('s', true) => "\"\"",
        ('p', false) => "undef",
        ('p', true) => "\"undef\"",
        (letter, _) => return Err(illegal("Undef", letter, "nudxXobBeEfgGaAvVsp")),
    })
}

fn default(format: &Format) -> Result<String> {
    format.pad(match (format.letter, format.alternate) {
        ('d' | 's' | 'p', false) => "default",
        ('d' | 's' | 'p', true) => "\"default\"",
        ('D', false) => "Default",
        ('D', true) => "\"Default\"",
        (letter, _) => return Err(illegal("Default", letter, "dDsp")),
    })
}

fn regexp(source: &str, format: &Format) -> Result<String> {
    match (format.letter, format.alternate) {
        ('p', _) => format.ruby('s', render::regexp(source).into()),
        ('s', true) => format.ruby('s', render::quote(&crate::regexp::plain(source)).into()),
        ('s', false) => format.ruby('s', crate::regexp::plain(source).into_owned().into()),
        (letter, _) => Err(illegal("Regexp", letter, "sp")),
    }
}

fn type_(ty: &Type, format: &Format) -> Result<String> {
    match (format.letter, format.alternate) {
        ('s', true) => format.ruby('s', format!("\"{ty}\"").into()),
        ('s' | 'p', _) => format.ruby('s', ty.to_string().into()),
        (letter, _) => Err(illegal("Type", letter, "sp")),
    }
}

fn binary(bytes: &[u8], format: &Format) -> Result<String> {
    let text = match format.letter {
        's' if format.alternate => return format.pad(&inspect_bytes(bytes)),
        's' => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(error) => {
                let byte = bytes.iter().skip(error.valid_up_to()).find(|byte| !byte.is_ascii());
                let byte = byte.copied().unwrap_or_default();
                return Err(ValueError::new(format!("\"\\x{byte:02X}\" from ASCII-8BIT to UTF-8")));
            }
        },
        'p' => {
            let text = format.ruby('s', STANDARD.encode(bytes).into())?;
            return Ok(format!("Binary(\"{text}\")"));
        }
        'b' => relaxed(bytes),
        'B' => STANDARD.encode(bytes),
        'u' => URL_SAFE.encode(bytes),
        't' => "Binary".to_owned(),
        'T' => "BINARY".to_owned(),
        letter => return Err(illegal("Binary", letter, "bButTsp")),
    };
    format.ruby(if format.alternate { 'p' } else { 's' }, text.into())
}

/// Base64 in lines of 60 characters.
fn relaxed(bytes: &[u8]) -> String {
    let mut text = String::new();
    for line in bytes.chunks(45) {
        STANDARD.encode_string(line, &mut text);
        text.push('\n');
    }
    text
}

/// Bytes as Ruby inspects them: what is not ASCII in hexadecimal.
fn inspect_bytes(bytes: &[u8]) -> String {
    let mut text = String::from("\"");
    for part in bytes.chunk_by(|a, b| a.is_ascii() == b.is_ascii()) {
        match std::str::from_utf8(part) {
            Ok(ascii) if part.is_ascii() => {
                let quoted = crate::format::ruby_quote(ascii);
                text.push_str(quoted.get(1..quoted.len() - 1).unwrap_or_default());
            }
            _ => part.iter().for_each(|byte| text.push_str(&format!("\\x{byte:02X}"))),
        }
    }
    text.push('"');
    text
}
