//! The access log: a line for each request, for programs that read such logs, or for people who look for one.
//!
//! A request only hands its entry over; a thread of its own writes, so that a slow disk holds nobody up. If it falls far behind,
//! entries are lost, and counted. The line has the path and never the query, in which tokens may stand, and no header but the name of the
//! client's program.

use std::io::{self, BufWriter, Write};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{HeaderValue, Method, header};
use serde_json::json;

use crate::metrics::{Counter, Exposition, Source};
use crate::{Peer, Request, RequestId};

/// Entries that may wait for the disk.
const WAITING_MAX: usize = 16_384;
/// Of what a client calls itself.
const USER_AGENT_BYTES_MAX: usize = 256;

/// How lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// As Apache's `combined`, with the duration in milliseconds and the request's id at the end.
    Combined,
    /// One JSON object a line.
    Json,
}

/// Where lines go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Standard output.
    Stdout,
    /// A file, which is appended to.
    File(PathBuf),
}

/// What must be taken from a request before it is answered.
#[derive(Debug)]
pub struct Caller {
    at: SystemTime,
    remote: Option<IpAddr>,
    user_agent: Option<HeaderValue>,
}

impl Caller {
    /// Who sends a request.
    pub fn of(request: &Request) -> Caller {
        Caller {
            at: SystemTime::now(),
            remote: request.remote.as_ref().map(SocketAddr::ip),
            user_agent: request.headers.get(header::USER_AGENT).cloned(),
        }
    }
}

/// A request that was answered.
#[derive(Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Entry {
    pub id: RequestId,
    pub peer: Peer,
    pub method: Method,
    /// Without what cannot be printed.
    pub path: String,
    pub status: u16,
    /// Of the body; 0 for one that is made while it is sent.
    pub bytes: u64,
    pub elapsed: Duration,
    pub caller: Caller,
    pub listener: &'static str,
}

#[derive(Debug)]
enum Message {
    Entry(Box<Entry>),
    Reopen,
}

/// The log.
#[derive(Debug)]
pub struct AccessLog {
    /// Gone when the log ends.
    sender: Option<SyncSender<Message>>,
    thread: Option<JoinHandle<()>>,
    lost: Counter,
    failed: Arc<Counter>,
}

impl AccessLog {
    /// Opens it and starts its thread, which ends with it.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn open(target: Target, format: Format) -> io::Result<AccessLog> {
        let output = open(&target)?;
        let (sender, receiver) = sync_channel(WAITING_MAX);
        let failed = Arc::new(Counter::default());
        let writer = Writer { target, format, output, failed: failed.clone(), line: String::new() };
        let thread = std::thread::Builder::new().name("access-log".to_owned());
        let thread = thread.spawn(move || writer.run(&receiver))?;
        Ok(AccessLog { sender: Some(sender), thread: Some(thread), lost: Counter::default(), failed })
    }

    /// Notes a request.
    pub fn write(&self, entry: Entry) {
        if !self.send(Message::Entry(Box::new(entry))) {
            self.lost.increment();
        }
    }

    /// Opens the file anew: the old one was moved away.
    pub fn reopen(&self) {
        if !self.send(Message::Reopen) {
            tracing::warn!("the access log is busy; it goes on in its old file");
        }
    }

    fn send(&self, message: Message) -> bool {
        self.sender.as_ref().is_some_and(|sender| sender.try_send(message).is_ok())
    }
}

impl Drop for AccessLog {
    /// Waits until everything is written.
    fn drop(&mut self) {
        self.sender = None;
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread of the access log had failed");
        }
    }
}

impl Source for AccessLog {
    fn write(&self, page: &mut Exposition) {
        let help = "Requests that are not in the access log, because the disk was too slow or refused them.";
        page.counter("bunraku_access_log_lost_total", help, self.lost.value() + self.failed.value());
    }
}

fn open(target: &Target) -> io::Result<Box<dyn Write + Send>> {
    Ok(match target {
        Target::Stdout => Box::new(io::stdout()),
        Target::File(path) => Box::new(BufWriter::new(append(path)?)),
    })
}

fn append(path: &Path) -> io::Result<std::fs::File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    std::fs::OpenOptions::new().append(true).create(true).mode(0o640).open(path)
}

struct Writer {
    target: Target,
    format: Format,
    output: Box<dyn Write + Send>,
    failed: Arc<Counter>,
    line: String,
}

impl Writer {
    fn run(mut self, receiver: &Receiver<Message>) {
        let mut is_failing = false;
        loop {
            let message = match receiver.try_recv() {
                Ok(message) => message,
                Err(TryRecvError::Disconnected) => break,
                Err(TryRecvError::Empty) => {
                    // Lines are on their way to the disk when nobody has more to say.
                    is_failing = self.report(is_failing);
                    match receiver.recv() {
                        Ok(message) => message,
                        Err(_) => break,
                    }
                }
            };
            match message {
                Message::Entry(entry) => {
                    self.line.clear();
                    match self.format {
                        Format::Combined => combined(&mut self.line, &entry),
                        Format::Json => json_line(&mut self.line, &entry),
                    }
                    if self.output.write_all(self.line.as_bytes()).is_err() {
                        self.failed.increment();
                    }
                }
                Message::Reopen => match self.output.flush().and_then(|()| open(&self.target)) {
                    Ok(output) => self.output = output,
                    Err(error) => tracing::error!(%error, "the access log could not be opened anew"),
                },
            }
        }
        self.report(is_failing);
    }

