//! The entries of `allow` and `deny`.

use regex::Regex;

use crate::Peer;

/// Whom an entry means.
#[derive(Debug)]
pub(super) enum Entry {
    /// `*`: any caller.
    Any,
    /// A name: exact, case ignored. Kept in lower case.
    Name(String),
    /// `*.example.org`: kept as `.example.org`, in lower case.
    Domain(String),
    /// `/regex/` on the name.
    Regex(Regex),
    /// A name with `$1` and the like, which stand for groups of the path's regular expression.
    Template(String),
    /// Extensions by dotted OID; all keys must match, one of the values each.
    Extensions(Vec<(String, Vec<String>)>),
    /// All of these.
    All(Vec<Entry>),
}

impl Entry {
    /// Reads the text form.
    pub(super) fn parse(text: &str) -> Result<Entry, String> {
        if text == "*" {
            return Ok(Entry::Any);
        }
        if let Some(pattern) = text.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')) {
            return Regex::new(pattern)
                .map(Entry::Regex)
                .map_err(|error| format!("invalid regular expression '{pattern}': {error}"));
        }
        if let Some(domain) = text.strip_prefix('*') {
            return if domain.starts_with('.') && domain.len() > 1 && is_name(&domain[1..]) {
                Ok(Entry::Domain(domain.to_ascii_lowercase()))
            } else {
                Err(format!("'{text}' is no name; a glob looks like '*.example.org'"))
            };
        }
        if has_reference(text) {
            return Ok(Entry::Template(text.to_owned()));
        }
        if is_name(text) {
            Ok(Entry::Name(text.to_ascii_lowercase()))
        } else {
            Err(format!("'{text}' is no name, glob, '/regular expression/' or back reference"))
        }
    }

    /// True if the entry means this caller. An unauthenticated caller has no name and no extensions, so only
    /// [`Entry::Any`] means it.
    pub(super) fn fits(&self, peer: &Peer, captures: &[String]) -> bool {
        match self {
            Entry::Any => true,
            Entry::Name(wanted) => names(peer).any(|name| name.eq_ignore_ascii_case(wanted)),
            Entry::Domain(domain) => names(peer).any(|name| {
                let split = name.len().wrapping_sub(domain.len());
                split > 0 && name.get(split..).is_some_and(|end| end.eq_ignore_ascii_case(domain))
            }),
            Entry::Regex(regex) => names(peer).any(|name| regex.is_match(name)),
            Entry::Template(template) => {
                let wanted = fill(template, captures);
                !wanted.is_empty() && names(peer).any(|name| name.eq_ignore_ascii_case(&wanted))
            }
            Entry::Extensions(wanted) => wanted.iter().all(|(oid, values)| {
                peer.extension(oid).is_some_and(|value| values.iter().any(|wanted| wanted == value))
            }),
            Entry::All(entries) => entries.iter().all(|entry| entry.fits(peer, captures)),
        }
    }
}

/// The names a caller may be known by: its certname and the DNS names of its certificate.
fn names(peer: &Peer) -> impl Iterator<Item = &str> {
    let certname = peer.certname();
    let others =
        certname.and_then(|_| peer.certificate()).map(|certificate| certificate.dns_names.as_slice());
    certname.into_iter().chain(others.unwrap_or_default().iter().map(String::as_str))
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'@'))
}

fn has_reference(text: &str) -> bool {
    text.as_bytes().windows(2).any(|pair| matches!(pair, [b'$', digit] if digit.is_ascii_digit()))
}

/// Replaces `$1`…`$9` by the groups; a group that the path has not leaves nothing.
fn fill(template: &str, captures: &[String]) -> String {
    let mut text = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('$') {
        text.push_str(before);
        match after.chars().next().and_then(|digit| digit.to_digit(10)) {
            Some(group) => {
                let capture = (group as usize).checked_sub(1).and_then(|index| captures.get(index));
                text.push_str(capture.map(String::as_str).unwrap_or_default());
                rest = after.get(1..).unwrap_or_default();
            }
            None => {
                text.push('$');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    text
}
