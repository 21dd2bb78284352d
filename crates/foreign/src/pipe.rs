//! Messages over a pair of pipes: JSON, with the length before it in four bytes, big endian. Reading has a deadline.

use std::io::{self, ErrorKind, Read, Write as _};
use std::os::fd::AsFd;
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
    pub(crate) fn new(to: ChildStdin, from: ChildStdout) -> Pipe {
        Pipe { to, from }
    }

    /// Sends a message. The other side reads whenever it is our turn, so this does not wait for long.
    pub(crate) fn send(&mut self, message: &Value) -> io::Result<()> {
        let mut bytes = vec![0; 4];
        pcore::json::write(message, &mut bytes);
        let length = bytes.len() - 4;
        if length > MESSAGE_BYTES_MAX {
            return Err(io::Error::new(ErrorKind::InvalidData, "was to be sent more than 64 MiB"));
        }
        bytes[..4].copy_from_slice(&(length as u32).to_be_bytes());
        self.to.write_all(&bytes)?;
        self.to.flush()
    }

    /// Waits for a message.
    pub(crate) fn receive(&mut self, deadline: Instant) -> io::Result<Value> {
        let mut head = [0; 4];
        self.fill(&mut head, deadline)?;
        let length = u32::from_be_bytes(head) as usize;
        if length > MESSAGE_BYTES_MAX {
            return Err(io::Error::new(ErrorKind::InvalidData, "sent more than 64 MiB"));
        }
        let mut text = vec![0; length];
        self.fill(&mut text, deadline)?;
        pcore::json::parse(&text)
            .map_err(|error| io::Error::new(ErrorKind::InvalidData, format!("sent no JSON: {error}")))
    }

    fn fill(&mut self, mut buffer: &mut [u8], deadline: Instant) -> io::Result<()> {
        while !buffer.is_empty() {
            let Some(left) = deadline.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
            else {
                return Err(io::Error::new(ErrorKind::TimedOut, "did not answer in time"));
            };
            let wait = Timespec { tv_sec: left.as_secs() as i64, tv_nsec: left.subsec_nanos().into() };
            let ready = poll(&mut [PollFd::from_borrowed_fd(self.from.as_fd(), PollFlags::IN)], Some(&wait));
            match ready {
                Ok(0) => continue,
                Ok(_) => {}
                Err(rustix::io::Errno::INTR) => continue,
                Err(error) => return Err(error.into()),
            }
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
