//! Messages over a pair of pipes: JSON, with the length before it in four bytes, big endian. Both ways have a deadline.

use std::io::{self, ErrorKind, Read, Write as _};
use std::os::fd::{AsFd, BorrowedFd};
use std::process::{ChildStdin, ChildStdout};
use std::time::Instant;

use pcore::Value;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// Longest message in either direction.
const MESSAGE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The two ends that belong to us.
pub(crate) struct Pipe {
    to: ChildStdin,
    from: ChildStdout,
}

impl Pipe {
    /// # Errors
    /// The end that is written to cannot be made one that does not block.
    pub(crate) fn new(to: ChildStdin, from: ChildStdout) -> io::Result<Pipe> {
        // Who does not read must not hold up who writes.
        let flags = rustix::fs::fcntl_getfl(&to)?;
        rustix::fs::fcntl_setfl(&to, flags | rustix::fs::OFlags::NONBLOCK)?;
        Ok(Pipe { to, from })
    }

    /// Sends a message.
    pub(crate) fn send(&mut self, message: &Value, deadline: Instant) -> io::Result<()> {
        let mut bytes = vec![0; 4];
        pcore::json::write(message, &mut bytes);
        let length = bytes.len() - 4;
        if length > MESSAGE_BYTES_MAX {
            return Err(io::Error::new(ErrorKind::InvalidData, "was to be sent more than 64 MiB"));
        }
        bytes[..4].copy_from_slice(&(length as u32).to_be_bytes());
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            match self.to.write(rest) {
                Ok(count) => rest = rest.get(count..).unwrap_or_default(),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    wait(self.to.as_fd(), PollFlags::OUT, deadline)?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Waits for a message; with its length in bytes.
    pub(crate) fn receive(&mut self, deadline: Instant) -> io::Result<(Value, usize)> {
        let mut head = [0; 4];
        self.fill(&mut head, deadline)?;
        let length = u32::from_be_bytes(head) as usize;
        if length > MESSAGE_BYTES_MAX {
            return Err(io::Error::new(ErrorKind::InvalidData, "sent more than 64 MiB"));
        }
        let mut text = vec![0; length];
        self.fill(&mut text, deadline)?;
        pcore::json::parse(&text)
            .map(|message| (message, length))
            .map_err(|error| io::Error::new(ErrorKind::InvalidData, format!("sent no JSON: {error}")))
    }

    fn fill(&mut self, mut buffer: &mut [u8], deadline: Instant) -> io::Result<()> {
        while !buffer.is_empty() {
            wait(self.from.as_fd(), PollFlags::IN, deadline)?;
            match self.from.read(buffer) {
                Ok(0) => return Err(io::Error::new(ErrorKind::UnexpectedEof, "ended")),
                Ok(count) => buffer = &mut buffer[count..],
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Waits until a pipe is ready.
fn wait(pipe: BorrowedFd<'_>, what: PollFlags, deadline: Instant) -> io::Result<()> {
    loop {
        let left = deadline.checked_duration_since(Instant::now()).filter(|left| !left.is_zero());
        let Some(left) = left else {
            return Err(io::Error::new(ErrorKind::TimedOut, "did not answer in time"));
        };
        let time = Timespec { tv_sec: left.as_secs() as i64, tv_nsec: left.subsec_nanos().into() };
        match poll(&mut [PollFd::from_borrowed_fd(pipe, what)], Some(&time)) {
            Ok(0) | Err(rustix::io::Errno::INTR) => {}
            Ok(_) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}
