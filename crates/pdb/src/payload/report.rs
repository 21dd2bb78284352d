//! `store report`.

use serde_json::{Map, Value as Json, json};

use super::{Fields, Invalid, NAME_BYTES_MAX, time_text};
use crate::hash::{self, Hash};

/// The report of a run.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the names on the wire; times are microseconds since 1970")]
pub struct Report {
    pub certname: String,
    pub environment: String,
    pub puppet_version: String,
    pub report_format: i64,
    pub configuration_version: String,
    pub start_time: i64,
    pub end_time: i64,
    pub producer_timestamp: i64,
    pub producer: Option<String>,
    pub transaction_uuid: Option<String>,
    pub catalog_uuid: Option<String>,
    pub code_id: Option<String>,
    pub job_id: Option<String>,
    pub cached_catalog_status: Option<String>,
    pub status: Option<String>,
    pub noop: Option<bool>,
    pub noop_pending: Option<bool>,
    pub corrective_change: Option<bool>,
    /// `agent` or `plan`.
    pub kind: String,
    pub events: Vec<Event>,
    /// Category, name, value.
    pub metrics: Vec<(String, String, f64)>,
    /// The rest of the document: metrics, logs and resources.
    pub document: Document,
}

/// What only has to be given back.
#[derive(Clone, Debug, PartialEq)]
pub enum Document {
    /// The report as the agent wrote it.
    Agent(Vec<u8>),
    /// `{"metrics": [], "logs": [], "resources": []}` of a command.
    Command(Vec<u8>),
}

/// An event of a resource.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs, reason = "the names on the wire; the time is microseconds since 1970")]
pub struct Event {
    pub timestamp: i64,
    pub status: String,
    pub corrective_change: Option<bool>,
    pub resource_type: String,
    pub resource_title: String,
    pub property: Option<String>,
    pub name: Option<String>,
    pub new_value: Json,
    pub old_value: Json,
    pub message: Option<String>,
    pub file: Option<String>,
    pub line: Option<i64>,
    pub containment_path: Vec<String>,
}

/// The innermost class of a containment path.
pub(crate) fn containing_class<'a>(path: impl DoubleEndedIterator<Item = &'a str>) -> Option<&'a str> {
    // Resources have a title in brackets, classes have not.
    let class = path.rev().find(|part| !part.is_empty() && !part.contains(['[', ']']));
    class.filter(|class| class.len() <= NAME_BYTES_MAX)
}

impl Report {
    /// Reads versions 5 to 8.
    pub fn read(value: Json, version: u32) -> Result<Report, Invalid> {
        let mut fields = Fields::new("store report", value)?;
        let resources = match version {
            5 => resources_of_events(fields.list("resource_events")?),
            _ => fields.list("resources")?,
        };
        let mut events = Vec::new();
        for resource in &resources {
            read_events(resource.clone(), &mut events)?;
        }
        let (metrics, logs) = (fields.list("metrics")?, fields.list("logs")?);
        let figures = metrics.iter().filter_map(|metric| {
            let text = |key: &str| metric.get(key).and_then(Json::as_str).map(str::to_owned);
            Some((text("category")?, text("name")?, metric.get("value")?.as_f64()?))
        });
        let figures = figures.collect();
        // What is unchanged is not kept; a sender that wants it kept sends resources without events.
        let all = resources.iter().any(|resource| {
            resource["skipped"] != true && resource["events"].as_array().is_none_or(Vec::is_empty)
        });
        let mut document = Map::new();
        document.insert("metrics".into(), metrics.into());
        document.insert("logs".into(), logs.into());
        if all {
            document.insert("resources".into(), resources.into());
        }
        let transaction_uuid = fields.text_if_any("transaction_uuid")?;
        let kind = fields.text_if_any("type")?.unwrap_or_else(|| "agent".into());
        if kind != "agent" && kind != "plan" {
            return Err(Invalid(format!(
                "store report: the field 'type' must be agent or plan, not {kind:?}"
            )));
        }
        Ok(Report {
            certname: fields.name("certname")?,
            environment: fields.name("environment")?,
            puppet_version: fields.text("puppet_version")?,
            report_format: fields.int_if_any("report_format")?.unwrap_or_default(),
            configuration_version: fields.text_if_any("configuration_version")?.unwrap_or_default(),
            start_time: fields.time("start_time")?,
            end_time: fields.time("end_time")?,
            producer_timestamp: fields.time("producer_timestamp")?,
            producer: fields.name_if_any("producer")?,
            catalog_uuid: if fields.has("catalog_uuid") {
                fields.text_if_any("catalog_uuid")?
            } else {
                transaction_uuid.clone()
            },
            transaction_uuid,
            code_id: fields.text_if_any("code_id")?,
            job_id: fields.name_if_any("job_id")?,
            cached_catalog_status: fields.text_if_any("cached_catalog_status")?,
            status: fields.name_if_any("status")?,
            noop: fields.flag_if_any("noop")?,
            noop_pending: fields.flag_if_any("noop_pending")?,
            corrective_change: fields.flag_if_any("corrective_change")?,
            kind,
            events,
            metrics: figures,
            document: Document::Command(Json::Object(document).to_string().into_bytes()),
        })
    }

