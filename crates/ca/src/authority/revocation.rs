//! Revocation: one new list for any number of certificates, and lists that do not run out.

use std::collections::HashSet;
use std::time::Duration;

use pki::{Crl, CrlTimes, Reason as Why, Serial, chain};

use super::signing::log;
use super::{Authority, Work};
use crate::error::{Error, Result};
use crate::files::{self, Stamp, pem_file};
use crate::lists::{Chain, RevocationLists, is_own};

/// A list is made anew when it is this close to its end.
const RENEWAL_WINDOW: Duration = Duration::from_secs(30 * 86_400);
/// Life of a list: five years.
const LIST_TTL: Duration = Duration::from_secs(5 * 31_536_000);

impl Authority {
    /// Whether a certname was ever issued a certificate, by the inventory or by its file.
    pub fn was_issued(&self, certname: &str) -> Result<bool> {
        let file = pem_file(&self.settings.paths.signeddir, certname);
        if file.is_some_and(|file| file.exists()) {
            return Ok(true);
        }
        self.exclusively("inventory-file", |work| Ok(!work.inventory.of(certname).is_empty()))
    }

    /// Revokes everything these certnames hold, with one new list. On return the list is on disk and
    /// published. What is revoked already stays as it is.
    pub fn revoke(&self, certnames: &[String], actor: &str) -> Result<()> {
        self.exclusively("crl-file", |work| {
            self.revoke_all(work, certnames)?;
            log(actor, "revoked", certnames);
            Ok(())
        })
    }

    /// Revokes what these certnames hold and removes their certificates' files.
    pub fn clean(&self, certnames: &[String], actor: &str) -> Result<()> {
        self.exclusively("crl-file", |work| {
            if !certnames.is_empty() {
                self.revoke_all(work, certnames)?;
                log(actor, "revoked", certnames);
            }
            for certname in certnames {
                if let Some(file) = pem_file(&self.settings.paths.signeddir, certname)
                    && files::remove(&file)?
                {
                    tracing::debug!("Deleted certificate for {certname}");
                }
            }
            Ok(())
        })
    }

    /// Removes the files of a certname without revoking anything; `false` if there were none.
    pub fn delete(&self, certname: &str) -> Result<bool> {
        let paths = &self.settings.paths;
        let (Some(signed), Some(request)) =
            (pem_file(&paths.signeddir, certname), pem_file(&paths.csrdir, certname))
        else {
            return Ok(false);
        };
        self.exclusively("csr", |_| Ok(files::remove(&signed)? | files::remove(&request)?))
    }

    fn revoke_all(&self, work: &mut Work, certnames: &[String]) -> Result<()> {
        let now = self.now();
        let mut serials = Vec::new();
        for certname in certnames {
            serials.extend(work.inventory.of(certname).iter().filter(|i| i.is_live(now)).map(|i| i.serial));
            // A certificate may be missing from the inventory, if its file was put there by hand.
            if let Some(file) = pem_file(&self.settings.paths.signeddir, certname)
                && let Some(certificate) = files::certificate(&file)?
                && certificate.issuer() == self.signer.certificate.subject()
            {
                serials.push(certificate.serial());
            }
        }
        let lists = self.reread()?;
        serials.retain(|serial| !lists.full.own().is_some_and(|own| own.contains(serial)));
        if serials.is_empty() {
            tracing::info!("No revoke action needed. The certs are already in the CRL.");
            return Ok(());
        }
        let full = self.extend(&lists.full, &self.settings.paths.cacrl, &serials)?;
        let infra = self.extend_infra(lists.infra, &serials)?;
        self.publish(RevocationLists { full, infra });
        self.counted.revoked.add(serials.len() as u64);
        Ok(())
    }

    fn extend(&self, chain: &Chain, path: &std::path::Path, serials: &[Serial]) -> Result<Chain> {
        let own = chain.own().ok_or_else(|| Error::damaged(path, "it holds no list"))?;
        let signer = &self.signer;
        let own = own
            .revoke(serials, Why::KeyCompromise, &signer.certificate, &signer.key, self.list_times())
            .map_err(Error::crypto("make a revocation list"))?;
        Chain::store(path, chain.with_own(own))
    }

    fn extend_infra(&self, infra: Option<Chain>, serials: &[Serial]) -> Result<Option<Chain>> {
        let Some(chain) = infra else { return Ok(None) };
        let of_infra = self.infra_serials()?;
        let new: Vec<Serial> = serials
            .iter()
            .filter(|serial| {
                of_infra.contains(serial) && !chain.own().is_some_and(|own| own.contains(serial))
            })
            .copied()
            .collect();
        if new.is_empty() {
            return Ok(Some(chain));
        }
        let chain = self.extend(&chain, &self.settings.paths.infra_crl, &new)?;
        tracing::info!("Infra node certificate(s) being revoked; publishing updated infra CRL");
        Ok(Some(chain))
    }

