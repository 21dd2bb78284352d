//! Versions are laid out and serve.

#![allow(clippy::unwrap_used, reason = "tests may panic")]

mod support;

use std::os::unix::fs::MetadataExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use code::git::{Id, Kind, Mode, Repository, TreeEntry, encode_commit, encode_tree, id_of};
use code::live::{Live, LiveSettings, TOP, Version};
use code::versions::Storage;
use support::{REPO, Site, commit};

fn live_settings(site: &Site) -> LiveSettings {
    LiveSettings {
        versions_dir: site.settings.data_dir.join("client/versioned-dirs/puppet-code"),
        live_dir: Some(site.root().join("live")),
        submodules_dir: "environments".into(),
        versioned_dirs_ttl: Duration::ZERO,
        enable_forceful_sync: true,
        limits: site.settings.limits.clone(),
    }
}

fn serve(storage: &Storage, live: &Live, name: &str) -> (Arc<Version>, code::live::Cost) {
    let latest = storage.latest();
    let latest = latest[REPO].as_ref().unwrap();
    let submodule = format!("environments/{name}");
    let (id, submodule) = match name {
        TOP => (latest.commit, None),
        _ => (latest.submodules[&submodule], Some(submodule.as_str())),
    };
    let mut reader = storage.repository(REPO, submodule).unwrap().reader().unwrap();
    let (version, cost) = live.lay_out(&mut reader, name, id).unwrap();
    live.switch(std::slice::from_ref(&version), &[]).unwrap();
    (version, cost)
}

