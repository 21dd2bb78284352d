//! Moving in from a Puppet server, and out again.
//!
//! The directories under `fixtures` were made by `puppetserver ca setup` (2.7) and by Puppet Server 7.9.5 at work, with
//! agents that enrolled and one that was revoked; their keys are known to the world and sign nothing but tests.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed test is told by its panic")]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use ca::{Autosign, Prune, State, Unwanted, import_directory};
use pki::{Serial, chain};
use support::{Estate, csr};

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/puppetserver-ca")
}

fn real_server() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/puppetserver-7.9.5")
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn listing(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        match entry.path().is_dir() {
            true => names.extend(listing(&entry.path()).iter().map(|inner| format!("{name}/{inner}"))),
            false => names.push(name),
        }
    }
    names.sort();
    names
}

#[test]
fn a_puppet_servers_directory_works_as_it_is() {
    let mut estate = Estate::new();
    copy(&fixture(), &estate.settings.paths.cadir);
    estate.settings.autosign = Autosign::Always;
    let authority = estate.open();
    assert_eq!(authority.certificate().certname().as_deref(), Some("Puppet CA: puppet.example.com"));
    assert_eq!(authority.bundle().len(), 2);
    let status = authority.status("puppet.example.com").unwrap().unwrap();
    assert_eq!(status.state, State::Signed);
    assert_eq!(status.authorization_extensions["pp_cli_auth"], "true");
    authority.submit("new", csr("new").0.as_bytes(), "new").unwrap();
    let new = authority.issued("new").unwrap().unwrap();
    assert_eq!(new.serial(), Serial::from(2));
    authority.revoke(&["puppet.example.com".into()], "admin").unwrap();
    let lists = authority.lists();
    assert_eq!(lists.chain()[0].serials(), [Serial::from(1)]);
    assert_eq!(lists.chain().len(), 2);
    chain::verify(&new, authority.bundle(), lists.chain(), estate.now()).unwrap();
    let old = authority.issued("puppet.example.com").unwrap().unwrap();
    assert!(authority.signed(&old) && !authority.in_force(&old));

    // OpenSSL, which agents verify with, sees the same.
    let folder = estate.folder.path();
    let verify = |name: &str| {
        let output = Command::new("openssl")
            .args(["verify", "-crl_check_all", "-CAfile", "ca/ca_crt.pem", "-CRLfile", "ca/ca_crl.pem"])
            .args(["-attime", "1800000000", name])
            .current_dir(folder)
            .output()
            .unwrap();
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    };
    assert_eq!(verify("ca/signed/new.pem"), "ca/signed/new.pem: OK\n");
    assert!(verify("ca/signed/puppet.example.com.pem").contains("certificate revoked"));
}

#[test]
fn an_import_brings_everything_and_leaves_the_source_alone() {
    let mut estate = Estate::new();
    let old = estate.folder.path().join("old");
    copy(&fixture(), &old);
    std::fs::create_dir(old.join("requests")).unwrap();
    std::fs::write(old.join("requests/waiting.pem"), csr("waiting").0).unwrap();
    let before = listing(&old);
    let imported = import_directory(&old, &estate.settings, estate.now()).unwrap();
    assert_eq!(imported.authority, "CN=Puppet CA: puppet.example.com");
    assert_eq!((imported.certificates, imported.revoked, imported.requests, imported.issued), (1, 0, 1, 1));
    assert_eq!((imported.next_serial, imported.warnings.len()), (Serial::from(2), 0));
    assert_eq!(listing(&old), before);
    assert_eq!(listing(&estate.settings.paths.cadir), before);
    assert_eq!(std::fs::read_dir(estate.folder.path()).unwrap().count(), 2, "nothing else is left");

    estate.settings.enable_infra_crl = true;
    let authority = estate.open();
    authority.sign("waiting", None, "admin").unwrap();
    drop(authority);
    let error = import_directory(&old, &estate.settings, estate.now()).unwrap_err().to_string();
    assert!(error.starts_with("Existing file at '"), "{error}");

    // And out again: the source of another import.
    let other = Estate::new();
    let imported = import_directory(&estate.settings.paths.cadir, &other.settings, other.now()).unwrap();
    assert_eq!((imported.certificates, imported.issued, imported.next_serial), (2, 2, Serial::from(3)));
}

#[test]
fn a_real_servers_estate_goes_on() {
    let mut estate = Estate::new();
    let imported = import_directory(&real_server(), &estate.settings, estate.now()).unwrap();
    assert_eq!((imported.certificates, imported.revoked, imported.requests, imported.issued), (4, 1, 2, 6));
    assert_eq!((imported.next_serial, imported.warnings.as_slice()), (Serial::from(7), &[][..]));
    estate.settings.allow_auto_renewal = true;
    let authority = estate.open();
    let issued = |name: &str| authority.issued(name).unwrap().unwrap();
    let (agent, gone) = (issued("agent3.example.com"), issued("agent2.example.com"));
    chain::verify(&agent, authority.bundle(), authority.lists().chain(), estate.now()).unwrap();
    assert!(authority.in_force(&agent) && !authority.in_force(&gone));
    // That server names the issuer in full in each certificate; the renewed one has the key's identifier alone.
    let renewed = authority.renew(&agent, "agent").unwrap();
    assert_eq!((renewed.serial(), renewed.public_key()), (Serial::from(7), agent.public_key()));
    assert_eq!(renewed.authority_key_id(), agent.authority_key_id());
    authority.sign("b", None, "admin").unwrap();
    authority.revoke(&["agent3.example.com".into()], "admin").unwrap();
    let list = authority.lists().chain()[0].clone();
    assert_eq!(list.serials(), [3, 5, 6, 7].map(Serial::from));
    assert_eq!(list.number(), Some(Serial::from(3)));
}

