//! What an administrator does with the server stopped: setting up, importing, pruning, removing files.
//!
//! These are functions of an [`Authority`] like all others, so they hold the directory's lock and keep the
//! order of writes. The command line opens the directory for the time of one of them.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use pki::{Crl, Serial};
use stdx::Clock;

use super::Authority;
use crate::create::{self, External};
use crate::error::{Error, Result};
use crate::files::{self, pem_file};
use crate::lists::{Chain, RevocationLists};
use crate::settings::{Host, Settings};

/// What is to leave our revocation list.
#[derive(Clone, Debug, Default)]
pub struct Prune {
    /// Entries that say again what another one says.
    pub duplicates: bool,
    /// Entries of certificates that have run out.
    pub expired: bool,
    /// Entries with these serials.
    pub serials: Vec<Serial>,
    /// Entries of everything that these certnames were ever issued. Beware: what has not run out is valid
    /// again.
    pub certnames: Vec<String>,
}

/// What left the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Entries before.
    pub total: usize,
    /// Repeated entries that were removed.
    pub duplicates: usize,
    /// Other entries that were removed.
    pub entries: usize,
}

/// Which certificate files are to be removed.
#[derive(Clone, Debug, Default)]
pub struct Unwanted {
    /// Those of certificates that have run out.
    pub expired: bool,
    /// Those of certificates on our list.
    pub revoked: bool,
    /// Those of these certnames.
    pub certnames: Vec<String>,
    /// All.
    pub all: bool,
}

/// What became of unwanted files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// The files that are gone.
    pub files: Vec<PathBuf>,
    /// What could not be done, in words.
    pub problems: Vec<String>,
}

impl Authority {
    /// The files that a new authority and the server's certificate would overwrite. The server's keys are not
    /// among them: they are used if they are there.
    pub fn existing_files(settings: &Settings, host: &Host) -> Vec<PathBuf> {
        let paths = &settings.paths;
        let mut files = vec![
            &paths.cacert,
            &paths.cacrl,
            &paths.infra_crl,
            &host.hostcert,
            &host.localcacert,
            &host.hostcrl,
            &paths.capub,
            &paths.inventory,
            &paths.infra_inventory,
            &paths.infra_serials,
            &paths.serial,
            &paths.root_key,
            &paths.cakey,
        ];
        let signed = pem_file(&paths.signeddir, &host.certname);
        files.extend(&signed);
        files.into_iter().filter(|file| file.exists()).cloned().collect()
    }

    /// Makes a root and an authority below it in an empty directory.
    pub fn set_up(settings: Settings, root_name: &str, clock: Arc<dyn Clock>) -> Result<Authority> {
        Authority::open_with(settings, clock, |settings, now| create::with_root(settings, root_name, now))
    }

    /// Puts an external authority into an empty directory.
    pub fn import(settings: Settings, external: &External, clock: Arc<dyn Clock>) -> Result<Authority> {
        Authority::open_with(settings, clock, |settings, _| external.install(settings))
    }

