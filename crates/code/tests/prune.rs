//! Old versions go, and what stays is whole for plain git, whatever happens meanwhile.

#![allow(clippy::unwrap_used, reason = "tests may panic")]

mod support;

use std::collections::HashSet;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use code::git::{Id, Repository};
use code::versions::Storage;
use code::{Retention, transfer};
use stdx::clock::TestClock;
use support::{REPO, Site, commit, disk, git, noise};

const FOLDER: &str = "CODE_PRUNE_FOLDER";
const SUBMODULE: Option<&str> = Some("environments/production");

fn keeping(versions: usize, age: Duration) -> Site {
    let mut site = Site::new();
    site.settings.retention = Some(Retention { versions, age });
    site
}

/// Makes so many versions of a file that does not compress, beside one that stays.
fn versions(site: &Site, storage: &Storage, count: u32) -> Vec<Id> {
    site.write("environments/production/same", noise(0, 10_000));
    let version = |n: u32| {
        site.write("environments/production/a", noise(n, 50_000));
        commit(storage, "production")
    };
    (1..=count).map(version).collect()
}

fn has(repository: &Path, id: Id) -> bool {
    let output = Command::new("git")
        .args(["-c", "safe.directory=*", "-C", repository.to_str().unwrap(), "cat-file", "-e"])
        .arg(id.to_string())
        .output();
    output.unwrap().status.success()
}

fn whole(repository: &Path, version: Id) -> bool {
    git(repository, &["rev-list", "--objects", "--no-walk", &version.to_string()]).lines().count() == 4
        && git(repository, &["cat-file", "-s", &format!("{version}:a")]) == "50000"
}

#[test]
fn the_newest_and_those_in_use_stay() {
    let site = keeping(3, Duration::ZERO);
    let storage = site.open();
    let all = versions(&site, &storage, 20);
    let production = site.storage("puppet-code/production.git");
    git(&production, &["tag", "mine", &all[4].to_string()]);
    let before = disk(&production);
    let pruned = storage.prune(&HashSet::from([all[1], all[2], Id::new([7; 20])]));
    assert!(pruned.objects > 40 && pruned.bytes > 500_000, "{pruned:?}");
    let fsck = git(&production, &["fsck", "--strict", "--full"]);
    assert_eq!(fsck, "");
    let stays = [19, 18, 17, 4, 2, 1];
    for (n, id) in all.iter().enumerate() {
        assert_eq!(has(&production, *id), stays.contains(&n), "{n}");
    }
    assert!(stays.iter().all(|n| whole(&production, all[*n])));
    let newest: Vec<String> = all[17..].iter().rev().map(Id::to_string).collect();
    assert_eq!(git(&production, &["log", "--format=%H"]), newest.join("\n"));
    let named = git(&production, &["for-each-ref", "--format=%(refname)"]);
    assert!([1, 2, 4].iter().all(|n| named.contains(&format!("refs/kept/{}", all[*n]))), "{named}");
    assert!(disk(&production) < before / 2, "{} of {before}", disk(&production));
    let parent = site.storage("puppet-code.git");
    assert_eq!(git(&parent, &["fsck", "--strict", "--full"]), "");
    assert_eq!(git(&parent, &["log", "--format=%H"]).lines().count(), 3);

    // It goes on, and what nobody uses any more goes, too.
    site.write("environments/production/a", "next");
    let next = commit(&storage, "production");
    assert_eq!(*site.open().latest(), *storage.latest());
    storage.prune(&HashSet::from([all[2]]));
    assert!(has(&production, next) && has(&production, all[2]) && has(&production, all[4]));
    assert!(!has(&production, all[1]) && !has(&production, all[17]));
    git(&production, &["fsck", "--strict", "--full"]);
    // Plain git finds the same needed.
    git(&production, &["gc", "--quiet", "--prune=now"]);
    assert_eq!(git(&production, &["fsck", "--strict", "--full"]), "");
    assert!([all[2], all[4], all[18], all[19]].iter().all(|id| whole(&production, *id)));
    // Names are packed now.
    storage.prune(&HashSet::new());
    assert_eq!(
        git(&production, &["for-each-ref", "--format=%(refname)", "refs/kept"]),
        format!("refs/kept/{}", all[4]),
        "only what has a tag, too"
    );
    git(&production, &["fsck", "--strict", "--full"]);
    assert_eq!(git(&production, &["tag"]), "mine");
    assert!(whole(&production, all[4]) && whole(&production, all[19]));
    assert_eq!(storage.prune(&HashSet::new()), code::git::Pruned::default(), "nothing is left to do");
}

