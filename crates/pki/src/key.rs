//! Private and public keys.
//!
//! Puppet writes RSA keys as PKCS#1 (`RSA PRIVATE KEY`) and EC keys as SEC 1 (`EC PRIVATE KEY`); external
//! authorities hand over PKCS#8. All three are read, and written back in Puppet's form. Encrypted keys
//! are refused, since the server has nobody to ask for a pass phrase.

use std::fmt;

use aws_lc_rs::encoding::{AsDer, EcPrivateKeyRfc5915Der, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{self, EcdsaKeyPair, EcdsaSigningAlgorithm, KeyPair as _, UnparsedPublicKey};
use aws_lc_rs::{digest, rsa};
use der::asn1::{AnyRef, BitStringRef, OctetStringRef};
use der::{Decode, Encode, Sequence};
use x509_cert::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

use crate::{Error, Oid, Result, oid, pem};

/// Kinds of keys that can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA with 8192 bits.
    Rsa8192,
    /// RSA with 4096 bits, Puppet's default.
    Rsa4096,
    /// RSA with 3072 bits.
    Rsa3072,
    /// RSA with 2048 bits.
    Rsa2048,
    /// Elliptic curve P-256 (`prime256v1`).
    EcP256,
    /// Elliptic curve P-384.
    EcP384,
}

impl KeyKind {
    /// The RSA kind for Puppet's `keylength` setting.
    pub fn rsa(bits: u32) -> Option<KeyKind> {
        match bits {
            2048 => Some(KeyKind::Rsa2048),
            3072 => Some(KeyKind::Rsa3072),
            4096 => Some(KeyKind::Rsa4096),
            8192 => Some(KeyKind::Rsa8192),
            _ => None,
        }
    }
}

/// A private key with its public half. Never shown by `Debug`.
pub struct KeyPair {
    key: Key,
    public: PublicKey,
}

enum Key {
    Rsa(rsa::KeyPair),
    Ec { pair: EcdsaKeyPair, digest_oid: Oid },
}

#[derive(Sequence)]
struct Pkcs8<'a> {
    version: u8,
    algorithm: AlgorithmIdentifierRef<'a>,
    key: &'a OctetStringRef,
    #[asn1(optional = "true")]
    attributes: Option<AnyRef<'a>>,
}

impl KeyPair {
    /// Makes a key.
    pub fn generate(kind: KeyKind) -> Result<KeyPair> {
        let failed = |_| Error::Key("it could not be generated");
        match kind {
            KeyKind::Rsa8192 => rsa::KeyPair::generate(rsa::KeySize::Rsa8192),
            KeyKind::Rsa4096 => rsa::KeyPair::generate(rsa::KeySize::Rsa4096),
            KeyKind::Rsa3072 => rsa::KeyPair::generate(rsa::KeySize::Rsa3072),
            KeyKind::Rsa2048 => rsa::KeyPair::generate(rsa::KeySize::Rsa2048),
            KeyKind::EcP256 => {
                let pair = EcdsaKeyPair::generate(&signature::ECDSA_P256_SHA256_ASN1_SIGNING);
                return Self::from_ec(pair.map_err(failed)?, oid::ECDSA_WITH_SHA256);
            }
            KeyKind::EcP384 => {
                let pair = EcdsaKeyPair::generate(&signature::ECDSA_P384_SHA384_ASN1_SIGNING);
                return Self::from_ec(pair.map_err(failed)?, oid::ECDSA_WITH_SHA384);
            }
        }
        .map_err(failed)
        .and_then(Self::from_rsa)
    }

    /// Reads the first private key of a PEM text: PKCS#1, SEC 1 or PKCS#8.
    pub fn from_pem(pem: &[u8]) -> Result<KeyPair> {
        for block in pem::blocks(pem)? {
            if block.encrypted || block.label == "ENCRYPTED PRIVATE KEY" {
                return Err(Error::Key("it is encrypted; store it without a pass phrase"));
            }
            match block.label {
                "RSA PRIVATE KEY" => return Self::from_pkcs1(&block.der),
                "EC PRIVATE KEY" => return Self::from_sec1(&block.der),
                "PRIVATE KEY" => return Self::from_pkcs8(&block.der),
                _ => {}
            }
        }
        Err(Error::NoPem { wanted: "PRIVATE KEY" })
    }

    fn from_pkcs1(der: &[u8]) -> Result<KeyPair> {
        let pair = rsa::KeyPair::from_der(der);
        Self::from_rsa(pair.map_err(|_| Error::Key("it is no RSA key of 2048 to 8192 bits"))?)
    }

    fn from_sec1(der: &[u8]) -> Result<KeyPair> {
        Self::from_curves(|algorithm| EcdsaKeyPair::from_private_key_der(algorithm, der))
    }

