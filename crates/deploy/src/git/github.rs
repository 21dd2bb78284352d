//! Tokens of GitHub applications: the application proves itself with a signed statement, and gets a token for an hour that opens
//! the repositories of one installation.
//!
//! As r10k does it (`github_app_id`, `github_app_key`, `github_app_ttl`), with two differences: of several installations that of the
//! repository's owner is taken, and a token is used until shortly before it ends.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value as Json, json};

use crate::cancel::Cancel;
use crate::error::{DeployError, Kind, Result};
use crate::http::Http;
use crate::settings::{GithubApp, Secret};

const KEY_BYTES_MAX: u64 = 64 << 10;
/// Clocks differ; r10k's statements begin so long ago, too.
const CLOCK: u64 = 60;
/// How long before its end a token is given up.
const MARGIN: Duration = Duration::from_secs(300);
/// How long a host may take for a token in all.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often somebody looks whether a token that another one asks for is there.
const ASKED: Duration = Duration::from_millis(20);

/// Who may act as which application.
pub(super) struct Github {
    http: Http,
    tokens: Mutex<HashMap<(GithubApp, String), Place>>,
}

/// A token, when there is one; locked by whoever asks for it.
type Place = Arc<Mutex<Option<Token>>>;

/// A token, and until when it is used.
type Token = (Secret, Instant);

impl Github {
    pub(super) fn new(http: Http) -> Github {
        Github { http, tokens: Mutex::default() }
    }

    /// A token for a repository.
    pub(super) fn token(&self, app: &GithubApp, remote: &str, cancel: &Cancel) -> Result<Secret> {
        let (api, owner) = api_and_owner(remote);
        let api = match &app.api {
            Some(api) => api.clone(),
            None if api.starts_with("https://") => api,
            None => {
                let text = format!("{remote} must begin with https:// for the GitHub application {}", app.id);
                return Err(DeployError::new(Kind::Configuration, text));
            }
        };
        let known = (app.clone(), format!("{api} {owner}"));
        let place = {
            let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
            tokens.entry(known).or_default().clone()
        };
        // Several modules need the same one, and ask for it once; nobody waits for one of another host or owner.
        let mut token = loop {
            match place.try_lock() {
                Ok(token) => break token,
                Err(TryLockError::Poisoned(token)) => break token.into_inner(),
                Err(TryLockError::WouldBlock) => {
                    cancel.check()?;
                    std::thread::sleep(ASKED);
                }
            }
        };
        if let Some((token, until)) = &*token
            && Instant::now() < *until
        {
            return Ok(token.clone());
        }
        let cancel = cancel.within(PATIENCE);
        let asked = self.ask(app, api.trim_end_matches('/'), &owner, &cancel).map_err(|error| {
            let msg = format!("no token for the GitHub application {}: {}", app.id, error.msg);
            DeployError { msg, ..error }
        })?;
        Ok(token.insert(asked).0.clone())
    }

    fn ask(&self, app: &GithubApp, api: &str, owner: &str, cancel: &Cancel) -> Result<Token> {
        let statement = Secret::new(format!("Bearer {}", statement(app)?));
        let wrong = |url: &str| DeployError::failed(format!("the answer of {url} is not understood"));
        let url = format!("{api}/app/installations?per_page=100");
        let found = self.http.get(&url, Some(&statement), cancel)?;
        let found = found.ok_or_else(|| DeployError::failed(format!("{url} does not exist")))?;
        let found: Vec<Json> = serde_json::from_slice(&found).map_err(|_| wrong(&url))?;
        let is_owners = |installation: &&Json| {
            let login = installation.pointer("/account/login").and_then(Json::as_str);
            login.is_some_and(|login| login.eq_ignore_ascii_case(owner))
        };
        let installation = found.iter().find(is_owners).or_else(|| found.first()).ok_or_else(|| {
            DeployError::failed("the application is installed nowhere; install it for the repository's owner")
        })?;
        let url = installation.get("access_tokens_url").and_then(Json::as_str).ok_or_else(|| wrong(&url))?;
        // The statement is for this interface and nobody else.
        if !url.starts_with(&format!("{api}/")) {
            return Err(DeployError::failed(format!("{api} sends us to {url} for a token")));
        }
        let answer = self.http.post(url, Some(&statement), cancel)?;
        let answer = answer.ok_or_else(|| DeployError::failed(format!("{url} does not exist")))?;
        let answer: Json = serde_json::from_slice(&answer).map_err(|_| wrong(url))?;
        let token = answer.get("token").and_then(Json::as_str).filter(|token| is_token(token));
        let token = Secret::new(token.ok_or_else(|| wrong(url))?);
        let ends = answer.get("expires_at").and_then(Json::as_str);
        let ends = ends.and_then(|ends| ends.parse::<jiff::Timestamp>().ok()).map(SystemTime::from);
        let left = ends.and_then(|ends| ends.duration_since(SystemTime::now()).ok()).unwrap_or_default();
        Ok((token, Instant::now() + left.saturating_sub(MARGIN).min(Duration::from_secs(3600))))
    }
}

/// What tokens consist of.
fn is_token(text: &str) -> bool {
    let is_of = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    !text.is_empty() && text.bytes().all(is_of)
}

