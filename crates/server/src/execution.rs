//! Commands of the administrator's that a compile waits for: generators, `config_version`, classifiers.
//!
//! They run as Puppet's `Execution.execute` runs them, and fail with its texts: without input, in a process group of their own, and
//! until the command itself has ended. What it leaves running in the background is not waited for, even if that still holds the
//! output open. Different from Puppet, there is a limit of time and of output; beyond it the whole group is killed. The environment
//! is the server's own, as under Puppet Server.

use std::io::{self, ErrorKind, PipeReader, Read as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_setfl};
use rustix::process::{Pid, Signal, kill_process_group};

/// Output beyond this is an error: it becomes a string in a catalog, or a document about one node.
const OUTPUT_BYTES_MAX: usize = 16 * 1024 * 1024;
/// How often a command that says nothing is looked at. Output and its end are seen at once.
const LOOK_INTERVAL: Duration = Duration::from_millis(10);
const CHUNK_BYTES: usize = 16 * 1024;

/// How a command is run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Execution<'a> {
    /// Program and arguments. One word alone is a line of words, or one for the shell if it holds what only a shell understands.
    pub(crate) command: &'a [String],
    /// Where it runs; the server's own folder if none is given.
    pub(crate) folder: Option<&'a Path>,
    /// Whether its standard error is part of the output, and not thrown away.
    pub(crate) combine: bool,
    /// How long it may run.
    pub(crate) time_max: Duration,
}

/// Why a command has no output.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExecutionError {
    #[error("No command was given")]
    Nothing,
    /// It ended with an error, or could not be started; Puppet's text.
    #[error("Execution of '{command}' returned {code}: {output}")]
    Failed { command: String, code: i32, output: String },
    #[error("Execution of '{command}' took longer than {seconds} seconds")]
    Late { command: String, seconds: u64 },
    #[error("Execution of '{command}' returned more than {OUTPUT_BYTES_MAX} bytes")]
    Large { command: String },
    #[error("Execution of '{command}' failed: {source}")]
    Io { command: String, source: io::Error },
}

impl Execution<'_> {
    /// Runs the command to its end.
    pub(crate) fn run(&self) -> Result<Vec<u8>, ExecutionError> {
        let text = || self.command.join(" ");
        let failed = |source| ExecutionError::Io { command: text(), source };
        let words = words(self.command);
        let [program, arguments @ ..] = &*words else {
            return Err(ExecutionError::Nothing);
        };
        let (reader, child) = match self.start(program, arguments) {
            // A script without a first line that names its interpreter is one for the shell.
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::NOEXEC.raw_os_error()) => {
                let script: Vec<&str> = std::iter::once(*program).chain(arguments.iter().copied()).collect();
                self.start("/bin/sh", &script)
            }
            started => started,
        }
        .map_err(|error| ExecutionError::Failed {
            command: text(),
            code: 1,
            output: format!("Could not execute posix command: {} - {program}", reason(&error)),
        })?;
        let mut group = Group { child };
        let ended = output(reader, &mut group.child, Instant::now() + self.time_max).map_err(failed)?;
        match ended {
            Ended::Late => Err(ExecutionError::Late { command: text(), seconds: self.time_max.as_secs() }),
            Ended::Large => Err(ExecutionError::Large { command: text() }),
            Ended::With(status, output) if status.success() => Ok(output),
            Ended::With(status, output) => Err(ExecutionError::Failed {
                command: text(),
                code: status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default()),
                output: String::from_utf8_lossy(&output).trim().to_owned(),
            }),
        }
    }

    fn start(&self, program: &str, arguments: &[&str]) -> io::Result<(PipeReader, Child)> {
        let (reader, writer) = io::pipe()?;
        let stderr = if self.combine { Stdio::from(writer.try_clone()?) } else { Stdio::null() };
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(writer).stderr(stderr).process_group(0);
        if let Some(folder) = self.folder {
            command.current_dir(folder);
        }
        // The command, and with it our end of the pipe's other side, is closed here.
        Ok((reader, command.spawn()?))
    }
}

/// The words of a command, as Ruby's `exec` takes them.
fn words(command: &[String]) -> Vec<&str> {
    const OF_THE_SHELL: &[char] = &[
        '*', '?', '{', '}', '[', ']', '<', '>', '(', ')', '~', '&', '|', '\\', '$', ';', '\'', '`', '"',
        '\n', '#', '=', '%',
    ];
    match command {
        [line] if line.contains(OF_THE_SHELL) => vec!["/bin/sh", "-c", line],
        [line] => line.split_ascii_whitespace().collect(),
        words => words.iter().map(String::as_str).collect(),
    }
}

enum Ended {
    With(ExitStatus, Vec<u8>),
    Late,
    Large,
}

/// Reads what the command writes until it has ended.
fn output(mut reader: PipeReader, child: &mut Child, deadline: Instant) -> io::Result<Ended> {
    fcntl_setfl(&reader, OFlags::NONBLOCK)?;
    let mut output = Vec::new();
    let mut is_open = true;
    loop {
        let status = child.try_wait()?;
        if is_open {
            match read_ready(&mut reader, &mut output)? {
                Pipe::Large => return Ok(Ended::Large),
                Pipe::Closed => is_open = false,
                Pipe::Dry => {}
            }
        }
        // What it wrote before its end has been read by now.
        if let Some(status) = status {
            return Ok(Ended::With(status, output));
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(Ended::Late);
        }
        wait(is_open.then_some(&reader), left.min(LOOK_INTERVAL))?;
    }
}

enum Pipe {
    Dry,
    Closed,
    Large,
}

