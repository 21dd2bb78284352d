//! The HTTP interface of queries: `/pdb/query/v4` and `/pdb/meta/v1`.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use db::{Db, Value};
use rest::{BoxFuture, Method, Params, Problem, Request, RequestId, Response, Service, StatusCode, header};
use serde_json::{Value as Json, json};

use super::error::{QueryError, Result};
use super::params::{self, Asked, Takes};
use super::plan;
use super::routes::{self, Parent, Route};
use super::rows::{self, ReportPart};
use super::run::{self, Answer, Rows, Run};
use super::time;

/// Where queries live.
pub const QUERY_PREFIX: &str = "/pdb/query/v4";
/// Where the version is told.
pub const META_PREFIX: &str = "/pdb/meta/v1";
/// The release of PuppetDB whose interface this is.
pub const PUPPETDB_VERSION: &str = "8.8.1";

/// Settings of queries; their names are those of `[puppetdb]` and `[jetty]`.
#[derive(Clone, Copy, Debug)]
pub struct QuerySettings {
    /// How long a query may take that says nothing about it.
    pub timeout_default: Duration,
    /// How long any query may take.
    pub timeout_max: Duration,
    /// Whether answers are laid out for people unless a query says otherwise.
    pub pretty: bool,
    /// Whether every query is logged, with its origin.
    pub log_queries: bool,
    /// Reads metrics and logs of stored reports.
    pub report_part: ReportPart,
}

/// Answers queries from a database.
pub struct QueryService {
    db: Db,
    settings: QuerySettings,
}

impl QueryService {
    /// A service on a database with the schema of this crate and, if it is SQLite, with [`super::FUNCTIONS`].
    pub fn new(db: Db, settings: QuerySettings) -> QueryService {
        QueryService { db, settings }
    }

    /// Answers a query that names its entity: AST, or text of AST or PQL. Rows of nodes that are not active are left out unless it
    /// speaks of them. The answer is the text of a JSON list.
    pub async fn ask(&self, query: &Json) -> Result<Vec<u8>> {
        let body = serde_json::to_vec(&json!({ "query": query })).unwrap_or_default();
        let asked = params::of_body(&body, Takes::Root)?;
        let Some(route) = routes::route(&[]) else { return super::error::invalid("there is no root") };
        let query = route.query(&asked);
        let answer = self.run(&Asked { query, ..asked }, &RequestId::fresh().to_string()).await?;
        match answer.rows {
            Rows::Whole(text) => Ok(text),
            Rows::Stream(body) => match rest::ResponseBody::Stream(body).collect().await {
                Ok(bytes) => Ok(bytes.to_vec()),
                Err(error) => Err(QueryError::Failed(error.to_string())),
            },
        }
    }

    async fn query(&self, request: &mut Request) -> Result<Response> {
        let Some(route) = segments(&request.path).and_then(|segments| routes::route(&segments)) else {
            return Ok(Response::text(StatusCode::NOT_FOUND, "Not Found"));
        };
        let asked = match request.method {
            Method::GET => {
                let params = Params::parse(&request.query)
                    .map_err(|error| QueryError::Invalid(error.message().to_owned()))?;
                self.log_text(&request.id, || params.text("query").map(str::to_owned));
                params::of_url(&params, route.takes)?
            }
            Method::POST => {
                let bytes = request
                    .body
                    .bytes()
                    .await
                    .map_err(|error| QueryError::Invalid(error.message().to_owned()))?;
                let text =
                    || serde_json::from_slice::<Json>(&bytes).ok()?.get("query")?.as_str().map(str::to_owned);
                self.log_text(&request.id, text);
                params::of_body(&bytes, route.takes)?
            }
            _ => return super::error::invalid("PuppetDB queries must be made via GET/POST"),
        };
        super::counts::check_distinct(&asked)?;
        for parent in &route.parents {
            self.check(parent).await?;
        }
        let query = route.query(&asked);
        if asked.ast_only {
            plan::plan(&Asked { query, ..asked.clone() })?;
            return Ok(Response::json_bytes(StatusCode::OK, pretty_text(&asked.query)));
        }
        let asked = Asked { query, ..asked };
        let answer = self.run(&asked, &request.id.to_string()).await?;
        self.respond(&route, answer, asked.explain)
    }

