//! Runs a plan and hands the rows over as JSON text, in pieces.
//!
//! The statement runs on a thread where it may block. What it yields is written into a buffer; when that is full it is sent and the
//! thread waits until the client has taken it, so a million rows need no more memory than two buffers. The first piece decides on the
//! status: errors that come before it are errors of the request, later ones break the connection. A client that goes away, or a
//! deadline, ends the statement in the database.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use db::{Db, Limit};
use rest::{Bytes, StreamBody};
use tokio::sync::{mpsc, oneshot};

use super::error::{QueryError, Result};
use super::plan::Plan;
use super::rows::{ReportPart, Writer};

/// Text that is collected before it is sent.
const PIECE_BYTES: usize = 64 * 1024;

/// The rows of a query.
#[derive(Debug)]
pub(crate) enum Rows {
    /// All of them.
    Whole(Vec<u8>),
    /// More than one piece.
    Stream(StreamBody),
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub rows: Rows,
    /// How many rows there are, whatever part was asked for.
    pub total: Option<i64>,
}

/// How a plan is run.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    /// The id of the query, for messages.
    pub id: String,
    pub deadline: Instant,
    pub pretty: bool,
    /// Tell how the database runs it, instead of its rows.
    pub explain: bool,
    pub report_part: ReportPart,
}

/// Set when nobody waits for the rows any more.
struct Abandoned(Arc<AtomicBool>);

impl Drop for Abandoned {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// What is known when the first piece is full, or all is done.
enum First {
    Whole(Vec<u8>, Option<i64>),
    Piece(Bytes, Option<i64>),
}

/// Runs a plan until its first piece is there; the rest follows in the body.
pub(crate) async fn run(db: &Db, plan: Plan, how: Run) -> Result<Answer> {
    let cancelled = Arc::new(AtomicBool::new(false));
    let waiting = Abandoned(cancelled.clone());
    let (pieces, body) = mpsc::channel::<io::Result<Bytes>>(1);
    let (first, begun) = oneshot::channel();
    let limit = Limit { deadline: Some(how.deadline), cancelled: Some(cancelled) };
    let (database, id, deadline) = (db.clone(), how.id.clone(), how.deadline);
    // Its own task: it goes on while the body is sent, after this function has answered.
    let work = tokio::spawn(async move {
        let mut first = Some(first);
        let work = {
            let pieces = pieces.clone();
            move |tx: &db::Tx<'_>| {
                let done = rows(tx, &plan, &how, &mut first, &pieces)?;
                if let (Some(first), Some((text, total))) = (first.take(), done) {
                    // Whoever asked may have gone.
                    let _ = first.send(First::Whole(text, total));
                }
                Ok(())
            }
        };
        let result = database.read_within(limit, work).await;
        if let Err(error) = &result {
            // Nobody hears of it if the first piece was not sent; then it is the result of the task that says it.
            let _ = pieces.try_send(Err(io::Error::other(error.to_string())));
            tracing::debug!(%error, "a query ended early");
        }
        result
    });
    match begun.await {
        Ok(First::Whole(text, total)) => Ok(Answer { rows: Rows::Whole(text), total }),
        Ok(First::Piece(piece, total)) => {
            let (ahead, all) = mpsc::channel(1);
            tokio::spawn(forward(piece, body, ahead, waiting));
            Ok(Answer { rows: Rows::Stream(StreamBody(all)), total })
        }
        Err(_) => match work.await {
            Ok(Err(error)) if error.is_interrupted() || Instant::now() >= deadline => {
                Err(QueryError::Timeout { id })
            }
            Ok(Err(error)) => Err(error.into()),
            _ => Err(QueryError::Failed("An unexpected error occurred while processing the request".into())),
        },
    }
}

/// Hands pieces on; notes when the client is gone.
async fn forward(
    first: Bytes,
    mut pieces: mpsc::Receiver<io::Result<Bytes>>,
    ahead: mpsc::Sender<io::Result<Bytes>>,
    waiting: Abandoned,
) {
    let mut next = Some(Ok(first));
    while let Some(piece) = next {
        if ahead.send(piece).await.is_err() {
            break;
        }
        next = tokio::select! {
            piece = pieces.recv() => piece,
            () = ahead.closed() => break,
        };
    }
    drop(waiting);
}

/// Writes all rows; gives the text if it was not sent in pieces.
fn rows(
    tx: &db::Tx<'_>,
    plan: &Plan,
    how: &Run,
    first: &mut Option<oneshot::Sender<First>>,
    pieces: &mpsc::Sender<io::Result<Bytes>>,
) -> db::Result<Option<(Vec<u8>, Option<i64>)>> {
    let total = match &plan.count {
        Some(count) => {
            let (text, values) = count.render(tx.dialect());
            Some(tx.query(&text, &values)?.first().map_or(Ok(0), |row| row.get(0))?)
        }
        None => None,
    };
    let (text, values) = plan.sql.render(tx.dialect());
    if how.explain {
        return explained(tx, &text, &values).map(|text| Some((text, None)));
    }
    let mut writer = Writer::new(&plan.columns, plan.shape, how.pretty, how.report_part);
    let mut out = Vec::with_capacity(4096);
    out.extend_from_slice(if how.pretty { b"[ " } else { b"[" });
    tx.each(&text, &values, |row| {
        writer.row(&row, &mut out)?;
        if out.len() >= PIECE_BYTES {
            send(std::mem::take(&mut out), total, how, first, pieces)?;
            out.reserve(PIECE_BYTES + 1024);
        }
        Ok(())
    })?;
    out.extend_from_slice(if how.pretty { b" ]" } else { b"]" });
    tracing::debug!(query = how.id, rows = writer.rows(), "query answered");
    if first.is_some() {
        return Ok(Some((out, total)));
    }
    send(out, total, how, first, pieces)?;
    Ok(None)
}

/// The database's account of a statement, in rows like PuppetDB's. PostgreSQL runs it for that.
fn explained(tx: &db::Tx<'_>, text: &str, values: &[db::Value]) -> db::Result<Vec<u8>> {
    let (how, column) = match tx.dialect() {
        db::Dialect::Postgres => ("EXPLAIN (VERBOSE, ANALYZE, BUFFERS, FORMAT JSON)", 0),
        db::Dialect::Sqlite => ("EXPLAIN QUERY PLAN", 3),
    };
    let mut rows = Vec::new();
    tx.each(&format!("{how} {text}"), values, |row| {
        let text: String = row.get(column)?;
        // PostgreSQL gives one row of JSON, SQLite rows of text.
        let plan = serde_json::from_str(&text).unwrap_or(serde_json::Value::String(text));
        rows.push(serde_json::json!({ "query plan": plan }));
        Ok(())
    })?;
    Ok(serde_json::Value::from(rows).to_string().into_bytes())
}

fn send(
    text: Vec<u8>,
    total: Option<i64>,
    how: &Run,
    first: &mut Option<oneshot::Sender<First>>,
    pieces: &mpsc::Sender<io::Result<Bytes>>,
) -> db::Result<()> {
    let gone = || db::Error::Refused("the client is gone".into());
    let text = Bytes::from(text);
    if let Some(first) = first.take() {
        return first.send(First::Piece(text, total)).map_err(|_| gone());
    }
    // A slow client may take its time, but not longer than the query is allowed to.
    let left = how.deadline.saturating_duration_since(Instant::now());
    let sent = tokio::runtime::Handle::current().block_on(tokio::time::timeout(left, pieces.send(Ok(text))));
    match sent {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(gone()),
        Err(_) => Err(db::Error::Refused(format!("PDBQuery:{}: exceeded timeout", how.id))),
    }
}
