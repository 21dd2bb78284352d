//! `bunraku ca setup`, `import`, `enable` and `migrate`: how an authority comes to be on this machine.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::Context as _;
use ca::{Authority, External};
use stdx::SystemClock;

use super::{fail, offline, stopped};
use crate::config::Site;
use crate::serve::settings;

/// What `puppetserver ca setup` gives an authority if nothing is configured: fifteen years.
const SETUP_TTL: Option<Duration> = Some(Duration::from_secs(15 * 31_536_000));

/// Make a root and an authority below it, and the server's certificate (server stopped)
///
/// Not needed to begin with: a server without an authority makes one when it starts. Use it for names of your own, and for a root
/// whose key can be kept elsewhere.
#[derive(clap::Args, Debug)]
pub struct SetupArgs {
    /// Alternative names of the server: DNS:name, IP:address, or a host name
    #[arg(long, value_name = "NAME[,NAME]")]
    subject_alt_names: Option<String>,
    /// Common name of the signing certificate
    #[arg(long, value_name = "NAME")]
    ca_name: Option<String>,
    /// Common name of the root
    #[arg(long, value_name = "NAME")]
    root_ca_name: Option<String>,
    /// The server's certname
    #[arg(long, value_name = "NAME")]
    certname: Option<String>,
}

/// Take over an external authority, or a Puppet server's whole directory (server stopped)
///
/// Either --from, or all of --private-key, --cert-bundle and --crl-chain.
#[derive(clap::Args, Debug)]
pub struct ImportArgs {
    /// A Puppet server's directory: everything it ever issued comes along, and no agent notices
    #[arg(long, value_name = "DIR", conflicts_with_all = ["private_key", "cert_bundle", "crl_chain"])]
    from: Option<PathBuf>,
    /// Key of the signing certificate, PEM
    #[arg(long, value_name = "PATH")]
    private_key: Option<PathBuf>,
    /// Signing certificate and the way to its root, PEM
    #[arg(long, value_name = "PATH")]
    cert_bundle: Option<PathBuf>,
    /// Revocation lists of all of them, PEM
    #[arg(long, value_name = "PATH")]
    crl_chain: Option<PathBuf>,
    /// The server's certname
    #[arg(long, value_name = "NAME")]
    certname: Option<String>,
    /// Alternative names of the server: DNS:name, IP:address, or a host name
    #[arg(long, value_name = "NAME[,NAME]")]
    subject_alt_names: Option<String>,
}

/// Make the files of the revocation list for infrastructure nodes (server stopped)
///
/// With the setting `enable-infra-crl` agents get only the revocations of the nodes in infra_inventory.txt: a small list, whatever the
/// number of nodes.
#[derive(clap::Args, Debug)]
pub struct EnableArgs {
    /// Make an empty list for the nodes in infra_inventory.txt
    #[arg(long)]
    infracrl: bool,
}

pub(super) fn setup(args: SetupArgs, site: Site) -> anyhow::Result<ExitCode> {
    let (mut settings, host) = configured(&site, args.certname, args.subject_alt_names, SETUP_TTL)?;
    if let Some(name) = args.ca_name {
        settings.ca_name = name;
    }
    let root_name = args.root_ca_name.unwrap_or_else(|| {
        let random = uuid::Uuid::new_v4().simple().to_string();
        format!("Puppet Root CA: {}", random.get(..14).unwrap_or(&random))
    });
    if let Some(code) = refuse_existing(&settings, &host)? {
        return Ok(code);
    }
    let cadir = settings.paths.cadir.clone();
    let authority = match stopped(Authority::set_up(settings, &root_name, Arc::new(SystemClock)))? {
        Ok(authority) => authority,
        Err(code) => return Ok(code),
    };
    authority.ensure_host(&host)?;
    link_old_place(&site);
    println!("Generation succeeded. Find your files in {}", cadir.display());
    Ok(ExitCode::SUCCESS)
}

