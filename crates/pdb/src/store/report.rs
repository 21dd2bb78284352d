//! Reports and their events.

use db::{Dialect, Result, Tx, Value};
use serde_json::Value as Json;

use super::Outcome;
use super::{node, shared};
use crate::document::{self, pack};
use crate::hash::Hash;
use crate::payload::Report;
use crate::payload::report::Document;

const MICROSECONDS_A_DAY: i64 = 86_400_000_000;

/// The day of a time, counted from 1970.
pub(crate) fn day(microseconds: i64) -> i64 {
    microseconds.div_euclid(MICROSECONDS_A_DAY)
}

/// A report ready to be written.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    certname: String,
    environment: String,
    producer: Option<String>,
    producer_timestamp: i64,
    hash: Hash,
    is_run: bool,
    status: Value,
    noop: Value,
    noop_pending: Value,
    corrective_change: Value,
    job_id: Value,
    cached_catalog_status: Value,
    /// Columns from `receive_time` on that nothing else needs.
    rest: Vec<Value>,
    /// Columns of `resource_events` from `timestamp` on.
    events: Vec<Vec<Value>>,
}

pub(crate) fn prepare(report: &Report, received: i64) -> Prepared {
    let count = |name| report.metric("resources", name).map(|number| number as i64);
    let (format, text) = match &report.document {
        Document::Agent(text) => (document::AGENT, text),
        Document::Command(text) => (document::COMMAND, text),
    };
    let events = report.events.iter().map(|event| {
        let value = |value: &Json| if value.is_null() { Value::Null } else { value.to_string().into() };
        vec![
            event.timestamp.into(),
            event.status.as_str().into(),
            event.corrective_change.into(),
            event.resource_type.as_str().into(),
            event.resource_title.as_str().into(),
            event.property.as_deref().into(),
            event.name.as_deref().into(),
            value(&event.new_value),
            value(&event.old_value),
            event.message.as_deref().into(),
            event.file.as_deref().into(),
            event.line.into(),
            Json::from(event.containment_path.clone()).to_string().into(),
            event.containing_class().into(),
        ]
    });
    Prepared {
        certname: report.certname.clone(),
        environment: report.environment.clone(),
        producer: report.producer.clone(),
        producer_timestamp: report.producer_timestamp,
        hash: report.hash(),
        is_run: report.kind == "agent",
        status: report.status.as_deref().into(),
        noop: report.noop.into(),
        noop_pending: report.noop_pending.into(),
        corrective_change: report.corrective_change.into(),
        job_id: report.job_id.as_deref().into(),
        cached_catalog_status: report.cached_catalog_status.as_deref().into(),
        rest: vec![
            received.into(),
            report.start_time.into(),
            report.end_time.into(),
            report.kind.as_str().into(),
            report.puppet_version.as_str().into(),
            report.report_format.into(),
            report.configuration_version.as_str().into(),
            report.transaction_uuid.as_deref().into(),
            report.catalog_uuid.as_deref().into(),
            report.code_id.as_deref().into(),
            count("total").into(),
            count("changed").into(),
            count("failed").into(),
            count("skipped").into(),
            report.metric("time", "total").into(),
            format.into(),
            pack(text).into(),
        ],
        events: events.collect(),
    }
}

impl Prepared {
    /// The day it belongs to.
    pub(crate) fn day(&self) -> i64 {
        day(self.producer_timestamp)
    }
}

pub(crate) fn store(tx: &Tx<'_>, new: &Prepared) -> Result<Outcome> {
    let (environment, producer) = (Some(new.environment.as_str()), new.producer.as_deref());
    let heads = node::heads_of(tx, &new.certname, new.producer_timestamp, environment, producer)?;
    let node::Heads { environment, producer, .. } = heads;
    let node = heads.node.id;
    let mut columns: Vec<Value> = vec![
        new.day().into(),
        new.hash.clone().into(),
        node.into(),
        environment.into(),
        producer.into(),
        new.producer_timestamp.into(),
        new.status.clone(),
        new.noop.clone(),
        new.noop_pending.clone(),
        new.corrective_change.clone(),
        new.job_id.clone(),
        new.cached_catalog_status.clone(),
    ];
    columns.extend(new.rest.iter().cloned());
    let inserted = tx.first(
        "INSERT INTO reports (day, hash, node_id, environment_id, producer_id, producer_timestamp, status, noop, noop_pending,
             corrective_change, job_id, cached_catalog_status, receive_time, start_time, end_time, type, puppet_version,
             report_format, configuration_version, transaction_uuid, catalog_uuid, code_id, resources_total,
             resources_changed, resources_failed, resources_skipped, duration, document_format, document)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
             $25, $26, $27, $28, $29)
         ON CONFLICT DO NOTHING RETURNING id",
        &columns,
    )?;
    let Some(row) = inserted else { return Ok(Outcome::Duplicate) };
    let id: i64 = row.get(0)?;
    if !new.events.is_empty() {
        let events: Vec<Vec<Value>> = new
            .events
            .iter()
            .map(|event| {
                [new.day().into(), id.into(), node.into()].into_iter().chain(event.iter().cloned()).collect()
            })
            .collect();
        const COLUMNS: &str = "INSERT INTO resource_events (day, report_id, node_id, timestamp, status, corrective_change,
            resource_type, resource_title, property, name, new_value, old_value, message, file, line, containment_path,
            containing_class)";
        match tx.dialect() {
            Dialect::Sqlite => {
                let values = "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17";
                tx.execute_each(&format!("{COLUMNS} VALUES ({values})"), &events)?;
            }
            Dialect::Postgres => {
                let lists = "$1::integer[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::boolean[], $7::text[],
                    $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::integer[],
                    $16::jsonb[], $17::text[]";
                tx.execute_soon(
                    &format!("{COLUMNS} SELECT * FROM unnest({lists})"),
                    shared::columns(events),
                )?;
            }
        }
    }
    if new.is_run {
        tx.execute_soon(
            "UPDATE nodes SET latest_report_id = $2, latest_report_hash = $3, report_timestamp = $4, report_environment_id = $5,
                 latest_report_status = $6, latest_report_noop = $7, latest_report_noop_pending = $8,
                 latest_report_corrective_change = $9, latest_report_job_id = $10, cached_catalog_status = $11
             WHERE id = $1 AND coalesce(report_timestamp, $4) <= $4",
            vec![
                node.into(),
                id.into(),
                new.hash.clone().into(),
                new.producer_timestamp.into(),
                environment.into(),
                new.status.clone(),
                new.noop.clone(),
                new.noop_pending.clone(),
                new.corrective_change.clone(),
                new.job_id.clone(),
                new.cached_catalog_status.clone(),
            ],
        )?;
    }
    Ok(Outcome::Stored)
}
