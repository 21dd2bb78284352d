//! The server's own certificate, which is also what administers the authority.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use pki::{AltName, Certificate, Extension, KeyPair, Name, PublicKey, oid, profile};

use crate::authority::Authority;
use crate::error::{Error, Result};
use crate::files::{self, PRIVATE, PUBLIC};
use crate::lists::RevocationLists;
use crate::policy;
use crate::settings::Host;

/// How often the files on disk are looked at for changes by other tools.
const REFRESH_INTERVAL: Duration = Duration::from_secs(5);
/// How often the lists' end is looked at.
const RENEWAL_INTERVAL: Duration = Duration::from_secs(3600);

impl Authority {
    /// Sees to it that the server has key, certificate and copies of bundle and lists in its own directory.
    /// What is there stays.
    pub fn ensure_host(&self, host: &Host) -> Result<()> {
        match (host.hostcert.exists(), host.hostprivkey.exists()) {
            (true, true) => {
                tracing::info!("Master already initialized for SSL");
                self.warn_of_foreign(host);
            }
            (true, false) => {
                return Err(Error::Setup(format!(
                    "Found master cert '{}' but master private key '{}' is missing",
                    host.hostcert.display(),
                    host.hostprivkey.display()
                )));
            }
            (false, _) => {
                self.issue_host(host)?;
            }
        }
        if !host.localcacert.exists() {
            let bundle = files::read_present(&self.settings().paths.cacert)?;
            files::create_parent(&host.localcacert)?;
            files::write(&host.localcacert, &bundle, PUBLIC)?;
        }
        copy_lists(&self.lists(), &host.hostcrl)
    }

    /// Issues the server's certificate, for the key that is there or a new one.
    pub fn issue_host(&self, host: &Host) -> Result<Certificate> {
        let public_key = host_key(host, self.settings().key_kind)?;
        let certificate =
            self.issue_authorized(&host.certname, &host.alt_names, &host.extension_requests, &public_key)?;
        files::create_parent(&host.hostcert)?;
        files::write(&host.hostcert, certificate.to_pem().as_bytes(), PUBLIC)?;
        Ok(certificate)
    }

    /// Issues a certificate that may administer the authority (`pp_cli_auth`). There is no way to this
    /// function from the network.
    pub fn issue_authorized(
        &self,
        certname: &str,
        alt_names: &str,
        extension_requests: &[Extension],
        public_key: &PublicKey,
    ) -> Result<Certificate> {
        let wrong = Error::crypto("make the extensions of a certificate");
        policy::check_subject(certname, certname)?;
        policy::check_extensions(extension_requests)?;
        let mut granted = vec![
            alt_names_extension(certname, alt_names)?,
            Extension::text(oid::PP_CLI_AUTH, "true").map_err(&wrong)?,
        ];
        granted.extend(extension_requests.iter().cloned());
        let extensions = profile::node(self.certificate(), public_key, certname, &granted).map_err(&wrong)?;
        let subject = Name::from_common_name(certname).map_err(&wrong)?;
        self.issue_and_store(certname, &subject, public_key, &extensions)
    }

    /// A host certificate of another authority is what agents complain about first after a restore.
    fn warn_of_foreign(&self, host: &Host) {
        let ours = files::certificate(&host.hostcert)
            .is_ok_and(|found| found.is_some_and(|c| c.verify(self.certificate().public_key()).is_ok()));
        if !ours {
            tracing::warn!(
                "the server's certificate {} was not signed by this authority; agents will not accept it. To have a new \
                 one issued, remove it and start again",
                host.hostcert.display()
            );
        }
    }

    /// Runs as long as the server does: publishes changes that other tools make on disk, keeps the copy for
    /// the agent on this machine current, makes lists anew before they run out.
    pub async fn maintain(self: Arc<Self>, host: Host) {
        let mut lists = self.watch_lists();
        let mut refresh = tokio::time::interval(REFRESH_INTERVAL);
        let mut renew = tokio::time::interval(RENEWAL_INTERVAL);
        loop {
            let authority = self.clone();
            let host_crl = host.hostcrl.clone();
            let work: Box<dyn FnOnce() -> Result<()> + Send> = tokio::select! {
                _ = refresh.tick() => Box::new(move || authority.refresh()),
                _ = renew.tick() => Box::new(move || authority.renew_lists()),
                changed = lists.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    let now = lists.borrow_and_update().clone();
                    Box::new(move || copy_lists(&now, &host_crl))
                }
            };
            let outcome = tokio::task::spawn_blocking(work).await;
            if let Ok(Err(error)) = outcome {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the certificate authority's lists could not be maintained"
                );
            }
        }
    }
}

/// Copies the lists to where the agent on this machine reads them, unless that is the same file.
pub fn copy_lists(lists: &RevocationLists, host_crl: &Path) -> Result<()> {
    if files::read_list(host_crl)?.as_deref() == Some(lists.pem()) {
        return Ok(());
    }
    files::create_parent(host_crl)?;
    files::write(host_crl, lists.pem(), PUBLIC)
}

/// The server's public key. A key pair that is there is used; half a pair is an error.
fn host_key(host: &Host, kind: pki::KeyKind) -> Result<PublicKey> {
    let (private, public) = (&host.hostprivkey, &host.hostpubkey);
    match (private.exists(), public.exists()) {
        (true, true) => {
            tracing::debug!("Using keys found on disk to generate master cert");
            Ok(files::key(private)?.public_key().clone())
        }
        (false, true) => Err(Error::Setup(format!(
            "Found master public key '{}' but master private key '{}' is missing",
            public.display(),
            private.display()
        ))),
        (true, false) => {
            // The public half follows from the private one; a crash between the two must not need a person.
            let key = files::key(private)?;
            files::create_parent(public)?;
            files::write(public, key.public_key().to_pem().as_bytes(), PUBLIC)?;
            Ok(key.public_key().clone())
        }
        (false, false) => {
            let wrong = Error::crypto("make the server's key");
            let key = KeyPair::generate(kind).map_err(&wrong)?;
            files::create_parent(private)?;
            files::create_parent(public)?;
            files::write(private, key.to_pem().map_err(&wrong)?.as_bytes(), PRIVATE)?;
            files::write(public, key.public_key().to_pem().as_bytes(), PUBLIC)?;
            Ok(key.public_key().clone())
        }
    }
}

/// The alternative names of the server: those of the settings, or `puppet`; its certname is added later.
fn alt_names_extension(certname: &str, alt_names: &str) -> Result<Extension> {
    let wrong = Error::crypto("read the alternative names");
    let mut names = Vec::new();
    for name in alt_names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let name = AltName::parse(name).map_err(&wrong)?;
        if let AltName::Dns(dns) = &name
            && dns.contains('*')
        {
            return Err(Error::Setup(format!(
                "Cert subjectAltName contains a wildcard, which is not allowed: {dns}"
            )));
        }
        names.push(name);
    }
    if names.is_empty() {
        names.push(AltName::Dns("puppet".to_owned()));
    }
    let own = AltName::Dns(certname.to_owned());
    if !names.contains(&own) {
        names.push(own);
    }
    Extension::subject_alt_name(&names).map_err(&wrong)
}
