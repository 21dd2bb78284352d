//! From a request to a certificate.

use std::time::Duration;

use pki::{Certificate, Csr, Extension, Name, PublicKey, profile};
use serde::Serialize;

use super::{Authority, Work};
use crate::autosign;
use crate::error::{Error, Reason, Result};
use crate::files::{self, pem_file};
use crate::policy::{self, Grants};

/// What became of a submitted request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Submitted {
    /// It waits for somebody to sign it.
    Pending,
    /// It was signed at once.
    Signed,
}

/// What became of several requests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BulkOutcome {
    /// Certnames that have their certificate now.
    pub signed: Vec<String>,
    /// Certnames without a request.
    #[serde(rename = "no-csr")]
    pub no_csr: Vec<String>,
    /// Certnames whose request is not to be signed; the log says why.
    #[serde(rename = "signing-errors")]
    pub signing_errors: Vec<String>,
}

impl Authority {
    /// Takes a request that was sent for a certname, and signs it if the autosign setting says so.
    ///
    /// # Errors
    /// [`Error::Refused`] with what the agent is to be told. A request that breaks the rules for contents is
    /// kept all the same, for an administrator to look at.
    pub fn submit(&self, requested: &str, csr_pem: &[u8], actor: &str) -> Result<Submitted> {
        let csr =
            Csr::from_pem(csr_pem).map_err(|error| Error::refused(Reason::Malformed, error.to_string()))?;
        let subject = policy::certname(&csr)?;
        let request = self.exclusively("csr", |_| {
            self.check_duplicate(&subject)?;
            policy::check_subject(requested, &subject)?;
            let request = self.request_file(&subject)?;
            tracing::debug!("Saving CSR to '{}'", request.display());
            files::write(&request, csr.to_pem().as_bytes(), files::PUBLIC)?;
            self.counted.requests.increment();
            Ok(request)
        })?;
        let settings = &self.settings;
        // A policy program may take its time, so it is asked without the lock.
        if !autosign::decide(&settings.autosign, &settings.policy, &subject, &csr.to_pem())? {
            return Ok(Submitted::Pending);
        }
        policy::check_contents(&csr, &subject, settings, Grants::default())?;
        self.exclusively("csr", |work| {
            // Meanwhile somebody may have signed, removed or replaced it.
            if files::csr(&request)?.as_ref() != Some(&csr) {
                return Ok(Submitted::Pending);
            }
            self.sign_request(work, &subject, &csr, None)?;
            log(actor, "signed", &[&subject]);
            Ok(Submitted::Signed)
        })
    }

    /// Signs a pending request. `ttl` replaces the usual life of a certificate.
    pub fn sign(&self, certname: &str, ttl: Option<Duration>, actor: &str) -> Result<Certificate> {
        self.sign_with(certname, ttl, Grants::default(), actor)
    }

    /// The same with more allowed than the settings allow, for this request only.
    pub fn sign_with(
        &self,
        certname: &str,
        ttl: Option<Duration>,
        grants: Grants,
        actor: &str,
    ) -> Result<Certificate> {
        self.exclusively("csr", |work| {
            let csr = self.pending(certname)?.ok_or_else(|| Error::NoRequest(certname.to_owned()))?;
            policy::check_subject(certname, &policy::certname(&csr)?)?;
            policy::check_contents(&csr, certname, &self.settings, grants)?;
            let certificate = self.sign_request(work, certname, &csr, ttl)?;
            log(actor, "signed", &[certname]);
            Ok(certificate)
        })
    }

    /// Signs several pending requests; one that cannot be signed does not stop the others.
    pub fn sign_many(&self, certnames: &[String], actor: &str) -> Result<BulkOutcome> {
        self.exclusively("csr", |work| {
            let mut outcome = BulkOutcome::default();
            for certname in certnames {
                let signed = self.pending(certname).and_then(|csr| {
                    let Some(csr) = csr else { return Ok(false) };
                    policy::check_subject(certname, &policy::certname(&csr)?)?;
                    policy::check_contents(&csr, certname, &self.settings, Grants::default())?;
                    self.sign_request(work, certname, &csr, None).map(|_| true)
                });
                match signed {
                    Ok(true) => outcome.signed.push(certname.clone()),
                    Ok(false) => outcome.no_csr.push(certname.clone()),
                    Err(error) => {
                        tracing::error!(
                            error = &error as &dyn std::error::Error,
                            "Failed in bulk signing for entry {certname}"
                        );
                        outcome.signing_errors.push(certname.clone());
                    }
                }
            }
            if !outcome.signed.is_empty() {
                log(actor, "signed", &outcome.signed);
            }
            Ok(outcome)
        })
    }

