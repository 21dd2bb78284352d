//! Chains: from a certificate to a root within a bundle, with the revocation lists of each authority.
//!
//! The outcome is told in OpenSSL's words and numbers, because that is what agents will say about the
//! same chain and what `puppetserver ca import` prints.

use std::time::SystemTime;

use x509_cert::ext::pkix::KeyUsages;

use crate::{Certificate, Crl, KeyPair, extension};

/// No chain may be longer than this.
pub const CHAIN_MAX: usize = 10;

/// Why a chain is not to be trusted. The numbers are OpenSSL's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// No root in sight.
    #[error("unable to get issuer certificate")]
    NoIssuer = 2,
    /// An authority without list.
    #[error("unable to get certificate CRL")]
    NoCrl = 3,
    /// A certificate that its issuer did not sign.
    #[error("certificate signature failure")]
    Signature = 7,
    /// A list that its issuer did not sign.
    #[error("CRL signature failure")]
    CrlSignature = 8,
    /// Too early.
    #[error("certificate is not yet valid")]
    NotYetValid = 9,
    /// Too late.
    #[error("certificate has expired")]
    Expired = 10,
    /// Too early for a list.
    #[error("CRL is not yet valid")]
    CrlNotYetValid = 11,
    /// Too late for a list.
    #[error("CRL has expired")]
    CrlExpired = 12,
    /// Too many certificates in a row.
    #[error("certificate chain too long")]
    TooLong = 22,
    /// On a list.
    #[error("certificate revoked")]
    Revoked = 23,
    /// A certificate that may not sign certificates did.
    #[error("invalid CA certificate")]
    NotCa = 24,
}

impl ChainError {
    /// OpenSSL's number.
    pub fn code(self) -> u8 {
        self as u8
    }
}

/// The certificate of the bundle that belongs to this key.
pub fn matching_key<'a>(bundle: &'a [Certificate], key: &KeyPair) -> Option<&'a Certificate> {
    bundle.iter().find(|certificate| certificate.public_key() == key.public_key())
}

/// The way from a certificate to a root, the certificate first. All signatures are checked.
pub fn path<'a>(
    leaf: &'a Certificate,
    bundle: &'a [Certificate],
) -> std::result::Result<Vec<&'a Certificate>, ChainError> {
    let mut path = vec![leaf];
    let mut last = leaf;
    while !last.is_self_issued() {
        if path.len() == CHAIN_MAX {
            return Err(ChainError::TooLong);
        }
        // Several certificates may have the same name: a renewed authority next to the old one.
        let named = || bundle.iter().filter(|issuer| issuer.subject() == last.issuer());
        let issuer = named()
            .find(|issuer| last.verify(issuer.public_key()).is_ok())
            .ok_or(if named().next().is_some() { ChainError::Signature } else { ChainError::NoIssuer })?;
        if !issuer.is_ca() {
            return Err(ChainError::NotCa);
        }
        path.push(issuer);
        last = issuer;
    }
    last.verify(last.public_key()).map_err(|_| ChainError::Signature)?;
    Ok(path)
}

/// Checks a certificate against a bundle: the way to the root, all validities, and, if there are any
/// lists at all, that each authority on the way has a valid one and that none revokes a certificate of the
/// path.
pub fn verify(
    leaf: &Certificate,
    bundle: &[Certificate],
    crls: &[Crl],
    now: SystemTime,
) -> std::result::Result<(), ChainError> {
    let path = path(leaf, bundle)?;
    for certificate in &path {
        if now < certificate.not_before() {
            return Err(ChainError::NotYetValid);
        }
        if now > certificate.not_after() {
            return Err(ChainError::Expired);
        }
    }
    if crls.is_empty() {
        return Ok(());
    }
    for (at, certificate) in path.iter().enumerate() {
        let issuer = path.get(at + 1).unwrap_or(certificate);
        let crl = current(crls, issuer)?;
        if crl.this_update() > now {
            return Err(ChainError::CrlNotYetValid);
        }
        if crl.next_update().is_some_and(|until| now > until) {
            return Err(ChainError::CrlExpired);
        }
        if crl.contains(&certificate.serial()) {
            return Err(ChainError::Revoked);
        }
    }
    Ok(())
}

/// The newest list of an authority, with a good signature.
fn current<'a>(crls: &'a [Crl], issuer: &Certificate) -> std::result::Result<&'a Crl, ChainError> {
    let named = || crls.iter().filter(|crl| crl.issuer() == issuer.subject());
    if named().next().is_none() {
        return Err(ChainError::NoCrl);
    }
    if !extension::allows(issuer.extensions(), KeyUsages::CRLSign) {
        return Err(ChainError::NotCa);
    }
    named()
        .filter(|crl| crl.verify(issuer.public_key()).is_ok())
        .max_by_key(|crl| crl.this_update())
        .ok_or(ChainError::CrlSignature)
}
