//! Whole deploys, from repositories in a scratch directory.

#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::sync::Arc;

use deploy::settings::PurgeLevel;
use deploy::{Cancel, Deployer, Kind, Request, Settings, Silent};
use support::{Quiet, Site};

#[test]
fn a_branch_and_its_modules_then_changes_and_nothing_else() {
    let site = Site::new();
    site.commit("a", "main", &[("manifests/init.pp", Some("1")), ("spec/x", Some("s")), ("old", Some("o"))]);
    site.git("a", &["tag", "v1"]);
    site.commit("b", "main", &[("f", Some("b"))]);
    let puppetfile = |version: &str| {
        format!(
            "mod 'a', git: '{}', ref: '{version}'\nmod 'b', git: '{}', install_path: 'site'\nmod 'own', local: true\n",
            site.url("a"),
            site.url("b")
        )
    };
    let first = site.commit(
        "control",
        "production",
        &[
            ("Puppetfile", Some(&puppetfile("v1"))),
            ("modules/own/f", Some("own")),
            ("manifests/site.pp", Some("x")),
        ],
    );
    let deployed = site.deploy("production").unwrap();
    assert_eq!(deployed.signature, first);
    assert!(deployed.changed);
    let versions: Vec<&str> = deployed.modules.iter().map(|module| module.version.as_str()).collect();
    assert_eq!(versions, ["v1", "main", "0.0.0 (local)"]);
    let expected = |a: &[&str]| {
        let mut lines: Vec<String> = a.iter().map(|line| (*line).to_owned()).collect();
        lines.sort();
        lines
    };
    let file = format!("Puppetfile: {}", puppetfile("v1"));
    assert_eq!(
        site.tree("production"),
        expected(&[
            &file,
            "manifests/",
            "manifests/site.pp: x",
            "modules/",
            "modules/a/",
            "modules/a/manifests/",
            "modules/a/manifests/init.pp: 1",
            "modules/a/old: o",
            "modules/own/",
            "modules/own/f: own",
            "site/",
            "site/b/",
            "site/b/f: b",
        ])
    );
    let record = fs::read(site.path("environments/production/.r10k-deploy.json")).unwrap();
    let record_document: serde_json::Value = serde_json::from_slice(&record).unwrap();
    assert_eq!(record_document["signature"], first.as_str());
    assert_eq!(record_document["module_deploys"][0]["version"], "v1");

    // Nothing new: nothing is touched, not even the record.
    let stat = |name: &str| {
        let metadata = fs::metadata(site.path("environments/production").join(name)).unwrap();
        (metadata.modified().unwrap(), std::os::unix::fs::MetadataExt::ino(&metadata))
    };
    let before = stat("modules/a/old");
    let again = site.deploy("production").unwrap();
    assert!(!again.changed && again.modules.iter().all(|module| !module.changed));
    assert_eq!(fs::read(site.path("environments/production/.r10k-deploy.json")).unwrap(), record);
    assert_eq!(stat("modules/a/old"), before);

    // A file becomes a directory and the reverse; modules come, go, and move on; edits are undone; strangers are removed.
    site.commit(
        "a",
        "main",
        &[("old", None), ("old/x", Some("n")), ("manifests", None), ("manifests", Some("file"))],
    );
    site.commit("control", "production", &[("Puppetfile", Some(&puppetfile("main")))]);
    fs::write(site.path("environments/production/site/b/f"), "edited").unwrap();
    fs::create_dir_all(site.path("environments/production/modules/stranger")).unwrap();
    let third = site.deploy("production").unwrap();
    assert_eq!(third.removed, ["modules/stranger"]);
    let tree = site.tree("production");
    for line in ["modules/a/manifests: file", "modules/a/old/x: n", "site/b/f: b"] {
        assert!(tree.contains(&line.to_owned()), "{tree:?}");
    }
    assert!(!tree.iter().any(|line| line.contains("stranger") || line.contains("spec")), "{tree:?}");
}

