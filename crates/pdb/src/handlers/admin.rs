//! `/pdb/admin/v1`: cleaning, deleting, statistics, archives.

use std::io::{Seek as _, SeekFrom, Write as _};
use std::sync::Arc;
use std::time::SystemTime;

use rest::{FileBody, HeaderValue, Problem, Request, Response, StatusCode, header};
use serde_json::{Value as Json, json};

use super::Handlers;
use crate::anonymize::{Anonymizer, Profile};
use crate::archive::{self, Writer};
use crate::command::{Body, Encoding};
use crate::expiry::Task;
use crate::payload::{microseconds, time_text};
use crate::queue::{Incoming, QueueError};

const COMMAND_BYTES_MAX: u64 = 1 << 20;
/// Largest archive that is taken; it goes to a temporary file.
const ARCHIVE_BYTES_MAX: u64 = 64 << 30;

fn invalid(body: &str, why: &str) -> Problem {
    Problem::bad_request(format!("Invalid command {body:?}: {why}"))
}

impl Handlers {
    pub(super) async fn admin_command(&self, request: &mut Request) -> Result<Response, Problem> {
        request.body.set_limit(COMMAND_BYTES_MAX);
        let text = String::from_utf8_lossy(&request.body.bytes().await?).into_owned();
        let command: Json = serde_json::from_str(&text).unwrap_or_default();
        let payload = command.get("payload").cloned().unwrap_or_default();
        match command.get("command").and_then(Json::as_str) {
            Some("clean") => {
                let tasks = tasks(&command, &payload).map_err(|why| invalid(&text, &why))?;
                match self.expiry.clean(&tasks).await {
                    Ok(Ok(())) => Ok(Response::json(StatusCode::OK, &json!({"ok": true}))),
                    Ok(Err(error)) => Err(Problem::internal(error)),
                    Err(busy) => {
                        let body = json!({"kind": "conflict", "msg": busy.to_string(), "details": null});
                        Ok(Response::json(StatusCode::CONFLICT, &body))
                    }
                }
            }
            Some("delete") => {
                let certname = payload.get("certname").and_then(Json::as_str);
                let (Some(certname), Some(1)) = (certname, command.get("version").and_then(Json::as_i64))
                else {
                    return Err(invalid(&text, "version must be 1 and the payload a map with a certname"));
                };
                self.store.delete_node(certname).await.map_err(Problem::internal)?;
                Ok(Response::json(StatusCode::OK, &json!({"deleted": certname})))
            }
            _ => Err(invalid(&text, "Valid commands types are: 'clean' and 'delete'")),
        }
    }

    pub(super) async fn summary_stats(&self) -> Result<Response, Problem> {
        let statistics = self.store.statistics().await.map_err(Problem::internal)?;
        Ok(Response::json(StatusCode::OK, &statistics))
    }

    /// Writes everything into a temporary file, node by node, and sends that.
    pub(super) async fn export(&self, request: &Request) -> Result<Response, Problem> {
        let params = request.query_params()?;
        let profile = params.text("anonymization").or_else(|| params.text("anonymization_profile"));
        let profile = profile.unwrap_or("none");
        let Some(anonymizer) = Profile::parse(profile).map(Anonymizer::new).map(Arc::new) else {
            return Err(Problem::bad_request(format!(
                "The anonymization profile '{profile}' is not known; none, low, moderate and full are"
            )));
        };
        let now = microseconds(SystemTime::now());
        let file = tempfile::tempfile().map_err(Problem::internal)?;
        let mut writer = Some(Writer::new(std::io::BufWriter::new(file), now).map_err(Problem::internal)?);
        for certname in self.store.all_certnames().await.map_err(Problem::internal)? {
            let node = self.store.export_node(&certname).await.map_err(Problem::internal)?;
            writer = add(writer, node, &anonymizer).await?;
            for id in self.store.report_ids(&certname).await.map_err(Problem::internal)? {
                let report = self.store.export_report(id).await.map_err(Problem::internal)?;
                writer = add(writer, report.into_iter().collect(), &anonymizer).await?;
            }
        }
        let finish = tokio::task::spawn_blocking(move || -> std::io::Result<(std::fs::File, u64)> {
            let Some(writer) = writer else { return Err(std::io::Error::other("the archive is gone")) };
            let mut file = writer.finish()?.into_inner().map_err(|error| error.into_error())?;
            let bytes = file.stream_position()?;
            file.seek(SeekFrom::Start(0))?;
            Ok((file, bytes))
        });
        let (file, bytes) = finish.await.map_err(Problem::internal)?.map_err(Problem::internal)?;
        let name = format!("attachment; filename=\"puppetdb-export-{}.tgz\"", time_text(now));
        Ok(Response::file("application/octet-stream", FileBody::of(file, bytes))
            .with_text_header(header::CONTENT_DISPOSITION, &name))
    }

