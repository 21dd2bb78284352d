//! Whom a connection trusts.

use std::path::Path;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::{Error, Result};

/// Where systems keep the authorities that they trust.
const SYSTEM: &[&str] =
    &["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem"];

/// TLS with the authorities of a file, or of the system; nothing if neither has any. A server that insists is then told no.
pub(super) fn client(authorities: Option<&Path>) -> Result<Option<MakeRustlsConnect>> {
    let invalid = |path: &Path, reason: &dyn std::fmt::Display| {
        Error::Settings(format!("{}: {reason}", path.display()))
    };
    let path = match authorities {
        Some(path) => path,
        None => match SYSTEM.iter().map(Path::new).find(|path| path.exists()) {
            Some(path) => path,
            None => return Ok(None),
        },
    };
    let text = std::fs::read(path).map_err(|error| invalid(path, &error))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&text) {
        let certificate = certificate.map_err(|error| invalid(path, &error))?;
        match (roots.add(certificate), authorities) {
            (Err(error), Some(path)) => return Err(invalid(path, &error)),
            // One odd authority of a system does not keep the others from being of use.
            (Err(_), None) | (Ok(()), _) => {}
        }
    }
    if roots.is_empty() {
        return Err(invalid(path, &"holds no certificate"));
    }
    let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Settings(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Some(MakeRustlsConnect::new(config)))
}
