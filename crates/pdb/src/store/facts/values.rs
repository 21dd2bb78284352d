//! Names and values of facts, each stored once.

use std::collections::{BTreeSet, HashMap};

use db::{Dialect, Result, Tx, Value};

use super::{Fact, paths};
use crate::hash::Hash;
use crate::store::{Context, counts, shared};

/// A fact that a node gets: the node, the fact, and the id of its name if that is known.
pub(super) type Given<'a> = (i64, &'a Fact, Option<i64>);

/// The ids of names, which are stored if they were not.
pub(super) fn name_ids(tx: &Tx<'_>, given: &[Given<'_>]) -> Result<Vec<i64>> {
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

/// The ids of values, which are stored if they were not; nodes are counted as having them.
pub(super) fn value_ids(
    tx: &Tx<'_>,
    context: &Context,
    given: &[Given<'_>],
    names: &[i64],
) -> Result<Vec<i64>> {
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
    paths::note(
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
