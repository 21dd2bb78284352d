//! The real Puppet Server with the real terminus of PuppetDB in front of our store. Agents enrol at our authority, have their catalogs
//! compiled there, and what they are and did is here: facts, catalogs, reports, resources that one exports for another.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

#[path = "../../pdb/tests/suite/mod.rs"]
mod suite;

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use acceptance::cluster::{Cluster, Options};
use acceptance::puppetdb::PuppetDb;
use acceptance::stock_agent::{Run, StockAgent};
use acceptance::{peers, puppetserver};
use rest::{Bytes, Client, ClientTls, HeaderValue, Method, header};
use serde_json::{Value, json};

const SERVER: &str = "puppetserver.example.com";
const EXPORTER: &str = "exporter.example.com";
const COLLECTOR: &str = "collector.example.com";

fn manifest(folder: &Path) -> String {
    r#"
node 'exporter.example.com' {
  include base
  base::thing { ['one', 'two']: settings => { 'a' => [1, 2.5, true, undef], 'b c' => { 'd' => 'ü' } }, number => 3 }
  Base::Thing['one'] -> Base::Thing['two'] ~> Exec['refreshed']
  exec { 'refreshed': command => ['/bin/true', 'x'], refreshonly => true, tries => 2, alias => 'again' }
  notify { 'rich':
    message  => Timestamp('2024-01-02T03:04:05Z'),
    withpath => false,
    loglevel => debug,
    tag      => ['Tagged', 'b::c'],
    before   => [Exec['again'], File['FOLDER/own/']],
    require  => Class['base'],
  }
  file { 'FOLDER/own':
    ensure  => file,
    mode    => '0644',
    content => "${lookup('greeting', String, 'first', 'no data')}\n",
  }
  file { 'FOLDER/secret':
    ensure  => file,
    content => Sensitive("hidden\n"),
    require => File['FOLDER/own'],
  }
  @@file { 'FOLDER/shared':
    ensure  => file,
    content => "from ${trusted['certname']}\n",
    tag     => 'shared',
  }
  @@file { 'aliased':
    ensure  => file,
    path    => 'FOLDER/aliased',
    content => 'x',
    tag     => 'shared',
  }
  @@file { 'FOLDER/other':
    ensure  => file,
    require => File['FOLDER/own'],
    tag     => 'other',
  }
}

class base {
  contain base::inner
  notify { 'in base': message => "${module_name} ${title}", noop => true }
}
class base::inner { notify { 'inside': } }
define base::thing(Hash $settings, Integer $number = 1, Optional[String] $nothing = undef) {
  notify { "thing ${title}": message => "${number} ${settings['a'][1]}" }
}

node 'collector.example.com' {
  File <<| tag == 'shared' |>>
  $names = puppetdb_query('nodes[certname] { order by certname }').map |$row| { $row['certname'] }
  $kernel = puppetdb_query(['from', 'facts', ['extract', 'value', ['and', ['=', 'certname', 'exporter.example.com'], ['=', 'name', 'kernel']]]])
  file { 'FOLDER/nodes':
    ensure  => file,
    content => "${names.join(' ')}: ${kernel}\n",
  }
}
"#
    .replace("FOLDER", &folder.display().to_string())
}

/// An agent that enrols at ours and runs at the real server.
async fn run(cluster: &Cluster, agent: &Arc<StockAgent>) -> Run {
    run_at(cluster, agent, agent.port()).await
}

/// The same at a server of this port.
async fn run_at(cluster: &Cluster, agent: &Arc<StockAgent>, port: u16) -> Run {
    let (agent, authority, port) = (agent.clone(), cluster.port().to_string(), port.to_string());
    let call = move || {
        agent.run(&[
            "--ca_server",
            "localhost",
            "--ca_port",
            &authority,
            "--serverport",
            &port,
            "--environment",
            "shared",
        ])
    };
    tokio::task::spawn_blocking(call).await.unwrap()
}

/// What is stored of a node's catalog.
async fn stored_catalog(cluster: &Cluster, certname: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for query in [
        format!(
            "resources[type, title, exported, file, line, tags, parameters, resource] {{ certname = '{certname}' }}"
        ),
        format!(
            "edges[source_type, source_title, target_type, target_title, relationship] {{ certname = '{certname}' }}"
        ),
        format!("catalogs[environment, code_id, job_id] {{ certname = '{certname}' }}"),
        format!("factsets[environment] {{ certname = '{certname}' }}"),
    ] {
        let (_, rows) = ask(&cluster.store_url(), &query).await;
        assert!(!rows.is_empty(), "{query}");
        lines.extend(rows.lines().map(suite::comparable));
    }
    lines.sort();
    lines
}

