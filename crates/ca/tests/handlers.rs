//! `/puppet-ca/v1` without a socket: statuses, types and texts as agents and `puppetserver ca` expect them.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed test is told by its panic")]

mod support;

use std::fmt::Write as _;
use std::sync::Arc;

use ca::{Authority, Autosign, Handlers};
use pki::{AltName, Certificate, Extension};
use rest::{HeaderValue, Method, Peer, PeerCertificate, Request, Response, Service, header};
use support::{Estate, YEAR, csr, csr_with, key};

struct Api {
    estate: Estate,
    authority: Arc<Authority>,
    handlers: Handlers,
    transcript: String,
}

impl Api {
    fn new(change: impl FnOnce(&mut Estate)) -> Api {
        let mut estate = Estate::new();
        change(&mut estate);
        let authority = Arc::new(estate.open());
        let handlers = Handlers::new(authority.clone());
        Api { estate, authority, handlers, transcript: String::new() }
    }

    fn request(&self, method: Method, path: &str, body: &str) -> Request {
        Request::new(method, &format!("/puppet-ca/v1/{path}")).unwrap().with_body(body.to_owned())
    }

    async fn send(&mut self, request: Request) -> (u16, String) {
        let line = format!("{} {}", request.method, request.path.trim_start_matches("/puppet-ca/v1"));
        let response: Response = self.handlers.call(request).await;
        let status = response.status.as_u16();
        let content_type = response.headers.get(header::CONTENT_TYPE);
        let content_type = content_type.map_or("-", |value| value.to_str().unwrap()).to_owned();
        let body = response.body.in_memory().map(|body| body.to_vec()).unwrap_or_default();
        let text = String::from_utf8(body).unwrap().replace(&self.estate.root(), "[ROOT]");
        let shown = if text.contains("-----BEGIN") {
            text.lines().filter(|line| line.starts_with("-----BEGIN")).collect::<Vec<_>>().join(" ")
        } else {
            text.clone()
        };
        writeln!(self.transcript, "{line}\n  {status} {content_type}\n  {shown}").unwrap();
        (status, text)
    }

    async fn ask(&mut self, method: Method, path: &str, body: &str) -> (u16, String) {
        let request = self.request(method, path, body);
        self.send(request).await
    }

    /// The exchanges with whatever differs from run to run masked.
    fn transcript(&self) -> String {
        let mut masked = String::new();
        for line in self.transcript.lines() {
            let mut rest = line;
            while let Some(at) = rest.find("\":\"").filter(|_| rest.contains(':')) {
                let (before, after) = rest.split_at(at + 3);
                masked.push_str(before);
                let end = after.find('"').unwrap_or(after.len());
                let value = &after[..end];
                let print = value.len() >= 59 && value.bytes().all(|b| b == b':' || b.is_ascii_hexdigit());
                masked.push_str(if print { "[PRINT]" } else { value });
                rest = &after[end..];
            }
            masked.push_str(rest);
            masked.push('\n');
        }
        masked
    }
}

