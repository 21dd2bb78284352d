//! Failures as the wire shows them.
//!
//! Puppet Server has two shapes, and agents print both: the indirector's JSON with a message that starts with the
//! words of the status and an `issue_kind`, and plain text from the layers around it. The status, kind `kind`/`msg`
//! object of the newer JSON services is the third. A problem also carries what only the log may know; the two meet
//! by the request id.

use std::error::Error;
use std::fmt;

use http::{HeaderName, HeaderValue, StatusCode, header};

use crate::Response;

/// `issue_kind` of the indirector's errors (`Puppet::Network::HTTP::Issues`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the wire names")]
pub enum IssueKind {
    RuntimeError,
    ResourceNotFound,
    EnvironmentNotFound,
    HandlerNotFound,
    MissingHeaderField,
    UnsupportedFormat,
    UnsupportedMediaType,
    UnsupportedMethod,
    NoIndirectionRemoteRequests,
    FailedAuthorization,
}

impl IssueKind {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            IssueKind::RuntimeError => "RUNTIME_ERROR",
            IssueKind::ResourceNotFound => "RESOURCE_NOT_FOUND",
            IssueKind::EnvironmentNotFound => "ENVIRONMENT_NOT_FOUND",
            IssueKind::HandlerNotFound => "HANDLER_NOT_FOUND",
            IssueKind::MissingHeaderField => "MISSING_HEADER_FIELD",
            IssueKind::UnsupportedFormat => "UNSUPPORTED_FORMAT",
            IssueKind::UnsupportedMediaType => "UNSUPPORTED_MEDIA_TYPE",
            IssueKind::UnsupportedMethod => "UNSUPPORTED_METHOD",
            IssueKind::NoIndirectionRemoteRequests => "NO_INDIRECTION_REMOTE_REQUESTS",
            IssueKind::FailedAuthorization => "FAILED_AUTHORIZATION",
        }
    }
}

#[derive(Debug)]
enum Shape {
    Ruby(IssueKind),
    Plain,
    Kind(String),
    Keyed(String),
}

