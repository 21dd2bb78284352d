//! Commands as PuppetDB's clients send them: `replace facts` 5, `replace catalog` 9, `replace catalog inputs` 1, `store report` 8.

use std::io::Write as _;
use std::time::SystemTime;

use api::pdb::{Command, KeepCatalog, ReplaceCatalog, StoreReport};
use flate2::Compression;
use flate2::write::GzEncoder;
use rest::Bytes;
use serde_json::{Map, Value as Json, json};

use super::kept::Sent;
use crate::command::{Body, Encoding, Name};
use crate::document::{self, moment};
use crate::payload::{Invalid, catalog::Edge, microseconds, time_text};
use crate::queue::Incoming;
use crate::terminus;

/// How far the end of a run may be from when its report came for the end to stand as its time, in microseconds.
const CLOCKS_APART_MAX: i64 = 600_000_000;

/// A command ready to be sent.
#[derive(Clone, Debug)]
pub(super) struct Outgoing {
    pub(super) name: Name,
    pub(super) version: u32,
    pub(super) certname: String,
    /// Microseconds since 1970.
    pub(super) producer_timestamp: i64,
    pub(super) received: i64,
    /// The document, packed by gzip.
    pub(super) body: Bytes,
    /// How long it is unpacked, if that is known.
    pub(super) unpacked: Option<u64>,
}

impl From<Outgoing> for Incoming {
    fn from(outgoing: Outgoing) -> Incoming {
        Incoming {
            name: outgoing.name,
            version: outgoing.version,
            certname: outgoing.certname,
            producer_timestamp: Some(outgoing.producer_timestamp),
            received: outgoing.received,
            body: Body { bytes: outgoing.body.into(), encoding: Encoding::Gzip },
        }
    }
}

/// The commands that a command of this process becomes.
pub(super) struct Packed {
    pub(super) outgoing: Vec<Outgoing>,
    /// Of a catalog, what stands behind its identity.
    pub(super) tail: Option<(Bytes, u64)>,
}

fn gzip(text: &[u8]) -> Result<Vec<u8>, Invalid> {
    let mut gzip = GzEncoder::new(Vec::with_capacity(text.len() / 6 + 64), Compression::fast());
    gzip.write_all(text).and_then(|()| gzip.finish()).map_err(|error| Invalid(error.to_string()))
}

fn outgoing(name: Name, certname: &str, time: i64, received: i64, text: &[u8]) -> Result<Outgoing, Invalid> {
    let (_, version) = name.versions();
    Ok(Outgoing {
        name,
        version,
        certname: certname.to_owned(),
        producer_timestamp: time,
        received,
        body: gzip(text)?.into(),
        unpacked: Some(text.len() as u64),
    })
}

/// Writes a command's documents.
///
/// # Errors
/// The document is not one that can be stored.
pub(super) fn pack(command: &Command, producer: &str, received: i64) -> Result<Packed, Invalid> {
    let of = Some(producer);
    let one = |outgoing: Outgoing| Packed { outgoing: vec![outgoing], tail: None };
    Ok(match command {
        Command::ReplaceFacts(command) => {
            let facts = terminus::facts(command, of)?;
            let mut document = json!({
                "certname": facts.certname,
                "environment": facts.environment,
                "producer_timestamp": time_text(facts.producer_timestamp),
                "producer": facts.producer,
                "values": facts.values,
            });
            if !facts.packages.is_empty() {
                document["package_inventory"] = json!(facts.packages);
            }
            let text = document.to_string();
            let (certname, time) = (&facts.certname, facts.producer_timestamp);
            one(outgoing(Name::ReplaceFacts, certname, time, received, text.as_bytes())?)
        }
        Command::ReplaceCatalog(command) => catalog(command, producer, received)?,
        // Only what stands behind it makes a command.
        Command::KeepCatalog(_) => return Err(Invalid("the identity of a catalog is no command".to_owned())),
        Command::StoreReport(command) => one(report(command, producer, received)?),
    })
}