    fn from_pkcs8(der: &[u8]) -> Result<KeyPair> {
        if let Ok(pair) = rsa::KeyPair::from_pkcs8(der) {
            return Self::from_rsa(pair);
        }
        Self::from_curves(|algorithm| EcdsaKeyPair::from_pkcs8(algorithm, der))
    }

    fn from_curves<E>(
        read: impl Fn(&'static EcdsaSigningAlgorithm) -> Result<EcdsaKeyPair, E>,
    ) -> Result<KeyPair> {
        let curves: [(&'static EcdsaSigningAlgorithm, Oid); 2] = [
            (&signature::ECDSA_P256_SHA256_ASN1_SIGNING, oid::ECDSA_WITH_SHA256),
            (&signature::ECDSA_P384_SHA384_ASN1_SIGNING, oid::ECDSA_WITH_SHA384),
        ];
        for (algorithm, digest_oid) in curves {
            if let Ok(pair) = read(algorithm) {
                return Self::from_ec(pair, digest_oid);
            }
        }
        Err(Error::Key("it is neither RSA (2048 to 8192 bits) nor EC (P-256, P-384)"))
    }

    fn from_rsa(pair: rsa::KeyPair) -> Result<KeyPair> {
        let spki: PublicKeyX509Der<'_> =
            pair.public_key().as_der().map_err(|_| Error::Key("its public half cannot be encoded"))?;
        let public = PublicKey::from_der(spki.as_ref())?;
        Ok(KeyPair { key: Key::Rsa(pair), public })
    }

    fn from_ec(pair: EcdsaKeyPair, digest_oid: Oid) -> Result<KeyPair> {
        let spki: PublicKeyX509Der<'_> =
            pair.public_key().as_der().map_err(|_| Error::Key("its public half cannot be encoded"))?;
        let public = PublicKey::from_der(spki.as_ref())?;
        Ok(KeyPair { key: Key::Ec { pair, digest_oid }, public })
    }

    /// The private key in the form that Puppet writes: PKCS#1 for RSA, SEC 1 for EC. Handle with care.
    pub fn to_pem(&self) -> Result<String> {
        let unencodable = Error::Key("it cannot be encoded");
        match &self.key {
            Key::Rsa(_) => {
                let pkcs8 = self.to_pkcs8()?;
                let outer = Pkcs8::from_der(&pkcs8).map_err(|_| unencodable)?;
                Ok(pem::encode("RSA PRIVATE KEY", outer.key.as_bytes()))
            }
            Key::Ec { pair, .. } => {
                let der: EcPrivateKeyRfc5915Der<'_> = pair.private_key().as_der().map_err(|_| unencodable)?;
                Ok(pem::encode("EC PRIVATE KEY", der.as_ref()))
            }
        }
    }

    /// The private key as PKCS#8 DER, which TLS libraries take. Handle with care.
    pub fn to_pkcs8(&self) -> Result<Vec<u8>> {
        let unencodable = |_| Error::Key("it cannot be encoded");
        match &self.key {
            Key::Rsa(pair) => {
                let der: Pkcs8V1Der<'_> = pair.as_der().map_err(unencodable)?;
                Ok(der.as_ref().to_vec())
            }
            Key::Ec { pair, .. } => Ok(pair.to_pkcs8v1().map_err(unencodable)?.as_ref().to_vec()),
        }
    }

    /// The public half.
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// Whether it is an RSA key.
    pub fn is_rsa(&self) -> bool {
        matches!(self.key, Key::Rsa(_))
    }

    /// The DER of the identifier of the algorithm that [`KeyPair::sign`] uses.
    pub(crate) fn signature_algorithm(&self) -> Result<Vec<u8>> {
        let (oid, parameters) = match &self.key {
            Key::Rsa(_) => (oid::SHA256_WITH_RSA, Some(AnyRef::NULL)),
            Key::Ec { digest_oid, .. } => (*digest_oid, None),
        };
        AlgorithmIdentifierRef { oid, parameters }.to_der().map_err(Error::encode("an algorithm"))
    }

    /// Signs: RSA with PKCS#1 v1.5 and SHA-256, EC with the digest of its curve's size.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let failed = |_| Error::Key("signing failed");
        let random = SystemRandom::new();
        match &self.key {
            Key::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&signature::RSA_PKCS1_SHA256, &random, message, &mut signature).map_err(failed)?;
                Ok(signature)
            }
            Key::Ec { pair, .. } => Ok(pair.sign(&random, message).map_err(failed)?.as_ref().to_vec()),
        }
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyPair").field("public", &self.public).finish_non_exhaustive()
    }
}

