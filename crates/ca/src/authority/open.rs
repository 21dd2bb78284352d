//! Opening the directory: all files or none, what a crash left, and the first files of a new authority.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use pki::{Certificate, chain};
use stdx::Clock;
use stdx::fs::FileLock;
use tokio::sync::watch;

use super::{Authority, Signer, Work};
use crate::create;
use crate::error::{Error, Result};
use crate::exclusive::Exclusive;
use crate::files::{self, Stamp};
use crate::inventory::Inventory;
use crate::journal;
use crate::lists::RevocationLists;
use crate::metrics::Counted;
use crate::settings::{CA_TTL_MAX, Paths, Settings};

impl Authority {
    /// Opens the authority of a directory and holds its lock. An empty directory becomes a new, self-signed
    /// authority.
    ///
    /// # Errors
    /// [`Error::PartialState`] if only some files exist, [`Error::InUse`] if another process has the lock.
    pub fn open(settings: Settings, clock: Arc<dyn Clock>) -> Result<Authority> {
        Authority::open_with(settings, clock, create::self_signed)
    }

    /// Opens the authority of a directory that must have one.
    pub fn open_existing(settings: Settings, clock: Arc<dyn Clock>) -> Result<Authority> {
        // Who only looks must not leave directories behind.
        if !settings.paths.cadir.exists() {
            return Err(no_authority(&settings));
        }
        Authority::open_with(settings, clock, |settings, _| Err(no_authority(settings)))
    }

    /// Opens the authority that `create` is to put into an empty directory.
    pub(crate) fn open_with(
        settings: Settings,
        clock: Arc<dyn Clock>,
        create: impl FnOnce(&Settings, std::time::SystemTime) -> Result<()>,
    ) -> Result<Authority> {
        if settings.ca_ttl > CA_TTL_MAX {
            return Err(Error::Setup(format!(
                "Config setting ca_ttl must have a value below {}",
                CA_TTL_MAX.as_secs()
            )));
        }
        let paths = &settings.paths;
        for directory in [&paths.cadir, &paths.csrdir, &paths.signeddir] {
            files::create_directory(directory)?;
        }
        let lock = lock(paths)?;
        match present(&settings)? {
            true => tracing::info!("CA already initialized for SSL"),
            false => create(&settings, clock.now())?,
        }
        if settings.manage_internal_file_permissions {
            correct_key_mode(&paths.cakey)?;
        }
        for directory in [&paths.cadir, &paths.csrdir, &paths.signeddir] {
            stdx::fs::remove_leftovers(directory).map_err(Error::file("tidy", directory))?;
        }

        let signer = signer(paths)?;
        let inventory = Inventory::load(&paths.inventory)?;
        let next_serial = next_serial(paths, &inventory)?;
        let lists = RevocationLists::load(&settings, &signer.certificate)?;
        let authority = Authority {
            lists: watch::Sender::new(Arc::new(lists)),
            work: Exclusive::new(Work { next_serial, inventory, infra_names: Stamp::default() }),
            signer,
            clock,
            settings,
            counted: Counted::default(),
            _lock: lock,
        };
        authority.remove_answered_requests()?;
        authority.restore_infra_list()?;
        Ok(authority)
    }

    /// Removes requests whose certificate exists: signing was interrupted before the last step.
    fn remove_answered_requests(&self) -> Result<()> {
        let paths = &self.settings.paths;
        for certname in files::certnames(&paths.csrdir)? {
            let (Some(request), Some(signed)) =
                (files::pem_file(&paths.csrdir, &certname), files::pem_file(&paths.signeddir, &certname))
            else {
                continue;
            };
            // A file that cannot be read is left for the administrator.
            let (Ok(Some(csr)), Ok(Some(certificate))) = (files::csr(&request), files::certificate(&signed))
            else {
                continue;
            };
            if csr.public_key() == certificate.public_key() && !self.lists().is_revoked(&certificate) {
                tracing::info!(certname, "removing a request whose certificate exists");
                files::remove(&request)?;
            }
        }
        Ok(())
    }
}

fn no_authority(settings: &Settings) -> Error {
    let cadir = settings.paths.cadir.display();
    Error::Setup(format!("there is no certificate authority in {cadir}; set one up first"))
}

/// Takes the directory's lock and takes back what an interrupted first start left.
pub(crate) fn lock(paths: &Paths) -> Result<FileLock> {
    let lock = FileLock::try_acquire(paths.lock(), files::PRIVATE)
        .map_err(Error::file("lock", &paths.lock()))?
        .ok_or_else(|| Error::InUse(paths.cadir.clone()))?;
    if journal::undo(paths)? {
        tracing::warn!(cadir = %paths.cadir.display(), "removed the files of an interrupted set-up");
    }
    Ok(lock)
}

/// Whether the authority's files exist: all of them, or none.
pub(crate) fn present(settings: &Settings) -> Result<bool> {
    let required = settings.paths.required(settings.enable_infra_crl);
    let owned = |files: Vec<&Path>| -> Vec<PathBuf> { files.into_iter().map(Path::to_owned).collect() };
    let (found, missing): (Vec<&Path>, Vec<&Path>) = required.into_iter().partition(|path| path.exists());
    match (found.is_empty(), missing.is_empty()) {
        (_, true) => Ok(true),
        (true, _) => Ok(false),
        _ => Err(Error::PartialState { what: "CA", found: owned(found), missing: owned(missing) }),
    }
}

/// The key and the certificate that belongs to it.
pub(crate) fn signer(paths: &Paths) -> Result<Signer> {
    let key = files::key(&paths.cakey)?;
    let bundle = Certificate::bundle_from_pem(&files::read_present(&paths.cacert)?)
        .map_err(Error::content(&paths.cacert))?;
    let certificate = chain::matching_key(&bundle, &key).cloned().ok_or_else(|| {
        Error::damaged(
            &paths.cacert,
            format!("no certificate in it belongs to the key {}", paths.cakey.display()),
        )
    })?;
    Ok(Signer { key, certificate, bundle })
}

/// The next serial number. If the file is behind the inventory (a restored backup), the inventory counts.
pub(crate) fn next_serial(paths: &Paths, inventory: &Inventory) -> Result<pki::Serial> {
    let on_disk = files::next_serial(paths)?;
    let Some(next) = inventory.highest().and_then(|highest| highest.next()) else { return Ok(on_disk) };
    if next > on_disk {
        tracing::warn!(%on_disk, used = %next, "the serial file is behind the inventory; going on after the inventory");
    }
    Ok(next.max(on_disk))
}

fn correct_key_mode(key: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let metadata = std::fs::metadata(key).map_err(Error::file("look at", key))?;
    let mode = metadata.permissions().mode() & 0o7777;
    if mode != files::PRIVATE {
        std::fs::set_permissions(key, std::fs::Permissions::from_mode(files::PRIVATE))
            .map_err(Error::file("set the mode of", key))?;
        tracing::warn!(
            "The private CA key at '{}' was found to have the wrong permissions set as '{mode:o}'. This has been \
             corrected to '{:o}'.",
            key.display(),
            files::PRIVATE
        );
    }
    Ok(())
}
