//! Facts and packages.

use std::collections::{HashMap, HashSet};

use db::{Dialect, Result, Row, Tx, Value};
use serde_json::Value as Json;
use sha1::{Digest as _, Sha1};

use super::node::{self, Heads};
use super::shared::{self, Item};
use super::{Context, Outcome};
use crate::hash::{self, Hash};
use crate::payload::Facts;
use crate::schema::Kind;

/// Bytes of a fact in the column `digests`.
const DIGEST_BYTES: usize = 8;
/// Facts that are looked at one by one; beyond it all of a node's are read at once.
const CHANGED_MAX: usize = 64;

/// Facts ready to be written.
#[derive(Clone, Debug)]
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
            let text = hash::canonical(value);
            Fact {
                name: name.clone(),
                hash: hash::bytes(text.as_bytes()),
                kind: Kind::of(value),
                number: value.as_f64(),
                value: text,
            }
        })
        .collect();
    rows.sort_by(|left, right| left.name.cmp(&right.name));
    let packages = facts.packages.iter().map(|(name, version, provider)| Item {
        hash: hash::json(&serde_json::json!([name, version, provider])),
        columns: vec![name.as_str().into(), version.as_str().into(), provider.as_str().into()],
    });
    let packages = shared::sorted(packages.collect());
    let all: Vec<u8> = packages.iter().flat_map(|package| package.hash.iter().copied()).collect();
    Prepared {
        certname: facts.certname.clone(),
        environment: facts.environment.clone(),
        producer: facts.producer.clone(),
        producer_timestamp: facts.producer_timestamp,
        received,
        hash: facts.hash(rows.iter().map(|fact| (fact.name.as_str(), fact.value.as_str()))),
        digests: digests(&rows),
        facts: rows,
        packages_hash: (!packages.is_empty()).then(|| hash::bytes(&all)),
        packages,
    }
}

impl Fact {
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
}

pub(crate) fn replace(tx: &Tx<'_>, context: &Context, new: &Prepared) -> Result<Outcome> {
    let (environment, producer) = (Some(new.environment.as_str()), new.producer.as_deref());
    let heads = node::heads_of(tx, &new.certname, new.producer_timestamp, environment, producer)?;
    let node = heads.node.id;
    let sql = "SELECT producer_timestamp, hash, packages_hash, digests FROM factsets WHERE node_id = $1";
    let mut packages_hash: Option<Hash> = None;
    let mut digests: Option<Vec<u8>> = None;
    let mut is_same = false;
    if let Some(row) = tx.first(sql, &[node.into()])? {
        if row.get::<i64>(0)? > new.producer_timestamp {
            return Ok(Outcome::Stale);
        }
        is_same = row.get::<Hash>(1)? == new.hash;
        packages_hash = row.get(2)?;
        digests = row.get(3)?;
    }
    tx.execute_soon(
        "INSERT INTO factsets (node_id, environment_id, producer_id, timestamp, producer_timestamp, hash, packages_hash,
             digests)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (node_id) DO UPDATE SET environment_id = excluded.environment_id, producer_id = excluded.producer_id,
             timestamp = excluded.timestamp, producer_timestamp = excluded.producer_timestamp, hash = excluded.hash,
             packages_hash = excluded.packages_hash, digests = excluded.digests",
        vec![
            node.into(),
            heads.environment.into(),
            heads.producer.into(),
            new.received.into(),
            new.producer_timestamp.into(),
            new.hash.clone().into(),
            new.packages_hash.clone().into(),
            new.digests.as_slice().into(),
        ],
    )?;
    tx.execute_soon(
        "UPDATE nodes SET facts_timestamp = $2, facts_environment_id = $3 WHERE id = $1",
        vec![node.into(), new.producer_timestamp.into(), heads.environment.into()],
    )?;
    if !is_same {
        write(tx, context, node, new, digests.as_deref())?;
        if packages_hash != new.packages_hash {
            shared::replace(tx, &shared::PACKAGES, node, &new.packages)?;
        }
    }
    Ok(Outcome::Stored)
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

/// What a node has of a fact.
struct There {
    name_id: i64,
    value_id: i64,
    hash: Hash,
}

/// What a node has of facts, by name.
type AllThere = HashMap<String, There>;

fn all_there(tx: &Tx<'_>, node: i64) -> Result<AllThere> {
    let mut there = AllThere::new();
    tx.each(
        "SELECT n.name, f.name_id, f.value_id, v.hash
         FROM facts f JOIN fact_names n ON n.id = f.name_id JOIN fact_values v ON v.id = f.value_id
         WHERE f.node_id = $1",
        &[node.into()],
        |row| note(&mut there, &row),
    )?;
    Ok(there)
}

