//! `bunraku code preview`: what code would change, seen by the program, with the numbers of what had to be compiled for it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::SystemTime;

use acceptance::agent::Agent;
use acceptance::cluster::{Cluster, Options};
use acceptance::examples;
use api::Pdb as _;
use api::pdb::ReplaceFacts;
use pcore::{Hash, Value as Data};
use rest::Method;
use serde_json::{Value, json};

/// Every third node is a web server, the others have the base only.
const NODES: usize = 12;

/// An environment: `base` for all, `web` for some, a define, a function, a type, templates, data on three levels.
const CODE: &[(&str, &str)] = &[
    ("environment.conf", "modulepath = modules\n"),
    (
        "hiera.yaml",
        "version: 5\nhierarchy:\n  - name: levels\n    paths: ['nodes/%{facts.tier}/%{trusted.certname}.yaml', 'roles/%{facts.role}.yaml', 'common.yaml']\n",
    ),
    (
        "data/common.yaml",
        "base::motd: welcome\nbase::secret: ENC\nweb::port: 80\nlookup_options:\n  base::secret: { convert_to: Sensitive }\n",
    ),
    ("data/roles/web.yaml", "web::workers: 4\n"),
    (
        "manifests/site.pp",
        "include base\nif $facts['role'] == 'web' { include web }\nif defined('extra') { include extra }\n",
    ),
    (
        "modules/base/manifests/init.pp",
        "class base(String $motd, Sensitive[String] $secret) {\n  file { '/etc/motd': content => epp('base/motd.epp', { motd => $motd }) }\n  \
         file { '/etc/secret': content => $secret }\n  service { 'sshd': ensure => running }\n  file { '/etc/time': content => generate('/bin/date', '+%N') }\n}\n",
    ),
    (
        "modules/base/templates/motd.epp",
        "<%- | String $motd | -%>\n<%= $motd %>\nto <%= $trusted['certname'] %>\n",
    ),
    (
        "modules/web/manifests/init.pp",
        "class web(Web::Port $port, Integer $workers) {\n  web::site { 'a': port => $port }\n  file { '/etc/web': content => web::line($workers) }\n  file { '/etc/served': source => 'puppet:///modules/web/served' }\n  file { '/etc/named': content => file('LIVE/data/named.txt') }\n}\n",
    ),
    (
        "modules/web/manifests/site.pp",
        "define web::site(Integer $port) {\n  file { \"/etc/site-${title}\": content => template('web/site.erb') }\n}\n",
    ),
    ("modules/web/functions/line.pp", "function web::line(Integer $n) >> String { \"workers ${n}\" }\n"),
    ("modules/web/templates/site.erb", "listen <%= @port %>\n"),
    ("modules/web/types/port.pp", "type Web::Port = Web::Number\n"),
    ("modules/web/types/number.pp", "type Web::Number = Integer[0, 65535]\n"),
    ("modules/web/files/served", "one\n"),
    ("data/named.txt", "one\n"),
    ("modules/unused/manifests/init.pp", "class unused { }\n"),
];

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn name(number: usize) -> String {
    format!("n{number:02}.example.com")
}

struct Fleet {
    cluster: Cluster,
    staged: tempfile::TempDir,
}

struct Said {
    code: i32,
    out: String,
    err: String,
}

impl Fleet {
    async fn start(code: &[(&str, &str)]) -> Fleet {
        let cluster = Cluster::start().await;
        let fleet = Fleet { cluster, staged: tempfile::tempdir().unwrap() };
        for root in [fleet.live(), fleet.staged()] {
            let live = fleet.live();
            let named = |text: &str| text.replace("LIVE", live.to_str().unwrap());
            code.iter().for_each(|(path, text)| write(&root, path, &named(text)));
        }
        store_facts(&fleet.cluster, "fleet").await;
        fleet
    }

    fn live(&self) -> PathBuf {
        self.cluster.environment("fleet")
    }

