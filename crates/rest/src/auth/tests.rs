use std::collections::BTreeMap;

use http::Method;
use pki::OidNames;

use super::*;
use crate::{Peer, PeerCertificate};

const PP_CLI_AUTH: &str = "1.3.6.1.4.1.34380.1.3.39";

fn peer(certname: &str) -> Peer {
    Peer::verified(certname, PeerCertificate::default())
}

fn peer_with(certname: &str, dns_names: &[&str], extensions: &[(&str, &str)]) -> Peer {
    Peer::verified(
        certname,
        PeerCertificate {
            dns_names: dns_names.iter().map(|name| (*name).to_owned()).collect(),
            extensions: extensions
                .iter()
                .map(|(oid, value)| ((*oid).to_owned(), (*value).to_owned()))
                .collect::<BTreeMap<_, _>>(),
            ..PeerCertificate::default()
        },
    )
}

fn allowed(rules: &Rules, method: &str, target: &str, peer: &Peer) -> bool {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let request = Request::new(method, target).unwrap().with_peer(peer.clone());
    rules.verdict(&request) == Verdict::Allowed
}

#[test]
fn the_shipped_rules() {
    let rules = Rules::default();
    let (web, nobody) = (peer("web.example.com"), Peer::anonymous());
    let tool = peer_with("puppet.example.com", &[], &[(PP_CLI_AUTH, "true")]);
    let table = [
        // method, path, node itself, no certificate, tool
        ("GET", "/puppet/v3/catalog/web.example.com", true, false, false),
        ("POST", "/puppet/v3/catalog/web.example.com?environment=x", true, false, false),
        ("POST", "/puppet/v3/catalog/WEB.example.com", true, false, false),
        ("POST", "/puppet/v3/catalog/other.example.com", false, false, false),
        ("POST", "/puppet/v3/catalog/web.example.com/more", false, false, false),
        ("DELETE", "/puppet/v3/catalog/web.example.com", false, false, false),
        ("POST", "/puppet/v4/catalog", false, false, false),
        ("GET", "/puppet-ca/v1/certificate/ca", true, true, true),
        ("GET", "/puppet-ca/v1/certificate_revocation_list/ca", true, true, true),
        ("PUT", "/puppet-ca/v1/certificate_revocation_list", false, false, true),
        ("GET", "/puppet-ca/v1/certificate_request/x", true, true, true),
        ("PUT", "/puppet-ca/v1/certificate_request/x", true, true, true),
        ("DELETE", "/puppet-ca/v1/certificate_request/x", false, false, false),
        ("POST", "/puppet-ca/v1/certificate_renewal", true, false, true),
        ("PUT", "/puppet-ca/v1/certificate_status/x", false, false, true),
        ("GET", "/puppet-ca/v1/certificate_statuses/all", false, false, true),
        ("PUT", "/puppet-ca/v1/clean", false, false, true),
        ("POST", "/puppet-ca/v1/sign/all", false, false, true),
        ("GET", "/puppet-ca/v1/expirations", true, false, true),
        ("GET", "/status/v1/services", true, true, true),
        ("GET", "/status/v1/simple/server", true, true, true),
        ("GET", "/puppet/v3/environments", true, false, true),
        ("HEAD", "/puppet/v3/file_bucket_file/sha256/ab", true, false, true),
        ("GET", "/puppet/v3/file_metadatas/plugins", true, false, true),
        ("GET", "/puppet/v3/file_content/modules/a/b", true, false, true),
        ("GET", "/puppet/v3/node/web.example.com", true, false, false),
        ("PUT", "/puppet/v3/report/web.example.com", true, false, false),
        ("PUT", "/puppet/v3/facts/web.example.com", true, false, false),
        ("GET", "/puppet/v3/facts/web.example.com", false, false, false),
        ("GET", "/puppet/v3/tasks", true, false, true),
        ("GET", "/puppet/v3/environment_classes", false, false, false),
        ("DELETE", "/puppet-admin-api/v1/environment-cache", false, false, false),
        ("GET", "/metrics/v2/list", false, false, false),
        ("GET", "/", false, false, false),
    ];
    for (method, target, node, anonymous, with_extension) in table {
        assert_eq!(allowed(&rules, method, target, &web), node, "{method} {target} by the node");
        assert_eq!(
            allowed(&rules, method, target, &nobody),
            anonymous,
            "{method} {target} without certificate"
        );
        assert_eq!(allowed(&rules, method, target, &tool), with_extension, "{method} {target} by a tool");
    }
    // Only the value "true" is a tool, and only if the certificate was verified.
    let target = "/puppet-ca/v1/clean";
    assert!(!allowed(&rules, "PUT", target, &peer_with("x", &[], &[(PP_CLI_AUTH, "false")])));
    let claimed = Peer::vouched("puppet.example.com", false, tool.certificate().cloned());
    assert!(!allowed(&rules, "PUT", target, &claimed));
    assert!(!allowed(&rules, "GET", "/puppet/v3/node/puppet.example.com", &claimed));
}