    fn infra_serials(&self) -> Result<HashSet<Serial>> {
        let text = files::read_list(&self.settings.paths.infra_serials)?.unwrap_or_default();
        Ok(String::from_utf8_lossy(&text)
            .lines()
            .filter_map(|line| Serial::from_decimal(line.trim()))
            .collect())
    }

    /// At start, and when the names of infrastructure nodes have changed: their serials from the inventory, and the short list
    /// brought up to the full one. A revocation may have been interrupted between the two, and a node may have been
    /// revoked before it was one of the infrastructure.
    pub(super) fn restore_infra_list(&self) -> Result<()> {
        if !self.settings.enable_infra_crl {
            return Ok(());
        }
        self.exclusively("crl-file", |work| {
            let paths = &self.settings.paths;
            // Before they are read, so that a change meanwhile shows.
            work.infra_names = Stamp::of(&paths.infra_inventory)?;
            let now = self.now();
            let names = files::read_list(&paths.infra_inventory)?.unwrap_or_default();
            let mut serials = HashSet::new();
            for certname in String::from_utf8_lossy(&names).lines().filter(|name| !name.is_empty()) {
                serials
                    .extend(work.inventory.of(certname).iter().filter(|i| i.is_live(now)).map(|i| i.serial));
                match pem_file(&paths.signeddir, certname)
                    .map(|file| files::certificate(&file))
                    .transpose()?
                {
                    Some(Some(certificate)) => {
                        serials.insert(certificate.serial());
                    }
                    _ => tracing::warn!(
                        "Failed to find certificate for Puppet Infrastructure Node: {certname}"
                    ),
                }
            }
            let mut sorted: Vec<Serial> = serials.into_iter().collect();
            sorted.sort_unstable();
            let text: String = sorted.iter().map(|serial| serial.to_decimal() + "\n").collect();
            files::write(&paths.infra_serials, text.as_bytes(), files::PUBLIC)?;

            let lists = self.reread()?;
            let revoked = lists.full.own().map(Crl::serials).unwrap_or_default();
            let infra = self.extend_infra(lists.infra.clone(), revoked)?;
            self.publish(RevocationLists { full: lists.full.clone(), infra });
            Ok(())
        })
    }

    /// The lists on disk, read again if another tool changed them.
    pub(super) fn reread(&self) -> Result<RevocationLists> {
        let lists = self.lists();
        if lists.is_current(&self.settings.paths)? {
            return Ok(RevocationLists::clone(&lists));
        }
        RevocationLists::load(&self.settings, &self.signer.certificate)
    }

    /// Publishes the lists again if another tool changed them, and takes changed names of infrastructure nodes over. To be
    /// called every few seconds.
    pub fn refresh(&self) -> Result<()> {
        if self.infra_names_have_changed()? {
            tracing::info!(path = %self.settings.paths.infra_inventory.display(), "the infrastructure nodes have changed");
            self.restore_infra_list()?;
        }
        if self.lists().is_current(&self.settings.paths)? {
            return Ok(());
        }
        self.exclusively("crl-file", |_| {
            let lists = self.reread()?;
            tracing::info!(path = %self.settings.paths.cacrl.display(), "the revocation lists have changed on disk");
            self.publish(lists);
            Ok(())
        })
    }

    fn infra_names_have_changed(&self) -> Result<bool> {
        if !self.settings.enable_infra_crl {
            return Ok(false);
        }
        let now = Stamp::of(&self.settings.paths.infra_inventory)?;
        self.exclusively("crl-file", |work| Ok(work.infra_names != now))
    }

    /// Makes our own lists anew if they are about to run out, without the entries of certificates that have
    /// run out themselves. To be called daily.
    pub fn renew_lists(&self) -> Result<()> {
        let due = |chain: &Chain| {
            let end = chain.own().and_then(Crl::next_update);
            end.is_some_and(|end| end < self.now() + RENEWAL_WINDOW)
        };
        let lists = self.lists();
        if !due(&lists.full) && !lists.infra.as_ref().is_some_and(due) {
            return Ok(());
        }
        self.exclusively("crl-file", |work| {
            let paths = &self.settings.paths;
            let now = self.now();
            let expired: HashSet<Serial> = work
                .inventory
                .all()
                .filter(|issued| issued.is_expired(now))
                .map(|issued| issued.serial)
                .collect();
            let mut lists = self.reread()?;
            if due(&lists.full) {
                tracing::info!("CA CRL expiring within 30 days, updating.");
                lists.full = self.reissue(&lists.full, &paths.cacrl, &expired)?;
            }
            if let Some(infra) = lists.infra.take_if(|infra| due(infra)) {
                tracing::info!("infra crl expiring within 30 days, updating.");
                lists.infra = Some(self.reissue(&infra, &paths.infra_crl, &expired)?);
            }
            self.publish(lists);
            Ok(())
        })
    }

