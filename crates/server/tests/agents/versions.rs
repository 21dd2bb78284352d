//! Code that comes in versions.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Mutex;

use server::versions::{Version, Versions};

use super::catalog::{PATH, facts, form, post};
use super::*;

#[derive(Debug, Default)]
struct Told(Mutex<HashMap<String, Arc<Version>>>);

impl Told {
    fn serve(&self, directory: &Path, number: u32, shared: Option<&str>) {
        let version = Version {
            directory: directory.to_owned(),
            shown_as: "/shown/production".into(),
            code_id: format!("urn:puppet:code-id:1:{number};production"),
            shared: shared.map(str::to_owned),
            held: Arc::new(()),
        };
        self.0.lock().unwrap().insert("production".into(), Arc::new(version));
    }
}

impl Versions for Told {
    fn current(&self, environment: &str) -> Option<Arc<Version>> {
        self.0.lock().unwrap().get(environment).cloned()
    }

    fn names(&self) -> Vec<String> {
        self.0.lock().unwrap().keys().cloned().collect()
    }

    fn content(&self, _: &str, _: &str, _: &str) -> Result<Option<Vec<u8>>, String> {
        Ok(None)
    }
}

/// Where versions are, the modules beside them, and who tells which serves.
fn places(folder: &Path) -> (PathBuf, PathBuf, Arc<Told>) {
    let versions = folder.join("versions");
    std::fs::create_dir(&versions).unwrap();
    stdx::frozen::declare(&versions);
    (versions, folder.join("modules"), Arc::default())
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

#[tokio::test]
async fn a_version_serves_from_when_it_is_told_and_what_it_shares_too() {
    let folder = tempfile::tempdir().unwrap();
    let (versions, modules, told) = places(folder.path());
    let site = Site::with(|settings| {
        settings.versions = Some(told.clone());
        settings.basemodulepath = vec![modules.clone()];
        // Nothing is seen by looking at files now and then.
        settings.check_interval = Duration::from_secs(3600);
    });
    let says = async || {
        let answer = site.send(post(PATH, form(&facts(NODE), ""))).await;
        let resources = answer.json()["resources"].clone();
        let titles = resources.as_array().unwrap().iter().filter(|resource| resource["type"] == "Notify");
        titles.map(|resource| resource["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let shared = modules.join("m/manifests/init.pp");
    write(&shared, "class m { notify { 'm1': } }\n");
    for number in [1, 2] {
        let manifest = format!("include m\nnotify {{ 'v{number}': }}\n");
        write(&versions.join(format!("{number}/manifests/site.pp")), &manifest);
    }
    told.serve(&versions.join("1"), 1, Some("a"));
    assert_eq!(says().await, ["m1", "v1"]);
    told.serve(&versions.join("2"), 2, Some("a"));
    assert_eq!(says().await, ["m1", "v2"]);
    // What lies beside the environments has a version of its own, whose files other directories show.
    write(&shared, "class m { notify { 'm2 now': } }\n");
    assert_eq!(says().await, ["m1", "v2"]);
    told.serve(&versions.join("2"), 2, Some("b"));
    assert_eq!(says().await, ["m2 now", "v2"]);
    // And back.
    told.serve(&versions.join("1"), 1, Some("b"));
    assert_eq!(says().await, ["m2 now", "v1"]);
}

#[tokio::test]
async fn files_of_a_version_are_not_looked_at_but_those_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let (versions, modules, told) = places(folder.path());
    let site = Site::with(|settings| {
        settings.versions = Some(told.clone());
        settings.basemodulepath = vec![modules.clone()];
        settings.memo_bytes = 0;
    });
    let manifest = versions.join("1/manifests/site.pp");
    write(&manifest, "include m\nnotify { 'v1': }\n");
    write(&modules.join("m/manifests/init.pp"), "class m { notify { 'm1': } }\n");
    told.serve(&versions.join("1"), 1, None);
    let run = async || site.send(post(PATH, form(&facts(NODE), ""))).await.body;
    assert!(run().await.contains("m1"));
    write(&manifest, "this is no manifest");
    assert!(run().await.contains("v1"));
    write(&manifest, "include m\nnotify { 'v1': }\n");
    write(&modules.join("m/manifests/init.pp"), "class m { notify { 'm2 now': } }\n");
    let body = run().await;
    assert!(body.contains("m2 now") && body.contains("v1"), "{body}");
}
