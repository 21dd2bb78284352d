//! What is known about certificates and requests: the documents of the status endpoints.

use std::collections::BTreeMap;

use pki::{AltName, Certificate, Csr, Digest, Extension, OidNames, oid, time};
use serde::Serialize;

use super::Authority;
use crate::error::Result;
use crate::files::{self, pem_file};

/// The state of a certname's document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// A request waits.
    Requested,
    /// A certificate is in force, or has run out without being revoked.
    Signed,
    /// A certificate is on our list.
    Revoked,
}

/// One request or certificate, in the shape of `/certificate_status`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    /// The certname.
    pub name: String,
    /// Its state.
    pub state: State,
    /// `DNS:` names.
    pub dns_alt_names: Vec<String>,
    /// `IP:` and `DNS:` names.
    pub subject_alt_names: Vec<String>,
    /// Authorization extensions by short name.
    pub authorization_extensions: BTreeMap<String, String>,
    /// SHA-256.
    pub fingerprint: String,
    /// All digests.
    pub fingerprints: Fingerprints,
    /// Only of certificates.
    #[serde(flatten)]
    pub details: Option<Details>,
}

/// Fingerprints by digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Fingerprints {
    #[serde(rename = "SHA1")]
    pub sha1: String,
    #[serde(rename = "SHA256")]
    pub sha256: String,
    #[serde(rename = "SHA512")]
    pub sha512: String,
    pub default: String,
}

/// What only certificates have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Details {
    /// End of validity, `2029-05-01T10:00:00UTC`.
    pub not_after: String,
    /// Start of validity.
    pub not_before: String,
    /// The serial; of more than 128 bits, in decimal digits.
    pub serial_number: SerialNumber,
}

/// A serial number as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum SerialNumber {
    /// The ordinary case.
    Number(u128),
    /// A foreign one.
    Digits(String),
}

/// When the authority's certificates and lists run out, by common name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Expirations {
    /// Certificates of the bundle.
    pub ca_certs: BTreeMap<String, String>,
    /// Revocation lists.
    pub crls: BTreeMap<String, String>,
}

impl Authority {
    /// The certificate of a certname.
    pub fn issued(&self, certname: &str) -> Result<Option<Certificate>> {
        match pem_file(&self.settings.paths.signeddir, certname) {
            Some(path) => files::certificate(&path),
            None => Ok(None),
        }
    }

    /// The status of a certname: of its certificate, or else of its request.
    pub fn status(&self, certname: &str) -> Result<Option<Status>> {
        if let Some(certificate) = self.issued(certname)? {
            return Ok(Some(self.certificate_status(certname, &certificate)));
        }
        Ok(self.pending(certname)?.map(|csr| request_status(certname, &csr)))
    }

    /// The statuses of all requests and all certificates, or of those in one state.
    ///
    /// A file that cannot be read is left out, with a line in the log: one bad file must not hide the estate.
    pub fn statuses(&self, only: Option<State>) -> Result<Vec<Status>> {
        let paths = &self.settings.paths;
        let mut statuses = Vec::new();
        if only.is_none_or(|state| state == State::Requested) {
            for certname in files::certnames(&paths.csrdir)? {
                match self.pending(&certname) {
                    Ok(csr) => statuses.extend(csr.map(|csr| request_status(&certname, &csr))),
                    Err(error) => unreadable(&certname, &error),
                }
            }
        }
        if only != Some(State::Requested) {
            for certname in files::certnames(&paths.signeddir)? {
                match self.issued(&certname) {
                    Ok(found) => {
                        statuses.extend(found.map(|found| self.certificate_status(&certname, &found)))
                    }
                    Err(error) => unreadable(&certname, &error),
                }
            }
        }
        if let Some(state) = only {
            statuses.retain(|status| status.state == state);
        }
        Ok(statuses)
    }

    fn certificate_status(&self, certname: &str, certificate: &Certificate) -> Status {
        let state = if self.lists().is_revoked(certificate) { State::Revoked } else { State::Signed };
        let serial = certificate.serial();
        let details = Details {
            not_after: time::to_inventory(certificate.not_after()),
            not_before: time::to_inventory(certificate.not_before()),
            serial_number: serial
                .to_u128()
                .map_or_else(|| SerialNumber::Digits(serial.to_decimal()), SerialNumber::Number),
        };
        let prints = fingerprints(|digest| certificate.fingerprint(digest));
        status(certname, state, certificate.extensions(), prints, Some(details))
    }

    /// When our certificates and lists run out.
    pub fn expirations(&self) -> Expirations {
        let name = |name: &pki::Name| name.common_name().unwrap_or_else(|| name.to_string());
        Expirations {
            ca_certs: self
                .bundle()
                .iter()
                .map(|certificate| (name(certificate.subject()), time::to_inventory(certificate.not_after())))
                .collect(),
            crls: self
                .lists()
                .chain()
                .iter()
                .filter_map(|crl| Some((name(crl.issuer()), time::to_inventory(crl.next_update()?))))
                .collect(),
        }
    }
}

fn unreadable(certname: &str, error: &crate::Error) {
    tracing::warn!(certname, error = error as &dyn std::error::Error, "left out of the list of certificates");
}

fn request_status(certname: &str, csr: &Csr) -> Status {
    let prints = fingerprints(|digest| csr.fingerprint(digest));
    status(certname, State::Requested, csr.extensions(), prints, None)
}

fn status(
    certname: &str,
    state: State,
    extensions: &[Extension],
    fingerprints: Fingerprints,
    details: Option<Details>,
) -> Status {
    let alt_names = pki::alt_name::of(extensions).unwrap_or_default();
    let text = |wanted: fn(&AltName) -> bool| {
        alt_names.iter().filter(move |name| wanted(name)).map(ToString::to_string)
    };
    let dns: Vec<String> = text(|name| matches!(name, AltName::Dns(_))).collect();
    let names = OidNames::default();
    Status {
        name: certname.to_owned(),
        state,
        subject_alt_names: text(|name| matches!(name, AltName::Ip(_))).chain(dns.iter().cloned()).collect(),
        dns_alt_names: dns,
        authorization_extensions: extensions
            .iter()
            .filter(|extension| oid::is_below(&extension.oid, &oid::PUPPET_AUTHORIZATION))
            .map(|extension| (names.name_or_dotted(&extension.oid), extension.as_text()))
            .collect(),
        fingerprint: fingerprints.default.clone(),
        fingerprints,
        details,
    }
}

fn fingerprints(of: impl Fn(Digest) -> String) -> Fingerprints {
    let sha256 = of(Digest::Sha256);
    Fingerprints { sha1: of(Digest::Sha1), sha512: of(Digest::Sha512), default: sha256.clone(), sha256 }
}
