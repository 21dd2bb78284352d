//! Rows that are shared, and who has which: written as the difference to what was there.
//!
//! Who has them is a node, or a [part](super::parts) of catalogs. On PostgreSQL many rows are one statement with lists for parameters,
//! since each statement costs more than most rows do.

use std::collections::HashMap;

use db::{Dialect, Result, Row, Tx, Value};

use crate::hash::Hash;

/// A pair of tables: the shared rows, and the rows that lead to them from their owners.
pub(crate) struct Shared {
    /// `INSERT` of a shared row whose first parameter is the hash; gives its id if it was not there.
    insert: &'static str,
    /// On PostgreSQL: the same of many, in lists of columns; gives hash and id.
    insert_all: &'static str,
    find: &'static str,
    /// On PostgreSQL: hash and id of those in a list.
    find_all: &'static str,
    of_owner: &'static str,
    /// On PostgreSQL: the same of those in a list.
    of_owners: &'static str,
    add: &'static str,
    /// On PostgreSQL: the same of many, in lists of owners and ids.
    add_all: &'static str,
    remove: &'static str,
    remove_all: &'static str,
    /// Removes a shared row that nobody has any more. On PostgreSQL those that another transaction holds stay, since somebody is about to
    /// have them: so removing never waits, and what is left over is [swept](super::Store::sweep).
    forget: &'static str,
    forget_all: &'static str,
}

macro_rules! shared {
    ($shared:literal, $member:literal, $owner:literal, $id:literal, $columns:literal, $values:literal, $lists:literal) => {
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
            insert_all: concat!(
                "INSERT INTO ",
                $shared,
                " (hash, ",
                $columns,
                ") SELECT * FROM unnest($1::bytea[], ",
                $lists,
                ") ON CONFLICT DO NOTHING RETURNING hash, id"
            ),
            find: concat!("SELECT id FROM ", $shared, " WHERE hash = $1"),
            find_all: concat!("SELECT hash, id FROM ", $shared, " WHERE hash = ANY ($1::bytea[])"),
            of_owner: concat!(
                "SELECT m.",
                $owner,
                ", s.hash, s.id FROM ",
                $member,
                " m JOIN ",
                $shared,
                " s ON s.id = m.",
                $id,
                " WHERE m.",
                $owner,
                " = $1"
            ),
            of_owners: concat!(
                "SELECT m.",
                $owner,
                ", s.hash, s.id FROM ",
                $member,
                " m JOIN ",
                $shared,
                " s ON s.id = m.",
                $id,
                " WHERE m.",
                $owner,
                " = ANY ($1::bigint[])"
            ),
            add: concat!(
                "INSERT INTO ",
                $member,
                " (",
                $owner,
                ", ",
                $id,
                ") VALUES ($1, $2) ON CONFLICT DO NOTHING"
            ),
            add_all: concat!(
                "INSERT INTO ",
                $member,
                " (",
                $owner,
                ", ",
                $id,
                ") SELECT * FROM unnest($1::bigint[], $2::bigint[]) ON CONFLICT DO NOTHING"
            ),
            remove: concat!("DELETE FROM ", $member, " WHERE ", $owner, " = $1 AND ", $id, " = $2"),
            remove_all: concat!(
                "DELETE FROM ",
                $member,
                " m USING unnest($1::bigint[], $2::bigint[]) w (owner, id) WHERE m.",
                $owner,
                " = w.owner AND m.",
                $id,
                " = w.id"
            ),
            forget: concat!(
                "DELETE FROM ",
                $shared,
                " WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM ",
                $member,
                " WHERE ",
                $id,
                " = $1) RETURNING id"
            ),
            forget_all: concat!(
                "WITH free AS (SELECT s.id FROM ",
                $shared,
                " s WHERE s.id = ANY ($1::bigint[]) AND NOT EXISTS (SELECT 1 FROM ",
                $member,
                " m WHERE m.",
                $id,
                " = s.id) FOR UPDATE SKIP LOCKED) DELETE FROM ",
                $shared,
                " s USING free WHERE s.id = free.id RETURNING s.id"
            ),
        }
    };
}