#[tokio::test]
async fn an_agents_first_run() {
    let mut api = Api::new(|_| {});
    let (csr, _) = csr("web01.example.com");
    api.ask(Method::GET, "certificate/ca", "").await;
    api.ask(Method::GET, "certificate_revocation_list/ca", "").await;
    api.ask(Method::GET, "certificate/web01.example.com", "").await;
    api.ask(Method::PUT, "certificate_request/web01.example.com", &csr).await;
    api.ask(Method::PUT, "certificate_request/web01.example.com", &csr).await;
    api.ask(Method::PUT, "certificate_request/other", &csr_with("web02", &key(), vec![])).await;
    api.ask(Method::GET, "certificate_request/web01.example.com", "").await;
    api.ask(Method::GET, "certificate/web01.example.com", "").await;
    api.ask(Method::GET, "certificate_status/web01.example.com", "").await;
    api.ask(Method::PUT, "certificate_status/web01.example.com", r#"{"desired_state":"signed"}"#).await;
    let (_, pem) = api.ask(Method::GET, "certificate/web01.example.com", "").await;
    api.ask(Method::GET, "certificate_request/web01.example.com", "").await;
    insta::assert_snapshot!(api.transcript());
    let certificate = Certificate::from_pem(pem.as_bytes()).unwrap();
    assert_eq!(certificate.certname().as_deref(), Some("web01.example.com"));
}

#[tokio::test]
async fn statuses_and_their_refusals() {
    let mut api = Api::new(|estate| estate.settings.autosign = Autosign::Always);
    api.ask(Method::PUT, "certificate_request/a", &csr("a").0).await;
    let alt = Extension::subject_alt_name(&[AltName::parse("www").unwrap()]).unwrap();
    api.ask(Method::PUT, "certificate_request/b", &csr_with("b", &key(), vec![alt])).await;
    for (path, body) in [
        ("a", ""),
        ("a", "[1]"),
        ("a", "{}"),
        ("a", r#"{"desired_state":"lost"}"#),
        ("a", r#"{"desired_state":"signed","cert_ttl":"long"}"#),
        ("a", r#"{"desired_state":"signed","cert_ttl":1.5}"#),
        ("a", r#"{"desired_state":"signed"}"#),
        ("b", r#"{"desired_state":"revoked"}"#),
        ("b", r#"{"desired_state":"signed"}"#),
        ("nobody", r#"{"desired_state":"signed"}"#),
        ("a", r#"{"desired_state":"revoked"}"#),
        ("a", r#"{"desired_state":"revoked"}"#),
    ] {
        api.ask(Method::PUT, &format!("certificate_status/{path}"), body).await;
    }
    api.ask(Method::GET, "certificate_status/nobody", "").await;
    api.ask(Method::POST, "certificate_status/a", "").await;
    api.ask(Method::GET, "certificate_statuses/all?state=revoked", "").await;
    api.ask(Method::GET, "certificate_statuses/all?state=what", "").await;
    api.ask(Method::GET, "certificate_statuses/", "").await;
    api.ask(Method::GET, "certificate_statuses", "").await;
    api.ask(Method::DELETE, "certificate_status/a", "").await;
    api.ask(Method::DELETE, "certificate_status/nobody", "").await;
    api.ask(Method::DELETE, "certificate_request/b", "").await;
    api.ask(Method::DELETE, "certificate_request/b", "").await;
    insta::assert_snapshot!(api.transcript());
}

#[tokio::test]
async fn media_types_of_the_status_documents() {
    let mut api = Api::new(|estate| estate.settings.autosign = Autosign::Always);
    api.ask(Method::PUT, "certificate_request/a", &csr("a").0).await;
    api.transcript.clear();
    for accept in ["*/*", "text/pson", "application/xml, application/json;q=0.5", "text/html"] {
        let request = api.request(Method::GET, "certificate_statuses/x", "");
        api.send(request.with_header(header::ACCEPT, HeaderValue::from_str(accept).unwrap())).await;
    }
    for content_type in ["application/json; charset=utf-8", "text/pson", "text/plain"] {
        let request = api.request(Method::PUT, "certificate_status/a", r#"{"desired_state":"revoked"}"#);
        api.send(request.with_header(header::CONTENT_TYPE, HeaderValue::from_static(content_type))).await;
    }
    insta::assert_snapshot!(api.transcript());
}

#[tokio::test]
async fn many_at_once() {
    let mut api = Api::new(|_| {});
    for name in ["a", "b", "c"] {
        api.ask(Method::PUT, &format!("certificate_request/{name}"), &csr(name).0).await;
    }
    api.transcript.clear();
    for body in ["", "{}", r#"{"certnames":"a"}"#, r#"{"certnames":["a",5]}"#, r#"{"certnames":["a","x"]}"#] {
        api.ask(Method::POST, "sign", body).await;
    }
    api.ask(Method::POST, "sign/all", "{}").await;
    for body in [
        "",
        "{}",
        r#"{"certnames":["a"],"async":true}"#,
        r#"{"certnames":["a","x","y","a"]}"#,
        r#"{"certnames":["b"],"async":false}"#,
    ] {
        api.ask(Method::PUT, "clean", body).await;
    }
    api.ask(Method::GET, "certificate_statuses/any", "").await;
    api.ask(Method::GET, "expirations", "").await;
    api.ask(Method::PUT, "certificate_revocation_list", "no list").await;
    api.ask(Method::GET, "nothing", "").await;
    api.ask(Method::GET, "sign", "").await;
    insta::assert_snapshot!(api.transcript());
    assert_eq!(api.authority.lists().chain()[0].serials().len(), 2);
}

#[tokio::test]
async fn unchanged_files_are_not_sent_again() {
    let mut api = Api::new(|_| {});
    for path in ["certificate/ca", "certificate_revocation_list/ca"] {
        for (since, status) in [
            ("Fri, 01 Jan 2100 00:00:00 GMT", 304),
            ("Thu, 01 Jan 1970 00:00:00 GMT", 200),
            ("the day before yesterday", 200),
        ] {
            let request = api.request(Method::GET, path, "");
            let since_value = HeaderValue::from_static(since);
            let (found, body) = api.send(request.with_header(header::IF_MODIFIED_SINCE, since_value)).await;
            assert_eq!((found, body.is_empty()), (status, status == 304), "{path} {since}");
        }
    }
}

fn peer(certificate: &Certificate) -> Peer {
    let der = certificate.as_der().to_vec();
    Peer::verified(&certificate.certname().unwrap(), PeerCertificate { der, ..PeerCertificate::default() })
}

fn encoded(certificate: &Certificate) -> HeaderValue {
    HeaderValue::from_str(&rest::path::percent_encode(&certificate.to_pem())).unwrap()
}

#[tokio::test]
async fn renewal_is_for_the_holder_and_for_those_who_pass_on() {
    let mut api = Api::new(|estate| {
        estate.settings.autosign = Autosign::Always;
        estate.settings.allow_auto_renewal = true;
    });
    for name in ["agent", "compiler", "revoked"] {
        api.ask(Method::PUT, &format!("certificate_request/{name}"), &csr(name).0).await;
    }
    std::fs::write(&api.estate.settings.paths.infra_inventory, "compiler\n").unwrap();
    let of = |name: &str| api.authority.issued(name).unwrap().unwrap();
    let (agent, compiler, revoked) = (of("agent"), of("compiler"), of("revoked"));
    api.authority.revoke(&["revoked".into()], "admin").unwrap();
    let stranger = Estate::new();
    let stranger = stranger.open().certificate().clone();
    let renewal = |api: &Api, peer: Peer, claimed: Option<&Certificate>| {
        let request = api.request(Method::POST, "certificate_renewal", "").with_peer(peer);
        match claimed {
            Some(claimed) => request.with_claimed_certificate(encoded(claimed)),
            None => request,
        }
    };
    api.estate.clock.advance(YEAR);
    api.transcript.clear();

    let (status, pem) = api.send(renewal(&api, peer(&agent), None)).await;
    let renewed = Certificate::from_pem(pem.as_bytes()).unwrap();
    assert_eq!((status, renewed.public_key()), (200, agent.public_key()));
    let (status, pem) = api.send(renewal(&api, peer(&compiler), Some(&agent))).await;
    let passed_on = Certificate::from_pem(pem.as_bytes()).unwrap();
    assert_eq!((status, passed_on.public_key()), (200, agent.public_key()));

    let nothing = (400, "No valid certificate found in renewal request".to_owned());
    assert_eq!(api.send(renewal(&api, Peer::anonymous(), None)).await, nothing);
    assert_eq!(api.send(renewal(&api, peer(&agent), Some(&compiler))).await, nothing);
    assert_eq!(api.send(renewal(&api, peer(&compiler), Some(&revoked))).await, nothing);
    let (status, text) = api.send(renewal(&api, peer(&compiler), Some(&stranger))).await;
    assert_eq!((status, text.as_str()), (403, "Certificate present, but does not match signature"));

    api.estate.clock.advance(5 * YEAR);
    assert_eq!(api.send(renewal(&api, peer(&compiler), Some(&agent))).await, nothing);
}

#[tokio::test]
async fn renewal_that_is_not_offered_is_not_found() {
    let mut api = Api::new(|_| {});
    let (status, text) = api.ask(Method::POST, "certificate_renewal", "").await;
    assert_eq!((status, text.as_str()), (404, "Not Found"));
}

#[tokio::test]
async fn a_forged_certificate_is_not_renewed() {
    // A certificate of a stranger who claims our key identifier.
    let mut api = Api::new(|estate| {
        estate.settings.autosign = Autosign::Always;
        estate.settings.allow_auto_renewal = true;
    });
    api.ask(Method::PUT, "certificate_request/compiler", &csr("compiler").0).await;
    std::fs::write(&api.estate.settings.paths.infra_inventory, "compiler\n").unwrap();
    let compiler = api.authority.issued("compiler").unwrap().unwrap();
    let forger = key();
    let name = pki::Name::from_common_name("victim").unwrap();
    let forged = pki::Template {
        serial: pki::Serial::from(9),
        issuer: api.authority.certificate().subject(),
        subject: &name,
        public_key: forger.public_key(),
        not_before: api.estate.now() - YEAR,
        not_after: api.estate.now() + YEAR,
        extensions: compiler.extensions(),
    }
    .sign(&forger)
    .unwrap();
    assert_eq!(forged.authority_key_id(), api.authority.certificate().subject_key_id());
    let request = api.request(Method::POST, "certificate_renewal", "").with_peer(peer(&compiler));
    let (status, text) = api.send(request.with_claimed_certificate(encoded(&forged))).await;
    assert_eq!((status, text.as_str()), (403, "Certificate present, but does not match signature"));
}

#[tokio::test]
async fn names_that_leave_the_directory_are_not_found() {
    let mut api = Api::new(|_| {});
    for path in
        ["certificate/.hidden", "certificate_request/%2Fetc%2Fpasswd", "certificate/a%2F..b", "certificate/"]
    {
        assert_eq!(api.ask(Method::GET, path, "").await.0, 404, "{path}");
    }
    let long = format!("certificate/{}", "a".repeat(5000));
    assert_eq!(api.ask(Method::GET, &long, "").await.0, 404);
}
