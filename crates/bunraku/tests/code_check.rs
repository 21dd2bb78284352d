//! `bunraku code check`: what of an environment can run here.

#![allow(clippy::unwrap_used, reason = "a failed test is told by its panic")]

use std::path::Path;
use std::process::Command;

fn write(root: &Path, name: &str, text: &str) {
    let path = root.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// Exit code, standard output.
fn check(root: &Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_bunraku"))
        .arg("--config")
        .arg(root.join("bunraku.toml"))
        .args(["code", "check"])
        .args(arguments)
        .env_remove("BUNRAKU_CONFIG")
        .output()
        .unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn an_environment_is_told_what_it_needs() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let shown = root.display();
    let toml = format!(
        "certname = 'primary'\nconfdir = '{shown}'\ndata-dir = '{shown}/data'\n[code]\nenvironmentpath = ['{shown}/environments']\n"
    );
    write(root, "bunraku.toml", &toml);
    let module = "environments/production/modules/m";
    write(
        root,
        &format!("{module}/lib/puppet/type/known.rb"),
        "Puppet::Type.newtype(:known) { newparam(:name) }\n",
    );
    write(root, &format!("{module}/templates/good.epp"), "<%= 1 %>\n");
    write(root, &format!("{module}/templates/old.erb"), "<%= 1 %>\n");
    let (code, out) = check(root, &[]);
    assert_eq!(code, 0, "{out}");
    assert_eq!(out, "functions: none\ntypes: 1 known\ntemplates: 2 native\n");

    write(
        root,
        &format!("{module}/lib/puppet/type/odd.rb"),
        "Puppet::Type.newtype(:odd) { newparam(File.read('/x')) }\n",
    );
    write(root, &format!("{module}/templates/bad.epp"), "<% if { %>\n");
    write(root, &format!("{module}/templates/bad.erb"), "\n<% if %>\n");
    // Whether there is a Ruby or not: what cannot be native is no longer "ok".
    write(root, &format!("{module}/templates/odd.erb"), "<% class Odd; end %>\n");
    write(root, "environments/production/.resource_types/wrong.pp", "notice(1)\n");
    let (code, out) = check(root, &["production", "--json"]);
    assert_eq!(code, 1);
    let answer: serde_json::Value = serde_json::from_str(&out).unwrap();
    let state = |name: &str| {
        let parts = answer["parts"].as_array().unwrap();
        parts.iter().find(|part| part["name"] == name).map(|part| part["state"].as_str().unwrap().to_owned())
    };
    for (name, want) in [
        ("known", "ok"),
        ("odd", "unchecked"),
        ("wrong", "fails"),
        ("m/bad.epp", "fails"),
        ("m/bad.erb", "fails"),
        ("m/old.erb", "ok"),
        ("m/good.epp", "ok"),
    ] {
        assert_eq!(state(name).as_deref(), Some(want), "{name}: {out}");
    }
    let odd = state("m/odd.erb").unwrap();
    assert!(["worker", "fails"].contains(&odd.as_str()), "{out}");
    assert_eq!(answer["fails"], 3 + i32::from(odd == "fails"));
}
