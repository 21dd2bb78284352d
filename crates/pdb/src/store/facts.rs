//! Facts and packages.

use std::collections::{BTreeSet, HashMap, HashSet};

use db::{Dialect, Result, Row, Tx, Value};
use serde_json::Value as Json;
use sha1::{Digest as _, Sha1};

use super::counts;
use super::node::{self, Heads};
use super::shared::{self, Columns, Item};
use super::{Context, Outcome};
use crate::hash::{self, Hash};
use crate::payload::canonical::{Written, quote};
use crate::payload::{self, Facts, plain};
use crate::schema::Kind;

/// Bytes of a fact in the column `digests`.
const DIGEST_BYTES: usize = 8;
/// Facts that are looked at one by one; beyond it all of a node's are read at once.
const CHANGED_MAX: usize = 64;

/// New values whose paths are noted at once.
const PATHS_OF_MAX: usize = 4_096;

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
}

impl Prepared {
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
            packages.push((node, &new.packages));
        }
        changed.push(Changed {
            node,
            new,
            is_known: old.is_some(),
            digests: old.and_then(|old| old.digests),
        });
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
    write(tx, context, &changed)?;
    for (node, packages) in packages {
        shared::replace(tx, &shared::PACKAGES, node, packages)?;
    }
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

/// What a node has of a fact.
struct There {
    name_id: i64,
    value_id: i64,
    hash: Hash,
}

/// What nodes have of facts, by node and name.
type AllThere = HashMap<i64, HashMap<String, There>>;

fn all_there(tx: &Tx<'_>, nodes: &[i64]) -> Result<AllThere> {
    const OF_NODE: &str = "SELECT f.node_id, n.name, f.name_id, f.value_id, v.hash
        FROM facts f JOIN fact_names n ON n.id = f.name_id JOIN fact_values v ON v.id = f.value_id
        WHERE f.node_id = $1";
    const OF_NODES: &str = "SELECT f.node_id, n.name, f.name_id, f.value_id, v.hash
        FROM facts f JOIN fact_names n ON n.id = f.name_id JOIN fact_values v ON v.id = f.value_id
        WHERE f.node_id = ANY ($1::bigint[])";
    let mut there = AllThere::new();
    shared::of_owners(tx, OF_NODE, OF_NODES, nodes, |row| note(&mut there, &row))?;
    Ok(there)
}

fn note(there: &mut AllThere, row: &Row) -> Result<()> {
    let fact = There { name_id: row.get(2)?, value_id: row.get(3)?, hash: row.get(4)? };
    there.entry(row.get(0)?).or_default().insert(row.get(1)?, fact);
    Ok(())
}

/// What nodes have of some facts.
fn few_there(tx: &Tx<'_>, wanted: &[(i64, &Fact)]) -> Result<AllThere> {
    let mut there = AllThere::new();
    match tx.dialect() {
        _ if wanted.is_empty() => {}
        Dialect::Sqlite => {
            for (node, fact) in wanted {
                tx.each(
                    "SELECT f.node_id, n.name, f.name_id, f.value_id, v.hash
                     FROM fact_names n JOIN facts f ON f.node_id = $1 AND f.name_id = n.id JOIN fact_values v ON v.id = f.value_id
                     WHERE n.name = $2",
                    &[(*node).into(), fact.name.as_str().into()],
                    |row| note(&mut there, &row),
                )?;
            }
        }
        Dialect::Postgres => {
            let rows = wanted.iter().map(|(node, fact)| vec![(*node).into(), fact.name.as_str().into()]);
            tx.each(
                "SELECT f.node_id, n.name, f.name_id, f.value_id, v.hash
                 FROM unnest($1::bigint[], $2::text[]) w (node, name) JOIN fact_names n ON n.name = w.name
                     JOIN facts f ON f.node_id = w.node AND f.name_id = n.id JOIN fact_values v ON v.id = f.value_id",
                &shared::columns(rows.collect()),
                |row| note(&mut there, &row),
            )?;
        }
    }
    Ok(there)
}

