//! Programs that are run: without a terminal, with a time limit, and with an end of what they may print.
//!
//! A program that takes too long gets SIGTERM, so that git removes its lock files, and SIGKILL a moment later; both go to the whole
//! group, so that no ssh stays behind.

use std::io::Read;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use stdx::fs::FileLock;

use crate::cancel::Cancel;
use crate::error::{DeployError, Kind, Result};

/// How much of what a program prints is kept.
const OUTPUT_BYTES_MAX: u64 = 64 << 20;
/// How much of its messages is shown.
const MESSAGE_BYTES_MAX: usize = 4 << 10;
/// How long after its end a program's output may take.
const OUTPUT_GRACE: Duration = Duration::from_secs(30);
/// Between SIGTERM and SIGKILL.
const GRACE: Duration = Duration::from_secs(2);

/// What a program did.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: Vec<u8>,
    stderr: Vec<u8>,
}

impl Output {
    /// What it printed, as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// What it complained of; passwords in addresses are taken out.
    pub(crate) fn complaint(&self) -> String {
        // Cut afterwards: the rest of an address that was cut is not seen to be one.
        let text = without_passwords(String::from_utf8_lossy(&self.stderr).trim());
        let from = text.len().saturating_sub(MESSAGE_BYTES_MAX);
        let from = (from..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        match text.get(from..) {
            None | Some("") => self.status.to_string(),
            Some(text) => text.to_owned(),
        }
    }
}

/// Takes what may be secret out of all addresses in a text: user and password, and what follows `?` or `#`, where tokens and signatures
/// stand.
pub fn without_passwords(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        out.push_str(before);
        let word = after.find(|c: char| c.is_whitespace() || matches!(c, '\'' | '"')).unwrap_or(after.len());
        let address = after.get(..word).unwrap_or_default();
        let mut end = address.find(['/', '?', '#']).unwrap_or(word);
        // A password with a slash is not one for git, but is one for whoever wrote it.
        let authority = address.get(..end).unwrap_or_default();
        let port = authority.rsplit_once(':').map(|(_, port)| port);
        let is_odd =
            port.is_some_and(|port| !port.ends_with(']') && !port.bytes().all(|byte| byte.is_ascii_digit()));
        let limit = if is_odd { word } else { address.find('/').unwrap_or(word) };
        if !authority.contains('@')
            && let Some(at) = address.get(..limit).and_then(|start| start.rfind('@'))
        {
            if address.get(..at).is_some_and(|start| start.contains(['?', '#'])) {
                // Of a password or of what follows the path: nobody can know.
                out.push_str("***");
                rest = after.get(word..).unwrap_or_default();
                continue;
            }
            let rest = address.get(at..).unwrap_or_default();
            end = at + rest.find(['/', '?', '#']).unwrap_or(rest.len());
        }
        let authority = after.get(..end).unwrap_or_default();
        match authority.rsplit_once('@') {
            // A user alone (ssh://git@host) is no secret; with a token for one nobody can know.
            Some((user, host)) if user != "git" => {
                out.push_str("***@");
                out.push_str(host);
            }
            _ => out.push_str(authority),
        }
        let path = after.get(end..word).unwrap_or_default();
        match path.find(['?', '#']) {
            Some(at) => {
                out.push_str(path.get(..=at).unwrap_or_default());
                out.push_str("***");
                // What the sentence around it goes on with.
                let secret = path.trim_end_matches([':', ',', '.', ';', ')', '>', '`']).len().max(at + 1);
                out.push_str(path.get(secret..).unwrap_or_default());
            }
            None => out.push_str(path),
        }
        rest = after.get(word..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// Runs a program to its end. `input` is what it reads.
pub(crate) fn run(
    command: Command,
    input: Option<&[u8]>,
    limit: Duration,
    cancel: &Cancel,
) -> Result<Output> {
    let stdin = if input.is_some() { Stdio::piped() } else { Stdio::null() };
    run_with(command, stdin, input, limit, cancel)
}

/// The same for a program that writes what a lock protects. It reads nothing, and holds the lock as long as it lives.
pub(crate) fn run_locked(
    command: Command,
    lock: &FileLock,
    limit: Duration,
    cancel: &Cancel,
) -> Result<Output> {
    let lock =
        lock.shared().map_err(|error| DeployError::failed(format!("could not hand on a lock: {error}")))?;
    run_with(command, Stdio::from(lock), None, limit, cancel)
}

fn run_with(
    mut command: Command,
    stdin: Stdio,
    input: Option<&[u8]>,
    limit: Duration,
    cancel: &Cancel,
) -> Result<Output> {
    let name = command.get_program().to_string_lossy().into_owned();
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            DeployError::failed(format!("the program {name} is not there; install it"))
        }
        _ => DeployError::failed(format!("could not run {name}: {error}")),
    };
    cancel.check()?;
    command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let mut child = command.spawn().map_err(failed)?;
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let deadline = Instant::now() + limit;
    let (out, err) = (reader(stdout), reader(stderr));
    if let (Some(mut stdin), Some(input)) = (stdin, input) {
        let input = input.to_owned();
        std::thread::spawn(move || {
            // A program that ends before it has read everything says so by its exit code.
            let _ = std::io::Write::write_all(&mut stdin, &input);
        });
    }
    let status = match wait(&mut child, deadline, cancel) {
        Ok(Some(status)) => status,
        other => {
            end(&mut child);
            return Err(match other {
                Err(error) => failed(error),
                _ => cancel.check().err().unwrap_or_else(|| {
                    DeployError::new(Kind::TimedOut, format!("{name} took more than {} s", limit.as_secs()))
                }),
            });
        }
    };
    // A connection of ssh that is kept for later may hold what messages go to.
    let stderr = err.recv_timeout(GRACE).unwrap_or_default().0;
    // What is missing of it could be taken for "there is none".
    match out.recv_timeout(OUTPUT_GRACE) {
        Ok((stdout, true)) => Ok(Output { status, stdout, stderr }),
        Ok((_, false)) => {
            Err(DeployError::failed(format!("{name} printed more than {OUTPUT_BYTES_MAX} bytes")))
        }
        Err(_) => Err(DeployError::failed(format!(
            "{name} has ended, and its output has not; something that it started holds it"
        ))),
    }
}

/// Reads a pipe to its end, on a thread that nobody has to wait for.
fn reader(pipe: Option<impl Read + Send + 'static>) -> Receiver<(Vec<u8>, bool)> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || sender.send(read(pipe)));
    receiver
}

/// What comes through a pipe, and whether that is all.
fn read(pipe: Option<impl Read>) -> (Vec<u8>, bool) {
    let mut bytes = Vec::new();
    let Some(mut pipe) = pipe else { return (bytes, true) };
    let is_read = (&mut pipe).take(OUTPUT_BYTES_MAX).read_to_end(&mut bytes).is_ok();
    // The rest is read, since the program would wait for it.
    let rest = std::io::copy(&mut pipe, &mut std::io::sink());
    (bytes, is_read && matches!(rest, Ok(0)))
}

/// Waits until the program has ended; nothing if it takes too long.
fn wait(child: &mut Child, deadline: Instant, cancel: &Cancel) -> std::io::Result<Option<ExitStatus>> {
    let mut pause = Duration::from_micros(500);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= deadline || cancel.check().is_err() {
            return Ok(None);
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

fn end(child: &mut Child) {
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let signal = |signal| group.map(|group| kill_process_group(group, signal));
    let _ = signal(Signal::TERM);
    let until = Instant::now() + GRACE;
    while Instant::now() < until && matches!(child.try_wait(), Ok(None)) {
        std::thread::sleep(Duration::from_millis(10));
    }
    let _ = signal(Signal::KILL);
    let _ = child.wait();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn output_input_and_status() {
        let output =
            run(shell("cat; echo no >&2; exit 3"), Some(b"yes"), Duration::from_secs(30), &Cancel::never());
        let output = output.unwrap();
        assert_eq!((output.text().as_str(), output.complaint().as_str()), ("yes", "no"));
        assert_eq!(output.status.code(), Some(3));
    }

    #[test]
    fn a_complaint_is_cut_when_passwords_are_out_of_it() {
        let script = format!(
            "printf 'https://me:s3cret@h/x' >&2; printf '%0{}d' 0 >&2; exit 1",
            MESSAGE_BYTES_MAX - 9
        );
        let output = run(shell(&script), None, Duration::from_secs(30), &Cancel::never()).unwrap();
        let complaint = output.complaint();
        assert!(complaint.contains("***@h/x0"), "{complaint}");
        assert!(!complaint.contains("et@") && complaint.len() <= MESSAGE_BYTES_MAX, "{complaint}");
    }

    #[test]
    fn what_takes_too_long_is_ended_with_its_children() {
        let error =
            run(shell("sleep 60 & sleep 60"), None, Duration::from_millis(50), &Cancel::never()).unwrap_err();
        assert_eq!(error.kind, Kind::TimedOut);
        let cancel = Cancel::never();
        cancel.cancel();
        assert_eq!(run(shell("true"), None, GRACE, &cancel).unwrap_err().kind, Kind::TimedOut);
    }

    #[test]
    fn a_program_that_is_not_there() {
        let error = run(Command::new("no-such-program-here"), None, GRACE, &Cancel::never()).unwrap_err();
        assert_eq!(error.msg, "the program no-such-program-here is not there; install it");
    }

    #[test]
    fn no_passwords() {
        let text = "fatal: 'https://me:secret@h/x' and https://token@h:1 and ssh://git@h/y and https://h/a@b";
        let shown = "fatal: 'https://***@h/x' and https://***@h:1 and ssh://git@h/y and https://h/a@b";
        assert_eq!(without_passwords(text), shown);
        for (text, shown) in [
            ("https://me:a/b@h/r: no", "https://***@h/r: no"),
            ("https://me:a/b@h", "https://***@h"),
            ("https://h:8140/a@b", "https://h:8140/a@b"),
            ("https://[::1]/a@b", "https://[::1]/a@b"),
            ("https://[fe80::a]:1/a@b", "https://[fe80::a]:1/a@b"),
            ("https://me:p@[::1]:1/a", "https://***@[::1]:1/a"),
            ("https://h/a?private_token=s", "https://h/a?***"),
            ("https://h/a.tgz?sv=1&sig=s%2B: 403 no", "https://h/a.tgz?***: 403 no"),
            (
                "('https://h/a?sig=s' or https://h/b?sig=s), see",
                "('https://h/a?***' or https://h/b?***), see",
            ),
            ("https://h/a#s and https://h/b", "https://h/a#*** and https://h/b"),
            ("https://h?token=s", "https://h?***"),
            ("https://h:1?token=a/s.", "https://h:1?***."),
            ("https://me:p@h?token=s@t/u", "https://***@h?***"),
            ("https://me:p?q@h/a and", "https://*** and"),
            ("https://h?to=a@b/c", "https://***"),
            ("https://me:a/b@h?token=s", "https://***@h?***"),
            ("url = \"https://h/x?token=s\"\n", "url = \"https://h/x?***\"\n"),
            ("https://h/a?b=https://me:p@h/c", "https://h/a?***"),
            ("https://h/a@b?c@d", "https://h/a@b?***"),
        ] {
            assert_eq!(without_passwords(text), shown);
        }
    }
}
