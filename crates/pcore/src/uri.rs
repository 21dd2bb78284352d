//! URIs (RFC 3986), with the habits of Ruby's library: schemes are written small, default ports and empty hosts are
//! left out of the text, and two URIs are equal when they are so in normal form.

mod parts;

use std::fmt;
use std::hash::{Hash, Hasher};

use crate::Value;
use crate::error::{Result, ValueError};

/// A URI in its parts.
#[derive(Clone, Debug, Default)]
pub struct Uri {
    /// The whole text.
    pub text: String,
    /// The scheme, in lower case.
    pub scheme: Option<String>,
    /// User name and password as they stand before `@`.
    pub userinfo: Option<String>,
    /// The host as written; empty for `file:` URIs without one.
    pub host: Option<String>,
    /// The port; the scheme's default if none is given.
    pub port: Option<u32>,
    /// The path, empty if there is none; `None` for opaque URIs.
    pub path: Option<String>,
    /// What follows `?`.
    pub query: Option<String>,
    /// What follows `#`.
    pub fragment: Option<String>,
    /// What follows the scheme when it does not start with `/`: `mailto:a@b`.
    pub opaque: Option<String>,
}

/// Ports that are left out of the text.
fn default_port(scheme: Option<&str>) -> Option<u32> {
    match scheme? {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        "ftp" => Some(21),
        "ldap" => Some(389),
        "ldaps" => Some(636),
        _ => None,
    }
}

impl Uri {
    /// Reads a URI or a relative reference.
    pub fn parse(text: &str) -> Result<Uri> {
        if !text.is_ascii() {
            return Err(ValueError::new(format!(
                "URI must be ascii only {}",
                crate::format::ruby_quote(text)
            )));
        }
        let refuse = || ValueError::new(format!("bad URI(is not URI?): {}", crate::format::ruby_quote(text)));
        let (rest, fragment) = split_last_part(text, '#');
        let (scheme, rest) = split_scheme(rest);
        let mut uri = Uri { scheme, fragment: fragment.map(Into::into), ..Uri::default() };
        uri.port = default_port(uri.scheme.as_deref());
        if !fragment.is_none_or(|fragment| is_made_of(fragment, is_query_char)) {
            return Err(refuse());
        }
        if uri.scheme.is_some() && !rest.is_empty() && !rest.starts_with(['/', '?']) {
            if !is_made_of(rest, is_query_char) {
                return Err(refuse());
            }
            uri.opaque = Some(rest.to_owned());
        } else {
            let (rest, query) = split_last_part(rest, '?');
            let path = match rest.strip_prefix("//") {
                Some(rest) => {
                    let (authority, path) =
                        rest.split_at_checked(rest.find('/').unwrap_or(rest.len())).unwrap_or((rest, ""));
                    uri.set_authority(authority).ok_or_else(refuse)?;
                    path
                }
                None => rest,
            };
            let is_query =
                |query| is_made_of(query, |byte| is_query_char(byte) || matches!(byte, b'[' | b']'));
            if !is_made_of(path, is_path_char) || !query.is_none_or(is_query) {
                return Err(refuse());
            }
            // Without a scheme the first segment must not look like one.
            if uri.scheme.is_none() && path.split('/').next().is_some_and(|segment| segment.contains(':')) {
                return Err(refuse());
            }
            uri.path = Some(if uri.scheme.as_deref() == Some("ftp") {
                // Relative to where one is after the login, unless the first slash is escaped.
                let path = path.strip_prefix('/').unwrap_or(path);
                path.strip_prefix("%2F").map_or_else(|| path.to_owned(), |path| format!("/{path}"))
            } else {
                path.to_owned()
            });
            uri.query = query.map(Into::into);
        }
        match uri.scheme.as_deref() {
            Some("mailto") if uri.opaque.is_none() => {
                return Err(ValueError::new("missing opaque part for mailto URL"));
            }
            Some("file") if uri.host.is_none() => uri.host = Some(String::new()),
            _ => {}
        }
        uri.text = uri.render();
        Ok(uri)
    }

