//! The suite of queries: documents in, queries, rows out. On SQLite, and on PostgreSQL where that is installed.
//!
//! A file of `queries/` begins with the documents, a fenced block `json command version` each. Behind them stand the queries, a block
//! each that says how it is asked: `pql`, `ast` (both to the root), or `get` with path and parameters below `/pdb/query/v4`. The
//! block `json` or `text` that follows is the answer: rows sorted and one a line, or status and body of what is no list. To take over
//! what is answered now: `UPDATE=1 cargo test -p pdb --test queries`, and read the difference.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on may stop")]

mod suite;

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use pdb::expiry::{self, Expiry};
use pdb::metrics::Metrics;
use pdb::processor::{Blocklist, Processor};
use pdb::query::{QueryService, QuerySettings};
use pdb::queue::{Limits, Queue};
use pdb::{Handlers, Store};
use rest::{HeaderValue, Method, Request, Service as _, header};
use serde_json::{Value, json};
use suite::{Part, answer, encoded, parts};

fn query_settings() -> QuerySettings {
    let minute = Duration::from_secs(60);
    QuerySettings {
        timeout_default: minute,
        timeout_max: minute,
        log_queries: false,
        pretty: false,
        report_part: pdb::document::report_part,
    }
}

struct Site {
    handlers: Handlers,
    queries: QueryService,
    processor: Arc<Processor>,
    _folder: tempfile::TempDir,
}

impl Site {
    async fn over(store: Store) -> Site {
        let folder = tempfile::tempdir().unwrap();
        let limits = Limits { commands_max: 1000, bytes_max: 1 << 30 };
        let queue = Queue::open(&folder.path().join("queue.sqlite"), limits).await.unwrap();
        let metrics = Arc::new(Metrics::default());
        let processor =
            Processor::start(queue.clone(), store.clone(), metrics.clone(), 1, Blocklist::default(), 1 << 27);
        let processor = Arc::new(processor);
        let settings = expiry::Settings {
            node_ttl: Duration::ZERO,
            node_purge_ttl: Duration::ZERO,
            node_purge_gc_batch_limit: 25,
            report_ttl: Duration::ZERO,
            resource_events_ttl: None,
            gc_interval: Duration::from_secs(3600),
        };
        let expiry = Arc::new(Expiry::new(store.clone(), settings));
        let queries = QueryService::new(store.db().clone(), query_settings());
        let handlers =
            Handlers::new(store, queue, processor.clone(), metrics, expiry, pdb::Settings::default());
        Site { handlers, queries, processor, _folder: folder }
    }

    /// Stores a document and waits until it is there.
    async fn submit(&self, command: &str, version: &str, payload: &str) {
        let payload: Value =
            serde_json::from_str(payload).unwrap_or_else(|error| panic!("{error}: {payload}"));
        let certname = payload["certname"].as_str().expect("a document names its node");
        let path = format!(
            "/pdb/cmd/v1?command={command}&version={version}&certname={certname}&secondsToWaitForCompletion=60"
        );
        let request = Request::new(Method::POST, &path)
            .unwrap()
            .with_header(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .with_body(payload.to_string());
        let response = self.handlers.call(request).await;
        let status = response.status;
        let body = response.body.collect().await.unwrap();
        assert_eq!(status, 200, "{command} {certname}: {}", String::from_utf8_lossy(&body));
    }

    /// The answer to a query, as the suite writes it.
    async fn ask(&self, how: &str, query: &str) -> (String, String) {
        let request = match how {
            "get" => {
                let path = query.trim().split('\n').map(str::trim).collect::<String>();
                Request::new(Method::GET, &format!("/pdb/query/v4{}", encoded(&path))).unwrap()
            }
            _ => {
                let query = if how == "ast" {
                    serde_json::from_str(query).expect("AST is JSON")
                } else {
                    json!(query)
                };
                Request::new(Method::POST, "/pdb/query/v4")
                    .unwrap()
                    .with_header(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))
                    .with_body(json!({ "query": query }).to_string())
            }
        };
        let response = self.queries.call(request).await;
        let status = response.status.as_u16();
        let total =
            response.headers.get("x-records").and_then(|total| total.to_str().ok()).map(str::to_owned);
        let body = response.body.collect().await.unwrap();
        answer(query, status, total, std::str::from_utf8(&body).unwrap())
    }
}

