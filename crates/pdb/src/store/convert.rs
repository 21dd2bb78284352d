//! From the tables of the first two versions, which held documents whole, to rows.

use std::sync::Arc;

use api::pdb::{ReplaceCatalog, ReplaceFacts, StoreReport};
use db::{Result, Tx, Value};
use pcore::Value as Pcore;
use rest::Bytes;
use wire::catalog::Catalog;
use wire::facts::{Facts, FactsFormat};
use wire::json::Limits;

use super::{Context, Prepared, catalog, facts, report, write};
use crate::document::{moment, unpack};
use crate::payload::{Invalid, microseconds};
use crate::terminus;

/// Reads the old tables, one document at a time, and drops them. What cannot be read is left out and logged.
pub(crate) fn convert(tx: &Tx<'_>) -> Result<()> {
    // A release before took them over in the step that made the new tables.
    if tx.first("SELECT 1 FROM sqlite_master WHERE name = 'old_factsets'", &[])?.is_none() {
        return Ok(());
    }
    let context = Context::new(None);
    let mut skipped = 0;
    for (table, key) in [("old_factsets", "certname"), ("old_catalogs", "certname"), ("old_reports", "id")] {
        let keys = tx.query(&format!("SELECT {key} FROM {table} ORDER BY {key}"), &[])?;
        for row in keys {
            let key: Vec<Value> = row.into_values();
            let converted = match table {
                "old_factsets" => old_facts(tx, &key)?,
                "old_catalogs" => old_catalog(tx, &key)?,
                _ => old_report(tx, &key)?,
            };
            match converted {
                Ok(prepared) => drop(write(tx, &context, &prepared)?),
                Err(Invalid(reason)) => {
                    skipped += 1;
                    tracing::warn!(table, reason, "a document could not be taken over");
                }
            }
        }
    }
    // The identity of content that was sent again had moved on.
    tx.execute(
        "UPDATE catalogs SET content = (SELECT old.content FROM old_catalogs old JOIN nodes n ON n.certname = old.certname
                                        WHERE n.id = catalogs.node_id)",
        &[],
    )?;
    tx.batch(
        "DROP TABLE old_resource_events; DROP TABLE old_reports; DROP TABLE old_catalogs; DROP TABLE old_factsets;",
    )?;
    if skipped > 0 {
        tracing::warn!(skipped, "documents were left out of the new tables");
    }
    Ok(())
}

type Converted = std::result::Result<Prepared, Invalid>;

fn old_facts(tx: &Tx<'_>, key: &[Value]) -> Result<Converted> {
    let sql = "SELECT certname, environment, producer_timestamp / 1000, document FROM old_factsets WHERE certname = $1";
    let Some(row) = tx.first(sql, key)? else { return Ok(Err(Invalid("gone".into()))) };
    let (certname, environment): (String, String) = (row.get(0)?, row.get(1)?);
    let time: i64 = row.get(2)?;
    let document = unpack(&row.get::<Vec<u8>>(3)?);
    Ok(Facts::from_json(&document, FactsFormat::Json, &Limits::default())
        .map_err(|error| Invalid(format!("facts of {certname}: {error}")))
        .and_then(|facts| {
            let command = ReplaceFacts {
                certname,
                environment,
                facts: Arc::new(facts.values),
                trusted: None,
                known: None,
                producer_timestamp: moment(time),
            };
            Ok(Prepared::Facts(facts::prepare(&terminus::facts(&command, None)?, time)))
        }))
}

fn old_catalog(tx: &Tx<'_>, key: &[Value]) -> Result<Converted> {
    let sql = "SELECT certname, environment, producer_timestamp / 1000, transaction_uuid, catalog_uuid, version, document
               FROM old_catalogs WHERE certname = $1";
    let Some(row) = tx.first(sql, key)? else { return Ok(Err(Invalid("gone".into()))) };
    let (certname, environment): (String, String) = (row.get(0)?, row.get(1)?);
    let (transaction_uuid, uuid, version): (Option<String>, String, String) =
        (row.get(3)?, row.get(4)?, row.get(5)?);
    let time: i64 = row.get(2)?;
    let document = unpack(&row.get::<Vec<u8>>(6)?);
    let limits = Limits { bytes_max: usize::MAX, values_max: usize::MAX, ..Limits::default() };
    Ok(Catalog::from_json(&document, &limits)
        .map_err(|error| Invalid(format!("catalog of {certname}: {error}")))
        .and_then(|mut catalog| {
            catalog.catalog_uuid = uuid.into();
            catalog.version = version.parse().map_or_else(|_| Pcore::str(version), Pcore::Int);
            let command = ReplaceCatalog {
                certname,
                environment,
                transaction_uuid,
                job_id: None,
                catalog: Arc::new(catalog),
                exported: Arc::default(),
                lookups: None,
                fingerprint: None,
                producer_timestamp: moment(time),
            };
            let (payload, document) = terminus::catalog(&command, None)?;
            Ok(Prepared::Catalog(catalog::prepare(&payload, Some(&document), time)))
        }))
}

fn old_report(tx: &Tx<'_>, key: &[Value]) -> Result<Converted> {
    let sql =
        "SELECT certname, environment, producer_timestamp / 1000, document FROM old_reports WHERE id = $1";
    let Some(row) = tx.first(sql, key)? else { return Ok(Err(Invalid("gone".into()))) };
    let time: i64 = row.get(2)?;
    let command = StoreReport {
        certname: row.get(0)?,
        environment: row.get(1)?,
        report: Bytes::from(unpack(&row.get::<Vec<u8>>(3)?)),
        producer_timestamp: moment(time),
    };
    let received = microseconds(command.producer_timestamp);
    Ok(terminus::report(&command, None).map(|report| Prepared::Report(report::prepare(&report, received))))
}
