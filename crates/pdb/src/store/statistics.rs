//! Figures of the tables, for those who help others (`/pdb/admin/v1/summary-stats`).

use db::{Dialect, Result, Tx};
use serde_json::{Map, Value as Json, json};

use super::Store;

const TABLES: &[&str] = &[
    "environments",
    "producers",
    "nodes",
    "factsets",
    "fact_names",
    "fact_values",
    "facts",
    "fact_paths",
    "packages",
    "node_packages",
    "catalogs",
    "parts",
    "catalog_parts",
    "resources",
    "part_resources",
    "edges",
    "part_edges",
    "inputs",
    "catalog_inputs",
    "reports",
    "resource_events",
    "event_counts",
];

impl Store {
    /// Sizes and counts.
    pub(crate) async fn statistics(&self) -> Result<Json> {
        self.db().read(statistics).await
    }
}

fn count(tx: &Tx<'_>, sql: &str) -> Result<i64> {
    match tx.first(sql, &[])? {
        Some(row) => row.get(0),
        None => Ok(0),
    }
}

fn statistics(tx: &Tx<'_>) -> Result<Json> {
    let mut depths = Map::new();
    tx.each("SELECT depth, count(*) FROM fact_paths GROUP BY depth ORDER BY depth", &[], |row| {
        depths.insert(row.get::<i64>(0)?.to_string(), row.get::<i64>(1)?.into());
        Ok(())
    })?;
    let mut tables = Vec::new();
    match tx.dialect() {
        // The server keeps the figures; counting large tables would take long.
        Dialect::Postgres => tx.each(
            "SELECT relname::text, n_live_tup, n_dead_tup, seq_scan, idx_scan, pg_total_relation_size(relid)
             FROM pg_stat_user_tables ORDER BY relname",
            &[],
            |row| {
                tables.push(json!({
                    "relname": row.get::<String>(0)?,
                    "n_live_tup": row.get::<Option<i64>>(1)?,
                    "n_dead_tup": row.get::<Option<i64>>(2)?,
                    "seq_scan": row.get::<Option<i64>>(3)?,
                    "idx_scan": row.get::<Option<i64>>(4)?,
                    "bytes": row.get::<Option<i64>>(5)?,
                }));
                Ok(())
            },
        )?,
        Dialect::Sqlite => {
            for table in TABLES {
                tables.push(json!({"relname": table, "n_live_tup": count(tx, &format!("SELECT count(*) FROM {table}"))?}));
            }
        }
    }
    let bytes = match tx.dialect() {
        Dialect::Postgres => count(tx, "SELECT pg_database_size(current_database())")?,
        Dialect::Sqlite => {
            count(tx, "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")?
        }
    };
    let nodes = |condition: &str| count(tx, &format!("SELECT count(*) FROM nodes WHERE {condition}"));
    Ok(json!({
        "table_usage": tables,
        "database_usage": [{"bytes": bytes}],
        "node_activity": {
            "active": nodes("deactivated IS NULL AND expired IS NULL")?,
            "inactive": nodes("deactivated IS NOT NULL OR expired IS NOT NULL")?,
        },
        "fact_path_counts_by_depth": depths,
        "num_shared_value_path_combos": count(tx, "SELECT count(*) FROM fact_values")?,
        "num_unique_resources": count(tx, "SELECT count(*) FROM resources")?,
        "num_associated_resources": count(tx, "SELECT coalesce(sum(resources_count), 0) FROM catalogs")?,
        "num_associated_edges": count(tx, "SELECT coalesce(sum(edges_count), 0) FROM catalogs")?,
    }))
}
