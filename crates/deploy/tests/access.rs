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
    serve_with(root, password, || {})
}

/// The same; `look` is called while git waits for an answer.
fn serve_with(
    root: PathBuf,
    password: &'static str,
    look: impl Fn() + Send + 'static,
) -> (String, Arc<Mutex<Vec<String>>>) {
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
            look();
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

/// The arguments of all processes that have a text in them.
fn arguments_with(text: &str) -> Vec<String> {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let arguments = processes.filter_map(|process| fs::read(process.path().join("cmdline")).ok());
    let arguments = arguments.map(|bytes| String::from_utf8_lossy(&bytes).replace('\0', " "));
    arguments.filter(|arguments| arguments.contains(text)).collect()
}

#[test]
fn a_password_in_an_address_opens_a_repository_and_shows_nowhere() {
    if !has_http() {
        return;
    }
    let site = Site::new();
    let seen_by_others: Arc<Mutex<Vec<String>>> = Arc::default();
    let (found, asked) = (seen_by_others.clone(), Arc::new(Mutex::new(0)));
    let count = asked.clone();
    // me:hid/den@pass
    let (url, seen) = serve_with(site.folder.path().to_owned(), "Basic bWU6aGlkL2RlbkBwYXNz", move || {
        // git and its helper for HTTP both run now.
        *count.lock().unwrap() += usize::from(!arguments_with("control.git").is_empty());
        found.lock().unwrap().extend(arguments_with("hid%2Fden"));
        found.lock().unwrap().extend(arguments_with("hid/den"));
    });
    let remote = |name: &str| url.replace("http://", "http://me:hid%2Fden%40pass@") + "/" + name;
    let puppetfile = format!("mod 'm', :git => '{}'\n", remote("m.git"));
    site.commit("m", "main", &[("f", Some("1"))]);
    site.commit("control", "production", &[("Puppetfile", Some(&puppetfile))]);
    let serve_anew = || {
        for name in ["m", "control"] {
            let bare = format!("{name}.git");
            let _ = fs::remove_dir_all(site.path(&bare));
            site.git(".", &["clone", "-q", "--bare", name, &bare]);
            site.git(&bare, &["update-server-info"]);
        }
    };
    serve_anew();
    let mut settings = site.settings();
    settings.sources = vec![Source::git("main", remote("control.git"), site.path("environments"))];
    let request = Request::new("production");
    let deploy = || site.deployer(settings.clone()).deploy(&request, &Silent);
    let first = deploy().unwrap();
    assert_eq!(first.modules[0].version, "main");
    assert!(seen.lock().unwrap().iter().any(|shown| shown.starts_with("Basic ")));
    assert!(*asked.lock().unwrap() > 0);
    let secret = |folder: &str| {
        let grep =
            std::process::Command::new("grep").args(["-r", "hid%2Fden"]).arg(site.path(folder)).output();
        String::from_utf8_lossy(&grep.unwrap().stdout).into_owned()
    };
    assert_eq!(secret("cache"), "");
    assert_eq!(secret("environments/production/.r10k-deploy.json"), "");
    let shown = format!("{settings:?}{}{first:?}{}", settings.as_json(), first.as_json());
    assert!(!shown.contains("hid%2Fden") && shown.contains("***@127.0.0.1"), "{shown}");
    // A deploy of what is there is none of something else.
    assert!(!deploy().unwrap().changed);

    // A copy that r10k or an older deploy made has the whole address in it.
    let names = fs::read_dir(site.path("cache")).unwrap().flatten();
    let copies = names.map(|name| name.path()).filter(|path| path.join("HEAD").exists());
    for copy in copies {
        let name = if copy.to_string_lossy().contains("control") { "control.git" } else { "m.git" };
        let copy = format!("cache/{}", copy.file_name().unwrap().to_string_lossy());
        site.git(&copy, &["config", "remote.origin.url", &remote(name)]);
    }
    assert_ne!(secret("cache"), "");
    site.commit("control", "production", &[("new", Some("1"))]);
    serve_anew();
    assert!(deploy().unwrap().changed);
    assert_eq!(secret("cache"), "");
    assert_eq!(seen_by_others.lock().unwrap().as_slice(), [] as [&str; 0]);

    // A password that is none of this server.
    let wrong =
        Source::git("main", remote("control.git").replace("hid%2Fden", "wr0ng"), site.path("environments"));
    settings.sources = vec![wrong];
    let error = site.deployer(settings).deploy(&request, &Silent).unwrap_err();
    let shown = format!("{error} {}", error.as_json());
    assert!(shown.contains("could not fetch http://127.0.0.1") && !shown.contains("wr0ng"), "{shown}");
}

#[test]
fn an_application_of_github_gets_tokens_for_its_repositories() {
    if !has_http() {
        return;
    }
    let site = Site::new();
    // x-access-token:ghs_t0ken
    let (url, _) = serve(site.folder.path().to_owned(), "Basic eC1hY2Nlc3MtdG9rZW46Z2hzX3Qwa2Vu");
    std::fs::create_dir(site.path("acme")).unwrap();
    site.commit("control", "production", &[("f", Some("1"))]);
    site.git(".", &["clone", "-q", "--bare", "control", "acme/control.git"]);
    site.git("acme/control.git", &["update-server-info"]);
    let github = support::forge::Forge::start();
    let installation = |number: u32, login: &str| {
        serde_json::json!({"id": number, "account": {"login": login},
            "access_tokens_url": format!("{}/app/installations/{number}/access_tokens", github.url)})
    };
    let installations = serde_json::json!([installation(1, "other"), installation(2, "Acme")]);
    github.on("/app/installations", 200, "", installations.to_string().as_bytes());
    let token = r#"{"token": "ghs_t0ken", "expires_at": "2999-01-01T00:00:00Z"}"#;
    github.on("/app/installations/2/access_tokens", 201, "", token.as_bytes());
    let key = pki::KeyPair::generate(pki::KeyKind::Rsa2048).unwrap();
    fs::write(site.path("key.pem"), key.to_pem().unwrap()).unwrap();
    let app = deploy::settings::GithubApp {
        id: "4711".to_owned(),
        key: site.path("key.pem"),
        ttl: std::time::Duration::from_secs(120),
        api: Some(github.url.clone()),
    };
    let remote = format!("{url}/acme/control.git");
    let mut settings = site.settings();
    settings.sources = vec![Source::git("main", &remote, site.path("environments"))];
    settings.git.repositories = vec![RepositorySettings {
        remote: remote.clone(),
        github_app: Some(app.clone()),
        ..RepositorySettings::default()
    }];
    let request = Request::new("production");
    let deployer = site.deployer(settings.clone());
    deployer.deploy(&request, &Silent).unwrap();
    deployer.deploy(&request, &Silent).unwrap();
    assert_eq!(site.tree("production"), ["f: 1"]);
    // One token for an hour, asked for with a statement; and it is nowhere on the disk.
    let asked = github.asked.lock().unwrap().clone();
    let paths: Vec<&str> = asked.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, ["/app/installations", "/app/installations/2/access_tokens"]);
    assert!(asked.iter().all(|(_, token)| token.as_ref().unwrap().starts_with("Bearer ey")), "{asked:?}");
    let found = std::process::Command::new("grep").args(["-r", "ghs_t0ken"]).arg(site.folder.path()).output();
    assert_eq!(String::from_utf8_lossy(&found.unwrap().stdout), "");
    // A host that sends the statement elsewhere does not get it there.
    let evil = serde_json::json!([{"access_tokens_url": "http://127.0.0.1:1/x"}]);
    let other = support::forge::Forge::start();
    other.on("/app/installations", 200, "", evil.to_string().as_bytes());
    settings.git.repositories[0].github_app =
        Some(deploy::settings::GithubApp { api: Some(other.url.clone()), ..app });
    let error = site.deployer(settings).deploy(&request, &Silent).unwrap_err();
    assert!(
        error.msg.contains("no token for the GitHub application 4711: ") && error.msg.contains("sends us to"),
        "{error}"
    );
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

#[test]
fn secrets_after_the_path_of_an_address_show_nowhere() {
    let (site, forge) = (Site::new(), support::forge::Forge::start());
    let bytes = support::forge::archive(&[support::forge::Entry::File("f", 0o644, "1")]);
    forge.on("/m", 200, "", &bytes);
    let text = format!("see {}/login?key=s3cret", forge.url);
    forge.on("/no", 403, "", text.as_bytes());
    forge.on("/away", 302, &format!("Location: {}/no?sig=s3cret\r\n", forge.url), b"");
    forge.on("/broken", 200, "X-Broken: 1\r\n", &bytes);
    let deploy_file = |puppetfile: &str| {
        site.commit("control", "production", &[("Puppetfile", Some(puppetfile))]);
        site.deployer(site.settings()).deploy(&Request::new("production"), &Silent)
    };
    let file = |path: &str| format!("mod 'm', type: 'tarball', source: '{}{path}?token=s3cret'\n", forge.url);
    deploy_file(&file("/m")).unwrap();
    let mut known = 0;
    for entry in fs::read_dir(site.path("cache/.bunraku/environments")).unwrap() {
        let state = fs::read_to_string(entry.unwrap().path().join("state.json")).unwrap();
        assert!(state.contains("/m?***") && !state.contains("s3cret"), "{state}");
        known += 1;
    }
    assert_eq!(known, 1);
    assert!(!deploy_file(&file("/m")).unwrap().modules[0].changed);
    for path in ["/no", "/away", "/missing", "/broken"] {
        let error = deploy_file(&file(path)).unwrap_err();
        assert!(error.msg.contains(&format!("{path}?***")), "{error}");
        assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
    }
}