fn read(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn a_version_is_laid_out_as_it_was_staged() {
    let site = Site::new();
    site.write("environments/production/modules/ntp/files/empty", "");
    site.write("environments/production/modules/ntp/run", "#!/bin/sh\n");
    site.executable("environments/production/modules/ntp/run");
    site.write("environments/production/modules/ntp/.git/HEAD", "ref: refs/heads/main\n");
    site.link("environments/production/modules/ntp/files/link", "../run");
    site.write("hiera.yaml", "version: 5\n");
    site.write("modules/shared/manifests/init.pp", "class shared {}\n");
    let (storage, live) = (site.open(), Live::open(live_settings(&site)).unwrap());
    commit(&storage, "production");
    let (version, cost) = serve(&storage, &live, "production");
    assert_eq!((cost.linked, cost.written), (0, 3));
    let ntp = version.directory.join("modules/ntp");
    assert_eq!(read(ntp.join("files/empty")), "");
    assert_eq!(read(ntp.join(".git/HEAD")), "ref: refs/heads/main\n");
    assert_eq!(std::fs::read_link(ntp.join("files/link")).unwrap(), Path::new("../run"));
    assert_eq!(std::fs::metadata(ntp.join("run")).unwrap().permissions().mode() & 0o111, 0o111);
    assert_eq!(std::fs::metadata(ntp.join("files/empty")).unwrap().permissions().mode() & 0o111, 0);
    serve(&storage, &live, TOP);
    let shown = site.root().join("live");
    assert_eq!(read(shown.join("hiera.yaml")), "version: 5\n");
    assert_eq!(read(shown.join("modules/shared/manifests/init.pp")), "class shared {}\n");
    assert_eq!(read(shown.join("environments/production/modules/ntp/run")), "#!/bin/sh\n");
    assert!(!shown.join(".gitmodules").exists());
}

#[test]
fn versions_share_what_they_have_in_common() {
    let site = Site::new();
    for n in 0..50 {
        site.write(&format!("environments/production/modules/m{n}/init.pp"), format!("class m{n} {{}}\n"));
    }
    let (storage, live) = (site.open(), Live::open(live_settings(&site)).unwrap());
    commit(&storage, "production");
    let (first, _) = serve(&storage, &live, "production");
    site.write("environments/production/modules/m7/init.pp", "class m7 { }\n");
    commit(&storage, "production");
    // Somebody edits a file in place, which is that of two versions.
    let spoilt = first.directory.join("modules/m9/init.pp");
    std::fs::write(&spoilt, "class other {}").unwrap();
    let (second, cost) = serve(&storage, &live, "production");
    assert_eq!((cost.linked, cost.written), (48, 2));
    assert_eq!(read(second.directory.join("modules/m9/init.pp")), "class m9 {}\n");
    assert_eq!(read(second.directory.join("modules/m7/init.pp")), "class m7 { }\n");
    assert_eq!(read(first.directory.join("modules/m7/init.pp")), "class m7 {}\n");
    let inode =
        |version: &Version, path: &str| std::fs::metadata(version.directory.join(path)).unwrap().ino();
    assert_eq!(inode(&first, "modules/m8/init.pp"), inode(&second, "modules/m8/init.pp"));
    // A new branch of it.
    std::fs::create_dir(site.staged("environments/branch")).unwrap();
    for n in 0..50 {
        site.write(&format!("environments/branch/modules/m{n}/init.pp"), format!("class m{n} {{}}\n"));
    }
    commit(&storage, "branch");
    let (_, cost) = serve(&storage, &live, "branch");
    assert_eq!((cost.linked, cost.written), (49, 1));
}

#[test]
fn a_file_becomes_a_directory_and_a_directory_a_link() {
    let site = Site::new();
    let (storage, live) = (site.open(), Live::open(live_settings(&site)).unwrap());
    site.write("environments/production/a", "file");
    site.write("environments/production/b/c", "file");
    commit(&storage, "production");
    serve(&storage, &live, "production");
    std::fs::remove_file(site.staged("environments/production/a")).unwrap();
    std::fs::remove_dir_all(site.staged("environments/production/b")).unwrap();
    site.write("environments/production/a/x", "inner");
    site.link("environments/production/b", "a");
    commit(&storage, "production");
    let (version, _) = serve(&storage, &live, "production");
    assert_eq!(read(version.directory.join("b/x")), "inner");
}

#[test]
fn old_versions_stay_while_they_are_held() {
    let site = Site::new();
    let (storage, live) = (site.open(), Live::open(live_settings(&site)).unwrap());
    let mut versions = Vec::new();
    for n in 0..4 {
        site.write("environments/production/a", n.to_string());
        commit(&storage, "production");
        versions.push(serve(&storage, &live, "production").0);
    }
    let directories: Vec<_> = versions.iter().map(|version| version.directory.clone()).collect();
    let held = versions.swap_remove(0);
    drop(versions);
    assert_eq!(live.expire(), 1);
    let there: Vec<bool> = directories.iter().map(|directory| directory.is_dir()).collect();
    assert_eq!(there, [true, false, true, true], "held, old, the one before, the one that serves");
    drop(held);
    assert_eq!(live.expire(), 1);
    live.switch(&[], &["production".to_owned()]).unwrap();
    assert!(!site.root().join("live/environments/production").exists());
    assert_eq!(live.expire(), 2);
    assert!(live.current().is_empty());
}

#[test]
fn a_version_that_goes_is_never_seen_in_part() {
    let site = Site::new();
    let settings = live_settings(&site);
    let old = settings.versions_dir.join(format!("production_{}", Id::new([1; 20])));
    std::fs::create_dir_all(&old).unwrap();
    const FILES: usize = 4000;
    for n in 0..FILES {
        std::fs::write(old.join(n.to_string()), "").unwrap();
    }
    let live = Live::open(settings.clone()).unwrap();
    // What an attempt before left.
    let left = settings.versions_dir.join(".unfinished-production_x");
    std::fs::create_dir_all(left.join("a")).unwrap();
    let begun = std::sync::Barrier::new(2);
    std::thread::scope(|scope| {
        let watching = scope.spawn(|| {
            begun.wait();
            while old.is_dir() {
                let count = std::fs::read_dir(&old).map_or(0, Iterator::count);
                // Below this name it is whole, or it is not there.
                assert!(count == FILES || !old.is_dir(), "{count} files are left");
            }
        });
        begun.wait();
        assert_eq!(live.expire(), 1);
        watching.join().unwrap();
    });
    let left: Vec<_> = std::fs::read_dir(&settings.versions_dir).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_restart_goes_on_with_what_served() {
    let site = Site::new();
    let storage = site.open();
    site.write("environments/production/a", "1");
    commit(&storage, "production");
    let settings = live_settings(&site);
    let served = serve(&storage, &Live::open(settings.clone()).unwrap(), "production").0;
    let unfinished = settings.versions_dir.join(".unfinished-x");
    std::fs::create_dir_all(unfinished.join("a/b")).unwrap();
    let live = Live::open(settings.clone()).unwrap();
    assert_eq!(live.current()["production"], served);
    assert!(!unfinished.exists());
    // A record that is damaged is not the end of it.
    std::fs::write(settings.versions_dir.join("current.json"), "{").unwrap();
    let live = Live::open(settings).unwrap();
    assert!(live.current().is_empty());
    assert_eq!(serve(&storage, &live, "production").1.written, 0);
}

#[test]
fn what_was_there_before_is_moved_away_or_stays() {
    let site = Site::new();
    let storage = site.open();
    site.write("environments/production/a", "1");
    commit(&storage, "production");
    let before = site.root().join("live/environments/production");
    std::fs::create_dir_all(&before).unwrap();
    std::fs::write(before.join("mine"), "mine").unwrap();
    let careful = LiveSettings { enable_forceful_sync: false, ..live_settings(&site) };
    let live = Live::open(careful).unwrap();
    let latest = storage.latest()[REPO].as_ref().unwrap().submodules["environments/production"];
    let mut reader = storage.repository(REPO, Some("environments/production")).unwrap().reader().unwrap();
    let (version, _) = live.lay_out(&mut reader, "production", latest).unwrap();
    let error = live.switch(&[version], &[]).unwrap_err().to_string();
    assert!(error.contains("enable-forceful-sync"), "{error}");
    assert_eq!(read(before.join("mine")), "mine");
    // What failed is not done when it is tried again: it fails, until it is done.
    let version = live.current()["production"].clone();
    assert!(live.switch(std::slice::from_ref(&version), &[]).is_err());
    let away = site.root().join("mine");
    std::fs::rename(&before, &away).unwrap();
    live.switch(&[version], &[]).unwrap();
    assert_eq!(read(before.join("a")), "1");
    std::fs::remove_file(&before).unwrap();
    std::fs::rename(&away, &before).unwrap();
    // Others do not wait for it, and it is not their error.
    site.write("environments/zeta/a", "2");
    site.write("hiera.yaml", "version: 5\n");
    commit(&storage, "zeta");
    serve(&storage, &live, "zeta");
    assert_eq!(read(before.with_file_name("zeta").join("a")), "2");
    serve(&storage, &live, TOP);
    assert_eq!(read(site.root().join("live/hiera.yaml")), "version: 5\n");
    drop(live);
    Live::open(live_settings(&site)).unwrap();
    assert_eq!(read(before.join("a")), "1");
    assert_eq!(read(before.with_file_name(".production.before-file-sync-0").join("mine")), "mine");
}

/// A repository in which somebody else made the objects.
struct Hostile {
    folder: tempfile::TempDir,
    repository: Repository,
}

impl Hostile {
    fn new() -> Hostile {
        let folder = tempfile::tempdir().unwrap();
        let repository = Repository::open_or_create(folder.path().join("store.git")).unwrap();
        Hostile { folder, repository }
    }

    fn put(&self, kind: Kind, bytes: &[u8]) -> Id {
        let id = id_of(kind, bytes).unwrap();
        let mut addition = self.repository.add().unwrap();
        addition.put(id, kind, bytes).unwrap();
        addition.store().unwrap();
        id
    }

    fn tree(&self, mode: Mode, name: &str, id: Id) -> Id {
        self.put(Kind::Tree, &encode_tree(&mut [TreeEntry { name: name.into(), mode, id }]))
    }

    fn lay_out(&self, tree: Id) -> String {
        let author = code::git::Signature { name: "x".into(), email: String::new(), seconds: 0 };
        let commit = code::git::Commit { tree, parents: vec![], author, message: "x\n".into() };
        let commit = self.put(Kind::Commit, &encode_commit(&commit));
        let settings = LiveSettings {
            versions_dir: self.folder.path().join("versions"),
            live_dir: None,
            submodules_dir: "environments".into(),
            versioned_dirs_ttl: Duration::ZERO,
            enable_forceful_sync: true,
            limits: code::Limits { depth_max: 20, ..code::Limits::default() },
        };
        let live = Live::open(settings.clone()).unwrap();
        let error = live.lay_out(&mut self.repository.reader().unwrap(), "production", commit).unwrap_err();
        let left: Vec<_> = std::fs::read_dir(&settings.versions_dir).unwrap().collect();
        assert!(left.is_empty(), "{left:?}");
        error.to_string()
    }
}

#[test]
fn hostile_trees_are_refused() {
    let store = Hostile::new();
    let blob = store.put(Kind::Blob, b"x");
    for name in ["..", ".", "../../../tmp/escaped", "/tmp/escaped", ""] {
        let error = store.lay_out(store.tree(Mode::File, name, blob));
        assert!(error.contains("no file may be called"), "{name}: {error}");
    }
    let outside = store.put(Kind::Blob, b"../../etc");
    assert!(store.lay_out(store.tree(Mode::Link, "x", outside)).contains("leads out of the version"));
    assert!(store.lay_out(store.tree(Mode::Submodule, "x", blob)).contains("a submodule cannot be part"));
    // A link, and a directory of the same name to be written through it.
    let mut bytes = encode_tree(&mut [TreeEntry { name: b"x".into(), mode: Mode::Link, id: outside }]);
    bytes.extend(encode_tree(&mut [TreeEntry { name: b"x".into(), mode: Mode::Directory, id: blob }]));
    assert!(store.lay_out(store.put(Kind::Tree, &bytes)).contains("two entries have one name"));
    // A tree that says to hold a file, and it is a tree; an object that is not there; directories without end.
    let inner = store.tree(Mode::File, "x", blob);
    assert!(
        store.lay_out(store.tree(Mode::File, "x", inner)).contains("it is a tree, and a blob is expected")
    );
    assert!(store.lay_out(store.tree(Mode::File, "x", Id::new([1; 20]))).contains("has no object 0101"));
    let mut deep = inner;
    for _ in 0..30 {
        deep = store.tree(Mode::Directory, "d", deep);
    }
    assert!(store.lay_out(deep).contains("more than 20 directories inside of each other"));
    // Names that differ in case are two files.
    let two = [(b"A", Mode::File), (b"a", Mode::File)].map(|(name, mode)| TreeEntry {
        name: name.into(),
        mode,
        id: blob,
    });
    let mixed = store.put(Kind::Tree, &encode_tree(&mut { two }));
    assert!(store.lay_out(store.tree(Mode::Link, "y", mixed)).contains("a blob is expected"));
}

#[test]
fn a_damaged_object_is_no_version() {
    let site = Site::new();
    let (storage, live) = (site.open(), Live::open(live_settings(&site)).unwrap());
    site.write("environments/production/a", "1");
    commit(&storage, "production");
    let (served, _) = serve(&storage, &live, "production");
    site.write("environments/production/a", "2".repeat(1000));
    let id = commit(&storage, "production");
    let packs = site.storage("puppet-code/production.git/objects/pack");
    for item in std::fs::read_dir(packs).unwrap() {
        let path = item.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "pack") {
            let mut bytes = std::fs::read(&path).unwrap();
            for byte in bytes.iter_mut().skip(12) {
                *byte ^= 0x55;
            }
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
            std::fs::write(&path, bytes).unwrap();
        }
    }
    let mut reader = storage.repository(REPO, Some("environments/production")).unwrap().reader().unwrap();
    let error = live.lay_out(&mut reader, "production", id).unwrap_err().to_string();
    assert!(error.contains("damaged"), "{error}");
    assert_eq!(live.current()["production"], served);
    assert_eq!(read(served.directory.join("a")), "1");
}
