//! `POST /pdb/cmd/v1`

use std::time::{Duration, SystemTime};

use rest::{HeaderValue, Params, Problem, Request, RequestBody, Response, StatusCode, header};
use serde_json::{Value as Json, json};

use super::{Handlers, RETRY_AFTER};
use crate::command::{Body, Encoding, Name};
use crate::payload::{self, NAME_BYTES_MAX, microseconds};
use crate::queue::{BODY_BYTES_MAX, Incoming, QueueError};

/// Memory is counted in pieces of this.
pub(super) const UNIT_BYTES: u64 = 64 * 1024;

/// A body that does not say how long it is is collected in pieces of this.
const SEGMENT_BYTES: usize = 1 << 20;

/// Parameters that a command may have in the query string.
const PARAMETERS: &[&str] =
    &["checksum", "secondsToWaitForCompletion", "certname", "command", "version", "producer-timestamp"];

fn invalid(message: impl Into<String>) -> Problem {
    Problem::keyed(StatusCode::BAD_REQUEST, "error", message)
}

fn too_large() -> Problem {
    Problem::keyed(StatusCode::PAYLOAD_TOO_LARGE, "error", "Command size exceeds max-command-size")
}

/// What a command says of itself beside its document.
struct Head {
    name: Name,
    version: u32,
    certname: String,
    producer_timestamp: Option<i64>,
    wait: Option<Duration>,
}

impl Handlers {
    pub(super) async fn command(&self, request: &mut Request) -> Result<Response, Problem> {
        match request.media_type() {
            Some("application/json") => {}
            other => {
                let message = format!("content type {} not supported", other.unwrap_or_default());
                return Err(Problem::keyed(StatusCode::UNSUPPORTED_MEDIA_TYPE, "error", message));
            }
        }
        let encoding = match request.header(header::CONTENT_ENCODING) {
            None | Some("" | "identity") => Encoding::Plain,
            Some("gzip" | "x-gzip") => Encoding::Gzip,
            Some(other) => {
                let message = format!("content encoding {other} not supported");
                return Err(Problem::keyed(StatusCode::UNSUPPORTED_MEDIA_TYPE, "error", message));
            }
        };
        let params = parameters(&request.query)?;
        let old_form = !params.contains("command");
        let head = if old_form { None } else { Some(head(&params)?) };

        let max = self.settings.command_bytes_max;
        let max_as_it_comes = max.min(BODY_BYTES_MAX);
        request.body.set_limit(max_as_it_comes);
        let announced = request.body.announced_len().unwrap_or(max_as_it_comes);
        let unpacked: Option<u64> =
            request.headers.get("x-uncompressed-length").and_then(|text| text.to_str().ok()?.parse().ok());
        if announced > max_as_it_comes || unpacked.is_some_and(|unpacked| unpacked > max) {
            return Err(too_large());
        }
        // One whose document lies inside another has to be taken apart here, which takes more.
        let factor = if old_form { 6 } else { 1 };
        let units = (announced / UNIT_BYTES + 1).saturating_mul(factor);
        let units = u32::try_from(units).unwrap_or(u32::MAX).min(self.memory_units);
        let _memory = self.memory.acquire_many(units).await.map_err(Problem::internal)?;
        let bytes = match collect(&mut request.body).await {
            Ok(bytes) => bytes,
            Err(problem) if problem.status() == StatusCode::PAYLOAD_TOO_LARGE => return Err(too_large()),
            Err(problem) => return Err(problem),
        };
        let body = Body { bytes, encoding };
        let (body, len) = if body.cannot_exceed(max) {
            let len = unpacked.unwrap_or(body.bytes.len() as u64);
            (body, len)
        } else {
            let checking = tokio::task::spawn_blocking(move || (body.unpacked_len(max), body));
            match checking.await.map_err(Problem::internal)? {
                (Ok(Some(len)), body) => (body, len),
                (Ok(None), _) => return Err(too_large()),
                // PuppetDB takes what is no gzip, too, and sets it aside when its turn comes: the sender could do nothing about it.
                (Err(_), body) => {
                    let len = body.bytes.len() as u64;
                    (body, len)
                }
            }
        };
        let (head, body) = match head {
            Some(head) => (head, body),
            None => {
                let parting = tokio::task::spawn_blocking(move || old(body, max));
                parting.await.map_err(Problem::internal)??
            }
        };
        self.metrics.seen(head.name, len);
        self.enqueue(head, body).await
    }

