//! Facts and packages: documents made ready, and the rows that a node has of them.
//!
//! What of a node's facts [differs](changes) is written, [values](values) once for all nodes that have them, and the [paths](paths) of
//! new values are noted.

mod changes;
mod paths;
mod values;

use std::collections::HashMap;

use db::{Result, Tx};
use sha1::{Digest as _, Sha1};

use super::node::{self, Heads};
use super::shared::{self, Columns, Item};
use super::{Context, Outcome};
use crate::hash::{self, Hash};
use crate::payload::canonical::Written;
use crate::payload::{self, Facts, plain};
use crate::schema::Kind;
use changes::Changed;
pub(crate) use paths::leaves;

/// Bytes of a fact in the column `digests`.
const DIGEST_BYTES: usize = 8;

/// Facts ready to be written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prepared {
    certname: String,
    environment: String,
    producer: Option<String>,
    producer_timestamp: i64,
    received: i64,
    hash: Hash,
    /// Sorted by name.
    facts: Vec<Fact>,
    digests: Vec<u8>,
    packages: Vec<Item>,
    packages_hash: Option<Hash>,
}

#[derive(Clone, Debug)]
struct Fact {
    name: String,
    hash: Hash,
    kind: Kind,
    number: Option<f64>,
    /// Canonical JSON.
    value: String,
}

pub(crate) fn prepare(facts: &Facts, received: i64) -> Prepared {
    let mut rows: Vec<Fact> = facts
        .values
        .iter()
        .map(|(name, value)| {
            let written = Written { kind: Kind::of(value), number: value.as_f64() };
            Fact::new(name.clone(), hash::canonical(value), written)
        })
        .collect();
    rows.sort_by(|left, right| left.name.cmp(&right.name));
    let head = Prepared {
        certname: facts.certname.clone(),
        environment: facts.environment.clone(),
        producer: facts.producer.clone(),
        producer_timestamp: facts.producer_timestamp,
        received,
        ..Prepared::default()
    };
    head.with(rows, &facts.packages)
}

/// The same of a command that is as plain as usual; the names are wanted of which it is said so.
pub(crate) fn prepare_plain(
    facts: plain::Facts<'_>,
    is_wanted: impl Fn(&str) -> bool,
    received: i64,
) -> Prepared {
    let wanted = facts.values.into_iter().filter(|fact| is_wanted(&fact.name.0));
    let rows = wanted.map(|fact| Fact::new(fact.name.0.into_owned(), fact.value, fact.written));
    let head = Prepared {
        certname: facts.certname.0.into_owned(),
        environment: facts.environment.0.into_owned(),
        producer: facts.producer.map(|producer| producer.0.into_owned()),
        producer_timestamp: facts.producer_timestamp,
        received,
        ..Prepared::default()
    };
    head.with(rows.collect(), &facts.packages)
}

impl Prepared {
    /// Facts that are sorted, and packages.
    fn with(self, facts: Vec<Fact>, packages: &[(String, String, String)]) -> Prepared {
        let values = facts.iter().map(|fact| (fact.name.as_str(), fact.value.as_str()));
        let hash = payload::facts::hash(&self.certname, &self.environment, packages, values);
        let packages = packages.iter().map(|(name, version, provider)| Item {
            hash: hash::json(&serde_json::json!([name, version, provider])),
            columns: Columns::of(&[name.as_str().into(), version.as_str().into(), provider.as_str().into()]),
        });
        let packages = shared::sorted(packages.collect());
        let all: Vec<u8> = packages.iter().flat_map(|package| package.hash.iter().copied()).collect();
        Prepared {
            hash,
            digests: digests(&facts),
            facts,
            packages_hash: (!packages.is_empty()).then(|| hash::bytes(&all)),
            packages,
            ..self
        }
    }
}

impl Fact {
    fn new(name: String, value: String, written: Written) -> Fact {
        Fact { hash: hash::bytes(value.as_bytes()), name, kind: written.kind, number: written.number, value }
    }

    /// Of name and value. Two that are not the same have the same once in some ten thousand million million million.
    fn digest(&self) -> [u8; DIGEST_BYTES] {
        let mut hash = Sha1::new();
        hash.update(&self.hash);
        hash.update(self.name.as_bytes());
        let whole: [u8; 20] = hash.finalize().into();
        std::array::from_fn(|index| whole.get(index).copied().unwrap_or_default())
    }
}

/// Those of all facts, sorted: the column `digests`.
fn digests(facts: &[Fact]) -> Vec<u8> {
    let mut all: Vec<_> = facts.iter().map(Fact::digest).collect();
    all.sort_unstable();
    all.concat()
}

impl Prepared {
    /// Of the row that will have them.
    pub(crate) fn hash(&self) -> &Hash {
        &self.hash
    }

    pub(crate) fn wanted(&self) -> node::Wanted<'_> {
        let environment = Some(self.environment.as_str());
        node::Wanted { certname: &self.certname, environment, producer: self.producer.as_deref(), make: true }
    }
}

/// The row of a node's facts.
struct Factset {
    producer_timestamp: i64,
    hash: Hash,
    packages_hash: Option<Hash>,
    digests: Option<Vec<u8>>,
}

