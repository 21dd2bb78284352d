//! The outer shape that certificates, requests and revocation lists share: a body, an algorithm, a
//! signature over the body's bytes as they stand.

use der::asn1::{AnyRef, BitStringRef};
use der::{Decode, Encode, Sequence};
use x509_cert::spki::AlgorithmIdentifierRef;

use crate::{Error, KeyPair, PublicKey, Result};

#[derive(Sequence)]
pub(crate) struct Signed<'a> {
    pub(crate) body: AnyRef<'a>,
    pub(crate) algorithm: AlgorithmIdentifierRef<'a>,
    pub(crate) signature: BitStringRef<'a>,
}

impl<'a> Signed<'a> {
    pub(crate) fn read(what: &'static str, der: &'a [u8]) -> Result<Signed<'a>> {
        Signed::from_der(der).map_err(Error::malformed(what))
    }

    pub(crate) fn verify(&self, what: &'static str, key: &PublicKey) -> Result<()> {
        // DER has one encoding of a header, so this gives the very bytes that arrived.
        let body = self.body.to_der().map_err(Error::malformed(what))?;
        let signature = self.signature.as_bytes().ok_or(Error::Signature(what))?;
        key.verify(what, &self.algorithm, &body, signature)
    }
}

/// Signs a body and puts the three parts together.
pub(crate) fn sign(what: &'static str, body: &[u8], key: &KeyPair) -> Result<Vec<u8>> {
    let wrong = Error::encode(what);
    let signature = key.sign(body)?;
    let algorithm = key.signature_algorithm()?;
    Signed {
        body: AnyRef::from_der(body).map_err(&wrong)?,
        algorithm: AlgorithmIdentifierRef::from_der(&algorithm).map_err(&wrong)?,
        signature: BitStringRef::from_bytes(&signature).map_err(&wrong)?,
    }
    .to_der()
    .map_err(&wrong)
}
