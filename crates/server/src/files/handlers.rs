//! `file_metadata`, `file_metadatas`, `file_content` and `file_bucket_file`.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use rest::{FileBody, IssueKind, Method, Param, Params, Problem, Request, Response, StatusCode};
use wire::metadata::Links;

use super::fileset::Selection;
use super::metadata::failure;
use super::{Algorithm, BucketError, BucketKey, Code, FileError, FileServer, Query};
use crate::Server;
use crate::environments::EnvironmentError;
use crate::indirection::{environment, failed, key, no_environment};
use crate::negotiate::{BINARY, DATA, Format, accepted, accepts_binary_body};

/// Longest time a comparison in the bucket may take.
const DIFF_TIME_MAX: Duration = Duration::from_secs(60);

/// `GET file_metadata/<mount>/<path>`
pub(crate) async fn metadata(server: &Server, request: &Request, tail: &str) -> Result<Response, Problem> {
    let params = request.query_params()?;
    let code = code(server, &params)?;
    let name = key(request, tail)?.to_owned();
    let format = accepted(request, DATA)?;
    let (files, node) = (server.files.clone(), node(request));
    let query = query(&files, &params).map_err(|error| problem(error, "file_metadata", &name))?;
    let found = blocking(move || match files.metadata(&code, node.as_deref(), &name, &query) {
        Ok(metadata) => Ok(metadata),
        Err(error) => Err(problem(error, "file_metadata", &name)),
    })
    .await?;
    document(format, &found)
}

/// `GET file_metadatas/<mount>/<path>`
pub(crate) async fn metadatas(server: &Server, request: &Request, tail: &str) -> Result<Response, Problem> {
    let params = request.query_params()?;
    let code = code(server, &params)?;
    let name = key(request, tail)?.to_owned();
    let format = accepted(request, DATA)?;
    let (files, node) = (server.files.clone(), node(request));
    let wanted = query(&files, &params).and_then(|query| Ok((query, selection(&params)?)));
    let (query, selection) = wanted.map_err(|error| searched(error, &name))?;
    let found = blocking(move || {
        files
            .metadatas(&code, node.as_deref(), &name, &query, &selection)
            .map_err(|error| searched(error, &name))
    })
    .await?;
    document(format, &found)
}

/// `GET file_content/<mount>/<path>`: the bytes, sent as they are read.
pub(crate) async fn content(server: &Server, request: &Request, tail: &str) -> Result<Response, Problem> {
    let params = request.query_params()?;
    let code = code(server, &params)?;
    let name = key(request, tail)?.to_owned();
    accepted(request, BINARY)?;
    let (files, node) = (server.files.clone(), node(request));
    let path = blocking(move || {
        files.find(&code, node.as_deref(), &name).map_err(|error| problem(error, "file_content", &name))
    })
    .await?;
    send(path).await
}

async fn send(path: PathBuf) -> Result<Response, Problem> {
    if path.is_dir() {
        return Err(failed(failure(&std::io::ErrorKind::IsADirectory.into(), "io_fread", &path)));
    }
    let body = FileBody::open(&path).await.map_err(|error| failed(failure(&error, "rb_sysopen", &path)))?;
    Ok(Response::file(Format::Binary.content_type(), body))
}

/// `file_bucket_file/<algorithm>/<digest>[/<original path>]`: HEAD asks, PUT stores, GET fetches or compares.
pub(crate) async fn bucket_file(
    server: &Server,
    request: &mut Request,
    tail: &str,
) -> Result<Response, Problem> {
    let params = request.query_params()?;
    code(server, &params)?;
    key(request, tail)?;
    let bucket = server.files.bucket().clone();
    let name = bucket_key(request, tail);
    let parsed = bucket.key(&name).map_err(failed)?;
    match request.method {
        Method::PUT => save(server, request, parsed).await,
        Method::HEAD => {
            find(server, &parsed, &name).await?;
            Ok(Response::empty(StatusCode::OK))
        }
        Method::GET => {
            accepted(request, BINARY)?;
            let path = find(server, &parsed, &name).await?;
            match params.text("diff_with") {
                None => send(path).await,
                Some(digest) => compare(path, bucket.other(digest).map_err(failed)?).await,
            }
        }
        _ => Err(Problem::method_not_allowed("GET, HEAD, PUT")),
    }
}

/// The key with the slashes it came with: agents put an absolute path behind a slash, and it is kept as it is.
fn bucket_key(request: &Request, tail: &str) -> String {
    const PREFIX: &str = "/puppet/v3/file_bucket_file/";
    request
        .path
        .strip_prefix(PREFIX)
        .and_then(|raw| rest::path::percent_decode_text(raw, false).ok())
        .unwrap_or_else(|| tail.to_owned())
}

async fn find(server: &Server, key: &BucketKey, name: &str) -> Result<PathBuf, Problem> {
    let (bucket, key) = (server.files.bucket().clone(), key.clone());
    let found = blocking(move || bucket.find(&key).map_err(|error| bucket_problem(&error))).await?;
    found.ok_or_else(|| problem(FileError::NotFound, "file_bucket_file", name))
}

