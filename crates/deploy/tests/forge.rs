//! Modules of a Forge, of a directory, and of archives; with what may go wrong on the way, and what somebody may put into them.

#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::fs;
use std::path::Path;

use deploy::settings::Secret;
use deploy::{Cancel, DeployError, Deployed, Request, Settings, Silent};
use sha2::{Digest as _, Sha256};
use support::Site;
use support::forge::{Entry, Forge, archive, release};

fn with_forge(site: &Site, url: &str) -> Settings {
    let mut settings = site.settings();
    url.clone_into(&mut settings.forge.baseurl);
    settings
}

fn deploy(site: &Site, settings: &Settings, puppetfile: &str) -> Result<Deployed, DeployError> {
    site.commit("control", "production", &[("Puppetfile", Some(puppetfile))]);
    site.deployer(settings.clone()).deploy(&Request::new("production"), &Silent)
}

fn module(site: &Site, path: &str) -> String {
    fs::read_to_string(site.path("environments/production/modules").join(path)).unwrap()
}

#[test]
fn versions_of_a_forge() {
    let (site, forge) = (Site::new(), Forge::start());
    forge.publish("acme-a", &["1.0.0", "1.1.0"]);
    forge.publish("acme-b", &["2.0.0"]);
    let settings = with_forge(&site, &forge.url);
    let deployed = deploy(&site, &settings, "mod 'acme/a', '1.0.0'\nmod 'acme/b'\n").unwrap();
    assert_eq!(deployed.modules[0].version, "1.0.0");
    assert_eq!(module(&site, "a/manifests/init.pp"), "class a { } # 1.0.0\n");
    assert!(!site.path("environments/production/modules/a/spec").exists());
    assert!(site.path("environments/production/modules/a/link").symlink_metadata().is_err());

    // What has no version stays; what shall be the newest does not; a version that was here once is not fetched again.
    forge.publish("acme-b", &["3.0.0"]);
    let before = forge.paths().len();
    deploy(&site, &settings, "mod 'acme/a', '1.0.0'\nmod 'acme/b'\n").unwrap();
    assert_eq!(forge.paths().len(), before);
    let deployed = deploy(&site, &settings, "mod 'acme/a', :latest\nmod 'acme/b', :latest\n").unwrap();
    assert_eq!(
        (deployed.modules[0].version.as_str(), deployed.modules[1].version.as_str()),
        ("1.1.0", "3.0.0")
    );
    assert_eq!(module(&site, "b/manifests/init.pp"), "class b { } # 3.0.0\n");
    let before = forge.paths().len();
    deploy(&site, &settings, "mod 'acme/a', '1.0.0'\nmod 'acme/b', '2.0.0'\n").unwrap();
    assert_eq!(module(&site, "a/manifests/init.pp"), "class a { } # 1.0.0\n");
    assert_eq!(forge.paths().len(), before);

    let error = deploy(&site, &settings, "mod 'acme/a', '9.0.0'\n").unwrap_err();
    let expected =
        format!("Puppetfile:1: module a: The module release acme-a-9.0.0 does not exist on {}.", forge.url);
    assert_eq!(error.msg, expected);
    let error = deploy(&site, &settings, "mod 'acme/nosuch', :latest\n").unwrap_err();
    assert!(error.msg.contains("The module acme-nosuch does not exist on "), "{error}");
}

