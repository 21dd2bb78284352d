//! What the store's settings and the parameters of a query do for its clients: how a query is run, what is logged of it, and who may
//! ask and nothing else.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

use std::path::Path;

use acceptance::agent::{Agent, facts_of};
use acceptance::cluster::{Cluster, Options};
use acceptance::program::Program;
use rest::client::Answer;
use rest::{Client, HeaderValue, Method, header};
use serde_json::{Value, json};

async fn explains(puppetdb: String) -> Vec<Value> {
    let cluster = Cluster::start_with(Options { puppetdb, ..Options::default() }).await;
    let agent = Agent::enrolled(&cluster.url(), &cluster.authority(), "a.example.com").await;
    let example = acceptance::examples::nodes().remove(0);
    assert_eq!(agent.catalog(&facts_of(&example, "a.example.com"), "production").await.unwrap().status, 200);
    let url = format!("{}/pdb/query/v4", cluster.store_url());
    let get = async |path: &str| {
        let url = format!("{url}{path}");
        Client::without_tls().send(Method::GET, &url, [], rest::Bytes::new()).await.unwrap()
    };
    let rows = |answer: Answer| -> Vec<Value> {
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json().unwrap()
    };
    let plan = rows(get("/nodes?explain=analyze").await);
    // The rows themselves are left out, and every way to ask knows the parameter.
    assert!(plan.iter().all(|row| row.as_object().unwrap().keys().eq(["query plan"])), "{plan:?}");
    for path in ["?query=nodes%7B%7D&explain=analyze", "/nodes/a.example.com?explain=analyze"] {
        assert!(rows(get(path).await)[0]["query plan"] != Value::Null, "{path}");
    }
    let json = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    let asked = json!({"query": "nodes[certname]{}", "explain": "analyze"}).to_string();
    let posted = Client::without_tls().send(Method::POST, &url, json, asked.into()).await.unwrap();
    assert!(rows(posted)[0]["query plan"] != Value::Null);
    let wrong = get("/nodes?explain=verbose").await;
    let text = "Illegal value 'verbose' for :explain; expected `analyze`.";
    assert_eq!((wrong.status.as_u16(), wrong.text().as_str()), (400, text));
    cluster.stop().await;
    plan
}