    /// A URI from its parts, in which only the text is missing.
    pub fn build(mut self) -> Uri {
        self.scheme = self.scheme.map(|scheme| scheme.to_ascii_lowercase());
        self.port = self.port.or_else(|| default_port(self.scheme.as_deref()));
        self.text = self.render();
        self
    }

    /// A part by its name in the language: `scheme`, `userinfo`, `host`, `port`, `path`, `query`, `fragment`,
    /// `opaque`. `None` if it is missing, or if there is no such part.
    pub fn part(&self, name: &str) -> Option<Value> {
        let part = match name {
            "scheme" => &self.scheme,
            "userinfo" => &self.userinfo,
            "host" => &self.host,
            "port" => return self.port.map(|port| Value::Int(port.into())),
            "path" => &self.path,
            "query" => &self.query,
            "fragment" => &self.fragment,
            "opaque" => &self.opaque,
            _ => return None,
        };
        part.as_deref().map(Value::from)
    }

    /// Reads a reference relative to this URI (RFC 3986, section 5).
    pub fn join(&self, reference: &str) -> Result<Uri> {
        let relative = Uri::parse(reference)?;
        if relative.scheme.is_some() {
            return Ok(relative);
        }
        if self.scheme.is_none() {
            return Err(ValueError::new("both URI are relative"));
        }
        if self.opaque.is_some() && relative.query.is_some() {
            return Err(ValueError::new("query conflicts with opaque"));
        }
        let mut joined = self.clone();
        let has_authority = relative.host.is_some() || relative.userinfo.is_some();
        let path = relative.path.as_deref().unwrap_or_default();
        joined.fragment.clone_from(&relative.fragment);
        if self.opaque.is_some() {
            // There is nothing to resolve a path against.
        } else if has_authority {
            joined.userinfo.clone_from(&relative.userinfo);
            joined.host.clone_from(&relative.host);
            joined.port = relative.port.or_else(|| default_port(self.scheme.as_deref()));
            joined.path = Some(path.to_owned());
            joined.query.clone_from(&relative.query);
        } else if path.is_empty() {
            if relative.query.is_some() {
                joined.query.clone_from(&relative.query);
                joined.path =
                    joined.path.map(|path| if path.is_empty() { path } else { merge_paths("", &path) });
            }
        } else {
            joined.path = Some(merge_paths(self.path.as_deref().unwrap_or_default(), path));
            joined.query.clone_from(&relative.query);
        }
        joined.text = joined.render();
        Ok(joined)
    }

