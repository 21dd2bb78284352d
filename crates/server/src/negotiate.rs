//! Formats: which one the client wants that the document can have (Puppet's `FormatHandler`).

use rest::{IssueKind, Problem, Request, StatusCode, header};

/// A format on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    RichJson,
    Json,
    Pson,
    Binary,
}

impl Format {
    /// As `Content-Type` names it.
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Format::RichJson => "application/vnd.puppet.rich+json; charset=utf-8",
            Format::Json => "application/json; charset=utf-8",
            // Its texts may hold bytes of any charset.
            Format::Pson => "text/pson",
            Format::Binary => "application/octet-stream",
        }
    }

    fn named(name: &str) -> Option<Format> {
        match name {
            "application/vnd.puppet.rich+json" | "rich_data_json" => Some(Format::RichJson),
            "application/json" | "json" | "text/json" => Some(Format::Json),
            "text/pson" | "pson" => Some(Format::Pson),
            "application/octet-stream" | "binary" => Some(Format::Binary),
            _ => None,
        }
    }
}

/// Formats of documents that are plain data, in the server's order.
pub(crate) const DATA: &[Format] = &[Format::Json, Format::Pson];
/// Formats of catalogs.
pub(crate) const CATALOG: &[Format] = &[Format::RichJson, Format::Json, Format::Pson];
/// Formats of file contents.
pub(crate) const BINARY: &[Format] = &[Format::Binary];

/// The first format of the client's list that is supported. Quality values are ignored, as Puppet does: the order says it.
pub(crate) fn accepted(request: &Request, supported: &[Format]) -> Result<Format, Problem> {
    let Some(accept) = request.header(header::ACCEPT) else {
        let text = "Missing required Accept header";
        return Err(Problem::ruby(StatusCode::BAD_REQUEST, text, IssueKind::MissingHeaderField));
    };
    first(accept, supported).ok_or_else(|| not_acceptable(accept))
}

/// As [`accepted`], for answers to a PUT, where no `Accept` means JSON.
pub(crate) fn accepted_or_json(request: &Request) -> Result<Format, Problem> {
    if request.headers.contains_key(header::ACCEPT) { accepted(request, DATA) } else { Ok(Format::Json) }
}

/// Checks that the answer to a PUT of content can be content; without `Accept` Puppet takes it for one that wants JSON.
pub(crate) fn accepts_binary(request: &Request) -> Result<(), Problem> {
    let accept = request.header(header::ACCEPT).unwrap_or("application/json");
    first(accept, BINARY).map(|_| ()).ok_or_else(|| not_acceptable(accept))
}

fn not_acceptable(accept: &str) -> Problem {
    let text = format!("No supported formats are acceptable (Accept: {accept})");
    Problem::ruby(StatusCode::NOT_ACCEPTABLE, text, IssueKind::UnsupportedFormat)
}

/// The format of a body that is a document.
pub(crate) fn body_format(request: &Request) -> Result<Format, Problem> {
    body_of(request, &[Format::Json, Format::Pson])
}

/// Checks that a body is the content of a file.
pub(crate) fn accepts_binary_body(request: &Request) -> Result<(), Problem> {
    body_of(request, BINARY).map(|_| ())
}

fn body_of(request: &Request, supported: &[Format]) -> Result<Format, Problem> {
    let Some(name) = request.media_type() else {
        let text = "No Content-Type header was received, it isn't possible to unserialize the request";
        return Err(Problem::ruby(StatusCode::BAD_REQUEST, text, IssueKind::MissingHeaderField));
    };
    match Format::named(&name.to_ascii_lowercase()) {
        Some(format) if supported.contains(&format) => Ok(format),
        _ => {
            let text =
                format!("Client sent a mime-type ({name}) that doesn't correspond to a format we support");
            Err(Problem::ruby(StatusCode::UNSUPPORTED_MEDIA_TYPE, text, IssueKind::UnsupportedMediaType))
        }
    }
}

fn first(accept: &str, supported: &[Format]) -> Option<Format> {
    accept
        .split(',')
        .map(|item| item.split(";q=").next().unwrap_or(item).trim())
        .filter_map(|name| if name == "*/*" { supported.first().copied() } else { Format::named(name) })
        .find(|format| supported.contains(format))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clients_order_decides() {
        let agent7 = "application/vnd.puppet.rich+json, application/json, text/pson";
        assert_eq!(first(agent7, CATALOG), Some(Format::RichJson));
        assert_eq!(first(agent7, DATA), Some(Format::Json));
        assert_eq!(first("text/pson;q=0.1,application/json;q=1.0", DATA), Some(Format::Pson));
        assert_eq!(first("application/x-msgpack, */*", DATA), Some(Format::Json));
        assert_eq!(first("text/html", DATA), None);
    }
}