#[test]
fn an_answer_of_not_now_is_waited_for_and_a_damaged_one_is_not_used() {
    let (site, forge) = (Site::new(), Forge::start());
    forge.on("/v3/modules/acme-a", 429, "Retry-After: 0\r\n", b"");
    forge.on("/v3/modules/acme-a", 503, "Retry-After: 0\r\n", b"");
    let document = br#"{"current_release": {"version": "1.0.0"}}"#;
    forge.on("/v3/modules/acme-a", 200, "", document);
    let bytes = release("acme-a", "1.0.0");
    let describe = |sha256: &str| {
        serde_json::json!({"file_uri": "/f.tar.gz", "file_sha256": sha256}).to_string().into_bytes()
    };
    forge.on("/v3/releases/acme-a-1.0.0", 200, "", &describe(&hex::encode(Sha256::digest(&bytes))));
    forge.on("/f.tar.gz", 200, "", b"something else");
    let settings = with_forge(&site, &forge.url);
    let error = deploy(&site, &settings, "mod 'acme/a', :latest\n").unwrap_err();
    assert!(error.msg.contains("acme-a-1.0.0 is damaged: its SHA-256 is "), "{error}");
    assert!(!site.path("environments/production/modules/a").exists());
    assert!(deploy::unfinished(&site.path("environments/production")).exists());
    forge.answers.lock().unwrap().remove("/f.tar.gz");
    forge.on("/f.tar.gz", 200, "", &bytes);
    deploy(&site, &settings, "mod 'acme/a', :latest\n").unwrap();
    assert_eq!(module(&site, "a/manifests/init.pp"), "class a { } # 1.0.0\n");

    forge.on("/v3/releases/acme-b-1.0.0", 500, "Retry-After: 0\r\n", b"no");
    let error = deploy(&site, &settings, "mod 'acme/b', '1.0.0'\n").unwrap_err();
    assert!(error.msg.ends_with("/v3/releases/acme-b-1.0.0: 500 no"), "{error}");
    forge.on("/v3/releases/acme-c-1.0.0", 200, "", br#"{"file_uri": "/f.tar.gz"}"#);
    let error = deploy(&site, &settings, "mod 'acme/c', '1.0.0'\n").unwrap_err();
    assert!(error.msg.contains("comes without a checksum"), "{error}");
}

#[test]
fn a_token_goes_to_the_forge_and_no_further() {
    let (site, forge, elsewhere) = (Site::new(), Forge::start(), Forge::start());
    let bytes = release("acme-a", "1.0.0");
    let document =
        serde_json::json!({"file_uri": "/f.tar.gz", "file_md5": hex::encode(md5::Md5::digest(&bytes))});
    forge.on("/v3/releases/acme-a-1.0.0", 200, "", document.to_string().as_bytes());
    forge.on("/f.tar.gz", 302, &format!("Location: {}/there.tar.gz\r\n", elsewhere.url), b"");
    elsewhere.on("/there.tar.gz", 200, "", &bytes);
    let mut settings = with_forge(&site, &format!("{}/", forge.url));
    settings.forge.authorization_token = Some(Secret::new("Bearer s3cret"));
    deploy(&site, &settings, "mod 'acme/a', '1.0.0'\n").unwrap();
    let tokens: Vec<Option<String>> =
        forge.asked.lock().unwrap().iter().map(|(_, token)| token.clone()).collect();
    assert_eq!(tokens, [Some("Bearer s3cret".to_owned()), Some("Bearer s3cret".to_owned())]);
    assert_eq!(*elsewhere.asked.lock().unwrap(), [("/there.tar.gz".to_owned(), None)]);
}

#[test]
fn a_directory_of_archives() {
    let site = Site::new();
    let mirror = site.path("mirror");
    fs::create_dir_all(&mirror).unwrap();
    for version in ["1.9.0", "1.10.0", "2.0.0-rc1"] {
        fs::write(mirror.join(format!("acme-a-{version}.tar.gz")), release("acme-a", version)).unwrap();
    }
    let settings = with_forge(&site, mirror.to_str().unwrap());
    let deployed = deploy(&site, &settings, "mod 'acme/a', :latest\n").unwrap();
    assert_eq!(deployed.modules[0].version, "1.10.0");
    let error = deploy(&site, &settings, "mod 'acme/a', '3.0.0'\n").unwrap_err();
    assert!(error.msg.contains("there is no release 3.0.0 of module acme-a"), "{error}");
}

#[test]
fn archives_from_anywhere() {
    let (site, forge) = (Site::new(), Forge::start());
    let bytes = archive(&[Entry::File("./f", 0o755, "1"), Entry::File("dir/g", 0o600, "2")]);
    fs::write(site.path("a.tar.gz"), &bytes).unwrap();
    forge.on("/b.tgz", 200, "", &bytes);
    let sha256 = hex::encode(Sha256::digest(&bytes));
    let puppetfile = format!(
        "mod 'a', type: 'tarball', source: '{}'\nmod 'b', type: 'tarball', source: '{}/b.tgz', version: '{sha256}'\n",
        site.url("a.tar.gz"),
        forge.url
    );
    let deployed = deploy(&site, &site.settings(), &puppetfile).unwrap();
    assert_eq!((deployed.modules[0].version.as_str(), &deployed.modules[1].version), ("(present)", &sha256));
    assert_eq!((module(&site, "a/f").as_str(), module(&site, "b/dir/g").as_str()), ("1", "2"));
    let wrong = puppetfile.replace(&sha256, &"0".repeat(64));
    let error = deploy(&site, &site.settings(), &wrong).unwrap_err();
    assert!(error.msg.contains("is damaged"), "{error}");
    fs::write(site.path("a.tar.gz"), archive(&[Entry::File("f", 0o644, "new")])).unwrap();
    assert!(deploy(&site, &site.settings(), &puppetfile).unwrap().modules[0].changed);
    assert_eq!(module(&site, "a/f"), "new");
}

/// Modes of everything in a directory, by names.
fn modes(root: &Path, directory: &Path, found: &mut Vec<(String, u32)>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let metadata = path.symlink_metadata().unwrap();
        let name = path.strip_prefix(root).unwrap().display().to_string();
        found.push((name, std::os::unix::fs::MetadataExt::mode(&metadata) & 0o777));
        if metadata.is_dir() {
            modes(root, &path, found);
        }
    }
}

