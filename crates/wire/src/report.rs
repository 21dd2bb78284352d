//! Reports of agent runs (`report_format` 10 to 12).
//!
//! The few fields that decide anything on a server are typed and checked on arrival; the document itself is kept
//! as it came, so that nothing an agent says is lost on its way to a store. Events and logs are read from it
//! on demand ([`Report::details`]).

use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

/// A report: its summary and the document.
#[derive(Clone, Debug)]
pub struct Report {
    /// What is read of every report.
    pub summary: Summary,
    document: Box<[u8]>,
}

/// A report that cannot be read.
#[derive(Debug, Error)]
pub enum ReportError {
    /// Larger than the limit.
    #[error("the report has {length} bytes, and {max} are allowed")]
    TooLong {
        /// Bytes it has.
        length: usize,
        /// Bytes it may have.
        max: usize,
    },
    /// Not JSON, or without the fields of a report.
    #[error("Could not intern from json: {0}")]
    Json(#[from] serde_json::Error),
    /// Older than what is understood.
    #[error("report format {0} is not supported; formats from 10 on are (Puppet 5 and newer)")]
    Format(u32),
}

/// The head of a report.
#[derive(Clone, Debug, Deserialize)]
pub struct Summary {
    /// Certname.
    pub host: String,
    /// Start of the run, ISO 8601.
    pub time: String,
    /// Version of the catalog: an integer or a string.
    #[serde(default)]
    pub configuration_version: Value,
    /// UUID of the run.
    #[serde(default)]
    pub transaction_uuid: Option<String>,
    /// 10, 11 or 12.
    pub report_format: u32,
    /// Version of the agent.
    pub puppet_version: String,
    /// Outcome.
    pub status: Status,
    /// False if the run broke off.
    #[serde(default)]
    pub transaction_completed: bool,
    /// True for a run that only looked.
    #[serde(default)]
    pub noop: bool,
    /// True if something would have changed.
    #[serde(default)]
    pub noop_pending: Option<bool>,
    /// Environment.
    #[serde(default)]
    pub environment: Option<String>,
    /// True if a change undid a change made by others.
    #[serde(default)]
    pub corrective_change: Option<bool>,
    /// Server that compiled, `host:port`; `master_used` of older formats.
    #[serde(default, alias = "master_used")]
    pub server_used: Option<String>,
    /// UUID of the catalog.
    #[serde(default)]
    pub catalog_uuid: Option<String>,
    /// Version of the code.
    #[serde(default)]
    pub code_id: Option<String>,
    /// Job of the orchestrator.
    #[serde(default)]
    pub job_id: Option<String>,
    /// `not_used`, `explicitly_requested`, `on_failure`.
    #[serde(default)]
    pub cached_catalog_status: Option<String>,
}

/// Outcome of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the wire names")]
pub enum Status {
    Failed,
    Changed,
    Unchanged,
}

impl Status {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Failed => "failed",
            Status::Changed => "changed",
            Status::Unchanged => "unchanged",
        }
    }
}

/// The body of a report.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Details {
    /// Log messages in order.
    #[serde(default)]
    pub logs: Vec<LogLine>,
    /// Metrics by category (`resources`, `time`, `changes`, `events`).
    #[serde(default)]
    pub metrics: serde_json::Map<String, Value>,
    /// Resources by reference; newer agents leave unchanged ones out.
    #[serde(default, deserialize_with = "statuses")]
    pub resource_statuses: Vec<ResourceStatus>,
}

/// A message of the run.
#[derive(Clone, Debug, Deserialize)]
pub struct LogLine {
    /// `debug`, `info`, `notice`, `warning`, `err`, `alert`, `emerg`, `crit`.
    pub level: String,
    /// Text.
    pub message: String,
    /// Who says it.
    #[serde(default)]
    pub source: Option<String>,
    /// Tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// When, ISO 8601.
    pub time: String,
    /// File.
    #[serde(default)]
    pub file: Option<String>,
    /// Line.
    #[serde(default)]
    pub line: Option<u32>,
}

/// What became of a resource.
#[derive(Clone, Debug, Deserialize)]
pub struct ResourceStatus {
    /// Title.
    #[serde(default)]
    pub title: String,
    /// Type.
    #[serde(default)]
    pub resource_type: String,
    /// File that declares it.
    #[serde(default)]
    pub file: Option<String>,
    /// Line in that file.
    #[serde(default)]
    pub line: Option<u32>,
    /// Provider that managed it.
    #[serde(default)]
    pub provider_used: Option<String>,
    /// References from the stage to the resource.
    #[serde(default)]
    pub containment_path: Vec<String>,
    /// Seconds.
    #[serde(default)]
    pub evaluation_time: Option<f64>,
    /// Tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// When, ISO 8601.
    #[serde(default)]
    pub time: String,
    /// An event failed.
    #[serde(default)]
    pub failed: bool,
    /// It could not be restarted.
    #[serde(default)]
    pub failed_to_restart: bool,
    /// Something changed.
    #[serde(default)]
    pub changed: bool,
    /// It was not as it should be.
    #[serde(default)]
    pub out_of_sync: bool,
    /// It was not looked at.
    #[serde(default)]
    pub skipped: bool,
    /// Properties changed.
    #[serde(default)]
    pub change_count: u32,
    /// Properties that were not as they should be.
    #[serde(default)]
    pub out_of_sync_count: u32,
    /// A change undid a change made by others.
    #[serde(default)]
    pub corrective_change: Option<bool>,
    /// Events in order.
    #[serde(default)]
    pub events: Vec<Event>,
}

