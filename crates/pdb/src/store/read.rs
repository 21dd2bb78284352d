//! Documents of a node, from its rows.

use api::pdb::{PdbError, StoredCatalog, StoredFacts, StoredReport};
use db::{Row, Tx, Value};
use pcore::Value as Pcore;
use rest::Bytes;
use serde_json::{Value as Json, json};
use wire::catalog::Catalog;
use wire::json::Limits;

use super::{Store, unavailable};
use crate::document::{moment, unpack};
use crate::payload::time_text;

/// What was written here was within the limits that matter then.
fn limits() -> Limits {
    Limits { bytes_max: usize::MAX, values_max: usize::MAX, ..Limits::default() }
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
    /// When the run started, ISO 8601.
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
    /// The latest reports, newest first; of one node or of all.
    pub async fn reports(
        &self,
        certname: Option<&str>,
        limit: usize,
    ) -> Result<Vec<ReportSummary>, db::Error> {
        let certname = certname.map(str::to_owned);
        let read = move |tx: &Tx<'_>| {
            let mut parameters: Vec<Value> = vec![(limit as i64).into()];
            let condition = if certname.is_some() { "WHERE n.certname = $2" } else { "" };
            parameters.extend(certname.map(Value::from));
            let sql = format!(
                "SELECT n.certname, r.status, r.noop, e.name, r.start_time, r.configuration_version, r.resources_total,
                        r.resources_changed, r.resources_failed, r.duration
                 FROM reports r JOIN nodes n ON n.id = r.node_id LEFT JOIN environments e ON e.id = r.environment_id
                 {condition} ORDER BY r.producer_timestamp DESC, r.id DESC LIMIT $1"
            );
            tx.query(&sql, &parameters)?.iter().map(summary).collect()
        };
        self.inner.db.read(read).await
    }

    /// All nodes that have sent facts, sorted.
    pub async fn certnames(&self) -> Result<Vec<String>, db::Error> {
        let read = |tx: &Tx<'_>| {
            let sql =
                "SELECT n.certname FROM nodes n JOIN factsets f ON f.node_id = n.id ORDER BY n.certname";
            tx.query(sql, &[])?.iter().map(|row| row.get(0)).collect()
        };
        self.inner.db.read(read).await
    }

    pub(super) async fn read_facts(&self, certname: &str) -> Result<Option<StoredFacts>, PdbError> {
        let name = certname.to_owned();
        let read = move |tx: &Tx<'_>| {
            let sql = "SELECT n.id, e.name, s.producer_timestamp
                       FROM factsets s JOIN nodes n ON n.id = s.node_id LEFT JOIN environments e ON e.id = s.environment_id
                       WHERE n.certname = $1";
            let Some(row) = tx.first(sql, &[name.into()])? else { return Ok(None) };
            let mut text = String::from("{");
            tx.each(
                "SELECT n.name, v.value FROM facts f JOIN fact_names n ON n.id = f.name_id
                 JOIN fact_values v ON v.id = f.value_id WHERE f.node_id = $1 ORDER BY n.name",
                &[row.get::<i64>(0)?.into()],
                |fact| {
                    if text.len() > 1 {
                        text.push(',');
                    }
                    text.push_str(&Json::from(fact.get::<String>(0)?).to_string());
                    text.push(':');
                    text.push_str(&fact.get::<String>(1)?);
                    Ok(())
                },
            )?;
            text.push('}');
            Ok(Some((row.get::<Option<String>>(1)?, row.get::<i64>(2)?, text)))
        };
        let found = self.inner.db.read(read).await.map_err(unavailable("read facts"))?;
        let Some((environment, time, text)) = found else { return Ok(None) };
        let damaged = |reason: &dyn std::fmt::Display| {
            PdbError::Invalid(format!("the stored facts of {certname} are damaged: {reason}"))
        };
        match wire::json::parse(text.as_bytes(), &limits()).map_err(|error| damaged(&error))? {
            Pcore::Hash(facts) => Ok(Some(StoredFacts {
                environment: environment.unwrap_or_default(),
                facts,
                producer_timestamp: moment(time),
            })),
            _ => Err(damaged(&"they are no hash")),
        }
    }

    pub(super) async fn read_catalog(&self, certname: &str) -> Result<Option<StoredCatalog>, PdbError> {
        let name = certname.to_owned();
        let read = move |tx: &Tx<'_>| {
            let sql = "SELECT c.node_id, e.name, c.producer_timestamp, c.catalog_uuid, c.version, c.code_id, c.document
                       FROM catalogs c JOIN nodes n ON n.id = c.node_id LEFT JOIN environments e ON e.id = c.environment_id
                       WHERE n.certname = $1";
            let Some(row) = tx.first(sql, &[name.as_str().into()])? else { return Ok(None) };
            let document = match row.get::<Option<Vec<u8>>>(6)? {
                Some(document) => unpack(&document),
                None => assemble(tx, &name, &row)?.to_string().into_bytes(),
            };
            Ok(Some((
                row.get::<Option<String>>(1)?,
                row.get::<i64>(2)?,
                row.get::<Option<String>>(3)?,
                row.get::<String>(4)?,
                document,
            )))
        };
        let found = self.inner.db.read(read).await.map_err(unavailable("read a catalog"))?;
        let Some((environment, time, uuid, version, document)) = found else { return Ok(None) };
        let mut catalog = Catalog::from_json(&document, &limits()).map_err(|error| {
            PdbError::Invalid(format!("the stored catalog of {certname} is damaged: {error}"))
        })?;
        // The document is as old as its content.
        catalog.catalog_uuid = uuid.unwrap_or_default().into();
        catalog.version = version.parse().map_or_else(|_| Pcore::str(version), Pcore::Int);
        Ok(Some(StoredCatalog {
            environment: environment.unwrap_or_default(),
            catalog,
            producer_timestamp: moment(time),
        }))
    }

    pub(super) async fn read_latest_report(&self, certname: &str) -> Result<Option<StoredReport>, PdbError> {
        let name = certname.to_owned();
        let read = move |tx: &Tx<'_>| {
            let sql = "SELECT e.name, r.producer_timestamp, r.document
                       FROM reports r JOIN nodes n ON n.id = r.node_id LEFT JOIN environments e ON e.id = r.environment_id
                       WHERE n.certname = $1 ORDER BY r.producer_timestamp DESC, r.id DESC LIMIT 1";
            match tx.first(sql, &[name.into()])? {
                Some(row) => Ok(Some((
                    row.get::<Option<String>>(0)?,
                    row.get::<i64>(1)?,
                    unpack(&row.get::<Vec<u8>>(2)?),
                ))),
                None => Ok(None),
            }
        };
        let found = self.inner.db.read(read).await.map_err(unavailable("read a report"))?;
        Ok(found.map(|(environment, time, document)| StoredReport {
            environment: environment.unwrap_or_default(),
            report: Bytes::from(document),
            producer_timestamp: moment(time),
        }))
    }
}

