//! Code in versions: committed on the primary, served by the primary and a compiler, and never two versions in one catalog.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use acceptance::agent::{Agent, facts_of};
use acceptance::cluster::{Cluster, Options};
use acceptance::compiler::{self, Machine};
use rest::{Client, Method};
use serde_json::{Value, json};

const COMMIT: &str = "/file-sync/v1/commit";

/// Code that says its version in a manifest, a function, two templates, a file and in Hiera's data.
fn stage(staging: &Path, version: u32) {
    let environment = staging.join("environments/production");
    let write = |path: &str, text: String| {
        let path = environment.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let manifest = "notify { 'manifest=VERSION.': }\n\
        notify { \"function=${m::version()}.\": }\n\
        notify { \"epp=${epp('m/v.epp')}.\": }\n\
        notify { \"erb=${template('m/v.erb')}.\": }\n\
        notify { \"file=${file('m/v')}.\": }\n\
        notify { \"data=${lookup('version')}.\": }\n\
        file { '/etc/served': source => 'puppet:///modules/m/v' }\n";
    let plain = |text: &str| text.replace("VERSION", &version.to_string());
    write("manifests/site.pp", plain(manifest));
    write("modules/m/functions/version.pp", plain("function m::version() { 'VERSION' }\n"));
    write("modules/m/templates/v.epp", plain("VERSION"));
    write("modules/m/templates/v.erb", plain("VERSION"));
    write("modules/m/files/v", plain("VERSION"));
    write("data/common.yaml", plain("version: 'VERSION'\n"));
    let hiera = "version: 5\nhierarchy:\n  - name: common\n    path: common.yaml\n";
    write("hiera.yaml", hiera.to_owned());
    for n in 0..50 {
        write(&format!("modules/m/manifests/c{n}.pp"), format!("class m::c{n} {{ }}\n"));
    }
}

/// The versions that a catalog speaks of, and its code id.
fn versions_in(catalog: &Value) -> (Vec<u32>, String) {
    let titles =
        catalog["resources"].as_array().unwrap().iter().filter(|resource| resource["type"] == "Notify");
    let version = |resource: &Value| {
        let (_, version) = resource["title"].as_str()?.trim_end_matches('.').split_once('=')?;
        version.parse().ok()
    };
    (titles.filter_map(version).collect(), catalog["code_id"].as_str().unwrap_or_default().to_owned())
}

async fn catalog(agent: &Agent, name: &str) -> Value {
    let facts = facts_of(&acceptance::examples::nodes()[0], name);
    agent.catalog(&facts, "production").await.unwrap().ok().unwrap().json().unwrap()
}

struct Sites {
    cluster: Cluster,
    machine: Machine,
    folder: tempfile::TempDir,
    committer: Client,
}

impl Sites {
    async fn start() -> Sites {
        let folder = tempfile::tempdir().unwrap();
        let lines = |name: &str| {
            let root = folder.path().display();
            format!(
                "[file-sync]\nenabled = true\nstaging-dir = '{root}/staging'\ndata-dir = '{root}/{name}/data'\n\
                 live-dir = '{root}/{name}/code'\n"
            )
        };
        let toml = format!("{}{}", compiler::TOML, lines("primary"));
        let cluster = Cluster::start_with(Options { toml, ..Options::default() }).await;
        let machine = Machine::enrolled(&cluster, "compiler.example.com", &lines("compiler"));
        let committer = cluster.own_client();
        Sites { cluster, machine, folder, committer }
    }

    fn stage(&self, version: u32) {
        stage(&self.folder.path().join("staging"), version);
    }

    /// Commits what is staged; the version of production.
    async fn commit(&self) -> String {
        let url = format!("{}{COMMIT}", self.cluster.url());
        let answer =
            self.committer.send_json(Method::POST, &url, &json!({"commit-all": true})).await.unwrap();
        let answer: Value = answer.json().unwrap();
        let version = answer["puppet-code"]["submodules"]["environments/production"].as_str();
        version.unwrap_or_else(|| panic!("{answer:#}")).to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_is_served_by_all_and_no_catalog_mixes_versions() {
    let sites = Sites::start().await;
    let compiler = sites.machine.start().await;
    sites.stage(1);
    let first = sites.commit().await;
    let here = Agent::enrolled(&sites.cluster.url(), &sites.cluster.authority(), "one.example.com").await;
    let there = here.at(&sites.machine.url());
    let code_id = |commit: &str| format!("urn:puppet:code-id:1:{commit};production");
    for agent in [&here, &there] {
        let end = Instant::now() + Duration::from_secs(60);
        let seen = loop {
            let catalog = catalog(agent, "one.example.com").await;
            if catalog["code_id"] == code_id(&first) {
                break catalog;
            }
            assert!(Instant::now() < end, "{catalog:#}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        assert_eq!(versions_in(&seen).0, [1; 6]);
        // Catalogs know the environment and not the directory of the version.
        let resource = seen["resources"].as_array().unwrap().iter().find(|r| r["type"] == "Notify").unwrap();
        let file = resource["file"].as_str().unwrap();
        assert!(file.ends_with("code/environments/production/manifests/site.pp"), "{file}");
    }

    // Under load.
    let stop = Arc::new(AtomicBool::new(false));
    let mut asking = Vec::new();
    for agent in [here.at(&sites.cluster.url()), here.at(&sites.machine.url())] {
        let stop = stop.clone();
        asking.push(tokio::spawn(async move {
            let mut seen: Vec<String> = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let (versions, code_id) = versions_in(&catalog(&agent, "one.example.com").await);
                assert!(versions.iter().all(|version| *version == versions[0]), "{versions:?} in {code_id}");
                if seen.last() != Some(&code_id) {
                    seen.push(code_id);
                }
            }
            seen
        }));
    }
    let mut last = String::new();
    for version in 2..8 {
        sites.stage(version);
        last = sites.commit().await;
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    let end = Instant::now() + Duration::from_secs(60);
    for agent in [&here, &there] {
        while versions_in(&catalog(agent, "one.example.com").await).1 != code_id(&last) {
            assert!(Instant::now() < end, "the last version is not served");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    stop.store(true, Ordering::Relaxed);
    for asking in asking {
        let seen = asking.await.unwrap();
        assert!(seen.len() > 1, "{seen:?}");
        assert_eq!(
            seen.iter().collect::<std::collections::HashSet<_>>().len(),
            seen.len(),
            "back to an old version"
        );
    }

    // Files of the newest and of an older version, as a catalog names them.
    let newest = catalog(&there, "one.example.com").await;
    let metadata = &newest["metadata"]["/etc/served"];
    assert_eq!(metadata["content_uri"], "puppet:///modules/m/files/v", "{metadata:#}");
    let content = async |agent: &Agent, commit: &str, path: &str| {
        let query = format!("environment=production&code_id={}", code_id(commit));
        let answer = agent.get(&format!("/puppet/v3/static_file_content/{path}?{query}")).await.unwrap();
        (answer.status.as_u16(), answer.text())
    };
    for agent in [&here, &there] {
        assert_eq!(content(agent, &last, "modules/m/files/v").await, (200, "7".to_owned()));
        assert_eq!(content(agent, &last, "modules/m/manifests/c1.pp").await.0, 403);
        assert_eq!(content(agent, &last, "modules/m/files/nothing").await.0, 404);
        assert_eq!(content(agent, &"0".repeat(40), "modules/m/files/v").await.0, 404);
        assert_eq!(content(agent, &first, "modules/m/files/v").await, (200, "1".to_owned()));
    }
    compiler.stop().await;
    sites.cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_may_not_commit_and_a_broken_deploy_changes_nothing() {
    let sites = Sites::start().await;
    sites.stage(1);
    let first = sites.commit().await;
    let agent = Agent::enrolled(&sites.cluster.url(), &sites.cluster.authority(), "one.example.com").await;
    for path in [COMMIT, "/file-sync/v1/publish", "/file-sync/v1/latest-commits", "/file-sync/v1/objects"] {
        let body = Some(("application/json", b"{\"commit-all\": true}".to_vec()));
        let answer = agent.send(Method::POST, path, "application/json", body).await;
        assert_eq!(answer.unwrap().status, 403, "{path}");
    }
    sites.stage(2);
    std::os::unix::fs::symlink(
        "/etc/shadow",
        sites.folder.path().join("staging/environments/production/data/x.yaml"),
    )
    .unwrap();
    let url = format!("{}{COMMIT}", sites.cluster.url());
    let answer = sites.committer.send_json(Method::POST, &url, &json!({"commit-all": true})).await.unwrap();
    let answer: Value = answer.json().unwrap();
    let error = &answer["puppet-code"]["submodules"]["environments/production"]["error"];
    assert_eq!(error["type"], "publish-error");
    assert!(error["message"].as_str().unwrap().contains("absolute path"), "{error:#}");
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        let (versions, code_id) = versions_in(&catalog(&agent, "one.example.com").await);
        if code_id.contains(&first) {
            assert_eq!(versions, [1; 6]);
            break;
        }
        assert!(Instant::now() < end, "the first version is not served");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // A compiler that comes later gets what serves.
    let compiler = sites.machine.start().await;
    let there = agent.at(&sites.machine.url());
    while !versions_in(&catalog(&there, "one.example.com").await).1.contains(&first) {
        assert!(Instant::now() < end, "the compiler has no code");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    compiler.stop().await;
    sites.cluster.stop().await;
}
