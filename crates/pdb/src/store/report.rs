//! Reports and their events.

use std::collections::HashMap;

use db::{Dialect, Result, Tx, Value};
use serde_json::Value as Json;

use super::Outcome;
use super::node::{self, Heads};
use super::shared::{self, Columns};
use crate::document::{self, pack};
use crate::hash::{self, Hash};
use crate::payload::canonical::Text;
use crate::payload::report::{Document, containing_class};
use crate::payload::{Report, canonical, plain};

pub(crate) const MICROSECONDS_A_DAY: i64 = 86_400_000_000;

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
    end_time: i64,
    /// Columns from `receive_time` on that nothing else needs.
    rest: Vec<Value>,
    /// Columns of `resource_events` from `timestamp` on.
    events: Vec<Columns>,
}

pub(crate) fn prepare(report: &Report, received: i64) -> Prepared {
    let events = report.events.iter().map(|event| {
        let value = |value: &Json| (!value.is_null()).then(|| value.to_string());
        let path = &event.containment_path;
        Columns::of(&[
            event.timestamp.into(),
            event.status.as_str().into(),
            event.corrective_change.into(),
            event.resource_type.as_str().into(),
            event.resource_title.as_str().into(),
            event.property.as_deref().into(),
            event.name.as_deref().into(),
            value(&event.new_value).as_deref().into(),
            value(&event.old_value).as_deref().into(),
            event.message.as_deref().into(),
            event.file.as_deref().into(),
            event.line.into(),
            hash::texts(path).as_str().into(),
            containing_class(path.iter().map(String::as_str)).into(),
        ])
    });
    with(report, events.collect(), received)
}

/// The same of a command that is as plain as usual.
pub(crate) fn prepare_plain(report: &plain::Report<'_>, received: i64) -> Prepared {
    let events = report.events().map(|of| {
        let (resource, event) = (of.resource, of.event);
        let text = |text: Option<&'_ Text<'_>>| text.map(|text| text.0.to_string());
        let property = text(event.and_then(|event| event.property.as_ref()));
        let name = text(event.and_then(|event| event.name.as_ref()));
        let message = text(event.and_then(|event| event.message.as_ref()));
        let [new_value, old_value] = event.map(plain::ReportEvent::values).unwrap_or_default();
        let path = &resource.containment_path;
        let mut path_text = Vec::new();
        canonical::quote_all(path, &mut path_text);
        Columns::of(&[
            of.timestamp.into(),
            event.map_or("skipped", |event| &event.status.0).into(),
            event.map_or(Some(false), |event| event.corrective_change).into(),
            (&*resource.resource_type.0).into(),
            (&*resource.resource_title.0).into(),
            property.as_deref().into(),
            name.as_deref().into(),
            new_value.as_deref().into(),
            old_value.as_deref().into(),
            message.as_deref().into(),
            resource.file.as_ref().map(|file| &*file.0).into(),
            resource.line().into(),
            String::from_utf8_lossy(&path_text).as_ref().into(),
            containing_class(path.iter().map(|part| &*part.0)).into(),
        ])
    });
    with(&report.head, events.collect(), received)
}

fn with(report: &Report, events: Vec<Columns>, received: i64) -> Prepared {
    let count = |name| report.metric("resources", name).map(|number| number as i64);
    let (format, text) = match &report.document {
        Document::Agent(text) => (document::AGENT, text),
        Document::Command(text) => (document::COMMAND, text),
    };
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
        end_time: report.end_time,
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
        events,
    }
}

impl Prepared {
    /// The day it belongs to.
    pub(crate) fn day(&self) -> i64 {
        day(self.producer_timestamp)
    }
}

impl Prepared {
    pub(crate) fn wanted(&self) -> node::Wanted<'_> {
        let environment = Some(self.environment.as_str());
        node::Wanted { certname: &self.certname, environment, producer: self.producer.as_deref(), make: true }
    }

    /// The columns of `reports`.
    fn row(&self, heads: &Heads) -> Vec<Value> {
        let mut columns: Vec<Value> = vec![
            self.day().into(),
            self.hash.clone().into(),
            heads.node.id.into(),
            heads.environment.into(),
            heads.producer.into(),
            self.producer_timestamp.into(),
            self.status.clone(),
            self.noop.clone(),
            self.noop_pending.clone(),
            self.corrective_change.clone(),
            self.job_id.clone(),
            self.cached_catalog_status.clone(),
        ];
        columns.extend(self.rest.iter().cloned());
        columns
    }
}

const COLUMNS: &str =
    "INSERT INTO reports (day, hash, node_id, environment_id, producer_id, producer_timestamp, status, noop, noop_pending,
         corrective_change, job_id, cached_catalog_status, receive_time, start_time, end_time, type, puppet_version,
         report_format, configuration_version, transaction_uuid, catalog_uuid, code_id, resources_total,
         resources_changed, resources_failed, resources_skipped, duration, document_format, document)";
const EVENT_COLUMNS: &str =
    "INSERT INTO resource_events (day, report_id, node_id, timestamp, status, corrective_change, resource_type, resource_title,
         property, name, new_value, old_value, message, file, line, containment_path, containing_class)";