/// A catalog that came as a command, in the form of agents.
fn assemble(tx: &Tx<'_>, certname: &str, row: &Row) -> Result<Json, db::Error> {
    let node: i64 = row.get(0)?;
    let mut resources = Vec::new();
    let mut classes = Vec::new();
    tx.each(
        "SELECT r.type, r.title, r.exported, r.file, r.line, r.tags, r.parameters
         FROM catalog_resources c JOIN resources r ON r.id = c.resource_id WHERE c.node_id = $1 ORDER BY r.id",
        &[node.into()],
        |row| {
            let (kind, title): (String, String) = (row.get(0)?, row.get(1)?);
            let parse = |text: String| serde_json::from_str::<Json>(&text).unwrap_or_default();
            let mut resource = json!({
                "type": kind,
                "title": title,
                "tags": parse(row.get(5)?),
                "exported": row.get::<bool>(2)?,
                "parameters": parse(row.get(6)?),
            });
            if let Some(file) = row.get::<Option<String>>(3)? {
                resource["file"] = file.into();
            }
            if let Some(line) = row.get::<Option<i64>>(4)? {
                resource["line"] = line.into();
            }
            if kind == "Class" {
                classes.push(title.to_lowercase());
            }
            resources.push(resource);
            Ok(())
        },
    )?;
    let mut edges = Vec::new();
    tx.each(
        "SELECT e.source_type, e.source_title, e.target_type, e.target_title
         FROM catalog_edges c JOIN edges e ON e.id = c.edge_id WHERE c.node_id = $1 AND e.relationship = 'contains'
         ORDER BY e.id",
        &[node.into()],
        |row| {
            let end = |at| Ok::<_, db::Error>(format!("{}[{}]", row.get::<String>(at)?, row.get::<String>(at + 1)?));
            edges.push(json!({"source": end(0)?, "target": end(2)?}));
            Ok(())
        },
    )?;
    Ok(json!({
        "tags": [],
        "name": certname,
        "version": row.get::<String>(4)?,
        "code_id": row.get::<Option<String>>(5)?,
        "catalog_uuid": row.get::<Option<String>>(3)?.unwrap_or_default(),
        "catalog_format": 2,
        "environment": row.get::<Option<String>>(1)?.unwrap_or_default(),
        "resources": resources,
        "edges": edges,
        "classes": classes,
    }))
}

fn summary(row: &Row) -> Result<ReportSummary, db::Error> {
    Ok(ReportSummary {
        certname: row.get(0)?,
        status: row.get(1)?,
        noop: row.get::<Option<bool>>(2)?.unwrap_or_default(),
        environment: row.get::<Option<String>>(3)?.unwrap_or_default(),
        start_time: Some(time_text(row.get(4)?)),
        configuration_version: row.get(5)?,
        resources_total: row.get(6)?,
        resources_changed: row.get(7)?,
        resources_failed: row.get(8)?,
        duration: row.get(9)?,
    })
}
