//! Nodes, and the names that documents share.

use std::collections::{BTreeSet, HashMap};

use db::{Dialect, Result, Tx, Value};

use super::Outcome;
use crate::payload::{ConfigureExpiration, Deactivate};

/// A node's row, locked until the end of the transaction: commands of one node do not overlap.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub(crate) id: i64,
    deactivated: Option<i64>,
    expired: Option<i64>,
}

/// The node's row, which is made if there is none.
pub(crate) fn ensure(tx: &Tx<'_>, certname: &str) -> Result<Node> {
    if let Some(node) = find(tx, certname)? {
        return Ok(node);
    }
    tx.execute("INSERT INTO nodes (certname) VALUES ($1) ON CONFLICT DO NOTHING", &[certname.into()])?;
    find(tx, certname)?.ok_or(db::Error::Conflict)
}

/// The node's row.
pub(crate) fn find(tx: &Tx<'_>, certname: &str) -> Result<Option<Node>> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => "SELECT id, deactivated, expired FROM nodes WHERE certname = $1",
        Dialect::Postgres => "SELECT id, deactivated, expired FROM nodes WHERE certname = $1 FOR UPDATE",
    };
    let Some(row) = tx.first(sql, &[certname.into()])? else { return Ok(None) };
    Ok(Some(Node { id: row.get(0)?, deactivated: row.get(1)?, expired: row.get(2)? }))
}

/// What a document's rows lead to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heads {
    pub(crate) node: Node,
    pub(crate) environment: Option<i64>,
    pub(crate) producer: Option<i64>,
}

/// Finds node, environment and producer with one statement, since nearly always all are there; those that are not are made, but
/// for a node that is not wanted.
pub(crate) fn heads(
    tx: &Tx<'_>,
    certname: &str,
    environment: Option<&str>,
    producer: Option<&str>,
    make: bool,
) -> Result<Option<Heads>> {
    const FIND: &str =
        "SELECT n.id, n.deactivated, n.expired, (SELECT e.id FROM environments e WHERE e.name = $2),
        (SELECT p.id FROM producers p WHERE p.name = $3) FROM nodes n WHERE n.certname = $1";
    const LOCK: &str =
        "SELECT n.id, n.deactivated, n.expired, (SELECT e.id FROM environments e WHERE e.name = $2),
        (SELECT p.id FROM producers p WHERE p.name = $3) FROM nodes n WHERE n.certname = $1 FOR UPDATE OF n";
    let sql = match tx.dialect() {
        Dialect::Sqlite => FIND,
        Dialect::Postgres => LOCK,
    };
    let mut heads = match tx.first(sql, &[certname.into(), environment.into(), producer.into()])? {
        Some(row) => Heads {
            node: Node { id: row.get(0)?, deactivated: row.get(1)?, expired: row.get(2)? },
            environment: row.get(3)?,
            producer: row.get(4)?,
        },
        None if make => Heads { node: ensure(tx, certname)?, environment: None, producer: None },
        None => return Ok(None),
    };
    if heads.environment.is_none() {
        heads.environment = name(tx, Names::Environments, environment)?;
    }
    if heads.producer.is_none() {
        heads.producer = name(tx, Names::Producers, producer)?;
    }
    Ok(Some(heads))
}

/// What a document needs of [`heads`].
pub(crate) struct Wanted<'a> {
    pub(crate) certname: &'a str,
    pub(crate) environment: Option<&'a str>,
    pub(crate) producer: Option<&'a str>,
    pub(crate) make: bool,
}

/// The same for documents of different nodes. On PostgreSQL rows of nodes are locked in one order, whatever that of the documents is, and
/// before anything else, as for one document.
pub(crate) fn heads_of_all(tx: &Tx<'_>, wanted: &[Wanted<'_>]) -> Result<Vec<Option<Heads>>> {
    if tx.dialect() == Dialect::Sqlite || wanted.len() < 2 {
        let one = |wanted: &Wanted<'_>| {
            heads(tx, wanted.certname, wanted.environment, wanted.producer, wanted.make)
        };
        return wanted.iter().map(one).collect();
    }
    let nodes = lock(tx, wanted.iter().map(|wanted| (wanted.certname, wanted.make)))?;
    let environments =
        name_ids(tx, Names::Environments, wanted.iter().filter_map(|wanted| wanted.environment).collect())?;
    let producers =
        name_ids(tx, Names::Producers, wanted.iter().filter_map(|wanted| wanted.producer).collect())?;
    let heads = wanted.iter().map(|wanted| {
        let Some(&node) = nodes.get(wanted.certname) else {
            return if wanted.make { Err(db::Error::Conflict) } else { Ok(None) };
        };
        let environment = wanted.environment.and_then(|name| environments.get(name).copied());
        let producer = wanted.producer.and_then(|name| producers.get(name).copied());
        Ok(Some(Heads { node, environment, producer }))
    });
    heads.collect()
}

fn texts(texts: &BTreeSet<&str>) -> Value {
    Value::List(texts.iter().map(|&text| text.into()).collect())
}

/// On PostgreSQL: the rows of nodes, locked; those that are to be made are there then.
pub(crate) fn lock<'a>(
    tx: &Tx<'_>,
    wanted: impl Iterator<Item = (&'a str, bool)> + Clone,
) -> Result<HashMap<String, Node>> {
    let mut nodes = find_all(tx, wanted.clone().map(|(certname, _)| certname).collect())?;
    let missing: BTreeSet<&str> =
        wanted.filter(|(name, make)| *make && !nodes.contains_key(*name)).map(|(name, _)| name).collect();
    if !missing.is_empty() {
        let sql = "INSERT INTO nodes (certname) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING";
        tx.execute_soon(sql, vec![texts(&missing)])?;
        nodes.extend(find_all(tx, missing)?);
    }
    Ok(nodes)
}

