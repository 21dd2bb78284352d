//! Rows that nodes share, and which node has which: written as the difference to what was there.

use std::collections::HashMap;

use db::{Dialect, Result, Tx, Value};
use serde_json::Value as Json;

use crate::hash::Hash;

/// Rows beyond which it pays to look for them before they are inserted.
const MANY: usize = 16;
/// Hashes that one statement looks for.
const FIND_MAX: usize = 5_000;

/// A pair of tables: the shared rows, and the rows that lead to them from nodes.
pub(crate) struct Shared {
    /// `INSERT` of a shared row whose first parameter is the hash; gives its id if it was not there.
    insert: &'static str,
    find: &'static str,
    /// On PostgreSQL: hash and id of those whose hashes a JSON list has, in hexadecimal.
    find_all: &'static str,
    of_node: &'static str,
    add: &'static str,
    /// On PostgreSQL: leads to those whose ids a JSON list has.
    add_all: &'static str,
    remove: &'static str,
    /// Removes a shared row that nobody has any more.
    forget: &'static str,
}

macro_rules! shared {
    ($shared:literal, $member:literal, $id:literal, $columns:literal, $values:literal) => {
        Shared {
            insert: concat!(
                "INSERT INTO ",
                $shared,
                " (hash, ",
                $columns,
                ") VALUES ($1, ",
                $values,
                ") ON CONFLICT DO NOTHING RETURNING id"
            ),
            find: concat!("SELECT id FROM ", $shared, " WHERE hash = $1"),
            find_all: concat!(
                "SELECT hash, id FROM ",
                $shared,
                " WHERE hash IN (SELECT decode(value, 'hex') FROM json_array_elements_text($1::json))"
            ),
            of_node: concat!(
                "SELECT s.id, s.hash FROM ",
                $member,
                " m JOIN ",
                $shared,
                " s ON s.id = m.",
                $id,
                " WHERE m.node_id = $1"
            ),
            add: concat!(
                "INSERT INTO ",
                $member,
                " (node_id, ",
                $id,
                ") VALUES ($1, $2) ON CONFLICT DO NOTHING"
            ),
            add_all: concat!(
                "INSERT INTO ",
                $member,
                " (node_id, ",
                $id,
                ") SELECT $1::bigint, value::bigint FROM json_array_elements_text($2::json) ON CONFLICT DO NOTHING"
            ),
            remove: concat!("DELETE FROM ", $member, " WHERE node_id = $1 AND ", $id, " = $2"),
            forget: concat!(
                "DELETE FROM ",
                $shared,
                " WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM ",
                $member,
                " WHERE ",
                $id,
                " = $1)"
            ),
        }
    };
}

pub(crate) const RESOURCES: Shared = shared!(
    "resources",
    "catalog_resources",
    "resource_id",
    "resource, type, title, exported, file, line, tags, parameters",
    "$2, $3, $4, $5, $6, $7, $8, $9"
);
pub(crate) const EDGES: Shared = shared!(
    "edges",
    "catalog_edges",
    "edge_id",
    "relationship, source_type, source_title, target_type, target_title",
    "$2, $3, $4, $5, $6"
);
pub(crate) const PACKAGES: Shared =
    shared!("packages", "node_packages", "package_id", "name, version, provider", "$2, $3, $4");
pub(crate) const INPUTS: Shared = shared!("inputs", "catalog_inputs", "input_id", "type, name", "$2, $3");

/// A row to share: its hash, and the columns behind it.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) hash: Hash,
    pub(crate) columns: Vec<Value>,
}

/// Items in the order of their hashes, each once: transactions that add the same rows then meet in the same order, and never wait for
/// each other in a circle.
pub(crate) fn sorted(mut items: Vec<Item>) -> Vec<Item> {
    items.sort_by(|left, right| left.hash.cmp(&right.hash));
    items.dedup_by(|left, right| left.hash == right.hash);
    items
}

/// Makes the node have exactly these items, which are [`sorted`].
pub(crate) fn replace(tx: &Tx<'_>, shared: &Shared, node: i64, wanted: &[Item]) -> Result<()> {
    let mut there: HashMap<Hash, i64> = HashMap::new();
    tx.each(shared.of_node, &[node.into()], |row| {
        there.insert(row.get(1)?, row.get(0)?);
        Ok(())
    })?;
    let added: Vec<&Item> = wanted.iter().filter(|item| there.remove(&item.hash).is_none()).collect();
    let ids = ensure(tx, shared, &added)?;
    match tx.dialect() {
        _ if ids.is_empty() => {}
        Dialect::Sqlite => {
            let pairs: Vec<Vec<Value>> = ids.into_iter().map(|id| vec![node.into(), id.into()]).collect();
            tx.execute_each(shared.add, &pairs)?;
        }
        // One statement instead of hundreds.
        Dialect::Postgres => {
            tx.execute(shared.add_all, &[node.into(), Json::from(ids).to_string().into()])?;
        }
    }
    let mut removed: Vec<i64> = there.into_values().collect();
    removed.sort_unstable();
    let pairs: Vec<Vec<Value>> = removed.iter().map(|&id| vec![node.into(), id.into()]).collect();
    if !pairs.is_empty() {
        tx.execute_each(shared.remove, &pairs)?;
        forget(tx, shared.forget, &removed)?;
    }
    Ok(())
}

