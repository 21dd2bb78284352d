//! Libraries of which templates use one or two functions.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use md5::Digest as _;

use crate::class::Class;
use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::{Eval, unsupported};
use crate::name::M;
use crate::value::Value;

pub(crate) fn class_method(it: &mut Interp<'_>, class: Class, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    match class {
        Class::Regexp => regexp(it, id, args),
        Class::Base64 => base64(it, id, args),
        Class::DigestMd5 | Class::DigestSha1 | Class::DigestSha256 => digest(it, class, id, args),
        Class::Uri if id == M::Parse => super::uri::class_method(it, id, args),
        Class::Cgi | Class::ErbUtil | Class::Uri => escape(it, class, id, args),
        Class::File => file(it, id, args),
        Class::Math => math(it, id, args),
        Class::Kernel => crate::methods::kernel::call(it, id, args),
        Class::PackageUtil if id == M::Versioncmp => {
            args.count(it, 2, 3)?;
            versioncmp(it, args.values).map(Some)
        }
        _ => Ok(None),
    }
}

/// The order of versions, which takes whatever can be scanned.
pub(crate) fn versioncmp(it: &mut Interp<'_>, values: &[Value]) -> Eval {
    let mut arguments = Vec::with_capacity(values.len());
    for (at, value) in values.iter().enumerate() {
        if at < 2 && !matches!(value, Value::Text(_)) {
            return it.missing(value, "scan");
        }
        let flag = pcore::Value::Bool(value.is_true());
        arguments.push(if at < 2 { it.export(value)? } else { flag });
    }
    let result = it.scope.call_function("versioncmp", arguments).map_err(|error| it.scope_error(error))?;
    it.import(&result.unwrap_or_default())
}

fn regexp(it: &mut Interp<'_>, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    Ok(Some(match id {
        M::Escape | M::Quote => {
            let text = it.string_or_symbol(args.one(it)?)?;
            Value::string(pcore::regexp::escape(&text))
        }
        M::Union => {
            let parts = match args.values {
                [Value::Array(list)] => list.to_vec(),
                several => several.to_vec(),
            };
            if let [only @ Value::Regexp(_)] = &parts[..] {
                return Ok(Some(only.clone()));
            }
            let mut sources = Vec::new();
            for part in &parts {
                sources.push(match part {
                    Value::Regexp(regex) => regex.to_s(),
                    other => pcore::regexp::escape(&it.string_or_symbol(other)?),
                });
            }
            if sources.is_empty() {
                return Ok(Some(it.regexp("(?!)", 0)?));
            }
            it.regexp(&sources.join("|"), 0)?
        }
        M::LastMatch => {
            args.count(it, 0, 1)?;
            let found = it.frame.last_match.borrow().clone();
            match (found, args.get(0)) {
                (None, _) => Value::Nil,
                (Some(found), None) => Value::Match(found),
                (Some(found), Some(group)) => {
                    it.send(&Value::Match(found), M::Element, std::slice::from_ref(group))?
                }
            }
        }
        _ => return Ok(None),
    }))
}

fn base64(it: &mut Interp<'_>, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    let text = |it: &mut Interp<'_>| it.string_argument(args.one(it)?);
    Ok(Some(match id {
        M::StrictEncode64 => Value::string(STANDARD.encode(text(it)?.as_str())),
        M::UrlsafeEncode64 => Value::string(URL_SAFE.encode(text(it)?.as_str())),
        M::Encode64 => {
            let encoded = STANDARD.encode(text(it)?.as_str());
            let mut out = String::new();
            for line in encoded.as_bytes().chunks(60) {
                out.push_str(&String::from_utf8_lossy(line));
                out.push('\n');
            }
            Value::string(out)
        }
        M::Decode64 | M::StrictDecode64 => {
            let encoded = text(it)?;
            let compact: String = encoded.chars().filter(|c| !c.is_ascii_whitespace()).collect();
            match STANDARD.decode(if id == M::Decode64 { compact.as_str() } else { encoded.as_str() }) {
                Ok(bytes) => match String::from_utf8(bytes) {
                    Ok(text) => Value::string(text),
                    Err(_) => return Err(unsupported("a string that is not UTF-8")),
                },
                Err(_) if id == M::StrictDecode64 => {
                    return Err(it.raise(Class::ArgumentError, "invalid base64"));
                }
                Err(_) => return Err(unsupported("Base64.decode64 of text that is not base64")),
            }
        }
        _ => return Ok(None),
    }))
}

fn digest(it: &mut Interp<'_>, class: Class, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    if !matches!(id, M::Hexdigest | M::Base64digest) {
        return Ok(None);
    }
    let text = it.string_argument(args.one(it)?)?;
    it.charge(text.len() / 8)?;
    let bytes: Vec<u8> = match class {
        Class::DigestMd5 => md5::Md5::digest(text.as_bytes()).to_vec(),
        Class::DigestSha1 => sha1::Sha1::digest(text.as_bytes()).to_vec(),
        _ => sha2::Sha256::digest(text.as_bytes()).to_vec(),
    };
    Ok(Some(Value::string(if id == M::Hexdigest { hex::encode(bytes) } else { STANDARD.encode(bytes) })))
}