async fn save(server: &Server, request: &mut Request, key: BucketKey) -> Result<Response, Problem> {
    accepts_binary_body(request)?;
    let bucket = server.files.bucket().clone();
    let receiver = bucket.clone();
    let mut incoming = blocking(move || receiver.receive().map_err(|error| bucket_problem(&error))).await?;
    while let Some(piece) = request.body.chunk().await? {
        incoming = blocking(move || match incoming.write(&piece) {
            Ok(()) => Ok(incoming),
            Err(error) => Err(bucket_problem(&error.into())),
        })
        .await?;
    }
    blocking(move || {
        bucket.keep(incoming, key.original_path.as_deref()).map_err(|error| bucket_problem(&error))
    })
    .await?;
    Ok(Response::bytes(StatusCode::OK, Format::Binary.content_type(), rest::Bytes::new()))
}

/// The difference as `diff -u` shows it.
async fn compare(old: PathBuf, new: PathBuf) -> Result<Response, Problem> {
    let child = tokio::process::Command::new("diff")
        .arg("-u")
        .args([old, new])
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = match tokio::time::timeout(DIFF_TIME_MAX, child).await {
        Ok(Ok(output)) => output,
        Ok(Err(error)) => return Err(failed("could not run diff").with_cause(error)),
        Err(_) => return Err(failed("diff took too long")),
    };
    Ok(Response::bytes(StatusCode::OK, Format::Binary.content_type(), output.stdout))
}

/// Work that reads the disk, away from the threads that serve connections.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(Problem::internal(error)))
}

/// The environment's directories; its code need not be loaded.
fn code(server: &Server, params: &Params) -> Result<Code, Problem> {
    let name = environment(params)?;
    match server.environments.conf(&name) {
        Ok(conf) => Ok(Code { environment: name, modulepath: conf.modulepath }),
        Err(EnvironmentError::NotFound(_)) => Err(no_environment(&name)),
        Err(error) => Err(failed(error)),
    }
}

fn node(request: &Request) -> Option<String> {
    request.peer.certname().map(str::to_owned)
}

fn query(files: &Arc<FileServer>, params: &Params) -> Result<Query, FileError> {
    let invalid = |message: String| Err(FileError::Invalid(message));
    let links = match params.text("links") {
        None | Some("manage" | "ignore") => Links::Manage,
        Some("follow") => Links::Follow,
        Some(_) => return invalid(":links can only be set to :manage or :follow".to_owned()),
    };
    let algorithm = match params.text("checksum_type") {
        None => files.settings().digest_algorithm,
        Some(name) => match Algorithm::named(name) {
            Some(algorithm) => algorithm,
            None => return invalid(format!("Unsupported checksum type {name}")),
        },
    };
    let own_permissions = match params.text("source_permissions") {
        None | Some("ignore") => false,
        Some("use" | "use_when_creating") => true,
        Some(other) => return invalid(format!("Unsupported source_permission {other}")),
    };
    Ok(Query { links, algorithm, own_permissions })
}

fn selection(params: &Params) -> Result<Selection, FileError> {
    let number = |name: &str| match params.value(name) {
        Some(Param::Int(number)) => Some(number),
        Some(Param::Text(text)) => text.parse().ok(),
        _ => None,
    };
    let recurse = match params.value("recurse") {
        None | Some(Param::Bool(false)) => false,
        Some(Param::Int(_)) => {
            let message = "Fileset recurse parameter must not be a number anymore, please use recurselimit";
            return Err(FileError::Invalid(message.to_owned()));
        }
        Some(_) => true,
    };
    let ignore = params.iter().filter(|(name, _)| *name == "ignore").map(|(_, pattern)| pattern.to_owned());
    Ok(Selection {
        recurse,
        levels_max: number("recurselimit").and_then(|number| u64::try_from(number).ok()),
        ignore: ignore.collect(),
        files_max: number("max_files").unwrap_or(0),
    })
}

fn document<T: serde::Serialize>(format: Format, document: &T) -> Result<Response, Problem> {
    let text = serde_json::to_vec(document).map_err(Problem::internal)?;
    Ok(Response::bytes(StatusCode::OK, format.content_type(), text))
}

fn problem(error: FileError, indirection: &str, key: &str) -> Problem {
    match error {
        FileError::NotFound => {
            let text = format!("Could not find {indirection} {key}");
            Problem::ruby(StatusCode::NOT_FOUND, text, IssueKind::ResourceNotFound)
        }
        other => failed(other),
    }
}

fn searched(error: FileError, key: &str) -> Problem {
    match error {
        FileError::NotFound => {
            let text = format!("Could not find instances in file_metadata with '{key}'");
            Problem::ruby(StatusCode::NOT_FOUND, text, IssueKind::ResourceNotFound)
        }
        other => failed(other),
    }
}

/// What the disk says stays in the log: it tells how the server's directories look.
fn bucket_problem(error: &BucketError) -> Problem {
    match error {
        BucketError::Io(cause) => {
            failed("the file bucket could not be read or written").with_cause(cause.to_string())
        }
        other => failed(other),
    }
}
