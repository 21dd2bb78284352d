//! The requests of a stock agent's first and regular run, replayed.
//!
//! `transcripts/` holds what Debian's puppet-agent 7.23 asked and what a Puppet server answered over the example control
//! repository, recorded once between the two; facts are cut down, certificates left out, paths replaced. The same requests must get
//! the same answers here, but for what differs from server to server: ids, versions, times, owners.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

use acceptance::agent::{Agent, Applicant};
use acceptance::cluster::Cluster;
use rest::client::Answer;
use rest::{Bytes, Client, ClientTls, HeaderValue, Method, header};
use serde_json::Value;

const CERTNAME: &str = "guest.example.com";

fn load(name: &str) -> Vec<Value> {
    let file = format!("{}/tests/transcripts/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

async fn replay(name: &str, agent: &Agent, cluster: &Cluster) {
    for (index, exchange) in load(name).into_iter().enumerate() {
        let path = exchange["path"].as_str().unwrap();
        if path.starts_with("/puppet-ca/") {
            continue;
        }
        let method: Method = exchange["method"].as_str().unwrap().parse().unwrap();
        let accept: &'static str = exchange["accept"].as_str().unwrap().to_owned().leak();
        let content = exchange["content_type"].as_str().map(|content_type| {
            let content_type: &'static str = content_type.to_owned().leak();
            (content_type, exchange["body"].as_str().unwrap().as_bytes().to_vec())
        });
        let answer = agent.send(method, path, accept, content).await.unwrap();
        check(&format!("{name} {index} {path}"), &exchange, &answer, cluster);
    }
}

fn check(what: &str, exchange: &Value, answer: &Answer, cluster: &Cluster) {
    assert_eq!(u64::from(answer.status.as_u16()), exchange["status"], "{what}: {}", answer.text());
    let content_type =
        answer.headers[header::CONTENT_TYPE].to_str().unwrap().split(';').next().unwrap().trim();
    assert_eq!(content_type, exchange["response_type"], "{what}");
    assert!(answer.headers.contains_key("x-puppet-version"), "{what}");
    match &exchange["response"] {
        Value::String(text) => assert_eq!(answer.text(), text.trim_end(), "{what}"),
        expected => {
            let environments = cluster.root().join("environments").display().to_string();
            let ours =
                String::from_utf8(answer.body.to_vec()).unwrap().replace(&environments, "@ENVIRONMENTS@");
            let (mut ours, mut expected) = (serde_json::from_str(&ours).unwrap(), expected.clone());
            mask(&mut ours);
            mask(&mut expected);
            assert_eq!(
                serde_json::to_string_pretty(&ours).unwrap(),
                serde_json::to_string_pretty(&expected).unwrap(),
                "{what}"
            );
        }
    }
}

/// Takes out what differs from server to server. Keys are sorted on the way, and tags, which are a set.
fn mask(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for name in ["version", "catalog_uuid", "owner", "group"] {
                if fields.contains_key(name) {
                    fields[name] = Value::from("-");
                }
            }
            if fields.get("type").and_then(Value::as_str) == Some("ctime") {
                fields["value"] = Value::from("-");
            }
            if let Some(Value::Array(tags)) = fields.get_mut("tags") {
                tags.sort_by_key(ToString::to_string);
            }
            fields.sort_keys();
            fields.values_mut().for_each(mask);
        }
        Value::Array(items) => items.iter_mut().for_each(mask),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stock_agents_requests_get_the_recorded_answers() {
    let cluster = Cluster::start().await;
    let authority = cluster.authority();
    // Enrolment, as the transcript has it: the authority, its list, the request, the certificate.
    let client = Client::new(&ClientTls::anonymous(&authority, b"").unwrap());
    let applicant = Applicant::apply(&cluster.url(), &authority, CERTNAME).await;
    for exchange in load("first-run") {
        let path = exchange["path"].as_str().unwrap();
        if exchange["method"] == "GET" && path.starts_with("/puppet-ca/") {
            let accept = [(header::ACCEPT, HeaderValue::from_static("text/plain"))];
            let url = format!("{}{path}", cluster.url());
            let answer = client.send(Method::GET, &url, accept, Bytes::new()).await.unwrap();
            assert_eq!(u64::from(answer.status.as_u16()), exchange["status"], "{path}");
            assert!(
                answer.text().starts_with("-----BEGIN ") || answer.text().contains("\n-----BEGIN "),
                "{path}"
            );
        }
    }
    let agent = applicant.enrol(&authority).await;
    replay("first-run", &agent, &cluster).await;
    replay("regular-run", &agent, &cluster).await;
    // The report of the recording is in the store.
    let reports = cluster.primary().store().reports(Some(CERTNAME), 10).await.unwrap();
    assert_eq!(reports.len(), 2);
    cluster.stop().await;
}
