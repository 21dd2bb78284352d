//! Modules of a Forge, of a mirror of one, or of a directory with archives; and archives from anywhere.
//!
//! An archive is kept under its SHA-256 once it was unpacked, and a release of a Forge never changes: a version that was fetched once
//! is not asked for again.

use std::fs;
use std::path::{Path, PathBuf};

use pcore::semver::SemVer;
use serde_json::Value as Json;

use crate::archive::Archive;
use crate::cancel::Cancel;
use crate::error::{DeployError, Kind, Result};
use crate::http::{self, Http};
use crate::process::without_passwords;
use crate::settings::{Secret, Settings};
use crate::spool::Spool;
use crate::state::{own_directory, short_name};

/// Largest `metadata.json`.
const METADATA_BYTES_MAX: u64 = 4 << 20;

/// Where modules without a repository come from.
pub(crate) struct Forge {
    base: Base,
    token: Option<Secret>,
    http: Http,
    /// Archives by their checksums.
    archives: PathBuf,
    /// Checksums of releases.
    releases: PathBuf,
}

enum Base {
    Directory(PathBuf),
    /// Without a slash at its end.
    Url(String),
}

impl Forge {
    pub(crate) fn new(settings: &Settings) -> Result<Forge> {
        let url = settings.forge.baseurl.trim_end_matches('/');
        let base = if let Some(path) = url.strip_prefix("file://") {
            Base::Directory(path.into())
        } else if url.starts_with('/') {
            Base::Directory(url.into())
        } else if url.starts_with("http://") || url.starts_with("https://") {
            Base::Url(url.to_owned())
        } else {
            let msg =
                format!("forge.baseurl: '{}' is neither an address nor a directory", without_passwords(url));
            return Err(DeployError::new(Kind::Configuration, msg));
        };
        let proxy = settings.forge.proxy.clone().or_else(|| settings.proxy.clone());
        let own = own_directory(&settings.cachedir);
        Ok(Forge {
            base,
            token: settings.forge.authorization_token.clone(),
            http: Http::new(settings.fetch_timeout, settings.forge.ca_file.clone(), proxy),
            archives: own.join("archives"),
            releases: own.join("releases").join(short_name(url.as_bytes())),
        })
    }

    /// The Forge that a Puppetfile names. A token is for the configured host only.
    pub(crate) fn named(settings: &Settings, url: &str) -> Result<Forge> {
        // r10k takes a name without a scheme, too.
        let url = match url.contains("://") || url.starts_with('/') {
            true => url.to_owned(),
            false => format!("https://{url}"),
        };
        let mut settings = settings.clone();
        if root_of(&settings.forge.baseurl) != root_of(&url) {
            settings.forge.authorization_token = None;
        }
        settings.forge.baseurl = url;
        Forge::new(&settings)
    }

    /// The newest version of a module: of those without a pre-release, if there is one.
    pub(crate) fn newest(&self, title: &str, cancel: &Cancel) -> Result<String> {
        match &self.base {
            Base::Directory(directory) => newest_in(directory, title),
            Base::Url(url) => {
                let document = self.document(&format!("{url}/v3/modules/{title}"), cancel)?;
                let document = document.ok_or_else(|| missing(title, url))?;
                let version = document.pointer("/current_release/version").and_then(Json::as_str);
                version.filter(|version| crate::module::is_version(version)).map(str::to_owned).ok_or_else(|| {
                    DeployError::failed(format!(
                        "The module {title} does not appear to have any published releases, cannot determine latest version."
                    ))
                })
            }
        }
    }

    /// Whether a directory has this release of a module.
    pub(crate) fn is_installed(&self, directory: &Path, title: &str, version: &str) -> bool {
        self.version_in(directory, title).as_deref() == Some(version)
    }

    /// Which release of a module a directory has.
    pub(crate) fn version_in(&self, directory: &Path, title: &str) -> Option<String> {
        if directory.join(".git").is_dir() {
            return None;
        }
        let bytes = stdx::fs::read_limited(directory.join("metadata.json"), METADATA_BYTES_MAX).ok()??;
        let metadata: Json = serde_json::from_slice(&bytes).ok()?;
        let text = |key: &str| metadata.get(key).and_then(Json::as_str).unwrap_or_default();
        let version = text("version");
        let is_it = text("name").replace('/', "-") == title && crate::module::is_version(version);
        is_it.then(|| version.to_owned())
    }

