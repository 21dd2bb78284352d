//! The same control repository deployed by r10k and by us: the trees must be the same, the first time and after changes.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, symlink};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use deploy::{Cancel, Deployer, Request, Settings, Silent, r10k_yaml};
use serde_json::Value;
use sha2::Digest as _;
use support::forge::{Entry, Forge, archive};
use support::{Quiet, Site};

const R10K: &str = "/usr/bin/r10k";

/// Whether r10k is there; it may be missing unless every peer is asked for.
fn is_there() -> bool {
    let mode = std::env::var("BUNRAKU_TEST_PEERS").unwrap_or_default();
    if mode != "none" && Path::new(R10K).exists() {
        return true;
    }
    assert_ne!(mode, "all", "{R10K} is missing; it is needed for the comparison of deployed trees");
    eprintln!("left out, since {R10K} is not there: the comparison of deployed trees");
    false
}

/// Kind, mode and content of everything in a directory, but git's own files.
fn tree(root: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut directories = vec![root.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(&directory).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().display().to_string();
            let metadata = path.symlink_metadata().unwrap();
            let mode = metadata.mode() & 0o7777;
            // Of git, and what lies beside environments.
            if path.file_name().unwrap() == ".git" || name.ends_with(".generation") {
                continue;
            }
            if metadata.is_dir() {
                found.insert(name, format!("directory {mode:o}"));
                directories.push(path);
            } else if metadata.is_symlink() {
                found.insert(name, format!("link {}", fs::read_link(&path).unwrap().display()));
            } else if name.ends_with(".r10k-deploy.json") {
                found.insert(name, record(&path));
            } else {
                found.insert(
                    name,
                    format!("file {mode:o} {:?}", String::from_utf8_lossy(&fs::read(&path).unwrap())),
                );
            }
        }
    }
    found
}

/// The record of a deploy without its times.
fn record(path: &Path) -> String {
    let mut document: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let times: Vec<Value> = ["started_at", "finished_at"]
        .iter()
        .filter_map(|key| document.as_object_mut()?.shift_remove(*key))
        .collect();
    for time in &times {
        // As Ruby writes them: 2026-01-02 03:04:05 +0000
        let text = time.as_str().unwrap();
        assert!(jiff::Zoned::strptime("%Y-%m-%d %H:%M:%S %z", text).is_ok(), "{text}");
    }
    assert_eq!(times.len(), 2);
    document.to_string()
}

struct Pair {
    site: Site,
    forge: Forge,
    options: &'static str,
}

impl Pair {
    /// Deploys with both and compares; the tree.
    fn deploy(&self, what: &str) -> BTreeMap<String, String> {
        let theirs = self.r10k();
        self.ours();
        let ours = tree(&self.site.path("ours"));
        let missing: Vec<_> = theirs.iter().filter(|(name, _)| !ours.contains_key(*name)).collect();
        let more: Vec<_> = ours.iter().filter(|(name, _)| !theirs.contains_key(*name)).collect();
        let other: Vec<_> = theirs
            .iter()
            .filter(|(name, value)| ours.get(*name).is_some_and(|ours| ours != *value))
            .collect();
        let other: Vec<_> = other.iter().map(|(name, theirs)| (name, theirs, &ours[*name])).collect();
        assert!(
            missing.is_empty() && more.is_empty() && other.is_empty(),
            "{what}: missing: {missing:#?}\nmore: {more:#?}\nother: {other:#?}"
        );
        theirs
    }

    fn config(&self, basedir: &str) -> String {
        format!(
            "---\ncachedir: {cache}\nforge:\n  baseurl: {forge}\n{options}",
            cache = self.site.path(&format!("cache-{basedir}")).display(),
            forge = self.forge.url,
            options = self
                .options
                .replace("CONTROL", &self.site.url("control"))
                .replace("BASEDIR", &self.site.path(basedir).display().to_string())
                .replace("ROOT", &self.site.folder.path().display().to_string()),
        )
    }

    fn r10k(&self) -> BTreeMap<String, String> {
        let config = self.site.path("r10k.yaml");
        fs::write(&config, self.config("theirs")).unwrap();
        let output = Command::new(R10K)
            .args(["deploy", "environment", "-m", "-v", "info", "-c"])
            .arg(&config)
            .env("HOME", self.site.folder.path())
            .env("LC_ALL", "C.UTF-8")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        tree(&self.site.path("theirs"))
    }

