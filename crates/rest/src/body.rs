//! Bodies: what a request brings, always with a limit, and what a response carries.

use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use http::StatusCode;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::io::{AsyncRead, ReadBuf};
use tokio::sync::oneshot;

use crate::Problem;

/// Limit of a request body where a mount sets no other.
pub const BODY_BYTES_MAX: u64 = 1024 * 1024;
/// Longest pause inside a request body.
pub const BODY_PAUSE_MAX: Duration = Duration::from_secs(30);
/// Longest time for a whole request body: a trickle must not hold a connection for ever.
pub const BODY_TIME_MAX: Duration = Duration::from_secs(600);
/// Piece in which a file is sent.
const FILE_CHUNK_BYTES: usize = 64 * 1024;

/// The body of a request. Whoever reads it gets at most the limit; more is [`Problem::too_large`].
#[derive(Debug)]
pub struct RequestBody {
    source: Source,
    read: u64,
    limit: u64,
}

#[derive(Debug)]
enum Source {
    Full(Bytes),
    Wire {
        incoming: Incoming,
        began: Instant,
        /// Where the unread rest goes when the body is dropped: the connection drains it, so that a client that is
        /// still sending can read the answer instead of a reset.
        rest: Option<oneshot::Sender<Incoming>>,
    },
    Taken,
}

impl RequestBody {
    /// No body.
    pub fn empty() -> RequestBody {
        RequestBody::full(Bytes::new())
    }

    /// A body in memory.
    pub fn full(bytes: Bytes) -> RequestBody {
        RequestBody { source: Source::Full(bytes), read: 0, limit: BODY_BYTES_MAX }
    }

    /// A body that arrives over a connection.
    pub(crate) fn wire(incoming: Incoming, rest: oneshot::Sender<Incoming>) -> RequestBody {
        let source = Source::Wire { incoming, began: Instant::now(), rest: Some(rest) };
        RequestBody { source, read: 0, limit: BODY_BYTES_MAX }
    }

    /// Sets the limit in bytes.
    pub fn set_limit(&mut self, bytes_max: u64) {
        self.limit = bytes_max;
    }

    /// The length that the client announced, if it did.
    pub fn announced_len(&self) -> Option<u64> {
        match &self.source {
            Source::Full(bytes) => Some(bytes.len() as u64),
            Source::Wire { incoming, .. } => incoming.size_hint().exact(),
            Source::Taken => None,
        }
    }

    /// The next piece; nothing at the end.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Problem> {
        if self.read == 0 && self.announced_len().is_some_and(|length| length > self.limit) {
            return Err(Problem::too_large(self.limit));
        }
        let piece = match &mut self.source {
            Source::Full(bytes) => Some(std::mem::take(bytes)).filter(|bytes| !bytes.is_empty()),
            Source::Wire { incoming, began, .. } => next_piece(incoming, began.elapsed()).await?,
            Source::Taken => None,
        };
        if let Some(piece) = &piece {
            self.read += piece.len() as u64;
            if self.read > self.limit {
                return Err(Problem::too_large(self.limit));
            }
        }
        Ok(piece)
    }

    /// The whole (rest of the) body.
    pub async fn bytes(&mut self) -> Result<Bytes, Problem> {
        let announced = self.announced_len();
        let Some(first) = self.chunk().await? else {
            return Ok(Bytes::new());
        };
        if announced == Some(first.len() as u64) {
            return Ok(first);
        }
        // What the client announces is a hint and no reason to reserve all of it.
        let reserve = announced.unwrap_or_default().min(self.limit).min(16 * BODY_BYTES_MAX) as usize;
        let mut whole = BytesMut::with_capacity(reserve.max(first.len()));
        whole.extend_from_slice(&first);
        while let Some(piece) = self.chunk().await? {
            whole.extend_from_slice(&piece);
        }
        Ok(whole.freeze())
    }
}

