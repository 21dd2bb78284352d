//! The revocation lists as everybody sees them: one immutable snapshot, swapped as a whole.
//!
//! Agents fetch the lists all day, TLS asks them at each handshake, status documents once a
//! certificate; none of them may wait for a revocation that is being written. The snapshot is published
//! after the file is on disk, so nobody sees a revocation that a crash could take back.

use std::time::SystemTime;

use pki::{Certificate, Crl};
use rest::Bytes;

use crate::error::{Error, Result};
use crate::files::{self, Stamp};
use crate::settings::{Paths, Settings};

/// A file of lists, decoded.
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    /// Our own first, the others in the file's order.
    pub(crate) crls: Vec<Crl>,
    pub(crate) pem: Bytes,
    pub(crate) stamp: Stamp,
}

impl Chain {
    pub(crate) fn load(path: &std::path::Path, authority: &Certificate) -> Result<Chain> {
        let stamp = Stamp::of(path)?;
        let pem = files::read_present(path)?;
        let mut crls = Crl::chain_from_pem(&pem).map_err(Error::content(path))?;
        let own = crls
            .iter()
            .position(|crl| is_own(crl, authority))
            .ok_or_else(|| Error::damaged(path, "it has no revocation list of the signing certificate"))?;
        let own = crls.remove(own);
        own.verify(authority.public_key()).map_err(Error::content(path))?;
        crls.insert(0, own);
        Ok(Chain { crls, pem: pem.into(), stamp })
    }

    /// Writes the lists and gives them back as they are now.
    pub(crate) fn store(path: &std::path::Path, crls: Vec<Crl>) -> Result<Chain> {
        let pem: String = crls.iter().map(Crl::to_pem).collect();
        files::write(path, pem.as_bytes(), files::PUBLIC)?;
        Ok(Chain { crls, pem: pem.into(), stamp: Stamp::of(path)? })
    }

    pub(crate) fn own(&self) -> Option<&Crl> {
        self.crls.first()
    }

    /// The same with another list of our own.
    pub(crate) fn with_own(&self, own: Crl) -> Vec<Crl> {
        std::iter::once(own).chain(self.crls.iter().skip(1).cloned()).collect()
    }
}

/// Whether a list is by this authority. After a change of keys two authorities have the same name.
pub(crate) fn is_own(crl: &Crl, authority: &Certificate) -> bool {
    crl.issuer() == authority.subject()
        && match (crl.authority_key_id(), authority.subject_key_id()) {
            (Some(of_list), Some(of_authority)) => of_list == of_authority,
            _ => true,
        }
}

/// The lists at one moment.
#[derive(Clone, Debug)]
pub struct RevocationLists {
    pub(crate) full: Chain,
    pub(crate) infra: Option<Chain>,
}

impl RevocationLists {
    pub(crate) fn load(settings: &Settings, authority: &Certificate) -> Result<RevocationLists> {
        let paths = &settings.paths;
        Ok(RevocationLists {
            full: Chain::load(&paths.cacrl, authority)?,
            infra: settings.enable_infra_crl.then(|| Chain::load(&paths.infra_crl, authority)).transpose()?,
        })
    }

    /// Whether the files are still the ones that were read.
    pub(crate) fn is_current(&self, paths: &Paths) -> Result<bool> {
        let infra = match &self.infra {
            Some(infra) => Stamp::of(&paths.infra_crl)? == infra.stamp,
            None => true,
        };
        Ok(infra && Stamp::of(&paths.cacrl)? == self.full.stamp)
    }

    /// All lists, our own first: what the server's TLS checks clients with.
    pub fn chain(&self) -> &[Crl] {
        &self.full.crls
    }

    /// All lists in PEM.
    pub fn pem(&self) -> &Bytes {
        &self.full.pem
    }

    /// What agents are given: all lists, or those of the infrastructure nodes if that is set, with the time
    /// of their last change.
    pub fn for_agents(&self) -> (&Bytes, SystemTime) {
        let chain = self.infra.as_ref().unwrap_or(&self.full);
        (&chain.pem, chain.stamp.modified())
    }

    /// What servers are given: all lists, with the time of their last change.
    pub fn for_servers(&self) -> (&Bytes, SystemTime) {
        (&self.full.pem, self.full.stamp.modified())
    }

    /// Whether this authority has revoked a certificate.
    pub fn is_revoked(&self, certificate: &Certificate) -> bool {
        self.full
            .own()
            .is_some_and(|own| own.issuer() == certificate.issuer() && own.contains(&certificate.serial()))
    }
}
