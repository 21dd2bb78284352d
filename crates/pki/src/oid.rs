//! Object identifiers: the ones this crate writes and reads, and Puppet's table of short names.
//!
//! The table is that of `Puppet::SSL::Oids`; a site adds its own with `custom_trusted_oid_mapping.yaml`
//! (read elsewhere, handed to [`OidNames::with_custom`]).

use std::collections::BTreeMap;

pub use const_oid::ObjectIdentifier as Oid;

const fn oid(text: &str) -> Oid {
    Oid::new_unwrap(text)
}

/// commonName.
pub const COMMON_NAME: Oid = oid("2.5.4.3");
/// subjectKeyIdentifier.
pub const SUBJECT_KEY_ID: Oid = oid("2.5.29.14");
/// keyUsage.
pub const KEY_USAGE: Oid = oid("2.5.29.15");
/// subjectAltName.
pub const SUBJECT_ALT_NAME: Oid = oid("2.5.29.17");
/// basicConstraints.
pub const BASIC_CONSTRAINTS: Oid = oid("2.5.29.19");
/// cRLNumber.
pub const CRL_NUMBER: Oid = oid("2.5.29.20");
/// reasonCode of a CRL entry.
pub const REASON_CODE: Oid = oid("2.5.29.21");
/// deltaCRLIndicator.
pub const DELTA_CRL: Oid = oid("2.5.29.27");
/// authorityKeyIdentifier.
pub const AUTHORITY_KEY_ID: Oid = oid("2.5.29.35");
/// extendedKeyUsage.
pub const EXTENDED_KEY_USAGE: Oid = oid("2.5.29.37");
/// serverAuth, a value of extendedKeyUsage.
pub const SERVER_AUTH: Oid = oid("1.3.6.1.5.5.7.3.1");
/// clientAuth, a value of extendedKeyUsage.
pub const CLIENT_AUTH: Oid = oid("1.3.6.1.5.5.7.3.2");
/// nsComment.
pub const NETSCAPE_COMMENT: Oid = oid("2.16.840.1.113730.1.13");
/// challengePassword, a request attribute.
pub const CHALLENGE_PASSWORD: Oid = oid("1.2.840.113549.1.9.7");
/// extensionRequest, a request attribute.
pub const EXTENSION_REQUEST: Oid = oid("1.2.840.113549.1.9.14");
/// Microsoft's form of extensionRequest.
pub const MS_EXTENSION_REQUEST: Oid = oid("1.3.6.1.4.1.311.2.1.14");

/// Everything Puppet puts into certificates.
pub const PUPPET_CERT_EXT: Oid = oid("1.3.6.1.4.1.34380.1");
/// Extensions with registered meaning: `pp_role` and its kin.
pub const PUPPET_REGISTERED: Oid = oid("1.3.6.1.4.1.34380.1.1");
/// Extensions that a site is free to use.
pub const PUPPET_PRIVATE: Oid = oid("1.3.6.1.4.1.34380.1.2");
/// Extensions that authorise their holder.
pub const PUPPET_AUTHORIZATION: Oid = oid("1.3.6.1.4.1.34380.1.3");
/// The data centre that a machine is in.
pub const PP_DATACENTER: Oid = oid("1.3.6.1.4.1.34380.1.1.19");
/// Request attribute by which an agent says that it renews its certificate.
pub const PP_AUTH_AUTO_RENEW: Oid = oid("1.3.6.1.4.1.34380.1.3.2");
/// What a machine of the infrastructure is; `pe_compiler` for a compiler.
pub const PP_AUTH_ROLE: Oid = oid("1.3.6.1.4.1.34380.1.3.13");
/// The administrator of the authority: the server's own certificate.
pub const PP_CLI_AUTH: Oid = oid("1.3.6.1.4.1.34380.1.3.39");

pub(crate) const RSA_ENCRYPTION: Oid = oid("1.2.840.113549.1.1.1");
pub(crate) const SHA1_WITH_RSA: Oid = oid("1.2.840.113549.1.1.5");
pub(crate) const SHA256_WITH_RSA: Oid = oid("1.2.840.113549.1.1.11");
pub(crate) const SHA384_WITH_RSA: Oid = oid("1.2.840.113549.1.1.12");
pub(crate) const SHA512_WITH_RSA: Oid = oid("1.2.840.113549.1.1.13");
pub(crate) const EC_PUBLIC_KEY: Oid = oid("1.2.840.10045.2.1");
pub(crate) const ECDSA_WITH_SHA256: Oid = oid("1.2.840.10045.4.3.2");
pub(crate) const ECDSA_WITH_SHA384: Oid = oid("1.2.840.10045.4.3.3");
pub(crate) const ECDSA_WITH_SHA512: Oid = oid("1.2.840.10045.4.3.4");
pub(crate) const P256: Oid = oid("1.2.840.10045.3.1.7");
pub(crate) const P384: Oid = oid("1.3.132.0.34");
pub(crate) const P521: Oid = oid("1.3.132.0.35");
pub(crate) const ED25519: Oid = oid("1.3.101.112");