/// `puppet node ...` on the real server's machine.
fn puppet_node(confdir: &Path, arguments: &[&str]) -> Run {
    let output = Command::new("/usr/bin/puppet")
        .arg("node")
        .args(arguments)
        .arg("--confdir")
        .arg(confdir)
        .args(["--color", "false"])
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    Run { code: output.status.code().unwrap_or(-1), output: String::from_utf8_lossy(&text).into_owned() }
}

fn bunraku(cluster: &Cluster, arguments: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bunraku-under-test"));
    let output = command.args(arguments).arg("--config").arg(cluster.config()).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    Run { code: output.status.code().unwrap_or(-1), output: String::from_utf8_lossy(&text).into_owned() }
}

/// What both stores are asked, once they have what was sent to both.
const QUERIES: &[&str] = &[
    "nodes { node_state = 'any' }",
    "environments {}",
    "facts {}",
    "factsets {}",
    "fact_paths {}",
    "fact_contents {}",
    "inventory {}",
    // But for the hash, in which PuppetDB has tags in an order of its own.
    "catalogs[certname, version, environment, transaction_uuid, catalog_uuid, code_id, job_id, producer, resources, edges] {}",
    "resources {}",
    "edges {}",
    "reports {}",
    "events {}",
    "packages {}",
    r#"["from", "catalog_inputs"]"#,
    r#"["from", "catalog_input_contents"]"#,
];

async fn ask(url: &str, query: &str) -> (String, String) {
    let document = json!({ "query": query }).to_string();
    let json = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    let url = format!("{url}/pdb/query/v4");
    let answer = Client::without_tls().send(Method::POST, &url, json, document.into()).await.unwrap();
    suite::answer(query, answer.status.as_u16(), None, &answer.text())
}