    fn staged(&self) -> PathBuf {
        self.staged.path().join("fleet")
    }

    /// Puts a file among what is staged, and what it was again afterwards.
    fn with<T>(&self, changes: &[(&str, &str)], run: impl FnOnce() -> T) -> T {
        changes.iter().for_each(|(path, text)| write(&self.staged(), path, text));
        let result = run();
        std::fs::remove_dir_all(self.staged()).unwrap();
        examples::copy(&self.live(), &self.staged());
        result
    }

    fn preview(&self, arguments: &[&str]) -> Said {
        let staged = self.staged();
        let mut all = vec!["code", "preview", "fleet", "--code", staged.to_str().unwrap()];
        all.extend(arguments);
        bunraku(&self.cluster, &all)
    }

    fn json(&self, changes: &[(&str, &str)]) -> Value {
        self.with(changes, || {
            let quick = document(self.preview(&["--json"]));
            // Whatever was spared comes to the same.
            let mut full = document(self.preview(&["--json", "--full"]));
            for key in ["changes", "failures", "compiling_again", "moved"] {
                assert_eq!(full[key].take(), quick[key], "{key}");
            }
            quick
        })
    }
}

async fn store_facts(cluster: &Cluster, environment: &str) {
    for number in 0..NODES {
        let certname = name(number);
        let role = if number % 3 == 0 { "web" } else { "base" };
        let facts: Hash = [(Data::from("role"), Data::from(role))].into_iter().collect();
        let extensions = Data::hash([(Data::from("pp_role"), Data::from(role))].into_iter().collect());
        let trusted: Hash =
            [(Data::from("certname"), Data::from(certname.as_str())), (Data::from("extensions"), extensions)]
                .into_iter()
                .collect();
        let facts = ReplaceFacts {
            certname,
            environment: environment.to_owned(),
            facts: Arc::new(facts),
            trusted: Some(Data::hash(trusted)),
            known: None,
            producer_timestamp: SystemTime::now(),
        };
        cluster.primary().store().submit(api::pdb::Command::ReplaceFacts(facts)).await.unwrap();
    }
}

