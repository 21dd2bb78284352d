//! The authority as its callers see it, on real directories.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed test is told by its panic")]

mod support;

use std::time::{Duration, SystemTime};

use ca::{Authority, Autosign, Error, State, Submitted};
use pki::{AltName, Certificate, Crl, Extension, KeyKind, KeyPair, OidNames, Serial, chain};
use support::{Estate, YEAR, csr, csr_with, key};

fn refused<T: std::fmt::Debug>(outcome: ca::Result<T>) -> String {
    match outcome {
        Err(Error::Refused { message, .. }) => message,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

#[test]
fn the_first_start_makes_puppets_files() {
    let estate = Estate::new();
    let authority = estate.open();
    let paths = &estate.settings.paths;
    let mode = |path: &std::path::Path| {
        use std::os::unix::fs::PermissionsExt;
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    };
    assert_eq!((mode(&paths.cakey), mode(&paths.cacert), mode(&paths.signeddir)), (0o640, 0o644, 0o750));
    assert_eq!(std::fs::read_to_string(&paths.serial).unwrap(), "0002");
    let certificate = authority.certificate();
    assert_eq!(certificate.serial(), Serial::from(1));
    assert!(certificate.is_ca() && certificate.is_self_issued());
    assert_eq!(certificate.authority_key_id(), certificate.subject_key_id());
    assert_eq!(certificate.certname().as_deref(), Some("Puppet CA: puppet.example.com"));
    assert_eq!(certificate.not_after(), estate.now() + 5 * YEAR);
    let inventory = std::fs::read_to_string(&paths.inventory).unwrap();
    assert_eq!(
        inventory,
        "0x0001 2026-12-31T00:00:00UTC 2031-12-31T00:00:00UTC /CN=Puppet CA: puppet.example.com\n"
    );
    chain::verify(certificate, authority.bundle(), authority.lists().chain(), estate.now()).unwrap();
    let key = KeyPair::from_pem(&std::fs::read(&paths.cakey).unwrap()).unwrap();
    assert_eq!(std::fs::read_to_string(&paths.capub).unwrap(), key.public_key().to_pem());
}

#[test]
fn a_directory_with_only_some_files_is_refused() {
    let estate = Estate::new();
    drop(estate.open());
    std::fs::remove_file(&estate.settings.paths.serial).unwrap();
    std::fs::remove_file(&estate.settings.paths.cacrl).unwrap();
    let error = estate.try_open().unwrap_err().to_string().replace(&estate.root(), "");
    assert_eq!(
        error,
        "Cannot initialize CA with partial state; need all files or none.\nFound:\n/ca/ca_crt.pem\n/ca/ca_key.pem\n\
         /ca/inventory.txt\nMissing:\n/ca/ca_crl.pem\n/ca/serial\n"
    );
}

#[test]
fn one_process_at_a_time() {
    let estate = Estate::new();
    let authority = estate.open();
    assert!(matches!(estate.try_open(), Err(Error::InUse(_))));
    drop(authority);
    estate.open();
}

#[test]
fn a_request_waits_and_is_signed() {
    let estate = Estate::new();
    let authority = estate.open();
    let (csr, key) = csr("web01.example.com");
    assert_eq!(authority.submit("web01.example.com", csr.as_bytes(), "a").unwrap(), Submitted::Pending);
    assert_eq!(authority.status("web01.example.com").unwrap().unwrap().state, State::Requested);
    assert_eq!(
        refused(authority.submit("web01.example.com", csr.as_bytes(), "a")),
        "web01.example.com already has a requested certificate; ignoring certificate request"
    );
    let certificate = authority.sign("web01.example.com", None, "admin").unwrap();
    assert_eq!(certificate.public_key(), key.public_key());
    assert_eq!(certificate.serial(), Serial::from(2));
    assert_eq!(certificate.not_before(), estate.now() - Duration::from_secs(86_400));
    assert_eq!(certificate.not_after(), estate.now() + 5 * YEAR);
    chain::verify(&certificate, authority.bundle(), authority.lists().chain(), estate.now()).unwrap();
    assert!(authority.pending("web01.example.com").unwrap().is_none());
    assert_eq!(
        refused(authority.submit("web01.example.com", csr.as_bytes(), "a")),
        "web01.example.com already has a signed certificate; ignoring certificate request"
    );
    authority.revoke(&["web01.example.com".into()], "admin").unwrap();
    assert_eq!(
        refused(authority.submit("web01.example.com", csr.as_bytes(), "a")),
        "web01.example.com already has a revoked certificate; ignoring certificate request"
    );
    let inventory = std::fs::read_to_string(&estate.settings.paths.inventory).unwrap();
    assert!(
        inventory.ends_with("\n0x0002 2026-12-31T00:00:00UTC 2031-12-31T00:00:00UTC /CN=web01.example.com\n"),
        "{inventory}"
    );
}

#[test]
fn what_is_not_there_cannot_be_signed() {
    let estate = Estate::new();
    let authority = estate.open();
    let error = authority.sign("nobody", None, "admin").unwrap_err().to_string();
    assert_eq!(error, "Cannot sign certificate for host nobody without a certificate request");
    for name in ["../ca_key", "a/b", "", ".", ".."] {
        assert!(authority.sign(name, None, "admin").is_err());
        assert!(authority.status(name).unwrap().is_none());
        assert!(!authority.delete(name).unwrap());
    }
}

#[test]
fn autosigning_checks_contents_and_keeps_what_it_refuses() {
    let mut estate = Estate::new();
    estate.settings.autosign = Autosign::Always;
    let authority = estate.open();
    let (good, _) = csr("good");
    assert_eq!(authority.submit("good", good.as_bytes(), "good").unwrap(), Submitted::Signed);
    assert!(authority.issued("good").unwrap().is_some());

    let key = key();
    let alt = Extension::subject_alt_name(&[AltName::parse("www").unwrap()]).unwrap();
    let bad = csr_with("bad", &key, vec![alt]);
    let told = refused(authority.submit("bad", bad.as_bytes(), "bad"));
    assert!(told.starts_with("CSR 'bad' contains extra subject alternative names (DNS:www)"), "{told}");
    assert!(authority.issued("bad").unwrap().is_none());
    assert!(authority.pending("bad").unwrap().is_some());
    assert_eq!(refused(authority.sign("bad", None, "admin")), told);
}

#[test]
fn the_right_to_administer_is_only_for_the_own_host() {
    let mut estate = Estate::new();
    estate.settings.autosign = Autosign::Always;
    estate.settings.allow_authorization_extensions = true;
    let authority = estate.open();
    let cli_auth = Extension::text(pki::oid::PP_CLI_AUTH, "true").unwrap();
    let csr = csr_with("sly", &key(), vec![cli_auth]);
    assert_eq!(
        refused(authority.submit("sly", csr.as_bytes(), "sly")),
        "Found extensions that are not permitted: 1.3.6.1.4.1.34380.1.3.39"
    );
    authority.ensure_host(&estate.host).unwrap();
    let host = Certificate::from_pem(&std::fs::read(&estate.host.hostcert).unwrap()).unwrap();
    let trusted = host.trusted_extensions(&OidNames::default());
    assert_eq!(trusted, [("pp_cli_auth".to_owned(), "true".to_owned())]);
    let names: Vec<String> = host.alt_names().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(names, ["DNS:puppet", "DNS:puppet.example.com"]);
    assert_eq!(authority.issued("puppet.example.com").unwrap().unwrap(), host);
    let read = |path: &std::path::Path| std::fs::read(path).unwrap();
    assert_eq!(read(&estate.host.localcacert), read(&estate.settings.paths.cacert));
    assert_eq!(read(&estate.host.hostcrl), read(&estate.settings.paths.cacrl));

    // Once more changes nothing; without its key it is an error.
    authority.ensure_host(&estate.host).unwrap();
    assert_eq!(read(&estate.host.hostcert), host.to_pem().into_bytes());
    std::fs::remove_file(&estate.host.hostprivkey).unwrap();
    let error = authority.ensure_host(&estate.host).unwrap_err().to_string();
    assert!(error.contains("but master private key"), "{error}");
}

#[test]
fn alternative_names_of_the_host_come_from_its_settings() {
    let mut estate = Estate::new();
    estate.host.alt_names = "puppet.local, IP:10.0.0.1,DNS:ca.local".into();
    let authority = estate.open();
    let certificate = authority.issue_host(&estate.host).unwrap();
    let names: Vec<String> = certificate.alt_names().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(names, ["DNS:puppet.local", "IP:10.0.0.1", "DNS:ca.local", "DNS:puppet.example.com"]);
    estate.host.alt_names = "*.local".into();
    let error = authority.issue_host(&estate.host).unwrap_err().to_string();
    assert_eq!(error, "Cert subjectAltName contains a wildcard, which is not allowed: *.local");
}

#[test]
fn revocation_covers_every_live_certificate_of_a_name_in_one_list() {
    let mut estate = Estate::new();
    estate.settings.autosign = Autosign::Always;
    estate.settings.allow_duplicate_certs = true;
    let authority = estate.open();
    let mut changes = authority.watch_lists();
    changes.mark_unchanged();
    for name in ["a", "a", "b", "c"] {
        authority.submit(name, csr(name).0.as_bytes(), name).unwrap();
    }
    authority.revoke(&["a".into(), "b".into()], "admin").unwrap();
    assert!(changes.has_changed().unwrap());
    let lists = changes.borrow_and_update().clone();
    let own = &lists.chain()[0];
    assert_eq!(own.serials(), [2, 3, 4].map(Serial::from));
    assert_eq!(own.number(), Some(Serial::from(1)));
    assert_eq!(own.this_update(), estate.now() - Duration::from_secs(1));
    assert_eq!(own.next_update(), Some(estate.now() + 5 * YEAR));
    let on_disk = Crl::chain_from_pem(&std::fs::read(&estate.settings.paths.cacrl).unwrap()).unwrap();
    assert_eq!(on_disk, lists.chain());

    authority.revoke(&["a".into()], "admin").unwrap();
    assert!(!changes.has_changed().unwrap(), "nothing new, nothing written");
    let states = |only| -> Vec<(String, State)> {
        authority.statuses(only).unwrap().into_iter().map(|status| (status.name, status.state)).collect()
    };
    let of = |name: &str, state| (name.to_owned(), state);
    assert_eq!(states(None), [of("a", State::Revoked), of("b", State::Revoked), of("c", State::Signed)]);
    assert_eq!(states(Some(State::Signed)), [of("c", State::Signed)]);
}

#[test]
fn expired_certificates_are_not_revoked_and_leave_the_list_when_it_is_renewed() {
    let mut estate = Estate::new();
    estate.settings.autosign = Autosign::Always;
    let authority = estate.open();
    let (request, _) = csr("old");
    authority.submit("old", request.as_bytes(), "old").unwrap();
    authority.revoke(&["old".into()], "admin").unwrap();
    authority.clean(&["old".into()], "admin").unwrap();
    authority.renew_lists().unwrap();
    assert_eq!(authority.lists().chain()[0].number(), Some(Serial::from(1)), "not due yet");

    estate.clock.advance(5 * YEAR - Duration::from_secs(29 * 86_400));
    authority.renew_lists().unwrap();
    let lists = authority.lists();
    assert_eq!(lists.chain()[0].number(), Some(Serial::from(2)));
    assert_eq!(lists.chain()[0].serials(), [Serial::from(2)], "its certificate is still in force");

    estate.clock.advance(5 * YEAR);
    authority.renew_lists().unwrap();
    assert_eq!(authority.lists().chain()[0].serials(), []);
    authority.revoke(&["old".into()], "admin").unwrap();
    assert_eq!(authority.lists().chain()[0].serials(), []);
}

#[test]
fn cleaning_revokes_and_forgets_the_file_but_not_the_certificate() {
    let mut estate = Estate::new();
    estate.settings.autosign = Autosign::Always;
    let authority = estate.open();
    authority.submit("a", csr("a").0.as_bytes(), "a").unwrap();
    authority.clean(&["a".into()], "admin").unwrap();
    assert!(authority.issued("a").unwrap().is_none());
    assert!(authority.was_issued("a").unwrap());
    assert!(!authority.was_issued("b").unwrap());
    // The name is free again, and the old serial stays revoked.
    authority.submit("a", csr("a").0.as_bytes(), "a").unwrap();
    assert_eq!(authority.status("a").unwrap().unwrap().state, State::Signed);
    assert_eq!(authority.lists().chain()[0].serials(), [Serial::from(2)]);
}

#[test]
fn a_renewed_certificate_keeps_key_name_and_extensions() {
    let mut estate = Estate::new();
    estate.settings.autosign = Autosign::Always;
    estate.settings.allow_subject_alt_names = true;
    estate.settings.allow_auto_renewal = true;
    let authority = estate.open();
    let key = key();
    let role = Extension::text(OidNames::default().oid("pp_role").unwrap(), "web").unwrap();
    let alt = Extension::subject_alt_name(&[AltName::parse("www").unwrap()]).unwrap();
    authority.submit("a", csr_with("a", &key, vec![role, alt]).as_bytes(), "a").unwrap();
    let old = authority.issued("a").unwrap().unwrap();
    assert!(authority.signed(&old) && authority.in_force(&old));
    estate.clock.advance(YEAR);
    let new = authority.renew(&old, "a").unwrap();
    assert_eq!(new.public_key(), key.public_key());
    assert_eq!((new.subject(), new.extensions()), (old.subject(), old.extensions()));
    assert_eq!(new.serial(), Serial::from(3));
    assert_eq!(new.not_after(), estate.now() + Duration::from_secs(90 * 86_400));
    assert_eq!(authority.issued("a").unwrap().unwrap(), new);
    assert!(authority.in_force(&old), "the old one is good until it runs out");
    authority.revoke(&["a".into()], "admin").unwrap();
    assert!(!authority.in_force(&old) && !authority.in_force(&new));

    let other = Estate::new();
    let stranger = other.open();
    assert!(!stranger.signed(&new));
}

#[test]
fn bulk_signing_tells_each_outcome() {
    let estate = Estate::new();
    let authority = estate.open();
    for name in ["a", "b"] {
        authority.submit(name, csr(name).0.as_bytes(), name).unwrap();
    }
    let alt = Extension::subject_alt_name(&[AltName::parse("www").unwrap()]).unwrap();
    authority.submit("c", csr_with("c", &key(), vec![alt]).as_bytes(), "c").unwrap();
    let outcome = authority.sign_many(&["b".into(), "nobody".into(), "c".into()], "admin").unwrap();
    assert_eq!(
        serde_json::to_string(&outcome).unwrap(),
        r#"{"signed":["b"],"no-csr":["nobody"],"signing-errors":["c"]}"#
    );
    let outcome = authority.sign_all("admin").unwrap();
    assert_eq!((outcome.signed, outcome.signing_errors), (vec!["a".to_owned()], vec!["c".to_owned()]));
}

#[test]
fn infrastructure_nodes_have_a_list_of_their_own() {
    let mut estate = Estate::new();
    estate.settings.autosign = Autosign::Always;
    estate.settings.enable_infra_crl = true;
    let authority = estate.open();
    std::fs::write(&estate.settings.paths.infra_inventory, "compiler\n").unwrap();
    for name in ["compiler", "agent"] {
        authority.submit(name, csr(name).0.as_bytes(), name).unwrap();
    }
    let infra = |authority: &Authority| {
        Crl::chain_from_pem(authority.lists().for_agents().0).unwrap()[0].serials().to_vec()
    };
    assert_eq!(std::fs::read_to_string(&estate.settings.paths.infra_serials).unwrap(), "2\n");
    authority.revoke(&["agent".into()], "admin").unwrap();
    assert_eq!(infra(&authority), []);
    authority.revoke(&["compiler".into()], "admin").unwrap();
    assert_eq!(infra(&authority), [Serial::from(2)]);
    assert_eq!(authority.lists().chain()[0].serials().len(), 2);
    drop(authority);

    // A short list that a crash left behind catches up at the next start.
    estate.open().enable_infra_list().unwrap();
    let authority = estate.open();
    assert_eq!(infra(&authority), [Serial::from(2)]);
}

#[test]
fn the_names_of_infrastructure_nodes_may_change_while_the_authority_runs() {
    let mut estate = Estate::new();
    estate.settings.autosign = Autosign::Always;
    estate.settings.enable_infra_crl = true;
    let authority = estate.open();
    let paths = &estate.settings.paths;
    for name in ["compiler", "early", "agent"] {
        authority.submit(name, csr(name).0.as_bytes(), name).unwrap();
    }
    let infra = || Crl::chain_from_pem(authority.lists().for_agents().0).unwrap()[0].serials().to_vec();
    let serials = || std::fs::read_to_string(&paths.infra_serials).unwrap();
    authority.revoke(&["early".into(), "agent".into()], "admin").unwrap();
    authority.refresh().unwrap();
    assert_eq!((infra(), &*serials()), (vec![], ""));
    // One of them is revoked already.
    std::fs::write(&paths.infra_inventory, "compiler\nearly\nnobody\n").unwrap();
    authority.refresh().unwrap();
    assert_eq!((infra(), &*serials()), (vec![Serial::from(3)], "2\n3\n"));
    authority.revoke(&["compiler".into()], "admin").unwrap();
    assert_eq!(infra(), [Serial::from(2), Serial::from(3)]);
    // What agents were told once stays.
    std::fs::remove_file(&paths.infra_inventory).unwrap();
    authority.refresh().unwrap();
    assert_eq!((infra().len(), &*serials()), (2, ""));
}

#[test]
fn a_serial_file_behind_the_inventory_is_not_believed() {
    let mut estate = Estate::new();
    estate.settings.autosign = Autosign::Always;
    let authority = estate.open();
    for name in ["a", "b"] {
        authority.submit(name, csr(name).0.as_bytes(), name).unwrap();
    }
    drop(authority);
    std::fs::write(&estate.settings.paths.serial, "0002\n").unwrap();
    let authority = estate.open();
    authority.submit("c", csr("c").0.as_bytes(), "c").unwrap();
    assert_eq!(authority.issued("c").unwrap().unwrap().serial(), Serial::from(4));
}

#[test]
fn a_request_left_behind_by_a_crash_is_removed_at_start() {
    let estate = Estate::new();
    let authority = estate.open();
    let (csr_a, _) = csr("a");
    authority.submit("a", csr_a.as_bytes(), "a").unwrap();
    authority.sign("a", None, "admin").unwrap();
    authority.submit("b", csr("b").0.as_bytes(), "b").unwrap();
    drop(authority);
    std::fs::write(estate.settings.paths.csrdir.join("a.pem"), &csr_a).unwrap();
    let authority = estate.open();
    assert!(authority.pending("a").unwrap().is_none());
    assert!(authority.pending("b").unwrap().is_some());
}

#[test]
fn a_list_changed_by_another_tool_is_seen_and_kept() {
    let mut estate = Estate::new();
    estate.settings.autosign = Autosign::Always;
    let authority = estate.open();
    for name in ["a", "b"] {
        authority.submit(name, csr(name).0.as_bytes(), name).unwrap();
    }
    authority.revoke(&["a".into()], "admin").unwrap();
    // What another tool wrote: the same list with another one after it.
    let other = Estate::new();
    let foreign = other.open().lists().chain()[0].clone();
    let ours = authority.lists().chain()[0].clone();
    std::fs::write(&estate.settings.paths.cacrl, foreign.to_pem() + &ours.to_pem()).unwrap();
    let mut changes = authority.watch_lists();
    changes.mark_unchanged();
    authority.refresh().unwrap();
    assert!(changes.has_changed().unwrap());
    authority.revoke(&["b".into()], "admin").unwrap();
    let lists = authority.lists();
    assert_eq!(lists.chain()[0].serials().len(), 2);
    assert_eq!(lists.chain()[1], foreign);
}

#[test]
fn lists_of_the_authorities_above_are_replaced_by_newer_ones() {
    let estate = Estate::new();
    let authority = estate.set_up();
    assert_eq!(authority.bundle().len(), 2);
    let root = &authority.bundle()[1];
    let root_key = KeyPair::from_pem(&std::fs::read(&estate.settings.paths.root_key).unwrap()).unwrap();
    let times = |now: SystemTime| pki::CrlTimes { this_update: now, next_update: now + YEAR };
    let held = authority.lists().chain()[1].clone();
    let newer = held
        .revoke(&[Serial::from(77)], pki::Reason::KeyCompromise, root, &root_key, times(estate.now()))
        .unwrap();
    authority.update_lists(newer.to_pem().as_bytes()).unwrap();
    assert_eq!(authority.lists().chain()[1], newer);
    authority.update_lists(held.to_pem().as_bytes()).unwrap();
    assert_eq!(authority.lists().chain()[1], newer, "an older one changes nothing");

    let error = |pem: &[u8]| authority.update_lists(pem).unwrap_err().to_string();
    assert_eq!(error(b"nothing"), "No valid CRLs submitted.");
    let fatal = newer
        .revoke(&[Serial::from(2)], pki::Reason::KeyCompromise, root, &root_key, times(estate.now()))
        .unwrap();
    assert_eq!(error(fatal.to_pem().as_bytes()), "Invalid certs and/or CRLs: certificate revoked");
    assert_eq!(authority.lists().chain()[1], newer);
}

#[test]
fn statuses_have_the_shape_of_the_wire() {
    let mut estate = Estate::new();
    estate.settings.allow_subject_alt_names = true;
    let authority = estate.open();
    authority.ensure_host(&estate.host).unwrap();
    let mut json = serde_json::to_value(authority.status("puppet.example.com").unwrap().unwrap()).unwrap();
    let print = json["fingerprint"].as_str().unwrap().to_owned();
    assert_eq!(print.len(), 95);
    assert_eq!(json["fingerprints"]["SHA256"], print.as_str());
    assert_eq!(json["fingerprints"]["default"], print.as_str());
    json.as_object_mut().unwrap().remove("fingerprint");
    json.as_object_mut().unwrap().remove("fingerprints");
    insta::assert_json_snapshot!(json);
    insta::assert_json_snapshot!(authority.expirations());
}

#[test]
fn key_kinds_of_agents_do_not_matter() {
    let mut estate = Estate::new();
    estate.settings.autosign = Autosign::Always;
    estate.settings.key_kind = KeyKind::Rsa2048;
    let authority = estate.open();
    for kind in [KeyKind::EcP256, KeyKind::EcP384, KeyKind::Rsa2048] {
        let key = KeyPair::generate(kind).unwrap();
        let name = format!("{kind:?}").to_lowercase();
        authority.submit(&name, csr_with(&name, &key, vec![]).as_bytes(), "a").unwrap();
        let certificate = authority.issued(&name).unwrap().unwrap();
        chain::verify(&certificate, authority.bundle(), authority.lists().chain(), estate.now()).unwrap();
    }
}

#[test]
fn garbage_is_refused() {
    let estate = Estate::new();
    let authority = estate.open();
    let huge = format!("-----BEGIN CERTIFICATE REQUEST-----\n{}", "A".repeat(1_000_000));
    for garbage in [
        "",
        "x",
        huge.as_str(),
        "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----",
    ] {
        refused(authority.submit("a", garbage.as_bytes(), "a"));
    }
    assert!(authority.statuses(None).unwrap().is_empty());
}