#[test]
fn a_module_follows_the_branch_of_the_control_repository() {
    let site = Site::new();
    site.commit("m", "main", &[("f", Some("main"))]);
    site.commit("m", "topic", &[("f", Some("topic"))]);
    site.git("m", &["checkout", "-q", "main"]);
    let file =
        format!("mod 'm', git: '{}', branch: :control_branch, default_branch: 'main'\n", site.url("m"));
    site.commit("control", "production", &[("Puppetfile", Some(&file))]);
    site.commit("control", "topic", &[]);
    let deployer = site.deployer(site.settings());
    let session = deployer.session(&Silent);
    for (environment, content) in [("production", "main"), ("topic", "topic")] {
        session.deploy(&Request::new(environment)).unwrap();
        let file = site.path("environments").join(environment).join("modules/m/f");
        assert_eq!(fs::read_to_string(file).unwrap(), content);
    }
    let without = format!("mod 'm', git: '{}', branch: :control_branch\n", site.url("m"));
    site.commit("control", "production", &[("Puppetfile", Some(&without))]);
    let error = site.deploy("production").unwrap_err();
    assert!(
        error.msg.contains("Could not resolve desired ref 'production' and no default provided"),
        "{error}"
    );
    assert!(error.msg.starts_with("Puppetfile:1: module m: "), "{error}");
    assert!(deploy::unfinished(&site.path("environments/production")).exists());
}

