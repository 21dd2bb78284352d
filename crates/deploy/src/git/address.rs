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
    /// User or password are not text that could be handed to git.
    pub(super) fn of(remote: &str) -> Result<Address> {
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

/// Scheme, user with password, and the rest of an address that has a user.
fn split(remote: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = remote.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let at = rest.get(..end)?.rfind('@')?;
    Some((scheme, rest.get(..at)?, rest.get(at + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

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