#[test]
fn the_cache_is_not_for_everybody() {
    let (site, forge) = (Site::new(), Forge::start());
    forge.publish("acme-a", &["1.0.0"]);
    fs::write(site.path("b.tar.gz"), archive(&[Entry::File("f", 0o644, "1")])).unwrap();
    let settings = with_forge(&site, &forge.url);
    let file =
        format!("mod 'acme/a', '1.0.0'\nmod 'b', type: 'tarball', source: '{}'\n", site.url("b.tar.gz"));
    let cache = site.path("cache");
    let open = |path: &Path| {
        fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    };
    for is_there in [false, true] {
        if is_there {
            // As earlier versions, and r10k, leave it.
            open(&cache);
            for entry in fs::read_dir(&cache).unwrap() {
                open(&entry.unwrap().path());
            }
        }
        deploy(&site, &settings, &file).unwrap();
        let mut found = Vec::new();
        modes(&cache, &cache, &mut found);
        let (mut archives, mut shut) = (0, 0);
        for (name, mode) in found {
            if !name.contains('/') {
                assert_eq!(mode & 0o007, 0, "{name} {mode:o}");
                shut += 1;
            } else if let Some(name) = name.strip_prefix(".bunraku/") {
                assert!(mode & 0o007 == 0 || !name.contains("archives"), "{name} {mode:o}");
                archives += usize::from(name.ends_with(".tar.gz"));
            }
        }
        assert_eq!((archives, shut), (2, 2));
        if !is_there {
            let mode = std::os::unix::fs::MetadataExt::mode(&fs::metadata(&cache).unwrap());
            assert_eq!(mode & 0o777, 0o750);
        }
    }
}

#[test]
fn nobody_else_may_write_what_an_archive_brought() {
    let (site, forge) = (Site::new(), Forge::start());
    let bytes = archive(&[
        Entry::Directory("manifests/", 0o777),
        Entry::File("manifests/site.pp", 0o666, "1"),
        Entry::File("run", 0o777, "1"),
        Entry::File("own", 0o600, "1"),
        Entry::File("Puppetfile", 0o666, &format!("mod 'm', type: 'tarball', source: '{}/m'\n", forge.url)),
    ]);
    forge.on("/e", 200, "", &bytes);
    let module =
        [Entry::Directory("d/", 0o777), Entry::File("d/f", 0o666, "1"), Entry::File("x", 0o770, "1")];
    forge.on("/m", 200, "", &archive(&module));
    let mut settings = site.settings();
    settings.sources[0].kind = deploy::settings::SourceKind::Yaml { config: site.path("map.yaml") };
    fs::write(site.path("map.yaml"), format!("production: {{type: tarball, source: '{}/e'}}", forge.url))
        .unwrap();
    site.deployer(settings).deploy(&Request::new("production"), &Silent).unwrap();
    let mut found = Vec::new();
    let root = site.path("environments/production");
    modes(&root, &root, &mut found);
    for (name, mode) in [
        ("manifests", 0o755),
        ("manifests/site.pp", 0o644),
        ("run", 0o755),
        ("own", 0o600),
        ("modules/m/d", 0o755),
        ("modules/m/d/f", 0o644),
        ("modules/m/x", 0o750),
    ] {
        assert!(found.contains(&(name.to_owned(), mode)), "{name}: {found:?}");
    }
}

