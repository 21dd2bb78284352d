//! Catalogs, their resources and edges, and what was looked up for them.

use std::collections::HashMap;

use db::{Result, Tx};

use super::Outcome;
use super::node::{self, Heads};
use super::parts::{self, Part, Placed};
use super::shared::{self, Item};
use crate::document::pack;
use crate::hash::{self, Hash};
use crate::payload::sketch::Sketch;
use crate::payload::{Catalog, CatalogInputs};

/// A catalog ready to be written.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    certname: String,
    version: String,
    environment: Option<String>,
    producer: Option<String>,
    producer_timestamp: i64,
    received: i64,
    transaction_uuid: Option<String>,
    catalog_uuid: Option<String>,
    code_id: Option<String>,
    job_id: Option<String>,
    hash: Hash,
    resources: Vec<Part>,
    resources_count: i64,
    edges: Vec<Part>,
    edges_count: i64,
    document: Option<Vec<u8>>,
}

/// `document` is the catalog as an agent gets it, if there is one.
pub(crate) fn prepare(catalog: &Catalog, document: Option<&[u8]>, received: i64) -> Prepared {
    let mut origins: HashMap<(&str, &str), &str> = HashMap::with_capacity(catalog.resources.len());
    let resources = catalog.resources.iter().map(|resource| {
        let parameters = hash::canonical_map(&resource.parameters);
        let identity = resource.identity(&parameters);
        let tags = hash::texts(&resource.tags);
        let rest = serde_json::json!([resource.exported, resource.file, resource.line]).to_string();
        let item = Item {
            hash: hash::bytes(&[&identity, tags.as_bytes(), rest.as_bytes()].concat()),
            columns: vec![
                identity.into(),
                resource.kind.as_str().into(),
                resource.title.as_str().into(),
                resource.exported.into(),
                resource.file.as_deref().into(),
                resource.line.into(),
                tags.into(),
                parameters.into(),
            ],
        };
        let origin = resource.file.as_deref().unwrap_or_default();
        origins.insert((&resource.kind, &resource.title), origin);
        Placed { origin, name: &resource.title, item }
    });
    let resources = parts::of_resources(resources.collect());
    let edges = catalog.edges.iter().map(|edge| {
        let all = [&edge.relationship, &edge.source.0, &edge.source.1, &edge.target.0, &edge.target.1];
        let item = Item {
            hash: hash::json(&serde_json::json!(all)),
            columns: all.into_iter().map(|text| text.as_str().into()).collect(),
        };
        let source = (edge.source.0.as_str(), edge.source.1.as_str());
        Placed { origin: origins.get(&source).copied().unwrap_or_default(), name: &edge.target.1, item }
    });
    let edges = parts::of_edges(edges.collect());
    let (resource_hashes, edge_hashes) = (parts::hashes(&resources), parts::hashes(&edges));
    Prepared {
        certname: catalog.certname.clone(),
        version: catalog.version.clone(),
        environment: catalog.environment.clone(),
        producer: catalog.producer.clone(),
        producer_timestamp: catalog.producer_timestamp,
        received,
        transaction_uuid: catalog.transaction_uuid.clone(),
        catalog_uuid: catalog.catalog_uuid.clone(),
        code_id: catalog.code_id.clone(),
        job_id: catalog.job_id.clone(),
        resources_count: resource_hashes.len() as i64,
        edges_count: edge_hashes.len() as i64,
        hash: Catalog::similarity(&catalog.certname, resource_hashes.into_iter(), edge_hashes.into_iter()),
        resources,
        edges,
        document: document.map(pack),
    }
}