fn note(there: &mut AllThere, row: &Row) -> Result<()> {
    there.insert(row.get(0)?, There { name_id: row.get(1)?, value_id: row.get(2)?, hash: row.get(3)? });
    Ok(())
}

/// What a node has of the facts that differ from those of the digests, if these tell that nothing else differs: most runs change some
/// facts of hundreds.
fn few_there(
    tx: &Tx<'_>,
    node: i64,
    changed: &[&Fact],
    digests: usize,
    kept: usize,
) -> Result<Option<AllThere>> {
    let mut there = AllThere::new();
    match tx.dialect() {
        Dialect::Sqlite => {
            for fact in changed {
                tx.each(
                    "SELECT n.name, f.name_id, f.value_id, v.hash
                     FROM fact_names n JOIN facts f ON f.node_id = $1 AND f.name_id = n.id JOIN fact_values v ON v.id = f.value_id
                     WHERE n.name = $2",
                    &[node.into(), fact.name.as_str().into()],
                    |row| note(&mut there, &row),
                )?;
            }
        }
        Dialect::Postgres => tx.each(
            "SELECT n.name, f.name_id, f.value_id, v.hash
             FROM fact_names n JOIN facts f ON f.node_id = $1 AND f.name_id = n.id JOIN fact_values v ON v.id = f.value_id
             WHERE n.name = ANY ($2::text[])",
            &[node.into(), Value::List(changed.iter().map(|fact| fact.name.as_str().into()).collect())],
            |row| note(&mut there, &row),
        )?,
    }
    // Whatever else the node has is as it was, or one of its facts is gone.
    Ok((kept + there.len() == digests).then_some(there))
}

/// Writes the facts that differ.
fn write(tx: &Tx<'_>, context: &Context, node: i64, new: &Prepared, digests: Option<&[u8]>) -> Result<()> {
    let mut facts: Vec<&Fact> = new.facts.iter().collect();
    let mut there = None;
    if let Some(digests) = digests {
        let known: HashSet<&[u8]> = digests.chunks_exact(DIGEST_BYTES).collect();
        let changed: Vec<&Fact> =
            new.facts.iter().filter(|fact| !known.contains(fact.digest().as_slice())).collect();
        let kept = new.facts.len() - changed.len();
        if changed.len() <= CHANGED_MAX {
            there = few_there(tx, node, &changed, known.len(), kept)?;
        }
        if there.is_some() {
            facts = changed;
        }
    }
    let mut there = match there {
        Some(there) => there,
        None => all_there(tx, node)?,
    };
    let mut changed: Vec<(&Fact, Option<i64>)> = Vec::new();
    let mut left: Vec<i64> = Vec::new();
    for fact in facts {
        match there.remove(&fact.name) {
            Some(there) if there.hash == fact.hash => {}
            Some(there) => {
                left.push(there.value_id);
                changed.push((fact, Some(there.name_id)));
            }
            None => changed.push((fact, None)),
        }
    }
    let names = name_ids(tx, &changed)?;
    let values = value_ids(tx, context, &changed, &names)?;
    let rows: Vec<Vec<Value>> =
        names.iter().zip(values).map(|(name, value)| vec![(*name).into(), value.into()]).collect();
    lead(tx, node, rows)?;
    if !there.is_empty() {
        let gone: Vec<Vec<Value>> =
            there.values().map(|gone| vec![node.into(), gone.name_id.into()]).collect();
        tx.execute_each("DELETE FROM facts WHERE node_id = $1 AND name_id = $2", &gone)?;
        left.extend(there.values().map(|gone| gone.value_id));
    }
    left.sort_unstable();
    forget(tx, &left)
}

/// Makes a node have values: rows of name and value.
fn lead(tx: &Tx<'_>, node: i64, mut rows: Vec<Vec<Value>>) -> Result<()> {
    const ON_CONFLICT: &str = "ON CONFLICT (node_id, name_id) DO UPDATE SET value_id = excluded.value_id";
    match tx.dialect() {
        _ if rows.is_empty() => {}
        Dialect::Sqlite => {
            rows.iter_mut().for_each(|row| row.insert(0, node.into()));
            let sql =
                format!("INSERT INTO facts (node_id, name_id, value_id) VALUES ($1, $2, $3) {ON_CONFLICT}");
            tx.execute_each(&sql, &rows)?;
        }
        Dialect::Postgres => {
            let mut lists = shared::columns(rows);
            lists.insert(0, node.into());
            let sql = format!(
                "INSERT INTO facts (node_id, name_id, value_id)
                 SELECT $1::bigint, * FROM unnest($2::bigint[], $3::bigint[]) {ON_CONFLICT}"
            );
            tx.execute_soon(&sql, lists)?;
        }
    }
    Ok(())
}