    fn set_authority(&mut self, authority: &str) -> Option<()> {
        let (userinfo, server) = match authority.rsplit_once('@') {
            Some((userinfo, server)) => (Some(userinfo), server),
            None => (None, authority),
        };
        let (host, port) = match server.rfind(']') {
            Some(end) => (server.get(..=end)?, server.get(end + 1..)?),
            None => server.split_at_checked(server.find(':').unwrap_or(server.len()))?,
        };
        let is_host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
            Some(address) => {
                is_made_of(address, |byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.'))
            }
            None => is_made_of(host, is_name_char),
        };
        let is_user = |user| is_made_of(user, |byte| is_name_char(byte) || byte == b':');
        if !is_host || !userinfo.is_none_or(is_user) {
            return None;
        }
        let port = match port.strip_prefix(':') {
            Some("") => None,
            Some(digits) => {
                Some(digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())??)
            }
            None if port.is_empty() => None,
            None => return None,
        };
        self.userinfo = userinfo.filter(|userinfo| !userinfo.is_empty()).map(Into::into);
        self.host = Some(host).filter(|host| !host.is_empty()).map(Into::into);
        self.port = port.or(self.port);
        Some(())
    }

    fn render(&self) -> String {
        let mut text = String::new();
        if let Some(scheme) = &self.scheme {
            text.push_str(scheme);
            text.push(':');
        }
        if let Some(opaque) = &self.opaque {
            text.push_str(opaque);
        } else {
            if self.host.is_some() {
                text.push_str("//");
            }
            if let Some(userinfo) = &self.userinfo {
                text.push_str(userinfo);
                text.push('@');
            }
            text.push_str(self.host.as_deref().unwrap_or_default());
            if let Some(port) = self.port.filter(|port| Some(*port) != default_port(self.scheme.as_deref())) {
                text.push_str(&format!(":{port}"));
            }
            let path = self.path.as_deref().unwrap_or_default();
            match path.strip_prefix('/') {
                Some(path) if self.scheme.as_deref() == Some("ftp") => {
                    text.push_str("/%2F");
                    text.push_str(path);
                }
                None if self.host.is_some() && !path.is_empty() => {
                    text.push('/');
                    text.push_str(path);
                }
                _ => text.push_str(path),
            }
            if let Some(query) = &self.query {
                text.push('?');
                text.push_str(query);
            }
        }
        if let Some(fragment) = &self.fragment {
            text.push('#');
            text.push_str(fragment);
        }
        text
    }

    /// What two equal URIs have in common.
    fn normal_form(&self) -> String {
        let mut normal = self.clone();
        normal.host = normal.host.map(|host| host.to_ascii_lowercase());
        if normal.path.as_deref() == Some("") {
            normal.path = Some("/".to_owned());
        }
        normal.render()
    }
}

impl PartialEq for Uri {
    fn eq(&self, other: &Uri) -> bool {
        self.text == other.text || self.normal_form() == other.normal_form()
    }
}

impl Eq for Uri {}

impl Hash for Uri {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.normal_form().hash(state);
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn split_last_part(text: &str, separator: char) -> (&str, Option<&str>) {
    match text.split_once(separator) {
        Some((before, part)) => (before, Some(part)),
        None => (text, None),
    }
}

fn split_scheme(text: &str) -> (Option<String>, &str) {
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
    };
    match text.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme) => (Some(scheme.to_ascii_lowercase()), rest),
        _ => (None, text),
    }
}

/// True if the text has only these characters and well-formed percent escapes.
fn is_made_of(text: &str, allowed: impl Fn(u8) -> bool) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let fine = if byte == b'%' {
            let mut is_digit = || bytes.next().is_some_and(|digit| digit.is_ascii_hexdigit());
            is_digit() && is_digit()
        } else {
            allowed(byte)
        };
        if !fine {
            return false;
        }
    }
    true
}

/// Unreserved characters and sub-delimiters.
fn is_name_char(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'-' | b'.'
                | b'_'
                | b'~'
                | b'!'
                | b'$'
                | b'&'
                | b'\''
                | b'('
                | b')'
                | b'*'
                | b'+'
                | b','
                | b';'
                | b'='
        )
}

fn is_path_char(byte: u8) -> bool {
    is_name_char(byte) || matches!(byte, b':' | b'@' | b'/')
}

fn is_query_char(byte: u8) -> bool {
    is_path_char(byte) || byte == b'?'
}

/// A relative path in place of the last segment of the base, without `.` and `..`.
fn merge_paths(base: &str, path: &str) -> String {
    let merged = if path.starts_with('/') {
        path.to_owned()
    } else {
        let directory = base.rfind('/').and_then(|slash| base.get(..=slash)).unwrap_or("/");
        format!("{directory}{path}")
    };
    let mut segments: Vec<&str> = Vec::new();
    let mut ends_open = false;
    for segment in merged.split('/').skip(1) {
        ends_open = matches!(segment, "." | "..");
        match segment {
            "." => {}
            ".." => {
                segments.pop();
            }
            segment => segments.push(segment),
        }
    }
    let mut result = String::with_capacity(merged.len());
    for segment in &segments {
        result.push('/');
        result.push_str(segment);
    }
    if ends_open || result.is_empty() {
        result.push('/');
    }
    result
}
