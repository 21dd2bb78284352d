//! The caller's identity from the headers of a proxy that ends TLS (`allow-header-cert-info`).
//!
//! `X-Client-Verify` must be exactly `SUCCESS`; `X-Client-DN` is a name in RFC 2253 or OpenSSL's form; `X-Client-Cert`
//! is URL-encoded PEM of exactly one certificate, in which `+` is literal. Where the setting is off the headers are
//! removed, so that nothing behind can mistake them for something verified.
//!
//! Compilers pass the requests of agents to the authority on, with the same headers ([`relayed`]). What they say does not make the
//! request the agent's: the rules go on judging the compiler. Otherwise whoever holds a compiler's key could show the certificate of an
//! administrator, which is no secret, and sign what he likes.

use http::{HeaderName, HeaderValue};

use crate::path::{percent_decode, percent_encode};
use crate::request::Origin;
use crate::{Peer, PeerCertificate, Problem, Request, Rules};

const VERIFY: HeaderName = HeaderName::from_static("x-client-verify");
const DN: HeaderName = HeaderName::from_static("x-client-dn");
const CERT: HeaderName = HeaderName::from_static("x-client-cert");

/// The headers by which a compiler says whose request it passes on. The certificate has been verified.
pub fn relayed(peer: &Peer) -> Vec<(HeaderName, HeaderValue)> {
    let mut headers = Vec::with_capacity(3);
    let certificate = peer.certificate().filter(|_| peer.is_authenticated());
    let verified = if certificate.is_some() { "SUCCESS" } else { "NONE" };
    headers.push((VERIFY, HeaderValue::from_static(verified)));
    let Some(certificate) = certificate else { return headers };
    let name = peer.certname().unwrap_or_default();
    // Everything that RFC 2253 has escaped, and more than that, which it allows.
    let escape = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
        other => format!("\\{other:02X}"),
    };
    let escaped: String = name.bytes().map(escape).collect();
    if let Ok(value) = HeaderValue::try_from(format!("CN={escaped}")) {
        headers.push((DN, value));
    }
    if let Ok(certificate) = pki::Certificate::from_der(&certificate.der) {
        let pem = certificate.to_pem();
        if let Ok(value) = HeaderValue::try_from(percent_encode(&pem)) {
            headers.push((CERT, value));
        }
    }
    headers
}

/// Removes the headers; with `allow_header_cert_info` the peer becomes who they say.
pub(crate) fn apply(request: &mut Request, rules: &Rules) -> Result<(), Problem> {
    let values = [VERIFY, DN, CERT].map(|name| request.headers.remove(name));
    if !rules.allow_header_cert_info {
        let is_compiler = rules.compilers.includes(&request.peer);
        let [verify, dn, certificate] = values;
        if is_compiler {
            request.set_origin(if verify.is_some() { Origin::ThroughCompiler } else { Origin::Compiler });
            if let Some(name) = dn.as_ref().and_then(|dn| dn.to_str().ok()).and_then(common_name) {
                let compiler = request.peer.certname().unwrap_or_default();
                tracing::debug!(certname = name, compiler, "asked through a compiler");
            }
        } else if verify.is_some() || dn.is_some() || certificate.is_some() {
            tracing::warn!(
                certname = request.peer.claimed_name().unwrap_or("-"),
                remote = request.remote.map(tracing::field::display),
                "ignoring the headers X-Client-Verify, X-Client-DN and X-Client-Cert: allow-header-cert-info is off, and the \
                 client is no compiler"
            );
        }
        request.set_claimed_certificate(certificate);
        return Ok(());
    }
    let [verify, dn, certificate] = values;
    // The identity of the connection is the proxy's own; it must not show through.
    request.peer = Peer::anonymous();
    let Some(dn) = dn else { return Ok(()) };
    let Some(name) = dn.to_str().ok().and_then(common_name) else {
        tracing::error!(
            "the DN of the header X-Client-DN is malformed; the caller counts as unauthenticated"
        );
        return Ok(());
    };
    let certificate = certificate.map(|value| read_certificate(value.as_bytes())).transpose()?;
    let verified = verify.is_some_and(|value| value == "SUCCESS");
    request.peer = Peer::vouched(&name, verified, certificate);
    // The headers say who the compiler is, and nobody says for whom it asks.
    if rules.compilers.includes(&request.peer) {
        request.set_origin(Origin::Compiler);
    }
    Ok(())
}

pub(crate) fn read_certificate(value: &[u8]) -> Result<PeerCertificate, Problem> {
    let pem = percent_decode(value, false).map_err(|error| {
        Problem::bad_request(format!("Unable to URL decode the x-client-cert header: {error}"))
    })?;
    let certificates = match pki::Certificate::bundle_from_pem(&pem) {
        Ok(certificates) => certificates,
        Err(pki::Error::NoPem { .. }) => {
            return Err(Problem::bad_request("No certs found in PEM read from x-client-cert"));
        }
        Err(error) => {
            return Err(Problem::bad_request(format!(
                "Unable to parse x-client-cert into certificate: {error}"
            )));
        }
    };
    match certificates.as_slice() {
        [certificate] => Ok(PeerCertificate::of(certificate)),
        more => Err(Problem::bad_request(format!(
            "Only 1 PEM should be supplied for x-client-cert but {} found",
            more.len()
        ))),
    }
}