#[test]
fn environments_that_are_gone_and_names_that_are_none() {
    let site = Site::new();
    site.commit("control", "production", &[("f", Some("1"))]);
    site.commit("control", "feature/x-1", &[]);
    site.commit("control", "gone", &[]);
    let mut settings = site.settings();
    let publish = Arc::new(Quiet::default());
    let deployer = Deployer::new(settings.clone(), publish.clone()).unwrap();
    let session = deployer.session(&Silent);
    let names: Vec<String> =
        session.environments(&Cancel::never()).unwrap().iter().map(|e| e.name.clone()).collect();
    assert_eq!(names, ["feature_x_1", "gone", "production"]);
    for name in &names {
        session.deploy(&Request::new(name)).unwrap();
    }
    assert_eq!(session.purge(&Cancel::never()).unwrap(), Vec::<String>::new());
    site.git("control", &["branch", "-q", "-D", "-f", "feature/x-1"]);
    fs::write(site.path("environments/stray"), "").unwrap();
    settings.sources[0].invalid_branches = deploy::settings::InvalidBranches::Error;
    site.commit("control", "bad-name", &[]);
    let deployer = Deployer::new(settings, publish.clone()).unwrap();
    let session = deployer.session(&Silent);
    let error = session.deploy(&Request::new("bad-name")).unwrap_err();
    assert_eq!((error.kind, &error.details["corrected-name"]), (Kind::InvalidName, &"bad_name".into()));
    assert_eq!(session.deploy(&Request::new("nosuch")).unwrap_err().kind, Kind::NotFound);
    assert_eq!(session.purge(&Cancel::never()).unwrap(), ["feature_x_1"]);
    let mut left: Vec<_> = fs::read_dir(site.path("environments"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        // Beside environments lies when they were deployed.
        .filter(|name| !name.ends_with(".generation"))
        .collect();
    left.sort();
    assert_eq!(left, ["gone", "production"]);
    assert_eq!(publish.told.lock().unwrap().last().unwrap(), "removed feature_x_1");
    // A repository without any branch takes nothing away.
    fs::remove_dir_all(site.path("control")).unwrap();
    site.git(".", &["init", "-q", "control"]);
    assert_eq!(deployer.session(&Silent).purge(&Cancel::never()).unwrap(), Vec::<String>::new());
    assert!(site.path("environments/gone").exists());
}

#[test]
fn what_is_refused_stays_marked_until_it_is_good() {
    let site = Site::new();
    site.commit("control", "production", &[("refuse", Some(""))]);
    let mark = deploy::unfinished(&site.path("environments/production"));
    assert_eq!(site.deploy("production").unwrap_err().kind, Kind::DoesNotParse);
    assert!(mark.exists());
    site.commit("control", "production", &[("refuse", None)]);
    site.deploy("production").unwrap();
    assert!(!mark.exists());
}

#[test]
fn one_module_alone() {
    let site = Site::new();
    site.commit("a", "main", &[("f", Some("1"))]);
    site.commit("b", "main", &[("f", Some("1"))]);
    let file = format!("mod 'a', git: '{}'\nmod 'b', git: '{}'\n", site.url("a"), site.url("b"));
    let commit = site.commit("control", "production", &[("Puppetfile", Some(&file))]);
    let request = Request { modules: Some(vec!["a".to_owned()]), ..Request::new("production") };
    let deployer = site.deployer(site.settings());
    assert!(deployer.deploy(&request, &Silent).unwrap_err().msg.contains("is not deployed yet"));
    site.deploy("production").unwrap();
    site.commit("a", "main", &[("f", Some("2"))]);
    site.commit("b", "main", &[("f", Some("2"))]);
    site.commit("control", "production", &[("new", Some("2"))]);
    let deployed = deployer.deploy(&request, &Silent).unwrap();
    assert_eq!(deployed.signature, commit);
    let tree = site.tree("production");
    assert!(
        tree.contains(&"modules/a/f: 2".to_owned()) && tree.contains(&"modules/b/f: 1".to_owned()),
        "{tree:?}"
    );
    assert!(!tree.iter().any(|line| line.starts_with("new")), "{tree:?}");
}

#[test]
fn fixed_versions_are_not_looked_at_again() {
    let site = Site::new();
    site.commit("a", "main", &[("f", Some("1"))]);
    site.git("a", &["tag", "v1"]);
    let file = format!("mod 'a', git: '{}', tag: 'v1'\n", site.url("a"));
    site.commit("control", "production", &[("Puppetfile", Some(&file))]);
    site.deploy("production").unwrap();
    fs::remove_dir_all(site.path("a")).unwrap();
    let settings = Settings { full_deploy: false, ..site.settings() };
    let deployed = site.deployer(settings).deploy(&Request::new("production"), &Silent).unwrap();
    assert_eq!(deployed.modules[0].version, "v1");
    assert!(!deployed.changed);
}

#[test]
fn everything_unmanaged_can_be_purged() {
    let site = Site::new();
    site.commit("a", "main", &[("f", Some("1"))]);
    let file = format!("mod 'a', git: '{}'\n", site.url("a"));
    site.commit("control", "production", &[("Puppetfile", Some(&file)), ("data/x.yaml", Some("1"))]);
    let mut settings = site.settings();
    settings.deploy.purge_levels = vec![PurgeLevel::Environment];
    settings.deploy.purge_allowlist = vec!["*.json".to_owned(), "data/kept".to_owned()];
    let deployer = site.deployer(settings);
    deployer.deploy(&Request::new("production"), &Silent).unwrap();
    let root = site.path("environments/production");
    for name in ["x.json", "y.txt", "data/kept", "data/gone", "modules/a/untracked", "modules/unmanaged"] {
        fs::write(root.join(name), "").unwrap();
    }
    let deployed = deployer.deploy(&Request::new("production"), &Silent).unwrap();
    assert_eq!(deployed.removed, ["y.txt", "data/gone"]);
}

#[test]
fn links_stay_links_and_nothing_is_written_through_them() {
    let site = Site::new();
    let outside = site.path("outside");
    fs::create_dir_all(&outside).unwrap();
    site.commit("a", "main", &[("f", Some("1")), ("run", Some("x"))]);
    fs::set_permissions(site.path("a/run"), fs::Permissions::from_mode(0o755)).unwrap();
    symlink("f", site.path("a/link")).unwrap();
    site.commit("a", "main", &[]);
    let file = format!("mod 'a', git: '{}'\n", site.url("a"));
    site.commit("control", "production", &[("Puppetfile", Some(&file))]);
    site.deploy("production").unwrap();
    let tree = site.tree("production");
    for line in ["modules/a/link -> f", "modules/a/run*: x"] {
        assert!(tree.contains(&line.to_owned()), "{tree:?}");
    }
    // The branch puts a link where modules go.
    site.commit("control", "evil", &[]);
    symlink(&outside, site.path("control/modules")).unwrap();
    site.commit("control", "evil", &[]);
    let error = site.deploy("evil").unwrap_err();
    assert!(error.msg.contains("is a link, and no module is put behind a link"), "{error}");
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
}

#[test]
fn a_deploy_that_was_killed_is_made_good_by_the_next() {
    let site = Site::new();
    site.commit("a", "main", &[("f", Some("1")), ("g", Some("1"))]);
    site.git("a", &["tag", "v1"]);
    let file = format!("mod 'a', git: '{}', tag: 'v1'\n", site.url("a"));
    site.commit("control", "production", &[("Puppetfile", Some(&file)), ("x", Some("1"))]);
    let settings = Settings { full_deploy: false, ..site.settings() };
    let deploy = || site.deployer(settings.clone()).deploy(&Request::new("production"), &Silent);
    deploy().unwrap();
    let whole = site.tree("production");
    // As a power cut leaves it: marked, locks of git everywhere, files of all kinds of age.
    fs::write(deploy::unfinished(&site.path("environments/production")), "").unwrap();
    let mut locked = 0;
    let mut directories = vec![site.path("cache")];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(&directory).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if path.is_dir() {
                directories.push(path);
            } else if name == "state.json" {
                let text = fs::read_to_string(&path).unwrap();
                fs::write(&path, text.replace("\"is_changing\":false", "\"is_changing\":true")).unwrap();
            } else if name.ends_with(".index") || name == "packed-refs" {
                fs::write(path.with_file_name(format!("{name}.lock")), "").unwrap();
                locked += 1;
            }
        }
    }
    assert!(locked >= 3, "{locked}");
    fs::write(site.path("environments/production/modules/a/f"), "torn").unwrap();
    fs::remove_file(site.path("environments/production/modules/a/g")).unwrap();
    fs::remove_file(site.path("environments/production/x")).unwrap();
    site.commit("control", "production", &[("new", Some("1"))]);
    deploy().unwrap();
    let mut expected = whole;
    expected.push("new: 1".to_owned());
    expected.sort();
    assert_eq!(site.tree("production"), expected);
    assert!(!deploy::unfinished(&site.path("environments/production")).exists());
}

