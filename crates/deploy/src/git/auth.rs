//! How a remote is reached: keys, tokens, proxies.
//!
//! Passwords and tokens stand in the environment of git and nowhere else, and git asks for one only when the remote wants it, so that no
//! other host sees it after a redirection.

use std::collections::HashSet;
use std::path::Path;
use std::sync::OnceLock;

use super::Mirror;
use super::address::is_http;
use super::github::Github;
use crate::cancel::Cancel;
use crate::error::{DeployError, Kind, Result};
use crate::settings::{GitSettings, Secret};

/// Longest token.
const TOKEN_BYTES_MAX: u64 = 64 << 10;
/// The helper that git asks for user and password; it reads them from the environment.
const HELPER: &str = "!f() { test \"$1\" = get && printf 'username=%s\\npassword=%s\\n' \"$BUNRAKU_GIT_USER\" \"$BUNRAKU_GIT_TOKEN\"; }; f";
/// User for tokens that come without one; hosts look at the token only.
const TOKEN_USER: &str = "x-oauth-basic";

/// User for tokens of GitHub's applications.
const APP_USER: &str = "x-access-token";

/// What a command needs for a remote.
#[derive(Default)]
pub(super) struct Access {
    pub(super) variables: Vec<(String, String)>,
    pub(super) configuration: Vec<(String, String)>,
}

impl Access {
    /// Says what git is answered when the remote asks who it is.
    fn answers(&mut self, remote: &str, user: &str, password: &str) {
        self.variables.push(("BUNRAKU_GIT_USER".to_owned(), user.to_owned()));
        self.variables.push(("BUNRAKU_GIT_TOKEN".to_owned(), password.to_owned()));
        // The first value takes away the helpers of others, which would be asked before ours.
        let key = format!("credential.{}.helper", host_of(remote));
        self.configuration.push((key.clone(), String::new()));
        self.configuration.push((key, HELPER.to_owned()));
    }
}

/// How a remote is reached. The token that is for all goes to `trusted` hosts, since a branch could name any other.
pub(super) fn access(
    settings: &GitSettings,
    proxy: Option<&Secret>,
    trusted: &HashSet<String>,
    github: &Github,
    mirror: &Mirror,
    cancel: &Cancel,
) -> Result<Access> {
    let remote = mirror.remote.as_str();
    let own = settings.repositories.iter().find(|repository| repository.remote == mirror.given.show());
    let mut access = Access::default();
    if !is_http(remote) {
        let key = own.and_then(|own| own.private_key.as_deref()).or(settings.private_key.as_deref());
        if let Some(command) = ssh_command(key) {
            access.variables.push(("GIT_SSH_COMMAND".to_owned(), command));
        }
        return Ok(access);
    }
    let proxy = own.and_then(|own| own.proxy.as_ref()).or(settings.proxy.as_ref()).or(proxy);
    if let Some(proxy) = proxy {
        for variable in ["HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"] {
            access.variables.push((variable.to_owned(), proxy.show().to_owned()));
        }
    }
    let user = || own.and_then(|own| own.username.as_deref()).or(settings.username.as_deref());
    let written = mirror.user.as_ref().map(Secret::show);
    if let Some(password) = &mirror.password {
        access.answers(remote, written.or_else(user).unwrap_or_default(), password.show());
        return Ok(access);
    }
    let is_trusted = remote.starts_with("https://") && trusted.contains(&host_of(remote));
    let token = own
        .and_then(|own| own.oauth_token.as_deref())
        .or_else(|| settings.oauth_token.as_deref().filter(|_| is_trusted));
    let app = own
        .and_then(|own| own.github_app.as_ref())
        .or_else(|| settings.github_app.as_ref().filter(|_| is_trusted));
    match (token, app, written) {
        (Some(file), _, _) => {
            access.answers(remote, user().or(written).unwrap_or(TOKEN_USER), &token_in(file)?);
        }
        (None, Some(app), _) => access.answers(remote, APP_USER, github.token(app, remote, cancel)?.show()),
        // The password is known to a helper of somebody.
        (None, None, Some(written)) => {
            access
                .configuration
                .push((format!("credential.{}.username", host_of(remote)), written.to_owned()));
        }
        (None, None, None) => {}
    }
    Ok(access)
}

/// `https://host:port` of an address.
pub(super) fn host_of(remote: &str) -> String {
    let Some((scheme, rest)) = remote.split_once("://") else { return remote.to_owned() };
    let authority = rest.split('/').next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}")
}

fn token_in(file: &Path) -> Result<String> {
    let failed = |reason: String| {
        DeployError::new(
            Kind::Configuration,
            format!("the token in {} cannot be used: {reason}", file.display()),
        )
    };
    let bytes = stdx::fs::read_limited(file, TOKEN_BYTES_MAX).map_err(|error| failed(error.to_string()))?;
    let bytes = bytes.ok_or_else(|| failed("the file does not exist".to_owned()))?;
    let token = String::from_utf8(bytes).map_err(|_| failed("it is not text".to_owned()))?;
    let token = token.trim();
    match token.is_empty() || token.chars().any(|c| c.is_control() || c.is_whitespace()) {
        true => Err(failed("it must be one word".to_owned())),
        false => Ok(token.to_owned()),
    }
}