/// Stores reports of different nodes.
pub(crate) fn store(tx: &Tx<'_>, all: &[(&Prepared, Heads)]) -> Result<Vec<Outcome>> {
    for (new, heads) in all {
        node::revive(tx, &heads.node, new.producer_timestamp)?;
    }
    let ids = insert(tx, all)?;
    let (mut events, mut nodes) = (Vec::new(), Vec::new());
    for ((new, heads), id) in all.iter().zip(&ids) {
        let Some(id) = *id else { continue };
        let node = heads.node.id;
        events.extend(new.events.iter().map(|event| {
            let head: [Value; 3] = [new.day().into(), id.into(), node.into()];
            head.into_iter().chain(event.values()).collect::<Vec<_>>()
        }));
        if new.is_run {
            nodes.push(vec![
                node.into(),
                id.into(),
                new.hash.clone().into(),
                new.producer_timestamp.into(),
                heads.environment.into(),
                new.status.clone(),
                new.noop.clone(),
                new.noop_pending.clone(),
                new.corrective_change.clone(),
                new.job_id.clone(),
                new.cached_catalog_status.clone(),
                (new.events.len() as i64).into(),
                new.end_time.into(),
            ]);
        }
    }
    let values = "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17";
    let lists = "$1::integer[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::boolean[], $7::text[],
        $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::integer[],
        $16::jsonb[], $17::text[]";
    shared::for_rows(
        tx,
        &format!("{EVENT_COLUMNS} VALUES ({values})"),
        &format!("{EVENT_COLUMNS} SELECT * FROM unnest({lists})"),
        events,
    )?;
    shared::for_rows(
        tx,
        "UPDATE nodes SET latest_report_id = $2, latest_report_hash = $3, report_timestamp = $4, report_environment_id = $5,
             latest_report_status = $6, latest_report_noop = $7, latest_report_noop_pending = $8,
             latest_report_corrective_change = $9, latest_report_job_id = $10, cached_catalog_status = $11,
             latest_report_events = $12, latest_report_end_time = $13
         WHERE id = $1 AND coalesce(report_timestamp, $4) <= $4",
        "UPDATE nodes n SET latest_report_id = w.report, latest_report_hash = w.hash, report_timestamp = w.time,
             report_environment_id = w.environment, latest_report_status = w.status, latest_report_noop = w.noop,
             latest_report_noop_pending = w.pending, latest_report_corrective_change = w.corrective,
             latest_report_job_id = w.job, cached_catalog_status = w.cached, latest_report_events = w.events,
             latest_report_end_time = w.end_time
         FROM unnest($1::bigint[], $2::bigint[], $3::bytea[], $4::bigint[], $5::bigint[], $6::text[], $7::boolean[],
             $8::boolean[], $9::boolean[], $10::text[], $11::text[], $12::integer[], $13::bigint[])
             w (id, report, hash, time, environment, status, noop, pending, corrective, job, cached, events, end_time)
         WHERE n.id = w.id AND coalesce(n.report_timestamp, w.time) <= w.time",
        nodes,
    )?;
    let outcome = |id: Option<i64>| if id.is_some() { Outcome::Stored } else { Outcome::Duplicate };
    Ok(ids.into_iter().map(outcome).collect())
}

/// The ids of reports; none for those that are there.
fn insert(tx: &Tx<'_>, all: &[(&Prepared, Heads)]) -> Result<Vec<Option<i64>>> {
    let rows = all.iter().map(|(new, heads)| new.row(heads));
    match tx.dialect() {
        Dialect::Sqlite => {
            let values = "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                $23, $24, $25, $26, $27, $28, $29";
            let sql = format!("{COLUMNS} VALUES ({values}) ON CONFLICT DO NOTHING RETURNING id");
            let id = |row: Vec<Value>| tx.first(&sql, &row)?.map(|row| row.get(0)).transpose();
            rows.map(id).collect()
        }
        Dialect::Postgres => {
            let lists = "$1::integer[], $2::bytea[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[],
                $8::boolean[], $9::boolean[], $10::boolean[], $11::text[], $12::text[], $13::bigint[], $14::bigint[],
                $15::bigint[], $16::text[], $17::text[], $18::integer[], $19::text[], $20::text[], $21::text[], $22::text[],
                $23::bigint[], $24::bigint[], $25::bigint[], $26::bigint[], $27::double precision[], $28::smallint[],
                $29::bytea[]";
            let sql = format!(
                "{COLUMNS} SELECT * FROM unnest({lists}) ON CONFLICT DO NOTHING RETURNING hash, node_id, id"
            );
            let mut ids: HashMap<(Hash, i64), i64> = HashMap::with_capacity(all.len());
            tx.each(&sql, &shared::columns(rows.collect()), |row| {
                ids.insert((row.get(0)?, row.get(1)?), row.get(2)?);
                Ok(())
            })?;
            Ok(all.iter().map(|(new, heads)| ids.remove(&(new.hash.clone(), heads.node.id))).collect())
        }
    }
}
