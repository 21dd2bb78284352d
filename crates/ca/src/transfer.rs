//! Moving in: an existing Puppet authority's directory becomes ours, with everything it ever issued.
//!
//! Nothing is converted, so agents notice nothing. The old directory is read and checked first and stays as
//! it is; the copy is made beside the new place and appears there in one step, so an interrupted import
//! leaves nothing but a folder that the next one removes.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use pki::{Serial, chain};

use crate::authority::{Signer, open};
use crate::error::{Error, Result};
use crate::files::{self, PRIVATE, PUBLIC, Stamp};
use crate::inventory::Inventory;
use crate::lists::RevocationLists;
use crate::settings::{Paths, Settings};

/// What an import brought, for the administrator to compare with the old server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// The signing certificate's name.
    pub authority: String,
    /// Files of issued certificates.
    pub certificates: usize,
    /// Those of them that are revoked.
    pub revoked: usize,
    /// Pending requests.
    pub requests: usize,
    /// Lines of the inventory.
    pub issued: usize,
    /// The next serial number.
    pub next_serial: Serial,
    /// What is worth a look, in words.
    pub warnings: Vec<String>,
}

/// Copies the authority in `from` to the (absent or empty) directory of the settings.
///
/// The server that wrote `from` must be stopped; if the directory changes while it is copied, that is an error.
pub fn import_directory(from: &Path, settings: &Settings, now: SystemTime) -> Result<Imported> {
    let source = Paths::in_directory(from);
    let target = &settings.paths;
    if *target != Paths::in_directory(&target.cadir) {
        return Err(Error::Setup(
            "an authority can only be imported to a directory with Puppet's own file names; remove the settings of single \
             files (cacert, cakey, …) from puppet.conf"
                .into(),
        ));
    }
    if same(from, &target.cadir) {
        return Err(Error::Setup(format!(
            "{} is this server's own directory already; there is nothing to import",
            from.display()
        )));
    }
    let source_settings = Settings { paths: source.clone(), enable_infra_crl: false, ..settings.clone() };
    if !open::present(&source_settings)? {
        return Err(Error::Setup(format!("there is no certificate authority in {}", from.display())));
    }
    refuse_occupied(target)?;

    let stamps = stamps(&source)?;
    let signer = open::signer(&source)?;
    let lists = RevocationLists::load(&source_settings, &signer.certificate)?;
    let inventory = Inventory::load(&source.inventory)?;
    let mut imported = check(&source, &signer, &lists, &inventory, now)?;

    let staging = staging(target)?;
    if staging.exists() {
        fs::remove_dir_all(&staging).map_err(Error::file("remove", &staging))?;
    }
    files::create_directory(&staging)?;
    copy_files(from, &staging)?;
    for name in ["signed", "requests"] {
        let (from, to) = (from.join(name), staging.join(name));
        files::create_directory(&to)?;
        if from.is_dir() {
            copy_files(&from, &to)?;
        }
    }
    if self::stamps(&source)? != stamps {
        fs::remove_dir_all(&staging).map_err(Error::file("remove", &staging))?;
        return Err(Error::Setup(format!(
            "{} changed while it was being copied; stop the server that works there and try again",
            from.display()
        )));
    }
    let staged = Paths::in_directory(&staging);
    if files::next_serial(&source)? < imported.next_serial {
        imported.warnings.push(format!(
            "the serial file was behind the inventory; going on with {}",
            imported.next_serial
        ));
        files::write(&staged.serial, imported.next_serial.to_string().as_bytes(), PUBLIC)?;
    }
    publish(&staging, &target.cadir)?;
    Ok(imported)
}

/// Everything that can be said about the directory before it is copied.
fn check(
    source: &Paths,
    signer: &Signer,
    lists: &RevocationLists,
    inventory: &Inventory,
    now: SystemTime,
) -> Result<Imported> {
    let mut warnings = Vec::new();
    if let Err(error) = chain::verify(&signer.certificate, &signer.bundle, lists.chain(), now) {
        warnings.push(format!("agents cannot verify this authority: {error}"));
    }
    let next_serial = open::next_serial(source, inventory)?;
    let issued: std::collections::HashSet<Serial> = inventory.all().map(|issued| issued.serial).collect();
    let mut imported = Imported {
        authority: signer.certificate.subject().to_string(),
        issued: inventory.all().count(),
        next_serial,
        ..Imported::default()
    };
    for certname in names(&source.signeddir)? {
        let file = source.signeddir.join(format!("{certname}.pem"));
        match files::certificate(&file) {
            Ok(Some(certificate)) => {
                imported.certificates += 1;
                imported.revoked += usize::from(lists.is_revoked(&certificate));
                if certificate.issuer() != signer.certificate.subject()
                    || certificate.verify(signer.certificate.public_key()).is_err()
                {
                    warnings.push(format!("{} was not signed by this authority", file.display()));
                } else if !issued.contains(&certificate.serial()) {
                    warnings.push(format!("{} is not in the inventory", file.display()));
                    imported.next_serial = imported.next_serial.max(after(certificate.serial()));
                }
            }
            Ok(None) => {}
            Err(error) => warnings.push(error_text(&error)),
        }
    }
    for certname in names(&source.csrdir)? {
        match files::csr(&source.csrdir.join(format!("{certname}.pem"))) {
            Ok(Some(_)) => imported.requests += 1,
            Ok(None) => {}
            Err(error) => warnings.push(error_text(&error)),
        }
    }
    imported.warnings = warnings;
    Ok(imported)
}