pub(crate) const RESOURCES: Shared = shared!(
    "resources",
    "part_resources",
    "part_id",
    "resource_id",
    "resource, type, title, exported, file, line, tags, parameters",
    "$2, $3, $4, $5, $6, $7, $8, $9",
    "$2::bytea[], $3::text[], $4::text[], $5::boolean[], $6::text[], $7::integer[], $8::jsonb[], $9::jsonb[]"
);
pub(crate) const EDGES: Shared = shared!(
    "edges",
    "part_edges",
    "part_id",
    "edge_id",
    "relationship, source_type, source_title, target_type, target_title",
    "$2, $3, $4, $5, $6",
    "$2::text[], $3::text[], $4::text[], $5::text[], $6::text[]"
);
pub(crate) const PARTS: Shared =
    shared!("parts", "catalog_parts", "node_id", "part_id", "kind", "$2", "$2::smallint[]");
pub(crate) const PACKAGES: Shared = shared!(
    "packages",
    "node_packages",
    "node_id",
    "package_id",
    "name, version, provider",
    "$2, $3, $4",
    "$2::text[], $3::text[], $4::text[]"
);
pub(crate) const INPUTS: Shared = shared!(
    "inputs",
    "catalog_inputs",
    "node_id",
    "input_id",
    "type, name",
    "$2, $3",
    "$2::text[], $3::text[]"
);

/// A row to share: its hash, and the columns behind it.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) hash: Hash,
    pub(crate) columns: Columns,
}

impl Item {
    fn row(&self) -> Vec<Value> {
        std::iter::once(Value::Blob(self.hash.clone())).chain(self.columns.values()).collect()
    }
}

/// Columns in one piece of memory: a catalog has thousands of rows, and few of them are ever written.
#[derive(Clone, Debug)]
pub(crate) struct Columns(Box<[u8]>);

/// One of them.
#[derive(Clone, Copy)]
pub(crate) enum Column<'a> {
    Null,
    Int(i64),
    Text(&'a str),
    Blob(&'a [u8]),
}

/// What a column is, before its eight bytes of number or length.
const NULL: u8 = 0;
const INT: u8 = 1;
const TEXT: u8 = 2;
const BLOB: u8 = 3;

impl Columns {
    pub(crate) fn of(columns: &[Column<'_>]) -> Columns {
        let bytes = |column: &Column<'_>| match column {
            Column::Null => 1,
            Column::Int(_) => 9,
            Column::Text(text) => 9 + text.len(),
            Column::Blob(bytes) => 9 + bytes.len(),
        };
        let mut all = Vec::with_capacity(columns.iter().map(bytes).sum());
        for column in columns {
            let (kind, number, bytes): (u8, u64, &[u8]) = match column {
                Column::Null => {
                    all.push(NULL);
                    continue;
                }
                Column::Int(number) => (INT, number.cast_unsigned(), &[]),
                Column::Text(text) => (TEXT, text.len() as u64, text.as_bytes()),
                Column::Blob(bytes) => (BLOB, bytes.len() as u64, bytes),
            };
            all.push(kind);
            all.extend_from_slice(&number.to_le_bytes());
            all.extend_from_slice(bytes);
        }
        Columns(all.into())
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = Value> {
        let mut left: &[u8] = &self.0;
        std::iter::from_fn(move || {
            let (kind, rest) = left.split_first()?;
            left = rest;
            if *kind == NULL {
                return Some(Value::Null);
            }
            let (number, rest) = left.split_first_chunk()?;
            let number = u64::from_le_bytes(*number);
            left = rest;
            if *kind == INT {
                return Some(Value::Int(number.cast_signed()));
            }
            let (bytes, rest) = left.split_at_checked(usize::try_from(number).ok()?)?;
            left = rest;
            Some(match *kind {
                TEXT => Value::Text(String::from_utf8_lossy(bytes).into_owned()),
                _ => bytes.into(),
            })
        })
    }
}

impl<'a> From<&'a str> for Column<'a> {
    fn from(text: &'a str) -> Column<'a> {
        Column::Text(text)
    }
}

impl<'a> From<&'a [u8]> for Column<'a> {
    fn from(bytes: &'a [u8]) -> Column<'a> {
        Column::Blob(bytes)
    }
}

impl From<i64> for Column<'_> {
    fn from(number: i64) -> Self {
        Column::Int(number)
    }
}

impl From<bool> for Column<'_> {
    fn from(flag: bool) -> Self {
        Column::Int(flag.into())
    }
}

impl<'a, T: Into<Column<'a>>> From<Option<T>> for Column<'a> {
    fn from(column: Option<T>) -> Column<'a> {
        column.map_or(Column::Null, Into::into)
    }
}

