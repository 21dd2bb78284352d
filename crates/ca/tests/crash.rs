//! Killed at random moments, again and again in the same directory, the authority loses nothing that it has
//! acknowledged and uses no serial number twice.
//!
//! The test starts itself as a child that works as fast as it can and says on standard output what it has
//! finished; the parent kills it at some moment and compares the directory with what was said.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed test is told by its panic")]

mod support;

use std::collections::{BTreeSet, HashSet};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use ca::{Authority, Autosign, Settings};
use pki::{KeyKind, Serial};
use stdx::SystemClock;
use support::csr;

const DIRECTORY: &str = "CA_CRASH_TEST_DIRECTORY";
const ROUNDS: u64 = 30;
/// Rounds are added until so many certificates were acknowledged: on a busy machine children come to work late.
const ISSUED_MIN: usize = 50;

fn settings(directory: &Path) -> Settings {
    let mut settings = Settings::new(directory.join("ca"), "puppet.example.com");
    settings.key_kind = KeyKind::EcP256;
    settings.autosign = Autosign::Always;
    settings.enable_infra_crl = true;
    settings
}

fn open(directory: &Path) -> Authority {
    Authority::open(settings(directory), Arc::new(SystemClock))
        .expect("the directory opens after every crash")
}

/// The child: signs, renews, revokes and cleans until it is killed.
#[test]
#[ignore = "the child of the other test"]
fn child() {
    let Some(directory) = std::env::var_os(DIRECTORY) else { return };
    let authority = open(directory.as_ref());
    let mut out = std::io::stdout();
    let mut say = |line: String| {
        writeln!(out, "\n@{line}").unwrap();
        out.flush().unwrap();
    };
    let start = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_nanos();
    for number in 0.. {
        let name = format!("node-{start}-{number}");
        authority.submit(&name, csr(&name).0.as_bytes(), "test").unwrap();
        let certificate = authority.issued(&name).unwrap().unwrap();
        say(format!("issued {} {name}", certificate.serial()));
        match number % 4 {
            0 => {
                let renewed = authority.renew(&certificate, "test").unwrap();
                say(format!("issued {} {name}", renewed.serial()));
            }
            1 => {
                authority.revoke(std::slice::from_ref(&name), "test").unwrap();
                say(format!("revoked {} {name}", certificate.serial()));
            }
            2 => {
                authority.clean(std::slice::from_ref(&name), "test").unwrap();
                say(format!("revoked {} {name}", certificate.serial()));
            }
            _ => {}
        }
    }
}

#[test]
fn nothing_acknowledged_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let mut issued: BTreeSet<Serial> = BTreeSet::new();
    let mut revoked: BTreeSet<Serial> = BTreeSet::new();
    let mut list_number = None;
    let mut round = 0;
    while round < ROUNDS || issued.len() < ISSUED_MIN {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child", "--ignored", "--nocapture"])
            .env(DIRECTORY, folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // The first ones die while the first files are written, the later ones at work. The moments are
        // spread over the child's life and not the same from run to run; which they are decides nothing.
        let spread = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().subsec_micros();
        let moment = if round < 8 { 2 + round } else { 10 + u64::from(spread % 150) + round };
        round += 1;
        std::thread::sleep(Duration::from_millis(moment));
        child.kill().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        for line in said.lines().map(Result::unwrap) {
            let Some(words) = line.strip_prefix('@') else { continue };
            let words: Vec<&str> = words.split(' ').collect();
            // The last line may be cut short.
            let [what, serial, _] = words.as_slice() else { continue };
            let serial = Serial::from_hex(serial).unwrap();
            match *what {
                "issued" => assert!(issued.insert(serial), "serial {serial} was issued twice"),
                "revoked" => assert!(revoked.insert(serial)),
                other => panic!("{other}"),
            }
        }
        child.wait().unwrap();

        let authority = open(folder.path());
        let paths = &settings(folder.path()).paths;
        let inventory = std::fs::read_to_string(&paths.inventory).unwrap();
        let mut listed = HashSet::new();
        for line in inventory.lines().filter(|line| line.split(' ').count() >= 4) {
            let serial = Serial::from_hex(line.split(' ').next().unwrap()).unwrap();
            assert!(listed.insert(serial), "serial {serial} is in the inventory twice");
        }
        assert!(issued.iter().all(|serial| listed.contains(serial)), "a certificate was forgotten");
        for entry in std::fs::read_dir(&paths.signeddir).unwrap() {
            let path = entry.unwrap().path();
            assert_eq!(path.extension().unwrap(), "pem", "a leftover: {}", path.display());
            let certificate = pki::Certificate::from_pem(&std::fs::read(&path).unwrap()).unwrap();
            assert!(listed.contains(&certificate.serial()), "{} is not in the inventory", path.display());
            assert!(!authority.has_request(&certificate.certname().unwrap()));
        }
        let next = Serial::from_hex(std::fs::read_to_string(&paths.serial).unwrap().trim()).unwrap();
        assert!(listed.iter().all(|serial| *serial < next), "the next serial was used before");
        let lists = authority.lists();
        let own = &lists.chain()[0];
        assert!(revoked.iter().all(|serial| own.contains(serial)), "a revocation was lost");
        assert!(own.number() >= list_number, "the list's number went back");
        list_number = own.number();
        own.verify(authority.certificate().public_key()).unwrap();
    }
}