fn after(serial: Serial) -> Serial {
    serial.next().unwrap_or(serial)
}

fn error_text(error: &Error) -> String {
    match std::error::Error::source(error) {
        Some(source) if !error.to_string().contains(&source.to_string()) => format!("{error}: {source}"),
        _ => error.to_string(),
    }
}

fn names(directory: &Path) -> Result<Vec<String>> {
    if directory.is_dir() { files::certnames(directory) } else { Ok(Vec::new()) }
}

fn same(one: &Path, other: &Path) -> bool {
    match (fs::canonicalize(one), fs::canonicalize(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}

/// The target holds nothing, or at most what an unsuccessful start leaves.
fn refuse_occupied(target: &Paths) -> Result<()> {
    if !target.cadir.exists() {
        return Ok(());
    }
    let _lock = open::lock(target)?;
    let occupied = |path: &Path| -> Result<bool> {
        let mut entries = fs::read_dir(path).map_err(Error::file("list", path))?;
        Ok(entries.next().is_some())
    };
    for entry in fs::read_dir(&target.cadir).map_err(Error::file("list", &target.cadir))? {
        let path = entry.map_err(Error::file("list", &target.cadir))?.path();
        let harmless = path == target.lock()
            || [&target.csrdir, &target.signeddir].contains(&&path) && !occupied(&path)?;
        if !harmless {
            return Err(Error::Setup(format!(
                "Existing file at '{}'. If you would really like to replace your CA, please delete the existing files first. \
                 Note that any certificates that were issued by this CA will become invalid if you replace it!",
                path.display()
            )));
        }
    }
    Ok(())
}

fn staging(target: &Paths) -> Result<PathBuf> {
    let name = target.cadir.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = name.ok_or_else(|| Error::Setup("the authority's directory has no name".into()))?;
    files::create_parent(&target.cadir)?;
    Ok(target.cadir.with_file_name(format!(".{name}.importing")))
}

/// Copies the regular files of a directory. They are made durable all at once later.
fn copy_files(from: &Path, to: &Path) -> Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    for entry in fs::read_dir(from).map_err(Error::file("list", from))? {
        let entry = entry.map_err(Error::file("list", from))?;
        let path = entry.path();
        let name = entry.file_name();
        let kind = entry.file_type().map_err(Error::file("look at", &path))?;
        if !kind.is_file() || name.to_string_lossy().starts_with('.') {
            continue;
        }
        let bytes = files::read_present(&path)?;
        let mode = if name.to_string_lossy().ends_with("_key.pem") { PRIVATE } else { PUBLIC };
        let new = to.join(name);
        fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(&new)
            .and_then(|mut file| {
                file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(mode))?;
                stdx::fs::keep_owner_of(&file, to);
                file.write_all(&bytes)
            })
            .map_err(Error::file("write", &new))?;
    }
    Ok(())
}

/// Makes the copy durable and moves it to its place.
fn publish(staging: &Path, cadir: &Path) -> Result<()> {
    let directory = fs::File::open(staging).map_err(Error::file("open", staging))?;
    // One call for the whole file system instead of one for each of perhaps a hundred thousand files.
    rustix::fs::syncfs(&directory).map_err(|error| Error::file("sync", staging)(error.into()))?;
    let paths = Paths::in_directory(cadir);
    if cadir.exists() {
        for directory in [&paths.csrdir, &paths.signeddir] {
            if directory.exists() {
                fs::remove_dir(directory).map_err(Error::file("remove", directory))?;
            }
        }
        files::remove(&paths.lock())?;
    }
    // A rename replaces an empty directory and refuses any other.
    fs::rename(staging, cadir).map_err(Error::file("rename", staging))?;
    let parent = cadir.parent().unwrap_or(cadir);
    stdx::fs::sync_directory(parent).map_err(Error::file("sync", parent))
}

/// What shows that the directory is in use.
fn stamps(paths: &Paths) -> Result<Vec<Stamp>> {
    let mut stamps = Vec::new();
    for path in [
        &paths.serial,
        &paths.inventory,
        &paths.cacrl,
        &paths.cacert,
        &paths.cakey,
        &paths.signeddir,
        &paths.csrdir,
    ] {
        stamps.push(Stamp::of(path)?);
    }
    Ok(stamps)
}
