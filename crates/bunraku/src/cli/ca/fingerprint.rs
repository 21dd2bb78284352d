//! `bunraku ca fingerprint`: by what a new machine knows that it speaks with the right authority.

use std::process::ExitCode;

use anyhow::Context as _;
use pki::{Certificate, Digest, chain};

use crate::config::Site;

/// Show the fingerprint of the authority's root certificate
///
/// `bunraku compiler join --ca-fingerprint` takes it. The second line is that of the whole bundle, which `ca_fingerprint` of Puppet's
/// agents takes.
#[derive(clap::Args, Debug)]
pub struct Args {}

pub(super) fn run(site: &Site) -> anyhow::Result<ExitCode> {
    let own = site.path("cacert");
    let file = if own.exists() { own } else { site.path("localcacert") };
    let pem = std::fs::read(&file).with_context(|| format!("could not read {}", file.display()))?;
    let bundle = Certificate::bundle_from_pem(&pem).with_context(|| format!("{}", file.display()))?;
    let first = bundle.first().with_context(|| format!("{} holds no certificate", file.display()))?;
    let path = chain::path(first, &bundle).with_context(|| format!("{}", file.display()))?;
    let root = path.last().copied().unwrap_or(first);
    println!("root    SHA256 {}  {}", root.fingerprint(Digest::Sha256), root.subject());
    println!("bundle  SHA256 {}", pki::fingerprint(&pem, Digest::Sha256));
    Ok(ExitCode::SUCCESS)
}
