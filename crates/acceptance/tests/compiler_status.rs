//! When a compiler says that agents had better go elsewhere, and when not.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

use std::path::Path;

use acceptance::cluster::{Cluster, Options};
use acceptance::compiler::{self, Machine, cluster, status, until};
use rest::{Client, ClientTls, Method};
use serde_json::{Value, json};

/// The alerts of a part, as severity and text.
async fn alerts(cluster: &Cluster, machine: &Machine, part: &str) -> Vec<(String, String)> {
    let (_, text) = status(cluster, machine, &format!("services/{part}")).await;
    let document: Value = serde_json::from_str(&text).unwrap();
    let text = |alert: &Value, key: &str| alert[key].as_str().unwrap().to_owned();
    let alerts = document["active_alerts"].as_array().unwrap_or_else(|| panic!("{document:#}"));
    alerts.iter().map(|alert| (text(alert, "severity"), text(alert, "message"))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_that_nobody_confirms_make_the_status_an_error() {
    let mut cluster = cluster("").await;
    let machine = Machine::enrolled(&cluster, "compiler.example.com", "crl-max-age = '2s'\n");
    let compiler = machine.start().await;
    assert_eq!(status(&cluster, &machine, "simple").await, (200, "running".to_owned()));
    cluster.down().await;
    until("old lists are no error", async || status(&cluster, &machine, "simple").await.0 == 503).await;
    let told = alerts(&cluster, &machine, "revocation-lists").await;
    assert!(told[0].0 == "error" && told[0].1.contains("has not confirmed"), "{told:?}");
    // That the primary is away is none by itself.
    let told = alerts(&cluster, &machine, "ca-proxy").await;
    assert!(told.iter().all(|(severity, _)| severity == "warning") && !told.is_empty(), "{told:?}");
    cluster.up().await;
    until("it is not well again", async || status(&cluster, &machine, "simple").await.0 == 200).await;
    compiler.stop().await;
    cluster.stop().await;
}

/// Stages an environment and commits it on the primary.
async fn commit(cluster: &Cluster, staging: &Path, text: &str) {
    let manifests = staging.join("environments/production/manifests");
    std::fs::create_dir_all(&manifests).unwrap();
    std::fs::write(manifests.join("site.pp"), text).unwrap();
    let client = cluster.own_client();
    let url = format!("{}/file-sync/v1/commit", cluster.url());
    let answer = client.send_json(Method::POST, &url, &json!({"commit-all": true})).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn code_that_cannot_be_replaced_makes_the_status_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let lines = |name: &str| {
        let root = folder.path().display();
        format!(
            "[file-sync]\nenabled = true\nmax-code-age = '1s'\nstaging-dir = '{root}/staging'\n\
             data-dir = '{root}/{name}/data'\nlive-dir = '{root}/{name}/code'\n"
        )
    };
    let toml = format!("{}{}", compiler::TOML, lines("primary"));
    let mut cluster = Cluster::start_with(Options { toml, ..Options::default() }).await;
    let machine = Machine::enrolled(&cluster, "compiler.example.com", &lines("compiler"));
    let staging = folder.path().join("staging");
    commit(&cluster, &staging, "notify { 'one': }\n").await;
    let compiler = machine.start().await;
    let live = folder.path().join("compiler/code/environments/production/manifests/site.pp");
    until("the first version does not arrive", async || live.exists()).await;
    assert_eq!(status(&cluster, &machine, "simple").await, (200, "running".to_owned()));
    compiler.stop().await;

    // What the next version needs is lost on the primary before the compiler has it.
    commit(&cluster, &staging, "notify { 'two': }\n").await;
    let packs = folder.path().join("primary/data/storage/puppet-code/production.git/objects/pack");
    let away = folder.path().join("away");
    std::fs::rename(&packs, &away).unwrap();
    std::fs::create_dir(&packs).unwrap();
    let compiler = machine.start().await;
    until("old code is no error", async || status(&cluster, &machine, "simple").await.0 == 503).await;
    let told = alerts(&cluster, &machine, "file-sync-client-service").await;
    let is_old = |(_, text): &&(String, String)| text.contains("a newer version of production");
    assert_eq!(told.iter().find(is_old).unwrap().0, "error", "{told:?}");
    // While the primary is away, other compilers could not do better.
    cluster.down().await;
    until("it is still an error", async || status(&cluster, &machine, "simple").await.0 == 200).await;
    let told = alerts(&cluster, &machine, "file-sync-client-service").await;
    assert_eq!(told.iter().find(is_old).unwrap().0, "warning", "{told:?}");
    std::fs::remove_dir(&packs).unwrap();
    std::fs::rename(&away, &packs).unwrap();
    cluster.up().await;
    until("the second version does not arrive", async || {
        std::fs::read_to_string(&live).unwrap().contains("two")
            && status(&cluster, &machine, "simple").await.0 == 200
    })
    .await;
    // The open page of the store of versions tells what the newest version is about.
    let client = Client::new(&ClientTls::anonymous(&cluster.authority(), b"").unwrap());
    let url = format!("{}/status/v1/services/file-sync-storage-service?level=debug", cluster.url());
    let page: Value = client.send(Method::GET, &url, [], rest::Bytes::new()).await.unwrap().json().unwrap();
    let latest =
        &page["status"]["repos"]["puppet-code"]["submodules"]["environments/production"]["latest_commit"];
    assert!(latest["message"].is_string() && latest["date"].is_string(), "{page:#}");
    compiler.stop().await;
    cluster.stop().await;
}