    async fn enqueue(&self, head: Head, body: Body) -> Result<Response, Problem> {
        let uuid = uuid::Uuid::new_v4().to_string();
        let command = Incoming {
            name: head.name,
            version: head.version,
            certname: head.certname,
            producer_timestamp: head.producer_timestamp,
            received: microseconds(SystemTime::now()),
            body,
        };
        let pushed = self.queue.push(command, &uuid, head.wait.is_some()).await;
        let completion = pushed.map_err(|error| {
            let seconds = HeaderValue::from(RETRY_AFTER.as_secs());
            let message = match &error {
                QueueError::Full => error.to_string(),
                QueueError::Disk(_) => "The command could not be written to the queue".to_owned(),
            };
            Problem::keyed(StatusCode::SERVICE_UNAVAILABLE, "error", message)
                .with_header(header::RETRY_AFTER, seconds)
                .with_cause(error)
        })?;
        let (Some(completion), Some(wait)) = (completion, head.wait) else {
            return Ok(Response::json(StatusCode::OK, &json!({"uuid": uuid})));
        };
        Ok(match tokio::time::timeout(wait, completion).await {
            Ok(Ok(Ok(()))) => {
                let body = json!({"uuid": uuid, "processed": true, "timed_out": false});
                Response::json(StatusCode::OK, &body)
            }
            Ok(Ok(Err(reason))) => {
                let body = json!({
                    "uuid": uuid, "processed": true, "timed_out": false,
                    "error": reason, "exception": reason, "stack_trace": [],
                });
                Response::json(StatusCode::SERVICE_UNAVAILABLE, &body)
            }
            Ok(Err(_)) | Err(_) => {
                let body = json!({"uuid": uuid, "processed": false, "timed_out": true});
                Response::json(StatusCode::SERVICE_UNAVAILABLE, &body)
            }
        })
    }
}

/// A body whose memory is reserved. One that says how long it is lies in a vector that need not grow, another one in segments to its
/// end: a vector that grows is there twice.
async fn collect(body: &mut RequestBody) -> Result<Vec<u8>, Problem> {
    let announced = body.announced_len().and_then(|len| usize::try_from(len).ok());
    let Some(first) = body.chunk().await? else { return Ok(Vec::new()) };
    if announced == Some(first.len()) {
        // Not a copy: nobody else has it.
        return Ok(Vec::from(first));
    }
    let mut segments = vec![Vec::with_capacity(announced.unwrap_or(SEGMENT_BYTES).max(first.len()))];
    let mut next = Some(first);
    while let Some(piece) = next {
        match segments.last_mut() {
            Some(last) if last.capacity() - last.len() >= piece.len() => last.extend_from_slice(&piece),
            _ => {
                let mut segment = Vec::with_capacity(SEGMENT_BYTES.max(piece.len()));
                segment.extend_from_slice(&piece);
                segments.push(segment);
            }
        }
        next = body.chunk().await?;
    }
    if let [only] = segments.as_mut_slice() {
        return Ok(std::mem::take(only));
    }
    let mut whole = Vec::with_capacity(segments.iter().map(Vec::len).sum());
    segments.into_iter().for_each(|segment| whole.extend_from_slice(&segment));
    Ok(whole)
}

fn parameters(query: &str) -> Result<Params, Problem> {
    Params::parse(query).map_err(|problem| invalid(problem.message()))
}

