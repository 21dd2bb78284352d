//! Facts, catalogs and reports that are as plain as usual, decoded without a tree of values.
//!
//! Texts are borrowed from the document, and what is stored as canonical JSON is written as such at once. Whatever is not as usual is
//! for the decoder of everything, which gives the same for these documents and says what is wrong with others.

use std::collections::HashSet;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

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
        let Object(wire) = serde_json::from_str::<Object<FactsWire<'a>>>(plain(text)?).ok()?;
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

/// What is written as an object. The decoders that are made of structs take lists of their fields, too.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Object<T>, D::Error> {
        struct Fields<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }
        deserializer.deserialize_map(Fields(PhantomData))
    }
}

fn object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Object::deserialize(deserializer).map(|Object(it)| it)
}

fn objects<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    Ok(Vec::<Object<T>>::deserialize(deserializer)?.into_iter().map(|Object(it)| it).collect())
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
    #[serde(borrow, deserialize_with = "objects")]
    pub(crate) edges: Vec<Edge<'a>>,
    #[serde(borrow, deserialize_with = "objects")]
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
    #[serde(borrow, deserialize_with = "object")]
    pub(crate) source: Reference<'a>,
    #[serde(borrow, deserialize_with = "object")]
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
        let Object(mut catalog) = serde_json::from_str::<Object<Catalog<'a>>>(plain(text)?).ok()?;
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
        let mut out = Vec::new();
        super::canonical::quote_all(&self.tags, &mut out);
        String::from_utf8(out).unwrap_or_default()
    }
}

/// A report: what is not in its events, with no events; and the resources that have them.
pub(crate) struct Report<'a> {
    pub(crate) head: super::Report,
    resources: Vec<ReportResource<'a>>,
}

/// An event, and the resource it is of.
pub(crate) struct Event<'a> {
    pub(crate) resource: &'a ReportResource<'a>,
    /// Microseconds since 1970.
    pub(crate) timestamp: i64,
    /// None for what stands for a resource that was skipped.
    pub(crate) event: Option<&'a ReportEvent<'a>>,
}

#[derive(Deserialize)]
struct ReportWire<'a> {
    #[serde(borrow)]
    certname: Text<'a>,
    #[serde(borrow)]
    environment: Text<'a>,
    puppet_version: String,
    report_format: Option<i64>,
    configuration_version: Option<String>,
    #[serde(borrow)]
    start_time: Text<'a>,
    #[serde(borrow)]
    end_time: Text<'a>,
    #[serde(borrow)]
    producer_timestamp: Text<'a>,
    #[serde(borrow)]
    producer: Option<Text<'a>>,
    transaction_uuid: Option<String>,
    #[serde(default, deserialize_with = "if_there")]
    catalog_uuid: Option<Option<String>>,
    code_id: Option<String>,
    #[serde(borrow)]
    job_id: Option<Text<'a>>,
    cached_catalog_status: Option<String>,
    #[serde(borrow)]
    status: Option<Text<'a>>,
    noop: Option<bool>,
    noop_pending: Option<bool>,
    corrective_change: Option<bool>,
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(borrow)]
    metrics: &'a RawValue,
    #[serde(borrow)]
    logs: &'a RawValue,
    #[serde(borrow)]
    resources: &'a RawValue,
}

#[derive(Deserialize)]
struct Metric {
    category: String,
    name: String,
    value: f64,
}

/// A resource of a report.
#[derive(Deserialize)]
pub(crate) struct ReportResource<'a> {
    #[serde(borrow)]
    timestamp: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) resource_type: Text<'a>,
    #[serde(borrow)]
    pub(crate) resource_title: Text<'a>,
    #[serde(borrow)]
    pub(crate) file: Option<Text<'a>>,
    line: Option<i64>,
    skipped: Option<bool>,
    #[serde(borrow)]
    pub(crate) containment_path: Vec<Text<'a>>,
    #[serde(borrow, deserialize_with = "objects")]
    events: Vec<ReportEvent<'a>>,
}

/// An event of a resource.
#[derive(Deserialize)]
pub(crate) struct ReportEvent<'a> {
    #[serde(borrow)]
    timestamp: Text<'a>,
    #[serde(borrow)]
    pub(crate) status: Text<'a>,
    pub(crate) corrective_change: Option<bool>,
    #[serde(borrow)]
    pub(crate) property: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) name: Option<Text<'a>>,
    #[serde(borrow)]
    new_value: Option<&'a RawValue>,
    #[serde(borrow)]
    old_value: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) message: Option<Text<'a>>,
}

fn if_there<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// The oldest version of `store report` that is read here.
const REPORT_VERSION_MIN: u32 = 6;

