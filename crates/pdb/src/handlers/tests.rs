use std::io::Write as _;

use api::Pdb as _;
use rest::{HeaderValue, StatusCode, header};
use serde_json::{Value as Json, json};

use super::*;
use crate::expiry;
use crate::processor::Blocklist;
use crate::queue::Limits;

struct Fixture {
    handlers: Handlers,
    _dir: tempfile::TempDir,
}

async fn fixture(settings: Settings, limits: Limits) -> Fixture {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("pdb.sqlite")).unwrap();
    let queue = Queue::open(&dir.path().join("queue.sqlite"), limits).await.unwrap();
    let metrics = Arc::new(Metrics::default());
    let max = settings.command_bytes_max;
    let blocklist = Blocklist { names: vec!["secret".into()], patterns: Vec::new() };
    let processor = Processor::start(queue.clone(), store.clone(), metrics.clone(), 2, blocklist, max);
    let expiry = Arc::new(Expiry::new(store.clone(), expiry::Settings::default()));
    let handlers = Handlers::new(store, queue, Arc::new(processor), metrics, expiry, settings);
    Fixture { handlers, _dir: dir }
}

async fn ask(fixture: &Fixture, request: Request) -> (u16, Json) {
    let response = fixture.handlers.call(request).await;
    let status = response.status.as_u16();
    let body = response.body.collect().await.unwrap();
    let text = String::from_utf8_lossy(&body).into_owned();
    (status, serde_json::from_slice(&body).unwrap_or(Json::String(text)))
}

fn post(target: &str, body: impl Into<rest::Bytes>) -> Request {
    let request = Request::new(Method::POST, target).unwrap().with_body(body);
    request.with_header(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))
}

fn get(target: &str) -> Request {
    Request::new(Method::GET, target).unwrap()
}

fn facts(certname: &str, value: i64) -> String {
    json!({"certname": certname, "environment": "production", "producer_timestamp": "2024-01-01T00:00:00Z", "producer": null,
           "values": {"x": value, "secret": 1}})
    .to_string()
}

const FACTS: &str = "/pdb/cmd/v1?command=replace_facts&version=5&certname=a&secondsToWaitForCompletion=60";

