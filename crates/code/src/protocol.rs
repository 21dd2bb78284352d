//! What travels between the primary, compilers and tools, as JSON.
//!
//! The shapes are those of Puppet Enterprise's file sync, as its tools and Code Manager read and write them. Its clients check in by
//! asking for the newest commits every five seconds. Ours ask the same question with `?wait=SECONDS` and `If-None-Match`, and are answered
//! when there is something new. Objects have a request of their own ([`ObjectsRequest`]; why not git's protocol is told in
//! [`crate::transfer`]).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use crate::git::{Commit, Id};
use crate::transfer::IDS_MAX;
use crate::versions::{CommitRequest, Committed, LatestCommits, Target};

/// Where the service is mounted.
pub const PREFIX: &str = "/file-sync/v1";
/// Seconds that a question for new versions may wait for its answer.
pub const WAIT_SECONDS_MAX: u64 = 60;

/// Why a request cannot be understood: the type and text of the answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Invalid {
    /// Such as `json-parse-error`.
    pub kind: &'static str,
    /// For people.
    pub message: String,
}

impl Invalid {
    /// With its type and text.
    pub fn new(kind: &'static str, message: impl Into<String>) -> Invalid {
        Invalid { kind, message: message.into() }
    }

    fn schema(message: impl Into<String>) -> Invalid {
        Invalid::new("schema-violation", message)
    }
}

/// The object that tells of an error, in answers and in places where something else was expected.
pub fn error(kind: &str, message: &str) -> Json {
    json!({"error": {"type": kind, "message": message}})
}

fn parse<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Invalid> {
    // First whether it is JSON at all: that has a type of its own.
    let document: &serde_json::value::RawValue = match serde_json::from_slice(bytes) {
        Ok(document) => document,
        Err(error) => return Err(Invalid::new("json-parse-error", format!("the body is not JSON: {error}"))),
    };
    serde_json::from_str(document.get()).map_err(|error| Invalid::schema(error.to_string()))
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct CommitBody {
    #[serde(default)]
    commit_all: bool,
    repo_id: Option<String>,
    submodule_id: Option<String>,
    message: Option<String>,
    author: Option<Identity>,
    #[serde(default)]
    skip_gate: bool,
}

#[derive(Deserialize)]
struct Identity {
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
}

/// Reads the body of `POST /commit`.
///
/// # Errors
/// It is not JSON, or says not what to commit.
pub fn read_commit_request(bytes: &[u8]) -> Result<CommitRequest, Invalid> {
    let body: CommitBody = parse(bytes)?;
    let target = match (body.commit_all, body.repo_id, body.submodule_id) {
        (true, None, None) => Target::All,
        (false, Some(repo), None) => Target::Repo(repo),
        (false, Some(repo), Some(submodule)) => Target::Submodule { repo, submodule },
        _ => {
            return Err(Invalid::schema(
                "the body must have either `commit-all` (true) or `repo-id`, and with that perhaps `submodule-id`",
            ));
        }
    };
    let author = body.author.map(|author| (author.name, author.email));
    Ok(CommitRequest { target, message: body.message, author })
}

/// Whether the body of `POST /commit` says that nobody is to be asked if it may be.
pub fn skips_gate(bytes: &[u8]) -> bool {
    parse::<CommitBody>(bytes).is_ok_and(|body| body.skip_gate)
}

/// The answer to `POST /commit`.
pub fn commit_answer(outcome: &BTreeMap<String, crate::Result<Committed>>) -> Json {
    let publish_error = |failure: &crate::Error| error("publish-error", &failure.to_string());
    let repo = |committed: &Committed| {
        let mut answer = json!({"commit": committed.commit});
        if !committed.submodules.is_empty() {
            let submodule = |outcome: &crate::Result<Id>| match outcome {
                Ok(id) => json!(id),
                Err(failure) => publish_error(failure),
            };
            let all = committed.submodules.iter().map(|(name, outcome)| (name.clone(), submodule(outcome)));
            answer["submodules"] = Json::Object(all.collect());
        }
        if let Some(failure) = &committed.beside {
            answer["error"] = publish_error(failure)["error"].take();
        }
        answer
    };
    let answers =
        outcome.iter().map(|(id, outcome)| (id.clone(), outcome.as_ref().map_or_else(&publish_error, repo)));
    Json::Object(answers.collect())
}

/// Reads the answer to `POST /latest-commits`.
///
/// # Errors
/// It is none.
pub fn read_latest_commits(bytes: &[u8]) -> Result<LatestCommits, Invalid> {
    parse(bytes)
}

/// What is asked for by `POST /objects`: either what a version has and another has not, or objects by their ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ObjectsRequest {
    /// The repository.
    pub repo_id: String,
    /// The environment in it, such as `environments/production`; what lies beside the environments without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submodule_id: Option<String>,
    /// The version wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub want: Option<Id>,
    /// The version that is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub have: Option<Id>,
    /// Objects wanted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<Id>,
}

