//! Any directory becomes a version and comes out of it the same.

#![allow(clippy::unwrap_used, reason = "tests may panic")]

mod support;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use code::live::{Live, LiveSettings};
use proptest::prelude::*;
use support::{REPO, Site, commit, git};

#[derive(Clone, Debug, PartialEq)]
enum Node {
    File(Vec<u8>),
    Executable(Vec<u8>),
    Link(Vec<u8>),
    Directory(Tree),
}

type Tree = BTreeMap<Vec<u8>, Node>;

fn name() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        "[a-c.]{1,3}".prop_filter("no name", |name| name != "." && name != "..").prop_map(String::into_bytes),
        Just(b".git".to_vec()),
        Just(b".GIT".to_vec()),
        Just("\u{e4} b".as_bytes().to_vec()),
        proptest::collection::vec(
            any::<u8>().prop_filter("separators", |byte| !matches!(byte, 0 | b'/')),
            3..6
        ),
    ]
}

fn leaf() -> impl Strategy<Value = Node> {
    let bytes = || proptest::collection::vec(any::<u8>(), 0..50);
    prop_oneof![
        bytes().prop_map(Node::File),
        bytes().prop_map(Node::Executable),
        "[a-c]{1,3}(/[a-c.]x){0,2}".prop_map(|target| Node::Link(target.into_bytes())),
    ]
}

fn tree() -> impl Strategy<Value = Tree> {
    let node = leaf().prop_recursive(3, 40, 6, |inner| {
        // Git has no empty directories.
        proptest::collection::btree_map(name(), inner, 1..6).prop_map(Node::Directory)
    });
    proptest::collection::btree_map(name(), node, 0..8)
}

fn write(directory: &Path, tree: &Tree) {
    std::fs::create_dir_all(directory).unwrap();
    for (name, node) in tree {
        let path = directory.join(OsStr::from_bytes(name));
        match node {
            Node::File(bytes) => std::fs::write(path, bytes).unwrap(),
            Node::Executable(bytes) => {
                std::fs::write(&path, bytes).unwrap();
                std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
            }
            Node::Link(target) => std::os::unix::fs::symlink(OsStr::from_bytes(target), path).unwrap(),
            Node::Directory(tree) => write(&path, tree),
        }
    }
}

fn read(directory: &Path) -> Tree {
    let entry = |item: std::io::Result<std::fs::DirEntry>| {
        let item = item.unwrap();
        let metadata = std::fs::symlink_metadata(item.path()).unwrap();
        let node = if metadata.is_symlink() {
            Node::Link(std::fs::read_link(item.path()).unwrap().as_os_str().as_bytes().to_vec())
        } else if metadata.is_dir() {
            Node::Directory(read(&item.path()))
        } else if metadata.permissions().mode() & 0o100 != 0 {
            Node::Executable(std::fs::read(item.path()).unwrap())
        } else {
            Node::File(std::fs::read(item.path()).unwrap())
        };
        (item.file_name().as_bytes().to_vec(), node)
    };
    std::fs::read_dir(directory).unwrap().map(entry).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn versions_come_out_as_they_went_in(trees in proptest::collection::vec(tree(), 1..4)) {
        let site = Site::new();
        let storage = site.open();
        let settings = LiveSettings {
            versions_dir: site.root().join("versions"),
            live_dir: None,
            submodules_dir: "environments".into(),
            versioned_dirs_ttl: Duration::ZERO,
            enable_forceful_sync: true,
            limits: code::Limits::default(),
        };
        let live = Live::open(settings).unwrap();
        let staging = site.staged("environments/production");
        let mut earlier = Vec::new();
        for tree in trees {
            if staging.exists() {
                std::fs::remove_dir_all(&staging).unwrap();
            }
            write(&staging, &tree);
            let id = commit(&storage, "production");
            let repository = storage.repository(REPO, Some("environments/production")).unwrap();
            let (version, _) = live.lay_out(&mut repository.reader().unwrap(), "production", id).unwrap();
            live.switch(std::slice::from_ref(&version), &[]).unwrap();
            prop_assert_eq!(read(&version.directory), tree.clone());
            git(repository.path(), &["-c", "fsck.hasDotgit=ignore", "fsck", "--full"]);
            earlier.push((version, tree));
            for (version, tree) in &earlier {
                prop_assert_eq!(&read(&version.directory), tree, "an earlier version has changed");
            }
        }
    }
}