pub(super) fn import(args: ImportArgs, site: Site) -> anyhow::Result<ExitCode> {
    if let Some(from) = args.from {
        let (settings, host) = configured(&site, args.certname, args.subject_alt_names, None)?;
        return import_directory(&from, settings, &host, &site);
    }
    let (settings, host) = configured(&site, args.certname, args.subject_alt_names, SETUP_TTL)?;
    let (Some(key), Some(bundle), Some(crls)) = (args.private_key, args.cert_bundle, args.crl_chain) else {
        return fail([
            "    Missing required argument",
            "    --cert-bundle, --private-key, --crl-chain are required (or --from, for a Puppet server's directory)",
        ]);
    };
    let unreadable: Vec<String> = [&bundle, &key, &crls]
        .into_iter()
        .filter(|path| std::fs::File::open(path).is_err())
        .map(|path| format!("Could not read file '{}'", path.display()))
        .collect();
    if !unreadable.is_empty() {
        return fail(unreadable);
    }
    let read =
        |path: &Path| std::fs::read(path).with_context(|| format!("could not read {}", path.display()));
    let (key_text, bundle_text, crl_text) = (read(&key)?, read(&bundle)?, read(&crls)?);
    let external =
        External::read((&bundle, &bundle_text), (&key, &key_text), (&crls, &crl_text), SystemTime::now());
    let external = match external {
        Ok(external) => external,
        Err(errors) => return fail(errors),
    };
    if let Some(code) = refuse_existing(&settings, &host)? {
        return Ok(code);
    }
    let cadir = settings.paths.cadir.clone();
    let authority = match stopped(Authority::import(settings, &external, Arc::new(SystemClock)))? {
        Ok(authority) => authority,
        Err(code) => return Ok(code),
    };
    authority.ensure_host(&host)?;
    link_old_place(&site);
    println!("Import succeeded. Find your files in {}", cadir.display());
    Ok(ExitCode::SUCCESS)
}

fn import_directory(
    from: &Path,
    settings: ca::Settings,
    host: &ca::Host,
    site: &Site,
) -> anyhow::Result<ExitCode> {
    let imported = match stopped(ca::import_directory(from, &settings, SystemTime::now()))? {
        Ok(imported) => imported,
        Err(code) => return Ok(code),
    };
    for warning in &imported.warnings {
        eprintln!("Warning: {warning}");
    }
    println!("Imported {}:", imported.authority);
    println!("  {} certificates ({} of them revoked)", imported.certificates, imported.revoked);
    println!("  {} pending requests", imported.requests);
    println!(
        "  {} entries of the inventory; the next serial number is {}",
        imported.issued, imported.next_serial
    );
    let cadir = settings.paths.cadir.clone();
    let authority = Authority::open_existing(settings, Arc::new(SystemClock))?;
    if let Err(error) = authority.ensure_host(host) {
        eprintln!(
            "Warning: the server has no certificate yet: {error:#}",
            error = anyhow::Error::from(error)
        );
    }
    link_old_place(site);
    println!("Import succeeded. Find your files in {}", cadir.display());
    Ok(ExitCode::SUCCESS)
}

pub(super) fn enable(args: &EnableArgs, site: &Site) -> anyhow::Result<ExitCode> {
    if !args.infracrl {
        return Ok(ExitCode::SUCCESS);
    }
    let (mut settings, _) = settings::authority(site)?;
    // The list that is to be made need not be there.
    settings.enable_infra_crl = false;
    let paths = settings.paths.clone();
    if !paths.infra_inventory.exists() {
        return fail([format!(
            "  Please create an inventory file at '{}' with the certnames of your\n  infrastructure nodes before proceeding \
             with infra CRL setup!\"",
            paths.infra_inventory.display()
        )]);
    }
    if paths.infra_crl.exists() {
        return fail([
            format!("Existing file at '{}'", paths.infra_crl.display()),
            "  If you would really like to reinitialize your infrastructure CRL, please delete\n  the existing files and run \
             this command again."
                .to_owned(),
        ]);
    }
    let authority = match offline(settings)? {
        Ok(authority) => authority,
        Err(code) => return Ok(code),
    };
    authority.enable_infra_list()?;
    println!("Infra CRL files created.");
    Ok(ExitCode::SUCCESS)
}