/// Reads the body of `POST /objects`.
///
/// # Errors
/// It asks for nothing, for both, or for too much.
pub fn read_objects_request(bytes: &[u8]) -> Result<ObjectsRequest, Invalid> {
    let request: ObjectsRequest = parse(bytes)?;
    if request.want.is_some() != request.ids.is_empty() {
        return Err(Invalid::schema("the body must have either `want` or `ids`"));
    }
    if request.ids.len() > IDS_MAX {
        return Err(Invalid::schema(format!("{} ids are more than {IDS_MAX}", request.ids.len())));
    }
    Ok(request)
}

/// What a client says of itself when it checks in: the state of each repository. Anything that is a JSON object will do; an empty
/// body too.
///
/// # Errors
/// It is not JSON, or no object.
pub fn read_check_in(bytes: &[u8]) -> Result<Map<String, Json>, Invalid> {
    if bytes.is_empty() {
        return Ok(Map::new());
    }
    let mut document: Map<String, Json> = parse(bytes)?;
    match document.remove("repos") {
        Some(Json::Object(repos)) => Ok(repos),
        _ => Ok(document),
    }
}

/// How a repository or an environment of it fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyncStatus {
    /// It is as on the primary.
    Ok,
    /// A newer version is on its way.
    NewCommits,
    /// It is not as on the primary, and that will not change by itself.
    Error,
}

impl SyncStatus {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            SyncStatus::Ok => "ok",
            SyncStatus::NewCommits => "new-commits",
            SyncStatus::Error => "error",
        }
    }
}

/// What a client says that it serves: by repository, the commit of the repository under `""` and of each submodule.
pub fn serves(repos: &Map<String, Json>) -> BTreeMap<String, BTreeMap<String, Id>> {
    let commit = |part: &Json| part.get("latest_commit")?.get("commit")?.as_str()?.parse::<Id>().ok();
    let of = |repo: &Json| {
        let submodules = repo.get("submodules").and_then(Json::as_object).into_iter().flatten();
        let submodules = submodules.filter_map(|(name, part)| Some((name.clone(), commit(part)?)));
        commit(repo).map(|id| (String::new(), id)).into_iter().chain(submodules).collect()
    };
    repos.iter().map(|(name, repo)| (name.clone(), of(repo))).collect()
}

/// A commit as status documents tell of it.
pub fn commit_info(id: Id, commit: &Commit) -> Json {
    json!({
        "commit": id,
        "date": date(commit.author.seconds),
        "message": commit.message.trim_end(),
        "identity": {"name": commit.author.name, "email": commit.author.email},
    })
}