#[test]
fn archives_that_mean_harm() {
    let site = Site::new();
    let outside = site.path("outside");
    fs::write(&outside, "safe").unwrap();
    let try_it = |entries: &[Entry<'_>]| {
        fs::write(site.path("x.tar.gz"), archive(entries)).unwrap();
        let puppetfile = format!("mod 'x', type: 'tarball', source: '{}'\n", site.url("x.tar.gz"));
        deploy(&site, &site.settings(), &puppetfile)
    };
    let absolute = outside.to_str().unwrap().to_owned();
    for (entries, reason) in [
        (vec![Entry::File("../../../../outside", 0o644, "harm")], "leads out of it"),
        (vec![Entry::File("a/../../../../../outside", 0o644, "harm")], "leads out of it"),
        (vec![Entry::File(&absolute, 0o644, "harm")], "is an absolute path"),
        (vec![Entry::Device("null")], "is neither a file nor a directory"),
        (vec![Entry::Sparse("holes")], "is neither a file nor a directory"),
        (vec![Entry::File("a", 0o644, ""), Entry::File("a/b", 0o644, "")], "could not create"),
        (vec![Entry::File("./", 0o644, "")], "is no name of a file"),
        (vec![], "it is empty"),
    ] {
        let error = try_it(&entries).unwrap_err();
        assert!(error.msg.contains(reason), "{reason}: {error}");
    }
    assert_eq!(fs::read_to_string(&outside).unwrap(), "safe");

    // Links are left out, and what would be written through them stays inside.
    let root = site.folder.path().to_str().unwrap().to_owned();
    try_it(&[
        Entry::Link("link", &root),
        Entry::File("link/outside", 0o4755, "harm"),
        Entry::HardLink("hard", &absolute),
        Entry::File(".git/hooks/post-checkout", 0o755, "harm"),
        Entry::File("good", 0o644, "good"),
    ])
    .unwrap();
    assert_eq!(fs::read_to_string(&outside).unwrap(), "safe");
    let tree = site.tree("production");
    let inside: Vec<&str> = tree
        .iter()
        .filter_map(|line| line.strip_prefix("modules/x/"))
        .filter(|line| !line.is_empty())
        .collect();
    assert_eq!(inside, ["good: good", "link/", "link/outside*: harm"]);
    let mode = std::os::unix::fs::MetadataExt::mode(
        &fs::metadata(site.path("environments/production/modules/x/link/outside")).unwrap(),
    );
    assert_eq!(mode & 0o7000, 0);

    // A bomb: much more than it takes.
    let zeros = "\0".repeat(80 << 20);
    let error = try_it(&[Entry::File("bomb", 0o644, &zeros)]).unwrap_err();
    assert!(error.msg.contains("unpacks to more than"), "{error}");
    // What is no archive may be somebody's key: nothing of it is kept.
    let kept = || fs::read_dir(site.path("cache/.bunraku/archives")).unwrap().count();
    let before = kept();
    fs::write(site.path("x.tar.gz"), b"no archive").unwrap();
    let puppetfile = format!("mod 'x', type: 'tarball', source: '{}'\n", site.url("x.tar.gz"));
    assert!(deploy(&site, &site.settings(), &puppetfile).unwrap_err().msg.contains("the archive is refused"));
    assert_eq!(kept(), before);
    // Nothing is left beside the environment.
    let left: Vec<_> = fs::read_dir(site.path("environments"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("unpack"))
        .collect();
    assert_eq!(left, Vec::<String>::new());
}

/// Makes a commit of a tree that git itself would not make.
fn hostile_commit(site: &Site, repository: &str, entries: &[(&str, &str, &str)]) -> String {
    let mut tree = Vec::new();
    for (mode, name, id) in entries {
        tree.extend(format!("{mode} {name}\0").as_bytes());
        tree.extend(hex::decode(id).unwrap());
    }
    fs::write(site.path("tree"), tree).unwrap();
    let path = site.path("tree").display().to_string();
    let id = site.git(repository, &["hash-object", "-t", "tree", "-w", "--literally", &path]);
    let commit = site.git(repository, &["commit-tree", "-m", "x", &id]);
    site.git(repository, &["update-ref", "refs/heads/evil", &commit]);
    commit
}

#[test]
fn trees_that_mean_harm() {
    let site = Site::new();
    site.commit("m", "main", &[("f", Some("harm"))]);
    let blob = site.git("m", &["rev-parse", "HEAD:f"]);
    let tree = site.git("m", &["rev-parse", "HEAD^{tree}"]);
    fs::write(site.path("outside"), "safe").unwrap();
    fs::write(site.path("target"), site.folder.path().to_str().unwrap()).unwrap();
    let target = site.path("target").display().to_string();
    let link = site.git("m", &["hash-object", "-w", &target]);
    let puppetfile = format!("mod 'm', git: '{}', branch: 'evil'\n", site.url("m"));
    for entries in [
        vec![("40000", "..", tree.as_str())],
        vec![("40000", ".git", tree.as_str())],
        vec![("40000", ".GIT", tree.as_str())],
        vec![("40000", "git~1", tree.as_str())],
        vec![("100644", "a/../../../../../outside", blob.as_str())],
        vec![("100644", "../../../../outside", blob.as_str())],
        // A link and a directory of one name.
        vec![("120000", "d", link.as_str()), ("40000", "d", tree.as_str())],
    ] {
        hostile_commit(&site, "m", &entries);
        let result = deploy(&site, &site.settings(), &puppetfile);
        assert_eq!(fs::read_to_string(site.path("outside")).unwrap(), "safe", "{entries:?}");
        assert!(!site.path("f").exists(), "{entries:?}");
        if entries.len() == 1 {
            let error = result.unwrap_err();
            assert!(error.msg.contains("could not check out"), "{entries:?}: {error}");
        }
    }
}

#[test]
fn a_deploy_that_is_called_off_ends_soon_and_the_next_one_is_whole() {
    let (site, forge) = (Site::new(), Forge::start());
    forge.publish("acme-a", &["1.0.0"]);
    forge.on("/v3/releases/acme-slow-1.0.0", 503, "Retry-After: 30\r\n", b"");
    let settings = with_forge(&site, &forge.url);
    site.commit(
        "control",
        "production",
        &[("Puppetfile", Some("mod 'acme/a', '1.0.0'\nmod 'acme/slow', '1.0.0'\n"))],
    );
    let cancel = Cancel::never();
    let request = Request { cancel: cancel.clone(), ..Request::new("production") };
    let deployer = site.deployer(settings.clone());
    std::thread::scope(|scope| {
        let deploy = scope.spawn(|| deployer.deploy(&request, &Silent));
        while !forge.paths().iter().any(|path| path.contains("slow")) {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        cancel.cancel();
        let error = deploy.join().unwrap().unwrap_err();
        assert!(error.msg.ends_with("the deploy was called off"), "{error}");
    });
    deploy(&site, &settings, "mod 'acme/a', '1.0.0'\n").unwrap();
    assert_eq!(module(&site, "a/manifests/init.pp"), "class a { } # 1.0.0\n");
}

#[test]
fn through_a_proxy() {
    let (site, proxy) = (Site::new(), Forge::start());
    let bytes = release("acme-a", "1.0.0");
    let document =
        serde_json::json!({"file_uri": "/f.tar.gz", "file_sha256": hex::encode(Sha256::digest(&bytes))});
    proxy.on("http://forge.invalid/v3/releases/acme-a-1.0.0", 200, "", document.to_string().as_bytes());
    proxy.on("http://forge.invalid/f.tar.gz", 200, "", &bytes);
    let mut settings = with_forge(&site, "http://forge.invalid");
    settings.forge.proxy = Some(Secret::new(proxy.url.replace("http://", "http://me:pass@")));
    deploy(&site, &settings, "mod 'acme/a', '1.0.0'\n").unwrap();
    assert_eq!(module(&site, "a/manifests/init.pp"), "class a { } # 1.0.0\n");

    proxy.on("forge.invalid:443", 403, "", b"");
    settings.forge.baseurl = "https://forge.invalid".to_owned();
    let cancel = Cancel::never().within(std::time::Duration::from_secs(2));
    site.commit("control", "production", &[("Puppetfile", Some("mod 'acme/b', '1.0.0'\n"))]);
    let request = Request { cancel, ..Request::new("production") };
    let error = site.deployer(settings).deploy(&request, &Silent).unwrap_err();
    assert!(proxy.paths().contains(&"forge.invalid:443".to_owned()), "{error} {:?}", proxy.paths());
    assert!(!error.msg.contains("pass"), "{error}");
}

#[test]
fn a_forge_that_the_puppetfile_names_counts_if_it_may() {
    let (site, public, own) = (Site::new(), Forge::start(), Forge::start());
    public.publish("acme-a", &["1.0.0"]);
    own.publish("acme-a", &["2.0.0"]);
    let mut settings = with_forge(&site, &public.url);
    settings.forge.authorization_token = Some(Secret::new("Bearer s3cret"));
    let puppetfile = format!("forge '{}'\nmod 'acme/a', :latest\n", own.url);
    assert_eq!(deploy(&site, &settings, &puppetfile).unwrap().modules[0].version, "1.0.0");
    assert_eq!(own.paths(), Vec::<String>::new());
    settings.forge.allow_puppetfile_override = true;
    assert_eq!(deploy(&site, &settings, &puppetfile).unwrap().modules[0].version, "2.0.0");
    assert!(own.asked.lock().unwrap().iter().all(|(_, token)| token.is_none()));
}

#[test]
fn a_forge_at_a_path_of_its_host() {
    let (site, forge) = (Site::new(), Forge::start());
    let bytes = release("acme-a", "1.0.0");
    let document = serde_json::json!({"file_uri": "/v3/files/a.tar.gz", "file_sha256": hex::encode(Sha256::digest(&bytes))});
    forge.on("/api/puppet/x/v3/releases/acme-a-1.0.0", 200, "", document.to_string().as_bytes());
    forge.on("/api/puppet/x/v3/files/a.tar.gz", 200, "", &bytes);
    let settings = with_forge(&site, &format!("{}/api/puppet/x/", forge.url));
    deploy(&site, &settings, "mod 'acme/a', '1.0.0'\n").unwrap();
}

#[test]
fn a_module_without_a_version_stays_when_another_one_fails() {
    let (site, forge) = (Site::new(), Forge::start());
    forge.publish("acme-a", &["1.0.0"]);
    forge.publish("acme-b", &["1.0.0"]);
    let mut settings = with_forge(&site, &forge.url);
    settings.pool_size = 1;
    deploy(&site, &settings, "mod 'acme/a'\nmod 'acme/b'\n").unwrap();
    forge.publish("acme-b", &["2.0.0"]);
    deploy(&site, &settings, "mod 'acme/a', '9.0.0'\nmod 'acme/b'\n").unwrap_err();
    let deployed = deploy(&site, &settings, "mod 'acme/a'\nmod 'acme/b'\n").unwrap();
    assert_eq!(deployed.modules[1].version, "1.0.0");
}

#[test]
fn an_environment_that_is_an_archive() {
    let (site, forge) = (Site::new(), Forge::start());
    forge.publish("acme-a", &["1.0.0"]);
    let bytes = |text: &str, more: &[Entry<'_>]| {
        let mut entries = vec![
            Entry::File("Puppetfile", 0o644, "mod 'acme/a', '1.0.0'\n"),
            Entry::File("./manifests/site.pp", 0o644, text),
            Entry::File("scripts/run", 0o755, "#!/bin/sh\n"),
        ];
        entries.extend_from_slice(more);
        archive(&entries)
    };
    let mut settings = with_forge(&site, &forge.url);
    settings.full_deploy = false;
    settings.deploy.purge_levels = vec![deploy::settings::PurgeLevel::Environment];
    settings.sources[0].kind = deploy::settings::SourceKind::Yaml { config: site.path("map.yaml") };
    let deploy = |path: &str, sha256: &str| {
        let map = format!(
            "production: {{type: tarball, source: '{}{path}', version: '{sha256}', modules: {{b: {{type: local}}}}}}",
            forge.url
        );
        fs::write(site.path("map.yaml"), map).unwrap();
        site.deployer(settings.clone()).deploy(&Request::new("production"), &Silent)
    };
    let sum = |bytes: &[u8]| hex::encode(Sha256::digest(bytes));
    let first = bytes("one", &[Entry::File("old/f", 0o644, "1"), Entry::File("kind", 0o644, "file")]);
    forge.on("/e.tgz", 200, "", &first);
    let deployed = deploy("/e.tgz", &sum(&first)).unwrap();
    assert_eq!((deployed.signature.as_str(), deployed.changed), (sum(&first).as_str(), true));
    let tree = site.tree("production");
    for line in ["manifests/site.pp: one", "old/f: 1", "modules/a/manifests/init.pp: class a { } # 1.0.0\n"] {
        assert!(tree.iter().any(|found| found == line), "{line}: {tree:?}");
    }
    let program = site.path("environments/production/scripts/run");
    assert_eq!(std::os::unix::fs::MetadataExt::mode(&fs::metadata(&program).unwrap()) & 0o777, 0o755);
    // Nothing new is nothing new, is not fetched again, and what somebody edited is repaired.
    fs::write(&program, "harm").unwrap();
    fs::write(site.path("environments/production/beside"), "x").unwrap();
    assert!(!deploy("/e.tgz", &sum(&first)).unwrap().modules[0].changed);
    assert_eq!(site.tree("production"), tree);
    assert_eq!(forge.paths().iter().filter(|path| *path == "/e.tgz").count(), 1);
    // What is no more in it goes, a file becomes a directory, and modules stay.
    let second = bytes("two", &[Entry::File("kind/f", 0o644, "directory")]);
    forge.on("/e2.tgz", 200, "", &second);
    let wrong = deploy("/e2.tgz", &sum(&first)).map(|_| ());
    assert!(wrong.is_ok(), "what has the right checksum is here already: {wrong:?}");
    let deployed = deploy("/e2.tgz", &sum(&second)).unwrap();
    assert!(deployed.changed);
    let tree = site.tree("production");
    for line in
        ["manifests/site.pp: two", "kind/f: directory", "modules/a/manifests/init.pp: class a { } # 1.0.0\n"]
    {
        assert!(tree.iter().any(|found| found == line), "{line}: {tree:?}");
    }
    assert!(!tree.iter().any(|line| line.starts_with("old")), "{tree:?}");
    let error = deploy("/e2.tgz", &"0".repeat(64)).unwrap_err();
    assert!(error.msg.contains("is damaged"), "{error}");
    // Nothing leads out of it, and no bomb goes off.
    let harm = bytes("x", &[Entry::File("../harm", 0o644, "harm")]);
    forge.on("/harm.tgz", 200, "", &harm);
    let error = deploy("/harm.tgz", &sum(&harm)).unwrap_err();
    assert!(error.msg.contains("leads out of it"), "{error}");
    assert!(!site.path("environments/harm").exists());
    let bomb = bytes("x", &[Entry::File("zeros", 0o644, &"0".repeat(80 << 20))]);
    forge.on("/bomb.tgz", 200, "", &bomb);
    let error = deploy("/bomb.tgz", &sum(&bomb)).unwrap_err();
    assert!(error.msg.contains("bytes, which no module has"), "{error}");
}

#[test]
fn a_download_that_breaks_off_is_begun_anew() {
    let (site, forge) = (Site::new(), Forge::start());
    let bytes = archive(&[Entry::File("f", 0o644, &"12345678".repeat(10_000))]);
    forge.on("/a.tgz", 200, "X-Broken: yes\r\n", &bytes);
    forge.on("/a.tgz", 200, "", &bytes);
    let sha256 = hex::encode(Sha256::digest(&bytes));
    let puppetfile =
        format!("mod 'a', type: 'tarball', source: '{}/a.tgz', version: '{sha256}'\n", forge.url);
    deploy(&site, &site.settings(), &puppetfile).unwrap();
    assert_eq!(module(&site, "a/f").len(), 80_000);
    assert_eq!(forge.paths(), ["/a.tgz", "/a.tgz"]);
    // What an error says of an address has no password in it.
    let puppetfile = "mod 'a', type: 'tarball', source: 'http://me:s3cret@not a host/a.tgz'\n";
    let error = deploy(&site, &site.settings(), puppetfile).unwrap_err();
    assert!(!format!("{error} {}", error.as_json()).contains("s3cret"), "{error}");
}

/// An archive of so many bytes that do not compress, and its checksum.
fn large(bytes: usize) -> (Vec<u8>, String) {
    let mut noise = vec![0u8; bytes];
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for chunk in noise.chunks_mut(8) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        chunk.copy_from_slice(&state.to_le_bytes()[..chunk.len()]);
    }
    let encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    let mut builder = tar::Builder::new(encoder);
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes as u64);
    header.set_mode(0o644);
    builder.append_data(&mut header, "noise", noise.as_slice()).unwrap();
    let archive = builder.into_inner().unwrap().finish().unwrap();
    let sha256 =
        hex::encode(sha2::Digest::finalize(<sha2::Sha256 as sha2::Digest>::new_with_prefix(&archive)));
    (archive, sha256)
}