#[test]
fn names_of_people_do_not_stand_in_the_way() {
    let site = keeping(1, Duration::ZERO);
    let storage = site.open();
    let all = versions(&site, &storage, 8);
    let production = site.storage("puppet-code/production.git");
    git(&production, &["tag", "plain", &all[3].to_string()]);
    let who = ["-c", "user.name=x", "-c", "user.email=x@example.com"];
    git(&production, &[&who[..], &["tag", "-a", "-m", "x", "annotated", &all[5].to_string()]].concat());
    // Used are the one before a tagged one, and a tagged one itself; and what no version is.
    let blob: Id = git(&production, &["rev-parse", &format!("{}:a", all[6])]).parse().unwrap();
    let used = HashSet::from([all[2], all[5], blob]);
    for round in 0..3 {
        site.write("environments/production/a", format!("more {round}"));
        commit(&storage, "production");
        assert!(round > 0 || storage.prune(&used).objects > 0);
        storage.prune(&used);
        git(&production, &["fsck", "--strict", "--full"]);
        assert!([2, 3, 5].iter().all(|n| whole(&production, all[*n])), "round {round}");
        assert!(!has(&production, all[1]) && !has(&production, all[6]), "round {round}");
    }
    git(&production, &["tag", "-d", "plain", "annotated"]);
    storage.prune(&used);
    assert!(whole(&production, all[2]) && whole(&production, all[5]));
    // The branch is moved back by hand: what serves stays.
    let serves = storage.latest()[REPO].as_ref().unwrap().submodules["environments/production"];
    git(&production, &["update-ref", "refs/heads/master", &all[5].to_string()]);
    storage.prune(&HashSet::new());
    storage.prune(&HashSet::new());
    assert!(has(&production, serves) && whole(&production, all[5]) && !has(&production, all[2]));
    git(&production, &["fsck", "--strict", "--full"]);
}

