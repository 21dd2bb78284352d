//! From a control repository to versions of code: what parses becomes one, and what does not changes nothing.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use bunraku::config::{Config, Site};
use bunraku::serve::code::{REPO, places, storage};
use bunraku::serve::deploy::{Here, Publisher, settings};
use code::versions::Storage;
use deploy::{Cancel, Deployer, Kind, Request, Silent};

struct Scratch {
    folder: tempfile::TempDir,
}

impl Scratch {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn git(&self, arguments: &[&str]) {
        let output = Command::new("git")
            .args([
                "-c",
                "user.name=t",
                "-c",
                "user.email=t@example.com",
                "-c",
                "init.defaultBranch=production",
            ])
            .args(arguments)
            .current_dir(self.path("control"))
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn commit(&self, files: &[(&str, &str)]) {
        if !self.path("control").exists() {
            fs::create_dir(self.path("control")).unwrap();
            self.git(&["init", "-q"]);
        }
        for (name, text) in files {
            let path = self.path("control").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", "x"]);
    }

    fn site(&self) -> Site {
        let toml = format!(
            "certname = 'primary.example.com'\nconfdir = '{root}/conf'\ndata-dir = '{root}/data'\n\
             [file-sync]\nenabled = true\nstaging-dir = '{root}/staging'\nlive-dir = '{root}/code'\n\
             [code-manager]\n[code-manager.sources.main]\nremote = 'file://{root}/control'\n",
            root = self.folder.path().display()
        );
        Site::from_config(Config::parse(&toml).unwrap()).unwrap()
    }
}

/// What the newest version of an environment has at a path.
fn served(storage: &Storage, data: &Path, environment: &str, path: &str) -> Option<String> {
    let latest = storage.latest();
    let commit = latest[REPO].as_ref()?.submodules.get(&format!("environments/{environment}"))?.to_string();
    let repository = data.join(format!("filesync/storage/{REPO}/{environment}.git"));
    let output = Command::new("git")
        .args(["show", &format!("{commit}:{path}")])
        .env("GIT_DIR", repository)
        .output()
        .unwrap();
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
}

#[test]
fn what_parses_is_published_and_what_does_not_changes_nothing() {
    let scratch = Scratch { folder: tempfile::tempdir().unwrap() };
    let epp = "modules/m/templates/x.epp";
    scratch.commit(&[
        ("manifests/site.pp", "node default { include m }\n"),
        ("modules/m/manifests/init.pp", "class m { }\n"),
        (epp, "<%= $x %>\n"),
        ("hiera.yaml", "version: 5\n"),
        ("Puppetfile", "mod 'm', local: true\n"),
        // Nothing that a compile reads.
        ("modules/m/spec/broken.pp", "class {\n"),
    ]);
    scratch.git(&["branch", "gone"]);
    let site = scratch.site();
    let storage = Arc::new(storage(&places(&site).unwrap().unwrap()).unwrap());
    let publisher = Publisher::new(&site, Some(Arc::new(Here(storage.clone())))).unwrap();
    let deployer = Deployer::new(settings(&site).unwrap(), Arc::new(publisher)).unwrap();
    let data = scratch.path("data");
    let served = |environment: &str, path: &str| served(&storage, &data, environment, path);

    let session = deployer.session(&Silent);
    for environment in ["production", "gone"] {
        let deployed = session.deploy(&Request::new(environment)).unwrap();
        let commit = deployed.published.environment_commit.clone().unwrap();
        assert_eq!(deployed.as_json()["file-sync"]["environment-commit"], commit.as_str());
    }
    let before = storage.latest();
    let record = served("production", ".r10k-deploy.json").unwrap();
    assert!(record.contains("\"deploy_success\": true"), "{record}");
    // Nothing new is no new version.
    assert!(!deployer.deploy(&Request::new("production"), &Silent).unwrap().changed);
    assert_eq!(storage.latest(), before);

    scratch.commit(&[
        ("manifests/site.pp", "node default {\n  include m\n  }}\n"),
        ("modules/m/manifests/init.pp", "class m {\n  $a = 1\n  $a = \n}\n"),
        ("modules/m/manifests/two.pp", "class m::two { $1 = 2 }\nclass m::two { $2 = 2 }\n"),
        (epp, "<% if { %>\n"),
        ("hiera.yaml", "version: 5\nhierarchy: nope\n"),
    ]);
    let error = deployer.deploy(&Request::new("production"), &Silent).unwrap_err();
    assert_eq!(error.kind, Kind::DoesNotParse);
    let problems = error.details["problems"].as_array().unwrap();
    let places: Vec<String> = problems
        .iter()
        .map(|problem| {
            format!("{}:{}:{}", problem["file"].as_str().unwrap(), problem["line"], problem["column"])
        })
        .collect();
    for place in [
        "hiera.yaml:null:null",
        "manifests/site.pp:3:4",
        "modules/m/manifests/init.pp:4:1",
        "modules/m/manifests/two.pp:1:16",
        "modules/m/manifests/two.pp:2:16",
        "modules/m/templates/x.epp:null:null",
    ] {
        assert!(places.iter().any(|found| found == place), "{place}: {places:?}");
    }
    assert!(error.msg.contains("\n  manifests/site.pp:3:4: Syntax error at '}'"), "{error}");
    assert_eq!(storage.latest(), before);
    assert_eq!(served("production", "manifests/site.pp").unwrap(), "node default { include m }\n");

    // Mended; and a branch is gone.
    scratch.commit(&[
        ("manifests/site.pp", "node default { }\n"),
        ("modules/m/manifests/init.pp", "class m { $b = 1 }\n"),
        ("modules/m/manifests/two.pp", "class m::two { }\n"),
        (epp, "x\n"),
        ("hiera.yaml", "version: 5\n"),
    ]);
    scratch.git(&["branch", "-D", "-q", "gone"]);
    let session = deployer.session(&Silent);
    session.deploy(&Request::new("production")).unwrap();
    assert_eq!(served("production", "modules/m/manifests/init.pp").unwrap(), "class m { $b = 1 }\n");
    assert_eq!(session.purge(&Cancel::never()).unwrap(), ["gone"]);
    let latest = storage.latest();
    let names: Vec<&String> = latest[REPO].as_ref().unwrap().submodules.keys().collect();
    assert_eq!(names, ["environments/production"]);

    // A link out of the environment is found before file sync refuses it.
    std::os::unix::fs::symlink("/etc/hostname", scratch.path("control/manifests/x.pp")).unwrap();
    scratch.commit(&[]);
    let error = deployer.deploy(&Request::new("production"), &Silent).unwrap_err();
    assert!(error.msg.contains("manifests/x.pp: it is a link that leads out of the environment"), "{error}");
}
