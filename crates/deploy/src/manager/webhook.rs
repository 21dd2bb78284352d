//! What git hosts say when somebody has pushed: which branches changed, and which are gone.

use hmac::{Hmac, KeyInit as _, Mac as _};
use rest::{HeaderName, Request};
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

/// Branches in one message; hosts send a few.
const BRANCHES_MAX: usize = 100;
const BRANCH_BYTES_MAX: usize = 1024;

/// Who says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "their names")]
pub enum Host {
    Github,
    Gitlab,
    BitbucketServer,
    Bitbucket,
    Azure,
}

impl Host {
    /// By the parameter `type`. Gitea and Forgejo speak as GitHub does.
    pub fn parse(name: &str) -> Option<Host> {
        Some(match name {
            "github" | "gitea" | "forgejo" => Host::Github,
            "gitlab" => Host::Gitlab,
            "bitbucket-server" | "stash" => Host::BitbucketServer,
            "bitbucket" => Host::Bitbucket,
            "tfs-git" => Host::Azure,
            _ => return None,
        })
    }
}

/// A branch that somebody pushed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The branch.
    pub branch: String,
    /// It is not there any more.
    pub is_gone: bool,
}

/// The branches of a message. What concerns no branch (tags, a test of the host's) has none.
///
/// # Errors
/// It is no message of that host.
pub fn changes(host: Host, body: &[u8]) -> Result<Vec<Change>, String> {
    let document = json(body)?;
    if !document.is_object() {
        return Err("the body is no JSON object".to_owned());
    }
    let text = |value: &Json| value.as_str().map(str::to_owned);
    // Zeros only: how git says that something is not there.
    let is_zero =
        |value: &Json| value.as_str().is_some_and(|id| !id.is_empty() && id.bytes().all(|b| b == b'0'));
    let list = |value: &Json| value.as_array().cloned().unwrap_or_default();
    let mut changes = Vec::new();
    let mut add = |name: Option<String>, is_gone: bool| {
        let branch = name.as_deref().map(|name| name.strip_prefix("refs/heads/").unwrap_or(name));
        let is_branch =
            |name: &&str| !name.is_empty() && !name.starts_with("refs/") && name.len() <= BRANCH_BYTES_MAX;
        if let Some(branch) = branch.filter(is_branch) {
            changes.push(Change { branch: branch.to_owned(), is_gone });
        }
    };
    match host {
        Host::Github => {
            // Only a push has a reference of this form; `create` and `delete` follow it.
            let name = text(&document["ref"]).filter(|name| name.starts_with("refs/heads/"));
            add(name, document["deleted"] == true || is_zero(&document["after"]));
        }
        Host::Gitlab => {
            let name = text(&document["ref"]).filter(|name| name.starts_with("refs/heads/"));
            add(name, is_zero(&document["after"]));
        }
        Host::BitbucketServer => {
            for change in list(&document["changes"]).iter().chain(&list(&document["refChanges"])) {
                let reference = &change["ref"];
                if reference["type"].as_str().is_some_and(|kind| kind != "BRANCH") {
                    continue;
                }
                let name = text(&reference["displayId"]).or_else(|| text(&change["refId"]));
                let is_tag = text(&change["refId"]).is_some_and(|id| id.starts_with("refs/tags/"));
                add(name.filter(|_| !is_tag), change["type"] == "DELETE");
            }
        }
        Host::Bitbucket => {
            for change in list(&document["push"]["changes"]) {
                let (new, old) = (&change["new"], &change["old"]);
                let (reference, is_gone) = if new.is_null() { (old, true) } else { (new, false) };
                if reference["type"].as_str().is_none_or(|kind| kind == "branch") {
                    add(text(&reference["name"]), is_gone);
                }
            }
        }
        Host::Azure => {
            for update in list(&document["resource"]["refUpdates"]) {
                let name = text(&update["name"]).filter(|name| name.starts_with("refs/heads/"));
                add(name, is_zero(&update["newObjectId"]));
            }
        }
    }
    if changes.len() > BRANCHES_MAX {
        return Err(format!("it speaks of more than {BRANCHES_MAX} branches"));
    }
    Ok(changes)
}

/// JSON, or a form whose field `payload` is JSON, as GitHub sends it if it is told to.
fn json(body: &[u8]) -> Result<Json, String> {
    let error = match serde_json::from_slice(body) {
        Ok(document) => return Ok(document),
        Err(error) => error.to_string(),
    };
    let form = std::str::from_utf8(body).ok().filter(|text| text.starts_with("payload="));
    let params = form.and_then(|form| rest::Params::parse(form).ok());
    let payload = params.as_ref().and_then(|params| params.text("payload"));
    payload
        .and_then(|payload| serde_json::from_str(payload).ok())
        .ok_or_else(|| format!("the body is no JSON: {error}"))
}

/// Whether a message shows that its sender knows the secret: by a signature of the body, or by the secret itself.
pub fn is_signed(request: &Request, body: &[u8], secret: &[u8]) -> bool {
    let header = |name: &'static str| request.header(HeaderName::from_static(name));
    let signature = header("x-hub-signature-256")
        .or_else(|| header("x-hub-signature"))
        .and_then(|value| value.strip_prefix("sha256="))
        .or_else(|| header("x-gitea-signature"))
        .and_then(|text| hex::decode(text).ok());
    if let Some(signature) = signature {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return false };
        mac.update(body);
        return mac.verify_slice(&signature).is_ok();
    }
    header("x-gitlab-token").is_some_and(|token| is_same(token.as_bytes(), secret))
}

