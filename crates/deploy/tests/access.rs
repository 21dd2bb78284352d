//! Repositories that want to know who asks.

#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use deploy::settings::{RepositorySettings, Source};
use deploy::{Request, Settings, Silent};
use support::Site;

/// Serves the files of a bare repository to who shows a password; the requests, with what they showed.
fn serve(root: PathBuf, password: &'static str) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let shown = seen.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut lines = BufReader::new(&stream).lines();
            let Some(Ok(first)) = lines.next() else { continue };
            let mut authorization = String::new();
            for line in lines.map_while(Result::ok).take_while(|line| !line.is_empty()) {
                if let Some(value) = line.strip_prefix("Authorization: ") {
                    value.clone_into(&mut authorization);
                }
            }
            shown.lock().unwrap().push(authorization.clone());
            let path = first.split(' ').nth(1).unwrap_or_default().split('?').next().unwrap_or_default();
            let file = root.join(path.trim_start_matches('/'));
            let (status, body) = match fs::read(&file) {
                _ if authorization != password => {
                    ("401 Who\r\nWWW-Authenticate: Basic realm=\"x\"", Vec::new())
                }
                Ok(body) => ("200 OK", body),
                Err(_) => ("404 No", Vec::new()),
            };
            let head =
                format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            let _ = (&stream).write_all(head.as_bytes()).and_then(|()| (&stream).write_all(&body));
        }
    });
    (url, seen)
}

/// A site whose control repository is behind a password: base64 of `me:s3cret`.
fn guarded(site: &Site) -> (Settings, Arc<Mutex<Vec<String>>>) {
    site.commit("control", "production", &[("f", Some("1"))]);
    site.git(".", &["clone", "-q", "--bare", "control", "control.git"]);
    site.git("control.git", &["update-server-info"]);
    let (url, seen) = serve(site.folder.path().to_owned(), "Basic bWU6czNjcmV0");
    let mut settings = site.settings();
    settings.sources = vec![Source::git("main", format!("{url}/control.git"), site.path("environments"))];
    (settings, seen)
}

fn has_http() -> bool {
    let path = std::process::Command::new("git").arg("--exec-path").output().unwrap().stdout;
    Path::new(String::from_utf8_lossy(&path).trim()).join("git-remote-http").exists()
}

#[test]
fn a_token_from_a_file_opens_a_repository_and_shows_nowhere() {
    if !has_http() {
        return;
    }
    let site = Site::new();
    let (mut settings, seen) = guarded(&site);
    let request = Request::new("production");
    // Nobody is asked for a password.
    let error = site.deployer(settings.clone()).deploy(&request, &Silent).unwrap_err();
    assert!(error.msg.contains("could not fetch http://127.0.0.1"), "{error}");

    fs::write(site.path("token"), "s3cret\n").unwrap();
    let remote = match &settings.sources[0].kind {
        deploy::settings::SourceKind::Git { remote } => remote.clone(),
        other => panic!("{other:?}"),
    };
    settings.git.repositories = vec![RepositorySettings {
        remote,
        oauth_token: Some(site.path("token")),
        username: Some("me".to_owned()),
        ..RepositorySettings::default()
    }];
    site.deployer(settings.clone()).deploy(&request, &Silent).unwrap();
    assert_eq!(site.tree("production"), ["f: 1"]);
    assert!(seen.lock().unwrap().iter().any(|shown| shown.starts_with("Basic ")));
    // Neither in the copy nor in what is remembered.
    let found =
        std::process::Command::new("grep").args(["-r", "s3cret"]).arg(site.path("cache")).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&found.stdout), "");

    fs::write(site.path("token"), "wrong\n").unwrap();
    let error = site.deployer(settings).deploy(&request, &Silent).unwrap_err();
    assert!(error.msg.contains("could not fetch") && !error.msg.contains("wrong"), "{error}");
}

#[test]
fn a_key_is_given_to_ssh_as_one_word() {
    let site = Site::new();
    let key = site.path("it's a key; touch harm");
    fs::write(&key, "").unwrap();
    // ssh itself is not what is tested.
    let bin = site.path("bin");
    fs::create_dir(&bin).unwrap();
    fs::write(
        bin.join("ssh"),
        format!("#!/bin/sh\nprintf '%s\\n' \"$@\" > '{}'\nexit 1\n", site.path("said").display()),
    )
    .unwrap();
    fs::set_permissions(bin.join("ssh"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    // Programs are found by the path of the process, which tests share.
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "deploys_with_a_key"])
        .env("PATH", path)
        .env("DEPLOY_TEST_KEY", &key)
        .env("DEPLOY_TEST_FOLDER", site.folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let said = fs::read_to_string(site.path("said")).unwrap();
    let words: Vec<&str> = said.lines().collect();
    assert!(words.contains(&key.to_str().unwrap()) && words.contains(&"BatchMode=yes"), "{words:?}");
    assert!(!site.path("harm").exists() && !Path::new("harm").exists());
}

/// Run by the test above in a process of its own, whose path has another ssh.
#[test]
#[ignore = "part of another test"]
fn deploys_with_a_key() {
    let Some(folder) = std::env::var_os("DEPLOY_TEST_FOLDER").map(PathBuf::from) else { return };
    let mut settings = Settings::new(folder.join("cache"));
    settings.sources = vec![Source::git("main", "git@host.invalid:control.git", folder.join("environments"))];
    settings.git.private_key = std::env::var_os("DEPLOY_TEST_KEY").map(PathBuf::from);
    let deployer = deploy::Deployer::new(settings, Arc::new(support::Quiet::default())).unwrap();
    let error = deployer.deploy(&Request::new("production"), &Silent).unwrap_err();
    assert!(error.msg.contains("could not fetch git@host.invalid:control.git"), "{error}");
}
