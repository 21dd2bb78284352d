//! Certificates: reading any, issuing ours.

use std::time::SystemTime;

use der::asn1::{AnyRef, BitStringRef};
use der::{Decode, Encode, Sequence};
use x509_cert::ext::pkix::KeyUsages;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::AlgorithmIdentifierRef;
use x509_cert::time::Validity;

use crate::frame::{self, Signed};
use crate::{
    AltName, Digest, Error, Extension, KeyPair, Name, OidNames, PublicKey, Result, Serial, alt_name,
    extension, fingerprint, oid, pem, time,
};

/// No certificate may be larger than this.
pub const CERTIFICATE_BYTES_MAX: usize = 256 * 1024;

const WHAT: &str = "certificate";
const LABELS: &[&str] = &[pem::CERTIFICATE, "X509 CERTIFICATE"];

#[derive(Sequence)]
struct Body<'a> {
    #[asn1(context_specific = "0", default = "version_1")]
    version: u8,
    serial: SerialNumber,
    algorithm: AlgorithmIdentifierRef<'a>,
    issuer: AnyRef<'a>,
    validity: Validity,
    subject: AnyRef<'a>,
    public_key: AnyRef<'a>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    issuer_id: Option<BitStringRef<'a>>,
    #[asn1(context_specific = "2", tag_mode = "IMPLICIT", optional = "true")]
    subject_id: Option<BitStringRef<'a>>,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    extensions: Option<Vec<x509_cert::ext::Extension>>,
}

fn version_1() -> u8 {
    0
}

/// A certificate as it was read or issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    serial: Serial,
    issuer: Name,
    subject: Name,
    not_before: SystemTime,
    not_after: SystemTime,
    public_key: PublicKey,
    extensions: Vec<Extension>,
}

impl Certificate {
    /// Reads DER.
    pub fn from_der(der: &[u8]) -> Result<Certificate> {
        if der.len() > CERTIFICATE_BYTES_MAX {
            return Err(Error::TooLarge { what: WHAT, limit: CERTIFICATE_BYTES_MAX });
        }
        let malformed = Error::malformed(WHAT);
        let signed = Signed::read(WHAT, der)?;
        let bytes = signed.body.to_der().map_err(&malformed)?;
        let body = Body::from_der(&bytes).map_err(&malformed)?;
        let serial = Serial::from_bytes(body.serial.as_bytes())
            .ok_or_else(|| Error::bad(WHAT, "its serial number has more than 20 bytes"))?;
        let public_key = body.public_key.to_der().map_err(&malformed)?;
        Ok(Certificate {
            der: der.to_vec(),
            serial,
            issuer: Name::from_any(body.issuer)?,
            subject: Name::from_any(body.subject)?,
            not_before: body.validity.not_before.to_system_time(),
            not_after: body.validity.not_after.to_system_time(),
            public_key: PublicKey::from_der(&public_key)?,
            extensions: extension::list(body.extensions.unwrap_or_default())?,
        })
    }

    /// Reads the first certificate of a PEM text.
    pub fn from_pem(pem: &[u8]) -> Result<Certificate> {
        let found = pem::labelled(pem, LABELS)?;
        Certificate::from_der(found.first().ok_or(Error::NoPem { wanted: pem::CERTIFICATE })?)
    }

    /// Reads all certificates of a PEM text, in order.
    pub fn bundle_from_pem(pem: &[u8]) -> Result<Vec<Certificate>> {
        let found = pem::labelled(pem, LABELS)?;
        if found.is_empty() {
            return Err(Error::NoPem { wanted: pem::CERTIFICATE });
        }
        found.iter().map(|der| Certificate::from_der(der)).collect()
    }

    /// The certificate as a PEM block.
    pub fn to_pem(&self) -> String {
        pem::encode(pem::CERTIFICATE, &self.der)
    }

    /// The bytes as they were read or signed.
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// The serial number.
    pub fn serial(&self) -> Serial {
        self.serial
    }

    /// Who signed it.
    pub fn issuer(&self) -> &Name {
        &self.issuer
    }

    /// Whom it names.
    pub fn subject(&self) -> &Name {
        &self.subject
    }

