//! The store: commands to rows, rows to documents.

use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use api::pdb::{
    Command, KeepCatalog, PdbError, ReplaceCatalog, ReplaceFacts, StoreReport, StoredCatalog, StoredFacts,
    StoredReport,
};
use db::{Db, Row, Tx, Value};
use pcore::Value as Pcore;
use rest::{BoxFuture, Bytes};
use serde_json::Value as Json;
use wire::catalog::Catalog;
use wire::facts::{Facts, FactsFormat};
use wire::json::Limits;
use wire::report::{Details, Report};

use crate::document::{digest, nanoseconds, pack, time, unpack};
use crate::schema::MIGRATIONS;

/// Facts, catalogs and reports in an embedded database. Clones share it.
#[derive(Clone)]
pub struct Store {
    db: Db,
}

/// The largest report that is read; the largest real ones (10,000 resources, all listed) have some 20 MB.
const REPORT_BYTES_MAX: usize = 256 * 1024 * 1024;

/// The figures of a run that its metrics hold.
#[derive(Default)]
struct Totals {
    resources: Option<i64>,
    changed: Option<i64>,
    failed: Option<i64>,
    skipped: Option<i64>,
    seconds: Option<f64>,
}

impl Totals {
    fn of(details: &Details) -> Totals {
        let count = |name| details.metric("resources", name).map(|number| number as i64);
        Totals {
            resources: count("total"),
            changed: count("changed"),
            failed: count("failed"),
            skipped: count("skipped"),
            seconds: details.metric("time", "total"),
        }
    }
}