/// A public key: the DER of its SubjectPublicKeyInfo.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PublicKey(Vec<u8>);

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo. The key itself is looked at when it is used.
    pub fn from_der(der: &[u8]) -> Result<PublicKey> {
        SubjectPublicKeyInfoRef::from_der(der).map_err(Error::malformed("public key"))?;
        Ok(PublicKey(der.to_vec()))
    }

    /// Reads a `PUBLIC KEY` block.
    pub fn from_pem(pem: &[u8]) -> Result<PublicKey> {
        let found = pem::labelled(pem, &["PUBLIC KEY"])?;
        PublicKey::from_der(found.first().ok_or(Error::NoPem { wanted: "PUBLIC KEY" })?)
    }

    /// A `PUBLIC KEY` block.
    pub fn to_pem(&self) -> String {
        pem::encode("PUBLIC KEY", &self.0)
    }

    /// The SubjectPublicKeyInfo.
    pub fn as_der(&self) -> &[u8] {
        &self.0
    }

    /// The SHA-1 of the key's bits: what subjectKeyIdentifier holds.
    pub fn key_id(&self) -> Vec<u8> {
        let bits = self.parts().map(|(_, bits)| bits.raw_bytes()).unwrap_or_default();
        digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, bits).as_ref().to_vec()
    }

    fn parts(&self) -> Result<(AlgorithmIdentifierRef<'_>, BitStringRef<'_>)> {
        let spki = SubjectPublicKeyInfoRef::from_der(&self.0).map_err(Error::malformed("public key"))?;
        Ok((spki.algorithm, spki.subject_public_key))
    }

    /// Checks a signature made with the private half.
    ///
    /// # Errors
    /// [`Error::Signature`] naming `what` if it does not verify, [`Error::Algorithm`] if we cannot tell.
    pub(crate) fn verify(
        &self,
        what: &'static str,
        algorithm: &AlgorithmIdentifierRef<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<()> {
        use aws_lc_rs::signature as s;
        let (key, bits) = self.parts()?;
        let curve = key.parameters.and_then(|parameters| parameters.decode_as::<Oid>().ok());
        let method: &'static dyn s::VerificationAlgorithm = match (key.oid, algorithm.oid, curve) {
            // Keys below 2048 bits and SHA-1 occur in roots that are older than both of these rules;
            // OpenSSL in agents has its own view of them.
            (oid::RSA_ENCRYPTION, oid::SHA256_WITH_RSA, _) => {
                &s::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY
            }
            (oid::RSA_ENCRYPTION, oid::SHA384_WITH_RSA, _) => &s::RSA_PKCS1_2048_8192_SHA384,
            (oid::RSA_ENCRYPTION, oid::SHA512_WITH_RSA, _) => {
                &s::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY
            }
            (oid::RSA_ENCRYPTION, oid::SHA1_WITH_RSA, _) => &s::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
            (oid::EC_PUBLIC_KEY, oid::ECDSA_WITH_SHA256, Some(oid::P256)) => &s::ECDSA_P256_SHA256_ASN1,
            (oid::EC_PUBLIC_KEY, oid::ECDSA_WITH_SHA384, Some(oid::P256)) => &s::ECDSA_P256_SHA384_ASN1,
            (oid::EC_PUBLIC_KEY, oid::ECDSA_WITH_SHA512, Some(oid::P256)) => &s::ECDSA_P256_SHA512_ASN1,
            (oid::EC_PUBLIC_KEY, oid::ECDSA_WITH_SHA256, Some(oid::P384)) => &s::ECDSA_P384_SHA256_ASN1,
            (oid::EC_PUBLIC_KEY, oid::ECDSA_WITH_SHA384, Some(oid::P384)) => &s::ECDSA_P384_SHA384_ASN1,
            (oid::EC_PUBLIC_KEY, oid::ECDSA_WITH_SHA512, Some(oid::P384)) => &s::ECDSA_P384_SHA512_ASN1,
            (oid::EC_PUBLIC_KEY, oid::ECDSA_WITH_SHA256, Some(oid::P521)) => &s::ECDSA_P521_SHA256_ASN1,
            (oid::EC_PUBLIC_KEY, oid::ECDSA_WITH_SHA384, Some(oid::P521)) => &s::ECDSA_P521_SHA384_ASN1,
            (oid::EC_PUBLIC_KEY, oid::ECDSA_WITH_SHA512, Some(oid::P521)) => &s::ECDSA_P521_SHA512_ASN1,
            (oid::ED25519, oid::ED25519, _) => &s::ED25519,
            (_, other, _) => return Err(Error::Algorithm(other)),
        };
        UnparsedPublicKey::new(method, bits.raw_bytes())
            .verify(message, signature)
            .map_err(|_| Error::Signature(what))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", crate::fingerprint(&self.0, crate::Digest::Sha256))
    }
}
