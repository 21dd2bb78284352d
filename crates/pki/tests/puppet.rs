//! What real Puppet agents and `puppetserver ca` made is read in full.
//!
//! The fixtures were made with the agents' own code (7.23 and 8.11) and with `puppetserver ca setup` 2.7.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed test is told by its panic")]

use std::time::{Duration, SystemTime};

use pki::{Certificate, Crl, Csr, Digest, Error, OidNames, Serial, chain, oid};
use proptest::prelude::*;

const PUPPET7: &[u8] = include_bytes!("fixtures/puppet7-rsa.csr.pem");
const PUPPET8: &[u8] = include_bytes!("fixtures/puppet8-rsa.csr.pem");
const PUPPET8_EC: &[u8] = include_bytes!("fixtures/puppet8-ec.csr.pem");
const BUNDLE: &[u8] = include_bytes!("fixtures/puppetserver-ca.bundle.pem");
const CRLS: &[u8] = include_bytes!("fixtures/puppetserver-ca.crls.pem");
const SERVER: &[u8] = include_bytes!("fixtures/puppetserver-ca.server.pem");

fn in_2027() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000)
}

#[test]
fn requests_of_agents_are_read_and_verified() {
    for pem in [PUPPET7, PUPPET8, PUPPET8_EC] {
        let csr = Csr::from_pem(pem).unwrap();
        csr.verify().unwrap();
        assert_eq!(csr.certname().as_deref(), Some("agent.example.com"));
        assert_eq!(csr.attribute_text(&oid::CHALLENGE_PASSWORD).as_deref(), Some("open sesame"));
        let site = oid::Oid::new("1.3.6.1.4.1.34380.1.2.9.1").unwrap();
        // Declared as PrintableString by the agent, though it is none.
        assert_eq!(csr.attribute_text(&site).as_deref(), Some("site token é"));
        let names = OidNames::default();
        let asked: Vec<(String, String)> = csr
            .extensions()
            .iter()
            .filter(|extension| extension.oid != oid::SUBJECT_ALT_NAME)
            .map(|extension| (names.name_or_dotted(&extension.oid), extension.as_text()))
            .collect();
        assert_eq!(
            asked,
            [
                ("pp_role".into(), "web server".into()),
                ("pp_environment".into(), "production".into()),
                ("1.3.6.1.4.1.34380.1.2.1".into(), "site value".into()),
            ]
        );
        let alt_names: Vec<String> = csr.alt_names().unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(alt_names, ["DNS:agent.example.com", "DNS:www.example.com", "IP:10.0.0.7"]);
        assert_eq!(csr.to_pem().as_bytes(), pem);
    }
}

#[test]
fn only_puppet_8_says_that_it_renews() {
    let renews = |pem| Csr::from_pem(pem).unwrap().attribute_text(&oid::PP_AUTH_AUTO_RENEW);
    assert_eq!(renews(PUPPET7), None);
    assert_eq!(renews(PUPPET8).as_deref(), Some("true"));
}

#[test]
fn the_authority_of_the_command_line_tool_is_read() {
    let bundle = Certificate::bundle_from_pem(BUNDLE).unwrap();
    let crls = Crl::chain_from_pem(CRLS).unwrap();
    let server = Certificate::from_pem(SERVER).unwrap();
    assert_eq!(bundle.len(), 2);
    assert_eq!(bundle[0].certname().as_deref(), Some("Puppet CA: puppet.example.com"));
    assert_eq!(bundle[0].serial(), Serial::from(2));
    assert!(bundle[0].is_ca() && bundle[1].is_ca() && !server.is_ca());
    assert!(bundle[1].is_self_issued());
    assert_eq!(server.authority_key_id(), bundle[0].subject_key_id());
    assert_eq!(bundle[0].public_key().key_id(), bundle[0].subject_key_id().unwrap());
    assert_eq!(
        server.trusted_extensions(&OidNames::default()),
        [("pp_cli_auth".to_owned(), "true".to_owned())]
    );
    assert_eq!(crls[0].number(), Some(Serial::from(0)));
    assert_eq!(crls[0].authority_key_id(), bundle[0].subject_key_id());
    assert!(crls[0].serials().is_empty());
    chain::verify(&server, &bundle, &crls, in_2027()).unwrap();
    assert_eq!(chain::path(&server, &bundle).unwrap().len(), 3);
}