#[tokio::test(flavor = "multi_thread")]
async fn how_sqlite_runs_a_query() {
    let plan = explains(String::new()).await;
    assert!(plan.iter().any(|row| row["query plan"].as_str().unwrap().contains("SCAN n")), "{plan:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn how_postgresql_runs_a_query() {
    let Some(server) = db::scratch::Server::start() else { return };
    let plan = explains(format!("database-url = '{}'", server.settings().url)).await;
    // As PuppetDB shows it: it was run, and one node was found.
    assert_eq!(plan.len(), 1, "{plan:?}");
    assert_eq!(plan[0]["query plan"][0]["Plan"]["Actual Rows"].as_f64(), Some(1.0), "{plan:?}");
    assert!(plan[0]["query plan"][0]["Execution Time"].is_number(), "{plan:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_are_logged_if_that_is_wanted() {
    let bunraku = Path::new(env!("CARGO_BIN_EXE_bunraku-under-test"));
    let folder = tempfile::tempdir().unwrap();
    for wanted in [true, false] {
        let program =
            Program::start(bunraku, folder.path(), &format!("log-queries = {wanted}")).await.unwrap();
        let query = "?query=nodes%5Bcertname%5D%7Bcertname+%3D+%22a.example.com%22%7D&origin=a+board";
        program.get(&format!("/pdb/query/v4{query}")).await.unwrap();
        program.get("/pdb/query/v4?query=nodes%7Bwrong").await.unwrap_err();
        let output = program.process.output();
        let logged: Vec<&str> = output.lines().filter(|line| line.contains("PDBQuery:")).collect();
        if !wanted {
            assert_eq!(logged, [""; 0]);
            continue;
        }
        let [came, ast, sql, unread] = logged.as_slice() else { panic!("{output}") };
        let after = |line: &str| {
            line.split_once("PDBQuery:")
                .unwrap()
                .1
                .split_once(':')
                .map(|(id, text)| (id.to_owned(), text.to_owned()))
                .unwrap()
        };
        let (id, text) = after(came);
        assert!(came.contains("Parsing PDBQuery:"), "{came}");
        assert_eq!(text, r#""nodes[certname]{certname = \"a.example.com\"}""#);
        let (same, text) = after(ast);
        let text: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&same, &text["origin"], &text["ast"][1]), (&id, &json!("a board"), &json!("nodes")));
        let (same, text) = after(sql);
        let text: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            (&same, &text["origin"], &text["params"]),
            (&id, &json!("a board"), &json!(["a.example.com"]))
        );
        assert!(text["sql"].as_str().unwrap().starts_with("SELECT "), "{text}");
        assert_eq!(after(unread).1, r#""nodes{wrong""#);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_may_ask_and_nothing_else() {
    let lists = tempfile::tempdir().unwrap();
    let (writers, readers) = (lists.path().join("writers"), lists.path().join("readers"));
    std::fs::write(&writers, "writer.example.com\n").unwrap();
    std::fs::write(&readers, "\n  reader.example.com  \nboth.example.com\n").unwrap();
    let puppetdb = format!(
        "certificate-allowlist = '{}'\ncertificate-allowlist-read-only = '{}'",
        writers.display(),
        readers.display()
    );
    let cluster = Cluster::start_with(Options { puppetdb, ..Options::default() }).await;
    let (tls, _) = cluster.primary().puppetdb_addresses();
    let url = format!("https://localhost:{}", tls.unwrap().port());
    let enrol = async |name: &str| Agent::enrolled(&cluster.url(), &cluster.authority(), name).await.at(&url);
    let reader = enrol("reader.example.com").await;
    let writer = enrol("writer.example.com").await;
    let nobody = enrol("nobody.example.com").await;

    let facts = json!({
        "certname": "c.example.com", "environment": "production", "producer_timestamp": "2026-01-01T00:00:00Z",
        "producer": null, "values": {"kernel": "Plan9"},
    });
    let command =
        "/pdb/cmd/v1?command=replace_facts&version=5&certname=c.example.com&secondsToWaitForCompletion=60";
    let deactivate = "/pdb/cmd/v1?command=deactivate_node&version=3&certname=c.example.com";
    let clean = json!({"command": "clean", "version": 1, "payload": ["expire_nodes"]});
    let delete = json!({"command": "delete", "version": 1, "payload": {"certname": "c.example.com"}});
    let query = json!({"query": "nodes[certname]{}"});
    let changes = [
        (Method::POST, command, facts.clone()),
        (Method::POST, deactivate, json!({"certname": "c.example.com"})),
        (Method::POST, "/pdb/admin/v1/cmd", clean),
        (Method::POST, "/pdb/admin/v1/cmd", delete),
        (Method::POST, "/pdb/admin/v1/archive", json!({})),
        (Method::GET, "/pdb/admin/v1/archive", json!(null)),
        (Method::PUT, "/pdb/query/v4/nodes", json!({})),
        (Method::DELETE, "/pdb/query/v4/nodes", json!({})),
        // Other spellings of the same path.
        (
            Method::POST,
            "/pdb/query/v4/../../cmd/v1?command=deactivate_node&version=3&certname=c.example.com",
            json!({}),
        ),
        (Method::POST, "/pdb/%63md/v1?command=deactivate_node&version=3&certname=c.example.com", json!({})),
        (Method::GET, "/pdb//admin/v1/archive", json!(null)),
    ];
    let questions = [
        (Method::GET, "/pdb/query/v4/nodes", json!(null)),
        (Method::POST, "/pdb/query/v4", query),
        (Method::GET, "/pdb/meta/v1/version", json!(null)),
        (Method::GET, "/status/v1/services/puppetdb-status", json!(null)),
        (Method::GET, "/metrics/v2/list", json!(null)),
        (Method::GET, "/pdb/dashboard/index.html", json!(null)),
    ];
    let ask = async |who: &Agent, (method, path, body): &(Method, &str, Value)| {
        let content = (!body.is_null()).then(|| ("application/json", body.to_string().into_bytes()));
        let answer = who.send(method.clone(), path, "*/*", content).await.unwrap();
        (answer.status.as_u16(), answer.text())
    };
    assert_eq!(ask(&writer, &changes[0]).await.0, 200);
    for question in &questions {
        assert_eq!(ask(&reader, question).await.0, 200, "{question:?}");
        let (status, text) = ask(&nobody, question).await;
        assert_eq!(status, 403, "{question:?}: {text}");
        assert!(text.contains("doesn't appear in the certificate allowlist"), "{text}");
    }
    let refusal = "The client certificate name reader.example.com is on the list of those who may query and do nothing else.";
    for change in &changes {
        let (status, text) = ask(&reader, change).await;
        assert!(
            status == 403 && text == refusal || [400, 404].contains(&status),
            "{change:?}: {status} {text}"
        );
    }
    // Nothing has happened to the node.
    let rows = cluster.rows("nodes[certname, deactivated] {}").await;
    assert_eq!(rows, [json!({"certname": "c.example.com", "deactivated": null})]);
    assert_eq!(ask(&writer, &changes[1]).await.0, 200);
    cluster.stop().await;
}
