//! A throwaway certificate authority shaped as Puppet's: a root, an intermediate one that signs nodes, a revocation
//! list of each.

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer, CustomExtension,
    DnType, ExtendedKeyUsagePurpose, IsCa, KeyIdMethod, KeyPair, KeyUsagePurpose, RevocationReason,
    RevokedCertParams, SerialNumber, date_time_ymd,
};

/// A certificate with its key, PEM.
#[derive(Clone)]
pub struct Node {
    pub certificate: String,
    pub key: String,
}

pub struct Authority {
    root: CertifiedIssuer<'static, KeyPair>,
    signer: CertifiedIssuer<'static, KeyPair>,
}

const SIGNER_SERIAL: u64 = 2;

fn authority_params(name: &str, serial: u64) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.serial_number = Some(SerialNumber::from(serial));
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.use_authority_key_identifier_extension = true;
    params
}

impl Authority {
    pub fn new() -> Authority {
        let root =
            CertifiedIssuer::self_signed(authority_params("Puppet Root CA", 1), KeyPair::generate().unwrap());
        let root = root.unwrap();
        let params = authority_params("Puppet CA: puppet.example.com", SIGNER_SERIAL);
        let signer = CertifiedIssuer::signed_by(params, KeyPair::generate().unwrap(), &root).unwrap();
        Authority { root, signer }
    }

    pub fn bundle(&self) -> String {
        format!("{}{}", self.signer.pem(), self.root.pem())
    }

    pub fn node(&self, certname: &str, serial: u64) -> Node {
        self.issue(certname, serial, |_| {})
    }

    pub fn issue(&self, certname: &str, serial: u64, change: impl FnOnce(&mut CertificateParams)) -> Node {
        let names = vec![certname.to_owned(), "localhost".to_owned()];
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name = Default::default();
        params.distinguished_name.push(DnType::CommonName, certname);
        params.serial_number = Some(SerialNumber::from(serial));
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        params.use_authority_key_identifier_extension = true;
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.signer).unwrap();
        Node { certificate: certificate.pem(), key: key.serialize_pem() }
    }

    /// The lists of both authorities, with these serial numbers of nodes on the signer's.
    pub fn lists(&self, revoked: &[u64]) -> String {
        list(&self.signer, revoked) + &list(&self.root, &[])
    }

    /// The lists after the root has revoked the signer.
    pub fn lists_without_signer(&self) -> String {
        list(&self.signer, &[]) + &list(&self.root, &[SIGNER_SERIAL])
    }

    /// Only the signer's list.
    pub fn list_of_signer(&self) -> String {
        list(&self.signer, &[])
    }
}

fn list(issuer: &CertifiedIssuer<'static, KeyPair>, revoked: &[u64]) -> String {
    let revoked = revoked.iter().map(|serial| RevokedCertParams {
        serial_number: SerialNumber::from(*serial),
        revocation_time: date_time_ymd(2024, 1, 1),
        reason_code: Some(RevocationReason::KeyCompromise),
        invalidity_date: None,
    });
    CertificateRevocationListParams {
        this_update: date_time_ymd(2024, 1, 1),
        next_update: date_time_ymd(2124, 1, 1),
        crl_number: SerialNumber::from(1),
        issuing_distribution_point: None,
        revoked_certs: revoked.collect(),
        key_identifier_method: KeyIdMethod::Sha256,
    }
    .signed_by(issuer)
    .unwrap()
    .pem()
    .unwrap()
}

/// A Puppet extension with a text value.
pub fn extension(oid: &[u64], value: &str) -> CustomExtension {
    let mut der = vec![0x0c, value.len() as u8];
    der.extend_from_slice(value.as_bytes());
    CustomExtension::from_oid_content(oid, der)
}
