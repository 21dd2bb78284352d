//! What is forgotten, in small transactions that hold up nobody.

use std::collections::HashMap;
use std::time::{Duration, Instant, SystemTime};

use db::{Dialect, Result, Row, Tx, Value};
use serde_json::Value as Json;

use super::{Store, counts, facts, node, partition, parts, shared};
use crate::hash::{self, Hash};
use crate::metrics::Gauges;
use crate::payload::microseconds;
use crate::schema::Kind;

/// How old the count of distinct resources may be: it takes a look at all of them.
const DISTINCT_AGE_MAX: Duration = Duration::from_secs(300);
/// Reports removed by one transaction, where they are not removed by the day.
const REPORTS_AT_ONCE: i64 = 500;
/// Rows that nobody has any more, looked for in steps of so many.
const SWEEP_AT_ONCE: i64 = 5_000;
/// How long dropping a day waits for the queries that read it, before it lets them go on and tries again.
const LOCK_TIMEOUT: &str = "SET LOCAL lock_timeout = '500ms'";
/// Times that dropping a day is tried; then it is left for the next turn.
const DROP_ATTEMPTS: u32 = 20;

/// What became of the latest report of nodes is no longer known.
const NO_LATEST_REPORT: &str = "latest_report_id = NULL, latest_report_hash = NULL, latest_report_status = NULL,
    latest_report_noop = NULL, latest_report_noop_pending = NULL, latest_report_corrective_change = NULL,
    latest_report_job_id = NULL, cached_catalog_status = NULL, report_timestamp = NULL, report_environment_id = NULL,
    latest_report_events = 0, latest_report_end_time = NULL";

