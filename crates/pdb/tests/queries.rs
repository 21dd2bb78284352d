//! The suite of queries: documents in, queries, rows out. On SQLite, and on PostgreSQL where that is installed.
//!
//! A file of `queries/` begins with the documents, a fenced block `json command version` each. Behind them stand the queries, a block
//! each that says how it is asked: `pql`, `ast` (both to the root), or `get` with path and parameters below `/pdb/query/v4`. The
//! block `json` or `text` that follows is the answer: rows sorted and one a line, or status and body of what is no list. To take over
//! what is answered now: `UPDATE=1 cargo test -p pdb --test queries`, and read the difference.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test that cannot go on may stop"
)]

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

/// A fenced block: the words behind the fence, the text inside.
struct Block {
    info: String,
    text: String,
}

/// Text and fenced blocks, in order.
enum Part {
    Prose(String),
    Fence(Block),
}

fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut prose = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            prose.push_str(line);
            prose.push('\n');
            continue;
        };
        parts.push(Part::Prose(std::mem::take(&mut prose)));
        let inner: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        parts.push(Part::Fence(Block { info: info.to_owned(), text: inner.join("\n") }));
    }
    parts.push(Part::Prose(prose));
    parts
}

fn query_settings() -> QuerySettings {
    let minute = Duration::from_secs(60);
    QuerySettings {
        timeout_default: minute,
        timeout_max: minute,
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

/// An answer as the suite writes it: what it is, and its text.
fn answer(query: &str, status: u16, total: Option<String>, text: &str) -> (String, String) {
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Array(rows)) if status == 200 => {
            let mut rows: Vec<String> = rows.into_iter().map(|row| masked(row).to_string()).collect();
            if !query.contains("order") {
                rows.sort();
            }
            let mut out = String::from("json");
            if let Some(total) = total {
                let _ = write!(out, " of {total}");
            }
            (out, rows.join("\n"))
        }
        Ok(document) => ("json".into(), format!("{status} {}", masked(document))),
        Err(_) => ("text".into(), format!("{status} {}", text.trim_end())),
    }
}

/// Percent-encodes what stands behind `=` in parameters, so that they can be written plainly.
fn encoded(target: &str) -> String {
    let Some((path, query)) = target.split_once('?') else { return target.to_owned() };
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, value)) => format!("{name}={}", rest::path::percent_encode(value)),
        None => pair.to_owned(),
    });
    format!("{path}?{}", pairs.collect::<Vec<_>>().join("&"))
}

/// Keys sorted, since jsonb has an order of its own, and lists of parts; times at which this test stored a document masked, since they
/// are not the same twice.
fn masked(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<(String, Value)> = members
                .into_iter()
                .map(|(key, value)| {
                    let is_clock = key.ends_with("timestamp") || key.ends_with("receive_time");
                    let recent = value.as_str().is_some_and(|text| text > "2026");
                    if is_clock && recent { (key, json!("(now)")) } else { (key, masked(value)) }
                })
                .collect();
            members.sort_by(|a, b| a.0.cmp(&b.0));
            if let Some((_, Value::Array(parts))) = members.iter_mut().find(|(key, _)| key == "data") {
                parts.sort_by_key(Value::to_string);
            }
            members.into_iter().collect()
        }
        Value::Array(items) => items.into_iter().map(masked).collect(),
        other => other,
    }
}

/// A line of an answer without what PuppetDB keeps otherwise: the order of tags, and corrective changes, which only its commercial
/// edition stores.
fn comparable(line: &str) -> String {
    fn walk(value: Value) -> Value {
        match value {
            Value::Object(members) => {
                let members = members.into_iter().map(|(key, value)| match value {
                    Value::Bool(_) if key.ends_with("corrective_change") => (key, Value::Null),
                    Value::Array(mut tags) if key == "tags" => {
                        tags.sort_by_key(Value::to_string);
                        (key, Value::Array(tags))
                    }
                    value => (key, walk(value)),
                });
                members.collect()
            }
            Value::Array(items) => items.into_iter().map(walk).collect(),
            Value::Number(number) if number.is_f64() => {
                json!(format!("{:.9}", number.as_f64().unwrap_or_default()))
            }
            Value::Number(number) => json!(format!("{:.9}", number.as_f64().unwrap_or_default())),
            other => other,
        }
    }
    let (status, text) =
        line.split_once(" {").map_or(("", line.to_owned()), |(status, rest)| (status, format!("{{{rest}")));
    match serde_json::from_str(&text) {
        Ok(value) => format!("{status} {}", walk(value)),
        Err(_) => line.to_owned(),
    }
}

