//! A `replace catalog` looked at from outside: its head, and a fingerprint of its resources and edges.
//!
//! Nine catalogs of ten have the resources and edges of the one before, to the letter. Whoever knows that a text with this fingerprint
//! was stored needs nothing but the head, and the rest of the document is not decoded.

use std::borrow::Cow;

use api::pdb::Fingerprint;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{NAME_BYTES_MAX, time};

/// The oldest version whose head is read here.
const VERSION_MIN: u32 = 8;

/// What a catalog says of itself.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sketch {
    pub(crate) version: String,
    pub(crate) environment: Option<String>,
    pub(crate) transaction_uuid: Option<String>,
    pub(crate) catalog_uuid: Option<String>,
    pub(crate) code_id: Option<String>,
    pub(crate) job_id: Option<String>,
    pub(crate) producer_timestamp: i64,
    pub(crate) producer: Option<String>,
    pub(crate) fingerprint: Fingerprint,
}

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow)]
    certname: Cow<'a, str>,
    #[serde(borrow)]
    version: Cow<'a, str>,
    environment: Option<String>,
    transaction_uuid: Option<String>,
    catalog_uuid: Option<String>,
    code_id: Option<String>,
    job_id: Option<String>,
    #[serde(borrow)]
    producer_timestamp: Cow<'a, str>,
    producer: Option<String>,
    #[serde(borrow)]
    edges: &'a RawValue,
    #[serde(borrow)]
    resources: &'a RawValue,
}

impl Sketch {
    /// Nothing if the document is not as plain as usual; then it is for the decoder, which also says what is wrong with it.
    pub(crate) fn of(text: &[u8], version: u32, certname: &str) -> Option<Sketch> {
        if version < VERSION_MIN {
            return None;
        }
        let wire: Wire<'_> = serde_json::from_slice(text).ok()?;
        let head = [
            Some(wire.version.as_ref()),
            wire.environment.as_deref(),
            wire.transaction_uuid.as_deref(),
            wire.catalog_uuid.as_deref(),
            wire.code_id.as_deref(),
            wire.job_id.as_deref(),
            wire.producer.as_deref(),
        ];
        let is_plain = |text: &str| text.len() <= NAME_BYTES_MAX && !text.contains('\0');
        if wire.certname != certname || !head.into_iter().flatten().all(is_plain) {
            return None;
        }
        Some(Sketch {
            producer_timestamp: time(&wire.producer_timestamp)?,
            fingerprint: Fingerprint::of(&[wire.resources.get().as_bytes(), wire.edges.get().as_bytes()]),
            version: wire.version.into_owned(),
            environment: wire.environment,
            transaction_uuid: wire.transaction_uuid,
            catalog_uuid: wire.catalog_uuid,
            code_id: wire.code_id,
            job_id: wire.job_id,
            producer: wire.producer,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalog(uuid: &str, title: &str) -> String {
        format!(
            r#"{{"certname":"a","version":"1","environment":"e","transaction_uuid":"{uuid}","catalog_uuid":null,"code_id":null,"job_id":null,
            "producer_timestamp":"2024-01-01T00:00:00Z","producer":"p","edges":[],"resources":[{{"title":"{title}"}}],"more":[1]}}"#
        )
    }

    #[test]
    fn the_fingerprint_is_that_of_the_content() {
        let of = |text: &str| Sketch::of(text.as_bytes(), 9, "a").unwrap();
        let (one, two) = (of(&catalog("u1", "x")), of(&catalog("u2", "x")));
        assert_eq!(one.fingerprint, two.fingerprint);
        assert_eq!(
            (one.transaction_uuid.as_deref(), two.transaction_uuid.as_deref()),
            (Some("u1"), Some("u2"))
        );
        assert_ne!(one.fingerprint, of(&catalog("u1", "y")).fingerprint);
    }

    #[test]
    fn what_is_unusual_is_for_the_decoder() {
        let text = catalog("u", "x");
        assert_eq!(Sketch::of(text.as_bytes(), 9, "b"), None);
        assert_eq!(Sketch::of(text.as_bytes(), 7, "a"), None);
        for (from, to) in [
            ("\"version\":\"1\"", "\"version\":1"),
            ("2024-01", "2024-13"),
            ("[1]}", "[1}"),
            ("\"edges\":[],", ""),
        ] {
            assert_eq!(Sketch::of(text.replace(from, to).as_bytes(), 9, "a"), None, "{to}");
        }
        assert_eq!(Sketch::of(catalog("\\u0000", "x").as_bytes(), 9, "a"), None);
    }
}