#[test]
fn addresses_of_other_kinds_run_no_program() {
    let site = Site::new();
    site.commit("control", "production", &[]);
    for address in ["ext::sh -c touch% harm", "evil://host/x", "--upload-pack=touch harm", "-x"] {
        let file = format!("mod 'a', git: '{address}'\n");
        site.commit("control", "production", &[("Puppetfile", Some(&file))]);
        let error = site.deploy("production").unwrap_err();
        assert!(error.msg.starts_with("Puppetfile:1: module a: "), "{address}: {error}");
    }
    assert!(!std::path::Path::new("harm").exists());
    let file = format!("mod 'a', git: '{}', ref: '--output=harm'\n", site.url("control"));
    site.commit("control", "production", &[("Puppetfile", Some(&file))]);
    let error = site.deploy("production").unwrap_err();
    assert!(error.msg.contains("Could not resolve desired ref '--output=harm'"), "{error}");
}

#[test]
fn a_remote_that_is_not_there_leaves_what_was() {
    let site = Site::new();
    site.commit("control", "production", &[("f", Some("1"))]);
    site.deploy("production").unwrap();
    fs::rename(site.path("control"), site.path("away")).unwrap();
    let error = site.deploy("production").unwrap_err();
    assert!(
        error.msg.starts_with("the environments of source main cannot be listed: could not fetch file://"),
        "{error}"
    );
    assert_eq!(site.tree("production"), ["f: 1"]);
    fs::rename(site.path("away"), site.path("control")).unwrap();
    let cancel = Cancel::never();
    cancel.cancel();
    let request = Request { cancel, ..Request::new("production") };
    let error = site.deployer(site.settings()).deploy(&request, &Silent).unwrap_err();
    assert_eq!(error.kind, Kind::TimedOut);
}

#[test]
fn nothing_is_removed_behind_a_link_of_the_branch() {
    let site = Site::new();
    let outside = site.path("outside/ssh");
    fs::create_dir_all(&outside).unwrap();
    fs::write(outside.join("key"), "safe").unwrap();
    site.commit("control", "production", &[]);
    symlink(site.path("outside"), site.path("control/l")).unwrap();
    for file in [
        "mod 'x', local: true, install_path: 'l/ssh'\n",
        "moduledir 'l/ssh'\nmod 'x', local: true\n",
        "moduledir 'l'\nmod 'ssh', local: true\nmod 'x', local: true\n",
    ] {
        for purge_levels in
            [vec![PurgeLevel::Puppetfile], vec![PurgeLevel::Environment, PurgeLevel::Puppetfile]]
        {
            site.commit("control", "production", &[("Puppetfile", Some(file))]);
            let mut settings = site.settings();
            settings.deploy.purge_levels = purge_levels;
            let deployed = site.deployer(settings).deploy(&Request::new("production"), &Silent).unwrap();
            assert_eq!(deployed.removed, Vec::<String>::new(), "{file}");
            assert_eq!(fs::read_to_string(outside.join("key")).unwrap(), "safe", "{file}");
        }
    }
    // Neither by a module that comes from elsewhere.
    site.commit("a", "main", &[("key", Some("harm"))]);
    let file = format!("mod 'ssh', git: '{}', install_path: 'l'\n", site.url("a"));
    site.commit("control", "production", &[("Puppetfile", Some(&file))]);
    assert!(site.deploy("production").unwrap_err().msg.contains("is a link"));
    assert_eq!(fs::read_to_string(outside.join("key")).unwrap(), "safe");
}

