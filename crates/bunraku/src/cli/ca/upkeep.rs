//! `bunraku ca prune` and `delete`

use std::process::ExitCode;

use ca::{Prune, Unwanted};
use pki::Serial;

use super::{PARTIAL, fail, offline};
use crate::config::Site;
use crate::serve::settings;

/// Take entries off the authority's revocation list (server stopped)
///
/// Without an option: repeated ones.
#[derive(clap::Args, Debug)]
pub struct PruneArgs {
    /// Take off repeated entries
    #[arg(long)]
    remove_duplicates: bool,
    /// Take off entries of certificates that have run out
    #[arg(long)]
    remove_expired: bool,
    /// Take off what --serial and --certname name. Certificates that have not run out are valid again
    #[arg(long)]
    remove_entries: bool,
    /// Serial numbers, hexadecimal
    #[arg(long, value_name = "NUMBER[,NUMBER]", value_delimiter = ',')]
    serial: Vec<String>,
    /// Certnames
    #[arg(long, value_name = "NAME[,NAME]", value_delimiter = ',')]
    certname: Vec<String>,
}

/// Remove files of issued certificates (server stopped)
///
/// Nothing is revoked: who holds such a certificate can go on using it. To revoke, use `clean`.
#[derive(clap::Args, Debug)]
pub struct DeleteArgs {
    /// Files of certificates that have run out
    #[arg(long)]
    expired: bool,
    /// Files of revoked certificates
    #[arg(long)]
    revoked: bool,
    /// Files of these certnames
    #[arg(long, value_name = "NAME[,NAME]", value_delimiter = ',')]
    certname: Vec<String>,
    /// All files
    #[arg(long)]
    all: bool,
}

pub(super) fn prune(args: PruneArgs, site: &Site) -> anyhow::Result<ExitCode> {
    if args.remove_entries && args.serial.is_empty() && args.certname.is_empty() {
        return fail(["--remove-entries option require --serial or --certname values"]);
    }
    let wanted = match args.remove_entries {
        true => Prune {
            serials: args.serial.iter().filter_map(|serial| Serial::from_hex(serial)).collect(),
            certnames: args.certname,
            ..Prune::default()
        },
        false => Prune::default(),
    };
    let prune = Prune {
        expired: args.remove_expired,
        duplicates: args.remove_duplicates || !args.remove_entries && !args.remove_expired,
        ..wanted
    };
    let (settings, _) = settings::authority(site)?;
    let authority = match offline(settings)? {
        Ok(authority) => authority,
        Err(code) => return Ok(code),
    };
    let pruned = authority.prune(&prune)?;
    println!("Total number of certificates found in Puppet's CRL is: {}.", pruned.total);
    if pruned.duplicates > 0 {
        println!("Removed {} duplicated certs from Puppet's CRL.", pruned.duplicates);
    }
    if pruned.entries > 0 {
        println!("Removed {} certs from Puppet's CRL.", pruned.entries);
    }
    if pruned.duplicates + pruned.entries == 0 {
        println!("No matching revocations found in the CRL for pruning");
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn delete(args: DeleteArgs, site: &Site) -> anyhow::Result<ExitCode> {
    let some = args.expired || args.revoked || !args.certname.is_empty();
    if !some && !args.all {
        return fail(["  Must pass one of the valid flags to determine which certs to delete"]);
    }
    if some && args.all {
        return fail(["  The --all flag must not be used with --expired, --revoked, or --certname"]);
    }
    let (settings, _) = settings::authority(site)?;
    let authority = match offline(settings)? {
        Ok(authority) => authority,
        Err(code) => return Ok(code),
    };
    let removed = authority.remove_certificates(&Unwanted {
        expired: args.expired,
        revoked: args.revoked,
        certnames: args.certname,
        all: args.all,
    })?;
    for file in &removed.files {
        println!("Deleting certificate at {}", file.display());
    }
    for problem in &removed.problems {
        eprintln!("{problem}");
    }
    let plural = if removed.files.len() == 1 { "" } else { "s" };
    println!("{} certificate{plural} deleted.", removed.files.len());
    Ok(if removed.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(PARTIAL) })
}
