//! `file_metadata`, `file_metadatas` and `file_content`: decode, look at the disk on a thread that may wait for it, encode.

use std::sync::Arc;

use rest::{FileBody, IssueKind, KeptBody, Params, Problem, Request, Response, StatusCode};

use super::listings::{Listing, Question};
use super::mounts::Mount;
use super::options::{inspect_all, links, query, selection};
use super::witness::Witnesses;
use super::{Code, Content, FileError, FileServer};
use crate::Server;
use crate::environments::{EnvironmentError, Environments};
use crate::indirection::{environment, failed, key, no_environment};
use crate::negotiate::{BINARY, DATA, Format, accepted};

/// What a request is about, moved to the thread that looks at the disk.
struct Order {
    indirection: &'static str,
    key: String,
    environment: String,
    node: Option<String>,
    params: Params,
    environments: Arc<Environments>,
    files: Arc<FileServer>,
}

impl Order {
    fn new(
        server: &Server,
        request: &Request,
        indirection: &'static str,
        tail: &str,
    ) -> Result<Order, Problem> {
        let params = request.query_params()?;
        let environment = environment(&params)?;
        Ok(Order {
            indirection,
            key: key(request, tail)?.to_owned(),
            environment,
            node: request.peer.certname().map(str::to_owned),
            params,
            environments: server.environments.clone(),
            files: server.files.clone(),
        })
    }

    /// The environment's directories; its code need not be loaded.
    fn code(&self) -> Result<Code, Problem> {
        code(&self.environments, &self.environment)
    }

    /// A failure, for the client; `call` is Puppet's word for what was tried.
    fn problem(&self, error: FileError, call: &str) -> Problem {
        let Order { indirection, key, .. } = self;
        match error {
            FileError::NotFound => {
                let text = match call {
                    "search" => format!("Could not find instances in {indirection} with '{key}'"),
                    _ => format!("Could not find {indirection} {key}"),
                };
                Problem::ruby(StatusCode::NOT_FOUND, text, IssueKind::ResourceNotFound)
            }
            // Puppet asks the mount whether it allows the call; one that does not exist does not.
            FileError::NotMounted => failed(format!(
                "Not authorized to call {call} on /{indirection}/{key} with {}",
                inspect_all(&self.params, key)
            )),
            error => failed(error),
        }
    }
}

/// `GET file_metadata/<mount>/<path>`
pub(crate) async fn metadata(server: &Server, request: &Request, tail: &str) -> Result<Response, Problem> {
    let order = Order::new(server, request, "file_metadata", tail)?;
    let text = blocking(move || {
        let Order { files, node, .. } = &order;
        let code = order.code()?;
        let found = files
            .find(&code, node.as_deref(), &order.key)
            .and_then(|path| files.metadata(&path, query(&order.params, files.settings().digest_algorithm)?))
            .map_err(|error| order.problem(error, "find"))?;
        serde_json::to_vec(&found).map_err(Problem::internal)
    })
    .await?;
    document(request, text)
}

/// `GET file_metadatas/<mount>/<path>`
pub(crate) async fn metadatas(server: &Server, request: &Request, tail: &str) -> Result<Response, Problem> {
    if !request.query_params()?.contains("environment") {
        let text =
            "A file_metadatas request must include an `environment` or `versioned_project` query parameter.";
        return Err(Problem::bad_request(text));
    }
    let order = Order::new(server, request, "file_metadata", tail)?;
    let files = &server.files;
    let (mount, path) = match files.mounts.split(&order.key) {
        Ok(split) => split,
        // An environment that is not there is told before.
        Err(error) => {
            return blocking(move || order.code().and_then(|_| Err(order.problem(error, "search")))).await;
        }
    };
    let asked = (&mount, path.as_deref());
    let question = Question::new(&order.environment, asked, order.node.as_deref(), &order.params);
    let look = async |old: Option<Arc<Listing>>| {
        let turn = files.walks.acquire().await.map_err(Problem::internal)?;
        let (mount, path) = (mount.clone(), path.clone());
        let listing = blocking(move || listing(&order, &mount, path.as_deref(), old)).await;
        drop(turn);
        listing
    };
    let listing = files.listings.answer(question, look).await?;
    let format = accepted(request, DATA)?;
    Ok(Response::kept(format.content_type(), listing.body.clone()))
}

/// The answer there was, if it still holds; otherwise a new one.
fn listing(
    order: &Order,
    mount: &Mount,
    path: Option<&str>,
    old: Option<Arc<Listing>>,
) -> Result<Arc<Listing>, Problem> {
    let Order { files, node, params, .. } = order;
    let code = order.code()?;
    if let Some(old) = old.filter(|old| old.holds(&code.modulepath)) {
        return Ok(old);
    }
    let mut witnesses = Witnesses::new(files.clock.now());
    let mut find = || {
        let node = node.as_deref().unwrap_or(&files.settings.host);
        let places = mount.search(&code, node, path, &files.settings.codedir, &mut witnesses)?;
        let mut selection = selection(params)?;
        selection.recurse &= !places.is_placeholder;
        let query = query(params, files.settings.digest_algorithm)?;
        files.metadatas(&places, &selection, query, &mut witnesses)
    };
    let found = find().map_err(|error| order.problem(error, "search"))?;
    let mut text = Vec::with_capacity(found.len() * 320);
    serde_json::to_writer(&mut text, &found).map_err(Problem::internal)?;
    text.shrink_to_fit();
    let body = Arc::new(KeptBody::new(text));
    Ok(Arc::new(Listing { body, modulepath: code.modulepath, witnesses }))
}

/// `GET file_content/<mount>/<path>`: the bytes, those of large files sent as they are read.
pub(crate) async fn content(server: &Server, request: &Request, tail: &str) -> Result<Response, Problem> {
    let order = Order::new(server, request, "file_content", tail)?;
    let content = blocking(move || {
        let Order { files, node, .. } = &order;
        let code = order.code()?;
        let found = files.find(&code, node.as_deref(), &order.key).and_then(|path| {
            // Contents are always those of what a link points to.
            links(&order.params)?;
            files.content(&path)
        });
        found.map_err(|error| order.problem(error, "find"))
    })
    .await?;
    accepted(request, BINARY)?;
    Ok(bytes(content))
}

/// An answer with the content of a file.
pub(super) fn bytes(content: Content) -> Response {
    let content_type = Format::Binary.content_type();
    match content {
        Content::Whole(bytes) => Response::bytes(StatusCode::OK, content_type, bytes),
        Content::Open(file, length) => Response::file(content_type, FileBody::of(file, length)),
    }
}

/// A document in the format that the client prefers. Asked for last, as Puppet does: what is not there has no format.
fn document(request: &Request, text: Vec<u8>) -> Result<Response, Problem> {
    let format = accepted(request, DATA)?;
    Ok(Response::bytes(StatusCode::OK, format.content_type(), text))
}

/// The directories of an environment.
pub(super) fn code(environments: &Environments, name: &str) -> Result<Code, Problem> {
    match environments.conf(name) {
        Ok(conf) => Ok(Code { environment: name.to_owned(), modulepath: conf.modulepath }),
        Err(EnvironmentError::NotFound(_)) => Err(no_environment(name)),
        Err(error) => Err(failed(error)),
    }
}

/// Work that reads the disk, away from the threads that serve connections.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(Problem::internal(error)))
}
