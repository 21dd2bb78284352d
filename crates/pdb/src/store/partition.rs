//! Days of reports and events on PostgreSQL: a partition each, made when its first report comes.

use std::collections::HashSet;
use std::sync::Mutex;
use std::time::SystemTime;

use db::{Db, Dialect, Result, Tx};

use super::{lock, report};
use crate::payload::microseconds;

/// Partitions are made for days so far back; older reports go to the partition for all others.
const DAYS_BACK: i64 = 400;
/// And so far ahead: clocks differ.
const DAYS_AHEAD: i64 = 2;

/// The tables that have partitions.
pub(crate) const TABLES: &[&str] = &["reports", "resource_events"];

/// Days whose partitions are known to be there.
#[derive(Default)]
pub(crate) struct Days(Mutex<HashSet<i64>>);

/// The name of a partition.
pub(crate) fn name(table: &str, day: i64) -> String {
    format!("{table}_day_{day}")
}

/// The day of a partition's name.
pub(crate) fn day_of(table: &str, name: &str) -> Option<i64> {
    name.strip_prefix(table)?.strip_prefix("_day_")?.parse().ok()
}

/// The first microsecond of a day.
pub(crate) fn begin(day: i64) -> i64 {
    day.saturating_mul(report::MICROSECONDS_A_DAY)
}

impl Days {
    /// Makes the partitions of a day if they are not there.
    pub(crate) async fn ensure(&self, db: &Db, day: i64) -> Result<()> {
        if db.dialect() != Dialect::Postgres || lock(&self.0).contains(&day) {
            return Ok(());
        }
        let today = report::day(microseconds(SystemTime::now()));
        if !(today - DAYS_BACK..=today + DAYS_AHEAD).contains(&day) {
            return Ok(());
        }
        for table in TABLES {
            match db.write(move |tx| make(tx, table, day)).await {
                Ok(()) => {}
                Err(error) if error.is_outage() => return Err(error),
                // Reports of that day are in the partition for all others already, and can stay there.
                Err(error) => tracing::warn!(%error, table, day, "no partition for this day"),
            }
        }
        lock(&self.0).insert(day);
        Ok(())
    }

    /// Forgets what is known, after partitions were dropped.
    pub(crate) fn forget(&self) {
        lock(&self.0).clear();
    }
}

fn make(tx: &Tx<'_>, table: &str, day: i64) -> Result<()> {
    let name = name(table, day);
    // Others who make the same partition wait here.
    tx.batch("SELECT pg_advisory_xact_lock(7094152812)")?;
    let there = tx.first("SELECT to_regclass($1)::text", &[name.as_str().into()])?;
    if there.is_some_and(|row| matches!(row.get::<Option<String>>(0), Ok(Some(_)))) {
        return Ok(());
    }
    // Attaching locks less than making a partition in one step does.
    tx.batch(&format!(
        "CREATE TABLE {name} (LIKE {table} INCLUDING DEFAULTS INCLUDING STORAGE);
         ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ({day}) TO ({})",
        day + 1
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_days() {
        assert_eq!(day_of("reports", &name("reports", 20_000)), Some(20_000));
        assert_eq!(day_of("reports", "reports_other"), None);
    }
}