/// A table of shared rows, the one that leads to it, and by which column.
pub(crate) type Swept = (&'static str, &'static str, &'static str);
pub(crate) const PACKAGES: &[Swept] = &[("packages", "node_packages", "package_id")];
pub(crate) const OTHERS: &[Swept] = &[
    ("parts", "catalog_parts", "part_id"),
    ("resources", "part_resources", "resource_id"),
    ("edges", "part_edges", "edge_id"),
    ("inputs", "catalog_inputs", "input_id"),
    ("fact_values", "facts", "value_id"),
];

impl Store {
    /// Marks nodes as expired that sent nothing since `before`; gives how many.
    pub(crate) async fn expire_nodes(&self, before: i64, now: i64) -> Result<usize> {
        let greatest = self.db().dialect().greatest();
        let silent = format!(
            "deactivated IS NULL AND expired IS NULL AND expires_facts
                 AND coalesce(facts_timestamp, catalog_timestamp, report_timestamp) IS NOT NULL
                 AND {greatest}(coalesce(facts_timestamp, 0), coalesce(catalog_timestamp, 0), coalesce(report_timestamp, 0)) < $1"
        );
        let sql = format!("UPDATE nodes SET expired = $2 WHERE {}", node::many(self.db().dialect(), &silent));
        self.db().write(move |tx| tx.execute(&sql, &[before.into(), now.into()])).await
    }

    /// Removes nodes, at most so many, that were deactivated or have expired before; gives how many.
    pub(crate) async fn purge_nodes(&self, before: i64, limit: usize) -> Result<usize> {
        let read = move |tx: &Tx<'_>| {
            let sql =
                "SELECT certname FROM nodes WHERE deactivated < $1 OR expired < $1 ORDER BY id LIMIT $2";
            let rows = tx.query(sql, &[before.into(), (limit as i64).into()])?;
            rows.iter().map(|row| row.get::<String>(0)).collect::<Result<Vec<_>>>()
        };
        let mut purged = 0;
        for certname in self.db().read(read).await? {
            let still = move |tx: &Tx<'_>| {
                let sql = "SELECT 1 FROM nodes WHERE certname = $1 AND (deactivated < $2 OR expired < $2)";
                // It may have come back meanwhile.
                match tx.first(sql, &[certname.as_str().into(), before.into()])? {
                    Some(_) => delete(tx, &certname),
                    None => Ok(false),
                }
            };
            purged += usize::from(self.again(still).await?);
        }
        Ok(purged)
    }

    /// Removes a node with everything that is known of it; false if there was none.
    pub async fn delete_node(&self, certname: &str) -> Result<bool> {
        let certname = certname.to_owned();
        self.again(move |tx| delete(tx, &certname)).await
    }

    /// Runs work until no other transaction is in the way.
    pub(super) async fn again<T: Send + 'static>(
        &self,
        work: impl Fn(&Tx<'_>) -> Result<T> + Clone + Send + 'static,
    ) -> Result<T> {
        let mut attempt = 1;
        loop {
            match self.db().write(work.clone()).await {
                Err(error) if error.is_conflict() && attempt < super::ATTEMPTS_MAX => attempt += 1,
                result => return result,
            }
        }
    }

    /// Removes reports of days before `day`, with their events; gives the number of reports, or of days where days are dropped.
    pub(crate) async fn purge_reports(&self, day: i64) -> Result<usize> {
        let removed = match self.db().dialect() {
            Dialect::Postgres => {
                self.drop_days("reports", day, NO_LATEST_REPORT).await?
                    + self.drop_days("resource_events", day, NO_LATEST_REPORT).await?
            }
            Dialect::Sqlite => 0,
        };
        let mut deleted = removed;
        let (table, events) = match self.db().dialect() {
            Dialect::Postgres => ("reports_other", "resource_events_other"),
            Dialect::Sqlite => ("reports", "resource_events"),
        };
        loop {
            let work = move |tx: &Tx<'_>| {
                let ids = tx.query(
                    &format!("SELECT id FROM {table} WHERE day < $1 ORDER BY day LIMIT $2"),
                    &[day.into(), REPORTS_AT_ONCE.into()],
                )?;
                let ids: Vec<Vec<Value>> = ids.into_iter().map(Row::into_values).collect();
                if !ids.is_empty() {
                    if tx.dialect() == Dialect::Postgres {
                        let lock = "SELECT id FROM nodes WHERE latest_report_id = ANY ($1::bigint[]) ORDER BY id FOR UPDATE";
                        tx.query(lock, &[Value::List(ids.iter().flatten().cloned().collect())])?;
                    }
                    // While its events are there to be taken out of the counts.
                    let forget = format!("UPDATE nodes SET {NO_LATEST_REPORT} WHERE latest_report_id = $1");
                    tx.execute_each(&forget, &ids)?;
                    tx.execute_each(&format!("DELETE FROM {events} WHERE report_id = $1"), &ids)?;
                    tx.execute_each(&format!("DELETE FROM {table} WHERE id = $1"), &ids)?;
                }
                Ok(ids.len())
            };
            match self.db().write(work).await? {
                0 => break,
                some => deleted += some,
            }
        }
        let before = partition::begin(day);
        let nodes = node::many(self.db().dialect(), "report_timestamp < $1");
        let forget = format!("UPDATE nodes SET {NO_LATEST_REPORT} WHERE {nodes}");
        self.db().write(move |tx| tx.execute(&forget, &[before.into()])).await?;
        Ok(deleted)
    }

    /// Removes events of days before `day`; their reports stay.
    pub(crate) async fn purge_events(&self, day: i64) -> Result<usize> {
        let mut deleted = 0;
        let table = match self.db().dialect() {
            Dialect::Postgres => {
                deleted += self.drop_days("resource_events", day, "latest_report_events = 0").await?;
                "resource_events_other"
            }
            Dialect::Sqlite => "resource_events",
        };
        let before = partition::begin(day);
        loop {
            let row = if self.db().dialect() == Dialect::Sqlite { "rowid" } else { "ctid" };
            let sql = format!(
                "DELETE FROM {table} WHERE {row} IN (SELECT {row} FROM {table} WHERE day < $1 LIMIT $2)"
            );
            let work = move |tx: &Tx<'_>| {
                counts::uncount_events(tx, "report_timestamp < $1", &[before.into()])?;
                tx.execute(&sql, &[day.into(), SWEEP_AT_ONCE.into()])
            };
            match self.db().write(work).await? {
                0 => return Ok(deleted),
                some => deleted += some,
            }
        }
    }

    /// Drops the partitions of days before `day`, after nodes whose latest report is of one have been told. A query that reads one is
    /// not cut off; the days that are in use are tried again.
    async fn drop_days(&self, table: &'static str, day: i64, forget: &str) -> Result<usize> {
        let read = move |tx: &Tx<'_>| {
            let sql = "SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                       WHERE i.inhparent = to_regclass($1)";
            let rows = tx.query(sql, &[table.into()])?;
            rows.iter().map(|row| row.get::<String>(0)).collect::<Result<Vec<_>>>()
        };
        let mut dropped = 0;
        for name in self.db().read(read).await? {
            let Some(found) = partition::day_of(table, &name).filter(|found| *found < day) else { continue };
            let (from, to) = (partition::begin(found), partition::begin(found + 1));
            let mut attempt = 1;
            loop {
                // Nobody adds to the day between the two steps.
                let statements = format!(
                    "{LOCK_TIMEOUT}; LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE;
                     UPDATE nodes SET {forget} WHERE report_timestamp >= {from} AND report_timestamp < {to};
                     DROP TABLE {name}"
                );
                match self.db().write(move |tx| tx.batch(&statements)).await {
                    Ok(()) => {
                        dropped += 1;
                        break;
                    }
                    Err(error) if error.is_conflict() && attempt < DROP_ATTEMPTS => {
                        attempt += 1;
                        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
                    }
                    Err(error) if error.is_conflict() => {
                        tracing::warn!(
                            name,
                            "a day could not be dropped, since queries read it all the time"
                        );
                        break;
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        self.inner.days.forget();
        Ok(dropped)
    }

    /// Removes shared rows that were left over when two transactions gave them up at once; gives how many.
    pub(crate) async fn sweep(&self, tables: &[Swept]) -> Result<usize> {
        let mut swept = 0;
        for &(table, member, column) in tables {
            let mut from = i64::MIN;
            loop {
                let sql = format!(
                    "SELECT s.id, EXISTS (SELECT 1 FROM {member} m WHERE m.{column} = s.id)
                     FROM {table} s WHERE s.id > $1 ORDER BY s.id LIMIT $2"
                );
                let read = move |tx: &Tx<'_>| tx.query(&sql, &[from.into(), SWEEP_AT_ONCE.into()]);
                let rows = self.db().read(read).await?;
                let Some(last) = rows.last() else { break };
                from = last.get(0)?;
                let mut ids = Vec::new();
                for row in &rows {
                    if !row.get::<bool>(1)? {
                        ids.push(row.get::<i64>(0)?);
                    }
                }
                if !ids.is_empty() {
                    let free = match self.db().dialect() {
                        Dialect::Sqlite => "id = $1".to_owned(),
                        // What another transaction holds is about to be had again, and is not waited for.
                        Dialect::Postgres => {
                            format!("id = (SELECT id FROM {table} WHERE id = $1 FOR UPDATE SKIP LOCKED)")
                        }
                    };
                    let forget = format!(
                        "DELETE FROM {table} WHERE {free}
                         AND NOT EXISTS (SELECT 1 FROM {member} WHERE {column} = $1) RETURNING id"
                    );
                    let work = move |tx: &Tx<'_>| {
                        let ids: Vec<Vec<Value>> = ids.iter().map(|&id| vec![id.into()]).collect();
                        let gone: Vec<Row> = tx.first_of_each(&forget, &ids)?.into_iter().flatten().collect();
                        if table == "parts" {
                            gone.iter().try_for_each(|row| parts::empty(tx, row.get(0)?))?;
                        }
                        Ok(gone.len())
                    };
                    swept += self.again(work).await?;
                }
            }
        }
        Ok(swept)
    }

    /// Removes paths of facts that no value has any more, and adds what is missing; gives how many are gone.
    pub(crate) async fn sweep_paths(&self) -> Result<usize> {
        let began = microseconds(SystemTime::now());
        // From here on every path of a new value is written with a time that is later than this.
        self.forget_paths();
        let live = self.db().read(live_paths).await?;
        let read = |tx: &Tx<'_>| {
            let mut known: HashMap<Hash, (i64, i64)> = HashMap::new();
            tx.each("SELECT hash, id, touched FROM fact_paths", &[], |row| {
                known.insert(row.get(0)?, (row.get(1)?, row.get(2)?));
                Ok(())
            })?;
            Ok(known)
        };
        let known = self.db().read(read).await?;
        let mut gone: Vec<i64> = known
            .iter()
            .filter(|(path, (_, touched))| *touched < began && !live.contains_key(*path))
            .map(|(_, (id, _))| *id)
            .collect();
        gone.sort_unstable();
        let count = gone.len();
        for some in gone.chunks(SWEEP_AT_ONCE as usize) {
            let rows: Vec<Vec<Value>> = some.iter().map(|id| vec![(*id).into(), began.into()]).collect();
            let sql = "DELETE FROM fact_paths WHERE id = $1 AND touched < $2";
            self.again(move |tx| tx.execute_each(sql, &rows)).await?;
        }
        let missing: Vec<Vec<Value>> = live
            .into_iter()
            .filter(|(path, _)| !known.contains_key(path))
            .map(|(path, (text, name, depth, kind))| {
                vec![path.into(), text.into(), depth.into(), name.into(), (kind as i32).into(), began.into()]
            })
            .collect();
        for some in missing.chunks(SWEEP_AT_ONCE as usize) {
            let some = some.to_vec();
            let sql = "INSERT INTO fact_paths (hash, path, depth, name, kind, touched) VALUES ($1, $2, $3, $4, $5, $6)
                       ON CONFLICT DO NOTHING";
            self.again(move |tx| tx.execute_each(sql, &some)).await?;
        }
        Ok(count)
    }

    /// Whether the database answers.
    pub(crate) async fn is_up(&self) -> bool {
        match self.db().read(|tx| tx.query("SELECT 1", &[])).await {
            Ok(_) => true,
            Err(error) => {
                tracing::warn!(%error, "the database does not answer");
                false
            }
        }
    }

    /// How much there is.
    pub(crate) async fn population(&self) -> Result<Gauges> {
        let distinct_resources = self.distinct_resources().await?;
        let read = move |tx: &Tx<'_>| {
            let sql = "SELECT count(*), CAST(coalesce(sum(resources_count), 0) AS BIGINT) FROM nodes
                       WHERE deactivated IS NULL AND expired IS NULL";
            let Some(row) = tx.first(sql, &[])? else { return Ok(Gauges::default()) };
            let inactive = "SELECT count(*) FROM nodes WHERE deactivated IS NOT NULL OR expired IS NOT NULL";
            let inactive_nodes = tx.first(inactive, &[])?.map_or(Ok(0), |row| row.get(0))?;
            let (nodes, resources) = (row.get(0)?, row.get(1)?);
            Ok(Gauges { nodes, inactive_nodes, resources, distinct_resources, ..Gauges::default() })
        };
        self.db().read(read).await
    }

    /// How many distinct resources there are. Only the first one to ask waits until all are counted.
    async fn distinct_resources(&self) -> Result<i64> {
        let known = *super::lock(&self.inner.distinct);
        match known {
            None => self.count_distinct_resources().await,
            Some((since, count)) => {
                if since.elapsed() >= DISTINCT_AGE_MAX {
                    // Whoever asks meanwhile does not count, too.
                    *super::lock(&self.inner.distinct) = Some((Instant::now(), count));
                    let store = self.clone();
                    tokio::spawn(async move {
                        if let Err(error) = store.count_distinct_resources().await {
                            tracing::debug!(%error, "resources were not counted");
                        }
                    });
                }
                Ok(count)
            }
        }
    }

    async fn count_distinct_resources(&self) -> Result<i64> {
        let count =
            |tx: &Tx<'_>| tx.first("SELECT count(*) FROM resources", &[])?.map_or(Ok(0), |row| row.get(0));
        let count = self.db().read(count).await?;
        *super::lock(&self.inner.distinct) = Some((Instant::now(), count));
        Ok(count)
    }
}

