//! New authorities: self-signed, with a root of its own above it, or from an external authority.
//!
//! Each function puts the first files into an empty directory through the journal, so that a crash leaves
//! either all of them or a directory that the next start cleans.

use std::path::Path;
use std::time::SystemTime;

use pki::{Certificate, Crl, KeyPair, Name, PublicKey, Serial, Template, chain, profile};

use crate::authority::Signer;
use crate::error::{Error, Result};
use crate::files::{PRIVATE, PUBLIC};
use crate::inventory;
use crate::journal::{self, NewFile};
use crate::lists::is_own;
use crate::revocation_times as list_times;
use crate::settings::Settings;

const DAY: std::time::Duration = std::time::Duration::from_secs(86_400);

/// What the signer of a new authority's certificate contributes.
struct Issuer<'a> {
    name: &'a Name,
    key: &'a KeyPair,
    key_id: &'a [u8],
}

/// A single, self-signed authority: what the server makes on its first start.
pub(crate) fn self_signed(settings: &Settings, now: SystemTime) -> Result<()> {
    tracing::info!(cadir = %settings.paths.cadir.display(), "Initializing SSL for the CA");
    let wrong = Error::crypto("make the authority's key and certificate");
    let key = KeyPair::generate(settings.key_kind).map_err(&wrong)?;
    let name = Name::from_common_name(&settings.ca_name).map_err(&wrong)?;
    let key_id = key.public_key().key_id();
    let issuer = Issuer { name: &name, key: &key, key_id: &key_id };
    let certificate =
        authority_certificate(settings, now, &issuer, Serial::from(1), &name, key.public_key())?;
    let crl = Crl::empty(&certificate, &key, list_times(now)).map_err(&wrong)?;
    let inventory = inventory::line(&certificate) + "\n";
    let signer = Signer { key, bundle: vec![certificate.clone()], certificate };
    write(settings, &signer, &[crl], &inventory, Serial::from(2), Vec::new())
}

/// A root with an intermediate authority below it, as `puppetserver ca setup` makes. The root's key is left
/// in `root_key.pem`, to be taken away.
pub(crate) fn with_root(settings: &Settings, root_name: &str, now: SystemTime) -> Result<()> {
    let wrong = Error::crypto("make the authority's key and certificate");
    let root_key = KeyPair::generate(settings.key_kind).map_err(&wrong)?;
    let root_name = Name::from_common_name(root_name).map_err(&wrong)?;
    let root_key_id = root_key.public_key().key_id();
    let issuer = Issuer { name: &root_name, key: &root_key, key_id: &root_key_id };
    let root =
        authority_certificate(settings, now, &issuer, Serial::from(1), &root_name, root_key.public_key())?;
    let root_crl = Crl::empty(&root, &root_key, long_times(settings, now)).map_err(&wrong)?;

    let key = KeyPair::generate(settings.key_kind).map_err(&wrong)?;
    let name = Name::from_common_name(&settings.ca_name).map_err(&wrong)?;
    let certificate =
        authority_certificate(settings, now, &issuer, Serial::from(2), &name, key.public_key())?;
    let crl = Crl::empty(&certificate, &key, long_times(settings, now)).map_err(&wrong)?;
    let root_file = NewFile::new(&settings.paths.root_key, root_key.to_pem().map_err(&wrong)?, PRIVATE);
    let signer = Signer { key, bundle: vec![certificate.clone(), root], certificate };
    write(settings, &signer, &[crl, root_crl], "", Serial::from(1), vec![root_file])
}

/// Nobody is there to renew a root's list every month, so the first lists live as long as the authority.
fn long_times(settings: &Settings, now: SystemTime) -> pki::CrlTimes {
    pki::CrlTimes { next_update: now + settings.ca_ttl, ..list_times(now) }
}

/// Key, bundle and lists of an external authority, checked.
#[derive(Debug)]
pub struct External {
    signer: Signer,
    crls: Vec<Crl>,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({:?})", self.certificate.subject())
    }
}

