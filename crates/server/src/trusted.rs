//! `$trusted` and `$server_facts`: what the server knows for certain about the node, and what it says of itself.

use pcore::{Hash, Value};
use pki::oid::{Oid, OidNames};
use rest::Peer;

use crate::{PUPPET_VERSION, Settings};

/// `$trusted` of a request: what the caller's certificate says. That is the node itself, unless a rule of `auth.conf` lets
/// somebody else ask for its catalog; then it is that somebody, as in Puppet. `external` is what other sources know of it.
pub(crate) fn trusted(peer: &Peer, names: &OidNames, external: Value) -> Value {
    let certname = peer.certname();
    let authenticated = certname.is_some();
    let name = certname.map_or(Value::Undef, Value::from);
    let (hostname, domain) = match certname.map(|name| (name, name.split_once('.'))) {
        None => (Value::Undef, Value::Undef),
        Some((_, Some((host, domain)))) => (host.into(), domain.into()),
        Some((name, None)) => (name.into(), Value::Undef),
    };
    let mut extensions = Hash::new();
    if let Some(certificate) = peer.certificate().filter(|_| authenticated) {
        for (oid, value) in &certificate.extensions {
            let short = oid.parse::<Oid>().ok().and_then(|oid| names.name(&oid).map(str::to_owned));
            extensions.insert(short.unwrap_or_else(|| oid.clone()), value.as_str());
        }
    }
    let mut trusted = Hash::with_capacity(6);
    trusted.insert("authenticated", if authenticated { Value::from("remote") } else { Value::Bool(false) });
    trusted.insert("certname", name);
    trusted.insert("extensions", extensions);
    trusted.insert("hostname", hostname);
    trusted.insert("domain", domain);
    trusted.insert("external", external);
    Value::hash(trusted)
}

/// The server facts but for `environment`, which is the compile's.
pub(crate) fn server_facts(settings: &Settings) -> Hash {
    let mut facts = Hash::new();
    facts.insert("serverversion", PUPPET_VERSION);
    facts.insert("servername", settings.certname.as_str());
    for (name, address) in [("serverip", &settings.ip), ("serverip6", &settings.ip6)] {
        if let Some(address) = address {
            facts.insert(name, address.as_str());
        }
    }
    facts
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use rest::PeerCertificate;

    use super::*;

    #[test]
    fn extensions_have_short_names_where_there_are_any() {
        let extensions = BTreeMap::from([
            ("1.3.6.1.4.1.34380.1.1.13".to_owned(), "web".to_owned()),
            ("1.3.6.1.4.1.34380.1.2.7".to_owned(), "x".to_owned()),
        ]);
        let peer =
            Peer::verified("a.b.example", PeerCertificate { extensions, ..PeerCertificate::default() });
        let trusted = trusted(&peer, &OidNames::default(), Value::hash(Hash::new()));
        let trusted = trusted.as_hash().unwrap();
        assert_eq!(trusted["authenticated"], "remote".into());
        assert_eq!(trusted["hostname"], "a".into());
        assert_eq!(trusted["domain"], "b.example".into());
        let extensions = trusted["extensions"].as_hash().unwrap();
        assert_eq!(extensions["pp_role"], "web".into());
        assert_eq!(extensions["1.3.6.1.4.1.34380.1.2.7"], "x".into());
    }

    #[test]
    fn who_shows_no_certificate_has_no_name() {
        let trusted = trusted(&Peer::anonymous(), &OidNames::default(), Value::hash(Hash::new()));
        let trusted = trusted.as_hash().unwrap();
        assert_eq!(trusted["authenticated"], Value::Bool(false));
        assert_eq!(trusted["certname"], Value::Undef);
    }
}
