//! Counts that are kept on writing.
//!
//! Events of latest reports are counted by the database, where nodes change: see the trigger `nodes_count_events`. Before events go
//! while their report stays the latest, [`uncount_events`] takes them out.
//!
//! How many nodes have a value of a fact SQLite reads off an index. PostgreSQL would have to look at every row, since it cannot know
//! from the index which of them are there. So each value has the number `nodes`, and what changes it is added as a row of
//! `fact_differences`: transactions that give the same value to several nodes do not wait for each other. A value is stored with the
//! first node that has it and goes with the last one; only those in between make a difference, and facts that are another in each run
//! make none at all.
//!
//! Differences are [summed up](Store::sum_up) beside everything else.

use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use db::{Db, Dialect, Result, Tx, Value};

use super::{Inner, Store, node, shared};

/// How often it is looked whether differences are to be summed up.
const INTERVAL: Duration = Duration::from_secs(10);
/// Differences that questions may have to read beside the sums.
const DIFFERENCES_MAX: i64 = 5_000;
/// How long summing up waits for a row that a writer holds: less than what PostgreSQL takes for a deadlock, so that it is never the
/// writer that gives way.
const LOCK_TIMEOUT: &str = "SET LOCAL lock_timeout = '200ms'";
/// One sums up at a time, of all programs that share the database.
const ALONE: &str = "SELECT pg_try_advisory_xact_lock(7094152813)";

/// Notes that nodes have values: a pair of name and value for each node. Of those that were not stored before, the first one is counted.
pub(crate) fn joined(tx: &Tx<'_>, values: impl Iterator<Item = (i64, i64)>, stored: &[i64]) -> Result<()> {
    if tx.dialect() == Dialect::Sqlite {
        return Ok(());
    }
    let mut more: HashMap<i64, (i64, i64)> = HashMap::new();
    for (name, value) in values {
        more.entry(value).or_insert((name, 0)).1 += 1;
    }
    for value in stored {
        if let Some((_, nodes)) = more.get_mut(value) {
            *nodes -= 1;
        }
    }
    let rows = more.into_iter().filter(|(_, (_, nodes))| *nodes > 0);
    let rows: Vec<Vec<Value>> =
        rows.map(|(value, (name, nodes))| vec![name.into(), value.into(), nodes.into()]).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let sql = "INSERT INTO fact_differences (name_id, value_id, nodes)
               SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::integer[])";
    tx.execute_soon(sql, shared::columns(rows))
}

/// Takes values from nodes that had them, a value for each node, sorted: those that nobody has any more are removed.
pub(crate) fn left(tx: &Tx<'_>, values: &[i64]) -> Result<()> {
    let rows: Vec<Vec<Value>> = values
        .chunk_by(|left, right| left == right)
        .filter_map(|same| Some(vec![(*same.first()?).into(), (same.len() as i64).into()]))
        .collect();
    match tx.dialect() {
        _ if rows.is_empty() => Ok(()),
        Dialect::Sqlite => {
            let ids: Vec<Vec<Value>> =
                rows.into_iter().map(|row| row.into_iter().take(1).collect()).collect();
            let sql = "DELETE FROM fact_values WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM facts WHERE value_id = $1)";
            tx.execute_each(sql, &ids).map(drop)
        }
        Dialect::Postgres => {
            // A value that another transaction holds is one that a node is about to get: removing values never waits.
            let sql = "WITH free AS (
                           SELECT v.id FROM fact_values v WHERE v.id = ANY ($1::bigint[])
                               AND NOT EXISTS (SELECT 1 FROM facts f WHERE f.value_id = v.id) FOR UPDATE SKIP LOCKED),
                       gone AS (DELETE FROM fact_values v USING free WHERE v.id = free.id RETURNING v.id)
                       INSERT INTO fact_differences (name_id, value_id, nodes)
                           SELECT v.name_id, v.id, -w.nodes FROM unnest($1::bigint[], $2::integer[]) w (id, nodes)
                               JOIN fact_values v ON v.id = w.id
                           WHERE v.id NOT IN (SELECT id FROM gone)";
            tx.execute_soon(sql, shared::columns(rows))
        }
    }
}