/// Removes values that nobody has any more.
pub(crate) fn forget(tx: &Tx<'_>, values: &[i64]) -> Result<()> {
    match tx.dialect() {
        _ if values.is_empty() => {}
        Dialect::Sqlite => {
            let ids: Vec<Vec<Value>> = values.iter().map(|&id| vec![id.into()]).collect();
            let sql = "DELETE FROM fact_values WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM facts WHERE value_id = $1)";
            tx.execute_each(sql, &ids)?;
        }
        Dialect::Postgres => {
            let ids = Value::List(values.iter().map(|&id| id.into()).collect());
            let sql = "DELETE FROM fact_values v WHERE v.id = ANY ($1::bigint[])
                       AND NOT EXISTS (SELECT 1 FROM facts f WHERE f.value_id = v.id)";
            tx.execute_soon(sql, vec![ids])?;
        }
    }
    Ok(())
}

fn name_ids(tx: &Tx<'_>, changed: &[(&Fact, Option<i64>)]) -> Result<Vec<i64>> {
    const FIND: &str = "SELECT id FROM fact_names WHERE name = $1";
    const FIND_ALL: &str = "SELECT id, name FROM fact_names WHERE name = ANY ($1::text[])";
    const INSERT: &str = "INSERT INTO fact_names (name) VALUES ($1) ON CONFLICT DO NOTHING";
    let unknown: Vec<&str> =
        changed.iter().filter(|(_, id)| id.is_none()).map(|(fact, _)| fact.name.as_str()).collect();
    let mut known: HashMap<String, i64> = HashMap::new();
    if !unknown.is_empty() && tx.dialect() == Dialect::Postgres {
        tx.each(FIND_ALL, &[Value::List(unknown.iter().map(|&name| name.into()).collect())], |row| {
            known.insert(row.get(1)?, row.get(0)?);
            Ok(())
        })?;
    }
    for name in unknown {
        if known.contains_key(name) {
            continue;
        }
        let mut found = tx.first(FIND, &[name.into()])?;
        if found.is_none() {
            tx.execute(INSERT, &[name.into()])?;
            found = tx.first(FIND, &[name.into()])?;
        }
        known.insert(name.to_owned(), found.ok_or(db::Error::Conflict)?.get(0)?);
    }
    let id_of = |(fact, id): &(&Fact, Option<i64>)| id.or_else(|| known.get(&fact.name).copied());
    changed.iter().map(|changed| id_of(changed).ok_or(db::Error::Conflict)).collect()
}

fn value_ids(
    tx: &Tx<'_>,
    context: &Context,
    changed: &[(&Fact, Option<i64>)],
    names: &[i64],
) -> Result<Vec<i64>> {
    let mut order: Vec<(i64, &Fact)> =
        names.iter().copied().zip(changed.iter().map(|(fact, _)| *fact)).collect();
    // Transactions that add the same values meet in the same order.
    order.sort_by_key(|(name, _)| *name);
    let mut known = find_values(tx, &order)?;
    let missing: Vec<(i64, &Fact)> = order
        .iter()
        .filter(|(name, fact)| !known.contains_key(&(*name, fact.hash.clone())))
        .copied()
        .collect();
    let added = insert_values(tx, &missing)?;
    let fresh = |key: &(i64, &Fact)| added.contains_key(&(key.0, key.1.hash.clone()));
    note_paths(
        tx,
        context,
        &missing.iter().filter(|key| fresh(key)).map(|(_, fact)| *fact).collect::<Vec<_>>(),
    )?;
    if added.len() < missing.len() {
        let others: Vec<(i64, &Fact)> = missing.into_iter().filter(|key| !fresh(key)).collect();
        known.extend(find_values(tx, &others)?);
    }
    known.extend(added);
    let id_of = |(name, (fact, _)): (&i64, &(&Fact, Option<i64>))| {
        // Removed by another transaction in between: the work is run again.
        known.get(&(*name, fact.hash.clone())).copied().ok_or(db::Error::Conflict)
    };
    names.iter().zip(changed).map(id_of).collect()
}

/// Ids of values by the id of the name and the hash.
type Values = HashMap<(i64, Hash), i64>;

