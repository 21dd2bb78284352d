//! The store's own listeners: who may come, commands of others, and what one node exports for another.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

use acceptance::agent::{Agent, facts_of};
use acceptance::cluster::{Cluster, Options};
use rest::{Bytes, Client, HeaderValue, Method, header};

const EXPORTS: &str = "
node 'a.example.com' { @@notify { 'from a': message => 'hello' } }
node 'b.example.com' { Notify <<| |>> }
";

async fn notices(agent: &Agent, certname: &str) -> Vec<String> {
    let example = acceptance::examples::nodes().remove(0);
    let answer = agent.catalog(&facts_of(&example, certname), "exports").await.unwrap();
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
    let catalog: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    let resources = catalog["resources"].as_array().unwrap().iter();
    let notices = resources.filter(|resource| resource["type"] == "Notify");
    notices.map(|resource| resource["title"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_of_puppetdb_and_exported_resources() {
    let list = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(list.path(), "a.example.com\n").unwrap();
    let puppetdb = format!("certificate-allowlist = '{}'", list.path().display());
    let cluster = Cluster::start_with(Options { puppetdb, ..Options::default() }).await;
    let manifests = cluster.environment("exports").join("manifests");
    std::fs::create_dir_all(&manifests).unwrap();
    std::fs::write(manifests.join("site.pp"), EXPORTS).unwrap();
    let authority = cluster.authority();
    let a = Agent::enrolled(&cluster.url(), &authority, "a.example.com").await;
    let b = Agent::enrolled(&cluster.url(), &authority, "b.example.com").await;

    assert_eq!(notices(&b, "b.example.com").await, Vec::<String>::new());
    assert_eq!(notices(&a, "a.example.com").await, Vec::<String>::new());
    assert_eq!(notices(&b, "b.example.com").await, ["from a"]);

    // With a certificate of the authority, and on the list.
    let (tls, plain) = cluster.primary().puppetdb_addresses();
    let (tls, plain) = (tls.unwrap(), plain.unwrap());
    let status = "/status/v1/services/puppetdb-status";
    let there = a.at(&format!("https://localhost:{}", tls.port())).get(status).await.unwrap();
    assert_eq!(there.status.as_u16(), 200, "{}", there.text());
    let refused = b.at(&format!("https://localhost:{}", tls.port())).get(status).await.unwrap();
    assert_eq!(refused.status.as_u16(), 403);
    let text = refused.text();
    let begin = "The client certificate name b.example.com doesn't appear in the certificate allowlist.";
    assert!(text.starts_with(begin), "{text}");

    // On this machine without a certificate: a command, and a query that sees it.
    let client = Client::without_tls();
    let base = format!("http://{plain}");
    let facts = serde_json::json!({
        "certname": "c.example.com", "environment": "production", "producer_timestamp": "2026-01-01T00:00:00Z",
        "producer": null, "values": {"kernel": "Plan9"},
    });
    let json = vec![(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    let command = "command=replace_facts&version=5&certname=c.example.com&secondsToWaitForCompletion=60";
    let url = format!("{base}/pdb/cmd/v1?{command}");
    let answer = client.send(Method::POST, &url, json, Bytes::from(facts.to_string())).await.unwrap();
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
    let url = format!("{base}/pdb/query/v4/nodes/c.example.com/facts/kernel");
    let answer = client.send(Method::GET, &url, Vec::new(), Bytes::new()).await.unwrap();
    let rows: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(rows[0]["value"], "Plan9", "{rows}");
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_catalog_looked_up_stands_beside_it() {
    let toml = "[compile]\ntrack-lookups = true\n".to_owned();
    let cluster = Cluster::start_with(Options { toml, ..Options::default() }).await;
    let manifests = cluster.environment("inputs").join("manifests");
    std::fs::create_dir_all(&manifests).unwrap();
    let code = "class c($p = 1) { }\ninclude c\nnotify { lookup('greeting', {default_value => 'hello'}): }\n";
    std::fs::write(manifests.join("site.pp"), code).unwrap();
    let agent = Agent::enrolled(&cluster.url(), &cluster.authority(), "a.example.com").await;
    let example = acceptance::examples::nodes().remove(0);
    let query =
        serde_json::json!(["from", "catalog_inputs", ["extract", ["certname", "catalog_uuid", "inputs"]]]);
    // The second one is kept.
    for _ in 0..2 {
        let answer = agent.catalog(&facts_of(&example, "a.example.com"), "inputs").await.unwrap();
        let catalog: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        let mut rows = cluster.rows(query.clone()).await;
        let inputs = rows[0]["inputs"].as_array_mut().unwrap();
        inputs.sort_by_key(|input| input.to_string());
        assert_eq!(*inputs, [serde_json::json!(["hiera", "c::p"]), serde_json::json!(["hiera", "greeting"])]);
        assert_eq!(rows[0]["catalog_uuid"], catalog["catalog_uuid"]);
        assert_eq!(rows.len(), 1);
    }
    let query = serde_json::json!(["extract", ["certname", "type", "name"], ["=", "name", "c::p"]]);
    let rows = cluster.rows(serde_json::json!(["from", "catalog_input_contents", query])).await;
    assert_eq!(rows, [serde_json::json!({"certname": "a.example.com", "type": "hiera", "name": "c::p"})]);
    cluster.stop().await;
}

const EXPORTING: &str = "
class c { @@notify { 'in class': require => Notify['plain'] } notify { 'plain': } @notify { 'only virtual': } contain d }
class d { @@d::thing { 'exported define': } }
define d::thing { notify { \"inside ${title}\": } }
define d::real { @@notify { \"by define ${title}\": } }
include c
d::real { 'r': }
@@notify { 'top': tag => 'mine' }
";

/// The edges that Puppet's terminus sends for this catalog.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_only_exported_is_contained_where_it_stands() {
    let cluster = Cluster::start().await;
    let manifests = cluster.environment("exports").join("manifests");
    std::fs::create_dir_all(&manifests).unwrap();
    std::fs::write(manifests.join("site.pp"), EXPORTING).unwrap();
    let agent = Agent::enrolled(&cluster.url(), &cluster.authority(), "a.example.com").await;
    let example = acceptance::examples::nodes().remove(0);
    let answer = agent.catalog(&facts_of(&example, "a.example.com"), "exports").await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    let columns = "edges[relationship, source_type, source_title, target_type, target_title] {}";
    let rows = cluster.rows(columns).await;
    let mut edges: Vec<String> = rows
        .iter()
        .map(|row| {
            let text = |key: &str| row[key].as_str().unwrap().to_owned();
            let reference =
                |end: &str| format!("{}[{}]", text(&format!("{end}_type")), text(&format!("{end}_title")));
            format!("{} {} {}", text("relationship"), reference("source"), reference("target"))
        })
        .collect();
    edges.sort();
    let observed = [
        "contains Class[C] Class[D]",
        "contains Class[C] Notify[in class]",
        "contains Class[C] Notify[plain]",
        "contains Class[D] D::Thing[exported define]",
        "contains Class[main] D::Real[r]",
        "contains Class[main] Notify[top]",
        "contains D::Real[r] Notify[by define r]",
        "contains Stage[main] Class[C]",
        "contains Stage[main] Class[D]",
        "contains Stage[main] Class[Settings]",
        "contains Stage[main] Class[main]",
    ];
    assert_eq!(edges, observed);
    cluster.stop().await;
}