#[test]
fn chains_that_lack_something_say_what() {
    use chain::ChainError;
    let bundle = Certificate::bundle_from_pem(BUNDLE).unwrap();
    let crls = Crl::chain_from_pem(CRLS).unwrap();
    let server = Certificate::from_pem(SERVER).unwrap();
    let verify = |bundle: &[Certificate], crls: &[Crl], now| chain::verify(&server, bundle, crls, now);
    assert_eq!(verify(&bundle[..1], &crls, in_2027()), Err(ChainError::NoIssuer));
    assert_eq!(verify(&bundle, &crls[..1], in_2027()), Err(ChainError::NoCrl));
    assert_eq!(verify(&bundle, &crls, SystemTime::UNIX_EPOCH), Err(ChainError::NotYetValid));
    assert_eq!(
        verify(&bundle, &crls, in_2027() + Duration::from_secs(1_000_000_000)),
        Err(ChainError::Expired)
    );
    assert_eq!(ChainError::NoCrl.code(), 3);
}

#[test]
fn fingerprints_are_those_of_openssl() {
    let Some(output) = openssl(&["x509", "-noout", "-fingerprint", "-sha256"], SERVER) else { return };
    let server = Certificate::from_pem(SERVER).unwrap();
    assert_eq!(output.trim(), format!("sha256 Fingerprint={}", server.fingerprint(Digest::Sha256)));
}

fn openssl(arguments: &[&str], input: &[u8]) -> Option<String> {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    let mut child =
        Command::new("openssl").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
    child.stdin.take()?.write_all(input).ok()?;
    String::from_utf8(child.wait_with_output().ok()?.stdout).ok()
}

#[test]
fn a_changed_request_does_not_verify() {
    let csr = Csr::from_pem(PUPPET8_EC).unwrap();
    let at = csr.as_der().windows(5).position(|window| window == b"agent").unwrap();
    let mut der = csr.as_der().to_vec();
    der[at] = b'b';
    let changed = Csr::from_der(&der).unwrap();
    assert_eq!(changed.certname().as_deref(), Some("bgent.example.com"));
    assert!(matches!(changed.verify(), Err(Error::Signature(_))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Damage anywhere gives an error or another request, never a panic.
    #[test]
    fn damaged_requests(changes in proptest::collection::vec((any::<u16>(), any::<u8>()), 1..6), cut in any::<u16>()) {
        for pem in [PUPPET8, PUPPET8_EC] {
            let mut der = Csr::from_pem(pem).unwrap().as_der().to_vec();
            for &(at, byte) in &changes {
                let at = usize::from(at) % der.len();
                der[at] = byte;
            }
            if cut & 1 == 1 {
                der.truncate(usize::from(cut) % der.len());
            }
            if let Ok(csr) = Csr::from_der(&der) {
                let _ = (csr.verify(), csr.alt_names(), csr.subject().to_string(), csr.certname());
                prop_assert_eq!(csr.as_der(), der.as_slice());
            }
        }
    }

    #[test]
    fn damaged_certificates_and_lists(changes in proptest::collection::vec((any::<u16>(), any::<u8>()), 1..6)) {
        let crl = Crl::chain_from_pem(CRLS).unwrap().remove(0);
        for der in [Certificate::from_pem(SERVER).unwrap().as_der(), crl.as_der()] {
            let mut der = der.to_vec();
            for &(at, byte) in &changes {
                let at = usize::from(at) % der.len();
                der[at] = byte;
            }
            if let Ok(certificate) = Certificate::from_der(&der) {
                let _ = (certificate.alt_names(), certificate.is_ca(), certificate.verify(certificate.public_key()));
            }
            if let Ok(crl) = Crl::from_der(&der) {
                let _ = (crl.number(), crl.entry_count(), crl.is_delta());
            }
        }
    }
}