fn find_values(tx: &Tx<'_>, wanted: &[(i64, &Fact)]) -> Result<Values> {
    let mut known = Values::with_capacity(wanted.len());
    let mut rows = wanted.iter().map(|(name, fact)| vec![(*name).into(), fact.hash.clone().into()]);
    match tx.dialect() {
        _ if wanted.is_empty() => {}
        Dialect::Sqlite => {
            for (name, fact) in wanted {
                let key: [Value; 2] = [(*name).into(), fact.hash.clone().into()];
                if let Some(row) =
                    tx.first("SELECT id FROM fact_values WHERE name_id = $1 AND hash = $2", &key)?
                {
                    known.insert((*name, fact.hash.clone()), row.get(0)?);
                }
            }
        }
        Dialect::Postgres => tx.each(
            "SELECT v.name_id, v.hash, v.id FROM unnest($1::bigint[], $2::bytea[]) w (name_id, hash)
             JOIN fact_values v ON v.name_id = w.name_id AND v.hash = w.hash",
            &shared::columns(rows.by_ref().collect()),
            |row| {
                known.insert((row.get(0)?, row.get(1)?), row.get(2)?);
                Ok(())
            },
        )?,
    }
    Ok(known)
}

/// Stores values that were not there a moment ago; gives those that are there by this.
fn insert_values(tx: &Tx<'_>, missing: &[(i64, &Fact)]) -> Result<Values> {
    let mut added = Values::with_capacity(missing.len());
    let row = |(name, fact): &(i64, &Fact)| -> Vec<Value> {
        vec![
            (*name).into(),
            fact.hash.clone().into(),
            (fact.kind as i32).into(),
            fact.number.into(),
            fact.value.as_str().into(),
        ]
    };
    match tx.dialect() {
        _ if missing.is_empty() => {}
        Dialect::Sqlite => {
            for key in missing {
                let sql = "INSERT INTO fact_values (name_id, hash, kind, number, value) VALUES ($1, $2, $3, $4, $5)
                           ON CONFLICT DO NOTHING RETURNING id";
                if let Some(found) = tx.first(sql, &row(key))? {
                    added.insert((key.0, key.1.hash.clone()), found.get(0)?);
                }
            }
        }
        Dialect::Postgres => tx.each(
            "INSERT INTO fact_values (name_id, hash, kind, number, value)
             SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::smallint[], $4::double precision[], $5::jsonb[])
             ON CONFLICT DO NOTHING RETURNING name_id, hash, id",
            &shared::columns(missing.iter().map(row).collect()),
            |row| {
                added.insert((row.get(0)?, row.get(1)?), row.get(2)?);
                Ok(())
            },
        )?,
    }
    Ok(added)
}

/// Makes the paths of new values known.
fn note_paths(tx: &Tx<'_>, context: &Context, fresh: &[&Fact]) -> Result<()> {
    let mut rows = Vec::new();
    for fact in fresh {
        let value: Json = serde_json::from_str(&fact.value).unwrap_or_default();
        let mut path = vec![Json::from(fact.name.as_str())];
        leaves(&value, &mut path, &mut |path, kind| {
            let text = Json::Array(path.to_vec()).to_string();
            let key = hash::bytes(format!("{}{text}", kind as u8).as_bytes());
            if context.paths.is_new(&key) {
                rows.push((key, text, path.len() as i32 - 1, fact.name.clone(), kind));
            }
        });
    }
    rows.sort_by(|left, right| left.0.cmp(&right.0));
    rows.dedup_by(|left, right| left.0 == right.0);
    let rows: Vec<Vec<Value>> = rows
        .into_iter()
        .map(|(key, text, depth, name, kind)| {
            vec![
                key.into(),
                text.into(),
                depth.into(),
                name.into(),
                (kind as i32).into(),
                context.now().into(),
            ]
        })
        .collect();
    const ON_CONFLICT: &str = "ON CONFLICT (hash) DO UPDATE SET touched = excluded.touched";
    const COLUMNS: &str = "INSERT INTO fact_paths (hash, path, depth, name, kind, touched)";
    match tx.dialect() {
        _ if rows.is_empty() => {}
        Dialect::Sqlite => {
            tx.execute_each(&format!("{COLUMNS} VALUES ($1, $2, $3, $4, $5, $6) {ON_CONFLICT}"), &rows)?;
        }
        Dialect::Postgres => {
            let lists = "$1::bytea[], $2::jsonb[], $3::integer[], $4::text[], $5::smallint[], $6::bigint[]";
            let sql = format!("{COLUMNS} SELECT * FROM unnest({lists}) {ON_CONFLICT}");
            tx.execute_soon(&sql, shared::columns(rows))?;
        }
    }
    Ok(())
}

/// Calls with the path and the kind of each leaf. Values come from a decoder that limits how deep they nest.
pub(crate) fn leaves(value: &Json, path: &mut Vec<Json>, take: &mut impl FnMut(&[Json], Kind)) {
    match value {
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push(index.into());
                leaves(item, path, take);
                path.pop();
            }
        }
        Json::Object(map) => {
            for (key, item) in map {
                path.push(key.as_str().into());
                leaves(item, path, take);
                path.pop();
            }
        }
        scalar => take(path, Kind::of(scalar)),
    }
}