/// What picks nodes in a statement that changes many of them: on PostgreSQL they are locked in the order in which everybody locks them.
pub(crate) fn many(dialect: Dialect, condition: &str) -> String {
    match dialect {
        Dialect::Sqlite => condition.to_owned(),
        Dialect::Postgres => {
            format!("id IN (SELECT id FROM nodes WHERE {condition} ORDER BY id FOR UPDATE)")
        }
    }
}

/// On PostgreSQL: the rows of those nodes that are there, locked.
fn find_all(tx: &Tx<'_>, certnames: BTreeSet<&str>) -> Result<HashMap<String, Node>> {
    let mut nodes = HashMap::with_capacity(certnames.len());
    let sql = "SELECT certname, id, deactivated, expired FROM nodes WHERE certname = ANY ($1::text[]) ORDER BY id FOR UPDATE";
    tx.each(sql, &[texts(&certnames)], |row| {
        nodes.insert(row.get(0)?, Node { id: row.get(1)?, deactivated: row.get(2)?, expired: row.get(3)? });
        Ok(())
    })?;
    Ok(nodes)
}

/// On PostgreSQL: the ids of names, which are stored if they were not.
fn name_ids(tx: &Tx<'_>, names: Names, wanted: BTreeSet<&str>) -> Result<HashMap<String, i64>> {
    let mut ids = HashMap::with_capacity(wanted.len());
    if wanted.is_empty() {
        return Ok(ids);
    }
    let sql = match names {
        Names::Environments => "SELECT name, id FROM environments WHERE name = ANY ($1::text[])",
        Names::Producers => "SELECT name, id FROM producers WHERE name = ANY ($1::text[])",
    };
    tx.each(sql, &[texts(&wanted)], |row| {
        ids.insert(row.get(0)?, row.get(1)?);
        Ok(())
    })?;
    for missing in wanted {
        if !ids.contains_key(missing)
            && let Some(id) = name(tx, names, Some(missing))?
        {
            ids.insert(missing.to_owned(), id);
        }
    }
    Ok(ids)
}

/// The node's row; a node that was given up is back if the document is newer than that.
pub(crate) fn heard_of(tx: &Tx<'_>, certname: &str, time: i64) -> Result<Node> {
    let node = ensure(tx, certname)?;
    revive(tx, &node, time)?;
    Ok(node)
}

/// The same for a row that was found.
pub(crate) fn revive(tx: &Tx<'_>, node: &Node, time: i64) -> Result<()> {
    let given_up = node.deactivated.max(node.expired);
    if given_up.is_some_and(|given_up| given_up < time) {
        tx.execute("UPDATE nodes SET deactivated = NULL, expired = NULL WHERE id = $1", &[node.id.into()])?;
    }
    Ok(())
}

/// Tables of names.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Names {
    Environments,
    Producers,
}

/// The id of a name, which is stored if it was not.
pub(crate) fn name(tx: &Tx<'_>, names: Names, name: Option<&str>) -> Result<Option<i64>> {
    let Some(name) = name else { return Ok(None) };
    let (find, insert) = match names {
        Names::Environments => (
            "SELECT id FROM environments WHERE name = $1",
            "INSERT INTO environments (name) VALUES ($1) ON CONFLICT DO NOTHING",
        ),
        Names::Producers => (
            "SELECT id FROM producers WHERE name = $1",
            "INSERT INTO producers (name) VALUES ($1) ON CONFLICT DO NOTHING",
        ),
    };
    if let Some(row) = tx.first(find, &[name.into()])? {
        return row.get(0);
    }
    tx.execute(insert, &[name.into()])?;
    tx.first(find, &[name.into()])?.ok_or(db::Error::Conflict)?.get(0)
}

/// Gives a node up, unless something newer is known of it.
pub(crate) fn deactivate(tx: &Tx<'_>, command: &Deactivate) -> Result<Outcome> {
    let node = ensure(tx, &command.certname)?;
    let touched = tx.execute(
        "UPDATE nodes SET deactivated = $2
         WHERE id = $1 AND (deactivated IS NULL OR deactivated < $2)
             AND coalesce(facts_timestamp, $2) <= $2 AND coalesce(catalog_timestamp, $2) <= $2
             AND coalesce(report_timestamp, $2) <= $2",
        &[node.id.into(), command.producer_timestamp.into()],
    )?;
    Ok(if touched > 0 { Outcome::Stored } else { Outcome::Stale })
}

/// Says whether a node expires.
pub(crate) fn configure_expiration(tx: &Tx<'_>, command: &ConfigureExpiration) -> Result<Outcome> {
    let Some(facts) = command.facts else { return Ok(Outcome::Stored) };
    let node = heard_of(tx, &command.certname, command.producer_timestamp)?;
    let touched = tx.execute(
        "UPDATE nodes SET expires_facts = $2, expires_facts_updated = $3
         WHERE id = $1 AND coalesce(expires_facts_updated, $3) <= $3",
        &[node.id.into(), facts.into(), command.producer_timestamp.into()],
    )?;
    Ok(if touched > 0 { Outcome::Stored } else { Outcome::Stale })
}