fn bunraku(cluster: &Cluster, arguments: &[&str]) -> Said {
    let output = Command::new(env!("CARGO_BIN_EXE_bunraku-under-test"))
        .args(arguments)
        .args(["--url", &cluster.url(), "--config"])
        .arg(cluster.config())
        .output()
        .unwrap();
    Said {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn document(said: Said) -> Value {
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{}", said.out);
    serde_json::from_str(&said.out).unwrap()
}

/// Numbers of nodes: changed, unchanged, untouched, and newly failing.
fn counts(report: &Value) -> [u64; 4] {
    ["changed", "unchanged", "untouched", "newly_failing"].map(|key| report["nodes"][key].as_u64().unwrap())
}

/// `NODES RESOURCE PARAMETER` of each change, containment left out.
fn changes(report: &Value) -> Vec<String> {
    let groups = report["changes"].as_array().unwrap().iter();
    let groups = groups.filter(|group| !group["what"].as_str().unwrap().starts_with("edge"));
    groups
        .map(|group| {
            let what = group["parameter"].as_str().or(group["what"].as_str()).unwrap();
            format!("{} {} {what}", group["nodes"], group["resource"].as_str().unwrap())
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_nodes_that_a_change_can_reach_are_compiled_again() {
    // Commands read anything, so what runs one is never spared: one test has it, the others not.
    let base = CODE.iter().find(|(path, _)| *path == "modules/base/manifests/init.pp").unwrap().1;
    let base = base.replace("generate('/bin/date', '+%N')", "'now'");
    let code: Vec<(&str, &str)> =
        CODE.iter()
            .map(|(path, text)| {
                if path.ends_with("base/manifests/init.pp") { (*path, base.as_str()) } else { (*path, *text) }
            })
            .collect();
    let fleet = Fleet::start(&code).await;
    let before = fleet.cluster.rows("nodes[certname, catalog_timestamp, facts_timestamp] {}").await;

    let same = fleet.json(&[]);
    assert_eq!((counts(&same), same["cost"]["compiled_live"].as_u64()), ([0, 0, 12, 0], Some(0)));
    let cases: &[(&str, &str, [u64; 4], &[&str])] = &[
        ("README.md", "nothing\n", [0, 0, 12, 0], &[]),
        ("modules/unused/manifests/init.pp", "class unused { notify { 'x': } }\n", [0, 0, 12, 0], &[]),
        (
            "modules/web/manifests/site.pp",
            "define web::site(Integer $port) {\n  file { \"/etc/site-${title}\": content => 'mine', mode => '0600' }\n}\n",
            [4, 0, 8, 0],
            &["4 File[/etc/site-a] content", "4 File[/etc/site-a] mode"],
        ),
        (
            "modules/web/templates/site.erb",
            "port <%= @port %>\n",
            [4, 0, 8, 0],
            &["4 File[/etc/site-a] content"],
        ),
        (
            "modules/web/functions/line.pp",
            "function web::line(Integer $n) >> String { \"w ${n}\" }\n",
            [4, 0, 8, 0],
            &["4 File[/etc/web] content"],
        ),
        ("modules/web/types/number.pp", "type Web::Number = Integer[0, 80]\n", [0, 12, 0, 0], &[]),
        (
            "data/roles/web.yaml",
            "web::workers: 5\n",
            [4, 0, 8, 0],
            &["4 Class[Web] workers", "4 File[/etc/web] content"],
        ),
        ("modules/web/files/served", "two\n", [4, 0, 8, 0], &["4 File[/etc/served] content of source"]),
        // Named by the path of the environment, where the code that serves is.
        ("data/named.txt", "two\n", [4, 0, 8, 0], &["4 File[/etc/named] content"]),
        // Looked for, and not there so far.
        (
            "data/nodes/n01.example.com.yaml",
            "base::motd: special\n",
            [1, 0, 11, 0],
            &["1 Class[Base] motd", "1 File[/etc/motd] content"],
        ),
        (
            "data/roles/base.yaml",
            "base::motd: hello\n",
            [8, 0, 4, 0],
            &["8 Class[Base] motd", "8 File[/etc/motd] content"],
        ),
        (
            "modules/extra/manifests/init.pp",
            "class extra { notify { 'extra': } }\n",
            [12, 0, 0, 0],
            &["12 Class[Extra] added", "12 Notify[extra] added"],
        ),
        // Would define `web::site` before site.pp does, if it were a name of it.
        ("modules/web/manifests/site/deep.pp", "class web::site::deep { }\n", [0, 0, 12, 0], &[]),
        ("modules/web/manifests/broken.pp", "class web::broken { \n", [0, 0, 12, 0], &[]),
        (
            "modules/web/manifests/site.pp",
            "define web::site(Integer $port) {\n  fail(\"no ${port}\")\n}\n",
            [0, 0, 8, 4],
            &[],
        ),
        (
            "manifests/site.pp",
            "include base\n",
            [4, 8, 0, 0],
            &[
                "4 Class[Web] removed",
                "4 File[/etc/named] removed",
                "4 File[/etc/served] removed",
                "4 File[/etc/site-a] removed",
                "4 File[/etc/web] removed",
                "4 Web::Site[a] removed",
            ],
        ),
    ];
    let mut wrong = Vec::new();
    for (path, text, expected, found) in cases {
        let report = fleet.json(&[(path, text)]);
        let seen = (counts(&report), changes(&report), report["cost"]["compiled_staged"].as_u64());
        let found: Vec<String> = found.iter().map(|text| (*text).to_owned()).collect();
        if seen != (*expected, found, Some(12 - expected[2])) {
            wrong.push(format!("{path}: {seen:?} {}", report["failures"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let (first, second) =
        ("  service { 'sshd': ensure => running }\n", "  file { '/etc/time': content => 'now' }\n");
    assert!(base.contains(first) && base.contains(second));
    let swapped = base.replace(first, "").replace(second, &format!("{second}{first}"));
    let order = fleet.json(&[("modules/base/manifests/init.pp", &swapped)]);
    assert_eq!((counts(&order), &order["nodes"]["order_only"]), ([0; 4], &json!(12)), "{order:#}");
    // Nothing of all that was kept.
    let after = fleet.cluster.rows("nodes[certname, catalog_timestamp, facts_timestamp] {}").await;
    assert_eq!(before, after);
    assert!(after.iter().all(|row| row["catalog_timestamp"].is_null()));
}

#[tokio::test(flavor = "multi_thread")]
async fn people_see_what_changes_and_no_secrets() {
    let fleet = Fleet::start(CODE).await;
    // The clock and commands are the same for both compiles.
    let report = fleet.json(&[("modules/base/files/x", "x")]);
    assert_eq!(counts(&report), [0, 12, 0, 0]);
    let motd = "<%- | String $motd | -%>\n<%= $motd %>!\nto <%= $trusted['certname'] %>\n";
    let data = "base::motd: welcome\nbase::secret: OTHER\nweb::port: 80\nlookup_options:\n  base::secret: { convert_to: Sensitive }\n";
    let said = fleet.with(&[("modules/base/templates/motd.epp", motd), ("data/common.yaml", data)], || {
        fleet.preview(&[])
    });
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{}", said.out);
    for line in [
        "12 nodes: File[/etc/motd] content, 12 different values",
        "    n00.example.com, n01.example.com, n02.example.com, n03.example.com and 8 more",
        "      - welcome",
        "      + welcome!",
        "12 nodes: File[/etc/secret] content",
        "    content (sensitive) has changed",
        "/fleet, which serves: 0 files added, 0 removed, 2 changed",
        "12 nodes: 12 change",
    ] {
        assert!(said.out.contains(line), "{line}\n{}", said.out);
    }
    assert!(!said.out.contains("OTHER") && !said.out.contains("ENC"), "{}", said.out);
    let json = fleet.with(&[("data/common.yaml", data)], || fleet.preview(&["--json", "--all"]));
    assert!(!json.out.contains("OTHER") && !json.out.contains("ENC"), "{}", json.out);

    // An error once, with its place.
    let fails = "class web(Web::Port $port, Integer $workers) {\n  fail('not today')\n}\n";
    let said = fleet.with(&[("modules/web/manifests/init.pp", fails)], || fleet.preview(&[]));
    let line =
        "4 nodes now fail: Evaluation Error: Error while evaluating a Function Call, not today (file: ";
    assert!(
        said.out.contains(line) && said.out.contains("fleet/modules/web/manifests/init.pp, line: 2"),
        "{}",
        said.out
    );
    // The directory is named where it is said what was compared, and nowhere else.
    assert_eq!(said.out.matches(fleet.staged.path().to_str().unwrap()).count(), 1, "{}", said.out);

    // Chosen nodes.
    let change = [("data/roles/web.yaml", "web::workers: 5\n")];
    let chosen = |arguments: &[&str]| {
        fleet.with(&change, || document(fleet.preview(&[arguments, &["--json"]].concat())))
    };
    assert_eq!(
        chosen(&["--nodes", "n00.example.com,n01.example.com,new.example.com"])["nodes"]["changed"],
        1
    );
    assert_eq!(chosen(&["--nodes", "new.example.com"])["without_facts"], json!(["new.example.com"]));
    let none = fleet.with(&change, || fleet.preview(&["--query", "nodes[certname] { certname = 'nobody' }"]));
    assert!(none.out.contains("0 nodes: none that were chosen have facts or catalogs"), "{}", none.out);
    assert_eq!(chosen(&["--limit", "4"])["nodes"]["total"], 4);
    let query = "inventory[certname] { facts.role = 'web' }";
    assert_eq!(chosen(&["--query", query])["nodes"]["total"], 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gate_refuses_with_an_exit_code_and_strangers_are_refused() {
    let fleet = Fleet::start(CODE).await;
    let code = |change: (&str, &str), arguments: &[&str]| {
        let said = fleet.with(&[change], || fleet.preview(arguments));
        (said.code, said.out + &said.err)
    };
    let web = ("data/roles/web.yaml", "web::workers: 5\n");
    assert_eq!(code(web, &["--max-changed", "4"]).0, 0);
    let refused = code(web, &["--max-changed", "3"]);
    assert!(refused.0 == 2 && refused.1.contains("4 of 12 nodes change, and at most 3 may"), "{}", refused.1);
    assert_eq!(code(web, &["--max-changed", "33%"]).0, 2);
    assert_eq!(code(web, &["--protect", "Service"]).0, 0);
    let sshd = CODE[5].1.replace("ensure => running", "ensure => stopped");
    let refused = code((CODE[5].0, &sshd), &["--protect", "Service[sshd]"]);
    let reason = "Service[sshd] changes (ensure) on 12 nodes, and Service[sshd] is protected";
    assert!(refused.0 == 2 && refused.1.contains(reason), "{}", refused.1);
    let broken = ("modules/web/functions/line.pp", "function web::line(String $n) >> String { $n }\n");
    assert_eq!(code(broken, &["--protect", "Service"]).0, 0);
    assert_eq!(code(broken, &["--fail-on-error"]).0, 2);
    assert_eq!(code(web, &["--max-changed", "many"]).0, 1);

    let none = bunraku(&fleet.cluster, &["code", "preview", "fleet"]);
    assert!(none.code == 1 && none.err.contains("file sync is off"), "{}", none.err);
    let unknown = bunraku(&fleet.cluster, &["code", "preview", "nothing", "--code", "/tmp"]);
    assert!(
        unknown.code == 1 && unknown.err.contains("Could not find environment 'nothing'"),
        "{}",
        unknown.err
    );

    let agent = Agent::enrolled(&fleet.cluster.url(), &fleet.cluster.authority(), "one.example.com").await;
    let refused = agent.send(Method::GET, "/preview/v1/previews/1", "application/json", None).await.unwrap();
    assert_eq!(refused.status, 403, "{}", refused.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_asks_the_gate_and_versions_can_be_previewed() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().display();
    let toml = format!(
        "[file-sync]\nenabled = true\nstaging-dir = '{root}/staging'\ndata-dir = '{root}/data'\nlive-dir = '{root}/code'\n\
         [gate]\nmax-changed = '25%'\nprotected = ['Service[sshd]']\n"
    );
    let cluster = Cluster::start_with(Options { toml, ..Options::default() }).await;
    store_facts(&cluster, "fleet").await;
    let staging = folder.path().join("staging/environments/fleet");
    // The version that serves is elsewhere, and found by this name.
    let live = folder.path().join("code/environments/fleet");
    let named = |text: &str| text.replace("LIVE", live.to_str().unwrap());
    CODE.iter().for_each(|(path, text)| write(&staging, path, &named(text)));
    let commit = |arguments: &[&str]| {
        let said = bunraku(&cluster, &[&["code", "commit", "fleet", "--json"], arguments].concat());
        (said.code, said.out + &said.err)
    };
    let version = |said: &str| -> String {
        let answer: Value = serde_json::from_str(said).unwrap();
        answer["environments/fleet"].as_str().unwrap_or_else(|| panic!("{said}")).to_owned()
    };
    // Its nodes are there already, and there is nothing to compare with.
    let (code, said) = commit(&[]);
    assert!(
        code == 1 && said.contains("12 nodes are in fleet, which does not serve on this server"),
        "{said}"
    );
    let (code, said) = commit(&["--no-gate"]);
    assert_eq!(code, 0, "{said}");
    let first = version(&said);
    // Nobody has an environment that is new.
    write(&folder.path().join("staging/environments/fresh"), "manifests/site.pp", "");
    let fresh = bunraku(&cluster, &["code", "commit", "fresh"]);
    assert_eq!(fresh.code, 0, "{}{}", fresh.out, fresh.err);
    let end = std::time::Instant::now() + std::time::Duration::from_secs(60);
    loop {
        let said = bunraku(&cluster, &["code", "preview", "fleet", "--json"]);
        if said.code == 0 {
            assert_eq!(counts(&serde_json::from_str(&said.out).unwrap()), [0, 0, 12, 0]);
            break;
        }
        assert!(std::time::Instant::now() < end, "{}{}", said.out, said.err);
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }

    write(&staging, "data/nodes/n01.example.com.yaml", "base::motd: special\n");
    let (code, said) = commit(&[]);
    assert_eq!(code, 0, "{said}");
    let second = version(&said);
    assert_ne!(first, second);

    write(&staging, "data/roles/base.yaml", "base::motd: hello\n");
    let shown = bunraku(&cluster, &["code", "preview", "fleet"]);
    assert!(
        shown.code == 2 && shown.out.contains("7 of 12 nodes change, and at most 25% may"),
        "{}",
        shown.out
    );
    let (code, said) = commit(&[]);
    let reason = "the gate refuses: 7 of 12 nodes change, and at most 25% may (`bunraku code preview` shows";
    assert!(code == 1 && said.contains(reason), "{said}");
    let (code, said) = commit(&["--no-gate", "-m", "in a hurry"]);
    assert_eq!(code, 0, "{said}");
    let end = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while !bunraku(&cluster, &["code", "status", "--json"])
        .out
        .contains("in a hurry\\n\\nThe gate was not asked.")
    {
        assert!(std::time::Instant::now() < end, "{}", bunraku(&cluster, &["code", "status"]).out);
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }

    // A file by the environment's name is that of the version, here and there.
    write(&staging, "data/named.txt", "two\n");
    let shown = bunraku(&cluster, &["code", "preview", "fleet", "--json"]);
    let shown: Value = serde_json::from_str(&shown.out).unwrap();
    assert_eq!(changes(&shown), ["4 File[/etc/named] content"], "{shown:#}");
    write(&staging, "data/named.txt", "one\n");

    // Back to where it began: by the commit, and by a part of it.
    for version in [first.as_str(), &second[..10]] {
        let back = bunraku(&cluster, &["code", "preview", "fleet", "--json", "--version", version]);
        assert_eq!(back.code, 2, "{}{}", back.out, back.err);
        let back: Value = serde_json::from_str(&back.out).unwrap();
        assert!(back["nodes"]["changed"].as_u64().unwrap() >= 7, "{back:#}");
    }
    std::fs::remove_dir_all(&staging).unwrap();
    let (code, said) = commit(&[]);
    assert!(
        code == 1 && said.contains("the gate refuses the end of the environment: 12 nodes are in it"),
        "{said}"
    );
    assert_eq!(bunraku(&cluster, &["code", "status"]).code, 0);
    let none = bunraku(&cluster, &["code", "preview", "fleet", "--version", "0123456789"]);
    assert!(none.code == 1 && none.err.contains("fleet has no version 0123456789"), "{}", none.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn code_beside_the_environments_is_judged_with_all_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().display();
    let toml = format!(
        "[file-sync]\nenabled = true\nstaging-dir = '{root}/staging'\ndata-dir = '{root}/data'\nlive-dir = '{root}/code'\n\
         [gate]\nmax-changed = 3\n"
    );
    let cluster = Cluster::start_with(Options { toml, ..Options::default() }).await;
    store_facts(&cluster, "fleet").await;
    let staging = folder.path().join("staging");
    let conf = format!("modulepath = modules:{root}/code/modules\n");
    let site = "if $facts['role'] == 'web' { include shared }\nnotify { shared::all(): }\n";
    let shared = |text: &str| {
        format!("class shared {{ file {{ '/etc/shared': content => epp('shared/{text}.epp') }} }}\n")
    };
    for (path, text) in [
        ("environments/fleet/environment.conf", conf.as_str()),
        ("environments/fleet/manifests/site.pp", site),
        ("modules/shared/manifests/init.pp", &shared("a")),
        ("modules/shared/templates/a.epp", "one\n"),
        ("modules/shared/templates/b.epp", "one\n"),
        ("modules/shared/functions/all.pp", "function shared::all() >> String { 'all' }\n"),
        ("modules/unused/manifests/init.pp", "class unused { }\n"),
    ] {
        write(&staging, path, text);
    }
    let run = |arguments: &[&str]| {
        let said = bunraku(&cluster, arguments);
        (said.code, said.out + &said.err)
    };
    let commit = || run(&["code", "commit"]);
    let commit_unjudged = || run(&["code", "commit", "--no-gate"]);
    let preview = || {
        let said = bunraku(&cluster, &["code", "preview", "fleet", "--beside", "--json"]);
        serde_json::from_str::<Value>(&said.out).unwrap_or_else(|_| panic!("{}{}", said.out, said.err))
    };
    let (code, said) = commit_unjudged();
    assert_eq!(code, 0, "{said}");
    let end = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while bunraku(&cluster, &["code", "preview", "fleet", "--beside"]).code != 0 {
        assert!(std::time::Instant::now() < end, "{:?}", run(&["code", "preview", "fleet", "--beside"]));
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(counts(&preview()), [0, 0, 12, 0]);

    // Nobody reads these.
    write(&staging, "modules/unused/manifests/init.pp", "class unused { notify { 'x': } }\n");
    write(&staging, "modules/shared/templates/b.epp", "two\n");
    write(&staging, "README", "read me\n");
    let report = preview();
    assert_eq!((counts(&report), &report["files"]["modified"]), ([0, 0, 12, 0], &json!(2)), "{report:#}");
    let (code, said) = commit();
    assert_eq!(code, 0, "{said}");

    // Four nodes have this.
    write(&staging, "modules/shared/templates/a.epp", "two\n");
    let report = preview();
    assert_eq!(
        (counts(&report), changes(&report)),
        ([4, 0, 8, 0], vec!["4 File[/etc/shared] content".to_owned()])
    );
    write(
        &staging,
        "environments/fleet/manifests/site.pp",
        &format!("{site}if $trusted['certname'] =~ /^n0[12]/ {{ notify {{ 'x': }} }}\n"),
    );
    let (code, said) = commit();
    let reason = "in fleet: the gate refuses: 6 of 12 nodes change, and at most 3 may (`bunraku code preview --beside`";
    assert!(code == 1 && said.contains(reason) && said.contains("beside the environments"), "{said}");
    let live = |path: &str| std::fs::read_to_string(folder.path().join("code").join(path)).unwrap();
    let end = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while !live("environments/fleet/manifests/site.pp").contains("'x'") {
        assert!(std::time::Instant::now() < end, "the environment passes alone");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(live("modules/shared/templates/a.epp"), "one\n");
    // All have this.
    write(&staging, "modules/shared/functions/all.pp", "function shared::all() >> String { 'every' }\n");
    let report = preview();
    assert_eq!(
        (counts(&report), &report["cost"]["compiled_staged"]),
        ([12, 0, 0, 0], &json!(12)),
        "{report:#}"
    );
    let (code, said) = commit();
    assert!(code == 1 && said.contains("in fleet: the gate refuses: 12 of 12 nodes change"), "{said}");
    let (code, said) = commit_unjudged();
    assert_eq!(code, 0, "{said}");
}