/// The text of a value; collections as JSON, null as nothing.
fn plain(value: &Json) -> Option<String> {
    match value {
        Json::Null => None,
        Json::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// A line of a list of reports.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct ReportSummary {
    /// Node.
    pub certname: String,
    /// `changed`, `unchanged`, `failed`.
    pub status: Option<String>,
    /// Whether the run only looked.
    pub noop: bool,
    /// Environment of the run.
    pub environment: String,
    /// When the run started, as the agent wrote it.
    pub start_time: Option<String>,
    /// Version of the configuration.
    pub configuration_version: Option<String>,
    /// Resources in the catalog.
    pub resources_total: Option<i64>,
    /// Resources changed.
    pub resources_changed: Option<i64>,
    /// Resources that failed.
    pub resources_failed: Option<i64>,
    /// Length of the run in seconds.
    pub duration: Option<f64>,
}

impl Store {
    /// Opens or makes the database file.
    pub fn open(path: &Path) -> Result<Store, db::Error> {
        Ok(Store { db: Db::open(path, "pdb", MIGRATIONS)? })
    }

    /// The latest reports, newest first; of one node or of all.
    pub async fn reports(
        &self,
        certname: Option<&str>,
        limit: usize,
    ) -> Result<Vec<ReportSummary>, db::Error> {
        let certname = certname.map(str::to_owned);
        self.db
            .read(move |tx| {
                let sql = "SELECT certname, status, noop, environment, start_time, configuration_version, resources_total,
                                  resources_changed, resources_failed, duration
                           FROM reports WHERE $1 IS NULL OR certname = $1 ORDER BY producer_timestamp DESC, id DESC LIMIT $2";
                let rows = tx.query(sql, &[certname.into(), (limit as i64).into()])?;
                rows.iter().map(summary).collect()
            })
            .await
    }

    /// All nodes that have sent facts, sorted.
    pub async fn certnames(&self) -> Result<Vec<String>, db::Error> {
        let read = |tx: &Tx<'_>| {
            let rows = tx.query("SELECT certname FROM factsets ORDER BY certname", &[])?;
            rows.iter().map(|row| row.get(0)).collect()
        };
        self.db.read(read).await
    }

    async fn store(&self, command: Command) -> Result<(), PdbError> {
        match command {
            Command::ReplaceFacts(facts) => self.replace_facts(facts).await,
            Command::ReplaceCatalog(catalog) => self.replace_catalog(catalog).await,
            Command::KeepCatalog(keep) => self.keep_catalog(keep).await,
            Command::StoreReport(report) => self.store_report(report).await,
        }
    }

    async fn replace_facts(&self, facts: ReplaceFacts) -> Result<(), PdbError> {
        let mut document = Vec::new();
        let whole = Facts {
            name: facts.certname.as_str().into(),
            values: Arc::unwrap_or_clone(facts.facts),
            ..Facts::default()
        };
        whole.write_json(&mut document);
        let (hash, time) = (digest(&document), nanoseconds(facts.producer_timestamp));
        let write = move |tx: &Tx<'_>| {
            if unchanged(tx, "factsets", &facts.certname, &facts.environment, time, &hash)? {
                return Ok(());
            }
            tx.execute(
                "INSERT INTO factsets (certname, environment, producer_timestamp, hash, document)
                 VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (certname) DO UPDATE SET environment = excluded.environment, hash = excluded.hash,
                     producer_timestamp = excluded.producer_timestamp, document = excluded.document
                 WHERE factsets.producer_timestamp <= excluded.producer_timestamp",
                &[facts.certname.into(), facts.environment.into(), time.into(), hash.into(), pack(&document).into()],
            )?;
            Ok(())
        };
        self.db.write(write).await.map_err(unavailable("store facts"))
    }

    async fn replace_catalog(&self, command: ReplaceCatalog) -> Result<(), PdbError> {
        let mut catalog = wire::catalog::Catalog::clone(&command.catalog);
        for resource in &mut catalog.resources {
            let sensitive = std::mem::take(&mut resource.sensitive_parameters);
            resource.parameters.retain(|(name, _)| !sensitive.contains(name));
        }
        let mut document = Vec::new();
        // Without rich data: Sensitive values inside collections become their redacted text.
        catalog.write_json(&mut document, false);
        let (hash, time) = (digest(&document), nanoseconds(command.producer_timestamp));
        let version = match &catalog.version {
            Pcore::Int(number) => number.to_string(),
            other => other.as_str().unwrap_or_default().to_owned(),
        };
        let row = [
            command.certname.into(),
            command.environment.into(),
            time.into(),
            command.transaction_uuid.into(),
            catalog.catalog_uuid.as_str().into(),
            version.into(),
            catalog.code_id.as_deref().into(),
            hash.into(),
            pack(&document).into(),
        ];
        let write = move |tx: &Tx<'_>| {
            tx.execute(
                "INSERT INTO catalogs (certname, environment, producer_timestamp, transaction_uuid, catalog_uuid, version,
                                       code_id, hash, document, content)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $5)
                 ON CONFLICT (certname) DO UPDATE SET environment = excluded.environment,
                     producer_timestamp = excluded.producer_timestamp, transaction_uuid = excluded.transaction_uuid,
                     catalog_uuid = excluded.catalog_uuid, version = excluded.version, code_id = excluded.code_id,
                     hash = excluded.hash, document = excluded.document, content = excluded.content
                 WHERE catalogs.producer_timestamp <= excluded.producer_timestamp",
                &row,
            )
        };
        self.db.write(write).await.map(drop).map_err(unavailable("store a catalog"))
    }

    async fn keep_catalog(&self, keep: KeepCatalog) -> Result<(), PdbError> {
        let row = [
            keep.certname.into(),
            keep.content.into(),
            keep.environment.into(),
            keep.transaction_uuid.into(),
            keep.catalog_uuid.into(),
            keep.version.into(),
            nanoseconds(keep.producer_timestamp).into(),
        ];
        let write = move |tx: &Tx<'_>| {
            tx.execute(
                "UPDATE catalogs SET environment = $3, transaction_uuid = $4, catalog_uuid = $5, version = $6,
                     producer_timestamp = max(producer_timestamp, $7)
                 WHERE certname = $1 AND content = $2",
                &row,
            )
        };
        match self.db.write(write).await.map_err(unavailable("store a catalog"))? {
            0 => Err(PdbError::Gone),
            _ => Ok(()),
        }
    }

    async fn store_report(&self, command: StoreReport) -> Result<(), PdbError> {
        let invalid = |error: wire::report::ReportError| PdbError::Invalid(error.to_string());
        let report = Report::from_json(&command.report[..], REPORT_BYTES_MAX).map_err(invalid)?;
        let details = report.details().map_err(invalid)?;
        let summary = report.summary;
        if summary.host != command.certname {
            let text = format!("the report's host is {}, not {}", summary.host, command.certname);
            return Err(PdbError::Invalid(text));
        }
        let totals = Totals::of(&details);
        let (hash, document) = (digest(&command.report), pack(&command.report));
        let time = nanoseconds(command.producer_timestamp);
        let write = move |tx: &Tx<'_>| {
            let inserted = tx.execute(
                "INSERT INTO reports (hash, certname, environment, status, noop, noop_pending, corrective_change,
                     puppet_version, report_format, configuration_version, transaction_uuid, catalog_uuid, code_id, job_id,
                     cached_catalog_status, start_time, producer_timestamp, resources_total, resources_changed,
                     resources_failed, resources_skipped, duration, document)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
                 ON CONFLICT (hash) DO NOTHING",
                &[
                    hash.into(),
                    summary.host.into(),
                    command.environment.into(),
                    summary.status.as_str().into(),
                    summary.noop.into(),
                    summary.noop_pending.unwrap_or_default().into(),
                    summary.corrective_change.unwrap_or_default().into(),
                    summary.puppet_version.into(),
                    i64::from(summary.report_format).into(),
                    plain(&summary.configuration_version).into(),
                    summary.transaction_uuid.into(),
                    summary.catalog_uuid.into(),
                    summary.code_id.into(),
                    summary.job_id.into(),
                    summary.cached_catalog_status.into(),
                    summary.time.into(),
                    time.into(),
                    totals.resources.into(),
                    totals.changed.into(),
                    totals.failed.into(),
                    totals.skipped.into(),
                    totals.seconds.into(),
                    document.into(),
                ],
            )?;
            if inserted == 0 {
                return Ok(());
            }
            let id = tx.last_id();
            for status in details.resource_statuses {
                for event in status.events {
                    tx.execute(
                        "INSERT INTO resource_events (report_id, resource_type, resource_title, property, status, old_value,
                             new_value, message, corrective_change, file, line, time)
                         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
                        &[
                            id.into(),
                            status.resource_type.as_str().into(),
                            status.title.as_str().into(),
                            event.property.into(),
                            event.status.unwrap_or_default().into(),
                            plain(&event.previous_value).into(),
                            plain(&event.desired_value).into(),
                            event.message.into(),
                            event.corrective_change.unwrap_or_default().into(),
                            status.file.as_deref().into(),
                            status.line.map(i64::from).into(),
                            event.time.into(),
                        ],
                    )?;
                }
            }
            Ok(())
        };
        self.db.write(write).await.map_err(unavailable("store a report"))
    }
}

