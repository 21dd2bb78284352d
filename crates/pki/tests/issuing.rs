//! What is issued here is accepted by OpenSSL, which is what agents verify with.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed test is told by its panic")]

use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use pki::{
    AltName, Certificate, Crl, CrlTimes, Csr, CsrBuilder, Extension, KeyKind, KeyPair, Name, OidNames,
    Reason, Serial, Template, chain, oid, profile,
};

const DAY: Duration = Duration::from_secs(86_400);

fn authority(kind: KeyKind) -> (KeyPair, Certificate) {
    let key = KeyPair::generate(kind).unwrap();
    let name = Name::from_common_name("Puppet CA: puppet.example.com").unwrap();
    let extensions = profile::authority(key.public_key(), &key.public_key().key_id()).unwrap();
    let now = SystemTime::now();
    let certificate = Template {
        serial: Serial::from(1),
        issuer: &name,
        subject: &name,
        public_key: key.public_key(),
        not_before: now - DAY,
        not_after: now + 3650 * DAY,
        extensions: &extensions,
    };
    let certificate = certificate.sign(&key).unwrap();
    (key, certificate)
}

fn request(key: &KeyPair) -> Csr {
    CsrBuilder::new("web01.example.com")
        .unwrap()
        .extension(Extension::text(OidNames::default().oid("pp_role").unwrap(), "web é").unwrap())
        .extension(
            Extension::subject_alt_name(&[
                AltName::parse("www").unwrap(),
                AltName::parse("IP:10.0.0.1").unwrap(),
            ])
            .unwrap(),
        )
        .attribute(oid::CHALLENGE_PASSWORD, "secret")
        .unwrap()
        .sign(key)
        .unwrap()
}

fn issue(serial: u64, csr: &Csr, key: &KeyPair, authority: &Certificate) -> Certificate {
    let certname = csr.certname().unwrap();
    let extensions = profile::node(authority, csr.public_key(), &certname, csr.extensions()).unwrap();
    let now = SystemTime::now();
    Template {
        serial: Serial::from(serial),
        issuer: authority.subject(),
        subject: &Name::from_common_name(&certname).unwrap(),
        public_key: csr.public_key(),
        not_before: now - DAY,
        not_after: now + 365 * DAY,
        extensions: &extensions,
    }
    .sign(key)
    .unwrap()
}

fn times() -> CrlTimes {
    let now = SystemTime::now();
    CrlTimes { this_update: now - Duration::from_secs(1), next_update: now + 30 * DAY }
}

/// Exit status and output of `openssl`.
fn openssl(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let output =
        Command::new("openssl").args(arguments).current_dir(folder).output().expect("openssl is installed");
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

#[test]
fn openssl_accepts_requests_certificates_and_lists_of_both_key_types() {
    for (of_authority, of_node) in [(KeyKind::Rsa2048, KeyKind::EcP256), (KeyKind::EcP384, KeyKind::Rsa2048)]
    {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        let (ca_key, ca) = authority(of_authority);
        let key = KeyPair::generate(of_node).unwrap();
        let csr = request(&key);
        write("csr.pem", &csr.to_pem());
        let (good, output) = openssl(folder.path(), &["req", "-in", "csr.pem", "-noout", "-verify", "-text"]);
        assert!(good && output.contains("verify OK") && output.contains("secret"), "{output}");

        let certificate = issue(7, &csr, &ca_key, &ca);
        let revoked = issue(8, &csr, &ca_key, &ca);
        let crl = Crl::empty(&ca, &ca_key, times()).unwrap();
        let crl = crl.revoke(&[Serial::from(8)], Reason::KeyCompromise, &ca, &ca_key, times()).unwrap();
        write("ca.pem", &ca.to_pem());
        write("crl.pem", &crl.to_pem());
        write("good.pem", &certificate.to_pem());
        write("revoked.pem", &revoked.to_pem());
        write("ca_key.pem", &ca_key.to_pem().unwrap());

        let verify = |name| {
            openssl(
                folder.path(),
                &["verify", "-crl_check", "-CAfile", "ca.pem", "-CRLfile", "crl.pem", name],
            )
        };
        let (good, output) = verify("good.pem");
        assert!(good, "{output}");
        let (good, output) = verify("revoked.pem");
        assert!(!good && output.contains("certificate revoked"), "{output}");
        let (good, output) =
            openssl(folder.path(), &["crl", "-in", "crl.pem", "-noout", "-text", "-CAfile", "ca.pem"]);
        assert!(good && output.contains("verify OK") && output.contains("Key Compromise"), "{output}");
        let (good, output) = openssl(folder.path(), &["pkey", "-in", "ca_key.pem", "-pubout"]);
        assert!(good);
        assert_eq!(output, ca_key.public_key().to_pem());

        chain::verify(&certificate, std::slice::from_ref(&ca), std::slice::from_ref(&crl), SystemTime::now())
            .unwrap();
        assert_eq!(
            chain::verify(&revoked, &[ca], &[crl], SystemTime::now()),
            Err(chain::ChainError::Revoked)
        );
    }
}

#[test]
fn a_nodes_certificate_has_puppets_extensions_in_puppets_order() {
    let (ca_key, ca) = authority(KeyKind::EcP256);
    let key = KeyPair::generate(KeyKind::EcP256).unwrap();
    let certificate = issue(7, &request(&key), &ca_key, &ca);
    let found: Vec<(String, bool)> = certificate
        .extensions()
        .iter()
        .map(|extension| (extension.oid.to_string(), extension.critical))
        .collect();
    let expected = [
        ("2.16.840.1.113730.1.13", false),
        ("2.5.29.35", false),
        ("2.5.29.19", true),
        ("2.5.29.37", true),
        ("2.5.29.15", true),
        ("2.5.29.14", false),
        ("2.5.29.17", false),
        ("1.3.6.1.4.1.34380.1.1.13", false),
    ];
    assert_eq!(found, expected.map(|(oid, critical)| (oid.to_owned(), critical)));
    let names: Vec<String> = certificate.alt_names().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(names, ["DNS:www", "IP:10.0.0.1", "DNS:web01.example.com"]);
    assert_eq!(
        certificate.trusted_extensions(&OidNames::default()),
        [("pp_role".to_owned(), "web é".to_owned())]
    );
    assert_eq!(certificate.authority_key_id(), ca.subject_key_id());
}

#[test]
fn a_renewed_certificate_keeps_key_subject_and_extensions() {
    let (ca_key, ca) = authority(KeyKind::EcP256);
    let key = KeyPair::generate(KeyKind::EcP256).unwrap();
    let old = issue(7, &request(&key), &ca_key, &ca);
    let extensions = profile::renewal(&ca, &old).unwrap();
    assert_eq!(extensions, old.extensions());
}

#[test]
fn keys_of_openssl_are_read_in_every_form() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let (good, output) = openssl(folder.path(), arguments);
        assert!(good, "{output}");
    };
    run(&["genrsa", "-traditional", "-out", "pkcs1.pem", "2048"]);
    run(&["pkcs8", "-topk8", "-nocrypt", "-in", "pkcs1.pem", "-out", "pkcs8.pem"]);
    run(&["ecparam", "-name", "prime256v1", "-genkey", "-out", "sec1.pem"]);
    run(&["pkcs8", "-topk8", "-nocrypt", "-in", "sec1.pem", "-out", "ec8.pem"]);
    run(&["pkcs8", "-topk8", "-in", "pkcs1.pem", "-out", "encrypted8.pem", "-passout", "pass:x"]);
    run(&[
        "rsa",
        "-traditional",
        "-aes128",
        "-in",
        "pkcs1.pem",
        "-out",
        "encrypted1.pem",
        "-passout",
        "pass:x",
    ]);
    let read = |name: &str| KeyPair::from_pem(&std::fs::read(folder.path().join(name)).unwrap());
    assert_eq!(read("pkcs1.pem").unwrap().public_key(), read("pkcs8.pem").unwrap().public_key());
    assert_eq!(read("sec1.pem").unwrap().public_key(), read("ec8.pem").unwrap().public_key());
    let pkcs1 = std::fs::read_to_string(folder.path().join("pkcs1.pem")).unwrap();
    assert_eq!(read("pkcs8.pem").unwrap().to_pem().unwrap(), pkcs1);
    for name in ["encrypted8.pem", "encrypted1.pem"] {
        assert!(read(name).unwrap_err().to_string().contains("encrypted"), "{name}");
    }
    let key = read("pkcs1.pem").unwrap();
    let shown = format!("{key:?}");
    assert!(shown.starts_with("KeyPair { public: PublicKey("), "{shown}");
}