/// Whether a request claims to know a secret, so that its body must be read.
pub fn claims_signature(request: &Request) -> bool {
    ["x-hub-signature-256", "x-hub-signature", "x-gitea-signature", "x-gitlab-token"]
        .into_iter()
        .any(|name| request.headers.contains_key(name))
}

/// Compares secrets in a time that says nothing about them.
pub(super) fn is_same(one: &[u8], other: &[u8]) -> bool {
    let (one, other) = (Sha256::digest(one), Sha256::digest(other));
    one.iter().zip(other.iter()).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use rest::{HeaderValue, Method};

    use super::*;

    fn told(host: &str, body: &str) -> Vec<(String, bool)> {
        let changes = changes(Host::parse(host).unwrap(), body.as_bytes()).unwrap();
        changes.into_iter().map(|change| (change.branch, change.is_gone)).collect()
    }

    #[test]
    fn each_host_says_it_in_its_own_way() {
        let zero = "0".repeat(40);
        let push = |name: &str| vec![(name.to_owned(), false)];
        let gone = |name: &str| vec![(name.to_owned(), true)];
        assert_eq!(told("github", r#"{"ref":"refs/heads/a/b","deleted":false}"#), push("a/b"));
        assert_eq!(told("github", r#"{"ref":"refs/heads/x","deleted":true}"#), gone("x"));
        assert_eq!(told("github", r#"{"zen":"Speak like a human."}"#), []);
        assert_eq!(told("github", r#"{"ref":"refs/tags/v1"}"#), []);
        assert_eq!(told("github", "payload=%7B%22ref%22%3A%22refs%2Fheads%2Fx%22%7D"), push("x"));
        assert_eq!(told("gitea", r#"{"ref":"refs/heads/x","after":"1"}"#), push("x"));
        assert_eq!(told("gitlab", r#"{"object_kind":"push","ref":"refs/heads/x","after":"ab"}"#), push("x"));
        let body = format!(r#"{{"object_kind":"push","ref":"refs/heads/x","after":"{zero}"}}"#);
        assert_eq!(told("gitlab", &body), gone("x"));
        let body = r#"{"changes":[{"ref":{"id":"refs/heads/x","displayId":"x","type":"BRANCH"},"type":"UPDATE"},
            {"ref":{"displayId":"y","type":"BRANCH"},"type":"DELETE"},{"ref":{"displayId":"t","type":"TAG"},"type":"ADD"}]}"#;
        assert_eq!(told("bitbucket-server", body), [push("x"), gone("y")].concat());
        let body =
            r#"{"refChanges":[{"refId":"refs/heads/x","type":"ADD"},{"refId":"refs/tags/t","type":"ADD"}]}"#;
        assert_eq!(told("stash", body), push("x"));
        let body = r#"{"push":{"changes":[{"new":{"type":"branch","name":"x"},"old":null},
            {"new":null,"old":{"type":"branch","name":"y"}},{"new":{"type":"tag","name":"t"}}]}}"#;
        assert_eq!(told("bitbucket", body), [push("x"), gone("y")].concat());
        let body = format!(
            r#"{{"resource":{{"refUpdates":[{{"name":"refs/heads/x","newObjectId":"a1"}},
            {{"name":"refs/heads/y","newObjectId":"{zero}"}}]}}}}"#
        );
        assert_eq!(told("tfs-git", &body), [push("x"), gone("y")].concat());
        assert_eq!(Host::parse("svn"), None);
        for host in [Host::Github, Host::Gitlab, Host::BitbucketServer, Host::Bitbucket, Host::Azure] {
            assert!(changes(host, b"[]").is_err() && changes(host, b"").is_err());
            assert_eq!(
                changes(host, br#"{"ref":7,"changes":3,"push":[],"resource":{"refUpdates":{}}}"#),
                Ok(vec![])
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn any_body_is_read_or_refused(host in 0usize..5, name in "[a-z/\\x00-\\x7f]{0,20}", bytes: Vec<u8>) {
            let hosts = [Host::Github, Host::Gitlab, Host::BitbucketServer, Host::Bitbucket, Host::Azure];
            let _ = changes(hosts[host], &bytes);
            let text = serde_json::json!({"ref": name, "after": name, "changes": [{"ref": {"displayId": name}}], "refChanges": name,
                "push": {"changes": [{"new": {"name": name}}, name]}, "resource": {"refUpdates": [{"name": name}, 7]}});
            let found = changes(hosts[host], text.to_string().as_bytes()).unwrap();
            proptest::prop_assert!(found.iter().all(|change| !change.branch.is_empty() && !change.branch.starts_with("refs/")));
        }
    }

    #[test]
    fn a_signature_is_of_the_body() {
        let (body, secret) = (b"Hello, World!", b"It's a Secret to Everybody");
        // The example in GitHub's documentation.
        let good = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        let request = |name: &'static str, value: &str| {
            let value = HeaderValue::from_str(value).unwrap();
            Request::new(Method::POST, "/").unwrap().with_header(HeaderName::from_static(name), value)
        };
        assert!(is_signed(&request("x-hub-signature-256", good), body, secret));
        assert!(!is_signed(&request("x-hub-signature-256", good), b"Hello, World?", secret));
        assert!(!is_signed(&request("x-hub-signature-256", good), body, b"another"));
        assert!(!is_signed(&request("x-hub-signature-256", "sha256="), body, secret));
        assert!(is_signed(&request("x-gitea-signature", &good[7..]), body, secret));
        assert!(is_signed(&request("x-gitlab-token", "It's a Secret to Everybody"), body, secret));
        assert!(!is_signed(&request("x-gitlab-token", "It's a Secret"), body, secret));
        let nothing = Request::new(Method::POST, "/").unwrap();
        assert!(!is_signed(&nothing, body, secret) && !claims_signature(&nothing));
    }
}