pub(super) fn migrate(site: &Site) -> anyhow::Result<ExitCode> {
    let in_ssl = site.path("ssldir").join("ca");
    let (old, new) = match &site.config.ca.dir {
        Some(dir) => (in_ssl, dir.clone()),
        None => {
            let new = site.puppetserver_cadir().context("the configuration directory has no parent")?;
            let cadir = site.path("cadir");
            // In its place, or where this program has it by itself, it need not move.
            let stays = cadir == new || cadir == site.confdir.join("ca");
            (if stays { in_ssl } else { cadir }, new)
        }
    };
    if new.exists() {
        return fail([
            format!("Existing file at '{}'", new.display()),
            format!(
                "Migration will not overwrite the directory at {}. Have you already\nrun this migration tool? Is this a puppet \
                 7 installation? It is likely that you have\nalready successfully run the migration or do not need to run it.",
                new.display()
            ),
        ]);
    }
    if !old.is_dir() || old.is_symlink() {
        return fail([format!(
            "No CA dir found at {}. Please check the configured cadir setting in your\npuppet.conf file and verify its contents.",
            old.display()
        )]);
    }
    let (settings, _) = settings::authority(site)?;
    let settings = ca::Settings { paths: ca::Paths::in_directory(&old), enable_infra_crl: false, ..settings };
    // Opening takes the lock and shows that the directory is whole.
    let authority = match offline(settings)? {
        Ok(authority) => authority,
        Err(code) => return Ok(code),
    };
    if let Some(parent) = new.parent() {
        stdx::fs::create_directory(parent, 0o755)?;
    }
    std::fs::rename(&old, &new).with_context(|| {
        format!(
            "could not move {} to {}; if they are on different disks, use `bunraku ca import --from`",
            old.display(),
            new.display()
        )
    })?;
    crate::config::link(&new, &old)
        .with_context(|| format!("could not leave a link at {}", old.display()))?;
    drop(authority);
    println!(
        "CA dir successfully migrated to {}. Symlink placed at {}\nfor backwards compatibility. The puppetserver can be safely \
         restarted now.",
        new.display(),
        old.display()
    );
    Ok(ExitCode::SUCCESS)
}

/// The configuration with the options of the command over it. Certificates live as long as is configured, else as long
/// as the command has it, else as long as the server has it.
fn configured(
    site: &Site,
    certname: Option<String>,
    alt_names: Option<String>,
    default_ttl: Option<Duration>,
) -> anyhow::Result<(ca::Settings, ca::Host)> {
    let mut site = site.clone();
    if let Some(certname) = certname {
        site.puppet.set("certname", certname.clone());
        site.certname = certname;
    }
    let (mut settings, mut host) = settings::authority(&site)?;
    if let Some(ttl) = default_ttl
        && site.puppet.configured("ca_ttl").is_none()
        && site.config.ca.ttl.is_none()
    {
        settings.ca_ttl = ttl;
    }
    if let Some(alt_names) = alt_names {
        host.alt_names = alt_names;
    }
    Ok((settings, host))
}

/// The authority is good without the link.
fn link_old_place(site: &Site) {
    if let Err(error) = site.link_old_cadir() {
        let old = site.path("ssldir").join("ca");
        eprintln!("Warning: could not leave a link to the authority at {}: {error}", old.display());
    }
}

fn refuse_existing(settings: &ca::Settings, host: &ca::Host) -> anyhow::Result<Option<ExitCode>> {
    let existing = Authority::existing_files(settings, host);
    if existing.is_empty() {
        return Ok(None);
    }
    let mut lines: Vec<String> =
        existing.iter().map(|file| format!("Existing file at '{}'", file.display())).collect();
    lines.push(
        "If you would really like to replace your CA, please delete the existing files first.\nNote that any certificates that \
         were issued by this CA will become invalid if you\nreplace it!"
            .to_owned(),
    );
    fail(lines).map(Some)
}