/// The first common name of a distinguished name: `CN=x,O=y` (RFC 2253) or `/O=y/CN=x` (OpenSSL).
fn common_name(dn: &str) -> Option<String> {
    if let Some(rest) = dn.strip_prefix('/') {
        let value = rest.split('/').find_map(|part| attribute(part))?;
        return (!value.is_empty()).then(|| value.to_owned());
    }
    let mut parts = split_rfc2253(dn)?.into_iter();
    parts
        .find_map(|(key, value)| key.eq_ignore_ascii_case("CN").then_some(value))
        .filter(|value| !value.is_empty())
}

fn attribute(part: &str) -> Option<&str> {
    let (key, value) = part.split_once('=')?;
    key.trim().eq_ignore_ascii_case("CN").then(|| value.trim())
}

/// Keys and values with escapes resolved; nothing if it is no distinguished name.
fn split_rfc2253(dn: &str) -> Option<Vec<(String, String)>> {
    let mut pairs = Vec::new();
    let mut characters = dn.chars().peekable();
    loop {
        let mut key = String::new();
        loop {
            match characters.next()? {
                '=' => break,
                ',' | '+' | ';' | '"' | '\\' => return None,
                c => key.push(c),
            }
        }
        let mut value: Vec<u8> = Vec::new();
        let mut quoted = false;
        let mut more = false;
        let push =
            |value: &mut Vec<u8>, c: char| value.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        while let Some(c) = characters.next() {
            match c {
                '\\' => {
                    let escaped = characters.next()?;
                    match (escaped.to_digit(16), characters.peek().and_then(|c| c.to_digit(16))) {
                        (Some(high), Some(low)) => {
                            characters.next();
                            value.push((high << 4 | low) as u8);
                        }
                        _ => push(&mut value, escaped),
                    }
                }
                '"' => quoted = !quoted,
                ',' | '+' | ';' if !quoted => {
                    more = true;
                    break;
                }
                c => push(&mut value, c),
            }
        }
        if quoted || key.trim().is_empty() {
            return None;
        }
        pairs.push((key.trim().to_owned(), String::from_utf8(value).ok()?.trim().to_owned()));
        if !more {
            return Some(pairs);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{HeaderValue, Method};

    #[test]
    fn common_names() {
        for (dn, expected) in [
            ("CN=a.example.com", Some("a.example.com")),
            ("CN=a.example.com,O=Example", Some("a.example.com")),
            ("O=Example, CN = a", Some("a")),
            ("O=Ex\\,CN=x,CN=b", Some("b")),
            ("O=\"Ex,CN=x\",CN=b", Some("b")),
            ("CN=caf\\C3\\A9", Some("café")),
            ("/O=Example/CN=a.example.com", Some("a.example.com")),
            ("/CN=a", Some("a")),
            ("/O=x", None),
            ("O=x", None),
            ("", None),
            ("CN", None),
            ("CN=", None),
            ("CN=\"x", None),
            ("CN=\\", None),
            ("CN=\\ff", None),
        ] {
            assert_eq!(common_name(dn).as_deref(), expected, "{dn}");
        }
    }

    fn rules(allow_header_cert_info: bool) -> Rules {
        let mut rules = Rules::default();
        rules.allow_header_cert_info = allow_header_cert_info;
        rules
    }

    fn request(headers: &[(HeaderName, &str)]) -> Request {
        let peer = Peer::verified("proxy.example.com", PeerCertificate::default());
        let request = Request::new(Method::GET, "/").unwrap().with_peer(peer);
        headers.iter().fold(request, |request, (name, value)| {
            request.with_header(name.clone(), HeaderValue::from_str(value).unwrap())
        })
    }

    #[test]
    fn headers_count_only_when_allowed() {
        let claim = [(VERIFY, "SUCCESS"), (DN, "CN=victim")];
        let mut direct = request(&claim);
        apply(&mut direct, &rules(false)).unwrap();
        assert_eq!(direct.peer.certname(), Some("proxy.example.com"));
        assert!(direct.headers.is_empty());
        assert!(direct.claimed_certificate().is_none());

        let mut proxied = request(&claim);
        apply(&mut proxied, &rules(true)).unwrap();
        assert_eq!(proxied.peer.certname(), Some("victim"));
    }

    #[test]
    fn compilers_say_for_whom_they_ask_and_stay_who_they_are() {
        let said = [(VERIFY, "SUCCESS"), (DN, "CN=victim"), (CERT, "x")];
        let mut rules = rules(false);
        rules.compilers = crate::Compilers::new(["proxy.example.com".to_owned()]);
        let mut passed_on = request(&said);
        apply(&mut passed_on, &rules).unwrap();
        assert_eq!(passed_on.peer.certname(), Some("proxy.example.com"));
        assert_eq!(passed_on.origin(), Origin::ThroughCompiler);
        assert!(passed_on.headers.is_empty() && passed_on.claimed_certificate().is_some());
        let mut own = request(&[]);
        apply(&mut own, &rules).unwrap();
        assert_eq!(own.origin(), Origin::Compiler);
        let mut other =
            request(&said).with_peer(Peer::verified("web.example.com", PeerCertificate::default()));
        apply(&mut other, &rules).unwrap();
        assert_eq!(other.origin(), Origin::Peer);

        // Behind a proxy that ends TLS, too.
        let mut proxied = request(&[(VERIFY, "SUCCESS"), (DN, "CN=compiler.example.com")]);
        let mut behind = super::tests::rules(true);
        behind.compilers = crate::Compilers::new(["compiler.example.com".to_owned()]);
        apply(&mut proxied, &behind).unwrap();
        assert_eq!(proxied.origin(), Origin::Compiler);
        let mut unverified = request(&[(VERIFY, "NONE"), (DN, "CN=compiler.example.com")]);
        apply(&mut unverified, &behind).unwrap();
        assert_eq!(unverified.origin(), Origin::Peer);

        // By its certificate.
        let role = pki::oid::PP_AUTH_ROLE.to_string();
        let with = |value: &str| PeerCertificate {
            extensions: [(role.clone(), value.to_owned())].into(),
            ..PeerCertificate::default()
        };
        let compilers = crate::Compilers::default();
        assert!(compilers.includes(&Peer::verified("c", with("pe_compiler"))));
        assert!(!compilers.includes(&Peer::verified("c", with("pe_compiler_not"))));
        assert!(!compilers.includes(&Peer::vouched("c", false, Some(with("pe_compiler")))));
        assert!(!compilers.includes(&Peer::anonymous()));
    }

    #[test]
    fn what_is_passed_on_is_read_again() {
        assert_eq!(relayed(&Peer::anonymous()), [(VERIFY, HeaderValue::from_static("NONE"))]);
        assert_eq!(relayed(&Peer::vouched("x", false, None)).len(), 1);
        let key = pki::KeyPair::generate(pki::KeyKind::EcP256).unwrap();
        let name = "a,b=c\\d é.example.com";
        let subject = pki::Name::from_common_name(name).unwrap();
        let now = std::time::SystemTime::now();
        let certificate = pki::Template {
            serial: pki::Serial::from_decimal("7").unwrap(),
            issuer: &subject,
            subject: &subject,
            public_key: key.public_key(),
            not_before: now,
            not_after: now + std::time::Duration::from_secs(60),
            extensions: &[],
        }
        .sign(&key)
        .unwrap();
        let peer = Peer::verified(name, PeerCertificate::of(&certificate));
        let mut passed_on = Request::new(Method::GET, "/").unwrap();
        for (header, value) in relayed(&peer) {
            passed_on = passed_on.with_header(header, value);
        }
        apply(&mut passed_on, &rules(true)).unwrap();
        assert_eq!(passed_on.peer.certname(), Some(name));
        assert_eq!(passed_on.peer.certificate().unwrap().der, certificate.as_der());
    }

    #[test]
    fn without_success_nobody_is_authenticated() {
        for verify in ["NONE", "success", "SUCCESS ", "FAILED:x", ""] {
            let mut proxied = request(&[(VERIFY, verify), (DN, "CN=victim")]);
            apply(&mut proxied, &rules(true)).unwrap();
            let authenticated = proxied.peer.certname();
            // HTTP itself strips spaces around a value.
            assert_eq!(
                authenticated,
                (verify.trim() == "SUCCESS" && verify != "SUCCESS ").then_some("victim"),
                "{verify:?}"
            );
            assert_eq!(proxied.peer.claimed_name(), Some("victim"));
        }
        let mut bare = request(&[]);
        apply(&mut bare, &rules(true)).unwrap();
        assert_eq!(bare.peer, Peer::anonymous());
    }

    #[test]
    fn bad_certificates_are_bad_requests() {
        for (value, text) in [
            ("%zz", "Unable to URL decode the x-client-cert header: malformed percent-encoding at byte 0"),
            ("nothing", "No certs found in PEM read from x-client-cert"),
        ] {
            let mut proxied = request(&[(VERIFY, "SUCCESS"), (DN, "CN=x"), (CERT, value)]);
            assert_eq!(apply(&mut proxied, &rules(true)).unwrap_err().message(), text);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_name_can_be_read(dn in "[CNO=,/\\\\\"+; a-f0-9]{0,30}", other in ".{0,30}") {
            common_name(&dn);
            common_name(&other);
        }

        #[test]
        fn escaped_names_come_back(name in "[a-z ,+\"\\\\;=]{1,20}") {
            let escaped: String = name.chars().flat_map(|c| match c {
                'a'..='z' | ' ' => vec![c],
                c => vec!['\\', c],
            }).collect();
            let expected = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
            proptest::prop_assert_eq!(common_name(&format!("O=x,CN={escaped}")), expected);
        }
    }
}