/// Path, name, depth and kind of each leaf by the hash of path and kind.
type Live = HashMap<Hash, (String, String, i32, Kind)>;

fn live_paths(tx: &Tx<'_>) -> Result<Live> {
    let mut live = Live::new();
    tx.each("SELECT n.name, v.value FROM fact_values v JOIN fact_names n ON n.id = v.name_id", &[], |row| {
        let (name, value): (String, String) = (row.get(0)?, row.get(1)?);
        let value: Json = serde_json::from_str(&value).unwrap_or_default();
        let mut path = vec![Json::from(name.as_str())];
        facts::leaves(&value, &mut path, &mut |path, kind| {
            let text = Json::Array(path.to_vec()).to_string();
            let key = hash::bytes(format!("{}{text}", kind as u8).as_bytes());
            live.entry(key).or_insert_with(|| (text, name.clone(), path.len() as i32 - 1, kind));
        });
        Ok(())
    })?;
    Ok(live)
}

fn delete(tx: &Tx<'_>, certname: &str) -> Result<bool> {
    let Some(node) = node::find(tx, certname)? else { return Ok(false) };
    parts::replace(tx, &[parts::Wanted { node: node.id, resources: &[], edges: &[] }])?;
    for table in [&shared::PACKAGES, &shared::INPUTS] {
        shared::replace(tx, table, &[(node.id, &[])])?;
    }
    let values =
        tx.query("SELECT value_id FROM facts WHERE node_id = $1 ORDER BY value_id", &[node.id.into()])?;
    let values: Vec<i64> = values.iter().map(|row| row.get(0)).collect::<Result<_>>()?;
    tx.execute("DELETE FROM facts WHERE node_id = $1", &[node.id.into()])?;
    counts::left(tx, &values)?;
    counts::uncount_events(tx, "id = $1", &[node.id.into()])?;
    tx.execute("DELETE FROM resource_events WHERE node_id = $1", &[node.id.into()])?;
    tx.execute("DELETE FROM reports WHERE node_id = $1", &[node.id.into()])?;
    tx.execute("DELETE FROM nodes WHERE id = $1", &[node.id.into()])?;
    Ok(true)
}
