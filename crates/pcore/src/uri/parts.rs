//! A URI from its parts, with Ruby's checks of each.

use super::{Uri, default_port, is_made_of, is_name_char, is_path_char};
use crate::error::{Result, ValueError};
use crate::{Hash, Value};

impl Uri {
    /// A URI from `scheme`, `userinfo`, `host`, `port`, `path`, `query`, `fragment`, `opaque`, of which all may be
    /// missing.
    ///
    /// # Errors
    /// Parts that are malformed, and parts that cannot stand together.
    pub fn from_parts(parts: &Hash) -> Result<Uri> {
        let text = |name: &str| parts.get_str(name).and_then(Value::as_str).map(str::to_owned);
        let mut uri = Uri { scheme: text("scheme"), ..Uri::default() };
        if let Some(scheme) = &uri.scheme {
            let known = scheme.to_ascii_lowercase();
            match known.as_str() {
                "mailto" => return Err(bad("opaque", "")),
                "ftp" if !parts.contains_str("path") => {
                    return Err(ValueError::new("undefined method `sub' for nil:NilClass"));
                }
                _ => {}
            }
            let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                && scheme.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'-' | b'.'));
            if !is_scheme {
                return Err(bad("scheme", scheme));
            }
            uri.scheme = Some(known);
        }
        let is_file = uri.scheme.as_deref() == Some("file");
        if let Some(userinfo) = text("userinfo") {
            if is_file {
                return Err(ValueError::new("can not set userinfo for file URI"));
            }
            uri.userinfo = Some(checked_userinfo(userinfo)?);
        }
        uri.host = checked_host(text("host"))?;
        if is_file && uri.host.as_deref().is_none_or(|host| host == "localhost") {
            uri.host = Some(String::new());
        }
        if !is_file {
            uri.port =
                parts.get_str("port").and_then(Value::as_int).and_then(|port| u32::try_from(port).ok());
        }
        if let Some(path) = text("path") {
            uri.path = Some(checked_path(path, uri.scheme.as_deref())?);
        }
        let query = if matches!(uri.scheme.as_deref(), Some("ldap" | "ldaps")) {
            Some(String::new())
        } else {
            text("query")
        };
        uri.query = query.map(|query| escaped_query(&query)).transpose()?;
        if let Some(opaque) = text("opaque") {
            let is_taken = uri.userinfo.is_some() || uri.path.is_some();
            if is_taken || uri.host.is_some() || uri.port.is_some() {
                return Err(ValueError::new("can not set opaque with host, port, userinfo or path"));
            }
            if opaque.starts_with('/') || opaque.contains('\n') {
                return Err(bad("opaque", &opaque));
            }
            uri.opaque = Some(opaque);
        }
        uri.fragment = text("fragment").map(|fragment| escaped(&fragment, |byte| byte.is_ascii_graphic()));
        if uri.path.is_none() && uri.opaque.is_none() {
            uri.path = Some(String::new());
        }
        uri.port = uri.port.or_else(|| default_port(uri.scheme.as_deref()));
        uri.text = uri.render();
        Ok(uri)
    }
}

fn bad(what: &str, part: &str) -> ValueError {
    ValueError::new(format!("bad component(expected {what} component): {part}"))
}

fn checked_userinfo(userinfo: String) -> Result<String> {
    let (user, password) = match userinfo.split_once(':') {
        Some((user, password)) => (user, Some(password)),
        None => (userinfo.as_str(), None),
    };
    let is_fine = |part: &str| is_made_of(part, |byte| is_name_char(byte) || byte == b':');
    if !is_fine(user) {
        return Err(bad("userinfo component or user", user));
    }
    match password {
        Some(password) if !is_fine(password) => Err(ValueError::new("bad password component")),
        _ => Ok(userinfo),
    }
}

fn checked_host(host: Option<String>) -> Result<Option<String>> {
    let Some(host) = host else { return Ok(None) };
    let is_bracketed = host.starts_with('[') && host.ends_with(']');
    let host = if !is_bracketed && host.contains(':') { format!("[{host}]") } else { host };
    let is_host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => is_made_of(&host, is_name_char),
    };
    if is_host { Ok(Some(host)) } else { Err(bad("host", &host)) }
}

fn checked_path(path: String, scheme: Option<&str>) -> Result<String> {
    if path.is_empty() || is_made_of(&path, is_path_char) && path.starts_with('/') {
        return Ok(path);
    }
    match scheme {
        Some("ftp") | None if is_made_of(&path, is_path_char) => Ok(path),
        Some("ftp") | None => Err(bad("relative path", &path)),
        Some(_) => Err(bad("absolute path", &path)),
    }
}

fn escaped_query(query: &str) -> Result<String> {
    let query: String = query.chars().filter(|c| !matches!(c, '\t' | '\r' | '\n')).collect();
    for (at, _) in query.match_indices('%') {
        let digits = query.as_bytes().get(at + 1..at + 3);
        if let Some([a, b]) = digits
            && !a.is_ascii_hexdigit()
            && !b.is_ascii_hexdigit()
        {
            let shown = String::from_utf8_lossy(&[b'%', *a, *b]).into_owned();
            return Err(ValueError::new(format!("invalid percent escape: {shown}")));
        }
    }
    Ok(escaped(
        &query,
        |byte| matches!(byte, b'!' | b'$'..=b'&' | b'('..=b';' | b'=' | b'?'..=b'_' | b'a'..=b'~'),
    ))
}

/// Everything but allowed characters and escapes as escapes.
fn escaped(text: &str, allowed: impl Fn(u8) -> bool) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    for (at, byte) in bytes.iter().enumerate() {
        let is_escape = *byte == b'%'
            && bytes.get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        match *byte {
            b'\t' | b'\r' | b'\n' => {}
            byte if is_escape || allowed(byte) => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