async fn next_piece(incoming: &mut Incoming, elapsed: Duration) -> Result<Option<Bytes>, Problem> {
    let patience = BODY_PAUSE_MAX.min(BODY_TIME_MAX.saturating_sub(elapsed));
    loop {
        let frame = tokio::time::timeout(patience, incoming.frame()).await.map_err(|_| {
            Problem::plain(StatusCode::REQUEST_TIMEOUT, "The request body did not arrive in time")
        })?;
        match frame {
            None => return Ok(None),
            Some(Ok(frame)) => {
                // Trailers are ignored.
                if let Ok(data) = frame.into_data()
                    && !data.is_empty()
                {
                    return Ok(Some(data));
                }
            }
            Some(Err(error)) => {
                return Err(
                    Problem::bad_request("The request body ended before its announced end").with_cause(error)
                );
            }
        }
    }
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        if let Source::Wire { incoming, rest: Some(rest), .. } =
            std::mem::replace(&mut self.source, Source::Taken)
            && !incoming.is_end_stream()
        {
            // Nobody listens if the connection is gone; then there is nothing to drain.
            let _ = rest.send(incoming);
        }
    }
}

/// The body of a response.
#[derive(Debug, Default)]
pub enum ResponseBody {
    /// None.
    #[default]
    Empty,
    /// In memory.
    Bytes(Bytes),
    /// In memory, for more responses than this.
    Kept(Arc<KeptBody>),
    /// A file.
    File(FileBody),
    /// Made while it is sent.
    Stream(StreamBody),
}

/// A body that is sent many times. Compressed, it is kept from the first time on that a client takes it so.
#[derive(Debug)]
pub struct KeptBody {
    plain: Bytes,
    gzip: OnceLock<Option<Bytes>>,
}

impl KeptBody {
    /// A body as it is.
    pub fn new(plain: impl Into<Bytes>) -> KeptBody {
        KeptBody { plain: plain.into(), gzip: OnceLock::new() }
    }

    /// The body as it is.
    pub fn plain(&self) -> &Bytes {
        &self.plain
    }

    /// The compressed body, if that is known already; inside nothing, if it cannot be compressed.
    pub(crate) fn known_gzip(&self) -> Option<Option<Bytes>> {
        self.gzip.get().cloned()
    }

    /// The compressed body, made by a function if it is not known.
    pub(crate) fn gzip(&self, make: impl FnOnce(&Bytes) -> Option<Bytes>) -> Option<Bytes> {
        self.gzip.get_or_init(|| make(&self.plain)).clone()
    }
}

impl ResponseBody {
    /// The bytes, if they are in memory.
    pub fn in_memory(&self) -> Option<Bytes> {
        match self {
            ResponseBody::Empty => Some(Bytes::new()),
            ResponseBody::Bytes(bytes) => Some(bytes.clone()),
            ResponseBody::Kept(kept) => Some(kept.plain.clone()),
            ResponseBody::File(_) | ResponseBody::Stream(_) => None,
        }
    }

    /// All bytes, read from the file if need be.
    pub async fn collect(self) -> io::Result<Bytes> {
        Ok(BodyExt::collect(self).await?.to_bytes())
    }

    /// Length in bytes; 0 for one whose length shows only when it has been made.
    pub fn len(&self) -> u64 {
        match self {
            ResponseBody::Empty => 0,
            ResponseBody::Bytes(bytes) => bytes.len() as u64,
            ResponseBody::Kept(kept) => kept.plain.len() as u64,
            ResponseBody::File(file) => file.remaining,
            ResponseBody::Stream(_) => 0,
        }
    }

    /// True if there is nothing to send.
    pub fn is_empty(&self) -> bool {
        !matches!(self, ResponseBody::Stream(_)) && self.len() == 0
    }
}

/// A file to send: exactly the length it had when it was opened. One that shrinks meanwhile breaks the connection,
/// so that the client sees an error and not a short file.
#[derive(Debug)]
pub struct FileBody {
    file: tokio::fs::File,
    remaining: u64,
}

impl FileBody {
    /// Opens a regular file.
    pub async fn open(path: &Path) -> io::Result<FileBody> {
        let file = tokio::fs::File::open(path).await?;
        let metadata = file.metadata().await?;
        if !metadata.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        Ok(FileBody { file, remaining: metadata.len() })
    }

    /// Takes a file that is open already, from its current position.
    pub fn of(file: std::fs::File, bytes: u64) -> FileBody {
        FileBody { file: tokio::fs::File::from_std(file), remaining: bytes }
    }
}

