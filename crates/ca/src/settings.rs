//! What the authority is told from outside: `puppet.conf` and `ca.conf`, already read.

use std::path::{Path, PathBuf};
use std::time::Duration;

use pki::{Extension, KeyKind};

/// The longest life of the authority's own certificate: 50 years.
pub const CA_TTL_MAX: Duration = Duration::from_secs(1_576_800_000);

const DAY: Duration = Duration::from_secs(86_400);
const YEAR: Duration = Duration::from_secs(31_536_000);

/// Files of the authority, as Puppet names them. By default all lie in `cadir`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// The directory.
    pub cadir: PathBuf,
    /// Certificate bundle, signing certificate first.
    pub cacert: PathBuf,
    /// Signing key.
    pub cakey: PathBuf,
    /// Its public half.
    pub capub: PathBuf,
    /// Revocation lists, our own first.
    pub cacrl: PathBuf,
    /// Pending requests.
    pub csrdir: PathBuf,
    /// Issued certificates.
    pub signeddir: PathBuf,
    /// One line for each certificate ever issued.
    pub inventory: PathBuf,
    /// The next serial number.
    pub serial: PathBuf,
    /// Certnames of infrastructure nodes.
    pub infra_inventory: PathBuf,
    /// Their serials.
    pub infra_serials: PathBuf,
    /// Revocation lists with only those.
    pub infra_crl: PathBuf,
    /// The root's key, where `setup` made a root.
    pub root_key: PathBuf,
}

impl Paths {
    /// Puppet's names in one directory.
    pub fn in_directory(cadir: impl Into<PathBuf>) -> Paths {
        let cadir = cadir.into();
        let at = |name: &str| cadir.join(name);
        Paths {
            cacert: at("ca_crt.pem"),
            cakey: at("ca_key.pem"),
            capub: at("ca_pub.pem"),
            cacrl: at("ca_crl.pem"),
            csrdir: at("requests"),
            signeddir: at("signed"),
            inventory: at("inventory.txt"),
            serial: at("serial"),
            infra_inventory: at("infra_inventory.txt"),
            infra_serials: at("infra_serials"),
            infra_crl: at("infra_crl.pem"),
            root_key: at("root_key.pem"),
            cadir,
        }
    }

    /// Held by whoever writes here: the server as long as it runs, a command while it works.
    pub fn lock(&self) -> PathBuf {
        self.cadir.join(".lock")
    }

    /// Present while the first files are being written; see [`crate::journal`].
    pub(crate) fn journal(&self) -> PathBuf {
        self.cadir.join(".incomplete")
    }

    /// The files of which either all or none must exist.
    pub(crate) fn required(&self, infra_crl: bool) -> Vec<&Path> {
        let mut files: Vec<&Path> =
            vec![&self.cacert, &self.cacrl, &self.cakey, &self.inventory, &self.serial];
        if infra_crl {
            files.extend([self.infra_inventory.as_path(), self.infra_crl.as_path()]);
        }
        files
    }
}

/// The `autosign` setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Autosign {
    /// Nothing is signed without a person.
    Never,
    /// Everything is signed. For laboratories.
    Always,
    /// A list of names, or, if the file is executable, a program that decides. Looked at anew for each
    /// request; a file that is not there signs nothing.
    File(PathBuf),
}

/// How policy programs are run.
#[derive(Clone, Debug)]
pub struct PolicyOptions {
    /// Added to `RUBYLIB`, so that policies find Puppet's libraries.
    pub ruby_load_path: Vec<PathBuf>,
    /// Added to `GEM_PATH`.
    pub gem_path: String,
    /// After this time the program is killed and the request stays pending.
    pub time_limit: Duration,
}

