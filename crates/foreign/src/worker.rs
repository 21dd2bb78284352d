//! One worker process and the conversation with it.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::Child;
use std::time::Instant;

use pcore::{Hash, Value};

use crate::pipe::Pipe;
use crate::temporary::Temporary;
use crate::{Blocks, ForeignError, Host, Kind, Settings, code, sandbox};

/// The program of a worker, which is read from the command line: there need be no file that its user can read.
const SCRIPT: &str = concat!(
    include_str!("worker/values.rb"),
    include_str!("worker/confinement.rb"),
    include_str!("worker/surroundings.rb"),
    include_str!("worker/puppet.rb"),
    include_str!("worker/util.rb"),
    include_str!("worker/parser.rb"),
    include_str!("worker/lookup.rb"),
    include_str!("worker/hiera.rb"),
    include_str!("worker/serve.rb"),
);
/// Requests after which a worker is replaced, so that what its code leaks does not add up.
const REQUESTS_MAX: u64 = 100_000;

/// What a process may send in the course of one request, in bytes: what it logs is kept.
const RECEIVED_BYTES_MAX: usize = 128 * 1024 * 1024;

/// A process that runs Ruby code. Killed when dropped.
pub(crate) struct Worker {
    child: Child,
    pipe: Pipe,
    requests: u64,
    load_paths: Vec<PathBuf>,
    /// Goes after the process.
    temporary: Option<Temporary>,
}

impl Worker {
    /// Starts a process.
    pub(crate) fn start(settings: &Settings) -> Result<Worker, ForeignError> {
        let failed = |error: &dyn std::fmt::Display| ForeignError::NoRuby(error.to_string());
        let mut child = sandbox::command(&settings.ruby, SCRIPT, settings.network)
            .spawn()
            .map_err(|error| failed(&error))?;
        let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(failed(&"it has no pipes"));
        };
        let pipe = Pipe::new(to, from).map_err(|error| failed(&error))?;
        let mut worker =
            Worker { child, pipe, requests: 0, load_paths: settings.load_paths.clone(), temporary: None };
        let mut start = Hash::new();
        start.insert("op", "start");
        let paths: Vec<Value> =
            settings.load_paths.iter().map(|path| Value::str(path.to_string_lossy().as_ref())).collect();
        start.insert("load_paths", Value::array(paths));
        start.insert("limits", sandbox::limits(settings.memory_max));
        start.insert("network", settings.network);
        if let Some(files) = settings.files.as_ref().filter(|files| sandbox::prepare(&files.folder)) {
            start.insert("folder", files.folder.to_string_lossy().as_ref());
            start.insert("folder_bytes", i64::try_from(files.bytes_max).unwrap_or(i64::MAX));
            let temporary = worker.temporary.insert(Temporary::within(&files.folder));
            start.insert("temporary", temporary.name());
        }
        let started = worker.run(&Value::hash(start), &mut Silent, Instant::now() + settings.time_max);
        started.map_err(|error| failed(&error))?;
        if let Some(temporary) = &mut worker.temporary {
            temporary.hold();
        }
        Ok(worker)
    }

    /// Whether it can take another request.
    pub(crate) fn is_fresh(&self) -> bool {
        self.requests < REQUESTS_MAX
    }

    /// Sends a request and answers questions until there is a result.
    ///
    /// # Errors
    /// After [`ForeignError::Broken`] the worker is of no use any more.
    pub(crate) fn run(
        &mut self,
        request: &Value,
        host: &mut dyn Host,
        deadline: Instant,
    ) -> Result<Value, ForeignError> {
        self.requests += 1;
        self.send(request, deadline)?;
        let mut received = 0;
        loop {
            let (message, length) = self.pipe.receive(deadline).map_err(|error| self.broken(&error))?;
            received += length;
            if received > RECEIVED_BYTES_MAX {
                return Err(ForeignError::Broken(
                    "asked and answered more than 128 MiB in one call".to_owned(),
                ));
            }
            let Some(message) = message.as_hash() else {
                return Err(ForeignError::Broken("sent a message that is no hash".to_owned()));
            };
            if let Some(question) = message["ask"].as_str() {
                let mut reply = Hash::new();
                let answer = match question {
                    "source" => {
                        Ok(code::find(&self.load_paths, message["name"].as_str().unwrap_or_default()))
                    }
                    _ => {
                        let mut blocks = Yielding { pipe: &mut self.pipe, deadline, received: &mut received };
                        host.answer(question, message, &mut blocks)
                    }
                };
                match answer {
                    Ok(value) => reply.insert("result", value),
                    Err(text) => reply.insert("error", text),
                };
                self.send(&Value::hash(reply), deadline)?;
                continue;
            }
            return match message.get_str("result") {
                Some(result) => Ok(result.clone()),
                None => Err(raised(message)),
            };
        }
    }

    fn send(&mut self, message: &Value, deadline: Instant) -> Result<(), ForeignError> {
        self.pipe.send(message, deadline).map_err(|error| self.broken(&error))
    }

    fn broken(&mut self, error: &std::io::Error) -> ForeignError {
        let is_gone = matches!(error.kind(), ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe);
        let ended = if is_gone { self.child.wait().ok() } else { None };
        ForeignError::Broken(match ended {
            Some(status) => format!("ended ({status})"),
            None => error.to_string(),
        })
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It may have ended before.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The block of a question that is being answered.
struct Yielding<'a> {
    pipe: &'a mut Pipe,
    deadline: Instant,
    received: &'a mut usize,
}

impl Blocks for Yielding<'_> {
    fn call(&mut self, arguments: Vec<Value>) -> Result<Value, String> {
        let mut message = Hash::new();
        message.insert("yield", Value::array(arguments));
        loop {
            self.pipe.send(&Value::hash(message), self.deadline).map_err(|error| error.to_string())?;
            let (answer, length) = self.pipe.receive(self.deadline).map_err(|error| error.to_string())?;
            *self.received += length;
            let answer = answer.as_hash().cloned().unwrap_or_default();
            if let Some(value) = answer.get_str("yielded") {
                return Ok(value.clone());
            }
            if !answer.contains_str("ask") || *self.received > RECEIVED_BYTES_MAX {
                return Err("the block has ended the call".to_owned());
            }
            message = Hash::new();
            message.insert("error", "a block that a function of the compiler calls cannot ask the compiler");
        }
    }
}

fn raised(message: &Hash) -> ForeignError {
    let Some(text) = message["error"].as_str() else {
        return ForeignError::Broken("sent neither a question nor a result".to_owned());
    };
    ForeignError::Raised {
        message: text.to_owned(),
        kind: match message["kind"].as_str() {
            Some("compiler") => Kind::Compiler,
            Some("puppet") => Kind::Puppet,
            Some("argument") => Kind::Argument,
            _ => Kind::Other,
        },
        class: message["class"].as_str().unwrap_or_default().to_owned(),
        line: message["line"].as_int().and_then(|line| line.try_into().ok()),
    }
}

/// Nobody to ask: for requests that do not concern a compile.
pub(crate) struct Silent;

impl Host for Silent {
    fn answer(&mut self, question: &str, _: &Hash, _: &mut dyn Blocks) -> Result<Value, String> {
        Err(format!("'{question}' cannot be asked while code is loaded"))
    }
}