    /// Identity: a report that comes twice is stored once.
    pub fn hash(&self) -> Hash {
        match &self.document {
            // An agent that is not sure sends the same bytes again, and we would receive them at another time.
            Document::Agent(text) => hash::bytes(text),
            Document::Command(_) => hash::json(&json!({
                "certname": self.certname,
                "puppet_version": self.puppet_version,
                "report_format": self.report_format,
                "configuration_version": self.configuration_version,
                "start_time": time_text(self.start_time),
                "end_time": time_text(self.end_time),
                "producer_timestamp": time_text(self.producer_timestamp),
                "transaction_uuid": self.transaction_uuid,
            })),
        }
    }

    /// A figure of the metrics.
    pub fn metric(&self, category: &str, name: &str) -> Option<f64> {
        let found = self.metrics.iter().find(|metric| metric.0 == category && metric.1 == name)?;
        Some(found.2)
    }
}

/// Version 5 lists events, each with its resource.
fn resources_of_events(events: Vec<Json>) -> Vec<Json> {
    const OF_RESOURCE: &[&str] =
        &["file", "line", "timestamp", "resource_type", "resource_title", "containment_path"];
    let mut resources: indexmap::IndexMap<String, (Map<String, Json>, Vec<Json>)> = indexmap::IndexMap::new();
    for event in events {
        let Json::Object(mut event) = event else { continue };
        let mut resource = Map::new();
        for key in OF_RESOURCE {
            resource.insert((*key).into(), event.get(*key).cloned().unwrap_or_default());
        }
        resource
            .insert("skipped".into(), (event.get("status").and_then(Json::as_str) == Some("skipped")).into());
        event.retain(|key, _| key == "timestamp" || !OF_RESOURCE.contains(&key.as_str()));
        let key = Json::Object(resource.clone()).to_string();
        resources.entry(key).or_insert_with(|| (resource, Vec::new())).1.push(Json::Object(event));
    }
    let whole = resources.into_values().map(|(mut resource, events)| {
        resource.insert("events".into(), events.into());
        Json::Object(resource)
    });
    whole.collect()
}

fn read_events(resource: Json, events: &mut Vec<Event>) -> Result<(), Invalid> {
    let mut fields = Fields::new("store report: a resource", resource)?;
    let own = Event {
        resource_type: fields.name("resource_type")?,
        resource_title: fields.text("resource_title")?,
        file: fields.text_if_any("file")?,
        line: fields.line()?,
        containment_path: fields.texts("containment_path")?,
        ..Event::default()
    };
    if fields.flag_if_any("skipped")? == Some(true) {
        let timestamp = fields.time("timestamp")?;
        events.push(Event { timestamp, status: "skipped".into(), corrective_change: Some(false), ..own });
        return Ok(());
    }
    for event in fields.list("events")? {
        let mut fields = Fields::new("store report: an event", event)?;
        events.push(Event {
            timestamp: fields.time("timestamp")?,
            status: fields.name("status")?,
            corrective_change: fields.flag_if_any("corrective_change")?,
            property: fields.text_if_any("property")?,
            name: fields.text_if_any("name")?,
            new_value: fields.take("new_value"),
            old_value: fields.take("old_value"),
            message: fields.text_if_any("message")?,
            ..own.clone()
        });
    }
    Ok(())
}