/// ssh that never asks anybody, unless people have told git themselves how to call it.
fn ssh_command(key: Option<&Path>) -> Option<String> {
    match key {
        Some(key) => {
            Some(format!("ssh -o BatchMode=yes -o IdentitiesOnly=yes -i {}", quoted(&key.to_string_lossy())))
        }
        None if is_configured() => None,
        None => Some("ssh -o BatchMode=yes".to_owned()),
    }
}

fn is_configured() -> bool {
    static CONFIGURED: OnceLock<bool> = OnceLock::new();
    *CONFIGURED.get_or_init(|| {
        ["GIT_SSH_COMMAND", "GIT_SSH"].iter().any(|name| std::env::var_os(name).is_some())
            || std::process::Command::new("git")
                .args(["config", "--get", "core.sshCommand"])
                .current_dir("/")
                .stdin(std::process::Stdio::null())
                .output()
                .is_ok_and(|output| !output.stdout.is_empty())
    })
}

/// A word of the shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::RepositorySettings;

    fn github() -> Github {
        Github::new(crate::http::Http::new(std::time::Duration::from_secs(1), None, None))
    }

    fn mirror(remote: &str) -> Mirror {
        let git = super::super::Git::new(
            GitSettings::default(),
            None,
            &[],
            "/nonexistent".into(),
            std::time::Duration::from_secs(1),
        );
        git.mirror(remote).unwrap()
    }

    #[test]
    fn keys_are_words_of_the_shell() {
        let key = Path::new("/keys/it's; touch x");
        assert_eq!(
            ssh_command(Some(key)).unwrap(),
            r"ssh -o BatchMode=yes -o IdentitiesOnly=yes -i '/keys/it'\''s; touch x'"
        );
    }

    #[test]
    fn a_token_goes_to_its_host_by_the_environment() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        std::fs::write(&file, "s3cret\n").unwrap();
        let own = RepositorySettings {
            remote: "https://h:1/r.git".to_owned(),
            oauth_token: Some(file.clone()),
            ..RepositorySettings::default()
        };
        let settings = GitSettings { repositories: vec![own], ..GitSettings::default() };
        let access = access(
            &settings,
            None,
            &HashSet::new(),
            &github(),
            &mirror("https://h:1/r.git"),
            &Cancel::never(),
        )
        .unwrap();
        assert!(access.variables.contains(&("BUNRAKU_GIT_TOKEN".to_owned(), "s3cret".to_owned())));
        assert_eq!(access.configuration[1].0, "credential.https://h:1.helper");
        assert!(
            super::access(
                &settings,
                None,
                &HashSet::new(),
                &github(),
                &mirror("https://other/r.git"),
                &Cancel::never()
            )
            .unwrap()
            .variables
            .is_empty()
        );
        let trusted = HashSet::from(["https://h:1".to_owned(), "http://h".to_owned()]);
        let all = GitSettings { oauth_token: Some(file.clone()), ..GitSettings::default() };
        for (remote, count) in
            [("https://h:1/x", 2), ("https://h/x", 0), ("https://evil/x", 0), ("http://h/x", 0)]
        {
            let access =
                super::access(&all, None, &trusted, &github(), &mirror(remote), &Cancel::never()).unwrap();
            assert_eq!(access.variables.len(), count, "{remote}");
        }
        std::fs::write(&file, "two words\n").unwrap();
        let error = super::access(
            &settings,
            None,
            &HashSet::new(),
            &github(),
            &mirror("https://h:1/r.git"),
            &Cancel::never(),
        )
        .err()
        .unwrap();
        assert!(error.msg.ends_with("it must be one word"), "{error}");
    }

    #[test]
    fn what_stands_in_an_address_comes_before_what_is_for_all() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        std::fs::write(&file, "s3cret\n").unwrap();
        let trusted = HashSet::from(["https://h".to_owned()]);
        let all = GitSettings { oauth_token: Some(file), ..GitSettings::default() };
        let found = |settings: &GitSettings, remote: &str| {
            let access =
                access(settings, None, &trusted, &github(), &mirror(remote), &Cancel::never()).unwrap();
            let values: Vec<String> = access.variables.into_iter().map(|(_, value)| value).collect();
            (values.join(" "), access.configuration.first().cloned().unwrap_or_default())
        };
        let helper = ("credential.https://h.helper".to_owned(), String::new());
        assert_eq!(found(&all, "https://me:own@h/r"), ("me own".to_owned(), helper.clone()));
        assert_eq!(found(&all, "https://me@h/r"), ("me s3cret".to_owned(), helper.clone()));
        let named = GitSettings { username: Some("us".to_owned()), ..all };
        assert_eq!(found(&named, "https://me@h/r"), ("us s3cret".to_owned(), helper));
        let user = ("credential.https://h.username".to_owned(), "me".to_owned());
        assert_eq!(found(&GitSettings::default(), "https://me@h/r"), (String::new(), user));
    }
}