    /// The archive of a release.
    pub(crate) fn archive(&self, title: &str, version: &str, cancel: &Cancel) -> Result<Archive> {
        let name = format!("{title}-{version}");
        let note = self.releases.join(format!("{name}.sha256"));
        if let Base::Url(_) = self.base
            && let Ok(sha256) = fs::read_to_string(&note)
            && let Some(archive) = Archive::open(&self.archives, sha256.trim())
        {
            return Ok(archive);
        }
        let archive = match &self.base {
            Base::Directory(directory) => {
                let file = directory.join(format!("{name}.tar.gz"));
                let spool = self.copy(&file, cancel)?.ok_or_else(|| {
                    DeployError::failed(format!(
                        "there is no release {version} of module {title}: {} does not exist",
                        file.display()
                    ))
                })?;
                return Ok(Archive::of(&self.archives, spool));
            }
            Base::Url(url) => {
                let release = self.document(&format!("{url}/v3/releases/{name}"), cancel)?;
                let release = release.ok_or_else(|| {
                    DeployError::failed(format!(
                        "The module release {name} does not exist on {}.",
                        without_passwords(url)
                    ))
                })?;
                let text =
                    |key: &str| release.get(key).and_then(Json::as_str).filter(|text| !text.is_empty());
                let file = text("file_uri").and_then(|file| match file.strip_prefix('/') {
                    // Below the base, as mirrors have it that lie at a path.
                    Some(path) => http::resolve(&format!("{url}/"), path),
                    None => http::resolve(&format!("{url}/"), file),
                });
                let file = file.ok_or_else(|| {
                    DeployError::failed(format!(
                        "{} does not say where the release {name} is",
                        without_passwords(url)
                    ))
                })?;
                // A token is for this host only.
                let is_here =
                    file.starts_with(&format!("{url}/")) || file.starts_with(&format!("{}/", root_of(url)));
                let token = self.token.as_ref().filter(|_| is_here);
                let spool = self.http.download(&file, token, cancel, self.spool()?)?;
                let spool = spool.ok_or_else(|| {
                    DeployError::failed(format!("{} does not exist", without_passwords(&file)))
                })?;
                verify(&spool, text("file_sha256"), text("file_md5"), &name)?;
                Archive::of(&self.archives, spool)
            }
        };
        stdx::fs::create_directory(&self.releases, 0o750)
            .map_err(DeployError::io("create", &self.releases))?;
        stdx::fs::write_atomic(&note, archive.sha256().as_bytes(), 0o644)
            .map_err(DeployError::io("write", &note))?;
        Ok(archive)
    }

    /// An archive at a path or an address. One whose checksum is known is not fetched again.
    pub(crate) fn tarball(&self, source: &str, checksum: Option<&str>, cancel: &Cancel) -> Result<Archive> {
        if let Some(archive) = checksum.and_then(|checksum| Archive::open(&self.archives, checksum)) {
            return Ok(archive);
        }
        let shown = without_passwords(source);
        let spool = if source.starts_with("http://") || source.starts_with("https://") {
            self.http.download(source, None, cancel, self.spool()?)?
        } else {
            let path = source.strip_prefix("file://").unwrap_or(source);
            if !path.starts_with('/') {
                return Err(DeployError::failed(format!(
                    "'{shown}' is neither an address nor an absolute path"
                )));
            }
            self.copy(Path::new(path), cancel)?
        };
        let spool = spool.ok_or_else(|| DeployError::failed(format!("{shown} does not exist")))?;
        if let Some(checksum) = checksum {
            verify(&spool, Some(checksum), None, &shown)?;
        }
        Ok(Archive::of(&self.archives, spool))
    }

    fn spool(&self) -> Result<Spool> {
        Spool::new(&self.archives, http::BYTES_MAX as u64)
    }

    /// A copy of a file, if it exists.
    fn copy(&self, path: &Path, cancel: &Cancel) -> Result<Option<Spool>> {
        let file = match fs::File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(DeployError::io("read", path)(error)),
        };
        if !file.metadata().is_ok_and(|found| found.is_file()) {
            return Err(DeployError::failed(format!("{} is no file", path.display())));
        }
        let mut spool = self.spool()?;
        spool.copy(path, file, cancel)?;
        Ok(Some(spool))
    }

    fn document(&self, url: &str, cancel: &Cancel) -> Result<Option<Json>> {
        let bytes = self.http.get(url, self.token.as_ref(), cancel)?;
        let document = bytes.map(|bytes| serde_json::from_slice(&bytes)).transpose();
        document.map_err(|error| DeployError::failed(format!("{}: {error}", without_passwords(url))))
    }
}

fn missing(title: &str, base: &str) -> DeployError {
    DeployError::failed(format!("The module {title} does not exist on {}.", without_passwords(base)))
}

/// `scheme://host:port` of an address.
fn root_of(url: &str) -> String {
    url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/")
}

fn verify(spool: &Spool, sha256: Option<&str>, md5: Option<&str>, name: &str) -> Result<()> {
    let (kind, wanted, found) = match (sha256, md5) {
        (Some(wanted), _) => ("SHA-256", wanted, spool.sha256()),
        (None, Some(wanted)) => ("MD5", wanted, spool.md5()),
        (None, None) => {
            return Err(DeployError::failed(format!("{name} comes without a checksum, and is not used")));
        }
    };
    match wanted.eq_ignore_ascii_case(&found) {
        true => Ok(()),
        false => Err(DeployError::failed(format!(
            "{name} is damaged: its {kind} is {found} and should be {wanted}"
        ))),
    }
}

/// The newest release in a directory of archives.
fn newest_in(directory: &Path, title: &str) -> Result<String> {
    let mut versions = Vec::new();
    for entry in fs::read_dir(directory).map_err(DeployError::io("read", directory))? {
        let name = entry.map_err(DeployError::io("read", directory))?.file_name();
        let version = name
            .to_str()
            .and_then(|name| name.strip_prefix(title)?.strip_prefix('-')?.strip_suffix(".tar.gz"))
            .filter(|version| crate::module::is_version(version))
            .and_then(|version| SemVer::parse(version).ok());
        versions.extend(version);
    }
    // Releases first, among them the newest.
    let newest =
        versions.into_iter().max_by(|a, b| a.is_stable().cmp(&b.is_stable()).then_with(|| a.precedence(b)));
    newest.map(|version| version.to_string()).ok_or_else(|| missing(title, &directory.display().to_string()))
}