#[test]
fn a_path_spelled_differently_meets_the_same_rule() {
    let rules = Rules::default();
    let web = peer("web.example.com");
    assert!(!allowed(&rules, "GET", "/puppet/v3/catalog/other%2eexample.com", &web));
    assert!(allowed(&rules, "GET", "//puppet/v3//catalog/%77eb.example.com", &web));
    assert!(!allowed(&rules, "GET", "/puppet/v3/catalog%2Fother.example.com", &web));
    assert!(!allowed(&rules, "PUT", "/puppet-ca/v1/certificate%5fstatus/x", &web));
}

#[test]
fn certificate_names_count_too() {
    let rules = Rules::default();
    let web = peer_with("web.example.com", &["web", "www.example.com"], &[]);
    assert!(allowed(&rules, "GET", "/puppet/v3/node/www.example.com", &web));
    assert!(!allowed(&rules, "GET", "/puppet/v3/node/ww.example.com", &web));
}

fn one_rule(text: &str) -> Rules {
    let document = format!(
        "authorization {{ version: 1, rules: [ {{ match-request {{ path: \"^/x/([^/]+)/([^/]+)$\", type: regex }}, sort-order: 1, name: r, {text} }} ] }}"
    );
    Rules::parse(&document, "auth.conf", &OidNames::default()).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn entries() {
    let path = "/x/web/example.com";
    let web = peer_with("web.example.com", &[], &[("1.3.6.1.4.1.34380.1.1.13", "db")]);
    let cases = [
        ("allow: \"*\"", true),
        ("allow: web.example.com", true),
        ("allow: WEB.Example.COM", true),
        ("allow: [other, web.example.com]", true),
        ("allow: other", false),
        ("allow: \"*.example.com\"", true),
        ("allow: \"*.ample.com\"", false),
        ("allow: \"*.web.example.com\"", false),
        ("allow: \"/^web\\\\./\"", true),
        ("allow: \"/^eb/\"", false),
        ("allow: \"$1.$2\"", true),
        ("allow: \"$2.$1\"", false),
        ("allow: \"$7\"", false),
        ("allow: { certname: web.example.com }", true),
        ("allow: { extensions: { pp_role: db } }", true),
        ("allow: { extensions: { pp_role: [web, db] } }", true),
        ("allow: { extensions: { pp_role: web } }", false),
        ("allow: { extensions: { pp_role: db, pp_cli_auth: \"true\" } }", false),
        ("allow: { extensions: { \"1.3.6.1.4.1.34380.1.1.13\": db } }", true),
        ("allow: { certname: web.example.com, extensions: { pp_role: web } }", false),
        ("allow: \"*\", deny: web.example.com", false),
        ("allow: \"*\", deny: other", true),
        ("deny: other", false),
    ];
    for (text, expected) in cases {
        assert_eq!(allowed(&one_rule(text), "GET", path, &web), expected, "{text}");
        let unauthenticated = allowed(&one_rule(text), "GET", path, &Peer::anonymous());
        assert!(!unauthenticated, "{text} lets in callers without a certificate");
    }
    assert!(allowed(&one_rule("allow-unauthenticated: true"), "GET", path, &Peer::anonymous()));
}

#[test]
fn the_first_match_decides() {
    let text = r#"
        # A site's own rules.
        base { path: "/x", type: path }
        authorization {
          version: 1
          rules: [
            { name: "b", sort-order: 10, allow: "*", match-request: ${base} { method: get } }
            { name: "a", sort-order: 10, deny: "*", match-request: ${base} { method: [get, put] } }
            { name: "c", sort-order: 20, allow: "*", match-request: ${base} { method: any } }
            { name: "q", sort-order: 5, allow: "*", match-request: ${base} { query-params: { environment: [dev, test] } } }
          ]
        }"#;
    let rules = Rules::parse(text, "auth.conf", &OidNames::default()).unwrap();
    let web = peer("web");
    let verdict = |method, target| {
        let request = Request::new(method, target).unwrap().with_peer(web.clone());
        match rules.verdict(&request) {
            Verdict::Allowed => "allowed".to_owned(),
            Verdict::Denied(rule) => format!("denied by {rule:?}"),
        }
    };
    assert_eq!(verdict(Method::GET, "/x/1"), "denied by Some(\"a\")");
    assert_eq!(verdict(Method::POST, "/x/1"), "allowed");
    assert_eq!(verdict(Method::GET, "/x/1?environment=dev"), "allowed");
    assert_eq!(verdict(Method::GET, "/x/1?environment=prod&environment=test"), "allowed");
    assert_eq!(verdict(Method::GET, "/x/1?environment=prod"), "denied by Some(\"a\")");
    assert_eq!(verdict(Method::GET, "/y"), "denied by None");
    assert!(!rules.allow_header_cert_info);
}

#[test]
fn denials_say_little_and_log_much() {
    let request = Request::new(Method::GET, "/puppet/v3/nothing%0Ahere?x=1").unwrap();
    let problem = Rules::default().check(&request).unwrap_err();
    assert_eq!(problem.status(), 403);
    assert_eq!(
        problem.message(),
        "Forbidden request: /puppet/v3/nothing\u{fffd}here (method :get). Please see the server logs for details."
    );
}

#[test]
fn mistakes_are_named() {
    let fails = |text: &str| Rules::parse(text, "auth.conf", &OidNames::default()).unwrap_err().to_string();
    let rule = |text: &str| {
        fails(&format!(
            "authorization {{ version: 1, rules: [ {{ match-request {{ path: /x, type: path }}, sort-order: 1, name: r\n {text} }} ] }}"
        ))
    };
    assert_eq!(fails("x = ["), "auth.conf:1:6: the array has no end: missing ']'");
    assert_eq!(fails("x = 1"), "auth.conf: authorization: the section is missing");
    assert_eq!(
        fails("authorization { version: 2, rules: [] }"),
        "auth.conf: authorization.version: must be 1"
    );
    assert_eq!(
        fails("authorization { version: 1, rules: [ { nam: x } ] }"),
        "auth.conf: rule 1: unknown key 'nam'; known are match-request, allow, allow-unauthenticated, deny, sort-order, name"
    );
    assert_eq!(rule(""), "auth.conf: rule 'r': needs 'allow', 'deny' or 'allow-unauthenticated'");
    assert_eq!(rule("sort-order: 1000"), "auth.conf: rule 'r': needs a 'sort-order' from 1 to 999");
    assert_eq!(
        rule("allow: \"/(/\"").lines().next().unwrap(),
        "auth.conf: rule 'r': 'allow': invalid regular expression '(': regex parse error:"
    );
    assert_eq!(
        rule("allow: \"a b\""),
        "auth.conf: rule 'r': 'allow': 'a b' is no name, glob, '/regular expression/' or back reference"
    );
    assert_eq!(
        rule("allow: { extensions: { pp_x: 1 } }"),
        "auth.conf: rule 'r': 'allow': 'pp_x' is no known extension or OID"
    );
    assert_eq!(
        rule("allow: { rbac: { permission: x } }"),
        "auth.conf: rule 'r': 'allow': unknown key 'rbac'; known are certname, extensions"
    );
    assert_eq!(
        rule("allow: x, match-request { method: fetch }"),
        "auth.conf: rule 'r': unknown method 'fetch'; known are get, put, post, delete, head, any"
    );
    assert_eq!(
        rule("allow: x, match-request { method: [] }"),
        "auth.conf: rule 'r': 'method' names no method"
    );
    assert_eq!(
        rule("allow: x, allow-unauthenticated: true"),
        "auth.conf: rule 'r': 'allow-unauthenticated' cannot stand beside 'allow' or 'deny'"
    );
    let twice = "authorization { version: 1, rules: [ ${r}, ${r} ] }\nr { name: r, sort-order: 1, allow: x, match-request { path: /, type: path } }";
    assert_eq!(fails(twice), "auth.conf: rule 'r': the name is used by another rule");
}