    fn respond(&self, route: &Route, answer: Answer, explain: bool) -> Result<Response> {
        let response = match answer.rows {
            Rows::Whole(text) if (route.single.is_some() || route.bare) && !explain => {
                let rows: Vec<Json> =
                    serde_json::from_slice(&text).map_err(|error| QueryError::Failed(error.to_string()))?;
                return match (rows.into_iter().next(), &route.single) {
                    (Some(row), _) => Ok(Response::json_bytes(StatusCode::OK, pretty_text(&row))),
                    (None, Some(parent)) => {
                        Err(QueryError::Unknown { kind: parent.kind, id: parent.id.clone() })
                    }
                    (None, None) => Ok(Response::json_bytes(StatusCode::OK, "null")),
                };
            }
            Rows::Whole(text) => Response::json_bytes(StatusCode::OK, text),
            Rows::Stream(body) if route.single.is_none() && !route.bare => {
                Response::json_stream(StatusCode::OK, body)
            }
            Rows::Stream(body) => return Ok(Response::json_stream(StatusCode::OK, body)),
        };
        Ok(match answer.total {
            Some(total) => {
                response.with_text_header(rest::HeaderName::from_static("x-records"), &total.to_string())
            }
            None => response,
        })
    }

    async fn run(&self, asked: &Asked, id: &str) -> Result<Answer> {
        let log = self.settings.log_queries;
        if log {
            tracing::info!("PDBQuery:{id}:{}", json!({"ast": asked.query, "origin": asked.origin}));
        }
        let plan = plan::plan(asked)?;
        if log {
            let (sql, values) = plan.sql.render(self.db.dialect());
            let values: Vec<Json> = values.into_iter().map(shown).collect();
            tracing::info!("PDBQuery:{id}:{}", json!({"origin": asked.origin, "params": values, "sql": sql}));
        }
        let wanted = match asked.timeout {
            None => self.settings.timeout_default,
            Some(seconds) if seconds > 0.0 => {
                Duration::try_from_secs_f64(seconds).unwrap_or(self.settings.timeout_max)
            }
            Some(_) => self.settings.timeout_max,
        };
        let how = Run {
            id: id.to_owned(),
            deadline: Instant::now() + wanted.min(self.settings.timeout_max),
            pretty: asked.pretty.unwrap_or(self.settings.pretty),
            explain: asked.explain,
            report_part: self.settings.report_part,
        };
        run::run(&self.db, plan, how).await
    }

    /// Logs a query as it came, if queries are logged: one that cannot be read is told nowhere else.
    fn log_text(&self, id: &RequestId, text: impl FnOnce() -> Option<String>) {
        if self.settings.log_queries
            && let Some(text) = text()
        {
            tracing::info!("Parsing PDBQuery:{id}:{}", Json::String(text));
        }
    }

    /// Whether an object is stored that a path goes through.
    async fn check(&self, parent: &Parent) -> Result<()> {
        let (sql, id): (&str, Value) = match parent.kind {
            "node" => ("SELECT 1 FROM nodes WHERE certname = $1", parent.id.as_str().into()),
            "environment" => ("SELECT 1 FROM environments WHERE name = $1", parent.id.as_str().into()),
            "producer" => ("SELECT 1 FROM producers WHERE name = $1", parent.id.as_str().into()),
            "factset" => (
                "SELECT 1 FROM factsets fs JOIN nodes n ON n.id = fs.node_id WHERE n.certname = $1",
                parent.id.as_str().into(),
            ),
            "catalog" => (
                "SELECT 1 FROM catalogs c JOIN nodes n ON n.id = c.node_id WHERE n.certname = $1",
                parent.id.as_str().into(),
            ),
            _ => (
                "SELECT 1 FROM reports WHERE hash = $1 LIMIT 1",
                hex::decode(&parent.id).unwrap_or_default().into(),
            ),
        };
        let found = self.db.read(move |tx| Ok(!tx.query(sql, &[id])?.is_empty())).await?;
        if found { Ok(()) } else { Err(QueryError::Unknown { kind: parent.kind, id: parent.id.clone() }) }
    }