    fn reissue(&self, chain: &Chain, path: &std::path::Path, without: &HashSet<Serial>) -> Result<Chain> {
        let own = chain.own().ok_or_else(|| Error::damaged(path, "it holds no list"))?;
        let signer = &self.signer;
        let own = own
            .retain(|serial| !without.contains(serial), &signer.certificate, &signer.key, self.list_times())
            .map_err(Error::crypto("make a revocation list"))?;
        Chain::store(path, chain.with_own(own))
    }

    pub(super) fn list_times(&self) -> CrlTimes {
        list_times(self.now())
    }

    /// Takes newer lists of the authorities above us. Each list that we hold and that is not our own is
    /// replaced by the newest one of the same authority.
    ///
    /// # Errors
    /// [`Error::InvalidCrls`] with the reason; then nothing has changed.
    pub fn update_lists(&self, pem: &[u8]) -> Result<()> {
        let incoming = match Crl::chain_from_pem(pem) {
            Ok(incoming) => incoming,
            Err(pki::Error::NoPem { .. }) => {
                tracing::info!("No valid CRLs submitted, nothing will be updated.");
                return Err(Error::InvalidCrls("No valid CRLs submitted.".into()));
            }
            Err(error) => return Err(Error::InvalidCrls(error.to_string())),
        };
        if incoming.iter().any(|crl| crl.authority_key_id().is_none()) {
            return Err(Error::InvalidCrls(
                "One or more submitted CRLs do not have an authority key identifier.".into(),
            ));
        }
        self.exclusively("crl-file", |_| {
            let paths = &self.settings.paths;
            let lists = self.reread()?;
            let full = self.with_newest(&lists.full, &incoming)?;
            let infra = lists.infra.as_ref().map(|infra| self.with_newest(infra, &incoming)).transpose()?;
            let full = Chain::store(&paths.cacrl, full)?;
            tracing::info!("Successfully updated CRL at {}", paths.cacrl.display());
            let infra = infra.map(|infra| Chain::store(&paths.infra_crl, infra)).transpose()?;
            self.publish(RevocationLists { full, infra });
            Ok(())
        })
    }

    fn with_newest(&self, held: &Chain, incoming: &[Crl]) -> Result<Vec<Crl>> {
        let mut new = Vec::with_capacity(held.crls.len());
        for crl in &held.crls {
            new.push(if is_own(crl, &self.signer.certificate) {
                crl.clone()
            } else {
                newest(crl, incoming)?
            });
        }
        if new.iter().any(Crl::is_delta) {
            return Err(Error::InvalidCrls("Cannot support delta CRL.".into()));
        }
        chain::verify(&self.signer.certificate, &self.signer.bundle, &new, self.now())
            .map_err(|error| Error::InvalidCrls(format!("Invalid certs and/or CRLs: {error}")))?;
        Ok(new)
    }
}

/// The times of a list that is made now. The second of slack covers clocks that tick differently.
pub(crate) fn list_times(now: std::time::SystemTime) -> CrlTimes {
    CrlTimes { this_update: now - Duration::from_secs(1), next_update: now + LIST_TTL }
}

/// The newest list of the same authority, by number.
fn newest(held: &Crl, incoming: &[Crl]) -> Result<Crl> {
    let authority = held.authority_key_id();
    let mut best = held.clone();
    for crl in incoming.iter().filter(|crl| crl.authority_key_id() == authority) {
        if crl == &best {
            continue;
        }
        match crl.number().cmp(&best.number()) {
            std::cmp::Ordering::Greater => best = crl.clone(),
            std::cmp::Ordering::Less => {}
            std::cmp::Ordering::Equal => {
                return Err(Error::InvalidCrls("Could not determine newest CRL.".into()));
            }
        }
    }
    if best == *held {
        tracing::warn!(
            "Received CRLs for issuer {} but none were newer than the existing CRL; keeping the existing CRL.",
            held.issuer()
        );
    } else {
        tracing::info!("Updating CRL for issuer {}.", held.issuer());
    }
    Ok(best)
}