/// Takes what is in the pipe.
fn read_ready(reader: &mut PipeReader, output: &mut Vec<u8>) -> io::Result<Pipe> {
    let mut chunk = [0; CHUNK_BYTES];
    loop {
        match reader.read(&mut chunk) {
            Ok(0) => return Ok(Pipe::Closed),
            Ok(read) => output.extend_from_slice(chunk.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(Pipe::Dry),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if output.len() > OUTPUT_BYTES_MAX {
            return Ok(Pipe::Large);
        }
    }
}

/// Waits until there is something to read, or for some time.
fn wait(reader: Option<&PipeReader>, time_max: Duration) -> io::Result<()> {
    let Some(reader) = reader else {
        std::thread::sleep(time_max.min(Duration::from_millis(1)));
        return Ok(());
    };
    let time_max = Timespec { tv_sec: 0, tv_nsec: time_max.subsec_nanos().into() };
    match poll(&mut [PollFd::new(reader, PollFlags::IN)], Some(&time_max)) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// A command under way; dropped before its end, it and its own commands are killed.
struct Group {
    child: Child,
}

impl Drop for Group {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            // It may have ended meanwhile; either way it is gone after this.
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.child.wait();
    }
}

/// A system call's failure without its number.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error ").next().unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    fn run(command: &[&str]) -> Result<String, String> {
        run_for(command, None, true, LONG)
    }

    fn run_for(
        command: &[&str],
        folder: Option<&Path>,
        combine: bool,
        time_max: Duration,
    ) -> Result<String, String> {
        let command: Vec<String> = command.iter().map(|part| (*part).to_owned()).collect();
        let output = Execution { command: &command, folder, combine, time_max }.run();
        output.map(|bytes| String::from_utf8(bytes).unwrap()).map_err(|error| error.to_string())
    }

    #[test]
    fn both_outputs_are_one() {
        assert_eq!(run(&["/bin/sh", "-c", "echo a; echo b >&2; echo c"]).unwrap(), "a\nb\nc\n");
        let split = ["/bin/sh", "-c", "echo a; echo b >&2; echo c"];
        assert_eq!(run_for(&split, None, false, LONG).unwrap(), "a\nc\n");
        let much = run(&["/bin/sh", "-c", "head -c 300000 /dev/zero | tr '\\0' x; exec >&-; sleep 0.05"]);
        assert_eq!(much.unwrap().len(), 300_000);
    }

    #[test]
    fn a_command_runs_where_it_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().canonicalize().unwrap();
        let output = run_for(&["/bin/pwd"], Some(&path), true, LONG).unwrap();
        assert_eq!(output, format!("{}\n", path.display()));
    }

    #[test]
    fn failures_have_puppets_texts() {
        assert_eq!(
            run(&["/bin/sh", "-c", "printf '  a  '; echo b >&2; exit 2"]).unwrap_err(),
            "Execution of '/bin/sh -c printf '  a  '; echo b >&2; exit 2' returned 2: a  b"
        );
        assert_eq!(
            run(&["/nonexistent", "x"]).unwrap_err(),
            "Execution of '/nonexistent x' returned 1: Could not execute posix command: No such file or directory - /nonexistent"
        );
        assert_eq!(
            run(&["/bin/sh", "-c", "kill -9 $$"]).unwrap_err(),
            "Execution of '/bin/sh -c kill -9 $$' returned 137: "
        );
        assert_eq!(run(&[]).unwrap_err(), "No command was given");
    }

    #[test]
    fn one_word_is_a_line() {
        assert_eq!(run(&["/bin/echo a  b"]).unwrap(), "a b\n");
        assert_eq!(run(&["/bin/echo $((1 + 2)) 'a  b'"]).unwrap(), "3 a  b\n");
        assert_eq!(run(&["/bin/echo", "$((1 + 2))"]).unwrap(), "$((1 + 2))\n");
    }

    #[test]
    fn a_script_without_interpreter_is_one_for_the_shell() {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("script");
        std::fs::write(&script, "echo \"plain $1\"\n").unwrap();
        let script = script.to_str().unwrap();
        std::fs::set_permissions(script, std::fs::Permissions::from_mode(0o600)).unwrap();
        let refused = run(&[script, "x"]).unwrap_err();
        assert!(refused.ends_with(&format!("Permission denied - {script}")), "{refused}");
        std::fs::set_permissions(script, std::fs::Permissions::from_mode(0o700)).unwrap();
        assert_eq!(run(&[script, "x"]).unwrap(), "plain x\n");
    }

    #[test]
    fn what_stays_in_the_background_is_not_waited_for() {
        let pid = run(&["/bin/sh", "-c", "sleep 1000 & echo $!"]).unwrap();
        let pid = Pid::from_raw(pid.trim().parse().unwrap()).unwrap();
        // It is alive: the end of the command is not that of what it started.
        rustix::process::kill_process(pid, Signal::KILL).unwrap();
    }

    #[test]
    fn time_and_output_are_limited_and_nothing_is_left_running() {
        let folder = tempfile::tempdir().unwrap();
        let pid_file = folder.path().join("pid");
        let script = format!("sleep 1000 & echo $! > {}; wait", pid_file.display());
        let late = run_for(&["/bin/sh", "-c", &script], None, true, Duration::from_secs(2)).unwrap_err();
        assert!(late.ends_with("took longer than 2 seconds"), "{late}");
        let pid = std::fs::read_to_string(&pid_file).unwrap();
        // Killed it is; how soon it is gone is the system's affair.
        let state = || std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
        while !(state().is_empty() || state().contains(") Z ")) {
            std::thread::sleep(Duration::from_millis(5));
        }
        let large = run(&["/bin/sh", "-c", "exec yes"]).unwrap_err();
        assert_eq!(large, "Execution of '/bin/sh -c exec yes' returned more than 16777216 bytes");
    }
}
