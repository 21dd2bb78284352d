//! A catalog from JSON: for comparison, for tests, and for catalogs that a store hands back.

use pcore::{Hash, Str, Value};
use rustc_hash::FxHashMap;
use stdx::Symbol;
use thiserror::Error;

use super::{Catalog, Kind, Resource, ResourceId};
use crate::json::{self, JsonError, Limits};

/// A catalog that cannot be read.
#[derive(Debug, Error)]
pub enum CatalogError {
    /// Not JSON, or beyond a limit.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// A part is missing or of another type.
    #[error("the catalog has no valid '{0}'")]
    Shape(&'static str),
    /// An edge to a resource that the catalog does not have.
    #[error("Could not find resource '{0}' of an edge in the catalog")]
    Edge(String),
}

impl Catalog {
    /// Reads a catalog that a compiler wrote. Encoded values stay in their encoding, so that writing the result
    /// gives the same text again. Names of parameters become [`Symbol`]s, which live as long as the process:
    /// do not feed this with what arbitrary peers send.
    ///
    /// # Errors
    /// Text that is not JSON, is beyond the limits, or has not the shape of a catalog.
    pub fn from_json(text: &[u8], limits: &Limits) -> Result<Catalog, CatalogError> {
        let document = json::parse(text, limits)?;
        let document = document.as_hash().ok_or(CatalogError::Shape("catalog"))?;
        let mut catalog = Catalog {
            name: text_of(document, "name").ok_or(CatalogError::Shape("name"))?,
            version: document["version"].clone(),
            code_id: text_of(document, "code_id"),
            catalog_uuid: text_of(document, "catalog_uuid").unwrap_or_default(),
            environment: text_of(document, "environment").unwrap_or_default(),
            tags: texts_of(document, "tags"),
            classes: texts_of(document, "classes"),
            metadata: hash_of(document, "metadata"),
            recursive_metadata: hash_of(document, "recursive_metadata"),
            ..Catalog::default()
        };
        let mut ids = FxHashMap::default();
        for resource in items_of(document, "resources") {
            let resource = read_resource(resource).ok_or(CatalogError::Shape("resources"))?;
            ids.insert(resource.reference(), ResourceId(catalog.resources.len() as u32));
            catalog.resources.push(resource);
        }
        for edge in items_of(document, "edges") {
            let end = |key: &str| {
                let reference =
                    edge.as_hash().and_then(|edge| edge[key].as_str()).ok_or(CatalogError::Shape("edges"))?;
                ids.get(reference).copied().ok_or_else(|| CatalogError::Edge(reference.to_owned()))
            };
            catalog.edges.push((end("source")?, end("target")?));
        }
        Ok(catalog)
    }
}

fn read_resource(document: &Value) -> Option<Resource> {
    let document = document.as_hash()?;
    Some(Resource {
        type_name: text_of(document, "type")?,
        title: text_of(document, "title")?,
        tags: texts_of(document, "tags").into(),
        exported: matches!(document["exported"], Value::Bool(true)),
        file: text_of(document, "file"),
        line: document["line"].as_int().and_then(|line| line.try_into().ok()),
        kind: match document["kind"].as_str() {
            Some("class") => Kind::Class,
            Some("compilable_type") => Kind::CompilableType,
            Some("defined_type") => Kind::DefinedType,
            _ => Kind::Unknown,
        },
        parameters: document["parameters"]
            .as_hash()
            .into_iter()
            .flat_map(Hash::iter)
            .filter_map(|(name, value)| Some((Symbol::new(name.as_str()?), value.clone())))
            .collect(),
        sensitive_parameters: items_of(document, "sensitive_parameters")
            .iter()
            .filter_map(|name| name.as_str().map(Symbol::new))
            .collect(),
    })
}

fn text_of(document: &Hash, key: &str) -> Option<Str> {
    document[key].as_str().map(Str::from)
}

fn texts_of(document: &Hash, key: &str) -> Vec<Str> {
    items_of(document, key).iter().filter_map(|item| item.as_str().map(Str::from)).collect()
}

fn items_of<'a>(document: &'a Hash, key: &str) -> &'a [Value] {
    document[key].as_array().unwrap_or_default()
}

fn hash_of(document: &Hash, key: &str) -> Hash {
    document[key].as_hash().cloned().unwrap_or_default()
}
