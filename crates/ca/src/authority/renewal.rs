//! Renewal: a new certificate for the key of one that is still good.

use pki::{Certificate, profile};

use super::Authority;
use super::signing::log;
use crate::error::{Error, Reason, Result};
use crate::files;

impl Authority {
    /// Whether our key signed a certificate.
    pub fn signed(&self, certificate: &Certificate) -> bool {
        let authority = &self.signer.certificate;
        certificate.authority_key_id().is_some()
            && certificate.authority_key_id() == authority.subject_key_id()
            && certificate.verify(authority.public_key()).is_ok()
    }

    /// Whether a certificate has neither run out nor been revoked.
    pub fn in_force(&self, certificate: &Certificate) -> bool {
        self.now() <= certificate.not_after() && !self.lists().is_revoked(certificate)
    }

    /// Issues a certificate with the subject, key and extensions of a present one. The present one stays
    /// valid until it runs out.
    pub fn renew(&self, certificate: &Certificate, actor: &str) -> Result<Certificate> {
        let certname = certificate
            .certname()
            .filter(|_| !certificate.is_ca())
            .ok_or_else(|| Error::refused(Reason::InvalidName, "Subject hostname format is invalid"))?;
        self.exclusively("csr", |work| {
            let extensions = profile::renewal(&self.signer.certificate, certificate)
                .map_err(Error::crypto("make the extensions of a certificate"))?;
            let file = self.signed_file(&certname)?;
            let renewed = self.issue(
                work,
                &certname,
                certificate.subject(),
                certificate.public_key(),
                self.settings.auto_renewal_ttl,
                &extensions,
            )?;
            files::write(&file, renewed.to_pem().as_bytes(), files::PUBLIC)?;
            tracing::info!(
                "Renewed certificate for \"{certname}\" with new expiration of \"{}\"",
                pki::time::to_inventory(renewed.not_after())
            );
            log(actor, "renewed", &[&certname]);
            self.counted.renewed.increment();
            Ok(renewed)
        })
    }
}
