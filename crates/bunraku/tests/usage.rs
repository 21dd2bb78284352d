//! Wrong usage and help: where they are printed, and with which exit code.

#![allow(clippy::unwrap_used, reason = "a failed test is told by its panic")]

use std::process::Command;

/// Exit code, standard output, standard error.
fn run(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_bunraku"))
        .args(arguments)
        .env_remove("BUNRAKU_CONFIG")
        .env("COLUMNS", "100")
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn help_is_asked_for_and_no_failure() {
    for arguments in
        [&[][..], &["--help"], &["-h"], &["help", "ca"], &["ca", "--help"], &["ca", "sign", "--help"]]
    {
        let (code, out, err) = run(arguments);
        assert_eq!((code, &*err), (0, ""), "{arguments:?}");
        assert!(out.contains("Usage: bunraku"), "{out}");
    }
    assert!(run(&["--version"]).1.starts_with("bunraku "));
}

#[test]
fn every_command_says_what_it_is_and_takes_help() {
    let (_, out, _) = run(&["--help"]);
    let commands = out.lines().skip_while(|line| *line != "Commands:").skip(1);
    let commands: Vec<&str> = commands
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(commands.contains(&"server") && commands.contains(&"ca"), "{commands:?}");
    for command in commands.iter().filter(|command| **command != "help") {
        let (code, help, _) = run(&[command, "--help"]);
        assert_eq!(code, 0, "{command}");
        assert!(!help.starts_with("Usage"), "{command} does not say what it is");
    }
}

#[test]
fn wrong_usage_is_a_failure_like_any_other() {
    for arguments in [
        &["nonsense"][..],
        &["compile"],
        &["compile", "a", "--nonsense"],
        &["lookup", "--merge"],
        &["parser"],
        &["parser", "nonsense"],
        &["report", "list", "--limit", "many"],
        &["server", "now"],
        &["--config"],
    ] {
        let (code, out, err) = run(arguments);
        assert_eq!((code, &*out), (1, ""), "{arguments:?}");
        assert!(!err.is_empty(), "{arguments:?}");
    }
}

#[test]
fn the_authority_has_the_words_of_puppetserver_ca() {
    let cases: &[(&[&str], &str)] = &[
        (&["ca"], "Unknown action: \nManage the certificate authority"),
        (&["ca", "nonsense"], "Unknown action: nonsense\nManage the certificate authority"),
        (&["ca", "list", "--foo"], "Error:\n    Unknown flag or argument `--foo`\n\nList certificates"),
        (&["ca", "list", "foo"], "Error:\n    Unknown input `foo`\n\nList certificates"),
        (
            &["ca", "list", "--certname"],
            "Error:\n    Missing argument to flag `--certname`\n\nList certificates",
        ),
        (
            &["--config", "x.toml", "ca", "sign", "--bar"],
            "Error:\n    Unknown flag or argument `--bar`\n\nSign",
        ),
        (
            &["ca", "--config=x.toml", "setup", "--ca-name"],
            "Error:\n    Missing argument to flag `--ca-name`\n",
        ),
    ];
    for (arguments, expected) in cases {
        let (code, out, err) = run(arguments);
        assert_eq!((code, &*out), (1, ""), "{arguments:?}");
        assert!(err.starts_with(expected), "{arguments:?}: {err}");
    }
    let (code, _, err) = run(&["ca", "list", "--config", "/etc/puppetlabs/puppet/puppet.conf"]);
    assert_eq!(code, 1);
    assert!(err.contains("--config takes a bunraku.toml"), "{err}");
}

#[test]
fn the_configuration_is_shown_without_passwords() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("bunraku.toml");
    let root = folder.path().display();
    let text = format!(
        "certname = 'a.example.com'\nconfdir = '{root}'\n[puppetdb]\ndatabase-url = 'postgresql://me:s3cret@db/p'\n\
         [code-manager]\nproxy = 'http://me:s3cret@proxy:3128'\n\
         [code-manager.sources.main]\nremote = 'https://me:s3cret@git.example.com/control.git'\n"
    );
    std::fs::write(&config, text).unwrap();
    let config = config.to_str().unwrap();
    for arguments in [&["config", "show"][..], &["config", "show", "--json"], &["code", "print-config"]] {
        let (code, out, err) = run(&[arguments, &["--config", config]].concat());
        assert_eq!(code, 0, "{arguments:?}: {err}");
        assert!(out.contains("https://***@git.example.com/control.git"), "{arguments:?}: {out}");
        assert!(!out.contains("s3cret") && !err.contains("s3cret"), "{arguments:?}: {out}{err}");
    }
}

#[test]
fn the_configuration_says_which_environments_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let config = root.join("bunraku.toml");
    for (place, name) in [("code", "beside"), ("live", "served")] {
        std::fs::create_dir_all(root.join(place).join("environments").join(name)).unwrap();
    }
    let check = |more: &str| {
        let root = root.display();
        let text = format!("certname = 'a.example.com'\nconfdir = '{root}'\n{more}");
        std::fs::write(&config, text).unwrap();
        let (code, out, err) = run(&["config", "check", "--config", config.to_str().unwrap()]);
        assert_eq!(code, 0, "{err}");
        out
    };
    let plain = check("");
    assert!(plain.ends_with("  beside\n") && !plain.contains("staging"), "{plain}");
    let synced = check(&format!("[file-sync]\nenabled = true\nlive-dir = '{}/live'\n", root.display()));
    assert!(synced.contains("/code-staging  (absent: will be made)"), "{synced}");
    assert!(synced.ends_with("  served\n") && !synced.contains("beside"), "{synced}");
}
