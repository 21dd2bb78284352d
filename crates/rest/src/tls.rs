//! TLS of the listener and of the client: keys, trust, revocation, and their exchange while connections live.
//!
//! The listener asks for a client certificate and does without one; a certificate that is shown must be valid: signed
//! by the CA bundle and on no revocation list of the whole chain. Agents show only their own certificate, so the
//! intermediate authorities come from the bundle; only its self-signed certificates are trust anchors, since webpki
//! does not ask whether an anchor is revoked.
//!
//! Everything that decides a handshake is one immutable [`Generation`], swapped as a whole. A new generation brings its
//! own session cache and tickets are off, so no session of an earlier generation can be resumed: a revoked peer cannot
//! come back by resumption. Connections that live on are verified again when they see that the generation changed.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwap;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ServerSessionMemoryCache, WebPkiClientVerifier};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{
    ClientConfig, DigitallySignedStruct, DistinguishedName, RootCertStore, ServerConfig, SignatureScheme,
};

/// Sessions that can be resumed, at most.
const SESSIONS_MAX: usize = 4096;

/// How far revocation is checked (`certificate_revocation`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Revocation {
    /// Every certificate of the chain; a missing list is a refusal.
    #[default]
    Chain,
    /// The peer's own certificate.
    Leaf,
    /// Not at all.
    Off,
}

/// What a TLS configuration is made of, all PEM.
#[derive(Clone, Copy)]
pub struct TlsMaterial<'a> {
    /// Our certificate, and intermediate ones to send along.
    pub chain: &'a [u8],
    /// Our private key.
    pub key: &'a [u8],
    /// Certificates of the authorities we trust.
    pub authorities: &'a [u8],
    /// Revocation lists of these authorities. Empty switches the check off, as Puppet Server does without a list.
    pub revocation_lists: &'a [u8],
    /// How far revocation is checked.
    pub revocation: Revocation,
}

impl fmt::Debug for TlsMaterial<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsMaterial").field("revocation", &self.revocation).finish_non_exhaustive()
    }
}

/// Why TLS material cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A text is no PEM of the kind expected.
    #[error("could not read the {what}: {reason}")]
    Pem {
        /// Which text.
        what: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The certificate and the key do not go together, or cannot be used.
    #[error("could not use the certificate with its key: {0}")]
    Identity(rustls::Error),
    /// The authorities or the revocation lists cannot be used.
    #[error("could not use the {what}: {reason}")]
    Trust {
        /// Which.
        what: &'static str,
        /// Why.
        reason: String,
    },
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

fn certificates(what: &'static str, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let fail = |reason: String| TlsError::Pem { what, reason };
    let list = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| fail(error.to_string()))?;
    if list.is_empty() { Err(fail("it holds no certificate".to_owned())) } else { Ok(list) }
}

fn identity(chain: &[u8], key: &[u8]) -> Result<CertifiedKey, TlsError> {
    let chain = certificates("certificate", chain)?;
    // The error of a key that cannot be read is kept general, so that no part of it can reach a log.
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| TlsError::Pem {
        what: "private key",
        reason: "it holds no PEM block of an unencrypted private key".to_owned(),
    })?;
    CertifiedKey::from_der(chain, key, &provider()).map_err(TlsError::Identity)
}

/// The authorities of a bundle, sorted into trust anchors and intermediate certificates.
struct Trust {
    anchors: Arc<RootCertStore>,
    intermediates: Vec<CertificateDer<'static>>,
    subjects: Vec<DistinguishedName>,
    lists: Vec<CertificateRevocationListDer<'static>>,
}

impl Trust {
    fn read(authorities: &[u8], lists: &[u8]) -> Result<Trust, TlsError> {
        let fail = |reason: String| TlsError::Trust { what: "CA certificates", reason };
        let authorities = certificates("CA certificates", authorities)?;
        let mut everyone = RootCertStore::empty();
        for authority in &authorities {
            everyone.add(authority.clone()).map_err(|error| fail(error.to_string()))?;
        }
        let mut anchors = RootCertStore::empty();
        let mut intermediates = Vec::new();
        for authority in authorities {
            let parsed = pki::Certificate::from_der(&authority).map_err(|error| fail(error.to_string()))?;
            if parsed.is_self_issued() {
                anchors.add(authority).map_err(|error| fail(error.to_string()))?;
            } else {
                intermediates.push(authority);
            }
        }
        let subjects = everyone.subjects();
        if anchors.is_empty() {
            // Only intermediate ones: trust ends there.
            anchors = everyone;
        }
        let lists = CertificateRevocationListDer::pem_slice_iter(lists)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| TlsError::Pem { what: "revocation lists", reason: error.to_string() })?;
        Ok(Trust { anchors: Arc::new(anchors), intermediates, subjects, lists })
    }
}

fn trust_error(error: impl fmt::Display) -> TlsError {
    TlsError::Trust { what: "CA certificates and revocation lists", reason: error.to_string() }
}

/// The peer's chain followed by the intermediate certificates of the bundle.
fn chain_with<'a>(
    shown: &[CertificateDer<'a>],
    bundle: &'a [CertificateDer<'static>],
) -> Vec<CertificateDer<'a>> {
    shown.iter().cloned().chain(bundle.iter().map(|der| CertificateDer::from(der.as_ref()))).collect()
}

/// Everything that decides a handshake of the listener.
pub(crate) struct Generation {
    pub(crate) number: u64,
    pub(crate) config: Arc<ServerConfig>,
    verifier: Arc<PeerVerifier>,
}