/// New facts of a node, and what its row told of those before.
struct Changed<'a> {
    node: i64,
    new: &'a Prepared,
    is_known: bool,
    digests: Option<Vec<u8>>,
}

impl Changed<'_> {
    /// Facts that are not among the digests, and how many there are of these, if the others are so many that they need not be looked at:
    /// most runs change some facts of hundreds.
    fn few(&self) -> Option<(Vec<&Fact>, usize)> {
        let known: HashSet<&[u8]> = self.digests.as_deref()?.chunks_exact(DIGEST_BYTES).collect();
        let few: Vec<&Fact> =
            self.new.facts.iter().filter(|fact| !known.contains(fact.digest().as_slice())).collect();
        (few.len() <= CHANGED_MAX).then_some((few, known.len()))
    }
}

/// A fact that a node gets: the node, the fact, and the id of its name if that is known.
type Given<'a> = (i64, &'a Fact, Option<i64>);

/// Writes the facts that differ.
fn write(tx: &Tx<'_>, context: &Context, all: &[Changed<'_>]) -> Result<()> {
    let few: Vec<Option<(Vec<&Fact>, usize)>> = all.iter().map(Changed::few).collect();
    let wanted = all.iter().zip(&few).filter_map(|(of, few)| Some((of.node, few.as_ref()?)));
    let wanted: Vec<(i64, &Fact)> =
        wanted.flat_map(|(node, (few, _))| few.iter().map(move |&fact| (node, fact))).collect();
    let mut there = few_there(tx, &wanted)?;
    // Whatever else a node has is as it was, or one of its facts is gone; then all are looked at.
    let is_whole = |of: &Changed<'_>, few: &Option<(Vec<&Fact>, usize)>| match few {
        Some((few, digests)) => {
            let kept = of.new.facts.len() - few.len();
            kept + there.get(&of.node).map_or(0, HashMap::len) == *digests
        }
        None => !of.is_known,
    };
    let whole: Vec<bool> = all.iter().zip(&few).map(|(of, few)| is_whole(of, few)).collect();
    let others: Vec<i64> =
        all.iter().zip(&whole).filter(|(_, whole)| !**whole).map(|(of, _)| of.node).collect();
    there.extend(all_there(tx, &others)?);

    let (mut given, mut left, mut gone) = (Vec::<Given<'_>>::new(), Vec::<i64>::new(), Vec::new());
    for ((of, few), whole) in all.iter().zip(few).zip(whole) {
        let mut there = there.remove(&of.node).unwrap_or_default();
        let facts = match few {
            Some((few, _)) if whole => few,
            _ => of.new.facts.iter().collect(),
        };
        for fact in facts {
            match there.remove(&fact.name) {
                Some(there) if there.hash == fact.hash => {}
                Some(there) => {
                    left.push(there.value_id);
                    given.push((of.node, fact, Some(there.name_id)));
                }
                None => given.push((of.node, fact, None)),
            }
        }
        for there in there.into_values() {
            left.push(there.value_id);
            gone.push(vec![of.node.into(), there.name_id.into()]);
        }
    }
    let names = name_ids(tx, &given)?;
    let values = value_ids(tx, context, &given, &names)?;
    let rows = given.iter().zip(names).zip(values);
    lead(
        tx,
        rows.map(|(((node, ..), name), value)| vec![(*node).into(), name.into(), value.into()]).collect(),
    )?;
    shared::for_rows(
        tx,
        "DELETE FROM facts WHERE node_id = $1 AND name_id = $2",
        "DELETE FROM facts f USING unnest($1::bigint[], $2::bigint[]) w (node, name)
         WHERE f.node_id = w.node AND f.name_id = w.name",
        gone,
    )?;
    left.sort_unstable();
    counts::left(tx, &left)
}

/// Makes nodes have values: rows of node, name and value.
fn lead(tx: &Tx<'_>, rows: Vec<Vec<Value>>) -> Result<()> {
    const ON_CONFLICT: &str = "ON CONFLICT (node_id, name_id) DO UPDATE SET value_id = excluded.value_id";
    const COLUMNS: &str = "INSERT INTO facts (node_id, name_id, value_id)";
    shared::for_rows(
        tx,
        &format!("{COLUMNS} VALUES ($1, $2, $3) {ON_CONFLICT}"),
        &format!("{COLUMNS} SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) {ON_CONFLICT}"),
        rows,
    )
}

