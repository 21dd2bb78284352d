//! Any text is an `auth.conf` or refused; rules that were read judge any request.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rest::{Method, Peer, PeerCertificate, Request, Rules};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(rules) = Rules::parse(text, "auth.conf", &pki::OidNames::default()) else { return };
    for target in ["/", "/puppet/v3/catalog/web.example.com?environment=a", "/puppet/v3/file_content/x/%ff"] {
        let Ok(request) = Request::new(Method::GET, target) else { continue };
        let _ = rules.verdict(&request);
        let _ = rules.verdict(&request.with_peer(Peer::verified("web.example.com", PeerCertificate::default())));
    }
});
