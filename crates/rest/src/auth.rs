//! Who may send which request: the rules of Puppet Server's `auth.conf`.
//!
//! Rules are tried in the order of `sort-order`, then `name`; the first whose path, method and query parameters match
//! the request decides, and without a match the answer is no. `deny` goes before `allow` inside a rule. Everything
//! but `allow-unauthenticated` needs a caller with a verified certificate, `allow: "*"` too.
//!
//! The rules see the canonical path ([`crate::path`]), the same that the router and the handlers see.

mod config;
mod defaults;
mod entry;

use std::fmt;

use http::{Method, StatusCode};
use regex::Regex;

pub use config::AuthConfigError;
use entry::Entry;

use crate::{Compilers, Problem, Request};

/// All rules, in order of evaluation.
#[derive(Debug)]
pub struct Rules {
    rules: Vec<Rule>,
    /// Take the caller's identity from the headers of a proxy instead of from TLS (`allow-header-cert-info`). Anyone
    /// who reaches the listener directly can then be anyone; only for listeners behind a proxy.
    pub allow_header_cert_info: bool,
    /// Peers that may say, beside their own identity, on whose behalf they ask.
    pub compilers: Compilers,
}

#[derive(Debug)]
struct Rule {
    name: String,
    sort_order: u16,
    path: Pattern,
    /// Empty: any.
    methods: Vec<Method>,
    /// Each key must have one of its values in the query.
    query: Vec<(String, Vec<String>)>,
    deny: Vec<Entry>,
    allow: Vec<Entry>,
    allow_unauthenticated: bool,
}

#[derive(Debug)]
enum Pattern {
    Prefix(String),
    Regex(Regex),
}

/// What the rules say to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict<'a> {
    /// Go on.
    Allowed,
    /// No. The name of the rule, if one matched.
    Denied(Option<&'a str>),
}

impl Rules {
    fn sorted(mut rules: Vec<Rule>, allow_header_cert_info: bool) -> Rules {
        rules.sort_by(|a, b| (a.sort_order, &a.name).cmp(&(b.sort_order, &b.name)));
        Rules { rules, allow_header_cert_info, compilers: Compilers::default() }
    }

    /// What the rules say to a request, judged by its peer.
    pub fn verdict(&self, request: &Request) -> Verdict<'_> {
        for rule in &self.rules {
            let Some(captures) = rule.matches(request) else { continue };
            return if rule.permits(request, &captures) {
                Verdict::Allowed
            } else {
                Verdict::Denied(Some(&rule.name))
            };
        }
        Verdict::Denied(None)
    }

    /// Nothing if the request may go on; otherwise the answer, with the reason in the log.
    pub fn check(&self, request: &Request) -> Result<(), Problem> {
        let Verdict::Denied(rule) = self.verdict(request) else { return Ok(()) };
        let path = Printable(request.canonical_path());
        let method = request.method.as_str().to_ascii_lowercase();
        let caller = Caller(request);
        let authenticated = request.peer.is_authenticated();
        let reason = match rule {
            Some(name) => format!("denied by rule '{name}'"),
            None => "global deny all - no rules matched".to_owned(),
        };
        tracing::error!(
            request = %request.id,
            "Forbidden request: {caller} access to {path} (method :{method}) (authenticated: {authenticated}) {reason}."
        );
        Err(Problem::plain(
            StatusCode::FORBIDDEN,
            format!("Forbidden request: {path} (method :{method}). Please see the server logs for details."),
        ))
    }
}

impl Rule {
    /// The captured groups of the path if the rule is about this request.
    fn matches(&self, request: &Request) -> Option<Vec<String>> {
        if !self.methods.is_empty() && !self.methods.contains(&request.method) {
            return None;
        }
        let captures = match &self.path {
            Pattern::Prefix(prefix) => {
                request.canonical_path().starts_with(prefix.as_str()).then(Vec::new)?
            }
            Pattern::Regex(regex) => regex
                .captures(request.canonical_path())?
                .iter()
                .skip(1)
                .map(|group| group.map(|text| text.as_str().to_owned()).unwrap_or_default())
                .collect(),
        };
        if !self.query.is_empty() {
            // A query that cannot be read matches nothing; the handler will refuse it.
            let params = request.query_params().ok()?;
            let fits = |(key, values): &(String, Vec<String>)| {
                params.all(key).any(|value| values.iter().any(|wanted| wanted == value))
            };
            if !self.query.iter().all(fits) {
                return None;
            }
        }
        Some(captures)
    }

    fn permits(&self, request: &Request, captures: &[String]) -> bool {
        if self.deny.iter().any(|entry| entry.fits(&request.peer, captures)) {
            return false;
        }
        self.allow_unauthenticated
            || (request.peer.is_authenticated()
                && self.allow.iter().any(|entry| entry.fits(&request.peer, captures)))
    }
}

/// A path for a log line or a text answer: without control characters, which could forge lines.
pub(crate) struct Printable<'a>(pub(crate) &'a str);

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write;
        self.0.chars().try_for_each(|c| f.write_char(if c.is_control() { '\u{fffd}' } else { c }))
    }
}

/// `name(address)`, or what is known of it.
struct Caller<'a>(&'a Request);

impl fmt::Display for Caller<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = self.0.remote.map(|address| address.ip());
        match (self.0.peer.claimed_name(), address) {
            (Some(name), Some(address)) => write!(f, "{}({address})", Printable(name)),
            (Some(name), None) => write!(f, "{}", Printable(name)),
            (None, Some(address)) => write!(f, "{address}"),
            (None, None) => f.write_str("an unknown caller"),
        }
    }
}

#[cfg(test)]
mod tests;