#[test]
fn what_failed_is_finished_before_parts_of_it_are_deployed() {
    let site = Site::new();
    site.commit("a", "main", &[("f", Some("a"))]);
    let file = format!("mod 'a', git: '{}'\nmod 'b', git: '{}'\n", site.url("a"), site.url("b"));
    site.commit("control", "production", &[("Puppetfile", Some(&file))]);
    site.deploy("production").unwrap_err();
    let without = Request { deploy_modules: false, ..Request::new("production") };
    let only = Request { modules: Some(vec!["a".to_owned()]), ..Request::new("production") };
    for request in [&without, &only] {
        let error = site.deployer(site.settings()).deploy(request, &Silent).unwrap_err();
        assert!(error.msg.contains("module b"), "{error}");
        assert!(deploy::unfinished(&site.path("environments/production")).exists());
    }
    site.commit("b", "main", &[("f", Some("b"))]);
    site.deployer(site.settings()).deploy(&without, &Silent).unwrap();
    assert!(site.tree("production").contains(&"modules/b/f: b".to_owned()));
    let slip = Request { modules: Some(vec!["c".to_owned()]), ..Request::new("production") };
    let error = site.deployer(site.settings()).deploy(&slip, &Silent).unwrap_err();
    assert_eq!(error.msg, "environment production has no module c");
}

#[test]
fn what_is_uncertain_stays_so_until_it_was_looked_at() {
    let site = Site::new();
    site.commit("a", "main", &[("f", Some("1"))]);
    site.git("a", &["tag", "v1"]);
    let file = format!("mod 'a', git: '{}', tag: 'v1'\n", site.url("a"));
    site.commit("control", "production", &[("Puppetfile", Some(&file))]);
    let settings = Settings { full_deploy: false, ..site.settings() };
    let deploy = || site.deployer(settings.clone()).deploy(&Request::new("production"), &Silent);
    deploy().unwrap();
    let state = fs::read_dir(site.path("cache/.bunraku/environments")).unwrap().next().unwrap().unwrap();
    let state = state.path().join("state.json");
    let text = fs::read_to_string(&state).unwrap();
    fs::write(&state, text.replace("\"is_changing\":false", "\"is_changing\":true")).unwrap();
    fs::remove_file(site.path("environments/production/modules/a/f")).unwrap();
    fs::write(site.path("environments/production/modules/a/left"), "by a checkout that was killed").unwrap();
    fs::write(site.path("environments/production/left.pp"), "the same").unwrap();
    // A deploy that fails early has looked at nothing.
    site.commit("control", "production", &[("Puppetfile", Some("mod 'a', nonsense\n"))]);
    deploy().unwrap_err();
    site.commit("control", "production", &[("Puppetfile", Some(&file))]);
    deploy().unwrap();
    let tree = site.tree("production");
    assert!(tree.contains(&"modules/a/f: 1".to_owned()), "{tree:?}");
    assert!(!tree.iter().any(|line| line.contains("left")), "{tree:?}");
}