impl api::Pdb for Store {
    fn submit(&self, command: Command) -> BoxFuture<'_, Result<(), PdbError>> {
        Box::pin(self.store(command))
    }

    fn facts<'a>(&'a self, certname: &'a str) -> BoxFuture<'a, Result<Option<StoredFacts>, PdbError>> {
        Box::pin(async move {
            let sql = "SELECT environment, producer_timestamp, document FROM factsets WHERE certname = $1";
            let Some((environment, time, document)) = self.document(sql, certname, "read facts").await?
            else {
                return Ok(None);
            };
            let facts =
                Facts::from_json(&document, FactsFormat::Json, &Limits::default()).map_err(|error| {
                    PdbError::Invalid(format!("the stored facts of {certname} are damaged: {error}"))
                })?;
            Ok(Some(StoredFacts { environment, facts: Arc::new(facts.values), producer_timestamp: time }))
        })
    }

    fn catalog<'a>(&'a self, certname: &'a str) -> BoxFuture<'a, Result<Option<StoredCatalog>, PdbError>> {
        Box::pin(async move {
            let name = certname.to_owned();
            let read = move |tx: &Tx<'_>| {
                let sql =
                    "SELECT environment, producer_timestamp, document, catalog_uuid, version FROM catalogs
                           WHERE certname = $1";
                match tx.query(sql, &[name.into()])?.first() {
                    Some(row) => Ok(Some((
                        row.get::<String>(0)?,
                        time(row.get(1)?),
                        unpack(&row.get::<Vec<u8>>(2)?),
                        row.get::<String>(3)?,
                        row.get::<String>(4)?,
                    ))),
                    None => Ok(None),
                }
            };
            let found = self.db.read(read).await.map_err(unavailable("read a catalog"))?;
            let Some((environment, producer_timestamp, document, uuid, version)) = found else {
                return Ok(None);
            };
            // What a compiler made here was within the limits that matter then.
            let limits = Limits { bytes_max: usize::MAX, values_max: usize::MAX, ..Limits::default() };
            let mut catalog = Catalog::from_json(&document, &limits).map_err(|error| {
                PdbError::Invalid(format!("the stored catalog of {certname} is damaged: {error}"))
            })?;
            // The document is as old as its content.
            catalog.catalog_uuid = uuid.into();
            catalog.version = version.parse().map_or_else(|_| Pcore::str(version), Pcore::Int);
            Ok(Some(StoredCatalog { environment, catalog, producer_timestamp }))
        })
    }

    fn latest_report<'a>(
        &'a self,
        certname: &'a str,
    ) -> BoxFuture<'a, Result<Option<StoredReport>, PdbError>> {
        Box::pin(async move {
            let sql = "SELECT environment, producer_timestamp, document FROM reports WHERE certname = $1
                       ORDER BY producer_timestamp DESC, id DESC LIMIT 1";
            let found = self.document(sql, certname, "read a report").await?;
            Ok(found.map(|(environment, producer_timestamp, document)| StoredReport {
                environment,
                report: Bytes::from(document),
                producer_timestamp,
            }))
        })
    }
}