/// Seconds since 1970 as these documents show time.
pub fn date(seconds: i64) -> String {
    let time = jiff::Timestamp::from_second(seconds).unwrap_or_default();
    time.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

/// A name for what the newest versions are, for `ETag` and `If-None-Match`.
pub fn tag(latest: &LatestCommits) -> String {
    let text = serde_json::to_vec(latest).unwrap_or_default();
    match crate::git::id_of(crate::git::Kind::Blob, &text) {
        Ok(id) => format!("\"{id}\""),
        Err(_) => "\"\"".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_are_asked_for_in_three_ways() {
        let target = |text: &str| read_commit_request(text.as_bytes()).map(|request| request.target);
        assert_eq!(target(r#"{"commit-all": true}"#), Ok(Target::All));
        assert_eq!(target(r#"{"repo-id": "puppet-code"}"#), Ok(Target::Repo("puppet-code".into())));
        let one =
            r#"{"repo-id": "r", "submodule-id": "environments/x", "message": "m", "author": {"name": "n"}}"#;
        let request = read_commit_request(one.as_bytes()).unwrap();
        assert_eq!(
            request.target,
            Target::Submodule { repo: "r".into(), submodule: "environments/x".into() }
        );
        assert_eq!((request.message, request.author), (Some("m".into()), Some(("n".into(), String::new()))));
        for (text, kind) in [
            ("{", "json-parse-error"),
            ("", "json-parse-error"),
            ("[]", "schema-violation"),
            ("{}", "schema-violation"),
            (r#"{"commit-all": true, "repo-id": "r"}"#, "schema-violation"),
            (r#"{"submodule-id": "environments/x"}"#, "schema-violation"),
            (r#"{"commit-all": "yes"}"#, "schema-violation"),
        ] {
            assert_eq!(target(text).unwrap_err().kind, kind, "{text}");
        }
    }

    #[test]
    fn objects_are_asked_for_by_version_or_by_id() {
        let id = Id::new([0xab; 20]);
        let request = ObjectsRequest {
            repo_id: "puppet-code".into(),
            submodule_id: Some("environments/production".into()),
            want: Some(id),
            have: None,
            ids: Vec::new(),
        };
        let text = serde_json::to_string(&request).unwrap();
        assert_eq!(
            text,
            format!(r#"{{"repo-id":"puppet-code","submodule-id":"environments/production","want":"{id}"}}"#)
        );
        assert_eq!(read_objects_request(text.as_bytes()), Ok(request.clone()));
        let both = ObjectsRequest { ids: vec![id], ..request.clone() };
        let many = ObjectsRequest { want: None, ids: vec![id; IDS_MAX + 1], ..request.clone() };
        let none = ObjectsRequest { want: None, ..request };
        for wrong in [both, many, none] {
            assert!(read_objects_request(&serde_json::to_vec(&wrong).unwrap()).is_err());
        }
        assert!(read_objects_request(br#"{"repo-id":"x","want":"../../etc/passwd"}"#).is_err());
    }

    #[test]
    fn answers_have_the_known_shape() {
        let failed = crate::Error::NotFound("there is no directory /x".into());
        let committed = Committed {
            commit: Id::new([1; 20]),
            submodules: BTreeMap::from([
                ("environments/production".to_owned(), Ok(Id::new([2; 20]))),
                ("environments/qa".to_owned(), Err(failed)),
            ]),
            beside: None,
        };
        let kept = crate::Error::Judged("nobody looked".into());
        let beside = Committed { commit: Id::new([1; 20]), submodules: BTreeMap::new(), beside: Some(kept) };
        let gone = crate::Error::NotFound("there is no repository x".into());
        let outcome = BTreeMap::from([
            ("beside".to_owned(), Ok(beside)),
            ("puppet-code".to_owned(), Ok(committed)),
            ("x".to_owned(), Err(gone)),
        ]);
        let error = |message: &str| json!({"error": {"type": "publish-error", "message": message}});
        assert_eq!(
            commit_answer(&outcome),
            json!({
                "beside": {"commit": "01".repeat(20), "error": error("nobody looked")["error"]},
                "puppet-code": {"commit": "01".repeat(20), "submodules": {
                    "environments/production": "02".repeat(20),
                    "environments/qa": error("there is no directory /x"),
                }},
                "x": error("there is no repository x"),
            })
        );
        let latest = r#"{"ca":null,"puppet-code":{"commit":"0101010101010101010101010101010101010101","submodules":{}}}"#;
        assert_eq!(serde_json::to_string(&read_latest_commits(latest.as_bytes()).unwrap()).unwrap(), latest);
    }

    #[test]
    fn clients_check_in_as_they_like() {
        assert!(read_check_in(b"").unwrap().is_empty());
        assert!(read_check_in(br#"{"repos":{"puppet-code":{}}}"#).unwrap().contains_key("puppet-code"));
        assert!(read_check_in(br#"{"puppet-code":{}}"#).unwrap().contains_key("puppet-code"));
        assert!(read_check_in(b"[]").is_err());
    }

    #[test]
    fn dates_are_in_utc_with_milliseconds() {
        assert_eq!(date(1_714_644_672), "2024-05-02T10:11:12.000Z");
        assert_eq!(date(i64::MAX), "1970-01-01T00:00:00.000Z");
    }
}
