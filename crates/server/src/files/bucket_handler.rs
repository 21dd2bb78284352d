//! `file_bucket_file/<algorithm>/<digest>[/<original path>]`: HEAD asks, PUT stores, GET fetches or compares.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rest::{IssueKind, Method, Params, Problem, Request, Response, StatusCode};

use super::handlers::{blocking, bytes, code};
use super::{Bucket, BucketError, BucketKey, command};
use crate::Server;
use crate::indirection::{environment, failed, key};
use crate::negotiate::{BINARY, Format, accepted, accepts_binary, accepts_binary_body};

/// Longest time a comparison may take.
const DIFF_TIME_MAX: Duration = Duration::from_secs(60);
/// Largest difference that is sent.
const DIFF_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Answers a request to the bucket.
pub(crate) async fn bucket_file(
    server: &Server,
    request: &mut Request,
    tail: &str,
) -> Result<Response, Problem> {
    if !matches!(request.method, Method::GET | Method::HEAD | Method::PUT) {
        return Err(Problem::method_not_allowed("GET, HEAD, PUT"));
    }
    let params = request.query_params()?;
    let environment = environment(&params)?;
    let name = key(request, tail)?.to_owned();
    let environments = server.environments.clone();
    blocking(move || code(&environments, &environment)).await?;
    let bucket = server.files.bucket().clone();
    if request.method == Method::GET && params.is_true("list_all") {
        return Err(failed("Listing remote file buckets is not allowed"));
    }
    match request.method {
        Method::PUT => {
            accepts_binary(request)?;
            accepts_binary_body(request)?;
            let key = bucket.key(&name).map_err(failed)?;
            save(bucket, request, key).await
        }
        Method::HEAD => {
            let key = bucket.key(&name).map_err(failed)?;
            find(bucket, key, name).await?;
            Ok(Response::empty(StatusCode::OK))
        }
        _ => {
            let key = bucket.key(&name).map_err(failed)?;
            let path = find(bucket.clone(), key, name).await?;
            fetch(server, request, &params, path).await
        }
    }
}

async fn find(bucket: Arc<Bucket>, key: BucketKey, name: String) -> Result<PathBuf, Problem> {
    let found = blocking(move || bucket.find(&key).map_err(|error| problem(&error))).await?;
    found.ok_or_else(|| {
        let text = format!("Could not find file_bucket_file {name}");
        Problem::ruby(StatusCode::NOT_FOUND, text, IssueKind::ResourceNotFound)
    })
}

async fn fetch(
    server: &Server,
    request: &Request,
    params: &Params,
    path: PathBuf,
) -> Result<Response, Problem> {
    let Some(digest) = params.text("diff_with").map(str::to_owned) else {
        let files = server.files.clone();
        let content = blocking(move || files.content(&path).map_err(failed)).await?;
        accepted(request, BINARY)?;
        return Ok(bytes(content));
    };
    let bucket = server.files.bucket().clone();
    let other = blocking(move || bucket.other(&digest).map_err(failed)).await?;
    let difference = compare(path, other).await?;
    accepted(request, BINARY)?;
    Ok(Response::bytes(StatusCode::OK, Format::Binary.content_type(), difference))
}

async fn save(bucket: Arc<Bucket>, request: &mut Request, key: BucketKey) -> Result<Response, Problem> {
    let receiver = bucket.clone();
    let mut incoming = blocking(move || receiver.receive().map_err(|error| problem(&error))).await?;
    while let Some(piece) = request.body.chunk().await? {
        incoming = blocking(move || match incoming.write(&piece) {
            Ok(()) => Ok(incoming),
            Err(error) => Err(problem(&error.into())),
        })
        .await?;
    }
    blocking(move || bucket.keep(incoming, key.original_path.as_deref()).map_err(|error| problem(&error)))
        .await?;
    Ok(Response::bytes(StatusCode::OK, Format::Binary.content_type(), rest::Bytes::new()))
}

/// The difference as `diff -u` shows it.
async fn compare(old: PathBuf, new: PathBuf) -> Result<Vec<u8>, Problem> {
    let mut diff = tokio::process::Command::new("diff");
    diff.arg("-u").args([old, new]);
    match command::run(diff, DIFF_TIME_MAX, DIFF_BYTES_MAX).await {
        Ok(output) => Ok(output.stdout),
        Err(reason) => Err(failed("the files could not be compared").with_cause(reason)),
    }
}

/// What the disk says stays in the log: it tells how the server's directories look.
fn problem(error: &BucketError) -> Problem {
    match error {
        BucketError::Io(cause) => {
            failed("the file bucket could not be read or written").with_cause(cause.to_string())
        }
        other => failed(other),
    }
}
