//! Staged code becomes versions that plain git can read.

#![allow(clippy::unwrap_used, reason = "tests may panic")]

mod support;

use std::os::unix::net::UnixListener;

use code::versions::{CommitRequest, Target};
use support::{REPO, Site, all, commit, environment, git};

#[test]
fn plain_git_reads_the_versions() {
    let site = Site::new();
    site.write("environments/production/manifests/site.pp", "node default {}\n");
    site.write("environments/production/modules/ntp/files/empty", "");
    site.write("environments/production/modules/ntp/scripts/run ä.sh", "#!/bin/sh\n");
    site.executable("environments/production/modules/ntp/scripts/run ä.sh");
    site.link("environments/production/modules/ntp/files/link", "../scripts/run ä.sh");
    site.write("environments/production/a/x", "directory");
    site.write("environments/production/a.b", "sorts before the directory");
    std::fs::create_dir(site.staged("environments/production/no_files")).unwrap();
    site.write("environments/qa/environment.conf", "modulepath = modules\n");
    site.write("hiera.yaml", "version: 5\n");
    let storage = site.open();
    let id = commit(&storage, "production").to_string();

    let production = site.storage("puppet-code/production.git");
    assert_eq!(git(&production, &["rev-parse", "master"]), id);
    let listing = git(&production, &["ls-tree", "-r", "--format=%(objectmode) %(path)", "HEAD"]);
    let expected = "100644 a.b\n100644 a/x\n100644 manifests/site.pp\n100644 modules/ntp/files/empty\n\
                    120000 modules/ntp/files/link\n100755 modules/ntp/scripts/run ä.sh";
    assert_eq!(listing, expected);
    assert_eq!(git(&production, &["show", "HEAD:manifests/site.pp"]), "node default {}");
    assert_eq!(
        git(&production, &["log", "--format=%an|%ae|%s"]),
        "PE File Sync Service||Publish content to file sync storage service"
    );
    git(&production, &["fsck", "--strict", "--full"]);

    let parent = site.storage("puppet-code.git");
    git(&parent, &["fsck", "--strict", "--full"]);
    assert!(
        git(&parent, &["ls-tree", "HEAD:environments"]).contains(&format!("160000 commit {id}\tproduction"))
    );
    assert_eq!(git(&parent, &["show", "HEAD:hiera.yaml"]), "version: 5");
    let modules = git(&parent, &["show", "HEAD:.gitmodules"]);
    assert!(
        modules.contains("url = https://primary.example.net:8140/file-sync-git/puppet-code/qa.git"),
        "{modules}"
    );
    let latest = storage.latest();
    let latest = latest[REPO].as_ref().unwrap();
    assert_eq!(latest.commit.to_string(), git(&parent, &["rev-parse", "HEAD"]));
    assert_eq!(latest.submodules["environments/production"].to_string(), id);
    assert_eq!(*site.open().latest(), *storage.latest());
}

#[test]
fn history_grows_with_changes_and_only_with_them() {
    let site = Site::new();
    site.write("environments/production/a", "1");
    site.write("environments/qa/a", "1");
    let storage = site.open();
    let first = commit(&storage, "production");
    assert_eq!(commit(&storage, "production"), first);
    site.write("environments/production/a", "2");
    // A file becomes a directory, and the other way round, in one version.
    let message = "code-manager deploy signature: 'abc'";
    let outcome = storage.commit(&environment("production", Some(message))).remove(REPO).unwrap().unwrap();
    let second = *outcome.submodules["environments/production"].as_ref().unwrap();
    assert_ne!(second, first);
    assert_eq!(outcome.submodules.len(), 1);
    std::fs::remove_file(site.staged("environments/production/a")).unwrap();
    site.write("environments/production/a/b", "3");
    let third = commit(&storage, "production");
    let production = site.storage("puppet-code/production.git");
    assert_eq!(git(&production, &["log", "--format=%H"]), format!("{third}\n{second}\n{first}"));
    assert_eq!(git(&production, &["log", "-1", "--format=%s", &second.to_string()]), message);
    assert_eq!(git(&site.storage("puppet-code/qa.git"), &["log", "--format=%s"]).lines().count(), 1);
    // The same code under another message is a deploy of its own.
    let again = storage.commit(&environment("production", Some("again"))).remove(REPO).unwrap().unwrap();
    assert_ne!(*again.submodules["environments/production"].as_ref().unwrap(), third);
}