fn name_ids(tx: &Tx<'_>, given: &[Given<'_>]) -> Result<Vec<i64>> {
    const FIND: &str = "SELECT id FROM fact_names WHERE name = $1";
    const FIND_ALL: &str = "SELECT id, name FROM fact_names WHERE name = ANY ($1::text[])";
    const INSERT: &str = "INSERT INTO fact_names (name) VALUES ($1) ON CONFLICT DO NOTHING";
    let unknown: BTreeSet<&str> =
        given.iter().filter(|(_, _, id)| id.is_none()).map(|(_, fact, _)| fact.name.as_str()).collect();
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
    let id_of = |(_, fact, id): &Given<'_>| id.or_else(|| known.get(&fact.name).copied());
    given.iter().map(|given| id_of(given).ok_or(db::Error::Conflict)).collect()
}

fn value_ids(tx: &Tx<'_>, context: &Context, given: &[Given<'_>], names: &[i64]) -> Result<Vec<i64>> {
    let mut order: Vec<(i64, &Fact)> =
        names.iter().copied().zip(given.iter().map(|(_, fact, _)| *fact)).collect();
    // Transactions that add the same values meet in the same order.
    order.sort_by(|left, right| (left.0, &left.1.hash).cmp(&(right.0, &right.1.hash)));
    order.dedup_by(|left, right| (left.0, &left.1.hash) == (right.0, &right.1.hash));
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
    let stored: Vec<i64> = added.values().copied().collect();
    known.extend(added);
    let id_of = |(name, (_, fact, _)): (&i64, &Given<'_>)| {
        // Removed by another transaction in between: the work is run again.
        known.get(&(*name, fact.hash.clone())).copied().ok_or(db::Error::Conflict)
    };
    let values: Vec<i64> = names.iter().zip(given).map(id_of).collect::<Result<_>>()?;
    counts::joined(tx, names.iter().copied().zip(values.iter().copied()), &stored)?;
    Ok(values)
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

/// Makes the paths of new values known; those of very many not all at once.
fn note_paths(tx: &Tx<'_>, context: &Context, fresh: &[&Fact]) -> Result<()> {
    fresh.chunks(PATHS_OF_MAX).try_for_each(|fresh| note_some_paths(tx, context, fresh))
}

fn note_some_paths(tx: &Tx<'_>, context: &Context, fresh: &[&Fact]) -> Result<()> {
    let mut rows = Vec::new();
    let (mut path, mut hashed) = (Vec::new(), Vec::new());
    for fact in fresh {
        let value: Json = serde_json::from_str(&fact.value).unwrap_or_default();
        path.clear();
        path.push(b'[');
        quote(&fact.name, &mut path);
        leaf_paths(&value, &mut path, 0, &mut |path, depth, kind| {
            hashed.clear();
            hashed.push(b'0' + kind as u8);
            hashed.extend_from_slice(path);
            hashed.push(b']');
            let key = hash::bytes(&hashed);
            if context.paths.is_new(&key) {
                let text = hashed.get(1..).map(String::from_utf8_lossy).unwrap_or_default();
                rows.push((key, text.into_owned(), depth, fact.name.clone(), kind));
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

/// Calls with the path of each leaf as JSON that is not closed, its depth and its kind. Values come from a decoder that limits how deep they
/// nest.
fn leaf_paths(value: &Json, path: &mut Vec<u8>, depth: i32, take: &mut impl FnMut(&[u8], i32, Kind)) {
    let end = path.len();
    match value {
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                path.extend_from_slice(format!(",{index}").as_bytes());
                leaf_paths(item, path, depth + 1, take);
                path.truncate(end);
            }
        }
        Json::Object(map) => {
            for (key, item) in map {
                path.push(b',');
                quote(key, path);
                leaf_paths(item, path, depth + 1, take);
                path.truncate(end);
            }
        }
        scalar => take(path, depth, Kind::of(scalar)),
    }
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