pub(crate) fn replace(tx: &Tx<'_>, new: &Prepared) -> Result<Outcome> {
    let (environment, producer) = (new.environment.as_deref(), new.producer.as_deref());
    let heads = node::heads_of(tx, &new.certname, new.producer_timestamp, environment, producer)?;
    let node = heads.node.id;
    let sql = "SELECT producer_timestamp, hash FROM catalogs WHERE node_id = $1";
    let mut is_same = false;
    if let Some(row) = tx.first(sql, &[node.into()])? {
        if row.get::<i64>(0)? > new.producer_timestamp {
            return Ok(Outcome::Stale);
        }
        is_same = row.get::<Hash>(1)? == new.hash;
    }
    tx.execute_soon(
        "INSERT INTO catalogs (node_id, environment_id, producer_id, timestamp, producer_timestamp, hash, version,
             transaction_uuid, catalog_uuid, code_id, job_id, resources_count, edges_count, content, document)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         ON CONFLICT (node_id) DO UPDATE SET environment_id = excluded.environment_id, producer_id = excluded.producer_id,
             timestamp = excluded.timestamp, producer_timestamp = excluded.producer_timestamp, hash = excluded.hash,
             version = excluded.version, transaction_uuid = excluded.transaction_uuid,
             catalog_uuid = excluded.catalog_uuid, code_id = excluded.code_id, job_id = excluded.job_id,
             resources_count = excluded.resources_count, edges_count = excluded.edges_count,
             content = excluded.content, document = excluded.document",
        vec![
            node.into(),
            heads.environment.into(),
            heads.producer.into(),
            new.received.into(),
            new.producer_timestamp.into(),
            new.hash.clone().into(),
            new.version.as_str().into(),
            new.transaction_uuid.as_deref().into(),
            new.catalog_uuid.as_deref().into(),
            new.code_id.as_deref().into(),
            new.job_id.as_deref().into(),
            new.resources_count.into(),
            new.edges_count.into(),
            new.document.as_ref().and(new.catalog_uuid.as_deref()).into(),
            new.document.clone().into(),
        ],
    )?;
    touch_node(tx, node, new.producer_timestamp, heads.environment)?;
    if !is_same {
        tx.execute_soon(
            "UPDATE nodes SET resources_count = $2, edges_count = $3 WHERE id = $1",
            vec![node.into(), new.resources_count.into(), new.edges_count.into()],
        )?;
        parts::replace(tx, node, &new.resources, &new.edges)?;
    }
    Ok(Outcome::Stored)
}

fn touch_node(tx: &Tx<'_>, node: i64, time: i64, environment: Option<i64>) -> Result<()> {
    tx.execute_soon(
        "UPDATE nodes SET catalog_timestamp = $2, catalog_environment_id = $3 WHERE id = $1",
        vec![node.into(), time.into(), environment.into()],
    )
}

impl Prepared {
    /// Of what is in it.
    pub(crate) fn hash(&self) -> &Hash {
        &self.hash
    }
}

/// A command brought a catalog that is stored already.
#[derive(Clone, Debug)]
pub(crate) struct Same {
    pub(crate) certname: String,
    /// What it says of itself.
    pub(crate) head: Sketch,
    /// Of the row that has its content.
    pub(crate) hash: Hash,
    pub(crate) received: i64,
}

/// Gives a stored catalog the head of the new one; `Stale` if another content is stored, or a newer one.
pub(crate) fn touch(tx: &Tx<'_>, same: &Same) -> Result<Outcome> {
    let head = &same.head;
    let (environment, producer) = (head.environment.as_deref(), head.producer.as_deref());
    let Some(heads) = node::heads(tx, &same.certname, environment, producer, false)? else {
        return Ok(Outcome::Stale);
    };
    let Heads { node, environment, producer } = heads;
    let touched = tx.execute(
        "UPDATE catalogs SET environment_id = $3, producer_id = $4, timestamp = $5, producer_timestamp = $6, version = $7,
             transaction_uuid = $8, catalog_uuid = $9, code_id = $10, job_id = $11, content = NULL, document = NULL
         WHERE node_id = $1 AND hash = $2 AND producer_timestamp <= $6",
        &[
            node.id.into(),
            same.hash.clone().into(),
            environment.into(),
            producer.into(),
            same.received.into(),
            head.producer_timestamp.into(),
            head.version.as_str().into(),
            head.transaction_uuid.as_deref().into(),
            head.catalog_uuid.as_deref().into(),
            head.code_id.as_deref().into(),
            head.job_id.as_deref().into(),
        ],
    )?;
    if touched == 0 {
        return Ok(Outcome::Stale);
    }
    node::revive(tx, &node, head.producer_timestamp)?;
    touch_node(tx, node.id, head.producer_timestamp, environment)?;
    Ok(Outcome::Stored)
}

/// The identity with which content that is stored was sent once more.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) certname: String,
    pub(crate) environment: String,
    pub(crate) producer: Option<String>,
    pub(crate) transaction_uuid: Option<String>,
    pub(crate) job_id: Option<String>,
    pub(crate) content: String,
    pub(crate) catalog_uuid: String,
    pub(crate) version: String,
    /// What is stored of the keys that were looked up for it gets the same identity.
    pub(crate) has_lookups: bool,
    pub(crate) producer_timestamp: i64,
    pub(crate) received: i64,
}

