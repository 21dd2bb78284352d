//! Catalogs, their resources and edges, and what was looked up for them.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use db::{Dialect, Result, Tx, Value};

use super::Outcome;
use super::node::{self, Heads};
use super::parts::{self, Part, Placed};
use super::shared::{self, Column, Columns, Item};
use crate::document::pack;
use crate::hash::{self, Hash};
use crate::payload::canonical::Text;
use crate::payload::catalog::identity;
use crate::payload::sketch::Sketch;
use crate::payload::{Catalog, CatalogInputs, canonical, plain};

/// A catalog ready to be written.
#[derive(Clone, Debug, Default)]
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
    let resources = catalog.resources.iter().map(|resource| Resource {
        kind: &resource.kind,
        title: &resource.title,
        exported: resource.exported,
        file: resource.file.as_deref(),
        line: resource.line,
        tags: hash::texts(&resource.tags),
        parameters: hash::canonical_map(&resource.parameters).into(),
    });
    let edges = catalog.edges.iter().map(|edge| {
        let [source, target] = [&edge.source, &edge.target].map(|(kind, title)| (&**kind, &**title));
        Edge { source, target, relationship: &edge.relationship }
    });
    let (resources, edges) = cut(resources, edges);
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
        document: document.map(pack),
        ..content(&catalog.certname, resources, edges)
    }
}

/// The same of a command that is as plain as usual.
pub(crate) fn prepare_plain(catalog: &plain::Catalog<'_>, received: i64) -> Prepared {
    let resources = catalog.resources.iter().map(|resource| Resource {
        kind: &resource.kind.0,
        title: &resource.title.0,
        exported: resource.is_exported(),
        file: resource.file.as_ref().map(|file| &*file.0),
        line: resource.line(),
        tags: resource.tags(),
        parameters: resource.parameters.0.as_str().into(),
    });
    let edges = catalog.edges.iter().map(|edge| {
        let [source, target] = [&edge.source, &edge.target].map(|end| (&*end.kind.0, &*end.title.0));
        Edge { source, target, relationship: &edge.relationship.0 }
    });
    let (resources, edges) = cut(resources, edges);
    let owned = |text: &Option<Text<'_>>| text.as_ref().map(|text| text.0.clone().into_owned());
    Prepared {
        certname: catalog.certname.0.clone().into_owned(),
        version: catalog.version.0.clone().into_owned(),
        environment: owned(&catalog.environment),
        producer: owned(&catalog.producer),
        producer_timestamp: catalog.time,
        received,
        transaction_uuid: owned(&catalog.transaction_uuid),
        catalog_uuid: owned(&catalog.catalog_uuid),
        code_id: owned(&catalog.code_id),
        job_id: owned(&catalog.job_id),
        ..content(&catalog.certname.0, resources, edges)
    }
}

/// A resource as it is stored.
struct Resource<'a> {
    kind: &'a str,
    title: &'a str,
    exported: bool,
    file: Option<&'a str>,
    line: Option<i64>,
    /// JSON, sorted, each once.
    tags: String,
    /// Canonical.
    parameters: Cow<'a, str>,
}

/// A relation of two resources.
struct Edge<'a> {
    source: (&'a str, &'a str),
    target: (&'a str, &'a str),
    relationship: &'a str,
}

/// Makes rows of resources and edges, and cuts them into parts.
fn cut<'a>(
    resources: impl Iterator<Item = Resource<'a>>,
    edges: impl Iterator<Item = Edge<'a>>,
) -> (Vec<Part>, Vec<Part>) {
    let mut origins: HashMap<(&str, &str), &str> = HashMap::new();
    let mut buffer = Vec::new();
    let resources = resources.map(|resource| {
        let identity = identity(resource.kind, resource.title, &resource.parameters, &mut buffer);
        buffer.clear();
        buffer.extend_from_slice(&identity);
        buffer.extend_from_slice(resource.tags.as_bytes());
        buffer.extend_from_slice(if resource.exported { b"[true," } else { b"[false," });
        match resource.file {
            Some(file) => canonical::quote(file, &mut buffer),
            None => buffer.extend_from_slice(b"null"),
        }
        match resource.line {
            Some(line) => buffer.extend_from_slice(format!(",{line}]").as_bytes()),
            None => buffer.extend_from_slice(b",null]"),
        }
        let item = Item {
            hash: hash::bytes(&buffer),
            columns: Columns::of(&[
                identity.as_slice().into(),
                resource.kind.into(),
                resource.title.into(),
                resource.exported.into(),
                resource.file.into(),
                resource.line.into(),
                resource.tags.as_str().into(),
                (&*resource.parameters).into(),
            ]),
        };
        let origin = resource.file.unwrap_or_default();
        origins.insert((resource.kind, resource.title), origin);
        Placed { origin, name: resource.title, item }
    });
    let resources = parts::of_resources(resources.collect());
    let mut buffer = Vec::new();
    let edges = edges.map(|edge| {
        let texts = [edge.relationship, edge.source.0, edge.source.1, edge.target.0, edge.target.1];
        let item = Item {
            hash: plain::edge_hash(texts, &mut buffer),
            columns: Columns::of(&texts.map(Column::from)),
        };
        Placed { origin: origins.get(&edge.source).copied().unwrap_or_default(), name: edge.target.1, item }
    });
    let edges = parts::of_edges(edges.collect());
    (resources, edges)
}