/// The form in which the query string says everything but the document.
fn head(params: &Params) -> Result<Head, Problem> {
    let quoted = |name: &str| params.text(name).map_or_else(|| "nil".to_owned(), |text| format!("{text:?}"));
    let command = params.text("command").map(|name| name.replace('_', " "));
    let command_quoted = command.as_ref().map_or_else(|| "nil".to_owned(), |name| format!("{name:?}"));
    let prefix = format!("Command {command_quoted} for certname {} is invalid.", quoted("certname"));
    let missing: Vec<&str> =
        ["certname", "version", "command"].into_iter().filter(|name| !params.contains(name)).collect();
    if !missing.is_empty() {
        return Err(invalid(format!(
            "{prefix} Command is missing required parameters: {}.",
            missing.join(", ")
        )));
    }
    let unknown: Vec<&str> =
        params.iter().map(|(name, _)| name).filter(|name| !PARAMETERS.contains(name)).collect();
    if !unknown.is_empty() {
        return Err(invalid(format!("{prefix} Command has invalid parameters: {}.", unknown.join(", "))));
    }
    let producer_timestamp = match params.text("producer-timestamp").filter(|text| !text.is_empty()) {
        None => None,
        Some(text) => match payload::time(text) {
            Some(time) => Some(time),
            None => {
                return Err(invalid(format!("{prefix} The producer-timestamp is no time stamp: {text:?}.")));
            }
        },
    };
    let wait = params.text("secondsToWaitForCompletion").and_then(|text| text.parse::<f64>().ok());
    let wait = wait.filter(|seconds| *seconds > 0.0 && *seconds <= 86_400.0).map(Duration::from_secs_f64);
    named(
        &prefix,
        command.as_deref().unwrap_or_default(),
        params.text("version").and_then(|text| text.parse().ok()),
        params.text("certname"),
        producer_timestamp,
        wait,
    )
}

fn named(
    prefix: &str,
    command: &str,
    version: Option<i64>,
    certname: Option<&str>,
    producer_timestamp: Option<i64>,
    wait: Option<Duration>,
) -> Result<Head, Problem> {
    let certname = certname.unwrap_or_default();
    if certname.trim().is_empty() || certname.len() > NAME_BYTES_MAX || certname.contains('\0') {
        return Err(invalid(format!("{prefix} Certname must be a non-empty string.")));
    }
    let Some(name) = Name::parse(command) else {
        let known: Vec<&str> = Name::ALL.iter().map(|name| name.as_str()).collect();
        return Err(invalid(format!("{prefix} Command must be one of: {}.", known.join(", "))));
    };
    let Some(version) = version else {
        return Err(invalid(format!("{prefix} Version must be a valid integer.")));
    };
    let (oldest, _) = name.versions();
    if version < i64::from(oldest) {
        return Err(invalid(format!(
            "{prefix} Version {version} of command {:?} is retired. The minimum supported version is {oldest}.",
            name.as_str()
        )));
    }
    let version = u32::try_from(version).unwrap_or(u32::MAX);
    Ok(Head { name, version, certname: certname.to_owned(), producer_timestamp, wait })
}

/// The form in which the body says everything.
fn old(body: Body, max: u64) -> Result<(Head, Body), Problem> {
    let text = body.text(max).map_err(|error| invalid(error.to_string()))?;
    let mut whole: Json = serde_json::from_slice(&text).unwrap_or_default();
    drop(text);
    let payload = whole.get_mut("payload").map(Json::take).unwrap_or_default();
    let command = whole.get("command").and_then(Json::as_str).unwrap_or_default();
    // Very old senders put the document's text into a string.
    let payload = match payload {
        Json::String(text) => serde_json::from_str(&text).unwrap_or(Json::String(text)),
        other => other,
    };
    let certname = payload.get("certname").and_then(Json::as_str).map(str::to_owned);
    let prefix = format!(
        "Command {} for certname {} is invalid.",
        if command.is_empty() { "nil".to_owned() } else { format!("{command:?}") },
        certname.as_ref().map_or_else(|| "nil".to_owned(), |name| format!("{name:?}"))
    );
    if command.is_empty() || whole.get("version").is_none() || payload.is_null() {
        return Err(invalid(format!(
            "{prefix} Command was submitted without query parameters (old format). \
             The request body must be a JSON map with required keys: command, version, payload."
        )));
    }
    if !payload.is_object() {
        return Err(invalid(format!(
            "{prefix} Command was submitted without query parameters (old format). The payload value must be a JSON map."
        )));
    }
    let version = whole.get("version").and_then(Json::as_i64);
    let time = payload.get("producer_timestamp").and_then(Json::as_str).and_then(payload::time);
    let head = named(&prefix, command, version, certname.as_deref(), time, None)?;
    let bytes = serde_json::to_vec(&payload).map_err(Problem::internal)?;
    Ok((head, Body { bytes, encoding: Encoding::Plain }))
}