/// A body that a task makes piece by piece. The task waits while the client does not take what there is; it ends the body by dropping
/// its end of the channel, and breaks the connection with an error, so that the client does not take a part for the whole.
#[derive(Debug)]
pub struct StreamBody(pub tokio::sync::mpsc::Receiver<io::Result<Bytes>>);

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match self.get_mut() {
            ResponseBody::Empty => Poll::Ready(None),
            body @ (ResponseBody::Bytes(_) | ResponseBody::Kept(_)) => {
                let bytes = body.in_memory().filter(|bytes| !bytes.is_empty());
                *body = ResponseBody::Empty;
                Poll::Ready(bytes.map(|bytes| Ok(Frame::data(bytes))))
            }
            ResponseBody::Stream(StreamBody(pieces)) => {
                pieces.poll_recv(context).map(|piece| piece.map(|piece| piece.map(Frame::data)))
            }
            ResponseBody::File(body) => {
                if body.remaining == 0 {
                    return Poll::Ready(None);
                }
                let want = (FILE_CHUNK_BYTES as u64).min(body.remaining) as usize;
                let mut piece = BytesMut::zeroed(want);
                let mut buffer = ReadBuf::new(&mut piece);
                match Pin::new(&mut body.file).poll_read(context, &mut buffer) {
                    Poll::Pending => Poll::Pending,
                    Poll::Ready(Err(error)) => Poll::Ready(Some(Err(error))),
                    Poll::Ready(Ok(())) => {
                        let read = buffer.filled().len();
                        if read == 0 {
                            let error = io::Error::new(
                                io::ErrorKind::UnexpectedEof,
                                "the file shrank while it was sent",
                            );
                            return Poll::Ready(Some(Err(error)));
                        }
                        body.remaining -= read as u64;
                        piece.truncate(read);
                        Poll::Ready(Some(Ok(Frame::data(piece.freeze()))))
                    }
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            ResponseBody::Stream(_) => SizeHint::default(),
            body => SizeHint::with_exact(body.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[tokio::test]
    async fn limits_hold() {
        let mut body = RequestBody::full(Bytes::from_static(b"12345"));
        body.set_limit(4);
        let problem = body.bytes().await.unwrap_err();
        assert_eq!(problem.status(), 413);
        assert_eq!(problem.message(), "Request body is larger than the limit of 4 bytes");
        let mut body = RequestBody::full(Bytes::from_static(b"12345"));
        body.set_limit(5);
        assert_eq!(body.bytes().await.unwrap(), "12345");
        assert_eq!(body.bytes().await.unwrap(), "");
    }

    #[tokio::test]
    async fn files_are_sent_whole() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let content: Vec<u8> = (0..200_000u32).map(|n| n as u8).collect();
        file.write_all(&content).unwrap();
        let body = ResponseBody::File(FileBody::open(file.path()).await.unwrap());
        assert_eq!(body.len(), 200_000);
        assert_eq!(body.collect().await.unwrap(), content);
    }

    #[tokio::test]
    async fn a_file_that_shrinks_is_an_error() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"0123456789").unwrap();
        let body = ResponseBody::File(FileBody::open(file.path()).await.unwrap());
        file.as_file().set_len(4).unwrap();
        assert_eq!(body.collect().await.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }

    #[tokio::test]
    async fn a_stream_is_what_its_task_sent_and_its_error_is_one() {
        let stream = |pieces: Vec<io::Result<Bytes>>| {
            let (sender, receiver) = tokio::sync::mpsc::channel(1);
            tokio::spawn(async move {
                for piece in pieces {
                    sender.send(piece).await.unwrap();
                }
            });
            ResponseBody::Stream(StreamBody(receiver))
        };
        let body = stream(vec![Ok(Bytes::from_static(b"ab")), Ok(Bytes::from_static(b"c"))]);
        assert!(!body.is_end_stream() && body.size_hint().exact().is_none());
        assert_eq!(body.collect().await.unwrap(), "abc");
        let broken = stream(vec![Ok(Bytes::from_static(b"ab")), Err(io::Error::other("gone"))]);
        assert_eq!(broken.collect().await.unwrap_err().to_string(), "gone");
    }

    #[tokio::test]
    async fn directories_are_no_files() {
        let folder = tempfile::tempdir().unwrap();
        assert!(FileBody::open(folder.path()).await.is_err());
    }
}