/// Runs a file; gives it as it would be with the present answers.
async fn run(site: &Site, text: &str) -> String {
    let mut out = String::new();
    let mut pending: Option<(String, String)> = None;
    for part in parts(text) {
        match part {
            Part::Prose(prose) => out.push_str(&prose),
            Part::Fence(block) => {
                let words: Vec<&str> = block.info.split(' ').collect();
                match words.as_slice() {
                    ["json", command, version] if *command != "of" => {
                        site.submit(command, version, &block.text).await;
                        let _ = write!(out, "```{}\n{}\n```\n", block.info, block.text);
                    }
                    [how @ ("pql" | "ast" | "get")] => {
                        pending = Some(site.ask(how, &block.text).await);
                        let _ = write!(out, "```{how}\n{}\n```\n", block.text);
                    }
                    _ => {
                        let (info, text) = pending.take().expect("an answer follows a query");
                        let _ = write!(out, "```{info}\n{text}\n```\n");
                    }
                }
            }
        }
    }
    out
}

async fn check(store: impl AsyncFn() -> Store, name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/queries");
    let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let site = Site::over(store().await).await;
        let found = run(&site, &text).await;
        site.processor.stop().await;
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&file, found).unwrap();
        } else if found != text {
            let difference = found.lines().zip(text.lines()).find(|(found, expected)| found != expected);
            panic!("{name}: {} differs, first here (found, expected): {difference:#?}", file.display());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let count = std::sync::atomic::AtomicUsize::new(0);
    let store = async || {
        let number = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Store::open(&folder.path().join(format!("{number}.sqlite"))).unwrap()
    };
    check(store, "SQLite").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgresql() {
    let servers = std::sync::Mutex::new(Vec::new());
    if db::scratch::Server::start().is_none() {
        return;
    }
    let store = async || {
        let server = db::scratch::Server::start().expect("it is there");
        let settings = server.settings();
        servers.lock().unwrap().push(server);
        Store::connect(settings).await.unwrap()
    };
    check(store, "PostgreSQL").await;
}

async fn large(site: &Site, facts: usize) {
    let values: serde_json::Map<String, Value> = (0..facts)
        .map(|number| (format!("fact{number:06}"), json!({ "number": number, "text": "x".repeat(40) })))
        .collect();
    let payload = json!({
        "certname": "large", "environment": "production", "producer_timestamp": "2024-01-01T00:00:00.000Z",
        "producer": null, "values": values
    });
    site.submit("replace_facts", "5", &payload.to_string()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn large_answers_come_in_pieces_and_end_with_their_client() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::over(Store::open(&folder.path().join("x.sqlite")).unwrap()).await;
    large(&site, 20_000).await;
    let ask =
        |path: &str| site.queries.call(Request::new(Method::GET, &format!("/pdb/query/v4{path}")).unwrap());

    let response = ask("/facts?include_total=true").await;
    assert_eq!(response.headers["x-records"], "20000");
    assert!(response.body.in_memory().is_none(), "two megabytes are not kept in memory");
    let rows: Vec<Value> = serde_json::from_slice(&response.body.collect().await.unwrap()).unwrap();
    assert_eq!(rows.len(), 20_000);
    let pretty = ask("/facts?limit=2&pretty=true").await.body.collect().await.unwrap();
    assert!(
        pretty.starts_with(b"[ {\n  \"certname\" : \"large\",\n"),
        "{}",
        String::from_utf8_lossy(&pretty)
    );
    assert_eq!(serde_json::from_slice::<Vec<Value>>(&pretty).unwrap().len(), 2);

    // As many as there are connections to read with; if one went on for a client that is gone, the next question would wait.
    for _ in 0..20 {
        drop(ask("/facts").await);
    }
    assert_eq!(ask("/environments").await.body.collect().await.unwrap(), r#"[{"name":"production"}]"#);

    // A deadline that has passed ends the statement before its first row.
    let response = ask("/facts?timeout=0.000001").await;
    let text = String::from_utf8(response.body.collect().await.unwrap().to_vec()).unwrap();
    assert_eq!((response.status.as_u16(), text.contains("exceeded timeout")), (500, true), "{text}");
    site.processor.stop().await;
}