fn factsets(tx: &Tx<'_>, nodes: &[i64]) -> Result<HashMap<i64, Factset>> {
    const OF_NODE: &str =
        "SELECT node_id, producer_timestamp, hash, packages_hash, digests FROM factsets WHERE node_id = $1";
    const OF_NODES: &str = "SELECT node_id, producer_timestamp, hash, packages_hash, digests FROM factsets
        WHERE node_id = ANY ($1::bigint[])";
    let mut there = HashMap::with_capacity(nodes.len());
    shared::of_owners(tx, OF_NODE, OF_NODES, nodes, |row| {
        let factset = Factset {
            producer_timestamp: row.get(1)?,
            hash: row.get(2)?,
            packages_hash: row.get(3)?,
            digests: row.get(4)?,
        };
        there.insert(row.get(0)?, factset);
        Ok(())
    })?;
    Ok(there)
}

const UPSERT: &str = "ON CONFLICT (node_id) DO UPDATE SET environment_id = excluded.environment_id,
    producer_id = excluded.producer_id, timestamp = excluded.timestamp, producer_timestamp = excluded.producer_timestamp,
    hash = excluded.hash, packages_hash = excluded.packages_hash, digests = excluded.digests";
const COLUMNS: &str =
    "INSERT INTO factsets (node_id, environment_id, producer_id, timestamp, producer_timestamp, hash,
    packages_hash, digests)";

/// Replaces the facts of different nodes.
pub(crate) fn replace(tx: &Tx<'_>, context: &Context, all: &[(&Prepared, Heads)]) -> Result<Vec<Outcome>> {
    let mut there = factsets(tx, &all.iter().map(|(_, heads)| heads.node.id).collect::<Vec<_>>())?;
    let mut outcomes = Vec::with_capacity(all.len());
    let (mut factsets, mut nodes) = (Vec::new(), Vec::new());
    let (mut changed, mut packages) = (Vec::new(), Vec::new());
    for (new, heads) in all {
        let node = heads.node.id;
        node::revive(tx, &heads.node, new.producer_timestamp)?;
        let old = there.remove(&node);
        if old.as_ref().is_some_and(|old| old.producer_timestamp > new.producer_timestamp) {
            outcomes.push(Outcome::Stale);
            continue;
        }
        outcomes.push(Outcome::Stored);
        factsets.push(vec![
            node.into(),
            heads.environment.into(),
            heads.producer.into(),
            new.received.into(),
            new.producer_timestamp.into(),
            new.hash.clone().into(),
            new.packages_hash.clone().into(),
            new.digests.as_slice().into(),
        ]);
        nodes.push(vec![node.into(), new.producer_timestamp.into(), heads.environment.into()]);
        if old.as_ref().is_some_and(|old| old.hash == new.hash) {
            continue;
        }
        if old.as_ref().and_then(|old| old.packages_hash.as_ref()) != new.packages_hash.as_ref() {
            packages.push((node, new.packages.as_slice()));
        }
        let is_known = old.is_some();
        let digests = old.and_then(|old| old.digests);
        changed.push(Changed { node, facts: &new.facts, is_known, digests });
    }
    shared::for_rows(
        tx,
        &format!("{COLUMNS} VALUES ($1, $2, $3, $4, $5, $6, $7, $8) {UPSERT}"),
        &format!(
            "{COLUMNS} SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bytea[],
                 $7::bytea[], $8::bytea[]) {UPSERT}"
        ),
        factsets,
    )?;
    shared::for_rows(
        tx,
        "UPDATE nodes SET facts_timestamp = $2, facts_environment_id = $3 WHERE id = $1",
        "UPDATE nodes n SET facts_timestamp = w.time, facts_environment_id = w.environment
         FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) w (id, time, environment) WHERE n.id = w.id",
        nodes,
    )?;
    changes::write(tx, context, &changed)?;
    shared::replace(tx, &shared::PACKAGES, &packages)?;
    Ok(outcomes)
}

/// Facts that are stored already were sent again.
#[derive(Clone, Debug)]
pub(crate) struct Same {
    pub(crate) certname: String,
    pub(crate) producer: Option<String>,
    pub(crate) producer_timestamp: i64,
    pub(crate) received: i64,
    /// Of the row that has them.
    pub(crate) hash: Hash,
}

/// Moves the time of stored facts; `Stale` if others are stored.
pub(crate) fn touch(tx: &Tx<'_>, same: &Same) -> Result<Outcome> {
    let Some(Heads { node, producer, .. }) =
        node::heads(tx, &same.certname, None, same.producer.as_deref(), false)?
    else {
        return Ok(Outcome::Stale);
    };
    let touched = tx.execute(
        "UPDATE factsets SET timestamp = $3, producer_timestamp = $4, producer_id = $5
         WHERE node_id = $1 AND hash = $2 AND producer_timestamp <= $4",
        &[
            node.id.into(),
            same.hash.clone().into(),
            same.received.into(),
            same.producer_timestamp.into(),
            producer.into(),
        ],
    )?;
    if touched == 0 {
        return Ok(Outcome::Stale);
    }
    node::revive(tx, &node, same.producer_timestamp)?;
    tx.execute_soon(
        "UPDATE nodes SET facts_timestamp = $2 WHERE id = $1",
        vec![node.id.into(), same.producer_timestamp.into()],
    )?;
    Ok(Outcome::Stored)
}
