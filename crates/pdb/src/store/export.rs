//! What is stored of a node, in the form of commands.

use db::{Result, Row, Tx};
use serde_json::{Map, Value as Json, json};

use super::Store;
use crate::document;
use crate::payload::time_text;

/// A document of an archive.
#[derive(Clone, Debug)]
pub(crate) struct Exported {
    /// Folder in the archive.
    pub(crate) folder: &'static str,
    /// Node.
    pub(crate) certname: String,
    /// Told apart by; facts are one a node.
    pub(crate) producer_timestamp: Option<i64>,
    /// The command's document.
    pub(crate) document: Json,
}

impl Store {
    /// The names of all nodes, sorted.
    pub async fn all_certnames(&self) -> Result<Vec<String>> {
        let read = |tx: &Tx<'_>| {
            let rows = tx.query("SELECT certname FROM nodes ORDER BY certname", &[])?;
            rows.iter().map(|row| row.get(0)).collect()
        };
        self.db().read(read).await
    }

    /// Everything of a node but its reports.
    pub(crate) async fn export_node(&self, certname: &str) -> Result<Vec<Exported>> {
        let certname = certname.to_owned();
        self.db().read(move |tx| node(tx, &certname)).await
    }

    /// The ids of a node's reports, oldest first.
    pub(crate) async fn report_ids(&self, certname: &str) -> Result<Vec<i64>> {
        let certname = certname.to_owned();
        let read = move |tx: &Tx<'_>| {
            let sql = "SELECT r.id FROM reports r JOIN nodes n ON n.id = r.node_id WHERE n.certname = $1
                       ORDER BY r.producer_timestamp, r.id";
            tx.query(sql, &[certname.into()])?.iter().map(|row| row.get(0)).collect()
        };
        self.db().read(read).await
    }

    /// A report; nothing if it expired meanwhile.
    pub(crate) async fn export_report(&self, id: i64) -> Result<Option<Exported>> {
        self.db().read(move |tx| report(tx, id)).await
    }
}

fn text(row: &Row, column: usize) -> Result<Json> {
    Ok(row.get::<Option<String>>(column)?.into())
}