/// Everything that decides how the authority behaves.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the files are.
    pub paths: Paths,
    /// Common name of a new authority (`ca_name`).
    pub ca_name: String,
    /// Life of certificates (`ca_ttl`, `ca-ttl`).
    pub ca_ttl: Duration,
    /// Kind of keys made here (`keylength`).
    pub key_kind: KeyKind,
    /// Who is signed without a person.
    pub autosign: Autosign,
    /// How policy programs are run.
    pub policy: PolicyOptions,
    /// Overwrite what a certname has already (`allow_duplicate_certs`).
    pub allow_duplicate_certs: bool,
    /// Sign requests for alternative names (`allow-subject-alt-names`).
    pub allow_subject_alt_names: bool,
    /// Sign requests for authorization extensions (`allow-authorization-extensions`).
    pub allow_authorization_extensions: bool,
    /// Offer renewal (`allow-auto-renewal`).
    pub allow_auto_renewal: bool,
    /// Life of renewed certificates and of those whose agents renew (`auto-renewal-cert-ttl`).
    pub auto_renewal_ttl: Duration,
    /// Give agents the short list of infrastructure nodes only (`enable-infra-crl`).
    pub enable_infra_crl: bool,
    /// Set the mode of the key file right at start (`manage_internal_file_permissions`).
    pub manage_internal_file_permissions: bool,
    /// How long an operation waits for another one (`crl-lock-timeout-seconds`).
    pub lock_timeout: Duration,
}

impl Settings {
    /// Puppet's defaults for a directory and a server's certname.
    pub fn new(cadir: impl Into<PathBuf>, certname: &str) -> Settings {
        Settings {
            paths: Paths::in_directory(cadir),
            ca_name: format!("Puppet CA: {certname}"),
            ca_ttl: 5 * YEAR,
            key_kind: KeyKind::Rsa4096,
            autosign: Autosign::Never,
            policy: PolicyOptions {
                ruby_load_path: Vec::new(),
                gem_path: String::new(),
                time_limit: Duration::from_secs(60),
            },
            allow_duplicate_certs: false,
            allow_subject_alt_names: false,
            allow_authorization_extensions: false,
            allow_auto_renewal: false,
            auto_renewal_ttl: 90 * DAY,
            enable_infra_crl: false,
            manage_internal_file_permissions: true,
            lock_timeout: Duration::from_secs(60),
        }
    }
}

/// The server's own files, in Puppet's `ssldir`, and what its certificate is to contain.
#[derive(Clone, Debug)]
pub struct Host {
    /// The server's certname.
    pub certname: String,
    /// Certificate.
    pub hostcert: PathBuf,
    /// Private key.
    pub hostprivkey: PathBuf,
    /// Public key.
    pub hostpubkey: PathBuf,
    /// Copy of the authority's bundle.
    pub localcacert: PathBuf,
    /// Copy of the revocation lists.
    pub hostcrl: PathBuf,
    /// `dns_alt_names`: `a, DNS:b, IP:10.0.0.1`; empty means `puppet`.
    pub alt_names: String,
    /// `extension_requests` of `csr_attributes.yaml`.
    pub extension_requests: Vec<Extension>,
}

impl Host {
    /// Puppet's names in an `ssldir`.
    pub fn in_directory(ssldir: &Path, certname: &str) -> Host {
        let pem = format!("{certname}.pem");
        Host {
            certname: certname.to_owned(),
            hostcert: ssldir.join("certs").join(&pem),
            hostprivkey: ssldir.join("private_keys").join(&pem),
            hostpubkey: ssldir.join("public_keys").join(&pem),
            localcacert: ssldir.join("certs/ca.pem"),
            hostcrl: ssldir.join("crl.pem"),
            alt_names: String::new(),
            extension_requests: Vec::new(),
        }
    }
}

/// Reads a duration of `ca.conf`: pairs of a number and one of `y d h m s`, such as `1y30d`. Blanks are
/// ignored. A year has 365 days.
pub fn parse_duration(text: &str) -> Option<Duration> {
    let mut seconds: u64 = 0;
    let mut number: Option<u64> = None;
    let mut pairs = 0;
    for char in text.chars().filter(|char| *char != ' ') {
        if let Some(digit) = char.to_digit(10) {
            number = Some(number.unwrap_or(0).checked_mul(10)?.checked_add(digit.into())?);
            continue;
        }
        let unit = match char {
            'y' => YEAR.as_secs(),
            'd' => DAY.as_secs(),
            'h' => 3600,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        seconds = seconds.checked_add(number.take()?.checked_mul(unit)?)?;
        pairs += 1;
    }
    (pairs > 0 && number.is_none()).then(|| Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        assert_eq!(parse_duration("90d"), Some(90 * DAY));
        assert_eq!(parse_duration("1y 30d 2h3m4s"), Some(YEAR + 30 * DAY + Duration::from_secs(7384)));
        for bad in ["", "90", "d", "90x", "1d2", "99999999999999999999y", "-1d"] {
            assert_eq!(parse_duration(bad), None, "{bad}");
        }
    }
}