fn escape(it: &mut Interp<'_>, class: Class, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    Ok(Some(match (class, id) {
        (Class::Cgi, M::EscapeHTML) | (Class::ErbUtil, M::HtmlEscape | M::H) => {
            let text = it.text_of(args.one(it)?)?;
            let mut out = String::with_capacity(text.len());
            for c in text.chars() {
                match c {
                    '&' => out.push_str("&amp;"),
                    '<' => out.push_str("&lt;"),
                    '>' => out.push_str("&gt;"),
                    '"' => out.push_str("&quot;"),
                    '\'' => out.push_str("&#39;"),
                    other => out.push(other),
                }
            }
            Value::string(out)
        }
        (Class::Cgi, M::Escape) | (Class::Uri, M::EncodeWwwFormComponent) => {
            let text = it.text_of(args.one(it)?)?;
            let also = if class == Class::Cgi { b'~' } else { b'*' };
            Value::string(percent(&text, |byte| matches!(byte, b'-' | b'.' | b'_') || byte == also, true))
        }
        (Class::ErbUtil, M::UrlEncode | M::U) => {
            let text = it.text_of(args.one(it)?)?;
            Value::string(percent(&text, |byte| matches!(byte, b'-' | b'.' | b'_' | b'~'), false))
        }
        _ => return Ok(None),
    }))
}

fn percent(text: &str, is_safe: impl Fn(u8) -> bool, plus: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b' ' if plus => out.push('+'),
            byte if byte.is_ascii_alphanumeric() || is_safe(byte) => out.push(char::from(byte)),
            byte => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

/// What `File` computes from names alone.
fn file(it: &mut Interp<'_>, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    Ok(Some(match id {
        M::Join => {
            let mut parts = Vec::new();
            for part in args.values {
                match part {
                    Value::Array(list) => parts.extend(list.to_vec()),
                    other => parts.push(other.clone()),
                }
            }
            let mut out = String::new();
            for (index, part) in parts.iter().enumerate() {
                let part = it.string_argument(part)?;
                if index == 0 {
                    out.push_str(&part);
                } else if part.starts_with('/') {
                    out.truncate(out.trim_end_matches('/').len());
                    out.push_str(&part);
                } else {
                    if !out.ends_with('/') {
                        out.push('/');
                    }
                    out.push_str(&part);
                }
            }
            Value::string(out)
        }
        M::Basename => {
            args.count(it, 1, 2)?;
            let path = it.string_argument(&args.at(0))?;
            let trimmed = path.trim_end_matches('/');
            let base = match trimmed.rsplit('/').next() {
                Some("") | None if path.starts_with('/') => "/",
                Some(base) => base,
                None => "",
            };
            let suffix = match args.get(1) {
                None => "".into(),
                Some(suffix) => it.string_argument(suffix)?,
            };
            let stem = match suffix.as_str() {
                ".*" => base.rfind('.').filter(|&at| at > 0).map_or(base, |at| &base[..at]),
                suffix => base.strip_suffix(suffix).filter(|stem| !stem.is_empty()).unwrap_or(base),
            };
            Value::text(stem)
        }
        M::Dirname => {
            let path = it.string_argument(args.one(it)?)?;
            let trimmed = path.trim_end_matches('/');
            let dir = match trimmed.rfind('/') {
                None if path.starts_with('/') => "/",
                None => ".",
                Some(at) => match trimmed[..at].trim_end_matches('/') {
                    "" => "/",
                    dir => dir,
                },
            };
            Value::text(dir)
        }
        M::Extname => {
            let path = it.string_argument(args.one(it)?)?;
            let base = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
            let stem = base.trim_start_matches('.');
            Value::text(match stem.rfind('.') {
                Some(at) => &stem[at..],
                None => "",
            })
        }
        _ => return Ok(None),
    }))
}

fn math(it: &mut Interp<'_>, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    args.count(it, 1, 2)?;
    let mut numbers = Vec::new();
    for value in args.values {
        numbers.push(match value {
            Value::Int(number) => *number as f64,
            Value::Float(number) => *number,
            other => {
                let shown = match other {
                    Value::Nil => "nil".to_owned(),
                    other => other.class().name().to_owned(),
                };
                return Err(it.raise(Class::TypeError, format!("can't convert {shown} into Float")));
            }
        });
    }
    let domain = |it: &Interp<'_>| {
        it.raise(Class::DomainError, format!("Numerical argument is out of domain - {}", id.text()))
    };
    Ok(Some(Value::Float(match (id, &numbers[..]) {
        (M::Sqrt | M::Log | M::Log2 | M::Log10, [number, ..]) if *number < 0.0 => return Err(domain(it)),
        (M::Sqrt, [number]) => number.sqrt(),
        (M::Cbrt, [number]) => number.cbrt(),
        (M::Log, [number]) => number.ln(),
        (M::Log, [number, base]) => number.ln() / base.ln(),
        (M::Log2, [number]) => number.log2(),
        (M::Log10, [number]) => number.log10(),
        (M::Hypot, [a, b]) => a.hypot(*b),
        _ => return Ok(None),
    })))
}

impl Interp<'_> {
    /// An argument that is a string or a symbol.
    fn string_or_symbol(&mut self, value: &Value) -> Eval<pcore::Str> {
        match value {
            Value::Symbol(name) => Ok(name.clone()),
            other => self.string_argument(other),
        }
    }
}