/// Items in the order of their hashes, each once: transactions that add the same rows then meet in the same order, and never wait for
/// each other in a circle.
pub(crate) fn sorted(mut items: Vec<Item>) -> Vec<Item> {
    items.sort_by(|left, right| left.hash.cmp(&right.hash));
    items.dedup_by(|left, right| left.hash == right.hash);
    items
}

/// Rows turned into lists of columns.
pub(crate) fn columns(rows: Vec<Vec<Value>>) -> Vec<Value> {
    let mut lists: Vec<Vec<Value>> = Vec::new();
    let count = rows.len();
    for row in rows {
        lists.resize_with(row.len().max(lists.len()), || Vec::with_capacity(count));
        for (list, value) in lists.iter_mut().zip(row) {
            list.push(value);
        }
    }
    lists.into_iter().map(Value::List).collect()
}

fn list(ids: &[i64]) -> Value {
    Value::List(ids.iter().map(|&id| id.into()).collect())
}

/// A statement for many rows: on SQLite one for each row; on PostgreSQL one with lists of columns, which goes with the next one.
pub(crate) fn for_rows(tx: &Tx<'_>, each: &str, all: &str, rows: Vec<Vec<Value>>) -> Result<()> {
    match tx.dialect() {
        _ if rows.is_empty() => Ok(()),
        Dialect::Sqlite => tx.execute_each(each, &rows).map(drop),
        Dialect::Postgres => tx.execute_soon(all, columns(rows)),
    }
}

/// Makes different nodes have exactly these items.
pub(crate) fn replace(tx: &Tx<'_>, shared: &Shared, all: &[(i64, &[Item])]) -> Result<()> {
    if all.is_empty() {
        return Ok(());
    }
    let mut there = of(tx, shared, &all.iter().map(|(node, _)| *node).collect::<Vec<_>>())?;
    let mut added: Vec<(&Item, i64)> = Vec::new();
    for (node, wanted) in all {
        let there = there.entry(*node).or_default();
        let new = wanted.iter().filter(|item| there.remove(&item.hash).is_none());
        added.extend(new.map(|item| (item, *node)));
    }
    let ids = ensure(tx, shared, added.iter().map(|(item, _)| *item).collect())?;
    let id_of = |(item, node): &(&Item, i64)| {
        let id = ids.get(&item.hash).copied().ok_or(db::Error::Conflict)?;
        Ok((*node, id))
    };
    add(tx, shared, added.iter().map(id_of).collect::<Result<_>>()?)?;
    let removed = there.into_iter().flat_map(|(node, items)| items.into_values().map(move |id| (node, id)));
    let mut removed: Vec<(i64, i64)> = removed.collect();
    removed.sort_unstable();
    let mut gone: Vec<i64> = removed.iter().map(|(_, id)| *id).collect();
    gone.sort_unstable();
    gone.dedup();
    remove(tx, shared, removed)?;
    forget(tx, shared, &gone)?;
    Ok(())
}

/// What owners have: hashes and ids.
pub(crate) type Owned = HashMap<i64, HashMap<Hash, i64>>;

/// Hash and id of what owners have.
pub(crate) fn of(tx: &Tx<'_>, shared: &Shared, owners: &[i64]) -> Result<Owned> {
    let mut there = Owned::new();
    of_owners(tx, shared.of_owner, shared.of_owners, owners, |row| {
        there.entry(row.get(0)?).or_default().insert(row.get(1)?, row.get(2)?);
        Ok(())
    })?;
    Ok(there)
}

/// Rows of some owners: by a statement for one of them, or, on PostgreSQL, by one for those in a list.
pub(crate) fn of_owners(
    tx: &Tx<'_>,
    of_one: &str,
    of_some: &str,
    owners: &[i64],
    mut take: impl FnMut(Row) -> Result<()>,
) -> Result<()> {
    match (tx.dialect(), owners) {
        (_, []) => Ok(()),
        (Dialect::Postgres, [_, _, ..]) => tx.each(of_some, &[list(owners)], take),
        _ => owners.iter().try_for_each(|&owner| tx.each(of_one, &[owner.into()], &mut take)),
    }
}

/// Gives owners items.
pub(crate) fn add(tx: &Tx<'_>, shared: &Shared, pairs: Vec<(i64, i64)>) -> Result<()> {
    for_rows(tx, shared.add, shared.add_all, rows(pairs))
}

/// Takes items from owners.
pub(crate) fn remove(tx: &Tx<'_>, shared: &Shared, pairs: Vec<(i64, i64)>) -> Result<()> {
    for_rows(tx, shared.remove, shared.remove_all, rows(pairs))
}