/// Removes shared rows that nobody has any more.
pub(crate) fn forget(tx: &Tx<'_>, sql: &str, ids: &[i64]) -> Result<usize> {
    if ids.is_empty() {
        return Ok(0);
    }
    let ids: Vec<Vec<Value>> = ids.iter().map(|&id| vec![id.into()]).collect();
    tx.execute_each(sql, &ids)
}

/// The ids of the items, which are stored if they were not.
fn ensure(tx: &Tx<'_>, shared: &Shared, items: &[&Item]) -> Result<Vec<i64>> {
    if items.is_empty() {
        return Ok(Vec::new());
    }
    // Most are there: other nodes have them.
    let mut known = find_all(tx, shared, items)?;
    let missing: Vec<&Item> = items.iter().filter(|item| !known.contains_key(&item.hash)).copied().collect();
    let rows: Vec<Vec<Value>> = missing
        .iter()
        .map(|item| {
            std::iter::once(Value::Blob(item.hash.clone())).chain(item.columns.iter().cloned()).collect()
        })
        .collect();
    if !rows.is_empty() {
        let inserted = insert_missing(tx, shared.insert, &rows, shared.find, |index| {
            vec![missing.get(index).map_or(Value::Null, |item| Value::Blob(item.hash.clone()))]
        })?;
        known.extend(missing.iter().zip(inserted).map(|(item, (id, _))| (item.hash.clone(), id)));
    }
    items.iter().map(|item| known.get(&item.hash).copied().ok_or(db::Error::Conflict)).collect()
}

/// The ids of those that are stored.
fn find_all(tx: &Tx<'_>, shared: &Shared, items: &[&Item]) -> Result<HashMap<Hash, i64>> {
    let mut known = HashMap::with_capacity(items.len());
    match tx.dialect() {
        Dialect::Sqlite => {
            let keys: Vec<Vec<Value>> =
                items.iter().map(|item| vec![Value::Blob(item.hash.clone())]).collect();
            let found = tx.first_of_each(shared.find, &keys)?;
            for (item, row) in items.iter().zip(found) {
                if let Some(row) = row {
                    known.insert(item.hash.clone(), row.get(0)?);
                }
            }
        }
        Dialect::Postgres => {
            for items in items.chunks(FIND_MAX) {
                let hashes: Json = items.iter().map(|item| Json::from(hex::encode(&item.hash))).collect();
                tx.each(shared.find_all, &[hashes.to_string().into()], |row| {
                    known.insert(row.get(0)?, row.get(1)?);
                    Ok(())
                })?;
            }
        }
    }
    Ok(known)
}

/// Inserts rows that may be there already; gives the id of each, and whether it is new.
pub(crate) fn insert_or_find(
    tx: &Tx<'_>,
    insert: &str,
    rows: &[Vec<Value>],
    find: &str,
    key: impl Fn(usize) -> Vec<Value>,
) -> Result<Vec<(i64, bool)>> {
    // Where there are many, most are there already.
    if rows.len() > MANY {
        let keys: Vec<Vec<Value>> = (0..rows.len()).map(&key).collect();
        let there = tx.first_of_each(find, &keys)?;
        let missing: Vec<usize> =
            (0..rows.len()).filter(|&index| there.get(index).is_none_or(Option::is_none)).collect();
        let left: Vec<Vec<Value>> = missing.iter().filter_map(|&index| rows.get(index).cloned()).collect();
        let added = match left.is_empty() {
            true => Vec::new(),
            false => insert_missing(tx, insert, &left, find, |index| {
                missing.get(index).map(|&index| key(index)).unwrap_or_default()
            })?,
        };
        let mut added = added.into_iter();
        return there
            .into_iter()
            .map(|row| match row {
                Some(row) => Ok((row.get(0)?, false)),
                None => added.next().ok_or(db::Error::Conflict),
            })
            .collect();
    }
    insert_missing(tx, insert, rows, find, key)
}

fn insert_missing(
    tx: &Tx<'_>,
    insert: &str,
    rows: &[Vec<Value>],
    find: &str,
    key: impl Fn(usize) -> Vec<Value>,
) -> Result<Vec<(i64, bool)>> {
    let inserted = tx.first_of_each(insert, rows)?;
    let missing: Vec<Vec<Value>> =
        (0..rows.len()).filter(|&index| inserted.get(index).is_none_or(Option::is_none)).map(key).collect();
    let mut found =
        if missing.is_empty() { Vec::new() } else { tx.first_of_each(find, &missing)? }.into_iter();
    inserted
        .into_iter()
        .map(|row| match row {
            Some(row) => Ok((row.get(0)?, true)),
            // Removed by another transaction in between: the work is run again.
            None => match found.next().flatten() {
                Some(row) => Ok((row.get(0)?, false)),
                None => Err(db::Error::Conflict),
            },
        })
        .collect()
}