impl Store {
    async fn document(
        &self,
        sql: &'static str,
        certname: &str,
        doing: &'static str,
    ) -> Result<Option<(String, SystemTime, Vec<u8>)>, PdbError> {
        let certname = certname.to_owned();
        let read = move |tx: &Tx<'_>| match tx.query(sql, &[certname.into()])?.first() {
            Some(row) => Ok(Some((row.get(0)?, time(row.get(1)?), unpack(&row.get::<Vec<u8>>(2)?)))),
            None => Ok(None),
        };
        self.db.read(read).await.map_err(unavailable(doing))
    }
}

/// Moves the time stamp of a document that has not changed, or that is older than the one that is there; true if there is nothing
/// left to write.
fn unchanged(
    tx: &Tx<'_>,
    table: &str,
    certname: &str,
    environment: &str,
    time: i64,
    hash: &[u8],
) -> Result<bool, db::Error> {
    let update = format!(
        "UPDATE {table} SET producer_timestamp = max(producer_timestamp, $1)
         WHERE certname = $2 AND environment = $3 AND hash = $4"
    );
    let touched =
        tx.execute(&update, &[time.into(), certname.into(), environment.into(), Value::Blob(hash.to_vec())])?;
    Ok(touched > 0)
}

fn summary(row: &Row) -> Result<ReportSummary, db::Error> {
    Ok(ReportSummary {
        certname: row.get(0)?,
        status: row.get(1)?,
        noop: row.get(2)?,
        environment: row.get(3)?,
        start_time: row.get(4)?,
        configuration_version: row.get(5)?,
        resources_total: row.get(6)?,
        resources_changed: row.get(7)?,
        resources_failed: row.get(8)?,
        duration: row.get(9)?,
    })
}

