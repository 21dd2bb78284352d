//! octocatalog-diff: facts and catalogs from our store, catalogs from our server, beside those that the installed Puppet compiles.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

use std::path::Path;
use std::process::Command;

use acceptance::agent::{Agent, facts_of};
use acceptance::cluster::{Cluster, Options};
use acceptance::peers;
use serde_json::{Value, json};

const PROGRAM: &str = "/usr/bin/octocatalog-diff";
const NODE: &str = "node.example.com";

/// What an environment has; `mode` is what changes.
fn manifest(mode: &str) -> String {
    format!(
        "node default {{\n  $family = $facts['os']['family']\n\
         \x20 file {{ '/etc/motd': ensure => file, content => \"${{family}} ${{trusted['certname']}}\\n\", mode => '{mode}' }}\n\
         \x20 service {{ 'ssh': ensure => running, enable => true, subscribe => File['/etc/motd'] }}\n\
         \x20 class {{ 'base': ports => [80, 443] }}\n}}\n\
         class base(Array[Integer] $ports) {{\n  $ports.each |$port| {{ notify {{ \"port ${{port}}\": message => $port }} }}\n}}\n"
    )
}

/// Runs it, and gives the differences; without those in `kind`, which stored catalogs do not have and it does not know.
async fn octocatalog_diff(folder: &Path, arguments: Vec<String>) -> Vec<Value> {
    let home = folder.to_owned();
    let call = move || {
        Command::new(PROGRAM)
            .args(["-n", NODE, "--no-color", "--output-format", "json", "--puppet-binary", "/usr/bin/puppet"])
            .args(["--no-hiera-config", "--no-enc", "--ignore", "Class[Main],Class[Settings]"])
            .args(arguments)
            .env("HOME", &home)
            .env("LC_ALL", "C.UTF-8")
            .current_dir(&home)
            .output()
            .unwrap()
    };
    let output = tokio::task::spawn_blocking(call).await.unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let code = output.status.code().unwrap_or(-1);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let Value::Array(mut diff) = document["diff"].clone() else {
        panic!("octocatalog-diff ended with {code}: {text}\n{}", String::from_utf8_lossy(&output.stdout));
    };
    assert_eq!(code, if diff.is_empty() { 0 } else { 2 });
    diff.retain(|difference| difference["structure"] != json!(["kind"]));
    diff
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_and_catalogs() {
    let what = "octocatalog-diff with our store and our server";
    if [PROGRAM, "/usr/bin/puppet"].iter().any(|file| peers::find(file, what).is_none()) {
        return;
    }
    let list = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(list.path(), format!("{NODE}\n")).unwrap();
    let puppetdb = format!("certificate-allowlist = '{}'", list.path().display());
    let toml = "allow-subject-alt-names = true".to_owned();
    let cluster = Cluster::start_with(Options { puppetdb, toml, ..Options::default() }).await;
    for (environment, mode) in [("before", "0644"), ("after", "0600")] {
        let manifests = cluster.environment(environment).join("manifests");
        std::fs::create_dir_all(&manifests).unwrap();
        std::fs::write(manifests.join("site.pp"), manifest(mode)).unwrap();
    }
    let example = acceptance::examples::nodes().remove(0);
    let identity = cluster.issue(NODE, &cluster.root().join("identity"));
    let agent = Agent::with(&cluster.url(), &identity);
    let answer = agent.catalog(&facts_of(&example, NODE), "before").await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());

    let text =
        |arguments: &[&str]| arguments.iter().map(|argument| (*argument).to_owned()).collect::<Vec<_>>();
    let folder = |environment: &str| cluster.environment(environment).display().to_string();
    let (before, after) = (folder("before"), folder("after"));
    let url = cluster.store_url();

    // Facts from the store, both catalogs by Puppet.
    let compiled =
        text(&["--puppetdb-url", &url, "--bootstrapped-from-dir", &before, "--bootstrapped-to-dir", &after]);
    let diff = octocatalog_diff(cluster.root(), compiled).await;
    assert_eq!(diff.len(), 1, "{diff:?}");
    assert_eq!((&diff[0]["old_value"], &diff[0]["new_value"]), (&"0644".into(), &"0600".into()), "{diff:?}");

    // The catalog that the store has of our compiler, beside Puppet's; over TLS with a certificate that is on the list.
    let (tls, _) = cluster.primary().puppetdb_addresses();
    let tls = format!("https://localhost:{}", tls.unwrap().port());
    let file = |path: &Path| path.display().to_string();
    let (ca, certificate, key) =
        (file(&identity.authority), file(&identity.certificate), file(&identity.key));
    let stored = text(&[
        "--puppetdb-url",
        &tls,
        "--puppetdb-ssl-ca",
        &ca,
        "--puppetdb-ssl-client-cert",
        &certificate,
        "--puppetdb-ssl-client-key",
        &key,
        "--from-puppetdb",
        "--bootstrapped-to-dir",
        &before,
    ]);
    let mut diff = octocatalog_diff(cluster.root(), stored).await;
    // Puppet's terminus gives the stage this alias on its way to any store; a catalog that was just compiled has it not.
    let alias = diff.extract_if(.., |found| {
        (&found["title"], &found["structure"])
            == (&"main".into(), &serde_json::json!(["parameters", "alias"]))
    });
    assert_eq!(alias.map(|found| found["type"].clone()).collect::<Vec<_>>(), ["Stage"]);
    assert_eq!(diff, Vec::<Value>::new());

    // Our server as the compiler of one of them, and of both.
    let server = format!("localhost:{}", cluster.port());
    let ssl = [
        "--puppet-master-ssl-ca",
        &ca,
        "--puppet-master-ssl-client-cert",
        &certificate,
        "--puppet-master-ssl-client-key",
        &key,
    ];
    let mut one = text(&[
        "--puppetdb-url",
        &url,
        "-f",
        "before",
        "--from-puppet-master",
        &server,
        "--bootstrapped-to-dir",
        &before,
    ]);
    one.extend(text(&ssl));
    let diff = octocatalog_diff(cluster.root(), one).await;
    assert_eq!(diff, Vec::<Value>::new());
    let mut both = text(&["--puppetdb-url", &url, "-f", "before", "-t", "after", "--puppet-master", &server]);
    both.extend(text(&ssl));
    let diff = octocatalog_diff(cluster.root(), both).await;
    assert_eq!(diff.len(), 1, "{diff:?}");
    assert_eq!((&diff[0]["old_value"], &diff[0]["new_value"]), (&"0644".into(), &"0600".into()), "{diff:?}");
    cluster.stop().await;
}