/// What follows from the parts; the rest is for the caller.
fn content(certname: &str, resources: Vec<Part>, edges: Vec<Part>) -> Prepared {
    let (resource_hashes, edge_hashes) = (parts::hashes(&resources), parts::hashes(&edges));
    Prepared {
        resources_count: resource_hashes.len() as i64,
        edges_count: edge_hashes.len() as i64,
        hash: Catalog::similarity(certname, resource_hashes.into_iter(), edge_hashes.into_iter()),
        resources,
        edges,
        ..Prepared::default()
    }
}

impl Prepared {
    pub(crate) fn wanted(&self) -> node::Wanted<'_> {
        let (environment, producer) = (self.environment.as_deref(), self.producer.as_deref());
        node::Wanted { certname: &self.certname, environment, producer, make: true }
    }
}

const COLUMNS: &str = "INSERT INTO catalogs (node_id, environment_id, producer_id, timestamp, producer_timestamp, hash, version,
    transaction_uuid, catalog_uuid, code_id, job_id, resources_count, edges_count, content, document)";
const UPSERT: &str = "ON CONFLICT (node_id) DO UPDATE SET environment_id = excluded.environment_id,
    producer_id = excluded.producer_id, timestamp = excluded.timestamp, producer_timestamp = excluded.producer_timestamp,
    hash = excluded.hash, version = excluded.version, transaction_uuid = excluded.transaction_uuid,
    catalog_uuid = excluded.catalog_uuid, code_id = excluded.code_id, job_id = excluded.job_id,
    resources_count = excluded.resources_count, edges_count = excluded.edges_count, content = excluded.content,
    document = excluded.document";

/// Replaces the catalogs of different nodes.
pub(crate) fn replace(tx: &Tx<'_>, all: &[(&Prepared, Heads)]) -> Result<Vec<Outcome>> {
    const OF_NODE: &str = "SELECT node_id, producer_timestamp, hash FROM catalogs WHERE node_id = $1";
    const OF_NODES: &str =
        "SELECT node_id, producer_timestamp, hash FROM catalogs WHERE node_id = ANY ($1::bigint[])";
    let mut there: HashMap<i64, (i64, Hash)> = HashMap::with_capacity(all.len());
    let nodes: Vec<i64> = all.iter().map(|(_, heads)| heads.node.id).collect();
    shared::of_owners(tx, OF_NODE, OF_NODES, &nodes, |row| {
        there.insert(row.get(0)?, (row.get(1)?, row.get(2)?));
        Ok(())
    })?;
    let mut outcomes = Vec::with_capacity(all.len());
    let (mut catalogs, mut counts, mut parts) = (Vec::new(), Vec::new(), Vec::new());
    for (new, heads) in all {
        let node = heads.node.id;
        node::revive(tx, &heads.node, new.producer_timestamp)?;
        let old = there.get(&node);
        if old.is_some_and(|(time, _)| *time > new.producer_timestamp) {
            outcomes.push(Outcome::Stale);
            continue;
        }
        outcomes.push(Outcome::Stored);
        catalogs.push(vec![
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
        ]);
        counts.push(vec![
            node.into(),
            new.producer_timestamp.into(),
            heads.environment.into(),
            new.resources_count.into(),
            new.edges_count.into(),
        ]);
        if old.is_none_or(|(_, hash)| *hash != new.hash) {
            parts.push(parts::Wanted { node, resources: &new.resources, edges: &new.edges });
        }
    }
    shared::for_rows(
        tx,
        &format!("{COLUMNS} VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) {UPSERT}"),
        &format!(
            "{COLUMNS} SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bytea[],
                 $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::integer[], $13::integer[], $14::text[],
                 $15::bytea[]) {UPSERT}"
        ),
        catalogs,
    )?;
    shared::for_rows(
        tx,
        "UPDATE nodes SET catalog_timestamp = $2, catalog_environment_id = $3, resources_count = $4, edges_count = $5 WHERE id = $1",
        "UPDATE nodes n SET catalog_timestamp = w.time, catalog_environment_id = w.environment, resources_count = w.resources,
             edges_count = w.edges
         FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
             w (id, time, environment, resources, edges)
         WHERE n.id = w.id",
        counts,
    )?;
    parts::replace(tx, &parts)?;
    Ok(outcomes)
}

