//! gzip for responses, where the client takes it and it pays.

use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{HeaderMap, HeaderValue, header};

use crate::{Response, ResponseBody};

/// Below this a response fits into one packet anyway.
const BYTES_MIN: usize = 1400;
/// From here on compressing takes long enough to move it off the threads that serve connections.
const BLOCKING_BYTES_MIN: usize = 128 * 1024;

/// True if the request says that it takes gzip.
pub(crate) fn accepts_gzip(headers: &HeaderMap) -> bool {
    headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok()).any(|value| {
        value.split(',').any(|coding| {
            let mut parts = coding.split(';');
            let name = parts.next().unwrap_or_default().trim();
            let refused = parts.any(|part| {
                let part = part.trim().strip_prefix("q=");
                part.and_then(|quality| quality.trim().parse::<f32>().ok())
                    .is_some_and(|quality| quality <= 0.0)
            });
            name.eq_ignore_ascii_case("gzip") && !refused
        })
    })
}

fn is_text(response: &Response) -> bool {
    let content_type = response.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.is_some_and(|name| name.starts_with("text/") || name.contains("json"))
}

/// Compresses the body if that pays. To be called only if the client takes gzip.
pub(crate) async fn gzip(mut response: Response) -> Response {
    if !(BYTES_MIN as u64..).contains(&response.body.len())
        || !is_text(&response)
        || response.headers.contains_key(header::CONTENT_ENCODING)
    {
        return response;
    }
    let compressed = match &response.body {
        ResponseBody::Bytes(body) => {
            let body = body.clone();
            apart(body.len(), move || deflate(&body)).await
        }
        ResponseBody::Kept(kept) => match kept.known_gzip() {
            Some(known) => known,
            None => {
                let kept = kept.clone();
                apart(kept.plain().len(), move || kept.gzip(|plain| deflate(plain))).await
            }
        },
        ResponseBody::Empty | ResponseBody::File(_) | ResponseBody::Stream(_) => return response,
    };
    if let Some(compressed) = compressed {
        response.body = ResponseBody::Bytes(compressed);
        response.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response.headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    response
}

/// Runs the work of compressing so many bytes where it holds nobody up.
async fn apart(bytes: usize, work: impl FnOnce() -> Option<Bytes> + Send + 'static) -> Option<Bytes> {
    if bytes < BLOCKING_BYTES_MIN {
        return work();
    }
    tokio::task::spawn_blocking(work).await.unwrap_or(None)
}

fn deflate(body: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::fast());
    encoder.write_all(body).ok()?;
    encoder.finish().ok().map(Bytes::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{KeptBody, StatusCode};
    use std::io::Read;
    use std::sync::Arc;

    fn accepts(value: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, value.parse().unwrap());
        accepts_gzip(&headers)
    }

    #[test]
    fn acceptance() {
        assert!(accepts("gzip;q=1.0,deflate;q=0.6,identity;q=0.3"));
        assert!(accepts("deflate, GZIP"));
        assert!(!accepts("gzip;q=0, identity"));
        assert!(!accepts("gzip; q=0.0"));
        assert!(!accepts("identity"));
        assert!(!accepts_gzip(&HeaderMap::new()));
    }

    #[tokio::test]
    async fn big_text_is_compressed() {
        for length in [2_000, 300_000] {
            let text = "0123456789".repeat(length / 10);
            let response = gzip(Response::text(StatusCode::OK, text.clone())).await;
            assert_eq!(response.headers[header::CONTENT_ENCODING], "gzip");
            let body = response.body.in_memory().unwrap();
            assert!(body.len() < text.len() / 2);
            let mut plain = String::new();
            flate2::read::GzDecoder::new(&body[..]).read_to_string(&mut plain).unwrap();
            assert_eq!(plain, text);
        }
    }

    #[tokio::test]
    async fn what_is_kept_is_compressed_once() {
        let text = "0123456789".repeat(20_000);
        let kept = Arc::new(KeptBody::new(text.clone()));
        let answer = || Response::kept("application/json; charset=utf-8", kept.clone());
        assert_eq!(answer().body.collect().await.unwrap(), text);
        let first = gzip(answer()).await.body.in_memory().unwrap();
        let second = gzip(answer()).await.body.in_memory().unwrap();
        assert!(first.len() < text.len() / 2);
        assert_eq!(first.as_ptr(), second.as_ptr());
    }

    #[tokio::test]
    async fn small_or_binary_bodies_are_left_alone() {
        let small = gzip(Response::text(StatusCode::OK, "short")).await;
        assert!(!small.headers.contains_key(header::CONTENT_ENCODING));
        let binary = gzip(Response::bytes(StatusCode::OK, "application/octet-stream", vec![0; 9000])).await;
        assert!(!binary.headers.contains_key(header::CONTENT_ENCODING));
    }
}