/// Moves the identity of a catalog; `Stale` if another content is stored, `Duplicate` if it was sent again later than this time: what
/// was spooled comes after what did not have to wait.
pub(crate) fn keep(tx: &Tx<'_>, kept: &Kept) -> Result<Outcome> {
    let (environment, producer) = (Some(kept.environment.as_str()), kept.producer.as_deref());
    let Some(heads) = node::heads(tx, &kept.certname, environment, producer, false)? else {
        return Ok(Outcome::Stale);
    };
    let Heads { node, environment, producer } = heads;
    let later = "SELECT 1 FROM catalogs WHERE node_id = $1 AND content = $2 AND producer_timestamp > $3";
    let unmoved = || {
        let identity = [node.id.into(), kept.content.as_str().into(), kept.producer_timestamp.into()];
        let is_later = tx.first(later, &identity)?.is_some();
        Ok(if is_later { Outcome::Duplicate } else { Outcome::Stale })
    };
    if kept.has_lookups {
        let sql = "UPDATE catalog_input_sets SET catalog_uuid = $3, producer_timestamp = $4
                   WHERE node_id = $1 AND EXISTS (SELECT 1 FROM catalogs WHERE node_id = $1 AND content = $2
                                                  AND producer_timestamp <= $4)";
        let of = (kept.content.as_str().into(), kept.catalog_uuid.as_str().into());
        if tx.execute(sql, &[node.id.into(), of.0, of.1, kept.producer_timestamp.into()])? == 0 {
            return unmoved();
        }
    }
    let touched = tx.execute(
        "UPDATE catalogs SET environment_id = $3, transaction_uuid = $4, catalog_uuid = $5, version = $6,
             producer_timestamp = $7, timestamp = $8, producer_id = $9, job_id = $10
         WHERE node_id = $1 AND content = $2 AND producer_timestamp <= $7",
        &[
            node.id.into(),
            kept.content.as_str().into(),
            environment.into(),
            kept.transaction_uuid.as_deref().into(),
            kept.catalog_uuid.as_str().into(),
            kept.version.as_str().into(),
            kept.producer_timestamp.into(),
            kept.received.into(),
            producer.into(),
            kept.job_id.as_deref().into(),
        ],
    )?;
    if touched == 0 {
        return unmoved();
    }
    node::revive(tx, &node, kept.producer_timestamp)?;
    touch_node(tx, node.id, kept.producer_timestamp, environment)?;
    Ok(Outcome::Stored)
}

/// Inputs ready to be written.
#[derive(Clone, Debug)]
pub(crate) struct PreparedInputs {
    certname: String,
    catalog_uuid: String,
    producer_timestamp: i64,
    hash: Hash,
    inputs: Vec<Item>,
}

pub(crate) fn prepare_inputs(command: &CatalogInputs) -> PreparedInputs {
    let inputs = command.inputs.iter().map(|(kind, name)| Item {
        hash: hash::json(&serde_json::json!([kind, name])),
        columns: vec![kind.as_str().into(), name.as_str().into()],
    });
    let inputs = shared::sorted(inputs.collect());
    let all: Vec<u8> = inputs.iter().flat_map(|input| input.hash.iter().copied()).collect();
    PreparedInputs {
        certname: command.certname.clone(),
        catalog_uuid: command.catalog_uuid.clone(),
        producer_timestamp: command.producer_timestamp,
        hash: hash::bytes(&all),
        inputs,
    }
}

pub(crate) fn replace_inputs(tx: &Tx<'_>, new: &PreparedInputs) -> Result<Outcome> {
    // Nothing looked up says nothing, as in PuppetDB.
    if new.inputs.is_empty() {
        return Ok(Outcome::Stored);
    }
    let node = node::heard_of(tx, &new.certname, new.producer_timestamp)?.id;
    let sql = "SELECT producer_timestamp, hash FROM catalog_input_sets WHERE node_id = $1";
    let mut is_same = false;
    if let Some(row) = tx.first(sql, &[node.into()])? {
        if row.get::<i64>(0)? > new.producer_timestamp {
            return Ok(Outcome::Stale);
        }
        is_same = row.get::<Hash>(1)? == new.hash;
    }
    tx.execute(
        "INSERT INTO catalog_input_sets (node_id, producer_timestamp, catalog_uuid, hash) VALUES ($1, $2, $3, $4)
         ON CONFLICT (node_id) DO UPDATE SET producer_timestamp = excluded.producer_timestamp,
             catalog_uuid = excluded.catalog_uuid, hash = excluded.hash",
        &[
            node.into(),
            new.producer_timestamp.into(),
            new.catalog_uuid.as_str().into(),
            new.hash.clone().into(),
        ],
    )?;
    if !is_same {
        shared::replace(tx, &shared::INPUTS, node, &new.inputs)?;
    }
    Ok(Outcome::Stored)
}
