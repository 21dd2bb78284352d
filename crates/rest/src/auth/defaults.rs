//! The rules that Puppet Server ships; they apply where there is no `auth.conf`.

use http::Method;
use regex::Regex;

use super::entry::Entry;
use super::{Pattern, Rule, Rules};

enum Whom {
    /// With or without a certificate.
    Everyone,
    /// With any certificate.
    Authenticated,
    /// The certname in the path.
    InPath,
    /// Tools with `pp_cli_auth: "true"`.
    Tools,
    Nobody,
}

use Whom::{Authenticated, Everyone, InPath, Nobody, Tools};

/// New machines fetch the script that installs them before they have a certificate.
const PACKAGES: (&str, &str, &str, Whom) = ("puppetlabs packages", "/packages/", "get", Everyone);

/// Name, path (a regular expression if it starts with `^`), methods, whom.
#[rustfmt::skip]
const RULES: &[(&str, &str, &str, Whom)] = &[
    ("puppetlabs v3 catalog from agents", "^/puppet/v3/catalog/([^/]+)$", "get post", InPath),
    ("puppetlabs v4 catalog for services", "^/puppet/v4/catalog/?$", "post", Nobody),
    ("puppetlabs certificate", "/puppet-ca/v1/certificate/", "get", Everyone),
    ("puppetlabs crl", "/puppet-ca/v1/certificate_revocation_list/ca", "get", Everyone),
    ("puppetlabs csr", "/puppet-ca/v1/certificate_request", "get put", Everyone),
    ("puppetlabs certificate renewal", "/puppet-ca/v1/certificate_renewal", "post", Authenticated),
    ("puppetlabs cert status", "/puppet-ca/v1/certificate_status", "get put delete", Tools),
    ("puppetlabs CRL update", "^/puppet-ca/v1/certificate_revocation_list$", "put", Tools),
    ("puppetlabs cert statuses", "/puppet-ca/v1/certificate_statuses", "get", Tools),
    ("puppetlabs CA cert and CRL expirations", "/puppet-ca/v1/expirations", "get", Authenticated),
    ("puppetlabs cert clean", "/puppet-ca/v1/clean", "put", Tools),
    ("puppetlabs cert sign", "/puppet-ca/v1/sign", "post", Tools),
    ("puppetlabs cert sign all", "/puppet-ca/v1/sign/all", "post", Tools),
    ("puppetlabs status service - full", "/status/v1/services", "get", Everyone),
    ("puppetlabs status service - simple", "/status/v1/simple", "get", Everyone),
    ("puppetlabs environments", "/puppet/v3/environments", "get", Authenticated),
    ("puppetlabs file bucket file", "/puppet/v3/file_bucket_file", "get head post put", Authenticated),
    ("puppetlabs file content", "/puppet/v3/file_content", "get post", Authenticated),
    ("puppetlabs file metadata", "/puppet/v3/file_metadata", "get post", Authenticated),
    ("puppetlabs node", "^/puppet/v3/node/([^/]+)$", "get", InPath),
    ("puppetlabs report", "^/puppet/v3/report/([^/]+)$", "put", InPath),
    ("puppetlabs facts", "^/puppet/v3/facts/([^/]+)$", "put", InPath),
    ("puppetlabs static file content", "/puppet/v3/static_file_content", "get", Authenticated),
    // The service has a list of its own.
    ("puppetlabs file sync", "/file-sync/v1/", "post", Authenticated),
    (PACKAGES.0, PACKAGES.1, PACKAGES.2, PACKAGES.3),
    ("bunraku preview", "/preview/v1/", "get post delete", Authenticated),
    // These have lists of their own, too.
    ("code manager", "/code-manager/v1/", "", Authenticated),
    ("metrics", "^/metrics/?$", "get", Authenticated),
    ("puppet tasks information", "/puppet/v3/tasks", "", Authenticated),
];

impl Default for Rules {
    /// The rules that Puppet Server ships.
    fn default() -> Rules {
        let mut rules: Vec<Rule> =
            RULES.iter().map(|(name, path, methods, whom)| rule(name, path, methods, whom)).collect();
        rules.push(Rule { sort_order: 999, ..rule("puppetlabs deny all", "/", "", &Nobody) });
        Rules::sorted(rules, false)
    }
}

impl Rules {
    /// The same with what Puppet Enterprise serves beside the rules of its `auth.conf`: packages for new machines.
    #[must_use]
    pub fn with_packages(mut self) -> Rules {
        let (name, path, methods, whom) = PACKAGES;
        self.rules.push(rule(name, path, methods, &whom));
        self.rules.sort_by(|a, b| (a.sort_order, &a.name).cmp(&(b.sort_order, &b.name)));
        self
    }

    /// Rules that let everybody ask for everything, for listeners whose services decide themselves.
    pub fn allow_all() -> Rules {
        Rules::sorted(vec![rule("everybody", "/", "", &Everyone)], false)
    }
}

fn rule(name: &str, path: &str, methods: &str, whom: &Whom) -> Rule {
    let path = match Regex::new(path) {
        Ok(regex) if path.starts_with('^') => Pattern::Regex(regex),
        _ => Pattern::Prefix(path.to_owned()),
    };
    let methods = methods
        .split_whitespace()
        .filter_map(|name| Method::from_bytes(name.to_ascii_uppercase().as_bytes()).ok());
    let (allow, deny) = match whom {
        Everyone => (Vec::new(), Vec::new()),
        Authenticated => (vec![Entry::Any], Vec::new()),
        InPath => (vec![Entry::Template("$1".to_owned())], Vec::new()),
        Tools => (
            vec![Entry::Extensions(vec![(pki::oid::PP_CLI_AUTH.to_string(), vec!["true".to_owned()])])],
            Vec::new(),
        ),
        Nobody => (Vec::new(), vec![Entry::Any]),
    };
    Rule {
        name: name.to_owned(),
        sort_order: 500,
        path,
        methods: methods.collect(),
        query: Vec::new(),
        allow,
        deny,
        allow_unauthenticated: matches!(whom, Everyone),
    }
}