/// The statement of an application, signed with its key (JWT, RS256).
fn statement(app: &GithubApp) -> Result<String> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let part = |document: Json| URL_SAFE_NO_PAD.encode(document.to_string());
    let head = part(json!({"alg": "RS256", "typ": "JWT"}));
    let body = part(
        json!({"iat": now.saturating_sub(CLOCK), "exp": now.saturating_add(app.ttl.as_secs()), "iss": app.id}),
    );
    let signed = format!("{head}.{body}");
    let signature = key(&app.key)?.sign(signed.as_bytes()).map_err(|error| failed(&app.key, &error))?;
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

fn key(path: &Path) -> Result<pki::KeyPair> {
    let bytes = stdx::fs::read_limited(path, KEY_BYTES_MAX).map_err(|error| failed(path, &error))?;
    let bytes = bytes.ok_or_else(|| failed(path, &"the file does not exist"))?;
    let key = pki::KeyPair::from_pem(&bytes).map_err(|error| failed(path, &error))?;
    match key.is_rsa() {
        true => Ok(key),
        false => Err(failed(path, &"it is no RSA key")),
    }
}

fn failed(path: &Path, reason: &dyn std::fmt::Display) -> DeployError {
    let text = format!("the key of the GitHub application in {} cannot be used: {reason}", path.display());
    DeployError::new(Kind::Configuration, text)
}

/// Where the interface of a repository's host is, and who owns the repository.
fn api_and_owner(remote: &str) -> (String, String) {
    let (scheme, rest) = remote.split_once("://").unwrap_or(("https", remote));
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let owner = path.trim_start_matches('/').split('/').next().unwrap_or_default().to_owned();
    match host.eq_ignore_ascii_case("github.com") || host.eq_ignore_ascii_case("www.github.com") {
        true => ("https://api.github.com".to_owned(), owner),
        false => (format!("{}://{host}/api/v3", scheme.to_ascii_lowercase()), owner),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_says_who_and_how_long_and_is_signed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        let pair = pki::KeyPair::generate(pki::KeyKind::Rsa2048).unwrap();
        std::fs::write(&path, pair.to_pem().unwrap()).unwrap();
        let app =
            GithubApp { id: "4711".into(), key: path.clone(), ttl: Duration::from_secs(120), api: None };
        let statement = statement(&app).unwrap();
        let parts: Vec<&str> = statement.split('.').collect();
        let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
        let head: Json = serde_json::from_slice(&decoded(parts[0])).unwrap();
        assert_eq!(head, json!({"alg": "RS256", "typ": "JWT"}));
        let body: Json = serde_json::from_slice(&decoded(parts[1])).unwrap();
        let time = |key: &str| body[key].as_u64().unwrap();
        assert_eq!((body["iss"].as_str(), time("exp") - time("iat")), (Some("4711"), 180));
        // This kind of signature is the same each time.
        let signed = format!("{}.{}", parts[0], parts[1]);
        assert_eq!(decoded(parts[2]), pair.sign(signed.as_bytes()).unwrap());
        let other = pki::KeyPair::generate(pki::KeyKind::EcP256).unwrap();
        std::fs::write(&path, other.to_pem().unwrap()).unwrap();
        let error = super::statement(&app).unwrap_err();
        assert!(error.msg.ends_with("it is no RSA key"), "{error}");
    }

    #[test]
    fn a_host_that_does_not_answer_stops_neither_others_nor_the_end_of_a_deploy() {
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("key.pem");
        let pair = pki::KeyPair::generate(pki::KeyKind::Rsa2048).unwrap();
        std::fs::write(&key, pair.to_pem().unwrap()).unwrap();
        let app =
            |api: String| GithubApp { id: "1".into(), key: key.clone(), ttl: GithubApp::TTL, api: Some(api) };
        let slow = app(format!("http://{}", silent.local_addr().unwrap()));
        let github = Github::new(Http::new(Duration::from_secs(300), None, None));
        let end = Cancel::never();
        std::thread::scope(|scope| {
            let asking = || github.token(&slow, "https://h/a/r", &end).unwrap_err();
            let two = [scope.spawn(asking), scope.spawn(asking)];
            // The host has been asked and says nothing: one of the two waits for it, the other one for the first.
            let _asked = silent.accept().unwrap();
            let gone = app("http://127.0.0.1:1".into());
            let error =
                github.token(&gone, "https://h/a/r", &Cancel::never().within(Duration::ZERO)).unwrap_err();
            assert!(!two.iter().any(std::thread::ScopedJoinHandle::is_finished), "{error}");
            end.cancel();
            for asking in two {
                assert!(asking.join().unwrap().msg.ends_with("the deploy was called off"));
            }
        });
        let plain = GithubApp { api: None, ..slow };
        let error = github.token(&plain, "http://h/a/r", &Cancel::never()).unwrap_err();
        assert!(error.msg.starts_with("http://h/a/r must begin with https://"), "{error}");
    }

    #[test]
    fn the_interface_of_a_host() {
        for (remote, api, owner) in [
            ("https://github.com/acme/control.git", "https://api.github.com", "acme"),
            ("https://git.example.com:8443/acme/r", "https://git.example.com:8443/api/v3", "acme"),
            ("https://h", "https://h/api/v3", ""),
        ] {
            assert_eq!(api_and_owner(remote), (api.to_owned(), owner.to_owned()));
        }
    }
}
