//! Forward-only versions of the schema.

use crate::{Dialect, Error, Result, Tx};

/// One step of a schema. Steps are numbered from 1 by their position; a step that was released never changes.
#[derive(Clone, Copy)]
pub struct Migration {
    /// What it does, for the log.
    pub name: &'static str,
    /// Statements.
    pub sql: &'static str,
    /// What statements cannot do, after them and in the same transaction.
    pub then: Option<fn(&Tx<'_>) -> Result<()>>,
}

/// Brings a schema up to date inside one transaction, so that a crash leaves the old version or the new one.
pub(crate) fn run(tx: &Tx<'_>, schema: &str, migrations: &[Migration]) -> Result<()> {
    match tx.dialect() {
        Dialect::Sqlite => tx.batch(
            "CREATE TABLE IF NOT EXISTS schema_versions (schema TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID",
        )?,
        Dialect::Postgres => tx.batch(
            // Programs that start at once wait for each other here.
            "SELECT pg_advisory_xact_lock(7094152811);
             CREATE TABLE IF NOT EXISTS schema_versions (schema TEXT PRIMARY KEY, version BIGINT NOT NULL)",
        )?,
    }
    let found: i64 =
        match tx.first("SELECT version FROM schema_versions WHERE schema = $1", &[schema.into()])? {
            Some(row) => row.get(0)?,
            None => 0,
        };
    let known = migrations.len() as i64;
    if found > known {
        return Err(Error::TooNew { found, known });
    }
    for (version, migration) in (1..).zip(migrations).skip(found as usize) {
        tracing::info!(schema, version, name = migration.name, "migrating the database");
        tx.batch(migration.sql)?;
        if let Some(then) = migration.then {
            then(tx)?;
        }
        tx.execute(
            "INSERT INTO schema_versions (schema, version) VALUES ($1, $2)
             ON CONFLICT (schema) DO UPDATE SET version = excluded.version",
            &[schema.into(), version.into()],
        )?;
    }
    Ok(())
}
