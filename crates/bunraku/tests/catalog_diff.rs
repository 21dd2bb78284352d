//! `bunraku catalog diff` over the example control repository and a changed copy of it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

struct Scratch {
    directory: tempfile::TempDir,
}

impl Scratch {
    /// `production` as the example is, `staging` with a package, a file mode and a text changed.
    fn new() -> Scratch {
        let scratch = Scratch { directory: tempfile::tempdir().unwrap() };
        let environments = scratch.path("environments");
        for name in ["production", "staging"] {
            bunraku::examples::write_control_repo(&environments.join(name)).unwrap();
        }
        std::fs::create_dir(scratch.path("facts")).unwrap();
        for (certname, facts) in bunraku::examples::nodes() {
            std::fs::write(scratch.path("facts").join(format!("{certname}.json")), facts).unwrap();
        }
        scratch.change("data/common.yaml", "  - rsync", "  - rsync\n  - htop");
        scratch.change("data/common.yaml", "Questions to", "Ask");
        scratch.change("site/profile/manifests/base.pp", "mode    => '0644'", "mode    => '0640'");
        let toml = format!(
            "certname = 'primary.example.com'\nconfdir = '{0}'\ndata-dir = '{0}/data'\n[code]\nenvironmentpath = ['{0}/environments']\nbasemodulepath = ['{0}/modules']\n",
            scratch.directory.path().display()
        );
        std::fs::write(scratch.path("bunraku.toml"), toml).unwrap();
        scratch
    }

    fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.directory.path().join(relative)
    }

    fn change(&self, file: &str, from: &str, to: &str) {
        let file = self.path("environments/staging").join(file);
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(from), "{} has no {from}", file.display());
        std::fs::write(&file, text.replace(from, to)).unwrap();
    }

    fn diff(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_bunraku"))
            .arg("--config")
            .arg(self.path("bunraku.toml"))
            .args(["catalog", "diff", "--facts"])
            .arg(self.path("facts"))
            .args(arguments)
            .env_remove("NO_COLOR")
            .output()
            .unwrap()
    }
}

fn text(output: &Output) -> String {
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn one_node_is_shown_resource_by_resource() {
    let scratch = Scratch::new();
    let output = scratch.diff(&["--to", "staging", "web01.example.com"]);
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!(text(&output));
}

#[test]
fn a_change_of_several_nodes_is_shown_once() {
    let scratch = Scratch::new();
    let output =
        scratch.diff(&["--to", "staging", "--ignore", "Class", "--ignore", "File[/etc/motd].content"]);
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!(text(&output));
}

#[test]
fn a_directory_and_a_file_are_sides_too() {
    let scratch = Scratch::new();
    let staging = scratch.path("environments/staging");
    let output = scratch.diff(&["--to", staging.to_str().unwrap(), "--places", "laptop.example.com"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(text(&output), "laptop.example.com: no difference\n");
    let compiled = Command::new(env!("CARGO_BIN_EXE_bunraku"))
        .arg("--config")
        .arg(scratch.path("bunraku.toml"))
        .args(["compile", "db01.example.com", "--facts"])
        .arg(scratch.path("facts/db01.example.com.json"))
        .output()
        .unwrap();
    let file = scratch.path("db01.json");
    std::fs::write(&file, compiled.stdout).unwrap();
    let output = scratch.diff(&["--from", file.to_str().unwrap(), "--to", "staging", "--json"]);
    assert_eq!(output.status.code(), Some(2));
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["summary"], serde_json::json!({ "nodes": 1, "differing": 1, "failed": 0 }));
    let changes = document["nodes"][0]["changes"].as_array().unwrap();
    let htop = changes.iter().find(|change| change["resource"] == "Package[htop]").unwrap();
    assert_eq!(
        *htop,
        serde_json::json!({ "change": "added", "resource": "Package[htop]", "parameters": { "ensure": "installed" } })
    );
}

#[test]
fn what_does_not_compile_is_told_and_fails() {
    let scratch = Scratch::new();
    scratch.change("manifests/site.pp", "node default", "fail('no more')\nnode default");
    let output = scratch.diff(&["--to", "staging", "db01.example.com"]);
    assert_eq!(output.status.code(), Some(1));
    let text = text(&output);
    assert!(text.starts_with("db01.example.com has no catalog in staging: "), "{text}");
    assert!(text.contains("no more"), "{text}");
}