    /// Queues the commands of an archive. Answered when all are queued; a full queue slows the import down.
    pub(super) async fn import(&self, request: &mut Request) -> Result<Response, Problem> {
        request.body.set_limit(ARCHIVE_BYTES_MAX);
        let boundary = boundary(request)?;
        let mut file = tempfile::tempfile().map_err(Problem::internal)?;
        let mut parts = Part::new(&boundary);
        while let Some(piece) = request.body.chunk().await? {
            let content = parts.take(&piece)?;
            file = tokio::task::spawn_blocking(move || file.write_all(&content).map(|()| file))
                .await
                .map_err(Problem::internal)?
                .map_err(Problem::internal)?;
        }
        if !parts.is_whole() {
            return Err(Problem::bad_request("The multipart body has no part 'archive', or is cut off"));
        }
        file.seek(SeekFrom::Start(0)).map_err(Problem::internal)?;
        let (send, mut commands) = tokio::sync::mpsc::channel(4);
        let max = self.settings.command_bytes_max;
        let reading = tokio::task::spawn_blocking(move || {
            archive::read(std::io::BufReader::new(file), max, |command| send.blocking_send(command).is_ok())
        });
        while let Some(command) = commands.recv().await {
            self.queue_imported(command).await?;
        }
        match reading.await.map_err(Problem::internal)? {
            Ok(()) => Ok(Response::json(StatusCode::OK, &json!({"ok": true}))),
            Err(error) => Err(Problem::bad_request(error.to_string())),
        }
    }

    async fn queue_imported(&self, command: archive::Command) -> Result<(), Problem> {
        let bytes = command.document.len() as u64;
        let incoming = Incoming {
            name: command.name,
            version: command.version,
            certname: command.certname,
            producer_timestamp: None,
            received: microseconds(SystemTime::now()),
            body: Body { bytes: command.document, encoding: Encoding::Plain },
        };
        loop {
            let uuid = uuid::Uuid::new_v4().to_string();
            match self.queue.push(incoming.clone(), &uuid, false).await {
                Ok(_) => {
                    self.metrics.seen(command.name, bytes);
                    return Ok(());
                }
                Err(QueueError::Full) => tokio::time::sleep(std::time::Duration::from_millis(200)).await,
                Err(error) => {
                    let retry = HeaderValue::from(super::RETRY_AFTER.as_secs());
                    return Err(Problem::plain(
                        StatusCode::SERVICE_UNAVAILABLE,
                        "The import could not be queued",
                    )
                    .with_header(header::RETRY_AFTER, retry)
                    .with_cause(error));
                }
            }
        }
    }
}

type Archive = Option<Writer<std::io::BufWriter<std::fs::File>>>;

async fn add(
    writer: Archive,
    documents: Vec<crate::store::export::Exported>,
    anonymizer: &Arc<Anonymizer>,
) -> Result<Archive, Problem> {
    let anonymizer = anonymizer.clone();
    let task = tokio::task::spawn_blocking(move || -> std::io::Result<Archive> {
        let mut writer = writer;
        if let Some(writer) = &mut writer {
            for mut document in documents {
                document.certname = anonymizer.certname(&document.certname);
                document.document = anonymizer.document(document.folder, document.document);
                writer.add(&document)?;
            }
        }
        Ok(writer)
    });
    task.await.map_err(Problem::internal)?.map_err(Problem::internal)
}

fn tasks(command: &Json, payload: &Json) -> Result<Vec<Task>, String> {
    if command.get("version").and_then(Json::as_i64) != Some(1) {
        return Err("version must be 1".into());
    }
    let items = match payload {
        Json::Null => return Ok(Task::ALL.to_vec()),
        Json::Array(items) if items.is_empty() => return Ok(Task::ALL.to_vec()),
        Json::Array(items) => items,
        _ => return Err("the payload must be an array".into()),
    };
    let mut tasks = Vec::new();
    for item in items {
        tasks.push(match (item.as_str(), item.as_array().map(Vec::as_slice)) {
            (Some("expire_nodes"), _) => Task::ExpireNodes,
            (Some("purge_nodes"), _) => Task::PurgeNodes(None),
            (Some("purge_reports"), _) => Task::PurgeReports,
            (Some("gc_packages"), _) => Task::GcPackages,
            (Some("other"), _) => Task::Other,
            (_, Some([name, options])) if name == "purge_nodes" => {
                let limit = options.get("batch_limit").and_then(Json::as_u64);
                let limit = limit.and_then(|limit| usize::try_from(limit).ok()).filter(|limit| *limit > 0);
                Task::PurgeNodes(Some(limit.ok_or("batch_limit must be a positive integer")?))
            }
            _ => return Err(format!("unknown cleanup {item}")),
        });
    }
    Ok(tasks)
}