fn parsed(row: &Row, column: usize) -> Result<Json> {
    let text: Option<String> = row.get(column)?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

fn node(tx: &Tx<'_>, certname: &str) -> Result<Vec<Exported>> {
    let mut all = Vec::new();
    let sql = "SELECT id, expires_facts, expires_facts_updated FROM nodes WHERE certname = $1";
    let Some(row) = tx.first(sql, &[certname.into()])? else { return Ok(all) };
    let id: i64 = row.get(0)?;
    let exported = |folder, producer_timestamp, document| Exported {
        folder,
        certname: certname.to_owned(),
        producer_timestamp,
        document,
    };
    if let Some(updated) = row.get::<Option<i64>>(2)? {
        let document = json!({
            "certname": certname,
            "expire": {"facts": row.get::<bool>(1)?},
            "producer_timestamp": time_text(updated),
        });
        all.push(exported("configure_expiration", Some(updated), document));
    }
    if let Some((_, document)) = facts(tx, certname, id)? {
        all.push(exported("facts", None, document));
    }
    if let Some((time, document)) = catalog(tx, certname, id)? {
        all.push(exported("catalogs", Some(time), document));
    }
    let sql = "SELECT producer_timestamp, catalog_uuid FROM catalog_input_sets WHERE node_id = $1";
    if let Some(row) = tx.first(sql, &[id.into()])? {
        let sql = "SELECT i.type, i.name FROM catalog_inputs c JOIN inputs i ON i.id = c.input_id WHERE c.node_id = $1
                   ORDER BY i.type, i.name";
        let inputs = tx.query(sql, &[id.into()])?;
        let inputs =
            inputs.iter().map(|row| Ok(json!([text(row, 0)?, text(row, 1)?]))).collect::<Result<Vec<_>>>()?;
        let time: i64 = row.get(0)?;
        let document = json!({
            "certname": certname,
            "producer_timestamp": time_text(time),
            "catalog_uuid": text(&row, 1)?,
            "inputs": inputs,
        });
        all.push(exported("catalog_inputs", Some(time), document));
    }
    Ok(all)
}

fn facts(tx: &Tx<'_>, certname: &str, id: i64) -> Result<Option<(i64, Json)>> {
    let sql = "SELECT s.producer_timestamp, e.name, p.name FROM factsets s LEFT JOIN environments e ON e.id = s.environment_id
               LEFT JOIN producers p ON p.id = s.producer_id WHERE s.node_id = $1";
    let Some(row) = tx.first(sql, &[id.into()])? else { return Ok(None) };
    let mut values = Map::new();
    tx.each(
        "SELECT n.name, v.value FROM facts f JOIN fact_names n ON n.id = f.name_id JOIN fact_values v ON v.id = f.value_id
         WHERE f.node_id = $1 ORDER BY n.name",
        &[id.into()],
        |row| {
            values.insert(row.get(0)?, parsed(&row, 1)?);
            Ok(())
        },
    )?;
    let sql =
        "SELECT p.name, p.version, p.provider FROM node_packages n JOIN packages p ON p.id = n.package_id
               WHERE n.node_id = $1 ORDER BY p.name, p.version, p.provider";
    let packages = tx.query(sql, &[id.into()])?;
    let packages = packages
        .iter()
        .map(|row| Ok(json!([text(row, 0)?, text(row, 1)?, text(row, 2)?])))
        .collect::<Result<Vec<_>>>()?;
    let time: i64 = row.get(0)?;
    let mut document = json!({
        "certname": certname,
        "environment": text(&row, 1)?,
        "producer_timestamp": time_text(time),
        "producer": text(&row, 2)?,
        "values": values,
    });
    if !packages.is_empty() {
        document["package_inventory"] = packages.into();
    }
    Ok(Some((time, document)))
}

fn catalog(tx: &Tx<'_>, certname: &str, id: i64) -> Result<Option<(i64, Json)>> {
    let sql = "SELECT c.producer_timestamp, e.name, p.name, c.version, c.transaction_uuid, c.catalog_uuid, c.code_id, c.job_id
               FROM catalogs c LEFT JOIN environments e ON e.id = c.environment_id
               LEFT JOIN producers p ON p.id = c.producer_id WHERE c.node_id = $1";
    let Some(row) = tx.first(sql, &[id.into()])? else { return Ok(None) };
    let mut resources = Vec::new();
    tx.each(
        "SELECT r.type, r.title, r.exported, r.file, r.line, r.tags, r.parameters
         FROM catalog_resources c JOIN resources r ON r.id = c.resource_id WHERE c.node_id = $1 ORDER BY r.id",
        &[id.into()],
        |row| {
            resources.push(json!({
                "type": text(&row, 0)?,
                "title": text(&row, 1)?,
                "exported": row.get::<bool>(2)?,
                "file": text(&row, 3)?,
                "line": row.get::<Option<i64>>(4)?,
                "tags": parsed(&row, 5)?,
                "parameters": parsed(&row, 6)?,
            }));
            Ok(())
        },
    )?;
    let mut edges = Vec::new();
    tx.each(
        "SELECT e.source_type, e.source_title, e.target_type, e.target_title, e.relationship
         FROM catalog_edges c JOIN edges e ON e.id = c.edge_id WHERE c.node_id = $1 ORDER BY e.id",
        &[id.into()],
        |row| {
            edges.push(json!({
                "source": {"type": text(&row, 0)?, "title": text(&row, 1)?},
                "target": {"type": text(&row, 2)?, "title": text(&row, 3)?},
                "relationship": text(&row, 4)?,
            }));
            Ok(())
        },
    )?;
    let time: i64 = row.get(0)?;
    let document = json!({
        "certname": certname,
        "producer_timestamp": time_text(time),
        "environment": text(&row, 1)?,
        "producer": text(&row, 2)?,
        "version": text(&row, 3)?,
        "transaction_uuid": text(&row, 4)?,
        "catalog_uuid": text(&row, 5)?,
        "code_id": text(&row, 6)?,
        "job_id": text(&row, 7)?,
        "resources": resources,
        "edges": edges,
    });
    Ok(Some((time, document)))
}

fn report(tx: &Tx<'_>, id: i64) -> Result<Option<Exported>> {
    let sql = "SELECT n.certname, r.producer_timestamp, e.name, p.name, r.start_time, r.end_time, r.type, r.status, r.noop,
                      r.noop_pending, r.corrective_change, r.puppet_version, r.report_format, r.configuration_version,
                      r.transaction_uuid, r.catalog_uuid, r.code_id, r.job_id, r.cached_catalog_status, r.document_format,
                      r.document
               FROM reports r JOIN nodes n ON n.id = r.node_id LEFT JOIN environments e ON e.id = r.environment_id
               LEFT JOIN producers p ON p.id = r.producer_id WHERE r.id = $1";
    let Some(row) = tx.first(sql, &[id.into()])? else { return Ok(None) };
    let data = document::report_data(row.get(19)?, &row.get::<Vec<u8>>(20)?);
    let resources = if data.resources.is_null() { resources(tx, id)? } else { data.resources };
    let (certname, time): (String, i64) = (row.get(0)?, row.get(1)?);
    let flag = |column| row.get::<Option<bool>>(column);
    let document = json!({
        "certname": certname,
        "producer_timestamp": time_text(time),
        "environment": text(&row, 2)?,
        "producer": text(&row, 3)?,
        "start_time": time_text(row.get(4)?),
        "end_time": time_text(row.get(5)?),
        "type": text(&row, 6)?,
        "status": text(&row, 7)?,
        "noop": flag(8)?,
        "noop_pending": flag(9)?,
        "corrective_change": flag(10)?,
        "puppet_version": text(&row, 11)?,
        "report_format": row.get::<i64>(12)?,
        "configuration_version": text(&row, 13)?,
        "transaction_uuid": text(&row, 14)?,
        "catalog_uuid": text(&row, 15)?,
        "code_id": text(&row, 16)?,
        "job_id": text(&row, 17)?,
        "cached_catalog_status": text(&row, 18)?,
        "metrics": data.metrics,
        "logs": data.logs,
        "resources": resources,
    });
    Ok(Some(Exported { folder: "reports", certname, producer_timestamp: Some(time), document }))
}

/// The resources of a report, from its events.
fn resources(tx: &Tx<'_>, report: i64) -> Result<Json> {
    let mut resources: indexmap::IndexMap<String, (Map<String, Json>, Vec<Json>)> = indexmap::IndexMap::new();
    tx.each(
        "SELECT resource_type, resource_title, file, line, containment_path, timestamp, status, corrective_change, property, name,
                new_value, old_value, message
         FROM resource_events WHERE report_id = $1 ORDER BY timestamp, resource_type, resource_title, property",
        &[report.into()],
        |row| {
            let (kind, title): (String, String) = (row.get(0)?, row.get(1)?);
            let time = time_text(row.get(5)?);
            let status: String = row.get(6)?;
            let is_skipped = status == "skipped";
            let entry = resources.entry(format!("{kind}[{title}]"));
            let (own, events) = match entry {
                indexmap::map::Entry::Occupied(entry) => entry.into_mut(),
                indexmap::map::Entry::Vacant(entry) => {
                    let mut own = Map::new();
                    own.insert("timestamp".into(), time.clone().into());
                    own.insert("resource_type".into(), kind.into());
                    own.insert("resource_title".into(), title.into());
                    own.insert("skipped".into(), is_skipped.into());
                    own.insert("file".into(), text(&row, 2)?);
                    own.insert("line".into(), row.get::<Option<i64>>(3)?.into());
                    own.insert("containment_path".into(), parsed(&row, 4)?);
                    own.insert("corrective_change".into(), row.get::<Option<bool>>(7)?.into());
                    entry.insert((own, Vec::new()))
                }
            };
            if !is_skipped {
                if row.get::<Option<bool>>(7)? == Some(true) {
                    own.insert("corrective_change".into(), true.into());
                }
                events.push(json!({
                    "status": status,
                    "timestamp": time,
                    "property": text(&row, 8)?,
                    "name": text(&row, 9)?,
                    "new_value": parsed(&row, 10)?,
                    "old_value": parsed(&row, 11)?,
                    "message": text(&row, 12)?,
                    "corrective_change": row.get::<Option<bool>>(7)?,
                }));
            }
            Ok(())
        },
    )?;
    let whole = resources.into_values().map(|(mut own, events)| {
        own.insert("events".into(), events.into());
        Json::Object(own)
    });
    Ok(whole.collect())
}