#[test]
fn archives_go_to_the_disk_and_not_to_memory() {
    const BYTES: usize = 96 << 20;
    let site = Site::new();
    let forge = Forge::start();
    let (archive, sha256) = large(BYTES);
    forge.on("/noise.tar.gz", 200, "", &archive);
    drop(archive);
    // Memory is that of a process of its own.
    let deploys = || {
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "--nocapture", "deploys_something_large"])
            .env("DEPLOY_TEST_URL", format!("{}/noise.tar.gz", forge.url))
            .env("DEPLOY_TEST_SHA256", &sha256)
            .env("DEPLOY_TEST_FOLDER", site.folder.path())
            .output()
            .unwrap();
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{out}{}", String::from_utf8_lossy(&output.stderr));
        let peak = out.lines().find_map(|line| line.trim().strip_prefix("peak: ")).unwrap();
        peak.parse::<u64>().unwrap()
    };
    let peak = deploys();
    assert!(peak < 64 << 10, "{peak} KiB for an archive of {} KiB", BYTES >> 10);
    let file = site.path("environments/production/modules/noise/noise");
    assert_eq!(std::fs::metadata(file).unwrap().len(), BYTES as u64);
    let left = std::fs::read_dir(site.path("cache/.bunraku/archives")).unwrap().flatten();
    let left: Vec<String> = left.map(|entry| entry.file_name().into_string().unwrap()).collect();
    assert_eq!(left, [format!("{sha256}.tar.gz")]);
}