#[test]
fn nothing_goes_while_a_pack_cannot_be_read() {
    let site = keeping(1, Duration::ZERO);
    let storage = site.open();
    let all = versions(&site, &storage, 6);
    let production = site.storage("puppet-code/production.git");
    let packs = production.join("objects/pack");
    let names = || {
        let mut names: Vec<_> =
            std::fs::read_dir(&packs).unwrap().map(|item| item.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let before = names();
    // An index that is there and cannot be read, as when descriptors are used up.
    let newest = std::fs::read_dir(&packs).unwrap().map(|item| item.unwrap().path());
    let newest = newest
        .filter(|path| path.extension().is_some_and(|end| end == "idx"))
        .max_by_key(|path| std::fs::metadata(path).unwrap().modified().unwrap());
    let newest = newest.unwrap();
    let index = std::fs::read(&newest).unwrap();
    std::fs::remove_file(&newest).unwrap();
    std::fs::write(&newest, "damaged").unwrap();
    storage.prune(&HashSet::from([all[2]]));
    assert_eq!(names(), before);
    std::fs::remove_file(&newest).unwrap();
    std::fs::write(&newest, index).unwrap();
    assert!(storage.prune(&HashSet::from([all[2]])).objects > 0, "it is tried again");
    assert!(whole(&production, all[2]) && whole(&production, all[5]) && !has(&production, all[3]));
}

#[test]
fn versions_go_when_they_were_overtaken_long_ago() {
    let site = keeping(1, Duration::from_secs(100));
    let clock = Arc::new(TestClock::at(SystemTime::now()));
    let storage = site.open_at(clock.clone());
    let first = versions(&site, &storage, 1)[0];
    clock.advance(Duration::from_secs(1_000_000));
    site.write("environments/production/a", "2");
    let second = commit(&storage, "production");
    let production = site.storage("puppet-code/production.git");
    clock.advance(Duration::from_secs(99));
    storage.prune(&HashSet::new());
    assert!(has(&production, first), "it served until a moment ago, however old it is");
    clock.advance(Duration::from_secs(2));
    storage.prune(&HashSet::new());
    assert!(!has(&production, first) && has(&production, second));
    // Without limits nothing goes.
    let mut site = site;
    site.settings.retention = None;
    let storage = site.open();
    site.write("environments/production/a", "3");
    commit(&storage, "production");
    assert_eq!(storage.prune(&HashSet::new()), code::git::Pruned::default());
    assert!(has(&production, second));
}

#[test]
fn what_git_has_tidied_up_is_left_to_git() {
    let site = keeping(2, Duration::ZERO);
    let storage = site.open();
    let text = |n: u32| (0..3000).map(|line| format!("{line} {}\n", line == n * 7)).collect::<String>();
    let version = |n: u32| {
        site.write("environments/production/a", text(n));
        site.write("environments/production/same", "x");
        commit(&storage, "production")
    };
    let all: Vec<Id> = (0..6).map(version).collect();
    let production = site.storage("puppet-code/production.git");
    git(&production, &["-c", "pack.window=50", "gc", "--quiet", "--aggressive"]);
    git(&production, &["multi-pack-index", "write"]);
    git(&production, &["commit-graph", "write", "--reachable"]);
    let more: Vec<Id> = (6..9).map(version).collect();
    storage.prune(&HashSet::from([all[3]]));
    git(&production, &["fsck", "--strict", "--full"]);
    assert!(whole_text(&production, all[3]) && whole_text(&production, more[2]));
    assert_eq!(git(&production, &["log", "--format=%H"]).lines().count(), 2);
    git(&production, &["gc", "--quiet", "--prune=now"]);
    git(&production, &["fsck", "--strict", "--full"]);
    assert!(!has(&production, all[0]) && whole_text(&production, all[3]));
    // Loose objects and leftovers go when they are old.
    let loose = git(&production, &["hash-object", "-w", "--stdin"]);
    let (dead, rest) = loose.split_at(2);
    let dead = production.join("objects").join(dead).join(rest);
    let litter = production.join("objects/pack/tmp_pack_1_1");
    std::fs::write(&litter, "x").unwrap();
    version(20);
    storage.prune(&HashSet::new());
    assert!(dead.exists() && litter.exists(), "somebody may be at work");
    for path in [&dead, &litter] {
        let file = std::fs::File::options().read(true).open(path).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(100_000)).unwrap();
    }
    version(21);
    storage.prune(&HashSet::new());
    assert!(!dead.exists() && !litter.exists());
}

fn whole_text(repository: &Path, version: Id) -> bool {
    git(repository, &["show", &format!("{version}:a")]).lines().count() == 3000
}

#[test]
fn a_version_of_which_a_part_is_left_is_none() {
    let site = keeping(1, Duration::ZERO);
    let storage = site.open();
    site.write("environments/production/d/f", noise(1, 50_000));
    commit(&storage, "production");
    // The large file stays in use, and with it, in one pack, what else the second version brought.
    site.write("environments/production/large", noise(2, 200_000));
    let second = commit(&storage, "production");
    site.write("environments/production/d/f", noise(3, 50_000));
    let third = commit(&storage, "production");
    storage.prune(&HashSet::new());
    let production = site.storage("puppet-code/production.git");
    assert!(has(&production, second), "this is a test of nothing otherwise");
    git(&production, &["fsck", "--strict", "--full"]);
    let repository = storage.repository(REPO, SUBMODULE).unwrap();
    // A compiler that was away for long asks for what that version has not.
    let pack = transfer::difference(&repository, third, Some(second)).unwrap();
    let other = Repository::open_or_create(site.root().join("other.git")).unwrap();
    assert!(!other.take_in(&pack, 1 << 20, 1 << 30).unwrap().is_empty());
    let content =
        |id: Id, path: &str| code::content(&repository, "production", &code::code_id(id, "production"), path);
    assert_eq!(content(second, "d/f").unwrap(), None);
    assert_eq!(content(third, "d/f").unwrap(), Some(noise(3, 50_000)));
    // It is no version for the next time, either, and the same content is taken in again as a whole.
    site.write("environments/production/d/f", noise(1, 50_000));
    let fourth = commit(&storage, "production");
    storage.prune(&HashSet::from([second]));
    assert_eq!(content(fourth, "d/f").unwrap(), Some(noise(1, 50_000)));
    git(&production, &["fsck", "--strict", "--full"]);
}

#[test]
fn commits_and_transfers_go_on() {
    let clock = Arc::new(TestClock::at(SystemTime::now()));
    let site = keeping(1, Duration::from_secs(20));
    let storage = site.open_at(clock.clone());
    versions(&site, &storage, 1);
    let (stop, fetched, committed) = (AtomicBool::new(false), AtomicU32::new(0), AtomicU32::new(1));
    let mut removed = 0;
    std::thread::scope(|scope| {
        let committer = scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                // A fetch is overtaken by a few versions and not by all that stay.
                if committed.load(Ordering::Relaxed) > (fetched.load(Ordering::Relaxed) + 1) * 4 {
                    std::thread::yield_now();
                    continue;
                }
                let n = committed.fetch_add(1, Ordering::Relaxed) + 1;
                clock.advance(Duration::from_secs(1));
                site.write("environments/production/a", noise(n, 50_000));
                commit(&storage, "production");
            }
        });
        let fetcher = scope.spawn(|| {
            for round in 0..30 {
                while committed.load(Ordering::Relaxed) < round * 3 {
                    std::thread::yield_now();
                }
                let want = storage.latest()[REPO].as_ref().unwrap().submodules["environments/production"];
                let repository = storage.repository(REPO, SUBMODULE).unwrap();
                let other = Repository::open_or_create(site.root().join(format!("o{round}.git"))).unwrap();
                let pack = transfer::difference(&repository, want, None).unwrap();
                other.take_in(&pack, 1 << 20, 1 << 30).unwrap();
                assert_eq!(transfer::missing(&other, want, None, 9).unwrap(), []);
                fetched.fetch_add(1, Ordering::Relaxed);
            }
            stop.store(true, Ordering::Relaxed);
        });
        while !stop.load(Ordering::Relaxed) && !fetcher.is_finished() {
            removed += storage.prune(&HashSet::new()).objects;
        }
        stop.store(true, Ordering::Relaxed);
        fetcher.join().unwrap();
        committer.join().unwrap();
    });
    assert!(removed > 100, "{removed}");
    let production = site.storage("puppet-code/production.git");
    git(&production, &["fsck", "--strict", "--full"]);
    assert!(git(&production, &["log", "--format=%H"]).lines().count() < 60);
}

