//! A primary that is not what it was: what a compiler takes from it stays in its place, and what is wrong with it is told.

#![allow(clippy::unwrap_used, reason = "tests may panic")]

mod support;

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use code::client::{Client, Source};
use code::git::{
    Commit, Id, Kind, Mode, Repository, Signature, TreeEntry, encode_commit, encode_tree, id_of,
};
use code::live::Live;
use code::protocol::SyncStatus;
use code::sync_machine::Pace;
use code::transfer;
use rest::{BoxFuture, Bytes, HeaderName, HeaderValue, StatusCode};
use serde_json::{Value as Json, json};
use support::{REPO, client_settings};

/// Says that there is what it was told to say, and gives out whatever it is asked for.
struct Primary {
    repository: Repository,
    latest: Mutex<Json>,
}

impl Primary {
    fn put(&self, kind: Kind, bytes: &[u8]) -> Id {
        let id = id_of(kind, bytes).unwrap();
        let mut addition = self.repository.add().unwrap();
        addition.put(id, kind, bytes).unwrap();
        addition.store().unwrap();
        id
    }

    fn tree(&self, entries: &[(Mode, &str, Id)]) -> Id {
        let entry =
            |(mode, name, id): &(Mode, &str, Id)| TreeEntry { name: (*name).into(), mode: *mode, id: *id };
        self.put(Kind::Tree, &encode_tree(&mut entries.iter().map(entry).collect::<Vec<_>>()))
    }

    fn version(&self, tree: Id) -> Id {
        let author = Signature { name: "x".into(), email: String::new(), seconds: 0 };
        let commit = Commit { tree, parents: vec![], author, message: "x\n".into() };
        self.put(Kind::Commit, &encode_commit(&commit))
    }

    /// Says that these are the newest versions.
    fn says(&self, top: Id, environments: &[(&str, Id)]) {
        let named: serde_json::Map<String, Json> =
            environments.iter().map(|(name, id)| (format!("environments/{name}"), json!(id))).collect();
        *self.latest.lock().unwrap() = json!({REPO: {"commit": top, "submodules": named}});
    }
}

impl code::client::Primary for Primary {
    fn post(
        &self,
        target: String,
        _: Vec<(HeaderName, HeaderValue)>,
        body: Bytes,
    ) -> BoxFuture<'_, Result<rest::client::Answer, rest::ClientError>> {
        Box::pin(async move {
            let body = if target.contains("/latest-commits") {
                tokio::time::sleep(Duration::from_millis(5)).await;
                self.latest.lock().unwrap().to_string().into_bytes()
            } else {
                let asked: code::protocol::ObjectsRequest = serde_json::from_slice(&body).unwrap();
                let pack = match asked.want {
                    Some(want) => transfer::difference(&self.repository, want, asked.have),
                    None => transfer::objects(&self.repository, &asked.ids),
                };
                // What it cannot read itself it sends as it is.
                pack.unwrap_or_else(|_| {
                    let ids: Vec<Id> = asked.want.into_iter().chain(asked.ids).collect();
                    transfer::objects(&self.repository, &ids).unwrap_or_default()
                })
            };
            Ok(rest::client::Answer {
                server: "hostile".to_owned(),
                status: StatusCode::OK,
                headers: Default::default(),
                body: body.into(),
            })
        })
    }
}