/// Run by the test above in a process of its own.
#[test]
#[ignore = "part of another test"]
fn deploys_something_large() {
    let variable = |name: &str| std::env::var(name).ok();
    let (Some(url), Some(sha256), Some(folder)) =
        (variable("DEPLOY_TEST_URL"), variable("DEPLOY_TEST_SHA256"), variable("DEPLOY_TEST_FOLDER"))
    else {
        return;
    };
    let folder = std::path::PathBuf::from(folder);
    std::fs::write(
        folder.join("map.yaml"),
        format!(
            "production: {{type: plain, modules: {{noise: {{type: tarball, source: '{url}', version: '{sha256}'}}}}}}"
        ),
    )
    .unwrap();
    let mut settings = Settings::new(folder.join("cache"));
    settings.sources = vec![deploy::settings::Source {
        kind: deploy::settings::SourceKind::Yaml { config: folder.join("map.yaml") },
        ..deploy::settings::Source::git("main", "", folder.join("environments"))
    }];
    let deployer = deploy::Deployer::new(settings, std::sync::Arc::new(support::Quiet::default())).unwrap();
    deployer.deploy(&deploy::Request::new("production"), &deploy::Silent).unwrap();
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    println!("\npeak: {}", peak.trim().trim_end_matches(" kB"));
}
