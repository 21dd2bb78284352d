//! Facts that are meant to do harm: each ends in a clear error or a catalog, and other nodes get theirs.

use super::catalog::{PATH, form, post};
use super::*;

/// A site that takes forms as large as they come.
fn site() -> Site {
    Site::with(|settings| settings.body_bytes_max = 1 << 30)
}

async fn another_node_compiles(site: &Site) {
    let facts = format!(r#"{{"name":"{NODE}","values":{{"a":1}}}}"#);
    assert_eq!(site.send(post(PATH, form(&facts, ""))).await.status, 200);
}

async fn ends(site: &Site, values: &str, status: u16, text: &str) {
    let facts = format!(r#"{{"name":"{NODE}","values":{values}}}"#);
    let answer = site.send(post(PATH, form(&facts, ""))).await;
    let shown: String = answer.body.chars().take(300).collect();
    assert_eq!(answer.status, status, "{shown}");
    assert!(answer.body.contains(text), "{shown}");
    another_node_compiles(site).await;
}

#[tokio::test]
async fn facts_of_fifty_megabytes() {
    let long = "x".repeat(50 << 20);
    ends(&Site::new(), &format!(r#"{{"long":"{long}"}}"#), 413, "").await;
    // Where bodies of that size are wanted they are taken, and others are not the worse for it.
    ends(&site(), &format!(r#"{{"long":"{long}"}}"#), 200, "").await;
}

#[tokio::test]
async fn facts_of_millions_of_values() {
    let many = "1,".repeat(2_100_000);
    ends(&site(), &format!(r#"{{"many":[{many}1]}}"#), 500, "Could not intern from json: ").await;
}

#[tokio::test]
async fn facts_nested_ten_thousand_times() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    ends(&site(), &format!(r#"{{"deep":{deep}}}"#), 500, "Could not intern from json: ").await;
}

/// Keys that would all fall into one bucket of a hash without a seed only cost what others cost.
#[tokio::test]
async fn facts_of_many_names() {
    let names: Vec<String> = (0..100_000).map(|number| format!(r#""f{number}":{number}"#)).collect();
    ends(&site(), &format!("{{{}}}", names.join(",")), 200, "").await;
}