/// Everything of a catalog but its resources and edges; another part of the document follows.
struct Head<'a> {
    certname: &'a str,
    version: &'a str,
    environment: &'a str,
    transaction_uuid: Option<&'a str>,
    catalog_uuid: &'a str,
    code_id: Option<&'a str>,
    job_id: Option<&'a str>,
    time: i64,
    producer: &'a str,
}

impl Head<'_> {
    fn text(&self) -> String {
        let document = json!({
            "certname": self.certname,
            "version": self.version,
            "environment": self.environment,
            "transaction_uuid": self.transaction_uuid,
            "catalog_uuid": self.catalog_uuid,
            "code_id": self.code_id,
            "job_id": self.job_id,
            "producer_timestamp": time_text(self.time),
            "producer": self.producer,
        });
        let mut text = document.to_string();
        text.pop();
        text.push(',');
        text
    }

    /// The whole, of which the second part is packed already.
    fn with(&self, (tail, tail_len): &(Bytes, u64), received: i64) -> Result<Outgoing, Invalid> {
        let head = self.text();
        let mut outgoing =
            outgoing(Name::ReplaceCatalog, self.certname, self.time, received, head.as_bytes())?;
        outgoing.body = [&outgoing.body[..], &tail[..]].concat().into();
        outgoing.unpacked = Some(head.len() as u64 + tail_len);
        Ok(outgoing)
    }
}

fn catalog(command: &ReplaceCatalog, producer: &str, received: i64) -> Result<Packed, Invalid> {
    let (payload, _) = terminus::catalog(command, Some(producer))?;
    let edge = |edge: &Edge| {
        let end = |(kind, title): &(String, String)| json!({"type": kind, "title": title});
        json!({"source": end(&edge.source), "target": end(&edge.target), "relationship": edge.relationship})
    };
    let edges: Vec<Json> = payload.edges.iter().map(edge).collect();
    let resources: Vec<Json> = payload
        .resources
        .into_iter()
        .map(|resource| {
            json!({
                "type": resource.kind,
                "title": resource.title,
                "exported": resource.exported,
                "file": resource.file,
                "line": resource.line,
                "tags": resource.tags,
                "parameters": resource.parameters,
            })
        })
        .collect();
    let rest = format!("\"edges\":{},\"resources\":{}}}", Json::from(edges), Json::from(resources));
    let tail = (Bytes::from(gzip(rest.as_bytes())?), rest.len() as u64);
    let catalog_uuid = command.catalog.catalog_uuid.to_string();
    let head = Head {
        certname: &payload.certname,
        version: &payload.version,
        environment: &command.environment,
        transaction_uuid: payload.transaction_uuid.as_deref(),
        catalog_uuid: &catalog_uuid,
        code_id: payload.code_id.as_deref(),
        job_id: payload.job_id.as_deref(),
        time: payload.producer_timestamp,
        producer,
    };
    let mut all = vec![head.with(&tail, received)?];
    all.extend(inputs(command, received)?);
    Ok(Packed { outgoing: all, tail: Some(tail) })
}

/// The keys that were looked up for a catalog, as a command that follows it.
pub(super) fn inputs(command: &ReplaceCatalog, received: i64) -> Result<Option<Outgoing>, Invalid> {
    let Some(inputs) = terminus::inputs(command) else { return Ok(None) };
    inputs_of(&inputs.certname, &inputs.catalog_uuid, inputs.producer_timestamp, &inputs.inputs, received)
        .map(Some)
}

fn inputs_of(
    certname: &str,
    catalog_uuid: &str,
    time: i64,
    inputs: &[(String, String)],
    received: i64,
) -> Result<Outgoing, Invalid> {
    let document = json!({
        "certname": certname,
        "catalog_uuid": catalog_uuid,
        "producer_timestamp": time_text(time),
        "inputs": inputs,
    });
    outgoing(Name::ReplaceCatalogInputs, certname, time, received, document.to_string().as_bytes())
}

