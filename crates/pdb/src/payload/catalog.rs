//! `replace catalog`.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::{Fields, Invalid, canonical};
use crate::hash::{self, Hash};

/// What an edge says of its source and target.
pub const RELATIONSHIPS: &[&str] = &["contains", "before", "required-by", "notifies", "subscription-of"];

/// A catalog as it is sent to a store: flat, with edges of all kinds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Catalog {
    /// Node.
    pub certname: String,
    /// Version.
    pub version: String,
    /// Environment.
    pub environment: Option<String>,
    /// Run.
    pub transaction_uuid: Option<String>,
    /// Identity.
    pub catalog_uuid: Option<String>,
    /// Version of the code.
    pub code_id: Option<String>,
    /// Job of the orchestrator.
    pub job_id: Option<String>,
    /// When, microseconds since 1970.
    pub producer_timestamp: i64,
    /// Server that compiled it.
    pub producer: Option<String>,
    /// Relations of resources.
    pub edges: Vec<Edge>,
    /// Resources.
    pub resources: Vec<Resource>,
}

/// A resource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names on the wire")]
pub struct Resource {
    pub kind: String,
    pub title: String,
    pub exported: bool,
    pub file: Option<String>,
    pub line: Option<i64>,
    /// Sorted, each once.
    pub tags: Vec<String>,
    pub parameters: Map<String, Json>,
}

/// A relation of two resources.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names on the wire")]
pub struct Edge {
    pub source: (String, String),
    pub target: (String, String),
    pub relationship: String,
}

impl Catalog {
    /// Reads versions 6 to 9.
    pub fn read(value: Json, version: u32) -> Result<Catalog, Invalid> {
        let mut fields = Fields::new("replace catalog", value)?;
        let transaction_uuid = fields.text_if_any("transaction_uuid")?;
        let mut catalog = Catalog {
            certname: fields.name("certname")?,
            version: fields.text("version")?,
            environment: fields.name_if_any("environment")?,
            catalog_uuid: match version {
                ..=7 => transaction_uuid.clone(),
                _ => fields.text_if_any("catalog_uuid")?,
            },
            transaction_uuid,
            code_id: fields.text_if_any("code_id")?,
            job_id: fields.text_if_any("job_id")?,
            producer_timestamp: fields.time("producer_timestamp")?,
            producer: fields.name_if_any("producer")?,
            edges: fields.list("edges")?.into_iter().map(edge).collect::<Result<_, _>>()?,
            resources: fields.list("resources")?.into_iter().map(resource).collect::<Result<_, _>>()?,
        };
        catalog.edges.sort();
        catalog.edges.dedup();
        catalog.check()?;
        Ok(catalog)
    }

    fn check(&self) -> Result<(), Invalid> {
        let mut known = HashSet::with_capacity(self.resources.len());
        for resource in &self.resources {
            if !known.insert((resource.kind.as_str(), resource.title.as_str())) {
                let text = format!("replace catalog: {}[{}] is there twice", resource.kind, resource.title);
                return Err(Invalid(text));
            }
            if let Some(tag) = resource.tags.iter().find(|tag| !is_tag(tag)) {
                return Err(Invalid(format!(
                    "Resource {}[{}] has an invalid tag '{tag}'. Tags must match the pattern [a-z0-9_][a-z0-9_:.-]*",
                    resource.kind, resource.title
                )));
            }
        }
        for edge in &self.edges {
            for (kind, title) in [&edge.source, &edge.target] {
                if !known.contains(&(kind.as_str(), title.as_str())) {
                    return Err(Invalid(format!(
                        "Edge '{}[{}] {} {}[{}]' refers to resource '{kind}[{title}]', which doesn't exist in the catalog.",
                        edge.source.0, edge.source.1, edge.relationship, edge.target.0, edge.target.1
                    )));
                }
            }
            if !RELATIONSHIPS.contains(&edge.relationship.as_str()) {
                return Err(Invalid(format!(
                    "replace catalog: unknown relationship '{}'",
                    edge.relationship
                )));
            }
        }
        Ok(())
    }

    /// Identity of what is in it; the same hash says that only times and identifiers differ. From the hashes of its parts.
    pub fn similarity<'a>(
        certname: &str,
        resources: impl Iterator<Item = &'a Hash>,
        edges: impl Iterator<Item = &'a Hash>,
    ) -> Hash {
        let mut all: Vec<&Hash> = resources.collect();
        all.sort();
        let mut edges: Vec<&Hash> = edges.collect();
        edges.sort();
        let mut text = certname.as_bytes().to_vec();
        text.push(0);
        for hash in all {
            text.extend_from_slice(hash);
        }
        text.push(0);
        for hash in edges {
            text.extend_from_slice(hash);
        }
        hash::bytes(&text)
    }
}

/// SHA-1 of type, title and parameters, which are canonical: what the API calls `resource`.
pub fn identity(kind: &str, title: &str, parameters: &str, buffer: &mut Vec<u8>) -> Hash {
    buffer.clear();
    buffer.push(b'[');
    canonical::quote(kind, buffer);
    buffer.push(b',');
    canonical::quote(title, buffer);
    buffer.push(b',');
    buffer.extend_from_slice(parameters.as_bytes());
    buffer.push(b']');
    hash::bytes(buffer)
}

/// `[letter that is no capital, number or _][the same, or : . -]*`
pub fn is_tag(tag: &str) -> bool {
    let plain = |c: char| (c.is_alphabetic() && !c.is_uppercase()) || c.is_numeric() || c == '_';
    let mut characters = tag.chars();
    characters.next().is_some_and(plain) && characters.all(|c| plain(c) || matches!(c, ':' | '.' | '-'))
}

fn reference(of: &'static str, value: Json) -> Result<(String, String), Invalid> {
    let mut fields = Fields::new(of, value)?;
    Ok((fields.name("type")?, fields.text("title")?))
}

fn edge(value: Json) -> Result<Edge, Invalid> {
    let mut fields = Fields::new("replace catalog: an edge", value)?;
    Ok(Edge {
        source: reference("replace catalog: the source of an edge", fields.take("source"))?,
        target: reference("replace catalog: the target of an edge", fields.take("target"))?,
        relationship: fields.text("relationship")?,
    })
}

fn resource(value: Json) -> Result<Resource, Invalid> {
    let mut fields = Fields::new("replace catalog: a resource", value)?;
    let mut tags = fields.texts("tags")?;
    tags.sort();
    tags.dedup();
    Ok(Resource {
        kind: fields.name("type")?,
        title: fields.text("title")?,
        exported: fields.flag_if_any("exported")?.unwrap_or_default(),
        file: fields.text_if_any("file")?,
        line: fields.line()?,
        tags,
        parameters: fields.map("parameters")?,
    })
}
