//! `bunraku compile` and `lookup` with a classifier: what an agent would get.

#![allow(clippy::unwrap_used, reason = "a failed test is told by its panic")]

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// Exit code, standard output, standard error.
fn run(root: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_bunraku"))
        .arg("--config")
        .arg(root.join("bunraku.toml"))
        .args(arguments)
        .env_remove("BUNRAKU_CONFIG")
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_classifier_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let shown = root.display();
    let toml = format!(
        "certname = 'primary'\nconfdir = '{shown}'\ndata-dir = '{shown}/data'\n[code]\nenvironmentpath = ['{shown}/environments']\n"
    );
    write(&root.join("bunraku.toml"), &toml);
    let conf = format!(
        "[server]\nnode_terminus = exec\nexternal_nodes = {shown}/enc\ntrusted_external_command = {shown}/cmdb\n"
    );
    write(&root.join("puppet.conf"), &conf);
    let enc = root.join("enc");
    write(
        &enc,
        "#!/bin/sh\n[ \"$1\" = web ] || { echo who; exit 1; }\n\
         echo '{classes: {role: {level: 7}}, parameters: {site: here}, environment: staging}'\n",
    );
    let cmdb = root.join("cmdb");
    write(&cmdb, "#!/bin/sh\necho \"{\\\"rack\\\": 12}\"\n");
    for program in [&enc, &cmdb] {
        std::fs::set_permissions(program, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let code =
        "class role($level) { notice(\"${level} ${site} ${trusted['external']['rack']} ${environment}\") }\n";
    for environment in ["production", "staging"] {
        write(&root.join(format!("environments/{environment}/manifests/site.pp")), code);
        let hiera = "version: 5\nhierarchy: [{name: common, path: common.yaml}]\n";
        write(&root.join(format!("environments/{environment}/hiera.yaml")), hiera);
        write(
            &root.join(format!("environments/{environment}/data/common.yaml")),
            "where: \"%{site}\"\nplain: x\n",
        );
    }
    let (code, out, err) = run(root, &["compile", "web", "--compact"]);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("Notice: Scope(Class[Role]): 7 here 12 staging\n"), "{err}");
    assert!(out.contains("\"environment\":\"staging\""), "{out}");
    let (code, _, err) = run(root, &["compile", "web", "-e", "production"]);
    assert!(code == 0 && err.contains("7 here 12 production"), "{err}");

    let (code, _, err) = run(root, &["compile", "db"]);
    let expected = format!(
        "Error: Failed when searching for node db: Failed to find db via exec: Execution of '{shown}/enc db' returned 1: who\n"
    );
    assert_eq!((code, err), (1, expected));
    // Data may use what the classifier says only if the catalog is compiled.
    write(&root.join("facts.json"), "{\"a\": 1}");
    let facts = root.join("facts.json").display().to_string();
    let lookup = |key, node, more: &[&str]| {
        run(root, &[&["lookup", key, "--facts", &facts, "--node", node], more].concat())
    };
    let (_, out, err) = lookup("where", "web", &["--compile"]);
    assert_eq!(out, "--- here\n", "{err}");
    // Without a compile nobody is asked.
    assert_eq!(lookup("plain", "db", &[]).0, 0);
    assert_eq!(lookup("plain", "db", &["--compile"]).0, 1);

    write(&root.join("puppet.conf"), "[main]\nnode_terminus = classifier\n");
    let (code, _, err) = run(root, &["compile", "web"]);
    assert_eq!(code, 1);
    assert!(err.contains("node_terminus is `classifier`; it must be plain or exec"), "{err}");
}