impl External {
    /// Reads and checks what `ca import` is given. All findings are returned, in the words of
    /// `puppetserver ca import`; the paths are for those words only.
    pub fn read(
        bundle: (&Path, &[u8]),
        key: (&Path, &[u8]),
        crls: (&Path, &[u8]),
        now: SystemTime,
    ) -> std::result::Result<External, Vec<String>> {
        let mut errors = Vec::new();
        let (bundle_path, bundle) = bundle;
        let could_not_parse = |path: &Path| format!("Could not parse {}", path.display());
        let bundle = Certificate::bundle_from_pem(bundle).unwrap_or_else(|error| {
            errors.push(could_not_parse(bundle_path));
            errors.push(match error {
                pki::Error::NoPem { .. } => {
                    format!("Could not detect any certs within {}", bundle_path.display())
                }
                error => error.to_string(),
            });
            Vec::new()
        });
        let key = KeyPair::from_pem(key.1)
            .map_err(|error| {
                errors.push(could_not_parse(key.0));
                errors.push(error.to_string());
            })
            .ok();
        let (crl_path, crls) = crls;
        let mut crls = Crl::chain_from_pem(crls).unwrap_or_else(|error| {
            errors.push(could_not_parse(crl_path));
            errors.push(match error {
                pki::Error::NoPem { .. } => {
                    format!("Could not detect any crls within {}", crl_path.display())
                }
                error => error.to_string(),
            });
            Vec::new()
        });
        let (Some(key), false) = (key, bundle.is_empty()) else { return Err(errors) };
        let Some(certificate) = chain::matching_key(&bundle, &key).cloned() else {
            errors.push("Could not find certificate matching private key".to_owned());
            return Err(errors);
        };
        if !errors.is_empty() {
            return Err(errors);
        }
        if !certificate.is_ca() {
            return Err(vec!["The certificate matching the private key is not a CA certificate".to_owned()]);
        }
        // An external authority has rarely made a list for the one it delegates to.
        if !crls.iter().any(|crl| is_own(crl, &certificate)) {
            match Crl::empty(&certificate, &key, list_times(now)) {
                Ok(crl) => crls.insert(0, crl),
                Err(error) => return Err(vec![error.to_string()]),
            }
        }
        if let Err(error) = chain::verify(&certificate, &bundle, &crls, now) {
            return Err(vec![
                "Leaf certificate could not be validated".to_owned(),
                format!("Validating cert store returned: {} - {error}", error.code()),
            ]);
        }
        let (own, others): (Vec<Crl>, Vec<Crl>) = crls.into_iter().partition(|crl| is_own(crl, &certificate));
        let crls = [own, others].concat();
        let mut ordered = vec![certificate.clone()];
        ordered.extend(bundle.into_iter().filter(|other| *other != certificate));
        Ok(External { signer: Signer { key, bundle: ordered, certificate }, crls })
    }

    /// Puts the authority into an empty directory.
    pub(crate) fn install(&self, settings: &Settings) -> Result<()> {
        // If this authority has revoked certificates before, it has issued some: stay clear of their numbers.
        let highest = self.crls.first().and_then(|crl| crl.serials().last().copied());
        let next = highest.and_then(|highest| highest.next()).unwrap_or(Serial::from(1));
        write(settings, &self.signer, &self.crls, "", next, Vec::new())
    }
}

fn authority_certificate(
    settings: &Settings,
    now: SystemTime,
    issuer: &Issuer<'_>,
    serial: Serial,
    subject: &Name,
    public_key: &PublicKey,
) -> Result<Certificate> {
    let wrong = Error::crypto("make the authority's key and certificate");
    let extensions = profile::authority(public_key, issuer.key_id).map_err(&wrong)?;
    Template {
        serial,
        issuer: issuer.name,
        subject,
        public_key,
        not_before: now - DAY,
        not_after: now + settings.ca_ttl,
        extensions: &extensions,
    }
    .sign(issuer.key)
    .map_err(&wrong)
}

fn write(
    settings: &Settings,
    signer: &Signer,
    crls: &[Crl],
    inventory: &str,
    next_serial: Serial,
    mut more: Vec<NewFile>,
) -> Result<()> {
    let wrong = Error::crypto("write the authority's key");
    let paths = &settings.paths;
    let bundle: String = signer.bundle.iter().map(Certificate::to_pem).collect();
    let crls: String = crls.iter().map(Crl::to_pem).collect();
    more.extend([
        NewFile::new(&paths.cakey, signer.key.to_pem().map_err(&wrong)?, PRIVATE),
        NewFile::new(&paths.capub, signer.key.public_key().to_pem(), PUBLIC),
        NewFile::new(&paths.cacert, bundle, PUBLIC),
        NewFile::new(&paths.cacrl, crls.as_str(), PUBLIC),
        NewFile::new(&paths.inventory, inventory, PUBLIC),
        NewFile::new(&paths.serial, next_serial.to_string(), PUBLIC),
        NewFile::new(&paths.infra_inventory, "", PUBLIC),
        NewFile::new(&paths.infra_serials, "", PUBLIC),
        NewFile::new(&paths.infra_crl, crls, PUBLIC),
    ]);
    journal::write_all(paths, &more)
}
