//! The tables, the same on SQLite and PostgreSQL.
//!
//! # Principles
//!
//! - What a node has is a row of `nodes` and small rows that lead from it to *shared* rows. Fact values, resources, edges, packages
//!   and catalog inputs are each stored once, however many nodes have them, and are found by a hash. A search goes over the shared
//!   rows first, which are few, and from there to the nodes.
//! - A new document is written as the difference to the one before; one that is the same moves a time stamp.
//! - `nodes` repeats what lists and dashboards show of the newest facts, catalog and report, so that they read one table.
//! - Reports and events carry the `day` they belong to. On PostgreSQL that is the partition, so expiry drops a table.
//!
//! # Types
//!
//! | here | SQLite | PostgreSQL |
//! |---|---|---|
//! | time: microseconds since 1970, UTC | INTEGER | BIGINT |
//! | day: days since 1970, UTC | INTEGER | INTEGER |
//! | flag | BOOLEAN (0, 1) | BOOLEAN; read through `db` as 0, 1 |
//! | hash: SHA-1, 20 bytes | BLOB | BYTEA |
//! | JSON | TEXT | JSONB |
//! | document: compressed bytes | BLOB | BYTEA |
//!
//! JSON of `fact_values.value` and `resources.parameters` has sorted keys. Texts hold no U+0000; it is replaced by U+FFFD.
//!
//! # Tables
//!
//! `environments`, `producers`: `id`, `name`. Producers are the compile servers.
//!
//! `nodes`: one row for each certname that was ever heard of and not purged.
//! - `deactivated`, `expired`: when, or null. A node is *active* when both are null.
//! - `expires_facts` (flag, default true), `expires_facts_updated` (time): the command `configure expiration`.
//! - `facts_environment_id`, `facts_timestamp`, `catalog_environment_id`, `catalog_timestamp`, `report_environment_id`,
//!   `report_timestamp`: environment and producer timestamp of the factset, the catalog, the latest report. A report's is its
//!   `producer_timestamp`.
//! - `resources_count`, `edges_count`: of the catalog, counted when it is written.
//! - `latest_report_id` (→ `reports.id`), `latest_report_hash`, `latest_report_status`, `latest_report_noop`,
//!   `latest_report_noop_pending`, `latest_report_corrective_change`, `latest_report_job_id`, `latest_report_end_time`,
//!   `cached_catalog_status`: of the report
//!   with the greatest producer timestamp; null once that expired. Reports of plans do not count.
//! - `latest_report_events`: how many events of that report are counted in `event_counts`: all of them, or none once they expired.
//!
//! `factsets`: one row a node with facts. `environment_id`, `producer_id`, `timestamp` (received), `producer_timestamp`, `hash`
//! (of all names and values), `packages_hash`, `digests` (sorted pieces of 8 bytes, one for each fact's name and value; may be null).
//!
//! `fact_names`: `id`, `name` of top-level facts.
//!
//! `fact_values`: the distinct values of each top-level fact. `name_id`, `hash` (SHA-1 of the canonical JSON, see
//! [`crate::hash::json`]; equality of values is equality of hashes), `kind` ([`Kind`]), `number` (the value of integers and floats,
//! for comparisons, null otherwise), `value` (JSON, structured facts whole), on PostgreSQL `nodes` (how many have it, less the sum of
//! `fact_differences`: `name_id`, `value_id`, `nodes`). The view `counted_values` has the columns of `fact_values`, `nodes` being how
//! many have it, if summed up: a value can have several rows there.
//!
//! `facts`: `node_id`, `name_id`, `value_id`: which node has which value.
//!
//! `fact_paths`: the distinct paths to leaves of facts. `path` (JSON array, `["os","family"]`, array indexes as numbers), `depth`
//! (number of elements less one: 0 for a scalar fact), `name` (first element), `kind` of the leaf, `hash` (of path and kind), `touched` (time,
//! for the collection of paths that are gone). A path may outlive its last value by a day. Leaves themselves are not stored: SQLite
//! has `json_tree(value)`, PostgreSQL the function `fact_leaves(value)` with columns `path` (below the fact) and `leaf`.
//!
//! `packages` (`hash`, `name`, `version`, `provider`), `node_packages` (`node_id`, `package_id`).
//!
//! `catalogs`: one row a node. `environment_id`, `producer_id`, `timestamp` (received), `producer_timestamp`, `hash` (similarity: of
//! resources and edges), `version`, `transaction_uuid`, `catalog_uuid`, `code_id`, `job_id`, `resources_count`, `edges_count`;
//! `content` (the `catalog_uuid` with which this content came first) and `document` (the catalog as agents get it) if it was compiled
//! in this process.
//!
//! `resources`: the distinct resources of all catalogs. `hash` (of every column), `resource` (SHA-1 of type, title and parameters:
//! what the API calls `resource`), `type` (capitalised by segment), `title`, `exported`, `file`, `line`, `tags` (JSON array, sorted),
//! `parameters` (JSON object). No value of a sensitive parameter is ever here.
//!
//! `edges` (`relationship`, `source_type`, `source_title`, `target_type`, `target_title`; `hash` of them).
//!
//! `parts`: groups of resources (`kind` 0) or of edges (`kind` 1) that catalogs have together. `hash` (of what is in it; of those of
//! older releases, one a node, a text), `part_resources` (`part_id`, `resource_id`), `part_edges` (`part_id`, `edge_id`),
//! `catalog_parts` (`node_id`, `part_id`). What a node has is read through the views `catalog_resources` (`node_id`, `resource_id`) and
//! `catalog_edges` (`node_id`, `edge_id`).
//!
//! `catalog_input_sets`: one row a node that sent catalog inputs: `producer_timestamp`, `catalog_uuid`, `hash`. `inputs` (`type`,
//! `name`; `hash` of them), `catalog_inputs` (`node_id`, `input_id`).
//!
//! `reports`: `id`, `day` (of `producer_timestamp`), `hash` (identity; the API's `hash`), `node_id`, `environment_id`, `producer_id`,
//! `producer_timestamp`, `receive_time`, `start_time`, `end_time`, `type` (`agent`, `plan`), `status` (`changed`, `unchanged`, `failed`),
//! `noop`, `noop_pending`, `corrective_change`, `puppet_version`, `report_format`, `configuration_version`, `transaction_uuid`,
//! `catalog_uuid`, `code_id`, `job_id`, `cached_catalog_status`; `resources_total`, `resources_changed`, `resources_failed`,
//! `resources_skipped`, `duration` (seconds) from its metrics. `document_format` and `document` hold the rest: metrics, logs and
//! resources in the API's form are what [`crate::document::report_data`] gives.
//!
//! `resource_events`: one row an event. `day`, `report_id`, `node_id`, `timestamp`, `status` (`success`, `failure`, `noop`, `skipped`,
//! `audit`), `corrective_change`, `resource_type`, `resource_title`, `property`, `name`, `new_value`, `old_value` (JSON as text:
//! `"present"` has its quotes), `message`, `file`, `line`, `containment_path` (JSON array), `containing_class`. What belongs to the run
//! (environment, configuration version, times) stands in `reports`; on PostgreSQL join on `id = report_id` *and* `day`, so that
//! only one partition is looked at. A skipped resource without events has one with status `skipped`, as in PuppetDB.
//!
//! `event_counts`: how many `events` of the latest reports of all nodes there are by `environment_id` (of the report; 0 for none),
//! `status`, `corrective_change` (-1 for none), `resource_type`, `resource_title`, `containing_class` (empty for none). A trigger on
//! `nodes` keeps it, whatever changes them. On PostgreSQL it has several rows for the same, some of them negative, which are summed up
//! from time to time. The view `latest_events` has null for none.
//!
//! `recounts`: one row, `at`: when counts were last compared with rows, or mended.

