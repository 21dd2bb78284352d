//! URIs against what Ruby 3.1 answered.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use pcore::uri::Uri;
use serde_json::{Value as Json, json};

#[test]
fn uris_are_those_of_ruby() {
    let mut wrong = Vec::new();
    for line in include_str!("observed/uri.jsonl").lines() {
        let case: Json = serde_json::from_str(line).unwrap();
        let text = |index: usize| case[index].as_str().unwrap();
        let got = match text(0) {
            "+" => match Uri::parse(text(1)).and_then(|base| base.join(text(2))) {
                Ok(uri) => json!(["+", text(1), text(2), uri.text]),
                Err(error) => json!(["+", text(1), text(2), "ERR", error.message]),
            },
            "==" => {
                json!(["==", text(1), text(2), Uri::parse(text(1)).unwrap() == Uri::parse(text(2)).unwrap()])
            }
            source => match Uri::parse(source) {
                Ok(uri) => json!([
                    source,
                    uri.text,
                    uri.scheme,
                    uri.userinfo,
                    uri.host,
                    uri.port,
                    uri.path,
                    uri.query,
                    uri.fragment,
                    uri.opaque
                ]),
                Err(error) => json!([source, "ERR", error.message]),
            },
        };
        if got != case {
            wrong.push(format!("ruby: {case}\nours: {got}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}
