//! Facts and catalogs that are as plain as usual, decoded without a tree of values.
//!
//! Texts are borrowed from the document, and what is stored as canonical JSON is written as such at once. Whatever is not as usual is
//! for the decoder of everything, which gives the same for these documents and says what is wrong with others.

use std::collections::HashSet;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};

use super::canonical::{Canonical, Text, Written};
use super::catalog::{RELATIONSHIPS, is_tag};
use super::{NAME_BYTES_MAX, time};
use crate::hash::{self, Hash};

/// The oldest version of `replace catalog` that is read here.
const CATALOG_VERSION_MIN: u32 = 8;

/// Facts.
pub(crate) struct Facts<'a> {
    pub(crate) certname: Text<'a>,
    pub(crate) environment: Text<'a>,
    /// Microseconds since 1970.
    pub(crate) producer_timestamp: i64,
    pub(crate) producer: Option<Text<'a>>,
    /// Sorted by name, each once.
    pub(crate) values: Vec<Fact<'a>>,
    pub(crate) packages: Vec<(String, String, String)>,
}

/// A fact.
pub(crate) struct Fact<'a> {
    pub(crate) name: Text<'a>,
    /// Canonical.
    pub(crate) value: String,
    pub(crate) written: Written,
}

#[derive(Deserialize)]
struct FactsWire<'a> {
    #[serde(borrow)]
    certname: Text<'a>,
    #[serde(borrow)]
    environment: Text<'a>,
    #[serde(borrow)]
    producer_timestamp: Text<'a>,
    #[serde(borrow)]
    producer: Option<Text<'a>>,
    #[serde(borrow)]
    values: Values<'a>,
    package_inventory: Option<Vec<(String, String, String)>>,
}

/// Whether a text without `U+0000` is no longer than a name may be.
fn fits(text: &Text<'_>) -> bool {
    text.0.len() <= NAME_BYTES_MAX
}

fn is_name(text: &Text<'_>) -> bool {
    fits(text) && !text.0.is_empty()
}

/// Such a document as text, unless it has the escape that is replaced everywhere.
fn plain(text: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(text).ok()?;
    memchr::memmem::find(text.as_bytes(), b"\\u0000").is_none().then_some(text)
}

impl<'a> Facts<'a> {
    /// Those of a node.
    pub(crate) fn of(text: &'a [u8], certname: &str) -> Option<Facts<'a>> {
        let wire: FactsWire<'a> = serde_json::from_str(plain(text)?).ok()?;
        let are_names = is_name(&wire.certname) && is_name(&wire.environment);
        let is_plain = are_names
            && wire.producer.as_ref().is_none_or(fits)
            && wire.values.0.iter().all(|fact| fits(&fact.name))
            && wire.certname.0 == certname;
        let producer_timestamp = time(&wire.producer_timestamp.0)?;
        is_plain.then(|| Facts {
            producer_timestamp,
            certname: wire.certname,
            environment: wire.environment,
            producer: wire.producer,
            values: wire.values.0,
            packages: wire.package_inventory.unwrap_or_default(),
        })
    }
}

struct Values<'a>(Vec<Fact<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for Values<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Values<'a>, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Values<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Values<'de>, A::Error> {
                let (mut facts, mut buffer) = (Vec::new(), Vec::new());
                while let Some(name) = map.next_key::<Text<'de>>()? {
                    buffer.clear();
                    let written = map.next_value_seed(Canonical(&mut buffer))?;
                    let value = std::str::from_utf8(&buffer).map_err(A::Error::custom)?.to_owned();
                    facts.push(Fact { name, value, written });
                }
                // Of those with the same name the last one counts.
                facts.reverse();
                facts.sort_by(|left, right| left.name.cmp(&right.name));
                facts.dedup_by(|left, right| left.name == right.name);
                Ok(Values(facts))
            }
        }
        deserializer.deserialize_map(Each)
    }
}

/// A catalog.
#[derive(Deserialize)]
pub(crate) struct Catalog<'a> {
    #[serde(borrow)]
    pub(crate) certname: Text<'a>,
    #[serde(borrow)]
    pub(crate) version: Text<'a>,
    #[serde(borrow)]
    pub(crate) environment: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) transaction_uuid: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) catalog_uuid: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) code_id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) job_id: Option<Text<'a>>,
    #[serde(borrow)]
    producer_timestamp: Text<'a>,
    #[serde(borrow)]
    pub(crate) producer: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) edges: Vec<Edge<'a>>,
    #[serde(borrow)]
    pub(crate) resources: Vec<Resource<'a>>,
    /// Microseconds since 1970.
    #[serde(skip)]
    pub(crate) time: i64,
}