/// Puppet's identifiers with their short names.
pub const PUPPET_NAMES: &[(Oid, &str)] = &[
    (oid("1.3.6.1.4.1.34380.1.1.1"), "pp_uuid"),
    (oid("1.3.6.1.4.1.34380.1.1.2"), "pp_instance_id"),
    (oid("1.3.6.1.4.1.34380.1.1.3"), "pp_image_name"),
    (oid("1.3.6.1.4.1.34380.1.1.4"), "pp_preshared_key"),
    (oid("1.3.6.1.4.1.34380.1.1.5"), "pp_cost_center"),
    (oid("1.3.6.1.4.1.34380.1.1.6"), "pp_product"),
    (oid("1.3.6.1.4.1.34380.1.1.7"), "pp_project"),
    (oid("1.3.6.1.4.1.34380.1.1.8"), "pp_application"),
    (oid("1.3.6.1.4.1.34380.1.1.9"), "pp_service"),
    (oid("1.3.6.1.4.1.34380.1.1.10"), "pp_employee"),
    (oid("1.3.6.1.4.1.34380.1.1.11"), "pp_created_by"),
    (oid("1.3.6.1.4.1.34380.1.1.12"), "pp_environment"),
    (oid("1.3.6.1.4.1.34380.1.1.13"), "pp_role"),
    (oid("1.3.6.1.4.1.34380.1.1.14"), "pp_software_version"),
    (oid("1.3.6.1.4.1.34380.1.1.15"), "pp_department"),
    (oid("1.3.6.1.4.1.34380.1.1.16"), "pp_cluster"),
    (oid("1.3.6.1.4.1.34380.1.1.17"), "pp_provisioner"),
    (oid("1.3.6.1.4.1.34380.1.1.18"), "pp_region"),
    (PP_DATACENTER, "pp_datacenter"),
    (oid("1.3.6.1.4.1.34380.1.1.20"), "pp_zone"),
    (oid("1.3.6.1.4.1.34380.1.1.21"), "pp_network"),
    (oid("1.3.6.1.4.1.34380.1.1.22"), "pp_securitypolicy"),
    (oid("1.3.6.1.4.1.34380.1.1.23"), "pp_cloudplatform"),
    (oid("1.3.6.1.4.1.34380.1.1.24"), "pp_apptier"),
    (oid("1.3.6.1.4.1.34380.1.1.25"), "pp_hostname"),
    (oid("1.3.6.1.4.1.34380.1.1.26"), "pp_owner"),
    (oid("1.3.6.1.4.1.34380.1.3.1"), "pp_authorization"),
    (PP_AUTH_AUTO_RENEW, "pp_auth_auto_renew"),
    (PP_AUTH_ROLE, "pp_auth_role"),
    (PP_CLI_AUTH, "pp_cli_auth"),
];

/// Whether an identifier stands strictly below an arc.
pub fn is_below(oid: &Oid, arc: &Oid) -> bool {
    // Arcs are encoded so that none is a prefix of another: bytes compare as arcs do.
    oid != arc && oid.starts_with(*arc)
}

/// Short names in both directions: Puppet's table and the site's own entries.
#[derive(Clone, Debug)]
pub struct OidNames {
    by_oid: BTreeMap<Oid, String>,
    by_name: BTreeMap<String, Oid>,
}

impl Default for OidNames {
    fn default() -> OidNames {
        OidNames::with_custom([])
    }
}

impl OidNames {
    /// Puppet's table with the site's own short names added. An identifier or a name that Puppet's table
    /// has stays as it is there, so a mapping file cannot make `pp_cli_auth` mean something else.
    pub fn with_custom(custom: impl IntoIterator<Item = (Oid, String)>) -> OidNames {
        let mut names = OidNames { by_oid: BTreeMap::new(), by_name: BTreeMap::new() };
        for &(oid, name) in PUPPET_NAMES {
            names.by_oid.insert(oid, name.to_owned());
            names.by_name.insert(name.to_owned(), oid);
        }
        for (oid, name) in custom {
            if !names.by_oid.contains_key(&oid) && !names.by_name.contains_key(&name) {
                names.by_oid.insert(oid, name.clone());
                names.by_name.insert(name, oid);
            }
        }
        names
    }

    /// The short name of an identifier.
    pub fn name(&self, oid: &Oid) -> Option<&str> {
        self.by_oid.get(oid).map(String::as_str)
    }

    /// The short name, or the identifier in dotted form.
    pub fn name_or_dotted(&self, oid: &Oid) -> String {
        self.name(oid).map_or_else(|| oid.to_string(), str::to_owned)
    }

    /// The identifier that a short name or a dotted form stands for.
    pub fn oid(&self, name: &str) -> Option<Oid> {
        self.by_name.get(name).copied().or_else(|| Oid::new(name).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_means_a_longer_path_of_arcs() {
        assert!(is_below(&PP_CLI_AUTH, &PUPPET_AUTHORIZATION));
        assert!(!is_below(&PUPPET_AUTHORIZATION, &PUPPET_AUTHORIZATION));
        assert!(!is_below(&oid("1.3.6.1.4.1.34380.1.10"), &PUPPET_REGISTERED));
        assert!(!is_below(&oid("1.3.6.1.4.1.34380.1.30.1"), &PUPPET_AUTHORIZATION));
    }

    #[test]
    fn names_go_both_ways_and_custom_ones_do_not_shadow() {
        let names = OidNames::with_custom([
            (oid("1.3.6.1.4.1.34380.1.2.1"), "site_zone".to_owned()),
            (oid("1.3.6.1.4.1.34380.1.2.2"), "pp_cli_auth".to_owned()),
            (PP_CLI_AUTH, "harmless".to_owned()),
        ]);
        assert_eq!(names.name(&oid("1.3.6.1.4.1.34380.1.2.1")), Some("site_zone"));
        assert_eq!(names.oid("site_zone"), Some(oid("1.3.6.1.4.1.34380.1.2.1")));
        assert_eq!(names.oid("pp_cli_auth"), Some(PP_CLI_AUTH));
        assert_eq!(names.name(&PP_CLI_AUTH), Some("pp_cli_auth"));
        assert_eq!(names.oid("1.2.3.4"), Some(oid("1.2.3.4")));
        assert_eq!(names.oid("no_such"), None);
        assert_eq!(names.name_or_dotted(&oid("1.2.3.4")), "1.2.3.4");
    }
}