/// The real PuppetDB was sent the same by the real terminus, so it is to say the same.
async fn compare(cluster: &Cluster, theirs: &mut PuppetDb) {
    let (ours, url) = (cluster.store_url(), theirs.url.clone());
    let counts = [
        "reports[count()] {}",
        "catalogs[count()] {}",
        "nodes[count()] { node_state = 'any' and deactivated is not null }",
    ];
    let both_have_all = async || {
        for query in counts {
            if ask(&ours, query).await != ask(&url, query).await {
                return false;
            }
        }
        true
    };
    theirs.until("have what ours has", both_have_all).await.unwrap();
    for query in QUERIES {
        let (ours, theirs) = (ask(&ours, query).await, ask(&url, query).await);
        assert_eq!(theirs.0, "json", "{query}: {}", theirs.1);
        let lines = |text: &str| text.lines().map(suite::comparable).collect::<Vec<_>>();
        let (mine, real) = (lines(&ours.1), lines(&theirs.1));
        let only = |these: &[String], others: &[String]| -> Vec<String> {
            these.iter().filter(|line| !others.contains(line)).cloned().collect()
        };
        assert!(
            suite::is_same(&ours, &theirs),
            "{query}: only ours:\n{:#?}\nonly theirs:\n{:#?}",
            only(&mine, &real),
            only(&real, &mine)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn puppetserver_stores_and_collects_here() {
    let what = "the real Puppet Server with our store behind it";
    if [puppetserver::PACKAGED, puppetserver::TERMINUS, "/usr/bin/puppet"]
        .iter()
        .any(|file| peers::find(file, what).is_none())
    {
        return;
    }
    let list = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(list.path(), format!("{SERVER}\n")).unwrap();
    let puppetdb = format!("certificate-allowlist = '{}'", list.path().display());
    let toml = "allow-subject-alt-names = true".to_owned();
    let cluster = Cluster::start_with(Options { puppetdb, toml, ..Options::default() }).await;

    let managed = cluster.root().join("managed");
    let shared = cluster.environment("shared");
    for folder in [&managed, &shared.join("manifests"), &shared.join("data")] {
        std::fs::create_dir_all(folder).unwrap();
    }
    std::fs::write(shared.join("manifests/site.pp"), manifest(&managed)).unwrap();
    std::fs::write(shared.join("data/common.yaml"), "greeting: hello from data\n").unwrap();
    let hiera = "version: 5\nhierarchy:\n  - name: all\n    path: common.yaml\n    data_hash: yaml_data\n    datadir: data\n";
    std::fs::write(shared.join("hiera.yaml"), hiera).unwrap();

    let identity = cluster.issue(SERVER, &cluster.root().join("identity"));
    let (store, _) = cluster.primary().puppetdb_addresses();
    let store = format!("https://localhost:{}", store.unwrap().port());
    let identity_of_theirs = cluster.issue("puppetdb.example.com", &cluster.root().join("identity"));
    let puppetdb = PuppetDb::start_with(Some(&identity_of_theirs)).await.unwrap();
    let Some(mut puppetdb) = puppetdb else { return };
    let real = puppetdb.tls_url.clone().unwrap();
    let settings = puppetserver::Settings {
        identity: &identity,
        environmentpath: &cluster.root().join("environments"),
        interpreters: 1,
        heap: "768m",
        puppetdb: &[&store, &real],
    };
    let confdir = cluster.root().join("puppetserver");
    let (mut server, url) = puppetserver::start(&confdir, &settings).unwrap();
    let port: u16 = url.rsplit_once(':').unwrap().1.parse().unwrap();
    let client = Client::new(&ClientTls::anonymous(&cluster.authority(), b"").unwrap());
    let status = format!("{url}/status/v1/simple");
    let answers = async || {
        let answer = client.send(Method::GET, &status, [], Bytes::new()).await;
        answer.is_ok_and(|answer| answer.status == 200)
    };
    server.until("answer", answers).await.unwrap();
    let log = || std::fs::read_to_string(confdir.join("log/puppetserver.log")).unwrap_or_default();

    let agent = |certname: &str| Arc::new(StockAgent::find(certname, port).unwrap());
    let (exporter, collector) = (agent(EXPORTER), agent(COLLECTOR));

    // One node: what it is, what it was sent, what it did.
    let first = run(&cluster, &exporter).await;
    assert_eq!(first.code, 2, "{}\n{}", first.output, log());
    assert_eq!(std::fs::read_to_string(managed.join("own")).unwrap(), "hello from data\n");
    let nodes = cluster.rows("nodes{}").await;
    assert_eq!(nodes.len(), 1, "{nodes:?}");
    let node = &nodes[0];
    assert_eq!(
        (&node["certname"], &node["latest_report_status"], &node["catalog_environment"]),
        (&json!(EXPORTER), &json!("changed"), &json!("shared")),
        "{node}"
    );
    assert!(node["facts_timestamp"].is_string() && node["catalog_timestamp"].is_string(), "{node}");

    let facts = cluster.rows("inventory[facts.clientversion, trusted.authenticated] {}").await;
    assert_eq!(facts[0]["trusted.authenticated"], "remote", "{facts:?}");
    assert!(facts[0]["facts.clientversion"].is_string(), "{facts:?}");
    let resources = cluster
        .rows("resources[title, exported, parameters, tags, file, line]{type = 'File' order by title}")
        .await;
    let named = |name: &str| {
        let title = managed.join(name).display().to_string();
        resources.iter().find(|row| row["title"] == title.as_str()).cloned().unwrap_or_default()
    };
    assert_eq!((resources.len(), &named("shared")["exported"]), (5, &json!(true)), "{resources:?}");
    assert_eq!(named("own")["parameters"]["content"], "hello from data\n");
    assert_eq!(named("own")["file"], shared.join("manifests/site.pp").display().to_string());
    assert_eq!(named("secret")["parameters"]["content"], Value::Null, "secrets are not sent");
    assert!(named("shared")["tags"].as_array().unwrap().contains(&json!("shared")));
    let query = "edges[source_title, target_title] { relationship = 'required-by' and source_type = 'File' }";
    let required = |name: &str| {
        let title = |name: &str| managed.join(name).display().to_string();
        json!({"source_title": title("own"), "target_title": title(name)})
    };
    let edges = cluster.rows(query).await;
    assert_eq!(edges, [required("secret")]);
    let producers =
        cluster.rows(json!(["from", "catalogs", ["extract", ["producer", "catalog_uuid"]]])).await;
    assert_eq!(producers[0]["producer"], SERVER, "{producers:?}");

    let inputs = cluster.rows(json!(["from", "catalog_inputs", ["extract", ["inputs"]]])).await;
    assert!(inputs[0]["inputs"].as_array().unwrap().contains(&json!(["hiera", "greeting"])), "{inputs:?}");

    let reports =
        cluster.rows("reports[status, puppet_version, producer, noop, metrics, logs, catalog_uuid]{}").await;
    let report = &reports[0];
    assert_eq!((reports.len(), &report["status"], &report["noop"]), (1, &json!("changed"), &json!(false)));
    assert_eq!(report["catalog_uuid"], producers[0]["catalog_uuid"]);
    let metrics = report["metrics"]["data"].as_array().unwrap();
    let changed =
        metrics.iter().find(|metric| metric["category"] == "resources" && metric["name"] == "changed");
    assert_eq!(changed.unwrap()["value"], 7, "{metrics:?}");
    assert!(report["logs"]["data"].as_array().unwrap().iter().any(|log| log["source"] == "Puppet"));
    let events = cluster
        .rows("events[resource_title, status, new_value]{resource_type = 'File' order by resource_title}")
        .await;
    assert_eq!((events.len(), &events[0]["status"]), (2, &json!("success")), "{events:?}");

    // Another: what the first exports for it, and answers to questions in the manifest.
    let second = run(&cluster, &collector).await;
    assert_eq!(second.code, 2, "{}\n{}", second.output, log());
    assert_eq!(std::fs::read_to_string(managed.join("shared")).unwrap(), format!("from {EXPORTER}\n"));
    assert_eq!(std::fs::read_to_string(managed.join("aliased")).unwrap(), "x");
    assert!(!managed.join("other").exists(), "that has another tag");
    let seen = std::fs::read_to_string(managed.join("nodes")).unwrap();
    assert_eq!(seen, format!("{COLLECTOR} {EXPORTER}: [{{value => Linux}}]\n"));
    let shown = bunraku(
        &cluster,
        &["query", "nodes[certname, latest_report_status] { order by certname }", "--format", "csv"],
    );
    assert_eq!(
        (shown.code, shown.output.as_str()),
        (
            0,
            "certname,latest_report_status\r\ncollector.example.com,changed\r\nexporter.example.com,changed\r\n"
        )
    );

    compare(&cluster, &mut puppetdb).await;

    let sent = stored_catalog(&cluster, EXPORTER).await;

    // The first is put out of service: its resources are no longer collected.
    let state = puppet_node(&confdir, &["status", EXPORTER]);
    assert!(state.code == 0 && state.says("Currently active"), "{}", state.output);
    let gone = puppet_node(&confdir, &["deactivate", EXPORTER]);
    let submitted = format!("Submitted 'deactivate node' for {EXPORTER} with UUID ");
    assert!(gone.code == 0 && gone.says(&submitted), "{}", gone.output);
    let queried = "nodes[certname]{ node_state = 'inactive' }";
    server.until("deactivate", async || cluster.rows(queried).await.len() == 1).await.unwrap();
    let state = puppet_node(&confdir, &["status", EXPORTER]);
    assert!(state.says("Deactivated at 20"), "{}", state.output);
    std::fs::remove_file(managed.join("shared")).unwrap();
    let third = run(&cluster, &collector).await;
    assert_eq!(third.code, 2, "{}\n{}", third.output, log());
    assert!(!managed.join("shared").exists());
    assert_eq!(std::fs::read_to_string(managed.join("nodes")).unwrap(), format!("{COLLECTOR}: []\n"));

    compare(&cluster, &mut puppetdb).await;

    let log = log();
    let complaints: Vec<&str> = log
        .lines()
        .filter(|line| line.contains(" ERROR ") || line.contains("PuppetDB") && line.contains(" WARN "))
        .collect();
    assert!(complaints.is_empty(), "{complaints:#?}");
    // What our own server stores of the same node, code and data is what the terminus sends of it.
    let here = run_at(&cluster, &exporter, cluster.port()).await;
    assert_eq!(here.code, 2, "{}", here.output);
    let ours = stored_catalog(&cluster, EXPORTER).await;
    let only = |these: &[String], others: &[String]| -> Vec<String> {
        these.iter().filter(|line| !others.contains(line)).cloned().collect()
    };
    let (only_ours, only_theirs) = (only(&ours, &sent), only(&sent, &ours));
    assert!(ours == sent, "only ours:\n{only_ours:#?}\nonly theirs:\n{only_theirs:#?}");

    std::fs::remove_file(managed.join("aliased")).unwrap();
    let collected = run_at(&cluster, &collector, cluster.port()).await;
    assert_eq!(collected.code, 2, "{}", collected.output);
    assert_eq!(std::fs::read_to_string(managed.join("aliased")).unwrap(), "x");
    let seen = std::fs::read_to_string(managed.join("nodes")).unwrap();
    assert_eq!(seen, format!("{COLLECTOR} {EXPORTER}: [{{value => Linux}}]\n"));

    drop(server);
    cluster.stop().await;
}