#[test]
fn environments_come_and_go() {
    let site = Site::new();
    site.write("environments/production/a", "1");
    site.write("environments/feature/a", "1");
    let storage = site.open();
    commit(&storage, "feature");
    let watch = storage.watch();
    std::fs::remove_dir_all(site.staged("environments/feature")).unwrap();
    site.write("environments/production/a", "2");
    commit(&storage, "production");
    assert!(watch.has_changed().unwrap());
    let parent = site.storage("puppet-code.git");
    assert_eq!(
        git(&parent, &["log", "--format=%s"]),
        "Publish content to file sync storage service\nDelete submodules: environments/feature\n\
         Publish content to file sync storage service"
    );
    git(&parent, &["fsck", "--strict", "--full"]);
    assert!(!git(&parent, &["show", "HEAD:.gitmodules"]).contains("feature"));
    assert!(!site.storage("puppet-code/feature.git").exists());
    // A disk that is not there is no deletion.
    std::fs::rename(site.staged("environments"), site.staged("elsewhere")).unwrap();
    let error = storage.commit(&all()).remove(REPO).unwrap().unwrap_err().to_string();
    assert!(error.starts_with("could not read"), "{error}");
    assert!(storage.latest()[REPO].as_ref().unwrap().submodules.contains_key("environments/production"));
}

#[test]
fn what_cannot_be_a_version_is_refused_and_the_others_go_on() {
    let site = Site::new();
    for name in ["escape", "absolute", "socket", "detour"] {
        site.write(&format!("environments/{name}/ok"), "1");
    }
    site.write("environments/production/a", "1");
    site.link("environments/escape/modules/x", "../../../other");
    site.link("environments/absolute/x", "/etc/passwd");
    site.link("environments/detour/x", "ok/../../..");
    let _socket = UnixListener::bind(site.staged("environments/socket/s")).unwrap();
    // An environment that is itself a link is none: what it leads to is not read.
    site.link("environments/linked", "/etc");
    let storage = site.open();
    let outcome = storage.commit(&all()).remove(REPO).unwrap().unwrap();
    assert!(outcome.submodules["environments/production"].is_ok());
    for (name, reason) in [
        ("escape", "leads out of the version"),
        ("absolute", "absolute path"),
        ("detour", "`..` after a name"),
        ("socket", "cannot be part of code"),
    ] {
        let error = outcome.submodules[&format!("environments/{name}")].as_ref().unwrap_err().to_string();
        assert!(error.contains(reason) && error.contains(&format!("environments/{name}/")), "{error}");
    }
    let latest = storage.latest();
    assert_eq!(latest[REPO].as_ref().unwrap().submodules.len(), 1);
    for submodule in
        ["environments/../../etc", "environments/", "modules/x", "/environments/x", "environments/nope"]
    {
        let target = Target::Submodule { repo: REPO.into(), submodule: submodule.into() };
        let outcome = storage.commit(&CommitRequest { target, ..all() }).remove(REPO).unwrap();
        assert!(outcome.is_err(), "{submodule}");
    }
}

#[test]
fn limits_hold() {
    let mut site = Site::new();
    site.settings.limits.files_max = 3;
    site.settings.limits.file_bytes_max = 10;
    site.settings.limits.depth_max = 2;
    for n in 0..4 {
        site.write(&format!("environments/many/{n}"), "1");
    }
    site.write("environments/large/f", "12345678901");
    site.write("environments/deep/1/2/3/f", "1");
    site.write("environments/fine/1/2/f", "1234567890");
    let outcome = site.open().commit(&all()).remove(REPO).unwrap().unwrap();
    let text = |name: &str| {
        outcome.submodules[&format!("environments/{name}")].as_ref().map_err(ToString::to_string)
    };
    assert!(text("many").unwrap_err().contains("more than 3 files"));
    assert!(text("large").unwrap_err().ends_with("its 11 bytes are more than a file of code may have (10)"));
    assert!(text("deep").unwrap_err().contains("more than 2 directories"));
    assert!(text("fine").is_ok());
}

#[test]
fn a_change_that_looks_like_none_is_seen() {
    let site = Site::new();
    site.write("environments/production/a", "one");
    let storage = site.open();
    let mut before = commit(&storage, "production");
    // Same size, same inode, and within one tick of the file system's clock.
    for n in 0..20 {
        site.write("environments/production/a", format!("{n:03}"));
        let now = commit(&storage, "production");
        assert_ne!(now, before, "change {n}");
        before = now;
    }
    // Same size, and the time set back as an unpacked archive has it.
    std::thread::sleep(std::time::Duration::from_millis(60));
    commit(&storage, "production");
    let modified = std::fs::metadata(site.staged("environments/production/a")).unwrap().modified().unwrap();
    site.write("environments/production/a", "xyz");
    let file = std::fs::File::options().write(true).open(site.staged("environments/production/a")).unwrap();
    file.set_modified(modified).unwrap();
    assert_ne!(commit(&storage, "production"), before);
}