#[test]
fn lists_grow_shrink_and_count() {
    let (key, ca) = authority(KeyKind::EcP256);
    let serials: Vec<Serial> = (1..=300u64).map(Serial::from).collect();
    let crl = Crl::empty(&ca, &key, times()).unwrap();
    assert_eq!((crl.number(), crl.entry_count().unwrap()), (Some(Serial::from(0)), 0));
    let crl = crl.revoke(&serials, Reason::KeyCompromise, &ca, &key, times()).unwrap();
    let crl = crl.revoke(&serials[..5], Reason::KeyCompromise, &ca, &key, times()).unwrap();
    assert_eq!((crl.number(), crl.entry_count().unwrap()), (Some(Serial::from(2)), 300));
    let crl = crl.retain(|serial| *serial > Serial::from(290), &ca, &key, times()).unwrap();
    assert_eq!(crl.serials(), &serials[290..]);
    assert!(crl.contains(&Serial::from(300)) && !crl.contains(&Serial::from(290)));
    crl.verify(ca.public_key()).unwrap();
    assert_eq!(Crl::chain_from_pem(crl.to_pem().as_bytes()).unwrap(), [crl]);
}

#[test]
fn an_extension_that_is_asked_for_twice_is_refused() {
    let key = KeyPair::generate(KeyKind::EcP256).unwrap();
    let role = OidNames::default().oid("pp_role").unwrap();
    let builder = CsrBuilder::new("x").unwrap();
    let builder =
        builder.extension(Extension::text(role, "a").unwrap()).extension(Extension::text(role, "b").unwrap());
    let error = builder.sign(&key).unwrap_err().to_string();
    assert_eq!(error, "malformed extensions: 1.3.6.1.4.1.34380.1.1.13 occurs twice");
}

#[test]
fn dates_beyond_2049_are_written_so_that_openssl_reads_them() {
    let (ca_key, ca) = authority(KeyKind::EcP256);
    let name = Name::from_common_name("old").unwrap();
    let certificate = Template {
        serial: Serial::from(u64::MAX),
        issuer: ca.subject(),
        subject: &name,
        public_key: ca_key.public_key(),
        not_before: SystemTime::now() - DAY,
        not_after: SystemTime::now() + 20_000 * DAY,
        extensions: &[],
    }
    .sign(&ca_key)
    .unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("x.pem"), certificate.to_pem()).unwrap();
    let (good, output) = openssl(folder.path(), &["x509", "-in", "x.pem", "-noout", "-enddate", "-serial"]);
    assert!(good && output.contains(" 208") && output.contains("FFFFFFFFFFFFFFFF"), "{output}");
}
