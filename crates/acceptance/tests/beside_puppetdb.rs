//! Our store beside the real PuppetDB: the suite of queries, and archives that one exports and the other imports.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on may stop")]

#[path = "../../pdb/tests/suite/mod.rs"]
mod suite;

use std::path::{Path, PathBuf};
use std::process::Command;

use acceptance::cluster::{Cluster, Options};
use acceptance::peers;
use acceptance::puppetdb::PuppetDb;
use rest::{Bytes, Client, HeaderName, HeaderValue, Method, header};
use serde_json::{Value, json};
use suite::{Part, answer, encoded, is_same, parts};

/// Where Debian's package has it.
const PYPUPPETDB: &str = "/usr/lib/python3/dist-packages/pypuppetdb/__init__.py";
/// A client with a certificate, which is on the list.
const CLIENT: &str = "dashboard.example.com";

/// A store that listens, ours or the real one.
struct Listener {
    url: String,
    client: Client,
}

/// A line of the suite: a document to store, or a query with the answer that is written there.
enum Step {
    Document { command: String, version: String, payload: Value },
    Query { how: String, query: String, expected: (String, String) },
}

impl Listener {
    fn new(url: &str) -> Listener {
        Listener { url: url.to_owned(), client: Client::without_tls() }
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        kind: Option<&str>,
        body: Bytes,
    ) -> rest::client::Answer {
        let headers: Vec<(HeaderName, HeaderValue)> = kind
            .map(|kind| (header::CONTENT_TYPE, HeaderValue::from_str(kind).unwrap()))
            .into_iter()
            .collect();
        self.client.send(method, &format!("{}{path}", self.url), headers, body).await.unwrap()
    }

    async fn submit(&self, command: &str, version: &str, payload: &Value) {
        let certname = payload["certname"].as_str().unwrap();
        let time = payload["producer_timestamp"].as_str().unwrap();
        let path = format!(
            "/pdb/cmd/v1?command={command}&version={version}&certname={certname}&producer-timestamp={time}&secondsToWaitForCompletion=60"
        );
        let body = payload.to_string().into();
        let response = self.send(Method::POST, &path, Some("application/json"), body).await;
        assert_eq!(response.status, 200, "{command} {certname}: {}", response.text());
    }

    /// The answer as the suite writes it.
    async fn ask(&self, how: &str, query: &str) -> (String, String) {
        let response = if how == "get" {
            let path = encoded(&query.trim().split('\n').map(str::trim).collect::<String>());
            self.send(Method::GET, &format!("/pdb/query/v4{path}"), None, Bytes::new()).await
        } else {
            let asked = if how == "ast" { serde_json::from_str(query).unwrap() } else { json!(query) };
            let body = json!({ "query": asked }).to_string().into();
            self.send(Method::POST, "/pdb/query/v4", Some("application/json"), body).await
        };
        let total = response.headers.get("x-records").and_then(|total| total.to_str().ok());
        let text = String::from_utf8_lossy(&response.body);
        answer(query, response.status.as_u16(), total.map(str::to_owned), &text)
    }

    async fn export(&self) -> Bytes {
        let response = self.send(Method::GET, "/pdb/admin/v1/archive", None, Bytes::new()).await;
        assert_eq!(response.status, 200, "{}", response.text());
        response.body
    }

    async fn import(&self, archive: &Bytes) {
        let mut body =
            b"--here\r\nContent-Disposition: form-data; name=\"archive\"; filename=\"archive.tgz\"\r\n\
                         Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n\r\n"
                .to_vec();
        body.extend_from_slice(archive);
        body.extend_from_slice(b"\r\n--here--\r\n");
        let kind = "multipart/form-data; boundary=here";
        let response = self.send(Method::POST, "/pdb/admin/v1/archive", Some(kind), body.into()).await;
        assert_eq!(
            (response.status.as_u16(), response.text().contains("true")),
            (200, true),
            "{}",
            response.text()
        );
    }

    /// How much of everything is stored.
    async fn counts(&self) -> Vec<String> {
        let mut counts = Vec::new();
        for query in [
            "factsets[count()]{node_state = 'any'}",
            "catalogs[count()]{node_state = 'any'}",
            "reports[count()]{node_state = 'any'}",
        ] {
            counts.push(self.ask("pql", query).await.1);
        }
        counts
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../pdb/tests").canonicalize().unwrap()
}

fn steps() -> Vec<Step> {
    let mut files: Vec<_> =
        std::fs::read_dir(folder().join("queries")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut steps = Vec::new();
    for file in files {
        let mut pending = None;
        for part in parts(&std::fs::read_to_string(&file).unwrap()) {
            let Part::Fence(block) = part else { continue };
            let words: Vec<&str> = block.info.split(' ').collect();
            match words.as_slice() {
                ["json", command, version] if *command != "of" => steps.push(Step::Document {
                    command: (*command).to_owned(),
                    version: (*version).to_owned(),
                    payload: serde_json::from_str(&block.text).unwrap(),
                }),
                [how @ ("pql" | "ast" | "get")] => pending = Some(((*how).to_owned(), block.text)),
                _ => {
                    let (how, query) = pending.take().unwrap();
                    steps.push(Step::Query { how, query, expected: (block.info, block.text) });
                }
            }
        }
    }
    steps
}

/// What pypuppetdb gives for each of its calls.
async fn pypuppetdb(arguments: Vec<String>) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/pypuppetdb_calls.py");
    let call = move || Command::new("/usr/bin/python3").arg(script).args(arguments).output().unwrap();
    let output = tokio::task::spawn_blocking(call).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The list of queries that may be answered otherwise; with `UPDATE=1` it becomes what is found.
fn check_list(name: &str, differences: &[String]) {
    let list = folder().join(name);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&list, differences.iter().map(|line| format!("{line}\n")).collect::<String>())
            .unwrap();
    }
    let known = std::fs::read_to_string(&list).unwrap();
    let known: Vec<&str> = known.lines().collect();
    assert_eq!(differences, known, "{name}");
}