#[test]
fn a_repository_that_git_has_tidied_up_is_read() {
    let site = Site::new();
    let storage = site.open();
    for n in 0..5 {
        site.write("environments/production/large", format!("{}{n}", "line\n".repeat(5000)));
        commit(&storage, "production");
    }
    let production = site.storage("puppet-code/production.git");
    git(&production, &["gc", "--quiet", "--prune=now"]);
    assert!(production.join("packed-refs").is_file());
    site.write("environments/production/large", "6");
    commit(&storage, "production");
    assert_eq!(git(&production, &["log", "--format=%H"]).lines().count(), 6);
    git(&production, &["fsck", "--strict", "--full"]);
}

#[test]
fn a_repository_that_was_deleted_is_made_again() {
    let site = Site::new();
    site.write("environments/production/a", "1");
    let storage = site.open();
    let first = commit(&storage, "production");
    std::fs::remove_dir_all(site.storage("puppet-code/production.git")).unwrap();
    let second = commit(&storage, "production");
    git(&site.storage("puppet-code/production.git"), &["fsck", "--strict", "--full"]);
    let mut reader = storage.repository(REPO, Some("environments/production")).unwrap().reader().unwrap();
    assert_eq!(reader.commit(second).unwrap().parents, []);
    assert!(first != second || reader.contains(first));
}

#[test]
fn many_versions_are_few_packs() {
    let site = Site::new();
    let storage = site.open();
    for n in 0..100 {
        site.write("environments/production/a", n.to_string());
        site.write(&format!("environments/production/f{}", n % 7), (n / 7).to_string());
        commit(&storage, "production");
    }
    for name in ["puppet-code.git", "puppet-code/production.git"] {
        let repository = site.storage(name);
        let packs = std::fs::read_dir(repository.join("objects/pack")).unwrap().count();
        assert!(packs <= 2 * 41, "{name}: {packs}");
        git(&repository, &["fsck", "--strict", "--full"]);
        assert_eq!(git(&repository, &["log", "--format=%H"]).lines().count(), 100);
    }
    let production = site.storage("puppet-code/production.git");
    assert_eq!(git(&production, &["show", "HEAD~90:a"]), "9");
    // Beside a pack that git made.
    git(&production, &["gc", "--quiet"]);
    for n in 0..45 {
        site.write("environments/production/a", format!("again {n}"));
        commit(&storage, "production");
    }
    git(&production, &["fsck", "--strict", "--full"]);
    assert_eq!(git(&production, &["show", "HEAD~135:a"]), "9");
}

#[test]
fn what_is_marked_as_unfinished_keeps_its_version() {
    let site = Site::new();
    site.write("environments/production/a", "1");
    let storage = site.open();
    let first = commit(&storage, "production");
    site.write("environments/production/a", "2");
    site.write("environments/.production.unfinished", "");
    let outcome = storage.commit(&all()).remove(REPO).unwrap().unwrap();
    let error = outcome.submodules["environments/production"].as_ref().unwrap_err().to_string();
    assert!(error.contains("a deploy of it is under way, or has failed"), "{error}");
    let latest = storage.latest();
    assert_eq!(latest[REPO].as_ref().unwrap().submodules["environments/production"], first);
    std::fs::remove_file(site.staged("environments/.production.unfinished")).unwrap();
    assert_ne!(commit(&storage, "production"), first);
}

#[test]
fn no_version_is_made_of_what_is_deployed_meanwhile() {
    let site = Site::new();
    for n in 0..200 {
        site.write(&format!("environments/production/f{n}"), "1");
    }
    let storage = site.open();
    let first = commit(&storage, "production");
    let path = site.staged("environments/.production.generation");
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0_u64.. {
                // As a whole, as deploys do.
                let scratch = path.with_extension("new");
                std::fs::write(&scratch, n.to_string()).unwrap();
                std::fs::rename(&scratch, &path).unwrap();
                if stop.load(std::sync::atomic::Ordering::Relaxed) {
                    break;
                }
            }
        });
        while !path.exists() {
            std::thread::yield_now();
        }
        // Until the two meet.
        let mut errors = (0..2_000).filter_map(|round: u32| {
            site.write("environments/production/f0", round.to_string());
            let outcome = storage.commit(&all());
            outcome[REPO].as_ref().unwrap().submodules["environments/production"]
                .as_ref()
                .err()
                .map(ToString::to_string)
        });
        let error = errors.next();
        // Before anything may fail: the scope waits for the thread.
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        let error = error.unwrap();
        assert!(error.ends_with("was deployed while it was read; commit again"), "{error}");
    });
    assert_ne!(commit(&storage, "production"), first);
}