    fn meta(&self, request: &Request) -> Response {
        if let Some((name, _)) =
            Params::parse(&request.query).ok().as_ref().and_then(|params| params.iter().next())
        {
            return Response::text(StatusCode::BAD_REQUEST, format!("Unsupported query parameter '{name}'"));
        }
        let document =
            match request.canonical_path().strip_prefix(META_PREFIX).map(|path| path.trim_end_matches('/')) {
                Some("/version") => json!({ "version": PUPPETDB_VERSION }),
                // There is no newer release of what is not PuppetDB.
                Some("/version/latest") => {
                    json!({ "newer": false, "version": PUPPETDB_VERSION, "link": null })
                }
                Some("/server-time") => {
                    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                    json!({ "server_time": time::iso(i64::try_from(now.as_micros()).unwrap_or_default()) })
                }
                _ => return Response::text(StatusCode::NOT_FOUND, "Not Found"),
            };
        Response::json_bytes(StatusCode::OK, pretty_text(&document))
    }

    async fn serve(&self, mut request: Request) -> Response {
        if request.header(header::ACCEPT).is_some_and(|accept| !accepts_json(accept)) {
            return Response::text(StatusCode::NOT_ACCEPTABLE, "must accept application/json");
        }
        if request.canonical_path().starts_with(META_PREFIX) {
            return self.meta(&request);
        }
        if request.method == Method::POST
            && let Some(kind) =
                request.media_type().filter(|kind| !kind.eq_ignore_ascii_case("application/json"))
        {
            let text = format!("content type {kind} not supported");
            return Response::text(StatusCode::UNSUPPORTED_MEDIA_TYPE, text);
        }
        match self.query(&mut request).await {
            Ok(response) => response,
            Err(error) => refused(error),
        }
    }
}

impl Service for QueryService {
    fn call(&self, request: Request) -> BoxFuture<'_, Response> {
        Box::pin(self.serve(request))
    }
}

fn refused(error: QueryError) -> Response {
    match error {
        QueryError::Invalid(text) => Response::text(StatusCode::BAD_REQUEST, text),
        error @ QueryError::Unknown { .. } => {
            let document = json!({ "error": error.to_string() });
            Response::json_bytes(StatusCode::NOT_FOUND, pretty_text(&document))
        }
        error @ (QueryError::Timeout { .. } | QueryError::Failed(_)) => {
            Response::text(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
        }
        QueryError::Database(error) => Problem::internal(error).respond(),
    }
}

/// A parameter of a statement in the log.
fn shown(value: Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Int(number) => number.into(),
        Value::Real(number) => number.into(),
        Value::Text(text) => text.into(),
        Value::Blob(bytes) => hex::encode(bytes).into(),
        Value::List(values) => values.into_iter().map(shown).collect::<Vec<_>>().into(),
    }
}

fn accepts_json(accept: &str) -> bool {
    accept.split(',').any(|kind| {
        let kind = kind.split(';').next().unwrap_or(kind).trim();
        ["*/*", "application/*", "application/json"].contains(&kind)
    })
}

/// The decoded segments behind the prefix. A slash inside of one is encoded.
fn segments(path: &str) -> Option<Vec<String>> {
    let rest = path.strip_prefix(QUERY_PREFIX)?;
    let segments = rest.split('/').filter(|segment| !segment.is_empty());
    segments.map(|segment| rest::path::percent_decode_text(segment, false).ok()).collect()
}

fn pretty_text(document: &Json) -> Vec<u8> {
    let mut out = Vec::new();
    rows::pretty(document, 0, &mut out);
    out
}