impl<'a> Report<'a> {
    /// That of a node.
    pub(crate) fn of(text: &'a [u8], version: u32, certname: &str) -> Option<Report<'a>> {
        if version < REPORT_VERSION_MIN {
            return None;
        }
        let Object(wire) = serde_json::from_str::<Object<ReportWire<'a>>>(plain(text)?).ok()?;
        let kind = wire.kind.unwrap_or_else(|| "agent".into());
        let are_names = is_name(&wire.certname) && is_name(&wire.environment);
        let texts = [&wire.producer, &wire.job_id, &wire.status];
        let is_known = ["agent", "plan"].contains(&kind.as_str());
        if wire.certname.0 != certname || !are_names || !texts.into_iter().flatten().all(fits) || !is_known {
            return None;
        }
        let metrics: Vec<Object<Metric>> = serde_json::from_str(wire.metrics.get()).ok()?;
        let resources = objects(&mut serde_json::Deserializer::from_str(wire.resources.get())).ok()?;
        let resources: Vec<ReportResource<'a>> = resources;
        let all =
            resources.iter().any(|resource| resource.skipped != Some(true) && resource.events.is_empty());
        if !wire.logs.get().starts_with('[') || !resources.iter().all(ReportResource::is_plain) {
            return None;
        }
        let mut document = format!("{{\"metrics\":{},\"logs\":{}", wire.metrics.get(), wire.logs.get());
        if all {
            document.push_str(",\"resources\":");
            document.push_str(wire.resources.get());
        }
        document.push('}');
        if !is_sound(&document) {
            return None;
        }
        let owned = |text: Option<Text<'_>>| text.map(|text| text.0.into_owned());
        let head = super::Report {
            certname: wire.certname.0.into_owned(),
            environment: wire.environment.0.into_owned(),
            puppet_version: wire.puppet_version,
            report_format: wire.report_format.unwrap_or_default(),
            configuration_version: wire.configuration_version.unwrap_or_default(),
            start_time: time(&wire.start_time.0)?,
            end_time: time(&wire.end_time.0)?,
            producer_timestamp: time(&wire.producer_timestamp.0)?,
            producer: owned(wire.producer),
            catalog_uuid: wire.catalog_uuid.unwrap_or_else(|| wire.transaction_uuid.clone()),
            transaction_uuid: wire.transaction_uuid,
            code_id: wire.code_id,
            job_id: owned(wire.job_id),
            cached_catalog_status: wire.cached_catalog_status,
            status: owned(wire.status),
            noop: wire.noop,
            noop_pending: wire.noop_pending,
            corrective_change: wire.corrective_change,
            kind,
            events: Vec::new(),
            metrics: metrics
                .into_iter()
                .map(|Object(metric)| (metric.category, metric.name, metric.value))
                .collect(),
            document: super::report::Document::Command(document.into_bytes()),
        };
        Some(Report { head, resources })
    }

    /// All of them, in their order.
    pub(crate) fn events(&self) -> impl Iterator<Item = Event<'_>> {
        self.resources.iter().flat_map(|resource| {
            let skipped = resource.is_skipped().then(|| Event {
                resource,
                timestamp: resource.timestamp.as_ref().and_then(|text| time(&text.0)).unwrap_or_default(),
                event: None,
            });
            let events = if resource.is_skipped() { &[] } else { resource.events.as_slice() };
            let events = events.iter().map(move |event| Event {
                resource,
                timestamp: time(&event.timestamp.0).unwrap_or_default(),
                event: Some(event),
            });
            skipped.into_iter().chain(events)
        })
    }
}

impl ReportResource<'_> {
    fn is_skipped(&self) -> bool {
        self.skipped == Some(true)
    }

    fn is_plain(&self) -> bool {
        let is_time = |text: &Text<'_>| time(&text.0).is_some();
        is_name(&self.resource_type)
            && match self.is_skipped() {
                true => self.timestamp.as_ref().is_some_and(is_time),
                false => self.events.iter().all(|event| {
                    let values = [event.new_value, event.old_value];
                    is_time(&event.timestamp)
                        && is_name(&event.status)
                        && values.into_iter().flatten().all(|raw| is_sound(raw.get()))
                }),
            }
    }

    /// What is no line number is none.
    pub(crate) fn line(&self) -> Option<i64> {
        self.line.filter(|line| i32::try_from(*line).is_ok())
    }
}

impl ReportEvent<'_> {
    /// JSON without blanks; nothing for null.
    pub(crate) fn values(&self) -> [Option<String>; 2] {
        let compact = |raw: &RawValue| {
            let value: serde_json::Value = serde_json::from_str(raw.get()).unwrap_or_default();
            (!value.is_null()).then(|| value.to_string())
        };
        [self.new_value.and_then(compact), self.old_value.and_then(compact)]
    }
}

/// Whether JSON that has been passed over is such as can be read again: numbers within range, whole escapes, not nested too deeply.
fn is_sound(text: &str) -> bool {
    let mut reader = serde_json::Deserializer::from_str(text);
    Looked::deserialize(&mut reader).is_ok()
}

/// A value that has been looked at, and nothing of it kept.
struct Looked;

impl<'de> Deserialize<'de> for Looked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Looked, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Looked;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_unit<E>(self) -> Result<Looked, E> {
                Ok(Looked)
            }

            fn visit_bool<E>(self, _: bool) -> Result<Looked, E> {
                Ok(Looked)
            }

            fn visit_i64<E>(self, _: i64) -> Result<Looked, E> {
                Ok(Looked)
            }

            fn visit_u64<E>(self, _: u64) -> Result<Looked, E> {
                Ok(Looked)
            }

            fn visit_f64<E>(self, _: f64) -> Result<Looked, E> {
                Ok(Looked)
            }

            fn visit_str<E>(self, _: &str) -> Result<Looked, E> {
                Ok(Looked)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Looked, A::Error> {
                while items.next_element::<Looked>()?.is_some() {}
                Ok(Looked)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Looked, A::Error> {
                while map.next_entry::<Looked, Looked>()?.is_some() {}
                Ok(Looked)
            }
        }
        deserializer.deserialize_any(Each)
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
