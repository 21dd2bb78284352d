//! The program `bunraku` at the store, beside a server that runs: queries, nodes, commands that were set aside. Over SQLite and over
//! PostgreSQL. And questions to the store in manifests.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use acceptance::agent::{Agent, facts_of};
use acceptance::cluster::{Cluster, Options};
use rest::{Client, HeaderValue, Method, header};
use serde_json::{Value, json};

const QUERIES: &str = r#"
node 'a.example.com' { file { '/etc/motd': content => 'hi' } }
node 'b.example.com' {
  $names = puppetdb_query('nodes[certname] { order by certname }').map |$row| { $row['certname'] }
  $found = puppetdb_query(['from', 'facts', ['extract', ['certname', 'value'], ['=', 'name', 'clientcert']], ['order_by', ['certname']]])
  notify { "${names.join(',')} ${found[0]['value']}": }
}
node 'c.example.com' { $wrong = puppetdb_query('nodes[nothing] {}') }
"#;

/// What the program printed, and its exit code.
struct Said {
    code: i32,
    out: String,
    err: String,
}

fn bunraku_with(cluster: &Cluster, arguments: &[&str], input: &str) -> Said {
    let mut child = Command::new(env!("CARGO_BIN_EXE_bunraku-under-test"))
        .args(arguments)
        .arg("--config")
        .arg(cluster.config())
        .env_remove("BUNRAKU_PDB_URL")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    Said {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn bunraku(cluster: &Cluster, arguments: &[&str]) -> Said {
    bunraku_with(cluster, arguments, "")
}

/// Standard output of a command that succeeds.
fn out(cluster: &Cluster, arguments: &[&str]) -> String {
    let said = bunraku(cluster, arguments);
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{arguments:?}: {}", said.out);
    said.out
}

/// Standard error of a command that fails.
fn error(cluster: &Cluster, arguments: &[&str]) -> String {
    let said = bunraku(cluster, arguments);
    assert_eq!((said.code, said.out.as_str()), (1, ""), "{arguments:?}: {}", said.err);
    said.err
}

/// The words of a table, line by line.
fn words(table: &str) -> Vec<Vec<&str>> {
    table.lines().map(|line| line.split_whitespace().collect()).collect()
}

async fn catalog(agent: &Agent) -> (u16, String) {
    let example = acceptance::examples::nodes().remove(0);
    let answer = agent.catalog(&facts_of(&example, &agent.certname), "queries").await.unwrap();
    (answer.status.as_u16(), answer.text())
}

async fn run(agent: &Agent) {
    let example = acceptance::examples::nodes().remove(0);
    agent.run(&facts_of(&example, &agent.certname)).await.unwrap();
}

async fn start(puppetdb: String) -> (Cluster, Vec<Agent>) {
    let cluster = Cluster::start_with(Options { puppetdb, ..Options::default() }).await;
    let manifests = cluster.environment("queries").join("manifests");
    std::fs::create_dir_all(&manifests).unwrap();
    std::fs::write(manifests.join("site.pp"), QUERIES).unwrap();
    let mut agents = Vec::new();
    for name in ["a", "b", "c"] {
        let name = format!("{name}.example.com");
        agents.push(Agent::enrolled(&cluster.url(), &cluster.authority(), &name).await);
    }
    (cluster, agents)
}

async fn check(puppetdb: String) {
    let (cluster, agents) = start(puppetdb).await;
    let [a, b, c] = agents.as_slice() else { unreachable!() };

    // Before anybody has reported.
    let nothing = bunraku(&cluster, &["query", "nodes {}"]);
    assert_eq!((nothing.code, nothing.out.as_str(), nothing.err.as_str()), (0, "", "Nothing is found.\n"));
    assert_eq!(out(&cluster, &["query", "nodes {}", "--format", "json"]), "[]\n");
    let unknown = error(&cluster, &["node", "show", "a.example.com"]);
    assert_eq!(unknown, "Error: No information is known about node a.example.com\n");

    // In manifests.
    assert_eq!(catalog(a).await.0, 200);
    let (status, seen) = catalog(b).await;
    assert_eq!(status, 200, "{seen}");
    let seen: Value = serde_json::from_str(&seen).unwrap();
    let titles: Vec<&str> = seen["resources"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|resource| resource["title"].as_str())
        .collect();
    assert!(titles.contains(&"a.example.com,b.example.com a.example.com"), "{titles:?}");
    let (status, wrong) = catalog(c).await;
    assert_eq!(status, 500);
    assert!(wrong.contains("Can't extract unknown 'nodes' field 'nothing'"), "{wrong}");
    run(a).await;

    queries(&cluster);
    nodes(&cluster, a).await;
    set_aside(&cluster).await;
    cluster.stop().await;
}

/// `bunraku query`
fn queries(cluster: &Cluster) {
    let query = "nodes[certname, latest_report_status, deactivated] { certname in ['a.example.com', 'b.example.com'] order by certname }";
    let table = out(cluster, &["query", query]);
    let expected = [
        vec!["certname", "latest_report_status", "deactivated"],
        vec!["a.example.com", "unchanged"],
        vec!["b.example.com"],
    ];
    assert_eq!(words(&table), expected);
    let rows: Value = serde_json::from_str(&out(cluster, &["query", query, "--format", "json"])).unwrap();
    let expected = json!([
        {"certname": "a.example.com", "latest_report_status": "unchanged", "deactivated": null},
        {"certname": "b.example.com", "latest_report_status": null, "deactivated": null},
    ]);
    assert_eq!(rows, expected);
    let csv = "certname,latest_report_status,deactivated\r\na.example.com,unchanged,\r\nb.example.com,,\r\n";
    assert_eq!(out(cluster, &["query", query, "--format", "csv"]), csv);
    assert_eq!(out(cluster, &["query", query, "--format", "csv", "--url", &cluster.store_url()]), csv);
    let piped = bunraku_with(cluster, &["query", "-", "--format", "csv"], query);
    assert_eq!((piped.code, piped.out.as_str()), (0, csv));
    let ast = r#"["from", "resources", ["extract", ["certname", "title"], ["=", "type", "File"]], ["order_by", ["title"]], ["limit", 1]]"#;
    let rows = "certname,title\r\na.example.com,/tmp/bunraku-guest\r\n";
    assert_eq!(out(cluster, &["query", ast, "--format", "csv"]), rows);

    for target in [vec![], vec!["--url".to_owned(), cluster.store_url()]] {
        let ask = |query: &'static str| {
            let mut arguments = vec!["query", query];
            arguments.extend(target.iter().map(String::as_str));
            error(cluster, &arguments)
        };
        let wrong = ask("nodes { certname ~ }");
        assert!(wrong.starts_with("Error: PQL parse error at line 1, column 20"), "{wrong}");
        let field = ask("nodes[nothing] {}");
        assert!(field.starts_with("Error: Can't extract unknown 'nodes' field 'nothing'"), "{field}");
        let value = ask("nodes { certname = 5 }");
        assert!(value.starts_with("Error: ERROR: operator does not exist: text = bigint"), "{value}");
    }
    let nobody = error(cluster, &["query", "nodes {}", "--url", "http://127.0.0.1:1"]);
    assert!(nobody.starts_with("Error: the store does not answer"), "{nobody}");
}

/// `bunraku node`
async fn nodes(cluster: &Cluster, a: &Agent) {
    let listed = |arguments: &[&str]| -> Vec<String> {
        let table = out(cluster, &[&["node", "list"], arguments].concat());
        words(&table).iter().skip(1).map(|line| line[0].to_owned()).collect()
    };
    let all = ["a.example.com", "b.example.com", "c.example.com"];
    assert_eq!(listed(&[]), all);
    let shown: Value = serde_json::from_str(&out(cluster, &["node", "show", "a.example.com"])).unwrap();
    assert_eq!((&shown["certname"], &shown["latest_report_status"]), (&json!(all[0]), &json!("unchanged")));

    assert_eq!(
        out(cluster, &["node", "deactivate", all[0], all[2]]),
        "Deactivated a.example.com\nDeactivated c.example.com\n"
    );
    assert_eq!(listed(&[]), [all[1]]);
    assert_eq!(listed(&["--all"]), all);
    let shown: Value = serde_json::from_str(&out(cluster, &["node", "show", all[0]])).unwrap();
    assert!(shown["deactivated"].is_string(), "{shown}");
    let unknown = error(cluster, &["node", "deactivate", "z.example.com"]);
    assert_eq!(
        unknown,
        "Error: could not deactivate z.example.com: No information is known about node z.example.com\n"
    );
    // It is back with its next run.
    run(a).await;
    assert_eq!(listed(&[]), all[..2]);

    let url = cluster.store_url();
    let there = out(cluster, &["node", "deactivate", all[1], "--url", &url]);
    assert!(there.starts_with("Submitted 'deactivate node' for b.example.com with UUID "), "{there}");
    until("b is deactivated", async || listed(&[]) == all[..1]).await;

    // All of it goes, and all of it comes back.
    let count = |entity: &str| {
        let query = format!("{entity}[count()] {{ certname = 'a.example.com' }}");
        let rows: Value =
            serde_json::from_str(&out(cluster, &["query", &query, "--format", "json"])).unwrap();
        rows[0]["count"].as_i64().unwrap()
    };
    let entities = ["facts", "resources", "edges", "reports"];
    let before = entities.map(count);
    assert!(before.iter().all(|count| *count > 0), "{before:?}");
    assert_eq!(out(cluster, &["node", "purge", all[0]]), "Deleted a.example.com\n");
    assert_eq!(listed(&["--all"]), all[1..]);
    assert_eq!(entities.map(count), [0; 4]);
    let again = error(cluster, &["node", "purge", all[0]]);
    assert_eq!(
        again,
        "Error: could not delete a.example.com: No information is known about node a.example.com\n"
    );
    run(a).await;
    assert_eq!(listed(&[]), all[..1]);
    let after = entities.map(count);
    assert_eq!((after[..3].to_vec(), after[3]), (before[..3].to_vec(), 1));
    assert_eq!(out(cluster, &["node", "purge", all[1], "--url", &url]), "Deleted b.example.com\n");
    assert_eq!(listed(&["--all"]), [all[0], all[2]]);
}

/// `bunraku store`
async fn set_aside(cluster: &Cluster) {
    let none = bunraku(cluster, &["store", "failed"]);
    assert_eq!((none.code, none.out.as_str(), none.err.as_str()), (0, "", "No command is set aside.\n"));

    let submit = async |document: &Value| -> String {
        let json = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        let command = "command=replace_facts&version=5&certname=d.example.com";
        let url = format!("{}/pdb/cmd/v1?{command}", cluster.store_url());
        let client = Client::without_tls();
        let answer = client.send(Method::POST, &url, json, document.to_string().into()).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json::<Value>().unwrap()["uuid"].as_str().unwrap().to_owned()
    };
    let first = json!({"certname": "d.example.com", "environment": "production", "values": [1]});
    let second = json!({"certname": "e.example.com", "environment": "production", "values": {}, "producer_timestamp": "2026-01-01T00:00:00Z"});
    let (one, two) = (submit(&first).await, submit(&second).await);
    let failed = || -> Vec<Value> {
        serde_json::from_str(&out(cluster, &["store", "failed", "--format", "json"])).unwrap()
    };
    until("both are set aside", async || failed().len() == 2).await;
    let letters = failed();
    assert_eq!((&letters[1]["uuid"], &letters[1]["command"]), (&json!(one), &json!("replace facts 5")));
    let why = "the document is that of e.example.com, not of d.example.com";
    assert_eq!((&letters[0]["uuid"], &letters[0]["error"]), (&json!(two), &json!(why)));
    let table = out(cluster, &["store", "failed"]);
    assert!(table.contains(&one) && table.contains(why), "{table}");
    let shown: Value = serde_json::from_str(&out(cluster, &["store", "show", &one])).unwrap();
    assert_eq!(shown, first);

    // Tried again, and set aside again, since nothing was mended.
    let given_up = letters[1]["discarded"].clone();
    assert_eq!(out(cluster, &["store", "retry", &one]), "1 command will be tried again\n");
    until("it is tried again", async || {
        failed().iter().any(|letter| letter["uuid"] == one.as_str() && letter["discarded"] != given_up)
    })
    .await;
    let wrong = bunraku(cluster, &["store", "discard", &two, "nothing"]);
    assert_eq!((wrong.code, wrong.out.as_str()), (1, "1 command deleted\n"));
    assert_eq!(wrong.err, "Error: 1 of the UUIDs are not those of commands that were set aside\n");
    assert_eq!(out(cluster, &["store", "discard", "--all"]), "1 command deleted\n");
    assert_eq!(failed(), Vec::<Value>::new());
    assert_eq!(out(cluster, &["store", "recount"]), "All counts are right.\n");
    assert_eq!(error(cluster, &["store", "show", &one]), format!("Error: no command {one} is set aside\n"));
}

async fn until(what: &str, mut done: impl AsyncFnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !done().await {
        assert!(Instant::now() < end, "{what}: it does not happen");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn over_sqlite() {
    check(String::new()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn over_postgresql() {
    let Some(server) = db::scratch::Server::start() else { return };
    check(format!("database-url = '{}'", server.settings().url)).await;
}