/// A failure on its way to a client. [`Problem::respond`] makes the response.
pub struct Problem {
    status: StatusCode,
    shape: Shape,
    message: String,
    headers: Vec<(HeaderName, HeaderValue)>,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl Problem {
    /// The indirector's JSON. `message` comes without the words of the status (`Not Found: `); they are added.
    pub fn ruby(status: StatusCode, message: impl fmt::Display, kind: IssueKind) -> Problem {
        let prefix = match status.as_u16() {
            400 => "Bad Request",
            403 => "Not Authorized",
            404 => "Not Found",
            405 => "Method Not Allowed",
            406 => "Not Acceptable",
            415 => "Unsupported Media Type",
            500 => "Server Error",
            _ => status.canonical_reason().unwrap_or("Error"),
        };
        Problem::new(status, Shape::Ruby(kind), format!("{prefix}: {message}"))
    }

    /// Plain text.
    pub fn plain(status: StatusCode, message: impl Into<String>) -> Problem {
        Problem::new(status, Shape::Plain, message.into())
    }

    /// JSON `{"kind": …, "msg": …}` of the newer services.
    pub fn kind(status: StatusCode, kind: impl Into<String>, message: impl Into<String>) -> Problem {
        Problem::new(status, Shape::Kind(kind.into()), message.into())
    }

    /// JSON `{"error": …}`-like: one key with the message as its value.
    pub fn keyed(status: StatusCode, key: impl Into<String>, message: impl Into<String>) -> Problem {
        Problem::new(status, Shape::Keyed(key.into()), message.into())
    }

    /// 400 in plain text.
    pub fn bad_request(message: impl Into<String>) -> Problem {
        Problem::plain(StatusCode::BAD_REQUEST, message)
    }

    /// 404 in plain text.
    pub fn not_found(message: impl Into<String>) -> Problem {
        Problem::plain(StatusCode::NOT_FOUND, message)
    }

    /// 405 in plain text, with `Allow`.
    pub fn method_not_allowed(allow: &'static str) -> Problem {
        Problem::plain(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed")
            .with_header(header::ALLOW, HeaderValue::from_static(allow))
    }

    /// 413 in plain text.
    pub fn too_large(limit: u64) -> Problem {
        Problem::plain(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("Request body is larger than the limit of {limit} bytes"),
        )
    }

    /// 500 in plain text that tells nothing; the cause goes to the log.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Problem {
        Problem::plain(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error").with_cause(cause)
    }

    fn new(status: StatusCode, shape: Shape, message: String) -> Problem {
        Problem { status, shape, message, headers: Vec::new(), cause: None }
    }

    /// Adds a response header.
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Problem {
        self.headers.push((name, value));
        self
    }

    /// Adds what only the log may know.
    pub fn with_cause(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Problem {
        self.cause = Some(cause.into());
        self
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The text for the client, with the words of the status where the shape has them.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Writes the log line and makes the response.
    pub fn respond(self) -> Response {
        let chain = self.cause.as_deref().map(|cause| cause_chain(cause));
        let status = self.status.as_u16();
        match (status >= 500, chain) {
            (true, Some(chain)) => tracing::error!(status, cause = %chain, "{}", self.message),
            (true, None) => tracing::error!(status, "{}", self.message),
            (false, Some(chain)) => tracing::info!(status, cause = %chain, "{}", self.message),
            (false, None) => tracing::info!(status, "{}", self.message),
        }
        let mut response = match self.shape {
            Shape::Plain => Response::text(self.status, self.message),
            Shape::Ruby(kind) => Response::json(
                self.status,
                &serde_json::json!({"message": self.message, "issue_kind": kind.as_str()}),
            ),
            Shape::Kind(kind) => {
                Response::json(self.status, &serde_json::json!({"kind": kind, "msg": self.message}))
            }
            Shape::Keyed(key) => Response::json(self.status, &serde_json::json!({key: self.message})),
        };
        for (name, value) in self.headers {
            response.headers.insert(name, value);
        }
        response
    }
}

/// The texts of an error and of what caused it, joined by colons.
pub fn cause_chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        let part = source.to_string();
        // Many errors repeat their source in their own text.
        if !text.ends_with(&part) {
            text.push_str(": ");
            text.push_str(&part);
        }
        next = source.source();
    }
    text
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Problem")
            .field("status", &self.status.as_u16())
            .field("message", &self.message)
            .field("cause", &self.cause)
            .finish()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status.as_u16(), self.message)
    }
}

impl Error for Problem {}

impl From<Problem> for Response {
    fn from(problem: Problem) -> Response {
        problem.respond()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(problem: Problem) -> (u16, String, String) {
        let response = problem.respond();
        let content_type = response.headers[header::CONTENT_TYPE].to_str().unwrap().to_owned();
        (
            response.status.as_u16(),
            content_type,
            String::from_utf8(response.body.in_memory().unwrap().to_vec()).unwrap(),
        )
    }

    #[test]
    fn both_shapes() {
        assert_eq!(
            body(Problem::ruby(
                StatusCode::NOT_FOUND,
                "Could not find environment 'x'",
                IssueKind::RuntimeError
            )),
            (
                404,
                "application/json; charset=utf-8".into(),
                r#"{"message":"Not Found: Could not find environment 'x'","issue_kind":"RUNTIME_ERROR"}"#
                    .into()
            )
        );
        assert_eq!(
            body(Problem::bad_request("An environment parameter must be specified")),
            (400, "text/plain; charset=utf-8".into(), "An environment parameter must be specified".into())
        );
        assert_eq!(
            body(Problem::kind(StatusCode::BAD_REQUEST, "data-invalid", "Invalid level: :x")),
            (
                400,
                "application/json; charset=utf-8".into(),
                r#"{"kind":"data-invalid","msg":"Invalid level: :x"}"#.into()
            )
        );
    }

    #[test]
    fn causes_stay_inside() {
        let (status, _, text) = body(Problem::internal("the database password is hunter2"));
        assert_eq!((status, text.as_str()), (500, "Internal Server Error"));
    }
}