use db::{Dialect, Migration};

/// What a fact value is; the column `kind` of `fact_values` and `fact_paths`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the kinds of JSON")]
#[repr(u8)]
pub enum Kind {
    Null = 0,
    Boolean = 1,
    Integer = 2,
    Float = 3,
    String = 4,
    Array = 5,
    Object = 6,
}

impl Kind {
    /// The kind of a value.
    pub fn of(value: &serde_json::Value) -> Kind {
        use serde_json::Value;
        match value {
            Value::Null => Kind::Null,
            Value::Bool(_) => Kind::Boolean,
            Value::Number(number) if number.is_f64() => Kind::Float,
            Value::Number(_) => Kind::Integer,
            Value::String(_) => Kind::String,
            Value::Array(_) => Kind::Array,
            Value::Object(_) => Kind::Object,
        }
    }

    /// The name in the API's field `type` of `fact_paths`.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Null => "null",
            Kind::Boolean => "boolean",
            Kind::Integer => "integer",
            Kind::Float => "float",
            Kind::String => "string",
            Kind::Array => "array",
            Kind::Object => "object",
        }
    }
}

const SQLITE: &[Migration] = &[
    Migration {
        name: "facts, catalogs, reports",
        sql: include_str!("../migrations/sqlite/1.sql"),
        then: None,
    },
    Migration { name: "content of catalogs", sql: include_str!("../migrations/sqlite/2.sql"), then: None },
    Migration {
        name: "rows for what is searched",
        sql: include_str!("../migrations/sqlite/3.sql"),
        then: None,
    },
    Migration { name: "counts of nodes", sql: include_str!("../migrations/sqlite/4.sql"), then: None },
    Migration { name: "parts of catalogs", sql: include_str!("../migrations/sqlite/5.sql"), then: None },
    Migration { name: "digests of facts", sql: include_str!("../migrations/sqlite/6.sql"), then: None },
    Migration {
        name: "counts of events",
        sql: include_str!("../migrations/sqlite/7.sql"),
        // The rows of the tables before 3 are written by today's code, which needs today's tables.
        then: Some(crate::store::convert),
    },
    Migration { name: "recounts", sql: include_str!("../migrations/sqlite/8.sql"), then: None },
];

const POSTGRES: &[Migration] = &[
    Migration {
        name: "facts, catalogs, reports",
        sql: include_str!("../migrations/postgres/1.sql"),
        then: None,
    },
    Migration { name: "counts of nodes", sql: include_str!("../migrations/postgres/2.sql"), then: None },
    Migration { name: "parts of catalogs", sql: include_str!("../migrations/postgres/3.sql"), then: None },
    Migration { name: "digests of facts", sql: include_str!("../migrations/postgres/4.sql"), then: None },
    Migration { name: "counts", sql: include_str!("../migrations/postgres/5.sql"), then: None },
    Migration { name: "recounts", sql: include_str!("../migrations/postgres/6.sql"), then: None },
];

/// The steps of the schema.
pub fn migrations(dialect: Dialect) -> &'static [Migration] {
    match dialect {
        Dialect::Sqlite => SQLITE,
        Dialect::Postgres => POSTGRES,
    }
}