    /// Signs everything that is pending.
    pub fn sign_all(&self, actor: &str) -> Result<BulkOutcome> {
        self.sign_many(&files::certnames(&self.settings.paths.csrdir)?, actor)
    }

    /// The pending request of a certname.
    pub fn pending(&self, certname: &str) -> Result<Option<Csr>> {
        match pem_file(&self.settings.paths.csrdir, certname) {
            Some(path) => files::csr(&path),
            None => Ok(None),
        }
    }

    /// Whether a certname has a pending request.
    pub fn has_request(&self, certname: &str) -> bool {
        pem_file(&self.settings.paths.csrdir, certname).is_some_and(|file| file.exists())
    }

    /// Removes a pending request; `false` if there is none.
    pub fn delete_request(&self, certname: &str) -> Result<bool> {
        match pem_file(&self.settings.paths.csrdir, certname) {
            Some(path) => self.exclusively("csr", |_| files::remove(&path)),
            None => Ok(false),
        }
    }

    /// The steps of the module's prose, for a request that has passed all checks.
    fn sign_request(
        &self,
        work: &mut Work,
        certname: &str,
        csr: &Csr,
        ttl: Option<Duration>,
    ) -> Result<Certificate> {
        let settings = &self.settings;
        let ttl = if settings.allow_auto_renewal && policy::renews(csr) {
            settings.auto_renewal_ttl
        } else {
            ttl.unwrap_or(settings.ca_ttl)
        };
        let wrong = Error::crypto("make the extensions of a certificate");
        let authority = &self.signer.certificate;
        let extensions =
            profile::node(authority, csr.public_key(), certname, csr.extensions()).map_err(&wrong)?;
        let subject = Name::from_common_name(certname).map_err(&wrong)?;
        let signed = self.signed_file(certname)?;
        let certificate = self.issue(work, certname, &subject, csr.public_key(), ttl, &extensions)?;
        files::write(&signed, certificate.to_pem().as_bytes(), files::PUBLIC)?;
        files::remove(&self.request_file(certname)?)?;
        self.counted.signed.increment();
        Ok(certificate)
    }

    /// Issues a certificate without a request, for a key that this machine's administrator holds.
    pub(crate) fn issue_and_store(
        &self,
        certname: &str,
        subject: &Name,
        public_key: &PublicKey,
        extensions: &[Extension],
    ) -> Result<Certificate> {
        self.exclusively("csr", |work| {
            let signed = self.signed_file(certname)?;
            let certificate =
                self.issue(work, certname, subject, public_key, self.settings.ca_ttl, extensions)?;
            files::write(&signed, certificate.to_pem().as_bytes(), files::PUBLIC)?;
            Ok(certificate)
        })
    }

    fn check_duplicate(&self, subject: &str) -> Result<()> {
        let paths = &self.settings.paths;
        let (Some(signed), Some(request)) =
            (pem_file(&paths.signeddir, subject), pem_file(&paths.csrdir, subject))
        else {
            return Ok(());
        };
        let state = if signed.exists() {
            let revoked = files::certificate(&signed)?.is_some_and(|found| self.lists().is_revoked(&found));
            if revoked { "revoked" } else { "signed" }
        } else if request.exists() {
            "requested"
        } else {
            return Ok(());
        };
        if self.settings.allow_duplicate_certs {
            tracing::info!("{subject} already has a {state} certificate; new certificate will overwrite it");
            return Ok(());
        }
        Err(Error::refused(
            Reason::Duplicate,
            format!("{subject} already has a {state} certificate; ignoring certificate request"),
        ))
    }

    pub(super) fn request_file(&self, certname: &str) -> Result<std::path::PathBuf> {
        pem_file(&self.settings.paths.csrdir, certname).ok_or_else(|| invalid_name(certname))
    }

    pub(super) fn signed_file(&self, certname: &str) -> Result<std::path::PathBuf> {
        pem_file(&self.settings.paths.signeddir, certname).ok_or_else(|| invalid_name(certname))
    }
}

fn invalid_name(certname: &str) -> Error {
    Error::refused(Reason::InvalidName, format!("'{certname}' cannot be a certname"))
}

/// One line for each change, with who made it, in Puppet Server's words.
pub(super) fn log(actor: &str, done: &str, certnames: &[impl AsRef<str>]) {
    let names: Vec<&str> = certnames.iter().map(AsRef::as_ref).collect();
    let names_text = names.join(", ");
    match names.len() {
        1 => tracing::info!("Entity {actor} {done} 1 certificate: {names_text}."),
        count => tracing::info!("Entity {actor} {done} {count} certificates: {names_text}."),
    }
}