    /// The certname: the subject's common name.
    pub fn certname(&self) -> Option<String> {
        self.subject.common_name()
    }

    /// Start of validity.
    pub fn not_before(&self) -> SystemTime {
        self.not_before
    }

    /// End of validity.
    pub fn not_after(&self) -> SystemTime {
        self.not_after
    }

    /// The key it certifies.
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// All extensions, in order.
    pub fn extensions(&self) -> &[Extension] {
        &self.extensions
    }

    /// The alternative names; empty if there are none.
    pub fn alt_names(&self) -> Result<Vec<AltName>> {
        alt_name::of(&self.extensions)
    }

    /// The subject key identifier.
    pub fn subject_key_id(&self) -> Option<Vec<u8>> {
        extension::subject_key_id(&self.extensions)
    }

    /// The key identifier of the signer.
    pub fn authority_key_id(&self) -> Option<Vec<u8>> {
        extension::authority_key_id(&self.extensions)
    }

    /// Whether it may sign certificates.
    pub fn is_ca(&self) -> bool {
        extension::is_ca(&self.extensions) && extension::allows(&self.extensions, KeyUsages::KeyCertSign)
    }

    /// Whether subject and issuer are the same.
    pub fn is_self_issued(&self) -> bool {
        self.subject == self.issuer
    }

    /// Puppet's extensions by short name (dotted form without one) with their values: what manifests see
    /// as `$trusted['extensions']`.
    pub fn trusted_extensions(&self, names: &OidNames) -> Vec<(String, String)> {
        self.extensions
            .iter()
            .filter(|extension| {
                [oid::PUPPET_REGISTERED, oid::PUPPET_PRIVATE, oid::PUPPET_AUTHORIZATION]
                    .iter()
                    .any(|arc| oid::is_below(&extension.oid, arc))
            })
            .map(|extension| (names.name_or_dotted(&extension.oid), extension.as_text()))
            .collect()
    }

    /// Checks the signature against the signer's key.
    pub fn verify(&self, signer: &PublicKey) -> Result<()> {
        Signed::read(WHAT, &self.der)?.verify(WHAT, signer)
    }

    /// The fingerprint, upper case with colons.
    pub fn fingerprint(&self, digest: Digest) -> String {
        fingerprint(&self.der, digest)
    }
}

/// What is to stand in a new certificate, in full: nothing is added.
#[derive(Clone, Debug)]
pub struct Template<'a> {
    /// Its number.
    pub serial: Serial,
    /// The name of the signer, as its own certificate has it.
    pub issuer: &'a Name,
    /// Whom it is for.
    pub subject: &'a Name,
    /// The key it certifies.
    pub public_key: &'a PublicKey,
    /// Start of validity; X.509 counts whole seconds.
    pub not_before: SystemTime,
    /// End of validity.
    pub not_after: SystemTime,
    /// The extensions, written in this order.
    pub extensions: &'a [Extension],
}

impl Template<'_> {
    /// Signs the certificate with the signer's key.
    pub fn sign(&self, signer: &KeyPair) -> Result<Certificate> {
        let wrong = Error::encode(WHAT);
        let algorithm = signer.signature_algorithm()?;
        let extensions = self.extensions.iter().map(Extension::to_x509).collect::<Result<Vec<_>>>()?;
        let body = Body {
            version: 2,
            serial: SerialNumber::new(self.serial.as_bytes()).map_err(&wrong)?,
            algorithm: AlgorithmIdentifierRef::from_der(&algorithm).map_err(&wrong)?,
            issuer: self.issuer.as_any()?,
            validity: Validity::new(time::to_x509(self.not_before)?, time::to_x509(self.not_after)?),
            subject: self.subject.as_any()?,
            public_key: AnyRef::from_der(self.public_key.as_der()).map_err(&wrong)?,
            issuer_id: None,
            subject_id: None,
            extensions: (!extensions.is_empty()).then_some(extensions),
        };
        let body = body.to_der().map_err(&wrong)?;
        // Read back, so that nothing leaves here that we could not read.
        Certificate::from_der(&frame::sign(WHAT, &body, signer)?)
    }
}