fn rows(pairs: Vec<(i64, i64)>) -> Vec<Vec<Value>> {
    pairs.into_iter().map(|(owner, id)| vec![owner.into(), id.into()]).collect()
}

/// Removes shared rows that nobody has any more; gives the ids of those that are gone.
pub(crate) fn forget(tx: &Tx<'_>, shared: &Shared, ids: &[i64]) -> Result<Vec<i64>> {
    let gone: Vec<Row> = match tx.dialect() {
        _ if ids.is_empty() => Vec::new(),
        Dialect::Sqlite => {
            let ids: Vec<Vec<Value>> = ids.iter().map(|&id| vec![id.into()]).collect();
            tx.first_of_each(shared.forget, &ids)?.into_iter().flatten().collect()
        }
        Dialect::Postgres => tx.query(shared.forget_all, &[list(ids)])?,
    };
    gone.iter().map(|row| row.get(0)).collect()
}

/// The ids of items, which are stored if they were not.
fn ensure(tx: &Tx<'_>, shared: &Shared, mut items: Vec<&Item>) -> Result<HashMap<Hash, i64>> {
    // As in `sorted`.
    items.sort_by(|left, right| left.hash.cmp(&right.hash));
    items.dedup_by(|left, right| left.hash == right.hash);
    // Most are there: other nodes have them.
    let mut known = find_all(tx, shared, items.iter().copied())?;
    let missing: Vec<&Item> = items.into_iter().filter(|item| !known.contains_key(&item.hash)).collect();
    known.extend(insert(tx, shared, &missing)?.into_iter().map(|(hash, (id, _))| (hash, id)));
    Ok(known)
}

/// The ids of those that are stored.
pub(crate) fn find_all<'a>(
    tx: &Tx<'_>,
    shared: &Shared,
    items: impl Iterator<Item = &'a Item>,
) -> Result<HashMap<Hash, i64>> {
    let mut known = HashMap::new();
    match tx.dialect() {
        Dialect::Sqlite => {
            for item in items {
                if let Some(row) = tx.first(shared.find, &[Value::Blob(item.hash.clone())])? {
                    known.insert(item.hash.clone(), row.get(0)?);
                }
            }
        }
        Dialect::Postgres => {
            let hashes: Vec<Value> = items.map(|item| Value::Blob(item.hash.clone())).collect();
            if !hashes.is_empty() {
                tx.each(shared.find_all, &[Value::List(hashes)], |row| {
                    known.insert(row.get(0)?, row.get(1)?);
                    Ok(())
                })?;
            }
        }
    }
    Ok(known)
}

/// Inserts items that were not there a moment ago; gives the id of each, and whether it is new.
pub(crate) fn insert(tx: &Tx<'_>, shared: &Shared, items: &[&Item]) -> Result<HashMap<Hash, (i64, bool)>> {
    let mut stored = HashMap::with_capacity(items.len());
    match tx.dialect() {
        _ if items.is_empty() => return Ok(stored),
        Dialect::Sqlite => {
            for item in items {
                if let Some(row) = tx.first(shared.insert, &item.row())? {
                    stored.insert(item.hash.clone(), (row.get(0)?, true));
                }
            }
        }
        Dialect::Postgres => {
            let lists = columns(items.iter().map(|item| item.row()).collect());
            tx.each(shared.insert_all, &lists, |row| {
                stored.insert(row.get(0)?, (row.get(1)?, true));
                Ok(())
            })?;
        }
    }
    if stored.len() < items.len() {
        let others = items.iter().copied().filter(|item| !stored.contains_key(&item.hash));
        let found = find_all(tx, shared, others)?;
        stored.extend(found.into_iter().map(|(hash, id)| (hash, (id, false))));
    }
    // Removed by another transaction in between: the work is run again.
    match items.iter().all(|item| stored.contains_key(&item.hash)) {
        true => Ok(stored),
        false => Err(db::Error::Conflict),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_come_back() {
        let columns = Columns::of(&[
            Some("ü").into(),
            None::<i64>.into(),
            (-7).into(),
            true.into(),
            b"\xff\0".as_slice().into(),
            "".into(),
            i64::MIN.into(),
        ]);
        let expected = [
            "ü".into(),
            Value::Null,
            Value::Int(-7),
            Value::Int(1),
            vec![0xff, 0].into(),
            "".into(),
            Value::Int(i64::MIN),
        ];
        assert_eq!(columns.values().collect::<Vec<_>>(), expected);
        assert_eq!(Columns::of(&[]).values().count(), 0);
    }
}