fn unavailable(doing: &'static str) -> impl Fn(db::Error) -> PdbError {
    move |error| PdbError::Unavailable { doing, reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use api::Pdb as _;

    use super::*;

    fn facts(certname: &str, value: i64, at: SystemTime) -> Command {
        Command::ReplaceFacts(ReplaceFacts {
            certname: certname.into(),
            environment: "production".into(),
            facts: Arc::new(pcore::Hash::from_iter([("x", value)])),
            producer_timestamp: at,
        })
    }

    fn report(certname: &str, body: &str) -> Command {
        Command::StoreReport(StoreReport {
            certname: certname.into(),
            environment: "production".into(),
            report: Bytes::copy_from_slice(body.as_bytes()),
            producer_timestamp: SystemTime::now(),
        })
    }

    async fn stored(store: &Store) -> i64 {
        store.facts("a").await.unwrap().unwrap().facts["x"].as_int().unwrap()
    }

    #[tokio::test]
    async fn older_facts_do_not_replace_newer_ones() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("pdb.sqlite")).unwrap();
        let now = SystemTime::now();
        store.submit(facts("a", 1, now)).await.unwrap();
        store.submit(facts("a", 2, now - Duration::from_secs(60))).await.unwrap();
        assert_eq!(stored(&store).await, 1);
        store.submit(facts("a", 3, now + Duration::from_secs(60))).await.unwrap();
        assert_eq!(stored(&store).await, 3);
        assert!(store.facts("b").await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_catalog_that_was_sent_again_keeps_its_content() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("pdb.sqlite")).unwrap();
        let keep = |content: &str, uuid: &str| {
            Command::KeepCatalog(KeepCatalog {
                certname: "a".into(),
                environment: "production".into(),
                transaction_uuid: None,
                content: content.into(),
                catalog_uuid: uuid.into(),
                version: "8".into(),
                producer_timestamp: SystemTime::now(),
            })
        };
        assert!(matches!(store.submit(keep("one", "two")).await, Err(PdbError::Gone)));
        let catalog = Catalog {
            name: "a".into(),
            version: Pcore::Int(7),
            catalog_uuid: "one".into(),
            environment: "production".into(),
            classes: vec!["settings".into()],
            ..Catalog::default()
        };
        let replace = ReplaceCatalog {
            certname: "a".into(),
            environment: "production".into(),
            transaction_uuid: None,
            catalog: Arc::new(catalog),
            producer_timestamp: SystemTime::now(),
        };
        store.submit(Command::ReplaceCatalog(replace)).await.unwrap();
        for uuid in ["two", "three"] {
            store.submit(keep("one", uuid)).await.unwrap();
            let stored = store.catalog("a").await.unwrap().unwrap().catalog;
            assert_eq!((&*stored.catalog_uuid, &stored.version), (uuid, &Pcore::Int(8)));
            assert_eq!(stored.classes, ["settings".into()]);
        }
    }

    #[tokio::test]
    async fn the_same_report_twice_is_one() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("pdb.sqlite")).unwrap();
        let body = r#"{"host":"a","time":"2024-01-01T00:00:00Z","puppet_version":"8.10.0","report_format":12,"status":"changed",
            "metrics":{"resources":{"name":"resources","label":"Resources","values":[["total","Total",9],["changed","Changed",1]]}},
            "resource_statuses":{"N[x]":{"title":"x","resource_type":"N",
            "events":[{"status":"success","message":"did"}]}}}"#;
        store.submit(report("a", body)).await.unwrap();
        store.submit(report("a", body)).await.unwrap();
        let listed = store.reports(Some("a"), 10).await.unwrap();
        assert_eq!(listed.len(), 1);
        assert_eq!((listed[0].resources_total, listed[0].resources_changed), (Some(9), Some(1)));
        assert_eq!(&store.latest_report("a").await.unwrap().unwrap().report[..], body.as_bytes());
        let counted =
            store.db.read(|tx| tx.query("SELECT count(*) FROM resource_events", &[])?[0].get::<i64>(0));
        assert_eq!(counted.await.unwrap(), 1);
    }

    #[tokio::test]
    async fn a_report_of_another_host_is_refused_and_not_stored() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("pdb.sqlite")).unwrap();
        let error = store
            .submit(report(
                "a",
                r#"{"host":"b","time":"t","puppet_version":"8","status":"changed","report_format":12}"#,
            ))
            .await
            .unwrap_err();
        assert_eq!(error.to_string(), "the report's host is b, not a");
        assert!(store.reports(None, 10).await.unwrap().is_empty());
    }
}
