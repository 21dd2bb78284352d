//! What versions cost: `cargo run --release -p code --example cost [files]` stages an environment of some files (10,000), changes 1, 100, 1,000
//! and all of them, and prints the processor time and the time for a commit, for what travels, and for the layout.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a program for people")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use code::git::Repository;
use code::live::{Live, LiveSettings};
use code::versions::{CommitRequest, RepoSettings, Storage, StorageSettings, Target};
use code::{Limits, transfer};
use rustix::time::{ClockId, clock_gettime};

/// Two times: of the processor, and of the clock on the wall.
fn measured<T>(work: impl FnOnce() -> T) -> (T, String) {
    let processor = || {
        let time = clock_gettime(ClockId::ProcessCPUTime);
        Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
    };
    let (before, began) = (processor(), Instant::now());
    let result = work();
    let (used, took) = (processor() - before, began.elapsed());
    (result, format!("{:>7.1} ms ({:>7.1} ms)", used.as_secs_f64() * 1e3, took.as_secs_f64() * 1e3))
}

fn write(staging: &Path, number: usize, version: usize) {
    let directory = staging.join(format!("environments/production/modules/m{}/manifests", number / 10));
    std::fs::create_dir_all(&directory).unwrap();
    let mut text = format!("# version {version}\nclass m{}::c{number} (\n", number / 10);
    for line in 0..40 {
        text.push_str(&format!(
            "  Optional[String] $parameter_{line}_{} = 'value {}',\n",
            number % 7,
            number * line
        ));
    }
    text.push_str(") { }\n");
    std::fs::write(directory.join(format!("c{number}.pp")), text).unwrap();
}

fn main() {
    let files: usize = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(10_000);
    let folder = tempfile::tempdir().unwrap();
    let staging_dir = folder.path().join("staging");
    let repo = RepoSettings { staging_dir: staging_dir.clone(), submodules_dir: "environments".into() };
    let settings = StorageSettings {
        data_dir: folder.path().join("data"),
        server_repo_url: "https://primary:8140/file-sync-git".into(),
        repos: BTreeMap::from([("puppet-code".to_owned(), repo)]),
        preserve_deleted_submodules: false,
        retention: None,
        limits: Limits::default(),
    };
    for number in 0..files {
        write(&staging_dir, number, 0);
    }
    let storage = Storage::open(settings, Arc::new(stdx::clock::SystemClock)).unwrap();
    let live = LiveSettings {
        versions_dir: folder.path().join("versions"),
        live_dir: None,
        submodules_dir: "environments".into(),
        versioned_dirs_ttl: Duration::ZERO,
        enable_forceful_sync: true,
        limits: Limits::default(),
    };
    let live = Live::open(live).unwrap();
    let store = Repository::open_or_create(folder.path().join("store.git")).unwrap();
    println!("an environment of {files} files; processor time (time)");
    let mut before = None;
    for (version, changed) in [files, 0, 1, 100, 1_000, files].into_iter().enumerate() {
        if version > 0 {
            for number in 0..changed.min(files) {
                write(&staging_dir, number * (files / changed), version);
            }
        }
        // Files that were written a moment ago are read again, and that is not what a usual commit has.
        std::thread::sleep(Duration::from_millis(100));
        let request = CommitRequest { target: Target::All, message: None, author: None };
        let (outcome, commit_cost) =
            measured(|| storage.commit(&request).remove("puppet-code").unwrap().unwrap());
        let want = *outcome.submodules["environments/production"].as_ref().unwrap();
        let repository = storage.repository("puppet-code", Some("environments/production")).unwrap();
        let (pack, pack_cost) = measured(|| transfer::difference(&repository, want, before).unwrap());
        let (_, take_cost) = measured(|| {
            store.take_in(&pack, 1 << 28, 1 << 32).unwrap();
            loop {
                let missing = transfer::missing(&store, want, before, transfer::IDS_MAX).unwrap();
                if missing.is_empty() {
                    break;
                }
                store.take_in(&transfer::objects(&repository, &missing).unwrap(), 1 << 28, 1 << 32).unwrap();
            }
        });
        let ((serving, cost), layout_cost) =
            measured(|| live.lay_out(&mut store.reader().unwrap(), "production", want).unwrap());
        live.switch(&[serving], &[]).unwrap();
        println!(
            "{changed:>6} changed: commit {commit_cost}  pack {pack_cost} {:>5} kB  take in {take_cost}  layout {layout_cost} \
             {} written, {} linked",
            pack.len() / 1024,
            cost.written,
            cost.linked
        );
        before = Some(want);
    }
}