#[test]
fn an_import_says_what_is_wrong_and_changes_nothing() {
    let estate = Estate::new();
    let old = estate.folder.path().join("old");
    let attempt = |change: &dyn Fn(&Path)| {
        let _ = std::fs::remove_dir_all(&old);
        copy(&fixture(), &old);
        change(&old);
        let error = import_directory(&old, &estate.settings, estate.now()).unwrap_err();
        assert!(!estate.settings.paths.cadir.exists());
        error.to_string().replace(&estate.root(), "")
    };
    assert_eq!(
        attempt(&|old| std::fs::remove_file(old.join("serial")).unwrap()).lines().next().unwrap(),
        "Cannot initialize CA with partial state; need all files or none."
    );
    assert_eq!(
        attempt(&|old| std::fs::write(old.join("serial"), "many").unwrap()),
        "/old/serial: it should hold one hexadecimal number"
    );
    let stranger = Estate::new();
    drop(stranger.open());
    assert_eq!(
        attempt(&|old| {
            std::fs::copy(&stranger.settings.paths.cakey, old.join("ca_key.pem")).unwrap();
        }),
        "/old/ca_crt.pem: no certificate in it belongs to the key /old/ca_key.pem"
    );
    assert_eq!(
        attempt(&|old| {
            std::fs::copy(&stranger.settings.paths.cacrl, old.join("ca_crl.pem")).unwrap();
        }),
        "/old/ca_crl.pem: it has no revocation list of the signing certificate"
    );
    let _ = std::fs::remove_dir_all(&old);
    std::fs::create_dir(&old).unwrap();
    let error = import_directory(&old, &estate.settings, estate.now()).unwrap_err().to_string();
    assert!(error.starts_with("there is no certificate authority in "), "{error}");
}

#[test]
fn oddities_of_an_old_directory_are_told() {
    let estate = Estate::new();
    let old = estate.folder.path().join("old");
    copy(&fixture(), &old);
    let stranger = Estate::new();
    let host = stranger.open().issue_host(&stranger.host).unwrap();
    std::fs::write(old.join("signed/stranger.pem"), host.to_pem()).unwrap();
    std::fs::write(old.join("signed/broken.pem"), "x").unwrap();
    std::fs::write(old.join("inventory.txt"), "").unwrap();
    std::fs::write(old.join("serial"), "0001\n").unwrap();
    let imported = import_directory(&old, &estate.settings, estate.now()).unwrap();
    let warnings = imported.warnings.join("\n").replace(&estate.root(), "");
    assert_eq!(
        warnings,
        "/old/signed/broken.pem: no PEM block of type CERTIFICATE found\n\
         /old/signed/puppet.example.com.pem is not in the inventory\n\
         /old/signed/stranger.pem was not signed by this authority\n\
         the serial file was behind the inventory; going on with 0002"
    );
    assert_eq!(std::fs::read_to_string(&estate.settings.paths.serial).unwrap(), "0002");
}

#[test]
fn an_interrupted_import_is_started_over() {
    let estate = Estate::new();
    let staging = estate.folder.path().join(".ca.importing");
    std::fs::create_dir(&staging).unwrap();
    std::fs::write(staging.join("inventory.txt"), "half").unwrap();
    import_directory(&fixture(), &estate.settings, estate.now()).unwrap();
    assert!(!staging.exists());
    estate.open();
}

#[test]
fn pruning_and_removing_files() {
    let mut estate = Estate::new();
    estate.settings.autosign = Autosign::Always;
    let authority = estate.open();
    for name in ["a", "b", "c", "d"] {
        authority.submit(name, csr(name).0.as_bytes(), name).unwrap();
    }
    authority.revoke(&["a".into(), "b".into(), "c".into()], "admin").unwrap();
    let prune = |prune: Prune| authority.prune(&prune).unwrap();
    let nothing = prune(Prune { duplicates: true, ..Prune::default() });
    assert_eq!((nothing.total, nothing.duplicates, nothing.entries), (3, 0, 0));
    assert_eq!(authority.lists().chain()[0].number(), Some(Serial::from(1)));
    let some = prune(Prune {
        serials: vec![Serial::from(2), Serial::from(77)],
        certnames: vec!["b".into(), "d".into()],
        ..Prune::default()
    });
    assert_eq!((some.total, some.entries), (3, 2));
    assert_eq!(authority.lists().chain()[0].serials(), [Serial::from(4)]);
    assert_eq!(authority.status("a").unwrap().unwrap().state, State::Signed);

    let paths = &estate.settings.paths;
    let removed = authority
        .remove_certificates(&Unwanted { revoked: true, certnames: vec!["x".into()], ..Unwanted::default() })
        .unwrap();
    assert_eq!(removed.files, [paths.signeddir.join("c.pem")]);
    assert_eq!(
        removed.problems,
        [format!("Could not find certificate file at {}/x.pem", paths.signeddir.display())]
    );
    estate.clock.advance(6 * support::YEAR);
    let expired = prune(Prune { expired: true, ..Prune::default() });
    assert_eq!(expired.entries, 1);
    let removed = authority.remove_certificates(&Unwanted { expired: true, ..Unwanted::default() }).unwrap();
    assert_eq!(removed.files.len(), 3);
    assert!(authority.statuses(None).unwrap().is_empty());
}
