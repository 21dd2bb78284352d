//! Killed at any moment, a commit or a layout leaves the version before or the new one, and the next attempt succeeds.

#![allow(clippy::unwrap_used, reason = "tests may panic")]

mod support;

use std::process::{Command, Stdio};
use std::time::Duration;

use code::live::{Live, LiveSettings};
use support::{REPO, Site, commit, git};

const FOLDER: &str = "CODE_CRASH_FOLDER";

fn live(site: &Site) -> Live {
    let settings = LiveSettings {
        versions_dir: site.settings.data_dir.join("client/versioned-dirs/puppet-code"),
        live_dir: Some(site.root().join("live")),
        submodules_dir: "environments".into(),
        versioned_dirs_ttl: Duration::ZERO,
        enable_forceful_sync: true,
        limits: code::Limits::default(),
    };
    Live::open(settings).unwrap()
}

fn serve(site: &Site) {
    let storage = site.open();
    let live = live(site);
    let id = commit(&storage, "production");
    let repository = storage.repository(REPO, Some("environments/production")).unwrap();
    let (version, _) = live.lay_out(&mut repository.reader().unwrap(), "production", id).unwrap();
    live.switch(&[version], &[]).unwrap();
    live.expire();
}

/// The process that is killed: commits and lays out what is staged, over and over. Does nothing when it is not told to.
#[test]
fn child() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let site = Site::at(folder.into());
    for version in 0u32.. {
        for n in 0..60 {
            site.write(&format!("environments/production/d{}/f{n}", n % 7), format!("{version} {n}"));
        }
        serve(&site);
    }
}

#[test]
fn killed_at_any_moment_everything_is_whole() {
    let site = Site::new();
    site.write("environments/production/d0/f0", "first");
    serve(&site);
    let mut moments = 0x2545_f491_4f6c_dd1du64;
    // Rounds are added until there was something to break, and take longer: on a busy machine children come to work late.
    let mut versions = 0;
    for round in 0..60u32 {
        if round >= 12 && versions > 20 {
            break;
        }
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child", "--nocapture"])
            .env(FOLDER, site.root())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        moments ^= moments << 13;
        moments ^= moments >> 7;
        moments ^= moments << 17;
        let more = 25 * u64::from(round.saturating_sub(12));
        std::thread::sleep(Duration::from_millis(20 + moments % 400 + more));
        child.kill().unwrap();
        child.wait().unwrap();

        let storage = site.open();
        let latest = storage.latest();
        let latest = latest[REPO].as_ref().unwrap();
        let production = site.storage("puppet-code/production.git");
        git(&site.storage("puppet-code.git"), &["fsck", "--strict", "--full"]);
        git(&production, &["fsck", "--strict", "--full"]);
        let id = latest.submodules["environments/production"].to_string();
        versions = git(&production, &["log", "--format=%H", &id]).lines().count();

        // What serves is one version, file by file.
        let live = live(&site);
        let serving = live.current()["production"].clone();
        let shown = std::fs::canonicalize(site.root().join("live/environments/production")).unwrap();
        assert_eq!(shown, std::fs::canonicalize(&serving.directory).unwrap(), "round {round}");
        let files = git(&production, &["ls-tree", "-r", "--name-only", &serving.commit.to_string()]);
        for file in files.lines() {
            let text = std::fs::read_to_string(serving.directory.join(file)).unwrap();
            let wanted = git(&production, &["show", &format!("{}:{file}", serving.commit)]);
            assert_eq!(text, wanted, "round {round} {file}");
        }
        let unfinished = std::fs::read_dir(&live.settings().versions_dir).unwrap();
        let unfinished = unfinished
            .filter(|item| item.as_ref().unwrap().file_name().to_string_lossy().starts_with(".unf"));
        assert_eq!(unfinished.count(), 0);
    }
    assert!(versions > 20, "{versions}");
    // And it goes on.
    site.write("environments/production/d0/f0", "last");
    serve(&site);
    assert_eq!(
        std::fs::read_to_string(site.root().join("live/environments/production/d0/f0")).unwrap(),
        "last"
    );
}

#[test]
fn two_at_once_are_ordered() {
    let site = Site::new();
    for n in 0..30 {
        site.write(&format!("environments/e{n}/a"), n.to_string());
    }
    // Two stores in one place are as two processes.
    let storages = [site.open(), site.open()];
    std::thread::scope(|scope| {
        for storage in &storages {
            scope.spawn(|| {
                for n in 0..6 {
                    let name = format!("e{n}");
                    let message = format!("{n} {:?}", std::thread::current().id());
                    let outcome =
                        storage.commit(&support::environment(&name, Some(&message))).remove(REPO).unwrap();
                    assert!(outcome.unwrap().submodules.values().all(Result::is_ok));
                }
            });
        }
    });
    git(&site.storage("puppet-code.git"), &["fsck", "--strict", "--full"]);
    let messages = git(&site.storage("puppet-code.git"), &["log", "--format=%s"]);
    assert_eq!(messages.lines().count(), 12, "{messages}");
    for n in 0..6 {
        assert_eq!(
            git(&site.storage(&format!("puppet-code/e{n}.git")), &["log", "--format=%s"]).lines().count(),
            2
        );
    }
}
