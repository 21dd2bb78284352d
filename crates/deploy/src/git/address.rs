//! Addresses of repositories, taken apart: what may be shown, and what only git's helper may see.
//!
//! A password in an address would stand in the arguments of git and of what git runs, in the copy's configuration and in what git
//! complains of. So git is given the address without it, and the helper the rest.

use percent_encoding::percent_decode_str;

use crate::error::{DeployError, Result};
use crate::process::without_passwords;
use crate::settings::Secret;

/// An address in its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// Without what is secret: for HTTP without user and password, else without the password.
    pub(super) clean: String,
    /// Of HTTP; may be a token.
    pub(super) user: Option<Secret>,
    /// Of HTTP. An empty one is one.
    pub(super) password: Option<Secret>,
}

impl Address {
    /// # Errors
    /// It is an address of HTTP whose host could be taken for another one by somebody; user or password are not text that could be
    /// handed to git.
    pub(super) fn of(remote: &str) -> Result<Address> {
        if is_http(remote) && !has_one_host(remote) {
            return Err(DeployError::failed(format!(
                "'{}' is no address of a repository: after the scheme and at most user and password must come a host",
                without_passwords(remote)
            )));
        }
        let plain = || Address { clean: remote.to_owned(), user: None, password: None };
        let Some((scheme, user, place)) = split(remote) else { return Ok(plain()) };
        let (user, password) = match user.split_once(':') {
            Some((user, password)) => (user, Some(password)),
            None => (user, None),
        };
        if !is_http(remote) {
            // Nobody but HTTP has passwords in addresses; others would take it for a part of the user.
            let clean = password.map_or_else(|| remote.to_owned(), |_| format!("{scheme}://{user}@{place}"));
            return Ok(Address { clean, ..plain() });
        }
        let decoded = |text: &str| {
            let decoded = percent_decode_str(text).decode_utf8().ok();
            let decoded = decoded.filter(|text| !text.chars().any(char::is_control));
            decoded.map(Secret::new).ok_or_else(|| {
                DeployError::failed(format!(
                    "user or password in '{}' cannot be used: they must be text without control characters",
                    without_passwords(remote)
                ))
            })
        };
        Ok(Address {
            clean: format!("{scheme}://{place}"),
            user: Some(user).filter(|user| !user.is_empty()).map(decoded).transpose()?,
            password: password.map(decoded).transpose()?,
        })
    }
}

/// The address without what is secret in it. Two addresses of one repository are the same then, whoever asks.
pub(crate) fn clean(remote: &str) -> String {
    match split(remote) {
        None => remote.to_owned(),
        Some((scheme, _, place)) if is_http(remote) => format!("{scheme}://{place}"),
        Some((scheme, user, place)) => {
            format!("{scheme}://{}@{place}", user.split(':').next().unwrap_or_default())
        }
    }
}

pub(super) fn is_http(remote: &str) -> bool {
    let begins =
        |scheme: &str| remote.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    begins("http://") || begins("https://")
}

/// Whether the host of an address of HTTP is the same for everybody who reads it: some end it at `?`, `#` or `\`, and some do not. Tokens
/// are given by the host, so there must be no two opinions.
fn has_one_host(remote: &str) -> bool {
    let authority =
        remote.split_once("://").map_or("", |(_, rest)| rest.split('/').next().unwrap_or_default());
    let host = authority.rsplit('@').next().unwrap_or_default();
    let is_of = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
    let is_odd = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '?' | '#' | '\\');
    !host.is_empty() && host.bytes().all(is_of) && !authority.contains(is_odd)
}

/// Scheme, user with password, and the rest of an address that has a user.
fn split(remote: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = remote.split_once("://")?;
    let end = rest.find('/').unwrap_or(rest.len());
    let at = rest.get(..end)?.rfind('@')?;
    Some((scheme, rest.get(..at)?, rest.get(at + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_has_two_hosts() {
        for odd in [
            "https://evil.example#@github.com/acme/x",
            "https://evil.example?@github.com/acme/x",
            "https://evil.example\\@github.com/acme/x",
            "https://me:p#@github.com/acme/x",
            "https://github.com#/acme/x",
            "https://github.com\n/acme/x",
            "https:///acme/x",
            "HTTPS://me@/acme/x",
            "http://a b/x",
        ] {
            let error = Address::of(odd).unwrap_err();
            assert!(error.msg.contains("is no address of a repository"), "{odd}: {error}");
        }
        assert!(Address::of("https://[::1]:8443/acme/x?y#z").is_ok());
    }

    #[test]
    fn parts_of_addresses() {
        for (remote, shown, user, password) in [
            ("https://h/r", "https://h/r", None, None),
            ("https://me:p%40s%2Fs@h:1/r", "https://h:1/r", Some("me"), Some("p@s/s")),
            ("HTTP://token@h/r@x", "HTTP://h/r@x", Some("token"), None),
            ("https://:p@h", "https://h", None, Some("p")),
            ("https://me:@h/r", "https://h/r", Some("me"), Some("")),
            ("https://a@b:p@h/r", "https://h/r", Some("a@b"), Some("p")),
            ("ssh://git@h/r", "ssh://git@h/r", None, None),
            ("ssh://git:p@h/r", "ssh://git@h/r", None, None),
            ("git@h:r", "git@h:r", None, None),
            ("file:///srv/a@b", "file:///srv/a@b", None, None),
        ] {
            let found = Address::of(remote).unwrap();
            assert_eq!(found.clean, shown, "{remote}");
            assert_eq!(clean(remote), shown, "{remote}");
            assert_eq!(found.user.as_ref().map(Secret::show), user, "{remote}");
            assert_eq!(found.password.as_ref().map(Secret::show), password, "{remote}");
        }
        let error = Address::of("https://me:a%0Ab@h/r").unwrap_err();
        assert!(error.msg.starts_with("user or password in 'https://***@h/r' cannot be used"), "{error}");
    }
}