fn boundary(request: &Request) -> Result<String, Problem> {
    let content_type = request.header(header::CONTENT_TYPE).unwrap_or_default();
    let boundary = content_type.strip_prefix("multipart/form-data").and_then(|rest| {
        let value =
            rest.split(';').map(str::trim).find_map(|parameter| parameter.strip_prefix("boundary="))?;
        Some(value.trim_matches('"').to_owned())
    });
    boundary.filter(|boundary| !boundary.is_empty() && boundary.len() <= 200).ok_or_else(|| {
        Problem::plain(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "An import must be multipart/form-data with a part 'archive'",
        )
    })
}

/// Finds the content of the first part named `archive` in a stream of pieces.
struct Part {
    /// Line break, two dashes, boundary.
    delimiter: Vec<u8>,
    pending: Vec<u8>,
    state: PartState,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum PartState {
    /// Before a part's head.
    Head,
    /// In the content of the part that is wanted.
    Wanted,
    /// In the content of another part.
    Other,
    Whole,
}

/// Longest head of a part.
const HEAD_BYTES_MAX: usize = 16 * 1024;

impl Part {
    fn new(boundary: &str) -> Part {
        // As if a line had ended before the first boundary.
        Part {
            delimiter: format!("\r\n--{boundary}").into_bytes(),
            pending: b"\r\n".to_vec(),
            state: PartState::Head,
        }
    }

    fn is_whole(&self) -> bool {
        self.state == PartState::Whole
    }

    /// Takes a piece of the body; gives what of it belongs to the content.
    fn take(&mut self, piece: &[u8]) -> Result<Vec<u8>, Problem> {
        self.pending.extend_from_slice(piece);
        let mut content = Vec::new();
        loop {
            match self.state {
                PartState::Whole => {
                    self.pending.clear();
                    return Ok(content);
                }
                PartState::Head => {
                    let Some(end) = find(&self.pending, b"\r\n\r\n") else {
                        if self.pending.len() > HEAD_BYTES_MAX {
                            return Err(Problem::bad_request(
                                "The head of a part of the multipart body is too long",
                            ));
                        }
                        return Ok(content);
                    };
                    let head =
                        String::from_utf8_lossy(self.pending.get(..end).unwrap_or_default()).into_owned();
                    self.pending.drain(..end + 4);
                    let is_wanted = head.contains("name=\"archive\"") || head.contains("name=archive");
                    self.state = if is_wanted { PartState::Wanted } else { PartState::Other };
                }
                PartState::Wanted | PartState::Other => {
                    let found = find(&self.pending, &self.delimiter);
                    // What could be the beginning of the end stays.
                    let keep = self.delimiter.len().saturating_sub(1);
                    let end = found.unwrap_or_else(|| self.pending.len().saturating_sub(keep));
                    let taken = self.pending.drain(..end);
                    if self.state == PartState::Wanted {
                        content.extend(taken);
                    } else {
                        drop(taken);
                    }
                    match (found, self.state) {
                        (None, _) => return Ok(content),
                        (Some(_), PartState::Wanted) => self.state = PartState::Whole,
                        (Some(_), _) => self.state = PartState::Head,
                    }
                }
            }
        }
    }
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_part_is_found_however_the_body_is_cut() {
        let body = b"--xyz\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nno\r\n--xyz\r\n\
            Content-Disposition: form-data; name=\"archive\"; filename=\"a.tgz\"\r\n\r\n\x1f\x8b\r\n--xy\r\n--xyz--\r\n";
        for size in 1..=body.len() {
            let mut part = Part::new("xyz");
            let mut content = Vec::new();
            for piece in body.chunks(size) {
                content.extend(part.take(piece).unwrap());
            }
            assert!(part.is_whole(), "{size}");
            assert_eq!(content, b"\x1f\x8b\r\n--xy", "{size}");
        }
    }

    #[test]
    fn cleanups_are_named() {
        let read = |payload: Json| tasks(&json!({"version": 1}), &payload);
        assert_eq!(read(json!([])).unwrap(), Task::ALL);
        assert_eq!(
            read(json!(["expire_nodes", ["purge_nodes", {"batch_limit": 3}]])).unwrap(),
            [Task::ExpireNodes, Task::PurgeNodes(Some(3))]
        );
        assert!(read(json!(["everything"])).is_err());
    }
}