/// A resource, the parameters in their canonical form.
#[derive(Deserialize)]
pub(crate) struct Resource<'a> {
    #[serde(rename = "type", borrow)]
    pub(crate) kind: Text<'a>,
    #[serde(borrow)]
    pub(crate) title: Text<'a>,
    exported: Option<bool>,
    #[serde(borrow)]
    pub(crate) file: Option<Text<'a>>,
    line: Option<i64>,
    #[serde(borrow)]
    tags: Vec<Text<'a>>,
    pub(crate) parameters: Parameters,
}

/// A relation.
#[derive(Deserialize)]
pub(crate) struct Edge<'a> {
    #[serde(borrow)]
    pub(crate) source: Reference<'a>,
    #[serde(borrow)]
    pub(crate) target: Reference<'a>,
    #[serde(borrow)]
    pub(crate) relationship: Text<'a>,
}

/// What an edge says of a resource.
#[derive(Deserialize)]
pub(crate) struct Reference<'a> {
    #[serde(rename = "type", borrow)]
    pub(crate) kind: Text<'a>,
    #[serde(borrow)]
    pub(crate) title: Text<'a>,
}

pub(crate) struct Parameters(pub(crate) String);

impl<'de> Deserialize<'de> for Parameters {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Parameters, D::Error> {
        let mut buffer = Vec::new();
        let written = Canonical(&mut buffer).deserialize(deserializer)?;
        if written.kind != crate::schema::Kind::Object {
            return Err(D::Error::custom("parameters are an object"));
        }
        String::from_utf8(buffer).map(Parameters).map_err(D::Error::custom)
    }
}

impl<'a> Catalog<'a> {
    /// That of a node.
    pub(crate) fn of(text: &'a [u8], version: u32, certname: &str) -> Option<Catalog<'a>> {
        if version < CATALOG_VERSION_MIN {
            return None;
        }
        let mut catalog: Catalog<'a> = serde_json::from_str(plain(text)?).ok()?;
        catalog.time = time(&catalog.producer_timestamp.0)?;
        catalog.resources.iter_mut().for_each(|resource| {
            resource.tags.sort();
            resource.tags.dedup();
        });
        (catalog.certname.0 == certname && catalog.is_plain()).then_some(catalog)
    }

    fn is_plain(&self) -> bool {
        let names = [&self.environment, &self.producer];
        if !is_name(&self.certname) || !names.into_iter().flatten().all(fits) {
            return false;
        }
        let mut known = HashSet::with_capacity(self.resources.len());
        let are_plain = self.resources.iter().all(|resource| {
            is_name(&resource.kind)
                && resource.tags.iter().all(|tag| is_tag(&tag.0))
                && known.insert((&*resource.kind.0, &*resource.title.0))
        });
        let is_known = |end: &Reference<'_>| known.contains(&(&*end.kind.0, &*end.title.0));
        are_plain
            && self.edges.iter().all(|edge| {
                is_known(&edge.source)
                    && is_known(&edge.target)
                    && RELATIONSHIPS.contains(&&*edge.relationship.0)
            })
    }
}

impl Resource<'_> {
    pub(crate) fn is_exported(&self) -> bool {
        self.exported.unwrap_or_default()
    }

    /// What is no line number is none.
    pub(crate) fn line(&self) -> Option<i64> {
        self.line.filter(|line| i32::try_from(*line).is_ok())
    }

    /// The tags as JSON, sorted, each once.
    pub(crate) fn tags(&self) -> String {
        let mut out = vec![b'['];
        for (index, tag) in self.tags.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            tag.quote(&mut out);
        }
        out.push(b']');
        String::from_utf8(out).unwrap_or_default()
    }
}

/// The hash of an edge.
pub(crate) fn edge_hash(texts: [&str; 5], buffer: &mut Vec<u8>) -> Hash {
    buffer.clear();
    for text in texts {
        buffer.push(if buffer.is_empty() { b'[' } else { b',' });
        super::canonical::quote(text, buffer);
    }
    buffer.push(b']');
    hash::bytes(buffer)
}
