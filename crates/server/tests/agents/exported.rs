//! What one node exports, others collect.

use super::catalog::{facts, form, post};
use super::*;

const MANIFEST: &str = "
node 'web.example.com' {
  @@file { \"/peers/${facts['n']}\": content => 'web', tag => 'peer' }
  @@file { '/secret': content => Sensitive('hidden'), tag => 'none' }
}
node default {
  File <<| tag == 'peer' |>> { mode => '0600' }
}
";

async fn resources(site: &Site, certname: &str) -> Vec<serde_json::Value> {
    let target = format!("/puppet/v3/catalog/{certname}?environment=production");
    let request = post(&target, form(&facts(certname), ""))
        .with_peer(Peer::verified(certname, PeerCertificate::default()));
    let answer = site.send(request).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let catalog = answer.json();
    let all = catalog["resources"].as_array().unwrap().iter();
    all.filter(|resource| resource["type"] == "File").cloned().collect()
}

#[tokio::test]
async fn a_resource_goes_from_the_node_that_exports_it_to_the_one_that_collects_it() {
    let site = Site::new();
    site.manifest("production", MANIFEST);
    assert_eq!(resources(&site, "db.example.com").await.len(), 0);
    // The node itself does not apply what it exports.
    assert_eq!(resources(&site, NODE).await.len(), 0);
    let collected = resources(&site, "db.example.com").await;
    assert_eq!(collected.len(), 1);
    assert_eq!((&collected[0]["title"], &collected[0]["exported"]), (&"/peers/1".into(), &false.into()));
    assert_eq!(
        collected[0]["parameters"],
        serde_json::json!({"content": "web", "tag": "peer", "mode": "0600"})
    );

    let commands = site.pdb.commands();
    let stored = commands.iter().rev().find_map(|command| match command {
        Command::ReplaceCatalog(stored) if stored.certname == NODE => Some(stored),
        _ => None,
    });
    let titles: Vec<&str> =
        stored.unwrap().exported.resources.iter().map(|resource| resource.title.as_str()).collect();
    assert_eq!(titles, ["/peers/1", "/secret"]);
    assert_eq!(stored.unwrap().exported.resources[1].sensitive_parameters.len(), 1);
}

#[tokio::test]
async fn trusted_data_is_kept_with_the_facts() {
    let site = Site::new();
    resources(&site, NODE).await;
    let commands = site.pdb.commands();
    let Some(Command::ReplaceFacts(stored)) = commands.first() else { panic!("{commands:?}") };
    let trusted = stored.trusted.as_ref().unwrap().as_hash().unwrap();
    assert_eq!(trusted["certname"], NODE.into());
}