/// Rows of node, time and environment.
fn touch_nodes(tx: &Tx<'_>, rows: Vec<Vec<Value>>) -> Result<()> {
    shared::for_rows(
        tx,
        "UPDATE nodes SET catalog_timestamp = $2, catalog_environment_id = $3 WHERE id = $1",
        "UPDATE nodes n SET catalog_timestamp = w.time, catalog_environment_id = w.environment
         FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) w (id, time, environment) WHERE n.id = w.id",
        rows,
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

impl Same {
    pub(crate) fn wanted(&self) -> node::Wanted<'_> {
        let (environment, producer) = (self.head.environment.as_deref(), self.head.producer.as_deref());
        node::Wanted { certname: &self.certname, environment, producer, make: false }
    }
}

/// Gives stored catalogs of different nodes the heads of the new ones; `Stale` if another content is stored, or a newer one.
pub(crate) fn touch(tx: &Tx<'_>, all: &[(&Same, Option<Heads>)]) -> Result<Vec<Outcome>> {
    const EACH: &str =
        "UPDATE catalogs SET environment_id = $3, producer_id = $4, timestamp = $5, producer_timestamp = $6, version = $7,
             transaction_uuid = $8, catalog_uuid = $9, code_id = $10, job_id = $11, content = NULL, document = NULL
         WHERE node_id = $1 AND hash = $2 AND producer_timestamp <= $6";
    const ALL: &str =
        "UPDATE catalogs c SET environment_id = w.environment, producer_id = w.producer, timestamp = w.received,
             producer_timestamp = w.time, version = w.version, transaction_uuid = w.run, catalog_uuid = w.uuid, code_id = w.code,
             job_id = w.job, content = NULL, document = NULL
         FROM unnest($1::bigint[], $2::bytea[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[], $8::text[],
             $9::text[], $10::text[], $11::text[]) w (node, hash, environment, producer, received, time, version, run, uuid, code, job)
         WHERE c.node_id = w.node AND c.hash = w.hash AND c.producer_timestamp <= w.time RETURNING c.node_id";
    let row = |same: &Same, heads: &Heads| -> Vec<Value> {
        let head = &same.head;
        vec![
            heads.node.id.into(),
            same.hash.clone().into(),
            heads.environment.into(),
            heads.producer.into(),
            same.received.into(),
            head.producer_timestamp.into(),
            head.version.as_str().into(),
            head.transaction_uuid.as_deref().into(),
            head.catalog_uuid.as_deref().into(),
            head.code_id.as_deref().into(),
            head.job_id.as_deref().into(),
        ]
    };
    let known: Vec<(&Same, Heads)> =
        all.iter().filter_map(|(same, heads)| Some((*same, (*heads)?))).collect();
    let mut touched: HashSet<i64> = HashSet::with_capacity(known.len());
    match tx.dialect() {
        _ if known.is_empty() => {}
        Dialect::Sqlite => {
            for (same, heads) in &known {
                if tx.execute(EACH, &row(same, heads))? > 0 {
                    touched.insert(heads.node.id);
                }
            }
        }
        Dialect::Postgres => {
            let rows = known.iter().map(|(same, heads)| row(same, heads));
            tx.each(ALL, &shared::columns(rows.collect()), |row| {
                touched.insert(row.get(0)?);
                Ok(())
            })?;
        }
    }
    let mut nodes = Vec::with_capacity(known.len());
    for (same, heads) in known.iter().filter(|(_, heads)| touched.contains(&heads.node.id)) {
        let time = same.head.producer_timestamp;
        node::revive(tx, &heads.node, time)?;
        nodes.push(vec![heads.node.id.into(), time.into(), heads.environment.into()]);
    }
    touch_nodes(tx, nodes)?;
    let is_touched = |heads: &Option<Heads>| heads.is_some_and(|heads| touched.contains(&heads.node.id));
    let outcomes = all.iter().map(|(_, heads)| match is_touched(heads) {
        true => Outcome::Stored,
        false => Outcome::Stale,
    });
    Ok(outcomes.collect())
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
    touch_nodes(tx, vec![vec![node.id.into(), kept.producer_timestamp.into(), environment.into()]])?;
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
        columns: Columns::of(&[kind.as_str().into(), name.as_str().into()]),
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

impl PreparedInputs {
    /// The node, and whether it is made known.
    pub(crate) fn node(&self) -> (&str, bool) {
        // Nothing looked up says nothing, as in PuppetDB.
        (&self.certname, !self.inputs.is_empty())
    }
}

/// Replaces the inputs of different nodes.
pub(crate) fn replace_inputs(tx: &Tx<'_>, all: &[&PreparedInputs]) -> Result<Vec<Outcome>> {
    let mut changed = Vec::new();
    let mut outcomes = Vec::with_capacity(all.len());
    for new in all {
        outcomes.push(replace_input_set(tx, new, &mut changed)?);
    }
    shared::replace(tx, &shared::INPUTS, &changed)?;
    Ok(outcomes)
}

/// Adds to `changed` what the node is to have.
fn replace_input_set<'a>(
    tx: &Tx<'_>,
    new: &'a PreparedInputs,
    changed: &mut Vec<(i64, &'a [Item])>,
) -> Result<Outcome> {
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
        changed.push((node, &new.inputs));
    }
    Ok(Outcome::Stored)
}