/// Takes the events of the latest reports of some nodes out of the counts, before these events are removed.
pub(crate) fn uncount_events(tx: &Tx<'_>, nodes: &str, parameters: &[Value]) -> Result<()> {
    let nodes = node::many(tx.dialect(), &format!("latest_report_events > 0 AND {nodes}"));
    let sql = format!("UPDATE nodes SET latest_report_events = 0 WHERE {nodes}");
    tx.execute(&sql, parameters).map(drop)
}

impl Store {
    /// Sums up differences; gives how many rows that took away. Nothing happens while another one is at it.
    pub(crate) async fn sum_up(&self) -> Result<usize> {
        sum_up(&self.inner.db).await
    }

    /// Removes counts of events that are zero.
    pub(crate) async fn forget_counts(&self) -> Result<usize> {
        match self.inner.db.dialect() {
            Dialect::Postgres => self.sum_up().await,
            Dialect::Sqlite => {
                self.inner.db.write(|tx| tx.execute("DELETE FROM event_counts WHERE events = 0", &[])).await
            }
        }
    }

    /// Keeps differences few as long as the store is there.
    pub(super) fn keep_counts(&self) {
        if self.inner.db.dialect() == Dialect::Postgres {
            tokio::spawn(keep(Arc::downgrade(&self.inner)));
        }
    }
}

async fn keep(store: Weak<Inner>) {
    // Rows of counts of events that were left the last time.
    let mut left = 0;
    loop {
        tokio::time::sleep(INTERVAL).await;
        let Some(db) = store.upgrade().map(|store| store.db.clone()) else { return };
        let most = left * 2 + DIFFERENCES_MAX;
        let is_much = db.read(move |tx| {
            let sql = "SELECT (SELECT count(*) FROM (SELECT 1 FROM fact_differences LIMIT $1) d) = $1
                           OR (SELECT count(*) FROM (SELECT 1 FROM event_counts LIMIT $2) c) = $2";
            let row = tx.first(sql, &[DIFFERENCES_MAX.into(), most.into()])?;
            row.map_or(Ok(false), |row| row.get(0))
        });
        let done = match is_much.await {
            Ok(false) => continue,
            Ok(true) => sum_up(&db).await,
            Err(error) => Err(error),
        };
        let rest = db.read(|tx| {
            let row = tx.first("SELECT count(*) FROM event_counts", &[])?;
            row.map_or(Ok(0), |row| row.get(0))
        });
        match done {
            Ok(_) => left = rest.await.unwrap_or(left),
            Err(error) => tracing::debug!(%error, "counts were not summed up; it is tried again"),
        }
    }
}

async fn sum_up(db: &Db) -> Result<usize> {
    if db.dialect() == Dialect::Sqlite {
        return Ok(0);
    }
    db.write(|tx| {
        tx.batch(LOCK_TIMEOUT)?;
        if !tx.first(ALONE, &[])?.map_or(Ok(false), |row| row.get::<bool>(0))? {
            return Ok(0);
        }
        let facts = "WITH taken AS (DELETE FROM fact_differences RETURNING value_id, nodes),
                          summed AS (SELECT value_id, sum(nodes)::int AS nodes FROM taken GROUP BY value_id)
                     UPDATE fact_values v SET nodes = v.nodes + s.nodes FROM summed s WHERE v.id = s.value_id AND s.nodes <> 0";
        let events = "WITH taken AS (DELETE FROM event_counts RETURNING *)
                      INSERT INTO event_counts
                          SELECT environment_id, status, corrective_change, resource_type, resource_title, containing_class, sum(events)
                          FROM taken GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(events) <> 0";
        Ok(tx.execute(facts, &[])? + tx.execute(events, &[])?)
    })
    .await
}
