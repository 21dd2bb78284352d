//! Any request line and headers are answered or refused. A path is canonical before rules and services see it.
//!
//! The first byte chooses the method, the first line is the target, all others are headers.

#![no_main]

use std::pin::pin;
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll, Waker};

use libfuzzer_sys::fuzz_target;
use rest::{
    BoxFuture, Front, HeaderName, HeaderValue, Method, Peer, PeerCertificate, Request, Response, Router, Rules, Service,
    StatusCode, path,
};

struct Echo;

impl Service for Echo {
    fn call(&self, request: Request) -> BoxFuture<'_, Response> {
        let canonical = request.canonical_path();
        assert!(canonical.starts_with('/') && !canonical.contains("//") && !canonical.contains('\0'), "{canonical}");
        assert!(!canonical.split('/').any(|segment| matches!(segment, "." | "..")), "{canonical}");
        assert_eq!(request.tail("/"), Some(&canonical[1..]));
        let _ = (request.query_params(), request.media_type(), request.claimed_certificate());
        for name in ["accept", "if-modified-since", "content-type"] {
            if let Ok(name) = HeaderName::try_from(name) {
                request.header(name).map(rest::date::parse);
            }
        }
        let response = Response::text(StatusCode::OK, canonical).if_modified_since(&request, 1_700_000_000);
        Box::pin(std::future::ready(response))
    }
}

/// The default rules; and those of a server behind a proxy that says who the caller is.
static FRONTS: LazyLock<[Front; 2]> = LazyLock::new(|| {
    let proxied = "authorization { version: 1, allow-header-cert-info: true, rules: [
        { match-request: { path: \"^/a/([^/]*)$\", type: regex }, allow: [\"$1\", \"*.b\"], sort-order: 1, name: one },
        { match-request: { path: \"/\", type: path }, allow-unauthenticated: true, sort-order: 2, name: two } ] }";
    let proxied = Rules::parse(proxied, "auth.conf", &pki::OidNames::default()).expect("rules");
    let router = || Arc::new(Router::new().mount("/puppet/v3", Arc::new(Echo)).mount("", Arc::new(Echo)));
    [Front::new(router(), Rules::default()), Front::new(router(), proxied)]
});

fuzz_target!(|data: &[u8]| {
    let Some((&choice, rest)) = data.split_first() else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let mut lines = text.split('\n');
    let target = lines.next().unwrap_or_default();
    if let Ok(decoded) = path::percent_decode_text(target, false) {
        assert_eq!(path::percent_decode_text(&path::percent_encode(&decoded), false), Ok(decoded));
    }
    let methods = [Method::GET, Method::PUT, Method::POST, Method::DELETE, Method::HEAD];
    let method = methods[choice as usize % methods.len()].clone();
    let Ok(mut request) = Request::new(method, target) else { return };
    if choice & 64 != 0 {
        request = request.with_peer(Peer::verified("web.example.com", PeerCertificate::default()));
    }
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            request = request.with_header(name, value);
        }
    }
    let front = &FRONTS[usize::from(choice & 128 != 0)];
    let mut answer = pin!(front.call(request));
    let Poll::Ready(response) = answer.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("nothing here waits");
    };
    assert!(response.status != StatusCode::INTERNAL_SERVER_ERROR, "{response:?}");
});
