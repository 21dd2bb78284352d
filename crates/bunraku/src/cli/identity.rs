//! This machine's own certificate, with which commands go to servers.

use std::path::Path;

use anyhow::Context as _;
use rest::{ClientTls, Revocation, TlsMaterial};

use crate::config::Site;

/// TLS with the certificate, authority and revocation lists that the configuration names. `missing` has the words for a file (a setting
/// of puppet.conf, and where it should be) that cannot be read.
pub(super) fn tls(site: &Site, missing: impl Fn(&str, &Path) -> String) -> anyhow::Result<ClientTls> {
    let read = |name: &'static str| -> anyhow::Result<Vec<u8>> {
        let path = site.path(name);
        std::fs::read(&path).with_context(|| missing(name, &path))
    };
    let revocation = match site.puppet.get("certificate_revocation").as_deref() {
        Some("false") => Revocation::Off,
        Some("leaf") => Revocation::Leaf,
        _ => Revocation::Chain,
    };
    let lists = match revocation {
        Revocation::Off => Vec::new(),
        _ => read("hostcrl")?,
    };
    Ok(ClientTls::new(&TlsMaterial {
        chain: &read("hostcert")?,
        key: &read("hostprivkey")?,
        authorities: &read("localcacert")?,
        revocation_lists: &lists,
        revocation,
    })?)
}