#[test]
fn a_purge_sees_branches_that_came_meanwhile_and_leaves_the_work_of_others_alone() {
    let site = Site::new();
    site.commit("control", "production", &[("f", Some("1"))]);
    let deployer = site.deployer(site.settings());
    let session = deployer.session(&Silent);
    session.deploy(&Request::new("production")).unwrap();
    site.commit("control", "feature", &[]);
    site.deploy("feature").unwrap();
    fs::create_dir(site.path("environments/.feature.unpack-x")).unwrap();
    fs::write(deploy::unfinished(&site.path("environments/feature")), "").unwrap();
    assert_eq!(session.purge(&Cancel::never()).unwrap(), Vec::<String>::new());
    for name in ["feature/f", ".feature.unpack-x", ".feature.unfinished"] {
        assert!(site.path("environments").join(name).exists(), "{name}");
    }
    // With the branch all of it goes.
    site.git("control", &["checkout", "-q", "production"]);
    site.git("control", &["branch", "-q", "-D", "feature"]);
    assert_eq!(session.purge(&Cancel::never()).unwrap(), ["feature"]);
    let left: Vec<String> = fs::read_dir(site.path("environments"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("feature"))
        .collect();
    assert_eq!(left, Vec::<String>::new());
}

#[test]
fn an_end_that_was_not_heard_is_told_again() {
    let site = Site::new();
    site.commit("control", "gone", &[]);
    site.commit("control", "production", &[("f", Some("1"))]);
    let publish = Arc::new(Quiet::default());
    let deployer = Deployer::new(site.settings(), publish.clone()).unwrap();
    let session = deployer.session(&Silent);
    for name in ["production", "gone"] {
        session.deploy(&Request::new(name)).unwrap();
    }
    site.git("control", &["branch", "-q", "-D", "gone"]);
    publish.is_deaf.store(true, std::sync::atomic::Ordering::Relaxed);
    session.purge(&Cancel::never()).unwrap_err();
    assert!(!site.path("environments/gone").exists());
    publish.is_deaf.store(false, std::sync::atomic::Ordering::Relaxed);
    session.purge(&Cancel::never()).unwrap();
    assert_eq!(publish.told.lock().unwrap().last().unwrap(), "removed gone");
    let told = publish.told.lock().unwrap().len();
    session.purge(&Cancel::never()).unwrap();
    assert_eq!(publish.told.lock().unwrap().len(), told);
}

#[test]
fn caches_that_are_damaged_are_made_anew() {
    let site = Site::new();
    site.commit("a", "main", &[("f", Some("1"))]);
    let file = format!("mod 'a', git: '{}'\n", site.url("a"));
    site.commit("control", "production", &[("Puppetfile", Some(&file)), ("x", Some("1"))]);
    site.deploy("production").unwrap();
    let whole = site.tree("production");
    let damage = |is_hurt: &dyn Fn(&str) -> bool| {
        let mut count = 0;
        let mut directories = vec![site.path("cache")];
        while let Some(directory) = directories.pop() {
            for entry in fs::read_dir(&directory).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    directories.push(path);
                } else if is_hurt(path.file_name().unwrap().to_str().unwrap()) {
                    fs::write(&path, "").unwrap();
                    count += 1;
                }
            }
        }
        assert!(count >= 2, "{count}");
    };
    // As a power cut leaves what was not on the disk yet.
    damage(&|name| name.ends_with(".index"));
    fs::remove_file(site.path("environments/production/x")).unwrap();
    site.deploy("production").unwrap();
    assert_eq!(site.tree("production"), whole);
    damage(&|name| name == "HEAD");
    site.deploy("production").unwrap();
    assert_eq!(site.tree("production"), whole);
    damage(&|name| name == "state.json" || name == "HEAD");
    site.deploy("production").unwrap();
    assert_eq!(site.tree("production"), whole);
}

#[test]
fn what_killed_deploys_left_of_clones_is_removed_unless_somebody_is_at_it() {
    let site = Site::new();
    site.commit("control", "production", &[("f", Some("1"))]);
    site.commit("other", "main", &[("f", Some("1"))]);
    site.deploy("production").unwrap();
    // As an earlier release names them, as this one does, and one of a git that goes on.
    let left = |name: &str| site.path("cache").join(format!(".clone-{name}"));
    for name in ["x7Yz01", "git-gone", "git-at-work"] {
        fs::create_dir_all(left(name).join("repository.git/objects")).unwrap();
    }
    let locks = site.path("cache/.bunraku/locks");
    let held = stdx::fs::FileLock::acquire(locks.join("git-at-work.lock"), 0o640).unwrap();
    let puppetfile = format!("mod 'm', :git => '{}'\n", site.url("other"));
    site.commit("control", "production", &[("Puppetfile", Some(&puppetfile))]);
    site.deploy("production").unwrap();
    let there = || {
        let names = fs::read_dir(site.path("cache")).unwrap().flatten();
        let names = names.map(|entry| entry.file_name().into_string().unwrap());
        names.filter(|name| name.starts_with(".clone-")).collect::<Vec<_>>()
    };
    assert_eq!(there(), [".clone-git-at-work"]);
    drop(held);
    // The next clone finds it free.
    site.commit("third", "main", &[("f", Some("1"))]);
    let puppetfile = format!("mod 'm', :git => '{}'\n", site.url("third"));
    site.commit("control", "production", &[("Puppetfile", Some(&puppetfile))]);
    site.deploy("production").unwrap();
    assert_eq!(there(), [] as [&str; 0]);
}
