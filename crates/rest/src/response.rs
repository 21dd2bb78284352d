//! Responses as values.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::body::{FileBody, KeptBody, ResponseBody, StreamBody};
use crate::{Problem, Request};

/// What a service answers.
#[derive(Debug)]
pub struct Response {
    /// Status.
    pub status: StatusCode,
    /// Headers; `Content-Length`, `Date` and `Connection` are the listener's.
    pub headers: HeaderMap,
    /// Body.
    pub body: ResponseBody,
}

impl Response {
    /// No body.
    pub fn empty(status: StatusCode) -> Response {
        Response { status, headers: HeaderMap::new(), body: ResponseBody::Empty }
    }

    /// A body with its content type, as it is.
    pub fn bytes(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Response {
        Response::empty(status)
            .with_header(header::CONTENT_TYPE, HeaderValue::from_static(content_type))
            .with_body(ResponseBody::Bytes(body.into()))
    }

    /// A body that other responses share.
    pub fn kept(content_type: &'static str, body: Arc<KeptBody>) -> Response {
        Response::empty(StatusCode::OK)
            .with_header(header::CONTENT_TYPE, HeaderValue::from_static(content_type))
            .with_body(ResponseBody::Kept(body))
    }

    /// Text in UTF-8.
    pub fn text(status: StatusCode, text: impl Into<String>) -> Response {
        Response::bytes(status, "text/plain; charset=utf-8", text.into())
    }

    /// A document as JSON.
    pub fn json<T: Serialize + ?Sized>(status: StatusCode, document: &T) -> Response {
        match serde_json::to_vec(document) {
            Ok(text) => Response::json_bytes(status, text),
            Err(error) => Problem::internal(error).respond(),
        }
    }

    /// JSON that is already text.
    pub fn json_bytes(status: StatusCode, text: impl Into<Bytes>) -> Response {
        Response::bytes(status, "application/json; charset=utf-8", text)
    }

    /// JSON that is made while it is sent.
    pub fn json_stream(status: StatusCode, body: StreamBody) -> Response {
        Response::empty(status)
            .with_header(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"))
            .with_body(ResponseBody::Stream(body))
    }

    /// A file, sent in pieces.
    pub fn file(content_type: &'static str, file: FileBody) -> Response {
        Response::empty(StatusCode::OK)
            .with_header(header::CONTENT_TYPE, HeaderValue::from_static(content_type))
            .with_body(ResponseBody::File(file))
    }

    /// 304 for a client whose copy is still good.
    pub fn not_modified() -> Response {
        Response::empty(StatusCode::NOT_MODIFIED)
    }

    /// Sets a header.
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Response {
        self.headers.insert(name, value);
        self
    }

    /// Sets a header to text that is not known to be valid; text that no header can carry is left out.
    pub fn with_text_header(mut self, name: HeaderName, value: &str) -> Response {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    fn with_body(mut self, body: ResponseBody) -> Response {
        self.body = body;
        self
    }

    /// 304 instead of `self` if the client's `If-Modified-Since` is not older than `modified` (Unix seconds);
    /// otherwise `self` with `Last-Modified`.
    pub fn if_modified_since(self, request: &Request, modified_unix_seconds: i64) -> Response {
        let since = request.header(header::IF_MODIFIED_SINCE).and_then(crate::date::parse);
        if since.is_some_and(|since| since >= modified_unix_seconds) {
            return Response::not_modified();
        }
        self.with_text_header(header::LAST_MODIFIED, &crate::date::format(modified_unix_seconds))
    }
}

impl From<Result<Response, Problem>> for Response {
    fn from(result: Result<Response, Problem>) -> Response {
        result.unwrap_or_else(Problem::respond)
    }
}