    /// Takes entries off our list. Writes nothing if there is nothing to take off.
    pub fn prune(&self, prune: &Prune) -> Result<Pruned> {
        self.exclusively("crl-file", |work| {
            let now = self.now();
            let paths = &self.settings.paths;
            let mut unwanted: HashSet<Serial> = prune.serials.iter().copied().collect();
            for certname in &prune.certnames {
                unwanted.extend(work.inventory.of(certname).iter().map(|issued| issued.serial));
                unwanted.extend(self.issued(certname)?.map(|certificate| certificate.serial()));
            }
            if prune.expired {
                unwanted.extend(work.inventory.all().filter(|i| i.is_expired(now)).map(|i| i.serial));
                for certname in files::certnames(&paths.signeddir)? {
                    let certificate = self.issued(&certname)?;
                    unwanted.extend(certificate.filter(|c| c.not_after() < now).map(|c| c.serial()));
                }
            }
            let lists = self.reread()?;
            let own = lists.full.own().ok_or_else(|| Error::damaged(&paths.cacrl, "it holds no list"))?;
            let mut pruned = Pruned { total: count(own)?, ..Pruned::default() };
            let mut seen = HashSet::new();
            let signer = &self.signer;
            let new = own
                .retain(
                    |serial| {
                        if unwanted.contains(serial) {
                            pruned.entries += 1;
                            return false;
                        }
                        let again = prune.duplicates && !seen.insert(*serial);
                        pruned.duplicates += usize::from(again);
                        !again
                    },
                    &signer.certificate,
                    &signer.key,
                    self.list_times(),
                )
                .map_err(Error::crypto("make a revocation list"))?;
            if pruned.entries + pruned.duplicates > 0 {
                let full = Chain::store(&paths.cacrl, lists.full.with_own(new))?;
                self.publish(RevocationLists { full, infra: lists.infra });
            }
            Ok(pruned)
        })
    }

    /// Removes files of issued certificates. Nothing is revoked: a node does not need its file here.
    pub fn remove_certificates(&self, unwanted: &Unwanted) -> Result<Removed> {
        self.exclusively("csr", |work| {
            let paths = &self.settings.paths;
            let now = self.now();
            let lists = self.reread()?;
            let mut removed = Removed::default();
            let mut on_disk = HashSet::new();
            for certname in files::certnames(&paths.signeddir)? {
                let Some(file) = pem_file(&paths.signeddir, &certname) else { continue };
                if unwanted.all {
                    remove(&mut removed, file)?;
                    continue;
                }
                if !unwanted.expired && !unwanted.revoked {
                    continue;
                }
                match files::certificate(&file) {
                    Ok(Some(certificate)) => {
                        on_disk.insert(certificate.serial());
                        if unwanted.expired && certificate.not_after() < now
                            || unwanted.revoked && lists.is_revoked(&certificate)
                        {
                            remove(&mut removed, file)?;
                        }
                    }
                    Ok(None) => {}
                    Err(_) => removed.problems.push(format!("Error reading certificate at {}", file.display())),
                }
            }
            if unwanted.revoked {
                let issued: HashSet<Serial> = work.inventory.all().map(|issued| issued.serial).collect();
                for serial in lists.full.own().map(Crl::serials).unwrap_or_default() {
                    if !issued.contains(serial) && !on_disk.contains(serial) {
                        removed.problems.push(format!(
                            "Could not find serial {} in inventory.txt or in any certificate file currently on disk.",
                            serial.to_decimal()
                        ));
                    }
                }
            }
            for certname in &unwanted.certnames {
                let shown = paths.signeddir.join(format!("{certname}.pem"));
                let file = pem_file(&paths.signeddir, certname).filter(|file| file.exists());
                match file {
                    Some(file) => remove(&mut removed, file)?,
                    None if removed.files.contains(&shown) => {}
                    None => removed
                        .problems
                        .push(format!("Could not find certificate file at {}", shown.display())),
                }
            }
            Ok(removed)
        })
    }

    /// Makes the short list for infrastructure nodes: none of them revoked yet.
    pub fn enable_infra_list(&self) -> Result<()> {
        self.exclusively("crl-file", |_| {
            let paths = &self.settings.paths;
            let lists = self.reread()?;
            let signer = &self.signer;
            let own = Crl::empty(&signer.certificate, &signer.key, self.list_times())
                .map_err(Error::crypto("make a revocation list"))?;
            Chain::store(&paths.infra_crl, lists.full.with_own(own)).map(|_| ())
        })
    }
}

fn remove(removed: &mut Removed, file: PathBuf) -> Result<()> {
    if files::remove(&file)? {
        removed.files.push(file);
    }
    Ok(())
}

fn count(list: &Crl) -> Result<usize> {
    list.entry_count().map_err(Error::crypto("read the revocation list"))
}