/// The process that is killed: commits and prunes, over and over. Does nothing when it is not told to.
#[test]
fn child() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let mut site = Site::at(folder.into());
    site.settings.retention = Some(Retention { versions: 3, age: Duration::ZERO });
    let storage = site.open();
    let first = storage.repository(REPO, SUBMODULE).unwrap().kept_apart().unwrap();
    let mut used: HashSet<Id> = first.into_iter().collect();
    for n in 0.. {
        for k in 0..20 {
            site.write(&format!("environments/production/d{}/f{k}", k % 3), noise(n * 20 + k, 2_000));
        }
        let id = commit(&storage, "production");
        if n % 5 == 0 {
            used.insert(id);
        }
        // Some are let go again, so that names come and go.
        if used.len() > 4 {
            let gone = *used.iter().min().unwrap();
            used.remove(&gone);
        }
        storage.prune(&used);
    }
}

#[test]
fn killed_at_any_moment_the_repository_is_whole() {
    let site = Site::new();
    site.write("environments/production/d0/f0", "first");
    commit(&site.open(), "production");
    let production = site.storage("puppet-code/production.git");
    let mut moments = 0x9e37_79b9_7f4a_7c15_u64;
    let mut last = Id::new([0; 20]);
    let mut moved = 0;
    for round in 0..40 {
        if round >= 12 && moved > 8 {
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
        std::thread::sleep(Duration::from_millis(100 + moments % 500));
        child.kill().unwrap();
        child.wait().unwrap();
        git(&production, &["fsck", "--strict", "--full"]);
        git(&site.storage("puppet-code.git"), &["fsck", "--strict", "--full"]);
        let storage = site.open();
        let latest = storage.latest()[REPO].as_ref().unwrap().submodules["environments/production"];
        moved += u32::from(latest != last);
        last = latest;
        // Each version that a name leads to is whole.
        let listing = git(&production, &["rev-list", "--objects", "--all"]);
        assert!(listing.contains(&latest.to_string()), "round {round}");
    }
    assert!(moved > 8, "{moved}");
    // And all is in order after the next time.
    let mut site = site;
    site.settings.retention = Some(Retention { versions: 1, age: Duration::ZERO });
    let storage = site.open();
    storage.prune(&HashSet::new());
    // A commit that was killed before it counted may be there beside it.
    let left = git(&production, &["log", "--format=%H", "--all"]);
    assert!(left.lines().count() <= 2 && left.contains(&last.to_string()), "{left}");
    let fsck = git(&production, &["fsck", "--strict", "--full"]);
    assert!(fsck.lines().all(|line| line.starts_with("dangling ")), "{fsck}");
}