impl Generation {
    /// Verifies a chain that an earlier handshake accepted. Signatures of that handshake stand; what may have changed
    /// is trust, revocation and time.
    pub(crate) fn verify_again(&self, chain: &[CertificateDer<'_>]) -> Result<(), rustls::Error> {
        let Some((own, shown)) = chain.split_first() else { return Ok(()) };
        self.verifier.verify_client_cert(own, shown, UnixTime::now()).map(|_| ())
    }
}

/// The TLS side of a listener, whose material can be replaced at any time.
pub struct ServerTls {
    current: ArcSwap<Generation>,
    numbers: AtomicU64,
}

impl ServerTls {
    /// Makes the first generation.
    pub fn new(material: &TlsMaterial<'_>) -> Result<Arc<ServerTls>, TlsError> {
        let generation = generation(material, 0)?;
        Ok(Arc::new(ServerTls { current: ArcSwap::from_pointee(generation), numbers: AtomicU64::new(1) }))
    }

    /// Replaces key, certificates and revocation lists. New connections use them at once; live ones are verified
    /// again at their next request. After an error the former material stays.
    pub fn replace(&self, material: &TlsMaterial<'_>) -> Result<(), TlsError> {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        self.current.store(Arc::new(generation(material, number)?));
        Ok(())
    }

    pub(crate) fn current(&self) -> Arc<Generation> {
        self.current.load_full()
    }

    pub(crate) fn number(&self) -> u64 {
        self.current.load().number
    }
}

impl fmt::Debug for ServerTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerTls").field("generation", &self.number()).finish()
    }
}

fn generation(material: &TlsMaterial<'_>, number: u64) -> Result<Generation, TlsError> {
    let trust = Trust::read(material.authorities, material.revocation_lists)?;
    let mut builder =
        WebPkiClientVerifier::builder_with_provider(trust.anchors, provider()).allow_unauthenticated();
    if material.revocation != Revocation::Off {
        builder = builder.with_crls(trust.lists);
    }
    if material.revocation == Revocation::Leaf {
        builder = builder.only_check_end_entity_revocation();
    }
    let inner = builder.build().map_err(trust_error)?;
    let verifier =
        Arc::new(PeerVerifier { inner, intermediates: trust.intermediates, subjects: trust.subjects });
    let key = identity(material.chain, material.key)?;
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(TlsError::Identity)?
        .with_client_cert_verifier(verifier.clone())
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(key)));
    config.session_storage = ServerSessionMemoryCache::new(SESSIONS_MAX);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Generation { number, config: Arc::new(config), verifier })
}

/// Adds the intermediate certificates of the bundle to those that the client shows.
#[derive(Debug)]
struct PeerVerifier {
    inner: Arc<dyn ClientCertVerifier>,
    intermediates: Vec<CertificateDer<'static>>,
    subjects: Vec<DistinguishedName>,
}

impl ClientCertVerifier for PeerVerifier {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.subjects
    }

    fn verify_client_cert(
        &self,
        own: &CertificateDer<'_>,
        shown: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        self.inner.verify_client_cert(own, &chain_with(shown, &self.intermediates), now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

/// The TLS side of a client.
#[derive(Clone)]
pub struct ClientTls(pub(crate) Arc<ClientConfig>);

impl fmt::Debug for ClientTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientTls")
    }
}

impl ClientTls {
    /// Trusts these authorities, checks these revocation lists (none: no check) and shows no certificate.
    pub fn anonymous(authorities: &[u8], revocation_lists: &[u8]) -> Result<ClientTls, TlsError> {
        ClientTls::build(authorities, revocation_lists, Revocation::Chain, None)
    }

    /// Trusts the authorities of the material and shows its certificate.
    pub fn new(material: &TlsMaterial<'_>) -> Result<ClientTls, TlsError> {
        let key = identity(material.chain, material.key)?;
        ClientTls::build(material.authorities, material.revocation_lists, material.revocation, Some(key))
    }

    /// Takes any server for what it says it is, and shows no certificate. For the first contact with an authority only: what comes
    /// over such a connection must be verified in another way before it is believed.
    pub fn unverified() -> Result<ClientTls, TlsError> {
        ClientTls::believing(Believed::Any, None)
    }

    fn build(
        authorities: &[u8],
        lists: &[u8],
        revocation: Revocation,
        key: Option<CertifiedKey>,
    ) -> Result<ClientTls, TlsError> {
        let trust = Trust::read(authorities, lists)?;
        let mut builder = WebPkiServerVerifier::builder_with_provider(trust.anchors, provider());
        if revocation != Revocation::Off {
            builder = builder.with_crls(trust.lists);
        }
        if revocation == Revocation::Leaf {
            builder = builder.only_check_end_entity_revocation();
        }
        let inner = builder.build().map_err(trust_error)?;
        ClientTls::believing(Believed::Authorities { inner, intermediates: trust.intermediates }, key)
    }

    fn believing(believed: Believed, key: Option<CertifiedKey>) -> Result<ClientTls, TlsError> {
        let config = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Identity)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(ServerVerifier { believed, provider: provider() }));
        let config = match key {
            Some(key) => config.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(key))),
            None => config.with_no_client_auth(),
        };
        Ok(ClientTls(Arc::new(config)))
    }
}

/// Whose certificates are believed. That the server has the key of the one it shows is always checked.
#[derive(Debug)]
struct ServerVerifier {
    believed: Believed,
    provider: Arc<CryptoProvider>,
}

#[derive(Debug)]
enum Believed {
    /// Those of the authorities. The intermediate certificates of the bundle are added to those that the server shows.
    Authorities { inner: Arc<WebPkiServerVerifier>, intermediates: Vec<CertificateDer<'static>> },
    /// All.
    Any,
}

impl ServerCertVerifier for ServerVerifier {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        shown: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        match &self.believed {
            Believed::Authorities { inner, intermediates } => {
                inner.verify_server_cert(own, &chain_with(shown, intermediates), name, ocsp, now)
            }
            Believed::Any => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