/// One change, failed change or finding.
#[derive(Clone, Debug, Deserialize)]
pub struct Event {
    /// Only an audit.
    #[serde(default)]
    pub audited: bool,
    /// Property.
    #[serde(default)]
    pub property: Option<String>,
    /// Value before.
    #[serde(default)]
    pub previous_value: Value,
    /// Value wanted.
    #[serde(default)]
    pub desired_value: Value,
    /// Value of an audit before.
    #[serde(default)]
    pub historical_value: Value,
    /// Text.
    #[serde(default)]
    pub message: Option<String>,
    /// Name, such as `file_created`.
    #[serde(default)]
    pub name: Option<String>,
    /// `success`, `failure`, `noop`, `audit`.
    #[serde(default)]
    pub status: Option<String>,
    /// When, ISO 8601.
    #[serde(default)]
    pub time: String,
    /// Values are hidden.
    #[serde(default)]
    pub redacted: Option<bool>,
    /// Undoes a change made by others.
    #[serde(default)]
    pub corrective_change: Option<bool>,
}

impl Report {
    /// Reads the body of `PUT /puppet/v3/report`.
    ///
    /// # Errors
    /// Text that is too long, is not JSON or is no report of a supported format.
    pub fn from_json(text: impl Into<Box<[u8]>>, bytes_max: usize) -> Result<Report, ReportError> {
        let document = text.into();
        if document.len() > bytes_max {
            return Err(ReportError::TooLong { length: document.len(), max: bytes_max });
        }
        let summary: Summary = serde_json::from_slice(&document)?;
        if summary.report_format < 10 {
            return Err(ReportError::Format(summary.report_format));
        }
        Ok(Report { summary, document })
    }

    /// The document as it came.
    pub fn json(&self) -> &[u8] {
        &self.document
    }

    /// Logs, metrics and resources.
    ///
    /// # Errors
    /// Parts of a type that they cannot have.
    pub fn details(&self) -> Result<Details, ReportError> {
        Ok(serde_json::from_slice(&self.document)?)
    }
}

impl Details {
    /// A number of a metric, such as `("resources", "total")`.
    pub fn metric(&self, category: &str, name: &str) -> Option<f64> {
        let rows = self.metrics.get(category)?.get("values")?.as_array()?;
        rows.iter().find(|row| row.get(0).and_then(Value::as_str) == Some(name))?.get(2)?.as_f64()
    }
}

/// The values of the map, in order. A resource of which nothing is known is an empty hash and is left out.
fn statuses<'de, D: serde::Deserializer<'de>>(reader: D) -> Result<Vec<ResourceStatus>, D::Error> {
    let map = serde_json::Map::deserialize(reader)?;
    map.into_iter()
        .filter(|(_, status)| status.as_object().is_some_and(|fields| !fields.is_empty()))
        .map(|(_, status)| serde_json::from_value(status).map_err(serde::de::Error::custom))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RECORDED: &str = include_str!("../tests/data/report.json");

    #[test]
    fn a_recorded_report_is_understood() {
        let report = Report::from_json(RECORDED.as_bytes(), 1 << 20).unwrap();
        insta::assert_debug_snapshot!(report.summary);
        let details = report.details().unwrap();
        assert_eq!(details.logs.first().map(|line| line.level.as_str()), Some("info"));
        assert_eq!(details.metric("events", "success"), Some(1.0));
        assert_eq!(details.metric("events", "bogus"), None);
        insta::assert_debug_snapshot!(
            details.resource_statuses.iter().find(|status| status.changed).unwrap()
        );
        assert_eq!(report.json(), RECORDED.as_bytes());
    }

    #[test]
    fn older_formats_name_the_server_differently() {
        let text = r#"{"host":"n","time":"t","report_format":10,"puppet_version":"6.28.0","status":"failed",
            "master_used":"m:8140","resource_statuses":{"A[b]":{}},"logs":[],"metrics":{}}"#;
        let report = Report::from_json(text.as_bytes(), 1000).unwrap();
        assert_eq!(report.summary.server_used.as_deref(), Some("m:8140"));
        assert_eq!(report.details().unwrap().resource_statuses.len(), 0);
    }

    #[test]
    fn errors_say_what_is_wrong() {
        let error = |text: &str| Report::from_json(text.as_bytes(), 100).unwrap_err().to_string();
        insta::assert_snapshot!(error("{}"), @"Could not intern from json: missing field `host` at line 1 column 2");
        insta::assert_snapshot!(error(&"x".repeat(101)), @"the report has 101 bytes, and 100 are allowed");
        insta::assert_snapshot!(
            error(r#"{"host":"n","time":"t","report_format":4,"puppet_version":"3.8","status":"failed"}"#),
            @"report format 4 is not supported; formats from 10 on are (Puppet 5 and newer)"
        );
    }

    proptest! {
        #[test]
        fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = Report::from_json(bytes, 1000).map(|report| report.details().is_ok());
        }
    }
}