fn files_below(directory: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for item in std::fs::read_dir(directory).into_iter().flatten() {
        let path = item.unwrap().path();
        match std::fs::symlink_metadata(&path).unwrap().is_dir() {
            true => found.extend(files_below(&path)),
            false => found.push(path.display().to_string()),
        }
    }
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_a_primary_sends_gets_out_of_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let repository = Repository::open_or_create(folder.path().join("primary.git")).unwrap();
    let primary = Arc::new(Primary { repository, latest: Mutex::new(json!({REPO: null})) });
    let data = folder.path().join("compiler");
    let (mut live, mut settings) = client_settings(&data.join("client"));
    live.live_dir = Some(data.join("live"));
    settings.pace = Pace { poll_interval: 10, retry_min: 5, retry_max: 20, ..Pace::default() };
    settings.wait_seconds = 1;
    let live = Arc::new(Live::open(live).unwrap());
    let client = Arc::new(Client::new(settings, Source::There(primary.clone()), live.clone()).unwrap());
    let task = tokio::spawn(client.clone().run());

    let good = primary.put(Kind::Blob, b"good");
    let good = primary.version(primary.tree(&[(Mode::File, "a", good)]));
    let top = primary.version(primary.tree(&[]));
    primary.says(top, &[("production", good)]);
    let mut watch = live.watch();
    watch.wait_for(|current| current.contains_key("production")).await.unwrap();

    let secret = folder.path().join("secret");
    std::fs::write(&secret, "untouched").unwrap();
    let text = primary.put(Kind::Blob, b"overwritten");
    let to = |target: &str| primary.put(Kind::Blob, target.as_bytes());
    let absolute = to(&secret.display().to_string());
    let inner = primary.tree(&[(Mode::File, "secret", text)]);
    // A name twice, once as a link and once as a directory below which a file is written through the link.
    let mut twice = encode_tree(&mut [TreeEntry { name: b"d".into(), mode: Mode::Link, id: to("../../..") }]);
    twice.extend(encode_tree(&mut [TreeEntry { name: b"d".into(), mode: Mode::Directory, id: inner }]));
    let attacks = [
        ("up", primary.tree(&[(Mode::File, "../../../../../secret", text)]), "no file may be called"),
        ("dots", primary.tree(&[(Mode::Directory, "..", inner)]), "no file may be called"),
        (
            "rooted",
            primary.tree(&[(Mode::File, &secret.display().to_string(), text)]),
            "no file may be called",
        ),
        ("link", primary.tree(&[(Mode::Link, "l", to("../../../../secret"))]), "leads out of the version"),
        ("absolute", primary.tree(&[(Mode::Link, "l", absolute)]), "absolute path"),
        ("detour", primary.tree(&[(Mode::Link, "l", to("a/../../../secret"))]), "`..` after a name"),
        ("twice", primary.put(Kind::Tree, &twice), "two entries have one name"),
        ("foreign", primary.tree(&[(Mode::Submodule, "s", good)]), "a submodule cannot be part"),
    ];
    let mut said: Vec<(&str, Id)> = vec![("production", good)];
    // Names of environments become directories, too.
    said.extend([("../../secret", good), ("..", good), ("a/b", good), (".hidden", good)]);
    let attacks = attacks.map(|(name, tree, reason)| (name, primary.version(tree), reason));
    said.extend(attacks.iter().map(|(name, version, _)| (*name, *version)));
    primary.says(top, &said);
    let mut status = client.watch();
    let all_failed = status.wait_for(|status| {
        attacks
            .iter()
            .all(|(name, ..)| status.parts.get(*name).is_some_and(|part| part.status == SyncStatus::Error))
    });
    let failed = tokio::time::timeout(Duration::from_secs(60), all_failed).await;
    let failed = failed.unwrap_or_else(|_| panic!("{:#?}", client.status().parts)).unwrap().clone();
    for (name, _, reason) in &attacks {
        let error = failed.parts[*name].error.as_deref().unwrap_or_default();
        assert!(error.contains(reason), "{name}: {error}");
    }
    // The others serve, and go on.
    assert_eq!(live.current().keys().collect::<Vec<_>>(), ["@top", "production"]);
    let better = primary.put(Kind::Blob, b"better");
    let better = primary.version(primary.tree(&[(Mode::File, "a", better)]));
    said[0].1 = better;
    primary.says(top, &said);
    watch.wait_for(|current| current["production"].commit == better).await.unwrap();
    assert_eq!(std::fs::read_to_string(data.join("live/environments/production/a")).unwrap(), "better");
    task.abort();
    assert_eq!(std::fs::read_to_string(&secret).unwrap(), "untouched");
    let outside = files_below(folder.path());
    let ours = [data.join("client"), data.join("live"), folder.path().join("primary.git"), secret];
    let stray: Vec<&String> =
        outside.iter().filter(|path| !ours.iter().any(|ours| Path::new(path).starts_with(ours))).collect();
    assert!(stray.is_empty(), "{stray:?}");
}