/// Imports an archive into both and compares their answers to all queries of the suite.
async fn compare_after_import(theirs: &mut PuppetDb, archive: &Bytes, what: &str, known: &[String]) {
    let real = Listener::new(&theirs.url);
    let cluster = Cluster::start().await;
    let ours = Listener::new(&cluster.store_url());
    theirs.clear().unwrap();
    real.import(archive).await;
    ours.import(archive).await;
    // Both queue what they import; everything is there when they have as much of it.
    let enough = async || {
        let (theirs, ours) = (real.counts().await, ours.counts().await);
        theirs == ours && theirs.iter().all(|count| !count.contains(":0}"))
    };
    theirs.until(&format!("import the same as ours of {what}"), enough).await.unwrap();
    let mut different = Vec::new();
    for step in steps() {
        let Step::Query { how, query, .. } = step else { continue };
        let name = format!("{how} {query}");
        if known.contains(&name) {
            continue;
        }
        let (theirs, ours) = (real.ask(&how, &query).await, ours.ask(&how, &query).await);
        if !is_same(&ours, &theirs) {
            different.push(format!("{name}\n  theirs: {theirs:?}\n  ours:   {ours:?}"));
        }
    }
    assert!(different.is_empty(), "after the import of {what}:\n{}", different.join("\n"));
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_and_archives() {
    let Some(mut theirs) = PuppetDb::start().await.unwrap() else { return };
    let real = Listener::new(&theirs.url);
    let list = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(list.path(), format!("{CLIENT}\n")).unwrap();
    let puppetdb = format!("certificate-allowlist = '{}'", list.path().display());
    let toml = "allow-subject-alt-names = true".to_owned();
    let cluster = Cluster::start_with(Options { puppetdb, toml, ..Options::default() }).await;
    let ours = Listener::new(&cluster.store_url());

    // What the suite says of ours is held against theirs.
    let mut differences = Vec::new();
    let mut shown = String::new();
    let mut count = 0;
    for step in steps() {
        match step {
            Step::Document { command, version, payload } => {
                real.submit(&command, &version, &payload).await;
                ours.submit(&command, &version, &payload).await;
            }
            Step::Query { how, query, expected } => {
                count += 1;
                let found = real.ask(&how, &query).await;
                if !is_same(&found, &expected) {
                    let name = format!("{how} {query}");
                    shown.push_str(&format!("{name}\n  theirs: {found:?}\n  ours:   {expected:?}\n"));
                    differences.push(name);
                }
            }
        }
    }
    assert!(count > 200, "{count}");
    if let Some(file) = std::env::var_os("BUNRAKU_TEST_DIFFERENCES") {
        std::fs::write(file, shown).unwrap();
    }
    check_list("puppetdb-differences.txt", &differences);

    if peers::find(PYPUPPETDB, "the store as pypuppetdb sees it").is_some() {
        let port = |url: &str| url.rsplit_once(':').unwrap().1.to_owned();
        let real = pypuppetdb(vec![port(&real.url)]).await;
        let identity = cluster.issue(CLIENT, &cluster.root().join("identity"));
        let (tls, _) = cluster.primary().puppetdb_addresses();
        let files = [&identity.authority, &identity.certificate, &identity.key];
        let mut arguments = vec![tls.unwrap().port().to_string()];
        arguments.extend(files.map(|file| file.display().to_string()));
        for arguments in [vec![port(&ours.url)], arguments] {
            let found = pypuppetdb(arguments).await;
            let (theirs, ours) =
                (real["answers"].as_object().unwrap(), found["answers"].as_object().unwrap());
            assert_eq!((theirs.len(), ours.len()), (41, 41));
            for (call, answer) in theirs {
                assert_eq!(&ours[call], answer, "pypuppetdb: {call}");
            }
            assert_eq!(ours["wrong query"], json!(["HTTPError", 400]));
            let others = &found["others"];
            assert_eq!(
                (&others["metric"], &others["status"]["state"]),
                (&json!({"Value": 3}), &json!("running"))
            );
            assert_eq!(others["status"]["service_name"], real["others"]["status"]["service_name"]);
            assert!(
                others["command"]["uuid"].is_string() && others["server time"]["server_time"].is_string()
            );
        }
    }

    // An archive of theirs, then one of ours, in both. Theirs is empty while there is a node that is deactivated.
    for certname in ["db", "gone"] {
        let delete =
            json!({"command": "delete", "version": 1, "payload": {"certname": certname}}).to_string();
        let done =
            real.send(Method::POST, "/pdb/admin/v1/cmd", Some("application/json"), delete.into()).await;
        assert_eq!(done.status, 200, "{}", done.text());
    }
    let archive = real.export().await;
    compare_after_import(&mut theirs, &archive, "an archive of PuppetDB", &differences).await;
    let archive = ours.export().await;
    cluster.stop().await;
    compare_after_import(&mut theirs, &archive, "an archive of ours", &differences).await;
}