    fn ours(&self) {
        let (settings, warnings) = r10k_yaml::parse(&self.config("ours"), "r10k.yaml", "/nowhere").unwrap();
        assert_eq!(warnings, Vec::<String>::new());
        let settings = Settings { full_deploy: false, ..settings };
        let deployer = Deployer::new(settings, Arc::new(Quiet::default())).unwrap();
        let session = deployer.session(&Silent);
        let names: Vec<String> = session
            .environments(&Cancel::never())
            .unwrap()
            .iter()
            .map(|environment| environment.name.clone())
            .collect();
        for name in names {
            session.deploy(&Request::new(name)).unwrap();
        }
        session.purge(&Cancel::never()).unwrap();
    }
}

fn scenario(options: &'static str) {
    if !is_there() {
        return;
    }
    let site = Site::new();
    let forge = Forge::start();
    forge.publish("acme-ntp", &["1.0.0", "1.2.0"]);
    forge.publish("acme-motd", &["0.9.0", "1.0.0"]);
    let pair = Pair { site, forge, options };
    let site = &pair.site;
    site.commit(
        "lib",
        "master",
        &[
            ("manifests/init.pp", Some("1\n")),
            ("spec/a/b", Some("s")),
            ("old", Some("o")),
            ("empty", Some("")),
            (".hidden/x", Some("h")),
        ],
    );
    site.git("lib", &["tag", "v1"]);
    let early = site.commit("lib", "master", &[("manifests/init.pp", Some("2\n")), ("files/ü ä", Some("u"))]);
    fs::write(site.path("lib/run"), "#!/bin/sh\n").unwrap();
    fs::set_permissions(site.path("lib/run"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    symlink("run", site.path("lib/link")).unwrap();
    symlink("files", site.path("lib/link-to-directory")).unwrap();
    site.commit("lib", "master", &[]);
    site.commit("lib", "topic", &[("topic", Some("t"))]);
    site.git("lib", &["checkout", "-q", "master"]);
    let puppetfile = |extra: &str| {
        let url = site.url("lib");
        format!(
            "forge 'https://forge.example.com'\nmod 'by_tag', :git => '{url}', :tag => 'v1'\nmod 'by_commit', git: '{url}', commit: '{early}'\n\
             mod 'by_branch', git: '{url}', branch: 'master'\nmod 'by_ref', git: '{url}', ref: 'topic'\nmod 'by_default', git: '{url}'\n\
             mod 'by_control', git: '{url}', branch: :control_branch, default_branch: 'master'\n\
             mod 'unified', type: 'git', source: '{url}', version: 'v1'\n\
             mod 'elsewhere', git: '{url}', tag: 'v1', install_path: 'site/other'\nmod 'own', local: true\n\
             mod 'acme/ntp', '1.0.0'\nmod 'acme/motd'\n{extra}"
        )
    };
    let files: &[(&str, Option<&str>)] = &[
        ("manifests/site.pp", Some("node default { }\n")),
        ("environment.conf", Some("modulepath = site:modules\n")),
        ("modules/own/manifests/init.pp", Some("class own { }\n")),
        ("modules/tracked/f", Some("tracked and in no Puppetfile")),
        ("data/common.yaml", Some("a: 1\n")),
        ("gone/x", Some("x")),
        ("swap", Some("file")),
    ];
    site.commit("control", "production", files);
    site.commit("control", "production", &[("Puppetfile", Some(&puppetfile("")))]);
    site.commit("control", "topic", &[("only-here", Some("t"))]);
    site.commit("control", "feature/some-thing", &[]);
    site.commit("control", "wip_x", &[]);
    site.commit("control", "bare_one", &[("Puppetfile", None)]);
    let tree = pair.deploy("the first time");
    assert!(tree["production/modules/ntp/manifests/init.pp"].contains("# 1.0.0"), "{tree:#?}");
    assert!(tree["topic/modules/by_control/topic"].ends_with("\"t\""), "{tree:#?}");
    assert!(tree.contains_key("feature_some_thing/Puppetfile") && !tree.contains_key("wip_x"), "{tree:#?}");
    assert_eq!(tree["production/modules/by_branch/link"], "link run");
    pair.deploy("nothing new");

    // Everything moves.
    site.commit(
        "lib",
        "master",
        &[("old", None), ("old/deep/er", Some("d")), ("manifests", None), ("manifests", Some("now a file"))],
    );
    pair.forge.publish("acme-motd", &["2.0.0"]);
    let moved = puppetfile("mod 'more', git: 'URL', branch: 'topic'\n")
        .replace("'URL'", &format!("'{}'", site.url("lib")))
        .replace("mod 'by_ref', git", "mod 'renamed', git")
        .replace("'acme/ntp', '1.0.0'", "'acme/ntp', '1.2.0'")
        .replace("'acme/motd'", "'acme/motd', :latest")
        .replace(&format!("commit: '{early}'"), "tag: 'v1'");
    site.commit(
        "control",
        "production",
        &[
            ("Puppetfile", Some(&moved)),
            ("gone", None),
            ("swap", None),
            ("swap/in/side", Some("s")),
            ("modules/tracked", None),
        ],
    );
    site.git("control", &["branch", "-q", "-D", "feature/some-thing"]);
    for side in ["theirs", "ours"] {
        let root = site.path(side).join("production");
        fs::create_dir_all(root.join("modules/stranger/x")).unwrap();
        fs::write(root.join("modules/file"), "").unwrap();
        fs::write(root.join("untracked"), "").unwrap();
        fs::write(root.join("kept.json"), "").unwrap();
        fs::create_dir_all(root.join("untracked-directory/x")).unwrap();
        fs::write(root.join("data/untracked"), "").unwrap();
        fs::write(root.join("data/common.yaml"), "edited").unwrap();
        fs::write(root.join("modules/by_branch/empty"), "edited").unwrap();
        fs::write(site.path(side).join("stray"), "").unwrap();
    }
    let tree = pair.deploy("after changes");
    assert!(tree["production/modules/motd/manifests/init.pp"].contains("# 2.0.0"), "{tree:#?}");
    assert!(
        tree.contains_key("production/swap/in/side") && !tree.contains_key("feature_some_thing"),
        "{tree:#?}"
    );
    assert!(!tree.contains_key("production/modules/stranger") && !tree.contains_key("stray"), "{tree:#?}");

    // A module of the Forge becomes one of a repository and the reverse.
    let swapped = puppetfile("")
        .replace("mod 'acme/motd'", &format!("mod 'motd', git: '{}', tag: 'v1'", site.url("lib")))
        .replace(
            &format!("mod 'by_tag', :git => '{}', :tag => 'v1'", site.url("lib")),
            "mod 'acme/by_tag', '3.0.0'",
        );
    pair.forge.publish("acme-by_tag", &["3.0.0"]);
    site.commit("control", "production", &[("Puppetfile", Some(&swapped))]);
    site.git("control", &["branch", "-q", "-D", "topic"]);
    pair.deploy("after modules changed their kind");
}

#[test]
fn the_same_tree_as_r10k() {
    scenario(
        ":sources:\n  :main:\n    remote: CONTROL\n    basedir: BASEDIR\n    ignore_branch_prefixes: [wip]\n\
         deploy:\n  exclude_spec: false\n",
    );
}

#[test]
fn the_same_tree_as_r10k_with_everything_purged_and_without_spec() {
    scenario(
        "sources:\n  main:\n    remote: CONTROL\n    basedir: BASEDIR\n    filter_command: 'test \"$R10K_BRANCH\" != wip_x'\n\
         deploy:\n  exclude_spec: true\n  purge_levels: [deployment, environment, puppetfile]\n  \
         purge_allowlist: ['*.json', 'data/untracked']\n",
    );
}

/// Names made of branches, and environments that are no branches.
#[test]
fn the_same_environments_as_r10k() {
    if !is_there() {
        return;
    }
    let site = Site::new();
    let forge = Forge::start();
    forge.publish("acme-ntp", &["1.0.0"]);
    let options = "deploy:\n  exclude_spec: false\nsources:\n\
        \x20 whole: {remote: CONTROL, basedir: BASEDIR, prefix: true, strip_component: 'env/'}\n\
        \x20 part: {remote: CONTROL, basedir: BASEDIR, prefix: p, strip_component: '/^(env|fix).|x/', invalid_branches: correct, puppetfile_name: Other}\n\
        \x20 map: {type: yaml, config: ROOT/map.yaml, basedir: BASEDIR, prefix: m}\n\
        \x20 maps: {type: yamldir, config: ROOT/maps, basedir: BASEDIR}\n\
        \x20 told: {type: exec, command: ROOT/tell, basedir: BASEDIR}\n";
    site.commit("lib", "master", &[("f", Some("1"))]);
    site.git("lib", &["tag", "v1"]);
    let url = site.url("lib");
    site.commit(
        "control",
        "env/one",
        &[("Puppetfile", Some(&format!("mod 'a', git: '{url}'\nmod 'b', git: '{url}'\n")))],
    );
    site.commit("control", "fix-y", &[("Other", Some(&format!("mod 'other', git: '{url}', tag: 'v1'\n")))]);
    let control = site.url("control");
    let map = format!(
        "mapped:\n  type: git\n  remote: {control}\n  ref: env/one\n  modules:\n    acme-ntp: 1.0.0\n    b: {{git: '{url}', tag: v1}}\n    \
         deep: {{git: '{url}', tag: v1, install_path: site/x}}\nplain_one:\n  type: plain\n  modules:\n    lib: {{type: git, source: '{url}', version: v1}}\n"
    );
    fs::write(site.path("map.yaml"), map).unwrap();
    fs::create_dir(site.path("maps")).unwrap();
    fs::write(
        site.path("maps/filed.yaml"),
        format!("remote: {control}\nref: fix-y\npuppetfile_name: Other\n"),
    )
    .unwrap();
    fs::write(
        site.path("tell"),
        format!("#!/bin/sh\necho '{{\"told\": {{\"remote\": \"{control}\", \"ref\": \"env/one\"}}}}'\n"),
    )
    .unwrap();
    fs::set_permissions(site.path("tell"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let pair = Pair { site, forge, options };
    let tree = pair.deploy("the first time");
    let names: Vec<&str> = tree.keys().map(String::as_str).filter(|name| !name.contains('/')).collect();
    assert_eq!(
        names,
        ["filed", "m_mapped", "m_plain_one", "p_one", "p_y", "told", "whole_fix_y", "whole_one"]
    );
    pair.deploy("nothing new");
    let shorter = format!("mapped:\n  remote: {control}\n  ref: env/one\n  modules:\n    acme-ntp: 1.0.0\n");
    fs::write(pair.site.path("map.yaml"), shorter).unwrap();
    pair.deploy("a shorter map");
}

/// Environments that are archives, the first time and after the archive changed.
#[test]
fn the_same_environments_of_archives_as_r10k() {
    if !is_there() {
        return;
    }
    let options = "deploy:\n  exclude_spec: false\nsources:\n\
        \x20 map: {type: yaml, config: ROOT/map.yaml, basedir: BASEDIR}\n";
    let (site, forge) = (Site::new(), Forge::start());
    forge.publish("acme-ntp", &["1.0.0"]);
    let pair = Pair { site, forge, options };
    let write = |name: &str, entries: &[Entry<'_>]| {
        let (bytes, file) = (archive(entries), pair.site.path(name));
        fs::write(&file, &bytes).unwrap();
        let map = format!(
            "packed:\n  type: tarball\n  source: file://{}\n  version: {}\n  modules:\n    acme-ntp: 1.0.0\n",
            file.display(),
            hex::encode(sha2::Sha256::digest(&bytes))
        );
        fs::write(pair.site.path("map.yaml"), map).unwrap();
    };
    write(
        "one.tgz",
        &[
            Entry::File("environment.conf", 0o644, "modulepath = modules\n"),
            Entry::Directory("manifests/", 0o755),
            Entry::File("manifests/site.pp", 0o644, "1"),
            Entry::File("scripts/run", 0o755, "#!/bin/sh\n"),
            Entry::File("old/f", 0o644, "1"),
        ],
    );
    pair.deploy("the first time");
    pair.deploy("nothing new");
    write("two.tgz", &[Entry::File("manifests/site.pp", 0o644, "2"), Entry::File("new/f", 0o644, "2")]);
    // What the archive no longer has stays. r10k fails where it is told to purge that, so nothing can be compared there.
    assert!(pair.deploy("another archive").contains_key("packed/old/f"));
}