/// The suite beside a PuppetDB at `BUNRAKU_TEST_PUPPETDB` (such as `http://127.0.0.1:8080`), which is given its documents. Its
/// `node-purge-ttl` and `report-ttl` have to reach back to 2024. What may differ stands in `puppetdb-differences.txt`.
#[tokio::test(flavor = "multi_thread")]
async fn beside_puppetdb() {
    let Ok(base) = std::env::var("BUNRAKU_TEST_PUPPETDB") else {
        eprintln!("left out, since BUNRAKU_TEST_PUPPETDB names no PuppetDB");
        return;
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let client = rest::Client::without_tls();
    let send = async |method: Method, path: String, body: Option<Value>| {
        let json = HeaderValue::from_static("application/json");
        let headers = body.is_some().then_some((header::CONTENT_TYPE, json));
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        client.send(method, &format!("{base}{path}"), headers, body.into()).await.unwrap()
    };
    let mut differences = Vec::new();
    let mut count = 0;
    let mut files: Vec<_> =
        std::fs::read_dir(folder.join("queries")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        let mut pending: Option<(String, (String, String))> = None;
        for part in parts(&std::fs::read_to_string(&file).unwrap()) {
            let Part::Fence(block) = part else { continue };
            let words: Vec<&str> = block.info.split(' ').collect();
            match words.as_slice() {
                ["json", command, version] if *command != "of" => {
                    let payload: Value = serde_json::from_str(&block.text).unwrap();
                    let (certname, time) = (
                        payload["certname"].as_str().unwrap(),
                        payload["producer_timestamp"].as_str().unwrap(),
                    );
                    let path = format!(
                        "/pdb/cmd/v1?command={command}&version={version}&certname={certname}&producer-timestamp={time}&secondsToWaitForCompletion=60"
                    );
                    let response = send(Method::POST, path, Some(payload.clone())).await;
                    assert_eq!(response.status, 200, "{command} {certname}: {}", response.text());
                }
                [how @ ("pql" | "ast" | "get")] => {
                    let query = &block.text;
                    let response = match *how {
                        "get" => {
                            let path = encoded(&query.trim().split('\n').map(str::trim).collect::<String>());
                            send(Method::GET, format!("/pdb/query/v4{path}"), None).await
                        }
                        "ast" => {
                            let query: Value = serde_json::from_str(query).unwrap();
                            send(Method::POST, "/pdb/query/v4".into(), Some(json!({ "query": query }))).await
                        }
                        _ => {
                            send(Method::POST, "/pdb/query/v4".into(), Some(json!({ "query": query }))).await
                        }
                    };
                    let total = response
                        .headers
                        .get("x-records")
                        .and_then(|total| total.to_str().ok())
                        .map(str::to_owned);
                    let found = answer(
                        query,
                        response.status.as_u16(),
                        total,
                        &String::from_utf8_lossy(&response.body),
                    );
                    pending = Some((format!("{how} {query}"), found));
                }
                _ => {
                    let (query, (kind, text)) = pending.take().unwrap();
                    let lines = |text: &str| {
                        let mut lines: Vec<String> = text.lines().map(comparable).collect();
                        lines.sort();
                        lines
                    };
                    count += 1;
                    if (kind.as_str(), lines(&text)) != (block.info.as_str(), lines(&block.text)) {
                        differences.push(query);
                    }
                }
            }
        }
    }
    assert!(count > 200, "{count}");
    let list = folder.join("puppetdb-differences.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&list, differences.join("\n") + "\n").unwrap();
    }
    let known = std::fs::read_to_string(&list).unwrap();
    let known: Vec<&str> = known.lines().collect();
    assert_eq!(differences, known);
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