    /// Flushes; an error is told once, until it is over.
    fn report(&mut self, was_failing: bool) -> bool {
        match self.output.flush() {
            Ok(()) => false,
            Err(error) => {
                if !was_failing {
                    tracing::error!(%error, "the access log cannot be written");
                }
                true
            }
        }
    }
}

fn seconds(at: SystemTime) -> i64 {
    i64::try_from(at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()).unwrap_or_default()
}

/// `Sun, 06 Nov 1994 08:49:37 GMT` as `06/Nov/1994:08:49:37 +0000`.
fn apache_time(at: SystemTime) -> String {
    let date = crate::date::format(seconds(at));
    let mut words = date.split(' ').skip(1);
    let mut next = || words.next().unwrap_or_default();
    let (day, month, year, time) = (next(), next(), next(), next());
    format!("{day}/{month}/{year}:{time} +0000")
}

/// Text of a header for a line, without what would end the field or the line.
fn printable(value: &HeaderValue) -> String {
    let text = String::from_utf8_lossy(value.as_bytes());
    let end = text.floor_char_boundary(USER_AGENT_BYTES_MAX);
    let kept = text.get(..end).unwrap_or_default().chars();
    kept.map(|c| if c.is_control() || c == '"' || c == '\\' { '?' } else { c }).collect()
}

fn combined(line: &mut String, entry: &Entry) {
    use std::fmt::Write as _;
    let remote = entry.caller.remote.map_or_else(|| "-".to_owned(), |ip| ip.to_canonical().to_string());
    let agent = entry.caller.user_agent.as_ref().map_or_else(|| "-".to_owned(), printable);
    let _ = writeln!(
        line,
        "{remote} - {} [{}] \"{} {} HTTP/1.1\" {} {} \"-\" \"{agent}\" {} {}",
        entry.peer.certname().unwrap_or("-"),
        apache_time(entry.caller.at),
        entry.method,
        entry.path.replace(['"', ' '], "?"),
        entry.status,
        entry.bytes,
        entry.elapsed.as_millis(),
        entry.id,
    );
}

fn json_line(line: &mut String, entry: &Entry) {
    let document = json!({
        "time": crate::date::rfc3339(entry.caller.at),
        "listener": entry.listener,
        "remote": entry.caller.remote.map(|ip| ip.to_canonical().to_string()),
        "certname": entry.peer.certname(),
        "method": entry.method.as_str(),
        "path": entry.path,
        "status": entry.status,
        "bytes": entry.bytes,
        "duration_ms": entry.elapsed.as_secs_f64() * 1e3,
        "user_agent": entry.caller.user_agent.as_ref().map(printable),
        "request_id": entry.id.to_string(),
    });
    line.push_str(&document.to_string());
    line.push('\n');
}

#[cfg(test)]
mod tests {
    use crate::PeerCertificate;

    use super::*;

    fn entry(path: &str) -> Entry {
        let peer = Peer::verified("web.example.com", PeerCertificate::default());
        let agent = HeaderValue::from_static("Puppet/8.10.0 \"Ruby\"");
        Entry {
            id: RequestId::fresh(),
            peer,
            method: Method::GET,
            path: path.to_owned(),
            status: 200,
            bytes: 12,
            elapsed: Duration::from_millis(3),
            caller: Caller {
                at: UNIX_EPOCH + Duration::from_secs(784_111_777),
                remote: "::ffff:10.0.0.1".parse().ok(),
                user_agent: Some(agent),
            },
            listener: "agents",
        }
    }

    #[test]
    fn a_line_for_each_request() {
        let one = entry("/puppet/v3/file_content/a b\"c");
        let mut line = String::new();
        combined(&mut line, &one);
        let expected = format!(
            "10.0.0.1 - web.example.com [06/Nov/1994:08:49:37 +0000] \"GET /puppet/v3/file_content/a?b?c HTTP/1.1\" \
             200 12 \"-\" \"Puppet/8.10.0 ?Ruby?\" 3 {}\n",
            one.id
        );
        assert_eq!(line, expected);
        let mut line = String::new();
        json_line(&mut line, &one);
        let document: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(document["certname"], "web.example.com");
        assert_eq!((&document["status"], &document["bytes"]), (&200.into(), &12.into()));
        assert_eq!(document["time"], "1994-11-06T08:49:37.000Z");
    }

    #[test]
    fn the_file_is_opened_anew() {
        let folder = tempfile::tempdir().unwrap();
        let (file, old) = (folder.path().join("access.log"), folder.path().join("access.log.1"));
        let log = AccessLog::open(Target::File(file.clone()), Format::Combined).unwrap();
        log.write(entry("/one"));
        let has = |path: &Path, text: &str| {
            let end = std::time::Instant::now() + Duration::from_secs(30);
            while !std::fs::read_to_string(path).is_ok_and(|found| found.contains(text)) {
                assert!(std::time::Instant::now() < end, "{text}");
                std::thread::sleep(Duration::from_millis(5));
            }
        };
        has(&file, "/one");
        std::fs::rename(&file, &old).unwrap();
        log.write(entry("/two"));
        has(&old, "/two");
        log.reopen();
        log.write(entry("/three"));
        has(&file, "/three");
        assert!(!std::fs::read_to_string(&old).unwrap().contains("/three"));
        assert!(AccessLog::open(Target::File(folder.path().join("no/access.log")), Format::Json).is_err());
    }
}
