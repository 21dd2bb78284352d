//! Documents as they lie in the database: compressed JSON.

use std::io::{Read as _, Write as _};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use serde_json::{Value as Json, json};
use wire::report::{Details, Report};

use crate::payload::{time, time_text};
use crate::query::Part;

/// `document_format` of a report as the agent wrote it.
pub(crate) const AGENT: i64 = 1;
/// `document_format` of the metrics, logs and resources of a command.
pub(crate) const COMMAND: i64 = 2;

/// Compresses a document. Level 3: half the time of the default for a few percent of size.
pub(crate) fn pack(document: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::with_capacity(document.len() / 4), Compression::new(3));
    // Writing to memory does not fail; should it ever, the document is kept as it is and `unpack` sees that.
    match encoder.write_all(document).and_then(|()| encoder.finish()) {
        Ok(packed) => packed,
        Err(_) => document.to_vec(),
    }
}

/// The document again.
pub(crate) fn unpack(packed: &[u8]) -> Vec<u8> {
    let mut document = Vec::new();
    match ZlibDecoder::new(packed).read_to_end(&mut document) {
        Ok(_) => document,
        Err(_) => packed.to_vec(),
    }
}

/// The moment that so many microseconds since 1970 are.
pub(crate) fn moment(microseconds: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_micros(microseconds.max(0) as u64)
}

/// What of a report is not in columns, in the API's form.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReportData {
    /// `{category, name, value}`
    pub metrics: Json,
    /// `{file, line, level, message, source, tags, time}`
    pub logs: Json,
    /// All resources of the run with their events; null where unchanged ones were not kept.
    pub resources: Json,
}

/// Reads the columns `document_format` and `document` of a report. A damaged document gives nulls.
pub fn report_data(format: i64, packed: &[u8]) -> ReportData {
    let document = unpack(packed);
    if format == AGENT {
        let details = Report::from_json(document, usize::MAX).and_then(|report| report.details());
        return match details {
            Ok(details) => ReportData {
                metrics: metrics(&details)
                    .into_iter()
                    .map(
                        |(category, name, value)| json!({"category": category, "name": name, "value": value}),
                    )
                    .collect(),
                logs: logs(&details),
                resources: Json::Null,
            },
            Err(_) => ReportData::default(),
        };
    }
    let mut document: Json = serde_json::from_slice(&document).unwrap_or_default();
    let mut part = |name: &str| document.get_mut(name).map(Json::take).unwrap_or_default();
    ReportData { metrics: part("metrics"), logs: part("logs"), resources: part("resources") }
}

/// A part of a report as JSON, from its columns `document_format` and `document`.
pub fn report_part(format: i64, packed: &[u8], part: Part) -> Vec<u8> {
    let data = report_data(format, packed);
    let part = match part {
        Part::Metrics => data.metrics,
        Part::Logs => data.logs,
    };
    part.to_string().into_bytes()
}

/// Category, name and value of each metric of an agent's report.
pub(crate) fn metrics(details: &Details) -> Vec<(String, String, Json)> {
    let mut all = Vec::new();
    for (category, metric) in &details.metrics {
        for row in metric.get("values").and_then(Json::as_array).into_iter().flatten() {
            if let (Some(name), Some(value @ Json::Number(_))) =
                (row.get(0).and_then(Json::as_str), row.get(2))
            {
                all.push((category.clone(), name.to_owned(), value.clone()));
            }
        }
    }
    all
}

pub(crate) fn logs(details: &Details) -> Json {
    let line = |log: &wire::report::LogLine| {
        json!({
            "file": log.file,
            "line": log.line,
            "level": log.level,
            "message": log.message,
            "source": log.source,
            "tags": log.tags,
            "time": time(&log.time).map_or_else(|| log.time.clone(), time_text),
        })
    };
    details.logs.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::microseconds;

    #[test]
    fn documents_and_times_come_back() {
        let document = br#"{"a":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}"#;
        let packed = pack(document);
        assert!(packed.len() < document.len());
        assert_eq!(unpack(&packed), document);
        let now = SystemTime::now();
        assert_eq!(microseconds(moment(microseconds(now))), microseconds(now));
    }

    #[test]
    fn an_agents_report_is_given_in_the_form_of_the_api() {
        let report = br#"{"host":"a","time":"2024-01-01T00:00:00Z","puppet_version":"8.10.0","report_format":12,"status":"changed",
            "metrics":{"resources":{"name":"resources","label":"Resources","values":[["total","Total",9]]}},
            "logs":[{"level":"notice","message":"m","source":"s","tags":["notice"],"time":"2024-01-01T00:00:01.5+01:00"}]}"#;
        let data = report_data(AGENT, &pack(report));
        assert_eq!(data.metrics.to_string(), r#"[{"category":"resources","name":"total","value":9}]"#);
        assert_eq!(data.logs[0]["time"], "2023-12-31T23:00:01.500Z");
        assert_eq!(data.resources, Json::Null);
    }
}