#[tokio::test]
async fn commands_are_taken_plain_compressed_and_in_the_old_form() {
    let fixture = fixture(Settings::default(), Limits::default()).await;
    let (status, body) = ask(&fixture, post(FACTS, facts("a", 1))).await;
    assert_eq!(
        (status, &body["processed"], &body["timed_out"]),
        (200, &true.into(), &false.into()),
        "{body}"
    );
    assert_eq!(body["uuid"].as_str().unwrap().len(), 36);
    let stored = fixture.handlers.store.facts("a").await.unwrap().unwrap().facts;
    assert!(stored.get_str("x").is_some() && stored.get_str("secret").is_none());

    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(facts("a", 2).as_bytes()).unwrap();
    let request = post(FACTS, gzip.finish().unwrap());
    let request = request.with_header(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    assert_eq!(ask(&fixture, request).await.0, 200);
    assert_eq!(fixture.handlers.store.facts("a").await.unwrap().unwrap().facts["x"].as_int(), Some(2));

    let payload: Json = serde_json::from_str(&facts("b", 3)).unwrap();
    let old = json!({"command": "replace facts", "version": 5, "payload": payload});
    let (status, body) = ask(&fixture, post("/pdb/cmd/v1", old.to_string())).await;
    assert!(status == 200 && body["uuid"].is_string(), "{body}");
    while fixture.handlers.queue.depth() > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(fixture.handlers.store.facts("b").await.unwrap().is_some());
    assert_eq!(fixture.handlers.metrics.processed_count(), 3);
}

#[tokio::test]
async fn what_is_wrong_with_a_command_is_said() {
    let fixture = fixture(Settings { command_bytes_max: 100_000 }, Limits::default()).await;
    let error = async |target: &str, body: String| {
        let (status, body) = ask(&fixture, post(target, body)).await;
        (status, body["error"].as_str().unwrap_or_default().to_owned())
    };
    let mut answers = Vec::new();
    for target in [
        "/pdb/cmd/v1?command=replace_facts&version=5",
        "/pdb/cmd/v1?command=replace_facts&version=5&certname=a&colour=red",
        "/pdb/cmd/v1?command=drop_tables&version=5&certname=a",
        "/pdb/cmd/v1?command=replace_facts&version=x&certname=a",
        "/pdb/cmd/v1?command=replace_facts&version=3&certname=a",
        "/pdb/cmd/v1?command=replace_facts&version=5&certname=",
        "/pdb/cmd/v1",
    ] {
        answers.push(error(target, "{}".into()).await);
    }
    answers.push(error(FACTS, " ".repeat(100_001)).await);
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    bomb.write_all(&[b' '; 200_000]).unwrap();
    let request = post(FACTS, bomb.finish().unwrap());
    let request = request.with_header(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    assert_eq!(ask(&fixture, request).await.0, 413);
    insta::assert_json_snapshot!(answers);
    let request = Request::new(Method::POST, FACTS).unwrap().with_body("x");
    assert_eq!(ask(&fixture, request).await.0, 415);
    assert_eq!(ask(&fixture, get(FACTS)).await.0, 405);
}

#[tokio::test]
async fn a_poisoned_command_is_set_aside_and_seen() {
    let fixture = fixture(Settings::default(), Limits::default()).await;
    let (status, body) = ask(&fixture, post(FACTS, "{\"certname\":\"a\"}")).await;
    assert_eq!((status, &body["processed"]), (503, &true.into()));
    let reason = "replace facts: the field 'environment' must be a string that is not empty, not null";
    assert_eq!(body["error"], reason);
    let (_, body) = ask(&fixture, post(FACTS, facts("somebody-else", 1))).await;
    assert_eq!(body["error"], "the document is that of somebody-else, not of a");
    // The next one is not held up.
    assert_eq!(ask(&fixture, post(FACTS, facts("a", 1))).await.0, 200);
    let (status, body) = ask(&fixture, get("/status/v1/services/puppetdb-status")).await;
    assert_eq!(
        (status, &body["state"], &body["status"]["write_db_up?"]),
        (200, &"running".into(), &true.into())
    );
    let letters = &body["status"]["dead_letters"];
    assert_eq!((&letters["count"], &letters["newest"][1]["error"]), (&2.into(), &reason.into()));
}

#[tokio::test]
async fn a_full_queue_asks_to_come_again() {
    let fixture = fixture(Settings::default(), Limits { commands_max: 0, bytes_max: 1 }).await;
    let response = fixture.handlers.call(post(FACTS, facts("a", 1))).await;
    assert_eq!(response.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(response.headers[header::RETRY_AFTER], "30");
}

#[tokio::test]
async fn what_was_exported_can_be_imported() {
    let first = fixture(Settings::default(), Limits::default()).await;
    ask(&first, post(FACTS, facts("a", 7))).await;
    let response = first.handlers.call(get("/pdb/admin/v1/archive")).await;
    assert_eq!(response.status, StatusCode::OK);
    let archive = response.body.collect().await.unwrap();

    let second = fixture(Settings::default(), Limits::default()).await;
    let mut body =
        b"--b\r\nContent-Disposition: form-data; name=\"archive\"; filename=\"x.tgz\"\r\n\r\n".to_vec();
    body.extend_from_slice(&archive);
    body.extend_from_slice(b"\r\n--b--\r\n");
    let request = Request::new(Method::POST, "/pdb/admin/v1/archive").unwrap().with_body(body);
    let request = request
        .with_header(header::CONTENT_TYPE, HeaderValue::from_static("multipart/form-data; boundary=b"));
    assert_eq!(ask(&second, request).await, (200, json!({"ok": true})));
    while second.handlers.queue.depth() > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(second.handlers.store.facts("a").await.unwrap().unwrap().facts["x"].as_int(), Some(7));
}

#[tokio::test]
async fn administration_metrics_and_meta() {
    let fixture = fixture(Settings::default(), Limits::default()).await;
    ask(&fixture, post(FACTS, facts("a", 7))).await;
    let admin = async |body: Json| ask(&fixture, post("/pdb/admin/v1/cmd", body.to_string())).await;
    assert_eq!(
        admin(json!({"command": "clean", "version": 1, "payload": []})).await,
        (200, json!({"ok": true}))
    );
    let (status, body) = admin(json!({"command": "shine", "version": 1, "payload": []})).await;
    assert!(
        status == 400 && body.as_str().unwrap().ends_with("Valid commands types are: 'clean' and 'delete'")
    );
    let (status, statistics) = ask(&fixture, get("/pdb/admin/v1/summary-stats")).await;
    assert_eq!((status, &statistics["fact_path_counts_by_depth"]), (200, &json!({"0": 1})));
    let delete = json!({"command": "delete", "version": 1, "payload": {"certname": "a"}});
    assert_eq!(admin(delete).await, (200, json!({"deleted": "a"})));
    assert!(fixture.handlers.store.facts("a").await.unwrap().is_none());

    let (_, beans) = ask(&fixture, get("/metrics/v1/mbeans")).await;
    assert!(beans.as_object().unwrap().contains_key("puppetlabs.puppetdb.population:name=num-nodes"));
    let bean = "puppetlabs.puppetdb.mq:name=global.processed";
    let (_, one) = ask(&fixture, get(&format!("/metrics/v1/mbeans/{bean}"))).await;
    assert_eq!(one["Count"], 1);
    for target in [format!("/metrics/v2/read/{bean}"), format!("/metrics/v2/read/{bean}/Count")] {
        let (_, answer) = ask(&fixture, get(&target)).await;
        let value = &answer["value"];
        assert_eq!((&answer["status"], value.get("Count").unwrap_or(value)), (&200.into(), &1.into()));
    }
    let posed =
        json!([{"type": "read", "mbean": bean, "attribute": "Count"}, {"type": "read", "mbean": "none"}]);
    let (_, answers) = ask(&fixture, post("/metrics/v2/", posed.to_string())).await;
    assert_eq!((&answers[0]["value"], &answers[1]["status"]), (&1.into(), &404.into()));
    assert_eq!(ask(&fixture, get("/status/v1/simple")).await, (200, "running".into()));
}

fn catalog(minute: u32, mode: &str) -> String {
    json!({
        "certname": "a", "version": minute.to_string(), "environment": "production", "transaction_uuid": format!("t{minute}"),
        "catalog_uuid": format!("c{minute}"), "code_id": null, "job_id": null,
        "producer_timestamp": format!("2024-01-01T00:{minute:02}:00Z"), "producer": "p",
        "edges": [{"source": {"type": "Class", "title": "Main"}, "target": {"type": "File", "title": "/x"}, "relationship": "contains"}],
        "resources": [
            {"type": "Class", "title": "Main", "exported": false, "tags": ["class"], "parameters": {}},
            {"type": "File", "title": "/x", "exported": false, "tags": ["file"], "parameters": {"mode": mode}},
        ],
    })
    .to_string()
}

/// Run, time and the mode of the file.
async fn stored_catalog(fixture: &Fixture) -> (String, i64, String) {
    let read = fixture.handlers.store.db().read(|tx| {
        let sql = "SELECT c.transaction_uuid, c.producer_timestamp, r.parameters FROM catalogs c
                   JOIN catalog_resources cr ON cr.node_id = c.node_id JOIN resources r ON r.id = cr.resource_id WHERE r.type = 'File'";
        let rows = tx.query(sql, &[])?;
        assert_eq!(rows.len(), 1);
        Ok((rows[0].get(0)?, rows[0].get(1)?, rows[0].get(2)?))
    });
    read.await.unwrap()
}

#[tokio::test]
async fn a_catalog_that_is_stored_moves_its_head_and_another_one_is_written() {
    const CATALOG: &str =
        "/pdb/cmd/v1?command=replace_catalog&version=9&certname=a&secondsToWaitForCompletion=60";
    let fixture = fixture(Settings::default(), Limits::default()).await;
    let minute = |minute: i64| 1_704_067_200_000_000 + minute * 60_000_000;
    let mode = |mode: &str| format!("{{\"mode\":\"{mode}\"}}");
    // The second and third are known by their text; the third is too old.
    for (sent, stored) in [(1, 1), (3, 3), (2, 3)] {
        assert_eq!(ask(&fixture, post(CATALOG, catalog(sent, "0644"))).await.0, 200);
        let found = stored_catalog(&fixture).await;
        assert_eq!(found, (format!("t{stored}"), minute(stored), mode("0644")), "{sent}");
    }
    // Another process stores another one: what is known is checked against the database.
    let other = Store::open(&fixture._dir.path().join("pdb.sqlite")).unwrap();
    let payload = crate::command::read(
        crate::command::Name::ReplaceCatalog,
        9,
        serde_json::from_str(&catalog(4, "0600")).unwrap(),
        0,
    );
    other.write(crate::store::prepare(&payload.unwrap(), 0)).await.unwrap();
    assert_eq!(stored_catalog(&fixture).await, ("t4".into(), minute(4), mode("0600")));
    assert_eq!(ask(&fixture, post(CATALOG, catalog(5, "0644"))).await.0, 200);
    assert_eq!(stored_catalog(&fixture).await, ("t5".into(), minute(5), mode("0644")));
    let bean = "/metrics/v2/read/puppetlabs.puppetdb.population:name=num-resources";
    assert_eq!(ask(&fixture, get(bean)).await.1["value"]["Value"], 2);
    for target in ["/", "/pdb", "/pdb/"] {
        let response = fixture.handlers.call(get(target)).await;
        assert_eq!(response.status, StatusCode::FOUND);
        assert_eq!(response.headers[header::LOCATION], "/pdb/dashboard/index.html");
    }
    assert_eq!(ask(&fixture, get("/else")).await.0, 404);
    let (status, page) = ask(&fixture, get("/pdb/dashboard")).await;
    assert!(status == 200 && page.as_str().unwrap().starts_with("<!DOCTYPE html>"));
    // What the page asks for is there.
    let (_, beans) = ask(&fixture, get("/metrics/v1/mbeans")).await;
    for bean in [
        "num-active-nodes",
        "num-inactive-nodes",
        "num-resources",
        "avg-resources-per-node",
        "pct-resource-dupes",
    ] {
        assert!(beans.get(format!("puppetlabs.puppetdb.population:name={bean}")).is_some(), "{bean}");
    }
}

#[tokio::test]
async fn what_is_no_gzip_is_taken_and_set_aside_whatever_its_size() {
    let fixture = fixture(Settings { command_bytes_max: 1_000_000 }, Limits::default()).await;
    let gzip = |body: Vec<u8>| {
        post(FACTS, body).with_header(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"))
    };
    let mut cut = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    cut.write_all(facts("a", 1).as_bytes()).unwrap();
    let mut cut = cut.finish().unwrap();
    cut.truncate(cut.len() / 2);
    let small = facts("a", 1).into_bytes();
    let large = vec![b' '; 500_000];
    for (number, body) in [small, large, cut].into_iter().enumerate() {
        let (status, answer) = ask(&fixture, gzip(body)).await;
        assert_eq!((status, &answer["processed"]), (503, &true.into()), "{number}: {answer}");
        let error = answer["error"].as_str().unwrap();
        assert!(error.starts_with("no gzip: "), "{number}: {error}");
    }
    assert_eq!(ask(&fixture, gzip(vec![b' '; 1_000_001])).await.0, 413);
    assert!(fixture.handlers.store.facts("a").await.unwrap().is_none());
    let (_, status) = ask(&fixture, get("/status/v1/services/puppetdb-status")).await;
    assert_eq!(status["status"]["dead_letters"]["count"], 3);
}
