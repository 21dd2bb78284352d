//! The authority itself: its key, its directory, and the one place where anything is written.
//!
//! **Order of writes.** Whatever is killed at whatever moment, no serial number is used twice, no
//! certificate that somebody may hold is missing from the inventory, and no revocation is lost:
//!
//! 1. the next serial number is on disk before the present one is used,
//! 2. the certificate's line is in the inventory before its file exists,
//! 3. its file exists before anybody can fetch it and before the request is removed,
//! 4. a revocation list is on disk before its number is published.
//!
//! What a crash leaves is at worst a skipped serial, an inventory line of a certificate that nobody has, or
//! a request whose certificate exists; the last is tidied up at the next start.
//!
//! **Who may write.** One operation at a time ([`crate::exclusive`]), in one process at a time: the
//! directory's lock file is held as long as the [`Authority`] lives. Readers take no lock. All functions
//! block; handlers run them on threads that may.

pub(crate) mod open;
mod renewal;
mod revocation;
mod signing;
mod status;
mod upkeep;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use pki::{Certificate, Extension, KeyPair, Name, PublicKey, Serial, Template};
use stdx::Clock;
use stdx::fs::FileLock;
use tokio::sync::watch;

pub(crate) use revocation::list_times as revocation_times;
pub use signing::{BulkOutcome, Submitted};
pub use status::{Expirations, State, Status};
pub use upkeep::{Prune, Pruned, Removed, Unwanted};

use crate::error::{Error, Result};
use crate::exclusive::Exclusive;
use crate::files::{self, Stamp};
use crate::inventory::Inventory;
use crate::lists::RevocationLists;
use crate::metrics::Counted;
use crate::settings::Settings;

const DAY: Duration = Duration::from_secs(86_400);

/// The certificate authority. Shared between threads by `Arc`.
pub struct Authority {
    settings: Settings,
    clock: Arc<dyn Clock>,
    signer: Signer,
    work: Exclusive<Work>,
    lists: watch::Sender<Arc<RevocationLists>>,
    pub(crate) counted: Counted,
    _lock: FileLock,
}

/// The signing key with its certificate.
pub(crate) struct Signer {
    pub(crate) key: KeyPair,
    pub(crate) certificate: Certificate,
    /// The whole file: the way to the root.
    pub(crate) bundle: Vec<Certificate>,
}

/// What only the one who writes may touch.
struct Work {
    next_serial: Serial,
    inventory: Inventory,
    /// The names of infrastructure nodes that the serials were made from.
    infra_names: Stamp,
}

impl Authority {
    /// The settings it was opened with.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The signing certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.signer.certificate
    }

    /// The signing certificate's bundle, as in `ca_crt.pem`.
    pub fn bundle(&self) -> &[Certificate] {
        &self.signer.bundle
    }

    /// The revocation lists as they are now.
    pub fn lists(&self) -> Arc<RevocationLists> {
        self.lists.borrow().clone()
    }

    /// Tells of every change of the revocation lists, as soon as it is on disk.
    pub fn watch_lists(&self) -> watch::Receiver<Arc<RevocationLists>> {
        self.lists.subscribe()
    }

    fn now(&self) -> SystemTime {
        self.clock.now()
    }

    /// Does one thing that writes.
    fn exclusively<T>(&self, what: &'static str, work: impl FnOnce(&mut Work) -> Result<T>) -> Result<T> {
        let patience = self.settings.lock_timeout;
        self.work
            .with(patience, |state| {
                // Another tool may have changed the file while the server was running; what it says counts.
                state.inventory.refresh()?;
                work(state)
            })
            .unwrap_or(Err(Error::LockTimeout { what, seconds: patience.as_secs() }))
    }

    /// Uses up a serial number: on return it can never be given out again.
    fn reserve_serial(&self, work: &mut Work) -> Result<Serial> {
        let paths = &self.settings.paths;
        let serial = work.next_serial.max(files::next_serial(paths)?);
        let next = serial.next().ok_or_else(|| Error::damaged(&paths.serial, "there is no higher number"))?;
        files::write(&paths.serial, next.to_string().as_bytes(), files::PUBLIC)?;
        work.next_serial = next;
        Ok(serial)
    }

    /// Makes a certificate and enters it in the inventory. The caller stores it.
    fn issue(
        &self,
        work: &mut Work,
        certname: &str,
        subject: &Name,
        public_key: &PublicKey,
        ttl: Duration,
        extensions: &[Extension],
    ) -> Result<Certificate> {
        let now = self.now();
        let not_after = now.checked_add(ttl).ok_or_else(|| Error::Setup("the ttl is too long".to_owned()))?;
        let serial = self.reserve_serial(work)?;
        let certificate = Template {
            serial,
            issuer: self.signer.certificate.subject(),
            subject,
            public_key,
            // Clocks in a fleet differ; a day of slack keeps a fresh certificate valid everywhere.
            not_before: now - DAY,
            not_after,
            extensions,
        }
        .sign(&self.signer.key)
        .map_err(Error::crypto("sign a certificate"))?;
        work.inventory.append(&[&certificate])?;
        self.note_infra_serial(certname, &certificate)?;
        Ok(certificate)
    }

    /// Keeps the serials of infrastructure nodes: their revocations go into the short list too.
    fn note_infra_serial(&self, certname: &str, certificate: &Certificate) -> Result<()> {
        let paths = &self.settings.paths;
        let Some(names) = files::read_list(&paths.infra_inventory)? else { return Ok(()) };
        if !String::from_utf8_lossy(&names).lines().any(|name| name == certname) {
            return Ok(());
        }
        stdx::fs::append_line_durable(&paths.infra_serials, &certificate.serial().to_decimal(), files::PUBLIC)
            .map_err(Error::file("write", &paths.infra_serials))
    }

    fn publish(&self, lists: RevocationLists) {
        self.lists.send_replace(Arc::new(lists));
    }
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority")
            .field("cadir", &self.settings.paths.cadir)
            .field("subject", self.signer.certificate.subject())
            .finish_non_exhaustive()
    }
}
