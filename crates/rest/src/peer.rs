//! Who is on the other side of a connection, as far as a verified certificate tells.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// What a verified client certificate says. Shared by all requests of a connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeerCertificate {
    /// Serial number in upper-case hexadecimal without leading zeros.
    pub serial: String,
    /// DNS subject alternative names.
    pub dns_names: Vec<String>,
    /// Extension values as text by dotted OID: those under Puppet's own arc, 1.3.6.1.4.1.34380.
    pub extensions: BTreeMap<String, String>,
    /// The certificate itself.
    pub der: Vec<u8>,
}

/// The caller of a request. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Peer {
    name: Option<Arc<str>>,
    authenticated: bool,
    certificate: Option<Arc<PeerCertificate>>,
}

impl Peer {
    /// A caller without a certificate.
    pub fn anonymous() -> Peer {
        Peer::default()
    }

    /// A caller whose certificate was verified.
    pub fn verified(certname: &str, certificate: PeerCertificate) -> Peer {
        Peer { name: Some(certname.into()), authenticated: true, certificate: Some(Arc::new(certificate)) }
    }

    /// A caller whose identity a proxy vouches for (`allow-header-cert-info`); not authenticated unless the proxy
    /// verified it.
    pub fn vouched(certname: &str, authenticated: bool, certificate: Option<PeerCertificate>) -> Peer {
        Peer { name: Some(certname.into()), authenticated, certificate: certificate.map(Arc::new) }
    }

    /// The certname, only if it is authenticated.
    pub fn certname(&self) -> Option<&str> {
        if self.authenticated { self.name.as_deref() } else { None }
    }

    /// The name the caller claims, authenticated or not; for logs.
    pub fn claimed_name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// True if a certificate stands behind the certname.
    pub fn is_authenticated(&self) -> bool {
        self.authenticated && self.name.is_some()
    }

    /// The certificate, if there is one.
    pub fn certificate(&self) -> Option<&PeerCertificate> {
        self.certificate.as_deref()
    }

    /// The value of an extension by dotted OID, of an authenticated caller.
    pub fn extension(&self, oid: &str) -> Option<&str> {
        if !self.is_authenticated() {
            return None;
        }
        self.certificate()?.extensions.get(oid).map(String::as_str)
    }
}

/// Which peers are compilers: servers that stand between agents and this one, and may say on whose behalf they ask.
///
/// The extension `pp_auth_role` belongs to those that the authority signs only when it is told to, so no agent has it by asking.
#[derive(Clone, Debug, Default)]
pub struct Compilers {
    names: HashSet<String>,
}

impl Compilers {
    /// Those with these names, beside those whose certificate says it.
    pub fn new(names: impl IntoIterator<Item = String>) -> Compilers {
        Compilers { names: names.into_iter().collect() }
    }

    /// Whether a peer is one.
    pub fn includes(&self, peer: &Peer) -> bool {
        peer.certname().is_some_and(|name| self.names.contains(name))
            || peer.extension(&pki::oid::PP_AUTH_ROLE.to_string()) == Some("pe_compiler")
    }
}

impl PeerCertificate {
    /// What a certificate says. Whoever calls this has verified it.
    pub fn of(certificate: &pki::Certificate) -> PeerCertificate {
        let dns_names =
            certificate.alt_names().unwrap_or_default().into_iter().filter_map(|name| match name {
                pki::AltName::Dns(name) => Some(name),
                _ => None,
            });
        let puppet = certificate
            .extensions()
            .iter()
            .filter(|extension| pki::oid::is_below(&extension.oid, &pki::oid::PUPPET_CERT_EXT));
        PeerCertificate {
            serial: certificate.serial().to_string(),
            dns_names: dns_names.collect(),
            extensions: puppet.map(|extension| (extension.oid.to_string(), extension.as_text())).collect(),
            der: certificate.as_der().to_vec(),
        }
    }
}
