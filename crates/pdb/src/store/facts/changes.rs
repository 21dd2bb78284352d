//! Which facts of nodes differ from those that are stored.
//!
//! Most runs change some facts of hundreds. The digests beside a node's facts tell which, so that only these are looked at.

use std::collections::{HashMap, HashSet};

use db::{Dialect, Result, Row, Tx, Value};

use super::values::{self, Given};
use super::{DIGEST_BYTES, Fact};
use crate::hash::Hash;
use crate::store::{Context, counts, shared};

/// Facts that are looked at one by one; beyond it all of a node's are read at once.
const CHANGED_MAX: usize = 64;

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
pub(super) struct Changed<'a> {
    pub(super) node: i64,
    pub(super) facts: &'a [Fact],
    pub(super) is_known: bool,
    pub(super) digests: Option<Vec<u8>>,
}

impl Changed<'_> {
    /// Facts that are not among the digests, and how many there are of these, if the others are so many that they need not be looked at:
    /// most runs change some facts of hundreds.
    fn few(&self) -> Option<(Vec<&Fact>, usize)> {
        let known: HashSet<&[u8]> = self.digests.as_deref()?.chunks_exact(DIGEST_BYTES).collect();
        let few: Vec<&Fact> =
            self.facts.iter().filter(|fact| !known.contains(fact.digest().as_slice())).collect();
        (few.len() <= CHANGED_MAX).then_some((few, known.len()))
    }
}

/// Writes the facts that differ.
pub(super) fn write(tx: &Tx<'_>, context: &Context, all: &[Changed<'_>]) -> Result<()> {
    let few: Vec<Option<(Vec<&Fact>, usize)>> = all.iter().map(Changed::few).collect();
    let wanted = all.iter().zip(&few).filter_map(|(of, few)| Some((of.node, few.as_ref()?)));
    let wanted: Vec<(i64, &Fact)> =
        wanted.flat_map(|(node, (few, _))| few.iter().map(move |&fact| (node, fact))).collect();
    let mut there = few_there(tx, &wanted)?;
    // Whatever else a node has is as it was, or one of its facts is gone; then all are looked at.
    let is_whole = |of: &Changed<'_>, few: &Option<(Vec<&Fact>, usize)>| match few {
        Some((few, digests)) => {
            let kept = of.facts.len() - few.len();
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
            _ => of.facts.iter().collect(),
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
    let names = values::name_ids(tx, &given)?;
    let values = values::value_ids(tx, context, &given, &names)?;
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