/// A catalog that was sent before, under a new identity.
pub(super) fn again(
    keep: &KeepCatalog,
    sent: &Sent,
    producer: &str,
    received: i64,
) -> Result<Vec<Outgoing>, Invalid> {
    let time = microseconds(keep.producer_timestamp);
    let head = Head {
        certname: &keep.certname,
        version: &keep.version,
        environment: &keep.environment,
        transaction_uuid: keep.transaction_uuid.as_deref(),
        catalog_uuid: &keep.catalog_uuid,
        code_id: sent.code_id.as_deref(),
        job_id: keep.job_id.as_deref(),
        time,
        producer,
    };
    let mut all = vec![head.with(&sent.tail, received)?];
    if keep.has_lookups
        && let Some(keys) = sent.lookups.as_ref().filter(|keys| !keys.is_empty())
    {
        let inputs: Vec<(String, String)> =
            keys.iter().map(|key| ("hiera".to_owned(), key.replace('\0', "\u{fffd}"))).collect();
        all.push(inputs_of(&keep.certname, &keep.catalog_uuid, time, &inputs, received)?);
    }
    Ok(all)
}

fn report(command: &StoreReport, producer: &str, received: i64) -> Result<Outgoing, Invalid> {
    let (report, details) = terminus::report_and_details(command, Some(producer))?;
    // A report that an agent sends again, perhaps over another compiler, must be the same command: the store tells them apart by their
    // time, too. So that is the end of the run by the agent's clock, unless the clock is wrong.
    let arrived = microseconds(command.producer_timestamp);
    let is_near = arrived.abs_diff(report.end_time) <= CLOCKS_APART_MAX.unsigned_abs();
    let time = if is_near { report.end_time } else { arrived };
    let mut resources = Vec::new();
    for status in &details.resource_statuses {
        let events = terminus::events(status, report.start_time);
        let Some(first) = events.first() else { continue };
        let changes: Vec<Json> = events
            .iter()
            .filter(|_| !status.skipped)
            .map(|event| {
                json!({
                    "status": event.status,
                    "timestamp": time_text(event.timestamp),
                    "name": event.name,
                    "property": event.property,
                    "new_value": event.new_value,
                    "old_value": event.old_value,
                    "corrective_change": event.corrective_change,
                    "message": event.message,
                })
            })
            .collect();
        resources.push(json!({
            "skipped": status.skipped,
            "timestamp": time_text(crate::payload::time(&status.time).unwrap_or(report.start_time)),
            "resource_type": first.resource_type,
            "resource_title": first.resource_title,
            "file": first.file,
            "line": first.line,
            "containment_path": first.containment_path,
            "corrective_change": status.corrective_change,
            "events": changes,
        }));
    }
    let metrics: Vec<Json> = document::metrics(&details)
        .into_iter()
        .map(|(category, name, value)| json!({"category": category, "name": name, "value": value}))
        .collect();
    let mut document = Map::new();
    let mut put = |name: &str, value: Json| document.insert(name.to_owned(), value);
    put("certname", json!(report.certname));
    put("environment", json!(report.environment));
    put("puppet_version", json!(report.puppet_version));
    put("report_format", json!(report.report_format));
    put("configuration_version", json!(report.configuration_version));
    put("start_time", json!(time_text(report.start_time)));
    put("end_time", json!(time_text(report.end_time)));
    put("producer_timestamp", json!(time_text(time)));
    put("producer", json!(producer));
    put("transaction_uuid", json!(report.transaction_uuid));
    put("catalog_uuid", json!(report.catalog_uuid));
    put("code_id", json!(report.code_id));
    put("job_id", json!(report.job_id));
    put("cached_catalog_status", json!(report.cached_catalog_status));
    put("status", json!(report.status));
    put("noop", json!(report.noop));
    put("noop_pending", json!(report.noop_pending));
    put("corrective_change", json!(report.corrective_change));
    put("type", json!(report.kind));
    put("logs", document::logs(&details));
    put("metrics", metrics.into());
    put("resources", resources.into());
    let text = Json::Object(document).to_string();
    outgoing(Name::StoreReport, &report.certname, time, received, text.as_bytes())
}

/// When a command that waits was made.
pub(super) fn made(producer_timestamp: i64) -> SystemTime {
    moment(producer_timestamp)
}
